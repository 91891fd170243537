"""The tasks of exercise 09 ask for the course's own schedules."""

import numpy as np
import pytest

from adam_course import schedules
from adam_course.grading import TASKS
from adam_course.tasks.t09_schedules import best_moment, mean_square

SEEDS = range(5)


def same(ours, theirs):
    """Compare two arrays to 12 digits."""
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_step_of_a_fall_is_where_step_decay_has_fallen_so_often(seed):
    for case in TASKS["step-of-fall"].draw(seed):
        t, plan = (
            TASKS["step-of-fall"].reference(**case),
            schedules.StepDecay(1, case["every"], 0.5),
        )
        same(plan(t), 0.5 ** case["falls"])
        same(plan(t - 1), 2 * plan(t))


@pytest.mark.parametrize("seed", SEEDS)
def test_warm_up_and_cosine_are_the_courses_own(seed):
    for case in TASKS["warmup-cosine"].draw(seed):
        t, lr, warm, steps = case.values()
        planned = schedules.Warmup(warm, schedules.Cosine(lr, steps - warm))
        same(TASKS["warmup-cosine"].reference(**case), planned(t))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_plateau_is_the_courses_own(seed):
    for case in TASKS["plateau"].draw(seed):
        losses, lr, factor, patience, minimum = case.values()
        watch, rates = schedules.Plateau(lr, factor, patience, minimum, threshold=0.0), []
        for loss in losses:
            watch.observe(loss)
            rates.append(watch(1))
        same(TASKS["plateau"].reference(**case), rates)


def test_a_loss_that_creeps_down_is_an_improvement_each_time():
    case = TASKS["plateau"].draw()[-1]
    assert 0 < -np.diff(case["losses"]).max() < 1e-4
    rates = TASKS["plateau"].reference(**case)
    np.testing.assert_array_equal(rates, np.full(len(case["losses"]), case["lr"]))


@pytest.mark.parametrize("epochs", [1, 10, 11, 50, 51, 100, 117])
def test_the_tutorials_plans_are_multi_step_and_step_decay(epochs):
    plans = schedules.MultiStep(0.03, (50,), 0.1), schedules.StepDecay(0.03, 10, 0.5)
    same(TASKS["last-rates"].reference(0.03, epochs), [plan(epochs) for plan in plans])


def test_the_repaired_loop_is_step_decay_counted_in_epochs():
    for case in TASKS["repaired-training"].draw():
        theta, rates = TASKS["repaired-training"].reference(**case)
        epoch = np.repeat(np.arange(1, case["epochs"] + 1), case["batches"])
        same(rates, schedules.StepDecay(case["lr"], case["every"], case["factor"])(epoch))
        ours = case["theta"]
        for rate in rates:
            ours = ours - rate * case["grad"](ours)
        same(theta, ours)


def test_the_mean_of_x_squared_is_what_many_runs_show():
    rng, x = np.random.default_rng(0), np.full(40_000, 3.0)
    for t in range(1, 61):
        x = x - (0.2 if t <= 20 else 0.02) * (x + rng.normal(size=x.shape))
    assert np.mean(x**2) == pytest.approx(mean_square(3.0, 0.2, 60, 20), rel=0.03)


@pytest.mark.parametrize("drop", [0, 20, 60])
def test_the_mean_of_x_squared_is_that_of_the_exercises_loop(drop):
    square = 3.0**2
    for t in range(1, 61):
        rate = 0.2 if t <= drop else 0.02
        square = (1 - rate) ** 2 * square + rate**2
    same(mean_square(3.0, 0.2, 60, drop), square)


@pytest.mark.parametrize("steps", [60, 200, 400])
@pytest.mark.parametrize(("distance", "lr"), [(10, 0.1), (1000, 0.1), (50, 0.02)])
def test_the_best_moment_does_not_depend_on_the_number_of_steps(distance, lr, steps):
    best, steps = best_moment(distance, lr), steps + round(best_moment(distance, lr))
    moments = np.arange(steps + 1)
    found = mean_square(distance, lr, steps, moments)
    assert abs(moments[found.argmin()] - best) <= 1
    left = distance**2 * (1 - lr) ** (2 * best)
    assert left == pytest.approx(lr / 20, rel=0.1)


def test_a_moment_near_the_best_is_accepted_and_one_outside_the_run_is_not():
    task = TASKS["when-to-drop"]
    case = task.draw()[0]
    best = task.reference(**case)
    assert task.accepts(*case.values(), np.array(best + 1)) == ""
    assert "from 0 to 200" in task.accepts(*case.values(), np.array(201))
    assert "as large as it has to be" in task.accepts(*case.values(), np.array(0))


def test_a_search_over_all_moments_would_not_come_to_an_end():
    for seed in SEEDS:
        assert max(case["steps"] for case in TASKS["when-to-drop"].drawn(seed)) > 4_000_000


@pytest.mark.parametrize("seed", SEEDS)
def test_the_length_of_a_stopped_run_makes_its_log_again(seed):
    for case in TASKS["planned-length"].draw(seed):
        rates = case["rates"]
        steps, warm = round(TASKS["planned-length"].reference(rates)), np.argmax(rates) + 1
        plan = schedules.Warmup(warm, schedules.Cosine(rates.max(), steps - warm))
        same(plan(np.arange(1, len(rates) + 1)), rates)
