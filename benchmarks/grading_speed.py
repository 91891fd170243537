"""How long a submission takes to grade: ours beside nbgrader and otter-grader, on the same ones."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from adam_course.grading.classes.batch import grade
from adam_course.grading.classes.examine import examine
from adam_course.grading.sandbox.sandbox import Sandbox
from adam_course.tasks import TASKS

ROOT = Path(__file__).resolve().parent.parent
NAME = "06_adam"
SOLUTION = ROOT / "exercises" / "solutions" / f"{NAME}.ipynb"
PEERS = ("nbgrader==0.9.6", "otter-grader==7.0.0")
FEW, MANY, VERY_MANY = 6, 200, 1000

OTTER_TEST = """OK_FORMAT = True
test = {{
    "name": "{name}",
    "points": {points},
    "suites": [{{
        "cases": [{{"code": ">>> bool(check('{name}', {function}))\\nTrue", "hidden": False}}],
        "scored": True, "setup": "", "teardown": "", "type": "doctest",
    }}],
}}
"""


def main(python=None):
    """Grade the same submissions in turn with each grader and print seconds a submission.

    Args:
        python: of an environment that holds the peers; if None, one is made for the occasion.
    """
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        python = python or peers(folder / "peers")
        rows = {
            "ours, started for each (cold)": [cold() for _ in range(FEW)],
            "ours, one after the other (warm)": warm(FEW * 5),
            **class_of(folder / "ours", MANY),
            "nbgrader autograde": with_nbgrader(folder / "nbgrader", python),
            "otter run": with_otter(folder / "otter", python),
        }
        ours = statistics.median(rows["ours, one after the other (warm)"])
        print(f"\nGrading exercise 06, six questions, {os.cpu_count()} processors")
        for name, seconds in rows.items():
            median = statistics.median(seconds)
            print(f"  {name:50}{median:10.3f} s a submission{median / ours:8.1f}×")
        words = f"memory of our grader with {VERY_MANY} submissions"
        print(f"  {words:50}{memory(folder):>10} MB")


def cold():
    """Return the seconds for one submission in a fresh Python, all imports included."""
    code = (
        "import sys; from adam_course.grading.classes.batch import grade; list(grade(sys.argv[1]))"
    )
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, SOLUTION], cwd=ROOT, check=True)
    return time.perf_counter() - start


def warm(count):
    """Return the seconds for each of many submissions in one sandbox."""
    seconds, data = [], SOLUTION.read_bytes()
    with Sandbox() as sandbox:
        examine(data, NAME, 1, sandbox)
        for _ in range(count):
            start = time.perf_counter()
            verdicts, _ = examine(data, NAME, 1, sandbox)
            seconds.append(time.perf_counter() - start)
            assert all(verdicts)
    return seconds


def class_of(folder, count):
    """Return a row for a whole class on all processors."""
    hand_in(folder, count)
    start = time.perf_counter()
    assert all(report.points == 13 for report in grade(folder, seed=1))
    seconds = time.perf_counter() - start
    return {f"ours, a class of {count} in {seconds:.1f} s": [seconds / count]}


def memory(folder):
    """Return the largest memory of a process that grades very many submissions, in MB."""
    hand_in(folder / "many", VERY_MANY)
    code = (
        "import sys; from adam_course.grading.classes.batch import grade\n"
        "for report in grade(sys.argv[1], seed=1): pass\n"
        "status = open('/proc/self/status').read()\n"
        "print(int(status.partition('VmHWM:')[2].split()[0]) // 1024)"
    )
    words = [sys.executable, "-c", code, folder / "many"]
    return subprocess.run(
        words, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def hand_in(folder, count):
    """Write submissions in nbgrader's layout."""
    for number in range(count):
        place = folder / "submitted" / f"s{number:04}" / NAME
        place.mkdir(parents=True)
        shutil.copy(SOLUTION, place)


# ---- the peers ----------------------------------------------------------------------------------


def peers(folder):
    """Return the Python of a new environment with the other graders."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-qq", *PEERS], check=True)
    return python


def run(python, folder, *words):
    """Run one of the peers' commands and return its seconds."""
    environment = os.environ | {
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    start = time.perf_counter()
    subprocess.run([python, *words], cwd=folder, env=environment, check=True, capture_output=True)
    return time.perf_counter() - start


def with_nbgrader(folder, python):
    """Return the seconds of nbgrader for each of a few submissions, graded in one call."""
    (folder / "source" / NAME).mkdir(parents=True)
    shutil.copy(SOLUTION, folder / "source" / NAME)
    run(python, folder, "-m", "nbgrader", "generate_assignment", NAME, "--create")
    hand_in(folder, FEW)
    return [run(python, folder, "-m", "nbgrader", "autograde", NAME, "--create") / FEW]


def with_otter(folder, python):
    """Return the seconds of otter for each of a few submissions, a call each as it wants it."""
    (folder / "tests").mkdir(parents=True)
    for task in TASKS.values():
        if task.lesson == NAME:
            words = {"name": task.name, "points": task.points, "function": task.function}
            (folder / "tests" / f"{task.function}.py").write_text(OTTER_TEST.format(**words))
    run(python, folder, "-m", "otter", "generate", "-t", "tests", "-o", "autograder.zip")
    shutil.copy(SOLUTION, folder)
    words = ("-m", "otter", "run", "-a", "autograder.zip", "--no-logo", f"{NAME}.ipynb")
    seconds = [run(python, folder, *words) for _ in range(FEW)]
    assert '"score": 4' in (folder / "results.json").read_text()
    return seconds


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
