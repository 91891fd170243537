"""The references of exercise 13 say what the course's own problems and tools say."""

import numpy as np
import pytest

from adam_course import descend
from adam_course.optimizers import Adam, GradientDescent
from adam_course.problems import Bigram, Bowl, DigitsMLP, load_digits
from adam_course.tasks import t13_real_networks as networks
from adam_course.tuning import tune


@pytest.mark.parametrize("seed", range(3))
def test_the_reference_network_is_the_courses_own(seed):
    network, (images, labels) = DigitsMLP(hidden=(7,)), load_digits()
    rng = np.random.default_rng(seed)
    rows, theta = rng.integers(1797, size=20), rng.normal(size=network.dimension)
    _, probabilities = networks.forward(theta, images[rows], 7, 10)
    loss = -np.log(probabilities[np.arange(20), labels[rows]]).mean()
    assert loss == pytest.approx(network.value(theta, rows), rel=1e-12)
    slopes = networks.gradient(theta, images[rows], labels[rows], 7, 10)
    np.testing.assert_allclose(slopes, network.gradient(theta, rows), rtol=1e-12, atol=1e-12)


def test_the_reference_choice_is_the_one_of_tune():
    starts = np.array([[1.0, 1.0], [2.0, -1.0], [0.5, 3.0]])
    for rates in (np.array([0.01, 0.1, 1.9, 100.0]), np.array([0.01, 0.02, 0.05])):
        tuned = tune(Bowl(condition=3, curvature=1), GradientDescent(lr=1), rates, starts, 60)
        losses = np.where(np.isinf(tuned.scores), np.nan, tuned.scores)
        assert networks.fair_choice(losses, rates) == (tuned.rate, tuned.at_edge)


def test_the_grader_of_the_row_rates_runs_gradient_descent_on_the_bigram_model():
    model, rates = Bigram(words=networks.WORDS), np.linspace(1, 40, networks.WORDS)
    run = descend(model, GradientDescent(lr=np.repeat(rates, networks.WORDS)), steps=50)
    left = model.by_row(run.final) / model.by_row(model.start)
    found = networks.left_over(model.frequency, rates, 50)
    np.testing.assert_allclose(found, left, rtol=1e-9, atol=1e-12)


def test_the_predicted_steps_are_those_that_the_bigram_model_takes():
    model = Bigram(words=32)
    half = []
    for optimizer in (GradientDescent(lr=0.1), Adam(lr=0.01, eps=1e-20)):
        run = descend(model, optimizer, steps=2000, progress=False)
        left = model.by_row(run.thetas)
        half.append((left <= left[0] / 2).argmax(axis=0))
    for rank in (2, 8):
        descent, adam = networks.steps_needed(half[0][0], rank)
        assert half[0][rank - 1] == pytest.approx(descent, abs=rank)
        assert half[1][rank - 1] == half[1][0]
        assert adam == half[0][0]
