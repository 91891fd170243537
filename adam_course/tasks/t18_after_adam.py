"""The tasks of exercise 18: lengths, Newton–Schulz, Muon, Shampoo, who gets what, seconds."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "18_after_adam"
DIRECTIONS = "A matrix has directions"
MUON = "Muon: every direction the same"
SCHULZ = "Newton–Schulz in five lines"
ONE_LINE = "One line for a whole network"
SHAMPOO = "Shampoo: divide by the directions' own sizes"
SECONDS = "In seconds"

# To begin: how long a step is


def step_lengths(rows, columns, lr):
    """Return how long the first steps of Adam and of Muon are, all numbers in one vector."""
    return lr * np.sqrt(rows * columns), lr * np.sqrt(min(rows, columns))


MUONS = "np.sqrt(min(rows, columns)) →"

STEP_LENGTHS = Task(
    name="step-lengths",
    function="step_lengths",
    title="How long is the step?",
    lesson=LESSON,
    section=MUON,
    points=1,
    right="Adam's step has the rate in every number, Muon's in every direction, and a matrix has "
    "far fewer directions than numbers.",
    returns=("Adam's length", "Muon's length"),
    cases=lambda rng: [
        {"rows": 2, "columns": 3, "lr": 1.0},
        {"rows": 64, "columns": 16, "lr": 0.02},
        {
            "rows": int(rng.integers(5, 40)),
            "columns": int(rng.integers(41, 90)),
            "lr": float(np.round(rng.uniform(0.01, 0.1), 3)),
        },
        {
            "rows": int(rng.integers(41, 90)),
            "columns": int(rng.integers(5, 40)),
            "lr": float(np.round(rng.uniform(0.01, 0.1), 3)),
        },
    ],
    reference=step_lengths,
    misconceptions=(
        Misconception(
            "the length of a single number, and of a single direction",
            edited(
                step_lengths, " * np.sqrt(rows * columns) →", " * np.sqrt(min(rows, columns)) →"
            ),
            "Asked for is the length of the whole step: the root of the sum of all squares.",
        ),
        Misconception(
            "lengths without a root",
            edited(
                step_lengths,
                "np.sqrt(rows * columns) → (rows * columns)",
                "np.sqrt(min(rows, columns)) → min(rows, columns)",
            ),
            "A length is the root of a sum of squares.",
        ),
        Misconception(
            "as long a step for both",
            edited(step_lengths, f"{MUONS} np.sqrt(rows * columns)"),
            "Muon makes the *directions* equally strong. How many has a matrix?",
            DIRECTIONS,
        ),
        Misconception(
            "a direction for each row",
            edited(step_lengths, f"{MUONS} np.sqrt(rows)"),
            "Directions come in pairs, one among the rows and one among the columns. Which runs "
            "out first?",
            DIRECTIONS,
        ),
        Misconception(
            "a direction for each row or column, whichever are more",
            edited(step_lengths, "min(rows, columns) → max(rows, columns)"),
            "Directions come in pairs, one among the rows and one among the columns. Which runs "
            "out first?",
            DIRECTIONS,
        ),
        Misconception(
            "Muon first",
            edited(
                step_lengths,
                "lr * np.sqrt(rows * columns), lr * np.sqrt(min(rows, columns)) → "
                "lr * np.sqrt(min(rows, columns)), lr * np.sqrt(rows * columns)",
            ),
            "Return Adam's length first.",
        ),
    ),
    show_target=False,
)


# Design: other numbers for Newton and Schulz


def coefficients(a):
    """Return b and c with which 1 stays 1, and what is near it comes closer at once."""
    return (5 - 4 * a) / 2, a - 1.5


BOTH = "(5 - 4 * a) / 2, a - 1.5 →"

COEFFICIENTS = Task(
    name="own-coefficients",
    function="coefficients",
    title="Newton–Schulz with numbers of your own",
    lesson=LESSON,
    section=SCHULZ,
    points=2,
    right="The curve goes through 1 at 1 and is level there, so an error near 1 is squared in each "
    "step, while a small value still grows by the factor a.",
    returns=("b", "c"),
    cases=lambda rng: [
        {"a": 1.5},
        {"a": 2.0},
        {"a": float(np.round(rng.uniform(1.6, 1.99), 2))},
        {"a": float(np.round(rng.uniform(2.01, 2.5), 3))},
    ],
    reference=coefficients,
    misconceptions=(
        Misconception(
            "b and c of a curve that goes through 1 and is not level there",
            edited(coefficients, f"{BOTH} 1 - a, 0 * a"),
            "1 stays 1 with your numbers. Where does 0.9 go, and where 0.99? Take the slope at 1.",
        ),
        Misconception(
            "b and c of a curve that is level at 1 and 0 there",
            edited(coefficients, f"{BOTH} -2 * a, a"),
            "With your numbers 1 becomes 0. What should it become?",
        ),
        Misconception(
            "b and c of a curve with the slope 1",
            edited(coefficients, f"{BOTH} 2 - 2 * a, a - 1"),
            "With the slope 1 an error near 1 stays as large as it was. It should vanish.",
        ),
        Misconception(
            "b and c for the powers 2 and 3",
            edited(coefficients, f"{BOTH} 3 - 2 * a, a - 2"),
            "The powers of s are 1, 3 and 5, and the slope brings them down as factors.",
        ),
        Misconception(
            "b and c in each other's places",
            edited(coefficients, f"{BOTH} a - 1.5, (5 - 4 * a) / 2"),
            "b belongs to the third power, c to the fifth.",
        ),
    ),
    show_target=False,
)


# Find the bug: Muon's step


def orthogonal(x):
    """Return the matrix with the same directions, all of them of the strength 1."""
    u, _, vt = np.linalg.svd(x, full_matrices=False)
    return u @ vt


def muon_step(theta, grad, m, lr, momentum):
    """Return the next (theta, m) of Muon, with Nesterov's look ahead."""
    m = momentum * m + grad
    step = orthogonal(grad + momentum * m)
    return theta - lr * step, m


TOO_EARLY = (
    "m + grad\n → m + orthogonal(grad)\n",
    "orthogonal(grad + momentum * m) → orthogonal(grad) + momentum * m",
)
GROWS = "lr * step → lr * np.linalg.norm(grad) * step"


def muon_cases(rng):
    """Return small steps of which the first is easy, with matrices of different shapes."""

    def drawn(*shape):
        return np.round(rng.uniform(0.3, 2, size=shape) * rng.choice([-1, 1], size=shape), 2)

    shapes, settings = ((2, 2), (2, 3), (4, 3)), ((0.1, 0.9), (0.02, 0.5), (0.5, 0.95))
    easy = {
        "theta": np.zeros((2, 2)),
        "grad": np.array([[3.0, 0.0], [0.0, -0.5]]),
        "m": np.zeros((2, 2)),
        "lr": 0.1,
        "momentum": 0.9,
    }
    return [easy] + [
        {
            "theta": drawn(*shape),
            "grad": drawn(*shape),
            "m": drawn(*shape) * 2,
            "lr": lr,
            "momentum": momentum,
        }
        for shape, (lr, momentum) in zip(shapes, settings, strict=True)
    ]


MUON_STEP = Task(
    name="repaired-muon",
    function="muon_step",
    title="Find two bugs in Muon",
    lesson=LESSON,
    section=MUON,
    points=2,
    right="Momentum gathers the gradients as they are, and what leaves it last is made orthogonal, "
    "so every direction moves by the rate and no more.",
    returns=("theta", "m"),
    cases=muon_cases,
    reference=muon_step,
    misconceptions=(
        Misconception(
            "the listing with both of its bugs",
            edited(muon_step, *TOO_EARLY, GROWS),
            "How long is the step in each direction? Take the singular values of the change of θ, "
            "for a gradient and for one that is ten times as large.",
        ),
        Misconception(
            "the listing that makes the gradient orthogonal, and not what momentum has gathered",
            edited(muon_step, *TOO_EARLY),
            "One bug is left. A sum of orthogonal matrices is not orthogonal: directions that come "
            "often are stronger again.",
        ),
        Misconception(
            "the listing whose steps grow with the gradient",
            edited(muon_step, GROWS),
            "One bug is left. How long should the step be, if all gradients so far are ten times "
            "as large?",
        ),
        Misconception(
            "momentum without Nesterov's look ahead",
            edited(muon_step, "orthogonal(grad + momentum * m) → orthogonal(m)"),
            "That is the plain form. Here the gradient and μ times the *new* m are added, before "
            "the sum is made orthogonal.",
        ),
        Misconception(
            "weights that are made orthogonal",
            edited(
                muon_step,
                "orthogonal(grad + momentum * m) → grad + momentum * m",
                "theta - lr * step → orthogonal(theta - lr * step)",
            ),
            "The *step* is made orthogonal. The weights may become what they like.",
        ),
        Misconception(
            "the sign of every number",
            edited(muon_step, "orthogonal(grad → np.sign(grad"),
            "That makes all numbers equally large. Muon makes all *directions* equally strong.",
            DIRECTIONS,
        ),
        Misconception(
            "a step divided by its norm",
            edited(
                muon_step,
                "orthogonal(grad + momentum * m)\n → grad + momentum * m\n"
                "    step = step / np.linalg.norm(step)\n",
            ),
            "One number for the whole matrix leaves the strong directions strong. Which function "
            "makes them all alike?",
            DIRECTIONS,
        ),
        Misconception(
            "a buffer that is an average",
            edited(muon_step, "m + grad\n → m + (1 - momentum) * grad\n"),
            "Muon's buffer is a sum, as heavy ball's is: m ← μ m + g.",
        ),
        Misconception(
            "Muon uphill",
            edited(muon_step, "theta - → theta +"),
            "The gradient points uphill, and so does what is made of it.",
        ),
    ),
)


# Implement: Shampoo's step for a matrix of 2 × 2


def shampoo_step(gradients, eps):
    """Return what Shampoo makes of the last of some gradients (steps, 2, 2)."""
    left, right = eps * np.eye(2), eps * np.eye(2)
    for g in gradients:
        left = left + g @ g.T
        right = right + g.T @ g
    return power(left, -1 / 4) @ gradients[-1] @ power(right, -1 / 4)


def power(matrix, exponent):
    """Return the power of a symmetric matrix: the same directions, powers of their strengths."""
    strengths, directions = np.linalg.eigh(matrix)
    return directions @ np.diag(strengths**exponent) @ directions.T


SANDWICH = "power(left, -1 / 4) @ gradients[-1] @ power(right, -1 / 4) →"


def shampoo_cases(rng):
    """Return one diagonal gradient, and several of all kinds with a small and a large ε."""

    def drawn(steps):
        turn = rng.choice([-1, 1], size=(steps, 2, 2))
        return np.round(rng.uniform(0.2, 3, size=(steps, 2, 2)) * turn, 1)

    return [
        {"gradients": np.array([[[4.0, 0.0], [0.0, 1.0]]]), "eps": 0.0},
        {"gradients": np.array([[[2.0, 1.0], [1.0, 2.0]], [[1.0, 0.0], [3.0, -1.0]]]), "eps": 0.5},
        {"gradients": drawn(3), "eps": 0.1},
        {"gradients": drawn(6), "eps": float(np.round(rng.uniform(0.5, 2), 1))},
    ]


SHAMPOO_STEP = Task(
    name="shampoo-step",
    function="shampoo_step",
    title="Shampoo, two by two",
    lesson=LESSON,
    section=SHAMPOO,
    points=3,
    right="G Gᵀ stands on the side of the rows and Gᵀ G on that of the columns, and two fourth "
    "roots together divide once by the size of the gradients.",
    returns=("step",),
    cases=shampoo_cases,
    reference=shampoo_step,
    misconceptions=(
        Misconception(
            "AdaGrad, number by number",
            edited(
                shampoo_step,
                f"{SANDWICH} gradients[-1] / np.sqrt(eps + (gradients**2).sum(axis=0))",
            ),
            "That divides each number by its own history. Shampoo keeps two matrices, and "
            "multiplies from both sides.",
        ),
        Misconception(
            "Shampoo that looks at the last gradient only",
            edited(shampoo_step, "in gradients: → in gradients[-1:]:"),
            "L and R gather all gradients, as AdaGrad's sum does. Only the one in the middle is "
            "the last.",
        ),
        Misconception(
            "Shampoo with means in the place of sums",
            edited(
                shampoo_step,
                "left + g @ g.T → left + g @ g.T / len(gradients)",
                "right + g.T @ g → right + g.T @ g / len(gradients)",
            ),
            "The paper's L and R are sums, as in AdaGrad.",
        ),
        Misconception(
            "products of the summed gradient",
            edited(
                shampoo_step,
                "in gradients: → in [sum(gradients)]:",
            ),
            "First G Gᵀ of each gradient, then the sum. In your order two opposite gradients "
            "leave nothing.",
        ),
        Misconception(
            "L and R in each other's places",
            edited(
                shampoo_step,
                f"{SANDWICH} power(right, -1 / 4) @ gradients[-1] @ power(left, -1 / 4)",
            ),
            "G Gᵀ says how rows go together, and rows are mixed by a matrix on the left.",
        ),
        Misconception(
            "square roots on both sides",
            edited(
                shampoo_step,
                f"{SANDWICH} power(left, -1 / 2) @ gradients[-1] @ power(right, -1 / 2)",
            ),
            "L and R both know how large the gradients were. With two square roots you divide by "
            "that size twice.",
        ),
        Misconception(
            "Shampoo with its left side only",
            edited(shampoo_step, " @ power(right, -1 / 4) →"),
            "The columns have a matrix of their own, on the right.",
        ),
        Misconception(
            "one-sided Shampoo",
            edited(shampoo_step, f"{SANDWICH} power(left, -1 / 2) @ gradients[-1]"),
            "A variant that is used, to save time. Here both sides are asked for, a fourth root "
            "each.",
        ),
        Misconception(
            "powers above zero",
            edited(
                shampoo_step,
                f"{SANDWICH} power(left, 1 / 4) @ gradients[-1] @ power(right, 1 / 4)",
            ),
            "Strong directions should become weaker. Which sign has the exponent?",
        ),
        Misconception(
            "powers of single numbers",
            edited(
                shampoo_step,
                f"{SANDWICH} np.abs(left) ** (-1 / 4) @ gradients[-1] @ np.abs(right) ** (-1 / 4)",
            ),
            "A power of a matrix keeps its directions. `power` is there for that.",
            DIRECTIONS,
        ),
        Misconception(
            "Shampoo without ε",
            edited(shampoo_step, "left, right = eps * np.eye(2), eps → left, right = 0, 0"),
            "L and R begin at ε on their diagonals, not at 0.",
        ),
        Misconception(
            "ε in all four places",
            edited(
                shampoo_step,
                "left, right = eps * np.eye(2), eps * np.eye(2) → left, right = eps, eps",
            ),
            "ε times the unit matrix has zeros beside its diagonal: `eps * np.eye(2)`.",
        ),
    ),
)


# Infer: who gets what


def shared_out(width, depth, words, length):
    """Return the parameters of Muon and of Adam, and how many numbers the two of them keep."""
    muon = depth * (4 * width**2 + 2 * width * 2 * width)
    adam = words * width + length * width + width * words + (2 * depth + 1) * width
    return muon, adam, muon + 2 * adam


SHARED_OUT = Task(
    name="shared-out",
    function="shared_out",
    title="Who gets what",
    lesson=LESSON,
    section=ONE_LINE,
    points=2,
    right="Muon has the hidden matrices, which grow with width², and keeps one number for each; "
    "Adam has words, places and vectors, and keeps two.",
    returns=("Muon's parameters", "Adam's parameters", "numbers kept"),
    cases=lambda rng: [
        {"width": 32, "depth": 1, "words": 512, "length": 32},
        {"width": 1024, "depth": 24, "words": 50_000, "length": 1000},
        {
            "width": 16 * int(rng.integers(3, 40)),
            "depth": int(rng.integers(2, 12)),
            "words": 100 * int(rng.integers(3, 90)),
            "length": 10 * int(rng.integers(5, 40)),
        },
    ],
    reference=shared_out,
    misconceptions=(
        Misconception(
            "a network whose matrices all go to Muon",
            edited(
                shared_out,
                "adam = words * width + length * width + width * words + → "
                "muon = muon + words * width + length * width + width * words\n    adam =",
            ),
            "A row of the embedding belongs to one word: its numbers are no directions of a map. "
            "Which of the matrices have hidden numbers on both sides?",
        ),
        Misconception(
            "an embedding that goes to Muon",
            edited(
                shared_out,
                "adam = words * width + → muon = muon + words * width\n    adam =",
            ),
            "Its rows are words, of which few come in a batch. Embedding and head go to the same "
            "method.",
        ),
        Misconception(
            "positions that go to Muon",
            edited(
                shared_out,
                "words * width + length * width + → words * width +",
                "adam = words → muon = muon + length * width\n    adam = words",
            ),
            "The positions are a table of vectors, as the embedding is: a row for each place.",
        ),
        Misconception(
            "gains that go to Muon",
            edited(
                shared_out,
                "width * words + (2 * depth + 1) * width → width * words",
                "adam = words → muon = muon + (2 * depth + 1) * width\n    adam = words",
            ),
            "A gain is a vector, and a vector has no directions that could be made equal.",
        ),
        Misconception(
            "a network whose gains are forgotten",
            edited(shared_out, " + (2 * depth + 1) * width →"),
            "Every norm has a gain: two in each block, and the last one.",
        ),
        Misconception(
            "a network without the last norm",
            edited(shared_out, "(2 * depth + 1) → (2 * depth)"),
            "There is one more norm behind the last block.",
        ),
        Misconception(
            "a network of one block",
            edited(shared_out, "depth * (4 → (4", "(2 * depth + 1) → (2 + 1)"),
            "A network of `depth` blocks has all that is in a block so many times.",
        ),
        Misconception(
            "a layer as wide as the vectors",
            edited(shared_out, "2 * width * 2 * width → 2 * width * width"),
            "“In” and “out” have 2 × `width` numbers on one of their sides.",
        ),
        Misconception(
            "two numbers for each parameter",
            edited(shared_out, "muon + 2 * adam → 2 * muon + 2 * adam"),
            "What does Muon keep from step to step? And Adam?",
            MUON,
        ),
        Misconception(
            "one number for each parameter",
            edited(shared_out, "muon + 2 * adam → muon + adam"),
            "What does Adam keep from step to step? And Muon?",
            MUON,
        ),
        Misconception(
            "the parameters themselves among what is kept",
            edited(shared_out, "muon + 2 * adam → 2 * muon + 3 * adam"),
            "Count what the optimizers keep, without the parameters.",
        ),
    ),
    show_target=False,
)


# Explain from data: steps against seconds


def muons_lead(adam, muon, gradient_ms, adam_ms, muon_ms, target):
    """Return Muon's lead in steps and in seconds, and how long its own part may take."""
    adams_steps, muons_steps = (adam <= target).argmax(), (muon <= target).argmax()
    adams_time = adams_steps * (gradient_ms + adam_ms)
    muons_time = muons_steps * (gradient_ms + muon_ms)
    may_take = adams_time / muons_steps - gradient_ms
    return adams_steps / muons_steps, adams_time / muons_time, may_take


def race_cases(rng):
    """Return falling losses with wiggles; Muon needs fewer steps, and more time or less."""

    def falling(steps, reaches):
        """Return losses from 6 on that reach 4 after so many steps, and rise above it again."""
        t = np.arange(steps + 1)
        losses = 3 + 3 * 3.0 ** (-t / reaches)
        losses = losses + rng.uniform(0, 0.004, size=steps + 1) + 0.01 * (t % 7 == 3)
        losses[reaches:] -= 0.03
        losses[reaches + 1] = 4.05
        return np.round(losses, 4)

    drawn = rng.integers(30, 50), rng.integers(12, 25)
    return [
        {
            "adam": np.array([6.0, 5.0, 4.5, 4.0, 3.9]),
            "muon": np.array([6.0, 4.7, 4.0, 3.8, 3.7]),
            "gradient_ms": 5.0,
            "adam_ms": 1.0,
            "muon_ms": 4.0,
            "target": 4.0,
        },
        {
            "adam": falling(60, 30),
            "muon": falling(60, 24),
            "gradient_ms": 4.0,
            "adam_ms": 0.5,
            "muon_ms": 1.75,
            "target": 4.0,
        },
        {
            "adam": falling(80, int(drawn[0])),
            "muon": falling(80, int(drawn[1])),
            "gradient_ms": float(np.round(rng.uniform(3, 90), 1)),
            "adam_ms": float(np.round(rng.uniform(0.3, 0.9), 2)),
            "muon_ms": float(np.round(rng.uniform(1, 30), 1)),
            "target": 4.0,
        },
    ]


STEPS_OF = "(adam <= target).argmax(), (muon <= target).argmax()"
RATIOS = "adams_steps / muons_steps, adams_time / muons_time, may_take →"

MUONS_LEAD = Task(
    name="muons-lead",
    function="muons_lead",
    title="Steps against seconds",
    lesson=LESSON,
    section=SECONDS,
    points=3,
    right="A step costs the gradient and the optimizer's own part, so the same lead in steps is "
    "worth more where the gradient is expensive.",
    returns=("lead in steps", "lead in seconds", "what Muon's part may take"),
    cases=race_cases,
    reference=muons_lead,
    misconceptions=(
        Misconception(
            "a step that costs only the optimizer's part",
            edited(
                muons_lead,
                "adams_steps * (gradient_ms + adam_ms) → adams_steps * adam_ms",
                "muons_steps * (gradient_ms + muon_ms) → muons_steps * muon_ms",
                " - gradient_ms →",
            ),
            "Both also compute a gradient in every step.",
        ),
        Misconception(
            "steps that all cost the same",
            edited(muons_lead, "adams_time / muons_time → adams_steps / muons_steps"),
            "Then seconds would say nothing new. What does one step of each cost?",
        ),
        Misconception(
            "leads upside down",
            edited(
                muons_lead,
                f"{RATIOS} muons_steps / adams_steps, muons_time / adams_time, may_take",
            ),
            "A lead above 1 should mean that Adam needs more.",
        ),
        Misconception(
            "steps counted from 1",
            edited(
                muons_lead,
                f"{STEPS_OF} → (adam <= target).argmax() + 1, (muon <= target).argmax() + 1",
            ),
            "The first loss is that of the start, after no step.",
        ),
        Misconception(
            "the last time that a run crosses the target",
            edited(
                muons_lead,
                f"{STEPS_OF} → np.flatnonzero(adam > target)[-1] + 1, "
                "np.flatnonzero(muon > target)[-1] + 1",
            ),
            "Asked for is the *first* step at which the loss is at the target or below.",
        ),
        Misconception(
            "the steps above the target",
            edited(muons_lead, f"{STEPS_OF} → (adam > target).sum(), (muon > target).sum()"),
            "A run may rise above the target again. Asked for is the first step at which it is "
            "there.",
        ),
        Misconception(
            "a whole step in the place of Muon's own part",
            edited(muons_lead, "/ muons_steps - gradient_ms → / muons_steps"),
            "That is what Muon's *step* may take. The gradient is a part of it.",
        ),
        Misconception(
            "the time that Muon has left",
            edited(muons_lead, "- gradient_ms → - gradient_ms - muon_ms"),
            "Not how much more its part may take, but how much in all.",
        ),
        Misconception(
            "a part in proportion to Adam's",
            edited(
                muons_lead,
                "adams_time / muons_steps - gradient_ms → adam_ms * adams_steps / muons_steps",
            ),
            "The steps that are saved save gradients, too, and that time may be spent.",
        ),
        Misconception(
            "a part with which Muon would be ahead by as much as in steps",
            edited(muons_lead, "adams_time / muons_steps - gradient_ms → adam_ms"),
            "Asked for is the part with which both reach the target at the same moment.",
        ),
    ),
)


# A stretch: a parameter that goes uphill


def uphill(share):
    """Return a gradient (2, 2) along which Muon takes its first parameter uphill."""
    slope = share / np.sqrt(1 - share**2)
    x = 2 * slope + 2
    return np.array([[1.0, x], [x, 1 + 2 * x * slope]])


def goes_uphill(share, gradient):
    """Return "" if Muon takes the parameter at the top left uphill by so much, else what it is."""
    if not gradient[0, 0] > 0:
        return f"the gradient at the top left is {gradient[0, 0]:.4g}, and it should be positive"
    strengths = np.linalg.svd(gradient, compute_uv=False)
    if not strengths[1] > 1e-6 * strengths[0]:
        return "one of the two singular values is 0, and its directions could be any"
    up = -orthogonal(gradient)[0, 0]
    if np.isclose(up, share, rtol=1e-4, atol=0):
        return ""
    way = "uphill" if up > 0 else "downhill"
    return f"the step at the top left goes {way} by {abs(up):.4g} of the rate, and not {share:.4g}"


GIVEN_BACK = "np.array([[1.0, x], [x, 1 + 2 * x * slope]]) →"

UPHILL = Task(
    name="uphill",
    function="uphill",
    title="Uphill, and the loss falls",
    lesson=LESSON,
    section=MUON,
    points=0,
    right="Muon goes down along directions, not along single numbers, and where others pull harder "
    "a parameter may move against its own gradient.",
    returns=("gradient",),
    cases=lambda rng: [
        {"share": 0.6},
        {"share": 0.1},
        {"share": 0.9},
        {"share": float(np.round(rng.uniform(0.2, 0.5), 3))},
        {"share": float(np.round(rng.uniform(0.5, 0.9), 3))},
    ],
    reference=uphill,
    misconceptions=(
        Misconception(
            "a gradient that gives the large number to the top left",
            edited(uphill, f"{GIVEN_BACK} np.array([[1 + 2 * x * slope, x], [x, 1.0]])"),
            "There the parameter goes downhill. Which number should outweigh which?",
        ),
        Misconception(
            "a gradient with weak numbers beside the diagonal",
            edited(uphill, "x = 2 * slope + 2 → x = slope"),
            "What does Muon make of a matrix whose diagonal wins? Compare x² with the product of "
            "the diagonal.",
        ),
        Misconception(
            "a diagonal gradient",
            edited(uphill, f"{GIVEN_BACK} np.array([[1.0, 0.0], [0.0, -2 * x * slope - 2]])"),
            "Its directions are the axes, and along each of them Muon goes downhill.",
            DIRECTIONS,
        ),
        Misconception(
            "a share that is taken for its ratio to the rest",
            edited(uphill, "share / np.sqrt(1 - share**2) → share"),
            "The squares of a row of an orthogonal matrix add up to 1. Which ratio of its two "
            "numbers makes the first one so large?",
        ),
        Misconception(
            "a gradient that is negative at the top left",
            edited(uphill, f"{GIVEN_BACK} -np.array([[1 + 2 * x * slope, x], [x, 1.0]])"),
            "Then the parameter follows its own gradient. It should be positive.",
        ),
    ),
    accepts=goes_uphill,
    show_target=False,
    right_all_the_same=dict.fromkeys(
        ("line 4: 2 → 3", "line 4: 2 → 4"),
        "any x will do whose square is larger than the product of the diagonal",
    ),
)

EXERCISE = Exercise(
    name=LESSON,
    title="After Adam",
    minutes=70,
    tasks=(
        STEP_LENGTHS,
        COEFFICIENTS,
        MUON_STEP,
        SHAMPOO_STEP,
        SHARED_OUT,
        MUONS_LEAD,
        UPHILL,
    ),
    by_person=2,
)
