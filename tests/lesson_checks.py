"""The rules of a lesson's notebook: one small function each, which says what is wrong."""

import ast
import gzip
import json
import re
from base64 import b64decode
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from statistics import median
from urllib.parse import unquote

from adam_course.figures import explorers

MOST_BYTES = 1_000_000
MEDIAN_LINES, MOST_LINES = 5, 25
FEWEST_WORDS, MANY_WORDS, MOST_WORDS = 25, 100, 160
MOST_IMPORTS = 4
NOT_FOR_LESSONS = ("adam_course.grading", "matplotlib", "ipywidgets", "anywidget")
PARTS = {  # what a lesson promises its reader → words in a heading or in bold that announce it
    "objectives": r"objectives|can do|you can|able to",
    "prerequisites": r"prerequisites|you need|before you start",
    "time": r"time|minutes",
    "summary": r"summary",
    "further reading": r"further reading",
}
MACHINE_PATH = re.compile(
    r"(?<![\w.:/])/(?:home|root|work|tmp|Users|opt|mnt|private)/\w|\b[A-Z]:\\\w|site-packages"
)
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")

RULES = []


def rule(check):
    """Make a generator of sentences one of the rules that every lesson is held to."""
    RULES.append(check)
    return check


@dataclass(frozen=True, eq=False)
class Cell:
    """One cell of a notebook."""

    number: int  # from 1, text cells included
    json: dict

    @property
    def is_code(self):
        return self.json["cell_type"] == "code"

    @property
    def outputs(self):
        return self.json.get("outputs", [])

    @cached_property
    def source(self):
        return _joined(self.json["source"])

    @cached_property
    def prose(self):
        """The text without fenced code."""
        return re.sub(r"^(```|~~~).*?^\1", "", self.source, flags=re.DOTALL | re.MULTILINE)

    @cached_property
    def headings(self):
        """(level, words) of each heading."""
        found = re.findall(r"^(#{1,6})\s+(.+?)\s*#*$", self.prose, flags=re.MULTILINE)
        return [(len(marks), words) for marks, words in found]

    @cached_property
    def tree(self):
        """The code as a syntax tree; empty where IPython would understand more than Python."""
        try:
            return ast.parse(self.source)
        except SyntaxError:
            return ast.Module(body=[], type_ignores=[])

    def __str__(self):
        return f"cell {self.number} ({self.json.get('id', 'without id')})"


@dataclass(frozen=True, eq=False)
class Lesson:
    """A notebook file and its cells."""

    path: Path

    @cached_property
    def cells(self):
        found = json.loads(self.path.read_text(encoding="utf-8"))["cells"]
        return [Cell(number, cell) for number, cell in enumerate(found, start=1)]

    @property
    def code(self):
        return [cell for cell in self.cells if cell.is_code and cell.source.strip()]

    @property
    def text(self):
        return [cell for cell in self.cells if not cell.is_code]

    @property
    def headings(self):
        return [heading for cell in self.text for heading in cell.headings]

    def __str__(self):
        return self.path.name


# ---- it has been run --------------------------------------------------------------------------


@rule
def counts_run_from_one(lesson):
    counts = [cell.json.get("execution_count") for cell in lesson.code]
    if counts != list(range(1, len(counts) + 1)):
        yield f"the execution counts are {counts} and not 1 … {len(counts)}: run `make render`"


@rule
def no_cell_ends_in_an_error(lesson):
    for cell, output in _outputs(lesson):
        if output["output_type"] == "error":
            yield f"{cell} ends in {output['ename']}: {output['evalue']}"


@rule
def nothing_is_written_to_stderr(lesson):
    for cell, output in _outputs(lesson):
        if output.get("name") == "stderr":
            yield f"{cell} writes to stderr: {_joined(output['text']).strip()[:80]!r}"


@rule
def it_is_small(lesson):
    size = lesson.path.stat().st_size
    if size >= MOST_BYTES:
        yield f"the file has {size:,} bytes, and less than {MOST_BYTES:,} is the limit"


@rule
def nothing_shows_whose_machine_it_was(lesson):
    for cell in lesson.cells:
        for text in [cell.source, *map(_everything, cell.outputs)]:
            for pattern, what in (MACHINE_PATH, "a path"), (ADDRESS, "an address in memory"):
                if found := pattern.search(text):
                    yield f"{cell} shows {what} of one machine: {found.group()!r}"


@rule
def cell_ids_are_unique(lesson):
    seen = set()
    for cell in lesson.cells:
        name = cell.json.get("id")
        if not name:
            yield f"{cell} has no id: `make render` gives it one"
        elif name in seen:
            yield f"{cell} has the id of another cell"
        seen.add(name)


# ---- its code ---------------------------------------------------------------------------------


@rule
def code_cells_are_short(lesson):
    lines = {cell: sum(map(bool, map(str.strip, cell.source.splitlines()))) for cell in lesson.code}
    for cell, count in lines.items():
        if count > MOST_LINES:
            yield f"{cell} has {count} lines of code, and {MOST_LINES} is the limit"
    if lines and median(lines.values()) > MEDIAN_LINES:
        yield f"half of the code cells have more than {MEDIAN_LINES} lines"


@rule
def imports_stay_in_one_small_cell(lesson):
    first = None
    for cell in lesson.code:
        imports = [node for node in ast.walk(cell.tree) if isinstance(node, _IMPORTS)]
        if imports and first:
            yield f"{cell} imports something: that belongs into the set-up, {first}"
        elif len(imports) > MOST_IMPORTS:
            yield f"{cell} has {len(imports)} imports, and {MOST_IMPORTS} is the limit"
        first = first or (cell if imports else None)


@rule
def imports_are_a_learners(lesson):
    for cell in lesson.code:
        for name in imported(cell.tree):
            if any(name == kept or name.startswith(kept + ".") for kept in NOT_FOR_LESSONS):
                yield f"{cell} imports {name}, which is not for lessons"


# ---- its text ---------------------------------------------------------------------------------


@rule
def it_has_its_parts(lesson):
    announced = [words for _, words in lesson.headings]
    for cell in lesson.text:
        announced += re.findall(r"\*\*(.+?)\*\*|<b>(.+?)</b>|<strong>(.+?)</strong>", cell.prose)
    announced = " | ".join(map(str, announced)).lower()
    for part, words in PARTS.items():
        if not re.search(words, announced):
            yield f"no heading or bold word announces its {part}"


@rule
def it_leads_to_its_exercise(lesson):
    folder = lesson.path.parent.parent / "exercises"
    for exercise in folder.glob(lesson.path.name[:2] + "_*.ipynb"):
        targets = [target.partition("#")[0] for _, target in _links(lesson)]
        if not any((lesson.path.parent / target).resolve() == exercise for target in targets):
            yield f"it has no link to its exercise, ../exercises/{exercise.name}"


@rule
def headings_are_nested(lesson):
    levels = [(cell, level, words) for cell in lesson.text for level, words in cell.headings]
    if not lesson.cells or not lesson.cells[0].headings or lesson.cells[0].headings[0][0] != 1:
        yield "it does not start with a title (# …) in its first cell"
    above = 1
    for place, (cell, level, words) in enumerate(levels):
        if level == 1 and place > 0:
            yield f"{cell} has a second title, “{words}”"
        elif level > above + 1:
            yield f"{cell} jumps from a heading of level {above} to “{words}” of level {level}"
        above = level


@rule
def text_cells_can_be_read_at_a_glance(lesson):
    for cell in lesson.text:
        for part in (re.sub(_FOLDED, "", cell.prose), *re.findall(_FOLDED, cell.prose)):
            if (words := _words(part)) > MOST_WORDS:
                yield f"{cell} has {words} words, and {MOST_WORDS} is the limit"
    open_text = {cell: _without_lists(re.sub(_FOLDED, "", cell.prose)) for cell in lesson.text}
    counts = {cell: n for cell, text in open_text.items() if (n := _words(text))}
    odd = {cell: n for cell, n in counts.items() if not FEWEST_WORDS <= n <= MANY_WORDS}
    if len(odd) > len(counts) / 3:
        yield (
            f"{len(odd)} of {len(counts)} texts do not have {FEWEST_WORDS} to {MANY_WORDS} words "
            f"(cell {', cell '.join(f'{cell.number}: {n}' for cell, n in odd.items())})"
        )


@rule
def hidden_answers_open(lesson):
    for cell in lesson.text:
        opened, closed = cell.source.count("<details"), cell.source.count("</details>")
        if opened != closed:
            yield f"{cell} opens {opened} <details> and closes {closed}"
        for inside in re.findall(r"<details[^>]*>(.*?)</details>", cell.source, flags=re.DOTALL):
            label = re.match(r"\s*<summary>(.*?)</summary>", inside, flags=re.DOTALL)
            if not label or not label.group(1).strip():
                yield f"{cell} has a <details> that does not start with a <summary>"
            elif not inside[label.end() :].startswith("\n\n"):
                yield f"{cell} needs an empty line after </summary>, or its text is not formatted"


@rule
def links_lead_somewhere(lesson):
    for cell, target in _links(lesson):
        if re.match(r"https://|mailto:", target):
            continue
        if re.match(r"\w+:|/", target):
            yield f"{cell} has the link {target}, which is neither https nor a path from here"
            continue
        name, _, anchor = unquote(target).partition("#")
        file = (lesson.path.parent / name).resolve() if name else lesson.path
        if not file.exists():
            yield f"{cell} has a link to {name}, which does not exist"
        elif anchor and file.suffix == ".ipynb":
            anchors = {words.replace(" ", "-") for _, words in Lesson(file).headings}
            if anchor not in anchors:
                yield f"{cell} has a link to #{anchor}, which is no heading of {file.name}"


# ---- its pictures -----------------------------------------------------------------------------


@rule
def pictures_are_described(lesson):
    for cell, output in _outputs(lesson):
        data = output.get("data", {})
        if bare := [kind for kind in data if kind.startswith("image/")]:
            yield f"{cell} shows a bare {bare[0]}: hand the figure to `figures.show`"
        for alt, caption in _pictures(_joined(data.get("text/html", ""))):
            if not alt:
                yield f"{cell} shows a picture without an alt text"
            if not caption:
                yield f"{cell} shows a picture without a visible caption"
    for cell in lesson.text:
        alts = re.findall(r"!\[([^\]]*)\]\(", cell.prose)
        alts += [alt for alt, _ in _pictures(cell.prose)]
        if not all(alt.strip() for alt in alts):
            yield f"{cell} shows a picture without an alt text"


class _PictureReader(HTMLParser):
    """Collects [alt text, caption of its figure] of every picture."""

    def __init__(self):
        super().__init__()
        self.pictures, self.captions, self.in_caption, self.in_figure = [], [""], False, False

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "figure":
            self.in_figure = True
            self.captions.append("")
        elif tag == "figcaption":
            self.in_caption = True
        elif tag in ("img", "svg", "canvas"):
            alt = attributes.get("alt" if tag == "img" else "aria-label") or ""
            self.pictures.append((alt.strip(), len(self.captions) - 1 if self.in_figure else 0))

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        self.in_figure &= tag != "figure"
        self.in_caption &= tag != "figcaption"

    def handle_data(self, data):
        if self.in_caption:
            self.captions[-1] += data


def _pictures(html):
    reader = _PictureReader()
    reader.feed(html)
    return [(alt, reader.captions[index].strip()) for alt, index in reader.pictures]


# ---- its numbers ------------------------------------------------------------------------------


@rule
def numbers_in_the_text_are_printed(lesson):
    known = set()
    for cell in lesson.code:
        known |= {abs(n.value) for n in ast.walk(cell.tree) if _is_number(n)}
        for output in cell.outputs:
            seen = _visible(output), *_said_by_buttons(output)
            known |= {value for text in seen for _, value, _ in _numbers(text)}
    for cell in lesson.text:
        for shown, value, is_claim in _numbers(_without_reading_list(cell.prose)):
            values = {value, value / 100} if shown.endswith("%") else {value}
            if is_claim and not any(abs(v - k) <= 1e-9 * abs(v) for v in values for k in known):
                yield f"{cell} says {shown}, but no cell prints it or sets it"


_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_NUMBER = re.compile(
    r"(?<![\w.])(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?P<e>[eE][+-]?\d+)?(?![\w.]*\d)"
    r"(?:\s*×\s*10\^\{?(?P<power>-?\d+)\}?)?(?P<percent>\s?%)?"
)


def _numbers(text):
    """Yield (as shown, size without sign, whether it makes a claim) of the numbers in a text.

    A claim is a decimal, a power of ten, a percentage, or a whole number from 100 on that is
    no year. Smaller whole numbers count lessons, steps and dimensions: they are plain words.
    """
    text = text.replace("−", "-").replace("{,}", ",").replace(r"\%", "%")
    text = re.sub(r"\\times|\\cdot|·", "×", text)
    text = re.sub(r"\\[,;: ]|\u202f|\u2009|\u00a0|&nbsp;|&thinsp;", " ", text)
    text = re.sub(r"10([⁻⁰¹²³⁴-⁹]+)", lambda m: f"10^{{{m[1].translate(_SUPERSCRIPTS)}}}", text)
    text = re.sub(r"(?<![\w.^])10\^\{?(-?\d+)\}?", r"1 × 10^{\1}", text)
    text = re.sub(r"×\s*1 × 10\^", "× 10^", text)
    for found in _NUMBER.finditer(text):
        digits, e, power = found["digits"], found["e"] or "", found["power"] or 0
        value = float(digits.replace(",", "") + (e or f"e{power}"))
        year = re.fullmatch(r"1[6-9]\d\d|20\d\d", digits)
        is_claim = bool("." in digits or e or power or found["percent"])
        yield found.group().strip(), value, is_claim or (value >= 100 and not year)


def _said_by_buttons(output):
    """Yield what an explorer says when one of its buttons is pressed."""
    html = _joined(output.get("data", {}).get("text/html", ""))
    for text in re.findall(r'data-explorer="(.+?)"', html):
        told = json.loads(gzip.decompress(b64decode(text)))
        recipe = getattr(explorers, told["call"].removeprefix("explorers."))
        start = {control["name"]: control["start"] for control in told["controls"]}
        for button in told["presets"]:
            yield recipe.picture(**start | button["values"]).words


def _is_number(node):
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def _without_reading_list(prose):
    """Drop what a number cannot be asked to prove: links, attributes, titles of papers."""
    prose = re.sub(r"^(#+)[^\n]*further reading.*?(?=^#|\Z)", "", prose, flags=_SECTION)
    prose = re.sub(r"\]\([^)]*\)|https?://\S+", "] ", prose)
    return re.sub(r"<[^>\n]+>", " ", prose)


# ---- how a notebook is read -------------------------------------------------------------------

_IMPORTS = (ast.Import, ast.ImportFrom)
_FOLDED = r"(?s)(<details.*?</details>)"
_SECTION = re.DOTALL | re.MULTILINE | re.IGNORECASE


def _joined(lines):
    return lines if isinstance(lines, str) else "".join(lines)


def _outputs(lesson):
    return [(cell, output) for cell in lesson.code for output in cell.outputs]


def _everything(output):
    """All text of an output but the pixels of its pictures."""
    return re.sub(r"base64,[^\"')\s]*", "", json.dumps(output, ensure_ascii=False))


def _visible(output):
    """What a reader sees of an output: its HTML without tags, or its plain text."""
    data = output.get("data", {})
    if "text/html" in data:
        return unescape(re.sub(r"<[^>]*>", " ", _joined(data["text/html"])))
    return _joined(output.get("text", "")) + "".join(
        "\n" + _joined(value) for kind, value in data.items() if kind.startswith("text/")
    )


def _links(lesson):
    """(cell, target) of every link and picture in the text."""
    for cell in lesson.text:
        prose = re.sub(r"`[^`\n]*`", "", cell.prose)
        targets = re.findall(r"\]\(\s*<?([^)\s>]+)", prose)
        targets += re.findall(r"\b(?:href|src)=[\"']([^\"']+)", prose)
        for target in targets:
            yield cell, target


def _words(prose):
    """How many words a text has: without headings, tables, display maths and link targets."""
    text = re.sub(r"\$\$.*?\$\$|<[^>\n]+>", " ", prose, flags=re.DOTALL)
    text = re.sub(r"^\s*(#|\|).*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\]\([^)]*\)", "]", re.sub(r"\$[^$\n]+\$", "x", text))
    return sum(bool(re.search(r"\w", word)) for word in text.split())


def _without_lists(prose):
    """The running text."""
    return re.sub(r"^\s*([-*+]|\d+\.) .*$", "", prose, flags=re.MULTILINE)


def imported(tree):
    """Names of the modules that code imports, `from a import b` as a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
