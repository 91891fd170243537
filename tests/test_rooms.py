"""The rooms of the package: imports go one way, and the mathematics needs nothing but NumPy."""

import ast
import sys

import pytest
from lesson_checks import imported

from conftest import ROOT

PACKAGE = ROOT / "adam_course"
#: What a room may import from the others, and what else, beyond Python's own library.
ROOMS = {
    "checked": ((), {"numpy"}),
    "blocks": ((), set()),
    "optimizers": (("checked",), {"numpy"}),
    "schedules": (("checked",), {"numpy"}),
    "problems": (("blocks", "checked"), {"numpy"}),
    "descend": (("checked", "optimizers"), {"numpy", "tqdm"}),
    "tuning": (("checked", "descend"), {"numpy"}),
    "paired": (("checked",), {"numpy"}),
    "copying": ((), set()),
    "answers": ((), set()),
    "progress": (("answers", "questions"), set()),
    "questions": (
        (
            *("optimizers", "schedules", "problems", "descend", "paired", "experiments"),
            "frameworks",
        ),
        {"numpy"},
    ),
    "figures": (
        (
            *("optimizers", "schedules", "problems", "descend"),
            *("answers", "copying", "questions"),
        ),
        {"numpy", "matplotlib", "PIL", "IPython", "anywidget", "traitlets"},
    ),
    "frameworks": (("descend",), {"numpy"}),
    "experiments": (
        ("optimizers", "schedules", "problems", "descend", "tuning", "paired", "frameworks"),
        {"numpy", "tqdm"},
    ),
    "configuration": ((), set()),
    "given": ((), {"numpy"}),
    "tasks": (("given", "optimizers"), {"numpy"}),
    "grading.sandbox": (("given",), {"numpy"}),
    "grading.check": (
        ("configuration", "given", "grading.sandbox", "paired", "tasks"),
        {"numpy", "IPython"},
    ),
    "grading.classes": (
        ("configuration", "copying", "grading.check", "grading.sandbox", "tasks"),
        {"numpy", "jinja2", "markupsafe", "distributed"},
    ),
    "grading.workshop": (("grading.check", "grading.sandbox"), {"numpy"}),
    "grading": (("grading.check", "grading.sandbox", "tasks"), set()),
    "project": (("copying", "experiments", "figures", "problems"), {"numpy"}),
    "editions": ((), set()),
    "releasing": (("configuration", "copying", "grading.classes", "tasks"), set()),
    "quizzes": (("copying", "questions", "releasing"), set()),
    "example_class": (("copying", "tasks"), set()),
    "doctor": (
        ("copying", "grading.sandbox"),
        {"jupyter_client", "jupyter_core", "jupyterlab", "packaging", "make"},
    ),
    "__main__": (
        (
            *("configuration", "copying", "doctor", "grading.classes", "grading.sandbox"),
            *("example_class", "grading.workshop", "progress", "quizzes", "releasing", "tasks"),
        ),
        {"tqdm"},
    ),
}


def imports(room):
    """Return the other rooms and the packages, but for Python's own, that a room imports."""
    names = {
        name
        for path in files_of(room)
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
    }
    ours = {name.removeprefix("adam_course.") for name in names if name.startswith("adam_course.")}
    others = {name.partition(".")[0] for name in names} - {"adam_course", *sys.stdlib_module_names}
    return {room_of(name) for name in ours} - {room, None}, others


def files_of(room):
    """Return the Python files of a room; those of a room within it are not among them."""
    place = PACKAGE.joinpath(*room.split("."))
    if room == "grading":
        return [place / "__init__.py"]
    return place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")]


def room_of(module):
    """Return the room of a module, or of a name in one; None for what is no room's."""
    return max((room for room in ROOMS if f"{module}.".startswith(f"{room}.")), default=None)


def rooms_of(folder):
    """Return the names of the rooms and files in a folder of the package."""
    found = (path for path in folder.iterdir() if list(path.glob("*.py")) or path.suffix == ".py")
    return {path.stem for path in found} - {"__init__", "__pycache__"}


def test_every_room_is_known():
    grading = {f"grading.{name}" for name in rooms_of(PACKAGE / "grading")}
    assert rooms_of(PACKAGE) | grading == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_what_it_may_and_what_is_allowed_is_needed(room):
    rooms, packages = ROOMS[room]
    assert imports(room) == (set(rooms), packages)


def test_the_rooms_have_an_order():
    """Whoever comes later imports only from those before, so there is no circle."""
    known = set()
    left = dict(ROOMS)
    while left:
        free = [room for room, (rooms, _) in left.items() if known.issuperset(rooms)]
        assert free, f"these import each other: {', '.join(left)}"
        known |= set(free)
        left = {room: left[room] for room in left if room not in free}


def test_what_learners_write_meets_no_task_and_a_verdict_no_class():
    assert "tasks" not in imports("grading.sandbox")[0]
    assert not {"grading.classes", "grading.workshop"} & imports("grading.check")[0]


def test_the_function_check_covers_its_room_and_the_room_can_still_be_imported():
    from adam_course.grading import check
    from adam_course.grading.check import judging

    assert callable(check) and judging.__name__ == "adam_course.grading.check.judging"
