"""Exercise 03: its references take the course's steps, and absurd pairs are refused."""

import numpy as np
import pytest

from adam_course.grading import TASKS, check
from adam_course.optimizers import Momentum

EXACT = {"rtol": 1e-12, "atol": 1e-12}

seeds = pytest.mark.parametrize("seed", range(5))


def right(name, **arguments):
    return TASKS[name].reference(**arguments)


@seeds
def test_the_heavy_ball_is_the_courses_momentum(seed):
    for case in TASKS["heavy-ball"].draw(seed):
        theta, optimizer = case["theta"], Momentum(case["lr"], case["momentum"])
        for point in right("heavy-ball", **case):
            np.testing.assert_allclose(point, theta, **EXACT)
            theta = optimizer.step(theta, case["grad"](theta))


@seeds
def test_nesterovs_look_ahead_points_are_the_courses_parameters(seed):
    for case in TASKS["nesterov"].draw(seed):
        ahead = case["theta"]
        optimizer = Momentum(case["lr"], case["momentum"], nesterov=True)
        path = right("nesterov", **case)
        moves = -np.diff(path, axis=0, prepend=path[:1])
        for point, m in zip(path, moves, strict=True):
            np.testing.assert_allclose(point - case["momentum"] * m, ahead, **EXACT)
            ahead = optimizer.step(ahead, case["grad"](ahead))
        np.testing.assert_array_equal(right("repaired-nesterov", **case), path[-1])


@seeds
def test_the_averaging_step_is_the_courses_and_moves_like_the_heavy_ball(seed):
    rng, m = np.random.default_rng(seed), np.zeros(3)
    theta = ours = rng.normal(size=3)
    ball, average = Momentum(0.1, 0.9), Momentum(0.1 / (1 - 0.9), 0.9, form="ema")
    for _ in range(50):
        g = rng.normal(size=3)
        theta = ball.step(theta, g)
        average.step(theta, g)
        ours, m = right("ema-step", theta=ours, grad=g, m=m, lr=0.1, momentum=0.9)
        np.testing.assert_allclose(ours, theta, **EXACT)
        np.testing.assert_allclose(m, average.m, **EXACT)


@pytest.mark.parametrize("value", [-1.0, 0.0, 1e300, np.inf, np.nan])
def test_absurd_pairs_are_refused_without_a_fuss(value):
    assert not check("good-pair", lambda **given: (value, 0.5))
    assert not check("good-pair", lambda **given: (0.1, value))
