// What acts on all values at once: the presets, the way back, and what can be copied.

import { fits } from "./controls.js";
import { make } from "./elements.js";

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * Return {presets, tools, show(values)}: a row of presets, a row of tools, what brings both up to
 * date. `choose(values)` hears of a choice; all other values are to start anew.
 */
export function makeActions({ name, call, controls, presets = [] }, choose, link) {
  const starts = Object.fromEntries(controls.map((control) => [control.name, control.start]));
  let now = starts;
  const said = make("p", { class: "said", role: "status" });
  const field = make("input", { class: "field", readonly: "", hidden: "" });

  const button = (text, act) => {
    const made = make("button", { type: "button", class: "wide" }, text);
    made.addEventListener("click", act);
    return made;
  };
  const copy = async (text, what) => {
    try {
      await navigator.clipboard.writeText(text);
      field.hidden = true;
      said.textContent = `Copied: ${text.length > 200 ? `the ${what}` : text}`;
    } catch {
      field.hidden = false;
      field.value = text;
      field.setAttribute("aria-label", `The ${what}, to be copied`);
      field.select();
      said.textContent = `Copy the ${what} from this field.`;
    }
  };
  const tried = presets.map((preset) => {
    const made = button(preset.name, () => choose(preset.values));
    return [made, { ...starts, ...preset.values }];
  });
  const reset = button("Reset", () => choose({}));
  const tools = [reset, button("Copy as code", () => copy(asCode(call, controls, now), "code"))];
  if (link) {
    tools.push(button("Copy link", () => copy(asLink(name, controls, now), "link")));
  }
  const tries = make("div", { class: "presets", role: "group", "aria-label": "Try" }, "Try: ");
  tries.append(...tried.map(([made]) => made));
  tries.hidden = !tried.length;

  return {
    presets: tries,
    tools: make("div", { class: "tools" }, ...tools, field, said),
    show(values) {
      if (!same(values, now)) [field.hidden, said.textContent] = [true, ""];
      now = { ...values };
      const isNow = (wanted) => Object.keys(starts).every((key) => same(wanted[key], values[key]));
      for (const [made, wanted] of tried) made.setAttribute("aria-pressed", isNow(wanted));
      reset.setAttribute("aria-disabled", isNow(starts));
    },
  };
}

// ---- code and links -----------------------------------------------------------------------------

/** Return the call that opens an explorer with these values, as Python. */
export function asCode(call, controls, values) {
  const changed = controls.filter(({ name, own }) => !same(values[name], own));
  return `${call}(${changed.map(({ name }) => `${name}=${python(values[name])}`).join(", ")})`;
}

function python(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return JSON.stringify(value);
  if (!Array.isArray(value)) return String(value);
  // A place on a map has more digits than a hand can mean.
  const parts = value.map((part) =>
    typeof part === "number" ? String(Number(part.toPrecision(6))) : python(part),
  );
  return `(${parts.join(", ")}${parts.length === 1 ? "," : ""})`;
}

const address = (name) => `#${encodeURIComponent(name)}=`;

/** Return the address of this page with what differs from the start, after a # sign. */
function asLink(name, controls, values) {
  const changed = controls.filter((control) => !same(values[control.name], control.start));
  const text = JSON.stringify(Object.fromEntries(changed.map((c) => [c.name, values[c.name]])));
  return location.href.split("#")[0] + address(name) + encodeURIComponent(text);
}

/** Return the values in this page's address that an explorer can have; null if it names another. */
export function linkedValues({ name, controls }) {
  if (!location.hash.startsWith(address(name))) return null;
  try {
    const given = JSON.parse(decodeURIComponent(location.hash.slice(address(name).length)));
    const known = controls.filter((control) => control.name in given);
    const right = known.filter((control) => fits(control, given[control.name]));
    return Object.fromEntries(right.map((control) => [control.name, given[control.name]]));
  } catch {
    return null; // a link that was cut off
  }
}
