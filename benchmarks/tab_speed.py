"""The website: what its pages transfer, how soon Python answers in them, and how fast a slider is.

The browser has been nowhere before, and the server knows nothing but files. `make site` makes what
is measured. A fixed loop of plain Python, here and in the browser, says how fast this machine is
now: by it, numbers of two machines can be compared.
"""

import contextlib
import gzip
import statistics
import time

from benchmarks.explorer_speed import GAP, MEASURE, MOVES, OURS
from tests.conftest import ROOT, RUN_ALL, chromium, files_served

SITE = ROOT / "build" / "site"
STARTS = 3
LESSONS = ("01_gradient_descent", "06_adam", "16_claims_on_trial")
EXPLORERS = {"descent": "16_claims_on_trial", "microscope": "06_adam"}  # and a lesson with it
TO_READ = (
    *("docs/index.html", "notebooks/06_adam.html", "notebooks/03_momentum.html"),
    *("exercises/06_adam.html", "playground/index.html", "docs/glossary.html"),
    *("docs/exercises.html", "slides/06_adam.html"),
)
LOOP = """
import time
started, total = time.perf_counter(), 0
for i in range(1_000_000):
    total += i * i % 7
print(time.perf_counter() - started)
"""
# Show what waits for the reader's predictions.
UNFOLD = """() => document.querySelectorAll("[hidden='until-found']").forEach(
    part => part.removeAttribute('hidden'))"""
# Run some code in the open notebook's kernel, and return what it prints.
ASK = """code => new Promise(done => {
    const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
    kernel.requestExecute({ code }).onIOPub = ({ content }) => {
        if (content.name === 'stdout') done(content.text);
    };
})"""
READY = "window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady"
# Run the first code cell of the open notebook, with other code if there is some.
RUN_FIRST = """async code => {
    const notebook = jupyterapp.shell.currentWidget.content;
    const cells = notebook.model.sharedModel.cells;
    const cell = cells.find(cell => cell.cell_type === 'code');
    if (code) cell.setSource(code);
    notebook.activeCellIndex = cells.indexOf(cell);
    await jupyterapp.commands.execute('notebook:run-cell');
}"""


def main():
    """Print bytes, seconds and the latency of a slider, on the site's pages and in its tab."""
    if not (SITE / "lab" / "index.html").is_file():
        print("\nThe website is not measured: `make site` makes it, then try again.")
        return
    with files_served(SITE) as address, chromium() as browser:
        print(
            "\nThe website: transferred for reading, as files, and as a host that compresses does"
        )
        for path in TO_READ:
            read(browser, address, path)
        print(f"\nThe course in a browser tab, {STARTS} first visits; a slider, {MOVES} moves")
        tab(browser, address)
        print("\nAn explorer on a lesson's page, live at the first touch")
        for name, lesson in EXPLORERS.items():
            live(browser, f"{address}/notebooks/{lesson}.html", name)


@contextlib.contextmanager
def visit(browser, address):
    """Open a page in a browser that was not here; ``page.answers`` are the responses it gets."""
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    page, answers = context.new_page(), []
    page.set_default_timeout(180_000)
    context.on("response", lambda one: answers.append(one))
    page.answers, page.began = answers, time.perf_counter()
    page.goto(address, wait_until="commit")
    yield page
    context.close()


def read(browser, address, path):
    """Print what a page transfers that is read from top to bottom."""
    with visit(browser, f"{address}/{path}") as page:
        page.wait_for_load_state("networkidle")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_load_state("networkidle")
        bodies = [one.body() for one in page.answers if one.ok and one.url.startswith(address)]
    whole, small = sum(map(len, bodies)), sum(len(gzip.compress(body)) for body in bodies)
    print(f"  {path:32}{whole / 1e6:5.2f} MB {small / 1e6:5.2f} MB", flush=True)


def tab(browser, address):
    """Print seconds to a first cell and to whole lessons, and how fast sliders are."""
    seconds = []
    for _ in range(STARTS):
        with visit(browser, lab(address, LESSONS[0])) as page:
            page.wait_for_function(READY)
            page.evaluate(RUN_FIRST, None)
            seconds.append(time.perf_counter() - page.began)
            size = transferred(page)
    print(f"  first cell has run after {statistics.median(seconds):4.1f} s, {size:.1f} MB")
    for lesson in LESSONS:
        with visit(browser, lab(address, lesson)) as page:
            page.wait_for_function(READY)
            page.evaluate(RUN_ALL)
            took = time.perf_counter() - page.began
            print(f"  {lesson} has run after {took:4.1f} s", flush=True)
    with visit(browser, lab(address, LESSONS[0])) as page:
        page.wait_for_function(READY)
        for name in EXPLORERS:
            page.evaluate(RUN_FIRST, OURS.replace("descent", name))
            print(f"  {name:12}slider {slider(page)}", flush=True)
        there = float(page.evaluate(ASK, LOOP))
    print(f"  a loop of plain Python: {loop():.2f} s here, {there:.2f} s in the tab")


def live(browser, address, name):
    """Print how soon an explorer of a page is live, what that transfers, and its slider."""
    seconds = []
    for _ in range(STARTS):
        with visit(browser, address) as page:
            page.wait_for_load_state("networkidle")
            page.evaluate(UNFOLD)
            figure = page.locator("figure.adam-figure[data-explorer]").first
            figure.scroll_into_view_if_needed()
            control = page.locator(".adam-explorer [data-name=lr]").first
            control.wait_for()
            page.answers.clear()
            began = time.perf_counter()
            control.press("ArrowRight")
            page.locator(".status", has_text="Starting").first.wait_for()
            page.locator(".status:not(:empty)").first.wait_for(state="detached")
            seconds.append(time.perf_counter() - began)
            size = transferred(page)
            moved = slider(page)
    print(f"  {name:12}live after {statistics.median(seconds):4.1f} s, {size:.1f} MB", end="")
    print(f"   slider {moved}", flush=True)


def lab(address, lesson):
    """Return the address of a lesson in the tab."""
    return f"{address}/lab/lab/index.html?path=notebooks/{lesson}.ipynb"


def transferred(page):
    """Return how many MB a page and its workers have got."""
    return sum(int(one.headers.get("content-length", 0)) for one in page.answers) / 1e6


def slider(page):
    """Return the latency of the slider of a page's explorer, in words."""
    page.locator(".adam-explorer [data-name=lr]").first.wait_for()
    page.wait_for_timeout(1000)
    times = sorted(page.evaluate(MEASURE, [MOVES, 0, GAP])["times"])
    return f"p50 {statistics.median(times):3.0f} ms   p95 {times[int(0.95 * len(times))]:3.0f} ms"


def loop():
    """Return the seconds that the loop takes in this Python, the least of three."""
    told = []
    for _ in range(3):
        exec(LOOP, {"print": told.append})
    return min(told)


if __name__ == "__main__":
    main()
