"""What a grading run leaves behind: whole files, right numbers, and nothing that runs or leaks."""

import base64
import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from adam_course.grading import TASKS, check
from adam_course.grading.classes.files import InUse
from adam_course.grading.classes.report import Report, Result
from adam_course.grading.classes.results import (
    BOOKS,
    COLUMNS,
    NotWritten,
    no_formula,
    safe_name,
    title,
    write,
)

ROOT = Path(__file__).resolve().parent.parent
FRONT = ROOT / "adam_course" / "grading" / "classes" / "front"
SEED = 20250607
STEP, FIRST = TASKS["adam-step"], TASKS["first-step"]


def result(name, function, **more):
    """Return the Result of a function, as the batch runner makes it."""
    task, verdict = TASKS[name], check(name, function, SEED)
    result = Result(
        *(name, task.title, task.lesson, verdict.section, float(verdict.points), task.points),
        *(verdict.cases, verdict.right, verdict.attempted, verdict.message),
        verdict.misconception.name if verdict.misconception else "",
        verdict.hint,
    )
    return replace(result, **more)


def not_begun(**given):
    raise NotImplementedError


def solved(name):
    return result(name, TASKS[name].reference)


def mistaken(name, which=0):
    return result(name, TASKS[name].misconceptions[which].wrong)


def report(student, *results, exercise="06_adam", remarks=(), source=None):
    source = source or f"{student}/{exercise}/{exercise}.ipynb"
    digest = hashlib.sha256(source.encode()).hexdigest()
    return Report(student, exercise, source, digest, results, remarks)


@pytest.fixture(scope="module")
def class_of_four():
    return [
        report("noether", solved("adam-step"), solved("first-step")),
        report("gauss", mistaken("adam-step"), result("first-step", not_begun)),
        report(
            "euler",
            replace(mistaken("adam-step"), points=0.57),
            mistaken("first-step"),
            remarks=("The cell of `first_step` was there twice; the last one counts.",),
        ),
        report("noether", solved("gradient-descent"), exercise="01_gradient_descent"),
    ]


@pytest.fixture(scope="module")
def grades(class_of_four, tmp_path_factory):
    folder = tmp_path_factory.mktemp("grades")
    assert write(iter(class_of_four), folder, SEED) == 4
    return folder


def files(folder):
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def rows(folder):
    text = (folder / "gradebook.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


class Page(HTMLParser):
    """Collects tags with their attributes and the text; notices tags that do not match."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.text, self.open = [], "", []
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)
        self.close()
        self.text = " ".join(self.text.split())
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "script"):
            self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def tables(page):
    """Return [(caption, [(texts of a row's cells, shares of a full bar in it), …]), …]."""
    found = re.findall("<table.*?</table>", page.source, re.DOTALL)
    return [
        (table.findtext("caption"), [(texts(row), bars(row)) for row in table.iter("tr")])
        for table in map(ElementTree.fromstring, found)
    ]


def texts(row):
    return ["".join(cell.itertext()).strip() for cell in row]


def bars(row):
    return [share(part.get("style")) for part in row.iter("span") if part.get("style")]


def share(style):
    part, whole = re.fullmatch(r"width: calc\(100% \* (\S+) / (\S+)\)", style).groups()
    return Fraction(part) / Fraction(whole)


# ---- what is there ------------------------------------------------------------------------------


def test_every_promised_file_is_there_and_no_other(grades):
    assert set(files(grades)) == {
        ".lock",
        "class.db",
        "class.html",
        "feedback/euler/06_adam.html",
        "feedback/gauss/06_adam.html",
        "feedback/noether/01_gradient_descent.html",
        "feedback/noether/06_adam.html",
        "gradebook.csv",
        "gradebook.json",
        "gradescope/euler/results.json",
        "gradescope/gauss/results.json",
        "gradescope/noether/results.json",
    }


def test_the_same_reports_in_another_order_give_the_same_bytes(class_of_four, grades, tmp_path):
    write(reversed(class_of_four), tmp_path, SEED)
    assert files(tmp_path) == files(grades)


def test_only_the_gradebook_in_json_tells_the_seed(grades):
    assert [name for name, text in files(grades).items() if str(SEED).encode() in text] == [
        "gradebook.json"
    ]


def test_the_gradebook_has_the_columns_of_nbgraders_export(grades):
    first = (grades / "gradebook.csv").read_text(encoding="utf-8").splitlines()[0]
    assert first == (
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,"
        "raw_score,late_submission_penalty,score,max_score,reason"
    )
    assert first == ",".join(COLUMNS)


def test_the_gradebook_has_a_row_each_and_a_zero_for_who_did_not_hand_in(grades):
    found = [
        (row["assignment"], row["student_id"], row["raw_score"], row["score"], row["max_score"])
        for row in rows(grades)
    ]
    assert found == [
        ("01_gradient_descent", "euler", "0.0", "0.0", "3.0"),
        ("01_gradient_descent", "gauss", "0.0", "0.0", "3.0"),
        ("01_gradient_descent", "noether", "3.0", "3.0", "3.0"),
        ("06_adam", "euler", "0.57", "0.57", "5.0"),
        ("06_adam", "gauss", "0.0", "0.0", "5.0"),
        ("06_adam", "noether", "5.0", "5.0", "5.0"),
    ]
    reasons = [row["reason"] for row in rows(grades)]
    assert reasons[0] == "nothing handed in for this exercise"
    assert reasons[2] == reasons[5] == "all correct"
    assert reasons[3].startswith("The cell of `first_step` was there twice")
    assert "One step of Adam: theta differs" in reasons[4]
    assert "not attempted yet" in reasons[4]


def test_the_json_holds_every_report_and_gives_it_back(class_of_four, grades):
    book = json.loads((grades / "gradebook.json").read_text(encoding="utf-8"))
    assert book["seed"] == SEED
    reports = [Report.from_dict(data) for data in book["reports"]]
    assert sorted(reports, key=str) == sorted(class_of_four, key=str)


def test_gradescope_gets_its_published_schema(grades):
    book = json.loads((grades / "gradescope/euler/results.json").read_text(encoding="utf-8"))
    assert book["score"] == 0.57
    assert book["stdout_visibility"] == "hidden"
    assert "was there twice" in book["output"]
    assert set(book) == {
        *("score", "output", "output_format", "visibility", "stdout_visibility", "tests"),
    }
    step, first = book["tests"]
    assert set(step) == {
        *("score", "max_score", "status", "name", "number"),
        *("output", "output_format", "visibility", "extra_data"),
    }
    assert (step["score"], step["max_score"], step["status"]) == (0.57, 4, "failed")
    assert step["name"] == "Exercise 06 · Adam: One step of Adam"
    assert step["visibility"] == "visible"
    assert "This is Adam without bias correction. Both averages" in step["output"]
    assert "examples come out right" in step["output"]
    assert first["number"] == "2"


def test_gradescope_gets_all_exercises_of_a_learner_in_one_file(grades):
    book = json.loads((grades / "gradescope/noether/results.json").read_text(encoding="utf-8"))
    assert book["score"] == 8
    assert [test["number"] for test in book["tests"]] == ["1.1", "2.1", "2.2"]
    assert {test["status"] for test in book["tests"]} == {"passed"}


def test_gradescope_counts_no_examples_of_what_was_not_begun(grades):
    book = json.loads((grades / "gradescope/gauss/results.json").read_text(encoding="utf-8"))
    assert book["tests"][1]["output"].startswith("not attempted yet.\n")


def test_points_are_added_up_without_a_trace_of_binary_fractions(tmp_path):
    parts = [replace(mistaken("adam-step"), points=points) for points in (0.1, 0.2)]
    write([report("ann", *parts)], tmp_path, SEED)
    assert rows(tmp_path)[0]["score"] == "0.3"
    book = json.loads((tmp_path / "gradescope/ann/results.json").read_text(encoding="utf-8"))
    assert book["score"] == 0.3


def test_who_handed_in_what_is_no_notebook_is_held_to_the_same_points(tmp_path):
    made = [report("ann"), report("ben", solved("adam-step")), report("zoe")]
    write(made, tmp_path, SEED)
    assert [row["max_score"] for row in rows(tmp_path)] == ["4.0"] * 3


def test_no_reports_give_an_empty_gradebook(tmp_path):
    assert write([], tmp_path / "new", 1) == 0
    assert json.loads((tmp_path / "new/gradebook.json").read_text())["reports"] == []
    assert rows(tmp_path / "new") == []
    assert "Nothing was handed in." in Page(tmp_path / "new/class.html").text


# ---- the learner's page -------------------------------------------------------------------------


def test_feedback_names_the_mistake_and_says_what_helps(grades):
    page = Page(grades / "feedback/euler/06_adam.html")
    assert (
        "Exercise 06 · Adam Feedback for euler 0.57 of 5 points, 0 of 2 tasks solved" in page.text
    )
    wrong, found = STEP.misconceptions[0], mistaken("adam-step")
    assert f"This is {wrong.name}. {wrong.hint}" in page.text
    counted = f"{found.right} of {found.cases} examples come out right"
    assert f"✗ not yet · 0.57 of 4 points · {counted}" in page.text
    assert "Reread “Under the microscope” in lesson 06, notebooks/06_adam.ipynb." in page.text
    assert "The cell of first_step was there twice" in page.text
    assert (
        "○ no answer · 0 of 1 point not attempted yet."
        in Page(grades / "feedback/gauss/06_adam.html").text
    )
    assert "Everything is right." in Page(grades / "feedback/noether/06_adam.html").text


def test_pages_on_the_capstone_say_what_a_person_marks(tmp_path):
    exercise = "16_claims_on_trial"
    write([report("noether", solved("suspect-2"), exercise=exercise)], tmp_path, SEED)
    source = ROOT / "exercises" / "solutions" / f"{exercise}.ipynb"
    cells = [
        cell["metadata"].get("nbgrader", {})
        for cell in json.loads(source.read_text("utf-8"))["cells"]
    ]
    by_hand = sum(cell["points"] for cell in cells if cell.get("grade") and cell["solution"])
    for page in ("class.html", f"feedback/noether/{exercise}.html"):
        assert "A person marks" in Page(tmp_path / page).text
        assert f"{by_hand} points more" in Page(tmp_path / page).text
    write([report("noether", solved("suspect-2"), exercise="my_own")], tmp_path / "own", SEED)
    assert "A person marks" not in Page(tmp_path / "own/feedback/noether/my_own.html").text


def test_feedback_shows_no_case_and_no_target(grades):
    for path in (grades / "feedback").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for name in ("adam-step", "first-step"):
            for case in TASKS[name].draw(SEED):
                for value in case.values():
                    if getattr(value, "size", 1) > 1:
                        assert str(value).strip("[]") not in text


@pytest.mark.parametrize(
    ("lessons", "address"),
    [
        (
            "https://example.org/notebooks/{lesson}.html",
            "https://example.org/notebooks/06_adam.html#under-the-microscope",
        ),
        ("../{lesson}.ipynb", "../06_adam.ipynb#Under-the-microscope"),
    ],
)
def test_feedback_links_to_the_lesson_if_told_where_it_is(
    lessons, address, class_of_four, tmp_path
):
    write(class_of_four[1:2], tmp_path, SEED, lessons)
    page = Page(tmp_path / "feedback/gauss/06_adam.html")
    assert page.all("a")[0]["href"] == address
    assert "Reread “Under the microscope” in lesson 06." in page.text
    links = [attributes["href"] for attributes in Page(tmp_path / "class.html").all("a")]
    assert address in links


def test_pages_stand_alone(grades):
    for path in grades.rglob("*.html"):
        page = Page(path)
        kinds = {tag for tag, _ in page.tags}
        assert not kinds & {"link", "img", "iframe", "object", "form"}
        assert_only_our_script_runs(path, page)
        assert not any("src" in attributes or "style" in attributes for attributes in page.all("p"))
        assert "http:" not in page.source
        assert "https:" not in page.source
        assert "default-src 'none'" in page.source
        assert page.tags[0] == ("html", {"lang": "en"})


def assert_only_our_script_runs(path, page):
    """The class page has one script, the course's, and lets no other run; others have none."""
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page.source, re.DOTALL)
    if path.name != "class.html":
        assert not scripts
        assert "script-src" not in page.source
        return
    (code,) = scripts
    assert code.strip() == (FRONT / "class.js").read_text(encoding="utf-8").strip()
    allowed = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    (policy,) = [one["content"] for one in page.all("meta") if "http-equiv" in one]
    assert policy.endswith(f"script-src 'sha256-{allowed}'")


# ---- the class page -----------------------------------------------------------------------------


def test_the_class_page_says_in_words_what_its_figures_show(grades):
    page = Page(grades / "class.html")
    assert "The median is 0.57 of 5 points. Of 3 learners, 1 has all of them and 1 has none." in (
        page.text
    )
    assert "1 of 3 learners solved “One step of Adam”, the hardest" in page.text
    assert "The mistake most held is Adam without bias correction: 2 of 3 learners." in page.text
    points, tasks, mistakes, *_ = tables(page)[-5:]  # exercise 06, and who falls behind
    assert points == (
        "How many learners have how many points, rounded down",
        [
            (["Points", "Learners"], []),
            (["0", "2"], [1]),
            *(([total, "0"], []) for total in "1234"),
            (["5", "1"], [Fraction(1, 2)]),
        ],
    )
    third, few = Fraction(1, 3), "too few learners: 3"
    assert tasks == (
        "How many of the 3 solved each task, the hardest first",
        [
            (["Task", "Solved by", "Solved", "Not yet", "No answer", "Tells apart"], [1, 1, 1]),
            (["1. One step of Adam", "33 %", "1", "2", "0", few], [third, 2 * third]),
            ([f"2. {FIRST.title}", "33 %", "1", "1", "1", few], [third, third, third]),
        ],
    )
    caption, (head, most, other) = mistakes
    assert caption == "How many learners made each mistake that the grader knows by its name"
    assert head == (["Mistake", "Learners", "What helps"], [])
    wrong, reread = STEP.misconceptions[0], "Reread 06_adam, “Under the microscope”."
    assert most == ([wrong.name, "2", f"{wrong.hint} {reread}"], [1])
    assert other[0][:2] == [FIRST.misconceptions[0].name, "1"]
    assert other[1] == [Fraction(1, 2)]


def test_tables_have_captions_and_headers_and_bars_are_for_the_eye_alone(grades):
    page = Page(grades / "class.html")
    assert len(tables(page)) == len(page.all("caption")) == 3 + 7  # no mistakes in exercise 01
    assert {cell.get("scope") for cell in page.all("th")} == {"col", "row"}
    for path in ("class.html", "feedback/euler/06_adam.html"):
        drawn = [one for one in Page(grades / path).all("span") if one.get("class") == "bar"]
        assert drawn
        assert all(one["aria-hidden"] == "true" for one in drawn)


@pytest.mark.parametrize(
    ("name", "widths"), [("euler", [Fraction("0.114")]), ("gauss", []), ("noether", [1])]
)
def test_the_bar_of_a_learner_shows_the_points(name, widths, grades):
    page = Page(grades / f"feedback/{name}/06_adam.html")
    assert [share(one["style"]) for one in page.all("span") if "style" in one] == widths


def test_bars_stand_out_in_both_themes_and_in_print(grades):
    source = Page(grades / "class.html").source
    themes = [dict(re.findall(r"--(\S+): (#\w{6})", one)) for one in source.split(":root {")[1:]]
    assert len(themes) == 3
    for theme in themes:
        for colour in ("solved", "tried", "quiet"):
            assert contrast(theme[colour], theme["paper"]) >= 3


def contrast(*colours):
    """Return WCAG's contrast ratio of two colours, each as #rrggbb."""
    dark, light = sorted(map(luminance, colours))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    red, green, blue = (
        x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4
        for x in (byte / 255 for byte in bytes.fromhex(colour[1:]))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_class_page_lists_every_learner_with_a_link_to_the_feedback(grades):
    page = Page(grades / "class.html")
    links = [attributes["href"] for attributes in page.all("a") if "/" in attributes["href"]]
    assert len(links) == 4 + 2  # who is below the line stands in two tables
    assert all((grades / link).is_file() for link in links)
    assert "euler0.57 of 5✗not yet✗not yetAdam without bias correction; " in page.text


def test_a_learner_who_makes_a_mistake_twice_is_counted_once(tmp_path):
    name = mistaken("adam-step").misconception
    twice = [mistaken("adam-step"), replace(mistaken("first-step"), misconception=name)]
    write([report("ann", *twice), report("ben", solved("adam-step"))], tmp_path, SEED)
    assert (
        f"The mistake most held is {name}: 1 of 2 learners." in Page(tmp_path / "class.html").text
    )


def test_the_mistake_that_most_make_goes_first_and_else_the_first_in_the_alphabet(tmp_path):
    made = [
        report(who, replace(mistaken("adam-step"), misconception=name))
        for who, name in (("ann", "mistake B"), ("ben", "mistake A"), ("eva", "mistake B"))
    ]
    write(made[:2], tmp_path, SEED)
    assert "The mistake most held is mistake A: 1 of" in Page(tmp_path / "class.html").text
    write(made, tmp_path, SEED)
    assert "The mistake most held is mistake B: 2 of" in Page(tmp_path / "class.html").text


def test_the_task_that_fewest_have_solved_is_the_hardest_wherever_it_stands(tmp_path):
    write([report("ann", solved("adam-step"), mistaken("first-step"))], tmp_path, SEED)
    said = Page(tmp_path / "class.html").text
    hardest, easiest = TASKS["first-step"].title, STEP.title
    assert f"0 of 1 learner solved “{hardest}”, the hardest; 1 solved “{easiest}”." in said


def test_who_has_none_of_no_points_has_not_all_of_them(tmp_path):
    write([report("ann", remarks=("The file is empty.",))], tmp_path, SEED)
    assert "0 have all of them and 1 has none" in Page(tmp_path / "class.html").text


def test_many_points_share_columns(tmp_path):
    many = replace(solved("adam-step"), points=90.0, possible=100)
    none = replace(mistaken("adam-step"), possible=100)
    write([report("a", many), report("b", none)], tmp_path, 1)
    page = Page(tmp_path / "class.html")
    caption, (_, *totals) = tables(page)[0]
    assert caption.endswith("points, rounded down")
    assert len(totals) == 21
    assert [row for row in totals if row[1]] == [(["0–", "1"], [1]), (["90–", "1"], [1])]
    assert all(count == "0" for (_, count), width in totals if not width)
    assert "The median is 45 of 100 points." in page.text


# ---- hostile input ------------------------------------------------------------------------------

HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    ".",
    "",
    "-rf",
    ".hidden",
    "CON",
    "nul.txt",
    "Ann",
    "ann",
    "a/b",
    "a_b",
    "a\\b",
    "a\nb",
    "a\x00b",
    "é",
    "e\u0301",
    "ada " * 100,
    "王貞儀",
    "\u202egnp.exe",
    "broken\udcff",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("//evil")',
    "+1",
    "@SUM(A1)",
    "{{ 7 * 7 }}",
]


def test_safe_names_never_meet_and_stay_in_their_folder():
    taken = set()
    names = [safe_name(name, taken) for name in HOSTILE]
    assert len({name.casefold() for name in names}) == len(HOSTILE)
    for name in names:
        assert name == Path(name).name
        assert not name.startswith((".", "-"))
        assert not name.endswith((".", " "))
        assert len(name.encode()) <= 120
        assert name.partition(".")[0].casefold() not in ("con", "nul")
    assert safe_name("ada.lovelace-2", set()) == "ada.lovelace-2"
    # Not even a name made to look like another's.
    assert safe_name(safe_name("a/b", set()), (seen := set())) == safe_name("a/b", set())
    assert safe_name("a/b", seen) not in ("a_b", safe_name("a/b", set()))


@pytest.mark.parametrize("start", ["", " ", "\t", "\r\n"])
@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
def test_a_spreadsheet_takes_nothing_for_a_formula(start, sign):
    assert no_formula(f"{start}{sign}1") == f"'{start}{sign}1"
    assert no_formula(f"a {sign}1") == f"a {sign}1"


def test_names_that_differ_in_case_alone_get_files_that_differ_in_more():
    taken = set()
    for name in ("Ann", "ann", "ANN", "straße", "STRASSE"):
        safe_name(name, taken)
    assert len({name.casefold() for name in taken}) == 5
    assert safe_name("Ann", {"ann"}).casefold() != "ann"


def test_hostile_names_reach_nothing(tmp_path):
    hint = replace(
        mistaken("adam-step"),
        message="raised ValueError: <script>alert(2)</script> `<b>`",
        title="<i>{{ 7 * 7 }}</i>",
    )
    made = [report(name, hint, remarks=("<u>=1+1</u>",), source="x") for name in HOSTILE]
    folder = tmp_path / "in" / "grades"
    assert write(made, folder, 1) == len(HOSTILE)
    assert {path.name for path in (tmp_path / "in").iterdir()} == {"grades"}
    assert len(list(folder.glob("feedback/*/06_adam.html"))) == len(HOSTILE)
    assert len(list(folder.glob("gradescope/*/results.json"))) == len(HOSTILE)
    for path in folder.rglob("*.html"):
        page = Page(path)
        assert not {tag for tag, _ in page.tags} & {"img", "b", "i", "u"}
        assert_only_our_script_runs(path, page)
        assert not any(key.startswith("on") for _, given in page.tags for key in given)
        assert "49" not in page.text.replace("49 ", "")
    book = json.loads((folder / "gradebook.json").read_text(encoding="utf-8"))
    assert {one["student"] for one in book["reports"]} == set(HOSTILE)
    for row in rows(folder):
        for value in row.values():
            assert not value.lstrip().startswith(("=", "+", "@"))
    assert {'\'=HYPERLINK("//evil")', "'+1", "'@SUM(A1)", "'-rf"} <= {
        row["student_id"] for row in rows(folder)
    }


def test_two_submissions_under_one_name_keep_a_row_each(tmp_path):
    twins = [
        report("noether", solved("adam-step"), source="b.ipynb"),
        report("noether", mistaken("adam-step"), source="a.ipynb"),
    ]
    write(twins, tmp_path, 1)
    assert [(row["student_id"], row["score"]) for row in rows(tmp_path)] == [
        ("noether", "0.0"),
        ("noether", "4.0"),
    ]
    assert all("one of 2 under this name" in row["reason"] for row in rows(tmp_path))
    homes = sorted(path.name for path in (tmp_path / "feedback").iterdir())
    assert len(homes) == 2
    assert "noether (2)" in Page(tmp_path / "class.html").text


def test_a_file_of_no_known_exercise_gives_nobody_else_a_zero(tmp_path):
    lost = report("gauss", exercise="", remarks=("Which exercise it is cannot be told.",))
    write([lost, report("euler", solved("adam-step"))], tmp_path, 1)
    assert [(row["assignment"], row["student_id"]) for row in rows(tmp_path)] == [
        ("", "gauss"),
        ("06_adam", "euler"),
        ("06_adam", "gauss"),
    ]
    assert "Not told which exercise" in Page(tmp_path / "class.html").text


def test_a_report_without_results_gets_its_page(tmp_path):
    write([report("gauss", remarks=("The file is not a notebook.",))], tmp_path, 1)
    assert "The file is not a notebook." in Page(tmp_path / "feedback/gauss/06_adam.html").text
    assert rows(tmp_path)[0]["reason"] == "The file is not a notebook."
    assert "There are no tasks." in Page(tmp_path / "class.html").text


def test_what_a_remark_says_of_the_whole_file_is_said_once(tmp_path):
    unread = result("adam-step", not_begun, message="the file is not a notebook")
    write([report("gauss", unread, remarks=("The file is not a notebook.",))], tmp_path, 1)
    assert rows(tmp_path)[0]["reason"] == "The file is not a notebook."


@pytest.mark.parametrize(
    ("exercise", "heading"),
    [
        ("06_adam", "Exercise 06 · Adam"),
        ("05_rmsprop", "Exercise 05 · RMSProp and AdaDelta"),
        ("my homework", "my homework"),
        ("<b>", "<b>"),
        ("", "Not told which exercise"),
    ],
)
def test_an_exercise_has_a_title(exercise, heading):
    assert title(exercise) == heading


# ---- all new or all old -------------------------------------------------------------------------


def test_a_run_that_breaks_off_leaves_the_old_results(class_of_four, tmp_path):
    write(class_of_four[:1], tmp_path, 1)
    before = files(tmp_path)

    def broken():
        yield class_of_four[1]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(broken(), tmp_path, 2)
    assert files(tmp_path) == before


def test_new_results_leave_no_page_of_the_old_ones_and_nothing_else_changes(
    class_of_four, tmp_path
):
    write(class_of_four[:1], tmp_path, 1)
    (tmp_path / "notes.txt").write_text("mine")
    write(class_of_four[1:2], tmp_path, 2)
    assert sorted(path.name for path in (tmp_path / "feedback").iterdir()) == ["gauss"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *(".lock", "class.db", "class.html", "feedback", "gradebook.csv", "gradebook.json"),
        "gradescope",
        "notes.txt",
    ]


def test_what_goes_first_comes_last_so_that_nobody_sees_old_and_new(
    class_of_four, tmp_path, monkeypatch
):
    write(class_of_four[:1], tmp_path, 1)
    rename, moved = Path.rename, []
    monkeypatch.setattr(Path, "rename", lambda one, to: moved.append(one.name) or rename(one, to))
    write(class_of_four, tmp_path, 2)
    assert moved == ["new", *BOOKS, *reversed(BOOKS)]


def test_what_cannot_be_replaced_gets_one_sentence(class_of_four, tmp_path):
    (tmp_path / "gradebook.csv").mkdir()
    with pytest.raises(NotWritten, match=r"gradebook\.csv could not be written: .*unchanged\.$"):
        write(class_of_four, tmp_path, 1)
    assert not [name for name in BOOKS[1:] if (tmp_path / name).exists()]
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritten, match="file could not be written"):
        write(class_of_four, tmp_path / "file", 1)


def test_what_is_wrong_with_the_reports_keeps_its_own_words(tmp_path):
    def reports():
        raise FileNotFoundError("There are no notebooks.")
        yield

    with pytest.raises(FileNotFoundError, match=r"^There are no notebooks\.$"):
        write(reports(), tmp_path, 1)


@pytest.mark.parametrize("which", range(10))
def test_a_move_that_fails_is_undone_with_all_before_it(
    which, class_of_four, tmp_path, monkeypatch
):
    write(class_of_four[:1], tmp_path, 1)
    before = files(tmp_path)
    rename, moves = Path.rename, []

    def sometimes(source, target):
        moves.append(source)
        if len(moves) == which + 2:  # the first one is that of the whole folder
            raise PermissionError(13, "another program has it open", source)
        return rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", sometimes)
        with pytest.raises(NotWritten, match=r"another program has it open. What stood there"):
            write(class_of_four, tmp_path, 2)
    assert len(moves) > which + 1
    after = files(tmp_path)
    assert {name: after[name] for name in before} == before
    assert {name for name in after if not name.startswith(".complete/")} == set(before)
    write(class_of_four, tmp_path, 3)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", *sorted(BOOKS)]


@pytest.mark.parametrize("which", [0, 1, 3, 6, 10])
def test_a_process_that_is_killed_in_the_last_moment_leaves_no_mixture(
    which, class_of_four, tmp_path
):
    script = """
        import json, os, pathlib, sys
        from adam_course.grading.classes.report import Report
        from adam_course.grading.classes.results import write
        reports = [Report.from_dict(data) for data in json.loads(sys.argv[2])]
        rename, left = pathlib.Path.rename, [int(sys.argv[3])]
        def deadly(source, target):
            left[0] -= 1
            return rename(source, target) if left[0] >= 0 else os._exit(9)
        pathlib.Path.rename = deadly
        write(reports, sys.argv[1], 2)
    """
    write(class_of_four[:1], tmp_path, 1)
    before = files(tmp_path)
    write(class_of_four, tmp_path / "new", 2)
    new = files(tmp_path / "new")
    shutil.rmtree(tmp_path / "new")
    data = json.dumps([one.to_dict() for one in class_of_four])
    words = [sys.executable, "-c", textwrap.dedent(script), tmp_path, data, str(which)]
    assert subprocess.run(words, cwd=ROOT).returncode == 9
    seen = {name: text for name, text in files(tmp_path).items() if not name.startswith(".")}
    assert seen.items() <= before.items() or seen.items() <= new.items()

    def broken():
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):  # the next run begins with what is left to do
        write(broken(), tmp_path, 3)
    assert files(tmp_path) == (new if which else before)


def test_of_two_graders_at_one_folder_the_second_is_told_to_wait(class_of_four, tmp_path):
    def reports():
        with pytest.raises(InUse, match=r"^Another grader is at work in .*: wait until it has "):
            write(class_of_four, tmp_path, 2)
        yield from class_of_four[:1]

    assert write(reports(), tmp_path, 1) == 1
    assert write(class_of_four, tmp_path, 2) == 4


def test_many_graders_at_one_folder_never_show_a_mixture(class_of_four, tmp_path):
    script = """
        import json, sys, time
        from adam_course.grading.classes.files import InUse
        from adam_course.grading.classes.report import Report
        from adam_course.grading.classes.results import write
        reports = [Report.from_dict(data) for data in json.loads(sys.argv[2])]
        for _ in range(20):
            try:
                write(reports, sys.argv[1], int(sys.argv[3]))
            except InUse:
                time.sleep(0.01)
    """
    runs = []
    for seed in (1, 2, 3):
        data = json.dumps([one.to_dict() for one in class_of_four[:seed]])
        words = [sys.executable, "-c", textwrap.dedent(script), tmp_path, data, str(seed)]
        runs.append(subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True))
    seen = set()
    while any(run.poll() is None for run in runs):
        if (tmp_path / "gradebook.csv").exists():
            seen |= look(tmp_path)
    assert [run.communicate()[1] for run in runs] == ["", "", ""]
    assert seen and seen <= {1, 2, 3}
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", *sorted(BOOKS)]


def look(folder):
    """Return the seed of the results in a folder, as a set; it is empty while they change."""

    def gradebook():
        found = (folder / "gradebook.csv").stat()
        return found.st_ino, found.st_mtime_ns

    try:
        before = gradebook()
        book = json.loads((folder / "gradebook.json").read_text("utf-8"))
        students = {row["student_id"] for row in rows(folder)}
        pages = {path.name for path in (folder / "feedback").iterdir()}
        if gradebook() != before:
            return set()
    except FileNotFoundError:
        return set()
    assert students == pages == {one["student"] for one in book["reports"]}
    return {book["seed"]}


@pytest.mark.skipif(os.name == "nt", reason="limits on a file's size are POSIX")
@pytest.mark.parametrize("limit", [0, 2_000, 9_000])
def test_a_full_disk_leaves_all_as_it_was(limit, class_of_four, tmp_path):
    write(class_of_four[:1], tmp_path, 1)
    before = files(tmp_path)
    script = """
        import json, resource, signal, sys
        from adam_course.grading.classes.report import Report
        from adam_course.grading.classes.results import NotWritten, write
        reports = [Report.from_dict(data) for data in json.loads(sys.argv[3])] * 20
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a write fails, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
        try:
            write(reports, sys.argv[1], 2)
        except NotWritten as error:
            print(error)
    """
    data = json.dumps([one.to_dict() for one in class_of_four])
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), tmp_path, str(limit), data],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert "could not be written: File too large. What stood there before is un" in run.stdout
    assert run.stderr == ""
    assert files(tmp_path) == before


def test_a_thousand_reports_take_seconds_and_little_memory(class_of_four, tmp_path):
    tracemalloc = pytest.importorskip("tracemalloc")
    made = (replace(class_of_four[2], student=f"learner{i:04}") for i in range(1000))
    tracemalloc.start()
    assert write(made, tmp_path, 1) == 1000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30e6
    assert len(rows(tmp_path)) == 1000
