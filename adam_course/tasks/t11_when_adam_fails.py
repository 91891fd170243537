"""The tasks of exercise 11: a vote, AMSGrad, a score, a threshold, a classifier, and two games."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "11_when_adam_fails"
GAME = "Reddi's game"
VOTE = "A vote that is counted wrongly"
FIRST = "You name the betas, I name the problem"
REPAIR = "AMSGrad"
DATA = "Wilson's data"
EDGE = "The edge of stability"
PITFALLS = "What people get wrong"


# To begin: two ways to count a vote


def two_counts(slopes):
    """Return how far a cycle moves gradient descent, and an Adam without memory, at the rate 1."""
    added_up = -slopes.sum()
    heads = -np.sign(slopes).sum()
    return added_up, heads


TWO_COUNTS = Task(
    name="two-counts",
    function="two_counts",
    title="Count a vote in two ways",
    lesson=LESSON,
    section=VOTE,
    points=1,
    right="Gradient descent adds the slopes up; an Adam without memory divides each by its own "
    "size, so only their signs are counted.",
    returns=("gradient_descent", "adam"),
    cases=lambda rng: [
        {"slopes": np.array([4.0, -1.0, -1.0])},
        {"slopes": np.array([-5.0, 2.0, -1.0, 2.0, -3.0])},
        {
            "slopes": np.round(
                rng.permutation([*rng.uniform(5, 9, 2), *rng.uniform(-3, -0.5, 5)]), 2
            )
        },
    ],
    reference=two_counts,
    misconceptions=(
        Misconception(
            "two counts uphill",
            edited(two_counts, "-slopes → slopes", "-np → np"),
            "A step goes against the slope.",
        ),
        Misconception(
            "the two counts the wrong way round",
            edited(two_counts, "return added_up, heads → return heads, added_up"),
            "Return gradient descent's move first.",
        ),
        Misconception(
            "the sum in both counts",
            edited(two_counts, "np.sign(slopes) → slopes"),
            "β₁ and β₂ are 0: m is g, and √v is its size. What is left of g if it is divided by "
            "its size?",
        ),
        Misconception(
            "heads in both counts",
            edited(two_counts, "-slopes → -np.sign(slopes)"),
            "Gradient descent adds the slopes themselves up.",
        ),
        Misconception(
            "a single head for the whole cycle",
            edited(two_counts, "np.sign(slopes).sum() → np.sign(slopes.sum())"),
            "Adam divides in each step, by the size of that step's slope. Count the steps.",
        ),
        Misconception(
            "means in place of sums",
            edited(two_counts, "slopes.sum() → slopes.mean()", "(slopes).sum → (slopes).mean"),
            "How far does the whole cycle move them?",
        ),
    ),
)


# Implement: one step of AMSGrad


def amsgrad_step(theta, grad, m, v, v_max, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return the next (theta, m, v, v_max): Reddi, Kale & Kumar 2018, Algorithm 2."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_max = np.maximum(v_max, v)
    theta = theta - lr * m / (np.sqrt(v_max) + eps)
    return theta, m, v, v_max


def step_cases(rng):
    """Return steps with a record that stands, one that falls, and none yet."""

    def case(shape, low, high, **more):
        theta, grad, m = np.round(rng.normal(size=(3, *shape)), 2)
        v = np.round(rng.uniform(0.5, 2, size=shape), 2)
        v_max = np.round(v * rng.uniform(low, high, size=shape), 3)
        return {"theta": theta, "grad": grad, "m": m, "v": v, "v_max": v_max, **more}

    first = case((2,), 1, 1, lr=0.1)
    first |= {"grad": np.array([3.0, -0.5])} | dict.fromkeys(("m", "v", "v_max"), np.zeros(2))
    falls = case((3,), 1.0, 1.0, lr=0.5)
    silent = first | {"theta": np.ones(2), "grad": np.zeros(2)}
    return [
        first,
        case((3,), 2, 4),
        falls | {"grad": np.array([9.0, 0.1, -40.0])},
        case((2, 2), 1, 1.5, lr=0.3, beta1=0.8, beta2=0.9, eps=0.1),
        silent,
    ]


AMSGRAD_STEP = Task(
    name="amsgrad-step",
    function="amsgrad_step",
    title="One step of AMSGrad",
    lesson=LESSON,
    section=REPAIR,
    points=3,
    right="v goes on forgetting as in Adam, while v_max keeps the largest v so far, and only "
    "v_max divides the step.",
    returns=("theta", "m", "v", "v_max"),
    cases=step_cases,
    reference=amsgrad_step,
    misconceptions=(
        Misconception(
            "Adam, which forgets its largest v",
            edited(amsgrad_step, "np.sqrt(v_max) → np.sqrt(v)"),
            "You keep v_max and do not use it. Which of the two stands below the fraction bar?",
        ),
        Misconception(
            "AMSGrad that keeps the smallest v",
            edited(amsgrad_step, "np.maximum → np.minimum"),
            "The divisor must never shrink: keep the larger of the two.",
        ),
        Misconception(
            "AMSGrad whose average starts from its record",
            edited(amsgrad_step, "beta2 * v → beta2 * v_max"),
            "v is an average as in Adam, of the old v and g². v_max only watches it.",
        ),
        Misconception(
            "AMSGrad that returns its record as v",
            edited(amsgrad_step, "m, v, v_max\n → m, v_max, v_max\n"),
            "v must go on forgetting, or the next step averages the record. Return both.",
        ),
        Misconception(
            "AMSGrad that forgets its record",
            edited(amsgrad_step, "np.maximum(v_max, v) → v"),
            "Compare the new v with the v_max that you were given.",
        ),
        Misconception(
            "AMSGrad one step late",
            edited(
                amsgrad_step,
                "    v_max = np.maximum(v_max, v)\n →",
                "return → v_max = np.maximum(v_max, v)\n    return",
            ),
            "Let the new v into the maximum first. A first step would divide by zero otherwise.",
        ),
        Misconception(
            "AMSGrad with the largest squared gradient",
            edited(amsgrad_step, "np.maximum(v_max, v) → np.maximum(v_max, grad**2)"),
            "The record is that of v, the average, not that of a single g².",
        ),
        Misconception(
            "AMSGrad with one record for all parameters",
            edited(
                amsgrad_step, "np.maximum(v_max, v) → np.full(v.shape, max(v_max.max(), v.max()))"
            ),
            "Each parameter has a record of its own: np.maximum works element by element.",
        ),
        Misconception(
            "AMSGrad without the root",
            edited(amsgrad_step, "np.sqrt(v_max) → v_max"),
            "v has the unit of g²; its root has that of g.",
        ),
        Misconception(
            "AMSGrad with ε inside the root",
            edited(amsgrad_step, "(np.sqrt(v_max) + eps) → np.sqrt(v_max + eps)"),
            "ε is added to the root, as in Adam.",
        ),
        Misconception(
            "AMSGrad without ε",
            edited(amsgrad_step, "(np.sqrt(v_max) + eps) → np.sqrt(v_max)"),
            "A parameter that has had no gradient gives 0/0. What keeps the division defined?",
        ),
        Misconception(
            "AMSGrad that steps along g instead of m",
            edited(amsgrad_step, "lr * m → lr * grad"),
            "The step goes along the average m.",
        ),
        Misconception(
            "AMSGrad with the bias correction of a first step",
            edited(
                amsgrad_step,
                "lr * m → lr * m / (1 - beta1)",
                "np.sqrt(v_max) → np.sqrt(v_max / (1 - beta2))",
            ),
            "The paper's AMSGrad corrects no bias, and there is no t here to do it with.",
            PITFALLS,
        ),
        Misconception(
            "AMSGrad uphill",
            edited(amsgrad_step, "theta - lr → theta + lr"),
            "m points uphill, as the gradient does.",
        ),
    ),
)


# Implement: the score of a game


def average_regret(places, slopes):
    """Return the average regret on [−1, 1] against the best fixed place."""
    mine = (slopes * places).mean()
    best = -np.abs(slopes.mean())
    return mine - best


def games(rng):
    """Return places and slopes: a cycle of Reddi's, one the other way round, and two at random.

    Those at random have slopes of both signs, and a sum that is positive, then negative.
    """
    slopes = np.array([3.0, -1.0, -1.0, 3.0, -1.0, -1.0])
    places = np.array([0.0, -0.5, 0.25, 0.5, -0.25, 0.1])
    cases = [{"places": places, "slopes": slopes}, {"places": -places / 2, "slopes": -slopes}]
    for sign in (1, -1):
        slopes = sign * rng.permutation(
            [*rng.uniform(1.5, 4, size=6), *rng.uniform(-2, -0.5, size=3)]
        )
        places = np.round(rng.uniform(-0.9, 0.9, size=9), 2)
        cases.append({"places": places, "slopes": np.round(slopes, 1)})
    return cases


AVERAGE_REGRET = Task(
    name="average-regret",
    function="average_regret",
    title="Keep the score of a game",
    lesson=LESSON,
    section=GAME,
    points=2,
    right="The other player stays at one end of [−1, 1] in all steps, at the one that the sum of "
    "the slopes makes the better, and the average is over the steps.",
    returns=("regret",),
    cases=games,
    reference=average_regret,
    misconceptions=(
        Misconception(
            "the sum and not the average",
            edited(
                average_regret,
                "(slopes * places).mean() → (slopes * places).sum()",
                "slopes.mean() → slopes.sum()",
            ),
            "That is R_T. Divide it by the number of steps.",
        ),
        Misconception(
            "the player's own loss without a comparison",
            edited(average_regret, " - best →"),
            "Regret compares with somebody: what would the best fixed place have lost?",
        ),
        Misconception(
            "the regret against one who moves to the best place in every step",
            edited(average_regret, "np.abs(slopes.mean()) → np.abs(slopes).mean()"),
            "The other player has to choose one place, and stays there in all steps.",
        ),
        Misconception(
            "the regret against one who stays at −1",
            edited(average_regret, "np.abs(slopes.mean()) → slopes.mean()"),
            "Where the slopes add up to less than zero, −1 is the worst place.",
        ),
        Misconception(
            "the regret against one who stays at 1",
            edited(average_regret, "-np.abs(slopes.mean()) → slopes.mean()"),
            "Where the slopes add up to more than zero, 1 is the worst place.",
        ),
        Misconception(
            "the regret against the worst fixed place",
            edited(average_regret, "-np.abs → np.abs"),
            "Compare with the *smallest* sum of losses that a fixed place can have.",
        ),
        Misconception(
            "regret with its sign turned",
            edited(average_regret, "mine - best → best - mine"),
            "Regret is what the player lost *more*: the own losses minus those of the best place.",
        ),
        Misconception(
            "the regret against the best place that the player has been to",
            edited(average_regret, "-np.abs(slopes.mean()) → (slopes.mean() * places).min()"),
            "Any place in [−1, 1] may be best, and a sum of straight lines is lowest at an end.",
        ),
    ),
)


# Find the bug: how large a rate Adam can stand


def stable_rate(curvature, v_hat, beta1):
    """Return the rate beyond which Adam with a frozen v diverges on a bowl: Cohen et al. 2022."""
    frozen = 2 / curvature
    return frozen * (1 + beta1) / (1 - beta1) * np.sqrt(v_hat)


BEYOND_1 = "2 / → 1 /"
NO_ROOT = "np.sqrt(v_hat) → v_hat"


STABLE_RATE = Task(
    name="stable-rate",
    function="stable_rate",
    title="Find two bugs in a threshold",
    lesson=LESSON,
    section=EDGE,
    points=2,
    right="Gradient descent stands up to 2 over the curvature; Adam's average stands (1 + β₁)/(1 "
    "− β₁) times as much, and its step is divided by the root of v̂.",
    returns=("rate",),
    cases=lambda rng: [
        {"curvature": 1.0, "v_hat": 1.0, "beta1": 0.9},
        {"curvature": 4.0, "v_hat": 0.25, "beta1": 0.0},
        {
            "curvature": float(np.round(rng.uniform(2, 50), 1)),
            "v_hat": float(np.round(rng.uniform(2, 9), 2)),
            "beta1": float(np.round(rng.uniform(0.3, 0.8), 2)),
        },
    ],
    reference=stable_rate,
    misconceptions=(
        Misconception(
            "the listing with both of its bugs",
            edited(stable_rate, BEYOND_1, NO_ROOT),
            "Let β₁ = 0 and v̂ = 1, so that it is gradient descent: where does that diverge? Then "
            "try v̂ = 9.",
        ),
        Misconception(
            "the listing that diverges beyond 1",
            edited(stable_rate, BEYOND_1),
            "One bug is left. Between 1 and 2 each step of gradient descent overshoots, and still "
            "comes closer.",
            PITFALLS,
        ),
        Misconception(
            "the listing without the root",
            edited(stable_rate, NO_ROOT),
            "One bug is left. What does Adam divide m̂ by?",
        ),
        Misconception(
            "the threshold that forgets v",
            edited(stable_rate, " * np.sqrt(v_hat) →"),
            "Adam's rate on this parameter is α/√v̂, and that has to stay below the threshold.",
        ),
        Misconception(
            "the threshold with √v̂ on the wrong side",
            edited(stable_rate, "* np.sqrt(v_hat) → / np.sqrt(v_hat)"),
            "α λ/√v̂ is what must stay small. Solve that for α.",
        ),
        Misconception(
            "the threshold of a method without momentum",
            edited(stable_rate, " * (1 + beta1) / (1 - beta1) →"),
            "Averaging lets Adam stand more than 2: for β₁ = 0.9 it is 38.",
        ),
        Misconception(
            "the threshold of the heavy ball, which adds gradients up",
            edited(stable_rate, " / (1 - beta1) →"),
            "Adam's m averages, with the weight 1 − β₁ on the new gradient.",
        ),
        Misconception(
            "the threshold with its factor upside down",
            edited(stable_rate, "(1 + beta1) / (1 - beta1) → (1 - beta1) / (1 + beta1)"),
            "A longer memory stands more, not less.",
        ),
        Misconception(
            "38 for every β₁",
            edited(stable_rate, "(1 + beta1) / (1 - beta1) → 19"),
            "38 belongs to β₁ = 0.9. Which formula gave it?",
        ),
    ),
)


# Predict: what full-batch Adam has learned


def predicted_error(X, y, new_X, new_y):
    """Return the share of new labels that the solution along sign(Xᵀ y) gets wrong."""
    weights = np.sign(X.T @ y)
    return np.mean(np.sign(new_X @ weights) != new_y)


def wilsons(labels, before, columns, often=1):
    """Return inputs like Wilson's, their private ones after so many columns.

    An example with the label `often` has one private input, every other one has five.
    """
    X = np.zeros((len(labels), columns))
    X[:, 0], X[:, 1:3] = labels, 1
    for row, label in enumerate(labels):
        first = before + 5 * row
        X[row, first : first + (1 if label == often else 5)] = 1
    return X


def data_cases(rng):
    """Return examples to learn from and new ones, a few of which have the wrong label.

    In half of the cases most of the old ones are negative. The new ones are mixed the other way.
    """
    cases = []
    for often, positive, negative, wrong in (
        (1, 6, 4, 0),
        (-1, 8, 2, 1),
        (1, 11, 1, 2),
        (-1, rng.integers(10, 14), rng.integers(6, 9), 1),
        (1, rng.integers(10, 14), rng.integers(6, 9), 1),
    ):
        mixed = np.repeat([1.0, -1.0], [rng.integers(2, 6), rng.integers(7, 12)])
        y = often * rng.permutation(np.repeat([1.0, -1.0], [positive, negative]))
        new_y = often * rng.permutation(mixed)
        between = 3 + 5 * (positive + negative)
        columns = between + 5 * len(new_y)
        X, new_X = wilsons(y, 3, columns, often), wilsons(new_y, between, columns, often)
        flipped = rng.permutation(np.flatnonzero(new_y == -often))[:wrong]
        new_y[flipped] = often
        cases.append({"X": X, "y": y, "new_X": new_X, "new_y": new_y})
    return cases


PREDICTED_ERROR = Task(
    name="predicted-error",
    function="predicted_error",
    title="Predict what full-batch Adam gets wrong",
    lesson=LESSON,
    section=DATA,
    points=2,
    right="Adam goes along sign(Xᵀ y), where every input weighs the same, so the two that all "
    "examples share outvote the one that tells them apart.",
    returns=("error",),
    cases=data_cases,
    reference=predicted_error,
    misconceptions=(
        Misconception(
            "the error of the shortest solution",
            edited(predicted_error, "np.sign(X.T @ y) → np.linalg.pinv(X) @ y"),
            "That is where gradient descent ends. Along which direction does Adam go?",
        ),
        Misconception(
            "the error of gradient descent's first step",
            edited(predicted_error, "np.sign(X.T @ y) → X.T @ y"),
            "Adam makes all coordinates of that step equally large: only their signs are left.",
        ),
        Misconception(
            "the error on the examples it has learned from",
            edited(
                predicted_error, "np.sign(new_X @ weights) != new_y → np.sign(X @ weights) != y"
            ),
            "Those it fits. Ask for the labels of the new examples.",
        ),
        Misconception(
            "predictions compared with the labels before their sign is taken",
            edited(predicted_error, "np.sign(new_X @ weights) → new_X @ weights"),
            "A prediction of 3 means the label 1. Take the sign of the predictions first.",
        ),
        Misconception(
            "the share that is right",
            edited(predicted_error, "!= → =="),
            "The error is the share that is *wrong*.",
        ),
        Misconception(
            "a count and not a share",
            edited(predicted_error, "np.mean → np.sum"),
            "Divide by the number of new examples.",
        ),
        Misconception(
            "the share of the rarer label among the old ones",
            edited(predicted_error, "np.sign(new_X @ weights) != new_y → y * y.sum() < 0"),
            "You guess that the new examples are mixed like the old ones. These are not.",
        ),
        Misconception(
            "a guess that every prediction is 1",
            edited(predicted_error, "np.sign(new_X @ weights) → 1"),
            "So it was in the lesson, where most labels are 1. What if most are −1?",
        ),
    ),
    show_target=False,
)


# Experiment: the game that defeats a pair of betas


def net_move(C, beta1, beta2):
    """Return how far Adam moves, in units of α, in one cycle of (C, −1, …, −1), once settled."""
    slopes = np.full(C, -1.0)
    slopes[0] = C
    age = np.arange(C)[::-1]
    m = (1 - beta1) * (beta1**age * slopes).sum() / (1 - beta1**C)
    v = (1 - beta2) * (beta2**age * slopes**2).sum() / (1 - beta2**C)
    moved = 0.0
    for g in slopes:
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        moved -= m / np.sqrt(v)
    return moved


def smallest_C(beta1, beta2):
    """Return the smallest C whose cycle moves Adam up: Reddi, Kale & Kumar 2018, Theorem 2."""
    C = 2
    while net_move(C, beta1, beta2) <= 0:
        C = C + 1
    return C


def betas_to_defeat(rng):
    """Return pairs of betas with β₁ < √β₂: two that stand fast, and six at random.

    The first of the six is defeated by 3, the others by anything from 4 to 17.
    """
    pairs = [(0.0, 0.1), (0.5, 0.9)]
    for momentum, memory in (
        ((0, 21), (15, 36)),
        ((0, 31), (55, 90)),
        ((30, 61), (90, 99)),
        ((30, 61), (90, 99)),
        ((60, 86), (80, 96)),
        ((60, 86), (80, 96)),
    ):
        pairs.append((rng.integers(*momentum) / 100, rng.integers(*memory) / 100))
    return [{"beta1": float(beta1), "beta2": float(beta2)} for beta1, beta2 in pairs]


SMALLEST_C = Task(
    name="smallest-c",
    function="smallest_C",
    title="Find the game that defeats a pair of betas",
    lesson=LESSON,
    section=FIRST,
    points=2,
    right="With this C, and with none below it, the one large slope has made its own v so large "
    "that the many small ones go farther.",
    returns=("C",),
    cases=betas_to_defeat,
    reference=smallest_C,
    misconceptions=(
        Misconception(
            "the largest C that does no harm",
            edited(smallest_C, "return C → return C - 1"),
            "At that C Adam still moves down. Return the first one that moves it up.",
        ),
        Misconception(
            "the first C that moves Adam down",
            edited(smallest_C, "<= 0 → > 0"),
            "Down is the right way. Which C first moves it *up*?",
        ),
        Misconception(
            "the game for an Adam without momentum",
            edited(smallest_C, "net_move(C, beta1, beta2) → net_move(C, 0.0, beta2)"),
            "Hand beta1 on as well: m remembers the large slope for a while.",
        ),
        Misconception(
            "the C of which β₂ is 1/(1 + C²)",
            edited(
                smallest_C,
                "C = 2 → C = 1",
                "net_move(C, beta1, beta2) <= 0 → beta2 < 1 / (1 + C**2)",
            ),
            "That is how the paper chose β₂ for its proof, with β₁ = 0. Others fail as well: try "
            "one C after the other.",
        ),
    ),
    right_all_the_same={
        "line 3: 2 → 3": "a cycle of two defeats no Adam",
        "line 4: net_move(C, beta1, beta2) <= 0 → net_move(C, beta1, beta2) < 0": (
            "no cycle moves Adam by exactly 0"
        ),
    },
)

# A stretch: what an accident leaves behind


def lasting_steps(factor, when, beta2):
    """Return how long AMSGrad's steps stay, in units of α: in its paper's form and in Optax's."""
    found = 1 - beta2**when
    v = found + (1 - beta2) * (factor**2 - 1)
    paper = 1 / np.sqrt(v)
    optax = 1 / np.sqrt(v / found)
    return paper, optax


LASTING_STEPS = Task(
    name="lasting-steps",
    function="lasting_steps",
    title="Predict what an accident leaves behind",
    lesson=LESSON,
    section=REPAIR,
    points=0,
    right="The record is v as it was in the accident's step; Optax corrects it first, and an early "
    "v is corrected upwards for ever.",
    returns=("paper", "optax"),
    cases=lambda rng: [
        {"factor": 100.0, "when": 1, "beta2": 0.999},
        {"factor": 10.0, "when": 5, "beta2": 0.9},
        {
            "factor": float(rng.integers(5, 20)),
            "when": int(rng.integers(6, 20)),
            "beta2": float(np.round(rng.uniform(0.8, 0.95), 2)),
        },
    ],
    reference=lasting_steps,
    misconceptions=(
        Misconception(
            "a record of the corrected v in both forms",
            edited(lasting_steps, "1 / np.sqrt(v)\n → 1 / np.sqrt(v / found)\n"),
            "The paper's form corrects no bias: its record is v itself.",
        ),
        Misconception(
            "a record without correction in both forms",
            edited(lasting_steps, "v / found → v"),
            "Optax takes the largest *corrected* v. What is v divided by in the accident's step?",
        ),
        Misconception(
            "the two forms the wrong way round",
            edited(lasting_steps, "return paper, optax → return optax, paper"),
            "Return the paper's form first.",
        ),
        Misconception(
            "a record that forgets the gradients before the accident",
            edited(
                lasting_steps,
                "v = found + (1 - beta2) * (factor**2 - 1) → v = (1 - beta2) * factor**2",
            ),
            "v held the earlier ones when the accident came.",
        ),
        Misconception(
            "an accident on top of the gradient of its step",
            edited(lasting_steps, "factor**2 - 1 → factor**2"),
            "In the accident's step the gradient is not 1 as well.",
        ),
        Misconception(
            "an accident that is not squared",
            edited(lasting_steps, "factor**2 → factor"),
            "v averages squares.",
        ),
        Misconception(
            "a record that is the whole square",
            edited(lasting_steps, "(1 - beta2) * (factor**2 - 1) → (factor**2 - 1)"),
            "The new square enters v with the weight 1 − β₂.",
        ),
        Misconception(
            "steps without the root",
            edited(lasting_steps, "np.sqrt(v)\n → v\n", "np.sqrt(v / found) → (v / found)"),
            "The step is divided by the root of the record.",
        ),
        Misconception(
            "the roots, not the steps",
            edited(
                lasting_steps,
                "1 / np.sqrt(v)\n → np.sqrt(v)\n",
                "1 / np.sqrt(v / found) → np.sqrt(v / found)",
            ),
            "A large record makes a short step.",
        ),
    ),
    show_target=False,
    rtol=1e-4,
)

EXERCISE = Exercise(
    name=LESSON,
    title="When Adam fails",
    minutes=60,
    tasks=(
        TWO_COUNTS,
        AMSGRAD_STEP,
        AVERAGE_REGRET,
        STABLE_RATE,
        PREDICTED_ERROR,
        SMALLEST_C,
        LASTING_STEPS,
    ),
    by_person=2,
)
