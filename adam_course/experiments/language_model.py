"""The language model of lesson 17: is Adam ahead of momentum and SGD, and on what does it depend?

The model is `problems.Transformer` as it stands: one block, 32 numbers a word, 512 words, windows
of 32 words, float32. A method's rate is tuned on a grid of √2 that moves on while its best rate
lies at an edge, for the lowest median loss on the text that is kept back. It is then judged in
other runs, which have another start and other windows, the same for every method: so each run has
its matched pair.

- "race": 500 steps with mini-batches of 16 windows; SGD, momentum, Adam and signed momentum, each
  with a constant rate and with one that falls to 0 by a cosine; tuned on 5 runs, judged on 20.
- "batches": 250 steps with 4, 16 and 64 windows a step; momentum, Adam and signed momentum at a
  constant rate; tuned on 5 runs and judged on 20. With 64 windows it is 3 and 6, and momentum has
  a cliff beside its best rates, so that 3 runs are too few for a median: there the rate is the
  smallest one whose highest loss comes within 0.01 of the best.

Each entry, such as "Adam, cosine" or "Adam, 64", has

- "rate", "rates", "tuned": the best rate, the rates tried, the typical loss of each;
- "kept", "learned": the losses of the judged runs in nats a word, on the text kept back and on
  every fifth window of the text learned from;
- "kept by rank", "learned by rank": the same for the words of each of the ranges in `RANKS`, as
  a list for each run (in the race only).

"first runs" are the losses of the first judged run of three methods. They are computed again by
``make experiments``, which leaves the rest as it is stored: all of it takes a quarter of an hour.
"""

from collections import deque
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from itertools import pairwise

import numpy as np

from adam_course import experiments, optimizers, schedules
from adam_course.optimizers.base import NonFiniteGradientError
from adam_course.problems import Transformer
from adam_course.problems.mini_batches import MiniBatches

#: float32 sums differ between processors, and a run's losses with them in the third digit.
TOLERANCE = 0.01
STEPS, TUNING, JUDGED = 500, 5, 20
RANKS = (0, 1, 10, 50, 150, 300, 512)  # from frequent to rare; 0 is "*", any other word
#: Each method, with a rate near its best one.
METHODS = {
    "SGD": optimizers.GradientDescent(lr=1.5),
    "momentum": optimizers.Momentum(lr=0.3),
    "Adam": optimizers.Adam(lr=0.01),
    "signed momentum": optimizers.Lion(lr=0.004, beta1=0.9, beta2=0.9),
}
PLANS = {"constant": schedules.Constant(1), "cosine": schedules.Cosine(1, STEPS)}
FIRST = ("SGD, constant", "momentum, constant", "Adam, constant")


@cache
def model(width=32):
    """Return the language model of a width, one object for all runs."""
    return Transformer(width=width)


@cache
def start(run, width=32):
    """Return where a run starts, in float32."""
    return model(width).starts(run + 1)[run].astype(np.float32)


def walk(optimizer, run, steps=STEPS, batch=16, width=32, clip=np.inf):
    """Yield the parameters (d,) after each step of a run, until its end or until it diverges.

    Args:
        optimizer: one that has taken no step yet.
        run: 0, 1, 2, …: a number that gives start and windows.
        steps, batch, width: how many steps, windows in a mini-batch, numbers a word.
        clip: gradients with a larger norm are shortened to it.
    """
    theta = start(run, width)
    batches = MiniBatches(model(width), batch, seed=run)
    with np.errstate(all="ignore"), suppress(NonFiniteGradientError):
        for _ in range(steps):
            g = batches.gradient(theta)
            g = g * np.float32(min(1, clip / np.linalg.norm(g))) if clip < np.inf else g
            theta = optimizer.step(theta, g)
            yield theta


def train(optimizer, run, steps=STEPS, **how):
    """Return the parameters (d,) after a run of `walk`; all NaN if it diverged."""
    last = deque(enumerate(walk(optimizer, run, steps, **how), 1), maxlen=1)
    if last and last[0][0] == steps:
        return last[0][1]
    return np.full_like(start(run, how.get("width", 32)), np.nan)


def at(method, rate, plan=PLANS["constant"]):
    """Return a fresh optimizer at a rate that follows a plan, which is a schedule that begins at 1.

    Only a rate that changes becomes a function, for a rate may be an array with one for each
    parameter.
    """
    if isinstance(plan, schedules.Constant):
        return replace(method, lr=rate)
    return replace(method, lr=lambda t: rate * plan(t))


def kept(theta, width=32):
    """Return the loss on the text kept back, in nats a word; infinite for a run that diverged."""
    with np.errstate(all="ignore"):
        loss = model(width).value(theta, model(width).test)
    return float(loss) if np.isfinite(loss) else np.inf


def chosen(tried, within):
    """Return the smallest of some rates, as a dict of losses, that comes so near to the best."""
    return min(rate for rate, loss in tried.items() if loss <= min(tried.values()) + within)


def tuned(make, rate, runs, typical=np.median, within=0, **how):
    """Return a dict of rates tried and the typical loss of each, on a grid of √2 around a rate.

    Args:
        make: takes a rate and returns an optimizer.
        rate: where the grid begins; it moves on while the best rate lies at an edge.
        runs: the runs to tune on.
        typical: makes one number of their losses.
        within: as for `chosen`.
        how: the other arguments of `train`.
    """
    found, width, middle = {}, how.get("width", 32), 0
    for _ in range(8):
        for step in (middle - 1, middle, middle + 1):
            if step not in found:
                one = [kept(train(make(rate * 2 ** (step / 2)), run, **how), width) for run in runs]
                found[step] = float(typical(one))
        best = chosen(found, within)
        if best == middle:
            break
        middle = best
    return {rate * 2 ** (step / 2): found[step] for step in sorted(found)}


def by_rank(losses, words):
    """Return the mean loss of the words in each range of `RANKS`, from frequent to rare."""
    return [float(losses[(words >= low) & (words < high)].mean()) for low, high in pairwise(RANKS)]


def judged(theta):
    """Return what is stored about a run: losses on both texts, all and by rank."""
    problem, found = model(), {}
    rows = {"kept": problem.test, "learned": np.arange(0, problem.points, 5)}
    for text, windows in rows.items():
        losses = np.nan_to_num(problem.losses(theta, windows), nan=np.inf)
        found[text] = float(losses.mean())
        found[f"{text} by rank"] = by_rank(losses, problem.windows(windows)[:, 1:])
    return found


def entry(make, rate, tuning=TUNING, judging=JUDGED, ranks=False, careful=False, **how):
    """Return what is stored of one method: its tuning, and its judged runs at the best rate."""
    rule = (np.max, 0.01) if careful else (np.median, 0)
    tried = tuned(make, rate, range(tuning), *rule, **how)
    best = chosen(tried, rule[1])
    runs = range(TUNING, TUNING + judging)
    with np.errstate(all="ignore"):
        results = [judged(train(make(best), run, **how)) for run in runs]
    keys = [key for key in results[0] if ranks or "rank" not in key]
    return {"rate": best, "rates": list(tried), "tuned": list(tried.values())} | {
        key: [one[key] for one in results] for key in keys
    }


def racing(name):
    """Return the entry of one method and plan, such as "Adam, cosine", in the race."""
    method, plan = name.split(", ")
    make = partial(at, METHODS[method], plan=PLANS[plan])
    return entry(make, METHODS[method].lr, ranks=True)


def batched(name):
    """Return the entry of one method and batch, such as "Adam, 64"."""
    method, batch = name.split(", ")
    few = {"tuning": 3, "judging": 6, "careful": True} if batch == "64" else {}
    rate = METHODS[method].lr * (int(batch) / 16) ** 0.5
    return entry(partial(at, METHODS[method]), rate, steps=250, batch=int(batch), **few)


def compute(workers=None):
    """Return the results, as they are named above, from so many processes at a time."""
    race = [f"{method}, {plan}" for method in METHODS for plan in PLANS]
    batches = [f"{method}, {size}" for size in (64, 16, 4) for method in list(METHODS)[1:]]
    with ProcessPoolExecutor(workers) as pool:
        found = [dict(zip(race, pool.map(racing, race), strict=True))]
        found.append(dict(zip(batches, pool.map(batched, batches), strict=True)))
    first = {name: found[0][name]["kept"][0] for name in FIRST}
    return {"race": found[0], "batches": found[1], "first runs": first}


def part():
    """Return the results that are computed again: the first judged runs, at the stored rates."""
    race = experiments.load("language_model")["race"]
    return {"first runs": {name: kept(one_run(name, race[name]["rate"])) for name in FIRST}}


def one_run(name, rate):
    """Return the parameters at the end of the first judged run of a method, as "Adam, cosine"."""
    method, plan = name.split(", ")
    return train(at(METHODS[method], rate, PLANS[plan]), TUNING)
