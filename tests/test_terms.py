"""Lessons say nothing before it is explained, keep their size, and state the time that they take.

`python tools/terms.py 03` and `python tools/minutes.py` print what is wrong with a lesson, and
`python tools/minutes.py --write 03` mends the time.
"""

import re
import shutil
from pathlib import Path

import minutes
import nbformat
import pytest
import terms
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

# The lessons that are held to each of these; the aim is range(0, 6), and then all of them.
HELD = {"terms": range(19), "minutes": range(19), "size": range(1, 19)}

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("number", HELD["terms"])
def test_a_lesson_explains_a_term_and_a_symbol_before_it_uses_them(number):
    assert terms.too_early(terms.LESSONS[number]) == []


@pytest.mark.parametrize("number", HELD["minutes"])
def test_a_lesson_states_the_time_that_it_takes(number):
    lesson = terms.LESSONS[number]
    takes = str(minutes.measure(lesson).minutes)
    for path, pattern in minutes.places(lesson):
        stated = re.search(pattern, path.read_text(encoding="utf-8"))
        assert stated and stated["minutes"] == takes, f"python tools/minutes.py --write {number:02}"


@pytest.mark.parametrize("number", HELD["size"])
def test_a_lesson_keeps_its_size(number):
    found = minutes.measure(terms.LESSONS[number])
    assert minutes.FEWEST_CELLS <= found.cells <= minutes.MOST_CELLS
    assert found.longest <= minutes.WIDEST


def test_the_glossary_has_what_learners_met_unexplained():
    """The terms that a reading of version 0.1.0 found without an explanation."""
    find, _ = terms.finder(terms.terms())
    met = """rate, moments, betas, gradient, partial derivative, second derivative, Rosenbrock,
        standard deviation, variance, expected value, linear classifier, saddle, ridge,
        complex pair, convex, sparse, diagonal matrix, logistic loss, Rprop, epoch, mini-batch,
        decade, least squares, hyperparameter, half precision, warm-up, schedule, autoencoder,
        softmax regression, residual network, normalisation layer, buffer, outer product,
        activations, clips, preconditioner, shortest solution, normal numbers"""
    assert [word for word in re.split(r",\s+", met) if not find.fullmatch(word)] == []
    assert {"∇", "∂", "σ", "Var", "‾", "𝔼", "m̂", "v̂", "P"} <= {
        sign.name for sign in terms.symbols()
    }


# ---- the rules themselves, on a small lesson ----------------------------------------------------

KNOWN = [
    terms.Term("Learning rate", 1, ("Learning rate", "rate"), others=("error rate",)),
    terms.Term("Mini-batch", 1, ("Mini-batch", "batch")),
    terms.Term("Bias", 7, ("Bias",)),
    terms.Term("Bias correction", 6, ("Bias correction",)),
]
SIGNS = [terms.Symbol("α", 1, ("learning rate",)), terms.Symbol("m", 3, ("buffer",))]
TELLS = "The **learning rate** $\\alpha$ is a factor. A few examples are a *mini-batch*."


@pytest.fixture
def found(tmp_path):
    """What is too early in a lesson 01 of these text cells below its first one."""

    def too_early(*texts):
        cells = [new_markdown_cell("# 01 · A rate\n\nHere you choose a rate."), *texts]
        cells = [new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
        lesson = tmp_path / "01_a_lesson.ipynb"
        nbformat.write(new_notebook(cells=cells), lesson)
        return terms.too_early(lesson, KNOWN, SIGNS)

    return too_early


def test_a_good_lesson_has_nothing_too_early(found):
    assert found(TELLS, "Two mini-batches, two rates, α = 0.1.", "$$\\alpha = 0.1$$") == []


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("## A heading on rates", "01[1]: “Learning rate” comes before the cell"),
        ("[A link on rates](https://a.org)", "01[1]: “Learning rate” comes before the cell"),
        ("Rates, as a second MINI\nBATCH has.", "01[1]: “Mini-batch” comes before the cell"),
        ("Now bias.", "01[1]: “Bias” belongs to lesson 07"),
        ("Now bias corrections.", "01[1]: “Bias correction” belongs to lesson 06"),
        ("$$x - \\alpha g$$", "01[1]: “α” comes before a sentence says that it is “learning rate”"),
        ("| a table | α |", "01[1]: “α” comes before a sentence"),
        ("$m_t = 0$", "01[1]: “m” belongs to lesson 03"),
        ("Bias, see [lesson 06](06_adam.ipynb).", "01[1]: “Bias” belongs to lesson 07"),
        ("Bias. See [lesson 07](07_bias.ipynb).", "01[1]: “Bias” belongs to lesson 07"),
    ],
)
def test_what_comes_too_early_is_named_with_its_lesson_and_cell(found, text, sentence):
    assert any(line.startswith(sentence) for line in found(text, TELLS))


@pytest.mark.parametrize(
    "text",
    [
        "An error rate, `rate`, and $\\text{rate}$; biased, unbiased and accurate.",
        "$\\hat m$ is no m, nor is a plain m.",
        "```\nrate = bias\n```",
        "[07 Bias](07_bias.ipynb) and [this](bias.md#rate).",
        "It has a bias ([lesson 07](07_bias.ipynb)).",
        "| [07 A name](07_bias.ipynb) | which bias? |",
        "## Further reading\n\nA. Author, *On the Bias of Rates*, 1999.",
    ],
)
def test_what_is_no_use_of_a_term_is_let_pass(found, text):
    assert found(text, TELLS) == []


def test_a_later_term_is_free_below_the_sentence_that_leads_to_its_lesson(found):
    assert found(TELLS, "A bias ([lesson 07](07_b.ipynb)).", "More bias.") == []
    assert found(TELLS, "More bias.", "A bias ([lesson 07](07_b.ipynb)).") == [
        "01[2]: “Bias” belongs to lesson 07"
    ]


@pytest.mark.parametrize(
    "told",
    [
        "**The learning rate is a factor.** A *mini-batch* and $\\alpha$, the learning rate.",
        "<details>\n\nThe **learning rate** $\\alpha$.\n\n</details> A *mini-batch*.",
        "## The **learning rate** α\n\nA *mini-batch*.",
    ],
)
def test_a_whole_sentence_in_bold_a_fold_and_a_heading_introduce_nothing(found, told):
    line = "“Learning rate” is this lesson's, and stands nowhere in bold or italics"
    assert any(line in sentence for sentence in found(told))


def test_what_a_fold_introduces_is_known_in_its_own_cell(found):
    fold = "<details>\n\nThe *bias* is known. The buffer $m$ too: $m = 0$.\n\n</details>"
    assert found(TELLS, fold) == []
    assert found(TELLS, fold, "A bias, $m = 0$.") == [
        "01[3]: “Bias” belongs to lesson 07",
        "01[3]: “m” belongs to lesson 03",
    ]


def test_the_command_prints_a_lesson_and_refuses_a_number_that_is_none(capsys):
    assert terms.main(["16"]) == 0
    assert capsys.readouterr().out.endswith("Lesson 16: 0 too early.\n")
    with pytest.raises(SystemExit, match="no lesson '3'"):
        terms.main(["3"])


# ---- the time -----------------------------------------------------------------------------------

HEAD = "# 01 · A lesson\n\nIt is short.\n\n**You need** nothing. **Time** 40 minutes."
CODE = """# a comment

import math  # read
predict(
    "How many?",
    options=[1, 2],
)
for _ in range(3):
    figures.explorers.descent(surface="bowl")
"""


@pytest.fixture
def course(tmp_path):
    """A course of two lessons, with the pages that state their times."""
    for folder in ("notebooks", "docs/instructors/lessons"):
        (tmp_path / folder).mkdir(parents=True)
    start = new_notebook(cells=[new_markdown_cell("| [01 A lesson](01_a.ipynb) | why? | 40 |\n")])
    fold = "<details><summary>More</summary>\n\nSix words in a fold are extra.\n\n</details>"
    cells = [new_markdown_cell(HEAD), new_markdown_cell("word " * 890 + fold), new_code_cell(CODE)]
    cells += [new_code_cell("recall()")]
    for number, cell in enumerate([*start.cells, *cells]):
        cell.id = f"cell-{number}"  # a random one may hold a 40
    nbformat.write(start, tmp_path / "notebooks" / "00_start.ipynb")
    nbformat.write(new_notebook(cells=cells), tmp_path / "notebooks" / "01_a.ipynb")
    (tmp_path / "README.md").write_text("| 01 | [A lesson](notebooks/01_a.ipynb) | 40 min | |\n")
    page = tmp_path / "docs" / "instructors" / "lessons" / "01.md"
    page.write_text("# A lesson\n\nIt takes 40 minutes alone, its exercise 45 minutes.\n")
    return tmp_path


def test_a_lesson_is_measured(course):
    found = minutes.measure(course / "notebooks" / "01_a.ipynb")
    assert (found.cells, found.words, found.folded) == (4, 890 + 12, 8)
    assert (found.code_lines, found.longest) == (2, 45)
    assert (found.predictions, found.recalls, found.explorers) == (1, 1, 1)
    # 902 words: 5.01; two lines of code: 0.5; 1 + 1.5 + 2 minutes
    assert (found.minutes, found.stated) == (10, 40)


def test_the_time_is_written_to_every_place_that_states_it(course):
    before = {path: path.read_text() for path in course.rglob("*.*")}
    minutes.write(course / "notebooks" / "01_a.ipynb")
    for path, text in before.items():
        assert path.read_text() == text.replace("40", "10")
    shutil.copy(course / "notebooks" / "01_a.ipynb", course / "notebooks" / "02_b.ipynb")
    with pytest.raises(
        SystemExit, match=r"00_start\.ipynb does not state the minutes of lesson 02"
    ):
        minutes.write(course / "notebooks" / "02_b.ipynb")


def test_the_table_has_every_lesson():
    head, *rows = [line.split() for line in minutes.table().splitlines()]
    assert head[0] == "lesson" and [row[0] for row in rows] == [f"{n:02}" for n in range(19)]
