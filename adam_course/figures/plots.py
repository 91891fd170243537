"""The figures of lessons. Each is a `Picture`, whose words tell it to those who do not see it."""

from dataclasses import replace

import numpy as np

from adam_course.descend import Trajectory
from adam_course.figures.identity import assigned
from adam_course.figures.numbers import number
from adam_course.figures.picture import Axis, Line, Map, Panel, Picture, Points
from adam_course.problems import Regression, Surface

#: Curves of so many points or fewer have a marker on each.
FEW = 30


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
    names = _names(problem)
    axes = [Axis(name, *map(float, ends)) for name, ends in zip(names, window, strict=True)]
    minimizers = _minimizers(problem)
    paths = {label: (run.t, *run.thetas.T) for label, run in runs.items()}
    layers = [surface(problem, window), *_lines(paths, markers=True)]
    starts = {tuple(run.thetas[0]) for run in runs.values()} - set(map(tuple, minimizers))
    if starts:  # a ring below a star would not be seen
        layers.append(Points(*np.transpose(sorted(starts)), "o", filled=False, label="start"))
    if len(minimizers):
        layers.append(Points(*minimizers.T, "*", label="minimum"))
    ratio = float(np.ptp(window[1]) / np.ptp(window[0]))
    # Circles stay circles where both parameters have one scale, unless that is too flat or high.
    shape = ratio if 1 / 3 <= ratio <= 3 else 0.8
    return Picture(
        (Panel(*axes, tuple(layers), title=title or "", aspect=shape),),
        _words(
            f"Contour map of {problem.name}, {names[0]} from {_range(window[0])} and {names[1]} "
            f"from {_range(window[1])}, darker where the loss is lower.",
            _minima(problem, minimizers),
            *(_journey(label, run, window) for label, run in runs.items()),
        ),
        steps=_last_step(layers),
    )


def surface(problem, window, points=161):
    """Return the `Map` of a 2-D problem over a window, on a log scale above a finite minimum."""
    grid = np.meshgrid(*(np.linspace(*ends, points) for ends in window))
    values = problem.value(np.stack(grid, axis=-1))
    if problem.minimum is None or not np.isfinite(problem.minimum):
        ends = float(np.nanmin(values)), float(np.nanmax(values))
        return Map(values, *ends, "loss", log=False, smooth=True)
    above = values - problem.minimum
    high = float(np.nanmax(above))
    low = max(float(np.nanquantile(above, 0.005)), high * 1e-6)
    return Map(above, low, high, _loss_above(problem.minimum), smooth=True)


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
    words = _loss_above(minimum)
    curves = {label: (run.t, run.losses - (minimum or 0.0)) for label, run in runs.items()}
    for label, run in runs.items():
        lowest, scale = run.losses.min(), abs(run.losses[0])
        if log and not run.diverged_at and lowest - (minimum or 0.0) < -1e-12 * scale:
            raise ValueError(
                f"losses: a log axis cannot show {label!r}, whose loss falls to {_number(lowest)}; "
                "give a minimum below that, or log=False."
            )
    return _line_chart(curves, "step t", words, ylog=log, runs=runs)


def lines(x, curves, *, xlabel, ylabel, xlog=False, ylog=False, apart=False, looks=None):
    """Return a line chart with each curve's label at its end.

    Args:
        x: (n,) numbers. curves: label → (n,) numbers; NaN leaves a gap.
        xlabel, ylabel: with units. xlog, ylog: logarithmic axes.
        apart: give each curve a panel of its own, one above the other, for curves that overlap.
        looks: label → key of `identity.LOOKS`; None: by the labels. "1 2" is the colour of "1",
            dashed.

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
    chart = _line_chart(curves, xlabel, ylabel, xlog=xlog, ylog=ylog, looks=looks)
    return _apart(chart) if apart else chart


def _apart(chart):
    """Return a line chart with a panel for each of its curves; the last one names the x axis."""
    (panel,) = chart.panels
    *above, last = (replace(panel, layers=(line,)) for line in panel.layers)
    bare = replace(panel.x, label="")
    return replace(chart, panels=(*(replace(one, x=bare) for one in above), last))


def directions(matrices):
    """Return what two matrices make of a circle: ellipses, whose half axes are drawn too.

    The lengths of the half axes are a matrix's singular values. Where both are equal, any two
    directions at a right angle are half axes: the second matrix then shows those of the first.

    Args:
        matrices: label → (2, 2) array, for two matrices.

    Raises:
        ValueError: there are not two, or one is not 2 × 2.
    """
    matrices = {label: np.asarray(matrix, dtype=float) for label, matrix in matrices.items()}
    if len(matrices) != 2 or any(matrix.shape != (2, 2) for matrix in matrices.values()):
        raise ValueError("directions: matrices must be a dict of two labels → 2 × 2 arrays.")
    around = np.linspace(0, 2 * np.pi, 181)
    circle = np.stack([np.cos(around), np.sin(around)])
    reach = 1.1 * max(1, *(np.linalg.norm(matrix, 2) for matrix in matrices.values()))
    axes = [Axis(f"{name} number", -float(reach), float(reach)) for name in ("first", "second")]
    panels, words, u = [], [], None
    for column, (label, matrix) in enumerate(matrices.items()):
        own, sizes, _ = np.linalg.svd(matrix)
        if u is None or not np.isclose(*sizes):
            u = own * np.where(own.sum(axis=0) < 0, -1, 1)  # the half axis that points up, or right
        sizes = sizes.round(6) + 0.0
        first, second = (u * sizes).T
        ellipse = Line(*(matrix @ circle), "ellipse", "1")
        half = Line(*np.stack([first, 0 * first, second], axis=-1), "half axes", "2")
        layers = Line(*circle, "circle"), ellipse, half
        panels.append(Panel(*axes, layers, title=label, column=column, aspect=1.0))
        words.append(f"{label}: half axes of {_number(sizes[0])} and {_number(sizes[1])}.")
    return Picture(
        tuple(panels),
        _words("Graph of two ellipses that matrices make of a circle of radius 1.", *words),
    )


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
    t = run.t[1:]
    steps = Axis("", *_limits([t]), whole=True)
    rows, words = [], []
    for ylabel, curves in panels.items():
        axis = Axis(ylabel, *_limits(curves.values(), 0.05))
        rows.append(Panel(steps, axis, _lines({label: (t, t, y) for label, y in curves.items()})))
        words += [_course(label, t, y) for label, y in curves.items()]
    sizes = [line.y for line in rows[-1].layers]
    below = Axis("step size", *_limits(sizes, 0.05, log=True), log=True)
    rows[-1] = replace(rows[-1], x=replace(steps, label="step t"), y=below)
    return Picture(
        tuple(rows),
        _words(
            f"Four line charts over steps {_range(run.t[[1, -1]])} of {run.optimizer} on "
            f"{run.problem.name}, for the parameter {_names(run.problem)[parameter]}.",
            *words,
        ),
        steps=_last_step(rows[0].layers),
    )


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
    low = float(positive.min())
    high = max(float(positive.max()), low * 10)
    edges = _edges(x), _edges(y)
    axes = [
        Axis(name, float(ends[0]), float(ends[-1]), log=True)
        for name, ends in zip((xlabel, ylabel), edges, strict=True)
    ]
    layers = [Map(np.where(alive, values, np.nan), low, high, label, edges=edges)]
    dead = int(values.size - alive.sum())
    row, column = np.unravel_index(np.nanargmin(np.where(alive, values, np.nan)), values.shape)
    lowest = [_number(values[row, column])]
    lowest += [f"{xlabel} = {_number(x[column])}", f"{ylabel} = {_number(y[row])}"]
    if best:
        # Of "memory in steps, 1 / (1 − β)" the legend has what follows the comma.
        words = "lowest: " + "\n".join(line.split(", ")[-1] for line in lowest)
        layers.append(Points(x[[column]], y[[row]], "*", label=words))
    return Picture(
        (Panel(*axes, tuple(layers), aspect=0.9),),
        _words(
            f"Heat map of {label}: {xlabel} from {_range(x[[0, -1]])} and {ylabel} from "
            f"{_range(y[[0, -1]])}, {len(x)} × {len(y)} runs on log axes, darker where it is "
            "lower.",
            f"Lowest {lowest[0]} at {lowest[1]}, {lowest[2]}; highest "
            f"{_number(values[alive].max())}.",
            f"{dead} of {values.size} runs diverged (hatched)." if dead else "",
        ),
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


def _line_chart(curves, xlabel, ylabel, *, xlog=False, ylog=False, runs=None, looks=None):
    """Return the picture of label → (x, y) curves."""
    diverged = [label for label, run in (runs or {}).items() if run.diverged_at]
    drawn = {f"{k} (diverged)" if k in diverged else k: xy for k, xy in curves.items()}
    steps = "step" in xlabel and not xlog
    grown = {label: (x if steps else None, x, y) for label, (x, y) in drawn.items()}
    layers = _lines(grown, looks=looks)
    room = 0.02 if layers[0].markers else 0
    x_ends = _limits([x for x, _ in curves.values()], room, log=xlog)
    y_ends = _limits([y for _, y in curves.values()], 0.05, log=ylog)
    if diverged:
        y_ends = _leaving(curves, diverged, y_ends, ylog)
    axes = Axis(xlabel, *x_ends, log=xlog, whole=bool(runs)), Axis(ylabel, *y_ends, log=ylog)
    scales = {(0, 0): "", (1, 0): ", log x axis", (0, 1): ", log y axis", (1, 1): ", log axes"}
    return Picture(
        (Panel(*axes, layers),),
        _words(
            f"Line chart of {ylabel} against {xlabel}{scales[xlog, ylog]}.",
            *(_course(label, x, y) for label, (x, y) in curves.items()),
            *(f"{label}: {runs[label].reason}" for label in diverged),
        ),
        steps=_last_step(layers),
    )


def _lines(curves, markers=None, looks=None):
    """Return the lines of label → (t, x, y), which grow with the steps t where there are any.

    ``markers``: mark the points; None if there are few.
    """
    looks = looks or assigned(curves)
    if markers is None:
        markers = max(len(x) for _, x, _ in curves.values()) <= FEW
    return tuple(
        Line(
            np.asarray(x, dtype=float),
            np.asarray(y, dtype=float),
            label,
            looks[label],
            markers=markers,
            **_growth(t),
        )
        for label, (t, x, y) in curves.items()
    )


def _growth(t):
    """Return the fields of a line whose points belong to the steps t, if these are even."""
    if t is None or len(t) < 2:
        return {}
    gaps = np.unique(np.diff(t))
    if len(gaps) != 1 or gaps[0] < 1 or not all(float(n).is_integer() for n in (t[0], gaps[0])):
        return {}
    return {"first": int(t[0]), "every": int(gaps[0])}


def _last_step(layers):
    """Return the last step of the lines that grow, or 0 if one of the lines does not grow."""
    lines = [layer for layer in layers if isinstance(layer, Line)]
    if not lines or any(line.first is None for line in lines):
        return 0
    return max(line.first + line.every * (len(line.x) - 1) for line in lines)


def _limits(arrays, room=0.0, log=False):
    """Return the ends of an axis: what is finite, and so much room on either side, as a share."""
    every = np.concatenate([np.asarray(each, dtype=float).ravel() for each in arrays])
    every = every[np.isfinite(every) & ((every > 0) | (not log))]
    if not every.size:
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = (np.log10(every) if log else every)[[every.argmin(), every.argmax()]]
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        half = 1.0 if log else 0.05 * abs(high) or 0.05
        low, high = low - half, high + half
    low, high = low - room * (high - low), high + room * (high - low)
    return (float(10**low), float(10**high)) if log else (float(low), float(high))


def _leaving(curves, diverged, ends, log):
    """Return the ends of a y axis for all but the diverged curves: one would flatten the others."""
    kept = [y[:1] if label in diverged else y for label, (_, y) in curves.items()]
    low, high = float(np.nanmin(np.concatenate(kept))), float(np.nanmax(np.concatenate(kept)))
    if log:
        return (low / 3 if low > 0 else ends[0]), 30 * high
    room = 0.3 * (high - low or abs(high) or 1.0)
    falls = any(np.nanmin(y) < low for _, y in curves.values())
    return low - (room if falls else room / 6), high + room


def _minimizers(problem):
    """Return the problem's (k, d) minimizers; k may be 0."""
    points = [] if problem.minimizers is None else problem.minimizers
    return np.asarray(points, dtype=float).reshape(-1, problem.dimension)


def _edges(centres):
    """Return the n + 1 edges, halfway on a log scale, of cells with n centres."""
    logs = np.log(centres)
    middles = (logs[1:] + logs[:-1]) / 2
    return np.exp([2 * logs[0] - middles[0], *middles, 2 * logs[-1] - middles[-1]])


def _words(*sentences):
    return " ".join(sentence for sentence in sentences if sentence)


def _number(x):
    """Write a number; what is rounding error on any machine, as ≈0."""
    return number(x) if x == 0 or abs(x) > 1e-12 else "≈0"


def _loss_above(minimum):
    """Say what is drawn of a loss; the minimum may be None."""
    return f"loss above {_number(minimum)}" if minimum else "loss"


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
