"""`adam-course release` writes the edition that a platform needs, and overwrites nobody's work."""

import re
from pathlib import Path

import nbformat
import pytest

from adam_course.__main__ import main
from adam_course.configuration import anchor

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = sorted((ROOT / "exercises" / "solutions").glob("*.ipynb"))
SITE = "https://example.org/adam"
LINK = re.compile(r"\]\(([^)\s]+)\)")

exercises = pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)


@pytest.fixture
def release(tmp_path, monkeypatch):
    """Return a function that releases an exercise in a folder of its own and reads it back."""
    monkeypatch.chdir(tmp_path)

    def released(exercise, site=""):
        if site:
            Path("adam-course.toml").write_text(f'site = "{site}"', encoding="utf-8")
        assert main(["release", "--for", "nbgrader", exercise, "--out", "source"]) == 0
        return nbformat.read(Path("source", exercise, f"{exercise}.ipynb"), 4)

    return released


def text_of(notebook):
    """Return the text of a notebook that is not code."""
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def headings(lesson):
    """Return the headings of a lesson."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", 4)
    return re.findall(r"^#+ (.+)$", text_of(notebook), re.MULTILINE)


# ---- nbgrader's edition -------------------------------------------------------------------------


@exercises
def test_nobody_is_asked_to_rename_the_notebook(path, release):
    text = text_of(release(path.stem))
    assert "Save Notebook As" not in text
    assert "my_" not in text
    assert "make this notebook yours" not in text


@exercises
def test_links_lead_to_the_sections_of_the_site(path, release):
    links = LINK.findall(text_of(release(path.stem, SITE)))
    assert links
    for link in links:
        lesson, section = re.fullmatch(rf"{SITE}/notebooks/(\w+)\.html(?:#(.+))?", link).groups()
        assert section is None or section in map(anchor, headings(lesson))


@exercises
def test_without_a_site_links_are_plain_words(path, release):
    text = text_of(release(path.stem))
    assert not LINK.search(text)
    assert ".ipynb" not in text


@exercises
def test_code_and_marks_are_those_of_the_source_and_outputs_are_cleared(path, release):
    ours, source = release(path.stem), nbformat.read(path, 4)
    assert ours.metadata == source.metadata
    for cell, original in zip(ours.cells, source.cells, strict=True):
        assert (cell.id, cell.metadata) == (original.id, original.metadata)
        if cell.cell_type == "code":
            assert cell.source == original.source
            assert not cell.outputs and cell.execution_count is None


def test_the_words_of_a_link_stay_in_their_sentence(release):
    assert "Six tasks for lesson 06: two to write" in text_of(release("06_adam"))


# ---- the command --------------------------------------------------------------------------------


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    """Return a function that runs `release` in an empty folder: (exit code, what it said)."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        code = main(["release", "--for", "nbgrader", *words, "--out", "source"])
        return code, "".join(capsys.readouterr())

    return run


def test_it_says_what_is_new_and_a_second_time_that_nothing_is(said):
    code, words = said("06_adam", "07_bias_correction")
    assert code == 0
    assert words == (
        "New in source: 06_adam/06_adam.ipynb, 07_bias_correction/07_bias_correction.ipynb.\n"
    )
    assert said("06_adam") == (0, "New in source: nothing.\n")


def test_a_source_that_somebody_has_edited_is_kept_and_named(said):
    said("06_adam")
    mine = Path("source", "06_adam", "06_adam.ipynb")
    mine.write_text(mine.read_text("utf-8").replace("seed=1", "seed=20261121"), "utf-8")
    edited = mine.read_bytes()
    code, words = said("05_rmsprop", "06_adam")
    assert code == 2
    assert words.startswith("New in source: 05_rmsprop/05_rmsprop.ipynb.\nKept as they are, ")
    assert "yours differ from the course's: 06_adam/06_adam.ipynb. To get" in words
    assert mine.read_bytes() == edited


def test_an_exercise_that_is_not_there_is_one_sentence(said):
    code, words = said("06_adam", "17_gone")
    assert code == 2
    assert words.startswith("adam-course: There is no exercise '17_gone': there are 01_gradient")
    assert words.count("\n") == 1
    assert not Path("source").exists()


def test_a_platform_without_an_edition_is_one_sentence(said, capsys):
    assert main(["release", "--for", "moodle", "06_adam", "--out", "source"]) == 2
    words = capsys.readouterr().err
    assert words == "adam-course: There is no edition for 'moodle': there is one for nbgrader.\n"


def test_a_site_that_is_no_address_is_one_sentence(said):
    Path("adam-course.toml").write_text('site = "example.org"', "utf-8")
    code, words = said("06_adam")
    assert code == 2
    assert words.startswith("adam-course: adam-course.toml: site is 'example.org'")
    assert not Path("source").exists()


def test_a_folder_that_cannot_be_written_to_is_one_sentence(said):
    Path("source").write_text("mine")
    code, words = said("06_adam")
    assert code == 2
    assert (
        words == "adam-course: source: a file is where a folder is needed. Name another folder.\n"
    )
