"""The schedules: which rate at which step, for one run and for a grid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adam_course import descend, experiments
from adam_course.experiments.schedules_on_digits import TRIALS
from adam_course.optimizers import Adam, GradientDescent
from adam_course.paired import compare
from adam_course.problems import Bowl
from adam_course.schedules import (
    Constant,
    Cooldown,
    Cosine,
    Exponential,
    InverseSquareRoot,
    MultiStep,
    OneCycle,
    Plateau,
    StepDecay,
    Warmup,
)

OF_T = [
    Constant(0.1),
    StepDecay(0.1, every=7, factor=0.5),
    MultiStep(0.1, milestones=(10, 25), factor=0.3),
    Exponential(0.1, factor=0.97),
    Cosine(0.1, steps=40, final=0.01),
    Cooldown(0.1, steps=40),
    Cooldown(0.1, steps=50, share=1),
    Warmup(8, 0.1),
    Warmup(8, Cosine(0.1, steps=30)),
    Warmup(8, InverseSquareRoot(0.1), restart=False),
    OneCycle(0.1, steps=45),
    InverseSquareRoot(0.1),
]
each = pytest.mark.parametrize("schedule", [*OF_T, Plateau(0.1)], ids=repr)
drawn = settings(max_examples=60, deadline=None)
STEPS = np.arange(1, 61)


# Which rate at which step


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        (Constant(0.1), {1: 0.1, 1000: 0.1}),
        (StepDecay(0.8, every=10, factor=0.5), {1: 0.8, 10: 0.8, 11: 0.4, 20: 0.4, 21: 0.2}),
        (StepDecay(0.8, every=1), {1: 0.8, 2: 0.08, 3: 0.008}),
        (MultiStep(1.0, (30, 80)), {1: 1.0, 30: 1.0, 31: 0.1, 80: 0.1, 81: 0.01, 999: 0.01}),
        (MultiStep(1.0, [80, 30], 0.5), {30: 1.0, 31: 0.5, 81: 0.25}),
        (Exponential(0.1, 0.5), {1: 0.1, 2: 0.05, 4: 0.0125}),
        (Exponential(1e-5, 10.0), {1: 1e-5, 6: 1.0}),
        (Cosine(0.1, steps=100), {1: 0.1, 51: 0.05, 26: 0.0853553391, 101: 0.0, 500: 0.0}),
        (Cosine(0.3, steps=10, final=0.1), {1: 0.3, 6: 0.2, 11: 0.1, 12: 0.1}),
        (Cooldown(0.8, steps=10, share=0.4), {1: 0.8, 7: 0.8, 8: 0.6, 10: 0.2, 11: 0.0, 99: 0.0}),
        (Cooldown(0.8, steps=4, share=1), {1: 0.8, 2: 0.6, 3: 0.4, 4: 0.2, 5: 0.0}),
        (Cooldown(0.8, steps=5, share=0.5), {3: 0.8, 4: 0.64, 5: 0.32, 6: 0.0}),
        (Warmup(4, 0.1), {1: 0.025, 2: 0.05, 3: 0.075, 4: 0.1, 5: 0.1, 99: 0.1}),
        (Warmup(1, 0.1), {1: 0.1, 2: 0.1}),
        (Warmup(4, Exponential(0.8, 0.5)), {1: 0.2, 4: 0.8, 5: 0.8, 6: 0.4, 7: 0.2}),
        (Warmup(4, InverseSquareRoot(1.0), restart=False), {1: 0.125, 4: 0.5, 16: 0.25}),
        pytest.param(
            Warmup(2, lambda t: 1 / t), {1: 0.5, 2: 1.0, 3: 1.0, 4: 0.5}, id="a function of t"
        ),
        (OneCycle(1.0, steps=100), {1: 0.04, 30: 1.0, 65: 0.5 + 2e-6, 100: 4e-6, 200: 4e-6}),
        (OneCycle(1.0, 21, rise=11 / 21, start_divisor=5.0, final_divisor=2.0), {6: 0.6, 16: 0.55}),
        (InverseSquareRoot(0.6), {1: 0.6, 4: 0.3, 9: 0.2}),
        (Plateau(0.1), {1: 0.1, 1000: 0.1}),
    ],
    ids=lambda x: None if isinstance(x, dict) else repr(x),
)
def test_the_rates_of_named_steps(schedule, rates):
    for t, rate in rates.items():
        assert schedule(t) == pytest.approx(rate, rel=1e-8, abs=1e-15)


@pytest.mark.parametrize(
    "schedule", [s for s in OF_T if not isinstance(s, Warmup | OneCycle)], ids=repr
)
def test_a_decay_starts_at_its_rate_and_never_grows(schedule):
    rates = schedule(STEPS)
    assert rates[0] == 0.1
    assert (np.diff(rates) <= 0).all()
    assert (rates >= 0).all()


@drawn
@given(steps=st.integers(1, 50), then=st.sampled_from([Constant(0.1), Cosine(0.1, steps=200)]))
def test_a_warm_up_rises_by_equal_parts_and_hands_over_without_a_jump(steps, then):
    rates = Warmup(steps, then)(np.arange(1, steps + 101))
    np.testing.assert_allclose(np.diff(rates[:steps], prepend=0), 0.1 / steps, rtol=1e-12)
    np.testing.assert_array_equal(rates[steps:], then(np.arange(1, 101)))
    assert rates[steps - 1] == rates[steps] == 0.1


def test_a_warm_up_that_does_not_restart_leaves_the_rates_after_it_as_they_were():
    then = Cosine(0.1, steps=50)
    rates = Warmup(10, then, restart=False)(STEPS)
    np.testing.assert_array_equal(rates[9:], then(STEPS[9:]))
    np.testing.assert_allclose(rates[:10], then(10) * np.arange(1, 11) / 10, rtol=1e-15)


def test_the_transformers_schedule_is_a_warm_up_and_an_inverse_square_root():
    steps, t = 40, np.arange(1.0, 401.0)
    expected = 0.7 * np.minimum(t**-0.5, t * steps**-1.5)
    rates = Warmup(steps, InverseSquareRoot(0.7), restart=False)(np.arange(1, 401))
    np.testing.assert_allclose(rates, expected, rtol=1e-14)


@drawn
@given(steps=st.integers(10, 200), rise=st.floats(0.2, 0.9))
def test_one_cycle_rises_to_its_top_and_falls_to_its_end(steps, rise):
    schedule = OneCycle(0.5, steps, rise=rise)
    rates = schedule(np.arange(1, steps + 10))
    top = int(rise * steps)
    assert rates[0] == pytest.approx(0.5 / 25)
    assert (np.diff(rates[:top]) >= 0).all()
    assert (np.diff(rates[top:steps]) <= 0).all()
    assert rates.max() <= 0.5
    assert rates.max() > 0.4
    np.testing.assert_allclose(rates[steps - 1 :], 0.5 / 25e4, rtol=1e-12)


# One step, many steps, grids


@each
def test_one_step_gives_a_float_and_many_give_the_same_floats(schedule):
    rates = schedule(STEPS)
    assert rates.shape == STEPS.shape
    assert all(type(schedule(t)) is float for t in (1, 7, np.int64(3)))
    np.testing.assert_array_equal(rates, [schedule(int(t)) for t in STEPS])
    np.testing.assert_array_equal(schedule(STEPS.reshape(6, 10)), rates.reshape(6, 10))
    np.testing.assert_array_equal(schedule([1, 2]), rates[:2])


GRID = np.array([[0.1], [0.03], [0.7]])


@pytest.mark.parametrize(
    "make",
    [
        Constant,
        lambda lr: StepDecay(lr, 7, 0.5),
        lambda lr: StepDecay(0.1, 7, factor=lr),
        lambda lr: MultiStep(lr, (3, 5)),
        lambda lr: Exponential(lr, 0.9),
        lambda lr: Exponential(0.1, factor=lr),
        lambda lr: Cosine(lr, 20, final=0.001),
        lambda lr: Cosine(0.1, steps=np.round(100 * lr)),
        lambda lr: Cooldown(lr, 20),
        lambda lr: Cooldown(0.1, np.round(100 * lr), share=lr),
        lambda lr: Warmup(5, lr),
        lambda lr: Warmup(np.round(100 * lr), Cosine(lr, 20)),
        lambda lr: OneCycle(lr, 20),
        lambda lr: OneCycle(0.1, 100, rise=lr),
        InverseSquareRoot,
        Plateau,
    ],
)
def test_a_grid_of_rates_has_the_same_bits_as_its_schedules_one_by_one(make):
    grid = make(GRID)
    assert grid.shape == GRID.shape
    assert np.shape(grid) == GRID.shape
    for t in (1, 2, 6, 15, 40):
        single = [make(rate)(t) for rate in GRID.ravel().tolist()]
        np.testing.assert_array_equal(grid(t), np.array(single)[:, np.newaxis], strict=True)


def test_a_schedule_without_arrays_has_no_shape():
    assert all(np.shape(schedule) == () for schedule in OF_T)
    assert GradientDescent(lr=Cosine(GRID, 10)).batch_shape == GRID.shape


def test_a_schedule_keeps_its_own_copy_of_the_rates():
    rates = GRID.copy()
    schedule = Constant(rates)
    rates[:] = 99
    np.testing.assert_array_equal(schedule(1), GRID)


def test_an_optimizer_takes_its_first_step_at_t_1():
    optimizer, theta, seen = GradientDescent(lr=Exponential(0.8, 0.5)), np.array([1.0]), []
    for _ in range(3):
        theta, before = optimizer.step(theta, np.array([1.0])), theta
        seen.append((before - theta).item())
    assert seen == pytest.approx([0.8, 0.4, 0.2])


def test_a_scheduled_grid_steps_like_its_runs_one_by_one():
    bowl, start = Bowl(), np.array([-4.0, 3.0])
    grid = descend(bowl, Adam(lr=Warmup(5, Cosine(GRID, 20))), start, steps=25)
    for i, rate in enumerate(GRID.ravel()):
        single = descend(bowl, Adam(lr=Warmup(5, Cosine(float(rate), 20))), start, steps=25)
        np.testing.assert_array_equal(grid.thetas[:, i], single.thetas)


# Plateau


def rates_after(plateau, losses):
    """Return the rates of the steps after each of the losses."""
    rates = []
    for t, loss in enumerate(losses, start=2):
        plateau.observe(loss)
        rates.append(plateau(t))
    return rates


def test_a_plateau_lowers_the_rate_once_patience_is_used_up():
    plateau = Plateau(0.8, factor=0.5, patience=2)
    assert rates_after(plateau, [5, 4, 4, 4, 4]) == [0.8, 0.8, 0.8, 0.8, 0.4]
    assert rates_after(plateau, [4, 4]) == [0.4, 0.4]  # a new count begins
    assert rates_after(plateau, [4]) == [0.2]


def test_a_better_loss_begins_a_new_count():
    plateau = Plateau(0.8, patience=2)
    assert rates_after(plateau, [5, 6, 6, 4, 6, 6, 6]) == [0.8] * 6 + [0.4]


def test_better_means_by_more_than_the_threshold():
    assert rates_after(Plateau(0.8, patience=0), [1.0, 0.99991]) == [0.8, 0.4]
    assert rates_after(Plateau(0.8, patience=0), [1.0, 0.99989]) == [0.8, 0.8]
    assert rates_after(Plateau(0.8, patience=0, threshold=0), [1.0, 0.99991]) == [0.8, 0.8]
    assert rates_after(Plateau(0.8, patience=0, threshold=0), [1.0, 1.0]) == [0.8, 0.4]


def test_the_rate_stops_at_the_minimum_and_is_never_raised_to_it():
    plateau = Plateau(0.8, factor=0.1, patience=0, minimum=0.05)
    assert rates_after(plateau, [1, 1, 1, 1]) == pytest.approx([0.8, 0.08, 0.05, 0.05])
    assert rates_after(Plateau(0.01, patience=0, minimum=0.05), [1, 1, 1]) == [0.01] * 3


def test_nan_and_infinity_are_never_better():
    assert rates_after(Plateau(0.8, patience=1), [1, np.nan, np.inf, 1])[1:3] == [0.8, 0.4]
    assert rates_after(Plateau(0.8, patience=1), [np.nan, np.nan]) == [0.8, 0.4]


def test_reset_forgets_every_loss():
    plateau = Plateau(0.8, patience=1)
    first = rates_after(plateau, [3, 3, 3, 3, 2, 2])
    plateau.reset()
    assert plateau(1) == 0.8
    assert rates_after(plateau, [3, 3, 3, 3, 2, 2]) == first


def pytorchs_rates(losses, lr, factor, patience, minimum, threshold):
    """ReduceLROnPlateau as its documentation tells it, one run at a time, written with ifs."""
    best, bad, rates = float("inf"), 0, []
    for loss in losses:
        if loss < best * (1 - threshold):
            best, bad = loss, 0
        else:
            bad += 1
        if bad > patience:
            lr, bad = max(lr * factor, minimum), 0
        rates.append(lr)
    return rates


@drawn
@given(
    losses=st.lists(st.lists(st.floats(0.5, 1.5), min_size=3, max_size=3), max_size=40),
    factor=st.floats(0.1, 0.9),
    patience=st.integers(0, 4),
    threshold=st.sampled_from([0.0, 1e-4, 0.1]),
)
def test_many_runs_are_watched_at_once_each_by_itself(losses, factor, patience, threshold):
    settings = {"factor": factor, "patience": patience, "minimum": 0.01, "threshold": threshold}
    plateau = Plateau(0.8, **settings)
    rates = rates_after(plateau, np.array(losses).reshape(-1, 3))
    for run in range(3):
        expected = pytorchs_rates([row[run] for row in losses], 0.8, **settings)
        assert [rate[run, 0] for rate in rates] == expected


def test_descend_tells_a_plateau_the_loss_also_of_a_grid():
    bowl = Bowl(condition=1.0)
    rates, starts = np.array([[1.99], [0.1]]), np.array([[3.0, 4.0], [2.0, 1.0]])

    def plateau(lr):
        return Plateau(lr, patience=1, threshold=0.5)

    grid = descend(bowl, GradientDescent(lr=plateau(rates)), starts, steps=30)
    for i in range(2):
        schedule = plateau(rates[i].item())
        single = descend(bowl, GradientDescent(lr=schedule), starts[i], steps=30)
        np.testing.assert_array_equal(grid.thetas[:, i], single.thetas)
        assert schedule(31) < rates[i]


def test_a_warm_up_passes_the_loss_on_to_a_plateau():
    schedule = Warmup(4, Plateau(0.8, patience=0))
    assert rates_after(schedule, [1, 1, 1, 1]) == pytest.approx([0.4, 0.3, 0.2, 0.1])
    schedule.reset()
    assert schedule(4) == 0.8


def test_only_a_schedule_that_needs_the_loss_asks_for_it():
    assert not any(hasattr(schedule, "observe") for schedule in OF_T)
    assert not hasattr(Warmup(3, lambda t: 0.1), "observe")
    for schedule in OF_T:
        schedule.reset()


# Words


@each
@pytest.mark.parametrize("t", [0, -3, np.array([1, 0, 2])])
def test_steps_before_the_first_are_refused_in_one_sentence(schedule, t):
    sentence = rf"^{type(schedule).__name__}: steps count from t = 1, but t is .*\.$"
    with pytest.raises(ValueError, match=sentence):
        schedule(t)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Constant(-0.1), "Constant: lr must be a finite number, 0 or more, but it is -0.1"),
        (lambda: Constant(np.array([0.1, np.nan])), "lr must be a finite number, 0 or more"),
        (lambda: Cosine(np.inf, 10), "lr must be a finite number, 0 or more"),
        (lambda: Cosine(0.1, 0), "steps must be a whole number, 1 or more, but it is 0"),
        (lambda: Cosine(0.1, 2.5), "steps must be a whole number, 1 or more, but it is 2.5"),
        (lambda: Cosine(0.1, np.inf), "steps must be a whole number, 1 or more"),
        (lambda: Cosine(0.1, 10, final=-1), "final must be a finite number, 0 or more"),
        (lambda: Cooldown(0.1, 0), "steps must be a whole number, 1 or more, but it is 0"),
        (lambda: Cooldown(0.1, 9, share=0), "share must be more than 0 and at most 1"),
        (lambda: Cooldown(0.1, 9, share=1.1), "share must be more than 0 and at most 1"),
        (lambda: StepDecay(0.1, every=0), "every must be a whole number, 1 or more"),
        (lambda: StepDecay(0.1, 10, factor=0), "factor must be a finite number above 0"),
        (lambda: Exponential(0.1, factor=np.nan), "factor must be a finite number above 0"),
        (lambda: Exponential(0.1, factor=np.inf), "factor must be a finite number above 0"),
        (lambda: MultiStep(0.1, (0, 5)), "milestones must be a whole number, 1 or more"),
        (lambda: MultiStep(0.1, ()), "milestones must be a list of one or more steps"),
        (lambda: MultiStep(0.1, 30), "milestones must be a list of one or more steps"),
        (lambda: Warmup(0, 0.1), "steps must be a whole number, 1 or more"),
        (lambda: Warmup(5, -0.1), "Constant: lr must be a finite number, 0 or more"),
        (lambda: OneCycle(0.1, 3), "more than one step .*, but rise is 0.3 and steps is 3"),
        (lambda: OneCycle(0.1, 4, rise=0.25), "the rise needs more than one step"),
        (lambda: OneCycle(0.1, 30, rise=1.0), "rise must be at least 0 and less than 1"),
        (lambda: OneCycle(0.1, 30, start_divisor=0), "start_divisor must be a finite number above"),
        (lambda: OneCycle(0.1, 30, final_divisor=-1), "final_divisor must be a finite number abov"),
        (lambda: Plateau(0.1, factor=1.0), "factor must be less than 1, but it is 1.0"),
        (lambda: Plateau(0.1, patience=-1), "patience must be a whole number, 0 or more"),
        (lambda: Plateau(0.1, patience=1.5), "patience must be a whole number, 0 or more"),
        (lambda: Plateau(0.1, minimum=-1e-6), "minimum must be a finite number, 0 or more"),
        (lambda: Plateau(0.1, threshold=1.0), "threshold must be at least 0 and less than 1"),
    ],
)
def test_impossible_numbers_are_refused_in_one_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


@pytest.mark.parametrize("make", [Constant, lambda lr: Warmup(3, lr), Plateau])
def test_what_is_no_number_is_refused_in_one_sentence(make):
    with pytest.raises(TypeError, match=r"lr must be a number or an array, not 'fast'\."):
        make("fast")


def test_a_schedule_says_what_it_is():
    schedule = Adam(lr=Warmup(1e2, Cosine(GRID, steps=900)))
    assert repr(schedule).startswith(
        "Adam(lr=Warmup(steps=100, then=Cosine(lr=<array (3, 1)>, steps=900, final=0.0), "
    )
    assert repr(MultiStep(1, [30, 80])) == "MultiStep(lr=1.0, milestones=(30, 80), factor=0.1)"
    assert repr(Plateau(0.1)) == (
        "Plateau(lr=0.1, factor=0.5, patience=10, minimum=1e-06, threshold=0.0001)"
    )


# What they buy


def test_a_finer_grid_of_rates_changes_no_verdict_on_the_digits_that_matters():
    stored = experiments.load("schedules_on_digits")
    finer = stored["on half the step"]
    for row, trial in enumerate(stored["verdicts"]["trial"]):
        verdicts = {results["ahead"][row] for results in (stored["verdicts"], finer)}
        ratios = [results["ratio"][row] for results in (stored["verdicts"], finer)]
        assert len(verdicts) == 1 or all(abs(ratio - 1) < 0.1 for ratio in ratios), trial
        if "neither" in verdicts:
            assert min(results["power"][row] for results in (stored["verdicts"], finer)) > 0.8


def test_the_verdicts_on_the_digits_are_those_of_the_stored_runs():
    stored = experiments.load("schedules_on_digits")
    for name, (ours, theirs) in TRIALS.items():
        row = list(stored["verdicts"]["trial"]).index(name)
        pair = compare(stored["excess"][ours], stored["excess"][theirs])
        assert stored["verdicts"]["ratio"][row] == pytest.approx(pair.ratio, rel=1e-6)
        said = {True: "ours", False: "theirs", None: "neither"}[pair.ahead]
        assert stored["verdicts"]["ahead"][row] == said
