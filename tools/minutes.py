"""How long each lesson takes: `python tools/minutes.py` prints a table of what it counts.

A minute for 180 words of text, 15 seconds for a line of code, a minute for a prediction, a minute
and a half for the three questions that open a lesson, two minutes for an explorer; in all, to the
nearest five minutes. What is folded is extra: it is listed, and takes no time. `--write 03` writes
the minutes of lesson 03 to the places that state them.
"""

import argparse
import ast
import json
import re
import sys
from dataclasses import dataclass

from course_map import lessons, read

NUMBER = r"(?P<minutes>\d+)"
WORDS_A_MINUTE = 180
SECONDS = {"code lines": 15, "predictions": 60, "recalls": 90, "explorers": 120}
#: What one line of code may be long and how many cells a lesson may have.
WIDEST, FEWEST_CELLS, MOST_CELLS = 76, 25, 40


@dataclass(frozen=True)
class Measure:
    """What a lesson holds; ``stated`` is the time that its first cell names."""

    lesson: str
    cells: int
    words: int
    folded: int
    code_lines: int
    longest: int
    predictions: int
    recalls: int
    explorers: int
    stated: int

    @property
    def minutes(self):
        """Its time, to the nearest five minutes and at least five."""
        counts = {name: getattr(self, name.replace(" ", "_")) for name in SECONDS}
        seconds = sum(SECONDS[name] * count for name, count in counts.items())
        return max(5, 5 * round((self.words / WORDS_A_MINUTE + seconds / 60) / 5))


def measure(lesson):
    """Return the `Measure` of a notebook."""
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    codes = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    folds = [fold for text in texts for fold in FOLD.findall(text)]
    lines = [line for code in codes for line in lines_to_read(code)]
    asked = [kind for code in codes for kind, _ in calls(code)]
    return Measure(
        lesson=lesson.name[:2],
        cells=len(cells),
        words=sum(words(FOLD.sub("", text)) for text in texts),
        folded=sum(map(words, folds)),
        code_lines=len(lines),
        longest=max((len(line) for code in codes for line in code.splitlines()), default=0),
        predictions=asked.count("predict"),
        recalls=asked.count("recall"),
        explorers=asked.count("explorers"),
        stated=read(lesson).minutes,
    )


FOLD = re.compile(r"<details.*?</details>", re.DOTALL)


def words(text):
    """Return how many words a text has; a formula has as many as it has parts with a letter."""
    text = re.sub(r"(?<=\])\([^)\s]*\)|<[^>]+>", " ", text)
    return sum(bool(re.search(r"\w", word)) for word in text.split())


def calls(code):
    """Return (kind, line numbers) of each prediction, recall and explorer in a cell."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            *_, before, name = ["", *ast.unparse(node.func).split(".")]
            kind = "explorers" if before == "explorers" else name
            if kind in ("predict", "recall", "explorers"):
                found.append((kind, range(node.lineno, node.end_lineno + 1)))
    return found


def lines_to_read(code):
    """Return the lines of a cell without empty ones, comments, and those of a question."""
    asked = {number for _, numbers in calls(code) for number in numbers}
    lines = enumerate(code.splitlines(), start=1)
    return [line for n, line in lines if n not in asked and re.match(r"\s*[^#\s]", line)]


def places(lesson):
    """Return the files that state a lesson's time, each with a pattern."""
    name, number = re.escape(lesson.name), lesson.name[:2]
    first = next(lesson.parent.glob("00_*.ipynb"))
    root = lesson.parent.parent
    return [
        (lesson, rf"\*\*Time\*\*\D* {NUMBER} minutes"),
        (first, rf"\| \[?{number} [^|]*\|[^|]*\| {NUMBER} \|"),
        (root / "README.md", rf"\]\(notebooks/{name}\) \| {NUMBER} min \|"),
        (root / "docs" / "instructors" / "lessons" / f"{number}.md", rf"takes {NUMBER} minutes"),
    ]


def write(lesson):
    """Write the minutes of a lesson to the places that state them, or to none of them."""
    minutes, new = str(measure(lesson).minutes), {}
    for path, pattern in places(lesson):
        text = new.get(path) or path.read_text(encoding="utf-8")
        found = re.search(pattern, text)
        if not found:
            sys.exit(f"{path.name} does not state the minutes of lesson {lesson.name[:2]}.")
        new[path] = text[: found.start("minutes")] + minutes + text[found.end("minutes") :]
    for path, text in new.items():
        path.write_text(text, encoding="utf-8", newline="\n")


def table():
    """Return the table of all lessons."""
    head = ["lesson", "cells", "words", "folded", "code lines", "longest", "predictions"]
    head += ["explorers", "minutes", "stated"]
    rows = [head]
    for one in map(measure, (entry.path for entry in lessons())):
        rows.append([getattr(one, name.replace(" ", "_")) for name in head])
    return "\n".join("  ".join(str(x).rjust(11) for x in row) for row in rows)


def main():
    """Print the table, or write the minutes of the lessons that are named."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--write", nargs="+", metavar="03", default=[], help="lessons to write")
    paths = {entry.path.name[:2]: entry.path for entry in lessons()}
    for number in options.parse_args().write:
        if number not in paths:
            options.error(f"there is no lesson {number!r}; write two digits")
        write(paths[number])
    print(table())


if __name__ == "__main__":
    main()
