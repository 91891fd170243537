"""Gradient descent, momentum and Adam in Rosenbrock's valley: who is ahead, by length and start?

300 random starts, anywhere on the map or near the usual start. A method has one rate for all of
them, tuned on 300 others, or its own best rate for each start. A run's score is the median loss of
its last tenth, so that one lucky place does not decide. Each pair of runs shares its start. All of
it twice: with rates a factor √2 apart, and half as far on a log scale.
"""

from dataclasses import replace

import numpy as np

from adam_course.descend import descend
from adam_course.optimizers import Adam, GradientDescent, Momentum
from adam_course.paired import compare
from adam_course.problems import Rosenbrock
from adam_course.tuning import refine

VALLEY = Rosenbrock()
METHODS = {"gradient descent": GradientDescent(1.0), "momentum": Momentum(1.0), "Adam": Adam()}
REGIONS = {"any start": ((-2, -1), (2, 3)), "usual start": ((-1.5, 0.7), (-0.9, 1.3))}
SETTINGS = (("one rate", "any start"), ("own rates", "any start"), ("own rates", "usual start"))
STEPS = np.array([30, 100, 300, 1000])
GRIDS = {"coarse": 2**0.5, "fine": 2**0.25}
#: How many runs; which ratio of two losses matters.
RUNS, SIZE = 300, 2.0
TOLERANCE = 1e-3


def starts(region, seed):
    """Return (300, 2) random starts of a region."""
    return np.random.RandomState(seed).uniform(*REGIONS[region], size=(RUNS, 2))


def scores(optimizer, where, steps):
    """Return the median loss of the last tenth of each run, infinite for one that diverged."""
    every = max(1, steps // 100)
    run = descend(VALLEY, optimizer, where, steps, every=every, progress=False)
    late = run.losses[-max(3, len(run.t) // 10) :]
    return np.median(np.where(np.isfinite(late), late, np.inf), axis=0)


def one_rate(optimizer, region, steps, factor):
    """Return the rate that is best for other starts, and the scores of 300 starts with it."""
    coarse, width = 10.0 ** np.arange(-5, 1.1, 0.5), round(4 * np.log(2**0.5) / np.log(factor))
    grid = {"factor": factor, "width": width}
    tuned = refine(VALLEY, optimizer, coarse, starts(region, 0), steps, **grid)
    if tuned.at_edge:
        raise ValueError(f"valley_race: the best rate of {optimizer} is at the grid's edge.")
    return tuned.rate, scores(replace(optimizer, lr=tuned.rate), starts(region, 1), steps)


def own_rates(optimizer, region, steps, factor):
    """Return the median of the best rates of 300 starts, and these starts' scores."""
    rates = factor ** np.arange(np.log(2**-16) / np.log(factor), np.log(8) / np.log(factor) + 0.5)
    where = np.broadcast_to(starts(region, 1), (len(rates), RUNS, 2))
    found = scores(replace(optimizer, lr=rates[:, None, None]), where, steps)
    return float(np.median(rates[found.argmin(axis=0)])), found.min(axis=0)


def compute():
    """Return for each grid and setting what came out at each length, by name of the method."""
    results = {"steps": STEPS}
    for grid, factor in GRIDS.items():
        for way, region in SETTINGS:
            choose = one_rate if way == "one rate" else own_rates
            each = [
                {name: choose(o, region, int(steps), factor) for name, o in METHODS.items()}
                for steps in STEPS
            ]
            results[f"{grid}, {way}, {region}"] = {
                "rates": [[one[name][0] for name in METHODS] for one in each],
                "diverged": [[np.isinf(one[name][1]).sum() for name in METHODS] for one in each],
                **{rival: against(rival, each) for rival in METHODS if rival != "Adam"},
            }
    return results


def against(rival, each):
    """Return what the pairs of Adam and a rival say at each length; ratios below 1 are Adam's."""
    pairs = [compare(one["Adam"][1], one[rival][1]) for one in each]
    return {
        "ratio": [pair.ratio for pair in pairs],
        "low": [pair.interval[0] for pair in pairs],
        "high": [pair.interval[1] for pair in pairs],
        "power": [pair.power(SIZE) for pair in pairs],
        "verdict": [verdict(pair) for pair in pairs],
    }


def verdict(pair):
    """Return what a comparison says of Adam.

    "level": the interval holds no ratio that matters, or it holds 1 in a trial with power.
    """
    low, high = pair.interval
    if (low > 1 / SIZE and high < SIZE) or (pair.ahead is None and pair.power(SIZE) >= 0.8):
        return "level"
    return {True: "ahead", False: "behind", None: "no power"}[pair.ahead]
