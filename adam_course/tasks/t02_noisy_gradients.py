"""The tasks of exercise 02: a mini-batch's gradient, the loop over epochs, noise and its cure."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.shared import path_slips
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "02_noisy_gradients"
RULE = "The rule"
LOOP = "The loop, from scratch"
NOISE = "How noisy is it?"
BALL = "The noise ball"
FALL = "Letting the rate fall"
PITFALLS = "What people get wrong"


def points(rng, count):
    """Return x and y of points near a line."""
    x = np.round(rng.uniform(-3, 3, size=count), 2)
    return x, np.round(2 * x + 1 + rng.normal(size=count), 2)


# To begin: the steps of an epoch


def steps_in_epoch(count, size):
    """Return how many steps an epoch over so many points has, in batches of a size."""
    return np.ceil(count / size)


STEPS_IN_EPOCH = Task(
    name="steps-in-epoch",
    function="steps_in_epoch",
    title="Count the steps of an epoch",
    lesson=LESSON,
    section=LOOP,
    points=1,
    right="Every point has its turn once, and a rest that fills no batch makes a step too.",
    returns=("steps",),
    cases=lambda rng: [
        {"count": 100, "size": 10},
        {"count": 7, "size": 3},
        {"count": 5, "size": 8},
        *(
            {"count": int(rng.integers(20, 90)) * size + rest, "size": size}
            for size, rest in ((7, 1), (9, 2), (11, 8), (13, 11), (16, 0), (12, 0))
        ),
    ],
    reference=steps_in_epoch,
    misconceptions=(
        Misconception(
            "an epoch that drops its last, smaller batch",
            edited(steps_in_epoch, "np.ceil → np.floor"),
            "Seven points in batches of three: 3, 3, and one point is left. It makes a step too.",
        ),
        Misconception(
            "an epoch with a part of a step",
            edited(steps_in_epoch, "np.ceil → "),
            "Two and a third steps are not possible: what does the rest of the points do?",
        ),
        Misconception(
            "an epoch that rounds its last batch",
            edited(steps_in_epoch, "np.ceil → np.round"),
            "A rest makes a step however small it is.",
        ),
        Misconception(
            "an epoch with one step too many where all batches are full",
            edited(steps_in_epoch, "np.ceil(count / size) → count // size + 1"),
            "A hundred points in batches of ten leave no rest.",
        ),
        Misconception(
            "a step for each single point",
            edited(steps_in_epoch, "np.ceil(count / size) → count"),
            "A step is taken for a whole batch.",
        ),
    ),
)


# Implement: the gradient of a mini-batch


def batch_gradient(theta, x, y, rows):
    """Return the gradient of the mean squared error of w x + b over some of the points."""
    w, b = theta
    xs, ys = x[rows], y[rows]
    error = w * xs + b - ys
    by_w = 2 * np.mean(error * xs)
    by_b = 2 * np.mean(error)
    return np.array([by_w, by_b])


SUMMED = edited(
    batch_gradient, "np.mean(error * xs) → np.sum(error * xs)", "np.mean(error) → np.sum(error)"
)


def gradient_cases(rng):
    """Return batches of some, all and single points, and one that holds a point twice."""
    cases = []
    for count, size in ((6, 3), (9, 4), (5, 5), (7, 1)):
        x, y = points(rng, count)
        rows = rng.permutation(count)[:size]
        cases.append({"theta": np.round(rng.normal(size=2), 2), "x": x, "y": y, "rows": rows})
    x, y = points(rng, 8)
    twice = np.array([6, 2, 6, 7])
    return [*cases, {"theta": np.round(rng.normal(size=2), 2), "x": x, "y": y, "rows": twice}]


BATCH_GRADIENT = Task(
    name="batch-gradient",
    function="batch_gradient",
    title="The gradient of a mini-batch",
    lesson=LESSON,
    section=RULE,
    points=2,
    right="The points that were drawn, and no others, speak for all: each error counts with the x "
    "of its own point, and a mean is taken.",
    returns=("gradient",),
    cases=gradient_cases,
    reference=batch_gradient,
    misconceptions=(
        Misconception(
            "the gradient over all points",
            edited(batch_gradient, "x[rows], y[rows] → x, y"),
            "`x[rows]` and `y[rows]` are the points that were drawn. Use these and no others.",
        ),
        Misconception(
            "the gradient over the first points, not the ones drawn",
            edited(batch_gradient, "x[rows], y[rows] → x[: len(rows)], y[: len(rows)]"),
            "`rows` holds the numbers of the points, not only how many there are: `x[rows]`.",
        ),
        Misconception(
            "the gradient over each point once",
            edited(batch_gradient, "theta\n → theta\n    rows = np.unique(rows)\n"),
            "A point that was drawn twice counts twice.",
        ),
        Misconception(
            "a sum over the batch, not a mean",
            SUMMED,
            "A sum grows with the batch. A batch of one point, and one that holds the same point "
            "twice, should have the same gradient. What do yours give?",
            PITFALLS,
        ),
        Misconception(
            "a sum over the batch divided by the number of all points",
            edited(
                batch_gradient,
                "np.mean(error * xs) → np.sum(error * xs) / len(x)",
                "np.mean(error) → np.sum(error) / len(x)",
            ),
            "The batch speaks for all points, so its own mean is what is asked: divide by how many "
            "are in it.",
        ),
        Misconception(
            "half the gradient",
            edited(batch_gradient, "by_w = 2 * → by_w =", "by_b = 2 * → by_b ="),
            "The derivative of a square has a factor of 2. Some define the loss with a half in "
            "front of it, and the lesson does not.",
        ),
        Misconception(
            "a gradient that points downhill",
            edited(batch_gradient, "w * xs + b - ys → ys - (w * xs + b)"),
            "The gradient points uphill, and the step turns it round: error = w x + b − y.",
        ),
        Misconception(
            "a gradient with both parts alike",
            edited(batch_gradient, "error * xs → error"),
            "By the chain rule, each error counts for w with the x of its own point.",
        ),
        Misconception(
            "a gradient with its parts in the wrong order",
            edited(batch_gradient, "by_w, by_b → by_b, by_w"),
            "theta holds w first and b second, and so does the gradient.",
        ),
        Misconception(
            "a gradient with a product of means",
            edited(batch_gradient, "np.mean(error * xs) → np.mean(error) * np.mean(xs)"),
            "Multiply each error by its own x first, and take the mean of the products.",
        ),
        Misconception(
            "a gradient without the intercept",
            edited(batch_gradient, "xs + b - ys → xs - ys"),
            "The line predicts w x + b: what became of b?",
        ),
        Misconception(
            "the loss of the batch, not its gradient",
            edited(batch_gradient, "np.array([by_w, by_b]) → np.mean(error**2)"),
            "The gradient has two parts: the derivative of the loss by w and by b.",
        ),
    ),
)


# Implement: epochs of mini-batches


def sgd(theta, x, y, lr, size, orders):
    """Return the path of SGD, one point for each step and the start."""
    path = [theta]
    for order in orders:
        for first in range(0, len(order), size):
            rows = order[first : first + size]
            theta = theta - lr * batch_gradient(theta, x, y, rows)
            path.append(theta)
    return np.array(path)


def epoch_cases(rng):
    """Return one epoch and several, with sizes that divide the number of points or do not."""
    cases = []
    for count, size, times in ((4, 2, 1), (7, 3, 2), (10, 4, 3), (6, 6, 2), (5, 1, 2)):
        x, y = points(rng, count)
        orders = np.array([rng.permutation(count) for _ in range(times)])
        theta = np.round(rng.normal(size=2), 2)
        cases.append({"theta": theta, "x": x, "y": y, "lr": 0.05, "size": size, "orders": orders})
    cases[2]["lr"] = 0.1
    return cases


EPOCH_LOOP = Task(
    name="epoch-loop",
    function="sgd",
    title="The loop over epochs and mini-batches",
    lesson=LESSON,
    section=LOOP,
    points=2,
    right="Every epoch sees each point once, in its own order, with one step a batch, the last and "
    "smaller batch included.",
    returns=("path",),
    cases=epoch_cases,
    reference=sgd,
    misconceptions=(
        Misconception(
            "a loop that drops the last, smaller batch",
            edited(sgd, "len(order), size → len(order) - size + 1, size"),
            "Seven points in batches of three are three batches: 3, 3 and 1. `range(0, n, size)` "
            "and a slice do it, for a slice may end beyond the end.",
        ),
        Misconception(
            "a loop without shuffling",
            edited(sgd, "order[first : first + size] → slice(first, first + size)"),
            "Each row of `orders` is a shuffled order of the points: cut that order into batches.",
            PITFALLS,
        ),
        Misconception(
            "a loop with the same order in every epoch",
            edited(sgd, "order[first → orders[0][first"),
            "Every epoch has an order of its own: `for order in orders`.",
        ),
        Misconception(
            "a loop over the first epoch only",
            edited(sgd, "return np.array(path) →     return np.array(path)"),
            "There are as many epochs as `orders` has rows. Is the `return` inside the loop?",
        ),
        Misconception(
            "one step an epoch, over all points",
            edited(sgd, "in orders:\n → in orders:\n        size = len(order)\n"),
            "An epoch has many steps, one for each batch: the step belongs into the inner loop.",
        ),
        Misconception(
            "a step for each single point",
            edited(
                sgd, "range(0, len(order), size) → range(len(order))", "first + size → first + 1"
            ),
            "A batch holds `size` points: take that many of the order at a time.",
        ),
        Misconception(
            "a loop whose batches overlap",
            edited(sgd, "range(0, len(order), size) → range(len(order) - size + 1)"),
            "The next batch begins where the last one ended: go on by `size`, not by one.",
        ),
        Misconception(
            "a loop that takes the gradients where the epoch began",
            edited(
                sgd,
                "in orders:\n → in orders:\n        begin = theta\n",
                "batch_gradient(theta → batch_gradient(begin",
            ),
            "Each batch asks at the point where you are by then: take the gradient at the newest "
            "theta.",
        ),
        Misconception(
            "a loop with sums instead of means",
            edited(sgd, batch_gradient=SUMMED),
            "The gradient of a batch is a mean over its points.",
            PITFALLS,
        ),
        Misconception(
            "a way uphill",
            edited(sgd, "theta - lr → theta + lr"),
            "Descent subtracts lr times the gradient.",
        ),
        Misconception(
            "a path with one point an epoch",
            edited(sgd, "    path.append(theta) → path.append(theta)"),
            "Record theta after every step, inside the inner loop.",
        ),
        *path_slips(sgd),
    ),
    builds_on=("batch-gradient",),
)


# Predict: how large a batch for how little noise


def batch_for(noise, size, target):
    """Return the batch size that brings the gradient's noise from noise to target."""
    return size * (noise / target) ** 2


BATCH = "size * (noise / target) ** 2"


BATCH_FOR_NOISE = Task(
    name="batch-for-noise",
    function="batch_for",
    title="Predict how large a batch has to be",
    lesson=LESSON,
    section=NOISE,
    points=1,
    right="The noise of a mean falls with the root of the batch, so the batch grows with the "
    "square of what you ask for.",
    returns=("size",),
    cases=lambda rng: [
        {"noise": noise, "size": size, "target": noise / factor}
        for noise, size, factor in (
            (6.0, 10, 2),
            (0.5, 1, 10),
            # The batches that are asked for end in .75 and .25.
            (float(np.round(rng.uniform(1, 9), 1)), int(rng.choice([3, 7])), 2.5),
            (float(np.round(rng.uniform(1, 9), 1)), int(rng.choice([5, 9])), 1.5),
            (float(np.round(rng.uniform(20, 90), 1)), 32, float(np.round(rng.uniform(3, 9), 1))),
        )
    ],
    reference=batch_for,
    misconceptions=(
        Misconception(
            "a batch that grows as the noise falls",
            edited(batch_for, " ** 2 →"),
            "The errors of the points cancel only in part: twice the batch does not halve them. "
            "How does the noise of a mean of B points depend on B?",
        ),
        Misconception(
            "a batch that grows with the root",
            edited(batch_for, "** 2 → ** 0.5"),
            "The noise falls with the root of the batch. So the batch has to grow with … what?",
        ),
        Misconception(
            "a smaller batch for less noise",
            edited(batch_for, "noise / target → target / noise"),
            "The square is right, the direction is not: less noise needs more points.",
        ),
        Misconception(
            "how many times as large, not how large",
            edited(batch_for, "size * ( → ("),
            "That is how many times as large. Four times as large as batches of 10 is 40.",
        ),
        *(
            Misconception(
                f"a batch rounded {how}",
                edited(batch_for, f"{BATCH} → {function}({BATCH})"),
                "Do not round, though nobody can draw three quarters of a point.",
            )
            for how, function in (
                ("up to a whole number", "np.ceil"),
                ("to the nearest whole number", "np.round"),
                ("down to a whole number", "np.floor"),
            )
        ),
    ),
    show_target=False,
    rtol=1e-3,
)


# Predict: the size of the noise ball


def new_excess(excess, lr, size, new_lr, new_size):
    """Return the loss above the minimum at another rate and batch size, both rates small."""
    return excess * (new_lr / lr) * (size / new_size)


NOISE_BALL = Task(
    name="noise-ball",
    function="new_excess",
    title="Predict the size of the noise ball",
    lesson=LESSON,
    section=BALL,
    points=1,
    right="The loss that noise leaves goes with the rate divided by the batch size.",
    returns=("excess",),
    cases=lambda rng: [
        {"excess": excess, "lr": lr, "size": size, "new_lr": new_lr, "new_size": new_size}
        for excess, lr, size, new_lr, new_size in (
            (0.04, 0.01, 8, 0.005, 8),
            (0.04, 0.01, 8, 0.01, 32),
            (0.02, 0.002, 4, 0.008, 16),
            (float(np.round(rng.uniform(0.1, 1), 2)), 0.01, 16, 0.001, int(rng.integers(2, 8))),
            (float(np.round(rng.uniform(2, 9), 1)), 0.003, 12, 0.006, int(rng.integers(30, 90))),
        )
    ],
    reference=new_excess,
    misconceptions=(
        Misconception(
            "a ball that grows with the batch",
            edited(new_excess, "size / new_size → new_size / size"),
            "A larger batch is less noisy: look again at where B stands in the formula.",
        ),
        Misconception(
            "a ball that shrinks with the root of the batch",
            edited(new_excess, "(size / new_size) → (size / new_size) ** 0.5"),
            "The noise shrinks with the root. The loss goes with the square of the distance, so it "
            "shrinks with the square of the noise.",
        ),
        Misconception(
            "a ball that grows with the square of the rate",
            edited(new_excess, "(new_lr / lr) → (new_lr / lr) ** 2"),
            "One accident grows with the square of the rate. But a larger rate also pulls back "
            "harder, and one of the two factors cancels.",
        ),
        Misconception(
            "a ball that does not depend on the rate",
            edited(new_excess, " * (new_lr / lr) →"),
            "A smaller rate makes each accident smaller, and more of them cancel. Compare the two "
            "clouds of the lesson.",
        ),
        Misconception(
            "a ball that does not depend on the batch",
            edited(new_excess, " * (size / new_size) →"),
            "A larger batch makes the accidents smaller: what does B do in the formula?",
        ),
        Misconception(
            "the ball's radius, not its loss",
            edited(
                new_excess,
                "(new_lr / lr) * (size / new_size) → (new_lr / lr * size / new_size) ** 0.5",
            ),
            "The distance from the minimum goes with the root of rate / batch size. The loss goes "
            "with the square of the distance.",
        ),
        Misconception(
            "a formula with both quotients upside down",
            edited(new_excess, "new_lr / lr → lr / new_lr", "size / new_size → new_size / size"),
            "You have divided where you should multiply: a smaller rate and a larger batch make "
            "the ball smaller.",
        ),
    ),
    show_target=False,
    rtol=1e-3,
)


# Find the bug: an epoch with three of them


def repaired_epochs(theta, x, y, lr, size, orders):
    """Return where SGD ends: the listing of the exercise without its bugs."""
    for order in orders:
        xs, ys = x[order], y[order]
        for first in range(0, len(xs), size):
            some = slice(first, first + size)
            error = theta[0] * xs[some] + theta[1] - ys[some]
            grad = np.array([2 * np.mean(error * xs[some]), 2 * np.mean(error)])
            theta = theta - lr * grad
    return theta


LEFT_BEHIND = "y[order] → y"
DROPPED = "len(xs), size → len(xs) - size + 1, size"
SUMS = (
    "np.mean(error * xs[some]) → np.sum(error * xs[some])",
    "np.mean(error) → np.sum(error)",
)


REPAIRED_EPOCHS = Task(
    name="repaired-epochs",
    function="repaired_epochs",
    title="Find three bugs in a loop over epochs",
    lesson=LESSON,
    section=LOOP,
    points=3,
    right="x and y are shuffled together, each point of an epoch counts, and a step depends on the "
    "batch's mean, not on its size.",
    returns=("theta",),
    cases=lambda rng: epoch_cases(rng)[:4],
    reference=repaired_epochs,
    misconceptions=(
        Misconception(
            "the listing with all of its bugs",
            edited(repaired_epochs, LEFT_BEHIND, DROPPED, *SUMS),
            "Print xs and y side by side: do they belong together? Count how many points an epoch "
            "has seen. Then compare the gradient with that of task 2.",
        ),
        Misconception(
            "the listing with its points sorted out",
            edited(repaired_epochs, DROPPED, *SUMS),
            "One bug is out, two are left. Count how many points an epoch has seen, and compare "
            "the gradient with that of task 2.",
        ),
        Misconception(
            "the listing with its last batch back",
            edited(repaired_epochs, LEFT_BEHIND, *SUMS),
            "One bug is out, two are left. Print xs and y side by side, and compare the gradient "
            "with that of task 2.",
        ),
        Misconception(
            "the listing with its gradient repaired",
            edited(repaired_epochs, LEFT_BEHIND, DROPPED),
            "One bug is out, two are left. Print xs and y side by side, and count how many points "
            "an epoch has seen.",
        ),
        Misconception(
            "the listing that still leaves y behind",
            edited(repaired_epochs, LEFT_BEHIND),
            "Two bugs are out, one is left. x was put into another order. Was y?",
        ),
        Misconception(
            "the listing that still drops its last batch",
            edited(repaired_epochs, DROPPED),
            "Two bugs are out, one is left. Seven points in batches of three: how many does an "
            "epoch see?",
        ),
        Misconception(
            "the listing that still sums",
            edited(repaired_epochs, *SUMS),
            "Two bugs are out, one is left. What happens to the step when the batch is twice as "
            "large?",
            PITFALLS,
        ),
        Misconception(
            "a last batch divided by the full size",
            edited(
                repaired_epochs,
                "np.mean(error * xs[some]) → np.sum(error * xs[some]) / size",
                "np.mean(error) → np.sum(error) / size",
            ),
            "The mean of a smaller batch divides by its own number of points: `np.mean` does.",
        ),
        Misconception(
            "a loop that drops its last batch even when it is full",
            edited(repaired_epochs, "len(xs), size → len(xs) - size, size"),
            "`range(0, n, size)` gives the beginning of every batch; nothing is to be subtracted.",
        ),
        Misconception(
            "a loop without shuffling",
            edited(repaired_epochs, "x[order], y[order] → x, y"),
            "x and y belong together again, but in the same order in every epoch. Put both into "
            "the order of the epoch.",
            PITFALLS,
        ),
    ),
    builds_on=("batch-gradient",),
)


# A stretch: the rates that end closest

SLOPE_AT_START = 100.0  # in units of the noise
ENOUGH = 1.1


def falling_rates(curvature, steps):
    """Return the rates whose steps make x the mean of all that was heard."""
    t = np.arange(1, steps + 1)
    return 1 / (curvature * t)


def rms_at_the_end(curvature, rates):
    """Return the root mean square of x after noisy steps with these rates, exactly."""
    square = (SLOPE_AT_START / curvature) ** 2
    for rate in rates:
        square = (1 - rate * curvature) ** 2 * square + rate**2
    return square**0.5


def ends_close(curvature, steps, rates):
    """Return "" if the rates end within a tenth of the best that is possible, or how far away."""
    with np.errstate(all="ignore"):
        end = rms_at_the_end(curvature, rates.astype(float))
    possible = (steps + SLOPE_AT_START**-2) ** -0.5 / curvature
    if end <= ENOUGH * possible:
        return ""
    if not np.isfinite(end):
        return "with these rates x flies off"
    return f"with these rates x ends {end / possible:.3g} times as far away as the best plan"


FALLING_RATES = Task(
    name="falling-rates",
    function="falling_rates",
    title="Find the rates that end closest",
    lesson=LESSON,
    section=FALL,
    points=0,
    right="The rates are large enough to arrive and then fall about like 1/t, so that the noise of "
    "all the steps is averaged.",
    returns=("rates",),
    cases=lambda rng: [
        {"curvature": curvature, "steps": steps}
        for curvature, steps in (
            (1.0, 100),
            (4.0, 400),
            (0.2, 200),
            (float(np.round(rng.uniform(5, 20), 1)), int(rng.integers(250, 350))),
            (float(np.round(rng.uniform(0.2, 0.6), 2)), int(rng.integers(120, 240))),
        )
    ],
    reference=falling_rates,
    misconceptions=(
        Misconception(
            "a constant rate that goes straight to the latest news",
            edited(falling_rates, "1 / (curvature * t) → np.full(steps, 1 / curvature)"),
            "With the rate 1/λ each step jumps to where the newest noise says the minimum is. "
            "Nothing is averaged.",
        ),
        Misconception(
            "a constant rate of a tenth of 1/λ",
            edited(falling_rates, "1 / (curvature * t) → np.full(steps, 0.1 / curvature)"),
            "It arrives, and then stays in its ball. What has to happen to the rate?",
            BALL,
        ),
        Misconception(
            "a fall that does not know the curvature",
            edited(falling_rates, "(curvature * t) → t"),
            "The shape is right. A rate has to fit the curvature: their product decides.",
        ),
        Misconception(
            "a fall that multiplies by the curvature",
            edited(falling_rates, "1 / (curvature * t) → curvature / t"),
            "The steeper the bowl, the smaller the rate has to be.",
        ),
        Misconception(
            "a fall like 1/√t, too slow for so few steps",
            edited(falling_rates, "* t) → * np.sqrt(t))"),
            "It gets there in the end, but its last rates are still large. Try a faster fall.",
        ),
        Misconception(
            "a fall like 1/t², too fast to arrive",
            edited(falling_rates, "* t) → * t**2)"),
            "The sum of its rates is finite: after a few steps it hardly moves, and so it averages "
            "hardly anything.",
        ),
        Misconception(
            "a fall like 1/t that begins too low",
            edited(falling_rates, "1 / ( → 0.1 / ("),
            "The shape is right, but it is spent before it arrives. What should the first rate be?",
        ),
        Misconception(
            "a fall that begins one step late",
            edited(falling_rates, "* t) → * (t + 1))"),
            "Nearly. With half of 1/λ in the first step, the start is never quite forgotten.",
        ),
        Misconception(
            "a straight line down to zero",
            edited(falling_rates, "1 / (curvature * t) → (1 - (t - 1) / steps) / curvature"),
            "It is large for too long. A running mean gives the t-th number the weight 1/t.",
        ),
        Misconception(
            "half a cosine",
            edited(
                falling_rates,
                "1 / (curvature * t) → (1 + np.cos(np.pi * (t - 1) / steps)) / 2 / curvature",
            ),
            "A fine plan for a network. Here it is large for too long: a running mean gives the "
            "t-th number the weight 1/t.",
        ),
        Misconception(
            "the right rates in the wrong order",
            edited(falling_rates, "np.arange(1, steps + 1) → np.arange(steps, 0, -1)"),
            "The large rates come first, to get there, and the small ones last.",
        ),
    ),
    accepts=ends_close,
    show_target=False,
)

EXERCISE = Exercise(
    name=LESSON,
    title="Noisy gradients",
    minutes=60,
    tasks=(
        STEPS_IN_EPOCH,
        BATCH_GRADIENT,
        EPOCH_LOOP,
        BATCH_FOR_NOISE,
        NOISE_BALL,
        REPAIRED_EPOCHS,
        FALLING_RATES,
    ),
    by_person=2,
)
