"""What tests share: a watch over processes; a JupyterLab that serves the course, a Chromium."""

import contextlib
import functools
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))  # tests import what they try

#: A page with figures, as a lesson has them, and the window in which it is opened.
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Figures</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
  body { margin: 0 auto; padding: 8px; max-width: 934px; background: #fff; color: #222 }
  @media (prefers-color-scheme: dark) { body { background: #1a1a1a; color: #e6e6e6 } }
</style>
</head><body><main><h1>Figures</h1>%s</main><script type="module">%s</script></body></html>"""
DESK = {"viewport": {"width": 1000, "height": 768}}

# Run all cells of the open notebook, and report on them from JupyterLab's own model, because
# cells out of sight are not in the document.
RUN_ALL = """async () => {
    const app = window.jupyterapp;
    const panel = app.shell.currentWidget;
    await panel.sessionContext.ready;
    await app.commands.execute('notebook:run-all-cells');
    return panel.content.model.sharedModel.cells
        .filter(cell => cell.cell_type === 'code')
        .map(cell => ({
            source: cell.source,
            count: cell.execution_count,
            errors: cell.outputs.filter(output => output.output_type === 'error')
                .map(output => output.ename + ': ' + output.evalue),
        }));
}"""
OPEN = "path => jupyterapp.commands.execute('docmanager:open', { path }).then(() => 0)"
# Close the open notebooks and end their kernels.
CLOSE = """async () => {
    const widgets = [...window.jupyterapp.shell.widgets('main')];
    for (const panel of widgets.filter(widget => widget.sessionContext)) {
        await panel.sessionContext.shutdown();
        panel.dispose();
    }
}"""
# What Chromium would do on its own account: nothing here may leave the machine.
QUIET = ["--disable-background-networking", "--disable-component-update", "--no-sandbox"]


class Lab:
    """A JupyterLab at ``address`` that serves ``folder``."""

    def __init__(self, address, folder):
        self.address, self.folder = address, folder

    def write(self, path, *sources):
        """Put a notebook with these code cells into the folder."""
        notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, sources)))
        notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        (self.folder / path).write_text(nbformat.v4.writes(notebook), encoding="utf-8")

    def open(self, page, path):
        """Open a notebook in a page, and wait for its kernel.

        A page that shows JupyterLab already closes what it shows: to load it takes ten times as
        long.

        ``page.requests`` and ``page.complaints`` go on collecting what the page asks for, and what
        it writes to its console as an error or fails to handle, since this notebook was opened.
        """
        again = page.url.startswith(self.address)
        page.requests, page.complaints = [], []
        if again:
            page.evaluate(CLOSE)
            page.evaluate(OPEN, path)
            self.wait(page)
            return
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda m: m.type == "error" and page.complaints.append(m.text))
        # A workspace of its own: JupyterLab would bring the tabs of another page back.
        place = f"{self.address}/lab/workspaces/{uuid.uuid4().hex}/tree/{path}"
        page.goto(place, wait_until="domcontentloaded")
        self.wait(page)

    def wait(self, page):
        """Wait until the notebook in a page is there and its kernel answers."""
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady")

    def outside(self, page):
        """Return the addresses on other hosts that a page has asked for."""
        own = (self.address, self.address.replace("http", "ws"), "data:", "blob:")
        return [url for url in page.requests if not url.startswith(own)]


@contextlib.contextmanager
def serving(folder):
    """Serve a folder with JupyterLab, on this machine and for this test only."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}"),
            *("--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=", "--allow-root"),
            *(f"--ServerApp.root_dir={folder}", "--LabApp.expose_app_in_browser=True"),
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_DIR": str(folder / "config")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    lab = Lab(f"http://127.0.0.1:{port}", folder)
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{lab.address}/api", timeout=1)
                break
            except OSError:
                time.sleep(0.5)
        else:
            raise TimeoutError("JupyterLab did not answer within a minute.")
        yield lab
    finally:
        server.terminate()
        server.wait(20)


@contextlib.contextmanager
def chromium():
    """Start Chromium; it must be there, since nothing here may be skipped."""
    from playwright.sync_api import sync_playwright  # only there for `make verify`

    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "Chromium is missing: `make verify` says how to name yours."
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield chrome
        chrome.close()


@pytest.fixture(scope="session", autouse=True)
def no_process_for_answers_is_left():
    """Hold all tests together to it: what they start to run a learner's code has ended with them.

    A process has a second to end. Those of a grader that somebody else is running do not count.
    """
    yield
    time.sleep(1)
    left = [one for one in psutil.process_iter(["cmdline"]) if is_left(one)]
    assert not [one.info["cmdline"] for one in left]


def is_left(process):
    """Return whether a process runs answers for these tests, or for a grader that is gone."""
    with contextlib.suppress(psutil.Error):
        above = [] if not runs_answers(process) else process.parents()
        graders = [one.pid for one in above if is_python(one) and not runs_answers(one)]
        return bool(above) and graders[:1] in ([], [os.getpid()])
    return False


def runs_answers(process):
    """Return whether a process is one that runs a learner's code."""
    return any(word.endswith("child.py") for word in process.cmdline())


def is_python(process):
    """Return whether a process is a Python."""
    return "python" in Path(process.cmdline()[0]).name if process.cmdline() else False


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A JupyterLab that serves a copy of the lessons and exercises."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("notebooks", "exercises"):
        shutil.copytree(ROOT / name, folder / name)
    with serving(folder) as served:
        yield served


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests."""
    with chromium() as chrome:
        yield chrome


@pytest.fixture
def visit(browser, tmp_path):
    """Open a page with this body and script, and see afterwards that nothing went wrong."""
    contexts = []

    def open_page(body, script, address="", init="", **options):
        path = tmp_path / "page.html"
        path.write_text(PAGE % (body, script), encoding="utf-8")
        contexts.append(browser.new_context(**DESK | options))
        page = contexts[-1].new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.add_init_script(init)
        page.goto(path.as_uri() + address)
        return page

    yield open_page
    for context in contexts:
        assert context.pages[0].complaints == []
        context.close()


class Silent(SimpleHTTPRequestHandler):
    """Serves files and says nothing about it; of broken ones, half."""

    def __init__(self, *request, broken=(), **options):
        self.broken = broken
        super().__init__(*request, **options)

    def log_message(self, *words):
        pass

    def copyfile(self, source, outputfile):
        data = source.read()
        half = len(data) // 2 if self.path.endswith(tuple(self.broken)) else len(data)
        with contextlib.suppress(ConnectionError):  # of a page that was left
            outputfile.write(data[:half])


@contextlib.contextmanager
def files_served(folder, broken=()):
    """Serve a folder with a server that knows nothing but files; gives its address.

    Args:
        broken: how the names of files end whose transfer breaks off; it may change meanwhile.
    """
    handler = functools.partial(Silent, directory=folder, broken=broken)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def live_site(folder):
    """Make a folder like the site's: Python for its explorers, and what starts it."""
    from adam_course.figures import front
    from make import jupyterlite

    made = [jupyterlite(), ROOT / "tools" / "tab.py", "--python", folder / "lab/static/pyodide"]
    folder.mkdir()
    subprocess.run(made, cwd=ROOT, check=True)
    (folder / "_static").mkdir()
    shutil.copy(ROOT / "docs" / "_static" / "python.js", folder / "_static")
    (folder / "_static" / "figures.js").write_text(front.for_site("python.js"), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def made_once(tmp_path_factory, worker_id):
    """Have one of the workers make something, for which the others wait.

    Give a name and a function that writes it to a path, which must not be there before.
    """
    from filelock import FileLock  # comes with PyTorch, which `make verify` has

    base = tmp_path_factory.getbasetemp()
    base = base if worker_id == "master" else base.parent

    def make_once(name, make):
        made = base / name
        with FileLock(f"{made}.lock"):
            if not made.exists():
                new = base / f"{name}_new"
                make(new)
                new.rename(made)
        return made

    return make_once


@pytest.fixture(scope="session")
def live_folder(tmp_path_factory, made_once):
    """A folder like the site's, for the tests that put pages into it."""
    folder = tmp_path_factory.mktemp("live") / "site"
    return shutil.copytree(made_once("live_site", live_site), folder, copy_function=os.link)


@pytest.fixture(scope="session")
def site(made_once):
    """The folder of the website, which `make site` has made from the notebooks as they are."""

    def make(log):
        command = [sys.executable, ROOT / "make.py", "site"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        log.write_bytes(done.stdout)
        assert done.returncode == 0, done.stdout.decode()

    folder = ROOT / "build" / "site"
    said = made_once("site.log", make).read_text(encoding="utf-8")
    assert f"{folder}: open index.html" in said  # it says where to look
    return folder


def pytest_collection_modifyitems(items):
    """Begin with the file that has the website made, and end with the one that waits for it."""
    places = {"test_site.py": -1, "test_tab.py": 1}
    items.sort(key=lambda item: places.get(item.path.name, 0))


@pytest.fixture(scope="module")
def jupyterlab(browser):
    """A page for one notebook after the other."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture(scope="session")
def screenshots():
    """A folder for pictures that a person looks at."""
    folder = ROOT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
