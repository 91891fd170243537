"""A paper of the exam follows from its seed, and its key is solved twice."""

import html
import re
from functools import cache

import exam
import numpy as np
import pytest
from exam_variants import VARIANTS, WHY_NONE, put

from adam_course.questions import RECALL

BANK = exam.bank()
SEEDS = range(50)


@cache
def draws(number):
    """Return a question as each seed draws it."""
    return [exam.drawn(number, seed) for seed in SEEDS]


def test_each_question_has_variants_or_a_reason_to_have_none():
    assert sorted([*VARIANTS, *WHY_NONE]) == list(BANK) == list(range(1, 34))
    for number, why in WHY_NONE.items():
        assert f"{number} {why}" in exam.page()


@pytest.mark.parametrize("number", VARIANTS)
def test_fifty_seeds_are_solved_alike_by_the_course_and_by_plain_arithmetic(number):
    texts = set()
    for seed, one in enumerate(draws(number)):
        assert one.course.keys() == one.again.keys()
        for name, value in one.course.items():
            assert np.shape(value) == np.shape(one.again[name])
            assert value == pytest.approx(one.again[name], rel=one.within, abs=1e-12), (seed, name)
        assert sum(points for points, _ in one.key) == BANK[number][2]
        assert one.within <= 0.03
        texts.add(one.text)
    assert len(texts) >= 4 and texts != {BANK[number][3]}


@pytest.mark.parametrize("number", VARIANTS)
def test_a_variant_changes_numbers_and_no_words(number):
    def words(text):
        return re.findall(
            r"[^\W\d]{3,}", re.sub("one|two|three|five|seven|10th|5th|8th|12th|20th", "", text)
        )

    for one in draws(number):
        assert words(one.text) == words(BANK[number][3])


@pytest.mark.parametrize("number", VARIANTS)
def test_the_wrong_options_are_wrong_and_no_two_look_alike(number):
    for one in draws(number):
        if not one.slips:
            return
        ask, _, right, mistakes = one.slips
        assert len({exam.n(value) for value in (right, *mistakes.values())}) == 4
        assert all(abs(value - right) > 0.01 * abs(right) for value in mistakes.values())
        assert ask.endswith("?") and all(mistakes)


def test_a_number_that_is_not_there_is_no_variant():
    with pytest.raises(ValueError, match="stands 0 times"):
        put("a text of 3", ("4", "5"))
    assert put("3 and 4", ("3", "4"), ("and 4", "and 5")) == "4 and 5"


# ---- papers -------------------------------------------------------------------------------------


def text_of(page):
    return html.unescape(re.sub(r"<[^>]+>", "", page))


@pytest.mark.parametrize("name", exam.PAPERS)
def test_a_paper_follows_from_its_seed(name):
    assert exam.written(name, 7) == exam.written(name, 7)
    ours, others = exam.paper(name, 7), exam.paper(name, 8)
    titles = [[[one.title for one in part] for part in paper] for paper in (ours, others)]
    assert titles[0] != titles[1]
    assert [part for paper in (ours, others) for part in paper if not part] == [[]] * (
        2 * (name == "pilot")
    )
    texts = [{one.text for part in paper for one in part} for paper in (ours, others)]
    assert len(texts[0] & texts[1]) < len(texts[0]) / 2


@pytest.mark.parametrize("name", exam.PAPERS)
def test_a_page_has_every_question_and_the_key_every_part(name):
    paper, key = (data.decode() for data in exam.written(name, 3).values())
    asked = [one for part in exam.paper(name, 3) for one in part]
    points = sum(one.points for one in asked)
    for page in (paper, key):
        assert f"{points} points, {2 * points} minutes." in page
        assert page.count("<section>") == len(asked)
        assert "$" not in text_of(page)
        assert "http" not in re.sub(r'src="data:[^"]*"', "", page)
    assert "The others are mistakes" not in paper and "From: " not in paper
    for number, one in BANK.items():
        assert one[4][:60] not in paper, number
    parts = [text for one in asked for _, text in one.key]
    assert key.count("<tr>") == len(parts)


def test_the_papers_have_the_points_that_the_exam_says_and_five_more():
    text = " ".join(exam.questions())
    for name, points in zip(("test", "final"), re.findall(r"of (\d+) points", text), strict=True):
        asked, choices = exam.paper(name, 1)
        assert sum(one.points for one in asked) == int(points)
        assert [one.points for one in choices] == [1] * 5
        last = exam.PAPERS[name][1]
        assert all(int(one.title[7:9]) <= last for one in (*asked, *choices))


@pytest.mark.parametrize("name", exam.PAPERS)
def test_the_page_says_how_large_a_paper_is_as_chosen_and_as_drawn(name):
    (row,) = [line for line in exam.page().splitlines() if line.startswith(f"| `{name}` |")]
    _, _, alone, drawn, _ = map(str.strip, row.split("|"))
    page = exam.written(name, 11)[f"{name}-11.html"].decode()
    assert f"Paper 11. {drawn}." in page
    points, minutes = (int(one) for one in re.findall(r"\d+", drawn))
    text = next(one for one in exam.questions() if one.startswith("## Two papers"))
    if name == "pilot":
        assert alone == "none"
    else:
        assert alone == f"{points - 5} points, {minutes - 10} minutes"
        assert re.search(rf"for {minutes - 10} minutes\b.*?, of {points - 5} points\.", text)
        assert re.search(rf"{minutes} minutes, for {points}\b", text)


@pytest.mark.parametrize("name", exam.PAPERS)
def test_the_letter_of_the_key_is_that_of_the_right_option(name):
    recall = {question.name: question for lesson in RECALL.values() for question in lesson}
    for seed in range(20):
        for one in exam.paper(name, seed)[1]:
            letter = re.match(r"\*\*([A-E])\*\*", one.key[0][1])[1]
            chosen = one.options[exam.LETTERS.index(letter)]
            kind, _, source = one.source.partition(": ")
            if kind == "recall":
                assert chosen == recall[source].options[recall[source].right]
            else:
                _, unit, right, _ = exam.drawn(int(source or kind.rpartition(" ")[2]), seed).slips
                assert chosen == f"{exam.n(right)} {unit}".strip()


def test_the_pilot_asks_the_same_twelve_with_other_numbers_and_lets_one_not_know():
    forms = [exam.paper("pilot", seed)[1] for seed in (1, 2)]
    titles = [sorted(one.source for one in form) for form in forms]
    assert titles[0] == titles[1] and len(titles[0]) == 12
    assert all(one.options[-1] == exam.DO_NOT_KNOW for form in forms for one in form)


def test_right_letters_are_spread_over_the_seeds():
    letters = [one.key[0][1][2] for seed in range(20) for one in exam.paper("final", seed)[1]]
    assert all(letters.count(letter) > 10 for letter in "ABC")


@pytest.mark.parametrize("latex", [r"\tfrac12\theta^2", r"\hat m / (\sqrt{\hat v} + \varepsilon)"])
def test_a_formula_is_a_picture_with_its_text(latex):
    found = exam.formula(latex)
    assert f'alt="{latex}"' in found and "data:image/svg+xml;base64," in found


def test_the_command_writes_two_pages_and_keeps_what_is_there(tmp_path, monkeypatch, capsys):
    words = ["exam.py", "--seed", "5", "--paper", "test", "--out", str(tmp_path)]
    monkeypatch.setattr("sys.argv", words)
    assert exam.main() == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["test-5-key.html", "test-5.html"]
    (tmp_path / "test-5.html").write_text("mine")
    assert exam.main() == 2
    assert "Kept as they are" in capsys.readouterr().err
    assert (tmp_path / "test-5.html").read_text() == "mine"
