"""A comparison is fair: the same grid, the same starts, the same mini-batches for everyone."""

from dataclasses import replace

import numpy as np
import pytest

from adam_course import descend
from adam_course.optimizers import Adam, GradientDescent, ScheduleFreeAdamW
from adam_course.problems import Bowl, DigitsMLP
from adam_course.problems.mini_batches import MiniBatches
from adam_course.schedules import Cosine, Plateau
from adam_course.tuning import refine, tune

STARTS = np.array([[1.0, 1.0], [2.0, -1.0], [0.5, 3.0]])


def test_the_best_rate_is_the_one_that_theory_names():
    rates = np.array([0.05, 0.1, 2 / 11, 0.19])  # 2 / (smallest + largest curvature)
    tuned = tune(Bowl(condition=10, curvature=10), GradientDescent(lr=1), rates, STARTS, 50)
    assert tuned.rate == 2 / 11
    assert not tuned.at_edge


def test_every_run_is_what_descend_gives_for_its_rate_and_start():
    tuned = tune(Bowl(), Adam(lr=1), [0.01, 0.1], STARTS, 20, every=5)
    assert tuned.run.losses.shape == (5, 2, 3)
    for r, rate in enumerate(tuned.rates):
        for s, start in enumerate(STARTS):
            alone = descend(Bowl(), Adam(lr=rate), start, 20, every=5)
            np.testing.assert_allclose(tuned.run.losses[:, r, s], alone.losses, rtol=1e-12)
    np.testing.assert_array_equal(tuned.score, tuned.run.losses[-1, tuned.best])
    np.testing.assert_array_equal(tuned.chosen.losses, tuned.run.losses[:, tuned.best])


def test_a_schedule_is_multiplied_by_the_rates():
    half = Cosine(lr=0.5, steps=20)
    tuned = tune(Bowl(), Adam(lr=half), [0.2, 2.0], STARTS, 20)
    alone = descend(Bowl(), Adam(lr=Cosine(lr=0.1, steps=20)), STARTS[0], 20)
    assert tuned.run.losses[-1, 0, 0] == pytest.approx(alone.losses[-1], rel=1e-12)


def test_a_rate_that_diverges_is_never_the_best():
    steep = Bowl(condition=1, curvature=10)
    tuned = tune(steep, GradientDescent(lr=1), [0.01, 0.1, 100.0], STARTS, 60)
    assert tuned.rate == 0.1
    assert np.isinf(tuned.scores[2]).all()


def test_all_optimizers_see_the_same_mini_batches():
    network = DigitsMLP(hidden=(4,), images=200)
    batches = MiniBatches(network, 20)
    batches.gradient(network.start)  # somebody has used it before
    first = tune(batches, Adam(lr=1), [0.01], network.starts(2), 3, every=1)
    again = tune(MiniBatches(network, 20), Adam(lr=1), [0.01], network.starts(2), 3, every=1)
    np.testing.assert_array_equal(first.run.gradients, again.run.gradients)


def test_another_score_decides_when_it_is_asked_for():
    far = tune(Bowl(), Adam(lr=1), [0.001, 0.1], STARTS, 30, score=lambda p: -abs(p).sum(-1))
    assert far.rate == 0.001
    assert far.at_edge


@pytest.mark.parametrize(
    ("rates", "starts", "sentence"),
    [
        ([], STARTS, r"rates must be a list of numbers, but its shape is \(0,\)"),
        (0.1, STARTS, r"rates must be a list of numbers, but its shape is \(\)"),
        ([0.1], STARTS[0], r"starts must have a row for each start, but its shape is \(2,\)"),
        ([-0.1], STARTS, "lr must be a finite number, 0 or more"),
    ],
)
def test_what_cannot_be_tuned_is_refused_in_one_sentence(rates, starts, sentence):
    with pytest.raises(ValueError, match=sentence):
        tune(Bowl(), Adam(), rates, starts, 3)


def test_the_state_is_recorded_when_it_is_asked_for():
    tuned = tune(Bowl(), Adam(lr=1), [0.01, 0.1], STARTS, 20, states=True)
    alone = descend(Bowl(), Adam(lr=0.1), STARTS[1], 20, states=True)
    np.testing.assert_allclose(tuned.run.states["m"][-1, 1, 1], alone.states["m"][-1], rtol=1e-12)
    assert not tune(Bowl(), Adam(lr=1), [0.1], STARTS, 3).run.states


def chosen_by(scores, rates=(0.1, 0.2), steps=3):
    """Return what `tune` finds when the runs, (rates, starts), have these scores."""
    return tune(Bowl(), Adam(lr=1), list(rates), STARTS, steps, score=lambda p: np.array(scores))


def test_the_median_start_decides_and_not_one_that_ends_badly():
    assert chosen_by([[1.0, 1.0, 100.0], [2.0, 2.0, 2.0]]).rate == 0.1
    assert chosen_by([[3.0, 3.0, 0.0], [2.0, 2.0, 2.0]]).rate == 0.2


def test_the_first_and_the_last_rate_are_edges_and_the_others_are_not():
    falling, rates = [[3.0] * 3, [2.0] * 3, [1.0] * 3], (0.1, 0.2, 0.3)
    assert chosen_by(falling, rates).at_edge
    assert chosen_by(falling[::-1], rates).at_edge
    assert not chosen_by([falling[0], falling[2], falling[1]], rates).at_edge


def test_without_every_the_start_and_the_end_are_recorded():
    assert tune(Bowl(), Adam(lr=1), [0.1], STARTS, 7).run.t.tolist() == [0, 7]


def test_a_run_that_diverges_loses_whatever_its_own_score():
    def score(theta):
        return np.array([[1.0] * 3, [-1.0] * 3])

    tuned = tune(Bowl(), GradientDescent(lr=1), [0.1, 1e9], STARTS, 60, score=score)
    assert tuned.rate == 0.1
    assert np.isinf(tuned.scores[1]).all()


def test_a_schedule_that_watches_the_loss_does_so_at_every_rate():
    bowl, plateau = Bowl(condition=1), Plateau(1.0, patience=0, threshold=0.9, minimum=0)
    tuned = tune(bowl, GradientDescent(plateau), [0.1, 1.99], [[1.0, 2.0]], 30)
    for rate, losses in zip((0.1, 1.99), tuned.run.losses[-1, :, 0], strict=True):
        alone = descend(bowl, GradientDescent(replace(plateau, lr=rate)), [1.0, 2.0], steps=30)
        assert losses == pytest.approx(alone.losses[-1], rel=1e-9)
    again = tune(bowl, GradientDescent(plateau), [0.1, 1.99], [[1.0, 2.0]], 30)
    np.testing.assert_array_equal(again.scores, tuned.scores)


def test_a_fine_grid_finds_the_rate_between_two_coarse_ones():
    bowl, dense = Bowl(condition=10, curvature=10), np.geomspace(0.01, 0.19, 1000)
    best = tune(bowl, GradientDescent(lr=1), dense, STARTS, 50).rate
    fine = refine(bowl, GradientDescent(lr=1), [0.01, 0.1], STARTS, 50, factor=1.05, width=3)
    assert fine.rate == pytest.approx(best, rel=0.05)  # a step of the fine grid
    assert not fine.at_edge
    assert len(fine.rates) == 7
    np.testing.assert_allclose(fine.rates[1:] / fine.rates[:-1], 1.05)


def test_a_grid_that_cannot_end_says_that_its_best_rate_is_at_the_edge():
    flat = Bowl(condition=1, curvature=1e-30)
    assert refine(flat, GradientDescent(lr=1), [1.0], STARTS, 1, factor=2, width=1).at_edge


@pytest.mark.parametrize(("factor", "width"), [(1, 2), (0.5, 2), (2, 0), (2, 1.5)])
def test_a_fine_grid_has_steps(factor, width):
    with pytest.raises(ValueError, match=r"refine: (factor|width) must be"):
        refine(Bowl(), GradientDescent(lr=1), [0.1], STARTS, 1, factor=factor, width=width)


def test_a_method_that_averages_is_tuned_at_its_average():
    bowl, rates = Bowl(condition=10), [0.01, 0.1]
    tuned = tune(bowl, ScheduleFreeAdamW(lr=1), rates, STARTS, 30, at="x")
    for r, rate in enumerate(rates):
        run = descend(bowl, ScheduleFreeAdamW(lr=rate), STARTS[0], 30, states=True)
        assert tuned.scores[r, 0] == pytest.approx(bowl.value(run.states["x"][-1]), rel=1e-9)
        assert tuned.scores[r, 0] != pytest.approx(run.losses[-1], rel=1e-3)
