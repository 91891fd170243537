"""Sparse text: its words, its labels and its derivatives are what they claim to be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser

from adam_course.optimizers import AdaGrad, GradientDescent
from adam_course.problems import SparseText

SMALL = SparseText(words=12, texts=40, length=6)
rows_or_all = pytest.mark.parametrize("rows", [None, np.array([3, 3, 17])], ids=["all", "some"])


def one_pass(text, optimizer):
    """Return the test losses after one pass, one for each rate."""
    theta = np.zeros((7, text.dimension))
    for rows in text.train.reshape(-1, 10):
        theta = optimizer.step(theta, text.gradient(theta, rows))
    return text.value(theta, text.test)


def some_points(*shape):
    return np.random.default_rng(7).uniform(-3, 3, (*shape, SMALL.dimension))


@rows_or_all
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_gradient_is_the_derivative_of_the_value_in_any_direction(rows, seed):
    theta, direction = np.random.default_rng(seed).normal(size=(2, SMALL.dimension))
    step = 1e-5 * direction
    ahead, behind = SMALL.value(np.stack([theta + step, theta - step]), rows)
    slope = (ahead - behind) / 2e-5
    assert SMALL.gradient(theta, rows) @ direction == pytest.approx(slope, abs=1e-8)


def test_the_value_is_the_mean_logistic_loss_of_the_texts():
    theta, inputs, labels = some_points(), SMALL.inputs, SMALL.labels
    by_hand = [np.log(1 + np.exp(-y * (x @ theta))) for x, y in zip(inputs, labels, strict=True)]
    assert SMALL.value(theta) == pytest.approx(np.mean(by_hand))
    assert SMALL.value(theta, [5, 5, 9]) == pytest.approx(np.mean([*by_hand[5:6] * 2, by_hand[9]]))
    assert SMALL.value(SMALL.start) == pytest.approx(np.log(2))


@rows_or_all
def test_a_batch_gives_what_its_points_give_one_by_one(rows):
    thetas = some_points(3, 2)
    for f in (SMALL.value, SMALL.gradient):
        single = [[f(thetas[i, j], rows) for j in range(2)] for i in range(3)]
        np.testing.assert_allclose(f(thetas, rows), single, rtol=1e-12, atol=1e-15)


def test_each_run_may_have_its_own_rows():
    thetas, rows = some_points(3), np.random.default_rng(1).integers(0, 40, (3, 5))
    for f in (SMALL.value, SMALL.gradient):
        single = [f(theta, row) for theta, row in zip(thetas, rows, strict=True)]
        np.testing.assert_allclose(f(thetas, rows), single, rtol=1e-12, atol=1e-15)


def test_words_follow_zipfs_law_and_most_are_rare():
    text = SparseText()
    seen = text.inputs.mean(axis=0)
    np.testing.assert_allclose(seen, text.share, atol=5 * np.sqrt(0.25 / text.texts))
    assert set(np.unique(text.inputs)) == {0.0, 1.0}
    assert text.share[0] > 0.99
    assert text.share[99] / text.share[999] == pytest.approx(10, rel=0.05)
    assert 0.02 < text.inputs.mean() < 0.03
    assert (text.inputs.sum(axis=0) >= 4).all()


def test_the_labels_are_balanced_and_can_be_learned_but_not_perfectly():
    text = SparseText()
    assert set(text.labels) == {-1.0, 1.0}
    assert abs(text.labels.mean()) < 0.05
    theta, adagrad = text.start, AdaGrad(lr=0.3)
    for rows in text.train.reshape(-1, 10):
        theta = adagrad.step(theta, text.gradient(theta, rows))
    hits = (text.inputs[text.test] @ theta) * text.labels[text.test] > 0
    assert 0.7 < hits.mean() < 0.95


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_larger_rates_for_rare_words_are_better_where_all_words_tell(seed):
    """The verdict of lesson 04, on other texts: test loss by exponent, each with its best rate."""
    text, rates = SparseText(seed=seed), np.geomspace(0.03, 1, 7)[:, None]
    scaled = [GradientDescent(rates * text.share**-p) for p in (-0.5, 0.0, 0.5)]
    smaller, equal, larger = (one_pass(text, one).min() for one in scaled)
    assert larger < equal - 0.05
    assert equal < smaller - 0.03
    assert one_pass(text, AdaGrad(rates)).min() < equal - 0.05


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_no_rate_by_rarity_is_much_better_than_equal_ones_where_rare_words_are_noise(seed):
    text, rates = SparseText(seed=seed, telling=30), np.geomspace(0.03, 1, 7)[:, None]
    scaled = [GradientDescent(rates * text.share**-p) for p in (-0.25, 0.0, 0.75)]
    smaller, equal, larger = (one_pass(text, one).min() for one in scaled)
    assert abs(smaller - equal) < 0.03
    assert larger > equal + 0.05


def test_words_that_tell_nothing_have_no_say_in_the_labels():
    """With the rare words' columns shuffled, the telling words explain the labels as before."""
    text = SparseText(telling=5, texts=20_000, words=200)
    labels, inputs = text.labels, text.inputs
    slope = inputs.T @ labels / len(labels) - inputs.mean(axis=0) * labels.mean()
    noise = np.sqrt(inputs.var(axis=0) / len(labels))
    assert (abs(slope[5:]) < 5 * noise[5:]).all()
    assert (abs(slope[:5]) > 5 * noise[:5]).any()
    np.testing.assert_array_equal(inputs, SparseText(texts=20_000, words=200).inputs)


def test_training_and_test_texts_share_nothing_and_leave_nothing_out():
    rows = np.concatenate([SMALL.train, SMALL.test])
    np.testing.assert_array_equal(rows, np.arange(40))
    assert len(SMALL.train) == 30


def test_the_texts_are_the_same_on_every_machine():
    text = SparseText()
    assert text.inputs[:, :3].sum(axis=0).tolist() == [3985.0, 3739.0, 3366.0]
    assert text.labels[:8].tolist() == [1.0, -1.0, 1.0, 1.0, 1.0, 1.0, -1.0, 1.0]
    np.testing.assert_array_equal(SparseText().labels, text.labels)
    assert (SparseText(seed=1).labels != text.labels).any()


def test_huge_scores_overflow_nothing():
    theta = 1e4 * some_points()
    assert np.isfinite(SMALL.value(theta))
    assert np.isfinite(SMALL.gradient(theta)).all()


def test_data_and_gradients_are_new_arrays_every_time():
    theta = some_points()
    before, first = SMALL.value(theta), SMALL.gradient(theta)
    SMALL.inputs[:] = 7.0
    SMALL.labels[:] = 7.0
    SMALL.start[:] = 7.0
    first += 1
    assert SMALL.value(theta) == before
    np.testing.assert_array_equal(SMALL.gradient(theta) + 1, first)
    assert not SMALL.start.any()


def test_the_formula_can_be_typeset_and_the_problem_is_a_constant():
    MathTextParser("path").parse(f"${SMALL.formula}$")
    assert SparseText(words=12, texts=40, length=6) == SMALL
    assert hash(SMALL) == hash(SparseText(words=12, texts=40, length=6))
    assert SMALL.dimension == 12


@pytest.mark.parametrize("name", ["words", "texts", "length"])
def test_impossible_sizes_are_refused_in_one_sentence(name):
    with pytest.raises(
        ValueError, match=f"SparseText: {name} must be a whole number, 4 or more, but it is 0."
    ):
        SparseText(**{name: 0})


@pytest.mark.parametrize("rows", [[], [0.5], [0, 40]])
def test_impossible_rows_are_refused(rows):
    with pytest.raises((TypeError, ValueError), match="rows must"):
        SMALL.value(SMALL.start, rows)


@pytest.mark.parametrize("method", ["value", "gradient"])
def test_a_wrong_last_axis_is_refused_in_one_sentence(method):
    with pytest.raises(ValueError, match="must hold the 12 parameters, but theta has the shape"):
        getattr(SMALL, method)(np.zeros(5))
