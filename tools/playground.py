"""Build the playground: all explorers on one page, which holds what it needs to play them.

    python tools/playground.py [folder]

writes index.html into the folder, build/playground if none is named. Opened from a disk, sent to a
phone or put on any server, the page plays its pictures and asks no host for anything. On the site
its explorers are live: Python comes from the site's own folder, at the first touch.
"""

import io
import re
import sys
from base64 import b64decode, b64encode
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from adam_course.figures import explorers, front  # noqa: E402
from adam_course.figures.explorers.still import still  # noqa: E402
from adam_course.figures.theme import THEME  # noqa: E402

SOURCE = ROOT / "docs" / "playground"
PYTHON = "../_static/python.js"
HOW = "On the course's website its numbers can be changed."

#: Explorer → its title here, and what to try.
SHOWN = {
    "descent": (
        "A race down a surface",
        "Multiply each of the two rates by ten, one at a time. Who is thrown off, who gets "
        "further, and why?",
    ),
    "steepest": (
        "One step of steepest descent",
        "Drag the ring. From which points does one step lead straight to the minimum?",
    ),
    "batch_size": (
        "Mini-batches",
        "Compare 2 points a step at half the rate with 4 at the whole. Who trembles more?",
    ),
    "roots": (
        "Momentum's two roots",
        "Raise the momentum until the roots meet. What does the run do from then on?",
    ),
    "microscope": (
        "Adam under the microscope",
        "Choose “rare”, or draw gradients of your own. Can you make Adam's largest step longer "
        "than its rate α?",
    ),
    "bias_correction": (
        "Bias correction",
        "Set β₂ to 0.9, 0.99 and 0.999. How long is the first step without the correction?",
    ),
    "sensitivity": (
        "Which rate, which decay?",
        "Start at the best rate of the map and go up. How far is it to the cliff?",
    ),
    "rotation": (
        "A valley that turns",
        "Turn the valley from 0 to 45 degrees. Why does momentum not mind, and Adam does?",
    ),
    "schedule": (
        "Schedules",
        "Draw a schedule of your own. Can you end lower than the best of the others?",
    ),
    "weight_decay": (
        "Weight decay",
        "Make the noise ten times larger. Which of the two maps moves?",
    ),
    "reddi": (
        "A problem that defeats Adam",
        "Move β₂ up from 0.1. When does Adam turn and go the right way?",
    ),
    "family": (
        "Adam's relatives",
        "One gradient is far larger than the others. After this shout, who stays hushed longest?",
    ),
}


def section(name):
    """Return an explorer with its title and what to try, as HTML."""
    title, question = SHOWN[name]
    recipe = getattr(explorers, name)
    shown = still(
        recipe, recipe.checked({}), list(recipe.controls), recipe.presets, how=HOW, live=False
    )
    return (
        f'<section id="{name}" aria-labelledby="about-{name}">\n'
        f'<h2 id="about-{name}">{title}</h2>\n<p>{question}</p>\n'
        f"{lighter(shown.page)}\n</section>\n"
    )


def lighter(page):
    """Return HTML with its image in 64 colours: it is seen before the figure, and on paper."""

    def reduce(found):
        with Image.open(io.BytesIO(b64decode(found[1]))) as image:
            written = io.BytesIO()
            image.convert("RGB").quantize(64).save(written, "PNG", optimize=True)
        return f'base64,{b64encode(written.getvalue()).decode()}"'

    return re.sub('base64,([^"]*)"', reduce, page)


def colours(name):
    """Return the page's own colours in a theme, as CSS."""
    return f"--page-paper: {THEME[name]['paper']}; --page-ink: {THEME[name]['ink']};"


def page():
    """Return the whole page."""
    style = [
        f":root {{ {colours('light')} }}",
        f"@media (prefers-color-scheme: dark) {{ :root {{ {colours('dark')} }} }}",
        (SOURCE / "page.css").read_text("utf-8"),
    ]
    parts = {
        "style": "\n".join(style),
        "explorers": "\n".join(map(section, SHOWN)),
        "script": front.for_site(PYTHON, link=True),
    }
    frame = (SOURCE / "page.html").read_text("utf-8")
    return re.sub(r"{{(\w+)}}", lambda found: parts[found[1]], frame)


if __name__ == "__main__":
    folder = Path(*sys.argv[1:2] or [ROOT / "build" / "playground"])
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "index.html"
    target.write_text(page(), encoding="utf-8", newline="\n")
    print(f"{target}: {target.stat().st_size / 1000:.0f} kB")
