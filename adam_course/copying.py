"""Put the lessons and exercises into a learner's folder, and touch nothing that is there."""

import os
import posixpath
import re
from pathlib import Path
from tempfile import TemporaryDirectory

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
# What makes a folder a learner's own: it lies at its root.
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
    """Return the learner's own folder that this folder lies in; None if it lies in none."""
    folder = Path(folder).resolve()
    return next((path for path in (folder, *folder.parents) if (path / RECORD).is_file()), None)


def edition(solutions=True, without=()):
    """Return what a copy holds: the bytes of each file by its path.

    Args:
        solutions: whether the solutions are among them.
        without: numbers of lessons that are left out with their exercises, as "12".

    Raises:
        ValueError: there is no lesson of such a number, or it is the first one.
    """
    root = course()
    known = {path.name[:2] for path in root.glob(PARTS[0])} - {FIRST.partition("/")[2][:2]}
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
    files["README.md"] = (HERE / "copied_readme.md").read_bytes()
    return {name: linked(name, data, files) for name, data in files.items()}


def linked(name, data, files):
    """Return a page or notebook in which links to what is not copied have become plain words."""

    def kept(link):
        place = posixpath.normpath(posixpath.join(posixpath.dirname(name), link[2]))
        return link[0] if place in files else link[1]

    return LINK.sub(kept, data.decode()).encode()


def copy(folder, solutions=True, without=()):
    """Copy an `edition` of the course into a folder, as `place` does; return what that returns."""
    return place(edition(solutions, without), folder)


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
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".copying-", dir=folder) as waiting:
            for name, data in files.items():
                place = folder / name
                if os.path.lexists(place):
                    if not place.is_file() or place.read_bytes() != data:
                        kept.append(name)
                    continue
                whole = Path(waiting, str(len(new)))
                whole.write_bytes(data)
                place.parent.mkdir(parents=True, exist_ok=True)
                whole.rename(place)
                new.append(name)
    except (FileExistsError, NotADirectoryError) as error:
        raise NotADirectoryError(
            f"{error.filename}: a file is where a folder is needed. Name another folder."
        ) from None
    except OSError as error:
        raise OSError(
            f"{folder} could not be written to: {error.strerror}. Mend that, or name another "
            "folder, and try again."
        ) from None
    return new, kept
