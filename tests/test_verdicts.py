"""The strip of verdicts says each of them in words, inside its tile, and knows only four."""

import pytest

from adam_course.figures import verdicts
from adam_course.figures.renderer import draw
from adam_course.figures.verdicts import LOOKS

GROUPS = {
    "Speed": [(f"C{i}", "a topic of words", word) for i, word in enumerate(LOOKS)],
    "Memory": [("C20", "hungry", "false")],
}


def test_every_tile_says_its_verdict_with_a_word_and_a_mark():
    texts = [text.get_text() for axes in draw(verdicts(GROUPS)).axes for text in axes.texts]
    for word, (mark, _) in LOOKS.items():
        tiles = sum(verdict == word for group in GROUPS.values() for *_, verdict in group)
        assert texts.count(word) == texts.count(mark) == tiles


def test_the_description_says_what_the_picture_shows():
    label = verdicts(GROUPS).words
    assert "Speed: C0 (a topic of words) holds, C1" in label
    assert label.endswith("Memory: C20 (hungry) false.")


def test_all_words_are_inside_a_tile_and_all_headings_above_them():
    figure = draw(verdicts(GROUPS))
    renderer = figure.canvas.get_renderer()
    assert [axes.get_title(loc="left") for axes in figure.axes] == list(GROUPS)
    for axes in figure.axes:
        tiles = [tile.get_window_extent(renderer) for tile in axes.patches]
        for text in axes.texts:
            box = text.get_window_extent(renderer)
            assert any(
                box.x0 >= t.x0 and box.x1 <= t.x1 and box.y0 >= t.y0 and box.y1 <= t.y1
                for t in tiles
            ), text.get_text()
    upper, lower = (axes.get_tightbbox(renderer) for axes in figure.axes)
    assert lower.y1 < upper.y0


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        ({}, "groups is empty"),
        ({"Speed": []}, "'Speed' has 0"),
        ({"Speed": [("C1", "fast", "holds")] * 7}, "'Speed' has 7"),
        ({"Speed": [("C1", "fast", "maybe")]}, "not 'maybe'"),
    ],
)
def test_what_it_cannot_draw_is_refused_in_one_sentence(groups, sentence):
    with pytest.raises(ValueError, match=sentence):
        verdicts(groups)
