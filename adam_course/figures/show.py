"""Put a figure into a notebook with its caption, its alt text, and what plays it on a page."""

import sys
from base64 import b64encode
from html import escape

from adam_course.figures.picture import Picture, packed, stored


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
        alt = figure.words if isinstance(figure, Picture) else figure.get_label()
    if not alt.strip() or not caption.strip():
        raise ValueError("show: a figure needs a caption and an alt text, and one is empty.")
    display(Shown(html(figure, caption, alt, autoplay=autoplay), f"{alt}\n{caption}"))
    if "matplotlib.pyplot" in sys.modules and not isinstance(figure, Picture):
        sys.modules["matplotlib.pyplot"].close(figure)


def display_both(stored, widget):
    """Display what is stored of a widget, and then its live view, which hides it.

    They are two outputs and not two formats of one: a reopened notebook has a live view without a
    kernel behind it, and JupyterLab would show an error in the place of what is stored.
    """
    from IPython.display import display

    bundle, metadata = widget._repr_mimebundle_()
    bundle.pop("text/plain")
    display(stored)
    display(bundle, metadata=metadata, raw=True)


def html(figure, caption, alt=None, *, autoplay=False, also="", explorer=None, live=True):
    """Return a figure as HTML: its image, its caption, and its data for the front end.

    Args:
        figure, caption, alt, autoplay: as in `show`; without an alt, the caption says it all.
        also: a class of the figure beside "adam-figure".
        explorer: the declaration of the explorer whose picture this is.
        live: bring the front end along; a page that loads it once for all figures needs it not.
    """
    from adam_course.figures import front, renderer  # here, because matplotlib takes a second

    image, data, script = figure, "", ""
    if isinstance(figure, Picture):
        image = renderer.draw(figure)
        data = f' data-picture="{stored(figure)}"' + " data-autoplay" * autoplay
        data += f' data-explorer="{packed(explorer)}"' if explorer else ""
        script = f'<script type="module" class="adam-front">{front.for_pages()}</script>' * live
    width = round(image.get_figwidth() * renderer.DPI)
    source = b64encode(renderer.png(image)).decode()
    return (
        f'<figure class="{f"adam-figure {also}".strip()}" style="margin: 0.5em 0"{data}>'
        f'<img alt="{escape(caption if alt is None else alt)}" width="{width}" '
        'style="max-width: 100%; height: auto; background: white; border-radius: 4px" '
        f'src="data:image/png;base64,{source}">'
        f'<figcaption style="margin-top: 0.3em">{escape(caption)}</figcaption>{script}</figure>'
    )
