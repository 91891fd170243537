"""What Moodle and Canvas hand out, and what they take back.

Read in their sources: how they name the files of a download (Moodle's
mod/assign/classes/downloader.php, Canvas' lib/content_zipper.rb) and which columns their tables
have and want (Moodle's mod/assign/gradingtable.php and feedback/offline, Canvas'
lib/gradebook_exporter.rb and gradebook_importer.rb).
"""

import html
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import NamedTuple

from adam_course.grading.classes import tables
from adam_course.grading.classes.policy import in_points, number, rounded
from adam_course.grading.classes.roster import TEST_STUDENT, is_canvas
from adam_course.grading.classes.times import believed
from adam_course.tasks import EXERCISES

#: "Ada Lovelace_123456_assignsubmission_file", a folder or the beginning of a file's name.
MOODLE = re.compile(
    r"(?P<name>.*?)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<rest>.*))?", re.DOTALL
)
#: "lovelaceada_LATE_12346_67891_06_adam-1.ipynb": name, Canvas' user, the file's number, its name.
CANVAS = re.compile(
    r"(?P<name>.*?)(?P<late>_LATE)?_(?P<number>\d+)_(?P<file>\d+)_(?P<rest>.+)", re.DOTALL
)
#: How Moodle writes a time, without the weekday; the second as in the United States.
TIMES = ("%d %B %Y, %I:%M %p", "%B %d, %Y, %I:%M %p", "%d %B %Y, %H:%M", "%Y-%m-%d %H:%M")
#: The headings of Moodle's grading worksheet in English; policy.toml may say others.
HEADINGS = {
    "identifier": "Identifier",
    "name": "Full name",
    "number": "ID number",
    "mail": "Email address",
    "status": "Status",
    "grade": "Grade",
    "maximum": "Maximum grade",
    "changeable": "Grade can be changed",
    "submitted": "Last modified (submission)",
    "feedback": "Feedback comments",
}
#: Where our part of a feedback begins; what a person wrote above it stays.
OURS = "Graded by adam-course: "


class Named(NamedTuple):
    """What the name of a file says.

    ``platform`` is "moodle", "canvas" or "" for a folder that bears a learner's name; ``number`` is
    Moodle's of the participant or Canvas' of the user; ``order`` sorts the files of one hand-in.
    """

    platform: str
    name: str
    number: str = ""
    lateness: str = ""
    order: int = 0
    file: str = ""


def named(parts):
    """Return what the parts of a path, below what was downloaded, say."""
    for place, part in enumerate(parts):
        if found := MOODLE.fullmatch(part):
            file = found["rest"] if place == len(parts) - 1 and found["rest"] else parts[-1]
            return Named("moodle", found["name"], found["number"], file=file)
    if found := CANVAS.fullmatch(parts[-1]):
        late = "LATE" if found["late"] else ""
        order = int(found["file"][:18])
        return Named("canvas", found["name"], found["number"], late, order, found["rest"])
    return Named("", PurePosixPath(parts[0]).stem if len(parts) == 1 else parts[0], file=parts[-1])


# ---- who it is ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A line of a platform's table: whom it is about, and what it says of the hand-in."""

    words: dict
    handed_in: datetime | None = None
    lateness: str = ""


class Lists:
    """What the tables of platforms say about the people behind their numbers."""

    def __init__(self):
        self.found, self.notes = {}, []

    def add(self, table, policy):
        """Read Moodle's grading worksheet or Canvas' gradebook.

        Raises:
            ValueError: it is neither.
        """
        if is_canvas(table):
            for id, cells in people_of_canvas(table):
                words = {"id": cells.get("sis"), "canvas": id, "login": cells.get("login")}
                self.found["canvas", id] = Listed(words | {"name": cells["name"]})
            return
        places = worksheet(table, policy)
        for row, line in zip(table.rows, table.lines, strict=True):
            cells = {name: tables.value(row[place]) for name, place in places.items()}
            digits = re.search(r"\d+$", cells["identifier"])
            if digits:
                words = {"id": cells.get("number"), "mail": cells.get("mail")}
                words["name"] = cells.get("name")
                late = re.search(r"[^-]*\d[^-]* late", cells.get("status", ""))
                when = time_of(cells.get("submitted", ""), policy.zone)
                try:
                    when = when and believed(when)
                except ValueError as error:
                    self.notes.append(f"{table.path}, line {line}: {error}; no time was taken.")
                    when = None
                said = late[0].strip() if late else ""
                self.found["moodle", digits[0]] = Listed(words, when, said)

    def who(self, name, roster):
        """Return (Person or None, the platform's Listed, why nobody) for what a name says."""
        listed = self.found.get((name.platform, name.number), Listed({}))
        words = {key: word for key, word in listed.words.items() if word}
        if name.platform == "canvas":
            words = {"canvas": name.number} | words
        if not name.platform:
            words = {"id": name.name, "mail": name.name, "login": name.name}
        person, why = roster.find(**words | {"name": words.get("name", name.name)})
        return person, listed, why


def worksheet(table, policy):
    """Return the place of each column of Moodle's grading worksheet.

    Raises:
        ValueError: it is none.
    """
    headings = HEADINGS | policy.moodle
    places = {name: table.column(text) for name, text in headings.items()}
    for name in ("identifier", "grade"):
        if places[name] is None:
            raise ValueError(
                f"{table.path} is neither Moodle's grading worksheet nor Canvas' gradebook: it has "
                f"no column “{headings[name]}”. If it is Moodle's in another language, say below "
                "[moodle] in policy.toml what its columns are called."
            )
    return {name: place for name, place in places.items() if place is not None}


def time_of(text, zone):
    """Return a time that Moodle wrote, None if it is none that can be read."""
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    text = re.sub(r"^[^\W\d]+, ", "", text).replace(" am", " AM").replace(" pm", " PM")
    for form in TIMES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:
            continue
    return None


def people_of_canvas(table):
    """Yield (Canvas' number, cells by name) for the rows of a gradebook that are about learners."""
    names = {"name": ("Student",), "id": ("ID",), "sis": ("SIS User ID",)}
    names |= {"login": ("SIS Login ID",), "last": ("LastName",), "first": ("FirstName",)}
    places = {key: table.column(*words) for key, words in names.items()}
    for row in table.rows:
        cells = {key: tables.value(row[n]) for key, n in places.items() if n is not None}
        cells.setdefault("name", f"{cells.get('first')} {cells.get('last')}")
        if cells["id"] and cells["name"].casefold() != TEST_STUDENT:
            yield cells["id"], cells | {"row": row}


# ---- what they take back ------------------------------------------------------------------------


class Filled(NamedTuple):
    """A table with our columns filled in: its text, how many rows, and what to tell a person."""

    text: str
    count: int
    notes: tuple[str, ...]


def moodle(table, roster, scores, exercise, policy, scale=False):
    """Return Moodle's grading worksheet with grades and feedback, all other cells as they were.

    Args:
        table: the worksheet as Moodle handed it out for this assignment.
        roster: the Roster.
        scores: the Scores of the class.
        exercise: which exercise the assignment is.
        policy: the Policy.
        scale: whether to convert the points to the worksheet's maximum.

    Raises:
        ValueError: it is no such worksheet, or its maximum is another one.
    """
    places, own = worksheet(table, policy), of_exercise(scores, exercise)
    lists, notes, seen = Lists(), Notes(), set()
    lists.add(table, policy)
    comma = decimal_comma(table.rows, places.get("maximum"))
    for row in table.rows:
        cells = {name: tables.value(row[place]) for name, place in places.items()}
        digits = re.search(r"\d+$", cells["identifier"])
        if not digits:
            continue
        name = Named("moodle", cells.get("name", ""), digits[0])
        person, _, _ = lists.who(name, roster)
        if person is None:
            notes.add("not in the roster", cells.get("name") or cells["identifier"])
            continue
        score = own.get(person.id)
        seen.add(person.id)
        if not score or score.open:
            notes.add("without points so far", roster.shown(person))
            continue
        if cells.get("changeable", "").casefold() == "no":
            notes.add("locked in Moodle", roster.shown(person))
            continue
        factor = scaled(score, cells.get("maximum", ""), table.path, exercise, scale)
        row[places["grade"]] = written(score.points * factor, comma)
        if "feedback" in places:
            row[places["feedback"]] = feedback(row[places["feedback"]], score)
        if score.points > score.maximum:
            notes.add("above the maximum, which Moodle refuses", roster.shown(person))
        notes.filled(score, roster.shown(person))
    notes.missing(roster, seen)
    return Filled(table.text(), notes.count, notes.sentences())


def canvas(table, roster, scores, policy, scale=False, exercise=None):
    """Return Canvas' gradebook with the points of its exercises, all other cells as they were.

    Args:
        table: the gradebook as Canvas handed it out.
        exercise: the only one to fill in; if None, all that have a column.
        (The others are those of `moodle`.)

    Raises:
        ValueError: it is no gradebook, or no column is an exercise's.
    """
    if not is_canvas(table):
        raise ValueError(
            f"{table.path} is not Canvas' gradebook: it needs the columns Student, ID and Section."
        )
    wanted = [exercise] if exercise else sorted({one.exercise for one in scores})
    columns = {
        name: place for name in wanted if (place := column_of(table, name, policy)) is not None
    }
    if not columns:
        last = table.column("Section")
        headings = ", ".join(filter(None, table.header[last + 1 :])) or "none"
        raise ValueError(
            f"{table.path} has no column for {' or '.join(wanted) or 'an exercise'}: its "
            f"assignments are {headings}. Say below [canvas] in policy.toml which is which."
        )
    who = table.column("Student", "LastName")
    maxima = next((row for row in table.rows if "points possible" in row[who].casefold()), None)
    comma = any(decimal_comma([maxima or []], place) for place in columns.values())
    lists, notes, seen = Lists(), Notes(), set()
    lists.add(table, policy)
    for name, place in columns.items():
        own = of_exercise(scores, name)
        for id, cells in people_of_canvas(table):
            person, _, _ = lists.who(Named("canvas", cells["name"], id), roster)
            if person is None:
                notes.add("not in the roster", cells["name"])
                continue
            seen.add(person.id)
            score, row = own.get(person.id), cells["row"]
            if row[place].strip().upper() in ("EX", "N/A"):
                notes.add("excused or not assigned in Canvas", roster.shown(person))
            elif not score or score.open:
                notes.add("without points so far", roster.shown(person))
            else:
                factor = scaled(score, maxima[place] if maxima else "", table.path, name, scale)
                row[place] = written(score.points * factor, comma)
                notes.filled(score, roster.shown(person))
    notes.missing(roster, seen)
    return Filled(table.text(), notes.count, notes.sentences())


def column_of(table, exercise, policy):
    """Return the place of an exercise's column in Canvas' gradebook, None if there is none.

    Raises:
        ValueError: several may be it, or the one that policy.toml names is not there.
    """
    bare = [re.sub(r"\s*\(\d+\)\s*$", "", text) for text in table.header]
    if named := policy.canvas.get(exercise):
        found = [n for n, text in enumerate(table.header) if named in (text, bare[n])]
        if not found:
            raise ValueError(
                f"{table.path} has no column “{named}”, which policy.toml names for {exercise}."
            )
    else:
        known = EXERCISES[exercise]
        words = {tables.heading(text) for text in (exercise, known.number + known.title)}
        first = table.column("Section") + 1
        found = [
            n
            for n, text in enumerate(bare)
            if n >= first and any(word in tables.heading(text) for word in words)
        ]
    if len(found) > 1:
        raise ValueError(
            f"{table.path} has several columns that may be {exercise}: "
            f"{' and '.join(table.header[n] for n in found)}. Say below [canvas] in policy.toml "
            "which it is."
        )
    return found[0] if found else None


def of_exercise(scores, exercise):
    """Return id → Score for an exercise."""
    return {one.id: one for one in scores if one.exercise == exercise}


def scaled(score, maximum, path, exercise, scale):
    """Return by what points are multiplied for a platform's maximum.

    Raises:
        ValueError: the maximum is another one, and nobody asked to convert the points.
    """
    text = maximum.strip().replace(",", ".")
    try:
        there = float(text)
    except ValueError:
        return 1.0
    if there == rounded(score.maximum) or not score.maximum:
        return 1.0
    if not scale:
        raise ValueError(
            f"{path}: {exercise} has {in_points(score.maximum)} here and {number(there)} "
            "on the platform: set the maximum there and download the table again, or convert the "
            "points with --scale."
        )
    return there / score.maximum


def decimal_comma(rows, place):
    """Return whether numbers in a column are written with a comma."""
    return place is not None and any(
        re.fullmatch(r"\s*\d+,\d+\s*", row[place]) for row in rows if row
    )


def written(points, comma):
    """Return points as a platform writes them."""
    text = f"{rounded(points):.2f}"
    return text.replace(".", ",") if comma else text


def feedback(old, score):
    """Return the feedback of a Score in HTML, below what a person wrote above it."""
    theirs = re.sub(r"(\s|<br ?/?>|<p>)+$", "", old.partition(OURS.strip())[0])
    lines = [f"{OURS}{number(score.points)} of {in_points(score.maximum)}.", *score.reasons]
    ours = "<br>".join(html.escape(line, quote=False) for line in lines)
    return f"{theirs}<br>{ours}" if theirs else ours


class Notes:
    """What a person should know about a table that was filled in."""

    def __init__(self):
        self.count, self.names = 0, {}

    def add(self, what, name):
        """Note somebody."""
        self.names.setdefault(what, Counter())[name] += 1

    def filled(self, score, name):
        """Count a row that was filled in."""
        self.count += 1
        if not score.points and (not score.attempt or "too late" in score.rule):
            self.add("with 0 points, for they handed in nothing, or too late", name)
        if None in score.by_person.values():
            self.add("waiting for a person's mark", name)

    def missing(self, roster, seen):
        """Note who of the roster is not in the table."""
        for person in roster:
            if person.id not in seen:
                self.add("not in the platform's table", roster.shown(person))

    def sentences(self):
        """Return the notes as sentences."""
        return tuple(f"{len(names)} {what}: {listed(names)}." for what, names in self.names.items())


def listed(names, most=10):
    """Return names in words, the first of very many."""
    names = [" ".join("".join(c if c.isprintable() else " " for c in one).split()) for one in names]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ("; " if any("," in one for one in names) else ", ").join(names[:most]) + more
