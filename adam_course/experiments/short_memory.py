"""Why is RMSProp ahead of Adam under a cosine: does it lack momentum, or is its memory shorter?

The race of `networks` with rates that fall by a cosine, and Adam with each pair of β₁ = 0 or 0.9
and β₂ = 0.9 or 0.999: without or with momentum, with a memory of ten or of a thousand steps. Each
has its rate tuned as there, and the runs that judge it share starts and mini-batches with those of
`networks`: they are matched pairs.
"""

from dataclasses import replace

from adam_course.experiments import networks
from adam_course.optimizers import Adam
from adam_course.tuning import tune

TOLERANCE = networks.TOLERANCE
ARMS = {
    f"β₁ = {beta1}, β₂ = {beta2}": Adam(beta1=beta1, beta2=beta2)
    for beta1 in (0, 0.9)
    for beta2 in (0.9, 0.999)
}


def compute():
    """Return for each arm the tuned rates on both grids and the losses of the new runs."""
    return {name: falling(method) for name, method in ARMS.items()}


def falling(method):
    """Return what a method reaches with rates that fall by a cosine."""
    batches = networks.SameAtEachRate(networks.NETWORK, networks.SIZE)
    method = replace(method, lr=networks.FALLING)
    grid = networks.COARSE, networks.CHOOSING, networks.STEPS
    coarse = tune(batches, method, *grid, score=networks.sure_loss)
    fine = networks.searched(method, coarse.rate)
    rates = {"": networks.best_of_every_other(fine), " on the finer grid": fine.rate}
    losses = {
        f"losses{name}": networks.judged(method, replace(networks.FALLING, lr=rate)).losses[-1]
        for name, rate in rates.items()
    }
    return {f"rate{name}": rate for name, rate in rates.items()} | losses
