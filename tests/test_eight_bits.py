"""Stored experiment: does Adam's training notice that m and v are kept in eight bits?"""

import numpy as np
import pytest

from adam_course import experiments
from adam_course.experiments import eight_bits
from adam_course.tasks.t15_what_adam_costs import dynamic_code

TRIALS = experiments.load("eight_bits")
WAYS = [(model, way) for model, ways in TRIALS.items() for way in ways]


@pytest.mark.parametrize("model, way", WAYS)
def test_no_verdict_changes_with_half_the_step_of_the_grid(model, way):
    found = TRIALS[model][way]
    assert found["verdict"] == found["verdict, coarse"]


@pytest.mark.parametrize(
    "model, way, verdict",
    [
        ("softmax", "8 bits, linear", "behind"),
        ("softmax", "8 bits, dynamic", "behind"),
        ("network", "8 bits, dynamic", "level"),
        ("network", "8 bits, dynamic, large matrix", "level"),
        *[(model, way, "level") for model, way in WAYS if "without 0" in way or "row" in way],
    ],
)
def test_the_lesson_tells_what_the_pairs_say(model, way, verdict):
    assert TRIALS[model][way]["verdict"] == verdict


def test_the_codes_are_the_papers_and_fit_into_a_byte():
    for name, (for_m, for_v) in eight_bits.codes().items():
        assert len(for_m) <= 256 and len(for_v) == 256, name
    assert np.array_equal(eight_bits.codes()["dynamic"][1], dynamic_code())


def test_numbers_come_back_as_the_nearest_value_of_the_code_times_the_largest_of_their_block():
    code = np.array([0.0, 0.25, 1.0])
    x = np.concatenate([np.full(eight_bits.BLOCK, 8.0), [1.0, 4.0]])
    x[:3] = 0.5, 1.5, 6.0
    back = eight_bits.there_and_back(x, code)
    assert back[:4].tolist() == [0, 2, 8, 8] and back[-2:].tolist() == [1, 4]


def test_without_zero_nothing_becomes_nothing():
    for_m, for_v = eight_bits.codes()["linear"]
    v = np.geomspace(1e-12, 1, 600)
    with_zero = eight_bits.bytes_for(for_m, for_v)(v.copy(), v.copy())[1]
    without = eight_bits.bytes_for(for_m, for_v[1:])(v.copy(), v.copy())[1]
    assert (with_zero == 0).any() and (without > 0).all()


def test_a_row_and_a_column_rebuild_an_outer_product():
    v = np.outer([1.0, 2, 3], [4.0, 5]).reshape(1, 6)
    assert np.allclose(eight_bits.factored([(3, 2)])(v, v)[1], v)


@pytest.mark.parametrize("way", ["all bits", "8 bits, dynamic, without 0"])
def test_a_short_run_learns(way, monkeypatch):
    monkeypatch.setattr(eight_bits, "STEPS", 10)
    problem = eight_bits.DigitsSoftmax()
    losses = eight_bits.end_losses(problem, eight_bits.softmax_ways()[way], [0.1], 2, 0)
    assert losses.shape == (1, 2) and (losses < 1.5).all()
