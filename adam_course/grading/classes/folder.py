"""A class in a folder of its own: made, filled with what people hand in, graded, handed back.

roster.csv, policy.toml     the instructor's
submitted/                  what came in: see `received`
unmatched/                  what nobody could be found for
grades/                     what grading writes
export/                     tables for Moodle and Canvas
"""

import json
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from adam_course.grading.classes import database, platforms, results, roster, tables
from adam_course.grading.classes.examine import exercise_in
from adam_course.grading.classes.files import InUse, locked, write_whole
from adam_course.grading.classes.parts import parts_of
from adam_course.grading.classes.policy import (
    Policy,
    Score,
    groups_of,
    in_points,
    number,
    scores,
    shown,
)
from adam_course.grading.classes.received import Received
from adam_course.grading.classes.statistics import Standing
from adam_course.grading.classes.submissions import (
    ENDING,
    MOST_FILES,
    Refused,
    Submission,
    exercise_of,
    inside,
    leaves,
    opened,
    without_wrappers,
    zipped,
)
from adam_course.grading.sandbox.answers import printable
from adam_course.tasks import EXERCISES

ROSTER, POLICY, SUBMITTED, UNMATCHED, GRADES, EXPORT = (
    *("roster.csv", "policy.toml", "submitted", "unmatched", "grades", "export"),
)
CHANGES = ("when", "id", "student", "exercise", "from", "to", "of", "why")


class Class:
    """The folder of a class: its roster, its policy and what was handed in.

    Raises:
        OSError, ValueError: there is none, or one of its files is wrong; the message says which.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        for name in (ROSTER, POLICY):
            if not (self.folder / name).is_file():
                raise FileNotFoundError(
                    f"{self.folder} is no class, for it has no {name}: "
                    f"`adam-course class new {self.folder}` makes one."
                )
        self.policy = Policy.read(self.folder / POLICY)
        self.roster = roster.read(self.folder / ROSTER, self.policy.roster)
        self.received = Received(self.folder / SUBMITTED, self.policy.zone)
        for kind in ("extensions", "overrides"):
            for one in getattr(self.policy, kind):
                if one.id not in self.roster:
                    raise ValueError(
                        f"{self.folder / POLICY}: {kind} name {one.id!r}, and nobody in "
                        f"{ROSTER} has this id."
                    )

        known = set().union(*map(groups_of, self.roster))
        if unknown := sorted(self.policy.groups.keys() - known):
            raise ValueError(
                f"{self.folder / POLICY}: groups names {unknown[0]!r}, and nobody in {ROSTER} "
                f"is in it; there are {', '.join(sorted(known - {''})) or 'no groups'}."
            )

    def strangers(self):
        """Return the ids that have handed in and are not in the roster."""
        return sorted({one.id for one in self.received.attempts if one.id not in self.roster})


@contextmanager
def alone(folder):
    """Keep others out of a class while it changes."""
    try:
        with locked(folder):
            yield
    except InUse:
        raise InUse(f"Somebody is at work in {folder}: wait until that has ended.") from None


def new(folder, source=None):
    """Make the folder of a class and return the names of its new files; none is overwritten.

    Args:
        source: a roster to begin with, as Moodle's or Canvas' list.

    Raises:
        ValueError: the roster cannot be read.
    """
    folder, made = Path(folder), []
    listed = "id,name,mail,group\n"
    if source:
        roster.read(source)
        listed = Path(source).read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ((ROSTER, listed), (POLICY, sample())):
        if not (folder / name).exists():
            write_whole(folder / name, text)
            made.append(name)
    return made


def sample():
    """Return a policy in which everything is explained and nothing is set."""
    text = (Path(__file__).parent / "templates" / "policy.toml").read_text(encoding="utf-8")
    dates = "\n".join(f"# {name} = 2027-01-31T23:59:00" for name in EXERCISES)
    tasks = "\n".join(
        f"# {name}: "
        + ", ".join(f"{one.name} {one.points}" for one in (*own.tasks, *parts_of(name)))
        for name, own in EXERCISES.items()
    )
    return text.replace("# DEADLINES", dates).replace("# TASKS", tasks)


# ---- what people hand in ------------------------------------------------------------------------


class Import(NamedTuple):
    """What an import did: new attempts, files that were here already, and what to tell a person."""

    new: int
    again: int
    people: int
    unmatched: tuple[str, ...]
    notes: tuple[str, ...]


def receive(folder, sources, exercise=None):
    """Take what Moodle or Canvas handed out into a class, and return what was done as an Import.

    Args:
        folder: of the class.
        sources: folders and zips of submissions; and tables that say who is who: Moodle's grading
            worksheet, Canvas' gradebook.
        exercise: which one it is; if None, found from names and functions.

    Raises:
        OSError, ValueError: a source or a file of the class cannot be read; nothing is changed.
    """
    if exercise is not None and exercise not in EXERCISES:
        raise ValueError(f"There is no exercise {exercise!r}: there are {', '.join(EXERCISES)}.")
    with alone(folder):
        return Import(*taken(Class(folder), list(map(Path, sources)), exercise))


def taken(here, sources, exercise):
    """Take the files of all sources into a class; return the parts of an Import."""
    left, lists, found = here.folder / UNMATCHED, platforms.Lists(), []
    if left.is_dir():
        found += files(left)
    for source in sources:
        if not source.exists():
            raise FileNotFoundError(f"There is no file or folder {source}.")
        if source.suffix.lower() in (".csv", ".txt"):
            lists.add(tables.read(source), here.policy)
        else:
            found += files(source)
    notes = lists.notes
    here.received.adopt(here.roster)
    whose = [lists.who(one.named, here.roster) for one in found]
    able = {who for one, (who, *_) in zip(found, whose, strict=True) if one.is_notebook}
    count, people, unmatched, gone = Counter(), set(), {}, []
    for one, (person, listed, why) in sorted(zip(found, whose, strict=True), key=in_order):
        if person in able and person and not one.is_notebook:
            count["other"] += 1
            continue
        try:
            data = one.holder.read()
        except OSError as error:
            notes.append(f"{one.label} could not be read: {error}.")
            continue
        which = exercise_for(one, exercise, data, from_left=one.holder.root == left)
        if person and which:
            more = {
                "handed_in": listed.handed_in,
                "lateness": one.named.lateness or listed.lateness,
            }
            more["source"] = printable(f"{one.holder.root.name}/{one.holder.source}", 300)
            fresh = here.received.add(person, which, data, one.ending, **more)
            count["new" if fresh else "again"] += 1
            people.add(person)
            if one.holder.root == left:
                gone.append(left / one.holder.source)
            continue
        if person:
            why = "which exercise it is cannot be told; name it with --exercise"
        unmatched[one.label, data] = f"{one.label}: {why}"
        if one.holder.root != left:
            keep(left / (which or "unknown"), one.parts, data)
    here.received.write()
    here.received.show(here.roster)
    for path in gone:
        path.unlink()
    if count["other"]:
        others = "1 other file" if count["other"] == 1 else f"{count['other']} other files"
        notes.append(f"Passed over, beside notebooks: {others}.")
    return count["new"], count["again"], len(people), tuple(unmatched.values()), tuple(notes)


class File(NamedTuple):
    """A file that was handed out: where it lies, what its name says, and what reads it."""

    parts: tuple[str, ...]
    named: platforms.Named
    holder: Submission

    @property
    def is_notebook(self):
        """Whether its name is a notebook's, or what browsers make of it."""
        return bool(ENDING.search(self.parts[-1]))

    @property
    def ending(self):
        """How the copy of it ends."""
        suffix = PurePosixPath(self.parts[-1]).suffix
        return ".ipynb" if self.is_notebook else re.sub(r"[^\w.]", "", suffix)[:10]

    @property
    def label(self):
        """Whose it is and what it is called, in words."""
        return f"{printable(self.named.name) or 'nobody'} ({printable(self.parts[-1])})"


def files(root):
    """Return the Files in a folder, a zip or a notebook."""
    if root.is_dir():
        entries = inside(root)
    elif ENDING.search(root.name):
        return [
            File((root.name,), platforms.named((root.name,)), Submission("", (), root.name, root))
        ]
    else:
        opened.cache_clear()  # a zip of this name may be another one by now
        entries = zipped(root)
    if len(entries) > MOST_FILES:
        raise Refused(f"{root} holds {len(entries)} files, and the limit is {MOST_FILES}.")
    found = []
    for one in without_wrappers(root, leaves(entries)):
        if one.parts and (one.why or not one.folder):
            holder = Submission("", (), one.source, root, (), one.why, one.member)
            found.append(File(one.parts, platforms.named(one.parts), holder))
    return found


def in_order(pair):
    """Return by what files are sorted: of one person's, the one that counts comes last."""
    one = pair[0]
    return one.named.order, one.parts  # `my_06_adam` comes after `06_adam`


def exercise_for(one, exercise, data, from_left):
    """Return which exercise a File is for, "" if that cannot be told."""
    names = [one.named.file, *reversed(one.parts[:-1])]
    if not from_left:
        names.append(one.holder.root.stem)
    found = exercise_of(names)
    given = (found or exercise) if from_left else (exercise or found)
    return given or (exercise_in(data) if one.is_notebook else "")


def keep(folder, parts, data):
    """Keep a file for which nobody was found, under its own name and beside all others."""
    parts = [re.sub(r'[<>:"|?*\\\x00-\x1f]', "_", part).rstrip(". ") or "_" for part in parts]
    path, count = folder.joinpath(*parts), 1
    while path.exists() and path.read_bytes() != data:
        count += 1
        path = folder.joinpath(str(count), *parts)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)


# ---- grading ------------------------------------------------------------------------------------


def submissions(here):
    """Return a Submission for each attempt of people in the roster."""
    found = []
    for one in here.received.attempts:
        if one.id in here.roster:
            ending = PurePosixPath(one.file).suffix or "nothing"
            why = f"this is no notebook: its name ends in {ending}; ask for the .ipynb file"
            why = "" if one.is_notebook else why
            root = here.received.folder
            found.append(Submission(one.id, (one.exercise,), one.file, root, (), why))
    if not found:
        raise FileNotFoundError(
            f"Nobody in the roster of {here.folder} has handed in anything: `adam-course class "
            f"import {here.folder} FROM` comes first."
        )
    return found


def counted(here, reports, marks=None):
    """Return (the Scores of a class, the Reports that count with the policy's reasons in them).

    Args:
        here: the Class.
        reports: one Report an attempt.
        marks: file of an attempt → part → points that people gave, or None.
    """
    by_file = {one.source: one for one in reports}
    found = scores(by_file, here.roster, here.received.attempts, here.policy, marks)
    files = {(one.id, one.exercise, one.attempt): one.file for one in here.received.attempts}
    kept = []
    for one in found:
        if one.attempt:
            report = by_file[files[one.id, one.exercise, one.attempt]]
            kept.append(under(report, one))
    return found, kept


def under(report, score):
    """Return a Report as it is under the policy: its own points, without what is dropped."""
    own = tuple(
        replace(one, points=score.tasks[one.task], possible=score.possible[one.task])
        for one in report.results
        if one.task in score.possible
    )
    told = {one.casefold() for one in report.remarks}
    lost = {f"{one.title}: {one.message}".rstrip(".").casefold() for one in report.results}
    more = [
        one
        for one in score.reasons
        if one.casefold() not in told and one.rstrip(".").casefold() not in lost
    ]
    return replace(report, results=own, remarks=(*report.remarks, *more))


def write(here, found, reports, seed, lessons=None, marks=None):
    """Write the results of a class, all at once, and return the lines new in changes.csv.

    Args:
        here: the Class.
        found: its Scores.
        reports: the Reports that count.
        seed, lessons, marks: as in `results.write`.
    """
    grades = here.folder / GRADES
    results.complete(grades)
    old, log = graded(here.folder), changes_of(grades / "changes.csv")
    now = datetime.now(UTC).astimezone(here.policy.zone).isoformat(sep=" ", timespec="seconds")
    new = [[now, *line] for line in changes(old, found)]

    def then(place):
        results.put(place / "gradebook.csv", gradebook(here, found))
        data = [one.to_dict() for one in found]
        results.put(place / "scores.json", json.dumps(data, ensure_ascii=False, indent=1) + "\n")
        results.put(place / "changes.csv", tables.table(CHANGES, log + new))
        database.write(place / "class.db", found)

    standing = standing_in(here, found)
    results.write(reports, grades, seed, lessons, then, marks, standing, found)
    return new


def standing_in(here, found):
    """Return the Standing by which the class page of a Class tells who falls behind."""
    people = {one.id: (here.roster.shown(one), one.group) for one in here.roster}
    still = frozenset((one.id, one.exercise) for one in found if one.open)
    policy = here.policy
    if policy.missing is None and policy.below is None:
        return Standing(people, open=still)
    line = None if policy.below is None else policy.below / 100
    return Standing(people, policy.missing, line, still)


def gradebook(here, found):
    """Return the Scores as CSV, in the columns of nbgrader's export and of our own."""
    rows = []
    for one in found:
        person = here.roster[one.id]
        who = (person.id, person.last, person.first, person.mail)
        times = (
            "" if when is None else shown(when.astimezone(here.policy.zone))
            for when in (one.due, one.handed_in)
        )
        points = (one.raw, one.penalty, one.points, one.maximum)
        reason = printable(" ".join(one.reasons), 1000) or "all correct"
        rows.append((one.exercise, *times, *who, *points, reason))
    return tables.table(results.COLUMNS, rows)


def graded(folder):
    """Return the Scores of the last run, none if there was none.

    Raises:
        ValueError: they cannot be read.
    """
    path = Path(folder) / GRADES / "scores.json"
    try:
        return [Score.from_dict(one) for one in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, KeyError):
        raise ValueError(f"{path} is damaged: move it away and grade once more.") from None


def changes_of(path):
    """Return the lines of changes.csv, as they are."""
    if not path.exists():
        return []
    return [[tables.plain(cell) for cell in row] for row in tables.read(path).rows]


def changes(old, new):
    """Return (id, student, exercise, from, to, of, why) for each Score that is another one now."""
    before, found = {(one.id, one.exercise): one for one in old}, []
    for one in new:
        was = before.get((one.id, one.exercise))
        if was and (was.points, was.maximum) != (one.points, one.maximum):
            points = (number(was.points), number(one.points), number(one.maximum))
            found.append((one.id, one.student, one.exercise, *points, why(was, one)))
    return found


def why(was, now):
    """Return why a Score is another one now, in sentences."""
    said = []
    if was.attempt != now.attempt:
        said.append(f"Attempt {now.attempt} counts, not {was.attempt or 'none'}.")
    if was.maximum != now.maximum:
        said.append(f"The maximum is {in_points(now.maximum)}, not {number(was.maximum)}.")
    for task in now.tasks:
        if task in was.tasks and was.tasks[task] != now.tasks[task]:
            said.append(f"{task}: {in_points(now.tasks[task])}, not {number(was.tasks[task])}.")
    for part, points in now.by_person.items():
        if points != was.by_person.get(part):
            said.append(f"{part}: {'no mark' if points is None else number(points)} by a person.")
    said += [one for one in now.reasons if one not in was.reasons]
    gone = [one for one in was.rule if one not in now.rule]
    said += [f"The rule “{one}” does not apply any more." for one in gone]
    return printable(" ".join(dict.fromkeys(said)) or "The grader judged it anew.", 1000)


# ---- what goes back -----------------------------------------------------------------------------


def give_back(folder, platform, source, exercise=None, scale=False, out=None):
    """Fill in the table that a platform handed out; return (the new file, what to tell a person).

    Args:
        folder: of the class, which is graded.
        platform: "moodle" or "canvas".
        source: the table; it stays as it is.
        exercise: which one; for Moodle found from the table's name, or the only one.
        scale: whether to convert the points to the platform's maximum.
        out: the new file; if None, one of the same name in the class's folder `export`.

    Raises:
        OSError, ValueError: the class is not graded, or the table is not the platform's.
    """
    here, found = Class(folder), graded(folder)
    if not found:
        raise ValueError(f"{folder} is not graded: `adam-course class grade {folder}` comes first.")
    if exercise is not None and exercise not in EXERCISES:
        raise ValueError(f"There is no exercise {exercise!r}: there are {', '.join(EXERCISES)}.")
    source = Path(source)
    out = Path(out) if out else here.folder / EXPORT / source.name
    if out.resolve() == source.resolve():
        raise ValueError(f"{source} would be overwritten: name another file with --out.")
    table, names = tables.read(source), sorted({one.exercise for one in found})
    if platform == "moodle":
        exercise = exercise or exercise_of([source.stem]) or (names[0] if len(names) == 1 else None)
        if exercise is None:
            raise ValueError(
                f"Which exercise {source} is about cannot be told: name it with --exercise, as one "
                f"of {', '.join(names)}."
            )
        filled = platforms.moodle(table, here.roster, found, exercise, here.policy, scale)
    else:
        filled = platforms.canvas(table, here.roster, found, here.policy, scale, exercise)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_whole(out, filled.text)
    return out, filled
