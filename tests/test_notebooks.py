"""Every lesson keeps the rules of `lesson_checks`, and every rule can tell a bad notebook."""

import re
from pathlib import Path

import course_map
import lesson_checks
import nbformat
import pytest
from lesson_checks import RULES, Lesson
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def broken(rule, lesson):
    """Return what a rule has to say about a lesson, one sentence a line."""
    return "\n".join(f"{lesson}: {sentence}." for sentence in rule(lesson))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_lesson_keeps_the_rule(rule, path):
    sentences = broken(rule, Lesson(path))
    assert not sentences, sentences


def test_the_map_in_lesson_00_has_every_lesson_and_its_time():
    start = next(path for path in LESSONS if path.name.startswith("00"))
    text = "\n".join(cell.source for cell in Lesson(start).text)
    rows = re.findall(r"^\| \[?(\d\d) [^|]*\|[^|]*\| (\d+) \|$", text, flags=re.MULTILINE)
    assert rows == [(entry.path.name[:2], str(entry.minutes)) for entry in course_map.lessons()]
    assert all(f"]({path.name})" in text for path in LESSONS if path != start)


# ---- the rules themselves, on a small lesson that is spoilt in one place ------------------------

WORDS = "Thirty plain words say what the next cell does and why, so that nobody runs it blindly. "
PICTURE = """<figure><img alt="A curve that falls." src="data:image/png;base64,iVBORw0KGgo=">
<figcaption>The loss falls to 0.0316.</figcaption></figure>"""


def good_lesson():
    """A lesson of six cells that keeps every rule."""
    return new_notebook(
        cells=[
            new_markdown_cell(
                "# 01 · A small lesson\n\n**Objectives** Be good. **You need** nothing. "
                f"**Time** 5 minutes.\n\n{WORDS}{WORDS}"
            ),
            new_code_cell("import math\n\nlr = 1e-8", execution_count=1),
            new_markdown_cell(
                "## Why it falls\n\nThe loss is $0.0316$, or 3.16 % of 1 after 12 of 2,000 steps "
                f"at the rate $10^{{-8}}$ of 1951. {WORDS}[The end](#The-end), [page](https://a.org)."
                "\n\n<details><summary>Why?</summary>\n\nBecause.\n\n</details>"
            ),
            new_code_cell(
                "print(math.sqrt(0.001), 2_000)",
                execution_count=2,
                outputs=[new_output("stream", name="stdout", text="0.0316 2,000 −0.25\n")],
            ),
            new_code_cell(
                "show(curve)",
                execution_count=3,
                outputs=[new_output("display_data", {"text/html": PICTURE, "text/plain": "…"})],
            ),
            new_markdown_cell(
                f"## The end\n\n### Summary\n\n{WORDS}{WORDS}"
                "[Exercise](../exercises/01_small.ipynb)"
                "\n\n### Further reading\n\nA paper, vol. 3.75, pp. 400–407."
            ),
        ]
    )


def small_lesson(path, spoil=None):
    """Return the good lesson of this file, spoilt or not, as it reads from a notebook file."""
    notebook = good_lesson()
    for place, name in enumerate(["title", "set-up", "why", "print", "show", "end"]):
        notebook.cells[place].id = name
    if spoil:
        spoil(notebook)
    path.write_text(nbformat.v4.writes(notebook), encoding="utf-8")
    return Lesson(path)


@pytest.fixture
def lesson_file(tmp_path):
    """A place for a lesson, beside an exercise that belongs to it."""
    for folder in ("notebooks", "exercises"):
        (tmp_path / folder).mkdir()
    (tmp_path / "exercises" / "01_small.ipynb").write_text("{}")
    return tmp_path / "notebooks" / "01_small.ipynb"


def text(words):
    """Spoil a lesson by adding words to its second text cell."""

    def spoil(notebook):
        notebook.cells[2].source += "\n\n" + words

    return spoil


def code(source):
    """Spoil a lesson by replacing the source of its second code cell."""

    def spoil(notebook):
        notebook.cells[3].source = source

    return spoil


def output(kind, **content):
    """Spoil a lesson by replacing the output of its third code cell."""

    def spoil(notebook):
        notebook.cells[4].outputs = [new_output(kind, **content)]

    return spoil


def html(source):
    """Spoil a lesson by replacing its picture."""
    return output("display_data", data={"text/html": source})


def change(place, **values):
    """Spoil a lesson by setting something in one cell."""
    return lambda notebook: notebook.cells[place].update(values)


def replace(place, old, new):
    """Spoil a lesson by replacing words in one cell."""

    def spoil(notebook):
        assert old in notebook.cells[place].source
        notebook.cells[place].source = notebook.cells[place].source.replace(old, new)

    return spoil


BAD = [
    ("counts_run_from_one", change(3, execution_count=7), "[1, 7, 3]"),
    ("counts_run_from_one", change(3, execution_count=None), "make render"),
    (
        "no_cell_ends_in_an_error",
        output("error", ename="NameError", evalue="no x", traceback=[]),
        "cell 5 (show) ends in NameError: no x",
    ),
    (
        "nothing_is_written_to_stderr",
        output("stream", name="stderr", text="RuntimeWarning: overflow"),
        "cell 5 (show) writes to stderr: 'RuntimeWarning: overflow'",
    ),
    ("it_is_small", change(1, source="lr = 1e-8  #" + "#" * 1_000_000), "less than 1,000,000"),
    ("nothing_shows_whose_machine_it_was", text("Open /home/ada/x."), "cell 3 (why) shows a path"),
    ("nothing_shows_whose_machine_it_was", code(r"open('C:\Users')"), r"'C:\\U'"),
    (
        "nothing_shows_whose_machine_it_was",
        output("stream", name="stdout", text="<Figure at 0x7f3a5c001d30>"),
        "an address in memory of one machine: '0x7f3a5c001d30'",
    ),
    ("cell_ids_are_unique", change(3, id="why"), "cell 4 (why) has the id of another cell"),
    ("cell_ids_are_unique", lambda n: n.cells[3].pop("id"), "cell 4 (without id) has no id"),
    ("code_cells_are_short", code("x = 1\n" * 26), "cell 4 (print) has 26 lines"),
    (
        "code_cells_are_short",
        lambda n: [change(i, source="x = 2_000\n" * 6)(n) for i in (3, 4)],
        "half of the code cells have more than 5 lines",
    ),
    ("imports_stay_in_one_small_cell", code("import re"), "set-up, cell 2 (set-up)"),
    (
        "imports_stay_in_one_small_cell",
        change(1, source="import a\nimport b\nimport c\nfrom d import e, f\nimport g\nlr = 1e-8"),
        "cell 2 (set-up) has 5 imports, and 4 is the limit",
    ),
    (
        "imports_are_a_learners",
        change(1, source="from adam_course import grading\nlr = 1e-8"),
        "cell 2 (set-up) imports adam_course.grading",
    ),
    (
        "imports_are_a_learners",
        change(1, source="import matplotlib.pyplot as plt\nlr = 1e-8"),
        "imports matplotlib.pyplot",
    ),
    ("it_has_its_parts", replace(0, "**Objectives**", "Words"), "announces its objectives"),
    ("it_has_its_parts", replace(0, "**You need**", "Words"), "announces its prerequisites"),
    ("it_has_its_parts", replace(0, "**Time**", "Words"), "announces its time"),
    ("it_has_its_parts", replace(5, "### Summary", "### So"), "announces its summary"),
    (
        "it_has_its_parts",
        replace(5, "### Further reading\n\nA paper, vol. 3.75, pp. 400–407.", ""),
        "announces its further reading",
    ),
    (
        "it_leads_to_its_exercise",
        replace(5, "../exercises/01_small.ipynb", "01_small.ipynb"),
        "no link to its exercise, ../exercises/01_small.ipynb",
    ),
    ("headings_are_nested", text("# Another"), "cell 3 (why) has a second title, “Another”"),
    ("headings_are_nested", text("#### Deep"), "jumps from a heading of level 2 to “Deep”"),
    ("headings_are_nested", replace(0, "# 01 · A", "## A"), "does not start with a title"),
    ("text_cells_can_be_read_at_a_glance", text(WORDS * 8), "cell 3 (why) has 175 words, and 160"),
    (
        "text_cells_can_be_read_at_a_glance",
        lambda n: [replace(i, WORDS, "")(n) for i in (2, 5)],
        "2 of 3 texts do not have 25 to 100 words (cell 3: 22, cell 6: 7)",
    ),
    ("hidden_answers_open", text("<details><summary>A</summary>\n\nB"), "opens 2 <details>"),
    ("hidden_answers_open", text("<details>\n\nB\n\n</details>"), "start with a <summary>"),
    ("hidden_answers_open", text("<details><summary>A</summary>B</details>"), "an empty line"),
    ("links_lead_somewhere", text("[a](02_gone.ipynb)"), "02_gone.ipynb, which does not exist"),
    ("links_lead_somewhere", text("[a](#Gone)"), "#Gone, which is no heading of 01_small.ipynb"),
    ("links_lead_somewhere", text("[a](http://a.org)"), "neither https nor a path from here"),
    ("links_lead_somewhere", text('<a href="/lab">a</a>'), "neither https nor a path from here"),
    ("pictures_are_described", html(PICTURE.replace("A curve that falls.", "")), "an alt text"),
    ("pictures_are_described", html(PICTURE.replace('alt="A curve', 'title="A')), "an alt text"),
    ("pictures_are_described", html("<svg></svg>" + PICTURE), "without an alt text"),
    (
        "pictures_are_described",
        html(PICTURE.replace("The loss falls to 0.0316.", " ")),
        "cell 5 (show) shows a picture without a visible caption",
    ),
    ("pictures_are_described", html('<img alt="A curve.">'), "without a visible caption"),
    (
        "pictures_are_described",
        output("execute_result", data={"image/png": "", "text/plain": "<Figure>"}),
        "cell 5 (show) shows a bare image/png",
    ),
    ("pictures_are_described", text("![](../exercises/01_small.ipynb)"), "an alt text"),
    ("numbers_in_the_text_are_printed", text("It is 0.0317."), "cell 3 (why) says 0.0317"),
    ("numbers_in_the_text_are_printed", text("It is $3{,}162$."), "says 3,162"),
    ("numbers_in_the_text_are_printed", text("It is 1e-7."), "says 1e-7"),
    ("numbers_in_the_text_are_printed", text(r"$2 \times 10^{-8}$"), "says 2 × 10^{-8}"),
    ("numbers_in_the_text_are_printed", text("It is 10⁻⁷."), "says 1 × 10^{-7}"),
    ("numbers_in_the_text_are_printed", text("It is 98 %."), "says 98 %"),
    ("numbers_in_the_text_are_printed", text(r"It is $98\,\%$."), "says 98 %"),
    ("numbers_in_the_text_are_printed", text("`eps=1e-9`"), "says 1e-9"),
    ("numbers_in_the_text_are_printed", text("After 1951, 3100 steps."), "says 3100"),
]


@pytest.mark.parametrize(
    ("rule", "spoil", "sentence"), BAD, ids=[f"{n}-{b[0]}" for n, b in enumerate(BAD)]
)
def test_a_rule_sees_what_it_is_for_and_no_other_rule_does(rule, spoil, sentence, lesson_file):
    lesson = small_lesson(lesson_file, spoil)
    assert sentence in broken(getattr(lesson_checks, rule), lesson)
    others = {other.__name__: broken(other, lesson) for other in RULES if other.__name__ != rule}
    assert not any(others.values()), others


def test_a_good_lesson_keeps_every_rule(lesson_file):
    lesson = small_lesson(lesson_file)
    assert not any(broken(rule, lesson) for rule in RULES)


def test_every_rule_has_been_seen_to_fail():
    assert {rule.__name__ for rule in RULES} == {name for name, *_ in BAD}


@pytest.mark.parametrize(
    "words",
    [
        "The loss is 0.0316, 0.03160 or 3.16e-2, and −0.25 turns into 0.25.",
        "That is 3.16 %, $3.16\\,\\%$ or 25&nbsp;%.",
        "The rate is $10^{-8}$, $1\\times10^{-8}$, 10⁻⁸, `lr=1e-8` or 1 · 10⁻⁸.",
        "In 1847 and in 2015, two of 12 runs took 2,000 or $2{,}000$ steps.",
        "See [section](https://a.org/4.2), https://a.org/1.25 and E12, β1, x2 and float64.",
    ],
)
def test_a_number_may_be_written_in_many_ways(words, lesson_file):
    lesson = small_lesson(lesson_file, text(words))
    # The set-up holds 1e-8, the outputs 0.0316, 2,000 and −0.25.
    assert not broken(lesson_checks.numbers_in_the_text_are_printed, lesson)
