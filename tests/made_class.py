"""A class as it might be: learners whose answers, points and marks are drawn from a seed."""

import hashlib
import random
import re

from adam_course.grading.classes.marking import Mark, digest
from adam_course.grading.classes.parts import parts_of
from adam_course.grading.classes.report import Report, Result
from adam_course.tasks import EXERCISES

HEAD = "def adam_step(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):\n"
#: An answer that nobody else would write like this.
ODD = (
    HEAD
    + '''    """Mine."""
    decay = {"m": beta1, "v": beta2}
    memory = {"m": m, "v": v}
    for name, fresh in zip(decay, (grad, grad * grad)):
        memory[name] = decay[name] * memory[name] + (1 - decay[name]) * fresh
    hats = [memory[name] / (1 - decay[name] ** t) for name in decay]
    return theta - lr * hats[0] / (np.sqrt(hats[1]) + eps), memory["m"], memory["v"]
'''
)
#: A wrong answer with three slips that hardly come together by chance.
SLIPS = (
    HEAD
    + """    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad ** 2
    m_hat = m / (1 - beta1 * t)
    v_hat = v / (1 - beta2 * t)
    theta = theta - lr * m_hat / np.sqrt(v_hat + eps)
    return theta, m, v
"""
)
WORDS = re.findall(
    r"\w+",
    "the rate is a length in units of weights so smaller steps were needed because both averages "
    "shrink by one factor and their quotient stays while inputs in metres change what best values "
    "mean for each coordinate gradients cancel out loss scale matters not tune again",
)


def adam_step(draw):
    """Return a right answer to `adam-step`, as somebody writes it who knows nobody else."""

    def one(*ways):
        return draw.choice(ways)

    g, m, v = one("grad", "g"), one("m", "m_new", "first", "mu"), one("v", "v_new", "second")
    lines = ["g = np.asarray(grad)" if draw.random() < 0.4 else "g = grad"] * (g == "g")
    square = one(f"{g}**2", f"{g} * {g}", f"np.square({g})", f"{g} ** 2")
    moments = [
        one(
            f"{name} = {beta} * {old} + (1 - {beta}) * {new}",
            f"{name} = {old} + (1 - {beta}) * ({new} - {old})",
            f"{name} = (1 - {beta}) * {new} + {beta} * {old}",
        )
        for name, beta, old, new in ((m, "beta1", "m", g), (v, "beta2", "v", square))
    ]
    lines += one(moments, moments, moments[::-1])
    way = one("hats", "hats", "hats", "factors", "at once")
    if way == "hats":
        first, second = one("m_hat", "mh", "mhat"), one("v_hat", "vh", "vhat")
        lines += [f"{first} = {m} / (1 - beta1**t)", f"{second} = {v} / (1 - beta2**t)"]
        root = one(f"np.sqrt({second})", f"{second}**0.5", f"np.sqrt({second})")
        step = one(f"lr * {first} / ({root} + eps)", f"lr * {first} / (eps + {root})")
    elif way == "factors":
        lines += ["c1 = 1 - beta1**t", "c2 = 1 - beta2**t"]
        step = f"lr * ({m} / c1) / (np.sqrt({v} / c2) + eps)"
    else:
        step = f"lr * ({m} / (1 - beta1**t)) / (np.sqrt({v} / (1 - beta2**t)) + eps)"
    lines += one(
        [f"theta = theta - {step}", f"return theta, {m}, {v}"],
        [f"return theta - {step}, {m}, {v}"],
        [f"step = {step}", f"return theta - step, {m}, {v}"],
        [f"new = theta - {step}", f"return new, {m}, {v}"],
    )
    return HEAD + "".join(f"    {line}\n" for line in lines)


def sentences(draw):
    """Return a few sentences of somebody's own."""
    count = draw.randint(18, 50)
    return " ".join(draw.choice(WORDS) for _ in range(count)).capitalize() + "."


def reports(count=120, exercises=("06_adam",), seed=1, missing=0.0):
    """Return the Reports of a class: who can do more solves more of every exercise."""
    draw, made = random.Random(seed), []
    for number in range(count):
        able = draw.gauss(0.4, 1)
        for exercise in exercises:
            if draw.random() < missing:
                continue
            results = tuple(result(task, able, draw) for task in EXERCISES[exercise].tasks)
            answers = {"adam-step": adam_step(draw)} if exercise == "06_adam" else {}
            answers |= {
                part.name: sentences(draw) if draw.random() < 0.95 else part.given
                for part in parts_of(exercise)
            }
            student = f"learner{number:03}"
            source = f"{student}/{exercise}.ipynb"
            own = hashlib.sha256(source.encode()).hexdigest()
            made.append(Report(student, exercise, source, own, results, (), False, answers))
    return made


def result(task, able, draw):
    """Return the Result of one task."""
    passed = able + draw.gauss(0, 1) > 0
    mistake = draw.choice(task.misconceptions) if not passed and task.misconceptions else None
    named = mistake if draw.random() < 0.6 else None
    attempted = passed or draw.random() < 0.7
    return Result(
        *(task.name, task.title, task.lesson, task.section, float(passed * task.points)),
        *(task.points, 8, 8 if passed else 3, attempted, "correct" if passed else "x differs"),
        named.name if named and attempted else "",
        named.hint if named and attempted else "",
    )


def marks(reports, markers=("Ann", "Ben"), seed=1, share=0.8):
    """Return Marks of what people mark in the reports: two who mostly agree."""
    draw, made = random.Random(seed), []
    for report in reports:
        for part in parts_of(report.exercise):
            text = report.answers[part.name]
            if part.untouched(text):
                continue
            worth = draw.randint(0, part.points)
            for marker in markers:
                if draw.random() < share:
                    off = draw.choice((0, 0, 0, 0, 1, -1, 2))
                    points = float(min(part.points, max(0, worth + off)))
                    made.append(
                        Mark(
                            *(report.student, report.exercise, part.name, points),
                            "Say why." if points == 1 else "",
                            *(marker, "2026-05-04T10:00:00+00:00", digest(text)),
                        )
                    )
    return made
