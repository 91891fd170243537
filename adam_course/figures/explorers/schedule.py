"""The schedule designer: warm-up and decay, chosen or drawn, and the runs that follow."""

import numpy as np

from adam_course import optimizers, problems, schedules
from adam_course.descend import descend
from adam_course.figures.explorers.controls import (
    Choice,
    Range,
    Several,
    Sketch,
    even_scale,
    log_scale,
)
from adam_course.figures.explorers.parts import above, loss_panel
from adam_course.figures.explorers.recipe import explorer
from adam_course.figures.picture import Axis, Drawing, Line, Panel, Picture, number
from adam_course.problems.mini_batches import MiniBatches

STEPS, RUNS, KNOTS, SEED = 200, 16, 41, 7
LINE = problems.Regression(noise=2.0)
#: Name → the schedule with the highest rate 1, from its steps and the share of them to cool down.
DECAYS = {
    "constant": lambda steps, share: schedules.Constant(1.0),
    "cosine": lambda steps, share: schedules.Cosine(1.0, steps),
    "linear": lambda steps, share: schedules.Cooldown(1.0, steps, 1.0),
    "cooldown": lambda steps, share: schedules.Cooldown(1.0, steps, share),
    "a step at half-way": lambda steps, share: schedules.StepDecay(1.0, max(steps // 2, 1)),
    "1 / √t": lambda steps, share: schedules.InverseSquareRoot(1.0),
}
OPTIMIZERS = {"Adam": optimizers.Adam, "gradient descent": optimizers.GradientDescent}
LOOKS = dict(zip(("drawn", *DECAYS), "1234567", strict=True))


class SameBatches(MiniBatches):
    """Mini-batches for parameters (runs, rates, d): a run's are the same at every rate."""

    def gradient(self, theta):
        return self.problem.gradient(theta, self._next(np.shape(theta)[:-2])[..., None, :])


def designs(*decays, **parameters):
    """Return the parameters for these decays, as a preset has them."""
    rest = {"share": 0.2, "warmup": 20, "lr": 0.3, "batch": 4, "optimizer": "Adam"}
    return {"decays": decays} | rest | parameters


@explorer(
    Several("decays", "schedules", ("constant", "cosine", "linear", "cooldown"), tuple(DECAYS)),
    Range("warmup", "warm-up, steps", 20, even_scale(0, 100, 5)),
    Range("lr", "highest rate", 0.3, log_scale(0.003, 3.0)),
    Range("batch", "batch size", 4, (1, 2, 4, 8, 16, 32, 64, 100)),
    Choice("optimizer", "optimizer", "Adam", tuple(OPTIMIZERS)),
    Range("share", "share of the steps", 0.2, even_scale(0.05, 0.95, 0.05), of=("cooldown",)),
    Sketch("drawn", "share of the highest rate, drawn", None, KNOTS, 1.05),
    presets={
        "three ways down": designs("cosine", "linear", "cooldown"),
        "a short cooldown": designs("constant", "cosine", "cooldown", share=0.1),
        "a long cooldown": designs("constant", "cosine", "cooldown", share=0.6),
        "gradient descent": designs(
            "constant", "cosine", "cooldown", lr=0.03, optimizer="gradient descent"
        ),
    },
)
def schedule(decays, warmup, lr, batch, optimizer, share, drawn):
    """Compare schedules, and one that you draw, by their runs on the same noisy gradients."""
    t = np.arange(1, STEPS + 1)
    knots = np.linspace(1, STEPS, KNOTS)
    shares = {}
    for name in decays:
        planned = DECAYS[name](STEPS - warmup, share)
        shares[name] = (schedules.Warmup(warmup, planned) if warmup else planned)(t)
    if drawn is not None:
        shares["drawn"] = np.interp(t, knots, np.maximum(drawn, 0.0))

    rates = lr * np.array(list(shares.values()))
    every = OPTIMIZERS[optimizer](lambda step: rates[:, step - 1, None])
    starts = np.tile(LINE.start, (RUNS, len(shares), 1))
    run = descend(SameBatches(LINE, batch, seed=SEED), every, starts, steps=STEPS)
    losses = dict(zip(shares, run.losses.mean(axis=1).T - LINE.minimum, strict=True))
    lost = dict(zip(shares, (run.diverged_at > 0).sum(axis=0).tolist(), strict=True))
    ends = [
        f"{name} diverges in {lost[name]} of them" if lost[name] else f"{name} {number(y[-1])}"
        for name, y in losses.items()
    ]
    shape = shares["drawn" if drawn is not None else decays[0]]
    return Picture(
        panels=(
            Panel(
                Axis("step t", 0, STEPS, whole=True),
                Axis("rate / highest rate", 0, 1.05),
                tuple(Line(t, y, name, LOOKS[name], first=1) for name, y in shares.items()),
                title="Schedules",
                hint="draw your own with the pointer",
                hand=Drawing("drawn", np.interp(knots, t, shape), 1, STEPS),
            ),
            loss_panel(
                above(LINE), losses, STEPS, LOOKS, title=f"Loss of all points, mean of {RUNS} runs"
            ),
        ),
        words=f"{optimizer[0].upper()}{optimizer[1:]}, {batch} of {LINE.points} points a step, "
        f"highest rate {number(lr)}. How far {RUNS} runs end above the minimum, on average: "
        + "; ".join(ends)
        + ".",
        steps=STEPS,
    )
