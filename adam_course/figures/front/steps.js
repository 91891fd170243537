// Steps of a run: which of them a line's points belong to, and which one the pointer is at.

import { clamp } from "./numbers.js";

const NEAR = 24; // pixels from the pointer to a path

/** Return the index of a growing line's point at a step; less than 0 before its first. */
export function indexAt(line, step, steps) {
  const last = line.x.data.length - 1;
  if (step >= steps) return last; // a thinned line ends with the run's last point
  return Math.min(last, Math.floor((step - line.first) / (line.every ?? 1)));
}

/** Say whether a line has the steps themselves on its x axis. */
export function countsSteps({ x: { data }, first, every = 1 }) {
  return first !== null && data[0] === first && (data.length < 2 || data[1] === first + every);
}

/** Return the step that a panel's pointer is at, or null: on a path, its nearest point's. */
export function pointedStep({ panel, box, hover, to, back, stage }) {
  if (!hover || !box || stage.dragging) return null;
  const [px, py] = hover;
  if (px < box.left || px > box.right || py < box.top || py > box.bottom) return null;
  let [best, found] = [NEAR ** 2, null];
  for (const line of panel.layers) {
    if (line.kind !== "Line" || line.first === null) continue;
    if (countsSteps(line)) return clamp(Math.round(back[0](px)), 0, stage.steps);
    const [xs, ys] = [line.x.data, line.y.data];
    for (let i = 0; i < xs.length; i++) {
      const far = (to[0](xs[i]) - px) ** 2 + (to[1](ys[i]) - py) ** 2;
      if (far < best) {
        best = far;
        found = Math.min(stage.steps, line.first + i * (line.every ?? 1));
      }
    }
  }
  return found;
}
