"""The tasks of exercise 07: the correction, its traces in a run, and steps without it."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "07_bias_correction"
COLD = "Two averages that start cold"
DERIVED = "Where the correction comes from"
WITHOUT = "What you would lose without it"
DISGUISE = "A warm-up in disguise"
SILENCE = "How long can a step be?"
PITFALLS = "What people get wrong"


# To begin: the value behind an average


def value_behind(average, beta, t):
    """Return the value that, taken in t times, has brought an average from 0 to where it is."""
    return average / (1 - beta**t)


def cold_averages(rng):
    """Return averages of equal values, of different ages; the first one is of the lesson."""
    drawn = [(1.0, 0.9, 3), (10.0, 0.5, 3), (-2.0, 0.99, 100)]
    drawn += [
        (
            float(np.round(rng.uniform(2, 9), 1)),
            float(np.round(rng.uniform(0.6, 0.95), 2)),
            int(rng.integers(2, 9)),
        ),
        (
            float(np.round(rng.uniform(-9, -2), 1)),
            float(np.round(rng.uniform(0.99, 0.999), 4)),
            int(rng.integers(20, 300)),
        ),
    ]
    return [{"average": a * (1 - beta**t), "beta": beta, "t": t} for a, beta, t in drawn]


VALUE_BEHIND = Task(
    name="value-behind",
    function="value_behind",
    title="The value behind a cold average",
    lesson=LESSON,
    section=DERIVED,
    points=1,
    right="The values hold the share 1 − βᵗ of the average, and the zero at the start holds the "
    "rest.",
    returns=("value",),
    cases=cold_averages,
    reference=value_behind,
    misconceptions=(
        Misconception(
            "the average as it stands",
            edited(value_behind, " / (1 - beta**t) →"),
            "Part of the weight is still with the zero at the start. How much?",
        ),
        Misconception(
            "the value by the weight of the newest one alone",
            edited(value_behind, "beta**t → beta"),
            "The same value came in t times. What do all t weights add up to?",
        ),
        Misconception(
            "an average made smaller still",
            edited(value_behind, "average / → average *"),
            "The average lags behind: the value is the larger of the two.",
        ),
        Misconception(
            "an average divided by the weight of the zero",
            edited(value_behind, "(1 - beta**t) → beta**t"),
            "βᵗ is the weight of the zero at the start. The values have the rest.",
        ),
        Misconception(
            "a weight of β · t instead of βᵗ",
            edited(value_behind, "beta**t → beta * t"),
            "βᵗ is a power, `beta**t`: each step multiplies the weight of the zero by β.",
        ),
        Misconception(
            "a value after one step too few",
            edited(value_behind, "beta**t → beta ** (t - 1)"),
            "After t steps the zero has been multiplied by β t times.",
        ),
    ),
    show_target=False,
    rtol=1e-3,
)


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
    points=2,
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


# Infer: which β₂ makes a first step of this length


def beta2_for(beta1, length):
    """Return the β₂ with which the first step is so many α long, without any correction."""
    return 1 - ((1 - beta1) / length) ** 2


BETA2_FOR = Task(
    name="beta2-for",
    function="beta2_for",
    title="Find the memory behind a first step",
    lesson=LESSON,
    section=WITHOUT,
    points=1,
    right="m is short by 1 − β1 and the root of v by √(1 − β2), so their quotient and β1 give β2.",
    returns=("beta2",),
    cases=lambda rng: [
        {"beta1": 0.9, "length": 1.0},
        {"beta1": 0.5, "length": 1.0},
        {"beta1": 0.8, "length": 20.0},
        {
            "beta1": float(np.round(rng.uniform(0.6, 0.85), 2)),
            "length": float(np.round(rng.uniform(1.5, 4), 2)),
        },
        {
            "beta1": float(np.round(rng.uniform(0.85, 0.95), 3)),
            "length": float(np.round(rng.uniform(0.3, 0.7), 2)),
        },
    ],
    reference=beta2_for,
    misconceptions=(
        Misconception(
            "a β₂ that forgets the root",
            edited(beta2_for, "((1 - beta1) / length) ** 2 → (1 - beta1) / length"),
            "The step divides by the root of v. Solve for 1 − β2 in two steps.",
        ),
        Misconception(
            "a root where a square belongs",
            edited(beta2_for, "** 2 → ** 0.5"),
            "√(1 − β2) is (1 − β1) / length. What do you do to get rid of a root?",
        ),
        Misconception(
            "1 − β₂ in place of β₂",
            edited(beta2_for, "return 1 - → return"),
            "That is the weight of a new square, 1 − β2.",
        ),
        Misconception(
            "a β₂ for a step that is too short instead of too long",
            edited(beta2_for, "(1 - beta1) / length → (1 - beta1) * length"),
            "A longer first step needs a smaller v. Is your β2 then closer to 1, or not?",
        ),
        Misconception(
            "the lucky β₂ for every length",
            edited(beta2_for, "((1 - beta1) / length) → (1 - beta1)"),
            "That one makes a first step of exactly α. What about a step of 20 α?",
        ),
        Misconception(
            "β₁ once more",
            edited(beta2_for, "1 - ((1 - beta1) / length) ** 2 → beta1"),
            "With equal betas the step is (1 − β)/√(1 − β) long. Is that the length given?",
        ),
        Misconception(
            "a quotient upside down",
            edited(beta2_for, "(1 - beta1) / length → length / (1 - beta1)"),
            "m is in the numerator of the step: length = (1 − β1) / √(1 − β2).",
        ),
    ),
    show_target=False,
    rtol=1e-4,
)


# Diagnose: which corrections has a run made


def corrections_made(lengths, beta1, beta2):
    """Return whether m and whether v was corrected, from the first lengths under equal gradients.

    Args:
        lengths: of the first steps, in units of α.
    """
    t = np.arange(1, len(lengths) + 1)
    share_m, share_v = 1 - beta1**t, 1 - beta2**t
    misses = {}
    for of_m in (True, False):
        for of_v in (True, False):
            m = 1 if of_m else share_m
            v = 1 if of_v else share_v
            misses[of_m, of_v] = np.abs(m / np.sqrt(v) / lengths - 1).max()
    return min(misses, key=misses.get)


def recorded_runs(rng):
    """Return the first five lengths of runs of all four kinds, and one that begins right by luck.

    The lengths have four digits, as a log prints them.
    """
    kinds = ((1, 1, 0.9, 0.999), (0, 0, 0.9, 0.999), (1, 0, 0.8, 0.99), (0, 1, 0.8, 0.99))
    lucky = float(np.round(rng.uniform(0.6, 0.9), 5))
    kinds += ((1, 1, 0.5, 0.75),)
    kinds += ((0, 0, lucky, 1 - (1 - lucky) ** 2), (1, 1, lucky, 1 - (1 - lucky) ** 2))
    for of_m, of_v in ((1, 0), (0, 1), (0, 0)):
        beta1, beta2 = rng.uniform(0.5, 0.95), rng.uniform(0.96, 0.9999)
        kinds += ((of_m, of_v, float(np.round(beta1, 2)), float(np.round(beta2, 4))),)
    cases, t = [], np.arange(1, 6)
    for of_m, of_v, beta1, beta2 in kinds:
        m, v = (1 if of_m else 1 - beta1**t), (1 if of_v else 1 - beta2**t)
        lengths = np.round(m / np.sqrt(v) * np.ones(5), 4)
        cases.append({"lengths": lengths, "beta1": beta1, "beta2": beta2})
    return cases


MISSED = "np.abs(m / np.sqrt(v) / lengths - 1).max()"


CORRECTIONS_MADE = Task(
    name="corrections-made",
    function="corrections_made",
    title="Tell from a log what was corrected",
    lesson=LESSON,
    section=PITFALLS,
    points=2,
    right="Each of the four runs has lengths of its own, and where the first of them is right by "
    "luck, the later ones are not.",
    returns=("of_m", "of_v"),
    cases=recorded_runs,
    reference=corrections_made,
    misconceptions=(
        Misconception(
            "a diagnosis from the first step alone",
            edited(corrections_made, f"{MISSED} → {MISSED.replace('.max()', '[0]')}"),
            "Two different runs can begin with the same step. Look at the second one as well.",
            WITHOUT,
        ),
        Misconception(
            "what is missing in place of what was made",
            edited(corrections_made, "misses[of_m, of_v] → misses[not of_m, not of_v]"),
            "The function says what *was* corrected: True for a correction that was made.",
        ),
        Misconception(
            "the answers for v and m in the wrong order",
            edited(corrections_made, "misses[of_m, of_v] → misses[of_v, of_m]"),
            "Return the answer for m first, and then the one for v.",
        ),
        Misconception(
            "a diagnosis that forgets the root",
            edited(corrections_made, "np.sqrt(v) → v"),
            "The step divides by the root of v.",
        ),
        Misconception(
            "a diagnosis with the betas swapped",
            edited(
                corrections_made,
                "share_m, share_v = 1 - beta1**t, 1 - beta2**t → "
                "share_m, share_v = 1 - beta2**t, 1 - beta1**t",
            ),
            "β1 belongs to m, in the numerator of the step; β2 to v.",
        ),
        Misconception(
            "either both corrections or none",
            edited(corrections_made, "for of_v in (True, False) → for of_v in (of_m,)"),
            "One of the two may be missing alone. There are four kinds of runs.",
        ),
        Misconception(
            "one correction at the most",
            edited(corrections_made, "for of_v in (True, False) → for of_v in (not of_m,)"),
            "Both may be there, or neither. There are four kinds of runs.",
        ),
    ),
    show_target=False,
    builds_on=("beta2-for",),
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
            "One bug is left. v starts at zero just as m does.",
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


# Experiment: the longest step of a rare word after a silence


def longest_step(beta1, beta2, every, steps):
    """Return which step after a long silence is the longest, and its length in units of α.

    Args:
        every: the gradient is 1 in steps 1, 1 + every, 1 + 2 every, …, and 0 in between.
    """
    m, v, lengths = 0.0, 0.0, []
    for k in range(steps):
        g = 1.0 if k % every == 0 else 0.0
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        lengths.append(m / np.sqrt(v))
    return np.argmax(lengths) + 1, max(lengths)


ALL = "np.argmax(lengths) + 1, max(lengths) →"

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
        {"beta1": beta1, "beta2": beta2, "every": every, "steps": steps}
        for beta1, beta2, every, steps in (
            (0.9, 0.999, 1, 100),
            (0.9, 0.999, 1, 5),
            (0.9, 0.999, 3, 40),
            (0.0, 0.99, 2, 50),
            (0.9, 0.9999, 5, 100),
            (0.95, float(np.round(rng.uniform(0.99, 0.9999), 4)), 2, 150),
            (float(np.round(rng.uniform(0.85, 0.95), 3)), 0.999, 1, int(rng.integers(3, 6))),
            (float(np.round(rng.uniform(0.92, 0.97), 3)), 0.9995, 4, int(rng.integers(90, 120))),
        )
    ],
    reference=longest_step,
    misconceptions=(
        Misconception(
            "the longest step of a gradient that is always 1",
            edited(longest_step, "1.0 if k % every == 0 else 0.0 → 1.0"),
            "The gradient is 1 in every `every`-th step only. What becomes of m in between?",
        ),
        Misconception(
            "a stream that begins one step late",
            edited(longest_step, "k % every == 0 → (k + 1) % every == 0 or k == every * steps"),
            "The first step after the silence has the gradient 1.",
        ),
        Misconception(
            "the first step, the paper's bound",
            edited(longest_step, f"{ALL} 1, lengths[0]"),
            "It is the longest for a single gradient after the silence. Here more follow: print "
            "the lengths of the first twenty steps.",
        ),
        Misconception(
            "a step number that counts from 0",
            edited(longest_step, "np.argmax(lengths) + 1 → np.argmax(lengths)"),
            "The length is right. An index counts from 0; the first step after the silence is "
            "number 1.",
        ),
        Misconception(
            "the corrected start instead of the end of a silence",
            edited(longest_step, f"{ALL} 1, 1"),
            "After a long silence t is large and βᵗ is 0: the correction divides by 1.",
        ),
        Misconception(
            "steps of a full m over an empty v",
            edited(longest_step, "m, v, lengths = 0.0 → m, v, lengths = 1.0"),
            "m is as empty as v after the silence: both start at 0.",
            COLD,
        ),
        Misconception(
            "steps without the root",
            edited(longest_step, "np.sqrt(v) → v"),
            "The step divides by the root of v.",
        ),
        Misconception(
            "steps with the betas swapped",
            edited(
                longest_step,
                "m = beta1 * m + (1 - beta1) * g → m = beta2 * m + (1 - beta2) * g",
                "v = beta2 * v + (1 - beta2) * g**2 → v = beta1 * v + (1 - beta1) * g**2",
            ),
            "β1 belongs to m, in the numerator; β2 to v, under the root.",
        ),
        Misconception(
            "steps with both corrections",
            edited(
                longest_step,
                "m / np.sqrt(v) → m / (1 - beta1 ** (k + 1)) / np.sqrt(v / (1 - beta2 ** (k + 1)))",
            ),
            "After a long silence t is large: 1 − βᵗ is 1, and nothing is corrected any more.",
            DISGUISE,
        ),
        Misconception(
            "the length first, and the number of the step second",
            edited(longest_step, f"{ALL} max(lengths), np.argmax(lengths) + 1"),
            "Return the number of the step first, and then its length.",
        ),
        Misconception(
            "the last step",
            edited(longest_step, f"{ALL} steps, lengths[-1]"),
            "The lengths rise and fall again: v fills up, too. Look at all of them.",
        ),
    ),
    show_target=False,
    rtol=1e-3,
    right_all_the_same={
        "line 9: 1.0 → 2.0": "the gradient's size cancels",
        "line 11: 2 → 3": "each gradient is 0 or 1",
        "line 11: 2 → 4": "each gradient is 0 or 1",
    },
)


# A stretch: a β that changes from step to step


def corrected_with(values, betas):
    """Return the bias-corrected average after every step when each step has a β of its own."""
    average, zero, corrected = 0.0, 1.0, []
    for value, beta in zip(values, betas, strict=True):
        average = beta * average + (1 - beta) * value
        zero = beta * zero
        corrected.append(average / (1 - zero))
    return np.array(corrected)


CORRECTED_WITH = Task(
    name="corrected-with",
    function="corrected_with",
    title="Correct an average whose β changes",
    lesson=LESSON,
    section=DERIVED,
    points=0,
    right="The zero at the start keeps the product of all betas so far, and the values have the "
    "rest.",
    returns=("corrected",),
    cases=lambda rng: [
        {"values": np.ones(3), "betas": np.array([0.5, 0.9, 0.9])},
        {"values": np.array([1.0, 2.0, 4.0, 3.0]), "betas": np.array([0.5, 0.75, 0.9, 0.99])},
        {
            "values": np.round(rng.normal(1, 2, size=12), 2),
            "betas": np.round(rng.uniform(0.5, 0.999, size=12), 3),
        },
    ],
    reference=corrected_with,
    misconceptions=(
        Misconception(
            "the average without its correction",
            edited(corrected_with, " / (1 - zero) →"),
            "What weight is left for the zero at the start?",
        ),
        Misconception(
            "a correction with today's β alone",
            edited(
                corrected_with,
                "zero = beta * zero → t = len(corrected) + 1",
                "(1 - zero) → (1 - beta**t)",
            ),
            "In the earlier steps another β multiplied the weight of the zero.",
        ),
        Misconception(
            "a correction by 1 − β",
            edited(corrected_with, "zero = beta * zero → zero = beta"),
            "The weight of the zero is multiplied in every step, and not only in the last one.",
        ),
        Misconception(
            "a correction with the first β alone",
            edited(
                corrected_with,
                "zero = beta * zero → t = len(corrected) + 1",
                "(1 - zero) → (1 - betas[0] ** t)",
            ),
            "Later steps multiply the weight of the zero by their own β.",
        ),
        Misconception(
            "a corrected average that goes into the next step",
            edited(
                corrected_with,
                "corrected.append(average / (1 - zero)) → average = average / (1 - zero)\n"
                "        corrected.append(average)",
            ),
            "The corrected average is a reading. What goes on is the average as it was.",
            PITFALLS,
        ),
        Misconception(
            "an average that weighs old and new the other way round",
            edited(
                corrected_with,
                "beta * average + (1 - beta) * value → (1 - beta) * average + beta * value",
            ),
            "β is the share of the old average.",
        ),
    ),
    builds_on=("corrected-average",),
    right_all_the_same={"line 4: True → 2": "both have the same length"},
)


EXERCISE = Exercise(
    name=LESSON,
    title="Bias correction",
    minutes=50,
    tasks=(
        VALUE_BEHIND,
        CORRECTED_AVERAGE,
        BETA2_FOR,
        CORRECTIONS_MADE,
        REPAIRED_STEPS,
        LONGEST_STEP,
        CORRECTED_WITH,
    ),
    by_person=2,
)
