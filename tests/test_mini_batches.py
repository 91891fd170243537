"""Mini-batches: each epoch sees every row once, and their gradients add up to the whole one."""

import copy

import numpy as np
import pytest

from adam_course import descend
from adam_course.optimizers import GradientDescent
from adam_course.problems import DigitsSoftmax, Regression
from adam_course.problems.mini_batches import MiniBatches

LINE = Regression()
THETA = np.array([0.5, -1.0])


def rows_of(batches, calls, theta=THETA):
    """Return the rows of the next mini-batches."""
    found = []
    for _ in range(calls):
        batches.gradient(theta)
        found.append(batches.rows)
    return found


@pytest.mark.parametrize("size", [1, 7, 10, 99, 100])
def test_an_epoch_sees_every_row_once_and_the_next_one_in_another_order(size):
    batches, calls = MiniBatches(LINE, size), -(-100 // size)
    first, second = rows_of(batches, calls), rows_of(batches, calls)
    for epoch in (first, second):
        assert sorted(np.concatenate(epoch)) == list(range(100))
        assert [len(rows) for rows in epoch[:-1]] == [size] * (calls - 1)
    assert len(first[-1]) == 100 - size * (calls - 1)
    assert not np.array_equal(np.concatenate(first), np.concatenate(second))


def test_the_gradient_is_that_of_the_rows_and_the_value_that_of_all():
    batches = MiniBatches(LINE, 10)
    gradient = batches.gradient(THETA)
    np.testing.assert_array_equal(gradient, LINE.gradient(THETA, batches.rows))
    assert batches.value(THETA) == LINE.value(THETA)


def test_the_mean_over_an_epoch_of_equal_batches_is_the_whole_gradient():
    batches = MiniBatches(LINE, 20)
    mean = np.mean([batches.gradient(THETA) for _ in range(5)], axis=0)
    np.testing.assert_allclose(mean, LINE.gradient(THETA), rtol=1e-12)


def test_a_batch_of_all_rows_is_the_problem_itself():
    np.testing.assert_allclose(
        MiniBatches(LINE, 100).gradient(THETA), LINE.gradient(THETA), rtol=1e-12
    )


def test_each_run_of_a_batch_has_an_order_of_its_own():
    batches = MiniBatches(LINE, 10)
    epoch = np.concatenate(rows_of(batches, 10, np.zeros((3, 4, 2))), axis=-1)
    assert epoch.shape == (3, 4, 100)
    assert (np.sort(epoch) == np.arange(100)).all()
    assert not np.array_equal(epoch[0, 0], epoch[0, 1])


def test_without_shuffling_the_rows_come_in_their_own_order():
    rows = np.concatenate(rows_of(MiniBatches(LINE, 30, shuffle=False), 8))
    assert rows.tolist() == [*range(100)] * 2


def test_draws_with_replacement_are_of_all_rows_and_may_repeat_one():
    rows = rows_of(MiniBatches(LINE, 64, replace=True), 50)
    assert {len(one) for one in rows} == {64}
    assert set(np.concatenate(rows)) == set(range(100))
    assert any(len(set(one)) < 64 for one in rows)


def test_the_seed_alone_decides():
    again = [np.concatenate(rows_of(MiniBatches(LINE, 9, seed=s), 5)) for s in (3, 3, 4)]
    assert np.array_equal(again[0], again[1])
    assert not np.array_equal(again[0], again[2])


@pytest.mark.parametrize("size", [0, -1, 101])
def test_a_size_that_does_not_fit_is_refused(size):
    with pytest.raises(ValueError, match="size must be from 1 to 100, the number of rows"):
        MiniBatches(LINE, size)


def test_descend_takes_it_for_the_problem_and_its_facts_are_the_problems():
    batches = MiniBatches(LINE, 10)
    run = descend(batches, GradientDescent(0.01), steps=300)
    assert np.linalg.norm(run.final - LINE.minimizers[0]) < 0.2
    assert (batches.minimum, batches.dimension, batches.window) == (LINE.minimum, 2, LINE.window)
    assert batches.name == "linear regression, 10 of 100 rows at a time"
    assert batches.formula == LINE.formula


def test_it_goes_with_any_problem_that_has_rows():
    digits = DigitsSoftmax()
    batches = MiniBatches(digits, 32, count=1797)
    run = descend(batches, GradientDescent(1.0), steps=57)
    assert run.losses[-1] < 0.6 < run.losses[0]
    assert len(batches.rows) == 1797 - 56 * 32


def test_a_fact_that_a_problem_does_not_have_is_missing_and_a_copy_has_all():
    batches = MiniBatches(Regression(), size=3)
    with pytest.raises(AttributeError, match="colour"):
        batches.colour  # noqa: B018
    twin = copy.deepcopy(batches)
    assert (twin.formula, twin.window) == (batches.problem.formula, batches.problem.window)
