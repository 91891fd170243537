"""The family: Adam's relatives on one stream of gradients, step by step."""

import numpy as np

from adam_course import optimizers
from adam_course.figures.explorers.controls import (
    NEARLY_ONE,
    Choice,
    Range,
    Several,
    Sketch,
)
from adam_course.figures.explorers.microscope import LIMIT, STEPS, STREAMS, T
from adam_course.figures.explorers.parts import round_up
from adam_course.figures.explorers.recipe import explorer
from adam_course.figures.identity import assigned
from adam_course.figures.picture import Axis, Drawing, Line, Panel, Picture, number

#: Name → how the optimizer is made from β1 and β2; the rate is 1, the unit of the steps.
RELATIVES = {
    "Adam": lambda *betas: optimizers.Adam(1.0, *betas),
    "AMSGrad": lambda *betas: optimizers.AMSGrad(
        1.0, *betas, bias_correction=True, max_over="v_hat"
    ),
    "Yogi": lambda *betas: optimizers.Yogi(
        1.0, *betas, eps=1e-8, initial_accumulator=0, bias_correction=True
    ),
    "AdaMax": lambda *betas: optimizers.AdaMax(1.0, *betas),
    "Lion": lambda *betas: optimizers.Lion(1.0, *betas),
    "AdaBelief": lambda *betas: optimizers.AdaBelief(1.0, *betas),
    "NAdam": lambda *betas: optimizers.NAdam(1.0, *betas, momentum_decay=None),
    "RAdam": lambda *betas: optimizers.RAdam(1.0, *betas),
}


def fed(stream, *relatives, beta1=0.9, beta2=0.95):
    """Return the parameters of relatives on a stream, as a preset has them."""
    return {"stream": stream, "relatives": relatives, "beta1": beta1, "beta2": beta2}


@explorer(
    Choice("stream", "gradients", "one shout", tuple(STREAMS), resets=("drawn",)),
    Several("relatives", "who takes part", ("Adam", "AMSGrad", "Yogi", "Lion"), tuple(RELATIVES)),
    Range("beta1", "β₁", 0.9, NEARLY_ONE),
    Range("beta2", "β₂", 0.95, NEARLY_ONE),
    Sketch("drawn", "gradients drawn by hand", None, STEPS, LIMIT),
    presets={
        "one shout": fed("one shout", "Adam", "AMSGrad", "Yogi", "Lion"),
        "gradients that agree": fed("constant", "Adam", "Lion", "AdaBelief"),
        "noise and a short memory": fed("noisy", "Adam", "Yogi", beta2=0.5),
    },
)
def family(stream, relatives, beta1, beta2, drawn):
    """Feed Adam's relatives one stream of gradients; compare their steps and how far they get."""
    g = STREAMS[stream] if drawn is None else np.array(drawn)
    steps = {name: walked(RELATIVES[name](beta1, beta2), g) for name in relatives}
    ways = {name: np.cumsum(taken) for name, taken in steps.items()}
    hand = {"hint": "draw your own with the pointer", "hand": Drawing("drawn", g, 1, STEPS)}
    return Picture(
        panels=(
            panel("gradient", {"g": g}, LIMIT, legend=False, **hand),
            panel("step / α", steps, widest(steps)),
            panel("way / α", ways, widest(ways), "step t", legend=False),
        ),
        words=f"Downhill in {STEPS} steps, in units of α: "
        + "; ".join(
            f"{name} goes {number(ways[name][-1])}, its longest step is "
            f"{number(np.abs(taken).max())}"
            for name, taken in steps.items()
        )
        + ".",
        steps=STEPS,
    )


def panel(name, curves, high, steps="", **more):
    """Return the `Panel` of label → (n,) numbers, up to high, and from 0 if none is below."""
    looks = assigned(curves)
    zero = Line(np.array([0, STEPS + 1]), np.zeros(2))
    named = (Line(T, y, label, looks[label], first=1) for label, y in curves.items())
    low = -high if "hand" in more or min(y.min() for y in curves.values()) < 0 else 0.0
    axes = Axis(steps, 0.5, STEPS + 0.5, whole=True), Axis(name, low, high)
    return Panel(*axes, (zero, *named), **more)


def walked(optimizer, gradients):
    """Return how far an optimizer goes down with each gradient (n,): (n,) numbers."""
    theta, path = np.zeros(1), [0.0]
    for i in range(len(gradients)):
        theta = optimizer.step(theta, gradients[i : i + 1])
        path.append(theta[0])
    return -np.diff(path)


def widest(curves):
    """Return where the axis of some curves ends: 100 at most, for AdaBelief may run wild."""
    return round_up(np.clip(1.05 * max(np.abs(y).max() for y in curves.values()), 1.05, 100))
