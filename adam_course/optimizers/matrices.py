"""Rules that know that their parameters are a matrix, and what its directions are."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from adam_course.optimizers.base import Number, Optimizer, Rate, divisor

#: a, b, c in Newton and Schulz's step a X + b X Xᵀ X + c X Xᵀ X Xᵀ X, as Jordan et al. chose them.
QUINTIC = (3.4445, -4.7750, 2.0315)


def orthogonalized(matrix, steps=5, coefficients=QUINTIC, eps=1e-7):
    """Return about U Vᵀ for a matrix U S Vᵀ: the same directions, all equally strong.

    Newton–Schulz (Jordan et al. 2024): every singular value s, at most 1 to begin with, becomes
    a s + b s³ + c s⁵ in each step. Five steps with these coefficients bring what was above 0.01
    to between 0.68 and 1.14, and no further: they are made to be fast, not to converge. With
    (1.5, −0.5, 0) all end at 1, after more steps. `exactly_orthogonalized` is U Vᵀ itself.

    Args:
        matrix: (…, rows, columns).
        coefficients: a, b, c; or a row of them for each step.
        eps: ε, added to the Frobenius norm by which the matrix is divided first.
    """
    tall = matrix.shape[-2] > matrix.shape[-1]
    x = over_norm(matrix.mT if tall else matrix, eps)  # the smaller side first: X Xᵀ is small
    for a, b, c in np.broadcast_to(coefficients, (steps, 3)).tolist():
        xx = x @ x.mT
        x = a * x + (b * xx + c * xx @ xx) @ x
    return x.mT if tall else x


def exactly_orthogonalized(matrix):
    """Return U Vᵀ for a matrix U S Vᵀ (…, rows, columns), from its singular values."""
    u, _, vt = np.linalg.svd(matrix, full_matrices=False)
    return u @ vt


def over_norm(matrix, eps):
    """Return X / (‖X‖ + ε) with the Frobenius norm, whatever the size of X; 0 for X = 0."""
    if not matrix.size:
        return matrix
    largest = divisor(np.abs(matrix).max(axis=(-2, -1), keepdims=True))
    x = matrix / largest  # so that no square is too large or too small for a float
    norm = largest * np.sqrt((x * x).sum(axis=(-2, -1), keepdims=True))
    return matrix / divisor(norm + eps)


@dataclass(repr=False, eq=False)
class MatrixOptimizer(Optimizer):
    """A rule for matrices: the last two axes of the parameters; those before are separate runs."""

    def _refuse_shape(self, theta, grad):
        super()._refuse_shape(theta, grad)
        if theta.ndim < 2:
            raise ValueError(
                f"{type(self).__name__}: the parameters must be a matrix, but theta has the shape "
                f"{theta.shape}. PerBlock(blocks, …) says which parts of a vector are matrices, "
                "and gives the others to another rule."
            )


@dataclass(repr=False, eq=False)
class Muon(MatrixOptimizer):
    """Momentum made orthogonal: every direction of the matrix takes a step of the same length.

    Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks" (a web page):
    m ← μ m + g, θ ← θ − lr · orthogonalized(g + μ m). For the matrices inside a network only;
    embeddings, the head and all vectors go to Adam (`PerBlock`).

    Args:
        lr: ≥ 0; 0.02 is the authors', at ``scaling="original"``. The step is lr × scale × U Vᵀ.
        momentum: μ, share of the buffer that is kept, in [0, 1).
        nesterov: make g + μ m orthogonal; False: m.
        weight_decay: λ, ≥ 0, decoupled and times lr; not times the scale.
        scaling: what a step is multiplied by: "original": √max(1, rows / columns), where rows are
            a layer's outputs; "match_rms_adamw": 0.2 √max(rows, columns), for which Adam's rates
            will do (Liu et al. 2025, section 2.2); "none": 1.
        inputs_first: rows are a layer's inputs, as in x @ W (Keras, Optax, this course), and not
            its outputs as in PyTorch: turns "original" into √max(1, columns / rows).
        bias_correction: correct both parts of g + μ m for their start at zero, as Optax does.
        ns_steps, ns_coefficients, eps: as in `orthogonalized`. eps: PyTorch, Keras 1e-7; Optax
            1e-8, of an average of gradients, which is 1 − μ times the sum m.

    Attributes:
        m: momentum. orthogonal: what was made of it in the last step.
    """

    lr: Rate = 0.02
    momentum: Number = 0.95
    nesterov: bool = True
    weight_decay: Number = 0.0
    scaling: str = "original"
    inputs_first: bool = False
    bias_correction: bool = False
    ns_steps: int = 5
    ns_coefficients: tuple = QUINTIC
    eps: Number = 1e-7

    observables = ("orthogonal",)
    choices: ClassVar[dict] = {"scaling": ("original", "match_rms_adamw", "none")}

    def initial_state(self):
        return {"m": 0.0, "momentum_t": 1.0}

    def update(self, theta, g, lr):
        g = np.asarray(g, order="C")  # so that a batch adds in the same order as a single run
        self.m = self.momentum * self.m + g
        self.orthogonal = orthogonalized(
            self.direction(g), self.ns_steps, self.ns_coefficients, self.eps
        )
        scale = self.scale(*theta.shape[-2:])
        return theta - lr * (scale * self.orthogonal + self.weight_decay * theta)

    def direction(self, g):
        """Return what will be made orthogonal."""
        self.momentum_t = self.momentum_t * self.momentum
        if not self.nesterov:
            return self.m / (1 - self.momentum_t) if self.bias_correction else self.m
        if not self.bias_correction:
            return g + self.momentum * self.m
        ahead = self.momentum / (1 - self.momentum_t * self.momentum)
        return g / (1 - self.momentum_t) + ahead * self.m

    def scale(self, rows, columns):
        """Return what the steps of a matrix of this shape are multiplied by."""
        if self.scaling == "match_rms_adamw":
            return 0.2 * max(rows, columns) ** 0.5
        if self.inputs_first:
            rows, columns = columns, rows
        return max(1.0, rows / columns) ** 0.5 if self.scaling == "original" else 1.0
