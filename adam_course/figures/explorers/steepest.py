"""Steepest descent and curvature: one step from a point of a bowl, and the line it goes along."""

import numpy as np

from adam_course import problems
from adam_course.figures.explorers.controls import Point, Range, even_scale
from adam_course.figures.explorers.parts import ground, place, round_up
from adam_course.figures.explorers.recipe import explorer
from adam_course.figures.picture import Axis, Handle, Line, Panel, Picture, Points, number

HIGHEST = 2.2  # rate on the slice: beyond 2 / λ in the flattest direction, where λ is 1
RATES, ANGLES = np.linspace(0, HIGHEST, 221), np.linspace(0, 90, 91)
#: What is marked on the map and on the slice: name → marker, filled.
MARKS = {"2 / λ": ("X", True), "1 / λ": ("D", False), "this rate": ("o", True)}


@explorer(
    Range("lr", "rate α", 0.2, even_scale(0.01, HIGHEST, 0.01)),
    Range("condition", "condition number κ", 4, (1, 1.5, 2, 3, 4, 6, 8, 10, 15, 20)),
    Point("at", "where the step begins", None),
    presets={
        "the best step": {"lr": 0.4, "condition": 4},
        "as high as before": {"lr": 0.8, "condition": 4},
        "a step uphill": {"lr": 1.0, "condition": 4},
        "straight to the minimum": {"lr": 0.25, "condition": 4, "at": (0.0, 3.0)},
    },
)
def steepest(lr, condition, at):
    """Take one step of steepest descent from any point of a bowl: how far is it down that line?

    The bowl has the curvatures 1 along x and κ along y.
    """
    bowl = problems.Bowl(condition, curvature=condition)
    theta = np.clip((-4.0, 1.0) if at is None else at, *np.transpose(bowl.window))
    if not theta.any():
        theta = np.array([1e-3, 0.0])  # at the minimum there is no direction
    g, here = bowl.gradient(theta), float(bowl.value(theta))
    curvature = float(g @ bowl.matrix @ g / (g @ g))
    rates = np.array([2 / curvature, 1 / curvature, lr])
    ends = theta - rates[:, None] * g
    heights = bowl.value(ends) / here
    return Picture(
        panels=(
            _map(bowl, theta, ends),
            _slice(bowl.value(theta - RATES[:, None] * g) / here, rates, heights),
            _curvatures(condition, g, curvature),
        ),
        words=f"At {place(theta)} the way down and the way to the minimum are "
        f"{number(_degrees(g, theta))}° apart. Along the gradient the curvature is λ = "
        f"{number(curvature)}, between 1 and {number(condition)}: best is the rate 1 / λ = "
        f"{number(rates[1])}, the limit is 2 / λ = {number(rates[0])}. The rate {number(lr)} "
        f"takes the loss from {number(here)} to {number(here * heights[-1])}.",
    )


def _map(bowl, theta, ends):
    """Return the `Panel` of the bowl, the step, and the line up to where the loss is as high."""
    step, line = (np.stack([theta, end]).T for end in ends[[2, 0]])
    marks = [Points(*end[:, None], *MARKS[name]) for name, end in zip(MARKS, ends, strict=True)]
    layers = [ground(bowl), Line(*line), Line(*step, "", "gradient descent", markers=True)]
    return Panel(
        *(Axis(name, *window) for name, window in zip("xy", bowl.window, strict=True)),
        (*layers, *marks, Points(*bowl.minimizers.T)),
        title="One step against the gradient",
        hint="★ minimum · drag the ring",
        aspect=0.95,
        legend=False,
        hand=Handle("at", *theta.tolist()),
    )


def _slice(heights, rates, marked):
    """Return the `Panel` of the loss along the line, as a share of the loss here."""
    high = 1.5 if marked[-1] < 1.5 else round_up(1.05 * marked[-1])
    marks = (Points(rates[[i]], marked[[i]], *MARKS[name], name) for i, name in enumerate(MARKS))
    return Panel(
        Axis("rate α", 0, HIGHEST),
        Axis("loss / loss here", 0, float(high)),
        (Line(RATES, np.ones(len(RATES))), Line(RATES, heights, "", "1"), *marks),
        title="The loss along this line",
        column=1,
    )


def _curvatures(condition, g, curvature):
    """Return the `Panel` of the curvature in every direction, with the gradient's marked."""
    angle = np.degrees(np.arctan2(abs(g[1]), abs(g[0])))
    share = np.sin(np.radians(ANGLES)) ** 2
    return Panel(
        Axis("angle of step to flat axis (°)", -4, 94),
        Axis("curvature λ", 0, 1.1 * condition),
        (
            Line(ANGLES, 1 + (condition - 1) * share, "", "2"),
            Points(np.array([angle]), np.array([curvature]), "o"),
        ),
        title="The curvature in this direction",
        column=1,
        legend=False,
    )


def _degrees(a, b):
    """Return the angle between two vectors."""
    cosine = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))
