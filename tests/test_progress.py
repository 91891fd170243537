"""How far a learner has come: what was run and saved, predicted, and what comes back."""

import json

import pytest

from adam_course import answers, progress, questions
from adam_course.__main__ import main
from adam_course.copying import RECORD

FIRST, SECOND = (question.name for question in questions.PREDICT[1][:2])
BACK = questions.RECALL[0][0]


@pytest.fixture
def home(tmp_path):
    """A learner's folder with two lessons; the second has been run half."""
    (tmp_path / RECORD).write_text("{}")
    (tmp_path / "notebooks").mkdir()
    for name, run in (("00_start_here", (1, 2)), ("01_gradient_descent", (1, None, None))):
        cells = [{"cell_type": "markdown", "source": ["# Title"]}]
        cells += [{"cell_type": "code", "source": ["1"], "execution_count": n} for n in run]
        text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text(text, encoding="utf-8")
    return tmp_path


def say(home, name, right, day=1):
    answers.keep(home, {"name": name, "said": "so", "right": right, "at": f"2026-01-{day:02}"})


def test_cells_that_were_run_and_saved_are_counted(home):
    counts = [(lesson.name, lesson.run, lesson.cells) for lesson in progress.lessons(home)]
    assert counts == [("00_start_here", 2, 2), ("01_gradient_descent", 1, 3)]


def test_a_prediction_counts_as_it_was_made_last(home):
    say(home, FIRST, False, 1)
    say(home, SECOND, False, 2)
    say(home, FIRST, True, 3)
    lesson = progress.lessons(home)[1]
    assert (lesson.made, lesson.right, lesson.asked) == (2, 1, len(questions.PREDICT[1]))


def test_who_only_looked_has_predicted_nothing(home):
    say(home, FIRST, None)
    assert progress.lessons(home)[1].made == 0


def test_what_was_recalled_wrong_comes_back_until_it_is_right(home):
    say(home, BACK.name, False, 1)
    assert progress.coming_back(home) == [BACK]
    lesson = progress.lessons(home)[0]
    assert (lesson.recalled, lesson.known) == (1, 0)
    say(home, BACK.name, True, 2)
    assert progress.coming_back(home) == []
    assert progress.lessons(home)[0].known == 1


def test_a_damaged_notebook_and_the_courses_edition_beside_it_are_left_out(home):
    (home / "notebooks" / "02_noisy_gradients.ipynb").write_text("{")
    copy = (home / "notebooks" / "00_start_here.ipynb").read_text()
    (home / "notebooks" / "00_start_here.new.ipynb").write_text(copy)
    assert [lesson.name[:2] for lesson in progress.lessons(home)] == ["00", "01"]


def test_the_command_shows_the_lessons_and_what_comes_back(home, capsys):
    say(home, FIRST, True)
    say(home, BACK.name, False)
    assert main(["progress", str(home)]) == 0
    said = capsys.readouterr().out
    assert "00_start_here" in said and "2 of 2" in said
    assert f"1 of {len(questions.PREDICT[1])}" in said
    assert f"“{BACK.ask}” (lesson 00)" in said


def test_who_has_answered_nothing_reads_of_nothing_to_come_back(home, capsys):
    assert main(["progress", str(home)]) == 0
    assert "come back" not in capsys.readouterr().out
