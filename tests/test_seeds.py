"""No wrong answer passes by luck, whatever seed draws the cases."""

import dataclasses

import numpy as np
import pytest

from adam_course.grading import TASKS, collect, judge
from adam_course.grading.workshop import verify_task
from adam_course.grading.workshop.mutations import mutants

tasks = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
FEW, MANY = range(1, 6), range(1, 201)


# ---- every task ---------------------------------------------------------------------------------


@tasks
def test_who_knows_the_public_answers_by_heart_needs_the_others_as_well(task):
    assert verify_task.lucky(task, FEW) == []


@pytest.mark.long
@tasks
def test_the_same_holds_on_two_hundred_seeds(task):
    assert verify_task.lucky(task, MANY) == []


@tasks
def test_what_the_public_cases_refuse_every_seed_refuses(task):
    public = [verify_task.written(case) for case in task.draw()]
    for seed in FEW:
        asked = [verify_task.written(case) for case in task.draw(seed)]
        assert asked == public + [verify_task.written(case) for case in task.drawn(seed)]


@pytest.mark.long
@tasks
def test_the_reference_and_each_slip_declared_right_pass_on_two_hundred_seeds(task):
    assert unsteady(task, MANY) == []


@tasks
def test_the_reference_and_each_slip_declared_right_pass_on_five_seeds(task):
    assert unsteady(task, FEW) == []


def unsteady(task, seeds):
    """Return (answer, seed) where the reference or a slip declared right is refused."""
    declared = task.right_all_the_same
    slips = mutants(task.reference) if declared else ()
    right = {name: slip for name, slip in slips if name in declared}
    right["the reference"] = task.reference
    return [
        (name, seed)
        for seed in seeds
        for name, function in right.items()
        if not judge(task, cases := task.drawn(seed), collect(function, cases))
    ]


# ---- how luck is found --------------------------------------------------------------------------


FORGET = TASKS["steps-to-forget"]


def share(beta):
    """Return the case of a quarter of a weight."""
    return {"beta": beta, "share": 0.25}


def test_a_task_that_asks_the_same_for_every_seed_lets_all_by_heart_pass():
    fixed = dataclasses.replace(FORGET, cases=lambda rng: [share(0.9), share(0.6)])
    found = {name for name, _ in verify_task.lucky(fixed, [1])}
    assert found == {
        *(misconception.name for misconception in fixed.misconceptions),
        "the answer of public case 1 to everything",
        "the answer of public case 2 to everything",
    }


def test_a_misconception_that_is_right_in_the_new_cases_is_found_with_its_seed():
    near_one = dataclasses.replace(
        FORGET,
        rtol=1e-3,
        cases=lambda rng: [share(0.6), share(float(rng.uniform(0.9995, 0.9999)))],
    )
    found = [name for name, seed in verify_task.lucky(near_one, [3]) if seed == 3]
    assert "an approximation for β near 1" in found
    assert "a half-life upside down" not in found


def test_verify_task_says_what_passes_by_luck(capsys):
    fixed = dataclasses.replace(FORGET, cases=lambda rng: [share(0.9), share(0.6)])
    assert verify_task.report(fixed) == 1
    first = fixed.misconceptions[0].name
    assert (
        "✗ no wrong answer passes for those who know the public ones\n"
        f"      with the cases of seed 1: {first}"
    ) in capsys.readouterr().out
    assert verify_task.report(FORGET) == 0


def test_only_what_the_public_cases_do_not_ask_is_new():
    cases = verify_task.new_cases(FORGET, 1)
    public = [case["beta"] for case in FORGET.draw()]
    assert cases and not any(case["beta"] in public for case in cases)
    same = dataclasses.replace(FORGET, cases=lambda rng: [share(np.array([0.9, np.nan]))])
    assert verify_task.new_cases(same, 1) == []
