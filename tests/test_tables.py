"""`show_table` shows the same numbers to those who look, listen or read a terminal."""

import numpy as np
import pytest

from adam_course.figures import show_table


@pytest.fixture
def shown(monkeypatch):
    """Collect what is displayed."""
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: bundles.append(bundle))
    return bundles


def test_a_table_has_a_caption_and_headings_that_a_screen_reader_announces(shown):
    assert show_table({"t": [1, 2], "loss <0": [0.5, -1.25]}, "Two steps & more") is None
    html = shown[0]["text/html"]
    assert ">Two steps &amp; more</caption>" in html
    assert '<th scope="col">loss &lt;0</th>' in html
    assert '<th scope="row">1</th><td>0.5</td>' in html
    assert '<th scope="row">2</th><td>−1.25</td>' in html


def test_a_folded_table_shows_its_caption_and_all_of_it_to_a_terminal(shown):
    show_table({"t": [1]}, "Two & more", folded=True)
    html = shown[0]["text/html"]
    assert html.startswith("<details><summary>Two &amp; more</summary><table>")
    assert html.endswith("</table></details>") and "<details open" not in html
    assert shown[0]["text/plain"].splitlines() == ["t", "1", "Two & more"]


def test_the_text_form_lines_up(shown):
    show_table({"t": [1, 100], "loss": [0.123456789, 3]}, "Caption", digits=3)
    assert shown[0]["text/plain"].splitlines() == [
        "  t   loss",
        "  1  0.123",
        "100      3",
        "Caption",
    ]


def test_whole_numbers_stay_whole_and_others_have_significant_digits(shown):
    columns = {"x": [np.int64(123456), np.float64(123456.7), 1e-8, float("nan")]}
    show_table(columns, "Caption", digits=4)
    assert shown[0]["text/plain"].split()[1:5] == ["123456", "1.235e+05", "1e−08", "nan"]


def test_what_cannot_be_a_table_is_refused_in_a_sentence(shown):
    with pytest.raises(ValueError, match="of one length"):
        show_table({"a": [1], "b": [1, 2]}, "Caption")
    with pytest.raises(ValueError, match="of one length"):
        show_table({}, "Caption")
    with pytest.raises(TypeError, match="a number or a word"):
        show_table({"a": [None]}, "Caption")


def test_a_table_may_be_given_row_by_row(capsys):
    rows = [{"t": t, "loss": loss} for t, loss in ((1, 0.5), (2, -1.25))]
    show_table(rows, "Two steps")
    by_rows = capsys.readouterr().out
    show_table({"t": [1, 2], "loss": [0.5, -1.25]}, "Two steps")
    assert by_rows == capsys.readouterr().out and "−1.25" in by_rows


def test_a_row_that_lacks_a_cell_is_named():
    with pytest.raises(ValueError, match=r"row 2 has no loss and no rate\.$"):
        show_table([{"t": 1, "loss": 2, "rate": 3}, {"t": 2}], "Caption")
    with pytest.raises(ValueError, match="must be of one length"):
        show_table([], "Caption")
