"""The rooms of the package: imports go one way, and the mathematics needs nothing but NumPy."""

import ast
import sys

import pytest
from conftest import ROOT
from lesson_checks import imported

PACKAGE = ROOT / "adam_course"
#: What a room may import from the others, and what else, beyond Python's own library.
ROOMS = {
    "optimizers": ((), {"numpy"}),
    "schedules": ((), {"numpy"}),
    "problems": ((), {"numpy"}),
    "descend": (("optimizers",), {"numpy", "tqdm"}),
    "tuning": (("descend",), {"numpy"}),
    "figures": (
        ("optimizers", "schedules", "problems", "descend"),
        {"numpy", "matplotlib", "IPython", "anywidget", "traitlets"},
    ),
    "frameworks": (("optimizers",), set()),
    "experiments": (
        ("optimizers", "schedules", "problems", "descend", "tuning", "frameworks"),
        {"numpy", "tqdm"},
    ),
    "configuration": ((), set()),
    "grading": (
        ("configuration", "optimizers"),
        {"numpy", "IPython", "jinja2", "markupsafe", "distributed"},
    ),
    "copying": ((), set()),
    "releasing": (("configuration", "copying"), set()),
    "doctor": (
        ("copying", "grading"),
        {"jupyter_client", "jupyter_core", "jupyterlab", "packaging", "make"},
    ),
    "__main__": (("configuration", "copying", "doctor", "grading", "releasing"), {"tqdm"}),
}


def imports(room):
    """Return the other rooms and the packages, but for Python's own, that a room imports."""
    place = PACKAGE / room
    files = place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")]
    names = {
        tuple(name.split("."))
        for path in files
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
    }
    ours = {name[1] for name in names if name[0] == "adam_course" and len(name) > 1}
    others = {name[0] for name in names} - {"adam_course"} - set(sys.stdlib_module_names)
    return (ours & set(ROOMS)) - {room}, others


def test_every_room_is_known():
    found = {path.stem for path in PACKAGE.iterdir() if list(path.glob("*.py")) or path.is_file()}
    assert found - {"__init__", "copied_readme"} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_what_it_may_and_what_is_allowed_is_needed(room):
    rooms, packages = ROOMS[room]
    assert imports(room) == (set(rooms), packages)
