"""Exercise 02: its references take the course's steps, and absurd rates are refused."""

import numpy as np
import pytest

from adam_course.grading import TASKS, check
from adam_course.optimizers import GradientDescent
from adam_course.problems import Regression

EXACT = {"rtol": 1e-12, "atol": 1e-12}


def right(name, **arguments):
    return TASKS[name].reference(**arguments)


@pytest.mark.parametrize("seed", range(5))
def test_sgd_takes_the_steps_of_gradient_descent_on_the_batches_gradients(seed):
    rng, line = np.random.default_rng(seed), Regression(points=30, seed=seed)
    start, orders = rng.normal(size=2), np.array([rng.permutation(30) for _ in range(3)])
    data = {"theta": start, "x": line.x, "y": line.y}
    path = [start]
    optimizer = GradientDescent(0.02)
    for order in orders:
        for first in range(0, 30, 7):
            rows = order[first : first + 7]
            gradient = right("batch-gradient", **data | {"theta": path[-1]}, rows=rows)
            np.testing.assert_allclose(gradient, line.gradient(path[-1], rows), **EXACT)
            path.append(optimizer.step(path[-1], gradient))
    settings = data | {"lr": 0.02, "size": 7, "orders": orders}
    np.testing.assert_allclose(right("epoch-loop", **settings), path, **EXACT)
    np.testing.assert_allclose(right("repaired-epochs", **settings), path[-1], **EXACT)


@pytest.mark.parametrize("value", [-1.0, 0.0, 1e300, np.inf, np.nan])
def test_absurd_rates_are_refused_without_a_fuss(value):
    assert not check("falling-rates", lambda curvature, steps: np.full(steps, value))
