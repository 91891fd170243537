"""Make and renew a learner's folder of the lessons and exercises; what is theirs stays.

A hidden file in it, the record, says of each file which edition the learner was given, by two
hashes: of its bytes, and of its words, which in a notebook are what its cells say. So a file that
was only read or run can be told from one in which somebody has written.
"""

import hashlib
import json
import os
import posixpath
import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from adam_course import __version__

HERE = Path(__file__).resolve().parent
FIRST = "notebooks/00_start_here.ipynb"
# What a copy holds; its README.md is `copied_readme.md`. The wheel carries the same files.
PARTS = (
    "notebooks/[0-9]*.ipynb",
    "exercises/[0-9]*.ipynb",
    "exercises/solutions/[0-9]*.ipynb",
    "docs/glossary.md",
    "docs/grading.md",
    "docs/ladder.md",
    "docs/verification.md",
    "docs/where_you_meet_adam.md",
)
# The record, which makes a folder a learner's own: it lies at its root.
RECORD = ".adam-course.json"
# A link up to another folder, or to a page or notebook beside or below: no code looks like it.
LINK = re.compile(
    r"(?<!!)\[([^\[\]\n]+)\]\(((?:\.\./)+[^)#\s]+|(?:[\w-]+/)*[\w-]+\.(?:md|ipynb))(#[^)\s]*)?\)"
)


def course():
    """Return the folder of the lessons: in the package when installed, around it in a checkout.

    Raises:
        FileNotFoundError: they are in neither.
    """
    for root in (HERE / "course", HERE.parent):
        if (root / FIRST).is_file():
            return root
    raise FileNotFoundError("The lessons are missing from this installation: install it again.")


def home(folder="."):
    """Return the learner's own folder that this folder lies in; None if it lies in none.

    A browser tab shows no hidden files: there it is the folder that holds the exercises.
    """
    mark = "exercises" if sys.platform == "emscripten" else RECORD
    folder = Path(folder).resolve()
    return next((path for path in (folder, *folder.parents) if (path / mark).exists()), None)


# ---- the course ---------------------------------------------------------------------------------


def edition(solutions=True, without=(), with_outputs=()):
    """Return what a copy holds: the bytes of each file by its path. Lessons have no outputs.

    Args:
        solutions: whether the solutions are among them.
        without: numbers of lessons that are left out with their exercises, as "12".
        with_outputs: paths of lessons that keep their outputs.

    Raises:
        ValueError: there is no lesson of such a number, or it is the first one; or a lesson in
            the course is damaged.
    """
    root, known = course(), numbers()
    if unknown := sorted(set(without) - known):
        raise ValueError(
            f"There is no lesson {unknown[0]} to leave out: those that can be left out are "
            f"{', '.join(sorted(known))}."
        )
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for part in PARTS
        if solutions or "solutions" not in part
        for path in sorted(root.glob(part))
        if path.suffix != ".ipynb" or path.name[:2] not in without
    }
    for name in files:
        if name.startswith("notebooks/") and name not in with_outputs:
            try:
                files[name] = without_outputs(json.loads(files[name]))
            except ValueError:
                raise ValueError(f"{root / name} is damaged: set the course up again.") from None
    files["README.md"] = (HERE / "copied_readme.md").read_bytes()
    return {name: linked(name, data, files) for name, data in files.items()}


def numbers():
    """Return the numbers of the lessons that can be left out, as "12": all but the first."""
    return {path.name[:2] for path in course().glob(PARTS[0])} - {Path(FIRST).name[:2]}


def without_outputs(notebook):
    """Return a notebook (as JSON has it) as bytes, without outputs: no answer below a question."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    return f"{json.dumps(notebook, indent=1, ensure_ascii=False)}\n".encode()


def linked(name, data, files):
    """Return a page or notebook in which links to what is not copied have become plain words."""

    def kept(link):
        place = posixpath.normpath(posixpath.join(posixpath.dirname(name), link[2]))
        return link[0] if place in files else link[1]

    return LINK.sub(kept, data.decode()).encode()


# ---- a learner's folder -------------------------------------------------------------------------


@dataclass
class Copied:
    """What a call of `copy` did in a folder: paths, by what became of them."""

    folder: Path
    new: list = field(default_factory=list)
    renewed: list = field(default_factory=list)  # nobody had written in them
    removed: list = field(default_factory=list)  # nor in these, which the course has no longer
    yours: list = field(default_factory=list)  # run or changed, and the course has nothing newer
    beside: list = field(default_factory=list)  # the course's, where both have changed a file
    deleted: list = field(default_factory=list)  # by the learner
    damaged: bool = False  # the record could not be read

    def __str__(self):
        """Say so in a sentence, and in one more for each thing that a learner should look at."""
        parts = [
            f"{len(self.new)} new file{'s' * (len(self.new) != 1)}" * bool(self.new),
            f"{len(self.renewed)} renewed" * bool(self.renewed),
            f"{len(self.beside)} beside yours" * bool(self.beside),
            "nothing new" * (not self.new + self.renewed + self.beside),
            f"{len(self.yours)} as you left {them(self.yours)}" * bool(self.yours),
            f"{len(self.deleted)} that you deleted (`adam-course copy --restore` brings "
            f"{them(self.deleted)} back)" * bool(self.deleted),
        ]
        lines = [f"In {self.folder}: {', '.join(filter(None, parts))}."]
        if self.beside:
            lines.append(
                "Where the course differs from what you have written, yours is kept, and the "
                f"course's lies beside it: {some(self.beside)}."
            )
        if self.removed:
            lines.append(f"Gone, because the course has them no longer: {some(self.removed)}.")
        if self.damaged:
            lines.append(
                f"The list of what was copied, {RECORD}, could not be read and was made anew; "
                "every file that differs from the course's counts as yours."
            )
        return "\n".join(lines)


def some(paths):
    """Return paths as words; of many, the first ones."""
    more = f" and {len(paths) - 5} more" if len(paths) > 6 else ""
    return ", ".join(paths[:5] if more else paths) + more


def them(paths):
    """Return the word for one or several files."""
    return "it" if len(paths) == 1 else "them"


def copy(folder, solutions=None, without=None, restore=False):
    """Make a learner's folder, or renew it; return what was done.

    A file that was only read or run is replaced when its words are new. What the learner has
    written, added or deleted stays as it is; if the course has changed such a file too, its
    edition comes beside it, as `NAME.new.ipynb`. Every file arrives whole or not at all, and the
    same call goes on with what broke off.

    Args:
        folder: made if it is not there.
        solutions, without: as in `edition`; None is as when the folder was made.
        restore: bring back what was deleted.

    Raises:
        ValueError: there is no lesson of such a number, or the folder is the course itself.
        OSError: the folder cannot be written to.
    """
    folder = Path(folder)
    if folder.resolve() == course().resolve():
        raise ValueError(
            f"{folder.resolve()} is the course itself: name a folder of your own, as my_course."
        )
    with told(folder):
        record, damaged = recorded(folder)
        solutions = record["solutions"] if solutions is None else solutions
        without = sorted(numbers() & set(record["without"])) if without is None else without
        files, done = edition(solutions, without), Copied(folder, damaged=damaged)
        given = dict(record["files"])
        try:
            for name, data in files.items():
                renew(name, data, given, restore, done)
            for name in sorted(given.keys() - files.keys()):
                remove(name, given, done)
        finally:
            now = {"version": __version__, "solutions": solutions, "without": list(without)}
            if given and (now := now | {"files": given}) != record:
                put(folder, RECORD, f"{json.dumps(now, indent=1)}\n".encode())
    return done


def recorded(folder):
    """Return the record of a folder, an empty one if there is none, and whether it is damaged."""
    record = {"version": "", "solutions": True, "without": [], "files": {}}
    try:
        found = json.loads((folder / RECORD).read_bytes())
        return {
            "version": found["version"],
            "solutions": bool(found["solutions"]),
            "without": [str(number) for number in found["without"]],
            "files": {name: [sha, words] for name, (sha, words) in found["files"].items()},
        }, False
    except (FileNotFoundError, NotADirectoryError):
        return record, False
    except (ValueError, TypeError, KeyError, AttributeError):
        return record, True


def renew(name, data, given, restore, done):
    """Bring one file of a folder to the course's edition, if it is not the learner's.

    Args:
        name, data: its path in the folder, and the course's edition.
        given: the hashes of what the learner was given, by path; brought up to date.
        restore: bring it back if it was deleted.
        done: where it is noted.
    """
    mine, old, new = content(done.folder / name), given.get(name, ["", ""]), hashes(data)
    if mine is None and name in given and not restore:
        done.deleted.append(name)
        return
    if mine is None or hashes(mine)[0] == old[0] != new[0]:
        put(done.folder, name, data)
        (done.new if mine is None else done.renewed).append(name)
    elif mine != data:
        words = hashes(mine)[1]
        if words == old[1] != new[1]:
            put(done.folder, name, data)
            done.renewed.append(name)
        elif new[1] in (words, old[1]):
            done.yours.append(name)
        else:
            done.beside.append(name_beside(done.folder, name, (old[1], new[1])))
            put(done.folder, done.beside[-1], data)
    given[name] = new


def remove(name, given, done):
    """Take a file out of a folder that the course has no longer, if it is as it was given."""
    path = done.folder / name
    inside = path.resolve().is_relative_to(done.folder.resolve())
    if inside and (mine := content(path)) is not None and hashes(mine)[0] == given[name][0]:
        path.unlink()
        done.removed.append(name)
    del given[name]


def name_beside(folder, name, known):
    """Return where the course's edition of a file goes; a learner may have written there too."""
    stem, suffix = posixpath.splitext(name)
    names = (f"{stem}.new{number}{suffix}" for number in ("", *range(2, 1000)))
    return next(
        name
        for name in names
        if (there := content(folder / name)) is None or hashes(there)[1] in known
    )


def hashes(data):
    """Return the hashes of a file: of its bytes, and of what a notebook's cells say.

    Outputs and empty cells, which running leaves behind, say nothing. Another file is all words.
    """
    whole = hashlib.sha256(data).hexdigest()
    try:
        cells = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(data)["cells"]]
    except (ValueError, TypeError, KeyError):
        return [whole, whole]
    words = json.dumps([cell for cell in cells if cell[1].strip()])
    return [whole, hashlib.sha256(words.encode()).hexdigest()]


def content(path):
    """Return the bytes of a file, b"" for what is no file, None if nothing is there."""
    if path.is_file():
        return path.read_bytes()
    return b"" if os.path.lexists(path) else None


# ---- files that arrive whole --------------------------------------------------------------------


def place(files, folder):
    """Put files into a folder; what exists there is kept as it is.

    Every file arrives whole or not at all, also when the disk is full or this is interrupted.

    Args:
        files: the bytes of each file by its path in the folder.
        folder: made if it is not there.

    Returns:
        (new, kept): the paths of the files that were written, and of those that were there
        already and differ from the course's.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder, new, kept = Path(folder), [], []
    with told(folder):
        for name, data in files.items():
            if (mine := content(folder / name)) is None:
                put(folder, name, data)
                new.append(name)
            elif mine != data:
                kept.append(name)
    return new, kept


def put(folder, name, data):
    """Put a file into a folder, made if it is not there; it arrives whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".copying-", dir=folder) as waiting:
        whole = Path(waiting, "whole")
        whole.write_bytes(data)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        whole.replace(folder / name)


@contextmanager
def told(folder):
    """Say in one sentence why files cannot be put into a folder."""
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        raise NotADirectoryError(
            f"{error.filename}: a file is where a folder is needed. Name another folder."
        ) from None
    except OSError as error:
        raise OSError(
            f"{folder} could not be written to: {error.strerror}. Mend that, or name another "
            "folder, and try again."
        ) from None
