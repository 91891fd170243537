"""Write an exercise as the platform of a class needs it, from its solution.

A platform has one function here, which `EDITIONS` names: from an exercise and the address of the
website to the files of the edition, the bytes of each by its path.
"""

import json
import posixpath
import re

from adam_course.configuration import anchor
from adam_course.copying import LINK, course, place

SOLUTIONS = "exercises/solutions"
# Who hands in by file name must keep the name: what asks for another one goes.
RENAMING = re.compile(r"\*\*First, make this notebook yours:\*\*.*? can touch your work\. ?")


def release(platform, exercises, folder, site=""):
    """Write the edition of some exercises for a platform; what exists there is kept as it is.

    Args:
        platform: one of `EDITIONS`.
        exercises: names, as "06_adam".
        folder: where to write; made if it is not there.
        site: the address of the course's website; without one, links become plain words.

    Returns:
        (new, kept): the paths of the files that were written, and of those that were there
        already and differ from the course's.

    Raises:
        ValueError: there is no such platform or exercise.
        OSError: the folder cannot be written to.
    """
    if platform not in EDITIONS:
        raise ValueError(
            f"There is no edition for {platform!r}: there is one for {', '.join(EDITIONS)}."
        )
    files = {}
    for exercise in exercises:
        files |= EDITIONS[platform](exercise, site)
    return place(files, folder)


def for_nbgrader(exercise, site):
    """Return what nbgrader's `source` folder holds of an exercise: a solution, without outputs."""
    notebook = solution(exercise)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        else:
            text = RENAMING.sub("", "".join(cell["source"]))
            cell["source"] = addressed(text, site).strip().splitlines(keepends=True)
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    return {f"{exercise}/{exercise}.ipynb": text.encode()}


EDITIONS = {"nbgrader": for_nbgrader}


def solution(exercise):
    """Return the notebook with an exercise's solution.

    Raises:
        ValueError: there is no exercise of that name.
    """
    paths = {path.stem: path for path in sorted((course() / SOLUTIONS).glob("[0-9]*.ipynb"))}
    if exercise not in paths:
        raise ValueError(f"There is no exercise {exercise!r}: there are {', '.join(paths)}.")
    return json.loads(paths[exercise].read_text(encoding="utf-8"))


def addressed(text, site):
    """Return a text of a solution whose links lead to the website; without one, as plain words."""

    def moved(link):
        words, target, section = link.groups()
        page = posixpath.splitext(posixpath.normpath(posixpath.join(SOLUTIONS, target)))[0]
        return f"[{words}]({site}/{page}.html{f'#{anchor(section)}' if section else ''})"

    return LINK.sub(moved if site else r"\1", text)
