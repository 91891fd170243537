"""The 1,797 bundled handwritten digits, and two models that tell them apart."""

import os.path  # pathlib is nicer, but costs as long to import as this whole package
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import sqrt
from numbers import Integral

import numpy as np

from adam_course.checked import NOT_NEGATIVE
from adam_course.problems.base import Problem, checked_rows, log_softmax

IMAGES, PIXELS, CLASSES = 1797, 64, 10


def load_digits():
    """Return the images and labels of 1,797 handwritten digits, as new arrays.

    Alpaydin & Kaynak 1998, UCI Machine Learning Repository, CC BY 4.0; see DIGITS.md beside this
    file. The same digits in the same order as scikit-learn's ``load_digits``.

    Returns:
        images: (1797, 64), each row an image of 8 × 8 pixels, from 0 (paper) to 1 (ink).
        labels: (1797,), the digits 0 … 9 they show, whole numbers.
    """
    with np.load(os.path.join(os.path.dirname(__file__), "digits.npz")) as data:
        return data["images"] / 16.0, data["labels"].astype(int)


class Digits(Problem):
    """A network for the digits: layers of weights and biases, the last one's scores in a softmax.

    The parameters are one flat vector. `layers` shows it as matrices (inputs + 1, outputs), one
    for each layer, with the biases in the last row.
    """

    formula = r"-\frac{1}{N} \sum_i \log p_\theta(y_i\,|\,x_i) + \frac{\lambda}{2} \Vert W \Vert^2"

    def __post_init__(self):
        self._hold_to(NOT_NEGATIVE, "l2")
        if not 1 <= self.images <= IMAGES:
            raise ValueError(
                f"{type(self).__name__}: images must be from 1 to {IMAGES}, "
                f"but it is {self.images}."
            )

    @property
    def dimension(self):
        return sum((inputs + 1) * outputs for inputs, outputs in self._shapes)

    @property
    def points(self):
        """How many images there are to learn from: the first so many."""
        return self.images

    @property
    def test(self):
        """Row numbers of the images that are kept back."""
        return np.arange(self.images, IMAGES)

    def layers(self, theta):
        """Return the parameters (..., d) as a list of matrices (..., inputs + 1, outputs)."""
        theta, end = self.as_parameters(theta), 0
        matrices = []
        for inputs, outputs in self._shapes:
            start, end = end, end + (inputs + 1) * outputs
            part = theta[..., start:end]
            matrices.append(part.reshape(*part.shape[:-1], inputs + 1, outputs))
        return matrices

    def value(self, theta, rows=None):
        """Return the mean cross-entropy (in nats) at ``theta``, plus the l2 term.

        Args:
            theta: parameters, an array (..., d).
            rows: numbers of the images to use, whole numbers of shape (n,), or (..., n) for
                another mini-batch in each run. None: the images to learn from.

        Returns:
            The values, of shape (...).

        Raises:
            TypeError, ValueError: ``rows`` does not hold row numbers, or none of them.
        """
        matrices = self.layers(theta)
        inputs, targets = self._data(rows)
        scores = self._activations(matrices, inputs)[-1]
        penalty = sum((w[..., :-1, :] * w[..., :-1, :]).sum(axis=(-2, -1)) for w in matrices)
        loss = -(targets * log_softmax(scores)).sum(axis=-1).mean(axis=-1)
        return self.l2 / 2 * penalty + loss

    def gradient(self, theta, rows=None):
        """Return the gradient of `value` at ``theta`` (..., d), over all images or ``rows``."""
        matrices = self.layers(theta)
        inputs, targets = self._data(rows)
        *hidden, scores = self._activations(matrices, inputs)
        errors = (np.exp(log_softmax(scores)) - targets) / inputs.shape[-2]
        gradients = []
        for layer in reversed(range(len(matrices))):
            weights, below = matrices[layer][..., :-1, :], hidden[layer]
            slopes = below.swapaxes(-2, -1) @ errors + self.l2 * weights
            bias = np.broadcast_to(
                errors.sum(axis=-2, keepdims=True), (*slopes.shape[:-2], 1, errors.shape[-1])
            )
            gradients.append(np.concatenate([slopes, bias], axis=-2))
            if layer:
                errors = (errors @ weights.swapaxes(-2, -1)) * self._slope(below)
        flat = [g.reshape(*g.shape[:-2], g.shape[-2] * g.shape[-1]) for g in reversed(gradients)]
        return np.concatenate(flat, axis=-1)

    def accuracy(self, theta, rows=None):
        """Return the share of images whose likeliest class is the right one, of shape (...)."""
        inputs, targets = self._data(rows)
        scores = self._activations(self.layers(theta), inputs)[-1]
        return (scores.argmax(axis=-1) == targets.argmax(axis=-1)).mean(axis=-1)

    @property
    def _shapes(self):
        """Inputs and outputs of each layer."""
        return list(pairwise((PIXELS, *self.hidden, CLASSES)))

    def _activations(self, matrices, inputs):
        """Return what goes into each layer, (..., n, inputs), and the scores (..., n, 10)."""
        values = [inputs]
        for layer, matrix in enumerate(matrices):
            if layer:
                values[-1] = self._squash(values[-1])
            values.append(values[-1] @ matrix[..., :-1, :] + matrix[..., -1:, :])
        return values

    @cached_property
    def _all_data(self):
        images, labels = load_digits()
        return images, np.eye(CLASSES)[labels]

    def _data(self, rows):
        """Return images (..., n, 64) and one-hot targets (..., n, 10)."""
        images, targets = self._all_data
        if rows is None:
            return images[: self.images], targets[: self.images]
        rows = checked_rows(rows, IMAGES)
        return images[rows], targets[rows]


@dataclass(frozen=True)
class DigitsSoftmax(Digits):
    """Tell the digits apart with softmax regression: a convex problem in 650 parameters.

    The parameters are one flat vector; ``theta.reshape(65, 10)`` shows the weight of each of the
    64 pixels for each of the 10 classes, and the ten biases in its last row. At zero all classes
    are equally likely, and the value is ln 10 = 2.3026.

    Args:
        l2: λ ≥ 0, adds λ/2 ‖W‖² to the value, over the weights but not the biases.
        images: how many to learn from, the first so many of 1,797; the others are ``test``.
    """

    l2: float = 0.0
    images: int = IMAGES

    name = "digits (softmax)"
    hidden = ()

    @property
    def start(self):
        return np.zeros(self.dimension)


@dataclass(frozen=True)
class DigitsMLP(Digits):
    """Tell the digits apart with a small network: layers of tanh or ReLU, then a softmax.

    The parameters are one flat vector, which `layers` shows as matrices. The last images, from
    ``images`` on, were written by other people than the first: a test of more than memory.

    Args:
        hidden: number of units in each hidden layer.
        activation: "tanh" or "relu".
        l2: λ ≥ 0, adds λ/2 ‖W‖² to the value, over the weights but not the biases.
        images: how many to learn from, the first so many of 1,797; the others are ``test``.
    """

    hidden: tuple = (32,)
    activation: str = "tanh"
    l2: float = 0.0
    images: int = IMAGES

    name = "digits (network)"

    def __post_init__(self):
        super().__post_init__()
        if not (
            isinstance(self.hidden, tuple | list)
            and all(isinstance(units, Integral) and units >= 1 for units in self.hidden)
        ):
            raise ValueError(
                "DigitsMLP: hidden must hold the number of units of each hidden layer, as (32,), "
                f"but it is {self.hidden!r}."
            )
        if self.activation not in ("tanh", "relu"):
            raise ValueError(
                f'DigitsMLP: activation must be "tanh" or "relu", but it is {self.activation!r}.'
            )

    @property
    def start(self):
        return self.starts(1)[0]

    def starts(self, runs):
        """Return starting points (runs, d), another one for each run.

        Weights are normal with variance 2 / (inputs + outputs) for tanh (Glorot & Bengio 2010)
        and 2 / inputs for ReLU (He et al. 2015), biases 0. The numbers come from NumPy's legacy
        generator with the run's number as its seed, so they are the same on every machine.
        """
        return np.stack([self._start(seed) for seed in range(runs)])

    def _start(self, seed):
        numbers, parts = np.random.RandomState(seed), []
        for inputs, outputs in self._shapes:
            variance = 2 / (inputs + outputs if self.activation == "tanh" else inputs)
            weights = sqrt(variance) * numbers.normal(size=(inputs, outputs))
            parts += [weights.ravel(), np.zeros(outputs)]
        return np.concatenate(parts)

    def _squash(self, values):
        return np.tanh(values) if self.activation == "tanh" else np.maximum(values, 0)

    def _slope(self, squashed):
        """Return the activation's derivative, from its values."""
        return 1 - squashed * squashed if self.activation == "tanh" else squashed > 0
