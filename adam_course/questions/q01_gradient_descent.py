"""The questions of lesson 01: which rates work, what a valley costs, and a hilltop."""

import numpy as np

from adam_course.descend import descend
from adam_course.optimizers import GradientDescent
from adam_course.problems import Bowl, Cubic
from adam_course.questions.question import Choice, Number, Ranking, nearest

BOWL = Bowl(condition=20, curvature=20)


def losses(rates, steps, problem=BOWL):
    """Return the last loss of a run at each rate."""
    return [descend(problem, GradientDescent(rate), steps=steps).losses[-1] for rate in rates]


def distances(products, steps=30):
    """Return how far from the minimum of a parabola a run from 1 is, one for each α · λ."""
    return np.abs((1 - np.array(products)) ** steps)


def steps_needed(condition):
    """Return the steps to a millionth of the first loss, at the best constant rate."""
    valley = Bowl(condition=condition, curvature=condition)
    rate = GradientDescent(2 / (condition + 1))
    run = descend(valley, rate, [condition**0.5, 1], steps=4000)
    return int(np.argmax(run.losses < 1e-6 * run.losses[0]))


def steps_past_one(rate):
    """Return the first step of a run from beside the hilltop that lies past x = 1."""
    return int(np.argmax(descend(Cubic(), GradientDescent(rate), steps=200).thetas[:, 0] > 1))


PREDICT = (
    Choice(
        name="three rates in a valley",
        ask="Three runs of 30 steps start at the ring. At the same distance from the lowest "
        "point, the valley is twenty times as steep across as along. Which run has the lowest loss "
        "at the end?",
        options=(
            "the rate 0.01: small, steady steps",
            "the rate 0.05: five times as large",
            "the rate 0.09: it jumps across the valley in every step",
        ),
        right=2,
        because="The zig-zag looks wasteful, and yet it comes closest. Across the valley each jump "
        "ends closer to the floor, so it gets there too. And along the valley "
        "a larger rate goes further in each step.",
        truth=lambda: int(np.argmin(losses((0.01, 0.05, 0.09), 30))),
    ),
    Choice(
        name="a little more than the best",
        ask="At the rate 0.09 the run comes closest. Now we raise the rate a little, to 0.11. "
        "Where is the run after 30 steps?",
        options=(
            "It ends even closer to the minimum.",
            "It ends about as close.",
            "It ends higher than it started.",
        ),
        right=2,
        because="Every jump now ends further from the floor than it began. Between 0.09 and 0.11 "
        "lies a limit, and the best rates for 30 steps lie just below it. This lesson finds out "
        "where.",
        truth=lambda: 2 if losses((0.11,), 30)[0] > losses((0.11,), 0)[0] else 0,
    ),
    Ranking(
        name="the quickest product",
        ask="Four runs on one parabola, each with another product α · λ of rate and curvature. "
        "Order them by their distance from the minimum after 30 steps, the closest first.",
        options=("0.1", "1.1", "1.6", "2.1"),
        right=(1, 2, 0, 3),
        because="The factors are 0.9, −0.1, −0.6 and −1.1. What counts is their size: the smaller "
        "it is, the quicker the run. Best of all would be the product 1, with the factor 0. Only "
        "beyond 2 is the factor larger than 1 in size.",
        truth=lambda: tuple(int(place) for place in np.argsort(distances((0.1, 1.1, 1.6, 2.1)))),
    ),
    Choice(
        name="a tenfold condition number",
        ask="We run valleys with κ from 3 to 1,000, each at the rate of the left formula, until "
        "the loss is a millionth of what it was. When κ grows tenfold, by what factor does the "
        "number of steps grow?",
        options=("it stays the same", "about three", "ten", "a hundred"),
        right=2,
        because="For large κ the factor is close to 1 − 2/κ: with a tenfold κ "
        "each step gains a tenth as much, so ten times as many are needed.",
        truth=lambda: nearest((1, 3, 10, 100), steps_needed(1000) / steps_needed(100)),
    ),
    Choice(
        name="steps from a hilltop",
        ask="Beside the hilltop the slope is only 0.004, so at the rate 0.05 the first step is "
        "0.0002 long. About how many steps does the run take to pass x = 1?",
        options=("five", "fifty", "five hundred"),
        right=1,
        because="Near the hilltop the curvature is −4, so the factor is 1 + 4α, here "
        "1.2. The distance from the top grows by a fifth in each step: slowly at first and then "
        "fast, like interest on a small sum. From 0.001 to 1 is a factor of 1,000. That takes 38 "
        "such steps, and some more, because the growth weakens on the way.",
        truth=lambda: nearest((5, 50, 500), steps_past_one(0.05)),
    ),
)

RECALL = (
    Choice(
        name="the limit of a rate",
        ask="Along one direction the loss has the curvature λ. For which rates α does gradient "
        "descent come closer in every step?",
        options=("0 < α < 1/λ only", "every α < 1", "0 < α < 2/λ"),
        right=2,
        because="Each step multiplies the distance by 1 − α · λ, which is smaller than 1 in size "
        "for every α between 0 and 2/λ.",
        truth=lambda: 2 if max(distances((0.01, 1.0, 1.99), 1)) < 1 < distances((2.01,), 1) else 0,
    ),
    Choice(
        name="one step to the minimum",
        ask="On a parabola of curvature 4, which rate lands on the minimum in a single step?",
        options=("0.25", "0.5", "1", "4"),
        right=0,
        because="The factor 1 − α · 4 is 0 at α = 1/4. At 0.5 the run would jump from side to "
        "side for ever.",
        truth=lambda: int(np.argmin(distances(4 * np.array((0.25, 0.5, 1.0, 4.0)), 1))),
    ),
    Number(
        name="the best rate of a bowl",
        ask="A bowl has the curvatures 1 and 9. What is the best constant rate for many steps?",
        right=0.2,
        factor=1.02,
        because="2 / (9 + 1): both directions then shrink by the same factor, 0.8.",
        truth=lambda: min(np.arange(0.1, 0.3, 0.001), key=lambda a: max(distances((a, 9 * a), 1))),
    ),
    Choice(
        name="the price of a valley",
        ask="A valley has a ten times larger condition number κ. How many steps does gradient "
        "descent need now, each time at its best constant rate?",
        options=("about √10 times as many", "about ten times as many", "as many as before"),
        right=1,
        because="The number of steps is proportional to κ.",
        truth=lambda: nearest((10**0.5, 10, 1), steps_needed(1000) / steps_needed(100)),
    ),
    Choice(
        name="a small gradient",
        ask="The gradient has become very small. What do you know about the place?",
        options=(
            "It is close to the minimum.",
            "It is flat there: a minimum, a hilltop, a plain or another flat place.",
            "The rate was too small.",
        ),
        right=1,
        because="A small gradient means that it is flat, and that the step will be small. Beside "
        "the hilltop of the cubic the gradient was small too.",
    ),
    Choice(
        name="half or twice the best rate",
        ask="You do not know the best rate. Which mistake costs more: half of it or twice of it?",
        options=("half of it", "twice of it", "both the same"),
        right=1,
        because="Half the best rate takes about twice the time. Twice the best rate is beyond the "
        "limit, and the run flies off.",
        truth=lambda: int(np.argmax(losses((0.047, 0.187), 10))),
    ),
)
