"""The tasks of exercise 01: gradient descent, its rate, and a cubic."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.shared import bowl, equal_shares, path_slips
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "01_gradient_descent"
UPHILL = "The gradient points uphill. Which sign takes you down?"
LOOK_AGAIN = "The slope changes as you walk: call `grad(theta)` inside the loop, at each new point."


# To begin: one step


def one_step(theta, slope, lr):
    """Return where one step of gradient descent leads, along one direction."""
    return theta - lr * slope


ONE_STEP = Task(
    name="one-step",
    function="one_step",
    title="One step, by hand",
    lesson=LESSON,
    section="The rule",
    points=1,
    right="The step goes against the slope, and its length is the rate times the slope.",
    returns=("theta",),
    cases=lambda rng: [
        {"theta": 3.0, "slope": 6.0, "lr": 0.1},
        {"theta": 1.0, "slope": -4.0, "lr": 0.25},
        *(
            {
                "theta": float(np.round(rng.uniform(-9, -5), 1)),
                "slope": float(np.round(sign * rng.uniform(2, 4), 1)),
                "lr": float(np.round(rng.uniform(0.02, 0.4), 2)),
            }
            for sign in (1, -1)
        ),
    ],
    reference=one_step,
    misconceptions=(
        Misconception(
            "a step uphill",
            edited(one_step, "theta - lr → theta + lr"),
            UPHILL,
        ),
        Misconception(
            "a step without its rate",
            edited(one_step, "lr * slope → slope"),
            "At theta = 3 with the slope 6 and lr = 0.1, the step is 0.6 long and not 6.",
        ),
        Misconception(
            "the step alone, without θ",
            edited(one_step, "theta - lr → -lr"),
            "Where do you stand after the step? Begin at theta.",
        ),
        Misconception(
            "a step to the left, whatever the slope",
            edited(one_step, "* slope → * abs(slope)"),
            "Where the slope is negative, the ground falls to the right, and so does the step.",
        ),
        Misconception(
            "a step of length lr, whatever the slope",
            edited(one_step, "* slope → * np.sign(slope)"),
            "A steep slope makes a long step: the step is lr times the slope.",
        ),
    ),
)


# Implement: gradient descent


def gradient_descent(grad, theta, lr, steps):
    """Return the path of gradient descent, steps + 1 points."""
    path = [theta]
    for _ in range(steps):
        theta = theta - lr * grad(theta)
        path.append(theta)
    return np.array(path)


def descent_cases(rng):
    """Return bowls with a start, a rate and a number of steps; the simplest first."""
    sizes = [
        ([1.0, 4.0], 0.1, 1),
        ([1.0, 4.0], 0.1, 5),
        ([0.5, 2.0, 6.0], 0.2, 12),
        ([3.0], 0.5, 3),
    ]
    return [
        {
            "grad": bowl(rng, np.array(curvatures)),
            "theta": np.round(rng.normal(size=len(curvatures)), 2),
            "lr": lr,
            "steps": steps,
        }
        for curvatures, lr, steps in sizes
    ]


GRADIENT_DESCENT = Task(
    name="gradient-descent",
    function="gradient_descent",
    title="Gradient descent, with the path it takes",
    lesson=LESSON,
    section="The rule",
    points=3,
    right="Each step takes the slope at the point where it stands, and the path keeps every point, "
    "the start included.",
    returns=("path",),
    cases=descent_cases,
    reference=gradient_descent,
    misconceptions=(
        Misconception(
            "gradient ascent",
            edited(gradient_descent, "theta - lr → theta + lr"),
            UPHILL,
        ),
        Misconception(
            "gradient descent that never looks again",
            edited(gradient_descent, "grad(theta) → grad(path[0])"),
            LOOK_AGAIN,
        ),
        Misconception(
            "a path with one step too many",
            edited(gradient_descent, "range(steps) → range(steps + 1)"),
            "steps = 1 means one step: two points, the start and where it leads.",
        ),
        Misconception(
            "a step without its rate",
            edited(gradient_descent, "lr * grad → grad"),
            "The step is the gradient times lr.",
        ),
        Misconception(
            "a step of length lr, whatever the slope",
            edited(gradient_descent, "grad(theta) → grad(theta) / np.linalg.norm(grad(theta))"),
            "Gradient descent steps by lr times the gradient itself, so steps shrink where the "
            "ground gets flat. Nothing is divided by the gradient's length.",
        ),
        Misconception(
            "a list of gradients, not of points",
            edited(
                gradient_descent, "[theta] → [grad(theta)]", "append(theta) → append(grad(theta))"
            ),
            "Record theta, the point where you stand; the gradient only says where to go next.",
        ),
        *path_slips(gradient_descent),
    ),
)


# Predict: the largest rate that is stable

IN_NO_ORDER = (
    "The curvatures come in no order, and there may be more than two of them: look at them all."
)


def largest_stable_rate(curvatures):
    """Return the rate beyond which gradient descent diverges on a bowl."""
    return 2 / max(curvatures)


LARGEST_STABLE_RATE = Task(
    name="largest-stable-rate",
    function="largest_stable_rate",
    title="Predict the rate at which gradient descent starts to diverge",
    lesson=LESSON,
    section="One direction, one number",
    points=1,
    right="The steepest direction decides: beyond 2/λ it overshoots by more than it was away, "
    "whatever the others do.",
    returns=("rate",),
    cases=lambda rng: [
        {"curvatures": np.array(curvatures)}
        for curvatures in (
            [1.0, 10.0],
            [8.0, 0.5],
            np.round([*rng.uniform(0.1, 9, 3), rng.uniform(12, 30), rng.uniform(0.1, 9)], 1),
            np.round([rng.uniform(300, 500), *rng.uniform(10, 200, 2)]),
            np.round([*rng.uniform(0.01, 0.1, 3), rng.uniform(0.2, 0.5)], 3),
        )
    ],
    reference=largest_stable_rate,
    misconceptions=(
        Misconception(
            "the rate that lands in one step, not the one that diverges",
            edited(largest_stable_rate, "2 / → 1 /"),
            "At lr = 1/λ the steepest direction arrives at once. Beyond it the point overshoots, "
            "and yet comes closer. How far may it overshoot before it comes no closer?",
        ),
        Misconception(
            "the limit of the flattest direction",
            edited(largest_stable_rate, "max → min"),
            "Every direction has a limit of its own. Which one is passed first as lr grows?",
        ),
        Misconception(
            "the fastest rate, not the largest stable one",
            edited(largest_stable_rate, "max(curvatures) → (min(curvatures) + max(curvatures))"),
            "2/(λmin + λmax) makes the slowest direction as quick as it can be. It is below the "
            "limit: look for the rate at which one direction stops shrinking.",
        ),
        Misconception(
            "the limit for the mean curvature",
            edited(largest_stable_rate, "max → np.mean"),
            "A direction does not know of the others: each has a limit of its own, and a single "
            "diverging direction is enough.",
        ),
        Misconception(
            "the limit for the sum of the curvatures",
            edited(largest_stable_rate, "max → sum"),
            "That rate is safe but not the largest: the directions do not add up.",
        ),
        Misconception(
            "the limit upside down",
            edited(largest_stable_rate, "2 / max(curvatures) → max(curvatures) / 2"),
            "The steeper the bowl, the smaller the rate has to be.",
        ),
        Misconception(
            "the limit of the last direction",
            edited(largest_stable_rate, "max(curvatures) → curvatures[-1]"),
            IN_NO_ORDER,
        ),
        Misconception(
            "the limit of the first direction",
            edited(largest_stable_rate, "max(curvatures) → curvatures[0]"),
            IN_NO_ORDER,
        ),
        Misconception(
            "the limit of the first or the last direction",
            edited(largest_stable_rate, "max(curvatures) → max(curvatures[0], curvatures[-1])"),
            IN_NO_ORDER,
        ),
        Misconception(
            "a limit for each direction, not for the bowl",
            edited(largest_stable_rate, "max(curvatures) → curvatures"),
            "One rate moves all directions. Which of these limits is passed first as it grows?",
        ),
    ),
    show_target=False,
    rtol=1e-3,
)


# Find the bug: one coordinate at a time


def repaired_descent(grad, theta, lr, steps):
    """Return the path of gradient descent: the listing without its bugs."""
    theta = theta.copy()
    path = [theta.copy()]
    for _ in range(steps):
        g = grad(theta)
        for i in range(len(theta)):
            theta[i] = theta[i] - lr * g[i]
        path.append(theta.copy())
    return np.array(path)


ONE_BY_ONE = ("g = grad(theta)\n        for i → for i", "g[i] → grad(theta)[i]")
SAME_ARRAY = ("[theta.copy()] → [theta]", "append(theta.copy()) → append(theta)")


REPAIRED_DESCENT = Task(
    name="repaired-descent",
    function="repaired_descent",
    title="Find two bugs in a loop over the coordinates",
    lesson=LESSON,
    section="The rule",
    points=2,
    right="All coordinates move by one gradient, taken before any of them moves, and every point "
    "of the path is kept as it was.",
    returns=("path",),
    cases=lambda rng: [case for case in descent_cases(rng) if len(case["theta"]) > 1],
    reference=repaired_descent,
    misconceptions=(
        Misconception(
            "the listing with both of its bugs",
            edited(repaired_descent, *ONE_BY_ONE, *SAME_ARRAY),
            "Print the path: what do its points have in common? Then ask where the gradient of the "
            "second coordinate is taken.",
        ),
        Misconception(
            "a step that moves one coordinate after the other",
            edited(repaired_descent, *ONE_BY_ONE),
            "When the second coordinate asks for its gradient, the first has already moved. Take "
            "the gradient once a step, before anything moves.",
        ),
        Misconception(
            "a path whose start moves along",
            edited(repaired_descent, "path = [theta.copy()] → path = [theta]"),
            "The first point of the path is equal to the last. The array that you put into the "
            "list first is the one that the loop goes on changing.",
        ),
        *path_slips(repaired_descent),
        Misconception(
            "gradient ascent",
            edited(repaired_descent, "theta[i] - lr → theta[i] + lr"),
            UPHILL,
        ),
        Misconception(
            "gradient descent that never looks again",
            edited(repaired_descent, "g = grad(theta) → g = grad(path[0])"),
            LOOK_AGAIN,
        ),
    ),
)


# Experiment: a good rate, found by trying

FAR_ENOUGH = 0.01


def good_rate(grad, theta, steps):
    """Return the rate that shrinks the slowest direction fastest."""
    flattest, *_, steepest = curvatures_of(grad)
    return 2 / (flattest + steepest)


def good_rate_cases(rng):
    """Return bowls, flat and steep, with a start and a number of steps."""
    return equal_shares(
        rng, ([1.0, 20.0], 60), ([400.0, 20.0], 60), ([0.1, 1.0], 30), ([90.0, 36.0, 3.0], 90)
    )


def arrives(grad, theta, steps, rate):
    """Return "" if gradient descent shrinks the gradient to 1 % of its length, or what is left."""
    with np.errstate(all="ignore"):
        end = gradient_descent(grad, theta, float(rate), steps)[-1]
        left = np.linalg.norm(grad(end)) / np.linalg.norm(grad(theta))
    if left <= FAR_ENOUGH:
        return ""
    if not left < 1:
        return f"with lr = {rate:.4g} the ground is no flatter after {steps} steps than before"
    return f"with lr = {rate:.4g} the gradient is still {100 * left:.3g} % of its first length"


def curvatures_of(grad):
    """Return the curvatures of a bowl, from the flattest to the steepest."""
    return np.linalg.eigvalsh(grad.A)


RATES = np.geomspace(1e-4, 1e2, 200)  # those that the exercise's hint suggests


def searched_rate(grad, theta, steps):
    """Return the rate of RATES that leaves the shortest gradient."""
    here = np.tile(theta, (len(RATES), 1))
    with np.errstate(all="ignore"):
        for _ in range(steps):
            here = here - RATES[:, None] * (here @ grad.A - grad.b)
        left = np.linalg.norm(here @ grad.A - grad.b, axis=1)
    return RATES[np.nanargmin(left)]


GOOD_RATE = Task(
    name="good-rate",
    function="good_rate",
    title="Find a good rate for a bowl you cannot see",
    lesson=LESSON,
    section="Two hundred rates at once",
    points=2,
    right="The rate fits this very bowl: the steepest direction still shrinks with it, and the "
    "flattest shrinks fast enough.",
    returns=("rate",),
    cases=good_rate_cases,
    reference=good_rate,
    misconceptions=(
        Misconception(
            "the rate that suits the steepest direction alone",
            edited(good_rate, "2 / (flattest + steepest) → 1 / steepest"),
            "The steepest direction arrives at once and the flattest crawls. Try larger rates, as "
            "long as the steepest direction still shrinks.",
            "What a narrow valley costs",
        ),
        Misconception(
            "the rate at the edge of stability",
            edited(good_rate, "(flattest + steepest) → steepest"),
            "At 2/λmax the steepest direction jumps from side to side for ever. Stay below it.",
        ),
        Misconception(
            "the rate that suits the flattest direction alone",
            edited(good_rate, "2 / (flattest + steepest) → 1 / flattest"),
            "It is far too large for the steepest direction. Both have to shrink.",
            "What a narrow valley costs",
        ),
        Misconception(
            "the rate with the best first step",
            edited(
                good_rate,
                "flattest, *_, steepest = curvatures_of(grad)\n → g = grad(theta)\n",
                "2 / (flattest + steepest) → g @ g / (g @ grad.A @ g)",
            ),
            "The lowest landing after one step need not lead to the lowest after many. Compare the "
            "rates after all the steps you are given.",
        ),
        Misconception(
            "the first rate that flies off to NaN",
            edited(searched_rate, "nanargmin → argmin"),
            "`np.argmin` takes NaN for the lowest value of all. Which function passes over NaN?",
            "Two hundred rates at once",
        ),
        Misconception(
            "the place of the rate in the list, not the rate",
            edited(searched_rate, "RATES[np.nanargmin(left)] → np.nanargmin(left)"),
            "`np.nanargmin` says where the best rate stands: look up `rates[…]` at that place.",
            "Two hundred rates at once",
        ),
        Misconception(
            "what is left with the best rate, not the rate",
            edited(searched_rate, "RATES[np.nanargmin(left)] → np.nanmin(left)"),
            "The smallest remainder says how good the best rate is. Which rate left it?",
            "Two hundred rates at once",
        ),
        Misconception(
            "the rate whose last point is nearest to zero",
            edited(
                searched_rate,
                "left = np.linalg.norm(here @ grad.A - grad.b → left = np.linalg.norm(here",
            ),
            "You compare the lengths of the last points. The minimum need not lie at 0: what is "
            "short at a minimum, wherever it lies?",
        ),
        *(
            Misconception(
                name,
                edited(good_rate, f"2 / (flattest + steepest) → {rate}"),
                "A rate that suits one bowl is far too large for a steeper one. Try many rates on "
                "the very `grad` you are given, from tiny to large, and keep the best.",
            )
            for name, rate in (
                ("one rate for every bowl", 0.1),
                ("one cautious rate for every bowl", 0.01),
                ("one tiny rate for every bowl", 0.001),
            )
        ),
    ),
    accepts=arrives,
    show_target=False,
    allows=("adam_course.optimizers", "adam_course.problems"),
    builds_on=("gradient-descent",),
)


# Experiment: leaving the hilltop of a cubic


def steps_to_escape(x, lr):
    """Return the steps until x ≥ 0.5 on x³ − 2x² + 2; 1000 if that many are too few."""
    for step in range(1000):
        if x >= 0.5:
            return step
        x = x - lr * (3 * x**2 - 4 * x)
    return 1000


LATE = (
    "if x >= 0.5:\n            return step\n        x = x - lr * (3 * x**2 - 4 * x)\n → "
    "x = x - lr * (3 * x**2 - 4 * x)\n        if x >= 0.5:\n            return step\n"
)


STEPS_TO_ESCAPE = Task(
    name="steps-to-escape",
    function="steps_to_escape",
    title="Count the steps that a hilltop costs",
    lesson=LESSON,
    section="Next to a hilltop",
    points=2,
    right="The start is looked at before the first step, every step is counted, and after 1000 of "
    "them the count gives up.",
    returns=("steps",),
    cases=lambda rng: [
        {"x": x, "lr": lr}
        for x, lr in (
            (0.001, 0.05),
            (0.1, 0.05),
            (0.5, float(np.round(rng.uniform(0.02, 0.1), 5))),
            (0.0, 0.05),
            (float(10 ** -rng.uniform(25, 30)), 0.01),
            (float(10 ** -rng.uniform(4, 8)), 0.1),
            (float(np.round(rng.uniform(0.1, 0.4), 2)), 0.01),
            (float(np.round(rng.uniform(0.6, 1.2), 2)), 0.05),
        )
    ],
    reference=steps_to_escape,
    misconceptions=(
        Misconception(
            "a count that is one too high",
            edited(steps_to_escape, "return step → return step + 1"),
            "A start that is already there needs no step at all: look at x before you count.",
        ),
        Misconception(
            "a count that is one too low",
            edited(steps_to_escape, LATE, "return 1000 → return step"),
            "Count the step that takes x past 0.5, too.",
        ),
        Misconception(
            "a count that does not look at the start",
            edited(steps_to_escape, LATE, "return step → return step + 1"),
            "Who starts at 0.5 or beyond needs no step: look at x before the first one.",
        ),
        Misconception(
            "a count that wants x beyond 0.5",
            edited(steps_to_escape, "x >= 0.5 → x > 0.5"),
            "x = 0.5 is far enough: at least 0.5 is `x >= 0.5`.",
        ),
        Misconception(
            "a count that goes on beyond 1000",
            edited(steps_to_escape, "range(1000) → range(5000)", "return 1000 → return 5000"),
            "Give up after 1000 steps, and return 1000.",
        ),
        Misconception(
            "a 999 where 1000 is asked",
            edited(steps_to_escape, "return 1000 → return step"),
            "The last step of `range(1000)` is number 999. When the loop has run out, return 1000.",
        ),
        Misconception(
            "a climb back to the hilltop",
            edited(steps_to_escape, "x - lr → x + lr"),
            "Descent subtracts lr times the slope.",
        ),
        Misconception(
            "a wrong derivative",
            edited(steps_to_escape, "4 * x) → 2 * x)"),
            "The derivative of 2x² is 4x.",
        ),
        Misconception(
            "a step without its rate",
            edited(steps_to_escape, "lr * ( → ("),
            "The step is lr times the slope.",
        ),
    ),
    allows=("adam_course.optimizers", "adam_course.problems"),
    right_all_the_same={"line 3: 1000 → 1001": "nothing is counted in the step that is added"},
)

# A stretch: where three points lead


def minimum_from(first, second, third):
    """Return the minimum of the parabola on which gradient descent took these points."""
    factor = (third - second) / (second - first)
    return (third - factor * second) / (1 - factor)


def three_points(rng):
    """Return three points of runs that creep, overshoot, hardly move and fly off."""
    cases = []
    for bottom, away, factor in (
        (2.0, 8.0, 0.5),
        (-1.0, 4.0, -0.5),
        (np.round(rng.uniform(3, 9), 1), np.round(rng.uniform(-30, -20), 1), 0.9),
        (np.round(rng.uniform(-9, -3), 1), np.round(rng.uniform(1, 2), 1), -1.25),
    ):
        points = bottom + away * factor ** np.arange(3)
        cases.append(dict(zip(("first", "second", "third"), points.tolist(), strict=True)))
    return cases


MINIMUM_FROM = Task(
    name="minimum-from",
    function="minimum_from",
    title="Find the minimum from three points",
    lesson=LESSON,
    section="One direction, one number",
    points=0,
    right="Each step multiplies the distance from the minimum by one factor, and two steps are "
    "enough to find both.",
    returns=("minimum",),
    cases=three_points,
    reference=minimum_from,
    misconceptions=(
        Misconception(
            "the last point, not where the points lead",
            edited(minimum_from, "(third - factor * second) / (1 - factor) → third"),
            "The run was stopped on its way. Where would it end?",
        ),
        Misconception(
            "one more step, not all that follow",
            edited(
                minimum_from,
                "(third - factor * second) / (1 - factor) → third + factor * (third - second)",
            ),
            "That is the fourth point. There are a fifth and a sixth, and none is the last.",
        ),
        Misconception(
            "a factor upside down",
            edited(
                minimum_from,
                "(third - second) / (second - first) → (second - first) / (third - second)",
            ),
            "From 10 over 6 to 4 the moves are −4 and −2. By what was the first one multiplied?",
        ),
        Misconception(
            "a minimum at 0",
            edited(minimum_from, "(third - second) / (second - first) → third / second"),
            "The factor multiplies the distance from the minimum, which need not be at 0. The "
            "moves from point to point know nothing of where 0 is.",
        ),
        Misconception(
            "the mean of the points",
            edited(
                minimum_from,
                "(third - factor * second) / (1 - factor) → (first + second + third) / 3",
            ),
            "A run that creeps has all of its points on one side of the minimum.",
        ),
    ),
    show_target=False,
    rtol=1e-6,
)


EXERCISE = Exercise(
    name=LESSON,
    title="Gradient descent",
    minutes=50,
    tasks=(
        ONE_STEP,
        GRADIENT_DESCENT,
        LARGEST_STABLE_RATE,
        REPAIRED_DESCENT,
        GOOD_RATE,
        STEPS_TO_ESCAPE,
        MINIMUM_FROM,
    ),
    by_person=2,
)
