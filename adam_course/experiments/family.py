"""Adam and its relatives on two tasks: who is ahead at a tuned rate, constant or falling?

Tasks, 300 steps each: the digits network (32 hidden units, 1,297 images, mini-batches of 32) and
sparse text (300 words, 1,200 texts, mini-batches of 16).

Each method may try the same 16 rates, 1e-4 to 10, in five runs, and keeps the one with the lowest
median loss over all the data. It is then judged in ten other runs, which start elsewhere and have
mini-batches in another order. It does so twice: with a constant rate, and with one that falls to 0
by a cosine. Schedule-free AdamW is judged at its average. AdaFactor gets the network's matrices,
and sits out the texts, whose parameters are one vector.
"""

from dataclasses import dataclass, replace

import numpy as np

from adam_course import optimizers, schedules
from adam_course.problems import DigitsMLP, SparseText
from adam_course.problems.mini_batches import MiniBatches
from adam_course.tuning import tune

#: Rounding alone moves AdaFactor's losses by a few percent at its best rate, which is bold.
TOLERANCE = 0.05
STEPS, TUNING, JUDGED = 300, 5, 10
RATES = np.array([*np.outer([1e-4, 1e-3, 1e-2, 0.1, 1], [1, 2, 5]).ravel(), 10])
NETWORK, TEXT = DigitsMLP(images=1297), SparseText(words=300, texts=1600)


@dataclass(repr=False, eq=False)
class AdaFactorByLayer(optimizers.AdaFactor):
    """AdaFactor on each matrix of the digits network, for a batch of flat vectors (r, s, d)."""

    def update(self, theta, g, lr):
        layers = zip(NETWORK.layers(theta), NETWORK.layers(g), strict=True)
        if self.t == 1:
            one = optimizers.AdaFactor(relative_step=False, parameter_ndim=2)
            self.parts = [replace(one) for _ in NETWORK.layers(theta)]
        new = []
        for part, (weights, slopes) in zip(self.parts, layers, strict=True):
            part.lr = lr[..., None]
            new.append(part.step(weights, slopes).reshape(*theta.shape[:-1], -1))
        return np.concatenate(new, axis=-1)


def uncorrected(t):
    """Return the factor that takes Adam's bias correction back, as a schedule of its rate."""
    return (1 - 0.9**t) / np.sqrt(1 - 0.999**t)


METHODS = {
    "momentum": optimizers.Momentum(lr=1),
    "Adam": optimizers.Adam(lr=1),
    "Adam uncorrected": optimizers.Adam(lr=uncorrected),
    "AMSGrad": optimizers.AMSGrad(lr=1),
    "AMSGrad (PyTorch)": optimizers.AMSGrad(lr=1, bias_correction=True),
    "Yogi": optimizers.Yogi(lr=1),
    "AdaMax": optimizers.AdaMax(lr=1),
    "AdaBelief": optimizers.AdaBelief(lr=1),
    "NAdam": optimizers.NAdam(lr=1, momentum_decay=None),
    "Lion": optimizers.Lion(lr=1),
    "RAdam": optimizers.RAdam(lr=1),
    "AdaFactor": AdaFactorByLayer(lr=1, parameter_ndim=1),
    "schedule-free": optimizers.ScheduleFreeAdamW(lr=1),
}
COSINE = schedules.Cosine(1, STEPS)


def compute():
    """Return by task and schedule, for all methods: the rate and the quartiles of the losses."""
    tasks = {
        "digits": (MiniBatches(NETWORK, 32), NETWORK.starts(TUNING + JUDGED)),
        "text": (MiniBatches(TEXT, 16, len(TEXT.train)), np.zeros((TUNING + JUDGED, TEXT.words))),
    }
    results = {"methods": list(METHODS)}
    for task, (problem, starts) in tasks.items():
        for falling in (False, True):
            found = [chosen(problem, method, starts, falling) for method in METHODS.values()]
            columns = zip(*found, strict=True)
            named = dict(zip(("rate", "low", "median", "high"), columns, strict=True))
            results[f"{task}, {'cosine' if falling else 'constant'}"] = named
    return results


def chosen(problem, method, starts, falling):
    """Return a method's best rate and the quartiles of its losses; NaN if it sits out."""
    if isinstance(method, AdaFactorByLayer) and problem.problem is not NETWORK:
        return (np.nan,) * 4
    scores = np.median(ends(problem, method, RATES, starts[:TUNING], falling), axis=1)
    rate = RATES[scores.argmin()]
    losses = ends(replace(problem, seed=1), method, rate[None], starts[TUNING:], falling)
    return rate, *np.quantile(losses, [0.25, 0.5, 0.75])


def ends(problem, method, rates, starts, falling):
    """Return the losses (r, s) at the end, infinite where a run diverged.

    Schedule-free AdamW is judged at its average, which is not its parameters but a state, x.
    """
    own = method.lr

    def schedule(t):
        return (own(t) if callable(own) else own) * (COSINE(t) if falling else 1)

    run = tune(problem, replace(method, lr=schedule), rates, starts, STEPS, states=True).run
    losses = problem.value(run.states["x"][-1]) if "x" in run.states else run.losses[-1]
    return np.where(run.diverged_at == 0, losses, np.inf)
