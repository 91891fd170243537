"""The problems: derivatives, minima, batches and data are what they claim to be."""

import hashlib
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser

from adam_course import descend, problems
from adam_course.optimizers import Adam
from adam_course.problems import (
    Beale,
    Bowl,
    Cubic,
    DigitsMLP,
    DigitsSoftmax,
    Himmelblau,
    Plateau,
    Regression,
    Rosenbrock,
    Saddle,
    Transformer,
    load_digits,
)

SURFACES = [
    Bowl(),
    Bowl(condition=30.0, angle=25.0, curvature=2.5),
    Cubic(),
    Rosenbrock(),
    Rosenbrock(a=-3.0, b=7.0),
    Beale(),
    Himmelblau(),
    Saddle(),
    Saddle(condition=30.0, angle=25.0),
    Plateau(),
    Plateau(width=2.0),
]
SMALL = [*SURFACES, Regression(), Regression(slope=-9.0, noise=0.2, points=7, seed=3)]

each_surface = pytest.mark.parametrize("problem", SURFACES, ids=repr)
each_small = pytest.mark.parametrize("problem", SMALL, ids=repr)
DIGITS = [DigitsSoftmax(), DigitsMLP(), DigitsMLP(hidden=(5, 4), activation="relu", images=1000)]
LANGUAGE = Transformer(width=2, length=8, words=6, head=2)
each = pytest.mark.parametrize("problem", [*SMALL, *DIGITS, LANGUAGE], ids=repr)
drawn = settings(max_examples=40, deadline=None)
points = st.lists(st.floats(-4, 4, width=32), min_size=2, max_size=2)


def at(problem, point):
    return np.array(point[: problem.dimension])


def some_points(problem, *shape):
    return np.random.default_rng(7).uniform(-3, 3, (*shape, problem.dimension))


def by_complex_steps(f, theta):
    """Derivatives of f along each coordinate, exact to rounding: Im f(θ + i h e) / h."""
    return np.array([f(theta + 1e-30j * e).imag / 1e-30 for e in np.eye(len(theta))])


def by_central_differences(f, theta, h=1e-5):
    return np.array([(f(theta + h * e) - f(theta - h * e)) / (2 * h) for e in np.eye(len(theta))])


# Derivatives


@each_small
@drawn
@given(point=points)
def test_the_gradient_is_the_derivative_of_the_value(problem, point):
    theta = at(problem, point)
    gradient, size = problem.gradient(theta), 1 + abs(problem.value(theta))
    size = size + abs(gradient).max()
    exact = by_complex_steps(problem.value, theta)
    close = by_central_differences(problem.value, theta)
    np.testing.assert_allclose(gradient, exact, rtol=0, atol=1e-12 * size)
    np.testing.assert_allclose(gradient, close, rtol=0, atol=1e-7 * size)


@each_small
@drawn
@given(point=points)
def test_the_hessian_is_the_derivative_of_the_gradient(problem, point):
    theta = at(problem, point)
    hessian = problem.hessian(theta)
    size = 1 + abs(problem.gradient(theta)).max() + abs(hessian).max()
    exact = by_complex_steps(problem.gradient, theta)
    close = by_central_differences(problem.gradient, theta)
    np.testing.assert_allclose(hessian, exact, rtol=0, atol=1e-12 * size)
    np.testing.assert_allclose(hessian, close, rtol=0, atol=1e-7 * size)


@pytest.mark.parametrize("rows", [None, np.arange(0, 100, 7)])
@pytest.mark.parametrize("problem", DIGITS, ids=repr)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), l2=st.sampled_from([0.0, 0.3]))
def test_the_digits_gradient_is_the_derivative_of_the_value_in_any_direction(
    problem, rows, seed, l2
):
    problem, rng = replace(problem, l2=l2), np.random.default_rng(seed)
    theta, direction = rng.normal(size=(2, problem.dimension))
    slope = problem.value(theta + 1e-30j * direction, rows).imag / 1e-30
    gradient = problem.gradient(theta, rows)
    np.testing.assert_allclose(gradient @ direction, slope, rtol=1e-11, atol=1e-11)


# Values and minima


@pytest.mark.parametrize(
    ("problem", "theta", "value"),
    [
        (Cubic(), [0.0], 2.0),
        (Cubic(), [-1.0], -1.0),
        (Rosenbrock(), [-1.2, 1.0], 24.2),
        (Rosenbrock(a=2.0, b=3.0), [0.0, 1.0], 7.0),
        (Beale(), [0.0, 0.0], 14.203125),
        (Beale(), [1.0, 2.0], 2.5**2 + 5.25**2 + 9.625**2),
        (Himmelblau(), [0.0, 0.0], 170.0),
        (Himmelblau(), [-0.270845, -0.923039], 181.617),
        (Saddle(), [1.0, 2.0], 2.5),
        (Saddle(condition=4.0), [1.0, 2.0], 0.5 + 2 / 4),
        (Saddle(condition=4.0, angle=90.0), [-2.0, 1.0], 0.5 + 2 / 4),
        (Plateau(width=0.5), [0.3, 0.4], 0.5),
        (Plateau(width=2.0), [2.0, 4.0], 5 / 6),
        (Bowl(condition=4.0), [2.0, 3.0], 0.5 * (0.25 * 4 + 9)),
        (Bowl(condition=4.0, curvature=8.0, angle=90.0), [2.0, 3.0], 0.5 * (8 * 4 + 2 * 9)),
    ],
    ids=repr,
)
def test_known_values_come_out(problem, theta, value):
    assert problem.value(np.array(theta)) == pytest.approx(value, rel=3e-6)


@each_small
def test_the_minimizers_are_stationary_and_have_the_value_of_the_minimum(problem):
    assert problem.minimizers.shape[1:] == (problem.dimension,)
    assert len(np.unique(problem.minimizers, axis=0)) == len(problem.minimizers)
    np.testing.assert_allclose(problem.gradient(problem.minimizers), 0, atol=1e-12)
    np.testing.assert_allclose(problem.value(problem.minimizers), problem.minimum, atol=1e-13)
    assert (np.linalg.eigvalsh(problem.hessian(problem.minimizers)) > 0).all()


@pytest.mark.parametrize("problem", [p for p in SMALL if not isinstance(p, Cubic)], ids=repr)
@drawn
@given(point=points)
def test_no_point_lies_below_the_minimum(problem, point):
    assert problem.value(at(problem, point)) >= problem.minimum - 1e-12


def test_the_minimum_of_the_cubic_is_a_local_one_as_it_falls_without_end_to_the_left():
    assert Cubic().minimum == 22 / 27
    assert Cubic().value(np.array([-100.0])) < -1e6


def test_himmelblaus_minimizers_are_right_to_the_last_bit():
    for x, y in Himmelblau().minimizers:
        X, Y = Fraction(x), Fraction(y)
        u, v = X * X + Y - 11, X + Y * Y - 7
        determinant = 4 * X * Y - 1  # of the Jacobian of (u, v); one exact Newton step from here
        assert abs((2 * Y * u - v) / determinant) <= np.spacing(abs(x)) * 0.501
        assert abs((2 * X * v - u) / determinant) <= np.spacing(abs(y)) * 0.501


@drawn
@given(
    condition=st.floats(1, 1e4),
    angle=st.floats(-360, 360),
    curvature=st.floats(0.01, 100),
)
def test_a_bowl_has_the_curvatures_and_the_direction_asked_for(condition, angle, curvature):
    bowl = Bowl(condition=condition, angle=angle, curvature=curvature)
    flat, steep = np.linalg.eigvalsh(bowl.matrix)
    assert steep == pytest.approx(curvature)
    assert flat == pytest.approx(curvature / condition, abs=1e-12 * curvature)
    along = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    assert bowl.value(along) == pytest.approx(flat / 2, abs=1e-12 * curvature)
    np.testing.assert_array_equal(bowl.hessian(along), bowl.matrix)


def test_the_saddle_point_is_stationary_and_curves_both_ways():
    origin = np.zeros(2)
    np.testing.assert_array_equal(Saddle().gradient(origin), 0)
    np.testing.assert_array_equal(np.linalg.eigvalsh(Saddle().hessian(origin)), [-1, 1])
    assert Saddle().gradient(np.array([1.5, 0.0]))[1] == 0
    turned = Saddle(condition=100.0, angle=30.0).hessian(origin)
    np.testing.assert_allclose(np.linalg.eigvalsh(turned), [-0.01, 1])


def test_the_plateau_is_flat_where_it_starts_and_steep_in_its_valley():
    plateau = Plateau()
    assert abs(plateau.gradient(plateau.start)).max() < 0.01
    np.testing.assert_allclose(plateau.hessian(np.zeros(2)), 2 / plateau.width**2 * np.eye(2))


# Points, batches, memory


@each_small
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_batch_has_the_same_bits_as_its_points_one_by_one(problem, order):
    thetas = np.array(some_points(problem, 13, 21), order=order)
    for f in (problem.value, problem.gradient, problem.hessian):
        batch = f(thetas)
        single = [[f(thetas[i, j].copy()) for j in range(21)] for i in range(13)]
        np.testing.assert_array_equal(batch, single, strict=True)
        np.testing.assert_array_equal(f(thetas[::2, ::-3]), batch[::2, ::-3], strict=True)


@each
def test_shapes_follow_the_batch(problem):
    d = problem.dimension
    for batch in [(), (1,), (3, 2), (0, 2)]:
        theta = some_points(problem, *batch)
        assert np.shape(problem.value(theta)) == batch
        assert problem.gradient(theta).shape == (*batch, d)


@each_surface
def test_the_gradient_keeps_the_order_in_memory(problem):
    thetas = some_points(problem, 30, 20)
    assert problem.gradient(np.asfortranarray(thetas)).flags.f_contiguous
    assert problem.gradient(np.ascontiguousarray(thetas)).flags.c_contiguous


@each
def test_the_gradient_is_a_new_array_and_theta_is_left_alone(problem):
    theta = some_points(problem)
    before = theta.copy()
    first, second = problem.gradient(theta), problem.gradient(theta)
    first += 1
    assert not np.shares_memory(first, second)
    assert not np.shares_memory(first, theta)
    np.testing.assert_array_equal(theta, before)
    np.testing.assert_array_equal(problem.gradient(theta), second)


def test_whole_numbers_are_taken_as_floats():
    whole = np.array([[1, 2], [3, 4]])
    np.testing.assert_array_equal(Bowl().gradient([1, 2]), [0.1, 2.0])
    np.testing.assert_array_equal(Bowl().gradient(whole), Bowl().gradient(whole * 1.0))
    assert Bowl().value([1, 2]) == Bowl().value(np.array([1.0, 2.0]))
    assert Regression().gradient([0, 1]).dtype == float


@pytest.mark.parametrize("problem", [*SMALL, *DIGITS, LANGUAGE], ids=lambda p: type(p).__name__)
@pytest.mark.parametrize("method", ["value", "gradient"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_a_wrong_last_axis_is_refused_in_one_sentence(problem, method, shape):
    with pytest.raises(ValueError, match=rf"must hold the {problem.dimension} parameter"):
        getattr(problem, method)(np.zeros(shape))


def test_one_parameter_is_not_called_parameters():
    with pytest.raises(ValueError, match=r"the last axis .* the 1 parameter, but .* \(2,\)\."):
        Cubic().value(np.zeros(2))
    with pytest.raises(ValueError, match=r"the last axis .* the 2 parameters, but .* \(1,\)\."):
        Bowl().value(np.zeros(1))


# Facts for figures and lessons


@each_small
def test_the_window_shows_the_start_and_every_minimum(problem):
    assert len(problem.window) == problem.dimension
    low, high = np.array(problem.window).T
    assert (low < problem.start).all()
    assert (problem.start < high).all()
    assert (low < problem.minimizers).all()
    assert (problem.minimizers < high).all()


@pytest.mark.parametrize(
    "problem",
    [Bowl(), Cubic(), Rosenbrock(), Beale(), Himmelblau(), Saddle(), Plateau(), Regression()],
    ids=repr,
)
def test_from_its_start_adam_reaches_a_minimum_and_stays_inside_the_window(problem):
    run = descend(problem, Adam(lr=0.1), steps=1000)
    low, high = np.array(problem.window).T
    assert ((low < run.thetas) & (run.thetas < high)).all()
    assert run.losses[0] > problem.minimum + 0.9
    assert run.losses[-1] == pytest.approx(problem.minimum, abs=1e-4)


def test_the_starts_that_others_have_used_are_theirs():
    assert Cubic().start == 0.001  # E2
    np.testing.assert_array_equal(Rosenbrock().start, [-1.2, 1.0])
    np.testing.assert_array_equal(Regression().start, [0.0, 0.0])  # E1


@each
def test_the_start_is_a_new_array_every_time(problem):
    assert problem.start.shape == (problem.dimension,)
    problem.start[:] = 99
    assert (problem.start != 99).all()
    if problem.minimizers is not None:
        problem.minimizers[:] = 99
        assert (problem.minimizers != 99).all()


@each
def test_the_formula_can_be_typeset_and_the_name_is_short(problem):
    MathTextParser("path").parse(f"${problem.formula}$")
    assert 0 < len(problem.name) <= 20


def test_the_formula_shows_the_constants():
    assert Rosenbrock().formula == r"(1 - x)^2 + 100\,(y - x^2)^2"
    assert "2^2" in Plateau(width=2.0).formula


@each
def test_a_problem_is_a_constant(problem):
    assert problem == type(problem)(**vars_of(problem))
    assert hash(problem) == hash(type(problem)(**vars_of(problem)))
    with pytest.raises(FrozenInstanceError):
        problem.seed = 1


def vars_of(problem):
    return {name: getattr(problem, name) for name in problem.__dataclass_fields__}


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Saddle(condition=0.5), "condition must be at least 1"),
        (lambda: Bowl(condition=0.5), "condition must be at least 1"),
        (lambda: Bowl(condition=np.nan), "condition must be a finite number above 0"),
        (lambda: Bowl(curvature=0), "curvature must be a finite number above 0"),
        (lambda: Bowl(angle=np.inf), "angle must be a finite number"),
        (lambda: Rosenbrock(b=-1), "b must be a finite number above 0"),
        (lambda: Rosenbrock(a=np.nan), "a must be a finite number"),
        (lambda: Plateau(width=0), "width must be a finite number above 0"),
        (lambda: Regression(noise=-1), "noise must be a finite number, 0 or more"),
        (lambda: Regression(points=1), "points must be a whole number, 2 or more, but it is 1"),
        (lambda: DigitsSoftmax(l2=-0.1), "l2 must be a finite number, 0 or more"),
        (lambda: DigitsSoftmax(images=1798), "images must be from 1 to 1797, but it is 1798"),
        (lambda: DigitsMLP(activation="sin"), 'activation must be "tanh" or "relu", but'),
        (lambda: DigitsMLP(hidden=32), r"hidden must hold .* as \(32,\), but it is 32"),
        (lambda: DigitsMLP(hidden=(32, 0)), r"hidden must hold .* but it is \(32, 0\)"),
        (lambda: Transformer(words=513), "words must be 512 or less, but it is 513"),
        (lambda: Transformer(words=1), "words must be a whole number, 2 or more, but it is 1"),
        (lambda: Transformer(width=24), "width must be a multiple of head, but 24 is not .* 16"),
        (lambda: Transformer(depth=0), "depth must be a whole number, 1 or more, but it is 0"),
    ],
)
def test_impossible_constants_are_refused_in_one_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


@pytest.mark.parametrize("value", ["steep", None, (2.0, 3.0), True])
def test_a_constant_that_is_no_number_is_refused_in_one_sentence(value):
    with pytest.raises(TypeError, match=r"^Bowl: condition must be a number, not "):
        Bowl(condition=value)


# Regression


def test_e1_adam_fits_the_line_with_the_numbers_of_the_source():
    problem, adam = Regression(), Adam(lr=0.1)
    theta, seen = problem.start, {}
    for t in range(1, 101):
        theta = adam.step(theta, problem.gradient(theta))
        seen[t] = [f"{number:.4f}" for number in (problem.value(theta), *theta)]
    assert seen[10] == ["9.9775", "0.9757", "0.9061"]
    assert seen[100] == ["0.8156", "2.0227", "0.8925"]
    w, b = problem.minimizers[0]
    assert [f"{w:.5f}", f"{b:.5f}", f"{problem.minimum:.5f}"] == ["2.01379", "0.89615", "0.81490"]


def test_the_data_are_those_of_numpys_legacy_generator_with_seed_42():
    problem = Regression()
    np.testing.assert_array_equal(problem.x, np.linspace(-5, 5, 100))
    noise = problem.y - 2 * problem.x - 1
    np.testing.assert_allclose(noise[:3], [0.4967141530, -0.1382643012, 0.6476885381], atol=1e-9)


def test_the_minimizer_is_the_least_squares_line():
    for problem in (Regression(), Regression(slope=-3.0, intercept=8.0, noise=2.0, points=9)):
        line = np.polyfit(problem.x, problem.y, 1)
        np.testing.assert_allclose(problem.minimizers, [line], rtol=1e-12)
    exact = Regression(slope=-3.0, intercept=8.0, noise=0.0, points=2)
    np.testing.assert_allclose(exact.minimizers, [[-3, 8]], rtol=1e-14)


def test_the_window_of_a_line_has_whole_ends_one_and_a_half_beyond_start_and_minimum():
    assert Regression().window == ((-2, 4), (-2, 3))  # from (0, 0) to (2.01, 0.90)
    exact = Regression(slope=-3.25, intercept=8.25, noise=0.0, points=9)
    assert exact.window == ((-5, 2), (-2, 10))


@drawn
@given(point=points, rows=st.lists(st.integers(0, 99), min_size=1, max_size=30))
def test_a_mini_batch_is_the_mean_over_its_rows(point, rows):
    problem, (w, b) = Regression(), point
    x, error = problem.x[rows], w * problem.x[rows] + b - problem.y[rows]
    loss, slopes = np.mean(error**2), [np.mean(2 * error * x), np.mean(2 * error)]
    theta, size = np.array(point), 1 + np.mean(problem.y[rows] ** 2) + loss
    assert problem.value(theta, rows) == pytest.approx(loss, abs=1e-13 * size)
    np.testing.assert_allclose(problem.gradient(theta, rows), slopes, atol=1e-12 * size)
    np.testing.assert_allclose(
        problem.hessian(theta, rows), by_complex_steps(lambda p: problem.gradient(p, rows), theta)
    )


@pytest.mark.parametrize(
    "problem", [Regression(), DigitsSoftmax(l2=0.1), DigitsMLP(l2=0.1)], ids=repr
)
def test_all_rows_are_the_default_and_each_run_may_have_its_own(problem):
    thetas, rng = some_points(problem, 3, 2), np.random.default_rng(1)
    count, rows = problem.points, rng.integers(0, 100, (3, 2, 8))
    functions = [problem.value, problem.gradient]
    if hasattr(problem, "accuracy"):
        functions.append(problem.accuracy)
    for f in functions:
        np.testing.assert_allclose(f(thetas, np.arange(count)), f(thetas), rtol=1e-12)
        single = [[f(thetas[i, j], rows[i, j]) for j in range(2)] for i in range(3)]
        np.testing.assert_allclose(f(thetas, rows), single, rtol=1e-12, atol=1e-14)


def test_mini_batches_of_one_size_average_to_the_full_gradient():
    problem, theta = Regression(), np.array([0.3, -2.0])
    shuffled = np.random.default_rng(0).permutation(100).reshape(5, 20)
    batches = problem.gradient(np.tile(theta, (5, 1)), shuffled)
    np.testing.assert_allclose(batches.mean(axis=0), problem.gradient(theta), rtol=1e-12)


@pytest.mark.parametrize("problem", [Regression(), DigitsSoftmax()], ids=repr)
@pytest.mark.parametrize(
    ("rows", "error", "sentence"),
    [
        ([], TypeError, "rows must be row numbers"),
        (np.array([], dtype=int), ValueError, "rows must hold at least one row number"),
        ([0.5], TypeError, "rows must be row numbers .*, but they are float64"),
        ([True, False], TypeError, "but they are bool"),
        ([0, 1797], ValueError, "between 0 and (99|1796), but they run from 0 to 1797"),
        ([-1, 5], ValueError, "rows must lie between 0 and (99|1796), but they run from -1 to 5"),
    ],
)
def test_impossible_rows_are_refused_in_one_sentence(problem, rows, error, sentence):
    for f in (problem.value, problem.gradient):
        with pytest.raises(error, match=sentence):
            f(problem.start, rows)


# Digits

PACKAGE = Path(problems.__file__).parent


def test_the_digits_are_those_of_uci():
    images, labels = load_digits()
    assert images.shape == (1797, 64)
    assert labels.shape == (1797,)
    assert images.dtype == float
    assert labels.dtype.kind == "i"
    assert images.min() == 0.0
    assert images.max() == 1.0
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    np.testing.assert_array_equal(np.bincount(labels), counts)
    pixels = (images * 16).astype(np.uint8)
    assert hashlib.sha256(pixels.tobytes()).hexdigest() == (
        "8f26b2bd9d135c256808f68f14fdabddde6d9c7f869ae419704b051f0f14b3b3"
    )
    assert hashlib.sha256(labels.astype(np.uint8).tobytes()).hexdigest() == (
        "8ba4f891220f5e4c9c819638d1602d74b83618f167043c6da52a2a247841ddf0"
    )


def test_the_digits_are_new_arrays_every_time():
    load_digits()[0][:] = 7.0
    assert load_digits()[0].max() == 1.0


def test_the_digits_file_is_small_and_names_its_source_and_licence():
    assert (PACKAGE / "digits.npz").stat().st_size < 120_000
    attribution = (PACKAGE / "DIGITS.md").read_text(encoding="utf-8")
    for fact in ("Alpaydin", "Kaynak", "UCI Machine Learning", "10.24432/C50P49", "CC BY 4.0"):
        assert fact in attribution


def test_at_zero_all_classes_are_equally_likely():
    problem = DigitsSoftmax()
    assert problem.value(problem.start) == pytest.approx(np.log(10), rel=1e-14)
    _, labels = load_digits()
    biases = problem.gradient(problem.start).reshape(65, 10)[-1]
    np.testing.assert_allclose(biases, 0.1 - np.bincount(labels) / 1797, atol=1e-15)


def test_a_network_without_hidden_layers_is_softmax_regression():
    network, softmax = DigitsMLP(hidden=(), l2=0.1), DigitsSoftmax(l2=0.1)
    theta = some_points(softmax)
    assert network.value(theta) == softmax.value(theta)
    np.testing.assert_array_equal(network.gradient(theta), softmax.gradient(theta))


def test_a_networks_layers_are_its_parameters_as_matrices():
    problem = DigitsMLP(hidden=(5, 4))
    theta = problem.start
    layers = problem.layers(theta)
    assert [layer.shape for layer in layers] == [(65, 5), (6, 4), (5, 10)]
    np.testing.assert_array_equal(np.concatenate([layer.ravel() for layer in layers]), theta)
    assert not any(layer[-1].any() for layer in layers)  # biases start at 0


@pytest.mark.parametrize(("activation", "variance"), [("tanh", 2 / 164), ("relu", 2 / 64)])
def test_networks_start_at_the_variance_of_their_activation(activation, variance):
    problem = DigitsMLP(hidden=(100,), activation=activation)
    starts = problem.starts(3)
    assert len({start.tobytes() for start in starts}) == 3
    np.testing.assert_array_equal(starts, problem.starts(5)[:3])
    weights = problem.layers(starts)[0][:, :-1]
    assert weights.var() == pytest.approx(variance, rel=0.03)


def test_images_that_are_kept_back_are_not_learned_from():
    problem = DigitsMLP(images=1437)
    assert problem.points == 1437
    np.testing.assert_array_equal(problem.test, np.arange(1437, 1797))
    theta = problem.start
    assert problem.value(theta) == problem.value(theta, np.arange(1437)) != DigitsMLP().value(theta)


def test_adam_learns_the_digits():
    problem, adam = DigitsSoftmax(), Adam(lr=0.05)
    train, test = np.arange(1000), np.arange(1000, 1797)
    theta = problem.start
    for _ in range(100):
        theta = adam.step(theta, problem.gradient(theta, train))
    assert problem.value(theta, train) < 0.1
    assert problem.accuracy(theta, train) > 0.98
    assert 0.88 < problem.accuracy(theta, test) < 0.95
    assert problem.accuracy(np.stack([theta, -theta]), test)[1] < 0.01


def test_the_accuracy_is_the_share_of_likeliest_classes_that_are_right():
    problem, always_three = DigitsSoftmax(), np.zeros((65, 10))
    always_three[-1, 3] = 1.0
    assert problem.accuracy(always_three.ravel()) == 183 / 1797
    assert problem.accuracy(always_three.ravel(), rows=[3, 13, 0, 1]) == 0.5


def test_l2_is_paid_for_weights_but_not_for_biases():
    theta = some_points(DigitsSoftmax())
    weights = theta[:640]
    paid = DigitsSoftmax(l2=0.2).value(theta) - DigitsSoftmax().value(theta)
    assert paid == pytest.approx(0.1 * weights @ weights)


def test_huge_scores_overflow_nothing():
    problem = DigitsSoftmax()
    theta = 1e4 * some_points(problem)
    assert np.isfinite(problem.value(theta))
    assert np.isfinite(problem.gradient(theta)).all()


def test_the_import_reads_no_data_and_nothing_but_numpy():
    code = """if True:
        import sys
        opened = []
        sys.addaudithook(lambda event, args: event == "open" and opened.append(str(args[0])))
        import numpy
        before = set(sys.modules)
        import adam_course.problems
        new = {name.split(".")[0] for name in set(sys.modules) - before}
        print(sorted(new - set(sys.stdlib_module_names) - {"numpy"}))
        print([name for name in opened if name.endswith("npz")])
        adam_course.problems.load_digits()
        print(len([name for name in opened if name.endswith("npz")]))
    """
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=PACKAGE.parents[1],
    )
    assert run.stdout.splitlines() == ["['adam_course']", "[]", "1"]
