"""Experiments that take too long for a lesson: computed by a command, stored, checked again.

One file an experiment: its docstring says what is asked and with which set-up, and `compute`
returns the answer, numbers by name. ``python -m adam_course.experiments NAME`` computes it and
writes ``results/NAME.json``, a lesson reads that with `load`, and ``make verify`` computes all of
them again and compares. Measured times, which no other machine repeats, lie there too: a benchmark
of that name has measured them.
"""

import json
import time
from importlib import import_module
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
DIGITS = 10  # significant ones that are stored


class Results(dict):
    """Numbers of a stored experiment by name, as arrays, and where they come from.

    Attributes:
        source: one sentence: command, time and versions that made them.
    """

    source = ""


def names():
    """Return the names of all experiments."""
    return sorted(path.stem for path in HERE.glob("[a-z]*.py"))


def compute(name):
    """Compute an experiment and return its `Results`, as they would be stored."""
    return Results(_tidy(import_module(f"{__name__}.{name}").compute()))


def store(name):
    """Compute an experiment, write what came out to results/NAME.json and return the path."""
    begin = time.perf_counter()
    results = compute(name)
    seconds = time.perf_counter() - begin
    source = (
        f"Computed by `python -m adam_course.experiments {name}` "
        f"in {seconds:.0f} s with NumPy {np.__version__}."
    )
    return write(name, results, source)


def write(name, results, source):
    """Write results to results/NAME.json and return the path.

    Args:
        name: of the experiment, or of the benchmark that has measured them.
        results: numbers, words, lists and dicts of them, by name.
        source: one sentence: the command, and on what it ran.
    """
    path = HERE / "results" / f"{name}.json"
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in results.items()]
    text = f'{{\n"source": {json.dumps(source)},\n"results": {{\n' + ",\n".join(lines) + "\n}}\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def load(name):
    """Return the stored `Results` of an experiment.

    Raises:
        ValueError: there is no such experiment.
    """
    path = HERE / "results" / f"{name}.json"
    if not path.is_file():
        stored = ", ".join(sorted(path.stem for path in path.parent.glob("*.json")))
        raise ValueError(f"There is no stored experiment {name!r}: try {stored}.")
    stored = json.loads(path.read_text(encoding="utf-8"))
    results = Results({key: _array(value) for key, value in stored["results"].items()})
    results.source = stored["source"]
    return results


def _tidy(value):
    """Return results as JSON has them: rounded, NaN as null, arrays as lists."""
    if isinstance(value, dict):
        return {str(key): _tidy(part) for key, part in value.items()}
    if isinstance(value, np.ndarray):
        return _tidy(value.tolist())
    if isinstance(value, list | tuple):
        return [_tidy(part) for part in value]
    if isinstance(value, float | np.floating):
        return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value


def _array(value):
    """Return a list of numbers as an array (null as NaN), and anything else as it is."""
    if isinstance(value, dict):
        return {key: _array(part) for key, part in value.items()}
    if isinstance(value, list):
        array = np.array(value)
        return np.array(value, dtype=float) if array.dtype == object else array
    return value
