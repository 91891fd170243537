"""Rules that know that their parameters are a matrix, and what its directions are."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from adam_course.optimizers.base import MatrixOptimizer, Number, Rate, divisor, root

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


class TwoSided(MatrixOptimizer):
    """What Shampoo and SOAP share: how the gradient's rows, and its columns, go together.

    L gathers G Gᵀ, rows by rows, and R gathers Gᵀ G, columns by columns.
    """

    def uses(self, g):
        """Return whether L is used and whether R is: the smaller one if only one is."""
        rows, columns = g.shape[-2:]
        return not self.one_sided or rows <= columns, not self.one_sided or rows > columns

    @property
    def is_due(self):
        """Whether this step works out anew what is kept for ``every`` steps, as the first does."""
        return (self.t - 1) % self.every == 0


@dataclass(repr=False, eq=False)
class Shampoo(TwoSided):
    """Whiten the gradients of a matrix: AdaGrad, with matrices in place of the squares.

    Gupta, Koren & Singer 2018, Algorithm 1: L ← L + G Gᵀ, R ← R + Gᵀ G, both from ε I on, and
    θ ← θ − lr · L^(−1/4) G R^(−1/4).

    Args:
        lr: ≥ 0.
        eps: ε, what L and R begin with on their diagonals.
        beta2: of moving averages L ← β2 L + (1 − β2) G Gᵀ, in [0, 1), from ε I on too; None: sums,
            as in the paper.
        momentum: of a moving average of the whitened gradients, in [0, 1), not corrected for its
            start at zero; 0 in the algorithm.
        one_sided: use only the smaller of L and R, or L, to the power of −1/2.
        every: work out the roots in steps 1, 1 + every, 1 + 2 every, …

    Attributes:
        left, right: L and R. left_root, right_root: their powers as last worked out.
        m: moving average of the whitened gradients.
    """

    lr: Rate = 1e-2
    eps: Number = 1e-6
    beta2: Number | None = None
    momentum: Number = 0.0
    one_sided: bool = False
    every: int = 1

    optional = ("beta2",)

    def initial_state(self):
        return dict.fromkeys(("left", "right", "left_root", "right_root", "m"), 0.0)

    def update(self, theta, g, lr):
        g = whitened = tamed(g)
        use_left, use_right = self.uses(g)
        order = 2 * (use_left + use_right)
        if use_left:
            self.left = self.gathered(self.left, g @ g.mT)
            if self.is_due:
                self.left_root = inverse_root(self.left, order)
            whitened = self.left_root @ whitened
        if use_right:
            self.right = self.gathered(self.right, g.mT @ g)
            if self.is_due:
                self.right_root = inverse_root(self.right, order)
            whitened = whitened @ self.right_root
        self.m = self.momentum * self.m + (1 - self.momentum) * whitened
        return theta - lr * self.m

    def gathered(self, side, new):
        """Return L or R with a new product in it."""
        if self.t == 1:
            side = (self.eps * np.eye(new.shape[-1])).astype(new.dtype)
        return side + new if self.beta2 is None else self.beta2 * side + (1 - self.beta2) * new


@dataclass(repr=False, eq=False)
class SOAP(TwoSided):
    """Adam, in the directions in which Shampoo finds the gradients: L's and R's eigenvectors.

    Vyas et al. 2024, Algorithm 3, as its authors' code has it. The first gradient only gives the
    first directions, and θ moves from step 2 on. The directions are renewed after a step, by a
    step of power iteration and a QR decomposition (Algorithm 4).

    Args:
        lr: ≥ 0. The authors' code: 0.003.
        beta1, beta2: decays of m and v, in [0, 1); L and R fade by β2 too.
        eps: ε, added to √v before the correction, as in `Adam` with ``eps_hat``.
        weight_decay: λ, ≥ 0, times lr, of θ after Adam's step. The authors' code: 0.01.
        one_sided: turn only the smaller side, or the left one.
        every: how many steps the directions are kept.

    Attributes:
        m: first moment, in θ's own directions. v: second moment, in those of Q.
        left, right: L and R, moving averages of G Gᵀ and Gᵀ G.
        left_q, right_q: Q_L and Q_R; their columns are the directions, the strongest first.
    """

    lr: Rate = 3e-3
    beta1: Number = 0.95
    beta2: Number = 0.95
    eps: Number = 1e-8
    weight_decay: Number = 0.0
    one_sided: bool = False
    every: int = 10

    def initial_state(self):
        zero = dict.fromkeys(("m", "v", "left", "right", "left_q", "right_q"), 0.0)
        return zero | {"beta1_t": 1.0, "beta2_t": 1.0}

    def update(self, theta, g, lr):
        g = tamed(g)
        if self.t > 1:
            theta = self.adam(theta, g, lr)
        use_left, use_right = self.uses(g)
        if use_left:
            self.left = self.beta2 * self.left + (1 - self.beta2) * (g @ g.mT)
            if self.t == 1:
                self.left_q = eigenvectors(self.left)
            elif self.is_due:
                self.left_q, order = turned(self.left_q, self.left)
                self.v = np.take_along_axis(self.v, order[..., :, None], axis=-2)
        if use_right:
            self.right = self.beta2 * self.right + (1 - self.beta2) * (g.mT @ g)
            if self.t == 1:
                self.right_q = eigenvectors(self.right)
            elif self.is_due:
                self.right_q, order = turned(self.right_q, self.right)
                self.v = np.take_along_axis(self.v, order[..., None, :], axis=-1)
        return theta - 0.0 * lr if self.t == 1 else theta  # of the shape that lr gives it

    def adam(self, theta, g, lr):
        """Return θ after Adam's step in the directions of Q, and after the decay."""
        self.m = self.beta1 * self.m + (1 - self.beta1) * g
        self.v = self.beta2 * self.v + (1 - self.beta2) * self.into_q(g) ** 2
        self.beta1_t = self.beta1_t * self.beta1
        self.beta2_t = self.beta2_t * self.beta2
        correction = np.sqrt(1 - self.beta2_t) / (1 - self.beta1_t)
        step = self.out_of_q(self.into_q(self.m) / root(self.v, self.eps))
        theta = theta - lr * correction * step
        return theta - lr * self.weight_decay * theta

    def into_q(self, x):
        """Return Q_Lᵀ X Q_R: X in the directions of Q."""
        use_left, use_right = self.uses(x)
        x = self.left_q.mT @ x if use_left else x
        return x @ self.right_q if use_right else x

    def out_of_q(self, x):
        """Return Q_L X Q_Rᵀ: what was in the directions of Q in θ's own."""
        use_left, use_right = self.uses(x)
        x = self.left_q @ x if use_left else x
        return x @ self.right_q.mT if use_right else x


def tamed(g):
    """Return a gradient held where the sum of its squares is finite, in one order in memory."""
    largest = np.finfo(g.dtype).max ** 0.5 / 2**15
    return np.clip(np.asarray(g, order="C"), -largest, largest)


def inverse_root(matrix, order):
    """Return the power −1/order of a matrix (…, n, n) that is symmetric and not negative.

    Worked out in float64. An eigenvalue that is 0 but for rounding counts as 1e-15 of the largest.
    Where all are 0 the result is 0.
    """
    values, vectors = np.linalg.eigh(matrix.astype(np.float64))
    values = np.maximum(values, 1e-15 * values.max(axis=-1, keepdims=True, initial=0.0))
    roots = np.where(values > 0, divisor(values) ** (-1 / order), 0.0)
    return ((vectors * roots[..., None, :]) @ vectors.mT).astype(matrix.dtype)


def eigenvectors(matrix):
    """Return the eigenvectors of a symmetric matrix (…, n, n) as columns, the strongest first."""
    return np.linalg.eigh(matrix.astype(np.float64))[1][..., ::-1].astype(matrix.dtype)


def turned(q, matrix):
    """Return Q turned towards a matrix's eigenvectors, and the order that its columns took.

    One step of power iteration; the strongest column comes first and keeps its direction.
    """
    product = matrix @ q
    order = np.argsort(-(q * product).sum(axis=-2), axis=-1, kind="stable")
    product = np.take_along_axis(product, order[..., None, :], axis=-1)
    return np.linalg.qr(product.astype(np.float64))[0].astype(q.dtype), order
