"""Fitting a straight line to noisy points: the smallest problem that has data."""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor

import numpy as np

from adam_course.checked import NOT_NEGATIVE, count_from
from adam_course.problems.base import Problem, checked_rows


@dataclass(frozen=True)
class Regression(Problem):
    """Find w and b so that w x + b is close to y: mean squared error over noisy points.

    The points are y = slope · x + intercept + noise · N(0, 1), with x evenly spaced on [−5, 5];
    the normal numbers come from NumPy's legacy generator, so they are the same on every machine.

    The error is a bowl in (w, b), and needs the data only through five averages: of x², x, xy, y
    and y². Once they are known, ten thousand runs cost as little as on any other surface.

    Args:
        slope, intercept: the line behind the noise. The minimum is close to it, but not on it.
        noise: standard deviation of the noise, in units of y, ≥ 0.
        points: how many, at least 2.
        seed: for the noise.

    Attributes:
        x, y: the data, arrays (points,).
    """

    slope: float = 2.0
    intercept: float = 1.0
    noise: float = 1.0
    points: int = 100
    seed: int = 42

    name = "linear regression"
    formula = r"\frac{1}{N} \sum_i (w x_i + b - y_i)^2"

    def __post_init__(self):
        self._hold_to(NOT_NEGATIVE, "noise")
        self._hold_to(count_from(2), "points")

    @property
    def start(self):
        return np.array([0.0, 0.0])

    @property
    def minimizers(self):
        # The normal equations fall apart into two, as x averages to 0.
        xx, _, xy, y, _ = self._averages(None)
        return np.array([[xy / xx, y]])

    @property
    def minimum(self):
        return float(self.value(self.minimizers[0]))

    @property
    def window(self):
        corners = np.stack([self.start, self.minimizers[0]]).T
        return tuple((floor(min(c) - 1.5), ceil(max(c) + 1.5)) for c in corners)

    @cached_property
    def x(self):
        return np.linspace(-5, 5, self.points)

    @cached_property
    def y(self):
        noise = np.random.RandomState(self.seed).normal(0, 1, self.points)
        return self.slope * self.x + self.intercept + self.noise * noise

    def value(self, theta, rows=None):
        """Return the mean squared error at ``theta`` = (w, b), over all points or some.

        Args:
            theta: parameters, an array (..., 2).
            rows: numbers of the points to use, whole numbers of shape (n,), or (..., n) for
                another mini-batch in each run; a number may occur twice. None: all points.

        Returns:
            The errors, in units of y², of shape (...).

        Raises:
            TypeError, ValueError: ``rows`` does not hold row numbers, or none of them.
        """
        w, b = self.as_parameters(theta).T
        xx, x, xy, y, yy = self._averages(rows)
        return (xx * w * w + 2 * x * w * b + b * b - 2 * (xy * w + y * b) + yy).T

    def gradient(self, theta, rows=None):
        """Return the gradient of `value` at ``theta`` (..., 2), over all points or ``rows``."""
        theta = self.as_parameters(theta)
        w, b = theta.T
        xx, x, xy, y, _ = self._averages(rows)
        gradient = np.empty_like(theta)
        gradient.T[0] = 2 * (xx * w + x * b - xy)
        gradient.T[1] = 2 * (x * w + b - y)
        return gradient

    def hessian(self, theta, rows=None):
        """Return the Hessians at ``theta`` (..., 2), all the same, of shape (..., 2, 2)."""
        theta = self.as_parameters(theta)
        xx, x, *_ = self._averages(rows)
        hessian = np.empty((*theta.shape, 2), dtype=theta.dtype)
        hessian.T[0, 0], hessian.T[1, 1] = 2 * xx, 2
        hessian.T[0, 1] = hessian.T[1, 0] = 2 * x
        return hessian

    @cached_property
    def _products(self):
        x, y = self.x, self.y
        return np.stack([x * x, x, x * y, y, y * y])

    @cached_property
    def _all_averages(self):
        return self._products.mean(axis=-1)

    def _averages(self, rows):
        """Return the averages of x², x, xy, y and y², each with the axes of ``rows`` reversed."""
        if rows is None:
            return self._all_averages
        chosen = self._products.take(checked_rows(rows, self.points), axis=1)
        return [average.T for average in chosen.mean(axis=-1)]
