"""What lesson 07 says of Adam without bias correction rests on stored runs that decide it."""

import numpy as np
import pytest

from adam_course import experiments
from adam_course.experiments.without_correction import GRIDS, PAIRS, Undone, verdict
from adam_course.optimizers import Adam

STORED = experiments.load("without_correction")
FOUND = {f"without, {b}, 1 / with, {b}, 1": "neither" for b in (0.99, 0.999, 0.9999)} | {
    "without, 0.99, 25 / with, 0.99, 25": "neither",
    "without, 0.999, 25 / with, 0.999, 25": "lower",
    "without, 0.9999, 25 / with, 0.9999, 25": "lower",
    "reverse order / with, 0.999, 25": "higher",
    "straight line / with, 0.999, 25": "lower",
    "straight line / without, 0.999, 25": "lower",
    "without, cosine / with, cosine": "higher",
}


def test_half_the_grids_step_changes_no_verdict():
    assert len(GRIDS) == 2
    assert {pair: set(both) for pair, both in STORED["verdicts"].items()} == {
        pair: {found} for pair, found in FOUND.items()
    }


@pytest.mark.parametrize("ours, theirs", PAIRS)
def test_the_stored_losses_give_the_stored_verdict(ours, theirs):
    assert verdict(STORED[ours], STORED[theirs]) == FOUND[f"{ours} / {theirs}"]


def test_no_best_rate_is_at_the_edge_of_its_grid():
    assert not any(arm["at edge"] for name, arm in STORED.items() if name != "verdicts")


def test_the_factor_makes_adam_step_as_it_does_without_step_4():
    adam, m, v = Adam(Undone(0.99), beta2=0.99, eps=0), 0, 0
    for g in np.random.RandomState(0).normal(size=20):
        m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g**2
        assert adam.step(np.zeros(1), np.array([g]))[0] == pytest.approx(-m / np.sqrt(v))
