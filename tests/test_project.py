"""The learner's own optimizer: its race is the stored one, and its log loses nothing."""

import errno
import os

import numpy as np
import pytest

from adam_course import experiments, project
from adam_course.copying import RECORD
from adam_course.experiments.faded_digits import METHODS

FADED, EVEN = (experiments.load("faded_digits")[light] for light in ("faded", "even"))


def my_step(theta, gradient, memory, rate=0.5):
    return theta - rate * gradient


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """The log's folder in a learner's own folder, from which an exercise runs."""
    (tmp_path / RECORD).write_text("{}")
    (tmp_path / "exercises").mkdir()
    monkeypatch.chdir(tmp_path / "exercises")
    return tmp_path / "log"


@pytest.fixture
def quick(monkeypatch):
    """Races that are not run, and pictures that are not drawn; gives what was shown."""
    shown = []

    def run(step):
        return np.full(31, step(1.0, 0.5, {})), 0.75

    monkeypatch.setattr(project, "run", run)
    monkeypatch.setattr(project, "show", lambda *given, **more: shown.append(given))
    return shown


# ---- the race -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", METHODS)
def test_a_rival_s_stored_race_comes_out_again(name):
    optimizer = type(METHODS[name])(lr=float(FADED[name]["rate"]))
    losses, accuracy = project.run(lambda theta, gradient, memory: optimizer.step(theta, gradient))
    np.testing.assert_allclose(losses, FADED[name]["losses"], rtol=1e-4)
    assert project.final(losses) == pytest.approx(FADED[name]["loss"], rel=1e-5)
    assert accuracy == FADED[name]["accuracy"]
    assert not FADED[name]["edge"] and not EVEN[name]["edge"]


def test_adam_written_by_a_learner_is_the_stored_adam():
    def adam(theta, gradient, memory):
        t = memory["t"] = memory.get("t", 0) + 1
        m = memory["m"] = 0.9 * memory.get("m", 0) + 0.1 * gradient
        v = memory["v"] = 0.999 * memory.get("v", 0) + 0.001 * gradient**2
        return theta - 0.05 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)

    assert FADED["Adam"]["rate"] == 0.05
    np.testing.assert_allclose(project.run(adam)[0], FADED["Adam"]["losses"], rtol=1e-6)


def test_the_methods_can_be_told_apart_on_faded_digits_and_in_even_light_momentum_is_adam_s_equal():
    losses = {name: [FADED[name]["loss"], *FADED[name]["other runs"]] for name in METHODS}
    assert min(losses["gradient descent"]) > 1.2 * max(losses["momentum"])
    for name in ("AdaGrad", "RMSProp"):
        assert max(losses[name]) < min(losses["momentum"]) / 1.5
        assert min(losses[name]) > max(losses["Adam"])
    assert EVEN["momentum"]["loss"] == pytest.approx(EVEN["Adam"]["loss"], rel=0.05)
    assert EVEN["momentum"]["accuracy"] > EVEN["Adam"]["accuracy"]


def test_a_race_is_shown_with_its_numbers(mine, capsys):
    project.race(my_step, 1, "gradient descent")
    said = capsys.readouterr().out
    assert "my_step: 2.29 to 0.70" in said and "gradient descent: 2.29 to 0.485." in said
    assert "After 300 steps my_step is at a loss of 0.70" in said
    assert "of 500 new digits; gradient descent is at 0.485, with its tuned rate." in said
    assert said.endswith("Noted in log/log.csv, and your code in log/01.py.\n")


def test_the_best_race_of_each_exercise_is_a_quiet_line_and_the_best_of_all_is_named(mine, quick):
    for exercise, rate in ((1, 0.8), (2, 0.4), (2, 0.2)):
        project.race(lambda theta, gradient, memory, r=rate: theta - r * gradient, exercise)
    project.race(my_step, 3, ("momentum", "Adam"))
    picture, caption = quick[-1]
    lines = picture.panels[0].layers
    looks = [(line.label, line.look) for line in lines]
    assert looks[:2] == [("your 01", None), ("your 02", None)]
    assert looks[2:] == [("my_step", "1"), ("momentum", "momentum"), ("Adam", "Adam")]
    assert lines[1].y[-1] == pytest.approx(0.8)
    assert lines[4].y[-1] == pytest.approx(FADED["Adam"]["loss"])
    assert caption.endswith("with their tuned rates; your best so far was 0.6, in exercise 01.")


def test_a_step_that_is_named_after_a_method_keeps_the_learner_s_look(quick):
    def adam(theta, gradient, memory):
        return theta

    project.race(adam, 6, ["Adam"])
    assert [(line.label, line.look) for line in quick[0][0].panels[0].layers] == [
        ("your adam", "1"),
        ("Adam", "Adam"),
    ]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"against": ["adam"]}, "race: there is no 'adam'; there are gradient descent, momentum"),
        ({"exercise": 19}, "race: exercise must be from 0 to 18, but it is 19."),
    ],
)
def test_what_is_not_there_is_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        project.race(my_step, **given)


# ---- a step that cannot be raced ----------------------------------------------------------------


def unwritten(theta, gradient, memory):
    raise NotImplementedError


def forgetful(theta, gradient, memory):
    theta - 0.5 * gradient


def in_place(theta, gradient, memory):
    theta -= 0.5 * gradient
    return theta


def in_place_later(theta, gradient, memory):
    memory["m"] = gradient
    memory["m"] *= 0.9
    return theta - memory["m"]


def with_memory(theta, gradient, memory):
    return theta - 0.5 * gradient, memory


def one_number(theta, gradient, memory):
    return theta.sum()


def too_fast(theta, gradient, memory):
    return theta - 1e300 * gradient * 1e300


def nearly_too_fast(theta, gradient, memory):
    return theta - 1e100 * gradient


def empty_memory(theta, gradient, memory):
    memory["m"] = 0.9 * memory["m"] + 0.1 * gradient
    return theta - memory["m"]


def misspelt(theta, gradient, memory):
    return theta - rat * gradient  # noqa: F821


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (unwritten, "unwritten is not written yet: write it, and race again."),
        (forgetful, "forgetful returns nothing: end it with `return` and the new theta."),
        (in_place, "in_place changes theta or gradient in place: return a new array"),
        (in_place_later, "in_place_later changes theta or gradient in place"),
        (with_memory, "with_memory returns tuple, which is no array of numbers"),
        (one_number, "one_number returns an array of shape (), and theta has shape (2410,)"),
        (too_fast, "After step 1 theta is no longer finite: either the rate of too_fast is too"),
        (nearly_too_fast, "After step 10 the loss is "),
        (
            empty_memory,
            'empty_memory stopped in step 1 in the line `memory["m"] = 0.9 * memory["m"] + 0.1 * '
            "gradient`: memory is empty before the first step, so read `memory.get('m', 0)`.",
        ),
        (misspelt, "NameError, name 'rat' is not defined."),
        (len, "len stopped in step 1: TypeError, len() takes exactly one argument (3 given)."),
        (3, "int stopped in step 1: TypeError, 'int' object is not callable."),
    ],
)
def test_a_step_that_cannot_be_raced_is_told_why_in_one_sentence(step, sentence, mine, capsys):
    project.race(step, 3)
    said = capsys.readouterr()
    assert sentence in said.out and said.out.count("\n") == 1 and not said.err
    assert not mine.exists()


def test_a_step_may_keep_and_change_what_it_has_returned():
    def step(theta, gradient, memory):
        own = memory.setdefault("own", theta.copy())
        own -= 0.5 * gradient
        return own

    np.testing.assert_array_equal(project.run(step)[0], project.run(my_step)[0])


def test_a_slow_step_says_where_it_is_and_ends(mine, capsys, monkeypatch):
    monkeypatch.setattr(project, "PATIENCE", 0)
    project.run(my_step)
    assert capsys.readouterr().out.startswith("my_step: step 1 of 300 …\nmy_step: step 2 of")
    monkeypatch.setattr(project, "LIMIT", 0)
    project.race(my_step, 1)
    said = capsys.readouterr().out
    assert said.startswith("my_step has made 1 of 300 steps in 0 s, and the race ends here")
    assert not mine.exists()


# ---- the log ------------------------------------------------------------------------------------


def faster(rate):
    """Return a step rule of this rate, whose code is always the same."""

    def my_step(theta, gradient, memory, rate=rate):
        return theta - rate * gradient

    return my_step


def test_a_race_is_noted_with_its_rate_and_the_code(mine, quick):
    project.race(my_step, 1)
    ((entry,), unread) = project.read(mine)
    assert (entry.exercise, entry.name, entry.rate, entry.file) == (1, "my_step", "0.5", "01.1.py")
    assert (entry.loss, entry.accuracy, unread) == (0.75, 0.75, 0)
    assert (mine / "01.py").read_text().endswith("    return theta - rate * gradient\n")
    assert sorted(path.name for path in mine.iterdir()) == ["01.1.py", "01.py", "log.csv"]


def test_every_version_of_the_code_is_kept_and_the_same_race_is_noted_once(mine, quick, capsys):
    def other(theta, gradient, memory):
        return theta - 0.1 * gradient

    for step in (my_step, other, faster(0.2), my_step, other):
        project.race(step, 1)
        assert (mine / "01.py").read_text() == project.source_of(step)
    assert [entry.file for entry in project.read(mine)[0]] == ["01.1.py", "01.2.py", "01.3.py"]
    assert "other" in (mine / "01.2.py").read_text()
    assert not (mine / "01.py").read_text().startswith(" ")
    assert (
        capsys.readouterr().out.splitlines()[-1] == "This race is in your log already: log/log.csv."
    )
    project.race(faster(0.3), 1)
    assert len(project.read(mine)[0]) == 4 and not (mine / "01.4.py").exists()


def test_what_a_learner_wrote_in_the_log_stays_and_is_passed_over(mine, quick, capsys):
    mine.mkdir()
    (mine / "log.csv").write_text('my own words\n"01;a;b\n1,2,3,4,5,6,7,8\nno end of a line')
    (mine / "01.py").write_text("# mine")
    project.race(my_step, 1)
    text = (mine / "log.csv").read_text()
    assert text.startswith('my own words\n"01;a;b\n1,2,3,4,5,6,7,8\nno end of a line\n2')
    assert (mine / "01.1.py").read_text() == "# mine"
    assert "return theta" in (mine / "01.2.py").read_text()
    capsys.readouterr()
    project.log()
    said = capsys.readouterr().out
    assert said.startswith("Lines of ") and ", and stay as they are: 4.\n" in said
    assert [entry.file for entry in project.read(mine)[0]] == ["01.2.py"]


def test_a_race_that_cannot_be_noted_leaves_the_log_as_it_was(mine, quick, capsys, monkeypatch):
    project.race(my_step, 1)
    before = {path.name: path.read_bytes() for path in mine.iterdir()}

    def full(source, target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    project.race(faster(0.1), 2)
    assert {path.name: path.read_bytes() for path in mine.iterdir()} == before
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.startswith("This race could not be noted in ") and "No space left" in said


def test_a_log_in_another_encoding_is_left_as_it_is(mine, quick, capsys):
    mine.mkdir()
    (mine / "log.csv").write_bytes(b"\xff\xfe")
    project.race(my_step, 1)
    assert (mine / "log.csv").read_bytes() == b"\xff\xfe"
    assert "it is not a text in UTF-8. Mend that, and race again." in capsys.readouterr().out


def test_nothing_is_written_outside_a_learner_s_folder_or_for_a_worked_solution(
    mine, quick, capsys, tmp_path, monkeypatch
):
    (tmp_path / "exercises" / "solutions").mkdir()
    monkeypatch.chdir("solutions")
    project.race(my_step, 1)
    (tmp_path / RECORD).unlink()
    monkeypatch.chdir(tmp_path)
    project.race(my_step, 1)
    project.log()
    assert not mine.exists()
    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in said] == [
        *["This race is not in a log"] * 2,
        "Your log is empty",
    ]


def test_the_log_shows_every_race_and_how_far_they_came(mine, quick, monkeypatch):
    tables = []
    monkeypatch.setattr(project, "show_table", lambda rows, *given, **more: tables.append(rows))
    project.race(my_step, 1)
    project.log()
    assert quick[-1][1] == "Your first race came to a final loss of 0.75."
    project.race(faster(1.8), 2)
    project.race(faster(1.6), 2)
    project.log()
    picture, caption = quick[-1]
    assert caption == (
        "Your 3 races went from a final loss of 0.75 to 0.2; the best is race 2 with 0.1."
    )
    assert picture.panels[0].layers[-1].y.tolist() == [0.75, 0.1, 0.2]
    assert [row["rate"] for row in tables[-1]] == ["0.5", "1.8", "1.6"]
    assert [row["final loss"] for row in tables[-1]] == [0.75, 0.1, 0.2]
    assert [row["code"] for row in tables[-1]] == ["01.1.py", "02.1.py", "02.1.py"]
