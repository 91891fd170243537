"""Two problems that were made so that adaptive methods fail: Reddi's game and Wilson's data."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from adam_course.checked import count_from
from adam_course.problems.base import Problem, checked_rows


def cycle(steps, C=3.0, length=3):
    """Return the slopes of Reddi's game, (steps,): C in the first step of each cycle, else −1.

    The slopes of a cycle add up to C − length + 1. Where that is positive, −1 is the best place.
    Reddi, Kale & Kumar 2018: section 3 has length 3, Theorem 2 a length of C.
    """
    return np.where(np.arange(steps) % length == 0, float(C), -1.0)


def play(optimizer, slopes, start=0.0):
    """Return where an optimizer is before each loss f_t(x) = slope_t · x on [−1, 1].

    The optimizer takes its step, and what leads beyond −1 or 1 is cut off. It is reset first.

    Args:
        optimizer: one of `adam_course.optimizers`; its arrays make a batch of players.
        slopes: (n,), or (n, …) with slopes of their own for every player.
        start: where the players begin, from −1 to 1.

    Returns:
        The places, (n, …).
    """
    slopes = np.asarray(slopes, dtype=float)
    players = np.broadcast_shapes(np.shape(start), slopes.shape[1:], optimizer.batch_shape)
    x, places = np.full(players, start, dtype=float), np.empty((len(slopes), *players))
    optimizer.reset()
    for t, slope in enumerate(slopes):
        places[t] = x
        x = np.clip(optimizer.step(x, np.broadcast_to(slope, players)), -1, 1)
    return places


@dataclass(frozen=True)
class Wilson(Problem):
    """Learn labels −1 and 1 by least squares from inputs that make adaptive methods fail.

    Wilson et al. 2017, section 3.3. The first input *is* the label, the second and third are
    always 1, and each example has inputs of its own that no other example ever has: one if its
    label is 1, five if it is −1. The value is half the mean squared error. From zero, every
    adaptive method that sees all examples at once moves along sign(Xᵀ y), and thereby learns
    those private inputs by heart; new examples have others.

    Args:
        points: how many examples to learn from, at least 2.
        positive: the share of them, and of all examples to come, with label 1: between ½ and 1.

    Attributes:
        inputs: X, (points, 3 + 5 · points). labels: y, (points,).
    """

    points: int = 200
    positive: float = 0.6

    name = "Wilson's data"
    formula = r"\frac{1}{2N} \Vert X \theta - y \Vert^2"
    minimum = 0.0

    def __post_init__(self):
        self._hold_to(count_from(2), "points")
        if not 0.5 < self.positive < 1:
            raise ValueError(
                f"Wilson: positive must be between 0.5 and 1, but it is {self.positive}."
            )

    @property
    def dimension(self):
        return 3 + 5 * self.points

    @property
    def start(self):
        return np.zeros(self.dimension)

    @cached_property
    def labels(self):
        return np.where(np.arange(self.points) < round(self.positive * self.points), 1.0, -1.0)

    @cached_property
    def inputs(self):
        inputs = np.zeros((self.points, self.dimension))
        inputs[:, 0], inputs[:, 1:3] = self.labels, 1
        for row, label in enumerate(self.labels):
            first = 3 + 5 * row
            inputs[row, first : first + (1 if label > 0 else 5)] = 1
        return inputs

    @cached_property
    def least_norm(self):
        """The shortest of all parameters that fit every label, (d,): where gradient descent ends.

        Started at zero, that is: its steps never leave the span of the examples.
        """
        X = self.inputs
        return X.T @ np.linalg.solve(X @ X.T, self.labels)

    @property
    def signs(self):
        """sign(Xᵀ y), (d,): the direction of adaptive methods that see all examples at once."""
        return np.sign(self.inputs.T @ self.labels)

    def value(self, theta, rows=None):
        """Return half the mean squared error at ``theta`` (..., d), over all examples or ``rows``.

        Raises:
            TypeError, ValueError: ``rows`` does not hold row numbers, or none of them.
        """
        _, errors = self._errors(theta, rows)
        return (errors * errors).mean(axis=-1) / 2

    def gradient(self, theta, rows=None):
        """Return the gradient of `value` at ``theta`` (..., d); rows as there, (n,) or (..., n)."""
        inputs, errors = self._errors(theta, rows)
        return (errors[..., None, :] @ inputs)[..., 0, :] / inputs.shape[-2]

    def train_error(self, theta):
        """Return the share of the examples to learn from that get the wrong label, (...)."""
        return (self.as_parameters(theta) @ self.inputs.T * self.labels <= 0).mean(axis=-1)

    def test_error(self, theta):
        """Return the share of new examples that get the wrong label, (...).

        Their private inputs have never been seen, so their weights are those of the start, 0, and
        only the first three parameters count.
        """
        label, *ones = np.moveaxis(self.as_parameters(theta)[..., :3], -1, 0)
        misses = [y * (y * label + sum(ones)) <= 0 for y in (1, -1)]
        return self.positive * misses[0] + (1 - self.positive) * misses[1]

    def _errors(self, theta, rows):
        """Return the inputs (…, n, d) and X θ − y, (…, n)."""
        theta, inputs, labels = self.as_parameters(theta), self.inputs, self.labels
        if rows is None:
            return inputs, theta @ inputs.T - labels
        rows = checked_rows(rows, self.points)
        inputs = inputs[rows]
        return inputs, (inputs @ theta[..., None])[..., 0] - labels[rows]
