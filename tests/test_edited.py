"""`edited`: a mistake is the reference with a change that applies exactly once."""

import math

import pytest

from adam_course.tasks import EXERCISES, TASKS, edited
from adam_course.tasks.edited import Edited


def length(x, y=0.0):
    """Return the length; a docstring may say math.sqrt as often as it likes: math.sqrt."""
    squares = x**2 + y**2
    return math.sqrt(squares)


def twice(x):
    return 2 * length(x, 1.0)


def test_a_change_is_made_in_the_source_and_its_other_lines_stay():
    assert edited(length, "math.sqrt(squares) → squares")(3.0, 4.0) == 25
    assert length(3.0, 4.0) == 5


def test_defaults_and_names_work_as_in_the_reference():
    assert edited(length, "y=0.0 → y=4.0")(3.0) == 5
    assert edited(length, "x**2 → x")(y=4.0, x=9.0) == 5


def test_changes_are_made_one_after_the_other():
    wrong = edited(length, "x**2 + y**2 → x + y", "x + y → x * y")
    assert wrong(2.0, 8.0) == 4


def test_without_anything_behind_the_arrow_a_change_leaves_out():
    assert edited(length, " + y**2 →")(3.0, 4.0) == 3


def test_a_change_may_cross_lines_and_add_some():
    wrong = edited(length, "squares = → x = 0\n    squares =")
    assert wrong(3.0, 4.0) == 4


def test_another_function_takes_the_place_of_one_that_is_called():
    wrong = edited(twice, length=edited(length, "math.sqrt(squares) → squares"))
    assert wrong(3.0) == 20
    assert twice(3.0) == 2 * math.sqrt(10)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("cube → x", "length: “cube” does not stand in its source, and should stand there once"),
        ("**2 → **3", "length: “\\*\\*2” stands 2 times in its source"),
        ("x**2", "does not say what becomes of what"),
        (" → x", "does not say what becomes of what"),
        ("x**2 → x**2", "does not say what becomes of what"),
        ("Return the length → x", "does not stand in its source"),
    ],
)
def test_a_change_that_does_not_apply_exactly_once_is_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        edited(length, change)


def test_a_name_that_the_reference_does_not_call_is_refused():
    with pytest.raises(ValueError, match="length does not call twice"):
        edited(length, twice=twice)


def test_the_difference_can_be_shown():
    wrong = edited(twice, "1.0 → 2.0", length=edited(length, "x**2 → x"))
    assert wrong.diff() == [
        "  def twice(x):",
        "-     return 2 * length(x, 1.0)",
        "+     return 2 * length(x, 2.0)",
        "…",
        "  def length(x, y=0.0):",
        "-     squares = x**2 + y**2",
        "+     squares = x + y**2",
        "      return math.sqrt(squares)",
    ]


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda exercise: exercise.name)
def test_nine_mistakes_of_ten_are_edits(exercise):
    wrong = [one.wrong for task in exercise.tasks for one in task.misconceptions if one.wrong]
    edits = [one for one in wrong if isinstance(one, Edited)]
    assert len(edits) >= 0.9 * len(wrong)


@pytest.mark.parametrize("name", TASKS)
def test_every_edit_can_be_run(name):
    for one in TASKS[name].misconceptions:
        if isinstance(one.wrong, Edited):
            assert callable(one.wrong.function) and one.wrong.diff()
