"""The slides: a deck says little at a time, and what it says is the lesson's own."""

import json
import re
from functools import cache

import pytest
import slides
from lesson_checks import Lesson, numbers_in_the_text_are_printed

import make

LESSONS = pytest.mark.parametrize("path", slides.lessons(), ids=lambda path: path.stem)
FEWEST, MOST = 12, 25  # slides
MOST_WORDS, MOST_ASKED, MOST_LINES, MOST_COLUMNS = (
    40,
    80,
    10,
    92,
)  # of a slide; a longer line is too small to read


@cache
def deck(path):
    return slides.deck(path)


def words(page):
    """Return the words of a piece of HTML; symbols, numbers and formulas are none."""
    text = re.sub(r"<.*?>|\$\$.*?\$\$|\$.*?\$", " ", page, flags=re.DOTALL)
    return re.findall(r"[A-Za-z]{2,}|\ba\b", text)


@LESSONS
def test_a_deck_fits_a_lesson(path):
    assert FEWEST <= len(deck(path).slides) <= MOST
    assert 15 <= deck(path).minutes <= 45


@LESSONS
def test_a_slide_says_one_thing_and_has_something_for_the_speaker(path):
    for slide in deck(path).slides:
        html = {kind: [p.html for p in slide.parts if p.kind == kind] for kind in slides.KINDS}
        assert slide.parts, slide.title
        assert len(words(" ".join(html["text"]))) <= MOST_WORDS, slide.title
        assert len(words(" ".join(html["question"]))) <= MOST_ASKED, slide.title
        assert sum(code.count("\n") for code in html["code"]) <= MOST_LINES, slide.title
        assert slide.columns <= MOST_COLUMNS, slide.title
        assert len(html["picture"] + html["table"] + html["code"]) <= 1, slide.title
        assert words(" ".join(slide.notes)), slide.title


def test_a_prediction_is_asked_on_its_slide_without_its_code_and_its_answer():
    (deck_01,) = (deck(path) for path in slides.lessons() if path.stem.startswith("01"))
    asked = [p.html for slide in deck_01.slides for p in slide.parts if p.kind == "question"]
    assert len(asked) >= 3 and all("Predict." in html for html in asked)
    assert not any("figures.predict" in p.html for s in deck_01.slides for p in s.parts)
    assert not re.search("<details|<style|<section", "".join(asked))


@LESSONS
def test_every_picture_keeps_its_description(path):
    stored = set(re.findall(r'<img alt=\\"(.+?)\\"', path.read_text(encoding="utf-8")))
    parts = [part.html for slide in deck(path).slides for part in slide.parts]
    shown = re.findall(r'<img alt="(.+?)"', "".join(parts))
    assert len(shown) == "".join(parts).count("<img")
    assert {json.dumps(alt, ensure_ascii=False)[1:-1] for alt in shown} <= stored


@LESSONS
def test_every_number_on_a_slide_is_one_of_the_lesson(path, tmp_path):
    lesson = json.loads(path.read_text(encoding="utf-8"))
    said = []
    for cell in lesson["cells"]:
        tags = cell["metadata"].get("slideshow", {})
        said += ["".join(tags.get(key, "")) for key in ("title", "text", "notes")]
    lesson["cells"] = [cell for cell in lesson["cells"] if cell["cell_type"] == "code"]
    lesson["cells"] += [{"cell_type": "markdown", "id": "slides", "source": "\n\n".join(said)}]
    (tmp_path / path.name).write_text(json.dumps(lesson), encoding="utf-8")
    assert list(numbers_in_the_text_are_printed(Lesson(tmp_path / path.name))) == []


@pytest.mark.parametrize(
    "tags, sentence",
    [
        ({}, "no cell begins a slide."),
        ({"slide_type": "slyde"}, "cell a: its slide type is 'slyde', not one of slide, -,"),
        ({"slide_type": "-"}, "cell a: it goes on with a slide, and none has begun."),
        ({"slide_type": "slide"}, "cell a: the slide that begins here has no title."),
    ],
)
def test_metadata_that_make_no_slide_are_named(tags, sentence, tmp_path):
    cell = {"cell_type": "markdown", "id": "a", "source": "Words.", "metadata": {"slideshow": tags}}
    lesson = tmp_path / "99_bad.ipynb"
    lesson.write_text(json.dumps({"cells": [cell]}))
    with pytest.raises(ValueError, match=rf"99_bad\.ipynb[:,] {re.escape(sentence)}"):
        slides.deck(lesson)


def test_the_speaker_reads_the_lesson_without_links_and_with_the_answer():
    lesson = (
        "## Why\n\nSee [06](06.ipynb).\n\n<details>\n<summary>Answer</summary>\n\n2\n</details>"
    )
    assert slides.as_notes(lesson).split() == ["**Why.**", "See", "06.", "**Answer.**", "2"]


# ---- in a browser -------------------------------------------------------------------------------

# What is wrong with the slide on show: cut off, in the way, too small.
FAULTS = """() => {
    const frame = Reveal.getCurrentSlide().querySelector('.frame'), faults = [];
    const box = frame.getBoundingClientRect(), lesson = frame.querySelector('.lesson');
    const floor = lesson?.offsetParent ? lesson.getBoundingClientRect().top : box.bottom;
    for (const part of frame.querySelectorAll('*')) {
        const {left, right, top, bottom, width} = part.getBoundingClientRect();
        const formula = part.closest('mjx-container');
        if (!width || part === lesson || (formula && formula !== part)) continue;
        if (part.matches('.unseen')) continue; // words for a screen reader
        if (left < box.left - 1 || right > box.right + 1 || top < box.top - 1 || bottom > floor + 1)
            faults.push(`<${part.tagName}> is cut off`);
        if (part.clientWidth && part.scrollWidth > part.clientWidth + 1)
            faults.push(`<${part.tagName}> is too wide`);
        const size = parseFloat(getComputedStyle(part).fontSize) * part.currentCSSZoom;
        const least = part.closest('.adam-scene') ? 15 // as in an image that is shrunk
            : part.closest('pre') ? 20 : part.closest('sub, sup') ? 16 : 24;
        const words = [...part.childNodes].some(n => n.nodeType === 3 && n.data.trim());
        if (words && size < least) faults.push(`<${part.tagName}> has type of ${size} px`);
        if (part.tagName === 'IMG') {
            const wide = part.clientWidth / part.naturalWidth;
            const scale = Math.min(wide, part.clientHeight / part.naturalHeight);
            if (scale < 0.83) faults.push(`a picture is shrunk to ${scale}`);
        }
        if (part.matches('.adam-scene') && part.currentCSSZoom < 1.5 * 0.83)
            faults.push(`a figure is shrunk to ${part.currentCSSZoom}`);
        if (part.tagName === 'MJX-CONTAINER' && part.querySelector('[data-mml-node=merror]'))
            faults.push(`a formula is wrong: ${part.textContent}`);
    }
    return faults;
}"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with all decks."""
    make.javascript()
    folder = tmp_path_factory.mktemp("slides")
    slides.make(folder)
    return folder


@pytest.fixture
def page(browser):
    """A page of a slide's size; ``page.faults`` notes errors and requests to other hosts."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.faults = []
    local = ("file:", "data:", "blob:")
    page.on("request", lambda r: r.url.startswith(local) or page.faults.append(r.url))
    page.on("requestfailed", lambda request: page.faults.append(f"{request.url} is missing"))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda m: m.type == "error" and page.faults.append(m.text))
    yield page
    page.close()


@pytest.fixture
def picture(page, pytestconfig, screenshots):
    """Put the slide on show into a picture of its deck, if a person has asked for pictures."""
    from PIL import Image  # comes with matplotlib; here only, to keep the other tests light

    sheet = Image.new("RGB", (4 * 650, 7 * 370), "#888888")

    def store(name, number):
        if pytestconfig.getoption("pictures"):
            page.screenshot(path=screenshots / f"slide_{name}.png")
            with Image.open(screenshots / f"slide_{name}.png") as slide:
                sheet.paste(slide.resize((640, 360)), (number % 4 * 650 + 5, number // 4 * 370 + 5))
            sheet.save(screenshots / f"slides_{name}.png")

    return store


@pytest.mark.browser
@LESSONS
def test_nothing_on_a_slide_is_cut_off_or_too_small_to_read(path, built, page, picture):
    page.goto((built / f"{path.stem}.html").as_uri())
    page.evaluate("window.ready.then(() => 0)")
    page.add_style_tag(content=".fragment { transition: none !important }")
    faults = {}
    for number in range(page.evaluate("Reveal.getTotalSlides()")):
        page.evaluate(f"Reveal.slide({number}, 0, 9)")
        faults |= {number + 1: found} if (found := page.evaluate(FAULTS)) else {}
        picture(path.stem, number)
    assert number + 1 == len(deck(path).slides)
    assert faults == {}
    assert page.faults == []


@pytest.mark.browser
def test_arrows_turn_the_slides_and_an_answer_waits_for_one_more(built, page):
    page.goto((built / "06_adam.html").as_uri())
    page.evaluate("window.ready.then(() => 0)")
    seen = []
    for _ in deck(slides.lessons()[6]).slides:
        page.keyboard.press("ArrowRight")
        seen.append(
            (page.evaluate("Reveal.getIndices().h"), page.evaluate("Reveal.getIndices().f"))
        )
    question = next(h for h, f in seen if f == 0)
    assert seen[question - 1 : question + 1] == [(question, -1), (question, 0)]
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("Reveal.getIndices().h") == seen[-1][0] - (seen[-1][1] == -1)


@pytest.mark.browser
def test_a_figure_plays_on_its_slide_and_the_keys_go_on_turning_the_slides(built, page):
    page.goto((built / "00_start_here.html").as_uri())
    page.evaluate("window.ready.then(() => 0)")
    number = next(
        i
        for i, slide in enumerate(deck(slides.lessons()[0]).slides)
        if any("data-picture" in part.html for part in slide.parts)
    )
    page.evaluate(f"Reveal.slide({number}, 0, 9)")
    figure = page.locator(".present figure")
    step = figure.locator(".transport output")
    step.get_by_text("step 100 of 100").wait_for()
    assert not figure.locator("img").is_visible()
    draw = "() => document.querySelector('.present canvas').toDataURL()"
    before = page.evaluate(draw)
    figure.get_by_role("button", name="Play").click()
    page.wait_for_function(f"before => ({draw})() !== before", arg=before)

    figure.get_by_role("button", name="Pause").click()
    shown = step.inner_text()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getIndices().h") == number + 1
    page.keyboard.press("ArrowLeft")
    assert step.inner_text() == shown

    page.keyboard.press("Tab")  # who comes to it by the keyboard, plays it by the keyboard
    page.wait_for_function("document.activeElement.closest('.present figure')")
    figure.get_by_role("slider").focus()
    page.keyboard.press("Home")
    assert step.inner_text() == "step 0 of 100"
    page.keyboard.press("ArrowRight")
    assert step.inner_text() == "step 1 of 100"
    assert page.evaluate("Reveal.getIndices().h") == number
    assert page.faults == []


@pytest.mark.browser
def test_s_opens_the_speakers_view_with_the_notes(built, page):
    page.goto((built / "06_adam.html").as_uri())
    page.evaluate("window.ready.then(() => 0)")
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    notes = opened.value.locator(".speaker-controls-notes")
    notes.get_by_text("Minute 0 to 1.").wait_for()
    assert "write Adam's five steps" in notes.inner_text()
    page.bring_to_front()
    titles = [slide.title for slide in deck(slides.lessons()[6]).slides]
    for _ in range(titles.index("The five steps")):
        before = page.url
        page.keyboard.press("ArrowRight")
        page.wait_for_function("before => location.href !== before", arg=before)
    notes.get_by_text("The five steps.").wait_for()
    assert notes.locator("mjx-container svg").first.is_visible()
    assert not notes.locator("mjx-assistive-mml").first.is_visible()  # it would show them twice
    assert page.faults == []


@pytest.mark.browser
def test_a_deck_prints_a_page_a_slide(built, page):
    page.goto((built / "06_adam.html").as_uri() + "?print-pdf")
    page.locator(".pdf-page").last.wait_for()
    page.evaluate("window.ready.then(() => 0)")
    assert page.locator(".pdf-page").count() == len(deck(slides.lessons()[6]).slides)
    assert page.locator("figure img").first.is_visible()
    assert not page.locator("canvas").count()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == len(
        deck(slides.lessons()[6]).slides
    )
    assert page.faults == []


@pytest.mark.browser
def test_the_list_of_decks_leads_to_each(built, page):
    page.goto((built / "index.html").as_uri())
    for path in slides.lessons():
        assert page.locator(f'a[href="{path.stem}.html"]').count() == 1
    assert page.faults == []
