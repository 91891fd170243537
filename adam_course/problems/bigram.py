"""Predicting the next word from the last one, where most words hardly ever occur."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from adam_course.checked import count_from
from adam_course.problems.base import Problem, log_softmax


@dataclass(frozen=True)
class Bigram(Problem):
    """Learn what follows each word, with a table of scores and a softmax over each of its rows.

    Word c comes up with a probability proportional to 1/c (Zipf's law). What follows it has the
    same law, in an order of the words that is drawn for each row. So all rows are equally hard, and
    differ only in how often they come up: the smallest model of heavy-tailed classes (after
    Kunstner et al. 2024). The probabilities themselves are known, nothing is sampled, and the
    gradient has no noise.

    The parameters are one flat vector; ``theta.reshape(words, words)`` has a row for each word and
    a column for each that may follow. At zero all words are equally likely to follow.

    Args:
        words: how many there are; the square root of the dimension.
        seed: of the orders, for NumPy's legacy generator: the same on every machine.
    """

    words: int = 256
    seed: int = 0

    name = "bigram"
    formula = (
        r"\sum_c p(c)\, \mathrm{KL}\left(p(\cdot\,|\,c) \,\Vert\, p_\theta(\cdot\,|\,c)\right)"
    )
    minimum = 0.0

    def __post_init__(self):
        self._hold_to(count_from(2), "words")

    @property
    def dimension(self):
        return self.words**2

    @property
    def start(self):
        return np.zeros(self.dimension)

    @property
    def minimizers(self):
        return np.log(self.following).reshape(1, -1)

    @property
    def frequency(self):
        """Probability of each word, an array (words,)."""
        share = 1 / np.arange(1, self.words + 1)
        return share / share.sum()

    @property
    def following(self):
        """Probability of each word to follow, one row for each word before it."""
        return self._following.copy()

    @cached_property
    def _following(self):
        numbers = np.random.RandomState(self.seed)
        return np.stack([numbers.permutation(self.frequency) for _ in range(self.words)])

    def value(self, theta):
        """Return how far the model is from the truth, in nats for a word: 0 for no distance."""
        return self.by_row(theta) @ self.frequency

    def by_row(self, theta):
        """Return the Kullback–Leibler divergence of each row, in nats, an array (..., words).

        Every term of Σ p (d + e⁻ᵈ − 1), with d = log p − log q, is 0 or more, so that rounding
        hides no divergence, however small. The sum is the usual Σ p d, since p and q add up to 1.
        """
        distance = np.log(self._following) - self._log_probabilities(theta)
        return (self._following * (distance + np.expm1(-distance))).sum(axis=-1)

    def gradient(self, theta):
        errors = np.exp(self._log_probabilities(theta)) - self._following
        return (self.frequency[:, None] * errors).reshape(np.shape(theta))

    def _log_probabilities(self, theta):
        """Return the logarithm of the model's probabilities, (..., words, words)."""
        theta = self.as_parameters(theta)
        return log_softmax(theta.reshape(*theta.shape[:-1], self.words, self.words))
