"""Grade a class: many submissions, several at a time, on this machine or on a Dask cluster."""

import hashlib
import json
import os
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from adam_course import __version__
from adam_course.grading.answers import printable
from adam_course.grading.examine import examine, exercise_in, tasks_of, without
from adam_course.grading.report import Report, Result
from adam_course.grading.sandbox import MEMORY, TIMEOUT, Sandbox, SandboxError
from adam_course.grading.submissions import EXERCISES, exercise_of, find

SEED_BITS = 53  # whole in every reader of JSON
PATIENCE = 20  # seconds to wait for a Dask scheduler


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
    """
    if exercise is not None and exercise not in EXERCISES:
        raise ValueError(f"There is no exercise {exercise!r}: there are {', '.join(EXERCISES)}.")
    if seed is not None and seed < 0:
        raise ValueError(f"A seed is a whole number from 0 on, and this is {seed}.")
    if isinstance(submissions, str | os.PathLike):
        submissions = find(submissions)
    seed = secrets.randbits(SEED_BITS) if seed is None else seed
    settings = (__version__, exercise, seed, timeout, memory)
    store = Store(done, settings) if done else None
    work = Work(exercise, seed, timeout, memory, sandbox)
    run = (
        on_cluster(submissions, work, store, dask)
        if dask
        else here(submissions, work, store, workers)
    )
    for report in run:
        if store and report.digest:
            store.put(report)
        yield report


# ---- who does the work --------------------------------------------------------------------------


class Work:
    """What is to be done to each submission, with one sandbox for each thread that does it."""

    def __init__(self, *settings):
        self.settings = settings
        self.sandboxes, self.own = [], threading.local()

    def __call__(self, submission, data):
        """Return the Report on a submission's bytes."""
        exercise, seed, timeout, memory, isolated = self.settings
        if not hasattr(self.own, "sandbox"):
            self.own.sandbox = Sandbox(timeout, memory, isolated)
            self.sandboxes.append(self.own.sandbox)
        return report(submission, data, exercise, seed, self.own.sandbox)

    def __reduce__(self):
        return shared, self.settings

    def close(self):
        """End the sandboxes."""
        for sandbox in self.sandboxes:
            sandbox.close(for_good=True)


WORKS = {}


def shared(*settings):
    """Return the Work of these settings in this process: of a Dask worker, and it stays."""
    return WORKS.setdefault(settings, Work(*settings))


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
    """Read and grade one submission, or find it graded."""
    try:
        data = submission.read()
    except OSError as error:
        return unread(submission, unreadable(error), work.settings[0])
    try:
        return (store and store.get(submission, data)) or work(submission, data)
    except (SandboxError, MemoryError):
        raise
    except Exception as error:  # one submission must not stop a batch
        why = f"the grader failed at it ({type(error).__name__}: {printable(error)})"
        return unread(submission, why, work.settings[0])


def on_cluster(submissions, work, store, address):
    """Yield the Reports of a Dask cluster, whose workers have the course installed."""
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise ValueError(
            "--dask needs the package distributed: pip install 'adam-course[cluster]'."
        ) from error
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ValueError(f"There is no Dask scheduler at {address}.") from error
    with client:
        # A few at a time: the bytes of a whole class need not be in memory at once.
        waiting, running, jobs = iter(submissions), as_completed(loop=client.loop), {}
        room = 4 * max(2, sum(client.nthreads().values()))

        def put_more():
            for submission in waiting:
                try:
                    data = submission.read()
                except OSError as error:
                    return unread(submission, unreadable(error), work.settings[0])
                if known := store and store.get(submission, data):
                    return known
                job = client.submit(work, submission, data, pure=False, retries=3)
                jobs[job.key] = submission
                running.add(job)
                if len(jobs) >= room:
                    break
            return None

        while (early := put_more()) or jobs:
            if early:
                yield early
                continue
            job = next(running)
            submission = jobs.pop(job.key)
            if job.status == "finished":
                yield job.result()
            elif isinstance(job.exception(), SandboxError):
                raise job.exception()
            else:
                why = f"the cluster could not grade it: {printable(job.exception())}"
                yield unread(submission, why, work.settings[0])


# ---- one submission -----------------------------------------------------------------------------


def report(submission, data, exercise, seed, sandbox):
    """Return the Report on a submission's bytes."""
    exercise = exercise or exercise_of(submission.names) or exercise_in(data)
    verdicts, remarks = examine(data, exercise, seed, sandbox)
    if not exercise:
        remarks = ["Which exercise it is cannot be told: name it with --exercise."]
    return Report(
        student=submission.student,
        exercise=exercise,
        source=shown(submission.source),
        digest=hashlib.sha256(data).hexdigest(),
        results=tuple(map(result, verdicts)),
        remarks=tuple(dict.fromkeys([*submission.remarks, *remarks])),
    )


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
    """Return why a file could not be read, as a phrase."""
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
        settings: what else a Report depends on; with others, all is graded anew.
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
        part = path.with_suffix(".part")
        part.write_text(json.dumps(report.to_dict()), encoding="utf-8")
        part.replace(path)


def seed_of(folder):
    """Return the seed of the run that is kept in a folder, a new one if there is none."""
    file = Path(folder) / "seed"
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        file.parent.mkdir(parents=True, exist_ok=True)
        seed = secrets.randbits(SEED_BITS)
        file.write_text(str(seed))
        return seed
