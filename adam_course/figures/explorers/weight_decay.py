"""Weight decay: what L2 inside Adam and AdamW leave of a parameter that only sees noise."""

from functools import lru_cache

import numpy as np

from adam_course import optimizers
from adam_course.figures.explorers.controls import Point, Range, Toggle, even_scale, log_scale
from adam_course.figures.explorers.recipe import explorer
from adam_course.figures.picture import Axis, Handle, Line, Map, Panel, Picture, number

RATES, DECAYS = np.geomspace(1e-3, 1, 25), np.geomspace(1e-3, 1, 25)
#: As often up as down, each pair in the order of a coin's toss: the noise itself leads nowhere.
NOISE = np.outer(np.random.RandomState(0).choice([-1.0, 1.0], 200), [1.0, -1.0]).ravel()


@lru_cache(maxsize=128)
def kept(size, steps, times_lr):
    """Return name → (steps + 1, decays, rates) of what is left of θ = 1, all cells in one run."""
    theta = np.ones((len(DECAYS), len(RATES)))
    common = {"lr": RATES, "weight_decay": DECAYS[:, None]}
    makers = {
        "Adam + L2": optimizers.AdamL2(**common),
        "AdamW": optimizers.AdamW(**common, decay_times_lr=times_lr),
    }
    paths = {}
    for name, optimizer in makers.items():
        path = [theta]
        for g in size * NOISE[:steps]:
            path.append(optimizer.step(path[-1], np.full_like(theta, g)))
        paths[name] = np.array(path)
    return paths


@explorer(
    Range("size", "size of the noise in g", 10.0, log_scale(0.01, 100, per_decade=8)),
    Range("steps", "steps", 200, even_scale(50, 400, 50)),
    Toggle("times_lr", "AdamW's decay is times the rate (PyTorch); else as in its paper", True),
    Point("cell", "cell", None),
    presets={
        "noise of size 1": {"size": 1.0, "steps": 200, "times_lr": True},
        "noise of size 10": {"size": 10.0, "steps": 200, "times_lr": True},
        "noise of size 100": {"size": 100.0, "steps": 200, "times_lr": True},
        "AdamW as in its paper": {"size": 10.0, "steps": 200, "times_lr": False},
    },
)
def weight_decay(size, steps, times_lr, cell):
    """Map what is left of a parameter over rate × decay: the noise moves one map, not the other."""
    cell = np.maximum((0.03, 0.1) if cell is None else cell, 1e-12)
    column, row = (
        np.abs(np.log(a / x)).argmin() for a, x in zip((RATES, DECAYS), cell, strict=True)
    )
    half = np.sqrt([RATES[1] / RATES[0], DECAYS[1] / DECAYS[0]])
    x = Axis("rate α", RATES[0] / half[0], RATES[-1] * half[0], log=True)
    y = Axis("decay λ", DECAYS[0] / half[1], DECAYS[-1] * half[1], log=True)
    panels, lines, words = [], [], []
    for place, (name, paths) in enumerate(kept(size, steps, times_lr).items()):
        cells = Map(np.abs(paths[-1]), 0.0, 1.0, "left of θ", log=False)
        hand = {"hint": "click a cell", "hand": Handle("cell", RATES[column], DECAYS[row])}
        panels.append(Panel(x, y, (cells,), name, column=place, aspect=0.8, **hand))
        path = paths[:, row, column]
        lines.append(Line(np.arange(steps + 1), path, name, name, first=0))
        words.append(f"{name} leaves {number(path[-1])}")
    high = float(np.clip(1.05 * max(line.y.max() for line in lines), 1.05, 5))
    low = float(np.clip(min(line.y.min() for line in lines), -2, 0))
    below = Panel(
        Axis("step t", 0, steps, whole=True),
        Axis("θ", low, high),
        tuple(lines),
        f"This cell: α = {number(RATES[column])}, λ = {number(DECAYS[row])}",
        column=2,
    )
    return Picture(
        (*panels, below),
        f"A parameter starts at 1 and sees noise of size {number(size)} for {steps} steps, at "
        f"α = {number(RATES[column])}, λ = {number(DECAYS[row])}: {' and '.join(words)} of it.",
        steps=steps,
    )
