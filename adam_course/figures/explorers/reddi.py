"""Reddi's counterexample: a sum of linear losses on which Adam goes to the wrong end."""

import numpy as np

from adam_course import optimizers, schedules
from adam_course.figures.explorers.controls import Range, Several, even_scale, log_scale
from adam_course.figures.explorers.recipe import explorer
from adam_course.figures.identity import assigned
from adam_course.figures.picture import Axis, Line, Panel, Picture, number
from adam_course.problems.counterexamples import cycle, play

STEPS = 150
PLAYERS = {
    "Adam": lambda lr, *betas: optimizers.Adam(lr, *betas),
    "SGD": lambda lr, *betas: optimizers.GradientDescent(lr),
    "AMSGrad": lambda lr, *betas: optimizers.AMSGrad(lr, *betas),
}
WITH_BETAS = ("Adam", "AMSGrad")
SHARES = even_scale(0, 0.95, 0.05)


@explorer(
    Range("C", "C", 3, even_scale(2.1, 10, 0.1)),
    Range("lr", "rate α, of α / √t", 0.3, log_scale(0.03, 3.0)),
    Several("players", "players", tuple(PLAYERS), tuple(PLAYERS)),
    Range("beta2", "β₂", 0.1, (*SHARES, 0.97, 0.98, 0.99, 0.995, 0.999), of=WITH_BETAS),
    Range("beta1", "β₁", 0.0, SHARES, of=WITH_BETAS),
    presets={
        "Adam forgets the rare one": {"C": 3, "lr": 0.3, "beta2": 0.1, "beta1": 0.0},
        "a longer memory": {"C": 3, "lr": 0.3, "beta2": 0.9, "beta1": 0.0},
        "the defaults": {"C": 3, "lr": 0.3, "beta2": 0.999, "beta1": 0.9},
    },
)
def reddi(C, lr, players, beta2, beta1):
    """Play Reddi, Kale and Kumar's online problem (2018, section 3) and watch the regret.

    f_t(x) = C x in every third step, and −x in the two others; the best fixed x is −1.
    """
    t = np.arange(1, STEPS + 1)
    slopes = cycle(STEPS, C)
    rate = schedules.InverseSquareRoot(lr)
    paths = {name: play(PLAYERS[name](rate, beta1, beta2), slopes) for name in players}
    regrets = {name: (slopes * (x + 1)).cumsum() / t for name, x in paths.items()}
    looks = assigned(players)
    betas = f", β₁ = {number(beta1)}, β₂ = {number(beta2)}" if {*players} & {*WITH_BETAS} else ""
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
        words=f"C = {number(C)}{betas}. After {STEPS} steps: "
        + "; ".join(
            f"{name} is at x = {number(x[-1])} with average regret {number(regrets[name][-1])}"
            for name, x in paths.items()
        )
        + ".",
        steps=STEPS,
    )
