"""The tasks of exercise 02: a mini-batch's gradient, the loop over epochs, noise and its cure."""

import numpy as np

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


# Implement: the gradient of a mini-batch


def batch_gradient(theta, x, y, rows):
    """Return the gradient of the mean squared error of w x + b over some of the points."""
    w, b = theta
    error = w * x[rows] + b - y[rows]
    return np.array([2 * np.mean(error * x[rows]), 2 * np.mean(error)])


def in_parts(formula):
    """Return a batch_gradient made by a formula of the batch's errors and its x."""

    def wrong_gradient(theta, x, y, rows):
        return formula(theta[0] * x[rows] + theta[1] - y[rows], x[rows])

    return wrong_gradient


def over(rows_of):
    """Return a batch_gradient over other rows than those that were drawn."""

    def wrong_gradient(theta, x, y, rows):
        return batch_gradient(theta, x, y, rows_of(len(x), rows))

    return wrong_gradient


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
            over(lambda count, rows: np.arange(count)),
            "`x[rows]` and `y[rows]` are the points that were drawn. Use these and no others.",
        ),
        Misconception(
            "the gradient over the first points, not the ones drawn",
            over(lambda count, rows: np.arange(len(rows))),
            "`rows` holds the numbers of the points, not only how many there are: `x[rows]`.",
        ),
        Misconception(
            "the gradient over each point once",
            over(lambda count, rows: np.unique(rows)),
            "A point that was drawn twice counts twice.",
        ),
        Misconception(
            "a sum over the batch, not a mean",
            in_parts(lambda error, x: np.array([2 * np.sum(error * x), 2 * np.sum(error)])),
            "A sum grows with the batch, and the rate would have to shrink with it. Divide by the "
            "number of points in the batch.",
            PITFALLS,
        ),
        Misconception(
            "a sum over the batch divided by the number of all points",
            lambda theta, x, y, rows: batch_gradient(theta, x, y, rows) * len(rows) / len(x),
            "The batch speaks for all points, so its own mean is what is asked: divide by how many "
            "are in it.",
        ),
        Misconception(
            "half the gradient",
            lambda **given: batch_gradient(**given) / 2,
            "The derivative of a square has a factor of 2. Some define the loss with a half in "
            "front of it, and the lesson does not.",
        ),
        Misconception(
            "a gradient that points downhill",
            lambda **given: -batch_gradient(**given),
            "The gradient points uphill, and the step turns it round: error = w x + b − y.",
        ),
        Misconception(
            "a gradient with both parts alike",
            in_parts(lambda error, x: np.full(2, 2 * np.mean(error))),
            "By the chain rule, each error counts for w with the x of its own point.",
        ),
        Misconception(
            "a gradient with its parts in the wrong order",
            lambda **given: batch_gradient(**given)[::-1],
            "theta holds w first and b second, and so does the gradient.",
        ),
        Misconception(
            "a gradient with a product of means",
            in_parts(lambda error, x: 2 * np.mean(error) * np.array([np.mean(x), 1])),
            "Multiply each error by its own x first, and take the mean of the products.",
        ),
        Misconception(
            "a gradient without the intercept",
            lambda theta, x, y, rows: batch_gradient(theta * np.array([1, 0]), x, y, rows),
            "The line predicts w x + b: what became of b?",
        ),
        Misconception(
            "the loss of the batch, not its gradient",
            in_parts(lambda error, x: np.mean(error**2)),
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


def epochs(batches, gradient=batch_gradient):
    """Return an sgd that cuts its epochs into other batches.

    Args:
        batches: called with (orders, size), gives the rows of every step.
        gradient: of a batch.
    """

    def wrong_sgd(theta, x, y, lr, size, orders):
        path = [theta]
        for rows in batches(orders, size):
            path.append(path[-1] - lr * gradient(path[-1], x, y, rows))
        return np.array(path)

    return wrong_sgd


def cut(orders, size):
    """Return the rows of every step, as they should be."""
    return [order[first : first + size] for order in orders for first in range(0, len(order), size)]


def with_the_epochs_first_gradient(theta, x, y, lr, size, orders):
    """Return a path whose gradients are all taken where the epoch began."""
    path = [theta]
    for order in orders:
        begin = path[-1]
        for rows in cut([order], size):
            path.append(path[-1] - lr * batch_gradient(begin, x, y, rows))
    return np.array(path)


def once_an_epoch(theta, x, y, lr, size, orders):
    """Return the start and the last point of each epoch."""
    steps = -(-orders.shape[1] // size)
    return sgd(theta, x, y, lr, size, orders)[::steps]


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
    points=3,
    right="Every epoch sees each point once, in its own order, with one step a batch, the last and "
    "smaller batch included.",
    returns=("path",),
    cases=epoch_cases,
    reference=sgd,
    misconceptions=(
        Misconception(
            "a loop that drops the last, smaller batch",
            epochs(lambda orders, size: [rows for rows in cut(orders, size) if len(rows) == size]),
            "Seven points in batches of three are three batches: 3, 3 and 1. `range(0, n, size)` "
            "and a slice do it, for a slice may end beyond the end.",
        ),
        Misconception(
            "a loop without shuffling",
            epochs(lambda orders, size: cut(np.sort(orders), size)),
            "Each row of `orders` is a shuffled order of the points: cut that order into batches.",
            PITFALLS,
        ),
        Misconception(
            "a loop with the same order in every epoch",
            epochs(lambda orders, size: cut([orders[0]] * len(orders), size)),
            "Every epoch has an order of its own: `for order in orders`.",
        ),
        Misconception(
            "a loop over the first epoch only",
            epochs(lambda orders, size: cut(orders[:1], size)),
            "There are as many epochs as `orders` has rows. Is the `return` inside the loop?",
        ),
        Misconception(
            "one step an epoch, over all points",
            epochs(lambda orders, size: orders),
            "An epoch has many steps, one for each batch: the step belongs into the inner loop.",
        ),
        Misconception(
            "a step for each single point",
            epochs(lambda orders, size: cut(orders, 1)),
            "A batch holds `size` points: take that many of the order at a time.",
        ),
        Misconception(
            "a loop whose batches overlap",
            epochs(
                lambda orders, size: [
                    order[first : first + size]
                    for order in orders
                    for first in range(len(order) - size + 1)
                ]
            ),
            "The next batch begins where the last one ended: go on by `size`, not by one.",
        ),
        Misconception(
            "a loop that takes the gradients where the epoch began",
            with_the_epochs_first_gradient,
            "Each batch asks at the point where you are by then: take the gradient at the newest "
            "theta.",
        ),
        Misconception(
            "a loop with sums instead of means",
            epochs(cut, lambda theta, x, y, rows: len(rows) * batch_gradient(theta, x, y, rows)),
            "The gradient of a batch is a mean over its points.",
            PITFALLS,
        ),
        Misconception(
            "a way uphill",
            epochs(cut, lambda *given: -batch_gradient(*given)),
            "Descent subtracts lr times the gradient.",
        ),
        Misconception(
            "a path with one point an epoch",
            once_an_epoch,
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
            lambda noise, size, target: size * noise / target,
            "The errors of the points cancel only in part: twice the batch does not halve them. "
            "How does the noise of a mean of B points depend on B?",
        ),
        Misconception(
            "a batch that grows with the root",
            lambda noise, size, target: size * (noise / target) ** 0.5,
            "The noise falls with the root of the batch. So the batch has to grow with … what?",
        ),
        Misconception(
            "a smaller batch for less noise",
            lambda noise, size, target: size * (target / noise) ** 2,
            "The square is right, the direction is not: less noise needs more points.",
        ),
        Misconception(
            "how many times as large, not how large",
            lambda noise, size, target: (noise / target) ** 2,
            "Return the size of the batch: what you have so far times the batch at the start.",
        ),
        Misconception(
            "a batch rounded up to a whole number",
            lambda noise, size, target: np.ceil(np.round(batch_for(noise, size, target), 9)),
            "Do not round, though nobody can draw three quarters of a point.",
        ),
        Misconception(
            "a batch rounded to the nearest whole number",
            lambda noise, size, target: np.round(batch_for(noise, size, target)),
            "Do not round, though nobody can draw three quarters of a point.",
        ),
        Misconception(
            "a batch rounded down to a whole number",
            lambda noise, size, target: np.floor(np.round(batch_for(noise, size, target), 9)),
            "Do not round, though nobody can draw three quarters of a point.",
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
            lambda excess, lr, size, new_lr, new_size: excess * new_lr / lr * new_size / size,
            "A larger batch is less noisy: look again at where B stands in the formula.",
        ),
        Misconception(
            "a ball that shrinks with the root of the batch",
            lambda excess, lr, size, new_lr, new_size: (
                excess * new_lr / lr * (size / new_size) ** 0.5
            ),
            "The noise shrinks with the root. The loss goes with the square of the distance, so it "
            "shrinks with the square of the noise.",
        ),
        Misconception(
            "a ball that grows with the square of the rate",
            lambda excess, lr, size, new_lr, new_size: (
                excess * (new_lr / lr) ** 2 * size / new_size
            ),
            "One accident grows with the square of the rate. But a larger rate also pulls back "
            "harder, and one of the two factors cancels.",
        ),
        Misconception(
            "a ball that does not depend on the rate",
            lambda excess, lr, size, new_lr, new_size: excess * size / new_size,
            "A smaller rate makes each accident smaller, and more of them cancel. Compare the two "
            "clouds of the lesson.",
        ),
        Misconception(
            "a ball that does not depend on the batch",
            lambda excess, lr, size, new_lr, new_size: excess * new_lr / lr,
            "A larger batch makes the accidents smaller: what does B do in the formula?",
        ),
        Misconception(
            "the ball's radius, not its loss",
            lambda excess, lr, size, new_lr, new_size: (
                excess * (new_lr / lr * size / new_size) ** 0.5
            ),
            "The distance from the minimum goes with the root of rate / batch size. The loss goes "
            "with the square of the distance.",
        ),
        Misconception(
            "a ball upside down",
            lambda excess, lr, size, new_lr, new_size: excess * lr / new_lr * new_size / size,
            "A smaller rate and a larger batch make the ball smaller.",
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


def listing(*, divisor, left_behind=False, dropped=False, summed=False, batches=None):
    """Return the last point of SGD with some of the listing's bugs, or others.

    Args:
        left_behind: y stays in its own order. dropped: no last, smaller batch.
        summed: sums in place of means. batches: called with (order, size), gives rows.
        divisor: called with the rows of a batch, gives what its sums are divided by.
    """

    def wrong_epochs(theta, x, y, lr, size, orders):
        for order in orders:
            ys = y if left_behind else y[order]
            for rows in (batches or (lambda n, size: cut([np.arange(n)], size)))(len(x), size):
                if dropped and len(rows) < size:
                    continue
                total = len(rows) * batch_gradient(theta, x[order], ys, rows)
                theta = theta - lr * total / (1 if summed else divisor(rows, size))
        return theta

    return wrong_epochs


def of_its_own(rows, size):
    """Return what a batch is rightly divided by: how many points are in it."""
    return len(rows)


def bugs(*names):
    """Return a listing with these bugs."""
    return listing(divisor=of_its_own, **dict.fromkeys(names, True))


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
            bugs("left_behind", "dropped", "summed"),
            "Print xs and y side by side: do they belong together? Count how many points an epoch "
            "has seen. Then compare the gradient with that of task 1.",
        ),
        Misconception(
            "the listing with its points sorted out",
            bugs("dropped", "summed"),
            "Two are left. Count how many points an epoch has seen, and compare the gradient with "
            "that of task 1.",
        ),
        Misconception(
            "the listing with its last batch back",
            bugs("left_behind", "summed"),
            "Two are left. Print xs and y side by side, and compare the gradient with that of "
            "task 1.",
        ),
        Misconception(
            "the listing with its gradient repaired",
            bugs("left_behind", "dropped"),
            "Two are left. Print xs and y side by side, and count how many points an epoch has "
            "seen.",
        ),
        Misconception(
            "the listing that still leaves y behind",
            bugs("left_behind"),
            "One is left. x was put into another order. Was y?",
        ),
        Misconception(
            "the listing that still drops its last batch",
            bugs("dropped"),
            "One is left. Seven points in batches of three: how many does an epoch see?",
        ),
        Misconception(
            "the listing that still sums",
            bugs("summed"),
            "One is left. What happens to the step when the batch is twice as large?",
            PITFALLS,
        ),
        Misconception(
            "a last batch divided by the full size",
            listing(divisor=lambda rows, size: size),
            "The mean of a smaller batch divides by its own number of points: `np.mean` does.",
        ),
        Misconception(
            "a loop that drops its last batch even when it is full",
            listing(batches=lambda n, size: cut([np.arange(n)], size)[:-1], divisor=of_its_own),
            "`range(0, n, size)` gives the beginning of every batch; nothing is to be subtracted.",
        ),
        Misconception(
            "a loop without shuffling",
            lambda theta, x, y, lr, size, orders: repaired_epochs(
                theta, x, y, lr, size, np.sort(orders)
            ),
            "x and y belong together again, but in the same order in every epoch. Put both into "
            "the order of the epoch.",
            PITFALLS,
        ),
    ),
    builds_on=("batch-gradient",),
)


# Experiment: the rates that end closest

SLOPE_AT_START = 100.0  # in units of the noise
ENOUGH = 1.1


def falling_rates(curvature, steps):
    """Return the rates whose steps make x the mean of all that was heard."""
    return 1 / (curvature * np.arange(1, steps + 1))


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
    return f"with these rates x ends {end / possible:.3g} times as far away as it has to"


def plan(share):
    """Return falling rates: 1 / curvature times a share, a function of t and steps."""
    return lambda curvature, steps: share(np.arange(1.0, steps + 1), steps) / curvature


FALLING_RATES = Task(
    name="falling-rates",
    function="falling_rates",
    title="Find the rates that end closest",
    lesson=LESSON,
    section=FALL,
    points=3,
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
            plan(lambda t, steps: np.ones(steps)),
            "With the rate 1/λ each step jumps to where the newest noise says the minimum is. "
            "Nothing is averaged.",
        ),
        Misconception(
            "a constant rate of a tenth of 1/λ",
            plan(lambda t, steps: np.full(steps, 0.1)),
            "It arrives, and then stays in its ball. What has to happen to the rate?",
            BALL,
        ),
        Misconception(
            "a fall that does not know the curvature",
            lambda curvature, steps: 1 / np.arange(1, steps + 1),
            "The shape is right. A rate has to fit the curvature: their product decides.",
        ),
        Misconception(
            "a fall that multiplies by the curvature",
            lambda curvature, steps: curvature / np.arange(1, steps + 1),
            "The steeper the bowl, the smaller the rate has to be.",
        ),
        Misconception(
            "a fall like 1/√t, too slow for so few steps",
            plan(lambda t, steps: t**-0.5),
            "It gets there in the end, but its last rates are still large. Try a faster fall.",
        ),
        Misconception(
            "a fall like 1/t², too fast to arrive",
            plan(lambda t, steps: t**-2),
            "The sum of its rates is finite: after a few steps it hardly moves, and so it averages "
            "hardly anything.",
        ),
        Misconception(
            "a fall like 1/t that begins too low",
            plan(lambda t, steps: 0.1 / t),
            "The shape is right, but it is spent before it arrives. What should the first rate be?",
        ),
        Misconception(
            "a fall that begins one step late",
            plan(lambda t, steps: 1 / (t + 1)),
            "Nearly. With half of 1/λ in the first step, the start is never quite forgotten.",
        ),
        Misconception(
            "a straight line down to zero",
            plan(lambda t, steps: 1 - (t - 1) / steps),
            "It is large for too long. A running mean gives the t-th number the weight 1/t.",
        ),
        Misconception(
            "half a cosine",
            plan(lambda t, steps: (1 + np.cos(np.pi * (t - 1) / steps)) / 2),
            "A fine plan for a network. Here it is large for too long: a running mean gives the "
            "t-th number the weight 1/t.",
        ),
        Misconception(
            "the right rates in the wrong order",
            lambda curvature, steps: falling_rates(curvature, steps)[::-1],
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
        BATCH_GRADIENT,
        EPOCH_LOOP,
        BATCH_FOR_NOISE,
        NOISE_BALL,
        REPAIRED_EPOCHS,
        FALLING_RATES,
    ),
)
