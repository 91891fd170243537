"""What an answer may use, and the words in which it is refused the rest.

The notebook's `check` and the grader's sandbox hold answers to these rules with this one file, so
that they agree. It runs inside the sandbox too, and imports only NumPy and the standard library.
"""

import __future__

import ast
import builtins
import os
import sys
import sysconfig
import tempfile
import threading
from contextlib import contextmanager
from functools import cache
from types import ModuleType

import numpy as np

GONE = "is not there while grading"
SECONDS = 10.0  # for all examples of one task together
#: What may be called and does nothing: pictures, progress bars, what Jupyter shows.
QUIET = frozenset({"matplotlib", "pylab", "mpl_toolkits", "tqdm", "IPython", "ipykernel"})
#: The functions of pyplot, which `from pylab import *` brings along; a test compares them.
PYPLOT = """
acorr angle_spectrum annotate arrow autoscale autumn axes axhline axhspan axis axline axvline
axvspan bar bar_label barbs barh bone box boxplot broken_barh cla clabel clf clim close cohere
colorbar connect contour contourf cool copper csd delaxes disconnect draw draw_if_interactive ecdf
errorbar eventplot figimage figlegend fignum_exists figtext figure fill fill_between fill_betweenx
findobj flag gca gcf gci get get_cmap get_current_fig_manager get_figlabels get_fignums
get_plot_commands getp ginput gray grid grouped_bar hexbin hist hist2d hlines hot hsv imread
imsave imshow inferno install_repl_displayhook ioff ion isinteractive jet legend locator_params
loglog magma magnitude_spectrum margins matshow minorticks_off minorticks_on new_figure_manager
nipy_spectral pause pcolor pcolormesh phase_spectrum pie pie_label pink plasma plot polar prism
psd quiver quiverkey rc rc_context rcdefaults rgrids savefig sca scatter sci semilogx semilogy
set_cmap set_loglevel setp show specgram spring spy stackplot stairs stem step streamplot subplot
subplot2grid subplot_mosaic subplot_tool subplots subplots_adjust summer suptitle switch_backend
table text thetagrids tick_params ticklabel_format tight_layout title tricontour tricontourf
tripcolor triplot twinx twiny uninstall_repl_displayhook violinplot viridis vlines
waitforbuttonpress winter xcorr xkcd xlabel xlim xscale xticks ylabel ylim yscale yticks
"""
#: How many things a function of pyplot gives back, if not one.
GIVES = {"hist": 3, "xlim": 2, "ylim": 2, "get_xlim": 2, "get_ylim": 2}
#: What Python tells its auditors before it does it → what that is.
REACHES_OUT = {
    **dict.fromkeys(("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"), "programs"),
    **dict.fromkeys(("os.fork", "os.forkpty", "os.spawn", "os.startfile"), "processes"),
    **dict.fromkeys(("socket.__new__", "socket.connect", "socket.bind"), "the network"),
}


class Missing:
    """Stands for what an answer may not use: whoever uses it is told so."""

    def __init__(self, name):
        vars(self)["name"] = name.rpartition(".")[2]

    def __getattr__(self, attribute):
        if attribute.startswith("__"):  # Python asks for these by itself
            raise AttributeError(f"{self.name} {GONE}")
        raise ImportError(f"{self.name} {GONE}")

    def __bool__(self):
        return False

    def __call__(self, *given, **more):
        raise ImportError(f"{self.name} {GONE}")


class Quiet:
    """Stands for what does nothing while grading: `plt.plot(…)`, `tqdm(…)`, `display(…)`.

    What a call of it gives back can be taken apart, as in `line, = plt.plot(…)`; and `tqdm` goes
    through what it is given.
    """

    def __init__(self, name="", through=()):
        vars(self).update(name=name, through=through)

    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        if attribute in ("flat", "T"):
            return self
        return Quiet(attribute)

    def __setattr__(self, attribute, value):
        pass

    def __call__(self, *given, **more):
        if self.name.startswith("tqdm"):
            return Quiet(through=given[0] if given else more.get("iterable", ()))
        if self.name == "tenumerate":
            return Quiet(through=enumerate(*given))
        if self.name in ("trange", "tnrange"):
            return Quiet(through=range(*given))
        if self.name == "subplots":
            return subplots(*given, **more)
        count = GIVES.get(self.name, 1)
        if self.name not in PYPLOT.split() and given and isinstance(given[0], list | np.ndarray):
            count = np.size(given[0])  # as `plt.cm.viridis(…)`: a colour for each
        return Quiet(through=[Quiet() for _ in range(count)])

    def __iter__(self):
        return iter(self.through)

    def __len__(self):
        return len(self.through)

    def __bool__(self):
        return True

    def __getitem__(self, index):
        return Quiet()

    def __setitem__(self, index, value):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return False


def subplots(nrows=1, ncols=1, **more):
    """Return a quiet figure and as many quiet axes as `plt.subplots` would."""
    rows = [Quiet(through=[Quiet() for _ in range(ncols)]) for _ in range(nrows)]
    if nrows > 1 and ncols > 1:
        return Quiet(), Quiet(through=rows)
    axes = [one for row in rows for one in row]
    return Quiet(), Quiet(through=axes) if len(axes) > 1 else axes[0]


def quiet_module(name):
    """Return what `import name` gives for a module that does nothing."""
    if name != "pylab":
        return Quiet(name)
    module = ModuleType(name)
    names = {word: Quiet(word) for word in PYPLOT.split()} | {"plt": Quiet("pyplot"), "np": np}
    for source in (np, np.linalg, np.fft, np.random):
        names |= {word: getattr(source, word) for word in source.__all__}
    vars(module).update(names, __all__=list(names))
    return module


# ---- what is there ------------------------------------------------------------------------------


def is_there(module, allows=()):
    """Return whether an answer may use a module, or what comes from it."""
    root = module.partition(".")[0]
    if root == "adam_course":
        return any(f"{module}.".startswith(f"{one}.") for one in allows) or (
            module == root and bool(allows)
        )
    return root in sys.stdlib_module_names or root in ("numpy", "__main__", "__mp_main__", "")


def instead(value, own, allows=()):
    """Return what stands for a value while an answer runs: mostly the value itself.

    Args:
        own: name of the module that the answer itself stands in.
    """
    try:
        module = getattr(value, "__module__", None)
    except Exception:  # whatever a learner's own class may do
        return value
    if isinstance(value, ModuleType):
        module = value.__name__
    elif not isinstance(module, str):
        module = type(value).__module__
    if module == own or is_there(module, allows):
        return value
    name = getattr(value, "__name__", None) or type(value).__name__
    if module.partition(".")[0] not in QUIET:
        return Missing(str(name))
    return quiet_module(str(name))


def importer(namespace, allows, real):
    """Return an `__import__` that refuses the code of a namespace what is not there."""

    def importing(name, globals=None, locals=None, fromlist=(), level=0):
        if globals is namespace and not level:
            if name.partition(".")[0] in QUIET:
                return quiet_module(name)
            if name == "adam_course.grading":
                return real(name, globals, locals, fromlist, level)
            wanted = (
                [f"{name}.{one}" for one in fromlist or ()] if name == "adam_course" else [name]
            )
            for one in wanted:
                if not is_there(one, allows):
                    gone = one.rpartition(".")[2] if fromlist else one.partition(".")[0]
                    raise ModuleNotFoundError(f"{gone} {GONE}", name=one)
        return real(name, globals, locals, fromlist, level)

    return importing


# ---- statements of a notebook, one by one -------------------------------------------------------


def one_by_one(node):
    """Return a statement as a list: an import of several names as imports of one name each."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return [node]
    kind = {field: getattr(node, field) for field in node._fields}
    return [ast.copy_location(type(node)(**kind | {"names": [one]}), node) for one in node.names]


def future(node):
    """Return the compiler's flags for `from __future__ import …`, 0 for another statement."""
    if not isinstance(node, ast.ImportFrom) or node.module != "__future__":
        return 0
    found = (getattr(__future__, one.name, None) for one in node.names)
    return sum(one.compiler_flag for one in found if one)


def missing(node, error):
    """Return name → what stands for it, for the names of a statement that a rule has stopped.

    So only those who use them fail, and are told why.
    """
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = {one.asname or one.name.partition(".")[0]: one.name for one in node.names}
        return {bound: Missing(name) for bound, name in names.items() if bound != "*"}
    if not (isinstance(error, ImportError) and str(error).endswith(GONE)):
        return {}
    stored = [one for one in ast.walk(node) if isinstance(one, ast.Name)]
    name = str(error).removesuffix(GONE).strip()
    return {one.id: Missing(name) for one in stored if isinstance(one.ctx, ast.Store)}


# ---- while an answer runs -----------------------------------------------------------------------

watched = None  # the thread in which an answer runs just now


def watch(on):
    """Begin or end to refuse what leads out of the process: threads, programs, files, sockets."""
    global watched
    watched = threading.get_ident() if on else None


@cache
def refuse_to_reach_out():
    """Ask Python to tell us what it is about to do. Outside of an answer this refuses nothing."""
    places()  # now, because it opens a file itself
    sys.addaudithook(auditor)
    start = threading.Thread.start

    def guarded(thread):
        if watched == threading.get_ident():
            raise RuntimeError("can't start new thread: there are none while grading")
        return start(thread)

    threading.Thread.start = guarded


def auditor(event, given):
    """Refuse what leads out of an answer's own process; Python calls it before it does so."""
    if watched != threading.get_ident():
        return
    if event in REACHES_OUT:
        raise PermissionError(f"{event}: {REACHES_OUT[event]} cannot be reached while grading")
    if event == "open" and not may_open(*given):
        raise FileNotFoundError(f"{given[0]} {GONE}")


def may_open(path, mode, flags):
    """Return whether a path is Python's or scratch, or no path at all; to be read it must exist."""
    if not isinstance(path, str | bytes | os.PathLike):
        return True
    path = os.path.realpath(os.fsdecode(path))
    writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    own = path == os.path.realpath(os.devnull) or path.startswith(tuple(places()))
    return own and bool(writes or os.path.exists(path))


@cache
def places():
    """Return the folders whose files an answer may open: a list that `open_to` adds to."""
    paths = sysconfig.get_paths()
    python = [paths[kind] for kind in ("stdlib", "platstdlib", "purelib", "platlib")]
    own = [*python, os.path.dirname(os.__file__), os.path.dirname(np.__file__)]
    return [os.path.realpath(one) + os.sep for one in [*own, tempfile.gettempdir()]]


def open_to(paths):
    """Let an answer open the files in more folders, or files that lack only their `.py`."""
    places().extend(os.path.realpath(one) + end for one in paths for end in (os.sep, ".py"))


@contextmanager
def in_force(namespace, allows=(), more=None):
    """Hold the code of a namespace to the rules: what it may not use is taken out of its hands.

    `watch(True)` inside adds what leads out of the process.

    Args:
        namespace: globals of the answer. What stands there is put back at the end.
        allows: see `Task.allows`.
        more: names and values to be put there besides.
    """
    own = namespace.get("__name__")
    changes = {
        name: other
        for name, value in list(namespace.items())
        if not name.startswith("__") and (other := instead(value, own, allows)) is not value
    } | (more or {})
    before = {name: namespace[name] for name in changes if name in namespace}
    importing = builtins.__import__
    refuse_to_reach_out()
    namespace.update(changes)
    builtins.__import__ = importer(namespace, allows, importing)
    try:
        yield
    finally:
        watch(False)
        builtins.__import__ = importing
        for name, value in changes.items():
            if namespace.get(name) is value:
                if name in before:
                    namespace[name] = before[name]
                else:
                    del namespace[name]


class Held:
    """A learner's function, or whatever else may be called, that reaches nothing but what it may.

    Args:
        namespace: globals of its notebook, for one that has none of its own.
    """

    def __init__(self, function, namespace):
        self.function = function
        self.__globals__ = getattr(function, "__globals__", namespace)

    def __call__(self, **arguments):
        watch(True)
        try:
            return self.function(**arguments)
        finally:
            watch(False)
