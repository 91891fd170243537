"""The race of lesson 18, a stored experiment: it runs what the lesson says that it runs."""

import numpy as np
import pytest

from adam_course import experiments
from adam_course.experiments import after_adam
from adam_course.optimizers import Adam, Muon, is_hidden_matrix

RACE = experiments.load("after_adam")
RACERS = [(plan, name) for plan, methods in after_adam.PLANS.items() for name in methods]
FINER = [("finer", name) for name in after_adam.FINER]


@pytest.mark.parametrize(("plan", "name"), RACERS + FINER)
def test_what_is_stored_of_a_method_follows_from_its_losses(plan, name):
    found = RACE[plan][name]
    assert len(found["losses"]) == len(found["learned"]) == len(after_adam.JUDGED)
    quartiles = [found["low"], found["median"], found["high"]]
    np.testing.assert_allclose(np.quantile(found["losses"], (0.25, 0.5, 0.75)), quartiles)
    assert found["curve"][-1] == pytest.approx(found["median"])
    rates = [after_adam.rate_of(place) for place in found["places"]]
    np.testing.assert_allclose([found["rate"], found["rest"]], rates)


@pytest.mark.parametrize(("plan", "name"), RACERS + FINER)
def test_the_neighbours_of_a_tuned_rate_are_worse(plan, name):
    found, by = RACE[plan][name], 0.5 if plan == "finer" else 1
    tried = {(rate, rest): score for rate, rest, score in found["tried"]}
    rate, rest = found["places"]
    near = [(rate - by, rest), (rate + by, rest)]
    if name not in after_adam.ONE_RATE:
        near += [(rate, rest - by), (rate, rest + by)]
    assert min(tried.values()) == tried[rate, rest]
    assert all(tried[places] >= tried[rate, rest] for places in near)


@pytest.mark.parametrize(
    ("plan", "name"), [("constant", "Adam"), ("constant", "Muon"), ("cosine", "SOAP")]
)
def test_a_run_comes_out_as_it_is_stored(plan, name):
    found, number = RACE[plan][name], after_adam.JUDGED[0]
    losses, theta = after_adam.run(name, found["places"], plan, number)
    assert losses[-1] == pytest.approx(found["losses"][0], rel=after_adam.TOLERANCE)
    learned = after_adam.PROBLEM.value(theta, after_adam.LEARNED)
    assert learned == pytest.approx(found["learned"][0], rel=after_adam.TOLERANCE)


def test_the_part_that_is_computed_again_agrees_with_the_race():
    for plan, name in RACERS:
        judged = RACE[plan][name]["losses"][: len(after_adam.AGAIN)]
        np.testing.assert_allclose(RACE["again"][plan][name], judged, rtol=after_adam.TOLERANCE)


def test_methods_with_two_rates_give_the_first_to_the_hidden_matrices_and_adam_the_rest():
    for name, made in after_adam.METHODS.items():
        rule = made(0.1, 0.2)
        if name in after_adam.ONE_RATE:
            assert rule.lr == 0.1
            continue
        for block in after_adam.PROBLEM.blocks:
            part = rule.parts[block.name]
            assert part.lr == (0.1 if is_hidden_matrix(block) else 0.2)
            assert is_hidden_matrix(block) or type(part) is Adam


def test_the_control_is_muon_with_the_momentum_over_its_length():
    rng, rate = np.random.default_rng(0), 0.1
    control = after_adam.METHODS["Muon without Newton–Schulz"](rate, rate)
    muon = control.parts["block 1, query"]
    theta, m = rng.normal(size=(32, 32)), 0
    assert type(muon) is Muon
    for _ in range(3):
        g = rng.normal(size=(32, 32))
        m = muon.momentum * m + g
        ahead = g + muon.momentum * m
        expected = theta - rate * ahead / np.linalg.norm(ahead)
        theta = muon.step(theta, g)
        np.testing.assert_allclose(theta, expected, rtol=1e-6)


def test_tuning_descends_to_a_place_whose_neighbours_are_worse():
    def score(places):
        return (places[0] - 3) ** 2 + (places[1] + 2) ** 2

    assert after_adam.descended(score, (0, 0), 0) == (3, 0)
    assert after_adam.descended(score, (3, 0), 1) == (3, -2)
    assert after_adam.descended(score, (0.5, 0), 0, by=0.5) == (3, 0)


def test_the_times_have_a_step_of_every_method_and_say_where_they_were_measured():
    times = experiments.load("after_adam_times")
    assert list(times["step"]) == list(after_adam.METHODS)
    assert times["step"]["Adam"] < times["step"]["Adam, two rates"] < times["step"]["Muon"]
    assert "benchmarks.after_adam_times" in times.source


@pytest.mark.live
def test_the_benchmark_measures_what_is_stored():
    from benchmarks import after_adam_times as benchmark

    found, stored = benchmark.milliseconds(rounds=1), experiments.load(benchmark.NAME)
    assert {key: list(part) for key, part in found.items()} == {
        key: list(part) for key, part in stored.items()
    }
