"""The front end of every explorer, in JavaScript: a file for each concern, joined for anywidget."""

import re
from pathlib import Path

HERE = Path(__file__).parent
#: The modules' names in their order: each imports only from those before it.
NAMES = (
    "numbers",
    "elements",
    "look",
    "maps",
    "legend",
    "drawing",
    "hands",
    "panel",
    "controls",
    "playing",
    "explorer",
    "kept",
    "jupyter",
)
MODULES = [HERE / f"{name}.js" for name in NAMES]
STYLE = HERE / "explorer.css"


def joined():
    """Return the modules as one, because anywidget takes one.

    What a module imports stands above it already, so its imports go, and the word ``export`` goes
    everywhere but before the default.
    """
    text = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    return re.sub(r"^import [^;]*;\n|^export (?!default)", "", text, flags=re.MULTILINE)
