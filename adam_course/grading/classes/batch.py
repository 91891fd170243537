"""Grade a class: many submissions, several at a time, on this machine or on a Dask cluster."""

import hashlib
import json
import logging
import os
import platform
import queue
import re
import secrets
import threading
import time
import warnings
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from adam_course import __version__
from adam_course.grading.check.judging import without
from adam_course.grading.classes.examine import examine, exercise_in
from adam_course.grading.classes.files import locked, write_whole
from adam_course.grading.classes.report import Report, Result
from adam_course.grading.classes.submissions import NoNotebook, exercise_of, find
from adam_course.grading.sandbox.answers import printable
from adam_course.grading.sandbox.sandbox import MEMORY, TIMEOUT, Sandbox, SandboxError
from adam_course.tasks import EXERCISES, tasks_of

SEED_BITS = 53  # whole in every reader of JSON
PATIENCE = 20  # seconds to wait for a Dask scheduler, and for its workers


class ClusterError(RuntimeError):
    """The Dask cluster cannot grade, or no more, and the message says why."""


def grade(
    submissions,
    exercise=None,
    seed=None,
    workers=None,
    timeout=TIMEOUT,
    memory=MEMORY,
    sandbox=True,
    dask=None,
    done=None,
):
    """Yield one Report a submission, in the order in which they are finished.

    Args:
        submissions: a folder, zip or notebook, or what `submissions.find` returned for one.
        exercise: which exercise they are; if None, found from their names and functions.
        seed: draws the cases, the same for everybody; if None, a new one that nobody knows.
        workers: how many are graded at a time; if None, one a processor.
        timeout: seconds for one question.
        memory: address space for one question, in MB.
        sandbox: False to go without bubblewrap, which is what keeps hostile answers in.
        dask: address of a Dask cluster that does the work instead, as "tcp://…".
        done: folder that keeps each Report, so that a run that was interrupted goes on.

    Raises:
        OSError: there are no submissions.
        ValueError: there is no exercise of that name.
        SandboxError: the sandbox does not work here.
        ClusterError: the cluster is not there, is another, or ended; what is graded is kept.
    """
    if exercise is not None and exercise not in EXERCISES:
        raise ValueError(f"There is no exercise {exercise!r}: there are {', '.join(EXERCISES)}.")
    if seed is not None and seed < 0:
        raise ValueError(f"A seed is a whole number from 0 on, and this is {seed}.")
    if isinstance(submissions, str | os.PathLike):
        submissions = find(submissions)
    seed = secrets.randbits(SEED_BITS) if seed is None else seed
    settings = Settings(exercise, seed, timeout, memory, sandbox, versions())
    store = Store(done, settings) if done else None
    work = Work(settings)
    run = (
        on_cluster(submissions, work, store, dask)
        if dask
        else here(submissions, work, store, workers)
    )
    with closing(run):
        for report in run:
            if store and report.digest and not report.failed:
                store.put(report)
            yield report


class Settings(NamedTuple):
    """All that decides, besides a notebook's bytes, what its Report is: see `grade`."""

    exercise: str | None
    seed: int
    timeout: float
    memory: int
    sandbox: bool
    versions: tuple[tuple[str, str], ...]


@cache
def versions():
    """Return what grades here, as pairs of a name and a version; the course by its source."""
    package, source = Path(__file__).parents[2], hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        source.update(f"{path.relative_to(package).as_posix()} {len(text)}\n".encode() + text)
    return (
        ("the course", f"{__version__}, source {source.hexdigest()[:12]}"),
        ("NumPy", np.__version__),
        ("Python", platform.python_version()),
    )


# ---- who does the work --------------------------------------------------------------------------


class Work:
    """What is to be done to each submission, with one sandbox for each thread that does it."""

    def __init__(self, settings):
        self.settings = settings
        self.sandboxes, self.own, self.over = [], threading.local(), False

    def __call__(self, submission, data):
        """Return the Report on a submission's bytes; it says if the grader failed at it.

        Raises:
            SandboxError: the sandbox does not work here.
            ClusterError: another course grades here than where the work comes from.
        """
        compare(versions(), self.settings.versions, f"The Dask worker on {platform.node()}")
        exercise, seed, *_ = self.settings
        sandbox = self.sandbox()
        try:
            found = report(submission, data, exercise, seed, sandbox)
        except (SandboxError, MemoryError):
            raise
        except Exception as error:  # one submission must not stop a batch
            why = f"the grader failed at it ({type(error).__name__}: {printable(error)})"
            return replace(unread(submission, why, exercise), failed=True)
        if not sandbox.lost:
            return found
        lost = "The grader lost a process at this submission: grade it once more."
        return replace(found, remarks=(*found.remarks, lost), failed=True)

    def sandbox(self):
        """Return the sandbox of this thread, which has lost nothing so far."""
        if not hasattr(self.own, "sandbox"):
            _, _, timeout, memory, isolated, _ = self.settings
            self.own.sandbox = WatchedSandbox(timeout, memory, isolated)
            self.sandboxes.append(self.own.sandbox)
            if self.over:  # this thread started while the run was ended
                self.own.sandbox.close(for_good=True)
        self.own.sandbox.lost = False
        return self.own.sandbox

    def __reduce__(self):
        return shared, (self.settings,)

    def close(self):
        """End the sandboxes."""
        self.over = True
        for sandbox in self.sandboxes:
            sandbox.close(for_good=True)


class WatchedSandbox(Sandbox):
    """A Sandbox that knows whether it has lost a process, which is no learner's fault."""

    lost = False

    def request(self, *words, **more):
        """Run one request and return how it Ended."""
        ended = super().request(*words, **more)
        self.lost |= ended.how == "lost"
        return ended


WORKS = {}


def shared(settings):
    """Return the Work of these settings in this process: of a Dask worker, and it stays."""
    return WORKS.setdefault(settings, Work(settings))


def here(submissions, work, store, workers):
    """Yield the Reports of threads on this machine, each of which drives a sandbox."""
    workers = workers or len(getattr(os, "sched_getaffinity", lambda _: [1] * os.cpu_count())(0))
    pool = ThreadPoolExecutor(max(1, min(workers, len(submissions))))
    try:
        jobs = [pool.submit(one_here, submission, work, store) for submission in submissions]
        for job in as_completed(jobs):
            yield job.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        work.close()
        pool.shutdown()


def one_here(submission, work, store):
    """Return the Report on a submission, which may be graded already."""
    data, early = without_work(submission, work.settings, store)
    return early or work(submission, data)


def without_work(submission, settings, store):
    """Return (bytes, None), or (bytes, Report) if it is kept or there is nothing to grade."""
    try:
        data = submission.read()
    except OSError as error:
        return b"", unread(submission, unreadable(error), settings.exercise)
    return data, store.get(submission, data) if store else None


# ---- a Dask cluster -----------------------------------------------------------------------------


def on_cluster(submissions, work, store, address):
    """Yield the Reports of a Dask cluster, whose workers have the same course as this machine."""
    with connected(address) as client:
        # A few at a time: the bytes of a whole class need not be in memory at once.
        room = 4 * max(2, sum(client.nthreads().values()))
        running, ended = set(), queue.SimpleQueue()

        def next_report():
            job = next_ended(ended, client, address)
            running.remove(job)
            return result_of(job, client, address)

        for submission in submissions:
            data, early = without_work(submission, work.settings, store)
            if early:
                yield early
                continue
            if len(running) == room:
                yield next_report()
            job = client.submit(work, submission, data, pure=False)
            running.add(job)
            job.add_done_callback(ended.put)
        while running:
            yield next_report()


@contextmanager
def connected(address):
    """Connect to a Dask cluster whose workers have the same course as this machine.

    Raises:
        ClusterError: there is none.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ValueError(
            "--dask needs the package distributed: pip install 'adam-course[cluster]'."
        ) from error
    if not re.fullmatch(r"\w+://.+:\d+/?", address):
        raise ClusterError(
            f"There is no Dask scheduler at {address}: an address looks like tcp://10.0.0.7:8786."
        )
    with silence():
        try:
            client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(f"There is no Dask scheduler at {address}.") from error
        try:
            ask_versions(client, address)
            yield client
        finally:
            client.close(timeout=2)


@contextmanager
def silence():
    """Keep back what Dask logs and warns of: what matters is raised."""
    level = logging.root.manager.disable
    logging.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)


def ask_versions(client, address):
    """Ask every worker of a cluster with what it grades.

    Raises:
        ClusterError: there is no worker, or one has another course.
    """

    def answer():  # sent by its text, because a worker without the course could not look it up
        from adam_course.grading.classes.batch import versions

        return versions()

    try:
        client.wait_for_workers(1, timeout=PATIENCE)
        asked = {
            worker: client.submit(answer, workers=[worker], pure=False)
            for worker in client.nthreads()
        }
        for job in asked.values():
            job.exception(timeout=PATIENCE)
    except TimeoutError as error:
        raise ClusterError(
            f"No worker at the Dask scheduler {address} answered within {PATIENCE} s: start one "
            f"with `dask worker {address}`."
        ) from error
    for worker, job in asked.items():
        compare(result_of(job, client, address), versions(), f"The Dask worker {worker}")


def compare(found, expected, who):
    """Raise a ClusterError if somebody grades with other versions than this run."""
    for (name, here), (_, there) in zip(expected, found, strict=True):
        if here != there:
            raise ClusterError(
                f"{who} has another version of {name} ({there}) than the machine from which you "
                f"grade ({here})."
            )


def next_ended(ended, client, address):
    """Return the next job that ended, in whatever way.

    Raises:
        ClusterError: the scheduler is gone, or for some time all workers are.
    """
    start = time.monotonic()
    while time.monotonic() - start < PATIENCE:
        try:
            return ended.get(timeout=1)
        except queue.Empty:
            if still_there(client):
                start = time.monotonic()
    raise gone(address)


def still_there(client):
    """Return whether a cluster has a scheduler that answers, and a worker."""
    try:
        return client.status == "running" and bool(client.nthreads(callback_timeout=PATIENCE))
    except Exception:  # of many kinds, and all of them are an answer
        return False


def result_of(job, client, address):
    """Return the result of a job that ended.

    Raises:
        SandboxError: the sandbox does not work on a worker.
        ClusterError: the job was not done.
    """
    while job.status != "cancelled":
        try:
            return job.result(timeout=PATIENCE)
        except (SandboxError, ClusterError):
            raise
        except TimeoutError:  # the result went with its worker, and is worked out again
            if not still_there(client):
                break
        except (Exception, CancelledError) as error:
            if job.status == "cancelled":
                break
            raise ClusterError(
                f"The Dask cluster at {address} could not do the work ({printable(error)}): the "
                "scheduler and every worker need the same course as this machine."
            ) from error
    raise gone(address)


def gone(address):
    """Return the ClusterError of a cluster that ended during a run."""
    return ClusterError(
        f"The Dask cluster at {address} is gone: what is graded is kept, and the same command goes "
        "on with the rest."
    )


# ---- one submission -----------------------------------------------------------------------------


def report(submission, data, exercise, seed, sandbox):
    """Return the Report on a submission's bytes."""
    exercise = exercise or exercise_of(submission.names) or exercise_in(data)
    answers = {}
    verdicts, remarks = examine(data, exercise, seed, sandbox, answers)
    if not exercise:
        remarks = ["Which exercise it is cannot be told: name it with --exercise."]
    return Report(
        student=submission.student,
        exercise=exercise,
        source=shown(submission.source),
        digest=hashlib.sha256(data).hexdigest(),
        results=tuple(map(result, verdicts)),
        remarks=tuple(dict.fromkeys([*submission.remarks, *remarks])),
        answers={name: clean(text) for name, text in answers.items()},
    )


def clean(text):
    """Return an answer without control characters, its lines and indents as they are."""
    text = text.expandtabs(4)
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)


def unread(submission, why, exercise):
    """Return the Report on a submission that could not be graded; it has no digest."""
    exercise = exercise or exercise_of(submission.names)
    verdicts = [without(task, why) for task in tasks_of(exercise)]
    remarks = (*submission.remarks, f"{why[0].upper()}{why[1:]}.")
    results = tuple(map(result, verdicts))
    return Report(submission.student, exercise, shown(submission.source), "", results, remarks)


def shown(source):
    """Return a path as it can be shown and stored, whatever bytes its name holds."""
    return printable(source, 1000)


def unreadable(error):
    """Return why there is nothing to grade, as a phrase."""
    if isinstance(error, NoNotebook):
        return str(error)
    return f"the file could not be read: {getattr(error, 'strerror', None) or error}"


def result(verdict):
    """Return a Verdict as it is stored: without the cases."""
    task, known = verdict.task, verdict.misconception
    return Result(
        task=task.name,
        title=task.title,
        lesson=task.lesson,
        section=verdict.section,
        points=verdict.points,
        possible=task.points,
        cases=verdict.cases,
        right=verdict.right,
        attempted=verdict.attempted,
        message=verdict.message,
        misconception=known.name if known else "",
        hint=verdict.hint,
    )


# ---- what is graded already ---------------------------------------------------------------------


class Store:
    """A folder with one JSON file for each Report, so that a run that was interrupted goes on.

    Args:
        folder: where; it is made if it is not there.
        settings: the Settings; with others, all is graded anew.
    """

    def __init__(self, folder, settings):
        self.folder, self.settings = Path(folder), settings
        self.folder.mkdir(parents=True, exist_ok=True)

    def path(self, student, source, digest):
        """Return the file of a Report."""
        key = json.dumps([self.settings, student, source, digest])
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.json"

    def get(self, submission, data):
        """Return the Report on a submission if it is here and whole, else None."""
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(submission.student, shown(submission.source), digest)
        try:
            return Report.from_dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def put(self, report):
        """Keep a Report: all of its file, or nothing."""
        path = self.path(report.student, report.source, report.digest)
        write_whole(path, json.dumps(report.to_dict()))


def seed_of(folder, given=None):
    """Return the seed that is kept in a folder: from now on the given one, else a new one."""
    with locked(folder):
        file = Path(folder) / "seed"
        if given is None:
            with suppress(OSError, ValueError):
                return int(file.read_text())
        seed = secrets.randbits(SEED_BITS) if given is None else given
        write_whole(file, str(seed))
        return seed
