"""The tasks of exercise 08: a memory, a map, a magnitude, a range, turned axes, a large ε."""

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
TRIAL = "Two claims on trial"


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
    points=1,
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


# Read a map


def best_setting(losses, rates, memories):
    """Return rate and memory of the lowest loss on a map, and whether it stands at an edge."""
    row, column = np.unravel_index(np.nanargmin(losses), losses.shape)
    rows, columns = losses.shape
    at_edge = row in (0, rows - 1) or column in (0, columns - 1)
    return rates[column], memories[row], at_edge


def map_cases(rng):
    """Return square maps, so that rows and columns can be mixed up; with NaN, ∞ and one below 0.

    The lowest loss is inside, in the first or last row or column, or in a corner; it is off the
    diagonal, and in another row than the runs that diverged.
    """
    cases = [
        {
            "losses": np.array([[3.0, 2.0, 5.0], [4.0, 1.5, 4.0], [9.0, 3.5, 4.0]]),
            "rates": np.array([0.001, 0.01, 0.1]),
            "memories": np.array([1.0, 10.0, 100.0]),
        }
    ]
    inside = rng.choice([1, 2, 3], size=2, replace=False)
    middle = rng.integers(1, 4)
    places = ((*inside, 0.5), (0, middle, -0.5), (middle, 4, 0.5), (4, 0, 0.5), (middle, 0, 0.5))
    for row, column, lowest in (*places, (4, middle, 0.5)):
        losses = np.round(rng.uniform(1, 9, size=(5, 5)), 2)
        losses[row, column] = lowest
        away = (row + 2) % 5
        losses[away, [0, 2, 4]] = np.inf, np.nan, np.nan
        losses[row, column] = lowest
        rates = np.round(np.geomspace(0.001, 0.3, 5) * rng.uniform(1, 3), 5)
        memories = np.round(np.geomspace(5, 2000, 5) * rng.uniform(1, 3))
        cases.append({"losses": losses, "rates": rates, "memories": memories})
    return cases


FOUND = "rates[column], memories[row], at_edge"


BEST_SETTING = Task(
    name="best-setting",
    function="best_setting",
    title="Read the best setting off a map",
    lesson=LESSON,
    section=MAPS,
    points=2,
    right="Runs that diverged are passed over, the lowest loss is looked up in its row and column, "
    "and at an edge it is only the best of what was tried.",
    returns=("rate", "memory", "at_edge"),
    cases=map_cases,
    reference=best_setting,
    misconceptions=(
        Misconception(
            "the first run that diverged",
            edited(best_setting, "nanargmin → argmin"),
            "`np.argmin` takes NaN for the lowest value of all. Try it on three numbers.",
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
            edited(best_setting, f"{FOUND} → row, column, at_edge"),
            "You have the row and the column. Look up which memory and which rate stand there.",
        ),
        Misconception(
            "the memory and the rate in the wrong order",
            edited(best_setting, f"{FOUND} → memories[row], rates[column], at_edge"),
            "Return the rate first, and then the memory.",
        ),
        Misconception(
            "an edge that only a corner is",
            edited(best_setting, "rows - 1) or column → rows - 1) and column"),
            "The first row is an edge, too, wherever in it the best setting stands.",
        ),
        Misconception(
            "an edge of the rates alone",
            edited(best_setting, "row in (0, rows - 1) or column in → column in"),
            "The memories end somewhere, too: look at the first and the last row.",
        ),
        Misconception(
            "an edge of the memories alone",
            edited(best_setting, " or column in (0, columns - 1) →"),
            "The rates end somewhere, too: look at the first and the last column.",
        ),
        Misconception(
            "an edge at the small numbers alone",
            edited(
                best_setting,
                "row in (0, rows - 1) → row == 0",
                "column in (0, columns - 1) → column == 0",
            ),
            "A map ends at its largest rate and memory as well.",
        ),
        Misconception(
            "a map without edges",
            edited(best_setting, f"{FOUND} → rates[column], memories[row], False"),
            "If the best setting is the last one that was tried, a better one may lie beyond.",
        ),
        Misconception(
            "inside instead of at the edge",
            edited(best_setting, f"{FOUND} → rates[column], memories[row], not at_edge"),
            "The third answer is True where the setting stands at an edge.",
        ),
    ),
)


# To begin: how long an average remembers


def steps_to_forget(beta, share):
    """Return after how many steps a gradient's weight in an average has fallen to a share."""
    half_life = np.log(0.5) / np.log(beta)
    return half_life * np.log2(1 / share)


RECIPROCAL = "np.log(0.5) / np.log(beta) → 1 / beta"
MEMORY = "np.log(0.5) / np.log(beta) → 1 / (1 - beta)"
STRAIGHT = "np.log2(1 / share) → (1 - share) / 0.5"


STEPS_TO_FORGET = Task(
    name="steps-to-forget",
    function="steps_to_forget",
    title="How long an average remembers",
    lesson=LESSON,
    section=PITFALLS,
    points=1,
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
            "1/β for the half-life, and a weight that falls along a straight line",
            edited(steps_to_forget, RECIPROCAL, STRAIGHT),
            "Multiply a weight by 0.9 until it is halved, and count. Then go on: is it gone after "
            "twice as many steps?",
        ),
        Misconception(
            "a half-life of 1/β",
            edited(steps_to_forget, RECIPROCAL),
            "Count in the loop: how many steps does β = 0.9 need for one half? 1/β is 1.1.",
        ),
        Misconception(
            "a weight that falls along a straight line",
            edited(steps_to_forget, STRAIGHT),
            "The half-life is right. After two of them a quarter is left, not nothing.",
        ),
        Misconception(
            "the memory 1/(1 − β) as the half-life",
            edited(steps_to_forget, MEMORY),
            "After 1/(1 − β) steps about a third is left. The half-life is the time until a half "
            "is left.",
        ),
        Misconception(
            "the memory 1/(1 − β) for the half-life, and a straight line",
            edited(steps_to_forget, MEMORY, STRAIGHT),
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


# Find the bug: how far may a number move


def good_range(values, losses):
    """Return the (first, last) value around the best one with at most twice its loss.

    Args:
        losses: of the runs with each value, (values, runs); the middle run counts.
    """
    typical = np.median(np.nan_to_num(losses, nan=np.inf), axis=1)
    best = typical.argmin()
    bad = np.flatnonzero(typical > 2 * typical[best])
    first = max(bad[bad < best], default=-1) + 1
    last = min(bad[bad > best], default=len(values)) - 1
    return values[first], values[last]


SURVIVORS = "np.median(np.nan_to_num(losses, nan=np.inf), axis=1) → np.nanmedian(losses, axis=1)"
LUCKY = "2 * typical[best] → 2 * np.nanmin(losses)"
ACROSS = (
    "first = max(bad[bad < best], default=-1) + 1 → "
    "good = np.setdiff1d(np.arange(len(values)), bad)",
    "last = min(bad[bad > best], default=len(values)) - 1 → first, last = good[0], good[-1]",
)


def sweeps(rng):
    """Return sweeps of a number: ranges with holes, lucky runs, and runs that diverged.

    In the drawn ones the middle one of five runs has the given loss, two are below, two above.
    """
    cases = [
        {
            "values": np.array([0.001, 0.01, 0.1, 1.0]),
            "losses": np.array(
                [[5.0, 6.0, 7.0], [1.0, 2.0, 2.2], [0.9, 1.0, 1.4], [2.0, 2.5, 6.0]]
            ),
        }
    ]
    shapes = (
        # typical losses; which values have a lucky run; where three runs diverged, and where one
        ((1.6, 5.0, 1.8, 1.0, 1.7, 6.0, 1.9), (1,), (), ()),
        ((1.2, 1.5, 1.9, 1.0, 1.9, 2.6, 5.0), (3,), (), (1,)),
        ((4.0, 1.7, 1.0, 1.2, 1.4, 1.3, 1.5), (), (6,), ()),
        ((1.0, 1.4, 3.0, 1.2, 6.0, 9.0, 7.0), (0,), (), (0,)),
        ((1.3, 7.0, 1.3, 1.2, 1.9, 1.1, 1.0), (5,), (3,), ()),
    )
    for typical, lucky, gone, once in shapes:
        low, lower = np.sort(rng.uniform(0.02, 0.04, size=(2, 7)), axis=0)
        factors = np.stack([1 - lower, 1 - low, np.ones(7), 1 + low, 1 + lower], axis=1)
        losses = np.array(typical)[:, None] * factors
        losses[list(lucky), 0] = rng.uniform(0.55, 0.8)
        losses[list(gone), 2:] = np.nan
        losses[list(once), 4] = np.nan
        losses = np.round(rng.permuted(losses, axis=1) * rng.uniform(0.1, 10), 5)
        values = np.round(np.geomspace(0.001, 1, 7) * rng.uniform(1, 3), 5)
        cases.append({"values": values, "losses": losses})
    return cases


GOOD_RANGE = Task(
    name="good-range",
    function="good_range",
    title="Find three bugs in a sweep",
    lesson=LESSON,
    section=TRIAL,
    points=3,
    right="The middle run counts, a run that diverged counts as the worst, and the range ends "
    "where the first bad value stands.",
    returns=("first", "last"),
    cases=sweeps,
    reference=good_range,
    misconceptions=(
        Misconception(
            "the listing with all of its bugs",
            edited(good_range, SURVIVORS, LUCKY, *ACROSS),
            "Ask three questions. What becomes of a run that is NaN? Is the bar twice the loss of "
            "the best value, or of something else? May there be bad values between the two "
            "returned?",
        ),
        Misconception(
            "the listing in which runs that diverged now count",
            edited(good_range, LUCKY, *ACROSS),
            "One bug is out, two are left. Print the bar: twice what is it? And are all values "
            "between the two good?",
        ),
        Misconception(
            "the listing whose bar is now right",
            edited(good_range, SURVIVORS, *ACROSS),
            "One bug is out, two are left. If three of five runs diverged, which is the middle "
            "one? And are all values between the two good?",
        ),
        Misconception(
            "the listing whose range now ends at the first bad value",
            edited(good_range, SURVIVORS, LUCKY),
            "One bug is out, two are left. If three of five runs diverged, which is the middle "
            "one? And print the bar: twice what is it?",
        ),
        Misconception(
            "the listing that still passes over runs that diverged",
            edited(good_range, SURVIVORS),
            "One bug is left. If three of five runs diverged, what is the middle one of the five?",
        ),
        Misconception(
            "the listing whose bar is still set by one lucky run",
            edited(good_range, LUCKY),
            "One bug is left. Print the bar: it should be twice the loss of the best *value*, "
            "whose middle run counts.",
        ),
        Misconception(
            "the listing that still goes from the first good value to the last",
            edited(good_range, *ACROSS),
            "One bug is left. Are all values between the two good?",
        ),
        Misconception(
            "a value that a single run spoils",
            edited(good_range, "np.median( → np.mean("),
            "One run of five that diverged, or a very bad one, is not the middle one. What do "
            "`np.mean` and `np.median` make of a NaN?",
            MAPS,
        ),
    ),
    right_all_the_same={
        "line 10: bad < best → bad <= best": "the best value is never bad",
        "line 11: bad > best → bad >= best": "the best value is never bad",
        "line 11: values → losses": "both have the same length",
    },
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

# A stretch: axes along which Adam does not notice the valley


def own_axes(grad, d):
    """Return the axes of a bowl of d parameters as columns, found by asking for gradients."""
    middle = grad(np.zeros(d))
    curvatures = np.array([grad(one) - middle for one in np.eye(d)])
    return np.linalg.eigh(curvatures)[1]


def are_own_axes(grad, d, axes):
    """Return "" if axes are at right angles and take a bowl apart, or what is wrong with them."""
    axes = np.asarray(axes, dtype=float)
    if axes.shape != (d, d):
        return f"it should be {d} columns of {d} numbers, and its shape is {axes.shape}"
    if not np.abs(axes.T @ axes - np.eye(d)).max() <= 1e-4:
        return "the columns should be at right angles to each other, and of length 1"
    along = axes.T @ grad.A @ axes
    mixed = np.abs(along - np.diag(np.diag(along))).max() / np.abs(along).max()
    return "" if mixed <= 1e-4 else "along these axes a step in one changes the gradient of another"


def valleys(rng):
    """Return bowls whose own axes are turned, of two and more parameters."""
    return [
        {"grad": bowl(rng, np.array(curvatures)), "d": len(curvatures)}
        for curvatures in ([1.0, 100.0], [1.0, 5.0, 40.0], [0.5, 3.0, 20.0, 90.0])
    ]


OWN_AXES = Task(
    name="own-axes",
    function="own_axes",
    title="Find the axes of a turned valley",
    lesson=LESSON,
    section=ASKEW,
    points=0,
    right="Differences of gradients give the bowl's curvatures, and along the eigenvectors of "
    "their matrix no parameter disturbs another.",
    returns=("axes",),
    cases=valleys,
    reference=own_axes,
    misconceptions=(
        Misconception(
            "the axes that the parameters have already",
            edited(own_axes, "np.linalg.eigh(curvatures)[1] → np.eye(d)"),
            "Along these the valley is turned. What do gradients at several points say about it?",
        ),
        Misconception(
            "gradients in place of their differences",
            edited(own_axes, "grad(one) - middle → grad(one)"),
            "The minimum need not be at 0, so the gradient there is not 0. Take it off.",
        ),
        Misconception(
            "the curvatures in place of the axes",
            edited(own_axes, "[1] → [0]"),
            "`np.linalg.eigh` returns two things. Which of them are directions?",
        ),
        Misconception(
            "axes in the rows",
            edited(own_axes, "[1] → [1].T"),
            "The axes are the columns.",
        ),
        Misconception(
            "the matrix of the curvatures itself",
            edited(own_axes, "np.linalg.eigh(curvatures)[1] → curvatures"),
            "That is the matrix. In which directions does it only stretch?",
        ),
    ),
    accepts=are_own_axes,
    show_target=False,
    allows=("adam_course.problems",),
    builds_on=("turned-axes",),
)


EXERCISE = Exercise(
    name=LESSON,
    title="Hyperparameters",
    minutes=60,
    tasks=(
        STEPS_TO_FORGET,
        BEST_SETTING,
        MAGNITUDE,
        GOOD_RANGE,
        TURNED_AXES,
        MATCHING_RATE,
        OWN_AXES,
    ),
    by_person=2,
)
