"""A strip of tiles, one for each claim that has been tried, with its verdict in words."""

import textwrap

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from adam_course.figures import style
from adam_course.figures.style import styled

#: Each verdict's mark and ground; the word and the mark say it without the colour.
LOOKS = {
    "holds": ("✓", "#bfe5d4"),
    "holds only if": ("◐", "#fbeec7"),
    "false": ("✗", "#f3cdbb"),
    "cannot tell": ("?", "#e6e6e6"),
}
COLUMNS, TILE, GAP, HEADING = 6, 0.86, 0.08, 0.34  # the last three in inches


@styled
def verdicts(groups):
    """Return a strip of tiles: what was claimed, and whether it holds.

    Args:
        groups: heading → list of (name, topic, verdict), at most 6 for each heading. A verdict is
            one of `LOOKS`; a topic has room for two lines of 15 letters.

    Raises:
        ValueError: there is no group, a group is empty or too long, or a verdict is another word.
    """
    for heading, tiles in groups.items():
        if not 1 <= len(tiles) <= COLUMNS:
            raise ValueError(
                f"verdicts: a group has 1 to {COLUMNS} tiles, but {heading!r} has {len(tiles)}."
            )
        if wrong := [verdict for *_, verdict in tiles if verdict not in LOOKS]:
            raise ValueError(f"verdicts: a verdict is one of {list(LOOKS)}, not {wrong[0]!r}.")
    if not groups:
        raise ValueError("verdicts: groups is empty; give heading → [(name, topic, verdict)].")
    height = len(groups) * (HEADING + TILE) + GAP
    figure = Figure(figsize=(style.WIDTH, height), dpi=style.DPI)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, style.WIDTH), ylim=(height, 0))
    axes.set_axis_off()
    width = (style.WIDTH - (COLUMNS + 1) * GAP) / COLUMNS
    for row, (heading, tiles) in enumerate(groups.items()):
        top = row * (HEADING + TILE) + HEADING
        axes.text(GAP, top - 0.08, heading, color=style.QUIET, verticalalignment="bottom")
        for column, tile in enumerate(tiles):
            _tile(axes, GAP + column * (width + GAP), top, width, *tile)
    words = [
        f"{heading}: " + ", ".join(f"{name} ({topic}) {word}" for name, topic, word in tiles) + "."
        for heading, tiles in groups.items()
    ]
    figure.set_label(" ".join(["Tiles with a verdict each.", *words]))
    return figure


def _tile(axes, left, top, width, name, topic, verdict):
    """Draw one tile: name and mark above, topic in the middle, verdict below."""
    mark, ground = LOOKS[verdict]
    look = {"facecolor": ground, "edgecolor": "#9a9a9a", "linewidth": 0.7}
    axes.add_patch(Rectangle((left, top), width, TILE, **look))
    inside, right, bottom = left + 0.07, left + width - 0.07, top + TILE - 0.07
    axes.text(inside, top + 0.06, name, fontweight="bold", verticalalignment="top")
    axes.text(right, top + 0.04, mark, fontsize=13, ha="right", va="top")
    lines = textwrap.fill(topic, 15)
    axes.text(inside, top + 0.27, lines, fontsize=8, va="top", linespacing=1.1)
    axes.text(inside, bottom, verdict, fontsize=9, fontstyle="italic", va="bottom")
