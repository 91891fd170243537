"""The playground without a kernel: its digits are Python's, and it works in a phone's browser."""

import json
import re
import shutil
import subprocess
import time
from dataclasses import fields, is_dataclass

import numpy as np
import playground
import pytest
from test_explorers_browser import HANDS, live, moved, pixels

from adam_course import descend
from adam_course.figures import explorers, front
from adam_course.figures.explorers.descent import RACERS, SURFACES
from conftest import ROOT

PAGE = ROOT / "docs" / "playground"
#: A number that JSON has no word for is written as one.
PRINT = """
const text = JSON.stringify(results, (_, value) =>
    ArrayBuffer.isView(value) ? Array.from(value)
    : typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
console.log(text);
"""
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
# Count what each frame draws in, and leave the page's own clock to the test.
WATCH = """
const ask = window.requestAnimationFrame.bind(window);
window.drawn = 0;
window.frame = () => new Promise(ask);
window.requestAnimationFrame = (call) => ask((now) => {
    const begun = performance.now();
    call(now);
    window.drawn += performance.now() - begun;
});
"""
IDLE = """async () => {
    const begun = await frame();
    for (let i = 0; i < 59; i++) await frame();
    return (await frame() - begun) / 60;
}"""
DRAG = """async (canvas) => {
    const box = canvas.getBoundingClientRect();
    const held = canvas.parentElement.querySelector('.ring:not([hidden])') ?? canvas;
    const send = (kind, i) => held.dispatchEvent(new PointerEvent(kind, {
        bubbles: true,
        button: 0,
        pointerId: 1,
        clientX: box.left + box.width * (0.5 + 0.3 * Math.cos(i / 9)),
        clientY: box.top + box.height * (0.5 + 0.3 * Math.sin(i / 9)),
    }));
    held.setPointerCapture = () => {};
    send('pointerdown', 0);
    const [work, frames] = [[], []];
    let before = await frame();
    for (let i = 1; i <= 150; i++) {
        window.drawn = 0;
        const begun = performance.now();
        send('pointermove', i);
        for (let turn = 0; turn < 9; turn++) await null; // the picture is a promise
        const thought = performance.now() - begun;
        const now = await frame();
        work.push(thought + window.drawn);
        frames.push(now - before);
        before = now;
    }
    send('pointerup', 0);
    return [work, frames];
}"""


def node(code, given):
    """Return what a module leaves in `results`, when run in node with `given`."""
    read = "const given = JSON.parse((await import('node:fs')).readFileSync(0, 'utf8'));"
    run = subprocess.run(
        [shutil.which("node"), "--input-type=module", "--eval", read + code + PRINT],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        cwd=PAGE,
    )
    return json.loads(run.stdout)


def plain(thing):
    """Return a picture as the playground makes it, its arrays as lists."""
    if isinstance(thing, np.ndarray):
        return {"data": thing.ravel().tolist(), "shape": list(thing.shape)}
    if is_dataclass(thing):
        parts = {f.name: plain(getattr(thing, f.name)) for f in fields(thing)}
        return {"kind": type(thing).__name__, **parts}
    if isinstance(thing, tuple | list):
        return [plain(part) for part in thing]
    return thing.item() if isinstance(thing, np.generic) else thing


def same(theirs, ours, where=""):
    """Assert that two pictures agree: text to the letter, numbers to 1e-12 of their size."""
    if isinstance(ours, dict):
        assert theirs.keys() == ours.keys(), where
        for name in ours:
            same(theirs[name], ours[name], f"{where}.{name}")
    elif isinstance(ours, list) and ours and isinstance(ours[0], float | int):
        np.testing.assert_allclose(np.array(theirs, float), ours, rtol=1e-12, err_msg=where)
    elif isinstance(ours, list):
        assert len(theirs) == len(ours), where
        for i, parts in enumerate(zip(theirs, ours, strict=True)):
            same(*parts, f"{where}[{i}]")
    elif isinstance(ours, float):
        assert float(theirs) == pytest.approx(ours, rel=1e-12, abs=0), where
    elif where.endswith(".words"):
        (said, numbers), (meant, expected) = read(theirs), read(ours)
        assert said == meant, where
        np.testing.assert_allclose(numbers, expected, rtol=0.01, atol=1e-12, err_msg=where)
    else:
        assert theirs == ours, where


def read(words):
    """Return a sentence without its numbers, and these: both sides round them for the eye."""
    written = re.sub("(?<!× )10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", r"1 × 10\1", words)
    written = written.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789"))
    numbers = r"-?\d+(?:\.\d+)?(?: × 10-?\d+)?"
    found = [float(text.replace(" × 10", "e")) for text in re.findall(numbers, written)]
    return re.sub(numbers, "#", written), found


def mixtures(explorer, count, **more):
    """Return each control over its range, then so many random mixtures of them."""
    sweeps = {name: control.sweep() for name, control in explorer.controls.items()} | more
    rng = np.random.default_rng(0)
    each = [{name: value} for name, values in sweeps.items() for value in values]
    return each + [
        {name: values[rng.integers(len(values))] for name, values in sweeps.items()}
        for _ in range(count)
    ]


# ---- the page as a file -------------------------------------------------------------------------


def test_the_page_holds_all_it_needs_and_names_no_host():
    page = playground.page()
    assert "{{" not in page
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)[^\s\"']*", page)
    assert re.findall(r"(?:src|href)=\"([^\"]*)\"", page) == ["data:,"]
    assert page == playground.page()


def test_every_module_finds_those_it_imports_above_itself():
    modules = playground.import_map()["imports"]
    assert list(modules) == [*front.NAMES, "rules", "pictures", "playground"]
    above = set()
    for path in playground.MODULES:
        assert set(re.findall(r"from \"[./\w]*?(\w+)\.js\"", path.read_text("utf-8"))) <= above
        above.add(path.stem)


def test_every_file_of_the_front_end_has_its_place_in_the_order():
    assert sorted(front.HERE.glob("*.js")) == sorted(front.MODULES)


# ---- its digits, in node ------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("surface", SURFACES)
def test_every_rule_takes_pythons_steps_on_every_surface(surface):
    known = playground.course()["surfaces"][surface]
    runs = []
    for racer, make in RACERS.items():
        for lr, lr_adaptive in [(1e-3, 0.1), (0.3, 2.0), (1e-5, 1e-4)]:
            parameters = {"lr": lr, "lr_adaptive": lr_adaptive}
            parameters |= {"momentum": 0.95, "beta1": 0.85, "beta2": 0.99}
            optimizer = make(parameters)
            run = descend(SURFACES[surface], optimizer, steps=500)
            runs.append((racer, optimizer.hyperparameters, run))
    theirs = node(
        """
        const { RULES, SURFACES, descend } = await import("./rules.js");
        const surface = SURFACES[given.surface];
        const results = given.runs.map(([racer, hyperparameters]) =>
            descend(surface, () => RULES[racer](hyperparameters), given.start, 500));
        """,
        {"surface": surface, "start": known["start"], "runs": [run[:2] for run in runs]},
    )
    for (racer, hyperparameters, run), seen in zip(runs, theirs, strict=True):
        ours = {"x": run.thetas[:, 0], "y": run.thetas[:, 1], "losses": run.losses}
        ours = {name: values.tolist() for name, values in ours.items()}
        same(seen, ours | {"divergedAt": run.diverged_at}, f"{racer} {hyperparameters}")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("descent", {"start": (None, (-1e9, 1e-9), (0.5, 0.25), (1e9, 1e9))}),
        ("microscope", {}),
    ],
)
def test_every_picture_is_the_one_that_python_draws(name, more):
    explorer = getattr(explorers, name)
    asked = [explorer.checked(parameters) for parameters in mixtures(explorer, 60, **more)]
    theirs = node(
        f"""
        const {{ {name} }} = await import("./pictures.js");
        const results = given.asked.map((values) => {name}(given.course, values));
        """,
        {"course": playground.course(), "asked": asked},
    )
    for parameters, picture in zip(asked, theirs, strict=True):
        same(picture, plain(explorer.picture(**parameters)), str(parameters))


# ---- in a browser, from a file ------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The page in a folder where nothing else is."""
    path = tmp_path_factory.mktemp("playground") / "index.html"
    path.write_text(playground.page(), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def opened(address, browser):
    """Open the page in a window of its own, and see afterwards that nothing went wrong."""
    contexts = []

    def open_page(**options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.requests, page.complaints = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda m: m.type == "error" and page.complaints.append(m.text))
        page.add_init_script(WATCH)
        page.goto(address)
        live(page, 0)
        live(page, 1)
        return page

    yield open_page
    for context in contexts:
        (page,) = context.pages
        assert page.complaints == []
        assert {url.split(",")[0] for url in page.requests if url != address} <= {
            "data:",
            "data:text/javascript;base64",
        }
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("hand", ["keyboard", "mouse"])
def test_every_control_moves_the_picture(hand, place, opened):
    page = opened(viewport={"width": 1200, "height": 1000})
    root = live(page, place)
    for control in root.locator(".controls [data-name]:visible").all():
        before = control.evaluate("control => [control.value, control.checked]")
        assert moved(root, HANDS[hand](control)), control.get_attribute("data-name")
        control.evaluate(
            """(control, [value, checked]) => {
                Object.assign(control, { value, checked });
                for (const kind of ['input', 'change']) control.dispatchEvent(new Event(kind));
            }""",
            before,
        )
    for canvas in root.locator("canvas:is([data-hand=Handle], [data-hand=Drawing])").all():
        assert moved(root, [lambda canvas=canvas: canvas.press("Shift+ArrowUp")])


@pytest.mark.browser
def test_a_finger_moves_the_start_and_draws_gradients(opened):
    page = opened(**PHONE)
    finger = page.context.new_cdp_session(page)

    def touch(kind, *points):
        points = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    for place in (0, 1):
        root = live(page, place)
        canvas = root.locator("canvas").first
        canvas.evaluate("canvas => canvas.scrollIntoView({ block: 'center' })")
        box = canvas.bounding_box()
        held = root.locator(".ring:visible").bounding_box() if place == 0 else box
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
def test_a_drag_keeps_up_with_the_screen(opened, capsys):
    def say(*words):
        with capsys.disabled():
            print("\n ", *words, end="")

    for name, options, slower in [("desk", {}, 1), ("phone", PHONE, 1), ("slow phone", PHONE, 4)]:
        page = opened(**options)
        throttle = {"rate": slower}
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", throttle)
        say(f"{name}: {1000 / page.evaluate(IDLE):.0f} frames a second at rest")
        for place, what in enumerate(["descent, 2 racers", "microscope", "descent, 6 racers"]):
            root = live(page, place % 2)
            if place == 2:
                for racer in RACERS:
                    root.get_by_label(racer, exact=True).check()
            pixels(root)
            work, frames = map(np.array, root.locator("canvas").first.evaluate(DRAG))
            middle, most = np.quantile(work, [0.5, 0.95])
            rate = f"{1000 / frames.mean():.0f} frames a second"
            say(f"{name}, {what}: p50 {middle:.1f} ms, p95 {most:.1f} ms a picture; {rate}")
            assert slower > 1 or middle < 16


@pytest.mark.browser
@pytest.mark.parametrize(
    ("look", "options"),
    [
        ("phone", PHONE),
        ("small-dark", {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}),
        ("desk", {"viewport": {"width": 1200, "height": 800}}),
        ("desk-dark", {"viewport": {"width": 1200, "height": 800}, "color_scheme": "dark"}),
    ],
)
def test_it_fits_and_looks_right(look, options, opened, screenshots):
    page = opened(**options)
    for place in (0, 1):
        pixels(live(page, place))
        page.screenshot(path=screenshots / f"playground-{look}-{place + 1}.png")
        paper = live(page, place).evaluate("root => root.style.getPropertyValue('--paper')")
        assert (paper == "#ffffff") == ("dark" not in look)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    names = [page.locator("canvas").nth(i).get_attribute("aria-label") for i in range(6)]
    assert all(len(name) > 40 for name in names)


@pytest.mark.browser
def test_the_map_stays_in_sight_on_a_phone_and_hides_nothing_that_has_the_focus(opened):
    root = live(opened(**PHONE))
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
    root = live(opened(reduced_motion="reduce"))
    root.get_by_role("button", name="Play").click()
    counted = root.locator(".transport output")
    begin = time.monotonic()
    steps = set()
    for _ in range(40):
        root.page.wait_for_timeout(25)
        steps.add(counted.text_content())
    assert len(steps) <= 2 + 2 * (time.monotonic() - begin)
