// The legend of a panel: what each layer looks like, and its value under the pointer or at the
// present step.

import { MARKERS, drawPaths, make } from "./elements.js";
import { format } from "./numbers.js";

/** Write the legend of a panel anew. */
export function showLegend(view) {
  const { panel, stage } = view;
  view.updates = [];
  view.legend.replaceChildren();
  panel.layers.forEach((layer, place) => {
    if (layer.kind === "Map" && !layer.smooth) showColours(view, layer);
    if (!layer.label || !panel.legend || layer.kind === "Map") return;
    const value = make("output");
    view.legend.append(make("span", {}, swatch(layer, stage), layer.label, " ", value));
    if (layer.kind === "Line") {
      view.updates.push(() => {
        value.textContent = valueOf(view, view.panel.layers[place]);
      });
    }
  });
}

/** Add the bar of a heat map's colours, from its low to its high. */
function showColours(view, layer) {
  const bar = make("i", { class: "bar" });
  bar.style.background = `linear-gradient(to right, ${view.stage.palette.cells.join()})`;
  const [low, high] = [make("output"), make("output")];
  view.updates.push(() => {
    const map = view.panel.layers.find((each) => each.kind === "Map");
    low.textContent = format(map.low);
    high.textContent = format(map.high);
  });
  view.legend.append(make("span", {}, `${layer.label}: `, low, bar, high));
}

/** Draw a short piece of a line, or a point, as it looks in the panel. */
function swatch(layer, { palette, theme, mode }) {
  if (layer.kind === "Points") {
    const fill = layer.filled ? palette.ink : "none";
    const mark = { d: MARKERS[layer.marker], stroke: palette.ink, "stroke-width": 0.3, fill };
    return drawPaths([{ ...mark, transform: "translate(14 5) scale(4)" }], "0 0 28 10");
  }
  const colour = layer.look === null ? palette.quiet : theme.looks[layer.look][mode];
  const dashes = layer.look === null ? [] : theme.looks[layer.look].dash;
  const line = { d: "M0 5H28", stroke: colour, "stroke-width": 1.8, fill: "none" };
  const paths = [{ ...line, "stroke-dasharray": dashes.map((d) => d * 1.8).join(" ") || "none" }];
  if (layer.markers) {
    const shape = MARKERS[theme.looks[layer.look].marker];
    paths.push({ d: shape, fill: colour, transform: "translate(14 5) scale(3.4)" });
  }
  return drawPaths(paths, "0 0 28 10");
}

/** Return the index of a line's point under the pointer, or else of the present step. */
export function indexOf(view, line) {
  const last = line.x.data.length - 1;
  if (view.hover && !view.stage.dragging) {
    const x = view.back[0](view.hover[0]);
    let best = 0;
    for (let i = 1; i <= last; i++) {
      if (Math.abs(line.x.data[i] - x) < Math.abs(line.x.data[best] - x)) best = i;
    }
    return best;
  }
  return line.first === null ? last : Math.min(last, Math.floor(view.stage.step) - line.first);
}

function valueOf(view, line) {
  const value = line.y.data[indexOf(view, line)];
  return line.first === null && !view.hover ? "" : value === undefined ? "–" : format(value);
}
