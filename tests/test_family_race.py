"""The race of the family, a stored experiment: it runs what lesson 12 says that it runs."""

import numpy as np
import pytest

from adam_course import descend, experiments, optimizers
from adam_course.experiments import family
from adam_course.problems.mini_batches import MiniBatches

RACES = ("digits, constant", "digits, cosine", "text, constant", "text, cosine")


def test_adafactor_by_layer_is_adafactor_on_every_matrix():
    rng, network = np.random.default_rng(0), family.NETWORK
    rate, start = 0.05, network.starts(2)
    racer = family.AdaFactorByLayer(lr=np.full((1, 1, 1), rate), parameter_ndim=1)
    theta, alone = start[None], [network.layers(run) for run in start]
    singles = [[optimizers.AdaFactor(rate, relative_step=False) for _ in run] for run in alone]
    for _ in range(5):
        grads = rng.normal(size=start.shape)
        theta = racer.step(theta, grads[None])
        for i, run in enumerate(alone):
            slopes = zip(singles[i], run, network.layers(grads[i]), strict=True)
            alone[i] = [single.step(weights, g) for single, weights, g in slopes]
            expected = np.concatenate([weights.ravel() for weights in alone[i]])
            np.testing.assert_allclose(theta[0, i], expected, rtol=1e-12, atol=1e-14)


def test_the_uncorrected_schedule_takes_adams_correction_back():
    adam, theta = optimizers.Adam(lr=family.uncorrected, eps=0), np.zeros(3)
    rng = np.random.default_rng(0)
    for _ in range(50):
        before, theta = theta, adam.step(theta, rng.normal(size=3))
        np.testing.assert_allclose(before - theta, adam.m / np.sqrt(adam.v), rtol=1e-9)


def test_averaged_adam_is_adam_and_the_mean_of_its_places():
    adam, averaged = optimizers.Adam(lr=0.1), family.AveragedAdam(lr=0.1)
    rng, places, theta = np.random.default_rng(0), [np.zeros(3)], np.zeros(3)
    for _ in range(20):
        g = rng.normal(size=3)
        theta = averaged.step(theta, g)
        places.append(adam.step(places[-1], g))
        np.testing.assert_array_equal(theta, places[-1])
        np.testing.assert_allclose(averaged.x, np.mean(places[1:], axis=0), rtol=1e-12)


def test_the_rate_is_chosen_and_the_runs_are_judged_at_the_average():
    batches, starts = MiniBatches(family.TEXT, 16, len(family.TEXT.train)), np.zeros((25, 300))
    method = optimizers.ScheduleFreeAdamW(lr=1)
    rate, losses = family.chosen(batches, method, starts, False, np.array([0.2]), 1.5, 1)
    again = MiniBatches(family.TEXT, 16, len(family.TEXT.train), seed=1)
    run = descend(
        again,
        optimizers.ScheduleFreeAdamW(rate),
        starts[None, 5:],
        family.STEPS,
        every=family.STEPS,
        states=True,
        progress=False,
    )
    np.testing.assert_allclose(losses, family.TEXT.value(run.states["x"][-1])[0], rtol=1e-9)


def test_verdicts():
    """A pair of losses is told apart only by a ratio of 1.25 or more, and never by a guess."""
    theirs = np.linspace(1, 2, 20)
    wild, near = np.where(np.arange(20) % 2, 3.0, 0.3), np.linspace(1.1, 1.35, 20)
    cases = {"ahead": 0.7, "behind": 1.4, "level": 0.9, "no power": wild, "open": near}
    for verdict, factor in cases.items():
        assert family.judged(theirs * factor, theirs)["verdict"] == verdict
    assert family.judged(theirs, theirs)["verdict"] == "rival"
    assert family.judged(np.full(20, np.nan), theirs)["verdict"] == "absent"


@pytest.mark.parametrize("key", RACES)
def test_what_is_stored_about_a_race_follows_from_its_losses(key):
    results = experiments.load("family")
    race, names = results[key], list(results["methods"])
    assert names == list(family.METHODS)
    assert set(map(len, race.values())) == {len(names)}
    for i, name in enumerate(names):
        rival = race["losses"][names.index(results["rivals"][i])]
        losses = rival if results["rivals"][i] == name else race["losses"][i]
        for fact, value in family.judged(losses, rival).items():
            assert value == pytest.approx(race[fact][i], rel=1e-6, nan_ok=True), (name, fact)


@pytest.mark.parametrize("key", RACES)
def test_a_grid_with_half_the_step_contradicts_no_verdict(key):
    """Where it decides otherwise, one of the two grids has left it undecided."""
    race = experiments.load("family")[key]
    for one, other, both in zip(race["verdict"], race["finer verdict"], race["both"], strict=True):
        assert one == other or {one, other} & {"open", "no power"}
        assert both == (one if one == other else "open")
