"""What problems share: facts by name, formulas for arrays of any shape, rows and softmax."""

from typing import ClassVar

import numpy as np

from adam_course.checked import checked


class Problem:
    """Something to minimise: a value and a gradient for d parameters.

    A problem is a frozen dataclass whose fields are its own constants. ``theta`` always has the
    parameters along its last axis; all other axes are a batch: (d,) is one point, (100, 100, d)
    ten thousand.

    Attributes:
        name: a short name for titles and menus.
        formula: f in LaTeX, without dollar signs.
        dimension: d, the number of parameters.
        start: a good place to start teaching from, an array (d,), new on every access.
        minimum: f at the global minimum; None where there is none or it is not known.
        minimizers: the known points with that value, an array (k, d), or None.
        window: what to draw, ((xmin, xmax), (ymin, ymax)), one pair for each parameter; None when
            there are too many to draw.
    """

    name: ClassVar[str]
    formula: ClassVar[str]
    dimension: ClassVar[int] = 2
    minimum: ClassVar[float | None] = None
    minimizers: ClassVar[np.ndarray | None] = None
    window: ClassVar[tuple | None] = None

    def value(self, theta):
        """Return f at ``theta`` (..., d), with shape (...)."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its value is.")

    def gradient(self, theta):
        """Return the gradient of f at ``theta`` (..., d): a new array of the same shape."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its gradient is.")

    def as_parameters(self, theta):
        """Return ``theta`` as an array of floating-point numbers (..., d).

        Whole numbers become floats; an array of floats is returned as it is, not copied.

        Raises:
            ValueError: the last axis does not hold d parameters.
        """
        theta = np.asarray(theta)
        if theta.dtype.kind not in "fc":  # c: the tests differentiate with complex steps.
            theta = theta.astype(float)
        if theta.shape[-1:] != (self.dimension,):
            raise ValueError(
                f"{type(self).__name__}: the last axis of theta must hold the {self.dimension} "
                f"parameter{'s'[: self.dimension > 1]}, but theta has the shape {theta.shape}."
            )
        return theta

    def _hold_to(self, rule, *names):
        """Refuse a field that does not keep a rule, in one sentence."""
        for name in names:
            checked(type(self).__name__, name, getattr(self, name), rule, arrays=False)


class Surface(Problem):
    """A problem in one or two parameters, written as formulas in x and y.

    A subclass gives ``height``, ``slopes`` and ``curvatures``; their arguments are numbers, or
    arrays of one shape. Only +, −, × and ÷ are used, which round in the same way everywhere: one
    point and a batch give the same bits, on every machine.

    θ.T has the coordinates along its *first* axis, so it unpacks into x and y whatever the batch
    (and for a single point into plain numbers, with which NumPy is quickest).
    """

    def height(self, x, y):
        """Return f(x, y)."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its height is.")

    def slopes(self, x, y):
        """Return ∂f/∂x and ∂f/∂y."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its slopes are.")

    def curvatures(self, x, y):
        """Return the second derivatives, row by row: (f_xx, f_xy), (f_yx, f_yy)."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its curvatures are.")

    def value(self, theta):
        return self.height(*self.as_parameters(theta).T).T

    def gradient(self, theta):
        theta = self.as_parameters(theta)
        gradient = np.empty_like(theta)
        by_coordinate = gradient.T
        for i, slope in enumerate(self.slopes(*theta.T)):
            by_coordinate[i] = slope
        return gradient

    def hessian(self, theta):
        """Return the matrices of second derivatives at ``theta`` (..., d), shape (..., d, d)."""
        theta = self.as_parameters(theta)
        hessian = np.empty((*theta.shape, self.dimension), dtype=theta.dtype)
        for i, row in enumerate(self.curvatures(*theta.T)):
            for j, curvature in enumerate(row):
                hessian.T[j, i] = curvature
        return hessian


def checked_rows(rows, count):
    """Return ``rows`` as an array of row numbers, each 0 … count − 1, or refuse them."""
    rows = np.asarray(rows)
    if rows.dtype.kind not in "iu":
        raise TypeError(f"rows must be row numbers (whole numbers), but they are {rows.dtype}.")
    if rows.size == 0:
        raise ValueError("rows must hold at least one row number, but it is empty.")
    if rows.min() < 0 or rows.max() >= count:
        raise ValueError(
            f"rows must lie between 0 and {count - 1}, "
            f"but they run from {rows.min()} to {rows.max()}."
        )
    return rows.astype(
        np.intp, copy=False
    )  # 32 bits in a browser, which takes no longer numbers for rows


def log_softmax(scores):
    """Return the logarithms of the probabilities that scores (..., classes) stand for."""
    scores = scores - scores.max(axis=-1, keepdims=True)  # exp cannot overflow then
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
