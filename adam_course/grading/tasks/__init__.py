"""The tasks by name, one file a lesson."""

import difflib

from adam_course.grading.tasks import (
    adagrad,
    adam,
    bias_correction,
    bug_hunt,
    cost,
    failures,
    family,
    frameworks,
    gradient_descent,
    hyperparameters,
    momentum,
    networks,
    noisy_gradients,
    rmsprop,
    schedules,
    weight_decay,
)

#: In the order of the lessons.
LESSONS = (
    gradient_descent,  # 01
    noisy_gradients,  # 02
    momentum,  # 03
    adagrad,  # 04
    rmsprop,  # 05
    adam,  # 06
    bias_correction,  # 07
    hyperparameters,  # 08
    schedules,  # 09
    weight_decay,  # 10
    failures,  # 11
    family,  # 12
    networks,  # 13
    frameworks,  # 14
    cost,  # 15
    bug_hunt,  # 16
)

TASKS = {task.name: task for lesson in LESSONS for task in lesson.TASKS}


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
