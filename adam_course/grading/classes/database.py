"""A database of a grading run, `class.db`, for questions that no page answers."""

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

#: What the tables hold; docs/grading.md says what each column is.
TABLES = """
CREATE TABLE learners (
    student TEXT PRIMARY KEY, name TEXT NOT NULL, class_group TEXT NOT NULL DEFAULT ''
);
CREATE TABLE tasks (
    exercise TEXT NOT NULL, task TEXT NOT NULL, place INTEGER NOT NULL, title TEXT NOT NULL,
    possible REAL NOT NULL, by_person INTEGER NOT NULL, PRIMARY KEY (exercise, task)
);
CREATE TABLE submissions (
    id INTEGER PRIMARY KEY, student TEXT NOT NULL REFERENCES learners, exercise TEXT NOT NULL,
    source TEXT NOT NULL, points REAL NOT NULL, possible REAL NOT NULL, handed_in TEXT,
    attempt INTEGER, penalty REAL, counted REAL, maximum REAL, reasons TEXT
);
CREATE TABLE results (
    submission INTEGER NOT NULL REFERENCES submissions, exercise TEXT NOT NULL,
    task TEXT NOT NULL, points REAL, attempted INTEGER NOT NULL, passed INTEGER,
    cases INTEGER, right_cases INTEGER, mistake TEXT NOT NULL, message TEXT NOT NULL,
    PRIMARY KEY (submission, task)
);
CREATE TABLE marks (
    submission INTEGER NOT NULL REFERENCES submissions, task TEXT NOT NULL,
    marker TEXT NOT NULL, points REAL NOT NULL, remark TEXT NOT NULL, given TEXT NOT NULL,
    PRIMARY KEY (submission, task, marker)
);
"""


class Database:
    """A new database, to which reports are added one by one.

    Args:
        path: of the file, which is not there yet.
    """

    def __init__(self, path):
        self.path = Path(path)

    def __enter__(self):
        self.open = sqlite3.connect(self.path, isolation_level=None)
        # It is written in a hidden folder, which is thrown away if the run breaks off.
        self.open.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {TABLES}")
        self.open.execute("BEGIN")
        self.count = 0
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self.open.execute("COMMIT")
        except sqlite3.Error as error:
            raise OSError(errno.EIO, str(error), str(self.path)) from error
        finally:
            self.open.close()

    def put(self, table, *values):
        """Add a row, unless one with its key is there; text is made such that it can be stored."""
        values = [
            one.encode("utf-8", "backslashreplace").decode() if isinstance(one, str) else one
            for one in values
        ]
        marks = ", ".join("?" * len(values))
        try:
            self.open.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", values)
        except sqlite3.Error as error:
            raise OSError(errno.EIO, str(error), str(self.path)) from error

    def add(self, report, name, parts):
        """Add a Report, the learner's name, and what people marked of it (`Settled` each)."""
        self.count += 1
        points = report.points + sum(part.points or 0 for part in parts)
        possible = report.possible + sum(part.possible for part in parts)
        self.put("learners", report.student, name, "")
        where = self.count, report.student, report.exercise, report.source
        self.put("submissions", *where, points, possible, *[None] * 6)
        for place, one in enumerate(report.results, 1):
            self.put("tasks", report.exercise, one.task, place, one.title, one.possible, 0)
            own = one.points, one.attempted, one.passed, one.cases, one.right
            said = one.misconception, one.message
            self.put("results", self.count, report.exercise, one.task, *own, *said)
        for place, part in enumerate(parts, len(report.results) + 1):
            own = report.exercise, part.name
            self.put("tasks", *own, place, part.title, part.possible, 1)
            said = "no answer" if part.empty else " ".join(part.remarks)
            own = *own, part.points, not part.empty, None, None, None, "", said
            self.put("results", self.count, *own)
            for mark in part.marks:
                given = mark.marker, mark.points, mark.remark, mark.when
                self.put("marks", self.count, part.name, *given)


def write(path, scores):
    """Write what a class's policy made of the points into the database of its last run.

    Args:
        path: of the database, as `results.write` left it.
        scores: Score objects, as the class's policy gives them.
    """
    try:
        with closing(sqlite3.connect(path)) as data, data:
            for one in scores:
                put_score(data, one)
    except sqlite3.Error as error:
        raise OSError(errno.EIO, str(error), str(path)) from error


def put_score(data, score):
    """Write a Score into an open database."""
    data.execute(
        "INSERT INTO learners VALUES (?, ?, ?) ON CONFLICT (student) DO UPDATE SET "
        "name = excluded.name, class_group = excluded.class_group",
        (score.id, score.student, score.group),
    )
    handed_in = score.handed_in.isoformat() if score.handed_in else None
    said = handed_in, score.attempt, score.penalty, score.points, score.maximum
    said = *said, " ".join(score.reasons), score.id, score.exercise
    changed = data.execute(
        "UPDATE submissions SET handed_in = ?, attempt = ?, penalty = ?, counted = ?, "
        "maximum = ?, reasons = ? WHERE student = ? AND exercise = ?",
        said,
    )
    if not changed.rowcount:  # on the roster, and nothing handed in
        data.execute(
            "INSERT INTO submissions (handed_in, attempt, penalty, counted, maximum, reasons, "
            "student, exercise, source, points, possible) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', 0, ?)",
            (*said, score.maximum),
        )
