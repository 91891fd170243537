"""The tasks of exercises 04 and 05 ask for the course's own AdaGrad and RMSProp."""

from pathlib import Path

import numpy as np
import pytest

from adam_course.grading import TASKS
from adam_course.optimizers import AdaDelta, AdaGrad, RMSProp

EXERCISES = Path(__file__).resolve().parent.parent / "exercises"


def assert_same_steps(optimizer, step, names, rng):
    """Compare a task's step with an optimizer's over 200 gradients of very different sizes."""
    ours = theta = rng.normal(size=(3, 4))
    state = [np.zeros((3, 4)) for _ in names]
    for _ in range(200):
        grad = rng.normal(size=(3, 4)) * 10.0 ** rng.integers(-8, 3)
        theta = optimizer.step(theta, grad)
        ours, *state = step(ours, grad, *state)
        np.testing.assert_allclose(ours, theta, rtol=1e-12, atol=1e-12)
        for name, value in zip(names, state, strict=True):
            np.testing.assert_allclose(value, getattr(optimizer, name), rtol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_the_adagrad_step_is_the_courses_own(seed):
    rng = np.random.default_rng(seed)
    lr, step = rng.uniform(0.01, 1), TASKS["adagrad-step"].reference
    assert_same_steps(AdaGrad(lr, eps=1e-7), lambda *a: step(*a, lr, 1e-7), ["v"], rng)


@pytest.mark.parametrize("seed", range(3))
def test_the_rmsprop_steps_are_the_courses_own(seed):
    rng = np.random.default_rng(seed)
    lr, rho, step = rng.uniform(0.01, 1), rng.uniform(0.5, 0.99), TASKS["rmsprop-step"].reference
    assert_same_steps(RMSProp(lr, rho, 1e-7), lambda *a: step(*a, lr, rho, 1e-7), ["v"], rng)


def test_the_adagrad_paths_are_the_courses_own():
    for case in TASKS["adagrad-loop"].draw():
        path = TASKS["adagrad-loop"].reference(**case)
        grad, theta, steps = (case.pop(key) for key in ("grad", "theta", "steps"))
        optimizer = AdaGrad(initial_accumulator=case.pop("initial", 0.0), **case)
        assert len(path) == steps + 1
        for point in path:
            np.testing.assert_allclose(point, theta, rtol=1e-12, atol=1e-12)
            theta = optimizer.step(theta, grad(theta))


@pytest.mark.parametrize(("every", "steps"), [(1, 100), (7, 700)])
def test_a_parameter_that_is_heard_now_and_then_steps_as_predicted(every, steps):
    optimizer, theta = AdaGrad(lr=0.3), np.zeros(1)
    for t in range(1, steps + 1):
        before, theta = theta, optimizer.step(theta, np.array([-5.0 * (t % every == 0)]))
    predicted = TASKS["step-when-heard"].reference(5.0, every, steps, 0.3)
    assert (theta - before)[0] == pytest.approx(predicted)


@pytest.mark.parametrize("seed", range(3))
def test_the_gradients_make_the_moves_again(seed):
    for case in TASKS["gradients-from"].draw(seed):
        optimizer, theta = AdaGrad(lr=case["lr"]), np.zeros(1)
        gradients = TASKS["gradients-from"].reference(**case)
        for gradient, move in zip(gradients, case["moves"], strict=True):
            before, theta = theta, optimizer.step(theta, np.full(1, gradient))
            assert (theta - before)[0] == pytest.approx(move)


@pytest.mark.parametrize("seed", range(3))
def test_rate_and_memory_make_the_two_steps_again(seed):
    for case in TASKS["rate-and-memory"].draw(seed):
        optimizer = RMSProp(*TASKS["rate-and-memory"].reference(**case))
        theta = np.zeros(1)
        for length in case.values():
            before, theta = theta, optimizer.step(theta, np.full(1, -3.0))
            assert (theta - before)[0] == pytest.approx(length)


@pytest.mark.parametrize("times", [1, 4])
def test_a_burst_after_a_long_quiet_steps_as_predicted(times):
    optimizer, theta = RMSProp(lr=0.2, rho=0.9), np.zeros(1)
    for gradient in [0.5] * 500 + [4.0] * times:
        before, theta = theta, optimizer.step(theta, np.full(1, -gradient))
    predicted = TASKS["length-in-a-burst"].reference(0.5, 4.0, times, 0.2, 0.9)
    assert (theta - before)[0] == pytest.approx(predicted)


def test_rmsprop_starts_with_the_steps_predicted():
    optimizer, theta = RMSProp(lr=0.2, rho=0.97), np.zeros(1)
    for t in range(1, 60):
        before, theta = theta, optimizer.step(theta, -np.full(1, 7.0))
        predicted = TASKS["step-length"].reference(7.0, t, 0.2, 0.97)
        assert (theta - before)[0] == pytest.approx(predicted)


@pytest.mark.parametrize("curvature", [0.02, 1, 300])
@pytest.mark.parametrize("rho", [0.9, 0.95])
def test_rmsprop_ends_in_a_swing_of_half_its_rate_to_each_side(curvature, rho):
    optimizer, x, path = RMSProp(lr=0.1, rho=rho, eps=0.0), np.array([5.0]), []
    for _ in range(2000):
        x = optimizer.step(x, curvature * x)
        path.append(x[0])
    np.testing.assert_allclose(np.abs(path[-20:]), 0.05, rtol=1e-3)
    assert (np.sign(path[-20:-1]) == -np.sign(path[-19:])).all()


def test_a_rate_settles_up_to_twice_the_tolerance():
    task = TASKS["rate-that-settles"]
    for seed in range(5):
        for case in task.draw(seed):
            wrong = [bool(task.accepts(*case.values(), f * case["tolerance"])) for f in (1, 2, 2.2)]
            assert wrong == [False, False, True]


def test_adadeltas_steps_are_proportional_to_the_root_of_eps():
    optimizer, theta = AdaDelta(eps=np.array([1e-8, 1e-4])), np.zeros(2)
    for _ in range(500):
        theta = optimizer.step(theta, -np.full(2, 5.0))
    assert theta[1] / theta[0] == pytest.approx(100, rel=1e-4)


def test_the_expected_error_of_noisy_readings_is_what_many_runs_show():
    from adam_course.tasks.t04_adagrad import DISTANCE, expected_error

    rng, x, rates = np.random.default_rng(0), np.zeros((40_000, 2)), np.array([0.1, 0.5])
    for _ in range(12):
        x = x - rates * (x - DISTANCE + rng.normal(size=x.shape))
    seen = np.mean((x - DISTANCE) ** 2, axis=0)
    np.testing.assert_allclose(seen, expected_error(rates, 12), rtol=0.03)
