"""Schedule-free AdamW: averaging does what a decaying rate would have done."""

from dataclasses import dataclass

from adam_course.optimizers.base import Number, Optimizer, Rate, root


@dataclass(repr=False, eq=False)
class ScheduleFreeAdamW(Optimizer):
    """AdamW without momentum, whose iterates are averaged while it runs.

    Defazio et al. 2024, Algorithm 1. Three points: z takes the steps, x is the average of all z,
    weighted by lr², and the gradient is taken at y = (1 − β1) z + β1 x, which is the ``theta`` of
    ``step``. **Judge the run at x**, the average, not at y.

    v is corrected as in Adam: so do the authors' later code, pytorch_optimizer, Optax
    (``contrib.schedule_free_adamw``) and Keras. The paper (section 4.4) multiplies the rate by
    √(1 − β2ᵗ) instead, and with it the decay and the weights of the average.

    Args:
        lr: γ, ≥ 0; a warm-up schedule is part of the method (`adam_course.schedules.Warmup`).
        beta1: share of the average in y, in [0, 1). beta2, eps: as in Adam.
        weight_decay: λ, ≥ 0, taken at y and times lr.

    Attributes:
        z: the point that steps. x: the average, to be used as the result. v: second moment.
    """

    lr: Rate = 2.5e-3
    beta1: Number = 0.9
    beta2: Number = 0.999
    eps: Number = 1e-8
    weight_decay: Number = 0.0

    def initial_state(self):
        # The sum starts just above 0, so that a rate of 0 (a warm-up's start) is not 0 / 0.
        return {"z": 0.0, "x": 0.0, "v": 0.0, "beta2_t": 1.0, "lr_squared_sum": 1e-300}

    def update(self, theta, g, lr):
        if self.t == 1:
            self.z = self.x = theta.copy()
        self.v = self.beta2 * self.v + (1 - self.beta2) * g * g
        self.beta2_t = self.beta2_t * self.beta2
        direction = g / root(self.v / (1 - self.beta2_t), self.eps)
        self.z = self.z - lr * (direction + self.weight_decay * theta)
        self.lr_squared_sum = self.lr_squared_sum + lr * lr
        share = lr * lr / self.lr_squared_sum
        self.x = (1 - share) * self.x + share * self.z
        return (1 - self.beta1) * self.z + self.beta1 * self.x
