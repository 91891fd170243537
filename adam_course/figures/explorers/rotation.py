"""Rotation: Adam looks at each axis by itself, so it matters how a valley lies."""

from math import radians

import numpy as np

from adam_course import optimizers, problems
from adam_course.descend import descend
from adam_course.figures.explorers.controls import Range, Several, even_scale, log_scale
from adam_course.figures.explorers.parts import loss_panel, map_panel
from adam_course.figures.explorers.recipe import explorer
from adam_course.figures.picture import Axis, Line, Panel, Picture, number

ANGLES = np.linspace(0, 90, 31)
RACERS = {
    "Adam": lambda rates: optimizers.Adam(rates["lr_adam"]),
    "momentum": lambda rates: optimizers.Momentum(rates["lr_momentum"], 0.9),
}


class TurnedBowls:
    """Bowls that differ in their angle only, one for each run of a batch (n, 2)."""

    name, dimension = "turned bowls", 2

    def __init__(self, condition):
        bowls = [problems.Bowl(condition, angle) for angle in ANGLES]
        self.matrices = np.stack([bowl.matrix for bowl in bowls])
        self.start = np.stack([start(angle) for angle in ANGLES])

    def gradient(self, theta):
        """Return the gradients (n, 2)."""
        return np.einsum("nij,nj->ni", self.matrices, theta)

    def value(self, theta):
        """Return the losses (n,)."""
        return 0.5 * np.einsum("ni,ni->n", theta, self.gradient(theta))


def start(angle):
    """Return a start (2,) that turns with the bowl, so that only the axes are new."""
    c, s = np.cos(radians(angle)), np.sin(radians(angle))
    return np.array([[c, -s], [s, c]]) @ [-4.0, 1.5]


@explorer(
    Range("angle", "angle of the valley, degrees", 45, even_scale(0, 90, 1)),
    Range("condition", "condition number κ", 50, log_scale(2, 500)),
    Range("steps", "steps", 60, even_scale(10, 200, 10)),
    Several("racers", "optimizers", tuple(RACERS), tuple(RACERS)),
    Range("lr_adam", "rate α", 0.2, log_scale(0.01, 2.0), of=("Adam",)),
    Range("lr_momentum", "rate", 0.5, log_scale(0.01, 3.0), of=("momentum",)),
    presets={
        "a valley along the axis": {"angle": 0, "condition": 50.0},
        "a valley at 45°": {"angle": 45, "condition": 50.0},
        "a narrower valley at 45°": {"angle": 45, "condition": 500.0},
    },
)
def rotation(angle, condition, steps, racers, **rates):
    """Turn a valley and its start together: momentum takes the same way, Adam does not."""
    racers = {name: RACERS[name](rates) for name in racers}
    bowl, bowls = problems.Bowl(condition, angle), TurnedBowls(condition)
    runs = {name: descend(bowl, racer, start(angle), steps) for name, racer in racers.items()}
    swept = {
        name: descend(bowls, racer, steps=steps, every=steps).losses[-1]
        for name, racer in racers.items()
    }
    ends = np.concatenate([*swept.values(), [1e-6]])
    ends = ends[(ends > 0) & np.isfinite(ends)]
    low, high = 10 ** np.floor(np.log10(max(ends.min(), 1e-12))), min(10 * ends.max(), 1e4)
    here = Line(np.array([angle, angle]), np.array([low, high]))
    return Picture(
        panels=(
            map_panel(bowl, runs, title="The valley, and the start turning with it"),
            loss_panel("loss", {k: run.losses for k, run in runs.items()}, steps),
            Panel(
                Axis("angle in degrees", 0, 90),
                Axis(f"after {steps} steps", float(low), float(high), log=True),
                (here, *(Line(ANGLES, y, name, name) for name, y in swept.items())),
                title="Loss at the end, for every angle",
                column=1,
                legend=False,
            ),
        ),
        words=f"At {number(angle)}°, after {steps} steps: "
        + "; ".join(
            f"{name} has loss {number(run.losses[-1])}, and over all angles from "
            f"{number(swept[name].min())} to {number(swept[name].max())}"
            for name, run in runs.items()
        )
        + ".",
        steps=steps,
    )
