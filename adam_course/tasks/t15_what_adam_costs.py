"""The tasks of exercise 15: shards, a byte for a number, a frozen v, blocks and a better code."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "15_what_adam_costs"
SIXTEEN = "Sixteen bytes a parameter"
BLOCKS = "In blocks"
EIGHT = "Eight bits"
DEVICES = "Many devices"


# Implement: what each device has to hold


def bytes_on_a_device(parameters, devices, stage):
    """Return the bytes that weights, gradient and Adam's state take on each device: ZeRO."""
    weights, gradient, state = 2 * parameters, 2 * parameters, 12 * parameters
    if stage >= 1:
        state = state / devices
    if stage >= 2:
        gradient = gradient / devices
    if stage >= 3:
        weights = weights / devices
    return weights + gradient + state


def sharded_cases(rng):
    """Return two models in each stage, and one on a single device."""
    drawn = int(rng.integers(10, 900)) * 10**6, int(2 ** rng.integers(4, 8))
    models = [(7_000_000_000, 8, stage) for stage in range(4)] + [(1000, 1, 1)]
    models += [(*drawn, stage) for stage in range(4)]
    return [dict(zip(("parameters", "devices", "stage"), model, strict=True)) for model in models]


SHARDED_BYTES = Task(
    name="sharded-bytes",
    function="bytes_on_a_device",
    title="Work out what each of many devices holds",
    lesson=LESSON,
    section=DEVICES,
    points=2,
    right="The largest part goes first: stage 1 divides the 12 bytes of the state, stage 2 the "
    "gradient too, and stage 3 also the weights.",
    returns=("bytes",),
    cases=sharded_cases,
    reference=bytes_on_a_device,
    misconceptions=(
        Misconception(
            "a memory in which nothing is divided",
            edited(bytes_on_a_device, "weights + gradient + state → 16 * parameters"),
            "That is stage 0. From stage 1 on, each device keeps its share of the state only.",
        ),
        Misconception(
            "a memory in which everything is divided from stage 1 on",
            edited(bytes_on_a_device, "stage >= 2 → stage >= 1", "stage >= 3 → stage >= 1"),
            "Stage 1 divides the optimizer's 12 bytes, and nothing else yet.",
        ),
        Misconception(
            "a memory in which every stage divides everything",
            edited(bytes_on_a_device, "weights + gradient + state → 16 * parameters / devices"),
            "Stage 0 divides nothing, and each stage adds one part.",
        ),
        Misconception(
            "the memory of all devices together",
            edited(
                bytes_on_a_device,
                "weights + gradient + state → devices * (weights + gradient + state)",
            ),
            "Asked for is what *each* device has to hold.",
        ),
        Misconception(
            "a state without the float32 copy of the weights",
            edited(bytes_on_a_device, "12 * → 8 *"),
            "m and v are 8 bytes. In mixed precision the float32 weights are part of the state "
            "too.",
            SIXTEEN,
        ),
        Misconception(
            "a memory in which all numbers have four bytes",
            edited(
                bytes_on_a_device,
                "2 * parameters, 2 * parameters, 12 * → 4 * parameters, 4 * parameters, 8 *",
            ),
            "Weights and gradient are in bf16, two bytes each, and the state holds a float32 copy.",
            SIXTEEN,
        ),
        Misconception(
            "a sharding that begins with the weights",
            edited(
                bytes_on_a_device,
                "1:\n        state → 3:\n        state",
                "3:\n        weights → 1:\n        weights",
            ),
            "The first stage takes the largest part, and the weights come last.",
        ),
        Misconception(
            "a sharding in which the gradient comes before the state",
            edited(
                bytes_on_a_device,
                "1:\n        state → 2:\n        state",
                "2:\n        gradient → 1:\n        gradient",
            ),
            "Stage 1 divides the state, and stage 2 the gradient too.",
        ),
        Misconception(
            "a sharding that is one stage late",
            edited(bytes_on_a_device, ">= 1 → > 1", ">= 2 → > 2", ">= 3 → > 3"),
            "Stage 1 does divide something. Is it `>` where it should be `>=`?",
        ),
    ),
)


# Implement: a byte for a number


def in_a_byte(x, code, block):
    """Return for each number the index of the nearest value of the code, and each block's scale."""
    blocks = x.reshape(len(x) // block, block)
    scale = np.abs(blocks).max(axis=1)
    unit = blocks / scale[:, None]
    distances = np.abs(unit[:, :, None] - code)
    index = distances.argmin(axis=2)
    return index, scale


def byte_cases(rng):
    """Return numbers with a code that is evenly spaced, and one that is not; one has an outlier."""
    even, uneven = np.linspace(-1, 1, 9), np.array([-1.0, -0.3, -0.1, 0.0, 0.02, 0.1, 0.3, 1.0])
    outlier = np.round(rng.normal(size=12), 2) + 0.003
    outlier[5] = -50.0
    plain = np.array([0.3, -2.0, 0.7, 1.1, 0.9, 0.1, -0.6, 0.45])
    return [
        {"x": plain, "code": even, "block": 4},
        {"x": outlier, "code": uneven, "block": 3},
        {"x": np.round(rng.normal(size=16), 2) + 0.003, "code": even, "block": 8},
    ]


IN_A_BYTE = Task(
    name="in-a-byte",
    function="in_a_byte",
    title="Store numbers as places in a code",
    lesson=LESSON,
    section=EIGHT,
    points=2,
    right="Each block is measured by its own largest size, so that an outlier spoils one block "
    "only, and each number becomes the place of the value nearest to it.",
    returns=("index", "scale"),
    cases=byte_cases,
    reference=in_a_byte,
    misconceptions=(
        Misconception(
            "one scale for all blocks",
            edited(in_a_byte, "np.abs(blocks).max(axis=1) → np.full(len(blocks), np.abs(x).max())"),
            "Each block has a largest size of its own: `axis=1`. Otherwise an outlier spoils them "
            "all.",
        ),
        Misconception(
            "a scale that looks at the largest number, not at the largest size",
            edited(in_a_byte, "np.abs(blocks).max → blocks.max"),
            "−2 is larger in size than 1.1. Take the absolute value first.",
        ),
        Misconception(
            "a scale of one for every block",
            edited(in_a_byte, "np.abs(blocks).max(axis=1) → np.ones(len(blocks))"),
            "The code reaches from −1 to 1: divide each block by its largest size first.",
        ),
        Misconception(
            "the root mean square as a scale",
            edited(in_a_byte, "np.abs(blocks).max(axis=1) → np.sqrt((blocks**2).mean(axis=1))"),
            "Then the largest numbers do not fit into the code. Take the largest size.",
        ),
        Misconception(
            "blocks that take every so many numbers",
            edited(in_a_byte, "len(x) // block, block) → block, len(x) // block).T"),
            "A block is made of neighbours: one row of `x.reshape(-1, block)`.",
        ),
        Misconception(
            "the next value below instead of the nearest",
            edited(
                in_a_byte,
                "distances.argmin(axis=2) → np.searchsorted(code, unit, side='right') - 1",
            ),
            "`np.searchsorted` on the code itself finds a neighbour, not the nearest one. Compare "
            "the distances, or search in the middles between neighbours.",
        ),
        Misconception(
            "the next value above instead of the nearest",
            edited(in_a_byte, "distances.argmin(axis=2) → np.searchsorted(code, unit)"),
            "`np.searchsorted` on the code itself finds a neighbour, not the nearest one. Compare "
            "the distances, or search in the middles between neighbours.",
        ),
        Misconception(
            "the values of the code instead of their places",
            edited(in_a_byte, "index, scale → code[index], scale"),
            "What is stored is which value it is, a whole number that fits into a byte.",
        ),
        Misconception(
            "places in a code that is taken to be evenly spaced",
            edited(
                in_a_byte, "distances.argmin(axis=2) → np.rint((unit + 1) / 2 * (len(code) - 1))"
            ),
            "That is right for a linear code only. Look the nearest value up in `code`.",
        ),
    ),
)


# Predict: how far the squares may rise unnoticed


def unnoticed(beta2, bits):
    """Return the largest g² that leaves a v of 1 where it is, with so many bits of fraction."""
    half_a_spacing = 2.0**-bits / 2
    return 1 + half_a_spacing / (1 - beta2)


UNNOTICED = Task(
    name="unnoticed",
    function="unnoticed",
    title="Predict when v freezes",
    lesson=LESSON,
    section=SIXTEEN,
    points=1,
    right="A change of (1 − β₂)(g² − 1) is rounded away up to half a spacing, so that the squares "
    "may rise far before v notices.",
    returns=("square",),
    cases=lambda rng: [
        {"beta2": 0.999, "bits": 7},
        {"beta2": 0.999, "bits": 10},
        {"beta2": float(np.round(rng.uniform(0.9, 0.99), 5)), "bits": int(rng.integers(3, 6))},
    ],
    reference=unnoticed,
    misconceptions=(
        Misconception(
            "a v that needs a whole spacing to move",
            edited(
                unnoticed,
                "half_a_spacing = 2.0**-bits / 2 → spacing = 2.0**-bits",
                "half_a_spacing → spacing",
            ),
            "Rounding goes to the nearest: from where on is the next number nearer than 1?",
        ),
        Misconception(
            "the difference g² − v instead of g²",
            edited(unnoticed, "1 + half → half"),
            "While g² comes in, v loses (1 − β2) of itself: the change is (1 − β2)(g² − v).",
        ),
        Misconception(
            "a v that lets in β2 of the gradient",
            edited(unnoticed, "(1 - beta2) → beta2"),
            "β2 is what v keeps. The square comes in with 1 − β2.",
        ),
        Misconception(
            "a v that takes the square in whole",
            edited(unnoticed, " / (1 - beta2) →"),
            "Only the share 1 − β2 of the change comes in. How large may the whole change be?",
        ),
        Misconception(
            "a g instead of its square",
            edited(
                unnoticed,
                "1 + half_a_spacing / (1 - beta2) → np.sqrt(1 + half_a_spacing / (1 - beta2))",
            ),
            "Return the square, g².",
        ),
        Misconception(
            "the spacing of a number without fraction bits",
            edited(unnoticed, "2.0**-bits → 1 / bits"),
            "Each bit halves the spacing: with so many bits it is 2 to the power −bits.",
        ),
    ),
    show_target=False,
)


# Find the bug: Adam in blocks


def repaired_blocks(theta, grad, m, v, t, block, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return the new (theta, m, v) of step t, one block at a time: the listing without its bugs."""
    theta, m, v = theta.copy(), m.copy(), v.copy()
    for i in range(0, len(theta), block):
        part = slice(i, i + block)
        m[part] = beta1 * m[part] + (1 - beta1) * grad[part]
        v[part] = beta2 * v[part] + (1 - beta2) * grad[part] ** 2
        m_hat, v_hat = m[part] / (1 - beta1**t), v[part] / (1 - beta2**t)
        theta[part] -= lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, m, v


RUNNING = "eps)\n → eps)\n        t = t + 1\n"
WHOLE = "len(theta), block) → len(theta) - block + 1, block)"
ONE_SQUARE = "grad[part] ** 2 → np.mean(grad[part] ** 2)"


def block_cases(rng):
    """Return a step in blocks that fit, one with a rest, and one with other hyperparameters."""
    cases = []
    for size, block, t, hyperparameters in (
        (6, 3, 1, {"eps": 0.01}),
        (7, 3, 2, {"eps": 0.01}),
        (8, 4, 5, {"lr": 0.1, "beta1": 0.8, "beta2": 0.95, "eps": 1e-3}),
        (5, 8, 3, {}),
    ):
        theta, grad, m = np.round(rng.normal(size=(3, size)), 2)
        v = np.round(rng.uniform(0.1, 2, size), 2)
        if t == 1:
            m, v = np.zeros(size), np.zeros(size)
        if t == 3:  # so small that ε shows
            grad, m, v = 1e-7 * grad, 1e-7 * m, 1e-14 * v
        cases.append({"theta": theta, "grad": grad, "m": m, "v": v, "t": t, "block": block})
        cases[-1] |= hyperparameters
    return cases


REPAIRED_BLOCKS = Task(
    name="repaired-blocks",
    function="repaired_blocks",
    title="Find three bugs in an Adam in blocks",
    lesson=LESSON,
    section=BLOCKS,
    points=3,
    right="All blocks belong to one step and share its t, the last one may be short, and each "
    "parameter keeps a v of its own.",
    returns=("theta", "m", "v"),
    cases=block_cases,
    reference=repaired_blocks,
    misconceptions=(
        Misconception(
            "the listing with all of its bugs",
            edited(repaired_blocks, RUNNING, WHOLE, ONE_SQUARE),
            "Print i and t in every round. Then print v: is it the same throughout a block?",
        ),
        Misconception(
            "the listing with its last block repaired",
            edited(repaired_blocks, RUNNING, ONE_SQUARE),
            "Two are left. Print t in every round, and v at the end.",
        ),
        Misconception(
            "the listing with its t repaired",
            edited(repaired_blocks, WHOLE, ONE_SQUARE),
            "Two are left. Print i in every round, and v at the end.",
        ),
        Misconception(
            "the listing with a v for each parameter",
            edited(repaired_blocks, RUNNING, WHOLE),
            "Two are left. Print i and t in every round.",
        ),
        Misconception(
            "the listing with one square for a whole block",
            edited(repaired_blocks, ONE_SQUARE),
            "One bug is left. Give the parameters of a block different gradients, and print v.",
        ),
        Misconception(
            "the listing without its last block",
            edited(repaired_blocks, WHOLE),
            "One bug is left. Take 7 parameters in blocks of 3: which of them never move?",
        ),
        Misconception(
            "the listing whose t grows from block to block",
            edited(repaired_blocks, RUNNING),
            "One bug is left. All blocks belong to one step, and a step has one t.",
        ),
        Misconception(
            "an ε inside the root",
            edited(repaired_blocks, "(np.sqrt(v_hat) + eps) → np.sqrt(v_hat + eps)"),
            "The paper adds ε to the root, not under it.",
        ),
        Misconception(
            "a step that leaves the first block out",
            edited(repaired_blocks, "range(0, → range(block,"),
            "Count from 0: `range(0, len(theta), block)`.",
        ),
        Misconception(
            "a step whose m and v are the old ones",
            edited(
                repaired_blocks,
                "theta, m, v = → old_m, old_v = m, v\n    theta, m, v =",
                "return theta, m, v → return theta, old_m, old_v",
            ),
            "Return the new m and v as well: the next step needs them.",
        ),
    ),
    right_all_the_same={
        "line 4: theta → grad": "all four have one length",
        "line 4: theta → m": "all four have one length",
        "line 4: theta → v": "all four have one length",
    },
)


# Experiment: a better code


def code_for(decades):
    """Return 256 values from 10^−decades to 1, each the same factor above the one before."""
    return 10.0 ** np.linspace(-decades, 0, 256)


def code_serves(decades, code):
    """Return "" if a code restores all sizes well, or where it does not."""
    if not (np.diff(code) > 0).all() or code[0] < 0 or code[-1] > 1:
        return "the values of a code should ascend, from 0 or more up to 1"
    sizes = 10.0 ** np.linspace(-decades, 0, 20_001)
    back = code[np.searchsorted((code[1:] + code[:-1]) / 2, sizes)]
    error = np.abs(back / sizes - 1)
    best = np.sinh(decades * np.log(10) / 510)  # half a factor, for evenly spaced logarithms
    worst = error.argmax()
    if error[worst] <= 2 * best:
        return ""
    return (
        f"{sizes[worst]:.3g} comes back as {back[worst]:.3g}, {error[worst]:.1%} off, and "
        f"{2 * best:.1%} should be the worst"
    )


def dynamic_code():
    """Return the dynamic code for numbers without a sign."""
    up = []
    for k in range(7):
        edges = np.linspace(0.1, 1, 2 ** (7 - k) + 1)
        up.append((edges[1:] + edges[:-1]) / 2 / 10**k)
    return np.sort(np.concatenate([[0, 1], *up]))


CODE_FOR = Task(
    name="code-for",
    function="code_for",
    title="Find a code for v",
    lesson=LESSON,
    section=EIGHT,
    points=2,
    right="Neighbours differ by about the same factor all the way down, so that the error in "
    "percent is much the same for large and small sizes.",
    returns=("code",),
    cases=lambda rng: [
        {"decades": 7},
        {"decades": 2},
        {"decades": 12},
        {"decades": float(np.round(rng.uniform(3, 6), 2))},
        {"decades": float(np.round(rng.uniform(15, 25), 2))},
    ],
    reference=code_for,
    misconceptions=(
        Misconception(
            "the linear code",
            edited(code_for, "10.0 ** np.linspace(-decades, 0, 256) → np.linspace(0, 1, 256)"),
            "Store 10⁻⁷ with it. How far off is what comes back, in percent?",
        ),
        Misconception(
            "the linear code without its zero",
            edited(code_for, "10.0 ** np.linspace(-decades, 0, 256) → np.linspace(0, 1, 257)[1:]"),
            "No size is lost now, but 10⁻⁷ comes back as 0.004. Small sizes need values that are "
            "closer together.",
        ),
        Misconception(
            "the linear code from the smallest size to 1",
            edited(
                code_for,
                "10.0 ** np.linspace(-decades, 0, 256) → np.linspace(10.0**-decades, 1, 256)",
            ),
            "The smallest size is in it, and the next value is 0.004. Small sizes need values that "
            "are closer together.",
        ),
        Misconception(
            "the dynamic code",
            edited(code_for, "10.0 ** np.linspace(-decades, 0, 256) → dynamic_code()"),
            "Good near 1; but its lowest power of ten has two values only, and below it there is "
            "nothing but 0.",
        ),
        Misconception(
            "a code of powers of e",
            edited(code_for, "10.0 → np.e"),
            "10⁻⁷ is far below e⁻⁷. The range is meant in powers of ten.",
        ),
        Misconception(
            "a code that does not look at the range",
            edited(code_for, "-decades → -7"),
            "Right for seven powers of ten. Let `decades` say how many there are.",
        ),
        Misconception(
            "squares of evenly spaced numbers",
            edited(code_for, "10.0 ** np.linspace(-decades, 0, 256) → np.linspace(0, 1, 256) ** 2"),
            "A step in the right direction: small sizes get more values. But the lowest ones still "
            "differ by a factor of four.",
        ),
        Misconception(
            "a code that falls from 1 downwards",
            edited(code_for, "-decades, 0 → 0, -decades"),
            "The right values, in the wrong order: a code ascends.",
        ),
    ),
    accepts=code_serves,
    show_target=False,
    right_all_the_same={
        "line 3: 10.0 → 11.0": "many codes serve",
        "line 3: 10.0 → 20.0": "many codes serve",
    },
)

EXERCISE = Exercise(
    name=LESSON,
    title="What Adam costs",
    minutes=50,
    tasks=(
        SHARDED_BYTES,
        IN_A_BYTE,
        UNNOTICED,
        REPAIRED_BLOCKS,
        CODE_FOR,
    ),
)
