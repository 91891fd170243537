"""The course's look: restrained, and no curve is told from another by its colour alone."""

import textwrap
from functools import wraps

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, LogNorm, to_rgb
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import LogFormatterMathtext, LogLocator, MaxNLocator, NullLocator

WIDTH = 6.8  # inches
DPI = 90  # pixels per inch on the page
SHARPNESS = 1.5  # the PNG's pixels per page pixel, for dense screens; 2 doubles a notebook's size
INK, QUIET, HAIR = "#222222", "#6b6b6b", "#e4e4e4"
#: A start, or a place that can be dragged.
RING = {"color": INK, "markersize": 9, "markerfacecolor": "none"}
#: A minimum: light on a dark path, dark-rimmed on pale ground, with a halo between rim and path.
STAR = {"color": "white", "markersize": 12, "markeredgecolor": INK, "markeredgewidth": 1.2}
STAR["path_effects"] = [withStroke(linewidth=3.6, foreground="white")]

#: Ground of contour maps: dark is low, and pale enough for every path to stand out.
GROUND = LinearSegmentedColormap.from_list("ground", ["#a9bccd", "#d5dfe8", "#f8fafb"])
#: Grounds of tiles, by what was found.
TILES = {"good": "#bfe5d4", "mixed": "#fbeec7", "bad": "#f3cdbb", "open": "#e6e6e6"}

RC = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so the same on every machine
    "font.size": 10,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "axes.facecolor": "white",
    "axes.edgecolor": "#9a9a9a",
    "axes.labelcolor": INK,
    "axes.labelsize": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": HAIR,
    "grid.linestyle": "-",
    "grid.linewidth": 0.7,
    "hatch.color": "#9a9a9a",
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "lines.linewidth": 1.8,
    "lines.markersize": 4.5,
    "text.color": INK,
    "xtick.color": "#9a9a9a",
    "xtick.labelcolor": QUIET,
    "xtick.labelsize": 9,
    "xtick.minor.size": 0,
    "ytick.color": "#9a9a9a",
    "ytick.labelcolor": QUIET,
    "ytick.labelsize": 9,
    "ytick.minor.size": 0,
}


def styled(function):
    """Run ``function`` under the course's settings, and leave matplotlib's own as they were."""

    @wraps(function)
    def run(*args, **kwargs):
        with matplotlib.rc_context(RC):
            return function(*args, **kwargs)

    return run


def text_colour(colour):
    """Return ``colour`` darkened until text in it reads well on white (contrast of 4.5 to 1)."""
    rgb = np.array(to_rgb(colour))
    while _luminance(rgb) > 1.05 / 4.5 - 0.05:
        rgb *= 0.95
    return tuple(rgb)


def _luminance(rgb):
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


def wrap(label):
    """Break a long label into lines of at most 24 characters."""
    lines = [textwrap.fill(line, 24) for line in str(label).splitlines()]
    return "\n".join(lines)


def blank_figure(height, **options):
    """Return a figure made without pyplot, ``height`` inches high."""
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, **options)
    FigureCanvasAgg(figure)
    return figure


def new_figure(heights, axes=True):
    """Return a figure and its rows of axes over one x axis, each so many inches high.

    ``axes``: leave room for their labels.
    """
    below, above = (0.55, 0.16) if axes else (0.02, 0.3)
    height = sum(heights) if len(heights) == 1 else sum(heights) + 0.71
    figure = blank_figure(height)
    options = {"height_ratios": heights, "sharex": True, "squeeze": False}
    rows = figure.subplots(len(heights), 1, **options)[:, 0]
    figure.subplots_adjust(
        bottom=below / height, top=1 - above / height, hspace=0.16 if axes else 0.36
    )
    return figure, rows


def whole_steps(axis):
    """Put the ticks of an axis that counts steps on whole, round numbers."""
    axis.set_major_locator(MaxNLocator(7, integer=True, steps=[1, 2, 5, 10]))


def short_powers(axis):
    """Put the ticks of a short log axis on 1, 2 and 5 times a power of ten, as the front does."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_locator(NullLocator())


def side_legend(figure, axes):
    """Put a legend of what ``axes`` show on the right of the figure; return its width in inches."""
    handles, labels = axes.get_legend_handles_labels()
    legend = figure.legend(
        handles,
        [wrap(label) for label in labels],
        loc="upper right",
        bbox_to_anchor=(1 - 0.06 / WIDTH, figure.subplotpars.top),
        borderaxespad=0,
        borderpad=0,
        handlelength=2.6,
        labelspacing=0.7,
    )
    return legend.get_window_extent(figure.canvas.get_renderer()).width / figure.dpi + 0.3


def legend_above(axes, title, legend):
    """Put a title above the axes, and between them a legend of what they show."""
    handles, labels = axes.get_legend_handles_labels()
    rows = -(-len(labels) // 3) if legend else 0
    axes.set_title(title, pad=6 + 13 * rows, fontsize=10)
    if rows:
        axes.legend(
            handles,
            [wrap(label) for label in labels],
            loc="lower left",
            bbox_to_anchor=(0, 1),
            borderaxespad=0.2,
            borderpad=0,
            ncols=min(3, len(labels)),
            columnspacing=1.2,
            fontsize=8.5,
        )


def fit(figure):
    """Set the left and right margins so that no label is cut off."""
    boxes = [(axes.bbox, _room(axes)) for axes in figure.axes]
    left = max(inner.x0 - outer.x0 for inner, outer in boxes) + 9
    right = max(outer.x1 - inner.x1 for inner, outer in boxes) + 9
    figure.subplots_adjust(left=left / figure.bbox.width, right=1 - right / figure.bbox.width)


def _room(axes):
    """Return the box, in pixels, of the axes with their labels; leaves out ticks nobody needs."""
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        if axis.get_scale() == "log" and high >= 100 * low:  # powers of ten are enough
            axis.set_minor_locator(NullLocator())
    return axes.get_tightbbox(axes.figure.canvas.get_renderer())


def new_map():
    """Return a figure made without pyplot, the axes of a map and those of its colour bar."""
    figure = blank_figure(WIDTH)
    axes, bar = figure.add_axes((0.1, 0.1, 0.5, 0.8)), figure.add_axes((0.7, 0.1, 0.02, 0.8))
    for each in (axes, bar):
        each.grid(False)
    axes.locator_params(nbins=6)
    return figure, axes, bar


def colour_bar(figure, painted, bar, words):
    """Draw the colour bar of a map, with a tick at each power of ten if its scale is log."""
    figure.colorbar(painted, cax=bar, label=words)
    if isinstance(painted.norm, LogNorm):
        few = painted.norm.vmax < 100 * painted.norm.vmin
        bar.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if few else (1,)))
        bar.yaxis.set_major_formatter("{x:g}" if few else LogFormatterMathtext())
    bar.yaxis.set_minor_locator(NullLocator())
    bar.spines["outline"].set_visible(False)


def fit_map(figure, axes, bar, ratio):
    """Give a map what room its labels, colour bar and legend leave; ratio: height over width."""
    left = (axes.bbox.x0 - _room(axes).x0) / figure.dpi + 0.08
    thick, overhang = 0.12, (_room(bar).x1 - bar.bbox.x1) / figure.dpi
    right = 0.12 + thick + overhang + side_legend(figure, axes)
    below, above = 0.55, 0.38 if axes.get_title(loc="left") else 0.12
    width = min(WIDTH - left - right, 4.3, 4.3 / ratio)
    height = width * ratio
    total = height + below + above
    figure.set_size_inches(WIDTH, total)
    axes.set_position((left / WIDTH, below / total, width / WIDTH, height / total))
    x = left + width + 0.12
    bar.set_position((x / WIDTH, below / total, thick / WIDTH, height / total))
    (legend,) = figure.legends
    legend.set(loc="upper left")
    legend.set_bbox_to_anchor(((x + thick + overhang + 0.2) / WIDTH, 1 - above / total))


def label_ends(axes):
    """Write each labelled line's label beside its last visible point, without overlaps."""
    axes.get_xlim(), axes.get_ylim()  # settles the limits
    to_points = 72 / axes.figure.dpi
    ends = [(line, _last_visible(axes, line)) for line in axes.get_lines()[::-1]]
    ends = [(line, end) for line, end in ends if end and not line.get_label().startswith("_")]
    ends.sort(key=lambda item: item[1][1])  # upwards; of two at one height, the first is on top
    labels = [wrap(line.get_label()) for line, _ in ends]
    heights = [11.5 * (label.count("\n") + 1) for label in labels]
    x, wanted = np.reshape([end for _, end in ends], (-1, 2)).T * to_points
    got = spread(wanted, heights, axes.bbox.y0 * to_points, axes.bbox.y1 * to_points)
    moved = np.abs(got - wanted) > 3
    for i, (line, end) in enumerate(ends):
        leader = {"arrowstyle": "-", "linewidth": 0.7, "shrinkA": 2, "shrinkB": 2}
        leader |= {"color": line.get_color(), "relpos": (0, 0.5)}
        axes.annotate(
            labels[i],
            axes.transData.inverted().transform(end),
            (14 if moved[np.abs(x - x[i]) < 1].any() else 6, got[i] - wanted[i]),
            textcoords="offset points",
            color=text_colour(line.get_color()),
            fontsize=9.5,
            verticalalignment="center",
            linespacing=1.0,
            annotation_clip=False,
            arrowprops=leader if moved[i] else None,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )


def spread(wanted, heights, low, high):
    """Return heights on the page, nearest to those wanted, at which labels do not overlap.

    Args:
        wanted: where each label's middle should be, ascending. heights: of each label.
        low, high: between which they should stay if there is room.
    """
    if not len(wanted):
        return np.array([])
    heights = np.asarray(heights, dtype=float)
    stacked = np.append(0, np.cumsum((heights[1:] + heights[:-1]) / 2))
    # Take the labels' own heights out; then "no overlap" means "ascending", and the nearest
    # ascending numbers are found by averaging neighbours that are in the wrong order.
    blocks = []
    for value in np.asarray(wanted, dtype=float) - stacked:
        blocks.append([value])
        while len(blocks) > 1 and np.mean(blocks[-2]) > np.mean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    free = np.concatenate([np.full(len(block), np.mean(block)) for block in blocks])
    free = np.maximum(np.minimum(free, high - heights[-1] / 2 - stacked[-1]), low + heights[0] / 2)
    return free + stacked


def _last_visible(axes, line):
    """Return where a line ends or leaves the axes, (x, y) in pixels; None if it is never seen."""
    xy = np.column_stack(line.get_data()).astype(float)
    box = axes.bbox
    with np.errstate(all="ignore"):
        pixels = axes.transData.transform(xy)
        pixels[~np.isfinite(xy).all(axis=1)] = np.nan
        seen = ((pixels >= box.min - 1) & (pixels <= box.max + 1)).all(axis=1)
    if not seen.any():
        return None
    last = np.flatnonzero(seen)[-1]
    end = pixels[last]
    if last + 1 < len(xy) and np.isfinite(pixels[last + 1]).all():
        way = pixels[last + 1] - end
        edges = np.where(way > 0, box.max, box.min)[way != 0]
        end = end + way * ((edges - end[way != 0]) / way[way != 0]).clip(0, 1).min()
    return tuple(end)
