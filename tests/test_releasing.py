"""`adam-course release` writes the edition that a platform needs, and overwrites nobody's work."""

import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml
from IPython.core.inputtransformer2 import TransformerManager

from adam_course import configuration, releasing
from adam_course.__main__ import main
from adam_course.configuration import anchor
from adam_course.copying import LINK as RELATIVE
from adam_course.editions import gradescope
from adam_course.grading.classes.parts import parts_of
from adam_course.releasing import EDITIONS, explains
from adam_course.tasks import EXERCISES

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = sorted((ROOT / "exercises" / "solutions").glob("*.ipynb"))
SITE = "https://example.org/adam"
COLAB = "https://colab.example.org/ada/adam"
LINK = re.compile(r"\]\(([^)\s]+)\)")
LEARNERS = sorted([*ROOT.glob("notebooks/[0-9]*.ipynb"), *ROOT.glob("exercises/[0-9]*.ipynb")])

exercises = pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)


@pytest.fixture(autouse=True)
def no_public_address(monkeypatch):
    """Let the course have no addresses of its own, whatever they are by now."""
    names = ("website", "repository", "colab", "binder")
    monkeypatch.setattr(configuration, "addresses", lambda: dict.fromkeys(names, ""))


@pytest.fixture
def release(tmp_path, monkeypatch):
    """Return a function that releases an exercise in a folder of its own and reads it back."""
    monkeypatch.chdir(tmp_path)

    def released(exercise, site=""):
        if site:
            Path("adam-course.toml").write_text(f'site = "{site}"', encoding="utf-8")
        assert main(["release", "--for", "nbgrader", exercise, "--out", "source"]) == 0
        return nbformat.read(Path("source", exercise, f"{exercise}.ipynb"), 4)

    return released


def text_of(notebook):
    """Return the text of a notebook that is not code."""
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def headings(lesson):
    """Return the headings of a lesson."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", 4)
    return re.findall(r"^#+ (.+)$", text_of(notebook), re.MULTILINE)


# ---- nbgrader's edition -------------------------------------------------------------------------


@exercises
def test_nobody_is_asked_to_rename_the_notebook(path, release):
    text = text_of(release(path.stem))
    assert "Save Notebook As" not in text
    assert "my_" not in text.replace("my_step", "")
    assert "make this notebook yours" not in text


@exercises
def test_links_lead_to_the_sections_of_the_site(path, release):
    links = LINK.findall(text_of(release(path.stem, SITE)))
    assert links
    for link in links:
        lesson, section = re.fullmatch(rf"{SITE}/notebooks/(\w+)\.html(?:#(.+))?", link).groups()
        assert section is None or section in map(anchor, headings(lesson))


@exercises
def test_without_a_site_links_are_plain_words(path, release):
    text = text_of(release(path.stem))
    assert not LINK.search(text)
    assert ".ipynb" not in text


@exercises
def test_code_and_marks_are_those_of_the_source_and_outputs_are_cleared(path, release):
    ours, source = release(path.stem), nbformat.read(path, 4)
    assert ours.metadata == source.metadata
    shown = [cell for cell in source.cells if not explains(cell)]
    for cell, original in zip(ours.cells, shown, strict=True):
        assert (cell.id, cell.metadata) == (original.id, original.metadata)
        if cell.cell_type == "code":
            assert cell.source == original.source
            assert not cell.outputs and cell.execution_count is None


def test_the_words_of_a_link_stay_in_their_sentence(release):
    assert "Seven tasks for lesson 06, and a few sentences of your own: two to predict" in text_of(
        release("06_adam")
    )


# ---- Colab's edition ----------------------------------------------------------------------------


@pytest.fixture
def colab(tmp_path, monkeypatch):
    """Return a function that releases notebooks for Colab and reads them back by path."""
    monkeypatch.chdir(tmp_path)

    def released(*names, **settings):
        lines = [f'{name} = "{value}"' for name, value in settings.items()]
        Path("adam-course.toml").write_text("\n".join(lines), encoding="utf-8")
        assert main(["release", "--for", "colab", *names, "--out", "edition"]) == 0
        return read("edition")

    return released


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The whole edition for Colab, with addresses, by path."""
    folder = tmp_path_factory.mktemp("edition")
    settings = {"site": SITE, "colab": COLAB, "package": "adam-course==0.1.0"}
    releasing.release("colab", [], folder, settings)
    return read(folder)


def read(folder):
    """Return the notebooks in a folder by path."""
    found = sorted(Path(folder).rglob("*.ipynb"))
    return {path.relative_to(folder).as_posix(): nbformat.read(path, 4) for path in found}


def first_code(notebook):
    """Return the first code cell of a notebook."""
    return next(cell for cell in notebook.cells if cell.cell_type == "code")


def test_for_colab_all_keep_their_names_and_code_and_have_no_outputs(whole):
    assert list(whole) == sorted(path.relative_to(ROOT).as_posix() for path in LEARNERS)
    for path, ours in whole.items():
        nbformat.validate(ours)
        brought = first_code(ours)
        assert brought.metadata == {"cellView": "form"}
        assert brought.source.startswith("# @title ")
        assert brought.source.endswith("\n    %pip install -q adam-course==0.1.0")
        code = [one for one in nbformat.read(ROOT / path, 4).cells if one.cell_type == "code"]
        own = [one for one in ours.cells if one.cell_type == "code" and one is not brought]
        assert [(one.id, one.source) for one in own] == [(one.id, one.source) for one in code]
        assert not any(one.outputs or one.execution_count for one in own)


def test_for_colab_links_lead_to_colab_and_to_sections_of_the_site(whole):
    links = {link for one in whole.values() for link in LINK.findall(text_of(one))}
    opened = {link.removeprefix(f"{COLAB}/") for link in links if link.startswith(COLAB)}
    read = {link.removeprefix(f"{SITE}/") for link in links if link.startswith(SITE)}
    assert opened <= set(whole) and len(opened) > 30
    assert len(read) > 40
    for page in read:
        name, _, section = page.partition("#")
        path = ROOT / name.replace(".html", ".ipynb")
        assert path.is_file() or path.with_suffix(".md").is_file()
        if section and path.is_file():
            assert section in map(anchor, headings(path.stem))
        elif section:  # as a page's own headings have them: in small letters
            lines = path.with_suffix(".md").read_text(encoding="utf-8").splitlines()
            found = (anchor(line.lstrip("# ")).lower() for line in lines if line.startswith("#"))
            assert section.lower() in found
    assert all(link.startswith("http") for link in links)


def test_for_colab_what_has_no_address_is_left_out(colab):
    edition = colab("exercises/06_adam", "00_start_here", colab=COLAB)
    exercise = text_of(edition["exercises/06_adam.ipynb"])
    assert f"Take [the five steps]({COLAB}/notebooks/06_adam.ipynb) one by one" in exercise
    start = text_of(edition["notebooks/00_start_here.ipynb"])
    assert "The README " in start and "README.md" not in start


def test_for_colab_without_addresses_links_are_plain_words(colab):
    for notebook in colab("06_adam", "16_claims_on_trial", "00_start_here").values():
        assert not RELATIVE.search(text_of(notebook))


def test_for_colab_an_exercise_is_kept_in_drive(whole):
    for path, notebook in whole.items():
        text = text_of(notebook)
        assert ("*File → Save a copy in Drive*" in text) == path.startswith("exercises/")
        assert "my_" not in text.replace("my_step", "")


@pytest.mark.parametrize("missing", [True, False])
def test_the_first_cell_installs_the_course_only_where_it_is_missing(missing, colab, monkeypatch):
    (notebook,) = colab("00_start_here", package="git+https://example.org/a?b").values()
    said = []
    shell = type("Shell", (), {"run_line_magic": lambda self, *words: said.append(words)})
    if missing:
        monkeypatch.setitem(sys.modules, "adam_course", None)
    exec(TransformerManager().transform_cell(first_code(notebook).source), {"get_ipython": shell})
    assert said == [("pip", "install -q 'git+https://example.org/a?b'")] * missing


def test_what_was_solved_in_colab_is_graded_as_any_other(colab, capsys):
    (notebook,) = colab("exercises/06_adam").values()
    solution = nbformat.read(ROOT / "exercises/solutions/06_adam.ipynb", 4)
    solved = {cell.id: cell.source for cell in solution.cells}
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = solved[cell.id]
    nbformat.write(notebook, "Copy of 06_adam.ipynb")
    assert main(["check", "Copy of 06_adam.ipynb"]) == 0
    assert capsys.readouterr().out.endswith("13 of 13 points.\n")


def test_one_name_brings_a_lesson_and_its_exercise_and_a_path_one_of_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = ("exercises/06_adam.ipynb", "07_bias_correction")
    assert main(["release", "--for", "colab", *names, "--out", "."]) == 0
    assert sorted(path.as_posix() for path in Path().rglob("*.ipynb")) == [
        "exercises/06_adam.ipynb",
        "exercises/07_bias_correction.ipynb",
        "notebooks/07_bias_correction.ipynb",
    ]


# ---- editions for what hands out and takes in ---------------------------------------------------

SETTINGS = {"site": SITE, "colab": COLAB, "package": "adam-course==0.1.0"}
HANDED_OUT = ("moodle", "canvas", "classroom", "gradescope")


@pytest.fixture
def edition(tmp_path):
    """Return a function that releases for a platform and gives the folder."""

    def released(platform, *names, package=SETTINGS["package"], **more):
        settings = SETTINGS | {"package": package}
        releasing.release(platform, names, tmp_path / platform, settings, **more)
        return tmp_path / platform

    return released


@pytest.mark.parametrize("platform", HANDED_OUT)
def test_all_exercises_keep_their_names_and_checks_and_ask_for_no_other_name(platform, edition):
    found = [one for one in edition(platform).rglob("*.ipynb") if one.parent.name != "notebooks"]
    assert sorted(path.stem for path in found) == list(EXERCISES)
    for path in found:
        notebook, ours = nbformat.read(path, 4), nbformat.read(ROOT / "exercises" / path.name, 4)
        text = text_of(notebook)
        assert "my_" not in text.replace("my_step", "") and "**Keep this notebook's name**" in text
        cells = {cell.id: cell for cell in notebook.cells}
        assert all(
            cells[one.id].source == one.source for one in ours.cells if "code" in one.cell_type
        )
        links = LINK.findall(text)
        assert links and all(link.startswith((f"{SITE}/", f"{COLAB}/")) for link in links)


@pytest.mark.parametrize("platform", HANDED_OUT)
def test_the_instructors_page_lists_each_exercise_with_its_points(platform, edition):
    page = (edition(platform, "06", without=["12"]) / "README.md").read_text("utf-8")
    for name, exercise in EXERCISES.items():
        row = f"| {exercise.heading} | `{name}.ipynb` | {exercise.points} | {exercise.by_person} |"
        assert (row in page) == (exercise.number != "12")


@pytest.mark.parametrize("platform", EDITIONS)
def test_what_a_class_leaves_out_is_not_written_and_nothing_leads_there_in_colab(platform, edition):
    folder = edition(platform, without=["12"])
    assert not [path for path in folder.rglob("*") if path.name.startswith("12_")]
    texts = [text_of(nbformat.read(path, 4)) for path in folder.rglob("*.ipynb")]
    assert len(texts) >= len(EXERCISES) - 1
    assert not [text for text in texts if f"{COLAB}/notebooks/12_" in text]


@pytest.mark.parametrize("platform", ["classroom", "gradescope"])
def test_a_number_names_an_exercise_and_the_second_time_nothing_is_new(platform, edition, tmp_path):
    folder = edition(platform, "06")
    assert [path.name for path in folder.iterdir() if path.is_dir()] == ["06_adam"]
    assert releasing.release(platform, ["06"], folder, SETTINGS) == ([], [])


OWN = {"adam-step": 6, "standstill": 1, "first-step": 0.5}


@pytest.mark.parametrize("platform", EDITIONS)
def test_own_points_stand_in_the_text_and_in_nbgraders_marks(platform, edition):
    found = edition(platform, "06", points=OWN).rglob("06_adam.ipynb")
    (path,) = [one for one in found if one.parent.name != "notebooks"]
    notebook = nbformat.read(path, 4)
    cells = {cell.id: cell for cell in notebook.cells}
    assert "*Write it, 6 points.* Take" in cells["task-1"].source
    assert "*A stretch, 1 point.* Every" in cells["task-standstill"].source
    assert "*To begin, 0.5 points.* One" in cells["task-3"].source
    assert "*Write it, 2 points.* A step" in cells["task-2"].source
    assert "15.5 points from the checks and two points" in cells["title"].source
    marks = {
        one.metadata.nbgrader.grade_id: one.metadata.nbgrader.points
        for one in notebook.cells
        if one.metadata.get("nbgrader", {}).get("grade")
    }
    tasks = {
        f"check-{one.name}": OWN.get(one.name, one.points) for one in EXERCISES["06_adam"].tasks
    }
    assert marks == tasks | {"own-words": 2}


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda exercise: exercise.name)
def test_own_points_for_every_task_reach_every_text(exercise, edition):
    own = {task.name: 7 for task in exercise.tasks}
    (path,) = edition("nbgrader", exercise.name, points=own).rglob("*.ipynb")
    text = text_of(nbformat.read(path, 4))
    assert f"{7 * len(own)} points" in text.split("##")[0]
    assert text.count(", 7 points.*") == (0 if exercise.number == "16" else len(own))


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda exercise: exercise.name)
def test_own_points_of_what_a_person_marks_reach_text_and_marks(exercise, edition):
    parts = parts_of(exercise.name)
    own = {f"{exercise.name}.{part.name}": 4.5 for part in parts}
    (path,) = edition("nbgrader", exercise.name, points=own).rglob("*.ipynb")
    notebook = nbformat.read(path, 4)
    title = notebook.cells[0].source
    assert f"{4.5 * len(parts):g} points" in title and "class's own" in title
    assert text_of(notebook).count(", 4.5 points from your instructor.*") == (len(parts) == 1)
    marks = {
        one.metadata.nbgrader.grade_id: one.metadata.nbgrader.points
        for one in notebook.cells
        if one.metadata.get("nbgrader", {}).get("grade")
    }
    assert [marks[part.name] for part in parts] == [4.5] * len(parts)
    assert sum(marks.values()) == exercise.points + 4.5 * len(parts)


def test_points_that_are_none_are_one_sentence(tmp_path, said):
    policy = Path("policy.toml")
    for line, words in {
        "adam-step = -1": "policy.toml, line 2: adam-step: -1 is no number from 0 on.",
        "adam-stepp = 1": "line 2: adam-stepp: there is no such task; did you mean adam-step",
        "adam-step": "policy.toml cannot be read as TOML",
    }.items():
        policy.write_text(f"[points]\n{line}\n", encoding="utf-8")
        code, output = said("06_adam", "--policy", "policy.toml")
        assert (code, output.count("\n")) == (2, 1) and words in output
    policy.write_text(
        '[points]\nadam-step = 6\n[drop]\ntasks = ["adam-loop"]\n[late]\nfree_days = 3\n', "utf-8"
    )
    assert said("06_adam", "--policy", "policy.toml")[0] == 0
    text = text_of(nbformat.read("source/06_adam/06_adam.ipynb", 4))
    assert "*Write it, 6 points.*" in text and "*Write it, no points.*" in text
    assert "13 points from the checks" in text  # two more and two fewer


# ---- GitHub Classroom's repository --------------------------------------------------------------


def test_the_workflow_of_a_repository_reads_only_and_checks_its_exercise(edition):
    repository = edition("classroom", "06") / "06_adam"
    workflow = yaml.safe_load((repository / ".github/workflows/check.yml").read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    assert all("@" in step["uses"] for step in job["steps"] if "uses" in step)
    *_, install, check = (step["run"] for step in job["steps"] if "run" in step)
    assert install.endswith("--requirement requirements.txt")
    assert (repository / "requirements.txt").read_text() == "adam-course==0.1.0\n"
    words = shlex.split(check.replace("$EXERCISE", workflow["env"]["EXERCISE"]))
    done = subprocess.run(
        [sys.executable, *words[1:]],
        cwd=repository,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 1 and done.stdout.endswith("0 of 13 points.\n"), done.stderr


def test_a_wheel_on_this_machine_goes_along(edition, tmp_path):
    wheel = tmp_path / "adam_course-9-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    repository = edition("classroom", "06", package=str(wheel)) / "06_adam"
    (line,) = (repository / "requirements.txt").read_text().splitlines()
    assert (repository / line).read_bytes() == b"a wheel"
    address = edition("gradescope", "06", package="https://example.org/a.whl") / "06_adam"
    with zipfile.ZipFile(address / "autograder.zip") as archive:
        assert archive.read("requirements.txt") == b"adam-course @ https://example.org/a.whl\n"


# ---- Gradescope's autograder --------------------------------------------------------------------


@pytest.fixture
def harness(edition, tmp_path):
    """Return a function that does with a submission what Gradescope documents.

    The zip lies unpacked in `source`, the submission in `submission`, and `results.json` is read.
    The environment that setup.sh would make is this one.
    """

    def graded(submission, points=None):
        root = tmp_path / "autograder"
        with zipfile.ZipFile(
            edition("gradescope", "06", points=points) / "06_adam/autograder.zip"
        ) as archive:
            archive.extractall(root / "source")
            modes = {one.filename: one.external_attr >> 16 for one in archive.infolist()}
        assert modes["run_autograder"] == modes["setup.sh"] == 0o755
        for folder in ("submission", "results", "course/bin"):
            (root / folder).mkdir(parents=True)
        for name, data in submission.items():
            (root / "submission" / name).write_bytes(data)
        python = root / "course/bin/python"
        python.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
        (root / "source/run_autograder").rename(root / "run_autograder")
        environment = os.environ | {"AUTOGRADER_ROOT": str(root)}
        run = ["bash", str(root / "run_autograder")]
        done = subprocess.run(run, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads((root / "results/results.json").read_text("utf-8"))

    return graded


SOLVED = (ROOT / "exercises/solutions/06_adam.ipynb").read_bytes()
bash = pytest.mark.skipif(os.name == "nt", reason="Gradescope's machines have bash")


@bash
def test_in_gradescopes_folders_a_submission_has_its_score(harness):
    found = harness({"any name.ipynb": SOLVED})
    assert found["score"] == 13
    tasks = EXERCISES["06_adam"].tasks
    assert [test["max_score"] for test in found["tests"]] == [task.points for task in tasks]
    assert {test["status"] for test in found["tests"]} == {"passed"}


@bash
def test_in_gradescopes_folders_own_points_count(harness):
    blank = nbformat.reads(SOLVED, 4)
    for cell in blank.cells:
        if cell.id == "adam-loop":
            cell.source = "def adam(grad, theta, steps, **rest):\n    raise NotImplementedError()"
    found = harness({"mine.ipynb": nbformat.writes(blank).encode()}, points=OWN | {"adam-loop": 5})
    assert found["score"] == 0.5 + 6 + 0 + 1 + 3 + 2 + 1
    assert sum(test["max_score"] for test in found["tests"]) == 18.5


def test_two_notebooks_at_gradescope_are_told_in_a_sentence(tmp_path):
    for name in ("a", "b"):
        (tmp_path / "gradescope" / name).mkdir(parents=True)
        (tmp_path / "gradescope" / name / "results.json").write_text("{}")
    found = gradescope.results(tmp_path, {})
    assert found["score"] == 0 and found["output"].startswith("Hand in one notebook")


# ---- the command --------------------------------------------------------------------------------


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    """Return a function that runs `release` in an empty folder: (exit code, what it said)."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        code = main(["release", "--for", "nbgrader", *words, "--out", "source"])
        return code, "".join(capsys.readouterr())

    return run


def test_it_says_what_is_new_and_a_second_time_that_nothing_is(said):
    code, words = said("06_adam", "07_bias_correction")
    assert code == 0
    assert words == (
        "New in source: 06_adam/06_adam.ipynb, 07_bias_correction/07_bias_correction.ipynb.\n"
    )
    assert said("06_adam") == (0, "New in source: nothing.\n")


def test_without_a_name_it_writes_them_all(said):
    code, words = said()
    assert (code, words) == (0, f"New in source: {len(SOLUTIONS)} files.\n")


def test_a_source_that_somebody_has_edited_is_kept_and_named(said):
    said("06_adam")
    mine = Path("source", "06_adam", "06_adam.ipynb")
    mine.write_text(mine.read_text("utf-8").replace("seed=1", "seed=20261121"), "utf-8")
    edited = mine.read_bytes()
    code, words = said("05_rmsprop", "06_adam")
    assert code == 2
    assert words.startswith("New in source: 05_rmsprop/05_rmsprop.ipynb.\nKept as they are, ")
    assert "yours differ from the course's: 06_adam/06_adam.ipynb. To get" in words
    assert mine.read_bytes() == edited


def test_an_exercise_that_is_not_there_is_one_sentence(said):
    code, words = said("06_adam", "17_gone")
    assert code == 2
    assert words.startswith("adam-course: There is no exercise '17_gone': there are 01_gradient")
    assert words.count("\n") == 1
    assert not Path("source").exists()


def test_a_platform_without_an_edition_is_one_sentence(said, capsys):
    assert main(["release", "--for", "blackboard", "06_adam", "--out", "source"]) == 2
    words = capsys.readouterr().err
    assert words == (
        "adam-course: There is no edition for 'blackboard': there is one for nbgrader, moodle, "
        "canvas, colab, classroom and gradescope.\n"
    )


def test_a_site_that_is_no_address_is_one_sentence(said):
    Path("adam-course.toml").write_text('site = "example.org"', "utf-8")
    code, words = said("06_adam")
    assert code == 2
    assert words.startswith("adam-course: adam-course.toml: site is 'example.org'")
    assert not Path("source").exists()


def test_a_folder_that_cannot_be_written_to_is_one_sentence(said):
    Path("source").write_text("mine")
    code, words = said("06_adam")
    assert code == 2
    assert (
        words == "adam-course: source: a file is where a folder is needed. Name another folder.\n"
    )
