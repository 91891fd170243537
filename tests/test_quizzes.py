"""Quizzes for Moodle and Canvas, read back by parsers of their own, hold the recall questions."""

import html
import io
import re
import zipfile
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest

from adam_course import quizzes
from adam_course.__main__ import main
from adam_course.questions import RECALL, Choice, Number, Ranking
from conftest import ROOT

LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
AWKWARD = (
    Choice(
        name="a name: {of} ~all~ #signs=",
        ask="Is `a -> b` the same as {a = b}: 50 % of C:\\~ & <b>?",
        options=("#1: yes = no", "~{}\\ \\n", "`x` -> y", "=%50% & <i>"),
        right=2,
        because="It ends #### here: // so = {be} ~it~. \\",
    ),
    Number(name="tiny", ask="How small?", right=2.5e-07, factor=1.02, unit="kg", because="So: =."),
    Ranking(name="an order", ask="Order!", options=("c:", "a=", "b"), right=(1, 2, 0), because="."),
)


def plain(text):
    """Return a question's text without the marks of its code."""
    return text.replace("`", "")


def text_of(page):
    """Return the text of HTML."""
    assert not re.search(r"<(?!/?code>)", page)
    return html.unescape(re.sub(r"</?code>", "", page)).strip()


def agree(question, found):
    """Compare a question with what a parser found: a dict of name, ask, because and answers."""
    assert found["name"] == question.name
    assert found["because"] == plain(question.because)
    assert found["ask"].startswith(plain(question.ask))
    if question.kind == "choice":
        assert found["ask"] == plain(question.ask)
        assert found["options"] == [plain(option) for option in question.options]
        assert found["right"] == question.right
    elif question.kind == "ranking":
        order = [question.options[index] for index in question.right]
        assert found["pairs"] == dict(zip(quizzes.PLACES, order, strict=False))
        assert len(found["pairs"]) >= 3, "Moodle's matching takes three pairs or more"
    else:
        low, high = found["range"]
        assert low < question.right < high
        assert low >= question.right / question.factor * (1 - 1e-5)
        assert high <= question.right * question.factor
        assert high - low == pytest.approx(2 * question.right * (1 - 1 / question.factor), rel=1e-3)
        assert question.unit in found["ask"]


# ---- GIFT ---------------------------------------------------------------------------------------

WORD = r"(?:\\.|[^\\{}~=#:])*"


def unescaped(text):
    """Return what a text of GIFT says."""
    return re.sub(r"\\([\\~=#{}:])", r"\1", text).strip()


def read_gift(text):
    """Yield the questions of a GIFT file, which is read sign by sign as Moodle's manual has it."""
    head, *blocks = re.split(r"\n\n+", text.strip())
    assert re.fullmatch(r"\$CATEGORY: \$course\$/top/Adam/[^/]+", head)
    for block in blocks:
        form = rf"::({WORD})::\[html\]({WORD})\{{(.*)\}}"
        name, ask, body = re.fullmatch(form, block, re.DOTALL).groups()
        answers, because = re.fullmatch(rf"(.*?)####({WORD})", body, re.DOTALL).groups()
        found = {"name": unescaped(name), "ask": text_of(unescaped(ask))}
        found["because"] = text_of(unescaped(because))
        if number := re.fullmatch(r"\s*#([\d.]+):([\d.]+)", answers):
            right, within = map(float, number.groups())
            yield found | {"range": (right - within, right + within)}
            continue
        marked = re.findall(rf"([~=])({WORD})", answers)
        assert "".join(mark + words for mark, words in marked) == answers.lstrip()
        words = [unescaped(words) for _, words in marked]
        if all("->" in one for one in words):
            pairs = (one.split("->") for one in words)
            yield found | {"pairs": {left.strip(): right.strip() for left, right in pairs}}
            continue
        (right,) = (index for index, (mark, _) in enumerate(marked) if mark == "=")
        yield found | {"options": [text_of(one) for one in words], "right": right}


@pytest.mark.parametrize("lesson", LESSONS)
def test_moodles_quiz_holds_the_questions_of_the_lesson(lesson, tmp_path):
    assert quizzes.quiz("moodle", [lesson], tmp_path) == ([f"{lesson}.txt"], [])
    found = list(read_gift((tmp_path / f"{lesson}.txt").read_text("utf-8")))
    for question, one in zip(RECALL[int(lesson[:2])], found, strict=True):
        agree(question, one)


def test_signs_that_mean_something_in_gift_mean_themselves():
    found = list(read_gift(quizzes.gift("A title", AWKWARD).decode()))
    for question, one in zip(AWKWARD, found, strict=True):
        agree(question, one)


# ---- QTI ----------------------------------------------------------------------------------------

NS = {"q": quizzes.QTI, "c": quizzes.CONTENT}
KINDS = {
    "multiple_choice_question": "choice",
    "numerical_question": "number",
    "matching_question": "ranking",
}


def read_qti(data):
    """Yield the questions of a zip of QTI 1.2, found as its manifest says."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        manifest = xml.fromstring(archive.read("imsmanifest.xml"))
        (resource,) = manifest.findall("c:resources/c:resource", NS)
        assert resource.get("type") == "imsqti_xmlv1p2"
        path = resource.find("c:file", NS).get("href")
        assert set(archive.namelist()) == {"imsmanifest.xml", path}
        root = xml.fromstring(archive.read(path))
    assert root.tag == f"{{{quizzes.QTI}}}questestinterop"
    idents = [element.get("ident") for element in root.iter() if element.tag.endswith("}item")]
    assert len(set(idents)) == len(idents)
    for item in root.findall("q:assessment/q:section/q:item", NS):
        yield read_item(item)


def read_item(item):
    """Return a question of QTI, with the answers that its conditions give all points."""
    fields = {
        field.findtext("q:fieldlabel", None, NS): field.findtext("q:fieldentry", None, NS)
        for field in item.iterfind("q:itemmetadata//q:qtimetadatafield", NS)
    }
    assert fields["points_possible"] == "1"
    words = "q:material/q:mattext"
    assert item.find("q:itemfeedback", NS).get("ident") == "general_fb"
    found = {
        "name": item.get("title"),
        "kind": KINDS[fields["question_type"]],
        "ask": text_of(item.findtext(f"q:presentation/{words}", None, NS)),
        "because": text_of(item.findtext(f"q:itemfeedback/q:flow_mat/{words}", None, NS)),
    }
    choices = {
        response.get("ident"): {
            label.get("ident"): text_of(label.findtext(words, None, NS))
            for label in response.iterfind("q:render_choice/q:response_label", NS)
        }
        for response in item.iterfind("q:presentation/q:response_lid", NS)
    }
    conditions = item.findall("q:resprocessing/q:respcondition[@continue='No']", NS)
    total = sum(float(one.findtext("q:setvar", None, NS)) for one in conditions)
    assert total == pytest.approx(100, abs=0.01)
    if found["kind"] == "number":
        (condition,) = conditions
        ends = [condition.findtext(f".//q:{tag}", None, NS) for tag in ("vargte", "varlte")]
        return found | {"range": tuple(map(float, ends))}
    equal = [one.find("q:conditionvar/q:varequal", NS) for one in conditions]
    right = {one.get("respident"): choices[one.get("respident")][one.text] for one in equal}
    if found["kind"] == "choice":
        (options,), (answer,) = choices.values(), right.values()
        return found | {
            "options": list(options.values()),
            "right": [*options.values()].index(answer),
        }
    labels = {
        one.get("ident"): text_of(one.findtext(words, None, NS))
        for one in item.iterfind("q:presentation/q:response_lid", NS)
    }
    return found | {"pairs": {labels[ident]: text for ident, text in right.items()}}


@pytest.mark.parametrize("lesson", LESSONS)
def test_canvas_quiz_holds_the_questions_of_the_lesson(lesson, tmp_path):
    assert quizzes.quiz("canvas", [lesson], tmp_path) == ([f"{lesson}.zip"], [])
    found = list(read_qti((tmp_path / f"{lesson}.zip").read_bytes()))
    for question, one in zip(RECALL[int(lesson[:2])], found, strict=True):
        agree(question, one)
        assert one["kind"] == question.kind


def test_signs_that_mean_something_in_xml_mean_themselves():
    found = list(read_qti(quizzes.qti("A <title> & more", AWKWARD)))
    for question, one in zip(AWKWARD, found, strict=True):
        agree(question, one)


def test_all_kinds_of_questions_are_there():
    assert {question.kind for question in chain(*RECALL.values())} == set(KINDS.values())


# ---- the command --------------------------------------------------------------------------------


def test_the_command_writes_a_file_a_lesson_and_leaves_what_is_there(tmp_path, capsys):
    words = ["quiz", "--for", "moodle", "--out", str(tmp_path)]
    assert main(words) == 0
    assert sorted(path.stem for path in tmp_path.iterdir()) == LESSONS
    mine = Path(tmp_path, "06_adam.txt")
    mine.write_text("mine", encoding="utf-8")
    assert main([*words, "06"]) == 2
    assert "Kept as they are" in capsys.readouterr().err
    assert mine.read_text(encoding="utf-8") == "mine"
    assert main([*words[:2], "ilias", "--out", str(tmp_path)]) == 2
    assert main([*words, "99"]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == "adam-course: There is no quiz for 'ilias': there is one for moodle and canvas."
    assert second.startswith("adam-course: There is no lesson '99': there are 00_start_here, ")
