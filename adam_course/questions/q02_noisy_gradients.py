"""The questions of lesson 02: how noisy a mini-batch is, the noise ball, and what noise buys."""

import numpy as np

from adam_course.descend import descend
from adam_course.optimizers import GradientDescent
from adam_course.problems import MiniBatches, Regression
from adam_course.questions.question import Choice, Number, nearest

LINE = Regression()
BEST = LINE.minimizers[0]


def above(batches, rates, steps, start=(0.0, 0.0), runs=50):
    """Return the mean loss above the minimum after each step of SGD, (steps + 1, rates)."""
    method = GradientDescent(np.repeat(rates, runs)[:, None])
    run = descend(batches, method, start, steps=steps, progress=False)
    return (run.losses - LINE.minimum).reshape(steps + 1, -1, runs).mean(axis=2)


def after_looks(size):
    """Return the mean loss above the minimum after 300 looks at points, so many a step."""
    return above(MiniBatches(LINE, size), [0.03], 300 // size)[-1, 0]


def excess(rate, size, steps=1000):
    """Return the mean loss above the minimum in the noise ball."""
    batches = MiniBatches(LINE, size, replace=True)
    return above(batches, [rate], steps, BEST)[steps // 2 :].mean()


def noise(size, theta=(0.0, 0.0), draws=5000):
    """Return the standard deviation of the gradients of batches drawn with repeats: for w, b."""
    rows = np.random.default_rng(0).integers(0, LINE.points, (draws, size))
    return LINE.gradient(np.tile(theta, (draws, 1)), rows).std(axis=0)


def best_size(epochs, sizes=(1, 10, 100)):
    """Return the batch size with the lowest loss after some epochs, each at its best rate."""
    rates = np.geomspace(0.0005, 0.11, 60)
    ends = [above(MiniBatches(LINE, n), rates, epochs * 100 // n, runs=5)[-1] for n in sizes]
    return sizes[int(np.argmin([np.nanmin(end) for end in ends]))]


PREDICT = (
    Choice(
        name="three hundred looks",
        ask="Each run may look at points 300 times, at the rate 0.03. Which one ends with the "
        "lowest loss, on average over many runs?",
        options=(
            "3 steps, each over all 100 points",
            "30 steps, each over ten points",
            "300 steps, each over a single point",
        ),
        right=1,
        because="The 3 exact steps are too few: that run is still on its way. Steps over ten "
        "points go nearly as straight, and there are ten times as many. The run over single points "
        "arrives first, but each point pulls it to another line, so it cannot stand still.",
        truth=lambda: int(np.argmin([after_looks(size) for size in (100, 10, 1)])),
    ),
    Choice(
        name="the noise for b",
        ask="At the start, w and b are both 0, and the noise of the gradient for b is 3.7, "
        "measured over 5,000 batches of ten. Now we set w to its best value and leave b at 0. "
        "What happens to the noise for b?",
        options=(
            "It stays as it is: w has a gradient of its own.",
            "It grows: b alone is wrong now.",
            "It falls to less than a third.",
        ),
        right=2,
        because="It even falls to less than a fifth, from 3.7 to 0.57. At the start the line is "
        "too low on the right and too high on the left, because w is wrong. So a batch with more "
        "points on the right says “raise b”, and one with more on the left says “lower b”. With "
        "the right w, only the scatter of the points is left. The noise is no constant: it depends "
        "on the place.",
        truth=lambda: 2 if 3 * noise(10, (BEST[0], 0.0))[1] < noise(10)[1] else 0,
    ),
    Choice(
        name="a hundred times as many points",
        ask="You look at a batch of 100 points, drawn independently, instead of a single point. "
        "How much smaller is the noise of the gradient?",
        options=("about 3 times", "10 times", "50 times", "100 times"),
        right=1,
        because="Errors of independent draws cancel only in part: a hundred of them add up to ten "
        "times a single one, and the mean divides this by a hundred.",
        truth=lambda: nearest((3, 10, 50, 100), noise(1)[0] / noise(100)[0]),
    ),
    Choice(
        name="a tenth of the rate",
        ask="Two runs start at the minimum and take steps over single points, one at the rate "
        "0.02, the other at 0.002. They wander around the minimum. How many times as large is the "
        "excess at the larger rate?",
        options=(
            "equally large: the noise is the same",
            "ten to twenty times",
            "about a hundred times: ten times as far, and the loss is a square",
        ),
        right=1,
        because="Each step is ten times as long at the larger rate, so its square is a hundred "
        "times as large. But the larger rate also pulls the run back ten times as strongly. That "
        "leaves a factor of ten. Two smaller things make it about fourteen: on squared "
        "distances the pull is a little less than ten times as strong, and in a larger ball "
        "there is more noise.",
        truth=lambda: nearest((1, 10, 100), excess(0.02, 1) / excess(0.002, 1)),
    ),
    Choice(
        name="the best batch size",
        ask="Batches of 1, of 10 or of all 100 points, each at the best of 60 rates. Which batch "
        "size has the lowest loss after one epoch, and which one after twenty?",
        options=(
            "100 both times: its gradient is exact",
            "100 after one epoch, 1 after twenty",
            "1 both times: it takes most steps",
            "1 after one epoch, 100 after twenty",
        ),
        right=3,
        because="Far from the minimum a rough direction is good enough, so many steps win: single "
        "points. Near it the noise is all that is left, and the exact gradient wins.",
        truth=lambda: {(100, 100): 0, (100, 1): 1, (1, 1): 2, (1, 100): 3}[
            best_size(1), best_size(20)
        ],
    ),
)

RECALL = (
    Choice(
        name="the noise of a batch",
        ask="The gradient of a single example has the standard deviation σ. What is the standard "
        "deviation of the mean over B independent examples?",
        options=("σ", "σ / √B", "σ / B", "σ / B²"),
        right=1,
        because="The errors cancel only in part. Variances add, and σ² / B is the variance "
        "of the mean.",
        truth=lambda: nearest((1, 16**-0.5, 1 / 16, 1 / 256), noise(16)[0] / noise(1)[0]),
    ),
    Number(
        name="half the noise",
        ask="How many times as large must a batch be for half the noise in its gradient?",
        right=4,
        factor=1.2,
        because="The noise falls with the root of the batch size, and √4 = 2.",
        truth=lambda: 4 * (noise(1)[0] / noise(4)[0] / 2) ** 2,
    ),
    Choice(
        name="the same noise ball",
        ask="SGD wanders around a minimum at the rate 0.01 with batches of 4. Which change leaves "
        "its noise ball as large as it is?",
        options=(
            "half the rate, twice the batch",
            "twice the rate, twice the batch",
            "twice the rate, four times the batch",
        ),
        right=1,
        because="While the rate is small, the quotient rate / batch size decides, so both may "
        "double.",
        truth=lambda: nearest(
            (excess(0.005, 8), excess(0.02, 8), excess(0.02, 16)), excess(0.01, 4)
        ),
    ),
    Choice(
        name="the loss stops falling",
        ask="SGD runs at a constant rate, and its loss has stopped falling. It trembles far above "
        "the lowest loss. What brings it down?",
        options=("a smaller rate", "a larger rate", "more steps at the same rate"),
        right=0,
        because="The run is in its noise ball. The ball shrinks with the rate; more steps at the "
        "same rate leave it as it is.",
        truth=lambda: int(
            np.argmin([excess(0.002, 1), excess(0.02, 1), excess(0.01, 1, steps=2000)])
        ),
    ),
    Number(
        name="steps in an epoch",
        ask="How many steps has an epoch over 1,000 examples in batches of 50?",
        right=20,
        factor=1.01,
        because="One pass over all examples: 1,000 / 50 batches, and one step for each.",
        truth=lambda: len(range(0, 1000, 50)),
    ),
    Choice(
        name="right on average",
        ask="What is true of the gradient of a mini-batch, drawn at random?",
        options=(
            "It is the exact gradient, only shorter.",
            "Its sign is always that of the exact gradient.",
            "It is right on average over many batches.",
        ),
        right=2,
        because="The mean over many batches is the exact gradient. A single batch can even have "
        "another sign.",
    ),
    Choice(
        name="a larger batch and the limit",
        ask="A run diverges, because its rate is beyond the limit of lesson 01. Does a ten times "
        "larger batch help?",
        options=(
            "Yes: the noise falls.",
            "Yes: ten times the batch, ten times the limit.",
            "No: the exact gradient would diverge too.",
        ),
        right=2,
        because="The limit comes from the curvature. No batch can move it beyond that of the "
        "exact gradient, which "
        "has no noise and diverges all the same.",
        truth=lambda: 2 if above(MiniBatches(LINE, 100), [0.16], 10)[-1, 0] > 1e4 else 0,
    ),
)
