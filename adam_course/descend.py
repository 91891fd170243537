"""Run an optimizer on a problem and write down what happened."""

import math
import os
from dataclasses import dataclass, field, replace

import numpy as np

from adam_course.checked import COUNT, COUNT_OR_0, checked
from adam_course.optimizers.base import MatrixOptimizer, NonFiniteGradientError

#: From so many numbers on, a run may take long enough to want a progress bar.
LONG_RUN = 5_000_000


@dataclass(frozen=True, eq=False)
class Trajectory:
    """What `descend` saw. "…" stands for the axes of a batch of runs; a single run has none.

    Attributes:
        problem: what was minimised.
        optimizer: the optimizer, in words.
        t: (n + 1,) numbers of the recorded steps; 0 is the start.
        thetas: (n + 1, …, d) parameters after each of these steps.
        losses: (n + 1, …) the problem's value there.
        gradients: (n, …, d) gradient that each recorded step from t[1] on was taken with.
        states: name → (n, …) the optimizer's state after each of these steps, if asked for.
        diverged_at: step at which the run diverged, 0 if it did not; (…) for a batch.
        reason: why a single run stopped early, in one sentence; "" if it did not.
        method: the optimizer's name, as "Adam".
        hyperparameters: name → number, schedule or, for a batch, an array that broadcasts against
            the parameters (…, d).
    """

    problem: object
    optimizer: str
    t: np.ndarray
    thetas: np.ndarray
    losses: np.ndarray
    gradients: np.ndarray
    states: dict = field(default_factory=dict)
    diverged_at: int | np.ndarray = 0
    reason: str = ""
    method: str = ""
    hyperparameters: dict = field(default_factory=dict)

    @property
    def final(self):
        """(…, d) parameters at the end; NaN for runs of a batch that diverged."""
        return self.thetas[-1]

    @property
    def updates(self):
        """(n, …, d) change of the parameters between recorded steps."""
        return np.diff(self.thetas, axis=0)

    def __getitem__(self, index):
        """Return one run of a batch, or some, by its place among them: ``grid[3, 7]``.

        Raises:
            IndexError: this is a single run, or the batch has no such place.
        """
        index = index if isinstance(index, tuple) else (index,)
        if self.losses.ndim == 1:
            raise IndexError("This is a single run, so there is nothing to pick from.")
        rows, diverged_at = (slice(None), *index), self.diverged_at[index]
        return replace(
            self,
            thetas=self.thetas[rows],
            losses=self.losses[rows],
            gradients=self.gradients[rows],
            states={name: self._wide(state)[rows] for name, state in self.states.items()},
            hyperparameters={
                name: np.broadcast_to(value, self.thetas.shape[1:])[index]
                if isinstance(value, np.ndarray)
                else value
                for name, value in self.hyperparameters.items()
            },
            diverged_at=diverged_at if np.ndim(diverged_at) else int(diverged_at),
        )

    def _wide(self, state):
        """Return a state (n, …) with an entry for every run and parameter, as gradients have."""
        missing = self.gradients.ndim - state.ndim
        state = state.reshape(len(state), *[1] * missing, *state.shape[1:])
        return np.broadcast_to(state, self.gradients.shape)

    def __repr__(self):
        runs = math.prod(self.losses.shape[1:])
        what = f"{runs} runs" if runs > 1 else f"loss {self.losses[-1].item():.6g}"
        end = f" {self.reason}" if self.reason else ""
        return f"<{self.optimizer} on {self.problem.name}: {self.t[-1]} steps, {what}.{end}>"


def descend(
    problem, optimizer, start=None, steps=100, *, states=False, every=1, limit=1e12, progress=None
):
    """Minimise ``problem`` with ``optimizer`` and return the `Trajectory`.

    The optimizer is reset first. Several starts, or hyperparameters given as arrays, make a batch
    of runs that step together. Divergence is a result and not an error: a single run stops and
    says at which step and why; in a batch, the run's record is NaN from there on.

    Args:
        problem: has ``value(theta)``, ``gradient(theta)`` and ``dimension`` (d).
        optimizer: one of `adam_course.optimizers`.
        start: (…, d) parameters to start from; None for the problem's own start.
        steps: how many steps to take, ≥ 0.
        states: also record the optimizer's state at each step: the microscope.
        every: record every so many steps only (and the last); saves memory for large batches.
        limit: a loss beyond ± limit counts as diverged.
        progress: show a progress bar; None for one on long work only, after two seconds, and
            never where the environment variable TQDM_DISABLE is set.

    Raises:
        TypeError: the start does not hold numbers; steps or every is none, or the gradient complex;
            the optimizer is for matrices only.
        ValueError: the start does not fit the problem or is not finite, or steps or every is not
            a whole number in its range.
    """
    if isinstance(optimizer, MatrixOptimizer):
        who = type(optimizer).__name__
        raise TypeError(
            f"descend: {who} is for matrices, and a problem's parameters are one vector; say which "
            f"blocks of it are matrices: PerBlock(problem.blocks, {{is_hidden_matrix: {who}()}}, "
            "rest=Adam())."
        )
    theta = _starting_point(problem, optimizer, start)
    steps = checked("descend", "steps", steps, COUNT_OR_0, arrays=False)
    every = checked("descend", "every", every, COUNT, arrays=False)
    optimizer.reset()
    observe = getattr(optimizer.lr, "observe", None)  # a schedule that needs the loss
    batch = theta.shape[:-1]
    home, alive, diverged_at, reason = theta, True, np.zeros(batch, dtype=int), ""

    t = np.unique(np.append(np.arange(0, steps, every), steps))
    thetas = np.full((len(t), *theta.shape), np.nan)
    losses = np.full((len(t), *batch), np.nan)
    gradients = np.full((len(t) - 1, *theta.shape), np.nan)
    names = (*optimizer.state, *optimizer.observables) if states else ()
    records = {name: [] for name in names}

    thetas[0], losses[0], row = theta, problem.value(theta), 1
    with np.errstate(over="ignore", invalid="ignore"):
        for step in _count(steps, theta.size, progress):
            gradient = problem.gradient(theta)
            if alive is not True:
                gradient[~alive] = 0.0
            try:
                theta = optimizer.step(theta, gradient)
            except NonFiniteGradientError:
                diverged_at[~np.isfinite(gradient).all(axis=-1)] = step
                alive = diverged_at == 0
                if not batch:
                    reason = f"Diverged at step {step}: the gradient is no longer finite."
                    break
                gradient[~alive] = 0.0
                theta = optimizer.step(theta, gradient)
            if alive is not True:
                theta[~alive] = home[~alive]

            recorded = t[row] == step
            if recorded or observe:
                loss = problem.value(theta)
                if observe:
                    observe(loss)
            if not recorded:
                continue
            thetas[row], losses[row], gradients[row - 1] = theta, loss, gradient
            for name in names:
                records[name].append(getattr(optimizer, name))
            row += 1
            within = abs(loss) <= limit
            if not (within.all() if batch else within):
                diverged_at[~within & (diverged_at == 0)] = step
                alive = diverged_at == 0
                if not batch:
                    reason = f"Diverged at step {step}: the loss is {loss:.3g}."
                    break
            if alive is not True:
                for record in (thetas[row - 1], losses[row - 1], gradients[row - 2]):
                    record[~alive] = np.nan
    return Trajectory(
        problem=problem,
        optimizer=repr(optimizer),
        t=t[:row],
        thetas=thetas[:row],
        losses=losses[:row],
        gradients=gradients[: row - 1],
        states={name: np.array(values) for name, values in records.items()},
        diverged_at=diverged_at if batch else int(diverged_at),
        reason=reason,
        method=type(optimizer).__name__,
        hyperparameters=optimizer.hyperparameters,
    )


def _starting_point(problem, optimizer, start):
    """Return a fresh (…, d) float array with one start for every run of the batch."""
    try:
        start = np.array(problem.start if start is None else start, dtype=float, ndmin=1)
    except (TypeError, ValueError):
        raise TypeError(f"descend: start must be numbers, not {start!r}.") from None
    if start.shape[-1] != problem.dimension:
        raise ValueError(
            f"descend: {problem.name} has {problem.dimension} parameters, so the last axis of "
            f"start must have that length, but its shape is {start.shape}."
        )
    if not np.isfinite(start).all():
        raise ValueError("descend: start must be finite, but it holds NaN or infinity.")
    shape = np.broadcast_shapes(start.shape, optimizer.batch_shape)
    # Fortran order puts all runs' first parameters side by side in memory, then all second ones:
    # problems compute parameter by parameter, which is then a third faster.
    return np.array(np.broadcast_to(start, shape), order="F")


def _count(steps, size, progress):
    """Return the step numbers 1 … steps, behind a progress bar when the work may be long."""
    numbers = range(1, steps + 1)
    unasked = steps * size < LONG_RUN or "TQDM_DISABLE" in os.environ
    if progress is False or (progress is None and unasked):
        return numbers
    from tqdm.auto import tqdm  # here, because it costs more to import than this whole package

    return tqdm(numbers, desc="descend", unit="step", delay=0 if progress else 2, leave=False)
