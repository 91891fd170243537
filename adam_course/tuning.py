"""A fair comparison: each optimizer at its own best rate, from the same grid, over several runs."""

from dataclasses import dataclass, replace

import numpy as np

from adam_course.checked import COUNT, Rule, checked
from adam_course.descend import Trajectory, descend


@dataclass(frozen=True, eq=False)
class Tuned:
    """What `tune` found. r rates, s starts, n recorded steps.

    Attributes:
        run: the `Trajectory` of all r × s runs: its losses are (n + 1, r, s).
        rates: (r,) the rates that were tried.
        scores: (r, s) what was compared, the lower the better; inf for a run that diverged.
        best: index of the rate with the lowest median score.
    """

    run: Trajectory
    rates: np.ndarray
    scores: np.ndarray
    best: int

    @property
    def rate(self):
        """The best rate."""
        return float(self.rates[self.best])

    @property
    def at_edge(self):
        """True if the best rate is the first or last of the grid, which is then too narrow."""
        return self.best in (0, len(self.rates) - 1)

    @property
    def chosen(self):
        """The `Trajectory` of the s runs at the best rate: losses (n + 1, s)."""
        return self.run[self.best]

    @property
    def score(self):
        """(s,) scores of the runs at the best rate."""
        return self.scores[self.best]


class Scaled:
    """A schedule times a number or an array of them; a memory, as Plateau has one, works on."""

    def __init__(self, schedule, factor):
        self.schedule, self.factor = schedule, factor

    def __call__(self, t):
        return self.factor * self.schedule(t)

    def __getattr__(self, name):
        if name == "schedule":  # not set yet, as in a copy under way
            raise AttributeError(name)
        return getattr(self.schedule, name)


def tune(
    problem, optimizer, rates, starts, steps, *, every=None, states=False, at=None, score=None
):
    """Run an optimizer from several starts with each of a grid of rates and return `Tuned`.

    The best rate is the one with the lowest median score over the starts. All r × s runs step
    together; a problem with mini-batches is begun anew, so that every optimizer that is tuned on
    it sees the same mini-batches in the same order.

    Args:
        problem: as for `descend`.
        optimizer: its ``lr`` does not matter, or is a schedule that the rates multiply.
        rates: (r,) the rates to try, all > 0.
        starts: (s, d) where the runs start.
        steps: how many steps each run takes.
        every: record every so many steps; None for the start and the end only.
        states: also record the optimizer's state, as `descend` does.
        at: the state at which to judge instead of the parameters, as schedule-free's "x".
        score: function of the parameters (r, s, d) that returns (r, s), the lower the better;
            None for the loss at the end.

    Raises:
        ValueError: rates or starts have another shape, or the optimizer refuses a rate.
    """
    rates = np.asarray(rates, dtype=float)
    if rates.ndim != 1 or not rates.size:
        raise ValueError(f"tune: rates must be a list of numbers, but its shape is {rates.shape}.")
    if np.ndim(starts) != 2:
        raise ValueError(
            f"tune: starts must have a row for each start, but its shape is {np.shape(starts)}."
        )
    problem = replace(problem)  # mini-batches remember their place
    lr = rates[:, None, None]
    optimizer = replace(optimizer, lr=Scaled(optimizer.lr, lr) if callable(optimizer.lr) else lr)
    starts = np.broadcast_to(starts, (len(rates), *np.shape(starts)))
    every = every or steps
    states = states or at is not None
    run = descend(problem, optimizer, starts, steps, every=every, states=states, progress=False)
    if at is not None:
        scores = (score or problem.value)(run.states[at][-1])
    else:
        scores = run.losses[-1] if score is None else score(run.final)
    scores = np.where(run.diverged_at == 0, scores, np.inf)
    return Tuned(run, rates, scores, int(np.median(scores, axis=-1).argmin()))


def refine(problem, optimizer, rates, starts, steps, *, factor=2**0.5, width=4, **options):
    """Tune a rate coarsely, then on a fine grid around the best one, and return the fine `Tuned`.

    The fine grid moves on while the best rate lies at its edge, up to eight times; `at_edge` says
    whether it still does.

    Args:
        problem, optimizer, starts, steps, options: as for `tune`.
        rates: (r,) the coarse grid.
        factor: from one rate of the fine grid to the next, > 1.
        width: how many rates the fine grid has on either side, at least 1.

    Raises:
        ValueError: as `tune` does, or factor or width is none.
    """
    checked("refine", "factor", factor, Rule("more than 1", lambda a: a > 1), arrays=False)
    grid = float(factor) ** np.arange(-width, checked("refine", "width", width, COUNT) + 1)
    tuned = tune(problem, optimizer, rates, starts, steps, **options)
    for _ in range(1 + 8):
        tuned = tune(problem, optimizer, tuned.rate * grid, starts, steps, **options)
        if not tuned.at_edge:
            break
    return tuned
