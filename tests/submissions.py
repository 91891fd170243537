"""Submissions as strangers hand them in: broken, careless, hostile; and what each of them earns.

All of them answer `first_step` of exercise 06 in their own way, and `scaled` as it should be.
"""

import json
import textwrap
from dataclasses import dataclass, field

SETUP = """
import numpy as np

from adam_course.grading import check
from adam_course.optimizers import Adam
"""
RIGHT = "return -lr * np.sign(grad)"
SCALED = "def scaled(factor):\n    return factor, factor**2, 1.0"
# Who owns a file may ask that nobody opens it before he says so.
LEASE = """
import fcntl, time
file = open(os.__file__)
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
time.sleep(1.5)
"""


@dataclass
class Case:
    """A submission, whether its `first_step` counts, and words of the reason if not."""

    cells: list = field(default_factory=list)
    right: bool = False
    says: str = ""
    data: bytes | None = None
    second: bool = True

    @property
    def file(self):
        return notebook(*self.cells, SCALED) if self.data is None else self.data


def cell(source, kind="code", **more):
    return {"cell_type": kind, "metadata": {}, "source": source, **more}


def notebook(*cells, **more):
    """Return a notebook's bytes."""
    cells = [one if isinstance(one, dict) else cell(textwrap.dedent(one)) for one in cells]
    for one in cells:
        if one.get("cell_type") == "code":
            one = {"outputs": [], "execution_count": None, **one}
    whole = {"cells": [cell(SETUP), *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole | more).encode()


def body(code, before=""):
    """Return the cell of a `first_step` with this body."""
    return f"{before}\ndef first_step(grad, lr):\n" + textwrap.indent(textwrap.dedent(code), "    ")


def inside(code, right=False, says="", before=""):
    """Return the Case of a `first_step` with this body."""
    return Case([body(code, before)], right, says)


def in_place(code, before=""):
    """Return the Case of a `first_step` that is right, but does this to its arguments besides."""
    code = f"step = {RIGHT[7:]}\n{textwrap.dedent(code).strip()}\nreturn step"
    return Case([body(code, before)], False, "changed grad in place")


def top(code, right=True, says="", use="None"):
    """Return the Case of a notebook with this code at its top level, beside a right answer."""
    return Case([code, body(f"{use}\n{RIGHT}")], right, says)


def attempt(code, before="import os, sys, ctypes"):
    """Return the Case of an attack that goes on to the right answer, whether it worked or not."""
    lines = "try:\n" + textwrap.indent(textwrap.dedent(code), "    ")
    return inside(f"{lines}\nexcept BaseException:\n    pass\n{RIGHT}", True, "", before)


def hostile(canary, port):
    """Return the Cases by name.

    Args:
        canary: a file of the grader that must stay as it is.
        port: of a server of the grader, on 127.0.0.1, that must hear nothing.
    """
    folder = str(canary.parent)
    canary = str(canary)
    late, no = "had not finished after", "PermissionError"
    nested = {"cells": [cell(SETUP), cell(body(RIGHT)), cell(SCALED)], "deep": 0}
    deep = json.dumps(nested).replace('"deep": 0', '"deep": ' + "[" * 10_000 + "]" * 10_000)
    return {
        # ---- time
        "loop": inside("while True: pass", says=f"first_step {late}"),
        "loop beside": top("while True:\n    pass"),
        "loop before": top("x = 1\nwhile x:\n    x = 2", False, "depends on " + late, "x"),
        "loop that will not be interrupted": inside(
            """
            while True:
                try:
                    time.sleep(1)
                except BaseException:
                    pass
            """,
            says=late,
            before="import time, signal\nfor n in range(1, 32):\n    try:\n"
            "        signal.signal(n, signal.SIG_IGN)\n    except OSError:\n        pass",
        ),
        "sleep": inside("import time; time.sleep(3600)", says=late),
        "slow but right": inside(f"import time; time.sleep(0.05)\n{RIGHT}", True),
        "interrupt": inside("raise KeyboardInterrupt", says="raised KeyboardInterrupt"),
        # ---- exits
        "sys.exit": inside("import sys; sys.exit(0)", says="raised SystemExit"),
        "sys.exit beside": top("import sys; sys.exit(0)"),
        "sys.exit before": top("import sys; x = sys.exit(0)", False, "NameError", "x"),
        "os._exit": inside("import os; os._exit(0)", says="ended its own process"),
        "os._exit 70": inside("import os; os._exit(70)", says="ended its own process"),
        "os._exit beside": top("import os; os._exit(0)"),
        "os._exit before": top("import os; x = os._exit(3)", False, "(exit code 3)", "x"),
        "kill": inside("import os; os.kill(os.getpid(), 9)", says="PermissionError"),
        "kill all": inside("import os; os.kill(-1, 9)", says="PermissionError"),
        "abort": inside("import os; os.abort()", says="crashed"),
        "crash": inside("import ctypes; ctypes.string_at(0)", says="crashed (SIGSEGV)"),
        "crash before": top("import ctypes; x = ctypes.string_at(0)", False, "crashed", "x"),
        "endless recursion": inside("return first_step(grad, lr)", says="raised RecursionError"),
        # ---- memory
        "memory": inside("return np.ones((10**5, 10**5))", says="MemoryError"),
        "memory, insisting": inside(
            """
            kept = []
            while True:
                try:
                    kept.append(bytearray(1 << 24))
                except MemoryError:
                    pass
            """,
            says=late,
        ),
        # ---- processes
        "200 processes": inside("for _ in range(200): os.fork()", says="fork", before="import os"),
        "daemon": attempt(
            f"""
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    import time
                    while True:
                        time.sleep(0.1)
                        open({canary!r}, "w").write("mine")
                os._exit(0)
            """
        ),
        "other programs": inside(
            "import subprocess; subprocess.run(['/bin/sh', '-c', 'true'])", says="raised"
        ),
        "threads": inside(
            "import threading; threading.Thread(target=print).start()",
            says="can't start new thread: there are none while grading",
        ),
        # ---- files
        "delete": inside(f"import os; os.remove({canary!r})", says="raised"),
        "delete all": attempt(f"import shutil; shutil.rmtree('/'); shutil.rmtree({folder!r})"),
        "write outside": inside(f"open({canary!r}, 'w')", says="raised"),
        "write in the system": inside("open('/usr/x', 'w')", says="raised"),
        "write to the course": inside("open('/course/child.py', 'a')", says="raised"),
        "write to /tmp": inside(f"open('/tmp/a', 'x').write('b')\nreturn {RIGHT[7:]}"),
        "keep a note": inside(
            f"""
            name = f"/tmp/{{len(os.listdir('/tmp'))}}"
            assert not os.path.exists("/tmp/note")
            {RIGHT}
            """,
            True,
            before="import os",
        ),
        "write anywhere": inside(
            f"""
            for at, _, _ in list(os.walk("/")):
                try:
                    open(os.path.join(at, "note"), "w").close()
                except OSError:
                    continue
                assert at in ("/tmp", "/scratch"), at
            {RIGHT}
            """,
            True,
            before="import os",
        ),
        "fill the disk": inside(
            "for i in range(10**6):\n    open(f'/tmp/{i}', 'w').write('x' * 10**6)",
            says="raised OSError",
        ),
        "read the answers": inside(f"return open({canary!r}).read()", says="FileNotFoundError"),
        "look for answers": inside(
            f"""
            found = [os.path.join(at, f) for at, _, files in os.walk("/") for f in files]
            bad = [f for f in found if "task" in f and "course" in f or f.endswith(".ipynb")]
            assert not bad, bad
            assert not os.path.exists({folder!r}), "the grader's folder"
            assert not os.path.exists("/proc/self") and not os.path.exists("/etc/passwd")
            assert not [f for f in found if "site-packages" in f and "numpy" not in f]
            {RIGHT}
            """,
            True,
            before="import os",
        ),
        "look into the environment": inside(
            f"import os; assert not set(os.environ) & {{'HOME', 'PATH', 'USER'}}\n{RIGHT}", True
        ),
        # ---- output
        "50 MB of prints": inside(f"for _ in range(2000): print('x' * 25_000)\n{RIGHT}", True),
        "50 MB to descriptors": inside(
            f"import os\nfor fd in (1, 2): os.write(fd, b'x' * (25 << 20))\n{RIGHT}", True
        ),
        "50 MB of outputs": Case(
            right=True,
            data=notebook(
                cell(body(RIGHT), outputs=[{"output_type": "stream", "text": "x" * (50 << 20)}]),
                SCALED,
            ),
        ),
        # ---- what is not there
        "torch": Case(["import torch", body("return torch.sign(grad)")], False, "torch is not"),
        "torch beside": Case(["import torch\nfrom torch import nn", body(RIGHT)], True),
        "torch inside": inside("import torch", says="ModuleNotFoundError"),
        "the course": inside("return Adam(lr=lr).step(grad * 0, grad)", says="is not there while"),
        "the course inside": inside(
            "from adam_course.optimizers import Adam", says="is not there while grading"
        ),
        "the course by another door": inside(
            "import importlib\n"
            "Adam = importlib.import_module('adam_course.optimizers').Adam\n"
            "return Adam(lr=lr).step(grad * 0, grad)",
            says="is not there while",
        ),
        "the course by a third door": inside(
            "names = {}\nexec('from adam_course.optimizers import Adam', names)\n"
            "return names['Adam'](lr=lr).step(grad * 0, grad)",
            says="is not there while",
        ),
        "the course as a file": inside(
            "return open('/course/optimizers/adam.py').read()", says="is not there while"
        ),
        "a long story": inside(
            "class Long(Exception):\n    def __str__(self):\n        return 'x' * 10**8\n"
            "raise Long",
            says="raised Long",
        ),
        "a stray cell": Case(["    m_hat = m", ")", body(RIGHT)], True),
        "the reference": inside(
            "from adam_course.grading import TASKS\nreturn TASKS['first-step'].reference(grad, lr)",
            says="TASKS",
        ),
        "the reference at the top": Case(
            [
                "from adam_course.tasks import TASKS",
                "from adam_course.tasks.t06_adam import first_step",
            ],
            False,
            "is not there while grading",
        ),
        "syntax": Case(["def first_step(grad, lr:\n    return 1"], False, "is not Python"),
        "syntax in one cell": Case([body("return )") + "\n" + SCALED], False, "is not Python"),
        # ---- patches
        "patched numpy": Case(
            [
                "np.isclose = np.allclose = np.array_equal = lambda *a, **k: np.True_",
                "np.testing.assert_allclose = lambda *a, **k: None",
                body("return grad"),
            ],
            False,
            "differs",
        ),
        "patched numpy inside": inside(
            f"np.array = np.asarray = np.sqrt = None\n{RIGHT}", says="first_step"
        ),
        "patched builtins": Case(
            ["import builtins\nbuiltins.len = builtins.all = lambda *a: 1", body("return 1")],
            False,
            "should be an array",
        ),
        "patched grader": inside(
            """
            import sys
            answers = sys.modules["adam_course.grading.sandbox.answers"]
            answers.call = lambda f, case: answers.Answer((np.zeros(2),))
            answers.numbers = answers.plain = lambda value: ((), "")
            sys.modules["__main__"].__dict__.clear()
            return grad
            """,
            says="",
        ),
        "equal to everything": Case(
            [
                """
                class Equal:
                    def __eq__(self, other): return True
                    def __array__(self, *a, **k): return Equal()
                    def __getattr__(self, name): return Equal()
                    def __iter__(self): return iter([Equal()])
                    def __len__(self): return 1
                """,
                body("return Equal()"),
            ],
            False,
            "first_step",
        ),
        "lying array": Case(
            [
                """
                class Lying(np.ndarray):
                    def __array_ufunc__(self, *a, **k): return np.True_
                    def __array_function__(self, *a, **k): return np.True_
                    def __eq__(self, other): return True
                """,
                body("return np.zeros(grad.shape).view(Lying)"),
            ],
            False,
            "differs",
        ),
        # ---- in search of answers
        "frames and objects": inside(
            f"""
            import gc, sys
            frame, seen = sys._getframe(), []
            while frame:
                seen += [*frame.f_locals, *frame.f_globals]
                frame = frame.f_back
            for one in gc.get_objects():
                if type(one) is dict:
                    seen += [key for key in one if type(key) is str]
            bad = {{"reference", "misconceptions", "rtol", "seed", "targets", "judge"}} & set(seen)
            assert not bad - {{"seed"}}, bad
            {RIGHT}
            """,
            True,
        ),
        "public cases by heart": inside(
            "known = {2: [-0.1, 0.1], 3: [-0.001, 0.001, 0]}\nreturn known.get(len(grad), grad)",
            says="differs",
        ),
        "earlier answers": inside(
            f"if not kept:\n    kept.append({RIGHT[7:]})\nreturn kept[0]",
            says="should be an array",
            before="kept = []",
        ),
        "right only once": inside(
            f"calls.append(1)\nif len(calls) > 3:\n    return grad\n{RIGHT}",
            says="called once more with the same arguments",
            before="calls = []",
        ),
        "random": inside(
            f"{RIGHT} * (1 + np.random.rand() * 1e-3 * (len(grad) > 5)) + np.random.rand()",
            says="called once more with the same arguments",
        ),
        "in place": inside(
            "grad[:] = -lr * np.sign(grad)\nreturn grad", says="changed grad in place"
        ),
        "in place and right": inside(
            "step = -lr * np.sign(grad)\ngrad[:] = 7\nreturn step", says="changed grad in place"
        ),
        "an argument made strange": in_place("grad.dtype = 'S1'"),
        "an argument's other kind": in_place("grad.dtype = 'i8'"),
        "an argument's other shape": in_place("grad.shape = (1, -1)"),
        "an argument's other size": inside(
            f"step = {RIGHT[7:]}\ngrad.resize(1)\nreturn step", says="does not own its data"
        ),
        "in place, exchanged in the frames": in_place(
            """
            was, frame = grad.copy(), sys._getframe()
            grad += 1
            while frame:
                for names in (frame.f_locals, *map(vars_of, frame.f_locals.values())):
                    for name, value in list(names.items()):
                        if value is grad and names is not locals():
                            names[name] = was
                        elif type(value) is dict and value.get("grad") is grad:
                            value["grad"] = was
                frame = frame.f_back
            """,
            before="import sys\n\ndef vars_of(value):\n    return getattr(value, '__dict__', {})",
        ),
        "in place, exchanged by the collector": in_place(
            """
            was = grad.copy()
            grad += 1
            objects = gc.get_objects()
            for one in [*objects, *(value for each in objects for value in values_of(each))]:
                if type(one) is dict and one.get("grad") is grad and one is not locals():
                    one["grad"] = was
            """,
            before="import gc\n\ndef values_of(one):\n"
            "    return [*one.__dict__.values()] if hasattr(one, '__dict__') else []",
        ),
        "in place, comparison exchanged": in_place(
            """
            wire = sys.modules["adam_course.grading.sandbox.wire"]
            pack = wire.pack
            wire.pack = lambda words, *more: pack(words | {"changed": []}, *more)
            sys.modules["adam_course.grading.sandbox.answers"].same = lambda *given: True
            grad += 1
            """,
            before="import sys",
        ),
        "in place and hidden": inside(
            "np.array_equal = lambda *a, **k: True\nstep = -lr * np.sign(grad)\ngrad += 1\n"
            "return step",
            says="changed grad in place",
        ),
        # ---- the network
        "socket": inside(
            f"import socket; socket.create_connection(('127.0.0.1', {port}))", says="raised"
        ),
        "server": inside("import socket; socket.socket().bind(('', 0))", says="raised"),
        # ---- the pipe
        "garbage": inside(
            f"""
            import os
            for fd in range(3, 64):
                try:
                    os.write(fd, b"garbage" * 100)
                except OSError:
                    pass
            {RIGHT}
            """,
            says="garbled",
        ),
        "gigabytes": inside("import os\nwhile True: os.write(3, bytes(1 << 20))", says="too much"),
        "forged answers": inside(
            """
            import os, sys
            wire = sys.modules["adam_course.grading.sandbox.wire"]
            good = {"case": 0, "outputs": 1, "kept": [], "passed": True, "points": 99}
            for _ in range(20):
                os.write(3, wire.pack(good, [np.zeros(2)]))
            os._exit(0)
            """,
            says="garbled",
        ),
        "forged nesting": inside(
            "import os, struct\nhead = b'[' * 100_000\n"
            "os.write(3, struct.pack('<II', len(head), 0) + head); os._exit(0)",
            says="garbled",
        ),
        "forged length": inside(
            "import os; os.write(3, b'\\xff' * 8); os._exit(0)", says="garbled"
        ),
        "forged objects": inside(
            'import os, struct\nhead = b\'{"arrays": [["|O", [2]]]}\'\n'
            "os.write(3, struct.pack('<II', len(head), 16) + head + bytes(16)); os._exit(0)",
            says="garbled",
        ),
        "forged shape": inside(
            'import os, struct\nhead = b\'{"arrays": [["<f8", [0, 999999999, 999999999]]]}\'\n'
            "os.write(3, struct.pack('<II', len(head), 0) + head); os._exit(0)",
            says="garbled",
        ),
        "closed pipe": inside(f"import os; os.closerange(3, 64)\n{RIGHT}", says="first_step"),
        "closed pipe, loop": inside("import os; os.closerange(3, 64)\nwhile True: pass", says=late),
        "large answer": inside("return np.zeros((2000, 2000))", says="too much"),
        # ---- the process that starts the answers
        "attack the parent": attempt(
            """
            libc = ctypes.CDLL(None)
            for pid in [*range(-1, 50), os.getppid()]:
                for number in range(1, 32):
                    libc.kill(pid, number)
                libc.ptrace(16, pid, 0, 0)
                libc.syscall(434, pid, 0)
            libc.unshare(0x10000000)
            libc.mount(b"proc", b"/tmp", b"proc", 0, None)
            libc.setns(0, 0)
            libc.chroot(b"/tmp")
            libc.prctl(1, 0, 0, 0, 0)
            for pid in ("self", 1, 2, os.getppid()):
                for fd in range(20):
                    open(f"/proc/{pid}/fd/{fd}", "wb").write(b"garbage")
            """
        ),
        "signals by descriptor": attempt(
            """
            import fcntl
            read, write = os.pipe()
            for pid in range(1, 50):
                fcntl.fcntl(read, fcntl.F_SETOWN, pid)
                fcntl.fcntl(read, 10, 9)
                fcntl.fcntl(read, fcntl.F_SETFL, os.O_ASYNC)
                os.write(write, b"x")
            """
        ),
        "a lease": attempt(LEASE),
        "a lock": inside("fcntl.flock(open(os.__file__), 2)", says=no, before="import fcntl, os"),
        "a lock on a record": inside(
            "fcntl.lockf(open(os.__file__), fcntl.LOCK_SH)", says=no, before="import fcntl, os"
        ),
        "a device's rights": inside("os.chmod('/dev/null', 0o666)", says=no, before="import os"),
        "a device's times": inside("os.utime('/dev/null')", says=no, before="import os"),
        "a flush of the disk": inside(
            "os.fsync(os.open(os.__file__, os.O_RDONLY))", says=no, before="import os"
        ),
        "letters for the terminal": inside(
            "fcntl.ioctl(0, termios.TIOCSTI, b'x')", says=no, before="import fcntl, termios"
        ),
        # ---- files that are no notebooks
        "not JSON": Case(data=b'{"cells": [', says="not valid JSON", second=False),
        "empty": Case(data=b"", says="empty", second=False),
        "not a notebook": Case(data=b"[1, 2]", says="no cells", second=False),
        "no cells": Case(data=b'{"cells": []}', says="no cells", second=False),
        "deep": Case(data=deep.encode(), says="nested", second=False),
        "binary": Case(data=bytes(range(256)) * 99, says="not valid JSON", second=False),
        "a script": Case(data=f"{SETUP}\n{body(RIGHT)}\n{SCALED}".encode(), right=True),
        "not UTF-8": Case(
            data=notebook(body(f"# caf@@\n{RIGHT}"), SCALED).replace(b"@@", b"\xe9"), right=True
        ),
        "UTF-16": Case(data=notebook(body(RIGHT), SCALED).decode().encode("utf-16"), right=True),
        "a mark in front": Case(data=b"\xef\xbb\xbf" + notebook(body(RIGHT), SCALED), right=True),
        # ---- cells
        "100,000 statements": Case(["x = 1\n" * 100_000, body(RIGHT)], True),
        "code nested deep": Case([f"x = {'(' * 9000}1{')' * 9000}", body(RIGHT)], True),
        "code with a long sign": Case([f"x = {'-' * 100_000}1", body(RIGHT)], True),
        "no metadata": Case(
            data=json.dumps(
                {"cells": [{"source": s} for s in (SETUP, body(RIGHT), SCALED)]}
            ).encode(),
            right=True,
        ),
        "strange cells": Case(
            data=notebook({"source": 3}, {"cell_type": []}, body(RIGHT), {"source": [1]}, SCALED),
            right=True,
        ),
        "nbformat 3": Case(
            data=json.dumps(
                {
                    "worksheets": [
                        {
                            "cells": [
                                {"cell_type": "code", "input": s}
                                for s in (SETUP, body(RIGHT), SCALED)
                            ]
                        }
                    ]
                }
            ).encode(),
            right=True,
        ),
        "cell deleted": Case([], False, "first_step is not in the notebook"),
        "cell made text": Case([cell(body(RIGHT), "markdown")], False, "stands in a markdown cell"),
        "cell twice": Case([body(RIGHT), body("raise NotImplementedError()")], True),
        "two answers": Case([body("return 0"), body(RIGHT)], True),
        "check rewritten": Case(
            ["def check(*a): return True", body("return 0"), 'check("first-step", first_step)'],
            False,
            "should be an array",
        ),
        "not attempted": Case([body("raise NotImplementedError()")], False, "not attempted"),
        "set-up deleted": Case(
            data=json.dumps(
                {"cells": [cell("import numpy as np"), cell(body(RIGHT)), cell(SCALED)]}
            ).encode(),
            right=True,
        ),
        "helpers": Case(
            [
                "from math import copysign\nsigns = {}\nsigns['up'] = -1",
                "def sign(x):\n    return np.vectorize(one)(x)",
                "def one(x):\n    return copysign(1, x) if x else 0.0",
                "for _ in range(1):\n    signs.update(down=1)",
                body("return signs['up'] * signs['down'] * lr * sign(grad)"),
            ],
            True,
        ),
        "a lambda": Case(["first_step = lambda grad, lr: -lr * np.sign(grad)"], True),
        # ---- IPython
        "magics": Case(
            [
                "%matplotlib inline\n!pip install torch\nfiles = !ls\n%time first_step(1, 2)\nnp?",
                "%%bash\nrm -rf /",
                "%%time\n" + body(RIGHT),
                "get_ipython().run_line_magic('matplotlib', 'inline')",
            ],
            True,
        ),
        "input": inside("return float(input('rate? '))", says="input() waits for somebody"),
        "input beside": top("name = input('your name? ')"),
        # ---- numbers
        "float32": inside("return np.float32(-lr * np.sign(grad))", True),
        "lists": inside("return (-lr * np.sign(grad)).tolist()", True),
        "long double": inside("return np.longdouble(-lr) * np.sign(grad)", True),
        "other byte order": inside("return (-lr * np.sign(grad)).astype('>f8')", True),
        "wrong shape": inside("return np.zeros((2, 2, 2))", says="should be an array"),
        "NaN": inside("return grad * np.nan", says="holds nan"),
        "None": inside("-lr * np.sign(grad)", says="without a `return`"),
        "objects": inside("return np.array([object()] * 2)", says="should return numbers"),
        "20 axes": inside("return np.zeros((1,) * 20)", says="arrays that cannot be sent"),
        "wide": inside("return [0.0] * 100_000", says="should be an array"),
    }
