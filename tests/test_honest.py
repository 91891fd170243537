"""Honest work never loses: the grader and the notebook's `check` give the same full marks.

Each style of `honest.py` is judged both ways; so is each answer that a rule refuses.
"""

import gc
import io
import sys
import tempfile
import warnings
from contextlib import redirect_stderr, redirect_stdout

import matplotlib
import nbformat
import numpy as np
import pytest
from honest import EXERCISES, HONEST, REFUSED, places
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from adam_course.grading import TASKS, Verdict
from adam_course.grading.classes.examine import examine
from adam_course.grading.sandbox import rules
from adam_course.grading.sandbox.sandbox import Sandbox

SEED = 1
at_night = [pytest.mark.sandbox, pytest.mark.long]


def each(styles):
    """Run a test once for each style."""
    return pytest.mark.parametrize("style", styles, ids=[style.name for style in styles])


def marks(verdicts):
    """Return what a learner reads of each task: task → "right", or what was found."""
    return {
        verdict.task.name: "right" if verdict.passed else verdict.message for verdict in verdicts
    }


# ---- the corpus ---------------------------------------------------------------------------------


def test_a_style_has_a_name_of_its_own():
    names = [style.name for style in HONEST]
    assert sorted(names) == sorted(set(names))


@each(HONEST)
def test_each_cell_of_a_style_has_its_place(style):
    assert set(style.cells) <= places(style.exercise)


def test_every_exercise_is_written_in_three_styles_and_every_task_is_solved():
    exercises = [style.exercise for style in HONEST]
    for path in EXERCISES.glob("*.ipynb"):
        assert exercises.count(path.stem) >= 3, path.stem
    assert set(TASKS) == {name for style in HONEST for name in style.solved}


# ---- the grader's way ---------------------------------------------------------------------------


def graded(style, sandbox):
    """Return the grader's marks for a style."""
    verdicts, _ = examine(nbformat.writes(style.notebook).encode(), style.exercise, SEED, sandbox)
    return marks(verdicts)


@pytest.fixture(scope="module", params=["plain", pytest.param("bubblewrap", marks=at_night)])
def sandbox(request):
    """The grader's process for answers, without and with bubblewrap."""
    with Sandbox(isolated=request.param == "bubblewrap") as sandbox:
        yield sandbox


@each(HONEST)
def test_the_grader_gives_an_honest_style_full_marks(style, sandbox):
    assert graded(style, sandbox) == style.marks


# ---- the notebook's way -------------------------------------------------------------------------


class Notebook(InteractiveShell):
    """A notebook's kernel in this process."""

    def enable_gui(self, gui=None):
        """Have no windows, whatever `%matplotlib` says."""

    def marks(self, book):
        """Return what the checks of a notebook say when its cells are run in order."""
        self.reset(new_session=False)
        said = {}
        for cell in book.cells:
            if cell.cell_type == "code":
                verdict = self.run_cell(cell.source).result
                if isinstance(verdict, Verdict):
                    said |= marks([verdict])
        return said


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """A Notebook; what its cells change in Python, NumPy or matplotlib is put back at the end."""
    settings = Config({"HistoryManager": {"enabled": False}})
    main, limit, errors = sys.modules["__main__"], sys.getrecursionlimit(), np.geterr()
    backend = matplotlib.get_backend()
    kernel = Notebook.instance(config=settings, ipython_dir=str(tmp_path_factory.mktemp("ipython")))
    gc.freeze()  # a reset collects garbage: let it look at what the notebooks have left, no more
    with np.printoptions(), matplotlib.rc_context({"backend": "agg"}):
        yield kernel
    gc.unfreeze()
    Notebook.clear_instance()
    matplotlib.use(backend)
    np.seterr(**errors)
    sys.setrecursionlimit(limit)
    sys.modules["__main__"] = main


@pytest.fixture
def notebook(kernel, tmp_path, monkeypatch):
    """The Notebook in a folder of its own, where it may print and warn as it likes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    # For the rules this folder is no place for scratch, though it lies in one.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    rules.places.cache_clear()
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield kernel
    rules.places.cache_clear()


@each(HONEST)
def test_check_gives_an_honest_style_full_marks(style, notebook):
    assert notebook.marks(style.notebook) == style.marks


# ---- what is refused ----------------------------------------------------------------------------


@each(REFUSED)
def test_the_grader_refuses_what_the_rules_do(style, sandbox, monkeypatch):
    monkeypatch.setattr(sandbox, "timeout", 2)
    assert style.words in graded(style.style, sandbox)["first-step"]


@each(REFUSED)
def test_check_refuses_what_the_rules_do(style, notebook, tmp_path, monkeypatch):
    monkeypatch.setattr(rules, "SECONDS", 1)
    for module in ("torch", "scipy"):  # as if they were installed
        (tmp_path / f"{module}.py").write_text("from numpy import sign\n")
    assert style.words in notebook.marks(style.style.notebook)["first-step"]
