"""The course's figures. Each is a matplotlib Figure whose label tells it in words and numbers.

No function here touches pyplot: nothing is shown, and no setting changes, until `show` is called.
"""

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.patches import Rectangle

from adam_course.descend import Trajectory
from adam_course.figures import style
from adam_course.figures.identity import LOOKS, assigned
from adam_course.figures.numbers import number
from adam_course.figures.style import styled
from adam_course.problems import Regression, Surface


@styled
def contour(problem, runs=None, *, window=None, title=None):
    """Return a map of a 2-D problem, dark where the loss is low, with the paths of runs on it.

    Stars are the problem's minima, rings the starts; markers sit on a run's steps (of a long run,
    on every so many).

    Args:
        problem: of dimension 2. runs: a Trajectory or a dict of label → Trajectory.
        window: ((xmin, xmax), (ymin, ymax)) in parameter units; None for the problem's own.
        title: a line above the map.

    Raises:
        TypeError: runs are not trajectories.
        ValueError: the problem is not 2-D, or runs is empty or holds a batch.
    """
    runs = _checked("contour", runs, problem)
    window = _checked_window("contour", problem.window if window is None else window, problem)
    x, y = (np.linspace(*ends, 161) for ends in window)
    values = problem.value(np.stack(np.meshgrid(x, y), axis=-1))
    above, levels, norm, words = _levels(values, problem.minimum)

    figure, axes, bar = style.new_map()
    axes.set_title(title or "")
    ground = axes.contourf(x, y, above, levels, cmap=style.GROUND, norm=norm)
    axes.contour(x, y, above, levels[1:], colors="white", linewidths=0.7, linestyles="-")
    style.colour_bar(figure, ground, bar, words)
    minimizers = _minimizers(problem)
    _paths(axes, {label: run.thetas.T for label, run in runs.items()}, minimizers.T)
    names = _names(problem)
    axes.set(xlim=window[0], ylim=window[1], xlabel=names[0], ylabel=names[1])
    style.fit_map(figure, axes, bar, np.ptp(window[1]) / np.ptp(window[0]))
    return _described(
        figure,
        f"Contour map of {problem.name}, {names[0]} from {_range(window[0])} and {names[1]} from "
        f"{_range(window[1])}, darker where the loss is lower.",
        _minima(problem, minimizers),
        *(_journey(label, run, window) for label, run in runs.items()),
    )


@styled
def losses(runs, *, minimum=None, log=True):
    """Return the loss of each run against the step.

    Args:
        runs: a Trajectory or a dict of label → Trajectory.
        minimum: draw the loss above this value; None for the loss itself.
        log: use a logarithmic loss axis.

    Raises:
        TypeError, ValueError: as `contour`; also for a loss that a log axis cannot show.
    """
    runs = _checked("losses", runs)
    words = "loss" if not minimum else f"loss above {_number(minimum)}"
    curves = {label: (run.t, run.losses - (minimum or 0.0)) for label, run in runs.items()}
    for label, run in runs.items():
        lowest, scale = run.losses.min(), abs(run.losses[0])
        if log and not run.diverged_at and lowest - (minimum or 0.0) < -1e-12 * scale:
            raise ValueError(
                f"losses: a log axis cannot show {label!r}, whose loss falls to {_number(lowest)}; "
                "give a minimum below that, or log=False."
            )
    return _line_chart(curves, "step t", words, ylog=log, runs=runs)


@styled
def lines(x, curves, *, xlabel, ylabel, xlog=False, ylog=False):
    """Return a line chart with each curve's label at its end.

    Args:
        x: (n,) numbers. curves: label → (n,) numbers; NaN leaves a gap.
        xlabel, ylabel: with units. xlog, ylog: logarithmic axes.

    Raises:
        ValueError: there is no curve, or one is not of x's length.
    """
    x = np.asarray(x, dtype=float)
    curves = {label: (x, np.asarray(y, dtype=float)) for label, y in curves.items()}
    if not curves:
        raise ValueError("lines: curves is empty; give a dict of label → y.")
    for label, (_, y) in curves.items():
        if x.ndim != 1 or y.shape != x.shape:
            raise ValueError(
                f"lines: x and every curve must be of one length, but x has shape {x.shape} "
                f"and {label!r} has {y.shape}."
            )
    return _line_chart(curves, xlabel, ylabel, xlog=xlog, ylog=ylog)


@styled
def microscope(run, parameter=0, *, lr=None):
    """Return what Adam does to one parameter, step by step, in four panels.

    The gradient g; its mean m and the corrected m̂; √v and √v̂; and the size of the step taken,
    beside the step that plain gradient descent would take for the same gradient.

    Args:
        run: from ``descend(…, states=True)`` with Adam or a relative that has m_hat and v_hat.
        parameter: its index, from 0.
        lr: the plain step is lr · g; None for the run's own rate, if that is one number.

    Raises:
        TypeError, ValueError: as `contour`; also for a run without these states.
        IndexError: there is no such parameter.
    """
    (name, run), *others = _checked("microscope", run).items()
    if others:
        raise ValueError("microscope: it looks at one run at a time; give one Trajectory.")
    if not run.states:
        raise ValueError("microscope: the run has no states; use descend(…, states=True).")
    if missing := sorted({"m", "v", "m_hat", "v_hat"} - set(run.states)):
        raise ValueError(f"microscope: a run of {run.optimizer} has no {' and no '.join(missing)}.")
    _check_steps("microscope", run, parameter)
    g = run.gradients[:, parameter]
    m, v, m_hat, v_hat = (run.states[key][:, parameter] for key in ("m", "v", "m_hat", "v_hat"))
    own = run.hyperparameters["lr"]
    lr = own if lr is None and isinstance(own, float) else lr
    plain = {} if lr is None else {"lr · |g|": lr * np.abs(g)}
    panels = {
        "gradient": {"g": g},
        "mean of g": {"m̂": m_hat, "m": m},
        "size of g": {"√v̂": np.sqrt(v_hat), "√v": np.sqrt(v)},
        "step size": {name: np.abs(run.updates[:, parameter])} | plain,
    }
    figure, rows = style.new_figure(height=5.6, rows=4)
    words = []
    for axes, (ylabel, curves) in zip(rows, panels.items(), strict=True):
        _draw(axes, {label: (run.t[1:], y) for label, y in curves.items()})
        axes.set_ylabel(ylabel)
        words += [_course(label, run.t[1:], y) for label, y in curves.items()]
    rows[-1].set(xlabel="step t", yscale="log")
    style.whole_steps(rows[-1].xaxis)
    figure.align_ylabels()
    for axes in rows:
        style.label_ends(axes)
    style.fit(figure)
    return _described(
        figure,
        f"Four line charts over steps {_range(run.t[[1, -1]])} of {run.optimizer} on "
        f"{run.problem.name}, for the parameter {_names(run.problem)[parameter]}.",
        *words,
    )


@styled
def heat_map(values, x, y, *, xlabel, ylabel, label, best=True):
    """Return a map of what came out over a grid of two hyperparameters, dark where it is low.

    Args:
        values: (len(y), len(x)) final losses; NaN or infinity where a run diverged.
        x, y: ascending positive numbers, on logarithmic axes. xlabel, ylabel: with units.
        label: what the values are.
        best: mark the cell with the lowest value.

    Raises:
        ValueError: the shapes do not fit, x or y is not ascending and positive, a value is
            negative, or every run diverged.
    """
    x, y, values = (np.asarray(each, dtype=float) for each in (x, y, values))
    if values.shape != (len(y), len(x)):
        raise ValueError(
            f"heat_map: values must have shape (len(y), len(x)) = {(len(y), len(x))}, "
            f"not {values.shape}."
        )
    for name, ticks in (("x", x), ("y", y)):
        if len(ticks) < 2 or ticks[0] <= 0 or not np.all(np.diff(ticks) > 0):
            raise ValueError(f"heat_map: {name} must be two or more positive, ascending numbers.")
    alive = np.isfinite(values)
    positive = values[alive & (values > 0)]
    if not positive.size or values[alive].min() < 0:
        what = "one is negative" if positive.size else "none is positive and finite"
        raise ValueError(f"heat_map: values must suit a log colour scale, but {what}.")
    norm = LogNorm(positive.min(), max(positive.max(), positive.min() * 10))

    figure, axes, bar = style.new_map()
    axes.set(xscale="log", yscale="log", xlabel=xlabel, ylabel=ylabel)
    shown = np.where(alive, np.maximum(values, norm.vmin), np.nan)
    mesh = axes.pcolormesh(_edges(x), _edges(y), shown, norm=norm, cmap="viridis")
    style.colour_bar(figure, mesh, bar, label)
    dead = values.size - alive.sum()
    if dead:
        hatched = {"facecolor": "white", "hatch": "////", "edgecolor": "#9a9a9a", "linewidth": 0}
        axes.add_patch(
            Rectangle((0, 0), 1, 1, transform=axes.transAxes, zorder=0, label="diverged", **hatched)
        )
    row, column = np.unravel_index(np.nanargmin(np.where(alive, values, np.nan)), values.shape)
    lowest = [_number(values[row, column])]
    lowest += [f"{xlabel} = {_number(x[column])}", f"{ylabel} = {_number(y[row])}"]
    if best:
        star = {"color": "white", "markersize": 14, "markeredgecolor": "black"}
        axes.plot(x[column], y[row], "*", label="lowest: " + "\n".join(lowest), **star)
    style.fit_map(figure, axes, bar, 0.9)
    return _described(
        figure,
        f"Heat map of {label}: {xlabel} from {_range(x[[0, -1]])} and {ylabel} from "
        f"{_range(y[[0, -1]])}, {len(x)} × {len(y)} runs on log axes, darker where it is lower.",
        f"Lowest {lowest[0]} at {lowest[1]}, {lowest[2]}; highest {_number(values[alive].max())}.",
        f"{dead} of {values.size} runs diverged (hatched)." if dead else "",
    )


def _checked(who, runs, problem=None):
    """Return ``runs`` as a dict of label → single run, after a look at the problem's dimension."""
    if problem is not None and problem.dimension != 2:
        raise ValueError(
            f"{who}: draws problems of dimension 2, but {problem.name} has dimension "
            f"{problem.dimension}."
        )
    if problem is not None and runs is None:
        return {}
    if isinstance(runs, Trajectory):
        runs = {runs.method: runs}
    if not isinstance(runs, dict) or not all(isinstance(r, Trajectory) for r in runs.values()):
        raise TypeError(f"{who}: runs must be a Trajectory or a dict of label → Trajectory.")
    if not runs:
        raise ValueError(
            f"{who}: runs is empty; give a Trajectory or a dict of label → Trajectory."
        )
    for label, run in runs.items():
        if run.losses.ndim > 1:
            raise ValueError(
                f"{who}: {label!r} is a batch of runs of shape {run.losses.shape[1:]}; a figure "
                "draws single runs, with one start and one number for each hyperparameter."
            )
    return runs


def _checked_window(who, window, problem):
    """Return ``window`` if it has a pair of ascending numbers for each parameter."""
    ends = np.asarray(window, dtype=float)
    if ends.shape != (problem.dimension, 2) or not np.all(ends[:, 0] < ends[:, 1]):
        pairs = ", ".join(f"({name}min, {name}max)" for name in _names(problem))
        raise ValueError(f"{who}: window must be ({pairs},) with min below max, not {window}.")
    return window


def _check_steps(who, run, parameter):
    """Refuse a run whose single steps are not recorded, or that has no such parameter."""
    if len(run.t) < 2 or np.diff(run.t).max() > 1:
        what = "leaves steps out; use descend(…, every=1)" if len(run.t) > 1 else "has no steps"
        raise ValueError(f"{who}: the run of {run.optimizer} {what}.")
    if not -run.problem.dimension <= parameter < run.problem.dimension:
        raise IndexError(
            f"{who}: {run.problem.name} has parameters 0 to {run.problem.dimension - 1}, "
            f"so there is no parameter {parameter}."
        )


def _line_chart(curves, xlabel, ylabel, *, xlog=False, ylog=False, runs=None):
    """Return the figure of label → (x, y) curves, with their labels at their ends."""
    figure, (axes,) = style.new_figure()
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if xlog:
        axes.set_xscale("log", nonpositive="mask")
    if ylog:
        axes.set_yscale("log", nonpositive="mask")
    diverged = [label for label, run in (runs or {}).items() if run.diverged_at]
    _draw(axes, {f"{k} (diverged)" if k in diverged else k: xy for k, xy in curves.items()})
    if runs:
        style.whole_steps(axes.xaxis)
    if diverged:
        _let_leave(axes, curves, diverged)
    style.label_ends(axes)
    style.fit(figure)
    scales = {(0, 0): "", (1, 0): ", log x axis", (0, 1): ", log y axis", (1, 1): ", log axes"}
    return _described(
        figure,
        f"Line chart of {ylabel} against {xlabel}{scales[xlog, ylog]}.",
        *(_course(label, x, y) for label, (x, y) in curves.items()),
        *(f"{label}: {runs[label].reason}" for label in diverged),
    )


def _draw(axes, curves):
    """Draw label → (x, y) curves, with a marker on every point where there are few."""
    few = max(len(x) for x, _ in curves.values()) <= 30
    looks = assigned(curves)
    for label, (x, y) in curves.items():
        look = LOOKS[looks[label]].line
        axes.plot(x, y, label=label, **look | ({} if few else {"marker": None}))
    axes.margins(x=0.02 if few else 0)


def _let_leave(axes, curves, diverged):
    """Fit the y axis to the other curves: one that diverges leaves, or it would flatten them."""
    kept = [y[:1] if label in diverged else y for label, (_, y) in curves.items()]
    low, high = np.nanmin(np.concatenate(kept)), np.nanmax(np.concatenate(kept))
    if axes.get_yscale() == "log":
        axes.set_ylim(top=30 * high)
        if low > 0:
            axes.set_ylim(bottom=low / 3)
    else:
        room = 0.3 * (high - low or abs(high) or 1.0)
        falls = any(np.nanmin(y) < low for _, y in curves.values())
        axes.set_ylim(low - (room if falls else room / 6), high + room)


def _paths(axes, paths, stars):
    """Draw label → (x, y) paths with markers on their steps, rings at their starts, and stars."""
    looks = assigned(paths)
    for label, (x, y) in paths.items():
        axes.plot(
            x,
            y,
            label=label,
            linewidth=1.5,
            markeredgecolor="white",
            markeredgewidth=0.4,
            markevery=-(-len(x) // 30),
            **LOOKS[looks[label]].line,
        )
    starts = np.array([(x[0], y[0]) for x, y in paths.values()]).reshape(-1, 2)
    ring = {"color": style.INK, "markersize": 9, "markerfacecolor": "none"}
    if len(starts):
        axes.plot(*np.unique(starts, axis=0).T, "o", **ring, label="start")
    if len(stars[0]):
        axes.plot(*stars, "*", color=style.INK, ms=12, mec="white", mew=0.7, label="minimum")


def _levels(values, minimum):
    """Return what a map shows, its levels, their scale and words: log above a finite minimum."""
    if minimum is None or not np.isfinite(minimum):
        return values, np.linspace(np.nanmin(values), np.nanmax(values), 11), None, "loss"
    above = values - minimum
    high = np.nanmax(above)
    low = max(np.nanquantile(above, 0.005), high * 1e-6)
    words = f"loss above {_number(minimum)}" if minimum else "loss"
    return np.clip(above, low, high), np.geomspace(low, high, 11), LogNorm(low, high), words


def _minimizers(problem):
    """Return the problem's (k, d) minimizers; k may be 0."""
    points = [] if problem.minimizers is None else problem.minimizers
    return np.asarray(points, dtype=float).reshape(-1, problem.dimension)


def _edges(centres):
    """Return the n + 1 edges, halfway on a log scale, of cells with n centres."""
    logs = np.log(centres)
    middles = (logs[1:] + logs[:-1]) / 2
    return np.exp([2 * logs[0] - middles[0], *middles, 2 * logs[-1] - middles[-1]])


def _described(figure, *sentences):
    figure.set_label(" ".join(sentence for sentence in sentences if sentence))
    return figure


def _number(x):
    """Write a number; what is rounding error on any machine, as ≈0."""
    return number(x) if x == 0 or abs(x) > 1e-12 else "≈0"


def _range(ends):
    return f"{_number(ends[0])} to {_number(ends[1])}"


def _point(theta):
    words = ", ".join(map(_number, theta))
    return f"({words})" if len(theta) > 1 else words


def _names(problem):
    """Return the parameters' names: those in the problem's formula, or else θ₁, θ₂, …."""
    if isinstance(problem, Surface):
        return "xy"[: problem.dimension]
    if isinstance(problem, Regression):
        return "wb"
    digits = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    return ["θ" + str(i + 1).translate(digits) for i in range(problem.dimension)]


def _minima(problem, minimizers):
    if not len(minimizers):
        return ""
    return f"Minimum {_number(problem.minimum)} at {' and '.join(map(_point, minimizers))}."


def _journey(label, run, window):
    """Say where a run went: from, to, and whether it left the window or diverged."""
    words = (
        f"{label}: {run.t[-1]} steps from {_point(run.thetas[0])}, loss {_number(run.losses[0])}, "
        f"to {_point(run.thetas[-1])}, loss {_number(run.losses[-1])}."
    )
    low, high = np.transpose(window)
    outside = ~((run.thetas >= low) & (run.thetas <= high)).all(axis=1)
    if outside.any():
        words += f" It leaves the window at step {run.t[np.argmax(outside)]}."
    return f"{words} {run.reason}".strip()


def _course(label, x, y):
    """Say how a curve goes: its first and last value, and its lowest where that is neither."""
    known = np.isfinite(y)
    if not known.any():
        return f"{label}: no finite value."
    x, y = np.asarray(x)[known], np.asarray(y)[known]
    words = f"{label}: {_number(y[0])} at {_number(x[0])}, {_number(y[-1])} at {_number(x[-1])}"
    lowest = np.argmin(y)
    if y[lowest] < min(y[0], y[-1]):
        words += f", lowest {_number(y[lowest])} at {_number(x[lowest])}"
    return words + "."
