"""Write lessons and exercises as the platform of a class needs them.

A platform has one function here, which `EDITIONS` names: from the names of notebooks and the
settings of a class to the files of the edition, the bytes of each by its path.
"""

import io
import json
import posixpath
import re
import shlex
import zipfile
from importlib.resources import files as resources
from pathlib import Path

from adam_course.configuration import anchor
from adam_course.copying import LINK, course, edition, place, without_outputs
from adam_course.grading.classes.parts import parts_of
from adam_course.tasks import EXERCISES

SOLUTIONS = "exercises/solutions"
# How an exercise asks to be kept: who hands in by file name must keep the name.
RENAMING = re.compile(r"\*\*First, make this notebook yours:\*\*.*? can touch your work\. ?")
IN_DRIVE = (
    "**First, make this notebook yours:** *File → Save a copy in Drive*, or Colab forgets your "
    "work. To hand it in: *File → Download → Download .ipynb*. "
)
KEPT = "**Keep this notebook's name**, and hand it in {where}. "
# Where a task says its points, and where an exercise says how many its checks count together, and
# how many a person gives.
POINTS = re.compile(r"^(\*[^*\n]*), (?:no|\d+) points?( from your instructor)?\.\*", re.MULTILINE)
TOTAL = re.compile(r"\b\w+ points(?= from the checks|, about|, checked at once)")
BY_PERSON = re.compile(r"\b\w+ points(?= from your instructor|, which a person gives)")
OWN_POINTS = (
    "The points at each task are your class's own; what a check below a task says, and how a task "
    "shares out its points, counts the course's."
)
# Colab folds a cell with a title and `cellView`, and shows the title beside its button.
INSTALL = """\
# @title Run this cell first: it brings the course
try:
    import adam_course
except ImportError:
    %pip install -q {package}"""


def release(platform, names, folder, settings, without=(), points=None):
    """Write the edition of some notebooks for a platform; what exists there is kept as it is.

    Args:
        platform: one of `EDITIONS`.
        names: as "06_adam" or "06", or "exercises/06_adam" where a lesson has the same name; none
            for all.
        folder: where to write; made if it is not there.
        settings: of the class, as `configuration.settings` returns them.
        without: numbers of the lessons that the class leaves out, as "12".
        points: the class's own, as `Policy.own_points` gives them; None for the course's.

    Returns:
        (new, kept): the paths of the files that were written, and of those that were there
        already and differ from the course's.

    Raises:
        ValueError: there is no such platform, notebook or lesson.
        OSError: the folder cannot be written to.
    """
    if platform not in EDITIONS:
        *first, last = EDITIONS
        raise ValueError(
            f"There is no edition for {platform!r}: there is one for {', '.join(first)} and {last}."
        )
    chosen = settings | {"without": without, "points": points or {}}
    return place(EDITIONS[platform](names, chosen), folder)


# ---- a function for each platform ---------------------------------------------------------------


def for_nbgrader(names, chosen):
    """Return what nbgrader's `source` folder holds of exercises: solutions, without outputs.

    Without a website, links become plain words.
    """
    paths = {
        path.stem: path.read_bytes()
        for path in sorted((course() / SOLUTIONS).glob("[0-9]*.ipynb"))
        if path.name[:2] not in chosen["without"]
    }

    def lead(path, section):
        return page(chosen["site"], path, section)

    return {
        f"{name}/{name}.ipynb": written(paths[name], f"{SOLUTIONS}/{name}", lead, "", chosen)
        for name in picked(names, paths, "exercise")
    }


def for_colab(names, chosen, keep=IN_DRIVE):
    """Return the lessons and exercises for Colab, which brings the course at the first cell.

    A link to a notebook opens it in Colab, and one to a section leads to the website; where there
    is no such address to the other, and without both it becomes plain words.
    """
    files, lead = notebooks(chosen), leading(chosen)
    return {
        f"{path}.ipynb": written(files[path], path, lead, keep, chosen, brought=True)
        for path in picked(names, files, "notebook")
    }


def for_moodle(names, chosen):
    """Return the notebooks for Moodle's folders and assignments, and a page for the instructor."""
    keep = KEPT.format(where="in Moodle, at the assignment of this exercise")
    return {"README.md": told("moodle", chosen), **for_colab(names, chosen, keep)}


def for_canvas(names, chosen):
    """Return the notebooks for Canvas' files and assignments, and a page for the instructor."""
    keep = KEPT.format(where="in Canvas, at the assignment of this exercise")
    return {"README.md": told("canvas", chosen), **for_colab(names, chosen, keep)}


def for_classroom(names, chosen):
    """Return a template repository for each exercise, and a page for the instructor."""
    keep = "**Keep this notebook's name**, and hand it in by a push. "
    found = {"README.md": told("classroom", chosen)}
    workflow, readme = given("classroom.yml"), given("classroom_readme.md")
    for name, exercise in exercises(names, chosen, keep).items():
        heading = EXERCISES[name].heading
        repository = {
            f"exercises/{name}.ipynb": exercise,
            "README.md": readme.format(name=name, heading=heading).encode(),
            ".github/workflows/check.yml": workflow.replace(
                "EXERCISE: 06_adam", f"EXERCISE: {name}"
            ).encode(),
            **installing(chosen["package"], "wheels/"),
        }
        found |= {f"{name}/{path}": data for path, data in repository.items()}
    return found


def for_gradescope(names, chosen):
    """Return each exercise with the zip of its autograder, and a page for the instructor."""
    keep = KEPT.format(where="in Gradescope, alone")
    found = {"README.md": told("gradescope", chosen)}
    for name, exercise in exercises(names, chosen, keep).items():
        own = {
            one.name: chosen["points"][one.name]
            for one in EXERCISES[name].tasks
            if one.name in chosen["points"]
        }
        autograder = {
            "setup.sh": given("setup.sh").encode(),
            "run_autograder": given("run_autograder").replace("EXERCISE", name).encode(),
            "points.json": f"{json.dumps(own)}\n".encode(),
            **installing(chosen["package"], ""),
        }
        found |= {f"{name}/{name}.ipynb": exercise, f"{name}/autograder.zip": zipped(autograder)}
    return found


EDITIONS = {
    "nbgrader": for_nbgrader,
    "moodle": for_moodle,
    "canvas": for_canvas,
    "colab": for_colab,
    "classroom": for_classroom,
    "gradescope": for_gradescope,
}


def notebooks(chosen):
    """Return the course's notebooks for learners by path, without its ending."""
    return {
        posixpath.splitext(path)[0]: data
        for path, data in edition(solutions=False, without=chosen["without"]).items()
        if path.endswith(".ipynb")
    }


def exercises(names, chosen, keep):
    """Return exercises by name, as their learners get them."""
    files, lead = notebooks(chosen), leading(chosen)
    ours = {posixpath.basename(path): data for path, data in files.items() if "exercises/" in path}
    return {
        name: written(ours[name], f"exercises/{name}", lead, keep, chosen)
        for name in picked(names, ours, "exercise")
    }


def leading(chosen):
    """Return a function from a path in the course and a heading to the address of a link."""
    files = notebooks(chosen)

    def lead(path, section):
        read = page(chosen["site"], path, section)
        opened = f"{chosen['colab']}/{path}" if chosen["colab"] and path[:-6] in files else ""
        return (read or opened) if section else (opened or read)

    return lead


def given(name):
    """Return the text of a file that editions are made from."""
    return resources("adam_course.editions").joinpath(name).read_text(encoding="utf-8")


def told(platform, chosen):
    """Return what an instructor does with an edition, with a table of the exercises."""
    rows = [
        f"| {one.heading} | `{name}.ipynb` | {checked(one, chosen['points']):g} | "
        f"{by_person(one, chosen['points']):g} |"
        for name, one in EXERCISES.items()
        if one.number not in chosen["without"]
    ]
    head = "| assignment | notebook | points of its checks | points that a person gives |"
    table = "\n".join([head, "|---|---|---|---|", *rows])
    return given(f"{platform}.md").format(table=table).encode()


def checked(exercise, points):
    """Return how many points the checks of an exercise count together."""
    return sum(points.get(task.name, task.points) for task in exercise.tasks)


def by_person(exercise, points):
    """Return how many points a person can give for an exercise."""
    return sum(
        points.get(f"{exercise.name}.{part.name}", part.points) for part in parts_of(exercise.name)
    )


def installing(package, folder):
    """Return what pip needs: a list, and the wheel, if the package is one on this machine."""
    wheel = Path(package)
    if wheel.suffix == ".whl" and wheel.is_file():
        path = f"{folder}{wheel.name}"
        return {"requirements.txt": f"./{path}\n".encode(), path: wheel.read_bytes()}
    named = f"adam-course @ {package}" if "://" in package else package
    return {"requirements.txt": f"{named}\n".encode()}


def zipped(files):
    """Return files as a zip, the same bytes each time; scripts may be run."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (0o755 if data.startswith(b"#!") else 0o644) << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


# ---- a notebook ---------------------------------------------------------------------------------


def picked(names, paths, kind):
    """Return the paths that bear these names, all of them for no name.

    Raises:
        ValueError: none bears one of the names.
    """
    wanted = {name.removesuffix(".ipynb") for name in names}
    bearing = {
        path: wanted & {path, posixpath.basename(path), posixpath.basename(path)[:2]}
        for path in paths
    }
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


def written(data, path, lead, keep, chosen, brought=False):
    """Return a notebook without outputs as bytes.

    Args:
        data: as the course has it.
        path: where it is in the course, without its ending.
        lead: from a path in the course and a heading to the address of a link, "" for plain words.
        keep: what takes the place of the way in which an exercise asks to be kept.
        chosen: the settings of the class, with its points.
        brought: whether its first code cell brings the course.
    """
    notebook, folder = json.loads(data), posixpath.dirname(path)
    notebook["cells"] = cells = [cell for cell in notebook["cells"] if not explains(cell)]
    for cell in cells:
        if cell["cell_type"] != "code":
            text = RENAMING.sub(keep, "".join(cell["source"]))
            cell["source"] = addressed(text, folder, lead).strip().splitlines(keepends=True)
    name = posixpath.basename(path)
    if chosen["points"] and folder != "notebooks":
        count(cells, EXERCISES[name], chosen["points"])
    if brought:
        first = next(i for i, one in enumerate(cells) if one["cell_type"] == "code")
        cells.insert(first, install(chosen["package"]))
    return without_outputs(notebook)


def count(cells, exercise, points):
    """Put a class's own points into an exercise: into nbgrader's marks, and where a text says them.

    Args:
        cells: of its notebook, as JSON has them; they are changed.
        exercise: the Exercise. points: the class's own, by task.
    """
    own = {task.name: points[task.name] for task in exercise.tasks if task.name in points}
    parts = f"{exercise.name}."
    own |= {name.removeprefix(parts): points[name] for name in points if name.startswith(parts)}
    if not own:
        return
    said = None
    for cell in cells:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and POINTS.search(text):
            said = cell
        marks = cell["metadata"].get("nbgrader", {})
        task = marks.get("grade_id", "").removeprefix("check-")
        if marks.get("grade") and task in own:
            marks["points"] = own[task]
            if said:
                said["source"] = POINTS.sub(
                    rf"\1, {in_words(own[task])}\2.*", "".join(said["source"])
                ).splitlines(keepends=True)
                said = None
    title = TOTAL.sub(in_words(checked(exercise, points)), "".join(cells[0]["source"]))
    if own.keys() - {task.name for task in exercise.tasks}:
        title = BY_PERSON.sub(in_words(by_person(exercise, points)), title)
    cells[0]["source"] = f"{title}\n\n{OWN_POINTS}".splitlines(keepends=True)


def in_words(points):
    """Return points as a phrase."""
    return f"{points:g} point{'s' * (points != 1)}" if points else "no points"


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
