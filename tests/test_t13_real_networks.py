"""The references of exercise 13 say what the course's own problems and tools say."""

import numpy as np
import pytest

from adam_course import descend
from adam_course.grading import TASKS
from adam_course.grading.workshop.verify_task import verdict_on
from adam_course.optimizers import Adam, GradientDescent
from adam_course.problems import Bigram, Bowl
from adam_course.tasks import t13_real_networks as networks
from adam_course.tuning import tune


def loss(x, y, *weights):
    """Return the mean cross-entropy of the exercise's network."""
    return -np.log(networks.forward(x, *weights)[2][np.arange(len(y)), y]).mean()


@pytest.mark.parametrize("seed", range(3))
def test_the_reference_gradients_pass_the_check_that_task_1_asks_for(seed):
    rng = np.random.default_rng(seed)
    for case in TASKS["deeper-gradient"].draw(seed):
        x, y, *weights = case.values()
        along = [rng.normal(size=W.shape) for W in weights]
        found = zip(networks.gradients(**case), along, strict=True)
        slope = sum((part * z).sum() for part, z in found)
        off = []
        for distance in (0.01, 0.001):
            up, down = (
                loss(x, y, *(W + d * z for W, z in zip(weights, along, strict=True)))
                for d in (distance, -distance)
            )
            off.append(abs((up - down) / (2 * distance) - slope))
        assert networks.may_be_right(*off)
        wrong = [abs(one + 0.01) for one in off]
        assert not networks.may_be_right(*wrong)


def test_the_next_trial_leaves_the_grid_where_tune_finds_its_best_rate_at_the_edge():
    starts = np.array([[1.0, 1.0], [2.0, -1.0], [0.5, 3.0]])
    for rates in (np.array([0.01, 0.1, 1.0, 10.0]), np.array([0.01, 0.02, 0.04])):
        tuned = tune(Bowl(condition=3, curvature=1), GradientDescent(lr=1), rates, starts, 60)
        losses = np.where(np.isinf(tuned.scores), np.nan, tuned.scores)
        found = networks.next_rate(losses, rates)
        assert (found < rates[0] or found > rates[-1]) == tuned.at_edge
        factor = rates[1] / rates[0]
        assert max(found / tuned.rate, tuned.rate / found) == pytest.approx(
            factor if tuned.at_edge else factor**0.5
        )


def test_the_first_gradient_is_that_of_the_bigram_model():
    model = Bigram(words=networks.WORDS)
    given = networks.first_gradient(np.random.default_rng(0), model.frequency)
    found = model.gradient(model.start).reshape(given.shape)
    np.testing.assert_allclose(np.sort(found, axis=1), np.sort(given, axis=1), atol=1e-15)


@pytest.mark.parametrize("size", [lambda g: np.linalg.norm(g, axis=1), lambda g: g.max(axis=1)])
def test_other_sizes_of_a_row_serve_as_well(size):
    task = TASKS["row-rates"]
    assert verdict_on(task, lambda gradient, steps: 1 / size(np.abs(gradient)), 1)


def test_so_many_wins_are_reached_by_luck_in_no_more_than_one_trial_of_twenty():
    rng = np.random.default_rng(0)
    wins = rng.binomial(20, 0.5, size=(20_000, 11)).max(axis=1)
    needed = networks.wins_needed(20, 11)
    assert np.mean(wins >= needed) < 0.05 < np.mean(wins >= needed - 1)


def test_the_grader_of_the_row_rates_runs_gradient_descent_on_the_bigram_model():
    model, rates = Bigram(words=networks.WORDS), np.linspace(1, 40, networks.WORDS)
    run = descend(model, GradientDescent(lr=np.repeat(rates, networks.WORDS)), steps=50)
    left = model.by_row(run.final) / model.by_row(model.start)
    found = networks.left_over(model.frequency, rates, 50)
    np.testing.assert_allclose(found, left, rtol=1e-9, atol=1e-12)


def test_half_of_the_words_is_learned_as_late_as_predicted():
    model = Bigram(words=32)
    run = descend(model, GradientDescent(lr=0.1), steps=4000, progress=False)
    left = model.by_row(run.thetas)
    half = (left <= left[0] / 2).argmax(axis=0)
    text, words = networks.half_learned(model.frequency, half[0])
    assert half[15] == pytest.approx(words, rel=0.05)
    learned = (left <= left[0] / 2) @ model.frequency >= 0.5
    assert learned.argmax() == pytest.approx(text, rel=0.05)
    run = descend(model, Adam(lr=0.01, eps=1e-20), steps=200, progress=False)
    left = model.by_row(run.thetas)
    assert np.ptp((left <= left[0] / 2).argmax(axis=0)) == 0
