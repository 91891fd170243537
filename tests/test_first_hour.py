"""The page “Your first hour” does what it says, and so does the comparison on “Evidence”."""

import os
import re
import shlex
import subprocess
import sys
from math import comb

import pytest

from adam_course import paired
from adam_course.example_class import LEARNERS, example
from adam_course.tasks import EXERCISES
from conftest import ROOT

PAGES = ROOT / "docs" / "instructors"
HOUR, EVIDENCE = (
    (PAGES / name).read_text(encoding="utf-8") for name in ("first_hour.md", "evidence.md")
)


def fenced(page, language=""):
    """Return the fenced blocks of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def run(words, folder):
    """Run a Python command in a folder, and return (exit code, what it printed)."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return done.returncode, done.stdout + done.stderr


def test_the_first_hour_runs_from_nothing_to_a_graded_class(tmp_path):
    commands = [line for block in fenced(HOUR) for line in block.splitlines()]
    assert len(commands) == 8
    said = {}
    for command in commands:
        program, *words = shlex.split(command)
        assert program == "python" and words[:2] == ["-m", "adam_course"]
        more = ["--no-sandbox"] if words[2] == "grade" and sys.platform != "linux" else []
        code, said[command] = run([*words, *more], tmp_path)
        doctor_or_check = words[2] in ("doctor", "check")
        assert code in ((0, 1) if doctor_or_check else (0,)), said[command]
    assert said[commands[2]].endswith("0 of 13 points.\n")
    for path in re.findall(r"`((?:grades|for_moodle)/[\w./]+)`", HOUR):
        assert (tmp_path / path).is_file()
    assert (tmp_path / "for_moodle/quiz/06_adam.txt").is_file()
    quiz = (tmp_path / "for_moodle/quiz/06_adam.txt").read_text(encoding="utf-8")
    assert quiz.count("::[html]") == 7, "the page says how many"
    page = (tmp_path / "grades/class.html").read_text(encoding="utf-8")
    assert all(learner in page for learner in LEARNERS)


def test_the_minutes_of_the_hour_make_an_hour():
    assert sum(map(int, re.findall(r"^## \d\. .+ \((\d+) minutes\)$", HOUR, re.MULTILINE))) == 60


# ---- the example class --------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", ["06_adam", "11_when_adam_fails"])
def test_the_example_class_has_right_answers_known_mistakes_and_gaps(exercise, tmp_path):
    from adam_course.grading.classes.batch import grade

    example(tmp_path / "class", exercise)
    reports = {one.student: one for one in grade(tmp_path / "class", seed=1, sandbox=False)}
    assert sorted(reports) == sorted(LEARNERS)
    assert reports[LEARNERS[0]].points == EXERCISES[exercise].points
    assert not any(one.attempted for one in reports[LEARNERS[-1]].results)
    results = [one for report in reports.values() for one in report.results]
    named = {one.misconception for one in results if one.misconception}
    assert len(named) >= 4
    wrong = [one for one in results if one.attempted and not one.passed]
    assert sum(bool(one.misconception) for one in wrong) >= len(wrong) / 2
    assert example(tmp_path / "class", exercise) == ([], [])


def test_an_example_of_no_exercise_is_one_sentence(tmp_path):
    with pytest.raises(ValueError, match="There is no exercise '17_gone': there are 01_gradient"):
        example(tmp_path, "17_gone")


# ---- evidence -----------------------------------------------------------------------------------


def test_the_comparison_says_what_the_page_says_it_says(capsys):
    (code,) = fenced(EVIDENCE, "python")
    exec(code, {})
    first, second = capsys.readouterr().out.splitlines()
    assert first == "7 of 8 have gained; enough to tell: False"
    assert second.startswith("points missed, after over before: 0.")
    assert "7 of 8 have gained, and that this is not enough to tell" in EVIDENCE
    assert paired.needed(8) == 8, "of eight, all must"


def power(learners, share):
    """Return how probably the sign test sees a gain that a share of all learners has."""
    return sum(
        comb(learners, k) * share**k * (1 - share) ** (learners - k)
        for k in range(paired.needed(learners), learners + 1)
    )


def test_the_table_has_the_learners_from_whom_on_a_gain_is_seen_four_times_in_five():
    rows = re.findall(r"^\| ([\d.]+) % \| (\d+) \|$", EVIDENCE, re.MULTILINE)
    assert len(rows) == 6
    for share, learners in rows:
        share, learners = float(share) / 100, int(learners)
        assert power(learners - 1, share) < paired.POWER
        assert all(power(more, share) >= paired.POWER for more in range(learners, 3 * learners))
