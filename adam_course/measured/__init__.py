"""Measured times, which no other machine repeats: stored by a benchmark, shown by a lesson.

`python -m benchmarks.memory_traffic` measures and writes memory_traffic.json, and a lesson reads
that with `load`. What comes out the same everywhere belongs into `adam_course.experiments`.
"""

import json
from pathlib import Path

HERE = Path(__file__).parent


def store(name, numbers, source):
    """Write what was measured to NAME.json and return the path.

    Args:
        name: of the benchmark.
        numbers: what it measured, by name: numbers, lists and dicts of them.
        source: one sentence: command, machine and versions.
    """
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in numbers.items()]
    path = HERE / f"{name}.json"
    text = ",\n".join([f'{{\n"source": {json.dumps(source)}', *lines]) + "\n}\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def load(name):
    """Return what a benchmark has stored: a dict with its numbers, and "source" in words.

    Raises:
        ValueError: nothing is stored under that name.
    """
    path = HERE / f"{name}.json"
    if not path.is_file():
        stored = ", ".join(sorted(path.stem for path in HERE.glob("*.json")))
        raise ValueError(f"There is no stored measurement {name!r}: try {stored}.")
    return json.loads(path.read_text(encoding="utf-8"))
