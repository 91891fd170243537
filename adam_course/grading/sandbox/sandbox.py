"""The grader's side of the wall: start the process that runs a learner's code, and talk to it.

    the grader ─── bubblewrap: no network, no files but Python's, no other processes
                     └ child.py: NumPy imported, waits for requests, never runs an answer itself
                         └ for each question one process alone in its own namespace: no rights, a
                           list of system calls, limits on time and memory, a /tmp that goes with it

What comes back is data about the learner's own answers, and is parsed as hostile.
"""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adam_course.given import GIVEN
from adam_course.grading.sandbox import wire
from adam_course.grading.sandbox.answers import Answer, printable
from adam_course.grading.sandbox.child import COURSE
from adam_course.grading.sandbox.rules import SECONDS
from adam_course.grading.sandbox.syscalls import MACHINES

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent.parent
INSIDE = ("child", "answers", "wire", "reading", "rules", "syscalls")
FORKS = sys.platform == "linux"  # elsewhere a forked NumPy is not safe
TIMEOUT = SECONDS
IN_ALL = 2.5
MEMORY = 1024
MOST_OUTPUT = 16 << 20
PATIENCE = 20.0  # seconds to start in, and for a reply beyond the time that a question has
# One thread and one hash seed: the same answer gives the same numbers on every machine.
VARIABLES = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LC_ALL": "C.UTF-8",
}
FLAGS = ("-S", "-s", "-P", "-B", "-X", "utf8")


class SandboxError(RuntimeError):
    """The sandbox does not work here, and the message says why."""


@dataclass(frozen=True)
class Ended:
    """How a request ended: "0", another exit code, "time", "output" or "lost", and what it sent.

    Changed are the (place in the order, name) of arguments that a call has changed, as the process
    that waits has seen them: what the learner's own process says of it stands in the data.
    """

    how: str
    data: bytes = b""
    changed: tuple = ()


class Sandbox:
    """Runs requests one after the other, each in a fresh process; a context manager.

    Args:
        timeout: seconds that a request may take without an answer; in all it may take IN_ALL times
            as long, since a grader asks for more examples than a notebook's check.
        memory: address space of its process in MB, of which Python and NumPy take about 150.
        isolated: False to go without bubblewrap: the code can then read and write what you can.

    Raises:
        SandboxError: isolation was asked for and is not to be had.
    """

    def __init__(self, timeout=TIMEOUT, memory=MEMORY, isolated=True):
        self.timeout, self.memory, self.isolated = timeout, memory, isolated
        self.process, self.over = None, False
        if isolated:
            bubblewrap()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def request(self, words, arrays=(), rest=b""):
        """Run one request and return how it Ended."""
        words = {
            "silence": self.timeout,
            "timeout": IN_ALL * self.timeout,
            "memory": self.memory,
            "output": MOST_OUTPUT,
            **words,
        }
        data = wire.pack(words, arrays, rest)
        for _ in range(2):  # a process that somebody else killed is started once more
            if self.over:
                break
            try:
                return (self.warm if FORKS else self.alone)(data, words["timeout"])
            except (OSError, ValueError):  # ValueError: closed by another thread, or Garbled
                self.close(self.over)
        return Ended("lost")

    def warm(self, data, seconds):
        """Send a request to the waiting process."""
        if self.process is None:
            self.start()
        with limited(self.process, seconds + PATIENCE):
            self.process.stdin.write(data)
            self.process.stdin.flush()
            words, _, rest, _ = self.receive()
        changed = tuple((place, name) for place, name in words.get("changed", []))
        return Ended(str(words.get("end")), rest, changed)

    def receive(self):
        """Return the next message of the waiting process."""
        head = self.process.stdout.read(wire.HEAD.size)
        return wire.unpack(head + self.process.stdout.read(sum(wire.sizes(head.ljust(8, b"\0")))))

    def start(self):
        """Start the waiting process."""
        with tempfile.TemporaryFile() as said:
            self.process = popen(command(self.isolated), said)
            with limited(self.process, PATIENCE) as late:
                try:
                    ready = self.receive()[0]["ready"]
                except (OSError, wire.Garbled, KeyError):
                    ready = ""
            if ready is True:
                return
            self.close(self.over)
            said.seek(0)
            lines = said.read(10_000).decode(errors="replace").strip().splitlines()
        early = f"it had not answered after {PATIENCE:g} s" if late.is_set() else "it ended at once"
        why = ready or (lines[-1] if lines else early)
        name = "bubblewrap" if self.isolated else "Python"
        raise SandboxError(f"{name} could not start the process for answers: {printable(why)}")

    def alone(self, data, seconds):
        """Run a request in a Python of its own, where a running one cannot be forked."""
        self.process = process = popen(command(False), subprocess.DEVNULL)
        with limited(process, seconds + 1) as late:
            with suppress(OSError):  # it has ended already
                process.stdin.write(data)
                process.stdin.flush()
            found = process.stdout.read(MOST_OUTPUT + 1)
        self.close(self.over)
        if len(found) > MOST_OUTPUT:
            return Ended("output")
        return Ended("time" if late.is_set() else str(process.wait()), found)

    def close(self, for_good=True):
        """End the waiting process and with it all that runs inside."""
        self.over = for_good
        if self.process:
            end(self.process)
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                with suppress(OSError):
                    pipe.close()
            self.process = None


def popen(words, stderr):
    """Start a process in a session of its own, so that Ctrl-C does not reach it.

    It ends by itself when its standard input is closed: then the grader is gone.
    """
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}
    return subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env={**VARIABLES, **kept},
        start_new_session=True,
    )


@contextmanager
def limited(process, seconds):
    """End a process if the block takes longer; the Event that this gives says whether it did."""
    late = threading.Event()
    timer = threading.Timer(seconds, lambda: (late.set(), end(process)))
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def end(process):
    """End a process at once, with what it has started in its session."""
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def bubblewrap():
    """Return where bubblewrap is.

    Raises:
        SandboxError: it is not there, or this is not a machine for it.
    """
    import platform

    otherwise = "; --no-sandbox grades without protection, if you trust the answers"
    if sys.platform != "linux" or platform.machine() not in MACHINES:
        raise SandboxError(f"The sandbox needs Linux on x86-64 or AArch64{otherwise}.")
    found = shutil.which("bwrap")
    if not found:
        raise SandboxError(
            "The sandbox needs bubblewrap (Debian, Ubuntu, Fedora: the package `bubblewrap`)"
            f"{otherwise}."
        )
    return found


def command(isolated):
    """Return the command that starts `child.py`."""
    packages = Path(np.__file__).resolve().parent.parent
    if not isolated:
        mode = "forks" if FORKS else "alone"
        return [sys.executable, *FLAGS, HERE / "child.py", packages, mode]
    python = os.path.realpath(sys.executable)
    words = [bubblewrap(), "--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000"]
    words += ["--die-with-parent", "--new-session", "--hostname", "grading", "--clearenv"]
    # For `Libc.separate`: a right within the sandbox's own namespace, which each answer gives up.
    words += ["--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN"]
    for name, value in VARIABLES.items():
        words += ["--setenv", name, value]
    library = os.path.dirname(os.path.realpath(os.__file__))
    modules = os.path.realpath(sysconfig.get_config_var("DESTSHARED") or library)
    hidden = []
    for folder in (library, modules):
        words += ["--ro-bind", folder, folder]
        for other in ("site-packages", "dist-packages"):
            if os.path.isdir(os.path.join(folder, other)):
                hidden.append(os.path.join(folder, other))
                words += ["--tmpfs", hidden[-1]]
    for file in (python, *libraries(), *(packages / name for name in ("numpy", "numpy.libs"))):
        words += ["--ro-bind-try", file, file]
    for folder in hidden:  # or it would be a place to leave notes for the next answer
        words += ["--remount-ro", folder]
    for device in ("null", "zero", "urandom"):
        words += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    for name in INSIDE:
        words += ["--ro-bind", HERE / f"{name}.py", f"/course/{name}.py"]
    for name in ("given", *COURSE):  # what our files need, and what answers may use of the course
        name = f"{name}.py" if (PACKAGE / f"{name}.py").is_file() else name
        words += ["--ro-bind", PACKAGE / name, f"/course/{name}"]
    # Each answer gets a /tmp of its own, which would hide a Python that is installed there.
    scratch = "/scratch" if any(str(word).startswith("/tmp/") for word in words) else "/tmp"
    words += ["--setenv", "TMPDIR", scratch, "--dir", scratch, "--remount-ro", "/", "--chdir", "/"]
    return [*words, "--", python, *FLAGS, "/course/child.py", packages, "isolated", scratch]


def libraries():
    """Return the shared libraries that this process uses, by all their names, but no modules'."""
    maps = Path("/proc/self/maps").read_text()
    files = {line.split(maxsplit=5)[5] for line in maps.splitlines() if ".so" in line}
    found = set(Path("/lib").glob("ld-linux*")) | set(Path("/lib64").glob("ld-linux*"))
    for file in map(Path, files):
        if not {"site-packages", "dist-packages", "lib-dynload"} & set(file.parts):
            found.update(file.parent.glob(file.name.partition(".so")[0] + ".so*"))
    return sorted(found)


# ---- cases out, answers back --------------------------------------------------------------------


def put(cases):
    """Return cases as (words, arrays): the form that `child.case_of` reads."""
    forms, arrays = [], []

    def index(array):
        arrays.append(array)
        return len(arrays) - 1

    for case in cases:
        form = {}
        for name, value in case.items():
            if isinstance(value, np.ndarray):
                form[name] = ["array", index(value)]
            elif type(value).__name__ in GIVEN:
                fields = {field: index(array) for field, array in vars(value).items()}
                form[name] = [type(value).__name__, fields]
            else:
                form[name] = ["number", value.item() if isinstance(value, np.generic) else value]
        forms.append(form)
    return forms, arrays


def got(data, cases, order, changed=()):
    """Return (ready, troubles, answers) that a learner's process sent.

    Ready is True if the function is there, else why it is not, as a phrase; "" if the process did
    not get so far. There is one answer for each place in the order, None where none came.

    Raises:
        Garbled: what it sent is not what `child.py` sends.
    """
    ready, troubles, answers, start = "", [], [None] * len(order), 0
    for place in range(-1, len(order)):
        if start == len(data):
            break
        words, arrays, _, start = wire.unpack(data, start)
        if place < 0:
            ready, troubles = words.get("ready"), texts(words.get("troubles"))
            ready = ready if ready is True else printable(str(ready))
        else:
            seen = {name for where, name in changed if where == place}
            answers[place] = an_answer(words, arrays, cases[order[place]], seen)
    if start != len(data):
        raise wire.Garbled("more answers than questions")
    return ready, troubles, answers


def an_answer(words, arrays, case, seen=()):
    """Return the Answer in a message: changed is what it says, and what was seen from outside."""
    changed = {*texts(words.get("changed")), *seen}
    said = {
        name: printable(str(words.get(name, "")))
        for name in ("refused", "error", "message", "where")
    }
    return Answer(tuple(arrays), changed=tuple(name for name in case if name in changed), **said)


def texts(found, longest=300, most=50):
    """Return a list of strings that came from a learner's process, each fit to be shown."""
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise wire.Garbled("words that are not words")
    return [printable(one, longest) for one in found[:most]]
