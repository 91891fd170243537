"""Check an answer: untrusted answers, trusted verdict.

`check("adam-step", adam_step)` is for notebooks. Behind it, `collect` runs the learner's function
and `judge` compares what it gave; the batch grader puts a sandbox between the two. There are four
rooms: `check`, `sandbox`, `classes` and `workshop`. The function that learners import has the name
of the first one and covers it here: `from adam_course.grading.check import judging` still works.
"""

from adam_course.grading.check.audit import audit
from adam_course.grading.check.judging import judge
from adam_course.grading.check.notebook import check
from adam_course.grading.check.verdict import Verdict
from adam_course.grading.sandbox.answers import Answer, collect
from adam_course.tasks import TASKS

__all__ = [
    "TASKS",
    "Answer",
    "Verdict",
    "audit",
    "check",
    "collect",
    "judge",
]
