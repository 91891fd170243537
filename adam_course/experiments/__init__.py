"""Experiments that take too long for a lesson: computed by a command, stored, checked again.

One file an experiment: its docstring says what is asked and with which set-up, and `compute`
returns the answer, numbers by name. ``python -m adam_course.experiments NAME`` computes it and
writes ``results/NAME.json``, a lesson reads that with `load`, and ``make experiments`` computes
again what has other code than when it was stored, and compares. Where that takes too long, `part`
in the file returns a few of the results, and these alone are computed again. Measured times, which
no other machine repeats, lie there too: a benchmark of that name has measured them.
"""

import ast
import hashlib
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
        made_from: the `fingerprint` of the code that made them; "" for what was measured.
    """

    source = made_from = ""


def names():
    """Return the names of all experiments."""
    return sorted(path.stem for path in HERE.glob("[a-z]*.py"))


def compute(name):
    """Compute an experiment and return its `Results`, as they would be stored.

    Raises:
        ImportError: it needs a framework that is not here.
    """
    try:
        return Results(_tidy(import_module(f"{__name__}.{name}").compute()))
    except ImportError as error:
        raise ImportError(f"{name}: {error}") from error


def store(name):
    """Compute an experiment, write what came out to results/NAME.json and return the path."""
    begin = time.perf_counter()
    results = compute(name)
    seconds = time.perf_counter() - begin
    source = (
        f"Computed by `python -m adam_course.experiments {name}` "
        f"in {seconds:.0f} s with NumPy {np.__version__}."
    )
    return write(name, results, source, fingerprint(name))


def write(name, results, source, made_from=""):
    """Write results to results/NAME.json and return the path.

    Args:
        name: of the experiment, or of the benchmark that has measured them.
        results: numbers, words, lists and dicts of them, by name.
        source: one sentence: the command, and on what it ran.
        made_from: the `fingerprint` of the experiment.
    """
    path = HERE / "results" / f"{name}.json"
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in results.items()]
    head = [f'"source": {json.dumps(source)},']
    head += [f'"made_from": {json.dumps(made_from)},'] if made_from else []
    text = "\n".join(["{", *head, '"results": {', ",\n".join(lines), "}}"])
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return path


def fingerprint(name):
    """Return what changes with an experiment's code: a hash of all that it runs of the course.

    NumPy's version is part of it, for another one may round in another way.
    """
    code = hashlib.sha256(f"NumPy {np.__version__}".encode())
    for file in sorted(code_of(name)):
        code.update(f"\n{file.name}\n{file.read_text(encoding='utf-8')}".encode())
    return code.hexdigest()[:12]


def code_of(name):
    """Return the files of the course that an experiment runs: its own, and what they import.

    A package that only passes names on is no such file, so a new optimizer changes no experiment.
    """
    found, left = set(), [f"adam_course.experiments.{name}"]
    while left:
        file = _file_of(left.pop())
        if file and file not in found:
            found.add(file)
            left += _imports(ast.parse(file.read_text(encoding="utf-8")))
    return found


def _imports(tree):
    """Yield the modules of the course in which what a file imports is written."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    dotted = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if _file_of(one.name))
        elif isinstance(node, ast.ImportFrom) and _file_of(node.module):
            for one in node.names:
                known = one.asname or one.name
                uses = [use for use in names if use.id == known]
                asked = [use.attr for use in dotted if use.value in uses]
                whole = len(asked) < len(uses)  # as in getattr(optimizers, name)
                yield from _homes(f"{node.module}.{one.name}", None if whole else asked)


def _homes(path, asked):
    """Return the modules in which ``path`` is written, or what is asked of it if it is a package.

    Args:
        path: as "adam_course.optimizers.Adam" or "adam_course.optimizers".
        asked: names of what is used of it; None: all of it.
    """
    if not (file := _file_of(path)):
        module, _, name = path.rpartition(".")
        return [_passed_on(module).get(name, module)]
    passed = _passed_on(path) if file.name == "__init__.py" else {}
    if asked is None or not passed.keys() >= set(asked):
        return [path]
    return [passed[name] for name in asked]


def _passed_on(module):
    """Return name → module for what a package imports from the course, to pass it on."""
    tree = ast.parse(_file_of(module).read_text(encoding="utf-8"))
    return {
        one.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and _file_of(node.module)
        for one in node.names
    }


def _file_of(module):
    """Return the file of a module of the course; None for any other."""
    top, *parts = (module or "").split(".")
    place = HERE.parent.joinpath(*parts)
    files = place / "__init__.py", place.with_suffix(".py")
    return next((file for file in files if top == "adam_course" and file.is_file()), None)


def has_changed(name):
    """Return whether an experiment has other code than when its results were stored."""
    return load(name).made_from != fingerprint(name)


def recompute(name):
    """Compute an experiment again and return where it differs from what is stored, as phrases.

    If it does not, its results are stored as they were, with the fingerprint of today's code. Of an
    experiment that has a `part`, only that is computed.
    """
    module, before = import_module(f"{__name__}.{name}"), load(name)
    if hasattr(module, "part"):
        again = Results(_tidy(module.part()))
        before = {key: before[key] for key in before.keys() & again.keys()}
    else:
        again = compute(name)
    found = list(_differences(before, again, getattr(module, "TOLERANCE", 1e-6), name))
    if not found:
        stored = _stored(name)
        write(name, stored["results"], stored["source"], fingerprint(name))
    return found


def load(name):
    """Return the stored `Results` of an experiment.

    Raises:
        ValueError: there is no such experiment.
    """
    stored = _stored(name)
    results = Results({key: _array(value) for key, value in stored["results"].items()})
    results.source, results.made_from = stored["source"], stored.get("made_from", "")
    return results


def _stored(name):
    """Return the file of a stored experiment, as JSON has it."""
    path = HERE / "results" / f"{name}.json"
    if not path.is_file():
        stored = ", ".join(sorted(path.stem for path in path.parent.glob("*.json")))
        raise ValueError(f"There is no stored experiment {name!r}: try {stored}.")
    return json.loads(path.read_text(encoding="utf-8"))


def _differences(stored, again, tolerance, path):
    """Yield where results differ by more than a relative tolerance, each as a phrase."""
    if isinstance(stored, dict):
        for key in stored.keys() | again.keys():
            if key in stored and key in again:
                yield from _differences(stored[key], again[key], tolerance, f"{path}.{key}")
            else:
                yield f"{path}.{key} is {'not stored' if key in again else 'no more computed'}"
        return
    old, new = np.array(stored), np.array(_array(again))
    if old.shape != new.shape:
        yield f"{path} had shape {old.shape}, and has {new.shape}"
    elif {old.dtype.kind, new.dtype.kind} & {"U", "O"}:  # words, and what is open: None
        if not np.array_equal(old, new):
            yield f"{path} reads otherwise"
    elif not np.allclose(old.astype(float), new, rtol=tolerance, atol=1e-12, equal_nan=True):
        apart = np.abs(new - old.astype(float)) / np.maximum(np.abs(old), 1e-12)
        yield f"{path} is off by up to {np.nanmax(apart):.1e} of itself"


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
        kind = np.array(value).dtype.kind  # whole numbers have 32 bits in a browser, and overflow
        return np.array(value, dtype={"O": float, "i": np.int64}.get(kind))
    return value
