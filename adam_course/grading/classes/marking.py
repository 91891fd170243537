"""What people mark: a page to do it on, the file of their marks, and what follows from them.

`marks.csv` keeps the last mark of each marker for each answer, and no run of the grader touches
it. A learner has a number, in `numbers.csv`, and the page shows nobody's name.
"""

import base64
import hashlib
import json
import random
import re
import statistics
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from adam_course.grading.classes import tables
from adam_course.grading.classes.files import locked, write_whole
from adam_course.grading.classes.parts import parts_of
from adam_course.grading.classes.policy import Policy
from adam_course.grading.classes.report import Report
from adam_course.grading.classes.statistics import agreement
from adam_course.grading.classes.times import moment
from adam_course.grading.sandbox.answers import printable
from adam_course.tasks import TASKS

MARKS, NUMBERS, PAGE = "marks.csv", "numbers.csv", "marking.html"
SAVED = ("number", "exercise", "part", "points", "remark", "marker", "when", "answer")
APART = 1  # points: markers who are further apart are listed
LONGEST = 2000  # letters of a remark


class NotMarks(ValueError):
    """A file of marks that is not taken, and the message says which line is wrong and why."""


@dataclass(frozen=True)
class Mark:
    """What one person gave for one answer.

    Attributes:
        id, exercise, part: whose answer, and which.
        points, remark: what was given, by the rubric; a remark is for the learner.
        marker, when: who gave it, and when, as ISO 8601.
        answer: first digits of the answer's hash, "" if nobody knows.
    """

    id: str
    exercise: str
    part: str
    points: float
    remark: str
    marker: str
    when: str
    answer: str = ""

    @property
    def key(self):
        """Whose answer, which, and who marked it."""
        return self.id, self.exercise, self.part, self.marker


COLUMNS = tuple(field.name for field in fields(Mark))


class Settled(NamedTuple):
    """What a part of an exercise has in the end.

    Attributes:
        name, title, possible: of the part; its points are those of the class.
        points: None while it waits for a mark.
        remarks: what the markers say to the learner.
        marks: the Marks that count.
        apart: whether markers are more than a point apart and nobody has decided.
        earlier: whether the marks are for an earlier answer of the learner.
        empty: whether the learner left it as it was handed out, which is 0 points by itself.
    """

    name: str
    title: str
    possible: float
    points: float | None
    remarks: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    apart: bool = False
    earlier: bool = False
    empty: bool = False


class Marks:
    """All marks of a class.

    Args:
        marks: Mark objects, at most one for an answer and a marker.
        policy: the Policy of the class, with its own points, its overrides, and with what decides
            where markers differ by more than a point: with three marks the middle one, else the
            mean; or always the mean.
    """

    def __init__(self, marks=(), policy=None):
        self.all, self.policy = {mark.key: mark for mark in marks}, policy or Policy()
        decided = [one for one in self.policy.overrides if one.task and one.task not in TASKS]
        self.decided = {(one.id, one.exercise, one.task): one.points for one in decided}
        self.exercises = {one.exercise for one in (*self.all.values(), *decided)}
        self.of = {}
        for mark in self.all.values():
            self.of.setdefault((mark.id, mark.exercise, mark.part), []).append(mark)

    def settled(self, report):
        """Return a Settled for each part of a report, none if nobody has marked its exercise."""
        if report.exercise not in self.exercises:
            return ()
        parts = self.policy.parts(report.exercise)
        return tuple(self.settle(report, part, possible) for part, possible in parts)

    def settle(self, report, part, possible):
        """Return what one part of a report has, of the points that are possible in this class."""
        text = report.answers.get(part.name, "")
        given = sorted(
            self.of.get((report.student, report.exercise, part.name), ()), key=lambda m: m.marker
        )
        now = [mark for mark in given if mark.answer in ("", digest(text))]
        marks, earlier = (now, False) if now or not given else (given, True)
        name = part.name, part.title, possible
        decided = self.decided.get((report.student, report.exercise, part.name))
        if decided is not None:
            return Settled(*name, decided, marks=tuple(now))
        if not marks:
            empty = part.untouched(text)
            return Settled(*name, 0.0 if empty else None, empty=empty)
        points = [mark.points for mark in marks]
        apart = max(points) - min(points) > APART
        third = self.policy.differ == "third" and len(points) > 2
        decided = statistics.median(points) if third and apart else statistics.mean(points)
        return Settled(
            *name,
            round(decided * possible / part.points, 2),
            tuple(dict.fromkeys(mark.remark for mark in marks if mark.remark)),
            tuple(marks),
            apart and len(points) < 3,
            earlier,
        )

    def by_person(self, reports):
        """Return file of an attempt → part → points, None while it waits, as `policy` takes it."""
        return {
            report.source: {part.name: part.points for part in self.settled(report)}
            for report in reports
        }

    def without(self, reports):
        """Return (student, exercise) of marks for which there is no report, in order."""
        marked = {(one.id, one.exercise) for one in self.all.values()}
        return sorted(marked - {(one.student, one.exercise) for one in reports})

    def agreements(self):
        """Return an Agreement for each two people who have marked the same answers."""
        most = {
            (exercise, part.name): part.points
            for exercise in self.exercises
            for part in parts_of(exercise)
        }
        pairs = {}
        for (_, exercise, part), marks in sorted(self.of.items()):
            ordered = sorted(marks, key=lambda mark: mark.marker)
            for first, second in combinations(ordered, 2):
                if first.answer == second.answer:
                    scale = most.get((exercise, part), 0), first.points, second.points
                    pairs.setdefault((first.marker, second.marker), []).append(scale)
        return [agreement(*who, both) for who, both in sorted(pairs.items())]


def digest(text):
    """Return the first digits of a text's hash."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:12]


# ---- files --------------------------------------------------------------------------------------


def read(folder, policy=None):
    """Return the Marks kept in a folder, none if there is no file of marks.

    Raises:
        NotMarks: somebody has changed the file so that it cannot be read.
    """
    path = Path(folder) / MARKS
    if not path.is_file():
        return Marks(policy=policy)
    zone, lines = (policy or Policy()).zone, table(path, COLUMNS)
    return Marks([mark(line, path, number, zone) for number, line in lines], policy)


def table(path, columns):
    """Return [(number of the line, dict of its columns), …] of a CSV file with a heading.

    Raises:
        NotMarks: it is no such file.
    """
    found = tables.read(path)
    if [one.strip() for one in found.header] != list(columns):
        raise NotMarks(f"{path} is no file of marks: its first line should be {','.join(columns)}.")
    for number, row in zip(found.lines, found.rows, strict=True):
        if len(row) != len(columns):
            raise NotMarks(f"{path}, line {number}: it has more columns than the first line.")
    return [
        (number, dict(zip(columns, map(tables.plain, row), strict=True)))
        for number, row in zip(found.lines, found.rows, strict=True)
    ]


def mark(line, path, number, zone):
    """Return the Mark of a line; a time that names no zone is of this one.

    Raises:
        NotMarks: it says something impossible.
    """

    def wrong(what):
        return NotMarks(f"{path}, line {number}: {what} Nothing was taken from the file.")

    parts = {part.name: part for part in parts_of(line["exercise"])}
    part = parts.get(line["part"])
    if part is None:
        what = f"{line['exercise'][:40]!r} has no part {line['part'][:40]!r} that a person marks."
        raise wrong(what)
    try:
        points = float(line["points"].replace(",", "."))
    except ValueError:
        points = -1
    if not 0 <= points <= part.points:
        what = f"{line['points'][:20]!r} is no number of points from 0 to {part.points}."
        raise wrong(what)
    if not line["when"].strip():
        raise wrong("it does not say when it was marked.")
    try:
        when = moment(line["when"].strip(), zone)
    except ValueError as error:
        raise wrong(f"{error}. Mend the column “when”.") from None
    marker = printable(line["marker"], 60)
    if not marker:
        raise wrong("it does not say who marked.")
    known = re.fullmatch("[0-9a-f]{12}|", line["answer"])
    if not known:
        raise wrong(f"{line['answer'][:20]!r} is not what the page writes for an answer.")
    remark = "\n".join(printable(one, LONGEST) for one in line["remark"][:LONGEST].splitlines())
    return Mark(
        *(line["id"], line["exercise"], part.name, points, remark.strip(), marker),
        *(when.isoformat(), known[0]),
    )


def numbers(folder, students):
    """Return student → number, and give one to whom has none: drawn, and kept for good.

    Raises:
        NotMarks: somebody has changed the file so that it cannot be read.
    """
    path = Path(folder) / NUMBERS
    known = {}
    if path.is_file():
        known = {line["id"]: line["number"] for _, line in table(path, ("number", "id"))}
    new = sorted(set(students) - set(known))
    wide = 10 ** max(3, len(str(len(known) + len(new))))
    free = sorted(set(map(str, range(wide, 10 * wide))) - set(known.values()))
    known |= zip(new, random.SystemRandom().sample(free, len(new)), strict=True)
    if new:
        write_whole(path, tables.table(("number", "id"), [(n, who) for who, n in known.items()]))
    return known


def merge(folder, file, policy=None):
    """Take the marks that a marking page has saved into a folder's marks; return what was done.

    All of them are taken, or none.

    Args:
        folder: with `marks.csv`, made if it is not there, and `numbers.csv`.
        file: what the page saved. policy: see Marks.

    Returns:
        the Marks, and dict of how many are "new", "changed", "as before" and "older".

    Raises:
        NotMarks: something in it cannot be, and the message says in which line.
    """
    folder, file = Path(folder), Path(file)
    with locked(folder):
        who = {number: student for student, number in numbers(folder, ()).items()}
        zone = (policy or Policy()).zone
        kept, done = (
            dict(read(folder, policy).all),
            dict.fromkeys(("new", "changed", "as before"), 0),
        )
        done["older"] = 0
        for number, line in table(file, SAVED):
            if line["number"] not in who:
                raise NotMarks(
                    f"{file}, line {number}: nobody here has the number {line['number'][:20]!r}. "
                    "Is it the file of another class? Nothing was taken from the file."
                )
            one = mark(line | {"id": who[line["number"]]}, file, number, zone)
            if not one.answer:
                raise NotMarks(
                    f"{file}, line {number}: it is cut off. Save the file once more. Nothing was "
                    "taken from it."
                )
            before = kept.get(one.key)
            if before is None:
                kind = "new"
            elif before == one:
                kind = "as before"
            elif datetime.fromisoformat(one.when) < datetime.fromisoformat(before.when):
                kind = "older"
            else:
                kind = "changed"
            done[kind] += 1
            if kind in ("new", "changed"):
                kept[one.key] = one
        rows = [[getattr(kept[key], name) for name in COLUMNS] for key in sorted(kept)]
        if done["new"] or done["changed"]:
            write_whole(folder / MARKS, tables.table(COLUMNS, rows))
    return Marks(kept.values(), policy), done


def results_in(folder):
    """Return the folder of the results in a folder: `grades` of a class, or itself.

    Raises:
        FileNotFoundError: nothing is graded there.
    """
    for results in (Path(folder) / "grades", Path(folder)):
        if (results / "gradebook.json").is_file():
            return results
    raise FileNotFoundError(
        f"Nothing is graded in {folder}: grade the class first, and name the folder of its results."
    )


def graded(results):
    """Return (seed, Reports) of what was graded, as it stands in a folder of results."""
    path = results / "gradebook.json"
    try:
        book = json.loads(path.read_text(encoding="utf-8"))
        return book["seed"], [Report.from_dict(one) for one in book["reports"]]
    except (ValueError, TypeError, KeyError):
        raise ValueError(f"{path} is damaged: grade once more.") from None


def kept_in(results):
    """Return the folder of a class's marks: around its `grades`, or else the results' own."""
    around = Path(results).resolve().parent
    of_a_class = any((around / name).is_file() for name in ("policy.toml", "roster.csv", MARKS))
    return around if Path(results).name == "grades" and of_a_class else Path(results)


def prepare(results, pages, policy=None):
    """Write the marking page of what was graded; return (its path, how many answers are on it).

    Args:
        results: the folder of the results. pages: the environment of the templates.
        policy: see Marks.
    """
    _, reports = graded(results)
    home = kept_in(results)
    with locked(home):
        who = numbers(home, {report.student for report in reports})
    marks = read(home, policy)
    write_whole(home / PAGE, page(reports, marks, who, pages))
    return home / PAGE, len(items(reports, marks, who))


# ---- the page -----------------------------------------------------------------------------------


def items(reports, marks, who):
    """Return what is to be marked, question by question, in the order of the learners' numbers.

    Args:
        marks: the Marks that are there already.
        who: student → number.
    """
    found = []
    for report in reports:
        for place, (part, possible) in enumerate(marks.policy.parts(report.exercise)):
            text = report.answers.get(part.name, "")
            if part.untouched(text):
                continue
            settled = marks.settle(report, part, possible)
            now = [] if settled.earlier else [mark.marker for mark in settled.marks]
            found.append(
                {
                    "number": who[report.student],
                    "exercise": report.exercise,
                    "place": place,
                    "part": part.name,
                    "text": text,
                    "answer": digest(text),
                    "done": now,
                    "apart": settled.apart and not settled.earlier,
                    "again": settled.earlier,
                }
            )
    return sorted(found, key=lambda one: (one["exercise"], one["place"], one["number"]))


def page(reports, marks, who, pages):
    """Return the marking page.

    Args:
        reports: the Reports of the class. marks: its Marks. who: student → number.
        pages: the environment of the templates.
    """
    found = items(reports, marks, who)
    exercises = sorted({one["exercise"] for one in found})
    asked = {
        exercise: {
            part.name: {
                "title": part.title,
                "points": part.points,
                "counts": possible,
                "question": part.question,
                "rubric": part.rubric,
                "code": part.code,
                "sample": part.sample,
            }
            for part, possible in marks.policy.parts(exercise)
        }
        for exercise in exercises
    }
    first = next(iter(who.items()), ())
    data = {"class": digest("/".join(first)), "parts": asked, "items": found}
    data["titles"] = {one: pages.filters["title"](one) for one in exercises}
    code, allowed = script("marking.js")
    return pages.get_template("marking.html.j2").render(data=data, code=code, digest=allowed)


def script(name):
    """Return (a script of `front`, the hash by which a page's policy lets it run)."""
    text = (Path(__file__).parent / "front" / name).read_text(encoding="utf-8")
    whole = f"\n{text}"
    return whole, base64.b64encode(hashlib.sha256(whole.encode()).digest()).decode()
