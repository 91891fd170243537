"""Examine one notebook: each question in a process of its own, judged out here."""

import re
import signal

import numpy as np

from adam_course.grading import wire
from adam_course.grading.answers import Answer, printable
from adam_course.grading.judging import close, judge
from adam_course.grading.sandbox import got, put, texts
from adam_course.grading.submissions import EXERCISES
from adam_course.grading.tasks import TASKS
from adam_course.grading.verdict import Verdict

SAME_AGAIN = (
    "the same arguments gave something else in a second call: a function may not remember its "
    "calls, nor draw at random"
)
NOT_SENT = Answer(error="NoAnswer")


def tasks_of(exercise):
    """Return the tasks of an exercise."""
    return [task for task in TASKS.values() if task.exercise == exercise]


def exercise_in(data):
    """Return the exercise most of whose functions a notebook defines, "" if it defines none."""
    defined = {name.decode() for name in re.findall(rb"def\s+([A-Za-z_]\w*)", data)}
    found = {
        exercise: sum(task.function in defined for task in tasks_of(exercise))
        for exercise in EXERCISES
    }
    best = max(found, key=found.get)
    return best if found[best] else ""


def examine(data, exercise, seed, sandbox):
    """Return (verdicts, remarks) on a notebook's bytes: a Verdict for each task of an exercise.

    Args:
        seed: draws the cases; if None, those of `check` in a notebook.
        sandbox: the Sandbox in which the notebook is read and its functions are called.
    """
    tasks = tasks_of(exercise)
    words = {"action": "read", "functions": [task.function for task in tasks]}
    ended = sandbox.request(words, rest=data)
    why = "the file is too large or too tangled to be read"
    try:
        said = wire.unpack(ended.data)[0]
        if "unreadable" in said:
            why = printable(str(said["unreadable"]))
        else:
            programs, remarks = said["programs"], texts(said["remarks"])
            called = {task: call(task, seed, programs[task.function], sandbox) for task in tasks}
            return [verdict for verdict, _ in called.values()], remarks + [
                f"{trouble}." for _, troubles in called.values() for trouble in troubles
            ]
    except (wire.Garbled, KeyError, TypeError):
        pass
    return [without(task, why) for task in tasks], [f"{why[0].upper()}{why[1:]}."]


def call(task, seed, program, sandbox):
    """Return (Verdict, troubles): one question in a process of its own, judged out here."""
    if program["problem"]:
        return without(task, printable(str(program["problem"]))), []
    cases = task.draw(seed)
    # In an order that nobody knows, and the first one once more at the end.
    order = np.random.default_rng([seed or 0, len(cases)]).permutation(len(cases)).tolist()
    order.append(order[0])
    forms, arrays = put(cases)
    words = {"action": "call", "function": task.function, "cells": program["cells"]}
    ended = sandbox.request({**words, "cases": forms, "order": order}, arrays)
    try:
        ready, troubles, sent = got(ended.data, cases, order)
    except ValueError as error:
        return without(task, f"the answers came back garbled: {error}", len(cases)), []
    troubles = [trouble for trouble in troubles if "adam_course" not in trouble]
    why = ""
    if ready is False:
        why = f"{task.function} could not be defined" + f" ({troubles[-1]})" * bool(troubles)
    elif None in sent:
        what = task.function if ready else f"what {task.function} depends on"
        why = f"{what} {early(ended.how, sandbox.timeout)}"
    verdict = judged(task, cases, order, sent, why)
    return verdict, [] if verdict else troubles


def early(how, timeout):
    """Return how a process came to an early end, as the end of a sentence."""
    if how == "time":
        return f"had not finished after {timeout:g} s"
    if how == "output":
        return "sent too much"
    if how == "lost":
        return "was lost"
    code = int(how) if how.lstrip("-").isdigit() else 0
    number = code - 128 if code > 128 else -code
    names = {9: "was killed", 11: "crashed", 6: "crashed", 24: "took too long"}
    try:
        return f"{names.get(number, 'was ended')} ({signal.Signals(number).name})"
    except ValueError:
        return f"ended its own process (exit code {code})"


def judged(task, cases, order, sent, why=""):
    """Return the Verdict on the answers that came, in the order in which the cases were put.

    Args:
        why: what went wrong besides, as a phrase; it costs the points.
    """
    answers = [NOT_SENT] * len(cases)
    for number, answer in zip(order[:-1], sent, strict=False):
        answers[number] = answer or NOT_SENT
    try:
        verdict = judge(task, cases, answers)
    except Exception as error:  # numbers that nobody has thought of must not stop a batch
        return without(task, f"the answer could not be judged ({type(error).__name__})", len(cases))
    if verdict.attempted and not why and not alike(task, answers[order[0]], sent[-1]):
        why = SAME_AGAIN
    if not why:
        return verdict
    right = min(verdict.right, len(cases) - 1)
    return Verdict(task, len(cases), right, why)


def without(task, why, cases=0):
    """Return the Verdict on a task of which there is no answer to judge."""
    return Verdict(task, cases, 0, why, attempted=cases > 0)


def alike(task, answer, again):
    """Return whether two answers are the same, up to the last digits."""
    if again is None or (answer.error, answer.refused) != (again.error, again.refused):
        return False
    return len(answer.outputs) == len(again.outputs) and all(
        one.shape == other.shape and close(task, one, other).all()
        for one, other in zip(answer.outputs, again.outputs, strict=True)
    )
