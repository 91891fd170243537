"""What every optimizer shares: checked hyperparameters, a step counter, state by name."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np

from adam_course.checked import (
    ABOVE_0,
    COUNT,
    COUNT_OR_0,
    FROM_4,
    NOT_NEGATIVE,
    POWER,
    SHARE,
    checked,
    shown,
)

Number = float | np.ndarray
Rate = float | np.ndarray | Callable[[int], Number]

RATES = ["lr", "eps", "eps1", "eps2", "weight_decay", "momentum_decay", "initial_accumulator"]
DECAYS = ["beta1", "beta2", "momentum", "rho"]
#: What a hyperparameter must be.
RULES = {
    **dict.fromkeys(RATES, NOT_NEGATIVE),
    **dict.fromkeys(DECAYS, SHARE),
    "beta2_decay": POWER,
    "clip": ABOVE_0,
    "rectify_above": FROM_4,
    "ns_steps": COUNT_OR_0,
    "every": COUNT,
}


class NonFiniteGradientError(ValueError):
    """A gradient holds NaN or infinity; the message names the step and the index."""


@dataclass(repr=False, eq=False)
class Optimizer:
    """A rule that turns parameters and their gradient into the next parameters.

    A subclass is a dataclass: its fields are the hyperparameters, ``initial_state`` names what it
    carries from step to step, and ``update`` is its rule. Everything else is here.

    Every hyperparameter is a number or an array that broadcasts against the parameters, so one
    optimizer serves a single run or a whole grid of runs at once. ``lr`` may also be a schedule:
    a function of the step t = 1, 2, 3, … (see `adam_course.schedules`).

    Attributes:
        t: number of steps taken so far.
        state names (``m``, ``v``, …): what the rule carries from one step to the next; arrays
            shaped like the parameters once a step is taken, a plain number before.
    """

    lr: Rate

    #: Quantities that a step computes and does not need again, kept so that you can look at them.
    observables = ()
    #: Hyperparameters that are one word out of a few.
    choices: ClassVar[dict] = {}
    #: Hyperparameters that may be None.
    optional = ()

    def __post_init__(self):
        for name, value in self.hyperparameters.items():
            setattr(self, name, self._checked(name, value))
        self.reset()

    def initial_state(self):
        """Return the state before the first step, as a dict of names and numbers."""
        return {}

    def update(self, theta, g, lr):
        """Return the next parameters: the rule itself, as its paper writes it."""
        raise NotImplementedError(f"{type(self).__name__} does not say how it updates.")

    def step(self, theta, grad):
        """Take one step and return the new parameters; neither argument is changed.

        Args:
            theta: parameters, a float array of any shape.
            grad: gradient of the loss at ``theta``, of the same shape.

        Returns:
            The new parameters: of theta's dtype, and of its shape or the shape to which theta and
            the hyperparameters broadcast.

        Raises:
            TypeError: ``theta`` does not hold floating-point numbers, or ``grad`` no real ones.
            NonFiniteGradientError: ``grad`` holds NaN or infinity.
            ValueError: ``grad`` has another shape, or theta does not fit the hyperparameters or
                the run so far. Whatever is raised, nothing has changed: the same optimizer can go
                on with a good gradient.
        """
        theta = np.asarray(theta)
        if theta.dtype.kind != "f":
            self._refuse_dtype(theta)
        grad = np.asarray(grad)
        if grad.dtype != theta.dtype:
            grad = self._real(grad, theta.dtype)
        if theta.shape != grad.shape or theta.shape not in self._shapes:
            self._refuse_shape(theta, grad)
        if not np.isfinite(grad).all():
            self._refuse_non_finite(grad)
        lr = self.rate(self.t + 1)
        self.t += 1
        new = self.update(theta, grad, lr)
        self._shapes = theta.shape, new.shape
        return new if new.dtype == theta.dtype else new.astype(theta.dtype)

    def rate(self, t):
        """Return the rate of step t, from the schedule if there is one."""
        if callable(self.lr):
            return self._checked(f"lr at step {t}", self.lr(t))
        return self.lr

    def reset(self):
        """Forget every step taken: the state is as it was when the optimizer was made."""
        self.t = 0
        self._shapes = ()  # what theta's shape may be in the next step
        if hasattr(self.lr, "reset"):  # a schedule that has a memory, such as Plateau
            self.lr.reset()
        self.__dict__.update(dict.fromkeys(self.observables, 0.0))
        self.__dict__.update(self.initial_state())

    @property
    def state(self):
        """What is carried from one step to the next, as a dict of names and arrays."""
        return {name: getattr(self, name) for name in self.initial_state()}

    @property
    def hyperparameters(self):
        """The hyperparameters, as a dict of names and values."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def batch_shape(self):
        """The shape to which all array-valued hyperparameters broadcast; () if none is."""
        values = self.hyperparameters.items()
        return np.broadcast_shapes(*(np.shape(value) for name, value in values if name in RULES))

    def __repr__(self):
        told = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not field.default or (value is not False and value is not None):
                told.append(f"{field.name}={shown(value)}")
        return f"{type(self).__name__}({', '.join(told)})"

    def _checked(self, name, value):
        """Return ``value`` as a float or a fresh float array, or refuse it in one sentence."""
        kind, who = name.split()[0], type(self).__name__
        if kind in self.choices and value not in self.choices[kind]:
            words = f"must be one of {self.choices[kind]}, but it is {value!r}"
            raise ValueError(f"{who}: {name} {words}.")
        left_out = value is None and kind in self.optional
        if kind not in RULES or left_out or (name == "lr" and callable(value)):
            return value
        return checked(who, name, value, RULES[kind], arrays=not RULES[kind].whole)

    def _real(self, grad, dtype):
        """Return a gradient as numbers of a dtype; refuse complex ones."""
        if grad.dtype.kind == "c":
            raise TypeError(
                f"{type(self).__name__}: the gradient must hold real numbers, but it holds "
                f"{grad.dtype}."
            )
        return grad.astype(dtype)

    def _refuse_dtype(self, theta):
        raise TypeError(
            f"{type(self).__name__}: the parameters must be floating-point numbers, but theta "
            f"holds {theta.dtype}; write 1.0 instead of 1, or np.asarray(theta, dtype=float)."
        )

    def _refuse_shape(self, theta, grad):
        """Refuse what does not fit; a shape that is only new, at the first step, is let through."""
        who = type(self).__name__
        if theta.shape != grad.shape:
            raise ValueError(
                f"{who}: the gradient must have the shape of the parameters, {theta.shape}, "
                f"but its shape is {grad.shape}."
            )
        if self.t:
            raise ValueError(
                f"{who}: the parameters had the shape {self._shapes[-1]} until now, but theta has "
                f"{theta.shape}; call reset() before another run."
            )
        try:
            np.broadcast_shapes(theta.shape, self.batch_shape)
        except ValueError:
            values = self.hyperparameters.items()
            shapes = {name: np.shape(value) for name, value in values if name in RULES}
            listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items() if shape)
            raise ValueError(
                f"{who}: hyperparameters and parameters must broadcast, but their shapes are "
                f"{listed}, theta {theta.shape}."
            ) from None

    def _refuse_non_finite(self, grad):
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(grad))[0])
        raise NonFiniteGradientError(
            f"{type(self).__name__}: the gradient of step {self.t + 1} is {grad[index]} "
            f"at index {index}; the run has probably diverged: try a smaller lr."
        )


@dataclass(repr=False, eq=False)
class MatrixOptimizer(Optimizer):
    """A rule for matrices: the last two axes of the parameters; those before are separate runs."""

    def _refuse_shape(self, theta, grad):
        super()._refuse_shape(theta, grad)
        if theta.ndim < 2:
            raise ValueError(
                f"{type(self).__name__}: the parameters must be a matrix, but theta has the shape "
                f"{theta.shape}. PerBlock(blocks, …) says which parts of a vector are matrices, "
                "and gives the others to another rule."
            )


def root(v, eps, eps_in_sqrt=False):
    """Return √v + ε, or √(v + ε) for the frameworks that keep ε inside the root, as a divisor."""
    return divisor(np.sqrt(v + eps) if eps_in_sqrt else np.sqrt(v) + eps)


def divisor(below):
    """Return what to divide by: 1 for 0, so that 0 / 0, where ε is 0 too, is no step."""
    return np.where(below == 0, 1.0, below)


def square(g):
    """Return g², held below infinity, for rules that would work out ∞ − ∞ or ∞ / ∞ with it."""
    with np.errstate(over="ignore"):
        return np.minimum(g * g, np.finfo(np.result_type(g)).max / 2**30)


def power(base, exponent):
    """Return base^exponent, with the same bits for one exponent and for an array of them."""
    result = np.power(float(base), exponent)
    return result if result.ndim else float(result)
