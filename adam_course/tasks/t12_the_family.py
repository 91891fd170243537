"""The tasks of exercise 12: Lion, AdaFactor's guess, first steps, an AMSGrad and AdaBelief."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.shared import bowl_runs, path_slips, silent_parameter
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "12_the_family"
EDITS = "One rule, nine edits"
AMSGRAD = "AMSGrad"
BELIEF = "AdaBelief: predict first"
LION = "Lion"
RADAM = "RAdam"
FACTOR = "AdaFactor"
TABLE = "All at one table"


# Implement: one step of Lion


def lion_step(theta, grad, m, lr, beta1, beta2, weight_decay):
    """Return the next (theta, m): Chen et al. 2023, Algorithm 2."""
    direction = np.sign(beta1 * m + (1 - beta1) * grad)
    theta = theta - lr * (direction + weight_decay * theta)
    m = beta2 * m + (1 - beta2) * grad
    return theta, m


NO_DECAY = "(direction + weight_decay * theta) → direction"


def lion_cases(rng):
    """Return steps in which m and the gradient disagree, by more and by less than β1 allows."""

    def case(lr, beta1, beta2, weight_decay):
        m = np.round(rng.uniform(0.5, 2, size=6), 2) * [1, -1, 1, -1, 1, 0]
        between = (beta1 + beta2) / 2 / (1 - beta1)  # outweighs β1 m, and not β2 m
        return {
            "theta": np.round(rng.uniform(1, 3, size=6), 2) * rng.choice([-1, 1], size=6),
            "grad": np.round(-m * [2, 20, 200, 0, between, 1], 2),
            "m": m,
            "lr": lr,
            "beta1": beta1,
            "beta2": beta2,
            "weight_decay": weight_decay,
        }

    first = case(0.1, 0.9, 0.99, 0.0)
    first |= {"m": np.zeros(6), "grad": np.round(rng.normal(size=6), 2)}
    return [first, case(0.1, 0.9, 0.99, 0.0), case(0.5, 0.9, 0.99, 0.1), case(0.2, 0.8, 0.97, 0.3)]


LION_STEP = Task(
    name="lion-step",
    function="lion_step",
    title="One step of Lion",
    lesson=LESSON,
    section=LION,
    points=3,
    right="The sign is taken of the old m mixed with the gradient by β₁; only then does m "
    "remember, by β₂, and the decay enters neither of them.",
    returns=("theta", "m"),
    cases=lion_cases,
    reference=lion_step,
    misconceptions=(
        Misconception(
            "Lion that lets the gradient into m before it steps",
            edited(
                lion_step,
                "    m = beta2 * m + (1 - beta2) * grad\n →",
                "direction = → m = beta2 * m + (1 - beta2) * grad\n    direction =",
                "beta1 * m + (1 - beta1) * grad → m",
            ),
            "The step mixes the *old* m with the gradient, by β1. Only then is m renewed, by β2.",
            EDITS,
        ),
        Misconception(
            "Lion with one β for both",
            edited(lion_step, "beta2 * m + (1 - beta2) → beta1 * m + (1 - beta1)"),
            "β1 mixes the direction of this step, and β2 is the memory: two averages, one buffer.",
            EDITS,
        ),
        Misconception(
            "Lion with its betas swapped",
            edited(
                lion_step, "weight_decay):\n → weight_decay):\n    beta1, beta2 = beta2, beta1\n"
            ),
            "β1 belongs to the step; β2, with the longer memory, to m.",
            EDITS,
        ),
        Misconception(
            "Lion without its sign",
            edited(
                lion_step,
                "np.sign(beta1 * m + (1 - beta1) * grad) → beta1 * m + (1 - beta1) * grad",
            ),
            "That is momentum, and its steps have the size of the gradients. Lion keeps `np.sign`.",
        ),
        Misconception(
            "the sign of the gradient alone",
            edited(lion_step, "beta1 * m + (1 - beta1) * grad → grad"),
            "Mix the gradient with m before you take the sign: β1 of m and 1 − β1 of the gradient.",
        ),
        Misconception(
            "the sign of m alone",
            edited(lion_step, "beta1 * m + (1 - beta1) * grad → m"),
            "The gradient of this step has a say as well: β1 of m and 1 − β1 of the gradient.",
        ),
        Misconception(
            "a sign that is −1 where there is nothing",
            edited(
                lion_step,
                "np.sign( → np.where(",
                "(1 - beta1) * grad → (1 - beta1) * grad > 0, 1, -1",
            ),
            "A parameter whose m and whose gradient are both 0 stays where it is: `np.sign(0)` is "
            "0.",
        ),
        Misconception(
            "a sign that is 1 where there is nothing",
            edited(
                lion_step,
                "np.sign( → np.where(",
                "(1 - beta1) * grad → (1 - beta1) * grad < 0, -1, 1",
            ),
            "A parameter whose m and whose gradient are both 0 stays where it is: `np.sign(0)` is "
            "0.",
        ),
        Misconception(
            "a sum of two signs",
            edited(
                lion_step,
                "np.sign(beta1 * m → beta1 * np.sign(m)",
                "(1 - beta1) * grad) → (1 - beta1) * np.sign(grad)",
            ),
            "Mix first, and take one sign of the mixture: every step is ±1 times the rate.",
        ),
        Misconception(
            "Lion that decays without its rate",
            edited(lion_step, "lr * (direction → (lr * direction"),
            "Everything in the parentheses is multiplied by the rate, the decay too.",
            EDITS,
        ),
        Misconception(
            "Lion without weight decay",
            edited(lion_step, NO_DECAY),
            "In each step θ also shrinks, by lr · weight_decay of itself.",
        ),
        Misconception(
            "Lion whose decay makes parameters grow",
            edited(lion_step, "+ weight_decay → - weight_decay"),
            "Decay is taken off: both terms stand behind the minus sign.",
        ),
        Misconception(
            "Lion that decays what the step has left",
            edited(lion_step, NO_DECAY, "m = → theta = theta - lr * weight_decay * theta\n    m ="),
            "Close. In the formula λ θ stands beside the sign: it is θ as it was before the step.",
        ),
        Misconception(
            "Lion with its decay in the gradient",
            edited(
                lion_step,
                NO_DECAY,
                "direction = → grad = grad + weight_decay * theta\n    direction =",
            ),
            "The sign would swallow how large θ is. Lion's decay is decoupled: m never sees it.",
        ),
        Misconception(
            "Lion uphill",
            edited(lion_step, "np.sign → -np.sign"),
            "The gradient points uphill. Which sign takes you down?",
        ),
    ),
)


# Implement: AdaFactor's guess


def rebuilt(v):
    """Return AdaFactor's guess at a matrix v, from the means of its rows and columns."""
    row = v.mean(axis=1)
    column = v.mean(axis=0)
    return np.outer(row, column) / v.mean()


REBUILT = Task(
    name="rebuilt-v",
    function="rebuilt",
    title="Rebuild a matrix from its margins",
    lesson=LESSON,
    section=FACTOR,
    points=2,
    right="Row mean times column mean is too large by one mean of all of v, so a single division "
    "brings the guess back to v's own size.",
    returns=("guess",),
    cases=lambda rng: [
        {"v": np.outer([1.0, 2.0], [3.0, 5.0])},
        {"v": np.round(rng.uniform(0.1, 4, size=(2, 3)), 2)},
        {"v": np.round(rng.uniform(0.1, 4, size=(4, 4)) ** 2, 2)},
    ],
    reference=rebuilt,
    misconceptions=(
        Misconception(
            "a guess that is not divided by the mean",
            edited(rebuilt, " / v.mean() →"),
            "Try a matrix of sevens. A mean times a mean is 49: what brings it back?",
        ),
        Misconception(
            "a guess from sums, divided by a mean",
            edited(rebuilt, "v.mean(axis=1) → v.sum(axis=1)", "v.mean(axis=0) → v.sum(axis=0)"),
            "Sums work too, but then all three have to be sums.",
        ),
        Misconception(
            "a guess from means, divided by a sum",
            edited(rebuilt, "/ v.mean() → / v.sum()"),
            "Means need a mean below the line: try a matrix of sevens.",
        ),
        Misconception(
            "a guess that is divided twice",
            edited(rebuilt, "/ v.mean() → / v.mean() ** 2"),
            "One of the two factors is one mean too large, not both: divide once.",
        ),
        Misconception(
            "a guess that has been turned over",
            edited(rebuilt, "np.outer(row, column) → np.outer(column, row)"),
            "A row's mean is taken over the columns: `axis=1`. It belongs to all of its row.",
        ),
        Misconception(
            "the middle between the mean of the row and the mean of the column",
            edited(rebuilt, "np.outer(row, column) / v.mean() → (row[:, None] + column) / 2"),
            "AdaFactor multiplies: a loud row and a loud column meet in a number that is louder.",
        ),
        Misconception(
            "a guess that adds margins instead of multiplying them",
            edited(rebuilt, "np.outer(row, column) / v.mean() → row[:, None] + column - v.mean()"),
            "That is right where rows and columns *add*. It can become negative, and has to go "
            "below a root.",
        ),
        Misconception(
            "the mean of the row, everywhere in it",
            edited(
                rebuilt, "np.outer(row, column) / v.mean() → np.outer(row, np.ones(len(column)))"
            ),
            "The columns differ as well.",
        ),
        Misconception(
            "the mean of the column, everywhere in it",
            edited(
                rebuilt, "np.outer(row, column) / v.mean() → np.outer(np.ones(len(row)), column)"
            ),
            "The rows differ as well.",
        ),
    ),
)


# Predict: the first steps of four relatives


def first_steps(g, beta1, beta2):
    """Return the first steps of Adam, AMSGrad (paper), AdaBelief and RAdam, in units of α."""
    return 1.0, (1 - beta1) / np.sqrt(1 - beta2), 1 / beta1, abs(g)


FIRST_STEPS = Task(
    name="first-steps",
    function="first_steps",
    title="How long is the first step?",
    lesson=LESSON,
    section=EDITS,
    points=2,
    right="After one gradient m is (1 − β₁) g, and the rest follows from what each method "
    "corrects, and from what it divides by.",
    returns=("adam", "amsgrad", "adabelief", "radam"),
    cases=lambda rng: [
        {"g": 3.0, "beta1": 0.9, "beta2": 0.999},
        {"g": -0.5, "beta1": 0.5, "beta2": 0.99},
        {
            "g": float(np.round(rng.uniform(-9, -2), 1)),
            "beta1": float(np.round(rng.uniform(0.6, 0.95), 2)),
            "beta2": float(np.round(rng.uniform(0.9, 0.98), 3)),
        },
    ],
    reference=first_steps,
    misconceptions=(
        Misconception(
            "Adam's first step, for all of them",
            edited(
                first_steps, "(1 - beta1) / np.sqrt(1 - beta2), 1 / beta1, abs(g) → 1.0, 1.0, 1.0"
            ),
            "Only Adam's is α. Put t = 1 and m = (1 − β1) g into the line that each of them edits.",
        ),
        Misconception(
            "AMSGrad's first step as PyTorch takes it",
            edited(first_steps, "(1 - beta1) / np.sqrt(1 - beta2) → 1.0"),
            "The paper corrects no bias: its first step is m / √v as they are, with m and v after "
            "one gradient.",
            TABLE,
        ),
        Misconception(
            "AMSGrad's first step with a corrected m and a v that is not",
            edited(first_steps, "(1 - beta1) → 1"),
            "The paper corrects neither: m is (1 − β1) g, without its hat.",
            TABLE,
        ),
        Misconception(
            "AMSGrad's first step upside down",
            edited(
                first_steps, "(1 - beta1) / np.sqrt(1 - beta2) → np.sqrt(1 - beta2) / (1 - beta1)"
            ),
            "m stands above the line, and m = (1 − β1) g.",
            TABLE,
        ),
        Misconception(
            "AMSGrad's first step without the root",
            edited(first_steps, "np.sqrt(1 - beta2) → (1 - beta2)"),
            "It divides by the *root* of v, and v = (1 − β2) g².",
            TABLE,
        ),
        Misconception(
            "AdaBelief's first step with the m of the step before",
            edited(first_steps, "1 / beta1 → 1.0"),
            "m has let the gradient in when the surprise g − m is taken: m is (1 − β1) g by then.",
            BELIEF,
        ),
        Misconception(
            "AdaBelief's first step upside down",
            edited(first_steps, "1 / beta1 → beta1"),
            "The surprise is g − (1 − β1) g = β1 g, and it stands below the line.",
            BELIEF,
        ),
        Misconception(
            "AdaBelief's first step divided by m instead of the surprise",
            edited(first_steps, "1 / beta1 → 1 / (1 - beta1)"),
            "(1 − β1) g is m. The surprise is what is left of g without it.",
            BELIEF,
        ),
        Misconception(
            "AdaBelief's first step with its m uncorrected",
            edited(first_steps, "1 / beta1 → (1 - beta1) / beta1"),
            "AdaBelief corrects m and its s as Adam does: m̂ is g.",
            BELIEF,
        ),
        Misconception(
            "RAdam's first step with a divisor",
            edited(first_steps, "abs(g) → 1.0"),
            "In its first steps RAdam does not divide at all. What is left of the rule then?",
            RADAM,
        ),
        Misconception(
            "RAdam's first step with its m uncorrected",
            edited(first_steps, "abs(g) → (1 - beta1) * abs(g)"),
            "RAdam steps along m̂, and after one gradient m̂ is that gradient.",
            RADAM,
        ),
        Misconception(
            "RAdam's first step with a sign",
            edited(first_steps, "abs(g) → g"),
            "The size is asked for: it is never negative.",
        ),
    ),
    show_target=False,
)


# Find the bug: an AMSGrad


def amsgrad(grad, theta, steps, lr, beta1, beta2, eps):
    """Return the path of AMSGrad as PyTorch has it, steps + 1 points."""
    m = v = largest = np.zeros(theta.shape)
    path = [theta]
    for t in range(1, steps + 1):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        largest = np.maximum(largest, v)
        m_hat = m / (1 - beta1**t)
        v_hat = largest / (1 - beta2**t)
        theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
        path.append(theta)
    return np.array(path)


V_REPLACED = "largest = np.maximum → v = largest = np.maximum"
M_UNCORRECTED = " / (1 - beta1**t) →"
V_UNCORRECTED = " / (1 - beta2**t) →"


def amsgrad_cases(rng):
    """Return bowls on which the gradients fall and rise again, and a parameter without any."""
    settings = {"lr": 0.5, "beta1": 0.9, "beta2": 0.8, "eps": 1e-8}
    cases = bowl_runs(
        rng,
        ([1.0, 4.0], 1, settings),
        ([1.0, 4.0], 40, settings),
        ([0.5, 2.0, 9.0], 30, {"lr": 0.3, "beta1": 0.8, "beta2": 0.95, "eps": 0.1}),
        away=2,
    )
    return [*cases, silent_parameter(rng) | settings]


REPAIRED_AMSGRAD = Task(
    name="repaired-amsgrad",
    function="amsgrad",
    title="Find two bugs in an AMSGrad",
    lesson=LESSON,
    section=AMSGRAD,
    points=2,
    right="v goes on forgetting while a second number keeps the largest v, and with its "
    "correction the first step is as long as the rate.",
    returns=("path",),
    cases=amsgrad_cases,
    reference=amsgrad,
    misconceptions=(
        Misconception(
            "the listing with both of its bugs",
            edited(amsgrad, V_REPLACED, V_UNCORRECTED),
            "One bug shows in the very first step: how long should it be? For the other, follow v "
            "by hand when a loud gradient is followed by quiet ones.",
        ),
        Misconception(
            "the listing that still corrects m but not v",
            edited(amsgrad, V_UNCORRECTED),
            "One bug is left. v starts at zero just as m does. A formula without this hat is in "
            "print.",
        ),
        Misconception(
            "the listing in which v itself still becomes the largest v",
            edited(amsgrad, V_REPLACED),
            "One bug is left. v has to go on forgetting, and only a second number remembers the "
            "largest.",
        ),
        Misconception(
            "Adam, without a largest v",
            edited(amsgrad, "np.maximum(largest, v) → v"),
            "The divisor should never become smaller: that is all that AMSGrad adds.",
        ),
        Misconception(
            "AMSGrad as its paper has it, without any correction",
            edited(amsgrad, M_UNCORRECTED, V_UNCORRECTED),
            "A fine method, but not the one asked for: PyTorch corrects m and the largest v.",
            TABLE,
        ),
        Misconception(
            "AMSGrad as Optax has it",
            edited(
                amsgrad,
                V_UNCORRECTED,
                "np.maximum(largest, v) → np.maximum(largest, v / (1 - beta2**t))",
            ),
            "Take the largest v first, and correct it then.",
            TABLE,
        ),
        Misconception(
            "AMSGrad that keeps the smallest v",
            edited(amsgrad, "np.maximum → np.minimum"),
            "It starts at zero and stays there. Keep the largest.",
        ),
        Misconception(
            "AMSGrad that keeps the largest squared gradient",
            edited(amsgrad, "np.maximum(largest, v) → np.maximum(largest, g**2)"),
            "That is near to AdaMax. AMSGrad keeps the largest *average* v.",
        ),
        Misconception(
            "AMSGrad that corrects v but not m",
            edited(amsgrad, M_UNCORRECTED),
            "m starts at zero as well.",
        ),
        Misconception(
            "AMSGrad without ε",
            edited(amsgrad, "(np.sqrt(v_hat) + eps) → np.sqrt(v_hat)"),
            "A gradient that has always been zero gives 0/0.",
        ),
        *path_slips(amsgrad),
    ),
)


# Experiment: AdaBelief's step


def belief_step(mean, sigma):
    """Return how long AdaBelief's steps become, in units of α, with β1 = 0.9 and little noise."""
    return np.sqrt((1 + 0.9) / 2) / 0.9 * mean / sigma


BELIEF_STEP = Task(
    name="belief-step",
    function="belief_step",
    title="Measure AdaBelief's boldness",
    lesson=LESSON,
    section=BELIEF,
    points=1,
    allows=("adam_course.optimizers",),
    right="AdaBelief divides by what its m did not expect, so the step grows as mean over noise, "
    "and some percent more since m follows each gradient a little.",
    returns=("step",),
    cases=lambda rng: [
        {"mean": 1.0, "sigma": 0.1},
        {"mean": 1.0, "sigma": 0.2},
        {
            "mean": float(np.round(rng.uniform(2, 9), 1)),
            "sigma": float(np.round(rng.uniform(0.1, 0.4), 2)),
        },
        {"mean": float(np.round(rng.uniform(0.4, 0.6), 3)), "sigma": 0.004},
    ],
    reference=belief_step,
    misconceptions=(
        Misconception(
            "Adam's magnitude",
            edited(
                belief_step,
                "np.sqrt((1 + 0.9) / 2) / 0.9 * mean / sigma → 1 / np.sqrt(1 + sigma**2 / mean**2)",
            ),
            "Adam's step is at most α. Measure AdaBelief's with little noise: it is longer.",
        ),
        Misconception(
            "the quotient of mean and noise, without its factor",
            edited(belief_step, "np.sqrt((1 + 0.9) / 2) / 0.9 * mean → mean"),
            "Nearly. Your measurement is some percent higher, because m follows each gradient a "
            "little, and the surprise is smaller for it. Put the factor in.",
        ),
        Misconception(
            "a step that does not depend on the mean",
            edited(belief_step, " * mean →"),
            "Measure once with a mean of 1 and once with 2, and the same noise.",
        ),
        Misconception(
            "a step that falls with the square of the noise",
            edited(belief_step, "np.sqrt((1 + 0.9) / 2) / 0.9 * mean / sigma → mean**2 / sigma**2"),
            "Halve the noise and measure again: does the step double, or grow fourfold?",
        ),
        Misconception(
            "the quotient upside down",
            edited(belief_step, "mean / sigma → sigma / mean"),
            "More noise, shorter steps: which of the two stands below the line?",
        ),
        Misconception(
            "a mean that is divided by β1 and no more",
            edited(belief_step, "np.sqrt((1 + 0.9) / 2) → 1"),
            "The surprise is β1 times what the gradient strays from the *old* m, which strays a "
            "little itself. Measure with more parameters, and take the factor from there.",
        ),
    ),
    show_target=False,
    rtol=0.02,
)

EXERCISE = Exercise(
    name=LESSON,
    title="The family",
    minutes=50,
    tasks=(
        LION_STEP,
        REBUILT,
        FIRST_STEPS,
        REPAIRED_AMSGRAD,
        BELIEF_STEP,
    ),
)
