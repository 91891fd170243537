"""How long a step takes of each rule in the race of lesson 18, beside the gradient of a batch.

`python -m benchmarks.after_adam_times` stores the times, which lesson 18 shows and speaks about.
"""

import time

import numpy as np

from adam_course import experiments
from adam_course.experiments.after_adam import METHODS, PROBLEM
from benchmarks.memory_traffic import machine, rounded

NAME = "after_adam_times"
STEPS, ROUNDS = 10, 40  # Shampoo and SOAP renew their directions in one step of ten
BATCHES = (4, 16, 64)


def milliseconds(rounds=ROUNDS):
    """Return how long a step of each rule takes, and a gradient, in ms of the processor's time.

    That is a clock's time where nothing else runs. The fastest of the rounds counts.
    """
    theta = PROBLEM.starts(1)[0].astype(np.float32)
    grad = PROBLEM.gradient(theta, np.arange(16))
    rules = {name: made(1e-3, 1e-3) for name, made in METHODS.items()}
    work = {name: lambda rule=rule: rule.step(theta, grad) for name, rule in rules.items()}
    work |= {size: lambda size=size: PROBLEM.gradient(theta, np.arange(size)) for size in BATCHES}
    least = dict.fromkeys(work, np.inf)
    for _ in range(rounds):
        for name, step in work.items():
            begin = time.process_time()
            for _ in range(STEPS):
                step()
            least[name] = min(least[name], (time.process_time() - begin) / STEPS * 1e3)
    return {
        "step": {name: rounded(least[name]) for name in METHODS},
        "gradient": {str(size): rounded(least[size]) for size in BATCHES},
    }


def main(store=False):
    """Measure and print, and store what came out if asked to."""
    times = milliseconds()
    print(f"\nOne step on the language model of {PROBLEM.dimension:,} parameters, float32, ms")
    for name, step in times["step"].items():
        print(f"  {name:32}{step:8.3f}")
    for size, slope in times["gradient"].items():
        print(f"  {f'gradient of {size} windows':32}{slope:8.3f}")
    if store:
        source = (
            "Measured by `python -m benchmarks.after_adam_times`: processor's time of one thread "
            f"of {machine()}, float32, NumPy {np.__version__}, fastest of {ROUNDS} rounds."
        )
        print(experiments.write(NAME, times, source))


if __name__ == "__main__":
    main(store=True)
