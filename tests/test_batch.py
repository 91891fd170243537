"""A class is graded whole: in any order, once each, the same every time, after every interruption.

Most tests go without bubblewrap, so that they run everywhere; the sandbox has tests of its own.
"""

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from submissions import RIGHT, SCALED, body, hostile, notebook

from adam_course.__main__ import main
from adam_course.grading.classes import batch
from adam_course.grading.classes.batch import ClusterError, grade
from adam_course.grading.classes.examine import examine
from adam_course.grading.classes.report import Report
from adam_course.grading.classes.submissions import Submission, find
from adam_course.grading.sandbox.sandbox import Ended, Sandbox

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = ROOT / "exercises" / "solutions"
FINE = notebook(body(RIGHT), SCALED)
quick = dict(sandbox=False, seed=5, timeout=20)


@pytest.fixture
def few(tmp_path):
    """A folder with five submissions."""
    folder = tmp_path / "class"
    for n in range(5):
        place = folder / f"s{n}" / "06_adam"
        place.mkdir(parents=True)
        (place / "06_adam.ipynb").write_bytes(FINE if n else notebook(SCALED))
    return folder


def by_student(reports):
    return {one.student: one for one in reports}


# ---- grade --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(SOLUTIONS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_solution_gets_all_points(path):
    (report,) = grade(path, **quick)
    assert report.exercise == path.stem
    assert report.possible > 0
    assert report.points == report.possible, [one.message for one in report.results]
    assert report.remarks == ()


@pytest.mark.sandbox
@pytest.mark.parametrize("path", sorted(SOLUTIONS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_solution_gets_all_points_in_the_sandbox(path):
    (report,) = grade(path, seed=6)
    assert report.points == report.possible, [one.message for one in report.results]


def test_each_submission_is_graded_once_with_the_same_grades_for_the_same_seed(few):
    runs = [by_student(grade(few, workers=workers, **quick)) for workers in (1, 3)]
    assert runs[0] == runs[1]
    assert sorted(runs[0]) == ["s0", "s1", "s2", "s3", "s4"]
    assert [runs[0][name].points for name in ("s0", "s1")] == [1, 2]
    again = Report.from_dict(json.loads(json.dumps(runs[0]["s1"].to_dict())))
    assert again == runs[0]["s1"]


def test_the_exercise_is_found_from_the_functions(tmp_path):
    (tmp_path / "ann.ipynb").write_bytes(FINE)
    (tmp_path / "ben.ipynb").write_bytes(notebook("x = 1"))
    reports = by_student(grade(tmp_path, **quick))
    assert reports["ann"].exercise == "06_adam"
    assert reports["ben"].results == ()
    assert reports["ben"].remarks == (
        "Which exercise it is cannot be told: name it with --exercise.",
    )
    reports = by_student(grade(tmp_path, exercise="06_adam", **quick))
    assert reports["ben"].results[0].message == "first_step is not in the notebook"


def test_a_files_name_says_more_about_its_exercise_than_its_functions(tmp_path):
    (tmp_path / "01_gradient_descent.ipynb").write_bytes(FINE)
    (report,) = grade(tmp_path, **quick)
    assert report.exercise == "01_gradient_descent"


def test_an_unknown_exercise_or_seed_is_one_sentence(few):
    with pytest.raises(ValueError, match=r"^There is no exercise '99': there are 01_gradient_des"):
        list(grade(few, exercise="99", **quick))
    with pytest.raises(ValueError, match=r"^A seed is a whole number from 0 on, and this is -1\.$"):
        list(grade(few, sandbox=False, seed=-1))


def test_a_file_that_vanishes_is_said_and_the_others_are_graded(few):
    found = find(few)
    (few / "s2" / "06_adam" / "06_adam.ipynb").unlink()
    reports = by_student(grade(found, **quick))
    assert len(reports) == 5
    gone = reports["s2"]
    assert (gone.points, gone.possible, gone.digest) == (0, 13, "")
    assert gone.remarks == ("The file could not be read: it was there and is gone.",)


def test_a_bug_of_the_grader_costs_one_submission(few, monkeypatch):
    whole = batch.report

    def sometimes(submission, *more):
        if submission.student == "s3":
            raise ZeroDivisionError("bug")
        return whole(submission, *more)

    monkeypatch.setattr(batch, "report", sometimes)
    reports = by_student(grade(few, **quick))
    assert reports["s3"].remarks == ("The grader failed at it (ZeroDivisionError: bug).",)
    assert [reports[f"s{n}"].points for n in range(5)] == [1, 2, 2, 0, 2]
    assert [name for name, one in sorted(reports.items()) if one.failed] == ["s3"]


def test_a_process_that_is_lost_costs_its_question_alone(monkeypatch):
    request = Sandbox.request

    def lossy(self, words, *more, **named):
        if words.get("function") == "first_step":
            return Ended("lost")
        return request(self, words, *more, **named)

    monkeypatch.setattr(Sandbox, "request", lossy)
    with Sandbox(isolated=False) as sandbox:
        verdicts, _ = examine(FINE, "06_adam", 1, sandbox)
    assert verdicts[0].message == "what first_step depends on was lost"
    assert verdicts[3]


def test_a_process_that_is_lost_costs_no_later_submission(few, monkeypatch):
    request, lost = Sandbox.request, []

    def lossy(self, *words, **named):
        if not lost:
            lost.append("once")
            return Ended("lost")
        return request(self, *words, **named)

    monkeypatch.setattr(Sandbox, "request", lossy)
    reports = by_student(grade(few, workers=1, **quick))
    assert [name for name, one in sorted(reports.items()) if one.failed] == ["s0"]


def test_the_cases_are_put_in_an_order_that_nobody_knows(tmp_path):
    sent = []

    class Recording(Sandbox):
        def request(self, words, *more, **named):
            sent.extend([words["order"]] if "order" in words else [])
            return super().request(words, *more, **named)

    with Recording(isolated=False) as sandbox:
        for seed in (1, 2, 3):
            assert examine(notebook(SCALED), "06_adam", seed, sandbox)[0][3]
    assert len({tuple(order) for order in sent}) == 3
    for order in sent:
        assert order[0] == order[-1]
        assert sorted(order[1:]) == list(range(len(order) - 1))
        assert order[1:] != sorted(order[1:])


@pytest.mark.parametrize("timeout", [0.5, 60])
def test_to_read_a_notebook_there_is_time_whatever_the_limit_for_answers(timeout):
    limits = []

    class Recording(Sandbox):
        def request(self, words, *more, **named):
            limits.extend([words["timeout"]] if words["action"] == "read" else [])
            return super().request(words, *more, **named)

    with Recording(timeout, isolated=False) as sandbox:
        examine(notebook("x = 1"), "06_adam", 1, sandbox)
    assert limits == [max(timeout, 20)]


def test_what_the_grader_failed_at_is_counted_and_tried_again(few, tmp_path, monkeypatch, capsys):
    def lossy(self, words, *more, **named):
        return Ended("lost")

    out = tmp_path / "out"
    words = ["grade", str(few), "--out", str(out), "--no-sandbox", "--seed", "5"]
    with monkeypatch.context() as patch:
        patch.setattr(Sandbox, "request", lossy)
        assert main(words) == 1
    assert capsys.readouterr().err.endswith(
        "adam-course: the grader itself failed at 5 of 5, and their rows say why; the same command "
        "tries them again.\n"
    )
    assert "The grader lost a process at this submission" in (out / "gradebook.csv").read_text()
    assert not list(out.glob(".graded/*.json"))
    assert main(words) == 0
    assert len(list(out.glob(".graded/*.json"))) == 5


def test_whatever_was_handed_in_has_a_row(few):
    (few / "ann.ipynb.zip").write_bytes(b"PK")
    (few / "ben" / "06_adam").mkdir(parents=True)
    reports = by_student(grade(few, **quick))
    assert len(reports) == 7
    assert reports["ann"].remarks == (
        "This is no notebook: its name ends in .zip; ask for the .ipynb file.",
    )
    assert reports["ben"].remarks == ("The folder is empty.",)
    assert (reports["ben"].points, reports["ben"].possible, reports["ben"].failed) == (0, 13, False)


def test_troubles_are_said(tmp_path):
    (tmp_path / "06_adam.ipynb").write_bytes(
        notebook("import torch", "x = 1 / 0", body("x\nreturn torch.sign(grad)"), SCALED)
    )
    (report,) = grade(tmp_path, **quick)
    assert report.remarks == ("cell 3, line 1: ZeroDivisionError: division by zero.",)
    assert "name 'x' is not defined" in report.results[0].message


def test_a_trouble_of_several_answers_is_said_once_and_one_that_cost_nothing_is_not(tmp_path):
    wrong, right = body("return x"), body(f"if 0: x\n{RIGHT}")
    (tmp_path / "wrong.ipynb").write_bytes(
        notebook("x = 1 / 0", wrong, "def scaled(factor):\n    return x")
    )
    (tmp_path / "right.ipynb").write_bytes(notebook("x = 1 / 0", right, SCALED))
    reports = by_student(grade(tmp_path, exercise="06_adam", **quick))
    assert reports["wrong"].remarks == ("cell 2, line 1: ZeroDivisionError: division by zero.",)
    assert (reports["right"].remarks, reports["right"].points) == ((), 2)


def test_of_very_many_troubles_the_first_are_said(tmp_path):
    many = "\n".join(f"x{n} = 1 / 0" for n in range(30))
    uses = "\n".join(f"x{n}" for n in range(30))
    (tmp_path / "06_adam.ipynb").write_bytes(notebook(many, body(f"{uses}\n{RIGHT}")))
    (report,) = grade(tmp_path, **quick)
    assert 10 < len(report.remarks) <= 20
    assert report.remarks[0].startswith("cell 2, line 1: ")


def test_an_import_that_fails_takes_nothing_that_is_there(tmp_path):
    (tmp_path / "06_adam.ipynb").write_bytes(notebook("import cupy as np", body(RIGHT), SCALED))
    (report,) = grade(tmp_path, **quick)
    assert report.points == 2


def test_a_right_answer_of_ones_own_kind_is_not_exchanged(tmp_path):
    step = """
        def adam_step(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, sign=-1):
            m = beta1 * m + (1 - beta1) * grad
            v = beta2 * v + (1 - beta2) * grad**2
            root = np.sqrt(v / (1 - beta2**t))
            return theta + sign * lr * m / (1 - beta1**t) / (root + eps), m, v
    """
    loop = """
        def adam(grad, theta, steps, lr=1e-3, **more):
            m = v = 0 * theta
            for t in range(1, steps + 1):
                theta, m, v = adam_step(theta, grad(theta), m, v, t, lr, sign=-1)
            return theta
    """
    (tmp_path / "06_adam.ipynb").write_bytes(notebook(step, loop))
    (report,) = grade(tmp_path, **quick)
    assert report.results[1].passed
    assert not report.results[2].passed
    assert "with a right" not in report.results[2].message


def test_what_no_answer_needs_is_not_said(tmp_path):
    (tmp_path / "06_adam.ipynb").write_bytes(notebook("import torch", body(RIGHT), SCALED))
    (report,) = grade(tmp_path, **quick)
    assert report.points == 2
    assert report.remarks == ()


@pytest.mark.sandbox  # other systems refuse such names
def test_names_of_any_bytes_are_graded_stored_and_shown(tmp_path):
    folder, done = tmp_path / "class", tmp_path / "done"
    folder.mkdir()
    for name in (b"caf\xe9", b"a\nb", "Zoë".encode(), b"\x1b[31m", b"'\"<>&"):
        (folder / os.fsdecode(name + b".ipynb")).write_bytes(FINE)
    reports = by_student(grade(folder, done=done, **quick))
    assert sorted(reports) == ["'\"<>&", "Zoë", "[31m", "a b", "caf"]
    assert all(one.points == 2 and one.source.isprintable() for one in reports.values())
    assert reports == by_student(grade(folder, done=done, **quick))


def test_a_misconception_keeps_its_name_and_its_section(tmp_path):
    (tmp_path / "06_adam.ipynb").write_bytes(notebook(body("return -lr * grad"), SCALED))
    (report,) = grade(tmp_path, **quick)
    result = report.results[0]
    assert result.misconception == "the step of gradient descent"
    assert result.hint.startswith("Put t = 1")
    assert (result.attempted, result.passed, result.right < result.cases) == (True, False, True)


def test_no_case_target_or_seed_is_in_a_report(few):
    text = json.dumps([one.to_dict() for one in grade(few, sandbox=False, seed=987_654_321)])
    assert "987654321" not in text


# ---- interrupted runs ---------------------------------------------------------------------------


def test_what_could_not_be_read_is_not_kept_and_what_was_moved_is_graded_anew(few, tmp_path):
    done = tmp_path / "done"
    found = find(few)
    (few / "s2" / "06_adam" / "06_adam.ipynb").unlink()
    assert len(list(grade(found, done=done, **quick))) == 5
    assert len(list(done.iterdir())) == 4
    (few / "s3" / "06_adam").rename(few / "s3" / "week6")
    reports = by_student(grade(few, done=done, **quick))
    assert reports["s3"].source == "s3/week6/06_adam.ipynb"
    assert len(list(done.iterdir())) == 5


def test_the_course_is_the_same_whatever_ends_its_lines(monkeypatch):
    here, read_bytes = batch.versions.__wrapped__(), Path.read_bytes
    windows = {"t06_adam.py", "rules.py"}

    def converted(path):
        data = read_bytes(path)
        return data.replace(b"\n", b"\r\n") if path.name in windows else data

    monkeypatch.setattr(Path, "read_bytes", converted)
    assert batch.versions.__wrapped__() == here


def test_a_run_that_was_interrupted_goes_on(few, tmp_path, monkeypatch):
    done = tmp_path / "done"
    run = grade(few, done=done, workers=1, **quick)
    first = [next(run), next(run)]
    run.close()
    graded = []
    whole = batch.report

    def counted(submission, *more):
        graded.append(submission.student)
        return whole(submission, *more)

    monkeypatch.setattr(batch, "report", counted)
    reports = by_student(grade(few, done=done, **quick))
    assert len(reports) == 5
    assert len(graded) == 3
    assert not {one.student for one in first} & set(graded)
    assert reports == by_student(grade(few, **quick))


def test_what_has_changed_or_is_damaged_is_graded_anew(few, tmp_path, monkeypatch):
    done = tmp_path / "done"
    before = by_student(grade(few, done=done, **quick))
    (few / "s0" / "06_adam" / "06_adam.ipynb").write_bytes(FINE)
    (damaged,) = (path for path in done.glob("*.json") if '"s1"' in path.read_text())
    damaged.write_text('{"student"')
    graded = []
    whole = batch.report
    monkeypatch.setattr(batch, "report", lambda one, *more: graded.append(one) or whole(one, *more))
    after = by_student(grade(few, done=done, **quick))
    assert sorted(one.student for one in graded) == ["s0", "s1"]
    assert (before["s0"].points, after["s0"].points) == (1, 2)
    graded.clear()
    list(grade(few, done=done, **{**quick, "seed": 6}))
    assert len(graded) == 5


@pytest.mark.parametrize(
    "more",
    [{"seed": 6}, {"timeout": 21}, {"memory": 2000}, {"exercise": "06_adam"}, {"sandbox": True}],
)
def test_under_other_rules_all_is_graded_anew(few, tmp_path, monkeypatch, more):
    unprotected = batch.WatchedSandbox  # the sandbox itself is not to be had everywhere
    monkeypatch.setattr(batch, "WatchedSandbox", lambda *given: unprotected(*given[:2], False))
    graded = counted(monkeypatch)
    done = tmp_path / "done"
    list(grade(few, done=done, **quick))
    list(grade(few, done=done, **{**quick, **more}))
    assert len(graded) == 10


def test_a_change_of_a_task_or_of_numpy_has_all_graded_anew(few, tmp_path, monkeypatch):
    graded = counted(monkeypatch)
    done = tmp_path / "done"
    list(grade(few, done=done, **quick))
    list(grade(few, done=done, **quick))
    assert len(graded) == 5
    read_bytes = Path.read_bytes
    other = {"t06_adam.py": b"# worth two points now"}
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda path: other.get(path.name) or read_bytes(path))
        patch.setattr(batch, "versions", batch.versions.__wrapped__)
        list(grade(few, done=done, **quick))
    assert len(graded) == 10
    with monkeypatch.context() as patch:
        patch.setattr(batch.np, "__version__", "99.0")
        patch.setattr(batch, "versions", batch.versions.__wrapped__)
        list(grade(few, done=done, **quick))
    assert len(graded) == 15


def counted(monkeypatch):
    """Return a list to which each submission is added that is graded from now on."""
    graded, whole = [], batch.report
    monkeypatch.setattr(batch, "report", lambda one, *more: graded.append(one) or whole(one, *more))
    return graded


def test_a_full_disk_leaves_no_half_written_report(few, tmp_path, monkeypatch):
    def full(source, target):
        raise OSError(28, "No space left on device")

    done = tmp_path / "done"
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(OSError, match="No space left"):
            list(grade(few, done=done, **quick))
    assert not list(done.iterdir())
    assert len(by_student(grade(few, done=done, **quick))) == 5


def test_the_seed_of_a_run_is_kept(tmp_path):
    first = batch.seed_of(tmp_path / "done")
    assert batch.seed_of(tmp_path / "done") == first
    assert batch.seed_of(tmp_path / "other") != first
    assert 0 <= first < 2**batch.SEED_BITS


def test_two_runs_that_begin_at_once_have_one_seed(tmp_path):
    script = """
        import sys, time
        from adam_course.grading.classes.batch import seed_of
        from adam_course.grading.classes.files import InUse
        for n in range(300):
            while True:
                try:
                    print(seed_of(f"{sys.argv[1]}/{n}"))
                    break
                except InUse:
                    time.sleep(0.001)
    """
    words = [sys.executable, "-c", textwrap.dedent(script), tmp_path]
    runs = [subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    first, second = [run.communicate()[0].split() for run in runs]
    assert first == second
    assert len(set(first)) == 300


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_ctrl_c_ends_a_run_at_once_and_what_is_done_is_kept(tmp_path):
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    slow = hostile(Path("canary"), 9)["sleep"].file
    for n in range(3):
        (folder / f"a{n}.ipynb").write_bytes(FINE)
        (folder / f"z{n}.ipynb").write_bytes(slow)
    words = [sys.executable, "-m", "adam_course", "grade", folder, "--out", out, "--no-sandbox"]
    run = subprocess.Popen(
        [*words, "--workers", "1", "--timeout", "60"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever starts the tests may ignore the signal, and a child inherits that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    start = time.monotonic()
    while len(list(out.glob(".graded/*.json"))) < 3 and time.monotonic() - start < 50:
        time.sleep(0.05)
    below = descendants(run.pid)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=30)
    assert run.returncode == 1
    assert not [process for process in below if alive(process)]
    assert said.endswith("Interrupted. What is graded is kept: the same command goes on.\n")
    assert "Traceback" not in said
    assert len(list(out.glob(".graded/*.json"))) == 3
    assert not (out / "gradebook.csv").exists()


def descendants(pid):
    """Return the ids of the processes that a process has started, and they in turn."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    children = [child for child, parent in pairs if parent == pid]
    return [*children, *(below for child in children for below in descendants(child))]


def alive(pid):
    """Return whether a process is there, and no longer only waits to be counted as ended."""
    words = ["ps", "-o", "stat=", "-p", str(pid)]
    state = subprocess.run(words, capture_output=True, text=True).stdout
    return bool(state.strip()) and not state.startswith("Z")


def test_a_reader_that_has_read_enough_ends_a_table_quietly():
    words = [sys.executable, "-m", "adam_course", "progress", ROOT / "exercises"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, **pipes) as run:
        assert run.stdout.readline().startswith("exercise")
        run.stdout.close()
        assert run.stderr.read() == ""
    assert run.returncode == 1


# ---- many ---------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.long
@pytest.mark.sandbox
def test_a_thousand_submissions_take_little_memory(tmp_path):
    for n in range(1000):
        (tmp_path / f"s{n}.ipynb").write_bytes(notebook("x = 1"))
    code = (
        "import sys\n"
        "from adam_course.grading.classes.batch import grade\n"
        "count = sum(1 for report in grade(sys.argv[1], exercise='01_gradient_descent', seed=1))\n"
        "status = open('/proc/self/status').read()\n"
        "print(count, int(status.partition('VmHWM:')[2].split()[0]) // 1024)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    count, megabytes = map(int, run.stdout.split())
    assert count == 1000
    assert megabytes <= 200


# ---- Dask ---------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.sandbox
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_loses_a_worker_grades_each_submission_once(tmp_path):
    from distributed import LocalCluster

    folder = tmp_path / "class"
    folder.mkdir()
    for n in range(30):
        slow = f"import time; time.sleep(0.02)\n{RIGHT}"
        (folder / f"s{n:02}.ipynb").write_bytes(notebook(body(slow), SCALED))
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        seen = []
        for report in grade(folder, seed=5, dask=cluster.scheduler_address):
            seen.append(report)
            if len(seen) == 3:
                victim = next(iter(cluster.workers.values()))
                os.kill(victim.pid, signal.SIGKILL)
    assert sorted(one.student for one in seen) == [f"s{n:02}" for n in range(30)]
    assert {one.points for one in seen} == {2}
    assert by_student(seen) == by_student(grade(folder, seed=5))


@pytest.mark.sandbox
@pytest.mark.filterwarnings("ignore")
def test_no_cluster_is_one_sentence(few, monkeypatch):
    monkeypatch.setattr(batch, "PATIENCE", 1)
    with pytest.raises(ClusterError, match=r"^There is no Dask scheduler at tcp://127.0.0.1:9\.$"):
        list(grade(few, dask="tcp://127.0.0.1:9", **quick))


class Cluster:
    """A Dask scheduler and its workers, each a process of its own; a context manager.

    Args:
        before: Python that the scheduler runs first.
    """

    def __init__(self, before="pass"):
        self.before = before

    def __enter__(self):
        self.stack = ExitStack()
        self.scheduler = self.start(
            *("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"),
            before=self.before,
        )
        for line in self.scheduler.stderr:
            if found := re.search(r"tcp://127\.0\.0\.1:\d+", line):
                self.address = found[0]
                return self
        raise ChildProcessError("The Dask scheduler did not start.")

    def __exit__(self, *exception):
        self.stack.close()

    def start(self, *words, before="pass"):
        code = f"{before}\nfrom dask.__main__ import main\nmain()"
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        self.stack.callback(process.stderr.close)
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        return process

    def worker(self, before="pass"):
        """Start a worker with one thread; Python that it runs first may change what it has."""
        words = ("--no-nanny", "--nthreads", "1", "--no-dashboard")
        return self.start("worker", self.address, *words, before=before)


NO_COURSE = "import sys\nsys.modules['adam_course'] = None"
OTHER_NUMPY = "import numpy\nnumpy.__version__ = '1.0'"
OTHER_COURSE = "import adam_course\nadam_course.__version__ = '0.0.1'"


@pytest.fixture
def books(few, tmp_path):
    """A function that grades on a cluster, and asserts that it fails closed, with one sentence."""
    out = tmp_path / "out"
    assert main(["grade", str(few), "--out", str(out), "--no-sandbox", "--seed", "1"]) == 0
    before = {path: path.read_bytes() for path in out.rglob("*.*") if path.is_file()}

    def fails(folder, address, sentence, meanwhile=lambda: None):
        code = (
            "import sys\nfrom adam_course.grading.classes import batch\nbatch.PATIENCE = 8\n"
            "from adam_course.__main__ import main\nsys.exit(main())"
        )
        words = [sys.executable, "-c", code, "grade", folder, "--out", out, "--dask", address]
        with subprocess.Popen(
            [*words, "--seed", "2"], cwd=ROOT, stderr=subprocess.PIPE, text=True
        ) as run:
            meanwhile()
            said = run.stderr.read()
        assert run.returncode == 2, said
        bar, _, last = said.rstrip("\n").rpartition("\n")
        assert re.fullmatch(rf"adam-course: {sentence}", last), said
        assert all("Grading" in line for line in re.split("[\r\n]+", bar) if line.strip()), said
        after = {path: path.read_bytes() for path in before}
        assert after == before

    return fails


@pytest.mark.long
@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("before", "why"),
    [
        (NO_COURSE, r"The Dask cluster at tcp.* could not do the work \(.*adam_course.*\): the .*"),
        (OTHER_NUMPY, r"The Dask worker tcp.* has another version of NumPy \(1\.0\) than the .*"),
        (OTHER_COURSE, r"The Dask worker tcp.* has another version of the course \(0\.0\.1.*"),
    ],
)
def test_a_worker_with_another_course_grades_nobody(few, books, before, why):
    with Cluster() as cluster:
        cluster.worker()
        cluster.worker(before)
        with silent_client(cluster) as client:
            client.wait_for_workers(2, timeout=30)
        books(few, cluster.address, why)


@pytest.mark.long
@pytest.mark.sandbox
def test_a_scheduler_without_the_course_grades_nobody(few, books):
    with Cluster(NO_COURSE) as cluster:
        cluster.worker()
        books(few, cluster.address, r"The Dask cluster at tcp.* could not do the work \(.*")


@pytest.mark.long
@pytest.mark.sandbox
def test_a_cluster_without_workers_is_one_sentence(few, books):
    with Cluster() as cluster:
        books(
            few, cluster.address, r"No worker at the Dask scheduler tcp.* answered within 8 s: .*"
        )


@pytest.mark.long
@pytest.mark.sandbox
def test_a_worker_with_another_course_that_joins_later_grades_nobody(slow_class, books):
    with Cluster() as cluster:
        cluster.worker()
        out = slow_class.parent / "out"
        books(
            slow_class,
            cluster.address,
            r"The Dask worker on .* has another version of NumPy \(1\.0\) than the machine .*",
            lambda: wait_for(lambda: len(kept(out)) > 6) and cluster.worker(OTHER_NUMPY),
        )
        assert kept(out)


@pytest.mark.long
@pytest.mark.sandbox
@pytest.mark.parametrize("who", ["scheduler", "worker"])
def test_a_cluster_that_dies_leaves_what_it_has_graded_for_the_next_run(slow_class, books, who):
    with Cluster() as cluster:
        worker = cluster.worker()
        victim = cluster.scheduler if who == "scheduler" else worker
        out = slow_class.parent / "out"
        books(
            slow_class,
            cluster.address,
            r"The Dask cluster at tcp.* is gone: what is graded is kept, and the same command .*",
            lambda: wait_for(lambda: len(kept(out)) > 6) and victim.kill(),
        )
        assert len(kept(out)) > 6


@pytest.fixture
def slow_class(tmp_path):
    """A folder with forty notebooks that take a while."""
    folder = tmp_path / "slow"
    folder.mkdir()
    for n in range(40):
        slow = f"import time; time.sleep(0.03)\n{RIGHT}"
        (folder / f"s{n:02}.ipynb").write_bytes(notebook(body(slow), SCALED))
    return folder


def kept(out):
    """Return the reports that are kept beside the results of a run."""
    return list(out.glob(".graded/*.json"))


def wait_for(condition):
    """Wait until a condition holds, and return True; after a minute, return False."""
    start = time.monotonic()
    while not condition() and time.monotonic() - start < 60:
        time.sleep(0.05)
    return condition()


@contextmanager
def silent_client(cluster):
    """Connect to a cluster."""
    from distributed import Client

    with batch.silence(), Client(cluster.address, set_as_default=False) as client:
        yield client


def test_no_package_for_a_cluster_is_one_sentence(few, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ValueError, match=r"^--dask needs the package distributed: pip install "):
        list(grade(few, dask="tcp://127.0.0.1:9", **quick))


# ---- the command --------------------------------------------------------------------------------


def test_grade_writes_results_and_says_where(few, tmp_path, capsys):
    out = tmp_path / "out"
    words = ["grade", str(few), "--out", str(out), "--no-sandbox", "--seed", "5"]
    assert main(words) == 0
    said = capsys.readouterr()
    assert said.out == f"5 graded with seed 5: see {out / 'gradebook.csv'}.\n"
    assert "5/5" in said.err
    book = (out / "gradebook.csv").read_bytes()
    assert book.count(b"\n") >= 6
    assert main(words) == 0
    assert (out / "gradebook.csv").read_bytes() == book


def test_feedback_links_to_the_site_that_the_configuration_names(few, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "adam-course.toml").write_text('site = "https://example.org/adam"')
    assert main(["grade", str(few), "--out", "out", "--no-sandbox", "--seed", "5"]) == 0
    page = (tmp_path / "out" / "feedback" / "s0" / "06_adam.html").read_text("utf-8")
    assert 'href="https://example.org/adam/notebooks/06_adam.html#the-five-steps"' in page


def test_a_mistake_of_the_graders_is_one_sentence_in_check(tmp_path, capsys, monkeypatch):
    def broken(*given):
        raise IndexError("list index out of range")

    monkeypatch.setattr("adam_course.grading.classes.examine.examine", broken)
    (tmp_path / "06_adam.ipynb").write_bytes(FINE)
    assert main(["check", str(tmp_path / "06_adam.ipynb")]) == 2
    assert re.fullmatch(
        r"adam-course: the grader failed at .*06_adam\.ipynb \(IndexError: list index out of "
        r"range\): the mistake is the course's, not yours; please report it\n",
        capsys.readouterr().err,
    )


def test_an_error_of_the_graders_own_reading_is_not_the_learners_fault(few, monkeypatch):
    request = Sandbox.request

    def broken(self, words, *more, **named):
        return Ended("70") if words["action"] == "read" else request(self, words, *more, **named)

    monkeypatch.setattr(Sandbox, "request", broken)
    for report in grade(few, **quick):
        assert report.failed
        assert report.remarks[0].startswith("The grader failed at it (RuntimeError: the notebook")


def test_results_never_go_among_the_submissions(few, capsys):
    for out in (few, few / "grades"):
        assert main(["grade", str(few), "--out", str(out), "--no-sandbox"]) == 2
        assert "name a folder beside" in capsys.readouterr().err
    assert sorted(one.name for one in few.iterdir()) == ["s0", "s1", "s2", "s3", "s4"]


def test_a_class_that_seems_to_be_of_one_learner_is_said(few, tmp_path, capsys):
    around = tmp_path / "around"
    around.mkdir()
    few.rename(around / "week7")
    words = ["grade", str(around), "--out", str(tmp_path / "out"), "--no-sandbox"]
    assert main(words) == 0
    assert "all 5 are of one learner, week7. If week7 is a folder around" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["grade", "nothing", "--out", "o"], "There is no file or folder nothing."),
        (["check", "nothing.ipynb"], "There is no file or folder nothing.ipynb."),
        (["check", "."], ". is a folder, and check takes a notebook."),
        (["progress", "nothing"], "There is no folder nothing: name that of the exercises."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(words, sentence, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    assert capsys.readouterr().err == f"adam-course: {sentence}\n"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["grade"],
        ["grade", "x"],
        ["grade", "x", "--out", "y", "--seed", "-1"],
        ["grade", "x", "--out", "y", "--workers", "0"],
        ["grade", "x", "--out", "y", "--timeout", "nan"],
        ["check"],
        ["dance"],
    ],
)
def test_what_is_not_understood_is_code_2(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: adam-course" in capsys.readouterr().err


def test_check_says_what_the_notebook_would_say(tmp_path, capsys):
    path = tmp_path / "my_06_adam.ipynb"
    path.write_bytes(notebook(body("return -lr * grad"), SCALED, "while True: pass"))
    assert main(["check", str(path)]) == 1
    said = capsys.readouterr().out
    assert "✗ first-step: not yet: " in said
    assert "This is the step of gradient descent." in said
    assert "✓ scaled-gradients: correct. 1 of 1 point." in said
    assert "○ adam-step: adam_step is not in the notebook. 0 of 4 points." in said
    assert said.endswith("1 of 13 points.\n")


def test_signs_that_a_terminal_does_not_have_stop_no_command():
    words = ("-m", "adam_course", "check", "exercises/06_adam.ipynb")
    env = os.environ | {"PYTHONIOENCODING": "cp1252"}  # a file on Windows, for example
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True)
    assert done.returncode == 1 and not done.stderr
    assert done.stdout.decode("cp1252").splitlines()[0].startswith("? first-step: not attempted")


def test_check_of_a_solution_is_code_0(capsys):
    assert main(["check", str(SOLUTIONS / "06_adam.ipynb")]) == 0
    assert capsys.readouterr().out.endswith("13 of 13 points.\n")


def test_check_ends_endless_loops(tmp_path, capsys):
    path = tmp_path / "06_adam.ipynb"
    path.write_bytes(notebook(body("while True: pass"), SCALED))
    assert main(["check", str(path), "--timeout", "1.5"]) == 1
    assert "first_step had not finished after 1.5 s" in capsys.readouterr().out


def test_progress_shows_a_table_and_prefers_the_learners_own_edition(tmp_path, capsys):
    untouched = ROOT / "exercises" / "06_adam.ipynb"
    (tmp_path / "06_adam.ipynb").write_bytes(untouched.read_bytes())
    (tmp_path / "my_06_adam.ipynb").write_bytes(FINE)
    assert main(["progress", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert re.search(r"^06_adam +2 of 7 +2 of 13   One step of Adam$", said, re.MULTILINE)
    assert re.search(r"^01_gradient_descent +– +–   its notebook is not here$", said, re.MULTILINE)


def test_progress_finds_the_exercises_in_the_folder_of_the_course(tmp_path, capsys):
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "my_06_adam.ipynb").write_bytes(FINE)
    assert main(["progress", str(tmp_path)]) == 0
    assert re.search(r"^06_adam +2 of 7 ", capsys.readouterr().out, re.MULTILINE)


def test_a_submission_can_be_sent_to_another_process():
    import pickle

    one = Submission("ann", ("06_adam",), "ann.ipynb", Path("class"))
    work = batch.Work(batch.Settings(None, 1, 10.0, 1024, False, batch.versions()))
    assert pickle.loads(pickle.dumps(one)) == one
    there = pickle.loads(pickle.dumps(work))
    assert there is pickle.loads(pickle.dumps(work))
    assert there.settings == work.settings
