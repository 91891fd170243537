"""An explorer's picture drawn by matplotlib, for where no kernel runs."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from adam_course.figures import style
from adam_course.figures.identity import LOOKS
from adam_course.figures.picture import Handle, Line, Map
from adam_course.figures.show import Picture as Shown
from adam_course.figures.show import png

HOW = "This is a still: run the cell in Jupyter, and it moves."


class Still(Shown):
    """A still of an explorer, which the live view finds by its class and hides."""

    def _repr_html_(self):
        return f'<div class="adam-still">{super()._repr_html_()}</div>'


def still(recipe, values):
    """Return the picture of an explorer at ``values``, to display: an image and words."""
    picture = recipe.picture(**values)
    figure = draw(picture)
    shown = "; ".join(
        f"{panel.title or panel.y.label}, {panel.y.label} against {panel.x.label or 'the same'}"
        for panel in picture.panels
    )
    return Still(
        png(figure),
        round(figure.get_figwidth() * style.DPI),
        f"{picture.words} {HOW}",
        f"Explorer, {recipe.name}: {shown}. Described below.",
    )


@style.styled
def draw(picture):
    """Return a matplotlib figure of a picture, with a run played to its end."""
    columns = [[p for p in picture.panels if p.column == c] for c in (0, 1, 2)]
    *above, below = columns if columns[1] else (columns[0], [])
    shape = max(column[0].aspect or 0 for column in above)
    height = max(3.0 * shape + 0.9, *(1.25 * len(column) + 0.8 for column in columns), 2.6)
    figure = Figure(
        figsize=(style.WIDTH, height + 1.8 * len(below)), dpi=style.DPI, layout="constrained"
    )
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(2, 1, height_ratios=(height, 1.8)) if below else None
    top = grid[0].subgridspec(1, len(above)) if below else figure.add_gridspec(1, len(above))
    places = [*top, grid[1]] if below else top
    for place, column in zip(places, [*above, below], strict=False):
        rows = place.subgridspec(len(column), 1)
        for row, panel in zip(rows, column, strict=True):
            _draw_panel(figure, figure.add_subplot(row), panel)
    return figure


def _draw_panel(figure, axes, panel):
    axes.set(xlim=(panel.x.low, panel.x.high), ylim=(panel.y.low, panel.y.high))
    axes.set(xlabel=panel.x.label, ylabel=panel.y.label)
    axes.set(xscale="log" if panel.x.log else "linear", yscale="log" if panel.y.log else "linear")
    axes.tick_params(which="minor", labelbottom=False, labelleft=False)
    axes.tick_params(labelbottom=bool(panel.x.label))
    axes.set_box_aspect(panel.aspect)
    if panel.x.whole:
        style.whole_steps(axes.xaxis)
    for layer in panel.layers:
        if isinstance(layer, Map):
            axes.grid(False)
            _draw_map(figure, axes, layer)
        elif isinstance(layer, Line):
            _draw_line(axes, layer)
        else:
            face = style.INK if layer.filled else "none"
            marks = {"color": style.INK, "markerfacecolor": face, "label": layer.label or "_"}
            marks |= {"markersize": 10, "markeredgecolor": "white" if layer.filled else style.INK}
            axes.plot(layer.x, layer.y, layer.marker, **marks)
    if isinstance(panel.hand, Handle):
        ring = {"color": style.INK, "markerfacecolor": "none", "markersize": 9}
        axes.plot(panel.hand.x, panel.hand.y, "o", **ring, clip_on=False)
    handles, labels = axes.get_legend_handles_labels()
    rows = -(-len(labels) // 3) if panel.legend else 0
    axes.set_title(panel.title, pad=6 + 13 * rows, fontsize=10)
    if rows:
        axes.legend(
            handles,
            [style.wrap(label) for label in labels],
            loc="lower left",
            bbox_to_anchor=(0, 1),
            borderaxespad=0.2,
            borderpad=0,
            ncols=min(3, len(labels)),
            columnspacing=1.2,
            fontsize=8.5,
        )


def _draw_map(figure, axes, layer):
    norm = (LogNorm if layer.log else Normalize)(layer.low, layer.high)
    values = np.clip(layer.values, layer.low, layer.high)
    rows, columns = values.shape
    if layer.smooth:
        space = np.geomspace if layer.log else np.linspace
        levels = space(layer.low, layer.high, 11)
        x, y = np.linspace(*axes.get_xlim(), columns), np.linspace(*axes.get_ylim(), rows)
        axes.contourf(x, y, values, levels, cmap=style.GROUND, norm=norm)
        axes.contour(x, y, values, levels[1:-1], colors="white", linewidths=0.7)
        return
    axes.patch.set(hatch="////", edgecolor="#9a9a9a")
    # Cells are evenly spaced on the page, also where an axis is logarithmic.
    page = {"transform": axes.transAxes, "norm": norm, "cmap": "viridis"}
    edges = np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1)
    painted = axes.pcolormesh(*edges, np.ma.masked_invalid(values), **page)
    limits = axes.get_xlim(), axes.get_ylim()
    figure.colorbar(painted, ax=axes, label=layer.label, location="top", aspect=30, pad=0.02)
    axes.set(xlim=limits[0], ylim=limits[1])


def _draw_line(axes, layer):
    look = {"color": "#9a9a9a", "linestyle": "-", "linewidth": 1.2}
    if layer.look is not None:
        look = LOOKS[layer.look].line
    if layer.markers:
        look |= {"markevery": -(-len(layer.x) // 30) or 1, "markersize": 4}
        look |= {"markeredgecolor": "white", "markeredgewidth": 0.4}
    else:
        look["marker"] = None
    axes.plot(layer.x, layer.y, label=layer.label or "_", **look)
