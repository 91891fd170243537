"""Say in plain words what this machine lacks for the course, and what to do about it.

It has to start where packages are missing: what may be missing is imported inside a check.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from ast import literal_eval
from dataclasses import dataclass
from importlib import import_module, metadata, util
from pathlib import Path

from adam_course import __version__, copying

OLDEST = (3, 11)
DISK = 200  # MB: copies, checkpoints and a class's pages need less
SECONDS = 60  # for a kernel to start: the first time, on a slow disk
GOOD, WRONG, OPTIONAL = "In order", "Wrong", "Optional"
# What draws the explorers in JupyterLab, and the package it comes from.
WIDGETS = {"@jupyter-widgets/jupyterlab-manager": "jupyterlab_widgets", "anywidget": "anywidget"}


@dataclass(frozen=True)
class Finding:
    """What a check has found, in a sentence, and the one thing to do about it if there is one."""

    state: str
    sentence: str
    remedy: str = ""

    def __str__(self):
        return f"{self.state}: {self.sentence}" + (self.remedy and f"\n    Do this: {self.remedy}")


def report():
    """Print what the checks find; return 0 when the course can be taken here, else 1."""
    print(f"adam-course {__version__}, in the Python at {sys.executable}\n")
    wrong = 0
    for finding in examine():
        print(finding, flush=True)
        wrong += finding.state == WRONG
    if wrong:
        print("\nThe course cannot be taken here yet. Mend what is wrong, the first thing first,")
        print("then ask the doctor again.")
        return 1
    print("\nThe course can be taken here.")
    return 0


def examine(checks=None):
    """Yield what each check finds; that a check broke down is a finding too."""
    for check in checks or CHECKS:
        try:
            yield from check()
        except Exception as error:
            question = check.__doc__.rstrip(".")
            remedy = "set the course up again, in a new environment."
            yield Finding(WRONG, f"{question}? It cannot be told: {said(error)}", remedy)


# ---- what the course needs ----------------------------------------------------------------------


def python():
    """Is Python recent enough."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST:
        yield Finding(GOOD, f"Python {version}.")
    else:
        oldest = ".".join(map(str, OLDEST))
        sentence = f"Python {version} is too old: the course needs {oldest} or newer."
        yield Finding(WRONG, sentence, f"install Python {oldest} or newer and set up with it.")


def folder():
    """Can work be saved in this folder."""
    here = os.getcwd()
    try:
        tempfile.TemporaryFile(dir=here).close()
    except OSError as error:
        sentence = f"Work cannot be saved in {here}: {error.strerror}."
        yield Finding(WRONG, sentence, "go to a folder of your own and start from there.")
        return
    free = shutil.disk_usage(here).free // 1_000_000
    if free < DISK:
        sentence = f"The disk of {here} is nearly full: {free} MB are free, {DISK} are needed."
        yield Finding(WRONG, sentence, "delete what you can spare.")
    else:
        yield Finding(GOOD, f"Work can be saved in {here}, with {free:,} MB free.")


def lessons():
    """Are the lessons here."""
    try:
        root = copying.course()
    except FileNotFoundError as error:
        yield Finding(WRONG, str(error), set_up())
        return
    counts = [len(list(root.glob(part))) for part in copying.PARTS[:2]]
    own = root / "notebooks" if root == copying.HERE.parent else "the package"
    yield Finding(GOOD, f"{counts[0]} lessons and {counts[1]} exercises, in {own}.")


def own():
    """Is the learner's own folder, if there is one, of this edition."""
    if not (home := copying.home("my_course")):
        return
    record, damaged = copying.recorded(home)
    renew = shown(sys.executable, "-m", "adam_course", "copy", home)
    if damaged:
        yield Finding(OPTIONAL, f"the list of what was copied to {home} cannot be read.", renew)
    elif record["version"] != __version__:
        sentence = f"{home}, your own folder, is of version {record['version']} of the course."
        yield Finding(OPTIONAL, sentence, renew)
    else:
        yield Finding(GOOD, f"{home}, your own folder.")


def packages():
    """Are the packages of the course here, recent enough and whole."""
    wanted = requirements()
    if not wanted:
        yield Finding(WRONG, f"The course is not installed in {sys.executable}.", set_up())
        return
    if absent := [text for text in wanted if version_of(text) is None]:
        yield Finding(WRONG, f"missing packages: {', '.join(absent)}.", install(*absent))
    elif unfit := [(text, complaint) for text in wanted if (complaint := complaint_about(text))]:
        for text, complaint in unfit:
            yield Finding(WRONG, complaint, install("--force-reinstall", text))
    else:
        yield Finding(GOOD, f"all {len(wanted)} packages that the course asks for.")
        yield from examine((jupyterlab, kernel, frameworks, sandbox, browser))


def jupyterlab():
    """Can JupyterLab show the explorers."""
    wanted = requirements("lab")
    if absent := [text for text in wanted if version_of(text) is None]:
        sentence = "JupyterLab is not here; lessons run wherever else you open notebooks."
        yield Finding(OPTIONAL, sentence, install(*absent))
        return
    if unfit := [(text, complaint) for text in wanted if (complaint := complaint_about(text))]:
        for text, complaint in unfit:
            yield Finding(WRONG, complaint, install("--force-reinstall", text))
        return
    from jupyter_core.paths import jupyter_path
    from jupyterlab.commands import AppOptions, get_app_info

    lab = get_app_info(AppOptions(labextensions_path=jupyter_path("labextensions")))
    off = [name for name, value in lab["disabled"].items() if value is not False]
    for name, package in WIDGETS.items():
        if name not in lab["federated_extensions"]:
            sentence = f"JupyterLab cannot show explorers: its extension {name} is missing."
            yield Finding(WRONG, sentence, install("--force-reinstall", "--no-deps", package))
            return
        if switch := next((one for one in off if one.partition(":")[0] == name), None):
            sentence = f"JupyterLab does not show explorers: its extension {switch} is off."
            words = (sys.executable, "-m", "jupyter", "labextension", "enable", switch)
            yield Finding(WRONG, sentence, shown(*words))
            return
    yield Finding(GOOD, f"JupyterLab {lab['version']}, which shows the explorers.")


def kernel():
    """Does a kernel start, in this Python."""
    if version_of("jupyter-client") is None:  # it comes with JupyterLab
        return
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import run_kernel

    folder = KernelSpecManager().get_kernel_spec("python3").resource_dir
    foreign = not Path(folder).resolve().is_relative_to(Path(sys.prefix).resolve())
    remedy = f"rename the folder {folder}, which sends notebooks elsewhere." * foreign or set_up()
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    asked = {"prefix": "__import__('sys').prefix", "all": "__import__('adam_course.descend')"}
    try:
        with run_kernel(kernel_name="python3", startup_timeout=SECONDS, **silent) as client:
            reply = client.execute("", user_expressions=asked, reply=True, timeout=SECONDS)
    except Exception as error:
        yield Finding(WRONG, f"No kernel starts for a notebook: {said(error)}", remedy)
        return
    found = reply["content"]["user_expressions"]
    prefix = literal_eval(found["prefix"]["data"]["text/plain"])
    if not os.path.samefile(prefix, sys.prefix):
        yield Finding(WRONG, f"Notebooks run in another Python, {prefix}.", remedy)
    elif found["all"]["status"] == "error":
        complaint = found["all"]["evalue"]
        yield Finding(WRONG, f"The course does not start in a notebook: {complaint}.", set_up())
    else:
        yield Finding(GOOD, "a notebook's kernel starts, and the course in it.")


# ---- what only some need ------------------------------------------------------------------------


def frameworks():
    """Are the frameworks here."""
    wanted = requirements("frameworks")
    if absent := [text for text in wanted if version_of(text) is None]:
        sentence = "lesson 14 compares Adam in PyTorch, Keras and Optax, which are not all here."
        yield Finding(OPTIONAL, f"{sentence} Other lessons do without.", install(*absent))
    else:
        found = ", ".join(f"{name_of(text)} {version_of(text)}" for text in wanted)
        yield Finding(GOOD, f"the frameworks of lesson 14: {found}.")


def sandbox():
    """Can a class be graded."""
    from adam_course.grading.sandbox.sandbox import Sandbox, SandboxError

    try:
        with Sandbox() as box:
            box.start()
    except SandboxError as error:
        yield Finding(OPTIONAL, f"only for instructors, `adam-course grade`. {error}")
    else:
        yield Finding(GOOD, "the sandbox in which instructors grade a class.")


def browser():
    """Is there a browser for `make verify`."""
    if not (copying.HERE.parent / "make.py").is_file():
        return
    from make import BROWSERS

    if os.environ.get("CHROMIUM") or any(map(shutil.which, BROWSERS)):
        yield Finding(GOOD, "a Chromium for those who change the course and run `make verify`.")
    else:
        sentence = "only for those who change the course, `make verify` needs Chromium."
        yield Finding(OPTIONAL, sentence, "install it, or name yours in the variable CHROMIUM.")


CHECKS = (python, folder, lessons, own, packages)


# ---- words --------------------------------------------------------------------------------------


def requirements(extra=""):
    """Return what the course asks for, as "numpy>=2.2", or what an extra of it adds."""
    try:
        texts = metadata.requires("adam-course")
    except metadata.PackageNotFoundError:
        return []
    parts = [text.partition(";") for text in texts]
    return [text.strip() for text, _, when in parts if (extra in when if extra else not when)]


def name_of(text):
    """Return the package's name in a requirement."""
    return re.match(r"[\w.-]+", text)[0]


def version_of(text):
    """Return the version that is installed of what a requirement asks for, or None."""
    try:
        return metadata.version(name_of(text))
    except metadata.PackageNotFoundError:
        return None


def complaint_about(text):
    """Return what is wrong with a package that is installed, or ""."""
    from packaging.requirements import Requirement  # comes with matplotlib

    name, version = name_of(text), version_of(text)
    if version not in Requirement(text).specifier:
        return f"{name} {version} is not what the course needs, {text}."
    try:
        import_module(name)
    except Exception as error:
        return f"{name} {version} does not start: {said(error)}"
    return ""


def said(error):
    """Return what an error says, in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def install(*words):
    """Return the command that installs packages into this Python."""
    if util.find_spec("pip"):
        return shown(sys.executable, "-m", "pip", "install", *words)
    return shown("uv", "pip", "install", "--python", sys.executable, *words)


def set_up():
    """Return how to set the course up again."""
    if (copying.HERE.parent / "make.py").is_file():
        return f"run `make lab` in {copying.HERE.parent}; without make, `python make.py lab`."
    return "install the course's wheel again, in a new environment."


def shown(*words):
    """Return a command as a terminal of this machine takes it."""
    if os.name == "nt":
        plain = r"[\w.:\\/=-]+"
        return " ".join(w if re.fullmatch(plain, w) else f'"{w}"' for w in map(str, words))
    return shlex.join(map(str, words))
