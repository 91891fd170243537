"""The tasks of exercise 13: a deeper network, the next trial, a report, and rare words."""

import math

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "13_real_networks"
BACKWARD = "Backwards, along the same path"
CHECK = "A check that needs no trust"
FAIR = "A fair race"
ACCURACY = "Does it generalise better?"
RARE = "Rare words"
PITFALLS = "What people get wrong"


# To begin: what a gradient check says


def may_be_right(at, at_a_tenth):
    """Return whether a disagreement falls with the square of the distance."""
    return at_a_tenth < at / 30


def check_cases(rng):
    """Return disagreements that are large and fall, are small and do not, or fall too slowly."""
    large, small = rng.uniform(1, 50), 10.0 ** rng.uniform(-7, -4)
    return [
        {"at": at, "at_a_tenth": at_a_tenth}
        for at, at_a_tenth in (
            (0.03, 0.0003),
            (2e-6, 1.9e-6),
            (40.0, 0.43),
            (0.0003, 0.02),
            (0.5, 0.06),
            (float(large), float(large / rng.uniform(80, 120))),
            (float(small), float(small / rng.uniform(8, 14))),
        )
    ]


MAY_BE_RIGHT = Task(
    name="may-be-right",
    function="may_be_right",
    title="Read a gradient check",
    lesson=LESSON,
    section=CHECK,
    points=1,
    right="A right gradient is told by how its disagreement falls, to about a hundredth at a tenth "
    "of the distance, and not by how small it is.",
    returns=("may be right",),
    cases=check_cases,
    reference=may_be_right,
    misconceptions=(
        Misconception(
            "a check that asks how small the disagreement is",
            edited(may_be_right, "at_a_tenth < at / 30 → at_a_tenth < 1e-3"),
            "A small disagreement can stay, and a large one can vanish. What should happen at a "
            "tenth of the distance?",
        ),
        Misconception(
            "a check that any fall will pass",
            edited(may_be_right, "at / 30 → at"),
            "It has to fall by much. By which factor, for a tenth of the distance?",
        ),
        Misconception(
            "a check that a fall to a tenth will pass",
            edited(may_be_right, "at / 30 → at / 5"),
            "The error shrinks with the *square* of the distance.",
        ),
        Misconception(
            "a check that wants exactly a hundredth",
            edited(may_be_right, "at_a_tenth < at / 30 → np.isclose(at_a_tenth, at / 100)"),
            "About a hundredth: higher powers of the distance have their say. Where is the bound "
            "between a tenth and a hundredth?",
        ),
        Misconception(
            "a check read the wrong way round",
            edited(may_be_right, "at_a_tenth < → at_a_tenth >"),
            "Is it the right gradient or the wrong one whose disagreement goes away?",
        ),
    ),
    show_target=False,
    right_all_the_same={
        "line 3: 30 → 31": "any bound between a tenth and a hundredth serves",
        "line 3: 30 → 60": "any bound between a tenth and a hundredth serves",
        "line 3: at_a_tenth < at / 30 → at_a_tenth <= at / 30": "no case stands at the bound",
    },
)


# Implement: backwards, with one more layer


def forward(x, W1, W2, W3):
    """Return both layers of hidden values, and the probabilities."""
    h1 = np.tanh(x @ W1)
    h2 = np.tanh(h1 @ W2)
    e = np.exp(h2 @ W3)
    return h1, h2, e / e.sum(axis=1)[:, None]


def gradients(x, y, W1, W2, W3):
    """Return the gradients of the mean cross-entropy for the three matrices."""
    h1, h2, p = forward(x, W1, W2, W3)
    errors = (p - np.eye(W3.shape[1])[y]) / len(x)
    second = errors @ W3.T * (1 - h2**2)
    first = second @ W2.T * (1 - h1**2)
    return x.T @ first, h1.T @ second, h2.T @ errors


def deeper_cases(rng):
    """Return small networks of three matrices, with images and their labels."""
    return [
        {
            "x": np.round(rng.uniform(-1, 1, size=(n, pixels)), 2),
            "y": rng.integers(classes, size=n),
            "W1": np.round(rng.normal(size=(pixels, one)), 2),
            "W2": np.round(rng.normal(size=(one, two)), 2),
            "W3": np.round(rng.normal(size=(two, classes)), 2),
        }
        for n, pixels, one, two, classes in ((2, 2, 2, 2, 2), (6, 5, 4, 3, 3), (4, 3, 2, 5, 4))
    ]


DEEPER_GRADIENT = Task(
    name="deeper-gradient",
    function="gradients",
    title="Backwards through one more layer",
    lesson=LESSON,
    section=BACKWARD,
    points=3,
    right="Each layer's errors go back through its own weights, times the slope of tanh where they "
    "arrive, and each image has a share of 1/n.",
    returns=("gradient of W1", "gradient of W2", "gradient of W3"),
    cases=deeper_cases,
    reference=gradients,
    misconceptions=(
        Misconception(
            "gradients of the sum over the images, not of the mean",
            edited(gradients, " / len(x) →"),
            "The loss is a mean, so each image has a share of 1/n in the gradient.",
        ),
        Misconception(
            "a mean over images and classes",
            edited(gradients, "len(x) → p.size"),
            "Each image has one loss, not one for each class: divide by the number of images only.",
        ),
        Misconception(
            "gradients that forget both bends",
            edited(gradients, " * (1 - h2**2) →", " * (1 - h1**2) →"),
            "On the way back the errors pass each tanh as well, and are multiplied by its slope.",
        ),
        Misconception(
            "gradients that forget the bend of the first layer",
            edited(gradients, " * (1 - h1**2) →"),
            "W3 and W2 are right. Which tanh do the errors pass last, on the way to W1?",
        ),
        Misconception(
            "gradients that forget the bend of the second layer",
            edited(gradients, " * (1 - h2**2) →"),
            "W3 is right. Which tanh do the errors pass first, on the way to W2?",
        ),
        Misconception(
            "a first layer whose errors skip the second bend",
            edited(gradients, "second @ W2.T → errors @ W3.T @ W2.T"),
            "W3 and W2 are right. The errors that go on to the first layer are those that have "
            "passed the tanh of the second.",
        ),
        Misconception(
            "the slope of the logistic function",
            edited(gradients, "(1 - h2**2) → h2 * (1 - h2)", "(1 - h1**2) → h1 * (1 - h1)"),
            "The slope of tanh, in terms of its value h, is 1 − h².",
        ),
        Misconception(
            "slopes taken at tanh of tanh",
            edited(gradients, "h2**2 → np.tanh(h2) ** 2", "h1**2 → np.tanh(h1) ** 2"),
            "h1 and h2 are tanh already: their slope is 1 − h², with no second tanh.",
        ),
        Misconception(
            "gradients downhill",
            edited(gradients, "(p - np.eye(W3.shape[1])[y]) → (np.eye(W3.shape[1])[y] - p)"),
            "The gradient points uphill: probabilities minus targets.",
        ),
        Misconception(
            "the errors of squared differences",
            edited(gradients, "/ len(x) → * p * (1 - p) / len(x)"),
            "With cross-entropy the slope of the softmax cancels: what is left is p minus target.",
        ),
        Misconception(
            "errors without the targets",
            edited(gradients, "(p - np.eye(W3.shape[1])[y]) → p"),
            "Which score should rise? Take 1 off the probability of the right class.",
        ),
        Misconception(
            "the layers in the wrong order",
            edited(
                gradients,
                "x.T @ first, h1.T @ second, h2.T @ errors → "
                "h2.T @ errors, h1.T @ second, x.T @ first",
            ),
            "You work backwards; return the gradient of W1 first.",
        ),
    ),
    right_all_the_same={"line 4: x → y": "there is a label for each image"},
)


# Experiment: which rate to try next


def next_rate(losses, rates):
    """Return the next rate to try: beyond the grid, or beside the best rate in it."""
    typical = np.median(np.where(np.isnan(losses), np.inf, losses), axis=1)
    best = typical.argmin()
    if best == 0:
        return rates[0] ** 2 / rates[1]
    if best == len(rates) - 1:
        return rates[-1] ** 2 / rates[-2]
    other = best - 1 if typical[best - 1] < typical[best + 1] else best + 1
    return np.sqrt(rates[best] * rates[other])


NO_NAN = "np.where(np.isnan(losses), np.inf, losses) → losses"
BELOW = "return rates[0] ** 2 / rates[1] →"
ABOVE = "return rates[-1] ** 2 / rates[-2] →"
INSIDE = "np.sqrt(rates[best] * rates[other]) →"


def trial_cases(rng):
    """Return grids whose best rate is at either end and inside; each wrong rule is misled."""
    nan, best = np.nan, [0.30, 0.31, 0.29, 0.32, 9.0]
    others = np.array(
        [
            [nan, 0.8, 0.7, 0.75, 0.72],  # one that diverged
            [0.40, 0.41, 0.39, 0.42, 1.2],  # the lowest mean
            [0.60, 0.61, 0.62, 0.60, 0.60],  # the best of worst runs
            [0.90, 0.92, 0.01, 0.91, 0.90],  # the luckiest run
            [0.10, 0.95, 0.90, 0.92, 0.91],  # the best first run
            [nan, nan, nan, 0.20, 0.20],  # the lowest median of those that are left
        ]
    )

    def inside(place):
        rows = np.insert(rng.permutation(others), place, best, axis=0)
        return rows + np.round(rng.uniform(0, 0.005, size=rows.shape), 4)

    first = np.array([[0.1, 0.2, 0.3], [0.5, 0.6, nan], [0.7, 0.8, 0.9]])
    rising = np.round(np.array([[1.0], [1.5], [2.0]]) + rng.uniform(0, 0.2, size=(3, 4)), 3)
    lowest = np.round(rng.uniform(1, 9), 1) * 1e-5
    lower = np.array([[0.6, 0.7], [0.3, 0.3], [0.8, 0.9], [1.0, nan]])
    return [
        {"losses": first, "rates": 0.1 * 2.0 ** np.arange(3)},
        {"losses": lower, "rates": np.array([0.01, 0.04, 0.16, 0.64])},
        {"losses": inside(rng.integers(1, 3)), "rates": lowest * 10.0 ** np.arange(7)},
        {"losses": inside(rng.integers(3, 6)), "rates": lowest * 2.0 ** np.arange(7)},
        {"losses": rising[::-1], "rates": lowest * 3.0 ** np.arange(3)},
        {"losses": rising, "rates": lowest * 5.0 ** np.arange(3)},
    ]


NEXT_RATE = Task(
    name="next-rate",
    function="next_rate",
    title="Which rate to try next",
    lesson=LESSON,
    section=FAIR,
    points=2,
    right="The median asks what a typical run does, a run that diverged is the worst there is, and "
    "a best rate at the edge sends the next trial out of the grid.",
    returns=("rate",),
    cases=trial_cases,
    reference=next_rate,
    misconceptions=(
        Misconception(
            "a trial led by the lowest mean",
            edited(next_rate, "np.median → np.mean"),
            "One unlucky run drags a mean along. The median asks what a typical run does.",
        ),
        Misconception(
            "a trial led by the luckiest run",
            edited(next_rate, "np.median → np.min"),
            "A single run may be luck. Which rate is good in a *typical* run?",
            PITFALLS,
        ),
        Misconception(
            "a trial led by the first run",
            edited(
                next_rate,
                "np.median(np.where(np.isnan(losses), np.inf, losses), axis=1) → "
                "np.where(np.isnan(losses), np.inf, losses)[:, 0]",
            ),
            "There are several runs for each rate: use all of them.",
            PITFALLS,
        ),
        Misconception(
            "a trial that forgets the runs that diverged",
            edited(next_rate, NO_NAN, "np.median → np.nanmedian"),
            "A run that diverged is not missing. It is the worst there is: infinite.",
        ),
        Misconception(
            "a trial beside the first rate that diverged",
            edited(next_rate, NO_NAN),
            "`argmin` takes NaN for the lowest value of all. Make it infinite first.",
        ),
        Misconception(
            "a trial led by the worst run",
            edited(next_rate, "np.median → np.max"),
            "A single run may be bad luck. Which rate is good in a *typical* run?",
        ),
        Misconception(
            "a trial that never leaves the grid",
            edited(
                next_rate,
                f"{BELOW} return np.sqrt(rates[0] * rates[1])",
                f"{ABOVE} return np.sqrt(rates[-1] * rates[-2])",
            ),
            "If the best rate is the first or the last, a better one may lie outside the grid.",
        ),
        Misconception(
            "a trial that leaves the grid at its lower end only",
            edited(next_rate, f"{ABOVE} return np.sqrt(rates[-1] * rates[-2])"),
            "A grid has two edges.",
        ),
        Misconception(
            "a trial that leaves the grid at its upper end only",
            edited(next_rate, f"{BELOW} return np.sqrt(rates[0] * rates[1])"),
            "A grid has two edges.",
        ),
        Misconception(
            "a trial beyond the wrong end of the grid",
            edited(
                next_rate,
                f"{BELOW} return rates[-1] ** 2 / rates[-2]",
                "if best == len(rates) - 1:\n        return rates[-1] ** 2 / rates[-2] → "
                "if best == len(rates) - 1:\n        return rates[0] ** 2 / rates[1]",
            ),
            "Go on in the direction in which the losses fall.",
        ),
        Misconception(
            "a trial beyond the grid by a sum, not by a factor",
            edited(
                next_rate,
                f"{BELOW} return 2 * rates[0] - rates[1]",
                f"{ABOVE} return 2 * rates[-1] - rates[-2]",
            ),
            "The grid goes by factors, and so should the step beyond it. Below its lower end your "
            "rate can be 0 or negative.",
        ),
        Misconception(
            "a trial in the middle by sum, not by factor",
            edited(next_rate, f"{INSIDE} (rates[best] + rates[other]) / 2"),
            "Between 0.01 and 0.04 the middle is where both quotients are the same.",
        ),
        Misconception(
            "a trial beside the worse neighbour",
            edited(next_rate, "typical[best - 1] < typical → typical[best - 1] > typical"),
            "The best rate may lie on either side. On which side are the losses lower?",
        ),
        Misconception(
            "the best rate once more",
            edited(next_rate, f"{INSIDE} rates[best]"),
            "That one has been tried. Where may a better one be?",
        ),
    ),
    right_all_the_same={
        "line 7: rates → losses": "losses has a row for each rate",
        "line 9: typical[best - 1] < typical[best + 1] → typical[best - 1] <= typical[best + 1]": (
            "no two neighbours are equal"
        ),
    },
)


# Find the bug: what a paper may report


def reported(validation, test):
    """Return the median test accuracy at the rate with the best median validation accuracy."""
    best = np.median(validation, axis=1).argmax()
    return np.median(test[best])


CHOSEN_ON_TEST = "np.median(validation → np.median(test"
LUCKIEST_RUN = "np.median(test[best]) → test[best].max()"


def report_cases(rng):
    """Return accuracies (rates, runs) in which every other choice gives another number."""
    cases = []
    for rates, runs in ((3, 3), (5, 7), (4, 5)):
        validation = rng.permuted(np.linspace(0.5, 0.7, rates * runs)).reshape(rates, runs)
        test = rng.permuted(np.linspace(0.4, 0.6, rates * runs)).reshape(rates, runs)
        right, tempting, lucky = rng.permutation(rates)[:3]
        validation[right] += 0.25
        validation[right, : runs // 2] = 0.1  # draws a mean along, but no median
        test[tempting] += 0.25
        validation[lucky] = np.append(np.full(runs - 1, 0.3), 0.99)
        test[lucky, 0] = 0.95
        cases.append({"validation": validation.round(4), "test": test.round(4)})
    return cases


REPORTED = Task(
    name="repaired-report",
    function="reported",
    title="Find two bugs in a report",
    lesson=LESSON,
    section=PITFALLS,
    points=2,
    right="Validation data choose, test data only report, and the run that is reported is a "
    "typical one, which another team would get as well.",
    returns=("accuracy",),
    cases=report_cases,
    reference=reported,
    misconceptions=(
        Misconception(
            "the listing with both of its bugs",
            edited(reported, CHOSEN_ON_TEST, LUCKIEST_RUN),
            "Which data may choose the rate? And would another team get the number of your "
            "luckiest run?",
        ),
        Misconception(
            "the listing that chooses on the test set",
            edited(reported, CHOSEN_ON_TEST),
            "One bug is left. A test set that has chosen the rate has become part of the training.",
        ),
        Misconception(
            "the listing that reports its luckiest run",
            edited(reported, LUCKIEST_RUN),
            "One bug is left. The best of several runs grows with their number, for any method.",
        ),
        Misconception(
            "the best number of all",
            edited(reported, "np.median(test[best]) → test.max()"),
            "That is the largest of all test numbers. Choose on the validation set, and report a "
            "typical run.",
        ),
        Misconception(
            "the accuracy on the validation set",
            edited(reported, "test[best] → validation[best]"),
            "The validation set has chosen the rate, and flatters it. Report the test set.",
        ),
        Misconception(
            "the mean in place of the median",
            edited(reported, "np.median(test → np.mean(test"),
            "Sound as well, but this report is about the median run.",
        ),
        Misconception(
            "a rate chosen by its mean",
            edited(reported, "np.median(validation → np.mean(validation"),
            "A few runs that failed draw the mean along. Choose by the median as well.",
        ),
        Misconception(
            "a rate chosen by its luckiest run",
            edited(reported, "np.median(validation → np.max(validation"),
            "Choose the rate by its median on the validation set.",
        ),
    ),
)


# Predict: when half is learned


def half_learned(frequency, steps):
    """Return after how many steps half of the text and half of the words are half learned."""
    needed = steps * frequency[0] / frequency
    text = np.argmax(np.cumsum(frequency) >= 0.5)
    return needed[text], needed[(len(frequency) - 1) // 2]


def text_cases(rng):
    """Return frequencies that fall, of an odd and an even number of words, by Zipf and without."""
    drawn = np.sort(rng.dirichlet(np.full(2 * rng.integers(6, 12), 0.7)) + 1e-3)[::-1]
    return [
        {"frequency": np.array([0.5, 0.25, 0.25]), "steps": 10},
        {"frequency": zipf(256), "steps": 40},
        {"frequency": drawn / drawn.sum(), "steps": int(rng.integers(20, 60))},
    ]


NEEDED = "steps * frequency[0] / frequency →"

HALF_LEARNED = Task(
    name="half-learned",
    function="half_learned",
    title="Half of the text, half of the words",
    lesson=LESSON,
    section=RARE,
    points=2,
    right="Gradient descent learns half of the text soon and half of the words late; with Adam all "
    "rows keep step, so both would take as long as the first word.",
    returns=("half of the text", "half of the words"),
    cases=text_cases,
    reference=half_learned,
    misconceptions=(
        Misconception(
            "a prediction in which all rows keep step",
            edited(half_learned, f"{NEEDED} np.full(len(frequency), steps)"),
            "That is Adam. What does gradient descent do with a gradient that is smaller?",
        ),
        Misconception(
            "a prediction by rank",
            edited(half_learned, f"{NEEDED} steps * np.arange(1.0, len(frequency) + 1)"),
            "Right under Zipf's law alone. Take the frequencies that you are given.",
        ),
        Misconception(
            "a prediction in which rare words are quicker",
            edited(half_learned, f"{NEEDED} steps * frequency / frequency[0]"),
            "A rare word has a small gradient. Does gradient descent then move faster or slower?",
        ),
        Misconception(
            "a prediction with the root of the frequency",
            edited(half_learned, f"{NEEDED} steps * np.sqrt(frequency[0] / frequency)"),
            "The step itself has the frequency as a factor, and no root is taken.",
        ),
        Misconception(
            "a prediction that divides by the frequency, not by its share of the first",
            edited(half_learned, "steps * frequency[0] → steps"),
            "The first word needs `steps`. How many times as rare is another word?",
        ),
        Misconception(
            "the two halves in the wrong order",
            edited(
                half_learned,
                "needed[text], needed[(len(frequency) - 1) // 2] → "
                "needed[(len(frequency) - 1) // 2], needed[text]",
            ),
            "Return the half of the text first.",
        ),
        Misconception(
            "a half that is one word too far",
            edited(half_learned, "(len(frequency) - 1) // 2 → len(frequency) // 2"),
            "Of four words two are half. Python counts from 0.",
        ),
        Misconception(
            "a half of the words for both",
            edited(half_learned, "needed[text] → needed[(len(frequency) - 1) // 2]"),
            "A frequent word makes up more of the text than a rare one. How many words make up "
            "half of it?",
        ),
        Misconception(
            "all of the words in the place of half",
            edited(half_learned, "(len(frequency) - 1) // 2 → -1"),
            "The rarest word is the last to be learned. Half of the words are learned before.",
        ),
    ),
    show_target=False,
)


# Experiment: a rate for each row, from the first gradient


WORDS, LEFT = 16, 0.01


def row_rates(gradient, steps):
    """Return rates for gradient descent with which the rows of all words learn alike."""
    return 1.0 / np.abs(gradient).sum(axis=1)


def first_gradient(rng, frequency):
    """Return the gradient of a bigram model at its start: a row a word, in an order of its own."""
    errors = [1 / WORDS - rng.permutation(zipf(WORDS)) for _ in frequency]
    return np.asarray(frequency)[:, None] * np.array(errors)


def left_over(frequency, rates, steps):
    """Return the share of each row's error that gradient descent leaves, (words,)."""
    target = zipf(WORDS)
    pull, theta = (rates * frequency)[:, None], np.zeros((len(frequency), WORDS))
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            theta = theta - pull * (np.exp(log_softmax(theta)) - target)
        error = (target * (np.log(target) - log_softmax(theta))).sum(axis=1)
    return error / (target * np.log(target * WORDS)).sum()


def log_softmax(theta):
    """Return the logarithm of the probabilities of scores, row by row."""
    scores = theta - theta.max(axis=1)[:, None]
    return scores - np.log(np.exp(scores).sum(axis=1))[:, None]


def zipf(words):
    """Return the frequencies of so many words by Zipf's law."""
    share = 1 / np.arange(1, words + 1)
    return share / share.sum()


def every_row_learns(gradient, steps, rates):
    """Return "" if every row has learned, else which one has not."""
    frequency = np.abs(gradient).sum(axis=1) / np.abs(1 / WORDS - zipf(WORDS)).sum()
    left = left_over(frequency, rates, steps)
    if (left <= LEFT).all():  # NaN is not
        return ""
    worst = np.argmax(np.where(np.isnan(left), np.inf, left))
    share = f"has {left[worst]:.0%} of its error left" if left[worst] < 10 else "diverges"
    return f"after {steps} steps the row of word {worst + 1} of {len(frequency)} {share}"


SIZES = "1.0 / np.abs(gradient).sum(axis=1) →"

ROW_RATES = Task(
    name="row-rates",
    function="row_rates",
    title="Find a rate for each row",
    lesson=LESSON,
    section=RARE,
    points=3,
    allows=("adam_course.descend", "adam_course.optimizers", "adam_course.problems"),
    right="Each row's rate makes up for the size of its gradient, so nobody has to count words; "
    "Adam divides by such a size as well, anew in each step.",
    returns=("rates",),
    cases=lambda rng: [
        {"gradient": first_gradient(rng, zipf(16)), "steps": 100},
        {"gradient": first_gradient(rng, zipf(64)), "steps": 400},
        {
            "gradient": first_gradient(
                rng, rng.dirichlet(np.full(rng.integers(17, 30), 0.5)) + 1e-4
            ),
            "steps": 200,
        },
    ],
    reference=row_rates,
    misconceptions=(
        Misconception(
            "one rate for all rows, by the largest",
            edited(
                row_rates,
                f"{SIZES} np.full(len(gradient), 1 / np.abs(gradient).sum(axis=1).max())",
            ),
            "This rate suits the most frequent word. What does the gradient of a rare row lack?",
        ),
        Misconception(
            "one rate for all rows, by the smallest",
            edited(
                row_rates,
                f"{SIZES} np.full(len(gradient), 1 / np.abs(gradient).sum(axis=1).min())",
            ),
            "The rarest row needs it, and the most frequent one diverges with it.",
        ),
        Misconception(
            "a rate that grows with the gradient of the row",
            edited(
                row_rates,
                f"{SIZES} np.abs(gradient).sum(axis=1) / np.abs(gradient).sum(axis=1).max()",
            ),
            "Frequent rows have the large gradients already. Who needs the larger rate?",
        ),
        Misconception(
            "a rate that makes up for half of the rarity",
            edited(row_rates, f"{SIZES} 1 / np.sqrt(np.abs(gradient).sum(axis=1))"),
            "The right direction, and not enough: a row whose gradient is 100 times as small gets "
            "a rate that is only 10 times as large.",
        ),
        Misconception(
            "a rate by the place of the word, as Zipf's law would have it",
            edited(row_rates, f"{SIZES} 3.0 * np.arange(1, len(gradient) + 1)"),
            "Right under Zipf's law alone. Take the gradient that you are given.",
        ),
        Misconception(
            "a rate with the gradient squared",
            edited(row_rates, f"{SIZES} 1 / (gradient**2).sum(axis=1)"),
            "That makes up for the rarity twice. Is a root missing?",
        ),
        Misconception(
            "a rate from the sum of the row, with its signs",
            edited(row_rates, "np.abs(gradient) → gradient"),
            "The errors of a row add up to 0: what is too much for one word is missing for "
            "another. The size has to be taken without signs.",
        ),
        Misconception(
            "Adam's default rate",
            edited(row_rates, f"{SIZES} np.full(len(gradient), 0.001)"),
            "Rates of different methods cannot be copied: gradient descent multiplies its rate by "
            "a gradient that is tiny here.",
        ),
    ),
    accepts=every_row_learns,
    show_target=False,
    right_all_the_same={"line 3: 1.0 → 2.0": "many rates serve"},
)


# A stretch: what luck can do


def wins_needed(pairs, methods):
    """Return how many pairs one of so many equal methods wins by luck in at most 5 % of trials."""
    chances = [math.comb(pairs, wins) / 2**pairs for wins in range(pairs + 1)]
    for wins in range(pairs + 2):
        nobody = (1 - sum(chances[wins:])) ** methods
        if 1 - nobody <= 0.05:
            return wins


WINS_NEEDED = Task(
    name="wins-needed",
    function="wins_needed",
    title="Wins that luck does not explain",
    lesson=LESSON,
    section=ACCURACY,
    points=0,
    right="Luck grows with the number of methods that try, so the best of eleven has to win more "
    "pairs than a single one.",
    returns=("wins",),
    cases=lambda rng: [
        {"pairs": 5, "methods": 1},
        {"pairs": 20, "methods": 11},
        {"pairs": 4, "methods": 1},
        {"pairs": int(rng.integers(12, 30)), "methods": int(rng.integers(3, 9))},
        {"pairs": int(rng.integers(100, 200)), "methods": int(rng.integers(2, 5))},
    ],
    reference=wins_needed,
    misconceptions=(
        Misconception(
            "the wins of a single method",
            edited(wins_needed, " ** methods →"),
            "Each of them may be lucky. What is the chance that none of them is?",
        ),
        Misconception(
            "the chance of exactly so many wins",
            edited(
                wins_needed,
                "chances[wins:] → chances[wins : wins + 1]",
                "range(pairs + 2) → range(pairs // 2, pairs + 2)",
            ),
            "More wins would have impressed you as well. Add up their chances, too.",
        ),
        Misconception(
            "more than half of the pairs",
            edited(wins_needed, "if 1 - nobody <= 0.05 → if wins > pairs / 2"),
            "Equal methods do that half of the time.",
        ),
        Misconception(
            "the last number of wins that luck explains",
            edited(wins_needed, "return wins → return wins - 1"),
            "With one win fewer the chance is above 5 %.",
        ),
        Misconception(
            "a chance that all of them are lucky",
            edited(
                wins_needed,
                "(1 - sum(chances[wins:])) ** methods → 1 - sum(chances[wins:]) ** methods",
            ),
            "A single lucky one is enough to mislead you. What is the chance that none of them is?",
        ),
    ),
    show_target=False,
    right_all_the_same={
        "line 3: 1 → 2": "nobody wins more pairs than there are, and that has the chance 0",
        "line 4: 2 → 3": "the answer comes before the last number",
        "line 4: 2 → 4": "the answer comes before the last number",
        "line 6: 1 - nobody <= 0.05 → 1 - nobody < 0.05": "no chance is exactly 5 %",
    },
)

EXERCISE = Exercise(
    name=LESSON,
    title="Real networks",
    minutes=70,
    tasks=(
        MAY_BE_RIGHT,
        DEEPER_GRADIENT,
        NEXT_RATE,
        REPORTED,
        HALF_LEARNED,
        ROW_RATES,
        WINS_NEEDED,
    ),
    by_person=2,
)
