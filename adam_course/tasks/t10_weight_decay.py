"""The tasks of exercise 10: AdamW's step, a hidden size, a repair, a recipe, two rules, a rest."""

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
REST = "Where does each one arrive?"
MAPS = "Three maps, two starts"
PITFALLS = "What people get wrong"
GROUPS = "What was not shown"


# To begin: a step without a gradient


def silent_step(theta, lr, weight_decay):
    """Return what a step of AdamW makes of a parameter without a gradient, in its two forms."""
    frameworks = theta - lr * weight_decay * theta
    paper = theta - weight_decay * theta
    return frameworks, paper


SILENT_STEP = Task(
    name="silent-step",
    function="silent_step",
    title="A step without a gradient",
    lesson=LESSON,
    section=MEANINGS,
    points=1,
    right="Without a gradient only the decay moves θ: by the share lr · λ in the frameworks, and "
    "by the share λ in the paper.",
    returns=("frameworks", "paper"),
    cases=lambda rng: [
        {"theta": 2.0, "lr": 0.1, "weight_decay": 0.5},
        {"theta": 3.0, "lr": 0.01, "weight_decay": 0.2},
        {
            "theta": float(np.round(rng.uniform(-9, -4), 1)),
            "lr": float(np.round(rng.uniform(0.02, 0.3), 2)),
            "weight_decay": float(np.round(rng.uniform(0.05, 0.4), 2)),
        },
    ],
    reference=silent_step,
    misconceptions=(
        Misconception(
            "the forms the wrong way round",
            edited(silent_step, "return frameworks, paper → return paper, frameworks"),
            "Which of the two multiplies λ by the rate? Return that one first.",
        ),
        Misconception(
            "the form of the frameworks twice",
            edited(silent_step, "theta - weight_decay → theta - lr * weight_decay"),
            "The paper's step takes λθ, without the rate.",
        ),
        Misconception(
            "the form of the paper twice",
            edited(silent_step, "theta - lr * → theta - "),
            "The frameworks multiply λ by the rate.",
        ),
        Misconception(
            "a parameter that grows",
            edited(
                silent_step,
                "theta - lr → theta + lr",
                "theta - weight_decay → theta + weight_decay",
            ),
            "A decay pulls towards zero.",
        ),
        Misconception(
            "what is lost in place of what is left",
            edited(silent_step, "theta - lr → lr", "theta - weight_decay → weight_decay"),
            "That is how far the parameter moves. Where is it then?",
        ),
        Misconception(
            "an amount in place of a share",
            edited(
                silent_step,
                "lr * weight_decay * theta → lr * weight_decay",
                "- weight_decay * theta → - weight_decay",
            ),
            "A parameter that is twice as large loses twice as much.",
        ),
        Misconception(
            "a decay of its own sign",
            edited(
                silent_step,
                "lr * weight_decay * theta → lr * weight_decay * abs(theta)",
                "- weight_decay * theta → - weight_decay * abs(theta)",
            ),
            "With a negative theta the pull is towards zero as well, so upwards.",
        ),
    ),
)


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
    points=2,
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


# Infer: the size of the noise


def noise_size(l2, adamw):
    """Return the size of the gradients, from the shares of θ that L2 and AdamW have left."""
    return np.log(adamw) / np.log(l2)


def noise_cases(rng):
    """Return shares that are left where the noise is smaller than 1, larger, and drawn."""
    cases = [(0.5, 1.0), (4.0, 2.0), (1.0, 0.3)]
    for small, large in ((0.2, 0.6), (2.0, 6.0)):
        cases.append((rng.uniform(small, large), rng.uniform(0.4, 0.9) * small))
    return [
        {"l2": float(np.round(np.exp(-pull / s), 5)), "adamw": float(np.round(np.exp(-pull), 5))}
        for s, pull in cases
    ]


NOISE_SIZE = Task(
    name="noise-size",
    function="noise_size",
    title="Infer the size of the noise",
    lesson=LESSON,
    section=HELD_BACK,
    points=2,
    right="Both shares shrink by a factor in each step, and L2's pull is AdamW's divided by the "
    "size, so the quotient of their logarithms is the size.",
    returns=("size",),
    cases=noise_cases,
    reference=noise_size,
    misconceptions=(
        Misconception(
            "a quotient the wrong way round",
            edited(noise_size, "np.log(adamw) / np.log(l2) → np.log(l2) / np.log(adamw)"),
            "Loud noise spares a parameter from L2. If L2 has left more than AdamW, is your size "
            "above 1?",
        ),
        Misconception(
            "a quotient of the shares themselves",
            edited(noise_size, "np.log(adamw) / np.log(l2) → l2 / adamw"),
            "The shares are powers: each step multiplies by a factor. What turns powers into "
            "products?",
        ),
        Misconception(
            "a quotient of what is lost",
            edited(noise_size, "np.log(adamw) / np.log(l2) → (1 - adamw) / (1 - l2)"),
            "Nearly right for shares close to 1. But each step takes its share of what is left, "
            "not of what was there at first.",
        ),
        Misconception(
            "a difference of logarithms",
            edited(noise_size, "np.log(adamw) / np.log(l2) → np.log(adamw) - np.log(l2)"),
            "One pull is so many times as strong as the other. Which operation finds a factor?",
        ),
        Misconception(
            "the square of the size",
            edited(noise_size, "np.log(adamw) / np.log(l2) → (np.log(adamw) / np.log(l2)) ** 2"),
            "L2's pull is divided by √v̂, and that is as large as the noise, not as its square.",
        ),
        Misconception(
            "the root of the size",
            edited(noise_size, "np.log(adamw) / np.log(l2) → (np.log(adamw) / np.log(l2)) ** 0.5"),
            "L2's pull is divided by √v̂. How large is that, if every gradient is ± size?",
        ),
    ),
    show_target=False,
    rtol=2e-3,
)


# Find the bug: an AdamW with three of them


def repaired_adamw(grad, theta, rates, weight_decay, decayed):
    """Return where AdamW ends: the listing of the exercise without its bugs."""
    m = v = 0.0
    for t, rate in enumerate(rates, start=1):
        g = grad(theta)
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        step = rate * m_hat / (np.sqrt(v_hat) + 1e-8)
        pull = rate * weight_decay * decayed * theta
        theta = theta - step - pull
    return theta


OUTWARDS = "step - pull → step + pull"
FIRST_RATE = "pull = rate * → pull = rates[0] * "
THE_OTHERS = "* decayed * → * (1 - decayed) * "


def repaired_adamw_cases(rng):
    """Return bowls with falling rates, and a slope as small as ε, or none at all."""

    def case(curvatures, rates, weight_decay, decayed):
        (run,) = bowl_runs(rng, (curvatures, 0, {}), away=1)
        del run["steps"]
        return run | {
            "rates": np.array(rates),
            "weight_decay": weight_decay,
            "decayed": np.array(decayed),
        }

    slope = QuadraticGradient(np.zeros((2, 2)), np.array([rng.uniform(-5, -2) * 1e-8, 0.0]))
    silent = {"grad": slope, "theta": np.array([0.0, 1.0])}
    return [
        case([1.0, 4.0], [0.1, 0.05, 0.02], 0.5, [1, 0]),
        case([0.5, 2.0, 8.0], np.round(np.linspace(0.01, 0.05, 30), 4), 2.0, [0, 1, 0]),
        case([1.0, 9.0, 2.0], np.round(np.linspace(0.1, 0.005, 20), 4), 0.5, [1, 0, 1]),
        case([1.0, 4.0], [0.1, 0.05, 0.02], 0.5, [1, 0])
        | silent
        | {"rates": np.array([0.01, 0.02, 0.01]), "decayed": np.array([0, 1])},
    ]


REPAIRED_ADAMW = Task(
    name="repaired-adamw",
    function="repaired_adamw",
    title="Find three bugs in an AdamW",
    lesson=LESSON,
    section=PITFALLS,
    points=3,
    right="The decay pulls inwards, follows the rate of its step, and leaves alone what should not "
    "decay.",
    returns=("theta",),
    cases=repaired_adamw_cases,
    reference=repaired_adamw,
    misconceptions=(
        Misconception(
            "the listing with all of its bugs",
            edited(repaired_adamw, OUTWARDS, FIRST_RATE, THE_OTHERS),
            "Work out by hand what a decay should make of the two parameters, step by step, and "
            "print what it does.",
        ),
        Misconception(
            "the listing whose decay now pulls inwards",
            edited(repaired_adamw, FIRST_RATE, THE_OTHERS),
            "One bug is out, two are left. Which of the two parameters moves? And by how much in "
            "a step whose rate is 0?",
        ),
        Misconception(
            "the listing whose decay now follows the rates",
            edited(repaired_adamw, OUTWARDS, THE_OTHERS),
            "One bug is out, two are left. Which of the two parameters moves, and in which "
            "direction?",
        ),
        Misconception(
            "the listing that now decays the right parameters",
            edited(repaired_adamw, OUTWARDS, FIRST_RATE),
            "One bug is out, two are left. In which direction does the weight move, and by how "
            "much in a step whose rate is 0?",
        ),
        Misconception(
            "the listing whose decay still pushes outwards",
            edited(repaired_adamw, OUTWARDS),
            "Two bugs are out, one is left. With a gradient of zero, does the weight shrink?",
        ),
        Misconception(
            "the listing whose decay still keeps the first rate",
            edited(repaired_adamw, FIRST_RATE),
            "Two bugs are out, one is left. How much does the weight lose in a step whose rate "
            "is 0?",
            MEANINGS,
        ),
        Misconception(
            "the listing that still decays the others",
            edited(repaired_adamw, THE_OTHERS),
            "Two bugs are out, one is left. Where `decayed` is 1, there is a weight, and it should "
            "shrink.",
            GROUPS,
        ),
        Misconception(
            "the listing with a decay of all parameters",
            edited(repaired_adamw, " * decayed →"),
            "Recipes leave biases alone: where `decayed` is 0, nothing should pull.",
            GROUPS,
        ),
        Misconception(
            "the listing with its decay moved into the gradient",
            edited(
                repaired_adamw,
                " - pull →",
                "g = grad(theta) → g = grad(theta) + weight_decay * decayed * theta",
            ),
            "Now it is Adam with L2. The decay was in the right place.",
        ),
        Misconception(
            "the listing without its decay",
            edited(repaired_adamw, " - pull →"),
            "The decay has to be repaired, not removed.",
        ),
        Misconception(
            "the listing with a decay that is not times the rate",
            edited(repaired_adamw, "pull = rate * → pull ="),
            "In the frameworks' form λ is multiplied by the rate, and so it was, by a wrong one.",
            MEANINGS,
        ),
    ),
)


# Work out: a recipe for another run


def carried_over(decay, steps, new_steps, lr):
    """Return the frameworks' λ that leaves in new_steps what the paper's λ leaves in steps."""
    share = 1 - (1 - decay) ** (steps / new_steps)
    return share / lr


CARRIED_OVER = Task(
    name="carried-over",
    function="carried_over",
    title="Carry a recipe over to another run",
    lesson=LESSON,
    section=MEANINGS,
    points=2,
    right="Your run takes a share in each step that leaves as much at its end as the recipe does, "
    "and the frameworks' λ is that share divided by the rate.",
    returns=("decay",),
    cases=lambda rng: [
        {"decay": 0.19, "steps": 10, "new_steps": 20, "lr": 0.1},
        {"decay": 0.1, "steps": 40, "new_steps": 20, "lr": 0.01},
        {
            "decay": float(np.round(rng.uniform(0.05, 0.2), 3)),
            "steps": int(rng.integers(50, 90)),
            "new_steps": int(rng.integers(20, 40)),
            "lr": float(np.round(rng.uniform(0.01, 0.1), 3)),
        },
    ],
    reference=carried_over,
    misconceptions=(
        Misconception(
            "a recipe that forgets its length",
            edited(carried_over, " ** (steps / new_steps) →"),
            "The form is right. But a run twice as long would keep much less of its start.",
        ),
        Misconception(
            "lengths the wrong way round",
            edited(carried_over, "steps / new_steps → new_steps / steps"),
            "If your run is the longer one, should a step of it take more or less?",
        ),
        Misconception(
            "the share, not yet divided by the rate",
            edited(carried_over, "share / lr → share"),
            "That is what a step should take. PyTorch multiplies its λ by lr first.",
        ),
        Misconception(
            "a share multiplied by the rate",
            edited(carried_over, "share / lr → share * lr"),
            "lr · λ has to be the share. What must λ be, then?",
        ),
        Misconception(
            "a straight line",
            edited(
                carried_over, "1 - (1 - decay) ** (steps / new_steps) → decay * steps / new_steps"
            ),
            "Close where a step takes little. Exactly: your share s leaves (1 − s)ⁿ after n steps.",
        ),
        Misconception(
            "an exponential",
            edited(
                carried_over,
                "1 - (1 - decay) ** (steps / new_steps) → 1 - np.exp(-decay * steps / new_steps)",
            ),
            "Close where a step takes little. Exactly: the recipe leaves (1 − λ)ⁿ after n steps.",
        ),
        Misconception(
            "the share that is kept",
            edited(carried_over, "1 - (1 - decay) → (1 - decay)"),
            "That share of θ is kept in a step. The decay is the share that goes.",
        ),
        Misconception(
            "the share of the whole run",
            edited(carried_over, "(steps / new_steps) → steps"),
            "That much goes in the whole run. How much goes in one of your steps?",
        ),
    ),
    show_target=False,
    rtol=1e-4,
)


# Experiment: what two rules cost


def costs_of_rules(losses, rates, decays):
    """Return how far above the best loss at the last rate two rules end: keep λ, keep αλ."""
    tuned = losses[:, 0].argmin()
    wanted = decays[tuned] * rates[0] / rates[-1]
    nearest = np.abs(np.log(decays / wanted)).argmin()
    at_last = losses[:, -1] - losses[:, -1].min()
    return at_last[tuned], at_last[nearest]


def rule_cases(rng):
    """Return maps with a flat valley and slanted ones, on coarse grids of λ and on a fine one."""
    cases, between = [], rng.uniform(4.6, 4.95)
    for slope, size, step, ratio in (
        (0.0, 5, 3, 10),
        (-1.0, 6, 3, 4.8),
        (-1.0, 12, 1.3, 10),
        (-0.5, 7, 3, between),
    ):
        rates = np.geomspace(0.01, 0.01 * ratio, size)
        decays = 0.001 * float(step) ** np.arange(size)
        valley = np.log(decays[size - 2]) + slope * np.log(rates / rates[0])
        losses = 1 + 0.05 * (np.log(decays)[:, None] - valley) ** 2
        losses += 0.3 * np.log(rates / rates[size // 2]) ** 2
        losses += rng.uniform(0, 0.005 * np.log(step), size=losses.shape)
        cases.append({"losses": np.round(losses, 4), "rates": rates, "decays": decays})
    return cases


COSTS_OF_RULES = Task(
    name="costs-of-rules",
    function="costs_of_rules",
    title="Measure what two rules cost",
    lesson=LESSON,
    section=MAPS,
    points=3,
    right="Each rule chose its λ from the first rate alone, and paid what the best λ of the last "
    "rate would have saved.",
    returns=("keep_decay", "keep_product"),
    cases=rule_cases,
    reference=costs_of_rules,
    misconceptions=(
        Misconception(
            "the two costs in the wrong order",
            edited(
                costs_of_rules,
                "at_last[tuned], at_last[nearest] → at_last[nearest], at_last[tuned]",
            ),
            "Return the cost of keeping λ first.",
        ),
        Misconception(
            "losses in place of costs",
            edited(costs_of_rules, " - losses[:, -1].min() →"),
            "A cost is how far a loss lies above the best one of its column.",
        ),
        Misconception(
            "costs against the best of the whole map",
            edited(costs_of_rules, "losses[:, -1].min() → losses.min()"),
            "That best loss may belong to another rate. You are asked at the last one.",
        ),
        Misconception(
            "a product that grows with the rate",
            edited(costs_of_rules, "rates[0] / rates[-1] → rates[-1] / rates[0]"),
            "αλ has to stay. If the rate is larger, what must λ be?",
        ),
        Misconception(
            "a λ that was tuned at the last rate",
            edited(costs_of_rules, "losses[:, 0].argmin() → losses[:, -1].argmin()"),
            "Then keeping it costs nothing, of course. λ was tuned at the first rate.",
        ),
        Misconception(
            "a map that is read along its rows",
            edited(costs_of_rules, "    tuned = →     losses = losses.T\n    tuned ="),
            "A column holds one rate with all decays: `losses[:, 0]` is the first.",
        ),
        Misconception(
            "the nearest λ without logarithms",
            edited(costs_of_rules, "np.log(decays / wanted) → decays - wanted"),
            "The map's axis is logarithmic: nearest is what differs by the smallest factor.",
        ),
        Misconception(
            "the next smaller λ",
            edited(
                costs_of_rules,
                "np.abs(np.log(decays / wanted)).argmin() → max(np.sum(decays <= wanted) - 1, 0)",
            ),
            "There may be a λ of the grid above it that is nearer.",
        ),
        Misconception(
            "costs at the first rate",
            edited(
                costs_of_rules,
                "= losses[:, -1] → = losses[:, 0]",
                "losses[:, -1].min → losses[:, 0].min",
            ),
            "λ was tuned there. What does it cost at the last rate?",
        ),
    ),
)


# A stretch: where a noisy slope comes to rest


def resting_places(mean, noise, weight_decay):
    """Return around which θ L2 in Adam and AdamW rest, if every gradient is mean ± noise."""
    l2 = -mean / weight_decay
    adamw = l2 / np.sqrt(mean**2 + noise**2)
    return l2, adamw


RESTING_PLACES = Task(
    name="resting-places",
    function="resting_places",
    title="Predict where a noisy slope comes to rest",
    lesson=LESSON,
    section=REST,
    points=0,
    right="L2 rests where the mean gradient and λθ cancel; AdamW where λθ balances the mean "
    "gradient over √v̂, and v̂ holds the noise as well.",
    returns=("l2", "adamw"),
    cases=lambda rng: [
        {"mean": 1.0, "noise": 2.0, "weight_decay": 0.5},
        {"mean": -3.0, "noise": 0.5, "weight_decay": 2.0},
        {
            "mean": float(np.round(rng.uniform(1.2, 3), 2)),
            "noise": float(np.round(rng.uniform(2, 5), 1)),
            "weight_decay": float(np.round(rng.uniform(0.05, 0.3), 2)),
        },
    ],
    reference=resting_places,
    misconceptions=(
        Misconception(
            "a box whose walls are always reached",
            edited(
                resting_places,
                "l2 / np.sqrt(mean**2 + noise**2) → -np.sign(mean) / weight_decay",
            ),
            "At the wall the quotient is 1, as steady gradients make it. What is it with noise?",
        ),
        Misconception(
            "a quotient with the noise alone in its root",
            edited(resting_places, "np.sqrt(mean**2 + noise**2) → noise"),
            "v averages squares, and those of the mean are among them.",
        ),
        Misconception(
            "sizes that are added without squares",
            edited(resting_places, "np.sqrt(mean**2 + noise**2) → (abs(mean) + noise)"),
            "v averages the squares of mean + noise and mean − noise, and then comes the root.",
        ),
        Misconception(
            "a quotient without its root",
            edited(resting_places, "np.sqrt(mean**2 + noise**2) → (mean**2 + noise**2)"),
            "Adam divides by √v̂.",
        ),
        Misconception(
            "AdamW that rests where L2 does",
            edited(resting_places, "l2 / np.sqrt(mean**2 + noise**2) → l2"),
            "AdamW's step is divided by √v̂, and its decay is not. For L2 both are.",
        ),
        Misconception(
            "L2 with its rest divided as well",
            edited(resting_places, "return l2, adamw → return adamw, adamw"),
            "With L2 everything is divided by √v̂. When is the mean of what is divided zero?",
        ),
        Misconception(
            "the two places the wrong way round",
            edited(resting_places, "return l2, adamw → return adamw, l2"),
            "Return L2's place first.",
        ),
        Misconception(
            "places on the wrong side",
            edited(resting_places, "-mean → mean"),
            "A positive gradient pushes θ down. On which side of zero does the decay hold it?",
        ),
    ),
    show_target=False,
    rtol=1e-3,
)

EXERCISE = Exercise(
    name=LESSON,
    title="Weight decay",
    minutes=60,
    tasks=(
        SILENT_STEP,
        ADAMW_STEP,
        NOISE_SIZE,
        REPAIRED_ADAMW,
        CARRIED_OVER,
        COSTS_OF_RULES,
        RESTING_PLACES,
    ),
    by_person=2,
)
