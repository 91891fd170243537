"""Examine one notebook: each question in a process of its own, judged out here."""

import inspect
import re
import signal

import numpy as np

from adam_course.grading.check.judging import judged, paid_once, too_long, without
from adam_course.grading.classes.parts import places
from adam_course.grading.sandbox import wire
from adam_course.grading.sandbox.answers import printable
from adam_course.grading.sandbox.rules import GONE
from adam_course.grading.sandbox.sandbox import got, put, texts
from adam_course.tasks import EXERCISES, tasks_of

READING = 20.0  # seconds
OUR_OWN = "70"  # exit code of `child.py` when it has an error of its own


def exercise_in(data):
    """Return the exercise most of whose functions a notebook defines, "" if it defines none."""
    defined = {name.decode() for name in re.findall(rb"def\s+([A-Za-z_]\w*)", data)}
    found = {
        exercise: sum(task.function in defined for task in tasks_of(exercise))
        for exercise in EXERCISES
    }
    best = max(found, key=found.get)
    return best if found[best] else ""


def examine(data, exercise, seed, sandbox, answers=None):
    """Return (verdicts, remarks) on a notebook's bytes: a Verdict for each task of an exercise.

    Args:
        seed: draws the cases; if None, those of `check` in a notebook.
        sandbox: the Sandbox in which the notebook is read and its functions are called.
        answers: a dict that gets what the learner wrote, by task and by part that a person marks.
    """
    tasks = tasks_of(exercise)
    functions = {task.function: task.name for task in tasks}
    # To read runs nothing of the learner's, so a short limit for answers is none for it.
    enough = max(READING, sandbox.timeout)
    marked = places(exercise) if answers is not None else ({}, [])
    words = {"action": "read", "functions": functions, "marked": marked}
    words |= {"timeout": enough, "silence": enough}
    ended = sandbox.request(words, rest=data)
    try:
        said = wire.unpack(ended.data)[0]
    except wire.Garbled:
        if ended.how == OUR_OWN:
            raise RuntimeError("the notebook could not be read") from None
        said = {"unreadable": "the file is too large or too tangled to be read"}
    if "unreadable" in said:
        why = printable(str(said["unreadable"]))
        return [without(task, why) for task in tasks], [f"{why[0].upper()}{why[1:]}."]
    programs, remarks = said["programs"], texts(said["remarks"])
    if answers is not None:
        found = {task.name: programs[task.function]["answer"] for task in tasks}
        answers |= {name: str(text) for name, text in (found | dict(said["answers"])).items()}
    called, solved = {}, set()
    for task in tasks:
        called[task] = call(task, seed, programs[task.function], sandbox, solved)
        solved |= {task.name} if called[task][0] else set()
    troubles = [trouble for _, troubles in called.values() for trouble in troubles]
    return [verdict for verdict, _ in called.values()], remarks + [f"{one}." for one in troubles]


def call(task, seed, program, sandbox, solved):
    """Return (Verdict, troubles): one question in a process of its own, judged out here."""
    if program["problem"]:
        return without(task, printable(str(program["problem"]))), []
    uses, seen = texts(program["uses"]), []

    def ask(earlier):
        verdict, troubles = put_to(task, seed, program, sandbox, earlier)
        seen.append((verdict, troubles))
        return verdict

    verdict = paid_once(task, ask, uses, solved)
    troubles = seen[-1][1]
    return verdict, [] if verdict else troubles


def put_to(task, seed, program, sandbox, earlier):
    """Return (Verdict, troubles) on one question, put to a process of its own.

    Args:
        earlier: the tasks whose references stand in the place of the learner's functions.
    """
    cases = task.draw(seed)
    # In an order that nobody knows, and the first one once more at the end.
    order = np.random.default_rng([seed or 0, len(cases)]).permutation(len(cases)).tolist()
    order.append(order[0])
    forms, arrays = put(cases)
    words = {
        "action": "call",
        "function": task.function,
        "cells": program["cells"],
        "allows": task.allows,
        "references": {one.function: inspect.getsource(one.reference) for one in earlier},
        "cases": forms,
        "order": order,
    }
    ended = sandbox.request(words, arrays)
    try:
        ready, troubles, sent = got(ended.data, cases, order, ended.changed)
    except ValueError as error:
        return without(task, f"the answers came back garbled: {error}", len(cases)), []
    troubles = [one for one in troubles if not one.endswith(GONE)]  # said where it is used
    why = ""
    if ready and ready is not True:
        why = f"{ready} ({troubles[-1]})" if troubles else ready
    elif None in sent:
        what = task.function if ready else f"what {task.function} depends on"
        why = f"{what} {early(ended.how, sandbox.timeout)}"
    return judged(task, cases, order, sent, why), troubles


def early(how, timeout):
    """Return how a process came to an early end, as the end of a sentence."""
    if how == "time":
        return too_long(timeout)
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
