"""The tasks of exercise 10 ask for the course's own AdamW, and predict what it does."""

import numpy as np
import pytest

from adam_course import descend, experiments
from adam_course.grading import TASKS
from adam_course.grading.workshop.verify_task import verdict_on
from adam_course.optimizers import AdamL2, AdamW
from adam_course.paired import compare
from adam_course.problems import Regression

SEEDS = range(5)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_step_is_the_courses_own(seed):
    for case in TASKS["adamw-step"].draw(seed):
        own = AdamW(
            lr=case.get("lr", 1e-3),
            beta1=case.get("beta1", 0.9),
            beta2=case.get("beta2", 0.999),
            eps=case.get("eps", 1e-8),
            weight_decay=case.get("weight_decay", 0.01),
        )
        own.m, own.v = case["m"], case["v"]
        own.beta1_t, own.beta2_t = own.beta1 ** (case["t"] - 1), own.beta2 ** (case["t"] - 1)
        ours = own.step(case["theta"], case["grad"]), own.m, own.v
        for target, found in zip(TASKS["adamw-step"].reference(**case), ours, strict=True):
            np.testing.assert_allclose(target, found, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_repaired_listing_is_the_courses_own(seed):
    for case in TASKS["repaired-adamw"].draw(seed):
        theta, own = case["theta"], AdamW(case.get("lr", 0.01))
        own.weight_decay = case.get("weight_decay", 0.1)
        for _ in range(case["steps"]):
            theta = own.step(theta, case["grad"](theta))
        found = TASKS["repaired-adamw"].reference(**case)
        np.testing.assert_allclose(theta, found, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_left_is_what_the_optimizers_leave(seed):
    rng = np.random.default_rng(seed)
    for case in TASKS["what-is-left"].draw(seed):
        size, lr, decay, steps = case.values()
        signs = rng.choice([-1.0, 1.0], size=(steps, 500))
        for make, share in zip(
            (AdamL2, AdamW), TASKS["what-is-left"].reference(**case), strict=True
        ):
            own, theta = make(lr=lr, weight_decay=decay), np.ones(1000)
            for half in size * signs:
                theta = own.step(theta, np.concatenate([half, -half]))
            assert theta.mean() == pytest.approx(share, rel=0.02)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_exponential_is_as_good_as_many_small_decays(seed):
    def what_is_left(size, lr, weight_decay, steps):
        pull = lr * weight_decay * steps
        return np.exp(-pull / size), np.exp(-pull)

    assert verdict_on(TASKS["what-is-left"], what_is_left, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_decays_halve_a_silent_parameter(seed):
    for case in TASKS["decay-half-life"].draw(seed):
        times_lr, alone = TASKS["decay-half-life"].reference(**case)
        for decay, form in ((times_lr, True), (alone, False)):
            own = AdamW(lr=case["lr"], weight_decay=decay, decay_times_lr=form)
            theta = np.ones(1)
            for _ in range(int(case["half_life"])):
                theta = own.step(theta, np.zeros(1))
            np.testing.assert_allclose(theta, 0.5, rtol=1e-12)


def test_the_slants_of_the_stored_maps_are_those_of_the_lesson():
    stored, found = experiments.load("weight_decay"), {}
    for start in ("zero", "noise"):
        maps = stored[start]
        for rule, losses in maps["losses"].items():
            given = maps["rates"], maps["decays"][rule]
            slopes = [TASKS["slant"].reference(one, *given) for one in losses]
            found[start, rule] = np.median(slopes)
    assert found["zero", "paper"] > 0.7
    assert found["noise", "AdamW"] < -0.5
    flat = [("zero", "L2"), ("zero", "AdamW"), ("noise", "L2"), ("noise", "paper")]
    assert all(abs(found[one]) < 0.3 for one in flat)


def test_a_run_at_rest_is_at_the_penalised_minimum_or_in_the_box():
    line, steady = Regression(), {"start": [0, 0], "steps": 5000, "every": 5000}
    l2 = descend(line, AdamL2(lr=0.01, weight_decay=2.0), **steady).final
    np.testing.assert_allclose(line.gradient(l2) + 2 * l2, 0, atol=1e-6)
    boxed = descend(line, AdamW(lr=0.01, weight_decay=2.0), **steady).final
    np.testing.assert_allclose(boxed, 0.5, atol=0.01)


def test_the_trial_tells_what_lesson_10_says_and_a_finer_grid_changes_no_verdict():
    trial = experiments.load("weight_decay")["trial"]
    for found in trial.values():
        assert list(found["verdicts"]) == ["ahead", "ahead", "behind"]
        test = found["test"]
        for ours, theirs in (("L2", "none"), ("AdamW", "none"), ("AdamW", "L2")):
            pairs = compare(test[ours], test[theirs])
            assert pairs.ahead is (theirs == "none")
            assert pairs.power(1.05) > 0.8
    each = experiments.load("weight_decay")["each"]
    assert compare(each["AdamW"], each["L2"]).ahead is False


def test_the_best_decay_of_long_runs_does_not_depend_on_the_rate():
    runs = experiments.load("weight_decay")["lengths"]
    best = np.median(runs["decays"][runs["losses"].argmin(axis=2)], axis=0)
    short, long = best
    assert np.ptp(long) == 0
    assert short[0] == pytest.approx(4 * long[0])
