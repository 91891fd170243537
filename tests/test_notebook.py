"""`check` in a notebook: by the grader's rules, in ten seconds, about the code on the screen."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
import submissions
from IPython.core.interactiveshell import InteractiveShell

from adam_course.grading import TASKS
from adam_course.grading.check import deadline, notebook, screen
from adam_course.grading.check.deadline import TimeUp
from adam_course.grading.classes.examine import examine
from adam_course.grading.sandbox import answers, rules
from adam_course.grading.sandbox.sandbox import Sandbox

ROOT = Path(__file__).resolve().parent.parent
SETUP = "import numpy as np\nfrom adam_course.grading import check\n"
RIGHT = "def first_step(grad, lr):\n    return -lr * np.sign(grad)"


@pytest.fixture
def cells(monkeypatch):
    """A function that runs a cell as a notebook does, and returns the Verdict of its last line."""
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    monkeypatch.setattr(screen, "ran", {})
    monkeypatch.setattr(notebook, "solved", notebook.defaultdict(set))
    monkeypatch.setattr(screen, "shell", lambda: shell)
    shell.events.register("post_run_cell", screen.keep)

    def run(source, cell_id=None):
        return shell.run_cell(source, store_history=True, cell_id=cell_id).result

    run(SETUP)
    yield run
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


@pytest.fixture(scope="module")
def sandbox():
    """One Sandbox, without bubblewrap, for all tests."""
    with Sandbox(isolated=False) as one:
        yield one


# ---- the rules ----------------------------------------------------------------------------------


def body(*lines):
    """Return a `first_step` with these lines, and then the right answer."""
    inside = "\n".join(f"    {line}" for line in lines)
    return f"def first_step(grad, lr):\n{inside}\n    return -lr * np.sign(grad)\n"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (body("import scipy"), "scipy is not there while grading"),
        (body("from torch import nn"), "torch is not there while grading"),
        (f"import nbformat\n{body('nbformat.read')}", "nbformat is not there while grading"),
        (
            f"from adam_course.optimizers import Adam\n{body('Adam(lr=lr)')}",
            "Adam is not there while grading",
        ),
        (
            f"from adam_course.optimizers import Adam\nadam = Adam()\n{body('adam.step')}",
            "Adam is not there while grading",
        ),
        (body("from adam_course.tasks import TASKS"), "tasks is not there while grading"),
        (body("open('data.csv')"), "data.csv is not there while grading"),
        (
            body("import tempfile", "open(tempfile.gettempdir() + '/x.csv')"),
            "x.csv is not there while grading",
        ),
        (
            body("from concurrent.futures import ThreadPoolExecutor as P", "P().submit(print)"),
            "can't start new thread: there are none while grading",
        ),
        (
            body("import subprocess", "subprocess.run(['true'])"),
            "programs cannot be reached while grading",
        ),
        (
            "calls = []\n" + body("calls.append(1)", "lr = lr * (1 + (len(calls) > 4))"),
            "gave something else when it was called once more with the same arguments",
        ),
        (
            body("grad.shape = (1, *grad.shape)", "grad = grad[0]"),
            "the call changed grad in place",
        ),
        ("first_step = 0.1", "first_step is not a function but a value of type float"),
        ("from numpy import sign as first_step", "first_step raised"),
        ("from nbformat import read as first_step", "read is not there while grading"),
    ],
)
def test_what_the_grader_refuses_check_refuses_in_the_same_words(cells, sandbox, source, words):
    cells(source)
    verdict = cells('check("first-step", first_step)')
    assert not verdict
    assert verdict.points == 0
    assert words in verdict.message
    verdicts, _ = examine(submissions.notebook(SETUP, source), "06_adam", None, sandbox)
    graded = next(one for one in verdicts if one.task.name == "first-step")
    assert words in graded.message


@pytest.mark.parametrize(
    "source",
    [
        "from tqdm.auto import tqdm\n" + body("for _ in tqdm(range(3)): pass"),
        body("from tqdm import trange", "assert len(list(trange(3))) == 3"),
        "import matplotlib.pyplot as plt\n"
        + body("fig, (a, b) = plt.subplots(1, 2)", "a.plot([1])", "plt.title('x')", "plt.show()"),
        "from pylab import *\n" + body("plot([1, 2])").replace("np.sign", "sign"),
        "from __future__ import annotations\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from numpy.typing import NDArray\n"
        + body("1").replace("grad, lr", "grad: NDArray, lr: float")
        + "\n",
        "from IPython.display import display, clear_output\n" + body("clear_output(); display(1)"),
    ],
)
def test_pictures_and_progress_bars_do_nothing_while_grading(cells, source, capsys):
    cells(source)
    assert cells('check("first-step", first_step)')
    assert "3/3" not in capsys.readouterr().err


def test_what_the_rules_take_away_is_there_again_afterwards(cells):
    cells("from adam_course.optimizers import Adam\nfrom tqdm import tqdm\nimport nbformat")
    cells(body("Adam"))
    cells('check("first-step", first_step)')
    assert cells("Adam(lr=0.1), nbformat.read, list(tqdm([], disable=True)), open('README.md')")
    assert cells("import threading; t = threading.Thread(target=int); t.start(); t.join(); 1") == 1
    assert rules.watched is None


def test_what_an_answer_has_set_itself_stays_as_it_set_it(cells):
    cells("from adam_course.optimizers import Adam")
    cells(body("global Adam", "Adam = 5"))
    assert cells('check("first-step", first_step)')
    assert cells("Adam") == 5


def test_a_module_that_checks_may_use_what_an_answer_may_not():
    def free(grad, lr):
        assert pytest.approx(lr) == lr
        return -lr * np.sign(grad)

    assert notebook.check("first-step", free)


def test_a_part_of_the_course_is_allowed_with_what_is_in_it_and_no_other():
    allows = ("adam_course.tuning",)
    assert rules.is_there("adam_course.tuning", allows)
    assert rules.is_there("adam_course.tuning.rates", allows)
    assert not rules.is_there("adam_course.tuning_more", allows)
    assert not rules.is_there("adam_course.tasks", allows)


def test_an_exercises_own_imports_are_there_where_they_give_nothing_away(cells):
    cells(
        "from adam_course.optimizers import Adam\n"
        "def rate_that_arrives(curvature, distance, steps):\n"
        "    for lr in distance / steps * np.arange(1, 20, 0.5):\n"
        "        x, adam = np.zeros(1), Adam(lr=lr)\n"
        "        for _ in range(steps):\n"
        "            x = adam.step(x, curvature * (x - distance))\n"
        "        if abs(x[0] / distance - 1) < 0.04:\n"
        "            return lr\n"
    )
    verdict = cells('check("rate-that-arrives", rate_that_arrives)')
    assert verdict, verdict


def test_a_search_may_draw_at_random_where_many_answers_are_right(cells):
    cells(
        "rng = np.random.default_rng()\n"
        "def rate_that_arrives(curvature, distance, steps):\n"
        "    return rng.uniform(3.9, 4.1) * distance / steps\n"
    )
    assert cells('check("rate-that-arrives", rate_that_arrives)')


# ---- time ---------------------------------------------------------------------------------------


#: Those that this machine has: Windows has no alarm, and Python 3.11 is in no browser.
WAYS = [deadline.by_thread]
WAYS += [deadline.by_alarm] * hasattr(signal, "setitimer")
WAYS += [deadline.by_jumps] * hasattr(sys, "monitoring")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "code",
    [
        "while True:\n    pass",
        "while True:\n    try:\n        x = 1\n    except Exception:\n        pass",
        "while True:\n    try:\n        x = 1\n    except BaseException:\n        pass",
        "def f():\n    return f() if 0 else g()\ndef g():\n    return 1\nwhile True:\n    f()",
    ],
)
def test_an_endless_loop_ends_wherever_python_runs(way, code):
    start = time.monotonic()
    with pytest.raises(TimeUp), way(0.3):
        exec(code, {})
    assert time.monotonic() - start < 5
    time.sleep(0.5)  # nothing rings afterwards


@pytest.mark.parametrize("way", WAYS)
def test_who_is_in_time_is_left_alone(way):
    with way(0.3):
        assert sum(range(10)) == 45
    time.sleep(0.4)


@pytest.mark.parametrize("way", WAYS)
def test_who_catches_the_end_of_the_time_meets_it_again_soon(way, monkeypatch):
    monkeypatch.setattr(deadline, "AGAIN", 0.1)
    insisting = """
        def endless():
            while True:
                pass
        caught = 0
        while caught < 5:
            try:
                endless()
            except BaseException:
                caught += 1
        raise RuntimeError
    """
    start = time.monotonic()
    with pytest.raises(RuntimeError), way(0.6):
        exec(textwrap.dedent(insisting), {})
    assert time.monotonic() - start < 2


@pytest.mark.parametrize("way", WAYS)
def test_when_the_time_is_over_there_is_some_to_clean_up(way):
    tidy = """
        def endless():
            while True:
                pass
        try:
            endless()
        finally:
            for i in range(1000):
                cleaned.append(i)
    """
    cleaned = []
    with pytest.raises(TimeUp), way(0.2):
        exec(textwrap.dedent(tidy), {"cleaned": cleaned})
    assert len(cleaned) == 1000


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_an_alarm_leaves_the_clock_and_its_handler_as_they_were():
    before = signal.getsignal(signal.SIGALRM)
    with deadline.by_alarm(5):
        assert signal.getsignal(signal.SIGALRM) is not before
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_the_way_fits_the_machine(monkeypatch):
    ways = {}
    for name in ("by_alarm", "by_thread", "by_jumps"):
        monkeypatch.setattr(deadline, name, lambda seconds, name=name: name)
    ways["here"] = deadline.limited(1)
    monkeypatch.delattr(deadline.signal, "setitimer", raising=False)
    ways["Windows"] = deadline.limited(1)
    monkeypatch.setattr(sys, "platform", "emscripten")
    ways["a browser"] = deadline.limited(1)
    assert ways["Windows"] == "by_thread"
    assert ways["a browser"] == "by_jumps"
    assert ways["here"] == ("by_thread" if os.name == "nt" else "by_alarm")


def test_a_check_stops_after_its_time_with_one_sentence(cells, monkeypatch, capsys):
    monkeypatch.setattr(rules, "SECONDS", 0.5)
    cells("def first_step(grad, lr):\n    while True:\n        pass")
    verdict = cells('check("first-step", first_step)')
    assert verdict.message == "first_step had not finished after 0.5 s"
    assert "Traceback" not in capsys.readouterr().out
    assert cells("open('README.md').close(); 1") == 1


# ---- the code on the screen ---------------------------------------------------------------------


def test_a_syntax_error_above_is_said(cells):
    cells(RIGHT, "a")
    cells(RIGHT.replace("sign(grad)", "sign(grad]"), "a")
    verdict = cells('check("first-step", first_step)', "b")
    assert verdict
    assert verdict.notes == (
        "The last cell that you ran to define first_step is not Python (line 2: closing "
        "parenthesis ']' does not match opening parenthesis '('). So this is about the "
        "first_step that you had before.",
    )
    assert verdict.notes[0] in repr(verdict)
    assert "is not Python" in verdict._repr_html_()
    cells(RIGHT, "a")
    assert not cells('check("first-step", first_step)', "b").notes


def test_a_function_that_another_cell_has_redefined_is_said(cells):
    cells(RIGHT, "a")
    assert not cells('check("first-step", first_step)', "b").notes
    cells(RIGHT.replace("-lr", "lr"), "c")
    verdict = cells('check("first-step", first_step)', "b")
    assert verdict.notes == (
        "More than one cell defines first_step. This is about the one that you ran last, as [4], "
        "not about [2]. Keep one of them, above its check: that is what the grader takes.",
    )


def test_a_cell_that_stopped_before_its_function_is_said(cells):
    cells(RIGHT, "a")
    cells(f"import nothing_of_the_kind\n{RIGHT.replace('-lr', 'lr')}", "a")
    verdict = cells('check("first-step", first_step)', "b")
    assert verdict.notes == (
        "The last cell that you ran to define first_step stopped with a ModuleNotFoundError before "
        "it came to it. So this is about the first_step that you had before.",
    )
    cells(f"{RIGHT}\nprint(undefined)", "a")
    assert not cells('check("first-step", first_step)', "b").notes


def test_a_raise_that_was_left_below_the_code_is_said(cells):
    cells(RIGHT.replace("return", "step =") + "\n    raise NotImplementedError()")
    verdict = cells('check("first-step", first_step)')
    assert verdict.attempted
    assert verdict.message == answers.STILL_THERE
    cells('def first_step(grad, lr):\n    """Words."""\n    raise NotImplementedError()')
    assert not cells('check("first-step", first_step)').attempted


def test_what_came_before_an_endless_loop_is_shown(cells, monkeypatch):
    monkeypatch.setattr(rules, "SECONDS", 0.5)
    cells("def first_step(grad, lr):\n    while len(grad) > 2:\n        pass\n    return grad")
    verdict = cells('check("first-step", first_step)')
    assert verdict.example.number == 1
    assert "differs from the target" in verdict.message
    cells(RIGHT.replace("return", "while len(grad) > 2: pass\n    return"))
    verdict = cells('check("first-step", first_step)')
    assert verdict.message == "first_step had not finished after 0.5 s"
    assert len(verdict.example.arguments["grad"]) > 2
    assert "Reread" not in repr(verdict)


def test_the_function_alone_is_told_what_goes_first(cells, capsys):
    cells(RIGHT)
    cells("check(first_step)")
    assert (
        'The task\'s name goes first: check("first-step", first_step).' in capsys.readouterr().out
    )


def test_a_cell_that_is_mended_and_run_again_is_not(cells):
    cells("def first_step(grad, lr):\n    raise NotImplementedError()", "z")
    for sign in ("", "-"):
        cells(RIGHT.replace("-", sign), "a")
        assert not cells('check("first-step", first_step)', "b").notes


def test_a_frontend_that_does_not_tell_its_cells_gets_no_wrong_notes(cells):
    for sign in ("", "-"):
        cells(RIGHT.replace("-", sign))
        assert not cells('check("first-step", first_step)').notes


def test_of_several_cells_the_last_two_that_were_run_are_named(cells):
    for name in ("a", "c", "d"):
        cells(RIGHT, name)
    said = cells('check("first-step", first_step)', "b").notes[0]
    assert "as [4], not about [3]" in said
    cells(RIGHT, "a")
    assert "as [6], not about [4]" in cells('check("first-step", first_step)', "b").notes[0]


def test_a_run_that_tells_no_cell_is_not_taken_for_another_cell(cells):
    cells(RIGHT)
    cells(RIGHT, "a")
    assert not cells('check("first-step", first_step)', "b").notes


@pytest.mark.parametrize("other", ["first_step = np.sign", "first_step == np.sign"])
def test_what_defines_no_function_gets_no_note_on_several_cells(cells, other):
    cells(RIGHT, "a")
    cells(other, "c")
    assert not cells('check("first-step", first_step)', "b").notes


# ---- what it says -------------------------------------------------------------------------------


def test_a_success_says_what_is_right_how_far_one_is_and_what_comes_next(cells):
    cells(RIGHT)
    lines = repr(cells('check("first-step", first_step)')).splitlines()
    assert lines[0] == "✓ first-step: correct. 1 of 1 point."
    assert lines[1].strip() == TASKS["first-step"].right != ""
    assert lines[2].strip() == (
        f"So far 1 of 13 points. Next: task 2, “{TASKS['adam-step'].title}”."
    )
    cells("def scaled(factor):\n    return factor, factor**2, 1.0")
    said = repr(cells('check("scaled-gradients", scaled)'))
    assert "So far 2 of 13 points. Next: task 5, " in said
    cells("first_step = scaled")
    cells('check("first-step", first_step)')
    assert "So far 1 of 13 points. Next: task 5" in repr(cells('check("scaled-gradients", scaled)'))


def test_the_last_task_says_that_it_is_all(cells):
    for task in TASKS.values():
        if task.exercise == "06_adam":
            verdict = notebook.check(task.name, task.reference)
    assert repr(verdict).endswith("That is all of this exercise: 13 points.")


LOOP = """
def adam(grad, theta, steps, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = v = np.zeros_like(theta)
    path = [theta]
    for t in range(1, steps + 1):
        theta, m, v = adam_step(theta, grad(theta), m, v, t, lr, beta1, beta2, eps)
        path.append(theta)
    return np.array(path)
"""
STEP = """
def adam_step(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (np.sqrt(v) + eps), m, v
"""


@pytest.mark.parametrize(
    "step", [STEP, STEP.partition("    m =")[0] + "    raise NotImplementedError()\n"]
)
def test_a_mistake_in_an_earlier_task_is_paid_once(cells, step):
    cells(step)
    cells(LOOP)
    assert not cells('check("adam-step", adam_step)')
    verdict = cells('check("adam-loop", adam)')
    assert verdict
    assert "with a right `adam_step` in the place of yours" in verdict.message
    assert cells("adam_step").__code__.co_filename != TASKS["adam-step"].reference.__code__


def test_a_loop_that_is_wrong_itself_stays_wrong_with_a_right_step(cells):
    cells(STEP)
    cells(LOOP.replace("eps)\n", "eps)\n        t = 1\n").replace("v, t, lr", "v, 1, lr"))
    verdict = cells('check("adam-loop", adam)')
    assert not verdict
    assert verdict.misconception.name == "Adam whose t stays at 1"
    assert "tried with a right `adam_step`" in verdict.message


def test_an_earlier_answer_that_is_right_is_not_exchanged(cells):
    more = STEP.replace("eps=1e-8)", "eps=1e-8, sign=-1)").replace(
        "theta - lr", "theta + sign * lr"
    )
    cells(
        more.replace("lr * m /", "lr * m / (1 - beta1**t) /").replace("(v)", "(v / (1 - beta2**t))")
    )
    cells(LOOP.replace("eps)\n", "eps, -1)\n").replace("np.array(path)", "np.zeros(2)"))
    assert cells('check("adam-step", adam_step)')
    message = cells('check("adam-loop", adam)').message
    assert "should be an array of" in message
    assert "with a right" not in message


def test_an_answer_that_only_hands_an_earlier_one_on_earns_nothing_by_it(cells):
    cells(
        "def rmsprop_step(theta, grad, v, lr, rho, eps):\n"
        "    return theta - lr * grad / (np.sqrt(v) + eps), rho * v + (1 - rho) * grad**2"
    )
    cells(
        "def repaired_rmsprop(grad, theta, steps, lr=0.01, rho=0.9, eps=1e-6):\n"
        "    v = np.zeros_like(theta)\n"
        "    for _ in range(steps):\n"
        "        theta, v = rmsprop_step(theta, grad(theta), v, lr, rho, eps)\n"
        "    return theta"
    )
    assert not cells('check("repaired-rmsprop", repaired_rmsprop)')


def test_a_wrong_name_is_one_sentence_without_the_machinery(cells, capsys):
    cells(RIGHT)
    cells('check("frist-step", first_step)')
    said = capsys.readouterr().out
    assert "There is no task 'frist-step': did you mean first-step" in said
    assert "notebook.py" not in said


def test_in_a_script_it_prints(tmp_path):
    script = tmp_path / "mine.py"
    script.write_text(f'{SETUP}\n{RIGHT}\ncheck("first-step", first_step)\n', encoding="utf-8")
    words = {"capture_output": True, "text": True, "encoding": "utf-8", "cwd": ROOT}
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, script], env=env, **words)
    assert done.stdout.startswith("✓ first-step: correct. 1 of 1 point.\n"), done.stderr


def test_a_module_that_checks_prints_nothing(capsys):
    notebook.check("first-step", lambda grad, lr: -lr * np.sign(grad))
    assert capsys.readouterr().out == ""


def test_pylab_brings_what_the_real_one_brings():
    import matplotlib.pyplot as plt
    import pylab

    real = {
        name
        for name, value in vars(plt).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == plt.__name__
    }
    assert real & set(vars(pylab)) <= set(rules.PYPLOT.split()) <= set(vars(pylab))
    assert set(rules.PYPLOT.split()) <= set(rules.quiet_module("pylab").__all__)


def test_what_pictures_give_back_can_be_taken_apart():
    plt = rules.quiet_module("matplotlib.pyplot")
    (line,) = plt.plot([1, 2])
    line.set_data([], [])
    assert len(plt.hist([1])) == 3
    assert len(plt.xlim()) == 2
    _, ax = plt.subplots()
    (line,) = ax.plot([3])
    _, ((first, _), (_, last)) = plt.subplots(2, 2)
    _, (_, _, third) = plt.subplots(1, ncols=3, figsize=(3, 4))
    assert all(one.plot([1]) for one in (first, last, third))
    plt.rcParams["font.size"] = 3
    with plt.rc_context({}):
        pass


def test_tqdm_goes_through_what_it_is_given():
    tqdm = rules.quiet_module("tqdm")
    assert list(tqdm.tqdm(range(3), leave=False)) == [0, 1, 2]
    assert list(tqdm.auto.tqdm(iterable=[7])) == [7]
    assert list(tqdm.trange(1, 3, leave=False)) == [1, 2]
    with tqdm.tqdm(total=3) as bar:
        bar.update(1)
    bar = tqdm.tqdm([1])
    for _ in bar:
        bar.set_postfix(loss=1)
