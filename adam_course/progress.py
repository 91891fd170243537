"""How far a learner has come in the lessons: what was run, predicted and recalled."""

import json
from dataclasses import dataclass

from adam_course import answers, questions

BANKS = (questions.PREDICT, questions.RECALL)


@dataclass(frozen=True)
class Lesson:
    """What a learner has done in one lesson.

    Args:
        name: as "01_gradient_descent".
        run, cells: code cells that were run and saved, of how many.
        made, right, asked: predictions made, those of them that were right, and all of the lesson.
        recalled, known: questions of the lesson that came back, and those of them that were
            right the last time.
    """

    name: str
    run: int
    cells: int
    made: int
    right: int
    asked: int
    recalled: int
    known: int


def lessons(home):
    """Return the Lessons of a learner's folder, in their order; a damaged notebook is left out."""
    last = {entry["name"]: entry["right"] for entry in answers.read(home)}
    found = []
    for path in sorted((home / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        if not (counts := _run(path)) or "." in path.stem:  # NAME.new is no lesson of its own
            continue
        predict, recall = (bank.get(int(path.name[:2]), ()) for bank in BANKS)
        made, right = _answered(predict, last)
        recalled, known = _answered(recall, last)
        found.append(Lesson(path.stem, *counts, made, right, len(predict), recalled, known))
    return found


def coming_back(home):
    """Return the questions that were answered wrong the last time, in the order they come back."""
    entries = answers.read(home)
    wrong = {entry["name"]: entry["right"] is False for entry in entries}
    pool = {question.name: question for question in questions.pool(max(questions.RECALL) + 1)}
    return [pool[name] for name in answers.due(pool, entries) if wrong.get(name)]


def _run(path):
    """Return how many code cells of a notebook were run, and how many there are; () if damaged."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code" and any(cell["source"])]
        return sum(cell.get("execution_count") is not None for cell in code), len(code)
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _answered(asked, last):
    """Return how many of some questions were answered, and how many of them right."""
    given = [last.get(question.name) for question in asked]
    return sum(right is not None for right in given), sum(right is True for right in given)
