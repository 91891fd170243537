"""The tasks of exercise 03: whose path it is, the averaging form, a repair, and two numbers."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.shared import bowl, equal_shares
from adam_course.tasks.t01_gradient_descent import curvatures_of
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "03_momentum"
RULE = "The rule"
MEMORY = "How long does it remember?"
FORMS = "Three spellings of one rule"
ROOTS = "One direction, two roots"
BEST = "The best two numbers for a bowl"
MAP = "A map of both numbers"
LOOK = "Nesterov: look first, then leap"


# What several tasks roll


def heavy_ball(grad, theta, lr, momentum, steps):
    """Return the path of the heavy ball, steps + 1 points; the exercise gives it."""
    d, path = np.zeros(theta.shape), [theta]
    for _ in range(steps):
        d = momentum * d + lr * grad(theta)
        theta = theta - d
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


BEHIND = "theta - momentum → theta + momentum"
TOO_FAR = "theta - momentum * d → theta - d"
AVERAGED = "lr * grad → (1 - momentum) * lr * grad"
DOUBLED = "theta = theta - d → theta = ahead - d"


# To begin: two pushes


def buffer_after_two(first, second, lr, momentum):
    """Return the buffer of the heavy ball after two gradients."""
    d = lr * first
    return momentum * d + lr * second


BUFFER = Task(
    name="buffer-after-two",
    function="buffer_after_two",
    title="The buffer after two pushes",
    lesson=LESSON,
    section=RULE,
    points=1,
    right="The first push is in the buffer with its share μ, and the second with all of its step.",
    returns=("d",),
    cases=lambda rng: [
        {"first": 1.0, "second": 1.0, "lr": 1.0, "momentum": 0.5},
        {"first": 3.0, "second": -3.0, "lr": 0.1, "momentum": 0.9},
        {
            "first": float(np.round(rng.uniform(-9, -5), 1)),
            "second": float(np.round(rng.uniform(2, 4), 1)),
            "lr": float(np.round(rng.uniform(0.02, 0.2), 2)),
            "momentum": float(np.round(rng.uniform(0.6, 0.8), 2)),
        },
    ],
    reference=buffer_after_two,
    misconceptions=(
        Misconception(
            "a ball without a memory",
            edited(buffer_after_two, "momentum * d + lr → lr"),
            "That is the second push alone. A share of the first is still there.",
        ),
        Misconception(
            "a ball that forgets nothing",
            edited(buffer_after_two, "momentum * d → d"),
            "Of the old buffer only the share momentum is kept.",
        ),
        Misconception(
            "the averaging form",
            edited(
                buffer_after_two,
                "d = lr → d = (1 - momentum) * lr",
                "+ lr → + (1 - momentum) * lr",
            ),
            "The heavy ball takes in the whole of each push, lr times the gradient.",
            FORMS,
        ),
        Misconception(
            "a second push that is weighed like an average",
            edited(buffer_after_two, "+ lr → + (1 - momentum) * lr"),
            "The second push comes in whole, lr times the gradient, just as the first one did.",
            FORMS,
        ),
        Misconception(
            "a ball whose rate and momentum have changed places",
            edited(buffer_after_two, "momentum * d + lr * second → lr * d + momentum * second"),
            "momentum is the share of d that is kept; lr multiplies the gradient.",
        ),
        Misconception(
            "how far the ball has come in both steps",
            edited(buffer_after_two, "return → return d +"),
            "That is the way of both steps together. Asked is the buffer after the second.",
        ),
        Misconception(
            "a ball without its rate",
            edited(buffer_after_two, "d = lr * → d =", "+ lr * → +"),
            "Each gradient goes into d times lr.",
        ),
    ),
)


# Tell apart: whose path is it?


def whose_path(path, grad, lr, momentum):
    """Return the number of the rule that took a path: 1 to 4, or 0 if none of them did."""
    before, move = path[0] - path[1], path[1] - path[2]
    here, ahead = path[1], path[1] - momentum * before
    moves = (
        lr * grad(here),
        momentum * before + lr * grad(here),
        momentum * before + lr * grad(ahead),
        momentum * before + (1 - momentum) * lr * grad(here),
    )
    for number, one in enumerate(moves, start=1):
        if np.allclose(move, one):
            return number
    return 0


def walk(rule, grad, theta, lr, momentum):
    """Return four points of a rule by its number; 0 is a ball that forgets nothing."""
    d, path = np.zeros(theta.shape), [theta]
    for _ in range(3):
        g = grad(theta - momentum * d if rule == 3 else theta)
        d = (1.0, 0.0, momentum, momentum, momentum)[rule] * d
        d = d + lr * g * (1 - momentum if rule == 4 else 1)
        theta = theta - d
        path.append(theta)
    return np.array(path)


def path_cases(rng):
    """Return a path of each rule and one of none, on bowls of their own; the simplest first."""
    cases = []
    for rule, lr, momentum in (
        (1, 0.1, 0.9),
        (2, 0.1, 0.9),
        (3, 0.2, 0.8),
        (4, 0.2, 0.7),
        (0, 0.1, 0.6),
    ):
        grad, theta = bowl(rng, np.array([1.0, 4.0])), np.round(rng.normal(size=2), 2) + 3
        path = walk(rule, grad, theta, lr, momentum)
        cases.append({"path": path, "grad": grad, "lr": lr, "momentum": momentum})
    return cases


WHOSE_PATH = Task(
    name="whose-path",
    function="whose_path",
    title="Tell from a path which rule took it",
    lesson=LESSON,
    section=FORMS,
    points=3,
    right="The first step says little, and the second one tells all of them apart: what is kept of "
    "the last move, and where and with what weight the gradient was taken.",
    returns=("number",),
    cases=path_cases,
    reference=whose_path,
    misconceptions=(
        Misconception(
            "a verdict on the first step alone",
            edited(
                whose_path,
                "path[0] - path[1], path[1] - path[2] → 0 * path[0], path[0] - path[1]",
                "here, ahead = path[1], path[1] - → here, ahead = path[0], path[0] -",
            ),
            "From an empty buffer three of the four take the same first step. Look at the second.",
        ),
        Misconception(
            "a verdict that takes the nearest where none fits",
            edited(
                whose_path,
                "return 0 → return 1 + np.argmin([abs(move - one).max() for one in moves])",
            ),
            "One path was taken by none of the four. A right rule gives the move exactly, up to "
            "rounding: `np.allclose` says whether it does.",
        ),
        Misconception(
            "a verdict without the look ahead",
            edited(whose_path, "grad(ahead) → grad(here)"),
            "Nesterov's path is not recognised yet. He takes the gradient ahead, where momentum "
            "times the last move leads. Which point is that?",
            LOOK,
        ),
        Misconception(
            "a verdict without the factor 1 − μ",
            edited(whose_path, "(1 - momentum) * lr → lr"),
            "Rule 4 lets in 1 − μ of the new gradient. Its path is not recognised yet.",
        ),
        Misconception(
            "a verdict that takes all balls for ones without a memory",
            edited(whose_path, "= path[0] - path[1], → = 0 * path[0],"),
            "The first move is in the buffer when the second is made: it was path[0] − path[1].",
            RULE,
        ),
        Misconception(
            "a verdict with moves of the wrong sign",
            edited(
                whose_path,
                "path[0] - path[1], path[1] - path[2] → path[1] - path[0], path[2] - path[1]",
            ),
            "theta falls by the buffer: d is the old point minus the new one.",
            RULE,
        ),
        Misconception(
            "a verdict with gradients taken where the step ends",
            edited(whose_path, "here, ahead = path[1], → here, ahead = path[2],"),
            "The second step begins at path[1]: there the gradient was asked for.",
            RULE,
        ),
        Misconception(
            "a verdict with rules counted from 0",
            edited(whose_path, "start=1 → start=0"),
            "The first of the four is number 1; 0 is for none of them.",
        ),
    ),
    show_target=False,
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


# Predict: how far the ball rolls on


def distance_left(before, last):
    """Return how far a ball still rolls on flat ground, from its last two moves."""
    momentum = last / before
    return last * momentum / (1 - momentum)


DISTANCE_LEFT = Task(
    name="distance-left",
    function="distance_left",
    title="Predict how far the ball rolls on",
    lesson=LESSON,
    section=MEMORY,
    points=2,
    right="Without a push each move is μ times the last one, and all that are to come add up to a "
    "finite distance.",
    returns=("distance",),
    cases=lambda rng: [
        {"before": 1.0, "last": 0.5},
        {"before": 2.0, "last": 1.8},
        {"before": -0.3, "last": -0.27},
        {
            "before": (far := float(np.round(rng.uniform(4, 9), 1))),
            "last": far * float(np.round(rng.uniform(0.6, 0.85), 2)),
        },
        {
            "before": (near := float(np.round(rng.uniform(0.1, 0.4), 2))),
            "last": near * float(np.round(rng.uniform(0.92, 0.98), 3)),
        },
    ],
    reference=distance_left,
    misconceptions=(
        Misconception(
            "the next move, not all that follow",
            edited(distance_left, " / (1 - momentum) →"),
            "That is the next move. There is one after it, and one more: add them all up.",
        ),
        Misconception(
            "a distance that counts the last move again",
            edited(distance_left, "last * momentum → last"),
            "The last move has been made already. How long is the next one?",
        ),
        Misconception(
            "a distance that counts both moves that were seen",
            edited(distance_left, "last * momentum → before"),
            "The two moves that you were given are behind the ball. What lies ahead?",
        ),
        Misconception(
            "a momentum upside down",
            edited(distance_left, "last / before → before / last"),
            "Momentum is the share that is kept, less than 1: the later move by the earlier one.",
        ),
        Misconception(
            "a number of moves, not a distance",
            edited(distance_left, "last * momentum → momentum"),
            "That many times the last move. So how far is it?",
        ),
        Misconception(
            "a ball that slows by the same amount in each step",
            edited(
                distance_left,
                "last * momentum / (1 - momentum) → last**2 / (before - last) / 2",
            ),
            "It loses a share of its move in each step, not an amount: 1, 0.5, 0.25, and so on.",
        ),
    ),
    show_target=False,
    rtol=1e-4,
)


# Find the bug: a Nesterov with three of them


def repaired_nesterov(grad, theta, lr, momentum, steps):
    """Return where Nesterov's momentum ends: the listing of the exercise without its bugs."""
    d = np.zeros(theta.shape)
    for _ in range(steps):
        ahead = theta - momentum * d
        d = momentum * d + lr * grad(ahead)
        theta = theta - d
    return theta


REPAIRED_NESTEROV = Task(
    name="repaired-nesterov",
    function="repaired_nesterov",
    title="Find three bugs in a Nesterov",
    lesson=LESSON,
    section=LOOK,
    points=2,
    right="It looks ahead, lets the whole gradient of that place into d, and steps from theta "
    "itself.",
    returns=("theta",),
    cases=lambda rng: [case | {"steps": 2 + case["steps"]} for case in ball_cases(rng)],
    reference=repaired_nesterov,
    misconceptions=(
        Misconception(
            "the listing with all of its bugs",
            edited(repaired_nesterov, BEHIND, AVERAGED, DOUBLED),
            "Compare its three lines with the formulas of the lesson, sign by sign. Where does it "
            "look, what goes into d, and from where does it step?",
        ),
        Misconception(
            "the listing that now looks ahead",
            edited(repaired_nesterov, AVERAGED, DOUBLED),
            "One bug is out, two are left: what goes into d, and from where does it step?",
        ),
        Misconception(
            "the listing with its buffer repaired",
            edited(repaired_nesterov, BEHIND, DOUBLED),
            "One bug is out, two are left: where does it look, and from where does it step?",
        ),
        Misconception(
            "the listing that now steps from theta",
            edited(repaired_nesterov, BEHIND, AVERAGED),
            "One bug is out, two are left: where does it look, and what goes into d?",
        ),
        Misconception(
            "the listing that still looks back",
            edited(repaired_nesterov, BEHIND),
            "Two bugs are out, one is left. theta moves by minus d; which way is ahead?",
        ),
        Misconception(
            "the listing that still averages",
            edited(repaired_nesterov, AVERAGED),
            "Two bugs are out, one is left. With 1 − μ in front of it, the gradient counts a tenth "
            "at μ = 0.9, and the rate was not made for that.",
            FORMS,
        ),
        Misconception(
            "the listing that still leaps twice",
            edited(repaired_nesterov, DOUBLED),
            "Two bugs are out, one is left. The new d has the leap in it. From where do you step?",
        ),
        Misconception(
            "the heavy ball",
            edited(repaired_nesterov, "grad(ahead) → grad(theta)"),
            "The gradient has to be taken ahead, at theta − momentum · d.",
        ),
        Misconception(
            "a look too far ahead",
            edited(repaired_nesterov, TOO_FAR),
            "Ahead is where momentum times d leads.",
        ),
        Misconception(
            "the look-ahead point at the end",
            edited(repaired_nesterov, "return theta → return theta - momentum * d"),
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
        ([1.0, 49.0], 36),
        ([0.02, 1.0], 35),
        ([400.0, 10.0], 32),
        ([2.0, 11.0, 60.0], 28),
        ([2.8, 0.13], 22),
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


RATES, MOMENTA = np.geomspace(1e-3, 10, 40), np.linspace(0, 0.9, 10)  # of the exercise's hint


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
)

# A stretch: two hidden numbers


def hidden_numbers(path):
    """Return momentum and rate · curvature from four points along one direction, minimum at 0."""
    old, new = np.array(path[:2]), np.array(path[1:3])
    factor, minus = np.linalg.solve(np.column_stack([new, old]), path[2:])
    return -minus, 1 - minus - factor


def hidden_cases(rng):
    """Return four points in the middle of runs that swing, creep and fly off."""
    cases = []
    for momentum, product in (
        (0.5, 0.5),
        (0.9, 0.1),
        (np.round(rng.uniform(0.1, 0.3), 2), np.round(rng.uniform(0.1, 0.2), 2)),
        (np.round(rng.uniform(0.6, 0.8), 2), np.round(rng.uniform(2.5, 3), 2)),
        (np.round(rng.uniform(0.6, 0.8), 2), np.round(rng.uniform(4, 5), 2)),
    ):
        path = [0.0, np.round(rng.uniform(1, 4), 1)]
        path[0] = path[1] * (1 + np.round(rng.uniform(0.1, 0.4), 2))
        for _ in range(2):
            path.append((1 + momentum - product) * path[-1] - momentum * path[-2])
        cases.append({"path": np.array(path)})
    return cases


HIDDEN_NUMBERS = Task(
    name="hidden-numbers",
    function="hidden_numbers",
    title="Find two hidden numbers from four points",
    lesson=LESSON,
    section=ROOTS,
    points=0,
    right="Each new point is a mixture of the two before it, and two such mixtures give away both "
    "numbers.",
    returns=("momentum", "product"),
    cases=hidden_cases,
    reference=hidden_numbers,
    misconceptions=(
        Misconception(
            "the two numbers in the wrong order",
            edited(hidden_numbers, "-minus, 1 - minus - factor → 1 - minus - factor, -minus"),
            "Return the momentum first, then the product of rate and curvature.",
        ),
        Misconception(
            "a run without a memory",
            edited(hidden_numbers, "-minus, 1 - minus - factor → 0.0, 1 - path[3] / path[2]"),
            "One factor is not enough: each point depends on the two before it.",
        ),
        Misconception(
            "the factor of the last point, not the product in it",
            edited(hidden_numbers, "1 - minus - factor → factor"),
            "That factor is 1 + μ − αλ. Which αλ is in it?",
        ),
        Misconception(
            "a product without the momentum in its factor",
            edited(hidden_numbers, "1 - minus - factor → 1 - factor"),
            "The factor of the newest point is 1 + μ − αλ, not 1 − αλ.",
        ),
        Misconception(
            "a momentum with the wrong sign",
            edited(hidden_numbers, "return -minus, 1 - → return minus, 1 +"),
            "The older point comes in with −μ.",
        ),
    ),
    show_target=False,
    rtol=1e-6,
)

EXERCISE = Exercise(
    name=LESSON,
    title="Momentum",
    minutes=60,
    tasks=(
        BUFFER,
        WHOSE_PATH,
        EMA_STEP,
        DISTANCE_LEFT,
        REPAIRED_NESTEROV,
        GOOD_PAIR,
        HIDDEN_NUMBERS,
    ),
    by_person=2,
)
