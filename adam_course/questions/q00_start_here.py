"""The questions of lesson 00: the first race, and what an optimizer is told."""

import numpy as np

from adam_course.descend import descend
from adam_course.optimizers import Adam, GradientDescent, Momentum
from adam_course.problems import Beale
from adam_course.questions.question import Choice, Number

RATES = np.outer([0.001, 0.01, 0.1], range(1, 10)).reshape(27, 1)


def race(steps=100):
    """Return the last loss of gradient descent, momentum and Adam, each at its best of 27 rates."""
    rules = (GradientDescent, Momentum, Adam)
    return [np.nanmin(descend(Beale(), rule(RATES), steps=steps).losses[-1]) for rule in rules]


PREDICT = (
    Choice(
        name="the first race",
        ask="Three optimizers start at the ring and look for the lowest point of a valley, the "
        "star. Each has the rate, of 27, that is best for it here. Which one has the lowest loss "
        "after 100 steps?",
        options=("gradient descent", "momentum", "Adam"),
        right=2,
        because="Adam comes closest, and momentum is second. Gradient descent takes the shortest "
        "way, and is last. Is Adam the best optimizer, then? This was one valley, one start and "
        "one number of steps; another choice gives another winner. "
        "Lesson 16 puts “Adam converges faster” on trial.",
        truth=lambda: race().index(min(race())),
    ),
)

RECALL = (
    Choice(
        name="what an optimizer is told",
        ask="What is an optimizer told about the landscape of the loss?",
        options=(
            "where the lowest point is",
            "the slope at the place where it stands",
            "the loss at every place",
        ),
        right=1,
        because="All that it is told is the gradient, the slope at its place. From slopes alone it "
        "has to find the way down.",
    ),
    Choice(
        name="what the loss says",
        ask="What does the loss of a model say?",
        options=("how wrong the model is", "how fast it learns", "how many parameters it has"),
        right=0,
        because="The loss is a number that says how wrong the model is. Training makes it small by "
        "changing the parameters.",
    ),
    Choice(
        name="one race, one winner",
        ask="In one race Adam had the lowest loss, each method at its best rate. What does this "
        "show?",
        options=(
            "Adam is the best optimizer.",
            "Adam won on this valley, from this start, after so many steps.",
            "The other two were programmed badly.",
        ),
        right=1,
        because="One valley, one start and one number of steps decide nothing in general. In a "
        "race of 50 steps over the same valley momentum wins.",
        truth=lambda: int(race(100)[2] < race(100)[1] and race(50)[1] < race(50)[2]),
    ),
    Number(
        name="Adam's first step",
        ask="The first gradient was (34.5, 92.5), and Adam had the rate 0.5. How long was its "
        "first step along the first coordinate?",
        right=0.5,
        because="It was as long as the rate, along both coordinates, although one slope was more "
        "than twice the other. Lesson 06 explains it.",
        truth=lambda: abs(descend(Beale(), Adam(lr=0.5), steps=1).updates[0, 0]),
    ),
    Choice(
        name="steep slope, first step",
        ask="A slope is 34.5 along one coordinate and 92.5 along the other. Along which one is "
        "gradient descent's step longer?",
        options=("along the first one", "along the second one", "equally long"),
        right=1,
        because="Gradient descent multiplies the slope by the rate, so it steps further where it "
        "is steeper. Adam's first step was equally long along both.",
        truth=lambda: int(
            abs(descend(Beale(), GradientDescent(lr=0.03), steps=1).updates[0]).argmax()
        ),
    ),
)
