"""The questions of lesson 06: Adam's first step, its memories, contradiction, and fair races."""

import numpy as np

from adam_course import experiments
from adam_course.descend import descend
from adam_course.optimizers import Adam, GradientDescent, RMSProp
from adam_course.problems import Cubic
from adam_course.questions.question import Choice, Number, nearest


def walk(optimizer, gradients):
    """Return the lengths of one parameter's steps, those upwards below zero."""
    path = [np.zeros(1)]
    for gradient in gradients:
        path.append(optimizer.step(path[-1], np.array([gradient])))
    return -np.diff(path, axis=0)[:, 0]


def steps_to_stay(method, start=1e-3):
    """Return after how many steps the best of 200 rates stays within 0.001 of the minimum."""
    rates = np.geomspace(0.01, 2, 200)[:, None]
    run = descend(Cubic(), method(rates), np.full((200, 1), start), steps=400, progress=False)
    far = ~(np.abs(run.thetas[..., 0] - 4 / 3) <= 0.001)
    return min(np.flatnonzero(one).max() + 1 for one in far.T if not one[-1])


def along_the_lengths(verdicts):
    """Return the option that fits what the race said at its four lengths."""
    ahead = [word == "ahead" for word in verdicts]
    if all(ahead) or not any(ahead):
        return 0 if all(ahead) else 1
    return 3 if ahead[-1] and not ahead[0] else 2


PREDICT = (
    Choice(
        name="the first step of Adam",
        ask="The first gradient of w is −34.2. α = 0.1, β₁ = 0.9 and β₂ = 0.999. How long is "
        "Adam's first step for w?",
        options=(
            "0.01: m is only a tenth of the gradient",
            "0.1: the gradient's size cancels, and so do the weights",
            "0.32: m is a tenth of g, but √v is a thirtieth",
            "3.4: a tenth of the gradient's size",
        ),
        right=1,
        because="Step 4 divides m = 0.1 g by 0.1, and v = 0.001 g² by 0.001. So m̂ is g and √v̂ is "
        "the size of g. Their quotient is a sign, −1, and the step is +α.",
        truth=lambda: nearest((0.01, 0.1, 0.32, 3.4), walk(Adam(0.1), [34.2])[0]),
    ),
    Choice(
        name="one gradient of 100 in Adam",
        ask="A thousand gradients were 1, and the steps are α long. Now one gradient is 100, and "
        "then all are 1 again. Here β₁ = 0.9 and β₂ = 0.999. How long is the step at the 100?",
        options=(
            "a third of α: √v̂ grows more than m̂",
            "α: no step is longer than α",
            "about 2.7 α: m̂ grows more than √v̂",
            "100 α",
        ),
        right=2,
        because="m̂ takes in a tenth of the new gradient, and becomes 10.9. v̂ takes in about a "
        "600th of its square, 10,000 (the share is 0.001, corrected for a v that is 1,000 steps "
        "old). So √v̂ becomes about 4.1, and 10.9 / 4.1 is 2.7. After about ten steps the 100 is "
        "left in v̂ only, and thousands of steps are short. (With β₂ = 0.9, v̂ takes in a tenth of "
        "the square at once. So there is no leap, and after about a hundred steps it is over.)",
        truth=lambda: nearest((1 / 3, 1, 2.7, 100), walk(Adam(1.0), [1.0] * 1000 + [100.0])[-1]),
    ),
    Choice(
        name="to and fro",
        ask="A parameter's gradient alternates: +1, −1, +1, −1 and so on. After many steps, how "
        "long is Adam's step? (β₁ = 0.9. Gradient descent's step is α every time.)",
        options=(
            "α: both averages have the size of the gradient",
            "about α/3",
            "about α/20",
            "0: the average of the gradients is 0",
        ),
        right=2,
        because="The signs nearly cancel in m̂, but not quite: the newest gradient always has the "
        "largest weight. The squares are all 1, so √v̂ is 1. What is left is a nineteenth of α.",
        truth=lambda: nearest(
            (1, 1 / 3, 1 / 20, 1e-9), abs(walk(Adam(1.0), (-1.0) ** np.arange(1000))[-1])
        ),
    ),
    Choice(
        name="a fair race from a hilltop",
        ask="Both start at x = 0.001, beside the hilltop, each with the best of 200 rates. We "
        "count the steps until a run stays within 0.001 of the minimum. How many times "
        "gradient descent's steps does Adam need?",
        options=(
            "about a tenth: gradient descent waits at the hilltop",
            "about a half",
            "about as many",
            "about ten",
        ),
        right=3,
        because="At a rate of about 0.27 gradient descent doubles its distance from the hilltop in "
        "each step, and nears the minimum without a swing: 12 steps. Adam leaves at once, but "
        "m carries it past the minimum, and it swings: 110 steps.",
        truth=lambda: nearest(
            (0.1, 0.5, 1, 10), steps_to_stay(Adam) / steps_to_stay(GradientDescent)
        ),
    ),
    Choice(
        name="Adam against momentum in a valley",
        ask="300 starts near the usual one, (−1.2, 1). Adam and momentum each have the best rate "
        "for each start, for runs of 30, 100, 300 and 1,000 steps. In which runs is Adam ahead?",
        options=(
            "in all of them",
            "in none of them",
            "in the short ones: it starts quickly, and then it swings",
            "in the longest ones: it starts slowly, and then it passes momentum",
        ),
        right=3,
        because="Momentum is ahead at 30, 100 and 300 steps, Adam only at 1,000. From other starts "
        "and with other ways to choose the rate it is different: see the table.",
        truth=lambda: along_the_lengths(
            experiments.load("valley_race")["coarse, own rates, usual start"]["momentum"]["verdict"]
        ),
    ),
)

RECALL = (
    Choice(
        name="what β₂ means",
        ask="What does β₂ = 0.999 say in Adam?",
        options=(
            "v keeps 99.9 % of itself in each step, and takes in 0.1 % of the new square.",
            "m keeps 99.9 % of itself in each step.",
            "The rate shrinks by 0.1 % in each step.",
        ),
        right=0,
        because="β₂ belongs to v, the average of squares; β₁ belongs to m, the average of "
        "gradients.",
    ),
    Choice(
        name="a first gradient of −1000",
        ask="Adam's first gradient of a parameter is −1000, and α = 0.001. What is its first step?",
        options=("+0.001", "+1", "−0.001", "+0.0001"),
        right=0,
        because="Corrected, m̂ is g and √v̂ is the size of g. So the first step is −α times the "
        "sign of the gradient.",
        truth=lambda: nearest((0.001, 1, 1e9, 0.0001), -walk(Adam(0.001), [-1000.0])[0]),
    ),
    Number(
        name="the first correction of v",
        ask="β₂ = 0.999. By which number does Adam divide v after its first step, to get v̂?",
        right=0.001,
        because="1 − β₂ᵗ with t = 1. The first square has entered v with just this weight.",
        truth=lambda: 1 - 0.999**1,
    ),
    Choice(
        name="gradients that contradict each other",
        ask="A parameter's gradient keeps its size, but its sign alternates. What does Adam do, "
        "with β₁ = 0.9?",
        options=(
            "It takes steps of α to and fro, as RMSProp does.",
            "It takes steps of about α/20.",
            "Its steps grow, since √v̂ goes to 0.",
        ),
        right=1,
        because="The signs nearly cancel in m̂; the squares in v̂ do not. What is left is "
        "(1 − β₁) / (1 + β₁), a nineteenth.",
        truth=lambda: (
            1 if abs(walk(Adam(1.0), (-1.0) ** np.arange(999))[-1] * 19 - 1) < 0.01 else 0
        ),
    ),
    Choice(
        name="the longest step",
        ask="Can a step of Adam be longer than α?",
        options=(
            "No: the size of m̂ is never larger than √v̂.",
            "Yes, when a gradient is much larger than those before it.",
            "Yes, but in the first step only.",
        ),
        right=1,
        because="m takes in a tenth of a new gradient, and v only a thousandth of its square. So a "
        "sudden large gradient moves m̂ more than √v̂.",
        truth=lambda: 1 if walk(Adam(1.0), [1.0] * 1000 + [100.0])[-1] > 1 else 0,
    ),
    Choice(
        name="average, then divide",
        ask="In what order does Adam work, and in what order does RMSProp with momentum?",
        options=(
            "Both divide each gradient by √v, and average the quotients.",
            "Adam divides first and averages then; RMSProp with momentum does the opposite.",
            "Adam averages first and divides then; RMSProp with momentum does the opposite.",
        ),
        right=2,
        because="Adam divides the average by today's √v̂. RMSProp with momentum divides each "
        "gradient by the √v of its own step. When gradients grow, that makes longer steps.",
        truth=lambda: (
            2
            if walk(Adam(1.0), growing())[-1]
            < walk(RMSProp(0.1, 0.999, momentum=0.9), growing())[-1]
            else 1
        ),
    ),
    Choice(
        name="is Adam faster?",
        ask="Momentum and Adam race in Rosenbrock's valley, each at its best rates. Who is ahead?",
        options=(
            "Adam, always",
            "momentum, always",
            "It depends on the length of the run, the start, and how the rate is chosen.",
        ),
        right=2,
        because="Near the usual start momentum is ahead in short runs, and Adam in long ones. If "
        "one rate has to serve all starts, Adam is ahead earlier.",
    ),
)


def growing():
    """Return gradients of 1, and then such that double in each step."""
    return np.append(np.ones(2000), 2.0 ** np.arange(1, 11))
