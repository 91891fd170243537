"""The tasks of exercise 08 agree with the course's own Adam and momentum."""

import numpy as np

from adam_course.experiments.hyperparameters import room
from adam_course.given import QuadraticGradient
from adam_course.grading import TASKS
from adam_course.optimizers import Adam, Momentum
from adam_course.problems import Bowl


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


def test_a_bowls_own_axes_make_the_turned_adam_as_quick_as_along_an_axis():
    bowl = Bowl(condition=100, angle=30)
    curvatures = np.array([bowl.gradient(one) for one in np.eye(2)])
    grad = QuadraticGradient(curvatures, curvatures @ np.array([1.0, 2.0]))
    axes = TASKS["own-axes"].reference(grad, 2)
    assert TASKS["own-axes"].accepts(grad, 2, axes) == ""
    assert TASKS["own-axes"].accepts(grad, 2, turn(0))
    end = TASKS["turned-axes"].reference(grad, np.zeros(2), axes, 300, 0.1)
    np.testing.assert_allclose(end, [1, 2], atol=1e-3)


def test_the_exercise_says_what_its_turned_axes_give():
    bowl = Bowl(condition=100)

    def losses(start):
        for angle in range(0, 91, 15):
            run = bowl.gradient, np.array(start), turn(angle), 40, 0.2
            yield bowl.value(TASKS["turned-axes"].reference(*run))

    one, other = list(losses([3.0, 2.0])), list(losses([2.0, -3.0]))
    found = one[0], one[6], one[1], max(one), other[0], other[6], max(other)
    said = 0.0204, 0.0204, 0.0176, 0.0561, 0.0092, 0.0092, 0.0677
    np.testing.assert_allclose(found, said, atol=5e-5)
    assert min(other[1:6]) > other[0]


def test_the_range_around_a_best_value_is_the_experiments_room():
    task = TASKS["good-range"]
    for seed in range(5):
        for case in task.drawn(seed):
            typical = np.median(np.nan_to_num(case["losses"], nan=np.inf), axis=1)
            assert task.reference(**case) == room(case["values"], typical)
