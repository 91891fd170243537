// The whole explorer: its values, the pictures it asks for, and how one is put on the page.
//
// It knows nothing of Jupyter: `jupyter.js` and `live.js` put it into their pages.

import { linkedValues, makeActions } from "./actions.js";
import { makeControls } from "./controls.js";
import { make } from "./elements.js";
import { makeScene } from "./scene.js";

const AT_ONCE = 2; // questions on their way: while one answer travels, the next is computed

/**
 * Put an explorer into an element.
 *
 * @param root where it goes; emptied when `remove` of the returned object is called.
 * @param declaration {name, call, controls, presets, theme}, as `widget.py` sends it.
 * @param compute values → a picture, or a promise of one; while two are on their way, only the
 *   newest values wait. What it throws is shown in words, with a button where it may be tried
 *   `again`, and the last picture stays. A picture is what `picture.py` describes, its arrays as
 *   {data: Float32Array, shape}.
 * @param link let the reader copy a link to this page that holds the values, and read one.
 */
export function mount(root, declaration, compute, { link = false } = {}) {
  const { controls, theme } = declaration;
  const starts = Object.fromEntries(controls.map((control) => [control.name, control.start]));
  const linked = link ? linkedValues(declaration) : null;
  const values = { ...starts, ...linked };
  let [speaking, computing, waiting, asked, answered] = [0, 0, false, 0, 0];

  const words = make("p", { class: "words" });
  const spoken = make("p", { class: "unseen", "aria-live": "polite" });
  const status = make("p", { class: "status", role: "status" });
  const tryAgain = make("button", { type: "button" }, "Try again");
  tryAgain.addEventListener("click", refresh);
  const scene = makeScene(root, theme, (name, value) => set({ [name]: value }));
  const panel = makeControls(controls, (control, value) => {
    const reset = (control.resets ?? []).map((name) => [name, null]);
    set({ ...Object.fromEntries(reset), [control.name]: value });
  });
  const actions = makeActions(declaration, (chosen) => set({ ...starts, ...chosen }), link);
  root.classList.add("adam-explorer");
  root.setAttribute("aria-label", `Explorer: ${declaration.name}`);
  root.replaceChildren(
    make(
      "div",
      { class: "body" },
      make("div", { class: "main" }, scene.columns, scene.transport.element, words, status, spoken),
      make("div", { class: "side" }, actions.presets, panel.element, actions.tools),
    ),
  );

  function tell() {
    panel.show(values);
    actions.show(values);
  }

  function set(changed) {
    Object.assign(values, changed);
    tell();
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
        if (error.again) status.append(" ", tryAgain);
      }
    }
    computing -= 1;
  }

  function show(picture) {
    scene.show(picture);
    if (words.textContent === picture.words) return;
    words.textContent = picture.words;
    clearTimeout(speaking);
    speaking = setTimeout(() => (spoken.textContent = picture.words), 700);
  }

  function say(sentence, warns = false) {
    if (status.textContent !== sentence) status.textContent = sentence;
    status.classList.toggle("warns", warns);
  }

  tell();
  refresh();
  if (linked) root.scrollIntoView({ block: "center" });

  return {
    say,
    /** Show values that were set elsewhere. */
    adopt(given) {
      Object.assign(values, given);
      tell();
    },
    remove() {
      clearTimeout(speaking);
      scene.remove();
    },
  };
}
