"""The parameters of an explorer: what each may be, where it starts, and how it is set by hand."""

from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy as np

#: Decays from none to almost one: the interesting ones lie ever closer to 1.
DECAYS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99)
NEARLY_ONE = (*DECAYS, 0.993, 0.995, 0.997, 0.998, 0.999, 0.9995, 0.9998, 0.9999)


def log_scale(low, high, per_decade=20):
    """Return numbers from ``low`` to ``high``, evenly spaced by ratio, of two digits each."""
    count = round(np.log10(high / low) * per_decade) + 1
    return tuple(float(f"{x:.1e}") for x in np.geomspace(low, high, count))


def even_scale(low, high, step):
    """Return low, low + step, …, high; whole numbers if these are."""
    return tuple(round(low + i * step, 10) for i in range(round((high - low) / step) + 1))


@dataclass(frozen=True)
class Control:
    """A parameter by name.

    Args:
        label: what the reader sees. start: its value at first.
        of: the options of a `Choice` or `Several` whose parameter this is, such as ("Adam",): the
            control stands under their names, and rests while none of them takes part. () for all.
    """

    name: str
    label: str
    start: Any
    of: tuple = field(default=(), kw_only=True)

    def check(self, value):
        """Return the value as the picture function gets it.

        Raises:
            TypeError, ValueError: it is not one that this parameter may have.
        """
        return value

    def sweep(self):
        """Return values from all over the range, for tests."""
        return (self.start,)

    def starting_at(self, value):
        """Return the fields of this control, for a front end, when it starts at ``value``."""
        return {"kind": type(self).__name__} | vars(self) | {"start": value}

    def refuse(self, value, allowed):
        """Say what the parameter may be."""
        raise ValueError(f"{self.name} must be {allowed}, but it is {value!r}.")


@dataclass(frozen=True)
class Range(Control):
    """A slider over the ascending numbers ``values``; the caller may start in between."""

    values: tuple

    def check(self, value):
        low, high = self.values[0], self.values[-1]
        if isinstance(value, str | bool) or not low <= value <= high:
            self.refuse(value, f"between {low} and {high}")
        return value

    def sweep(self):
        return tuple(self.values[i] for i in np.linspace(0, len(self.values) - 1, 5).astype(int))

    def starting_at(self, value):
        return super().starting_at(value) | {"values": sorted({*self.values, value})}


@dataclass(frozen=True)
class Choice(Control):
    """One of ``options``. A new choice sets the parameters named in ``resets`` to None."""

    options: tuple
    resets: tuple = ()

    def check(self, value):
        if value not in self.options:
            self.refuse(value, f"one of {', '.join(self.options)}")
        return value

    def sweep(self):
        return self.options


@dataclass(frozen=True)
class Several(Control):
    """Any of ``options``, at least one."""

    options: tuple

    def check(self, value):
        chosen = tuple(option for option in self.options if option in value)
        if isinstance(value, str) or not chosen or len(chosen) != len(value):
            self.refuse(value, f"a list with one or more of {', '.join(self.options)}")
        return chosen

    def sweep(self):
        return (*((option,) for option in self.options), self.options)


@dataclass(frozen=True)
class Toggle(Control):
    """On or off."""

    def check(self, value):
        if not isinstance(value, bool):
            self.refuse(value, "True or False")
        return value

    def sweep(self):
        return (False, True)


@dataclass(frozen=True)
class Point(Control):
    """A place on a map, (x, y), set with the map's `Handle`; None for where the map puts it."""

    def check(self, value):
        if value is None:
            return None
        if len(value) != 2 or not all(isfinite(x) for x in value):
            self.refuse(value, "None or two finite numbers, x and y")
        return tuple(map(float, value))


@dataclass(frozen=True)
class Sketch(Control):
    """``length`` numbers from −limit to limit, drawn by hand; None for what the panel shows."""

    length: int
    limit: float

    def check(self, value):
        if value is None:
            return None
        if len(value) != self.length or not all(abs(x) <= self.limit for x in value):
            self.refuse(value, f"None or {self.length} numbers of size {self.limit} or less")
        return tuple(map(float, value))

    def sweep(self):
        return (
            None,
            (0.0,) * self.length,
            ((self.limit, -self.limit) * self.length)[: self.length],
        )
