// The legend of a panel: what each layer looks like, and its value under the pointer or at the
// present step.

import { goesOn } from "./edges.js";
import { MARKERS, drawPaths, make } from "./elements.js";
import { format } from "./numbers.js";
import { indexAt } from "./steps.js";

/** Write the legend of a panel anew. */
export function showLegend(view) {
  const { panel, stage } = view;
  view.updates = [];
  view.legend.replaceChildren();
  if (!panel.legend) return;
  panel.layers.forEach((layer, place) => {
    if (layer.kind === "Map") showColours(view, place);
    if (!layer.label || !["Line", "Points"].includes(layer.kind)) return;
    const [value, on] = [make("output"), make("span", { class: "unseen" })];
    view.legend.append(make("span", {}, swatch(layer, stage), layer.label, " ", value, " ", on));
    if (layer.kind !== "Line") return;
    let told = null;
    view.updates.push(() => {
      const line = view.panel.layers[place];
      value.textContent = view.panel.aspect ? "" : valueOf(view, line);
      if (line !== told) on.textContent = goesOn(view, line);
      told = line;
    });
  });
}

/** Add the bar of a map's colours, from its low to its high, and its hatching if it has any. */
function showColours(view, place) {
  const { palette } = view.stage;
  const layer = view.panel.layers[place];
  const bar = make("i", { class: "bar" });
  const colours = layer.smooth ? palette.ground : palette.cells;
  bar.style.background = `linear-gradient(to right, ${colours.join()})`;
  const [low, high] = [make("output"), make("output")];
  const missing = make("span", {}, make("i", { class: "bar hatched" }), "diverged");
  view.updates.push(() => {
    const map = view.panel.layers[place];
    low.textContent = format(map.low);
    high.textContent = format(map.high);
    missing.hidden = map.smooth || !map.values.data.some(Number.isNaN);
  });
  view.legend.append(make("span", {}, `${layer.label}: `, low, bar, high), missing);
}

/** Draw a short piece of a line, or a point, as it looks in the panel. */
function swatch(layer, { palette, theme, mode }) {
  if (layer.kind === "Points") {
    const [ink, fill] = layer.marker === "*" ? ["#222", "#fff"] : [palette.ink, palette.ink];
    const mark = { d: MARKERS[layer.marker], stroke: ink, fill: layer.filled ? fill : "none" };
    const shape = { ...mark, "stroke-width": 0.3, transform: "translate(14 5) scale(4)" };
    return drawPaths([shape], "0 0 28 10");
  }
  const colour = layer.look === null ? palette.quiet : theme.looks[layer.look][mode];
  const dashes = layer.look === null ? [] : theme.looks[layer.look].dash;
  const line = { d: "M0 5H28", stroke: colour, "stroke-width": 1.8, fill: "none" };
  const paths = [{ ...line, "stroke-dasharray": dashes.map((d) => d * 1.8).join(" ") || "none" }];
  if (layer.markers && layer.look !== null) {
    const shape = MARKERS[theme.looks[layer.look].marker];
    paths.push({ d: shape, fill: colour, transform: "translate(14 5) scale(3.4)" });
  }
  return drawPaths(paths, "0 0 28 10");
}

/** Return the index of a line's point at the step shown, or else under the pointer. */
export function indexOf({ hover, stage, back }, line) {
  const xs = line.x.data;
  if (line.first !== null) {
    return indexAt(line, stage.pointed ?? Math.floor(stage.step), stage.steps);
  }
  if (!hover || stage.dragging) return xs.length - 1;
  const far = (i) => Math.abs(xs[i] - back[0](hover[0]));
  let best = 0;
  for (let i = 1; i < xs.length; i++) if (far(i) < far(best)) best = i;
  return best;
}

function valueOf(view, line) {
  const value = line.y.data[indexOf(view, line)];
  return line.first === null && !view.hover ? "" : value === undefined ? "–" : format(value);
}
