"""The optimizers do what their papers prove of them, whatever the shapes and the hyperparameters.

That they compute the same numbers as the frameworks is tested in test_golden.py and test_live.py.
"""

import copy
import math

import numpy as np
import pytest
from comparison import RULES
from hypothesis import given, settings
from hypothesis import strategies as st

from adam_course import optimizers
from adam_course.frameworks.pairs import PAIRS
from adam_course.optimizers import (
    SOAP,
    AdaBelief,
    AdaDelta,
    AdaFactor,
    AdaGrad,
    Adam,
    AdaMax,
    AdamL2,
    AdamW,
    AMSGrad,
    GradientDescent,
    Lion,
    Momentum,
    Muon,
    NAdam,
    Optimizer,
    RAdam,
    RMSProp,
    ScheduleFreeAdamW,
    Shampoo,
    Yogi,
    exactly_orthogonalized,
    orthogonalized,
)
from adam_course.optimizers.matrices import MatrixOptimizer
from adam_course.schedules import Plateau

#: Every rule in every form, as Python: those that a framework has, and those that only we have.
EVERY_FORM = [
    *sorted({pair.ours for pair in PAIRS if "/" not in pair.ours}),
    "Momentum(lr, momentum, nesterov=True, form='ema')",
    "AdaMax(lr, beta1, beta2)",
    "RAdam(lr, beta1, beta2, eps, eps_hat=True)",
    "Yogi(lr, beta1, beta2, eps, initial_accumulator=initial_accumulator)",
]
VALUES = {
    "lr": 0.05,
    "momentum": 0.8,
    "rho": 0.9,
    "beta1": 0.9,
    "beta2": 0.99,
    "eps": 1e-3,
    "eps2": 1e-2,
    "weight_decay": 0.1,
    "momentum_decay": 0.1,
    "initial_accumulator": 0.01,
    "beta2_decay": 0.8,
    "clip": 1.5,
}
CLASSES = [getattr(optimizers, name) for name in RULES]
#: The rules whose parameters are matrices, on the last two axes.
MATRIX = tuple(kind.__name__ for kind in CLASSES if issubclass(kind, MatrixOptimizer))

every_form = pytest.mark.parametrize("form", EVERY_FORM)
elementwise = pytest.mark.parametrize(
    "form", [form for form in EVERY_FORM if not form.startswith(("AdaFactor", *MATRIX))]
)
every_class = pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
#: Hypothesis with the same examples on every run.
examples = settings(derandomize=True, deadline=None, max_examples=60)
few_examples = settings(examples, max_examples=15)

seeds = st.integers(0, 2**32 - 1)
betas = st.floats(0, 0.999)
sizes = st.floats(1e-4, 1e4)
gradients = st.lists(sizes | sizes.map(lambda size: -size), min_size=1, max_size=20)


def make(form, **changes):
    """Return the optimizer that a form describes, with the standard values or other ones."""
    return eval(form, vars(optimizers) | VALUES | changes)


def by_default(kind):
    """Return an optimizer of a class with the defaults that it has."""
    return kind(lr=0.1) if kind in (GradientDescent, Momentum) else kind()


def as_a_matrix(kind, values):
    """Return an array that may be a rule's parameters: a matrix for a rule for matrices."""
    return np.array(values, ndmin=2 if issubclass(kind, MatrixOptimizer) else 0)


def stream(seed, steps=12, shape=(2, 3)):
    """Return noisy gradients, some of them exactly zero."""
    chance = np.random.default_rng(seed)
    return chance.normal(size=(steps, *shape)) * (chance.random((steps, *shape)) < 0.8)


def run(optimizer, start, gradients):
    """Return the parameters after each step of an open-loop run."""
    theta, thetas = np.asarray(start, dtype=float), []
    for gradient in gradients:
        theta = optimizer.step(theta, gradient)
        thetas.append(theta)
    return np.array(thetas)


START = np.array([[1.5, -0.7, 0.3], [-2.0, 0.05, 1.0]])


# What Kingma & Ba say of Adam


@given(gradients=gradients, lr=sizes, beta1=betas, beta2=betas)
@examples
def test_adams_first_step_is_the_rate_times_the_sign_of_the_gradient(gradients, lr, beta1, beta2):
    g = np.array(gradients)
    step = Adam(lr, beta1, beta2).step(np.zeros(len(g)), g)
    np.testing.assert_allclose(step, -lr * np.sign(g), rtol=2e-4)
    np.testing.assert_allclose(step, -lr * g / (abs(g) + 1e-8), rtol=1e-12)


def largest_step(beta1, beta2, t):
    """Return the largest Adam step t that any gradients can cause, in units of the rate.

    By Cauchy and Schwarz, |Σ a_k g_k| ≤ √(Σ a_k² / b_k) · √(Σ b_k g_k²) with the weights a of m̂
    and b of v̂; gradients that grow by β2 / β1 a step reach it.
    """
    k = np.arange(t)
    a = (1 - beta1) * beta1**k / (1 - beta1**t)
    b = (1 - beta2) * beta2**k / (1 - beta2**t)
    return math.sqrt(np.sum(a * a / b))


@given(
    gradients=gradients,
    beta1=st.floats(0, 0.99),
    beta2=st.floats(0.5, 0.9999),
)
@examples
def test_no_adam_step_exceeds_the_cauchy_schwarz_bound(gradients, beta1, beta2):
    steps = abs(np.diff(run(Adam(1.0, beta1, beta2, eps=0), [0.0], [[g] for g in gradients])[:, 0]))
    for t, step in enumerate(steps, start=2):
        assert step <= largest_step(beta1, beta2, t) * (1 + 1e-9)


@pytest.mark.parametrize(("beta1", "beta2"), [(0.9, 0.999), (0.9, 0.99), (0.5, 0.9)])
def test_gradients_that_grow_by_beta2_over_beta1_reach_that_bound(beta1, beta2):
    gradients = (beta2 / beta1) ** np.arange(50.0)
    thetas = run(Adam(1.0, beta1, beta2, eps=0), 0.0, gradients)
    assert thetas[-2] - thetas[-1] == pytest.approx(largest_step(beta1, beta2, 50), rel=1e-9)


def test_the_papers_step_bounds_hold_for_one_gradient_after_silence_but_not_for_growing_ones():
    # Section 2.1: |Δ| ≤ lr · (1 − β1) / √(1 − β2), 3.16 lr here, if that exceeds lr, as it does for
    # the most sparse gradients: zero at all steps but this one. Otherwise |Δ| ≤ lr.
    silence = [0.0] * 20_000
    thetas = run(Adam(1.0, 0.9, 0.999, eps=1e-300), 0.0, [*silence, 1.0])
    assert -thetas[-1] == pytest.approx(0.1 / math.sqrt(0.001), rel=1e-6)
    # Gradients that grow by 11 % a step for 100 steps go beyond the first bound, …
    growing = (0.999 / 0.9) ** np.arange(100.0)
    thetas = run(Adam(1.0, 0.9, 0.999, eps=1e-300), 0.0, [*silence, *growing])
    assert thetas[-2] - thetas[-1] == pytest.approx(7.27, abs=0.01)
    assert largest_step(0.9, 0.999, 20_000) == pytest.approx(7.27, abs=0.01)
    # … and by 10 % beyond the second (1 − β1 = √(1 − β2)).
    thetas = run(Adam(1.0, 0.9, 0.99, eps=1e-300), 0.0, [*silence, *(0.99 / 0.9) ** np.arange(100)])
    assert thetas[-2] - thetas[-1] == pytest.approx(2.35, abs=0.01)


@given(gradients=gradients, beta=st.floats(0, 0.999))
@examples
def test_with_equal_betas_no_adam_step_exceeds_the_rate(gradients, beta):
    thetas = run(Adam(1.0, beta, beta, eps=0), [0.0], [[g] for g in gradients])
    assert np.all(abs(np.diff(thetas, axis=0, prepend=0)) <= 1 + 1e-9)


# Six probes that tell Adam from its usual mistakes


def test_probe_1_the_first_step_is_the_rate():
    assert Adam(lr=0.1).step(1.0, 7.0) == pytest.approx(0.9, abs=1e-9)


def test_probe_2_a_hundred_equal_gradients_move_a_hundred_rates():
    assert run(Adam(lr=0.1), 0.0, [7.0] * 100)[-1] == pytest.approx(-10.0, abs=1e-7)


def test_probe_3_zero_gradients_move_nothing():
    assert np.all(run(Adam(lr=0.1), START, np.zeros((10, 2, 3))) == START)


def test_probe_4_gradients_a_thousand_times_larger_change_nothing():
    small, large = (run(Adam(lr=0.1), START, scale * stream(1)) for scale in (1.0, 1000.0))
    np.testing.assert_allclose(small, large, rtol=1e-5)


def test_probe_5_a_gradient_as_small_as_epsilon_moves_half_the_rate():
    assert Adam(lr=0.1).step(0.0, 1e-8) == pytest.approx(-0.05, rel=1e-9)


def test_probe_6_five_steps_worked_out_by_hand():
    # f(θ) = θ² from θ = 1 at rate 0.1, worked out with 50 digits.
    theta, optimizer = 1.0, Adam(lr=0.1)
    for expected in (
        0.90000000050000,
        0.80041222869179,
        0.70158627294603,
        0.60393906057374,
        0.50796365926434,
    ):
        theta = optimizer.step(theta, 2 * theta)
        assert theta == pytest.approx(expected, abs=1e-13)


# What changes nothing

SCALE_FREE = [
    "Adam(lr, beta1, beta2, eps=0)",
    "AdamW(lr, beta1, beta2, eps=0, weight_decay=weight_decay)",
    "AMSGrad(lr, beta1, beta2, eps=0)",
    "AMSGrad(lr, beta1, beta2, eps=0, bias_correction=True)",
    "NAdam(lr, beta1, beta2, eps=0)",
    "AdaMax(lr, beta1, beta2)",
    "AdaBelief(lr, beta1, beta2, eps=0)",
    "AdaGrad(lr, eps=0)",
    "RMSProp(lr, rho, eps=0)",
    "RMSProp(lr, rho, eps=0, centered=True)",
    "Lion(lr, beta1, beta2)",
    "AdaFactor(lr, eps1=0)",
    "ScheduleFreeAdamW(lr, beta1, beta2, eps=0)",
]


@pytest.mark.parametrize("form", SCALE_FREE)
@given(seed=seeds, scale=sizes)
@few_examples
def test_scaling_all_gradients_changes_nothing(form, seed, scale):
    gradients = np.random.default_rng(seed).normal(size=(12, 2, 3))
    plain, scaled = (run(make(form), START, g) for g in (gradients, scale * gradients))
    np.testing.assert_allclose(plain, scaled, rtol=1e-7, atol=1e-9)
    # A power of two scales without rounding, and so nothing at all may change.
    assert np.array_equal(plain, run(make(form), START, 1024 * gradients))


@pytest.mark.parametrize(
    "form", [form for form in EVERY_FORM if form.startswith(("GradientDescent", "Momentum"))]
)
def test_without_a_second_moment_the_steps_scale_with_the_gradients(form):
    steps, doubled = (run(make(form), np.zeros((2, 3)), scale * stream(2)) for scale in (1, 2))
    assert np.array_equal(2 * steps, doubled)


@every_form
@given(seed=seeds)
@few_examples
def test_a_mirrored_problem_gives_the_mirrored_run(form, seed):
    plain = run(make(form), START, stream(seed))
    mirrored = run(make(form), -START, -stream(seed))
    if form.startswith("Yogi") and "bias_correction" in form:
        assert not np.array_equal(plain, -mirrored)  # its m starts above zero
    else:
        assert np.array_equal(plain, -mirrored)


@every_form
@given(seed=seeds)
@few_examples
def test_the_order_of_the_coordinates_does_not_matter(form, seed):
    gradients, rows, columns = stream(seed), [1, 0], [2, 0, 1]
    plain = run(make(form), START, gradients)[:, rows][:, :, columns]
    mixed = run(make(form), START[rows][:, columns], gradients[:, rows][:, :, columns])
    if form.startswith(("AdaFactor", *MATRIX)):  # whose sums add in another order
        np.testing.assert_allclose(plain, mixed, rtol=1e-12)
    else:
        assert np.array_equal(plain, mixed)


@elementwise
def test_each_coordinate_goes_its_own_way(form):
    whole = run(make(form), START, stream(3))
    for index in np.ndindex(START.shape):
        alone = run(make(form), START[index], stream(3)[(slice(None), *index)])
        assert np.array_equal(whole[(slice(None), *index)], alone)


# A grid of runs at once

GRID = {
    "lr": [0.01, 0.05, 0.3],
    "momentum": [0.0, 0.5, 0.9],
    "rho": [0.5, 0.9, 0.99],
    "beta1": [0.0, 0.5, 0.95],
    "beta2": [0.3, 0.9, 0.999],
    "eps": [1e-8, 1e-4, 1e-1],
    "eps2": [1e-4, 1e-2, 1.0],
    "weight_decay": [0.0, 0.01, 0.5],
    "momentum_decay": [0.004, 0.3, 1.0],
    "initial_accumulator": [1e-6, 0.1, 1.0],
    "beta2_decay": [0.3, 0.8, 1.0],
    "clip": [0.5, 1.0, 2.0],
}


def for_a_grid(form):
    """Return a form whose parameters are matrices on the last two axes."""
    return form[:-1] + ", parameter_ndim=2)" if form.startswith("AdaFactor") else form


@every_form
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(2, 3), (5, 40)])
def test_a_grid_of_runs_equals_the_single_runs_bit_for_bit(form, order, shape):
    gradients = stream(4, steps=30, shape=shape)
    starts = np.random.default_rng(5).normal(size=(3, *shape))
    grid = {name: np.reshape(values, (3, 1, 1)) for name, values in GRID.items()}
    together = make(for_a_grid(form), **grid)
    theta = np.array(starts, order=order)
    singles = [make(form, **{name: GRID[name][i] for name in GRID}) for i in range(3)]
    thetas = list(starts)
    for gradient in gradients:
        theta = together.step(theta, np.array(np.broadcast_to(gradient, theta.shape), order=order))
        thetas = [one.step(t, gradient) for one, t in zip(singles, thetas, strict=True)]
        assert np.array_equal(theta, thetas)


@every_form
def test_one_start_spreads_over_a_grid_of_rates(form):
    rates = np.reshape([0.01, 0.1], (2, 1, 1))
    theta = make(for_a_grid(form), lr=rates).step(START, stream(6)[1])
    assert theta.shape == (2, 2, 3)
    assert np.array_equal(theta[0], make(form, lr=0.01).step(START, stream(6)[1]))
    assert np.array_equal(theta[1], make(form, lr=0.1).step(START, stream(6)[1]))


def test_a_grid_has_the_shape_of_its_hyperparameters():
    assert Adam(lr=np.ones((4, 1, 1)), beta2=np.full((5, 1), 0.9)).batch_shape == (4, 5, 1)
    assert Adam().batch_shape == ()


# Nobody's arrays are touched


@every_form
def test_the_callers_arrays_are_never_changed(form):
    optimizer, theta = make(form), START.copy()
    for gradient in stream(7):
        theta_before, gradient_before = theta.copy(), gradient.copy()
        new = optimizer.step(theta, gradient)
        assert np.array_equal(theta, theta_before) and np.array_equal(gradient, gradient_before)
        theta = new


@every_form
def test_what_the_caller_does_to_the_arrays_later_changes_nothing(form):
    expected = run(make(form), START, stream(8))
    optimizer, theta = make(form), START.copy()
    for gradient, right in zip(stream(8), expected, strict=True):
        given_theta, given_gradient = theta.copy(), gradient.copy()
        new = optimizer.step(given_theta, given_gradient)
        theta = new.copy()
        for array in (given_theta, given_gradient, new):
            assert not any(np.shares_memory(array, held) for held in held_by(optimizer))
            array[...] = 1e6
        assert np.array_equal(theta, right)


def held_by(optimizer):
    """Return all arrays that an optimizer holds."""
    return [value for value in vars(optimizer).values() if isinstance(value, np.ndarray)]


@every_form
def test_hyperparameters_are_copied(form):
    arrays = {name: np.full((1, 1, 1), value) for name, value in VALUES.items()}
    optimizer = make(for_a_grid(form), **arrays)
    for array in arrays.values():
        array[...] = 0.123
    expected = run(make(form), START, stream(9))
    assert np.array_equal(
        run(optimizer, START[np.newaxis], stream(9)[:, np.newaxis])[:, 0], expected
    )


# The life of an optimizer


@every_form
def test_after_a_reset_the_same_run_comes_again(form):
    optimizer = make(form)
    fresh = copy.deepcopy(vars(optimizer))
    first = run(optimizer, START, stream(10))
    assert optimizer.t == 12
    optimizer.reset()
    assert vars(optimizer) == fresh
    assert np.array_equal(run(optimizer, START, stream(10)), first)


@every_form
def test_the_state_is_named_and_complete(form):
    optimizer = make(form)
    run(optimizer, START, stream(11))
    state = optimizer.state
    assert set(state) == set(optimizer.initial_state())
    # Another optimizer with the same state and step goes on in the same way.
    other = make(form)
    vars(other).update(state, t=optimizer.t, _shapes=optimizer._shapes)
    gradient = stream(12)[0]
    assert np.array_equal(other.step(START, gradient), optimizer.step(START, gradient))


def test_adam_shows_its_moments_after_every_step():
    optimizer = Adam(beta1=0.9, beta2=0.99)
    assert (optimizer.t, optimizer.m, optimizer.v) == (0, 0.0, 0.0)
    optimizer.step(np.array([1.0]), np.array([2.0]))
    assert optimizer.t == 1
    assert optimizer.m == pytest.approx([0.2]) and optimizer.m_hat == pytest.approx([2.0])
    assert optimizer.v == pytest.approx([0.04]) and optimizer.v_hat == pytest.approx([4.0])


@every_form
def test_everything_that_can_be_looked_at_is_computed_in_a_step(form):
    optimizer = make(form)
    run(optimizer, START, np.ones((2, 2, 3)))
    assert all(np.all(getattr(optimizer, name) != 0) for name in optimizer.observables)


@every_class
def test_the_repr_makes_the_same_optimizer(kind):
    optimizer = by_default(kind)
    again = eval(repr(optimizer), vars(optimizers))
    assert again.hyperparameters == optimizer.hyperparameters
    assert repr(again) == repr(optimizer)


@every_form
def test_the_repr_shows_every_hyperparameter_that_is_not_a_flag_left_alone(form):
    optimizer = make(form)
    assert eval(repr(optimizer), vars(optimizers)).hyperparameters == optimizer.hyperparameters


def test_the_repr_reads_like_the_call():
    assert repr(Adam()) == "Adam(lr=0.001, beta1=0.9, beta2=0.999, eps=1e-08)"
    assert repr(Momentum(0.1, nesterov=True)) == (
        "Momentum(lr=0.1, momentum=0.9, nesterov=True, form='polyak')"
    )
    assert repr(GradientDescent(lr=[0.1, 0.2])) == "GradientDescent(lr=<array (2,)>)"


# Schedules


def test_a_schedule_is_asked_once_a_step_from_1_on():
    asked = []

    def schedule(t):
        asked.append(t)
        return 1.0 / t

    thetas = run(GradientDescent(schedule), 0.0, [1.0] * 3)
    assert asked == [1, 2, 3]
    assert thetas == pytest.approx([-1.0, -1.5, -1.5 - 1 / 3])


def test_a_reset_gives_a_plateau_its_first_rate_back():
    plateau = Plateau(0.8, factor=0.5, patience=0)
    optimizer = GradientDescent(plateau)
    for loss in (1.0, 1.0):
        plateau.observe(loss)
    assert optimizer.step(0.0, 1.0) == pytest.approx(-0.4)
    optimizer.reset()
    assert optimizer.step(0.0, 1.0) == pytest.approx(-0.8)


def test_a_schedule_may_return_an_array_of_rates():
    theta = GradientDescent(lambda t: np.array([1.0, 2.0]) * t).step(np.zeros(2), np.ones(2))
    assert theta.tolist() == [-1.0, -2.0]


@pytest.mark.parametrize(
    ("rate", "kind", "words"),
    [
        (-0.1, ValueError, "lr at step 2 must be a finite number, 0 or more, but it is -0.1"),
        (math.nan, ValueError, "lr at step 2 must be a finite number, 0 or more, but it is nan"),
        ("fast", TypeError, "lr at step 2 must be a number or an array, not 'fast'"),
    ],
)
def test_a_schedules_bad_rate_is_refused_and_named(rate, kind, words):
    optimizer = Adam(lambda t: 0.1 if t != 2 else rate)
    theta = optimizer.step(1.0, 1.0)
    before = copy.deepcopy(vars(optimizer))
    with pytest.raises(kind, match=words):
        optimizer.step(theta, 1.0)
    assert vars(optimizer) == before


# What is refused

BAD_RATES = [(-1e-3, "-0.001"), (math.nan, "nan"), (math.inf, "inf")]


@every_class
@pytest.mark.parametrize(("rate", "shown"), BAD_RATES)
def test_a_rate_that_is_negative_or_not_finite_is_refused(kind, rate, shown):
    with pytest.raises(ValueError) as refused:
        kind(lr=rate)
    assert str(refused.value) == (
        f"{kind.__name__}: lr must be a finite number, 0 or more, but it is {shown}."
    )


@every_class
@pytest.mark.parametrize("rate", ["0.1", "fast", None, [0.1, "x"], [[1], [1, 2]], 1j, {}, True])
def test_a_rate_that_is_not_a_number_is_refused(kind, rate):
    with pytest.raises(TypeError) as refused:
        kind(lr=rate)
    assert str(refused.value) == (
        f"{kind.__name__}: lr must be a number or an array, not {rate!r}."
    )


@every_class
@pytest.mark.parametrize("beta", [1.0, 1.5, -0.1, math.nan, [0.9, 1.0]])
def test_a_beta_outside_0_to_1_is_refused(kind, beta):
    decays = {"beta1", "beta2", "momentum", "rho"} & set(by_default(kind).hyperparameters)
    for name in decays:
        with pytest.raises(ValueError) as refused:
            kind(**{"lr": 0.1, name: beta})
        assert str(refused.value) == (
            f"{kind.__name__}: {name} must be at least 0 and less than 1, but it is {beta}."
        )


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: Adam(eps=-1e-8),
            "Adam: eps must be a finite number, 0 or more, but it is -1e-08.",
        ),
        (
            lambda: AdamW(weight_decay=-1),
            "AdamW: weight_decay must be a finite number, 0 or more, but it is -1.",
        ),
        (
            lambda: AdamL2(weight_decay=math.inf),
            "AdamL2: weight_decay must be a finite number, 0 or more, but it is inf.",
        ),
        (
            lambda: AdaGrad(initial_accumulator=-1),
            "AdaGrad: initial_accumulator must be a finite number, 0 or more, but it is -1.",
        ),
        (
            lambda: NAdam(momentum_decay=-1),
            "NAdam: momentum_decay must be a finite number, 0 or more, but it is -1.",
        ),
        (lambda: RAdam(rectify_above=3), "RAdam: rectify_above must be 4 or more, but it is 3."),
        (lambda: AdaFactor(clip=0), "AdaFactor: clip must be more than 0, but it is 0."),
        (
            lambda: AdaFactor(beta2_decay=0.0),
            "AdaFactor: beta2_decay must be more than 0 and at most 1, but it is 0.0.",
        ),
        (
            lambda: Momentum(0.1, form="heavy"),
            "Momentum: form must be one of ('polyak', 'torch', 'ema'), but it is 'heavy'.",
        ),
        (
            lambda: AMSGrad(max_over="m"),
            "AMSGrad: max_over must be one of ('v', 'v_hat'), but it is 'm'.",
        ),
        (
            lambda: AdaFactor(lr=[0.1, 0.2]),
            "AdaFactor: with arrays as hyperparameters, parameter_ndim must say how many trailing "
            "axes of the parameters are one tensor.",
        ),
    ],
)
def test_other_bad_hyperparameters_are_refused_in_one_sentence(build, message):
    with pytest.raises(ValueError) as refused:
        build()
    assert str(refused.value) == message


REFUSED_STEPS = {
    "another shape": (
        (START, np.ones((3, 2))),
        ValueError,
        ": the gradient must have the shape of the parameters, (2, 3), but its shape is (3, 2).",
    ),
    "a number for a matrix": (
        (START, 1.0),
        ValueError,
        ": the gradient must have the shape of the parameters, (2, 3), but its shape is ().",
    ),
    "NaN": (
        (START, np.where(START == 0.05, math.nan, 1.0)),
        ValueError,
        ": the gradient of step 3 is nan at index (1, 1); the run has probably diverged: try a "
        "smaller lr.",
    ),
    "infinities that cancel": (
        (START, [[0, 0, math.inf], [-math.inf, 0, 0]]),
        ValueError,
        ": the gradient of step 3 is inf at index (0, 2); the run has probably diverged: try a "
        "smaller lr.",
    ),
    "integer parameters": (
        (np.array([[1, 2, 3], [4, 5, 6]]), np.ones((2, 3))),
        TypeError,
        ": the parameters must be floating-point numbers, but theta holds int64; write 1.0 instead "
        "of 1, or np.asarray(theta, dtype=float).",
    ),
    "parameters of another run": (
        (np.ones(3), np.ones(3)),
        ValueError,
        ": the parameters had the shape (2, 3) until now, but theta has (3,); call reset() before "
        "another run.",
    ),
}


@every_form
@pytest.mark.parametrize("why", REFUSED_STEPS)
def test_a_refused_step_says_why_and_leaves_everything_as_it_was(form, why):
    (theta, gradient), kind, words = REFUSED_STEPS[why]
    optimizer, twin = make(form), make(form)
    start = run(optimizer, START, stream(13, steps=2))[-1]
    run(twin, START, stream(13, steps=2))
    with pytest.raises(kind) as refused:
        optimizer.step(theta, gradient)
    assert str(refused.value) == type(optimizer).__name__ + words
    assert optimizer.t == 2
    gradient = stream(14)[0]
    assert np.array_equal(optimizer.step(start, gradient), twin.step(start, gradient))


def test_hyperparameters_that_do_not_fit_the_parameters_are_refused():
    optimizer = Adam(lr=[0.1, 0.2, 0.3], beta2=[[0.9], [0.99]])
    with pytest.raises(ValueError) as refused:
        optimizer.step(np.ones(2), np.ones(2))
    assert str(refused.value) == (
        "Adam: hyperparameters and parameters must broadcast, but their shapes are lr (3,), "
        "beta2 (2, 1), theta (2,)."
    )
    assert optimizer.t == 0


def test_large_finite_gradients_are_not_taken_for_infinite_ones():
    theta = GradientDescent(lr=1e-300).step(np.zeros(3), [1e308, 1e308, -1e308])
    assert theta == pytest.approx([-1e8, -1e8, 1e8])


def test_an_optimizer_without_a_rule_says_so():
    with pytest.raises(NotImplementedError, match="Optimizer does not say how it updates"):
        Optimizer(lr=0.1).step(1.0, 1.0)


# Shapes and kinds of numbers


@every_form
@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3), (2, 3, 4), (0,), (0, 3), (2, 0)])
def test_parameters_of_any_shape_keep_it(form, shape):
    if form.startswith(MATRIX):
        shape = (*shape, 4, 3)
    gradients = stream(15, shape=shape)
    thetas = run(make(form), np.ones(shape), gradients)
    assert thetas.shape == (12, *shape)
    assert np.all(np.isfinite(thetas))


@every_form
@pytest.mark.parametrize("dtype", [np.float32, np.longdouble])
def test_the_parameters_keep_their_dtype(form, dtype):
    optimizer, theta = make(form), START.astype(dtype)
    exact = run(make(form), START, stream(16, steps=5))[-1]
    for gradient in stream(16, steps=5):
        theta = optimizer.step(theta, gradient.astype(dtype))
        assert theta.dtype == dtype
    assert {value.dtype for value in optimizer.state.values() if np.shape(value) == (2, 3)} <= {
        np.dtype(dtype)
    }
    np.testing.assert_allclose(theta, exact, atol=1e-5)


@every_form
def test_gradients_may_be_lists_or_small_integers(form):
    numbers = [[100, -100, 0], [1, 2, -128]]
    expected = make(form).step(START, np.array(numbers, dtype=float))
    for gradient in (numbers, np.array(numbers, dtype=np.int8)):
        assert np.array_equal(make(form).step(START, gradient), expected)
    assert np.array_equal(make(form).step(START.tolist(), numbers), expected)


@every_class
@pytest.mark.parametrize(
    "gradient", [0.0, 1.0, -3.7, 1e-300, 1e-12, 1e6, 1e150], ids="g = {}".format
)
def test_equal_gradients_never_make_numpy_warn(kind, gradient):
    # The test run turns every warning into an error.
    for shape in ((), (2, 3)):
        start = as_a_matrix(kind, np.ones(shape))
        thetas = run(by_default(kind), start, [np.full(start.shape, gradient)] * 300)
        assert np.all(np.isfinite(thetas))


@every_class
def test_wild_gradients_never_make_numpy_warn(kind):
    chance = np.random.default_rng(17)
    for _ in range(20):
        gradients = chance.choice([-1, 0, 1], (50, 2, 3)) * 10.0 ** chance.uniform(
            -9, 9, (50, 2, 3)
        )
        assert np.all(np.isfinite(run(by_default(kind), START, gradients)))


# One family at a time


@pytest.mark.parametrize("nesterov", [False, True])
@given(seed=seeds, momentum=st.floats(0, 0.99), lr=sizes)
@few_examples
def test_momentums_three_forms_take_the_same_steps_at_related_rates(nesterov, seed, momentum, lr):
    polyak, torch, ema = (
        run(Momentum(rate, momentum, nesterov, form), START, stream(seed))
        for form, rate in [("polyak", lr), ("torch", lr), ("ema", lr / (1 - momentum))]
    )
    np.testing.assert_allclose(polyak, torch, rtol=1e-9, atol=1e-9 * lr)
    np.testing.assert_allclose(polyak, ema, rtol=1e-9, atol=1e-9 * lr)


def test_when_the_rate_falls_polyaks_past_steps_keep_theirs():
    polyak, torch = (
        run(Momentum(lambda t: 1.0 if t == 1 else 0.0, 0.5, form=form), 0.0, [1.0, 0.0])
        for form in ("polyak", "torch")
    )
    assert polyak.tolist() == [-1.0, -1.5] and torch.tolist() == [-1.0, -1.0]


def test_nesterovs_theta_is_the_look_ahead_point():
    # Sutskever et al. 2013, eqs. 3 and 4, on f(x) = x², with x kept beside its look-ahead point.
    lr, momentum, x, velocity = 0.1, 0.9, 1.0, 0.0
    theta, optimizer = 1.0, Momentum(lr, momentum, nesterov=True)
    for _ in range(20):
        velocity = momentum * velocity - lr * 2 * (x + momentum * velocity)
        x = x + velocity
        theta = optimizer.step(theta, 2 * theta)
        assert theta == pytest.approx(x + momentum * velocity, abs=1e-12)


def test_without_decay_the_three_adams_are_one():
    plain = run(Adam(0.1), START, stream(18))
    for optimizer in (AdamL2(0.1, weight_decay=0), AdamW(0.1, weight_decay=0)):
        assert np.array_equal(run(optimizer, START, stream(18)), plain)


def test_decoupled_decay_shrinks_by_the_same_share_whatever_the_gradients():
    for scale in (1.0, 1000.0):
        with_decay = AdamW(0.1, eps=0, weight_decay=0.5).step(START, scale * np.ones((2, 3)))
        without = Adam(0.1, eps=0).step(START, scale * np.ones((2, 3)))
        np.testing.assert_allclose(without - with_decay, 0.1 * 0.5 * START)


def test_a_tenth_of_a_percent_decoupled_from_the_rate_halves_parameters_in_69_steps():
    optimizer = AdamW(weight_decay=0.01, decay_times_lr=False)
    thetas = run(optimizer, 1.0, [0.0] * 69)
    assert thetas[67] > 0.5 > thetas[68]


def test_amsgrads_second_moment_never_shrinks():
    for options in ({}, {"bias_correction": True}, {"bias_correction": True, "max_over": "v_hat"}):
        optimizer, largest = AMSGrad(**options), 0.0
        for gradient in stream(19):
            optimizer.step(START, gradient)
            assert np.all(optimizer.v_max >= largest)
            largest = optimizer.v_max


def test_adamax_leaves_a_parameter_alone_until_it_has_a_gradient():
    thetas = run(AdaMax(lr=0.1), [1.0, 1.0], [[0.0, 1.0], [0.0, 1.0], [1.0, 1.0]])
    assert thetas[:2, 0].tolist() == [1.0, 1.0] and thetas[2, 0] < 1.0


def test_yogi_of_the_paper_corrects_no_bias():
    lr, beta1, beta2, eps, m, v, theta = 0.1, 0.9, 0.99, 1e-3, 0.0, 0.2, 1.0
    optimizer, ours = Yogi(lr, beta1, beta2, eps, initial_accumulator=v), 1.0
    for g in stream(20)[:, 0, 0]:
        m = beta1 * m + (1 - beta1) * g
        v = v - (1 - beta2) * math.copysign(1, v - g**2) * g**2
        theta = theta - lr * m / (math.sqrt(v) + eps)
        ours = optimizer.step(ours, g)
        assert ours == pytest.approx(theta, abs=1e-12)


def test_lion_moves_every_parameter_with_a_gradient_by_the_rate():
    assert np.array_equal(Lion(lr=0.1).step(np.zeros(3), [5.0, -1e-9, 0.0]), [-0.1, 0.1, 0.0])


@pytest.mark.parametrize("beta2", [0.0, 1 / 3, 0.5, 0.6])
def test_radam_is_plain_momentum_where_rho_can_never_exceed_4(beta2):
    optimizer = RAdam(lr=0.1, beta2=beta2)
    expected, m = START, 0.0
    theta = START
    for t, gradient in enumerate(stream(21, steps=40), start=1):
        theta = optimizer.step(theta, gradient)
        m = 0.9 * m + 0.1 * gradient
        expected = expected - 0.1 * m / (1 - 0.9**t)
        assert optimizer.rho <= 4
        np.testing.assert_allclose(theta, expected, rtol=1e-12)


def test_radam_rectifies_from_step_5_in_the_paper_and_from_step_6_in_the_frameworks():
    for above, first in ((4, 5), (5, 6)):
        optimizer = RAdam(lr=0.1, rectify_above=above)
        steps = -np.diff(run(optimizer, 0.0, [100.0] * 8), prepend=0.0)
        assert np.all(steps[: first - 1] == pytest.approx(10.0))
        assert np.all(steps[first - 1 :] < 0.1)


def test_radams_rho_has_the_shape_of_an_array_of_beta2():
    optimizer = RAdam(beta2=np.array([[0.0], [0.6], [0.999]]))
    thetas = run(optimizer, np.zeros((3, 2)), np.ones((8, 3, 2)))
    assert thetas.shape == (8, 3, 2)
    assert optimizer.rho.ravel() == pytest.approx([1.0, 3.7267, 7.9895], abs=1e-4)


def test_adafactor_estimates_a_rank_one_second_moment_exactly():
    gradient = np.outer([1.0, 2.0, 3.0], [0.5, 4.0])
    optimizer = AdaFactor(lr=0.01)
    theta = optimizer.step(np.ones((3, 2)), gradient)
    assert optimizer.row.shape == (3, 1) and optimizer.column.shape == (1, 2)
    np.testing.assert_allclose(theta, 0.99, rtol=1e-12)  # every element steps by rate · sign


def test_adafactors_step_is_clipped_and_relative_to_the_size_of_the_parameters():
    chance = np.random.default_rng(22)
    for size in (1e-6, 1.0, 50.0):
        theta = size * chance.normal(size=(4, 5))
        optimizer = AdaFactor(lr=0.01, clip=0.5)
        step = optimizer.step(theta, chance.normal(size=(4, 5))) - theta
        rms = np.sqrt(np.mean(step**2))
        assert rms == pytest.approx(0.5 * 0.01 * max(1e-3, np.sqrt(np.mean(theta**2))), rel=1e-9)


@pytest.mark.parametrize(("ndim", "shape"), [(0, ()), (1, (4,)), (2, (3, 4)), (3, (2, 3, 4))])
def test_adafactors_batch_of_tensors_equals_the_tensors_alone(ndim, shape):
    starts = np.random.default_rng(23).normal(size=(5, *shape))
    gradients = stream(24, shape=(5, *shape))
    together = run(AdaFactor(parameter_ndim=ndim), starts, gradients)
    for i in range(5):
        assert np.array_equal(together[:, i], run(AdaFactor(), starts[i], gradients[:, i]))


def test_schedule_free_averages_what_steps_and_takes_gradients_between():
    optimizer = ScheduleFreeAdamW(lr=0.1, beta1=0.9)
    y, zs = np.array([1.0]), []
    for gradient in stream(25, shape=(1,)):
        y = optimizer.step(y, gradient)
        zs.append(optimizer.z)
        np.testing.assert_allclose(optimizer.x, np.mean(zs, axis=0))
        np.testing.assert_allclose(y, 0.1 * optimizer.z + 0.9 * optimizer.x)


def test_schedule_free_may_start_at_rate_0():
    thetas = run(ScheduleFreeAdamW(lr=lambda t: 0.1 * (t - 1)), 1.0, [1.0] * 3)
    assert thetas[0] == 1.0 and thetas[2] < thetas[1] < 1.0


@pytest.mark.parametrize("seed", range(5))
def test_with_little_memory_rmsprop_and_adadelta_have_their_known_first_steps(seed):
    g = np.random.default_rng(seed).normal(size=4)
    step = RMSProp(lr=0.1, rho=0.9, eps=0).step(np.zeros(4), g)
    np.testing.assert_allclose(step, -0.1 * np.sign(g) / math.sqrt(0.1))
    step = AdaDelta(rho=0.9, eps=1e-6).step(np.zeros(4), g)
    np.testing.assert_allclose(step, -g * 1e-3 / np.sqrt(0.1 * g * g + 1e-6))


def test_centered_rmsprop_stays_finite_where_rounding_makes_its_variance_negative():
    # For equal gradients of −3.7, v − mean² settles at −5e-15.
    thetas = run(RMSProp(lr=0.1, centered=True), 0.0, [-3.7] * 500)
    assert np.all(np.isfinite(thetas)) and np.all(np.diff(thetas) > 0)


def test_adagrads_steps_on_equal_gradients_shrink_like_one_over_root_t():
    steps = -np.diff(run(AdaGrad(lr=1.0), 0.0, [3.0] * 50), prepend=0.0)
    np.testing.assert_allclose(steps, 1 / np.sqrt(np.arange(1, 51)), rtol=1e-9)


def test_adabelief_takes_long_steps_where_gradients_agree():
    agree = abs(run(AdaBelief(lr=0.1), 0.0, [1.0] * 50)[-1])
    disagree = abs(run(AdaBelief(lr=0.1), 0.0, [1.0, -1.0] * 25)[-1])
    adam = abs(run(Adam(lr=0.1), 0.0, [1.0] * 50)[-1])
    assert agree > 2 * adam > 4 * disagree


def test_nadam_without_a_schedule_looks_one_decay_ahead():
    g, b = 2.0, 0.9
    step = NAdam(lr=0.1, eps=0, momentum_decay=None).step(0.0, g)
    m_hat = b * (1 - b) * g / (1 - b**2) + g
    assert step == pytest.approx(-0.1 * m_hat / g)


@every_class
def test_a_complex_gradient_is_refused_and_nothing_has_changed(kind):
    optimizer = by_default(kind)
    with pytest.raises(TypeError, match="must hold real numbers, but it holds complex128"):
        optimizer.step(np.ones(2), np.array([1.0, 1j]))
    assert optimizer.t == 0 and optimizer.state == by_default(kind).state


@every_class
def test_a_gradient_of_whole_numbers_is_as_good_as_one_of_floats(kind):
    whole, floats = (
        by_default(kind).step(as_a_matrix(kind, [1.0, 1.0]), as_a_matrix(kind, grad))
        for grad in ([3, -4], [3.0, -4.0])
    )
    np.testing.assert_array_equal(whole, floats)


@every_class
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_finite_gradient_gives_nan_or_infinity_even_with_an_eps_of_0(kind, dtype):
    largest = np.finfo(dtype).max ** 0.7  # its square is infinite
    sizes = np.array([0, 0, 1 / largest, 1, largest], dtype=dtype)
    stream = np.array([sizes, -sizes[::-1], np.zeros(5), sizes, [0, 1, 2, 3, 4]], dtype=dtype)
    names = [name for name in ("eps", "eps1") if hasattr(kind, name)]
    for settings_ in ({}, dict.fromkeys(names, 0.0)):
        optimizer, theta = kind(lr=0.1, **settings_), as_a_matrix(kind, np.zeros(5, dtype=dtype))
        with np.errstate(over="ignore"):
            for g in stream:
                theta = optimizer.step(theta, as_a_matrix(kind, g))
                assert np.isfinite(theta).all(), (settings_, g)


@every_form
def test_a_parameter_without_a_gradient_stays_where_it_is_if_eps_is_0(form):
    optimizer = make(form, eps=0.0, initial_accumulator=0.0, weight_decay=0.0)
    if optimizer.state.get("m"):  # Yogi's, which starts at 1e-6 if the form does not say otherwise
        optimizer.m = 0.0
    theta = START.copy()
    for _ in range(3):
        theta = optimizer.step(theta, np.zeros_like(theta))
    np.testing.assert_array_equal(theta, START)


# Rules for matrices


def test_newton_and_schulz_keep_the_directions_and_make_them_about_equally_strong():
    for shape in ((4, 7), (7, 4), (5, 3, 6)):
        matrix = np.random.default_rng(27).normal(size=shape)
        u, _, vt = np.linalg.svd(matrix, full_matrices=False)
        found = u.mT @ orthogonalized(matrix) @ vt.mT
        strength = np.diagonal(found, axis1=-2, axis2=-1)
        np.testing.assert_allclose(found, strength[..., None] * np.eye(found.shape[-1]), atol=1e-12)
        assert np.all((strength > 0.68) & (strength < 1.21))
        exact = orthogonalized(matrix, 40, (1.5, -0.5, 0), eps=0)
        np.testing.assert_allclose(exact, exactly_orthogonalized(matrix), atol=1e-12)
        np.testing.assert_allclose(exact, u @ vt, atol=1e-12)


def test_five_steps_bring_all_from_a_hundredth_on_between_068_and_114():
    made = []
    for size in np.logspace(-2, -0.01, 500):
        matrix = np.diag([size, math.sqrt(1 - size * size)])  # of Frobenius norm 1
        made.append(orthogonalized(matrix, eps=0)[0, 0])
    assert min(made) == pytest.approx(0.68, abs=0.01)
    assert max(made) == pytest.approx(1.134, abs=0.001)


def test_each_newton_schulz_step_may_have_coefficients_of_its_own():
    matrix = np.random.default_rng(28).normal(size=(3, 4))
    first, second = (2.0, -1.5, 0.5), (1.5, -0.5, 0.0)
    once = orthogonalized(matrix, 1, first, eps=0)
    both = orthogonalized(matrix, 2, (first, second), eps=0)
    np.testing.assert_allclose(both, 1.5 * once - 0.5 * once @ once.T @ once, rtol=1e-12)


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_a_matrix_of_any_size_is_made_orthogonal(scale):
    matrix = np.random.default_rng(29).normal(size=(3, 4))
    made = orthogonalized(scale * matrix, eps=0)
    np.testing.assert_allclose(made, orthogonalized(matrix, eps=0), rtol=1e-10, atol=1e-12)
    assert np.array_equal(orthogonalized(np.zeros((3, 4)), eps=0), np.zeros((3, 4)))


@pytest.mark.parametrize(("shape", "fan_out"), [((4, 9), 1.0), ((9, 4), 1.5)])
def test_muons_scalings(shape, fan_out):
    gradient = np.random.default_rng(30).normal(size=shape)
    plain, original, as_adam = (
        Muon(0.1, scaling=scaling, eps=0).step(np.zeros(shape), gradient)
        for scaling in ("none", "original", "match_rms_adamw")
    )
    np.testing.assert_allclose(original, fan_out * plain)
    np.testing.assert_allclose(as_adam, 0.2 * 3 * plain)
    turned = Muon(0.1, inputs_first=True, eps=0).step(np.zeros(shape[::-1]), gradient.T)
    np.testing.assert_allclose(turned, original.T, atol=1e-15)
    np.testing.assert_allclose(plain, -0.1 * orthogonalized(gradient, eps=0))


def test_muons_decay_is_times_the_rate_and_not_times_the_scale():
    theta = np.ones((9, 4))
    for scaling in ("none", "original", "match_rms_adamw"):
        decayed = Muon(0.1, weight_decay=0.5, scaling=scaling).step(theta, np.zeros((9, 4)))
        np.testing.assert_allclose(decayed, 0.95 * theta)


@pytest.mark.parametrize("kind", [getattr(optimizers, name) for name in MATRIX])
def test_a_rule_for_matrices_refuses_a_vector_and_says_what_to_do(kind):
    optimizer = kind()
    with pytest.raises(ValueError) as refused:
        optimizer.step(np.ones(6), np.ones(6))
    assert str(refused.value) == (
        f"{kind.__name__}: the parameters must be a matrix, but theta has the shape (6,). "
        "PerBlock(blocks, …) says which parts of a vector are matrices, and gives the others to "
        "another rule."
    )
    assert optimizer.t == 0


@pytest.mark.parametrize("kind", [getattr(optimizers, name) for name in MATRIX])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_finite_matrix_gives_nan_or_infinity_even_with_an_eps_of_0(kind, dtype):
    chance, largest = np.random.default_rng(31), np.finfo(dtype).max ** 0.7
    wild = largest ** chance.uniform(-1, 1, (40, 3, 4)) * chance.choice([-1, 0, 1], (40, 3, 4))
    flat = np.outer([1, 2, 3], [1, -1, 0, 2])
    for gradients in (wild, [largest * flat] * 5, [flat / largest] * 5, np.zeros((5, 3, 4))):
        for settings_ in ({}, {"eps": 0.0}):
            theta, optimizer = np.ones((3, 4), dtype), kind(lr=0.1, **settings_)
            for g in np.asarray(gradients, dtype):
                theta = optimizer.step(theta, g)
                assert np.isfinite(theta).all(), settings_


def turns(seed):
    """Return two rotations, of 3 rows and of 4 columns, and a stream of 3 × 4 gradients."""
    chance = np.random.default_rng(seed)
    left, right = (np.linalg.qr(chance.normal(size=(n, n)))[0] for n in (3, 4))
    return left, right, chance.normal(size=(30, 3, 4))


@pytest.mark.parametrize(
    "make_one",
    [
        lambda: Muon(0.1),
        lambda: Shampoo(0.1),
        lambda: Shampoo(0.1, beta2=0.9, momentum=0.9),
        lambda: SOAP(0.1, every=3),
    ],
)
def test_a_turned_problem_gives_the_turned_run_which_adam_does_not(make_one):
    left, right, gradients = turns(32)
    start = np.ones((3, 4))
    for make_this, holds in ((make_one, True), (lambda: Adam(0.1), False)):
        plain = run(make_this(), start, gradients)
        turned = run(make_this(), left @ start @ right, left @ gradients @ right)
        apart = np.max(abs(left @ plain @ right - turned))
        assert apart < 1e-9 if holds else apart > 0.1


@pytest.mark.parametrize("shape", [(3, 4), (4, 3), (4, 4)])
@pytest.mark.parametrize("one_sided", [False, True])
def test_shampoos_first_step_is_the_gradient_made_orthogonal(shape, one_sided):
    gradient = np.random.default_rng(33).normal(size=shape)
    step = Shampoo(0.1, eps=0, one_sided=one_sided).step(np.zeros(shape), gradient)
    np.testing.assert_allclose(step, -0.1 * exactly_orthogonalized(gradient), atol=1e-8)


def test_on_diagonal_gradients_shampoo_is_adagrad():
    gradients = stream(34, 20, (4,))[:, :, None] * np.eye(4)
    ours = run(Shampoo(0.1, eps=0), np.ones((4, 4)), gradients)
    adagrad = run(AdaGrad(0.1, eps=0), np.ones((4, 4)), gradients)
    np.testing.assert_allclose(ours, adagrad, rtol=1e-9)


def test_shampoo_without_a_beta2_adds_up_and_with_one_averages():
    gradients = stream(35, 5, (2, 3))
    added, averaged = Shampoo(eps=0.5), Shampoo(eps=0.5, beta2=0.9)
    left, mean = 0.5 * np.eye(2), 0.5 * np.eye(2)
    for g in gradients:
        added.step(START, g)
        averaged.step(START, g)
        left, mean = left + g @ g.T, 0.9 * mean + 0.1 * g @ g.T
        np.testing.assert_allclose(added.left, left)
        np.testing.assert_allclose(averaged.left, mean)
        power = np.linalg.matrix_power(added.left_root, 4)
        np.testing.assert_allclose(power @ left, np.eye(2), atol=1e-10)


def test_shampoo_keeps_its_roots_and_soap_its_directions_for_as_long_as_every_says():
    shampoo, soap, roots, bases = Shampoo(every=3), SOAP(every=3), [], []
    for g in stream(36, 10, (3, 4)):
        shampoo.step(np.ones((3, 4)), g)
        soap.step(np.ones((3, 4)), g)
        roots.append(shampoo.right_root)
        bases.append(soap.right_q)
    for kept in (roots, bases):
        new = [t for t in range(2, 11) if not np.array_equal(kept[t - 1], kept[t - 2])]
        assert new == [4, 7, 10]


def test_soap_moves_from_its_second_step_on_and_its_directions_become_eigenvectors():
    chance = np.random.default_rng(37)
    mix = chance.normal(size=(3, 3)) * [3.0, 1.0, 0.3]  # unlike strong
    soap, theta = SOAP(0.01, beta2=0.999, every=1), np.zeros((3, 4))
    for t in range(1, 2001):
        new = soap.step(theta, mix @ chance.normal(size=(3, 4)))
        assert np.array_equal(new, theta) is (t == 1)
        theta = new
    seen = soap.left_q.T @ soap.left @ soap.left_q
    size = np.sqrt(np.diagonal(seen))
    assert np.all(np.diff(size) < 0)
    assert np.max(abs(seen / size / size[:, None] - np.eye(3))) < 0.05
    np.testing.assert_allclose(soap.left_q.T @ soap.left_q, np.eye(3), atol=1e-12)


def test_on_diagonal_gradients_soap_is_adam_from_the_second_one_on():
    sizes = np.random.default_rng(38).uniform(0.8, 1.2, (20, 3)) * [9.0, 3.0, 1.0]
    gradients = sizes[:, :, None] * np.eye(3)
    soap = run(SOAP(0.1, 0.9, 0.99, every=2), np.zeros((3, 3)), gradients)
    adam = run(Adam(0.1, 0.9, 0.99, eps_hat=True), np.zeros((3, 3)), gradients[1:])
    np.testing.assert_allclose(soap[1:], adam, atol=1e-9)


def test_shampoos_beta2_may_be_none_and_adams_may_not():
    assert Shampoo(beta2=None).beta2 is None
    with pytest.raises(TypeError, match="Adam: beta2 must be a number or an array, not None"):
        Adam(beta2=None)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: Muon(scaling="width"),
            "Muon: scaling must be one of ('original', 'match_rms_adamw', 'none'), but it is "
            "'width'.",
        ),
        (
            lambda: Muon(ns_steps=2.5),
            "Muon: ns_steps must be a whole number, 0 or more, but it is 2.5.",
        ),
        (lambda: SOAP(every=0), "SOAP: every must be a whole number, 1 or more, but it is 0."),
    ],
)
def test_bad_hyperparameters_of_rules_for_matrices_are_refused(build, message):
    with pytest.raises(ValueError) as refused:
        build()
    assert str(refused.value) == message
