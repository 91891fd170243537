"""Bias correction: what Adam's first steps would be without it."""

import numpy as np

from adam_course import optimizers
from adam_course.figures.explorers.controls import NEARLY_ONE, Choice, Range, even_scale
from adam_course.figures.explorers.parts import feed
from adam_course.figures.explorers.recipe import explorer
from adam_course.figures.picture import Axis, Line, Panel, Picture, number

#: Gradient streams: name → a function of how many steps.
STREAMS = {
    "constant 1": np.ones,
    "around 1": lambda n: 1 + np.random.RandomState(1).normal(0, 0.5, n),
    "around 0": lambda n: np.random.RandomState(1).normal(0, 1.0, n),
}


@explorer(
    Choice("stream", "gradients", "constant 1", tuple(STREAMS)),
    Range("beta1", "β₁", 0.9, NEARLY_ONE),
    Range("beta2", "β₂", 0.999, NEARLY_ONE),
    Range("steps", "steps", 100, even_scale(10, 300, 10)),
    presets={
        "first steps too short": {"stream": "constant 1", "beta1": 0.9, "beta2": 0.9},
        "a first step right by luck": {"stream": "constant 1", "beta1": 0.9, "beta2": 0.99},
        "first steps too long": {"stream": "constant 1", "beta1": 0.9, "beta2": 0.999},
        "gradients around 0": {"stream": "around 0", "beta1": 0.9, "beta2": 0.999},
    },
)
def bias_correction(stream, beta1, beta2, steps):
    """Compare Adam's averages and steps with and without the correction for a start at zero."""
    t = np.arange(1, steps + 1)
    adam = optimizers.Adam(1.0, beta1, beta2)
    seen = feed(adam, STREAMS[stream](steps))
    without = -seen["m"] / (np.sqrt(seen["v"]) + adam.eps)
    rows = [
        ("average of g", {"m̂": (seen["m_hat"], "1"), "m": (seen["m"], "2")}),
        ("size of g", {"√v̂": (np.sqrt(seen["v_hat"]), "1"), "√v": (np.sqrt(seen["v"]), "2")}),
        ("step / α", {"with": (seen["step"], "1"), "without": (without, "2")}),
        ("way / α", {"with": (seen["step"].cumsum(), "1"), "without": (without.cumsum(), "2")}),
    ]
    panels = []
    for place, (name, curves) in enumerate(rows):
        every = np.concatenate([y for y, _ in curves.values()])
        low, high = min(every.min(), 0), max(every.max(), 0)
        room = 0.06 * (high - low)
        panels.append(
            Panel(
                Axis("step t" if place % 2 else "", 0, steps, whole=True),
                Axis(name, float(low - room), float(high + room)),
                (
                    Line(np.array([0, steps]), np.zeros(2)),
                    *(Line(t, y, label, look, first=1) for label, (y, look) in curves.items()),
                ),
                column=place // 2,
            )
        )
    ratio = without / seen["step"]
    return Picture(
        tuple(panels),
        f"Without correction the first step is {number(ratio[0])} times as long as with it, that "
        f"is (1 − β₁) / √(1 − β₂); step {steps} is {number(ratio[-1])} times as long. After "
        f"{steps} steps Adam has gone {number(seen['step'].sum())} α with the correction and "
        f"{number(without.sum())} α without.",
        steps=steps,
    )
