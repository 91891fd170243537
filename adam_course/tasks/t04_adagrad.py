"""The tasks of exercise 04: AdaGrad's step and loop, its shrinking steps, rare parameters."""

import numpy as np

from adam_course.given import QuadraticGradient
from adam_course.tasks.edited import edited
from adam_course.tasks.shared import bowl_runs, path_slips, silent_parameter
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "04_adagrad"
RULE = "The rule"
OWN = "A rate for each parameter"
SHRINKS = "The rate that only shrinks"
TRIAL = "On trial: smaller rates for sparse parameters?"
FRAMEWORKS = "Two kinds of AdaGrad"
PITFALLS = "What people get wrong"


# To begin: a rate after three gradients


def rate_after(gradients, lr):
    """Return the rate lr / √v of one parameter after these gradients."""
    return lr / np.sqrt(np.sum(gradients**2))


RATE_AFTER = Task(
    name="rate-after",
    function="rate_after",
    title="The rate after a few gradients",
    lesson=LESSON,
    section=RULE,
    points=1,
    right="The sum holds the squares of all gradients, and the rate is divided by its root.",
    returns=("rate",),
    cases=lambda rng: [
        {"gradients": np.array([3.0, 0.0, 4.0]), "lr": 1.0},
        {"gradients": np.array([-2.0, 1.0, -2.0]), "lr": 0.5},
        {
            "gradients": np.round(rng.uniform(2, 9, 5) * [1, -1, 1, 1, 1], 1),
            "lr": float(np.round(rng.uniform(0.1, 0.4), 2)),
        },
    ],
    reference=rate_after,
    misconceptions=(
        Misconception(
            "a rate without the root",
            edited(rate_after, "np.sqrt(np.sum(gradients**2)) → np.sum(gradients**2)"),
            "3, 0 and 4 make a sum of 25. Its root divides the rate.",
        ),
        Misconception(
            "a rate with a mean, not a sum",
            edited(rate_after, "np.sum → np.mean"),
            "AdaGrad adds the squares up. It never divides by how many there were.",
        ),
        Misconception(
            "a rate with a sum of gradients, not of squares",
            edited(rate_after, "np.sqrt(np.sum(gradients**2)) → np.abs(np.sum(gradients))"),
            "Square each gradient first. Otherwise one that points back wipes out another.",
        ),
        Misconception(
            "a rate with a sum of absolute values",
            edited(rate_after, "np.sqrt(np.sum(gradients**2)) → np.sum(np.abs(gradients))"),
            "Square each gradient, add the squares, and take the root of the sum.",
        ),
        Misconception(
            "the rate of the last gradient alone",
            edited(rate_after, "np.sum(gradients**2) → gradients[-1] ** 2"),
            "AdaGrad forgets nothing: all gradients so far are in the sum.",
        ),
        Misconception(
            "the last step, not the rate",
            edited(rate_after, "lr / → lr * gradients[-1] /"),
            "The rate is what multiplies the gradient: lr / √v.",
        ),
    ),
)


# Implement: one step of AdaGrad


def adagrad_step(theta, grad, v, lr=0.01, eps=1e-10):
    """Return the next (theta, v): Duchi, Hazan & Singer 2011, with diagonal matrices."""
    v = v + grad**2
    theta = theta - lr * grad / (np.sqrt(v) + eps)
    return theta, v


ONE_V = edited(adagrad_step, "grad**2 → np.sum(grad**2)")


def step_cases(rng):
    """Return steps early and late, of vectors and a matrix, with large, tiny and no gradients."""

    def draw(*shape):
        return np.round(rng.normal(size=shape), 2)

    def case(*shape, **more):
        v = np.round(rng.uniform(0.1, 9, size=shape), 2)
        return {"theta": draw(*shape), "grad": draw(*shape), "v": v, **more}

    first = case(3, lr=0.2) | {"v": np.zeros(3)}
    # Gradients about as small as eps show where eps stands; zeros show whether it is there.
    tiny = np.array([1e-6, -3e-6, 0.0])
    return [
        first,
        case(3, lr=0.1),
        case(2, 3, lr=0.5, eps=0.1),
        case(4),
        first | {"grad": tiny, "eps": 1e-6},
        case(3, lr=2.0, eps=1e-6) | {"grad": tiny, "v": tiny**2},
        case(3, lr=0.1) | {"grad": 1e-4 * tiny, "v": np.zeros(3)},  # as small as the default eps
    ]


ADAGRAD_STEP = Task(
    name="adagrad-step",
    function="adagrad_step",
    title="One step of AdaGrad",
    lesson=LESSON,
    section=RULE,
    points=3,
    right="Each parameter adds the square of its new gradient to a sum of its own first, and "
    "divides by the root of that sum.",
    returns=("theta", "v"),
    cases=step_cases,
    reference=adagrad_step,
    misconceptions=(
        Misconception(
            "RMSProp's average instead of a sum",
            edited(adagrad_step, "v + grad**2 → 0.9 * v + 0.1 * grad**2"),
            "AdaGrad forgets nothing: the whole square is added, and all of the old sum stays.",
            PITFALLS,
        ),
        Misconception(
            "AdaGrad whose v keeps only the last square",
            edited(adagrad_step, "v + grad**2 → grad**2"),
            "v is what comes in plus what is there already.",
        ),
        Misconception(
            "AdaGrad that adds up gradients, not their squares",
            edited(adagrad_step, "grad**2 → grad"),
            "A sum of gradients can be negative, and its root is NaN. Square first, then add.",
        ),
        Misconception(
            "AdaGrad that adds up absolute values",
            edited(adagrad_step, "grad**2 → np.abs(grad)"),
            "|g| is positive too, but the root undoes a square: add up `grad**2`.",
        ),
        Misconception(
            "AdaGrad that squares the sum",
            edited(adagrad_step, "v + grad**2 → (v + grad) ** 2"),
            "Square the new gradient alone, and add it to v, which holds squares already.",
        ),
        Misconception(
            "AdaGrad with one v for all parameters",
            ONE_V,
            "Each parameter has a v of its own, which is what gives it its own rate: square "
            "element by element, without a sum over them.",
            OWN,
        ),
        Misconception(
            "AdaGrad without the root",
            edited(adagrad_step, "np.sqrt(v) → v"),
            "v has the unit of g². Divided by its root, the step depends no longer on g's size.",
        ),
        Misconception(
            "AdaGrad with the root taken twice",
            edited(adagrad_step, "theta, v\n → theta, np.sqrt(v)\n"),
            "The root is for this step only. Return the sum itself, or the next step adds a square "
            "to a root.",
        ),
        Misconception(
            "AdaGrad that steps with yesterday's sum",
            edited(adagrad_step, "v = → v_new =", "theta, v\n → theta, v_new\n"),
            "Let the new gradient into v first: in the first step the old v is zero.",
        ),
        Misconception(
            "AdaGrad with ε inside the root",
            edited(adagrad_step, "(np.sqrt(v) + eps) → np.sqrt(v + eps)"),
            "Optax and Keras do so, with an ε of their own. Here ε is added to the root.",
            FRAMEWORKS,
        ),
        Misconception(
            "AdaGrad with ε added to the parameters",
            edited(adagrad_step, "(np.sqrt(v) + eps) → np.sqrt(v) + eps"),
            "Without parentheses, `a / b + eps` adds ε after the division.",
        ),
        Misconception(
            "AdaGrad with ε added after the division",
            edited(adagrad_step, "grad / (np.sqrt(v) + eps) → (grad / np.sqrt(v) + eps)"),
            "ε belongs below the fraction bar, where it keeps the division defined.",
        ),
        Misconception(
            "AdaGrad with ε added to the sum",
            edited(adagrad_step, "grad**2 → grad**2 + eps", "(np.sqrt(v) + eps) → np.sqrt(v)"),
            "Added to v, ε is booked again in every step. It is a part of the divisor only.",
        ),
        Misconception(
            "AdaGrad with another default for ε",
            edited(adagrad_step, "eps=1e-10 → eps=1e-8"),
            "The default is eps=1e-10 here. 1e-8 is a habit from Adam.",
            FRAMEWORKS,
        ),
        Misconception(
            "AdaGrad with an ε of its own",
            edited(adagrad_step, "+ eps → + 1e-10"),
            "eps arrives as an argument and is not used.",
        ),
        Misconception(
            "AdaGrad without ε",
            edited(adagrad_step, "(np.sqrt(v) + eps) → np.sqrt(v)"),
            "A gradient that has always been zero gives 0/0. What keeps the division defined?",
        ),
        Misconception(
            "AdaGrad without its learning rate",
            edited(adagrad_step, "lr * grad → grad"),
            "g / √v is at most 1 in size. lr says how far that takes you.",
            PITFALLS,
        ),
        Misconception(
            "a rate without a gradient",
            edited(adagrad_step, "lr * grad → lr"),
            "lr / √v is the rate of each parameter. The step is that rate times the gradient.",
        ),
        Misconception(
            "gradient descent",
            edited(adagrad_step, " / (np.sqrt(v) + eps) →"),
            "v is computed but not used: divide by its root.",
        ),
        Misconception(
            "AdaGrad uphill",
            edited(adagrad_step, "theta - lr → theta + lr"),
            "The gradient points uphill. Which sign takes you down?",
        ),
        Misconception(
            "the step alone, without θ",
            edited(adagrad_step, "theta - lr → -lr"),
            "Return the new parameters: where you stood, and the step added to it.",
        ),
    ),
)


# Implement: the loop around it, with a start of one's own for v


def adagrad(grad, theta, steps, lr=0.01, eps=1e-10, initial=0.0):
    """Return the path of AdaGrad, steps + 1 points, with v = initial before the first step."""
    v = np.full(theta.shape, initial)
    path = [theta]
    for _ in range(steps):
        theta, v = adagrad_step(theta, grad(theta), v, lr, eps)
        path.append(theta)
    return np.array(path)


def loop_cases(rng):
    """Return bowls with a start and a number of steps; the last is nearly flat."""
    cases = bowl_runs(
        rng,
        ([1.0, 4.0], 1, {"lr": 0.1}),
        ([1.0, 4.0], 5, {"lr": 0.1}),
        ([1.0, 10.0], 8, {}),
        ([0.5, 2.0, 9.0], 20, {"lr": 0.2, "eps": 0.01, "initial": 0.3}),
        ([2.0, 6.0], 6, {"lr": 0.5, "initial": 2.0}),
        ([2.0, 6.0], 3, {"lr": 0.5}),
    )
    flat = cases[-1]["grad"]
    cases[-1]["grad"] = QuadraticGradient(1e-9 * flat.A, 1e-9 * flat.b)
    return cases


ADAGRAD_LOOP = Task(
    name="adagrad-loop",
    function="adagrad",
    title="The loop around the step, and where v starts",
    lesson=LESSON,
    section=FRAMEWORKS,
    points=2,
    right="v is made once, at the value that is asked for, and it is carried from step to step "
    "with nothing forgotten.",
    returns=("path",),
    cases=loop_cases,
    reference=adagrad,
    misconceptions=(
        Misconception(
            "AdaGrad without a memory",
            edited(adagrad, "theta, v = adagrad_step → theta, _ = adagrad_step"),
            "v starts anew in every step. Make it once, before the loop, and carry on with what "
            "adagrad_step returns.",
            RULE,
        ),
        Misconception(
            "AdaGrad that never looks again",
            edited(adagrad, "grad(theta) → grad(path[0])"),
            "Call `grad(theta)` inside the loop, at every new point.",
            RULE,
        ),
        Misconception(
            "AdaGrad whose v always starts at zero",
            edited(adagrad, "np.full(theta.shape, initial) → np.zeros(theta.shape)"),
            "initial arrives and is not used: it is v before the first step.",
        ),
        Misconception(
            "AdaGrad that adds initial in every step",
            edited(adagrad, "path.append(theta) → path.append(theta)\n        v = v + initial"),
            "initial is where v starts, once. What comes in later is g² and nothing else.",
        ),
        Misconception(
            "AdaGrad whose v starts at the square of initial",
            edited(adagrad, "theta.shape, initial → theta.shape, initial**2"),
            "initial is a value of v itself, which holds squares already.",
        ),
        Misconception(
            "AdaGrad whose v starts at the root of initial",
            edited(adagrad, "theta.shape, initial → theta.shape, np.sqrt(initial)"),
            "initial is a value of v itself, not of its root.",
        ),
        Misconception(
            "AdaGrad with one v for all parameters",
            edited(adagrad, adagrad_step=ONE_V),
            "Each parameter has a v of its own: an array of theta's shape.",
            OWN,
        ),
        Misconception(
            "a loop that keeps to the default ε",
            edited(adagrad, "lr, eps) → lr)"),
            "lr and initial arrive; eps does not. Hand it on to adagrad_step.",
            RULE,
        ),
        Misconception(
            "a loop that hands on neither lr nor eps",
            edited(adagrad, "v, lr, eps) → v)"),
            "Hand lr and eps on to adagrad_step, or it takes its own defaults.",
            RULE,
        ),
        *path_slips(adagrad),
    ),
    builds_on=("adagrad-step",),
)


# Predict: the step of a parameter with few gradients


def step_when_heard(gradient, every, steps, lr):
    """Return the length of the last step of a parameter with a gradient in each ``every``-th."""
    return lr / np.sqrt(steps / every)


STEP_WHEN_HEARD = Task(
    name="step-when-heard",
    function="step_when_heard",
    title="Predict the step of a parameter with few gradients",
    lesson=LESSON,
    section=SHRINKS,
    points=1,
    right="Only the gradients that came are in v, so the step depends on how many there were and "
    "not on how large they are.",
    returns=("length",),
    cases=lambda rng: [
        {"gradient": gradient, "every": every, "steps": every * readings, "lr": lr}
        for gradient, every, readings, lr in (
            (1.0, 1, 100, 1.0),
            (20.0, 1, 400, 0.5),
            (0.5, 100, 100, 1.0),
            (
                float(np.round(rng.uniform(2, 9), 1)),
                int(rng.integers(5, 20)),
                int(rng.integers(20, 90)),
                float(np.round(rng.uniform(0.1, 0.4), 2)),
            ),
            (
                float(np.round(rng.uniform(0.1, 0.9), 2)),
                int(rng.integers(30, 60)),
                int(rng.integers(150, 300)),
                float(np.round(rng.uniform(2, 9), 1)),
            ),
        )
    ],
    reference=step_when_heard,
    misconceptions=(
        Misconception(
            "a step that shrinks in silence as well",
            edited(step_when_heard, "steps / every → steps"),
            "A gradient of zero adds nothing to v. How many gradients has v seen?",
        ),
        Misconception(
            "a step without the root",
            edited(step_when_heard, "np.sqrt(steps / every) → (steps / every)"),
            "v grows like the number of gradients seen, and the step is divided by its root.",
        ),
        Misconception(
            "a step that grows with the gradient",
            edited(step_when_heard, "lr / → lr * gradient /"),
            "The gradient stands above the fraction bar, and in the root below it as well.",
            OWN,
        ),
        Misconception(
            "a step that shrinks with the gradient",
            edited(step_when_heard, "lr / → lr / gradient /"),
            "The gradient stands in the root, and above the fraction bar as well.",
            OWN,
        ),
        Misconception(
            "the step of gradient descent",
            edited(step_when_heard, "lr / np.sqrt(steps / every) → lr * gradient"),
            "AdaGrad divides by the root of all squares so far.",
        ),
        Misconception(
            "a step that does not shrink",
            edited(step_when_heard, " / np.sqrt(steps / every) →"),
            "That is the first step. v has grown since, with every gradient that came.",
        ),
        Misconception(
            "the distance, not the last step",
            edited(step_when_heard, "lr / → 2 * lr *"),
            "That is about what all the steps add up to. How long is the last of them?",
        ),
        Misconception(
            "a step that counts one reading too many",
            edited(step_when_heard, "steps / every → steps / every + 1"),
            "v started at 0: it holds one square for each reading, that of the last step included.",
        ),
        Misconception(
            "a step that counts how rarely, not how often",
            edited(step_when_heard, "steps / every → every"),
            "What matters is how many gradients have come by now: steps / every of them.",
        ),
    ),
    show_target=False,
    rtol=1e-3,
)


# Find the bug: an AdaGrad with three of them


def repaired_adagrad(grad, theta, steps, lr=0.1, eps=1e-6):
    """Return where AdaGrad ends: the listing of the exercise without its bugs."""
    v = np.zeros(theta.shape)
    for _ in range(steps):
        g = grad(theta)
        v = v + g**2
        theta = theta - lr * g / (np.sqrt(v) + eps)
    return theta


ONE_FOR_ALL = "g**2 → np.sum(g**2)"
AVERAGE = ("_ in range(steps) → t in range(1, steps + 1)", "np.sqrt(v) → np.sqrt(v / t)")
FROM_ONE = "np.zeros → np.ones"


def repaired_adagrad_cases(rng):
    """Return bowls, and one with a parameter that has no gradient at all."""
    _, second, _, fourth, *_ = loop_cases(rng)
    silent = silent_parameter(rng)
    del fourth["initial"]
    return [
        {**second, "steps": 3},
        {**fourth, "eps": 1e-3},
        silent,
    ]


REPAIRED_ADAGRAD = Task(
    name="repaired-adagrad",
    function="repaired_adagrad",
    title="Find three bugs in an AdaGrad",
    lesson=LESSON,
    section=PITFALLS,
    points=3,
    right="Each parameter has its own sum of squares, a sum and not an average, and it starts at "
    "zero.",
    returns=("theta",),
    cases=repaired_adagrad_cases,
    reference=repaired_adagrad,
    misconceptions=(
        Misconception(
            "the listing with all of its bugs",
            edited(repaired_adagrad, ONE_FOR_ALL, FROM_ONE, *AVERAGE),
            "Give it two parameters, one with a hundredth of the other's gradient. Give it equal "
            "gradients: does the step shrink? How long is the very first step?",
        ),
        Misconception(
            "the listing with a total that starts at zero",
            edited(repaired_adagrad, ONE_FOR_ALL, *AVERAGE),
            "One bug is out, two are left. Does the step shrink under equal gradients? Has each "
            "parameter a v of its own?",
        ),
        Misconception(
            "the listing with a sum instead of the average",
            edited(repaired_adagrad, ONE_FOR_ALL, FROM_ONE),
            "One bug is out, two are left. Has each parameter a v of its own? How long is the very "
            "first step?",
        ),
        Misconception(
            "the listing with a total for each parameter",
            edited(repaired_adagrad, FROM_ONE, *AVERAGE),
            "One bug is out, two are left. Does the step shrink under equal gradients? How long is "
            "the very first step?",
        ),
        Misconception(
            "the listing whose total still starts at one",
            edited(repaired_adagrad, FROM_ONE),
            "Two bugs are out, one is left. With one gradient of 0.01, the first step should be lr "
            "long. What does the total hold before it?",
            FRAMEWORKS,
        ),
        Misconception(
            "the listing with one total for all parameters",
            edited(repaired_adagrad, ONE_FOR_ALL),
            "Two bugs are out, one is left. `np.sum` makes one number of all the squares, and so "
            "one rate for all.",
            OWN,
        ),
        Misconception(
            "the listing that still averages",
            edited(repaired_adagrad, *AVERAGE),
            "Two bugs are out, one is left. Equal gradients have the same average at every step: "
            "what shrinks?",
        ),
        Misconception(
            "an ε inside the root",
            edited(repaired_adagrad, "(np.sqrt(v) + eps) → np.sqrt(v + eps)"),
            "The rule of this lesson adds ε to the root, not under it.",
            FRAMEWORKS,
        ),
    ),
)


# Experiment: rates for parameters with few gradients

DISTANCE, ENOUGH = 10.0, 0.7


def rates_for_rare(every, steps):
    """Return a rate for each parameter: larger, the fewer readings it gets."""
    return np.sqrt(every / steps)


def expected_error(rates, readings):
    """Return the mean squared error after so many readings with noise 1, from DISTANCE away.

    A reading is a gradient θ − target + noise. What is left of the distance and the variance of
    the noise are geometric sums.
    """
    left = (1 - rates) ** (2 * readings)
    return left * DISTANCE**2 + rates / (2 - rates) * (1 - left)


def rates_are_good(every, steps, rates):
    """Return "" if the errors add up to less than with the best rate for all, or what they do."""
    if not np.all((rates > 0) & (rates < 2)):
        return f"every rate should be above 0 and below 2, but one is {rates[bad_rate(rates)]:.4g}"
    errors = expected_error(rates, steps // every)
    single = np.geomspace(1e-3, 1, 400)[:, None]
    best = expected_error(single, steps // every).sum(axis=1).min()
    if errors.sum() <= ENOUGH * best:
        return ""
    worst = int(np.argmax(errors))
    return (
        f"the squared errors add up to {errors.sum():.3g}, and asked is at most "
        f"{ENOUGH * best:.3g}, {ENOUGH:.0%} of what one rate for all can do; the largest error, "
        f"{errors[worst]:.3g}, is that of the parameter with a reading once in "
        f"{every[worst]} steps, at the rate {rates[worst]:.3g}"
    )


def bad_rate(rates):
    """Return the index of the first rate that is out of range."""
    return int(np.argmax(~((rates > 0) & (rates < 2))))


def rates_cases(rng):
    """Return how rarely each parameter is heard, and the number of steps."""
    often, rarely = rng.integers(2, 8), rng.integers(20, 40)
    return [
        {"every": np.array([1, 10, 100]), "steps": 1000},
        {"every": np.array([50, 1, 250, 5]), "steps": 2500},
        {"every": np.array([1, rarely, 100, often]), "steps": int(rng.integers(1000, 1200))},
        {"every": np.array([150, often, 1, rarely]), "steps": int(rng.integers(1500, 1600))},
    ]


RATES_FOR_RARE = Task(
    name="rates-for-rare",
    function="rates_for_rare",
    title="Find out which rates suit parameters with few gradients",
    lesson=LESSON,
    section=TRIAL,
    points=3,
    right="A parameter with few readings needs the larger rate to arrive, and one with many the "
    "smaller one to average its noise.",
    returns=("rates",),
    cases=rates_cases,
    reference=rates_for_rare,
    misconceptions=(
        Misconception(
            "a set of smaller rates for rarer parameters",
            edited(rates_for_rare, "every / steps → 1 / every"),
            "Follow the one with hardly any readings: how far has it come with a small rate? Then "
            "the one with a reading in each step: what does a large rate do with the noise?",
        ),
        Misconception(
            "a set of much smaller rates for rarer parameters",
            edited(rates_for_rare, "np.sqrt(every / steps) → 1 / every"),
            "Follow the one with hardly any readings: how far has it come with a small rate?",
        ),
        Misconception(
            "one rate for all, a cautious one",
            edited(rates_for_rare, "np.sqrt(every / steps) → np.full(every.shape, 0.01)"),
            "It suits a reading in every step. Look at the errors of the others.",
        ),
        Misconception(
            "one rate for all, a middling one",
            edited(rates_for_rare, "np.sqrt(every / steps) → np.full(every.shape, 0.1)"),
            "Print the errors one by one: which parameters would like more, and which less?",
        ),
        Misconception(
            "one rate for all, a bold one",
            edited(rates_for_rare, "np.sqrt(every / steps) → np.full(every.shape, 0.3)"),
            "It suits few readings. The others follow the noise of their last ones.",
        ),
        Misconception(
            "one rate for all, the boldest",
            edited(rates_for_rare, "np.sqrt(every / steps) → np.ones(every.shape)"),
            "At a rate of 1 a parameter believes its last reading, with all of its noise.",
        ),
        Misconception(
            "AdaGrad's rates without the root",
            edited(rates_for_rare, "np.sqrt(every / steps) → every / steps"),
            "The direction is right. A rate of 1/n leaves a third of the distance after n "
            "readings: allow more.",
        ),
    ),
    accepts=rates_are_good,
    show_target=False,
    allows=("adam_course.optimizers",),
)

# A stretch: the gradients from the moves


def gradients_from(moves, first, lr):
    """Return the gradients of one parameter from its moves under AdaGrad and its first gradient."""
    gradients, v = [first], first**2
    for share in -moves[1:] / lr:
        v = v / (1 - share**2)
        gradients.append(share * np.sqrt(v))
    return np.array(gradients)


def moves_cases(rng):
    """Return the moves of a parameter under two gradients and under more."""
    cases = []
    for gradients, lr in (
        (np.array([3.0, 4.0]), 1.0),
        (np.array([1.0, -2.0, 2.0, 0.0, 4.0]), 0.5),
        (np.round(rng.uniform(2, 9, 6) * rng.choice([-1, 1], 6), 1), 0.1),
        (np.round(rng.uniform(0.1, 0.9, 9), 2), 0.01),
    ):
        moves = -lr * gradients / np.sqrt(np.cumsum(gradients**2))
        cases.append({"moves": moves, "first": float(gradients[0]), "lr": lr})
    return cases


GRADIENTS_FROM = Task(
    name="gradients-from",
    function="gradients_from",
    title="Find the gradients from the moves",
    lesson=LESSON,
    section=RULE,
    points=0,
    right="A move says which share of √v its gradient is, and the v before it says the rest.",
    returns=("gradients",),
    cases=moves_cases,
    reference=gradients_from,
    misconceptions=(
        Misconception(
            "shares of √v, not gradients",
            edited(gradients_from, "share * np.sqrt(v) → share"),
            "−move / lr is g / √v. Which v, and what is g then?",
        ),
        Misconception(
            "gradients from the v before them",
            edited(
                gradients_from,
                "        v = v / (1 - share**2)\n →",
                "np.sqrt(v))\n → np.sqrt(v))\n        v = v + gradients[-1] ** 2\n",
            ),
            "The new gradient is in v already when AdaGrad divides by its root.",
        ),
        Misconception(
            "gradients with the wrong sign",
            edited(gradients_from, "in -moves → in moves"),
            "theta moves against the gradient.",
        ),
        Misconception(
            "gradients of gradient descent",
            edited(gradients_from, "share * np.sqrt(v) → share * abs(first)"),
            "The divisor grows with each gradient: work out v, step by step.",
        ),
        Misconception(
            "a v that is made from the first gradient each time",
            edited(gradients_from, "v / (1 - share**2) → first**2 / (1 - share**2)"),
            "Each new v is made from the last one: carry it along.",
        ),
    ),
    show_target=False,
    rtol=1e-6,
)


EXERCISE = Exercise(
    name=LESSON,
    title="AdaGrad",
    minutes=50,
    tasks=(
        RATE_AFTER,
        ADAGRAD_STEP,
        ADAGRAD_LOOP,
        STEP_WHEN_HEARD,
        REPAIRED_ADAGRAD,
        RATES_FOR_RARE,
        GRADIENTS_FROM,
    ),
    by_person=2,
)
