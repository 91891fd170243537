"""Make the notebooks of a class that does not exist, so that an instructor can try out grading."""

import json
import random

from adam_course.copying import course, edition, place
from adam_course.tasks import EXERCISES
from adam_course.tasks.edited import Edited

LEARNERS = (
    *("ada", "ben", "carla", "dmitri", "emeka", "fatima"),
    *("goran", "hana", "ines", "jonas", "keiko", "luis"),
)


def example(folder, exercise="06_adam"):
    """Write a notebook for each of twelve learners, the same each time; what is there is kept.

    The first one has solved everything and the last one nothing. Of the others' answers, some are
    right, some are mistakes that the grader knows, and some are left open.

    Args:
        folder: where to write; made if it is not there.
        exercise: as "06_adam".

    Returns:
        (new, kept): the paths of the files that were written, and of those that were there
        already and differ.

    Raises:
        ValueError: there is no such exercise.
        OSError: the folder cannot be written to.
    """
    if exercise not in EXERCISES:
        raise ValueError(f"There is no exercise {exercise!r}: there are {', '.join(EXERCISES)}.")
    path = f"exercises/{exercise}.ipynb"
    blank = json.loads(edition(solutions=False)[path])
    solved = json.loads((course() / "exercises" / "solutions" / f"{exercise}.ipynb").read_bytes())
    right = {cell["id"]: "".join(cell["source"]) for cell in solved["cells"]}
    files = {}
    for learner in LEARNERS:
        answers = handed_in(learner, EXERCISES[exercise], right)
        cells = [
            cell | {"source": answers.get(cell["id"], cell["source"])} for cell in blank["cells"]
        ]
        data = json.dumps(blank | {"cells": cells}, indent=1, ensure_ascii=False).encode()
        files[f"{learner}/{exercise}.ipynb"] = data
    return place(files, folder)


def handed_in(learner, exercise, right):
    """Return what a learner has written into the cells of an exercise, by their ids."""
    draw, answers = random.Random(learner), {}
    for task in exercise.tasks:
        fate = draw.random()
        mistakes = [
            one.wrong
            for one in task.misconceptions
            if isinstance(one.wrong, Edited) and not one.wrong.others
        ]
        if learner == LEARNERS[0] or (fate < 0.6 and learner != LEARNERS[-1]):
            answers[task.name] = right[task.name]
        elif fate < 0.9 and mistakes and learner != LEARNERS[-1]:
            mistake = draw.choice(mistakes)
            name = f"def {mistake.reference.__name__}("
            answers[task.name] = mistake.source.replace(name, f"def {task.function}(", 1)
    return answers
