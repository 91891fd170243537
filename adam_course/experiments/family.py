"""Adam and its relatives on two tasks: who is ahead at a tuned rate, constant or falling?

Tasks, 300 steps each: the digits network (32 hidden units, 1,297 images, mini-batches of 32) and
sparse text (300 words, 1,200 texts, mini-batches of 16).

Each method's rate is tuned in five runs: on nine rates from 1e-4 to 6.6, then on a grid of √2
around the best of them, for the lowest median loss over all the data. It is then judged in 20 other
runs, which start elsewhere and have mini-batches in another order, the same for every method: so
each run has its matched pair. This is done twice: with a constant rate, and with one that falls to
0 by a cosine; and tuning and judging once more on a finer grid, of 2^¼ around the rate found.

Schedule-free AdamW is judged at its average. Its control is Adam whose places are averaged in the
same way. AMSGrad with a memory of 100 (β2 = 0.99) is compared with Adam of the same memory, for
300 steps are too few for the usual one of 1,000. AdaFactor gets the network's matrices, and sits
out the texts, whose parameters are one vector.

Results: "methods" and "rivals", with whom each is compared; and for each race, "digits, constant",
"digits, cosine", "text, constant" and "text, cosine", by method

- "rate", "losses", "low", "median", "high": the rate, the 20 losses and their quartiles;
- "ratio", "ratio low", "ratio high", "power": the median ratio to the rival's loss, its interval of
  95 %, and the power to see a ratio of 1.25, by `adam_course.paired`;
- "verdict": "ahead" or "behind" if the interval leaves 1 out and the ratio is at least 1.25 to 1;
  "level" if the interval leaves out every such ratio; else "no power" if that is below 0.8 and
  the interval holds 1, and "open" if not; "rival" for Adam itself, "absent" for who sits out;
- "finer rate", "finer median", "finer ratio", "finer verdict": the same from the finer grid;
- "both": the verdict if both grids agree, else "open".
"""

from dataclasses import dataclass, replace

import numpy as np

from adam_course import optimizers, schedules
from adam_course.paired import compare
from adam_course.problems import DigitsMLP, SparseText
from adam_course.problems.mini_batches import MiniBatches
from adam_course.tuning import refine, tune

#: Rounding alone moves AdaFactor's losses by a few percent at its best rate, which is bold.
TOLERANCE = 0.05
STEPS, TUNING, JUDGED = 300, 5, 20
RATES = 1e-4 * 4.0 ** np.arange(9)
NETWORK, TEXT = DigitsMLP(images=1297), SparseText(words=300, texts=1600)


@dataclass(repr=False, eq=False)
class AdaFactorByLayer(optimizers.AdaFactor):
    """AdaFactor on each matrix of the digits network, for a batch of flat vectors (r, s, d)."""

    def update(self, theta, g, lr):
        layers = zip(NETWORK.layers(theta), NETWORK.layers(g), strict=True)
        if self.t == 1:
            one = optimizers.AdaFactor(relative_step=False, parameter_ndim=2)
            self.parts = [replace(one) for _ in NETWORK.layers(theta)]
        new = []
        for part, (weights, slopes) in zip(self.parts, layers, strict=True):
            part.lr = lr[..., None]
            new.append(part.step(weights, slopes).reshape(*theta.shape[:-1], -1))
        return np.concatenate(new, axis=-1)


@dataclass(repr=False, eq=False)
class AveragedAdam(optimizers.Adam):
    """Adam, and beside it x, the average of all places where it has been."""

    def initial_state(self):
        return super().initial_state() | {"x": 0.0}

    def update(self, theta, g, lr):
        new = super().update(theta, g, lr)
        self.x = self.x + (new - self.x) / self.t
        return new


def uncorrected(t):
    """Return the factor that takes Adam's bias correction back, as a schedule of its rate."""
    return (1 - 0.9**t) / np.sqrt(1 - 0.999**t)


METHODS = {
    "momentum": optimizers.Momentum(lr=1),
    "Adam": optimizers.Adam(lr=1),
    "Adam uncorrected": optimizers.Adam(lr=uncorrected),
    "Adam, averaged weights": AveragedAdam(lr=1),
    "Adam, β2 = 0.99": optimizers.Adam(lr=1, beta2=0.99),
    "AMSGrad": optimizers.AMSGrad(lr=1),
    "AMSGrad (PyTorch)": optimizers.AMSGrad(lr=1, bias_correction=True),
    "AMSGrad (PyTorch), β2 = 0.99": optimizers.AMSGrad(lr=1, beta2=0.99, bias_correction=True),
    "Yogi": optimizers.Yogi(lr=1),
    "AdaMax": optimizers.AdaMax(lr=1),
    "AdaBelief": optimizers.AdaBelief(lr=1),
    "NAdam": optimizers.NAdam(lr=1, momentum_decay=None),
    "Lion": optimizers.Lion(lr=1),
    "RAdam": optimizers.RAdam(lr=1),
    "AdaFactor": AdaFactorByLayer(lr=1, parameter_ndim=1),
    "schedule-free": optimizers.ScheduleFreeAdamW(lr=1),
}
RIVALS = dict.fromkeys(METHODS, "Adam") | {"AMSGrad (PyTorch), β2 = 0.99": "Adam, β2 = 0.99"}
COSINE = schedules.Cosine(1, STEPS)


def compute():
    """Return the results, as they are named above."""
    tasks = {
        "digits": (MiniBatches(NETWORK, 32), NETWORK.starts(TUNING + JUDGED)),
        "text": (MiniBatches(TEXT, 16, len(TEXT.train)), np.zeros((TUNING + JUDGED, TEXT.words))),
    }
    results = {"methods": list(METHODS), "rivals": list(RIVALS.values())}
    for task, (problem, starts) in tasks.items():
        for plan, falling in (("constant", False), ("cosine", True)):
            results[f"{task}, {plan}"] = race(problem, starts, falling)
    return results


def race(problem, starts, falling):
    """Return what `compute` stores about one race: lists with an entry for each method."""
    coarse, fine = {}, {}
    for name, method in METHODS.items():
        coarse[name] = chosen(problem, method, starts, falling, RATES, 2**0.5, 4)
        fine[name] = chosen(problem, method, starts, falling, coarse[name][:1], 2**0.25, 2)
    results, finer = named(coarse), named(fine)
    verdicts = zip(results["verdict"], finer["verdict"], strict=True)
    results |= {f"finer {key}": finer[key] for key in ("rate", "median", "ratio", "verdict")}
    return results | {"both": [one if one == other else "open" for one, other in verdicts]}


def chosen(problem, method, starts, falling, rates, factor, width):
    """Return a method's best rate and its losses (n,) at it; NaN if it sits out."""
    if isinstance(method, AdaFactorByLayer) and problem.problem is not NETWORK:
        return np.nan, np.full(JUDGED, np.nan)
    own, at = method.lr, "x" if "x" in method.state else None
    if falling:
        method = replace(method, lr=lambda t: COSINE(t) * (own(t) if callable(own) else own))
    grid = {"factor": factor, "width": width, "at": at}
    rate = refine(problem, method, rates, starts[:TUNING], STEPS, **grid).rate
    new = replace(problem, seed=1)
    return rate, tune(new, method, [rate], starts[TUNING:], STEPS, at=at).score


def named(runs):
    """Return by name what is stored of rates and losses: lists with an entry for each method."""
    found = [
        {"rate": rate, "losses": losses} | judged(losses, runs[RIVALS[name]][1])
        for name, (rate, losses) in runs.items()
    ]
    return {key: [one[key] for one in found] for key in found[0]}


def judged(losses, theirs):
    """Return the quartiles of a method's losses (n,), and what their pairs with a rival's say."""
    quartiles = np.quantile(losses, [0.25, 0.5, 0.75])
    found = dict(zip(("low", "median", "high"), quartiles, strict=True))
    names = ("ratio", "ratio low", "ratio high", "power")
    if losses is theirs or np.isnan(losses).any():
        verdict = "rival" if losses is theirs else "absent"
        return found | dict.fromkeys(names, np.nan) | {"verdict": verdict}
    pairs = compare(losses, theirs)
    numbers = (pairs.ratio, *pairs.interval, pairs.power())
    return found | dict(zip(names, numbers, strict=True)) | {"verdict": pairs.verdict()}
