"""Hands on a figure, in a browser without a kernel: an explorer's, and one stored in a page."""

import json
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from test_explorers_browser import PIXELS, SETTLED, module, node

from adam_course.figures import explorers, front
from adam_course.figures.picture import Line, stored
from adam_course.figures.show import html
from conftest import DESK, ROOT

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
#: Answer every question with the same picture, and note what was asked.
MOUNT = """
window.asked = [];
const answer = revive(await unpack(%s));
const compute = (values) => (window.asked.push(values), answer);
mount(document.querySelector(".here"), %s, compute, { link: true });
"""
#: Colours of the pixels of a canvas, as numbers of red, green and blue.
COUNT = """(canvas, rgb) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4) found += rgb.every((c, k) => data[i + k] === c);
    return found;
}"""
#: How many pixels of a colour stand beside each other, at most, at a canvas's upper edge.
WIDEST = """(canvas, rgb) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, 20);
    let run = 0, widest = 0;
    for (let i = 0; i < data.length; i += 4) {
        run = rgb.every((c, k) => data[i + k] === c) ? run + 1 : 0;
        widest = Math.max(widest, run);
    }
    return widest;
}"""
#: Of all that takes the focus, what has an outline that is cut off.
WHOLE = """root => [...root.querySelectorAll('button, input, select, canvas[tabindex]')]
    .filter(element => element.checkVisibility() && !element.matches(':disabled'))
    .filter(element => {
        element.focus();
        const style = getComputedStyle(element), box = element.getBoundingClientRect();
        const out = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset) - 0.1;
        const cuts = above => {
            const room = above.getBoundingClientRect();
            const open = getComputedStyle(above).overflow === 'visible' && above !== root;
            return !open && (box.left - out < room.left || box.right + out > room.right
                || box.top - out < room.top || box.bottom + out > room.bottom);
        };
        let above = element.parentElement, cut = style.outlineStyle === 'none';
        for (; root.contains(above); above = above.parentElement) cut ||= cuts(above);
        return cut;
    })
    .map(element => element.outerHTML.slice(0, 90))"""


@pytest.fixture
def explore(visit):
    """Open a page with an explorer, which asks for pictures and gets the first again and again."""

    def open_explorer(recipe, presets=None, shown=None, address="", init="", options=None, **start):
        names = (*front.DRAWING, "controls", "actions", "explorer", *front.STORED)
        declaration = json.dumps(recipe(shown, presets, **start).declaration)
        picture = json.dumps(stored(recipe.picture(**start)))
        style = f"<style>{front.STYLE.read_text('utf-8')}</style>"
        script = front.joined(names) + MOUNT % (picture, declaration)
        page = visit(f'{style}<div class="here"></div>', script, address, init, **options or {})
        page.locator(".words:not(:empty)").wait_for()
        page.locator(".here").evaluate(SETTLED)
        return page

    return open_explorer


@pytest.fixture
def read(visit):
    """Open a page with stored figures."""

    def open_figures(*figures, above="", **options):
        page = visit(above + "".join(figures), front.for_pages(), **options)
        for figure in page.locator("figure").all():
            figure.scroll_into_view_if_needed()
            figure.locator("canvas").first.wait_for()
        page.evaluate("scrollTo(0, 0)")
        return page

    return open_figures


def figure(recipe=explorers.descent, autoplay=False, also="", **parameters):
    """Return a stored figure of an explorer's picture."""
    picture = recipe.picture(**parameters)
    return html(picture, "A caption.", "In words.", autoplay=autoplay, also=also, live=False)


def asked(page):
    """Return what the explorer asked for last."""
    page.wait_for_timeout(100)
    return page.evaluate("window.asked.at(-1)")


def pixels(page):
    """Return a number for each canvas that changes when a pixel does."""
    page.wait_for_timeout(150)
    return page.locator(".adam-scene").first.evaluate(PIXELS).split(",")


def middle(box, dx=0, dy=0):
    """Return the middle of a box, and so many pixels beside it."""
    return box["x"] + box["width"] / 2 + dx, box["y"] + box["height"] / 2 + dy


def swipe(page, start, by):
    """Move a finger over the page, in eight steps."""
    finger = page.context.new_cdp_session(page)

    def touch(kind, *points):
        points = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    touch("Start", start)
    for i in range(1, 9):
        touch("Move", (start[0] + by[0] * i / 8, start[1] + by[1] * i / 8))
        page.wait_for_timeout(20)
    touch("End")
    page.wait_for_timeout(300)


# ---- groups, presets, copies --------------------------------------------------------------------


@pytest.mark.browser
def test_controls_stand_under_the_optimizers_they_drive_and_rest_without_them(explore):
    page = explore(explorers.descent, racers=["momentum"])
    groups = page.locator(".group")
    names = [group.locator("legend").text_content() for group in groups.all()]
    assert names[:3] == [
        "gradient descent, momentum, Nesterov",
        "momentum, Nesterov",
        "AdaGrad, RMSProp, Adam",
    ]
    above = page.locator("[data-name=steps]").bounding_box()["y"]
    assert above < groups.first.bounding_box()["y"]
    adaptive = page.locator(".group", has=page.locator("[data-name=lr_adaptive]"))
    assert adaptive.evaluate("group => group.disabled")
    assert "Not in use: AdaGrad, RMSProp, Adam" in adaptive.get_attribute("title")
    assert adaptive.get_attribute("aria-description") == adaptive.get_attribute("title")
    assert page.locator("[data-name=lr]").is_enabled()
    page.get_by_label("Adam", exact=True).check()
    page.get_by_label("momentum", exact=True).uncheck()
    assert page.locator("[data-name=lr_adaptive]").is_enabled()
    assert adaptive.get_attribute("title") is None
    assert page.locator("[data-name=lr]").is_disabled()


@pytest.mark.browser
def test_a_group_without_its_choice_names_only_who_takes_part(explore):
    start = {"racers": ["momentum"], "surface": "bowl"}
    page = explore(explorers.descent, shown=["lr", "steps"], **start)
    assert page.locator(".group:visible legend").all_text_contents() == ["momentum"]


@pytest.mark.browser
def test_a_preset_sets_values_says_so_and_reset_goes_back(explore):
    presets = {"too fast": {"lr": 1.234, "surface": "bowl"}, "slow": {"lr": 1e-5}}
    page = explore(explorers.descent, presets, steps=50)
    start = asked(page)
    fast, slow = (page.get_by_role("button", name=name) for name in presets)
    page.locator("[data-name=momentum]").press("End")
    assert asked(page) != start
    fast.press("Enter")
    assert asked(page) == start | {"lr": 1.234, "surface": "bowl"}
    assert [b.get_attribute("aria-pressed") for b in (fast, slow)] == ["true", "false"]
    assert page.locator("[data-name=lr]").get_attribute("aria-valuetext") == "1.234"
    page.locator("[data-name=lr]").press("ArrowRight")
    assert asked(page)["lr"] > 1.234
    assert fast.get_attribute("aria-pressed") == "false"
    slow.click()
    assert asked(page) == start | {"lr": 1e-5}
    page.get_by_role("button", name="Reset").click()
    assert asked(page) == start
    assert page.locator("[aria-pressed=true]").count() == 0


@pytest.mark.browser
def test_the_code_that_is_copied_opens_the_explorer_as_it_is(explore):
    page = explore(explorers.descent, racers=["Adam"], lr=0.5)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-name=surface]").select_option("bowl")
    page.get_by_role("button", name="Copy as code").click()
    said = page.locator(".said[role=status]:visible")
    said.wait_for()
    code = 'explorers.descent(surface="bowl", racers=("Adam",), lr=0.5)'
    assert said.text_content() == f"Copied: {code}"
    assert page.evaluate("navigator.clipboard.readText()") == code
    assert eval(code, {"explorers": explorers}).values["lr"] == 0.5
    page.locator("[data-name=steps]").press("Home")
    assert not said.is_visible()


@pytest.mark.browser
def test_where_nothing_can_be_copied_a_field_has_the_code(explore):
    init = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
    page = explore(explorers.microscope, init=init, drawn=[0.25] * 40, corrected=False)
    page.get_by_role("button", name="Copy as code").click()
    field = page.get_by_role("textbox", name="The code, to be copied")
    code = f"explorers.microscope(corrected=False, drawn=({', '.join(['0.25'] * 40)}))"
    assert field.input_value() == code
    assert page.evaluate("getSelection().toString()") in (code, "")
    assert field.evaluate("field => field.selectionEnd - field.selectionStart") == len(code)
    assert "Copy the code" in page.locator(".said").text_content()


@pytest.mark.browser
def test_a_link_brings_the_values_back_and_nothing_that_an_explorer_cannot_have(explore):
    page = explore(explorers.descent)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Adam crosses the plain").click()
    wanted = asked(page)
    page.get_by_role("button", name="Copy link").click()
    page.locator(".said:not(:empty)").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert asked(explore(explorers.descent, address=link[link.index("#") :])) == wanted
    given = {"lr": 9e9, "surface": "moon", "steps": 50, "racers": [], "start": [1], "x": 1}
    bad = explore(explorers.descent, address=f"#descent={json.dumps(given)}")
    start = explorers.descent.checked({"steps": 50})
    assert asked(bad) == json.loads(json.dumps(start))
    assert asked(explore(explorers.descent, address="#descent=%7B"))["steps"] == 200


# ---- the step under the pointer, speed, edges ---------------------------------------------------


@pytest.mark.browser
def test_the_pointer_on_the_losses_marks_its_step_on_the_paths_and_the_other_way_round(explore):
    page = explore(explorers.descent, racers=["Adam"])
    ground, losses = page.locator("canvas").all()
    value = page.locator(".legend output").first
    before, last = pixels(page), value.text_content()
    box = losses.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    there = pixels(page)
    assert all(a != b for a, b in zip(before, there, strict=True))
    assert re.fullmatch(r"step \d\d", page.locator(".reading:visible").text_content())
    page.mouse.move(2, 2)
    assert pixels(page) == before

    page.mouse.move(*middle(page.locator(".ring:visible").bounding_box(), 4, 3))  # beside its start
    assert all(a != b for a, b in zip(before, pixels(page), strict=True))
    assert page.locator(".reading:visible").text_content().endswith(", step 0")
    assert value.text_content() == "24.2" != last
    x, y = middle(ground.bounding_box(), 0, -100)
    page.mouse.move(x, y)  # far from the path
    assert pixels(page)[1] == before[1]
    assert value.text_content() == last


@pytest.mark.browser
def test_the_pointer_marks_its_step_while_a_run_is_played(read):
    page = read(figure())
    page.get_by_role("button", name="Play").click()
    box = page.locator("canvas").nth(1).bounding_box()
    page.mouse.move(*middle(box))
    page.wait_for_timeout(400)
    first = page.locator(".reading:visible").text_content()
    shown = page.locator(".transport output").text_content()
    page.wait_for_timeout(400)
    assert page.locator(".transport output").text_content() != shown
    assert page.locator(".reading:visible").text_content() == first


@pytest.mark.browser
def test_a_run_can_be_played_faster_and_slower_by_keyboard(read):
    page = read(figure())
    speed = page.get_by_label("Speed")
    assert speed.input_value() == "1"
    counted = page.locator(".transport output")

    def played(key, milliseconds):
        speed.press(key)
        page.get_by_label("Step of the run").press("Home")
        page.get_by_role("button", name="Play").press("Enter")
        page.wait_for_timeout(milliseconds)
        page.locator(".transport button").first.press("Enter")
        return int(counted.text_content().split()[1])

    slow = played("Home", 1000)
    assert speed.input_value() == "0.5"
    assert 8 <= slow <= 30
    assert played("End", 1000) >= 4 * slow
    assert speed.input_value() == "4"


def test_a_curve_that_leaves_is_marked_at_the_edge_on_its_side():
    code = """
        const { crossings, goesOn } = await import(process.argv[1]);
        const box = { left: 0, right: 100, top: 0, bottom: 100 };
        const line = (...ys) => ({
            x: { data: Float32Array.from(ys, (_, i) => 10 + 20 * i) },
            y: { data: Float32Array.from(ys) },
        });
        const view = { box, to: [(x) => x, (y) => 100 - y], panel: { aspect: null } };
        const seen = [[10, 90], [10, 90, 290], [50, -50, 50], [50, NaN, 1e9], [500]].map((ys) => [
            crossings(view, line(...ys)), goesOn(view, line(...ys)),
        ]);
        const path = { x: { data: [50, 250] }, y: { data: [50, 50] } };
        seen.push([crossings(view, path), ""]);
        seen.push([crossings({ ...view, panel: { aspect: 1 } }, path), ""]);
        console.log(JSON.stringify(seen));
    """
    inside, out, back, gap, never, beside, aside = node(code, module("edges"))
    assert inside == beside == [[], ""]
    assert out == [[[31, 0, "above"]], "goes on above"]
    assert back == [[[20, 100, "below"], [40, 100, "below"]], "goes on below"]
    assert gap[1] == never[1] == "goes on above"
    assert aside[0] == [[100, 50, "right"]]


@pytest.mark.browser
def test_a_run_that_diverges_is_said_to_go_on_and_is_marked(read):
    page = read(figure(surface="bowl", racers=["gradient descent"], lr=2.5, steps=50))
    legend = page.locator(".legend:visible")
    assert legend.text_content().endswith("goes on above")
    canvas = page.locator("canvas").nth(1)
    assert canvas.evaluate(WIDEST, [0, 158, 115]) >= 6  # a triangle, and no line
    page.get_by_label("Step of the run").press("Home")
    page.wait_for_timeout(100)
    assert canvas.evaluate(WIDEST, [0, 158, 115]) == 0


@pytest.mark.browser
def test_a_path_is_outlined_in_the_colour_of_the_page(read):
    picture = explorers.descent.picture(racers=["Adam"])
    ground, _ = picture.panels
    layers = [
        replace(one, markers=False) if isinstance(one, Line) else one for one in ground.layers
    ]
    picture = replace(picture, panels=(replace(ground, layers=tuple(layers)),))
    page = read(html(picture, "A caption.", live=False), color_scheme="dark")
    canvas = page.locator("canvas")
    there = canvas.evaluate(COUNT, [26, 26, 26])
    page.get_by_label("Step of the run").press("Home")
    page.wait_for_timeout(100)
    assert there > canvas.evaluate(COUNT, [26, 26, 26]) + 80


# ---- the ring -----------------------------------------------------------------------------------


@pytest.mark.browser
def test_the_ring_is_grabbed_near_it_and_nowhere_else(explore):
    page = explore(explorers.descent)
    start = asked(page)
    ring = page.locator(".ring:visible")
    for by, moves in ((40, False), (20, True)):
        page.mouse.move(*middle(ring.bounding_box(), by))
        page.mouse.down()
        page.mouse.move(*middle(ring.bounding_box(), 80, -60), steps=6)
        page.mouse.up()
        assert (asked(page) != start) == moves
    assert asked(page)["start"][0] > -1.2


@pytest.mark.browser
def test_a_click_anywhere_sets_a_cell(explore):
    page = explore(explorers.sensitivity)
    before = asked(page)
    page.locator("canvas").first.click(position={"x": 100, "y": 120})
    assert asked(page)["cell"] != before["cell"]


@pytest.mark.browser
def test_a_swipe_beside_the_ring_scrolls_and_on_it_moves_the_start(explore):
    page = explore(explorers.descent, options=PHONE)
    start, ring = asked(page), page.locator(".ring:visible")
    scrolled = page.evaluate("scrollY")
    swipe(page, middle(ring.bounding_box(), 120, 60), (0, -120))
    assert page.evaluate("scrollY") > scrolled + 60
    assert asked(page) == start
    scrolled = page.evaluate("scrollY")
    swipe(page, middle(ring.bounding_box(), 26), (60, -80))
    assert page.evaluate("scrollY") == scrolled
    assert asked(page)["start"] is not None


@pytest.mark.browser
def test_a_finger_draws_across_and_scrolls_down(explore):
    page = explore(explorers.microscope, options=PHONE)
    start, box = asked(page), page.locator("canvas").first.bounding_box()
    swipe(page, middle(box), (0, -100))
    assert page.evaluate("scrollY") > 30
    assert asked(page) == start
    box = page.locator("canvas").first.bounding_box()
    swipe(page, middle(box, -60, 10), (100, 4))
    assert asked(page)["drawn"] is not None


@pytest.mark.browser
def test_a_tap_sets_a_cell_and_a_swipe_over_the_cells_scrolls(explore):
    page = explore(explorers.sensitivity, options=PHONE)
    start, box = asked(page), page.locator("canvas").first.bounding_box()
    swipe(page, middle(box, 60, 60), (0, -120))
    assert page.evaluate("scrollY") > 60
    assert asked(page) == start
    page.touchscreen.tap(*middle(page.locator("canvas").first.bounding_box(), 60, 60))
    assert asked(page)["cell"] != start["cell"]


# ---- what a person sees -------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("options", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", ["descent", "microscope"])
def test_every_focus_ring_is_whole(name, options, explore):
    page = explore(getattr(explorers, name), options=options)
    page.keyboard.press("Tab")  # so that a focus shows
    assert page.locator(".adam-explorer").evaluate(WHOLE) == []


@pytest.mark.browser
def test_every_focus_ring_of_a_stored_figure_is_whole_in_its_width(read):
    page = read(figure())
    page.keyboard.press("Tab")
    page.locator(".adam-scene").evaluate("scene => scene.style.paddingBottom = '5px'")
    assert page.locator(".adam-scene").evaluate(WHOLE) == []


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.parametrize("name", explorers.__all__)
def test_on_a_phone_panels_are_stacked_and_nothing_covers_a_legend(name, explore):
    page = explore(getattr(explorers, name), options=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if page.get_by_label("Step of the run").is_visible():
        assert page.get_by_label("Step of the run").bounding_box()["width"] >= 200
    boxes = [canvas.bounding_box() for canvas in page.locator("canvas").all()]
    for above, below in pairwise(boxes):
        assert above["y"] + above["height"] <= below["y"]
    covered = """legend => {
        legend.scrollIntoView({ block: 'center' });
        const { left, top, height } = legend.getBoundingClientRect();
        return !legend.contains(document.elementFromPoint(left + 8, top + height / 2));
    }"""
    assert [one.evaluate(covered) for one in page.locator(".legend:visible").all()].count(True) == 0


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme, explore, read, browser):
    explorer = explore(explorers.descent, racers=["Adam"], options={"color_scheme": scheme})
    figures = read(figure(also="adam-still"), figure(explorers.microscope), color_scheme=scheme)
    for page in (explorer, figures):
        page.add_script_tag(path=ROOT / "build/node_modules/axe-core/axe.min.js")
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        assert found["passes"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]] == []


# ---- stored figures -----------------------------------------------------------------------------


@pytest.mark.browser
def test_a_stored_figure_is_played_stepped_and_read_without_python(read):
    page = read(figure(), figure(explorers.microscope, also="adam-still"))
    first = page.locator("figure").first
    assert page.locator(".controls, .tools, .ring:visible").count() == 0
    assert not first.locator("img").is_visible()
    assert first.locator("figcaption").text_content() == "A caption."
    assert first.locator(".transport output").text_content() == "step 200 of 200"
    before = pixels(page)
    first.get_by_role("button", name="One step back").click()
    assert all(a != b for a, b in zip(before, pixels(page), strict=True))
    canvas = first.locator("canvas").nth(1)
    canvas.press("End")
    canvas.press("ArrowLeft")
    assert first.locator(".transport output").text_content() == "step 198 of 200"


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.parametrize("name", explorers.__all__)
def test_a_stored_figure_is_as_high_as_its_image(name, read):
    page = read(figure(getattr(explorers, name)))
    wide, high, image = page.locator("figure").evaluate("""figure => {
        const { offsetWidth, offsetHeight } = figure.querySelector('.adam-scene');
        const { naturalWidth, naturalHeight } = figure.querySelector('img');
        return [offsetWidth, offsetHeight, naturalHeight / naturalWidth];
    }""")
    assert wide == 612
    assert abs(high - 612 * image) <= 2
    for canvas in page.locator("canvas").all():
        box = canvas.bounding_box()
        assert min(box["width"], box["height"]) > 55
    inside = "scene => [...scene.querySelectorAll('canvas, .transport')].every(one => one"
    inside += ".getBoundingClientRect().bottom <= scene.getBoundingClientRect().bottom + 1)"
    assert page.locator(".adam-scene").evaluate(inside)


@pytest.mark.browser
def test_on_paper_a_figure_is_its_image(read):
    page = read(figure(also="adam-still"))
    page.emulate_media(media="print")
    assert page.locator("img").is_visible()
    assert not page.locator("canvas").first.is_visible()


@pytest.mark.browser
def test_a_figure_plays_by_itself_once_it_is_seen_and_can_be_paused(visit):
    body = '<div style="height: 900px"></div>' + figure(autoplay=True)
    page = visit(body, front.for_pages())
    page.wait_for_selector("canvas")
    page.wait_for_timeout(300)
    counted = page.locator(".transport output")
    assert counted.text_content() == "step 0 of 200"
    page.locator("figure").scroll_into_view_if_needed()
    page.wait_for_timeout(600)
    page.get_by_role("button", name="Pause").click()
    shown = counted.text_content()
    assert shown != "step 0 of 200"
    page.wait_for_timeout(300)
    assert counted.text_content() == shown


@pytest.mark.browser
def test_nothing_plays_by_itself_where_no_motion_is_wanted(read):
    page = read(figure(autoplay=True), reduced_motion="reduce")
    page.wait_for_timeout(900)
    assert page.locator(".transport output").text_content() == "step 200 of 200"
    assert page.get_by_role("button", name="Play").is_visible()


@pytest.mark.browser
def test_a_figure_is_mounted_once_however_often_the_script_stands_there(read):
    page = read(figure(), figure())
    page.add_script_tag(content=front.for_pages(), type="module")
    page.wait_for_timeout(200)
    assert page.locator(".adam-scene").count() == 2
    assert page.locator("#adam-style").count() == 1


def test_what_pages_load_is_small_and_names_no_host():
    text = front.for_pages()
    assert len(text.encode()) < 70_000
    assert "</" not in text
    assert not re.findall(r"^\s|^//|^/?\*", text, flags=re.MULTILINE)
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", text)
