"""The look of `style`, handed to the front end: one source for the canvas and for matplotlib."""

import matplotlib
from matplotlib.colors import LinearSegmentedColormap, to_hex

from adam_course.figures import style
from adam_course.figures.identity import LOOKS

#: Dark pages get darker ground and lighter ink and curves.
DARK_INK, DARK_QUIET, DARK_HAIR, DARK_PAPER = "#e6e6e6", "#a0a0a0", "#3c3c3c", "#1a1a1a"
DARK_TILES = {"good": "#1d4a38", "mixed": "#4d431a", "bad": "#5a2f20", "open": "#3a3a3a"}
DARK_GROUND = LinearSegmentedColormap.from_list("dark ground", ["#101a24", "#223242", "#3f5060"])


def _colours(colour_map):
    return [to_hex(colour_map(i / 63)) for i in range(64)]


_VIRIDIS = _colours(matplotlib.colormaps["viridis"])

#: Everything that the front end needs to know about colours, lines and markers.
THEME = {
    "looks": {
        key: {"light": look.colour, "dark": look.dark, "dash": look.dash, "marker": look.marker}
        for key, look in LOOKS.items()
    },
    "light": {
        "ink": style.INK,
        "quiet": style.QUIET,
        "hair": style.HAIR,
        "paper": "#ffffff",
        "contour": "#ffffff",
        "ground": _colours(style.GROUND),
        "tiles": style.TILES,
        "accent": LOOKS["Adam"].colour,
        "cells": _VIRIDIS,
    },
    "dark": {
        "ink": DARK_INK,
        "quiet": DARK_QUIET,
        "hair": DARK_HAIR,
        "paper": DARK_PAPER,
        "contour": "#5d6f80",
        "ground": _colours(DARK_GROUND),
        "tiles": DARK_TILES,
        "accent": LOOKS["Adam"].dark,
        "cells": _VIRIDIS,
    },
}
