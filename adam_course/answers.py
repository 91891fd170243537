"""What a learner has answered: a line of JSON for each answer, in the learner's own folder.

An entry has the question's name, what was said, whether it was right (None for who only looked),
and when: the time in UTC as ISO 8601.
"""

import json
import os

FILE = "answers.jsonl"


def read(home):
    """Return the entries in a learner's folder, the oldest first; a line that is none is left out.

    Args:
        home: the folder, as `copying.home` finds it; None for who has none.
    """
    if home is None or not (home / FILE).is_file():
        return []
    lines = (home / FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    return [entry for entry in map(_entry, lines) if entry]


def keep(home, entry):
    """Add an entry to the file in a learner's folder.

    Raises:
        ValueError: it is no entry.
        OSError: the file cannot be written.
    """
    line = json.dumps(entry, ensure_ascii=False)
    if _entry(line) is None:
        raise ValueError(f"this is no answer: {line}")
    file = home / FILE
    torn = file.is_file() and file.read_bytes()[-1:] not in (b"", b"\n")
    with file.open("a", encoding="utf-8", newline="\n") as lines:
        lines.write("\n" * torn + line + "\n")
        lines.flush()
        os.fsync(lines.fileno())


def due(names, entries):
    """Return the names of questions in the order in which they are to be asked.

    First what was last answered wrong, then what was asked longest ago; what was never asked comes
    before what was. Among equals the given order stays.
    """
    last = {entry["name"]: entry for entry in entries}

    def rank(name):
        entry = last.get(name)
        return (True, "") if entry is None else (entry["right"] is not False, entry["at"])

    return sorted(names, key=rank)


def _entry(line):
    """Return the entry in a line, None if there is none."""
    try:
        entry = json.loads(line)
        whole = isinstance(entry["name"], str) and isinstance(entry["at"], str)
        return entry if whole and entry["right"] in (True, False, None) else None
    except (ValueError, KeyError, TypeError):
        return None
