"""Is the code on the screen the code that was judged? What the notebook's cells have run tells.

A learner mends a cell, runs it, meets a syntax error, and checks: judged is the function of before.
Or a copy further down, run later, has taken the function's name. IPython tells us of every cell.
"""

import inspect
import re
import sys
from dataclasses import dataclass
from functools import cache

ran = {}  # the cell, by its id where the frontend tells it → the last Run of it


@dataclass(frozen=True)
class Run:
    """One run of a cell: its source, its number as in [3], and how it ended.

    ``broken`` is a syntax error in a phrase, "" if the cell could be run; ``stopped`` is the type
    of the error that ended it, "" if it ran to its end. Some frontends do not tell which cell it
    is: ``has_id`` is False then.
    """

    source: str
    number: int
    broken: str
    stopped: str
    has_id: bool


def shell():
    """Return the IPython in which this runs, None if there is none."""
    ipython = sys.modules.get("IPython")
    return ipython and ipython.get_ipython()


@cache
def look_on():
    """Begin to keep what cells are run, where there are cells."""
    if here := shell():
        here.events.register("post_run_cell", keep)


def keep(result):
    """Keep the run of a cell; IPython calls this after each."""
    error = result.error_before_exec
    broken = f"line {error.lineno}: {error.msg}" if isinstance(error, SyntaxError) else ""
    if error and not broken:
        broken = "it could not be run"
    stopped = type(result.error_in_exec).__name__ if result.error_in_exec else ""
    cell = getattr(result.info, "cell_id", None)
    key = cell or ("without an id", len(ran))
    ran.pop(key, None)  # so that the last one stands last
    ran[key] = Run(result.info.raw_cell, result.execution_count or 0, broken, stopped, bool(cell))


def notes(name, function):
    """Return what a learner should know who looks at the code of a function, in sentences."""
    pattern = re.compile(
        rf"^\s*(?:async\s+)?(?:def|class)\s+{name}\b|^{name}\s*=(?!=)", re.MULTILINE
    )
    defining = [run for run in ran.values() if pattern.search(run.source)]
    if not defining:
        return ()
    *others, last = defining
    if last.broken:
        return (
            f"The last cell that you ran to define {name} is not Python ({last.broken}). "
            f"So this is about the {name} that you had before.",
        )
    if last.stopped and not stands_in(function, last.source):
        return (
            f"The last cell that you ran to define {name} stopped with a {last.stopped} before it "
            f"came to it. So this is about the {name} that you had before.",
        )
    others = [run for run in others if run.has_id and not run.broken and is_finished(run.source)]
    if others and last.has_id and is_from_a_cell(function):
        return (
            f"More than one cell defines {name}. This is about the one that you ran last, as "
            f"[{last.number}], not about [{others[-1].number}]. Keep one of them, above its check: "
            "that is what the grader takes.",
        )
    return ()


def stands_in(function, source):
    """Return whether a function's own text is a part of a source, or cannot be told."""
    try:
        return inspect.getsource(function).strip() in source
    except (OSError, TypeError):
        return True


def is_finished(source):
    """Return whether a cell's source is more than what the exercise asks to replace."""
    return "raise NotImplementedError()" not in source


def is_from_a_cell(function):
    """Return whether a function comes from a cell."""
    return getattr(function, "__module__", None) == "__main__"
