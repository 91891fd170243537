"""Figures show the numbers they were given, say them in words, and are readable by everyone."""

import gzip
import json
import subprocess
import sys
from base64 import b64decode
from functools import cache
from html.parser import HTMLParser
from itertools import combinations

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.text import Annotation, Text

from adam_course import descend, figures
from adam_course.figures import style
from adam_course.figures.identity import LOOKS, SERIES
from adam_course.figures.renderer import draw, png
from adam_course.figures.show import html
from adam_course.optimizers import Adam, GradientDescent, Momentum, exactly_orthogonalized
from adam_course.problems import Bowl, Cubic, DigitsSoftmax, Himmelblau, Regression, Rosenbrock

BOWL, CUBIC, VALLEY = Bowl(10), Cubic(), Rosenbrock()
ADAM = descend(VALLEY, Adam(0.05), steps=60, states=True)
PLAIN = descend(VALLEY, GradientDescent(1e-3), steps=60)
RUNS = {"Adam": ADAM, "gradient descent": PLAIN}
CUBIC_RUN = descend(CUBIC, Adam(0.05), steps=100)
RISING = descend(BOWL, GradientDescent(3.0), steps=60)
BATCH = descend(BOWL, Adam(np.array([[0.1], [0.2]])), steps=2)
RATES, BETAS = np.geomspace(1e-4, 1e-1, 7), np.geomspace(1e-3, 0.5, 5)
FINAL = descend(
    VALLEY, Momentum(RATES[None, :, None], 1 - BETAS[:, None, None]), steps=50, every=50
).losses[-1]
WORDS = {"xlabel": "lr", "ylabel": "1 − momentum", "label": "loss after 50 steps"}

DRAW = {
    "contour": lambda: figures.contour(VALLEY, RUNS, title="Two ways down"),
    "contour, many minima": lambda: figures.contour(Himmelblau()),
    "contour, wide": lambda: figures.contour(BOWL, RISING, window=((-5, 5), (-1, 3))),
    "contour, long labels": lambda: figures.contour(
        BOWL, {f"{name}, which has a rather long label": RISING for name in "abcde"}
    ),
    "contour, regression": lambda: figures.contour(Regression()),
    "losses": lambda: figures.losses(RUNS),
    "losses, linear": lambda: figures.losses(RUNS, log=False),
    "losses, diverging": lambda: figures.losses({"high": RISING, "low": PLAIN}),
    "directions": lambda: figures.directions({"G": [[3, 2], [1, 2]], "Adam": np.ones((2, 2))}),
    "microscope": lambda: figures.microscope(ADAM, 1),
    "lines": lambda: figures.lines([1, 2, 3], {"a": [1, 2, 3]}, xlabel="x", ylabel="y"),
    "heat map": lambda: figures.heat_map(FINAL, RATES, BETAS, **WORDS),
}


@cache
def drawn(name):
    return DRAW[name]()


def line(axes, label):
    (found,) = [each for each in axes.get_lines() if each.get_label() == label]
    return found


def data(axes, label):
    return np.transpose(line(axes, label).get_data())


def labels_at_ends(axes):
    return [text for text in axes.texts if isinstance(text, Annotation)]


def words_only(text):
    """The box of an annotation's words, without its leader."""
    renderer = text.figure.canvas.get_renderer()
    text.update_positions(renderer)
    return Text.get_window_extent(text, renderer)


# --- the numbers ---------------------------------------------------------------------------------


def test_a_map_draws_every_point_of_a_path_and_the_minimum():
    axes = draw(figures.contour(VALLEY, RUNS, title="Two ways down")).axes[0]
    assert axes.get_title(loc="left") == "Two ways down"
    for label, run in RUNS.items():
        assert np.array_equal(data(axes, label), run.thetas)
    assert data(axes, "start").tolist() == [[-1.2, 1.0]]
    assert data(axes, "minimum").tolist() == [[1.0, 1.0]]
    assert (axes.get_xlim(), axes.get_ylim()) == VALLEY.window
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x", "y")


def test_the_ground_of_a_map_is_darker_where_the_loss_is_lower():
    axes = draw(figures.contour(Bowl(1))).axes[0]
    figure, canvas = axes.figure, axes.figure.canvas
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., :3].sum(axis=-1)
    column, row = axes.transData.transform([(0.5, 0.5), (2, 2), (4.5, 4.5)]).T.astype(int)
    near, further, far = pixels[int(figure.bbox.height) - row, column].astype(int)
    assert near < further < far


def test_a_map_has_its_first_parameter_across_and_its_second_upwards():
    figure = draw(figures.contour(Bowl(20)))  # nearly flat across, steep upwards
    axes, canvas = figure.axes[0], figure.canvas
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[..., :3].sum(axis=-1)
    column, row = axes.transData.transform([(4.5, 0.6), (0.6, 4.5)]).T.astype(int)
    across, upwards = pixels[int(figure.bbox.height) - row, column].astype(int)
    assert across < upwards


def test_the_colours_of_a_map_leave_out_the_lowest_half_percent():
    for problem in (VALLEY, Bowl(10), Regression()):
        x, y = (np.linspace(*ends, 161) for ends in problem.window)
        above = problem.value(np.stack(np.meshgrid(x, y), axis=-1)) - problem.minimum
        norm = draw(figures.contour(problem)).axes[0].collections[0].norm
        assert norm.vmin == pytest.approx(np.quantile(above, 0.005))
        assert norm.vmax == pytest.approx(above.max())


class Flat:
    """A valley so flat that half a percent of its map is next to 0."""

    name, dimension, window = "flat valley", 2, ((-1, 1), (-1, 1))
    minimum, minimizers = 0.0, None

    def value(self, theta):
        return theta[..., 0] ** 8


def test_the_colours_of_a_flat_map_span_six_powers_of_ten_at_most():
    norm = draw(figures.contour(Flat())).axes[0].collections[0].norm
    assert (norm.vmin, norm.vmax) == pytest.approx((1e-6, 1.0))


def test_a_window_that_is_asked_for_is_drawn():
    axes = draw(figures.contour(BOWL, window=((-5, 4), (-1, 3)))).axes[0]
    assert (axes.get_xlim(), axes.get_ylim()) == ((-5, 4), (-1, 3))


def test_few_points_have_markers_and_of_many_some_on_a_map_and_none_in_a_chart():
    for steps, markers in ((29, "o"), (30, "None")):
        run = descend(BOWL, Adam(0.05), steps=steps)
        assert draw(figures.losses(run)).axes[0].get_lines()[0].get_marker() == markers
        path = line(draw(figures.contour(BOWL, run)).axes[0], "Adam")
        assert (path.get_marker(), path.get_markevery()) == ("o", 1 if steps == 29 else 2)


def test_a_map_keeps_circles_round():
    axes = draw(figures.contour(VALLEY, RUNS)).axes[0]
    (x0, y0), (x1, y1) = axes.transData.transform([(0, 0), (1, 1)])
    assert x1 - x0 == pytest.approx(y1 - y0)


@pytest.mark.parametrize(("height", "ratio"), [(4, 0.4), (30, 3.0), (2, 0.8), (40, 0.8)])
def test_a_map_that_would_be_too_flat_or_too_high_has_a_shape_of_its_own(height, ratio):
    figure = draw(figures.contour(BOWL, window=((-5, 5), (-1, height - 1))))
    width, total = figure.get_size_inches()
    box = figure.axes[0].get_position()
    assert box.height * total / (box.width * width) == pytest.approx(ratio)


def test_losses_are_drawn_above_the_minimum_against_the_step():
    axes = draw(figures.losses({"Adam": CUBIC_RUN}, minimum=CUBIC.minimum)).axes[0]
    expected = np.column_stack([CUBIC_RUN.t, CUBIC_RUN.losses - 22 / 27])
    assert np.array_equal(data(axes, "Adam"), expected)
    assert axes.get_yscale() == "log"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step t", "loss above 0.8148")


def test_losses_without_a_minimum_are_the_losses():
    axes = draw(figures.losses(RUNS, log=False)).axes[0]
    assert np.array_equal(data(axes, "gradient descent")[:, 1], PLAIN.losses)
    assert (axes.get_yscale(), axes.get_ylabel()) == ("linear", "loss")


def test_a_diverged_run_leaves_the_chart_instead_of_flattening_the_others():
    assert RISING.diverged_at
    for log, most in ((True, 30), (False, 2)):
        axes = draw(figures.losses({"low": PLAIN, "high": RISING}, log=log)).axes[0]
        assert np.array_equal(data(axes, "high (diverged)")[:, 1], RISING.losses)
        assert PLAIN.losses.max() < axes.get_ylim()[1] <= most * PLAIN.losses.max()
        low, high = labels_at_ends(axes)
        assert (low.get_text(), high.get_text()) == ("low", "high (diverged)")
        assert high.xy[1] == pytest.approx(axes.get_ylim()[1])  # where it leaves


def test_the_microscope_shows_the_states_of_one_parameter():
    g, mean, size, step = draw(figures.microscope(ADAM, 1)).axes
    expected = {
        (g, "g"): ADAM.gradients[:, 1],
        (mean, "m"): ADAM.states["m"][:, 1],
        (mean, "m̂"): ADAM.states["m_hat"][:, 1],
        (size, "√v"): np.sqrt(ADAM.states["v"][:, 1]),
        (size, "√v̂"): np.sqrt(ADAM.states["v_hat"][:, 1]),
        (step, "Adam"): np.abs(np.diff(ADAM.thetas[:, 1])),
        (step, "lr · |g|"): 0.05 * np.abs(ADAM.gradients[:, 1]),
    }
    for (axes, label), y in expected.items():
        assert np.array_equal(data(axes, label), np.column_stack([ADAM.t[1:], y])), label


def test_the_microscope_leaves_the_plain_step_out_when_the_rate_is_a_schedule():
    run = descend(VALLEY, Adam(lambda t: 0.1 / t), steps=5, states=True)
    labels = [each.get_label() for each in draw(figures.microscope(run)).axes[-1].get_lines()]
    assert labels == ["Adam"]
    plain = data(draw(figures.microscope(run, lr=0.5)).axes[-1], "lr · |g|")
    assert np.array_equal(plain[:, 1], 0.5 * np.abs(run.gradients[:, 0]))


def test_the_microscope_reads_a_small_rate_too():
    run = descend(VALLEY, Adam(1e-5), steps=5, states=True)
    plain = data(draw(figures.microscope(run)).axes[-1], "lr · |g|")
    assert np.array_equal(plain[:, 1], 1e-5 * np.abs(run.gradients[:, 0]))


def test_curves_apart_have_panels_of_one_scale_and_their_names_at_their_ends():
    x, curves = np.arange(3), {"up": np.array([0, 1, 2]), "level": np.array([2, 2, 2])}
    picture = figures.lines(x, curves, xlabel="t", ylabel="rate", apart=True)
    above, below = draw(picture).axes
    assert [axes.get_ylabel() for axes in (above, below)] == ["rate", "rate"]
    assert above.get_ylim() == below.get_ylim()
    assert (above.get_xlabel(), below.get_xlabel()) == ("", "t")
    for axes, y in zip((above, below), curves.values(), strict=True):
        (line,) = axes.get_lines()
        assert np.array_equal(line.get_ydata(), y)
        assert curves[axes.texts[0].get_text()] is y
    assert picture.words == figures.lines(x, curves, xlabel="t", ylabel="rate").words


def test_lines_are_what_was_given():
    x, y = np.array([1.0, 10.0, 100.0]), np.array([5.0, np.nan, 7.0])
    picture = figures.lines(x, {"a": y, "b": x}, xlabel="rate", ylabel="cost", xlog=True)
    (axes,) = draw(picture).axes
    assert np.array_equal(data(axes, "a"), np.column_stack([x, y]), equal_nan=True)
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("rate", "cost")
    assert "a: 5 at 1, 7 at 100. b: 1 at 1, 100 at 100." in picture.words


def test_a_matrix_makes_an_ellipse_of_the_circle_with_singular_values_as_half_axes():
    matrix = np.array([[3.0, 2.0], [1.0, 2.0]])
    picture = figures.directions({"G": matrix, "its sign": np.sign(matrix)})
    circle, ellipse, axes = picture.panels[0].layers
    np.testing.assert_allclose(circle.x**2 + circle.y**2, 1)
    np.testing.assert_allclose([ellipse.x, ellipse.y], matrix @ [circle.x, circle.y])
    lengths = np.hypot(ellipse.x, ellipse.y)
    singular = np.linalg.svd(matrix)[1]
    np.testing.assert_allclose([lengths.max(), lengths.min()], singular, rtol=1e-3)
    np.testing.assert_allclose(np.hypot(axes.x, axes.y), [singular[0], 0, singular[1]], atol=1e-6)
    assert "G: half axes of 4.131" in picture.words
    even = figures.directions({"G": matrix, "even": exactly_orthogonalized(matrix)}).panels[1]
    half = np.transpose([even.layers[2].x, even.layers[2].y])[[0, 2]]
    np.testing.assert_allclose(
        half * singular[:, None], np.transpose([axes.x, axes.y])[[0, 2]], atol=1e-5
    )
    for wrong in ({"G": matrix}, {"a": np.eye(3), "b": np.eye(3)}):
        with pytest.raises(ValueError, match="2 × 2"):
            figures.directions(wrong)


def test_a_heat_map_has_each_value_in_its_cell_and_a_star_on_the_lowest():
    assert np.isnan(FINAL).any()
    picture = figures.heat_map(FINAL, RATES, BETAS, **WORDS)
    axes, bar = draw(picture).axes
    (mesh,) = axes.collections
    shown = mesh.get_array().filled(np.nan).reshape(FINAL.shape)
    assert np.array_equal(shown, FINAL, equal_nan=True)
    corners = mesh.get_coordinates()
    for i, rate in enumerate(RATES):
        assert corners[0, i, 0] < rate < corners[0, i + 1, 0]
    for i, beta in enumerate(BETAS):
        assert corners[i, 0, 1] < beta < corners[i + 1, 0, 1]
    row, column = np.unravel_index(np.nanargmin(FINAL), FINAL.shape)
    (star,) = axes.get_lines()
    assert star.get_xydata().tolist() == [[RATES[column], BETAS[row]]]
    assert f"{np.isnan(FINAL).sum()} of 35 runs diverged" in picture.words
    assert f"Lowest {np.nanmin(FINAL):.4g} at lr = {RATES[column]:.4g}" in picture.words
    assert [patch.get_label() for patch in axes.patches] == ["diverged"]
    assert bar.get_ylabel() == "loss after 50 steps"
    assert not draw(figures.heat_map(FINAL, RATES, BETAS, best=False, **WORDS)).axes[0].get_lines()


def test_equal_values_of_a_heat_map_have_a_colour_scale_too():
    (mesh,) = (
        draw(figures.heat_map(np.full((2, 2), 3.0), [1, 2], [1, 2], **WORDS)).axes[0].collections
    )
    assert (mesh.norm.vmin, mesh.norm.vmax) == (3.0, 30.0)


def test_a_loss_of_0_has_the_lowest_colour_of_a_heat_map_and_no_hatching():
    values = [[0.0, 1.0], [2.0, 50.0]]
    (mesh,) = draw(figures.heat_map(values, [1, 2], [1, 2], **WORDS)).axes[0].collections
    assert mesh.get_array().min() == mesh.norm.vmin == 1.0


def test_beside_a_diverged_run_a_log_axis_begins_at_a_third_of_the_lowest_loss():
    axes = draw(figures.losses({"low": PLAIN, "high": RISING})).axes[0]
    assert axes.get_ylim()[0] == pytest.approx(min(PLAIN.losses.min(), RISING.losses[0]) / 3)


def test_a_loss_that_rounding_puts_below_the_minimum_can_be_drawn_on_a_log_axis():
    run = descend(BOWL, Adam(0.1), steps=3)
    assert figures.losses(run, minimum=run.losses.min() * (1 + 1e-15))


# --- the words -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DRAW)
def test_every_figure_describes_itself_and_labels_its_axes(name):
    picture = drawn(name)
    assert picture.words.startswith(
        ("Contour map of", "Graph of", "Line chart of", "Four line charts", "Heat map of")
    )
    figure = draw(picture)
    assert all(axes.get_ylabel() for axes in figure.axes)
    assert any(axes.get_xlabel() for axes in figure.axes)


def test_a_description_tells_where_each_run_starts_and_ends():
    words = figures.contour(VALLEY, ADAM).words
    x, y = ADAM.final
    start = "Adam: 60 steps from (−1.2, 1), loss 24.2, to "
    assert f"{start}({x:.4g}, {y:.4g}), loss {ADAM.losses[-1]:.4g}.".replace("-", "−") in words
    assert "Minimum 0 at (1, 1)." in words and "leaves" not in words
    words = figures.losses({"Adam": CUBIC_RUN}).words
    assert f"Adam: 2 at 0, {CUBIC_RUN.losses[-1]:.4g} at 100" in words
    lowest = CUBIC_RUN.losses.argmin()
    assert f"lowest {CUBIC_RUN.losses[lowest]:.4g} at {lowest}." in words


def test_a_description_tells_when_a_path_leaves_and_why_a_run_ended():
    words = figures.contour(BOWL, RISING).words
    outside = np.flatnonzero((np.abs(RISING.thetas) > 5).any(axis=1))[0]
    assert f"It leaves the window at step {outside}. {RISING.reason}" in words
    assert f"high: {RISING.reason}" in figures.losses({"high": RISING}).words


def test_a_description_does_not_quote_rounding_errors():
    picture = figures.lines([0, 1], {"a": [1.0, -3e-17]}, xlabel="x", ylabel="y")
    assert "a: 1 at 0, ≈0 at 1" in picture.words


def test_parameters_have_the_names_of_the_formula():
    figure = draw(figures.contour(Regression()))
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("w", "b")
    digits = DigitsSoftmax()
    run = descend(digits, Adam(0.1), steps=2, states=True)
    assert "for the parameter θ₁₂." in figures.microscope(run, 11).words


# --- the look ------------------------------------------------------------------------------------


def test_curves_differ_in_colour_line_style_and_marker():
    for one, other in combinations(SERIES.values(), 2):
        assert one.colour != other.colour
        assert one.dash != other.dash
        assert one.marker != other.marker
    curves = {str(i): [i, 1] for i in range(5)}
    shown = draw(figures.lines([0, 1], curves, xlabel="x", ylabel="y")).axes[0].get_lines()
    assert [each.get_color() for each in shown] == [SERIES[key].colour for key in "12345"]
    assert len({str(each._dash_pattern) for each in shown}) == 5


def test_a_figure_may_give_its_curves_looks_of_their_own():
    looks = {"a": "1", "b": "1 2", "c": "2 2"}
    picture = figures.lines(
        [0, 1], dict.fromkeys(looks, (0, 1)), xlabel="x", ylabel="y", looks=looks
    )
    a, b, c = draw(picture).axes[0].get_lines()
    assert a.get_color() == b.get_color() == SERIES["1"].colour != c.get_color()
    assert a._dash_pattern == c._dash_pattern != b._dash_pattern


@pytest.mark.parametrize(("last", "ticks"), [(16, [0.005, 0.01, 0.02]), (1000, [0.01, 0.1, 1])])
def test_a_short_log_axis_has_ticks_between_the_powers_of_ten(last, ticks):
    x = 0.0025 * np.array([1, last])
    axes = draw(figures.lines(x, {"a": x}, xlabel="x", ylabel="y", xlog=True)).axes[0]
    low, high = axes.get_xlim()
    found = [tick for tick in axes.get_xticks() if low <= tick <= high]
    np.testing.assert_allclose(found, ticks)


@pytest.mark.parametrize("colour", sorted({look.colour for look in LOOKS.values()}))
def test_text_in_a_curves_colour_has_enough_contrast(colour):
    rgb = np.array(to_rgb(style.text_colour(colour)))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    assert 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05) >= 4.5


@pytest.mark.parametrize("count", [2, 3, 4, 5])
@pytest.mark.parametrize("gap", [0.0, 0.01, 1.0])
def test_labels_at_the_ends_do_not_overlap_and_keep_the_order_of_the_curves(count, gap):
    curves = {f"curve {i}": [i, 1 + gap * i] for i in range(count)}
    axes = draw(figures.lines([0, 1], curves, xlabel="x", ylabel="y")).axes[0]
    texts = labels_at_ends(axes)
    assert sorted(text.get_text() for text in texts) == sorted(curves)
    boxes = {text.get_text(): words_only(text) for text in texts}
    assert not any(one.overlaps(other) for one, other in combinations(boxes.values(), 2))
    order = list(curves) if gap else list(curves)[::-1]  # at one height, the first is on top
    assert sorted(boxes, key=lambda label: boxes[label].y0) == order


def test_a_label_sits_beside_the_end_of_its_curve():
    axes = draw(figures.lines([0, 1], {"a": [0, 1], "b": [1, 5]}, xlabel="x", ylabel="y")).axes[0]
    for text in labels_at_ends(axes):
        box = words_only(text)
        x_end, y_end = axes.transData.transform(data(axes, text.get_text())[-1])
        assert 0 < box.x0 - x_end < 15 and box.y0 < y_end < box.y1


def test_a_curve_that_leaves_with_its_last_point_ends_at_the_edge():
    axes = draw(figures.lines([0, 1], {"a": [0, 8]}, xlabel="x", ylabel="y")).axes[0]
    axes.set_ylim(0, 4)
    edge = axes.transData.transform((0.5, 4))
    assert style._last_visible(axes, line(axes, "a")) == pytest.approx(tuple(edge))


def test_a_long_label_is_broken_into_lines_of_at_most_24_characters():
    label = "a label that has many more than 24 characters"
    lines = style.wrap(label).splitlines()
    assert " ".join(lines) == label and 12 < max(map(len, lines)) <= 24


heights = st.lists(st.floats(0, 100), min_size=1, max_size=6).map(sorted)


@given(heights)
def test_spread_labels_do_not_overlap_and_stay_inside(wanted):
    got = style.spread(wanted, [10] * len(wanted), 0, 100)
    assert np.all(np.diff(got) >= 10 - 1e-9)
    assert got[0] >= 5 - 1e-9 and got[-1] <= 95 + 1e-9


@given(heights)
def test_labels_that_have_room_are_not_moved(wanted):
    apart = 20 + np.asarray(wanted) / 2 + 10 * np.arange(len(wanted))
    assert np.allclose(style.spread(apart, [10] * len(apart), 0, 200), apart)


@pytest.mark.parametrize("name", DRAW)
def test_nothing_is_cut_off(name):
    figure = draw(drawn(name))
    for dpi in (style.DPI, style.DPI * style.SHARPNESS):
        figure.set_dpi(dpi)
        box = figure.get_tightbbox(figure.canvas.get_renderer())
        width, height = figure.get_size_inches()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
        legends = [legend.get_window_extent() for legend in figure.legends]
        axes = [each.get_tightbbox() for each in figure.axes]
        assert not any(legend.overlaps(each) for legend in legends for each in axes)


# --- showing -------------------------------------------------------------------------------------


class Shown(HTMLParser):
    """What a browser would find in the HTML: tags, the image's attributes, the caption."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.figure, self.image, self.caption = [], {}, {}, ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag in ("img", "figure"):
            setattr(self, {"img": "image"}.get(tag, tag), dict(attrs))

    def handle_data(self, text):
        if self.tags[-1] == "figcaption":
            self.caption += text


@pytest.fixture
def displayed(monkeypatch):
    pictures = []
    monkeypatch.setattr("IPython.display.display", pictures.append)
    return pictures


def test_show_displays_an_image_with_alt_text_and_caption_and_returns_none(displayed):
    picture = figures.losses(RUNS)
    assert figures.show(picture, 'Read <this> & "that".') is None
    (result,) = displayed
    shown = Shown(result._repr_html_())
    assert shown.tags == ["figure", "img", "figcaption", "script"]
    assert shown.image["alt"] == picture.words
    assert shown.caption == 'Read <this> & "that".'
    assert shown.image["src"].startswith("data:image/png;base64,iVBOR")
    assert "max-width: 100%" in shown.image["style"]
    assert shown.image["width"] == "612"
    assert repr(result) == f'{picture.words}\nRead <this> & "that".'


def test_show_takes_another_alt_text_and_escapes_it(displayed):
    figures.show(figures.losses(RUNS), "Caption.", alt='"quoted" <b>')
    html = displayed[0]._repr_html_()
    assert Shown(html).image["alt"] == '"quoted" <b>' and "<b>" not in html


def test_a_picture_that_ends_a_cell_shows_itself_with_its_words():
    picture = figures.contour(VALLEY, RUNS)
    shown = Shown(picture._repr_html_())
    assert shown.caption == shown.image["alt"] == repr(picture) == picture.words


def test_a_figure_of_matplotlib_is_shown_as_an_image_without_data(displayed):
    figures.show(draw(figures.losses(RUNS)), "Caption.", alt="Two curves.")
    shown = Shown(displayed[0]._repr_html_())
    assert shown.tags == ["figure", "img", "figcaption"]
    assert "data-picture" not in shown.figure


def test_a_run_plays_by_itself_only_when_asked(displayed):
    for autoplay in (False, True):
        figures.show(figures.contour(VALLEY, RUNS), "Caption.", autoplay=autoplay)
        assert ("data-autoplay" in Shown(displayed[-1]._repr_html_()).figure) == autoplay


def unpacked(picture):
    """What a page finds in the data of a shown picture."""
    data = Shown(html(picture, "Caption.")).figure["data-picture"]
    return json.loads(gzip.decompress(b64decode(data)))


def test_a_shown_picture_brings_its_numbers_with_five_digits():
    picture = figures.contour(VALLEY, RUNS)
    data = unpacked(picture)
    assert data["steps"] == 60 and data["words"] == picture.words
    ground, *paths = data["panels"][0]["layers"]
    assert ground["values"]["shape"] == [81, 81]
    full = picture.panels[0].layers[0].values
    values = np.reshape(ground["values"]["values"], (81, 81))
    assert np.allclose(values, full[::2, ::2], rtol=1e-4)
    for layer, run in zip(paths, RUNS.values(), strict=False):
        assert (layer["kind"], layer["first"], layer["every"]) == ("Line", 0, 1)
        assert np.allclose(layer["x"]["values"], run.thetas[:, 0], rtol=1e-4)


def test_what_is_not_finite_is_stored_as_null():
    picture = figures.lines([0, 1, 2], {"a": [1, np.nan, np.inf]}, xlabel="x", ylabel="y")
    (layer,) = unpacked(picture)["panels"][0]["layers"]
    assert layer["y"]["values"] == [1, None, None]


def test_a_long_run_is_stored_thinned_with_its_last_step():
    run = descend(BOWL, GradientDescent(0.01), steps=5003)
    layer = unpacked(figures.losses(run))["panels"][0]["layers"][0]
    steps, losses = layer["x"]["values"], layer["y"]["values"]
    assert len(steps) <= 401 and layer["every"] == 13
    assert steps[:3] == [0, 13, 26] and steps[-1] == 5003
    assert np.allclose(losses, run.losses[steps], rtol=1e-4)


def test_a_long_curve_on_a_log_axis_keeps_its_first_points():
    t = np.arange(1, 10_001)
    curves = {"β = 0.9": 1 - 0.9**t}
    picture = figures.lines(t, curves, xlabel="step t", ylabel="share", xlog=True)
    (layer,) = unpacked(picture)["panels"][0]["layers"]
    steps, shares = layer["x"]["values"], layer["y"]["values"]
    assert steps[:20] == list(range(1, 21)) and steps[-1] == 10_000 and len(steps) <= 400
    assert np.diff(np.log(steps[40:])).max() < 0.05
    assert np.allclose(shares, 1 - 0.9 ** np.array(steps), rtol=1e-4)


def test_a_picture_can_be_drawn_at_any_step_of_its_run():
    picture = figures.contour(VALLEY, RUNS)
    for step, points in ((0, 1), (7, 8), (60, 61), (99, 61)):
        axes = draw(picture, step).axes[0]
        assert len(line(axes, "Adam").get_xdata()) == points


def test_show_refuses_a_figure_without_words(displayed):
    for figure, caption, alt in (
        (figures.losses(RUNS), " ", None),
        (figures.losses(RUNS), "Caption.", ""),
        (matplotlib.figure.Figure(), "Caption.", None),
    ):
        with pytest.raises(ValueError, match="show: a figure needs a caption and an alt text"):
            figures.show(figure, caption, alt)
    assert not displayed


def test_show_closes_a_pyplot_figure_so_that_it_appears_once(displayed):
    matplotlib.use("agg")
    from matplotlib import pyplot

    figures.show(pyplot.figure(), "Caption.", alt="Nothing.")
    assert len(displayed) == 1 and not pyplot.get_fignums()


def test_the_same_figure_has_the_same_bytes():
    assert png(figures.contour(VALLEY, RUNS)) == png(figures.contour(VALLEY, RUNS))
    assert b"Software" not in png(figures.losses(RUNS))


def test_drawing_changes_no_setting():
    with matplotlib.rc_context({"font.size": 7, "axes.grid": False}):
        before = dict(matplotlib.rcParams)
        for name in ("contour", "losses", "microscope", "heat map"):
            png(DRAW[name]())
        assert dict(matplotlib.rcParams) == before


def test_matplotlib_comes_with_the_first_image_and_pyplot_never():
    script = (
        "import sys, adam_course, adam_course.problems, adam_course.optimizers\n"
        "assert 'matplotlib' not in sys.modules\n"
        "from adam_course import figures\n"
        "figures.explorers.descent.picture()\n"
        "assert 'matplotlib' not in sys.modules\n"
        "figures.show(figures.contour(adam_course.problems.Bowl()), 'Caption.')\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Contour map of bowl") and "Caption." in done.stdout


# --- what is refused -----------------------------------------------------------------------------

REFUSED = {
    "draws problems of dimension 2, but cubic has dimension 1": lambda: figures.contour(CUBIC),
    "losses: runs is empty": lambda: figures.losses({}),
    "'Adam' is a batch of runs of shape (2,)": lambda: figures.losses(BATCH),
    "runs must be a Trajectory": lambda: figures.losses([ADAM]),
    "cannot show 'Adam', whose loss falls to 0.8148": lambda: figures.losses(CUBIC_RUN, minimum=1),
    "Rosenbrock has parameters 0 to 1, so there is no parameter 2": lambda: figures.microscope(
        ADAM, 2
    ),
    "has no steps": lambda: figures.microscope(descend(BOWL, Adam(), steps=0, states=True)),
    "leaves steps out; use descend(…, every=1)": lambda: figures.microscope(
        descend(BOWL, Adam(), steps=4, every=2, states=True)
    ),
    "use descend(…, states=True)": lambda: figures.microscope(PLAIN),
    "one run at a time": lambda: figures.microscope(RUNS),
    "has no m_hat and no v": lambda: figures.microscope(
        descend(BOWL, Momentum(0.1), steps=2, states=True)
    ),
    "window must be ((xmin, xmax), (ymin, ymax),)": lambda: figures.contour(BOWL, window=(0, 1)),
    "lines: curves is empty": lambda: figures.lines([1], {}, xlabel="x", ylabel="y"),
    "x has shape (2,) and 'a' has (3,)": lambda: figures.lines(
        [1, 2], {"a": [1, 2, 3]}, xlabel="x", ylabel="y"
    ),
    "(len(y), len(x)) = (5, 7), not (7, 5)": lambda: figures.heat_map(
        FINAL.T, RATES, BETAS, **WORDS
    ),
    "x must be two or more positive, ascending": lambda: figures.heat_map(
        FINAL, RATES[::-1], BETAS, **WORDS
    ),
    "one is negative": lambda: figures.heat_map(FINAL - 50, RATES, BETAS, **WORDS),
    "none is positive and finite": lambda: figures.heat_map(FINAL * np.nan, RATES, BETAS, **WORDS),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(sentence):
    with pytest.raises((TypeError, ValueError, IndexError)) as refusal:
        REFUSED[sentence]()
    (message,) = refusal.value.args
    assert sentence in message and message.endswith(".") and "\n" not in message
