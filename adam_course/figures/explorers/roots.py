"""Momentum's two roots: in one direction of a bowl they say whether a run creeps or swings."""

import numpy as np

from adam_course import optimizers, problems
from adam_course.descend import descend
from adam_course.figures.explorers.controls import Range, even_scale, log_scale
from adam_course.figures.explorers.recipe import explorer
from adam_course.figures.picture import Axis, Line, Panel, Picture, Points, number

STEPS = 60
LINE = problems.Bowl(condition=1, curvature=1)  # λ is 1, so that the rate is αλ
CIRCLE = np.exp(2j * np.pi * np.linspace(0, 1, 181))
PRODUCTS = (*log_scale(0.001, 1.0), *even_scale(1.05, 4.2, 0.05))


def roots_of(momentum, product):
    """Return the roots of z² − (1 + μ − αλ) z + μ, the larger one first: (2,) complex numbers."""
    middle = (1 + momentum - product) / 2
    apart = np.emath.sqrt(middle**2 - momentum)
    pair = np.array([middle + apart, middle - apart], dtype=complex)
    return pair if middle >= 0 else pair[::-1]


@explorer(
    Range("momentum", "momentum μ", 0.9, even_scale(0, 0.99, 0.01)),
    Range("product", "rate times curvature, αλ", 0.1, PRODUCTS),
    presets={
        "it creeps": {"momentum": 0.2, "product": 0.1},
        "the roots meet": {"momentum": 0.47, "product": 0.1},
        "it swings": {"momentum": 0.95, "product": 0.1},
        "a root outside the unit circle": {"momentum": 0.9, "product": 3.9},
    },
)
def roots(momentum, product):
    """Move the heavy ball's two roots in the complex plane, and see the run that they explain."""
    pair = roots_of(momentum, product)
    size = float(np.abs(pair[0]))
    ball = optimizers.Momentum(product, momentum, form="torch")
    run = descend(LINE, ball, start=(1, 0), steps=STEPS)
    t, x = run.t, run.thetas[:, 0]
    bound = size**t
    return Picture(
        panels=(
            _plane(pair, momentum**0.5),
            Panel(
                Axis("", 0, STEPS, whole=True),
                Axis("x", *_around(x)),
                (Line(t, bound), Line(t, -bound), Line(t, x, "", "momentum", 0, markers=True)),
                title="The run, and ± rᵗ in grey",
                column=1,
                legend=False,
            ),
            Panel(
                Axis("step t", 0, STEPS, whole=True),
                _decades("size of x", np.concatenate([np.abs(x), bound])),
                (Line(t, bound), Line(t, np.abs(x), "", "momentum", 0, markers=True)),
                title="The same on a log scale",
                column=1,
                legend=False,
            ),
        ),
        words=_words(momentum, product, pair, x),
        steps=STEPS,
    )


def _plane(pair, radius):
    """Return the `Panel` of the complex plane: both roots, the unit circle, that of radius √μ."""
    reach = max(1.3, 1.15 * float(np.abs(pair[0])))
    ends = np.array([-reach, reach])
    return Panel(
        Axis("real part", *ends.tolist()),
        Axis("imaginary part", *ends.tolist()),
        (
            Line(ends, np.zeros(2)),
            Line(CIRCLE.real, CIRCLE.imag, "unit circle", "1"),
            Line(radius * CIRCLE.real, radius * CIRCLE.imag, "radius √μ", "2"),
            Points(np.array([radius, -radius]), np.zeros(2), "D", False),
            Points(pair.real, pair.imag, "o", True, "roots"),
        ),
        title="The two roots z; they meet at ◇",
        aspect=1.0,
    )


def _around(x):
    """Return the ends of an axis for x, which may run away: 5 times the start at most."""
    high = float(np.clip(1.05 * np.abs(x).max(), 1.05, 5))
    return -high, high


def _decades(label, values):
    """Return a log axis for positive numbers, from 1e-12 on."""
    values = values[values > 1e-12]
    ends = np.floor(np.log10(values.min())), np.ceil(np.log10(1.001 * values.max()))
    return Axis(label, *(float(10**end) for end in ends), log=True)


def _words(momentum, product, pair, x):
    """Say what the roots are, what follows from them, and where they meet."""
    larger, size = pair[0], number(np.abs(pair[0]))
    if larger.imag:
        are = f"{number(larger.real)} ± {number(abs(larger.imag))} i, and their size is r = √μ"
        follows = "A complex pair: x swings, and shrinks by the factor r a step"
    else:
        are = f"{number(larger.real)} and {number(pair[1].real)}, and the larger size is r"
        creeps = "changes sides in every step" if larger.real < 0 else "creeps"
        follows = f"Both are real: x {creeps}, and in the end shrinks by the factor r a step"
    if np.abs(larger) > 1 + 1e-9:
        follows = "A root is outside the unit circle: x diverges"
    meet = " and ".join(number((1 + sign * momentum**0.5) ** 2) for sign in (-1, 1))
    return (
        f"At μ = {number(momentum)} and αλ = {number(product)} the roots are {are} = {size}. "
        f"{follows}. After {len(x) - 1} steps it is {number(x[-1])}. At this μ the roots meet at "
        f"αλ = {meet}."
    )
