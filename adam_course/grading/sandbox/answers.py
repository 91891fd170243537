"""The half of the grader that runs a learner's code: arguments in, plain arrays out.

The batch grader runs this file in a process where nothing else of the course exists, so it imports
only NumPy, `given` and the standard library, and knows no reference, no target and no tolerance.
"""

import traceback
import warnings
from dataclasses import dataclass

import numpy as np

from adam_course.given import GIVEN

STILL_THERE = "`raise NotImplementedError()` still stands below your code: delete that line"


@dataclass(frozen=True, eq=False)
class Answer:
    """What one call of a learner's function gave.

    Attributes:
        outputs: what it returned, each part a plain array of numbers; empty if there was none.
        refused: what it returned instead of numbers: "None", "str", "list of str", …
        changed: names of the arguments that it changed in place.
        error: type of the exception that it raised, as "ValueError"; "" if it raised none.
        message: what the exception said.
        where: "in the line `…`", the learner's own, or "in the call" if it never got so far.
    """

    outputs: tuple[np.ndarray, ...] = ()
    refused: str = ""
    changed: tuple[str, ...] = ()
    error: str = ""
    message: str = ""
    where: str = ""


def collect(function, cases):
    """Call a learner's function once a case and return one Answer a case; it never raises.

    Args:
        function: the learner's function.
        cases: list of dicts of argument names and values: arrays, numbers or given functions.
            Each call has copies of its own.
    """
    return [call(function, case) for case in cases]


def call(function, case, arguments=None):
    """Return the Answer of one call, with the arguments passed by name.

    Args:
        arguments: the case once more, in memory of the caller's choice; if None, copies are made.
    """
    arguments = arguments or {name: fresh(value) for name, value in case.items()}
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outputs, refused = plain(function(**arguments))
    except (Exception, SystemExit) as error:
        return Answer(
            error=printable(type(error).__name__),
            message=printable(error) or left_over(error),
            where=printable(learners_line(error, function)),
        )
    changed = tuple(name for name, value in case.items() if not same(arguments[name], value))
    return Answer(outputs, refused, changed)


def fresh(value):
    """Return a copy that the learner may change without harm."""
    if type(value).__name__ in GIVEN:
        return type(value)(**{name: array.copy() for name, array in vars(value).items()})
    return value.copy() if isinstance(value, np.ndarray) else value


def same(argument, value):
    """Return whether an argument is still what it was, to the bit; numbers cannot change."""
    if type(value).__name__ in GIVEN:
        return all(same(vars(argument)[name], array) for name, array in vars(value).items())
    if not isinstance(value, np.ndarray):
        return True
    alike = (argument.dtype, argument.shape) == (value.dtype, value.shape)
    return alike and argument.tobytes() == value.tobytes()


def plain(value):
    """Return (outputs, refused): the returned numbers as plain arrays, or what came instead."""
    whole = None if isinstance(value, tuple) else numbers(value)
    parts = [whole] if whole is not None else value
    if isinstance(parts, tuple | list) and len(parts):
        arrays = [numbers(part) for part in parts]
        if all(array is not None for array in arrays):
            return tuple(arrays), ""
        wrong = next(part for part, array in zip(parts, arrays, strict=True) if array is None)
        return (), printable(f"a {type(value).__name__} that holds {kind(wrong)}")
    return (), printable(kind(value))


def kind(value):
    """Return what a value that is not numbers may be called."""
    if isinstance(value, np.ndarray):
        return "an array that holds other things than numbers"
    return "None" if value is None else f"a value of type {type(value).__name__}"


def no_function(name, namespace):
    """Return why a name of a namespace cannot be called, as a phrase."""
    if name not in namespace:
        return f"{name} could not be defined"
    found = printable(kind(namespace[name]))
    return f"{name} is not a function but {found}: its name has been used for something else"


def numbers(value):
    """Return a number, array or nested list as a fresh plain array, or None if it is none."""
    try:
        array = np.array(value)
    except Exception:  # ragged lists, and whatever a learner's own class may raise
        return None
    return array if array.dtype.kind in "biufc" else None


def left_over(error):
    """Return STILL_THERE if a stub's `raise` was reached through a learner's own code, else ""."""
    if not isinstance(error, NotImplementedError):
        return ""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    code = frame.f_code
    own = code.co_nlocals > code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 8)
    return STILL_THERE if own or code.co_names != ("NotImplementedError",) else ""


def learners_line(error, function):
    """Return where in the learner's own notebook an exception was raised, as a phrase."""
    names = getattr(function, "__globals__", None)
    frames = traceback.walk_tb(error.__traceback__)
    lines = zip(frames, traceback.extract_tb(error.__traceback__), strict=True)
    own = [line for (frame, _), line in lines if frame.f_globals is names]
    if not own:
        return "in the call"
    return f"in the line `{own[-1].line}`" if own[-1].line else f"in line {own[-1].lineno}"


def printable(text, longest=200):
    """Return text on one line, without control characters and not too long."""
    try:
        text = str(text)[: 10 * longest]
    except Exception:
        text = ""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"
