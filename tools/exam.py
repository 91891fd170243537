"""Write docs/instructors/exam_questions.md: the exam without its answers.

    python tools/exam.py

The source is docs/instructors/exam.ipynb. A cell with the tag "answer" stays there, all others go
into the page as they are.
"""

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "instructors"
EXAM, PAGE = FOLDER / "exam.ipynb", FOLDER / "exam_questions.md"

HEAD = """\
# Exam questions

Thirty questions, one hundred points. A heading says the lesson, what is asked for and the points;
count two minutes a point. A calculator is allowed, notes are not. The answers, with points for each
part, are in the repository's notebook `docs/instructors/exam.ipynb`, which works out their numbers.

Questions and answers are public. Before an exam that counts, change the numbers in the notebook,
run it, and let `python tools/exam.py` write this page again.
"""


def questions():
    """Return the source of each cell of the exam that is not part of an answer."""
    cells = json.loads(EXAM.read_text(encoding="utf-8"))["cells"]
    shown = [cell for cell in cells if "answer" not in cell["metadata"].get("tags", [])]
    return ["".join(cell["source"]) for cell in shown]


def page():
    """Return the whole page, as Markdown."""
    return "\n".join([HEAD, *(f"{source}\n" for source in questions())])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(f"{PAGE.name} is new.")
