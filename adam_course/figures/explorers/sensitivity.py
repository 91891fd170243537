"""The sensitivity map: a grid of Adam runs at once; pick a cell and see its run."""

from functools import lru_cache

import numpy as np

from adam_course import optimizers
from adam_course.descend import descend
from adam_course.figures.explorers.controls import Choice, Point, Range
from adam_course.figures.explorers.descent import SURFACES
from adam_course.figures.explorers.parts import above, loss_panel, map_panel
from adam_course.figures.explorers.recipe import explorer
from adam_course.figures.picture import Axis, Handle, Map, Panel, Picture, number

RATES = np.geomspace(1e-4, 10, 31)
#: What is varied besides the rate: its values from below, their heights, and the name of the axis.
MEMORIES = np.geomspace(1, 1e3, 31), np.geomspace(1, 1e4, 33)
EPS = np.geomspace(1e-10, 100, 37)
ACROSS = {
    "β₁": ("beta1", 1 - 1 / MEMORIES[0], MEMORIES[0], "memory of m, 1 / (1 − β₁)"),
    "β₂": ("beta2", 1 - 1 / MEMORIES[1], MEMORIES[1], "memory of v, 1 / (1 − β₂)"),
    "ε": ("eps", EPS, EPS, "ε"),
}


@lru_cache(maxsize=128)
def grid(surface, across, steps):
    """Return the losses above the minimum after so many steps, (across, rates), in one run."""
    problem, (name, values, *_) = SURFACES[surface], ACROSS[across]
    adam = optimizers.Adam(lr=RATES[:, None], **{name: values[:, None, None]})
    return descend(problem, adam, steps=steps, every=steps).losses[-1] - problem.minimum


def _colours(losses):
    """Return where the colours begin and end: powers of ten around all but the extreme losses."""
    ends = np.nanquantile(np.maximum(losses, 1e-12), (0.01, 0.95))
    return float(10 ** np.floor(np.log10(ends[0]))), float(10 ** np.ceil(np.log10(ends[1] * 1.001)))


def mapped(surface, across, cell):
    """Return the parameters of a map and a cell of it, as a preset has them."""
    return {"surface": surface, "across": across, "steps": 200, "cell": cell}


@explorer(
    Choice("surface", "surface", "Rosenbrock", tuple(SURFACES)),
    Choice("across", "against the rate", "β₁", tuple(ACROSS), resets=("cell",)),
    Range("steps", "steps", 200, (25, 50, 100, 150, 200, 300, 400)),
    Point("cell", "cell", None),
    presets={
        "a cliff beside the best rate": mapped("Rosenbrock", "β₁", cell=(1.47, 10)),
        "β₁ decides": mapped("Beale", "β₁", cell=(0.464, 10)),
        "a large ε wants a large rate": mapped("bowl", "ε", cell=(6.81, 10.0)),
    },
)
def sensitivity(surface, across, steps, cell):
    """Map what a grid of rates and decays comes to, hundreds of runs at once, and look into one."""
    problem, (name, values, shown, label) = SURFACES[surface], ACROSS[across]
    losses = grid(surface, across, steps)
    if cell is None:
        cell = 0.1, {"beta1": 10, "beta2": 1e3, "eps": 1e-8}[name]
    column = np.abs(np.log(RATES / max(cell[0], 1e-300))).argmin()
    row = np.abs(np.log(shown / max(cell[1], 1e-300))).argmin()
    run = descend(problem, optimizers.Adam(RATES[column], **{name: values[row]}), steps=steps)

    best = np.unravel_index(np.nanargmin(losses), losses.shape)
    setting = f"α = {number(RATES[column])}, {across} = {number(values[row], 4)}"
    chosen = (
        f"diverges at step {run.diverged_at}"
        if run.diverged_at
        else (f"reaches loss {number(run.losses[-1])}")
    )
    half = np.sqrt(RATES[1] / RATES[0]), np.sqrt(shown[1] / shown[0])
    return Picture(
        panels=(
            Panel(
                Axis("rate α", RATES[0] / half[0], RATES[-1] * half[0], log=True),
                Axis(label, shown[0] / half[1], shown[-1] * half[1], log=True),
                (Map(losses, *_colours(losses), above(problem)),),
                title=f"{losses.size} runs of {steps} steps",
                hint="click a cell",
                aspect=0.95,
                hand=Handle("cell", RATES[column], shown[row]),
            ),
            map_panel(
                problem,
                {"Adam": run},
                title=f"Its run: {setting}",
                column=1,
                aspect=0.5,
            ),
            loss_panel(above(problem), {"Adam": run.losses - problem.minimum}, steps),
        ),
        words=(
            f"With {setting}, Adam {chosen}. The best of {losses.size} runs has "
            f"α = {number(RATES[best[1]])}, {across} = {number(values[best[0]], 4)} and comes "
            f"to {number(losses[best])} above the minimum; {np.isnan(losses).sum()} diverge."
        ),
        steps=steps,
    )
