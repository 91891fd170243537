"""The references of exercise 15 agree with the package, and its codes may be made in many ways."""

import numpy as np
import pytest

from adam_course.grading import TASKS, check
from adam_course.optimizers import Adam
from adam_course.tasks.t15_what_adam_costs import code_serves


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


@pytest.mark.parametrize(("bits", "kind"), [(10, np.float16), (23, np.float32)])
def test_a_v_of_one_freezes_where_it_was_predicted(bits, kind):
    square = TASKS["unnoticed"].reference(0.999, bits)
    below, above = (1.0 + 0.001 * (square * factor - 1.0) for factor in (0.99999, 1.00001))
    assert kind(below) == 1
    assert kind(above) > 1


def test_the_stages_are_those_of_the_paper():
    bytes_on_a_device = TASKS["sharded-bytes"].reference
    found = [bytes_on_a_device(7.5e9, 64, stage) / 1e9 for stage in range(4)]
    np.testing.assert_allclose(found, [120, 31.4, 16.6, 1.9], rtol=0.02)


def test_a_code_may_be_made_in_several_ways():
    assert check("code-for", lambda decades: np.geomspace(10.0**-decades, 1, 256))
    assert check("code-for", lambda decades: np.append(0, np.logspace(-decades, 0, 255)))
    assert "should ascend" in code_serves(3, np.linspace(0, 2, 256))
    assert "should ascend" in code_serves(3, np.full(256, np.nan))
    assert "comes back as 0, 100.0% off" in code_serves(7, np.linspace(0, 1, 256))
