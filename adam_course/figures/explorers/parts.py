"""What several explorers share: the ground of a map, a loss axis, places in words."""

from functools import lru_cache

import numpy as np

from adam_course.figures.identity import assigned
from adam_course.figures.picture import Axis, Line, Panel, Points, number
from adam_course.figures.plots import surface


@lru_cache(maxsize=64)
def ground(problem):
    """Return the `Map` of a 2-D problem over its window, on a log scale above its minimum."""
    return surface(problem, problem.window, points=121)


def loss_axis(label, curves):
    """Return a log axis for positive numbers (n,), on which curves stay in view down to 1e-12.

    A curve that ends more than 30 times above the highest start leaves upwards, and does not
    flatten the others; one that comes back does not leave.
    """
    curves = [np.asarray(curve) for curve in curves]
    top = 30 * max(max(curve[0] for curve in curves), 1e-12)
    seen = np.concatenate([curve if curve[-1] < top else curve[curve < top] for curve in curves])
    seen = seen[(seen > 0) & np.isfinite(seen)]
    if not seen.size:
        return Axis(label, top * 1e-3, top, log=True)
    high = 10 ** np.ceil(np.log10(seen.max() * 1.0001))
    low = 10 ** np.floor(np.log10(seen.min()))
    return Axis(label, float(max(low, min(1e-12, high * 1e-8))), float(high), log=True)


def loss_panel(label, runs, steps, looks=None, **options):
    """Return the `Panel` of name → (n + 1,) losses, 0 or more, against the step."""
    looks = looks or assigned(runs)
    curves = [Line(np.arange(len(y)), y, name, looks[name], first=0) for name, y in runs.items()]
    axes = Axis("step t", 0, steps, whole=True), loss_axis(label, runs.values())
    return Panel(*axes, tuple(curves), **{"column": 1} | options)


def map_panel(problem, runs, names=("x", "y"), **options):
    """Return the `Panel` with the map of a 2-D problem and the paths of name → `Trajectory`."""
    looks = assigned(runs)
    paths = [
        Line(*r.thetas.T, name, looks[name], first=0, markers=True) for name, r in runs.items()
    ]
    axes = [Axis(name, *ends) for name, ends in zip(names, problem.window, strict=True)]
    layers = (ground(problem), *paths, Points(*problem.minimizers.T))
    return Panel(*axes, layers, **{"aspect": 0.95, "legend": False} | options)


def feed(adam, g):
    """Return what Adam makes of a stream of gradients (n,) of one parameter.

    Returns:
        Name → (n,) numbers: m, v, m_hat, v_hat, and the step taken.
    """
    names = ("m", "v", "m_hat", "v_hat")
    seen = {name: np.empty(len(g)) for name in (*names, "step")}
    theta = np.zeros(1)
    for i in range(len(g)):
        new = adam.step(theta, g[i : i + 1])
        for name in names:
            seen[name][i] = getattr(adam, name)[0]
        seen["step"][i], theta = (new - theta)[0], new
    return seen


def round_up(x):
    """Return the next 1, 2 or 5 times a power of ten: axes that end there do not flicker."""
    power = 10.0 ** np.floor(np.log10(x))
    return float(next(n * power for n in (1, 2, 5, 10) if n * power >= 0.999 * x))


def above(problem):
    """Say what is drawn of a problem's loss."""
    return "loss" if problem.minimum == 0 else f"loss above {number(problem.minimum)}"


def place(theta):
    """Write a point (2,) in words; what is rounding error, as 0."""
    return "(" + ", ".join(number(x if abs(x) > 1e-12 else 0) for x in theta) + ")"
