"""An explorer's picture as it is stored: an image, its words, and what plays it on a page."""

from adam_course.figures.show import Shown, html

HOW = "Run this cell in Jupyter to change its numbers."


def still(recipe, values, shown, presets, *, how=HOW, live=True):
    """Return the picture of an explorer at ``values``, to display.

    Args:
        shown, presets: as in `Recipe.declaration`, for a page that can make it live.
        how: says where its numbers can be changed. live: as in `html`.

    A notebook's live view finds it by its class, adam-still, and hides it.
    """
    picture = recipe.picture(**values)
    panels = "; ".join(
        f"{panel.title or panel.y.label}, {panel.y.label} against {panel.x.label or 'the same'}"
        for panel in picture.panels
    )
    alt = f"Explorer, {recipe.name}: {panels}. Described below."
    caption = f"{picture.words} {how}"
    explorer = recipe.declaration(values, shown, presets)
    page = html(picture, caption, alt, also="adam-still", explorer=explorer, live=live)
    return Shown(page, f"{alt}\n{caption}")
