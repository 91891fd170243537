"""Looking at a few rows of the data at a time: what makes the gradient noisy."""

from dataclasses import dataclass

import numpy as np

from adam_course.problems.base import Problem


@dataclass
class MiniBatches:
    """A problem with data whose gradient is that of a mini-batch, another one at each call.

    Everything else is the problem's own: ``value`` is the loss over all the data. The order is
    drawn anew for each epoch, and the last mini-batch of an epoch is smaller where ``size`` does
    not divide the number of rows. A batch of parameters (..., d) is a batch of runs, and each run
    has an order of its own, as long as all calls have the same shape.

    It remembers its place in the data, so that one object serves one run; make another for the
    next one.

    Args:
        problem: has ``value(theta)`` and ``gradient(theta, rows)``.
        size: rows in a mini-batch, 1 to ``count``.
        count: how many rows of data there are; None for the problem's own ``points``.
        seed: of the order.
        shuffle: False to go through the data in its own order, in every epoch.
        replace: True to draw every mini-batch from all rows, with replacement and without epochs.

    Attributes:
        rows: numbers of the rows that the last gradient was taken over, (..., n).
    """

    problem: Problem
    size: int
    count: int | None = None
    seed: int = 0
    shuffle: bool = True
    replace: bool = False

    def __post_init__(self):
        self.count = self.problem.points if self.count is None else self.count
        if not 1 <= self.size <= self.count:
            raise ValueError(
                f"MiniBatches: size must be from 1 to {self.count}, the number of rows, "
                f"but it is {self.size}."
            )
        self._rng = np.random.default_rng(self.seed)
        self._place, self._order, self.rows = self.count, None, None

    @property
    def name(self):
        return f"{self.problem.name}, {self.size} of {self.count} rows at a time"

    def __getattr__(self, fact):
        if fact.startswith("_") or fact == "problem":  # not set yet, as in a copy under way
            raise AttributeError(fact)
        return getattr(self.problem, fact)

    def gradient(self, theta):
        """Return the gradient at ``theta`` (..., d) over the next mini-batch of each run."""
        self.rows = self._next(np.shape(theta)[:-1])
        return self.problem.gradient(theta, self.rows)

    def _next(self, runs):
        """Return the rows of the next mini-batch, one for each run of a shape: (..., n)."""
        if self.replace:
            return self._rng.integers(0, self.count, (*runs, self.size))
        if self._place >= self.count:
            self._place = 0
            self._order = np.broadcast_to(np.arange(self.count), (*runs, self.count))
            if self.shuffle:
                self._order = self._rng.permuted(self._order, axis=-1)
        first, self._place = self._place, self._place + self.size
        return self._order[..., first : self._place]
