"""Make a deck of slides for each lesson: `make slides` writes them into build/slides.

A deck is a view of its notebook. What is on it stands in the metadata of the cells, under
`slideshow`, where JupyterLab and nbconvert look for the type of a cell:

    slide_type   slide begins a slide, - goes on with it, fragment appears on it at a click,
                 notes is for the speaker; a cell without a type is on no slide
    title        the heading of a slide; without it, the heading in its text
    text         what the slide says instead of the cell, whose own words go to the notes;
                 one string or a list of lines, as the cell's source
    notes        what the speaker may say or ask
    minutes      how long the slide may take; 2 where nothing is said
    code         false leaves a cell's code out

Of a code cell the slide shows the picture or the table, or else the code and what it prints.
"""

import html
import json
import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from adam_course.figures import front
from adam_course.figures.explorers.still import HOW

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "slides"
PAGES = Environment(loader=FileSystemLoader(ROOT / "docs" / "slides"), autoescape=True)
JAVASCRIPT = (
    "mathjax/es5/tex-svg.js",
    "reveal.js/dist/reveal.js",
    "reveal.js/dist/reveal.css",
    "reveal.js/dist/plugin/notes.js",
)
TYPES = ("slide", "-", "fragment", "notes")
KINDS = ("text", "question", "code", "output", "table", "picture")


@dataclass
class Part:
    """Something on a slide, as HTML; ``kind`` is one of `KINDS`."""

    kind: str
    html: str
    later: bool = False  # at a click


@dataclass
class Slide:
    """One slide; ``notes`` are paragraphs of HTML for the speaker, ``start`` is a minute."""

    title: str
    minutes: int
    start: int
    parts: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    @property
    def columns(self):
        """How long the longest line of code is, in letters; 1 where there is none."""
        code = "\n".join(part.html for part in self.parts if part.kind == "code")
        return max(map(len, html.unescape(re.sub("<.*?>", "", code)).splitlines()), default=1)


@dataclass
class Deck:
    """The slides of one lesson."""

    name: str
    title: str
    slides: list

    @property
    def minutes(self):
        return sum(slide.minutes for slide in self.slides)


def deck(path):
    """Return the `Deck` of a lesson.

    Raises:
        ValueError: a cell's metadata do not say what becomes of it; the message names the cell.
    """
    slides = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        tags = cell["metadata"].get("slideshow", {})
        kind, where = tags.get("slide_type", "skip"), f"{path.name}, cell {cell.get('id')}"
        if kind == "skip":
            continue
        if kind not in TYPES:
            raise ValueError(f"{where}: its slide type is {kind!r}, not one of {', '.join(TYPES)}.")
        if kind == "slide":
            heading = re.search("^#+ (.+)$", "".join(cell["source"]), re.MULTILINE)
            if not (title := tags.get("title") or (heading and heading[1])):
                raise ValueError(f"{where}: the slide that begins here has no title.")
            start = slides[-1].start + slides[-1].minutes if slides else 0
            slides.append(Slide(inline(title), tags.get("minutes", 2), start))
        elif not slides:
            raise ValueError(f"{where}: it goes on with a slide, and none has begun.")
        slides[-1].notes += notes_of(cell, tags)
        if kind != "notes":
            parts = [Part(*part, later=kind == "fragment") for part in parts_of(cell, tags)]
            slides[-1].parts += parts
    if not slides:
        raise ValueError(f"{path.name}: no cell begins a slide.")
    return Deck(path.stem, re.sub("<.*?>", "", slides[0].title), slides)


def notes_of(cell, tags):
    """Return what the speaker reads: the notes, and the text that is not on the slide itself."""
    notes = [tags["notes"]] if "notes" in tags else []
    if cell["cell_type"] == "markdown" and (tags["slide_type"] == "notes" or "text" in tags):
        notes.append(as_notes("".join(cell["source"])))
    return map(markdown, notes)


def parts_of(cell, tags):
    """Return (kind, HTML) of what a cell shows on a slide."""
    source, is_text = "".join(cell["source"]), cell["cell_type"] == "markdown"
    text = tags.get("text", re.sub(r"^#+ .+\n*", "", source) if is_text else "")
    parts = [("text", markdown("".join(text)))] if text else []
    return parts if is_text else parts + code_parts(cell, source if tags.get("code", True) else "")


def code_parts(cell, source):
    """Return (kind, HTML) of the pictures and tables of a code cell, or of code and output."""
    shown, printed = [], []
    for output in cell["outputs"]:
        page = "".join(output.get("data", {}).get("text/html", ""))
        if image := re.search(r'<img (.*?) style.*?(src=".*?").*?<figcaption.*?>(.*?)<', page):
            alt, src, caption = image.groups()
            words = caption.replace(f" {HOW}", "")
            live = re.search('data-picture="[^"]*"', page)
            kind = f' class="adam-figure" {live[0]}' if live else ""
            figure = f"<figure{kind}><img {alt} {src}><figcaption>{words}</figcaption></figure>"
            shown.append(("picture", figure))
        elif page.startswith("<table"):
            before, caption, after = re.split("<caption.*?>(.*?)</caption>", page)
            figure = f"<figure>{before}{after}<figcaption>{caption}</figcaption></figure>"
            shown.append(("table", figure))
        elif '<section class="adam-question"' in page:
            asked = re.sub("<(style|details)>.*</\\1>|</?section.*?>", "", page)
            shown.append(("question", asked))
        else:
            printed += output.get("text", output.get("data", {}).get("text/plain", ""))
    if shown:
        return shown
    if source:
        shown.append(("code", highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))))
    if printed:
        shown.append(("output", html.escape("".join(printed))))
    return shown


def markdown(text):
    """Return Markdown as HTML, with its formulas left to MathJax."""
    return MarkdownWithMath(renderer=IPythonRenderer(escape=False)).render(text)


def inline(text):
    """Return a line of Markdown as HTML, without the paragraph around it."""
    return re.sub("^<p>|</p>$", "", markdown(text).strip())


def as_notes(source):
    """Return a lesson's text for the speaker: no headings, no links, answers not folded away."""
    source = re.sub(r"^#+ (.+)$", r"**\1.**", source, flags=re.MULTILINE)
    source = re.sub(r"\[([^\]]+)\]\([^)\s]+\)", r"\1", source)
    return re.sub("<summary>(.*?)</summary>", r"**\1.**", re.sub("</?details>", "", source))


def lessons():
    """Return the notebooks of the lessons, in the order of their numbers."""
    return sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


def make(folder=FOLDER):
    """Write the decks of all lessons, a page that lists them and what they need into a folder."""
    decks = [deck(path) for path in lessons()]
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "assets").mkdir(parents=True)
    for file in JAVASCRIPT:
        shutil.copy(ROOT / "build" / "node_modules" / file, folder / "assets")
    shutil.copy(ROOT / "docs" / "slides" / "slides.css", folder / "assets")
    add_front(folder / "assets")
    for name, page, known in [
        ("index", "index.html", {"decks": decks}),
        *((made.name, "deck.html", {"deck": made}) for made in decks),
    ]:
        text = PAGES.get_template(page).render(known)
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return decks


def add_front(folder):
    """Write what plays figures into a folder, for all pages there.

    It is no module: a page that is opened from a disk may not load one.
    """
    script = f"(() => {{\n{front.for_pages()}}})();\n"
    (folder / "figures.js").write_text(script, encoding="utf-8")


if __name__ == "__main__":
    try:
        made = make()
    except ValueError as sentence:
        sys.exit(str(sentence))
    count = sum(len(one.slides) for one in made)
    print(f"{len(made)} decks with {count} slides: {FOLDER / 'index.html'}")
