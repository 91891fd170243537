"""Reddi, Kale and Kumar's stochastic game: a slope of 1010 in one of 100 steps, else −10.

The mean is 0.2, so −1 is the best place on [−1, 1]. Adam and AMSGrad at β1 = 0.9, each with three
values of β2 and twenty random sequences of slopes, start at 0 with the rate 0.5/√t and take 500,000
steps. The paper's own figure has β2 = 0.99.
"""

import numpy as np

from adam_course.optimizers import Adam, AMSGrad
from adam_course.problems.counterexamples import play
from adam_course.schedules import InverseSquareRoot

STEPS, SEEDS = 500_000, 20
BETA2 = np.array([0.99, 0.999, 0.9999])
TOLERANCE = 1e-4


def compute():
    """Return where each optimizer ends, (3, 20), and its median place at 51 steps, (51, 3)."""
    rare = np.random.default_rng(0).random((STEPS, 1, SEEDS)) < 0.01
    slopes = np.where(rare, 1010.0, -10.0)
    kept, rate = np.linspace(0, STEPS - 1, 51).astype(int), InverseSquareRoot(0.5)
    results = {"step": kept + 1, "beta2": BETA2}
    for make in (Adam, AMSGrad):
        places = play(make(rate, 0.9, BETA2[:, None]), slopes)[kept]
        results[make.__name__] = {"ends": places[-1], "medians": np.median(places, axis=-1)}
    return results
