// The drawing of a panel on its canvas: axes, layers, the ring to drag, the line under the pointer.

import { MARKERS } from "./elements.js";
import { indexOf } from "./legend.js";
import { paintCells, paintGround } from "./maps.js";
import { clamp, format, ticks } from "./numbers.js";

const FONT = '"DejaVu Sans", Verdana, system-ui, sans-serif';

/** Draw a panel, once it has a size and something to show, and bring its legend up to date. */
export function draw(view) {
  if (!view.size || !view.panel) return;
  const { pen, panel } = view;
  const [width, height, ratio] = view.size;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = `11px ${FONT}`;
  pen.lineWidth = 1;
  const [columns, rows] = layOut(view);
  const { box } = view;

  const map = panel.layers.find((layer) => layer.kind === "Map");
  if (!map) drawGrid(view, columns, rows);
  pen.save();
  pen.beginPath();
  pen.rect(box.left, box.top - 1, box.right - box.left + 5, box.bottom - box.top + 2);
  pen.clip();
  for (const layer of panel.layers) DRAW[layer.kind](view, layer);
  pen.restore();

  drawAxes(view, columns, rows);
  drawLabels(view);
  drawHand(view);
  drawHover(view, map);
  for (const update of view.updates) update();
}

// ---- axes ---------------------------------------------------------------------------------------

/** Return [to the page, from the page] between an axis and pixels. */
function scale({ low, high, log }, start, end) {
  const inward = log ? Math.log10 : (v) => v;
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
  // Panels in one column share their x axis, and only the last has its words.
  const bottom = height - (panel.x.label ? 38 : 8);
  const rows = ticks(panel.y, Math.max((bottom - 8) / 34, 2));
  const texts = rows.map(([, text]) => pen.measureText(text).width);
  const wide = Math.max(...texts, panel.aspect ? 12 : 26);
  const box = { left: Math.ceil(wide) + 26, right: width - 14, top: 8, bottom };
  const [toX, fromX] = scale(panel.x, box.left, box.right);
  const [toY, fromY] = scale(panel.y, box.bottom, box.top);
  Object.assign(view, { box, to: [toX, toY], back: [fromX, fromY] });
  return [ticks(panel.x, (box.right - box.left) / 58), rows];
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

function drawLabels({ pen, panel, box, size: [, height], stage }) {
  pen.fillStyle = stage.palette.ink;
  pen.font = `12px ${FONT}`;
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  pen.fillText(panel.x.label, (box.left + box.right) / 2, height - 5);
  pen.save();
  pen.translate(12, (box.top + box.bottom) / 2);
  pen.rotate(-Math.PI / 2);
  pen.fillText(panel.y.label, 0, 0);
  pen.restore();
}

// ---- layers -------------------------------------------------------------------------------------

const DRAW = { Map: drawMap, Line: drawLine, Points: drawPoints };

function drawMap(view, map) {
  const { pen, box, stage, rasters } = view;
  const ratio = view.size[2];
  const inner = [box.right - box.left, box.bottom - box.top];
  const [width, height] = inner.map((n) => Math.round(n * ratio));
  const key = [width, height, stage.dark].join();
  let raster = rasters.get(map.values.data);
  if (raster?.key !== key) {
    const paint = map.smooth ? paintGround : paintCells;
    raster = { key, image: paint(map, width, height, stage.palette) };
    rasters.set(map.values.data, raster);
  }
  pen.drawImage(raster.image, box.left, box.top, width / ratio, height / ratio);
}

function drawLine(view, line) {
  const { pen, stage } = view;
  const { palette, theme, mode } = stage;
  const [xs, ys] = [line.x.data, line.y.data];
  const here = line.first === null ? xs.length : Math.floor(stage.step) - line.first + 1;
  const count = clamp(here, 0, xs.length);
  pen.strokeStyle = line.look === null ? palette.quiet : theme.looks[line.look][mode];
  pen.fillStyle = pen.strokeStyle;
  pen.lineWidth = line.look === null ? 1.2 : 1.8;
  const dashes = line.look === null ? [] : theme.looks[line.look].dash;
  pen.setLineDash(dashes.map((length) => length * 1.8));
  pen.lineJoin = "round";
  if (count < xs.length) {
    pen.globalAlpha = 0.22;
    trace(view, xs, ys, Math.max(count - 1, 0), xs.length);
    pen.globalAlpha = 1;
  }
  trace(view, xs, ys, 0, count);
  pen.setLineDash([]);
  if (!count) return;
  const marker = line.look === null ? "o" : theme.looks[line.look].marker;
  const every = Math.ceil(xs.length / 30);
  if (line.markers) for (let i = 0; i < count; i += every) mark(view, marker, xs[i], ys[i], 2.9);
  if (line.first !== null) mark(view, marker, xs[count - 1], ys[count - 1], 4.6);
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

function mark({ pen, to: [toX, toY], stage }, marker, x, y, size, filled = true) {
  const [px, py] = [toX(x), toY(y)];
  if (Number.isNaN(px) || Number.isNaN(py)) return;
  pen.save();
  pen.translate(px, py);
  pen.scale(size, size);
  const path = new Path2D(MARKERS[marker]);
  if (filled) {
    pen.fill(path);
    pen.strokeStyle = stage.palette.paper;
  }
  pen.lineWidth = (filled ? 0.8 : 1.6) / size;
  pen.stroke(path);
  pen.restore();
}

function drawPoints(view, { x: { data: xs }, y: { data: ys }, marker, filled }) {
  const { pen, stage } = view;
  pen.fillStyle = pen.strokeStyle = stage.palette.ink;
  xs.forEach((x, i) => mark(view, marker, x, ys[i], 5, filled));
}

// ---- on top -------------------------------------------------------------------------------------

function drawHand(view) {
  const { pen, panel, stage } = view;
  if (panel.hand?.kind !== "Handle") return;
  const { x, y } = panel.hand;
  pen.strokeStyle = stage.palette.paper;
  pen.lineWidth = 1;
  mark(view, "o", x, y, 9, false);
  pen.strokeStyle = stage.palette.ink;
  mark(view, "o", x, y, 7.2, false);
}

function drawHover(view, map) {
  const { pen, panel, box, stage, reading } = view;
  reading.textContent = "";
  if (!view.hover || stage.dragging) return;
  const [px, py] = view.hover;
  if (px < box.left || px > box.right || py < box.top || py > box.bottom) return;
  const [x, y] = [view.back[0](px), view.back[1](py)];
  if (map) {
    const value = valueAt(map, box, px, py);
    const said = Number.isNaN(value) ? "diverged" : `${map.label} ${format(value)}`;
    reading.textContent = `${panel.x.label} ${format(x)}, ${panel.y.label} ${format(y)}: ${said}`;
    return;
  }
  const line = panel.layers.find((layer) => layer.kind === "Line");
  const at = line ? line.x.data[indexOf(view, line)] : x;
  pen.strokeStyle = stage.palette.quiet;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(view.to[0](at), box.top);
  pen.lineTo(view.to[0](at), box.bottom);
  pen.stroke();
  reading.textContent = `${panel.x.label} ${format(at)}`;
}

/** Return the number of a map that a pixel of its box shows. */
function valueAt(map, box, px, py) {
  const [rows, columns] = map.values.shape;
  const u = (px - box.left) / (box.right - box.left);
  const v = (box.bottom - py) / (box.bottom - box.top);
  const spread = map.smooth ? [columns - 1, rows - 1, 0.5] : [columns, rows, 0];
  const column = clamp(Math.floor(u * spread[0] + spread[2]), 0, columns - 1);
  const row = clamp(Math.floor(v * spread[1] + spread[2]), 0, rows - 1);
  return map.values.data[row * columns + column];
}
