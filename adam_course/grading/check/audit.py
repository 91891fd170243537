"""Is an experiment of one's own a fair comparison? The structure can be checked; the rest is read.

`audit(experiment)` is for the open experiment of exercise 16. It gives no points: a person does.
"""

from dataclasses import dataclass

import numpy as np

from adam_course.paired import SIZE, compare

LEAST_RUNS = 6  # fewer pairs can tell nothing apart
#: What matched pairs say of the first side, as verdicts are called in lesson 16.
WORDS = {"open": "cannot tell", "no power": "without power"}
SHAPE = "experiment should return {name: (rates, scores, new_scores), …}, one entry a side"


@dataclass(frozen=True)
class Audit:
    """What `audit` found: true if nothing is wrong with the structure of the comparison.

    Attributes:
        faults: what is wrong, in sentences.
        findings: the numbers of each side, in sentences; none where they cannot be read.
        attempted: False while the experiment still raises NotImplementedError.
    """

    faults: tuple[str, ...]
    findings: tuple[str, ...] = ()
    attempted: bool = True

    def __bool__(self):
        return self.attempted and not self.faults

    def __repr__(self):
        if not self.attempted:
            return "○ experiment: not attempted yet."
        lines = self.findings + tuple(f"✗ {fault}" for fault in self.faults)
        return "\n".join(lines if self.faults else (*lines, "✓ The comparison is fairly built."))


def audit(experiment, size=SIZE):
    """Return the Audit of an experiment that compares two sides or more.

    Is the budget the same for all sides? Does the best rate, the one with the lowest median, lie
    inside its grid? Are there six new runs or more to tell the result? Two new runs in equal places
    count as a matched pair: they should share their start and their mini-batches.

    Args:
        experiment: function without arguments. It returns a dict of each side's name and
            (rates, scores, new_scores): the r rates that were tried in rising order, the scores
            (r, s) of s runs at each of them, and the scores (n,) of n new runs at the best rate.
            The lower a score, the better; that of a run that diverged is np.inf.
        size: the ratio of scores that matters, above 1.

    Raises:
        TypeError, ValueError: the size is not such a number.
    """
    try:
        returned = experiment()
    except NotImplementedError:
        return Audit((), attempted=False)
    try:
        sides = {
            str(name): tuple(np.asarray(part, dtype=float) for part in side)
            for name, side in returned.items()
        }
    except (AttributeError, TypeError, ValueError):
        return Audit((f"{SHAPE}, and these are numbers or arrays of them.",))
    faults = [fault for name, side in sides.items() for fault in misshapen(name, side)]
    if len(sides) < 2:
        faults.append(f"{SHAPE}, and there have to be two sides or more.")
    if faults:
        return Audit(tuple(faults))
    for name, (rates, scores, new) in sides.items():
        best = np.median(scores, axis=1).argmin()
        if best in (0, len(rates) - 1):
            faults.append(f"{name}: the best rate, {rates[best]:g}, is at the edge of its grid.")
        if len(new) < LEAST_RUNS:
            faults.append(f"{name}: {len(new)} new runs are too few; {LEAST_RUNS} is the least.")
    shapes = {name: (*scores.shape, len(new)) for name, (_, scores, new) in sides.items()}
    if len(set(shapes.values())) > 1:
        budgets = "; ".join(
            f"{name} {rates} rates, {runs} runs at each, {new} new runs"
            for name, (rates, runs, new) in shapes.items()
        )
        faults.append(f"The sides had unequal budgets: {budgets}.")
    return Audit(tuple(faults), tuple(findings(sides, size)))


def misshapen(name, side):
    """Yield what is wrong with the arrays of a side, in sentences."""
    if len(side) != 3:
        yield f"{name}: there should be rates, scores and new_scores, but there are {len(side)}."
        return
    rates, scores, new = side
    if rates.ndim != 1 or len(rates) < 3 or not (np.diff(rates) > 0).all():
        yield f"{name}: rates should be three or more numbers in rising order."
    elif scores.ndim != 2 or len(scores) != len(rates) or not scores.size:
        yield f"{name}: scores should have a row for each of {len(rates)} rates, a column a run."
    if new.ndim != 1 or not new.size:
        yield f"{name}: new_scores should be one number for each new run."
    if any(np.isnan(part).any() for part in side):
        yield f"{name}: NaN has no place in an order; write np.inf for a run that diverged."


def findings(sides, size):
    """Yield the numbers of each side, and of its matched pairs with the first one, in sentences."""
    for name, (rates, scores, new) in sides.items():
        best = rates[np.median(scores, axis=1).argmin()]
        yield (
            f"{name}: best of {len(rates)} rates {best:.4g}; median of {len(new)} new runs "
            f"{np.median(new):.4g}, from {new.min():.4g} to {new.max():.4g}"
        )
    (first, (*_, ours)), *others = sides.items()
    for name, (*_, theirs) in others:
        if len(ours) != len(theirs) or len(ours) < LEAST_RUNS:
            continue
        if min(*ours, *theirs) < 0:
            yield f"{first} and {name}: scores below 0 have no ratio, so no pairs are compared"
            continue
        pairs = compare(ours, theirs)
        low, high, word = *pairs.interval, pairs.verdict(size)
        yield (
            f"{first} over {name} in {len(ours)} matched pairs: ratio {pairs.ratio:.3g}, interval "
            f"{low:.3g} to {high:.3g}, lower in {pairs.wins}; power {pairs.power(size):.2f} for a "
            f"ratio of {size:g}: {WORDS.get(word, word)}"
        )
