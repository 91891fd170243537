// Hands on a panel: the pointer and the arrow keys drag its ring, draw its curve, or step a run.

import { clamp } from "./numbers.js";

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Let a panel follow the pointer and the keyboard. */
export function followHands(view) {
  for (const kind of ["pointerdown", "pointermove", "pointerup", "pointerleave"]) {
    view.canvas.addEventListener(kind, (event) => point(view, event));
  }
  view.canvas.addEventListener("keydown", (event) => press(view, event));
}

function point(view, event) {
  const { canvas, back, stage } = view;
  const { hand, x, y } = view.panel;
  const { left, top } = canvas.getBoundingClientRect();
  const spot = [event.clientX - left, event.clientY - top];
  const first = event.type === "pointerdown" && event.button === 0;
  if (hand && (first || (event.type === "pointermove" && stage.dragging === view))) {
    if (first) canvas.setPointerCapture(event.pointerId);
    stage.dragging = view;
    const at = [clamp(back[0](spot[0]), x.low, x.high), clamp(back[1](spot[1]), y.low, y.high)];
    if (hand.kind === "Handle") moveHandle(view, ...at);
    else sketch(view, at, first);
  }
  if (event.type === "pointerup") stage.dragging = null;
  view.hover = event.type === "pointerleave" ? null : spot;
  stage.redraw();
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
