// Where curves leave their panel: a small triangle at the edge says that one goes on.

import { clamp } from "./numbers.js";

const TOGETHER = 16; // pixels within which one triangle stands for several

/** Return where a line crosses the edge of its panel: [[x, y, side], …], in pixels. */
export function crossings({ box, to, panel }, line, count = line.x.data.length) {
  const found = [];
  const add = ([x, y], side) => {
    const near = (one) => one[2] === side && Math.hypot(one[0] - x, one[1] - y) < TOGETHER;
    if (!found.some(near)) found.push([x, y, side]);
  };
  let [x0, y0, left] = [NaN, NaN, ""]; // the last point, and the side on which it lies outside
  for (let i = 0; i < count; i++) {
    const [x, y] = [to[0](line.x.data[i]), to[1](line.y.data[i])];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    const side = sideOf(x, y, box, panel.aspect);
    if (!Number.isNaN(x0) && !side !== !left) {
      add(edge([x0, y0], [x, y], box, side || left), side || left);
    }
    [x0, y0, left] = [x, y, side];
  }
  if (left && !found.length) add(edge([x0, y0], [x0, y0], box, left), left); // it was never inside
  return found;
}

/** Return on which side of a box a point lies; a chart is left at its foot and its head only. */
function sideOf(x, y, box, shaped) {
  if (y < box.top - 1.5) return "above";
  if (y > box.bottom + 1.5) return "below";
  if (shaped && x < box.left - 1.5) return "left";
  if (shaped && x > box.right + 1.5) return "right";
  return "";
}

/** Return the point of a box's side on the way from one point to another. */
function edge(from, to, box, side) {
  const at = { above: box.top, below: box.bottom, left: box.left, right: box.right }[side];
  const across = side === "left" || side === "right" ? 0 : 1;
  const gap = to[across] - from[across];
  const way = gap ? (at - from[across]) / gap : 0;
  const along = from[1 - across] + way * (to[1 - across] - from[1 - across]);
  const ends = across ? [box.left, box.right] : [box.top, box.bottom];
  const kept = clamp(along, ends[0] + 4, ends[1] - 4);
  return across ? [kept, at] : [at, kept];
}

const TURNS = { above: 0, right: 0.25, below: 0.5, left: 0.75 };

/** Draw triangles, in the pen's colour, where a line leaves its panel. */
export function drawCrossings(view, line, count) {
  const { pen, stage } = view;
  for (const [x, y, side] of crossings(view, line, count)) {
    pen.save();
    pen.translate(x, y);
    pen.rotate(TURNS[side] * 2 * Math.PI);
    const path = new Path2D("M0 0L5.5 9H-5.5Z");
    pen.strokeStyle = stage.palette.paper;
    pen.lineWidth = 2;
    pen.stroke(path);
    pen.fill(path);
    pen.restore();
  }
}

/** Say in words where a line leaves its panel. */
export function goesOn(view, line) {
  const sides = [...new Set(crossings(view, line).map(([, , side]) => side))];
  return sides.length ? `goes on ${sides.join(" and ")}` : "";
}
