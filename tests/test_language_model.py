"""The experiments of lesson 17: they run what they say, and what is stored hangs together."""

import numpy as np
import pytest

from adam_course import experiments, optimizers
from adam_course.experiments import language_model as race
from adam_course.experiments import language_model_practice as practice
from adam_course.paired import compare
from adam_course.problems import Transformer
from adam_course.problems.mini_batches import MiniBatches

STORED = {module: experiments.load(module.__name__.split(".")[-1]) for module in (race, practice)}
ENTRIES = {
    f"{part}: {name}": entry
    for module, part in (
        (race, "race"),
        (race, "relatives"),
        (race, "batches"),
        (practice, "practice"),
    )
    for name, entry in STORED[module][part].items()
}


def test_a_run_is_the_plain_loop_in_single_precision():
    model, adam = Transformer(), optimizers.Adam(lr=0.01)
    theta, batches = model.starts(3)[2].astype(np.float32), MiniBatches(Transformer(), 4, seed=2)
    for _ in range(3):
        theta = adam.step(theta, batches.gradient(theta))
    found = race.train(optimizers.Adam(lr=0.01), 2, steps=3, batch=4)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, theta)


@pytest.mark.parametrize("clip", [0.1, 100])
def test_a_gradient_that_is_too_long_is_clipped_and_no_other(clip):
    start, plain = race.start(0), optimizers.GradientDescent(lr=1.0)
    move = race.train(plain, 0, steps=1, batch=4, clip=clip) - start
    whole = race.train(plain, 0, steps=1, batch=4) - start
    length = min(clip, np.linalg.norm(whole))
    np.testing.assert_allclose(move, whole * length / np.linalg.norm(whole), atol=1e-6)


def test_signed_momentum_steps_along_the_sign_of_adams_m():
    signed, adam = race.METHODS["signed momentum"], optimizers.Adam()
    theta, rng = np.zeros(5), np.random.default_rng(0)
    for _ in range(20):
        g = rng.normal(size=5)
        before, theta = theta, signed.step(theta, g)
        adam.step(before, g)
        np.testing.assert_allclose(before - theta, signed.lr * np.sign(adam.m))


def test_a_diverging_run_has_an_infinite_loss():
    with np.errstate(all="ignore"):
        end = race.train(optimizers.GradientDescent(lr=1e30), 0, steps=4, batch=4)
    assert np.isnan(end).all() and race.kept(end) == np.inf


def test_the_grid_moves_on_until_its_best_rate_lies_inside(monkeypatch):
    monkeypatch.setattr(race, "train", lambda optimizer, run, **how: optimizer)
    monkeypatch.setattr(race, "kept", lambda rate, width: abs(np.log2(rate / 8)))
    found = race.tuned(lambda rate: rate, 1.0, range(3))
    assert min(found, key=found.get) == pytest.approx(8)
    np.testing.assert_allclose(list(found), 2 ** (np.arange(-1, 8) / 2))


def test_losses_by_rank_are_means_over_words_of_that_rank():
    words = np.array([0, 0, 9, 10, 49, 60, 200, 511])
    found = race.by_rank(np.arange(8.0), words)
    assert found == [0.5, 2, 3.5, 5, 6, 7]


def test_the_warm_up_ends_in_the_cosine():
    steps = np.arange(1, 501)
    rates, cosine = practice.slowly(steps), race.PLANS["cosine"](steps)
    np.testing.assert_allclose(rates[49:], cosine[49:])
    np.testing.assert_allclose(rates[:50], cosine[:50] * steps[:50] / 50)


@pytest.mark.parametrize("name", ENTRIES)
def test_the_stored_rate_is_the_best_one_inside_its_grid(name):
    entry, within = ENTRIES[name], 0.01 if name.endswith(", 64") else 0
    best = int(np.argmax(entry["tuned"] <= min(entry["tuned"]) + within))
    assert entry["rate"] == entry["rates"][best]
    assert 0 < best < len(entry["rates"]) - 1
    assert 0 < np.argmin(entry["tuned"]) < len(entry["rates"]) - 1
    assert len(entry["kept"]) == len(entry["learned"]) >= 6
    assert np.all(np.isfinite(entry["kept"]))


@pytest.mark.parametrize("name", [*race.RACE, *STORED[race]["relatives"]])
def test_the_finer_grid_lies_around_the_rate_of_the_race(name):
    before = (STORED[race]["race"] | STORED[race]["relatives"])[name]
    found = STORED[race]["finer"][name]
    np.testing.assert_allclose(found["rates"] / before["rate"], 2 ** np.array([-0.25, 0, 0.25]))
    assert found["tuned"][1] == min(before["tuned"])
    assert found["rate"] == found["rates"][np.argmin(found["tuned"])]
    stays = found["rate"] == before["rate"]
    for text in ("kept", "learned"):
        assert np.array_equal(found[text], before[text]) == stays


def test_a_finer_grid_judges_anew_only_where_the_rate_moves(monkeypatch):
    monkeypatch.setattr(race, "score", lambda make, rate, runs: abs(np.log2(rate / 2)))
    monkeypatch.setattr(race, "train", lambda optimizer, run: optimizer.lr)
    monkeypatch.setattr(race, "judged", lambda rate: {"kept": rate, "learned": -rate})
    before = {"kept": "as before", "learned": "too"}
    found = race.refined("SGD, constant", {"rate": 2.0, "tuned": [1, 0.0, 1]} | before)
    assert {key: found[key] for key in before} == before
    moved = race.refined("SGD, constant", {"rate": 1.5, "tuned": [0.5, 0.4]} | before)
    assert moved["rate"] == moved["rates"][2] == pytest.approx(1.5 * 2**0.25)
    assert moved["kept"] == [moved["rate"]] * 20


@pytest.mark.parametrize("name", [f"{m}, {p}" for m in ("SGD", "momentum") for p in race.PLANS])
def test_no_verdict_of_the_race_hangs_on_the_grid(name):
    rival = f"Adam, {name.split(', ')[1]}"
    grids = [STORED[race]["race"], STORED[race]["finer"]]
    pairs = [compare(*(np.exp(grid[one]["kept"]) for one in (name, rival))) for grid in grids]
    assert len({each.verdict(1.05) for each in pairs}) == 1


def test_momentums_cliff_is_at_its_very_best_rate():
    found, cliff = STORED[race]["batches"]["momentum, 64"], STORED[race]["cliff"]
    assert cliff["rate"] == found["rates"][np.argmin(found["tuned"])] > found["rate"]
    assert np.sum(~(cliff["kept"] < 0.99 * np.log(512))) >= 2  # NaN: diverged


def test_every_method_is_judged_in_twenty_pairs():
    assert list(STORED[race]["race"]) == [f"{m}, {p}" for m in race.METHODS for p in race.PLANS]
    plans = [f"{m}, {p}" for m in race.RELATIVES for p in race.PLANS]
    assert list(STORED[race]["relatives"]) == plans
    for entry in STORED[race]["race"].values():
        assert entry["kept by rank"].shape == entry["learned by rank"].shape == (20, 6)
        assert len(entry["kept"]) == 20


@pytest.mark.parametrize("module", STORED)
def test_a_few_of_the_runs_come_out_again(module):
    """The rest takes a quarter of an hour; these are runs of it, as the next test says."""
    stored, again = STORED[module]["first runs"], module.part()["first runs"]
    assert list(again) == list(stored)
    for name, loss in again.items():
        assert loss == pytest.approx(stored[name], rel=module.TOLERANCE)


def test_the_runs_that_come_out_again_are_those_of_the_results():
    for name, loss in STORED[race]["first runs"].items():
        assert loss == STORED[race]["race"][name]["kept"][0]
    widths = STORED[practice]["widths"]
    assert STORED[practice]["first runs"]["16"] == widths["width 16, one rate"][2]
