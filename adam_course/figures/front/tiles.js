// Tiles with words: a name and a mark above, a text in the middle, a verdict below.

/** Draw a layer of tiles; `font(size, style)` names a font. */
export function drawTiles({ pen, to: [toX, toY], stage }, { tiles }, font) {
  for (const tile of tiles) {
    const [left, right] = [toX(tile.x), toX(tile.x + tile.width)];
    const ends = [toY(tile.y), toY(tile.y + tile.height)];
    const [top, bottom] = [Math.min(...ends), Math.max(...ends)];
    pen.beginPath();
    pen.roundRect(left, top, right - left, bottom - top, 5);
    pen.fillStyle = stage.palette.tiles[tile.ground];
    pen.fill();
    pen.strokeStyle = stage.palette.quiet;
    pen.lineWidth = 0.7;
    pen.stroke();

    const [inner, room] = [left + 6, right - left - 12];
    const write = (text, x, y, size, style = "") => {
      pen.font = font(size, style);
      pen.fillText(text, x, y, room);
    };
    pen.fillStyle = stage.palette.ink;
    pen.textBaseline = "alphabetic";
    pen.textAlign = "left";
    write(tile.name, inner, top + 18, 12.5, "bold");
    tile.text.forEach((line, i) => write(line, inner, top + 35 + 13 * i, 10.5));
    write(tile.verdict, inner, bottom - 8, 11.5, "italic");
    pen.textAlign = "right";
    write(tile.mark, right - 6, top + 19, 15);
  }
}
