// Playing a run: its buttons, its slider, its speed, and the step that is shown.

import { icon, make } from "./elements.js";
import { clamp } from "./numbers.js";

const PLAYING_TIME = 6000; // milliseconds from the first step to the last
const SPEEDS = [0.5, 1, 2, 4];

/** Say whether the reader wants no motion. */
export const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Return the row that plays a run on a stage: {element, goTo(step), setSteps(steps), play(on)}. */
export function makeTransport(stage) {
  const [playButton, back, forward] = [
    ["Play", "play"],
    ["One step back", "back"],
    ["One step forward", "forward"],
  ].map(([label, name]) =>
    make("button", { type: "button", "aria-label": label, title: label }, icon(name)),
  );
  const bounds = { type: "range", min: "0", step: "1" };
  const scrub = make("input", { ...bounds, "aria-label": "Step of the run" });
  const choices = SPEEDS.map((speed) => make("option", { value: speed }, `${speed}×`));
  const speed = make("select", { "aria-label": "Speed", title: "Speed" }, ...choices);
  speed.value = "1";
  const counted = make("output");
  const buttons = [playButton, back, forward];
  const element = make("div", { class: "transport" }, ...buttons, scrub, counted, speed);
  let playing = 0; // the next frame, or timeout, of a run that plays
  let following = true; // at the last step, and to stay there when the run gets longer

  function goTo(step) {
    stage.step = clamp(step, 0, stage.steps);
    following = stage.step === stage.steps;
    const shown = Math.floor(stage.step);
    scrub.value = String(shown);
    counted.textContent = `step ${shown} of ${stage.steps}`;
    scrub.setAttribute("aria-valuetext", counted.textContent);
    stage.redraw();
  }

  function setSteps(steps) {
    stage.steps = steps;
    element.hidden = !steps;
    scrub.max = String(steps);
    goTo(following ? steps : stage.step);
  }

  function play(on) {
    cancelAnimationFrame(playing);
    clearTimeout(playing);
    playing = 0;
    playButton.replaceChildren(icon(on ? "pause" : "play"));
    playButton.setAttribute("aria-label", on ? "Pause" : "Play");
    playButton.title = on ? "Pause" : "Play";
    if (!on) return;
    // Where motion is not wanted, a run is told in a dozen pictures.
    const calm = isCalm();
    const next = (call) =>
      calm ? setTimeout(() => call(performance.now()), 500) : requestAnimationFrame(call);
    if (stage.step >= stage.steps) goTo(0);
    let before = performance.now();
    const advance = (now) => {
      goTo(stage.step + ((now - before) / PLAYING_TIME) * stage.steps * speed.value);
      before = now;
      if (stage.step >= stage.steps) play(false);
      else playing = next(advance);
    };
    playing = next(advance);
  }

  const stop = () => play(false);
  playButton.addEventListener("click", () => play(!playing));
  back.addEventListener("click", () => (stop(), goTo(Math.ceil(stage.step) - 1)));
  forward.addEventListener("click", () => (stop(), goTo(Math.floor(stage.step) + 1)));
  scrub.addEventListener("input", () => (stop(), goTo(Number(scrub.value))));
  return { element, goTo, setSteps, play };
}
