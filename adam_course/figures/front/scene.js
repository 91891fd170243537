// A picture on the page: its panels, the step that they share, and the colours around them.

import { draw } from "./drawing.js";
import { make } from "./elements.js";
import { showLegend } from "./legend.js";
import { isDark, watchLook } from "./look.js";
import { PanelView } from "./panel.js";
import { makeTransport } from "./playing.js";

/** How high a panel is at least, in pixels, where so many share a column. */
const LEAST = [280, 280, 150, 118, 92];

/**
 * Make a scene for an element, which is dressed in the colours of its page.
 *
 * @param root where `columns` and `transport.element` will be placed.
 * @param theme how lines and pages look, as `theme.py` has it.
 * @param set (name, value) hears of a hand on a panel.
 */
export function makeScene(root, theme, set) {
  let [views, frame] = [[], 0];
  const columns = make("div", { class: "columns" });
  // What the panels share: how they look, the step shown, the step that the pointer is at, the
  // panel that is dragged.
  const stage = { theme, dragging: null, step: 0, steps: 0, pointed: null, redraw, set };
  const transport = makeTransport(stage);
  stage.goTo = transport.goTo;
  root.classList.add("adam-scene");
  root.setAttribute("role", "group");

  function redraw() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      for (const view of views) draw(view);
    });
  }

  function show(picture) {
    const { panels } = picture;
    const count = Math.max(...panels.map((each) => each.column)) + 1;
    if (views.length !== panels.length) {
      views.forEach((view) => view.sizes.disconnect());
      const places = Array.from({ length: count }, () => make("div", { class: "column" }));
      columns.replaceChildren(...places);
      columns.className = `columns of-${count}`;
      views = panels.map((each) => new PanelView(stage, places[each.column]));
    }
    const crowds = new Array(count).fill(0);
    for (const { column } of panels) crowds[column] += 1;
    root.style.setProperty("--least", `${LEAST[Math.min(Math.max(...crowds), 4)]}px`);
    transport.setSteps(picture.steps);
    panels.forEach((each, i) => {
      // While it is dragged, the ring follows the hand and not an answer that is a frame old.
      const { hand } = views[i].panel ?? {};
      if (stage.dragging === views[i] && hand) each.hand = hand;
      views[i].show(each, picture.words);
      // A map by itself has its legend beside it, in a figure.
      views[i].element.classList.toggle("alone", panels.length === 1 && each.aspect !== null);
    });
  }

  function dress() {
    stage.dark = isDark(root.parentElement ?? root);
    stage.mode = stage.dark ? "dark" : "light";
    stage.palette = theme[stage.mode];
    for (const name of ["ink", "quiet", "hair", "paper", "accent"]) {
      root.style.setProperty(`--${name}`, stage.palette[name]);
    }
    for (const view of views) showLegend(view);
    redraw();
  }

  // The page may change its colours, its zoom and its size at any time.
  const endWatch = watchLook(dress);
  const zoomed = () => views.forEach((view) => view.resize());
  window.addEventListener("resize", zoomed);
  dress();

  function remove() {
    transport.play(false);
    cancelAnimationFrame(frame);
    endWatch();
    window.removeEventListener("resize", zoomed);
    views.forEach((view) => view.sizes.disconnect());
    root.replaceChildren();
  }

  return { columns, transport, show, remove };
}
