"""Learning-rate schedules: functions of the step t = 1, 2, 3, … that an optimizer's ``lr`` accepts.

t = 1 is the first step. PyTorch and Optax count the steps already taken, k = t − 1: the rate of
step t is PyTorch's after k calls of ``scheduler.step()``, and Optax's ``schedule(k)``.

A schedule takes one t or an array of them (to draw it). Its numbers may be arrays that broadcast
against the parameters, as in the optimizers, so that one schedule serves a grid of runs.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from adam_course.checked import (
    COUNT,
    COUNT_OR_0,
    NOT_NEGATIVE,
    POSITIVE,
    SHARE,
    Rule,
    checked,
    shown,
)

Number = float | np.ndarray
Count = int | np.ndarray

#: What each parameter must be.
RULES = {
    "lr": NOT_NEGATIVE,
    "final": NOT_NEGATIVE,
    "minimum": NOT_NEGATIVE,
    "factor": POSITIVE,
    "start_divisor": POSITIVE,
    "final_divisor": POSITIVE,
    "rise": SHARE,
    "share": Rule("more than 0 and at most 1", lambda a: (a > 0) & (a <= 1)),
    "threshold": SHARE,
    "every": COUNT,
    "steps": COUNT,
    "milestones": COUNT,
    "patience": COUNT_OR_0,
}


@dataclass(repr=False, eq=False)
class Schedule:
    """A rate for every step. A subclass is a dataclass that has a ``rate``."""

    def __post_init__(self):
        for name, value in self.parameters.items():
            if name in RULES:
                setattr(self, name, checked(type(self).__name__, name, value, RULES[name]))
        self.reset()

    def rate(self, t):
        """Return the rate of step t: the formula itself, for a whole number or an array."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its rate is.")

    def __call__(self, t):
        """Return the rate of step t = 1, 2, 3, …: a float, or an array if t or a parameter is one.

        Raises:
            ValueError: a t is less than 1.
        """
        if not isinstance(t, int):
            t = np.asarray(t)
        if (t if isinstance(t, int) else t.min(initial=1)) < 1:
            raise ValueError(f"{type(self).__name__}: steps count from t = 1, but t is {t}.")
        rate = self.rate(t)
        return rate if np.ndim(rate) else float(rate)

    def reset(self):
        """Forget every loss observed; a schedule that depends on t alone has nothing to forget."""

    @property
    def parameters(self):
        """What the schedule was made with, as a dict of names and values."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def shape(self):
        """The shape to which all array-valued parameters broadcast; () if none is."""
        return np.broadcast_shapes(*(getattr(v, "shape", ()) for v in self.parameters.values()))

    def __repr__(self):
        told = [f"{name}={shown(value)}" for name, value in self.parameters.items()]
        return f"{type(self).__name__}({', '.join(told)})"


@dataclass(repr=False, eq=False)
class Constant(Schedule):
    """The same rate at every step.

    Args:
        lr: the rate, ≥ 0.
    """

    lr: Number

    def rate(self, t):
        return self.lr * np.ones(np.shape(t))


@dataclass(repr=False, eq=False)
class StepDecay(Schedule):
    """Multiply the rate by a factor after every so many steps: lr · factor^⌊(t−1)/every⌋.

    PyTorch ``StepLR``; Optax ``exponential_decay(…, staircase=True)``.

    Args:
        lr: rate of the first ``every`` steps, ≥ 0.
        every: steps between two changes, a whole number ≥ 1.
        factor: what the rate is multiplied by, > 0; above 1 it grows.
    """

    lr: Number
    every: Count
    factor: Number = 0.1

    def rate(self, t):
        return self.lr * np.power(self.factor, (t - 1) // self.every)


@dataclass(repr=False, eq=False)
class MultiStep(Schedule):
    """Multiply the rate by a factor after each of the given steps.

    PyTorch ``MultiStepLR``; Optax ``piecewise_constant_schedule``.

    Args:
        lr: rate at the start, ≥ 0.
        milestones: the steps, whole numbers ≥ 1. With (30, 80), step 31 is the first with the
            second rate, and step 81 the first with the third.
        factor: what the rate is multiplied by, > 0.
    """

    lr: Number
    milestones: tuple
    factor: Number = 0.1

    def __post_init__(self):
        super().__post_init__()
        if np.ndim(self.milestones) != 1 or len(self.milestones) == 0:
            raise ValueError(
                f"MultiStep: milestones must be a list of one or more steps, "
                f"but it is {self.milestones}."
            )
        self.milestones = tuple(self.milestones.tolist())

    def rate(self, t):
        passed = sum((t > milestone) * 1 for milestone in self.milestones)
        return self.lr * np.power(self.factor, passed)


@dataclass(repr=False, eq=False)
class Exponential(Schedule):
    """Multiply the rate by a factor after every step: lr · factor^(t−1).

    PyTorch ``ExponentialLR``; Optax ``exponential_decay(transition_steps=1)``. With a factor above
    1 the rate grows: a run in which to find the largest rate that works (Smith 2017, section 3.3).

    Args:
        lr: rate of the first step, ≥ 0.
        factor: > 0; after n steps the rate is lr · factorⁿ.
    """

    lr: Number
    factor: Number

    def rate(self, t):
        return self.lr * np.power(self.factor, t - 1)


@dataclass(repr=False, eq=False)
class Cosine(Schedule):
    """Half a cosine from the first rate down to the last (Loshchilov & Hutter 2017, eq. 5).

    PyTorch ``CosineAnnealingLR``, which climbs again after ``steps``; this one stays at the last
    rate, as Optax's ``cosine_decay_schedule`` does.

    Args:
        lr: rate of the first step, ≥ 0.
        steps: length of the decay; ``final`` is reached when so many steps have been taken, that
            is, at t = steps + 1.
        final: the last rate, ≥ 0.
    """

    lr: Number
    steps: Count
    final: Number = 0.0

    def rate(self, t):
        return half_cosine(self.lr, self.final, np.minimum(t - 1, self.steps) / self.steps)


@dataclass(repr=False, eq=False)
class Cooldown(Schedule):
    """The full rate, and then a straight line down to zero (Hägele et al. 2024, section 3).

    With ``share=1`` the line begins at once: linear decay (Defazio et al. 2023). After a `Warmup`
    it is called WSD, warm-up, stable, decay.

    PyTorch: ``SequentialLR([ConstantLR(factor=1), LinearLR(start_factor=1, end_factor=0,
    total_iters=n)], milestones=[steps − n])`` with n = share · steps; Optax
    ``linear_schedule(lr, 0, n, steps − n)``.

    Args:
        lr: rate of the first step, ≥ 0.
        steps: length of the run; zero is reached when so many steps have been taken, that is, at
            t = steps + 1.
        share: the share of the steps in which the rate falls, above 0 and at most 1.
    """

    lr: Number
    steps: Count
    share: Number = 0.2

    def rate(self, t):
        return self.lr * np.clip((self.steps + 1 - t) / (self.share * self.steps), 0, 1)


@dataclass(repr=False, eq=False)
class Warmup(Schedule):
    """Raise the rate in a straight line, then hand over to another schedule.

    The first step has 1/steps of the full rate and step t ≤ steps has t/steps of it, so that no
    step is wasted at rate 0. The full rate is the first that ``then`` gives.

    PyTorch: ``SequentialLR([LinearLR(start_factor=1/steps, total_iters=steps − 1), then],
    milestones=[steps])``; Optax: ``join_schedules([linear_schedule(lr/steps, lr, steps − 1),
    then], [steps])``.

    Args:
        steps: length of the warm-up, a whole number ≥ 1.
        then: any schedule (also a function of t that you wrote), or a number for a constant rate.
        restart: where ``then`` starts. True: it counts its own steps, and its t = 1 is step
            steps + 1. False: it counts all steps, those of the warm-up included, and its first
            rate in use is that of t = steps; with `InverseSquareRoot` this gives the schedule
            of Vaswani et al. 2017, eq. 3.
    """

    steps: Count
    then: Number | Callable
    restart: bool = True

    def __post_init__(self):
        if not callable(self.then):
            self.then = Constant(self.then)
        super().__post_init__()

    def rate(self, t):
        t_then = np.maximum(t - self.steps, 1) if self.restart else np.maximum(t, self.steps)
        return self.then(t_then) * np.minimum(t / self.steps, 1)

    def reset(self):
        if hasattr(self.then, "reset"):
            self.then.reset()

    @property
    def observe(self):
        """The ``observe`` of ``then``, if it has one: it sees the losses of the warm-up too."""
        return self.then.observe


@dataclass(repr=False, eq=False)
class OneCycle(Schedule):
    """Rise and fall once, both along half a cosine: fastai's form of Smith & Topin's policy (2019).

    Their own rises and falls in straight lines, and then falls further in a third phase.

    PyTorch ``OneCycleLR(max_lr=lr, total_steps=steps, cycle_momentum=False)``, two phases. Optax's
    ``cosine_onecycle_schedule`` reaches the top and the end one step later.

    Args:
        lr: the highest rate, ≥ 0.
        steps: length of the cycle; at t = steps, and after it, the rate is the lowest.
        rise: the share of the steps in which the rate rises, less than 1; the top is at
            t = rise · steps.
        start_divisor: the first rate is lr / start_divisor.
        final_divisor: the last rate is the *first* one / final_divisor.
    """

    lr: Number
    steps: Count
    rise: Number = 0.3
    start_divisor: Number = 25.0
    final_divisor: Number = 1e4

    def __post_init__(self):
        super().__post_init__()
        if not np.all(self.rise * self.steps > 1):
            raise ValueError(
                f"OneCycle: the rise needs more than one step (rise · steps > 1), "
                f"but rise is {self.rise} and steps is {self.steps}."
            )

    def rate(self, t):
        first = self.lr / self.start_divisor
        last = first / self.final_divisor
        top = self.rise * self.steps
        t = np.minimum(t, self.steps)
        up = half_cosine(first, self.lr, (t - 1) / (top - 1))
        down = half_cosine(self.lr, last, (t - top) / (self.steps - top))
        return np.where(t <= top, up, down)


@dataclass(repr=False, eq=False)
class InverseSquareRoot(Schedule):
    """The rate of the theorems on Adam and AMSGrad: lr / √t.

    Kingma & Ba 2015, Theorem 4.1; Reddi, Kale & Kumar 2018, Theorem 4.

    Args:
        lr: rate of the first step, ≥ 0.
    """

    lr: Number

    def rate(self, t):
        return self.lr / np.sqrt(t)


@dataclass(repr=False, eq=False)
class Plateau(Schedule):
    """Lower the rate when the loss has stopped falling, by what the loss itself shows.

    PyTorch ``ReduceLROnPlateau(mode="min", threshold_mode="rel", eps=0)`` with these parameters.
    Optax' ``contrib.reduce_on_plateau`` and Keras' callback act one observation earlier, once
    ``patience`` of them have brought nothing better; Keras' threshold is a difference in loss,
    not a share of it.

    The rate depends on what `observe` has been told, not on t. One schedule therefore belongs to
    one run at a time; `reset` makes it ready for the next.

    Args:
        lr: rate at the start, ≥ 0.
        factor: what the rate is multiplied by, between 0 and 1.
        patience: how many observations in a row may bring nothing better; the next one that does
            not lowers the rate.
        minimum: the rate is not lowered beyond this, ≥ 0.
        threshold: a loss counts as better when it is below (1 − threshold) times the best so far.

    Attributes:
        current: the rate now. best: the best loss so far. waited: observations since then, or
            since the rate was lowered. Numbers for one run. For losses of shape (…) they have the
            shape (…, 1), so that they broadcast against parameters of shape (…, d).
    """

    lr: Number
    factor: Number = 0.5
    patience: Count = 10
    minimum: Number = 1e-6
    threshold: Number = 1e-4

    def __post_init__(self):
        super().__post_init__()
        if not np.all(np.less(self.factor, 1)):
            raise ValueError(f"Plateau: factor must be less than 1, but it is {self.factor}.")

    def rate(self, t):
        return self.current * np.ones(np.shape(t))

    def reset(self):
        self.current, self.best, self.waited = self.lr, np.inf, 0

    def observe(self, loss):
        """Take note of the loss after a step, and lower the rate if it is time to.

        Args:
            loss: a number, or an array with the loss of each run. NaN is never better.
        """
        loss = np.asarray(loss, dtype=float)
        if loss.ndim:
            loss = loss[..., np.newaxis]
        better = loss < self.best * (1 - self.threshold)
        self.best = np.where(better, loss, self.best)
        self.waited = np.where(better, 0, self.waited + 1)
        tired = self.waited > self.patience
        lower = np.minimum(self.current, np.maximum(self.current * self.factor, self.minimum))
        self.current = np.where(tired, lower, self.current)
        self.waited = np.where(tired, 0, self.waited)


def half_cosine(first, last, share):
    """Return a rate between ``first`` (share 0) and ``last`` (share 1), along half a cosine."""
    weight = (1 + np.cos(np.pi * share)) / 2
    return first * weight + last * (1 - weight)
