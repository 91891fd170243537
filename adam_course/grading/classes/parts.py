"""What a person marks of an exercise: its question, the rubric, an answer that has all points."""

import json
import re
from dataclasses import dataclass
from functools import cache

from adam_course.copying import course
from adam_course.tasks import EXERCISES

EMPTY = re.compile(r"\s*(YOUR ANSWER HERE)?\s*")
#: How the lesson pages of the instructor's kit begin what earns the points of a few sentences.
RUBRIC = re.compile(
    r"^\*\*In their own words: two points, which you give\.\*\* (.+)$", re.MULTILINE
)


@dataclass(frozen=True)
class Part:
    """A cell that a person marks.

    Attributes:
        name: of the cell, as nbgrader has it: "own-words", "experiment-claim".
        title: its heading.
        points: the most that it can have.
        question: the text below the heading.
        rubric: what earns the points, a line for each step or one text.
        sample: the answer of the worked solution.
        given: what the cell holds before anybody has written in it.
        heading: the line of its heading.
    """

    name: str
    title: str
    points: int
    question: str
    rubric: tuple[str, ...]
    sample: str
    given: str
    heading: str

    @property
    def code(self):
        """Whether the answer is code."""
        return self.given.startswith("def ")

    def untouched(self, text):
        """Return whether an answer is empty, or as it was handed out."""
        return bool(EMPTY.fullmatch(text)) or "".join(text.split()) == "".join(self.given.split())


def cells(path):
    """Return the cells of one of the course's own notebooks, their text in one piece."""
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell | {"source": "".join(cell["source"])} for cell in found]


@cache
def parts_of(exercise):
    """Return the Parts of an exercise that a person marks, none if there are none."""
    if exercise not in EXERCISES or not EXERCISES[exercise].by_person:
        return ()
    folder = course()
    sheet = cells(folder / "exercises" / f"{exercise}.ipynb")
    solution = cells(folder / "exercises" / "solutions" / f"{exercise}.ipynb")
    samples = {cell["id"]: cell["source"] for cell in solution}
    page = folder / "docs" / "instructors" / "lessons" / f"{exercise[:2]}.md"
    said = RUBRIC.search(page.read_text(encoding="utf-8")) if page.is_file() else None
    table = rows(sheet)
    found, above = [], ""
    for cell in sheet:
        own = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "markdown" and cell["source"].startswith("#"):
            above = cell["source"]
        if not (own.get("grade") and own.get("solution")):
            continue
        heading, _, question = above.strip().partition("\n")
        title = heading.lstrip("# ")
        rubric = table.get(title.lower()) or ((said[1],) if said else ())
        points = own["points"]
        sample = samples.get(cell["id"], "")
        given = cell["source"]
        name = own["grade_id"]
        found.append(Part(name, title, points, question.strip(), rubric, sample, given, heading))
    return tuple(found)


@cache
def given(exercise):
    """Return name → text of an exercise's cells as they are handed out, of a part its question."""
    if exercise not in EXERCISES:
        return {}
    sheet = cells(course() / "exercises" / f"{exercise}.ipynb")
    found = {cell["id"]: cell["source"] for cell in sheet}
    return found | {part.name: f"{part.question} {part.given}" for part in parts_of(exercise)}


def rows(sheet):
    """Return title → what one point asks for, what two and what three, from a notebook's table."""
    lines = [line for cell in sheet for line in cell["source"].splitlines() if line[:2] == "| "]
    found = [[one.strip() for one in line.strip("| ").split(" | ")] for line in lines]
    return {name: tuple(steps) for name, *steps in found if len(steps) > 1}


def places(exercise):
    """Return (part → the line of its heading, names of all cells) of an exercise."""
    parts = parts_of(exercise)
    if not parts:
        return {}, []
    sheet = cells(course() / "exercises" / f"{exercise}.ipynb")
    names = [cell["metadata"].get("nbgrader", {}).get("grade_id", cell["id"]) for cell in sheet]
    return {part.name: part.heading for part in parts}, names
