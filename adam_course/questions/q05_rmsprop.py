"""The questions of lesson 05: an average that forgets, its first step, its end, and AdaDelta."""

import numpy as np

from adam_course.optimizers import AdaDelta, AdaGrad, RMSProp
from adam_course.questions.question import Choice, Number, nearest

NOISE = np.random.RandomState(0).normal(size=(10_200, 100))


def follow(optimizer, age):
    """Return (age + 200, 100) places: 100 runs after a target that jumps by 10 at this age."""
    x, path = np.zeros(100), []
    for t in range(age + 200):
        x = optimizer.step(x, x - 10 * (t >= age) + NOISE[t])
        path.append(x)
    return np.array(path)


def steps_to_half(optimizer, age):
    """Return how many steps after the jump the mean of the runs has come half of the way."""
    return int(np.argmax(follow(optimizer, age)[age:].mean(axis=1) > 5) + 1)


def error_at_rest(optimizer, age=10_000):
    """Return the mean squared error in the second half of the time before the jump."""
    return np.mean(follow(optimizer, age)[age // 2 : age] ** 2)


def walk(optimizer, gradient=-5.0, steps=100):
    """Return how far a constant gradient has led after each step, from step 1 on."""
    x, path = np.zeros(1), []
    for _ in range(steps):
        x = optimizer.step(x, np.array([gradient]))
        path.append(x[0])
    return np.array(path)


def weight_left(rho, steps):
    """Return which share of a square's weight in v is left after some gradients of 0."""
    optimizer = RMSProp(rho=rho)
    walk(optimizer, 1.0, 1)
    first = optimizer.v[0]
    for _ in range(steps):
        optimizer.step(np.zeros(1), np.zeros(1))
    return optimizer.v[0] / first


def mean_age(rho):
    """Return the mean age of what v holds, the newest square counted as 1."""
    k = np.arange(100_000)
    return np.sum((k + 1) * (1 - rho) * rho**k)


def ends(curvature, lr=0.1, steps=300):
    """Return the last point of RMSProp on a parabola, from x = 5."""
    x, optimizer = np.array([5.0]), RMSProp(lr=lr)
    for _ in range(steps):
        x = optimizer.step(x, curvature * x)
    return abs(x[0])


def where_it_ends():
    """Return the option that fits where RMSProp ends at two curvatures."""
    flat, steep = ends(1), ends(50)
    if max(flat, steep) > 5:
        return 3
    if max(flat, steep) < 1e-3:
        return 0
    return 2 if abs(flat - steep) < 0.01 * flat else 1


PREDICT = (
    Choice(
        name="an old AdaGrad",
        ask="At the jump the young run is 100 steps old, and after 17 steps it is half way to the "
        "new target. The old run is 10,000 steps old at the jump, with the same rule and the same "
        "rate. After how many steps is it half way?",
        options=(
            "about 17: the rule and the rate are the same",
            "about 80",
            "about 170: its sum is a hundred times as large",
            "about 1,700: it is a hundred times as old",
        ),
        right=1,
        because="Its sum holds a hundred times as many squares of noise. So the root is ten times "
        "as large: that would be 170 steps. But the jump's own large gradients enter both sums. "
        "The young run's small sum grows much by them, the old run's large sum only a little. So "
        "the young run is slowed down more.",
        truth=lambda: nearest((17, 80, 170, 1700), steps_to_half(AdaGrad(1.0), 10_000)),
    ),
    Choice(
        name="RMSProp's first step",
        ask="Every gradient is −5, and ρ is 0.99. How long is RMSProp's first step?",
        options=(
            "0.1 α: a new gradient counts for 1 %, and its root for a tenth",
            "α, like AdaGrad's first step",
            "5 α: the gradient is 5 in size",
            "10 α: the average starts at 0",
        ),
        right=3,
        because="The first square enters v with the weight 0.01 only: v = 0.01 · 25, and √v = 0.5. "
        "The step is α · 5 / 0.5 = 10 α. The gradient's size cancels, but the weight does not: a v "
        "that is too small makes a step that is too long.",
        truth=lambda: nearest((0.1, 1, 5, 10), walk(RMSProp(1.0, rho=0.99))[0]),
    ),
    Choice(
        name="before the jump",
        ask="Before the jump the target stood still for 10,000 steps. Look at the last 5,000 of "
        "these steps: whose x was closer to the target, by its mean squared error?",
        options=(
            "RMSProp's: it follows the target better",
            "neither: at rest both come equally close",
            "AdaGrad's: its error is several times smaller",
        ),
        right=2,
        because="While the target stands still, small steps are what one wants: they "
        "average the noise away. AdaGrad's steps went on shrinking. RMSProp's did not, and so the "
        "noise went on shaking it.",
        truth=lambda: nearest(
            (0.1, 1, 10), error_at_rest(RMSProp(0.1, 0.99)) / error_at_rest(AdaGrad(1.0))
        ),
    ),
    Choice(
        name="where RMSProp ends",
        ask="RMSProp starts at x = 5 on a parabola, with α = 0.1 and ρ = 0.9. There is no noise. "
        "One parabola has the curvature 1, another one 50. Where are the runs after 300 steps?",
        options=(
            "both at 0, except for rounding errors",
            "both jump from side to side of 0; the steeper the parabola, the smaller the jumps",
            "both jump from side to side of 0, and the jumps are equally long",
            "one is at 0; the other has diverged, for α · λ = 0.1 · 50 is beyond the limit 2",
        ),
        right=2,
        because="Both end 0.05 from 0, which is α/2, once on this side and once on the other. "
        "RMSProp divides by the size of recent gradients. As they shrink, the rate α / √v grows, "
        "until it passes the limit of lesson 01. The curvature cancels.",
        truth=where_it_ends,
    ),
    Choice(
        name="a hundredfold ε",
        ask="AdaDelta walks down a constant slope, once with ε = 1e-6 and once with ε = 1e-4. "
        "How far does the second run get in 100 steps, compared with the first?",
        options=(
            "equally far: ε only keeps the division defined",
            "ten times as far",
            "a hundred times as far",
            "a tenth as far: ε stands below the fraction bar, too",
        ),
        right=1,
        because="At the first step there are no earlier steps yet, so √ε is used instead. Each "
        "later step is measured by the steps before it. So all of them are proportional to √ε. "
        "Below the fraction bar, beside v, ε is too small to matter here.",
        truth=lambda: nearest(
            (1, 10, 100, 0.1), walk(AdaDelta(eps=1e-4))[-1] / walk(AdaDelta(eps=1e-6))[-1]
        ),
    ),
)

RECALL = (
    Choice(
        name="what ρ means",
        ask="RMSProp runs with ρ = 0.99. What happens to v in each step?",
        options=(
            "It keeps 1 % of itself and takes in 99 % of the new square.",
            "It keeps 99 % of itself and takes in 1 % of the new square.",
            "It is the plain mean of the last 99 squares.",
        ),
        right=1,
        because="v ← ρ v + (1 − ρ) g². A large ρ is a long memory.",
        truth=lambda: 1 if np.isclose(weight_left(0.99, 1), 0.99) else 0,
    ),
    Choice(
        name="a sum and an average",
        ask="AdaGrad's v is a sum of squares, RMSProp's v is an average. What follows for the "
        "step, if the gradient keeps its size?",
        options=(
            "Both steps shrink, RMSProp's more slowly.",
            "AdaGrad's step shrinks, RMSProp's settles at a length.",
            "AdaGrad's step settles at a length, RMSProp's shrinks.",
        ),
        right=1,
        because="The sum grows with every step. The average of equal squares stays where it is, "
        "and the step stays at α.",
    ),
    Number(
        name="a memory in steps",
        ask="How long is the memory of ρ = 0.99, that is, the mean age of what v holds?",
        right=100,
        unit="steps",
        factor=1.02,
        because="1 / (1 − ρ) = 1 / 0.01.",
        truth=lambda: mean_age(0.99),
    ),
    Choice(
        name="the cold start of v",
        ask="RMSProp's v starts at 0 and is not corrected. What are its first steps like?",
        options=(
            "too short, and shorter the longer the memory",
            "too long, and longer the longer the memory",
            "as long as all the others",
        ),
        right=1,
        because="v is too small at first, and the step divides by its root: the first step is "
        "α / √(1 − ρ) long.",
        truth=lambda: (
            1 if walk(RMSProp(1.0, rho=0.99))[0] > walk(RMSProp(1.0, rho=0.9))[0] > 1 else 0
        ),
    ),
    Choice(
        name="the end of a run of RMSProp",
        ask="RMSProp has come close to a minimum, without noise and at a constant rate α. How does "
        "the run end?",
        options=(
            "It jumps across the minimum, with steps of about α.",
            "Its steps shrink with the gradient, down to 0.",
            "It diverges if α is beyond 2/λ.",
        ),
        right=0,
        because="The gradients shrink, so √v shrinks and the rate α / √v grows, until it passes "
        "the limit 2/λ. From then on the run swings, with steps of about α. To end closer, let α "
        "fall.",
        truth=lambda: 0 if abs(ends(1, lr=0.2) / 0.1 - 1) < 0.1 else 1,
    ),
    Choice(
        name="the virtue of a long memory",
        ask="The minimum stays where it is, and the gradients are noisy. At constant rates, whose "
        "error goes on falling?",
        options=("RMSProp's", "AdaGrad's", "both", "neither"),
        right=1,
        because="AdaGrad's steps go on shrinking, so the noise averages out. RMSProp's steps keep "
        "their length. On a moving target AdaGrad's error grows, "
        "and RMSProp's stays.",
        truth=lambda: int(
            np.argmin([error_at_rest(RMSProp(0.1, 0.99)), error_at_rest(AdaGrad(1.0))])
        ),
    ),
    Choice(
        name="AdaDelta's rate",
        ask="AdaDelta has no α. Which number of it decides how far it goes?",
        options=("ρ alone", "none: it finds its length from the gradients", "ε"),
        right=2,
        because="On a steady slope its steps are proportional to √ε, because at the first step "
        "there are no earlier ones, and √ε is used instead.",
        truth=lambda: 2 if walk(AdaDelta(eps=1e-4))[-1] > 5 * walk(AdaDelta(eps=1e-6))[-1] else 1,
    ),
)
