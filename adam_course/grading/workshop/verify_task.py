"""Is a task well made? Its reference passes, each misconception is named, each slip is refused.

`adam-course verify-task adam-step` runs it on one task; the tests run it on all of them.
"""

import json
from dataclasses import dataclass
from functools import cache

import numpy as np

from adam_course.grading.check.judging import judge, passes
from adam_course.grading.sandbox.answers import collect
from adam_course.grading.workshop.mutations import mutants

SEEDS = (None, 1, 2)  # the public cases, and two draws like those of a grading run


@dataclass(frozen=True)
class Slips:
    """What became of the mutants of a reference.

    Attributes:
        count: how many were made.
        equivalent: (description, reason) of each that is declared to be right all the same.
        survivors: description of each that passed, but should not have.
        stale: description of each that is declared so, but did not pass.
    """

    count: int
    equivalent: tuple[tuple[str, str], ...]
    survivors: tuple[str, ...]
    stale: tuple[str, ...]

    @property
    def wrong(self):
        """How many mutants are wrong and should be refused."""
        return self.count - len(self.equivalent)

    @property
    def killed(self):
        """How many of the wrong ones were refused."""
        return self.wrong - len(self.survivors)

    @property
    def rate(self):
        """The kill rate, from 0 to 1; 0 if no mutant could be made."""
        return self.killed / self.wrong if self.wrong else 0.0


def slips(task, declared=None):
    """Return the Slips of a task: its reference, changed in one place at a time, on public cases.

    Args:
        task: the Task.
        declared: dict of description → reason for the slips that leave the answer right; None for
            what the task declares.
    """
    if declared is None:
        declared = task.right_all_the_same
    cases, count, passed = task.draw(), 0, []
    targets = collect(task.reference, cases)
    for description, mutant in mutants(task.reference):
        count += 1
        if passes(task, mutant, cases, targets):
            passed.append(description)
    return Slips(
        count,
        tuple((one, declared[one]) for one in passed if one in declared),
        tuple(one for one in passed if one not in declared),
        tuple(one for one in declared if one not in passed),
    )


def reference_fault(task, seeds=SEEDS):
    """Return why the reference does not pass, as a phrase; "" if it passes on every seed."""
    for seed in seeds:
        verdict = verdict_on(task, task.reference, seed)
        if not verdict:
            return f"{drawn(seed)}: {verdict.message}"
    return ""


def misconception_fault(task, misconception, seeds=SEEDS):
    """Return why a misconception is not refused and named on every seed, as a phrase, or ""."""
    for seed in seeds:
        verdict = verdict_on(task, misconception.wrong, seed)
        if verdict:
            return f"{drawn(seed)}: it passes"
        if not verdict.attempted:
            return f"{drawn(seed)}: it counts as not attempted"
        if verdict.misconception is not misconception:
            other = verdict.misconception
            return f"{drawn(seed)}: it is {f'taken for “{other.name}”' if other else 'not named'}"
    return ""


def lucky(task, seeds):
    """Return (name, seed) of each wrong answer that passes for those who know the public answers.

    They have learned by heart what `check` asks, and give the wrong answer to all the rest.
    """
    wrong, found = wrong_answers(task), []
    for seed in seeds:
        cases = new_cases(task, seed)
        targets = collect(task.reference, cases)
        found += [(name, seed) for name in wrong if passes(task, wrong[name], cases, targets)]
    return found


def luck_fault(task, seeds=range(1, 21)):
    """Return which wrong answer passes for those who know the public ones, as a phrase, or ""."""
    found = lucky(task, seeds)
    return f"{drawn(found[0][1])}: {found[0][0]}" if found else ""


def wrong_answers(task):
    """Return name → function: the misconceptions, and each public answer given to everything."""
    wrong = {one.name: one.wrong for one in task.misconceptions}
    for number, answer in enumerate(collect(task.reference, task.draw()), start=1):
        wrong[f"the answer of public case {number} to everything"] = always(answer.outputs)
    return wrong


def always(outputs):
    """Return a function that answers the same, whatever it is asked."""
    return lambda **given: outputs


def new_cases(task, seed):
    """Return the cases that a seed draws and `check` does not show."""
    public = [written(case) for case in task.draw()]
    return [case for case in task.drawn(seed) if written(case) not in public]


def written(case):
    """Return a case as text, the same for equal cases."""
    return json.dumps(case, default=parts)


def parts(value):
    """Return an array as a list, and the fields of a given function."""
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else vars(value)


def verdict_on(task, function, seed):
    """Return the Verdict on a function with the cases of a seed, after the public ones."""
    cases, answers = answers_to(task, function, None)
    if seed is not None:
        more, theirs = answers_to(task, function, seed)
        cases, answers = cases + more, answers + theirs
    return judge(task, cases, answers)


@cache
def answers_to(task, function, seed):
    """Return the cases that a seed draws, or the public ones, and the Answers of a function."""
    cases = task.draw() if seed is None else task.drawn(seed)
    return cases, collect(function, cases)


def drawn(seed):
    """Return what the cases of a seed may be called."""
    return "with the public cases" if seed is None else f"with the cases of seed {seed}"


def report(task):
    """Print how well a task is made; return 0 if nothing is wrong with it, else 1."""
    print(f"{task.name}: {task.title}")
    faults = [row("the reference passes", reference_fault(task))]
    for one in task.misconceptions:
        faults.append(row(f"named: {one.name}", misconception_fault(task, one)))
    luck = "no wrong answer passes for those who know the public ones"
    faults.append(row(luck, luck_fault(task)))

    found = slips(task)
    print(f"\n{found.count} slips in {task.function}, one at a time:")
    rate = f"{found.killed} of {found.wrong} wrong ones are refused: {found.rate:.1%}"
    print(f"  {mark(found.rate == 1)} {rate}")
    for description, reason in found.equivalent:
        print(f"  ○ right all the same: {description} ({reason})")
    for description in found.survivors:
        print(f"  ✗ passes: {description}")
    for description in found.stale:
        print(f"  ✗ declared to be right all the same, but it does not pass: {description}")
    if found.survivors:
        print(
            "\nA slip that passes is a case that is missing: add one that tells it from the\n"
            "reference. If its answer is right, declare it in the task's right_all_the_same."
        )
    return int(any(faults) or found.rate < 1 or bool(found.stale))


def row(what, fault):
    """Print a line of the table and return whether there is a fault."""
    print(f"  {mark(not fault)} {what}" + f"\n      {fault}" * bool(fault))
    return bool(fault)


def mark(good):
    """Return the sign for good or bad."""
    return "✓" if good else "✗"
