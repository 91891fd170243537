"""The tasks of exercise 08: a magnitude, a map, a memory, turned axes and a large ε."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.shared import bowl
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "08_hyperparameters"
MAPS = "Three maps"
SIGN = "A sign and a magnitude"
LARGE = "Large ε: momentum in disguise"
ASKEW = "A valley that is turned"
PITFALLS = "What people get wrong"


# Implement: how sure a step is


def magnitude(gradients):
    """Return |mean| over root mean square of each parameter: Balles & Hennig 2018, section 1."""
    mean = gradients.mean(axis=0)
    square = (gradients**2).mean(axis=0)
    return np.abs(mean) / np.sqrt(square)


MAGNITUDE = Task(
    name="magnitude",
    function="magnitude",
    title="How sure Adam is of each parameter",
    lesson=LESSON,
    section=SIGN,
    points=2,
    right="Opposite gradients cancel in the mean but not in the mean of squares, so a column that "
    "contradicts itself moves little.",
    returns=("magnitude",),
    cases=lambda rng: [
        {"gradients": np.array([[1.0, 2.0, -4.0], [1.0, -1.0, -2.0]])},
        {"gradients": np.round(rng.normal([1, -1, 0.2], [0.5, 3, 1], size=(20, 3)), 2)},
        {"gradients": 1000 * np.array([[1.0, 1.0], [-1.0, 2.0], [0.0, 6.0], [0.0, 1.0]])},
        {"gradients": np.round(rng.normal([-2, 30], [3, 20], size=(6, 2)), 1)},
    ],
    reference=magnitude,
    misconceptions=(
        Misconception(
            "the magnitude with its sign",
            edited(magnitude, "np.abs(mean) → mean"),
            "The sign is the other half of the step. The magnitude takes the mean's size.",
        ),
        Misconception(
            "the magnitude without its root",
            edited(magnitude, "np.abs(mean) / np.sqrt(square) → mean**2 / square"),
            "Adam divides by √v̂, so the root stays: 1/√(1 + σ²/μ²).",
        ),
        Misconception(
            "the mean over the standard deviation",
            edited(magnitude, "np.sqrt(square) → gradients.std(axis=0)"),
            "That is the signal-to-noise ratio itself, and it has no upper bound. Adam divides by "
            "the root of the *second moment*, μ² + σ².",
        ),
        Misconception(
            "the share of the noise instead of the signal",
            edited(magnitude, "np.abs(mean) → gradients.std(axis=0)"),
            "That is large where the gradients contradict each other. There the step is short.",
        ),
        Misconception(
            "the magnitude with the variance of a sample (ddof=1)",
            edited(
                magnitude, "(gradients**2).mean(axis=0) → mean**2 + gradients.var(axis=0, ddof=1)"
            ),
            "v averages the squares as they are. Only the plain variance, divided by n, adds up "
            "with μ² to the mean of the squares.",
        ),
        Misconception(
            "the magnitude with σ/μ in place of its square",
            edited(
                magnitude,
                "square = (gradients**2).mean(axis=0) → noise = gradients.std(axis=0)",
                "np.abs(mean) / np.sqrt(square) → 1 / np.sqrt(1 + noise / np.abs(mean))",
            ),
            "Variance and mean square add up, σ² and μ²: their quotient stands under the root.",
        ),
        Misconception(
            "the mean of the sizes over the root mean square",
            edited(magnitude, "gradients.mean → np.abs(gradients).mean"),
            "Take the mean first and its size after: opposite gradients have to cancel.",
        ),
        Misconception(
            "a magnitude for each mini-batch, not for each parameter",
            edited(
                magnitude,
                "gradients.mean(axis=0) → gradients.mean(axis=1)",
                "**2).mean(axis=0) → **2).mean(axis=1)",
            ),
            "Each parameter is a column: `axis=0` averages over the rows.",
        ),
        Misconception(
            "one magnitude for all parameters together",
            edited(
                magnitude,
                "gradients.mean(axis=0) → np.full(gradients.shape[1], gradients.mean())",
                "**2).mean(axis=0) → **2).mean()",
            ),
            "Each parameter has its own m and v. `axis=0` averages over the rows only.",
        ),
    ),
)


# Implement: read a map


def best_setting(losses, rates, memories):
    """Return the rate and the memory of the lowest loss on a map; NaN are runs that diverged."""
    row, column = np.unravel_index(np.nanargmin(losses), losses.shape)
    return rates[column], memories[row]


def map_cases(rng):
    """Return square maps, so that rows and columns can be mixed up; with NaN, ∞ and one below 0.

    The lowest loss is off the diagonal, in another row than the runs that diverged.
    """
    cases = [
        {
            "losses": np.array([[3.0, 2.0], [1.5, 4.0]]),
            "rates": np.array([0.001, 0.01]),
            "memories": np.array([1.0, 10.0]),
        }
    ]
    for lowest in (0.5, -0.5, 0.5):
        losses = np.round(rng.uniform(1, 9, size=(4, 4)), 2)
        best, column, diverged = rng.permutation(4)[:3]
        losses[best, column] = lowest
        losses[diverged, [best, diverged, column]] = np.inf, np.nan, np.nan
        rates = np.round(np.geomspace(0.001, 0.3, 4) * rng.uniform(1, 3), 5)
        memories = np.round(np.geomspace(5, 2000, 4) * rng.uniform(1, 3))
        cases.append({"losses": losses, "rates": rates, "memories": memories})
    return cases


BEST_SETTING = Task(
    name="best-setting",
    function="best_setting",
    title="Read the best setting off a map",
    lesson=LESSON,
    section=MAPS,
    points=2,
    right="Runs that diverged are passed over, and the lowest loss is looked up in its row as a "
    "memory and in its column as a rate.",
    returns=("rate", "memory"),
    cases=map_cases,
    reference=best_setting,
    misconceptions=(
        Misconception(
            "the first run that diverged",
            edited(best_setting, "nanargmin → argmin"),
            "`np.argmin` takes NaN for the lowest value of all. Which function passes over NaN?",
        ),
        Misconception(
            "a map in which a diverged run counts as a loss of 0",
            edited(best_setting, "np.nanargmin(losses) → np.argmin(np.nan_to_num(losses))"),
            "A run that diverged is the worst and not the best. Pass over NaN instead of "
            "replacing it by 0.",
        ),
        Misconception(
            "the setting with rows and columns mixed up",
            edited(best_setting, "row, column = → column, row ="),
            "Each row is a memory and each column a rate: losses[row, column].",
        ),
        Misconception(
            "the worst setting",
            edited(best_setting, "nanargmin → nanargmax"),
            "The lowest loss is the best one.",
        ),
        Misconception(
            "the place on the map instead of the setting",
            edited(best_setting, "rates[column], memories[row] → row, column"),
            "You have the row and the column. Look up which memory and which rate stand there.",
        ),
        Misconception(
            "the memory and the rate in the wrong order",
            edited(best_setting, "rates[column], memories[row] → memories[row], rates[column]"),
            "Return the rate first, and then the memory.",
        ),
    ),
)


# Find the bug: how long an average remembers


def steps_to_forget(beta, share):
    """Return after how many steps a gradient's weight in an average has fallen to a share."""
    half_life = np.log(0.5) / np.log(beta)
    return half_life * np.log2(1 / share)


PRINTED = "np.log(0.5) / np.log(beta) → 1 / beta"
TIME_CONSTANT = "np.log(0.5) / np.log(beta) → 1 / (1 - beta)"
STRAIGHT = "np.log2(1 / share) → (1 - share) / 0.5"


STEPS_TO_FORGET = Task(
    name="steps-to-forget",
    function="steps_to_forget",
    title="Find two bugs in a memory",
    lesson=LESSON,
    section=PITFALLS,
    points=2,
    right="Each step multiplies the weight by β, so the share is reached after ln(share) / ln(β) "
    "steps.",
    returns=("steps",),
    cases=lambda rng: [
        {"beta": 0.9, "share": 0.5},
        {"beta": 0.9, "share": 0.25},
        {"beta": 0.999, "share": 0.01},
        {
            "beta": float(np.round(rng.uniform(0.3, 0.8), 2)),
            "share": float(np.round(rng.uniform(0.05, 0.4), 2)),
        },
        {
            "beta": float(np.round(rng.uniform(0.9, 0.97), 3)),
            "share": float(np.round(rng.uniform(0.6, 0.9), 2)),
        },
    ],
    reference=steps_to_forget,
    misconceptions=(
        Misconception(
            "the listing with both of its bugs",
            edited(steps_to_forget, PRINTED, STRAIGHT),
            "Multiply a weight by 0.9 until it is halved, and count. Then go on: is it gone after "
            "twice as many steps?",
        ),
        Misconception(
            "the listing with the half-life that is in print",
            edited(steps_to_forget, PRINTED),
            "One bug is left. βⁿ = ½ is the equation; solve it for n.",
        ),
        Misconception(
            "the listing whose weight falls along a straight line",
            edited(steps_to_forget, STRAIGHT),
            "One bug is left. After two half-lives a quarter is left, not nothing.",
        ),
        Misconception(
            "the listing with the time constant as its half-life",
            edited(steps_to_forget, TIME_CONSTANT),
            "After 1/(1 − β) steps about a third is left. The half-life is the time until a half "
            "is left.",
        ),
        Misconception(
            "both the time constant and a straight line",
            edited(steps_to_forget, TIME_CONSTANT, STRAIGHT),
            "1/(1 − β) is the time until about a third is left; and after two half-lives a "
            "quarter is left, not nothing.",
        ),
        Misconception(
            "a half-life upside down",
            edited(steps_to_forget, "np.log(0.5) / np.log(beta) → np.log(beta) / np.log(0.5)"),
            "βⁿ = ½: take logarithms on both sides, n ln β = ln ½.",
        ),
        Misconception(
            "half-lives counted with the natural logarithm",
            edited(steps_to_forget, "np.log2 → np.log"),
            "How often do you halve to get from 1 to the share? That is the logarithm to base 2.",
        ),
        Misconception(
            "an approximation for β near 1",
            edited(steps_to_forget, "np.log(beta) → (beta - 1)"),
            "ln β is close to β − 1 when β is close to 1, and only then. Use ln β itself.",
        ),
        Misconception(
            "whole steps",
            edited(
                steps_to_forget,
                "half_life * np.log2(1 / share) → np.ceil(half_life * np.log2(1 / share))",
            ),
            "Right, but rounded up. Return the number as it comes.",
        ),
        Misconception(
            "the nearest whole step",
            edited(
                steps_to_forget,
                "half_life * np.log2(1 / share) → np.round(half_life * np.log2(1 / share))",
            ),
            "Right, but rounded. Return the number as it comes.",
        ),
    ),
)


# Experiment: Adam in turned axes


def adam_in_turned_axes(grad, theta, axes, steps, lr, beta1=0.9, beta2=0.999):
    """Return where Adam ends when it works along other axes, the columns of ``axes``; ε is 0."""
    along, m, v = axes.T @ theta, 0.0, 0.0
    for t in range(1, steps + 1):
        g = axes.T @ grad(axes @ along)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        along = along - lr * m_hat / np.sqrt(v_hat)
    return axes @ along


def turned_cases(rng):
    """Return bowls with a start, axes to work along, a rate and a number of steps."""
    angle = np.radians(rng.uniform(20, 40))
    quarter = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    space, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return [
        {
            "grad": bowl(rng, np.array(curvatures)),
            "theta": np.round(rng.normal(size=len(curvatures)), 2) + 2,
            "axes": axes,
            "steps": steps,
            "lr": lr,
        }
        for curvatures, axes, steps, lr in (
            ([1.0, 4.0], quarter, 1, 0.1),
            ([1.0, 20.0], quarter, 15, 0.1),
            ([0.5, 2.0, 9.0], space, 10, 0.05),
        )
    ]


TURNED_AXES = Task(
    name="turned-axes",
    function="adam_in_turned_axes",
    title="Let Adam work along other axes",
    lesson=LESSON,
    section=ASKEW,
    points=3,
    right="Start and gradient are turned into the new axes, points are turned back for `grad`, and "
    "so is the end.",
    returns=("theta",),
    cases=turned_cases,
    reference=adam_in_turned_axes,
    misconceptions=(
        Misconception(
            "Adam along the old axes",
            edited(
                adam_in_turned_axes,
                "axes.T @ theta → theta",
                "axes.T @ grad(axes @ along) → grad(along)",
                "return axes @ along → return along",
            ),
            "Nothing is turned yet. Adam should see coordinates along the columns of `axes`: "
            "`axes.T @ theta`.",
        ),
        Misconception(
            "Adam from a start that was not turned",
            edited(adam_in_turned_axes, "axes.T @ theta → theta"),
            "The gradient is in the new coordinates, and the start is still in the old ones.",
        ),
        Misconception(
            "Adam with a gradient that was not turned",
            edited(adam_in_turned_axes, "axes.T @ grad → grad"),
            "`grad` answers in the old coordinates. Turn its answer into the new ones, just as "
            "you turned the start.",
        ),
        Misconception(
            "Adam whose gradient is taken at the wrong point",
            edited(adam_in_turned_axes, "grad(axes @ along) → grad(along)"),
            "`grad` expects a point in the old coordinates: turn the point back before you ask.",
        ),
        Misconception(
            "an end that was not turned back",
            edited(adam_in_turned_axes, "return axes @ along → return along"),
            "The last point is in the new coordinates. Return it in the old ones.",
        ),
        Misconception(
            "turns in the wrong direction",
            edited(
                adam_in_turned_axes,
                "axes.T @ theta → axes @ theta",
                "axes.T @ grad(axes @ along) → axes @ grad(axes.T @ along)",
                "return axes @ → return axes.T @",
            ),
            "The new axes are the *columns*. The coordinate along a column is its product with "
            "the point: `axes.T @ theta`, and `axes @ …` leads back.",
        ),
        Misconception(
            "gradient descent, which does not care about axes",
            edited(adam_in_turned_axes, "m_hat / np.sqrt(v_hat) → g"),
            "The turns cancel for gradient descent. Run Adam between them.",
        ),
    ),
    rtol=1e-6,
    atol=1e-9,
    allows=("adam_course.problems",),
)


# Experiment: the rate for a large ε


def matching_rate(rate, beta1, eps):
    """Return the α with which Adam with a large ε takes the steps of the heavy ball."""
    return rate * eps / (1 - beta1)


MATCHING_RATE = Task(
    name="matching-rate",
    function="matching_rate",
    title="Find the rate that makes Adam a heavy ball",
    lesson=LESSON,
    section=LARGE,
    points=1,
    right="With a huge ε the step is α/ε times an average, so α makes up for ε and for the 1 − β1 "
    "of the average.",
    returns=("alpha",),
    cases=lambda rng: [
        {"rate": 0.01, "beta1": 0.9, "eps": 1e6},
        {"rate": 0.5, "beta1": 0.0, "eps": 1e4},
        {"rate": float(np.round(rng.uniform(0.01, 0.2), 3)), "beta1": 0.8, "eps": 1e8},
        {
            "rate": float(np.round(rng.uniform(0.3, 0.9), 2)),
            "beta1": float(np.round(rng.uniform(0.6, 0.95), 2)),
            "eps": 1e5,
        },
    ],
    reference=matching_rate,
    misconceptions=(
        Misconception(
            "the rate for momentum in its averaging form",
            edited(matching_rate, " / (1 - beta1) →"),
            "The heavy ball adds up gradients, m ← β₁ m + g, and Adam's m averages them. By which "
            "factor do the two differ in the long run?",
        ),
        Misconception(
            "the heavy ball's factor upside down",
            edited(matching_rate, "/ (1 - beta1) → * (1 - beta1)"),
            "An average is smaller than a sum. Does it need a larger or a smaller rate?",
        ),
        Misconception(
            "a rate divided by ε instead of multiplied",
            edited(matching_rate, "rate * eps → rate / eps"),
            "Adam divides by ε in each step. What must α do to make up for it?",
        ),
        Misconception(
            "a rate that forgets ε",
            edited(matching_rate, " * eps →"),
            "With a large ε Adam's step is (α/ε) m̂.",
        ),
        Misconception(
            "the heavy ball's own rate",
            edited(matching_rate, "rate * eps / (1 - beta1) → rate"),
            "With a large ε Adam's step is (α/ε) m̂, and m̂ averages where the heavy ball adds up.",
        ),
        Misconception(
            "the root of ε",
            edited(matching_rate, "* eps → * np.sqrt(eps)"),
            "ε stands outside the root in Adam: its step is (α/ε) m̂.",
        ),
    ),
    show_target=False,
    rtol=1e-3,
    allows=("adam_course.problems",),
)

EXERCISE = Exercise(
    name=LESSON,
    title="Hyperparameters",
    minutes=50,
    tasks=(
        MAGNITUDE,
        BEST_SETTING,
        STEPS_TO_FORGET,
        TURNED_AXES,
        MATCHING_RATE,
    ),
)
