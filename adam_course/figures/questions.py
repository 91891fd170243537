"""Questions in a notebook: a prediction before the reader looks, and three that come back."""

from html import escape
from re import sub

from adam_course import answers, questions
from adam_course.copying import home
from adam_course.figures.picture import packed
from adam_course.figures.show import Shown, display_both

LOOK = "After the run: were you right, and why?"
THREE = "Three questions from earlier lessons, ten seconds each."

LETTERED = 'ol type="A" style="list-style-type: upper-alpha"'  # JupyterLab counts 1, 2, 3
# What JupyterLab says in the place of a live question whose kernel is gone: "model not found".
NO_ERROR = (
    "<style>.jp-OutputArea:has(.adam-question) .jupyter-widgets:not(:has(*)) {display: none}"
    "</style>"
)


def predict(name):
    """Ask the reader to commit to a prediction; its explanation opens only then.

    Args:
        name: of a question in `adam_course.questions.PREDICT`.

    Raises:
        ValueError: there is no such question.
    """
    question = questions.named(name)
    _display(_section(question, "Predict.", LOOK), f"Predict. {question.ask}")


def recall(lesson):
    """Ask three questions from the lessons before one, what was answered wrong first.

    Args:
        lesson: the number of the lesson that asks.

    Raises:
        ValueError: there is no earlier lesson.
    """
    pool = {question.name: question for question in questions.pool(lesson)}
    if not pool:
        raise ValueError(f"There is no lesson before {lesson} that recall could ask about.")
    names = answers.due(pool, answers.read(home()))
    pages = {name: _section(pool[name], "", "The answer.") for name in names}
    _display(
        f'<div class="adam-recall" data-pool="{packed(pages)}"><p><strong>Recall.</strong> {THREE}'
        f"</p>{''.join(pages[name] for name in names[:3])}</div>",
        f"Recall. {' '.join(pool[name].ask for name in names[:3])}",
    )


def _display(page, words):
    """Display a question as it is stored, and then the live one, which hides it."""
    from adam_course.figures.asked import Asked  # here, because anywidget takes its time

    display_both(Shown(NO_ERROR + page, words), Asked(page))


def _section(question, title, summary):
    """Return a question as HTML that can be read without scripts; its answer is folded."""
    title = f"<strong>{title}</strong> " if title else ""
    tag = {"choice": LETTERED, "ranking": "ul", "number": ""}[question.kind]
    options = "".join(f"<li>{_words(option)}</li>" for option in question.options)
    options = f"<{tag}>{options}</{tag[:2]}>" if tag else ""
    right = question.right
    if question.kind == "ranking":
        right = " ".join(map(str, right))
    if question.kind == "number":
        right = f"{right!r} {question.factor!r}"
    unit = f' data-unit="{escape(question.unit)}"' if question.kind == "number" else ""
    return (
        f'<section class="adam-question" data-name="{escape(question.name)}" '
        f'data-kind="{question.kind}" data-right="{right}"{unit}'
        f"{' data-predict' if title else ''}>"
        f'<p class="ask">{title}{_words(question.ask)}</p>{options}'
        f"<details><summary>{summary}</summary>"
        f"<p><strong>{_words(question.answer.rstrip('.'))}.</strong> {_words(question.because)}</p>"
        "</details></section>"
    )


def _words(text):
    """Return a text as HTML, with what stands between backticks as code."""
    return sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
