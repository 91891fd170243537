"""The Adam microscope: a stream of gradients, and everything Adam makes of it."""

import numpy as np

from adam_course import optimizers
from adam_course.figures.explorers.controls import (
    NEARLY_ONE,
    Choice,
    Range,
    Sketch,
    Toggle,
    log_scale,
)
from adam_course.figures.explorers.parts import feed, round_up
from adam_course.figures.explorers.recipe import explorer
from adam_course.figures.picture import Axis, Drawing, Line, Panel, Picture, number

STEPS, LIMIT = 40, 2.0
T = np.arange(1, STEPS + 1)
#: Gradient streams of one parameter: name → (STEPS,) numbers.
STREAMS = {
    "constant": np.ones(STEPS),
    "noisy": np.clip(0.5 + np.random.RandomState(3).normal(0, 0.6, STEPS), -LIMIT, LIMIT),
    "alternating": np.where(T % 2, 1.0, -0.8),
    "rare": np.where(T % 10 == 1, 1.5, 0.0),
    "one shout": np.where(T == 8, LIMIT, 0.1),
    "fading": 1.5 * 0.85 ** (T - 1),
    "turning": np.cos(T / 6),
}


def fed(stream, beta1=0.9, beta2=0.999):
    """Return the parameters for a stream, as a preset has them."""
    return {"stream": stream, "beta1": beta1, "beta2": beta2}


@explorer(
    Choice("stream", "gradients", "noisy", tuple(STREAMS), resets=("drawn",)),
    Range("beta1", "β₁", 0.9, NEARLY_ONE),
    Range("beta2", "β₂", 0.999, NEARLY_ONE),
    Range("lr", "rate α, also of SGD", 0.1, log_scale(0.001, 1.0)),
    Range("eps", "ε", 1e-8, log_scale(1e-10, 1.0, per_decade=4)),
    Toggle("corrected", "show m and v uncorrected too", True),
    Sketch("drawn", "gradients drawn by hand", None, STEPS, LIMIT),
    presets={
        "a rare gradient": fed("rare"),
        "one shout": fed("one shout"),
        "one shout, a short memory": fed("one shout", beta2=0.9),
        "to and fro": fed("alternating"),
    },
)
def microscope(stream, beta1, beta2, lr, eps, corrected, drawn):
    """Feed one parameter a stream of gradients: m, v, their corrected forms, and the step."""
    g = STREAMS[stream] if drawn is None else np.array(drawn)
    seen = feed(optimizers.Adam(lr, beta1, beta2, eps), g)
    plain = -lr * g

    raw = {"m": seen["m"], "√v": np.sqrt(seen["v"])} if corrected else {}
    root = np.sqrt(seen["v_hat"])
    rows = [
        ("gradient", {"g": (g, "1")}, LIMIT),
        ("its average", {"m̂": (seen["m_hat"], "1"), "m": (raw.get("m"), "2")}, LIMIT),
        ("its size", {"√v̂": (root, "1"), "√v": (raw.get("√v"), "2")}, LIMIT),
        (
            "step",
            {"Adam's step": (seen["step"], "Adam"), "SGD's step": (plain, "gradient descent")},
            None,
        ),
    ]
    panels = []
    for name, curves, limit in rows:
        curves = {label: curve for label, curve in curves.items() if curve[0] is not None}
        lines = [
            Line(T, y, label, look, first=1, markers=True) for label, (y, look) in curves.items()
        ]
        high = limit or round_up(max(lr, *(np.abs(y).max() for y, _ in curves.values())))
        low = 0.0 if name == "its size" else -high
        hand = {"hint": "draw your own with the pointer", "hand": Drawing("drawn", g, 1, STEPS)}
        panels.append(
            Panel(
                Axis("step t" if name == "step" else "", 0.5, STEPS + 0.5, whole=True),
                Axis(name, low, high),
                (Line(np.array([0, STEPS + 1]), np.zeros(2)), *lines),
                **(hand if name == "gradient" else {}),
            )
        )
    return Picture(tuple(panels), _words(g, seen, plain, lr), steps=STEPS)


def _words(g, seen, plain, lr):
    """Say how far both have gone, and how long their first and largest steps are."""
    largest = np.abs(seen["step"]).argmax()
    return (
        f"First gradient {number(g[0])}: Adam's first step is {number(seen['step'][0])}, SGD's "
        f"{number(plain[0])}. Adam's largest is {number(seen['step'][largest])}, at step "
        f"{largest + 1}. In {STEPS} steps Adam goes {number(seen['step'].sum())} and SGD "
        f"{number(plain.sum())}, at the rate {number(lr)}."
    )
