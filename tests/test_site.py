"""The website: what it reads from the notebooks, and the built pages in a browser."""

import functools
import json
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import check_links
import course_map
import pytest
from test_docs import LINK

import adam_course
from adam_course import figures, grading, optimizers, problems, schedules, tasks
from adam_course.figures import explorers
from adam_course.tasks import EXERCISES
from conftest import ROOT

DOCS = ROOT / "docs"
SITE = ROOT / "build" / "site"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

# ---- what it is made from -----------------------------------------------------------------------


def test_every_lesson_says_what_it_takes():
    entries = course_map.lessons()
    assert [e.path for e in entries] == sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    assert all(10 <= entry.minutes <= 180 and entry.needs for entry in entries)


def test_the_readme_has_every_lesson_and_exercise_with_its_time():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for entry in course_map.lessons():
        assert f"](notebooks/{entry.path.name}) | {entry.minutes} min |" in text
    for name, exercise in EXERCISES.items():
        assert f"| [{exercise.minutes} min](exercises/{name}.ipynb) |" in text


def test_the_lists_of_the_site_lead_somewhere():
    links = LINK.findall(course_map.lesson_list() + course_map.exercise_list())
    assert len(links) > 4 * len(EXERCISES)
    assert not [link for link in links if not (DOCS / link.partition("#")[0]).is_file()]


def test_a_lesson_that_does_not_say_how_long_it_takes_is_named(tmp_path):
    cell = {"cell_type": "markdown", "source": ["# 99 · A lesson\n", "\n", "**You need** time."]}
    lesson = tmp_path / "99_a_lesson.ipynb"
    lesson.write_text(json.dumps({"cells": [cell]}))
    with pytest.raises(ValueError, match=r"99_a_lesson\.ipynb: .* how many minutes"):
        course_map.read(lesson)


@pytest.mark.parametrize(
    "page, module",
    [
        ("optimizers", optimizers),
        ("problems", problems),
        ("descend", adam_course),
        ("figures", figures),
        ("explorers", explorers),
        ("grading", grading),
        ("tasks", tasks),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_reference_names_everything_that_a_package_offers(page, module):
    listed = (DOCS / "api" / f"{page}.md").read_text(encoding="utf-8").split()
    rooms = {name for name in module.__all__ if name in ("explorers", "EXERCISES", "TASKS")}
    assert set(module.__all__) - rooms <= set(listed)


def test_every_schedule_is_offered_with_a_docstring():
    assert all(schedule.__doc__ for schedule in schedules.Schedule.__subclasses__())


def test_the_javascript_is_pinned_by_hash_and_names_no_host():
    lock = (DOCS / "package-lock.json").read_text()
    packages = json.loads(lock)["packages"]
    asked = json.loads((DOCS / "package.json").read_text())
    pinned = asked["dependencies"] | asked["devDependencies"]
    installed = {name.partition("/")[2]: entry for name, entry in packages.items() if name}
    assert {name: entry["version"] for name, entry in installed.items()} == pinned
    assert all(entry["integrity"].startswith("sha512-") for entry in installed.values())
    assert "://" not in lock


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    (tmp_path / "a.html").write_text(
        '<h1 id="top-é">A</h1> <a href="#top-%C3%A9">b</a> <a href="b.html#c">c</a>'
        '<a href="gone.html">d</a> <a href="#gone">e</a> <a href="https://example.org">f</a>'
        '<img src="data:,"> <img src="gone.png"> <script src="https://example.org/s.js"></script>'
    )
    (tmp_path / "b.html").write_text('<p id="c">')
    found = ["gone.html", "#gone", "gone.png", "https://example.org/s.js"]
    assert check_links.broken(tmp_path) == [("a.html", address) for address in found]


# ---- the built site, in a browser ---------------------------------------------------------------


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing about it."""

    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def address():
    """The address of the site, built from the notebooks as they are and served on this machine."""
    built = subprocess.run([sys.executable, ROOT / "make.py", "site"], capture_output=True)
    assert built.returncode == 0, (built.stdout + built.stderr).decode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(address, browser):
    """Open pages of the site, and note in ``page.faults`` what goes wrong on them."""
    contexts = []

    def open_page(name, viewport=PHONE, theme="light"):
        context = browser.new_context(viewport=viewport, color_scheme=theme)
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("request", lambda request: outside(page, request.url))
        page.on("response", lambda r: r.status >= 400 and page.faults.append((r.status, r.url)))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda m: m.type == "error" and page.faults.append(m.text))
        page.goto(f"{address}/{name}")
        return page

    def outside(page, url):
        if not url.startswith((address, "data:", "blob:")):
            page.faults.append(f"a request to {url}")

    yield open_page
    for context in contexts:
        context.close()


LOOKED_AT = {
    "home": "docs/index.html",
    "lesson": "notebooks/06_adam.html",
    "exercise": "exercises/06_adam.html",
    "playground": "playground/index.html",
    "reference": "docs/api/optimizers.html",
}


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("name", LOOKED_AT)
def test_a_page_can_be_read_by_all(name, viewport, theme, visit, screenshots):
    page = visit(LOOKED_AT[name], viewport, theme)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=screenshots / f"site_{name}_{viewport['width']}_{theme}.png")
    assert page.faults == []
    page.add_script_tag(path=ROOT / "build/node_modules/axe-core/axe.min.js")
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    assert found["passes"]
    assert [
        (finding["id"], finding["nodes"][0]["html"][:200])
        for finding in found["violations"]
        if finding["impact"] in ("serious", "critical")
    ] == []


@pytest.mark.browser
@pytest.mark.parametrize("folder", ["docs", "notebooks", "exercises"])
def test_every_page_fits_a_phone_shows_its_formulas_and_asks_no_other_host(folder, visit, address):
    page, faults = visit(LOOKED_AT["home"]), {}
    for path in sorted((SITE / folder).rglob("*.html")):
        page.faults.clear()
        page.goto(f"{address}/{path.relative_to(SITE).as_posix()}")
        page.evaluate("window.MathJax?.startup?.promise.then(() => 0)")
        if (width := page.evaluate("document.documentElement.scrollWidth")) > PHONE["width"]:
            page.faults.append(f"it is {width} pixels wide")
        page.faults += page.locator("mjx-merror, .math:not(:has(mjx-container))").all_inner_texts()
        faults |= {path.stem: page.faults[:]} if page.faults else {}
    assert faults == {}


@pytest.mark.browser
def test_the_address_of_the_site_leads_home(visit, address):
    page = visit("")
    page.wait_for_url(f"{address}/docs/index.html")
    page.get_by_role("link", name="06 · Adam").last.click()
    page.get_by_role("heading", name="06 · Adam").wait_for()
    assert page.faults == []


@pytest.mark.browser
def test_search_finds_a_lesson_without_a_network(visit):
    page = visit("search.html?q=bias+correction")
    page.locator("#search-results a", has_text="07 · Bias correction").first.wait_for()
    assert page.faults == []
