"""What the experiment on few digits found: no difference that the fineness of its grid decides."""

import numpy as np
import pytest

from adam_course import experiments
from adam_course.experiments import small_data
from adam_course.paired import compare
from adam_course.problems import DigitsMLP

FOUND, MATTERS = experiments.load("small_data"), 1.25


def verdict(interval):
    """Return 0 if a ratio lies within a quarter of 1, else on which side, or None if open."""
    low, high = interval
    if low > 1 / MATTERS and high < MATTERS:
        return 0
    return 1 if low > MATTERS else -1 if high < 1 / MATTERS else None


@pytest.mark.parametrize("pair", FOUND["fine"])
def test_a_grid_of_half_the_step_changes_no_verdict(pair):
    fine, again = ([verdict(one) for one in FOUND[key][pair]] for key in ("fine", "again"))
    assert fine == again
    assert None not in fine


@pytest.mark.parametrize("pair", small_data.PAIRS)
def test_the_trial_could_have_seen_a_quarter_more_errors(pair):
    ours, theirs = (FOUND[name]["test error"] for name in pair)
    for size in range(len(FOUND["images"])):
        assert compare(ours[size], theirs[size]).power(MATTERS) > 0.8


def test_no_best_rate_lies_at_the_edge_of_its_grid():
    assert not any(np.any(FOUND[name]["edge"]) for name in small_data.METHODS)


def test_each_run_has_a_draw_of_its_own_which_all_rates_share():
    network = DigitsMLP(hidden=(2,))
    draws = small_data.Draws(network, images=40)
    theta = np.broadcast_to(network.start, (3, small_data.RUNS, network.dimension))
    gradients = draws.gradient(theta)
    assert (gradients == gradients[:1]).all()
    assert len(np.unique(gradients[0, :, -1])) == small_data.RUNS
    losses = draws.value(theta)
    for _ in range(5):
        draws.gradient(theta)
    np.testing.assert_allclose(draws.value(theta), losses)  # the same images, in another order
