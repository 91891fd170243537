"""The front end of figures, explorers and questions, in JavaScript: a file for each concern."""

import json
import re
from functools import cache
from pathlib import Path

from adam_course.figures.theme import THEME

HERE = Path(__file__).parent
#: What draws and plays a picture, in its order: each module imports only from those before it.
DRAWING = (
    "numbers",
    "elements",
    "look",
    "steps",
    "edges",
    "maps",
    "tiles",
    "legend",
    "drawing",
    "hands",
    "panel",
    "playing",
    "scene",
)
#: What asks questions, and what brings their answers to a kernel.
ASKING = ("elements", "packed", "questions", "asked")
#: What changes a picture's numbers, and what asks a kernel for the next one.
CHANGING = ("controls", "actions", "explorer", "kept", "jupyter")
STORED = ("packed", "questions", "stored")
NAMES = (*DRAWING, *CHANGING, "live", *STORED, "asked")
MODULES = [HERE / f"{name}.js" for name in NAMES]
STYLE, ASKING_STYLE = HERE / "explorer.css", HERE / "questions.css"


def joined(names=(*DRAWING, *CHANGING)):
    """Return the modules of an explorer as one, because anywidget takes one.

    What a module imports stands above it already, so its imports go, and the word ``export`` goes
    everywhere but before the default.
    """
    text = "\n".join((HERE / f"{name}.js").read_text(encoding="utf-8") for name in names)
    return re.sub(r"^import [^;]*;\n|^export (?!default)", "", text, flags=re.MULTILINE)


def asking():
    """Return the modules of a question in a notebook as one."""
    return joined(ASKING)


@cache
def for_pages():
    """Return a module that brings all that is stored in its page to life, look and all.

    It may stand on a page more than once: a figure is mounted by whichever comes first.
    """
    return f"{_small(joined((*DRAWING, *STORED)))}\nmountAll({_look()});\n"


def for_site(python, link=False):
    """Return a script, no module, that makes the explorers of a page live too, where it can.

    A page that is opened from a disk may start no worker: there they are played as they are stored.

    Args:
        python: where the worker's script is, seen from this script or from the page that holds it.
        link: give each explorer a link to its values, and read one.
    """
    names = (*DRAWING, *(name for name in CHANGING if name != "jupyter"), "live", *STORED)
    linked = json.dumps(link)
    return (
        f"(() => {{\nconst here = document.currentScript.src || document.baseURI;\n"
        f"{_small(joined(names))}\n"
        f"const live = makeLive(new URL({json.dumps(python)}, here), {linked});\n"
        f"mountAll({_look()}, live, {linked} && location.hash.includes('='));\n}})();\n"
    )


def _look():
    """Return the theme and the style as the arguments of a call."""
    style = "".join(path.read_text(encoding="utf-8") for path in (STYLE, ASKING_STYLE))
    style = re.sub(r" *([{}:;,>]) +", r"\1", _small(style))
    return ", ".join(
        json.dumps(thing, ensure_ascii=False, separators=(",", ":"))
        for thing in (THEME, style.replace("\n", ""))
    )


def _small(text):
    """Return JavaScript or CSS without comments, indentation and empty lines."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"(^|(?<=[\s;,{}])) *// .*$", "", text, flags=re.MULTILINE)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
