"""Reddi's counterexample: a sum of linear losses on which Adam goes to the wrong end."""

import numpy as np

from adam_course import optimizers, schedules
from adam_course.figures.explorers.controls import Range, Toggle, even_scale, log_scale
from adam_course.figures.explorers.recipe import explorer
from adam_course.figures.identity import assigned
from adam_course.figures.picture import Axis, Line, Panel, Picture, number
from adam_course.problems.counterexamples import cycle, play

STEPS = 300


@explorer(
    Range("C", "C", 3, even_scale(2.1, 10, 0.1)),
    Range("beta2", "β₂", 0.1, (*even_scale(0, 0.95, 0.05), 0.97, 0.98, 0.99, 0.995, 0.999)),
    Range("beta1", "β₁", 0.0, even_scale(0, 0.95, 0.05)),
    Range("lr", "rate α, of α / √t", 0.3, log_scale(0.03, 1.0)),
    Toggle("amsgrad", "AMSGrad and SGD too", True),
)
def reddi(C, beta2, beta1, lr, amsgrad):
    """Play Reddi, Kale and Kumar's online problem (2018, section 3) and watch the regret.

    f_t(x) = C x in every third step, and −x in the two others; the best fixed x is −1.
    """
    t = np.arange(1, STEPS + 1)
    slopes = cycle(STEPS, C)
    rate, betas = schedules.InverseSquareRoot(lr), (beta1, beta2)
    players = {"Adam": optimizers.Adam(rate, *betas)}
    if amsgrad:
        players |= {
            "SGD": optimizers.GradientDescent(rate),
            "AMSGrad": optimizers.AMSGrad(rate, *betas),
        }
    paths = {name: play(optimizer, slopes) for name, optimizer in players.items()}
    regrets = {name: (slopes * (x + 1)).cumsum() / t for name, x in paths.items()}
    looks = assigned(players)
    zero = Line(np.array([0, STEPS]), np.zeros(2))
    high = max(1.0, max(regret.max() for regret in regrets.values()))
    return Picture(
        panels=(
            Panel(
                Axis("step t", 0, STEPS, whole=True),
                Axis("x", -1.1, 1.1),
                (zero, *(Line(t, x, name, looks[name], first=1) for name, x in paths.items())),
                title="Where they are; −1 is best",
            ),
            Panel(
                Axis("step t", 0, STEPS, whole=True),
                Axis("regret / t", -0.5, 1.05 * float(high)),
                (zero, *(Line(t, r, name, looks[name], first=1) for name, r in regrets.items())),
                title="Average regret so far",
                column=1,
            ),
        ),
        words=f"C = {number(C)}, β₂ = {number(beta2)}. After {STEPS} steps: "
        + "; ".join(
            f"{name} is at x = {number(x[-1])} with average regret {number(regrets[name][-1])}"
            for name, x in paths.items()
        )
        + ".",
        steps=STEPS,
    )
