"""The tasks of exercise 06 agree with the course's own Adam."""

import numpy as np
import pytest

from adam_course.grading import TASKS
from adam_course.optimizers import Adam
from adam_course.tasks.t06_adam import FAULTS, end_of


def walked(gradients, **settings):
    """Return where the course's Adam is after each step of a stream of gradients, from 0."""
    adam, path = Adam(lr=1.0, **settings), [np.zeros(1)]
    for g in gradients:
        path.append(adam.step(path[-1], np.full(1, g)))
    return np.array(path)[:, 0]


@pytest.mark.parametrize("seed", range(3))
def test_the_adam_that_judges_a_test_is_the_courses_own(seed):
    gradients = np.random.default_rng(seed).normal(size=30)
    assert end_of(gradients, 1e-3) == pytest.approx(walked(gradients, eps=1e-3)[-1], rel=1e-12)
    swapped = walked(gradients, eps=1e-3, beta1=0.999, beta2=0.9)[-1]
    assert end_of(gradients, 1e-3, "swapped") == pytest.approx(swapped, rel=1e-9)


def test_gradients_of_one_find_none_of_the_wrong_adams():
    ends = [end_of(np.ones(40), 1e-8, fault) for fault in ("", *FAULTS)]
    np.testing.assert_allclose(ends, -40, atol=1e-5)


@pytest.mark.parametrize("scale", [0.1, 0.5, 1.0])
def test_shrinking_gradients_below_the_root_of_eps_find_all_of_them(scale):
    task = TASKS["telling-gradients"]
    for case in task.draw(seed=4):
        assert task.accepts(**case, gradients=scale * task.reference(**case)) == ""


@pytest.mark.parametrize("seed", range(3))
def test_adam_stands_still_in_the_last_step(seed):
    for case in TASKS["standstill"].draw(seed):
        gradients = TASKS["standstill"].reference(**case)
        last = np.abs(np.diff(walked(gradients, beta1=case["beta1"]))[-1])
        assert last < 1e-9 and np.abs(gradients).min() >= 1
