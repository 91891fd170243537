// What is stored in a page, without Python: figures, whose data stand beside their image, and
// questions, whose answers this browser keeps.

import { make } from "./elements.js";
import { unpack } from "./packed.js";
import { isCalm } from "./playing.js";
import { makeKeeper, mountQuestions } from "./questions.js";
import { makeScene } from "./scene.js";

const WAIT = 10_000; // milliseconds for a kernel to answer
const NARROW = 480; // a figure's width from which on it has the proportions of its image

/**
 * Bring all stored questions and figures of the page to life, figures before they come into view.
 *
 * @param live puts an explorer into the page, where its Python can be had: (root, declaration,
 *   picture) => void; null elsewhere. A page whose address sets values needs them all `atOnce`.
 */
export function mountAll(theme, style, live = null, atOnce = false) {
  if (!document.getElementById("adam-style")) {
    document.head.append(make("style", { id: "adam-style" }, style));
  }
  mountQuestions(document, makeKeeper(), !document.querySelector(".jp-OutputArea"));
  const soon = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        soon.unobserve(target);
        mountStored(target, theme, live);
      }
    },
    { rootMargin: "300px" },
  );
  for (const figure of document.querySelectorAll("figure.adam-figure[data-picture]")) {
    if (figure.dataset.mounted) continue;
    figure.dataset.mounted = "soon";
    const cell = figure.closest(".jp-OutputArea");
    if (cell && figure.matches(".adam-still")) replaceError(cell, () => soon.observe(figure));
    else if (atOnce) mountStored(figure, theme, live);
    else soon.observe(figure);
  }
}

async function mountStored(figure, theme, live) {
  const image = figure.querySelector("img");
  const [packed] = await Promise.all([unpack(figure.dataset.picture), image.decode()]);
  const picture = revive(packed);
  const root = make("div", { "aria-label": image.alt });
  image.before(root);
  if (live && figure.dataset.explorer) {
    live(root, { ...(await unpack(figure.dataset.explorer)), theme }, picture);
    figure.dataset.mounted = "live";
    return;
  }
  const scene = makeScene(root, theme, () => {});
  root.append(scene.columns, scene.transport.element);
  // Nobody hears of a hand.
  const panels = picture.panels.map((panel) =>
    panel.hand ? { ...panel, hand: null, hint: "" } : panel,
  );
  const wide = `${image.naturalWidth} / ${image.naturalHeight}`;
  const width = image.getAttribute("width");
  const fit = () => {
    const fixed = figure.clientWidth >= NARROW;
    root.classList.toggle("fixed", fixed);
    root.style.aspectRatio = fixed ? wide : "";
    root.style.maxWidth = `${width}px`;
  };
  new ResizeObserver(fit).observe(figure);
  fit();
  scene.show({ ...picture, panels });
  figure.dataset.mounted = "now";
  if ("autoplay" in figure.dataset && picture.steps && !isCalm()) playOnceSeen(root, scene);
}

/** Play a run as soon as half of it is in view; until then it stands at its first step. */
function playOnceSeen(root, { transport }) {
  transport.goTo(0);
  const seen = new IntersectionObserver(
    ([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      seen.disconnect();
      transport.play(true);
    },
    { threshold: 0.5 },
  );
  seen.observe(root);
}

/** Put arrays back into a stored picture; what was not finite is not a number. */
function revive(thing) {
  if (Array.isArray(thing)) return thing.map(revive);
  if (thing === null || typeof thing !== "object") return thing;
  if (thing.shape) {
    return { shape: thing.shape, data: Float32Array.from(thing.values, (v) => v ?? NaN) };
  }
  return Object.fromEntries(Object.entries(thing).map(([name, part]) => [name, revive(part)]));
}

/**
 * Wait for a kernel's live view, which takes a still's place in a cell of JupyterLab. If an error
 * of the widget comes instead, because that kernel is gone, hide it and `mount` the still.
 */
function replaceError(cell, mount) {
  const look = () => {
    for (const output of cell.querySelectorAll(".jp-OutputArea-child:not(:has(figure))")) {
      if (!output.textContent.trim().startsWith("Error displaying widget")) continue;
      output.style.display = "none";
      end();
    }
  };
  const watch = new MutationObserver(look);
  const late = setTimeout(() => end(), WAIT);
  const end = () => {
    watch.disconnect();
    clearTimeout(late);
    mount();
  };
  watch.observe(cell, { childList: true, subtree: true });
  look();
}
