// Elements of the page, and the small shapes on them: markers and icons.

// Markers of unit radius, as SVG paths: for the legend as they are, for the canvas as Path2D.
export const MARKERS = {
  o: "M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z",
  s: "M-.85-.85H.85V.85H-.85Z",
  "^": "M0-1.1L1 .8H-1Z",
  v: "M0 1.1L1-.8H-1Z",
  D: "M0-1.2L1.2 0L0 1.2L-1.2 0Z",
  P: "M-.36-1H.36V-.36H1V.36H.36V1H-.36V.36H-1V-.36H-.36Z",
  X: "M-1-.5L-.5-1L0-.5L.5-1L1-.5L.5 0L1 .5L.5 1L0 .5L-.5 1L-1 .5L-.5 0Z",
  "*": "M0-1.5L.35-.48L1.43-.46L.57 .19L.88 1.21L0 .6L-.88 1.21L-.57 .19L-1.43-.46L-.35-.48Z",
};
const ICONS = {
  play: "M2 1L11 6L2 11Z",
  pause: "M2 1H5V11H2ZM7 1H10V11H7Z",
  back: "M9 1V11L3 6ZM1 1H3V11H1Z",
  forward: "M3 1V11L9 6ZM9 1H11V11H9Z",
};

/** Make an element with these attributes and children. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Draw paths, each given by its attributes, within a view box. */
export function drawPaths(paths, view) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", view);
  svg.setAttribute("aria-hidden", "true");
  for (const attributes of paths) {
    const path = document.createElementNS(svg.namespaceURI, "path");
    for (const [name, value] of Object.entries(attributes)) path.setAttribute(name, value);
    svg.append(path);
  }
  return svg;
}

export const icon = (name) => drawPaths([{ d: ICONS[name] }], "0 0 12 12");
