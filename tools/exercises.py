"""Make the exercises from their solutions: the solutions are the only source.

`python tools/exercises.py` executes every notebook in exercises/solutions and writes the learner's
edition of it to exercises: solutions, hidden tests and outputs are gone, as nbgrader's
`generate_assignment` leaves them. A text that is a solution, or explains one, goes as a whole.
"""

import argparse
import re
import sys
from pathlib import Path

from render import CellFailed, read, render, tidied, write

from adam_course.releasing import explains

EXERCISES = Path(__file__).resolve().parent.parent / "exercises"
SOLUTIONS = EXERCISES / "solutions"

REGION = r"^( *)### BEGIN {0}\n(?:.*\n)*?\1### END {0}(?:\n|$)"
SOLUTION = re.compile(REGION.format("SOLUTION"), re.MULTILINE)
HIDDEN_TESTS = re.compile(REGION.format("HIDDEN TESTS"), re.MULTILINE)
STUB = "raise NotImplementedError()"
TEXT_STUB = "YOUR ANSWER HERE"


def learners_edition(notebook):
    """Return a notebook with solutions as a copy without them, its checks protected from edits.

    Raises:
        ValueError: a region has no end, or stands in a cell that nbgrader does not expect it in.
    """
    notebook = tidied(notebook)
    notebook.cells = [cell for cell in notebook.cells if not explains(cell)]
    for cell in notebook.cells:
        role = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown":  # it moves one folder up, and its links with it
            text = TEXT_STUB if role.get("solution") else cell.source
            cell.source = text.replace("](../../", "](../")
        elif role.get("solution"):
            cell.source = SOLUTION.sub(rf"\1# YOUR CODE HERE\n\1{STUB}\n", cell.source).rstrip("\n")
        if role.get("solution"):
            cell.metadata["deletable"] = False
        elif role.get("grade"):  # a check; what is both, a person marks
            cell.source = HIDDEN_TESTS.sub("", cell.source)
            cell.metadata |= {"deletable": False, "editable": False}
        if found := re.search("(BEGIN|END) (SOLUTION|HIDDEN TESTS)", cell.source):
            raise ValueError(f"cell {cell.id}: {found.group()} is out of place")
        if role.get("solution") and stub(cell) not in cell.source:
            raise ValueError(f"cell {cell.id}: its solution is not marked as one")
    return notebook


def stub(cell):
    """Return what stands in a learner's edition where the solution was."""
    return STUB if cell.cell_type == "code" else TEXT_STUB


def is_begun(exercise):
    """Return whether somebody has worked in a learner's edition: it must not be overwritten."""
    return any(
        cell.get("outputs")
        or cell.get("execution_count")
        or (cell.metadata.get("nbgrader", {}).get("solution") and stub(cell) not in cell.source)
        for cell in exercise.cells
    )


def generate(source, folder):
    """Write the learner's edition of a source to a folder and return whether it has changed.

    Raises:
        ValueError: the file there holds somebody's answers.
    """
    target = folder / source.name
    if target.exists() and is_begun(read(target)):
        raise ValueError(f"{target.name} holds somebody's answers: save them under another name")
    return write(learners_edition(read(source)), target)


def main(arguments=None):
    """Execute the sources, write the learner's editions; return 1 if one of them failed."""
    parser = argparse.ArgumentParser(description="Make the exercises from their solutions.")
    parser.add_argument("sources", nargs="*", type=Path, help="default: all of them")
    failed = 0
    for source in parser.parse_args(arguments).sources or sorted(SOLUTIONS.glob("*.ipynb")):
        try:
            changed = [render(source), generate(source, EXERCISES)]
        except (CellFailed, OSError, ValueError) as sentence:
            failed += 1
            print(f"{source.name:32}NOT WRITTEN: {str(sentence).splitlines()[0]}")
            continue
        words = ["new" if one else "as it was" for one in changed]
        print(f"{source.name:32}solution {words[0]}, exercise {words[1]}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
