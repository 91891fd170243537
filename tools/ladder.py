"""Write docs/ladder.md: what each method adds to the last, as a difference of code.

    python tools/ladder.py

A rung is written as a function of ten lines at most. Its lines are the formulas of the cheat sheet
(tools/update_rules.py), but for momentum and AdamW, which have another form here. All rungs have
one shape, so that two neighbours differ in nothing but their ideas.
"""

import difflib
import re
import textwrap
from dataclasses import dataclass, field, fields
from itertools import pairwise
from pathlib import Path

from update_rules import LETTERS, RULES, lines

from adam_course import optimizers

ROOT = Path(__file__).resolve().parent.parent
SHEET = {rule.optimizer: rule for rule in RULES}
#: Older names of the same things, in lessons 03 and 05.
NEWER = {"momentum": "beta1", "rho": "beta2"}
WORDS = {letter: NEWER.get(name, name) for name, letter in LETTERS.items()}
WORDS |= {"θ": "theta", "sqrt": "np.sqrt"}


@dataclass(frozen=True)
class Rung:
    """A method on the ladder.

    Attributes:
        optimizer: our class. heading: what the page calls it.
        problem: what the last rung left. idea: what this one does about it.
        formulas: its lines; "" for those of the cheat sheet.
        settings: the arguments that make our class this rung.
    """

    optimizer: type
    heading: str
    problem: str
    idea: str
    formulas: str = ""
    settings: dict = field(default_factory=dict)


#: The rungs from the ground up.
RUNGS = {
    "gradient_descent": Rung(
        optimizers.GradientDescent,
        "Gradient descent",
        "All that is known is the slope of the place where one stands; downhill is a start.",
        "Step against the gradient.",
    ),
    "momentum": Rung(
        optimizers.Momentum,
        "Momentum, in its averaging form",
        "Gradient descent repeats the accident of every noisy gradient, and across a narrow "
        "valley it goes to and fro while it crawls along the floor.",
        "Step along an average of past gradients, in which the newest weighs most.",
        "m = μ * m + (1 - μ) * g\nθ = θ - α * m",
        {"form": "ema"},
    ),
    "adagrad": Rung(
        optimizers.AdaGrad,
        "AdaGrad",
        "Momentum, like gradient descent, has one rate for all parameters, so the one whose "
        "gradient hardly ever comes waits for the one whose gradient is large; for a cure AdaGrad "
        "starts again from the plain gradient.",
        "Divide each parameter's step by the root of all its squared gradients so far.",
        settings={"eps": 1e-8},
    ),
    "rmsprop": Rung(
        optimizers.RMSProp,
        "RMSProp",
        "AdaGrad's sum only grows, so its steps shrink for good, whatever the gradients do later.",
        "Average the squared gradients instead of adding them up, so that old ones fade.",
    ),
    "adam": Rung(
        optimizers.Adam,
        "Adam",
        "RMSProp scales the steps but does not smooth their direction, and its average starts at "
        "zero, which makes the first steps too long, the more so the longer its memory is.",
        "Take momentum's average for the direction, and correct both averages for their cold "
        "start.",
    ),
    "adamw": Rung(
        optimizers.AdamW,
        "AdamW",
        "A penalty on large parameters reaches Adam as a part of the gradient and is divided by "
        "√v̂ like the rest, so parameters with large gradients are hardly held back.",
        "Shrink θ by itself; the averages never see it.",
        "m, v, m_hat, v_hat as in Adam\nθ = θ - α * λ * θ\nθ as in Adam",
    ),
}

#: What leans on momentum beside the ladder.
BESIDE = {
    "muon": Rung(
        optimizers.Muon,
        "Beside the ladder: Muon",
        "All rungs above treat a matrix of weights as a list of numbers. A few directions of the "
        "matrix get nearly all of the step, and the others hardly move.",
        "Take momentum's sum for the direction, and make all directions of the matrix equally "
        "strong.",
        "m = μ * m + g\nθ = θ - α * orthogonal(g + μ * m)",
        {"scaling": "none"},
    ),
}

ALL = RUNGS | BESIDE

#: Newton and Schulz's steps, as lesson 18 has them.
ORTHOGONAL = """\
def orthogonal(x):
    x = x / np.linalg.norm(x)
    for _ in range(5):
        xx = x @ x.T
        x = 3.4445 * x + (-4.775 * xx + 2.0315 * xx @ xx) @ x
    return x"""

HEAD = """\
# The ladder: what each method adds to the last

Six methods, from gradient descent to AdamW, each a function you could type in a minute. Below the
first, each one is shown as a difference from the one before: a line with − goes, a line with +
comes, and the others stay as they are.

The letters and words are those of the [glossary](glossary.md). Lesson 03 writes μ for what is β₁
here, and lesson 05 writes ρ for β₂: older names of the same things.
"""

TAIL = """\
## Once more: from momentum to Adam

Against RMSProp, Adam has a new m. Against momentum, it has a new v. Both together are why Adam is
called "momentum plus RMSProp". Two things are different: the two lines with hats are in neither
parent, and they are why Adam has to count its steps; and RMSProp with momentum divides each
gradient before it averages, while Adam divides the average.

{difference}
Adam's relatives, from AMSGrad to schedule-free, edit a line or two each: [lesson
12](../notebooks/12_the_family.ipynb) has them in one table.

{muon}
It is for matrices inside a network; vectors, embeddings and the head are left to Adam. `orthogonal`
needs no singular values, only products:

{orthogonal}
Every rung is compared with the course's own [optimizers](../adam_course/optimizers), which agree
with [PyTorch, Keras and Optax](verification.md). [tools/ladder.py](../tools/ladder.py) writes this
page, and a test fails when the two drift apart.
"""


def page():
    """Return the whole page, as Markdown."""
    first = next(iter(RUNGS))
    parts = [HEAD, introduction(first), fenced("python", code(first))]
    for below, name in pairwise(RUNGS):
        parts += [introduction(name), difference(below, name)]
    muon = f"{introduction('muon')}\n{difference('momentum', 'muon')}"
    once_more, orthogonal = difference("momentum", "adam"), fenced("python", ORTHOGONAL)
    parts.append(TAIL.format(difference=once_more, muon=muon, orthogonal=orthogonal))
    return "\n".join(parts)


def introduction(name):
    """Return a rung's heading, the problem it meets, and what it does about it."""
    rung = ALL[name]
    number = SHEET[rung.optimizer].lesson
    (lesson,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
    problem = textwrap.fill(rung.problem, 96)
    link = f"[Lesson {number}](../notebooks/{lesson.name})"
    return f"## {rung.heading}\n\n*The problem.* {problem}\n\n*The idea.* {rung.idea} {link}\n"


def difference(below, name):
    """Return what changes from one rung to another, as a diff block that shows all lines."""
    old, new = code(below).splitlines(), code(name).splitlines()
    changes = difflib.unified_diff(old, new, below, name, n=len(old), lineterm="")
    return fenced("diff", "\n".join(changes))


def code(name):
    """Return a rung as a Python function, always called `rule` so that names do not differ."""
    rung = ALL[name]
    formulas = lines(rung.formulas or SHEET[rung.optimizer].formulas)
    steps = [re.sub(r"\w+", lambda word: WORDS.get(word[0], word[0]), line) for line in formulas]
    used = set(re.findall(r"\w+", "\n".join(formulas)))
    averages = [letter for letter in ("m", "v") if letter in used]
    start = [f"    {' = '.join([*averages, '0.0'])}"] if averages else []
    return "\n".join(
        [
            f"def rule({', '.join(['grad', 'theta', 'lr', 'steps', *presets(rung, used)])}):",
            *start,
            f"    for {'t in range(1, steps + 1)' if 't' in used else '_ in range(steps)'}:",
            "        g = grad(theta)",
            *(f"        {step}" for step in steps),
            "    return theta",
        ]
    )


def presets(rung, used):
    """Return the arguments of a rung after the rate, with our defaults, for the letters it uses."""
    values = {one.name: one.default for one in fields(rung.optimizer)} | rung.settings
    for name in values:
        if name != "lr" and LETTERS.get(name) in used:
            number = f"{values[name]:g}".replace("e-0", "e-")
            yield f"{NEWER.get(name, name)}={number}"


def fenced(language, text):
    """Return a Markdown code block."""
    return f"```{language}\n{text}\n```\n"


if __name__ == "__main__":
    (ROOT / "docs" / "ladder.md").write_text(page(), encoding="utf-8", newline="\n")
    print("docs/ladder.md is new.")
