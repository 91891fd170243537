"""Exercise 03: its references take the course's steps, and absurd pairs are refused."""

import numpy as np
import pytest

from adam_course.grading import TASKS, check
from adam_course.optimizers import GradientDescent, Momentum

EXACT = {"rtol": 1e-12, "atol": 1e-12}

seeds = pytest.mark.parametrize("seed", range(5))


def right(name, **arguments):
    return TASKS[name].reference(**arguments)


@seeds
def test_the_paths_are_those_of_the_courses_optimizers(seed):
    for case in TASKS["whose-path"].draw(seed):
        lr, mu, path = case["lr"], case["momentum"], case["path"]
        ball, average = Momentum(lr, mu), Momentum(lr, mu, form="ema")
        rules = {1: GradientDescent(lr), 2: ball, 4: average}
        number = right("whose-path", **case)
        for one, optimizer in rules.items():
            theta = path[0]
            for _ in path[1:]:
                theta = optimizer.step(theta, case["grad"](theta))
            assert np.allclose(theta, path[-1]) == (one == number)


@seeds
def test_nesterovs_look_ahead_points_are_the_courses_parameters(seed):
    for case in TASKS["repaired-nesterov"].draw(seed):
        lr, mu, ahead = case["lr"], case["momentum"], case["theta"]
        optimizer = Momentum(lr, mu, nesterov=True)
        ends = [right("repaired-nesterov", **case | {"steps": n}) for n in range(case["steps"] + 1)]
        moves = -np.diff(ends, axis=0, prepend=ends[:1])
        for point, m in zip(ends, moves, strict=True):
            np.testing.assert_allclose(point - mu * m, ahead, **EXACT)
            ahead = optimizer.step(ahead, case["grad"](ahead))


@seeds
def test_a_ball_on_flat_ground_rolls_as_far_as_predicted(seed):
    for case in TASKS["distance-left"].draw(seed):
        ball = Momentum(1.0, case["last"] / case["before"])
        theta = ball.step(np.zeros(1), -np.full(1, case["last"]))
        here = theta[0]
        for _ in range(3000):
            theta = ball.step(theta, np.zeros(1))
        assert theta[0] - here == pytest.approx(right("distance-left", **case))


@seeds
def test_the_hidden_numbers_roll_the_ball_from_point_to_point(seed):
    for case in TASKS["hidden-numbers"].draw(seed):
        mu, product = right("hidden-numbers", **case)
        ball, path = Momentum(product, mu), case["path"]
        ball.step(path[1:2], (path[:1] - path[1:2]) / product)  # into the buffer goes the last move
        here = path[1:2]
        for point in path[2:]:
            here = ball.step(here, here)
            assert here[0] == pytest.approx(point)


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
