"""The references of exercise 18 are the course's own rules for matrices."""

import numpy as np
import pytest

from adam_course.grading import TASKS
from adam_course.optimizers import (
    Adam,
    Muon,
    Shampoo,
    exactly_orthogonalized,
    is_hidden_matrix,
    orthogonalized,
)
from adam_course.problems import Transformer
from adam_course.tasks import t18_after_adam as after

SEEDS = range(3)
#: Muon whose Newton–Schulz goes on until it has arrived.
SLOW = {"ns_coefficients": (1.5, -0.5, 0.0), "ns_steps": 200, "eps": 0.0, "scaling": "none"}


def strengths(matrix):
    """Return the singular values of a matrix, the largest first."""
    return np.linalg.svd(matrix, compute_uv=False)


@pytest.mark.parametrize(("rows", "columns"), [(3, 5), (6, 2)])
def test_the_first_steps_are_as_long_as_predicted(rows, columns):
    gradient, zero = (
        np.random.default_rng(0).normal(size=(rows, columns)),
        np.zeros((rows, columns)),
    )
    muon = Muon(0.1, **SLOW)
    found = [np.linalg.norm(rule.step(zero, gradient)) for rule in (Adam(0.1, eps=0), muon)]
    np.testing.assert_allclose(found, after.step_lengths(rows, columns, 0.1), rtol=1e-9)


@pytest.mark.parametrize("a", [1.5, 2.0, 2.75])
def test_the_numbers_designed_lead_every_singular_value_to_1_and_square_its_error(a):
    b, c = after.coefficients(a)
    x = np.random.default_rng(1).normal(size=(4, 6))
    found = orthogonalized(x, steps=40, coefficients=(a, b, c), eps=0)
    np.testing.assert_allclose(found, exactly_orthogonalized(x), atol=1e-12)
    errors = [abs(a * s + b * s**3 + c * s**5 - 1) for s in (0.99, 0.999)]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.1)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_step_of_muon_is_the_courses_own(seed):
    for case in TASKS["repaired-muon"].draw(seed):
        muon = Muon(lr=case["lr"], momentum=case["momentum"], **SLOW)
        zero = np.zeros_like(case["theta"])
        muon.step(zero, case["m"])  # after one gradient m is that gradient
        theta, m = after.muon_step(**case)
        np.testing.assert_allclose(muon.step(case["theta"], case["grad"]), theta, atol=1e-10)
        np.testing.assert_allclose(muon.m, m, atol=1e-12)


def test_what_is_orthogonal_here_is_what_the_course_calls_so():
    x = np.random.default_rng(0).normal(size=(4, 3))
    np.testing.assert_allclose(after.orthogonal(x), exactly_orthogonalized(x), atol=1e-14)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_step_of_shampoo_is_the_courses_own(seed):
    for case in TASKS["shampoo-step"].draw(seed):
        shampoo, theta = Shampoo(lr=1.0, eps=case["eps"]), np.zeros((2, 2))
        for gradient in case["gradients"]:
            before, theta = theta, shampoo.step(theta, gradient)
        np.testing.assert_allclose(before - theta, after.shampoo_step(**case), atol=1e-9)


def test_the_first_step_of_shampoo_is_that_of_muon_without_momentum():
    gradient = np.array([[3.0, 1.0], [-1.0, 0.5]])
    found = after.shampoo_step(gradient[None], 0.0)
    np.testing.assert_allclose(found, after.orthogonal(gradient), atol=1e-12)


@pytest.mark.parametrize(("width", "depth", "words", "length"), [(32, 1, 512, 32), (16, 2, 90, 8)])
def test_who_gets_what_is_what_the_course_gives_them(width, depth, words, length):
    blocks = Transformer(width, depth, length, words).blocks
    hidden = sum(block.size for block in blocks if is_hidden_matrix(block))
    rest = sum(block.size for block in blocks if not is_hidden_matrix(block))
    muon, adam = Muon(), Adam()
    for rule in (muon, adam):
        rule.step(np.ones((2, 3)), np.ones((2, 3)))
    kept = muon.m.size // 6 * hidden + (adam.m.size + adam.v.size) // 6 * rest
    assert after.shared_out(width, depth, words, length) == (hidden, rest, kept)


@pytest.mark.parametrize("seed", SEEDS)
def test_with_the_time_that_muon_may_take_both_are_done_at_once(seed):
    for case in TASKS["muons-lead"].draw(seed):
        in_steps, _, may_take = after.muons_lead(**case)
        tied, in_seconds, _ = after.muons_lead(**case | {"muon_ms": may_take})
        assert in_seconds == pytest.approx(1) and tied == in_steps


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_muon_goes_uphill_there_and_the_loss_falls(share):
    gradient, lr = after.uphill(share), 1e-3
    muon = Muon(lr, **SLOW)
    step = muon.step(np.zeros((2, 2)), gradient)
    assert step[0, 0] == pytest.approx(lr * share) and gradient[0, 0] > 0
    assert (gradient * step).sum() == pytest.approx(-lr * strengths(gradient).sum())
    assert after.goes_uphill(share, gradient) == ""


@pytest.mark.parametrize(
    ("gradient", "words"),
    [
        (np.array([[-1.0, 2.0], [2.0, 9.0]]), "should be positive"),
        (np.ones((2, 2)), "is 0"),
        (np.eye(2), "downhill by 1 "),
    ],
)
def test_a_gradient_that_does_not_serve_is_told_why(gradient, words):
    assert words in after.goes_uphill(0.5, gradient)
