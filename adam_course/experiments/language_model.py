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
  smallest one whose highest loss comes within 0.01 of the best. "cliff" is what momentum's six
  runs come to at the very best rate.
- "relatives": NAdam and two kinds of AMSGrad in the race, for claim C15.
- "finer": the race and the relatives once more, on a grid of 2^¼ around the rates found.

Each entry, such as "Adam, cosine" or "Adam, 64", has

- "rate", "rates", "tuned": the best rate, the rates tried, the typical loss of each;
- "kept", "learned": the losses of the judged runs in nats a word, on the text kept back and on
  every fifth window of the text learned from;
- "kept by rank", "learned by rank": the same for the words of each of the ranges in `RANKS`, as
  a list for each run (in the race only).

"first runs" are the losses of the first judged run of three methods. They are computed again by
``make experiments``, which leaves the rest as it is stored: all of it takes half an hour.
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
#: Adam's relatives in claim C15, as lesson 12 has them.
RELATIVES = {
    "NAdam": optimizers.NAdam(lr=0.01, momentum_decay=None),
    "AMSGrad": optimizers.AMSGrad(lr=0.01),
    "AMSGrad (PyTorch)": optimizers.AMSGrad(lr=0.01, bias_correction=True),
}
PLANS = {"constant": schedules.Constant(1), "cosine": schedules.Cosine(1, STEPS)}
RACE = [f"{method}, {plan}" for method in METHODS for plan in PLANS]
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
        rate: where the grid begins; it moves on while the best or the chosen rate is at an edge.
        runs: the runs to tune on.
        typical: makes one number of their losses.
        within: as for `chosen`.
        how: the other arguments of `train`.
    """
    found, middles = {}, {0}
    for _ in range(8):
        for step in {middle + move for middle in middles for move in (-1, 0, 1)} - found.keys():
            found[step] = score(make, rate * 2 ** (step / 2), runs, typical, **how)
        middles = {chosen(found, 0), chosen(found, within)}
    return {rate * 2 ** (step / 2): found[step] for step in sorted(found)}


def score(make, rate, runs, typical=np.median, **how):
    """Return the typical loss of some runs at a rate, on the text kept back; see `tuned`."""
    width = how.get("width", 32)
    return float(typical([kept(train(make(rate), run, **how), width) for run in runs]))


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
    make, rate = maker(name)
    return entry(make, rate, ranks=name in RACE)


def maker(name):
    """Return what makes an optimizer of a rate, by method and plan, and a rate near its best."""
    method, plan = name.split(", ")
    rule = (METHODS | RELATIVES)[method]
    return partial(at, rule, plan=PLANS[plan]), rule.lr


def refined(name, found):
    """Return the entry of a method and plan on a grid of 2^¼ around its rate, from its entry.

    Where the rate stays, so do its judged runs.
    """
    (make, _), rate = maker(name), found["rate"]
    tried = {near: score(make, near, range(TUNING)) for near in (rate * 2**-0.25, rate * 2**0.25)}
    tried = dict(sorted({rate: min(found["tuned"]), **tried}.items()))
    best, runs = chosen(tried, 0), range(TUNING, TUNING + JUDGED)
    if best == rate:
        results = {key: found[key] for key in ("kept", "learned")}
    else:
        ends = [judged(train(make(best), run)) for run in runs]
        results = {key: [end[key] for end in ends] for key in ("kept", "learned")}
    return {"rate": best, "rates": list(tried), "tuned": list(tried.values())} | results


def batched(name):
    """Return the entry of one method and batch, such as "Adam, 64"."""
    method, batch = name.split(", ")
    few = {"tuning": 3, "judging": 6, "careful": True} if batch == "64" else {}
    rate = METHODS[method].lr * (int(batch) / 16) ** 0.5
    return entry(partial(at, METHODS[method]), rate, steps=250, batch=int(batch), **few)


def compute(workers=None):
    """Return the results, as they are named above, from so many processes at a time."""
    others = [f"{method}, {plan}" for method in RELATIVES for plan in PLANS]
    batches = [f"{method}, {size}" for size in (64, 16, 4) for method in list(METHODS)[1:]]
    with ProcessPoolExecutor(workers) as pool:
        race = dict(zip(RACE, pool.map(racing, RACE), strict=True))
        relatives = dict(zip(others, pool.map(racing, others), strict=True))
        both = race | relatives
        finer = dict(zip(both, pool.map(refined, both, both.values()), strict=True))
        found = dict(zip(batches, pool.map(batched, batches), strict=True))
        beside = pool.submit(cliff, found["momentum, 64"]).result()
    first = {name: race[name]["kept"][0] for name in FIRST}
    parts = {"race": race, "relatives": relatives, "finer": finer, "batches": found}
    return parts | {"cliff": beside, "first runs": first}


def cliff(found):
    """Return the very best rate of momentum with 64 windows, and its six runs there."""
    rate = found["rates"][int(np.argmin(found["tuned"]))]
    make, runs = partial(at, METHODS["momentum"]), range(TUNING, TUNING + 6)
    return {"rate": rate, "kept": [score(make, rate, [run], steps=250, batch=64) for run in runs]}


def part():
    """Return the results that are computed again: the first judged runs, at the stored rates."""
    race = experiments.load("language_model")["race"]
    return {"first runs": {name: kept(one_run(name, race[name]["rate"])) for name in FIRST}}


def one_run(name, rate):
    """Return the parameters at the end of the first judged run of a method, as "Adam, cosine"."""
    method, plan = name.split(", ")
    return train(at(METHODS[method], rate, PLANS[plan]), TUNING)
