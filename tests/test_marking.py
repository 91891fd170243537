"""What people mark: their page, their files, what two of them make of one answer, and the books."""

import csv
import io
import json
import re
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest
from a_class import MOODLE, csv_of, folder_of, moodle_row, rows_of
from a_class import made as made_folder
from made_class import marks, reports
from test_results import Page

from adam_course.__main__ import main
from adam_course.grading.classes import marking, tables
from adam_course.grading.classes.marking import COLUMNS, SAVED, Mark, Marks, NotMarks, digest
from adam_course.grading.classes.parts import parts_of
from adam_course.grading.classes.policy import Override, Policy
from adam_course.grading.classes.results import templates, write
from adam_course.grading.sandbox.reading import written
from adam_course.tasks import EXERCISES
from conftest import ROOT

ADAM, TRIAL = "06_adam", "16_claims_on_trial"
HOSTILE = '</script><script>alert(1)</script><img src=x onerror=alert(2)>\u2028"]}\\'
WHEN = "2026-05-04T10:00:00+00:00"


@pytest.fixture(scope="module")
def made():
    """A class of 120 that handed in two exercises with parts for people."""
    return reports(120, (ADAM, TRIAL))


@pytest.fixture
def graded(made, tmp_path):
    """A folder with the results of twelve of them, by the plain grader."""
    write(made[:24], tmp_path / "grades", 5)
    return tmp_path / "grades"


def saved(folder, lines, name="marks-Ann.csv", columns=SAVED):
    """Write a file as the marking page saves it."""
    path = folder / name
    text = io.StringIO()
    csv.writer(text).writerows([columns, *lines])
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def lines_of(graded, points=1, marker="Ann", when=WHEN, remark=""):
    """Return the lines of a marker who gives everybody the same points."""
    _, found = marking.graded(graded)
    who = marking.numbers(graded, {one.student for one in found})
    return [
        [
            *(who[one.student], one.exercise, part.name, points, remark, marker, when),
            digest(one.answers[part.name]),
        ]
        for one in found
        for part in parts_of(one.exercise)
        if not part.untouched(one.answers[part.name])
    ]


def rows(folder):
    with (folder / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ---- what is marked -----------------------------------------------------------------------------


def test_the_parts_of_an_exercise_have_its_points_a_rubric_and_an_answer():
    for name, exercise in EXERCISES.items():
        parts = parts_of(name)
        assert sum(part.points for part in parts) == exercise.by_person
        for part in parts:
            assert part.question
            assert not part.untouched(part.sample)
            assert part.untouched(part.given)
            assert len(part.rubric) == (3 if name == TRIAL else 1)
            assert len(part.rubric[0]) > 15


def test_answers_are_found_in_the_notebooks_that_learners_hand_in():
    for name in EXERCISES:
        parts = {part.name: part.heading for part in parts_of(name)}
        data = json.loads((ROOT / "exercises" / "solutions" / f"{name}.ipynb").read_text("utf-8"))
        given = [cell["metadata"].get("nbgrader", {}).get("grade_id", cell["id"])
                 for cell in data["cells"]]  # fmt: skip
        samples = {part.name: part.sample for part in parts_of(name)}
        assert written(json.dumps(data).encode(), parts, given) == samples


def test_a_learners_own_cells_below_an_answer_belong_to_it():
    def cell(text, name="", kind="markdown"):
        found = {"cell_type": kind, "source": text, "metadata": {}}
        return found | {"id": name} if name else found

    def read(*cells):
        data = json.dumps({"cells": cells}).encode()
        return written(data, {"own": "## In your own words"}, ["own", "after"])

    asked, after = cell("## In your own words\n\nWhy?", "task"), cell("## Next", "after")
    mine = [cell("Because.", "own"), cell("And more.", "x1"), cell("plot()", "x2", "code")]
    assert read(asked, *mine, after, cell("not this", "x3")) == {
        "own": "Because.\n\nAnd more.\n\nplot()"
    }
    nameless = [cell("## In your own words\n\nWhy?"), cell("Because."), cell("x = 1", kind="code")]
    assert read(*nameless, cell("## Next"), cell("not this")) == {"own": "Because."}
    assert read(asked, after) == {}


# ---- what follows from marks --------------------------------------------------------------------


def mark(points, marker="Ann", text="said", **more):
    one = Mark("ann", ADAM, "own-words", points, "", marker, WHEN, digest(text))
    return replace(one, **more)


def settled(*given, text="said", **policy):
    report = replace(reports(1)[0], student="ann", answers={"own-words": text})
    (one,) = Marks(given, Policy(**policy)).settled(report)
    return one


@pytest.mark.parametrize(
    ("points", "rule", "counts", "apart"),
    [
        ((2,), "third", 2, False),
        ((1, 2), "third", 1.5, False),
        ((0, 2), "third", 1, True),
        ((0, 2, 2), "third", 2, False),
        ((0, 1, 2), "third", 1, False),
        ((0, 2, 2), "mean", 1.33, False),
        ((0, 2), "mean", 1, True),
        ((1, 1, 2), "third", 1.33, False),
    ],
)
def test_where_markers_differ_a_third_or_the_mean_decides(points, rule, counts, apart):
    one = settled(*(mark(p, f"marker {i}") for i, p in enumerate(points)), differ=rule)
    assert (one.points, one.apart) == (counts, apart)


@pytest.mark.parametrize(("possible", "counts"), [(5, 2.5), (1, 0.5), (0, 0)])
def test_a_mark_by_the_rubric_is_reckoned_in_the_points_of_the_class(possible, counts):
    own = settled(mark(1), points={f"{ADAM}.own-words": possible})
    assert (own.points, own.possible) == (counts, possible)
    assert own.marks[0].points == 1
    apart = settled(mark(0), mark(2, "Ben"), points={f"{ADAM}.own-words": possible})
    assert apart.apart  # by the rubric, whatever they count


def test_an_override_stands_in_for_a_mark_and_others_wait_for_theirs():
    own = Override("ann", ADAM, "own-words", 1.5, "viva", "viva")
    assert settled(overrides=(own,)).points == 1.5
    assert settled(mark(0.0), overrides=(own,)).points == 1.5
    assert settled(overrides=(replace(own, id="ben"),)).points is None


def test_a_mark_for_an_earlier_answer_counts_until_there_is_one_for_the_new():
    old = mark(2.0)
    assert settled(old)[3:4] == (2.0,)
    assert settled(old, text="new").points == 2
    assert settled(old, text="new").earlier
    now = settled(old, mark(0.0, "Ben", "new"), text="new")
    assert (now.points, now.earlier) == (0, False)


def test_what_nobody_has_marked_waits_and_what_nobody_answered_has_nothing():
    other = mark(2.0, id="ben")
    assert settled(other).points is None
    empty = settled(other, text="YOUR ANSWER HERE\n")
    assert (empty.points, empty.empty) == (0, True)
    report = replace(reports(1)[0], exercise=TRIAL)
    assert Marks([other]).settled(report) == ()  # nobody has begun to mark this exercise


# ---- files of marks -----------------------------------------------------------------------------


def test_marks_are_merged_once_and_the_newer_one_counts(graded):
    lines = lines_of(graded)
    folder = graded.parent
    _, done = marking.merge(graded, saved(folder, lines))
    assert done == {"new": len(lines), "changed": 0, "as before": 0, "older": 0}
    before = (graded / "marks.csv").read_bytes()
    _, done = marking.merge(graded, saved(folder, lines))
    assert done["as before"] == len(lines)
    assert (graded / "marks.csv").read_bytes() == before
    lines[0][3], lines[0][6] = 2, "2026-05-05T10:00:00+00:00"
    lines[1][3], lines[1][6] = 2, "2026-05-03T10:00:00Z"
    found, done = marking.merge(graded, saved(folder, lines))
    assert (done["changed"], done["older"]) == (1, 1)
    assert sorted(one.points for one in found.all.values())[-2:] == [1, 2]
    assert marking.read(graded).all == found.all


def test_a_file_that_a_spreadsheet_has_saved_is_taken(graded):
    lines = lines_of(graded, remark="Größe; “why”?\nSecond line")
    path = saved(graded.parent, lines)
    text = path.read_text(encoding="utf-8").replace(";", "~").replace(",", ";").replace("~", ",")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    found, done = marking.merge(graded, path)
    assert done["new"] == len(lines)
    assert {one.remark for one in found.all.values()} == {"Größe, “why”?\nSecond line"}


WRONG = {
    "another class": (0, "9", "nobody here has the number '9'"),
    "no exercise": (1, "99_x", "'99_x' has no part"),
    "no part": (2, "adam-step", "no part 'adam-step' that a person marks"),
    "too many": (3, "7", "'7' is no number of points from 0 to"),
    "negative": (3, "-1", "is no number of points"),
    "not a number": (3, "nan", "is no number of points"),
    "words": (3, "many", "'many' is no number of points"),
    "nobody": (5, " ", "does not say who marked"),
    "no time": (6, "yesterday", "'yesterday' is no time"),
    "long ago": (6, "0001-01-01T00:00:00+14:00", "01 January 1 cannot be meant: it is before 2000"),
    "far ahead": (6, "9999-12-31T23:59:59-14:00", "31 December 9999 cannot be meant: it is more"),
    "at no time": (6, " ", "does not say when it was marked"),
    "cut off": (7, "", "it is cut off"),
    "half a hash": (7, "12ab", "is not what the page writes"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_of_a_file_with_one_wrong_line_nothing_is_taken(kind, graded):
    lines = lines_of(graded)
    marking.merge(graded, saved(graded.parent, lines[:2]))
    before = (graded / "marks.csv").read_bytes()
    place, value, words = WRONG[kind]
    lines[3][place] = value
    with pytest.raises(NotMarks, match=re.escape(words)) as error:
        marking.merge(graded, saved(graded.parent, lines))
    assert "line 5" in str(error.value)
    assert (graded / "marks.csv").read_bytes() == before


@pytest.mark.parametrize(
    "data",
    [b"", b"\0\xff\xfe" * 99, b"{}", b"a,b\n1,2\n", ",".join(SAVED).encode()[:20], b"number\n" * 9],
)
def test_what_is_no_file_of_marks_gets_a_sentence(data, graded, capsys):
    path = graded.parent / "x.csv"
    path.write_bytes(data)
    assert main(["class", "marks", str(graded), str(path)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "x.csv" in said
    assert not (graded / "marks.csv").exists()


def test_a_file_that_is_cut_anywhere_is_taken_whole_or_not_at_all(graded):
    lines = lines_of(graded, remark='say, "why"')[:3]
    whole = saved(graded.parent, lines).read_bytes()
    rows = {
        len(whole[: end.end()].rstrip()): i for i, end in enumerate(re.finditer(b"\r\n", whole))
    }
    cut, taken = graded.parent / "cut.csv", 0
    for end in range(len(whole)):
        cut.write_bytes(whole[:end])
        try:
            marking.merge(graded, cut)
        except (ValueError, OSError):
            continue
        assert len(whole[:end].rstrip()) in rows  # only where a line ends
        taken += 1
        (graded / "marks.csv").unlink(missing_ok=True)
    assert taken


def test_many_merges_at_a_time_lose_no_mark(graded):
    """Each waits or is told to: none overwrites what another has taken in."""
    lines = lines_of(graded)
    files = [
        saved(graded.parent, [[*one[:5], f"marker {i}", *one[6:]] for one in lines], f"m{i}.csv")
        for i in range(6)
    ]
    code = (
        "import sys, time\nfrom adam_course.grading.classes import files, marking\n"
        "while True:\n    try:\n        marking.merge(*sys.argv[1:])\n        break\n"
        "    except files.InUse:\n        time.sleep(0.01)\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, graded, file], cwd=ROOT) for file in files
    ]
    assert [run.wait(60) for run in runs] == [0] * 6
    assert len(marking.read(graded).all) == 6 * len(lines)


def test_numbers_stay_and_say_nothing_about_names(tmp_path):
    names = [f"learner{i:03}" for i in range(120)]
    first = marking.numbers(tmp_path, names)
    again = marking.numbers(tmp_path, [*names, "=new()", "aaa"])
    assert len(set(again.values())) == 122
    assert {name: again[name] for name in names} == first
    assert marking.numbers(tmp_path, []) == again
    order = sorted(names, key=first.get)
    assert sum(order[i] == names[i] for i in range(120)) < 12


# ---- the books ----------------------------------------------------------------------------------


def test_marks_stand_in_every_book_and_survive_a_rerun(made, tmp_path):
    own = made[:24]
    given = Marks(marks(own))
    write(own, tmp_path, 1, marks=given)
    expected = {
        (one.student, one.exercise): one.points + sum(p.points or 0 for p in given.settled(one))
        for one in own
    }
    most = {name: EXERCISES[name].points + EXERCISES[name].by_person for name in (ADAM, TRIAL)}
    for row in rows(tmp_path):
        assert float(row["score"]) == pytest.approx(expected[row["student_id"], row["assignment"]])
        assert float(row["max_score"]) == most[row["assignment"]]
    for one in own:
        page = Page(tmp_path / f"feedback/{one.student}/{one.exercise}.html").text
        for part in given.settled(one):
            assert part.title in page
            if part.points is None:
                assert "waits for its mark" in page
            for remark in part.remarks:
                assert remark in page
            assert "Ann" not in page  # a learner does not see who has marked
        full = all(part.points == part.possible for part in given.settled(one))
        solved = all(result.passed for result in one.results)
        assert ("Everything is right" in page) == (full and solved)
    scope = json.loads((tmp_path / "gradescope/learner000/results.json").read_text("utf-8"))
    assert scope["score"] == pytest.approx(
        sum(points for (who, _), points in expected.items() if who == "learner000")
    )
    assert "Ann and Ben both marked" in Page(tmp_path / "class.html").text
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    write(own[::-1], tmp_path, 1, marks=given)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()} == first


def test_without_marks_the_books_hold_what_the_checks_give(graded):
    assert {float(row["max_score"]) for row in rows(graded)} == {13, 20}


def test_from_the_plain_grader_two_commands_lead_to_marks(tmp_path, capsys, monkeypatch):
    """`class mark` on the folder of results, and `class marks` with what its page saved."""
    monkeypatch.chdir(tmp_path)
    for name, folder in (("ada", "solutions/"), ("ben", "")):
        home = tmp_path / "submitted" / name
        home.mkdir(parents=True)
        data = (ROOT / "exercises" / f"{folder}{ADAM}.ipynb").read_bytes()
        (home / f"{ADAM}.ipynb").write_bytes(data)
    grade = ["grade", "submitted", "--out", "grades", "--no-sandbox"]
    assert main(grade) == 0
    assert main(["class", "mark", "grades"]) == 0
    assert "1 answer is on" in capsys.readouterr().out
    lines = lines_of(tmp_path / "grades", 2, remark="Well said.")
    file = saved(tmp_path, lines)
    assert main(["class", "marks", "grades", str(file)]) == 0
    assert "1 new" in capsys.readouterr().out
    assert [row["score"] for row in rows(tmp_path / "grades")] == ["15.0", "0.0"]
    assert main(grade) == 0  # graded anew, with the marks
    assert [row["max_score"] for row in rows(tmp_path / "grades")] == ["15.0", "15.0"]
    assert [row["score"] for row in rows(tmp_path / "grades")] == ["15.0", "0.0"]
    assert "Well said." in Page(tmp_path / "grades/feedback/ada/06_adam.html").text


def test_in_a_class_with_a_policy_marks_go_through_its_rules(tmp_path, capsys):
    """Its rule for markers who differ, its books with the roster's names, its list of changes."""
    people = ("s1,Ada Lovelace,ada@x.org,A", "s2,Emmy Noether,emmy@x.org,B")
    policy = "[deadlines]\n06_adam = 2020-01-01\n[late]\npercent_a_day = 10\nlatest_days = 9\n"
    place = made_folder(tmp_path / "class", *people, policy=policy + '[marking]\ndiffer = "mean"\n')
    solution = json.loads((ROOT / "exercises" / "solutions" / f"{ADAM}.ipynb").read_text("utf-8"))
    home = folder_of(tmp_path / "in", {"s1/06_adam.ipynb": json.dumps(solution).encode()})
    assert main(["class", "import", str(place), str(home)]) == 0
    table = (place / "submitted" / "received.csv").read_text(encoding="utf-8")
    limits = ["--no-sandbox", "--seed", "5"]
    assert main(["class", "grade", str(place), *limits]) == 0
    assert main(["class", "mark", str(place)]) == 0
    page = (place / "marking.html").read_text(encoding="utf-8")
    assert "Lovelace" not in page
    assert '"s1"' not in page
    who = marking.numbers(place, ())
    answer = next(cell for cell in solution["cells"] if cell["id"] == "own-words")["source"]
    lines = [
        [who["s1"], ADAM, "own-words", points, "Good.", marker, WHEN, digest("".join(answer))]
        for points, marker in ((2, "Ann"), (0, "Ben"), (2, "Eva"))
    ]
    capsys.readouterr()
    assert main(["class", "marks", str(place), str(saved(tmp_path, lines)), *limits]) == 0
    said = capsys.readouterr().out
    assert "3 new" in said
    assert "1 with other points than before, 1 with another maximum only; see" in said
    first, second = sorted(rows(place / "grades"), key=lambda row: row["student_id"])
    assert (float(first["raw_score"]), float(first["max_score"])) == (14.33, 15)  # the mean
    assert float(second["max_score"]) == 15
    changes = (place / "grades" / "changes.csv").read_text(encoding="utf-8")
    assert "own-words: 1.33 by a person" in changes
    assert main(["class", "grade", str(place), *limits]) == 0
    with sqlite3.connect(place / "grades" / "class.db") as data:
        found = data.execute("SELECT student, counted, maximum FROM submissions ORDER BY student")
        assert found.fetchall() == [("s1", 14.33, 15), ("s2", 0, 15)]
        groups = data.execute("SELECT name, class_group FROM learners ORDER BY student")
        assert groups.fetchall() == [("Ada Lovelace", "A"), ("Emmy Noether", "B")]
        assert data.execute("SELECT count(*) FROM marks").fetchone() == (3,)
    page = Page(place / "grades" / "class.html").text
    assert "Who falls behind" in page
    assert "Emmy Noether" in page
    assert "Ann and Ben both marked 1 answer" in page
    feedback = Page(place / "grades" / "feedback" / "s1" / "06_adam.html").text
    assert "14.33 of 15 points" in feedback
    assert "So it counts" not in feedback
    assert table == (place / "submitted" / "received.csv").read_text(encoding="utf-8")


def test_marks_without_a_hand_in_are_said_kept_and_count_as_soon_as_there_is_one(tmp_path, capsys):
    people = ("s1,Ada Lovelace,ada@x.org,A", "s2,Emmy Noether,emmy@x.org,B")
    place = made_folder(tmp_path / "class", *people, policy="")
    data = (ROOT / "exercises" / "solutions" / f"{ADAM}.ipynb").read_bytes()
    limits = ["class", "grade", str(place), "--no-sandbox", "--seed", "5"]

    def score(*handed_in):
        home = folder_of(tmp_path / "in", {f"{who}/06_adam.ipynb": data for who in handed_in})
        assert main(["class", "import", str(place), str(home)]) == 0
        capsys.readouterr()
        assert main(limits) == 0
        (found,) = [row for row in rows(place / "grades") if row["student_id"] == "s2"]
        return float(found["score"]), float(found["max_score"]), capsys.readouterr().err

    (part,) = parts_of(ADAM)
    lines = [[who, ADAM, part.name, "2.0", "", "Ann", WHEN, ""] for who in ("s1", "s2")]
    saved(place, lines, "marks.csv", COLUMNS)
    before = (place / "marks.csv").read_bytes()
    points, most, said = score("s1")
    assert (points, most) == (0, 15)
    (line,) = [one for one in said.splitlines() if "marks" in one]
    assert line.startswith("adam-course: marks without a hand-in: s2 (06_adam); they are kept, and")
    assert "write an override into policy.toml" in line
    points, most, said = score("s2")
    assert (points, most) == (15, 15) and "without a hand-in" not in said
    assert (place / "marks.csv").read_bytes() == before


def test_own_points_of_what_people_mark_are_the_same_in_every_book(tmp_path, capsys):
    people = ("s1,Ada Lovelace,ada@x.org,A", "s2,Emmy Noether,emmy@x.org,B")
    place = made_folder(tmp_path / "class", *people, policy="[points]\nown-words = 5\n")
    data = (ROOT / "exercises" / "solutions" / f"{ADAM}.ipynb").read_bytes()
    home = folder_of(tmp_path / "in", {"s1/06_adam.ipynb": data, "s2/06_adam.ipynb": data})
    assert main(["class", "import", str(place), str(home)]) == 0
    limits = ["--no-sandbox", "--seed", "5"]
    assert main(["class", "grade", str(place), *limits]) == 0
    assert "5 points more to be had" in Page(place / "grades/feedback/s1/06_adam.html").text
    assert "5 points more, by what" in Page(place / "grades/class.html").text
    assert main(["class", "mark", str(place)]) == 0
    page = (place / "marking.html").read_text(encoding="utf-8")
    assert '"counts": 5.0' in page and '"points": 2' in page
    who, (part,) = marking.numbers(place, ()), parts_of(ADAM)
    line = [who["s1"], ADAM, "own-words", 1, "", "Ann", WHEN, digest(part.sample)]
    assert main(["class", "marks", str(place), str(saved(tmp_path, [line])), *limits]) == 0
    first, second = sorted(rows(place / "grades"), key=lambda row: row["student_id"])
    assert (first["score"], first["max_score"]) == ("15.5", "18.0")
    assert (second["score"], second["max_score"]) == ("13.0", "18.0")
    assert "Waits for a person's mark" in second["reason"]
    page = Page(place / "grades/feedback/s1/06_adam.html").text
    assert "15.5 of 18 points" in page and "marked by a person · 2.5 of 5 points" in page
    scope = json.loads((place / "grades/gradescope/s1/results.json").read_text("utf-8"))
    assert (scope["score"], scope["tests"][-1]["max_score"]) == (15.5, 5)
    with sqlite3.connect(place / "grades" / "class.db") as data:
        found = data.execute("SELECT points, possible, counted, maximum FROM submissions")
        assert found.fetchone() == (15.5, 18, 15.5, 18)
        assert data.execute("SELECT points FROM marks").fetchone() == (1,)
    table = tmp_path / "Grades-06_adam.csv"
    cells = moodle_row(7, "Ada Lovelace", "ada@x.org", **{"Maximum grade": "18.00"})
    table.write_text(csv_of([MOODLE, cells]), encoding="utf-8")
    assert main(["class", "export", str(place), "--for", "moodle", str(table)]) == 0
    (row,) = rows_of(place / "export" / table.name)[1:]
    assert row[4] == "15.50" and "15.5 of 18 points" in row[-1]
    (place / "policy.toml").write_text('[drop]\ntasks = ["own-words"]\n')
    assert main(["class", "grade", str(place), *limits]) == 0
    assert {row["max_score"] for row in rows(place / "grades")} == {"13.0"}
    page = Page(place / "grades/feedback/s1/06_adam.html").text
    assert "13 of 13 points" in page and "Not counted in this class: In your own words." in page
    assert "to be had" not in page and "marked by a person" not in page
    assert main(["class", "mark", str(place)]) == 1
    assert "nothing to mark" in capsys.readouterr().out


def test_where_nothing_is_graded_a_sentence_says_so(tmp_path, capsys):
    assert main(["class", "mark", str(tmp_path)]) == 2
    assert "Nothing is graded in" in capsys.readouterr().err


def test_hostile_answers_names_and_remarks_reach_nothing(tmp_path):
    one = reports(1)[0]
    one = replace(one, student="=cmd()<b>", answers={"own-words": HOSTILE, "adam-step": HOSTILE})
    given = Mark("=cmd()<b>", ADAM, "own-words", 1.0, HOSTILE, "<i>+Ann", WHEN, digest(HOSTILE))
    other = replace(given, marker="Ben", points=2.0)
    write([one] * 1, tmp_path, 1, marks=Marks([given, replace(other, points=2.0)]))
    marking.prepare(tmp_path, templates(None))
    for path in tmp_path.rglob("*.html"):
        page = Page(path)
        assert not {tag for tag, _ in page.tags} & {"img", "b", "i"}
        assert "<script>alert" not in page.source
    page = (tmp_path / "marking.html").read_text(encoding="utf-8")
    assert page.count("<script") == 2
    assert "cmd()" not in page  # nobody's name


def test_a_spreadsheet_takes_nothing_in_the_files_of_marks_for_a_formula(graded):
    lines = lines_of(graded, remark='=HYPERLINK("//evil")', marker="@Ann")
    found, _ = marking.merge(graded, saved(graded.parent, lines))
    cells = (graded / "marks.csv").read_text(encoding="utf-8").split(",")
    assert not [cell for cell in cells if cell.strip('"').startswith(("=", "@", "+"))]
    assert {one.remark for one in marking.read(graded).all.values()} == {'=HYPERLINK("//evil")'}
    assert marking.read(graded).all == found.all


# ---- the database -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def database(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("database")
    given = Marks(marks(made))
    write(made, folder, 1, marks=given)
    return folder, given


def test_the_database_says_what_the_gradebook_says(database):
    folder, given = database
    with sqlite3.connect(folder / "class.db") as data:
        points = data.execute("SELECT student, exercise, points, possible FROM submissions")
        points = {(who, what): own for who, what, *own in points}
        kept = data.execute("SELECT count(*), sum(points) FROM marks").fetchone()
        assert data.execute("PRAGMA foreign_key_check").fetchall() == []
        assert data.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        summed = data.execute(
            "SELECT s.points - sum(r.points) FROM submissions s JOIN results r "
            "ON r.submission = s.id GROUP BY s.id"
        )
        assert max(abs(one) for (one,) in summed) < 1e-9
    for row in rows(folder):
        key = row["student_id"], row["assignment"]
        assert points[key] == pytest.approx([float(row["score"]), float(row["max_score"])])
    assert kept == (len(given.all), sum(one.points for one in given.all.values()))


def test_the_queries_of_the_documentation_run_and_find_what_they_promise(database, made):
    text = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
    queries = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    assert len(queries) == 3
    with sqlite3.connect(database[0] / "class.db") as data:
        hardest, mistakes, apart = (data.execute(one).fetchall() for one in queries)
    solved = [
        sum(result.passed for one in made for result in one.results if result.task == task.name)
        for name in (ADAM, TRIAL)
        for task in EXERCISES[name].tasks
    ]
    assert [row[2] for row in hardest] == sorted(int(100 * one / 120 + 0.5) for one in solved)[:10]
    assert mistakes
    assert len({row[0] for row in mistakes}) == len(mistakes)
    differ = [
        key for key, some in database[1].of.items()
        if max(m.points for m in some) - min(m.points for m in some) > 1
    ]  # fmt: skip
    assert sorted(row[:3] for row in apart) == sorted(differ)


def test_every_column_of_the_database_is_explained(database):
    text = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
    with sqlite3.connect(database[0] / "class.db") as data:
        names = [name for (name,) in data.execute("SELECT name FROM sqlite_master WHERE sql > ''")]
        for table in names:
            line = next(line for line in text.splitlines() if line.startswith(f"| `{table}` |"))
            for column in data.execute(f"PRAGMA table_info({table})"):
                assert f"`{column[1]}`" in line, (table, column[1])


# ---- the pages in a browser ---------------------------------------------------------------------


@pytest.fixture
def opened(browser, made, tmp_path):
    """The marking page of a class of 120, in a browser."""
    hostile = replace(made[0], answers=made[0].answers | {"own-words": HOSTILE})
    given = [[getattr(one, name) for name in COLUMNS] for one in marks(made[:40], share=1)]
    (tmp_path / "marks.csv").write_text(tables.table(COLUMNS, given), encoding="utf-8")
    write([hostile, *made[1:]], tmp_path, 1, marks=marking.read(tmp_path))
    marking.prepare(tmp_path, templates(None))
    context = browser.new_context(accept_downloads=True)
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda m: m.type == "error" and page.complaints.append(m.text))
    page.on("dialog", lambda dialog: page.complaints.append(dialog.message) or dialog.accept())
    page.goto((tmp_path / "marking.html").as_uri())
    yield page
    assert page.complaints == []
    context.close()


def named(page, name="Ann M."):
    page.fill("#marker", name)
    page.press("#marker", "Tab")


@pytest.mark.browser
def test_a_person_marks_by_keyboard_and_saves_a_file_that_is_merged(opened, tmp_path):
    assert opened.is_hidden("#work")
    named(opened)
    opened.select_option("#part", f"{ADAM}/own-words")
    whole = int(re.search(r"of (\d+)", opened.inner_text("#left"))[1])
    assert 100 < whole <= 120
    opened.focus("#whose")
    first = opened.inner_text("#whose")
    opened.keyboard.press("2")
    assert opened.inner_text("#whose") != first
    opened.keyboard.press("9")  # more than there are: nothing
    opened.keyboard.press("r")
    opened.keyboard.type("=1 line, 2 words")  # digits are text here
    opened.keyboard.press("Escape")
    opened.keyboard.press("1")
    opened.keyboard.press("n")
    opened.keyboard.press("ArrowLeft")
    opened.keyboard.press("0")
    opened.keyboard.press("p")
    assert opened.get_attribute("#points [aria-pressed=true]", "aria-label") == "0 of 2 points"
    assert f"3 of {whole} marked, {whole - 3} left" in opened.inner_text("#left")
    with opened.expect_download() as download:
        opened.keyboard.press("s")
    assert download.value.suggested_filename == "marks-Ann_M.csv"
    assert "not yet saved" not in opened.inner_text("#left")
    file = tmp_path / "marks-Ann_M.csv"
    download.value.save_as(file)
    found, done = marking.merge(tmp_path, file)
    assert done["new"] == 3
    mine = [one for one in found.all.values() if one.marker == "Ann M."]
    assert sorted(one.points for one in mine) == [0, 1, 2]
    assert [one.remark for one in mine if one.remark] == ["=1 line, 2 words"]
    texts = {one.student: one.answers["own-words"] for one in marking.graded(tmp_path)[1]
             if one.exercise == ADAM}  # fmt: skip
    assert all(one.answer == digest(texts[one.id]) for one in mine)


@pytest.mark.browser
def test_the_browser_keeps_marks_and_each_marker_has_their_own(opened):
    named(opened)
    opened.select_option("#part", f"{ADAM}/own-words")
    opened.focus("#whose")
    opened.keyboard.press("2")
    opened.reload()
    assert opened.input_value("#marker") == "Ann M."
    opened.select_option("#part", f"{ADAM}/own-words")
    assert opened.inner_text("#left").startswith("1 of")
    assert "1 not yet saved" in opened.inner_text("#left")
    named(opened, "Ben M.")
    assert opened.inner_text("#left").startswith("0 of")
    named(opened)
    opened.select_option("#show", "all")
    opened.click("#points button >> nth=0")
    opened.keyboard.press("p")
    while opened.is_disabled("#without") and opened.is_enabled("#next"):
        opened.click("#next")
    opened.click("#without")
    assert opened.is_disabled("#without")


@pytest.mark.browser
def test_hostile_answers_stay_text_and_nobody_is_named(opened, made):
    named(opened)
    opened.select_option("#part", f"{ADAM}/own-words")
    seen = set()
    while True:
        seen.add(opened.text_content("#text"))
        if opened.is_disabled("#next"):
            break
        opened.click("#next")
    assert HOSTILE in seen
    assert opened.query_selector("#text *") is None
    assert "learner0" not in opened.content()


@pytest.mark.browser
def test_where_two_differ_is_one_list(opened, made):
    named(opened, "Eva")
    opened.select_option("#show", "apart")
    marked = Marks(marks(made[:40], share=1))
    differ = sum(part.apart for one in made[:40] for part in marked.settled(one))
    assert differ
    assert f"of {differ}" in opened.inner_text("#note")
    assert "two markers differ" in opened.inner_text("#note")
    named(opened, "Ben")  # who has marked these has nothing left of them
    opened.select_option("#show", "left")
    opened.select_option("#part", f"{TRIAL}/experiment-claim")
    asked = sum(not part.untouched(one.answers[part.name]) for one in made if one.exercise == TRIAL
                for part in parts_of(TRIAL)[:1])  # fmt: skip
    done = sum(mark.part == "experiment-claim" for mark in marks(made[:40], ("Ben",), share=1))
    assert opened.inner_text("#left").startswith(f"{done} of {asked} marked")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 380])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_scrolls_sideways_and_every_field_has_a_name(width, scheme, opened, tmp_path):
    opened.set_viewport_size({"width": width, "height": 900})
    opened.emulate_media(color_scheme=scheme)
    for name in ("marking.html", "class.html"):
        opened.goto((tmp_path / name).as_uri())
        if name == "marking.html":
            named(opened)
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        bare = opened.evaluate(
            "[...document.querySelectorAll('input, select, textarea')].filter(one => "
            "!one.labels.length).length"
        )
        assert bare == 0


@pytest.mark.browser
def test_filters_leave_who_is_asked_for(opened, tmp_path, made):
    opened.goto((tmp_path / "class.html").as_uri())
    opened.fill("#who", "LEARNER01")
    assert opened.inner_text("#shown") == "10 of 120 learners"
    shown = "[...document.querySelectorAll('tr[data-who]')].filter(one => one.offsetParent)"
    names = opened.evaluate(f"{shown}.map(one => one.dataset.who)")
    assert set(names) == {f"learner01{i}" for i in range(10)}
    opened.select_option("#exercise", "exercise-2")
    assert opened.is_hidden("#exercise-1")
    assert opened.is_visible("#exercise-2")
    opened.select_option("#exercise", "")
    opened.fill("#who", "")
    opened.select_option("#behind", "1")
    behind = opened.evaluate("document.querySelectorAll('[data-behind]').length")
    assert 0 < opened.evaluate(f"{shown}.filter(one => 'group' in one.dataset).length") == behind
    opened.fill("#who", "<b>nobody")
    assert opened.inner_text("#shown") == "0 of 120 learners"
