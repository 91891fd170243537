"""The website: what it reads from the notebooks, and the built pages in a browser."""

import csv
import io
import json
import re
from dataclasses import replace
from itertools import pairwise

import badges
import check_links
import course_map
import nbformat
import numpy as np
import pytest
import readme_picture
from PIL import Image, ImageSequence
from test_docs import LINK
from test_tab import CELLS, EXERCISE, RUN, TASK, answered, opened, solution_of, texts

import adam_course
from adam_course import figures, grading, optimizers, problems, schedules, tasks
from adam_course.__main__ import main
from adam_course.configuration import addresses
from adam_course.figures import explorers
from adam_course.tasks import EXERCISES
from conftest import ROOT, files_served

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


# ---- where a notebook runs ----------------------------------------------------------------------

GIVEN = {
    "website": "https://example.org/adam",
    "colab": "https://colab.example.org/ada/adam/blob/colab",
    "binder": "https://binder.example.org/v2/gh/ada/adam/HEAD",
}
NONE = dict.fromkeys(GIVEN, "")
HREF = re.compile(r'<a class="(\w+)" href="([^"]+)">([^<]+)</a>')


def test_a_page_has_a_link_for_each_place_that_has_an_address():
    links = HREF.findall(badges.start("exercises/06_adam", "../lab/lab/index.html", GIVEN))
    path = "exercises/06_adam.ipynb"
    assert (ROOT / path).is_file()
    assert links == [
        ("tab", f"../lab/lab/index.html?path={path}", "Run it here, nothing to install"),
        ("colab", f"{GIVEN['colab']}/{path}", "Open in Colab"),
        ("binder", f"{GIVEN['binder']}?urlpath=lab/tree/my_course/{path}", "Open in Binder"),
    ]
    alone = HREF.findall(badges.start("exercises/06_adam", "../lab/lab/index.html", NONE))
    assert alone == links[:1]


def test_the_home_page_starts_lesson_00():
    links = HREF.findall(badges.start("docs/index", "../lab/lab/index.html", GIVEN))
    assert [words for *_, words in links] == [
        "Start, nothing to install",
        "Open in Colab",
        "Open in Binder",
    ]
    assert all("notebooks/00_start_here.ipynb" in address for _, address, _ in links)


@pytest.mark.parametrize(
    "page",
    [
        *("README", "docs/glossary", "docs/api/index", "docs/exercises"),
        *("exercises/solutions/06_adam", "notebooks/14_adam_in_the_frameworks"),
    ],
)
def test_what_does_not_run_has_no_link_to_run_it(page):
    assert badges.start(page, "lab/lab/index.html", GIVEN) == ""


def test_the_readme_has_the_badges_of_the_addresses_that_there_are():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert badges.badged(readme, addresses()) == readme
    bare = badges.badged(readme, NONE)
    full = badges.badged(bare, GIVEN)
    added = set(full.split("\n")) - set(bare.split("\n"))
    found = [re.fullmatch(r"\[!\[(.+)\]\((.+)\)\]\((.+)\)", line).groups() for line in added]
    assert {words for words, *_ in found} == set(badges.WORDS.values())
    for words, image, address in found:
        assert f"<title>{words}</title>" in (ROOT / image).read_text(encoding="utf-8")
        assert address.startswith(tuple(GIVEN.values()))
    assert badges.badged(full, NONE) == bare
    assert badges.places(badges.FIRST, "", NONE) == {}


# ---- the picture of the README ------------------------------------------------------------------


@pytest.fixture(scope="module")
def gif():
    with Image.open(DOCS / "race.gif") as picture:
        return [
            (one.info["duration"], np.asarray(one.convert("RGB"), float))
            for one in ImageSequence.Iterator(picture)
        ]


def test_the_readme_moves_for_some_seconds_and_rests_at_the_end(gif):
    assert "](docs/race.gif)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (DOCS / "race.gif").stat().st_size < 1_000_000
    times = [time for time, _ in gif]
    assert 6_000 <= sum(times) <= 10_000
    assert times[0] >= 2_000 > 100 >= max(times[1:])
    assert gif[0][1][0, 0].tolist() == [255, 255, 255]  # as the page that it is on
    assert all((one != other).any() for (_, one), (_, other) in pairwise(gif))


def test_the_readme_shows_the_race_as_it_is_now(gif):
    picture, caption = readme_picture.race()
    assert len(gif) == 1 + picture.steps
    for stored, step in [(gif[0][1], picture.steps), (gif[13][1], 12)]:
        now = np.asarray(readme_picture.frame(picture, step), float)
        assert now.shape == stored.shape
        assert np.abs(now - stored).mean() < 1.5
    assert caption.startswith("Loss after 100 steps: Adam 0.00007, ")


def test_the_same_picture_gives_the_same_bytes():
    picture, _ = readme_picture.race()
    short = replace(picture, steps=2)
    assert readme_picture.animated(short) == readme_picture.animated(short)
    assert Image.open(io.BytesIO(readme_picture.animated(short))).n_frames == 3


# ---- the built site, in a browser ---------------------------------------------------------------


@pytest.fixture(scope="module")
def address(site):
    """The address of the site, served on this machine."""
    with files_served(site) as served:
        yield served


@pytest.fixture
def visit(address, browser):
    """Open pages of the site, and note in ``page.faults`` what goes wrong on them."""
    contexts = []

    def open_page(name, viewport=PHONE, theme="light", **more):
        context = browser.new_context(viewport=viewport, color_scheme=theme, **more)
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


@pytest.mark.browser
def test_lessons_and_exercises_lead_to_the_browser_tab_where_there_is_a_server(address, visit):
    for name, notebook in (
        ("docs/index.html", "notebooks/00_start_here.ipynb"),
        ("notebooks/06_adam.html", "notebooks/06_adam.ipynb"),
        ("exercises/06_adam.html", "exercises/06_adam.ipynb"),
    ):
        page = visit(name)
        start = page.locator(".start .tab")
        assert "nothing to install" in start.inner_text()
        target = start.evaluate("link => link.href")
        assert target == f"{address}/lab/lab/index.html?path={notebook}"
        assert page.request.get(target).ok
        page.goto((SITE / name).as_uri())
        assert not start.is_visible()
    for name in ("notebooks/14_adam_in_the_frameworks", "exercises/solutions/06_adam", "README"):
        assert visit(f"{name}.html").locator(".start").count() == 0


LOOKED_AT = {
    "home": "docs/index.html",
    "lesson": "notebooks/06_adam.html",
    "exercise": "exercises/06_adam.html",
    "playground": "playground/index.html",
    "reference": "docs/api/optimizers.html",
    "index": "docs/api/index.html",
}


@pytest.mark.browser
def test_a_newcomer_learns_answers_comes_back_and_is_graded(visit, address, tmp_path):
    page = visit("docs/index.html", DESK)
    page.set_default_timeout(180_000)
    page.locator("a[href$='notebooks/01_gradient_descent.html']").first.click()
    page.locator(".start a").click()
    opened(page)

    sources = [cell["source"] for cell in page.evaluate(CELLS)]
    explorer = next(i for i, text in enumerate(sources) if "explorers.steepest(" in text)
    page.evaluate(RUN, [0, None])
    page.evaluate(RUN, [explorer, None])
    slider = page.locator(".adam-explorer [data-name=lr]").first
    slider.wait_for()
    words = page.locator(".adam-explorer .words:not(:empty)").first
    before = words.inner_text()
    slider.press("ArrowRight")
    page.wait_for_function(
        "before => document.querySelector('.adam-explorer .words').innerText !== before", arg=before
    )

    page.goto(f"{address}/lab/lab/index.html?path={EXERCISE}")
    opened(page)
    answers = ["def one_step(theta, slope, lr):\n    return theta", solution_of(TASK)]
    page.evaluate(RUN, [0, None])
    for source in answers:
        page.evaluate(RUN, [1, source])
        page.evaluate(RUN, [2, None])
        judged = page.evaluate(CELLS)[2]["outputs"]
        assert texts(judged) == texts(answered(source)["cells"][5]["outputs"]) != ["", ""]

    page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => 0)")
    page.reload()
    opened(page)
    assert page.evaluate(CELLS)[1]["source"] == answers[1]
    assert texts(page.evaluate(CELLS)[2]["outputs"]) == texts(judged)

    with page.expect_download() as download:
        page.evaluate("jupyterapp.commands.execute('docmanager:download').then(() => 0)")
    elsewhere = nbformat.writes(answered(answers[1]))
    files = {"tab": download.value.path().read_text("utf-8"), "elsewhere": elsewhere}
    for learner, text in files.items():
        place = tmp_path / "submitted" / learner / EXERCISE.partition("/")[2]
        place.parent.mkdir(parents=True)
        place.write_text(text, encoding="utf-8")
    grade = ["grade", str(tmp_path / "submitted"), "--out", str(tmp_path / "grades")]
    assert main([*grade, "--no-sandbox", "--seed", "5"]) == 0
    with open(tmp_path / "grades" / "gradebook.csv", encoding="utf-8-sig", newline="") as file:
        marks = {row.pop("student_id"): row for row in csv.DictReader(file)}
    assert marks["tab"] == marks["elsewhere"]
    assert float(marks["tab"]["score"]) == 1
    assert page.faults == []


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
        (finding["id"], finding["nodes"][0]["html"][:200]) for finding in found["violations"]
    ] == []


# The code on a page that one would have to scroll.
SIDEWAYS = """[...document.querySelectorAll('pre')]
    .filter((code) => code.scrollWidth > code.clientWidth + 1)
    .map((code) => `sideways: ${code.innerText}`)"""


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
        page.faults += page.evaluate(SIDEWAYS)
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


# ---- its figures --------------------------------------------------------------------------------

STEP = ".adam-figure .transport output"
LOOK = (
    """() => [...document.querySelectorAll('.adam-figure canvas')].map((one) => one.toDataURL())"""
)


# How bright a part of the first figure's map is, from 0 to 255.
BRIGHTNESS = """() => {
    const canvas = document.querySelector('.adam-figure canvas');
    const at = [canvas.width * 0.3, canvas.height * 0.3, 100, 100];
    const { data } = canvas.getContext('2d').getImageData(...at);
    return data.reduce((sum, value, i) => sum + (i % 4 < 3 ? value : 0), 0) / 30_000;
}"""


def has_moved(page, before):
    """Wait until a figure is drawn differently."""
    page.wait_for_function(f"before => String(({LOOK})()) !== before", arg=",".join(before))


@pytest.mark.browser
def test_a_newcomer_sees_something_move_within_five_seconds_and_can_stop_it(visit):
    page = visit(LOOKED_AT["home"], DESK)
    page.set_default_timeout(5_000)  # since it was loaded
    page.wait_for_function("document.querySelector('.adam-figure canvas')?.width > 300")
    has_moved(page, page.evaluate(LOOK))
    assert page.locator(".adam-figure canvas").bounding_box()["y"] < 300
    assert page.locator(".adam-figure .transport").bounding_box()["y"] < DESK["height"] - 50
    page.get_by_role("button", name="Pause").click()
    step, seen = page.locator(STEP).inner_text(), page.evaluate(LOOK)
    page.wait_for_timeout(500)
    assert (page.locator(STEP).inner_text(), page.evaluate(LOOK)) == (step, seen)
    assert page.faults == []


@pytest.mark.browser
def test_nothing_moves_for_those_who_want_no_motion(visit):
    page = visit(LOOKED_AT["home"], DESK, reduced_motion="reduce")
    page.wait_for_function("document.querySelector('.adam-figure canvas')?.width > 300")
    page.wait_for_timeout(200)
    assert page.locator(STEP).inner_text() == "step 100 of 100"
    seen = page.evaluate(LOOK)
    page.wait_for_timeout(1_000)
    assert page.evaluate(LOOK) == seen


@pytest.mark.browser
def test_without_scripts_and_on_paper_a_figure_is_its_image(visit):
    page = visit(LOOKED_AT["home"], java_script_enabled=False)
    assert page.locator(".adam-figure img").bounding_box()["width"] > 300
    page = visit(LOOKED_AT["home"], DESK, theme="dark")
    page.locator(STEP).wait_for()
    assert not page.locator(".adam-figure img").is_visible()
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".adam-figure img").is_visible()
    assert not page.locator(".adam-figure canvas").is_visible()
    assert page.locator("html").get_attribute("data-theme") == "light"


@pytest.mark.browser
def test_a_lesson_is_played_read_and_printed(visit):
    page = visit("notebooks/00_start_here.html", theme="dark")
    page.get_by_role("button", name="Just show me").click()
    page.locator("figure.adam-figure").scroll_into_view_if_needed()
    page.locator(STEP, has_text="step 100 of 100").wait_for()
    before = page.evaluate(LOOK)
    page.get_by_role("button", name="Play").click()
    page.locator(STEP, has_text="step 2").first.wait_for()
    has_moved(page, before)
    assert page.get_by_role("slider").bounding_box()["width"] >= 200
    legend, map = page.locator(".adam-figure").locator(".legend, .place").all()
    assert legend.bounding_box()["y"] + legend.bounding_box()["height"] <= map.bounding_box()["y"]
    assert page.evaluate(BRIGHTNESS) < 90
    assert page.faults == []


@pytest.mark.browser
def test_a_derivation_that_is_folded_is_printed(visit):
    page = visit("notebooks/01_gradient_descent.html")
    page.emulate_media(media="print")
    step = page.locator("section > details:not([open]) li").first
    assert step.bounding_box()["height"] > 20
    assert page.faults == []


@pytest.mark.browser
def test_only_pages_with_figures_bring_what_plays_them(address):
    script = SITE / "_static" / "figures.js"
    assert 20_000 < script.stat().st_size < 90_000
    for path in SITE.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        if path != SITE / "playground" / "index.html":  # it can be sent, and brings its own
            assert ("figures.js" in page) == ("data-picture" in page), path
    assert (SITE / "docs" / "index.html").stat().st_size < 250_000
    assert (SITE / "docs" / "glossary.html").stat().st_size < 160_000


@pytest.mark.browser
def test_a_page_has_one_title_and_says_what_it_is(visit, address):
    page = visit(LOOKED_AT["home"])
    assert page.title() == "Adam, from the ground up"
    assert page.locator("h1:visible").all_inner_texts() == ["Adam, from the ground up"]
    described = page.locator("meta[name=description]").get_attribute("content")
    assert described.startswith("Adam is the optimizer that people reach for first")
    picture = page.locator("meta[property='og:image']").get_attribute("content")
    assert page.request.get(f"{address}/docs/{picture}").ok
    page.goto(f"{address}/notebooks/03_momentum.html")
    assert page.title() == "03 · Momentum — Adam, from the ground up"
    sums = page.locator("table:has(caption) tbody tr:first-child > *").first
    assert sums.evaluate("cell => getComputedStyle(cell).textAlign") == "right"
    words = page.locator("table:not(:has(caption)) tbody td").first
    assert words.evaluate("cell => getComputedStyle(cell).textAlign") != "right"
