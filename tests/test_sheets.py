"""The printed sheets: every formula runs, every default is the real one, nothing is cut off."""

import inspect
import json
import math
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import comparison
import course_map
import mathml
import numpy as np
import pytest
import sheets
import update_rules
from test_live import SCHEDULES
from update_rules import LETTERS, RULES, STATE, TIMETABLES

import make
from adam_course import frameworks, optimizers, schedules
from adam_course.frameworks import ROSETTA
from adam_course.frameworks.pairs import HOMES, PAIRS
from adam_course.optimizers import matrices
from conftest import ROOT

DOCS = ROOT / "docs"
PAGES = pytest.mark.parametrize("name", sheets.PAGES)
#: Far from every default, so that no letter can stand in for another.
UNUSUAL = {
    "lr": 0.03,
    "momentum": 0.7,
    "rho": 0.8,
    "beta1": 0.85,
    "beta2": 0.95,
    "eps": 1e-3,
    "weight_decay": 0.2,
    "initial_accumulator": 0.3,
    "momentum_decay": 0.02,
    "beta2_decay": 0.6,
    "eps1": 1e-2,
    "eps2": 0.4,
    "clip": 0.7,
}
FUNCTIONS = {
    **{name: getattr(np, name) for name in ("sqrt", "sign", "abs", "floor", "cos", "mean")},
    "max": np.maximum,
    "min": np.minimum,
    "rms": lambda x: np.sqrt(np.mean(x * x)),
    "row_mean": lambda x: x.mean(axis=1, keepdims=True),
    "column_mean": lambda x: x.mean(axis=0, keepdims=True),
    "π": np.pi,
    "rows": 4,
    "columns": 3,
    "orthogonal": optimizers.orthogonalized,
    "power": lambda matrix, exponent: matrices.inverse_root(matrix, -1 / exponent),
}


# ---- the rules ----------------------------------------------------------------------------------

FORMS = [
    pytest.param(rule, label, id=f"{rule.optimizer.__name__} {label}".strip())
    for rule in RULES
    for label in rule.forms()
]


@pytest.mark.parametrize(("rule", "label"), FORMS)
def test_the_formulas_of_the_sheet_take_the_steps_of_the_course_s_optimizer(rule, label):
    settings, formulas = rule.forms()[label]
    numbers = {name: UNUSUAL[name] for name in sheets.ours(rule)}
    optimizer = rule.optimizer(**numbers, **settings)
    names = FUNCTIONS | {LETTERS[name]: value for name, value in numbers.items()}
    names |= {STATE.get(name, name): value for name, value in optimizer.state.items()}
    rng = np.random.default_rng(0)
    theta = names["θ"] = rng.normal(size=(4, 3))
    if "z" in names:
        names["z"] = names["x"] = theta
    if rule.optimizer is optimizers.Shampoo:
        names |= {"L": optimizer.eps * np.eye(4), "R": optimizer.eps * np.eye(3)}
    if rule.optimizer is optimizers.SOAP:  # between two renewals of its axes
        optimizer.every = 1000
        theta = names["θ"] = optimizer.step(theta, rng.normal(size=theta.shape))
        names |= {"turned": optimizer.into_q, "back": optimizer.out_of_q}
    code = "\n".join(update_rules.lines(formulas))
    for t in range(1, 31):
        gradient = rng.normal(size=theta.shape)
        names |= {"g": gradient, "t": t}
        theta = optimizer.step(theta, gradient)
        with np.errstate(invalid="ignore"):  # RAdam's r before it is used
            exec(code, names)
        np.testing.assert_allclose(names["θ"], theta, rtol=0, atol=1e-12)


def test_every_optimizer_is_on_the_sheet_once_and_names_its_lesson():
    names = [rule.optimizer.__name__ for rule in RULES]
    assert sorted(names) == sorted(comparison.RULES)
    assert {rule.lesson for rule in RULES} <= {one["number"] for one in sheets.journey()}


def test_the_bytes_of_a_rule_for_matrices_are_those_that_it_keeps():
    for rule in update_rules.MATRICES[1:]:
        optimizer = rule.optimizer()
        for _ in range(2):
            optimizer.step(np.ones((8, 16), np.float32), np.ones((8, 16), np.float32))
        kept = sum(one.nbytes for one in optimizer.state.values() if np.ndim(one))
        assert kept / 128 == eval(rule.state.replace("8(", "8*("), {"n": 8, "k": 16})


def test_what_is_unquoted_is_a_letter_of_the_rule():
    for rule in RULES:
        assert set(rule.unquoted.split()) <= {LETTERS[name] for name in sheets.ours(rule)}


WRITTEN = [row for row in TIMETABLES if re.search("[*/]", row.rate)]


@pytest.mark.parametrize("row", WRITTEN, ids=lambda row: row.schedule.__name__)
def test_a_rate_on_the_sheet_is_that_of_the_course_s_schedule(row):
    given = {"every": 7, "factor": 0.6, "steps": 40, "share": 0.3}
    letters = {name: given[name] for name in row.letters if name in given}
    extra = {"then": 0.3} if row.schedule is schedules.Warmup else {"lr": 0.3}
    ours = row.schedule(**extra, **letters)
    names = FUNCTIONS | {"α": 0.3} | {row.letters[name]: value for name, value in letters.items()}
    for t in range(1, 41):
        assert eval(row.rate, names | {"t": t}) == pytest.approx(ours(t), rel=1e-12)


def test_the_schedules_told_in_words_do_what_the_words_say():
    half = schedules.OneCycle(0.3, steps=100)
    assert max(range(1, 101), key=half) == 100 * half.rise
    multi = schedules.MultiStep(0.3, milestones=(10, 20))
    assert [multi(t) for t in (10, 11, 21)] == pytest.approx([0.3, 0.03, 0.003])
    plateau = schedules.Plateau(0.3)
    for looks in range(1, 13):
        plateau.observe(1.0)  # the first is better than nothing
        assert plateau(looks) == (0.3 if looks - 1 <= plateau.patience else 0.15)


#: Tested by themselves, since they watch a loss.
PLATEAUS = {"ReduceLROnPlateau", "contrib.reduce_on_plateau"}


def test_every_schedule_is_on_the_sheet_under_names_that_are_verified():
    rows = {row.schedule: row for row in TIMETABLES}
    assert set(rows) == set(schedules.Schedule.__subclasses__()) - {schedules.Constant}
    for schedule, row in rows.items():
        theirs = " ".join(text for ours, text in SCHEDULES if type(ours) is schedule)
        for name in {row.torch, row.optax} - {"", *PLATEAUS}:
            assert f".{name}(" in theirs, (schedule, name)


# ---- the words ----------------------------------------------------------------------------------


def after(optimizer, gradient, steps=1):
    """Return the last step of a run with the same gradient every time."""
    theta = np.zeros((1, 1))
    for _ in range(steps):
        before, theta = theta, optimizer.step(theta, np.array([[gradient]]))
    return abs(theta - before).item()


def quoted(optimizer, text):
    """Tell whether a sentence is in the row of an optimizer."""
    (rule,) = (rule for rule in RULES if rule.optimizer is optimizer)
    return text in f"{rule.use} {rule.trap}"


def test_the_numbers_in_the_traps_are_those_of_runs():
    stable, unstable = (
        after_descent(optimizers.GradientDescent(lr)) < 1 for lr in (1.99 / 7, 2.01 / 7)
    )
    assert quoted(optimizers.GradientDescent, "α × curvature is above 2") and stable > unstable
    assert quoted(optimizers.AdaGrad, "α / √t under equal gradients")
    assert after(optimizers.AdaGrad(1.0), 5.0, 100) == pytest.approx(1 / math.sqrt(100))
    torch = sheets.recorded()["defaults"]["RMSProp"]["torch"]
    assert quoted(optimizers.RMSProp, "3.16 α, with PyTorch’s ρ 10 α")
    assert after(optimizers.RMSProp(1.0), 5.0) == pytest.approx(3.16, abs=5e-3)
    assert after(optimizers.RMSProp(1.0, torch["rho"]), 5.0) == pytest.approx(10)
    small = [after(optimizers.AdaDelta(eps=eps), 5.0, 100) for eps in (1e-8, 1e-6)]
    assert quoted(optimizers.AdaDelta, "√ε is one") and small[1] == pytest.approx(
        10 * small[0], rel=0.01
    )
    keras = sheets.recorded()["defaults"]["Adam"]["keras"]["eps"]
    assert quoted(
        optimizers.Adam, f"1e-7 is worth {keras / math.sqrt(1 - 0.999):.1e}".replace("e-0", "e-")
    )
    decays = [row["weight_decay"] for row in sheets.recorded()["defaults"]["AdamW"].values()]
    assert quoted(optimizers.AdamW, "up to 100 times") and max(decays) / min(
        decays
    ) == pytest.approx(100)
    shrunk = optimizers.AdamW(0.1, weight_decay=0.5)
    theta = np.ones(1)
    for _ in range(7):
        theta = shrunk.step(theta, np.zeros(1))
    assert theta.item() == pytest.approx((1 - 0.1 * 0.5) ** 7)
    assert (
        quoted(optimizers.Shampoo, "at 1e-6 on the diagonal") and optimizers.Shampoo().eps == 1e-6
    )
    assert quoted(optimizers.SOAP, "no step") and after(optimizers.SOAP(1.0), 1.0) == 0
    assert quoted(optimizers.AdaBelief, "186 α at step 5,000")
    assert after(optimizers.AdaBelief(1.0), 1.0, 5000) == pytest.approx(186, abs=0.5)


def after_descent(optimizer, curvature=7.0):
    """Return how far from the minimum of a parabola a run from 1 is after 500 steps."""
    theta = np.ones(1)
    for _ in range(500):
        theta = optimizer.step(theta, curvature * theta)
    return abs(theta).item()


def test_the_momentum_and_adam_limits_are_where_runs_turn():
    for factor, settles in ((0.99, True), (1.01, False)):
        ball = optimizers.Momentum(factor * 2 * 1.9 / 7, momentum=0.9)
        assert (after_descent(ball) < 1) is settles
    assert sheets.facts()["edge"] == "38"


def test_where_frameworks_put_epsilon_and_correct_is_what_the_verified_table_says():
    for name, framework in [(n, f) for n in ("AdaGrad", "RMSProp") for f in ("keras", "optax")]:
        assert ROSETTA[name][framework].ours == {"eps_in_sqrt": True}
    assert all(entry.ours["bias_correction"] for entry in ROSETTA["AMSGrad"].values())
    assert ROSETTA["AMSGrad"]["optax"].ours["max_over"] == "v_hat"
    inside = {one for one, entry in ROSETTA["AdaMax"].items() if entry.ours.get("eps_in_max")}
    assert inside == {"torch", "optax"}
    decay = {
        one: entry.ours.get("momentum_decay", 0.004) for one, entry in ROSETTA["NAdam"].items()
    }
    assert decay == {"torch": 0.004, "keras": 1, "optax": None}
    assert {entry.ours["rectify_above"] for entry in ROSETTA["RAdam"].values()} == {5}
    assert ROSETTA["Yogi"]["optax"].ours == {"bias_correction": True}


# ---- the defaults -------------------------------------------------------------------------------


def test_the_stored_defaults_are_of_every_optimizer_that_a_framework_has_ready_made():
    stored = sheets.recorded()["defaults"]
    assert {name: set(row) for name, row in sheets.THEIRS.items()} == {
        name: set(row) for name, row in stored.items()
    }
    assert set(stored) == set(comparison.RULES)
    chained = {
        (pair.optimizer, pair.framework)
        for pair in PAIRS
        if pair.framework in HOMES and pair.framework not in stored[pair.optimizer]
    }
    assert chained == {("AdamL2", "optax")}  # put together from parts, so without defaults


def test_a_default_that_changes_changes_the_sheet(monkeypatch):
    page, stored = sheets.cheat_sheet(), json.loads(sheets.DEFAULTS.read_text(encoding="utf-8"))
    stored["defaults"]["Adam"]["keras"]["eps"] = 1e-6
    monkeypatch.setattr(sheets, "recorded", lambda: stored)
    assert sheets.cheat_sheet() != page


@pytest.mark.live
def test_the_stored_defaults_are_those_of_the_frameworks():
    assert sheets.record() == sheets.recorded(), "run `make sheets`"
    adafactor = inspect.signature(frameworks.maker("optax", sheets.THEIRS["AdaFactor"]["optax"]))
    assert adafactor.parameters["min_dim_size_to_factor"].default == 128


# ---- the map ------------------------------------------------------------------------------------


def test_the_map_has_every_lesson_with_its_question_and_its_exercise():
    stops = sheets.journey()
    assert [stop["number"] for stop in stops] == [f"{n:02}" for n in range(19)]
    for entry in course_map.lessons():
        (stop,) = (stop for stop in stops if stop["number"] == entry.path.name[:2])
        assert entry.title == f"{stop['number']} · {stop['title']}"
        assert stop["minutes"] == entry.minutes and stop["question"].endswith("?")
    assert all(stop["practice"] for stop in stops if stop["exercise"])


def test_the_first_words_say_what_is_needed_and_the_rest_what_helps():
    needs = (
        "[lesson 06](06_adam.ipynb) and [02](02_noise.ipynb) for the noise; [07](07_b.ipynb) helps."
    )
    assert sheets.builds_on(needs) == (["02", "06"], ["07"])
    assert sheets.builds_on(
        "[lesson 01](01_g.ipynb). Lessons [05](05_r.ipynb) and [03](03_m.ipynb)"
    ) == (
        ["01"],
        ["03", "05"],
    )
    assert sheets.builds_on("some Python. No framework.") == ([], [])


def test_no_two_lessons_share_a_lane_in_the_same_row():
    taken = [
        (lane, row)
        for lane, first, last in sheets.lanes(sheets.journey()).values()
        for row in range(first, last + 1)
    ]
    assert len(taken) == len(set(taken))


def test_every_dot_of_the_map_is_in_a_line_that_runs():
    stops = sheets.journey()
    for stop, (marks, leftmost) in zip(stops, sheets.tracks(stops), strict=True):
        kinds = " ".join(kinds for _, kinds, _ in marks).split()
        assert kinds.count("needed") == len(stop["needed"])
        assert kinds.count("helping") == len(stop["helping"])
        assert leftmost == min(
            (lane for lane, kinds, _ in marks if kinds not in ("", "to")), default=None
        )


# ---- the signs ----------------------------------------------------------------------------------


def plain(line):
    """Return what is seen of a formula."""
    return "".join(ElementTree.fromstring(mathml.formula(line)).itertext())


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("m = m + 1", "m←m+1"),
        ("u = m + 1", "u=m+1"),
        ("(a - b) * c", "(a−b)\u2062c"),
        ("a - (b + c)", "a−(b+c)"),
        ("a / (b * c)", "a/(b\u2062c)"),
        ("0.5 * 0.9 ** t", "0.5·0.9t"),
        ("(g - m) ** 2", "(g−m)2"),
        ("abs(g)", "|g|"),
        ("max(a, b / c)", "max\u2061(a,b/c)"),
        ("f = lambda t: t + 1", "f(t)=t+1"),
        ("m, v_hat", "m,v^"),
        ("a if a > 4 else b", "a\xa0if\xa0a>4, else\xa0b"),
        ("a * b @ c.T", "a\u2062b\u2062cT"),
        ("power(a, -1 / 4)", "a−1/4"),
    ],
)
def test_a_line_of_python_is_seen_as_a_formula(line, seen):
    assert plain(line) == seen


def test_a_sign_that_is_not_known_is_named():
    with pytest.raises(ValueError, match=r"no sign yet for 'a % b'"):
        mathml.formula("a % b")


# ---- the pages ----------------------------------------------------------------------------------


@PAGES
def test_the_sheets_are_what_the_tool_writes(name):
    page = (DOCS / f"{name}.html").read_text(encoding="utf-8")
    assert page == sheets.PAGES[name](), "run `make sheets`"
    pdf = (DOCS / f"{name}.pdf").read_bytes()
    assert pdf.endswith(sheets.seal(page)), "run `make sheets`"
    assert len(pdf) < 350_000
    assert pages(pdf) == (2 if name == "cheat_sheet" else 1)


def pages(pdf):
    """Return how many pages a PDF of Chromium's has."""
    return len(re.findall(rb"/Type /Page\b", pdf))


class Outline(HTMLParser):
    """What a screen reader asks of a page, and whether all that opens is closed."""

    def __init__(self, page):
        super().__init__()
        self.open, self.heads, self.formulas, self.loaded = [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in ("meta", "br", "wbr"):
            self.open.append(tag)
        if tag == "th":
            self.heads.append(attributes.get("scope"))
        if tag == "math":
            self.formulas.append(attributes["alttext"])
        self.loaded += [attributes[key] for key in ("src", "href") if key in attributes]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@PAGES
def test_a_page_has_table_heads_formulas_with_a_text_and_loads_nothing(name):
    page = sheets.PAGES[name]()
    outline = Outline(page)
    assert '<html lang="en">' in page
    assert outline.open == [] and outline.loaded == []
    assert set(outline.heads) == {"col", "row"}
    assert all(outline.formulas)
    assert "url(" not in page and "@import" not in page


# ---- in a browser -------------------------------------------------------------------------------

CUT_OFF = """[...document.querySelectorAll('td, th, p, li, caption, footer')]
    .filter(one => one.scrollWidth > one.clientWidth + 1 && one.clientWidth)
    .map(one => one.innerText)"""
SMALL = """[...document.querySelectorAll('body *')]
    .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .filter(one => parseFloat(getComputedStyle(one).fontSize) < 7 * 96 / 72 - 0.01)
    .map(one => one.textContent)"""
INCH = {"A4": (11.69, 8.27), "Letter": (11, 8.5)}


@pytest.mark.browser
@pytest.mark.parametrize("paper", sheets.PAPERS)
@PAGES
def test_a_sheet_fits_its_paper_in_type_that_can_be_read(name, paper, browser):
    page, (width, height) = sheets.PAGES[name](), INCH[paper]
    pdf = sheets.printed(browser, page, paper)
    assert pages(pdf) == (2 if name == "cheat_sheet" else 1)
    assert pdf == sheets.printed(browser, page, paper)
    assert [float(n) for n in re.search(rb"/MediaBox \[0 0 (\S+) (\S+)\]", pdf).groups()] == [
        pytest.approx(72 * size, abs=2) for size in (width, height)
    ]
    printable = {"width": int(96 * (width - 20 / 25.4)), "height": int(96 * height)}
    tab = browser.new_page(viewport=printable)
    tab.set_content(page)
    tab.emulate_media(media="print")
    assert tab.evaluate(CUT_OFF) == []
    assert tab.evaluate(SMALL) == []
    tab.close()


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.long)])
@pytest.mark.parametrize("width", [390, 1280])
@PAGES
def test_a_sheet_can_be_read_on_a_screen_by_all(name, width, theme, browser, screenshots):
    make.javascript()
    tab = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=theme)
    tab.set_content(sheets.PAGES[name]())
    tab.screenshot(path=screenshots / f"{name}_{width}_{theme}.png", full_page=True)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.add_script_tag(path=ROOT / "build/node_modules/axe-core/axe.min.js")
    found = tab.evaluate("axe.run({resultTypes: ['violations']})")
    assert found["passes"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]] == []
    tab.close()
