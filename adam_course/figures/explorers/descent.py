"""The descent explorer: one or several optimizers race over a surface."""

from functools import lru_cache

import numpy as np

from adam_course import optimizers, problems
from adam_course.descend import descend
from adam_course.figures.explorers.controls import (
    NEARLY_ONE,
    Choice,
    Point,
    Range,
    Several,
    log_scale,
)
from adam_course.figures.explorers.parts import above, loss_panel, map_panel, place
from adam_course.figures.explorers.recipe import explorer
from adam_course.figures.picture import Handle, Picture, number

SURFACES = {
    "bowl": problems.Bowl(condition=20),
    "turned bowl": problems.Bowl(condition=20, angle=30),
    "Rosenbrock": problems.Rosenbrock(),
    "Beale": problems.Beale(),
    "Himmelblau": problems.Himmelblau(),
    "saddle": problems.Saddle(),
    "plateau": problems.Plateau(),
}
#: Name → how the optimizer is made from the explorer's parameters.
RACERS = {
    "gradient descent": lambda p: optimizers.GradientDescent(p["lr"]),
    "momentum": lambda p: optimizers.Momentum(p["lr"], p["momentum"]),
    "Nesterov": lambda p: optimizers.Momentum(p["lr"], p["momentum"], nesterov=True),
    "AdaGrad": lambda p: optimizers.AdaGrad(p["lr_adaptive"]),
    "RMSProp": lambda p: optimizers.RMSProp(p["lr_adaptive"], p["beta2"]),
    "Adam": lambda p: optimizers.Adam(p["lr_adaptive"], p["beta1"], p["beta2"]),
}
BALLS = ("momentum", "Nesterov")


def race(surface, *racers, steps=100, **parameters):
    """Return the parameters of a race, as a preset has them."""
    return {"surface": surface, "racers": racers, "steps": steps} | parameters


@explorer(
    Choice("surface", "surface", "Rosenbrock", tuple(SURFACES), resets=("start",)),
    Several("racers", "optimizers", ("momentum", "Adam"), tuple(RACERS)),
    Range("steps", "steps", 200, (10, 20, 50, 100, 150, 200, 300, 400, 500)),
    Range("lr", "rate", 0.001, log_scale(1e-5, 4.0), of=("gradient descent", *BALLS)),
    Range("momentum", "momentum μ", 0.9, NEARLY_ONE, of=BALLS),
    Range("lr_adaptive", "rate α", 0.1, log_scale(1e-4, 2.0), of=("AdaGrad", "RMSProp", "Adam")),
    Range("beta2", "β₂ (ρ)", 0.999, NEARLY_ONE, of=("RMSProp", "Adam")),
    Range("beta1", "β₁", 0.9, NEARLY_ONE, of=("Adam",)),
    Point("start", "start", None),
    presets={
        "a rate beyond the limit": race("bowl", "gradient descent", lr=2.5, steps=50),
        "momentum overshoots": race("bowl", "gradient descent", "momentum", lr=0.5, momentum=0.9),
        "Adam crosses the plain": race(
            "plateau", "gradient descent", "momentum", "Adam", lr=0.1, momentum=0.9, lr_adaptive=0.1
        ),
    },
)
def descent(surface, racers, steps, start, **parameters):
    """Race optimizers over a surface from one start: their paths, and their losses step by step."""
    problem = SURFACES[surface]
    start = problem.start if start is None else np.clip(start, *np.transpose(problem.window))
    first = tuple(map(float, start))
    runs = {name: _run(surface, name, first, steps, _own(name, parameters)) for name in racers}

    losses = {name: run.losses - problem.minimum for name, run in runs.items()}
    return Picture(
        panels=(
            map_panel(
                problem,
                dict(sorted(runs.items(), key=lambda item: -_reach(item[1]))),  # short on top
                title=f"{surface[0].upper()}{surface[1:]}, dark where the loss is low",
                hint="★ minimum · drag the ring to start elsewhere",
                hand=Handle("start", *start),
            ),
            loss_panel(above(problem), losses, steps, title="Loss"),
        ),
        words=f"From {place(start)}: " + "; ".join(_journey(*item) for item in runs.items()) + ".",
        steps=steps,
    )


@lru_cache(maxsize=12)  # all racers, twice
def _run(surface, name, start, steps, own):
    """Return a racer's run. A slider changes that of one racer, and the others' are kept.

    Args:
        own: (name, value) of each parameter that this racer has.
    """
    return descend(SURFACES[surface], RACERS[name](dict(own)), start, steps)


def _reach(run):
    """Return how far a run comes from its start at most; infinity if it leaves the numbers."""
    far = np.linalg.norm(run.thetas - run.thetas[0], axis=1).max()
    return float(np.nan_to_num(far, nan=np.inf))


def _own(name, parameters):
    """Return the parameters that a racer has, in their order, as pairs."""
    controls = descent.controls
    return tuple(item for item in parameters.items() if name in controls[item[0]].of)


def _journey(name, run):
    """Say where a run came to."""
    if run.diverged_at:
        return f"{name} diverges at step {run.diverged_at}"
    return f"{name} reaches {place(run.final)}, loss {number(run.losses[-1])}, in {run.t[-1]} steps"
