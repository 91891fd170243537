"""Run an optimizer of ours and a framework's on the same recorded gradients.

The verification page, the golden files and the live tests compare pairs in this way. A framework
is imported only when it runs.
"""

import ast
import json
import os
import zlib
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import numpy as np

from adam_course import optimizers

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden"
STEPS = 200
#: The names of our rules.
RULES = [
    name
    for name in optimizers.__all__
    if name[0].isupper() and name not in ("Optimizer", "PerBlock")
]
#: Hyperparameters that a `corner` sets.
DECAYS = ("momentum", "rho", "beta1", "beta2")
#: Runs of every pair in the live tests and on the verification page.
DRAWS = 6

#: Where a hyperparameter is drawn from, evenly on a logarithmic scale …
LOGARITHMIC = {
    "lr": (1e-3, 1e-1),
    "eps": (1e-8, 1e-3),
    "eps2": (1.2, 3.0),
    "weight_decay": (1e-3, 1e-1),
    "momentum_decay": (1e-3, 1.0),
    "initial_accumulator": (1e-6, 0.5),
}
#: … or evenly.
EVEN = {
    "momentum": (0.05, 0.95),
    "rho": (0.8, 0.99),
    "beta1": (0.05, 0.95),
    "beta2": (0.95, 0.9995),
    "beta2_decay": (0.5, 1.0),
    "clip": (1.0, 2.0),
}


def draw(pair, number):
    """Return a pair's hyperparameters, the same for the same number on every machine."""
    chance = np.random.default_rng(zlib.crc32(f"{pair} {number}".encode()))
    names = [node.id for node in ast.walk(ast.parse(pair.ours)) if isinstance(node, ast.Name)]
    values = {}
    for name in dict.fromkeys(names[1:]):  # the first is the class
        lowest, highest = pair.ranges.get(name) or LOGARITHMIC.get(name) or EVEN[name]
        if name in LOGARITHMIC:
            value = np.exp(chance.uniform(np.log(lowest), np.log(highest)))
        else:
            value = chance.uniform(lowest, highest)
        values[name] = float(f"{value:.4g}")
    return values


@cache
def recorded():
    """Return the start, the gradient streams (200, 2, 3) by name, and how rates may change."""
    record = json.loads((GOLDEN / "streams.json").read_text(encoding="utf-8"))
    streams = {name: np.array(record[name]) for name in ("dense", "sparse", "mixed")}
    return np.array(record["start"]), streams, np.array(record["rate"])


def as_run(pair, hyperparameters, changing):
    """Return the start, the streams and the rate of every step of one run of a pair."""
    start, streams, pattern = recorded()
    streams = {name: g * (pair.scale or 1 / abs(g).max()) for name, g in streams.items()}
    if pair.vector:
        start, streams = start.ravel(), {name: g.reshape(STEPS, -1) for name, g in streams.items()}
    if pair.rate == "rising":
        pattern = np.sort(pattern)
    rates = hyperparameters["lr"] * (pattern if changing else np.ones(STEPS))
    return start, streams, rates


def run_ours(pair, hyperparameters, changing=False, given=None):
    """Return our parameters after each step, an array (200, …) for every stream."""
    start, streams, rates = given or as_run(pair, hyperparameters, changing)
    names = vars(optimizers) | hyperparameters
    if changing:
        names["lr"] = lambda t: rates[t - 1]
    thetas = {}
    for name, gradients in streams.items():
        optimizer, theta, thetas[name] = eval(pair.ours, names), start, []
        for gradient in gradients:
            theta = optimizer.step(theta, gradient)
            thetas[name].append(theta)
    return {name: np.array(values) for name, values in thetas.items()}


def run_theirs(pair, hyperparameters, changing=False, given=None):
    """Return the framework's parameters after each step, an array (200, …) for every stream."""
    start, streams, rates = given or as_run(pair, hyperparameters, changing)
    run = {"keras": run_keras, "optax": run_optax}.get(pair.framework, run_torch)
    thetas = run(pair, hyperparameters, start, list(streams.values()), rates, changing)
    return dict(zip(streams, thetas, strict=True))


def run_torch(pair, hyperparameters, start, streams, rates, changing):
    """Run an optimizer of PyTorch or one of its kind, a tensor for each stream."""
    torch = import_module("torch")
    torch.set_default_dtype(torch.float64)  # NAdam keeps a product of its own in this dtype
    params = [torch.tensor(start) for _ in streams]
    names = {pair.framework: import_module(pair.framework), "params": params}
    optimizer = eval(pair.theirs, names | hyperparameters)
    getattr(optimizer, "train", lambda: None)()  # of schedule-free ones: the gradient is taken at y
    thetas = [np.empty_like(stream) for stream in streams]
    for step, rate in enumerate(rates):
        optimizer.param_groups[0]["lr"] = float(rate)
        for parameter, stream in zip(params, streams, strict=True):
            parameter.grad = torch.tensor(stream[step])
        optimizer.step()
        for record, parameter in zip(thetas, params, strict=True):
            record[step] = parameter.numpy()
    return thetas


def run_keras(pair, hyperparameters, start, streams, rates, changing):
    """Run one of Keras's optimizers, a variable for each stream, compiled by JAX."""
    os.environ["KERAS_BACKEND"] = "jax"
    jax = import_module("jax")
    jax.config.update("jax_enable_x64", True)
    keras = import_module("keras")
    keras.config.set_floatx(start.dtype.name)
    variables = [keras.Variable(start) for _ in streams]
    optimizer = eval(pair.theirs, {"keras": keras} | hyperparameters)
    optimizer.build(variables)
    place = [v is optimizer._learning_rate for v in optimizer.variables].index(True)

    def step(carried, given):
        parameters, state = carried
        gradients, rate = given
        state = [rate if i == place else value for i, value in enumerate(state)]
        parameters, state = optimizer.stateless_apply(state, gradients, parameters)
        return (parameters, state), parameters

    first = ([v.value for v in variables], [v.value for v in optimizer.variables])
    return [np.array(thetas) for thetas in jax.lax.scan(step, first, (streams, rates))[1]]


def run_optax(pair, hyperparameters, start, streams, rates, changing):
    """Run one of Optax's optimizers, an array for each stream, compiled by JAX."""
    jax, optax = import_module("jax"), import_module("optax")
    jax.config.update("jax_enable_x64", True)
    import_module("optax.contrib")
    schedule = jax.numpy.asarray(rates)
    names = {"optax": optax} | hyperparameters
    if changing:
        names["lr"] = lambda count: schedule[count]
    optimizer = eval(pair.theirs, names)

    def step(carried, gradients):
        parameters, state = carried
        updates, state = optimizer.update(gradients, state, parameters)
        parameters = optax.apply_updates(parameters, updates)
        return (parameters, state), parameters

    parameters = [jax.numpy.asarray(start) for _ in streams]
    first = (parameters, optimizer.init(parameters))
    return [np.array(thetas) for thetas in jax.lax.scan(step, first, streams)[1]]


def may_change(pair, number):
    """Return whether a pair's run of this number changes its rate: every second, where it may."""
    return pair.rate != "constant" and number % 2 == 1


def largest_difference(pair, number):
    """Return the largest difference between ours and theirs over all steps and streams."""
    hyperparameters, changing = draw(pair, number), may_change(pair, number)
    ours = run_ours(pair, hyperparameters, changing)
    theirs = run_theirs(pair, hyperparameters, changing)
    return max(float(abs(ours[name] - theirs[name]).max()) for name in ours)


def corner(pair, decay, dtype):
    """Return hyperparameters and run of a corner: all decays at one value, gradients of all sizes.

    The run starts at zero, where a displacement has all its digits. Its gradients are 1e-12 to
    1e12 in size, or exactly zero in half of all places, and 1e-3 to 1e3 in float32.

    Args:
        pair: a `Pair`.
        decay: what β1, β2, ρ and μ are.
        dtype: np.float64 or np.float32.
    """
    hyperparameters = draw(pair, 0)
    hyperparameters |= {name: decay for name in hyperparameters if name in DECAYS}
    chance, shape = np.random.default_rng(0), (STEPS, 6) if pair.vector else (STEPS, 2, 3)
    decades = 12 if dtype is np.float64 else 3
    sizes = chance.choice([-1, 1], shape) * 10 ** chance.uniform(-decades, decades, shape)
    stream = np.where(chance.random(shape) < 0.5, 0.0, sizes)
    if pair.scale is None:
        stream /= abs(stream).max()
    rates = np.full(STEPS, hyperparameters["lr"])
    return hyperparameters, (
        np.zeros(shape[1:], dtype),
        {"far": stream.astype(dtype)},
        rates,
    )


def allowed_at(pair, dtype):
    """Return how far apart a pair may be at a `corner`, as a share of the displacement."""
    if pair.half:
        return 4e-2
    if dtype is np.float32:
        return 2e-3 if pair.framework == "keras" else 2e-4
    return 1e-5 if pair.single else 1e-8


def difference_at(pair, decay, dtype):
    """Return the largest difference at a `corner`, as a share of the largest displacement.

    NaN where the framework's parameters are, or where it refuses the hyperparameters.
    """
    hyperparameters, given = corner(pair, decay, dtype)
    try:
        theirs = run_theirs(pair, hyperparameters, given=given)["far"]
    except ValueError:
        return float("nan")
    ours = run_ours(pair, hyperparameters, given=given)["far"]
    return float(abs(ours - theirs).max() / abs(ours).max())


def versions(framework):
    """Return the versions of the packages that a framework's numbers come from."""
    needed = {"keras": ["keras", "jax"], "optax": ["optax", "jax"], "torch": ["torch"]}
    packages = needed.get(framework, [framework, "torch"])
    return {package: version(package).partition("+")[0] for package in packages}
