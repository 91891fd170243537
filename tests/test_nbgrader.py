"""nbgrader takes its edition of 06 and 16 through all of its own commands (`make nightly`)."""

import csv
import os
import re
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import commands
import nbformat
import pytest

from adam_course.grading.classes.batch import grade
from adam_course.grading.classes.results import COLUMNS, write
from adam_course.tasks import EXERCISES
from exercises import SOLUTION

pytestmark = [pytest.mark.live, pytest.mark.long]

ROOT = Path(__file__).resolve().parent.parent
ADAM, TRIAL = "06_adam", "16_claims_on_trial"

LOOP_WITHOUT_T = """
def adam(grad, theta, steps, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, path = np.zeros_like(theta), np.zeros_like(theta), [theta]
    for _ in range(steps):
        theta, m, v = adam_step(theta, grad(theta), m, v, 1, lr, beta1, beta2, eps)
        path.append(theta)
    return np.array(path)
"""
#: What each learner has earned from the checks, with nbgrader and with us.
MARKS = {
    ("ada", ADAM): 13,
    ("ada", TRIAL): 20,
    ("blank", ADAM): 0,
    ("blank", TRIAL): 0,
    ("mailed", ADAM): 13,
    ("partly", ADAM): 4 + 0 + 1 + 0 + 0 + 2,
    ("partly", TRIAL): 4,
    ("slip", ADAM): 0 + 2 + 1 + 1 + 3 + 2,  # the loop calls the step, and is right
    ("wrong", ADAM): 0,
}
#: The points of an exercise's checks.
CHECKED = {ADAM: 13, TRIAL: 20}
FETCHED = [key for key in MARKS if key[0] != "mailed"]


def solution(exercise):
    """Return the notebook with the solution of an exercise."""
    return nbformat.read(ROOT / "exercises" / "solutions" / f"{exercise}.ipynb", 4)


def answers(learner, exercise):
    """Return what a learner has written, by the ids of the cells."""
    right = {
        cell.id: cell.source
        for cell in solution(exercise).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    if learner == "ada":
        return right
    if learner == "slip":
        return right | {"adam-step": right["adam-step"].replace("m / (1 - beta1**t)", "m")}
    if learner == "wrong":
        return {name: SOLUTION.sub(r"\1return 0\n", text) for name, text in right.items()}
    if learner == "partly" and exercise == ADAM:
        mended = {name: right[name] for name in ("adam-step", "first-step", "rate-that-arrives")}
        ones = {"telling-gradients": "def telling_gradients(count, eps): return np.ones(count)"}
        return mended | ones | {"adam-loop": LOOP_WITHOUT_T}
    if learner == "partly":
        misnamed = {"suspect-1": right["suspect-1"].replace("RATE_COMPOUNDS", "STEP_UPHILL")}
        return misnamed | {name: right[name] for name in ("suspect-2", "suspect-3", "claim")}
    return {}


def run(folder, *arguments):
    """Run a module of Python in a folder of the class, and return what it prints."""
    home = folder.parent
    bin = Path(sys.executable).parent  # nbgrader calls alembic by its name
    environment = {
        "PATH": f"{bin}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    tried = home / f"tried_{uuid.uuid4().hex}"
    return commands.run(folder, arguments, environment, tried=tried, ready=["nbgrader.apps"])


def fill_in(path, written):
    """Write a learner's answers into the cells of a notebook."""
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        cell.source = written.get(cell.id, cell.source)
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder for the instructor, one for each learner, and the exchange between them."""
    home = tmp_path_factory.mktemp("nbgrader")
    for name in ("instructor", "config", "exchange", *{learner for learner, _ in FETCHED}):
        (home / name).mkdir()
    (home / "exchange").chmod(0o777)  # nbgrader asks for it
    settings = (
        "c = get_config()",
        "c.CourseDirectory.course_id = 'adam'",
        f"c.Exchange.root = {str(home / 'exchange')!r}",
        f"c.Exchange.cache = {str(home / 'cache')!r}",
        "c.ExchangeCollect.check_owner = False",  # one person plays all learners here
    )
    (home / "config" / "nbgrader_config.py").write_text("\n".join(settings), encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def fetched(home):
    """The learners' folders, with the exercises that they have fetched and answered."""
    release = ("adam_course", "release", "--for", "nbgrader")
    run(home / "instructor", *release, ADAM, TRIAL, "--out", "source")
    for exercise in (ADAM, TRIAL):
        run(home / "instructor", "nbgrader", "generate_assignment", exercise)
        run(home / "instructor", "nbgrader", "release_assignment", exercise)
    for learner in dict(FETCHED):
        run(home / learner, "nbgrader", "fetch_assignment", ADAM, TRIAL)
    for learner, exercise in FETCHED:
        fill_in(home / learner / exercise / f"{exercise}.ipynb", answers(learner, exercise))
    return home


@pytest.fixture(scope="module")
def course(fetched):
    """The instructor's folder, with everything collected and graded by nbgrader."""
    instructor = fetched / "instructor"
    for learner, exercise in FETCHED:
        run(fetched / learner, "nbgrader", "submit", exercise, "--student", learner)
    mailed = instructor / "submitted" / "mailed" / ADAM / f"{ADAM}.ipynb"
    mailed.parent.mkdir(parents=True)
    nbformat.write(solution(ADAM), mailed)
    for exercise in (ADAM, TRIAL):
        run(instructor, "nbgrader", "collect", exercise)
        run(instructor, "nbgrader", "autograde", exercise)
        run(instructor, "nbgrader", "generate_feedback", exercise)
    run(instructor, "nbgrader", "export", "--to", "grades.csv")
    return instructor


@pytest.fixture(scope="module")
def table(course):
    """The rows that nbgrader exports."""
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def reports(course):
    """What our grader says of the folder that nbgrader has collected: one Report for each key."""
    found = list(grade(course / "submitted", seed=1, sandbox=False))
    assert len(found) == len(MARKS)
    return {(report.student, report.exercise): report for report in found}


# ---- what a learner sees ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def validated(fetched):
    """What `nbgrader validate` says to each learner; some at a time, for it takes ten seconds."""
    with ThreadPoolExecutor(4) as pool:
        said = pool.map(
            lambda one: run(fetched / one[0], "nbgrader", "validate", f"{one[1]}/{one[1]}.ipynb"),
            FETCHED,
        )
        return dict(zip(FETCHED, said, strict=True))


@pytest.mark.parametrize(("learner", "exercise"), FETCHED)
def test_validate_fails_on_each_task_that_our_grader_refuses(learner, exercise, validated, reports):
    said = validated[learner, exercise]
    results = reports[learner, exercise].results
    refused = [result.task for result in results if not result.passed]
    assert re.findall(r"[✗○] ([\w-]+): not ", said) == refused
    assert said.startswith("VALIDATION FAILED" if refused else "Success!")


def test_nbgraders_feedback_names_the_mistake(course):
    page = (course / "feedback" / "partly" / ADAM / f"{ADAM}.html").read_text(encoding="utf-8")
    assert "This is Adam whose t stays at 1." in page
    assert "This is a stream of equal gradients." in page
    assert "not attempted yet" in page
    assert (course / "feedback" / "ada" / TRIAL / f"{TRIAL}.html").is_file()


# ---- marks --------------------------------------------------------------------------------------


def test_nbgrader_and_our_grader_give_the_marks_that_were_earned(table, reports):
    theirs = {(row["student_id"], row["assignment"]): float(row["score"]) for row in table}
    learners = {learner for learner, _ in MARKS}
    everything = product(learners, (ADAM, TRIAL))  # with a row of 0 for what was not handed in
    assert theirs == {key: MARKS.get(key, 0) for key in everything}
    assert {key: report.points for key, report in reports.items()} == MARKS


def test_our_gradebook_has_the_rows_of_nbgraders(table, reports, tmp_path):
    """The same learners with the same points make the same rows, but for times and our reasons."""
    write([report for report in reports.values() if report.exercise == ADAM], tmp_path, 1)
    ours = (tmp_path / "gradebook.csv").read_text(encoding="utf-8").splitlines()
    assert list(table[0]) == list(COLUMNS[:-1])
    checked = str(float(CHECKED[ADAM]))  # nbgrader's maximum has a person's points in it, too
    rows = [r | {"timestamp": "", "max_score": checked} for r in table if r["assignment"] == ADAM]
    theirs = [",".join(row.values()) for row in rows]
    assert [",".join(line.split(",")[: len(table[0])]) for line in ours[1:]] == sorted(theirs)


@pytest.mark.parametrize(
    ("learner", "answered"),
    [
        ("ada", {"claim", "set-up", "runs", "result", "verdict", "limits"}),
        ("partly", {"claim"}),
        ("blank", set()),
    ],
)
def test_what_a_person_marks_waits_for_one_where_it_is_answered(learner, answered, course):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        submission = book.find_submission(TRIAL, learner)
        assert submission.max_score == CHECKED[TRIAL] + EXERCISES[TRIAL].by_person
        grades = submission.notebooks[0].grades
        waiting = {grade.name: grade.max_score for grade in grades if grade.needs_manual_grade}
    assert waiting == {f"experiment-{part}": 3 for part in answered}


# ---- two editions of one source -----------------------------------------------------------------


@pytest.mark.parametrize("exercise", [ADAM, TRIAL])
def test_what_nbgrader_releases_has_the_code_and_roles_of_our_own_edition(exercise, course):
    ours = nbformat.read(ROOT / "exercises" / f"{exercise}.ipynb", 4).cells
    theirs = nbformat.read(course / "release" / exercise / f"{exercise}.ipynb", 4).cells
    for our, their in zip(ours, theirs, strict=True):
        given = dict(their.metadata)
        if "nbgrader" in given:
            own = dict(given["nbgrader"])
            assert own.pop("cell_type") == our.cell_type
            assert own.pop("checksum")
            given["nbgrader"] = own
        assert our.metadata == given
        if our.cell_type == "code" or "nbgrader" in given:
            assert our.source == their.source
