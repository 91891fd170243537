"""Functions that a task hands to an answer: values, so that another process can rebuild them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np


@dataclass(frozen=True, eq=False)
class QuadraticGradient:
    """The gradient A θ − b of the bowl ½ θᵀA θ − bᵀθ, as a function of θ.

    A function that a task hands to the learner is a value like this one: its class is found by
    name in ``GIVEN`` and its fields are plain arrays.

    Args:
        A: matrix, of shape (d, d).
        b: vector, of shape (d,).
    """

    A: np.ndarray
    b: np.ndarray

    formula: ClassVar[str] = "A θ − b"

    def __call__(self, theta):
        return self.A @ np.asarray(theta) - self.b


GIVEN = {given.__name__: given for given in (QuadraticGradient,)}
