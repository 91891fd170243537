// The controls below the panels, built from native inputs.

import { make } from "./elements.js";
import { format } from "./numbers.js";

/** Return the controls as {element, show(values)}; `changed(control, value)` hears of a hand. */
export function makeControls(controls, changed) {
  const element = make("div", { class: "controls" });
  const built = {};
  for (const control of controls) {
    const one = BUILD[control.kind]?.(control, (value) => changed(control, value));
    if (!one) continue; // it is set on a panel, by hand
    built[control.name] = one;
    one.set(control.start);
    one.element.hidden = !control.shown;
    element.append(one.element);
  }
  element.hidden = !controls.some((control) => control.shown && control.name in built);
  const show = (values) => {
    for (const [name, one] of Object.entries(built)) one.set(values[name]);
  };
  return { element, show };
}

/** How each kind of control is built: {element, set}. */
const BUILD = {
  Range({ name, label, values }, changed) {
    const last = String(values.length - 1);
    const input = make("input", { type: "range", min: "0", max: last, "data-name": name });
    const output = make("output");
    const tell = () => {
      output.textContent = format(values[input.value], 4);
      input.setAttribute("aria-valuetext", output.textContent);
    };
    input.addEventListener("input", () => (tell(), changed(values[input.value])));
    const set = (value) => ((input.value = String(Math.max(values.indexOf(value), 0))), tell());
    return { element: make("label", { class: "control" }, label, output, input), set };
  },
  Choice({ name, label, options }, changed) {
    const choices = options.map((text) => make("option", {}, text));
    const input = make("select", { "data-name": name }, ...choices);
    input.addEventListener("change", () => changed(input.value));
    const set = (value) => (input.value = value);
    return { element: make("label", { class: "control" }, label, input), set };
  },
  Several({ name, label, options }, changed) {
    const boxes = options.map((option) =>
      make("input", { type: "checkbox", value: option, "data-name": name }),
    );
    const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
    for (const box of boxes) {
      box.addEventListener("change", () => {
        if (!chosen().length) box.checked = true; // one has to stay
        else changed(chosen());
      });
    }
    const labels = boxes.map((box) => make("label", {}, box, box.value));
    const legend = make("legend", {}, label);
    const element = make("fieldset", { class: "control several" }, legend, ...labels);
    const set = (value) => boxes.forEach((box) => (box.checked = value.includes(box.value)));
    return { element, set };
  },
  Toggle({ name, label }, changed) {
    const input = make("input", { type: "checkbox", "data-name": name });
    input.addEventListener("change", () => changed(input.checked));
    const set = (on) => (input.checked = on);
    return { element: make("label", { class: "control toggle" }, input, label), set };
  },
};
