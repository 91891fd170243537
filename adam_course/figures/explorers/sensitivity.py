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
#: What is varied besides the rate: its values from left to right, and the axis on which they lie.
ACROSS = {
    "β₁": ("beta1", 1 - np.geomspace(1, 1e-3, 31), "1 − β₁"),
    "β₂": ("beta2", 1 - np.geomspace(1, 1e-4, 33), "1 − β₂"),
    "ε": ("eps", np.geomspace(1e-10, 100, 37), "ε"),
}


@lru_cache(maxsize=128)
def grid(surface, across, steps):
    """Return the losses above the minimum after so many steps, (rates, across), in one run."""
    problem, (name, values, _) = SURFACES[surface], ACROSS[across]
    adam = optimizers.Adam(lr=RATES[:, None, None], **{name: values[:, None]})
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
        "a cliff beside the best rate": mapped("Rosenbrock", "β₁", cell=(0.1, 1.47)),
        "β₁ decides": mapped("Beale", "β₁", cell=(0.1, 0.464)),
        "a large ε wants a large rate": mapped("bowl", "ε", cell=(10.0, 6.81)),
    },
)
def sensitivity(surface, across, steps, cell):
    """Map what a grid of rates and decays comes to, hundreds of runs at once, and look into one."""
    problem, (name, values, label) = SURFACES[surface], ACROSS[across]
    losses = grid(surface, across, steps)
    shown = values if name == "eps" else 1 - values
    if cell is None:
        cell = {"beta1": 0.1, "beta2": 1e-3, "eps": 1e-8}[name], 0.1
    column = np.abs(np.log(shown / max(cell[0], 1e-300))).argmin()
    row = np.abs(np.log(RATES / max(cell[1], 1e-300))).argmin()
    run = descend(problem, optimizers.Adam(RATES[row], **{name: values[column]}), steps=steps)

    best = np.unravel_index(np.nanargmin(losses), losses.shape)
    setting = f"α = {number(RATES[row])}, {across} = {number(values[column], 4)}"
    chosen = (
        f"diverges at step {run.diverged_at}"
        if run.diverged_at
        else (f"reaches loss {number(run.losses[-1])}")
    )
    half = np.sqrt(shown[1] / shown[0]), np.sqrt(RATES[1] / RATES[0])
    ends = sorted((shown[0] / half[0], shown[-1] * half[0]))
    ordered = losses if shown[0] < shown[-1] else losses[:, ::-1]
    return Picture(
        panels=(
            Panel(
                Axis(label, *ends, log=True),
                Axis("rate α", RATES[0] / half[1], RATES[-1] * half[1], log=True),
                (Map(ordered, *_colours(losses), above(problem)),),
                title=f"{losses.size} runs of {steps} steps",
                hint="click a cell",
                aspect=0.95,
                hand=Handle("cell", shown[column], RATES[row]),
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
            f"α = {number(RATES[best[0]])}, {across} = {number(values[best[1]], 4)} and comes "
            f"to {number(losses[best])} above the minimum; {np.isnan(losses).sum()} diverge."
        ),
        steps=steps,
    )
