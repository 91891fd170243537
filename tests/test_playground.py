"""The playground: all explorers on one page, live from a server, and played from a file."""

import re
import time

import playground
import pytest
from test_explorers_browser import HANDS, moved, pixels

from adam_course.figures import explorers, front
from conftest import ROOT, files_served

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
PYTHON_LATE = 120_000  # milliseconds that a busy machine may take to start Python


# ---- the page as a file -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page_text():
    """The whole page."""
    return playground.page()


def test_the_page_shows_all_explorers_and_names_no_host(page_text):
    assert sorted(playground.SHOWN) == sorted(explorers.__all__)
    assert "{{" not in page_text
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)[^\s\"']*", page_text)
    loaded = re.findall(r"(?:src|href)=\"([^\"]*)\"", page_text)
    assert {address.partition(",")[0] for address in loaded} == {"data:", "data:image/png;base64"}
    assert len(page_text.encode()) < 1_000_000


def test_every_module_finds_those_it_imports_above_itself():
    above = set()
    for path in front.MODULES:
        assert set(re.findall(r"from \"[./\w]*?(\w+)\.js\"", path.read_text("utf-8"))) <= above
        above.add(path.stem)


def test_every_file_of_the_front_end_has_its_place_in_the_order():
    assert sorted(front.HERE.glob("*.js")) == sorted(front.MODULES)


# ---- in a browser -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(live_folder, page_text):
    """The page on a server, beside what the site has for it."""
    (live_folder / "playground").mkdir()
    (live_folder / "playground" / "index.html").write_text(page_text, encoding="utf-8")
    with files_served(live_folder) as served:
        yield f"{served}/playground/index.html"


@pytest.fixture
def opened(address, browser):
    """Open the page in a window of its own, and see afterwards that nothing went wrong."""
    contexts = []

    def open_page(to=address, **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.asked, page.complaints = [], []
        contexts[-1].on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda m: m.type == "error" and page.complaints.append(m.text))
        page.goto(to)
        return page

    yield open_page
    own = (address.partition("/playground")[0], "data:", "blob:", "file:")
    for context in contexts:
        (page,) = context.pages
        assert page.complaints == []
        assert [url for url in page.asked if not url.startswith(own)] == []
        context.close()


def shown(page, name):
    """Return an explorer of the page, in view."""
    place = page.locator(f"#{name}")
    place.scroll_into_view_if_needed()
    place.locator(".adam-explorer .words:not(:empty)").wait_for()
    return place.locator(".adam-explorer")


def started(page):
    """Return the first explorer when Python has answered it."""
    root = shown(page, "descent")
    root.get_by_label("RMSProp", exact=True).check()
    root.locator(".words", has_text="RMSProp").wait_for(timeout=PYTHON_LATE)
    return root


@pytest.mark.long
@pytest.mark.browser
def test_every_explorer_answers_and_they_share_one_python(opened):
    page = opened(viewport={"width": 1200, "height": 1000})
    started(page)
    for name in playground.SHOWN:
        root = shown(page, name)
        said = root.locator(".words").inner_text()
        for preset in root.locator(".presets button").all():
            preset.click()
            root.locator(".status:empty").wait_for(state="attached")
            page.wait_for_timeout(300)
            assert root.locator(".status.warns:not(:empty)").count() == 0
            if root.locator(".words").inner_text() != said:
                break
        else:
            raise AssertionError(name)
    assert len(page.workers) == 1


@pytest.mark.browser
@pytest.mark.long
@pytest.mark.parametrize("hand", ["keyboard", "mouse"])
def test_every_control_of_the_race_moves_the_picture(hand, opened):
    root = started(opened(viewport={"width": 1200, "height": 1000}))
    for name in ("steps", "lr", "momentum", "lr_adaptive", "beta2", "beta1", "surface"):
        root.get_by_role("button", name="Reset").click()  # an extreme leaves the others little
        assert moved(root, HANDS[hand](root.locator(f"[data-name={name}]"))), name
    ring = root.locator("canvas[data-hand=Handle]")
    assert moved(root, [lambda: ring.press("Shift+ArrowUp")])


@pytest.mark.browser
def test_a_link_brings_its_values_along(opened, address):
    page = opened(f"{address}#microscope=%7B%22stream%22%3A%22rare%22%7D")
    root = page.locator("#microscope .adam-explorer")
    words = explorers.microscope.picture(stream="rare").words
    root.locator(".words", has_text=words).wait_for(timeout=PYTHON_LATE)
    assert root.locator("[data-name=stream]").input_value() == "rare"
    root.get_by_role("button", name="Copy link").wait_for()


@pytest.mark.browser
def test_a_finger_moves_the_start_and_draws_gradients(opened):
    page = opened(**PHONE)
    finger = page.context.new_cdp_session(page)
    started(page)

    def touch(kind, *points):
        points = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    for name in ("descent", "microscope"):
        root = shown(page, name)
        canvas = root.locator("canvas").first
        canvas.evaluate("canvas => canvas.scrollIntoView({ block: 'center' })")
        page.wait_for_timeout(300)
        box = canvas.bounding_box()
        held = root.locator(".ring:visible").bounding_box() if name == "descent" else box
        before = root.locator(".words").text_content()
        scrolled = page.evaluate("scrollY")
        x, y = held["x"] + held["width"] / 2, held["y"] + held["height"] / 2
        touch("Start", (x, y))
        for i in range(8):
            touch("Move", (x + 15 * i, y - 3 * i))
        touch("End")
        pixels(root)
        assert root.locator(".words").text_content() != before
        assert page.evaluate("scrollY") == scrolled


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [PHONE, {"viewport": {"width": 1366, "height": 900}}])
def test_it_fits_looks_right_and_can_be_read_by_all(scheme, options, opened, screenshots):
    page = opened(**options, color_scheme=scheme)
    for name in playground.SHOWN:
        root = shown(page, name)
        paper = root.evaluate("root => root.style.getPropertyValue('--paper')")
        assert (paper == "#ffffff") == (scheme == "light")
    names = [canvas.get_attribute("aria-label") for canvas in page.locator("canvas").all()]
    assert names and all(len(name) > 40 for name in names)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    width = options["viewport"]["width"]
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=screenshots / f"playground_{width}_{scheme}.png")
    page.evaluate((ROOT / "build/node_modules/axe-core/axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]] == []


@pytest.mark.browser
def test_the_map_stays_in_sight_on_a_phone_and_hides_nothing_that_has_the_focus(opened):
    root = shown(opened(**PHONE), "descent")
    in_sight = "element => [element.getBoundingClientRect().top, innerHeight]"
    for name in ("steps", "lr", "surface"):  # upwards, from the last
        root.locator(f"[data-name={name}]").focus()
        root.page.wait_for_timeout(100)
        map_top, height = root.locator("canvas").first.evaluate(in_sight)
        top, _ = root.locator(f"[data-name={name}]").evaluate(in_sight)
        assert map_top >= 0
        assert map_top + root.locator("canvas").first.bounding_box()["height"] <= top < height


@pytest.mark.browser
def test_motion_is_reduced_where_it_is_not_wanted(opened):
    root = shown(opened(reduced_motion="reduce"), "descent")
    root.get_by_role("button", name="Play").click()
    counted = root.locator(".transport output")
    begin = time.monotonic()
    steps = set()
    for _ in range(40):
        root.page.wait_for_timeout(25)
        steps.add(counted.text_content())
    assert len(steps) <= 2 + 2 * (time.monotonic() - begin)


@pytest.mark.browser
def test_from_a_file_alone_it_plays_its_pictures(opened, page_text, tmp_path):
    path = tmp_path / "index.html"
    path.write_text(page_text, encoding="utf-8")
    page = opened(path.as_uri())
    page.get_by_text(playground.HOW).first.wait_for()
    page.get_by_role("button", name="Play").first.click()
    page.locator(".transport output", has_text="step 2").first.wait_for()
    assert page.locator("[data-name]").count() == 0
