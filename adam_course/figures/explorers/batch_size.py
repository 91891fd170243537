"""Noise and batch size: what a gradient over a few points does to a path."""

from adam_course import optimizers, problems
from adam_course.descend import descend
from adam_course.figures.explorers.controls import Range, Several, even_scale, log_scale
from adam_course.figures.explorers.parts import loss_panel, map_panel
from adam_course.figures.explorers.recipe import explorer
from adam_course.figures.picture import Picture, number
from adam_course.problems.mini_batches import MiniBatches

LINE = problems.Regression(noise=2.0)
OPTIMIZERS = {
    "SGD": lambda p: optimizers.GradientDescent(p["lr"]),
    "momentum": lambda p: optimizers.Momentum(p["lr"], 0.9, form="ema"),
    "Adam": lambda p: optimizers.Adam(p["lr_adam"]),
}


@explorer(
    Several("racers", "optimizers", ("SGD",), tuple(OPTIMIZERS)),
    Range("batch", "batch size, of 100 points", 4, (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 100)),
    Range("steps", "steps", 100, even_scale(20, 300, 20)),
    Range("seed", "seed of the draw", 1, even_scale(0, 20, 1)),
    Range("lr", "rate", 0.03, log_scale(0.0003, 0.3), of=("SGD", "momentum")),
    Range("lr_adam", "rate α", 0.1, log_scale(0.001, 1.0), of=("Adam",)),
    presets={
        "one point a step": {"batch": 1, "lr": 0.03, "steps": 200},
        "all 100 points": {"batch": 100, "lr": 0.03, "steps": 200},
        "2 points, half the rate": {"batch": 2, "lr": 0.015, "steps": 200},
        "4 points, the whole rate": {"batch": 4, "lr": 0.03, "steps": 200},
    },
)
def batch_size(racers, batch, steps, seed, **rates):
    """Fit a line to mini-batches drawn from 100 points: a path that trembles, and how it ends."""
    runs = {
        name: descend(MiniBatches(LINE, batch, seed=seed), OPTIMIZERS[name](rates), steps=steps)
        for name in racers
    }
    losses = {name: run.losses - LINE.minimum for name, run in runs.items()}
    least, half = number(LINE.minimum), steps // 2
    ends = [
        f"{name} diverges at step {run.diverged_at}"
        if run.diverged_at
        else f"{name} wanders {number(losses[name][-half:].mean())} above the least loss on average"
        for name, run in runs.items()
    ]
    return Picture(
        panels=(
            map_panel(LINE, runs, ("slope w", "intercept b"), title="The line"),
            loss_panel(f"loss above {least}", losses, steps, title="Loss of all points"),
        ),
        words=f"{batch} of {LINE.points} points a step. In the last {half} of {steps} steps, "
        + "; ".join(ends)
        + ".",
        steps=steps,
    )
