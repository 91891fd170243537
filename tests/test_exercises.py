"""The solutions are the only source: the learner's edition follows from them and can be run."""

import importlib
import re
import sys
from pathlib import Path

import lesson_checks
import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from lesson_checks import Lesson
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from adam_course.grading import TASKS, check
from adam_course.grading.sandbox.rules import GONE, SECONDS
from adam_course.tasks import EXERCISES as KNOWN
from adam_course.tasks.edited import source_of

ROOT = Path(__file__).resolve().parent.parent
EXERCISES = ROOT / "exercises"
SOLUTIONS = sorted((EXERCISES / "solutions").glob("*.ipynb"))
EDITIONS = [EXERCISES / path.name for path in SOLUTIONS]

EPS_LAST = re.compile(r"/ np\.sqrt\([^()]*\) \+ eps")

NUMBERS = """none one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen twenty"""

# The rules of lessons that hold for an exercise too.
RULES = [
    "it_is_small",
    "nothing_shows_whose_machine_it_was",
    "cell_ids_are_unique",
    "code_cells_are_short",
    "imports_stay_in_one_small_cell",
    "headings_are_nested",
    "text_cells_can_be_read_at_a_glance",
    "hidden_answers_open",
    "links_lead_somewhere",
    "pictures_are_described",
]
RULES_FOR_OUTPUTS = [
    "counts_run_from_one",
    "no_cell_ends_in_an_error",
    "nothing_is_written_to_stderr",
]

sources = pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
editions = pytest.mark.parametrize("path", EDITIONS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def tool():
    """tools/exercises.py, as a module."""
    sys.path.insert(0, str(ROOT / "tools"))
    yield importlib.import_module("exercises")
    sys.path.remove(str(ROOT / "tools"))


def cells_with(notebook, role):
    """Return the cells of a notebook that play a role in nbgrader."""
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get(role)]


def checks_of(notebook):
    """Return the cells that check an answer; what a person marks is a solution too."""
    return [cell for cell in cells_with(notebook, "grade") if not cell.metadata.nbgrader.solution]


def listing_of(task):
    """Return the source of the listing that a task asks to repair, "" if it has none."""
    wrong = task.misconceptions[0]
    return wrong.wrong.source if wrong.name.startswith("the listing") else ""


def text_of(cell):
    """Return everything that the outputs of a cell say in plain text."""
    return "".join(
        output.text if output.output_type == "stream" else output.data["text/plain"]
        for output in cell.outputs
    )


# ---- what is in the repository ------------------------------------------------------------------


def test_every_task_has_its_place_in_an_exercise():
    checked = []
    for path in SOLUTIONS:
        for cell in checks_of(nbformat.read(path, 4)):
            name = cell.metadata.nbgrader.grade_id.removeprefix("check-")
            task = TASKS[name]
            assert path.stem == task.exercise
            assert cell.metadata.nbgrader.points == task.points
            assert cell.metadata.nbgrader.locked
            assert cell.source.endswith(f'\ncheck("{name}", {task.function})')
            checked.append(name)
    assert checked == list(TASKS)


@sources
def test_the_learners_edition_is_the_one_that_follows_from_the_solution(path, tool):
    expected = nbformat.writes(tool.learners_edition(tool.read(path))) + "\n"
    found = (EXERCISES / path.name).read_bytes().decode()
    assert found == expected, "it has drifted: run `make render`"


@sources
def test_a_solution_says_that_every_check_has_passed(path):
    for cell in checks_of(nbformat.read(path, 4)):
        assert "✓" in text_of(cell)


def test_every_exercise_says_the_same_rules_in_three_lines_at_its_top():
    said = set()
    for path in SOLUTIONS:
        cell = nbformat.read(path, 4).cells[1]
        assert cell.id == "rules"
        said.add(cell.source)
    (rules,) = said
    assert len(re.findall("^- ", rules, re.MULTILINE)) == 3
    assert GONE in rules
    assert "at most ten seconds" in rules and SECONDS == 10


def test_an_exercise_has_as_many_tasks_as_contributors_are_told():
    counts = {exercise.number: len(exercise.tasks) for exercise in KNOWN.values()}
    assert counts.pop("16") == 10 and set(counts.values()) == {7}
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert "has seven tasks, and" in text and "Exercise 16 has ten." in text


def test_exercises_of_seven_begin_small_end_in_a_stretch_and_ask_for_sentences():
    for exercise in KNOWN.values():
        points = [task.points for task in exercise.tasks]
        seven = len(points) == 7
        if seven:
            assert points[0] == 1 < points[1] and points[-1] == 0 and exercise.by_person == 2
        assert 0 not in points[: -1 if seven else None]


@pytest.mark.parametrize(
    "path",
    [path for path in SOLUTIONS if len(KNOWN[path.stem].tasks) >= 7],
    ids=lambda path: path.stem,
)
def test_each_answer_is_explained_and_the_learners_edition_has_no_explanation(path):
    notebook = nbformat.read(path, 4)
    cells = notebook.cells
    why = [cell for cell in cells if "why" in cell.metadata.get("tags", [])]
    answers = [cell.id.removeprefix("check-") for cell in checks_of(notebook)]
    assert [cell.id for cell in why] == [f"why-{name}" for name in answers]
    assert [cells[cells.index(cell) + 1].id for cell in why] == answers
    edition = (EXERCISES / path.name).read_text(encoding="utf-8")
    assert "**Why.**" not in edition and "why-" not in edition


def test_the_misplaced_ε_is_hunted_once_and_the_logarithms_are_asked_for_once():
    kept = [name for name, task in TASKS.items() if EPS_LAST.search(listing_of(task))]
    assert kept == ["suspect-6"]
    exam = (ROOT / "docs" / "instructors" / "exam_questions.md").read_text(encoding="utf-8")
    assert not EPS_LAST.search(exam) and "half-life" not in exam
    asked = [name for name, task in TASKS.items() if "np.log(beta)" in source_of(task.reference)]
    assert asked == ["steps-to-forget"]


def test_every_exercise_has_its_notebook():
    assert [path.stem for path in SOLUTIONS] == list(KNOWN)


@sources
def test_the_notebook_says_what_is_known_of_its_exercise(path):
    exercise, text = KNOWN[path.stem], Lesson(path).cells[0].source
    assert text.startswith(f"# {exercise.heading}\n")
    assert f"about {exercise.minutes} minutes" in text
    for number, what in [
        (len(exercise.tasks), "tasks"),
        (exercise.points, "points"),
        (exercise.by_person, "points"),
    ]:
        assert not number or f"{NUMBERS.split()[number]} {what}" in text.lower()
    by_person = [
        cell.metadata.nbgrader.points
        for cell in cells_with(nbformat.read(path, 4), "grade")
        if cell.metadata.nbgrader.solution
    ]
    assert sum(by_person) == exercise.by_person


@editions
def test_the_learners_edition_gives_nothing_away(path):
    notebook = nbformat.read(path, 4)
    for cell in cells_with(notebook, "solution"):
        stub = "    # YOUR CODE HERE\n    raise NotImplementedError()"
        text = cell.cell_type == "markdown"
        assert cell.source == "YOUR ANSWER HERE" if text else cell.source.endswith(stub)
    for cell in checks_of(notebook):
        assert cell.source.startswith("check(")
        assert len(cell.source.splitlines()) == 1
    assert not any(
        cell.outputs or cell.execution_count for cell in notebook.cells if "outputs" in cell
    )


@pytest.fixture(scope="module")
def shell():
    """IPython's shell, as a kernel has it, but in this process; one for all editions."""
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


@editions
def test_the_learners_edition_runs_from_top_to_bottom_and_nothing_is_attempted(
    path, shell, monkeypatch
):
    monkeypatch.chdir(EXERCISES)
    shell.reset(new_session=False)
    verdicts = {}
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            with capture_output():
                ran = shell.run_cell(cell.source)
            ran.raise_error()
            verdicts[cell.id] = repr(ran.result)
    checks = checks_of(notebook)
    assert checks
    for cell in checks:
        points = cell.metadata.nbgrader.points
        worth = (
            f"0 of {points} point{'s' * (points > 1)}" if points else "A stretch, without points"
        )
        assert verdicts[cell.id].endswith(f"not attempted yet. {worth}.")


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        *((path, rule) for path in SOLUTIONS for rule in RULES + RULES_FOR_OUTPUTS),
        *((path, rule) for path in EDITIONS for rule in RULES),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.parent.name}-{value.stem}",
)
def test_an_exercise_keeps_the_rule(path, rule):
    assert not list(getattr(lesson_checks, rule)(Lesson(path)))


@pytest.mark.parametrize(
    ("exercise", "function", "task"),
    [
        ("01_gradient_descent", "descent_by_coordinate", "repaired-descent"),
        ("02_noisy_gradients", "epochs_with_bugs", "repaired-epochs"),
        ("03_momentum", "nesterov_with_bugs", "repaired-nesterov"),
        ("04_adagrad", "adagrad_with_bugs", "repaired-adagrad"),
        ("05_rmsprop", "rmsprop_with_bugs", "repaired-rmsprop"),
        ("07_bias_correction", "steps_with_bugs", "repaired-steps"),
        ("08_hyperparameters", "range_with_bugs", "good-range"),
        ("09_schedules", "training_with_bugs", "repaired-training"),
        ("10_weight_decay", "adamw_with_bugs", "repaired-adamw"),
        ("11_when_adam_fails", "stable_rate_with_bugs", "stable-rate"),
        ("12_the_family", "amsgrad_with_bugs", "repaired-amsgrad"),
        ("13_real_networks", "report_with_bugs", "repaired-report"),
        ("14_adam_in_the_frameworks", "train_with_bugs", "repaired-loop"),
        ("15_what_adam_costs", "blocks_with_bugs", "repaired-blocks"),
        ("17_a_language_model", "clipping_with_bugs", "repaired-clipping"),
        ("18_after_adam", "muon_with_bugs", "repaired-muon"),
    ],
)
def test_a_listing_to_repair_has_the_bugs_that_its_task_knows(exercise, function, task):
    names = {}
    for cell in nbformat.read(EXERCISES / f"{exercise}.ipynb", 4).cells:
        if cell.id in ("set-up", "model", "optimizer", "listing"):
            exec(cell.source, names)
    verdict = check(task, names[function])
    assert verdict.misconception is TASKS[task].misconceptions[0]
    assert re.search("(both|all) of its bugs", verdict.misconception.name)


def test_no_two_tasks_have_one_name():
    assert len(TASKS) == sum(len(exercise.tasks) for exercise in KNOWN.values())


# ---- the tool -----------------------------------------------------------------------------------


def role(**more):
    """Return the metadata of a cell that nbgrader knows."""
    plain = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
    return {"nbgrader": plain | {"grade_id": "a"} | more}


def source(*cells):
    """Return a notebook with solutions: a text and some code cells (code, metadata)."""
    code = [new_code_cell(text, metadata=metadata) for text, metadata in cells]
    return new_notebook(cells=[new_markdown_cell("# Title"), *code])


ANSWER = """def f(x):
    '''Doc.'''
    ### BEGIN SOLUTION
    y = x

    return y
    ### END SOLUTION"""
CHECK = "### BEGIN HIDDEN TESTS\nassert f(2) == 2\n### END HIDDEN TESTS\nf(1)"


def test_solutions_and_hidden_tests_go_and_the_rest_stays(tool):
    notebook = source((ANSWER, role(solution=True)), (CHECK, role(grade=True)), ("1 + 1", {}))
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="3")]
    edition = tool.learners_edition(notebook)
    assert [cell.source for cell in edition.cells] == [
        "# Title",
        "def f(x):\n    '''Doc.'''\n    # YOUR CODE HERE\n    raise NotImplementedError()",
        "f(1)",
        "1 + 1",
    ]
    assert not edition.cells[1].outputs
    assert edition.cells[1].metadata.deletable is False
    assert edition.cells[2].metadata.editable is False
    assert "editable" not in edition.cells[3].metadata
    assert notebook.cells[1].source == ANSWER


def test_what_a_person_marks_goes_too_and_stays_open_to_edits(tool):
    notebook = source((ANSWER, role(solution=True, grade=True)))
    text = new_markdown_cell("My answer.", metadata=role(solution=True, grade=True))
    notebook.cells.append(text)
    edition = tool.learners_edition(notebook)
    assert edition.cells[1].source.endswith("raise NotImplementedError()")
    assert edition.cells[2].source == "YOUR ANSWER HERE"
    assert not any("editable" in cell.metadata for cell in edition.cells)
    assert not tool.is_begun(edition)
    edition.cells[2].source = "Their answer."
    assert tool.is_begun(edition)


def test_links_move_with_the_notebook(tool):
    notebook = source()
    notebook.cells[0].source = "[Lesson](../../notebooks/a.ipynb#b), [page](https://a.org/../..)"
    text = tool.learners_edition(notebook).cells[0].source
    assert text == "[Lesson](../notebooks/a.ipynb#b), [page](https://a.org/../..)"


def test_several_solutions_in_one_cell_are_stubs_each(tool):
    notebook = source((f"{ANSWER}\n\n{ANSWER}\nf", role(solution=True)))
    stub = "def f(x):\n    '''Doc.'''\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    assert tool.learners_edition(notebook).cells[1].source == f"{stub}\n\n{stub}\nf"


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ((ANSWER, {}), "BEGIN SOLUTION is out of place"),
        ((ANSWER, role(grade=True)), "BEGIN SOLUTION is out of place"),
        ((CHECK, role(solution=True)), "BEGIN HIDDEN TESTS is out of place"),
        ((ANSWER.replace("END", "Ende"), role(solution=True)), "BEGIN SOLUTION is out of place"),
        ((ANSWER.replace("BEGIN", "Begin"), role(solution=True)), "END SOLUTION is out of place"),
        (("def f(x):\n    return x", role(solution=True)), "its solution is not marked"),
    ],
)
def test_a_source_that_would_show_its_solution_is_refused(cell, sentence, tool):
    with pytest.raises(ValueError, match=sentence):
        tool.learners_edition(source(cell))


def test_somebodys_answers_are_never_overwritten(tool, tmp_path):
    solutions = tmp_path / "solutions"
    solutions.mkdir()
    path, target = solutions / "01_small.ipynb", tmp_path / "01_small.ipynb"
    tool.write(source((ANSWER, role(solution=True)), ("1 + 1", {})), path)
    assert tool.generate(path, tmp_path)
    assert not tool.generate(path, tmp_path)

    answered, tried = tool.read(target), tool.read(target)
    answered.cells[1].source = "def f(x):\n    return x"
    tried.cells[2].execution_count = 1
    for begun in (answered, tried):
        tool.write(begun, target)
        before = target.read_bytes()
        with pytest.raises(ValueError, match="holds somebody's answers: save them under another"):
            tool.generate(path, tmp_path)
        assert target.read_bytes() == before


def test_one_bad_source_does_not_stop_the_others(tool, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(tool, "render", lambda path: False)
    monkeypatch.setattr(tool, "EXERCISES", tmp_path)
    bad, good = tmp_path / "s" / "01_bad.ipynb", tmp_path / "s" / "02_good.ipynb"
    bad.parent.mkdir()
    tool.write(source((ANSWER, {})), bad)
    tool.write(source((ANSWER, role(solution=True))), good)
    assert tool.main([str(bad), str(good)]) == 1
    said = capsys.readouterr().out
    assert "NOT WRITTEN: cell " in said
    assert "solution as it was, exercise new" in said
    assert (tmp_path / "02_good.ipynb").exists()
    assert not (tmp_path / "01_bad.ipynb").exists()
