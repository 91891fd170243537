"""Numbers that a caller gives: each is held to a rule, and refused in one sentence."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Rule(NamedTuple):
    """What a number must be: in words, and as a test on an array of them."""

    words: str
    holds: Callable[[np.ndarray], np.ndarray]
    whole: bool = False


def count_from(least):
    """Return the Rule of whole numbers from a least one on."""

    def holds(a):
        return (a >= least) & np.isfinite(a) & (a == np.floor(a))

    return Rule(f"a whole number, {least} or more", holds, whole=True)


FINITE = Rule("a finite number", np.isfinite)
NOT_NEGATIVE = Rule("a finite number, 0 or more", lambda a: (a >= 0) & np.isfinite(a))
POSITIVE = Rule("a finite number above 0", lambda a: (a > 0) & np.isfinite(a))
ABOVE_0 = Rule("more than 0", lambda a: a > 0)
SHARE = Rule("at least 0 and less than 1", lambda a: (a >= 0) & (a < 1))
POWER = Rule("more than 0 and at most 1", lambda a: (a > 0) & (a <= 1))
FROM_4 = Rule("4 or more", lambda a: a >= 4)
COUNT = count_from(1)
COUNT_OR_0 = count_from(0)


def checked(who, name, value, rule, arrays=True):
    """Return a value as a number, or as a fresh array of numbers, if it keeps a rule.

    Args:
        who, name: whose value it is and what it is called, for the sentence.
        value: a number, or whatever else NumPy makes an array of.
        rule: a Rule; one about whole numbers gives ints, any other gives floats.
        arrays: whether an array will do.

    Raises:
        TypeError: the value is no number, and no array where one will do.
        ValueError: it does not keep the rule.
    """
    try:
        array = np.array(value)
    except ValueError:  # rows of different lengths
        array = np.array(None)
    if array.dtype.kind not in "fiu" or (array.ndim and not arrays):
        what = "a number or an array" if arrays else "a number"
        raise TypeError(f"{who}: {name} must be {what}, not {value!r}.")
    if not np.all(rule.holds(array)):
        raise ValueError(f"{who}: {name} must be {rule.words}, but it is {value}.")
    array = array.astype(int if rule.whole else float)
    return array if array.ndim else array.item()


def shown(value):
    """Return a value as it stands in a repr: an array by its shape."""
    return f"<array {value.shape}>" if isinstance(value, np.ndarray) else repr(value)
