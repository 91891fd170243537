"""The race of the family, a stored experiment: it runs what lesson 12 says that it runs."""

import numpy as np
import pytest

from adam_course import descend, experiments, optimizers
from adam_course.experiments import family
from adam_course.problems.mini_batches import MiniBatches


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


def test_schedule_free_is_judged_at_its_average():
    batches, starts = MiniBatches(family.TEXT, 16, len(family.TEXT.train)), np.zeros((1, 300))
    method = optimizers.ScheduleFreeAdamW(lr=1)
    (loss,) = family.ends(batches, method, np.array([0.2]), starts, falling=False)[0]
    again = MiniBatches(family.TEXT, 16, len(family.TEXT.train))
    run = descend(again, optimizers.ScheduleFreeAdamW(0.2), starts, 300, every=300, states=True)
    assert loss == pytest.approx(family.TEXT.value(run.states["x"][-1])[0], rel=1e-9)


def test_no_stored_rate_is_at_an_edge_of_the_grid():
    race = experiments.load("family")
    for key in ("digits, constant", "digits, cosine", "text, constant", "text, cosine"):
        rates = race[key]["rate"][np.isfinite(race[key]["rate"])]
        assert set(rates) <= set(family.RATES[1:-1])
        assert len(race[key]["median"]) == len(race["methods"]) == len(family.METHODS)
