"""What a question is: what it asks, what is right, why, and how the course knows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question of a lesson; a text may hold `code`, and is plain words else.

    Args:
        name: what it is about, in a few words: its name in `predict`. No other one has it.
        ask: the question.
        because: what comes out and why, read after the answer.
        truth: computes what is right with the course's own code, so that a test can compare. None
            where nothing is to be computed.
    """

    name: str
    ask: str
    because: str
    truth: Callable | None = None

    def __post_init__(self):
        if self.kind != "number" and not 2 <= len(self.options) <= 6:
            raise ValueError(f"{self.name!r}: a question has two to six options.")


@dataclass(frozen=True, kw_only=True)
class Choice(Question):
    """One of some options is right: `right` is its index."""

    options: tuple[str, ...]
    right: int
    kind = "choice"

    @property
    def answer(self):
        """The right answer in words."""
        return self.options[self.right]


@dataclass(frozen=True, kw_only=True)
class Number(Question):
    """A number is asked for; one that is at most `factor` times too large or too small is right."""

    right: float
    factor: float = 1.1
    unit: str = ""
    kind = "number"
    options = ()

    @property
    def answer(self):
        """The right answer in words."""
        return f"{self.right:g} {self.unit}".strip()


@dataclass(frozen=True, kw_only=True)
class Ranking(Question):
    """Options are put in an order: `right` has their indices, the first one first."""

    options: tuple[str, ...]
    right: tuple[int, ...]
    kind = "ranking"

    @property
    def answer(self):
        """The right answer in words."""
        return ", ".join(self.options[index] for index in self.right)


def nearest(options, value):
    """Return the index of the option that is nearest to a value, as a ratio."""
    return int(np.argmin(np.abs(np.log(np.array(options) / value))))
