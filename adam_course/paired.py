"""Matched pairs: is one method ahead of another, by how much, and could the trial have seen it?

Two runs are a pair if they share their start and their mini-batches. The pairs are compared one by
one, by the sign test and the interval that belongs to it (Conover, Practical Nonparametric
Statistics, 3rd ed. 1999, sections 3.2 and 3.4). Both suppose nothing about how losses are spread,
so a run that diverged, with an infinite loss, is as good as any other.
"""

from dataclasses import dataclass
from math import comb

import numpy as np

from adam_course.checked import Rule, checked

#: How often, at most, two methods that are equally good are told apart.
LEVEL = 0.05
#: The ratio of losses that matters, unless one says otherwise, and how surely a trial must see it.
SIZE, POWER = 1.25, 0.8
ABOVE_1 = Rule("a finite number above 1", lambda a: (a > 1) & np.isfinite(a))
NOT_BELOW_0 = Rule("numbers of 0 or more, infinite ones too", lambda a: a >= 0)


@dataclass(frozen=True, eq=False)
class Paired:
    """What `compare` found in n matched pairs.

    Attributes:
        ratios: (n,) in rising order, our loss over theirs in each pair: below 1 ours is lower.
    """

    ratios: np.ndarray

    @property
    def ratio(self):
        """The median of the ratios."""
        return float(np.median(self.ratios))

    @property
    def wins(self):
        """The number of pairs in which our loss is lower."""
        return int(np.sum(self.ratios < 1))

    @property
    def interval(self):
        """(low, high): holds the true median ratio, with a confidence of at least 95 %."""
        least = needed(len(self.ratios))
        return float(self.ratios[-least]), float(self.ratios[least - 1])

    @property
    def ahead(self):
        """True if ours is ahead, False if theirs is, None if the interval holds 1."""
        low, high = self.interval
        return True if high < 1 else False if low > 1 else None

    def verdict(self, size=SIZE):
        """Return what the pairs say of us, in a word.

        "ahead" or "behind" if the interval leaves 1 out and the ratio is ``size`` to 1 or more;
        "level" if the interval leaves out every such ratio; "no power" if it holds 1 and such a
        trial sees a ratio of ``size`` less than four times in five; and otherwise "open".

        Args:
            size: the ratio that matters, above 1, as for `power`.
        """
        power, (low, high) = self.power(size), self.interval
        if self.ahead is not None and not 1 / size < self.ratio < size:
            return "ahead" if self.ahead else "behind"
        if 1 / size < low and high < size:
            return "level"
        return "no power" if self.ahead is None and power < POWER else "open"

    def power(self, size=SIZE):
        """Return the probability that such a trial calls a true median ratio of ``size``.

        The pairs keep their spread around their median, and only the median moves.

        Args:
            size: the difference in question as a ratio above 1, such as 1.25 for a loss that is
                a quarter higher.

        Raises:
            TypeError, ValueError: it is not such a number.
        """
        size, n = checked("power", "size", size, ABOVE_1, arrays=False), len(self.ratios)
        share = np.mean(self.ratios < self.ratio * size)
        return sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(needed(n), n + 1))


def compare(ours, theirs):
    """Return the `Paired` comparison of losses, of which the lower one is the better one.

    Args:
        ours, theirs: (n,) the losses of n ≥ 6 runs each, 0 or more; equal places are a pair.

    Raises:
        TypeError, ValueError: they are not such losses.
    """
    ours, theirs = (
        np.atleast_1d(checked("compare", name, losses, NOT_BELOW_0))
        for name, losses in (("ours", ours), ("theirs", theirs))
    )
    if ours.shape != theirs.shape or ours.ndim != 1:
        raise ValueError(
            "compare: ours and theirs must be two lists of equal length, "
            f"but their shapes are {ours.shape} and {theirs.shape}."
        )
    needed(len(ours))
    same = ours == theirs  # 0 over 0, and two that diverged
    ratios = np.divide(ours, theirs, out=np.ones_like(ours), where=~same & (theirs > 0))
    return Paired(np.sort(np.where(~same & (theirs == 0), np.inf, ratios)))


def needed(n):
    """Return the least number of n pairs that one side has to win to be called ahead.

    Raises:
        ValueError: there are fewer than six pairs, of which even all are too few.
    """
    for wins in range(n // 2 + 1, n + 1):
        if 2 * sum(comb(n, k) for k in range(wins, n + 1)) <= LEVEL * 2**n:
            return wins
    raise ValueError(f"compare: it takes at least 6 pairs to tell, but there are {n}.")
