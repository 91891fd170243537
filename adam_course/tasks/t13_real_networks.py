"""The tasks of exercise 13: a network forwards and backwards, a fair choice, and rare words."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "13_real_networks"
FORWARD = "Forwards, from pixels to a loss"
BACKWARD = "Backwards, along the same path"
FAIR = "A fair race"
RARE = "Rare words"
PITFALLS = "What people get wrong"


# Implement: forwards


def forward(theta, images, hidden, classes):
    """Return the hidden values (n, hidden) and the probabilities (n, classes)."""
    cut = (images.shape[1] + 1) * hidden
    first = theta[:cut].reshape(images.shape[1] + 1, hidden)
    second = theta[cut:].reshape(hidden + 1, classes)
    values = np.tanh(images @ first[:-1] + first[-1])
    scores = values @ second[:-1] + second[-1]
    weights = np.exp(scores - scores.max(axis=1)[:, None])
    return values, weights / weights.sum(axis=1)[:, None]


def network_cases(rng, huge=False):
    """Return small networks with images; on request with one whose scores overflow exp.

    Only its last layer is large, so that images differ widely in their largest score.
    """
    cases = []
    for n, pixels, hidden, classes in ((2, 2, 3, 2), (6, 5, 4, 3), (4, 3, 2, 5)):
        size = (pixels + 1) * hidden + (hidden + 1) * classes
        cases.append(
            {
                "theta": np.round(rng.normal(size=size), 2),
                "images": np.round(rng.uniform(size=(n, pixels)), 2),
                "hidden": hidden,
                "classes": classes,
            }
        )
    if huge:
        theta, cut = cases[1]["theta"].copy(), (5 + 1) * 4
        theta[cut:] *= 1e6
        cases.append(cases[1] | {"theta": theta})
    return cases


NETWORK_FORWARD = Task(
    name="network-forward",
    function="forward",
    title="A network, forwards",
    lesson=LESSON,
    section=FORWARD,
    points=2,
    right="Two layers with a bend between them; each image's scores lose their own largest one "
    "before exp, so nothing overflows and the probabilities stay the same.",
    returns=("hidden values", "probabilities"),
    cases=lambda rng: network_cases(rng, huge=True),
    reference=forward,
    misconceptions=(
        Misconception(
            "a network without its tanh",
            edited(forward, "np.tanh →"),
            "Without a bend between them two layers are one: a product of matrices is a matrix.",
        ),
        Misconception(
            "a network with ReLU",
            edited(forward, "np.tanh → np.maximum", "first[-1]) → first[-1], 0)"),
            "A fine network, but this one has tanh.",
        ),
        Misconception(
            "a network with the logistic function",
            edited(
                forward, "np.tanh(images → 1 / (1 + np.exp(-images", "+ first[-1]) → - first[-1]))"
            ),
            "A fine network, but this one has tanh, which runs from −1 to 1.",
        ),
        Misconception(
            "a network without its biases",
            edited(forward, " + first[-1] →", " + second[-1] →"),
            "The last row of each matrix is added to every image: `first[-1]`, `second[-1]`.",
        ),
        Misconception(
            "a network whose biases are in the first row",
            edited(
                forward,
                "first[:-1] + first[-1] → first[1:] + first[0]",
                "second[:-1] + second[-1] → second[1:] + second[0]",
            ),
            "The biases are the *last* row of each matrix.",
        ),
        Misconception(
            "a network read column by column",
            edited(
                forward,
                "images.shape[1] + 1, hidden) → hidden, images.shape[1] + 1).T",
                "hidden + 1, classes) → classes, hidden + 1).T",
            ),
            "The flat vector holds the matrices row after row, as `reshape` reads it.",
        ),
        Misconception(
            "a softmax over the images",
            edited(
                forward,
                "scores.max(axis=1)[:, None] → scores.max(axis=0)",
                "weights.sum(axis=1)[:, None] → weights.sum(axis=0)",
            ),
            "The probabilities of one *image* add up to 1: sum along each row, `axis=1`.",
        ),
        Misconception(
            "a softmax that overflows",
            edited(forward, " - scores.max(axis=1)[:, None] →"),
            "exp(710) is infinite. Take the largest score of a row off all of them first: the "
            "probabilities stay the same.",
        ),
        Misconception(
            "a softmax that takes off the largest score of all images",
            edited(forward, "max(axis=1)[:, None] → max()"),
            "An image whose own scores are far below that is left with zeros, and 0 / 0. Each row "
            "has a largest score of its own.",
        ),
        Misconception(
            "scores instead of probabilities",
            edited(forward, "weights / weights.sum(axis=1)[:, None] → scores"),
            "Scores are any numbers. What makes them positive, and what makes them add up to 1?",
        ),
    ),
)


# Implement: backwards


def gradient(theta, images, labels, hidden, classes):
    """Return the gradient of the mean cross-entropy, flat as theta is."""
    values, probabilities = forward(theta, images, hidden, classes)
    weights = theta[-(hidden + 1) * classes :].reshape(hidden + 1, classes)[:hidden]
    errors = (probabilities - np.eye(classes)[labels]) / len(values)
    back = errors @ weights.T * (1 - values**2)
    first = images.T @ back, back.sum(axis=0)
    second = values.T @ errors, errors.sum(axis=0)
    return np.concatenate([part.ravel() for part in first + second])


def gradient_cases(rng):
    """Return small networks with images and their labels."""
    return [
        {
            "theta": case["theta"],
            "images": case["images"],
            "labels": rng.integers(case["classes"], size=len(case["images"])),
            "hidden": case["hidden"],
            "classes": case["classes"],
        }
        for case in network_cases(rng)
    ]


NETWORK_GRADIENT = Task(
    name="network-gradient",
    function="gradient",
    title="A network, backwards",
    lesson=LESSON,
    section=BACKWARD,
    points=3,
    builds_on=("network-forward",),
    right="The errors p − target go back through the weights that brought the signal, times the "
    "slope of tanh, and each image has a share of 1/n.",
    returns=("gradient",),
    cases=gradient_cases,
    reference=gradient,
    misconceptions=(
        Misconception(
            "the sum over the images instead of the mean",
            edited(gradient, " / len(values) →"),
            "The loss is a mean, so each image has a share of 1/n in the gradient.",
        ),
        Misconception(
            "a mean over images and classes",
            edited(gradient, "len(values) → probabilities.size"),
            "Each image has one loss, not one for each class: divide by the number of images only.",
        ),
        Misconception(
            "a gradient that forgets the bend",
            edited(gradient, " * (1 - values**2) →"),
            "On the way back the errors pass the tanh as well, and are multiplied by its slope.",
        ),
        Misconception(
            "the slope of the logistic function",
            edited(gradient, "(1 - values**2) → values * (1 - values)"),
            "The slope of tanh, in terms of its value h, is 1 − h².",
        ),
        Misconception(
            "a slope taken at tanh of tanh",
            edited(gradient, "values**2 → np.tanh(values) ** 2"),
            "The hidden values are tanh already: their slope is 1 − h², with no second tanh.",
        ),
        Misconception(
            "a gradient downhill",
            edited(
                gradient,
                "probabilities - np.eye(classes)[labels] → np.eye(classes)[labels] - probabilities",
            ),
            "The gradient points uphill: probabilities minus targets.",
        ),
        Misconception(
            "the errors of squared differences",
            edited(gradient, "/ len(values) → * probabilities * (1 - probabilities) / len(values)"),
            "With cross-entropy the slope of the softmax cancels: what is left is p minus target.",
        ),
        Misconception(
            "errors without the targets",
            edited(gradient, "(probabilities - np.eye(classes)[labels]) → probabilities"),
            "Which score should rise? Take 1 off the probability of the right class.",
        ),
        Misconception(
            "biases that never learn",
            edited(
                gradient,
                "back.sum(axis=0) → np.zeros(hidden)",
                "errors.sum(axis=0) → np.zeros(classes)",
            ),
            "A bias is added to every image, so its gradient adds up the errors of all images.",
        ),
        Misconception(
            "biases that are averaged twice",
            edited(gradient, "back.sum → back.mean", "errors.sum → errors.mean"),
            "The share 1/n is in the errors already. A bias adds them up.",
        ),
        Misconception(
            "the layers in the wrong order",
            edited(gradient, "first + second → second + first"),
            "The gradient is laid out as theta is: first layer first, weights before biases.",
        ),
    ),
)


# Implement: a fair choice


def fair_choice(losses, rates):
    """Return the rate with the lowest median loss, and whether it is at the edge of the grid."""
    losses = np.where(np.isnan(losses), np.inf, losses)
    typical = np.median(losses, axis=1)
    best = typical.argmin()
    return rates[best], best in (0, len(typical) - 1)


NAN_STAYS = "    losses = np.where(np.isnan(losses), np.inf, losses)\n →"


def choice_cases(rng):
    """Return grids whose best rate is at an end and inside; each wrong rule is misled."""
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
    inside = np.insert(rng.permutation(others), rng.integers(1, len(others)), best, axis=0)
    inside += np.round(rng.uniform(0, 0.005, size=inside.shape), 4)
    first = np.array([[0.1, 0.2, 0.3], [0.5, 0.6, nan]])
    rising = np.round(np.array([[1.0], [1.5], [2.0]]) + rng.uniform(0, 0.2, size=(3, 4)), 3)
    rates = np.round(rng.uniform(1, 9), 1) * 10.0 ** np.arange(-5, 2)
    return [
        {"losses": first, "rates": np.array([0.01, 0.1])},
        {"losses": inside, "rates": rates},
        {"losses": rising[::-1], "rates": rates[3:6]},
        {"losses": rising, "rates": rates[4:]},
    ]


FAIR_CHOICE = Task(
    name="fair-choice",
    function="fair_choice",
    title="Choose a rate",
    lesson=LESSON,
    section=FAIR,
    points=2,
    right="The median asks what a typical run does, a run that diverged counts as the worst there "
    "is, and a best rate at the edge says: look further.",
    returns=("rate", "at edge"),
    cases=choice_cases,
    reference=fair_choice,
    misconceptions=(
        Misconception(
            "the rate with the lowest mean",
            edited(fair_choice, "np.median → np.mean"),
            "One unlucky run drags a mean along. The median asks what a typical run does.",
        ),
        Misconception(
            "the rate of the luckiest run",
            edited(fair_choice, "np.median → np.min"),
            "A single run may be luck. Which rate is good in a *typical* run?",
            PITFALLS,
        ),
        Misconception(
            "the rate that is best in the first run",
            edited(fair_choice, "np.median(losses, axis=1) → losses[:, 0]"),
            "There are several runs for each rate: use all of them.",
            PITFALLS,
        ),
        Misconception(
            "a choice that forgets the runs that diverged",
            edited(fair_choice, NAN_STAYS, "np.median → np.nanmedian"),
            "A run that diverged is not missing. It is the worst there is: infinite.",
        ),
        Misconception(
            "a choice of the first rate that diverged",
            edited(fair_choice, NAN_STAYS),
            "`argmin` takes NaN for the lowest value of all. Make it infinite first.",
        ),
        Misconception(
            "the rate whose worst run is best",
            edited(fair_choice, "np.median → np.max"),
            "A single run may be bad luck. Which rate is good in a *typical* run?",
        ),
        Misconception(
            "the place in the grid instead of the rate",
            edited(fair_choice, "rates[best] → best"),
            "You have the place. Look up which rate stands there.",
        ),
        Misconception(
            "the lowest median instead of its rate",
            edited(fair_choice, "rates[best] → typical[best]"),
            "You have the loss. Which of the rates has led to it?",
        ),
        Misconception(
            "a choice that never looks at the edge",
            edited(fair_choice, "best in (0, len(typical) - 1) → False"),
            "If the best rate is the first or the last, a better one may lie outside the grid.",
        ),
        Misconception(
            "a choice that looks at one edge only, the last",
            edited(fair_choice, "best in (0, len(typical) - 1) → best == len(typical) - 1"),
            "A grid has two edges.",
        ),
        Misconception(
            "a choice that looks at one edge only, the first",
            edited(fair_choice, "best in (0, len(typical) - 1) → best == 0"),
            "A grid has two edges.",
        ),
    ),
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


# Predict: how long a rare word takes


def steps_needed(steps, rank):
    """Return the steps that gradient descent and Adam need for a word of this rank."""
    return steps * rank, steps


STEPS_NEEDED = Task(
    name="rare-word-steps",
    function="steps_needed",
    title="How long a rare word takes",
    lesson=LESSON,
    section=RARE,
    points=1,
    right="Gradient descent has the word's frequency as a factor in each step; Adam divides it "
    "away, so its rows all need the same number of steps.",
    returns=("gradient descent", "Adam"),
    cases=lambda rng: [
        {"steps": 10, "rank": 2},
        {"steps": 40, "rank": 100},
        {"steps": int(rng.integers(20, 60)), "rank": int(rng.integers(5, 50))},
    ],
    reference=steps_needed,
    misconceptions=(
        Misconception(
            "the same number of steps for all words",
            edited(steps_needed, "steps * rank → steps"),
            "The gradient of a row is multiplied by how often its word comes up. Which of the two "
            "methods takes that factor out?",
        ),
        Misconception(
            "a prediction in which Adam is slow as well",
            edited(steps_needed, "rank, steps → rank, steps * rank"),
            "What happens to Adam's step when a gradient is divided by 100?",
        ),
        Misconception(
            "a prediction with the two methods swapped",
            edited(steps_needed, "steps * rank, steps → steps, steps * rank"),
            "Which of the two divides by the size of the gradient?",
        ),
        Misconception(
            "a prediction in which rare words are quicker",
            edited(steps_needed, "steps * rank → steps / rank"),
            "A rare word has a small gradient. Does gradient descent then move faster or slower?",
        ),
        Misconception(
            "a prediction with the root of the rank",
            edited(steps_needed, "* rank → * np.sqrt(rank)"),
            "The step itself is smaller by the factor 1/rank, and no root is taken.",
        ),
        Misconception(
            "a prediction with the square of the rank",
            edited(steps_needed, "* rank → * rank**2"),
            "The step is smaller by the factor 1/rank. Nothing multiplies it a second time.",
        ),
    ),
    show_target=False,
)


# Experiment: a rate for each row


WORDS, LEFT = 16, 0.01


def row_rates(frequency, steps):
    """Return rates for gradient descent with which the rows of all words learn alike."""
    return 1 / frequency


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


def every_row_learns(frequency, steps, rates):
    """Return "" if every row has learned, else which one has not."""
    left = left_over(frequency, rates, steps)
    if (left <= LEFT).all():  # NaN is not
        return ""
    worst = np.argmax(np.where(np.isnan(left), np.inf, left))
    share = f"has {left[worst]:.0%} of its error left" if left[worst] < 10 else "diverges"
    return f"after {steps} steps the row of word {worst + 1} of {len(frequency)} {share}"


ROW_RATES = Task(
    name="row-rates",
    function="row_rates",
    title="Find a rate for each row",
    lesson=LESSON,
    section=RARE,
    points=3,
    allows=("adam_course.descend", "adam_course.optimizers", "adam_course.problems"),
    right="Each row's rate makes up for how rarely its word comes up, so that the rows of rare "
    "words learn as well as those of frequent ones.",
    returns=("rates",),
    cases=lambda rng: [
        {"frequency": zipf(16), "steps": 100},
        {"frequency": zipf(256), "steps": 400},
        {"frequency": rng.dirichlet(np.full(rng.integers(15, 30), 0.5)) + 1e-4, "steps": 200},
    ],
    reference=row_rates,
    misconceptions=(
        Misconception(
            "one rate for all rows",
            edited(row_rates, "1 / frequency → np.full_like(frequency, 1 / frequency.max())"),
            "This rate suits the most frequent word. What does the gradient of a rare row lack?",
        ),
        Misconception(
            "a rate for the rarest word, given to all",
            edited(row_rates, "1 / frequency → np.full_like(frequency, 1 / frequency.min())"),
            "The rarest row needs it, and the most frequent one diverges with it.",
        ),
        Misconception(
            "a rate that grows with the frequency",
            edited(row_rates, "1 / frequency → frequency / frequency.max()"),
            "Frequent rows have the large gradients already. Who needs the larger rate?",
        ),
        Misconception(
            "a rate that makes up for half of the rarity",
            edited(row_rates, "1 / frequency → 1 / np.sqrt(frequency)"),
            "The right direction, and not enough: rate times frequency should be the same number "
            "in every row.",
        ),
        Misconception(
            "a rate that grows with the place of the word, as Zipf's law would have it",
            edited(
                row_rates,
                "1 / frequency → np.arange(1, len(frequency) + 1) / zipf(len(frequency))[0]",
            ),
            "Right under Zipf's law alone. Take the frequencies that you are given.",
        ),
        Misconception(
            "a rate with the frequency squared",
            edited(row_rates, "1 / frequency → 1 / frequency**2"),
            "The gradient has the frequency as a factor once. Divide by it once.",
        ),
        Misconception(
            "Adam's default rate",
            edited(row_rates, "1 / frequency → np.full_like(frequency, 0.001)"),
            "Rates of different methods cannot be copied: gradient descent multiplies its rate by "
            "a gradient that is tiny here.",
        ),
    ),
    accepts=every_row_learns,
    show_target=False,
    right_all_the_same={"line 3: 1 → 2": "many rates serve"},
)

EXERCISE = Exercise(
    name=LESSON,
    title="Real networks",
    minutes=60,
    tasks=(
        NETWORK_FORWARD,
        NETWORK_GRADIENT,
        FAIR_CHOICE,
        REPORTED,
        STEPS_NEEDED,
        ROW_RATES,
    ),
)
