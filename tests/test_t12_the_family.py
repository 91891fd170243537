"""The references of exercise 12 are the course's own optimizers."""

import numpy as np
import pytest

from adam_course import optimizers
from adam_course.grading import TASKS

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


@pytest.mark.parametrize("seed", SEEDS)
def test_lion_stands_still_at_the_gradient_that_stops_it(seed):
    for case in TASKS["turning-gradient"].draw(seed):
        gradient = TASKS["turning-gradient"].reference(**case)
        for factor, way in ((0.999, -1), (1.001, 1)):
            lion, theta = optimizers.Lion(lr=1, beta1=case["beta1"]), np.zeros(1)
            lion.step(theta, theta)
            lion.m = np.array([case["m"]])
            after = lion.step(theta, np.array([factor * gradient]))
            assert np.sign(after[0]) == way * np.sign(case["m"])


@pytest.mark.parametrize("times", [1.5, 4.0])
def test_adafactors_step_is_too_short_on_the_matrix_designed(times):
    grad = np.sqrt(TASKS["badly-rebuilt"].reference(times))
    adafactor, theta = optimizers.AdaFactor(clip=1e9, relative_step=False, lr=1), np.ones((2, 2))
    step = theta - adafactor.step(theta, grad)
    adam = optimizers.Adam(lr=1)
    ratio = (theta - adam.step(theta, grad)) / step
    assert ratio[0, 0] == pytest.approx(times, rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_loud_gradient_misleads_the_courses_lion_as_long(seed):
    for case in TASKS["steps-misled"].draw(seed):
        lion = optimizers.Lion(lr=1, beta1=case["beta1"], beta2=case["beta2"])
        theta, ways = np.zeros(1), []
        lion.step(theta, theta)
        lion.m = np.array([-case["quiet"]])
        for gradient in [case["loud"]] + [-case["quiet"]] * 400:
            before, theta = theta, lion.step(theta, np.array([gradient]))
            ways.append((theta - before)[0] < 0)
        steps = TASKS["steps-misled"].reference(**case)
        assert ways == [True] * steps + [False] * (401 - steps)


@pytest.mark.parametrize(("g", "beta1", "beta2"), [(3.0, 0.9, 0.999), (-0.5, 0.6, 0.95)])
def test_first_steps_are_as_long_as_predicted(g, beta1, beta2):
    given = {"lr": 1, "beta1": beta1, "beta2": beta2, "eps": 1e-16}
    makers = "Adam", "AMSGrad", "AdaBelief", "RAdam"
    taken = [getattr(optimizers, name)(**given).step(np.zeros(1), np.full(1, g)) for name in makers]
    predicted = TASKS["first-steps"].reference(g, beta1, beta2)
    np.testing.assert_allclose(np.abs(taken)[:, 0], predicted, rtol=1e-9)


@pytest.mark.parametrize(
    ("mean", "sigma", "beta1"),
    [(1.0, 0.1, 0.9), (1.0, 0.2, 0.5), (9.0, 0.1, 0.8), (1.0, 0.01, 0.3)],
)
def test_adabelief_is_as_bold_as_the_formula_says(mean, sigma, beta1):
    rng, theta = np.random.default_rng(0), np.zeros(1000)
    belief = optimizers.AdaBelief(lr=1, beta1=beta1)
    for _ in range(15_000):
        before, theta = theta, belief.step(theta, rng.normal(mean, sigma, size=1000))
    predicted = TASKS["belief-step"].reference(mean, sigma, beta1)
    assert (before - theta).mean() == pytest.approx(predicted, rel=0.012)
