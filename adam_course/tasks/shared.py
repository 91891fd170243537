"""What the tasks of several exercises share: bowls, and mistakes with paths."""

import numpy as np

from adam_course.given import QuadraticGradient
from adam_course.tasks.edited import edited
from adam_course.tasks.task import Misconception


def bowl(rng, curvatures):
    """Return the gradient of a bowl with these curvatures, rotated at random."""
    d = len(curvatures)
    axes, _ = np.linalg.qr(rng.normal(size=(d, d)))
    A = np.round(axes @ np.diag(curvatures) @ axes.T, 3)
    return QuadraticGradient((A + A.T) / 2, np.round(rng.normal(size=d), 1))


def bowl_runs(rng, *runs, away=0):
    """Return cases from (curvatures, steps, more): a bowl, a start and so many steps.

    Args:
        more: the case's other arguments. away: is added to every parameter of the start.
    """
    return [
        {
            "grad": bowl(rng, np.array(curvatures)),
            "theta": np.round(rng.normal(size=len(curvatures)), 2) + away,
            "steps": steps,
            **more,
        }
        for curvatures, steps, more in runs
    ]


def equal_shares(rng, *bowls):
    """Return cases from (curvatures, steps): every direction has the same share in the gradient."""
    cases = []
    for curvatures, steps in bowls:
        grad = bowl(rng, np.array(curvatures))
        found, axes = np.linalg.eigh(grad.A)
        away = axes @ (10 / found / np.sign(axes[0]))
        theta = np.round(np.linalg.solve(grad.A, grad.b) + away, 3)
        cases.append({"grad": grad, "theta": theta, "steps": steps})
    return cases


def silent_parameter(rng):
    """Return a case of three parameters, the last of which never has a gradient."""
    flat = bowl(rng, np.array([1.0, 3.0]))
    flat = QuadraticGradient(np.pad(flat.A, (0, 1)), np.pad(flat.b, (0, 1)))
    return {"grad": flat, "theta": np.array([1.0, -1.0, 0.5]), "steps": 10}


#: The mistakes with a path, as (name, change, what follows "The path has steps + 1 points: ").
PATH_SLIPS = (
    (
        "a path without its start",
        "np.array(path) → np.array(path[1:])",
        "the start is the first of them.",
    ),
    (
        "a path without its last point",
        "np.array(path) → np.array(path[:-1])",
        "record the point after each step as well, the last step too.",
    ),
    (
        "a path that is recorded before each step",
        "np.array(path) → np.array(path[:1] + path[:-1])",
        "the start stands there twice, and the last point is missing. Step first, then record.",
    ),
    (
        "a path whose first place stays empty",
        "np.array(path) → np.array([0 * path[0], *path[1:]])",
        "the start belongs into the place that still holds zeros.",
    ),
    (
        "a path whose last place stays empty",
        "np.array(path) → np.array([*path[1:], 0 * path[0]])",
        "the first place is for the start, so the point after step 1 goes into the second.",
    ),
    (
        "the last point without the path",
        "np.array(path) → path[-1]",
        "keep every point on the way in a list, and return `np.array(path)`.",
    ),
    (
        "a path whose points are all the same array",
        "np.array(path) → np.array([path[-1]] * len(path))",
        "`theta -= …` changes the array that is already in your list, so every point in it becomes "
        "the last one. `theta = theta - …` makes a new array at each step.",
    ),
)


def path_slips(reference):
    """Return the misconceptions of a function that ends in `return np.array(path)`."""
    return tuple(
        Misconception(name, edited(reference, change), f"The path has steps + 1 points: {hint}")
        for name, change, hint in PATH_SLIPS
    )
