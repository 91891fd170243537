// Maps as rasters: numbers on a grid become a canvas of colours, pixel by pixel.

import { clamp } from "./numbers.js";

const toRgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

function blank(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height });
}

/** Return where each number of a map lies between its low (0) and its high (1). */
function shares({ values, low, high, log }) {
  const inward = log ? Math.log : (v) => v;
  const [a, b] = [inward(low), inward(high)];
  return values.data.map((v) => clamp((inward(v) - a) / (b - a), 0, 1));
}

/** Paint a smooth surface in ten bands with thin contours between them, pixel by pixel. */
export function paintGround(map, width, height, palette) {
  const bands = 10;
  const [rows, columns] = map.values.shape;
  const share = shares(map);
  const colours = Array.from({ length: bands }, (_, i) =>
    toRgb(palette.ground[Math.round(((i + 0.5) / bands) * 63)]),
  );
  const contour = toRgb(palette.contour);
  const level = new Float32Array(width * height);
  for (let j = 0; j < height; j++) {
    const v = (1 - (j + 0.5) / height) * (rows - 1);
    const row = Math.min(Math.floor(v), rows - 2);
    for (let i = 0; i < width; i++) {
      const u = ((i + 0.5) / width) * (columns - 1);
      const column = Math.min(Math.floor(u), columns - 2);
      const at = row * columns + column;
      const lower = share[at] + (share[at + 1] - share[at]) * (u - column);
      const next = at + columns;
      const upper = share[next] + (share[next + 1] - share[next]) * (u - column);
      level[j * width + i] = bands * (lower + (upper - lower) * (v - row));
    }
  }
  const canvas = blank(width, height);
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(width, height);
  for (let p = 0; p < level.length; p++) {
    const here = level[p];
    const [right, below] = [level[p + 1] ?? here, level[p + width] ?? here];
    const slope = Math.hypot(right - here, below - here);
    const nearest = Math.round(here);
    const distance = Math.abs(here - nearest) / (slope || 1);
    const inside = nearest > 0 && nearest < bands && slope < 1.5;
    const line = inside ? clamp(1.1 - distance, 0, 1) : 0;
    const band = colours[Math.min(Math.floor(here), bands - 1)];
    for (let c = 0; c < 3; c++) {
      image.data[4 * p + c] = band[c] + (contour[c] - band[c]) * line;
    }
    image.data[4 * p + 3] = 255;
  }
  pen.putImageData(image, 0, 0);
  return canvas;
}

/**
 * Paint the cells of a heat map over hatching, which shows where a value is missing.
 *
 * @param columns, rows where each cell ends, in pixels from the left and from below.
 */
export function paintCells(map, width, height, palette, [columns, rows]) {
  const canvas = blank(width, height);
  const pen = canvas.getContext("2d");
  hatch(pen, width, height, palette.quiet);
  const across = columns.length - 1;
  shares(map).forEach((share, i) => {
    if (Number.isNaN(share)) return;
    const [row, column] = [Math.floor(i / across), i % across];
    const [left, right] = [columns[column], columns[column + 1]].map(Math.round);
    const [bottom, top] = [rows[row], rows[row + 1]].map((y) => height - Math.round(y));
    pen.fillStyle = palette.cells[Math.round(share * 63)];
    pen.fillRect(left, top, right - left, bottom - top);
  });
  return canvas;
}

/** Fill a canvas with slanted lines. */
function hatch(pen, width, height, colour) {
  pen.strokeStyle = colour;
  pen.globalAlpha = 0.6;
  for (let x = -height; x < width; x += 8) {
    pen.moveTo(x, height);
    pen.lineTo(x + height, 0);
  }
  pen.stroke();
  pen.globalAlpha = 1;
}
