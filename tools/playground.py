"""Build the playground: one page that holds all it needs and opens by itself, without a kernel.

    python tools/playground.py [folder]

writes index.html into the folder, build/playground if none is named. The page may be opened from
a disk, put on any server or sent to a phone; it asks no host for anything.
"""

import base64
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from adam_course.figures import explorers, front  # noqa: E402
from adam_course.figures.explorers.descent import SURFACES  # noqa: E402
from adam_course.figures.explorers.microscope import LIMIT, STREAMS  # noqa: E402
from adam_course.figures.theme import THEME  # noqa: E402

SOURCE = ROOT / "docs" / "playground"
MODULES = [*front.MODULES, *(SOURCE / f"{n}.js" for n in ("rules", "pictures", "playground"))]


def course():
    """Return what the page's scripts need to know from Python, ready for JSON."""
    shown = {"descent": explorers.descent, "microscope": explorers.microscope}
    return {
        "theme": THEME,
        "declarations": {
            name: {
                "name": recipe.name,
                "call": f"explorers.{name}",
                "controls": [
                    control.starting_at(control.start) | {"shown": True, "own": control.start}
                    for control in recipe.controls.values()
                ],
                "presets": [{"name": n, "values": v} for n, v in recipe.presets.items()],
            }
            for name, recipe in shown.items()
        },
        "surfaces": {
            name: {
                "window": problem.window,
                "start": problem.start.tolist(),
                "minimum": problem.minimum,
                "minimizers": problem.minimizers.tolist(),
            }
            for name, problem in SURFACES.items()
        },
        "streams": {name: stream.tolist() for name, stream in STREAMS.items()},
        "limit": LIMIT,
    }


def import_map():
    """Return the page's modules by name, each with its source in its address.

    A page opened from a disk may not import files beside it; a module in an address it may.
    """
    imports = {}
    for path in MODULES:
        source = re.sub(r'from "[./\w]*?(\w+)\.js"', r'from "\1"', path.read_text("utf-8"))
        code = base64.b64encode(source.encode()).decode()
        imports[path.stem] = f"data:text/javascript;base64,{code}"
    return {"imports": imports}


def colours(name):
    """Return the page's own colours in a theme, as CSS."""
    return f"--page-paper: {THEME[name]['paper']}; --page-ink: {THEME[name]['ink']};"


def page():
    """Return the whole page."""
    style = [
        f":root {{ {colours('light')} }}",
        f"@media (prefers-color-scheme: dark) {{ :root {{ {colours('dark')} }} }}",
        *(path.read_text("utf-8") for path in (front.STYLE, SOURCE / "page.css")),
    ]
    parts = {
        "style": "\n".join(style),
        "course": json.dumps(course(), ensure_ascii=False).replace("<", "\\u003c"),
        "modules": json.dumps(import_map(), indent=0),
    }
    frame = (SOURCE / "page.html").read_text("utf-8")
    return re.sub(r"{{(\w+)}}", lambda found: parts[found[1]], frame)


if __name__ == "__main__":
    folder = Path(*sys.argv[1:2] or [ROOT / "build" / "playground"])
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "index.html"
    target.write_text(page(), encoding="utf-8", newline="\n")
    print(f"{target}: {target.stat().st_size / 1000:.0f} kB")
