"""Explorers on a plain page, from a plain server: a stored picture, and Python at the first touch.

The pages hold what the site's do, without Sphinx: figures.js, the worker and the tab's Python.
"""

import shutil

import pytest

from adam_course.figures import explorers
from adam_course.figures.explorers.still import HOW, still
from conftest import files_served

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Explorers</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
</head><body><main style="max-width: 760px; margin: auto"><h1>Explorers</h1>%s</main>
<script src="_static/figures.js" defer></script></body></html>"""
SHOWN = (explorers.descent, explorers.rotation)
DESK = {"viewport": {"width": 1366, "height": 900}}
PYTHON_LATE = 120_000  # milliseconds that a busy machine may take to start Python
HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""


#: How the files of Pyodide itself end.
PYTHONS = "asm.wasm.gz", "stdlib.zip", "asm.js"


@pytest.fixture(scope="module")
def folder(live_folder):
    """The folder with a page of two explorers."""
    figures = (still(one, one.checked({}), one.controls, one.presets, live=False) for one in SHOWN)
    (live_folder / "page.html").write_text(PAGE % "".join(one.page for one in figures), "utf-8")
    return live_folder


@pytest.fixture
def visit(folder, browser):
    """Open the page in a browser that was not here before; nothing may go wrong on it."""
    contexts = []

    def open_page(address, folder=folder):
        context = browser.new_context(**DESK)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.faults = [], []
        context.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.goto(f"{address or folder.as_uri()}/page.html")
        page.locator("figure canvas").first.wait_for()
        return page

    yield open_page
    for context in contexts:
        assert context.pages[0].faults == []
        context.close()


@pytest.fixture(scope="module")
def address(folder):
    """The address of the folder, on a server that knows nothing but files."""
    with files_served(folder) as served:
        yield served


def explorer(page, name):
    """Return an explorer of the page, in view."""
    place = page.get_by_label(f"Explorer: {name}", exact=True)
    page.locator("figure").nth([one.name for one in SHOWN].index(name)).scroll_into_view_if_needed()
    place.locator(".words:not(:empty)").wait_for()
    return place


def says(root, words):
    """Wait until an explorer says these words of its picture."""
    root.locator(".words", has_text=words).wait_for(timeout=PYTHON_LATE)
    assert root.locator(".words").inner_text() == words
    assert root.locator(".status").inner_text() == ""


def files(page):
    """Return the names of the files that a page has asked for."""
    return [url.rpartition("/")[2] for url in page.asked if not url.startswith("data:")]


@pytest.mark.browser
def test_python_starts_at_the_first_touch_and_answers_all_explorers_of_the_page(
    visit, address, screenshots
):
    page = visit(address)
    race = explorer(page, "descent")
    assert race.locator(".words").inner_text() == explorers.descent.picture().words
    assert not page.get_by_text(HOW).first.is_visible()
    assert set(files(page)) <= {"page.html", "figures.js", "favicon.ico"}
    page.screenshot(path=screenshots / "live_before.png")

    race.get_by_label("RMSProp", exact=True).check()
    race.get_by_text("Starting Python in this page").wait_for()
    race.get_by_role("button", name="Play").click()  # the page stays usable meanwhile
    race.locator(".transport output", has_text="step 2").first.wait_for()
    page.screenshot(path=screenshots / "live_while.png")
    racers = ("momentum", "RMSProp", "Adam")
    says(race, explorers.descent.picture(racers=racers).words)
    page.screenshot(path=screenshots / "live_after.png")

    race.locator("canvas").first.press("Shift+ArrowUp")  # the ring
    race.locator(".words", has_text="From (−1.2, 1.4)").wait_for()
    race.get_by_role("button", name="Reset").click()
    says(race, explorers.descent.picture().words)

    valley = explorer(page, "rotation")
    valley.locator("[data-name=angle]").focus()
    page.keyboard.press("End")
    last = explorers.rotation.controls["angle"].values[-1]
    says(valley, explorers.rotation.picture(angle=last).words)
    assert files(page).count("pyodide.js") == files(page).count("python.js") == 1
    assert [url for url in page.asked if not url.startswith((address, "data:", "blob:"))] == []


@pytest.mark.browser
def test_only_numpy_and_the_course_are_loaded_and_the_sentence_says_how_much(visit, address):
    page, sizes = visit(address), []
    page.context.on("response", lambda r: sizes.append(int(r.headers.get("content-length", 0))))
    race = explorer(page, "descent")
    race.get_by_label("RMSProp", exact=True).check()
    race.locator(".words", has_text="RMSProp").wait_for(timeout=PYTHON_LATE)
    parts = {name for name in files(page) if name.endswith((".gz", ".zip", ".whl"))}
    assert parts == {"pyodide.asm.wasm.gz", "python_stdlib.zip", "live.pack.gz"}
    assert 12e6 < sum(sizes) < 13.7e6


@pytest.mark.browser
def test_python_stops_when_its_page_is_hidden_for_long_and_starts_at_the_next_touch(visit, address):
    page = visit(address)
    page.clock.install()
    race = explorer(page, "descent")
    race.get_by_label("RMSProp", exact=True).check()
    race.locator(".words", has_text="RMSProp").wait_for(timeout=PYTHON_LATE)
    assert len(page.workers) == 1
    page.evaluate(HIDE, True)
    page.clock.fast_forward("04:00")
    assert len(page.workers) == 1
    page.clock.fast_forward("01:30")
    page.wait_for_timeout(500)
    assert page.workers == []
    page.evaluate(HIDE, False)
    race.get_by_label("RMSProp", exact=True).uncheck()
    says(race, explorers.descent.picture().words)


@pytest.mark.browser
def test_on_a_page_from_a_disk_an_explorer_is_played_as_it_is_stored(visit):
    page = visit(None)
    assert page.get_by_text(HOW).first.is_visible()
    assert page.locator("[data-name]").count() == 0
    page.get_by_role("button", name="Play").first.click()
    page.locator(".transport output", has_text="step 2").first.wait_for()


@pytest.mark.browser
@pytest.mark.parametrize(
    "broken",
    ["live.pack.gz", *(pytest.param(end, marks=pytest.mark.long) for end in PYTHONS)],
)
def test_where_a_transfer_breaks_off_one_sentence_says_so_and_it_can_be_tried_again(
    broken, visit, folder
):
    ends = [broken]
    with files_served(folder, ends) as address:
        page = visit(address)
        race = explorer(page, "descent")
        race.get_by_label("RMSProp", exact=True).check()
        warning = race.locator(".status.warns")
        warning.wait_for(timeout=PYTHON_LATE)
        assert warning.inner_text().startswith("Python did not arrive")
        race.get_by_role("button", name="Play").click()
        race.locator(".transport output", has_text="step 2").first.wait_for()
        ends.clear()
        warning.get_by_role("button", name="Try again").click()
        racers = ("momentum", "RMSProp", "Adam")
        says(race, explorers.descent.picture(racers=racers).words)


@pytest.mark.browser
@pytest.mark.parametrize("missing", ["live.pack.gz", "start.js"])
def test_where_python_is_missing_one_sentence_says_so(missing, visit, folder, tmp_path):
    poor = shutil.copytree(folder, tmp_path / "poor", copy_function=shutil.os.link)
    (poor / "lab/static/pyodide" / missing).unlink()
    with files_served(poor) as address:
        race = explorer(visit(address), "descent")
        race.get_by_label("RMSProp", exact=True).check()
        race.locator(".status.warns", has_text="did not arrive").wait_for(timeout=PYTHON_LATE)
