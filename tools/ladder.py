"""Write docs/ladder.md: what each method adds to the last, as a difference of code.

    python tools/ladder.py

A rung is a function of ten lines at most, with the letters of the papers. They all have one
shape, so that two neighbours differ in nothing but their ideas. The first line of a docstring says
what the rung does, the second paragraph what problem the last one left; both go into the page.
"""

import difflib
import inspect
import re
from itertools import pairwise
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent


def gradient_descent(grad, theta, lr, steps):
    """Step against the gradient.

    All that is known is the slope of the place where one stands; downhill is a start.
    """
    for _ in range(steps):
        g = grad(theta)
        theta = theta - lr * g
    return theta


def momentum(grad, theta, lr, steps, beta1=0.9):
    """Step along an average of past gradients, in which the newest weighs most.

    Gradient descent repeats the accident of every noisy gradient, and across a narrow valley it
    goes to and fro while it crawls along the floor.
    """
    m = 0.0
    for _ in range(steps):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        theta = theta - lr * m
    return theta


def adagrad(grad, theta, lr, steps, eps=1e-8):
    """Divide each parameter's step by the root of all its squared gradients so far.

    Momentum, like gradient descent, has one rate for all parameters, so the one whose gradient
    hardly ever comes waits for the one whose gradient is large; for a cure AdaGrad starts again
    from the plain gradient.
    """
    v = 0.0
    for _ in range(steps):
        g = grad(theta)
        v = v + g**2
        theta = theta - lr * g / (np.sqrt(v) + eps)
    return theta


def rmsprop(grad, theta, lr, steps, beta2=0.9, eps=1e-8):
    """Average the squared gradients instead of adding them up, so that old ones fade.

    AdaGrad's sum only grows, so its steps shrink for good, whatever the gradients do later.
    """
    v = 0.0
    for _ in range(steps):
        g = grad(theta)
        v = beta2 * v + (1 - beta2) * g**2
        theta = theta - lr * g / (np.sqrt(v) + eps)
    return theta


def adam(grad, theta, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    """Take momentum's average for the direction, and correct both averages for their cold start.

    RMSProp scales the steps but does not smooth their direction, and its average starts at zero,
    which makes the first steps too long, the more so the longer its memory is.
    """
    m = v = 0.0
    for t in range(1, steps + 1):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta


def adamw(grad, theta, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """Shrink θ by itself; the averages never see it.

    A penalty on large parameters reaches Adam as a part of the gradient and is divided by √v̂ like
    the rest, so parameters with large gradients are hardly held back.
    """
    m = v = 0.0
    for t in range(1, steps + 1):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta = theta - lr * weight_decay * theta
        theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta


#: The rungs from the ground up: the rule, its heading, and the lesson that explains it.
RUNGS = {
    gradient_descent: ("Gradient descent", "01_gradient_descent"),
    momentum: ("Momentum, in its averaging form", "03_momentum"),
    adagrad: ("AdaGrad", "04_adagrad"),
    rmsprop: ("RMSProp", "05_rmsprop"),
    adam: ("Adam", "06_adam"),
    adamw: ("AdamW", "10_weight_decay"),
}

HEAD = """\
# The ladder: what each method adds to the last

Six methods, from gradient descent to AdamW, each a function you could type in a minute. Below the
first, each one is shown as a difference from the one before: a line with − goes, a line with +
comes, and the others stay as they are.

The letters are those of the [notation table](../notebooks/00_start_here.ipynb#Notation), the words
those of the [glossary](glossary.md). Lesson 03 writes μ for what is β₁ here, and lesson 05 writes ρ
for β₂: older names of the same things.
"""

TAIL = """\
## Once more: from momentum to Adam

Against RMSProp, Adam has a new m. Against momentum, it has a new v. Both together are why Adam is
called "momentum plus RMSProp"; the two lines with hats are in neither parent, and they are why
Adam has to count its steps.

{difference}
Adam's relatives, from AMSGrad to schedule-free, edit a line or two each: [lesson
12](../notebooks/12_the_family.ipynb) has them in one table.

Every rung is compared with the course's own [optimizers](../adam_course/optimizers), which agree
with [PyTorch, Keras and Optax](verification.md). [tools/ladder.py](../tools/ladder.py) writes this
page, and a test fails when the two drift apart.
"""


def page():
    """Return the whole page, as Markdown."""
    first = next(iter(RUNGS))
    parts = [HEAD, introduction(first), fenced("python", code(first))]
    for below, rule in pairwise(RUNGS):
        parts += [introduction(rule), difference(below, rule)]
    parts.append(TAIL.format(difference=difference(momentum, adam)))
    return "\n".join(parts)


def introduction(rule):
    """Return a rung's heading, the problem it meets, and what it does about it."""
    name, lesson = RUNGS[rule]
    answer, problem = inspect.getdoc(rule).split("\n\n")
    link = f"[Lesson {lesson[:2]}](../notebooks/{lesson}.ipynb)"
    return f"## {name}\n\n*The problem.* {problem}\n\n*The idea.* {answer} {link}\n"


def difference(below, rule):
    """Return what changes from one rule to another, as a diff block that shows all lines."""
    old, new = code(below).splitlines(), code(rule).splitlines()
    names = below.__name__, rule.__name__
    lines = difflib.unified_diff(old, new, *names, n=len(old), lineterm="")
    return fenced("diff", "\n".join(lines))


def code(rule):
    """Return a rule's source without its docstring, called `rule` so that names do not differ."""
    source = re.sub(r'\n    """.*?"""', "", inspect.getsource(rule), count=1, flags=re.DOTALL)
    return source.replace(f"def {rule.__name__}(", "def rule(").rstrip()


def fenced(language, text):
    """Return a Markdown code block."""
    return f"```{language}\n{text}\n```\n"


if __name__ == "__main__":
    (ROOT / "docs" / "ladder.md").write_text(page(), encoding="utf-8", newline="\n")
    print("docs/ladder.md is new.")
