"""Write docs/instructors/mistakes: each mistake that the grader knows, as a change of the solution.

    python tools/mistakes.py

One page an exercise. They follow from the tasks (adam_course/tasks), so nobody edits them by hand.
"""

from pathlib import Path

from adam_course.tasks import EXERCISES
from adam_course.tasks.edited import Edited, source_of

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "instructors" / "mistakes"


def page(exercise):
    """Return the page of an exercise, as Markdown."""
    parts = [
        f"# Mistakes in {exercise.heading}",
        f"What [the page on the lesson](../lessons/{exercise.number}.md) tells in words, in code: "
        "a task's solution as the grader has it, then each mistake that it knows, as the change "
        "that makes it, and what the learner is told. Made by `make render`.",
    ]
    for number, task in enumerate(exercise.tasks, start=1):
        parts += [f"## {number}. {task.title}", fenced("python", source_of(task.reference))]
        for one in task.misconceptions:
            parts += [f"**{one.name}** · {one.hint}", change(one.wrong)]
    return "\n\n".join(parts) + "\n"


def change(wrong):
    """Return what makes a wrong answer wrong, as a block of code."""
    if isinstance(wrong, Edited):
        return fenced("diff", "\n".join(line.rstrip() for line in wrong.diff()))
    return fenced("python", source_of(wrong))


def fenced(language, code):
    """Return a block of code."""
    return f"```{language}\n{code.rstrip()}\n```"


def main():
    """Write all pages, and remove those of exercises that are no more."""
    FOLDER.mkdir(exist_ok=True)
    pages = {FOLDER / f"{one.number}.md": page(one) for one in EXERCISES.values()}
    for path in set(FOLDER.glob("*.md")) - set(pages):
        path.unlink()
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
