"""The tasks by name, one file a lesson."""

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
