"""Telling two kinds of text apart by their words, most of which hardly ever occur."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from adam_course.checked import count_from
from adam_course.problems.base import Problem, checked_rows


@dataclass(frozen=True)
class SparseText(Problem):
    """Find a weight for each word so that a text's sum of weights tells its label: logistic loss.

    The texts are made from a seed. Word k is drawn with a probability proportional to 1/k (Zipf's
    law), and a text only says whether a word occurs in it at all. Each word has a true weight; a
    label is −1 or 1, and 1 the likelier the larger the sum of true weights. The parameters are the
    learner's weights, the most frequent word's first.

    The numbers come from NumPy's legacy generator, so they are the same on every machine.

    Args:
        words: how many there are; the dimension.
        texts: how many to make. The first three quarters are ``train``, the others ``test``.
        length: draws for each text.
        telling: how many words, counted from the most frequent, have a true weight other than 0;
            None for all of them.
        seed: for words, weights and labels.
    """

    words: int = 1000
    texts: int = 4000
    length: int = 40
    telling: int | None = None
    seed: int = 0

    name = "sparse text"
    formula = r"\frac{1}{N} \sum_i \log (1 + \exp(-y_i\, x_i^{\top} \theta))"

    def __post_init__(self):
        self._hold_to(count_from(4), "words", "texts", "length")

    @property
    def dimension(self):
        return self.words

    @property
    def start(self):
        return np.zeros(self.words)

    @property
    def train(self):
        """Row numbers of the texts to learn from."""
        return np.arange(3 * self.texts // 4)

    @property
    def test(self):
        """Row numbers of the texts that are kept back."""
        return np.arange(3 * self.texts // 4, self.texts)

    @property
    def share(self):
        """Probability that a text holds each word, an array (words,)."""
        probability = 1 / np.arange(1, self.words + 1)
        return 1 - (1 - probability / probability.sum()) ** self.length

    @property
    def inputs(self):
        """1 where a text holds a word and 0 elsewhere, an array (texts, words)."""
        return self._data[0].copy()

    @property
    def labels(self):
        """−1 or 1 for each text, an array (texts,)."""
        return self._data[1].copy()

    @cached_property
    def _data(self):
        numbers = np.random.RandomState(self.seed)
        inputs = (numbers.uniform(size=(self.texts, self.words)) < self.share).astype(float)
        weights = 1.5 * numbers.normal(size=self.words)
        weights[self.telling :] *= self.telling is None
        scores = inputs @ weights
        chance = 1 / (1 + np.exp(np.median(scores) - scores))
        return inputs, np.where(numbers.uniform(size=self.texts) < chance, 1.0, -1.0)

    def value(self, theta, rows=None):
        """Return the mean logistic loss (in nats) at ``theta``.

        Args:
            theta: parameters, an array (..., words).
            rows: numbers of the texts to use, whole numbers of shape (n,), or (..., n) for
                another mini-batch in each run. None: all texts.

        Returns:
            The losses, of shape (...).

        Raises:
            TypeError, ValueError: ``rows`` does not hold row numbers, or none of them.
        """
        return np.logaddexp(0, -self._margins(theta, rows)[-1]).mean(axis=-1)

    def gradient(self, theta, rows=None):
        """Return the gradient of `value` at ``theta`` (..., words), over all texts or ``rows``."""
        inputs, labels, margins = self._margins(theta, rows)
        errors = -labels * np.exp(-np.logaddexp(0, margins))
        if inputs.ndim == 2:
            return errors @ inputs / len(inputs)
        return (errors[..., None, :] @ inputs)[..., 0, :] / inputs.shape[-2]

    def _margins(self, theta, rows):
        """Return the inputs (…, n, words), labels (…, n) and labels times scores (…, n)."""
        theta, (inputs, labels) = self.as_parameters(theta), self._data
        if rows is not None:
            rows = checked_rows(rows, self.texts)
            inputs, labels = inputs[rows], labels[rows]
        if inputs.ndim == 2:
            return inputs, labels, labels * (theta @ inputs.T)
        return inputs, labels, labels * (inputs @ theta[..., None])[..., 0]
