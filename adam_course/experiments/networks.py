"""Which optimizer trains a small network best, if each may tune its rate with the same budget?

A network of 64, 32 and 10 units learns from 1,200 of the digits in mini-batches of 32, for 500
steps. Each method tries the same nine rates, 1e-4 to 39, and then a fine grid around the best of
them, in steps of √2 and, once more, of half a step, 2^¼. Every rate gets the same ten runs, which
differ in their start and in the order of their mini-batches; a method's other numbers keep their
defaults. The rate is chosen for the loss over the training images, and a second time for the
accuracy on 300 others. What is reported comes from twenty new runs, the same for all methods, so
that run 7 of one and run 7 of another are a matched pair. Their test accuracy is that on the last
297 images, which no choice has seen. Everything is done again with rates that fall by a cosine.

Beyond a method's best rate, runs on the brink of divergence depend on their last digit. A rate
takes part only if a change of the start by 1e-12 leaves the median loss of five runs as it is, to 1
in 1,000.
"best of all" is the best rate of the √2 grid when all of them take part.
"""

from dataclasses import replace

import numpy as np

from adam_course import optimizers, schedules
from adam_course.descend import descend
from adam_course.paired import compare
from adam_course.problems import DigitsMLP
from adam_course.problems.mini_batches import MiniBatches
from adam_course.tuning import refine, tune

TOLERANCE = 0.01
STEPS, SIZE, TUNING, BESIDE, JUDGED = 500, 32, 10, 5, 20
COARSE = 1e-4 * 5.0 ** np.arange(9)
NETWORK, FALLING = DigitsMLP(images=1200), schedules.Cosine(1, STEPS)
VALIDATION, TEST = np.arange(1200, 1500), np.arange(1500, 1797)
STARTS = NETWORK.starts(TUNING + JUDGED)
#: Where the runs start by which rates are chosen, and a tiny distance beside the first of them.
CHOOSING = np.concatenate([STARTS[:TUNING], STARTS[:BESIDE] * (1 + 1e-12)])

#: With their default rates: that of the paper or, where it names none, of Keras or PyTorch.
METHODS = {
    "gradient descent": optimizers.GradientDescent(lr=0.01),
    "momentum": optimizers.Momentum(lr=0.01),
    "Nesterov": optimizers.Momentum(lr=0.01, nesterov=True),
    "AdaGrad": optimizers.AdaGrad(lr=0.001),
    "AdaDelta": optimizers.AdaDelta(lr=1),
    "RMSProp": optimizers.RMSProp(lr=0.001),
    "Adam": optimizers.Adam(lr=0.001),
    "AdamW": optimizers.AdamW(lr=0.001),
    "AdaMax": optimizers.AdaMax(lr=0.002),
    "NAdam": optimizers.NAdam(lr=0.002),
    "RAdam": optimizers.RAdam(lr=0.001),
    "Lion": optimizers.Lion(lr=1e-4),
}


class SameAtEachRate(MiniBatches):
    """Mini-batches for the starts of `CHOOSING`: the same at each rate, and beside a start."""

    def _next(self, runs):
        rows = super()._next((TUNING,))
        rows = np.concatenate([rows, rows[:BESIDE]])
        return np.broadcast_to(rows, (runs[0], *rows.shape))


def compute():
    """Return the recorded steps and, by method, what `compared` says about it."""
    results = {name: compared(method) for name, method in METHODS.items()}
    for grid in ("", " on the finer grid", " with a cosine", " with a cosine, finer grid"):
        for found in results.values():
            losses, of_adam = (one[f"losses{grid}"] for one in (found, results["Adam"]))
            found[f"verdict{grid}"] = verdict(losses, of_adam)
    return {"t": np.arange(0, STEPS + 1, 10)} | results


def verdict(losses, of_adam):
    """Return in a word whether a method is ahead of Adam or behind it in matched pairs."""
    return {True: "ahead", False: "behind", None: "open"}[compare(losses, of_adam).ahead]


def compared(method):
    """Return a method's scores at each rate, and the runs by which it is judged."""
    coarse = tune(SameAtEachRate(NETWORK, SIZE), method, COARSE, CHOOSING, STEPS, score=sure_loss)
    fine = searched(method, coarse.rate)
    falling = searched(replace(method, lr=FALLING), fine.rate)
    loss = np.median(fine.scores, axis=1)
    loss[np.isinf(loss)] = np.nan
    of_all = np.median(fine.run.losses[-1, ::2, :TUNING], axis=1)
    validation, test = (
        NETWORK.accuracy(fine.run.final[:, :TUNING], rows) + 0 * loss[:, None]
        for rows in (VALIDATION, TEST)
    )
    accurate = np.nanargmax(np.median(validation, axis=1))
    rates = {
        "": best_of_every_other(fine),
        " on the finer grid": fine.rate,
        " with a cosine": best_of_every_other(falling),
        " with a cosine, finer grid": falling.rate,
    }
    losses = {}
    for grid, rate in rates.items():
        lr = replace(FALLING, lr=rate) if "cosine" in grid else rate
        losses[f"losses{grid}"] = judged(method, lr).losses[-1]
    return {
        "rates": fine.rates,
        "loss by rate": loss,
        **{f"rate{grid}": rate for grid, rate in rates.items()},
        "rate of all": fine.rates[::2][np.nanargmin(of_all)],
        "default rate": method.lr,
        "at edge": at_edge(fine) or at_edge(falling),
        "curve": np.median(judged(method, rates[""], every=10).losses, axis=-1),
        **losses,
        "losses at default": judged(method, method.lr).losses[-1],
        "rate for accuracy": fine.rates[accurate],
        "validation accuracy by rate": validation,
        "test accuracy by rate": test,
        "test accuracy": NETWORK.accuracy(judged(method, fine.rates[accurate]).final, TEST),
    }


def searched(method, rate):
    """Return the `Tuned` of a grid in steps of 2^¼ that has the best rates of both grids inside."""
    batches, grid = SameAtEachRate(NETWORK, SIZE), {"factor": 2**0.25, "width": 6}
    tuned = refine(batches, method, [rate], CHOOSING, STEPS, score=sure_loss, **grid)
    if at_edge(tuned):
        rate = best_of_every_other(tuned)
        tuned = refine(batches, method, [rate], CHOOSING, STEPS, score=sure_loss, **grid)
    return tuned


def best_of_every_other(tuned):
    """Return the best rate of the grid in steps of √2."""
    return tuned.rates[::2][np.median(tuned.scores[::2], axis=1).argmin()]


def at_edge(tuned):
    """Return whether the best rate of either grid is its first or last one."""
    return tuned.at_edge or best_of_every_other(tuned) in tuned.rates[[0, -1]]


def sure_loss(theta):
    """Return the losses (r, s), infinite at rates at which a tiny change of the start decides.

    The runs beside are given the median of the others, so that they have no say in the choice.
    """
    loss = np.nan_to_num(NETWORK.value(theta), nan=np.inf)
    here, beside = np.median(loss[:, :BESIDE], axis=1), np.median(loss[:, TUNING:], axis=1)
    with np.errstate(invalid="ignore"):  # infinity minus infinity
        same = abs(beside - here) < 1e-3 * here
    loss[:, TUNING:] = np.median(loss[:, :TUNING], axis=1)[:, None]
    return np.where(same[:, None], loss, np.inf)


def judged(method, lr, every=STEPS):
    """Return the `Trajectory` of the new runs, at a rate or with a schedule."""
    batches, method = MiniBatches(NETWORK, SIZE, seed=1), replace(method, lr=lr)
    return descend(batches, method, STARTS[TUNING:], STEPS, every=every, progress=False)
