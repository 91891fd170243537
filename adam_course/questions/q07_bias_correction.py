"""The questions of lesson 07: two averages that start at 0, and steps without a correction."""

import numpy as np

from adam_course.descend import descend
from adam_course.optimizers import Adam
from adam_course.problems import DigitsSoftmax
from adam_course.problems.mini_batches import MiniBatches
from adam_course.questions.question import Choice, Number, nearest

DIGITS = DigitsSoftmax(images=1792)


def undone(t, beta1=0.9, beta2=0.999):
    """Return the factor on Adam's rate that takes its bias correction back."""
    return (1 - beta1**t) / np.sqrt(1 - beta2**t)


def steps(optimizer, gradients):
    """Return how far each of these gradients moves one parameter, downhill counted as positive."""
    theta, path = np.zeros(1), [0.0]
    for g in gradients:
        theta = optimizer.step(theta, np.array([float(g)]))
        path.append(theta[0])
    return -np.diff(path)


def first_step(beta2=0.999):
    """Return the first step without the correction, in units of α."""
    return steps(Adam(lambda t: undone(t, beta2=beta2), beta2=beta2), [1])[0]


def after_silence():
    """Return Adam's steps after 20,000 gradients of 0, in units of α."""
    return steps(Adam(lr=1.0), np.repeat([0, 1], [20_000, 40]))[20_000:]


def losses(schedule, epochs=25, runs=4):
    """Return the median loss of a few runs on the digits, at the better one of two rates."""
    rates = np.array([0.04, 0.2])[:, None, None]
    optimizer = Adam(lambda t: rates * schedule(t))
    batches = MiniBatches(DIGITS, 64)
    run = descend(
        batches,
        optimizer,
        np.zeros((2, runs, DIGITS.dimension)),
        28 * epochs,
        every=28 * epochs,
        progress=False,
    )
    return np.median(run.losses[-1], axis=-1).min()


def in_average(beta, t):
    """Return which share of a gradient that is always 1 an uncorrected average shows."""
    average = 0.0
    for _ in range(t):
        average = beta * average + (1 - beta)
    return average


PREDICT = (
    Choice(
        name="step 4 left out",
        ask="Two runs have the same rate, the default betas and the same mini-batches. One of them "
        "leaves out step 4. After one step m is 0.1 g and v is 0.001 g². How long is its first "
        "step, compared with Adam's?",
        options=(
            "a tenth as long: m is ten times too small",
            "equally long: both averages are too small, and that cancels",
            "about three times as long",
            "about a hundred times as long: v is a thousand times too small, m ten times",
        ),
        right=2,
        because="v stands under a root: √0.001 is about 0.0316. So the step is α · 0.1 / 0.0316, "
        "which is 3.16 α. Adam's own first step is α long, because step 4 turns m into g and v "
        "into g².",
        truth=lambda: nearest((0.1, 1, 3, 100), first_step()),
    ),
    Choice(
        name="the longest step without step 4",
        ask="Every gradient is 1, and there is no correction. The first step is 3.162 α. Both "
        "averages now fill up. Which step is the longest?",
        options=(
            "the first: from then on both averages come closer to 1",
            "about the tenth",
            "about the hundredth",
            "about the thousandth",
        ),
        right=1,
        because="The twelfth. m fills up much faster than v. After 12 steps m shows 72 % of the "
        "gradient, and v only 1 % of its square. So the steps become twice as long before they "
        "become shorter.",
        truth=lambda: nearest((1, 10, 100, 1000), np.argmax(undone(np.arange(1, 5001))) + 1),
    ),
    Choice(
        name="after a silence",
        ask="Adam, with step 4 and the default betas, has seen 20,000 gradients of 0. Then the "
        "gradient is 1 in every step. How long is the longest of these steps?",
        options=(
            "α: step 4 corrects both averages",
            "3.162 α, the second of the two bounds",
            "6.569 α, as if step 4 were left out",
            "far longer: v was 0 for 20,000 steps",
        ),
        right=2,
        because="m and v have seen nothing but zeros, so they start at 0 once more. But t is "
        "large now, and step 4 divides by 1. So these steps are those of a run without correction: "
        "3.162 α at first, and 6.569 α at the twelfth. The bound holds for one gradient after a "
        "silence, and not for several.",
        truth=lambda: nearest((1, 3.162, 6.569, 100), after_silence().max()),
    ),
    Choice(
        name="after 25 epochs",
        ask="Each method now has its own best rate, which stays constant, and β₂ is 0.999. In the "
        "40 pairs, whose loss is lower after 25 epochs?",
        options=(
            "Adam's: in most pairs less than half of the other one",
            "Neither's: the correction has faded, and the losses are about equal",
            "The run's without step 4: in most pairs less than half of Adam's",
        ),
        right=2,
        because="Its rate is in effect several times too large at first, "
        "and comes down during the run. With a constant α, this is a schedule that Adam does not "
        "have.",
        truth=lambda: nearest((2, 1, 0.4), losses(undone) / losses(np.ones_like)),
    ),
    Choice(
        name="the reverse order",
        ask="Adam gets the 700 factors by which the rate was too large without step 4. It gets "
        "them in reverse order: the smallest ones first, the largest ones at the end. Its α is "
        "tuned anew. What happens to its lead over Adam at a constant rate?",
        options=(
            "It stays: the same factors are used.",
            "It is gone, but no harm is done: the losses are about equal.",
            "It turns round: the loss is higher than at a constant rate.",
        ),
        right=2,
        because="So what helped was not a larger rate, but a rate that falls: long "
        "steps while the goal is far, short ones at the end. A rate that rises does the opposite.",
        truth=lambda: nearest(
            (0.4, 1, 2),
            losses(lambda t: undone(701 - np.asarray(t))) / losses(np.ones_like),
        ),
    ),
)

RECALL = (
    Choice(
        name="why 1 − β₁ᵗ",
        ask="Step 4 divides m by 1 − β₁ᵗ. What is this number?",
        options=(
            "the weight of the newest gradient in m",
            "the sum of the weights of all gradients in m",
            "the share of m that is noise",
        ),
        right=1,
        because="The weights of the t gradients add up to 1 − β₁ᵗ. The rest, β₁ᵗ, is the weight of "
        "the 0 that m started from.",
        truth=lambda: 1 if np.isclose(in_average(0.9, 7), 1 - 0.9**7) else 0,
    ),
    Choice(
        name="what a bias is",
        ask="An estimate has a bias. What does that mean?",
        options=(
            "It scatters widely around the right value.",
            "On average over all draws it is off the right value.",
            "It rests on too few samples.",
        ),
        right=1,
        because="A bias is an error of the mean. An estimate can scatter widely and have no bias: "
        "so does v̂ in the first step, which is a single square.",
    ),
    Number(
        name="the first step without a correction",
        ask="Adam without bias correction has β₁ = 0.9 and β₂ = 0.9999. How long is its first step "
        "in units of α?",
        right=10,
        unit="α",
        factor=1.02,
        because="(1 − β₁) / √(1 − β₂) = 0.1 / 0.01.",
        truth=lambda: first_step(0.9999),
    ),
    Choice(
        name="how long the correction lasts",
        ask="β₁ = 0.9 and β₂ = 0.999. For how many steps does bias correction change a step by "
        "more than 1 %?",
        options=("about 10", "about 100", "about 1,000", "about 4,000"),
        right=3,
        because="v fills up slowly: its memory is 1,000 steps, and it takes four of them until the "
        "step is right to 1 %.",
        truth=lambda: nearest(
            (10, 100, 1000, 4000), np.sum(np.abs(1 / undone(np.arange(1, 9000)) - 1) > 0.01)
        ),
    ),
    Choice(
        name="half a correction",
        ask="With the default betas, somebody corrects m and forgets v. How long is Adam's first "
        "step?",
        options=("0.1 α", "α", "3.2 α", "32 α"),
        right=3,
        because="m̂ is g, and √v is √0.001 |g|, about 0.032 |g|. Without any correction the step "
        "would be 3.2 α: there the two errors work against each other.",
        truth=lambda: nearest((0.1, 1, 3.2, 32), 1 / np.sqrt(1 - 0.999)),
    ),
    Choice(
        name="a rare gradient comes back",
        ask="After thousands of gradients of 0, large ones come in a row. Does bias correction "
        "keep Adam's steps at α?",
        options=(
            "Yes: it corrects v whenever v is small.",
            "No: it depends on t alone, and t is large by then.",
            "Yes, but only for the first of these gradients.",
        ),
        right=1,
        because="m and v are 0 again, as at the start, but the factors 1 − βᵗ are 1 by then. The "
        "twelfth step is 6.6 α long.",
        truth=lambda: 1 if after_silence().max() > 6 else 0,
    ),
    Choice(
        name="what leaving it out amounts to",
        ask="Adam without bias correction takes the same path as Adam with …",
        options=(
            "another β₂",
            "a larger ε",
            "a rate that is multiplied by a factor of t alone",
        ),
        right=2,
        because="Both corrections together are one factor on the rate, √(1 − β₂ᵗ) / (1 − β₁ᵗ). It "
        "depends on t alone, so it is a schedule.",
    ),
)
