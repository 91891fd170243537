"""Adam of each framework, step by step: what lesson 14 compares."""

from importlib import import_module

import numpy as np

from adam_course.descend import Trajectory


def path(framework, theta, gradients, lr, beta1=0.9, beta2=0.999, eps=None):
    """Return (n, d) the parameters after each step of a framework's Adam on given gradients.

    Args:
        framework: "torch", "keras" or "optax". Keras works on PyTorch's backend, which importing
            `adam_course.frameworks.keras` chooses. Keras' rate and all of Optax are float32, unless
            Keras' `floatx` and JAX are set to float64.
        theta: (d,) where it starts. gradients: (n, d).
        lr, beta1, beta2: as for our Adam. eps: None for the framework's own.
    """
    rates = map(float, (lr, beta1, beta2))
    step = STEPS[framework](np.array(theta, dtype=float), *rates, eps)
    return np.array([step(gradient) for gradient in np.array(gradients, dtype=float)])


def run(framework, problem, lr, steps):
    """Return the `Trajectory` of a framework's Adam, with its own defaults but for the rate.

    Args:
        framework: as for `path`. problem: as for `descend`; the run begins at its start.
        lr, steps: of the run.
    """
    thetas, gradients = [np.array(problem.start, dtype=float)], []
    step = STEPS[framework](thetas[0], lr)
    for _ in range(steps):
        gradients.append(problem.gradient(thetas[-1]))
        thetas.append(step(gradients[-1]))
    return Trajectory(
        problem=problem,
        optimizer=f"Adam of {framework}",
        t=np.arange(steps + 1),
        thetas=np.array(thetas),
        losses=problem.value(np.array(thetas)),
        gradients=np.array(gradients),
        method="Adam",
        hyperparameters={"lr": lr},
    )


def _torch(theta, lr, beta1=0.9, beta2=0.999, eps=None):
    torch = import_module("torch")
    parameter = torch.tensor(theta)
    optimizer = torch.optim.Adam([parameter], lr, (beta1, beta2), **_given(eps=eps))

    def step(gradient):
        parameter.grad = torch.tensor(gradient)
        optimizer.step()
        return parameter.numpy().copy()

    return step


def _keras(theta, lr, beta1=0.9, beta2=0.999, eps=None):
    keras = import_module("keras")
    variable = keras.Variable(theta, dtype="float64")
    optimizer = keras.optimizers.Adam(lr, beta1, beta2, **_given(epsilon=eps))

    def step(gradient):
        optimizer.apply([keras.ops.array(gradient, "float64")], [variable])
        return variable.numpy().copy()

    return step


def _optax(theta, lr, beta1=0.9, beta2=0.999, eps=None):
    optax, asarray = import_module("optax"), import_module("jax.numpy").asarray
    optimizer, theta = optax.adam(lr, beta1, beta2, **_given(eps=eps)), asarray(theta)
    state = optimizer.init(theta)

    def step(gradient):
        nonlocal theta, state
        change, state = optimizer.update(asarray(gradient), state)
        theta = optax.apply_updates(theta, change)
        return np.array(theta, dtype=float)

    return step


def _given(**settings):
    return {name: value for name, value in settings.items() if value is not None}


#: What makes a function that takes steps: one for each framework.
STEPS = {"torch": _torch, "keras": _keras, "optax": _optax}
