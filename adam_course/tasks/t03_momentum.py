"""The tasks of exercise 03: the heavy ball, Nesterov's, the averaging form, and their numbers."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.shared import bowl, equal_shares, path_slips
from adam_course.tasks.t01_gradient_descent import curvatures_of
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "03_momentum"
RULE = "The rule"
MEMORY = "How long does it remember?"
FORMS = "Three spellings of one rule"
BEST = "The best two numbers for a bowl"
MAP = "A map of both numbers"
LOOK = "Nesterov: look first, then leap"


# Implement: the heavy ball


def heavy_ball(grad, theta, lr, momentum, steps):
    """Return the path of the heavy ball, steps + 1 points."""
    m, path = np.zeros(theta.shape), [theta]
    for _ in range(steps):
        m = momentum * m + lr * grad(theta)
        theta = theta - m
        path.append(theta)
    return np.array(path)


def ball_cases(rng):
    """Return bowls with a start, a rate, a momentum and a number of steps; the simplest first."""
    return [
        {
            "grad": bowl(rng, np.array(curvatures)),
            "theta": np.round(rng.normal(size=len(curvatures)), 2),
            "lr": lr,
            "momentum": momentum,
            "steps": steps,
        }
        for curvatures, lr, momentum, steps in (
            ([1.0, 4.0], 0.1, 0.9, 1),
            ([1.0, 4.0], 0.1, 0.9, 3),
            ([0.5, 2.0, 6.0], 0.2, 0.5, 12),
            ([3.0], 0.3, 0.8, 5),
        )
    ]


HEAVY_BALL = Task(
    name="heavy-ball",
    function="heavy_ball",
    title="The heavy ball, with the path it takes",
    lesson=LESSON,
    section=RULE,
    points=3,
    right="The buffer keeps a share of the last move and takes in the whole new step, and the ball "
    "moves by the new buffer.",
    returns=("path",),
    cases=ball_cases,
    reference=heavy_ball,
    misconceptions=(
        Misconception(
            "a ball without a memory",
            edited(heavy_ball, "momentum * m + lr → lr"),
            "That is gradient descent. Make m once, before the loop, and keep momentum times the "
            "old m in each step.",
        ),
        Misconception(
            "a ball that forgets nothing",
            edited(heavy_ball, "momentum * m → m"),
            "Without friction it swings for ever: keep momentum times the old m.",
        ),
        Misconception(
            "the averaging form",
            edited(heavy_ball, "lr * grad → (1 - momentum) * grad", "theta - m → theta - lr * m"),
            "A form of momentum, and Adam's. At the same rate its steps are shorter by 1 − μ; the "
            "heavy ball takes in the whole gradient.",
            FORMS,
        ),
        Misconception(
            "a ball whose rate and momentum have changed places",
            edited(heavy_ball, "momentum * m + lr * grad → lr * m + momentum * grad"),
            "momentum is the share of m that is kept; lr multiplies the gradient.",
        ),
        Misconception(
            "a ball that rolls uphill",
            edited(heavy_ball, "m + lr → m - lr"),
            "m collects lr times the gradient, which points uphill, and theta − m goes down. One "
            "minus is enough.",
        ),
        Misconception(
            "a ball that is pushed back by its own memory",
            edited(heavy_ball, "= momentum → = -momentum"),
            "The old move is repeated, not undone: plus momentum times m.",
        ),
        Misconception(
            "Nesterov's momentum",
            edited(heavy_ball, "grad(theta) → grad(theta - momentum * m)"),
            "A fine rule, and the next task. The heavy ball takes its gradient where it is.",
            LOOK,
        ),
        Misconception(
            "a ball that leaps twice",
            edited(heavy_ball, "theta - m → theta - momentum * m - lr * grad(theta)"),
            "momentum · m is in the new m already. Step by m, once. With the leap added again "
            "it is Nesterov's momentum as libraries write it.",
            LOOK,
        ),
        Misconception(
            "a ball that steps with yesterday's buffer",
            edited(
                heavy_ball,
                "m = momentum → theta, m = theta - m, momentum",
                "        theta = theta - m\n →",
            ),
            "Let the new gradient into m first, and then step with the new m.",
        ),
        Misconception(
            "a ball without its rate",
            edited(heavy_ball, "lr * grad → grad"),
            "The gradient goes into m times lr.",
        ),
        Misconception(
            "a ball with its rate twice",
            edited(heavy_ball, "theta - m → theta - lr * m"),
            "Either m collects lr · g and the step is m, or m collects g and the step is lr · m.",
            FORMS,
        ),
        Misconception(
            "a ball that never looks again",
            edited(heavy_ball, "grad(theta) → grad(path[0])"),
            "Call `grad(theta)` inside the loop, at each new point.",
        ),
        *path_slips(heavy_ball),
    ),
)


# Implement: Nesterov's momentum


def nesterov(grad, theta, lr, momentum, steps):
    """Return the path of Nesterov's momentum, steps + 1 points."""
    m, path = np.zeros(theta.shape), [theta]
    for _ in range(steps):
        ahead = theta - momentum * m
        m = momentum * m + lr * grad(ahead)
        theta = theta - m
        path.append(theta)
    return np.array(path)


BEHIND = "theta - momentum → theta + momentum"
TOO_FAR = "theta - momentum * m → theta - m"
AVERAGED = "lr * grad → (1 - momentum) * lr * grad"
DOUBLED = "theta = theta - m → theta = ahead - m"


NESTEROV = Task(
    name="nesterov",
    function="nesterov",
    title="Nesterov's momentum",
    lesson=LESSON,
    section=LOOK,
    points=3,
    right="The gradient is taken where momentum is about to lead, and the step starts from where "
    "the ball is.",
    returns=("path",),
    cases=lambda rng: [
        case | {"steps": steps} for case, steps in zip(ball_cases(rng), (1, 2, 12, 5), strict=True)
    ],
    reference=nesterov,
    misconceptions=(
        Misconception(
            "the heavy ball",
            edited(nesterov, "grad(ahead) → grad(theta)"),
            "Its gradient is taken where it is. Nesterov's is taken where momentum will carry it: "
            "which point is that?",
        ),
        Misconception(
            "a look back instead of ahead",
            edited(nesterov, BEHIND),
            "theta moves by minus m. So the point ahead is theta minus, not plus, momentum · m.",
        ),
        Misconception(
            "a look too far ahead",
            edited(nesterov, TOO_FAR),
            "Only momentum times m is sure to come: that is what the next m keeps of the old one.",
        ),
        Misconception(
            "a step from the look-ahead point",
            edited(nesterov, DOUBLED),
            "The leap is in the new m already. Look from the point ahead, but step from theta.",
        ),
        Misconception(
            "the path of the look-ahead points",
            edited(nesterov, "append(theta) → append(theta - momentum * m)"),
            "Libraries keep that point in place of theta. Here the path is that of theta itself: "
            "look ahead, and step from where you are.",
        ),
        Misconception(
            "a gradient step at the look-ahead point alone",
            edited(nesterov, "theta = theta - m → theta = theta - lr * grad(ahead)"),
            "The gradient taken ahead goes into m, and the step is the whole new m.",
        ),
        Misconception(
            "gradient descent",
            edited(nesterov, "momentum * m + lr * grad(ahead) → lr * grad(theta)"),
            "What became of m? Make it once, before the loop, and carry it along.",
            RULE,
        ),
        Misconception(
            "Nesterov's momentum with an average as its buffer",
            edited(nesterov, AVERAGED),
            "The buffer takes in the whole step lr · g, as the heavy ball's does, without 1 − μ.",
            FORMS,
        ),
        *path_slips(nesterov),
    ),
)


# Implement: the averaging form, translated


def ema_step(theta, grad, m, lr, momentum):
    """Return the next (theta, m) of the averaging form that moves like the heavy ball."""
    m = momentum * m + (1 - momentum) * grad
    return theta - lr / (1 - momentum) * m, m


def ema_cases(rng):
    """Return first steps and later ones, of vectors and a matrix."""
    cases = []
    for shape, lr, momentum, first in (
        ((2,), 0.1, 0.9, True),
        ((3,), 0.1, 0.9, False),
        ((2, 2), 0.5, 0.75, False),
        ((4,), 0.02, 0.99, False),
    ):
        theta, grad, m = np.round(rng.normal(size=(3, *shape)), 2)
        m = np.zeros(shape) if first else m
        cases.append({"theta": theta, "grad": grad, "m": m, "lr": lr, "momentum": momentum})
    return cases


EMA_STEP = Task(
    name="ema-step",
    function="ema_step",
    title="The averaging form, as fast as the heavy ball",
    lesson=LESSON,
    section=FORMS,
    points=2,
    right="An average holds 1 − μ times what the heavy ball's buffer adds up, and the rate makes "
    "up for exactly that.",
    returns=("theta", "m"),
    cases=ema_cases,
    reference=ema_step,
    misconceptions=(
        Misconception(
            "the averaging form at the heavy ball's rate",
            edited(ema_step, " / (1 - momentum) →"),
            "m is an average now, so it is smaller than the ball's buffer by the factor 1 − μ. The "
            "rate has to make up for that.",
        ),
        Misconception(
            "a rate translated the wrong way",
            edited(ema_step, "lr / → lr *"),
            "The average is the smaller one, so its rate has to be the larger one.",
        ),
        Misconception(
            "PyTorch's buffer, which sums",
            edited(ema_step, "(1 - momentum) * grad → grad", " / (1 - momentum) →"),
            "theta moves as it should, but m is asked for as an average, with weights that add up "
            "to 1.",
        ),
        Misconception(
            "the paper's buffer, which holds steps",
            edited(ema_step, "(1 - momentum) * grad → lr * grad", "lr / (1 - momentum) * m → m"),
            "m is asked for as an average of gradients: no rate goes into it, and its weights add "
            "up to 1.",
        ),
        Misconception(
            "a summing buffer at the average's rate",
            edited(ema_step, "(1 - momentum) * grad → grad"),
            "One of the two has to change, not only the rate: m keeps μ of itself and takes in "
            "1 − μ of the gradient.",
        ),
        Misconception(
            "an average that weighs old and new the other way round",
            edited(
                ema_step,
                "momentum * m + (1 - momentum) * grad → (1 - momentum) * m + momentum * grad",
            ),
            "With a momentum of 0.9 the average keeps nine tenths of itself.",
        ),
        Misconception(
            "a rate divided by the momentum",
            edited(ema_step, "/ (1 - momentum) → / momentum"),
            "Give both forms a first gradient of 1, from m = 0. What is in each buffer then?",
        ),
        Misconception(
            "a step along the gradient, past the average",
            edited(ema_step, "lr / (1 - momentum) * m → lr * grad"),
            "The step goes along the new m.",
        ),
        Misconception(
            "a step along yesterday's average",
            edited(ema_step, "m = → m_new =", "m, m → m, m_new"),
            "Let the new gradient into m first, and then step along the new m.",
        ),
        Misconception(
            "a step uphill",
            edited(ema_step, "theta - lr → theta + lr"),
            "The average points uphill, as gradients do: subtract.",
        ),
    ),
)


# Predict: the half-life


def half_life(momentum):
    """Return after how many steps a gradient counts half."""
    return np.log(0.5) / np.log(momentum)


HALF = "np.log(0.5) / np.log(momentum)"


HALF_LIFE = Task(
    name="momentum-half-life",
    function="half_life",
    title="Predict how long momentum remembers",
    lesson=LESSON,
    section=MEMORY,
    points=1,
    right="The weight is multiplied by μ in each step, so it is halved when μᵏ is one half.",
    returns=("steps",),
    cases=lambda rng: [
        {"momentum": momentum}
        for momentum in (
            0.9,
            0.5,
            0.999,
            float(np.round(rng.uniform(0.6, 0.85), 3)),
            float(np.round(rng.uniform(0.92, 0.98), 3)),
        )
    ],
    reference=half_life,
    misconceptions=(
        Misconception(
            "one over the momentum",
            edited(half_life, f"{HALF} → 1 / momentum"),
            "It is in print, and it says that a longer memory is shorter. The weight after k steps "
            "is μᵏ: when is that one half?",
        ),
        Misconception(
            "the sum of the weights",
            edited(half_life, f"{HALF} → 1 / (1 - momentum)"),
            "1/(1 − μ) is another measure of memory: how much longer the steps get in all. Ask for "
            "the k at which μᵏ is one half.",
        ),
        Misconception(
            "the time to 1/e",
            edited(half_life, "np.log(0.5) → -1"),
            "After that many steps 37 % are left. Half is a little sooner.",
        ),
        Misconception(
            "the rule of thumb for a momentum near 1",
            edited(half_life, f"{HALF} → np.log(2) / (1 - momentum)"),
            "Close, and closer the nearer μ is to 1. For 0.5 it is not: solve μᵏ = ½ with "
            "logarithms.",
        ),
        Misconception(
            "the half-life upside down",
            edited(half_life, f"{HALF} → np.log(momentum) / np.log(0.5)"),
            "From μᵏ = ½ comes k ln μ = ln ½. Solve that for k.",
        ),
        Misconception(
            "a half-life below zero",
            edited(half_life, "0.5 → 2"),
            "The logarithm of a number below 1 is negative. Which number is μᵏ to be equal to?",
        ),
        *(
            Misconception(
                f"the {which} whole step, not the half-life",
                edited(half_life, f"{HALF} → {function}({HALF})"),
                "Do not round: the half-life may lie between two steps.",
            )
            for which, function in (("nearest", "np.round"), ("first", "np.ceil"))
        ),
    ),
    show_target=False,
    rtol=1e-4,
)


# Find the bug: a Nesterov with three of them


def repaired_nesterov(grad, theta, lr, momentum, steps):
    """Return where Nesterov's momentum ends: the listing of the exercise without its bugs."""
    m = np.zeros(theta.shape)
    for _ in range(steps):
        ahead = theta - momentum * m
        m = momentum * m + lr * grad(ahead)
        theta = theta - m
    return theta


REPAIRED_NESTEROV = Task(
    name="repaired-nesterov",
    function="repaired_nesterov",
    title="Find three bugs in a Nesterov",
    lesson=LESSON,
    section=LOOK,
    points=2,
    right="It looks ahead, lets the whole gradient of that place into m, and steps from theta "
    "itself.",
    returns=("theta",),
    cases=lambda rng: [case | {"steps": 2 + case["steps"]} for case in ball_cases(rng)],
    reference=repaired_nesterov,
    misconceptions=(
        Misconception(
            "the listing with all of its bugs",
            edited(repaired_nesterov, BEHIND, AVERAGED, DOUBLED),
            "Compare its three lines with the formulas of the lesson, sign by sign. Where does it "
            "look, what goes into m, and from where does it step?",
        ),
        Misconception(
            "the listing that now looks ahead",
            edited(repaired_nesterov, AVERAGED, DOUBLED),
            "Two are left: what goes into m, and from where does it step?",
        ),
        Misconception(
            "the listing with its buffer repaired",
            edited(repaired_nesterov, BEHIND, DOUBLED),
            "Two are left: where does it look, and from where does it step?",
        ),
        Misconception(
            "the listing that now steps from theta",
            edited(repaired_nesterov, BEHIND, AVERAGED),
            "Two are left: where does it look, and what goes into m?",
        ),
        Misconception(
            "the listing that still looks back",
            edited(repaired_nesterov, BEHIND),
            "One is left. theta moves by minus m; which way is ahead?",
        ),
        Misconception(
            "the listing that still averages",
            edited(repaired_nesterov, AVERAGED),
            "One is left. With 1 − μ in front of it, the gradient counts a tenth at μ = 0.9, and "
            "the rate was not made for that.",
            FORMS,
        ),
        Misconception(
            "the listing that still leaps twice",
            edited(repaired_nesterov, DOUBLED),
            "One is left. The new m has the leap in it. From where do you step?",
        ),
        Misconception(
            "the heavy ball",
            edited(repaired_nesterov, "grad(ahead) → grad(theta)"),
            "The gradient has to be taken ahead, at theta − momentum · m.",
        ),
        Misconception(
            "a look too far ahead",
            edited(repaired_nesterov, TOO_FAR),
            "Ahead is where momentum times m leads.",
        ),
        Misconception(
            "the look-ahead point at the end",
            edited(repaired_nesterov, "return theta → return theta - momentum * m"),
            "That is what libraries keep. Return theta itself.",
        ),
    ),
)


# Experiment: a good pair, found by trying

FAR_ENOUGH = 0.01
LAST = 5


def good_pair(grad, theta, steps):
    """Return the best rate and momentum for a bowl."""
    flattest, *_, steepest = curvatures_of(grad)
    low, high = np.sqrt(flattest), np.sqrt(steepest)
    lr = (2 / (low + high)) ** 2
    momentum = ((high - low) / (high + low)) ** 2
    return lr, momentum


DESCENT_RATE = "(2 / (low + high)) ** 2 → 2 / (flattest + steepest)"


def good_pair_cases(rng):
    """Return narrow bowls with a start and a number of steps.

    In the last one the pair whose last point is best comes by it on a swing.
    """
    return equal_shares(
        rng,
        ([1.0, 100.0], 51),
        ([0.02, 1.0], 35),
        ([400.0, 4.0], 51),
        ([2.0, 11.0, 60.0], 28),
        ([17.5, 1.13], 19),
    )


def ball_arrives(grad, theta, steps, lr, momentum):
    """Return "" if the heavy ball leaves 1 % of the gradient in its last steps, or what is left."""
    lr, momentum = float(lr), float(momentum)
    if not 0 <= momentum < 1:
        return f"a momentum should be at least 0 and less than 1, and this is {momentum:.4g}"
    with np.errstate(all="ignore"):
        path = heavy_ball(grad, theta, lr, momentum, steps)[-LAST:]
        left = max(np.linalg.norm(grad(point)) for point in path) / np.linalg.norm(grad(theta))
    if left <= FAR_ENOUGH:
        return ""
    pair = f"with lr = {lr:.4g} and momentum = {momentum:.4g}"
    if not left < 1:
        return f"{pair} the ground is no flatter after {steps} steps than before"
    return f"{pair} the gradient still has {100 * left:.3g} % of its first length"


RATES, MOMENTA = np.geomspace(1e-4, 1e2, 60), np.linspace(0, 0.95, 20)  # of the exercise's hint


def searched_pair(grad, theta, steps):
    """Return the pair of RATES and MOMENTA that leaves the shortest gradients at the end."""
    lr, momentum = RATES[:, None, None], MOMENTA[:, None]
    here, m, left = np.tile(theta, (len(RATES), len(MOMENTA), 1)), 0.0, []
    with np.errstate(all="ignore"):
        for _ in range(steps):
            m = momentum * m + lr * (here @ grad.A - grad.b)
            here = here - m
            left.append(np.linalg.norm(here @ grad.A - grad.b, axis=2))
        worst = np.max(left[-LAST:], axis=0)
    row, column = np.unravel_index(np.nanargmin(worst), worst.shape)
    return RATES[row], MOMENTA[column]


GOOD_PAIR = Task(
    name="good-pair",
    function="good_pair",
    title="Find a rate and a momentum for a bowl you cannot see",
    lesson=LESSON,
    section=MAP,
    points=2,
    right="Rate and momentum suit this very bowl together, and the ball is calm at the end: no "
    "lucky swing is counted.",
    returns=("lr", "momentum"),
    cases=good_pair_cases,
    reference=good_pair,
    misconceptions=(
        Misconception(
            "the best pair without momentum",
            edited(good_pair, DESCENT_RATE, "((high - low) / (high + low)) ** 2 → 0"),
            "There are too few steps for gradient descent, whatever its rate. Try momenta above 0.",
            BEST,
        ),
        Misconception(
            "the habit of 0.9 with gradient descent's best rate",
            edited(good_pair, DESCENT_RATE, "((high - low) / (high + low)) ** 2 → 0.9"),
            "It swings too long. Try other momenta, and other rates with each of them.",
        ),
        Misconception(
            "the best momentum with a rate for gradient descent",
            edited(good_pair, "(2 / (low + high)) ** 2 → 1 / steepest"),
            "With momentum larger rates survive, and here they are needed: search in both "
            "directions, not in one after the other.",
        ),
        Misconception(
            "the best rate with the root of the best momentum",
            edited(good_pair, "((high - low) / (high + low)) ** 2 → (high - low) / (high + low)"),
            "(√κ − 1)/(√κ + 1) is the root of μ, the factor a step. μ is its square.",
            BEST,
        ),
        Misconception(
            "the pair for the averaging form",
            edited(good_pair, "return lr → return lr / (1 - momentum)"),
            "The check rolls a heavy ball. Do not divide its rate by 1 − μ.",
            FORMS,
        ),
        Misconception(
            "a pair that was judged by its last point alone",
            edited(searched_pair, "left[-LAST:] → left[-1:]"),
            "A ball on its swing may pass the minimum just then. Let the longest gradient in the "
            "last five points decide.",
        ),
        Misconception(
            "a pair in the wrong order",
            edited(searched_pair, "RATES[row], MOMENTA[column] → MOMENTA[column], RATES[row]"),
            "Return the rate first, and then the momentum.",
        ),
        *(
            Misconception(
                name,
                edited(good_pair, f"return lr, momentum → return {lr}, 0.9"),
                "A pair that suits one bowl is far too large or too small for another. Try many on "
                "the very `grad` you are given.",
            )
            for name, lr in (
                ("one bold pair for every bowl", 0.1),
                ("one pair for every bowl", 0.01),
                ("one cautious pair for every bowl", 0.001),
            )
        ),
    ),
    accepts=ball_arrives,
    show_target=False,
    allows=("adam_course.optimizers", "adam_course.problems"),
    builds_on=("heavy-ball",),
)

EXERCISE = Exercise(
    name=LESSON,
    title="Momentum",
    minutes=60,
    tasks=(
        HEAVY_BALL,
        NESTEROV,
        EMA_STEP,
        HALF_LIFE,
        REPAIRED_NESTEROV,
        GOOD_PAIR,
    ),
)
