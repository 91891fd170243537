"""The tasks of exercise 10 ask for the course's own AdamW, and predict what it does."""

import numpy as np
import pytest

from adam_course import descend, experiments
from adam_course.grading import TASKS
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
def test_a_silent_step_is_the_courses_own_in_both_forms(seed):
    for case in TASKS["silent-step"].draw(seed):
        theta, lr, decay = case.values()
        forms = TASKS["silent-step"].reference(**case)
        for found, times_lr in zip(forms, (True, False), strict=True):
            own = AdamW(lr=lr, weight_decay=decay, decay_times_lr=times_lr)
            assert own.step(np.full(1, theta), np.zeros(1))[0] == pytest.approx(found)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_repaired_listing_is_the_courses_own(seed):
    for case in TASKS["repaired-adamw"].draw(seed):
        theta, rates = case["theta"], case["rates"]
        own = AdamW(lambda t, rates=rates: rates[t - 1])
        own.weight_decay = case["weight_decay"] * case["decayed"]
        for _ in rates:
            theta = own.step(theta, case["grad"](theta))
        found = TASKS["repaired-adamw"].reference(**case)
        np.testing.assert_allclose(theta, found, rtol=1e-12, atol=1e-15)


def test_each_bug_of_the_listing_shows_without_gradients():
    task, rates = TASKS["repaired-adamw"], np.array([0.1, 0.05, 0])
    given = np.zeros_like, np.ones(2), rates, 0.5, np.array([1, 0])
    np.testing.assert_allclose(task.reference(*given), [0.92625, 1])
    for wrong in task.misconceptions[:7]:
        assert abs(wrong.wrong(*given) - [0.92625, 1]).max() > 0.01


@pytest.mark.parametrize("size", [0.3, 1.0, 5.0])
def test_the_size_of_the_noise_is_found_from_what_the_optimizers_leave(size):
    rng, left = np.random.default_rng(0), {}
    for make in (AdamL2, AdamW):
        own, theta = make(lr=0.01, weight_decay=0.02), np.ones(1000)
        for _ in range(1500):
            half = size * rng.choice([-1.0, 1.0], size=500)
            theta = own.step(theta, np.concatenate([half, -half]))
        left[make] = theta.mean()
    assert TASKS["noise-size"].reference(left[AdamL2], left[AdamW]) == pytest.approx(size, rel=0.02)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_recipe_that_is_carried_over_leaves_as_much(seed):
    for case in TASKS["carried-over"].draw(seed):
        decay = TASKS["carried-over"].reference(**case)
        theirs = AdamW(lr=0.5, weight_decay=case["decay"], decay_times_lr=False)
        ours, left = AdamW(lr=case["lr"], weight_decay=decay), []
        for own, steps in ((theirs, case["steps"]), (ours, case["new_steps"])):
            theta = np.ones(1)
            for _ in range(steps):
                theta = own.step(theta, np.zeros(1))
            left.append(theta[0])
        assert left[0] == pytest.approx(left[1], rel=1e-10)


def test_the_rules_cost_what_the_exercise_says_of_the_lessons_runs():
    runs = experiments.load("weight_decay")["lengths"]
    for k, (least, most) in enumerate([([0.09, 0], [0.29, 0.005]), ([0, 0.02], [0.003, 0.065])]):
        for losses in runs["losses"][:, k]:
            costs = TASKS["costs-of-rules"].reference(losses, runs["rates"], runs["decays"])
            assert (np.array(least) <= costs).all() and (costs < np.array(most)).all()


@pytest.mark.parametrize(("mean", "noise", "decay"), [(1.0, 2.0, 0.5), (-3.0, 1.0, 2.0)])
def test_a_noisy_slope_rests_where_the_stretch_says(mean, noise, decay):
    rng = np.random.default_rng(0)
    places = TASKS["resting-places"].reference(mean, noise, decay)
    for make, place in zip((AdamL2, AdamW), places, strict=True):
        own, theta, late = make(lr=0.01, weight_decay=decay), np.zeros(400), []
        for t in range(3000):
            half = noise * rng.choice([-1.0, 1.0], size=200)
            theta = own.step(theta, mean + np.concatenate([half, -half]))
            if t >= 2000:
                late.append(theta.mean())
        assert np.mean(late) == pytest.approx(place, rel=0.02)


def test_the_slants_of_the_stored_maps_are_those_of_the_lesson():
    stored, found = experiments.load("weight_decay"), {}
    for start in ("zero", "noise"):
        maps, x = stored[start], np.log(stored[start]["rates"])
        for rule, losses in maps["losses"].items():
            best = np.log(maps["decays"][rule][losses.argmin(axis=1)])
            found[start, rule] = np.median([np.polyfit(x, y, 1)[0] for y in best])
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
