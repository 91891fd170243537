"""Check an answer: untrusted answers, trusted verdict.

`check("adam-step", adam_step)` is for notebooks. Behind it, `collect` runs the learner's function
and `judge` compares what it gave; the batch grader puts a sandbox between the two.
"""

from adam_course.grading.answers import Answer, collect
from adam_course.grading.audit import audit
from adam_course.grading.judging import judge
from adam_course.grading.notebook import check
from adam_course.grading.task import Misconception, Task
from adam_course.grading.tasks import TASKS
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
