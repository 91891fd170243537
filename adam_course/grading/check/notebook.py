"""`check` as a learner meets it: in the notebook, at once, by the rules of the grader."""

import sys
from collections import defaultdict
from dataclasses import replace

from adam_course.configuration import raises_here
from adam_course.grading.check import screen
from adam_course.grading.check.deadline import TimeUp, limited
from adam_course.grading.check.judging import judged, paid_once, too_long
from adam_course.grading.check.verdict import Verdict
from adam_course.grading.sandbox import rules
from adam_course.grading.sandbox.answers import call, kind, no_function, printable
from adam_course.tasks import TASKS, task_named

solved = defaultdict(set)  # exercise → names of its tasks that this session has solved


class Misused(ValueError):
    """`check` was called in a way that it cannot answer; a notebook shows the sentence alone."""

    def _render_traceback_(self):
        return [f"check: {self}"]


class NotSolved(AssertionError):
    """What `check` raises under nbgrader; validation and feedback show the Verdict alone."""

    def _render_traceback_(self):
        return [str(self)]


def check(name, function=None, seed=None):
    """Return the Verdict on a function, at once.

    It holds the function to the rules of the grader: what an answer may use (`rules`), ten seconds,
    the same answer to the same arguments. In a script it prints the Verdict.

    Args:
        name: name of the task, as "adam-step".
        function: your function, without parentheses behind it.
        seed: draws more cases; if None, the public ones alone, the same every time.

    Raises:
        Misused: there is no task of that name.
        NotSolved: the task is not solved, and this runs under nbgrader's validate or autograde.
    """
    namespace = sys._getframe(1).f_globals
    if callable(name):
        own = [one for one in TASKS.values() if one.function == getattr(name, "__name__", "")]
        task = own[0] if own else TASKS["first-step"]
        raise Misused(f'The task\'s name goes first: check("{task.name}", {task.function}).')
    try:
        task = task_named(name)
    except ValueError as error:
        raise Misused(str(error)) from None
    verdict = asked(task, function, seed, namespace)
    verdict = replace(verdict, notes=screen.notes(task.function, function), progress=after(verdict))
    if not verdict and raises_here():
        raise NotSolved(repr(verdict))
    if is_script(namespace):
        print(verdict)
    return verdict


def asked(task, function, seed, namespace):
    """Return the Verdict on a function with the cases of a seed, whatever it does."""
    cases = task.draw(seed)
    why = no_answer(task, function, namespace)
    if why:
        return Verdict(task, len(cases), 0, why)
    order = [*range(len(cases)), 0]

    def ask(earlier):
        sent, why = [None] * len(order), ""
        references = {one.function: one.reference for one in earlier}
        # Only a notebook or a script is held to the rules. Other modules, tests say, are free.
        own = namespace if namespace.get("__name__") == "__main__" else {}
        held = rules.Held(function, own)
        try:
            with rules.in_force(own, task.allows, references), limited(rules.SECONDS):
                for place, number in enumerate(order):
                    sent[place] = call(held, cases[number])
        except TimeUp:
            why = f"{task.function} {too_long(rules.SECONDS)}"
        except KeyboardInterrupt:
            why = f"{task.function} was stopped before it had finished"
        return judged(task, cases, order, sent, why)

    return paid_once(task, ask, namespace, solved[task.exercise])


def no_answer(task, function, namespace):
    """Return why what was given cannot be asked, as a phrase; "" if it can."""
    if not callable(function) and callable(namespace.get(task.function)):
        return (
            f"check was given {printable(kind(function))}, and not the function; write "
            f'check("{task.name}", {task.function}), without parentheses behind {task.function}'
        )
    if not callable(function):
        return no_function(task.function, {task.function: function})
    own = namespace.get("__name__")
    if own == "__main__" and rules.instead(function, own, task.allows) is not function:
        return f"{printable(getattr(function, '__name__', task.function))} {rules.GONE}"
    return ""


def after(verdict):
    """Note what is solved, and return how far the exercise has come, in a sentence."""
    task = verdict.task
    own = [one for one in TASKS.values() if one.exercise == task.exercise]
    known = solved[task.exercise]
    known.discard(task.name)
    if not verdict:
        return ""
    known.add(task.name)
    earned = sum(one.points for one in own if one.name in known)
    possible = sum(one.points for one in own)
    place = own.index(task)
    left = [one for one in own[place:] + own[:place] if one.name not in known]
    if not left:
        return f"That is all of this exercise: {possible} points."
    number = own.index(left[0]) + 1
    return f"So far {earned} of {possible} points. Next: task {number}, “{left[0].title}”."


def is_script(namespace):
    """Return whether nobody would show what `check` returns: a script runs, and no notebook."""
    interactive = hasattr(sys, "ps1") or sys.flags.interactive or screen.shell()
    return namespace.get("__name__") == "__main__" and not interactive


screen.look_on()
