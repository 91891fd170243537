// One panel: a title, a legend and a canvas, with a name for those who do not see it.

import { make } from "./elements.js";
import { followHands } from "./hands.js";
import { showLegend } from "./legend.js";

const KEYS = { Handle: "Arrow keys move the ring.", Drawing: "Arrow keys draw the curve." };

/**
 * A panel on the page. Other files draw it and move it; they share with it what is laid out:
 * size [width, height, pixel ratio], box (the inner area), to and back (its scales), hover (the
 * pointer's place), updates (of the values in the legend), last (the index drawn last by hand).
 */
export class PanelView {
  constructor(stage, column) {
    this.stage = stage;
    this.title = make("span", { class: "title" });
    this.hint = make("span", { class: "hint" });
    this.legend = make("div", { class: "legend" });
    this.canvas = make("canvas", { role: "img" });
    this.reading = make("output", { class: "reading", "aria-hidden": "true" });
    this.place = make("div", { class: "place" }, this.canvas, this.reading);
    const head = make("div", { class: "head" }, this.title, this.hint);
    this.element = make("div", { class: "panel" }, head, this.legend, this.place);
    this.pen = this.canvas.getContext("2d");
    this.rasters = new WeakMap();
    column.append(this.element);
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.place);
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
    const label = `${panel.title || panel.y.label}: ${panel.y.label} against ${panel.x.label}. `;
    this.canvas.setAttribute("aria-label", label + words + (hand ? ` ${KEYS[hand.kind]}` : ""));
    // Arrow keys reach an application; of an image, a screen reader keeps them to itself.
    this.canvas.setAttribute("role", hand || this.stage.steps ? "application" : "img");
    if (hand || this.stage.steps) this.canvas.tabIndex = 0;
    else this.canvas.removeAttribute("tabindex");
    this.canvas.style.cursor = hand ? "crosshair" : "default";
    this.canvas.style.touchAction = hand ? "none" : "auto";
    if (names !== this.names) showLegend(this);
    this.names = names;
    if (panel.aspect !== this.aspect) this.resize();
    this.aspect = panel.aspect;
  }

  /** Give the canvas as many pixels as its place on the screen has. */
  resize() {
    if (!this.panel) return;
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width } = this.place;
    const { aspect } = this.panel;
    if (aspect) this.place.style.height = `${Math.round((width - 60) * aspect + 52)}px`;
    const height = this.place.clientHeight;
    if (!width || !height) return;
    this.size = [width, height, ratio];
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.stage.redraw();
  }
}
