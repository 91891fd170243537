"""Tables of numbers for lessons: aligned text in a terminal, a real HTML table in a notebook."""

from html import escape
from numbers import Integral, Real

import numpy as np

from adam_course.figures.numbers import number


def show_table(table, caption, digits=5, *, folded=False):
    """Display a table; returns None, so that a cell may end with it.

    Args:
        table: rows, as a list of dicts of heading → number or word, all with the same headings;
            or columns, as a dict of heading → numbers or words, all of one length. The first
            column names the rows.
        caption: one visible sentence that says what the table shows.
        digits: significant digits of every number that is not whole.
        folded: show the caption alone, until a reader opens it.

    Raises:
        ValueError: there is nothing to show, rows differ in their headings or columns in length.
    """
    from IPython.display import display

    columns = table if isinstance(table, dict) else _columns(table)
    lengths = {heading: len(column) for heading, column in columns.items()}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"show_table: the columns must be of one length, but have {lengths}.")
    words = [[_word(x, digits) for x in column] for column in columns.values()]
    rows = list(zip(*words, strict=True))
    html = _html(columns, rows, caption)
    if folded:
        html = f"<details><summary>{escape(caption)}</summary>{html}</details>"
    display({"text/html": html, "text/plain": _text(columns, rows, caption)}, raw=True)


def _columns(rows):
    """Return rows, dicts of heading → cell, as a dict of heading → column."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    for place, row in enumerate(rows, start=1):
        if missing := [heading for heading in headings if heading not in row]:
            raise ValueError(f"show_table: row {place} has no {' and no '.join(missing)}.")
    return {heading: [row[heading] for row in rows] for heading in headings}


def _word(x, digits):
    """Write one cell; numbers that are whole stay whole."""
    if isinstance(x, (Integral, np.bool_, str)):
        return str(x)
    if isinstance(x, Real):
        return number(x, digits)
    raise TypeError(f"show_table: a cell must be a number or a word, not {x!r}.")


def _html(headings, rows, caption):
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(word)}</td>" for word in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return (
        '<table><caption style="text-align: left; white-space: nowrap">'
        f"{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _text(headings, rows, caption):
    table = [tuple(headings), *rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(headings))]
    lines = [
        "  ".join(word.rjust(width) for word, width in zip(row, widths, strict=True))
        for row in table
    ]
    return "\n".join([*lines, caption])
