"""Find the notebooks of a class: in nbgrader's folders, in one flat folder, in a zip, or just one.

Nothing is unpacked: a file of a zip is read into memory when its turn comes.
"""

import os
import stat
import zipfile
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath

from adam_course.grading.answers import printable
from adam_course.grading.tasks import TASKS

EXERCISES = tuple(dict.fromkeys(task.exercise for task in TASKS.values()))
MOST_BYTES = 100 << 20
MOST_FILES = 20_000
PASSED_OVER = {"__MACOSX", ".ipynb_checkpoints"}


class Refused(OSError):
    """A file that is not read, and the message says why."""


@dataclass(frozen=True)
class Submission:
    """One notebook of one learner.

    Attributes:
        student: who it is from.
        names: what may say which exercise it is: the file's name, then its folders'.
        source: where it is, relative to what was given.
        root: the folder, notebook or zip that was given.
        remarks: what is odd about it, in sentences.
    """

    student: str
    names: tuple[str, ...]
    source: str
    root: Path
    remarks: tuple[str, ...] = ()

    def read(self):
        """Return the notebook's bytes.

        Raises:
            OSError: it cannot be read, or should not be.
        """
        if self.root.is_dir():
            return read_file(self.root / self.source)
        if zipfile.is_zipfile(self.root):
            return read_zipped(self.root, self.source)
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


def read_zipped(root, name):
    """Return the bytes of a zip's member that leads nowhere and is not too large."""
    try:
        archive = opened(root)
        member = archive.getinfo(name)
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


def find(path):
    """Return the Submissions in a folder, a zip or a notebook, sorted by where they are.

    Raises:
        OSError: there is nothing there, or too much.
    """
    root = Path(path)
    if not root.exists():
        raise FileNotFoundError(f"There is no file or folder {root}.")
    if root.is_dir():
        sources = inside(root)
    elif zipfile.is_zipfile(root):
        try:
            with zipfile.ZipFile(root) as archive:
                sources = [one.filename for one in archive.infolist() if not one.is_dir()]
        except zipfile.BadZipFile as error:
            raise Refused(f"{root} is a damaged zip.") from error
    elif root.suffix == ".zip":
        raise Refused(f"{root} is a damaged zip.")
    else:
        return [Submission(root.stem, (root.stem,), root.name, root)]
    if len(sources) > MOST_FILES:
        raise Refused(f"{root} holds {len(sources)} files, and the limit is {MOST_FILES}.")
    notebooks = sorted(
        name
        for name in dict.fromkeys(sources)
        if name.lower().endswith(".ipynb") and not passed_over(PurePosixPath(name))
    )
    if not notebooks:
        raise FileNotFoundError(f"There are no notebooks in {root}.")
    return told_apart([submission(root, name) for name in notebooks])


def inside(root):
    """Return the paths of the files in a folder; folders that are links are not entered."""
    found = []
    for folder, _, files in os.walk(root):
        found += [(Path(folder) / name).relative_to(root).as_posix() for name in files]
        if len(found) > MOST_FILES:
            break
    return found


def passed_over(name):
    """Return whether a file is one that programs make for themselves."""
    return bool(PASSED_OVER & set(name.parts)) or name.name.startswith((".", "~"))


def submission(root, source):
    """Return the Submission at a path: STUDENT/EXERCISE/NAME, STUDENT/NAME or STUDENT."""
    path = PurePosixPath(source.replace("\\", "/"))
    folders = [part for part in path.parts[:-1] if part not in ("/", "..", ".")]
    if "submitted" in folders:
        folders = folders[folders.index("submitted") + 1 :]
    elif len(folders) > 2:
        folders = folders[-2:]
    names = (path.stem, *reversed(folders[1:]))
    remarks = ()
    if path.is_absolute() or ".." in path.parts:
        remarks = ("Its name in the zip leads out of the zip; it was read where it is.",)
    student = printable(folders[0] if folders else path.stem) or "nobody"
    return Submission(student, names, source, root, remarks)


def exercise_of(names):
    """Return the exercise that one of the names contains, "" if none does."""
    return next((one for name in names for one in EXERCISES if one in name.lower()), "")


def told_apart(submissions):
    """Return submissions of which no student has two of one exercise."""
    folders = {str(PurePosixPath(one.source).parent) for one in submissions}
    if len(folders) == 1 and len(submissions) > 1 and not any(map(named, submissions)):
        # A zip that holds one folder with a flat class in it.
        submissions = [replace(one, student=printable(one.names[0])) for one in submissions]
    submissions = [one for one in submissions if not left_behind(one, submissions)]
    seen, apart = Counter(), []
    for one in submissions:
        who = one.student, exercise_of(one.names) or one.names[0]
        seen[who] += 1
        if seen[who] > 1:
            remark = f"{one.student} is the name of {seen[who]} submissions: this is {one.source}."
            student = f"{one.student} ({seen[who]})"
            one = replace(one, student=student, remarks=(*one.remarks, remark))
        apart.append(one)
    return apart


def named(submission):
    """Return whether the file is named after an exercise."""
    return bool(exercise_of(submission.names[:1]))


def left_behind(one, submissions):
    """Return whether a learner's own edition `my_….ipynb` lies beside an exercise."""
    folder = PurePosixPath(one.source).parent
    return named(one) and any(
        str(folder / f"my_{one.names[0]}.ipynb") == other.source for other in submissions
    )
