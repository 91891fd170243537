"""Find the notebooks of a class: in nbgrader's folders, in one flat folder, in a zip, or just one.

The learner is the first folder below what was given, or the file that lies there. Whatever lies
there is a Submission; one that holds no notebook says why. Nothing is unpacked: a file of a zip is
read into memory when its turn comes.
"""

import os
import re
import stat
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from adam_course.grading.sandbox.answers import printable
from adam_course.tasks import EXERCISES

MOST_BYTES = 100 << 20
MOST_FILES = 20_000
#: Folders and files that systems make for themselves, besides those whose names begin with a point.
OF_THE_SYSTEM = {"__macosx", "thumbs.db", "desktop.ini"}
#: How a notebook's name ends, and what browsers make of it when they save one.
ENDING = re.compile(r"\.ipynb(\.txt|\.json| ?\(\d+\))*$", re.IGNORECASE)


class Refused(OSError):
    """A file that is not read, and the message says why."""


class NoNotebook(Refused):
    """What was handed in is no notebook, and the message says what it is."""


@dataclass(frozen=True)
class Submission:
    """What one learner handed in: a notebook, or something else.

    Attributes:
        student: who it is from.
        names: what may say which exercise it is: the file's name, then its folders'.
        source: where it is, relative to what was given.
        root: the folder, notebook or zip that was given.
        remarks: what is odd about it, in sentences.
        why: why there is no notebook to read, as a phrase; "" if there is one.
        member: its place in the zip's list of contents, where two may have one name.
    """

    student: str
    names: tuple[str, ...]
    source: str
    root: Path
    remarks: tuple[str, ...] = ()
    why: str = ""
    member: int = 0

    def read(self):
        """Return the notebook's bytes.

        Raises:
            OSError: it cannot be read, or should not be.
        """
        if self.why:
            raise NoNotebook(self.why)
        if self.root.is_dir():
            return read_file(self.root / self.source)
        if zipfile.is_zipfile(self.root):
            return read_zipped(self.root, self.source, self.member)
        return read_file(self.root)


def read_file(path):
    """Return the bytes of a regular file that is neither a link nor too large."""
    if path.is_symlink():
        raise Refused("it is a link to another file")
    # O_NONBLOCK: a named pipe would wait for a writer for ever.
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, os.O_RDONLY | flags)
    except FileNotFoundError as error:
        raise Refused("it was there and is gone") from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Refused("it is not a regular file")
        return limited(file)


def read_zipped(root, name, number):
    """Return the bytes of a zip's member that leads nowhere and is not too large."""
    try:
        archive = opened(root)
        member = archive.infolist()[number]
        if member.filename != name:
            raise Refused("it was there and is gone")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise Refused("it is a link to another file")
        with archive.open(member) as file:
            return limited(file)
    except OSError:
        raise
    except Exception as error:  # the decompressors have exceptions of their own
        raise Refused("the zip does not give it out whole") from error


@lru_cache(maxsize=1)
def opened(root):
    """Return a zip, open: its list of contents is long to read."""
    return zipfile.ZipFile(root)


def limited(file):
    """Return what a file holds, up to a limit whatever it says about its size."""
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refused(f"it is larger than {MOST_BYTES >> 20} MB")
    return data


# ---- what is there ------------------------------------------------------------------------------


def find(path):
    """Return the Submissions in a folder, a zip or a notebook, sorted by where they are.

    Raises:
        OSError: there is nothing there, or too much.
    """
    root = Path(path)
    if not root.exists():
        raise FileNotFoundError(f"There is no file or folder {root}.")
    if root.is_dir():
        entries = inside(root)
    elif zipfile.is_zipfile(root):
        entries = zipped(root)
    elif root.suffix == ".zip":
        raise Refused(f"{root} is a damaged zip.")
    else:
        return [Submission(root.stem, (root.stem,), root.name, root)]
    if len(entries) > MOST_FILES:
        raise Refused(f"{root} holds {len(entries)} files, and the limit is {MOST_FILES}.")
    learners = defaultdict(list)
    for entry in without_wrappers(root, leaves(entries)):
        learners[entry.parts[0]].append(entry)
    if not learners:
        raise FileNotFoundError(f"There are no notebooks in {root}.")
    found = [one for entries in learners.values() for one in submissions(root, entries)]
    return told_apart(sorted(found, key=lambda one: (one.source, one.member)))


class Entry(NamedTuple):
    """A file or folder in what was given.

    Attributes:
        parts: its path below the class's folder.
        source: its path below what was given, as it is written there.
        why: why it cannot be read or entered, as a phrase.
        folder: whether it is a folder.
        remarks: what is odd about it, in sentences.
        member: its place in a zip's list of contents.
    """

    parts: tuple[str, ...]
    source: str
    why: str = ""
    folder: bool = False
    remarks: tuple[str, ...] = ()
    member: int = 0


def inside(root):
    """Return the Entries of a folder; folders that are links are not entered."""
    found, errors = [], []
    for folder, folders, files in os.walk(root, onerror=errors.append):
        place = Path(folder).relative_to(root)
        found += [entry(place / name) for name in files]
        for name in folders:
            linked = (Path(folder) / name).is_symlink()
            why = "it is a link to another folder, and links are not followed" * linked
            found.append(entry(place / name, why=why, folder=True))
        if len(found) > MOST_FILES:
            break
    for error in errors:
        if Path(error.filename) == root:
            raise error
        why = f"the folder could not be read: {error.strerror}"
        found.append(entry(Path(error.filename).relative_to(root), why=why, folder=True))
    return found


def zipped(root):
    """Return the Entries of a zip; of two members with one name each says which it is."""
    try:
        members = opened(root).infolist()
    except zipfile.BadZipFile as error:
        raise Refused(f"{root} is a damaged zip.") from error
    counts, seen, found = Counter(member.filename for member in members), Counter(), []
    for number, member in enumerate(members):
        path = PurePosixPath(member.filename.replace("\\", "/"))
        remarks = []
        if path.is_absolute() or ".." in path.parts:
            remarks.append("Its name in the zip leads out of the zip; it was read where it is.")
        seen[member.filename] += 1
        if counts[member.filename] > 1:
            which = f"{seen[member.filename]} of {counts[member.filename]}"
            remarks.append(f"The zip holds more than one file of this name: this is {which}.")
        more = {"folder": member.is_dir(), "remarks": tuple(remarks), "member": number}
        found.append(entry(path, member.filename, **more))
    return found


def entry(path, source=None, **more):
    """Return the Entry of a path."""
    parts = tuple(part for part in path.parts if part not in ("/", "..", "."))
    return Entry(parts, source or path.as_posix(), **more)


def leaves(entries):
    """Return the entries without folders that hold something, and without the system's own files.

    Of what belongs to the system, the folder around it is left.
    """
    seen = []
    for one in entries:
        parts = tuple(takewhile(lambda part: not of_the_system(part), one.parts))
        if parts != one.parts:
            one = Entry(parts, "/".join(parts), folder=True)
        seen.append(one)
    around = {one.parts[:depth] for one in seen for depth in range(len(one.parts))}
    kept = {(one.parts, one.member, one.why): one for one in seen if one.parts not in around}
    return list(kept.values())


def of_the_system(name):
    """Return whether a system or a program has made a file or folder for itself."""
    hidden = name.startswith(".") and (name.startswith("._") or not ENDING.search(name))
    return hidden or name.startswith("~$") or name.lower() in OF_THE_SYSTEM


def without_wrappers(root, entries):
    """Return the entries as they lie in the class's folder.

    That is the root, or a folder that is alone in it and is no learner's: nbgrader's `submitted`,
    and in a zip the folder of the zip's own name. A folder right in which notebooks bear the names
    of exercises is a learner's, whatever its own name.
    """
    # A browser that saves a zip once more calls it `week6 (1).zip`.
    wrappers = [root.stem, re.sub(r" ?\(\d+\)$", "", root.stem)] if root.is_file() else []
    if root.resolve().name != "submitted":
        wrappers.append("submitted")
    for name in dict.fromkeys(wrappers):
        alone = {one.parts[0] for one in entries} == {name}
        if alone and not any(len(one.parts) == 1 or of_an_exercise(one) for one in entries):
            entries = [one._replace(parts=one.parts[1:]) for one in entries]
    return entries


def of_an_exercise(entry):
    """Return whether a file in a folder of the root bears the name of an exercise."""
    return len(entry.parts) == 2 and bare(entry.parts[1]).lower().removeprefix("my_") in EXERCISES


# ---- what each learner handed in ----------------------------------------------------------------


def submissions(root, entries):
    """Return the Submissions of one learner: the notebooks, or why there is none."""
    wanted = [one for one in entries if one.why or ENDING.search(one.parts[-1])]
    if wanted:
        return [submission(root, one, one.why or of_a_folder(one)) for one in wanted]
    first, *others = sorted(entries)
    if first.folder:
        why = "the folder is empty" if not others else "there is no notebook in the folder"
    elif len(first.parts) == 1:
        ending = PurePosixPath(first.parts[-1]).suffix
        ending = f"ends in {ending}" if ending else "does not end in .ipynb"
        why = f"this is no notebook: its name {ending}; ask for the .ipynb file"
    else:
        why = f"there is no notebook in the folder, only {first.parts[-1]}"
        why += f" and {len(others)} more" * bool(others) + "; ask for the .ipynb file"
    return [submission(root, first, printable(why))]


def of_a_folder(entry):
    """Return why a folder with a notebook's name cannot be read, "" if it is a file."""
    return "it is an empty folder, though its name is a notebook's" * entry.folder


def submission(root, entry, why):
    """Return the Submission of an entry: STUDENT/EXERCISE/NAME, STUDENT/NAME or NAME."""
    who, name = entry.parts[0], entry.parts[-1]
    if len(entry.parts) == 1 and not entry.folder and not ENDING.search(name):
        who = PurePosixPath(name).stem
    remarks = entry.remarks
    if not why and not name.lower().endswith(".ipynb"):
        remarks += (f"Its name, {printable(name)}, is not quite a notebook's; it was read as one.",)
    names = (bare(name), *reversed(entry.parts[1:-1]))
    student = printable(bare(who)) or "nobody"
    return Submission(student, names, entry.source, root, remarks, why, entry.member)


def bare(name):
    """Return a file's name without a notebook's ending."""
    return ENDING.sub("", name)


def exercise_of(names):
    """Return the exercise that one of the names contains, "" if none does."""
    return next((one for name in names for one in EXERCISES if one in name.lower()), "")


def told_apart(submissions):
    """Return submissions of which no student has two of one exercise."""
    submissions = [one for one in submissions if not left_behind(one, submissions)]
    whose = [(one.student, exercise_of(one.names) or one.names[0]) for one in submissions]
    count, seen, apart = Counter(whose), Counter(), []
    for who, one in zip(whose, submissions, strict=True):
        seen[who] += 1
        if count[who] > 1:
            remark = f"{one.student} is the name of {count[who]} submissions: this is {one.source}."
            number = f" ({seen[who]})" if seen[who] > 1 else ""
            remarks = (*one.remarks, remark)
            one = replace(one, student=f"{one.student}{number}", remarks=remarks)
        apart.append(one)
    return apart


def left_behind(one, submissions):
    """Return whether a learner's own edition `my_….ipynb` lies beside an exercise."""
    own = str(PurePosixPath(one.source).with_name(f"my_{one.names[0]}.ipynb"))
    return bool(exercise_of(one.names[:1])) and any(
        own == other.source and not other.why for other in submissions
    )
