"""The references of exercise 15 agree with the package, and its codes may be made in many ways."""

import numpy as np
import pytest

from adam_course.grading import TASKS, check
from adam_course.optimizers import Adam
from adam_course.questions import q15_what_adam_costs as questions
from adam_course.tasks.t15_what_adam_costs import bf16, code_serves


@pytest.mark.parametrize("block", [1, 3, 7, 100])
def test_adam_in_blocks_is_the_courses_adam(block):
    rng, adam = np.random.default_rng(0), Adam(lr=0.01)
    theta = expected = rng.normal(size=7)
    m, v = np.zeros(7), np.zeros(7)
    for t in range(1, 6):
        grad = rng.normal(size=7)
        expected = adam.step(expected, grad)
        theta, m, v = TASKS["repaired-blocks"].reference(theta, grad, m, v, t, block)
        np.testing.assert_allclose(theta, expected, rtol=1e-12)
        np.testing.assert_allclose(m, adam.m, rtol=1e-12)
        np.testing.assert_allclose(v, adam.v, rtol=1e-12)


FORMATS = [(10, np.float16), (23, np.float32)]


@pytest.mark.parametrize(("bits", "kind"), FORMATS)
@pytest.mark.parametrize("x", [1.0, 1.75, 3.1, 0.3, 5e-4, 1000.0])
def test_the_next_number_is_numpys(x, bits, kind):
    x = kind(x)
    assert TASKS["neighbour"].reference(float(x), bits) == float(np.spacing(x))


@pytest.mark.parametrize(("bits", "kind"), FORMATS)
@pytest.mark.parametrize(("v", "beta2"), [(1.5, 0.999), (1.5, 0.95), (0.3125, 0.9), (6.0, 0.99)])
def test_v_stays_exactly_as_long_as_predicted(v, beta2, bits, kind):
    def after(square):
        return kind(v + (1 - beta2) * (square - v))

    lowest, largest = TASKS["unnoticed"].reference(v, beta2, bits)
    near = 1e-5 * (largest - v)
    assert after(largest - near) == v < after(largest + near)
    if lowest == 0:
        assert after(0) == v
    else:
        assert after(lowest + near) == v > after(lowest - near)


def test_the_readings_are_those_of_the_lessons_formula():
    for seed in range(3):
        for case in TASKS["stage-and-rest"].draw(seed):
            stage, rest = TASKS["stage-and-rest"].reference(**case)
            n1, n2, n3 = (case["devices"] if stage >= s else 1 for s in (1, 2, 3))
            model = case["billions"] * (2 / n3 + 2 / n2 + 12 / n1)
            np.testing.assert_allclose(model + rest, case["gigabytes"], rtol=1e-12)


def test_a_batch_smaller_by_one_is_too_small():
    for case in TASKS["batch-needed"].draw(1):
        batch = TASKS["batch-needed"].reference(**case)
        adam = np.maximum(14 / case["operations"], 28 / case["bytes_moved"])
        shares = [adam / (adam + 6 * n / case["operations"]) for n in (batch - 1, batch)]
        assert shares[0] > case["share"] >= shares[1]


def test_two_times_two_bytes_arrive_where_one_stands_still():
    alone = theta = np.ones(1)
    rest = np.zeros(1)
    for _ in range(1000):
        alone = bf16(alone - 0.001)
        theta, rest = TASKS["careful-step"].reference(theta, rest, np.full(1, -0.001))
    assert alone == 1 and abs(theta + rest) < 0.001
    np.testing.assert_array_equal(
        bf16(np.linspace(-3, 3, 99)), questions.bf16(np.linspace(-3, 3, 99))
    )


def test_a_code_may_be_made_in_several_ways():
    def upwards(decades, off, power=1.0):
        code = [10.0**-decades]
        while code[-1] < 1:
            code.append(code[-1] * (2 * (1 + off) ** 2 - 1) ** power)
        return code

    assert check("code-for", upwards)
    assert check("code-for", lambda decades, off: upwards(decades, off, 0.95))
    assert not check("code-for", lambda decades, off: upwards(decades, off, 0.85))
    assert "array with one index, but it is a single" in str(check("code-for", lambda **_: 1.0))
    assert "should be two or more" in code_serves(3, 0.1, np.full(256, np.nan))
    assert "off by inf" in code_serves(7, 0.1, np.linspace(0, 1, 256))
    assert "and 47 would do" in code_serves(7, 0.1, np.logspace(-7, 0, 60))


def test_a_step_by_a_short_code_is_within_its_limit():
    rng = np.random.default_rng(0)
    code, v = TASKS["code-for"].reference(5, 0.05), 10 ** rng.uniform(-5, 0, 10_000)
    back = code[np.abs(code - v[:, None]).argmin(axis=1)]
    assert 0.045 < np.abs(np.sqrt(v / back) - 1).max() <= 0.05
