"""A strip of tiles, one for each claim that has been tried, with its verdict in words."""

import textwrap

from adam_course.figures.picture import Axis, Panel, Picture, Tile, Tiles

#: Each verdict's mark and ground; the word and the mark say it without the colour.
LOOKS = {
    "holds": ("✓", "good"),
    "holds only if": ("◐", "mixed"),
    "false": ("✗", "bad"),
    "cannot tell": ("?", "open"),
    "without power": ("∅", "open"),
}
COLUMNS, GAP = 6, 0.09  # the gap in widths of a column


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
    axes = Axis("", 0, COLUMNS), Axis("", 0, 1)
    plain = {"axes": False, "legend": False}
    panels = []
    for heading, tiles in groups.items():
        row = Tiles(tuple(_tile(column, *tile) for column, tile in enumerate(tiles)))
        panels.append(Panel(*axes, (row,), heading, **plain))
    words = [
        f"{heading}: " + ", ".join(f"{name} ({topic}) {word}" for name, topic, word in tiles) + "."
        for heading, tiles in groups.items()
    ]
    return Picture(
        tuple(panels),
        " ".join(["Tiles with a verdict each.", *words]),
    )


def _tile(column, name, topic, verdict):
    """Return a tile: name and mark above, topic in the middle, verdict below."""
    mark, ground = LOOKS[verdict]
    lines = tuple(textwrap.wrap(topic, 15))
    return Tile(column + GAP / 2, 0.0, 1 - GAP, 1.0, ground, name, mark, lines, verdict)
