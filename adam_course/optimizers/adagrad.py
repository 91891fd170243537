"""A rate for each parameter from its squared gradients: AdaGrad, RMSProp and AdaDelta."""

from dataclasses import dataclass

import numpy as np

from adam_course.optimizers.base import Number, Optimizer, Rate, divisor, root, square


@dataclass(repr=False, eq=False)
class AdaGrad(Optimizer):
    """Divide each parameter's step by the root of all its squared gradients so far.

    Duchi, Hazan & Singer 2011, with diagonal matrices and δ for ε:
    v ← v + g ⊙ g, θ ← θ − lr · g / (√v + ε). The sum only grows, so the steps only shrink.

    Args:
        lr: learning rate, ≥ 0; the paper leaves it open, 0.01 is PyTorch's.
        eps: ε, keeps the first division defined. PyTorch 1e-10; Optax and Keras 1e-7.
        initial_accumulator: v before the first step. Paper and PyTorch 0; Optax and Keras 0.1.
        eps_in_sqrt: √(v + ε) as in Optax and Keras, instead of √v + ε as in PyTorch.
    """

    lr: Rate = 0.01
    eps: Number = 1e-10
    initial_accumulator: Number = 0.0
    eps_in_sqrt: bool = False

    def initial_state(self):
        return {"v": self.initial_accumulator}

    def update(self, theta, g, lr):
        self.v = self.v + g * g
        return theta - lr * g / root(self.v, self.eps, self.eps_in_sqrt)


@dataclass(repr=False, eq=False)
class RMSProp(Optimizer):
    """AdaGrad with a memory that fades: a moving average of squared gradients, not their sum.

    Tieleman & Hinton 2012, lecture 6.5:
    v ← ρ v + (1 − ρ) g ⊙ g, θ ← θ − lr · g / (√v + ε).

    Args:
        lr: learning rate, ≥ 0. Keras 0.001; PyTorch 0.01; Optax has no default.
        rho: ρ, the share of the average that is kept, in [0, 1). Lecture, Optax and Keras 0.9;
            PyTorch (``alpha``) 0.99.
        eps: ε. PyTorch and Optax 1e-8; Keras 1e-7.
        momentum: a heavy ball over the scaled gradients, in [0, 1); as in PyTorch, the buffer is
            multiplied by today's rate.
        centered: divide by the standard deviation √(v − mean²) instead of the root mean square
            (Graves 2013, eqs. 38–41, with ε inside the root).
        eps_in_sqrt: √(v + ε) as in Optax and Keras, instead of √v + ε as in PyTorch.
    """

    lr: Rate = 1e-3
    rho: Number = 0.9
    eps: Number = 1e-8
    momentum: Number = 0.0
    centered: bool = False
    eps_in_sqrt: bool = False

    def initial_state(self):
        state = {"v": 0.0}
        if self.centered:
            state["mean"] = 0.0
        if np.any(self.momentum):
            state["m"] = 0.0
        return state

    def update(self, theta, g, lr):
        self.v = self.rho * self.v + (1 - self.rho) * (square(g) if self.centered else g * g)
        spread = self.v
        if self.centered:
            self.mean = self.rho * self.mean + (1 - self.rho) * g
            spread = np.maximum(self.v - square(self.mean), 0.0)  # rounding may go below 0
        scaled = g / root(spread, self.eps, self.eps_in_sqrt)
        if hasattr(self, "m"):
            self.m = scaled = self.momentum * self.m + scaled
        return theta - lr * scaled


@dataclass(repr=False, eq=False)
class AdaDelta(Optimizer):
    """Let the size of past steps stand in for the rate (Zeiler 2012, Algorithm 1).

    v ← ρ v + (1 − ρ) g ⊙ g, Δ = √((u + ε) / (v + ε)) · g, u ← ρ u + (1 − ρ) Δ ⊙ Δ, θ ← θ − lr · Δ.
    Δ has the parameters' units, which the step of no other rule here has.

    Args:
        lr: 1 in the paper, PyTorch and Optax (where it may be left out); Keras 0.001.
        rho: ρ, in [0, 1). Paper and Keras 0.95; PyTorch and Optax 0.9.
        eps: ε, which also sets the size of the first step. Paper, PyTorch, Optax 1e-6; Keras 1e-7.
    """

    lr: Rate = 1.0
    rho: Number = 0.95
    eps: Number = 1e-6

    def initial_state(self):
        return {"v": 0.0, "u": 0.0}

    def update(self, theta, g, lr):
        self.v = self.rho * self.v + (1 - self.rho) * g * g
        delta = np.sqrt((self.u + self.eps) / divisor(self.v + self.eps)) * g
        self.u = self.rho * self.u + (1 - self.rho) * delta * delta
        return theta - lr * delta
