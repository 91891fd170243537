"""The tasks of exercise 09: two schedules, two plans, a training loop, when to lower, a log."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.shared import bowl
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "09_schedules"
SCRATCH = "From scratch"
THREE = "Three schedules in one tutorial"
BALL = "A constant rate ends in a noise ball"
PITFALLS = "What people get wrong"


# To begin: the step of a fall


def step_of_fall(every, falls):
    """Return the first step t = 1, 2, 3, … that step decay takes after so many falls."""
    return falls * every + 1


STEP_OF_FALL = Task(
    name="step-of-fall",
    function="step_of_fall",
    title="The first step after a fall",
    lesson=LESSON,
    section=SCRATCH,
    points=1,
    right="Each fall comes when `every` more steps have been taken, so the next step is the first "
    "with the lower rate.",
    returns=("t",),
    cases=lambda rng: [
        {"every": 4, "falls": 1},
        {"every": 10, "falls": 3},
        {"every": int(rng.integers(15, 40)), "falls": int(rng.integers(4, 12))},
    ],
    reference=step_of_fall,
    misconceptions=(
        Misconception(
            "the last step before the fall",
            edited(step_of_fall, " + 1 →"),
            "That step still has the old rate: `every` steps have it, and it is the last of them.",
        ),
        Misconception(
            "the first step of the stair before",
            edited(step_of_fall, "falls * every → (falls - 1) * every"),
            "With `every` = 4, the steps 1 to 4 have the full rate: no fall yet.",
        ),
        Misconception(
            "the first step of the stair after",
            edited(step_of_fall, "falls * every → (falls + 1) * every"),
            "One fall too many. In which step is the rate lower for the first time?",
        ),
        Misconception(
            "the step of the first fall",
            edited(step_of_fall, "falls * every → every"),
            "Between two falls lie `every` steps. How many of these stairs are behind you?",
        ),
    ),
    show_target=False,
)


# Implement: warm-up, then cosine


def warmup_cosine(t, lr, warm, steps):
    """Return the rate of step t: up to lr in `warm` steps, then half a cosine to the end."""
    up = t / warm
    angle = np.pi * (t - warm - 1) / (steps - warm)
    down = (1 + np.cos(angle)) / 2
    return lr * np.where(t <= warm, up, down)


WARMUP_COSINE = Task(
    name="warmup-cosine",
    function="warmup_cosine",
    title="Warm-up, then cosine",
    lesson=LESSON,
    section=SCRATCH,
    points=3,
    right="Warm-up and cosine have a clock each: they meet at the full rate, and zero comes only "
    "when all steps have been taken.",
    returns=("rate",),
    cases=lambda rng: [
        {"t": np.arange(1, 13), "lr": 0.1, "warm": 4, "steps": 12},
        {"t": 3, "lr": 0.5, "warm": 10, "steps": 40},
        {"t": 31, "lr": 0.2, "warm": 10, "steps": 40},
        {
            "t": np.arange(1, 41),
            "lr": float(np.round(rng.uniform(0.01, 0.9), 3)),
            "warm": int(rng.integers(5, 30)),
            "steps": 40,
        },
    ],
    reference=warmup_cosine,
    misconceptions=(
        Misconception(
            "a warm-up that begins at zero",
            edited(warmup_cosine, "t / warm → (t - 1) / warm"),
            "A first step of length zero is a gradient thrown away. Step t = 1 has one part of the "
            "climb already.",
        ),
        Misconception(
            "a warm-up that ends one step late",
            edited(warmup_cosine, "t / warm → t / (warm + 1)"),
            "Step t = warm has the full rate.",
        ),
        Misconception(
            "a cosine that has been running since step 1",
            edited(warmup_cosine, "(t - warm - 1) / (steps - warm) → (t - 1) / steps"),
            "The warm-up ends at the full rate, and then the rate jumps. The cosine's own first "
            "step is step warm + 1.",
        ),
        Misconception(
            "a warm-up multiplied onto a cosine over the whole run",
            edited(
                warmup_cosine,
                "(t - warm - 1) / (steps - warm) → (t - 1) / steps",
                "np.where(t <= warm, up, down) → np.minimum(up, 1) * down",
            ),
            "So the full rate is never reached. The cosine takes over when the warm-up is done, "
            "and counts its own steps.",
        ),
        Misconception(
            "a cosine that is longer than what is left of the run",
            edited(warmup_cosine, "(steps - warm) → steps"),
            "After the warm-up, steps − warm of the steps are left.",
            PITFALLS,
        ),
        Misconception(
            "a cosine that has been running since the start, a step ahead",
            edited(warmup_cosine, "(t - warm - 1) / (steps - warm) → t / steps"),
            "The warm-up ends at the full rate, and then the rate jumps. The cosine's own first "
            "step is step warm + 1, and at that step its share is 0.",
        ),
        Misconception(
            "a cosine that is one step ahead",
            edited(warmup_cosine, "t - warm - 1 → t - warm"),
            "At t = warm + 1 no step of the cosine has been taken: its share is 0. As you have it, "
            "the last step has rate zero.",
            PITFALLS,
        ),
        Misconception(
            "a cosine that has come to zero at the last step",
            edited(warmup_cosine, "steps - warm → steps - warm - 1"),
            "Zero is reached when all steps *have been taken*. The last step still needs a rate "
            "above it.",
            PITFALLS,
        ),
        Misconception(
            "a cosine without its half",
            edited(warmup_cosine, "(1 + np.cos(angle)) / 2 → 1 + np.cos(angle)"),
            "1 + cos goes from 2 to 0.",
        ),
        Misconception(
            "a straight line down instead of a cosine",
            edited(warmup_cosine, "(1 + np.cos(angle)) / 2 → 1 - angle / np.pi"),
            "Its ends are right. In between, half a cosine leaves the full rate slowly, and comes "
            "to zero slowly.",
        ),
        Misconception(
            "a bare cosine, which goes below zero",
            edited(warmup_cosine, "(1 + np.cos(angle)) / 2 → np.cos(angle)"),
            "The cosine runs from 1 to −1: lift it and halve it.",
        ),
        Misconception(
            "a quarter of a cosine",
            edited(warmup_cosine, "(1 + np.cos(angle)) / 2 → np.cos(angle / 2)"),
            "The schedule ends as flat as it begins: half a cosine, from its top to its bottom.",
        ),
        Misconception(
            "a whole wave",
            edited(warmup_cosine, "np.pi → 2 * np.pi"),
            "2π brings the cosine back up. Its bottom is at π.",
        ),
        Misconception(
            "a cosine upside down",
            edited(warmup_cosine, "1 + np.cos → 1 - np.cos"),
            "At its beginning the cosine is 1, and the rate is full.",
        ),
        Misconception(
            "a cosine of degrees",
            edited(warmup_cosine, "np.pi → 180"),
            "`np.cos` takes its angle in radians: half a turn is `np.pi`.",
        ),
        Misconception(
            "a warm-up with nothing after it",
            edited(warmup_cosine, "up, down → up, 1"),
            "After step warm the rate falls along half a cosine.",
        ),
        Misconception(
            "a cosine without its warm-up",
            edited(warmup_cosine, "up, down → 1, down"),
            "The first `warm` steps climb in a straight line.",
        ),
    ),
)


# Implement: the plateau


def plateau(losses, lr, factor, patience, minimum):
    """Return the rate after each observed loss."""
    best, since, rates = losses[0], 0, []
    for i, loss in enumerate(losses):
        if loss < best:
            best, since = loss, i
        if i - since > patience:
            lr, since = max(lr * factor, minimum), i
        rates.append(lr)
    return np.array(rates)


def plateau_cases(rng):
    """Return losses that rest, wobble on their way down, never move, and creep down."""
    wobble = np.round(np.exp(-np.arange(60) / 15) + 0.15 * rng.normal(size=60), 2)
    creep = rng.uniform(5, 9) - np.cumsum(rng.permutation([3e-5] * 12 + [3e-4] * 12))
    level = float(np.round(rng.uniform(0.5, 0.9), 5))
    settings = {"factor": 0.5, "patience": 2, "minimum": 1e-6}
    floor = {"factor": 0.3, "patience": 3, "minimum": 0.004}
    return [
        {"losses": np.array([9, 8, 8.5, 8.2, 8.4, 8.3, 7, 7.5, 7.2, 7, 6.0]), "lr": 0.1} | settings,
        {"losses": np.array([5, 4, 4.5, 3.5, 3.8, 3.6, 3.7, 3.9, 3.6, 3.4]), "lr": 0.2} | settings,
        {"losses": np.full(20, level), "lr": 0.1} | floor,
        {"losses": wobble, "lr": 0.03, "factor": 0.5, "patience": 4, "minimum": 1e-6},
        {"losses": wobble[:30] + 1, "lr": 0.5, "factor": 0.9, "patience": 0, "minimum": 0.01},
        {"losses": creep, "lr": 0.1, "factor": 0.9, "patience": 0, "minimum": 0.01},
    ]


PLATEAU = Task(
    name="plateau",
    function="plateau",
    title="A schedule that looks",
    lesson=LESSON,
    section=THREE,
    points=3,
    right="Only a loss below the best so far starts the count anew, and each lower rate gets the "
    "same patience as the first, down to the floor.",
    returns=("rates",),
    cases=plateau_cases,
    reference=plateau,
    misconceptions=(
        Misconception(
            "a plateau that loses patience one observation early, as Keras does",
            edited(plateau, "> patience → >= patience"),
            "Here `patience` observations may pass in vain, and the next one lowers the rate.",
            PITFALLS,
        ),
        Misconception(
            "a plateau that does not wait anew after it has lowered",
            edited(
                plateau, "lr, since = max(lr * factor, minimum), i → lr = max(lr * factor, minimum)"
            ),
            "The lower rate needs time to show what it can do: start to count again.",
        ),
        Misconception(
            "a plateau that goes on counting when the loss improves",
            edited(plateau, "best, since = loss, i → best, since = loss, since + 1"),
            "Only observations in a row count. A better loss sets the count to zero.",
        ),
        Misconception(
            "a plateau that compares with the loss before",
            edited(plateau, "    best, since = loss, i\n →     since = i\n        best = loss\n"),
            "A loss that wobbles is below the one before every other time. Compare with the best "
            "so far.",
        ),
        Misconception(
            "a plateau that compares with the first loss",
            edited(plateau, "best, since = loss, i → since = i"),
            "The best loss so far has to be kept up to date.",
        ),
        Misconception(
            "a plateau that takes as good for better",
            edited(plateau, "loss < best → loss <= best"),
            "A loss that stays the same has not improved: `<`.",
        ),
        Misconception(
            "a plateau that overlooks a small improvement, as PyTorch's default does",
            edited(plateau, "loss < best → loss < best * (1 - 1e-4)"),
            "PyTorch asks for a share of 1e-4 at least. Here any loss below the best is better.",
        ),
        Misconception(
            "a plateau that overlooks a small improvement, as Keras' default does",
            edited(plateau, "loss < best → loss < best - 1e-4"),
            "Keras asks for a difference of 1e-4 at least. Here any loss below the best is better.",
        ),
        Misconception(
            "a plateau without a floor",
            edited(plateau, "max(lr * factor, minimum) → lr * factor"),
            "The rate is never lowered beyond `minimum`.",
        ),
        Misconception(
            "a plateau that stops short of its floor",
            edited(
                plateau,
                "max(lr * factor, minimum) → (lr * factor if lr * factor >= minimum else lr)",
            ),
            "The last fall is a smaller one: it ends at `minimum` itself.",
        ),
        Misconception(
            "a plateau without patience",
            edited(plateau, "> patience → > 0"),
            "`patience` observations may pass in vain before the rate falls.",
        ),
        Misconception(
            "a plateau that forgets its best loss when it lowers",
            edited(plateau, "lr, since = → lr, since, best =", "minimum), i → minimum), i, np.inf"),
            "The best loss stays the best: a lower rate has to beat it.",
        ),
        Misconception(
            "the rates before each observation",
            edited(
                plateau,
                "        rates.append(lr)\n →",
                "(losses):\n → (losses):\n        rates.append(lr)\n",
            ),
            "Return what the rate is *after* each loss has been seen.",
        ),
        Misconception(
            "the last rate without the others",
            edited(plateau, "np.array(rates) → rates[-1]"),
            "Keep the rate after every observation in a list, and return `np.array(rates)`.",
        ),
    ),
)


# Predict: the last rates of the tutorial's two sentences


def last_rates(lr, epochs):
    """Return the rate in the last epoch: ten times less after 50, and half every 10."""
    rate_a = lr * 0.1 ** (epochs > 50)
    rate_b = lr * 0.5 ** ((epochs - 1) // 10)
    return rate_a, rate_b


def last_rates_cases(rng):
    """Return plans that end in the three epochs of the text, before and at a fall, and late."""
    drawn = (rng.integers(12, 50), 10 * rng.integers(1, 5), 50, 51, rng.integers(151, 400))
    return [{"lr": 0.001, "epochs": epochs} for epochs in (100, 50, 51)] + [
        {"lr": float(np.round(rng.uniform(0.002, 0.1), 6)), "epochs": int(epochs)}
        for epochs in drawn
    ]


LAST_RATES = Task(
    name="last-rates",
    function="last_rates",
    title="Predict where two plans end",
    lesson=LESSON,
    section=THREE,
    points=1,
    right="“After” names one moment, so plan A falls once; “every” repeats, so plan B falls once "
    "for each ten epochs that are over.",
    returns=("rate_a", "rate_b"),
    cases=last_rates_cases,
    reference=last_rates,
    misconceptions=(
        Misconception(
            "a plan A that falls again after every 50 epochs",
            edited(last_rates, "(epochs > 50) → ((epochs - 1) // 50)"),
            "“After 50 epochs” names one moment. Only “every” repeats.",
        ),
        Misconception(
            "a plan A that ends with epoch 150",
            edited(last_rates, "epochs > 50 → 50 < epochs <= 150"),
            "Nothing in the sentence brings the rate back up. Try 1000 epochs.",
        ),
        Misconception(
            "a plan A that takes a tenth off",
            edited(last_rates, "0.1 → 0.9"),
            "“Ten times less” leaves a tenth of the rate.",
        ),
        Misconception(
            "a plan A that falls one epoch early",
            edited(last_rates, "> 50 → >= 50"),
            "Epoch 50 is the last of the first fifty: it still has the full rate.",
        ),
        Misconception(
            "a plan B that falls one epoch early",
            edited(last_rates, "(epochs - 1) → epochs"),
            "Epoch 10 is the last of the first ten. In epoch 100 nine halvings have happened.",
        ),
        Misconception(
            "a plan B that rounds where it should cut off",
            edited(last_rates, "((epochs - 1) // 10) → np.round((epochs - 1) / 10)"),
            "`round` goes up from the half on. How many times ten epochs are over? `//` cuts off.",
        ),
        Misconception(
            "two plans that fall one epoch early",
            edited(last_rates, "> 50 → >= 50", "(epochs - 1) → epochs"),
            "In epoch 50 only 49 epochs are behind you. Count those.",
        ),
        Misconception(
            "a plan B that falls only once",
            edited(last_rates, "((epochs - 1) // 10) → (epochs > 10)"),
            "“Every 10 epochs” repeats: in epoch 21 it is a quarter.",
        ),
        Misconception(
            "a plan B that falls a little in each epoch",
            edited(last_rates, "// → /"),
            "The fall comes every ten epochs, all at once. Divide with `//`.",
        ),
        Misconception(
            "a plan A that falls a little in each epoch",
            edited(last_rates, "(epochs > 50) → (min(epochs - 1, 50) / 50)"),
            "For fifty epochs nothing happens. Then the rate falls at once.",
        ),
        Misconception(
            "a plan A that does not fall",
            edited(last_rates, " * 0.1 ** (epochs > 50) →"),
            "Is the last epoch one of the first fifty?",
        ),
        Misconception(
            "the two plans exchanged",
            edited(last_rates, "return rate_a, rate_b → return rate_b, rate_a"),
            "Plan A is the one with the fall after 50 epochs.",
        ),
    ),
    show_target=False,
    rtol=1e-3,
)


# Find the bug: a scheduler in the wrong place


def repaired_training(grad, theta, lr, epochs, batches, every, factor):
    """Return where the run ends and its rates: the listing of the exercise without its bugs."""
    rate, count, rates = lr, 0, []
    for _ in range(epochs):
        for _ in range(batches):
            theta = theta - rate * grad(theta)
            rates.append(rate)
        count = count + 1
        rate = lr * factor ** (count // every)
    return theta, np.array(rates)


SCHEDULER = "        count = count + 1\n        rate = lr * factor ** (count // every)\n"
INDENTED = "            count = count + 1\n            rate = lr * factor ** (count // every)\n"
FIRST_IN_EPOCH = (f"{SCHEDULER} →", f"(epochs):\n → (epochs):\n{SCHEDULER}")
FIRST_IN_BATCH = (f"{SCHEDULER} →", f"(batches):\n → (batches):\n{INDENTED}")
LAST_IN_BATCH = f"{SCHEDULER} → {INDENTED}"
AGAIN = "rate = lr * → rate = rate *"


def training_cases(rng):
    """Return bowls with epochs enough to lower the rate at least twice."""
    return [
        {
            "grad": bowl(rng, np.array(curvatures)),
            "theta": np.round(rng.normal(size=len(curvatures)), 2),
            "lr": lr,
            "epochs": epochs,
            "batches": batches,
            "every": every,
            "factor": factor,
        }
        for curvatures, lr, epochs, batches, every, factor in (
            ([1.0, 4.0], 0.1, 6, 3, 2, 0.5),
            ([1.0, 2.0], 0.2, 5, 2, 1, 0.9),
            ([0.5, 2.0, 3.0], 0.05, 9, 4, 3, 0.6),
        )
    ]


REPAIRED_TRAINING = Task(
    name="repaired-training",
    function="repaired_training",
    title="Find three bugs in a training loop",
    lesson=LESSON,
    section=PITFALLS,
    points=3,
    right="The rate follows the epochs that are over, not the batches, and each one is computed "
    "from the first rate, not from the last.",
    returns=("theta", "rates"),
    cases=training_cases,
    reference=repaired_training,
    misconceptions=(
        Misconception(
            "the listing with all of its bugs",
            edited(repaired_training, *FIRST_IN_BATCH, AGAIN),
            "Print `rates`: how many steps have the full rate? How often is the rate lowered in "
            "one epoch? And by how much in the second fall?",
        ),
        Misconception(
            "the listing with a scheduler that steps once an epoch",
            edited(repaired_training, *FIRST_IN_EPOCH, AGAIN),
            "Two are left. How many epochs have the full rate, and by how much does the rate fall "
            "the second time?",
        ),
        Misconception(
            "the listing with its scheduler behind the optimizer",
            edited(repaired_training, LAST_IN_BATCH, AGAIN),
            "Two are left. How often is the rate lowered in one epoch, and by how much does it "
            "fall the second time?",
        ),
        Misconception(
            "the listing that computes its rate from the first one",
            edited(repaired_training, *FIRST_IN_BATCH),
            "Two are left. How many steps have the full rate, and how often is it lowered in one "
            "epoch?",
        ),
        Misconception(
            "the listing that still steps its scheduler once a batch",
            edited(repaired_training, LAST_IN_BATCH),
            "One bug is left. The plan counts epochs. Where does the code count?",
        ),
        Misconception(
            "the listing that still steps its scheduler first",
            edited(repaired_training, *FIRST_IN_EPOCH),
            "One bug is left. The first epoch of all belongs to the full rate: count it when it is "
            "over.",
        ),
        Misconception(
            "the listing that still lowers what is lowered already",
            edited(repaired_training, AGAIN),
            "One bug is left. The power counts all falls since the beginning, so it belongs on the "
            "first rate.",
        ),
        Misconception(
            "a loop that loses the last batch of each epoch",
            edited(repaired_training, "range(batches) → range(batches - 1)"),
            "The schedule is right. Count the steps.",
        ),
    ),
)


# Experiment: when to lower the rate

ENOUGH = 1.05


def walked(square, rate, steps):
    """Return the mean of x² after so many noisy steps with a rate; steps may be an array."""
    ball = rate / (2 - rate)
    return ball + (square - ball) * (1 - rate) ** (2.0 * steps)


def mean_square(distance, lr, steps, drop):
    """Return the mean of x² after noisy steps with lr, and after `drop` of them a tenth of it."""
    return walked(walked(distance**2, lr, drop), lr / 10, steps - drop)


def best_moment(distance, lr):
    """Return the best `drop`, not rounded: where the mean of x² has no slope in it."""
    ball, low = lr / (2 - lr), lr / (20 - lr)
    fast, slow = -2 * np.log1p([-lr, -lr / 10])
    return np.log((distance**2 - ball) * (fast - slow) / (ball - low) / slow) / fast


def when_to_drop(distance, lr, steps):
    """Return after how many steps to lower the rate, so that the run ends closest.

    By then the square of the way that is left is a tenth of the mean of x² in the ball, lr / 2.
    """
    return round(np.log(20 * distance**2 / lr) / (-2 * np.log(1 - lr)))


def ends_closest(distance, lr, steps, drop):
    """Return "" if the run ends within a twentieth of the best, or how far it is from it."""
    if not (np.isfinite(drop) and 0 <= drop <= steps):
        return f"drop should be from 0 to {steps}, the number of steps, but it is {drop:.4g}"
    found = mean_square(distance, lr, steps, np.floor(drop))
    moments = np.floor(best_moment(distance, lr)) + np.arange(2)
    best = mean_square(distance, lr, steps, moments).min()
    if found <= ENOUGH * best:
        return ""
    return f"with this drop the mean of x² is {found / best:.3g} times as large as it has to be"


def drop_cases(rng):
    """Return runs that arrive early and late, the last of them much too long for a search."""
    cases = [(10.0, 0.1, 200), (10.0, 0.1, 60), (1000.0, 0.02, 700)]
    for least, most, lr in ((1.2, 1.3, 0.05), (2.4, 2.8, 0.1), (1.2, 1.3, 3e-6)):
        distance = float(rng.integers(20, 500))
        steps = round(rng.uniform(least, most) * best_moment(distance, lr))
        cases.append((distance, lr, steps))
    return [dict(zip(("distance", "lr", "steps"), case, strict=True)) for case in cases]


RETURN = "np.log(20 * distance**2 / lr) / (-2 * np.log(1 - lr))"

WHEN_TO_DROP = Task(
    name="when-to-drop",
    function="when_to_drop",
    title="Find a rule for the moment to lower the rate",
    lesson=LESSON,
    section=BALL,
    points=3,
    right="The rate falls once the run has arrived: when the way that is left is small beside the "
    "ball, however many steps are still to come.",
    returns=("drop",),
    cases=drop_cases,
    reference=when_to_drop,
    misconceptions=(
        Misconception(
            "a fall at half-time",
            edited(when_to_drop, f"{RETURN} → steps / 2"),
            "Take twice as many steps, and search again: has the best moment moved?",
        ),
        Misconception(
            "a fall after a quarter of the steps",
            edited(when_to_drop, f"{RETURN} → steps / 4"),
            "Take twice as many steps, and search again: has the best moment moved?",
        ),
        Misconception(
            "a fall after three quarters of the steps",
            edited(when_to_drop, f"{RETURN} → 3 * steps / 4"),
            "Take twice as many steps, and search again: has the best moment moved?",
        ),
        Misconception(
            "a fall for the last tenth of the steps",
            edited(when_to_drop, f"{RETURN} → 9 * steps / 10"),
            "Take twice as many steps, and search again: has the best moment moved?",
        ),
        Misconception(
            "a rate that never falls",
            edited(when_to_drop, f"{RETURN} → steps"),
            "Then the run ends in the ball of the high rate.",
        ),
        Misconception(
            "a low rate from the start",
            edited(when_to_drop, f"{RETURN} → 0"),
            "Then it travels at a tenth of the pace. Has it arrived?",
        ),
        Misconception(
            "a fall after 1 / lr steps",
            edited(when_to_drop, f"{RETURN} → 1 / lr"),
            "In 1 / lr steps the distance shrinks to about a third. From how far away does the run "
            "start, and how close does it have to come?",
        ),
        Misconception(
            "a fall when the distance has come down to 1",
            edited(when_to_drop, "20 * distance**2 / lr → distance**2"),
            "Right to count the steps until it has arrived. But how large is the ball, with this "
            "rate?",
        ),
        Misconception(
            "a fall at the edge of the ball",
            edited(when_to_drop, "20 * → 2 *"),
            "Close. But there the way is still as large as the ball, and the low rate would need "
            "ten times as long for it. Let the run get farther in.",
        ),
        Misconception(
            "a square that shrinks as slowly as the distance",
            edited(when_to_drop, "-2 * → -1 *"),
            "The distance shrinks by 1 − lr in each step. And its square?",
        ),
        Misconception(
            "a distance compared with a square",
            edited(when_to_drop, "distance**2 → distance"),
            "lr / 2 is a mean of x². With what has it to be compared: the way, or its square?",
        ),
    ),
    accepts=ends_closest,
    show_target=False,
    right_all_the_same={
        "line 6: 20 → 40": "a twentieth of the ball is as good as a tenth, within 5 %",
        "line 6: 20 → 21": "it makes half a step of difference at most",
    },
)


# A stretch: the plan of a run that was stopped


def planned_length(rates):
    """Return for how many steps a warm-up and cosine was planned, from the rates of its first."""
    warm, t = np.argmax(rates) + 1, len(rates)
    angle = np.arccos(2 * rates[-1] / rates.max() - 1)
    return warm + np.pi * (t - warm - 1) / angle


def stopped_cases(rng):
    """Return the rates of runs that were stopped in their cosine, before and after its middle."""
    plans = [(0.1, 4, 12, 9), (0.5, 1, 30, 12), (0.02, 10, 100, 90)]
    for least, most in ((0.3, 0.45), (0.6, 0.8)):
        warm, steps = int(rng.integers(5, 20)), int(rng.integers(60, 200))
        stop = warm + round(rng.uniform(least, most) * (steps - warm))
        plans.append((float(np.round(rng.uniform(0.01, 0.9), 3)), warm, steps, stop))
    return [
        {"rates": warmup_cosine(np.arange(1, stop + 1), lr, warm, steps)}
        for lr, warm, steps, stop in plans
    ]


PLANNED_LENGTH = Task(
    name="planned-length",
    function="planned_length",
    title="Infer the plan of a run that was stopped",
    lesson=LESSON,
    section=SCRATCH,
    points=0,
    right="The highest rate shows where the climb ended, the last one how far the cosine had come, "
    "and the steps between them how fast it went.",
    returns=("steps",),
    cases=stopped_cases,
    reference=planned_length,
    misconceptions=(
        Misconception(
            "a length without its warm-up",
            edited(planned_length, "warm + np.pi → np.pi"),
            "That is the length of the cosine alone.",
        ),
        Misconception(
            "an angle since step 1",
            edited(planned_length, "warm + np.pi → np.pi", "t - warm - 1 → t - 1"),
            "The cosine's own first step is the one after the warm-up.",
        ),
        Misconception(
            "a cosine with one step too many behind it",
            edited(planned_length, "t - warm - 1 → t - warm"),
            "In the cosine's first step, none of its steps has been taken.",
        ),
        Misconception(
            "a warm-up that is one step too short",
            edited(planned_length, "np.argmax(rates) + 1 → np.argmax(rates)"),
            "Python counts places from 0, and steps count from 1.",
        ),
        Misconception(
            "a warm-up that is one step too long",
            edited(planned_length, "np.argmax(rates) + 1 → np.argmax(rates) + 2"),
            "Two steps have the highest rate. Which of them is the last of the warm-up?",
        ),
        Misconception(
            "a straight line down",
            edited(planned_length, "np.arccos(2 * → np.pi * (1 -", "max() - 1 → max()"),
            "The share of the rate is not the share of the time: this is half a cosine.",
        ),
        Misconception(
            "an angle of a quarter wave",
            edited(planned_length, "2 * rates → rates", "max() - 1 → max()"),
            "The rate is the cosine lifted by 1 and halved. Undo both.",
        ),
        Misconception(
            "an angle in degrees",
            edited(planned_length, "np.pi → 180"),
            "`np.arccos` returns radians: half a turn is `np.pi`.",
        ),
        Misconception(
            "the steps that were taken",
            edited(planned_length, "warm + np.pi * (t - warm - 1) / angle → t"),
            "So many steps are in the log. How many were to come?",
        ),
    ),
    show_target=False,
    rtol=1e-6,
)

EXERCISE = Exercise(
    name=LESSON,
    title="Schedules",
    minutes=65,
    tasks=(
        STEP_OF_FALL,
        WARMUP_COSINE,
        PLATEAU,
        LAST_RATES,
        REPAIRED_TRAINING,
        WHEN_TO_DROP,
        PLANNED_LENGTH,
    ),
    by_person=2,
)
