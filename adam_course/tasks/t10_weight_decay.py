"""The tasks of exercise 10: AdamW's step, what is left, a repair, a half-life and a slant."""

from itertools import cycle

import numpy as np

from adam_course.given import QuadraticGradient
from adam_course.tasks import t06_adam
from adam_course.tasks.edited import edited
from adam_course.tasks.shared import bowl_runs
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "10_weight_decay"
TWO_PLACES = "Two places for the decay"
HELD_BACK = "Who is held back?"
MEANINGS = "Two meanings of λ"
MAPS = "Three maps, two starts"
PITFALLS = "What people get wrong"


# Implement: one step of AdamW


def adamw_step(theta, grad, m, v, t, lr=1e-3, weight_decay=1e-2, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return the next (theta, m, v), the decay times lr: Loshchilov & Hutter 2019, Algorithm 2."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps) - lr * weight_decay * theta
    return theta, m, v


NO_DECAY = " - lr * weight_decay * theta →"


def step_cases(rng):
    """Return the steps of the Adam task, with decays from the default to a strong one."""
    cases = t06_adam.step_cases(rng)
    for case, weight_decay in zip(cases[1:], cycle((0.1, None, 0.5, 0.02, 0.3, 2.0)), strict=False):
        if weight_decay:
            case["weight_decay"] = weight_decay
    return cases


ADAMW_STEP = Task(
    name="adamw-step",
    function="adamw_step",
    title="One step of AdamW",
    lesson=LESSON,
    section=TWO_PLACES,
    points=3,
    right="The decay never meets m, v or the root: each step takes the share lr · λ of θ itself, "
    "as it was before the step.",
    returns=("theta", "m", "v"),
    cases=step_cases,
    reference=adamw_step,
    misconceptions=(
        Misconception(
            "Adam with L2: the decay is a part of the gradient",
            edited(adamw_step, NO_DECAY, "m = → grad = grad + weight_decay * theta\n    m ="),
            "Then the decay is divided by √v̂ like the rest of the gradient. Let m and v see the "
            "gradient alone, and shrink θ by itself.",
        ),
        Misconception(
            "Adam whose decay enters m and not v",
            edited(adamw_step, NO_DECAY, "* grad\n → * (grad + weight_decay * theta)\n"),
            "v is free of it, but the step is still divided by √v̂, and the decay with it.",
        ),
        Misconception(
            "Adam whose decay joins m̂ above the fraction bar",
            edited(adamw_step, NO_DECAY, "lr * m_hat → lr * (m_hat + weight_decay * theta)"),
            "m is free of it, but the decay is still divided by √v̂. Give it a term of its own.",
        ),
        Misconception(
            "AdamW with the sign of its decay flipped",
            edited(adamw_step, "- lr * weight_decay → + lr * weight_decay"),
            "A published grader lets this slip pass. Decay pulls θ towards zero: what "
            "happens to a parameter whose gradient is zero?",
        ),
        Misconception(
            "AdamW whose decay is not times the rate",
            edited(adamw_step, "lr * weight_decay → weight_decay"),
            "The paper has it so, times a schedule. Here, as in PyTorch, Keras and Optax, θ "
            "shrinks by lr · λ.",
            MEANINGS,
        ),
        Misconception(
            "Adam without decay",
            edited(adamw_step, NO_DECAY),
            "`weight_decay` has no effect yet. Which term shrinks θ?",
        ),
        Misconception(
            "AdamW that decays what the step has left",
            edited(adamw_step, " - lr * weight_decay → \n    theta = theta - lr * weight_decay"),
            "Close. The decay is taken of θ as it was before the step.",
        ),
        Misconception(
            "AdamW that pulls every parameter by the same amount",
            edited(adamw_step, "weight_decay * theta → weight_decay * np.sign(theta)"),
            "That is the decay of an L1 penalty. Here it is in proportion to θ.",
        ),
        Misconception(
            "AdamW that decays by half",
            edited(adamw_step, "weight_decay * theta → weight_decay * theta / 2"),
            "The ½ belongs to the penalty λ/2 θ². Its slope is λ θ.",
        ),
        Misconception(
            "AdamW without bias correction",
            edited(adamw_step, " / (1 - beta1**t) →", " / (1 - beta2**t) →"),
            "Both averages start at zero: divide them by 1 − βᵗ, as Adam does.",
        ),
        Misconception(
            "AdamW that corrects with β instead of βᵗ",
            edited(adamw_step, "beta1**t → beta1", "beta2**t → beta2"),
            "Divide by 1 − βᵗ, `1 - beta1**t`: the correction fades away.",
        ),
        Misconception(
            "AdamW with ε inside the root",
            edited(adamw_step, "(np.sqrt(v_hat) + eps) → np.sqrt(v_hat + eps)"),
            "The decay is right. In the step ε is added to the root, √v̂ + ε.",
        ),
        Misconception(
            "AdamW that keeps the corrected moments",
            edited(adamw_step, "theta, m, v\n → theta, m_hat, v_hat\n"),
            "m̂ and v̂ are for this one step. Return m and v themselves.",
        ),
    ),
)


# Predict: what is left of a parameter


def what_is_left(size, lr, weight_decay, steps):
    """Return the share of θ left by L2 in Adam and by AdamW, for gradients ± size on average 0."""
    with_l2 = (1 - lr * weight_decay / size) ** steps
    decoupled = (1 - lr * weight_decay) ** steps
    return with_l2, decoupled


WHAT_IS_LEFT = Task(
    name="what-is-left",
    function="what_is_left",
    title="What two kinds of decay leave",
    lesson=LESSON,
    section=HELD_BACK,
    points=2,
    right="L2's pull is divided by √v̂, which is as large as the gradients; AdamW's is not, and "
    "so it is the same for every size.",
    returns=("l2", "adamw"),
    cases=lambda rng: [
        {"size": 2.0, "lr": 0.01, "weight_decay": 0.02, "steps": 2000},
        {"size": 0.5, "lr": 0.01, "weight_decay": 0.01, "steps": 5000},
        {
            "size": float(np.round(rng.uniform(4, 9), 1)),
            "lr": 0.02,
            "weight_decay": 0.05,
            "steps": int(rng.integers(900, 1100)),
        },
    ],
    reference=what_is_left,
    misconceptions=(
        Misconception(
            "AdamW twice: an L2 that nothing divides",
            edited(what_is_left, " / size →"),
            "In L2 the decay is a part of the gradient, and Adam divides that by √v̂. How large is "
            "√v̂ here?",
        ),
        Misconception(
            "L2 twice: an AdamW that is divided by √v̂",
            edited(what_is_left, "weight_decay) → weight_decay / size)"),
            "Decoupled decay never meets v.",
        ),
        Misconception(
            "L2 and AdamW the wrong way round",
            edited(what_is_left, "with_l2, decoupled → decoupled, with_l2"),
            "Which of the two depends on the gradients? Return L2 first.",
        ),
        Misconception(
            "an L2 that is multiplied by the size",
            edited(what_is_left, "/ size → * size"),
            "Adam divides by √v̂: large gradients make the decay weaker.",
        ),
        Misconception(
            "an L2 that is divided by v̂ without its root",
            edited(what_is_left, "/ size → / size**2"),
            "v̂ is the mean of g², and the step is divided by its root.",
        ),
        Misconception(
            "decays that are not times the rate",
            edited(
                what_is_left,
                "lr * weight_decay / size → weight_decay / size",
                "lr * weight_decay) → weight_decay)",
            ),
            "Both pulls are multiplied by the rate here.",
        ),
        Misconception(
            "what is left along a straight line",
            edited(
                what_is_left,
                "(1 - lr * weight_decay / size) ** steps → 1 - steps * lr * weight_decay / size",
                "(1 - lr * weight_decay) ** steps → 1 - steps * lr * weight_decay",
            ),
            "Each step takes a share of what is left, not of what was there at first.",
        ),
        Misconception(
            "what is gone instead of what is left",
            edited(what_is_left, "with_l2, decoupled → 1 - with_l2, 1 - decoupled"),
            "You have what is gone. What is left?",
        ),
    ),
    show_target=False,
    rtol=2e-3,
)


# Find the bug: an AdamW with two of them


def repaired_adamw(grad, theta, steps, lr=0.01, weight_decay=0.1):
    """Return where AdamW ends: the listing of the exercise without its bugs."""
    m = v = np.zeros(theta.shape)
    for t in range(1, steps + 1):
        g = grad(theta)
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        m_hat = m / (1 - 0.9**t)
        v_hat = v / (1 - 0.999**t)
        theta = theta - lr * (m_hat / (np.sqrt(v_hat) + 1e-8) + weight_decay * theta)
    return theta


OUTWARDS = "+ weight_decay → - weight_decay"
UNDECAYED = " + weight_decay * theta →"
M_NEVER_FADES = "0.9**t → 0.9"
V_NEVER_FADES = "0.999**t → 0.999"


def repaired_adamw_cases(rng):
    """Return bowls, two with other hyperparameters, and a slope as small as ε, or none at all."""
    slope = QuadraticGradient(np.zeros((2, 2)), np.array([rng.uniform(-5, -2) * 1e-8, 0.0]))
    bowls = bowl_runs(
        rng,
        ([1.0, 4.0], 3, {}),
        ([1.0, 9.0], 20, {"lr": 0.1, "weight_decay": 0.5}),
        ([0.5, 2.0, 8.0], 40, {"weight_decay": 2.0}),
        away=1,
    )
    return [*bowls, {"grad": slope, "theta": np.array([0.0, 1.0]), "steps": 3}]


REPAIRED_ADAMW = Task(
    name="repaired-adamw",
    function="repaired_adamw",
    title="Find two bugs in an AdamW",
    lesson=LESSON,
    section=PITFALLS,
    points=2,
    right="θ shrinks where no gradient holds it, and both corrections fade, because their β "
    "stands to the power t.",
    returns=("theta",),
    cases=repaired_adamw_cases,
    reference=repaired_adamw,
    misconceptions=(
        Misconception(
            "the listing with both of its bugs",
            edited(repaired_adamw, OUTWARDS, M_NEVER_FADES, V_NEVER_FADES),
            "Give it a gradient of zero and print θ. Then print what m is divided by in every "
            "step.",
        ),
        Misconception(
            "the listing whose decay still pushes outwards",
            edited(repaired_adamw, OUTWARDS),
            "One bug is left. With a gradient of zero, does θ shrink?",
        ),
        Misconception(
            "the listing whose correction never fades",
            edited(repaired_adamw, M_NEVER_FADES, V_NEVER_FADES),
            "One bug is left. 1 − βᵗ has to grow to 1: which power is missing?",
        ),
        Misconception(
            "the listing with its power repaired for m alone",
            edited(repaired_adamw, V_NEVER_FADES),
            "Almost. v has the same slip.",
        ),
        Misconception(
            "the listing with its power repaired for v alone",
            edited(repaired_adamw, M_NEVER_FADES),
            "Almost. m has the same slip.",
        ),
        Misconception(
            "the listing with its decay moved into the gradient",
            edited(
                repaired_adamw,
                UNDECAYED,
                "g = grad(theta) → g = grad(theta) + weight_decay * theta",
            ),
            "Now it is Adam with L2. The decay was in the right place, with the wrong sign.",
        ),
        Misconception(
            "the listing without its decay",
            edited(repaired_adamw, UNDECAYED),
            "The decay has to be repaired, not removed.",
        ),
        Misconception(
            "the listing with a decay of what the step has left",
            edited(
                repaired_adamw,
                " + weight_decay * theta) → )\n        theta = theta - lr * weight_decay * theta",
            ),
            "Close. The decay was taken of θ as it was before the step, and that was right.",
        ),
        Misconception(
            "the listing with ε inside the root",
            edited(repaired_adamw, "(np.sqrt(v_hat) + 1e-8) → np.sqrt(v_hat + 1e-8)"),
            "The bugs are gone. But ε stood outside of the root, and that was right.",
        ),
        Misconception(
            "the listing without ε",
            edited(repaired_adamw, "(np.sqrt(v_hat) + 1e-8) → np.sqrt(v_hat)"),
            "The bugs are gone, and ε is, too. What becomes of a gradient that is always zero?",
        ),
        Misconception(
            "the listing with a decay that is not times the rate",
            edited(repaired_adamw, "lr * (m_hat → (lr * m_hat"),
            "The decay was times lr, and that was right.",
        ),
    ),
)


# Experiment: a decay of a given half-life


def decays_of_half_life(half_life, lr):
    """Return λ for the form times lr and for the form without, given the half-life in steps."""
    alone = 1 - 0.5 ** (1 / half_life)
    return alone / lr, alone


HALF_LIFE = Task(
    name="decay-half-life",
    function="decays_of_half_life",
    title="Find the decay for a half-life",
    lesson=LESSON,
    section=MEANINGS,
    points=1,
    right="Each step loses the same share of what is left; the frameworks multiply λ by lr, so "
    "theirs is that share divided by lr.",
    returns=("times_lr", "alone"),
    cases=lambda rng: [
        {"half_life": 1.0, "lr": 0.1},
        {"half_life": 2.0, "lr": 0.01},
        {
            "half_life": float(rng.integers(4, 60)),
            "lr": float(np.round(rng.uniform(0.001, 0.1), 4)),
        },
    ],
    reference=decays_of_half_life,
    misconceptions=(
        Misconception(
            "the two forms in the wrong order",
            edited(decays_of_half_life, "alone / lr, alone → alone, alone / lr"),
            "First the λ that lr will be multiplied with, then the λ that stands alone.",
        ),
        Misconception(
            "a decay multiplied by the rate instead of divided",
            edited(decays_of_half_life, "alone / lr → alone * lr"),
            "lr · λ has to be the share that is lost. What must λ be, then?",
        ),
        Misconception(
            "one decay for both forms",
            edited(decays_of_half_life, "alone / lr → alone"),
            "One of the forms multiplies λ by lr before it shrinks anything.",
        ),
        Misconception(
            "a time constant taken for a half-life",
            edited(decays_of_half_life, "1 - 0.5 ** (1 / half_life) → 1 / half_life"),
            "After 1/λ steps about a third is left. You want a half.",
        ),
        Misconception(
            "a half lost along a straight line",
            edited(decays_of_half_life, "1 - 0.5 ** (1 / half_life) → 0.5 / half_life"),
            "Each step takes a share of what is left, so the share must be larger.",
        ),
        Misconception(
            "an approximation for long half-lives",
            edited(decays_of_half_life, "1 - 0.5 ** (1 / half_life) → np.log(2) / half_life"),
            "Close for long half-lives. Exactly: (1 − s)ⁿ = ½, and s is asked for.",
        ),
        Misconception(
            "the share that is kept instead of the one that is lost",
            edited(decays_of_half_life, "1 - 0.5 → 0.5"),
            "That share of θ is kept. The decay is the share that goes.",
        ),
    ),
    rtol=1e-4,
)


# Experiment: how slanted a map is


def slant(losses, rates, decays):
    """Return by which power of the rate the best decay grows: the slope on log axes."""
    best = decays[np.nanargmin(losses, axis=0)]
    return np.polyfit(np.log(rates), np.log(best), 1)[0]


def map_cases(rng):
    """Return square maps with a valley of a given slope, some of their cells diverged."""
    cases = []
    for slope, size, dead in ((1.0, 4, 0), (-0.7, 6, 2), (rng.uniform(0.2, 0.6), 7, 3)):
        rates, decays = np.geomspace(0.01, 1, size), np.geomspace(1e-4, 0.1, size)
        valley = np.log(decays[size // 2]) + slope * (np.log(rates) - np.log(rates).mean())
        away = np.log(decays)[:, None] - valley
        losses = 1 + 0.05 * away**2 + 0.3 * np.log(rates / 0.1) ** 2
        losses += 0.02 * rng.uniform(size=losses.shape)
        for column in range(dead):
            losses[-1 if column % 2 else 0, column] = np.nan
        cases.append({"losses": np.round(losses, 4), "rates": rates, "decays": decays})
    return cases


SLANT = Task(
    name="slant",
    function="slant",
    title="Measure how slanted a map is",
    lesson=LESSON,
    section=MAPS,
    points=2,
    right="Each column gave its best decay, diverged runs aside, and the slope is that of a line "
    "through all of them on the map's own logarithmic axes.",
    returns=("slope",),
    cases=map_cases,
    reference=slant,
    misconceptions=(
        Misconception(
            "the slope of the best rate against the decay",
            edited(
                slant,
                "decays[np.nanargmin(losses, axis=0)] → rates[np.nanargmin(losses, axis=1)]",
                "np.log(rates) → np.log(decays)",
            ),
            "The other way round: for each rate, so in each column, look for the best decay.",
        ),
        Misconception(
            "a valley with a decay for each row instead of each column",
            edited(slant, "axis=0 → axis=1"),
            "`axis=1` goes along a row, so along the rates. You want the best decay of each rate.",
        ),
        Misconception(
            "a slope with its axes exchanged",
            edited(slant, "np.log(rates), np.log(best) → np.log(best), np.log(rates)"),
            "`np.polyfit` takes x first, and x is the logarithm of the rate.",
        ),
        Misconception(
            "a slope without logarithms",
            edited(slant, "np.log(rates), np.log(best) → rates, best"),
            "The map has logarithmic axes, and so has its slope: take the logarithm of both.",
        ),
        Misconception(
            "a slope with the logarithm of the decay alone",
            edited(slant, "np.log(rates) → rates"),
            "Take the logarithm of the rates too.",
        ),
        Misconception(
            "a slope with the logarithm of the rate alone",
            edited(slant, "np.log(best) → best"),
            "Take the logarithm of the decays too.",
        ),
        Misconception(
            "a valley through the runs that diverged",
            edited(slant, "nanargmin → argmin"),
            "`np.argmin` takes NaN for the lowest value. Its relative passes over NaN.",
        ),
        Misconception(
            "the slope of the ridge, where the loss is highest",
            edited(slant, "nanargmin → nanargmax"),
            "The lowest loss is the best one.",
        ),
        Misconception(
            "the slope between the two ends",
            edited(
                slant,
                "np.log(rates) → np.log(rates[[0, -1]])",
                "np.log(best) → np.log(best[[0, -1]])",
            ),
            "Two columns alone decide that. Fit a straight line through all of them.",
        ),
        Misconception(
            "the intercept instead of the slope",
            edited(slant, "1)[0] → 1)[1]"),
            "`np.polyfit` returns the highest power first.",
        ),
    ),
)

EXERCISE = Exercise(
    name=LESSON,
    title="Weight decay",
    minutes=50,
    tasks=(
        ADAMW_STEP,
        WHAT_IS_LEFT,
        REPAIRED_ADAMW,
        HALF_LIFE,
        SLANT,
    ),
)
