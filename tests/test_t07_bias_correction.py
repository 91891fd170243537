"""The tasks of exercise 07 agree with the course's own Adam, and so does the lesson's bound."""

import numpy as np
import pytest

from adam_course.grading import TASKS
from adam_course.optimizers import Adam

SEEDS = range(3)


def steps_of(adam, gradients):
    """Return the change of theta in every step of a stream of gradients (n, …)."""
    theta, steps = np.zeros(np.shape(gradients[0]) or 1), []
    for g in gradients:
        new = adam.step(theta, np.broadcast_to(g, theta.shape))
        steps.append(new - theta)
        theta = new
    return np.array(steps)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_corrected_average_is_adams_m_hat(seed):
    gradients = np.random.default_rng(seed).normal(size=(50, 4))
    adam, seen = Adam(beta1=0.8), []
    for g in gradients:
        adam.step(np.zeros(4), g)
        seen.append(adam.m_hat)
    ours = TASKS["corrected-average"].reference(gradients, 0.8)
    np.testing.assert_allclose(ours, seen, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_repaired_steps_are_adams(seed):
    gradients = np.random.default_rng(seed).normal(size=200)
    settings = {"lr": 0.1, "beta1": 0.8, "beta2": 0.99, "eps": 1e-3}
    ours = TASKS["repaired-steps"].reference(gradients, **settings)
    # theta is a running sum, so each step carries the rounding of that sum.
    np.testing.assert_allclose(ours, steps_of(Adam(**settings), gradients)[:, 0], atol=1e-12)


@pytest.mark.parametrize("beta2", [0.9, 0.99, 0.999, 0.9999])
def test_the_factor_turns_the_uncorrected_step_into_adams(beta2):
    t = np.arange(1, 300)
    adam, gradients = Adam(lr=1.0, beta2=beta2, eps=0.0), np.cos(t)
    corrected, uncorrected, theta = [], [], np.zeros(1)
    for g in gradients:
        new = adam.step(theta, np.full(1, g))
        corrected.append((new - theta)[0])
        uncorrected.append(-(adam.m / np.sqrt(adam.v))[0])
        theta = new
    factor = np.sqrt(1 - beta2**t) / (1 - 0.9**t)
    np.testing.assert_allclose(corrected, factor * uncorrected, atol=1e-12)
    found = TASKS["beta2-for"].reference(0.9, abs(uncorrected[0]))
    np.testing.assert_allclose(found, beta2, rtol=1e-9)


@pytest.mark.parametrize(("beta1", "beta2"), [(0.9, 0.999), (0.9, 0.99), (0.5, 0.75)])
def test_the_logs_of_programs_with_and_without_corrections_are_told_apart(beta1, beta2):
    adam, shares = Adam(1.0, beta1, beta2), []
    for _ in range(5):
        adam.step(np.zeros(1), np.full(1, 3.0))
        shares.append((adam.m[0], adam.v[0], adam.m_hat[0], adam.v_hat[0]))
    m, v, m_hat, v_hat = np.array(shares).T
    for above, of_m in ((m, False), (m_hat, True)):
        for below, of_v in ((v, False), (v_hat, True)):
            lengths = np.round(above / np.sqrt(below), 4)
            made = TASKS["corrections-made"].reference(lengths, beta1, beta2)
            assert made == (of_m, of_v)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_value_behind_an_average_is_adams_m_hat(seed):
    rng = np.random.default_rng(seed)
    adam, value = Adam(beta1=0.8), rng.normal()
    for t in range(1, 20):
        adam.step(np.zeros(1), np.full(1, value))
        assert TASKS["value-behind"].reference(adam.m[0], 0.8, t) == pytest.approx(value)


@pytest.mark.parametrize("seed", SEEDS)
def test_with_changing_betas_an_average_of_ones_is_one(seed):
    betas = np.random.default_rng(seed).uniform(0.1, 0.99, size=30)
    task = TASKS["corrected-with"].reference
    np.testing.assert_allclose(task(np.ones(30), betas), 1, rtol=1e-12)
    values = np.random.default_rng(seed).normal(size=30)
    ours = task(values, np.full(30, 0.9))
    np.testing.assert_allclose(ours, TASKS["corrected-average"].reference(values, 0.9), rtol=1e-9)


@pytest.mark.parametrize("every", [1, 2, 5])
@pytest.mark.parametrize(("beta1", "beta2"), [(0.9, 0.999), (0.8, 0.99), (0.0, 0.99)])
def test_the_longest_step_after_a_silence_is_the_one_that_adam_takes(beta1, beta2, every):
    silence = np.zeros(40_000 if beta2 > 0.99 else 4_000)
    gradients = np.append(silence, np.arange(60) % every == 0)
    lengths = np.abs(steps_of(Adam(1.0, beta1, beta2, 1e-12), gradients)[-60:, 0])
    k, length = TASKS["longest-step"].reference(beta1, beta2, every, 60)
    assert lengths.argmax() + 1 == k
    np.testing.assert_allclose(lengths.max(), length, rtol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("beta1", "beta2"), [(0.9, 0.999), (0.9, 0.9), (0.5, 0.3), (0.9, 0.95)])
def test_no_step_is_longer_than_the_bound_of_lesson_07(beta1, beta2, seed):
    rng = np.random.default_rng(seed)
    gradients = 10.0 ** rng.uniform(-4, 4, size=(500, 200)) * rng.normal(size=(500, 200))
    bound = (1 - beta1) / np.sqrt((1 - beta2) * (1 - beta1**2 / beta2))
    longest = np.abs(steps_of(Adam(1.0, beta1, beta2), gradients)).max()
    assert longest <= bound * (1 + 1e-9)
