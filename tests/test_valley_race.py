"""The race of lesson 06: its verdicts do not hang on the grid of rates, and have power."""

import numpy as np
import pytest

from adam_course import experiments
from adam_course.experiments import valley_race
from adam_course.paired import Paired

RACE = experiments.load("valley_race")
RIVALS = ("momentum", "gradient descent")


@pytest.mark.parametrize("rival", RIVALS)
@pytest.mark.parametrize("setting", valley_race.SETTINGS)
def test_rates_half_as_far_apart_change_no_verdict(setting, rival):
    coarse, fine = (
        RACE[f"{grid}, {', '.join(setting)}"][rival]["verdict"] for grid in ("coarse", "fine")
    )
    assert list(coarse) == list(fine)
    assert "no power" not in coarse


def test_who_is_ahead_depends_on_the_length_the_start_and_the_rates():
    said = {
        setting: list(RACE[f"coarse, {', '.join(setting)}"]["momentum"]["verdict"])
        for setting in valley_race.SETTINGS
    }
    assert said == {
        ("one rate", "any start"): ["level", "ahead", "ahead", "ahead"],
        ("own rates", "any start"): ["level", "level", "level", "ahead"],
        ("own rates", "usual start"): ["behind", "behind", "behind", "ahead"],
    }


@pytest.mark.parametrize(
    "ratios, word",
    [
        (np.linspace(0.1, 0.4, 40), "ahead"),
        (np.linspace(3, 9, 40), "behind"),
        (np.linspace(0.8, 0.9, 40), "level"),
        (np.geomspace(0.01, 100, 8), "no power"),
    ],
)
def test_a_verdict_needs_a_difference_that_matters_or_the_power_to_see_one(ratios, word):
    assert valley_race.verdict(Paired(ratios)) == word


def test_a_run_that_diverged_is_worse_than_any_other():
    far = np.array([[-1.9, -0.9], [1.0, 1.0]])
    scores = valley_race.scores(valley_race.METHODS["momentum"], far, 30)
    assert list(scores) == [np.inf, 0.0]
