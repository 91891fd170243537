"""Matched pairs: the sign test and its interval are exact, and the power is what it says."""

import numpy as np
import pytest

from adam_course.paired import compare, needed


@pytest.mark.parametrize(
    ("n", "least"), [(6, 6), (8, 8), (9, 8), (10, 9), (12, 10), (20, 15), (50, 33)]
)
def test_the_sign_test_asks_for_as_many_wins_as_its_tables_do(n, least):
    assert needed(n) == least


def test_the_pairs_are_compared_one_by_one():
    found = compare([1, 2, 3, 4, 5, 60], [2, 4, 6, 8, 10, 12])
    assert (found.wins, found.ratio, found.interval) == (5, 0.5, (0.5, 5.0))
    assert found.ahead is None
    assert compare([1, 2, 3, 4, 5, 6], [2, 4, 6, 8, 10, 12]).ahead is True
    assert compare([2, 4, 6, 8, 10, 12], [1, 2, 3, 4, 5, 6]).ahead is False


@pytest.mark.parametrize("wins", range(21))
def test_a_side_is_ahead_where_the_test_says_so_and_the_interval_leaves_1_out(wins):
    ours = np.r_[np.full(wins, 0.5), np.full(20 - wins, 2.0)]
    called = {True: wins >= 15, False: wins <= 5, None: 5 < wins < 15}
    assert called[compare(ours, np.ones(20)).ahead]


def test_the_interval_holds_the_true_ratio_as_often_as_it_promises():
    rng, missed = np.random.default_rng(0), 0
    for _ in range(2000):
        low, high = compare(0.8 * rng.lognormal(sigma=0.3, size=20), np.ones(20)).interval
        missed += not low <= 0.8 <= high
    assert 0.03 < missed / 2000 < 0.05  # 0.0414 by the binomial distribution


def test_the_power_is_how_often_a_difference_is_seen():
    rng, spread = np.random.default_rng(0), np.exp(0.5 * np.linspace(-1.96, 1.96, 20))
    said = compare(spread, np.ones(20)).power(1.7)
    drawn = rng.choice(spread / np.median(spread) / 1.7, size=(4000, 20))
    seen = np.mean([compare(one, np.ones(20)).ahead is True for one in drawn])
    assert said == pytest.approx(seen, abs=0.02)
    assert 0.5 < said < 0.95


def test_power_grows_with_the_difference_and_with_the_pairs():
    spread = np.exp(np.linspace(-1, 1, 12))
    few, many = (compare(np.repeat(spread, k), np.ones(12 * k)) for k in (1, 4))
    assert few.power(1.1) < few.power(1.5) < few.power(10) == 1
    assert few.power(1.5) < many.power(1.5)
    assert compare(np.ones(8), np.ones(8)).power(1.01) == 1


def test_runs_that_diverged_or_reached_zero_are_pairs_too():
    found = compare([np.inf, np.inf, 0, 0, 1, 1], [1, np.inf, 1, 0, 0, np.inf])
    np.testing.assert_array_equal(found.ratios, [0, 0, 1, 1, np.inf, np.inf])


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        ([1] * 5, [1] * 5, "at least 6 pairs"),
        ([1] * 7, [1] * 6, "equal length"),
        (np.ones((6, 2)), np.ones((6, 2)), "equal length"),
        ([1] * 5 + [-1], [1] * 6, "ours must be numbers of 0 or more"),
        ([1] * 6, [1] * 5 + [np.nan], "theirs must be numbers of 0 or more"),
    ],
)
def test_what_are_no_pairs_is_said_in_one_sentence(ours, theirs, words):
    with pytest.raises(ValueError, match=words):
        compare(ours, theirs)


@pytest.mark.parametrize("size", [1, 0.8, np.inf, "much"])
def test_a_size_is_a_ratio_above_1(size):
    with pytest.raises((TypeError, ValueError), match="power: size must be"):
        compare(np.ones(6), np.ones(6)).power(size)


@pytest.mark.parametrize(
    ("ratios", "word"),
    [
        ([0.7] * 20, "ahead"),
        ([1.3] * 20, "behind"),
        ([0.9] * 20, "level"),
        ([0.95] * 10 + [1.05] * 10, "level"),
        ([0.7] * 14 + [0.99] * 6, "ahead"),
        ([0.7] * 5 + [0.9] * 10 + [0.95] * 5, "level"),
        ([0.7] * 9 + [0.9] * 11, "open"),  # ahead, but it may be by less than matters
        ([0.1] * 10 + [10] * 10, "no power"),
        ([0.79] * 9 + [1.21] * 11, "open"),
    ],
)
def test_the_verdict_weighs_the_interval_the_size_that_matters_and_the_power(ratios, word):
    assert compare(ratios, np.ones(len(ratios))).verdict() == word


def test_what_matters_is_for_the_caller_to_say():
    pairs = compare([0.9] * 20, np.ones(20))
    assert (pairs.verdict(1.05), pairs.verdict(1.25)) == ("ahead", "level")
