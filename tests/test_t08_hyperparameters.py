"""The tasks of exercise 08 agree with the course's own Adam and momentum."""

import numpy as np

from adam_course.given import QuadraticGradient
from adam_course.grading import TASKS
from adam_course.optimizers import Adam, Momentum


def test_along_its_own_axes_the_turned_adam_is_adam_and_along_others_it_is_not():
    grad = QuadraticGradient(np.array([[5.0, 1.0], [1.0, 2.0]]), np.array([1.0, -1.0]))
    adam, theta = Adam(lr=0.1, eps=0.0), np.array([2.0, 3.0])
    turned = TASKS["turned-axes"].reference
    along = {angle: turned(grad, theta, turn(angle), 20, 0.1) for angle in (0, 30, 90, 180)}
    for _ in range(20):
        theta = adam.step(theta, grad(theta))
    for angle in (0, 90, 180):
        np.testing.assert_allclose(along[angle], theta, rtol=1e-12, atol=1e-12)
    assert np.abs(along[30] - theta).max() > 0.01


def turn(degrees):
    """Return axes (2, 2) turned by an angle; quarter turns are exact."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s], [s, c]])


def test_with_the_matching_rate_adam_is_a_heavy_ball():
    alpha = TASKS["matching-rate"].reference(0.1, 0.9, 1e8)
    adam, ball = Adam(lr=alpha, eps=1e8), Momentum(lr=0.1)
    here = there = np.ones(2)
    for t in range(1, 101):
        correction = 1 - 0.9**t  # the heavy ball does not know it
        new = adam.step(here, np.ones(2))
        here = here + (new - here) * correction
        there = ball.step(there, np.ones(2))
    np.testing.assert_allclose(here, there, rtol=1e-6)
