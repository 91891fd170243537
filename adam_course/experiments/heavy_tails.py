"""Who learns the rare classes? After Kunstner et al. 2024, "Heavy-Tailed Class Imbalance".

Four methods take 400 steps on the bigram model of 256 words. Each tries ten rates, which are a
third of a decade apart, and then a grid of √2 around the best of them. Beside it, as a check of the
explanation: 256 random inputs with 64 numbers each, and 32 labels of the same heavy tail that the
inputs do not explain.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from adam_course.optimizers import Adam, GradientDescent, Lion, Momentum
from adam_course.problems import Bigram
from adam_course.problems.base import Problem, log_softmax
from adam_course.tuning import refine

STEPS = 400
FLOOR = 1e-12  # what is closer to 0 is rounding, and comes out differently elsewhere
TOLERANCE = 1e-3


def fading(t):
    """Return the share of the rate in step t: a straight line down to 0."""
    return 1 - (t - 1) / STEPS


#: Each with the lowest of its ten rates on the bigram model, and on random inputs.
METHODS = {
    "gradient descent": (GradientDescent(lr=1.0), 1.0, 1.0),
    "momentum": (Momentum(lr=1.0), 1.0, 1.0),
    "Adam": (Adam(), 1e-3, 1e-2),
    "sign, fading rate": (Lion(lr=fading, beta1=0, beta2=0), 1e-3, 1e-2),
}


@dataclass(frozen=True)
class RandomInputs(Problem):
    """Softmax regression from inputs that have nothing to do with the labels they come with."""

    rows: int = 256
    inputs: int = 64
    labels: int = 32

    name = "random inputs"

    @property
    def dimension(self):
        return self.inputs * self.labels

    @property
    def start(self):
        return np.zeros(self.dimension)

    @cached_property
    def data(self):
        """Inputs (rows, inputs), and labels as rows of zeros with a single one."""
        numbers, share = np.random.RandomState(0), 1 / np.arange(1, self.labels + 1)
        labels = numbers.choice(self.labels, size=self.rows, p=share / share.sum())
        return numbers.normal(size=(self.rows, self.inputs)), np.eye(self.labels)[labels]

    def log_probabilities(self, theta):
        """Return the logarithm of the model's probabilities, (..., rows, labels)."""
        return log_softmax(
            self.data[0] @ theta.reshape(*theta.shape[:-1], self.inputs, self.labels)
        )

    def value(self, theta):
        return -(self.data[1] * self.log_probabilities(theta)).sum(axis=-1).mean(axis=-1)

    def gradient(self, theta):
        errors = np.exp(self.log_probabilities(theta)) - self.data[1]
        return (self.data[0].T @ errors / self.rows).reshape(np.shape(theta))


def compute():
    """Return for each method its best rate, what is left at the end, and where."""
    bigram, random = Bigram(), RandomInputs()
    rates = 10 ** (np.arange(10) / 3)
    found = {}
    for method, (optimizer, lowest, lowest_random) in METHODS.items():
        tuned = tuned_on(bigram, optimizer, lowest * rates)
        beside = tuned_on(random, optimizer, lowest_random * rates)
        found[method] = {
            "rate": tuned.rate,
            "at edge": tuned.at_edge,
            "excess": tuned.score[0],
            "by row": np.maximum(bigram.by_row(tuned.chosen.final[0]), FLOOR),
            "random inputs below 1e-4": bool(beside.score[0] < 1e-4),
        }
    return found


def tuned_on(problem, optimizer, rates):
    """Return an optimizer's runs on a problem; of the rates that reach the floor, the lowest."""

    def score(theta):
        return np.maximum(problem.value(theta), FLOOR)

    return refine(problem, optimizer, rates, problem.start[None], STEPS, score=score)
