"""The references of exercise 11 agree with the optimizers and problems of the course."""

import numpy as np
import pytest

from adam_course.grading import TASKS
from adam_course.grading.workshop.verify_task import verdict_on
from adam_course.optimizers import Adam, AMSGrad, GradientDescent
from adam_course.problems.counterexamples import Wilson, cycle, play
from adam_course.schedules import InverseSquareRoot
from adam_course.tasks import t11_when_adam_fails as failures


def test_the_step_is_that_of_the_optimizer():
    rng, amsgrad = np.random.default_rng(0), AMSGrad(0.1)
    seen = theta = m = v = v_max = np.zeros(3)
    for _ in range(200):
        gradient = rng.normal(size=3)
        seen = amsgrad.step(seen, gradient)
        theta, m, v, v_max = failures.amsgrad_step(theta, gradient, m, v, v_max, lr=0.1)
        np.testing.assert_allclose(theta, seen, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(v_max, amsgrad.v_max, rtol=1e-12)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_regret_is_the_loss_above_that_of_the_best_place_on_a_grid(sign):
    slopes = sign * cycle(30)
    places = play(GradientDescent(InverseSquareRoot(0.5)), slopes)
    best = min((slopes * x).sum() for x in np.linspace(-1, 1, 201))
    regret = ((slopes * places).sum() - best) / 30
    assert failures.average_regret(places, slopes) == pytest.approx(regret, rel=1e-12)


@pytest.mark.parametrize("beta1", [0.0, 0.5, 0.9])
def test_below_the_rate_a_bowl_is_descended_and_above_it_is_climbed(beta1):
    curvature, v_hat = 5.0, 4.0
    threshold = failures.stable_rate(curvature, v_hat, beta1)
    for share in (0.97, 1.03):
        x, m = 1.0, 0.0
        for _ in range(2000):
            m = beta1 * m + (1 - beta1) * curvature * x
            x -= share * threshold * m / np.sqrt(v_hat)
        assert (abs(x) < 1e-6) == (share < 1)


def test_the_predicted_error_is_that_of_a_trained_adam():
    data = Wilson(points=20)
    new_y = np.array([1.0, -1.0, -1.0])
    columns = data.dimension + 15
    X = failures.wilsons(data.labels, 3, columns)
    np.testing.assert_array_equal(X[:, : data.dimension], data.inputs)
    new_X = failures.wilsons(new_y, data.dimension, columns)
    theta, adam = np.zeros(columns), Adam(0.01)
    for _ in range(1000):
        theta = adam.step(theta, X.T @ (X @ theta - data.labels) / 20)
    error = np.mean(np.sign(new_X @ theta) != new_y)
    assert failures.predicted_error(X, data.labels, new_X, new_y) == error == pytest.approx(2 / 3)


@pytest.mark.parametrize("seed", range(5))
def test_who_knows_that_adam_calls_every_new_example_by_the_more_frequent_label_may_count(seed):
    def predicted_error(X, y, new_X, new_y):
        return np.mean(new_y != np.sign(y.sum()))

    assert verdict_on(TASKS["predicted-error"], predicted_error, seed)


def test_the_predicted_error_is_that_of_a_trained_adam_where_most_labels_are_negative():
    case = TASKS["predicted-error"].draw()[1]
    X, y, new_X, new_y = case.values()
    assert y.sum() < 0
    theta, adam = np.zeros(X.shape[1]), Adam(0.01)
    for _ in range(1000):
        theta = adam.step(theta, X.T @ (X @ theta - y) / len(y))
    error = np.mean(np.sign(new_X @ theta) != new_y)
    assert failures.predicted_error(**case) == error > 0.5


@pytest.mark.parametrize("seed", range(5))
def test_the_two_counts_are_the_optimizers_own(seed):
    for case in TASKS["two-counts"].draw(seed):
        methods = GradientDescent(1.0), Adam(1.0, beta1=0.0, beta2=0.0, eps=0.0)
        found = failures.two_counts(**case)
        for method, moved in zip(methods, found, strict=True):
            x = np.zeros(1)
            for slope in case["slopes"]:
                x = method.step(x, np.full(1, slope))
            assert x[0] == pytest.approx(moved)


@pytest.mark.parametrize("seed", range(5))
def test_the_lasting_steps_are_the_optimizers_own(seed):
    for case in TASKS["lasting-steps"].draw(seed):
        beta2, corrected = case["beta2"], {"bias_correction": True, "max_over": "v_hat"}
        forms = AMSGrad(1.0, beta2=beta2), AMSGrad(1.0, beta2=beta2, **corrected)
        for method, length in zip(forms, failures.lasting_steps(**case), strict=True):
            x = np.zeros(1)
            for t in range(1, 400):
                before = x
                x = method.step(x, np.full(1, case["factor"] if t == case["when"] else 1.0))
            assert (before - x)[0] == pytest.approx(length, rel=1e-6)


def test_no_pair_of_betas_is_so_near_to_a_draw_that_rounding_could_decide_it():
    for seed in range(20):
        for betas in TASKS["smallest-c"].draw(seed):
            C = failures.smallest_C(**betas)
            moves = [failures.net_move(length, **betas) for length in (C - 1, C)]
            assert moves[0] < -1e-5
            assert moves[1] > 1e-5


@pytest.mark.parametrize("betas", [(0.0, 0.1), (0.5, 0.9), (0.9, 0.95)])
def test_the_smallest_game_defeats_adam_and_the_one_before_it_does_not(betas):
    C = failures.smallest_C(*betas)
    for length, moves_up in ((C, True), (C - 1, False)):
        adam, x = Adam(1.0, *betas, eps=0), np.zeros(1)
        slopes = cycle(500 * length, length, length)
        steps = [adam.step(x, slopes[t : t + 1])[0] for t in range(len(slopes))][-length:]
        assert (sum(steps) > 0) == moves_up
        assert sum(steps) == pytest.approx(failures.net_move(length, *betas), rel=1e-8)


def test_the_defaults_are_defeated_by_74():
    assert failures.smallest_C(0.9, 0.999) == 74
