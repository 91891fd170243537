"""The questions of lesson 09: when the rate falls, three plans, Adam's ball, and warm-up."""

from functools import cache

import numpy as np

from adam_course import experiments, optimizers, schedules
from adam_course.descend import descend
from adam_course.problems import DigitsSoftmax
from adam_course.problems.mini_batches import MiniBatches
from adam_course.questions.question import Choice, Number, nearest

DIGITS = DigitsSoftmax(l2=1e-3)


def stored():
    """Return the results of the lesson's trial."""
    return experiments.load("schedules_on_digits")


def excess(optimizer, start, steps, every=10, size=32, replace=False):
    """Return the recorded steps and, for each, the loss above the minimum (…) on the digits."""
    data = MiniBatches(DIGITS, size, replace=replace)
    run = descend(data, optimizer, start, steps, every=every, progress=False)
    return run, run.losses - stored()["minimum"]


def wait_after_the_fall():
    """Return how many steps after the fall the bold run has a quarter of the other's excess."""
    curves = []
    for plan in (0.01, schedules.MultiStep(0.1, (200,), 0.1)):
        run, above = excess(optimizers.Adam(plan), np.zeros((3, 650)), 260)
        curves.append(np.median(above, axis=1))
    lower = (run.t > 200) & (curves[1] < curves[0] / 4)
    return run.t[lower][0] - 200 if lower.any() else np.inf


def three_plans(first=0.001, epochs=100, batches=15):
    """Return where the article's three plans end, from Adam's default rate."""
    plans = (
        schedules.MultiStep(first, (50,), 0.1),
        schedules.StepDecay(first, 10, 0.5),
        schedules.Plateau(np.array([first]), 0.5, patience=10),
    )
    adam = optimizers.Adam(
        lambda t: np.array([[np.ravel(plan((t - 1) // batches + 1))[0]] for plan in plans])
    )
    theta, data = np.zeros((3, 650)), MiniBatches(DIGITS, 128)
    for _ in range(epochs):
        for _ in range(batches):
            theta = adam.step(theta, data.gradient(theta))
        plans[2].observe(DIGITS.value(theta[2:]))
    return DIGITS.value(theta)


@cache
def balls():
    """Return the excess at rate 0.04: of the places with β₁ 0.9 and 0.99, and of an average."""
    exact = optimizers.Momentum(lr=2.0, momentum=0.95, nesterov=True)
    start = np.tile(descend(DIGITS, exact, steps=150, every=150).final, (2, 1))
    adam = optimizers.Adam(0.04, beta1=np.array([[0.9], [0.99]]))
    run, above = excess(adam, start, 600, replace=True)
    late = run.t > 300
    mean = run.thetas[late, 0].mean(axis=0)
    return (*above[late].mean(axis=0), DIGITS.value(mean) - stored()["minimum"])


def shrinks():
    """Return the option that makes the ball at least five times smaller."""
    usual, longer, averaged = balls()
    return 0 if longer < usual / 5 else 1 if averaged < usual / 5 else 2


def medians(*names):
    """Return the median excess of each pair of optimizer and schedule in the stored trial."""
    return [np.median(stored()["excess"][name]) for name in names]


def average(gradients, beta):
    """Return a moving average after bias correction."""
    weights = beta ** np.arange(len(gradients))[::-1]
    return np.tensordot(weights / weights.sum(), gradients, 1)


def first_steps(runs=200, filled=31):
    """Return the mean square of Adam's first step in pure noise: nothing, v, m, both filled."""
    g = np.random.RandomState(0).normal(size=(filled, runs))
    pairs = ((g[-1:], g[-1:]), (g[-1:], g), (g, g[-1:]), (g, g))
    steps = [average(m, 0.9) / np.sqrt(average(v**2, 0.999)) for m, v in pairs]
    return np.array([np.mean(step**2) for step in steps])


def which_to_fill():
    """Return the option that names what makes the first step's harm ten times smaller."""
    nothing, v, m, both = first_steps()
    helps = [v < nothing / 10, m < nothing / 10, both < nothing / 10]
    return helps.index(True)


def share_left(plan, t):
    """Return a schedule's rate in step t as a share of its highest rate."""
    return plan(t) / plan(np.arange(1, 1001)).max()


PREDICT = (
    Choice(
        name="how soon the loss follows the rate",
        ask="Adam starts from zero. Run A has the rate 0.1, and from step 201 on 0.01. Run B has "
        "0.01 all the time. At step 200 A's excess is lower than B's. When will it be "
        "less than a quarter of B's?",
        options=(
            "never: from step 201 on, both have the same rate",
            "after about 200 more steps: a small rate is slow",
            "within about 20 steps",
        ),
        right=2,
        because="A's excess falls at once. More than half of it was trembling: its ball was as "
        "large as its rate, and that part goes in a few steps. The rest is way still to go, and "
        "takes its time.",
        truth=lambda: 1 + (wait_after_the_fall() <= 30),
    ),
    Choice(
        name="three plans from the default rate",
        ask="Each plan starts at Adam's default rate, 0.001, and has 100 epochs. Which one ends "
        "lowest?",
        options=(
            "÷ 10 after 50 epochs",
            "½ every 10 epochs: it falls most often",
            "the plateau: it falls when the loss asks for it",
        ),
        right=2,
        because="At 0.001 the loss falls in every epoch, so the plateau schedule never lowers the "
        "rate. It is a constant rate here, and this run needs all of its way: the others stop "
        "before they arrive.",
        truth=lambda: int(np.argmin(three_plans())),
    ),
    Choice(
        name="a smaller ball at the same rate",
        ask="Adam has been at the minimum, at the constant rate 0.04. Which change makes the "
        "excess at least five times smaller?",
        options=(
            "β₁ = 0.99: m averages over ten times as many gradients, and steps become shorter",
            "taking the average of the run's last places as the result",
            "neither: only a smaller rate can do that",
        ),
        right=1,
        because="The places of the run lie all around the minimum, so their average lies close to "
        "it. With β₁ = 0.99 each step is about a third as long. But ten times as many steps in a "
        "row go about the same way, and the ball stays as large.",
        truth=shrinks,
    ),
    Choice(
        name="schedule or optimizer",
        ask="All rates are tuned. Which of these two ends lower after ten epochs on the digits?",
        options=(
            "Adam at a constant rate",
            "plain gradient descent with a cosine",
            "neither: their medians are within a tenth of each other",
        ),
        right=1,
        because="On this task the schedule matters more than the optimizer. Best is to have both.",
        truth=lambda: (
            2
            if max(pair := medians("Adam, constant", "SGD, cosine")) < 1.1 * min(pair)
            else int(np.argmin(pair))
        ),
    ),
    Choice(
        name="which average to fill",
        ask="The first step of a new Adam at the minimum does harm: the loss jumps. Which average "
        "must be filled beforehand to make the jump at least ten times smaller?",
        options=(
            "v is enough: √v̂ is then the right size",
            "m is enough: the noise is then averaged out",
            "both: neither alone is enough",
        ),
        right=2,
        because="With v alone the step still follows a single gradient, which is all noise. With m "
        "alone the average is divided by a single gradient's size, and where that is tiny by "
        "chance, the step is huge: the worst of the four. With both, noise is averaged out and "
        "measured.",
        truth=which_to_fill,
    ),
)

RECALL = (
    Choice(
        name="why the rate falls at the end",
        ask="Why should the rate fall towards the end of a run with noisy gradients?",
        options=(
            "Close to the minimum the curvature is larger.",
            "The noise keeps the run in a ball, and the ball grows with the rate.",
            "Gradients become smaller, so a large rate does nothing more.",
        ),
        right=1,
        because="A constant rate ends in its noise ball, with Adam as with gradient descent.",
    ),
    Number(
        name="a cosine at half-time",
        ask="A cosine schedule begins at the rate 0.4 and ends at 0. What is its rate when half of "
        "the steps are taken?",
        right=0.2,
        factor=1.05,
        because="α/2 · (1 + cos(π/2)), and cos(π/2) is 0: half of the first rate.",
        truth=lambda: schedules.Cosine(0.4, 1000)(501),
    ),
    Choice(
        name="what a cooldown is",
        ask="A run of 1,000 steps has a cooldown over its last 20 %. What is its rate in step 700?",
        options=("the full rate", "about 30 % of it", "about half of it", "zero"),
        right=0,
        because="Up to step 800 nothing falls. Then the rate goes down in a straight line to zero.",
        truth=lambda: nearest(
            (1, 0.3, 0.5, 1e-9), share_left(schedules.Cooldown(1, 1000, share=0.2), 700)
        ),
    ),
    Choice(
        name="a longer memory and the ball",
        ask="Adam trembles in its noise ball. You raise β₁ from 0.9 to 0.99, at the same constant "
        "rate. What happens?",
        options=(
            "Steps become shorter and the ball shrinks as much.",
            "Steps stay as they are, and the ball shrinks.",
            "Steps become shorter, and the ball stays about as large.",
        ),
        right=2,
        because="More steps in a row go the same way. In the long run a gradient moves a parameter "
        "as far as before.",
        truth=lambda: 2 if 0.5 < balls()[1] / balls()[0] < 2 else 0,
    ),
    Choice(
        name="a schedule on top of a tuned rate",
        ask="You add a cosine to a constant rate that was tuned with care. What now?",
        options=(
            "Tune again, to higher rates.",
            "Tune again, to lower rates.",
            "Keep the rate: it was the best one.",
        ),
        right=0,
        because="A rate that will fall anyway can begin higher. On the digits, Adam's best rate "
        "with a cosine was several times its best constant rate.",
        truth=lambda: nearest(
            (4, 0.25, 1), stored()["rates"]["Adam, cosine"] / stored()["rates"]["Adam, constant"]
        ),
    ),
    Choice(
        name="what warm-up protects",
        ask="At its first step Adam's averages hold one gradient. How long is this step, for a "
        "parameter with the gradient g and the rate α?",
        options=("α · |g|", "a tenth of α", "α, whatever g is"),
        right=2,
        because="m̂ is g and √v̂ is |g|, so every parameter moves by α, along one gradient's noise. "
        "A warm-up makes α tiny while the averages fill.",
        truth=lambda: 2 if np.allclose(np.abs(optimizers.Adam(1.0).step(0.0, 7.0)), 1) else 0,
    ),
    Choice(
        name="half every 10 of what",
        ask="A plan says: half the rate every 10 epochs, of 15 batches each. By mistake the "
        "scheduler is called after every batch. What is left of the rate after 10 epochs?",
        options=("half of it", "about a fifteenth", "about a thirty-thousandth"),
        right=2,
        because="150 calls make 15 halvings: 1 / 2¹⁵, that is 1 / 32,768.",
        truth=lambda: nearest((0.5, 1 / 15, 1 / 30_000), schedules.StepDecay(1, 10, 0.5)(151)),
    ),
)
