"""Who is in the class: a CSV whose columns are known by their headings, and who a name may be."""

import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass

from adam_course.grading.classes import tables
from adam_course.grading.classes.results import safe_name

#: What each column may be called, the best guess first, in Moodle's, Canvas' and people's tables.
GUESSES = {
    "id": (
        *("id", "student id", "student number", "id number", "matriculation number"),
        *("registration number", "Matrikelnummer", "SIS User ID", "SIS Login ID", "username"),
        *("user name", "user id", "login", "login id"),
        *("email address", "email", "e-mail address"),
    ),
    "name": ("name", "full name", "student", "student name"),
    "first": ("first name", "firstname", "given name", "forename", "Vorname"),
    "last": ("last name", "lastname", "surname", "family name", "Nachname"),
    "mail": ("mail", "email", "email address", "e-mail address", "E-Mail-Adresse"),
    "group": ("group", "groups", "section", "tutorial", "Gruppe", "Gruppen"),
    "canvas": ("canvas id", "canvas user id", "canvas number", "canvas user", "canvas"),
}
#: What the institution calls people in Canvas' tables; beside one of these, `ID` is Canvas' number.
SIS = ("SIS User ID", "SIS ID", "SIS Login ID")
CANVAS = GUESSES | {"id": (*SIS, "ID"), "canvas": (*GUESSES["canvas"], "ID")}
#: Whom Canvas makes up for each course.
TEST_STUDENT = "student, test"


@dataclass(frozen=True)
class Person:
    """Somebody in the class.

    Attributes:
        id: by which everything here knows them.
        name: as the roster has it.
        first, last: the parts of the name, as far as they are known.
        mail, group: as the roster has them, "" if it does not.
        canvas: Canvas' number, "" if nobody knows it.
    """

    id: str
    name: str
    first: str = ""
    last: str = ""
    mail: str = ""
    group: str = ""
    canvas: str = ""

    @property
    def folder(self):
        """The name of the folder of what they handed in."""
        return safe_name(self.id, set())

    @property
    def spoken(self):
        """Their name as it is said: "Ada Lovelace" where the roster has "Lovelace, Ada"."""
        turned = f"{self.first} {self.last}".strip()
        return turned if "," in self.name and turned else self.name

    def is_another(self, words):
        """Return whether a platform's address or number of somebody is not theirs."""
        own = {"mail": self.mail, "canvas": self.canvas}
        both = [(own[kind], words[kind]) for kind in own if own[kind] and words.get(kind)]
        return any(mine.casefold() != other.casefold() for mine, other in both)

    @property
    def spellings(self):
        """Their name as platforms may write it: without blanks, whichever part comes first."""
        found = {spelling(self.name), spelling(self.last + self.first)}
        found.add(spelling(self.first + self.last))
        words = self.name.replace(",", " ").split()
        found |= {spelling("".join(words[n:] + words[:n])) for n in range(len(words))}
        return found - {""}


class Roster:
    """The people of a class in the roster's order, and whom a platform means by a word.

    Iterating gives each Person; `roster[id]` gives one, and `id in roster` asks for one.
    """

    def __init__(self, people):
        self.people = {person.id: person for person in people}
        self.names = Counter(tables.heading(person.spoken) for person in people)
        self.meant = defaultdict(dict)
        for person in people:
            words = {("id", spelling(person.id)), ("mail", person.mail.casefold())}
            words |= {("login", spelling(person.mail.partition("@")[0]))}
            words |= {("canvas", person.canvas), *(("name", one) for one in person.spellings)}
            for word in words:
                self.meant[word][person.id] = person

    def __iter__(self):
        return iter(self.people.values())

    def __len__(self):
        return len(self.people)

    def __contains__(self, id):
        return id in self.people

    def __getitem__(self, id):
        return self.people[id]

    def shown(self, person):
        """Return a person's name, with the id where somebody else looks the same."""
        twins = self.names[tables.heading(person.spoken)] > 1
        return f"{person.spoken[:60]} ({person.id})" if twins else person.spoken

    def find(self, **words):
        """Return (Person, "") for the first word that means one person, or (None, why not).

        Args:
            words: id, canvas, mail, login, name: as a platform writes them.
        """
        why = "nobody in the roster is that"
        for kind, word in words.items():
            if kind == "id" and word in self.people:
                return self.people[word], ""
            word = word.casefold() if kind in ("mail", "canvas") else spelling(word)
            found = self.meant.get((kind, word)) if word else None
            if kind == "name" and found and all(one.is_another(words) for one in found.values()):
                why = "somebody of that name in the roster has another address or number"
                continue
            if found and len(found) == 1:
                return next(iter(found.values())), ""
            if found:
                many = " and ".join(f"{one.name} ({one.id})" for one in found.values())
                why = f"that may be {many}"
        return None, why


def spelling(text):
    """Return a word as it is compared: letters and digits alone, small, accents in one form."""
    return tables.heading(unicodedata.normalize("NFKC", text))


def read(path, columns=None):
    """Return the Roster in a CSV file.

    Args:
        path: also Moodle's list of participants or Canvas' gradebook, as they hand them out.
        columns: which heading is id, name, first, last, mail, group or canvas; guessed if not said.

    Raises:
        OSError: it is not there.
        ValueError: a column or an id is missing, or two people have one id.
    """
    table = tables.read(path)
    places = columns_of(table, columns or {})
    people, seen = [], {}
    for row, line in zip(table.rows, table.lines, strict=True):
        cells = {name: tables.value(row[place]) for name, place in places.items()}
        if not any(cells.values()) or of_canvas(table, row):
            continue
        id = cells["id"]
        if not id:
            raise ValueError(
                f"{path}, line {line}: {cells.get('name') or ' '.join(row).strip()} has no "
                f"“{table.header[places['id']]}”, by which people are told apart: fill it in."
            )
        person = person_of(cells)
        if other := seen.get(person.folder.casefold()):
            raise ValueError(
                f"{path}: the id {id} is in lines {other} and {line}: leave one of them, or give "
                "one of the two people another id."
            )
        seen[person.folder.casefold()] = line
        people.append(person)
    if not people:
        raise ValueError(f"{path} lists nobody: write a line for each person in the class.")
    return Roster(people)


def columns_of(table, columns):
    """Return the place of each column that is there."""
    guesses = CANVAS if is_canvas(table) or table.column(*SIS) is not None else GUESSES
    if unknown := sorted(columns.keys() - GUESSES.keys()):
        raise ValueError(
            f"policy.toml: roster.{unknown[0]} is no column: there are {', '.join(GUESSES)}."
        )
    places = {}
    for name, names in guesses.items():
        if name in columns and table.column(columns[name]) is None:
            raise ValueError(
                f"{table.path} has no column “{columns[name]}”, which policy.toml names as the "
                f"{name}: it has {', '.join(filter(None, table.header))}."
            )
        found = [table.column(one) for one in ([columns[name]] if name in columns else names)]
        found = [place for place in found if place is not None]
        filled = [place for place in found if any(row[place].strip() for row in table.rows)]
        if found:
            places[name] = (filled or found)[0]
    if "id" not in places or not places.keys() & {"name", "last"}:
        lacking = "an id" if "id" not in places else "a name"
        raise ValueError(
            f"{table.path} has no column for {lacking} that can be guessed: say in policy.toml, "
            f"below [roster], which it is; it has {', '.join(filter(None, table.header))}."
        )
    return places


def is_canvas(table):
    """Return whether a table is Canvas' gradebook."""
    named = table.column("Student") is not None or table.column("LastName") is not None
    return named and table.column("ID") is not None and table.column("Section") is not None


def of_canvas(table, row):
    """Return whether a row of Canvas' gradebook is about no learner."""
    if not is_canvas(table):
        return False
    place = table.column("Student", "LastName")
    who = tables.value(row[place]).casefold()
    return who in ("points possible", TEST_STUDENT) or not row[table.column("ID")].strip()


def person_of(cells):
    """Return the Person in the cells of a row."""
    first, last = cells.get("first", ""), cells.get("last", "")
    name = cells.get("name") or f"{first} {last}".strip() or cells["id"]
    if not last and "," in name:
        last, first = (part.strip() for part in name.split(",", 1))
    elif not last:
        first, _, last = name.rpartition(" ")
    more = {key: cells.get(key, "") for key in ("mail", "group", "canvas")}
    return Person(cells["id"], name, first, last, **more)
