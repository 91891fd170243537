"""Plain nbgrader takes exercises 06 and 16 as they are, with its own commands (`make verify`)."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from adam_course.grading import TASKS, check
from adam_course.grading.report import Report, Result
from adam_course.grading.results import COLUMNS, write

pytestmark = pytest.mark.live

ROOT = Path(__file__).resolve().parent.parent
NAME = "06_adam"
SOLUTION = ROOT / "exercises" / "solutions" / f"{NAME}.ipynb"
LEARNERS = ROOT / "exercises" / f"{NAME}.ipynb"

#: Cell → what somebody wrote there who got 4 + 0 + 1 + 0 + 0 + 2 of 13 points.
PARTLY = {
    "adam-loop": (
        "def adam(grad, theta, steps, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):\n"
        "    m, v, path = np.zeros_like(theta), np.zeros_like(theta), [theta]\n"
        "    for _ in range(steps):\n"
        "        theta, m, v = adam_step(theta, grad(theta), m, v, 1, lr, beta1, beta2, eps)\n"
        "        path.append(theta)\n"
        "    return np.array(path)\n"
    ),
    "scaled": "def scaled(factor):\n    raise NotImplementedError()\n",
    "repaired-adam": "repaired_adam = adam_with_bugs\n",
}
MARKS = {"ada": 13.0, "blank": 0.0, "partly": 7.0}


def nbgrader(folder, *arguments):
    """Run one of nbgrader's commands in a course's folder."""
    bin = Path(sys.executable).parent  # nbgrader calls alembic by its name
    environment = os.environ | {
        "PATH": f"{bin}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr


def hand_in(folder, student, notebook):
    path = folder / "submitted" / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of nbgrader's, with our source and three submissions, graded."""
    folder = tmp_path_factory.mktemp("nbgrader")
    solution = nbformat.read(SOLUTION, 4)
    source = folder / "source" / NAME / f"{NAME}.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(solution, source)
    nbgrader(folder, "generate_assignment", NAME, "--create")

    hand_in(folder, "ada", solution)
    hand_in(folder, "blank", nbformat.read(LEARNERS, 4))  # our own learner's edition
    partly = nbformat.read(folder / "release" / NAME / f"{NAME}.ipynb", 4)  # nbgrader's
    solutions = {cell.id: cell.source for cell in solution.cells} | PARTLY
    for cell in partly.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = solutions[cell.id]
    hand_in(folder, "partly", partly)

    nbgrader(folder, "autograde", NAME, "--create")
    nbgrader(folder, "generate_feedback", NAME)
    nbgrader(folder, "export", "--to", "grades.csv")
    return folder


@pytest.fixture(scope="module")
def table(course):
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_nbgrader_gives_the_marks_that_were_earned(table):
    assert {row["student_id"]: float(row["score"]) for row in table} == MARKS
    assert {row["max_score"] for row in table} == {"13.0"}


def test_our_learners_edition_is_the_one_that_nbgrader_makes(course):
    ours = nbformat.read(LEARNERS, 4).cells
    theirs = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", 4).cells
    code = [[cell.source for cell in each if cell.cell_type == "code"] for each in (ours, theirs)]
    assert code[0] == code[1]
    for our, their in zip(ours, theirs, strict=True):
        given = dict(their.metadata)
        if "nbgrader" in given:
            own = dict(given["nbgrader"])
            assert own.pop("cell_type") == our.cell_type
            assert own.pop("checksum")
            given["nbgrader"] = own
        assert our.metadata == given


@pytest.fixture(scope="module")
def capstone(tmp_path_factory):
    """A course of nbgrader's with exercise 16 and its solution handed in, graded."""
    folder, name = tmp_path_factory.mktemp("capstone"), "16_claims_on_trial"
    for place in (folder / "source" / name, folder / "submitted" / "ada" / name):
        place.mkdir(parents=True)
        shutil.copy(SOLUTION.with_name(f"{name}.ipynb"), place)
    nbgrader(folder, "generate_assignment", name, "--create")
    nbgrader(folder, "autograde", name, "--create")
    return folder, name


def test_what_a_person_marks_waits_for_one(capstone):
    from nbgrader.api import Gradebook

    folder, name = capstone
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        submission = book.find_submission(name, "ada")
        assert (submission.score, submission.max_score) == (10, 28)
        grades = submission.notebooks[0].grades
        waiting = {grade.name: grade.max_score for grade in grades if grade.needs_manual_grade}
    parts = ("claim", "set-up", "runs", "result", "verdict", "limits")
    assert waiting == {f"experiment-{part}": 3 for part in parts}


def test_what_a_person_marks_is_as_empty_in_our_edition_as_in_nbgraders(capstone):
    folder, name = capstone
    ours = nbformat.read(LEARNERS.with_name(f"{name}.ipynb"), 4).cells
    theirs = nbformat.read(folder / "release" / name / f"{name}.ipynb", 4).cells
    for our, their in zip(ours, theirs, strict=True):
        assert our.metadata.get("deletable") == their.metadata.get("deletable")
        assert our.metadata.get("editable") == their.metadata.get("editable")
        if our.cell_type == "code" or "nbgrader" in our.metadata:
            assert our.source == their.source


def test_nbgraders_feedback_names_the_mistake(course):
    page = (course / "feedback" / "partly" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "This is Adam whose t stays at 1." in page
    assert "This is the listing with all of its bugs." in page
    assert "not attempted yet" in page
    assert (course / "feedback" / "ada" / NAME / f"{NAME}.html").is_file()


def test_our_gradebook_has_the_rows_of_nbgraders(table, tmp_path):
    """The same learners with the same points make the same rows, before our last column."""
    task, verdict = TASKS["adam-step"], check("adam-step", TASKS["adam-step"].reference)
    for_thirteen = (task.name, task.title, task.lesson, task.section)
    reports = [
        Report(
            *(student, NAME, f"{student}.ipynb", ""),
            (Result(*for_thirteen, points, 13, 1, 1, True, verdict.message),),
        )
        for student, points in MARKS.items()
    ]
    write(reports, tmp_path, 1)
    ours = (tmp_path / "gradebook.csv").read_text(encoding="utf-8").splitlines()
    assert list(table[0]) == list(COLUMNS[:-1])
    theirs = [",".join(row.values()) for row in table]
    assert [line.rpartition(",")[0] for line in ours[1:]] == sorted(theirs)
