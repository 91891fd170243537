"""Put a figure into a notebook with its caption, its alt text, and what plays it on a page."""

import io
import sys
from base64 import b64encode
from html import escape

from matplotlib.figure import Figure

from adam_course.figures import front, renderer
from adam_course.figures.picture import stored
from adam_course.figures.style import DPI, SHARPNESS, styled


class Shown:
    """A displayed figure: HTML in a notebook, its words alone in a terminal."""

    def __init__(self, page, words):
        self.page, self.words = page, words

    def __repr__(self):
        return self.words

    def _repr_html_(self):
        return self.page


def show(figure, caption, alt=None, *, autoplay=False):
    """Display a figure with its caption; returns None, so that a cell may end with it.

    Args:
        figure: a `Picture`, which is live where a page runs its scripts, or a matplotlib Figure;
            one made with pyplot is closed, so that it shows only once.
        caption: one visible sentence that says what to see.
        alt: what the picture shows, for those who do not see it; None for the picture's words.
        autoplay: play the run as soon as it is in view, unless the reader wants no motion.

    Raises:
        ValueError: there is neither an alt text nor a description, or no caption.
    """
    from IPython.display import display  # here, because tests and scripts draw without it

    if alt is None:
        alt = figure.get_label() if isinstance(figure, Figure) else figure.words
    if not alt.strip() or not caption.strip():
        raise ValueError("show: a figure needs a caption and an alt text, and one is empty.")
    display(Shown(html(figure, caption, alt, autoplay=autoplay), f"{alt}\n{caption}"))
    if "matplotlib.pyplot" in sys.modules and isinstance(figure, Figure):
        sys.modules["matplotlib.pyplot"].close(figure)


def html(figure, caption, alt=None, *, autoplay=False, also="", live=True):
    """Return a figure as HTML: its image, its caption, and its data for the front end.

    Args:
        figure, caption, alt, autoplay: as in `show`; without an alt, the caption says it all.
        also: a class of the figure beside "adam-figure".
        live: bring the front end along; a page that loads it once for all figures needs it not.
    """
    if isinstance(figure, Figure):
        image, data, script = figure, "", ""
    else:
        image = renderer.draw(figure)
        data = f' data-picture="{stored(figure)}"' + " data-autoplay" * autoplay
        script = f'<script type="module" class="adam-front">{front.for_pages()}</script>' * live
    width = round(image.get_figwidth() * DPI)
    source = b64encode(png(image)).decode()
    return (
        f'<figure class="{f"adam-figure {also}".strip()}" style="margin: 0.5em 0"{data}>'
        f'<img alt="{escape(caption if alt is None else alt)}" width="{width}" '
        'style="max-width: 100%; height: auto; background: white; border-radius: 4px" '
        f'src="data:image/png;base64,{source}">'
        f'<figcaption style="margin-top: 0.3em">{escape(caption)}</figcaption>{script}</figure>'
    )


@styled
def png(figure):
    """Return a `Picture` or a matplotlib Figure as the bytes of a PNG, the same every time."""
    figure = figure if isinstance(figure, Figure) else renderer.draw(figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI * SHARPNESS, metadata={"Software": None})
    return buffer.getvalue()
