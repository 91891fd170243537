"""The tasks of exercise 06: Adam's step, its loop, its first step, its scale and its rate."""

import numpy as np

from adam_course.given import QuadraticGradient
from adam_course.tasks.edited import edited
from adam_course.tasks.shared import (
    bowl_runs,
    path_slips,
)
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "06_adam"
FIVE_STEPS = "The five steps"
MICROSCOPE = "Under the microscope"
FIRST = "How long is the first step?"
HILLTOP = "Example 2: a start next to a hilltop"
PARTS = "Which part comes from where"
PITFALLS = "What people get wrong"


# Implement: one step of Adam


def adam_step(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return the next (theta, m, v): Kingma & Ba 2015, Algorithm 1."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, m, v


UNTIL_100 = edited(adam_step, "/ (1 - beta2**t) → / (1 - beta2**t if t <= 100 else 1)")


def step_cases(rng):
    """Return steps early and late, of vectors and a matrix, with large, tiny and no gradients."""

    def draw(*shape):
        return np.round(rng.normal(size=shape), 2)

    def case(shape, t, **more):
        return {
            "theta": draw(*shape),
            "grad": draw(*shape),
            "m": draw(*shape),
            "v": np.round(rng.uniform(0.1, 2, size=shape), 2),
            "t": t,
            **more,
        }

    first = case((3,), 1, lr=0.1) | {"m": np.zeros(3), "v": np.zeros(3)}
    # Gradients about as small as eps show where eps stands; zeros show whether it is there.
    tiny = np.array([1e-8, -3e-8, 0.0])
    return [
        first,
        case((2,), 2, lr=0.1),
        case((4,), 10),
        case((2, 3), 3, lr=0.5, beta1=0.8, beta2=0.95, eps=0.1),
        first | {"grad": tiny},
        case((3,), 100, lr=0.01) | {"grad": tiny, "m": tiny / 2, "v": tiny**2},
        case((2,), int(rng.integers(200, 1500)), lr=1.0),
    ]


ADAM_STEP = Task(
    name="adam-step",
    function="adam_step",
    title="One step of Adam",
    lesson=LESSON,
    section=FIVE_STEPS,
    points=4,
    right="Each average is divided by the share that it holds, so the first step is already as "
    "long as the rate.",
    returns=("theta", "m", "v"),
    cases=step_cases,
    reference=adam_step,
    misconceptions=(
        Misconception(
            "Adam without bias correction",
            edited(adam_step, " / (1 - beta1**t) →", " / (1 - beta2**t) →"),
            "Both averages start at zero and are far too small at first. What are they divided by?",
            MICROSCOPE,
        ),
        Misconception(
            "Adam that corrects m but not v",
            edited(adam_step, " / (1 - beta2**t) →"),
            "A formula that leaves the hat off v is in print. v starts at zero just as m does.",
            MICROSCOPE,
        ),
        Misconception(
            "Adam that corrects v but not m",
            edited(adam_step, " / (1 - beta1**t) →"),
            "m starts at zero just as v does, and needs its own correction.",
            MICROSCOPE,
        ),
        Misconception(
            "Adam that corrects with β instead of βᵗ",
            edited(adam_step, "beta1**t → beta1", "beta2**t → beta2"),
            "Divide by 1 − βᵗ, `1 - beta1**t`: it grows to 1, so that the correction fades away.",
            PITFALLS,
        ),
        Misconception(
            "Adam that corrects with β · t instead of βᵗ",
            edited(adam_step, "beta1**t → beta1 * t", "beta2**t → beta2 * t"),
            "βᵗ is a power, `beta1**t`.",
            PITFALLS,
        ),
        Misconception(
            "Adam that multiplies by its correction",
            edited(
                adam_step,
                "/ (1 - beta1**t) → * (1 - beta1**t)",
                "/ (1 - beta2**t) → * (1 - beta2**t)",
            ),
            "m is too small at first, and 1 − βᵗ is below 1: multiplying makes it smaller still.",
            MICROSCOPE,
        ),
        Misconception(
            "Adam with t one too large",
            edited(adam_step, "beta1**t → beta1 ** (t + 1)", "beta2**t → beta2 ** (t + 1)"),
            "t counts from 1 and is already the number of this step: use it as it comes.",
            MICROSCOPE,
        ),
        Misconception(
            "Adam with t one too small",
            edited(adam_step, "beta1**t → beta1 ** (t - 1)", "beta2**t → beta2 ** (t - 1)"),
            "t counts from 1. With t − 1 the first step divides by zero.",
            MICROSCOPE,
        ),
        Misconception(
            "Adam that corrects its first step alone",
            edited(
                adam_step,
                "/ (1 - beta1**t) → / (1 - beta1 if t == 1 else 1)",
                "/ (1 - beta2**t) → / (1 - beta2 if t == 1 else 1)",
            ),
            "The averages stay too small for a while. The correction fades by itself: make it in "
            "every step.",
            MICROSCOPE,
        ),
        Misconception(
            "Adam that stops correcting v after 100 steps",
            UNTIL_100,
            "With β2 = 0.999 the correction of v lasts for thousands of steps. It fades by itself: "
            "make it in every step.",
            MICROSCOPE,
        ),
        Misconception(
            "Adam that takes the root before the correction",
            edited(
                adam_step, " / (1 - beta2**t) →", "np.sqrt(v_hat) → np.sqrt(v) / (1 - beta2**t)"
            ),
            "v is what is corrected: divide it by 1 − β2ᵗ first, and take the root of that.",
        ),
        Misconception(
            "Adam that keeps the corrected moments",
            edited(adam_step, "theta, m, v\n → theta, m_hat, v_hat\n"),
            "m̂ and v̂ are for this one step. Return m and v themselves, or the next step corrects "
            "what is corrected already.",
        ),
        Misconception(
            "Adam with ε inside the root",
            edited(adam_step, "(np.sqrt(v_hat) + eps) → np.sqrt(v_hat + eps)"),
            "The paper has √v̂ + ε. Inside the root an ε of 1e-8 acts like 1e-4: steps along small "
            "gradients shrink a hundredfold.",
            PITFALLS,
        ),
        Misconception(
            "Adam with ε added after the division",
            edited(adam_step, "m_hat / (np.sqrt(v_hat) + eps) → (m_hat / np.sqrt(v_hat) + eps)"),
            "ε belongs below the fraction bar, where it keeps the division defined: put √v̂ + ε in "
            "parentheses.",
            PITFALLS,
        ),
        Misconception(
            "Adam with ε added to the parameters",
            edited(adam_step, "(np.sqrt(v_hat) + eps) → np.sqrt(v_hat) + eps"),
            "Without parentheses, `a / b + eps` adds ε after the division. This slip is in print.",
            PITFALLS,
        ),
        Misconception(
            "Adam without ε",
            edited(adam_step, " + eps) → )"),
            "A gradient that has always been zero gives 0/0. What keeps the division defined?",
            FIRST,
        ),
        Misconception(
            "Adam with ε added before the correction",
            edited(
                adam_step, "(np.sqrt(v_hat) + eps) → (np.sqrt(v) + eps) * np.sqrt(1 - beta2**t)"
            ),
            "Keras computes it so, and the paper mentions it: a fine rule, whose ε means something "
            "else. Here ε is added to √v̂, after the correction.",
            HILLTOP,
        ),
        Misconception(
            "Adam without the root",
            edited(adam_step, "np.sqrt(v_hat) → v_hat"),
            "A formula without the root is in print. v̂ has the unit of g², so m̂/v̂ has the unit of "
            "1/g; the root makes the step free of units.",
        ),
        Misconception(
            "Adam uphill",
            edited(adam_step, "theta - lr → theta + lr"),
            "m̂ points uphill, as the gradient does. Which sign takes you down?",
        ),
        Misconception(
            "the step alone, without θ",
            edited(adam_step, "theta - lr → -lr"),
            "Return the new parameters: where you stood, and the step added to it.",
        ),
        Misconception(
            "Adam without its learning rate",
            edited(adam_step, "lr * m_hat → m_hat"),
            "m̂/(√v̂ + ε) is about 1 in size. lr says how far that takes you.",
        ),
        Misconception(
            "Adam that steps along g instead of m̂",
            edited(adam_step, "lr * m_hat → lr * grad"),
            "That is RMSProp, with a correction. Adam steps along the average m̂.",
            PARTS,
        ),
        Misconception(
            "Adam that steps with yesterday's moments",
            edited(
                adam_step,
                "m = → m_new =",
                "v = → v_new =",
                "theta, m, v\n → theta, m_new, v_new\n",
            ),
            "Let the new gradient into m and v first, then step with the new m and v.",
        ),
        Misconception(
            "Adam whose v averages g instead of g²",
            edited(adam_step, "grad**2 → grad"),
            "v is the average of squares, `grad**2`. Without the square it can be negative, and "
            "its root is NaN.",
        ),
        Misconception(
            "Adam whose v squares the sum over all parameters",
            edited(adam_step, "grad**2 → np.sum(grad**2)"),
            "Each parameter has a v of its own, which is what gives each its own step: square "
            "element by element, without a sum.",
        ),
        Misconception(
            "Adam with its betas swapped",
            edited(adam_step, "eps=1e-8):\n → eps=1e-8):\n    beta1, beta2 = beta2, beta1\n"),
            "β1 belongs to m, the average of gradients; β2, with the longer memory, to v.",
        ),
        Misconception(
            "Adam that weighs old and new the other way round",
            edited(
                adam_step,
                "beta1 * m + (1 - beta1) * grad → (1 - beta1) * m + beta1 * grad",
                "beta2 * v + (1 - beta2) * grad → (1 - beta2) * v + beta2 * grad",
            ),
            "With β1 = 0.9 the average keeps nine tenths of itself and lets in one tenth of g.",
        ),
        Misconception(
            "Adam without the factors 1 − β",
            edited(adam_step, "(1 - beta1) * grad → grad", "(1 - beta2) * grad → grad"),
            "An average needs weights that add up to 1: β of the old and 1 − β of the new.",
        ),
        Misconception(
            "Adam without the factor 1 − β1",
            edited(adam_step, "(1 - beta1) * grad → grad"),
            "That is the buffer of heavy-ball momentum. Adam's m is an average: weights β1 and "
            "1 − β1.",
            PARTS,
        ),
        Misconception(
            "Adam without the factor 1 − β2",
            edited(adam_step, "(1 - beta2) * grad → grad"),
            "v is an average: β2 of the old v and 1 − β2 of the new g².",
        ),
        Misconception(
            "AdaGrad's sum instead of an average",
            edited(
                adam_step, "beta2 * v + (1 - beta2) * grad**2 → v + grad**2", " / (1 - beta2**t) →"
            ),
            "A sum only grows, and steps only shrink. Adam's v forgets: it keeps β2 of itself.",
            PARTS,
        ),
    ),
)


# Implement: the loop around it


def adam(grad, theta, steps, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return the path of Adam, steps + 1 points."""
    m = v = np.zeros(theta.shape)
    path = [theta]
    for t in range(1, steps + 1):
        theta, m, v = adam_step(theta, grad(theta), m, v, t, lr, beta1, beta2, eps)
        path.append(theta)
    return np.array(path)


def loop_cases(rng):
    """Return bowls with a start and a number of steps; the last is nearly flat."""
    cases = bowl_runs(
        rng,
        ([1.0, 4.0], 1, {"lr": 0.1}),
        ([1.0, 4.0], 5, {"lr": 0.1}),
        ([1.0, 10.0], 8, {}),
        ([0.5, 2.0, 9.0], 30, {"lr": 0.2, "beta1": 0.8, "beta2": 0.95, "eps": 0.01}),
        ([1.0, 4.0], 130, {}),
        ([2.0, 6.0], 3, {"lr": 0.5}),
    )
    flat = cases[-1]["grad"]
    cases[-1]["grad"] = QuadraticGradient(1e-8 * flat.A, 1e-8 * flat.b)
    return cases


ADAM_LOOP = Task(
    name="adam-loop",
    function="adam",
    title="The loop around the step",
    lesson=LESSON,
    section=FIVE_STEPS,
    points=2,
    right="m and v are made once and carried along, t is 1 in the first step, and each gradient is "
    "taken where theta stands.",
    returns=("path",),
    cases=loop_cases,
    reference=adam,
    misconceptions=(
        Misconception(
            "Adam whose t stays at 1",
            edited(adam, "m, v, t, → m, v, 1,"),
            "The correction has to fade: t is 1 in the first step, 2 in the second, and so on.",
            PITFALLS,
        ),
        Misconception(
            "Adam whose t starts at 0",
            edited(adam, "range(1, steps + 1) → range(steps)"),
            "1 − β⁰ is zero, and the first step divides by it: count from 1.",
        ),
        Misconception(
            "Adam whose t starts at 2",
            edited(adam, "range(1, steps + 1) → range(2, steps + 2)"),
            "The first step has t = 1. Is t raised twice, or before its first use?",
        ),
        Misconception(
            "Adam without a memory",
            edited(adam, "theta, m, v = adam_step → theta, *_ = adam_step"),
            "m and v start from zero again in every step. Make them once, before the loop, and "
            "carry on with what adam_step returns.",
        ),
        Misconception(
            "Adam that never looks again",
            edited(adam, "grad(theta) → grad(path[0])"),
            "Call `grad(theta)` inside the loop, at every new point.",
        ),
        Misconception(
            "Adam without bias correction",
            edited(adam, adam_step=edited(adam_step, " / (1 - beta1**t) →", " / (1 - beta2**t) →")),
            "Use your own adam_step: it corrects m and v for their start at zero.",
            MICROSCOPE,
        ),
        Misconception(
            "Adam that stops correcting v after 100 steps",
            edited(adam, adam_step=UNTIL_100),
            "With β2 = 0.999 the correction of v lasts for thousands of steps. It fades by itself: "
            "make it in every step.",
            MICROSCOPE,
        ),
        Misconception(
            "a loop that keeps to the default hyperparameters",
            edited(adam, "lr, beta1, beta2, eps) → lr)"),
            "lr arrives; beta1, beta2 and eps do not. Hand all four on to adam_step.",
        ),
        Misconception(
            "a loop that hands on no hyperparameters",
            edited(adam, ", lr, beta1, beta2, eps) → )"),
            "Hand lr, beta1, beta2 and eps on to adam_step, or it takes its own defaults.",
        ),
        *path_slips(adam),
    ),
    builds_on=("adam-step",),
)


# Predict: the first step


def first_step(grad, lr):
    """Return the change of θ in Adam's first step, ε left out."""
    return -lr * np.sign(grad)


FIRST_STEP = Task(
    name="first-step",
    function="first_step",
    title="Predict Adam's first step",
    lesson=LESSON,
    section=FIRST,
    points=1,
    right="In the first step m̂ is g and √v̂ is its size, so the sign of the gradient is all that "
    "is left of it.",
    returns=("step",),
    cases=lambda rng: [
        {"grad": np.array([0.5, -2.0]), "lr": 0.1},
        {"grad": np.array([1000.0, -0.01, 0.0]), "lr": 0.001},
        {"grad": np.round(rng.normal(size=4), 2) * 10, "lr": 0.05},
        {
            "grad": np.append(0, np.round(rng.uniform(2, 9, size=3), 1) * rng.choice([-1, 1], 3)),
            "lr": float(np.round(rng.uniform(0.2, 0.9), 2)),
        },
    ],
    reference=first_step,
    misconceptions=(
        Misconception(
            "the step of gradient descent",
            edited(first_step, "np.sign(grad) → grad"),
            "Put t = 1 into the formulas: what are m̂ and v̂ after the correction, and what is left "
            "of the gradient's size when one is divided by the root of the other?",
        ),
        Misconception(
            "a first step uphill",
            edited(first_step, "-lr → lr"),
            "The size is right. The step goes against the gradient.",
        ),
        Misconception(
            "a step that does not know its direction",
            edited(first_step, "np.sign(grad) → np.ones(grad.shape)"),
            "The size is right. What becomes of the gradient's sign in m̂, and what in v̂?",
        ),
        Misconception(
            "the first step without bias correction",
            edited(first_step, "np.sign(grad) → np.sign(grad) * (1 - 0.9) / np.sqrt(1 - 0.999)"),
            "(1−β1)/√(1−β2), 3.16 with the defaults, is what the correction takes out.",
        ),
        Misconception(
            "a step with the direction of the gradient and the length lr",
            edited(first_step, "np.sign(grad) → grad / np.linalg.norm(grad)"),
            "Adam divides each coordinate by its own root of v̂, not by the length of the vector.",
        ),
        Misconception(
            "the gradient divided by its square",
            edited(first_step, "np.sign(grad) → np.sign(grad) / np.abs(grad)"),
            "m̂ is g and v̂ is g²; the divisor is the root of v̂.",
        ),
    ),
    show_target=False,
    rtol=1e-4,
)


# Predict: all gradients times a factor


def scaled(factor):
    """Return by how much m, v and the step grow when every gradient grows by a factor."""
    return factor, factor**2, 1


SCALED_GRADIENTS = Task(
    name="scaled-gradients",
    function="scaled",
    title="Predict what larger gradients change",
    lesson=LESSON,
    section=MICROSCOPE,
    points=1,
    right="m grows like the gradients and v like their squares, so the step, m̂ over the root of "
    "v̂, does not change at all.",
    returns=("m", "v", "step"),
    cases=lambda rng: [
        {"factor": 1000.0},
        {"factor": float(np.round(rng.uniform(2, 9), 1))},
        {"factor": float(np.round(rng.uniform(0.1, 0.9), 2))},
    ],
    reference=scaled,
    misconceptions=(
        Misconception(
            "the step of gradient descent, which grows with the gradient",
            edited(scaled, "**2, 1 → **2, factor"),
            "The step is m̂/√v̂. Both grow: by how much does the quotient?",
        ),
        Misconception(
            "a v that grows like m",
            edited(scaled, "**2 →"),
            "v is an average of squares.",
        ),
        Misconception(
            "a v that grows like m, and a step that grows with its root",
            edited(scaled, "factor**2, 1 → factor, factor**0.5"),
            "v is an average of squares: it grows with the square of the factor.",
        ),
        Misconception(
            "a step that grows with the root of the factor",
            edited(scaled, "**2, 1 → **2, factor**0.5"),
            "v̂ grows with the square of the factor. And its root, by which m̂ is divided?",
        ),
        Misconception(
            "a step without the root",
            edited(scaled, "**2, 1 → **2, 1 / factor"),
            "m̂/v̂ would shrink like that. The step divides by the root of v̂.",
        ),
        Misconception(
            "moments that do not change",
            edited(scaled, "factor, factor**2 → 1, 1"),
            "The step does not change, but m and v do: they average g and g².",
        ),
    ),
    show_target=False,
)


# Design: gradients that tell a right Adam from three wrong ones


def telling_gradients(count, eps):
    """Return gradients under which three wrong Adams end elsewhere than the right one."""
    return np.sqrt(eps) / np.arange(1, count + 1)


def end_of(gradients, eps, fault="", beta1=0.9, beta2=0.999):
    """Return where an Adam with a fault ends, in units of its rate; without one for ""."""
    if fault == "swapped":
        beta1, beta2 = beta2, beta1
    x = m = v = 0.0
    for t, g in enumerate(gradients, start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * (abs(g) if fault == "sizes" else g**2)
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        if fault == "inside":
            x = x - m_hat / np.sqrt(v_hat + eps)
        else:
            x = x - m_hat / ((v_hat if fault == "sizes" else np.sqrt(v_hat)) + eps)
    return x


FAULTS = {
    "swapped": "with its betas swapped",
    "sizes": "that averages sizes",
    "inside": "with ε inside the root",
}


def told_apart(count, eps, gradients):
    """Return "" if each wrong Adam ends a rate or more from the right one, or which does not."""
    gradients = np.asarray(gradients, dtype=float)
    if gradients.shape != (count,):
        return f"it should be {count} numbers, and its shape is {gradients.shape}"
    if not np.all(np.isfinite(gradients)):
        return "each gradient should be a number, and not infinite"
    right = end_of(gradients, eps)
    for fault, name in FAULTS.items():
        apart = abs(end_of(gradients, eps, fault) - right)
        if not apart >= 1:
            return f"the Adam {name} ends only {apart:.2g} α from the right one"
    return ""


def telling_cases(rng):
    """Return how many gradients, and ε; the drawn ones differ from each other."""
    few, many = int(rng.integers(12, 20)), int(rng.integers(30, 60))
    large, small = (float(f"{10**power:.3g}") for power in rng.uniform([-6, -10], [-5, -9]))
    return [
        {"count": 40, "eps": 1e-8},
        {"count": 10, "eps": 1e-8},
        {"count": few, "eps": large},
        {"count": many, "eps": small},
    ]


TELLING_GRADIENTS = Task(
    name="telling-gradients",
    function="telling_gradients",
    title="Design a test that finds three wrong Adams",
    lesson=LESSON,
    section=PITFALLS,
    points=3,
    right="Gradients that change their size show how long each average remembers and what it "
    "averages, and gradients below √ε show where ε stands.",
    returns=("gradients",),
    cases=telling_cases,
    reference=telling_gradients,
    misconceptions=(
        Misconception(
            "a stream of equal gradients",
            edited(telling_gradients, "np.sqrt(eps) / np.arange(1, count + 1) → np.ones(count)"),
            "Any average of equal numbers is that number. What has to change from step to step?",
            FIRST,
        ),
        Misconception(
            "a stream of equal gradients far below √ε",
            edited(
                telling_gradients, "np.sqrt(eps) / np.arange(1, count + 1) → np.full(count, 1e-6)"
            ),
            "It finds the ε. But any average of equal numbers is that number, whatever the betas.",
            FIRST,
        ),
        Misconception(
            "gradients that change their sign alone",
            edited(
                telling_gradients,
                "np.sqrt(eps) / np.arange(1, count + 1) → (-1.0) ** np.arange(count)",
            ),
            "The sizes are all equal, so an average of sizes and the root of an average of squares "
            "are the same.",
            MICROSCOPE,
        ),
        Misconception(
            "gradients that are too large to show where ε stands",
            edited(telling_gradients, "np.sqrt(eps) → 1"),
            "Two are found. Inside the root ε is compared with g². How small must g be?",
        ),
        Misconception(
            "gradients that grow, but are too large to show where ε stands",
            edited(
                telling_gradients,
                "np.sqrt(eps) / np.arange(1, count + 1) → np.arange(1, count + 1)",
            ),
            "Inside the root ε is compared with g². How small must g be?",
        ),
        Misconception(
            "no gradient at all",
            edited(telling_gradients, "np.sqrt(eps) / np.arange(1, count + 1) → np.zeros(count)"),
            "Without a gradient no Adam moves.",
        ),
    ),
    accepts=told_apart,
    show_target=False,
    allows=("adam_course.optimizers",),
    builds_on=("adam-step", "adam-loop"),
)


# Experiment: which rate arrives


def rate_that_arrives(curvature, distance, steps):
    """Return a rate with which Adam reaches the minimum of a parabola."""
    return 4 * distance / steps


def adam_arrives(curvature, distance, steps, rate):
    """Return "" if Adam ends within 5 % of its way to a parabola's minimum, or where it ends."""
    if not 0 < rate < 1e6:
        return f"a rate should be positive and not huge, and this is {rate:.4g}"
    x = m = v = 0.0
    for t in range(1, steps + 1):
        x, m, v = adam_step(x, curvature * (x - distance), m, v, t, float(rate))
    if abs(x - distance) <= 0.05 * distance:
        return ""
    return f"with lr = {rate:.4g}, Adam ends at {x:.4g}, and the minimum is at {distance:.4g}"


RATE_THAT_ARRIVES = Task(
    name="rate-that-arrives",
    function="rate_that_arrives",
    title="Find out what Adam's rate has to match",
    lesson=LESSON,
    section=FIRST,
    points=2,
    right="Adam's rate is a length: it has to fit the distance that its steps have to cover, and "
    "the curvature does not matter.",
    returns=("rate",),
    cases=lambda rng: [
        {"curvature": curvature, "distance": distance, "steps": steps}
        for curvature, distance, steps in (
            (1.0, 5.0, 100),
            (1000.0, 5.0, 100),
            (0.01, 5.0, 200),
            (1.0, 300.0, 150),
            (
                float(np.round(rng.uniform(0.1, 50), 1)),
                float(np.round(rng.uniform(0.01, 0.1), 3)),
                120,
            ),
            (
                float(np.round(rng.uniform(1000, 3000))),
                float(np.round(rng.uniform(400, 900))),
                int(rng.integers(120, 180)),
            ),
        )
    ],
    reference=rate_that_arrives,
    misconceptions=(
        Misconception(
            "the rate of gradient descent",
            edited(rate_that_arrives, "4 * distance / steps → 1 / curvature"),
            "Change the curvature alone and watch where Adam ends. Then change the distance alone. "
            "Which of the two matters?",
        ),
        Misconception(
            "gradient descent's largest rate",
            edited(rate_that_arrives, "4 * distance / steps → 2 / curvature"),
            "Change the curvature alone and watch where Adam ends. Then change the distance alone. "
            "Which of the two matters?",
        ),
        Misconception(
            "the default rate",
            edited(rate_that_arrives, "4 * distance / steps → 1e-3"),
            "A step is at most about lr long. How far do 100 steps of 0.001 take you?",
        ),
        Misconception(
            "a rate that needs every step at full length",
            edited(rate_that_arrives, "4 * →"),
            "It would arrive if every step were lr long, but steps get shorter on the way. Allow "
            "some more.",
        ),
    ),
    accepts=adam_arrives,
    show_target=False,
    allows=("adam_course.optimizers",),
    builds_on=("adam-step", "adam-loop"),
    right_all_the_same={"line 3: 4 → 5": "many rates arrive", "line 3: 4 → 8": "many rates arrive"},
)

# A stretch: all gradients are large, and Adam stands still


def standstill(count, beta1):
    """Return gradients of size 1 or more, the last of which leaves Adam where it is."""
    gradients = np.full(count, 2.0)
    weights = beta1 ** np.arange(count - 1, 0, -1)
    gradients[-1] = -(weights * gradients[:-1]).sum()
    return gradients


def stands_still(count, beta1, gradients):
    """Return "" if Adam's last step is below a thousandth of its rate, or what is wrong."""
    gradients = np.asarray(gradients, dtype=float)
    if gradients.shape != (count,):
        return f"it should be {count} numbers, and its shape is {gradients.shape}"
    if not np.all(np.abs(gradients) >= 1):
        return (
            f"a gradient is {gradients[np.argmin(np.abs(gradients))]:.4g}, smaller than 1 in size"
        )
    step = abs(end_of(gradients, 1e-8, beta1=beta1) - end_of(gradients[:-1], 1e-8, beta1=beta1))
    return "" if step <= 1e-3 else f"the last step is {step:.2g} α long"


STANDSTILL = Task(
    name="standstill",
    function="standstill",
    title="Make Adam stand still among large gradients",
    lesson=LESSON,
    section=MICROSCOPE,
    points=0,
    right="A step is zero when m is, so the last gradient has to make up for all that m remembers "
    "of the others.",
    returns=("gradients",),
    cases=lambda rng: [
        {"count": 5, "beta1": 0.9},
        {"count": 3, "beta1": 0.5},
        {"count": int(rng.integers(6, 12)), "beta1": 0.8},
        {"count": int(rng.integers(13, 30)), "beta1": float(np.round(rng.uniform(0.6, 0.95), 2))},
    ],
    reference=standstill,
    misconceptions=(
        Misconception(
            "a stream of gradients that alternate",
            edited(
                standstill,
                "gradients[-1] = -(weights * gradients[:-1]).sum() →",
                "return gradients → return gradients * (-1.0) ** np.arange(count)",
            ),
            "The newest gradient weighs more than those before it, so m never comes to 0. How "
            "large must the last one be?",
        ),
        Misconception(
            "a last gradient that makes the plain sum zero",
            edited(standstill, "(weights * gradients[:-1]).sum() → gradients[:-1].sum()"),
            "m does not weigh all gradients alike. What is left of the first one at the end?",
        ),
        Misconception(
            "a last gradient with the wrong sign",
            edited(standstill, "= -(weights → = (weights"),
            "It adds to what m remembers. It should take it away.",
        ),
        Misconception(
            "a last gradient that forgets its own step's β₁",
            edited(standstill, "np.arange(count - 1, 0, -1) → np.arange(count - 2, -1, -1)"),
            "In the last step, too, m is multiplied by β₁ before the new gradient comes in.",
        ),
        Misconception(
            "an m that is averaged like the last gradient",
            edited(standstill, "-(weights → -(1 - beta1) * (weights"),
            "The last gradient, too, comes in with the weight 1 − β₁: it has to be larger by that.",
        ),
    ),
    accepts=stands_still,
    show_target=False,
    allows=("adam_course.optimizers",),
    builds_on=("adam-step", "adam-loop"),
    right_all_the_same={
        "line 3: 2.0 → 3.0": "many gradients do",
        "line 3: 2.0 → 4.0": "many gradients do",
        "line 5: -1 → +1": "all but the last are equal, so one of them stands for all",
    },
)


EXERCISE = Exercise(
    name=LESSON,
    title="Adam",
    minutes=60,
    tasks=(
        FIRST_STEP,
        ADAM_STEP,
        ADAM_LOOP,
        SCALED_GRADIENTS,
        TELLING_GRADIENTS,
        RATE_THAT_ARRIVES,
        STANDSTILL,
    ),
    by_person=2,
)
