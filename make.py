# /// script
# requires-python = ">=3.11"
# dependencies = []
# ///
"""Set up the course and run its tools: `python make.py help` lists the commands.

Needs nothing but Python. `make lab` is short for `python3 make.py lab`; on Windows write
`py make.py lab`; with uv, `uv run make.py lab`.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit(
        f"The course needs Python 3.11 or newer, and this is {sys.version.split()[0]}. "
        "Name a newer one: `python3.12 make.py lab`, or `make lab PYTHON=python3.12`."
    )

import tomllib

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
BUILD = ROOT / "build"

# The same numbers and the same pixels on every run.
REPEATABLE = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
# Some files of tests at a time, each from top to bottom: a notebook's cells build on each other.
PARALLEL = ("--dist", "loadfile", "--no-loadscope-reorder", "-n")
# What shows whether a package is too old: numbers, pictures, widgets, and notebooks that run.
OF_FLOORS = (
    *("tests/test_problems.py", "tests/test_optimizers.py", "tests/test_descend.py"),
    *("tests/test_schedules.py", "tests/test_tuning.py", "tests/test_figures.py"),
    *("tests/test_explorers.py", "tests/test_doctor.py"),
    *("notebooks/00_start_here.ipynb", "notebooks/01_gradient_descent.ipynb"),
    *("notebooks/06_adam.ipynb", "exercises/solutions/06_adam.ipynb"),
)
# Which tests a command runs, by their marks; `make test` runs those that have none.
KINDS = {"verify": "(live or browser or sandbox) and not long", "nightly": "long"}
NEWS = "@jupyterlab/apputils-extension:announcements"
OWN = ROOT / "my_course"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")


def lab(arguments):
    """Make or renew a folder of your own, my_course, and open JupyterLab there on lesson 00."""
    python, is_new = course(), not OWN.exists()
    if failed := run(python, "-m", "adam_course", "copy", OWN.name, "--brief"):
        return failed
    for path in ROOT.glob("exercises/my_*.ipynb") if is_new else ():  # from before there was one
        shutil.copy(path, OWN / "exercises")
    options = [
        f"--ServerApp.root_dir={OWN}",
        "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # the only user there is in many containers
        options.append("--allow-root")
    return run(python, "-m", "jupyterlab", *options, *arguments)


def test(arguments):
    """Run every test, lesson and exercise solution that needs no framework and no browser."""
    return run(course(), "-m", "pytest", *PARALLEL, "auto", *arguments, env=repeatable())


def verify(arguments):
    """Check style, frameworks, browser and sandbox: what `make test` leaves out."""
    return with_all("verify", arguments, before=(["format", "--check"], ["check"]))


def nightly(arguments):
    """Check what takes minutes and seldom changes, as wrong answers on 200 seeds: every night."""
    return with_all("nightly", arguments)


def with_all(name, arguments, before=()):
    """Run the tests of a command with everything that a test may need; ruff's commands before."""
    browser = chromium()
    if not (shutil.which("node") and shutil.which("npm")):
        stop("Node.js is missing: install it, so that `node` and `npm` start it.")
    if sys.platform == "linux" and not shutil.which("bwrap"):
        stop("bubblewrap is missing: install it (Debian and Ubuntu: `apt install bubblewrap`).")
    kinds = KINDS[name] if sys.platform == "linux" else f"({KINDS[name]}) and not sandbox"
    python = course_and_frameworks()
    course_and_docs()  # these here, and not in two tests at once
    javascript()
    tab_parts()
    workers = 1 + (os.cpu_count() or 1)  # browsers and servers are waited for half of the time
    for words in before:
        if failed := run(python, "-m", "ruff", *words, "."):
            return failed
    command = (python, "-m", "pytest", *PARALLEL, workers, "-m", kinds, *arguments)
    return run(*command, env=repeatable(CHROMIUM=browser))


def floors(arguments):
    """Run a few tests with the oldest versions that pyproject.toml allows."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    asked = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["lab"]
    groups = project["dependency-groups"]["build"] + project["dependency-groups"]["test"]
    asked += [text for text in groups if isinstance(text, str)]
    oldest = [text.replace(">=", "==") for text in asked]
    python = made_once(ROOT / ".venv-floors", "400 MB", [*oldest, "-e", ROOT], lock=False)
    # An old package may use what a newer one says will go.
    options = (*PARALLEL, "auto", "-W", "ignore::DeprecationWarning")
    return run(python, "-m", "pytest", *options, *(arguments or OF_FLOORS), env=repeatable())


def experiments(arguments):
    """Compute the stored experiments again whose code has changed, and compare; or --check-all."""
    arguments = arguments or ["--check"]
    return run(
        *(course_and_frameworks(), "-m", "adam_course.experiments", *arguments), env=repeatable()
    )


def render(arguments):
    """Execute the lessons; make exercises, pages of mistakes, the README's picture and badges."""
    python, env = course(), repeatable()
    if arguments:
        return run(python, "tools/render.py", *arguments, env=env)
    tools = ("render", "exercises", "mistakes", "readme_picture", "ladder", "badges")
    return max(run(python, ROOT / "tools" / f"{tool}.py", env=env) for tool in tools)


def bench(arguments):
    """Measure the course beside PyTorch and JAX, in one run."""
    return run(course_and_frameworks(), "-m", "benchmarks", *arguments)


def site(arguments):
    """Make the website in build/site from the notebooks as they are, and follow its links."""
    javascript()
    folder, python = BUILD / "site", course_and_docs()
    shutil.rmtree(folder, ignore_errors=True)
    sphinx = ("-m", "sphinx", "-q", "-E", "-W", "--keep-going", "-c", "docs")
    made = run(
        *(python, *sphinx, "-d", BUILD / "site-cache", *arguments, ".", folder),
        env=repeatable(),
    )
    return made or tab([]) or run(python, "tools/check_links.py", folder)


def tab(arguments):
    """Make the course that runs in a browser tab, in build/site/lab; `make site` does it too."""
    javascript()
    return run(jupyterlite(), "tools/tab.py", BUILD / "site" / "lab", env=repeatable())


def serve(arguments):
    """Show the website that `make site` has made, at an address of this computer."""
    if not (BUILD / "site" / "index.html").is_file():
        stop("There is no website yet: `make site` makes it.")
    port = arguments[0] if arguments else "8000"
    print(f"The website is at http://localhost:{port} until you press Ctrl-C.", flush=True)
    options = ("--bind", "127.0.0.1", "--directory", BUILD / "site")
    if run(sys.executable, "-m", "http.server", port, *options, stderr=subprocess.DEVNULL):
        stop(f"The address is taken: try another number, `make serve ARGS={int(port) + 1}`.")
    return 0


def slides(arguments):
    """Make a deck of slides for each lesson, with the speaker's notes, in build/slides."""
    javascript()
    return run(course(), "tools/slides.py", *arguments)


def sheets(arguments):
    """Make the cheat sheet and the course map, in docs, for the screen and for the printer."""
    env = repeatable(CHROMIUM=chromium())
    return run(course_and_frameworks(), "tools/sheets.py", *arguments, env=env)


def lock(arguments):
    """Renew requirements.lock from pyproject.toml, with today's versions."""
    with tempfile.TemporaryDirectory() as folder:
        uv = shutil.which("uv")
        if not uv:
            python = environment(Path(folder))
            install(python, "uv")
            uv = python.with_name("uv")
        export = [uv, "export", "--upgrade", "--quiet", "--no-header", "--no-emit-project"]
        export += ["--no-default-groups", "--group", "test", "--extra", "lab", *arguments]
        done = subprocess.run(export, cwd=ROOT, stdout=subprocess.PIPE)
    if done.returncode == 0:
        title = "# Made by `make lock` from pyproject.toml: the course and its tests, hashed.\n"
        LOCK.write_bytes(title.encode() + done.stdout.replace(b"\r\n", b"\n"))
        print("requirements.lock is new; `make test` tries it.")
    return done.returncode


def help(arguments):
    """List the commands."""
    print("Use: make COMMAND [ARGS=...]   or   python make.py COMMAND [...]\n")
    for name, command in COMMANDS.items():
        print(f"  {name:8}{command.__doc__}")
    return 0


COMMANDS = {
    command.__name__: command
    for command in (
        *(lab, test, verify, nightly, floors, experiments, render, site, tab, serve),
        *(slides, sheets, bench, lock, help),
    )
}


def course():
    """Return the Python of .venv, which holds what the lock lists: what a learner needs."""
    return made_once(ROOT / ".venv", "400 MB")


def course_and_frameworks():
    """Return the Python of .venv-verify: the same, then the frameworks and the checking tools."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    frameworks = project["project"]["optional-dependencies"]["frameworks"]
    extra = frameworks + project["dependency-groups"]["verify"]
    return made_once(ROOT / ".venv-verify", "2 GB with the frameworks", extra, like=course())


def course_and_docs():
    """Return the Python of .venv-docs: the course, and what makes its website."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    extra = project["dependency-groups"]["docs"]
    return made_once(ROOT / ".venv-docs", "100 MB more", extra, like=course())


def jupyterlite():
    """Return the Python of .venv-tab, which makes the browser tab: with no JupyterLab in it."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    tools = [text for text in project["dependency-groups"]["tab"] if isinstance(text, str)]
    tools += project["dependency-groups"]["build"]
    return made_once(ROOT / ".venv-tab", "200 MB", tools, lock=False)


def chromium():
    """Return the path of the browser, or stop with one sentence."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    return path or stop("Chromium is missing: install it, or name yours in the variable CHROMIUM.")


def javascript():
    """Bring build/node_modules to what docs/package-lock.json lists, each checked by its hash."""
    lock, stamp = ROOT / "docs" / "package-lock.json", BUILD / "node_modules" / "made-from"
    if stamp.is_file() and stamp.read_bytes() == lock.read_bytes():
        return
    if not shutil.which("npm"):
        stop("npm is missing: install Node.js with npm, which fetches the pages' JavaScript.")
    BUILD.mkdir(exist_ok=True)
    for file in (lock, lock.with_name("package.json")):
        shutil.copy(file, BUILD)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    must(shutil.which("npm"), "ci", "--prefix", BUILD, *quiet, stdout=subprocess.DEVNULL)
    shutil.copy(lock, stamp)


def tab_parts():
    """Have the parts of the browser tab fetched and compiled, which takes a minute, and kept."""
    python = jupyterlite()
    if not (BUILD / "tab" / "compiled").is_dir():
        with tempfile.TemporaryDirectory() as folder:
            must(python, "tools/tab.py", "--python", Path(folder, "pyodide"), env=repeatable())


def made_once(folder, size, extra=(), lock=True, like=None):
    """Return the Python of an environment, made or renewed only when what it holds has changed.

    Without the lock, it holds what is extra alone. A new one begins with what the Python ``like``
    has, if one is given.
    """
    stamp = folder / "made-from"
    contents = LOCK.read_bytes() + PROJECT.read_bytes() + str(ROOT).encode()
    made_from = hashlib.sha256(contents).hexdigest()
    if stamp.is_file() and stamp.read_text() == made_from and python_of(folder).exists():
        return python_of(folder)

    print(f"Setting up {folder.name} (once, {size}; a minute or a few) ...", flush=True)
    if like and not python_of(folder).exists():
        share(like.parent.parent, folder)
    python = environment(folder)
    # Of the large environments, Python compiles what is imported, when it first is.
    later = ["--no-compile"] * bool(extra)
    if lock:
        # It lists all of them: pip has nothing to resolve, and would stumble over a step back.
        install(python, *later, "--no-deps", "--require-hashes", "-r", LOCK)
        install(python, "--no-deps", "--no-build-isolation", "-e", ROOT)
    if extra:
        install(python, *later, *extra)
    else:  # No question about Jupyter's news over the first lesson, no call to its server.
        must(python, "-m", "jupyter", "labextension", "disable", NEWS, stderr=subprocess.DEVNULL)
    stamp.write_text(made_from)
    return python


def environment(folder):
    """Return the Python of a virtual environment that has pip, made when it is not there."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        stop("This Python has no venv: on Debian and Ubuntu, `apt install python3-venv` adds it.")
    python = python_of(folder)
    if not python.exists():
        must(sys.executable, "-m", "venv", "--without-pip", "--clear", folder)
    must(python, "-m", "ensurepip", "--default-pip", stdout=subprocess.DEVNULL)
    return python


def share(whole, folder):
    """Make an environment with the packages of another one, which both then have on the disk once.

    Python is there last, so that what was interrupted begins again; scripts are left to pip, for
    they name the environment that they belong to.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for part in whole.iterdir():
        if part.name in ("lib", "Lib", "share", "etc"):
            shutil.copytree(part, folder / part.name, copy_function=link)
    must(python_of(whole), "-m", "venv", "--without-pip", folder)


def link(source, target):
    """Give a file a second name; where a disk has no such thing, copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def python_of(folder):
    """Return where a virtual environment keeps its Python."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(python, *what):
    """Install packages with pip, or stop with one sentence."""
    pip = (python, "-m", "pip", "--disable-pip-version-check", "-qq", "install")
    if run(*pip, *what):
        stop("Setting up failed, and pip says why above. Is the network there? Then try again.")


def must(*command, **options):
    """Run a command that has to succeed."""
    if run(*command, **options):
        stop("Setting up failed: the lines above say why.")


def run(*command, **options):
    """Run a command in the course's folder and return its exit code."""
    return subprocess.call([str(word) for word in command], cwd=ROOT, **options)


def repeatable(**more):
    """Return the environment variables under which a run repeats to the digit.

    Kernels and graders start many a Python: the course is compiled once, and not by each of them.
    """
    others = ("MPLBACKEND", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in others}
    return {**kept, **REPEATABLE, **more}


def stop(sentence):
    """End with one sentence and exit code 1."""
    sys.exit(f"\n{sentence}")


if __name__ == "__main__":
    name, *arguments = sys.argv[1:] or ["help"]
    if name not in COMMANDS:
        stop(f"There is no command {name!r}. Try one of: {', '.join(COMMANDS)}.")
    # Ctrl-C belongs to the tool: JupyterLab asks back, pytest sums up; here we wait for it.
    signal.signal(signal.SIGINT, lambda *_: None)
    sys.exit(COMMANDS[name](arguments))
