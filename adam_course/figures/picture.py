"""What an explorer shows, as plain data: drawn on a canvas when live, by matplotlib as a still."""

from dataclasses import dataclass, fields, is_dataclass
from hashlib import blake2b

import numpy as np

from adam_course.figures import numbers

#: Arrays of at least so many numbers get a key, so that a front end can keep them.
LARGE = 2_000


@dataclass(frozen=True)
class Axis:
    """One axis of a panel, from ``low`` to ``high``; ``whole``: its ticks are whole numbers."""

    label: str
    low: float
    high: float
    log: bool = False
    whole: bool = False


@dataclass(frozen=True, eq=False)
class Map:
    """Numbers on a grid that fills its panel.

    Args:
        values: (rows, columns), the first row at the bottom; NaN is drawn hatched.
        low, high: where the colours begin and end; low is dark.
        label: what the values are. log: colours on a log scale.
        smooth: values are points of a surface, drawn as contours; otherwise cells.
    """

    values: np.ndarray
    low: float
    high: float
    label: str
    log: bool = True
    smooth: bool = False


@dataclass(frozen=True, eq=False)
class Line:
    """A curve or path; NaN leaves a gap.

    Args:
        x, y: (n,) numbers. label: its name in the legend, or "".
        look: key in `identity.LOOKS`, such as "Adam"; None for a quiet grey reference.
        first: the step that the first point belongs to, if the line grows as a run is played; each
            further point is one step later. None for a line that does not grow.
        markers: mark (some of) the points.
    """

    x: np.ndarray
    y: np.ndarray
    label: str = ""
    look: str | None = None
    first: int | None = None
    markers: bool = False


@dataclass(frozen=True, eq=False)
class Points:
    """Single points (n,), in ink: a marker of matplotlib's, filled or not."""

    x: np.ndarray
    y: np.ndarray
    marker: str = "*"
    filled: bool = True
    label: str = ""


@dataclass(frozen=True)
class Handle:
    """A ring at (x, y) that is dragged about its panel to set the parameter ``name``."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, eq=False)
class Drawing:
    """A curve of (n,) values drawn by hand to set ``name``, evenly spaced in x, first to last."""

    name: str
    values: np.ndarray
    first: float
    last: float


@dataclass(frozen=True)
class Panel:
    """Axes and what is drawn on them.

    Args:
        x, y: the axes. layers: `Map`, `Line` and `Points`, from back to front.
        title: says what is seen. hint: what can be done here.
        column: 0 for left, 1 for right, 2 for below both.
        aspect: height over width of the inner area; None: as high as there is room.
        legend: list the lines and their values here.
        hand: a `Handle` or a `Drawing`.
    """

    x: Axis
    y: Axis
    layers: tuple
    title: str = ""
    hint: str = ""
    column: int = 0
    aspect: float | None = None
    legend: bool = True
    hand: Handle | Drawing | None = None


@dataclass(frozen=True)
class Picture:
    """Panels, their description in words, and the last step of the run if there is one to play."""

    panels: tuple
    words: str
    steps: int = 0


def encode(thing, buffers, have=()):
    """Return ``thing`` as JSON and put its arrays, as float32, into the list ``buffers``.

    Args:
        thing: a picture or a part of one.
        have: keys of large arrays that the receiver has kept and need not get again.
    """
    if isinstance(thing, np.ndarray):
        with np.errstate(over="ignore"):  # what is too large for float32 is off every axis
            data = np.ascontiguousarray(thing, dtype="<f4")
        note = {"shape": data.shape}
        if data.size >= LARGE:
            note["key"] = blake2b(data, digest_size=8).hexdigest()
        if note.get("key") not in have:
            note["buffer"] = len(buffers)
            buffers.append(memoryview(data).cast("B"))
        return note
    if is_dataclass(thing):
        parts = {f.name: encode(getattr(thing, f.name), buffers, have) for f in fields(thing)}
        return {"kind": type(thing).__name__, **parts}
    if isinstance(thing, (tuple, list)):
        return [encode(part, buffers, have) for part in thing]
    return thing.item() if isinstance(thing, np.generic) else thing


def number(x, digits=3):
    """Write a number as the front end does."""
    return numbers.number(x, digits, powers=True)
