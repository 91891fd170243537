// The pictures of the descent explorer and of the microscope, as picture.py describes them and as
// descent.py and microscope.py compute them in a kernel.
//
// What Python knows and rules.js does not (windows, starts, streams) comes in `course`, which
// tools/playground.py writes.

import { format } from "../../adam_course/figures/front/numbers.js";
import { Adam, RULES, SURFACES, descend } from "./rules.js";

const POINTS = 121; // of a map, along each side
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const place = (point) =>
  `(${point.map((x) => format(Math.abs(x) > 1e-12 ? x : 0)).join(", ")})`;

// ---- parts of a picture -------------------------------------------------------------------------

const array = (values, shape = [values.length]) => ({ data: Float64Array.from(values), shape });

function axis(label, low, high, options) {
  return { kind: "Axis", label, low, high, log: false, whole: false, ...options };
}

function line(x, y, options) {
  const defaults = { label: "", look: null, first: null, every: 1, markers: false };
  return { kind: "Line", x: array(x), y: array(y), ...defaults, ...options };
}

function panel(x, y, layers, options) {
  const defaults = { title: "", hint: "", column: 0, aspect: null, legend: true, hand: null };
  return { kind: "Panel", x, y, layers, axes: true, ...defaults, ...options };
}

// ---- descent ------------------------------------------------------------------------------------

/** Name of a racer → the hyperparameters of its rule, from the explorer's parameters. */
const HYPERPARAMETERS = {
  "gradient descent": ({ lr }) => ({ lr }),
  momentum: ({ lr, momentum }) => ({ lr, momentum }),
  Nesterov: ({ lr, momentum }) => ({ lr, momentum }),
  AdaGrad: ({ lr_adaptive: lr }) => ({ lr }),
  RMSProp: ({ lr_adaptive: lr, beta2: rho }) => ({ lr, rho }),
  Adam: ({ lr_adaptive: lr, beta1, beta2 }) => ({ lr, beta1, beta2 }),
};

/** Return the picture of a race: {surface, racers, lr, …, start} → panels and words. */
export function descent(course, { surface, racers, steps, start, ...parameters }) {
  const known = course.surfaces[surface];
  const [[left, right], [low, high]] = known.window;
  const [x, y] = start ?? known.start;
  const from = start ? [clamp(x, left, right), clamp(y, low, high)] : [x, y];
  const runs = racers.map((name) => {
    const hyperparameters = HYPERPARAMETERS[name](parameters);
    const run = descend(SURFACES[surface], () => RULES[name](hyperparameters), from, steps);
    return { ...run, name, above: run.losses.map((loss) => loss - known.minimum) };
  });

  const path = ({ name }) => ({ label: name, look: name, first: 0 });
  const stars = known.minimizers;
  const map = panel(
    axis("x", left, right),
    axis("y", low, high),
    [
      ground(surface, known),
      ...runs.map((run) => line(run.x, run.y, { ...path(run), markers: true })),
      {
        kind: "Points",
        x: array(stars.map((star) => star[0])),
        y: array(stars.map((star) => star[1])),
        marker: "*",
        filled: true,
        label: "",
        colour: "ink",
      },
    ],
    {
      title: `${surface[0].toUpperCase()}${surface.slice(1)}, dark where the loss is low`,
      hint: "★ minimum · drag the ring to start elsewhere",
      aspect: 0.95,
      legend: false,
      hand: { kind: "Handle", name: "start", x: from[0], y: from[1] },
    },
  );
  const label = known.minimum === 0 ? "loss" : `loss above ${format(known.minimum)}`;
  const losses = panel(
    axis("step t", 0, steps, { whole: true }),
    lossAxis(label, runs.map((run) => run.above)),
    runs.map((run) => line([...run.above.keys()], run.above, path(run))),
    { title: "Loss", column: 1 },
  );
  return {
    kind: "Picture",
    panels: [map, losses],
    words: `From ${place(from)}: ${runs.map(journey).join("; ")}.`,
    steps,
  };
}

/** Say where a run came to. */
function journey({ name, x, y, losses, divergedAt }) {
  if (divergedAt) return `${name} diverges at step ${divergedAt}`;
  const [end, loss] = [place([x.at(-1), y.at(-1)]), format(losses.at(-1))];
  return `${name} reaches ${end}, loss ${loss}, in ${losses.length - 1} steps`;
}

const grounds = {};

/** Return the map of a surface: the same object each time, so that it is painted once. */
function ground(surface, { window: [[left, right], [low, high]], minimum }) {
  if (grounds[surface]) return grounds[surface];
  const spaced = (from, to) =>
    Array.from({ length: POINTS }, (_, i) =>
      i === POINTS - 1 ? to : from + i * ((to - from) / (POINTS - 1)),
    );
  const columns = spaced(left, right);
  const above = spaced(low, high).flatMap((y) =>
    columns.map((x) => SURFACES[surface].height(x, y) - minimum),
  );
  const ascending = Float64Array.from(above).sort();
  const top = ascending.at(-1);
  const spot = 0.005 * (ascending.length - 1);
  const [before, after] = [ascending[Math.floor(spot)], ascending[Math.floor(spot) + 1]];
  grounds[surface] = {
    kind: "Map",
    values: array(above, [POINTS, POINTS]),
    low: Math.max(before + (after - before) * (spot % 1), top * 1e-6),
    high: top,
    label: "loss above the minimum",
    log: true,
    smooth: true,
    edges: null,
  };
  return grounds[surface];
}

/** Return a log axis on which curves stay in view down to 1e-12, but for those that diverge. */
function lossAxis(label, curves) {
  const top = 30 * Math.max(...curves.map((curve) => curve[0]), 1e-12);
  const stays = (curve) => (curve.at(-1) < top ? curve : curve.filter((value) => value < top));
  const seen = curves.flatMap(stays).filter((value) => value > 0 && Number.isFinite(value));
  if (!seen.length) return axis(label, top * 1e-3, top, { log: true });
  const [least, most] = [Math.min(...seen), Math.max(...seen)];
  const high = 10 ** Math.ceil(Math.log10(most * 1.0001));
  const low = 10 ** Math.floor(Math.log10(least));
  return axis(label, Math.max(low, Math.min(1e-12, high * 1e-8)), high, { log: true });
}

// ---- the microscope -----------------------------------------------------------------------------

/** Return the picture of one parameter under Adam: {stream, beta1, …, drawn} → panels, words. */
export function microscope(course, { stream, beta1, beta2, lr, eps, corrected, drawn }) {
  const g = drawn ?? course.streams[stream];
  const steps = g.length;
  const seen = feed(new Adam({ lr, beta1, beta2, eps }), g);
  const plain = g.map((each) => -lr * each);
  const root = (values) => values.map(Math.sqrt);
  const raw = (label, values) => (corrected ? [[label, values, "2"]] : []);
  const rows = [
    ["gradient", [["g", g, "1"]], course.limit],
    ["its average", [["m̂", seen.m_hat, "1"], ...raw("m", seen.m)], course.limit],
    ["its size", [["√v̂", root(seen.v_hat), "1"], ...raw("√v", root(seen.v))], course.limit],
    [
      "step",
      [
        ["Adam's step", seen.step, "Adam"],
        ["SGD's step", plain, "gradient descent"],
      ],
      null,
    ],
  ];
  const panels = rows.map(([name, curves, limit]) => {
    const high = limit ?? roundUp(Math.max(lr, ...curves.flatMap(([, y]) => y.map(Math.abs))));
    const lines = curves.map(([label, y, look]) =>
      line(numbered(steps), y, { label, look, first: 1, markers: true }),
    );
    const drawing = { kind: "Drawing", name: "drawn", values: array(g), first: 1, last: steps };
    const hand = { hint: "draw your own with the pointer", hand: drawing };
    return panel(
      axis(name === "step" ? "step t" : "", 0.5, steps + 0.5, { whole: true }),
      axis(name, name === "its size" ? 0 : -high, high),
      [line([0, steps + 1], [0, 0]), ...lines],
      name === "gradient" ? hand : {},
    );
  });
  const sizes = seen.step.map(Math.abs);
  const largest = sizes.indexOf(Math.max(...sizes));
  const sum = (values) => format(values.reduce((total, value) => total + value, 0));
  const words =
    `First gradient ${format(g[0])}: Adam's first step is ${format(seen.step[0])}, SGD's ` +
    `${format(plain[0])}. Adam's largest is ${format(seen.step[largest])}, at step ` +
    `${largest + 1}. In ${steps} steps Adam goes ${sum(seen.step)} and SGD ${sum(plain)}, ` +
    `at the rate ${format(lr)}.`;
  return { kind: "Picture", panels, words, steps };
}

const numbered = (count) => Array.from({ length: count }, (_, i) => i + 1);

/** Return what Adam makes of a stream: name → numbers. */
function feed(adam, g) {
  const seen = { m: [], v: [], m_hat: [], v_hat: [], step: [] };
  let theta = 0;
  for (const each of g) {
    const next = adam.step(theta, each);
    for (const name of ["m", "v", "m_hat", "v_hat"]) seen[name].push(adam[name]);
    seen.step.push(next - theta);
    theta = next;
  }
  return seen;
}

/** Return the next 1, 2 or 5 times a power of ten. */
function roundUp(x) {
  const power = 10 ** Math.floor(Math.log10(x));
  return [1, 2, 5, 10].find((n) => n * power >= 0.999 * x) * power;
}
