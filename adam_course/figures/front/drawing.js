// The drawing of a panel on its canvas: axes, layers, the ring to drag, the step under the pointer.

import { drawCrossings } from "./edges.js";
import { MARKERS } from "./elements.js";
import { indexOf } from "./legend.js";
import { paintCells, paintGround } from "./maps.js";
import { clamp, format, ticks } from "./numbers.js";
import { countsSteps, indexAt } from "./steps.js";
import { drawTiles } from "./tiles.js";

const FAMILY = '"DejaVu Sans", Verdana, system-ui, sans-serif';
const font = (size, style = "") => `${style} ${size}px ${FAMILY}`;
const CASING = 3; // pixels by which the outline of a line on a map is wider than the line
const APART = 10; // pixels between the markers of a path, or their outlines would hide it

/** Draw a panel, once it has a size and something to show, and bring its legend up to date. */
export function draw(view) {
  if (!view.size || !view.panel) return;
  const { pen, panel, stage } = view;
  const [width, height, ratio] = view.size;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = font(11);
  pen.lineWidth = 1;
  const [columns, rows] = layOut(view);
  const { box } = view;
  const plain = panel.axes === false;

  const map = panel.layers.find((layer) => layer.kind === "Map");
  if (!map && !plain) drawGrid(view, columns, rows);
  pen.save();
  pen.beginPath();
  const over = map ? 0 : 5; // for the markers at the ends of curves
  pen.rect(box.left, box.top - 1, box.right - box.left + over, box.bottom - box.top + 2);
  pen.clip();
  for (const layer of panel.layers) DRAW[layer.kind](view, layer, map);
  pen.restore();

  if (!plain) drawAxes(view, columns, rows);
  if (!plain) drawLabels(view);
  for (const layer of panel.layers) {
    if (layer.kind !== "Line" || layer.look === null) continue;
    pen.fillStyle = colourOf(layer, stage);
    drawCrossings(view, layer, shownOf(layer, stage));
  }
  drawPointed(view);
  drawHand(view);
  readPointer(view, map);
  for (const update of view.updates) update();
}

// ---- axes ---------------------------------------------------------------------------------------

/** Return [to the page, from the page] between an axis and pixels. */
function scale({ low, high, log }, start, end) {
  const inward = log ? (v) => (v <= 0 ? -Infinity : Math.log10(v)) : (v) => v;
  const outward = log ? (u) => 10 ** u : (u) => u;
  const [a, b] = [inward(low), inward(high)];
  return [
    (value) => clamp(start + ((inward(value) - a) / (b - a)) * (end - start), -1e4, 1e4),
    (pixel) => outward(a + ((pixel - start) / (end - start)) * (b - a)),
  ];
}

/** Lay out the inner box of a panel and its two scales; return the ticks of its axes. */
function layOut(view) {
  const { pen, panel } = view;
  const [width, height] = view.size;
  const box = { left: 1, right: width - 1, top: 1, bottom: height - 1 };
  let rows = [];
  if (panel.axes !== false) {
    // Panels in one column share their x axis, and only the last has its words.
    box.bottom = height - (panel.x.label ? 38 : 8);
    rows = ticks(panel.y, Math.max((box.bottom - 8) / 34, 2));
    const texts = rows.map(([, text]) => pen.measureText(text).width);
    box.left = Math.ceil(Math.max(...texts, panel.aspect ? 12 : 26)) + 26;
    Object.assign(box, { right: width - 14 - overhang(view, box.left, width - 14), top: 8 });
  }
  if (panel.aspect) {
    const inner = Math.min((box.bottom - box.top) / panel.aspect, box.right - box.left);
    box.right = box.left + inner;
    box.bottom = box.top + inner * panel.aspect;
  }
  const [toX, fromX] = scale(panel.x, box.left, box.right);
  const [toY, fromY] = scale(panel.y, box.bottom, box.top);
  Object.assign(view, { box, to: [toX, toY], back: [fromX, fromY] });
  return [ticks(panel.x, (box.right - box.left) / 58), rows];
}

/** Return by how many pixels the last number of the x axis would reach over the canvas. */
function overhang({ pen, panel, size: [width] }, left, right) {
  const last = ticks(panel.x, (right - left) / 58).at(-1);
  if (!last) return 0;
  const [toX] = scale(panel.x, left, right);
  return Math.max(0, toX(last[0]) + pen.measureText(last[1]).width / 2 + 2 - width);
}

/** Return where a thin line is sharp: in the middle of a pixel of the screen. */
const crisp = (pixel, ratio) => (Math.round(pixel * ratio) + 0.5) / ratio;

function drawGrid({ pen, box, to: [toX, toY], size: [, , ratio], stage }, columns, rows) {
  pen.strokeStyle = stage.palette.hair;
  pen.beginPath();
  for (const [x] of columns) {
    pen.moveTo(crisp(toX(x), ratio), box.top);
    pen.lineTo(crisp(toX(x), ratio), box.bottom);
  }
  for (const [y] of rows) {
    pen.moveTo(box.left, crisp(toY(y), ratio));
    pen.lineTo(box.right, crisp(toY(y), ratio));
  }
  pen.stroke();
}

function drawAxes({ pen, panel, box, to: [toX, toY], size: [, , ratio], stage }, columns, rows) {
  pen.strokeStyle = stage.palette.quiet;
  pen.beginPath();
  pen.moveTo(crisp(box.left, ratio), box.top);
  pen.lineTo(crisp(box.left, ratio), crisp(box.bottom, ratio));
  pen.lineTo(box.right, crisp(box.bottom, ratio));
  for (const [x] of columns) {
    pen.moveTo(crisp(toX(x), ratio), box.bottom);
    pen.lineTo(crisp(toX(x), ratio), box.bottom + 4);
  }
  for (const [y] of rows) {
    pen.moveTo(box.left - 4, crisp(toY(y), ratio));
    pen.lineTo(box.left, crisp(toY(y), ratio));
  }
  pen.stroke();
  pen.fillStyle = stage.palette.quiet;
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  const named = panel.x.label ? columns : [];
  for (const [x, text] of named) pen.fillText(text, toX(x), box.bottom + 16);
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const [y, text] of rows) pen.fillText(text, box.left - 7, toY(y));
}

function drawLabels({ pen, panel, box, stage }) {
  pen.fillStyle = stage.palette.ink;
  pen.font = font(12);
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  pen.fillText(panel.x.label, (box.left + box.right) / 2, box.bottom + 33);
  pen.save();
  pen.translate(12, (box.top + box.bottom) / 2);
  pen.rotate(-Math.PI / 2);
  pen.fillText(panel.y.label, 0, 0);
  pen.restore();
}

// ---- layers -------------------------------------------------------------------------------------

const DRAW = {
  Map: drawMap,
  Line: drawLine,
  Points: drawPoints,
  Tiles: (view, layer) => drawTiles(view, layer, font),
};

function drawMap(view, map) {
  const { pen, box, panel, stage, rasters } = view;
  const ratio = view.size[2];
  const inner = [box.right - box.left, box.bottom - box.top];
  const [width, height] = inner.map((n) => Math.round(n * ratio));
  const key = JSON.stringify([width, height, stage.dark, map.low, map.high, panel.x, panel.y]);
  let raster = rasters.get(map.values.data);
  if (raster?.key !== key) {
    const ends = map.smooth ? [] : cellEnds(view, map).map((all) => all.map((n) => n * ratio));
    const paint = map.smooth ? paintGround : paintCells;
    raster = { key, image: paint(map, width, height, stage.palette, ends) };
    rasters.set(map.values.data, raster);
  }
  pen.drawImage(raster.image, box.left, box.top, width / ratio, height / ratio);
}

/** Return where the cells of a map end, in pixels from the left and from below. */
function cellEnds({ box, to }, { values, edges }) {
  const [wide, high] = [box.right - box.left, box.bottom - box.top];
  if (edges) {
    const [x, y] = edges.map((each) => Array.from(each.data ?? each));
    return [x.map((n) => to[0](n) - box.left), y.map((n) => box.bottom - to[1](n))];
  }
  const [rows, columns] = values.shape;
  const even = (count, size) => Array.from({ length: count + 1 }, (_, i) => (i / count) * size);
  return [even(columns, wide), even(rows, high)];
}

const colourOf = ({ look }, { palette, theme, mode }) =>
  look === null ? palette.quiet : theme.looks[look][mode];

/** Return how many points of a line are shown at the present step. */
function shownOf(line, { step, steps }) {
  if (line.first === null) return line.x.data.length;
  return Math.max(indexAt(line, Math.floor(step), steps) + 1, 0);
}

function drawLine(view, line, map) {
  const { pen, stage } = view;
  const { palette, theme } = stage;
  const [xs, ys] = [line.x.data, line.y.data];
  const count = shownOf(line, stage);
  const colour = colourOf(line, stage);
  const width = line.look === null ? 1.2 : 1.8;
  const dashes = line.look === null ? [] : theme.looks[line.look].dash;
  pen.lineJoin = "round";
  if (map) {
    // Outlined in the colour of the page, a line is seen on every level of the ground.
    Object.assign(pen, { strokeStyle: palette.paper, lineWidth: width + CASING });
    trace(view, xs, ys, 0, count);
  }
  Object.assign(pen, { strokeStyle: colour, fillStyle: colour, lineWidth: width });
  pen.setLineDash(dashes.map((length) => length * 1.8));
  if (count < xs.length) {
    pen.globalAlpha = 0.22;
    trace(view, xs, ys, Math.max(count - 1, 0), xs.length);
    pen.globalAlpha = 1;
  }
  trace(view, xs, ys, 0, count);
  pen.setLineDash([]);
  if (!count) return;
  const marker = line.look === null ? "o" : theme.looks[line.look].marker;
  const rim = { rim: palette.paper, wide: map ? CASING : 1.6 };
  if (line.markers) {
    for (const i of marked(view, xs, ys, count, map ? APART : 0)) {
      mark(view, marker, xs[i], ys[i], 2.9, rim);
    }
  }
  if (line.first !== null) mark(view, marker, xs[count - 1], ys[count - 1], 4.6, rim);
}

/** Return which points of a line are marked: some thirty, and so many pixels apart. */
function marked({ to: [toX, toY] }, xs, ys, count, apart) {
  const found = [];
  let [x, y] = [Infinity, Infinity];
  for (let i = 0; i < count; i += Math.ceil(xs.length / 30)) {
    const [px, py] = [toX(xs[i]), toY(ys[i])];
    if (Math.hypot(px - x, py - y) < apart) continue;
    found.push(i);
    [x, y] = [px, py];
  }
  return found;
}

function trace({ pen, to: [toX, toY] }, xs, ys, from, to) {
  let down = false;
  pen.beginPath();
  for (let i = from; i < to; i++) {
    const [x, y] = [toX(xs[i]), toY(ys[i])];
    if (Number.isNaN(x) || Number.isNaN(y)) down = false;
    else if (down) pen.lineTo(x, y);
    else {
      pen.moveTo(x, y);
      down = true;
    }
  }
  pen.stroke();
}

/** Draw a marker: filled with the pen's colour on a rim, or as an outline where it has none. */
function mark({ pen, to: [toX, toY] }, marker, x, y, size, { rim = null, wide = 1.6 } = {}) {
  const [px, py] = [toX(x), toY(y)];
  if (Number.isNaN(px) || Number.isNaN(py)) return;
  pen.save();
  pen.translate(px, py);
  pen.scale(size, size);
  const path = new Path2D(MARKERS[marker]);
  pen.strokeStyle = rim ?? pen.strokeStyle;
  pen.lineWidth = wide / size;
  pen.stroke(path);
  if (rim) pen.fill(path);
  pen.restore();
}

/** Draw points; a star, which may lie on paths, is white, has a dark rim and keeps off them. */
export function drawPoints(view, { x: { data: xs }, y: { data: ys }, marker, filled }, map) {
  const { pen, stage } = view;
  const { ink, paper } = stage.palette;
  const star = marker === "*";
  pen.strokeStyle = ink;
  pen.fillStyle = star ? "#ffffff" : ink;
  const rim = { rim: star ? "#222222" : paper, wide: map ? CASING : 1.6 };
  xs.forEach((x, i) => {
    if (star) mark(view, marker, x, ys[i], 5.5, { rim: paper, wide: 2 * CASING });
    mark(view, marker, x, ys[i], star ? 5.5 : 5, filled ? rim : {});
  });
}

// ---- on top -------------------------------------------------------------------------------------

function drawHand(view) {
  const { pen, panel, stage, ring, to } = view;
  const held = panel.hand?.kind === "Handle";
  ring.hidden = !held;
  if (!held) return;
  const { x, y } = panel.hand;
  ring.style.transform = `translate(${to[0](x)}px, ${to[1](y)}px)`;
  pen.strokeStyle = stage.palette.paper;
  mark(view, "o", x, y, 7.2, { wide: 5 });
  pen.strokeStyle = stage.palette.ink;
  mark(view, "o", x, y, 7.2, { wide: 2 });
}

/** Ring the points of the step that the pointer is at, on whichever panel that is. */
function drawPointed(view) {
  const { pen, panel, box, stage, to } = view;
  if (stage.pointed === null) return;
  const lines = panel.layers.filter((layer) => layer.kind === "Line" && layer.first !== null);
  if (lines.some(countsSteps)) drawUpright(view, to[0](stage.pointed));
  pen.save();
  pen.beginPath();
  pen.rect(box.left - 9, box.top - 9, box.right - box.left + 18, box.bottom - box.top + 18);
  pen.clip();
  for (const line of lines) {
    const i = indexAt(line, stage.pointed, stage.steps);
    if (i < 0) continue;
    for (const [colour, wide] of [[stage.palette.paper, 5], [colourOf(line, stage), 2]]) {
      pen.strokeStyle = colour;
      mark(view, "o", line.x.data[i], line.y.data[i], 6.5, { wide });
    }
  }
  pen.restore();
}

function drawUpright({ pen, box, stage }, x) {
  pen.strokeStyle = stage.palette.quiet;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x, box.top);
  pen.lineTo(x, box.bottom);
  pen.stroke();
}

/** Write beside the pointer what is there. */
function readPointer(view, map) {
  const { panel, box, stage, reading } = view;
  reading.textContent = "";
  if (!view.hover || stage.dragging || panel.axes === false) return;
  const [px, py] = view.hover;
  if (px < box.left || px > box.right || py < box.top || py > box.bottom) return;
  const [x, y] = [view.back[0](px), view.back[1](py)];
  if (map) {
    const value = valueAt(view, map, px, py);
    const said = Number.isNaN(value) ? "diverged" : `${map.label} ${format(value)}`;
    const step = stage.pointed === null ? "" : `, step ${stage.pointed}`;
    const place = `${panel.x.label} ${format(x)}, ${panel.y.label} ${format(y)}`;
    reading.textContent = `${place}: ${said}${step}`;
    return;
  }
  const line = panel.layers.find((layer) => layer.kind === "Line");
  if (stage.pointed !== null) reading.textContent = `step ${stage.pointed}`;
  else if (line) {
    const at = line.first === null ? line.x.data[indexOf(view, line)] : x;
    drawUpright(view, view.to[0](at));
    reading.textContent = `${panel.x.label} ${format(at)}`;
  }
}

/** Return the number of a map that a pixel of its box shows. */
function valueAt(view, map, px, py) {
  const { box } = view;
  const [rows, columns] = map.values.shape;
  let [column, row] = [0, 0];
  if (map.smooth) {
    column = Math.round(((px - box.left) / (box.right - box.left)) * (columns - 1));
    row = Math.round(((box.bottom - py) / (box.bottom - box.top)) * (rows - 1));
  } else {
    const [right, upper] = cellEnds(view, map).map((ends) => ends.slice(1, -1));
    column = right.filter((end) => end <= px - box.left).length;
    row = upper.filter((end) => end <= box.bottom - py).length;
  }
  return map.values.data[row * columns + column];
}
