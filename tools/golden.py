"""Record the golden files: what PyTorch, Keras, Optax and two packages really compute.

    python tools/golden.py

writes tests/golden/*.json. It needs the frameworks; the tests that read the files do not.
"""

import json

import numpy as np
from comparison import GOLDEN, STEPS, draw, may_change, run_theirs, versions

from adam_course.frameworks import TITLES
from adam_course.frameworks.pairs import PAIRS

#: Steps whose parameters are kept.
KEPT = [1, 10, 200]
#: Runs of every pair: one at a constant rate, one at a changing rate where the pair allows it.
RUNS = 2


def record_streams():
    """Write the three gradient streams that every comparison uses, rounded so that they are short.

    "dense" is noise around a slope; "sparse" is mostly exact zeros, with a first step of nothing
    but zeros and a parameter that has no gradient for half the run; "mixed" jumps between sizes
    from 1e-6 to 1e6.
    """
    chance = np.random.default_rng(2015)
    shape = (STEPS, 2, 3)
    dense = 0.3 + chance.normal(size=shape)
    sparse = np.where(chance.random(shape) < 0.15, chance.normal(size=shape), 0.0)
    sparse[0] = sparse[: STEPS // 2, 1, 2] = 0.0
    mixed = chance.choice([-1, 1], shape) * 10.0 ** chance.uniform(-6, 6, shape)
    streams = {"dense": dense, "sparse": sparse, "mixed": mixed}
    write(
        "streams",
        {
            "start": [[1.5, -0.7, 0.3], [-2.0, 0.05, 1.0]],
            "rate": rounded(chance.uniform(0.1, 1.0, STEPS), 2),
            **{name: rounded(stream, 3) for name, stream in streams.items()},
        },
    )


def rounded(values, digits):
    """Return an array as nested lists of numbers with so many significant digits."""
    return np.vectorize(lambda x: float(f"{x:.{digits}g}"), otypes=[float])(values).tolist()


def record_runs(framework):
    """Write what one framework's optimizers compute from these streams."""
    runs = []
    for pair in (pair for pair in PAIRS if pair.framework == framework):
        for number in range(RUNS):
            hyperparameters, changing = draw(pair, number), may_change(pair, number)
            thetas = run_theirs(pair, hyperparameters, changing)
            kept = {
                name: {step: theta[step - 1].ravel().tolist() for step in KEPT}
                for name, theta in thetas.items()
            }
            runs.append(
                {
                    "pair": str(pair),
                    "hyperparameters": hyperparameters,
                    "changing rate": changing,
                    "thetas": kept,
                }
            )
    write(framework, {"versions": versions(framework), "runs": runs})


def write(name, content):
    """Write one golden file, every item of its lists on a line of its own."""
    entries = []
    for key, value in content.items():
        text = json.dumps(value)
        if isinstance(value, list):
            text = "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"
        entries.append(f"{json.dumps(key)}: {text}")
    path = GOLDEN / f"{name}.json"
    path.write_text("{\n" + ",\n".join(entries) + "\n}\n", encoding="utf-8", newline="\n")
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    record_streams()
    for framework in TITLES:
        record_runs(framework)
