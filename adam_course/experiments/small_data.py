"""Which optimizer generalises best on 50, 200 and 1,000 digits, each with its rate tuned?

The network of 32 tanh units, mini-batches of 32, 300 steps, ten starts. The score for tuning is
the error on the digits 1,000 to 1,299; each optimizer may try nine rates, a factor of 100 wide.
Reported is the error on the remaining 497 digits, which nobody was tuned on, at the best rate.
"""

import numpy as np

from adam_course.optimizers import Adam, AMSGrad, GradientDescent, Momentum
from adam_course.problems import DigitsMLP
from adam_course.problems.mini_batches import MiniBatches
from adam_course.tuning import tune

IMAGES, RUNS, STEPS = (50, 200, 1000), 10, 300
VALIDATION, TEST = np.arange(1000, 1300), np.arange(1300, 1797)
METHODS = {  # and the rate in the middle of its grid
    "SGD": (GradientDescent(1), 0.3),
    "momentum": (Momentum(1), 0.03),
    "Adam": (Adam(), 0.005),
    "AMSGrad": (AMSGrad(bias_correction=True), 0.005),
}
TOLERANCE = 0.02


def compute():
    """Return by method: best rates (sizes,), test errors and training losses (sizes, starts)."""
    results = {"images": np.array(IMAGES)}
    for name, (optimizer, middle) in METHODS.items():
        rates = middle * np.geomspace(0.1, 10, 9)
        found = [tuned(DigitsMLP(images=images), optimizer, rates) for images in IMAGES]
        keys = ("rate", "edge", "test error", "training loss")
        results[name] = dict(zip(keys, map(np.array, zip(*found, strict=True)), strict=True))
    return results


def tuned(network, optimizer, rates):
    """Return best rate, whether it is at the edge, and each start's test error and loss."""

    def error(theta, rows=VALIDATION):
        return 1 - network.accuracy(theta, rows)

    batches = MiniBatches(network, min(32, network.images))
    best = tune(batches, optimizer, rates, network.starts(RUNS), STEPS, score=error)
    return best.rate, best.at_edge, error(best.chosen.final, TEST), best.chosen.losses[-1]
