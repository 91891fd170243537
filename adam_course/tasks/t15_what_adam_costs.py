"""The tasks of exercise 15: neighbours, a frozen v, a stage, a roof, blocks, a code, a rest."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "15_what_adam_costs"
SIXTEEN = "Sixteen bytes a parameter"
BLOCKS = "In blocks"
EIGHT = "Eight bits"
DEVICES = "Many devices"
ROOF = "The roofline"


# Begin: how far the next number is


def neighbour(x, bits):
    """Return how far above x > 0 the next number is, with so many bits of fraction."""
    return 2.0 ** (np.floor(np.log2(x)) - bits)


NEIGHBOUR = Task(
    name="neighbour",
    function="neighbour",
    title="How far the next number is",
    lesson=LESSON,
    section=SIXTEEN,
    points=1,
    right="The distance is the same between two powers of two, and doubles at each of them.",
    returns=("distance",),
    cases=lambda rng: [
        {"x": 1.0, "bits": 7},
        {"x": 3.0, "bits": 7},
        {"x": 0.3, "bits": 7},
        {"x": float(rng.uniform(5, 1000)), "bits": int(rng.integers(3, 12))},
        {"x": float(10 ** rng.uniform(-9, -2)), "bits": int(rng.integers(3, 12))},
        {"x": float(rng.uniform(1.6, 1.95) * 2.0 ** rng.integers(-5, 5)), "bits": 10},
    ],
    reference=neighbour,
    misconceptions=(
        Misconception(
            "a distance that is the same everywhere",
            edited(neighbour, "np.floor(np.log2(x)) - bits → 0 * x - bits"),
            "So it is between 1 and 2 alone. Between 2 and 4 there are as many numbers, and twice "
            "as much room.",
        ),
        Misconception(
            "a distance that grows with every x",
            edited(neighbour, "np.floor(np.log2(x)) → np.log2(x)"),
            "2.1 and 3.9 have the same distance to their neighbours. Which power of two belongs "
            "to both?",
        ),
        Misconception(
            "an exponent that is rounded towards 0",
            edited(neighbour, "np.floor(np.log2(x)) → np.trunc(np.log2(x))"),
            "`int` cuts −1.7 to −1. Which power of two is below 0.3?",
        ),
        Misconception(
            "a distance that takes the power of two above x",
            edited(neighbour, "np.floor(np.log2(x)) → np.ceil(np.log2(x))"),
            "The power of two that counts is the one below x, or x itself.",
        ),
        Misconception(
            "a distance that takes the nearest power of two",
            edited(neighbour, "np.floor(np.log2(x)) → np.rint(np.log2(x))"),
            "The power of two that counts is the one below x, however near the next one is.",
        ),
        Misconception(
            "half of the distance",
            edited(neighbour, "- bits → - bits - 1"),
            "Half of it decides about rounding. Asked for is the distance itself.",
        ),
        Misconception(
            "a distance that halves where it should double",
            edited(neighbour, "np.floor(np.log2(x)) → -np.floor(np.log2(x))"),
            "Large numbers lie farther apart than small ones.",
        ),
    ),
    atol=0.0,
)


# Predict: when v does not notice


def unnoticed(v, beta2, bits):
    """Return the smallest and the largest g² that leave v where it is, with such bits."""
    distance = 2.0 ** (np.floor(np.log2(v)) - bits)
    room = distance / 2 / (1 - beta2)
    return max(v - room, 0.0), v + room


def frozen_cases(rng):
    """Return a v that cannot fall, and others that can; none of them is a power of two."""

    def drawn(low, high):
        bits, power = int(rng.integers(4, 9)), int(rng.integers(-8, 4))
        eighth = int(rng.integers(1, 8))
        return {
            "v": (1 + eighth / 8) * 2.0**power,
            "beta2": float(np.round(rng.uniform(low, high), 4)),
            "bits": bits,
        }

    return [
        {"v": 1.5, "beta2": 0.999, "bits": 7},
        {"v": 1.5, "beta2": 0.95, "bits": 7},
        {"v": 0.3125, "beta2": 0.98, "bits": 10},
        drawn(0.8, 0.9),
        drawn(0.999, 0.9999),
    ]


UNNOTICED = Task(
    name="unnoticed",
    function="unnoticed",
    title="Predict what v does not notice",
    lesson=LESSON,
    section=SIXTEEN,
    points=2,
    right="A change of (1 − β₂)(g² − v) is rounded away up to half of the distance, in both "
    "directions; and where that is more than v itself, v cannot fall at all.",
    returns=("smallest", "largest"),
    cases=frozen_cases,
    reference=unnoticed,
    builds_on=("neighbour",),
    misconceptions=(
        Misconception(
            "a v that needs a whole distance to move",
            edited(unnoticed, "distance / 2 → distance"),
            "Rounding goes to the nearest: from where on is the next number nearer?",
        ),
        Misconception(
            "a smallest square below 0",
            edited(unnoticed, "max(v - room, 0.0) → v - room"),
            "No square is negative. What does it mean if even g = 0 leaves v where it is?",
        ),
        Misconception(
            "the difference g² − v instead of g²",
            edited(unnoticed, "max(v - room, 0.0), v + room → -min(room, v), room"),
            "You have found how far g² may be from v. Return g² itself.",
        ),
        Misconception(
            "a v that only takes in and never forgets",
            edited(unnoticed, "max(v - room, 0.0), v + room → 0.0, room"),
            "While g² comes in, v loses (1 − β₂) of itself: the change is (1 − β₂)(g² − v).",
        ),
        Misconception(
            "a v that lets in β₂ of the gradient",
            edited(unnoticed, "(1 - beta2) → beta2"),
            "β₂ is what v keeps. The square comes in with 1 − β₂.",
        ),
        Misconception(
            "a v that takes the square in whole",
            edited(unnoticed, "distance / 2 / (1 - beta2) → distance / 2"),
            "Only the share 1 − β₂ of the difference comes in. How large may the difference be?",
        ),
        Misconception(
            "a g instead of its square",
            edited(
                unnoticed,
                "max(v - room, 0.0), v + room → np.sqrt(max(v - room, 0.0)), np.sqrt(v + room)",
            ),
            "Return the squares, g².",
        ),
        Misconception(
            "neighbours as far apart as those above 1",
            edited(unnoticed, "np.floor(np.log2(v)) → 0 * v"),
            "The distance to the next number depends on v: task 1.",
        ),
        Misconception(
            "the two answers in the wrong order",
            edited(
                unnoticed,
                "max(v - room, 0.0), v + room → v + room, max(v - room, 0.0)",
            ),
            "The smallest square comes first.",
        ),
    ),
    show_target=False,
)


# Infer: which stage, and what else


def stage_and_rest(billions, devices, gigabytes):
    """Return ZeRO's stage, and what else each device holds, from readings with other numbers."""
    shares = 1 / devices
    shared = (gigabytes[0] - gigabytes[-1]) / (shares[0] - shares[-1]) / billions
    stage = [0, 12, 14, 16].index(round(shared))
    return stage, gigabytes[0] - (16 - shared + shared * shares[0]) * billions


def readings(rng):
    """Return readings in each stage, for a drawn number of devices and something else beside."""
    kinds = [(3, [8, 16], 12, 10.0), (7, [2, 4, 8], 14, 20.0), (1, [4, 64], 0, 30.0)]
    for shared in rng.permutation([0, 12, 14, 16]):
        devices = rng.choice([2, 4, 8, 16, 32], size=3, replace=False)
        rest = float(np.round(rng.uniform(5, 60), 1))
        kinds.append((int(rng.integers(2, 90)), devices, int(shared), rest))
    cases = []
    for billions, devices, shared, rest in kinds:
        devices = np.array(devices)
        gigabytes = billions * (16 - shared + shared / devices) + rest
        cases.append({"billions": billions, "devices": devices, "gigabytes": gigabytes})
    return cases


STAGE_AND_REST = Task(
    name="stage-and-rest",
    function="stage_and_rest",
    title="Tell from a log what the devices share",
    lesson=LESSON,
    section=DEVICES,
    points=2,
    right="What changes with the number of devices is shared, as 1/n, and of what does not change "
    "the model takes the bytes that nobody shares.",
    returns=("stage", "rest"),
    cases=readings,
    reference=stage_and_rest,
    misconceptions=(
        Misconception(
            "the stage's bytes in place of its number",
            edited(stage_and_rest, "return stage → return round(shared)"),
            "You know how many bytes are shared. Which stage shares so many?",
        ),
        Misconception(
            "a rest that still contains what nobody shares",
            edited(stage_and_rest, "(16 - shared + shared * shares[0]) → (shared * shares[0])"),
            "Each device also holds the part of the 16 bytes that is not shared.",
        ),
        Misconception(
            "a rest that still contains each device's share",
            edited(stage_and_rest, "(16 - shared + shared * shares[0]) → (16 - shared)"),
            "Each device also holds its share of what is shared.",
        ),
        Misconception(
            "a rest beside all 16 bytes",
            edited(stage_and_rest, "(16 - shared + shared * shares[0]) → 16"),
            "16 bytes a parameter are what all of them hold together, if each part is there once.",
        ),
        Misconception(
            "a stage that is one too late",
            edited(stage_and_rest, "[0, 12, 14, 16] → [-1, 0, 12, 14, 16]"),
            "Stage 1 shares 12 bytes, stage 0 none.",
        ),
        Misconception(
            "a sharding that begins with the weights",
            edited(
                stage_and_rest,
                "[0, 12, 14, 16].index(round(shared)) → [0, 16, 14, 12].index(round(shared))",
            ),
            "The first stage takes the largest part, and the weights come last.",
        ),
        Misconception(
            "the weights forgotten beside the optimizer's bytes",
            edited(stage_and_rest, "(16 - shared → (14 - shared"),
            "16 bytes a parameter: 2 for the weight, 2 for its gradient, 12 for the state.",
            SIXTEEN,
        ),
        Misconception(
            "a memory in which nothing is shared",
            edited(
                stage_and_rest,
                "[0, 12, 14, 16].index(round(shared)) → 0",
                "(16 - shared + shared * shares[0]) → 16",
            ),
            "With more devices each of them holds less. What is it that they share?",
        ),
        Misconception(
            "the rest first",
            edited(
                stage_and_rest,
                "stage, gigabytes[0] - (16 - shared + shared * shares[0]) * billions → "
                "gigabytes[0] - (16 - shared + shared * shares[0]) * billions, stage",
            ),
            "Return the stage first, and then the rest.",
        ),
    ),
    show_target=False,
    rtol=1e-6,
    atol=1e-6,
)


# Predict: the batch that hides Adam


def batch_needed(operations, bytes_moved, share):
    """Return the smallest batch at which the update takes no more than a share of a step's time."""
    update = max(14 / operations, 28 / bytes_moved)
    image = 6 / operations
    return int(np.ceil(update * (1 / share - 1) / image))


BATCH_NEEDED = Task(
    name="batch-needed",
    function="batch_needed",
    title="Predict the batch that hides Adam",
    lesson=LESSON,
    section=ROOF,
    points=2,
    right="The update takes as long as the slower of its two needs, operations or bytes, and the "
    "layer has to take many times as long.",
    returns=("batch",),
    cases=lambda rng: [
        {"operations": 100e9, "bytes_moved": 20e9, "share": 0.06},
        {"operations": 1e9, "bytes_moved": 20e9, "share": 0.06},
        {
            "operations": float(rng.uniform(200, 900)) * 1e12,
            "bytes_moved": float(rng.uniform(1, 3)) * 1e12,
            "share": float(np.round(rng.uniform(0.011, 0.03), 4)),
        },
        {
            "operations": float(rng.uniform(0.2, 0.45)) * 1e9,
            "bytes_moved": 1e9,
            "share": float(np.round(rng.uniform(0.006, 0.009), 5)),
        },
    ],
    reference=batch_needed,
    misconceptions=(
        Misconception(
            "a batch that counts operations only",
            edited(batch_needed, "max(14 / operations, 28 / bytes_moved) → 14 / operations"),
            "That is right in operations. On the first machine the update waits for memory.",
        ),
        Misconception(
            "a batch that counts bytes only",
            edited(batch_needed, "max(14 / operations, 28 / bytes_moved) → 28 / bytes_moved"),
            "One of the machines computes so slowly that memory waits for it.",
        ),
        Misconception(
            "an update that first moves and then computes",
            edited(
                batch_needed,
                "max(14 / operations, 28 / bytes_moved) → 14 / operations + 28 / bytes_moved",
            ),
            "The processor computes while memory moves. Which of the two decides?",
        ),
        Misconception(
            "the faster of memory and arithmetic",
            edited(batch_needed, "max(14 → min(14"),
            "Both have to be done. Which of the two decides?",
        ),
        Misconception(
            "a share of the layer's time, not of the step's",
            edited(batch_needed, "(1 / share - 1) → (1 / share)"),
            "The step is layer and update together.",
        ),
        Misconception(
            "a batch that is one image too small",
            edited(batch_needed, "np.ceil → np.floor"),
            "With this batch the share is still a little too large.",
        ),
        Misconception(
            "a layer that only goes forward",
            edited(batch_needed, "6 / operations → 2 / operations"),
            "Forward and back together are 6 operations for each weight and image.",
        ),
        Misconception(
            "a layer with eight bytes for each weight and image",
            edited(batch_needed, "6 / operations → 8 / bytes_moved"),
            "The layer uses each weight for many images while it is in the cache, so it computes "
            "at full speed.",
        ),
        Misconception(
            "a step that moves seven bytes",
            edited(batch_needed, "28 / bytes → 7 / bytes"),
            "Seven numbers of float32. How many bytes are they?",
            "Where the time goes",
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


# Experiment: a code with as few values as possible


def code_for(decades, off):
    """Return few values that restore all sizes of v, so that no step is off by more than `off`."""
    factor = 2 * (1 + off) ** 2 - 1
    values = 1 + int(np.ceil(decades * np.log(10) / np.log(factor)))
    return 10.0 ** np.linspace(-decades, 0, values)


def code_serves(decades, off, code):
    """Return "" if a code is short and restores the steps, or what is wrong with it."""
    if len(code) < 2 or not (np.diff(code) > 0).all() or code[0] < 0:
        return "the values of a code should be two or more, and ascend from 0 or more"
    middles = (code[1:] + code[:-1]) / 2
    sizes = np.append(10.0 ** np.linspace(-decades, 0, 20_001), middles * (1 - 1e-9))
    sizes = sizes[(sizes >= 10.0**-decades * (1 - 1e-12)) & (sizes <= 1)]
    back = code[np.searchsorted(middles, sizes)]
    with np.errstate(divide="ignore"):
        error = np.abs(np.sqrt(sizes / back) - 1)
    worst = error.argmax()
    if not error[worst] <= 1.02 * off:
        return (
            f"a v of {sizes[worst]:.3g} comes back as {back[worst]:.3g}, so that its step is off "
            f"by {error[worst]:.1%}, and {off:.1%} is the limit"
        )
    enough = 1 + decades * np.log(10) / np.log(2 * (1 + off) ** 2 - 1)
    if len(code) <= 1.1 * enough + 1:
        return ""
    return f"all steps are within the limit, but with {len(code)} values, and {enough:.0f} would do"


def dynamic_code():
    """Return the dynamic code for numbers without a sign."""
    up = []
    for k in range(7):
        edges = np.linspace(0.1, 1, 2 ** (7 - k) + 1)
        up.append((edges[1:] + edges[:-1]) / 2 / 10**k)
    return np.sort(np.concatenate([[0, 1], *up]))


LOG_SPACED = "10.0 ** np.linspace(-decades, 0, values) →"

CODE_FOR = Task(
    name="code-for",
    function="code_for",
    title="Find the shortest code for v",
    lesson=LESSON,
    section=EIGHT,
    points=3,
    right="Neighbours differ by the same factor all the way down, and by as much as the step "
    "allows, so that no value is wasted.",
    returns=("code",),
    cases=lambda rng: [
        {"decades": 7, "off": 0.1},
        {"decades": 2, "off": 0.02},
        {"decades": 12, "off": 0.05},
        {
            "decades": float(np.round(rng.uniform(3, 6), 2)),
            "off": float(np.round(rng.uniform(0.03, 0.08), 3)),
        },
        {
            "decades": float(np.round(rng.uniform(15, 25), 2)),
            "off": float(np.round(rng.uniform(0.15, 0.2), 3)),
        },
    ],
    reference=code_for,
    misconceptions=(
        Misconception(
            "a linear code",
            edited(code_for, f"{LOG_SPACED} np.linspace(0, 1, 256)"),
            "Store 10⁻⁷ with it. What does Adam divide by afterwards?",
        ),
        Misconception(
            "a linear code without its zero",
            edited(code_for, f"{LOG_SPACED} np.linspace(0, 1, 257)[1:]"),
            "No v becomes 0 now, but small ones come back far too large. Small sizes need values "
            "that are closer together.",
        ),
        Misconception(
            "a linear code from the smallest size to 1",
            edited(code_for, f"{LOG_SPACED} np.linspace(10.0**-decades, 1, 256)"),
            "The smallest size is in it, and the next value is 0.004. Small sizes need values that "
            "are closer together.",
        ),
        Misconception(
            "the dynamic code",
            edited(code_for, f"{LOG_SPACED} dynamic_code()"),
            "Its lowest power of ten has two values only, and below it there is nothing but 0.",
        ),
        Misconception(
            "256 values, whatever is asked",
            edited(code_for, "-decades, 0, values → -decades, 0, 256"),
            "The right kind of code. But a range or a limit may need more values, or fewer.",
        ),
        Misconception(
            "a code that keeps v itself within the limit",
            edited(code_for, "(1 + off) ** 2 → (1 + off)"),
            "The limit is for the step, which has √v below its fraction bar. How far off may v be?",
        ),
        Misconception(
            "neighbours that differ by the limit itself",
            edited(code_for, "2 * (1 + off) ** 2 - 1 → 1 + off"),
            "Within the limit, but far too many values. A size lies between two neighbours: at the "
            "worst, how far is it from the nearer one?",
        ),
        Misconception(
            "neighbours as far apart as if all sizes were rounded up",
            edited(code_for, "2 * (1 + off) ** 2 - 1 → (1 + off) ** 4"),
            "Nearly. The border between two neighbours is their middle by sum, not by factor.",
        ),
        Misconception(
            "a code of powers of e",
            edited(code_for, "10.0 → np.e"),
            "10⁻⁷ is far below e⁻⁷. The range is meant in powers of ten.",
        ),
        Misconception(
            "a code that does not look at the range",
            edited(code_for, "-decades, 0, values → -7, 0, values"),
            "Right for seven powers of ten. Let `decades` say how many there are.",
        ),
        Misconception(
            "squares of evenly spaced numbers",
            edited(code_for, f"{LOG_SPACED} np.linspace(0, 1, 256) ** 2"),
            "A step in the right direction: small sizes get more values. But the lowest ones still "
            "differ by a factor of four.",
        ),
        Misconception(
            "a code that falls from 1 downwards",
            edited(code_for, "-decades, 0, values → 0, -decades, values"),
            "The right values, in the wrong order: a code ascends.",
        ),
    ),
    accepts=code_serves,
    any_length=True,
    show_target=False,
    right_all_the_same={
        "line 4: 1 → 2": "a tenth more values than needed will do",
        "line 4: 10 → 11": "a tenth more values than needed will do",
    },
)


# A stretch: two times two bytes


def bf16(x):
    """Return numbers rounded to two bytes: to the nearest, and to even in the middle."""
    bits = np.asarray(x, np.float32).view(np.uint32)
    bits = bits + np.uint32(0x7FFF) + (bits >> 16 & 1)
    return (bits & np.uint32(0xFFFF0000)).view(np.float32).astype(float)


def careful_step(theta, rest, change):
    """Return theta and a rest, both in bf16, that together hold what a step has made of them."""
    total = theta + (rest + change)
    new = bf16(total)
    return new, bf16(theta - new + (rest + change))


def nothing_lost(theta, rest, change, new, rest_after):
    """Return "" if theta and rest are numbers of bf16 and lose no more than they have to."""
    if not (np.array_equal(bf16(new), new) and np.array_equal(bf16(rest_after), rest_after)):
        return "theta and rest should both be numbers of bf16"
    total = theta + (rest + change)
    distance = 2.0 ** (np.floor(np.log2(np.abs(total))) - 7)
    if (np.abs(new - total) > 0.51 * distance).any():
        return "theta should be a number of bf16 that is next to the sum"
    lost = np.abs(new - total + rest_after)
    if (lost > 1e-12 + 0.01 * np.abs(total - new)).any():
        where = lost.argmax()
        return (
            f"theta and rest should add up to {total[where]:.6g}, and add up to "
            f"{new[where] + rest_after[where]:.6g}"
        )
    return ""


def two_byte_cases(rng):
    """Return parameters with rests and changes: small ones, large ones, and rests that are due."""
    cases = []
    for size in (1e-3, 1e-4, 0.3):
        theta = bf16(rng.choice([-1, 1], 4) * rng.uniform(1.05, 7, 4))
        rest = bf16(0.0018 * rng.uniform(-1, 1, 4)) * (size != 1e-4)
        change = size * rng.uniform(0.5, 1, 4) * rng.choice([-1, 1], 4)
        cases.append({"theta": theta, "rest": rest, "change": change})
    sign, theta = rng.choice([-1, 1], 3), bf16(rng.uniform(1.05, 1.9, 3))  # 0.0039 is due
    change = sign * rng.uniform(0.0005, 0.001, 3)
    cases.append({"theta": theta, "rest": bf16(0.0038 * sign), "change": change})
    return cases


CAREFUL_STEP = Task(
    name="careful-step",
    function="careful_step",
    title="Lose nothing in two times two bytes",
    lesson=LESSON,
    section=SIXTEEN,
    points=0,
    right="What rounding takes from θ is kept in a second number of two bytes and comes back when "
    "there is enough of it.",
    returns=("theta", "rest"),
    cases=two_byte_cases,
    reference=careful_step,
    misconceptions=(
        Misconception(
            "a step that forgets what rounding has taken",
            edited(
                careful_step,
                "return new, bf16(theta - new + (rest + change)) → return new, 0 * rest",
            ),
            "The rest should hold what theta could not take. What is that?",
        ),
        Misconception(
            "a rest that never comes back",
            edited(
                careful_step,
                "total = theta + (rest + change) → total = theta + change",
                "theta - new + (rest + change) → theta - new + change",
            ),
            "What was left over the last time belongs to this step as well.",
        ),
        Misconception(
            "a rest that waits for ever",
            edited(careful_step, "total = theta + (rest + change) → total = theta + change"),
            "Your rest grows and grows. When should theta take it?",
        ),
        Misconception(
            "a rest with the wrong sign",
            edited(
                careful_step,
                "bf16(theta - new + (rest + change)) → -bf16(theta - new + (rest + change))",
            ),
            "Theta and rest together should be the sum.",
        ),
        Misconception(
            "a rest that keeps the whole change",
            edited(careful_step, "bf16(theta - new + (rest + change)) → bf16(rest + change)"),
            "A part of it has gone into theta already. That part should not come back.",
        ),
        Misconception(
            "a change that is rounded before theta has taken its part",
            edited(
                careful_step,
                "total = theta + (rest + change) → due = bf16(rest + change)\n"
                "    total = theta + due",
                "theta - new + (rest + change) → theta - new + due",
            ),
            "Nearly. Two bytes are few for a large change: let theta take its part first, and "
            "round what is left.",
        ),
        Misconception(
            "a theta of more than two bytes",
            edited(careful_step, "new = bf16(total) → new = total"),
            "Both numbers should be rounded by `bf16`.",
        ),
        Misconception(
            "a rest of more than two bytes",
            edited(
                careful_step, "bf16(theta - new + (rest + change)) → theta - new + (rest + change)"
            ),
            "Both numbers should be rounded by `bf16`.",
        ),
    ),
    accepts=nothing_lost,
    show_target=False,
)

EXERCISE = Exercise(
    name=LESSON,
    title="What Adam costs",
    minutes=55,
    tasks=(
        NEIGHBOUR,
        UNNOTICED,
        STAGE_AND_REST,
        BATCH_NEEDED,
        REPAIRED_BLOCKS,
        CODE_FOR,
        CAREFUL_STEP,
    ),
    by_person=2,
)
