"""The questions of lesson 13: a gradient with a bug, fair races, default rates and rare words."""

from functools import cache

import numpy as np

from adam_course import experiments
from adam_course.descend import descend
from adam_course.optimizers import Adam, GradientDescent, Momentum
from adam_course.paired import compare
from adam_course.problems import Bigram, DigitsMLP, MiniBatches, load_digits
from adam_course.questions.question import Choice, Number, nearest

NETWORK = DigitsMLP(images=1200)


@cache
def stored():
    """Return what the stored race of twelve methods has found."""
    return experiments.load("networks")


def without_slope(theta, rows):
    """Return the network's gradient without the slope of tanh."""
    images, labels = (data[rows] for data in load_digits())
    first, second = NETWORK.layers(theta)
    hidden = np.tanh(images @ first[:-1] + first[-1])
    scores = np.exp(hidden @ second[:-1] + second[-1])
    errors = (scores / scores.sum(axis=1)[:, None] - np.eye(10)[labels]) / len(rows)
    back = errors @ second[:-1].T
    parts = (images.T @ back, back.sum(axis=0), hidden.T @ errors, errors.sum(axis=0))
    return np.concatenate([part.ravel() for part in parts])


def loss_with_the_bug():
    """Return the training loss after 400 steps of Adam along a wrong gradient."""
    theta, adam, rng = NETWORK.start, Adam(0.01), np.random.default_rng(0)
    for _ in range(400):
        theta = adam.step(theta, without_slope(theta, rng.integers(1200, size=32)))
    return NETWORK.value(theta)


def ends(method):
    """Return the losses of twenty runs of 120 steps, from the lesson's starts."""
    batches = MiniBatches(NETWORK, 32, seed=1)
    return descend(batches, method, NETWORK.starts(25)[5:], 120, every=120).losses[-1]


def on_the_finer_grid():
    """Return the option that fits Adam against momentum at the rates of the fine grid."""
    adam, heavy = ends(Adam(0.002 * 4**1.75)), ends(Momentum(0.002 * 4**3.25))
    return {True: 0, None: 1, False: 2}[compare(adam, heavy).ahead]


def with_a_cosine():
    """Return the option that fits Adam against RMSProp at rates that fall."""
    pairs = compare(*(stored()[name]["losses with a cosine"] for name in ("Adam", "RMSProp")))
    if pairs.ahead:
        return 0 if pairs.ratio < 1 / 1.25 else 1
    return 2 if pairs.ahead is None else 3


def cost_of_the_default():
    """Return how many times its best loss Adam's loss at the default rate is."""
    adam = stored()["Adam"]
    return np.median(adam["losses at default"]) / np.median(adam["losses"])


def steps_to_half(optimizer, word):
    """Return after how many steps a word's row has lost half of its error."""
    model = Bigram(words=32)
    run = descend(model, optimizer, steps=500, progress=False)
    left = model.by_row(run.thetas)[:, word - 1]
    return int(np.argmax(left <= left[0] / 2))


def steps_for_a_rare_word():
    """Return the option that fits the steps of word 16 with gradient descent and with Adam."""
    plain, adam = (steps_to_half(method, 16) for method in (GradientDescent(0.8), Adam(0.05)))
    return nearest((28, 28 * 4, 28 * 16), plain) if adam == steps_to_half(Adam(0.05), 1) else 3


def slope_error(eps):
    """Return how far a difference of the loss is from the slope along a direction."""
    theta, z, rows = NETWORK.start, np.random.RandomState(2).normal(size=2410), np.arange(100, 132)
    ups, downs = NETWORK.value(theta + eps * z, rows), NETWORK.value(theta - eps * z, rows)
    return abs((ups - downs) / (2 * eps) - NETWORK.gradient(theta, rows) @ z)


PREDICT = (
    Choice(
        name="a gradient with a bug",
        ask="A network's gradient leaves out the slope of tanh. Adam trains with this wrong "
        "gradient for 400 steps. Where does the training loss, 2.3 at the start, end?",
        options=(
            "nowhere: the loss grows until the run diverges",
            "near 2.3: nothing is learned",
            "near 1: it learns, but is soon stuck",
            "below 0.1: nobody would notice",
        ),
        right=3,
        because="It learns. The slope of tanh lies between 0 and 1, so leaving it out changes the "
        "gradient's numbers and not their signs within one image. The wrong gradient still leads "
        "downhill. A loss that falls is no proof of a right gradient.",
        truth=lambda: nearest((1e6, 2.3, 1, 0.05), loss_with_the_bug()),
    ),
    Choice(
        name="a finer grid",
        ask="With rates that are four times apart, Adam is ahead of momentum. Now both may try "
        "rates in steps of √2 around their best one. What do the twenty new pairs say?",
        options=(
            "Adam is ahead.",
            "No verdict: the interval holds 1.",
            "Momentum is ahead.",
        ),
        right=1,
        because="Momentum's best rate lay between two rates of the coarse grid, and "
        "Adam's was by chance close to one of them. The coarse grid measured this luck. A lead of "
        "1.25 would have been seen, with a probability of 0.93. So if Adam is ahead, it is not by "
        "much.",
        truth=on_the_finer_grid,
    ),
    Choice(
        name="rates that fall",
        ask="At a constant rate RMSProp has more than twice Adam's loss. Now each rate falls to 0 "
        "by half a cosine, and both methods are tuned again. What do the twenty pairs say?",
        options=(
            "Adam is ahead, about as far as before.",
            "Adam is ahead, but by less than a quarter.",
            "No verdict: the interval holds 1.",
            "RMSProp is ahead.",
        ),
        right=3,
        because="RMSProp has less than half of Adam's loss. At a constant rate its last steps "
        "are as long as its first ones. With a rate that falls it comes to rest, and its loss "
        "becomes a tenth. Adam's loss stays about the same.",
        truth=with_a_cosine,
    ),
    Choice(
        name="the price of a default",
        ask="Adam's default rate is 0.001. After 500 steps, how many times as large is its loss "
        "at the default as at its best rate?",
        options=(
            "about as large: that is why it is the default",
            "about twice",
            "about ten times",
            "about a hundred times",
        ),
        right=3,
        because="In 500 steps at the rate 0.001 no weight moves by much "
        "more than 0.5. In the best run some weights move by 1.5. With ten times as many steps "
        "the default comes much closer.",
        truth=lambda: nearest((1, 2, 10, 100), cost_of_the_default()),
    ),
    Choice(
        name="a rare word",
        ask="With gradient descent at the rate 0.8 the row of word 1 loses half of its error in "
        "28 steps. Word 16 is 16 times as rare. How many steps does its row need? And with Adam?",
        options=(
            "about 28, and with Adam as many as word 1: all rows are equally hard",
            "about 4 × 28, and with Adam as many as word 1",
            "about 16 × 28, and with Adam as many as word 1",
            "about 16 × 28, and with Adam also 16 times as many as word 1",
        ),
        right=2,
        because="To gradient descent a word that is 16 times as rare is the same row at a rate "
        "that is 16 times as small. Adam divides each gradient by its own size. The factor p(c) "
        "cancels, and all rows keep step.",
        truth=steps_for_a_rare_word,
    ),
)

RECALL = (
    Choice(
        name="the errors of the scores",
        ask="A network ends in a softmax and the cross-entropy. What goes back from the scores, "
        "for one image?",
        options=(
            "−log p of the right class",
            "probability minus target",
            "the square of probability minus target",
        ),
        right=1,
        because="The derivative of the cross-entropy along score k is p − 1 for the right class, "
        "and p for the others.",
    ),
    Choice(
        name="a right gradient under the check",
        ask="You compare a gradient with differences of the loss at a distance ε. Then you take a "
        "tenth of ε. What does a right gradient do?",
        options=(
            "It disagrees as much as before.",
            "It disagrees about ten times less.",
            "It disagrees about a hundred times less.",
        ),
        right=2,
        because="The difference taken on both sides has an error that shrinks with ε². A wrong "
        "gradient stays wrong by the same amount.",
        truth=lambda: nearest((1, 10, 100), slope_error(0.01) / slope_error(0.001)),
    ),
    Choice(
        name="a matched pair",
        ask="What makes a run of Adam and a run of momentum a matched pair?",
        options=(
            "the same rate",
            "the same start and the same mini-batches",
            "the same final loss",
        ),
        right=1,
        because="They share what is luck. Their rates are in different units, and each method "
        "has its own best one.",
    ),
    Choice(
        name="an interval that holds 1",
        ask="The interval of the median ratio of two losses goes from 0.87 to 1.01. What follows?",
        options=(
            "The first method is ahead: most of the interval lies below 1.",
            "The two methods are equally good.",
            "No verdict: this trial cannot tell which of the two is ahead.",
        ),
        right=2,
        because="The true ratio may be 1. That does not prove that it is: the power says how "
        "large a difference the trial would have seen.",
    ),
    Choice(
        name="a best rate at the edge",
        ask="Of ten rates the largest one is the best. What do you do?",
        options=(
            "report it: ten rates are enough",
            "try larger rates",
            "take the second largest, to be safe",
        ),
        right=1,
        because="The true best rate may lie beyond the grid. Stop when it lies inside.",
    ),
    Number(
        name="the loss of a guess",
        ask="A network for ten classes gives each class the same probability. What is its "
        "cross-entropy?",
        right=2.303,
        factor=1.05,
        because="−log(1/10) = ln 10 = 2.303. A network that is worse has learned something wrong.",
        truth=lambda: NETWORK.value(np.zeros(NETWORK.dimension)),
    ),
    Choice(
        name="why rare words are slow",
        ask="Why does gradient descent learn rare words slowly?",
        options=(
            "Their gradients have the word's frequency as a factor.",
            "Their gradients are noisier.",
            "They are harder to predict.",
        ),
        right=0,
        because="In the table of lesson 13 all rows are equally hard and no gradient is noisy. "
        "Only the factor p(c) differs, and Adam's division cancels it.",
    ),
)
