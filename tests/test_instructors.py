"""The instructor's kit: it knows every mistake, its times and points add up, its commands exist."""

import json
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import course_map
import exam
import lesson_checks
import mistakes as mistakes_tool
import pytest
from lesson_checks import Cell, Lesson
from test_docs import broken_links

import make
from adam_course.__main__ import parser
from adam_course.tasks import EXERCISES
from conftest import ROOT

KIT = ROOT / "docs" / "instructors"
PAGES = sorted(KIT.rglob("*.md"))
LESSON_PAGES = sorted((KIT / "lessons").glob("*.md"))
LESSONS = {entry.path.name[:2]: entry for entry in course_map.lessons()}
EXERCISES_BY_NUMBER = {exercise.number: exercise for exercise in EXERCISES.values()}


def text(page):
    return (KIT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(KIT).as_posix())
def test_every_link_of_the_kit_leads_somewhere(page):
    assert not broken_links(page)


# ---- lesson by lesson ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Texts:
    """Cells that a rule for lessons can be asked about."""

    code: list[Cell]
    text: list[Cell]


def prose(source):
    return Cell(0, {"cell_type": "markdown", "source": source})


def unprinted(code, source):
    """Return the numbers of a text that no cell prints or sets, one sentence each."""
    return list(lesson_checks.numbers_in_the_text_are_printed(Texts(code, [prose(source)])))


def mistakes(page):
    """Return the names in italics of the section on what learners get wrong."""
    section = re.split(r"^## .*$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1]
    return re.findall(r"\*([^*\n]+)\*", section.replace("**", ""))


def test_every_lesson_has_a_page_and_the_list_has_every_page():
    assert [page.stem for page in LESSON_PAGES] == list(LESSONS)
    listed = re.findall(r"^- \[(.+)\]\(lessons/(\d\d)\.md\)$", text("lessons.md"), re.MULTILINE)
    assert listed == [(entry.title, number) for number, entry in LESSONS.items()]


@pytest.mark.parametrize("page", LESSON_PAGES, ids=lambda page: page.stem)
def test_a_page_names_every_mistake_of_its_tasks_and_no_other(page):
    exercise = EXERCISES_BY_NUMBER.get(page.stem)
    tasks = exercise.tasks if exercise else ()
    known = {wrong.name for task in tasks for wrong in task.misconceptions}
    named = mistakes(page)
    assert set(named) == known
    assert len(named) == len(known), "a name stands there twice"


def test_the_pages_of_mistakes_in_code_are_those_that_follow_from_the_tasks():
    expected = {f"{one.number}.md": mistakes_tool.page(one) for one in EXERCISES.values()}
    found = {path.name: path.read_text("utf-8") for path in (KIT / "mistakes").iterdir()}
    assert found == expected, "they have drifted: run `make render`"


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda exercise: exercise.name)
def test_each_mistake_in_code_is_a_difference(exercise):
    code = text(f"mistakes/{exercise.number}.md")
    wrong = [one for task in exercise.tasks for one in task.misconceptions]
    changes = re.findall(r"^\*\*(.+)\*\* · .+\n\n```diff\n((?:.*\n)+?)```$", code, re.MULTILINE)
    assert [name for name, _ in changes] == [one.name for one in wrong]
    assert all(re.search(r"^[-+] ", change, re.MULTILINE) for _, change in changes)
    assert f"](../mistakes/{exercise.number}.md)" in text(f"lessons/{exercise.number}.md")


@pytest.mark.parametrize("page", LESSON_PAGES, ids=lambda page: page.stem)
def test_a_page_says_its_lesson_s_title_time_and_points(page):
    entry, exercise = LESSONS[page.stem], EXERCISES_BY_NUMBER.get(page.stem)
    title, opening = page.read_text(encoding="utf-8").split("\n\n")[:2]
    assert title == f"# Teaching {entry.title}"
    assert f"takes {entry.minutes} minutes" in opening
    if exercise:
        assert f"{exercise.minutes} minutes, for {exercise.points} points" in opening


@pytest.mark.parametrize("page", LESSON_PAGES, ids=lambda page: page.stem)
def test_a_page_has_questions_to_discuss_and_a_plan_for_the_board(page):
    _, discuss, board = re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    questions = re.findall(r"^\d\. .*$", discuss, flags=re.MULTILINE)
    assert discuss.startswith("To discuss\n") and len(questions) in (2, 3, 4)
    assert all("*Listen for*" in question for question in questions)
    assert board.startswith("Five minutes at the board\n")
    assert len(re.findall(r"^\d\. ", board, flags=re.MULTILINE)) in (4, 5)


@pytest.mark.parametrize("page", LESSON_PAGES, ids=lambda page: page.stem)
def test_a_number_on_a_page_is_printed_in_its_lesson(page):
    below_the_opening = page.read_text(encoding="utf-8").split("\n\n", 2)[2]
    source = re.sub(r"^>.*", "", below_the_opening, flags=re.MULTILINE)
    assert unprinted(Lesson(LESSONS[page.stem].path).code, source) == []


# ---- the syllabus -------------------------------------------------------------------------------


def blocks(heading):
    """Return (minute, minutes) of each block in the table below a heading of the syllabus."""
    below = text("syllabus.md").split(heading, 1)[1].split("\n#")[0]
    rows = re.findall(r"^\| (\d+) \| (\d+) \| .+ \|$", below, flags=re.MULTILINE)
    return [(int(start), int(takes)) for start, takes in rows]


SESSIONS = re.findall(r"^### Session .*$", text("syllabus.md"), flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("heading", "minutes"),
    [*((session, 90) for session in SESSIONS), ("\n## One afternoon", 240)],
    ids=lambda value: str(value).strip("\n# "),
)
def test_the_blocks_of_a_meeting_fill_its_time(heading, minutes):
    clock = 0
    for start, takes in blocks(heading):
        assert start == clock
        assert takes > 0
        clock += takes
    assert clock == minutes


def test_seven_sessions_take_up_every_lesson_in_order():
    assert len(SESSIONS) == 7
    sessions = text("syllabus.md").split("### Homework")[0]
    taken = dict.fromkeys(re.findall(r"\[[Ll]esson (\d\d)\]", sessions))
    assert list(taken) == [f"{number:02}" for number in range(19)]


def test_homework_has_every_exercise_and_its_minutes_add_up():
    homework = text("syllabus.md").split("### Homework")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\w+) \| (.+) \| (\d+) \|$", homework, flags=re.MULTILINE)
    assert [number for number, *_ in rows] == [*"123456", "later", "7"]
    entries = {f"../../{e.path.relative_to(ROOT).as_posix()}": e for e in course_map.lessons()}
    entries |= {f"../../exercises/{name}.ipynb": e for name, e in EXERCISES.items()}
    links = [(path, int(n)) for path, n in re.findall(r"\]\((.+?)\) \((\d+)\)", homework)]
    assert [(path, entries[path].minutes) for path, _ in links] == links
    assert {path for path, _ in links} >= {path for path in entries if "exercises" in path}
    for _, work, minutes in rows:
        parts = list(map(int, re.findall(r"\) \((\d+)\)", work)))
        assert sum(parts) == int(minutes) <= 180


# ---- the exam -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """A question of the exam: its heading, its text, the answer and the cells that check it."""

    number: int
    lesson: str
    kind: str
    points: int
    text: str
    answer: str
    code: list[Cell]


def read_exam():
    """Return the questions of the exam's notebook."""
    cells = json.loads(exam.EXAM.read_text(encoding="utf-8"))["cells"]
    cells = [Cell(number, cell) for number, cell in enumerate(cells, start=1)]
    asked = [place for place, cell in enumerate(cells) if cell.json["id"].startswith("question-")]
    questions = []
    for place, following in zip(asked, [*asked[1:], len(cells)], strict=True):
        heading, _, words = cells[place].source.partition("\n\n")
        number, lesson, kind, points = re.fullmatch(
            r"## (\d+) · Lesson (\d\d) · (\w+) · (\d+) points", heading
        ).groups()
        answer, *code = cells[place + 1 : following]
        assert all("answer" in cell.json["metadata"]["tags"] for cell in [answer, *code])
        assert not answer.is_code and all(cell.is_code for cell in code)
        questions.append(
            Question(int(number), lesson, kind, int(points), words, answer.source, code)
        )
    return questions


QUESTIONS = read_exam()


def test_the_exam_has_questions_of_all_kinds_and_lessons_and_a_hundred_points():
    assert [question.number for question in QUESTIONS] == list(range(1, 34))
    assert sum(question.points for question in QUESTIONS) == 100
    assert [question.lesson for question in QUESTIONS] == sorted(q.lesson for q in QUESTIONS)
    assert {question.lesson for question in QUESTIONS} == {f"{n:02}" for n in range(1, 19)}
    kinds = [question.kind for question in QUESTIONS]
    assert set(kinds) == {"recall", "compute", "explain", "debug"}
    assert min(map(kinds.count, set(kinds))) >= 5


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question.number))
def test_an_answer_s_numbers_are_printed_by_its_cells(question):
    assert question.answer.startswith(f"**Answer {question.number}.** ")
    known = unprinted([], question.text)  # what the question says may be said again
    new = [s for s in unprinted(question.code, question.answer) if s not in known]
    assert new == []
    assert question.code or question.kind in ("recall", "explain")


def test_a_wrong_number_in_an_answer_is_found():
    question = QUESTIONS[0]
    assert unprinted(question.code, question.answer.replace("0.216", "0.217")) != []


def test_the_exam_s_cells_end_well_and_stay_short():
    notebook = Lesson(exam.EXAM)
    for rule in (
        lesson_checks.counts_run_from_one,
        lesson_checks.no_cell_ends_in_an_error,
        lesson_checks.nothing_is_written_to_stderr,
        lesson_checks.nothing_shows_whose_machine_it_was,
        lesson_checks.cell_ids_are_unique,
        lesson_checks.code_cells_are_short,
        lesson_checks.headings_are_nested,
        lesson_checks.links_lead_somewhere,
    ):
        assert list(rule(notebook)) == []


def test_the_page_of_questions_is_what_the_tool_writes_and_holds_no_answer():
    assert exam.PAGE.read_text(encoding="utf-8") == exam.page(), "run `python tools/exam.py`"
    assert "**Answer" not in exam.page()
    assert all(question.answer not in exam.page() for question in QUESTIONS)


def test_the_papers_have_the_points_and_minutes_that_they_say():
    papers = re.findall(r"Questions (.+?) make .+? (\d+) minutes.*?, of (\d+) points", exam.page())
    assert len(papers) == 2
    for numbers, minutes, points in papers:
        chosen = [int(number) for number in re.findall(r"\d+", numbers)]
        assert sum(QUESTIONS[number - 1].points for number in chosen) == int(points)
        assert 2 * int(points) == int(minutes)


# ---- commands -----------------------------------------------------------------------------------

# Programs that are not ours, with the subcommands that our pages use, if they have any.
OTHERS = {
    "apt-get": {"update", "install"},
    "conda": {"env", "activate"},
    "dask": {"scheduler", "worker"},
    "jupyter": {"lab"},
    "nbgrader": {
        *("quickstart", "generate_assignment", "release_assignment", "collect"),
        *("autograde", "generate_feedback", "export"),
    },
    "pip": {"install"},
    **dict.fromkeys(("cd", "cp", "mkdir"), None),
}
MODULES = {"pip", "venv", "hatchling"}


def commands(source):
    """Return the commands in the fenced blocks of a page that name no language."""
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", source, flags=re.MULTILINE | re.DOTALL)
    lines = [line.strip() for word, block in fences if not word for line in block.splitlines()]
    lines = [line.partition("  #")[0] for line in lines if not line.startswith(("#!", "..."))]
    return [command.strip() for line in lines for command in line.split("&&") if command.strip()]


def wrong_with(command):
    """Return what is wrong with a command, "" if it is one that exists."""
    program, *words = shlex.split(command.replace("\\", "/"))
    program = Path(program).name
    if words[:2] == ["-m", "adam_course"]:
        program, words = "adam-course", words[2:]
    if program == "adam-course":
        try:
            parser().parse_args(words)
        except SystemExit:
            return "its parser refuses it"
        return ""
    if program in ("py", "python", "python3"):
        if words[0] == "-m":
            return "" if words[1] in MODULES else f"no module {words[1]}"
        if words[0] != "make.py":
            return "" if (ROOT / words[0]).is_file() else f"no file {words[0]}"
        program, words = "make", words[1:]
    if program == "make":
        return "" if words[0] in make.COMMANDS else f"no command {words[0]}"
    if program not in OTHERS:
        return f"no program {program}"
    known = OTHERS[program]
    return "" if known is None or words[0] in known else f"no subcommand {words[0]}"


WITH_COMMANDS = [*PAGES, ROOT / "docs" / "grading.md", ROOT / "README.md"]


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_command_on_a_page_exists(page):
    found = {command: wrong_with(command) for command in commands(page.read_text("utf-8"))}
    assert {command: wrong for command, wrong in found.items() if wrong} == {}


def test_commands_are_found_and_a_wrong_one_is_seen():
    assert len(commands(text("running.md"))) > 15
    for command in ("adam-course grad x", "adam-course grade x --outt y", "make lap", "rm x"):
        assert wrong_with(command)
    for command in ("python tools/gone.py", "python -m gone", "python -m adam_course gone"):
        assert wrong_with(command)
    for command in ("dask gone", "nbgrader gone"):
        assert wrong_with(command)


@pytest.mark.live
@pytest.mark.parametrize("subcommand", ["scheduler", "worker"])
def test_dask_has_the_options_that_the_page_uses(subcommand):
    program = Path(sys.executable).with_name("dask")
    said = subprocess.run([program, subcommand, "--help"], capture_output=True, text=True).stdout
    (command,) = [c for c in commands(text("running.md")) if c.startswith(f"dask {subcommand}")]
    used = re.findall(r"--[\w-]+", command)
    assert used and [option for option in used if option not in said] == []
