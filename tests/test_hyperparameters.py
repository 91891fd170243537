"""The sweeps of Adam's four numbers: what they show does not hang on the grid."""

import numpy as np
import pytest

from adam_course import experiments
from adam_course.experiments.hyperparameters import BAR, LENGTHS, room

STORED = experiments.load("hyperparameters")
SWEEPS = [(steps, name) for steps in map(str, LENGTHS) for name in STORED[steps]]
FORGIVING = 25  # a number may move by at least this factor


@pytest.mark.parametrize("steps, name", SWEEPS)
def test_every_second_value_of_a_sweep_says_the_same_of_a_number(steps, name):
    fine, coarse = (STORED[steps][name][grid] for grid in ("room", "room, coarse"))
    assert (fine[1] >= FORGIVING * fine[0]) == (coarse[1] >= FORGIVING * coarse[0])


@pytest.mark.parametrize("steps", LENGTHS)
@pytest.mark.parametrize("name", ["beta1", "beta2", "beta2 at half α"])
def test_a_memory_is_tried_up_to_the_length_of_the_run(steps, name):
    values = STORED[str(steps)][name]["values"]
    assert values[0] == 1 and values[-1] == steps


def test_the_room_of_a_number_ends_where_the_loss_passes_the_bar():
    values, losses = np.arange(1, 7), np.array([1.0, 3.0, 2.0, 1.0, BAR, BAR + 0.1])
    assert room(values, losses) == (1, 1)
    assert room(values[1:], losses[1:]) == (3, 5)
