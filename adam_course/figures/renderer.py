"""A picture drawn by matplotlib: the images of lessons, and the stills of explorers.

Lines have their labels at their ends where there is one column of panels, and above where there
are two; a map alone has its colour bar and its legend at its side.
"""

import io

import numpy as np
from matplotlib.colors import LogNorm, Normalize
from matplotlib.patches import FancyBboxPatch, Rectangle
from PIL import Image

from adam_course.figures import style
from adam_course.figures.identity import LOOKS
from adam_course.figures.picture import Handle, Line, Map, Picture, Tiles
from adam_course.figures.style import DPI

ROW, TILES = 1.22, 0.78  # inches
CASING = "casing"  # what tells the white line under a path from a path


@style.styled
def draw(picture, step=None):
    """Return the matplotlib figure of a `Picture`.

    Args:
        step: how far the run is played; None for its end.
    """
    panels = picture.panels
    if len({panel.column for panel in panels}) > 1:
        return _side_by_side(panels, step)
    if len(panels) == 1 and any(isinstance(layer, Map) for layer in panels[0].layers):
        return _map(panels[0], step)
    return _stacked(panels, step)


@style.styled
def png(figure):
    """Return a `Picture` or a matplotlib Figure as the bytes of a PNG, the same every time."""
    figure = draw(figure) if isinstance(figure, Picture) else figure
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI * style.SHARPNESS, metadata={"Software": None})
    # 256 colours look the same here, and take a third of the bytes.
    image = Image.open(buffer).convert("RGB").quantize(256, dither=0)
    small = io.BytesIO()
    image.save(small, "PNG", optimize=True)
    return small.getvalue()


def _map(panel, step):
    """Return the figure of one map, as large as its labels, its bar and its legend let it be."""
    figure, axes, bar = style.new_map()
    painted, label = _draw_panel(axes, panel, step)
    axes.set_title(panel.title)
    style.colour_bar(figure, painted, bar, label)
    style.fit_map(figure, axes, bar, panel.aspect or 0.9)
    return figure


def _stacked(panels, step):
    """Return the figure of panels above each other, with the labels of lines at their ends."""
    heights = [3.4 if len(panels) == 1 else ROW if panel.axes else TILES for panel in panels]
    heights = [h + 0.28 * bool(panel.title) for h, panel in zip(heights, panels, strict=True)]
    figure, rows = style.new_figure(heights, axes=panels[-1].axes)
    for axes, panel in zip(rows, panels, strict=True):
        _draw_panel(axes, panel, step)
        axes.set_title(panel.title)
    figure.align_ylabels()
    for axes in rows:
        style.label_ends(axes)
    if panels[-1].axes:
        style.fit(figure)
    else:
        figure.subplots_adjust(left=0.01, right=0.99)
    return figure


def _side_by_side(panels, step):
    """Return the figure of panels in two columns, and one below both if there is a third."""
    columns = [[panel for panel in panels if panel.column == column] for column in (0, 1, 2)]
    *above, below = columns
    shape = max(column[0].aspect or 0 for column in above)
    height = max(3.0 * shape + 0.9, *(1.25 * len(column) + 0.8 for column in above), 2.6)
    figure = style.blank_figure(height + 1.8 * len(below), layout="constrained")
    grid = figure.add_gridspec(2, 1, height_ratios=(height, 1.8)) if below else None
    top = grid[0].subgridspec(1, 2) if below else figure.add_gridspec(1, 2)
    places = [*top, *([grid[1]] if below else [])]
    for place, column in zip(places, columns, strict=False):
        rows = place.subgridspec(len(column), 1)
        for row, panel in zip(rows, column, strict=True):
            axes = figure.add_subplot(row)
            painted, label = _draw_panel(axes, panel, step)
            axes.set_box_aspect(panel.aspect)
            if painted and not _surface(panel):
                bar = {"location": "top", "aspect": 30, "pad": 0.02}
                figure.colorbar(painted, ax=axes, label=label, **bar)
            style.legend_above(axes, panel.title, panel.legend)
    return figure


def _surface(panel):
    return any(isinstance(layer, Map) and layer.smooth for layer in panel.layers)


def _draw_panel(axes, panel, step):
    """Draw what is on a panel; return the colours of its map and their label, or None twice."""
    axes.set(xscale="log" if panel.x.log else "linear", yscale="log" if panel.y.log else "linear")
    axes.set(xlim=(panel.x.low, panel.x.high), ylim=(panel.y.low, panel.y.high))
    axes.set(xlabel=panel.x.label, ylabel=panel.y.label)
    axes.tick_params(which="minor", labelbottom=False, labelleft=False)
    axes.tick_params(labelbottom=bool(panel.x.label))
    if panel.x.whole:
        style.whole_steps(axes.xaxis)
    for axis, ends in ((axes.xaxis, panel.x), (axes.yaxis, panel.y)):
        if ends.log and ends.high < 30 * ends.low:
            style.short_powers(axis)
    axes.set_axis_on() if panel.axes else axes.set_axis_off()
    painted, label = None, None
    surface = _surface(panel)
    for layer in panel.layers:
        if isinstance(layer, Map):
            axes.grid(False)
            painted, label = (
                (_draw_surface if layer.smooth else _draw_cells)(axes, layer),
                layer.label,
            )
        elif isinstance(layer, Line):
            _draw_line(axes, layer, step, surface)
        elif isinstance(layer, Tiles):
            for tile in layer.tiles:
                _draw_tile(axes, tile)
        else:
            _draw_points(axes, layer)
    if isinstance(panel.hand, Handle):
        axes.plot(panel.hand.x, panel.hand.y, "o", **style.RING, clip_on=False)
    return painted, label


def _norm(layer):
    return (LogNorm if layer.log else Normalize)(layer.low, layer.high)


def _draw_surface(axes, layer):
    space = np.geomspace if layer.log else np.linspace
    levels = space(layer.low, layer.high, 11)
    rows, columns = layer.values.shape
    x, y = np.linspace(*axes.get_xlim(), columns), np.linspace(*axes.get_ylim(), rows)
    values = np.clip(layer.values, layer.low, layer.high)
    painted = axes.contourf(x, y, values, levels, cmap=style.GROUND, norm=_norm(layer))
    axes.contour(x, y, values, levels[1:], colors="white", linewidths=0.7, linestyles="-")
    return painted


def _draw_cells(axes, layer):
    limits = axes.get_xlim(), axes.get_ylim()
    rows, columns = layer.values.shape
    edges, place = layer.edges, {}
    if edges is None:  # evenly spaced on the page, also where an axis is logarithmic
        edges = np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1)
        place = {"transform": axes.transAxes}
    missing = ~np.isfinite(layer.values)
    if missing.any():
        hatched = {"facecolor": "white", "hatch": "////", "edgecolor": "#9a9a9a", "linewidth": 0}
        whole = {"transform": axes.transAxes, "zorder": 0, "label": "diverged"}
        axes.add_patch(Rectangle((0, 0), 1, 1, **whole, **hatched))
    values = np.ma.array(np.clip(layer.values, layer.low, layer.high), mask=missing)
    painted = axes.pcolormesh(*edges, values, norm=_norm(layer), cmap="viridis", **place)
    axes.set(xlim=limits[0], ylim=limits[1])
    return painted


def _draw_line(axes, layer, step, on_map):
    """Draw a line as far as it has grown at ``step``; on a map it is cased in white."""
    count = len(layer.x)
    if step is not None and layer.first is not None:
        count = min(count, max(0, (step - layer.first) // layer.every + 1))
    quiet = {"color": "#9a9a9a", "linewidth": 1.2}
    look = quiet if layer.look is None else LOOKS[layer.look].line
    x, y = layer.x[:count], layer.y[:count]
    if on_map:
        axes.plot(x, y, color="white", linewidth=3.6, gid=CASING)
        look |= {"linewidth": 1.6}
    if layer.markers:
        look |= {"markevery": -(-len(layer.x) // 30) or 1, "markersize": 4.5}
        look |= {"markeredgecolor": "white", "markeredgewidth": 0.4} if on_map else {}
    else:
        look["marker"] = None
    axes.plot(x, y, label=layer.label or "_", **look)


def _draw_points(axes, layer):
    if layer.marker == "*":
        look = style.STAR
    elif layer.filled:
        look = {"color": style.INK, "markersize": 12, "markeredgecolor": "white"}
        look["markeredgewidth"] = 0.7
    else:
        look = style.RING
    axes.plot(layer.x, layer.y, layer.marker, linestyle="", label=layer.label or "_", **look)


def _draw_tile(axes, tile):
    """Draw one tile: its name and mark above, its text in the middle, its verdict below."""
    box = {"boxstyle": "round,pad=0,rounding_size=0.04", "linewidth": 0.7, "edgecolor": "#9a9a9a"}
    at = (tile.x, tile.y)
    box["facecolor"] = style.TILES[tile.ground]
    axes.add_patch(FancyBboxPatch(at, tile.width, tile.height, **box))
    left, right = tile.x + 0.06 * tile.width, tile.x + 0.94 * tile.width
    rows = [tile.y + share * tile.height for share in (0.93, 0.69, 0.08)]
    axes.text(left, rows[0], tile.name, fontweight="bold", va="top")
    axes.text(right, rows[0] + 0.02, tile.mark, fontsize=13, ha="right", va="top")
    axes.text(left, rows[1], "\n".join(tile.text), fontsize=8, va="top", linespacing=1.1)
    axes.text(left, rows[2], tile.verdict, fontsize=9, fontstyle="italic", va="bottom")
