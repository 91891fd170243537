// The controls, built from native inputs, and grouped under those whom they drive.

import { make } from "./elements.js";
import { format } from "./numbers.js";

/** Return the controls as {element, show(values)}; `changed(control, value)` hears of a hand. */
export function makeControls(controls, changed) {
  const element = make("div", { class: "controls" });
  const [built, groups] = [{}, new Map()];
  for (const control of controls) {
    const one = BUILD[control.kind]?.(control, (value) => changed(control, value));
    if (!one) continue; // it is set on a panel, by hand
    built[control.name] = one;
    one.element.hidden = !control.shown;
    const names = control.of ?? [];
    const key = names.join(", ");
    if (key && !groups.has(key)) groups.set(key, makeGroup(names, controls));
    const group = groups.get(key);
    (group?.element ?? element).append(one.element);
    if (control.shown && group) group.element.hidden = false;
  }
  element.append(...[...groups.values()].map((group) => group.element));
  element.hidden = !controls.some((control) => control.shown && control.name in built);
  const show = (values) => {
    for (const [name, one] of Object.entries(built)) one.set(values[name]);
    for (const group of groups.values()) group.show(values);
  };
  return { element, show };
}

/** Return a group of controls that rests while none of `names` takes part: {element, show}. */
function makeGroup(names, controls) {
  const legend = make("legend");
  const element = make("fieldset", { class: "group", hidden: "" }, legend);
  const choosers = controls.filter(({ kind }) => kind === "Choice" || kind === "Several");
  const offered = (which) => new Set(which.flatMap(({ options }) => options));
  const [known, within] = [offered(choosers), offered(choosers.filter(({ shown }) => shown))];
  const show = (values) => {
    const chosen = new Set(choosers.flatMap(({ name }) => values[name]));
    const plays = (name) => chosen.has(name) || !known.has(name);
    const listed = names.filter((name) => plays(name) || within.has(name));
    legend.replaceChildren(
      ...(listed.length ? listed : names).flatMap((name, i) => [
        i ? ", " : "",
        make("span", { class: plays(name) ? "" : "out" }, name),
      ]),
    );
    element.disabled = !names.some(plays);
    const why = `Not in use: ${names.join(", ")} ${names.length > 1 ? "are" : "is"} not chosen.`;
    for (const attribute of ["title", "aria-description"]) {
      if (element.disabled) element.setAttribute(attribute, why);
      else element.removeAttribute(attribute);
    }
  };
  return { element, show };
}

/** How each kind of control is built: {element, set}. */
const BUILD = {
  Range({ name, label, values }, changed) {
    const places = [...values];
    const input = make("input", { type: "range", min: "0", "data-name": name });
    const output = make("output");
    const tell = () => {
      output.textContent = format(places[input.value], 4);
      input.setAttribute("aria-valuetext", output.textContent);
    };
    input.addEventListener("input", () => (tell(), changed(places[input.value])));
    const set = (value) => {
      // A preset may lie between the slider's own places.
      if (!places.includes(value)) places.splice(places.findIndex((p) => p > value), 0, value);
      input.max = String(places.length - 1);
      input.value = String(places.indexOf(value));
      tell();
    };
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
    const words = make("span", {}, label);
    return { element: make("label", { class: "control toggle" }, input, words), set };
  },
};

/** Say whether a control may have this value, which comes from an address. */
export function fits(control, value) {
  const { kind, options, values, length, limit } = control;
  const numbers = (count) =>
    value === null ||
    (Array.isArray(value) && value.length === count && value.every(Number.isFinite));
  return {
    Range: () => Number.isFinite(value) && value >= values[0] && value <= values.at(-1),
    Choice: () => options.includes(value),
    Several: () =>
      Array.isArray(value) && value.length > 0 && value.every((each) => options.includes(each)),
    Toggle: () => typeof value === "boolean",
    Point: () => numbers(2),
    Sketch: () => numbers(length) && (value ?? []).every((each) => Math.abs(each) <= limit),
  }[kind]();
}
