"""Questions in a browser: by keyboard, kept over a reload, in JupyterLab kept by the kernel."""

import json

import pytest

from adam_course import answers, questions
from adam_course.copying import RECORD
from adam_course.figures import front
from adam_course.figures.picture import packed
from adam_course.figures.questions import LOOK, _section
from conftest import ROOT, RUN_ALL

pytestmark = pytest.mark.browser
CHOICE, RANKING = "three rates in a valley", "the quickest product"
NUMBER = next(question for question in questions.RECALL[0] if question.kind == "number")


def ask(name):
    return _section(questions.named(name), "Predict.", LOOK)


@pytest.fixture
def shown(visit):
    """Open a page with these questions, as the site has them."""

    def open_page(*parts, **options):
        return visit("".join(parts), front.for_pages(), **options)

    return open_page


def test_a_prediction_opens_its_answer_only_after_it_was_made(shown, screenshots):
    page = shown(ask(CHOICE))
    answer = page.locator(".adam-question details")
    assert not answer.is_visible()
    page.get_by_role("button", name="This is my prediction").click()
    assert "Choose one first" in page.get_by_role("status").inner_text()
    page.get_by_role("radio", name="the rate 0.05").check()
    page.get_by_role("button", name="This is my prediction").click()
    assert "You said: the rate 0.05" in page.get_by_role("status").inner_text()
    assert answer.is_visible()
    assert not page.locator(".verdict").is_visible(), "first the reader looks"
    page.locator("summary").click()
    assert "Not so." in page.locator(".verdict").inner_text()
    page.screenshot(path=screenshots / "question.png")


def test_a_prediction_is_kept_over_a_reload_and_can_be_made_again(shown):
    page = shown(ask(CHOICE))
    page.get_by_role("radio", name="the rate 0.09").check()
    page.get_by_role("button", name="This is my prediction").click()
    page.reload()
    assert page.get_by_role("radio", name="the rate 0.09").is_checked()
    assert not page.get_by_role("button", name="This is my prediction").is_visible()
    page.locator("summary").click()
    assert "Right." in page.locator(".verdict").inner_text()
    page.get_by_role("button", name="Ask me again").click()
    assert page.get_by_role("button", name="This is my prediction").is_visible()
    assert not page.locator("details").is_visible()


def test_a_question_is_answered_with_the_keyboard_alone(shown):
    page = shown(ask(CHOICE))
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "You said: the rate 0.05" in page.get_by_role("status").inner_text()
    page.keyboard.press("Enter")
    assert page.locator(".verdict").is_visible()


def test_a_ranking_wants_each_place_once(shown, screenshots):
    page = shown(ask(RANKING))
    selects = page.locator("select")
    page.get_by_role("button", name="This is my prediction").click()
    assert "a place of its own" in page.get_by_role("status").inner_text()
    for number, place in enumerate(("3.", "1.", "2.", "4.")):
        selects.nth(number).select_option(label=place)
    page.get_by_role("button", name="This is my prediction").click()
    assert "1.1, 1.6, 0.1, 2.1" in page.get_by_role("status").inner_text()
    page.locator("summary").click()
    assert "Right." in page.locator(".verdict").inner_text()
    page.screenshot(path=screenshots / "question_ranking.png")
    page.reload()
    assert selects.nth(0).input_value() == "2"


@pytest.mark.parametrize(("written", "right"), [("0.5", True), ("0,51", True), ("34.5", False)])
def test_a_number_is_right_when_it_is_near(shown, written, right):
    page = shown(_section(NUMBER, "", "The answer."))
    page.get_by_role("button", name="Answer").click()
    assert "Write a number first" in page.get_by_role("status").inner_text()
    page.get_by_role("textbox").fill(written)
    page.get_by_role("button", name="Answer").click()
    assert ("Right." in page.locator(".verdict").inner_text()) is right


def test_just_show_me_opens_the_answer_and_keeps_that_nothing_was_said(shown):
    page = shown(ask(CHOICE))
    page.get_by_role("button", name="Just show me").click()
    assert page.get_by_text("The zig-zag looks wasteful").is_visible()
    kept = page.evaluate("JSON.parse(localStorage.getItem('adam-course-answers'))")
    assert [(one["name"], one["said"], one["right"]) for one in kept] == [(CHOICE, None, None)]


def test_recall_asks_first_what_was_answered_wrong(shown, screenshots):
    pages = {one.name: _section(one, "", "The answer.") for one in questions.pool(2)}
    names = list(pages)
    html = (
        f'<div class="adam-recall" data-pool="{packed(pages)}"><p>Recall.</p>'
        f"{''.join(pages[name] for name in names[:3])}</div>"
    )
    kept = [{"name": names[7], "said": "x", "right": False, "at": "2026-01-01"}]
    page = shown(
        html, init=f"localStorage.setItem('adam-course-answers', {json.dumps(json.dumps(kept))})"
    )
    first = page.locator(f'.adam-question[data-name="{names[7]}"]')
    first.wait_for()
    asked = page.locator(".adam-question").evaluate_all("all => all.map(one => one.dataset.name)")
    assert asked == [names[7], *names[:2]]
    page.screenshot(path=screenshots / "question_recall.png")


def test_on_a_page_what_follows_a_prediction_is_folded_until_it_is_made(shown):
    cell = '<div class="cell">{}</div>'
    first, second = cell.format(ask(CHOICE)), cell.format(ask(RANKING))
    between, after = "<p id='between'>The rate 0.09 wins.</p>", "<p id='after'>1.1 is closest.</p>"
    last = "<section><h2>Next</h2><p id='next'>Other things.</p></section>"
    page = shown(f"<section>{first}{between}{second}{after}{last}</section>")
    folded = "all => all.filter(one => one.closest('[hidden]')).map(one => one.id)"
    words = page.locator("p[id]")
    assert words.evaluate_all(folded) == ["between", "after"]
    assert page.get_by_role("button", name="This is my prediction").count() == 1
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="This is my prediction").click()
    assert words.evaluate_all(folded) == ["after"]
    page.get_by_role("button", name="Just show me").click()
    assert words.evaluate_all(folded) == []


def folded(first="", second=""):
    """Return a page whose section has two predictions, each with a passage behind it."""
    cell = '<div class="cell">{}</div>'
    return (
        f"<section><h2>Runs</h2>{cell.format(ask(CHOICE))}<p>The rate 0.09 wins.</p>{first}"
        f"{cell.format(ask(RANKING))}<p>1.1 is closest.</p>{second}</section>"
    )


def test_a_link_to_a_folded_place_unfolds_it(shown):
    place = "<div style='height: 200vh'></div><p><b id='place'>Here.</b></p>"
    page = shown(folded(second=place), address="#place")
    assert page.locator("#place").is_visible()
    assert page.evaluate("scrollY") > 400
    page = shown(folded(second=place))
    assert page.locator("[hidden=until-found]").count() == 5
    page.evaluate("location.hash = 'place'")
    page.locator("#place").click()
    assert page.locator("[hidden=until-found]").count() == 2


def test_on_paper_nothing_is_folded(shown):
    page = shown(folded())
    closed = "all => all.filter(one => !one.offsetHeight).map(one => one.textContent)"
    texts = page.locator(".cell ~ p, details p:not(.verdict, .buttons)")
    assert len(texts.evaluate_all(closed)) == 4
    page.emulate_media(media="print")
    assert texts.evaluate_all(closed) == []


def test_what_is_folded_can_be_found_where_a_theme_hides_what_is_hidden(shown):
    page = shown(f"<style>[hidden] {{ display: none !important }}</style>{folded()}")
    assert page.evaluate("find('1.1 is closest')"), "as Bootstrap does"


@pytest.mark.parametrize("kind", [CHOICE, RANKING])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_before_and_after_an_answer(scheme, kind, shown):
    page = shown(ask(kind) + _section(NUMBER, "", "The answer."), color_scheme=scheme)
    page.add_script_tag(path=ROOT / "build/node_modules/axe-core/axe.min.js")
    for _ in range(2):
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        assert [one["id"] for one in found["violations"]] == []
        page.get_by_role("button", name="Just show me").first.click()


def test_a_browser_that_keeps_nothing_lets_a_reader_answer(shown):
    denied = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    page = shown(folded(), init=denied)
    page.get_by_role("radio", name="the rate 0.09").check()
    page.get_by_role("button", name="This is my prediction").click()
    assert page.get_by_text("The rate 0.09 wins.").is_visible()


def test_without_scripts_question_and_folded_answer_can_be_read(shown):
    page = shown(folded(), java_script_enabled=False)
    assert page.get_by_text("1.1 is closest.").is_visible()
    answer = page.get_by_text("The zig-zag looks wasteful")
    assert not answer.is_visible()
    page.locator("summary").first.click()
    assert answer.is_visible()


def test_an_option_has_its_letter_and_an_answer_one_full_stop(shown):
    question = questions.RECALL[0][2]
    assert question.options[question.right].endswith(".")
    page = shown(_section(question, "", "The answer."))
    right = page.locator("label").nth(question.right)
    letter, words = right.inner_text().split(" ", 1)
    right.click()
    page.get_by_role("button", name="Answer").click()
    assert page.locator(".verdict").inner_text() == f"You said: {words} Right."
    assert letter == "ABC"[question.right] + "."
    assert ".." not in page.locator("details").inner_text()


def test_in_jupyterlab_the_kernel_keeps_the_answer_in_the_learners_folder(
    lab, jupyterlab, screenshots
):
    home = lab.folder / "mine"
    home.mkdir()
    (home / RECORD).write_text("{}")
    lab.write("mine/asked.ipynb", f'from adam_course import figures\nfigures.predict("{CHOICE}")')
    lab.open(jupyterlab, "mine/asked.ipynb")
    jupyterlab.evaluate(RUN_ALL)
    jupyterlab.get_by_role("radio", name="the rate 0.09").check()
    jupyterlab.get_by_role("button", name="This is my prediction").click()
    jupyterlab.get_by_text("Now look at what comes next").wait_for()
    assert jupyterlab.locator(".adam-question:visible").count() == 1
    jupyterlab.screenshot(path=screenshots / "question_lab.png")
    kept = answers.read(home)
    assert [(one["name"], one["right"]) for one in kept] == [(CHOICE, True)]
    lab.write("mine/again.ipynb", f'from adam_course import figures\nfigures.predict("{CHOICE}")')
    jupyterlab.evaluate("localStorage.clear()")
    lab.open(jupyterlab, "mine/again.ipynb")
    jupyterlab.evaluate(RUN_ALL)
    jupyterlab.get_by_text("You said: the rate 0.09").first.wait_for()
    assert jupyterlab.complaints == []


RESTART = "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
REOPEN = """async () => {
    await jupyterapp.commands.execute('docmanager:save');
    await jupyterapp.shell.currentWidget.sessionContext.shutdown();
}"""


def test_in_jupyterlab_a_question_is_shown_once_and_answered_without_its_kernel(lab, jupyterlab):
    code = f'from adam_course import figures\nfigures.recall(1)\nfigures.predict("{CHOICE}")'
    lab.write("once.ipynb", code, 'figures.predict("the quickest product")')
    lab.open(jupyterlab, "once.ipynb")
    jupyterlab.evaluate("localStorage.clear()")
    jupyterlab.evaluate(RUN_ALL)
    jupyterlab.get_by_role("radio", name="the rate 0.09").wait_for()
    jupyterlab.evaluate(RESTART)
    jupyterlab.evaluate(RUN_ALL)
    jupyterlab.locator(".adam-asked select:visible").first.wait_for()
    assert jupyterlab.locator(".adam-recall:visible").count() == 1
    assert jupyterlab.locator(".adam-question:visible").count() == 5
    jupyterlab.evaluate(RESTART)
    jupyterlab.get_by_role("radio", name="the rate 0.09").check()
    jupyterlab.keyboard.press("Enter")
    jupyterlab.get_by_role("alert").get_by_text("only this browser keeps your answer").wait_for()
    assert CHOICE in jupyterlab.evaluate("localStorage.getItem('adam-course-answers')")


def test_in_jupyterlab_a_notebook_opened_again_shows_its_questions_and_no_error(lab, jupyterlab):
    lab.write("kept.ipynb", f'from adam_course import figures\nfigures.predict("{CHOICE}")')
    lab.open(jupyterlab, "kept.ipynb")
    jupyterlab.evaluate(RUN_ALL)
    jupyterlab.get_by_role("radio", name="the rate 0.09").wait_for()
    jupyterlab.evaluate(REOPEN)
    lab.open(jupyterlab, "kept.ipynb")
    error = jupyterlab.get_by_text("Error displaying widget")
    error.wait_for(state="attached")
    assert not error.is_visible()
    option = jupyterlab.locator(".adam-question:visible li").first
    style = "one => getComputedStyle(one).listStyleType"
    assert option.evaluate(style) == "upper-alpha"
    jupyterlab.locator(".adam-question summary:visible").click()
    assert jupyterlab.get_by_text("The zig-zag looks wasteful").is_visible()


def test_in_jupyterlab_a_number_is_written_and_answered_with_the_keyboard(lab, jupyterlab):
    code = (
        "from adam_course.figures.questions import _display\n"
        f"_display({_section(NUMBER, '', 'The answer.')!r}, '')"
    )
    lab.write("number.ipynb", code, "1")
    lab.open(jupyterlab, "number.ipynb")
    cells = "jupyterapp.shell.currentWidget.content.model.cells.length"
    jupyterlab.evaluate(RUN_ALL)
    jupyterlab.get_by_role("textbox", name="Your number").click()
    jupyterlab.keyboard.type("ddxab0,51")
    assert jupyterlab.get_by_role("textbox", name="Your number").input_value() == "ddxab0,51"
    jupyterlab.get_by_role("textbox", name="Your number").fill("0,51")
    jupyterlab.keyboard.press("Enter")
    jupyterlab.get_by_text("You said: 0,51. Right.").wait_for()
    assert jupyterlab.evaluate(cells) == 2
