"""The questions of the lessons: what is right is computed, and answers are kept and come back."""

import json
import random
import re
from itertools import chain

import pytest
from test_explorers_browser import module, node

from adam_course import answers, questions
from adam_course.copying import RECORD, home
from adam_course.figures.asked import Asked
from adam_course.figures.questions import LOOK, _section, predict, recall
from conftest import ROOT

PREDICTIONS = list(chain(*questions.PREDICT.values()))
ALL = [*PREDICTIONS, *chain(*questions.RECALL.values())]
BY_NAME = {question.name: question for question in ALL}
COMPUTED = [question.name for question in ALL if question.truth]


def entry(name, right, at="2026-01-01T10:00:00Z", said="so"):
    return {"name": name, "said": said, "right": right, "at": at}


# ---- what is asked ------------------------------------------------------------------------------


def test_no_two_questions_have_the_same_name():
    assert len(BY_NAME) == len(ALL)


@pytest.mark.parametrize("name", COMPUTED)
def test_what_is_right_is_what_the_course_computes(name):
    question = BY_NAME[name]
    found = question.truth()
    if question.kind == "number":
        assert question.right == pytest.approx(found, rel=(question.factor - 1) / 2)
    else:
        assert found == question.right


def test_every_prediction_is_computed():
    assert [question.name for question in PREDICTIONS if not question.truth] == []


def test_what_is_right_is_among_the_options():
    for question in ALL:
        if question.kind == "choice":
            assert question.right in range(len(question.options))
        if question.kind == "ranking":
            assert sorted(question.right) == list(range(len(question.options)))


@pytest.mark.parametrize("lesson", questions.RECALL)
def test_a_lesson_has_five_to_eight_questions_that_come_back_not_always_the_same_place(lesson):
    asked = questions.RECALL[lesson]
    assert 5 <= len(asked) <= 8
    places = {question.right for question in asked if question.kind == "choice"}
    assert len(places) > 1, "who always takes the same option would be right"


@pytest.mark.parametrize("lesson", questions.PREDICT)
def test_a_lesson_asks_each_of_its_predictions_once_and_in_its_order(lesson):
    (path,) = (ROOT / "notebooks").glob(f"{lesson:02}_*.ipynb")
    sources = ("".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"])
    asked = [
        found[1] for source in sources if (found := re.match(r'figures.predict\("(.*)"', source))
    ]
    assert asked == [question.name for question in questions.PREDICT[lesson]]


def test_who_asks_for_a_question_that_is_not_there_reads_which_was_meant():
    with pytest.raises(ValueError, match="did you mean 'the quickest product'"):
        predict("the quickest produkt")
    with pytest.raises(ValueError, match="no lesson before 0"):
        recall(0)


def test_the_questions_of_earlier_lessons_are_mixed_the_latest_first():
    names = [question.name for question in questions.pool(2)]
    first, second = questions.RECALL[1][0].name, questions.RECALL[0][2].name
    assert names[:2] == [first, second]
    assert len(names) == len(questions.RECALL[0]) + len(questions.RECALL[1])


def test_no_lesson_from_03_on_opens_with_a_question_with_which_an_earlier_one_opened():
    opened = [question.name for lesson in range(2, 19) for question in questions.pool(lesson)[:3]]
    assert len(opened) == len(set(opened))


# ---- what a reader sees without scripts ---------------------------------------------------------


@pytest.mark.parametrize("name", BY_NAME)
def test_without_scripts_the_answer_is_folded_below_the_question(name):
    page = _section(BY_NAME[name], "Predict.", LOOK)
    before, after = page.split("<details>")
    assert page.count("<details>") == page.count("</details>") == 1
    assert len(re.findall("<li>", before)) == len(BY_NAME[name].options)
    assert not re.search("<(script|input|button|form)", page)
    assert "<li>" not in after


# ---- what is kept -------------------------------------------------------------------------------


def test_an_answer_is_kept_and_read_again(tmp_path):
    for one in (entry("a", True), entry("b", None, said=None)):
        answers.keep(tmp_path, one)
    assert answers.read(tmp_path) == [entry("a", True), entry("b", None, said=None)]


def test_who_has_no_folder_of_their_own_has_answered_nothing(tmp_path):
    assert answers.read(None) == answers.read(tmp_path) == []


def test_a_torn_line_loses_no_other_answer(tmp_path):
    answers.keep(tmp_path, entry("a", True))
    with (tmp_path / answers.FILE).open("a") as file:
        file.write('{"name": "b", "sa')
    answers.keep(tmp_path, entry("c", False))
    assert [one["name"] for one in answers.read(tmp_path)] == ["a", "c"]


@pytest.mark.parametrize(
    "line", ["[]", "7", "{}", '{"name": 1, "right": true, "at": ""}', "\udcff"]
)
def test_a_line_that_is_no_answer_is_left_out(tmp_path, line):
    text = f"{line}\n{json.dumps(entry('a', True))}\n"
    (tmp_path / answers.FILE).write_bytes(text.encode("utf-8", "surrogateescape"))
    assert answers.read(tmp_path) == [entry("a", True)]


def test_what_is_no_answer_is_not_kept(tmp_path):
    with pytest.raises(ValueError, match="no answer"):
        answers.keep(tmp_path, {"name": "a"})
    assert not (tmp_path / answers.FILE).exists()


def test_the_kernel_keeps_what_the_page_sends_in_the_learners_folder(tmp_path, monkeypatch):
    (tmp_path / RECORD).write_text("{}")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    widget = Asked("")
    widget._keep(widget, entry("a", True), [])
    assert answers.read(tmp_path) == [entry("a", True)]
    assert Asked("").entries == [entry("a", True)]


def test_in_a_browser_tab_which_has_no_hidden_files_the_folder_is_found(tmp_path, monkeypatch):
    (tmp_path / "exercises").mkdir()
    (tmp_path / "notebooks").mkdir()
    assert home(tmp_path / "notebooks") is None
    monkeypatch.setattr("sys.platform", "emscripten")
    assert home(tmp_path / "notebooks") == tmp_path


def test_an_answer_that_cannot_be_kept_is_told_in_words(tmp_path, monkeypatch):
    (tmp_path / RECORD).write_text("{}")
    (tmp_path / answers.FILE).mkdir()
    monkeypatch.chdir(tmp_path)
    widget, said = Asked(""), []
    monkeypatch.setattr(widget, "send", said.append)
    widget._keep(widget, entry("a", True), [])
    assert "could not be kept" in said[0]["error"]


# ---- what comes back ----------------------------------------------------------------------------


def test_what_was_wrong_comes_first_then_what_was_asked_longest_ago():
    kept = [
        entry("right long ago", True, "2026-01-01"),
        entry("wrong", True, "2026-01-02"),
        entry("right today", True, "2026-01-05"),
        entry("wrong", False, "2026-01-04"),
        entry("looked only", None, "2026-01-03"),
    ]
    names = ["right today", "looked only", "right long ago", "wrong", "never"]
    due = ["wrong", "never", "right long ago", "looked only", "right today"]
    assert answers.due(names, kept) == due


def test_the_page_and_the_kernel_ask_in_the_same_order():
    draw = random.Random(0)
    names = [f"question {number}" for number in range(12)]
    cases = []
    for _ in range(50):
        kept = [
            entry(draw.choice(names), draw.choice([True, False, None]), f"2026-01-{day:02}")
            for day in range(1, draw.randrange(2, 25))
        ]
        cases.append((draw.sample(names, 12), kept))
    code = """
        const { due } = await import(process.argv[1]);
        const cases = JSON.parse(process.argv[2]);
        console.log(JSON.stringify(cases.map(([names, kept]) => due(names, kept))));
    """
    found = node(code, module("questions"), json.dumps(cases))
    assert found == [answers.due(*case) for case in cases]
