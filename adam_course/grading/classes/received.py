"""What a class has handed in: every attempt, kept as it came, and a table that says whose it is.

submitted/received.csv                  a line for each attempt
submitted/ID/06_adam.ipynb              the newest attempt
submitted/ID/.attempts/06_adam-1.ipynb  every attempt, never changed
"""

import hashlib
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime

from adam_course.grading.classes import tables
from adam_course.grading.classes.examine import exercise_in
from adam_course.grading.classes.files import write_whole
from adam_course.grading.classes.submissions import Refused, exercise_of, read_file
from adam_course.grading.classes.times import moment

ATTEMPTS = ".attempts"
BY_HAND = "by hand"


@dataclass(frozen=True)
class Attempt:
    """One notebook, or something else, that one person handed in for one exercise.

    Attributes:
        id, exercise: whose, and for which.
        attempt: its number, from 1 on.
        file: where it is kept, below `submitted`.
        handed_in: when, with its time zone; None if nobody knows.
        lateness: as the platform says it, "" if it does not.
        digest: SHA-256 of the file.
        source: where it came from.
    """

    id: str
    exercise: str
    attempt: int
    file: str
    handed_in: datetime | None = None
    lateness: str = ""
    digest: str = ""
    source: str = ""

    @property
    def is_notebook(self):
        """Whether it can be graded."""
        return self.file.endswith(".ipynb")


COLUMNS = tuple(field.name for field in fields(Attempt))


class Received:
    """All attempts of a class."""

    def __init__(self, folder, zone):
        self.folder, self.path, self.zone = folder, folder / "received.csv", zone
        self.attempts = []
        if self.path.exists():
            self.read()

    def read(self):
        """Read the table of attempts, in which a person may have mended a time.

        Raises:
            ValueError: it lacks a column, or a cell cannot be read.
        """
        table = tables.read(self.path)
        places = {name: table.column(name) for name in COLUMNS}
        if lacking := [name for name, place in places.items() if place is None]:
            raise ValueError(f"{self.path} has lost its column {lacking[0]}: bring it back.")
        for row, line in zip(table.rows, table.lines, strict=True):
            if not any(row):
                continue
            cells = {name: tables.plain(row[place].strip()) for name, place in places.items()}
            try:
                cells["handed_in"] = moment(cells["handed_in"], self.zone)
            except ValueError as error:
                raise ValueError(f"{self.path}, line {line}: {error}.") from None
            if not cells["attempt"].isdecimal():
                raise ValueError(f"{self.path}, line {line}: the attempt is not a number from 1.")
            cells["attempt"] = int(cells["attempt"])
            self.attempts.append(Attempt(**cells))

    def write(self):
        """Write the table of attempts."""
        rows = []
        for one in sorted(self.attempts, key=lambda one: (one.id, one.exercise, one.attempt)):
            when = clock(one.handed_in, self.zone)
            rows.append((asdict(one) | {"handed_in": when}).values())
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.path, tables.table(COLUMNS, rows))

    def of(self, id, exercise):
        """Return a person's attempts at an exercise."""
        return [one for one in self.attempts if (one.id, one.exercise) == (id, exercise)]

    def add(self, person, exercise, data, ending=".ipynb", **more):
        """Keep an attempt if it is not here yet; return whether it is a new one.

        It is here if the same file came before, unless both came at times that are known and
        differ. A time or lateness that was not known is noted then.
        """
        digest = hashlib.sha256(data).hexdigest()
        own = self.of(person.id, exercise)
        for old in own:
            known = (old.handed_in, more.get("handed_in"))
            if old.digest == digest and (None in known or known[0] == known[1]):
                new = {name: text for name, text in more.items() if text and not getattr(old, name)}
                self.attempts[self.attempts.index(old)] = replace(old, **new)
                return False
        number = max((one.attempt for one in own), default=0) + 1
        place = self.folder / person.folder / ATTEMPTS
        place.mkdir(parents=True, exist_ok=True)
        write_whole(place / f"{exercise}-{number}{ending}", data)
        file = f"{person.folder}/{ATTEMPTS}/{exercise}-{number}{ending}"
        self.attempts.append(Attempt(person.id, exercise, number, file, digest=digest, **more))
        return True

    def adopt(self, roster):
        """Keep the notebooks that somebody put into people's folders; return how many."""
        count = 0
        for person in roster:
            for path in sorted((self.folder / person.folder).glob("*.ipynb")):
                try:
                    data = read_file(path)
                except Refused:
                    continue
                exercise = exercise_of([path.stem]) or exercise_in(data)
                digest = hashlib.sha256(data).hexdigest()
                known = {one.digest for one in self.of(person.id, exercise)}
                if exercise and digest not in known:
                    count += self.add(person, exercise, data, source=BY_HAND)
        return count

    def show(self, roster):
        """Put each person's newest notebook where people look for it."""
        in_order = sorted(self.attempts, key=lambda one: one.attempt)
        newest = {(one.id, one.exercise): one for one in in_order if one.is_notebook}
        for one in newest.values():
            if one.id not in roster:
                continue
            path = self.folder / roster[one.id].folder / f"{one.exercise}.ipynb"
            data = (self.folder / one.file).read_bytes()
            if not path.exists() or path.read_bytes() != data:
                write_whole(path, data)


def clock(when, zone):
    """Return a time as the clocks of a zone show it, "" for none.

    It names no zone: platforms do not, and who sets another one in policy.toml means their times.
    """
    here = when and when.astimezone(zone).replace(tzinfo=None)
    return here.isoformat(sep=" ", timespec="seconds") if here else ""
