"""The optimizers and schedules beside the frameworks themselves (`make verify`).

Open loop: both get the same recorded gradients and the same start, in float64, for 200 steps.
"""

import json
from importlib import import_module

import numpy as np
import pytest
from comparison import DRAWS, GOLDEN, allowed_at, difference_at, largest_difference, versions

from adam_course.frameworks import TITLES
from adam_course.frameworks.pairs import APART, CORNERS, PAIRS
from adam_course.schedules import (
    Constant,
    Cooldown,
    Cosine,
    Exponential,
    InverseSquareRoot,
    MultiStep,
    OneCycle,
    Plateau,
    StepDecay,
    Warmup,
)

pytestmark = pytest.mark.live


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_our_parameters_equal_the_frameworks_after_every_step(pair):
    """With one draw of the hyperparameters at a constant rate, and one at a rate that changes."""
    assert max(largest_difference(pair, number) for number in range(2)) <= pair.tolerance


@pytest.mark.long
@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_so_they_do_with_all_draws_of_the_hyperparameters(pair):
    assert max(largest_difference(pair, number) for number in range(2, DRAWS)) <= pair.tolerance


@pytest.mark.long
@pytest.mark.parametrize("pair", PAIRS, ids=str)
@pytest.mark.parametrize("decay", CORNERS)
def test_so_they_do_at_the_corners_but_where_the_page_says_why_not(pair, decay):
    """Extreme decays, gradients of 1e-12 to 1e12 and exactly 0, a start at 0."""
    apart = any(known.covers(pair, decay) for known in APART)
    assert (difference_at(pair, decay, np.float64) <= allowed_at(pair, np.float64)) is not apart
    if not apart:
        assert difference_at(pair, decay, np.float32) <= allowed_at(pair, np.float32)


# Schedules

LR, STEPS = 0.3, 60
#: Ours, and PyTorch's or Optax's (of the steps taken so far) as Python.
SCHEDULES = [
    (Constant(LR), "lr_scheduler.ConstantLR(optimizer, factor=1.0)"),
    (Constant(LR), "optax.constant_schedule(0.3)"),
    (StepDecay(LR, 7, 0.5), "lr_scheduler.StepLR(optimizer, 7, 0.5)"),
    (StepDecay(LR, 7, 0.5), "optax.exponential_decay(0.3, 7, 0.5, staircase=True)"),
    (MultiStep(LR, (10, 25), 0.3), "lr_scheduler.MultiStepLR(optimizer, [10, 25], 0.3)"),
    (MultiStep(LR, (10, 25), 0.3), "optax.piecewise_constant_schedule(0.3, {10: 0.3, 25: 0.3})"),
    (Exponential(LR, 0.97), "lr_scheduler.ExponentialLR(optimizer, 0.97)"),
    (Exponential(LR, 0.97), "optax.exponential_decay(0.3, 1, 0.97)"),
    (Cosine(LR, STEPS, 0.01), "lr_scheduler.CosineAnnealingLR(optimizer, 60, 0.01)"),
    (Cosine(LR, 40), "optax.cosine_decay_schedule(0.3, 40)"),
    (
        Cooldown(LR, STEPS, share=1),
        "lr_scheduler.LinearLR(optimizer, start_factor=1, end_factor=0, total_iters=60)",
    ),
    (
        Cooldown(LR, STEPS, share=0.3),
        "lr_scheduler.SequentialLR(optimizer, [lr_scheduler.ConstantLR(optimizer, factor=1), "
        "lr_scheduler.LinearLR(optimizer, start_factor=1, end_factor=0, total_iters=18)], [42])",
    ),
    (Cooldown(LR, STEPS, share=0.3), "optax.linear_schedule(0.3, 0.0, 18, 42)"),
    (
        Warmup(8, LR),
        "lr_scheduler.LinearLR(optimizer, start_factor=1 / 8, total_iters=7)",
    ),
    (
        Warmup(8, Exponential(LR, 0.9)),
        "lr_scheduler.SequentialLR(optimizer, ["
        "lr_scheduler.LinearLR(optimizer, start_factor=1 / 8, total_iters=7), "
        "lr_scheduler.ExponentialLR(optimizer, 0.9)], [8])",
    ),
    (
        Warmup(8, Cosine(LR, 30)),
        "optax.join_schedules("
        "[optax.linear_schedule(0.3 / 8, 0.3, 7), optax.cosine_decay_schedule(0.3, 30)], [8])",
    ),
    (OneCycle(LR, STEPS), "lr_scheduler.OneCycleLR(optimizer, 0.3, 60, cycle_momentum=False)"),
    (
        OneCycle(LR, STEPS, rise=0.4, start_divisor=10, final_divisor=100),
        "lr_scheduler.OneCycleLR(optimizer, 0.3, 60, pct_start=0.4, div_factor=10, "
        "final_div_factor=100, cycle_momentum=False)",
    ),
    (  # whose top and end come one step later
        OneCycle(LR, STEPS + 1, rise=19 / 61),
        "optax.cosine_onecycle_schedule(60, 0.3)",
    ),
    (InverseSquareRoot(LR), "lr_scheduler.LambdaLR(optimizer, lambda k: (k + 1) ** -0.5)"),
    (
        Warmup(8, InverseSquareRoot(LR), restart=False),
        "lr_scheduler.LambdaLR(optimizer, lambda k: min((k + 1) ** -0.5, (k + 1) * 8**-1.5))",
    ),
]


def rates_of_torch(expression, losses=None):
    """Return the rates of 60 steps under one of PyTorch's schedulers."""
    torch = import_module("torch")
    scheduler_module = import_module("torch.optim.lr_scheduler")
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64)], LR)
    scheduler = eval(expression, {"optimizer": optimizer, "lr_scheduler": scheduler_module})
    rates = []
    for step in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < STEPS - 1:
            scheduler.step(*([] if losses is None else [losses[step]]))
    return rates


def rates_of_optax(expression):
    """Return the rates of 60 steps under one of Optax's schedules."""
    import_module("jax").config.update("jax_enable_x64", True)
    schedule = eval(expression, {"optax": import_module("optax")})
    return [float(schedule(np.float64(k))) for k in range(STEPS)]


@pytest.mark.parametrize(("ours", "theirs"), SCHEDULES, ids=lambda item: str(item))
def test_our_rates_equal_the_frameworks(ours, theirs):
    rates_of = rates_of_optax if theirs.startswith("optax") else rates_of_torch
    np.testing.assert_allclose(ours(np.arange(1, STEPS + 1)), rates_of(theirs), rtol=1e-12, atol=0)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("patience", [0, 3])
def test_our_plateau_lowers_the_rate_when_pytorchs_does(seed, patience):
    losses = 1 / np.arange(1, STEPS + 1) + 0.1 * np.random.default_rng(seed).normal(size=STEPS)
    ours = Plateau(LR, 0.5, patience, minimum=0.01, threshold=0.001)
    rates = []
    for step, loss in enumerate(losses, start=1):
        rates.append(ours(step))
        ours.observe(loss)
    theirs = rates_of_torch(
        f"lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience={patience}, min_lr=0.01, "
        f"threshold=0.001, eps=0)",
        losses,
    )
    assert rates == theirs
    assert len(set(rates)) > 2


@pytest.mark.parametrize("patience", [0, 3])
def test_our_plateau_lowers_the_rate_when_optaxs_does_that_has_one_more_patience(patience):
    losses = 1 / np.arange(1, STEPS + 1) + 0.1 * np.random.default_rng(0).normal(size=STEPS)
    ours = Plateau(LR, 0.5, patience, minimum=0.01, threshold=0.001)
    contrib = import_module("optax").contrib
    settings = {"factor": 0.5, "patience": patience + 1, "rtol": 0.001, "min_scale": 0.01 / LR}
    theirs = contrib.reduce_on_plateau(**settings)
    state, rates = theirs.init(np.zeros(1)), []
    update = import_module("jax").jit(lambda loss, state: theirs.update(0.0, state, value=loss)[1])
    for loss in losses:
        ours.observe(loss)
        state = update(loss, state)
        rates.append((ours(1), LR * float(state.scale)))
    np.testing.assert_allclose(*np.transpose(rates), rtol=1e-6)
    assert len(set(rates)) > 2


@pytest.mark.parametrize("framework", TITLES)
def test_the_golden_files_and_the_verification_table_are_of_these_versions(framework):
    recorded = json.loads((GOLDEN / f"{framework}.json").read_text(encoding="utf-8"))
    assert recorded["versions"] == versions(framework)
