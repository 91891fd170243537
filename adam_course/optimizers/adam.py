"""Adam, as its paper defines it, and the two ways to add weight decay."""

from dataclasses import dataclass

import numpy as np

from adam_course.optimizers.base import Number, Optimizer, Rate, root


@dataclass(repr=False, eq=False)
class Adam(Optimizer):
    """Momentum over root mean square, both corrected for their start at zero.

    Kingma & Ba 2015, Algorithm 1. The same in PyTorch (``Adam``) and Optax (``adam``).

    Args:
        lr: α, the step size: about the largest change of a parameter in one step; a number,
            array or schedule.
        beta1: β1, decay of the first moment m, in [0, 1).
        beta2: β2, decay of the second moment v, in [0, 1).
        eps: ε, keeps the division defined, and damps the steps of parameters whose gradients are
            not much larger than it. With ε = 0, as everywhere here, a parameter that has had no
            gradient yet stays where it is.
        eps_hat: the paper's faster form (end of section 2), in which ε is added to √v before the
            correction: lr · √(1−β2ᵗ) / (1−β1ᵗ) · m / (√v + ε). Keras uses it, with ε = 1e-7.

    Attributes:
        m, v: first and second moment. m_hat, v_hat: the same after bias correction.
        beta1_t, beta2_t: β1ᵗ and β2ᵗ.
    """

    lr: Rate = 1e-3
    beta1: Number = 0.9
    beta2: Number = 0.999
    eps: Number = 1e-8
    eps_hat: bool = False

    observables = ("m_hat", "v_hat")

    def initial_state(self):
        return {"m": 0.0, "v": 0.0, "beta1_t": 1.0, "beta2_t": 1.0}

    def moments(self, g):
        """Let the gradient into both moving averages."""
        self.m = self.beta1 * self.m + (1 - self.beta1) * g
        self.v = self.beta2 * self.v + (1 - self.beta2) * g * g
        # βᵗ as a running product: unlike a power, it has the same bits for one run and for many.
        self.beta1_t = self.beta1_t * self.beta1
        self.beta2_t = self.beta2_t * self.beta2

    def update(self, theta, g, lr):
        self.moments(g)
        self.m_hat = self.m / (1 - self.beta1_t)
        self.v_hat = self.v / (1 - self.beta2_t)
        return theta - lr * self.m_hat / self.root(self.v_hat)

    def root(self, v_hat):
        """Return √v̂ + ε, the divisor of the step."""
        return root(v_hat, self.eps / np.sqrt(1 - self.beta2_t) if self.eps_hat else self.eps)


@dataclass(repr=False, eq=False)
class AdamL2(Adam):
    """Adam on the loss plus λ/2 ‖θ‖²: the decay passes through m and v like any gradient.

    Loshchilov & Hutter 2019, Algorithm 2, the L2 variant. PyTorch's ``Adam(weight_decay=…)``.

    Args:
        weight_decay: λ, ≥ 0, added to the gradient as λ θ. The others are Adam's.
    """

    weight_decay: Number = 1e-2

    def update(self, theta, g, lr):
        return super().update(theta, g + self.weight_decay * theta, lr)


@dataclass(repr=False, eq=False)
class AdamW(Adam):
    """Adam with decoupled weight decay: θ shrinks by itself; m and v never see it.

    Loshchilov & Hutter 2019, Algorithm 2, the decoupled variant.

    Args:
        weight_decay: λ, ≥ 0. PyTorch 0.01; Keras 0.004; Optax 1e-4. The others are Adam's.
        decay_times_lr: θ shrinks by lr · λ a step, as in PyTorch, Keras and Optax, so that decay
            follows a schedule. False: by λ itself, which is the paper's form at schedule
            multiplier 1. A value for one form means something else in the other: with λ = 0.01,
            False halves the parameters every 69 steps.
    """

    weight_decay: Number = 1e-2
    decay_times_lr: bool = True

    def update(self, theta, g, lr):
        decay = self.weight_decay * lr if self.decay_times_lr else self.weight_decay
        return super().update(theta, g, lr) - decay * theta
