// The whole explorer: its values, the pictures it asks for, and how one is put on the page.
//
// It knows nothing of Jupyter: `jupyter.js` and the playground put it into their pages.

import { makeControls } from "./controls.js";
import { draw } from "./drawing.js";
import { make } from "./elements.js";
import { showLegend } from "./legend.js";
import { isDark, watchLook } from "./look.js";
import { PanelView } from "./panel.js";
import { makeTransport } from "./playing.js";

const AT_ONCE = 2; // questions on their way: while one answer travels, the next is computed

/**
 * Put an explorer into an element.
 *
 * @param root where it goes; emptied when `remove` of the returned object is called.
 * @param declaration {name, controls, theme}, as `widget.py` sends it.
 * @param compute values → a picture, or a promise of one; while two are on their way, only the
 *   newest values wait. What it throws is shown in words, and the last picture stays. A picture
 *   is what `picture.py` describes, its arrays as {data: Float32Array, shape}.
 */
export function mount(root, declaration, compute) {
  const { controls, theme } = declaration;
  const values = Object.fromEntries(controls.map((control) => [control.name, control.start]));
  let [views, frame, speaking] = [[], 0, 0];
  let [computing, waiting, asked, answered] = [0, false, 0, 0];

  const columns = make("div", { class: "columns" });
  const words = make("p", { class: "words" });
  const spoken = make("p", { class: "unseen", "aria-live": "polite" });
  const status = make("p", { class: "status", role: "status" });
  // What the panels share: how they look, the step shown, the panel that is dragged.
  const stage = { theme, dragging: null, step: 0, steps: 0, redraw, set };
  const transport = makeTransport(stage);
  stage.goTo = transport.goTo;
  const panel = makeControls(controls, (control, value) => {
    for (const name of control.resets ?? []) values[name] = null;
    set(control.name, value);
  });
  root.classList.add("adam-explorer");
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", `Explorer: ${declaration.name}`);
  root.replaceChildren(columns, transport.element, panel.element, words, status, spoken);

  function redraw() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      for (const view of views) draw(view);
    });
  }

  function set(name, value) {
    values[name] = value;
    refresh();
  }

  async function refresh() {
    waiting = true;
    if (computing === AT_ONCE) return;
    computing += 1;
    while (waiting) {
      waiting = false;
      const number = ++asked;
      try {
        const next = await compute({ ...values });
        if (number < answered) continue;
        answered = number;
        show(next);
        say("");
      } catch (error) {
        say(error.message, true);
      }
    }
    computing -= 1;
  }

  function show(picture) {
    const { panels } = picture;
    const count = Math.max(...panels.map((each) => each.column)) + 1;
    if (views.length !== panels.length) {
      views.forEach((view) => view.sizes.disconnect());
      const places = Array.from({ length: count }, () => make("div", { class: "column" }));
      columns.replaceChildren(...places);
      columns.classList.toggle("two", count > 1);
      views = panels.map((each) => new PanelView(stage, places[each.column]));
    }
    const crowds = new Array(count).fill(0);
    for (const { column } of panels) crowds[column] += 1;
    const crowd = Math.max(...crowds);
    root.style.setProperty("--least", crowd > 2 ? "112px" : crowd > 1 ? "150px" : "240px");
    transport.setSteps(picture.steps);
    panels.forEach((each, i) => {
      // While it is dragged, the ring follows the hand and not an answer that is a frame old.
      const { hand } = views[i].panel ?? {};
      if (stage.dragging === views[i] && hand) each.hand = hand;
      views[i].show(each, picture.words);
    });
    if (words.textContent !== picture.words) {
      words.textContent = picture.words;
      clearTimeout(speaking);
      speaking = setTimeout(() => (spoken.textContent = picture.words), 700);
    }
  }

  function say(sentence, warns = false) {
    if (status.textContent !== sentence) status.textContent = sentence;
    status.classList.toggle("warns", warns);
  }

  function dress() {
    stage.dark = isDark(root.parentElement ?? root);
    stage.mode = stage.dark ? "dark" : "light";
    stage.palette = theme[stage.mode];
    for (const name of ["ink", "quiet", "hair", "paper"]) {
      root.style.setProperty(`--${name}`, stage.palette[name]);
    }
    root.style.setProperty("--accent", stage.palette.accent);
    for (const view of views) showLegend(view);
    redraw();
  }

  // The page may change its colours, its zoom and its size at any time.
  const endWatch = watchLook(dress);
  const zoomed = () => views.forEach((view) => view.resize());
  window.addEventListener("resize", zoomed);
  dress();
  refresh();

  return {
    say,
    /** Show values that were set elsewhere. */
    adopt(given) {
      Object.assign(values, given);
      panel.show(values);
    },
    remove() {
      transport.stop();
      cancelAnimationFrame(frame);
      clearTimeout(speaking);
      endWatch();
      window.removeEventListener("resize", zoomed);
      views.forEach((view) => view.sizes.disconnect());
      root.replaceChildren();
    },
  };
}
