"""The strip of verdicts says each of them in words, inside its tile, and knows only four."""

import pytest

from adam_course.figures import verdicts
from adam_course.figures.verdicts import LOOKS

GROUPS = {
    "Speed": [(f"C{i}", "a topic of words", word) for i, word in enumerate(LOOKS)],
    "Memory": [("C20", "hungry", "false")],
}


def test_every_tile_says_its_verdict_with_a_word_and_a_mark():
    texts = [text.get_text() for text in verdicts(GROUPS).axes[0].texts]
    for word, (mark, _) in LOOKS.items():
        tiles = sum(verdict == word for group in GROUPS.values() for *_, verdict in group)
        assert texts.count(word) == texts.count(mark) == tiles


def test_the_description_says_what_the_picture_shows():
    label = verdicts(GROUPS).get_label()
    assert "Speed: C0 (a topic of words) holds, C1" in label
    assert label.endswith("Memory: C20 (hungry) false.")


def test_all_words_are_inside_a_tile_or_above_one():
    figure = verdicts(GROUPS)
    axes = figure.axes[0]
    renderer = figure.canvas.get_renderer()
    tiles = [tile.get_window_extent(renderer) for tile in axes.patches]
    for text in axes.texts:
        box = text.get_window_extent(renderer)
        inside = [
            box.x0 >= t.x0 and box.x1 <= t.x1 and box.y0 >= t.y0 and box.y1 <= t.y1 for t in tiles
        ]
        assert any(inside) or text.get_text() in GROUPS, text.get_text()


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
