"""Which optimizer trains a small network best, if each may tune its rate with the same budget?

A network of 64, 32 and 10 units learns from 1,200 of the digits in mini-batches of 32, for 500
steps. Each method may try the same 18 rates, 1e-4 to 50, in five runs, which differ in their start
and in the order of their mini-batches; its other numbers keep their defaults. The rate is chosen
twice: for the loss over the training images, and for the accuracy on 300 others. What is reported
comes from ten new runs, at these rates and at the default one; their test accuracy is that on the
last 297 images, which no choice has seen.

Beyond a method's best rate, runs on the brink of divergence depend on their last digit. A rate
takes part only if a change of the start by 1e-12 leaves the median loss as it is, to 1 in 1,000.
"best of all" is the best rate when all of them take part.
"""

import numpy as np

from adam_course import optimizers
from adam_course.descend import descend
from adam_course.problems import DigitsMLP
from adam_course.problems.mini_batches import MiniBatches
from adam_course.tuning import tune

TOLERANCE = 0.01
STEPS, SIZE, TUNING, JUDGED = 500, 32, 5, 10
RATES = np.outer([1e-4, 1e-3, 1e-2, 0.1, 1, 10], [1, 2, 5]).ravel()
NETWORK = DigitsMLP(images=1200)
VALIDATION, TEST = np.arange(1200, 1500), np.arange(1500, 1797)

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


def compute():
    """Return the rates, the recorded steps and, by method, what `compared` says about it."""
    results = {"rates": RATES, "t": np.arange(0, STEPS + 1, 10)}
    return results | {name: compared(method) for name, method in METHODS.items()}


def compared(method):
    """Return a method's scores at each rate, and the runs by which it is judged."""
    starts, default = NETWORK.starts(TUNING + JUDGED), method.lr
    first = starts[:TUNING]
    runs, again = (
        tune(MiniBatches(NETWORK, SIZE), method, RATES, start, STEPS)
        for start in (first, first * (1 + 1e-12))
    )
    loss, other = np.median(runs.scores, axis=1), np.median(again.scores, axis=1)
    repeats = np.isfinite(loss) & (abs(other - loss) < 1e-3 * loss)
    loss = np.where(repeats, loss, np.nan)
    validation, test = (
        np.where(repeats[:, None], NETWORK.accuracy(runs.run.final, rows), np.nan)
        for rows in (VALIDATION, TEST)
    )
    best, accurate = np.nanargmin(loss), np.nanargmax(np.median(validation, axis=1))
    new = MiniBatches(NETWORK, SIZE, seed=1)
    judged = tune(new, method, RATES[[best, accurate]], starts[TUNING:], STEPS, every=10).run
    at_default = descend(
        MiniBatches(NETWORK, SIZE, seed=1),
        method,
        starts[TUNING:],
        STEPS,
        every=STEPS,
        progress=False,
    )
    return {
        "loss by rate": loss,
        "validation accuracy by rate": validation,
        "test accuracy by rate": test,
        "best": best,
        "best of all": runs.best,
        "accurate": accurate,
        "default rate": default,
        "curve": np.median(judged.losses[:, 0], axis=-1),
        "losses": judged.losses[-1, 0],
        "losses at default": at_default.losses[-1],
        "test accuracy": NETWORK.accuracy(judged.final[1], TEST),
    }
