"""How does the best weight decay move with the rate: L2 inside Adam, and AdamW in its two forms?

Softmax regression on 100 digits, 300 steps over all of them, judged by the loss on 848 others; the
remaining 849 are for the test. Once the runs start at zero and have time to arrive, and once they
start at random weights of standard deviation 1, with rates too small to arrive.
"""

import numpy as np

from adam_course.optimizers import Adam, AdamL2, AdamW
from adam_course.problems import DigitsSoftmax

SEEDS = range(5)
STEPS = 300
SETTINGS = 80  # runs that each rule may try
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


def compute():
    """Return a map (seeds, decays, rates) of losses for each start and rule, and tuned tests."""
    results = {}
    for name, (spread, rates, decays) in STARTS.items():
        maps = {}
        for rule, (make, form) in FORMS.items():
            optimizer = make(lr=rates[:, None], weight_decay=decays[rule][:, None, None], **form)
            maps[rule] = tried(optimizer, (len(decays[rule]), len(rates)), spread)
        results[name] = {"rates": rates, "decays": decays}
        results[name]["losses"] = {rule: runs["tuning"] for rule, runs in maps.items()}
        if name == "zero":
            plain = Adam(lr=np.geomspace(1e-3, 1, SETTINGS)[:, None])
            maps = {"none": tried(plain, (SETTINGS,), spread), **maps}
            results["tuned"] = {rule: tuned(runs) for rule, runs in maps.items()}
    return results


def tried(optimizer, runs, spread):
    """Return name → (seeds, *runs): loss on the tuning rows, loss and error on the test rows."""
    digits, found = DigitsSoftmax(), {"tuning": [], "test": [], "error": []}
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        training, tuning, test = np.split(rng.permutation(1797), [100, 948])
        theta = np.broadcast_to(spread * rng.normal(size=digits.dimension), (*runs, 650))
        optimizer.reset()
        for _ in range(STEPS):
            theta = optimizer.step(theta, digits.gradient(theta, training))
        found["tuning"].append(digits.value(theta, tuning))
        found["test"].append(digits.value(theta, test))
        found["error"].append(1 - digits.accuracy(theta, test))
    return {name: np.array(values) for name, values in found.items()}


def tuned(runs):
    """Return name → (seeds,) for the run with the lowest tuning loss of each seed."""
    flat = {name: values.reshape(len(SEEDS), -1) for name, values in runs.items()}
    best = flat["tuning"].argmin(axis=1)
    return {name: values[SEEDS, best] for name, values in flat.items() if name != "tuning"}
