"""The questions of the lessons, a file each, named like its notebook.

A lesson asks the reader to predict before it shows, and each later lesson asks again what earlier
ones taught.
"""

import difflib
import pkgutil
from importlib import import_module
from itertools import chain, zip_longest

from adam_course.questions.question import Choice, Number, Question, Ranking

__all__ = ["PREDICT", "RECALL", "Choice", "Number", "Question", "Ranking", "named", "pool"]

_MODULES = {
    int(name[1:3]): import_module(f"{__name__}.{name}")
    for _, name, _ in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name)
    if name[1:3].isdigit()
}
#: Number of a lesson → what it asks the reader to predict, in its order.
PREDICT = {number: module.PREDICT for number, module in _MODULES.items()}
#: Number of a lesson → what later lessons ask about it.
RECALL = {number: module.RECALL for number, module in _MODULES.items()}


def named(name):
    """Return the prediction of a name.

    Raises:
        ValueError: there is none.
    """
    known = {question.name: question for question in chain(*PREDICT.values())}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.4)
    what = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(map(repr, known))}."
    raise ValueError(f"There is no prediction {name!r}: {what}")


def pool(lesson):
    """Return the questions on the lessons before one, mixed: one on each, the latest first.

    Each lesson begins elsewhere in them, so that not all lessons ask the same.
    """
    earlier = []
    for number in sorted(RECALL, reverse=True):
        if number < lesson:
            start = 2 * (lesson - 1 - number) % len(RECALL[number])
            earlier.append(RECALL[number][start:] + RECALL[number][:start])
    return [question for one in zip_longest(*earlier) for question in one if question]
