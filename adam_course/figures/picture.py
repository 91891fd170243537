"""What a figure or an explorer shows, as plain data.

`renderer.draw` makes an image of a picture, by matplotlib; the front end draws it live, on a
canvas, and plays it.
"""

import gzip
import json
from base64 import b64encode
from dataclasses import dataclass, is_dataclass, replace
from hashlib import blake2b
from math import isfinite

import numpy as np

from adam_course.figures import numbers

#: Arrays of at least so many numbers get a key, so that a front end can keep them.
LARGE = 2_000
#: A stored line has so many points at most, and a stored surface so many rows and columns.
STORED_POINTS, STORED_ROWS = 400, 81


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
        edges: (columns + 1,) and (rows + 1,) ends of the cells, in the numbers of the axes; None
            for cells that are evenly spaced on the page.
    """

    values: np.ndarray
    low: float
    high: float
    label: str
    log: bool = True
    smooth: bool = False
    edges: tuple | None = None


@dataclass(frozen=True, eq=False)
class Line:
    """A curve or path; NaN leaves a gap.

    Args:
        x, y: (n,) numbers. label: its name in the legend, or "".
        look: key in `identity.LOOKS`, such as "Adam"; None for a quiet grey reference.
        first: the step that the first point belongs to, if the line grows as a run is played;
            None for a line that does not grow.
        every: each further point is so many steps later.
        markers: mark (some of) the points.
    """

    x: np.ndarray
    y: np.ndarray
    label: str = ""
    look: str | None = None
    first: int | None = None
    every: int = 1
    markers: bool = False


@dataclass(frozen=True, eq=False)
class Points:
    """Single points (n,): a marker of matplotlib's, filled or not.

    A star is white with a dark rim: it lies on maps, and on paths of any colour.
    """

    x: np.ndarray
    y: np.ndarray
    marker: str = "*"
    filled: bool = True
    label: str = ""


@dataclass(frozen=True)
class Tile:
    """A rectangle with words, in the numbers of its panel's axes.

    ``ground`` is "good", "mixed", "bad" or "open"; ``mark`` and ``verdict`` say the same without a
    colour. ``text`` is a tuple of lines.
    """

    x: float
    y: float
    width: float
    height: float
    ground: str
    name: str
    mark: str
    text: tuple
    verdict: str


@dataclass(frozen=True)
class Tiles:
    """Tiles beside each other."""

    tiles: tuple
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
        x, y: the axes. layers: `Map`, `Line`, `Points` and `Tiles`, from back to front.
        title: says what is seen. hint: what can be done here.
        column: 0 for left, 1 for right, 2 for below both.
        aspect: height over width of the inner area; None: as high as there is room.
        legend: list the lines and their values here.
        hand: a `Handle` or a `Drawing`.
        axes: draw the axes.
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
    axes: bool = True


@dataclass(frozen=True)
class Picture:
    """Panels, their description in words, and the last step of the run if there is one to play.

    As the last line of a cell it displays itself, with its words as the caption.
    """

    panels: tuple
    words: str
    steps: int = 0

    def __repr__(self):
        return self.words

    def _repr_html_(self):
        from adam_course.figures.show import html  # which draws, and so comes after this file

        return html(self, self.words)


def encode(thing, buffers, have=()):
    """Return ``thing`` as JSON and put its arrays, as float32, into the list ``buffers``.

    Args:
        thing: a picture or a part of one.
        have: keys of large arrays that the receiver has kept and need not get again.
    """

    def note(array):
        with np.errstate(over="ignore"):  # what is too large for float32 is off every axis
            data = np.ascontiguousarray(array, dtype="<f4")
        noted = {"shape": data.shape}
        if data.size >= LARGE:
            noted["key"] = blake2b(data, digest_size=8).hexdigest()
        if noted.get("key") not in have:
            noted["buffer"] = len(buffers)
            buffers.append(memoryview(data).cast("B"))
        return noted

    return _as_json(thing, note)


def stored(picture):
    """Return a picture as text that the front end can draw without Python.

    It is JSON, compressed and in base64. Numbers have five digits, what is not finite is null, and
    long lines and fine surfaces are thinned.
    """

    def note(array):
        return {"shape": array.shape, "values": [_brief(x) for x in array.ravel().tolist()]}

    panels = [
        replace(panel, layers=tuple(_thinned(layer, panel.x.log) for layer in panel.layers))
        for panel in picture.panels
    ]
    return packed(_as_json(replace(picture, panels=tuple(panels)), note))


def packed(thing):
    """Return a thing as text: JSON, compressed and in base64."""
    text = json.dumps(thing, separators=(",", ":"))
    return b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def _brief(x):
    """Return a number with five digits, a whole one as such, and None for what is not finite."""
    if not isfinite(x):
        return None
    short = float(f"{x:.5g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short


def _thinned(layer, log):
    """Return a layer with as many numbers as its drawing needs; ``log``: on a log x axis."""
    if isinstance(layer, Map) and layer.smooth:
        gaps = max(layer.values.shape) - 1
        every = next(n for n in range(1, gaps + 1) if gaps % n == 0 and gaps // n < STORED_ROWS)
        return replace(layer, values=layer.values[::every, ::every])
    if not isinstance(layer, Line) or len(layer.x) <= STORED_POINTS:
        return layer
    count, every = len(layer.x), -(-len(layer.x) // STORED_POINTS)
    kept = np.append(np.arange(0, count - 1, every), count - 1)
    growth = {"every": layer.every * every}
    if log:  # as many points for each power of ten, and so no even steps
        kept = np.unique(np.geomspace(1, count, STORED_POINTS).astype(int)) - 1
        growth = {"first": None}
    return replace(layer, x=layer.x[kept], y=layer.y[kept], **growth)


def _as_json(thing, note):
    """Return a picture or a part of it as JSON, with ``note(array)`` in the place of an array."""
    if thing is None or isinstance(thing, (str, float, int)):  # most parts, and quickly told
        return thing
    if isinstance(thing, np.ndarray):
        return note(thing)
    if is_dataclass(thing):
        parts = {name: _as_json(part, note) for name, part in vars(thing).items()}
        return {"kind": type(thing).__name__, **parts}
    if isinstance(thing, (tuple, list)):
        return [_as_json(part, note) for part in thing]
    return thing.item() if isinstance(thing, np.generic) else thing


def number(x, digits=3):
    """Write a number as the front end does."""
    return numbers.number(x, digits, powers=True)
