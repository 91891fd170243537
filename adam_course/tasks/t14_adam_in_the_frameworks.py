"""The tasks of exercise 14: translate ε, repair a loop, clip, group, coast, find a loss scale.

None of them needs a framework: what the frameworks do is written in NumPy.
"""

import numpy as np

from adam_course.optimizers import Adam
from adam_course.tasks.edited import edited
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "14_adam_in_the_frameworks"
HIDES = "Where ε hides"
NOTHING = "A loop that learns nothing"
SWITCHES = "Four switches"
INSIDE = "Where the rate sits"


# Implement: ε in another framework


def keras_epsilon(eps, beta2, t):
    """Return the ε with which Keras' step t is the paper's: it is added before the correction."""
    return eps * np.sqrt(1 - beta2**t)


KERAS_EPSILON = Task(
    name="keras-epsilon",
    function="keras_epsilon",
    title="Translate ε from PyTorch to Keras",
    lesson=LESSON,
    section=HIDES,
    points=2,
    right="√v is √v̂ times √(1 − β₂ᵗ), so an ε that is added to it has to be smaller by the same "
    "factor, which changes from step to step.",
    returns=("epsilon",),
    cases=lambda rng: [
        {"eps": 1e-8, "beta2": 0.999, "t": 1},
        {"eps": 1e-8, "beta2": 0.999, "t": 1000},
        {"eps": 1e-3, "beta2": 0.9, "t": 3},
        {
            "eps": float(10 ** rng.uniform(-8, -4)),
            "beta2": float(rng.uniform(0.9, 0.99)),
            "t": int(rng.integers(2, 20)),
        },
    ],
    reference=keras_epsilon,
    misconceptions=(
        Misconception(
            "the ε of PyTorch, untranslated",
            edited(keras_epsilon, " * np.sqrt(1 - beta2**t) →"),
            "PyTorch adds ε to √v̂, Keras adds it to √v. Which of the two roots is smaller?",
        ),
        Misconception(
            "the translation in the other direction",
            edited(keras_epsilon, "eps * np.sqrt → eps / np.sqrt"),
            "√v is smaller than √v̂, so what is added to it has to be smaller too.",
        ),
        Misconception(
            "a translation without the root",
            edited(keras_epsilon, "np.sqrt →"),
            "v is corrected by 1 − β₂ᵗ. By what is √v corrected?",
        ),
        Misconception(
            "a translation for the first step only",
            edited(keras_epsilon, "beta2**t → beta2"),
            "β₂ᵗ is a power. In later steps the correction fades, and the two ε come together.",
        ),
        Misconception(
            "a translation with β₂ · t instead of β₂ᵗ",
            edited(keras_epsilon, "1 - beta2**t → abs(1 - beta2 * t)"),
            "β₂ᵗ is a power, `beta2**t`.",
        ),
        Misconception(
            "the share that v still lacks",
            edited(keras_epsilon, "1 - beta2**t → beta2**t"),
            "v has been filled to the share 1 − β₂ᵗ; β₂ᵗ is what is missing.",
        ),
        Misconception(
            "Keras' default",
            edited(keras_epsilon, "eps * np.sqrt(1 - beta2**t) → 1e-7"),
            "That is what Keras takes when nobody says anything. Here you say something.",
        ),
    ),
    atol=0.0,
)


# Find the bugs: a loop that learns nothing


def line_loss(inputs, targets, weights):
    """Return the mean squared error of a linear model."""
    return np.mean((inputs @ weights - targets) ** 2)


def line_gradient(inputs, targets, weights):
    """Return the gradient of `line_loss`."""
    return 2 * inputs.T @ (inputs @ weights - targets) / len(targets)


def train(inputs, targets, weights, epochs, lr):
    """Return the loss before each epoch of a linear model that Adam trains."""
    adam, losses = Adam(lr), []
    for _ in range(epochs):
        losses.append(line_loss(inputs, targets, weights))
        grad = line_gradient(inputs, targets, weights)
        weights = adam.step(weights, grad)
    return np.array(losses)


GRAD_KEPT = "Adam(lr), [] → Adam(lr), []\n    grad = np.zeros_like(weights)"
GRAD_ADDED = "grad = line_gradient → grad = grad + line_gradient"
NEW_ADAM = "losses.append → adam = Adam(lr)\n        losses.append"


def training_cases(rng):
    """Return linear regressions with a start, a number of epochs and a rate."""

    def draw(*shape):
        return np.round(rng.normal(size=shape), 2)

    return [
        {
            "inputs": draw(n, d),
            "targets": draw(n),
            "weights": draw(d) + 3,
            "epochs": epochs,
            "lr": lr,
        }
        for n, d, epochs, lr in ((4, 1, 3, 0.1), (8, 2, 6, 0.1), (20, 3, 30, 0.2))
    ]


REPAIRED_LOOP = Task(
    name="repaired-loop",
    function="train",
    title="Repair a loop that learns nothing",
    lesson=LESSON,
    section=NOTHING,
    points=3,
    right="Each step uses the gradient of its own epoch and no other, and one Adam keeps its m, v "
    "and t through all of them.",
    returns=("losses",),
    cases=training_cases,
    reference=train,
    misconceptions=(
        Misconception(
            "the listing with all of its bugs, or one whose weights never move",
            edited(train, "        weights = adam.step(weights, grad)\n →"),
            "All losses are alike. Empty the gradient, fill it, use it: three calls, in this "
            "order, in each epoch.",
        ),
        Misconception(
            "a loop that never empties the gradient",
            edited(train, GRAD_KEPT, GRAD_ADDED),
            "`backward` adds to what is there. What has to come before it, in each epoch?",
        ),
        Misconception(
            "a loop that makes a new Adam in each epoch",
            edited(train, NEW_ADAM),
            "A new Adam knows no m and no v, and its t starts again at 1. Make it once.",
        ),
        Misconception(
            "a loop with a new Adam in each epoch and a gradient that is never emptied",
            edited(train, GRAD_KEPT, GRAD_ADDED, NEW_ADAM),
            "Two are left: make Adam once, before the loop, and empty the gradient inside it.",
        ),
        Misconception(
            "a loop that steps before it looks",
            edited(
                train,
                GRAD_KEPT,
                "grad = line_gradient → old, grad = grad, line_gradient",
                "(weights, grad) → (weights, old)",
            ),
            "The step uses the gradient of the epoch before. `backward` comes first, then `step`.",
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


# Implement: clip by the global norm


def clipped(gradients, limit):
    """Return gradients scaled by one factor, so that their joint norm is at most ``limit``."""
    norm = np.sqrt((gradients**2).sum())
    return gradients * np.minimum(1, limit / norm)


def clipping_cases(rng):
    """Return gradients above the limit and below it, of rows that differ in size, and zeros."""
    even = np.array([[3.0, 0.0], [0.0, 4.0]])
    uneven = np.round(rng.normal(size=(3, 4)) * [[10.0], [1.0], [0.1]], 3)
    beyond = float(np.ceil(1.2 * np.abs(uneven).sum()))  # no norm of them is as long
    return [
        {"gradients": even, "limit": 1.0},
        {"gradients": even, "limit": 20.0},
        {"gradients": uneven, "limit": 0.5},
        {"gradients": uneven, "limit": 3.0},
        {"gradients": uneven, "limit": beyond},
        {"gradients": np.zeros((2, 3)), "limit": 1.0},
    ]


CLIPPED = Task(
    name="clipped",
    function="clipped",
    title="Clip by the global norm",
    lesson=LESSON,
    section=SWITCHES,
    points=3,
    right="One norm of all numbers gives one factor, never above 1, so that the direction stays "
    "and a short gradient is left as it was.",
    returns=("gradients",),
    cases=clipping_cases,
    reference=clipped,
    misconceptions=(
        Misconception(
            "clipping of each number by itself",
            edited(
                clipped,
                "gradients * np.minimum(1, limit / norm) → np.clip(gradients, -limit, limit)",
            ),
            "That turns the direction. Scale all numbers by one factor.",
        ),
        Misconception(
            "clipping of each row by itself",
            edited(clipped, "sum() → sum(axis=1, keepdims=True)"),
            "The norm is global: one number for all rows together.",
        ),
        Misconception(
            "a norm that adds up the norms of the rows",
            edited(clipped, "sum()) → sum(axis=1)).sum()"),
            "Add up the squares of all numbers, and take the root once, at the end.",
        ),
        Misconception(
            "scaling to the limit even from below",
            edited(clipped, "np.minimum(1, limit / norm) → limit / max(norm, 1e-300)"),
            "A gradient that is shorter than the limit stays as it is.",
        ),
        Misconception(
            "a norm without its root",
            edited(clipped, "np.sqrt((gradients**2).sum()) → (gradients**2).sum()"),
            "The norm is the *root* of the sum of squares.",
        ),
        Misconception(
            "a norm of absolute values",
            edited(clipped, "np.sqrt((gradients**2).sum()) → np.abs(gradients).sum()"),
            "The norm that is meant adds up squares, and takes the root.",
        ),
        Misconception(
            "a norm that sees the largest number alone",
            edited(clipped, "np.sqrt((gradients**2).sum()) → np.abs(gradients).max()"),
            "All numbers count: the root of the sum of their squares.",
        ),
        Misconception(
            "the root mean square in place of the norm",
            edited(clipped, "sum() → mean()"),
            "A norm adds up the squares. It does not divide by how many there are.",
        ),
        Misconception(
            "the norm of a matrix, not of all its numbers",
            edited(clipped, "np.sqrt((gradients**2).sum()) → np.linalg.norm(gradients, 2)"),
            "With a 2 `np.linalg.norm` takes another norm of a matrix. Without it, it adds up all "
            "squares.",
        ),
        Misconception(
            "a norm that sees the longest row alone",
            edited(clipped, "sum()) → sum(axis=1)).max()"),
            "All rows count: the root of the sum of all squares.",
        ),
        Misconception(
            "scaling to length 1 instead of the limit",
            edited(clipped, "limit / norm) → limit / norm) / limit"),
            "Divide by the norm and multiply by the limit.",
        ),
        Misconception(
            "gradients that were not clipped",
            edited(clipped, " * np.minimum(1, limit / norm) →"),
            "Above the limit something has to happen.",
        ),
    ),
    rtol=1e-5,  # PyTorch divides by the norm + 1e-6, and so may a learner
)


# Implement: a step with parameter groups


def grouped_step(theta, direction, group, lr, decay):
    """Return theta after a step of AdamW in which every group has its own rate and decay."""
    return theta - lr[group] * (direction + decay[group] * theta)


def grouped_cases(rng):
    """Return parameters of two or three groups."""
    return [
        {
            "theta": np.round(rng.normal(size=n), 2) + 2,
            "direction": np.round(rng.uniform(-1, 1, size=n), 2),
            "group": np.array(group),
            "lr": np.array(lr),
            "decay": np.array(decay),
        }
        for n, group, lr, decay in (
            (2, [0, 1], [0.1, 0.1], [0.5, 0.0]),
            (4, [0, 1, 0, 1], [0.1, 0.02], [0.0, 0.3]),
            (5, [2, 0, 1, 1, 2], [0.3, 0.1, 0.01], [0.1, 0.0, 0.4]),
        )
    ]


GROUPED_STEP = Task(
    name="grouped-step",
    function="grouped_step",
    title="Take a step with parameter groups",
    lesson=LESSON,
    section=SWITCHES,
    points=2,
    right="Every parameter meets the rate and the decay of its own group, and the decay is taken "
    "of θ itself, times the rate.",
    returns=("theta",),
    cases=grouped_cases,
    reference=grouped_step,
    misconceptions=(
        Misconception(
            "a step with the first group's settings for all",
            edited(grouped_step, "lr[group] → lr[0]", "decay[group] → decay[0]"),
            "`lr[group]` has the rate of each parameter: an array of indices picks one by one.",
        ),
        Misconception(
            "a step with the first group's rate for all",
            edited(grouped_step, "lr[group] → lr[0]"),
            "The decay follows the groups already, and the rate should as well.",
        ),
        Misconception(
            "a step with the first group's decay for all",
            edited(grouped_step, "decay[group] → decay[0]"),
            "The rate follows the groups already, and the decay should as well.",
        ),
        Misconception(
            "a step without decay",
            edited(grouped_step, "(direction + decay[group] * theta) → direction"),
            "AdamW also shrinks each parameter by its rate times its decay.",
        ),
        Misconception(
            "a decay that is not times the rate",
            edited(
                grouped_step,
                "(direction + decay[group] * theta) → direction - decay[group] * theta",
            ),
            "The frameworks multiply the decay by the rate, so that it follows a schedule.",
        ),
        Misconception(
            "a decay that makes parameters grow",
            edited(grouped_step, "direction + → direction -"),
            "Decay takes away from theta, as the step does.",
        ),
        Misconception(
            "a decay of what the step has left",
            edited(
                grouped_step,
                "theta - lr[group] * (direction + decay[group] * theta) → "
                "(theta - lr[group] * direction) * (1 - lr[group] * decay[group])",
            ),
            "Decay is taken from theta as it was before the step.",
        ),
        Misconception(
            "the change without theta",
            edited(grouped_step, "theta - lr → -lr"),
            "Optax returns the change. Here the new parameters are asked for.",
        ),
        Misconception(
            "a step uphill",
            edited(grouped_step, "- lr → + lr", "direction + → direction -"),
            "`direction` is m̂ / (√v̂ + ε), which points uphill.",
        ),
    ),
)


# Predict: a ball that coasts


def coasting(buffer, momentum, lr_before, lr_after):
    """Return PyTorch's and Keras' next change of theta when the rate changes and g is 0."""
    pytorch = -lr_after * momentum * buffer
    keras = -lr_before * momentum * buffer
    return pytorch, keras


COASTING = Task(
    name="coasting",
    function="coasting",
    title="Predict two coasting balls",
    lesson=LESSON,
    section=INSIDE,
    points=1,
    right="PyTorch's buffer holds gradients and meets the new rate; Keras' holds steps, in which "
    "the old rate is contained already.",
    returns=("pytorch", "keras"),
    cases=lambda rng: [
        {"buffer": 1.0, "momentum": 0.9, "lr_before": 0.1, "lr_after": 0.01},
        {"buffer": -3.0, "momentum": 0.5, "lr_before": 0.2, "lr_after": 0.1},
        {
            "buffer": float(np.round(rng.normal() + 5, 2)),
            "momentum": float(np.round(rng.uniform(0.6, 0.95), 2)),
            "lr_before": 0.04,
            "lr_after": 0.3,
        },
    ],
    reference=coasting,
    misconceptions=(
        Misconception(
            "two balls that slow at once",
            edited(coasting, "lr_before * → lr_after *"),
            "Right for PyTorch. Keras' buffer holds steps: which rate is in them?",
        ),
        Misconception(
            "two balls that keep their speed",
            edited(coasting, "lr_after * → lr_before *"),
            "Right for Keras. PyTorch multiplies by the rate after the buffer: by which rate?",
        ),
        Misconception(
            "the two frameworks swapped",
            edited(coasting, "pytorch, keras → keras, pytorch"),
            "PyTorch's buffer holds gradients and Keras' holds steps. PyTorch comes first.",
        ),
        Misconception(
            "a Keras whose buffer holds gradients",
            edited(coasting, "-lr_before * momentum → -momentum"),
            "Right for PyTorch. Keras adds its buffer to θ as it is, so a rate is in it already: "
            "which one?",
        ),
        Misconception(
            "balls without friction",
            edited(coasting, "lr_after * momentum → lr_after", "lr_before * momentum → lr_before"),
            "Before it is used the buffer is multiplied by the momentum, gradient or not.",
        ),
        Misconception(
            "balls that roll uphill",
            edited(coasting, "-lr_after → lr_after", "-lr_before → lr_before"),
            "The buffer holds gradients, which point uphill. Which sign has the step?",
        ),
        Misconception(
            "balls that stop with the gradient",
            edited(coasting, "pytorch, keras → 0.0, 0.0"),
            "No gradient means no push. A ball that rolls goes on rolling.",
        ),
        Misconception(
            "balls that move by their buffer alone",
            edited(
                coasting, "-lr_after * momentum → -momentum", "-lr_before * momentum → -momentum"
            ),
            "A rate comes in as well: in PyTorch after the buffer, in Keras before it.",
        ),
        Misconception(
            "an average of gradients",
            edited(
                coasting,
                "lr_after * momentum → lr_after * (1 - momentum)",
                "lr_before * momentum → lr_before * (1 - momentum)",
            ),
            "The old buffer keeps the share `momentum`; 1 − momentum is the new gradient's share "
            "in an average.",
        ),
    ),
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

EXERCISE = Exercise(
    name=LESSON,
    title="Adam in PyTorch, Keras and Optax",
    minutes=50,
    tasks=(
        KERAS_EPSILON,
        REPAIRED_LOOP,
        CLIPPED,
        GROUPED_STEP,
        COASTING,
        LOSS_SCALE,
    ),
)
