// Hands on a panel: the pointer and the arrow keys drag its ring, draw its curve, or step a run.

import { clamp } from "./numbers.js";
import { pointedStep } from "./steps.js";

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const POINTED = ["pointerdown", "pointermove", "pointerup", "pointercancel", "pointerleave"];

/** Let a panel follow the pointer and the keyboard. */
export function followHands(view) {
  for (const kind of POINTED) view.place.addEventListener(kind, (event) => point(view, event));
  view.canvas.addEventListener("keydown", (event) => press(view, event));
}

/** Say whether a hand may begin anywhere on a panel, and not on its ring only. */
export function beginsAnywhere({ hand, layers }) {
  const cells = layers.some((layer) => layer.kind === "Map" && !layer.smooth);
  return hand?.kind === "Drawing" || (hand?.kind === "Handle" && cells);
}

function point(view, event) {
  const { panel, place, ring, stage } = view;
  const { type, target, pointerId } = event;
  const { left, top, width } = place.getBoundingClientRect();
  const scale = place.clientWidth / width; // of a slide that is fitted to its screen
  const spot = [(event.clientX - left) * scale, (event.clientY - top) * scale];
  const grabs = target === ring || beginsAnywhere(panel);
  if (type === "pointerdown" && event.button === 0 && panel.hand && grabs) {
    target.setPointerCapture(pointerId);
    stage.dragging = view;
    view.begun = spot;
  }
  // A finger that begins beside the ring may want to scroll: it acts when it goes across, or taps.
  const waits = event.pointerType === "touch" && target !== ring && view.begun;
  const [dx, dy] = waits ? spot.map((at, i) => Math.abs(at - view.begun[i])) : [0, 0];
  const acts = {
    pointerdown: !waits,
    pointermove: !waits || dx > Math.max(dy, 4),
    pointerup: waits && Math.max(dx, dy) < 10,
  };
  if (stage.dragging === view && acts[type]) {
    moveHand(view, spot);
    view.begun = null;
  }
  if (type === "pointerup" || type === "pointercancel") stage.dragging = null;
  view.hover = type === "pointerleave" || type === "pointercancel" ? null : spot;
  stage.pointed = pointedStep(view);
  stage.redraw();
}

function moveHand(view, [px, py]) {
  const { back, panel } = view;
  const { hand, x, y } = panel;
  const at = [clamp(back[0](px), x.low, x.high), clamp(back[1](py), y.low, y.high)];
  if (hand.kind === "Handle") moveHandle(view, ...at);
  else sketch(view, at, view.begun !== null);
}

function moveHandle({ panel: { hand }, stage }, x, y) {
  Object.assign(hand, { x, y });
  stage.set(hand.name, [x, y]);
}

function sketch(view, [x, y], first) {
  const { name, values, first: start, last } = view.panel.hand;
  const drawn = Array.from(values.data);
  const share = (x - start) / (last - start);
  const index = Math.round(clamp(share, 0, 1) * (drawn.length - 1));
  const from = first ? index : view.last;
  // A fast hand skips points: those in between follow on a straight line.
  for (let i = Math.min(from, index); i <= Math.max(from, index); i++) {
    const way = from === index ? 1 : (i - from) / (index - from);
    drawn[i] = y * way + drawn[from] * (1 - way);
  }
  view.last = index;
  values.data.set(drawn);
  view.stage.set(name, drawn);
}

function press(view, event) {
  const move = MOVES[event.key];
  if (!move) return;
  event.preventDefault();
  event.stopPropagation();
  const { box, to, back, stage } = view;
  const { hand, x, y } = view.panel;
  const far = event.shiftKey ? 5 : 1;
  if (hand?.kind === "Handle") {
    const [wide, high] = [(box.right - box.left) / 50, (box.bottom - box.top) / 50];
    moveHandle(
      view,
      clamp(back[0](to[0](hand.x) + far * move[0] * wide), x.low, x.high),
      clamp(back[1](to[1](hand.y) - far * move[1] * high), y.low, y.high),
    );
  } else if (hand && move[1]) {
    const at = clamp(Math.floor(stage.step), hand.first, hand.last);
    const count = hand.values.data.length - 1;
    const index = Math.round(((at - hand.first) / (hand.last - hand.first)) * count);
    const value = hand.values.data[index] + (far * move[1] * (y.high - y.low)) / 40;
    sketch(view, [at, clamp(value, y.low, y.high)], true);
  } else stage.goTo(Math.floor(stage.step) + far * (move[0] || move[1]));
}
