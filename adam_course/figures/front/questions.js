// Questions: a prediction is kept before the answer opens, and earlier lessons are asked again.

import { make } from "./elements.js";
import { unpack } from "./packed.js";

const STORE = "adam-course-answers";
let groups = 0;

/**
 * Return what keeps answers: in this browser, and where `tell` brings them.
 *
 * @param entries those that are known elsewhere, the oldest first.
 */
export function makeKeeper(entries = [], tell = () => {}) {
  const here = () => {
    try {
      return JSON.parse(localStorage.getItem(STORE)) ?? [];
    } catch {
      return []; // a browser that keeps nothing
    }
  };
  const known = [...entries];
  const all = () => [...here(), ...known].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return {
    all,
    last: (name) => all().findLast((entry) => entry.name === name),
    keep(entry) {
      known.push(entry);
      try {
        localStorage.setItem(STORE, JSON.stringify([...here(), entry]));
      } catch {
        // it is kept as long as the page is open
      }
      tell(entry);
    },
  };
}

/** Put names in the order in which they are to be asked, as `answers.due` does in Python. */
export function due(names, entries) {
  const last = new Map(entries.map((entry) => [entry.name, entry]));
  const rank = (name) => {
    const entry = last.get(name);
    return entry ? `${entry.right === false ? 0 : 1}${entry.at}` : "1";
  };
  const ranked = names.map((name) => ({ name, rank: rank(name) }));
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0)).map((one) => one.name);
}

/**
 * Bring the questions below an element to life.
 *
 * @param fold hide what follows a prediction until the reader has committed to one.
 */
export function mountQuestions(root, keeper, fold = false) {
  for (const recall of root.querySelectorAll(".adam-recall:not([data-mounted])")) {
    recall.dataset.mounted = "now";
    choose(recall, keeper);
  }
  for (const section of root.querySelectorAll(".adam-question:not([data-mounted])")) {
    section.dataset.mounted = "now";
    mountQuestion(section, keeper, fold);
  }
}

/** Ask the three questions that are due for this reader. */
async function choose(recall, keeper) {
  const pages = await unpack(recall.dataset.pool);
  const names = due(Object.keys(pages), keeper.all()).slice(0, 3);
  const asked = [...recall.querySelectorAll(".adam-question")];
  if (names.every((name, place) => asked[place]?.dataset.name === name)) return;
  for (const section of asked) section.remove();
  recall.insertAdjacentHTML("beforeend", names.map((name) => pages[name]).join(""));
  mountQuestions(recall, keeper);
}

/** Leave out the full stop that ends an option. */
const plain = (said) => said.replace(/\.$/, "");

function mountQuestion(section, keeper, fold) {
  const { name, kind } = section.dataset;
  const predicts = "predict" in section.dataset;
  const ask = section.querySelector(".ask");
  const answer = section.querySelector("details");
  const form = make("form", { novalidate: "" });
  const fields = make("fieldset", {}, make("legend", {}, ...ask.childNodes));
  const { element, said, show } = INPUTS[kind](section);
  const commit = make("button", { type: "submit" }, predicts ? "This is my prediction" : "Answer");
  const skip = make("button", { type: "button", class: "quiet" }, "Just show me");
  const again = make("button", { type: "button", class: "quiet" }, "Ask me again");
  const status = make("p", { role: "status" });
  const verdict = make("p", { class: "verdict" });
  fields.append(element, make("p", { class: "buttons" }, commit, skip));
  form.append(fields);
  section.prepend(form, status);
  section.querySelector("p.ask").remove();
  section.querySelector("ol, ul")?.remove();
  answer.querySelector("summary").after(verdict);
  answer.append(make("p", { class: "buttons" }, again));
  const folded = fold && predicts ? passageOf(section) : [];

  const set = (entry) => {
    const open = !entry;
    fields.disabled = !open;
    for (const button of [commit, skip]) button.hidden = !open;
    answer.hidden = open;
    answer.open = Boolean(entry) && !predicts;
    for (const part of folded) part.hidden = open && "until-found";
    if (open) return;
    show(entry.said);
    const words = { true: "Right.", false: "Not so.", null: "" }[entry.right];
    verdict.textContent = entry.said === null ? "" : `You said: ${plain(entry.said)}. ${words}`;
    verdict.className = `verdict ${entry.right === true ? "right" : ""}`;
  };
  const take = (said, right) => {
    const entry = { name, said, right, at: new Date().toISOString() };
    keeper.keep(entry);
    set(entry);
    if (predicts && said !== null) status.textContent = `You said: ${plain(said)}. Now look at what comes next.`;
    else status.textContent = "";
    answer.querySelector("summary").focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = said();
    if (given.missing) status.textContent = given.missing;
    else take(given.words, given.right);
  });
  skip.addEventListener("click", () => {
    take(null, null);
    answer.open = true;
  });
  again.addEventListener("click", () => {
    set(null);
    status.textContent = "";
    fields.querySelector("input, select")?.focus();
  });
  const unfold = () => set({ said: null, right: null });
  for (const part of folded) part.addEventListener("beforematch", unfold);
  const earlier = keeper.last(name);
  // What recall asks, it asks anew each time.
  set(predicts ? earlier : null);
  // Browsers that know no "until-found" hide the place that a link goes to, too.
  const follow = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!place || !folded.some((part) => part.hidden && part.contains(place))) return;
    unfold();
    place.scrollIntoView();
  };
  if (folded.length) addEventListener("hashchange", follow);
  follow();
  if (predicts && earlier?.said) status.textContent = `You said: ${plain(earlier.said)}.`;
}

// How each kind of question is asked: an element, what was said with it, and how that is shown again.
const INPUTS = {
  choice(section) {
    const group = `adam-${(groups += 1)}`;
    const items = [...section.querySelectorAll("li")];
    const inputs = items.map((_, value) => make("input", { type: "radio", name: group, value }));
    const words = items.map((item) => item.textContent);
    const letters = items.map((_, value) => `${String.fromCharCode(65 + value)}. `);
    const labels = items.map((item, value) =>
      make("label", {}, inputs[value], letters[value], ...item.childNodes),
    );
    return {
      element: make("div", { class: "options" }, ...labels),
      said() {
        const index = inputs.findIndex((input) => input.checked);
        if (index < 0) return { missing: "Choose one first; a guess is enough." };
        return { words: words[index], right: index === Number(section.dataset.right) };
      },
      show: (said) => inputs.forEach((input, index) => (input.checked = words[index] === said)),
    };
  },

  number(section) {
    const [right, factor] = section.dataset.right.split(" ").map(Number);
    const input = make("input", { type: "text", inputmode: "decimal", size: 10, autocomplete: "off" });
    return {
      element: make("label", {}, "Your number: ", input, ` ${section.dataset.unit}`),
      said() {
        const text = input.value.trim().replace(",", ".").replace("−", "-");
        const value = Number(text);
        if (!text || !Number.isFinite(value)) {
          return { missing: "Write a number first, as 0.05; a guess is enough." };
        }
        const near = right === 0 ? value === 0 : value / right <= factor && value / right >= 1 / factor;
        return { words: input.value.trim(), right: near };
      },
      show: (said) => (input.value = said ?? ""),
    };
  },

  ranking(section) {
    const right = section.dataset.right.split(" ").map(Number);
    const options = [...section.querySelectorAll("li")].map((item) => item.textContent);
    const selects = options.map(() => {
      const places = options.map((_, place) => make("option", { value: place }, `${place + 1}.`));
      return make("select", {}, make("option", { value: "" }, "place"), ...places);
    });
    const labels = options.map((words, at) => make("label", {}, selects[at], ` ${words}`));
    return {
      element: make("div", { class: "options" }, ...labels),
      said() {
        const places = selects.map((select) => select.value);
        if (new Set(places).size < options.length || places.includes("")) {
          return { missing: "Give each one a place of its own first." };
        }
        const order = options.map((_, place) => places.indexOf(String(place)));
        return {
          words: order.map((index) => options[index]).join(", "),
          right: order.every((index, place) => index === right[place]),
        };
      },
      show(said) {
        const order = said?.split(", ") ?? [];
        selects.forEach((select, at) => {
          const place = order.indexOf(options[at]);
          select.value = place < 0 ? "" : place;
        });
      },
    };
  },
};

/** Return what follows a prediction on a page, up to the next one or the end of its section. */
function passageOf(section) {
  const parts = [];
  let part = section.closest("div.cell")?.nextElementSibling;
  while (part && part.tagName !== "SECTION") {
    parts.push(part);
    if (part.querySelector(".adam-question")) break; // it may tell how this one ended
    part = part.nextElementSibling;
  }
  return parts;
}
