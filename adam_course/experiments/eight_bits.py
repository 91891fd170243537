"""Does Adam on the digits notice when its m and v are kept in eight bits, or v in a row and column?

Softmax regression, whose 650 parameters the authors' library would leave in 32 bits, and a network
of 64 tanh units, whose first matrix, 64 × 64 weights, is as small as that library still cuts to
eight bits. 200 steps with 64 images, blocks of 256 numbers. Each way of keeping m and v has its own
best rate: from seven rates with five runs, then around the best from seven, a factor of 2^¼ apart,
with 20 runs. (With fewer the choice is noise, and the noise looks like a difference.) It is judged
in matched pairs, by 80 new runs at its best rate, and again at the best of every second rate.
"""

import numpy as np

from adam_course.optimizers import Adam
from adam_course.paired import compare
from adam_course.problems import DigitsMLP, DigitsSoftmax

STEPS, BATCH, BLOCK, RUNS = 200, 64, 256, 80
COARSE = 0.64 * 2.0 ** -np.arange(7)
FINE = 2.0 ** (np.arange(-3, 4) / 4)
TOLERANCE = 0.05


def compute():
    """Return by problem and way: rates, losses of the 80 runs, and what pairs say, on two grids."""
    results = {}
    for name, problem, ways in (
        ("softmax", DigitsSoftmax(), softmax_ways()),
        ("network", DigitsMLP(hidden=(64,)), network_ways()),
    ):
        found = {way: judged(problem, keep) for way, keep in ways.items()}
        for losses in found.values():
            for grid in ("", ", coarse"):
                pair = compare(losses[f"losses{grid}"], found["all bits"][f"losses{grid}"])
                losses |= {f"ratio{grid}": pair.ratio, f"interval{grid}": list(pair.interval)}
                losses |= {f"verdict{grid}": pair.verdict(), f"power{grid}": pair.power()}
        results[name] = found
    return results


def judged(problem, keep):
    """Return the best rate, and the losses of new runs at it and at the best of every second."""
    rate = COARSE[np.median(end_losses(problem, keep, COARSE, 5, 0), axis=1).argmin()]
    fine = rate * FINE
    typical = np.median(end_losses(problem, keep, fine, 20, 1), axis=1)
    best, coarse = typical.argmin(), 1 + 2 * typical[1::2].argmin()
    both = np.unique([best, coarse])
    losses = dict(zip(both, end_losses(problem, keep, fine[both], RUNS, 2), strict=True))
    return {"rate": fine[best], "losses": losses[best], "losses, coarse": losses[coarse]}


def end_losses(problem, keep, rates, runs, seed):
    """Return the losses (rates, runs) at the end, at most ln 10, where nothing is learned."""
    rng, adam = np.random.default_rng(seed), Adam(np.reshape(rates, (-1, 1, 1)))
    start = problem.starts(runs) if hasattr(problem, "starts") else problem.start
    theta = np.broadcast_to(start, (len(rates), runs, problem.dimension))
    for _ in range(STEPS):
        rows = rng.integers(problem.points, size=(runs, BATCH))
        theta = adam.step(theta, problem.gradient(theta, rows))
        adam.m, adam.v = keep(adam.m, adam.v)
    return np.minimum(problem.value(theta), np.log(10))


# ---- ways to keep m and v -----------------------------------------------------------------------


def softmax_ways():
    """Return the ways for one small matrix."""
    ways = {"all bits": lambda m, v: (m, v), "v as row and column": factored([(65, 10)])}
    for name, (for_m, for_v) in codes().items():
        ways[f"8 bits, {name}"] = bytes_for(for_m, for_v)
        ways[f"8 bits, {name}, without 0"] = bytes_for(for_m, for_v[1:])
    return ways


def network_ways():
    """Return the ways for a network: all of it in bytes, and only the matrix of 64 × 64 weights."""
    for_m, for_v = codes()["dynamic"]
    return {
        "all bits": lambda m, v: (m, v),
        "8 bits, dynamic": bytes_for(for_m, for_v),
        "8 bits, dynamic, large matrix": bytes_for(for_m, for_v, slice(0, 64 * 64)),
    }


def codes():
    """Return by name the 255 or 256 values in [−1, 1] for m, and the 256 in [0, 1] for v."""
    linear = np.linspace(-1, 1, 255), np.linspace(0, 1, 256)
    return {"linear": linear, "dynamic": (dynamic(signed=True), dynamic(signed=False))}


def dynamic(signed):
    """Return the code of Dettmers et al. 2022: each power of ten has half as many values."""
    sides = []
    for k in range(7):
        edges = np.linspace(0.1, 1, 2 ** (6 - k + (not signed)) + 1)
        sides.append((edges[1:] + edges[:-1]) / 2 / 10**k)
    up = np.concatenate(sides)
    return np.sort(np.concatenate([-up if signed else [], [0, 1], up]))


def there_and_back(x, code):
    """Return numbers (..., n) as one byte each gives them back, in blocks of `BLOCK`."""
    n = x.shape[-1]
    padded = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, -n % BLOCK)])
    blocks = padded.reshape(*x.shape[:-1], -1, BLOCK)
    scale = np.abs(blocks).max(axis=-1, keepdims=True)
    unit = blocks / np.where(scale == 0, 1, scale)
    index = np.searchsorted((code[1:] + code[:-1]) / 2, unit)
    return (code[index] * scale).reshape(*x.shape[:-1], -1)[..., :n]


def bytes_for(for_m, for_v, part=slice(None)):
    """Return a way that keeps a part of m and v in bytes."""

    def keep(m, v):
        m[..., part] = there_and_back(m[..., part], for_m)
        v[..., part] = there_and_back(v[..., part], for_v)
        return m, v

    return keep


def factored(shapes):
    """Return a way that keeps of each matrix in v its rows' and columns' means alone."""

    def keep(m, v):
        parts = np.split(v, np.cumsum([a * b for a, b in shapes])[:-1], axis=-1)
        for number, (part, shape) in enumerate(zip(parts, shapes, strict=True)):
            matrix = part.reshape(*part.shape[:-1], *shape)
            row, column = matrix.mean(axis=-1, keepdims=True), matrix.mean(axis=-2, keepdims=True)
            guess = row * column / row.mean(axis=-2, keepdims=True)
            parts[number] = guess.reshape(part.shape)
        return m, np.concatenate(parts, axis=-1)

    return keep
