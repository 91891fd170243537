"""The rungs of the ladder are the course's own methods, and docs/ladder.md shows them."""

from pathlib import Path

import ladder
import numpy as np
import pytest

from adam_course import descend, optimizers, problems

ROOT = Path(__file__).resolve().parent.parent

LR = 0.05
OURS = {
    ladder.gradient_descent: optimizers.GradientDescent(LR),
    ladder.momentum: optimizers.Momentum(LR, momentum=0.9, form="ema"),
    ladder.adagrad: optimizers.AdaGrad(LR, eps=1e-8),
    ladder.rmsprop: optimizers.RMSProp(LR, rho=0.9, eps=1e-8),
    ladder.adam: optimizers.Adam(LR),
    ladder.adamw: optimizers.AdamW(LR, weight_decay=0.01),
}


def test_every_rung_is_compared():
    assert list(OURS) == list(ladder.RUNGS)


@pytest.mark.parametrize("steps", [1, 2, 100])
@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.__name__)
def test_a_rung_takes_the_steps_of_the_course_s_own_optimizer(rule, steps):
    line, start = problems.Regression(), np.array([3.0, -1.0])
    ours = descend(line, OURS[rule], start, steps).final
    np.testing.assert_allclose(rule(line.gradient, start, LR, steps), ours, rtol=0, atol=1e-12)


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.__name__)
def test_a_rung_is_short(rule):
    assert 5 <= len(ladder.code(rule).splitlines()) <= 11  # ten lines and the name


def test_a_difference_shows_every_line_of_both_rules():
    lines = ladder.difference(ladder.rmsprop, ladder.adam).splitlines()[4:-1]
    old = [line[1:] for line in lines if line[0] in " -"]
    new = [line[1:] for line in lines if line[0] in " +"]
    assert old == ladder.code(ladder.rmsprop).splitlines()
    assert new == ladder.code(ladder.adam).splitlines()


def test_the_page_is_what_the_tool_writes():
    written = (ROOT / "docs" / "ladder.md").read_text(encoding="utf-8")
    assert written == ladder.page(), "run `python tools/ladder.py`"
