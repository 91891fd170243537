"""The tasks of exercise 12: Lion, a case against AdaFactor, first steps, AMSGrad and AdaBelief."""

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


# To begin: what turns Lion round


def turning_gradient(m, beta1):
    """Return the gradient that just stops Lion: one more, and it turns round."""
    return -beta1 * m / (1 - beta1)


TURNING_GRADIENT = Task(
    name="turning-gradient",
    function="turning_gradient",
    title="What it takes to stop Lion",
    lesson=LESSON,
    section=EDITS,
    points=1,
    right="Lion steps by the sign of β₁ m + (1 − β₁) g, and this gradient makes it 0: where β₁ is "
    "0.9 it is nine times as large as m.",
    returns=("gradient",),
    cases=lambda rng: [
        {"m": 1.0, "beta1": 0.9},
        {"m": -2.0, "beta1": 0.75},
        {
            "m": float(np.round(rng.uniform(0.2, 0.8), 2)),
            "beta1": float(np.round(rng.uniform(0.55, 0.95), 2)),
        },
    ],
    reference=turning_gradient,
    misconceptions=(
        Misconception(
            "a gradient as large as m",
            edited(turning_gradient, "-beta1 * m / (1 - beta1) → -m"),
            "m and the gradient do not weigh the same. What are their two weights?",
        ),
        Misconception(
            "a gradient on the side of m",
            edited(turning_gradient, "-beta1 → beta1"),
            "That one agrees with m, and Lion goes on as before.",
        ),
        Misconception(
            "a gradient in which the two weights have changed places",
            edited(turning_gradient, "-beta1 * m / (1 - beta1) → -(1 - beta1) * m / beta1"),
            "With β₁ = 0.9 m has nine tenths of the weight. Is a small gradient enough?",
        ),
        Misconception(
            "a gradient against all of m, not its share",
            edited(turning_gradient, "-beta1 * m → -m"),
            "m has a weight, too. Put your gradient into the mixture: is it 0?",
        ),
        Misconception(
            "the weight of m alone",
            edited(turning_gradient, " / (1 - beta1) →"),
            "The gradient has a weight, too. Put yours into the mixture: is it 0?",
        ),
    ),
    show_target=False,
)


# Infer: one step of Lion


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
    title="Find Lion's step",
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
            "Give it gradients of 0 and some decay, and double lr: does θ shrink as before, or "
            "twice as fast?",
            EDITS,
        ),
        Misconception(
            "Lion without weight decay",
            edited(lion_step, NO_DECAY),
            "Give the course's Lion some decay, and gradients of 0. What does θ do in each step?",
        ),
        Misconception(
            "Lion whose decay makes parameters grow",
            edited(lion_step, "+ weight_decay → - weight_decay"),
            "Give the course's Lion some decay, and gradients of 0. Does θ grow or shrink?",
        ),
        Misconception(
            "Lion that decays what the step has left",
            edited(lion_step, NO_DECAY, "m = → theta = theta - lr * weight_decay * theta\n    m ="),
            "Close. The decay takes its share of θ as it was before the step.",
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


# Design: a matrix that AdaFactor gets wrong


def badly_rebuilt(times):
    """Return a v for which the step at the top left is so many times as short as Adam's."""
    other = 2 * times**2 - 1
    return np.array([[1.0, other], [other, 1.0]])


def is_badly_rebuilt(times, v):
    """Return "" if AdaFactor's step at the top left is so many times too short, else what it is."""
    if not (np.isfinite(v).all() and (v > 0).all()):
        return "v holds averages of squares: all of its numbers should be positive"
    guess = v[0].mean() * v[:, 0].mean() / v.mean()
    shorter = np.sqrt(guess / v[0, 0])
    if np.isclose(shorter, times, rtol=1e-4, atol=0):
        return ""
    return (
        f"the guess at the top left is {guess / v[0, 0]:.4g} times v, so the step there is "
        f"{1 / shorter:.4g} times Adam's, and it should be {1 / times:.4g} times"
    )


EACH_OTHER = "np.array([[1.0, other], [other, 1.0]]) →"

BADLY_REBUILT = Task(
    name="badly-rebuilt",
    function="badly_rebuilt",
    title="Design a case against AdaFactor",
    lesson=LESSON,
    section=FACTOR,
    points=2,
    right="A quiet number in a loud row and a loud column: AdaFactor takes it for loud, and its "
    "step becomes too short.",
    returns=("v",),
    cases=lambda rng: [
        {"times": 2.0},
        {"times": 5.0},
        {"times": float(np.round(rng.uniform(2.2, 4.8), 1))},
    ],
    reference=badly_rebuilt,
    misconceptions=(
        Misconception(
            "a matrix that AdaFactor rebuilds exactly",
            edited(badly_rebuilt, "[other, 1.0]] → [other, other**2]]"),
            "A row times a column comes out as it was. At the top left, v should be much smaller "
            "than its row and its column suggest.",
        ),
        Misconception(
            "a v that is too large at the top left",
            edited(badly_rebuilt, f"{EACH_OTHER} np.array([[other, 1.0], [1.0, other]])"),
            "There the guess is too small, and the step too long. Which number should be quiet, "
            "and which ones loud?",
        ),
        Misconception(
            "a v that is loud at the bottom right",
            edited(badly_rebuilt, f"{EACH_OTHER} np.array([[1.0, 1.0], [1.0, other]])"),
            "The guess at the top left is row mean times column mean, over the mean of all. The "
            "bottom right is only in the last of the three.",
        ),
        Misconception(
            "a guess that is too large by the factor itself, without a square",
            edited(badly_rebuilt, "times**2 → times"),
            "The step divides by the *root* of the guess.",
        ),
        Misconception(
            "loud numbers as large as the guess should be",
            edited(badly_rebuilt, "2 * times**2 - 1 → times**2"),
            "A mean over two numbers, one of them quiet, is not as large as the loud one. Write "
            "the guess with a symbol for the loud number.",
        ),
        Misconception(
            "loud numbers that are nearly right",
            edited(badly_rebuilt, " - 1 →"),
            "Write the guess at the top left with a symbol x for the loud numbers, and simplify.",
        ),
    ),
    accepts=is_badly_rebuilt,
    show_target=False,
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


def belief_step(mean, sigma, beta1):
    """Return how long AdaBelief's steps become, in units of α, with little noise."""
    return np.sqrt((1 + beta1) / 2) / beta1 * mean / sigma


BELIEF_STEP = Task(
    name="belief-step",
    function="belief_step",
    title="Measure AdaBelief's boldness",
    lesson=LESSON,
    section=BELIEF,
    points=2,
    right="The step grows as mean over noise, and a small β₁ makes it longer still, because m has "
    "taken more of a gradient in when the surprise is measured.",
    returns=("step",),
    cases=lambda rng: [
        {"mean": 1.0, "sigma": 0.1, "beta1": 0.9},
        {"mean": 1.0, "sigma": 0.2, "beta1": 0.5},
        {
            "mean": float(np.round(rng.uniform(2, 9), 1)),
            "sigma": float(np.round(rng.uniform(0.1, 0.4), 2)),
            "beta1": float(np.round(rng.uniform(0.6, 0.85), 2)),
        },
        {"mean": float(np.round(rng.uniform(0.4, 0.6), 3)), "sigma": 0.004, "beta1": 0.3},
    ],
    reference=belief_step,
    misconceptions=(
        Misconception(
            "Adam's magnitude",
            edited(
                belief_step,
                "np.sqrt((1 + beta1) / 2) / beta1 * mean / sigma → "
                "1 / np.sqrt(1 + sigma**2 / mean**2)",
            ),
            "Adam's step is at most α. Measure AdaBelief's with little noise: it is longer.",
        ),
        Misconception(
            "the quotient of mean and noise, without its factor",
            edited(belief_step, "np.sqrt((1 + beta1) / 2) / beta1 * mean → mean"),
            "Right in mean and noise, and your measurement is higher. Measure with β₁ = 0.5: what "
            "is missing now?",
        ),
        Misconception(
            "the factor that belongs to β₁ = 0.9",
            edited(belief_step, "np.sqrt((1 + beta1) / 2) / beta1 → np.sqrt(0.95) / 0.9"),
            "The factor is not the same for every β₁. Measure it with 0.5 and with 0.8 as well.",
        ),
        Misconception(
            "a step that does not depend on the mean",
            edited(belief_step, " * mean →"),
            "Measure once with a mean of 1 and once with 2, and the same noise.",
        ),
        Misconception(
            "a step that falls with the square of the noise",
            edited(
                belief_step,
                "np.sqrt((1 + beta1) / 2) / beta1 * mean / sigma → mean**2 / sigma**2",
            ),
            "Halve the noise and measure again: does the step double, or grow fourfold?",
        ),
        Misconception(
            "the quotient upside down",
            edited(belief_step, "mean / sigma → sigma / mean"),
            "More noise, shorter steps: which of the two stands below the line?",
        ),
        Misconception(
            "a surprise in which the old m never strays",
            edited(belief_step, "np.sqrt((1 + beta1) / 2) → 1"),
            "The surprise is β₁ times the distance of g from the *old* m, and the old m strays "
            "as well.",
        ),
        Misconception(
            "a surprise taken from the old m",
            edited(belief_step, " / beta1 →"),
            "When the surprise g − m is taken, m has let g in. How much of g − m is left?",
        ),
    ),
    show_target=False,
    rtol=0.02,
)


# A stretch: how long one gradient misleads Lion


def steps_misled(loud, quiet, beta1, beta2):
    """Return in how many steps Lion goes along one loud gradient, against all the others."""
    m, gradient, steps = -quiet, loud, 0
    while beta1 * m + (1 - beta1) * gradient > 0:
        m = beta2 * m + (1 - beta2) * gradient
        gradient = -quiet
        steps = steps + 1
    return steps


STEPS_MISLED = Task(
    name="steps-misled",
    function="steps_misled",
    title="How long one gradient misleads Lion",
    lesson=LESSON,
    section=LION,
    points=0,
    right="The step listens to β₁ and m remembers by β₂, so one loud gradient can lead Lion astray "
    "for more than a hundred steps.",
    returns=("steps",),
    cases=lambda rng: [
        {"loud": 1000.0, "quiet": 1.0, "beta1": 0.9, "beta2": 0.99},
        {"loud": 3.0, "quiet": 3.0, "beta1": 0.5, "beta2": 0.75},
        {"loud": 8.0, "quiet": 1.0, "beta1": 0.8, "beta2": 0.95},
        {
            "loud": float(rng.integers(100, 900)),
            "quiet": float(np.round(rng.uniform(0.3, 0.8), 2)),
            "beta1": float(np.round(rng.uniform(0.6, 0.8), 2)),
            "beta2": float(np.round(rng.uniform(0.95, 0.985), 3)),
        },
        {
            "loud": float(rng.integers(20, 40)),
            "quiet": 1.0,
            "beta1": float(np.round(rng.uniform(0.75, 0.85), 2)),
            "beta2": float(np.round(rng.uniform(0.92, 0.96), 3)),
        },
    ],
    reference=steps_misled,
    misconceptions=(
        Misconception(
            "Lion with one β for both",
            edited(steps_misled, "beta2 * m + (1 - beta2) → beta1 * m + (1 - beta1)"),
            "m is renewed by β₂. β₁ mixes the step alone.",
        ),
        Misconception(
            "a Lion that steps along its memory alone",
            edited(steps_misled, "beta1 * m + (1 - beta1) * gradient > 0 → steps == 0 or m > 0"),
            "The gradient of each step has a say as well, by 1 − β₁.",
        ),
        Misconception(
            "a Lion without a past",
            edited(steps_misled, "m, gradient, steps = -quiet → m, gradient, steps = 0.0"),
            "The quiet gradients came for very many steps. What is m when the loud one comes?",
        ),
        Misconception(
            "a count without the loud gradient's own step",
            edited(steps_misled, "return steps → return max(steps - 1, 0)"),
            "The step of the loud gradient itself counts, too, if it goes along it.",
        ),
        Misconception(
            "a count that goes on until Lion steps the other way",
            edited(steps_misled, "return steps → return steps + 1"),
            "Count the steps along the loud gradient, not the first one against it.",
        ),
    ),
    show_target=False,
)

EXERCISE = Exercise(
    name=LESSON,
    title="The family",
    minutes=60,
    tasks=(
        TURNING_GRADIENT,
        LION_STEP,
        BADLY_REBUILT,
        FIRST_STEPS,
        REPAIRED_AMSGRAD,
        BELIEF_STEP,
        STEPS_MISLED,
    ),
    by_person=2,
)
