"""The explorers without a browser: their pictures over the whole range, their stills, the kernel.

What the front end does with them is in test_explorers_browser.py.
"""

import ast
import json
import re

import numpy as np
import pytest

from adam_course import descend, figures, optimizers, schedules
from adam_course.figures import explorers, style
from adam_course.figures.explorers.controls import (
    Choice,
    Point,
    Range,
    Several,
    Sketch,
    Toggle,
    even_scale,
    log_scale,
)
from adam_course.figures.explorers.descent import SURFACES
from adam_course.figures.explorers.parts import above, ground, loss_axis, map_panel, round_up
from adam_course.figures.explorers.sensitivity import _colours
from adam_course.figures.explorers.still import still
from adam_course.figures.explorers.widget import Explorer
from adam_course.figures.identity import LOOKS
from adam_course.figures.picture import (
    LARGE,
    Axis,
    Handle,
    Line,
    Map,
    Panel,
    Picture,
    Points,
    encode,
    number,
)
from adam_course.figures.renderer import CASING, draw
from adam_course.figures.theme import THEME
from adam_course.problems import Bowl, Himmelblau, Regression
from adam_course.problems.mini_batches import MiniBatches
from conftest import ROOT

ALL = [getattr(explorers, name) for name in explorers.__all__]
each_explorer = pytest.mark.parametrize("explorer", ALL, ids=lambda explorer: explorer.__name__)


def whole_range(explorer):
    """Yield parameters: each control over its range, then a hundred random mixtures of them."""
    sweeps = {name: control.sweep() for name, control in explorer.controls.items()}
    for name in ("start", "cell"):
        if name in sweeps:
            sweeps[name] = (None, (-1e9, 1e-9), (0.5, 0.5), (1e9, 1e9))
    for name, values in sweeps.items():
        for value in values:
            yield {name: value}
    rng = np.random.default_rng(0)
    for _ in range(100):
        yield {name: values[rng.integers(len(values))] for name, values in sweeps.items()}


def check(picture):
    """Look at all that a front end relies on."""
    listed = {name for panel in picture.panels if panel.legend for name in curves(panel)}
    assert len(picture.words) > 20
    assert not re.search(r"nan|inf\b|None|no number", picture.words), picture.words
    for panel in picture.panels:
        for axis in (panel.x, panel.y):
            assert np.isfinite([axis.low, axis.high]).all(), axis
            assert axis.low < axis.high, axis
            assert not axis.log or axis.low > 0, axis
        assert panel.y.label
        for layer in panel.layers:
            if isinstance(layer, Map):
                assert layer.values.ndim == 2
                assert layer.low < layer.high
                assert not layer.log or layer.low > 0
            else:
                assert layer.x.ndim == 1
                assert layer.x.shape == layer.y.shape
            if isinstance(layer, Line) and layer.label:
                assert layer.look is not None, "a line with a name needs a look of its own"
            if getattr(layer, "first", None) is not None:
                steps_across = panel.x.label == "step t" or panel.x.whole
                assert layer.first == (layer.x[0] if steps_across else 0)
                assert layer.first + len(layer.x) - 1 <= picture.steps
        assert len(curves(panel)) < 2 or set(curves(panel)) <= listed
        named = [layer.look for layer in panel.layers if getattr(layer, "look", None) is not None]
        assert len(named) == len(set(named)), "two curves of a panel look the same"
    json.dumps(encode(picture, []), allow_nan=False)


def curves(panel):
    """Return label → numbers of the named curves of a panel."""
    lines = [layer for layer in panel.layers if isinstance(layer, Line)]
    return {line.label: line.y for line in lines if line.label}


def cell_under_the_ring(panel):
    """Return the value of a map's cell at the panel's ring."""
    (cells,) = panel.layers
    column, row = (
        int(np.log(at / axis.low) / np.log(axis.high / axis.low) * count)
        for at, axis, count in zip(
            (panel.hand.x, panel.hand.y), (panel.x, panel.y), cells.values.shape[::-1], strict=True
        )
    )
    return cells.values[row, column]


@each_explorer
def test_every_picture_in_the_whole_range_can_be_drawn(explorer):
    for parameters in whole_range(explorer):
        check(explorer.picture(**parameters))


@each_explorer
def test_the_same_parameters_give_the_same_bytes(explorer):
    def all_bytes():
        buffers = []
        return json.dumps(encode(explorer.picture(), buffers)), [bytes(b) for b in buffers]

    assert all_bytes() == all_bytes()


@each_explorer
def test_a_still_says_what_it_shows_and_is_the_same_each_time(explorer):
    first, second = (
        still(explorer, explorer.checked({}), explorer.controls, explorer.presets)._repr_html_()
        for _ in range(2)
    )
    assert first == second
    assert first.startswith('<figure class="adam-figure adam-still"')
    assert re.search(r'<img alt="Explorer, [^"]{20,}"', first)
    assert re.search(r"<figcaption.*Run this cell in Jupyter.*</figcaption>", first)


@each_explorer
def test_the_notebook_gets_a_still_and_a_live_view_and_no_print(explorer, capsys, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda thing, **_: shown.append(thing))
    explorer()._ipython_display_()
    picture, live = shown
    assert picture._repr_html_()
    assert list(live) == ["application/vnd.jupyter.widget-view+json"]
    assert capsys.readouterr() == ("", "")


@each_explorer
def test_every_parameter_of_the_picture_has_a_control_and_a_name_for_people(explorer):
    code = explorer.function.__code__
    arguments = code.co_varnames[: code.co_argcount]
    collects = code.co_flags & 0x08  # **parameters
    assert set(arguments) <= set(explorer.controls)
    assert collects or set(arguments) == set(explorer.controls)
    assert all(control.label for control in explorer.controls.values())
    assert explorer.__doc__.endswith(".") or "\n" in explorer.__doc__


def asked(widget, **question):
    """Ask a widget as the front end does; return its answer and the buffers that come with it."""
    answers = []
    widget.send = lambda content, buffers=None: answers.append((content, buffers))
    widget._answer(widget, {"id": "1", "have": [], "values": None} | question, [])
    ((answer, buffers),) = answers
    json.dumps(answer, allow_nan=False)
    return answer, buffers


def test_the_kernel_answers_with_the_picture_and_its_values():
    widget = explorers.descent(lr=0.002)
    answer, buffers = asked(widget)
    assert answer["question"] == "1"
    assert answer["values"]["lr"] == 0.002
    note = answer["picture"]["panels"][1]["layers"][0]["y"]
    losses = np.frombuffer(buffers[note["buffer"]], dtype="<f4")
    run = descend(SURFACES["Rosenbrock"], optimizers.Momentum(0.002), steps=200)
    assert np.array_equal(losses, run.losses.astype("f4"))


def test_a_ground_that_the_front_end_has_is_not_sent_again():
    widget = explorers.descent()
    answer, first = asked(widget)
    ground = answer["picture"]["panels"][0]["layers"][0]["values"]
    again, second = asked(widget, values={"lr": 0.002}, have=[ground["key"]])
    assert again["picture"]["panels"][0]["layers"][0]["values"] == {
        "shape": ground["shape"],
        "key": ground["key"],
    }
    assert len(second) == len(first) - 1
    assert sum(buffer.nbytes for buffer in second) < 12_000


@pytest.mark.parametrize(
    "values", [{"lr": -1}, {"lr": "0.1"}, {"racers": []}, {"surface": "Alps"}, {"start": [1]}]
)
def test_a_value_out_of_range_is_answered_in_words_and_forgotten(values):
    widget = explorers.descent()
    answer, _ = asked(widget, values=values)
    assert re.match(r"ValueError: \w+ must be ", answer["error"])
    assert "picture" in asked(widget)[0]


def test_a_lesson_may_start_anywhere_and_show_few_controls():
    widget = explorers.descent(["lr"], surface="bowl", racers=["Adam"], lr=0.03)
    controls = {control["name"]: control for control in widget.declaration["controls"]}
    assert [name for name in controls if controls[name]["shown"]] == ["lr"]
    assert controls["lr"]["start"] == 0.03
    assert 0.03 in controls["lr"]["values"]
    assert controls["lr"]["values"] == sorted(controls["lr"]["values"])


def test_an_unknown_parameter_is_refused_by_name():
    for mistake in (lambda: explorers.descent(rate=1), lambda: explorers.descent(["rate"])):
        with pytest.raises(TypeError, match=r"descent has no parameter 'rate'; it has surface, "):
            mistake()


def test_the_microscope_shows_adams_own_numbers():
    steps = 40
    panels = explorers.microscope.picture(stream="constant", lr=0.5, drawn=[2.0] * steps).panels
    lines = {layer.label: layer for panel in panels for layer in panel.layers}
    assert np.allclose(lines["m̂"].y, 2)
    assert np.allclose(lines["√v̂"].y, 2)
    assert np.allclose(lines["m"].y, 2 * (1 - 0.9 ** np.arange(1, steps + 1)))
    assert np.allclose(lines["Adam's step"].y, -0.5)
    assert np.allclose(lines["SGD's step"].y, -1.0)


@pytest.mark.parametrize(
    ("across", "cell"), [("β₁", (0.01, 10)), ("β₂", (0.2, 300)), ("ε", (0.05, 1e-4))]
)
def test_a_cell_of_the_sensitivity_map_is_the_run_beside_it(across, cell):
    picture = explorers.sensitivity.picture(across=across, cell=cell)
    cells, _, losses = picture.panels
    assert cell_under_the_ring(cells) == losses.layers[0].y[-1]
    assert (cells.hand.x, cells.hand.y) == pytest.approx(cell, rel=0.3)


@pytest.mark.parametrize("across", ["β₁", "β₂", "ε"])
def test_the_best_run_that_the_sensitivity_map_names_is_its_lowest_cell(across):
    picture = explorers.sensitivity.picture(across=across)
    (cells,) = picture.panels[0].layers
    assert f"comes to {number(np.nanmin(cells.values))} above the minimum" in picture.words
    assert f"; {np.isnan(cells.values).sum()} diverge." in picture.words
    rate, other = re.search(r"runs has α = (\S+), \S+ = (\S+) and", picture.words).groups()
    y = float(other) if across == "ε" else 1 / (1 - float(other))
    best = explorers.sensitivity.picture(across=across, cell=(float(rate), y))
    assert cell_under_the_ring(best.panels[0]) == np.nanmin(cells.values)


def test_the_colours_of_the_sensitivity_map_leave_out_the_extreme_losses():
    losses = np.full(1000, 20.0)
    losses[:5], losses[5:45] = 1e-9, 1e9
    assert _colours(losses) == (10.0, 100.0)
    losses[:20], losses[20:80] = 1e-9, 1e9
    assert _colours(losses) == (1e-9, 1e9 * 10)


def test_rotation_sweeps_the_run_that_it_shows_over_all_angles():
    for place, angle in ((5, 15), (20, 60)):
        _, losses, swept = explorers.rotation.picture(angle=angle).panels
        for name in ("Adam", "momentum"):
            assert curves(swept)[name][place] == pytest.approx(curves(losses)[name][-1], rel=1e-9)


def test_rotation_turns_the_start_with_the_valley():
    def start(angle):
        picture = explorers.rotation.picture(angle=angle)
        path, losses = picture.panels[0].layers[1], curves(picture.panels[1])
        return complex(path.x[0], path.y[0]), losses["Adam"][0]

    (flat, loss), (turned, same) = start(0), start(30)
    assert turned / flat == pytest.approx(np.exp(1j * np.pi / 6))
    assert same == pytest.approx(loss)


def test_rotation_slows_adam_and_leaves_momentum_alone():
    _, _, swept = explorers.rotation.picture().panels
    curves = {layer.label: layer.y for layer in swept.layers}
    assert np.ptp(curves["momentum"]) < 1e-9 * curves["momentum"].max()
    assert curves["Adam"][15] > 10 * curves["Adam"][0]


def test_reddis_adam_goes_to_the_wrong_end_and_the_defaults_do_not():
    def ends(**parameters):
        panel = explorers.reddi.picture(**parameters).panels[0]
        return {layer.label: layer.y[-1] for layer in panel.layers if layer.label}

    assert ends()["Adam"] > 0.9
    assert ends()["AMSGrad"] < -0.9
    assert ends(beta1=0.9, beta2=0.999, lr=1.0)["Adam"] < -0.9


def test_reddis_regret_is_the_mean_of_what_minus_1_would_have_saved():
    C, t = 4, np.arange(150)
    places, regrets = explorers.reddi.picture(C=C).panels
    for name, x in curves(places).items():
        slopes = np.where(t % 3 == 0, C, -1)
        assert np.allclose(curves(regrets)[name], np.cumsum(slopes * x + slopes) / (t + 1))
    assert list(curves(explorers.reddi.picture(players=["Adam"]).panels[0])) == ["Adam"]


@pytest.mark.parametrize("cell", [(0.03, 0.5), (0.5, 0.002), None])
def test_a_cell_of_the_weight_decay_maps_is_the_path_below(cell):
    picture = explorers.weight_decay.picture(cell=cell)
    *maps, below = picture.panels
    for panel in maps:
        assert cell_under_the_ring(panel) == abs(curves(below)[panel.title][-1])
        ring = panel.hand
        assert below.title == f"This cell: α = {number(ring.x)}, λ = {number(ring.y)}"
        assert (ring.x, ring.y) == pytest.approx(cell or (0.03, 0.1), rel=0.2)


def test_adamws_decay_is_times_the_rate_or_not():
    for times_lr, share in ((True, 1e-3 * 0.1), (False, 0.1)):
        picture = explorers.weight_decay.picture(cell=(1e-3, 0.1), times_lr=times_lr)
        left = curves(picture.panels[2])["AdamW"][-1]
        assert left == pytest.approx((1 - share) ** 200, abs=2e-3)


def test_a_path_that_runs_away_stays_inside_the_weight_decay_panel_up_to_a_limit():
    for parameters in ({}, {"size": 100.0, "cell": (1.0, 1e-3)}, {"cell": (1.0, 1.0)}):
        panel = explorers.weight_decay.picture(**parameters).panels[2]
        y = np.concatenate(list(curves(panel).values()))
        assert panel.y.low == np.clip(y.min(), -2, 0)
        assert panel.y.high == pytest.approx(np.clip(1.05 * y.max(), 1.05, 5))


def test_noise_moves_the_map_of_l2_and_not_that_of_adamw():
    def maps(size):
        return [p.layers[0].values for p in explorers.weight_decay.picture(size=size).panels[:2]]

    (l2_quiet, w_quiet), (l2_loud, w_loud) = maps(1.0), maps(100.0)
    assert np.abs(w_quiet - w_loud).max() < 1e-6
    assert np.abs(l2_quiet - l2_loud).max() > 0.5


def test_the_canvas_has_the_looks_of_the_figures():
    for key, look in LOOKS.items():
        known = THEME["looks"][key]
        assert (known["light"], known["dark"]) == (look.colour, look.dark)
        assert (known["dash"], known["marker"]) == (look.dash, look.marker)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (0, "0"),
        (-0.5, "−0.5"),
        (1e-3, "0.001"),
        (1e-4, "1 × 10⁻⁴"),
        (99_900, "99900"),
        (1e5, "1 × 10⁵"),
        (123456, "1.23 × 10⁵"),
        (99.96, "100"),
        (np.nan, "no number"),
    ],
)
def test_numbers_are_written_for_people(x, words):
    assert number(x) == words


def test_a_panel_below_both_columns_is_drawn_too():
    axis, x = Axis("x", 0, 4), np.arange(3.0)
    panels = tuple(
        Panel(axis, axis, (Line(x, x + column, "a", "1"),), f"panel {column}", column=column)
        for column in (0, 1, 2)
    )
    figure = draw(Picture(panels, "Three panels."))
    figure.canvas.draw()
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["panel 0", "panel 1", "panel 2"]
    for column, axes in enumerate(figure.axes):
        assert np.array_equal(axes.get_lines()[0].get_ydata(), x + column)
    left, right, below = (axes.get_position() for axes in figure.axes)
    assert below.y1 < left.y0 == pytest.approx(right.y0)
    assert (below.x0, below.x1) == pytest.approx((left.x0, right.x1), abs=0.02)


@each_explorer
def test_a_still_has_every_panel_with_its_axes_and_curves(explorer):
    picture = explorer.picture()
    drawn = [axes for axes in draw(picture).axes if axes.get_label() != "<colorbar>"]
    panels = sorted(picture.panels, key=lambda panel: panel.column)
    for panel, axes in zip(panels, drawn, strict=True):
        assert axes.get_title(loc="left") == panel.title
        assert (axes.get_xlabel(), axes.get_ylabel()) == (panel.x.label, panel.y.label)
        assert axes.get_xlim() == pytest.approx((panel.x.low, panel.x.high))
        assert axes.get_ylim() == pytest.approx((panel.y.low, panel.y.high))
        scales = ["log" if axis.log else "linear" for axis in (panel.x, panel.y)]
        assert [axes.get_xscale(), axes.get_yscale()] == scales
        flat = [layer for layer in panel.layers if not isinstance(layer, Map)]
        ring = [panel.hand] if isinstance(panel.hand, Handle) else []
        lines = [line for line in axes.get_lines() if line.get_gid() != CASING]
        for line, thing in zip(lines, flat + ring, strict=True):
            assert np.array_equal(line.get_xdata(), np.ravel(thing.x))
            assert np.array_equal(line.get_ydata(), np.ravel(thing.y))
            look = getattr(thing, "look", None)
            assert look is None or line.get_color() == LOOKS[look].colour
            marked = not isinstance(thing, Line) or thing.markers
            assert (line.get_marker() != "None") == marked
            assert not marked or len(line.get_xdata()) <= 30 * (line.get_markevery() or 1)
        names = [layer.label for layer in flat if layer.label]
        if len({panel.column for panel in panels}) == 1:  # there is room at the curves' ends
            words = sorted(text.get_text() for text in axes.texts)
            assert words == sorted(style.wrap(name) for name in names)
        else:
            legend = axes.get_legend()
            words = [text.get_text() for text in legend.texts] if legend else []
            assert words == [style.wrap(name) for name in names if panel.legend]


def drawn_map(layer):
    """Return the axes of a still with nothing but a map."""
    panel = Panel(Axis("x", 1, 9), Axis("y", -2, 2), (layer,))
    return draw(Picture((panel,), "A map.")).axes[0]


def test_the_cells_of_a_still_lie_as_in_the_map_and_end_at_its_colours():
    values = np.array([[0.5, 2.0, np.nan], [4.0, 70.0, 5.0]])
    for log in (True, False):
        (mesh,) = drawn_map(Map(values, 1.0, 10.0, "loss", log=log)).collections
        shown = mesh.get_array().filled(np.nan).reshape(2, 3)
        assert np.array_equal(shown, np.clip(values, 1, 10), equal_nan=True)
        assert (mesh.norm.vmin, mesh.norm.vmax) == (1, 10)
        assert mesh.norm(10**0.5) == pytest.approx(0.5 if log else (10**0.5 - 1) / 9)
        corners = mesh.get_coordinates()
        assert corners[0, 0].tolist() == [0, 0] and corners[-1, -1].tolist() == [1, 1]


def test_the_ground_of_a_still_has_x_across_and_y_upwards_and_is_dark_where_it_is_low():
    x, y = np.meshgrid(np.linspace(1, 9, 41), np.linspace(-2, 2, 41))
    for log in (True, False):
        axes = drawn_map(Map(1 + (x - 1) + 4 * (y + 2), 1.0, 25.0, "loss", log=log, smooth=True))
        space = np.geomspace if log else np.linspace
        assert np.allclose(axes.collections[0].levels, space(1, 25, 11))
        axes.figure.canvas.draw()
        pixels = np.asarray(axes.figure.canvas.buffer_rgba())[..., :3].sum(axis=-1)
        places = axes.transAxes.transform([(0.03, 0.03), (0.97, 0.03), (0.03, 0.97), (0.97, 0.97)])
        column, row = places.T.astype(int)
        dark = pixels[int(axes.figure.bbox.height) - row, column].astype(int)
        assert (np.diff(dark) > 0).all()


def test_the_ground_is_the_loss_above_the_minimum_over_the_window():
    for problem in (SURFACES["Rosenbrock"], SURFACES["saddle"]):
        shown = ground(problem)
        (left, right), (bottom, top) = problem.window
        corners = [[(left, bottom), (right, bottom)], [(left, top), (right, top)]]
        losses = problem.value(np.array(corners)) - problem.minimum
        assert np.allclose(shown.values[:: len(shown.values) - 1, :: len(shown.values) - 1], losses)
        assert shown.low == pytest.approx(np.quantile(shown.values, 0.005))
        assert shown.high == shown.values.max()


class Flat:
    """A valley so flat that half a percent of its map is next to 0."""

    window, minimum = ((-1, 1), (-1, 1)), 0.0

    def value(self, theta):
        return theta[..., 0] ** 8


def test_the_colours_of_a_flat_ground_span_six_powers_of_ten_at_most():
    shown = ground(Flat())
    assert (shown.low, shown.high) == pytest.approx((1e-6, 1.0))


def test_a_loss_is_called_one_above_the_minimum_where_that_is_not_0():
    assert above(SURFACES["bowl"]) == "loss"
    assert above(SURFACES["saddle"]) == "loss above −0.25"


def test_a_map_panel_has_a_star_on_every_minimum_and_names_its_parameters():
    panel = map_panel(Himmelblau(), {}, names=("a", "b"))
    star = panel.layers[-1]
    assert np.array_equal(np.column_stack([star.x, star.y]), Himmelblau().minimizers)
    line = Regression()
    panel = map_panel(line, {}, names=("w", "b"))
    ends = [(axis.label, (axis.low, axis.high)) for axis in (panel.x, panel.y)]
    assert ends == list(zip("wb", line.window, strict=True))


@pytest.mark.parametrize(
    ("losses", "low", "high"),
    [
        ([[3.0, 0.02], [0.5, 4.0]], 0.01, 10.0),
        ([[1.0, 0.1]], 0.1, 10.0),
        ([[1.0, 1e-20], [2.0, 1e6]], 1e-12, 10.0),
        ([[1.0, 3e-11], [2.0, 0.5]], 1e-11, 10.0),
        ([[1.0, 1e5, 0.2], [2.0, 1e5, 1e6]], 0.1, 1e6),
        ([[1e-14, 1e-30]], 1e-22, 1e-13),
        ([[1.0, 29.0], [0.1, 31.0]], 0.1, 100.0),
        ([[1.0, np.nan], [0.0, np.inf]], 1.0, 10.0),
        ([[0.0, 0.0]], 3e-14, 3e-11),
    ],
)
def test_a_loss_axis_ends_at_powers_of_ten_and_lets_a_curve_that_climbs_leave(losses, low, high):
    axis = loss_axis("loss", map(np.array, losses))
    assert (axis.low, axis.high) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("x", "end"), [(0.9, 1), (1, 1), (1.0005, 1), (1.01, 2), (2.1, 5), (6, 10), (0.03, 0.05)]
)
def test_axes_end_at_1_2_or_5_times_a_power_of_ten(x, end):
    assert round_up(x) == pytest.approx(end)


def test_only_large_arrays_have_a_key():
    small, large = (encode(np.arange(float(n)), []) for n in (LARGE - 1, LARGE))
    assert "key" not in small and large["key"] == encode(np.arange(float(LARGE)), [])["key"]
    assert large["key"] != encode(np.zeros(LARGE), [])["key"]


def test_scales_are_even_and_reach_both_ends():
    assert even_scale(20, 60, 20) == (20, 40, 60)
    assert even_scale(0, 0.3, 0.1) == (0, 0.1, 0.2, 0.3)
    values = log_scale(0.001, 1.0)
    assert (values[0], values[-1], len(values)) == (0.001, 1.0, 61)
    assert log_scale(1, 10, per_decade=4) == (1.0, 1.8, 3.2, 5.6, 10.0)


def test_a_slider_takes_all_between_its_ends_and_nothing_beyond():
    for explorer in ALL:
        for control in explorer.controls.values():
            if not isinstance(control, Range):
                continue
            low, high = control.values[0], control.values[-1]
            assert (control.check(low), control.check(high)) == (low, high)
            assert list(control.values) == sorted(set(control.values))
            for value in (np.nextafter(low, -np.inf), np.nextafter(high, np.inf), np.nan, True):
                with pytest.raises(ValueError, match=f"{control.name} must be between {low} and "):
                    control.check(value)


@pytest.mark.parametrize(
    ("control", "good", "bad"),
    [
        (Several("who", "", ("a",), ("a", "b")), ["a"], [[], "a", ["a", "a"], ["a", "c"]]),
        (Toggle("on", "", True), False, [0, 1, None, "yes"]),
        (Choice("one", "", "a", ("a", "b")), "b", ["c", None]),
        (Point("at", "", None), (1.0, -2.0), [(1,), (1, 2, 3), (0, np.inf), (np.nan, 0)]),
        (Sketch("drawn", "", None, 2, 3.0), (3.0, -3.0), [(1,), (1, 2, 3), (0, 3.1), (np.nan, 0)]),
    ],
    ids=lambda x: type(x).__name__,
)
def test_a_control_refuses_what_it_cannot_be_set_to(control, good, bad):
    checked = control.check(good)
    assert (list(checked) if isinstance(good, list) else checked) == good
    for value in bad:
        with pytest.raises(ValueError, match=f"{control.name} must be "):
            control.check(value)


def test_racers_come_in_the_explorers_order():
    assert Several("who", "", ("a",), ("a", "b", "c")).check(["c", "a"]) == ("a", "c")


@each_explorer
def test_a_choice_that_moves_what_the_hand_has_set_makes_it_forget(explorer):
    def hands(**chosen):
        return {p.hand.name: str(p.hand) for p in explorer.picture(**chosen).panels if p.hand}

    for choice in explorer.controls.values():
        if isinstance(choice, Choice):
            each = [hands(**{choice.name: option}) for option in choice.options]
            moved = {name for name in each[0] if len({one[name] for one in each}) > 1}
            assert set(choice.resets) == moved


def test_the_kernel_remembers_the_values_between_two_questions():
    widget = explorers.descent()
    asked(widget, values={"lr": 0.002})
    answer, _ = asked(widget, values={"steps": 50})
    assert (answer["values"]["lr"], answer["values"]["steps"]) == (0.002, 50)


def test_the_descent_explorer_races_the_courses_own_optimizers():
    rates = {"lr": 0.01, "momentum": 0.8, "lr_adaptive": 0.2, "beta1": 0.7, "beta2": 0.95}
    makers = {
        "gradient descent": optimizers.GradientDescent(0.01),
        "momentum": optimizers.Momentum(0.01, 0.8),
        "Nesterov": optimizers.Momentum(0.01, 0.8, nesterov=True),
        "AdaGrad": optimizers.AdaGrad(0.2),
        "RMSProp": optimizers.RMSProp(0.2, 0.95),
        "Adam": optimizers.Adam(0.2, 0.7, 0.95),
    }
    saddle, start = SURFACES["saddle"], (-1.0, 0.5)
    picture = explorers.descent.picture(
        surface="saddle", racers=list(makers), start=start, steps=20, **rates
    )
    ground, losses = picture.panels
    paths = {layer.label: layer for layer in ground.layers if isinstance(layer, Line)}
    for name, optimizer in makers.items():
        run = descend(saddle, optimizer, start, 20)
        assert np.array_equal(np.column_stack([paths[name].x, paths[name].y]), run.thetas)
        assert np.array_equal(curves(losses)[name], run.losses - saddle.minimum)
        assert f"{name} reaches " in picture.words
        assert f"loss {number(run.losses[-1])}, in 20 steps" in picture.words


def test_a_start_off_the_map_is_brought_to_its_edge():
    (left, right), (bottom, top) = SURFACES["Rosenbrock"].window
    for start, (x, y) in (((9, 9), (right, top)), ((-9, -9), (left, bottom))):
        hand = explorers.descent.picture(start=start, racers=["Adam"]).panels[0].hand
        assert (hand.x, hand.y) == (x, y)


def test_the_batch_size_explorer_draws_runs_on_its_mini_batches():
    line = Regression(noise=2.0)
    makers = {
        "SGD": optimizers.GradientDescent(0.02),
        "momentum": optimizers.Momentum(0.02, 0.9, form="ema"),
        "Adam": optimizers.Adam(0.05),
    }
    picture = explorers.batch_size.picture(
        racers=list(makers), batch=8, lr=0.02, lr_adam=0.05, steps=60, seed=3
    )
    for name, optimizer in makers.items():
        run = descend(MiniBatches(line, 8, seed=3), optimizer, steps=60)
        losses = run.losses - line.minimum
        assert np.array_equal(curves(picture.panels[1])[name], losses)
        assert f"{name} wanders {number(losses[-30:].mean())} above" in picture.words
    assert "In the last 30 of 60 steps" in picture.words


def test_without_correction_the_first_steps_are_those_of_the_raw_averages():
    picture = explorers.bias_correction.picture(steps=50)
    mean, size, step, way = (curves(panel) for panel in picture.panels)
    t = np.arange(1, 51)
    raw = -(1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    assert np.allclose(mean["m"], 1 - 0.9**t) and np.allclose(mean["m̂"], 1)
    assert np.allclose(size["√v"], np.sqrt(1 - 0.999**t)) and np.allclose(size["√v̂"], 1)
    assert np.allclose(step["with"], -1) and np.allclose(step["without"], raw)
    assert np.allclose(way["with"], -t) and np.allclose(way["without"], np.cumsum(raw))
    assert [panel.column for panel in picture.panels] == [0, 0, 1, 1]
    assert f"step 50 is {number(-raw[-1])} times as long" in picture.words
    assert f"{number(raw.sum())} α without" in picture.words


def test_each_relative_takes_its_known_first_step_and_the_way_is_their_sum():
    names = explorers.family.controls["relatives"].options
    picture = explorers.family.picture(stream="constant", relatives=names, beta1=0.9, beta2=0.95)
    _, steps, ways = (curves(panel) for panel in picture.panels)
    first = dict.fromkeys(names, 1.0) | {"AdaBelief": 1 / 0.9, "NAdam": 0.9 * 0.1 / 0.19 + 1}
    assert {name: taken[0] for name, taken in steps.items()} == pytest.approx(first)
    for name, taken in steps.items():
        assert np.allclose(ways[name], np.cumsum(taken))
        assert f"{name} goes {number(taken.sum())}, its longest step is " in picture.words


def test_after_a_shout_amsgrad_takes_the_shortest_steps_and_lion_the_longest():
    picture = explorers.family.picture(relatives=["Adam", "AMSGrad", "Lion"])
    steps = curves(picture.panels[1])
    assert steps["AMSGrad"][-1] < steps["Adam"][-1] < steps["Lion"][-1] == pytest.approx(1)


def test_gradients_of_both_signs_can_be_drawn_by_hand():
    for explorer in (explorers.microscope, explorers.family):
        axis = explorer.picture(stream="constant").panels[0].y
        limit = explorer.controls["drawn"].limit
        assert (axis.low, axis.high) == (-limit, limit)


def test_curves_stay_inside_panels_that_are_made_for_them():
    for picture in (
        explorers.microscope.picture(drawn=[2.0] * 40),
        explorers.reddi.picture(C=10),
        explorers.bias_correction.picture(),
        explorers.family.picture(),
    ):
        for panel in picture.panels:
            for y in curves(panel).values():
                assert (1.001 * panel.y.low <= y).all() and (y <= 1.001 * panel.y.high).all()
    assert explorers.microscope.picture().panels[2].y.low == 0  # a size


def test_the_microscope_can_hide_what_is_not_corrected():
    panels = explorers.microscope.picture(corrected=False).panels
    assert [name for panel in panels for name in curves(panel)] == [
        "g",
        "m̂",
        "√v̂",
        "Adam's step",
        "SGD's step",
    ]


def test_the_microscope_names_adams_largest_step():
    picture = explorers.microscope.picture(stream="one shout")
    steps = curves(picture.panels[3])["Adam's step"]
    place = np.abs(steps).argmax()
    assert f"largest is {number(steps[place])}, at step {place + 1}." in picture.words
    assert f"Adam goes {number(steps.sum())} and SGD " in picture.words


def cooled(t):
    """Return the rates of 180 steps, the last 36 of which lead down to 0."""
    return np.where(t <= 144, 1.0, (181 - t) / 36)


@pytest.mark.parametrize(
    ("name", "chosen", "planned"),
    [
        ("cosine", {}, schedules.Warmup(20, schedules.Cosine(1, 180))),
        ("constant", {"warmup": 0}, schedules.Constant(1)),
        ("linear", {}, schedules.Warmup(20, lambda t: (181 - t) / 180)),
        ("cooldown", {"share": 0.2}, schedules.Warmup(20, cooled)),
        (
            "a step at half-way",
            {"decays": ["a step at half-way"], "warmup": 100},
            schedules.Warmup(100, schedules.StepDecay(1, 50)),
        ),
        ("1 / √t", {"decays": ["1 / √t"], "warmup": 0}, schedules.InverseSquareRoot(1)),
        (
            "drawn",
            {"drawn": (0.5,) * 20 + (-1.0,) * 21},
            lambda t: np.interp(t, np.linspace(1, 200, 41), [0.5] * 20 + [0.0] * 21),
        ),
    ],
    ids=["cosine", "constant", "linear", "cooldown", "half-way", "root", "drawn"],
)
def test_the_schedule_explorer_runs_the_schedules_that_it_draws(name, chosen, planned):
    line = Regression(noise=2.0)
    picture = explorers.schedule.picture(**chosen)
    drawn, losses = picture.panels
    assert np.allclose(curves(drawn)[name], planned(np.arange(1, 201)))
    # Sixteen runs side by side, each with its own mini-batches.
    starts, optimizer = np.zeros((16, 2)), optimizers.Adam(lambda t: 0.3 * planned(t))
    run = descend(MiniBatches(line, 4, seed=7), optimizer, starts, steps=200)
    mean = run.losses.mean(axis=1) - line.minimum
    assert np.allclose(curves(losses)[name], mean)
    assert f"{name} {number(mean[-1])}" in picture.words


def test_a_drawing_begins_with_the_schedule_that_is_there():
    planned = schedules.Warmup(20, schedules.Cosine(1, 180))
    hand = explorers.schedule.picture(decays=["cosine", "linear"]).panels[0].hand
    assert hand.values[[0, -1]] == pytest.approx([planned(1), planned(200)])
    drawn = explorers.schedule.picture(drawn=(0.25,) * 41).panels[0].hand
    assert drawn.values == pytest.approx(0.25)


def test_a_schedule_looks_the_same_whichever_others_are_there():
    every = explorers.schedule.controls["decays"].options
    looks = {}
    for chosen in (*([name] for name in every), every):
        for panel in explorers.schedule.picture(decays=chosen, drawn=(1.0,) * 41).panels:
            for line in panel.layers:
                assert looks.setdefault(line.label, line.look) == line.look
    assert len(set(looks.values())) == len(every) + 1


def test_runs_that_diverge_are_counted():
    words = explorers.schedule.picture(
        optimizer="gradient descent", lr=0.3, decays=["linear"]
    ).words
    assert "linear diverges in 16 of them." in words


# ---- what controls belong to, and presets --------------------------------------------------------


def as_bytes(explorer, **parameters):
    """Return a picture as bytes, to tell it from another."""
    buffers = []
    return json.dumps(encode(explorer.picture(**parameters), buffers)), [bytes(b) for b in buffers]


def groups():
    """Yield explorer, control, and the control whose options it belongs to."""
    for explorer in ALL:
        for control in explorer.controls.values():
            if control.of:
                (chooser,) = (
                    other
                    for other in explorer.controls.values()
                    if set(control.of) <= set(getattr(other, "options", ()))
                )
                yield pytest.param(
                    explorer, control, chooser, id=f"{explorer.__name__}-{control.name}"
                )


@pytest.mark.parametrize(("explorer", "control", "chooser"), list(groups()))
def test_a_control_moves_the_picture_of_those_that_it_belongs_to_and_of_no_others(
    explorer, control, chooser
):
    # Not at its ends: where all diverge at once, one picture is like another.
    values = control.sweep()[1:3]
    for option in chooser.options:
        first, second = (
            as_bytes(explorer, **{chooser.name: (option,), control.name: value}) for value in values
        )
        assert (first != second) == (option in control.of), option


def test_a_label_stands_under_the_names_that_it_belongs_to_and_does_not_say_them_again():
    for explorer in ALL:
        groups = {}
        for control in explorer.controls.values():
            groups.setdefault(control.of, []).append(control.label)
            assert not any(name in control.label for name in control.of if name != "momentum")
        assert all(len(set(labels)) == len(labels) for labels in groups.values())


def on_the_sliders(controls, values):
    """Assert that values are some that a hand could set, written as they come back."""
    for name, value in values.items():
        if isinstance(controls[name], Range):
            assert value in controls[name].values, f"{name} = {value} is between two places"
        assert controls[name].check(value) == value, name


@each_explorer
def test_an_explorer_has_some_presets_that_a_hand_could_set_and_that_differ(explorer):
    assert 2 <= len(explorer.presets) <= 4
    for values in explorer.presets.values():
        on_the_sliders(explorer.controls, values)
    pictures = [as_bytes(explorer, **values) for values in explorer.presets.values()]
    assert len({str(picture) for picture in pictures}) == len(pictures)


def pressed(explorer, name):
    """Return the picture of a preset."""
    return explorer.picture(**explorer.presets[name])


def ends(picture, panel=1):
    """Return name → the last number of a curve."""
    return {name: y[-1] for name, y in curves(picture.panels[panel]).items()}


def test_presets_of_the_race():
    assert (
        "gradient descent diverges at"
        in pressed(explorers.descent, "a rate beyond the limit").words
    )
    ground, _ = pressed(explorers.descent, "momentum overshoots").panels
    paths = {layer.label: layer for layer in ground.layers if isinstance(layer, Line)}
    assert paths["momentum"].x.max() > 1 > 0 > paths["gradient descent"].x.max()
    losses = ends(pressed(explorers.descent, "Adam crosses the plain"))
    assert losses["Adam"] < 0.001
    assert min(losses["momentum"], losses["gradient descent"]) > 0.9


def test_presets_of_the_batch_size():
    def wandering(name):
        losses = curves(pressed(explorers.batch_size, name).panels[1])["SGD"]
        return losses[-100:].mean()

    one, every = wandering("one point a step"), wandering("all 100 points")
    half, twice = wandering("2 points, half the rate"), wandering("4 points, the whole rate")
    two = explorers.batch_size.picture(batch=2, lr=0.03, steps=200)
    assert every < 1e-3 < max(half, twice) < 0.7 * curves(two.panels[1])["SGD"][-100:].mean() < one
    assert half == pytest.approx(twice, rel=0.2)


def test_presets_of_the_schedules():
    falling = ends(pressed(explorers.schedule, "three ways down"))
    short = ends(pressed(explorers.schedule, "a short cooldown"))
    long = ends(pressed(explorers.schedule, "a long cooldown"))
    plain = ends(pressed(explorers.schedule, "gradient descent"))
    constant = short["constant"]
    assert list(falling) == ["cosine", "linear", "cooldown"]
    assert max(falling.values()) < constant / 5
    assert long["cooldown"] < constant / 5 < short["cooldown"] < constant
    assert plain["cosine"] < plain["cooldown"] < plain["constant"] / 5
    shapes = curves(pressed(explorers.schedule, "a short cooldown").panels[0])
    apart = np.flatnonzero(shapes["cooldown"] < shapes["constant"])
    assert apart[0] == 200 - 17 and np.all(np.diff(apart) == 1)


def test_presets_of_the_microscope():
    def taken(name):
        picture = pressed(explorers.microscope, name)
        return curves(picture.panels[0])["g"], np.abs(curves(picture.panels[3])["Adam's step"])

    g, steps = taken("a rare gradient")
    assert (steps[g == 0] > 0.01).mean() > 0.6  # it does not rest
    for name, back in (("one shout", False), ("one shout, a short memory", True)):
        g, steps = taken(name)
        assert g.argmax() == 7
        assert (steps[-1] > 0.06) == back
    assert taken("one shout")[1][20:].max() < 0.05
    g, steps = taken("to and fro")
    assert np.all(np.diff(np.sign(g)) != 0) and steps[20:].max() < 0.02


def test_presets_of_the_family():
    shout, agree, noise = (
        curves(pressed(explorers.family, preset).panels[1]) for preset in explorers.family.presets
    )
    assert min(shout, key=lambda name: shout[name][-1]) == "AMSGrad"
    assert np.allclose(agree["Adam"], agree["Lion"])
    assert agree["AdaBelief"].max() > 4
    assert noise["Adam"].sum() > 1.5 * noise["Yogi"].sum()


def test_presets_of_the_bias_correction():
    def ratio(name):
        steps = curves(pressed(explorers.bias_correction, name).panels[2])
        return steps["without"] / steps["with"]

    assert ratio("first steps too short")[:5].max() < 0.9
    lucky = ratio("a first step right by luck")
    assert lucky[0] == pytest.approx(1) and lucky[10] > 1.5
    assert ratio("first steps too long")[:10].min() > 3
    g = curves(pressed(explorers.bias_correction, "gradients around 0").panels[0])["m̂"]
    assert abs(g[-1]) < 0.3


def test_presets_of_the_sensitivity_map():
    def row_and_column(name):
        picture = pressed(explorers.sensitivity, name)
        (cells,), ring = picture.panels[0].layers, picture.panels[0].hand
        value = cell_under_the_ring(picture.panels[0])
        ((row, column),) = np.argwhere(cells.values == value)
        assert picture.panels[2].layers[0].y[-1] == value
        return cells.values[:, column], cells.values[row], column, ring

    _, rates, best, _ = row_and_column("a cliff beside the best rate")
    assert best == np.nanargmin(rates)
    assert rates[best - 2] < 3 * rates[best] and rates[best + 2] > 100 * rates[best]
    betas, _, _, _ = row_and_column("β₁ decides")
    assert np.nanmax(betas) > 1e6 * np.nanmin(betas)
    _, rates, best, ring = row_and_column("a large ε wants a large rate")
    assert rates[best] == np.nanmin(rates) and ring.x > 5
    small = explorers.sensitivity.picture(surface="bowl", across="ε", cell=(0.2, 1e-8)).panels
    assert cell_under_the_ring(small[0]) < 1e-8 < 1e6 * rates[best] < rates[np.argmin(rates) - 10]


def test_presets_of_the_rotation():
    along, across, narrower = (
        ends(pressed(explorers.rotation, name)) for name in explorers.rotation.presets
    )
    assert across["Adam"] > 10 * along["Adam"]
    assert across["momentum"] == pytest.approx(along["momentum"])
    flat = ends(explorers.rotation.picture(angle=0, condition=500))
    assert narrower["Adam"] > 10 * flat["Adam"] and flat["Adam"] < flat["momentum"]


def test_presets_of_reddis_game():
    forgets, longer, defaults = (
        ends(pressed(explorers.reddi, name), 0)["Adam"] for name in explorers.reddi.presets
    )
    assert forgets > 0.9
    assert max(longer, defaults) < -0.9
    assert explorers.reddi.presets["the defaults"].items() >= {"beta1": 0.9, "beta2": 0.999}.items()


def test_presets_of_the_weight_decay():
    one, ten, hundred, paper = (
        ends(pressed(explorers.weight_decay, name), 2) for name in explorers.weight_decay.presets
    )
    assert one["Adam + L2"] == pytest.approx(one["AdamW"], abs=0.02)
    assert one["AdamW"] == pytest.approx(hundred["AdamW"])
    assert one["Adam + L2"] < ten["Adam + L2"] < hundred["Adam + L2"]
    assert paper["AdamW"] < 0.01


def explorers_of_lessons():
    """Yield a lesson's name, the text above an explorer, and the code that shows it."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        text = ""
        for cell in cells:
            code = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                text = code[max(code.find("**Your turn"), 0) :]
            if cell["cell_type"] == "code" and re.search(
                r"^(figures\.)?explorers\.\w+\(", code, re.M
            ):
                yield pytest.param(text, code, id=f"{path.stem[:2]}-{cell['id'][:20]}")


LESSONS = list(explorers_of_lessons())


def widget_of(code):
    """Return the explorer that a lesson's cell shows."""
    *before, call = ast.parse(code).body
    names = {"explorers": explorers, "figures": figures}
    exec(compile(ast.Module(before, []), "cell", "exec"), names)
    return eval(compile(ast.Expression(call.value), "cell", "eval"), names)


@pytest.mark.parametrize(("text", "code"), LESSONS)
def test_a_lesson_names_presets_that_are_under_its_explorer_and_could_be_set_by_hand(text, code):
    widget = widget_of(code)
    presets = {preset["name"]: preset["values"] for preset in widget.declaration["presets"]}
    named = [words for words in re.findall(r"\*\*(.+?)\*\*", text) if not words.endswith(".")]
    assert named and set(named) <= set(presets)
    assert 2 <= len(presets) <= 4
    controls = {control["name"]: control for control in widget.declaration["controls"]}
    for values in presets.values():
        for name, value in values.items():
            assert value in controls[name].get("values", [value]), name


@pytest.mark.parametrize(("text", "code"), LESSONS)
def test_all_that_a_lesson_lets_race_has_its_rate_on_a_slider(text, code):
    controls = widget_of(code).declaration["controls"]
    racing = {name for one in controls if one["kind"] == "Several" for name in one["start"]}
    for one in controls:
        if one["kind"] == "Several" and one["shown"]:
            racing |= set(one["options"])
    for one in controls:
        if one["label"].startswith("rate") and set(one["of"]) & racing:
            assert one["shown"], one["name"]


def pressed_in(lesson, name):
    """Return the picture of a preset that a lesson brings along."""
    (widget,) = (
        widget
        for case in LESSONS
        if case.id.startswith(lesson)
        for widget in [widget_of(case.values[1])]
        if name in [preset["name"] for preset in widget.declaration["presets"]]
    )
    (values,) = (p["values"] for p in widget.declaration["presets"] if p["name"] == name)
    return widget.recipe.picture(**(widget.values | values))


def test_the_presets_of_lesson_01():
    ground, losses = pressed_in("01", "across and back").panels
    assert (np.diff(np.sign(ground.layers[1].y)) != 0).all()
    assert losses.layers[0].y[-1] < 1e-4
    assert "diverges" in pressed_in("01", "a rate beyond the limit").words
    assert "diverges" in pressed_in("01", "a curved valley").words
    rates = explorers.descent.controls["lr"].values
    losses = [
        explorers.descent.picture(
            surface="Rosenbrock", racers=["gradient descent"], lr=rate, steps=50
        )
        .panels[1]
        .layers[0]
        .y
        for rate in rates
    ]
    falls = [rate for rate, loss in zip(rates, losses, strict=True) if (np.diff(loss) < 0).all()]
    assert 0.75 * 2 / 1000 < max(falls) < 2 / 1000


def test_the_presets_of_lesson_03():
    ground = pressed_in("03", "momentum overshoots").panels[0]
    momentum, nesterov = (layer for layer in ground.layers if getattr(layer, "look", None))
    assert (
        momentum.x.max() > 2 and np.abs(momentum.y[40:]).max() > 10 * np.abs(nesterov.y[40:]).max()
    )
    words = pressed_in("03", "one of them breaks").words
    assert "momentum reaches" in words and "Nesterov diverges" in words


def test_the_presets_of_lessons_04_05_and_16():
    along, turned = (ends(pressed_in("04", name)) for name in ("along the axes", "turned by 30°"))
    assert along["AdaGrad"] < 1e-4 * along["gradient descent"]
    assert turned["gradient descent"] < turned["AdaGrad"] / 5

    swing, later, valley = (
        ends(pressed_in("05", name))
        for name in ("ten times the rate", "a longer memory", "a curved valley")
    )
    assert swing["RMSProp"] == pytest.approx(0.5**2 / 2 * (1 + 1 / 20), rel=0.01)  # α/2 from 0
    assert later["RMSProp"] < swing["RMSProp"] / 10
    assert valley["RMSProp"] < valley["AdaGrad"]
    first, tuned = (ends(pressed_in("16", n)) for n in ("gradient descent ahead", "both tuned"))
    assert first["gradient descent"] == tuned["gradient descent"] < tuned["Adam"] < first["Adam"]


# ---- axes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("surface", SURFACES)
def test_no_curve_leaves_the_loss_axis_but_one_that_climbs_for_good(surface):
    racers = explorers.descent.controls["racers"].options
    climbed = 0
    for lr, lr_adaptive in ((0.001, 0.1), (0.01, 1.0), (1.6, 2.0)):
        chosen = {"surface": surface, "racers": racers, "lr": lr, "lr_adaptive": lr_adaptive}
        panel = explorers.descent.picture(**chosen, steps=500).panels[1]
        top = 30 * max(y[0] for y in curves(panel).values())
        for y in curves(panel).values():
            climbs = not y[-1] < top
            climbed += climbs
            y = y[np.isfinite(y) & (y > 1e-12)]
            assert (y >= panel.y.low).all()
            assert climbs or (y <= panel.y.high).all()
        assert panel.y.low >= 1e-12 and panel.y.high <= 1e16
    assert climbed or surface in ("saddle", "plateau")


# ---- the two roots -------------------------------------------------------------------------------

PLACES = [(mu, product) for mu in (0, 0.3, 0.47, 0.9, 0.99) for product in (1e-3, 0.1, 1, 2.5, 4)]


def both(panel):
    """Return the roots that a panel shows as complex numbers."""
    (shown,) = (layer for layer in panel.layers if layer.label == "roots")
    return shown.x + 1j * shown.y


@pytest.mark.parametrize(("mu", "product"), PLACES)
def test_the_roots_are_those_of_lesson_03_and_make_its_run(mu, product):
    plane, run, sizes = explorers.roots.picture(momentum=mu, product=product).panels
    pair = both(plane)
    known = np.roots([1, -(1 + mu - product), mu])
    assert np.allclose(np.sort_complex(pair), np.sort_complex(known))
    size = np.abs(known).max()
    assert np.abs(pair[0]) == pytest.approx(size)
    swings = (1 - mu**0.5) ** 2 < product < (1 + mu**0.5) ** 2
    assert (pair[0].imag != 0) == swings
    assert not swings or size == pytest.approx(mu**0.5)

    bound, mirrored, ball = run.layers
    x = ball.y
    assert x[0] == 1 and x[1] == pytest.approx(1 - product)
    assert np.allclose(x[2:], (1 + mu - product) * x[1:-1] - mu * x[:-2], rtol=1e-9, atol=1e-12)
    assert np.allclose(bound.y, size ** np.arange(len(x))) and np.allclose(mirrored.y, -bound.y)
    assert np.allclose(sizes.layers[1].y, np.abs(x))
    assert (len(x) == 61) == (size < 1.2)


@pytest.mark.parametrize(("mu", "product"), PLACES)
def test_both_roots_are_on_the_map_and_its_circles_are_round(mu, product):
    plane = explorers.roots.picture(momentum=mu, product=product).panels[0]
    assert plane.aspect == 1
    assert (plane.x.low, plane.x.high) == (plane.y.low, plane.y.high)
    assert np.abs(both(plane)).max() < 0.9 * plane.x.high
    unit, inner = (layer for layer in plane.layers if getattr(layer, "look", None))
    assert np.allclose(np.hypot(unit.x, unit.y), 1)
    assert np.allclose(np.hypot(inner.x, inner.y), mu**0.5)


def test_the_words_on_the_roots_say_what_follows():
    def follows(mu, product):
        return explorers.roots.picture(momentum=mu, product=product).words

    assert "0.9 ± 0.3 i, and their size is r = √μ = 0.949. A complex pair: x swings" in follows(
        0.9, 0.1
    )
    assert (
        "roots are 0.9 and 0, and the larger size is r = 0.9. Both are real: x creeps"
        in follows(0, 0.1)
    )
    assert "changes sides in every step" in follows(0.2, 2.2)
    assert "the roots meet at αλ = 0.00263 and 3.8." in follows(0.9, 0.1)
    # The limit is 2 (1 + μ).
    for mu in (0, 0.5, 0.9):
        assert "diverges" not in follows(mu, 2 * (1 + mu) - 0.01)
        assert "outside the unit circle: x diverges" in follows(mu, 2 * (1 + mu) + 0.01)


def test_presets_of_the_roots():
    creeps, meet, swings, outside = (
        pressed(explorers.roots, name).panels for name in explorers.roots.presets
    )
    x = [panels[1].layers[2].y for panels in (creeps, meet, swings, outside)]
    assert (np.diff(x[0]) < 0).all() and (x[0] > 0).all()
    assert abs(np.diff(both(meet[0]))[0]) < 0.1
    assert abs(x[1][-1]) < min(abs(x[0][-1]), abs(x[2][-1])) / 1000
    assert (np.diff(np.sign(x[2])) != 0).sum() > 4 and abs(x[2][-1]) < 1
    assert np.abs(both(outside[0])).max() > 1 and abs(x[3][-1]) > 1e6


# ---- steepest descent ----------------------------------------------------------------------------

FROM = [(-4.0, 1.0), (3.0, 0.2), (0.5, -2.0), (0.0, 3.0), (-2.0, 0.0), (1e-9, 1e-9)]


def marked(panel):
    """Return label → place of the points of a panel."""
    return {p.label: (p.x.item(), p.y.item()) for p in panel.layers if isinstance(p, Points)}


@pytest.mark.parametrize("at", FROM)
@pytest.mark.parametrize("condition", [1, 4, 20])
def test_the_curvature_along_the_gradient_says_where_the_line_is_lowest(at, condition):
    bowl, theta = Bowl(condition, curvature=condition), np.array(at)
    g = bowl.gradient(theta)
    picture = explorers.steepest.picture(at=at, condition=condition, lr=0.05)
    _, line, curvatures = picture.panels
    down = g / np.linalg.norm(g)
    around = [bowl.value(theta + step * down) for step in (-1, 0, 1)]
    second = around[0] - 2 * around[1] + around[2]
    ((angle, curvature),) = marked(curvatures).values()
    assert curvature == pytest.approx(second)
    assert 1 <= round(curvature, 9) <= condition
    assert angle == pytest.approx(np.degrees(np.arctan2(abs(g[1]), abs(g[0]))))
    assert f"the curvature is λ = {number(second)}, between 1 and {condition}" in picture.words

    (_, heights), places = [each for each in line.layers if isinstance(each, Line)], marked(line)
    assert heights.y[0] == 1 and heights.x[0] == 0
    assert places["1 / λ"][0] == pytest.approx(1 / second)
    assert places["1 / λ"][0] == pytest.approx(heights.x[heights.y.argmin()], abs=0.005)
    assert places["2 / λ"] == pytest.approx((2 / second, 1))
    for label, (rate, height) in places.items():
        assert height == pytest.approx(
            bowl.value(theta - rate * g) / bowl.value(theta), abs=1e-12
        ), label


@pytest.mark.parametrize("lr", [0.01, 0.4, 2.2])
def test_the_step_is_gradient_descents(lr):
    picture = explorers.steepest.picture(at=(3.0, -1.0), lr=lr, condition=3)
    run = descend(Bowl(3, curvature=3), optimizers.GradientDescent(lr), (3.0, -1.0), 1)
    ground, line, _ = picture.panels
    (step,) = (layer for layer in ground.layers if getattr(layer, "look", None))
    assert np.allclose(np.column_stack([step.x, step.y]), run.thetas)
    assert f"loss from {number(run.losses[0])} to {number(run.losses[1])}." in picture.words
    assert marked(line)["this rate"][1] < line.y.high


def test_presets_of_steepest_descent():
    best, level, uphill, straight = (
        marked(pressed(explorers.steepest, name).panels[1]) for name in explorers.steepest.presets
    )
    assert best["this rate"] == pytest.approx(best["1 / λ"])
    assert level["this rate"] == pytest.approx(level["2 / λ"])
    assert uphill["this rate"][1] > 1
    assert straight["this rate"] == pytest.approx((0.25, 0))
    assert "0° apart" in pressed(explorers.steepest, "straight to the minimum").words
    assert "the loss from 10 to 3.6." in pressed(explorers.steepest, "the best step").words


def test_points_and_widgets_stay_small():
    assert Points(np.zeros(1), np.zeros(1)).marker == "*"
    source = len(Explorer._esm) + len(Explorer._css)
    assert source < 80_000


def test_the_explorer_of_the_family_shows_the_courses_own_steps():
    picture = explorers.family.picture(stream="constant", relatives=("Adam", "RAdam"), beta2=0.99)
    (_, adam, radam) = picture.panels[1].layers
    np.testing.assert_allclose(adam.y, np.ones(40), rtol=1e-7)
    np.testing.assert_allclose(radam.y[:4], 1, rtol=1e-12)
    assert radam.y[5] < 0.1
