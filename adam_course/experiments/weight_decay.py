"""What does weight decay do on 100 digits: L2 inside Adam, and AdamW in its two forms?

Softmax regression on 100 digits, 300 steps over all of them, judged by the loss on 848 others; the
remaining 849 are for the test. A seed draws the images. Four questions:

- zero, noise: how does the best λ move with the rate? Maps of rates and decays, for runs that start
  at zero and have time to arrive, and for runs from random weights at rates too small to arrive.
- lengths: is it the length of the run that decides? AdamW from random weights, 300 and 3000
  steps.
- trial: which rule has the lowest test loss? Each is tuned on ten draws, on a grid of √2 and on one
  of half that step, at a constant rate and under a cosine, and judged on thirty new draws.
- each: the same draws, when λ is chosen anew for each of them.
"""

import numpy as np

from adam_course.optimizers import Adam, AdamL2, AdamW
from adam_course.paired import compare
from adam_course.problems import DigitsSoftmax
from adam_course.schedules import Cosine

SEEDS, TUNING, FRESH = range(5), range(10), range(100, 130)
STEPS = 300
LENGTHS = (300, 3000)
FORMS = {
    "L2": (AdamL2, {}),
    "AdamW": (AdamW, {}),
    "paper": (AdamW, {"decay_times_lr": False}),
}
#: Where the runs start, as a standard deviation; their rates; the decays of each rule.
STARTS = {
    "zero": (
        0.0,
        np.geomspace(0.05, 1, 8),
        {
            "L2": np.geomspace(1e-5, 1e-2, 10),
            "AdamW": np.geomspace(0.01, 1, 10),
            "paper": np.geomspace(1e-3, 0.3, 10),
        },
    ),
    "noise": (
        1.0,
        np.geomspace(0.003, 0.03, 8),
        {
            "L2": np.geomspace(1e-4, 0.1, 10),
            "AdamW": np.geomspace(0.03, 3, 10),
            "paper": np.geomspace(5e-4, 3e-2, 10),
        },
    ),
}
TOLERANCE = 0.05  # rounding errors grow at large rates, and a near tie may fall the other way
DIGITS = DigitsSoftmax()
#: The rules on trial: how each is made, and where its search begins: a rate and a decay.
ARMS = {"none": (Adam, 0.01, None), "L2": (AdamL2, 0.3, 1.4e-4), "AdamW": (AdamW, 0.3, 0.035)}
ROUNDS = {
    "constant": (None, 2**0.5),
    "constant, half the step": (None, 2**0.25),
    "cosine": (Cosine(1.0, STEPS), 2**0.5),
}
PAIRS = (("L2", "none"), ("AdamW", "none"), ("AdamW", "L2"))


def compute():
    """Return the maps of both starts and both lengths, the trial, and the trial with other λ."""
    results = {}
    for start, (spread, rates, decays) in STARTS.items():
        losses = {}
        for rule, (make, form) in FORMS.items():
            optimizer = make(lr=rates[:, None], weight_decay=decays[rule][:, None, None], **form)
            shape = len(decays[rule]), len(rates)
            losses[rule] = [tuning_losses(optimizer, shape, seed, spread) for seed in SEEDS]
        losses = {rule: np.array(maps) for rule, maps in losses.items()}
        results[start] = {"rates": rates, "decays": decays, "losses": losses}
    return results | {"lengths": lengths(), "trial": trial(), "each": each()}


def images(seed):
    """Return the rows to train on, to tune on and to test on, and the generator that chose."""
    rng = np.random.default_rng(seed)
    return *np.split(rng.permutation(1797), [100, 948]), rng


def walk(optimizer, shape, seed, spread=0.0, steps=STEPS):
    """Yield the parameters (*shape, 650) of runs on one draw of the images after each step."""
    training, _, _, rng = images(seed)
    theta = np.broadcast_to(spread * rng.normal(size=DIGITS.dimension), (*shape, 650))
    optimizer.reset()
    for _ in range(steps):
        theta = optimizer.step(theta, DIGITS.gradient(theta, training))
        yield theta


def tuning_losses(optimizer, shape, seed, spread=0.0):
    """Return the losses (*shape,) on the tuning rows at the end of many runs."""
    *_, theta = walk(optimizer, shape, seed, spread)
    return DIGITS.value(theta, images(seed)[1])


def lengths():
    """Return losses (seeds, lengths, decays, rates) of AdamW from random weights."""
    rates, decays = np.geomspace(0.003, 0.03, 4), np.geomspace(0.01, 5.12, 10)
    optimizer, losses = AdamW(lr=rates[:, None], weight_decay=decays[:, None, None]), []
    for seed in SEEDS:
        tuning = images(seed)[1]
        path = enumerate(walk(optimizer, (10, 4), seed, 1.0, max(LENGTHS)), start=1)
        losses.append([DIGITS.value(theta, tuning) for t, theta in path if t in LENGTHS])
    return {"steps": LENGTHS, "rates": rates, "decays": decays, "losses": np.array(losses)}


def trial():
    """Return, for each schedule and grid, the tuned settings, the new losses and the verdicts."""
    found = {}
    for name, (schedule, factor) in ROUNDS.items():
        chosen = {arm: tuned(arm, factor, schedule) for arm in ARMS}
        judged = {arm: fresh(made(arm, *chosen[arm], schedule)) for arm in ARMS}
        test = {arm: losses for arm, (losses, _) in judged.items()}
        found[name] = {
            "rate": {arm: rate for arm, (rate, _) in chosen.items()},
            "decay": {arm: decay for arm, (_, decay) in chosen.items() if decay},
            "test": test,
            "error": {arm: errors for arm, (_, errors) in judged.items()},
            "verdicts": [VERDICTS[compare(test[a], test[b]).ahead] for a, b in PAIRS],
        }
    return found


VERDICTS = {True: "ahead", False: "behind", None: "open"}


def made(arm, rate, decay, schedule):
    """Return an arm's optimizer; rate and decay may be arrays that broadcast with (…, 650)."""
    lr = (lambda t: rate * schedule(t)) if schedule else rate
    return ARMS[arm][0](lr=lr, **({} if decay is None else {"weight_decay": decay}))


def tuned(arm, factor, schedule):
    """Return the (rate, decay) with the lowest median loss on the tuning rows of ten draws.

    A grid of 3 rates and 7 decays lies around the best so far, and moves on while that is at its
    edge. An arm without decay has 7 rates.
    """
    _, rate, decay = ARMS[arm]
    across = factor ** np.arange(-1.0, 2) if decay else factor ** np.arange(-3.0, 4)
    up = factor ** np.arange(-3.0, 4) if decay else np.ones(1)
    for _ in range(8):
        rates, decays = rate * across, decay * up if decay else None
        given = made(arm, rates[:, None], decays[:, None, None] if decay else None, schedule)
        shape = len(up), len(across)
        losses = np.median([tuning_losses(given, shape, seed) for seed in TUNING], axis=0)
        i, j = np.unravel_index(losses.argmin(), shape)
        rate, decay = rates[j], decays[i] if decay else None
        if j not in (0, len(rates) - 1) and (not decay or i not in (0, len(decays) - 1)):
            break
    return float(rate), decay and float(decay)


def fresh(optimizer):
    """Return (draws,) losses and (draws,) shares of errors on the test rows of new draws."""
    losses, errors = [], []
    for seed in FRESH:
        *_, theta = walk(optimizer, (), seed)
        test = images(seed)[2]
        losses.append(DIGITS.value(theta, test))
        errors.append(1 - DIGITS.accuracy(theta, test))
    return np.array(losses), np.array(errors)


def each():
    """Return the test losses (draws,) of L2 and AdamW, each draw with its best of 9 decays."""
    found, up = {}, 2 ** np.arange(-2, 2.5, 0.5)
    for arm in ("L2", "AdamW"):
        _, rate, decay = ARMS[arm]
        found[arm] = []
        for seed in FRESH:
            *_, theta = walk(made(arm, rate, (decay * up)[:, None], None), (len(up),), seed)
            _, tuning, test, _ = images(seed)
            best = DIGITS.value(theta, tuning).argmin()
            found[arm].append(DIGITS.value(theta[best], test))
    return {arm: np.array(losses) for arm, losses in found.items()}
