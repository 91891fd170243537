"""The references of exercise 12 are the course's own optimizers."""

import numpy as np
import pytest

from adam_course import optimizers
from adam_course.grading import TASKS
from adam_course.grading.workshop.verify_task import verdict_on

SEEDS = range(5)


def same(ours, theirs):
    """Compare two arrays to 12 digits."""
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_lion_step_is_the_courses_own(seed):
    rng = np.random.default_rng(seed)
    settings = {"lr": 0.1, "beta1": 0.9, "beta2": 0.97, "weight_decay": 0.2}
    lion, ours, m = optimizers.Lion(**settings), rng.normal(size=(3, 4)), np.zeros((3, 4))
    theta = ours
    for _ in range(100):
        grad = rng.normal(size=(3, 4)) * 10.0 ** rng.integers(-8, 3)
        theta = lion.step(theta, grad)
        ours, m = TASKS["lion-step"].reference(ours, grad, m, **settings)
        same(ours, theta)
        same(m, lion.m)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_amsgrad_path_is_the_courses_own(seed):
    for case in TASKS["repaired-amsgrad"].draw(seed):
        path = TASKS["repaired-amsgrad"].reference(**case)
        grad, theta, steps = (case.pop(key) for key in ("grad", "theta", "steps"))
        optimizer = optimizers.AMSGrad(**case, bias_correction=True)
        assert len(path) == steps + 1
        for point in path:
            same(point, theta)
            theta = optimizer.step(theta, grad(theta))


def test_the_rebuilt_matrix_is_what_adafactor_divides_by():
    grad = np.random.default_rng(0).normal(size=(5, 3))
    adafactor, theta = optimizers.AdaFactor(clip=1e9, relative_step=False, lr=1), np.ones((5, 3))
    step = theta - adafactor.step(theta, grad)
    same(step, grad / np.sqrt(TASKS["rebuilt-v"].reference(grad**2)))


@pytest.mark.parametrize(("g", "beta1", "beta2"), [(3.0, 0.9, 0.999), (-0.5, 0.6, 0.95)])
def test_first_steps_are_as_long_as_predicted(g, beta1, beta2):
    given = {"lr": 1, "beta1": beta1, "beta2": beta2, "eps": 1e-16}
    makers = "Adam", "AMSGrad", "AdaBelief", "RAdam"
    taken = [getattr(optimizers, name)(**given).step(np.zeros(1), np.full(1, g)) for name in makers]
    predicted = TASKS["first-steps"].reference(g, beta1, beta2)
    np.testing.assert_allclose(np.abs(taken)[:, 0], predicted, rtol=1e-9)


@pytest.mark.parametrize(("mean", "sigma"), [(1.0, 0.1), (1.0, 0.2), (9.0, 0.1)])
def test_adabelief_is_as_bold_as_the_formula_says(mean, sigma):
    rng, belief, theta = np.random.default_rng(0), optimizers.AdaBelief(lr=1), np.zeros(1000)
    for _ in range(15_000):
        before, theta = theta, belief.step(theta, rng.normal(mean, sigma, size=1000))
    predicted = TASKS["belief-step"].reference(mean, sigma)
    assert (before - theta).mean() == pytest.approx(predicted, rel=0.01)


def test_a_boldness_that_is_measured_is_right():
    def belief_step(mean, sigma):
        rng, belief, theta = np.random.default_rng(0), optimizers.AdaBelief(lr=1), np.zeros(100)
        for _ in range(10_000):
            before, theta = theta, belief.step(theta, rng.normal(mean, sigma, size=100))
        return (before - theta).mean()

    assert verdict_on(TASKS["belief-step"], belief_step, 1)
