"""The path through the course, read from the first cell of each lesson and each exercise."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LESSON = re.compile(r"\*\*You need\*\* (?P<needs>.+?) \*\*Time\*\*\D* (?P<minutes>\d+) minutes")
EXERCISE = re.compile(r"(?P<needs>\w.*?), about (?P<minutes>\d+) minutes", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """What a notebook says of itself. ``needs`` is Markdown, with links from its own folder."""

    path: Path
    title: str
    about: str
    needs: str
    minutes: int


def read(path, line):
    """Return the `Entry` of a notebook; ``line`` finds what one needs and the time it takes.

    Raises:
        ValueError: the first cell has no title, no text below it or no such line.
    """
    text = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    title = re.match(r"# (.+)\n\n(.+)", text)
    found = line.search(text)
    if not title or not found:
        raise ValueError(
            f"{path.name}: the first cell has to begin with a title and a paragraph, and to say "
            "what a reader needs and how many minutes it takes, as the other notebooks do."
        )
    return Entry(path, *title.groups(), found["needs"], int(found["minutes"]))


def lessons(root=ROOT):
    """Return the lessons that there are, in the order of their numbers."""
    return [read(path, LESSON) for path in sorted((root / "notebooks").glob("[0-9]*.ipynb"))]


def exercises(root=ROOT):
    """Return the exercises that there are, in the order of their numbers."""
    return [read(path, EXERCISE) for path in sorted((root / "exercises").glob("[0-9]*.ipynb"))]


def lesson_list(root=ROOT):
    """Return the lessons as Markdown for a page in docs/, with exercises, times and needs."""
    beside = {entry.path.name[:2]: entry.path.name for entry in exercises(root)}
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


def exercise_list(root=ROOT):
    """Return the exercises as Markdown for a page in docs/, with times and solutions."""
    rows = []
    for entry in exercises(root):
        title, name = entry.title.removeprefix("Exercise "), entry.path.name
        rows.append(
            f"- **[{title}](../exercises/{name})**\n\n  {entry.minutes} minutes · "
            f"[lesson](../notebooks/{name}) · [solution](../exercises/solutions/{name})\n"
        )
    return "\n".join(rows)
