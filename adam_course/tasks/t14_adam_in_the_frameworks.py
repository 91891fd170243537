"""The tasks of exercise 14: whose Adam, two balls, a loop, groups, a loss scale, a checkpoint.

None of them needs a framework: what the frameworks do is written in NumPy.
"""

from itertools import product

import numpy as np

from adam_course.optimizers import Adam
from adam_course.tasks.edited import edited
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "14_adam_in_the_frameworks"
HIDES = "Where ε hides"
NOTHING = "A loop that learns nothing"
SAVED = "Save the state, too"
SWITCHES = "Four switches"
INSIDE = "Where the rate sits"


# Begin: ε, read off a single step


def epsilon_of(g, share):
    """Return the ε with which PyTorch's first step has this share of α."""
    return abs(g) * (1 / share - 1)


EPSILON_OF_A_STEP = Task(
    name="epsilon-of-a-step",
    function="epsilon_of",
    title="Read ε off a first step",
    lesson=LESSON,
    section=HIDES,
    points=1,
    right="After one gradient the step is |g| / (|g| + ε) of α, so what is missing from a whole α "
    "gives ε away.",
    returns=("epsilon",),
    cases=lambda rng: [
        {"g": 1e-3, "share": 0.5},
        {"g": -3e-6, "share": 0.75},
        {"g": float(-(10 ** rng.uniform(-8, -5))), "share": float(rng.uniform(0.1, 0.4))},
        {"g": float(10 ** rng.uniform(-8, -5)), "share": float(rng.uniform(0.6, 0.95))},
    ],
    reference=epsilon_of,
    misconceptions=(
        Misconception(
            "an ε with the sign of the gradient",
            edited(epsilon_of, "abs(g) → g"),
            "√v̂ has no sign. What is the root of g²?",
        ),
        Misconception(
            "the whole divisor in place of ε",
            edited(epsilon_of, " - 1 →"),
            "That is √v̂ + ε. How large is √v̂?",
        ),
        Misconception(
            "the part of the gradient that is missing from the step",
            edited(epsilon_of, "1 / share - 1 → 1 - share"),
            "Write down the step, and solve for ε. The share stands below the fraction bar.",
        ),
        Misconception(
            "the share of the gradient that is left",
            edited(epsilon_of, "1 / share - 1 → share"),
            "With a share of 1 there would be no ε. What does your formula say then?",
        ),
        Misconception(
            "a fraction that stands upside down",
            edited(epsilon_of, "(1 / share - 1) → share / (1 - share)"),
            "A large ε leaves a short step. In your formula, does ε grow or fall with the share?",
        ),
        Misconception(
            "an ε under the root",
            edited(epsilon_of, "abs(g) * (1 / share - 1) → g**2 * (1 / share**2 - 1)"),
            "PyTorch adds ε to √v̂, after the root.",
        ),
    ),
    atol=0.0,
)


# Infer: whose Adam it was


def whose_adam(g, shares, beta2, first):
    """Return whether ε stands beside √v, as in Keras, and how large it is."""
    t = np.arange(first, first + len(shares))
    epsilon = abs(g) * (1 / shares - 1)
    keras = not np.allclose(shares, shares.mean())
    if keras:
        epsilon = epsilon * np.sqrt(1 - beta2**t)
    return keras, epsilon.mean()


def logs(rng):
    """Return logs of both kinds, some of which begin late."""
    kinds = [(False, 1e-6, 0.999, 1), (True, 1e-6, 0.999, 1), (True, 1e-8, 0.99, 30)]
    kinds += [(False, 3e-8, 0.9, 4)]
    for keras in (True, False):
        beta2, first = float(np.round(rng.uniform(0.98, 0.999), 4)), int(rng.integers(2, 25))
        kinds.append((keras, float(10 ** rng.uniform(-8, -5)), beta2, first))
    cases = []
    for keras, epsilon, beta2, first in kinds:
        t = first + np.arange(5)
        beside = epsilon / np.sqrt(1 - beta2**t) if keras else np.full(5, epsilon)
        g = float(beside[0] * rng.uniform(0.3, 3) * rng.choice([-1, 1]))
        shares = abs(g) / (abs(g) + beside)
        cases.append({"g": g, "shares": shares, "beta2": beta2, "first": first})
    return cases


UNLIKE = "not np.allclose(shares, shares.mean())"
ROOT = "np.sqrt(1 - beta2**t)"

WHOSE_ADAM = Task(
    name="whose-adam",
    function="whose_adam",
    title="Tell from a log whose Adam it was",
    lesson=LESSON,
    section=HIDES,
    points=2,
    right="One of the two places gives the same ε in every line of the log, and that is where it "
    "stands.",
    returns=("keras", "epsilon"),
    cases=logs,
    reference=whose_adam,
    builds_on=("epsilon-of-a-step",),
    misconceptions=(
        Misconception(
            "an ε that is PyTorch's in every log",
            edited(whose_adam, f"{UNLIKE} → False"),
            "Compute ε from each line of the log. Is it the same in all of them?",
        ),
        Misconception(
            "an ε that is Keras' in every log",
            edited(whose_adam, f"{UNLIKE} → True"),
            "In some logs all shares are equal. Could Keras have written them?",
        ),
        Misconception(
            "a comparison that takes small numbers for equal",
            edited(
                whose_adam, "np.allclose(shares, shares.mean()) → np.allclose(epsilon, epsilon[0])"
            ),
            "`np.allclose` takes numbers that differ by less than 1e-8 for equal, and ε itself may "
            "be as small. The shares are not.",
        ),
        Misconception(
            "PyTorch and Keras the wrong way round",
            edited(whose_adam, "return keras → return not keras"),
            "True means Keras. Equal gradients: whose steps grow along the way?",
        ),
        Misconception(
            "the wrong place, with the ε that belongs to it",
            edited(whose_adam, "keras = not → keras ="),
            "Equal gradients: whose steps grow along the way, and whose stay as they are?",
        ),
        Misconception(
            "Keras' ε, untranslated",
            edited(whose_adam, f"epsilon * {ROOT} → epsilon[:1]"),
            "The framework is right. But this is the ε that PyTorch would need in one step, not "
            "the one that was set in Keras.",
        ),
        Misconception(
            "a translation in the other direction",
            edited(whose_adam, f"epsilon * {ROOT} → epsilon[:1] / {ROOT}[0]"),
            "√v is smaller than √v̂. So what is added to it has to be smaller, too.",
        ),
        Misconception(
            "a translation without the root",
            edited(whose_adam, f"epsilon * {ROOT} → epsilon[:1] * (1 - beta2**t)[0]"),
            "v is corrected by 1 − β₂ᵗ. By what is √v corrected?",
        ),
        Misconception(
            "steps that are counted from 1 in every log",
            edited(
                whose_adam,
                "first, first + len(shares) → 1, 1 + len(shares)",
                "epsilon.mean() → epsilon[0]",
            ),
            "A log may begin late: its first line is step number `first`.",
        ),
        Misconception(
            "steps that are counted from 0",
            edited(
                whose_adam,
                "first, first + len(shares) → first - 1, first - 1 + len(shares)",
                "epsilon.mean() → epsilon[0]",
            ),
            "The first line of the log is step number `first`, and so is its t.",
        ),
    ),
    rtol=1e-6,
    atol=0.0,
    show_target=False,
)


# Predict: two balls and a plan


def two_ends(rates, momentum):
    """Return where a push of 1 carries the balls of PyTorch and of Keras under a plan of rates."""
    buffer = momentum ** np.arange(len(rates))
    pytorch = -(rates * buffer).sum()
    keras = -rates[0] * buffer.sum()
    return pytorch, keras


TWO_ENDS = Task(
    name="two-ends",
    function="two_ends",
    title="Predict where two balls come to rest",
    lesson=LESSON,
    section=INSIDE,
    points=2,
    right="PyTorch's ball meets each rate of the plan, and Keras' keeps the one with which it was "
    "pushed.",
    returns=("pytorch", "keras"),
    cases=lambda rng: [
        {"rates": np.array([0.1, 0.01]), "momentum": 0.9},
        {"rates": np.array([0.0, 0.1, 0.2, 0.3]), "momentum": 0.5},
        {
            "rates": np.round(rng.uniform(0.01, 0.5, size=rng.integers(5, 9)), 3),
            "momentum": float(np.round(rng.uniform(0.6, 0.95), 3)),
        },
    ],
    reference=two_ends,
    misconceptions=(
        Misconception(
            "two balls that follow the plan",
            edited(two_ends, "-rates[0] * buffer.sum() → pytorch"),
            "Right for PyTorch. Keras' buffer holds steps: which rate is in them?",
        ),
        Misconception(
            "two balls that keep their first rate",
            edited(two_ends, "-(rates * buffer).sum() → -rates[0] * buffer.sum()"),
            "Right for Keras. PyTorch multiplies by the rate at the end of each step: by which?",
        ),
        Misconception(
            "the two frameworks swapped",
            edited(two_ends, "return pytorch, keras → return keras, pytorch"),
            "PyTorch's buffer holds gradients and Keras' holds steps. PyTorch comes first.",
        ),
        Misconception(
            "a Keras that multiplies its buffer by the rate once more",
            edited(two_ends, "-rates[0] * buffer.sum() → -rates[0] * (rates * buffer).sum()"),
            "Keras adds its buffer to θ as it is. The rate is inside already.",
        ),
        Misconception(
            "balls that roll uphill",
            edited(two_ends, "-(rates → (rates", "-rates[0] → rates[0]"),
            "The gradient is 1, and a step goes against it.",
        ),
        Misconception(
            "balls that stop with the gradient",
            edited(two_ends, "momentum ** np.arange(len(rates)) → np.eye(len(rates))[0]"),
            "No gradient means no push. A ball that rolls goes on rolling.",
        ),
        Misconception(
            "balls without friction",
            edited(two_ends, "momentum ** np.arange(len(rates)) → np.ones(len(rates))"),
            "In each step the buffer is multiplied by the momentum, gradient or not.",
        ),
        Misconception(
            "balls that roll on for ever",
            edited(two_ends, "buffer.sum() → 1 / (1 - momentum)"),
            "The plan ends: so many rates, so many steps.",
        ),
        Misconception(
            "a buffer that has lost a part of the push already",
            edited(two_ends, "np.arange(len(rates)) → np.arange(1, len(rates) + 1)"),
            "In the first step the buffer is momentum · 0 + 1.",
        ),
        Misconception(
            "an average of gradients",
            edited(two_ends, "momentum ** → (1 - momentum) * momentum **"),
            "Both buffers add the new gradient in whole. An average would take a share of it.",
        ),
        Misconception(
            "the last step without the way before it",
            edited(
                two_ends,
                "(rates * buffer).sum() → rates[-1] * buffer[-1]",
                "buffer.sum() → buffer[-1]",
            ),
            "Where does θ end? Add up all steps.",
        ),
    ),
    show_target=False,
)


# Find the bugs: a loop whose loss falls


def line_loss(inputs, targets, weights):
    """Return the mean squared error of a linear model."""
    return np.mean((inputs @ weights - targets) ** 2)


def line_gradient(inputs, targets, weights):
    """Return the gradient of `line_loss`."""
    return 2 * inputs.T @ (inputs @ weights - targets) / len(targets)


def clipped(gradient, limit):
    """Return a gradient whose norm is at most ``limit``, all of it shrunk by one factor."""
    norm = np.sqrt((gradient**2).sum())
    return gradient * min(1, limit / norm) if norm > 0 else gradient


def train(inputs, targets, weights, epochs, lr, limit):
    """Return the loss before each epoch of a linear model that Adam trains."""
    adam, losses = Adam(lr), []
    for _ in range(epochs):
        losses.append(line_loss(inputs, targets, weights))
        grad = line_gradient(inputs, targets, weights)
        grad = clipped(grad, limit)
        weights = adam.step(weights, grad)
    return np.array(losses)


GRAD_KEPT = "Adam(lr), [] → Adam(lr), []\n    grad = np.zeros_like(weights)"
GRAD_ADDED = "grad = line_gradient → grad = grad + line_gradient"
NEW_ADAM = "losses.append → adam = Adam(lr)\n        losses.append"
NOT_CLIPPED = "        grad = clipped(grad, limit)\n →"
CLIPPED_FIRST = (
    "        grad = grad + → \n        grad = clipped(grad, limit)\n        grad = grad +"
)


def training_cases(rng):
    """Return linear regressions with a start, a number of epochs, a rate and a limit."""

    def draw(*shape):
        return np.round(rng.normal(size=shape), 2)

    return [
        {
            "inputs": draw(n, d),
            "targets": draw(n),
            "weights": draw(d) + 3,
            "epochs": epochs,
            "lr": lr,
            "limit": limit,
        }
        for n, d, epochs, lr, limit in (
            (4, 1, 3, 0.5, 1.0),
            (8, 2, 6, 0.5, 0.5),
            (20, 3, 30, 0.2, 2.0),
        )
    ]


REPAIRED_LOOP = Task(
    name="repaired-loop",
    function="train",
    title="Repair a loop whose loss falls",
    lesson=LESSON,
    section=NOTHING,
    points=3,
    right="Each step uses the gradient of its own epoch, clipped and no other, and one Adam keeps "
    "its m, v and t through all of them.",
    returns=("losses",),
    cases=training_cases,
    reference=train,
    misconceptions=(
        Misconception(
            "the listing with all of its bugs",
            edited(train, GRAD_KEPT, GRAD_ADDED, NEW_ADAM, NOT_CLIPPED, CLIPPED_FIRST),
            "Print `model.grad` and `adam.t` in each epoch. Which of them surprises you?",
        ),
        Misconception(
            "a loop whose weights never move",
            edited(train, "        weights = adam.step(weights, grad)\n →"),
            "All losses are alike. Who should move the weights?",
        ),
        Misconception(
            "the listing with its Adam repaired",
            edited(train, GRAD_KEPT, GRAD_ADDED, NOT_CLIPPED, CLIPPED_FIRST),
            "Two bugs are left. Print `model.grad` right before the step: is it this epoch's, and "
            "is it within the limit?",
        ),
        Misconception(
            "the listing with its clipping repaired",
            edited(train, GRAD_KEPT, GRAD_ADDED, NEW_ADAM),
            "Two bugs are left. Print `model.grad` before and after `backward`, and `adam.t`.",
        ),
        Misconception(
            "the listing with its gradient emptied",
            edited(train, NEW_ADAM, NOT_CLIPPED),
            "Two bugs are left. Print `adam.t`, and the norm of `model.grad` before the step.",
        ),
        Misconception(
            "a loop that makes a new Adam in each epoch",
            edited(train, NEW_ADAM),
            "A new Adam knows no m and no v, and its t starts again at 1. With a new Adam you also "
            "cannot see whether clipping is right: its first step hides all factors.",
        ),
        Misconception(
            "a loop that never empties the gradient",
            edited(train, GRAD_KEPT, GRAD_ADDED),
            "One bug is left. `backward` adds to what is there.",
        ),
        Misconception(
            "a loop whose clipping does nothing",
            edited(train, NOT_CLIPPED),
            "Print the norm of `model.grad` right before the step: is it within the limit?",
            SWITCHES,
        ),
        Misconception(
            "a loop that steps before it looks",
            edited(
                train,
                GRAD_KEPT,
                "grad = line_gradient → old, grad = grad, line_gradient",
                "(weights, grad) → (weights, old)",
            ),
            "The step uses the gradient of the epoch before.",
        ),
        Misconception(
            "a loop that records the loss after the step",
            edited(
                train,
                "        losses.append(line_loss(inputs, targets, weights))\n →",
                "adam.step(weights, grad) → adam.step(weights, grad)\n"
                "        losses.append(line_loss(inputs, targets, weights))",
            ),
            "The first loss is that of the weights as they came: record it before they move.",
        ),
        Misconception(
            "the last loss alone",
            edited(train, "np.array(losses) → losses[-1]"),
            "Return the losses of all epochs.",
        ),
    ),
)


# Infer: what the groups were told


def group_settings(theta, grad, after, group):
    """Return the rate and the decay of each group, from AdamW's first step."""
    rates, decays = [], []
    for k in range(group.max() + 1):
        mine = group == k
        parts = np.column_stack([np.sign(grad[mine]), theta[mine]])
        rate, shrink = np.linalg.lstsq(parts, (theta - after)[mine])[0]
        rates.append(rate)
        decays.append(shrink / rate)
    return np.array(rates), np.array(decays)


def grouped_cases(rng):
    """Return first steps of AdamW with two or three groups; some gradients are 0."""
    cases = []
    for group, lr, decay in (
        ([0, 0, 1, 1], [0.1, 0.1], [0.5, 0.0]),
        ([0, 1, 0, 1, 1], [0.1, 0.02], [0.0, 0.3]),
        ([2, 0, 1, 1, 2, 0, 0, 1, 2], *np.round(rng.uniform(0.01, 0.4, size=(2, 3)), 3)),
    ):
        group, lr, decay = map(np.array, (group, lr, decay))
        theta = np.empty(len(group))
        for k in range(len(lr)):  # the signs of the first two differ, and so do the sizes
            sizes = rng.permutation([1.0, 2.0, 3.0])[: (group == k).sum()]
            sizes = sizes + np.round(rng.uniform(0, 0.9, len(sizes)), 2)
            theta[group == k] = sizes * [1, -1, 1][: len(sizes)]
        grad = np.round(rng.uniform(0.2, 3, len(group)) * rng.choice([-1, 1], len(group)), 2)
        for k in range(len(lr)):  # θ times the sign of g differs within a group
            first, second = np.flatnonzero(group == k)[:2]
            grad[second] = abs(grad[second]) * np.sign(grad[first]) * rng.choice([1, 0.5])
            if (group == k).sum() == 3:
                grad[np.flatnonzero(group == k)[2]] = 0
        after = theta - lr[group] * (np.sign(grad) + decay[group] * theta)
        cases.append({"theta": theta, "grad": grad, "after": after, "group": group})
    return cases


SOLVED = "np.linalg.lstsq(parts, (theta - after)[mine])[0]"

GROUP_SETTINGS = Task(
    name="group-settings",
    function="group_settings",
    title="Read the settings of groups off one step",
    lesson=LESSON,
    section=SWITCHES,
    points=3,
    right="Of a first step each parameter owes α to its gradient's sign and αλθ to its decay, so "
    "two parameters of a group give both away.",
    returns=("lr", "decay"),
    cases=grouped_cases,
    reference=group_settings,
    misconceptions=(
        Misconception(
            "a decay that still contains the rate",
            edited(group_settings, "shrink / rate → shrink"),
            "A step takes α λ θ. You have found α λ.",
        ),
        Misconception(
            "the length of the first step as the rate",
            edited(
                group_settings,
                f"rate, shrink = {SOLVED} → rate, shrink = np.abs(theta - after)[mine][0], 0.0",
            ),
            "A part of this step is decay. How does a second parameter of the group tell them "
            "apart?",
        ),
        Misconception(
            "one setting for all groups",
            edited(group_settings, "mine = group == k → mine = group >= 0"),
            "Look at one group at a time: `theta[group == 0]` has its parameters.",
        ),
        Misconception(
            "a first step that is as long as the gradient",
            edited(group_settings, "np.sign(grad[mine]) → grad[mine]"),
            "That is gradient descent. How long is Adam's first step, whatever the gradient's "
            "size?",
        ),
        Misconception(
            "a step that always goes down",
            edited(group_settings, "np.sign(grad[mine]) → np.ones(mine.sum())"),
            "Where a gradient is negative the step goes up, and without a gradient Adam does not "
            "move.",
        ),
        Misconception(
            "a decay that makes parameters grow",
            edited(group_settings, "theta[mine]] → -theta[mine]]"),
            "Decay takes from θ: towards 0. Is yours negative?",
        ),
        Misconception(
            "a rate that makes the loss grow",
            edited(group_settings, "np.sign(grad[mine]) → -np.sign(grad[mine])"),
            "A step goes against its gradient, with a positive rate.",
        ),
        Misconception(
            "a decay of what the step has left",
            edited(group_settings, "theta[mine]] → theta[mine] - 0.1 * np.sign(grad[mine])]"),
            "AdamW takes its decay from θ as it was before the step.",
        ),
        Misconception(
            "the rates and the decays in the wrong order",
            edited(
                group_settings,
                "np.array(rates), np.array(decays) → np.array(decays), np.array(rates)",
            ),
            "The rates come first.",
        ),
    ),
    rtol=1e-6,
    atol=1e-9,
    show_target=False,
)


# Experiment: a scale for the loss


def loss_scale(gradients):
    """Return the largest power of two that keeps all gradients finite in float16."""
    room = 65504 / np.abs(gradients).max()
    return 2.0 ** np.floor(np.log2(room))


def scale_fault(gradients, scale):
    """Return what a loss scale does to gradients in float16, or "" if they survive."""
    if not scale > 0:
        return f"a scale should be a positive number, but it is {float(scale):.4g}"
    if np.log2(scale) % 1:
        return f"{float(scale):.6g} is not a power of two, and rounds the digits it should save"
    with np.errstate(over="ignore"):
        half = (gradients * scale).astype(np.float16)
    if not np.isfinite(half).all():
        return f"with the scale {float(scale):.4g} the largest gradient is infinite in float16"
    if not half.all():
        return f"with the scale {float(scale):.4g} the smallest gradient is zero in float16"
    if np.abs(half / scale / gradients - 1).max() > 1e-3:
        return f"with the scale {float(scale):.4g} the smallest gradient keeps too few digits"
    return ""


def scale_cases(rng):
    """Return gradients that span eight decades, so that few scales keep both ends."""
    cases = []
    for largest in (1e-4, 10 ** rng.uniform(1, 4), 10 ** rng.uniform(-9, -7)):
        sizes = largest * 10.0 ** np.array([-8.2, -6.0, -3.5, -1.0, 0.0])
        cases.append({"gradients": sizes * [1, -1, -1, 1, -1]})
    return cases


LOSS_SCALE = Task(
    name="loss-scale",
    function="loss_scale",
    title="Find a scale that saves small gradients",
    lesson=LESSON,
    section=SWITCHES,
    points=2,
    right="A power of two changes no digit, and with yours the smallest gradient is large enough "
    "for float16 while the largest stays finite.",
    returns=("scale",),
    cases=scale_cases,
    reference=loss_scale,
    misconceptions=(
        Misconception(
            "no scale at all",
            edited(loss_scale, "2.0 ** np.floor(np.log2(room)) → 1.0"),
            "Look at `np.float16(1e-8)`. By what would you multiply to keep it?",
        ),
        Misconception(
            "the value that PyTorch's scaler starts with",
            edited(loss_scale, "np.floor(np.log2(room)) → 16"),
            "2¹⁶ is a first guess; the scaler halves it whenever something turns infinite. You "
            "know the gradients, so you need not guess.",
        ),
        Misconception(
            "a scale that brings the largest gradient to 1",
            edited(loss_scale, "65504 → 1"),
            "float16 goes up to 65504. Between 1 and there you leave four decades unused.",
        ),
        Misconception(
            "a scale that only just keeps the smallest gradient from zero",
            edited(
                loss_scale,
                "65504 / np.abs(gradients).max() → 2.0**-24 / np.abs(gradients).min()",
                "floor → ceil",
            ),
            "Below 2⁻¹⁴, about 6e-5, float16 has fewer and fewer digits. Go higher.",
        ),
        Misconception(
            "a scale that is not a power of two",
            edited(loss_scale, "2.0 ** np.floor(np.log2(room)) → room"),
            "Nearly. Multiplying by a power of two changes no digit: take the next one below.",
        ),
        Misconception(
            "a power of two above the limit",
            edited(loss_scale, "floor → ceil"),
            "Round down, not up: the largest gradient has to stay below 65504.",
        ),
        Misconception(
            "a scale upside down",
            edited(loss_scale, "65504 / np.abs(gradients).max() → np.abs(gradients).max() / 65504"),
            "The scale multiplies. Small gradients need a large one.",
        ),
        Misconception(
            "a scale that looks at signs",
            edited(loss_scale, "np.abs(gradients) → gradients"),
            "The largest gradient may be negative: take absolute values first.",
        ),
    ),
    accepts=scale_fault,
    show_target=False,
    right_all_the_same={"line 3: 65504 → 65505": "what float16 rounds to its largest number"},
)

# A stretch: what a checkpoint had kept


def what_was_kept(before, after, moves, beta1, beta2):
    """Return whether m, v and t were kept when a training went on from a file."""
    m = v = 0.0
    for g in before:
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
    misses = {}
    for kept in product((True, False), repeat=3):
        m_now, v_now, t = m * kept[0], v * kept[1], len(before) * kept[2]
        misses[kept] = 0.0
        for g, move in zip(after, moves, strict=True):
            m_now, v_now = beta1 * m_now + (1 - beta1) * g, beta2 * v_now + (1 - beta2) * g**2
            t = t + 1
            mine = -m_now / (1 - beta1**t) / np.sqrt(v_now / (1 - beta2**t))
            misses[kept] = max(misses[kept], abs(mine - move))
    return min(misses, key=misses.get)


def moved_on(before, after, beta1, beta2, kept):
    """Return the moves after a training has gone on, in units of α."""
    adam, theta = Adam(1.0, beta1=beta1, beta2=beta2, eps=0.0), np.zeros(1)
    for g in before:
        theta = adam.step(theta, np.array([g]))
    state = dict(adam.state)
    m, v, t = state["m"] * kept[0], state["v"] * kept[1], len(before) * kept[2]
    moves = []
    for g in after:
        m, v, t = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2, t + 1
        moves.append((-m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t))).item())
    return np.array(moves)


def kept_cases(rng):
    """Return trainings that went on with every part of the state kept or lost."""
    cases = []
    kinds = [(1, 1, 1), (0, 0, 0), (1, 1, 0), *product((1, 0), repeat=3)]
    for kept, size in zip(kinds, [1, 1, 1] + [1, 0.02, 30, 4] * 2, strict=True):
        steps, more = (300, 3) if size == 1 else rng.integers(2, 9, 2)
        before, after = (np.round(size * rng.normal(0.5, 1, n), 3) for n in (steps, more))
        before[before == 0], after[after == 0] = size, size
        low, high = ((0.9, 0.98), (0.9, 0.999)) if size == 1 else ((0.3, 0.4), (0.9, 0.99))
        beta1, beta2 = np.round(rng.uniform(low, high), 3).tolist()
        betas = {"beta1": beta1, "beta2": beta2}
        moves = moved_on(before, after, **betas, kept=kept)
        cases.append({"before": before, "after": after, "moves": moves, **betas})
    return cases


WHAT_WAS_KEPT = Task(
    name="what-was-kept",
    function="what_was_kept",
    title="Tell what a checkpoint had kept",
    lesson=LESSON,
    section=SAVED,
    points=0,
    right="Each of the eight ways to go on has moves of its own, and one of them is that of the "
    "log.",
    returns=("m", "v", "t"),
    cases=kept_cases,
    reference=what_was_kept,
    misconceptions=(
        Misconception(
            "what was lost in place of what was kept",
            edited(
                what_was_kept,
                "misses[kept] = 0.0 → kept = tuple(not one for one in kept)\n"
                "        misses[kept] = 0.0",
            ),
            "The function says what was *kept*: True for a part that was in the file.",
        ),
        Misconception(
            "a file with everything or nothing in it",
            edited(what_was_kept, "product((True, False), repeat=3) → (3 * (True,), 3 * (False,))"),
            "A file may hold m and v without t, or any other part alone. How many ways are there?",
        ),
        Misconception(
            "a file that always has t in it",
            edited(what_was_kept, "len(before) * kept[2] → len(before)"),
            "Without t the corrections begin anew, with 1 − β₁ and 1 − β₂.",
        ),
        Misconception(
            "a file that never has t in it",
            edited(what_was_kept, "len(before) * kept[2] → 0"),
            "With t kept the corrections go on: t is the number of steps before, plus one.",
        ),
        Misconception(
            "m and v in the wrong order",
            edited(what_was_kept, "m * kept[0], v * kept[1] → m * kept[1], v * kept[0]"),
            "Return m first, then v, then t.",
        ),
        Misconception(
            "moves with the wrong sign",
            edited(what_was_kept, "-m_now → m_now"),
            "`moves` are changes of θ: they go against the gradient.",
        ),
    ),
    show_target=False,
    right_all_the_same={"line 10: True → 2": "the two have one length"},
)

EXERCISE = Exercise(
    name=LESSON,
    title="Adam in PyTorch, Keras and Optax",
    minutes=55,
    tasks=(
        EPSILON_OF_A_STEP,
        WHOSE_ADAM,
        TWO_ENDS,
        REPAIRED_LOOP,
        GROUP_SETTINGS,
        LOSS_SCALE,
        WHAT_WAS_KEPT,
    ),
    by_person=2,
)
