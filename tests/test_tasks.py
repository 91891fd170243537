"""Every task says what a right answer has got right, what it may use and what it builds on."""

import inspect
import re
import textwrap

import numpy as np
import pytest

from adam_course.grading import TASKS, collect, judge

tasks = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
building_on_others = pytest.mark.parametrize(
    "task", [task for task in TASKS.values() if task.builds_on], ids=lambda task: task.name
)

#: What the set-up cells of the exercises may offer.
OFFERED = {
    f"adam_course.{name}" for name in ("optimizers", "problems", "schedules", "descend", "tuning")
}


@tasks
def test_a_task_says_in_one_sentence_what_a_right_answer_has_got_right(task):
    assert re.fullmatch(r"\S.*[^.!?]\.", task.right)
    assert not re.search(r"[.!?]\s", task.right)
    assert len(task.right) <= 200


def test_no_two_tasks_praise_in_the_same_words():
    assert len({task.right for task in TASKS.values()}) == len(TASKS)


@tasks
def test_an_answer_may_use_what_the_exercises_offer_and_nothing_else(task):
    assert set(task.allows) <= OFFERED


@tasks
def test_a_task_builds_on_earlier_ones_of_its_exercise(task):
    names = [one.name for one in TASKS.values() if one.exercise == task.exercise]
    earlier = names[: names.index(task.name)]
    assert [name for name in earlier if name in task.builds_on] == list(task.builds_on)


@building_on_others
def test_the_references_it_builds_on_run_from_their_sources_with_numpy_alone(task):
    names = {"np": np}
    for name in task.builds_on:
        exec(textwrap.dedent(inspect.getsource(TASKS[name].reference)), names)
    for one in map(TASKS.get, task.builds_on):
        cases = one.draw()
        assert judge(one, cases, collect(names[one.function], cases))
