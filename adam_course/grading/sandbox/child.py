"""The process in which a learner's code runs: all of the course that exists inside the sandbox.

Started by `sandbox.py` with the folder that holds NumPy. It imports NumPy once, and then forks one
process for each question. Nothing that a learner must not know is ever sent here.
"""

import builtins
import gc
import importlib.util
import linecache
import mmap
import os
import select
import signal
import sys
import threading
import time
import types
from importlib.machinery import PathFinder

HERE = os.path.dirname(os.path.abspath(__file__))
WAITING = os.getpid()
#: What an answer may use of the course, where its task allows it → what that needs itself.
COURSE = {
    "checked": (),
    "descend": ("checked", "optimizers"),
    "optimizers": ("checked",),
    "problems": ("checked",),
    "schedules": ("checked",),
    "tuning": ("checked", "descend", "optimizers"),
}


class Available:
    """Finds NumPy where it is, and some of the course, and nothing else beside them.

    Attributes:
        parts: of the course that can be found now.
    """

    parts = frozenset()

    def __init__(self, folder):
        self.folder = folder

    def find_spec(self, name, path=None, target=None):
        """Return where a module is, or None."""
        if name == "numpy":
            return PathFinder.find_spec(name, [self.folder])
        root, _, part = name.partition(".")
        if root == "adam_course" and part.partition(".")[0] in self.parts:
            return PathFinder.find_spec(name, path)
        if root == name or root == "adam_course":
            raise ModuleNotFoundError(f"{name} is not there while grading", name=name)
        return None


def stand_ins():
    """Put an `adam_course` in place from which `check` can be imported, and import our files."""
    course, grading = types.ModuleType("adam_course"), types.ModuleType("adam_course.grading")
    sandbox = types.ModuleType("adam_course.grading.sandbox")
    isolated = os.path.isdir(f"{HERE}/optimizers")
    course.__path__ = [HERE if isolated else os.path.dirname(os.path.dirname(HERE))]
    grading.__path__, sandbox.__path__ = [], [HERE]
    course.grading, grading.check = grading, lambda *given, **more: None
    grading.audit = grading.check
    sys.modules |= {one.__name__: one for one in (course, grading, sandbox)}
    load("given", course)
    names = ("answers", "wire", "reading", "rules", "syscalls")
    files = {name: load(name, sandbox) for name in names}
    sandbox.__path__ = []
    return files


def load(name, package):
    """Import one of our files, as the module of that name in a package."""
    full = f"{package.__name__}.{name}"
    spec = PathFinder.find_spec(full, package.__path__)
    module = sys.modules[full] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- a process for each question ----------------------------------------------------------------


def serve(mode):
    """Answer requests from standard input on standard output until there are no more.

    Args:
        mode: "isolated" inside bubblewrap, "forks" without it, "alone" to answer just one request.
    """
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    quiet()
    libc = files["syscalls"].Libc() if mode == "isolated" else None
    if mode == "alone":
        request = message(requests)
        end_with(requests)
        limit(request[0])
        run(request, lambda data: (replies.write(data), replies.flush()))
        os._exit(0)
    limits = {"timeout": 10, "silence": 10, "memory": 1024, "output": 10_000}
    trial = {"action": "read", "functions": {}, **limits}
    how, said = in_a_fork((trial, [], b"{}", []), libc, requests)
    replies.write(wire.pack({"ready": how == "0" or said.decode(errors="replace")}))
    replies.flush()
    gc.collect()
    gc.freeze()
    while request := message(requests):
        how, data = in_a_fork(request, libc, requests)
        replies.write(wire.pack({"end": how, "changed": changed(request)}, rest=data))
        replies.flush()


def quiet():
    """Send what is printed nowhere: 50 MB of it cost nothing."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.close(nowhere)


def message(stream):
    """Return the next request of the grader as (words, arrays, rest, calls), None at the end.

    Calls are the arguments of each call: see `laid`.
    """
    head = stream.read(wire.HEAD.size)
    if len(head) < wire.HEAD.size:
        return None
    words, arrays, rest, _ = wire.unpack(head + stream.read(sum(wire.sizes(head))))
    cases = [case_of(words["cases"][number], arrays) for number in words.get("order", [])]
    calls = [{name: laid(value) for name, value in case.items()} for case in cases]
    return words, arrays, rest, calls


def laid(value):
    """Return a copy of an argument, its arrays in memory that forked processes share with this one.

    So this one sees what an answer does to its arguments, and the answer cannot hide it. The arrays
    are like any others, but do not own their memory: `resize` in place is refused.
    """
    if type(value).__name__ in answers.GIVEN:
        return type(value)(**{name: laid(array) for name, array in vars(value).items()})
    if not isinstance(value, np.ndarray):
        return value
    copy = np.ndarray(value.shape, value.dtype, mmap.mmap(-1, max(value.nbytes, 1)))
    copy[...] = value
    return copy


def changed(request):
    """Return [place in the order, name] of each argument that its call has changed."""
    words, arrays, _, calls = request
    return [
        [place, name]
        for place, (number, call) in enumerate(zip(words.get("order", []), calls, strict=True))
        for name, value in case_of(words["cases"][number], arrays).items()
        if not answers.same(call[name], value)
    ]


def end_with(requests):
    """End this process and what it has started as soon as the grader is gone."""

    def wait():
        requests.read(1)
        if hasattr(os, "killpg"):
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def in_a_fork(request, libc, requests):
    """Run a request in a process of its own; return how it ended and what it wrote."""
    words = request[0]
    source, sink = os.pipe()
    keeper = os.fork()
    if not keeper:
        code = 70
        try:
            os.close(source)
            code = keep(request, sink, libc)
        except OSError as error:
            write(sink, str(error).encode())
        finally:
            os._exit(code)
    os.close(sink)
    how, data = watch(keeper, source, requests, words)
    os.close(source)
    try:
        os.kill(keeper, signal.SIGKILL)
        if libc is None:
            os.killpg(keeper, signal.SIGKILL)
    except ProcessLookupError:
        pass
    status = os.waitstatus_to_exitcode(os.waitpid(keeper, 0)[1])
    return how or str(status), data


def watch(keeper, source, requests, words):
    """Read what a question's process writes; return ("time", "output", "lost" or "", data)."""
    data, ended = bytearray(), os.pidfd_open(keeper)
    start = heard = time.monotonic()
    poll = select.poll()
    poll.register(source, select.POLLIN)
    poll.register(ended, select.POLLIN)
    poll.register(requests, 0)  # only to hear that the grader is gone
    try:
        while True:
            # What an answer depends on may take its time; then it has to go on answering.
            deadline = min(
                start + words["timeout"], heard + words["silence" if data else "timeout"]
            )
            left = deadline - time.monotonic()
            ready = [fd for fd, _ in poll.poll(max(left, 0) * 1000)]
            if requests.fileno() in ready:
                return "lost", b""
            if source in ready:
                data += (part := os.read(source, 1 << 20))
                heard = time.monotonic()
                if len(data) > words["output"]:
                    return "output", b""
                if not part:
                    poll.unregister(source)
            elif ended in ready:
                return "", bytes(data)
            elif left <= 0:
                return "time", bytes(data)
    finally:
        os.close(ended)


def keep(request, sink, libc):
    """Run a request where it can reach nothing, and return its exit code."""
    if libc is None:
        os.setsid()
        files["syscalls"].Libc().die_with_parent()
        if os.getppid() != WAITING:  # it ended before that was said
            return 70
        return confined(request, sink, libc)
    # The learner's process is alone in its own process namespace. This one stays outside of it:
    # whoever kills it kills the other too, and it has closed the pipe that the other writes to.
    libc.separate(os.fsencode(sys.argv[3]))
    learner = os.fork()
    if not learner:
        code = 70
        try:
            code = confined(request, sink, libc)
        except OSError as error:
            write(3, str(error).encode())
        finally:
            os._exit(code)
    os.close(sink)
    code = os.waitstatus_to_exitcode(os.waitpid(learner, 0)[1])
    return code if code >= 0 else 128 - code


def confined(request, sink, libc):
    """Set the limits, give up all rights, run the request."""
    os.dup2(sink, 3)
    os.closerange(4, 256)
    limit(request[0])
    if libc:
        os.chdir(sys.argv[3])
        libc.confine()
    run(request, lambda data: write(3, data))
    return 0


def limit(words):
    """Limit what this process may use, as far as the system knows such limits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, most in {
        "RLIMIT_AS": words["memory"] << 20,
        "RLIMIT_CPU": int(words["timeout"]) + 3,
        "RLIMIT_FSIZE": 16 << 20,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": 64,
    }.items():
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (AttributeError, ValueError, OSError):
            if sys.platform == "linux":
                raise


def write(descriptor, data):
    """Write all of the data."""
    data = memoryview(data)
    while data:
        data = data[os.write(descriptor, data) :]


# ---- what it does there -------------------------------------------------------------------------


def run(request, send):
    """Do what was asked for, and send messages about it."""
    words, arrays, rest, calls = request
    if words["action"] == "read":
        gc.disable()  # it is over soon
        try:
            programs, remarks = files["reading"].programs(rest, words["functions"])
            found = files["reading"].written(rest, *words.get("marked", ({}, ())))
            send(wire.pack({"programs": programs, "remarks": remarks, "answers": found}))
        except files["reading"].Unreadable as error:
            send(wire.pack({"unreadable": str(error)}))
        except MemoryError:
            send(wire.pack({"unreadable": "the file is too large to be read"}))
        return
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    namespace = vars(module)
    allowed = [one.removeprefix("adam_course.") for one in words["allows"]]
    Available.parts = {*allowed, *(part for one in allowed for part in COURSE[one])}
    course = [os.path.join(sys.modules["adam_course"].__path__[0], one) for one in Available.parts]
    with rules.in_force(namespace, words["allows"]):
        rules.open_to(course)
        rules.watch(True)
        troubles = define(words["cells"], namespace)
        rules.watch(False)
        namespace |= references(words["references"])
        function = namespace.get(words["function"])
        ready = callable(function) or answers.no_function(words["function"], namespace)
        send(wire.pack({"ready": ready, "troubles": troubles[:20]}))
        if callable(function):
            theirs = rules.Held(function, namespace)
            for number, arguments in zip(words["order"], calls, strict=True):
                send(answer(theirs, case_of(words["cases"][number], arrays), arguments))


def references(sources):
    """Return the functions of a dict of names and sources, which may call each other."""
    own = {"np": np}
    for source in sources.values():
        exec(source, own)
    return {name: own[name] for name in sources}


def define(cells, namespace):
    """Execute the kept statements of each cell; return what went wrong, in words."""

    def nobody(prompt=""):
        raise EOFError("input() waits for somebody to type, and nobody is there while grading")

    builtins.input = nobody
    builtins.display = lambda *given, **more: None
    builtins.get_ipython = rules.Quiet
    sys.modules |= {"tqdm": rules.Quiet(), "tqdm.auto": rules.Quiet()}  # for the course's own files
    troubles, flags = [], 0
    for label, source, kept in cells:
        lines = source.splitlines(keepends=True)
        name = f"<{label}>"
        linecache.cache[name] = (len(source), None, lines, name)
        places = set(map(tuple, kept))
        found = [one for one in ast.parse(source).body if (one.lineno, one.col_offset) in places]
        for node in [part for one in found for part in rules.one_by_one(one)]:
            flags |= rules.future(node)
            try:
                exec(compile(ast.Module([node], []), name, "exec", flags, True), namespace)
            except BaseException as error:
                kind = answers.printable(type(error).__name__)
                text = answers.printable(error)
                troubles.append(f"{label}, line {node.lineno}: {kind}: {text}"[:300])
                for bound, missing in rules.missing(node, error).items():
                    namespace.setdefault(bound, missing)
    return troubles


def case_of(form, arrays):
    """Return the arguments of a case from the form in which `sandbox.py` sends them."""
    case = {}
    for name, (kind, value) in form.items():
        if kind == "number":
            case[name] = value
        elif kind == "array":
            case[name] = arrays[value]
        else:
            fields = {field: arrays[index] for field, index in value.items()}
            case[name] = answers.GIVEN[kind](**fields)
    return case


def answer(theirs, case, arguments):
    """Call the function once; return the message that says what it gave."""
    try:
        found = answers.call(theirs, case, arguments)
    except BaseException as error:  # KeyboardInterrupt, and what a learner's own class may be
        found = answers.Answer(
            error=answers.printable(type(error).__name__),
            message=answers.printable(error),
            where=answers.learners_line(error, theirs),
        )
    words = {
        "changed": list(found.changed),
        "refused": found.refused,
        "error": found.error,
        "message": found.message,
        "where": found.where,
    }
    try:
        return wire.pack(words, found.outputs)
    except ValueError:
        return wire.pack(words | {"refused": "arrays that cannot be sent"})


if __name__ == "__main__":
    sys.meta_path.append(Available(sys.argv[1]))
    import ast

    import numpy as np

    files = stand_ins()
    answers, rules, wire = files["answers"], files["rules"], files["wire"]
    serve(sys.argv[2])
