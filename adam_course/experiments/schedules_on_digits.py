"""What a schedule buys on the digits, to gradient descent and to Adam, each at its own best rate.

The loss of the linear classifier on the digits, with an L2 penalty of 0.001, above its minimum.
Ten epochs of 29 mini-batches of 64 images, 290 steps, from zero.

Each optimizer may try eleven rates with each schedule, each twice the last, in five runs, and then
rates √2 apart around the best one, in ten runs. The rate with the lowest median is judged in 40
other runs. These see the same mini-batches with every optimizer and schedule: matched pairs. All
is done again with rates 2^¼ apart, to see whether the grid decides a verdict.

Besides: the three schedules of an article, in 100 epochs of 15 mini-batches from Adam's default
rate and from 0.03; and what convex theory says of the schedules above.
"""

import numpy as np

from adam_course import optimizers, schedules
from adam_course.descend import descend
from adam_course.paired import compare
from adam_course.problems import DigitsSoftmax
from adam_course.problems.mini_batches import MiniBatches
from adam_course.tuning import refine, tune

#: Rounding moves the losses at constant, bold rates.
TOLERANCE = 0.02
STEPS, EPOCH, COARSE, FINE, JUDGED = 290, 29, 5, 10, 40
#: A difference that matters: one loss is a quarter higher.
SIZE = 1.25
DIGITS = DigitsSoftmax(l2=1e-3)
FIRST = {"SGD": 0.1, "Adam": 0.001}  # of the eleven rates
MAKERS = {"SGD": optimizers.GradientDescent, "Adam": optimizers.Adam}
PLANS = {
    "constant": schedules.Constant(1),
    "1/√t": schedules.InverseSquareRoot(1),
    "÷ 10 after 7 epochs": schedules.MultiStep(1, (7 * EPOCH,)),
    "cooldown": schedules.Cooldown(1, STEPS, share=0.2),
    "cosine": schedules.Cosine(1, STEPS),
    "linear": schedules.Cooldown(1, STEPS, share=1),
    "warm-up, cosine": schedules.Warmup(EPOCH, schedules.Cosine(1, STEPS - EPOCH)),
}
#: What is compared: ours against theirs; the cosine with itself, for the table.
TRIALS = {
    **{f"{who}: {plan}": (f"{who}, {plan}", f"{who}, cosine") for who in MAKERS for plan in PLANS},
    "SGD, cosine: Adam, constant": ("SGD, cosine", "Adam, constant"),
    "SGD, cosine: Adam, cosine": ("SGD, cosine", "Adam, cosine"),
}


def lowest():
    """Return the minimum of the loss."""
    exact = optimizers.Momentum(lr=2.0, momentum=0.95, nesterov=True)
    return descend(DIGITS, exact, steps=400, every=400).losses[-1]


def batches(seed):
    """Return the mini-batches of the tuning runs (0) or of those that are judged (1)."""
    return MiniBatches(DIGITS, 64, seed=seed)


def judged(optimizer, rate):
    """Return the last losses of the runs at a rate."""
    starts = np.zeros((JUDGED, DIGITS.dimension))
    return tune(batches(1), optimizer, [rate], starts, STEPS).score


def verdicts(ends):
    """Return the comparisons, a list with an entry for each of `TRIALS`, by what they say."""
    found = [compare(ends[ours], ends[theirs]) for ours, theirs in TRIALS.values()]
    return {
        "trial": list(TRIALS),
        "ratio": [one.ratio for one in found],
        "low": [one.interval[0] for one in found],
        "high": [one.interval[1] for one in found],
        "power": [one.power(SIZE) for one in found],
        "ahead": [{True: "ours", False: "theirs", None: "neither"}[one.ahead] for one in found],
    }


def bound(plan):
    """Return a bound on the excess of the last place of gradient descent, at the best rate.

    For convex functions whose gradients are at most 1 long, from a start 1 away, times √STEPS;
    by the identity of Defazio et al. 2023 and of Schaipp et al. 2025.
    """
    rates = plan(np.arange(1, STEPS + 1))
    left = np.cumsum(rates[::-1])[::-1]
    squares = np.cumsum(rates[::-1] ** 2)[::-1]
    last = np.sum(rates[:-1] / left[1:] / left[:-1] * squares[:-1])
    return np.sqrt(STEPS * (squares[0] / left[0] + last) / left[0])


def bounds():
    """Return the bounds of some schedules as multiples of that of linear decay."""
    names = ("cosine", "cooldown", "÷ 10 after 7 epochs", "1/√t", "constant")
    return {name: bound(PLANS[name]) / bound(PLANS["linear"]) for name in names}


def article(minimum):
    """Return what the article's three schedules do: their rates as shares, and where they end."""
    first, epochs, batches, found = np.array([[0.001], [0.03]]), 100, 15, {}
    plans = {
        "÷ 10 after 50 epochs": schedules.MultiStep(first, (50,), 0.1),
        "½ every 10 epochs": schedules.StepDecay(first, 10, 0.5),
        "plateau": schedules.Plateau(first, 0.5, patience=10, minimum=1e-6),
    }
    for name, plan in plans.items():
        adam = optimizers.Adam(lambda t, plan=plan: plan((t - 1) // batches + 1))
        theta, data, rates = np.zeros((2, DIGITS.dimension)), MiniBatches(DIGITS, 128), []
        for epoch in range(1, epochs + 1):
            rates.append(plan(epoch)[:, 0])
            for _ in range(batches):
                theta = adam.step(theta, data.gradient(theta))
            if hasattr(plan, "observe"):
                plan.observe(DIGITS.value(theta))
        shares, ends = (np.array(rates) / first[:, 0]).T, DIGITS.value(theta) - minimum
        found[name] = {
            f"share from {f}": share for f, share in zip(first[:, 0], shares, strict=True)
        }
        found[name] |= {f"excess from {f}": end for f, end in zip(first[:, 0], ends, strict=True)}
    return found


def compute():
    """Return the minimum, what each of the coarse rates gave, and the runs that are judged."""
    minimum, starts = lowest(), np.zeros((FINE, DIGITS.dimension))
    results = {"minimum": minimum, "plans": list(PLANS), "grids": {}, "tuning": {}}
    ends, rates = {2**0.5: {}, 2**0.25: {}}, {2**0.5: {}, 2**0.25: {}}
    for who, make in MAKERS.items():
        grid = FIRST[who] * 2.0 ** np.arange(11)
        results["grids"][who] = grid
        for plan, schedule in PLANS.items():
            optimizer = make(schedule)
            coarse = tune(batches(0), optimizer, grid, starts[:COARSE], STEPS)
            results["tuning"][f"{who}, {plan}"] = np.median(coarse.scores, axis=1) - minimum
            for factor, width in ((2**0.5, 2), (2**0.25, 4)):
                fine = refine(
                    *(batches(0), optimizer, [coarse.rate], starts, STEPS),
                    **{"factor": factor, "width": width},
                )
                rates[factor][f"{who}, {plan}"] = fine.rate
                ends[factor][f"{who}, {plan}"] = judged(optimizer, fine.rate) - minimum
    results["rates"] = rates[2**0.5]
    results["excess"] = ends[2**0.5]
    results["verdicts"] = verdicts(ends[2**0.5])
    results |= {"article": article(minimum), "bounds": bounds()}
    results["on half the step"] = {"rates": rates[2**0.25], **verdicts(ends[2**0.25])}
    return results
