"""The race of twelve methods on a network, a stored experiment: what it runs and what it found."""

import numpy as np
import pytest

from adam_course import experiments
from adam_course.experiments import networks
from adam_course.problems import MiniBatches

STORED = experiments.load("networks")
PAIRS_OF_GRIDS = (("", " on the finer grid"), (" with a cosine", " with a cosine, finer grid"))


def test_a_grid_of_half_the_step_changes_no_verdict_but_one():
    changed = {
        f"{name}{wide}"
        for name, found in STORED.items()
        for wide, fine in PAIRS_OF_GRIDS
        if name != "t" and found[f"verdict{wide}"] != found[f"verdict{fine}"]
    }
    assert changed == {"momentum with a cosine"}  # so lesson 13 gives no verdict there


@pytest.mark.parametrize("name", networks.METHODS)
def test_the_stored_verdicts_are_those_of_the_stored_losses(name):
    for grid in (*PAIRS_OF_GRIDS[0], *PAIRS_OF_GRIDS[1]):
        losses, of_adam = (STORED[one][f"losses{grid}"] for one in (name, "Adam"))
        assert len(losses) == networks.JUDGED
        assert STORED[name][f"verdict{grid}"] == networks.verdict(losses, of_adam)


@pytest.mark.parametrize("name", networks.METHODS)
def test_the_best_rate_lies_inside_its_grid_and_is_no_luck_of_rounding(name):
    found = STORED[name]
    assert not found["at edge"]
    assert found["rate"] == pytest.approx(found["rate of all"])


def test_all_rates_and_the_starts_beside_have_the_same_mini_batches():
    batches = networks.SameAtEachRate(networks.NETWORK, networks.SIZE)
    plain = MiniBatches(networks.NETWORK, networks.SIZE)
    for _ in range(40):  # more than an epoch
        rows, expected = batches._next((3, 15)), plain._next((10,))
        for at_a_rate in rows:
            np.testing.assert_array_equal(at_a_rate, [*expected, *expected[:5]])


def test_a_rate_at_which_rounding_decides_takes_no_part():
    theta = networks.NETWORK.starts(1)[0]
    runs = np.broadcast_to(theta, (2, networks.TUNING + networks.BESIDE, len(theta))).copy()
    runs[1, networks.TUNING :] *= 1.1
    sure, unsure = networks.sure_loss(runs)
    np.testing.assert_allclose(sure, networks.NETWORK.value(theta))
    assert np.isinf(unsure).all()
