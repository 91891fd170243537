"""An explorer's picture as it is stored: an image, its words, and what plays it on a page."""

from adam_course.figures.show import Shown, html

HOW = "Run this cell in Jupyter to change its numbers."


def still(recipe, values):
    """Return the picture of an explorer at ``values``, to display.

    The live view finds it by its class, adam-still, and hides it.
    """
    picture = recipe.picture(**values)
    panels = "; ".join(
        f"{panel.title or panel.y.label}, {panel.y.label} against {panel.x.label or 'the same'}"
        for panel in picture.panels
    )
    alt = f"Explorer, {recipe.name}: {panels}. Described below."
    caption = f"{picture.words} {HOW}"
    return Shown(html(picture, caption, alt, also="adam-still"), f"{alt}\n{caption}")
