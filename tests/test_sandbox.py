"""Whatever a submission does, its score is right, the batch goes on and nothing is touched.

The sandbox tests need Linux with bubblewrap (`make verify`); the others run everywhere.
"""

import os
import platform
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import psutil
import pytest
import submissions
from submissions import RIGHT, SCALED, body, notebook

from adam_course.given import QuadraticGradient
from adam_course.grading.classes.batch import grade
from adam_course.grading.classes.examine import early, examine
from adam_course.grading.sandbox import sandbox as sandbox_module
from adam_course.grading.sandbox import wire
from adam_course.grading.sandbox.answers import collect
from adam_course.grading.sandbox.sandbox import Sandbox, SandboxError, an_answer, got, put, texts
from adam_course.grading.sandbox.syscalls import (
    ALLOW,
    ALLOWED,
    JUMP_IF_EQUAL,
    LOAD,
    MACHINES,
    seccomp,
)

ROOT = Path(__file__).resolve().parent.parent
NAMES = list(submissions.hostile(Path("canary"), 0))
FIRST, SECOND = "first-step", "scaled-gradients"
sandboxed = pytest.mark.sandbox


def write_all(folder, cases):
    """Write cases in nbgrader's layout and return the student of each."""
    students = {}
    for name, case in cases.items():
        students[name] = name.replace("/", "_")
        place = folder / students[name] / "06_adam"
        place.mkdir(parents=True)
        (place / "06_adam.ipynb").write_bytes(case.file)
    return students


# ---- the table of faults, in one batch ----------------------------------------------------------


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    """The Reports on all hostile submissions by name, and what could have been touched."""
    secret = tmp_path_factory.mktemp("grader")
    canary = secret / "canary"
    canary.write_text("alive")
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stop = threading.Event()

        def listen():
            while not stop.is_set():
                try:
                    server.accept()[0].close()
                    heard.append("a caller")
                except TimeoutError:
                    pass

        listener = threading.Thread(target=listen)
        listener.start()
        cases = submissions.hostile(canary, server.getsockname()[1])
        folder = tmp_path_factory.mktemp("class")
        students = write_all(folder, cases)
        before = set(os.listdir("/tmp"))
        reports = {one.student: one for one in grade(folder, seed=3, timeout=2)}
        time.sleep(0.3)  # for those who wait until nobody looks
        stop.set()
        listener.join()
    touched = [name for name in os.listdir(secret) if name != "canary"] + heard
    if canary.read_text() != "alive":
        touched.append("the canary")
    touched += [name for name in set(os.listdir("/tmp")) - before if name in ("a", "note", "x")]
    found = {name: (cases[name], reports[students[name]]) for name in cases}
    return found, touched


@sandboxed
@pytest.mark.parametrize("name", NAMES)
def test_a_fault_costs_what_it_must_and_no_more(batch, name):
    case, report = batch[0][name]
    results = {result.task: result for result in report.results}
    first, second = results[FIRST], results[SECOND]
    assert (first.passed, first.points) == (case.right, 1 * case.right), first
    assert (second.passed, second.points) == (case.second, 1 * case.second), second
    assert case.says in first.message
    for result in report.results:
        assert result.message
        assert result.message.isprintable()
        assert len(result.message) < 600
    assert all(remark.isprintable() and len(remark) < 600 for remark in report.remarks)


@sandboxed
def test_nothing_outside_is_touched(batch):
    assert batch[1] == []


@sandboxed
def test_nothing_is_left_running(batch):
    left = [one.cmdline() for one in psutil.Process().children(recursive=True)]
    assert not [words for words in left if "/course/child.py" in words]


# ---- what the sandbox shows ---------------------------------------------------------------------

LOOK = """
import ctypes, os, sys

def f(x):
    libc = ctypes.CDLL(None, use_errno=True)
    def refused(*call):
        return libc.syscall(*call) == -1 and ctypes.get_errno() == 1
    found = {}
    found["calls"] = [n for n, call in CALLS.items() if not refused(*call)]
    found["root"] = sorted(os.listdir("/"))
    found["descriptors"] = [n for n in range(256) if exists(n)]
    found["ids"] = [os.getpid(), os.getppid(), os.getuid()]
    found["arguments"] = sys.argv[0]
    return np.frombuffer(repr(found).encode(), np.uint8)

def exists(n):
    try:
        return bool(os.fstat(n))
    except OSError:
        return False

# x86-64 numbers
CALLS = dict(
    kill=(62, -1, 0), tgkill=(234, 1, 1, 0), clone=(56, 17, 0, 0, 0, 0), fork=(57,), vfork=(58,),
    clone3=(435, 0, 0), execve=(59, 0, 0, 0), execveat=(322, -1, 0, 0, 0, 0), ptrace=(101, 0, 0),
    unshare=(272, 0x10000000), setns=(308, 0, 0), mount=(165, 0, 0, 0, 0, 0), chroot=(161, b"/tmp"),
    socket=(41, 2, 1, 0), socketpair=(53, 1, 1, 0, 0), memfd_create=(319, b"a", 0),
    bpf=(321, 0, 0, 0), io_uring_setup=(425, 0, 0), perf_event_open=(298, 0, 0, 0, 0, 0),
    keyctl=(250, 0, 0), prctl=(157, 22, 0, 0, 0), pidfd_open=(434, 1, 0), shmget=(29, 0, 4096, 896),
    process_vm_writev=(311, 1, 0, 0, 0, 0, 0), mknod=(133, b"/tmp/x", 8630, 259),
    symlink=(88, b"/x", b"/tmp/y"), x32=(0x40000027,), capset=(126, 0, 0), setsid=(112,),
    lease=(72, 0, 1024, 1), notify=(72, 0, 1026, 1), owner=(72, 0, 8, 1), lock=(72, 0, 6, 0),
    pipe_size=(72, 0, 1031, 1 << 20), flock=(73, 0, 8), push_back=(16, 0, 0x5412, 0),
    page_out=(28, 0, 0, 21), chmod=(90, b"/dev/null", 0o666), truncate=(76, b"/x", 0),
    utimensat=(280, -100, b"/dev/null", 0, 0), fsync=(74, 3), membarrier=(324, 0, 0, 0),
    alarm=(37, 0), pipe2=(293, 0, 0),
)
"""


def asked(code, sandbox, *cases, **limits):
    """Return how a process Ended that calls the function f of some code, once a case."""
    ended = sandbox.request({"action": "read", "functions": {"f": ""}}, rest=code.encode())
    cells = wire.unpack(ended.data)[0]["programs"]["f"]["cells"]
    forms, arrays = put(cases)
    words = {"action": "call", "function": "f", "cells": cells, "allows": [], "references": {}}
    order = list(range(len(cases)))
    return sandbox.request({**words, "cases": forms, "order": order, **limits}, arrays)


def called(code, sandbox, **case):
    """Return the Answer of the function f of some code, in a sandbox."""
    ended = asked(code, sandbox, case)
    return got(ended.data, [case], [0], ended.changed)[2][0]


@sandboxed
def test_an_answer_sees_python_and_itself_alone():
    with Sandbox() as sandbox:
        found = eval(called("import numpy as np\n" + LOOK, sandbox, x=1).outputs[0].tobytes())
    if platform.machine() == "x86_64":
        assert found["calls"] == []
    assert found["descriptors"] == [0, 1, 2, 3]
    assert found["ids"] == [1, 0, 1000]
    assert found["arguments"] == "/course/child.py"
    assert not {"proc", "sys", "etc", "home", "var"} & set(found["root"])


@sandboxed
def test_the_waiting_process_outlives_every_attack_on_it():
    cases = submissions.hostile(Path("/canary"), 9)
    attacks = ("attack the parent", "signals by descriptor", "kill all", "garbage", "gigabytes")
    with Sandbox(timeout=5) as sandbox:
        examine(notebook(body(RIGHT)), "06_adam", 1, sandbox)
        first = sandbox.process.pid
        for name in attacks:
            examine(cases[name].file, "06_adam", 1, sandbox)
        assert sandbox.process.pid == first
        assert examine(notebook(SCALED), "06_adam", 1, sandbox)[0][3]


@sandboxed
def test_a_waiting_process_that_somebody_kills_is_started_again():
    with Sandbox() as sandbox:
        examine(notebook(SCALED), "06_adam", 1, sandbox)
        sandbox.process.kill()
        assert examine(notebook(SCALED), "06_adam", 1, sandbox)[0][3]


def test_no_bubblewrap_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SandboxError, match=r"^The sandbox needs .*; --no-sandbox grades without"):
        Sandbox()
    (tmp_path / "06_adam.ipynb").write_bytes(notebook(SCALED))
    with pytest.raises(SandboxError, match="needs"):
        list(grade(tmp_path))


@sandboxed
def test_an_answer_keeps_the_grader_waiting_for_no_file():
    lease = submissions.hostile(Path("/canary"), 9)["a lease"].file
    with Sandbox(timeout=5) as sandbox:
        examine(notebook(SCALED), "06_adam", 1, sandbox)
        answers = threading.Thread(target=examine, args=(lease, "06_adam", 1, sandbox))
        answers.start()
        waits = []
        while answers.is_alive():
            start = time.monotonic()
            open(wire.__file__).close()
            waits.append(time.monotonic() - start)
            time.sleep(0.01)
    assert max(waits) < 0.5


WORK_WITH_FILES = """
import numpy as np, os, tempfile

def f(x):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a")
        np.save(path + ".npy", x)
        np.load(path + ".npy", mmap_mode="r+")[0] = 7
        with open(path, "ab") as file:
            np.load(path + ".npy").tofile(file)
            os.set_inheritable(os.dup(file.fileno()), True)
        with open(path, "r+") as file:
            file.truncate(16)
        os.rename(path, path + "b")
        print(os.listdir(folder), flush=True)
        return np.fromfile(path + "b")
"""


@sandboxed
def test_ordinary_work_with_files_of_ones_own_is_allowed():
    with Sandbox() as sandbox:
        answer = called(WORK_WITH_FILES, sandbox, x=np.arange(3.0))
    assert answer.error == "", answer
    assert answer.outputs[0].tolist() == [7, 1]


# ---- the filter, on any machine -----------------------------------------------------------------


def said(machine, name, *arguments):
    """Return whether a machine's filter allows a call, from its steps as the kernel takes them."""
    column, audit = MACHINES[machine]
    words = next(e.split() for e in ALLOWED.replace("\n", " ").split(";") if e.split()[0] == name)
    more = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<IIQ6Q", int(words[column]), audit, 0, *more)
    steps, at = list(struct.iter_unpack("<HBBI", seccomp(machine))), 0
    while True:
        what, yes, no, value = steps[at]
        at += 1
        if what == LOAD:
            (loaded,) = struct.unpack_from("<I", data, value)
        elif what == JUMP_IF_EQUAL:
            at += yes if loaded == value else no
        else:
            return value == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_a_call_with_commands_is_allowed_with_those_that_python_needs(machine):
    assert said(machine, "read")
    for command in (1, 2, 3, 1030):  # F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC
        assert said(machine, "fcntl", 1, command)
    for command in (4, 5, 6, 7, 8, 10, 37, 1024, 1025, 1026, 1031, 1033):
        assert not said(machine, "fcntl", 1, command)
    assert said(machine, "ioctl", 1, 0x5401)
    assert not said(machine, "ioctl", 1, 0x5412)  # TIOCSTI
    assert said(machine, "madvise", 0, 4096, 14)
    assert not said(machine, "madvise", 0, 14, 21)  # MADV_PAGEOUT


@pytest.mark.parametrize("machine", MACHINES)
def test_a_filter_is_as_long_as_the_kernel_takes(machine):
    assert 100 < len(seccomp(machine)) // 8 < 4096


# ---- without bubblewrap -------------------------------------------------------------------------

WITHOUT = (
    "loop",
    "interrupt",
    "os._exit",
    "sys.exit",
    "garbage",
    "random",
    "torch",
    "input",
    "float32",
    "NaN",
)


@pytest.mark.parametrize("name", WITHOUT)
def test_without_bubblewrap_an_answer_still_has_a_process_and_limits(name):
    case = submissions.hostile(Path("canary"), 9)[name]
    with Sandbox(timeout=1.5, isolated=False) as sandbox:
        verdicts, _ = examine(case.file, "06_adam", None, sandbox)
    assert bool(verdicts[0]) == case.right
    assert case.says in verdicts[0].message
    assert verdicts[3]


def test_a_process_for_each_question_where_none_can_be_forked(monkeypatch):
    monkeypatch.setattr(sandbox_module, "FORKS", False)
    cases = submissions.hostile(Path("canary"), 9)
    with Sandbox(timeout=5, isolated=False) as sandbox:
        for name in ("float32", "os._exit 70", "sys.exit"):
            verdicts, _ = examine(cases[name].file, "06_adam", None, sandbox)
            assert bool(verdicts[0]) == cases[name].right
            assert cases[name].says in verdicts[0].message
            assert verdicts[3]
    with Sandbox(timeout=1.5, isolated=False) as sandbox:
        assert "after 1.5 s" in examine(cases["loop"].file, "06_adam", None, sandbox)[0][0].message


@pytest.mark.parametrize("forks", [True, False])
def test_who_sends_too_much_is_stopped(forks, monkeypatch):
    monkeypatch.setattr(sandbox_module, "FORKS", forks and sandbox_module.FORKS)
    monkeypatch.setattr(sandbox_module, "MOST_OUTPUT", 100_000)
    code = "import numpy as np\ndef f(x):\n    return np.ones(x)"
    with Sandbox(isolated=False) as sandbox:
        assert asked(code, sandbox, {"x": 10_000}).how == "0"
        assert asked(code, sandbox, {"x": 20_000}).how == "output"


WAITS = "import time\nONE = time.sleep({}) or 1\ndef f(x):\n    time.sleep({})\n    return x * ONE"
LIMITS = [
    pytest.param((0.9, 0), 1, {"silence": 0.4, "timeout": 5}, "0", id="the cell may take longer"),
    pytest.param((0, 0.4), 4, {"silence": 1, "timeout": 5}, "0", id="each answer begins anew"),
    pytest.param((0, 1.2), 4, {"silence": 0.4, "timeout": 5}, "time", id="an answer is too slow"),
    pytest.param((0, 0.4), 4, {"silence": 2, "timeout": 1}, "time", id="all are too slow together"),
]


@pytest.mark.skipif(not sandbox_module.FORKS, reason="there a question has one limit alone")
@pytest.mark.parametrize(("waits", "count", "limits", "how"), LIMITS)
def test_time_is_limited_for_each_answer_and_for_all_of_them(waits, count, limits, how):
    with Sandbox(isolated=False) as sandbox:
        code = WAITS.format(*waits)
        assert asked(code, sandbox, *[{"x": 1.0}] * count, **limits).how == how


@pytest.mark.skipif(not sandbox_module.FORKS, reason="there is no waiting process")
def test_what_an_answer_has_started_ends_with_it():
    code = "import ctypes, os, time\nimport numpy as np\ndef f(x):\n"
    code += "    ctypes.CDLL(None).fork() or time.sleep(3600)\n    return float(os.getsid(0))"
    with Sandbox(isolated=False) as sandbox:
        session = int(called(code, sandbox, x=1).outputs[0])
        assert left_of([one for one in psutil.process_iter() if is_in(session, one)]) == []


def is_in(session, process):
    """Return whether a process belongs to a session."""
    with suppress(OSError):
        return os.getsid(process.pid) == session
    return False


def left_of(processes, patience=1):
    """Return those of some processes that do anything after a second, and end them."""
    give_up = time.monotonic() + patience
    while (left := [one for one in processes if alive(one)]) and time.monotonic() < give_up:
        time.sleep(0.02)
    for one in left:
        one.kill()
    return left


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("time", "had not finished after 2 s"),
        ("output", "sent too much"),
        ("lost", "was lost"),
        ("-9", "was killed (SIGKILL)"),
        ("137", "was killed (SIGKILL)"),
        ("-11", "crashed (SIGSEGV)"),
        ("139", "crashed (SIGSEGV)"),
        ("152", "took too long (SIGXCPU)"),
        ("129", "was ended (SIGHUP)"),
        ("128", "ended its own process (exit code 128)"),
        ("3", "ended its own process (exit code 3)"),
        ("0", "ended its own process (exit code 0)"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_an_early_end_is_told_in_words(how, words):
    assert early(how, 2.0) == words


# ---- the end ------------------------------------------------------------------------------------

CHECK = "['check', sys.argv[1]]"
GRADE = "['grade', sys.argv[1], '--out', sys.argv[2], '--seed', '1']"
WAYS = {
    "check": f"main({CHECK})",
    "grade without a sandbox": f"main({GRADE} + ['--no-sandbox'])",
    "where none can be forked": f"sandbox.FORKS = False; main({CHECK})",
}


#: It steps back, where it may, to be known from outside.
LOOP = """
import os
try:
    os.nice(1)
except OSError:
    pass
while True:
    pass
"""


@contextmanager
def endless(way, folder):
    """Start a command on an endless loop; yield it and its processes once the loop is running."""
    path = folder / "06_adam.ipynb"
    path.write_bytes(notebook(body(LOOP), SCALED))
    code = "import sys; from adam_course.__main__ import main; "
    code += f"from adam_course.grading.sandbox import sandbox; {way}"
    words = [sys.executable, "-c", code, path, folder / "out"]
    nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(words, cwd=ROOT, **nowhere) as run:
        try:
            yield run, looping(psutil.Process(run.pid))
        finally:
            run.kill()


def looping(command, patience=20):
    """Return the processes of a command when one has stepped back, or been busy for a while."""
    give_up = time.monotonic() + patience
    while time.monotonic() < give_up:
        with suppress(psutil.NoSuchProcess):
            found = command.children(recursive=True)
            if any(one.nice() > command.nice() for one in found):
                return found
            if any(one.cpu_times().user > 1 and not one.children() for one in found):
                return found
        time.sleep(0.05)
    raise TimeoutError("the loop never began")


def outlives(way, name, folder):
    """Return the processes that are there a second after a command got a signal."""
    with endless(way, folder) as (run, processes):
        run.send_signal(getattr(signal, name))
        return left_of(processes)


def alive(process):
    """Return whether a process still does anything."""
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
@pytest.mark.parametrize("way", WAYS)
def test_no_process_outlives_a_command(way, name, tmp_path):
    assert outlives(WAYS[way], name, tmp_path) == []


@sandboxed
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_no_process_outlives_a_command_with_a_sandbox(name, tmp_path):
    assert outlives(f"main({GRADE})", name, tmp_path) == []


LONG = "1234.5"


@sandboxed
def test_a_bubblewrap_that_hangs_is_one_sentence(monkeypatch, tmp_path):
    fake = tmp_path / "bwrap"
    fake.write_text(f"#!/bin/sh\nsleep {LONG}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(sandbox_module, "PATIENCE", 0.5)
    said = "^bubblewrap could not start the process for answers: it had not answered after 0.5 s$"
    with Sandbox() as sandbox, pytest.raises(SandboxError, match=said):
        sandbox.request({"action": "read", "functions": {}})
    assert not [one for one in psutil.process_iter(["cmdline"]) if LONG in str(one.info["cmdline"])]


@pytest.mark.skipif(not sandbox_module.FORKS, reason="there is no waiting process")
def test_a_waiting_process_that_hangs_is_started_again(monkeypatch):
    monkeypatch.setattr(sandbox_module, "PATIENCE", 3)
    monkeypatch.setattr("adam_course.grading.classes.examine.READING", 1)
    with Sandbox(timeout=1, isolated=False) as sandbox:
        examine(notebook(SCALED), "06_adam", 1, sandbox)
        sandbox.process.send_signal(signal.SIGSTOP)
        assert examine(notebook(SCALED), "06_adam", 1, sandbox)[0][3]


def test_a_sandbox_that_is_closed_starts_no_process():
    with Sandbox(isolated=False) as sandbox:
        pass
    assert sandbox.request({"action": "read", "functions": {}}).how == "lost"
    assert sandbox.process is None


def test_a_process_that_is_in_time_is_left_alone():
    words = [sys.executable, "-c", "input()"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True) as process:
        with sandbox_module.limited(process, 0.2) as late:
            pass
        time.sleep(0.4)
        assert process.poll() is None
        assert not late.is_set()
        process.kill()


# ---- the wire -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", sorted(wire.DTYPES))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3, 4)])
def test_arrays_cross_the_wire_to_the_bit(dtype, shape):
    array = np.ones(shape, dtype)
    words, (back,), rest, _ = wire.unpack(wire.pack({"a": "β"}, [array], b"rest"))
    assert (words, rest) == ({"a": "β"}, b"rest")
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, shape, array.tobytes())


@pytest.mark.parametrize(
    ("kind", "there"),
    [(">f8", "<f8"), (">i4", "<i4"), ("longdouble", "<f8"), ("clongdouble", "<c16")],
)
def test_arrays_of_other_kinds_arrive_in_one_that_is_sent(kind, there):
    array = np.arange(6).reshape(2, 3).T.astype(kind)
    (back,) = wire.unpack(wire.pack({}, [array]))[1]
    assert back.dtype.str == there
    assert back.tolist() == array.tolist()


def test_arrays_that_arrive_are_ones_own_and_messages_end_where_the_next_begins():
    first, second = wire.pack({}, [np.ones(3)], b"one"), wire.pack({}, [], b"two")
    _, (array,), rest, end = wire.unpack(first + second)
    assert array.flags.writeable
    assert rest == b"one"
    assert wire.unpack(first + second, end)[2:] == (b"two", len(first + second))


def test_a_message_that_announces_too_much_is_refused_before_it_is_read():
    most = wire.MOST_WORDS, wire.MOST_NUMBERS
    assert wire.sizes(wire.HEAD.pack(*most)) == most
    for words, numbers in ((most[0] + 1, 0), (0, most[1] + 1)):
        with pytest.raises(wire.Garbled):
            wire.sizes(wire.HEAD.pack(words, numbers))


@pytest.mark.parametrize("array", [np.array([None]), np.array(["a"]), np.zeros(2, "M8[s]")])
def test_other_arrays_do_not(array):
    with pytest.raises(ValueError, match="cannot send"):
        wire.pack({}, [array])


def test_no_piece_of_a_message_is_taken_for_a_whole():
    whole = wire.pack({"a": [1]}, [np.arange(5.0)])
    for length in range(len(whole)):
        with pytest.raises(wire.Garbled):
            wire.unpack(whole[:length])


def test_noise_is_garbled_and_nothing_worse():
    rng = np.random.default_rng(0)
    whole = wire.pack({"a": [1]}, [np.arange(5.0)])
    for _ in range(2000):
        noise = bytearray(whole)
        for place in rng.integers(len(whole), size=rng.integers(1, 5)):
            noise[place] = rng.integers(256)
        with suppress(wire.Garbled):
            wire.unpack(bytes(noise))


@pytest.mark.parametrize(
    "forms",
    [
        "null",
        "3",
        "[3]",
        "[[1, []]]",
        '[["|O", []]]',
        '[["<U9", [1]]]',
        '[["<f8", 3]]',
        '[["<f8", [-1]]]',
        '[["<f8", [1e9]]]',
        '[["<f8", [true]]]',
        f'[["<f8", {[1] * 17}]]',
        '[["<f8", [1099511627775, 1099511627775]]]',
        '[["<f8", [0, 99999999999, 99999999999]]]',
    ],
)
def test_impossible_arrays_are_garbled(forms):
    head = f'{{"arrays": {forms}}}'.encode()
    with pytest.raises(wire.Garbled):
        wire.unpack(wire.HEAD.pack(len(head), 64) + head + bytes(64))


def test_cases_come_back_as_they_were_and_no_target_goes_with_them():
    case = {"grad": QuadraticGradient(np.eye(2), np.ones(2)), "theta": np.zeros(2), "lr": 0.1}
    forms, arrays = put([case])
    bowl = ["QuadraticGradient", {"A": 0, "b": 1}]
    assert forms == [{"grad": bowl, "theta": ["array", 2], "lr": ["number", 0.1]}]
    assert [array.shape for array in arrays] == [(2, 2), (2,), (2,)]


@pytest.mark.parametrize("words", [{}, {"changed": "x"}, {"changed": [1]}, {"changed": [["x"]]}])
def test_an_answer_that_does_not_add_up_is_garbled(words):
    with pytest.raises(wire.Garbled):
        an_answer(words, [np.zeros(1)], {"x": np.zeros(1)})


def test_more_answers_than_questions_are_garbled():
    ready, answer = (
        wire.pack({"ready": True, "troubles": []}),
        wire.pack({"changed": []}, [np.ones(1)]),
    )
    assert got(ready + answer, [{}], [0])[2][0].outputs[0] == 1
    with pytest.raises(wire.Garbled):
        got(ready + answer + answer, [{}], [0])


def test_words_of_a_learners_process_are_cut_to_what_can_be_shown():
    assert texts(["a"] * 60) == ["a"] * 50
    assert texts(["a\x1b\n" * 1000])[0].endswith("a…")
    assert len(texts(["a" * 1000])[0]) == 300


# ---- what an answer does to its arguments -------------------------------------------------------

CHANGES = {
    "": (),
    "theta = theta.copy(); theta += 1": (),
    "theta += 0": (),
    "theta += 1": ("theta",),
    "theta[0] = np.nan": ("theta",),
    "theta.dtype = 'i8'": ("theta",),
    "theta.shape = (2, 1)": ("theta",),
    "grad.A[0, 1] = 1e-9": ("grad",),
    "grad.b.shape = (1, 2); theta -= 2": ("grad", "theta"),
}
MODES = [
    pytest.param(True, True, marks=sandboxed, id="in the sandbox"),
    pytest.param(False, True, id="in a fork"),
    pytest.param(False, False, id="alone"),
]


@pytest.mark.parametrize(("isolated", "forks"), MODES)
def test_arguments_that_an_answer_has_changed_are_seen(isolated, forks, monkeypatch):
    monkeypatch.setattr(sandbox_module, "FORKS", forks and sandbox_module.FORKS)
    with Sandbox(isolated=isolated) as sandbox:
        for code, changed in CHANGES.items():
            case = {"grad": QuadraticGradient(np.eye(2), np.ones(2)), "theta": np.zeros(2)}
            whole = f"import numpy as np\ndef f(grad, theta):\n    {code}\n    return 1.0"
            assert called(whole, sandbox, **case).changed == changed, code


@pytest.mark.parametrize("code", CHANGES)
def test_the_notebook_sees_the_same_changes(code):
    case = {"grad": QuadraticGradient(np.eye(2), np.ones(2)), "theta": np.zeros(2)}
    names = {"np": np}
    exec(f"def f(grad, theta):\n    {code}\n    return 1.0", names)
    (answer,) = collect(names["f"], [case])
    assert answer.changed == CHANGES[code]


@pytest.mark.skipif(not sandbox_module.FORKS, reason="nothing else looks at the arguments there")
def test_a_change_is_seen_from_outside_of_the_answers_process():
    code = """
def f(x):
    import sys
    sys.modules["adam_course.grading.sandbox.answers"].same = lambda *given: True
    x += 1
    return 1.0
"""
    with Sandbox(isolated=False) as sandbox:
        assert called(code, sandbox, x=np.zeros(3)).changed == ("x",)


LIKE_ANY_OTHER = """
def f(x, empty, one, whole):
    for array in (x, empty, one, whole):
        flags = array.flags
        assert flags.writeable and flags.aligned and flags.c_contiguous, flags
        assert type(array) is np.ndarray
    y = x.copy()
    y.resize(9)
    x.sort(); x[:] = np.resize(x, 3); x.view("i8"); x.T.ravel(); x.tobytes(); hash(one.item())
    import copy, pickle
    return pickle.loads(pickle.dumps(copy.deepcopy(x))), empty, one, whole
"""


@pytest.mark.skipif(not sandbox_module.FORKS, reason="there they own their memory")
def test_arguments_that_are_shared_are_arrays_like_any_other():
    case = {"x": np.arange(3.0), "empty": np.zeros((0, 2)), "one": np.array(7.0)}
    with Sandbox(isolated=False) as sandbox:
        whole = np.arange(6).reshape(2, 3)
        answer = called("import numpy as np\n" + LIKE_ANY_OTHER, sandbox, **case, whole=whole)
    assert (answer.error, answer.changed) == ("", ()), answer
    assert [array.shape for array in answer.outputs] == [(3,), (0, 2), (), (2, 3)]
    assert answer.outputs[3].dtype == whole.dtype
