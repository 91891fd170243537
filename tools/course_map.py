"""The path through the course: lessons, read from their first cells, and exercises."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from adam_course.tasks import EXERCISES

ROOT = Path(__file__).resolve().parent.parent
LESSON = re.compile(r"\*\*You need\*\* (?P<needs>.+?) \*\*Time\*\*\D* (?P<minutes>\d+) minutes")


@dataclass(frozen=True)
class Entry:
    """What a lesson says of itself. ``needs`` is Markdown, with links from its own folder."""

    path: Path
    title: str
    about: str
    needs: str
    minutes: int


def read(path):
    """Return the `Entry` of a lesson.

    Raises:
        ValueError: the first cell has no title, no text below it or no such line.
    """
    text = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    title = re.match(r"# (.+)\n\n(.+)", text)
    found = LESSON.search(text)
    if not title or not found:
        raise ValueError(
            f"{path.name}: the first cell has to begin with a title and a paragraph, and to say "
            "what a reader needs and how many minutes it takes, as the other lessons do."
        )
    return Entry(path, *title.groups(), found["needs"], int(found["minutes"]))


def lessons(root=ROOT):
    """Return the lessons that there are, in the order of their numbers."""
    return [read(path) for path in sorted((root / "notebooks").glob("[0-9]*.ipynb"))]


def lesson_list(root=ROOT):
    """Return the lessons as Markdown for a page in docs/, with exercises, times and needs."""
    beside = {exercise.number: f"{exercise.name}.ipynb" for exercise in EXERCISES.values()}
    rows = []
    for entry in lessons(root):
        needs = re.sub(r"\]\((?!\w+:)", "](../notebooks/", entry.needs)
        extra = f"{entry.minutes} minutes"
        if exercise := beside.get(entry.path.name[:2]):
            extra += f" · [exercise](../exercises/{exercise})"
        rows.append(
            f"- **[{entry.title}](../notebooks/{entry.path.name})**\\\n"
            f"  {entry.about}\n\n  {extra} · You need {needs}\n"
        )
    return "\n".join(rows)


def exercise_list():
    """Return the exercises as Markdown for a page in docs/, with times and solutions."""
    rows = []
    for exercise in EXERCISES.values():
        title, name = exercise.heading.removeprefix("Exercise "), f"{exercise.name}.ipynb"
        rows.append(
            f"- **[{title}](../exercises/{name})**\n\n  {exercise.minutes} minutes · "
            f"[lesson](../notebooks/{name}) · [solution](../exercises/solutions/{name})\n"
        )
    return "\n".join(rows)
