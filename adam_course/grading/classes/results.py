"""What a grading run leaves behind: gradebooks, a page for each learner, a page on the class.

`write(reports, "grades", seed)` makes

    grades/gradebook.csv                      a row each, in the columns of nbgrader's own export
    grades/gradebook.json                     everything, with the seed that drew the cases
    grades/class.html                         for the instructor
    grades/feedback/STUDENT/EXERCISE.html     for the learner: no targets, no seed
    grades/gradescope/STUDENT/results.json    as Gradescope expects it from an autograder
    grades/class.db                           the same for SQL

These six belong together: all of them are from one run. Learners' names, and what their code said,
are hostile input here. The same reports give the same bytes.
"""

import csv
import hashlib
import io
import json
import re
import statistics
import tempfile
import unicodedata
from collections import Counter, defaultdict
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from adam_course.configuration import reread
from adam_course.grading.check.verdict import SIGNS, coded
from adam_course.grading.classes import statistics as numbers
from adam_course.grading.classes.alike import alike, pieces
from adam_course.grading.classes.database import Database
from adam_course.grading.classes.files import finish, locked, renewed
from adam_course.grading.classes.marking import Marks, script
from adam_course.grading.classes.parts import given, parts_of
from adam_course.grading.classes.policy import Policy, in_points, plural
from adam_course.grading.classes.policy import number as points
from adam_course.grading.classes.report import Report
from adam_course.grading.classes.tables import no_formula
from adam_course.grading.sandbox.answers import printable
from adam_course.tasks import EXERCISES

#: The columns of nbgrader 0.9's CSV export in its order, and one more: why the score is so.
COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score", "reason"),
)

#: File names that Windows keeps for itself.
DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{i}" for port in ("com", "lpt") for i in range(10)),
}

MOST_TOTALS = 21  # rows of the histogram
MOST_EVERYWHERE = 10  # mistakes over all exercises

#: What a run writes, in the order in which the older ones go; the new ones come the other way.
BOOKS = ("gradebook.csv", "gradebook.json", "class.db", "class.html", "gradescope", "feedback")
#: What `then` may write besides.
MORE = ("changes.csv", "scores.json")


class NotWritten(OSError):
    """The results could not be written; what stood there before is whole."""


class Row(NamedTuple):
    """What the gradebook and the class page keep of a report: little, for there are many.

    ``marks`` has True, False or None (not attempted) for each task, ``solved`` the points of each;
    ``page`` is the feedback's path in the folder; ``waiting`` counts the parts without a mark;
    ``counts`` is what a class's rules leave of the points; ``digest`` is the file's, "" if nothing
    in it is the learner's.
    """

    exercise: str
    student: str
    name: str
    page: str
    points: float
    possible: float
    marks: dict[str, bool | None]
    mistakes: tuple[str, ...]
    reason: str
    solved: dict[str, float]
    waiting: int
    counts: float
    digest: str


def complete(folder):
    """Finish a run that was ended in its last moment, so that what it wrote can be read.

    Raises:
        NotWritten, InUse: as `write` does.
    """
    folder = Path(folder)
    with in_words(folder), locked(folder):
        finish(folder, (*BOOKS, *MORE))


def write(reports, folder, seed, lessons=None, then=None, marks=None, standing=None, scores=()):
    """Write the results of a grading run and return how many reports there were.

    Everything is written beside the older results and takes their place when it is whole.

    Args:
        reports: iterable of Report in any order; they are not kept in memory.
        folder: where to write; made if it is not there.
        seed: what drew the cases; gradebook.json alone tells it.
        lessons: where learners read the lessons, with {lesson} for the name of one, as
            "https://example.org/notebooks/{lesson}.html"; None leaves the pages without links.
        then: called with the folder of the new results before they take the place of the older
            ones, to write some of them anew, or MORE.
        marks: the Marks that people gave; None for none.
        standing: the Standing by which the class page tells who falls behind; None for its own.
        scores: what the reports count under the class's policy, a Score each; none without one.

    Raises:
        NotWritten: the disk is full, say, or the folder is not yours to write to.
        InUse: another grader is at work in the folder.
    """
    folder = Path(folder)
    with in_words(folder), renewed(folder, (*BOOKS, *MORE)) as new, Spool(new) as spool:
        for report in reports:
            spool.add(report)
        all_marks, asked = marks or Marks(), standing or numbers.Standing()
        pages = templates(lessons, all_marks.policy)
        count = write_books(spool, new, seed, pages, all_marks, asked, scores)
        if then:
            then(new)
        return count


def write_books(spool, folder, seed, pages, marks, standing, scores):
    """Write the results of the reports in a Spool into a new folder; return how many there are."""
    page = pages.get_template("feedback.html.j2")
    rows, tasks, mistakes = [], defaultdict(dict), defaultdict(dict)
    answers, waiting = defaultdict(list), []
    counting = {(one.id, one.exercise): one for one in scores}
    for name in ("feedback", "gradescope"):
        (folder / name).mkdir()
    with (folder / "gradebook.json").open("wb") as book, Database(folder / "class.db") as data:
        book.write(encoded(f'{{"seed": {json.dumps(seed)}, "reports": ['))
        for home, own in spool.learners():
            for report, name, path in own:
                if known := (standing.people or {}).get(report.student):
                    name = printable(known[0], 120) or name
                book.write(encoded(",\n" if rows else "\n"))
                book.write(encoded(json.dumps(report.to_dict(), ensure_ascii=False)))
                parts = marks.settled(report)
                score = counting.get((report.student, report.exercise))
                rows.append(row(report, name, path, parts, score))
                why = reckoning(rows[-1], score)
                said = {"report": report, "name": name, "parts": parts, "reckoning": why}
                put(folder / path, page.render(said, row=rows[-1]))
                data.add(report, name, parts)
                answers[report.exercise].append((rows[-1], report.answers))
                waiting += [(rows[-1], part) for part in parts if part.apart or part.earlier]
                for result in report.results:
                    tasks[report.exercise].setdefault(result.task, result)
                    mistakes[report.exercise].setdefault(result.misconception, result)
            count = sum(one.counts for one in rows[-len(own) :])
            results = gradescope([(report, marks.settled(report)) for report, _, _ in own], count)
            put(folder / "gradescope" / home / "results.json", results)
        book.write(encoded("\n]}\n"))
    rows.sort(key=lambda row: (row.exercise, row.student.casefold(), row.name))
    sections = [
        section(i, exercise, own, tasks[exercise], mistakes[exercise], answers[exercise])
        for i, (exercise, own) in enumerate(grouped(rows), 1)
    ]
    terms = numbers.terms(rows, standing)
    by_people = {"agreements": marks.agreements(), "look": waiting, "rule": marks.policy.differ}
    put(folder / "class.html", class_page(sections, terms, standing, by_people, pages))
    put(folder / "gradebook.csv", gradebook(rows))
    return len(rows)


# ---- files --------------------------------------------------------------------------------------


def put(path, text):
    """Write a text file, and make the folder it lies in."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(encoded(text))


def encoded(text):
    r"""Return text as UTF-8; what a file name held that is none shows as \udc…, its bytes."""
    return text.encode("utf-8", "backslashreplace")


@contextmanager
def in_words(folder):
    """Turn what the system says of a file into a NotWritten with one clear sentence."""
    try:
        yield
    except OSError as error:
        if not error.strerror:  # it is in words already
            raise
        name = Path(error.filename or "").name
        where = folder / name if name in BOOKS else folder
        raise NotWritten(
            f"{where} could not be written: {error.strerror}. What stood there before is unchanged."
        ) from error


class Spool:
    """Reports on disk, in a file without a name: added in any order, read back learner by learner.

    In memory is only who handed in what. Two submissions of one exercise under one name are two
    learners here: nobody knows which is whose.
    """

    def __init__(self, folder):
        self.file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (__exit__ closes it)
        self.keys = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with suppress(OSError):  # on a full disk it has said so before
            self.file.close()

    def add(self, report):
        """Keep a report."""
        self.keys.append((report.student, report.exercise, report.source, self.file.tell()))
        self.file.write(json.dumps(report.to_dict()).encode() + b"\n")

    def learners(self):
        """Yield (safe name of the learner's folder, [(report, name, path of the feedback), …])."""
        learners, seen = defaultdict(list), Counter()
        for student, exercise, _, offset in sorted(self.keys):
            seen[student, exercise] += 1
            learners[student, seen[student, exercise]].append(offset)
        taken = set()
        for (student, number), offsets in sorted(learners.items()):
            home, files, own = safe_name(student, taken), set(), []
            for offset in offsets:
                self.file.seek(offset)
                report = Report.from_dict(json.loads(self.file.readline()))
                twins = seen[student, report.exercise]
                name = f"{student} ({number})" if twins > 1 else student
                path = f"feedback/{home}/{safe_name(report.exercise or 'unknown', files)}.html"
                own.append((report, printable(name, 60), path))
            yield home, own


def safe_name(name, taken):
    """Return a file name that every system takes and that is not taken yet; it is taken then.

    An ordinary name stays as it is. One that changes gets eight digits of its hash, so that it
    cannot meet another.
    """
    text = re.sub(r"[^\w.-]", "_", unicodedata.normalize("NFC", name)).lstrip(".-").rstrip(".")
    if text.partition(".")[0].casefold() in {"", *DEVICES}:
        text = f"_{text}"
    text = text.encode()[:100].decode(errors="ignore")
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
    safe = text if text == name else f"{text}-{digest[:8]}"
    while safe.casefold() in taken:
        digest = hashlib.sha256(digest.encode()).hexdigest()
        safe = f"{text}-{digest[:8]}"
    taken.add(safe.casefold())
    return safe


# ---- gradebooks ---------------------------------------------------------------------------------


def row(report, name, page, parts=(), score=None):
    """Return what the gradebook and the class page keep of a report, with what people marked.

    Args:
        parts: what people marked of it, a Settled each.
        score: what it counts under a class's policy, None without one.
    """
    said = " ".join(report.remarks).lower()  # why a file could not be read, for one
    left = [
        f"{one.title}: {one.message}" + f" (this is {one.misconception})" * bool(one.misconception)
        for one in report.results
        if not one.passed and one.possible and one.message.lower() not in said
    ]
    left += [f"{one.title}: {told_of(one)}" for one in parts if one.points != one.possible]
    earned = round(report.points + sum(one.points or 0 for one in parts), 9)
    own = any(one.attempted for one in report.results) or any(
        not part.untouched(report.answers.get(part.name, "")) for part in parts_of(report.exercise)
    )
    return Row(
        report.exercise,
        report.student,
        name,
        page,
        earned,
        report.possible + sum(one.possible for one in parts),
        {one.task: one.passed if one.attempted else None for one in report.results},
        tuple(dict.fromkeys(one.misconception for one in report.results if one.misconception)),
        "; ".join([*report.remarks, *left]) or "all correct",
        {one.task: one.points if one.possible else float(one.passed) for one in report.results},
        sum(one.points is None for one in parts),
        score.points if score else earned,
        report.digest if own else "",
    )


def reckoning(row, score):
    """Return [(what, points), …] that lead from the points of a Row to what counts, if they do.

    Args:
        score: what a class's policy says; None without one.
    """
    if abs(row.counts - row.points) < 0.005:
        return []
    late = "Too late" if "too late" in score.rule else "Late penalty"
    lines = [(late, -score.penalty)] if score.penalty else []
    rest = row.counts - row.points + score.penalty
    return lines + [(f"By the rule “{score.rule[-1]}”", rest)] * (abs(rest) > 0.005)


def told_of(part):
    """Return what became of a part that a person marks, as a phrase."""
    if part.points is None:
        return "waits for its mark"
    if part.empty:
        return "no answer"
    said = f": {' '.join(part.remarks)}" if part.remarks else ""
    return f"{points(part.points)} of {in_points(part.possible)}{said}"


def gradebook(rows):
    """Return the rows as CSV. As in nbgrader's export, who did not hand in has a row with 0."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    students = sorted({row.student for row in rows})
    for exercise, of_exercise in grouped(rows):
        possible = max(row.possible for row in of_exercise)
        handed_in = defaultdict(list)
        for one in of_exercise:
            handed_in[one.student].append(one)
        for student in students:
            for one in handed_in[student] or [None] * bool(exercise):
                points = one.points if one else 0
                reason = one.reason if one else "nothing handed in for this exercise"
                if len(handed_in[student]) > 1:
                    reason = f"one of {len(handed_in[student])} under this name: {reason}"
                who = (no_formula(exercise), "", "", no_formula(student), "", "", "")
                scores = (float(points), 0.0, float(points), float(possible))
                table.writerow((*who, *scores, no_formula(printable(reason, 1000))))
    return text.getvalue()


def gradescope(reports, count):
    """Return one learner's results.json in Gradescope's published schema.

    Args:
        reports: pairs of a Report and what people marked of it.
        count: what they count together.
    """
    parts = [
        {
            "score": part.points or 0,
            "max_score": part.possible,
            "name": f"{title(report.exercise)}: {part.title}",
            "output": sentence(told_of(part)),
            "output_format": "text",
            "visibility": "visible",
        }
        for report, own in reports
        for part in own
    ]
    reports = [report for report, _ in reports]
    tests = [
        {
            "score": result.points,
            "max_score": result.possible,
            "status": "passed" if result.passed else "failed",
            "name": f"{title(report.exercise)}: {result.title}",
            "number": f"{i}.{j}" if len(reports) > 1 else str(j),
            "output": "\n".join(told(result)),
            "output_format": "text",
            "visibility": "visible",
            "extra_data": {"task": result.task, "cases": result.cases, "right": result.right},
        }
        for i, report in enumerate(reports, 1)
        for j, result in enumerate(report.results, 1)
    ]
    whole = {
        "score": round(count, 9),
        "output": "\n".join(remark for report in reports for remark in report.remarks),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests + parts,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def told(result):
    """Return what a learner is told about a task, in lines of plain text."""
    lines = [sentence(result.message)]
    if not result.passed and result.attempted:
        lines = [f"Not yet: {result.right} of {result.cases} examples come out right.", *lines]
    if result.misconception:
        lines += [f"This is {result.misconception}. {result.hint}".strip()]
    if not result.passed:
        lines += [f"Reread “{result.section}” in lesson {result.lesson[:2]}."]
    return lines


# ---- pages --------------------------------------------------------------------------------------


def templates(lessons, policy=None):
    """Return the Jinja environment of the pages; everything is escaped unless it says otherwise.

    Args:
        lessons: see `write`.
        policy: of the class, None without one.
    """
    by_person = (policy or Policy()).parts
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    pages.filters |= {
        "coded": lambda text: Markup(coded(text)),
        "points": points,
        "in_points": in_points,
        "sentence": sentence,
        "title": title,
        "url": quote,
    }
    pages.globals |= {
        "sign": lambda mark: SIGNS[mark][0],
        "word": {True: "solved", False: "not yet", None: "no answer"}.get,
        "state": {True: "solved", False: "tried", None: "skipped"}.get,
        "by_person": lambda name: sum(points for _, points in by_person(name)),
        "link": lambda result: lessons and reread(result.lesson, result.section, lessons),
    }
    return pages


def sentence(phrase):
    """Return a phrase with a full stop; it may begin with a name, so its first letter stays."""
    phrase = phrase.strip()
    return phrase if phrase.endswith((".", "!", "?", "…")) or not phrase else f"{phrase}."


def title(exercise):
    """Return an exercise's name as a heading: "06_adam" is "Exercise 06 · Adam"."""
    known = EXERCISES.get(exercise)
    return known.heading if known else printable(exercise, 80) or "Not told which exercise"


def section(number, exercise, rows, tasks, mistakes, answers):
    """Return what the class page says of one exercise.

    Args:
        rows: of the exercise. tasks, mistakes: dicts of a task's and of a misconception's name → a
            Result that has it. answers: [(row, what the learner wrote by task and part), …].
    """
    return {
        "exercise": exercise,
        "title": title(exercise),
        "anchor": f"exercise-{number}",
        "rows": rows,
        "tasks": tasks,
        "checked": sum(result.possible for result in tasks.values()),
        "histogram": histogram(rows),
        "success": success(rows, tasks),
        "mistakes": held(rows, mistakes),
        "copies": copies(rows),
        "alike": look_at(exercise, tasks, answers),
    }


def class_page(sections, terms, standing, by_people, pages):
    """Return the page on the class.

    Args:
        sections: one an exercise. terms: how each learner did over the term. standing: by which
            they are told. by_people: on what people marked.
        pages: the `templates`.
    """
    code, digest = script("class.js")
    many = len(sections) > 1
    over = [
        {"title": title(name), "number": name[:2], "count": count, "shares": shares}
        for name, count, *shares in numbers.over_term(terms)
    ]
    return pages.get_template("class.html.j2").render(
        sections=sections,
        terms=terms,
        groups=sorted({one.group for one in terms if one.group}),
        behind=[one for one in terms if one.behind],
        group_of={one.student: one.group for one in terms},
        late={one.student for one in terms if one.behind},
        over=over if many else [],
        everywhere=everywhere(sections) if many else [],
        standing=standing,
        by_people=by_people,
        code=code,
        digest=digest,
    )


def everywhere(sections):
    """Return [(mistake, how many learners hold it, in which exercises), …] over all exercises."""
    who, where = defaultdict(set), defaultdict(list)
    for one in sections:
        for row in one["rows"]:
            for mistake in row.mistakes:
                who[mistake].add(row.student)
                if one["exercise"][:2] not in where[mistake]:
                    where[mistake].append(one["exercise"][:2])
    ranks = sorted(who, key=lambda name: (-len(who[name]), name))[:MOST_EVERYWHERE]
    return [(name, len(who[name]), ", ".join(where[name])) for name in ranks]


def copies(rows):
    """Return the groups of rows with one and the same file, the largest first."""
    same = defaultdict(list)
    for one in rows:
        same[one.digest].append(one)
    same.pop("", None)
    return sorted((own for own in same.values() if len(own) > 1), key=len, reverse=True)


def look_at(exercise, tasks, answers):
    """Return the groups of answers that are worth a look, task by task.

    Args:
        answers: [(row, what the learner wrote by task and part), …].
    """
    sheet, found = given(exercise), []
    asked = {name: (result.title, True) for name, result in tasks.items()}
    asked |= {part.name: (part.title, part.code) for part in parts_of(exercise)}
    for name, (heading, code) in asked.items():
        own = [(row, written[name]) for row, written in answers if written.get(name)]
        cut = [pieces(text, sheet.get(name, ""), code) for _, text in own]
        for one in alike(cut):
            whose = [own[i][0] for i in one.members]
            texts = [own[i][1] for i in one.members[:2]]
            found.append(
                {
                    "task": heading,
                    "rows": whose,
                    "same": len({cut[i] for i in one.members}) == 1,
                    "share": one.share,
                    "count": len(own),
                    "marks": [row.marks.get(name) for row in whose] if name in tasks else [],
                    "texts": texts,
                }
            )
    return found


def grouped(rows):
    """Return [(exercise, its rows), …] of sorted rows."""
    return [(exercise, list(own)) for exercise, own in groupby(rows, lambda row: row.exercise)]


def histogram(rows):
    """Return how many learners have how many points, as rows of a table and in words."""
    possible = max(row.possible for row in rows)
    wide = int(possible) // MOST_TOTALS + 1  # points in one row
    tallies = Counter(int(row.points // wide) for row in rows)
    last = max(int(possible) // wide, *tallies)
    full = sum(row.points >= row.possible > 0 for row in rows)
    none = sum(row.points == 0 for row in rows)
    median = statistics.median(row.points for row in rows)
    text = (
        f"The median is {points(median)} of {in_points(possible)}. Of {learners(len(rows))}, "
        f"{full} {have(full)} all of them and {none} {have(none)} none."
    )
    return {
        "totals": [(f"{i * wide}" + "–" * (wide > 1), tallies[i]) for i in range(last + 1)],
        "most": max(tallies.values()),
        "text": text,
        "rounded": any(row.points != int(row.points) for row in rows) or wide > 1,
    }


def success(rows, tasks):
    """Return how many learners solved each task, the hardest first, and the same in words."""
    shares = []
    for number, (task, result) in enumerate(tasks.items(), 1):
        marks = Counter(row.marks.get(task) for row in rows)
        counts = {"solved": marks[True], "tried": marks[False], "skipped": marks[None]}
        began = [row for row in rows if any(mark is not None for mark in row.marks.values())]
        others = [name for name, one in tasks.items() if one.possible and name != task]
        own = [row.solved.get(task, 0) for row in began]
        rest = [sum(row.solved.get(name, 0) for name in others) for row in began]
        tells = numbers.discrimination(own, rest)
        shares.append({"number": number, "title": result.title, **counts, "tells": tells})
    shares.sort(key=lambda share: (share["solved"], share["number"]))
    text = "There are no tasks."
    if shares:
        low, top = shares[0], shares[-1]
        text = f"{low['solved']} of {learners(len(rows))} solved “{low['title']}”"
        text += f", the hardest; {top['solved']} solved “{top['title']}”." if shares[1:] else "."
    return {"shares": shares, "text": text}


def held(rows, mistakes):
    """Return how many learners hold each misconception, the most frequent first."""
    counts = Counter(mistake for row in rows for mistake in row.mistakes)
    ranks = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    text = "No mistake was recognised by its name."
    if ranks:
        name, count = ranks[0]
        text = f"The mistake most held is {name}: {count} of {learners(len(rows))}."
    return {"ranks": [(name, count, mistakes[name]) for name, count in ranks], "text": text}


def learners(count):
    """Return a number of learners in words."""
    return f"{count} {plural(count, 'learner')}"


def have(count):
    """Return the verb for a number of learners."""
    return "has" if count == 1 else "have"
