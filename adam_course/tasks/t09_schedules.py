"""The tasks of exercise 09: four schedules, a prediction, a training loop and when to lower."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.shared import bowl
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "09_schedules"
SCRATCH = "From scratch"
THREE = "Three schedules in one tutorial"
BALL = "A constant rate ends in a noise ball"
PITFALLS = "What people get wrong"


# Implement: step decay


def step_decay(t, lr, every, factor):
    """Return the rate of step t = 1, 2, 3, …: times factor after every so many steps."""
    return lr * factor ** ((t - 1) // every)


STEP_DECAY = Task(
    name="step-decay",
    function="step_decay",
    title="Step decay",
    lesson=LESSON,
    section=SCRATCH,
    points=2,
    right="The rate counts the steps that lie behind it, t − 1, and takes the factor once for "
    "each time that `every` fits into them.",
    returns=("rate",),
    cases=lambda rng: [
        {"t": np.arange(1, 13), "lr": 0.1, "every": 4, "factor": 0.5},
        {"t": 7, "lr": 0.5, "every": 3, "factor": 0.1},
        {
            "t": np.arange(1, 41),
            "lr": float(np.round(rng.uniform(0.01, 0.09), 3)),
            "every": int(rng.integers(5, 13)),
            "factor": float(np.round(rng.uniform(0.2, 0.8), 2)),
        },
    ],
    reference=step_decay,
    misconceptions=(
        Misconception(
            "a step decay that falls one step early",
            edited(step_decay, "(t - 1) → t"),
            "At step t only t − 1 steps have been taken. How many are behind you when t equals "
            "`every`?",
        ),
        Misconception(
            "a step decay that has fallen before the first step",
            edited(step_decay, "// every → // every + 1"),
            "The first `every` steps have the full rate. How many falls are behind you at t = 1?",
        ),
        Misconception(
            "a step decay that rounds where it should cut off",
            edited(step_decay, "((t - 1) // every) → np.round((t - 1) / every)"),
            "`round` goes up from the half on, so the rate falls too early. `//` cuts off.",
        ),
        Misconception(
            "a decay without stairs",
            edited(step_decay, "// → /"),
            "Between two falls the rate stays what it is. A whole-number division, `//`, cuts off "
            "what follows the decimal point.",
        ),
        Misconception(
            "a decay without stairs that is also one step ahead",
            edited(step_decay, "(t - 1) // → t /"),
            "Between two falls the rate stays what it is: use `//`. And at t = 1 no step has been "
            "taken yet.",
        ),
        Misconception(
            "a decay in every step",
            edited(step_decay, "((t - 1) // every) → (t - 1)"),
            "The factor comes in once after `every` steps, not after each.",
        ),
        Misconception(
            "a step decay that falls only once",
            edited(step_decay, "factor ** ((t - 1) // every) → np.where(t > every, factor, 1)"),
            "That is one milestone. How many times have `every` steps gone by?",
            THREE,
        ),
        Misconception(
            "a step decay that takes off the same amount each time",
            edited(
                step_decay, "factor ** ((t - 1) // every) → (1 - (1 - factor) * ((t - 1) // every))"
            ),
            "Half of a half is a quarter, not zero: each fall multiplies what is left.",
        ),
        Misconception(
            "a step decay that multiplies where it should take a power",
            edited(step_decay, "** → *"),
            "After three falls the factor has come in three times: a power, `**`.",
        ),
        Misconception(
            "a step decay that rises",
            edited(step_decay, "lr * factor → lr / factor"),
            "Multiply by the factor: it is below 1.",
        ),
        Misconception(
            "the share without the rate",
            edited(step_decay, "lr * factor → factor"),
            "Your numbers begin at 1. The schedule begins at lr.",
        ),
    ),
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
    builds_on=("step-decay",),
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
    points=2,
    builds_on=("step-decay",),
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


def mean_square(distance, lr, steps, drop):
    """Return the mean of x² after noisy steps with lr, and after `drop` of them a tenth of it.

    ``drop`` may be an array of moments.
    """
    square = distance**2
    for t in range(1, steps + 1):
        rate = np.where(t <= drop, lr, lr / 10)
        square = (1 - rate) ** 2 * square + rate**2
    return square


def when_to_drop(distance, lr, steps):
    """Return after how many steps to lower the rate, so that the run ends closest."""
    ends = mean_square(distance, lr, steps, np.arange(steps))
    return np.argmin(ends)


def ends_closest(distance, lr, steps, drop):
    """Return "" if the run ends within a twentieth of the best, or how far it is from it."""
    if not (np.isfinite(drop) and 0 <= drop <= steps):
        return f"drop should be from 0 to {steps}, the number of steps, but it is {drop:.4g}"
    found = mean_square(distance, lr, steps, drop)
    best = mean_square(distance, lr, steps, np.arange(steps)).min()
    if found <= ENOUGH * best:
        return ""
    return f"with this drop the mean of x² is {found / best:.3g} times as large as it has to be"


WHEN_TO_DROP = Task(
    name="when-to-drop",
    function="when_to_drop",
    title="Find the moment to lower the rate",
    lesson=LESSON,
    section=BALL,
    points=2,
    right="The rate falls once the run has arrived, and while there is time for the ball to "
    "shrink: the distance decides, not a fixed share of the steps.",
    returns=("drop",),
    cases=lambda rng: [
        {"distance": distance, "lr": lr, "steps": steps}
        for distance, lr, steps in (
            (10.0, 0.1, 200),
            (float(rng.integers(300, 2000)), 0.1, 200),
            (float(rng.integers(20, 200)), 0.3, 100),
            (float(np.round(rng.uniform(2, 5), 1)), 0.1, int(rng.integers(170, 230))),
        )
    ],
    reference=when_to_drop,
    misconceptions=(
        Misconception(
            "a fall at half-time",
            edited(when_to_drop, "np.argmin(ends) → steps // 2"),
            "Half-time knows nothing about the way. Sometimes the run has long arrived by then, "
            "and the low rate needs its time too.",
        ),
        Misconception(
            "a fall after a quarter of the steps",
            edited(when_to_drop, "np.argmin(ends) → steps // 4"),
            "A fixed share knows nothing about the way: start farther off, and look again.",
        ),
        Misconception(
            "a fall after three quarters of the steps",
            edited(when_to_drop, "np.argmin(ends) → 3 * steps // 4"),
            "The low rate is slow: ten times as many steps to shrink the ball. Give it more time.",
        ),
        Misconception(
            "a fall for the last tenth of the steps",
            edited(when_to_drop, "np.argmin(ends) → steps - steps // 10"),
            "The low rate is slow: ten times as many steps to shrink the ball. Give it more time.",
        ),
        Misconception(
            "a rate that never falls",
            edited(when_to_drop, "np.argmin(ends) → steps"),
            "Then the run ends in the ball of the high rate.",
        ),
        Misconception(
            "a low rate from the start",
            edited(when_to_drop, "np.argmin(ends) → 0"),
            "Then it travels at a tenth of the pace. Has it arrived?",
        ),
        Misconception(
            "a fall after 1 / lr steps",
            edited(when_to_drop, "np.argmin(ends) → round(1 / lr)"),
            "In 1 / lr steps the distance shrinks to about a third. From how far away does the run "
            "start, and how close does it have to come?",
        ),
        Misconception(
            "a fall when the distance has come down to 1",
            edited(when_to_drop, "np.argmin(ends) → round(np.log(distance) / -np.log(1 - lr))"),
            "Right to count the steps until it has arrived. But the ball is smaller than 1: how "
            "large is x there, with this rate?",
        ),
        Misconception(
            "a fall at the edge of the ball",
            edited(
                when_to_drop,
                "np.argmin(ends) → round(np.log(distance / np.sqrt(lr / 2)) / -np.log(1 - lr))",
            ),
            "Close. But at the edge of the ball half of x² is still way. Let it get farther in.",
        ),
        Misconception(
            "the lowest mean of x², not the moment",
            edited(when_to_drop, "np.argmin(ends) → ends.min()"),
            "Return after how many steps the rate falls, not what comes of it.",
        ),
    ),
    accepts=ends_closest,
    show_target=False,
)

EXERCISE = Exercise(
    name=LESSON,
    title="Schedules",
    minutes=60,
    tasks=(
        STEP_DECAY,
        WARMUP_COSINE,
        PLATEAU,
        LAST_RATES,
        REPAIRED_TRAINING,
        WHEN_TO_DROP,
    ),
)
