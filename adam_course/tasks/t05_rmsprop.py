"""The tasks of exercise 05: RMSProp's step, its first steps, a repair, a swing, a burst."""

import numpy as np

from adam_course.given import QuadraticGradient
from adam_course.tasks.edited import edited
from adam_course.tasks.shared import bowl, silent_parameter
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "05_rmsprop"
RULE = "A ledger that forgets"
FIRST = "The first step is too long"
EPS = "Where ε goes"
SWING = "It never settles"
PITFALLS = "What people get wrong"


# To begin: one entry


def ledger_after(v, gradient, rho):
    """Return RMSProp's average of squares after one more gradient."""
    return rho * v + (1 - rho) * gradient**2


LEDGER_AFTER = Task(
    name="ledger-after",
    function="ledger_after",
    title="One entry into the ledger",
    lesson=LESSON,
    section=RULE,
    points=1,
    right="The old average keeps its share ρ, the new square comes in with 1 − ρ, and together "
    "they weigh 1.",
    returns=("v",),
    cases=lambda rng: [
        {"v": 1.0, "gradient": 3.0, "rho": 0.9},
        {"v": 4.0, "gradient": -2.0, "rho": 0.5},
        {
            "v": float(np.round(rng.uniform(2, 9), 1)),
            "gradient": float(np.round(rng.uniform(-0.9, -0.2), 2)),
            "rho": float(np.round(rng.uniform(0.6, 0.8), 2)),
        },
    ],
    reference=ledger_after,
    misconceptions=(
        Misconception(
            "a sum instead of an average",
            edited(ledger_after, "rho * v + (1 - rho) * gradient**2 → v + gradient**2"),
            "AdaGrad does so. Here the old entry fades: only the share ρ of it stays.",
        ),
        Misconception(
            "a new square without the factor 1 − ρ",
            edited(ledger_after, "(1 - rho) * gradient → gradient"),
            "The weights add up to 1: ρ for the old average, 1 − ρ for the new square.",
        ),
        Misconception(
            "weights that have changed places",
            edited(ledger_after, "rho * v + (1 - rho) * gradient → (1 - rho) * v + rho * gradient"),
            "With ρ = 0.9 the average keeps nine tenths of itself.",
        ),
        Misconception(
            "an average of gradients, not of squares",
            edited(ledger_after, "gradient**2 → gradient"),
            "Into the ledger goes the square of the gradient.",
        ),
        Misconception(
            "the root of the average",
            edited(ledger_after, "return → return np.sqrt(", "gradient**2 → gradient**2)"),
            "The root is taken when the step is made. The ledger keeps the average itself.",
        ),
    ),
)


# Implement: one step of RMSProp


def rmsprop_step(theta, grad, v, lr=0.01, rho=0.9, eps=1e-8):
    """Return the next (theta, v): Tieleman & Hinton 2012, lecture 6."""
    v = rho * v + (1 - rho) * grad**2
    theta = theta - lr * grad / (np.sqrt(v) + eps)
    return theta, v


def drawn(rng, *shape):
    """Return some numbers with two decimals."""
    return np.round(rng.normal(size=shape), 2)


def rmsprop_cases(rng):
    """Return steps early and late, of vectors and a matrix, with large, tiny and no gradients."""

    def case(*shape, **more):
        v = np.round(rng.uniform(0.1, 2, size=shape), 2)
        return {"theta": drawn(rng, *shape), "grad": drawn(rng, *shape), "v": v, **more}

    first = case(3, lr=0.1) | {"v": np.zeros(3)}
    # Gradients about as small as eps show where eps stands; zeros show whether it is there.
    tiny = np.array([1e-8, -3e-8, 0.0])
    return [
        first,
        case(3, lr=0.1),
        case(2, 3, lr=0.5, rho=0.7, eps=0.1),
        case(4),
        first | {"grad": tiny},
        case(3) | {"grad": tiny, "v": tiny**2},
        case(2, lr=2.0, rho=0.99),
    ]


RMSPROP_STEP = Task(
    name="rmsprop-step",
    function="rmsprop_step",
    title="One step of RMSProp",
    lesson=LESSON,
    section=RULE,
    points=3,
    right="v is an average of squares whose weights add up to 1, and the new gradient is in it "
    "before the step divides by its root.",
    returns=("theta", "v"),
    cases=rmsprop_cases,
    reference=rmsprop_step,
    misconceptions=(
        Misconception(
            "AdaGrad's sum instead of an average",
            edited(rmsprop_step, "rho * v + (1 - rho) * grad**2 → v + grad**2"),
            "A sum forgets nothing. Keep the share ρ of the old v, and let in 1 − ρ of the square.",
        ),
        Misconception(
            "RMSProp without the factor 1 − ρ",
            edited(rmsprop_step, "(1 - rho) * grad → grad"),
            "An average needs weights that add up to 1: ρ of the old and 1 − ρ of the new.",
            PITFALLS,
        ),
        Misconception(
            "RMSProp that weighs old and new the other way round",
            edited(rmsprop_step, "rho * v + (1 - rho) * grad**2 → (1 - rho) * v + rho * grad**2"),
            "With ρ = 0.9 the average keeps nine tenths of itself and lets in one tenth.",
        ),
        Misconception(
            "RMSProp that averages g instead of g²",
            edited(rmsprop_step, "grad**2 → grad"),
            "v is an average of squares. Without the square it can be negative, and its root NaN.",
        ),
        Misconception(
            "RMSProp that averages |g| instead of g²",
            edited(rmsprop_step, "grad**2 → np.abs(grad)"),
            "The root undoes a square: average `grad**2`.",
        ),
        Misconception(
            "RMSProp that squares the weight as well",
            edited(rmsprop_step, "(1 - rho) * grad**2 → ((1 - rho) * grad) ** 2"),
            "The weight 1 − ρ stands in front of the square: `(1 - rho) * grad**2`.",
        ),
        Misconception(
            "RMSProp with one v for all parameters",
            edited(rmsprop_step, "grad**2 → np.sum(grad**2)"),
            "Each parameter has a v of its own: square element by element, without a sum.",
        ),
        Misconception(
            "RMSProp without the root",
            edited(rmsprop_step, "np.sqrt(v) → v"),
            "The name says it: root mean square. v itself has the unit of g².",
        ),
        Misconception(
            "RMSProp that steps with yesterday's average",
            edited(rmsprop_step, "v = → v_new =", "theta, v\n → theta, v_new\n"),
            "Let the new gradient into v first: in the first step the old v is zero.",
        ),
        Misconception(
            "RMSProp with a correction of its first step",
            edited(rmsprop_step, "np.sqrt(v) → np.sqrt(v / (1 - rho))"),
            "RMSProp corrects nothing: its first step is too long, and that is what Adam mends.",
            FIRST,
        ),
        Misconception(
            "RMSProp with ε inside the root",
            edited(rmsprop_step, "(np.sqrt(v) + eps) → np.sqrt(v + eps)"),
            "Optax and Keras do so. Here ε is added to the root, as in PyTorch.",
            EPS,
        ),
        Misconception(
            "RMSProp with ε added to the parameters",
            edited(rmsprop_step, "(np.sqrt(v) + eps) → np.sqrt(v) + eps"),
            "Without parentheses, `a / b + eps` adds ε after the division.",
            EPS,
        ),
        Misconception(
            "RMSProp with ε added after the division",
            edited(rmsprop_step, "grad / (np.sqrt(v) + eps) → (grad / np.sqrt(v) + eps)"),
            "ε belongs below the fraction bar, where it keeps the division defined.",
            EPS,
        ),
        Misconception(
            "RMSProp without ε",
            edited(rmsprop_step, "(np.sqrt(v) + eps) → np.sqrt(v)"),
            "A gradient that has always been zero gives 0/0. What keeps the division defined?",
            EPS,
        ),
        Misconception(
            "RMSProp without its learning rate",
            edited(rmsprop_step, "lr * grad → grad"),
            "g / √v is about 1 in size. lr says how far that takes you.",
        ),
        Misconception(
            "RMSProp uphill",
            edited(rmsprop_step, "theta - lr → theta + lr"),
            "The gradient points uphill. Which sign takes you down?",
        ),
        Misconception(
            "the root of v in place of v",
            edited(rmsprop_step, "theta, v\n → theta, np.sqrt(v)\n"),
            "The root is for this step only. Return the average itself.",
        ),
        Misconception(
            "the step alone, without θ",
            edited(rmsprop_step, "theta - lr → -lr"),
            "Return the new parameters: where you stood, and the step added to it.",
        ),
    ),
)


# Predict: the steps of a cold start


def step_length(gradient, t, lr, rho):
    """Return how long RMSProp's step t is, if all gradients have been equal."""
    return lr / np.sqrt(1 - rho**t)


STEP_LENGTH = Task(
    name="step-length",
    function="step_length",
    title="Predict RMSProp's first steps",
    lesson=LESSON,
    section=FIRST,
    points=1,
    right="After t equal gradients v is only 1 − ρᵗ of their square, so the first steps are too "
    "long, whatever the gradient.",
    returns=("length",),
    cases=lambda rng: [
        {"gradient": gradient, "t": t, "lr": lr, "rho": rho}
        for gradient, t, lr, rho in (
            (2.0, 1, 0.1, 0.9),
            (50.0, 3, 0.5, 0.75),
            (0.25, 400, 0.1, 0.999),
            (
                float(np.round(rng.uniform(2, 9), 1)),
                int(rng.integers(4, 30)),
                0.2,
                float(np.round(rng.uniform(0.92, 0.98), 3)),
            ),
            (
                float(np.round(rng.uniform(20, 90), 1)),
                int(rng.integers(2, 6)),
                float(np.round(rng.uniform(2, 9), 1)),
                float(np.round(rng.uniform(0.6, 0.8), 2)),
            ),
        )
    ],
    reference=step_length,
    misconceptions=(
        Misconception(
            "Adam's first steps",
            edited(step_length, " / np.sqrt(1 - rho**t) →"),
            "Adam corrects v for its start at zero; RMSProp does not. What is v after one step?",
        ),
        Misconception(
            "the first step at every t",
            edited(step_length, "rho**t → rho"),
            "v goes on growing. What is it after two steps?",
        ),
        Misconception(
            "AdaGrad's steps",
            edited(step_length, "1 - rho**t → t"),
            "AdaGrad adds the squares up. RMSProp averages them.",
            RULE,
        ),
        Misconception(
            "a step that forgets the root",
            edited(step_length, "np.sqrt(1 - rho**t) → (1 - rho**t)"),
            "That divides by v. The step divides by its root.",
        ),
        Misconception(
            "a step that is too short at first",
            edited(step_length, "lr / → lr *"),
            "v is too small at first. Does that make the step too short or too long?",
        ),
        Misconception(
            "ρ · t instead of ρᵗ",
            edited(step_length, "1 - rho**t → np.abs(1 - rho * t)"),
            "Each step multiplies what is missing by ρ: after t steps it is the power ρᵗ.",
        ),
        Misconception(
            "a step that grows with the gradient",
            edited(step_length, "lr / → lr * gradient /"),
            "The gradient stands above the fraction bar, and in the root below it as well.",
        ),
        Misconception(
            "a step whose t is one too small",
            edited(step_length, "rho**t → rho ** (t - 1)"),
            "t = 1 is the first step, and 1 − ρ⁰ is zero: use t as it comes.",
        ),
        Misconception(
            "a step counted from zero",
            edited(step_length, "rho**t → rho ** (t + 1)"),
            "t = 1 is the first step, in which v holds one square.",
        ),
    ),
    show_target=False,
    rtol=1e-3,
)


# Infer: which rate, which memory


def rate_and_memory(first, second):
    """Return (lr, rho) from the lengths of the first two steps, under equal gradients."""
    rho = (first / second) ** 2 - 1
    return first * np.sqrt(1 - rho), rho


def two_steps(rng):
    """Return the first two lengths of runs with different rates and memories."""
    drawn = (
        (0.1, 0.9),
        (2.0, 0.5),
        (float(np.round(rng.uniform(0.2, 0.6), 2)), float(np.round(rng.uniform(0.6, 0.85), 2))),
        (float(np.round(rng.uniform(2, 9), 1)), float(np.round(rng.uniform(0.95, 0.995), 3))),
    )
    return [
        {"first": step_length(1.0, 1, lr, rho), "second": step_length(1.0, 2, lr, rho)}
        for lr, rho in drawn
    ]


RATE_AND_MEMORY = Task(
    name="rate-and-memory",
    function="rate_and_memory",
    title="Find rate and memory from two steps",
    lesson=LESSON,
    section=FIRST,
    points=2,
    right="The quotient of the two steps knows nothing of the rate, and gives ρ; with ρ the first "
    "step gives the rate.",
    returns=("lr", "rho"),
    cases=two_steps,
    reference=rate_and_memory,
    misconceptions=(
        Misconception(
            "the first step taken for the rate",
            edited(rate_and_memory, "first * np.sqrt(1 - rho) → first"),
            "RMSProp's first step is longer than its rate. By which factor?",
        ),
        Misconception(
            "the first step made longer still",
            edited(rate_and_memory, "first * → first /"),
            "With ρ = 0.75 and a rate of 1 the first step is 2 long. What do you make of a first "
            "step of 2?",
        ),
        Misconception(
            "a rate that forgets the root",
            edited(rate_and_memory, "np.sqrt(1 - rho) → (1 - rho)"),
            "v is (1 − ρ) g² after the first step, and the step divides by its root.",
        ),
        Misconception(
            "a memory that forgets the square",
            edited(rate_and_memory, "(first / second) ** 2 → first / second"),
            "The step divides by a root, so the quotient has to be squared first.",
        ),
        Misconception(
            "1 + ρ, not ρ",
            edited(rate_and_memory, "** 2 - 1 → ** 2", "1 - rho → 2 - rho"),
            "The square of the quotient is (1 − ρ²) / (1 − ρ). Simplify it.",
        ),
        Misconception(
            "the two numbers in the wrong order",
            edited(
                rate_and_memory, "first * np.sqrt(1 - rho), rho → rho, first * np.sqrt(1 - rho)"
            ),
            "Return the rate first, and then ρ.",
        ),
    ),
    show_target=False,
    rtol=1e-5,
)


# Find the bug: an RMSProp with three of them


def repaired_rmsprop(grad, theta, steps, lr=0.01, rho=0.9, eps=1e-6):
    """Return where RMSProp ends: the listing of the exercise without its bugs."""
    v = np.zeros(theta.shape)
    for _ in range(steps):
        g = grad(theta)
        v = rho * v + (1 - rho) * g**2
        theta = theta - lr * g / (np.sqrt(v) + eps)
    return theta


NO_WEIGHT = "(1 - rho) * g → g"
VARIANCE = (
    "v = np.zeros → mean = v = np.zeros",
    "v = rho → mean = rho * mean + (1 - rho) * g\n        v = rho",
    "g**2 → (g - mean) ** 2",
)
SIGN = "lr * g → lr * np.sign(g)"


def repaired_rmsprop_cases(rng):
    """Return bowls, and one with a parameter that has no gradient at all."""
    silent = silent_parameter(rng)
    nearly = bowl(rng, np.array([2.0, 6.0]))
    nearly = QuadraticGradient(1e-6 * nearly.A, 1e-6 * nearly.b)
    return [
        {"grad": bowl(rng, np.array([1.0, 4.0])), "theta": drawn(rng, 2), "steps": 3, "lr": 0.1},
        {
            "grad": bowl(rng, np.array([0.5, 2.0, 9.0])),
            "theta": drawn(rng, 3),
            "steps": 15,
            "rho": 0.8,
            "eps": 1e-3,
        },
        {"grad": nearly, "theta": drawn(rng, 2), "steps": 4},
        silent,
    ]


REPAIRED_RMSPROP = Task(
    name="repaired-rmsprop",
    function="repaired_rmsprop",
    title="Find three bugs in an RMSProp",
    lesson=LESSON,
    section=PITFALLS,
    points=3,
    right="v averages the squares of the gradients themselves, with weights that add up to 1, and "
    "the step goes along the gradient, not its sign.",
    returns=("theta",),
    cases=repaired_rmsprop_cases,
    reference=repaired_rmsprop,
    misconceptions=(
        Misconception(
            "the listing with all of its bugs",
            edited(repaired_rmsprop, NO_WEIGHT, *VARIANCE, SIGN),
            "Print v under a gradient that never changes: what should it become, and what does it "
            "become? Then make the gradient ten times as small.",
        ),
        Misconception(
            "the listing that now steps along the gradient",
            edited(repaired_rmsprop, NO_WEIGHT, *VARIANCE),
            "One bug is out, two are left, both in v. Print it under a gradient that never "
            "changes.",
        ),
        Misconception(
            "the listing with a mean square for its variance",
            edited(repaired_rmsprop, NO_WEIGHT, SIGN),
            "One bug is out, two are left. Do the weights of v add up to 1? What does a gradient "
            "do that is ten times as small?",
        ),
        Misconception(
            "the listing with weights that add up to 1",
            edited(repaired_rmsprop, *VARIANCE, SIGN),
            "One bug is out, two are left. What is v under a gradient that never changes? And what "
            "does a gradient do that is ten times as small?",
        ),
        Misconception(
            "the listing that still steps along the sign",
            edited(repaired_rmsprop, SIGN),
            "Two bugs are out, one is left. With a gradient of 0.1 in place of 1 every step should "
            "be as long as before. What does the listing do?",
        ),
        Misconception(
            "the listing with a sum that fades, but no average",
            edited(repaired_rmsprop, NO_WEIGHT),
            "Two bugs are out, one is left. Do the weights of the old v and the new square add up "
            "to 1?",
        ),
        Misconception(
            "the listing with a variance in its divisor",
            edited(repaired_rmsprop, *VARIANCE),
            "Two bugs are out, one is left. A gradient that never changes has variance 0: what is "
            "divided by then?",
        ),
        Misconception(
            "an ε inside the root",
            edited(repaired_rmsprop, "(np.sqrt(v) + eps) → np.sqrt(v + eps)"),
            "The rule of this lesson adds ε to the root, not under it.",
            EPS,
        ),
    ),
)


# Experiment: a rate that arrives and settles


def rate_that_settles(curvature, distance, steps, tolerance):
    """Return a rate with which RMSProp ends within a tolerance of the minimum of a parabola."""
    return tolerance


def rmsprop_settles(curvature, distance, steps, tolerance, rate):
    """Return "" if the last quarter of RMSProp's points is within the tolerance, or where it is."""
    if not 0 < rate < 1e6:
        return f"a rate should be positive and not huge, and this is {rate:.4g}"
    x, v, off = distance, 0.0, []
    for _ in range(steps):
        x, v = rmsprop_step(x, curvature * x, v, float(rate))
        off.append(x)
    farthest = max(off[-(steps // 4) :], key=abs)
    if abs(farthest) <= 1.02 * tolerance:
        return ""
    if min(map(abs, off)) > tolerance:
        return f"with lr = {rate:.4g}, RMSProp does not arrive: it is {off[-1]:.4g} off at the end"
    return f"with lr = {rate:.4g}, RMSProp arrives but is {abs(farthest):.4g} off again later"


def settling_cases(rng):
    """Return parabolas with a start, a number of steps and a tolerance.

    A rate of four times the distance over the steps swings a little too far in the drawn ones.
    """
    cases = [(1.0, 5.0, 400, 0.1), (1000.0, 5.0, 400, 0.1), (0.01, 5.5, 1000, 0.01)]
    for steepest, widest in ((5, 0.04), (50, 4)):
        curvature = float(np.round(rng.uniform(steepest / 50, steepest), 1))
        tolerance = float(np.round(rng.uniform(widest / 2, widest), 3))
        steps = int(rng.integers(1000, 1200))
        distance = float(np.round(rng.uniform(0.535, 0.56) * tolerance * steps, 2))
        cases.append((curvature, distance, steps, tolerance))
    return [
        dict(zip(("curvature", "distance", "steps", "tolerance"), case, strict=True))
        for case in cases
    ]


RATE_THAT_SETTLES = Task(
    name="rate-that-settles",
    function="rate_that_settles",
    title="Find a rate that arrives and settles",
    lesson=LESSON,
    section=SWING,
    points=2,
    right="The rate is a length: its steps reach the minimum in time, and half of one fits into "
    "the tolerance.",
    returns=("rate",),
    cases=settling_cases,
    reference=rate_that_settles,
    misconceptions=(
        Misconception(
            "the rate of gradient descent",
            edited(rate_that_settles, "return tolerance → return 1 / curvature"),
            "Change the curvature alone: what becomes of the swing? Then change the rate alone.",
        ),
        Misconception(
            "a rate that is divided by the curvature",
            edited(rate_that_settles, "return tolerance → return tolerance / curvature"),
            "Change the curvature alone in the cell above: what becomes of the swing?",
        ),
        Misconception(
            "the default rate",
            edited(rate_that_settles, "return tolerance → return 1e-3"),
            "A step is about lr long. How far do all your steps take you?",
        ),
        Misconception(
            "a rate that arrives but does not settle",
            edited(rate_that_settles, "return tolerance → return 4 * distance / steps"),
            "It leaves the swing out of account: at a constant rate the last points are half of lr "
            "off, to one side and the other.",
        ),
        Misconception(
            "a swing of a tenth of the rate",
            edited(rate_that_settles, "return tolerance → return 10 * tolerance"),
            "Print the last points, and compare their distance from the minimum with lr.",
        ),
        Misconception(
            "a rate that is too careful to arrive",
            edited(rate_that_settles, "return tolerance → return tolerance / 100"),
            "It would settle within the tolerance if it arrived. How far do all the steps reach?",
        ),
        Misconception(
            "a rate that leaps over the whole distance",
            edited(rate_that_settles, "return tolerance → return distance"),
            "It arrives at once and swings by half of that for ever.",
        ),
    ),
    accepts=rmsprop_settles,
    show_target=False,
    allows=("adam_course.optimizers",),
    builds_on=("rmsprop-step",),
)

# A stretch: a burst of loud gradients


def length_in_a_burst(quiet, loud, times, lr, rho):
    """Return the length of the last of some steps with loud gradients, after very many quiet."""
    left = rho**times
    v = left * quiet**2 + (1 - left) * loud**2
    return lr * loud / np.sqrt(v)


LENGTH_IN_A_BURST = Task(
    name="length-in-a-burst",
    function="length_in_a_burst",
    title="Predict a step in a burst of large gradients",
    lesson=LESSON,
    section=RULE,
    points=0,
    right="The quiet past keeps the share ρⁿ of v, the burst has the rest, and the step divides by "
    "the root of both.",
    returns=("length",),
    cases=lambda rng: [
        {"quiet": 1.0, "loud": 10.0, "times": 1, "lr": 0.1, "rho": 0.9},
        {"quiet": 2.0, "loud": 1.0, "times": 3, "lr": 1.0, "rho": 0.5},
        {
            "quiet": float(np.round(rng.uniform(0.1, 0.9), 2)),
            "loud": float(np.round(rng.uniform(2, 9), 1)),
            "times": int(rng.integers(4, 9)),
            "lr": float(np.round(rng.uniform(0.1, 0.4), 2)),
            "rho": float(np.round(rng.uniform(0.92, 0.98), 3)),
        },
        {
            "quiet": float(np.round(rng.uniform(5, 9), 1)),
            "loud": float(np.round(rng.uniform(2, 4), 1)),
            "times": int(rng.integers(2, 5)),
            "lr": float(np.round(rng.uniform(2, 9), 1)),
            "rho": float(np.round(rng.uniform(0.6, 0.8), 2)),
        },
    ],
    reference=length_in_a_burst,
    misconceptions=(
        Misconception(
            "a step that forgets the quiet past",
            edited(length_in_a_burst, "left * quiet**2 + → 0 +"),
            "v was not zero when the burst began: it held the square of the quiet gradient.",
            FIRST,
        ),
        Misconception(
            "a burst of a single gradient",
            edited(length_in_a_burst, "rho**times → rho"),
            "Each step of the burst multiplies what is left of the past by ρ once more.",
        ),
        Misconception(
            "a past that has gone at once",
            edited(length_in_a_burst, "left * quiet**2 + (1 - left) * loud**2 → loud**2"),
            "Some steps into the burst v still remembers the quiet gradients. With which weight?",
        ),
        Misconception(
            "a past that keeps too little",
            edited(
                length_in_a_burst, "left * quiet**2 + (1 - left) → (1 - left) * quiet**2 + left"
            ),
            "ρ is the share that is kept, in each step. Which of the two weights is ρⁿ?",
        ),
        Misconception(
            "a past that is left out of the weights",
            edited(length_in_a_burst, "(1 - left) * loud → loud"),
            "The weights of past and burst add up to 1.",
        ),
        Misconception(
            "a step that forgets the root",
            edited(length_in_a_burst, "np.sqrt(v) → v"),
            "v is an average of squares, and the step divides by its root.",
        ),
        Misconception(
            "a step divided by an average of gradients",
            edited(
                length_in_a_burst,
                "left * quiet**2 + (1 - left) * loud**2 → (left * quiet + (1 - left) * loud) ** 2",
            ),
            "Square first, then average: the two are not the same.",
        ),
        Misconception(
            "the step of a quiet gradient",
            edited(length_in_a_burst, "lr * loud → lr * quiet"),
            "The step goes along the gradient of today, which is the loud one.",
        ),
    ),
    show_target=False,
    rtol=1e-3,
)


EXERCISE = Exercise(
    name=LESSON,
    title="RMSProp and AdaDelta",
    minutes=50,
    tasks=(
        LEDGER_AFTER,
        RMSPROP_STEP,
        STEP_LENGTH,
        RATE_AND_MEMORY,
        REPAIRED_RMSPROP,
        RATE_THAT_SETTLES,
        LENGTH_IN_A_BURST,
    ),
    by_person=2,
)
