"""Adam's relatives: each changes a line or two of Adam, for a reason its docstring gives."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from adam_course.optimizers.adam import Adam
from adam_course.optimizers.base import Number, Optimizer, Rate, divisor, power, root, square


@dataclass(repr=False, eq=False)
class AdaMax(Optimizer):
    """Adam with the largest recent gradient in place of the root mean square.

    Kingma & Ba 2015, Algorithm 2: u ← max(β2 u, |g|), θ ← θ − lr / (1 − β1ᵗ) · m / u.

    Args:
        lr: α, ≥ 0. Paper and PyTorch 0.002; Keras 0.001.
        beta1, beta2: decays of m and u, in [0, 1).
        eps: 0 in the paper, where a parameter that has had no gradient yet is 0/0; here such a
            parameter stays where it is. PyTorch and Optax 1e-8; Keras 1e-7.
        eps_in_max: u ← max(β2 u, |g| + ε) as in PyTorch and Optax, instead of u + ε below the
            fraction line as in Keras.
    """

    lr: Rate = 2e-3
    beta1: Number = 0.9
    beta2: Number = 0.999
    eps: Number = 0.0
    eps_in_max: bool = False

    def initial_state(self):
        return {"m": 0.0, "u": 0.0, "beta1_t": 1.0}

    def update(self, theta, g, lr):
        self.m = self.beta1 * self.m + (1 - self.beta1) * g
        self.u = np.maximum(self.beta2 * self.u, np.abs(g) + (self.eps if self.eps_in_max else 0))
        self.beta1_t = self.beta1_t * self.beta1
        below = self.u + (0 if self.eps_in_max else self.eps)
        return theta - lr / (1 - self.beta1_t) * self.m / divisor(below)


@dataclass(repr=False, eq=False)
class AMSGrad(Adam):
    """Adam whose second moment never shrinks, so that its rates never grow again.

    Reddi, Kale & Kumar 2018, Algorithm 2: v_max ← max(v_max, v), θ ← θ − lr · m / √v_max; made for
    a convex problem on which Adam goes the wrong way. The paper corrects no bias.

    Args:
        lr, beta1, beta2: as in Adam; the paper's analysis has lr = α / √t (a schedule).
        eps: ε, added to the root by all frameworks; not in the paper's algorithm.
        eps_hat: with bias correction, add ε before the correction (Keras); see `Adam`.
        bias_correction: correct m and v for their start at zero, as all frameworks do.
        max_over: with bias correction, take the maximum over "v" and correct it then (PyTorch,
            Keras), or over the corrected "v_hat" (Optax).

    Attributes:
        m, v: first and second moment. v_max: largest second moment so far.
    """

    bias_correction: bool = False
    max_over: str = "v"

    observables = ()
    choices: ClassVar[dict] = {"max_over": ("v", "v_hat")}

    def initial_state(self):
        return super().initial_state() | {"v_max": 0.0}

    def update(self, theta, g, lr):
        self.moments(g)
        if not self.bias_correction:
            self.v_max = np.maximum(self.v_max, self.v)
            return theta - lr * self.m / root(self.v_max, self.eps)
        m_hat = self.m / (1 - self.beta1_t)
        if self.max_over == "v_hat":
            self.v_max = v_hat = np.maximum(self.v_max, self.v / (1 - self.beta2_t))
        else:
            self.v_max = np.maximum(self.v_max, self.v)
            v_hat = self.v_max / (1 - self.beta2_t)
        return theta - lr * m_hat / self.root(v_hat)


@dataclass(repr=False, eq=False)
class NAdam(Adam):
    """Adam with Nesterov's look-ahead: the step uses m as it will be one decay later.

    Dozat 2016, Algorithm 2, with the schedule μ_t = β1 (1 − ½ · 0.96^(t · momentum_decay)), in the
    form that all frameworks share: m itself fades by β1, not μ_t, and v̂ has no extra factor β2.

    Args:
        lr: ≥ 0. PyTorch 0.002; Keras 0.001.
        beta1, beta2, eps, eps_hat: as in Adam.
        momentum_decay: speed of the schedule: 1/250 in the paper and PyTorch, 1 in Keras; None for
            no schedule, μ_t = β1, as in Optax.

    Attributes:
        mu_product: μ_1 μ_2 … μ_t, which takes the place of β1ᵗ.
    """

    lr: Rate = 2e-3
    momentum_decay: Number | None = 0.004

    optional = ("momentum_decay",)

    def initial_state(self):
        return super().initial_state() | {"mu_product": 1.0}

    def mu(self, t):
        """Return μ_t, the weight of the past in step t."""
        if self.momentum_decay is None:
            return self.beta1
        return self.beta1 * (1 - 0.5 * power(0.96, t * self.momentum_decay))

    def update(self, theta, g, lr):
        self.moments(g)
        mu, mu_next = self.mu(self.t), self.mu(self.t + 1)
        self.mu_product = self.mu_product * mu
        past = mu_next * self.m / (1 - self.mu_product * mu_next)
        now = (1 - mu) * g / (1 - self.mu_product)
        self.m_hat = past + now
        self.v_hat = self.v / (1 - self.beta2_t)
        return theta - lr * self.m_hat / self.root(self.v_hat)


@dataclass(repr=False, eq=False)
class RAdam(Adam):
    """Adam that waits until its second moment can be trusted, then eases in.

    Liu et al. 2020, Algorithm 2. ρ counts the gradients that v̂ effectively averages. While it is
    small, the step is plain momentum; afterwards it is Adam's times a factor r < 1. ρ is a small
    difference of large numbers if β2 is near 1: at 0.99999 only six or seven digits of r are safe.

    Args:
        lr, beta1, beta2, eps: as in Adam (the paper's algorithm has no ε).
        eps_hat: add ε before the correction, as PyTorch does here; see `Adam`.
        rectify_above: use Adam's step when ρ exceeds this: 4 in the paper; 5 in PyTorch, Optax.

    Attributes:
        rho: ρ at the last step.
    """

    rectify_above: Number = 4.0

    observables = ("m_hat", "v_hat", "rho")

    def update(self, theta, g, lr):
        self.moments(g)
        self.m_hat = self.m / (1 - self.beta1_t)
        self.v_hat = self.v / (1 - self.beta2_t)
        limit = 2 / (1 - self.beta2) - 1
        self.rho = rho = limit - 2 * self.t * self.beta2_t / (1 - self.beta2_t)
        above = (rho - 4) * (rho - 2) * limit
        below = (limit - 4) * (limit - 2) * rho
        r = np.sqrt(np.where(rho > 4, above, 0.0) / np.where(rho > 4, below, 1.0))
        rectified = r * self.m_hat / self.root(self.v_hat)
        return theta - lr * np.where(rho > self.rectify_above, rectified, self.m_hat)


@dataclass(repr=False, eq=False)
class AdaBelief(Adam):
    """Adam that divides by how far gradients stray from their own average.

    Zhuang et al. 2020, Algorithm 2: s ← β2 s + (1 − β2)(g − m)² + ε in place of v, then corrected
    and used as v is, so ε adds up in s. The same in pytorch_optimizer, and in Optax, where ``eps``
    and ``eps_root`` are set apart.

    Args:
        lr, beta1, beta2: as in Adam. eps: ε, in s and beside its root; the authors' code has 1e-16.

    Attributes:
        m: first moment. v: the paper's s. m_hat, v_hat: the same after bias correction.
    """

    eps: Number = 1e-16

    def moments(self, g):
        v = self.v
        super().moments(g)
        surprise = g - self.m
        self.v = self.beta2 * v + (1 - self.beta2) * surprise * surprise + self.eps


@dataclass(repr=False, eq=False)
class Yogi(Adam):
    """Adam whose second moment moves by a bounded amount, so that it cannot forget in a rush.

    Zaheer et al. 2018, Algorithm 2: v ← v − (1 − β2) · sign(v − g ⊙ g) · g ⊙ g. The paper corrects
    no bias.

    Args:
        lr: ≥ 0; 0.01 in the paper's experiments.
        beta1, beta2: as in Adam. eps: ε, 1e-3 in the paper.
        initial_accumulator: v before the first step; 1e-6 in Optax and pytorch_optimizer.
        bias_correction: correct m and v as Adam does, and start m at ``initial_accumulator`` too
            (Optax and pytorch_optimizer).
    """

    lr: Rate = 1e-2
    eps: Number = 1e-3
    initial_accumulator: Number = 1e-6
    bias_correction: bool = False

    @property
    def observables(self):
        return super().observables if self.bias_correction else ()

    def initial_state(self):
        m = self.initial_accumulator if self.bias_correction else 0.0
        return super().initial_state() | {"m": m, "v": self.initial_accumulator}

    def moments(self, g):
        v = self.v
        super().moments(g)
        squared = square(g)
        self.v = v - (1 - self.beta2) * np.sign(v - squared) * squared

    def update(self, theta, g, lr):
        if self.bias_correction:
            return super().update(theta, g, lr)
        self.moments(g)
        return theta - lr * self.m / self.root(self.v)


@dataclass(repr=False, eq=False)
class Lion(Optimizer):
    """Step by the sign of an average: every parameter moves by lr, with one buffer in memory.

    Chen et al. 2023, Algorithm 2: θ ← θ − lr · (sign(β1 m + (1 − β1) g) + λ θ),
    then m ← β2 m + (1 − β2) g.

    Args:
        lr: ≥ 0; about a tenth to a third of Adam's. pytorch_optimizer 1e-4; Keras 1e-3.
        beta1: weight of m in the step, in [0, 1). beta2: decay of m, in [0, 1).
        weight_decay: λ, decoupled and times lr, ≥ 0. Optax 1e-3.
    """

    lr: Rate = 1e-4
    beta1: Number = 0.9
    beta2: Number = 0.99
    weight_decay: Number = 0.0

    def initial_state(self):
        return {"m": 0.0}

    def update(self, theta, g, lr):
        direction = np.sign(self.beta1 * self.m + (1 - self.beta1) * g)
        self.m = self.beta2 * self.m + (1 - self.beta2) * g
        return theta - lr * (direction + self.weight_decay * theta)
