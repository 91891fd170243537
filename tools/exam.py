"""Write the exam: its questions as a page, or a paper with numbers of its own and the key to it.

    python tools/exam.py                                    docs/instructors/exam_questions.md
    python tools/exam.py --seed 7 --paper final --out DIR   DIR/final-7.html, DIR/final-7-key.html

The source is docs/instructors/exam.ipynb. A cell with the tag "answer" stays there, all others go
into the page as they are. A seed draws the numbers of the questions in exam_variants.py, the order
of the questions, and of choice questions the wrong options and their order.
"""

import argparse
import base64
import html
import io
import json
import random
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from exam_variants import VARIANTS, WHY_NONE, n
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from matplotlib import mathtext, rc_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from adam_course.copying import place
from adam_course.questions import RECALL

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "instructors"
EXAM, PAGE = FOLDER / "exam.ipynb", FOLDER / "exam_questions.md"
LETTERS = "ABCDE"
#: Papers: what they are called, the last lesson they ask about, and how many of their choice
#: questions come from numbers and from recall questions.
PAPERS = {
    "test": ("a test after lesson 07", 7, 3, 2),
    "final": ("a final exam", 16, 3, 2),
    "pilot": ("what do you know about optimizers?", 16, None, 0),
}
DO_NOT_KNOW = "I do not know."

HEAD = """\
# Exam questions

Thirty-three questions, one hundred points. A heading says the lesson, what is asked for and the
points; count two minutes a point. A calculator is allowed, notes are not. The answers, with points
for each part, are in the repository's notebook `docs/instructors/exam.ipynb`, which works out
their numbers.

Questions and answers are public. For an exam that counts, draw a paper with other numbers, in the
course's folder:

```
python tools/exam.py --seed 7 --paper final --out papers
```

This writes two pages that are ready to print: `papers/final-7.html`, and `papers/final-7-key.html`
with the answers and the points of each part. Take a seed that nobody can guess. It draws numbers,
the order of the questions, and five choice questions more, a point each: the wrong options of three
are what known mistakes give, and two come from the lessons' recall. `--paper test` is the test
after lesson 07, and `--paper pilot` the twelve choice questions of [a pilot](evidence.md).

{sizes}

{variants}
"""


@dataclass(frozen=True)
class Asked:
    """A question as it stands in a paper: texts are Markdown.

    Args:
        title: lesson and what is asked for. points: what it is worth.
        text: what is asked. options: of a choice, in their order.
        key: (points or "", what earns them) for each part. source: where it comes from.
    """

    title: str
    points: float
    text: str
    key: tuple
    options: tuple = ()
    source: str = ""


# ---- the page of questions ----------------------------------------------------------------------


def cells():
    """Return the cells of the exam, as (id, source, whether it is part of an answer)."""
    found = json.loads(EXAM.read_text(encoding="utf-8"))["cells"]
    return [
        (cell["id"], "".join(cell["source"]), "answer" in cell["metadata"].get("tags", []))
        for cell in found
    ]


def questions():
    """Return the source of each cell of the exam that is not part of an answer."""
    return [source for _, source, answer in cells() if not answer]


def page():
    """Return the whole page, as Markdown."""
    others = "; ".join(f"{number} {why}" for number, why in WHY_NONE.items())
    variants = (
        f"{len(VARIANTS)} of the {len(VARIANTS) + len(WHY_NONE)} questions have numbers to draw: "
        f"{', '.join(map(str, VARIANTS))}. The others stand as they are: {others}."
    )
    head = HEAD.format(variants=variants, sizes=sizes())
    return "\n".join([head, *(f"{one}\n" for one in questions())])


def sizes():
    """Return how large each paper is as it is chosen from the page, and as it is drawn."""
    rows = ["| paper | its questions on this page | as drawn, with the choice questions |"]
    rows.append("|---|---|---|")
    for name in PAPERS:
        asked, choices = (sum(one.points for one in part) for part in paper(name, 1))
        alone = size(asked) if asked else "none"
        rows.append(f"| `{name}` | {alone} | {size(asked + choices)} |")
    return "\n".join(rows)


def size(points):
    """Return points with the time for them, at two minutes a point."""
    return f"{n(points)} points, {n(2 * points)} minutes"


# ---- papers -------------------------------------------------------------------------------------


def bank():
    """Return the exam's questions: number → (title, lesson, points, text, answer)."""
    texts = {name: source for name, source, _ in cells()}
    found = {}
    for name, source in texts.items():
        if name.startswith("question-"):
            heading, _, text = source.partition("\n\n")
            number, title, points = re.fullmatch(
                r"## (\d+) · (.+) · (\d+) points", heading
            ).groups()
            answer = texts[f"answer-{number}"].partition("** ")[2]
            found[int(number)] = (title, int(title[7:9]), int(points), text, answer)
    return found


def chosen():
    """Return the numbers of the questions of each paper, as the exam's own text names them."""
    text = next(source for _, source, _ in cells() if source.startswith("## Two papers"))
    listed = re.findall(r"Questions ([\d, and]+) make", text)
    lists = [[int(number) for number in re.findall(r"\d+", one)] for one in listed]
    return dict(zip(("test", "final", "pilot"), [*lists, []], strict=True))


@cache
def drawn(number, seed):
    """Return an exam question with the numbers that a seed draws, None if it has no variants."""
    if number not in VARIANTS:
        return None
    return VARIANTS[number](random.Random(f"{seed}/{number}"), bank()[number][3])


def paper(name, seed):
    """Return (open questions, choice questions) of a paper, each as a list of `Asked`."""
    draw, known = random.Random(f"{seed}/{name}"), bank()
    _, last, from_numbers, from_recall = PAPERS[name]
    numbers = chosen()[name]
    asked = [in_paper(number, known[number], drawn(number, seed)) for number in numbers]
    draw.shuffle(asked)
    left = [
        (number, one)
        for number in VARIANTS
        if number not in numbers and known[number][1] <= last and (one := drawn(number, seed)).slips
    ]
    picked = left if from_numbers is None else draw.sample(left, from_numbers)
    choices = [
        in_numbers(number, known[number][0], one.slips, draw, name) for number, one in picked
    ]
    pool = [
        (lesson, question)
        for lesson, questions in RECALL.items()
        for question in questions
        if 0 < lesson <= last and question.kind == "choice"
    ]
    choices += [in_words(*one, draw) for one in draw.sample(pool, from_recall)]
    draw.shuffle(choices)
    return asked, choices


def in_paper(number, known, variant):
    """Return a question of the exam with its key, with the numbers of a variant if there is one."""
    title, _, points, text, answer = known
    source = f"question {number}"
    if variant:
        return Asked(title, points, variant.text, variant.key, source=source)
    return Asked(title, points, text, (("", answer),), source=f"{source}, as it stands")


def in_numbers(number, title, slips, draw, name):
    """Return a choice whose wrong options are what mistakes give."""
    ask, unit, right, mistakes = slips
    options = [(n(value), mistake) for mistake, value in mistakes.items()] + [(n(right), "")]
    draw.shuffle(options)
    place = [mistake for _, mistake in options].index("")
    key = "; ".join(
        f"{letter}: {mistake}"
        for letter, (_, mistake) in zip(LETTERS, options, strict=False)
        if mistake
    )
    shown = [f"{value} {unit}".strip() for value, _ in options]
    more = [DO_NOT_KNOW] if name == "pilot" else []
    earns = ((1, f"**{LETTERS[place]}**, {shown[place]}. The others are mistakes. {key}."),)
    return Asked(
        title.rpartition(" · ")[0], 1, ask, earns, (*shown, *more), f"made from question {number}"
    )


def in_words(lesson, question, draw):
    """Return a recall question as a choice with its options in another order."""
    order = list(range(len(question.options)))
    draw.shuffle(order)
    letter = LETTERS[order.index(question.right)]
    options = tuple(question.options[index] for index in order)
    earns = ((1, f"**{letter}**. {question.because}"),)
    return Asked(f"Lesson {lesson:02}", 1, question.ask, earns, options, f"recall: {question.name}")


# ---- pages to print -----------------------------------------------------------------------------


def formula(latex):
    """Return a formula as a picture with its text, for a page that loads nothing."""
    plain = re.sub(r"\\tfrac(\d)(\d)", r"\\frac{\1}{\2}", latex).replace(r"\tfrac", r"\frac")
    plain = re.sub(r"\\(sqrt|hat) ?(\\?\w)(?!\w)", r"\\\1{\2}", plain).replace(r"\dots", r"\ldots")
    picture = io.BytesIO()
    with rc_context({"mathtext.fontset": "stix"}):
        depth = mathtext.math_to_image(f"${plain}$", picture, dpi=72, format="svg")
    svg = re.sub("<metadata>.*</metadata>", "", picture.getvalue().decode(), flags=re.DOTALL)
    height = float(re.search(r'viewBox="0 0 \S+ (\S+)"', svg)[1])
    return (
        f'<img class="formula" alt="{html.escape(latex)}" '
        f'src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}" '
        f'style="height: {height / 10:.2f}em; vertical-align: {-depth / 10:.2f}em">'
    )


def as_html(text):
    """Return Markdown as HTML, its formulas as pictures."""
    page = MarkdownWithMath(renderer=IPythonRenderer(escape=False)).render(text)
    return Markup(re.sub(r"\$([^$\n]+)\$", lambda found: formula(html.unescape(found[1])), page))


def written(name, seed):
    """Return the paper and its key, the bytes of each file by its name."""
    asked, choices = paper(name, seed)
    pages = Environment(
        loader=FileSystemLoader(ROOT / "docs" / "sheets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {"html": as_html, "n": n}
    points = sum(one.points for one in (*asked, *choices))
    given = {
        "title": PAPERS[name][0],
        "seed": seed,
        "points": points,
        "letters": LETTERS,
        "parts": [part for part in (choices, asked) if part],
    }
    template = pages.get_template("exam.html.j2")
    return {
        f"{name}-{seed}{'-key' * key}.html": template.render(given, key=key).encode()
        for key in (False, True)
    }


def main():
    """Write what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, help="draws a paper; without it the page is written")
    parser.add_argument("--paper", choices=PAPERS, default="final")
    parser.add_argument("--out", type=Path, default=Path("papers"), help="folder for the paper")
    given = parser.parse_args()
    if given.seed is None:
        PAGE.write_text(page(), encoding="utf-8", newline="\n")
        print(f"{PAGE.name} is new.")
        return 0
    new, kept = place(written(given.paper, given.seed), given.out)
    print(f"New in {given.out}: {', '.join(new) or 'nothing'}.")
    if kept:
        print(f"Kept as they are, and not those of this seed: {', '.join(kept)}.", file=sys.stderr)
    return 2 if kept else 0


if __name__ == "__main__":
    sys.exit(main())
