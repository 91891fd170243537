"""The questions of lesson 15: numbers of two bytes and of one, and a step that waits for memory."""

import numpy as np

from adam_course import experiments, optimizers
from adam_course.descend import descend
from adam_course.optimizers import Adam
from adam_course.problems import Bowl, DigitsSoftmax
from adam_course.questions.question import Choice, Number, nearest


def bf16(x):
    """Return numbers rounded to two bytes: to the nearest, and to even in the middle."""
    bits = np.asarray(x, np.float32).view(np.uint32)
    bits = bits + np.uint32(0x7FFF) + (bits >> 16 & 1)
    return (bits & np.uint32(0xFFFF0000)).view(np.float32).astype(float)


class Halved(Adam):
    """Adam whose parameters, m and v are rounded to two bytes after each step."""

    def step(self, theta, grad):
        theta = super().step(theta, grad)
        self.m, self.v = bf16(self.m), bf16(self.v)
        return bf16(theta)


def distance_left(make, steps=1500):
    """Return how far from the minimum a run of the lesson's valley ends."""
    return float(np.linalg.norm(descend(Bowl(condition=4), make(lr=0.005), steps=steps).final))


def v_after(beta2, noise, steps=5000):
    """Return the median v in two bytes, from 1 on, after gradients that are noise."""
    rng, v = np.random.default_rng(1), np.ones(200)
    for _ in range(steps):
        v = bf16(beta2 * v + (1 - beta2) * (noise * rng.normal(size=200)) ** 2)
    return float(np.median(v))


def bytes_of_state(optimizer):
    """Return how many bytes an optimizer keeps for each parameter in float32."""
    optimizer.step(np.ones(1000, np.float32), np.ones(1000, np.float32))
    arrays = [state for state in optimizer.state.values() if np.ndim(state)]
    return sum(array.nbytes for array in arrays) / 1000


def least_traffic(optimizer):
    """Return the bytes that a step must move: θ, g and the state in, θ and the state out."""
    return 3 * 4 + 2 * bytes_of_state(optimizer)


def share_in_time(batch):
    """Return the fused update's share of a step of the lesson's layer, as it was measured."""
    speed = experiments.load("memory_traffic")
    where = list(speed["sizes"]).index(1024**2)
    update = speed["nanoseconds"]["torch, fused"][where] * 1024**2 / 1e6
    return update / (update + speed["layer_milliseconds"][list(speed["batches"]).index(batch)])


def dynamic():
    """Return the dynamic code for numbers without a sign."""
    up = []
    for k in range(7):
        edges = np.linspace(0.1, 1, 2 ** (7 - k) + 1)
        up.append((edges[1:] + edges[:-1]) / 2 / 10**k)
    return np.sort(np.concatenate([[0, 1], *up]))


def loss_with_v_in(code, steps=100):
    """Return the median loss on the digits of three runs whose v is kept in a code."""
    digits, rng, adam = DigitsSoftmax(), np.random.default_rng(0), Adam(0.16)
    theta = np.zeros((3, 650))
    for _ in range(steps):
        theta = adam.step(theta, digits.gradient(theta, rng.integers(1797, size=(3, 64))))
        scale = adam.v.max(axis=1, keepdims=True)
        adam.v = code[np.searchsorted((code[1:] + code[:-1]) / 2, adam.v / scale)] * scale
    return float(np.median(digits.value(theta)))


def value_to_blame():
    """Return which value of the code (1, 0.55, the smallest above 0, 0) is missed least."""
    code, places = dynamic(), (-1, -65, 1, 0)
    return int(np.argmin([loss_with_v_in(np.delete(code, place)) for place in places]))


PREDICT = (
    Choice(
        name="half the bytes",
        ask="After each step, θ, m and v are rounded to two bytes: two to three decimal digits. "
        "Both runs start 5 from the minimum, with α = 0.005. The run in four bytes ends about "
        "0.14 from it after 1,500 steps. Where does the run in two bytes end?",
        options=(
            "about as near: the digits that are lost are small",
            "about 0.5 from it: near the minimum three digits are too few",
            "more than 4 from it: it hardly leaves its start",
            "nowhere: the rounding errors add up, and it diverges",
        ),
        right=2,
        because="Near its start the neighbours of a number are 0.016 apart, and a step is about "
        "0.005 long. The sum is nearer to the old number than to the next one, so it is rounded "
        "back. It moves in a few late steps only: v is rounded, too, falls behind, and lets the "
        "step grow.",
        truth=lambda: nearest((0.14, 0.5, 4.2, 1e6), distance_left(Halved)),
    ),
    Choice(
        name="v in two bytes",
        ask="Only v is kept in bf16, with β₂ = 0.999, and v is 1. From now on the gradients are "
        "noise of the size 0.1, so their squares are 0.01 on average. Where is v after 5,000 "
        "steps?",
        options=(
            "near 0.02, as without rounding",
            "near 0.1: it falls more slowly",
            "still at 1",
            "at 0: it is rounded down in every step",
        ),
        right=2,
        because="In each step v should lose a thousandth of itself. Just below 1 the neighbours "
        "of bf16 are 0.0039 apart. A thousandth is less than half of that, so 0.999 is rounded "
        "back to 1, every time.",
        truth=lambda: nearest((0.02, 0.1, 1, 1e-9), v_after(0.999, 0.1)),
    ),
    Choice(
        name="the update's share of a step",
        ask="A layer has 1024 × 1024 weights. Forward and back it takes 6 operations for each "
        "weight and image. Adam takes 14 for each weight, once a step. With 64 images that is "
        "3.5 % of all operations. Which share of the time does PyTorch's fused Adam take?",
        options=("about 0.7 %", "about 3.5 %", "about 17 %", "about 60 %"),
        right=2,
        because="The layer uses each weight 64 times while it is in the cache, so the processor "
        "computes at its full speed. Adam uses each number once and waits for memory: half an "
        "operation for each byte, where the processor could do two.",
        truth=lambda: nearest((0.007, 0.035, 0.17, 0.6), share_in_time(64)),
    ),
    Choice(
        name="one value of 256",
        ask="Both codes fail on softmax. Now one of the 256 values is taken out of the code of v, "
        "and softmax learns about as well as with all bits. Which value is it?",
        options=(
            "1, to which the largest v of a block is stored",
            "0.55, in the middle",
            "3.25e-07, the smallest above 0",
            "0",
        ),
        right=3,
        because="Adam divides by √v. A small v that is stored as 0 leaves only ε below the "
        "fraction bar, while m lives on. So the next step is enormous. Without 0 in the code such "
        "a v is rounded up, and its step is only too short.",
        truth=value_to_blame,
    ),
    Choice(
        name="a quarter of the operations",
        ask="A step of momentum takes 4 operations for each parameter, Adam's takes 14. Both run "
        "at the speed of memory. How much of Adam's time should momentum take?",
        options=("29 %: 4 of 14", "about half: one array in place of two", "71 %", "100 %"),
        right=2,
        because="Momentum reads θ, g and m and writes θ and m: 20 bytes. Adam moves 28. Who waits "
        "for memory pays for bytes, and 20 of 28 are 71 %.",
        truth=lambda: nearest(
            (4 / 14, 0.5, 0.71, 1),
            least_traffic(optimizers.Momentum(0.1)) / least_traffic(Adam()),
        ),
    ),
)

RECALL = (
    Number(
        name="Adam's state",
        ask="How many bytes does Adam keep for each parameter in float32, beside the parameter "
        "and its gradient?",
        right=8,
        unit="bytes",
        factor=1.02,
        because="m and v, 4 bytes each. AdaGrad and RMSProp keep one array only: 4 bytes.",
        truth=lambda: bytes_of_state(Adam()),
    ),
    Choice(
        name="a copy in float32",
        ask="A model computes in bf16. Why does its optimizer keep a float32 copy of the weights?",
        options=(
            "float32 is faster",
            "for the activations",
            "A small step added to a large weight would be rounded away.",
        ),
        right=2,
        because="Two neighbours of bf16 above 1 are 0.0078 apart. A step of 0.001 is lost there.",
        truth=lambda: 2 if bf16(1.0 + 0.001) == 1 else 0,
    ),
    Choice(
        name="a v that cannot fall",
        ask="v is kept in bf16 and rounded to the nearest, with β₂ = 0.999. What can it not do?",
        options=("rise", "fall", "either"),
        right=1,
        because="It should lose at most a thousandth of itself in a step, which is less than half "
        "of the distance to its neighbour. A large square can still lift it.",
        truth=lambda: 1 if v_after(0.999, 0.1) == 1 < v_after(0.999, 4) else 2,
    ),
    Choice(
        name="rounding with dice",
        ask="Stochastic rounding goes up or down by chance. What does it keep right?",
        options=("each single number", "the mean of many roundings", "the largest number"),
        right=1,
        because="The nearer neighbour is the likelier one, by just so much that the mean is right.",
    ),
    Choice(
        name="what Adam waits for",
        ask="On a large array, what does a fused step of Adam wait for?",
        options=("arithmetic", "the square root", "memory"),
        right=2,
        because="It has half an operation for each byte that it must move.",
        truth=lambda: 2 if 14 / least_traffic(Adam()) < 1 else 0,
    ),
    Choice(
        name="zero below the fraction bar",
        ask="v is stored in eight bits. Which value should its code not have?",
        options=("1", "0", "a negative one"),
        right=1,
        because="A v of 0 leaves only ε to divide by, and the step becomes enormous.",
        truth=lambda: 1 if value_to_blame() == 3 else 0,
    ),
    Choice(
        name="the state among devices",
        ask="The state is divided among 64 devices, stage 1 of ZeRO. What does each of them still "
        "hold in whole?",
        options=("nothing", "its weights and its gradient", "m and v"),
        right=1,
        because="Stage 1 divides m, v and the float32 weights. Stage 2 divides the gradient too, "
        "stage 3 the weights.",
    ),
)
