"""Check an answer: untrusted answers, trusted verdict.

`check("adam-step", adam_step)` is for notebooks. Behind it, `collect` runs the learner's function
and `judge` compares what it gave; the batch grader puts a sandbox between the two.
"""

from adam_course.grading.answers import Answer, collect
from adam_course.grading.audit import audit
from adam_course.grading.judging import judge
from adam_course.grading.task import Misconception, Task
from adam_course.grading.tasks import TASKS, task_named
from adam_course.grading.verdict import Verdict

__all__ = [
    "TASKS",
    "Answer",
    "Misconception",
    "Task",
    "Verdict",
    "audit",
    "check",
    "collect",
    "judge",
]


def check(name, function, seed=None):
    """Return the Verdict on a function, at once.

    Args:
        name: name of the task, as "adam-step".
        function: your function, without parentheses behind it.
        seed: draws the cases; if None, the public ones, the same every time.

    Raises:
        ValueError: there is no task of that name.
        TypeError: what was given is not a function.
    """
    task = task_named(name)
    if not callable(function):
        raise TypeError(
            f"check needs the function itself: check({name!r}, {task.function}), without "
            f"parentheses behind {task.function}; it was given a {type(function).__name__}."
        )
    cases = task.draw(seed)
    return judge(task, cases, collect(function, cases))
