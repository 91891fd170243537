"""Which optimizer trains a small network best, if each may tune its rate with the same budget?

A network of 64, 32 and 10 units learns from 1,200 of the digits in mini-batches of 32, for 500
steps. Each method tries the same nine rates, 1e-4 to 39, and then a fine grid around the best of
them, in steps of √2 and, once more, of half a step, 2^¼. Every rate gets the same five runs, which
differ in their start and in the order of their mini-batches; a method's other numbers keep their
defaults. The rate is chosen for the loss over the training images, and a second time for the
accuracy on 300 others. What is reported comes from twenty new runs, the same for all methods, so
that run 7 of one and run 7 of another are a matched pair. Their test accuracy is that on the last
297 images, which no choice has seen. Everything is done again with rates that fall by a cosine.

Beyond a method's best rate, runs on the brink of divergence depend on their last digit. A rate
takes part only if a change of the start by 1e-12 leaves the median loss as it is, to 1 in 1,000.
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
STEPS, SIZE, TUNING, JUDGED = 500, 32, 5, 20
COARSE = 1e-4 * 5.0 ** np.arange(9)
NETWORK, FALLING = DigitsMLP(images=1200), schedules.Cosine(1, STEPS)
VALIDATION, TEST = np.arange(1200, 1500), np.arange(1500, 1797)
STARTS = NETWORK.starts(TUNING + JUDGED)
#: Where the runs start by which rates are chosen, and a tiny distance beside it.
CHOOSING = np.concatenate([STARTS[:TUNING], STARTS[:TUNING] * (1 + 1e-12)])

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
    """Mini-batches for (r, 2s) runs that are those of s: the same at each rate and beside it."""

    def _next(self, runs):
        rates, starts = runs
        rows = super()._next((starts // 2,))
        return np.broadcast_to(np.concatenate([rows, rows]), (rates, starts, rows.shape[-1]))


def compute():
    """Return the recorded steps and, by method, what `compared` says about it."""
    results = {name: compared(method) for name, method in METHODS.items()}
    for arm in ("losses", "losses on the finer grid", "losses with a cosine"):
        for found in results.values():
            found[arm.replace("losses", "verdict")] = verdict(found[arm], results["Adam"][arm])
    return {"t": np.arange(0, STEPS + 1, 10)} | results


def verdict(losses, of_adam):
    """Return in a word whether a method is ahead of Adam or behind it in matched pairs."""
    return {True: "ahead", False: "behind", None: "open"}[compare(losses, of_adam).ahead]


def compared(method):
    """Return a method's scores at each rate, and the runs by which it is judged."""
    coarse = tune(SameAtEachRate(NETWORK, SIZE), method, COARSE, CHOOSING, STEPS, score=sure_loss)
    fine = searched(method, coarse.rate, factor=2**0.25, width=8)
    loss, coarse_loss = (np.median(tuned.scores, axis=1) for tuned in (fine, coarse))
    of_all = np.median(fine.run.losses[-1, ::2, :TUNING], axis=1)
    every_other = fine.rates[::2]
    rate, finer_rate = every_other[loss[::2].argmin()], fine.rate
    falling = searched(replace(method, lr=FALLING), rate)
    sure = np.isfinite(loss)
    validation, test = (
        np.where(sure[:, None], NETWORK.accuracy(fine.run.final[:, :TUNING], rows), np.nan)
        for rows in (VALIDATION, TEST)
    )
    accurate = np.nanargmax(np.median(validation, axis=1))
    run = judged(method, rate, every=10)
    return {
        "coarse loss": np.where(np.isfinite(coarse_loss), coarse_loss, np.nan),
        "rates": fine.rates,
        "loss by rate": np.where(sure, loss, np.nan),
        "rate": rate,
        "rate on the finer grid": finer_rate,
        "rate with a cosine": falling.rate,
        "rate of all": every_other[np.nanargmin(of_all)],
        "rate for accuracy": fine.rates[accurate],
        "default rate": method.lr,
        "at edge": fine.at_edge or falling.at_edge,
        "curve": np.median(run.losses, axis=-1),
        "losses": run.losses[-1],
        "losses on the finer grid": judged(method, finer_rate).losses[-1],
        "losses with a cosine": judged(method, replace(FALLING, lr=falling.rate)).losses[-1],
        "losses at default": judged(method, method.lr).losses[-1],
        "validation accuracy by rate": validation,
        "test accuracy by rate": test,
        "test accuracy": NETWORK.accuracy(judged(method, fine.rates[accurate]).final, TEST),
    }


def searched(method, rate, **grid):
    """Return the `Tuned` of a fine grid around a rate."""
    batches = SameAtEachRate(NETWORK, SIZE)
    return refine(batches, method, [rate], CHOOSING, STEPS, score=sure_loss, **grid)


def sure_loss(theta):
    """Return the losses (r, 2s), infinite at rates where a tiny change of the start decides."""
    loss = NETWORK.value(theta)
    loss = np.where(np.isfinite(loss), loss, np.inf)
    here, beside = np.median(loss[:, :TUNING], axis=1), np.median(loss[:, TUNING:], axis=1)
    with np.errstate(invalid="ignore"):  # infinity minus infinity
        same = abs(beside - here) < 1e-3 * here
    return np.where(same[:, None], loss, np.inf)


def judged(method, lr, every=STEPS):
    """Return the `Trajectory` of the new runs, at a rate or with a schedule."""
    batches, method = MiniBatches(NETWORK, SIZE, seed=1), replace(method, lr=lr)
    return descend(batches, method, STARTS[TUNING:], STEPS, every=every, progress=False)
