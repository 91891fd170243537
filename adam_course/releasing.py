"""Write lessons and exercises as the platform of a class needs them.

A platform has one function here, which `EDITIONS` names: from the names of notebooks and the
settings of a class to the files of the edition, the bytes of each by its path.
"""

import json
import posixpath
import re
import shlex

from adam_course.configuration import anchor
from adam_course.copying import LINK, course, edition, place, without_outputs

SOLUTIONS = "exercises/solutions"
# How an exercise asks to be kept: who hands in by file name must keep the name.
RENAMING = re.compile(r"\*\*First, make this notebook yours:\*\*.*? can touch your work\. ?")
IN_DRIVE = (
    "**First, make this notebook yours:** *File → Save a copy in Drive*, or Colab forgets your "
    "work. To hand it in: *File → Download → Download .ipynb*. "
)
# Colab folds a cell with a title and `cellView`, and shows the title beside its button.
INSTALL = """\
# @title Run this cell first: it brings the course
try:
    import adam_course
except ImportError:
    %pip install -q {package}"""


def release(platform, names, folder, settings):
    """Write the edition of some notebooks for a platform; what exists there is kept as it is.

    Args:
        platform: one of `EDITIONS`.
        names: as "06_adam", or "exercises/06_adam" where a lesson has the same name; none for all.
        folder: where to write; made if it is not there.
        settings: of the class, as `configuration.settings` returns them.

    Returns:
        (new, kept): the paths of the files that were written, and of those that were there
        already and differ from the course's.

    Raises:
        ValueError: there is no such platform or notebook.
        OSError: the folder cannot be written to.
    """
    if platform not in EDITIONS:
        raise ValueError(
            f"There is no edition for {platform!r}: there is one for {' and '.join(EDITIONS)}."
        )
    return place(EDITIONS[platform](names, settings), folder)


def for_nbgrader(names, settings):
    """Return what nbgrader's `source` folder holds of exercises: solutions, without outputs.

    Without a website, links become plain words.
    """
    paths = {
        path.stem: path.read_bytes() for path in sorted((course() / SOLUTIONS).glob("[0-9]*.ipynb"))
    }

    def lead(path, section):
        return page(settings["site"], path, section)

    return {
        f"{name}/{name}.ipynb": written(json.loads(paths[name]), SOLUTIONS, lead, keep="")
        for name in picked(names, paths, "exercise")
    }


def for_colab(names, settings):
    """Return the lessons and exercises for Colab, which brings the course at the first cell.

    A link to a notebook opens it in Colab, and one to a section leads to the website; where there
    is no such address to the other, and without both it becomes plain words.
    """
    files = {
        posixpath.splitext(path)[0]: data
        for path, data in edition(solutions=False).items()
        if path.endswith(".ipynb")
    }

    def lead(path, section):
        read = page(settings["site"], path, section)
        opened = f"{settings['colab']}/{path}" if settings["colab"] and path[:-6] in files else ""
        return (read or opened) if section else (opened or read)

    def brought(path):
        notebook = json.loads(files[path])
        first = next(i for i, one in enumerate(notebook["cells"]) if one["cell_type"] == "code")
        notebook["cells"].insert(first, install(settings["package"]))
        return written(notebook, posixpath.dirname(path), lead, keep=IN_DRIVE)

    return {f"{path}.ipynb": brought(path) for path in picked(names, files, "notebook")}


EDITIONS = {"nbgrader": for_nbgrader, "colab": for_colab}


def picked(names, paths, kind):
    """Return the paths that bear these names, all of them for no name.

    Raises:
        ValueError: none bears one of the names.
    """
    wanted = {name.removesuffix(".ipynb") for name in names}
    bearing = {path: wanted & {path, posixpath.basename(path)} for path in paths}
    if absent := sorted(wanted.difference(*bearing.values())):
        raise ValueError(f"There is no {kind} {absent[0]!r}: there are {', '.join(paths)}.")
    return [path for path in paths if bearing[path] or not wanted]


def install(package):
    """Return the cell that brings the course where it is missing."""
    return {
        "cell_type": "code",
        "id": "install",
        "metadata": {"cellView": "form"},
        "execution_count": None,
        "outputs": [],
        "source": INSTALL.format(package=shlex.quote(package)).splitlines(keepends=True),
    }


def written(notebook, folder, lead, keep):
    """Return a notebook without outputs as bytes.

    Args:
        notebook: as JSON has it.
        folder: where it is in the course.
        lead: from a path in the course and a heading to the address of a link, "" for plain words.
        keep: what takes the place of the way in which an exercise asks to be kept.
    """
    notebook["cells"] = [cell for cell in notebook["cells"] if not explains(cell)]
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            text = RENAMING.sub(keep, "".join(cell["source"]))
            cell["source"] = addressed(text, folder, lead).strip().splitlines(keepends=True)
    return without_outputs(notebook)


def explains(cell):
    """Return whether a cell of a solution explains an answer: no learner's edition has it."""
    return "why" in cell["metadata"].get("tags", [])


def addressed(text, folder, lead):
    """Return a text of a notebook in a folder whose links lead where `lead` says."""

    def moved(link):
        words, target, section = link.groups()
        path = posixpath.normpath(posixpath.join(folder, target))
        address = lead(path, (section or "")[1:])
        return f"[{words}]({address})" if address else words

    return LINK.sub(moved, text)


def page(site, path, section):
    """Return the address of a page of the website, which a file of the course has; "" if none."""
    fragment = f"#{anchor(section)}" if section else ""
    return f"{site}/{posixpath.splitext(path)[0]}.html{fragment}" if site else ""
