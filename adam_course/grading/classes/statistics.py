"""What the numbers of a class say: of each task, over the term, and who falls behind."""

import math
import statistics
from typing import NamedTuple

ENOUGH = 20  # learners: with fewer, the interval of a discrimination says next to nothing
Z = statistics.NormalDist().inv_cdf(0.975)


class Discrimination(NamedTuple):
    """The correlation of a task's points with the points of the exercise's other tasks.

    Attributes:
        value, low, high: the correlation and its interval of 95 %; None if there is none.
        learners: from how many.
        why: why there is none, as a phrase, "" if there is one.
    """

    value: float | None
    low: float | None
    high: float | None
    learners: int
    why: str = ""


def discrimination(own, others):
    """Return the Discrimination of a task: the corrected item-total correlation.

    Its interval is that of Fisher's transformation.

    Args:
        own: points of the task, or whether it was solved, one a learner.
        others: the same learners' points of the other tasks.
    """
    count = len(own)
    if count < ENOUGH:
        return Discrimination(None, None, None, count, f"too few learners: {count}")
    if len(set(own)) == 1:
        return Discrimination(None, None, None, count, "all did alike")
    if len(set(others)) == 1:
        return Discrimination(None, None, None, count, "the other tasks do not tell them apart")
    value = max(-1.0, min(1.0, statistics.correlation(own, others)))
    if abs(value) > 1 - 1e-12:
        return Discrimination(value, value, value, count)
    middle, half = math.atanh(value), Z / math.sqrt(count - 3)
    return Discrimination(value, math.tanh(middle - half), math.tanh(middle + half), count)


def quartiles(numbers):
    """Return (lower quartile, median, upper quartile) of one number or more."""
    if len(numbers) == 1:
        return (numbers[0],) * 3
    return tuple(statistics.quantiles(numbers, n=4, method="inclusive"))


class Standing(NamedTuple):
    """By what somebody falls behind.

    Attributes:
        people: student → (name, group) of all who are in the class; None for who handed in.
        missing: so many exercises not handed in; None if that does not count.
        line: share of the points of what was to be handed in; who has less; None likewise.
        open: (student, exercise) pairs that may still be handed in.
    """

    people: dict[str, tuple[str, str]] | None = None
    missing: float | None = 1
    line: float | None = 0.5
    open: frozenset = frozenset()


class Term(NamedTuple):
    """How one learner did over the term.

    Attributes:
        student, name, group: who.
        shares: exercise → share of its points, None where nothing was handed in.
        pages: exercise → the feedback page.
        missing, below: the exercises not handed in, and those below the line.
        points, possible: in all exercises that were to be handed in.
        behind: whether that is too little.
    """

    student: str
    name: str
    group: str
    shares: dict[str, float | None]
    pages: dict[str, str]
    missing: tuple[str, ...]
    below: tuple[str, ...]
    points: float
    possible: float
    behind: bool


def terms(rows, standing):
    """Return a Term for each learner, who falls behind most first.

    Args:
        rows: what has `exercise, student, name, page, counts, possible`. Of two rows of a learner
            for one exercise the better one counts.
        standing: the Standing that tells who falls behind.
    """
    possible, best = {}, {}
    for row in rows:
        if row.exercise:
            possible[row.exercise] = max(row.possible, possible.get(row.exercise, 0))
            key = row.student, row.exercise
            if key not in best or row.counts > best[key].counts:
                best[key] = row
    people = standing.people
    if people is None:
        people = {row.student: (row.name, "") for row in rows}
    found = [term(student, *known, possible, best, standing) for student, known in people.items()]
    return sorted(
        found,
        key=lambda one: (
            not one.behind,
            one.points / one.possible if one.possible else 1,
            one.name.casefold(),
        ),
    )


def term(student, name, group, possible, best, standing):
    """Return the Term of one learner.

    Args:
        possible: exercise → points to be had. best: (student, exercise) → the row that counts.
    """
    own = {exercise: best.get((student, exercise)) for exercise in possible}
    shares = {
        exercise: (row.counts / possible[exercise] if possible[exercise] else 1.0) if row else None
        for exercise, row in own.items()
    }
    line, due = standing.line or 0, {one for one in possible if (student, one) not in standing.open}
    missing = tuple(one for one, share in shares.items() if share is None and one in due)
    below = tuple(one for one, share in shares.items() if share is not None and share < line)
    points = sum(row.counts for row in own.values() if row)
    most = sum(possible[one] for one in possible if one in due or own[one])
    behind = points < line * most
    if standing.missing is not None:
        behind = behind or len(missing) >= max(1, standing.missing)
    pages = {exercise: row.page for exercise, row in own.items() if row}
    return Term(student, name, group, shares, pages, missing, below, points, most, behind)


def over_term(terms):
    """Return [(exercise, learners, lower quartile, median, upper quartile), …] of shares."""
    exercises = terms[0].shares if terms else ()
    found = []
    for exercise in exercises:
        shares = [one.shares[exercise] for one in terms if one.shares[exercise] is not None]
        if shares:
            found.append((exercise, len(shares), *quartiles(shares)))
    return found


# ---- two people who mark the same ---------------------------------------------------------------


class Agreement(NamedTuple):
    """How far two people agree on what both have marked.

    Attributes:
        first, second: who.
        both: how many answers both have marked.
        same, near: of these, with the same points and with at most a point between them.
        kappa: Cohen's kappa with linear weights, None where it says nothing.
    """

    first: str
    second: str
    both: int
    same: int
    near: int
    kappa: float | None

    def __str__(self):
        shares = [f"{count} ({100 * count / self.both:.0f} %)" for count in (self.same, self.near)]
        said = (
            f"{self.first} and {self.second} both marked {self.both} "
            f"answer{'s' * (self.both != 1)}: the same points in {shares[0]}, at most one point "
            f"apart in {shares[1]}."
        )
        if self.both < 10:
            return f"{said} These are too few for a kappa."
        if self.kappa is None:
            return f"{said} All these marks are equal, so a kappa says nothing."
        return (
            f"{said} Weighted kappa {self.kappa:.2f}: 1 is always the same, 0 is what chance would "
            "give."
        )


def agreement(first, second, pairs):
    """Return the Agreement of two people.

    What chance would give is worked out within answers of the same maximum.

    Args:
        pairs: [(most points, points by the first, points by the second), …].
    """
    apart = [abs(a - b) for _, a, b in pairs]
    by_chance = 0.0
    for most in {most for most, _, _ in pairs}:
        ours = [a for scale, a, _ in pairs if scale == most]
        theirs = [b for scale, _, b in pairs if scale == most]
        by_chance += sum(abs(a - b) for a in ours for b in theirs) / len(ours)
    kappa = 1 - sum(apart) / by_chance if by_chance else None
    same, near = sum(one == 0 for one in apart), sum(one <= 1 for one in apart)
    return Agreement(first, second, len(pairs), same, near, kappa)
