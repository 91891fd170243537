"""One step of Adam against the speed of memory: as written, in place, in blocks, fused.

`python -m benchmarks.memory_traffic` also stores the numbers that lesson 15 shows and speaks about.
Everything runs on one thread in float32. Results are compared before times are. The fastest round
counts, because a machine's other tasks can only make a round slower.
"""

import os
import platform
from pathlib import Path

import numpy as np
import torch

from adam_course import experiments
from adam_course.optimizers import Adam
from benchmarks.measure import in_turn

NAME = "memory_traffic"
SIZES = tuple(4**k for k in range(6, 13))
BATCHES = tuple(4**k for k in range(6))
WIDTH = 1024  # of the layer whose gradient is timed
T, LR, BETA1, BETA2, EPS = 2, 1e-3, 0.9, 0.999, 1e-8
BLOCK = 2**15
ROUNDS = 25


def naive(theta, g, m, v):
    """Return the next (theta, m, v) as new arrays, one for each operation of the formula."""
    m = BETA1 * m + (1 - BETA1) * g
    v = BETA2 * v + (1 - BETA2) * g * g
    m_hat, v_hat = m / (1 - BETA1**T), v / (1 - BETA2**T)
    return theta - LR * m_hat / (np.sqrt(v_hat) + EPS), m, v


def in_place(theta, g, m, v):
    """Take the same step by changing theta, m and v."""
    m *= BETA1
    m += (1 - BETA1) * g
    v *= BETA2
    v += (1 - BETA2) * g * g
    root = np.sqrt(v / (1 - BETA2**T))
    root += EPS
    step = m / root
    step *= LR / (1 - BETA1**T)
    theta -= step


def in_blocks(theta, g, m, v):
    """Take the same step on a piece of the arrays at a time that fits into the cache."""
    for i in range(0, theta.size, BLOCK):
        in_place(*(array[i : i + BLOCK] for array in (theta, g, m, v)))


def arrays(size):
    """Return parameters, gradient and the two moments after a first step, in float32."""
    theta, g = np.random.default_rng(0).standard_normal((2, size), dtype=np.float32)
    return theta, g, (1 - BETA1) * g, (1 - BETA2) * g * g


def fused(size):
    """Return a step of torch's fused Adam on its own copy of the arrays."""
    theta, g, m, v = map(torch.from_numpy, arrays(size))
    theta.requires_grad_()
    theta.grad = g
    optimizer = torch.optim.Adam([theta], lr=LR, betas=(BETA1, BETA2), eps=EPS, fused=True)
    optimizer.state[theta] = {"step": torch.tensor(T - 1.0), "exp_avg": m, "exp_avg_sq": v}
    return optimizer.step, theta


def check(size):
    """Raise AssertionError unless all ways take the step that the course's Adam takes."""
    theta, g, m, v = arrays(size)
    adam = Adam(lr=LR, beta1=BETA1, beta2=BETA2, eps=EPS)
    adam.step(theta, g)
    expected = adam.step(theta, g)
    step, tensor = fused(size)
    step()
    found = {"naive": naive(theta, g, m, v)[0], "fused": tensor.detach().numpy()}
    for way in (in_place, in_blocks):
        parts = arrays(size)
        way(*parts)
        found[way.__name__] = parts[0]
    for name, result in found.items():
        np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6, err_msg=name)


def nanoseconds(size, rounds):
    """Return way → nanoseconds for each parameter, in the fastest round."""
    parts, fresh = arrays(size), arrays(size)
    target, step = np.empty_like(parts[0]), fused(size)[0]

    def naive_step():
        nonlocal fresh
        theta, m, v = naive(*fresh)
        fresh = theta, fresh[1], m, v

    ways = {
        "as written": naive_step,
        "in place": lambda: in_place(*parts),
        "in blocks": lambda: in_blocks(*parts),
        "torch, fused": step,
        "copy": lambda: np.copyto(target, parts[1]),
    }
    times = max(1, 2**18 // size)  # so that even a small step is long enough to be timed

    def repeated(work):
        return lambda: [work() for _ in range(times)]

    seconds = in_turn({name: repeated(work) for name, work in ways.items()}, rounds)
    return {name: min(each) / times / size * 1e9 for name, each in seconds.items()}


def layer(batch):
    """Return the three products of a layer: its output, the gradient of its weights and inputs."""
    rng = np.random.default_rng(0)
    inputs, errors = rng.standard_normal((2, batch, WIDTH), dtype=np.float32)
    weights = rng.standard_normal((WIDTH, WIDTH), dtype=np.float32)
    return lambda: (inputs @ weights, inputs.T @ errors, errors @ weights.T)


def rounded(number):
    """Return a number with the digits that a measurement of time deserves."""
    return float(f"{number:.4g}")


def measure(sizes=SIZES, batches=BATCHES, rounds=ROUNDS):
    """Return all measurements as numbers by name."""
    torch.set_num_threads(1)
    results = {"sizes": sizes, "batches": batches, "width": WIDTH, "block": BLOCK}
    for size in sizes:
        check(size)
    rows = [nanoseconds(size, rounds) for size in sizes]
    results["nanoseconds"] = {name: [rounded(row[name]) for row in rows] for name in rows[0]}
    products = in_turn({batch: layer(batch) for batch in batches}, rounds)
    results["layer_milliseconds"] = [rounded(min(products[b]) * 1e3) for b in batches]
    return results


def machine():
    """Return the processor in words and, where Linux tells them, the sizes of its large caches."""
    folder = Path("/sys/devices/system/cpu/cpu0/cache")
    sizes = [path.read_text(encoding="utf-8").strip() for path in folder.glob("index[23]/size")]
    cores = f"{os.cpu_count()} cores, {platform.machine()}"
    return f"{cores} (second and third cache: {' and '.join(sorted(sizes))})" if sizes else cores


def main(store=False):
    """Measure and print, and store what came out if asked to."""
    results = measure()
    print(f"\nOne step of Adam, ns a parameter in float32 (sizes {', '.join(map(str, SIZES))})")
    for name, row in results["nanoseconds"].items():
        print(f"  {name:16}" + "".join(f"{value:9.3f}" for value in row))
    print(f"A layer of {WIDTH} × {WIDTH}, ms: {results['layer_milliseconds']}")
    if store:
        source = (
            f"Measured by `python -m benchmarks.memory_traffic`: one thread of {machine()}, "
            f"float32, NumPy {np.__version__}, PyTorch {torch.__version__.partition('+')[0]}, "
            f"fastest of {ROUNDS} rounds in turn."
        )
        print(experiments.write(NAME, results, source))


if __name__ == "__main__":
    main(store=True)
