"""What a learner is told: one sentence, the mistake by its name, target and yours side by side."""

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np

from adam_course.configuration import reread, site
from adam_course.given import GIVEN
from adam_course.tasks import IN_PLACE, Misconception, Task

SIGNS = {True: ("✓", "#009E73"), False: ("✗", "#D55E00"), None: ("○", "#888888")}


@dataclass(frozen=True, eq=False)
class Example:
    """The first case that went wrong: its number from 1, its arguments and what came out.

    ``rows`` holds (name, target, yours, same?) for each output; it is empty if nothing came out.
    """

    number: int
    arguments: dict
    rows: tuple[tuple[str, np.ndarray, np.ndarray, bool], ...]

    @property
    def given(self):
        """The arguments as text, one line each."""
        return [assignment(name, value) for name, value in self.arguments.items()]

    def table(self, targets):
        """Return rows (name, target, yours, mark) of text; the marks compare with the targets."""
        words = ("✓ same", "✗ differs") if targets else ("✓ right", "✗ not yet")
        return [
            (name, *told_apart(target, yours), words[not same])
            for name, target, yours, same in self.rows
        ]


@dataclass(frozen=True, eq=False, repr=False)
class Verdict:
    """What the grader found: true if the task is done, and readable in a notebook or a terminal.

    Attributes:
        task: the Task.
        cases, right: how many cases were put, and how many answers were right.
        message: what was found, as one phrase.
        attempted: False while the function still raises NotImplementedError.
        misconception: the mistake by its name, or None if it was not recognised.
        example: the first case that went wrong, or None. A grader that keeps its cases to itself
            takes it off: ``dataclasses.replace(verdict, example=None)``.
        notes: what else a learner should know about this verdict, in sentences; they go first.
        progress: how far the exercise has come, in a sentence, for the end.
    """

    task: Task
    cases: int
    right: int
    message: str
    attempted: bool = True
    misconception: Misconception | None = None
    example: Example | None = None
    notes: tuple[str, ...] = ()
    progress: str = ""

    @property
    def passed(self):
        """Whether every answer was right."""
        return self.attempted and self.right == self.cases

    @property
    def fraction(self):
        """The share of the cases that were right, from 0 to 1, for those who give part marks."""
        return self.right / self.cases if self.cases else 0.0

    @property
    def points(self):
        """The points earned: all for a passed task, else 0."""
        return self.task.points if self.passed else 0

    @property
    def section(self):
        """Heading of the section to reread."""
        return (self.misconception and self.misconception.section) or self.task.section

    @property
    def link(self):
        """Address of the section to reread: beside the exercise, or on the website; or ""."""
        lessons = "../notebooks/{lesson}.ipynb"
        if not Path("..", "notebooks", f"{self.task.lesson}.ipynb").is_file():
            lessons = site() and f"{site()}/notebooks/{{lesson}}.html"
        return lessons and reread(self.task.lesson, self.section, lessons)

    @property
    def score(self):
        """What counts, in a sentence."""
        if not self.task.points:
            return self.score_of_a_stretch
        points = f"{self.points} of {self.task.points} point{'s' * (self.task.points > 1)}"
        if self.passed or not self.attempted:
            return f"{self.message}. {points}."
        if 0 < self.right < self.cases:
            worth = "points come" if self.task.points > 1 else "point comes"
            return f"not yet: {self.examples}. The {worth} with all of them."
        return f"not yet: {points}."

    @property
    def score_of_a_stretch(self):
        """What a task without points has come to, in a sentence."""
        if self.passed or not self.attempted:
            return f"{self.message}. A stretch, without points."
        return f"not yet: {self.examples}."

    @property
    def examples(self):
        """How many examples come out right, as a phrase."""
        return f"{self.right} of {self.cases} examples come out right"

    @property
    def named(self):
        """The mistake by its name, in a sentence; "" if it was not recognised."""
        return f"This is {self.misconception.name}." if self.misconception else ""

    @property
    def hint(self):
        """What helps against the mistake; "" if it was not recognised."""
        return self.misconception.hint if self.misconception else ""

    @property
    def found(self):
        """What was seen in the first case that went wrong; "" where there is none."""
        if self.passed or not self.attempted:
            return ""
        example = f"Example {self.example.number}: " if self.example and self.cases > 1 else ""
        return f"{example}{self.message}."

    @property
    def is_of_the_lesson(self):
        """Whether what went wrong is a matter of the lesson, and not of Python."""
        known = self.misconception is not None and self.misconception is not IN_PLACE
        return bool(self.found) and (known or bool(self.example and self.example.rows))

    @property
    def praise(self):
        """What a right answer has got right; "" for another one."""
        return self.task.right if self.passed else ""

    def __bool__(self):
        return self.passed

    def __repr__(self):
        sign, _ = SIGNS[self.passed if self.attempted else None]
        lines = [f"{sign} {self.task.name}: {self.score}", *self.notes]
        lines += [f"{self.named} {self.hint}".strip(), self.found, self.praise]
        if self.example:
            lines += [f"  {given}" for given in self.example.given]
            for name, target, yours, mark in self.example.table(self.task.show_target):
                lines += [f"  {name}"] + [f"    target  {target}"] * self.task.show_target
                lines += [f"    yours   {yours}  {mark}"]
        if self.is_of_the_lesson:
            lines += [f"Reread “{self.section}” in notebooks/{self.task.lesson}.ipynb."]
        lines += [self.progress]
        return "\n    ".join(filter(None, lines))

    def _repr_html_(self):
        sign, colour = SIGNS[self.passed if self.attempted else None]
        parts = [f"<strong>{sign} {escape(self.task.name)}</strong>: {coded(self.score)}"]
        parts += [coded(note) for note in self.notes]
        if self.named:
            parts += [f"<strong>{coded(self.named)}</strong> {coded(self.hint)}"]
        parts += [coded(self.found), coded(self.praise)]
        if self.example and self.example.given:
            given = ", ".join(f"<code>{unbroken(text)}</code>" for text in self.example.given)
            parts += [f"Given {given}:" if self.example.rows else f"Given {given}."]
        if self.example and self.example.rows:
            parts += [self._html_table()]
        if self.is_of_the_lesson:
            where = escape(f"“{self.section}” in lesson {self.task.lesson[:2]}")
            link = self.link
            parts += [f'Reread <a href="{link}">{where}</a>.' if link else f"Reread {where}."]
        parts += [coded(self.progress)]
        lines = [
            part if part.startswith("<table") else f'<p style="margin: 0.5em 0">{part}</p>'
            for part in filter(None, parts)
        ]
        style = f"border-left: 5px solid {colour}; padding: 1px 16px; max-width: 60em"
        return "\n".join([f'<div style="{style}">', *lines, "</div>"])

    def _ipython_display_(self):
        # Shown, not returned: nbgrader would take a cell's result for a mark.
        from IPython.display import display

        display({"text/plain": repr(self), "text/html": self._repr_html_()}, raw=True)

    def _html_table(self):
        style = 'style="text-align: left; vertical-align: top; padding: 4px 14px 4px 6px"'
        caption = "text-align: left; white-space: nowrap; padding: 2px 6px"
        targets = self.task.show_target
        heads = ["output", *["target"] * targets, "yours", "result"]
        lines = [
            '<table style="color: inherit; margin: 0">',
            f'<caption style="{caption}">What {self.task.function} returned</caption>',
            "<tr>" + "".join(f'<th scope="col" {style}>{head}</th>' for head in heads) + "</tr>",
        ]
        for name, target, yours, mark in self.example.table(targets):
            values = [target, yours] if targets else [yours]
            values = [unbroken(value).replace("], [", "],<br>\u00a0[") for value in values]
            cells = [f"<td {style}><code>{value}</code></td>" for value in values]
            cells += [f'<td {style}><span style="white-space: nowrap">{mark}</span></td>']
            lines += [f'<tr><th scope="row" {style}>{name}</th>{"".join(cells)}</tr>']
        return "\n".join([*lines, "</table>"])


def coded(text):
    """Return text as HTML, with `code` in backticks marked up."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def unbroken(text):
    """Return a value as HTML that breaks between the rows of a matrix and nowhere inside them."""
    if "[[" in text:
        text = re.sub(r"(?<!\]), ", ",\u00a0", text)
    return escape(text.replace(" = ", "\u00a0=\u00a0"))


def assignment(name, value):
    """Return an argument as a learner might write it."""
    if type(value).__name__ in GIVEN:
        fields = ", ".join(f"{field} = {compact(array)}" for field, array in vars(value).items())
        return f"{name}(θ) = {value.formula} with {fields}"
    return f"{name} = {compact(value)}"


def told_apart(target, yours):
    """Return two arrays as text, with as many digits as it takes to see them differ."""
    for digits in (6, 10, 17):
        texts = compact(target, digits), compact(yours, digits)
        if texts[0] != texts[1]:
            return texts
    return compact(target), compact(yours)


def compact(value, digits=6):
    """Return a number or an array on one line, long ones with their middle left out."""
    number = {"float_kind": lambda x: f"{x:.{digits}g}"}
    text = np.array2string(
        np.asarray(value),
        threshold=16,
        edgeitems=2,
        separator=", ",
        formatter=number,
        max_line_width=10**6,
    )
    return " ".join(text.split())
