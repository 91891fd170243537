"""The bigram model: its derivatives, its minimum, and what its rare rows show."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser

from adam_course import descend
from adam_course.optimizers import Adam, GradientDescent
from adam_course.problems import Bigram

SMALL = Bigram(words=6)


def some_points(*shape):
    return np.random.default_rng(7).normal(0, 2, (*shape, SMALL.dimension))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_gradient_is_the_derivative_of_the_value_in_any_direction(seed):
    theta, direction = np.random.default_rng(seed).normal(size=(2, SMALL.dimension))
    ahead, behind = SMALL.value(np.stack([theta + 1e-5 * direction, theta - 1e-5 * direction]))
    slope = (ahead - behind) / 2e-5
    assert SMALL.gradient(theta) @ direction == pytest.approx(slope, abs=1e-9)


def test_the_value_is_the_divergence_from_the_true_probabilities():
    theta = some_points()
    scores = np.exp(theta.reshape(6, 6))
    model = scores / scores.sum(axis=1, keepdims=True)
    by_row = (SMALL.following * np.log(SMALL.following / model)).sum(axis=1)
    np.testing.assert_allclose(SMALL.by_row(theta), by_row, rtol=1e-12)
    assert SMALL.value(theta) == pytest.approx(SMALL.frequency @ by_row, rel=1e-12)


def test_the_minimum_is_where_the_model_has_the_true_probabilities():
    (best,) = SMALL.minimizers
    assert 0 <= SMALL.value(best) < 1e-30
    assert abs(SMALL.gradient(best)).max() < 1e-16
    assert SMALL.value(best + 1e-9 * some_points()) > 0


def test_all_rows_are_equally_hard_and_frequencies_follow_zipfs_law():
    model = Bigram()
    by_row = model.by_row(model.start)
    np.testing.assert_allclose(by_row, by_row[0], rtol=1e-12)
    np.testing.assert_allclose(model.frequency[0] / model.frequency[99], 100)
    np.testing.assert_allclose(model.following.sum(axis=1), 1)
    assert len({row.tobytes() for row in model.following}) == 256
    np.testing.assert_array_equal(model.following, Bigram().following)


def test_a_batch_gives_what_its_points_give_one_by_one():
    thetas = some_points(3, 2)
    for f in (SMALL.value, SMALL.gradient, SMALL.by_row):
        single = [[f(thetas[i, j]) for j in range(2)] for i in range(3)]
        np.testing.assert_allclose(f(thetas), single, rtol=1e-12, atol=1e-15)


def test_to_descent_a_rare_row_is_a_frequent_one_at_a_smaller_rate_and_to_adam_all_are_alike():
    model = Bigram(words=32)
    rates = np.array([[20.0], [20.0 / 8]])
    plain = model.by_row(descend(model, GradientDescent(lr=rates), steps=40).final)
    assert plain[0, 7] == pytest.approx(plain[1, 0], rel=1e-9)
    assert plain[0, 7] > 3 * plain[0, 0]
    adam = model.by_row(descend(model, Adam(lr=0.1, eps=1e-20), steps=20).final)
    np.testing.assert_allclose(adam, adam[0], rtol=1e-9)


def test_huge_scores_overflow_nothing():
    theta = 1e3 * some_points()
    assert np.isfinite(SMALL.value(theta))
    assert np.isfinite(SMALL.gradient(theta)).all()


def test_the_formula_can_be_typeset_and_bad_sizes_are_refused_in_one_sentence():
    MathTextParser("path").parse(f"${SMALL.formula}$")
    assert Bigram(words=2).dimension == 4
    with pytest.raises(ValueError, match="Bigram: words must be a whole number, 2 or more"):
        Bigram(words=1)
    with pytest.raises(ValueError, match="must hold the 36 parameters, but theta has the shape"):
        SMALL.value(np.zeros(5))
