"""Write the two printed companions: docs/cheat_sheet and docs/course_map, each as HTML and PDF.

    python make.py sheets

The sheets know nothing by themselves. Rules come from tools/update_rules.py, our defaults from
adam_course.optimizers, those of PyTorch, Keras and Optax from their signatures (kept in
docs/sheets/defaults.json, so that the pages can be made without them), the map from the notebooks.
"""

import hashlib
import html
import json
import os
import re
import shutil
from dataclasses import fields
from functools import cache
from pathlib import Path

import course_map
import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from mathml import formula
from update_rules import AS_IN_ADAM, FAMILY, LADDER, LETTERS, MATRICES, STATE, TIMETABLES, lines

from adam_course import frameworks, optimizers
from adam_course.figures import numbers
from adam_course.frameworks import MORE_NAMES, NAMES, ROSETTA
from adam_course.frameworks.pairs import HOMES, PAIRS, entries
from adam_course.tasks import EXERCISES

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
TEMPLATES = DOCS / "sheets"
DEFAULTS = TEMPLATES / "defaults.json"
PAPERS = ("A4", "Letter")
TITLES = {framework: frameworks.TITLES[framework] for framework in HOMES}

# ---- the frameworks' defaults -------------------------------------------------------------------

#: Lesson 14's table, and the optimizers that it leaves out.
THEIRS = ROSETTA | {pair.optimizer: entries(pair.optimizer) for pair in PAIRS}


def defaults(name, framework):
    """Return the defaults of a framework's optimizer under our names; what is None is left out."""
    make = frameworks.maker(framework, THEIRS[name][framework])
    found = frameworks.defaults(make, NAMES | MORE_NAMES.get(name, {}))
    if "beta2_decay" in found:  # theirs is the exponent itself, −d
        found["beta2_decay"] = abs(found["beta2_decay"])
    return {key: float(value) for key, value in found.items()}


def record():
    """Return all frameworks' defaults, and the versions that they are from."""
    for framework in frameworks.NEEDED:
        getattr(frameworks, framework)  # says kindly what is missing
    found = {
        name: {framework: defaults(name, framework) for framework in row}
        for name, row in THEIRS.items()
    }
    return {"versions": frameworks.NEEDED, "defaults": found}


@cache
def recorded():
    """Return what `record` returned when the sheets were last made."""
    return json.loads(DEFAULTS.read_text(encoding="utf-8"))


# ---- the cheat sheet ----------------------------------------------------------------------------


def breakable(name):
    """Return a name that may be broken between its words."""
    return Markup(re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[._=])|(?=\()", "<wbr>", name))


def number(value):
    """Return a number as the lessons' tables have it, but for the zero of 1e−08."""
    return numbers.number(value, 6).replace("e−0", "e−")


def letter(name):
    """Return a letter of the rules as text: β1 is β₁."""
    return re.sub(r"\d", lambda digit: "₀₁₂"[int(digit[0])], LETTERS.get(name, name))


def ours(rule):
    """Return the defaults of our optimizer, for the letters that its formulas have."""
    used = set(re.findall(r"\w+", "\n".join(lines(rule.formulas)))) | {"v0"}
    values = {field.name: field.default for field in fields(rule.optimizer)}
    return {name: values[name] for name in LETTERS if name in values and LETTERS[name] in used}


def shown(name, value, unquoted=""):
    """Return a hyperparameter and its default; in brackets what is not quoted from a paper."""
    text = number(value) if isinstance(value, int | float) else "–"
    text = f"({text})" if LETTERS[name] in unquoted.split() else text
    return f"{letter(name)}\N{NO-BREAK SPACE}{text}"


def cells(rule):
    """Return the default column of our optimizer and those of the frameworks, as lists."""
    own, name = ours(rule), rule.optimizer.__name__
    columns = {"here": [shown(key, value, rule.unquoted) for key, value in own.items()]}
    for framework in TITLES:
        entry = THEIRS[name].get(framework)
        if not entry:
            columns[framework] = None
            continue
        theirs = recorded()["defaults"][name][framework]
        differing = [key for key in own if theirs.get(key) != own[key]]
        call = "".join(f"({key}={value})" for key, value in entry.theirs.items())
        columns[framework] = (entry.name + call, [shown(key, theirs.get(key)) for key in differing])
    return columns


def state(rule):
    """Return the arrays that an optimizer keeps, and their size a parameter in float32."""
    optimizer, shape = rule.optimizer(lr=0.1), (8, 16)
    for _ in range(2):  # SOAP has no averages before its second step
        optimizer.step(np.ones(shape, np.float32), np.ones(shape, np.float32))
    kept = {key: array for key, array in optimizer.state.items() if np.ndim(array)}
    size = sum(array.nbytes for array in kept.values()) / np.prod(shape)
    names = [STATE.get(key, key).partition("_") for key in kept]
    marks = [
        Markup(f"<i>{one}</i>{f'<sub>{below}</sub>' if below else ''}") for one, _, below in names
    ]
    return marks, rule.state or f"{size:g} bytes"


def written(formulas):
    """Return formulas as MathML, and references to Adam as words."""
    for line in formulas.strip().split("\n"):
        names, reference, _ = line.partition(AS_IN_ADAM)
        yield Markup(f'<span class="line">{formula(names)}{reference}</span>')


def schedule(row):
    """Return a schedule's rate, as a formula or in words, and the defaults of its letters."""
    values = {field.name: field.default for field in fields(row.schedule)}
    known = {k: number(v) for k, v in values.items() if isinstance(v, int | float)}
    preset = [f"{row.letters[key]} {known[key]}" for key in row.letters if key in known]
    rate = row.rate.format(**known)
    return formula(rate) if re.search(r"[*/]", rate) else html.escape(rate, quote=False), preset


def facts():
    """Return the numbers that the sheet quotes, worked out from the rules."""
    adam = optimizers.Adam()
    beta1, beta2 = adam.beta1, adam.beta2
    t = np.arange(1, 10_001)
    factor = np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return {
        "first": number(round((1 - beta1) / np.sqrt(1 - beta2), 2)),
        "lowest": number(round(factor.min(), 3)),
        "lowest_step": int(t[factor.argmin()]),
        "lasts": int(t[factor.argmin() :][factor[factor.argmin() :] > 0.99][0]),
        "half_lives": [(beta, f"{np.log(0.5) / np.log(beta):.3g}") for beta in (0.9, 0.99, 0.999)],
        "edge": number((2 + 2 * beta1) / (1 - beta1)),
        "quintic": [number(one).replace("-", "−") for one in optimizers.Muon().ns_coefficients],
        "renewed": optimizers.SOAP().every,
    }


def render(template, **values):
    """Return a page from one of the templates in docs/sheets."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(**values)


def cheat_sheet():
    """Return the cheat sheet as HTML."""
    timetables = [(row, *schedule(row)) for row in TIMETABLES]
    adamw = recorded()["defaults"]["AdamW"]
    return render(
        "cheat_sheet.html.j2",
        parts=[("The ladder to Adam", LADDER), ("Adam’s family", FAMILY)],
        matrices=MATRICES,
        breakable=breakable,
        cells=cells,
        state=state,
        written=written,
        formula=lambda line: Markup(formula(line)),
        timetables=[(row, Markup(rate), preset) for row, rate, preset in timetables],
        facts=facts(),
        titles=TITLES,
        versions=recorded()["versions"],
        decay={name: number(one["weight_decay"]) for name, one in adamw.items()},
    )


# ---- the course map -----------------------------------------------------------------------------

QUESTION = re.compile(r"^\| \[?(\d\d) [^|]+ \| ([^|]+) \|", re.MULTILINE)
NOW_YOU = re.compile(r"\*\*Now you:\*\* the \[exercise\]\S*(?: has you|.*?\bYou|) ([^.]+)\.")


def builds_on(needs):
    """Return the lessons that a lesson needs, and those that only help, as numbers.

    What a sentence or a semicolon sets apart from the first words is help.
    """
    first, *rest = re.split(r"[.;] ", needs, maxsplit=1)
    needed, helping = (re.findall(r"\]\((\d\d)_", part) for part in (first, "".join(rest)))
    return sorted(needed), sorted(helping)


def text_of(notebook):
    """Return all that is written in a notebook's cells."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells)


def journey(root=ROOT):
    """Return what the map says of each lesson, in order."""
    read = {entry.path.name[:2]: entry for entry in course_map.lessons(root)}
    beside = {exercise.number: exercise for exercise in EXERCISES.values()}
    found = []
    for key, question in QUESTION.findall(text_of(read["00"].path)):
        entry, exercise = read[key], beside.get(key)
        needed, helping = builds_on(entry.needs)
        practice = NOW_YOU.search(text_of(entry.path))
        found.append(
            {
                "number": key,
                "title": entry.title.partition(" · ")[2],
                "question": question[0].upper() + question[1:],
                "needed": needed,
                "helping": helping,
                "minutes": entry.minutes,
                "exercise": exercise.minutes if exercise else None,
                "practice": practice[1] if practice else "",
            }
        )
    return found


def lanes(stops):
    """Return lesson → (lane, first row, last row), for the lessons on which others build.

    A lane runs from its lesson down to the last one that builds on it; then another may have it.
    """
    order = [stop["number"] for stop in stops]
    last = {}
    for place, stop in enumerate(stops):
        last |= dict.fromkeys(stop["needed"] + stop["helping"], place)
    ends, found = [], {}
    for key in sorted(last):
        place = order.index(key)
        free = next((lane for lane, end in enumerate(ends) if end < place), len(ends))
        ends[free : free + 1] = [last[key]]
        found[key] = (free, place, last[key])
    return found


def tracks(stops):
    """Return, for each lesson, its row's marks and leftmost lane that it is joined to.

    A mark is (lane, classes, number or nothing).
    """
    running, rows = lanes(stops), []
    for place, stop in enumerate(stops):
        marks = []
        for key, (lane, first, end) in running.items():
            if not first <= place <= end:
                continue
            kinds = ["from"] * (place == first) + ["to"] * (place == end)
            kinds += ["needed"] * (key in stop["needed"]) + ["helping"] * (key in stop["helping"])
            marks.append((lane, " ".join(kinds), key if place == first else ""))
        joined = [lane for lane, kinds, _ in marks if re.search("from|needed|helping", kinds)]
        rows.append((marks, min(joined, default=None)))
    return rows


def map_page():
    """Return the course map as HTML."""
    stops = journey()
    return render(
        "course_map.html.j2",
        stops=list(zip(stops, tracks(stops), strict=True)),
        width=1 + max(lane for lane, *_ in lanes(stops).values()),
        hours=[
            number(round(sum(stop[key] or 0 for stop in stops) / 60))
            for key in ("minutes", "exercise")
        ],
    )


# ---- printing -----------------------------------------------------------------------------------

PAGES = {"cheat_sheet": cheat_sheet, "course_map": map_page}

#: A PDF has no MathML: there a formula is a picture, and its text describes it.
AS_PICTURES = """
for (const math of document.querySelectorAll('math')) {
    math.role = 'img';
    math.ariaLabel = math.getAttribute('alttext');
    for (const part of math.querySelectorAll('*')) {
        part.role = 'none';
        if (/[\u2061\u2062]/.test(part.textContent) && !part.children.length) part.remove();
    }
}
"""


def seal(page):
    """Return the line at the end of a PDF that says from which HTML it was printed."""
    return f"% printed from HTML with sha256 {hashlib.sha256(page.encode()).hexdigest()}\n".encode()


def printed(browser, page, paper):
    """Return a page of HTML as the bytes of a PDF, the same whenever it is printed.

    Args:
        browser: playwright's Chromium. paper: one of PAPERS; both in landscape.
    """
    tab = browser.new_page()
    tab.set_content(page)
    tab.evaluate(AS_PICTURES)
    pdf = tab.pdf(format=paper, landscape=True, print_background=True, tagged=True)
    tab.close()
    # Chromium writes the time and numbers of its own into it; what replaces them is as long.
    pdf = re.sub(rb"\(D:\d{14}([^)]*)\)", rb"(D:20000101000000\1)", pdf)
    nodes = sorted(set(re.findall(rb"\(node\d{8}\)", pdf)))
    for place, node in enumerate(nodes, start=1):
        pdf = pdf.replace(node, b"(node%08d)" % place)
    return pdf.rstrip(b"\n") + b"\n" + seal(page)


def main():
    """Write everything."""
    from playwright.sync_api import sync_playwright  # only there for this and `make verify`

    text = json.dumps(record(), indent=1, ensure_ascii=False) + "\n"
    DEFAULTS.write_text(text, encoding="utf-8", newline="\n")
    recorded.cache_clear()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, make in PAGES.items():
            page = make()
            (DOCS / f"{name}.html").write_text(page, encoding="utf-8", newline="\n")
            pdf = printed(browser, page, "A4")
            (DOCS / f"{name}.pdf").write_bytes(pdf)
            print(f"docs/{name}: HTML and PDF, {len(pdf) / 1000:.0f} kB, are new.")
        browser.close()


if __name__ == "__main__":
    main()
