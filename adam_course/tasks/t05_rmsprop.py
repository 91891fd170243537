"""The tasks of exercise 05: RMSProp's and AdaDelta's steps, a memory, a first step, a swing."""

import numpy as np

from adam_course.given import QuadraticGradient
from adam_course.tasks.edited import edited
from adam_course.tasks.shared import bowl, silent_parameter
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "05_rmsprop"
RULE = "A ledger that forgets"
MEMORY = "How long is its memory?"
FIRST = "The first step is too long"
EPS = "Where ε goes"
SWING = "It never settles"
UNITS = "AdaDelta: a step with the right unit"
NO_RATE = "On trial: does AdaDelta need no rate?"
PITFALLS = "What people get wrong"


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


# Implement: one step of AdaDelta


def adadelta_step(theta, grad, v, u, rho=0.95, eps=1e-6):
    """Return the next (theta, v, u): Zeiler 2012, Algorithm 1."""
    v = rho * v + (1 - rho) * grad**2
    delta = np.sqrt((u + eps) / (v + eps)) * grad
    u = rho * u + (1 - rho) * delta**2
    return theta - delta, v, u


def adadelta_cases(rng):
    """Return steps early and late, of vectors and a matrix, with large, tiny and no gradients."""

    def case(*shape, **more):
        v, u = np.round(rng.uniform(0.1, 2, size=(2, *shape)), 2)
        return {"theta": drawn(rng, *shape), "grad": drawn(rng, *shape), "v": v, "u": u, **more}

    first = case(3) | {"v": np.zeros(3), "u": np.zeros(3)}
    tiny = np.array([1e-4, -3e-4, 0.0])
    return [
        first,
        case(3),
        case(2, 3, rho=0.7, eps=0.1),
        first | {"grad": tiny},
        case(3, rho=0.9) | {"grad": tiny, "v": tiny**2, "u": 1e-6 * np.ones(3)},
    ]


ADADELTA_STEP = Task(
    name="adadelta-step",
    function="adadelta_step",
    title="One step of AdaDelta",
    lesson=LESSON,
    section=UNITS,
    points=3,
    right="Past steps above the bar and gradients below it give the step its unit, and u hears of "
    "the step only afterwards.",
    returns=("theta", "v", "u"),
    cases=adadelta_cases,
    reference=adadelta_step,
    misconceptions=(
        Misconception(
            "AdaDelta without ε above the fraction bar",
            edited(adadelta_step, "(u + eps) → u"),
            "u starts at zero, so this never takes its first step. ε is what starts it.",
            NO_RATE,
        ),
        Misconception(
            "AdaDelta without ε below the fraction bar",
            edited(adadelta_step, "(v + eps) → v"),
            "A gradient that has always been zero gives a division by zero.",
        ),
        Misconception(
            "AdaDelta with each ε outside its root",
            edited(
                adadelta_step,
                "np.sqrt((u + eps) / (v + eps)) → (np.sqrt(u) + eps) / (np.sqrt(v) + eps)",
            ),
            "Zeiler adds ε under both roots: √(u + ε) and √(v + ε).",
        ),
        Misconception(
            "AdaDelta upside down",
            edited(adadelta_step, "(u + eps) / (v + eps) → (v + eps) / (u + eps)"),
            "Units decide it: what is left of g/√v has none, so the size of past steps, √u, goes "
            "above the fraction bar.",
        ),
        Misconception(
            "AdaDelta without the root",
            edited(adadelta_step, "np.sqrt((u + eps) / (v + eps)) → (u + eps) / (v + eps)"),
            "u and v hold squares: take the root of their quotient.",
        ),
        Misconception(
            "AdaDelta that forgets the gradient",
            edited(adadelta_step, "(v + eps)) * grad → (v + eps))"),
            "√((u + ε) / (v + ε)) is only the rate. The step is that rate times the gradient.",
        ),
        Misconception(
            "AdaDelta that steps with yesterday's v",
            edited(adadelta_step, "v = → v_new =", "delta, v, u → delta, v_new, u"),
            "v is renewed before the step, with the gradient of today. Only u is yesterday's.",
        ),
        Misconception(
            "AdaDelta whose u averages squared gradients",
            edited(adadelta_step, "delta**2 → grad**2"),
            "That is v. u averages the squares of the steps: delta**2.",
        ),
        Misconception(
            "AdaDelta whose u averages the steps, not their squares",
            edited(adadelta_step, "delta**2 → delta"),
            "u is an average of squares, as v is. Without the square it can be negative.",
        ),
        Misconception(
            "AdaDelta whose u averages the size of the steps",
            edited(adadelta_step, "delta**2 → np.abs(delta)"),
            "The root undoes a square: average `delta**2`.",
        ),
        Misconception(
            "AdaDelta whose u stays as it was",
            edited(adadelta_step, "    u = rho * u + (1 - rho) * delta**2\n →"),
            "After the step, let its square into u: the next step needs it.",
        ),
        Misconception(
            "AdaDelta without the factors 1 − ρ",
            edited(adadelta_step, "(1 - rho) * grad → grad", "(1 - rho) * delta → delta"),
            "An average needs weights that add up to 1: ρ of the old and 1 − ρ of the new.",
            PITFALLS,
        ),
        Misconception(
            "AdaDelta that weighs old and new the other way round",
            edited(
                adadelta_step,
                "rho * v + (1 - rho) * grad → (1 - rho) * v + rho * grad",
                "rho * u + (1 - rho) * delta → (1 - rho) * u + rho * delta",
            ),
            "With ρ = 0.95 an average keeps nineteen twentieths of itself.",
            MEMORY,
        ),
        Misconception(
            "AdaDelta with AdaGrad's sums",
            edited(
                adadelta_step,
                "rho * v + (1 - rho) * grad → v + grad",
                "rho * u + (1 - rho) * delta → u + delta",
            ),
            "Both memories fade: ρ of the old and 1 − ρ of the new.",
            RULE,
        ),
        Misconception(
            "AdaDelta uphill",
            edited(adadelta_step, "theta - delta → theta + delta"),
            "The gradient points uphill. Which sign takes you down?",
        ),
        Misconception(
            "the step alone, without θ",
            edited(adadelta_step, "theta - delta → -delta"),
            "Return the new parameters: where you stood, and the step added to it.",
        ),
        Misconception(
            "the two averages in the wrong order",
            edited(adadelta_step, "delta, v, u → delta, u, v"),
            "Return theta, v, u: first the average of gradients, then that of steps.",
        ),
    ),
)


# Predict: the half-life of a memory


def half_life(rho):
    """Return after how many steps a gradient counts half as much in v."""
    return np.log(0.5) / np.log(rho)


HALF_LIFE = Task(
    name="half-life",
    function="half_life",
    title="Predict how long a gradient is remembered",
    lesson=LESSON,
    section=MEMORY,
    points=1,
    right="Each step multiplies the weight by ρ, so it is halved when ρᵏ is one half.",
    returns=("steps",),
    cases=lambda rng: [
        {"rho": rho}
        for rho in (
            0.9,
            0.5,
            0.999,
            float(np.round(rng.uniform(0.6, 0.85), 3)),
            float(np.round(rng.uniform(0.92, 0.98), 3)),
        )
    ],
    reference=half_life,
    misconceptions=(
        Misconception(
            "a half-life of 1/ρ, as it stands in print",
            edited(half_life, "np.log(0.5) / np.log(rho) → 1 / rho"),
            "After k steps the weight is ρᵏ of what it was. For which k is that one half?",
        ),
        Misconception(
            "the memory, not the half-life",
            edited(half_life, "np.log(0.5) / np.log(rho) → 1 / (1 - rho)"),
            "After 1/(1 − ρ) steps about a third is left. When is it a half?",
        ),
        Misconception(
            "half of the memory",
            edited(half_life, "np.log(0.5) / np.log(rho) → 0.5 / (1 - rho)"),
            "The weight fades by a factor in each step, not by an amount: solve ρᵏ = ½ for k.",
        ),
        Misconception(
            "ln 2 times the memory, which is nearly right for a long one",
            edited(half_life, "np.log(0.5) / np.log(rho) → np.log(2) / (1 - rho)"),
            "−ln ρ is close to 1 − ρ only if ρ is close to 1. Use the logarithm itself.",
        ),
        Misconception(
            "the two logarithms upside down",
            edited(half_life, "np.log(0.5) / np.log(rho) → np.log(rho) / np.log(0.5)"),
            "Solve ρᵏ = ½: k · ln ρ = ln ½.",
        ),
        Misconception(
            "a half-life below zero",
            edited(half_life, "0.5 → 2"),
            "ln ρ is negative, and so is ln ½: ln 2 is not.",
        ),
        Misconception(
            "the first whole step, not the half-life",
            edited(half_life, "np.log(0.5) / np.log(rho) → np.ceil(np.log(0.5) / np.log(rho))"),
            "Do not round: the half-life may lie between two steps.",
        ),
        Misconception(
            "the half-life of √v",
            edited(half_life, "np.log(0.5) → 2 * np.log(0.5)"),
            "That is when √v is halved. The question is about a square's weight in v.",
        ),
    ),
    show_target=False,
    rtol=1e-3,
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
            "v goes on growing: after t equal gradients it is (1 − ρᵗ) g².",
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
            "v is (1 − ρᵗ) g², and the step divides by its root.",
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
EPS_LAST = "(np.sqrt(v) + eps) → np.sqrt(v) + eps"


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
    "ε stands below the fraction bar.",
    returns=("theta",),
    cases=repaired_rmsprop_cases,
    reference=repaired_rmsprop,
    misconceptions=(
        Misconception(
            "the listing with all of its bugs",
            edited(repaired_rmsprop, NO_WEIGHT, *VARIANCE, EPS_LAST),
            "Print v under a gradient that never changes: what should it become, and what does it "
            "become? Then give the function a gradient of zero.",
        ),
        Misconception(
            "the listing with its ε repaired",
            edited(repaired_rmsprop, NO_WEIGHT, *VARIANCE),
            "Two are left, both in v. Print it under a gradient that never changes.",
        ),
        Misconception(
            "the listing with a mean square for its variance",
            edited(repaired_rmsprop, NO_WEIGHT, EPS_LAST),
            "Two are left. Do the weights of v add up to 1? What does a gradient of zero do?",
        ),
        Misconception(
            "the listing with weights that add up to 1",
            edited(repaired_rmsprop, *VARIANCE, EPS_LAST),
            "Two are left. What is v under a gradient that never changes? And what does a gradient "
            "of zero do?",
        ),
        Misconception(
            "the listing with its ε still after the division",
            edited(repaired_rmsprop, EPS_LAST),
            "One is left. `a / b + eps` adds ε last: which parentheses put it into the divisor?",
            EPS,
        ),
        Misconception(
            "the listing with a sum that fades, but no average",
            edited(repaired_rmsprop, NO_WEIGHT),
            "One is left. Do the weights of the old v and the new square add up to 1?",
        ),
        Misconception(
            "the listing with a variance in its divisor",
            edited(repaired_rmsprop, *VARIANCE),
            "One is left. A gradient that never changes has variance 0: what is divided by then?",
        ),
        Misconception(
            "an ε inside the parentheses but after the division",
            edited(repaired_rmsprop, "g / (np.sqrt(v) + eps) → (g / np.sqrt(v) + eps)"),
            "ε has to be part of the divisor: √v + ε.",
            EPS,
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

EXERCISE = Exercise(
    name=LESSON,
    title="RMSProp and AdaDelta",
    minutes=50,
    tasks=(
        RMSPROP_STEP,
        ADADELTA_STEP,
        HALF_LIFE,
        STEP_LENGTH,
        REPAIRED_RMSPROP,
        RATE_THAT_SETTLES,
    ),
)
