"""What the class page says in numbers, against other ways to work it out; and who wrote alike."""

import random
import re
import time
from dataclasses import replace

import numpy as np
import pytest
from made_class import HEAD, ODD, SLIPS, adam_step, reports, sentences
from test_results import Page

from adam_course.grading.classes import statistics as numbers
from adam_course.grading.classes.alike import SHARED, alike, pieces, tokens
from adam_course.grading.classes.parts import given, parts_of
from adam_course.grading.classes.results import write

STUB = given("06_adam")["adam-step"]


# ---- tasks --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_discrimination_is_the_correlation_with_the_rest_and_fishers_interval(seed):
    draw = np.random.default_rng(seed)
    able = draw.normal(size=120)
    own = (able + draw.normal(size=120) > 0).astype(float)
    rest = np.round(3 * able + draw.normal(size=120))
    found = numbers.discrimination(list(own), list(rest))
    value = np.corrcoef(own, rest)[0, 1]
    shift = 1.959963984540054 / np.sqrt(117)
    z = 0.5 * np.log((1 + value) / (1 - value))
    assert found[:3] == pytest.approx([value, np.tanh(z - shift), np.tanh(z + shift)])
    assert found.learners == 120


def test_the_interval_of_a_discrimination_holds_what_it_should_in_95_of_100_classes():
    draw, held = np.random.default_rng(1), 0
    for _ in range(400):
        x = draw.normal(size=60)
        y = 0.5 * x + np.sqrt(0.75) * draw.normal(size=60)
        found = numbers.discrimination(list(x), list(y))
        held += found.low < 0.5 < found.high
    assert 365 <= held <= 395


@pytest.mark.parametrize(
    ("own", "others", "why"),
    [
        ([0.0, 1.0] * 9, list(range(18)), "too few learners: 18"),
        ([1.0] * 30, list(range(30)), "all did alike"),
        ([0.0, 1.0] * 15, [2.0] * 30, "the other tasks do not tell them apart"),
    ],
)
def test_where_there_is_no_discrimination_the_page_says_why(own, others, why):
    assert numbers.discrimination(own, others)[0] is None
    assert numbers.discrimination(own, others).why == why


def test_a_task_that_sorts_like_all_others_has_no_infinite_interval():
    assert numbers.discrimination([0.0, 1.0] * 15, [0.0, 2.0] * 15)[:3] == (1, 1, 1)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 120])
def test_quartiles_are_those_of_numpy(count):
    shares = np.random.default_rng(count).random(count)
    assert numbers.quartiles(list(shares)) == pytest.approx(np.percentile(shares, [25, 50, 75]))


def test_a_task_is_not_correlated_with_itself(tmp_path):
    """Points drawn without any common ability: the page should not find one."""
    draw = random.Random(3)
    made = [
        replace(
            one,
            results=tuple(
                replace(result, points=float(result.possible * (draw.random() < 0.5)))
                for result in one.results
            ),
        )
        for one in reports(400)
    ]
    write(made, tmp_path, 1)
    page = (tmp_path / "class.html").read_text(encoding="utf-8")
    values = [float(one) for one in re.findall(r"<td>(-?\d\.\d\d), -?\d", page)]
    assert len(values) == 7
    assert max(map(abs, values)) < 0.2


# ---- the term -----------------------------------------------------------------------------------


def test_who_falls_behind_is_who_is_missing_too_much_or_is_below_the_line():
    class Row:
        def __init__(self, exercise, student, points):
            self.exercise, self.student, self.name, self.page = exercise, student, student, "p"
            self.counts, self.possible = points, 10

    rows = [
        *(Row("01_a", "ann", 9), Row("02_b", "ann", 5)),
        *(Row("01_a", "ben", 4), Row("02_b", "ben", 3), Row("02_b", "ben", 8)),
        Row("02_b", "eva", 10),
    ]
    usual = numbers.Standing()
    found = {
        one.student: (one.missing, one.below, one.behind) for one in numbers.terms(rows, usual)
    }
    assert found == {
        "ann": ((), (), False),
        "ben": ((), ("01_a",), False),  # of two rows for one exercise the better one counts
        "eva": (("01_a",), (), True),
    }
    strict = numbers.Standing(missing=None, line=0.65)
    assert [one.student for one in numbers.terms(rows, strict) if one.behind] == ["eva", "ben"]
    late = numbers.Standing(open=frozenset({("eva", "01_a")}))
    (eva,) = [one for one in numbers.terms(rows, late) if one.student == "eva"]
    assert (eva.missing, eva.possible, eva.behind) == ((), 10, False)
    lax = numbers.Standing(missing=2, line=None)
    assert not any(one.behind for one in numbers.terms(rows, lax))
    people = {"ann": ("Ann A", "red"), "zoe": ("Zoe Z", "blue")}
    (first, second) = numbers.terms(rows, numbers.Standing(people))
    assert (first.name, first.group, first.missing) == ("Zoe Z", "blue", ("01_a", "02_b"))
    assert second.shares == {"01_a": 0.9, "02_b": 0.5}
    assert numbers.over_term(numbers.terms(rows, usual))[0][:2] == ("01_a", 2)


# ---- agreement ----------------------------------------------------------------------------------


def kappa_of_a_table(pairs, most):
    """Return Cohen's kappa with linear weights from the table of both markers' points."""
    table = np.zeros((most + 1, most + 1))
    for a, b in pairs:
        table[a, b] += 1
    table /= table.sum()
    apart = np.abs(np.subtract.outer(np.arange(most + 1), np.arange(most + 1)))
    expected = np.outer(table.sum(1), table.sum(0))
    return 1 - (apart * table).sum() / (apart * expected).sum()


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_that_of_the_table_of_both_markers(seed):
    draw = np.random.default_rng(seed)
    worth = draw.integers(0, 4, 60)
    pairs = [(int(w), int(np.clip(w + draw.integers(-1, 2), 0, 3))) for w in worth]
    found = numbers.agreement("Ann", "Ben", [(3, *pair) for pair in pairs])
    assert found.kappa == pytest.approx(kappa_of_a_table(pairs, 3))
    assert found.same == sum(a == b for a, b in pairs)
    assert found.near == 60


def test_parts_of_two_sizes_give_no_agreement_by_chance():
    """Whoever gives random points agrees on nothing, though parts differ in their maximum."""
    draw = random.Random(1)
    pairs = [
        (most, draw.randint(0, most), draw.randint(0, most)) for most in (2, 9) for _ in range(2000)
    ]
    assert abs(numbers.agreement("Ann", "Ben", pairs).kappa) < 0.05
    assert numbers.agreement("Ann", "Ben", [(2, 1, 1)] * 12).kappa is None


# ---- answers that are alike ---------------------------------------------------------------------


def test_names_comments_texts_and_white_space_do_not_count():
    ours = (
        'def f(x):\n    """Say."""\n    total = x["a"] * np.sqrt(x.size)  # why\n    return total'
    )
    theirs = "def f( y ):\n\n    result=y['b']*np.sqrt(y.size)\n    return result"
    assert tokens(ours) == tokens(theirs)
    assert tokens(ours) != tokens(theirs.replace("sqrt", "cbrt"))


def renamed(text):
    for old, new in (("memory", "store"), ("hats", "corrected"), ("m_hat", "first")):
        text = text.replace(old, new)
    return text


def respaced(text):
    return text.replace(" * ", "*").replace("    return", "    # done\n\n    return ")


def reordered(text):
    lines = text.split("\n")
    lines[2], lines[3] = lines[3], lines[2]
    return "\n".join(lines)


def with_a_line_more(text):
    return text.replace("    return", "    step = 0\n    return")


@pytest.mark.parametrize("change", [str, renamed, respaced, reordered, with_a_line_more])
@pytest.mark.parametrize("answer", [ODD, SLIPS])
def test_a_copy_is_found_among_120_however_it_is_dressed(change, answer):
    for seed in range(10):
        draw = random.Random(seed)
        whole = [*(adam_step(draw) for _ in range(118)), answer, change(answer)]
        found = alike([pieces(text, STUB) for text in whole])
        assert [one.members for one in found] == [(118, 119)]
        assert found[0].rare >= SHARED


def test_of_120_who_know_nobody_hardly_any_are_shown():
    """Many of them have the same answer word for word: the usual one, which says nothing."""
    shown, same = 0, 0
    for seed in range(40):
        draw = random.Random(seed)
        cut = [pieces(adam_step(draw), STUB) for _ in range(120)]
        shown += sum(len(one.members) for one in alike(cut))
        same += len(cut) - len(set(cut))
    assert same > 100
    assert shown <= 4


def test_sentences_are_compared_by_their_words():
    for seed in range(10):
        draw = random.Random(seed)
        texts = [sentences(draw) for _ in range(118)]
        own = " ".join(sentences(draw) for _ in range(2))
        other = own.upper().replace("STEPS", "updates", 1)
        found = alike([pieces(text, "", False) for text in [*texts, own, other]])
        assert [one.members for one in found] == [(118, 119)]


def test_what_many_have_and_what_is_short_or_given_is_left_out():
    draw = random.Random(1)
    others = [pieces(adam_step(draw), STUB) for _ in range(40)]
    assert alike([*others, *[pieces(ODD, STUB)] * 12]) == []
    short = pieces(HEAD + "    return theta\n", STUB)
    assert alike([*others, short, short]) == []
    assert pieces(STUB, STUB) == frozenset()
    assert alike([pieces(ODD, STUB)] * 7) == []  # who is the rare one of so few?


def test_three_who_share_an_answer_are_one_group():
    draw = random.Random(1)
    cut = [pieces(text, STUB) for text in [*(adam_step(draw) for _ in range(40)), ODD, ODD]]
    cut.insert(3, pieces(with_a_line_more(ODD), STUB))
    (found,) = alike(cut)
    assert found.members == (3, 41, 42)


@pytest.mark.parametrize("text", ["\n" * 20_000, '"' * 20_000, "'''" * 6000, "a." * 9000, "#" * 9])
def test_hostile_answers_take_no_time(text):
    start = time.perf_counter()
    assert alike([pieces(text, STUB)] * 20) == []
    assert time.perf_counter() - start < 10


def test_the_class_page_lists_who_handed_in_one_file_and_not_the_untouched_one(tmp_path):
    made = reports(30)
    blank = tuple(replace(one, attempted=False, points=0.0) for one in made[0].results)
    for place in (3, 8, 20):
        made[place] = replace(made[3], student=f"learner{place:03}", answers={})
    for place in (5, 6):
        made[place] = replace(made[place], digest="f" * 64, results=blank, answers={})
    (part,) = parts_of("06_adam")
    for place in (11, 12):
        answers = {part.name: "Mine."}
        made[place] = replace(made[place], digest="e" * 64, results=blank, answers=answers)
    write(made, tmp_path, 1)
    page = Page(tmp_path / "class.html").text
    look = page.split("Look at these")[1].split("Who falls behind")[0]
    assert "One file: learner003, learner008, learner020; 3 of 30." in look
    assert "One file: learner011, learner012; 2 of 30." in look
    assert "learner005" not in look
    assert "no verdict" in look and "Otherwise, no two answers are alike" in look
    for word in ("plagiar", "cheat", "copied", "guilt"):
        assert word not in look


def test_the_class_page_shows_a_pair_and_calls_it_nothing_but_a_reason_to_look(tmp_path):
    made = reports(60)
    for place, text in ((4, ODD), (11, renamed(ODD).replace('"""Mine."""', '"""<b>x</b>"""'))):
        made[place] = replace(made[place], answers=made[place].answers | {"adam-step": text})
    write(made, tmp_path, 1)
    page = (tmp_path / "class.html").read_text(encoding="utf-8")
    _, shown = page.split('<div class="look"')
    assert "learner004" in shown
    assert "learner011" in shown
    assert "the same; 2 of 60 answers" in shown
    assert "&lt;b&gt;x&lt;/b&gt;" in shown
    assert "no verdict" in page
    for word in ("plagiar", "cheat", "copied", "guilt"):
        assert word not in page
