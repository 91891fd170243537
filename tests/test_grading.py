"""A right answer passes in whatever style; a wrong one is refused and, where known, named."""

import ast
import dataclasses
import importlib.util
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from lesson_checks import Lesson

from adam_course import given, optimizers
from adam_course.__main__ import main
from adam_course.given import GIVEN, QuadraticGradient
from adam_course.grading import TASKS, check, collect, judge
from adam_course.grading.check.judging import SAME_AGAIN, alike, judged, paid_once, without
from adam_course.grading.check.verdict import Verdict, told_apart
from adam_course.grading.sandbox import answers as waist
from adam_course.grading.sandbox.answers import Answer
from adam_course.grading.workshop import verify_task
from adam_course.grading.workshop.mutations import Endless, mutants
from adam_course.grading.workshop.verify_task import SEEDS
from adam_course.tasks.task import IN_PLACE, Misconception

ROOT = Path(__file__).resolve().parent.parent

tasks = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
adam_step = TASKS["adam-step"].reference
gradient_descent = TASKS["gradient-descent"].reference


# ---- every task ---------------------------------------------------------------------------------


@tasks
@pytest.mark.parametrize("seed", SEEDS)
def test_the_reference_passes_with_all_points(task, seed):
    verdict = check(task.name, task.reference, seed)
    assert verdict
    assert verdict.points == task.points
    assert verdict.fraction == 1
    worth = f"{task.points} of {task.points} point" if task.points else "A stretch, without points."
    assert repr(verdict).startswith(f"✓ {task.name}: correct. {worth}")


@pytest.mark.parametrize(
    ("task", "misconception"),
    [(task, misconception) for task in TASKS.values() for misconception in task.misconceptions],
    ids=lambda one: one.name,
)
def test_a_misconception_is_refused_and_named(task, misconception):
    assert verify_task.misconception_fault(task, misconception) == ""
    verdict = verify_task.verdict_on(task, misconception.wrong, None)
    assert verdict.points == 0
    assert f"This is {misconception.name}. {misconception.hint}" in repr(verdict)


@tasks
def test_check_names_a_misconception_too(task):
    first = task.misconceptions[0]
    verdict = check(task.name, first.wrong)
    assert verdict.misconception is first and verdict.points == 0


@tasks
def test_a_change_of_the_arguments_in_place_is_refused_and_named(task):
    def careless(**arguments):
        answer = task.reference(**arguments)
        for value in arguments.values():
            if isinstance(value, np.ndarray):
                value += 1
        return answer

    arrays = [name for name, v in task.draw()[0].items() if isinstance(v, np.ndarray)]
    verdict = check(task.name, careless)
    if not arrays:
        assert verdict
        return
    assert not verdict
    assert verdict.misconception is IN_PLACE
    assert f"the numbers are right, but the call changed {' and '.join(arrays)} in place" in repr(
        verdict
    )


@tasks
def test_a_reference_with_one_slip_is_refused(task):
    slips = verify_task.slips(task)
    assert slips.survivors == slips.stale == ()
    assert slips.rate == 1
    assert slips.count >= 4


def test_slips_are_made_everywhere_and_an_endless_one_is_stopped():
    def count_down(n, step=1):
        while n > 0:
            n = n - step
        return n

    made = dict(mutants(count_down, lines=100))
    assert {
        "line 2: n > 0 → n >= 0",
        "line 2: n → step",
        "line 2: 0 → 1",
        "line 3: n - step → n + step",
        "line 1: 1 → 2",
        "without: n = n - step",
        "without: return n",
    } <= set(made)
    assert made["line 2: 0 → 1"](3) == 1
    with pytest.raises(Endless):
        made["line 3: n - step → n + step"](3)


def test_verify_task_prints_a_table_and_the_kill_rate(capsys):
    assert main(["verify-task", "rate-that-arrives"]) == 0
    printed = capsys.readouterr().out
    assert "✓ the reference passes" in printed
    assert "✓ named: the rate of gradient descent" in printed
    assert "wrong ones are refused: 100.0%" in printed
    assert "○ right all the same: line 3: 4 → 5 (many rates arrive)" in printed
    assert "✗" not in printed


def test_verify_task_says_what_is_wrong_with_a_task(capsys):
    step = TASKS["adam-step"]
    ghost = Misconception("no mistake at all", step.reference, "None.")
    twin = dataclasses.replace(step.misconceptions[0], name="its twin")
    weak = dataclasses.replace(
        step,
        cases=lambda rng: step.cases(rng)[:1],
        misconceptions=(step.misconceptions[0], twin, ghost),
    )
    assert verify_task.report(weak) == 1
    printed = capsys.readouterr().out
    assert "✓ named: Adam without bias correction" in printed
    assert "with the public cases: it is taken for “Adam without bias correction”" in printed
    assert "✗ named: no mistake at all\n      with the public cases: it passes" in printed
    assert "✗ passes: line 3: m → v" in printed
    assert "add one that tells it from the" in printed

    upside_down = dataclasses.replace(step, accepts=lambda *given: "never right", misconceptions=())
    assert verify_task.report(upside_down) == 1
    assert "✗ the reference passes\n      with the public cases: never" in capsys.readouterr().out


def test_the_example_in_contributing_is_a_good_task(capsys, tmp_path):
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    source = text.partition("```python\n")[2].partition("```")[0]
    (tmp_path / "example.py").write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("example", tmp_path / "example.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    assert verify_task.report(example.HALF_LIFE) == 0
    assert "refused: 100.0%" in capsys.readouterr().out


def test_a_slip_declared_right_that_is_refused_is_stale():
    slips = verify_task.slips(TASKS["first-step"], {"line 3: lr → grad": "a lie"})
    assert slips.stale == ("line 3: lr → grad",)


def test_verify_task_knows_its_names(capsys):
    assert main(["verify-task", "adam-stp"]) == 2
    said = "adam-course: There is no task 'adam-stp': did you mean adam-step"
    assert capsys.readouterr().err.startswith(said)


@tasks
def test_cases_are_plain_values_drawn_from_the_seed_alone(task):
    for case, again, other in zip(task.draw(), task.draw(), task.drawn(1), strict=True):
        assert list(case) == list(again) == list(other)
        for name, value in case.items():
            assert isinstance(value, np.ndarray | int | float) or type(value).__name__ in GIVEN
            assert repr(waist.fresh(value)) == repr(again[name])


@tasks
def test_headings_to_reread_exist_in_the_lesson(task):
    lesson = Lesson(ROOT / "notebooks" / f"{task.lesson}.ipynb")
    headings = {words for _, words in lesson.headings}
    sections = {task.section, *(one.section or task.section for one in task.misconceptions)}
    assert sections <= headings


@tasks
def test_a_task_and_its_misconceptions_have_names_of_their_own(task):
    names = [one.name for one in task.misconceptions]
    assert len(set(names)) == len(names)
    assert TASKS[task.name] is task
    assert all(one.hint.endswith((".", "?")) for one in task.misconceptions)


# ---- the references are the course's own optimizers ---------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_the_reference_step_is_the_courses_adam(seed):
    rng = np.random.default_rng(seed)
    settings = {"lr": 0.1, "beta1": rng.uniform(0.5, 0.95), "beta2": rng.uniform(0.9, 0.9999)}
    adam = optimizers.Adam(**settings, eps=1e-6)
    ours = theta = rng.normal(size=(3, 4))
    m = v = np.zeros((3, 4))
    for t in range(1, 201):
        grad = rng.normal(size=(3, 4)) * 10.0 ** rng.integers(-8, 3)
        theta = adam.step(theta, grad)
        ours, m, v = adam_step(ours, grad, m, v, t, **settings, eps=1e-6)
        np.testing.assert_allclose(ours, theta, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(m, adam.m, rtol=1e-12)
        np.testing.assert_allclose(v, adam.v, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "make"),
    [("adam-loop", optimizers.Adam), ("gradient-descent", optimizers.GradientDescent)],
)
def test_the_reference_paths_are_the_courses_own(name, make):
    for case in TASKS[name].draw():
        path = TASKS[name].reference(**case)
        grad, theta, steps = (case.pop(key) for key in ("grad", "theta", "steps"))
        optimizer = make(**case)
        for point in path:
            np.testing.assert_allclose(point, theta, rtol=1e-12, atol=1e-12)
            theta = optimizer.step(theta, grad(theta))
        assert len(path) == steps + 1


# ---- right answers in many styles ---------------------------------------------------------------


def in_place_on_copies(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    theta, m, v = theta.copy(), m.copy(), v.copy()
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad * grad
    theta -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta, m, v


def folded(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    c1, c2 = 1 - beta1**t, 1 - beta2**t
    return theta - lr * np.sqrt(c2) / c1 * m / (np.sqrt(v) + eps * np.sqrt(c2)), m, v


def average(old, new, beta):
    return beta * old + (1 - beta) * new


def with_helpers(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    def corrected(moment, beta):
        return moment / (1 - beta**t)

    m, v = average(m, grad, beta1), average(v, np.square(grad), beta2)
    return theta - lr * corrected(m, beta1) / (corrected(v, beta2) ** 0.5 + eps), m, v


def element_by_element(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    theta, m, v = np.array(theta), np.array(m), np.array(v)
    for i in np.ndindex(theta.shape):
        m[i] = beta1 * m[i] + (1 - beta1) * grad[i]
        v[i] = beta2 * v[i] + (1 - beta2) * grad[i] ** 2
        m_hat, v_hat = m[i] / (1 - beta1**t), v[i] / (1 - beta2**t)
        theta[i] = theta[i] - lr * m_hat / (v_hat**0.5 + eps)
    return theta, m, v


def lerp(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (grad * grad - v)
    return (
        theta + -lr * m / -np.expm1(t * np.log(beta1)) / (np.sqrt(v / (1 - beta2**t)) + eps),
        m,
        v,
    )


def lists(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return [part.tolist() for part in adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps)]


def one_array(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return np.array(adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps))


def nested_tuples(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    def plain(array):
        return tuple(map(plain, array)) if array.ndim else float(array)

    return tuple(plain(part) for part in adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps))


def with_ufuncs(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = np.add(np.multiply(beta1, m), np.multiply(1 - beta1, grad))
    v = np.add(np.multiply(beta2, v), np.multiply(1 - beta2, np.power(grad, 2)))
    m_hat = np.divide(m, 1 - np.power(beta1, t))
    v_hat = np.divide(v, 1 - np.power(beta2, t))
    return np.subtract(theta, lr * np.divide(m_hat, np.power(v_hat, 0.5) + eps)), m, v


class MyAdam:
    def __init__(self, m, v, beta1, beta2):
        self.m, self.v, self.betas = m, v, (beta1, beta2)

    def step(self, theta, grad, t, lr, eps):
        (b1, b2), g = self.betas, grad
        self.m, self.v = b1 * self.m + (1 - b1) * g, b2 * self.v + (1 - b2) * g**2
        return theta - lr * self.m / (1 - b1**t) / (np.sqrt(self.v / (1 - b2**t)) + eps)


def with_a_class(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    adam = MyAdam(m, v, beta1, beta2)
    return adam.step(theta, grad, t, lr, eps), adam.m, adam.v


class CallableAdam:
    def __call__(self, theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        return folded(theta, grad, m, v, t, lr, beta1, beta2, eps)


def by_name_only(*, eps=1e-8, beta2=0.999, beta1=0.9, lr=1e-3, t, v, m, grad, theta):
    return adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps)


@pytest.mark.parametrize(
    "answer",
    [
        in_place_on_copies,
        folded,
        with_helpers,
        element_by_element,
        lerp,
        lists,
        one_array,
        nested_tuples,
        with_ufuncs,
        with_a_class,
        CallableAdam(),
        by_name_only,
    ],
    ids=lambda one: getattr(one, "__name__", type(one).__name__),
)
def test_adam_step_may_be_written_in_many_styles(answer):
    for seed in SEEDS:
        assert check("adam-step", answer, seed), check("adam-step", answer, seed)


def filled_in(grad, theta, lr, steps):
    path = np.empty((steps + 1, len(theta)))
    path[0] = theta
    for t in range(steps):
        path[t + 1] = path[t] - lr * grad(path[t])
    return path


def stacked(grad, theta, lr, steps):
    path = theta[None]
    for _ in range(steps):
        path = np.vstack([path, path[-1] - lr * grad(path[-1])])
    return path


def tuple_of_lists(grad, theta, lr, steps):
    return tuple(point.tolist() for point in filled_in(grad, theta, lr, steps))


def recursive(grad, theta, lr, steps):
    return [theta, *recursive(grad, theta - lr * grad(theta), lr, steps - 1)] if steps else [theta]


@pytest.mark.parametrize("answer", [filled_in, stacked, tuple_of_lists, recursive])
def test_a_path_may_be_kept_in_many_ways(answer):
    assert check("gradient-descent", answer)
    assert check("repaired-descent", answer)


@pytest.mark.parametrize("kind", [float, np.float32, np.float64, np.array, np.int64])
def test_a_number_may_be_of_many_kinds(kind):
    assert check("steps-to-escape", lambda x, lr: kind(TASKS["steps-to-escape"].reference(x, lr)))


def test_float32_is_right_to_its_own_digits_and_says_so():
    verdict = check("adam-step", lambda **given: tuple(map(np.float32, adam_step(**given))))
    assert verdict
    assert "in float32 (about 7 digits" in repr(verdict)
    for misconception in TASKS["adam-step"].misconceptions:
        wrong = misconception.wrong
        assert not check("adam-step", lambda **given: tuple(map(np.float32, wrong(**given))))  # noqa: B023


def small(reference, *numbers, **more):
    """Return a task of one output y, and its cases: one argument x for each of the numbers."""
    cases = [{"x": np.array(number, float)} for number in numbers]
    plain = {"returns": ("y",), "misconceptions": (), "reference": reference}
    return dataclasses.replace(TASKS["first-step"], **plain | more), cases


def verdict_of(answer, task, cases):
    """Return the Verdict on a function of a learner's."""
    return judge(task, cases, collect(answer, cases))


@pytest.mark.parametrize(
    ("kind", "slip", "right"),
    [
        (np.float32, [3e-5, 0], True),
        (np.float32, [3e-4, 0], False),
        (np.float32, [0, 3e-7], True),
        (np.float32, [0, 3e-6], False),
        (np.float16, [0, 3e-7], True),
        (np.float64, [0, 3e-7], False),
    ],
)
def test_float32_may_be_off_in_its_last_digits_and_in_no_others(kind, slip, right):
    task, cases = small(lambda x: x, [1, 0])
    assert bool(verdict_of(lambda x: kind(x + slip), task, cases)) is right


def test_one_output_in_float32_is_enough_to_say_so():
    task, cases = small(lambda x: (x, x), [1, 2], returns=("y", "z"))
    assert "in float32" in verdict_of(lambda x: (x, np.float32(x)), task, cases).message


@pytest.mark.parametrize(
    ("answer", "where"),
    [
        ([np.nan, np.inf, 1], ""),
        ([0, np.inf, 1], "first at index 0"),
        ([np.inf, np.inf, 1], "first at index 0"),
        ([np.nan, -np.inf, 1], "first at index 1"),
        ([np.nan, np.nan, 1], "first at index 1"),
        ([np.nan, 1e30, 1], "first at index 1"),
        ([np.nan, np.inf, np.nan], "first at index 2"),
        ([np.nan, np.inf, 2], "first at index 2"),
    ],
)
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_nan_and_infinity_in_the_target_meet_their_like_alone(kind, answer, where):
    task, cases = small(lambda x: x, [np.nan, np.inf, 1])
    verdict = verdict_of(lambda x: np.array(answer, kind), task, cases)
    assert bool(verdict) is (where == "")
    assert where in verdict.message


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_the_digits_of_float32_are_counted_from_the_largest_finite_number(odd):
    task, cases = small(lambda x: x, [odd, 1])
    assert verdict_of(lambda x: np.float32([odd, 1.00003]), task, cases)
    assert not verdict_of(lambda x: np.float32([odd, 2]), task, cases)


# ---- wrong answers, each with its sentence ------------------------------------------------------


def not_begun(**given):
    raise NotImplementedError()


def not_begun_helper(**given):
    return not_begun()


@pytest.mark.parametrize("answer", [not_begun, not_begun_helper])
def test_not_attempted_is_no_error(answer):
    verdict = check("adam-step", answer)
    assert not verdict
    assert not verdict.attempted
    assert repr(verdict) == "○ adam-step: not attempted yet. 0 of 4 points."
    assert "not attempted yet" in verdict._repr_html_()


def forgets_to_return(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad


def misspells(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return thetta, m, v  # noqa: F821


def takes_xor_for_a_power(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return theta / (1 - beta1 ^ t), m, v


def other_names(theta, g, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return theta, m, v


def stops_at_matrices(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if theta.ndim > 1:
        raise NotImplementedError("matrices")
    return adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps)


def quits(**given):
    sys.exit("enough")


class NoText(Exception):
    def __str__(self):
        raise RuntimeError("no text either")


def raises_a_strange_exception(**given):
    raise NoText


def says_a_lot(**given):
    raise ValueError("x\n\x1b[31m" * 1000)


def of(change):
    """Return an adam_step whose answer is changed at the end."""

    def answer(**given):
        return change(*adam_step(**given))

    return answer


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (forgets_to_return, "adam_step returned None: it came to its end without a `return`, or"),
        (
            misspells,
            "adam_step raised NameError in the line `return thetta, m, v # noqa: F821`: name "
            "'thetta' is not defined",
        ),
        (takes_xor_for_a_power, "(a power is written ** in Python)."),
        (
            other_names,
            "adam_step raised TypeError in the call: other_names() got an unexpected keyword "
            "argument 'grad' (it is called as adam_step(theta=…, grad=…, m=…, v=…, t=…, lr=…)).",
        ),
        (
            stops_at_matrices,
            "Example 4: adam_step raised NotImplementedError in the line "
            '`raise NotImplementedError("matrices")`: matrices.',
        ),
        (quits, 'adam_step raised SystemExit in the line `sys.exit("enough")`: enough.'),
        (raises_a_strange_exception, "adam_step raised NoText in the line `raise NoText`."),
        (says_a_lot, "x [31mx [31m"),
        (of(lambda theta, m, v: theta), "theta, m, v (3 in all), but it returned one value."),
        (of(lambda theta, m, v: (theta, m)), "(3 in all), but it returned 2 values."),
        (of(lambda theta, m, v: ()), "but it returned a value of type tuple."),
        (
            of(lambda theta, m, v: "theta"),
            "numbers or arrays, but it returned a value of type str.",
        ),
        (of(lambda theta, m, v: (theta, m, None)), "it returned a tuple that holds None."),
        (of(lambda theta, m, v: (theta, [m, "v"], v)), "holds a value of type list."),
        (of(lambda theta, m, v: {"theta": theta}), "but it returned a value of type dict."),
        (
            of(lambda theta, m, v: (theta[:1], m, v)),
            "should be an array of 3 numbers, but it is an array of 1 number.",
        ),
        (
            of(lambda theta, m, v: (theta, m, v.sum())),
            "v should be an array of 3 numbers, but it is a single number.",
        ),
        (of(lambda theta, m, v: (theta + np.nan, m, v)), "Example 1: theta holds nan at index 0."),
        (of(lambda theta, m, v: (theta, m / 0.0, v)), "Example 1: m holds inf at index 0."),
        (of(lambda theta, m, v: (theta + 0j, m, v)), "theta should be real, but it is complex."),
        (of(lambda theta, m, v: (theta > 0, m, v)), "be a number, but it is True or False."),
        (
            of(lambda theta, m, v: (theta.astype(int), m, v)),
            "theta holds whole numbers (int64): what follows the decimal point is lost.",
        ),
        (
            of(lambda theta, m, v: (theta + 1e-6 * (theta == theta[0]), m, v)),
            "theta differs from the target in 1 of 3 places, first at index 0.",
        ),
    ],
)
def test_a_wrong_answer_gets_one_sentence(answer, sentence):
    verdict = check("adam-step", answer)
    assert not verdict
    assert verdict.attempted
    assert sentence in repr(verdict)
    assert all(len(line) < 400 for line in repr(verdict).splitlines())


def test_a_single_number_is_judged_too():
    sentence = "rate should be a number, but it is True."
    assert sentence in repr(check("good-rate", lambda grad, theta, steps: True))
    assert "rate holds nan." in repr(check("good-rate", lambda grad, theta, steps: np.nan))
    assert "steps differs from the target." in repr(check("steps-to-escape", lambda x, lr: 38))


@pytest.mark.parametrize("rate", [-1.0, 0, 1e-300, 1e300, -np.inf, np.nan, 2**70, 1e5])
@pytest.mark.parametrize("name", ["good-rate", "rate-that-arrives"])
def test_an_absurd_rate_is_refused_without_a_fuss(name, rate):
    assert not check(name, lambda **given: rate)


def test_what_is_right_in_some_cases_is_counted():
    verdict = check("adam-step", stops_at_matrices)
    assert (verdict.right, verdict.cases, verdict.points) == (6, 7, 0)
    assert verdict.fraction == 6 / 7
    assert "not yet: 6 of 7 examples come out right. The points come with all of them." in repr(
        verdict
    )


def test_of_cases_that_are_wrong_or_changed_in_place_none_is_counted_as_right():
    def answer(x):
        y = 0 * x if x == 3 else 2 * x
        x += x == 2
        return y

    verdict = verdict_of(answer, *small(lambda x: 2 * x, 1, 2, 3, 4))
    assert (verdict.right, verdict.cases, verdict.example.number) == (2, 4, 2)
    assert verdict.misconception is IN_PLACE
    assert verdict.message == "the numbers are right, but the call changed x in place"


def test_a_mistake_that_is_recognised_keeps_its_name_beside_a_change_in_place():
    known = TASKS["adam-step"].misconceptions[0]

    def answer(theta, **given):
        found = known.wrong(theta=theta.copy(), **given)
        theta += 1
        return found

    assert check("adam-step", answer).misconception is known


def test_a_mistake_is_named_only_where_its_numbers_come_in_every_case():
    mistake = Misconception("the absolute value", lambda x: abs(x), "Look at the sign.")
    task, cases = small(lambda x: x, -1, 2, misconceptions=(mistake,))
    assert verdict_of(lambda x: abs(x), task, cases).misconception is mistake
    assert verdict_of(lambda x: 2 + 0 * x, task, cases).misconception is None


def test_a_function_that_is_finished_for_some_cases_is_attempted():
    def answer(x):
        if x == 2:
            raise NotImplementedError
        return x

    verdict = verdict_of(answer, *small(lambda x: x, 1, 2))
    assert verdict.attempted
    assert verdict.right == 1


def test_points_of_several_lengths_are_no_path():
    task, cases = small(lambda x: np.array([x, x]), [1, 2])
    verdict = verdict_of(lambda x: (x, x[:1]), task, cases)
    assert verdict.message == "first_step should return y alone, but it returned 2 values"


def test_where_many_answers_are_right_no_output_is_called_the_same_as_the_target():
    never = {"accepts": lambda x, y, z: "never right", "returns": ("y", "z")}
    task, cases = small(lambda x: (x, x), 1, **never)
    marks = [same for *_, same in verdict_of(lambda x: (x, 2 * x), task, cases).example.rows]
    assert marks == [False, False]


def test_a_task_of_one_case_needs_no_number_for_its_example():
    verdict = verdict_of(lambda x: 2 * x, *small(lambda x: x, 1))
    assert "Example" not in repr(verdict)


THREE = Answer((np.ones(3),))


@pytest.mark.parametrize(
    ("answer", "again", "same"),
    [
        (THREE, Answer((np.ones(3),)), True),
        (THREE, Answer((np.array([1, 1, 2.0]),)), False),
        (THREE, Answer((np.array(1.0),)), False),
        (THREE, Answer((np.ones(3), np.ones(3))), False),
        (THREE, Answer(refused="None"), False),
        (THREE, None, False),
        (Answer(refused="None"), Answer(refused="None"), True),
        (Answer(refused="None"), Answer(refused="a value of type str"), False),
        (Answer(error="ValueError"), Answer(error="KeyError"), False),
    ],
)
def test_two_answers_to_a_case_are_the_same_in_kind_and_shape_and_numbers(answer, again, same):
    task, (case,) = small(lambda x: x, [1, 1, 1])
    assert alike(task, case, answer, again) is same


def test_the_first_answer_to_a_case_counts_and_another_one_later_costs_the_points():
    task, cases = small(lambda x: x, 1, 2)
    right = collect(lambda x: x, [cases[1], cases[0]])
    wrong = collect(lambda x: -x, [cases[1]])
    verdict = judged(task, cases, [1, 0, 1], [*right, *wrong])
    assert not verdict
    assert verdict.right == 1
    assert verdict.message == f"first_step {SAME_AGAIN}"


def test_a_change_in_place_beside_another_fault_sends_nobody_to_the_lesson():
    verdict = verdict_of(lambda x: x.fill(7), *small(lambda x: x, 1))
    assert verdict.misconception is IN_PLACE
    assert "returned None" in verdict.message
    assert "Reread" not in repr(verdict)


KNOWN = TASKS["adam-loop"].misconceptions[0]


@pytest.mark.parametrize(
    ("own", "solved", "told"),
    [
        ({"message": "first"}, (), "again (tried with a right `adam_step` in the place of yours)"),
        ({"message": "first"}, ("adam-step",), "first"),
        ({"message": "first", "misconception": KNOWN}, (), "first"),
        ({"message": "again"}, (), "again"),
    ],
)
def test_a_try_with_a_right_function_is_told_where_it_tells_more(own, solved, told):
    def ask(earlier):
        return Verdict(TASKS["adam-loop"], 2, 0, **({"message": "again"} if earlier else own))

    verdict = paid_once(TASKS["adam-loop"], ask, ["adam_step"], solved)
    assert verdict.message == told


def test_where_answers_are_missing_the_first_that_was_due_is_shown():
    task, cases = small(lambda x: x, 1, 2, 3)
    right, wrong = (collect(answer, cases) for answer in (lambda x: x, lambda x: -x))
    for answers, example, found in (
        ([None, None, None, None], 3, "was ended"),
        ([right[2], None, None, None], 2, "was ended"),
        ([right[2], right[1], None, None], 1, "was ended"),
        ([right[2], wrong[1], None, None], 2, "y differs from the target"),
    ):
        verdict = judged(task, cases, [2, 1, 0, 2], answers, "was ended")
        assert not verdict
        assert (verdict.example.number, verdict.message) == (example, found)
        assert verdict.example.arguments is cases[example - 1]


def test_two_numbers_are_shown_with_as_many_digits_as_it_takes():
    assert told_apart(1.0, 1.5) == ("1", "1.5")
    assert told_apart(1.0, 1 + 1e-8) == ("1", "1.00000001")
    assert told_apart(1.0, 1 + 1e-14) == ("1", "1.00000000000001")
    assert told_apart(np.arange(16.0), np.arange(16.0) + 1)[0].count(",") == 15
    assert told_apart(np.arange(17.0), np.arange(17.0) + 1)[0] == "[0, 1, ..., 15, 16]"


def test_target_and_yours_stand_side_by_side():
    verdict = check("adam-step", TASKS["adam-step"].misconceptions[0].wrong)
    assert repr(verdict) == (
        "✗ adam-step: not yet: 0 of 4 points.\n"
        "    This is Adam without bias correction. Both averages start at zero and are far too "
        "small at first. What are they divided by?\n"
        "    Example 1: theta differs from the target in 3 of 3 places, first at index 0.\n"
        "      theta = [0.13, -0.13, 0.64]\n"
        "      grad = [0.1, -0.54, 0.36]\n"
        "      m = [0, 0, 0]\n"
        "      v = [0, 0, 0]\n"
        "      t = 1\n"
        "      lr = 0.1\n"
        "      theta\n"
        "        target  [0.03, -0.03, 0.54]\n"
        "        yours   [-0.186227, 0.186228, 0.323773]  ✗ differs\n"
        "      m\n"
        "        target  [0.01, -0.054, 0.036]\n"
        "        yours   [0.01, -0.054, 0.036]  ✓ same\n"
        "      v\n"
        "        target  [1e-05, 0.0002916, 0.0001296]\n"
        "        yours   [1e-05, 0.0002916, 0.0001296]  ✓ same\n"
        "    Reread “Under the microscope” in notebooks/06_adam.ipynb."
    )


def test_a_small_difference_is_shown_with_enough_digits():
    verdict = check("adam-step", of(lambda theta, m, v: (theta + 1e-8, m, v)))
    assert "target  [0.03000001, " in repr(verdict)
    assert "yours   [0.03000002, " in repr(verdict)


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if not task.show_target])
def test_a_prediction_is_not_given_away(name):
    verdict = check(name, TASKS[name].misconceptions[0].wrong)
    for shown in repr(verdict), verdict._repr_html_():
        assert "✗ not yet" in shown
        assert ">target<" not in shown
        assert "target  " not in shown


# ---- check itself -------------------------------------------------------------------------------


def test_an_unknown_task_gets_the_nearest_names():
    with pytest.raises(ValueError, match=r"^There is no task 'adam_stp': did you mean adam-step"):
        check("adam_stp", adam_step)
    with pytest.raises(ValueError, match=r"^There is no task '': there are one-step, "):
        check("", adam_step)


@pytest.mark.parametrize("not_a_function", [(1, 2), 3.0, None, "adam_step"])
def test_what_is_no_function_gets_one_sentence(not_a_function):
    verdict = check("adam-step", not_a_function)
    assert not verdict
    kind = f"a value of type {type(not_a_function).__name__}"
    kind = kind if not_a_function is not None else None
    assert f"check was given {kind}, and not the function" in verdict.message
    assert "without parentheses behind adam_step" in verdict.message


@tasks
def test_a_check_says_the_same_every_time_and_leaves_no_trace(task):
    np.random.seed(0)  # noqa: NPY002
    state = np.random.get_state()  # noqa: NPY002
    for answer in (task.reference, not_begun, task.misconceptions[-1].wrong):
        first, second = check(task.name, answer), check(task.name, answer)
        assert repr(first) == repr(second)
        assert first._repr_html_() == second._repr_html_()
    assert np.array_equal(state[1], np.random.get_state()[1])  # noqa: NPY002


def test_who_stops_a_check_is_told_so_and_sees_nothing_of_the_machinery():
    def interrupted(**given):
        raise KeyboardInterrupt

    verdict = check("adam-step", interrupted)
    assert verdict.message == "adam_step was stopped before it had finished"


# ---- the two halves -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("half", "needed"), [(given, {"numpy"}), (waist, {"numpy", "adam_course.given"})]
)
def test_the_half_that_runs_answers_needs_numpy_and_what_tasks_hand_out(half, needed):
    tree = ast.parse(Path(half.__file__).read_text(encoding="utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [node.names[0].name])
    }
    assert {name for name in imported if name not in sys.stdlib_module_names} == needed


def test_a_verdict_needs_only_what_crosses_the_waist():
    task = TASKS["gradient-descent"]
    cases = task.draw(seed=5)
    answers = collect(task.misconceptions[2].wrong, cases)
    copies = [
        dataclasses.replace(
            answer,
            outputs=tuple(
                np.frombuffer(out.tobytes(), out.dtype).reshape(out.shape) for out in answer.outputs
            ),
        )
        for answer in answers
    ]
    assert repr(judge(task, cases, copies)) == repr(judge(task, cases, answers))


def test_arguments_and_answers_are_copies():
    kept = []

    def keeps(grad, theta):
        kept.append((grad, theta))
        theta += 1
        return theta

    case = {"grad": QuadraticGradient(np.eye(2), np.ones(2)), "theta": np.zeros(2)}
    first, second = collect(keeps, [case, case])
    assert first.changed == second.changed == ("theta",)
    assert not case["theta"].any()
    kept[0][0].A[:] = kept[0][1][:] = 7
    assert case["grad"].A.max() == 1
    assert first.outputs[0].max() == second.outputs[0].max() == 1


def test_cases_can_be_kept_to_the_grader():
    verdict = check("adam-step", TASKS["adam-step"].misconceptions[0].wrong)
    for shown in repr(verdict), verdict._repr_html_():
        assert "0.64" in shown
    closed = dataclasses.replace(verdict, example=None)
    for shown in repr(closed), closed._repr_html_():
        assert "0.64" not in shown
        assert "Adam without bias correction" in shown


# ---- how a verdict looks ------------------------------------------------------------------------


class Tags(HTMLParser):
    """Collects (tag, attributes) and the text, and notices tags that do not match."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text, self.open = [], "", []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@tasks
def test_the_table_can_be_read_by_a_screen_reader(task):
    for answer in (task.reference, not_begun, *(one.wrong for one in task.misconceptions)):
        verdict = verify_task.verdict_on(task, answer, None)
        page = Tags(verdict._repr_html_())
        assert not page.open
        kinds = [tag for tag, _ in page.tags]
        if "table" in kinds:
            assert kinds[kinds.index("table") + 1] == "caption"
            scopes = [attributes["scope"] for tag, attributes in page.tags if tag == "th"]
            assert set(scopes) == {"row", "col"}
        assert verdict.named in page.text
        assert verdict.found in page.text.replace("`", "")


def test_html_shows_what_a_learner_wrote_and_does_not_run_it():
    def hostile(**given):
        raise ValueError("<script>alert(1)</script> & `<b>`")

    page = Tags(check("adam-step", hostile)._repr_html_())
    assert "script" not in [tag for tag, _ in page.tags]
    assert "<script>alert(1)</script> & <b>" in page.text


def test_a_notebook_shows_the_verdict_and_returns_nothing_for_a_mark(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append((data, raw)))
    verdict = check("adam-step", adam_step)
    verdict._ipython_display_()
    data = {"text/plain": repr(verdict), "text/html": verdict._repr_html_()}
    assert shown == [(data, True)]


def test_a_known_mistake_that_ends_in_an_error_is_passed_over():
    task = TASKS["first-step"]
    broken = Misconception("one that divides by zero", lambda grad, lr: 1 // 0, "Do not.")
    with_broken = dataclasses.replace(task, misconceptions=(broken, *task.misconceptions))
    cases = task.draw()
    verdict = judge(with_broken, cases, collect(task.misconceptions[0].wrong, cases))
    assert verdict.misconception is task.misconceptions[0]
    assert judge(with_broken, cases, collect(lambda **given: 7.0, cases)).misconception is None


def test_of_no_cases_no_share_is_right():
    assert without(TASKS["first-step"], "nothing came").fraction == 0
