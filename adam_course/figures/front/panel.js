// One panel: a title, a legend and a canvas, with a name for those who do not see it.

import { make } from "./elements.js";
import { beginsAnywhere, followHands } from "./hands.js";
import { showLegend } from "./legend.js";

const KEYS = { Handle: "Arrow keys move the ring.", Drawing: "Arrow keys draw the curve." };

/**
 * A panel on the page. Other files draw it and move it; they share with it what is laid out:
 * size [width, height, pixel ratio], box (the inner area), to and back (its scales), hover (the
 * pointer's place), updates (of the values in the legend), begun (where a hand began that has done
 * nothing yet), last (the index drawn last by hand).
 */
export class PanelView {
  constructor(stage, column) {
    this.stage = stage;
    this.title = make("span", { class: "title" });
    this.hint = make("span", { class: "hint" });
    this.legend = make("div", { class: "legend" });
    this.canvas = make("canvas", { role: "img" });
    this.ring = make("div", { class: "ring", hidden: "" }); // where the drawn ring can be held
    this.reading = make("output", { class: "reading", "aria-hidden": "true" });
    this.place = make("div", { class: "place" }, this.canvas, this.ring, this.reading);
    const head = make("div", { class: "head" }, this.title, this.hint, this.legend);
    this.element = make("div", { class: "panel" }, head, this.place);
    this.pen = this.canvas.getContext("2d");
    this.rasters = new WeakMap();
    column.append(this.element);
    this.sizes = new ResizeObserver(() => this.resize());
    for (const each of [this.element, this.place]) this.sizes.observe(each);
    followHands(this);
  }

  /** Show a panel of a picture, whose words follow its name. */
  show(panel, words) {
    const { hand } = panel;
    const looks = panel.layers.map((layer) => [layer.kind, layer.label, layer.look]);
    const names = JSON.stringify([looks, panel.legend]);
    this.panel = panel;
    this.title.textContent = panel.title;
    this.hint.textContent = panel.hint;
    this.element.classList.toggle("fills", !panel.aspect);
    const axes = panel.axes === false ? "" : `: ${panel.y.label} against ${panel.x.label}`;
    const label = `${panel.title || panel.y.label}${axes}. `;
    this.canvas.setAttribute("aria-label", label + words + (hand ? ` ${KEYS[hand.kind]}` : ""));
    // Arrow keys reach an application; of an image, a screen reader keeps them to itself.
    this.canvas.setAttribute("role", hand || this.stage.steps ? "application" : "img");
    if (hand || this.stage.steps) this.canvas.tabIndex = 0;
    else this.canvas.removeAttribute("tabindex");
    this.canvas.dataset.hand = hand?.kind ?? "";
    this.place.classList.toggle("anywhere", beginsAnywhere(panel));
    if (names !== this.names) showLegend(this);
    this.names = names;
    if (panel.aspect !== this.aspect) this.resize();
    this.aspect = panel.aspect;
  }

  /** Give the canvas as many pixels as its place on the screen has. */
  resize() {
    if (!this.panel) return;
    const { aspect } = this.panel;
    const { style } = this.place;
    // A map is as high as its width says, or as wide as the height that a figure leaves it.
    const fixed = this.element.closest(".fixed");
    style.height = aspect && !fixed ? `${(this.place.clientWidth - 60) * aspect + 52}px` : "";
    const wide = fixed && aspect ? (this.place.clientHeight - 52) / aspect + 60 : Infinity;
    style.width = wide < this.element.clientWidth ? `${wide}px` : "";
    const { clientWidth: width, clientHeight: height } = this.place;
    if (!width || !height) return;
    // A slide shows its canvases larger than they are laid out.
    const larger = this.place.getBoundingClientRect().width / width;
    const ratio = (window.devicePixelRatio || 1) * larger;
    this.size = [width, height, ratio];
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.stage.redraw();
  }
}
