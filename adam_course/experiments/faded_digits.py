"""How far do the methods of lessons 01 to 06 come in the race of `adam_course.project`?

The race: a network of 64, 32 and 10 units learns digits from a scanner whose lamp fades from left
to right, so that the last column of pixels has a hundredth of its brightness. 1,297 digits to learn
from, mini-batches of 32, 300 steps; the other 500 are for the test. The loss over all that is
learned from is looked at every 10 steps. The mean of the last five looks counts.

Each method gets the rate, one of eighteen, with the lowest median over five runs; its other numbers
keep their defaults. These five have starts and orders of mini-batches that the race does not
have. The same is done with digits in even light.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from adam_course import optimizers
from adam_course.descend import descend
from adam_course.problems import DigitsMLP
from adam_course.problems.mini_batches import MiniBatches
from adam_course.tuning import tune

TOLERANCE = 0.01
STEPS, EVERY, SIZE, COUNTED, TUNING = 300, 10, 32, 5, 5
RATES = np.outer([1e-3, 1e-2, 0.1, 1, 10, 100], [1, 2, 5]).ravel()
METHODS = {
    "gradient descent": optimizers.GradientDescent(lr=1),
    "momentum": optimizers.Momentum(lr=1),
    "AdaGrad": optimizers.AdaGrad(lr=1),
    "RMSProp": optimizers.RMSProp(lr=1),
    "Adam": optimizers.Adam(lr=1),
}


@dataclass(frozen=True)
class FadedDigits(DigitsMLP):
    """The digits, darker from left to right.

    Args:
        light: brightness of the last column of pixels; the first has 1, and each column between
            them is darker than the last by the same factor. The others are those of `DigitsMLP`.
    """

    images: int = 1297
    light: float = 0.01

    name = "faded digits"

    @cached_property
    def _all_data(self):
        images, targets = super()._all_data
        return images * np.tile(np.geomspace(1, self.light, 8), 8), targets


def compute():
    """Return the steps of the looks and, by light and method, what `compared` says about it."""
    return {"t": np.arange(0, STEPS + 1, EVERY)} | {
        light: {name: compared(FadedDigits(light=end), method) for name, method in METHODS.items()}
        for light, end in (("faded", 0.01), ("even", 1.0))
    }


def compared(network, method):
    """Return a method's tuned rate, how the tuning runs ended with it, and its race."""
    start, *others = network.starts(1 + TUNING)
    batches = MiniBatches(network, SIZE, seed=1)
    runs = tune(batches, method, RATES, np.stack(others), STEPS, every=EVERY).run
    ends = np.nan_to_num(final(runs.losses), nan=np.inf)
    best = int(np.median(ends, axis=-1).argmin())
    raced = type(method)(lr=float(RATES[best]))
    run = descend(MiniBatches(network, SIZE), raced, start, STEPS, every=EVERY, progress=False)
    return {
        "rate": RATES[best],
        "edge": best in (0, len(RATES) - 1),
        "other runs": ends[best],
        "losses": run.losses,
        "loss": final(run.losses),
        "accuracy": network.accuracy(run.final, network.test),
    }


def final(losses):
    """Return the mean of the last looks at the losses (looks, …), which counts."""
    return np.mean(losses[-COUNTED:], axis=0)
