"""Exercise 16: its suspects hold the mistakes that they are said to hold, and its audit sees."""

from itertools import pairwise
from pathlib import Path

import nbformat
import numpy as np
import pytest

from adam_course import optimizers
from adam_course.grading import TASKS, audit, check
from adam_course.tasks import t16_claims_on_trial as trial

ROOT = Path(__file__).resolve().parent.parent
EXERCISE = ROOT / "exercises" / "16_claims_on_trial.ipynb"

suspects = pytest.mark.parametrize("task", trial.EXERCISE.tasks, ids=lambda task: task.name)


@pytest.fixture(scope="module")
def names():
    """What the line-up, the slopes and the listings of the exercise define."""
    found = {"np": np}
    for cell in nbformat.read(EXERCISE, 4).cells:
        if cell.id in ("line-up", "slopes") or cell.id.endswith("-listing"):
            exec(cell.source, found)
    return found


# ---- the bug hunt -------------------------------------------------------------------------------


def test_the_line_up_has_the_numbers_by_which_the_grader_knows_a_mistake(names):
    cells = {cell.id: cell.source for cell in nbformat.read(EXERCISE, 4).cells}
    for number in trial.LINE_UP:
        (name,) = (name for name, value in vars(trial).items() if value is number)
        assert names[name] == number
        assert f"| {number} | `{name}` |" in cells["hunt"]


def test_no_mistake_fits_two_suspects_and_six_fit_none():
    mistakes = {task.reference(**task.draw()[0])[0] for task in trial.EXERCISE.tasks}
    assert len(mistakes) == len(trial.EXERCISE.tasks) == len(trial.LINE_UP) - 6


@suspects
def test_a_listing_has_the_mistake_of_its_suspect(task, names):
    listing = names[task.name.replace("-", "_")]
    mistake, _ = task.reference(**task.draw()[0])
    verdict = check(task.name, lambda **given: (mistake, listing(**given)))
    assert verdict.misconception is task.misconceptions[0]
    assert verdict.misconception.name == "the listing as it was, under the right name"
    for case in task.draw():
        with np.errstate(all="ignore"):
            (ours, end), expected = task.misconceptions[0].wrong(**case), listing(**case)
        assert ours == mistake
        np.testing.assert_allclose(end, expected, rtol=1e-12, atol=1e-12)


@suspects
def test_a_wrong_name_changes_the_last_line_alone_and_gives_the_number_told(task, names):
    right, end = task.reference(**task.draw()[0])
    misnamed = [one for one in task.misconceptions if "under a wrong name" in one.name]
    assert misnamed
    for one in misnamed:
        mistake, ours = one.wrong(**task.draw()[0])
        assert mistake != right
        assert f"number {mistake} of the line-up" in one.name
        np.testing.assert_array_equal(ours, end)
        before, after = (line for line in one.wrong.diff() if line[0] in "-+")
        assert names[before.split()[2].strip(",")] == right
        assert names[after.split()[2].strip(",")] == mistake


@suspects
def test_every_suspect_goes_downhill_on_an_easy_problem(task, names):
    listing, slopes = names[task.name.replace("-", "_")], np.array([1.0, 10.0])
    end = listing(names["bowl"], np.ones(2), 100)
    assert slopes @ end**2 < slopes.sum()


def test_a_name_alone_or_an_end_alone_is_no_answer(names):
    assert "2 in all" in repr(check("suspect-1", lambda **given: names["RATE_COMPOUNDS"]))
    assert "2 in all" in repr(check("suspect-1", names["suspect_1"]))


OURS = {
    "suspect-1": lambda lr=0.1: optimizers.GradientDescent(lr=lambda t: lr / np.sqrt(t)),
    "suspect-2": lambda **given: optimizers.Momentum(**{"lr": 0.1, **given}),
    "suspect-4": lambda **given: optimizers.AdaGrad(**{"lr": 0.1, "eps": 1e-8, **given}),
    "suspect-5": lambda **given: optimizers.RMSProp(**{"lr": 0.01, **given}),
    "suspect-6": lambda **given: optimizers.Adam(**{"lr": 0.01, **given}),
    "suspect-7": lambda **given: optimizers.Adam(**{"lr": 0.01, **given}),
    "suspect-8": lambda **given: optimizers.AdamW(**{"lr": 0.01, "weight_decay": 0.1, **given}),
    "suspect-9": lambda **given: optimizers.AMSGrad(**{"lr": 0.01, **given}),
    "suspect-10": lambda **given: optimizers.NAdam(**{"lr": 0.01, "momentum_decay": None, **given}),
}


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("seed", range(3))
def test_a_mended_suspect_is_the_courses_own_optimizer(name, seed):
    for case in TASKS[name].draw(seed):
        reference = TASKS[name].reference
        points = [reference(**case | {"steps": n})[1] for n in range(case["steps"] + 1)]
        given = {key: case[key] for key in set(case) - {"grad", "theta", "steps"}}
        optimizer, ours = OURS[name](**given), points[0]
        for before, after in pairwise(points):  # both get the same gradients: rounding cannot grow
            ours = optimizer.step(ours, case["grad"](before))
            np.testing.assert_allclose(ours, after, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_the_mended_nesterov_is_the_courses_own_seen_from_the_ball(seed):
    for case in TASKS["suspect-3"].draw(seed):
        lr, momentum = case.get("lr", 0.05), case.get("momentum", 0.9)
        optimizer, ahead = optimizers.Momentum(lr, momentum, nesterov=True), case["theta"]
        for _ in range(case["steps"]):
            ahead = optimizer.step(ahead, case["grad"](ahead))
        ball = ahead + momentum * optimizer.m
        np.testing.assert_allclose(trial.mended_3(**case)[1], ball, rtol=1e-12, atol=1e-12)


def test_what_the_texts_say_of_the_right_methods_is_true(names):
    zeros, loud = np.zeros(2), names["loud_start"]

    def end(number, grad, theta, steps, **given):
        return getattr(trial, f"mended_{number}")(grad, theta, steps, **given)[1]

    ways = [end(2, names["ramp"], zeros, 100, lr=lr)[0] for lr in (0.1, 0.01)]
    assert ways[0] == pytest.approx(10 * ways[1])
    assert np.ptp(end(4, names["ramp"], zeros, 100)) < 1e-5
    assert end(5, loud(), np.zeros(1), 20)[0] == pytest.approx(-0.04, abs=0.005)
    assert np.abs(end(6, names["bowl"], np.ones(2), 2000, eps=0.01)).max() < 1e-12
    assert end(7, names["ramp"], zeros, 1) == pytest.approx([-0.01, -0.01], rel=1e-5)
    left = end(8, names["flat"], np.array([1.0, 100.0]), 100) / [1, 100]
    assert left == pytest.approx([0.905, 0.905], abs=0.001)
    fifty, hundred = (end(9, loud(), np.zeros(1), n, beta2=0.9)[0] for n in (50, 100))
    assert 0 < fifty - hundred < 0.02
    assert end(10, names["ramp"], zeros, 2000) == pytest.approx([-20, -20], rel=0.001)


# ---- the open experiment ------------------------------------------------------------------------


def test_a_person_marks_six_cells_with_three_points_each():
    cells = nbformat.read(EXERCISE, 4).cells
    roles = [cell.metadata.get("nbgrader", {}) for cell in cells]
    marked = [role for role in roles if role.get("grade") and role.get("solution")]
    assert [role.points for role in marked] == 6 * [3]
    assert not any(role.locked for role in marked)
    rubric = next(cell.source for cell in cells if cell.id == "open")
    rows = [line.split(" | ")[0].strip("| ") for line in rubric.splitlines() if "| and " in line]
    assert rows == ["claim", "set-up", "experiment", "result", "verdict", "limits"]
    assert "eighteen points" in cells[0].source


RATES = np.array([0.01, 0.1, 1.0])
SCORES = np.array([[3.0, 3.1], [1.0, 1.2], [2.0, np.inf]])
NEW = np.array([1.0, 1.1, 1.2, 1.3, 1.4, 1.5])
FAIR = {"Adam": (RATES, SCORES, NEW), "SGD": (RATES, SCORES, NEW + 0.15)}


def test_a_fair_comparison_is_told_with_its_numbers():
    found = audit(lambda: FAIR)
    assert found
    assert repr(found) == (
        "Adam: best of 3 rates 0.1; median of 6 new runs 1.25, from 1 to 1.5\n"
        "SGD: best of 3 rates 0.1; median of 6 new runs 1.4, from 1.15 to 1.65\n"
        "Adam over SGD in 6 matched pairs: ratio 0.893, interval 0.87 to 0.909, lower in 6; "
        "power 1.00 for a ratio of 1.25: level\n"
        "✓ The comparison is fairly built."
    )


@pytest.mark.parametrize(
    ("theirs", "size", "word"),
    [
        (NEW * 1.5, 1.25, "1.25: ahead"),
        (NEW / 1.5, 1.25, "1.25: behind"),
        (NEW * 1.1, 1.25, "1.25: level"),
        (NEW * 1.1, 1.05, "1.05: ahead"),
        (NEW * [0.5, 2, 0.4, 1.5, 3, 0.7], 1.25, "power 0.02 for a ratio of 1.25: without power"),
        (NEW * [0.9, 1.3, 1.1, 0.95, 1.05, 1], 1.25, "1.25: cannot tell"),
        (NEW * [-1, 1, 1, 1, 1, 1], 1.25, "SGD: scores below 0 have no ratio, so no pairs are"),
    ],
)
def test_the_audit_says_of_matched_pairs_what_they_can_tell(theirs, size, word):
    found = audit(lambda: FAIR | {"SGD": (RATES, SCORES, theirs)}, size)
    assert found
    assert word in found.findings[-1]


def test_a_size_that_is_no_ratio_above_1_is_refused():
    with pytest.raises(ValueError, match="size must"):
        audit(lambda: FAIR, size=1)


def test_the_rubric_and_the_grading_page_know_the_five_verdicts():
    cells = {cell.id: cell.source for cell in nbformat.read(EXERCISE, 4).cells}
    pages = [ROOT / "docs" / "grading.md", ROOT / "docs" / "instructors" / "lessons" / "16.md"]
    for text in (cells["open"], cells["verdict-task"], *(one.read_text("utf-8") for one in pages)):
        for word in ("holds", "only if", "false", "cannot tell", "without power"):
            assert word in text.lower()


def test_an_experiment_that_is_not_begun_is_no_error():
    def experiment():
        raise NotImplementedError

    found = audit(experiment)
    assert not found
    assert repr(found) == "○ experiment: not attempted yet."


@pytest.mark.parametrize(
    ("side", "sentence"),
    [
        ((RATES, SCORES[[1, 0, 2]], NEW), "SGD: the best rate, 0.01, is at the edge of its grid."),
        ((RATES, SCORES[[0, 2, 1]], NEW), "SGD: the best rate, 1, is at the edge of its grid."),
        ((RATES, SCORES, NEW[:5]), "SGD: 5 new runs are too few; 6 is the least."),
        (
            (RATES, SCORES[:, :1], NEW),
            "unequal budgets: Adam 3 rates, 2 runs at each, 6 new runs; SGD 3 rates, 1 runs at",
        ),
        ((RATES, SCORES), "SGD: there should be rates, scores and new_scores, but there are 2."),
        ((RATES[::-1], SCORES, NEW), "SGD: rates should be three or more numbers in rising order."),
        ((RATES[[0, 1, 1]], SCORES, NEW), "SGD: rates should be three or more numbers in rising"),
        ((RATES[:2], SCORES[:2], NEW), "SGD: rates should be three or more numbers"),
        ((RATES, SCORES.T, NEW), "SGD: scores should have a row for each of 3 rates, a column a"),
        ((RATES, SCORES, 1.0), "SGD: new_scores should be one number for each new run."),
        ((RATES, SCORES, NEW * np.nan), "write np.inf for a run that diverged."),
        ((RATES, SCORES, ["low"]), "and these are numbers or arrays of them."),
        (3.0, "and these are numbers or arrays of them."),
    ],
)
def test_an_unfair_comparison_is_refused_in_a_sentence(side, sentence):
    found = audit(lambda: FAIR | {"SGD": side})
    assert not found
    assert sentence in repr(found)
    assert "✓" not in repr(found)


@pytest.mark.parametrize("returned", [None, 3, [], {}, {"Adam": FAIR["Adam"]}])
def test_what_is_no_comparison_is_told_what_it_should_be(returned):
    found = audit(lambda: returned)
    assert not found
    assert "experiment should return {name: (rates, scores, new_scores), …}" in repr(found)


def test_an_error_of_ones_own_is_shown_as_it_is():
    with pytest.raises(ZeroDivisionError):
        audit(lambda: 1 / 0)
