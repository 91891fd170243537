"""How sharp a network gets under Adam, as a share of what Adam can stand (Cohen et al. 2022).

A network of 16 tanh units sees the first 600 digits all at once, with an l2 term of 0.001, from
five starts. Adam has the rate 0.005, β2 = 0.99 and three values of β1, and takes 2,000 steps. Every
50 steps the largest eigenvalue of P⁻¹H is found by Lanczos' method, from where the last one ended.
H is the Hessian: only its products with a vector are needed, and they are central differences of
the gradient. P = (1 − β1ᵗ)(√v̂ + ε) is what Adam divides m by. With H and P frozen, Adam stands
(2 + 2 β1) / (1 − β1) / rate. Three more runs, with β1 = 0.9, have no l2 term.

Gradient descent shows what a warm-up does to the curvature (Gilmer et al. 2022), without l2, in 400
steps from five starts. At the rates 2 and 3 it stands a curvature of 1 and 2/3. The rate is there
from the first step on, or climbs in a straight line over 200 steps. There P is the identity. At the
rate 3 the runs are chaotic: only the starts are counted from which the loss ends below 0.05.

H and P leave out the weights of pixels that are blank in nine of ten images. There the l2 term
makes each single weight a bowl of its own, which is at the edge whatever the network does.
"""

from dataclasses import replace

import numpy as np

from adam_course.optimizers import Adam, GradientDescent
from adam_course.problems import DigitsMLP, load_digits
from adam_course.schedules import Warmup

RATE, STEPS, EVERY, PRODUCTS = 0.005, 2000, 50, 12
TOLERANCE = 0.3  # at the edge a run is chaotic: its course is not repeated, only where it settles


def shares(network, beta1, starts):
    """Return the share of the threshold that is reached, and the loss: both (steps, β1, starts)."""
    threshold = (2 + 2 * beta1) / (1 - beta1) / RATE
    theta = np.repeat(network.starts(starts)[None], len(beta1), axis=0)
    adam, used = Adam(RATE, beta1[:, None, None], 0.99), in_use(network)
    u, found, losses = np.random.default_rng(0).normal(size=theta.shape), [], []
    for t in range(1, STEPS + 1):
        theta = adam.step(theta, network.gradient(theta))
        if t % EVERY == 0:
            scale = used / np.sqrt((1 - adam.beta1_t) * (np.sqrt(adam.v_hat) + adam.eps))
            eigenvalue, u = largest(network, theta, scale, u)
            found.append(eigenvalue / threshold[:, None])
            losses.append(network.value(theta))
    return np.array(found), np.array(losses)


def warmed(network, rate, starts=5, steps=400, every=20):
    """Return gradient descent's median largest curvature every so many steps, and its losses."""
    theta, method, found = network.starts(starts), GradientDescent(rate), []
    u = np.random.default_rng(0).normal(size=theta.shape)
    for t in range(steps + 1):
        if t % every == 0:
            curvature, u = largest(network, theta, 1.0, u)
            found.append(np.median(curvature))
        theta = method.step(theta, network.gradient(theta))
    return np.array(found), network.value(theta)


def in_use(network):
    """Return which parameters, (d,), are no weights of pixels that are blank nearly always."""
    images = load_digits()[0][: network.images]
    pixels = np.repeat((images > 0).mean(axis=0) > 0.1, network.hidden[0])
    return np.append(pixels, np.ones(network.dimension - pixels.size, dtype=bool))


def largest(network, theta, scale, u):
    """Return the largest eigenvalue of the scaled Hessian, (…), and its direction, (…, d).

    Lanczos' method: the best that can be made of a vector u (…, d) and its repeated products.
    """
    basis, products = [], []
    for _ in range(PRODUCTS):
        for other in basis:
            u = u - (u * other).sum(axis=-1, keepdims=True) * other
        basis.append(u / np.linalg.norm(u, axis=-1, keepdims=True))
        u = scale * curved(network, theta, scale * basis[-1])
        products.append(u)
    basis = np.stack(basis, axis=-1)
    values, vectors = np.linalg.eigh(basis.swapaxes(-2, -1) @ np.stack(products, axis=-1))
    return values[..., -1], (basis @ vectors[..., -1:])[..., 0]


def curved(network, theta, direction):
    """Return the Hessian at theta times a direction, (…, d)."""
    step = 1e-4 / np.linalg.norm(direction, axis=-1, keepdims=True)
    ahead, behind = (network.gradient(theta + way * step * direction) for way in (1, -1))
    return (ahead - behind) / (2 * step)


def compute():
    """Return the median share over the starts, (steps, β1), and where each start settles.

    The loss is the median at β1 = 0.9, half-way and at the end.
    """
    beta1, network = np.array([0.0, 0.5, 0.9]), DigitsMLP(hidden=(16,), images=600)
    with_l2, losses = shares(replace(network, l2=1e-3), beta1, starts=5)
    without, _ = shares(network, beta1[-1:], starts=3)
    rates = {"at once": (2.0, 3.0), "warm-up": (Warmup(200, 2.0), Warmup(200, 3.0))}
    runs = {how: [warmed(network, rate) for rate in two] for how, two in rates.items()}
    low = {how: [int(np.sum(loss < 0.05)) for _, loss in two] for how, two in runs.items()}
    return {
        "step": np.arange(EVERY, STEPS + 1, EVERY),
        "beta1": beta1,
        "median": np.median(with_l2, axis=-1),
        "settled": np.median(with_l2[len(with_l2) // 2 :], axis=0),
        "loss": np.median(losses[[len(losses) // 2 - 1, -1], -1], axis=-1),
        "highest without l2": without.max(axis=(0, 1)),
        "curvature at rate 2": {how: two[0][0] for how, two in runs.items()},
        "starts with a low loss": low,
    }
