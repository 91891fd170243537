"""The tasks of exercise 12: Lion, AdaFactor's guess, first steps, an AMSGrad and AdaBelief."""

import numpy as np

from adam_course.tasks.shared import bowl, path_slips, silent_parameter
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "12_the_family"
EDITS = "One rule, nine edits"
AMSGRAD = "AMSGrad"
BELIEF = "AdaBelief: predict first"
LION = "Lion"
RADAM = "RAdam: predict first"
FACTOR = "AdaFactor"
TABLE = "All at one table"


# Implement: one step of Lion


def lion_step(theta, grad, m, lr, beta1, beta2, weight_decay):
    """Return the next (theta, m): Chen et al. 2023, Algorithm 2."""
    direction = np.sign(beta1 * m + (1 - beta1) * grad)
    theta = theta - lr * (direction + weight_decay * theta)
    m = beta2 * m + (1 - beta2) * grad
    return theta, m


def lion(direction=None, decay=None, memory=None, uphill=False):
    """Return a lion_step with another direction, decay or memory.

    A direction or memory is a function of (m, grad, beta1, beta2); a decay one of
    (theta, lr, weight_decay), which says what is taken off θ.
    """
    direction = direction or (lambda m, g, b1, b2: np.sign(b1 * m + (1 - b1) * g))
    decay = decay or (lambda theta, lr, weight_decay: lr * weight_decay * theta)
    memory = memory or (lambda m, g, b1, b2: b2 * m + (1 - b2) * g)

    def wrong_step(theta, grad, m, lr, beta1, beta2, weight_decay):
        move = lr * direction(m, grad, beta1, beta2)
        new = theta + (move if uphill else -move) - decay(theta, lr, weight_decay)
        return new, memory(m, grad, beta1, beta2)

    return wrong_step


def decay_last(theta, grad, m, lr, beta1, beta2, weight_decay):
    """Return a step of Lion whose decay is taken of θ as it is after the step."""
    moved, m = lion_step(theta, grad, m, lr, beta1, beta2, 0.0)
    return moved - lr * weight_decay * moved, m


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
            lion(direction=lambda m, g, b1, b2: np.sign(b2 * m + (1 - b2) * g)),
            "The step mixes the *old* m with the gradient, by β1. Only then is m renewed, by β2.",
            EDITS,
        ),
        Misconception(
            "Lion with one β for both",
            lion(memory=lambda m, g, b1, b2: b1 * m + (1 - b1) * g),
            "β1 mixes the direction of this step, and β2 is the memory: two averages, one buffer.",
            EDITS,
        ),
        Misconception(
            "Lion with its betas swapped",
            lion(
                direction=lambda m, g, b1, b2: np.sign(b2 * m + (1 - b2) * g),
                memory=lambda m, g, b1, b2: b1 * m + (1 - b1) * g,
            ),
            "β1 belongs to the step; β2, with the longer memory, to m.",
            EDITS,
        ),
        Misconception(
            "Lion without its sign",
            lion(direction=lambda m, g, b1, b2: b1 * m + (1 - b1) * g),
            "That is momentum, and its steps have the size of the gradients. Lion keeps `np.sign`.",
        ),
        Misconception(
            "the sign of the gradient alone",
            lion(direction=lambda m, g, b1, b2: np.sign(g)),
            "Mix the gradient with m before you take the sign: β1 of m and 1 − β1 of the gradient.",
        ),
        Misconception(
            "the sign of m alone",
            lion(direction=lambda m, g, b1, b2: np.sign(m)),
            "The gradient of this step has a say as well: β1 of m and 1 − β1 of the gradient.",
        ),
        Misconception(
            "a sign that is −1 where there is nothing",
            lion(direction=lambda m, g, b1, b2: np.where(b1 * m + (1 - b1) * g > 0, 1, -1)),
            "A parameter whose m and whose gradient are both 0 stays where it is: `np.sign(0)` is "
            "0.",
        ),
        Misconception(
            "a sign that is 1 where there is nothing",
            lion(direction=lambda m, g, b1, b2: np.where(b1 * m + (1 - b1) * g < 0, -1, 1)),
            "A parameter whose m and whose gradient are both 0 stays where it is: `np.sign(0)` is "
            "0.",
        ),
        Misconception(
            "a sum of two signs",
            lion(direction=lambda m, g, b1, b2: b1 * np.sign(m) + (1 - b1) * np.sign(g)),
            "Mix first, and take one sign of the mixture: every step is ±1 times the rate.",
        ),
        Misconception(
            "Lion that decays without its rate",
            lion(decay=lambda theta, lr, weight_decay: weight_decay * theta),
            "Everything in the parentheses is multiplied by the rate, the decay too.",
            EDITS,
        ),
        Misconception(
            "Lion without weight decay",
            lion(decay=lambda theta, lr, weight_decay: 0),
            "In each step θ also shrinks, by lr · weight_decay of itself.",
        ),
        Misconception(
            "Lion whose decay makes parameters grow",
            lion(decay=lambda theta, lr, weight_decay: -lr * weight_decay * theta),
            "Decay is taken off: both terms stand behind the minus sign.",
        ),
        Misconception(
            "Lion that decays what the step has left",
            decay_last,
            "Close. In the formula λ θ stands beside the sign: it is θ as it was before the step.",
        ),
        Misconception(
            "Lion with its decay in the gradient",
            lambda theta, grad, m, lr, beta1, beta2, weight_decay: lion_step(
                theta, grad + weight_decay * theta, m, lr, beta1, beta2, 0.0
            ),
            "The sign would swallow how large θ is. Lion's decay is decoupled: m never sees it.",
        ),
        Misconception(
            "Lion uphill",
            lion(uphill=True),
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
            lambda v: np.outer(v.mean(axis=1), v.mean(axis=0)),
            "Try a matrix of sevens. A mean times a mean is 49: what brings it back?",
        ),
        Misconception(
            "a guess from sums, divided by a mean",
            lambda v: np.outer(v.sum(axis=1), v.sum(axis=0)) / v.mean(),
            "Sums work too, but then all three have to be sums.",
        ),
        Misconception(
            "a guess from means, divided by a sum",
            lambda v: np.outer(v.mean(axis=1), v.mean(axis=0)) / v.sum(),
            "Means need a mean below the line: try a matrix of sevens.",
        ),
        Misconception(
            "a guess that is divided twice",
            lambda v: np.outer(v.mean(axis=1), v.mean(axis=0)) / v.mean() ** 2,
            "One of the two factors is one mean too large, not both: divide once.",
        ),
        Misconception(
            "a guess that has been turned over",
            lambda v: np.outer(v.mean(axis=0), v.mean(axis=1)) / v.mean(),
            "A row's mean is taken over the columns: `axis=1`. It belongs to all of its row.",
        ),
        Misconception(
            "the middle between the mean of the row and the mean of the column",
            lambda v: (v.mean(axis=1)[:, None] + v.mean(axis=0)) / 2,
            "AdaFactor multiplies: a loud row and a loud column meet in a number that is louder.",
        ),
        Misconception(
            "a guess that adds margins instead of multiplying them",
            lambda v: v.mean(axis=1)[:, None] + v.mean(axis=0) - v.mean(),
            "That is right where rows and columns *add*. It can become negative, and has to go "
            "below a root.",
        ),
        Misconception(
            "the mean of the row, everywhere in it",
            lambda v: np.repeat(v.mean(axis=1)[:, None], v.shape[1], axis=1),
            "The columns differ as well.",
        ),
        Misconception(
            "the mean of the column, everywhere in it",
            lambda v: np.repeat(v.mean(axis=0)[None], v.shape[0], axis=0),
            "The rows differ as well.",
        ),
    ),
)


# Predict: the first steps of four relatives


def first_steps(g, beta1, beta2):
    """Return the first steps of Adam, AMSGrad (paper), AdaBelief and RAdam, in units of α."""
    return 1.0, (1 - beta1) / np.sqrt(1 - beta2), 1 / beta1, abs(g)


def steps_but(place, other):
    """Return a first_steps in which the number at a place is another function's."""

    def wrong_steps(g, beta1, beta2):
        steps = list(first_steps(g, beta1, beta2))
        steps[place] = other(g, beta1, beta2)
        return tuple(steps)

    return wrong_steps


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
            lambda g, beta1, beta2: (1.0, 1.0, 1.0, 1.0),
            "Only Adam's is α. Put t = 1 and m = (1 − β1) g into the line that each of them edits.",
        ),
        Misconception(
            "AMSGrad's first step as PyTorch takes it",
            steps_but(1, lambda g, beta1, beta2: 1.0),
            "The paper corrects no bias: its first step is m / √v as they are, with m and v after "
            "one gradient.",
            TABLE,
        ),
        Misconception(
            "AMSGrad's first step with a corrected m and a v that is not",
            steps_but(1, lambda g, beta1, beta2: 1 / np.sqrt(1 - beta2)),
            "The paper corrects neither: m is (1 − β1) g, without its hat.",
            TABLE,
        ),
        Misconception(
            "AMSGrad's first step upside down",
            steps_but(1, lambda g, beta1, beta2: np.sqrt(1 - beta2) / (1 - beta1)),
            "m stands above the line, and m = (1 − β1) g.",
            TABLE,
        ),
        Misconception(
            "AMSGrad's first step without the root",
            steps_but(1, lambda g, beta1, beta2: (1 - beta1) / (1 - beta2)),
            "It divides by the *root* of v, and v = (1 − β2) g².",
            TABLE,
        ),
        Misconception(
            "AdaBelief's first step with the m of the step before",
            steps_but(2, lambda g, beta1, beta2: 1.0),
            "m has let the gradient in when the surprise g − m is taken: m is (1 − β1) g by then.",
            BELIEF,
        ),
        Misconception(
            "AdaBelief's first step upside down",
            steps_but(2, lambda g, beta1, beta2: beta1),
            "The surprise is g − (1 − β1) g = β1 g, and it stands below the line.",
            BELIEF,
        ),
        Misconception(
            "AdaBelief's first step divided by m instead of the surprise",
            steps_but(2, lambda g, beta1, beta2: 1 / (1 - beta1)),
            "(1 − β1) g is m. The surprise is what is left of g without it.",
            BELIEF,
        ),
        Misconception(
            "AdaBelief's first step with its m uncorrected",
            steps_but(2, lambda g, beta1, beta2: (1 - beta1) / beta1),
            "AdaBelief corrects m and its s as Adam does: m̂ is g.",
            BELIEF,
        ),
        Misconception(
            "RAdam's first step with a divisor",
            steps_but(3, lambda g, beta1, beta2: 1.0),
            "In its first steps RAdam does not divide at all. What is left of the rule then?",
            RADAM,
        ),
        Misconception(
            "RAdam's first step with its m uncorrected",
            steps_but(3, lambda g, beta1, beta2: (1 - beta1) * abs(g)),
            "RAdam steps along m̂, and after one gradient m̂ is that gradient.",
            RADAM,
        ),
        Misconception(
            "RAdam's first step with a sign",
            steps_but(3, lambda g, beta1, beta2: g),
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


def keeping(
    pick=np.maximum, replaces=False, squares=False, correct_m=True, correct_v=True, damped=True
):
    """Return an amsgrad with slips.

    Args:
        pick: of the largest v so far and the new one. replaces: v itself becomes what was picked.
        squares: the largest g² is kept, not the largest v. correct_m, correct_v: correct the bias.
        damped: add ε to the root.
    """

    def wrong_path(grad, theta, steps, lr, beta1, beta2, eps):
        m = v = largest = np.zeros(theta.shape)
        path = [theta]
        for t in range(1, steps + 1):
            g = grad(theta)
            m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
            largest = pick(largest, g**2 if squares else v)
            v = largest if replaces else v
            m_hat = m / (1 - beta1**t) if correct_m else m
            v_hat = largest / (1 - beta2**t) if correct_v else largest
            theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps * damped)
            path.append(theta)
        return np.array(path)

    return wrong_path


def largest_corrected(grad, theta, steps, lr, beta1, beta2, eps):
    """Return the path of AMSGrad as Optax has it: the largest corrected v."""
    m = v = largest = np.zeros(theta.shape)
    path = [theta]
    for t in range(1, steps + 1):
        g = grad(theta)
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        largest = np.maximum(largest, v / (1 - beta2**t))
        theta = theta - lr * m / (1 - beta1**t) / (np.sqrt(largest) + eps)
        path.append(theta)
    return np.array(path)


def amsgrad_cases(rng):
    """Return bowls on which the gradients fall and rise again, and a parameter without any."""
    settings = {"lr": 0.5, "beta1": 0.9, "beta2": 0.8, "eps": 1e-8}
    cases = [
        {
            "grad": bowl(rng, np.array(curvatures)),
            "theta": np.round(rng.normal(size=len(curvatures)), 2) + 2,
            "steps": steps,
        }
        | settings
        | more
        for curvatures, steps, more in (
            ([1.0, 4.0], 1, {}),
            ([1.0, 4.0], 40, {}),
            ([0.5, 2.0, 9.0], 30, {"lr": 0.3, "beta1": 0.8, "beta2": 0.95, "eps": 0.1}),
        )
    ]
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
            keeping(replaces=True, correct_v=False),
            "One bug shows in the very first step: how long should it be? For the other, follow v "
            "by hand when a loud gradient is followed by quiet ones.",
        ),
        Misconception(
            "the listing that still corrects m but not v",
            keeping(correct_v=False),
            "One is left. v starts at zero just as m does. A formula without this hat is in print.",
        ),
        Misconception(
            "the listing in which v itself still becomes the largest v",
            keeping(replaces=True),
            "One is left. v has to go on forgetting, and only a second number remembers the "
            "largest.",
        ),
        Misconception(
            "Adam, without a largest v",
            keeping(pick=lambda largest, v: v),
            "The divisor should never become smaller: that is all that AMSGrad adds.",
        ),
        Misconception(
            "AMSGrad as its paper has it, without any correction",
            keeping(correct_m=False, correct_v=False),
            "A fine method, but not the one asked for: PyTorch corrects m and the largest v.",
            TABLE,
        ),
        Misconception(
            "AMSGrad as Optax has it",
            largest_corrected,
            "Take the largest v first, and correct it then.",
            TABLE,
        ),
        Misconception(
            "AMSGrad that keeps the smallest v",
            keeping(pick=np.minimum),
            "It starts at zero and stays there. Keep the largest.",
        ),
        Misconception(
            "AMSGrad that keeps the largest squared gradient",
            keeping(squares=True),
            "That is near to AdaMax. AMSGrad keeps the largest *average* v.",
        ),
        Misconception(
            "AMSGrad that corrects v but not m",
            keeping(correct_m=False),
            "m starts at zero as well.",
        ),
        Misconception(
            "AMSGrad without ε",
            keeping(damped=False),
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
            lambda mean, sigma: 1 / np.sqrt(1 + sigma**2 / mean**2),
            "Adam's step is at most α. Measure AdaBelief's with little noise: it is longer.",
        ),
        Misconception(
            "the quotient of mean and noise, without its factor",
            lambda mean, sigma: mean / sigma,
            "Nearly. Your measurement is some percent higher, because m follows each gradient a "
            "little, and the surprise is smaller for it. Put the factor in.",
        ),
        Misconception(
            "a step that does not depend on the mean",
            lambda mean, sigma: np.sqrt(0.95) / 0.9 / sigma,
            "Measure once with a mean of 1 and once with 2, and the same noise.",
        ),
        Misconception(
            "a step that falls with the square of the noise",
            lambda mean, sigma: mean**2 / sigma**2,
            "Halve the noise and measure again: does the step double, or grow fourfold?",
        ),
        Misconception(
            "the quotient upside down",
            lambda mean, sigma: np.sqrt(0.95) / 0.9 * sigma / mean,
            "More noise, shorter steps: which of the two stands below the line?",
        ),
        Misconception(
            "a mean that is divided by β1 and no more",
            lambda mean, sigma: mean / sigma / 0.9,
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
