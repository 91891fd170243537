"""What practice adds to Adam on the language model of lesson 17, and rates that carry over width.

- "practice": 500 steps with 16 windows a step. Adam alone, with a constant rate and with a cosine,
  and with one thing more, named below. The rate is tuned anew for each, on 3 runs and a grid of
  √2, and judged on 12 others, in matched pairs (see language_model). "kept" are their losses on
  the text kept back, "learned" on text learned from.
- "widths": 200 steps of Adam with 16, 32 and 128 numbers a word, at five rates: "one rate" is the
  same for all parameters, and "muP" is multiplied by `Transformer.rates()`. "rates" are the rates,
  and each list holds the median loss of 3 runs at each, on the text kept back.
- "first runs": what ``make experiments`` computes again; it leaves the rest as it is stored.
"""

from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np

from adam_course import optimizers, schedules
from adam_course.experiments import language_model as base

TOLERANCE = base.TOLERANCE
TUNING, JUDGED, CLIP = 3, 12, 0.5
RATES = tuple(0.0025 * 2.0 ** np.arange(5))


def slowly(t):
    """Return a factor of the rate that rises from 0 in 50 steps, and follows a cosine down to 0."""
    return np.minimum(t / 50, 1) * base.PLANS["cosine"](t)


ADAM, CONSTANT, COSINE = optimizers.Adam(), base.PLANS["constant"], base.PLANS["cosine"]
#: Each: the optimizer, the plan, and whether gradients are clipped.
PRACTICE = {
    "constant": (ADAM, CONSTANT, np.inf),
    "constant, β₂ = 0.95": (optimizers.Adam(beta2=0.95), CONSTANT, np.inf),
    "cooldown": (ADAM, schedules.Cooldown(1, base.STEPS), np.inf),
    "cosine": (ADAM, COSINE, np.inf),
    "cosine, β₂ = 0.95": (optimizers.Adam(beta2=0.95), COSINE, np.inf),
    "cosine, clipping": (ADAM, COSINE, CLIP),
    "cosine, warm-up": (ADAM, slowly, np.inf),
    "cosine, weight decay": (optimizers.AdamW(weight_decay=0.1), COSINE, np.inf),
}


def practised(name):
    """Return the entry of one line of `PRACTICE`."""
    method, plan, clip = PRACTICE[name]
    rate = base.METHODS["Adam"].lr
    return base.entry(partial(base.at, method, plan=plan), rate, TUNING, JUDGED, clip=clip)


def at_width(rate, width):
    """Return the median loss of three short runs of Adam; a rate may be an array (d,)."""
    ends = [base.train(base.at(ADAM, rate), run, steps=200, width=width) for run in range(3)]
    return float(np.median([base.kept(theta, width) for theta in ends]))


def widened(case):
    """Return the median losses (r,) at `RATES` of a case: a width, and whether rates follow it."""
    width, follows = case
    factors = base.model(width).rates(32).astype(np.float32) if follows else 1.0
    return [at_width(rate * factors, width) for rate in RATES]


def compute(workers=None):
    """Return the results, as they are named above, from so many processes at a time."""
    widths = {"width 16, one rate": (16, False), "width 16, muP": (16, True)}
    widths |= {"width 32": (32, False)}
    widths |= {"width 128, one rate": (128, False), "width 128, muP": (128, True)}
    with ProcessPoolExecutor(workers) as pool:
        practice = dict(zip(PRACTICE, pool.map(practised, PRACTICE), strict=True))
        found = dict(zip(widths, pool.map(widened, widths.values()), strict=True))
    first = {"16": found["width 16, one rate"][2]}
    return {"practice": practice, "widths": {"rates": list(RATES)} | found, "first runs": first}


def part():
    """Return the results that are computed again: the narrow model at the middle rate."""
    return {"first runs": {"16": at_width(RATES[2], 16)}}
