"""The half of the grader that knows the reference: it compares, and names the mistake."""

from dataclasses import replace

import numpy as np

from adam_course.grading.check.verdict import Example, Verdict
from adam_course.grading.sandbox.answers import STILL_THERE, call, collect
from adam_course.tasks import IN_PLACE, TASKS

FLOAT32_RTOL = 1e-4
FLOAT32_ATOL = 1e-6  # times the largest number of the target
SAME_AGAIN = (
    "gave something else when it was called once more with the same arguments: it may not remember "
    "its calls, nor draw at random, nor leave a place of `np.empty` unfilled"
)


def paid_once(task, ask, uses, solved=()):
    """Return the Verdict on an answer, such that a mistake in an earlier task is paid there alone.

    An answer that fails and calls functions of earlier tasks is judged with their references in
    the place of the learner's as well.

    Args:
        task: the Task.
        ask: function of a list of Tasks, whose references stand in for the learner's functions; it
            puts the question and returns the Verdict.
        uses: names of functions that the answer may call.
        solved: names of the tasks that are known to be solved: theirs are right already.
    """
    verdict = ask([])
    earlier = [TASKS[name] for name in task.builds_on]
    called = [one.function for one in earlier if one.function in uses and one.name not in solved]
    if verdict or not called:
        return verdict
    again = ask(earlier)
    names = f"`{'` and `'.join(called)}`"
    with_right = f"with a right {names} in the place of yours"
    if again:
        costs = f"A mistake in your {names} costs points in its own task only"
        return replace(again, message=f"{again.message} {with_right}. {costs}")
    said = again.message != verdict.message or again.misconception != verdict.misconception
    if said and again.attempted and (again.misconception or not verdict.misconception):
        return replace(again, message=f"{again.message} (tried {with_right})")
    return verdict


def judge(task, cases, answers):
    """Return the Verdict on a learner's answers to a task.

    Args:
        task: the Task.
        cases: the cases that were put, as `task.draw` gave them.
        answers: one Answer a case, as `answers.collect` gave them.
    """
    untouched = (
        one.error == "NotImplementedError" and one.message != STILL_THERE for one in answers
    )
    if all(untouched):
        return Verdict(task, len(cases), 0, "not attempted yet", attempted=False)

    targets = collect(task.reference, cases)
    faults = [fault(task, *triple) for triple in zip(cases, targets, answers, strict=True)]
    changed = {name: None for answer in answers for name in answer.changed}  # an ordered set
    if not any(faults) and not changed:
        float32 = any(out.dtype == np.float32 for answer in answers for out in answer.outputs)
        note = ", in float32 (about 7 digits; NumPy's own float64 keeps 16)" if float32 else ""
        return Verdict(task, len(cases), len(cases), f"correct{note}")

    misconception = recognised(task, cases, answers) if any(faults) else None
    if misconception is None and changed:
        misconception = IN_PLACE
    in_place = f"the numbers are right, but the call changed {' and '.join(changed)} in place"
    faults = [
        sentence or in_place * bool(answer.changed)
        for sentence, answer in zip(faults, answers, strict=True)
    ]
    first = next(i for i, sentence in enumerate(faults) if sentence)
    example = Example(first + 1, cases[first], compared(task, targets[first], answers[first]))
    right = sum(not sentence for sentence in faults)
    return Verdict(task, len(cases), right, faults[first], True, misconception, example)


def judged(task, cases, order, sent, why=""):
    """Return the Verdict on the answers that came, in the order in which the cases were put.

    Args:
        why: what went wrong besides, as a phrase; it costs the points.
    """
    answers = dict(zip(order[:-1], sent, strict=False))
    known = sorted(number for number, answer in answers.items() if answer)
    try:
        verdict = judge(task, [cases[i] for i in known], [answers[i] for i in known])
        same = why or alike(task, cases[order[0]], sent[0], sent[-1])
    except Exception as error:  # numbers that nobody has thought of must not stop a batch
        return without(task, f"the answer could not be judged ({type(error).__name__})", len(cases))
    if len(known) == len(cases) and (not verdict.attempted or (same and not why)):
        return verdict
    if why and known and not verdict and verdict.attempted:  # what came before it tells more
        number = known[verdict.example.number - 1] + 1
        example = replace(verdict.example, number=number)
        return replace(verdict, cases=len(cases), example=example)
    right = min(verdict.right, len(cases) - 1)
    missing = next((number for number in order if number not in known), None)
    example = None if missing is None else Example(missing + 1, cases[missing], ())
    why = why or f"{task.function} {SAME_AGAIN}"
    return Verdict(task, len(cases), right, why, example=example)


def without(task, why, cases=0):
    """Return the Verdict on a task of which there is no answer to judge."""
    return Verdict(task, cases, 0, why, attempted=cases > 0)


def alike(task, case, answer, again):
    """Return whether two answers to a case are the same, up to the last digits.

    Where many answers are right, two right ones count as the same: a search may draw at random.
    """
    if again is None or (answer.error, answer.refused) != (again.error, again.refused):
        return False
    if task.accepts and again.outputs:
        (target,) = collect(task.reference, [case])
        return bool(fault(task, case, target, answer)) == bool(fault(task, case, target, again))
    return len(answer.outputs) == len(again.outputs) and all(
        one.shape == other.shape and close(task, one, other).all()
        for one, other in zip(answer.outputs, again.outputs, strict=True)
    )


def passes(task, function, cases, targets):
    """Return whether a function gives right answers, one case at a time, so that one wrong ends it.

    Args:
        targets: the Answers of the reference to these cases.
    """
    for case, target in zip(cases, targets, strict=True):
        answer = call(function, case)
        if answer.changed or fault(task, case, target, answer):
            return False
    return True


def too_long(seconds):
    """Return how an answer came to an end that took too long, as the end of a sentence."""
    return f"had not finished after {seconds:g} s"


def fault(task, case, target, answer):
    """Return what is wrong with one answer, as a phrase; "" if it is right."""
    if answer.message == STILL_THERE:
        return STILL_THERE
    if answer.error:
        said = f": {answer.message.rstrip('.')}" if answer.message else ""
        more = ""
        if answer.where == "in the call":
            call = ", ".join(f"{name}=…" for name in case)
            more = f" (it is called as {task.function}({call}))"
        elif "for ^" in answer.message or "bitwise_xor" in answer.message:
            more = " (a power is written ** in Python)"
        elif "QuadraticGradient" in answer.message:
            more = " (`grad` is a function: call it, as in `grad(theta)`)"
        return f"{task.function} raised {answer.error} {answer.where}{said}{more}"
    if answer.refused == "None":
        return (
            f"{task.function} returned None: it came to its end without a `return`, or it returned "
            "a name that holds None"
        )
    if answer.refused:
        return f"{task.function} should return numbers or arrays, but it returned {answer.refused}"

    outputs = aligned(answer.outputs, target.outputs)
    if len(outputs) != len(task.returns):
        names = task.returns
        wanted = f"{', '.join(names)} ({len(names)} in all)" if names[1:] else f"{names[0]} alone"
        count = "one value" if len(outputs) == 1 else f"{len(outputs)} values"
        return f"{task.function} should return {wanted}, but it returned {count}"
    for name, out, aim in zip(task.returns, outputs, target.outputs, strict=True):
        if sentence := misfit(name, out, aim, task.any_length):
            return sentence
    if task.accepts:
        return task.accepts(*case.values(), *outputs)
    for name, out, aim in zip(task.returns, outputs, target.outputs, strict=True):
        if not close(task, out, aim).all():
            return difference(name, out, aim, close(task, out, aim))
    return ""


def aligned(outputs, targets):
    """Return the outputs as the task counts them.

    Several arrays may be meant as one, a tuple of points as a path; and one list as several.
    """
    shape = targets[0].shape
    if len(outputs) > len(targets) == 1 and all(out.shape == shape[1:] for out in outputs):
        return (np.array(outputs),)
    if len(targets) > len(outputs) == 1 and outputs[0].shape == (len(targets), *shape):
        return tuple(outputs[0])
    return outputs


def misfit(name, out, aim, any_length=False):
    """Return why an output cannot be compared with its target, or "" if it can."""
    if any_length:
        if out.ndim != 1:
            return f"{name} should be an array with one index, but it is {shaped(out.shape)}"
    elif out.shape != aim.shape:
        return f"{name} should be {shaped(aim.shape)}, but it is {shaped(out.shape)}"
    if out.dtype.kind == "c":
        return f"{name} should be real, but it is complex"
    if out.dtype.kind == "b" and aim.dtype.kind != "b":
        return f"{name} should be a number, but it is {'True or False' if out.ndim else bool(out)}"
    bad = np.argwhere(~np.isfinite(out))
    if len(bad) and np.isfinite(aim).all():
        return f"{name} holds {out[tuple(bad[0])]}{at(bad[0])}"
    return ""


def shaped(shape):
    """Return what has a shape, in words."""
    if not shape:
        return "a single number"
    if len(shape) == 1:
        return f"an array of {shape[0]} number{'s' * (shape[0] != 1)}"
    if len(shape) == 2:
        return f"an array of {shape[0]} row{'s' * (shape[0] != 1)} with {shape[1]} numbers each"
    return f"an array of shape {shape}"


def difference(name, out, aim, right):
    """Return where an output differs from its target."""
    if out.dtype.kind in "iu" and aim.dtype.kind == "f" and out.ndim:
        return f"{name} holds whole numbers ({out.dtype}): what follows the decimal point is lost"
    wrong = np.argwhere(~right)
    count = f" in {len(wrong)} of {right.size} places" if right.size > 1 else ""
    return f"{name} differs from the target{count}{', first' * bool(count)}{at(wrong[0])}"


def at(index):
    """Return an index in words; nothing for a single number."""
    return f" at index {', '.join(map(str, index))}" if len(index) else ""


def close(task, out, aim):
    """Return element by element whether an output is its target, by the task's tolerance."""
    rtol, atol = task.rtol, task.atol
    if out.dtype in (np.float16, np.float32):  # seven digits, of the largest where terms cancel
        sizes = np.abs(aim[np.isfinite(aim)])
        rtol, atol = FLOAT32_RTOL, atol + FLOAT32_ATOL * sizes.max(initial=0.0)
    with np.errstate(all="ignore"):
        return np.isclose(out, aim, rtol=rtol, atol=atol, equal_nan=True)


def agree(task, theirs, answer):
    """Return whether an answer has the numbers of another one, NaN and infinity included."""
    if not theirs.outputs:  # the mistake ends in an error here
        return False
    outputs = aligned(answer.outputs, theirs.outputs)
    return len(outputs) == len(theirs.outputs) and all(
        out.shape == aim.shape and out.dtype.kind in "biuf" and close(task, out, aim).all()
        for out, aim in zip(outputs, theirs.outputs, strict=True)
    )


def recognised(task, cases, answers):
    """Return the first misconception that gives the learner's numbers in every case, or None.

    Most are ruled out by their answer to the first case, so each is asked one case at a time.
    """
    for misconception in task.misconceptions:
        if all(
            agree(task, call(misconception.wrong, case), answer)
            for case, answer in zip(cases, answers, strict=True)
        ):
            return misconception
    return None


def compared(task, target, answer):
    """Return rows (name, target, yours, same?) for a table; none where nothing was returned."""
    outputs = aligned(answer.outputs, target.outputs)
    if len(outputs) != len(target.outputs):
        return ()
    same = [
        not task.accepts and out.shape == aim.shape and bool(close(task, out, aim).all())
        for out, aim in zip(outputs, target.outputs, strict=True)
    ]
    return tuple(zip(task.returns, target.outputs, outputs, same, strict=True))
