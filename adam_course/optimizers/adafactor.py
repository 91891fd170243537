"""AdaFactor: Adam's second moment for a matrix, kept in one row and one column."""

from dataclasses import dataclass

import numpy as np

from adam_course.optimizers.base import Number, Optimizer, Rate, divisor, power, square


@dataclass(repr=False, eq=False)
class AdaFactor(Optimizer):
    """Divide by a rank-one estimate of v: n + m numbers for an n × m matrix, and no first moment.

    Shazeer & Stern 2018, Algorithm 4 (matrices) and 5 (vectors).
    v ≈ row · column / mean(row), steps clipped to a root mean square of ``clip``, rate relative to
    the size of the parameters.

    Args:
        lr: largest relative rate, ≥ 0; ρ_t = min(lr, 1/√t) in the paper, with lr = 0.01.
        beta2_decay: d in β2_t = 1 − t^(−d), in (0, 1].
        eps1: added to squared gradients. eps2: least size that a parameter counts as having.
        clip: largest root mean square of a step in units of its rate, > 0.
        relative_step: ρ_t = min(lr, 1/√t), as in the paper, PyTorch and Keras; False: ρ_t = lr, as
            in Optax.
        parameter_ndim: how many trailing axes are one tensor (those before it are separate runs);
            None: all of them, which arrays as hyperparameters do not allow. Two or more: the last
            two are factored.

    Attributes:
        row, column: means of squared gradients over columns and rows (matrices).
        v: mean of squared gradients (vectors).
    """

    lr: Rate = 1e-2
    beta2_decay: Number = 0.8
    eps1: Number = 1e-30
    eps2: Number = 1e-3
    clip: Number = 1.0
    relative_step: bool = True
    parameter_ndim: int | None = None

    def __post_init__(self):
        super().__post_init__()
        if self.batch_shape and self.parameter_ndim is None:
            raise ValueError(
                "AdaFactor: with arrays as hyperparameters, parameter_ndim must say how many "
                "trailing axes of the parameters are one tensor."
            )

    def initial_state(self):
        return {"row": 0.0, "column": 0.0, "v": 0.0}

    def update(self, theta, g, lr):
        if not theta.size:  # no parameters, so no means to take
            return theta.copy()
        ndim = theta.ndim if self.parameter_ndim is None else self.parameter_ndim
        axes = tuple(range(-ndim, 0))
        # One order in memory, so that each mean in a batch has the same bits as in a single run.
        theta, g = np.asarray(theta, order="C"), np.asarray(g, order="C")
        share = power(self.t, -self.beta2_decay)  # 1 − β2_t
        squared = square(g) + self.eps1
        if ndim >= 2:
            self.row = (1 - share) * self.row + share * squared.mean(axis=-1, keepdims=True)
            self.column = (1 - share) * self.column + share * squared.mean(axis=-2, keepdims=True)
            share_of_row = self.row / divisor(self.row.mean(axis=-2, keepdims=True))
            # Two roots, because the product of two small squares may be too small for a float32.
            root = np.sqrt(share_of_row) * np.sqrt(self.column)
        else:
            self.v = (1 - share) * self.v + share * squared
            root = np.sqrt(self.v)
        unit_step = g / divisor(root)
        unit_step = unit_step / np.maximum(1.0, root_mean_square(unit_step, axes) / self.clip)
        rho = np.minimum(lr, self.t**-0.5) if self.relative_step else lr
        return theta - np.maximum(self.eps2, root_mean_square(theta, axes)) * rho * unit_step


def root_mean_square(x, axes):
    """Return the root mean square of ``x`` over ``axes``, which stay as axes of length one."""
    return np.sqrt(np.mean(x * x, axis=axes, keepdims=True))
