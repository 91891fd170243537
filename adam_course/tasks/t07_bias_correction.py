"""The tasks of exercise 07: the correction, its factor on the rate, and steps without it."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "07_bias_correction"
COLD = "Two averages that start cold"
DERIVED = "Where the correction comes from"
WITHOUT = "What you would lose without it"
DISGUISE = "A warm-up in disguise"
SILENCE = "When the cold comes back"
PITFALLS = "What people get wrong"


# Implement: a moving average, corrected at every step


def corrected_average(values, beta):
    """Return the bias-corrected moving average after every step: Kingma & Ba 2015, section 3."""
    average, corrected = 0.0, []
    for t, value in enumerate(values, start=1):
        average = beta * average + (1 - beta) * value
        corrected.append(average / (1 - beta**t))
    return np.array(corrected)


CORRECTED_AVERAGE = Task(
    name="corrected-average",
    function="corrected_average",
    title="A moving average that is right from its first step",
    lesson=LESSON,
    section=DERIVED,
    points=3,
    right="After t steps the weights add up to 1 − βᵗ; divided by that sum, the average is right "
    "from its first value on.",
    returns=("corrected",),
    cases=lambda rng: [
        {"values": np.array([1.0, 1.0, 1.0]), "beta": 0.9},
        {"values": np.round(rng.normal(size=6), 2), "beta": 0.9},
        {"values": np.round(rng.normal(1, 2, size=12), 2), "beta": 0.999},
        {"values": np.round(rng.normal(size=(5, 3)), 2), "beta": 0.6},
        {"values": np.round(rng.normal(1, 2, size=120), 2), "beta": 0.999},
    ],
    reference=corrected_average,
    misconceptions=(
        Misconception(
            "the average without its correction",
            edited(corrected_average, " / (1 - beta**t) →"),
            "Its weights do not add up to 1 yet. What do they add up to after t steps?",
        ),
        Misconception(
            "a correction by 1 − β instead of 1 − βᵗ",
            edited(corrected_average, "beta**t → beta"),
            "That undoes the weight of the newest value alone. All weights together add up to "
            "1 − βᵗ.",
        ),
        Misconception(
            "a correction by β · t instead of βᵗ",
            edited(corrected_average, "beta**t → beta * t"),
            "βᵗ is a power, `beta**t`: each step multiplies the weight of the zero by β.",
        ),
        Misconception(
            "a correction whose t starts at 0",
            edited(corrected_average, "start=1 → start=0"),
            "1 − β⁰ is zero, and the first step divides by it: count from 1.",
        ),
        Misconception(
            "a correction whose t is one too large",
            edited(corrected_average, "start=1 → start=2"),
            "After the first step one value has entered, so its correction is 1 − β¹.",
        ),
        Misconception(
            "a correction of the first value alone",
            edited(corrected_average, "/ (1 - beta**t) → / (1 - beta if t == 1 else 1)"),
            "After two steps the zero at the start still has the weight β². Correct at every step.",
        ),
        Misconception(
            "a correction that stops after 100 steps",
            edited(corrected_average, "/ (1 - beta**t) → / (1 - beta**t if t <= 100 else 1)"),
            "How soon βᵗ is small depends on β. It fades by itself: correct at every step.",
        ),
        Misconception(
            "an average multiplied by its correction",
            edited(corrected_average, "average / → average *"),
            "The average is too small at first, and 1 − βᵗ is below 1: divide by it.",
        ),
        Misconception(
            "a corrected average that goes into the next step",
            edited(
                corrected_average,
                "average / (1 - beta**t)) → average)",
                "corrected.append → average = average / (1 - beta**t)\n        corrected.append",
            ),
            "The average itself stays uncorrected from step to step; the corrected one is a "
            "reading of it. Give the two different names.",
            PITFALLS,
        ),
        Misconception(
            "an average that starts at the first value",
            edited(corrected_average, "0.0 → values[0]", " / (1 - beta**t) →"),
            "That removes the bias too, but leaves nearly all weight with the first value for "
            "about 1/(1 − β) steps. Start at zero and correct.",
            PITFALLS,
        ),
        Misconception(
            "an average that starts at the first value, and is corrected all the same",
            edited(corrected_average, "0.0 → values[0]"),
            "The correction takes out the weight of a zero at the start. Let the average start "
            "at zero.",
            PITFALLS,
        ),
        Misconception(
            "an average that weighs old and new the other way round",
            edited(
                corrected_average,
                "beta * average + (1 - beta) * value → (1 - beta) * average + beta * value",
            ),
            "The average keeps the share β of itself, and lets in 1 − β of the new value.",
            COLD,
        ),
        Misconception(
            "a sum without the factor 1 − β",
            edited(corrected_average, "(1 - beta) * value → value"),
            "A new value enters with the weight 1 − β; with the weight 1 the sum of the weights "
            "is another.",
        ),
        Misconception(
            "the plain mean of all values so far",
            edited(
                corrected_average,
                "beta * average + (1 - beta) * value → average + value",
                "(1 - beta**t) → t",
            ),
            "A moving average forgets: each step multiplies the weights of what came before by β.",
            COLD,
        ),
        Misconception(
            "the last average alone",
            edited(corrected_average, "np.array(corrected) → corrected[-1]"),
            "Collect the corrected average after every step, and return `np.array(…)` of them.",
        ),
    ),
)


# Implement: the correction as a factor on the rate


def warmup_factor(t, beta1, beta2):
    """Return by what the bias corrections multiply the rate at step t."""
    return np.sqrt(1 - beta2**t) / (1 - beta1**t)


WARMUP_FACTOR = Task(
    name="warmup-factor",
    function="warmup_factor",
    title="Both corrections as one factor on the rate",
    lesson=LESSON,
    section=DISGUISE,
    points=2,
    right="Only v stands under a root, so its correction multiplies the rate by √(1 − β2ᵗ), and "
    "that of m divides it by 1 − β1ᵗ.",
    returns=("factor",),
    cases=lambda rng: [
        {"t": np.array([1, 2, 10, 100]), "beta1": 0.9, "beta2": 0.999},
        {"t": np.array([1, 12, 5000]), "beta1": 0.0, "beta2": 0.9999},
        {"t": np.sort(rng.integers([1, 4, 20, 110], [4, 9, 60, 400])), "beta1": 0.8, "beta2": 0.99},
        {
            "t": np.array([1, *np.sort(rng.integers(2, 30, size=2)), rng.integers(200, 900)]),
            "beta1": float(np.round(rng.uniform(0.85, 0.95), 3)),
            "beta2": float(np.round(rng.uniform(0.998, 0.9995), 4)),
        },
    ],
    reference=warmup_factor,
    misconceptions=(
        Misconception(
            "the factor upside down",
            edited(
                warmup_factor,
                "np.sqrt(1 - beta2**t) / (1 - beta1**t) → (1 - beta1**t) / np.sqrt(1 - beta2**t)",
            ),
            "That is how long the step would be *without* the correction. The factor turns m/√v "
            "into m̂/√v̂.",
        ),
        Misconception(
            "a factor without the root",
            edited(warmup_factor, "np.sqrt →"),
            "v̂ stands under a root in Adam's step, and its correction with it.",
        ),
        Misconception(
            "a factor with the root on the wrong side",
            edited(warmup_factor, "np.sqrt →", "/ (1 → / np.sqrt(1"),
            "The root belongs to v, and so to β2.",
        ),
        Misconception(
            "a factor with a root over everything",
            edited(
                warmup_factor,
                "np.sqrt(1 - beta2**t) / (1 - beta1**t) → np.sqrt((1 - beta2**t) / (1 - beta1**t))",
            ),
            "Only v stands under a root in Adam's step; m does not.",
        ),
        Misconception(
            "a factor with the betas swapped",
            edited(
                warmup_factor,
                "np.sqrt(1 - beta2**t) / (1 - beta1**t) → np.sqrt(1 - beta1**t) / (1 - beta2**t)",
            ),
            "β1 belongs to m in the numerator of the step, β2 to v in its denominator.",
        ),
        Misconception(
            "the correction of m alone",
            edited(warmup_factor, "np.sqrt(1 - beta2**t) → 1"),
            "v is corrected too: put 1 − β2ᵗ under the root as well.",
            PITFALLS,
        ),
        Misconception(
            "the correction of v alone",
            edited(warmup_factor, " / (1 - beta1**t) →"),
            "m is corrected too: divide by 1 − β1ᵗ.",
            PITFALLS,
        ),
        Misconception(
            "a factor that is the same at every step",
            edited(warmup_factor, "beta2**t → beta2", "beta1**t) → beta1) * np.ones(t.shape)"),
            "That is the factor of the first step. Later ones have βᵗ in place of β.",
        ),
        Misconception(
            "a factor that stops at 1 after 100 steps",
            edited(warmup_factor, "return → return np.where(t > 100, 1,", "beta1**t) → beta1**t))"),
            "With β2 = 0.999 the factor needs thousands of steps to come near 1. It does so by "
            "itself.",
        ),
        Misconception(
            "a factor with β · t instead of βᵗ",
            edited(warmup_factor, "beta2**t → beta2 * t", "beta1**t → beta1 * t"),
            "βᵗ is a power, `beta**t`.",
        ),
        Misconception(
            "a factor whose t starts at 0",
            edited(warmup_factor, "beta2**t → beta2 ** (t - 1)", "beta1**t → beta1 ** (t - 1)"),
            "t counts from 1 and is used as it comes.",
        ),
        Misconception(
            "a factor whose t is one too large",
            edited(warmup_factor, "beta2**t → beta2 ** (t + 1)", "beta1**t → beta1 ** (t + 1)"),
            "t counts from 1 and is used as it comes.",
        ),
    ),
)


# Predict: the first step without correction


def uncorrected_first_step(grad, lr, beta1, beta2):
    """Return the change of θ in Adam's first step without bias correction, ε left out."""
    return -lr * np.sign(grad) * (1 - beta1) / np.sqrt(1 - beta2)


UNCORRECTED_FIRST_STEP = Task(
    name="uncorrected-first-step",
    function="uncorrected_first_step",
    title="Predict the first step without the correction",
    lesson=LESSON,
    section=WITHOUT,
    points=1,
    right="The gradient's size cancels, and of the betas a factor remains that makes the first "
    "step too long with Adam's defaults.",
    returns=("step",),
    cases=lambda rng: [
        {"grad": np.array([0.5, -2.0]), "lr": 0.1, "beta1": 0.9, "beta2": 0.999},
        {"grad": np.array([1000.0, -0.01, 0.0]), "lr": 0.01, "beta1": 0.9, "beta2": 0.9999},
        {
            "grad": np.array([-1.0, 1.0, 1.0]) * np.round(rng.uniform(1.1, 9, size=3), 2),
            "lr": float(np.round(rng.uniform(0.02, 0.09), 3)),
            "beta1": 0.7,
            "beta2": 0.95,
        },
        {
            "grad": np.append(np.round(rng.uniform(-9, -2, size=3), 1), [0, 0.5]),
            "lr": float(np.round(rng.uniform(0.2, 0.9), 2)),
            "beta1": float(np.round(rng.uniform(0.5, 0.8), 2)),
            "beta2": float(np.round(rng.uniform(0.99, 0.9995), 4)),
        },
    ],
    reference=uncorrected_first_step,
    misconceptions=(
        Misconception(
            "the step with correction",
            edited(uncorrected_first_step, " * (1 - beta1) / np.sqrt(1 - beta2) →"),
            "That is Adam's first step. Without step 4, m is (1 − β1) g and v is (1 − β2) g².",
        ),
        Misconception(
            "a first step uphill",
            edited(uncorrected_first_step, "-lr → lr"),
            "The size is right. The step goes against the gradient.",
        ),
        Misconception(
            "a step that does not know its direction",
            edited(uncorrected_first_step, "np.sign(grad) → np.ones(grad.shape)"),
            "The size is right. What becomes of the gradient's sign in m, and what in v?",
        ),
        Misconception(
            "a step that still knows the gradient's size",
            edited(uncorrected_first_step, "np.sign(grad) → grad"),
            "√v is √(1 − β2) times |g|: the gradient's size cancels.",
        ),
        Misconception(
            "a step without the root",
            edited(uncorrected_first_step, "np.sqrt →"),
            "v stands under a root, and its 1 − β2 with it.",
        ),
        Misconception(
            "the step upside down",
            edited(
                uncorrected_first_step,
                "(1 - beta1) / np.sqrt(1 - beta2) → np.sqrt(1 - beta2) / (1 - beta1)",
            ),
            "That is the factor by which the correction shortens it. m is in the numerator, √v in "
            "the denominator.",
            DISGUISE,
        ),
        Misconception(
            "the step of which only m is corrected",
            edited(uncorrected_first_step, " * (1 - beta1) →"),
            "Here neither average is corrected: m is (1 − β1) g.",
            PITFALLS,
        ),
        Misconception(
            "the step of which only v is corrected",
            edited(uncorrected_first_step, " / np.sqrt(1 - beta2) →"),
            "Here neither average is corrected: v is (1 − β2) g².",
            PITFALLS,
        ),
        Misconception(
            "the first step of gradient descent with momentum",
            edited(
                uncorrected_first_step,
                "np.sign(grad) * (1 - beta1) / np.sqrt(1 - beta2) → (1 - beta1) * grad",
            ),
            "Adam divides m by √v, corrected or not.",
        ),
        Misconception(
            "the step with the betas swapped",
            edited(
                uncorrected_first_step,
                "(1 - beta1) / np.sqrt(1 - beta2) → (1 - beta2) / np.sqrt(1 - beta1)",
            ),
            "β1 belongs to m, in the numerator.",
        ),
    ),
    show_target=False,
    rtol=1e-4,
)


# Find the bug: half a correction, in the wrong place


def repaired_steps(gradients, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return Adam's steps for a stream of gradients: the listing without its bugs."""
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        steps.append(-lr * m_hat / (np.sqrt(v_hat) + eps))
    return np.array(steps)


OVERWRITTEN_M = ("m_hat = → m =", "lr * m_hat → lr * m")
OVERWRITTEN_V = ("v_hat = → v =", "np.sqrt(v_hat) → np.sqrt(v)")
HATLESS_M = " / (1 - beta1**t) →"
HATLESS_V = " / (1 - beta2**t) →"


REPAIRED_STEPS = Task(
    name="repaired-steps",
    function="repaired_steps",
    title="Find two bugs in a correction",
    lesson=LESSON,
    section=PITFALLS,
    points=2,
    right="m and v go on uncorrected from step to step, and both are corrected where they are "
    "read.",
    returns=("steps",),
    cases=lambda rng: [
        {"gradients": np.ones(3)},
        {"gradients": np.round(rng.normal(size=8), 2), "lr": 0.1},
        {
            "gradients": np.round(rng.normal(1, 1, size=20), 2),
            "lr": 0.5,
            "beta1": 0.7,
            "beta2": 0.95,
            "eps": 0.1,
        },
        {"gradients": 1e-7 * np.append(np.round(rng.uniform(-3, 3, size=3), 1), [0, 2])},
        {"gradients": np.round(rng.normal(0.5, 1, size=120), 2)},
    ],
    reference=repaired_steps,
    misconceptions=(
        Misconception(
            "the listing with both of its bugs",
            edited(repaired_steps, *OVERWRITTEN_M, HATLESS_V),
            "With a gradient that is always 1 each step should be −lr. Print m after each step: "
            "may it exceed 1? And which average has no correction at all?",
        ),
        Misconception(
            "the listing whose corrected m still goes into the next step",
            edited(repaired_steps, *OVERWRITTEN_M),
            "One bug is left. m itself has to stay uncorrected from step to step: give the "
            "corrected one a name of its own.",
        ),
        Misconception(
            "the listing that still leaves the hat off v",
            edited(repaired_steps, HATLESS_V),
            "One bug is left, and it is in print. v starts at zero just as m does.",
        ),
        Misconception(
            "a correction that overwrites both m and v",
            edited(repaired_steps, *OVERWRITTEN_M, *OVERWRITTEN_V),
            "m and v themselves stay uncorrected from step to step: give the corrected ones names "
            "of their own.",
        ),
        Misconception(
            "a correction that overwrites v",
            edited(repaired_steps, *OVERWRITTEN_V),
            "m is right now. v, too, has to stay uncorrected from step to step.",
        ),
        Misconception(
            "a correction of v that stops after 100 steps",
            edited(repaired_steps, "/ (1 - beta2**t) → / (1 - beta2**t if t <= 100 else 1)"),
            "With β2 = 0.999 it lasts for thousands of steps, and it fades by itself.",
        ),
        Misconception(
            "a repair that corrects nothing",
            edited(repaired_steps, HATLESS_M, HATLESS_V),
            "Both averages start at zero, and both need their correction.",
            WITHOUT,
        ),
        Misconception(
            "a repair that corrects v alone",
            edited(repaired_steps, HATLESS_M),
            "m starts at zero just as v does, and needs its own correction.",
        ),
    ),
)


# Experiment: the longest step after a silence


def longest_step(beta1, beta2, steps):
    """Return which step after a long silence is the longest, and its length in units of α."""
    k = np.arange(1, steps + 1)
    lengths = (1 - beta1**k) / np.sqrt(1 - beta2**k)
    return k[lengths.argmax()], lengths.max()


LONGEST_STEP = Task(
    name="longest-step",
    function="longest_step",
    title="Find the longest step after a silence",
    lesson=LESSON,
    section=SILENCE,
    points=2,
    right="m fills up within a few steps and v much later, so the longest step comes where m is "
    "nearly full and v still almost empty.",
    returns=("k", "length"),
    cases=lambda rng: [
        {"beta1": beta1, "beta2": beta2, "steps": steps}
        for beta1, beta2, steps in (
            (0.9, 0.999, 100),
            (0.9, 0.999, 5),
            (0.0, 0.99, 50),
            (0.8, 0.99, 60),
            (0.95, float(np.round(rng.uniform(0.99, 0.9999), 4)), 300),
            (float(np.round(rng.uniform(0.85, 0.95), 3)), 0.999, int(rng.integers(3, 6))),
            (float(np.round(rng.uniform(0.6, 0.85), 3)), 0.995, int(rng.integers(60, 90))),
        )
    ],
    reference=longest_step,
    misconceptions=(
        Misconception(
            "the first step, the paper's bound",
            edited(longest_step, "k[lengths.argmax()], lengths.max() → k[0], lengths[0]"),
            "It is the longest for a single gradient after the silence. Here more follow: print "
            "the lengths of the first twenty steps.",
        ),
        Misconception(
            "the right step with the bound for all streams",
            edited(
                longest_step,
                "lengths.max() → (1 - beta1) / np.sqrt(1 - beta2) / np.sqrt(1 - beta1**2 / beta2)",
            ),
            "No stream goes beyond that bound, but a constant one does not reach it. Measure it.",
        ),
        Misconception(
            "a step number that counts from 0",
            edited(longest_step, "k[lengths.argmax()] → lengths.argmax()"),
            "The length is right. An index counts from 0; the first step after the silence is "
            "number 1.",
        ),
        Misconception(
            "the corrected start instead of the end of a silence",
            edited(longest_step, "k[lengths.argmax()], lengths.max() → 1, 1"),
            "After a long silence t is large and βᵗ is 0: the correction divides by 1.",
        ),
        Misconception(
            "steps of a full m over an empty v",
            edited(longest_step, "(1 - beta1**k) → 1"),
            "m is as empty as v at first: after k steps it is 1 − β1ᵏ.",
            COLD,
        ),
        Misconception(
            "steps without the root",
            edited(longest_step, "np.sqrt →"),
            "The step divides by the root of v.",
        ),
        Misconception(
            "steps with the correction where it is not needed",
            edited(
                longest_step,
                "(1 - beta1**k) / np.sqrt(1 - beta2**k) → np.sqrt(1 - beta2**k) / (1 - beta1**k)",
            ),
            "That is the factor of the correction; the step itself is m/√v.",
            DISGUISE,
        ),
        Misconception(
            "steps with the betas swapped",
            edited(
                longest_step,
                "(1 - beta1**k) / np.sqrt(1 - beta2**k) → (1 - beta2**k) / np.sqrt(1 - beta1**k)",
            ),
            "β1 belongs to m, in the numerator; β2 to v, under the root.",
        ),
        Misconception(
            "the length first, and the number of the step second",
            edited(
                longest_step,
                "k[lengths.argmax()], lengths.max() → lengths.max(), k[lengths.argmax()]",
            ),
            "Return the number of the step first, and then its length.",
        ),
        Misconception(
            "the last step",
            edited(longest_step, "k[lengths.argmax()], lengths.max() → k[-1], lengths[-1]"),
            "The lengths rise and fall again: v fills up, too. Look at all of them.",
        ),
    ),
    show_target=False,
    rtol=1e-3,
    builds_on=("warmup-factor",),
)

EXERCISE = Exercise(
    name=LESSON,
    title="Bias correction",
    minutes=45,
    tasks=(
        CORRECTED_AVERAGE,
        WARMUP_FACTOR,
        UNCORRECTED_FIRST_STEP,
        REPAIRED_STEPS,
        LONGEST_STEP,
    ),
)
