"""The schedule designer: warm-up and decay, chosen or drawn, and the run that follows."""

import numpy as np

from adam_course import optimizers, problems, schedules
from adam_course.descend import descend
from adam_course.figures.explorers.controls import Choice, Range, Sketch, even_scale, log_scale
from adam_course.figures.explorers.parts import above, loss_panel
from adam_course.figures.explorers.recipe import explorer
from adam_course.figures.picture import Axis, Drawing, Line, Panel, Picture, number
from adam_course.problems.mini_batches import MiniBatches

STEPS, KNOTS, SEED = 200, 41, 7
LINE = problems.Regression(noise=2.0)
DECAYS = {
    "none": lambda lr, n: schedules.Constant(lr),
    "cosine": lambda lr, n: schedules.Cosine(lr, n),
    "a step at half-way": lambda lr, n: schedules.StepDecay(lr, max(n // 2, 1)),
    "exponential": lambda lr, n: schedules.Exponential(lr, 0.01 ** (1 / n)),
    "1 / √t": lambda lr, n: schedules.InverseSquareRoot(lr),
}
OPTIMIZERS = {"Adam": optimizers.Adam, "gradient descent": optimizers.GradientDescent}


@explorer(
    Choice("decay", "decay", "cosine", tuple(DECAYS), resets=("drawn",)),
    Range("warmup", "warm-up, steps", 20, even_scale(0, 100, 5)),
    Range("lr", "highest rate", 0.3, log_scale(0.001, 1.0)),
    Range("batch", "batch size", 4, (1, 2, 4, 8, 16, 32, 64, 100)),
    Choice("optimizer", "optimizer", "Adam", tuple(OPTIMIZERS)),
    Sketch("drawn", "share of the highest rate, drawn", None, KNOTS, 1.05),
)
def schedule(decay, warmup, lr, batch, optimizer, drawn):
    """Design a schedule, or draw one, and see its run on noisy gradients beside a constant rate."""
    t = np.arange(1, STEPS + 1)
    knots = np.linspace(1, STEPS, KNOTS)
    if drawn is None:
        planned = DECAYS[decay](lr, STEPS - warmup)
        planned = schedules.Warmup(warmup, planned) if warmup else planned
        rates = planned(t)
    else:
        rates = lr * np.interp(t, knots, np.maximum(drawn, 0.0))
    chosen = {"scheduled": lambda step: float(rates[step - 1]), "constant": lr}
    losses, ends = {}, {}
    for name, rate in chosen.items():
        run = descend(MiniBatches(LINE, batch, seed=SEED), OPTIMIZERS[optimizer](rate), steps=STEPS)
        losses[name] = run.losses - LINE.minimum
        tail = losses[name][-20:]
        ends[name] = (
            f"diverges at step {run.diverged_at}"
            if run.diverged_at
            else (f"is {number(tail.mean())} above the minimum on average over its last 20 steps")
        )
    share = rates / lr
    return Picture(
        panels=(
            Panel(
                Axis("step t", 0, STEPS, whole=True),
                Axis("rate / highest rate", 0, 1.05),
                (
                    Line(np.array([0, STEPS]), np.ones(2), "constant", "2"),
                    Line(t, share, "scheduled", "1", first=1),
                ),
                title="Schedule",
                hint="draw your own with the pointer",
                hand=Drawing("drawn", np.interp(knots, t, share), 1, STEPS),
            ),
            loss_panel(
                above(LINE),
                losses,
                STEPS,
                title="Loss of all points",
            ),
        ),
        words=f"{optimizer}, {batch} of {LINE.points} points a step, highest rate {number(lr)}. "
        + " ".join(f"The {name} rate {end}." for name, end in ends.items()),
        steps=STEPS,
    )
