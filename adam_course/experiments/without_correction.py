"""Adam with and without bias correction, each at its own best rate: who ends lower, and when?

Softmax regression on 1,792 of the 1,797 digits in mini-batches of 64, in a new order in each pass:
a pass is 28 steps. Runs of one pass and of 25, from zero, with β₁ = 0.9 and three β₂. "Without" is
Adam whose rate is multiplied by what undoes its step 4: the same, but for the place of ε.

In the long runs, with β₂ = 0.999, other schedules of the rate tell why they part: the factor that
undoes step 4 in reverse order, a straight line down to a fifth, and a cosine.

Each chooses its rate by the median loss over all the data: of four runs among seven rates that are
a factor 4 apart, and then of 16 runs on a √2 grid around the best of them. It is judged in 40 other
runs, which have the same mini-batches for all: they are matched pairs. All of this is done twice,
the second time with half the grid's step, and ``verdicts`` has what each grid says.
"""

from dataclasses import dataclass, replace

import numpy as np

from adam_course import optimizers, schedules
from adam_course.paired import compare
from adam_course.problems import DigitsSoftmax
from adam_course.problems.mini_batches import MiniBatches
from adam_course.tuning import refine, tune

#: Rounding grows in long runs at the larger rates.
TOLERANCE = 1e-3
PASS, PASSES, COARSE, TUNING, JUDGED = 28, 25, 4, 16, 40
#: The ratio of two losses from which on a difference matters.
SIZE = 1.25
RATES = 4.0 ** np.arange(-5, 2)
GRIDS = {"√2": 2**0.5, "half the step": 2**0.25}
BETAS = (0.99, 0.999, 0.9999)
DIGITS = DigitsSoftmax(images=64 * PASS)
BATCHES = MiniBatches(DIGITS, 64, seed=1)
STARTS = np.zeros((JUDGED, DIGITS.dimension))


@dataclass(frozen=True)
class Undone:
    """The factor that takes Adam's bias correction back, as a schedule of its rate."""

    beta2: float

    def __call__(self, t):
        return (1 - 0.9**t) / np.sqrt(1 - self.beta2**t)


def reverse(t):
    """Return the factors of a long run without correction, the last one first."""
    return Undone(0.999)(PASS * PASSES + 1 - t)


def straight(t):
    """Return a factor that falls from 5 to 1 in a long run, along a straight line."""
    return 5 - 4 * (t - 1) / (PASS * PASSES - 1)


COSINE = schedules.Cosine(1.0, PASS * PASSES)


def without_cosine(t):
    """Return the cosine's factor, for Adam without its bias correction."""
    return COSINE(t) * Undone(0.999)(t)


#: Name → passes, schedule and β₂.
ARMS = {
    f"{name}, {beta2}, {passes}": (passes, Undone(beta2) if name == "without" else 1.0, beta2)
    for passes in (1, PASSES)
    for beta2 in BETAS
    for name in ("with", "without")
} | {
    name: (PASSES, schedule, 0.999)
    for name, schedule in {
        "reverse order": reverse,
        "straight line": straight,
        "with, cosine": COSINE,
        "without, cosine": without_cosine,
    }.items()
}
#: Ours and theirs.
PAIRS = [
    *((f"without, {b}, {passes}", f"with, {b}, {passes}") for passes in (1, PASSES) for b in BETAS),
    ("reverse order", f"with, 0.999, {PASSES}"),
    ("straight line", f"with, 0.999, {PASSES}"),
    ("straight line", f"without, 0.999, {PASSES}"),
    ("without, cosine", "with, cosine"),
]


def compute():
    """Return for each arm its rate, losses and median curve; and the verdicts on both grids."""
    found = {grid: {} for grid in GRIDS}
    for name, arm in ARMS.items():
        rates = np.array([coarse(*arm)])
        for grid, factor in GRIDS.items():
            one = found[grid][name] = judged(*arm, rates, factor)
            rates = np.array([one["rate"]])
    verdicts = {
        f"{ours} / {theirs}": [verdict(arms[ours], arms[theirs]) for arms in found.values()]
        for ours, theirs in PAIRS
    }
    return found["√2"] | {"verdicts": verdicts}


def coarse(passes, schedule, beta2):
    """Return the best of rates that are a factor 4 apart."""
    optimizer = optimizers.Adam(schedule, beta2=beta2)
    return tune(BATCHES, optimizer, RATES, STARTS[:COARSE], passes * PASS).rate


def judged(passes, schedule, beta2, rates, factor):
    """Return the rate that an arm chooses around a first one, and what becomes of other runs."""
    optimizer, steps = optimizers.Adam(schedule, beta2=beta2), passes * PASS
    chosen = refine(BATCHES, optimizer, rates, STARTS[:TUNING], steps, factor=factor, width=2)
    other = replace(BATCHES, seed=2)
    run = tune(other, optimizer, [chosen.rate], STARTS, steps, every=PASS)
    return {
        "rate": chosen.rate,
        "at edge": chosen.at_edge,
        "losses": run.score,
        "medians": np.median(run.chosen.losses, axis=-1),
    }


def verdict(ours, theirs):
    """Return whether our losses are lower or higher by a size that matters."""
    low, high = compare(ours["losses"], theirs["losses"]).interval
    return "lower" if high < 1 / SIZE else "higher" if low > SIZE else "neither"
