"""The questions of lesson 03: what a ball remembers, its roots, and what a valley costs it."""

import numpy as np

from adam_course.descend import descend
from adam_course.optimizers import GradientDescent, Momentum
from adam_course.problems import Bowl
from adam_course.questions.question import Choice, Number, Ranking, nearest

LINE = Bowl(condition=1, curvature=1)
VALLEY = Bowl(condition=20, curvature=20)


def far(momentum, product=0.1, steps=60):
    """Return how far from the minimum of a parabola a ball from 1 is."""
    return abs(descend(LINE, Momentum(product, momentum), [1, 0], steps).final[0])


def gain():
    """Return how many times lower than gradient descent the ball ends in the lesson's valley."""
    runs = GradientDescent(2 / 21), Momentum(0.13, 0.4)
    plain, ball = (descend(VALLEY, run, steps=28).losses[-1] for run in runs)
    return plain / ball


def half(momentum):
    """Return the steps after which a gradient counts half, to the nearest whole one."""
    return round(np.log(0.5) / np.log(momentum))


def steps_needed(condition):
    """Return the steps to a millionth of the first loss, at the best rate and momentum."""
    root = condition**0.5
    ball = Momentum((2 / (root + 1)) ** 2, ((root - 1) / (root + 1)) ** 2)
    bowl = Bowl(condition=condition, curvature=condition)
    losses = descend(bowl, ball, [root, 1], steps=400).losses
    return int(np.flatnonzero(losses >= 1e-6 * losses[0])[-1]) + 1


def limit(momentum, nesterov):
    """Return the largest product α · λ whose run comes closer, in steps of 0.01."""
    products = np.arange(0.01, 4.5, 0.01)
    balls = Momentum(products[:, None], momentum, nesterov=nesterov)
    losses = descend(LINE, balls, [1, 0], steps=1000, every=1000).losses
    return products[losses[-1] < losses[0]].max()


def first_step(rate, form):
    """Return how long the first step of a ball is at a momentum of 0.9."""
    return descend(LINE, Momentum(rate, 0.9, form=form), [1, 0], steps=1).updates[0, 0]


PREDICT = (
    Choice(
        name="a ball beyond the limit",
        ask="The ball takes the rate 0.13, with a momentum of 0.4. This rate is beyond gradient "
        "descent's limit, 2/20 = 0.1. Where is the ball after 28 steps?",
        options=(
            "It has diverged, even sooner than gradient descent would.",
            "Its loss is about that of gradient descent at its best rate.",
            "Its loss is about a hundred times lower than that.",
            "Its loss is more than a million times lower than that.",
        ),
        right=3,
        because="Along the valley all pushes agree, and the ball gets fast. Across it, its first "
        "jumps are even longer than gradient descent's, because the rate is larger. But opposite "
        "pushes weaken each other in the move, and from step 5 on the ball is closer to the "
        "floor. How large the rate may be comes below.",
        truth=lambda: nearest((1e-6, 1, 1e2, 1e7), gain()),
    ),
    Choice(
        name="half of a gradient",
        ask="The momentum is 0.9. A new gradient has the weight 1, one step later 0.9, then 0.81. "
        "After about how many steps is its weight one half?",
        options=("1", "7", "10", "50"),
        right=1,
        because="After k steps the weight is 0.9ᵏ. It is one half at k = ln ½ / ln 0.9 = 6.6. "
        "Ten is another number: 1 / (1 − 0.9) is the sum of all weights.",
        truth=lambda: (1, 7, 10, 50).index(half(0.9)),
    ),
    Ranking(
        name="the quickest momentum",
        ask="Four balls in one direction with α · λ = 0.1, each with a different momentum. "
        "Order them by their distance from the minimum after 60 steps, the closest first.",
        options=("0.95", "0.7", "0.47", "0"),
        right=(2, 1, 3, 0),
        because="The sizes of the larger roots are 0.686, 0.837, 0.9 and 0.975. With 0.47 the two "
        "roots are almost equal. With 0 the ball creeps. With 0.7 it swings a little, and with "
        "0.95 it swings so long that it is further away than without any momentum.",
        truth=lambda: tuple(map(int, np.argsort([far(mu) for mu in (0.95, 0.7, 0.47, 0)]))),
    ),
    Choice(
        name="the ball in a long valley",
        ask="In a bowl with κ = 10 the ball with its best two numbers needs 15 steps to a "
        "millionth of the loss. About how many does it need with κ = 1,000? (Gradient descent: 35 "
        "and 3,454.)",
        options=("15", "50", "200", "1,500"),
        right=2,
        because="That is thirteen times as many, where gradient descent needs a hundred times "
        "as many. For a large κ the factor √μ is close to 1 − 2/√κ. So the steps grow almost "
        "like √κ, and √100 is 10. The rest of the thirteen: at the best pair two roots meet, and "
        "there a run is (c₁ + c₂ t) zᵗ. The t costs extra steps.",
        truth=lambda: nearest((15, 50, 200, 1500), steps_needed(1000)),
    ),
    Choice(
        name="where Nesterov diverges",
        ask="In a direction with curvature 1, gradient descent diverges beyond the rate 2, and the "
        "heavy ball with μ = 0.9 beyond 2 (1 + μ) = 3.8. Nesterov brakes one step earlier. Where "
        "is its limit with μ = 0.9?",
        options=("about 1.4", "2", "3.8", "about 7"),
        right=0,
        because="This is lower than both. The gradient at the look-ahead point corrects the "
        "whole leap. At a large rate this correction is too strong, and with more momentum the "
        "leap is longer. So Nesterov swings less, but its limit is lower.",
        truth=lambda: nearest((1.4, 2, 3.8, 7), limit(0.9, nesterov=True)),
    ),
)

RECALL = (
    Choice(
        name="what μ says",
        ask="In the heavy ball's rule, what does μ say?",
        options=(
            "how long the new step is",
            "how much of the last move is kept",
            "how fast the learning rate falls",
        ),
        right=1,
        because="Each move is μ times the last move, plus the new step α · g. With μ = 0 this is "
        "gradient descent.",
    ),
    Choice(
        name="the half-life of 0.99",
        ask="Momentum keeps the share 0.99 of its buffer. After about how many steps does a "
        "gradient count half?",
        options=("7", "50", "69", "100"),
        right=2,
        because="ln ½ / ln 0.99 is 69. The sum of all weights, 1 / (1 − 0.99), is 100.",
        truth=lambda: (7, 50, 69, 100).index(half(0.99)),
    ),
    Number(
        name="a steady push",
        ask="All gradients are 1, and μ = 0.9. How many times as long as gradient descent's steps "
        "do the heavy ball's steps become, at the same rate?",
        right=10,
        because="The weights 1, 0.9, 0.81, … add up to 1 / (1 − 0.9) = 10.",
        truth=lambda: np.sum(0.9 ** np.arange(500)),
    ),
    Number(
        name="a rate for the average",
        ask="A heavy ball runs well at the rate 0.01 with μ = 0.9. You change it to the averaging "
        "form, m ← 0.9 m + 0.1 g. Which rate gives the same steps?",
        right=0.1,
        because="All weights are ten times smaller, so the rate has to be ten times larger: "
        "0.01 / (1 − 0.9).",
        truth=lambda: 0.01 * first_step(0.01, "polyak") / first_step(0.01, "ema"),
    ),
    Choice(
        name="the factor of a swinging ball",
        ask="A ball with μ = 0.81 swings in one direction. Its two roots are a complex pair. By "
        "which "
        "factor does its swing shrink in each step?",
        options=("0.9", "0.81", "0.19", "It depends on rate and curvature."),
        right=0,
        because="Both roots of a pair have the size √μ = 0.9, for every rate and every curvature.",
        truth=lambda: nearest((0.9, 0.81, 0.19), abs(np.roots([1, -(1.81 - 0.5), 0.81])[0])),
    ),
    Choice(
        name="the price with momentum",
        ask="κ becomes a hundred times larger. How many times as many steps does momentum need, "
        "with its best two numbers?",
        options=("about 100 times", "about 50 times", "about 10 times", "as many as before"),
        right=2,
        because="Its steps grow nearly like √κ, and √100 is 10. For gradient descent they are "
        "proportional to κ.",
        truth=lambda: nearest((100, 50, 10, 1), steps_needed(1000) / steps_needed(10)),
    ),
    Choice(
        name="where Nesterov looks",
        ask="What is different in Nesterov's momentum?",
        options=(
            "It takes the gradient where the last move is about to carry it.",
            "It averages the gradient of this step and the last one.",
            "It takes two steps for each gradient.",
        ),
        right=0,
        because="It looks at the point θ − μd, to which the last move carries it anyway. If this "
        "is too far, it brakes one step earlier.",
    ),
)
