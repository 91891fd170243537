"""Every explorer in a real JupyterLab: it runs, every control moves the picture, it comes back."""

import base64
import json
import re
import shutil
import subprocess
import time
from functools import partial

import pytest

from adam_course.figures import explorers, front, theme
from adam_course.figures.explorers.still import HOW
from adam_course.figures.picture import number
from conftest import RUN_ALL

pytestmark = pytest.mark.browser

IMPORT = "from adam_course.figures import explorers"
NAMES = explorers.__all__
THEME = "async (theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })"
GET = "control => [control.value, control.checked]"
SET = """(control, [value, checked]) => {
    Object.assign(control, { value, checked });
    for (const kind of ['input', 'change']) control.dispatchEvent(new Event(kind));
}"""
# Move a slider to one place after the other, faster than an answer comes.
HURRY = """(control, places) => {
    for (const place of places) {
        control.value = place;
        control.dispatchEvent(new Event('input'));
    }
}"""
SESSION = "jupyterapp.shell.currentWidget.sessionContext"
# A number that changes when a pixel does.
PIXELS = """root => [...root.querySelectorAll('canvas')].map(canvas => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let hash = 7;
    for (const pixel of new Uint32Array(data.buffer)) hash = (Math.imul(hash, 31) + pixel) | 0;
    return hash;
}).join()"""
SETTLED = """root => new Promise(done => {
    let last = '', same = 0;
    const look = () => {
        const now = root.querySelector('.words').textContent + root.offsetHeight;
        same = now === last ? same + 1 : 0;
        last = now;
        if (same > 12) done(); else requestAnimationFrame(look);
    };
    look();
})"""


DESK = {"width": 1280, "height": 1000}


def opened(lab, browser, path, *sources, page=None, **options):
    """Return a page, a new one if none is given, with a notebook of these cells, run to its end."""
    lab.write(path, IMPORT, *sources)
    page = page or browser.new_page(**{"viewport": DESK} | options)
    lab.open(page, path)
    cells = page.evaluate(RUN_ALL)
    assert [cell["errors"] for cell in cells if cell["errors"]] == []
    return page


def live(page, place=0):
    """Return the explorer at a place on the page, once it shows a picture."""
    page.locator(".adam-explorer .words:not(:empty)").nth(place).wait_for(timeout=20_000)
    root = page.locator(".adam-explorer").nth(place)
    root.scroll_into_view_if_needed()
    return root


def pixels(root):
    """Return a number that stands for all pixels of an explorer that has come to rest."""
    root.evaluate(SETTLED)
    return root.evaluate(PIXELS)


def moved(root, hands):
    """Say whether one of these movements changes a pixel, some time later on a busy machine."""
    before = pixels(root)
    for hand in hands:
        hand()
        if any(pixels(root) != before for _ in range(8)):
            return True
    return False


def by_keyboard(control):
    """Return key presses that set a control, one of which must change something."""
    keys = {"range": ("Home", "End"), "checkbox": ("Space",), None: ("ArrowDown", "ArrowUp")}
    return [partial(control.press, key) for key in keys[control.get_attribute("type")]]


def by_mouse(control):
    """Return clicks that set a control, one of which must change something."""
    kind, box = control.get_attribute("type"), control.bounding_box()
    if kind == "range":
        places = [{"x": x * box["width"], "y": box["height"] / 2} for x in (0.05, 0.95, 0.5)]
        return [partial(control.click, position=place) for place in places]
    if kind == "checkbox":
        return [control.click]
    return [partial(control.select_option, o) for o in control.locator("option").all_inner_texts()]


HANDS = {"keyboard": by_keyboard, "mouse": by_mouse}


@pytest.fixture(scope="module")
def page(lab, browser):
    """A page with all explorers, each in a cell of its own, with everybody taking part."""
    cells = [
        f"explorers.{name}(**{{name: control.options for name, control in "
        f"explorers.{name}.controls.items() if type(control).__name__ == 'Several'}})"
        for name in NAMES
    ]
    page = opened(lab, browser, "all.ipynb", *cells)
    yield page
    page.close()


@pytest.fixture
def second(jupyterlab):
    """The second page, as large and as lively as the first."""
    jupyterlab.set_viewport_size(DESK)
    jupyterlab.emulate_media(reduced_motion="no-preference")
    return jupyterlab


@pytest.mark.parametrize("name", NAMES)
def test_it_is_live_and_its_still_is_hidden(name, page):
    root = live(page, NAMES.index(name))
    cell = root.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea ')][1]")
    assert cell.locator(".adam-still").count() == 1
    assert not cell.locator(".adam-still").is_visible()
    assert root.get_attribute("role") == "group"
    for canvas in root.locator("canvas").all():
        assert canvas.get_attribute("role") in ("img", "application")
        assert len(canvas.get_attribute("aria-label")) > 40


def test_every_explorer_is_seen_whole_on_a_laptop(page):
    """Also with everybody taking part, which makes legends and words long."""
    page.set_viewport_size({"width": 1366, "height": 768})
    roots = {name: live(page, place) for place, name in enumerate(NAMES)}
    heights = {}
    for name, root in roots.items():
        root.scroll_into_view_if_needed()
        root.evaluate(SETTLED)
        heights[name] = round(root.bounding_box()["height"])
    page.set_viewport_size({"width": 1280, "height": 1000})
    assert {name: height for name, height in heights.items() if height > 600} == {}


@pytest.mark.long
@pytest.mark.parametrize("hand", ["keyboard", "mouse"])
@pytest.mark.parametrize("name", NAMES)
def test_every_control_moves_the_picture(name, hand, page):
    root = live(page, NAMES.index(name))
    for control in root.locator(".controls [data-name]:visible").all():
        before = control.evaluate(GET)
        assert moved(root, HANDS[hand](control)), control.get_attribute("data-name")
        control.evaluate(SET, before)  # at its extreme, it might leave the others nothing to do


@pytest.mark.parametrize("name", NAMES)
def test_what_can_be_done_on_a_canvas_can_be_done_by_mouse_and_by_keyboard(name, page):
    root = live(page, NAMES.index(name))
    for canvas in root.locator("canvas[role=application]").all():
        keys = ("Left", "Right", "Up", "Down")
        assert moved(root, [partial(canvas.press, f"Shift+Arrow{key}") for key in keys]), "keyboard"
    for canvas in root.locator("canvas:is([data-hand=Handle], [data-hand=Drawing])").all():
        box = canvas.bounding_box()

        def drag(x, y, canvas=canvas, box=box):
            ring = canvas.locator("xpath=..").locator(".ring:visible")
            held = ring.bounding_box() if ring.count() else box
            start = held["x"] + held["width"] / 2, held["y"] + held["height"] / 2
            page.mouse.move(*start)
            page.mouse.down()
            page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y, steps=8)
            page.mouse.up()
            page.mouse.move(2, 2)

        assert moved(root, [partial(drag, 0.7, 0.5), partial(drag, 0.5, 0.2)]), "mouse"


def test_a_run_is_played_paused_stepped_and_scrubbed(page):
    root = live(page, NAMES.index("microscope"))
    button = {name: root.get_by_role("button", name=name) for name in ("Play", "One step back")}
    counted = root.locator(".transport output")
    button["Play"].click()
    page.wait_for_timeout(900)
    root.get_by_role("button", name="Pause").click()
    paused = counted.text_content()
    assert 1 <= int(paused.split()[1]) < 40
    page.wait_for_timeout(300)
    assert counted.text_content() == paused
    root.get_by_role("slider", name="Step of the run").press("End")
    assert counted.text_content() == "step 40 of 40"
    assert moved(root, [button["One step back"].click])
    assert counted.text_content() == "step 39 of 40"


def test_the_pointer_reads_values(page):
    root = live(page, NAMES.index("descent"))
    canvas = root.locator("canvas").first
    canvas.hover(position={"x": 200, "y": 200})
    page.wait_for_function(
        "root => /^x .*: loss/.test(root.textContent)",
        arg=root.locator(".reading").first.element_handle(),
    )


def test_what_an_answer_leaves_out_is_there_when_it_comes(page):
    """Eight maps are kept; the oldest is asked for again while a ninth is on its way."""
    root = live(page, NAMES.index("rotation"))
    angle = root.locator("[data-name=angle]")

    def shows(degrees):
        root.get_by_text(f"At {degrees}°, after 60 steps").first.wait_for()
        return pixels(root)

    seen = {}
    for degrees in range(45, 53):
        angle.evaluate(HURRY, [degrees])
        seen[degrees] = shows(degrees)
    for new, oldest in [(53, 45), (54, 47)]:  # 45, asked for again, pushed 46 out
        angle.evaluate(HURRY, [new, oldest])
        again = shows(oldest)
        assert page.complaints == []
        assert again == seen[oldest]
        assert root.locator(".status").text_content() == ""


def test_the_page_asked_no_other_host_and_had_nothing_to_complain_about(lab, page):
    assert lab.outside(page) == []
    assert page.complaints == []


def test_a_restarted_kernel_is_announced_and_the_cell_brings_it_back(lab, browser, second):
    page = opened(lab, browser, "restart.ipynb", "explorers.descent()", page=second)
    root = live(page)
    page.evaluate(f"async () => {{ await {SESSION}.session.kernel.restart(); }}")
    root.get_by_text("Run this cell again").wait_for(timeout=10_000)
    kept = pixels(root)
    root.locator("[data-name=lr]").press("Home")
    assert pixels(root) == kept
    assert "Run this cell again" in root.locator(".status").text_content()
    page.evaluate(RUN_ALL)
    page.wait_for_function("document.querySelectorAll('.adam-explorer .status.warns').length === 0")
    root = live(page)
    assert moved(root, [lambda: root.locator("[data-name=lr]").press("Home")])


def test_it_comes_back_after_the_page_was_reloaded_with_the_values_it_had(lab, browser):
    page = opened(lab, browser, "reload.ipynb", "explorers.descent()")
    live(page).locator("[data-name=steps]").press("Home")
    live(page).evaluate(SETTLED)
    page.evaluate("async () => jupyterapp.commands.execute('docmanager:save')")
    page.reload(wait_until="domcontentloaded")
    lab.wait(page)
    root = live(page)
    assert "in 10 steps" in root.locator(".words").text_content()
    assert moved(root, [lambda: root.locator("[data-name=steps]").press("End")])
    page.close()


def test_a_notebook_reopened_without_its_kernel_shows_the_still_and_says_how(lab, browser):
    page = opened(lab, browser, "reopen.ipynb", "explorers.descent()")
    live(page)
    page.evaluate("async () => jupyterapp.commands.execute('docmanager:save')")
    page.evaluate(f"async () => {SESSION}.shutdown()")
    page.reload(wait_until="domcontentloaded")
    page.wait_for_selector(".adam-still img", timeout=60_000)
    still = page.locator(".adam-still")
    assert still.is_visible()
    assert HOW in still.text_content()
    still.locator("canvas").first.wait_for(timeout=20_000)
    assert still.locator("canvas").count() == 2
    assert not page.get_by_text("Error displaying widget").first.is_visible()
    page.close()


def test_motion_is_reduced_where_it_is_not_wanted(lab, browser, second):
    second.emulate_media(reduced_motion="reduce")
    page = opened(lab, browser, "calm.ipynb", "explorers.descent()", page=second)
    root = live(page)
    root.get_by_role("button", name="Play").click()
    begin = time.monotonic()
    steps = {
        root.locator(".transport output").text_content()
        for _ in range(40)
        if not page.wait_for_timeout(25)
    }
    assert len(steps) <= 1 + 4 * (time.monotonic() - begin)


@pytest.fixture(scope="module")
def untouched(lab, browser, jupyterlab):
    """The second page with all explorers as they begin, which nothing may set or close."""
    jupyterlab.set_viewport_size(DESK)
    jupyterlab.emulate_media(reduced_motion="no-preference")
    sources = [f"explorers.{name}()" for name in NAMES]
    return opened(lab, browser, "untouched.ipynb", *sources, page=jupyterlab)


@pytest.mark.parametrize(
    ("look", "theme", "options"),
    [
        ("dark", "JupyterLab Dark", {}),
        *(
            pytest.param(*look, marks=pytest.mark.long)
            for look in (
                ("light", "JupyterLab Light", {}),
                ("dense", "JupyterLab Light", {"device_scale_factor": 2}),
                ("narrow", "JupyterLab Light", {"viewport": {"width": 400, "height": 1600}}),
            )
        ),
    ],
)
def test_it_looks_right(look, theme, options, lab, browser, untouched, pytestconfig, screenshots):
    sources = [f"explorers.{name}()" for name in NAMES]
    own = look == "dense"  # a page keeps its density
    page = opened(lab, browser, f"{look}.ipynb", *sources, **options) if own else untouched
    page.set_viewport_size(options.get("viewport", DESK))
    page.evaluate(THEME, theme)
    page.evaluate("() => jupyterapp.shell.collapseLeft()")
    for place, name in enumerate(NAMES):
        root = live(page, place)
        root.evaluate(SETTLED)
        if pytestconfig.getoption("pictures"):
            root.screenshot(path=screenshots / f"explorer-{name}-{look}.png")
        paper = root.evaluate("root => root.style.getPropertyValue('--paper')")
        assert (paper == "#ffffff") == (look != "dark")
        assert root.evaluate("root => root.scrollWidth <= root.clientWidth")
        for canvas in root.locator("canvas").all():
            ratio = canvas.evaluate(
                "canvas => canvas.width / canvas.clientWidth / devicePixelRatio"
            )
            assert abs(ratio - 1) < 0.01
    page.evaluate(THEME, "JupyterLab Light")
    if own:
        page.close()


# ---- the front end's modules, in node -----------------------------------------------------------


def node(code, *given):
    """Return what a module logs as JSON when node runs it, its arguments from the second on."""
    run = subprocess.run(
        [shutil.which("node"), "--input-type=module", "--eval", code, *given],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(run.stdout)


def module(name):
    """Return the address of one of the front end's modules."""
    (path,) = (path for path in front.MODULES if path.stem == name)
    return path.as_uri()


def test_joined_the_modules_are_one_that_leaves_only_what_anywidget_takes():
    code = """
        const joined = await import(process.argv[1]);
        console.log(JSON.stringify([Object.keys(joined), typeof joined.default.render]));
    """
    source = base64.b64encode(front.joined().encode()).decode()
    assert node(code, f"data:text/javascript;base64,{source}") == [["default"], "function"]


def test_an_array_in_use_pushes_out_no_other():
    code = """
        const { keep } = await import(process.argv[1]);
        const kept = new Map();
        for (const key of "abcdefgh") keep(kept, key, [key]);
        const seen = [[...kept.keys()].join("")];
        for (const key of "aac") keep(kept, key, kept.get(key));
        seen.push([...kept.keys()].join(""));
        keep(kept, "i", ["i"]);
        seen.push([...kept.keys()].join(""), kept.get("a"));
        console.log(JSON.stringify(seen));
    """
    assert node(code, module("kept")) == ["abcdefgh", "bdefghac", "defghaci", ["a"]]


def test_an_answer_finds_what_its_question_had_and_nothing_undefined_is_kept():
    code = """
        const { decode, keep } = await import(process.argv[1]);
        const kept = new Map();
        for (const key of "abcdefgh") keep(kept, key, Float32Array.of(key.charCodeAt()));
        const had = new Map(kept);
        const sent = new DataView(Float32Array.of(0, 7).buffer, 4); // a part of its buffer
        const added = decode({ shape: [1], key: "i", buffer: 0 }, [sent], had, kept);
        const evicted = !kept.has("a");
        const old = decode([{ shape: [1], key: "a" }], [], had, kept)[0];
        let complaint = "";
        try {
            decode({ shape: [1], key: "z" }, [], had, kept);
        } catch (error) {
            complaint = error.message;
        }
        const whole = [...kept.values()].every((data) => data instanceof Float32Array);
        const keys = [...kept.keys()].join("");
        console.log(JSON.stringify([added.data[0], evicted, old.data[0], complaint, whole, keys]));
    """
    added, evicted, old, complaint, whole, keys = node(code, module("kept"))
    assert (added, old) == (7, ord("a"))
    assert evicted
    assert "missing" in complaint
    assert whole
    assert keys == "cdefghia"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_star_keeps_off_the_paths_below_it_and_is_light_with_a_dark_rim(mode):
    code = """
        const { drawPoints } = await import(process.argv[1]);
        const palette = JSON.parse(process.argv[2]);
        globalThis.Path2D = class {};
        const seen = [];
        let size = 1;
        const pen = {
            save() {}, restore() {}, translate() {},
            scale(x) { size = x; },
            stroke() { seen.push([pen.strokeStyle, Math.round(pen.lineWidth * size)]); },
            fill() { seen.push([pen.fillStyle]); },
        };
        const at = { data: [1] };
        const view = { pen, stage: { palette }, to: [(x) => x, (y) => y] };
        for (const marker of "*D") drawPoints(view, { x: at, y: at, marker, filled: true }, {});
        console.log(JSON.stringify(seen));
    """
    palette = theme.THEME[mode]
    paper, ink = palette["paper"], palette["ink"]
    halo, below, rim, star, *diamond = node(code, module("drawing"), json.dumps(palette))
    assert halo[0] == paper and halo[1] > rim[1] and below == star
    assert (rim[0], star) == ("#222222", ["#ffffff"])
    assert diamond == [[paper, 3], [ink]]


def test_the_front_end_writes_numbers_as_the_kernel_does():
    code = """
        const { format, ticks } = await import(process.argv[1]);
        const numbers = [0, -0.5, 1.5e-4, 123456, 99.96, 0.000321];
        console.log(JSON.stringify([
            numbers.map((x) => format(x)),
            ticks({ low: 0, high: 200 }, 5).map(([x]) => x),
            ticks({ low: 1e-8, high: 100, log: true }, 5).map(([, text]) => text),
            ticks({ low: 0, high: 3, whole: true }, 9).map(([x]) => x),
        ]));
    """
    written, linear, log, whole = node(code, module("numbers"))
    numbers = [0, -0.5, 1.5e-4, 123456, 99.96, 0.000321]
    assert written == [number(x) for x in numbers]
    assert linear == [0, 50, 100, 150, 200]
    assert log == ["10⁻⁶", "10⁻³", "1"] or re.match("10", log[0])
    assert whole == [0, 1, 2, 3]
