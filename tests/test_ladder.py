"""The rungs of the ladder are the course's own methods, and docs/ladder.md shows them."""

from pathlib import Path

import ladder
import numpy as np
import pytest

from adam_course import descend, problems

ROOT = Path(__file__).resolve().parent.parent

LR = 0.05


def function(name):
    """Return a rung as a function."""
    names = {"np": np}
    exec(ladder.code(name), names)
    return names["rule"]


@pytest.mark.parametrize("steps", [1, 2, 100])
@pytest.mark.parametrize("name", ladder.RUNGS)
def test_a_rung_takes_the_steps_of_the_course_s_own_optimizer(name, steps):
    line, start = problems.Regression(), np.array([3.0, -1.0])
    rung = ladder.RUNGS[name]
    ours = descend(line, rung.optimizer(LR, **rung.settings), start, steps).final
    theirs = function(name)(line.gradient, start, LR, steps)
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-12)


def test_muon_takes_the_steps_of_the_course_s_own_on_a_matrix():
    target = np.array([[2.0, -1.0, 0.5], [0.3, 1.0, -2.0]])
    names = {"np": np}
    exec(f"{ladder.ORTHOGONAL}\n\n\n{ladder.code('muon')}", names)
    theirs = names["rule"](lambda theta: theta - target, np.zeros((2, 3)), LR, 30)
    muon, theta = ladder.BESIDE["muon"].optimizer(LR, eps=0, scaling="none"), np.zeros((2, 3))
    for _ in range(30):
        theta = muon.step(theta, theta - target)
    np.testing.assert_allclose(theirs, theta, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ladder.ALL)
def test_a_rung_is_short(name):
    assert 5 <= len(ladder.code(name).splitlines()) <= 11  # ten lines and the name


def test_a_difference_shows_every_line_of_both_rules():
    lines = ladder.difference("rmsprop", "adam").splitlines()[4:-1]
    old = [line[1:] for line in lines if line[0] in " -"]
    new = [line[1:] for line in lines if line[0] in " +"]
    assert old == ladder.code("rmsprop").splitlines()
    assert new == ladder.code("adam").splitlines()


def test_the_page_is_what_the_tool_writes():
    written = (ROOT / "docs" / "ladder.md").read_text(encoding="utf-8")
    assert written == ladder.page(), "run `python tools/ladder.py`"
