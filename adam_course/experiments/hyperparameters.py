"""How far may each of Adam's four numbers move before the loss is twice the best one?

Softmax regression on the digits, mini-batches of 64, 20 runs, for 140 and for 1,400 steps: five
epochs and fifty. One number moves at a time, on a grid of steps of √2, ε of 10. For α the other
three stay at their defaults; for these, α is the best one of its grid for the length, and for β₂
half of that as well. The grid of a memory, 1/(1 − β) steps, ends at the run's length: a run cannot
remember what was before it. All values of a number meet the same mini-batches. How far the answer
is chance is seen by drawing the 20 runs again, from themselves (a bootstrap).

Then each default meets the best value of its grid, on 20 runs with other mini-batches, in pairs.
"""

import numpy as np

from adam_course.optimizers import Adam
from adam_course.paired import compare
from adam_course.problems import DigitsSoftmax

RUNS, BATCH, LENGTHS = 20, 64, (140, 1400)
RATES = np.append(1e-3, 0.01 * 2 ** (np.arange(17) / 2))
EPSILONS = 10.0 ** np.arange(-12, 1)
DEFAULTS = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
BAR = 2  # times the best loss: so far a number may move
DRAWS = 400
TOLERANCE = 0.05  # rounding errors grow at large rates, and on long runs


def compute():
    """Return a sweep of each number by length, and the prices of the defaults.

    A sweep has its ``values`` (v,), memories for the betas, the ``losses`` (v, runs) at the end,
    the ``best`` value, what `room` says on the grid and on every second value of it, and the middle
    95 % of the factors, last over first, that other draws of the runs give. The ``price`` is the
    default's loss over the best value's: the median ratio of the pairs, and its interval.
    """
    return {str(steps): at_length(steps) for steps in LENGTHS}


def at_length(steps):
    """Return what `compute` does for one length."""
    half_octaves = np.arange(int(2 * np.log2(steps)) - 1, -1, -1) / 2
    memories = np.append(1.0, steps / 2**half_octaves)
    found = {"lr": swept(RATES, end_losses(steps, lr=RATES))}
    rate = found["lr"]["best"]
    for name in ("beta1", "beta2"):
        betas = {name: 1 - 1 / memories}
        found[name] = swept(memories, end_losses(steps, lr=rate, **betas))
    found["eps"] = swept(EPSILONS, end_losses(steps, lr=rate, eps=EPSILONS))
    for name, sweep in found.items():
        best = 1 - 1 / sweep["best"] if "beta" in name else sweep["best"]
        both = {"lr": rate} | {name: np.array([DEFAULTS[name], best])}
        price = compare(*end_losses(steps, seed=1, **both))
        sweep |= {"price": price.ratio, "interval": price.interval}
    betas = {"beta2": 1 - 1 / memories}
    found["beta2 at half α"] = swept(memories, end_losses(steps, lr=rate / 2, **betas))
    return found


def end_losses(steps, seed=0, **numbers):
    """Return the losses (values, runs) at the end of runs of Adam, one number being an array."""
    digits, rng = DigitsSoftmax(), np.random.default_rng(seed)
    adam = Adam(**{name: np.reshape(value, (-1, 1, 1)) for name, value in numbers.items()})
    theta = np.zeros((max(map(np.size, numbers.values())), RUNS, digits.dimension))
    for _ in range(steps):
        rows = rng.integers(digits.points, size=(RUNS, BATCH))
        theta = adam.step(theta, digits.gradient(theta, rows))
    return digits.value(theta)


def swept(values, losses):
    """Return a sweep: its values and losses, the best value, and the `room` on two grids."""
    typical = np.median(losses, axis=1)
    best = int(typical.argmin())
    coarse = slice(best % 2, None, 2)
    draws = np.random.default_rng(0).integers(RUNS, size=(DRAWS, RUNS))
    others = [room(values, np.median(losses[:, draw], axis=1)) for draw in draws]
    factors = [last / first for first, last in others]
    return {
        "values": values,
        "losses": losses,
        "best": float(values[best]),
        "room": room(values, typical),
        "room, coarse": room(values[coarse], typical[coarse]),
        "factors": np.percentile(factors, [2.5, 97.5]),
    }


def room(values, losses):
    """Return the (first, last) value around the best one whose losses are within BAR of it."""
    best = int(losses.argmin())
    bad = np.flatnonzero(losses > BAR * losses.min())
    first = max(bad[bad < best], default=-1) + 1
    last = min(bad[bad > best], default=len(losses)) - 1
    return float(values[first]), float(values[last])
