"""What a class has agreed on: deadlines, late days, points of its own, and who got what.

`Policy.read("policy.toml")` reads it, and `scores(…)` says what everybody has under it.
"""

import difflib
import math
import re
import tomllib
from collections import defaultdict
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from adam_course.grading.classes.parts import parts_of
from adam_course.tasks import EXERCISES, TASKS, tasks_of

DAY = timedelta(days=1)
#: Which of several attempts counts, as policy.toml says it.
COUNTS = ("last", "last in time", "best")
#: What counts where people who mark differ: a third mark, or the mean.
DIFFER = ("third", "mean")
#: How Moodle says how late something is.
UNITS = {"year": 365 * DAY, "week": 7 * DAY, "day": DAY, "hour": DAY / 24}
UNITS |= {"min": DAY / 1440, "sec": DAY / 86400}
#: The settings, and the keys of those that are tables.
SETTINGS = {
    "time_zone": (),
    "deadlines": (),
    "late": ("grace_minutes", "free_days", "percent_a_day", "latest_days"),
    "attempts": ("counts",),
    "groups": (),
    "extensions": ("id", "exercise", "until", "days", "reason"),
    "drop": ("tasks",),
    "points": (),
    "overrides": ("id", "exercise", "task", "points", "reason", "rule"),
    "behind": ("missing", "below"),
    "marking": ("differ",),
    "roster": (),
    "moodle": (),
    "canvas": (),
}


@dataclass(frozen=True)
class Score:
    """What one person has for one exercise under the class's policy.

    Who is on the roster and handed nothing in has a Score too, with attempt 0 and no tasks.

    Attributes:
        id, student, group: who, as the roster says; "" for no group.
        exercise: as "06_adam".
        attempt: the number of the attempt that counts, from 1 on; 0 if there is none.
        handed_in: when, with its time zone; None if nobody knows or nothing was handed in.
        tasks: points earned, by task, after the policy's own points.
        possible: points to be had, by task; dropped tasks are not in it.
        by_person: what people gave, by part; None for a part that waits for its mark.
        person_possible: points that people can give.
        raw: all points earned, before lateness.
        penalty: points taken off for lateness; all of them for what came too late to count.
        points: what counts, after penalty and overrides.
        maximum: points to be had in all.
        reasons: why it is so, in sentences.
        rule: names of the policy's rules that applied, as "late days" or an override's own name.
        due: when it had to be handed in; None if the policy names no time.
        open: whether it may still be handed in: nothing came, and it is not due yet.
    """

    id: str
    student: str
    group: str
    exercise: str
    attempt: int = 0
    handed_in: datetime | None = None
    tasks: dict[str, float] = field(default_factory=dict)
    possible: dict[str, float] = field(default_factory=dict)
    by_person: dict[str, float | None] = field(default_factory=dict)
    person_possible: float = 0.0
    raw: float = 0.0
    penalty: float = 0.0
    points: float = 0.0
    maximum: float = 0.0
    reasons: tuple[str, ...] = ()
    rule: tuple[str, ...] = ()
    due: datetime | None = None
    open: bool = False

    def to_dict(self):
        """Return the score as dicts, lists, words and numbers, ready for JSON."""
        return asdict(self) | {
            name: when.isoformat() if (when := getattr(self, name)) else None
            for name in ("handed_in", "due")
        }

    @classmethod
    def from_dict(cls, data):
        """Return the score that `to_dict` wrote."""
        moments = {
            name: data[name] and datetime.fromisoformat(data[name]) for name in ("handed_in", "due")
        }
        words = {name: tuple(data[name]) for name in ("reasons", "rule")}
        return cls(**data | moments | words)


@dataclass(frozen=True)
class Extension:
    """More time for one person: until a moment, or some days; for one exercise, or for all."""

    id: str
    exercise: str
    until: datetime | None
    days: float
    reason: str


@dataclass(frozen=True)
class Override:
    """What a person decided instead of the rules: the points of a task, or of all of it."""

    id: str
    exercise: str
    task: str
    points: float
    reason: str
    rule: str


@dataclass(frozen=True)
class Policy:
    """What policy.toml says; `Policy()` is what holds where it says nothing.

    Attributes:
        zone: the time zone of all its times.
        deadlines: exercise → when it is due.
        grace: how much later costs nothing.
        free_days: late days that a person may use up over the term.
        percent: of an exercise's points, taken off for each day after these.
        latest: days after which nothing counts; None if there is no such limit.
        counts: which of several attempts counts, one of COUNTS.
        groups: group → exercise → when it is due there.
        extensions, overrides: for single people, in the file's order.
        dropped: names of tasks that count for nobody; what a person marks is "06_adam.own-words".
        points: task → its points in this class, with names as those of `dropped`.
        missing, below: who falls behind: so many exercises missing, or less than so many percent;
            None if the policy draws no such line.
        differ: what counts where markers are more than a point apart, one of DIFFER.
        roster, moodle, canvas: what columns are called.
    """

    zone: tzinfo = UTC
    deadlines: dict = field(default_factory=dict)
    grace: timedelta = timedelta()
    free_days: int = 0
    percent: float = 0.0
    latest: float | None = None
    counts: str = "last"
    groups: dict = field(default_factory=dict)
    extensions: tuple = ()
    overrides: tuple = ()
    dropped: frozenset = frozenset()
    points: dict = field(default_factory=dict)
    missing: int | None = None
    below: float | None = None
    differ: str = "third"
    roster: dict = field(default_factory=dict)
    moodle: dict = field(default_factory=dict)
    canvas: dict = field(default_factory=dict)

    @classmethod
    def read(cls, path):
        """Return the Policy in a file.

        Raises:
            OSError: it is not there.
            ValueError: it is no TOML, or a setting is unknown or cannot be; the message names it.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
            found = tomllib.loads(text)
        except ValueError as error:
            raise ValueError(f"{path} cannot be read as TOML: {error}.") from None
        return Reader(path, text, found).policy()

    def own_points(self):
        """Return task → points, where they are not those of the course: 0 for a dropped one."""
        return self.points | dict.fromkeys(self.dropped, 0)

    def tasks(self, exercise):
        """Return [(Task, its points in this class), …] of an exercise, without dropped ones."""
        return [
            (task, float(self.points.get(task.name, task.points)))
            for task in tasks_of(exercise)
            if task.name not in self.dropped
        ]

    def parts(self, exercise):
        """Return [(Part, its points), …] that a person marks in this class."""
        return [
            (part, float(self.points.get(name, part.points)))
            for part in parts_of(exercise)
            if (name := called(exercise, part)) not in self.dropped
        ]

    def due(self, person, exercise):
        """Return (when an exercise is due for a person, the rule and sentence of an exception).

        The time is None if there is none; the rule and the sentence are "" for the general rule.
        """
        due, rule, why = self.deadlines.get(exercise), "", ""
        for name in sorted(groups_of(person) & self.groups.keys()):
            own = self.groups[name].get(exercise)
            if own and (not rule or own > due):
                due, rule, why = own, "group deadline", f"The deadline is that of group {name}."
        for one in self.extensions:
            if one.id != person.id or one.exercise not in ("", exercise):
                continue
            until = one.until or (due and due + one.days * DAY)
            if until and (not due or until > due):
                due, rule = until, "extension"
                why = f"Extended to {shown(until)}: {one.reason}"
        return due, rule, sentence(why)

    def days_late(self, attempt, due):
        """Return how many days late an attempt is; what has begun is a whole day.

        Where its time or the deadline is not known, it is as late as the platform says.
        """
        if due and attempt.handed_in:
            if attempt.handed_in.astimezone(UTC) - due.astimezone(UTC) <= self.grace:
                return 0
            # A day is from one time of day to the same, also when the clocks change.
            here = attempt.handed_in.astimezone(self.zone).replace(tzinfo=None)
            late = here - due.astimezone(self.zone).replace(tzinfo=None)
            return max(1, math.ceil(late / DAY))
        if not attempt.lateness:
            return 0
        parts = re.findall(r"(\d+) (year|week|day|hour|min|sec)", attempt.lateness.lower())
        late = sum((int(count) * UNITS[unit] for count, unit in parts), timedelta())
        return 0 if parts and late <= self.grace else max(1, math.ceil(late / DAY))

    def too_late(self, days):
        """Return whether what comes so many days late does not count."""
        return self.latest is not None and days > self.latest

    def exercises(self, attempts=()):
        """Return the exercises of the class: with a deadline, an attempt or an override."""
        named = self.deadlines.keys() | {name for own in self.groups.values() for name in own}
        named |= {one.exercise for one in (*attempts, *self.overrides)}
        return [name for name in EXERCISES if name in named]


def called(exercise, part):
    """Return what a policy calls a part that a person marks, as "06_adam.own-words"."""
    return f"{exercise}.{part.name}"


def groups_of(person):
    """Return a person's groups: Moodle writes several as "A, B", and Canvas as "A, B, and C"."""
    return {person.group, *re.split(r", and |, | and ", person.group)}


# ---- what everybody has -------------------------------------------------------------------------


def scores(reports, people, attempts, policy, marks=None, now=None):
    """Return a Score for each person and each exercise of the class, by exercise.

    Args:
        reports: file of an attempt → its Report.
        people: each Person.
        attempts: each Attempt.
        policy: the Policy.
        marks: file of an attempt → part → points that people gave, or None.
        now: the time; what is not due yet is open.
    """
    marks, now = marks or {}, now or datetime.now(UTC)
    mine, marked = defaultdict(list), set()
    for one in attempts:
        mine[one.id, one.exercise].append(one)
        if marks.get(one.file):
            marked.add(one.exercise)
    exercises, found = policy.exercises(attempts), []
    for person in people:
        free = policy.free_days
        dues = {name: policy.due(person, name)[0] for name in exercises}
        last = datetime.max.replace(tzinfo=UTC)
        for name in sorted(exercises, key=lambda name: (dues[name] or last, name)):
            own, given = mine[person.id, name], marks if name in marked else None
            one, used = score(reports, person, own, name, policy, given, free, now)
            free -= used
            found.append(one)
    return sorted(found, key=lambda one: one.exercise)


def score(reports, person, attempts, exercise, policy, marks, free, now):
    """Return (the Score of a person's attempts at an exercise, late days used up by it).

    Args:
        marks: as in `scores`; None if nobody has marked the exercise.
    """
    due, rule, why = policy.due(person, exercise)
    blank = Score(person.id, person.name, person.group, exercise, due=due)
    blank = replace(blank, possible={task.name: most for task, most in policy.tasks(exercise)})
    if marks is not None:
        most = sum(most for _, most in policy.parts(exercise))
        blank = replace(blank, person_possible=most)
    blank = replace(blank, maximum=rounded(sum(blank.possible.values()) + blank.person_possible))
    timed = all(one.handed_in for one in attempts)
    attempts = sorted(attempts, key=lambda one: (timed and one.handed_in, one.attempt))
    attempts = [one for one in attempts if one.is_notebook] or attempts
    days = {one: policy.days_late(one, due) for one in attempts}
    if rule == "extension":  # a platform that names no time does not know of it
        days = {one: late if one.handed_in else 0 for one, late in days.items()}
    taken = [one for one in attempts if not policy.too_late(days[one])] or attempts
    if policy.counts == "last in time":
        taken = [one for one in taken if not days[one]] or taken
    given = marks or {}
    scored = [
        of_attempt(blank, reports[one.file], one, days[one], policy, given.get(one.file, {}), free)
        for one in taken
    ]
    if policy.counts == "best":
        scored.sort(key=lambda one: one[0].points)
    if scored:
        found, used = scored[-1]
        others = len(attempts) - 1
        many = f"This is attempt {found.attempt}, the {policy.counts} of {others + 1}." * bool(
            others
        )
        reasons = tuple(filter(None, (*found.reasons, many, why)))
        found = replace(found, reasons=reasons, rule=(*filter(None, (rule,)), *found.rule))
    else:
        used, found = 0, nothing(blank, policy, now)
    dropped = [task.title for task in tasks_of(exercise) if task.name in policy.dropped]
    dropped += [one.title for one in parts_of(exercise) if called(exercise, one) in policy.dropped]
    if dropped:
        words = f"Not counted in this class: {', '.join(dropped)}."
        found = replace(found, reasons=(*found.reasons, words), rule=(*found.rule, "dropped task"))
    return overridden(found, policy), used


def of_attempt(blank, report, attempt, days, policy, marks, free):
    """Return (the Score of one attempt, late days used up by it)."""
    tasks, reasons, rules = {}, list(report.remarks), []
    told = {"", *(one.rstrip(".").casefold() for one in reasons)}  # why nothing could be read
    for result in report.results:
        if result.task in blank.possible:
            share = result.points / result.possible if result.possible else float(result.passed)
            tasks[result.task] = rounded(share * blank.possible[result.task])
            new = result.message.rstrip(".").casefold() not in told
            if not result.passed and blank.possible[result.task] and new:
                reasons.append(f"{result.title}: {result.message}")
    raw = rounded(sum(tasks.values()) + sum(points or 0 for points in marks.values()))
    used = 0 if policy.too_late(days) else min(days, free)
    penalty = rounded(min(raw, policy.percent / 100 * blank.maximum * (days - used)))
    if policy.too_late(days):
        penalty, limit = raw, f"{number(policy.latest)} {plural(policy.latest, 'day')}"
        late = f"Handed in {days} {plural(days, 'day')} late"
        reasons.append(f"{late}; after {limit} nothing counts.")
        rules.append("too late")
    elif days:
        late = f"{days} {plural(days, 'day')} late"
        said = "" if attempt.handed_in else f", as the platform says ({attempt.lateness})"
        reasons.append(f"Handed in {late}{said}.")
    if used:
        reasons.append(f"Late days used: {used}; left for the term: {free - used}.")
        rules.append("late days")
    if penalty and not policy.too_late(days):
        reasons.append(f"{in_points(penalty)} less, {number(policy.percent)} % a day.")
        rules.append("late penalty")
    if waiting := [part for part, points in marks.items() if points is None]:
        titles = {part.name: part.title for part in parts_of(attempt.exercise)}
        names = ", ".join(titles.get(part, part) for part in waiting)
        reasons.append(f"Waits for a person's mark: {names}.")
    names = {*blank.possible, *(f"{attempt.exercise}.{name}" for name in marks)}
    if names & policy.points.keys():
        rules.append("own points")
    found = replace(
        blank,
        attempt=attempt.attempt,
        handed_in=attempt.handed_in,
        tasks=tasks,
        by_person=dict(marks),
        raw=raw,
        penalty=penalty,
        points=rounded(raw - penalty),
        reasons=tuple(map(sentence, reasons)),
        rule=tuple(rules),
    )
    return found, used


def nothing(blank, policy, now):
    """Return the Score of somebody who has handed nothing in."""
    if blank.due and now <= blank.due + policy.grace:
        return replace(blank, reasons=(f"Due {shown(blank.due)}.",), open=True)
    return replace(blank, reasons=("Nothing was handed in.",))


def overridden(score, policy):
    """Return a Score after the overrides for its person and exercise, one after the other."""
    for one in policy.overrides:
        if (one.id, one.exercise) != (score.id, score.exercise):
            continue
        if one.task:
            kind = "tasks" if one.task in TASKS else "by_person"
            own = getattr(score, kind)
            more = one.points - (own.get(one.task) or 0.0)
            raw = rounded(score.raw + more)
            points = rounded(max(0.0, score.points + more))
            score = replace(score, raw=raw, points=points, **{kind: own | {one.task: one.points}})
            titles = {part.name: part.title for part in (*TASKS.values(), *parts_of(one.exercise))}
            what = f"{titles[one.task]} has {in_points(one.points)}"
        else:
            score = replace(score, points=rounded(one.points))
            what = f"{in_points(one.points)} {'was' if one.points == 1 else 'were'} given"
        reasons = (*score.reasons, sentence(f"{what}, by the rule “{one.rule}”: {one.reason}"))
        score = replace(score, reasons=reasons, rule=(*score.rule, one.rule), open=False)
    return score


def rounded(points):
    """Return points with two decimals, which is what platforms keep."""
    return round(points + 1e-9, 2)


def number(points):
    """Return a number in words: without decimals that say nothing."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def in_points(points):
    """Return points in words, as "1 point"."""
    return f"{number(points)} {plural(points, 'point')}"


def plural(count, word):
    """Return a word as it stands behind a number."""
    return f"{word}{'s' * (count != 1)}"


def shown(when):
    """Return a time as people read it."""
    return f"{when:%Y-%m-%d %H:%M}"


def sentence(text):
    """Return words as a sentence, with a capital letter and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + "." * (text[-1:] not in "?!.…”" if text else 0)


# ---- reading policy.toml ------------------------------------------------------------------------


class Reader:
    """Reads what tomllib found in a policy; what cannot be is a ValueError that names its line."""

    def __init__(self, path, text, found):
        self.path, self.text, self.found = path, text, found
        self.zone = UTC

    def policy(self):
        """Return the Policy."""
        self.known(self.found, SETTINGS, "")
        self.zone = self.time_zone()
        late, counts = self.table("late"), self.table("attempts").get("counts", "last")
        if counts not in COUNTS:
            raise self.wrong("counts", f"{counts!r} is none of {', '.join(COUNTS)}")
        differ = self.table("marking").get("differ", "third")
        if differ not in DIFFER:
            raise self.wrong("differ", f"{differ!r} is none of {', '.join(DIFFER)}")
        groups = self.table("groups")
        behind = self.table("behind")
        return Policy(
            zone=self.zone,
            deadlines=self.deadlines(self.table("deadlines"), "deadlines"),
            grace=timedelta(minutes=self.number(late, "grace_minutes", 0)),
            free_days=int(self.number(late, "free_days", 0)),
            percent=self.number(late, "percent_a_day", 0),
            latest=self.number(late, "latest_days", None),
            counts=counts,
            groups={
                name: self.deadlines(self.table(name, groups), f"groups.{name}") for name in groups
            },
            extensions=tuple(map(self.extension, self.entries("extensions"))),
            overrides=tuple(map(self.override, self.entries("overrides"))),
            dropped=frozenset(self.dropped()),
            points=self.points(),
            missing=self.number(behind, "missing", None),
            below=self.number(behind, "below", None),
            differ=differ,
            **{name: self.columns(name) for name in ("roster", "moodle", "canvas")},
        )

    def wrong(self, key, why):
        """Return the ValueError of a setting that cannot be."""
        pattern = re.compile(rf"""^[\s\[]*(?:\w+\.)?["']?{re.escape(key)}["']?\s*[]=.]""", re.M)
        place = pattern.search(self.text)
        line = f", line {self.text.count(chr(10), 0, place.end()) + 1}" if place else ""
        return ValueError(f"{self.path}{line}: {key}: {why}.")

    def known(self, table, names, where):
        """Raise a ValueError if a table has a key that nobody knows."""
        for key in table:
            if key not in names:
                near = difflib.get_close_matches(key, names, 1)
                help = f"did you mean {near[0]}" if near else f"there are {', '.join(names)}"
                raise self.wrong(key, f"there is no such setting{where}; {help}")

    def table(self, name, around=None):
        """Return a table of the file, empty if it is not there."""
        found = (self.found if around is None else around).get(name, {})
        if not isinstance(found, dict):
            raise self.wrong(name, "this is a table; write its settings below its name in brackets")
        if around is None and SETTINGS[name]:
            self.known(found, SETTINGS[name], f" in [{name}]")
        return found

    def entries(self, name):
        """Return the entries of a list of tables."""
        found = self.found.get(name, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self.wrong(name, f"write [[{name}]], with two brackets, above each of them")
        for one in found:
            self.known(one, SETTINGS[name], f" in [[{name}]]")
        return found

    def time_zone(self):
        """Return the time zone."""
        name = self.found.get("time_zone", "UTC")
        if name == "UTC":
            return UTC
        try:
            return ZoneInfo(name)
        except Exception:  # of many kinds, by what the name is
            raise self.wrong(
                "time_zone",
                f'{name!r} is not known here; a name looks like "Europe/Berlin", and Windows needs '
                "`pip install tzdata` to know any",
            ) from None

    def exercise(self, name):
        """Return the name of an exercise, which may be said by its number."""
        found = [one for one in EXERCISES if str(name) in (one, one[:2], one[:2].lstrip("0"))]
        if not found:
            near = difflib.get_close_matches(str(name), EXERCISES, 1)
            help = f"did you mean {near[0]}" if near else f"there are {', '.join(EXERCISES)}"
            raise self.wrong(str(name), f"there is no such exercise; {help}")
        return found[0]

    def tasks(self, name):
        """Return the names of the tasks that a name means.

        A task's name is its own; what a person marks is "06_adam.own-words", or without the
        exercise for all exercises that have it.
        """
        if name in TASKS:
            return [name]
        exercise, dot, part = str(name).rpartition(".")
        where = [self.exercise(exercise)] if dot else EXERCISES
        found = [called(one, own) for one in where for own in parts_of(one) if own.name == part]
        if not found:
            known = {*TASKS, *(one.name for own in EXERCISES for one in parts_of(own))}
            near = difflib.get_close_matches(part, sorted(known), 3, 0.4)
            help = f"did you mean {' or '.join(near)}" if near else "`class new` lists them all"
            raise self.wrong(part, f"there is no such task{f' of {exercise}' * bool(dot)}; {help}")
        return found

    def points(self):
        """Return task → points; what is said of one exercise goes before what is said of all."""
        entries, found = [], {}
        for key, value in (table := self.table("points")).items():
            if isinstance(value, dict):  # 06_adam.own-words = 4
                entries += [(f"{key}.{part}", value, part) for part in value]
            else:
                entries.append((key, table, key))
        for name, around, key in sorted(entries, key=lambda one: "." in one[0]):
            found |= dict.fromkeys(self.tasks(name), self.number(around, key, 0))
        return found

    def dropped(self):
        """Return the names of the dropped tasks."""
        names = self.table("drop").get("tasks", [])
        if not isinstance(names, list):
            raise self.wrong("tasks", 'write a list, as ["adam-step"]')
        return [task for name in names for task in self.tasks(name)]

    def columns(self, name):
        """Return what columns are called."""
        found = self.table(name)
        for key, text in found.items():
            if not isinstance(text, str) or not text.strip():
                raise self.wrong(key, 'write the heading of a column, as "Student number"')
        if name == "canvas":
            return {self.exercise(key): text for key, text in found.items()}
        if name == "moodle":
            self.known(
                found,
                (
                    "identifier",
                    "name",
                    "mail",
                    "grade",
                    "maximum",
                    "submitted",
                    "status",
                    "feedback",
                    "changeable",
                    "number",
                ),
                " in [moodle]",
            )
        return found

    def number(self, table, key, otherwise):
        """Return a number from 0 on."""
        found = table.get(key, otherwise)
        if found is otherwise:
            return found
        if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found < 1e6:
            raise self.wrong(key, f"{found!r} is no number from 0 on")
        if key in ("free_days", "missing") and found != int(found):
            raise self.wrong(key, f"{found!r} is no whole number")
        return found

    def words(self, table, key, kind):
        """Return a text that has to be there."""
        found = table.get(key)
        if isinstance(found, int) and not isinstance(found, bool):
            found = str(found)
        if not isinstance(found, str) or not found.strip():
            raise ValueError(f"{self.path}: an entry of [[{kind}]] has no {key}: {table}.")
        return found.strip()

    def moment(self, found, key):
        """Return a time; a date alone is the end of that day."""
        if isinstance(found, str):
            with suppress(ValueError):
                found = (date if len(found) == 10 else datetime).fromisoformat(found)
        if isinstance(found, date) and not isinstance(found, datetime):
            found = datetime.combine(found, time(23, 59, 59))
        if not isinstance(found, datetime):
            raise self.wrong(key, f"{found!r} is no time; write it as 2026-11-20T23:59:00")
        if not 2000 <= found.year < 3000:
            raise self.wrong(key, f"the year {found.year} cannot be meant")
        return found if found.tzinfo else found.replace(tzinfo=self.zone)

    def deadlines(self, table, where):
        """Return exercise → when it is due."""
        found = {}
        for key, when in table.items():
            if (name := self.exercise(key)) in found:
                raise self.wrong(key, f"{where} has two deadlines for {name}; keep one of them")
            found[name] = self.moment(when, key)
        return found

    def extension(self, table):
        """Return an Extension."""
        id, reason = (self.words(table, key, "extensions") for key in ("id", "reason"))
        exercise = self.exercise(table["exercise"]) if "exercise" in table else ""
        if ("until" in table) == ("days" in table):
            raise ValueError(
                f"{self.path}: the extension of {id} needs either `until` or `days`, and not both."
            )
        until = self.moment(table["until"], "until") if "until" in table else None
        return Extension(id, exercise, until, self.number(table, "days", 0), reason)

    def override(self, table):
        """Return an Override."""
        id, reason = (self.words(table, key, "overrides") for key in ("id", "reason"))
        exercise = self.exercise(self.words(table, "exercise", "overrides"))
        task = self.words(table, "task", "overrides") if "task" in table else ""
        if task and task not in [one.name for one in (*tasks_of(exercise), *parts_of(exercise))]:
            self.tasks(task)
            raise self.wrong("task", f"{task} is no task of {exercise}")
        if "points" not in table:
            raise ValueError(f"{self.path}: the override for {id} has no points.")
        rule = self.words(table, "rule", "overrides") if "rule" in table else "override"
        return Override(id, exercise, task, float(self.number(table, "points", 0)), reason, rule)
