"""The exercises: their tasks and what is known about them, a file each, named like its notebook."""

import difflib
import pkgutil
from importlib import import_module

from adam_course.tasks.edited import edited
from adam_course.tasks.task import IN_PLACE, Exercise, Misconception, Task

__all__ = [
    "EXERCISES",
    "IN_PLACE",
    "TASKS",
    "Exercise",
    "Misconception",
    "Task",
    "edited",
    "task_named",
    "tasks_of",
]

#: name → Exercise, in the order of the numbers: each file t01_… is one.
EXERCISES = {
    name.removeprefix("t"): import_module(f"{__name__}.{name}").EXERCISE
    for _, name, _ in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name)
    if name[1:3].isdigit()
}

#: name → Task.
TASKS = {task.name: task for exercise in EXERCISES.values() for task in exercise.tasks}


def tasks_of(exercise):
    """Return the tasks of an exercise, none if there is no exercise of that name."""
    return EXERCISES[exercise].tasks if exercise in EXERCISES else ()


def task_named(name):
    """Return the Task of a name.

    Raises:
        ValueError: there is none.
    """
    if name in TASKS:
        return TASKS[name]
    near = difflib.get_close_matches(str(name), TASKS, cutoff=0.4)
    what = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(TASKS)}."
    raise ValueError(f"There is no task {name!r}: {what}")
