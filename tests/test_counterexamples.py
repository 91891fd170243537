"""Reddi's game and Wilson's data do to the optimizers what their papers prove."""

import numpy as np
import pytest

from adam_course.optimizers import AdaGrad, Adam, AMSGrad, GradientDescent, Momentum, RMSProp
from adam_course.problems.counterexamples import Wilson, cycle, play
from adam_course.schedules import InverseSquareRoot

RATE = InverseSquareRoot(0.5)
DATA = Wilson()


def test_a_cycle_has_one_large_slope_and_the_others_small():
    np.testing.assert_array_equal(cycle(7), [3, -1, -1, 3, -1, -1, 3])
    np.testing.assert_array_equal(cycle(5, C=4, length=4), [4, -1, -1, -1, 4])
    np.testing.assert_array_equal(cycle(5, C=4), [4, -1, -1, 4, -1])


def test_adam_is_at_the_wrong_end_and_the_others_and_its_defaults_are_not():
    slopes = cycle(6000)
    assert play(Adam(RATE, 0, 0.1), slopes)[-1] > 0.99
    for good in (AMSGrad(RATE, 0, 0.1), AdaGrad(0.5), GradientDescent(RATE), Adam(RATE)):
        assert play(good, slopes)[-3:].mean() < -0.98


def test_theorem_2_a_long_enough_cycle_defeats_the_defaults_too():
    places = play(Adam(InverseSquareRoot(2.0)), cycle(30_000, C=200, length=200))
    assert places[-200:].mean() > 0.9


def test_nobody_leaves_the_interval_and_a_batch_plays_as_its_players():
    slopes, rates = np.stack([cycle(40), cycle(40, C=5)], axis=-1), np.array([0.3, 2.0])
    both = play(Adam(rates, 0, 0.1), slopes, start=np.array([0.5, -1.0]))
    assert both.shape == (40, 2)
    assert np.abs(both).max() <= 1
    for i, start in enumerate((0.5, -1.0)):
        one = play(Adam(rates[i], 0, 0.1), slopes[:, i], start)
        np.testing.assert_array_equal(both[:, i], one)
    starts = np.array([0.5, -1.0])  # a batch of starts alone makes a batch of players too
    np.testing.assert_array_equal(play(Adam(0.3, 0, 0.1), cycle(40), starts)[:, 0], both[:, 0])
    first = -0.3 * np.sign(slopes[0, 0]) + 0.5
    assert both[:2, 0] == pytest.approx([0.5, first])


def test_wilsons_data_is_the_papers():
    X, y = DATA.inputs, DATA.labels
    assert X.shape == (200, 1003)
    assert (y == 1).sum() == 120
    np.testing.assert_array_equal(X[:, 0], y)
    assert (X[:, 1:3] == 1).all()
    assert (X[:, 3:].sum(axis=1) == np.where(y > 0, 1, 5)).all()
    assert X[:, 3:].sum(axis=0).max() == 1
    np.testing.assert_allclose(X @ DATA.signs, 4 * y)  # Lemma 3.1 asks for this


@pytest.mark.parametrize("rows", [None, np.array([3, 3, 170])], ids=["all", "some"])
def test_the_gradient_is_the_derivative_of_the_value(rows):
    theta, direction = np.random.default_rng(0).normal(size=(2, DATA.dimension))
    step = 1e-4 * direction
    ahead, behind = DATA.value(np.stack([theta + step, theta - step]), rows)
    slope = (ahead - behind) / 2e-4
    assert DATA.gradient(theta, rows) @ direction == pytest.approx(slope, rel=1e-8)


def test_a_batch_and_rows_of_its_own_give_what_single_runs_give():
    rng = np.random.default_rng(1)
    thetas, rows = rng.normal(size=(3, DATA.dimension)), rng.integers(0, 200, (3, 7))
    for f in (DATA.value, DATA.gradient):
        single = [f(theta, row) for theta, row in zip(thetas, rows, strict=True)]
        np.testing.assert_allclose(f(thetas, rows), single, rtol=1e-12)
    for f in (DATA.train_error, DATA.test_error):
        np.testing.assert_array_equal(f(thetas), [f(theta) for theta in thetas])


def test_the_test_error_is_that_of_new_examples():
    theta = np.zeros(DATA.dimension)
    for weights, error in (([1, 0.4, 0.4], 0), ([1, 0.6, 0.6], 0.4), ([-1, 0, 0], 1)):
        theta[:3] = weights
        assert DATA.test_error(theta) == pytest.approx(error)
    assert DATA.train_error(theta) == 1


def test_the_least_norm_solution_fits_every_label_and_is_where_gradient_descent_ends():
    theta, descent = DATA.start, GradientDescent(0.4)
    for _ in range(2000):
        theta = descent.step(theta, DATA.gradient(theta))
    np.testing.assert_allclose(theta, DATA.least_norm, atol=1e-12)
    assert DATA.value(theta) < 1e-20
    assert DATA.test_error(theta) == 0


@pytest.mark.parametrize(
    "optimizer", [Adam(0.01), AMSGrad(0.01), RMSProp(0.001), AdaGrad(0.02)], ids=repr
)
def test_all_examples_at_once_lead_adaptive_methods_along_the_signs(optimizer):
    theta = DATA.start
    for _ in range(1500):
        theta = optimizer.step(theta, DATA.gradient(theta))
    cosine = theta @ DATA.signs / np.linalg.norm(theta) / np.linalg.norm(DATA.signs)
    assert cosine == pytest.approx(1, abs=1e-4)
    assert DATA.train_error(theta) == 0
    assert DATA.test_error(theta) == pytest.approx(0.4)


def test_momentum_is_no_adaptive_method():
    theta, momentum = DATA.start, Momentum(0.1)
    for _ in range(1500):
        theta = momentum.step(theta, DATA.gradient(theta))
    assert DATA.test_error(theta) == 0


@pytest.mark.parametrize("wrong", [{"points": 1}, {"positive": 0.5}, {"positive": 1.0}])
def test_what_makes_no_counterexample_is_refused(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=f"^Wilson: {name} must be"):
        Wilson(**wrong)
