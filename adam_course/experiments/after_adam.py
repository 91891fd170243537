"""Adam and what came after it, on the language model: who is ahead at tuned rates?

The course's transformer (42,080 parameters) takes 500 steps, each on 16 windows of 32 words, in
float32. What counts is the loss on the text that is kept back, in nats a word. There are two plans:
constant rates, and rates that fall to 0 by a cosine.

Three methods have one rule and one rate for all parameters: momentum, Lion and Adam. The others
have a rule of their own for the hidden matrices, and Adam for the rest: Adam itself, with a second
rate; Muon; Muon without Newton–Schulz, that is momentum over its Frobenius norm; Shampoo; SOAP.
They have two rates, that of the rule and that of the rest.

Rates are tuned in five runs on a grid of √2, from a first look on, until both neighbours of a rate
are worse; two rates in turn, until neither moves. Each method is judged in 20 other runs. Run 7 of
two methods begins at the same parameters and sees the same windows: a matched pair. A finer grid,
of √√2, goes on from some of the rates with a cosine and is judged in the same runs.

Results, for each plan and method, and as "finer" for each method of `FINER`

- "rate", "rest": the tuned rates; "tried": median losses in tuning, by the places of the rates;
- "losses": the 20 losses at the end; "low", "median", "high": their quartiles;
- "learned": the 20 losses at the end on every fifth window that was learned from;
- "curve": the median of the 20 losses at the start and after each 50 steps;

and "again", by plan and method: two of the 20 losses, which `part` computes again; for all of them
take more than half an hour of an idle core.
"""

import numpy as np

from adam_course import experiments
from adam_course.experiments.language_model import kept, model, start, walk
from adam_course.optimizers import (
    SOAP,
    Adam,
    Lion,
    Momentum,
    Muon,
    PerBlock,
    Shampoo,
    is_hidden_matrix,
)
from adam_course.schedules import Cosine

#: Rounding, which is another one on another processor, grows in 500 steps.
TOLERANCE = 0.01
STEPS, BATCH, EVERY = 500, 16, 50
TUNING, JUDGED, AGAIN = range(5), range(5, 25), range(5, 7)
PROBLEM = model()
LEARNED = np.arange(0, PROBLEM.points, 5)


def alone(rule):
    """Return a method with one rule and one rate."""
    return lambda rate, rest: rule(lr=rate)


def with_adam(rule, **options):
    """Return a method with a rule for the hidden matrices, and Adam for the rest."""

    def made(rate, rest):
        hidden = rule(lr=rate, **options)
        return PerBlock(PROBLEM.blocks, {is_hidden_matrix: hidden}, rest=Adam(lr=rest))

    return made


#: Functions of the two rates, that of the hidden matrices and that of the rest.
METHODS = {
    "momentum": alone(Momentum),
    "Lion": alone(Lion),
    "Adam": alone(Adam),
    "Adam, two rates": with_adam(Adam),
    "Muon": with_adam(Muon, inputs_first=True),
    "Muon without Newton–Schulz": with_adam(Muon, inputs_first=True, ns_steps=0),
    "Shampoo": with_adam(Shampoo, beta2=0.95, momentum=0.9, every=10),
    "SOAP": with_adam(SOAP),
}
ONE_RATE = ("momentum", "Lion", "Adam")
#: Who races in which plan, and where its grid begins.
PLANS = {
    "cosine": dict(zip(METHODS, (17, 5, 8, 5, 7, 9, 3, 4), strict=True)),
    "constant": dict(zip(list(METHODS)[2:], (7, 4, 6, 9, 2, 5), strict=True)),
}
#: Who is tuned on the finer grid, too: where a verdict is near, and whom they are compared with.
FINER = ("momentum", "Lion", "Adam", "Adam, two rates", "Muon", "SOAP")
REST = 9


def rate_of(place):
    """Return a rate by its place in the grid."""
    return 1e-3 * 2 ** (place / 2)


def run(name, places, plan, number, every=EVERY):
    """Return a run's losses on the text that is kept back, every so many steps, and its parameters.

    Losses are infinite from where the numbers have become too large.

    Args:
        name: of the method.
        places: of its rate, and of Adam's for the rest, in the grid.
        plan: "constant" or "cosine".
        number: of the run: it says where the run starts and which windows it sees.
        every: how many steps lie between two losses.
    """
    rates = map(rate_of, places)
    rule = METHODS[name](*(Cosine(rate, STEPS) if plan == "cosine" else rate for rate in rates))
    theta = start(number)
    losses = np.full(STEPS // every + 1, np.inf)
    losses[0] = kept(theta)
    for step, theta in enumerate(walk(rule, number, STEPS, BATCH), 1):
        if step % every == 0:
            losses[step // every] = kept(theta)
    return losses, theta


def tuned(name, plan, best, by=1):
    """Return the places of a method's best rates, and the median losses of all that were tried.

    Args:
        name, plan: as for `run`.
        best: the places where the search begins.
        by: how far neighbours lie apart in the grid.
    """
    tried, before = {}, None

    def score(places):
        if places not in tried:
            ends = [run(name, places, plan, number, STEPS)[0][-1] for number in TUNING]
            tried[places] = float(np.median(ends))
        return tried[places]

    while best != before:
        before = best
        for which in range(1 if name in ONE_RATE else 2):
            best = descended(score, best, which, by)
    return best, tried


def descended(score, places, which, by=1):
    """Return places of which one has been moved to where both its neighbours score worse."""
    while True:
        rate, rest = places
        if which == 0:
            near = [(rate + step, rest) for step in (-by, 0, by)]
        else:
            near = [(rate, rest + step) for step in (-by, 0, by)]
        best = min(near, key=score)
        if best == places:
            return places
        places = best


def raced(name, plan, best, by=1):
    """Return what is stored of a method: tuned as `tuned` says, and judged in 20 runs."""
    best, tried = tuned(name, plan, best, by)
    runs = [run(name, best, plan, number) for number in JUDGED]
    losses = np.array([losses for losses, _ in runs])
    low, middle, high = np.quantile(losses[:, -1], (0.25, 0.5, 0.75))
    return {
        "rate": rate_of(best[0]),
        "rest": rate_of(best[1]),
        "places": best,
        "tried": [[*places, score] for places, score in sorted(tried.items())],
        "losses": losses[:, -1],
        "low": low,
        "median": middle,
        "high": high,
        "learned": [PROBLEM.value(theta, LEARNED) for _, theta in runs],
        "curve": np.median(losses, axis=0),
    }


def compute():
    """Return the results, as they are named above."""
    race = {
        plan: {name: raced(name, plan, (place, REST)) for name, place in places.items()}
        for plan, places in PLANS.items()
    }
    finer = {name: raced(name, "cosine", race["cosine"][name]["places"], by=0.5) for name in FINER}
    return race | {"finer": finer} | again(race)


def part():
    """Return the part of the results that is computed again, at the stored rates."""
    return again(experiments.load("after_adam"))


def again(race):
    """Return two judged runs of each method of a race."""
    ends = {
        plan: {
            name: [run(name, race[plan][name]["places"], plan, number)[0][-1] for number in AGAIN]
            for name in methods
        }
        for plan, methods in PLANS.items()
    }
    return {"again": ends}
