"""Each block of a vector goes the way that its rule takes alone, and mistakes are named."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from adam_course import descend
from adam_course.blocks import Block, blocks
from adam_course.optimizers import (
    AdaFactor,
    Adam,
    AdamW,
    GradientDescent,
    Muon,
    PerBlock,
    ScheduleFreeAdamW,
    is_hidden_matrix,
)
from adam_course.problems.base import Problem
from adam_course.schedules import Cosine, Plateau
from adam_course.tuning import tune

BLOCKS = blocks(
    {"embedding": (5, 3), "inner": (3, 4), "gain": (4,), "turned": (4, 3), "head": (3, 5)}
)
SIZE = BLOCKS[-1].start + BLOCKS[-1].size


def mixed(**options):
    return PerBlock(BLOCKS, {is_hidden_matrix: Muon(0.02)}, rest=Adam(1e-3), **options)


def gradients(steps=6, shape=(SIZE,)):
    return np.random.default_rng(1).normal(size=(steps, *shape))


def run(optimizer, theta, stream):
    for gradient in stream:
        theta = optimizer.step(theta, gradient)
    return theta


@dataclass
class Bowl(Problem):
    """Half the squared distance to a point."""

    name = "bowl"
    dimension = SIZE

    @property
    def start(self):
        return np.zeros(SIZE)

    def value(self, theta):
        return 0.5 * np.sum((theta - 1) ** 2, axis=-1)

    def gradient(self, theta):
        return theta - 1.0


def test_hidden_matrices_are_those_inside_a_network():
    assert [block.name for block in BLOCKS if is_hidden_matrix(block)] == ["inner", "turned"]
    assert not is_hidden_matrix(Block("positions", (4, 3), 0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_each_block_goes_the_way_of_its_rule_alone(dtype):
    start, stream = np.ones(SIZE, dtype), gradients().astype(dtype)
    optimizer = mixed()
    together = run(optimizer, start, stream)
    assert together.dtype == dtype and optimizer.t == len(stream)
    for block in BLOCKS:
        alone = Muon(0.02) if is_hidden_matrix(block) else Adam(1e-3)
        expected = run(alone, block.of(start), block.of(stream))
        assert np.array_equal(block.of(together), expected)
        part = optimizer.parts[block.name]
        assert type(part) is type(alone) and part.t == len(stream)
        assert np.array_equal(part.m, alone.m)


def test_the_first_rule_that_takes_a_block_has_it_and_words_of_the_name_will_do():
    for words, takes in {"in": 1, "block 1": 3, "norm 1": 1, "block 1, in": 1}.items():
        names = ("embedding", "block 1, norm 1", "block 1, in", "block 1, gain")
        laid = blocks(dict.fromkeys(names, (2,)))
        parts = PerBlock(laid, {words: AdamW()}, rest=Adam()).parts.values()
        assert sum(type(rule) is AdamW for rule in parts) == takes
    optimizer = PerBlock(
        BLOCKS,
        {"head": AdamW(), "inner": Muon(), is_hidden_matrix: Adam()},
        rest=GradientDescent(1),
    )
    kinds = {name: type(rule) for name, rule in optimizer.parts.items()}
    assert kinds == {
        "embedding": GradientDescent,
        "inner": Muon,
        "gain": GradientDescent,
        "turned": Adam,
        "head": AdamW,
    }


def test_the_given_rules_are_never_stepped():
    muon, adam = Muon(), Adam()
    run(PerBlock(BLOCKS, {is_hidden_matrix: muon}, adam), np.ones(SIZE), gradients())
    assert muon.t == adam.t == 0 and adam.state == Adam().state


def test_a_schedule_multiplies_all_rates_and_a_rule_may_have_one_of_its_own():
    start, stream = np.ones(SIZE), gradients()
    shared = run(mixed(lr=Cosine(1.0, 6)), start, stream)
    own = {is_hidden_matrix: Muon(Cosine(0.02, 6))}
    apart = run(PerBlock(BLOCKS, own, rest=Adam(Cosine(1e-3, 6))), start, stream)
    np.testing.assert_allclose(shared, apart, rtol=1e-12)
    assert np.max(abs(shared - run(mixed(), start, stream))) > 1e-3


def test_rates_per_parameter_or_per_run_multiply_the_rates_of_the_rules():
    start, stream = np.ones(SIZE), gradients()
    factors = np.where(np.arange(SIZE) < BLOCKS[1].start, 0.0, 1.0)
    by_parameter, plain = (run(mixed(lr=lr), start, stream) for lr in (factors, 1.0))
    assert np.array_equal(by_parameter, np.where(factors, plain, start))
    by_run = run(mixed(lr=np.array([[0.5], [2.0]])), start, stream[:1])
    assert by_run.shape == (2, SIZE)
    for row, lr in zip(by_run, (0.5, 2.0), strict=True):
        assert np.array_equal(row, run(mixed(lr=lr), start, stream[:1]))


def test_descend_and_tune_take_it():
    starts = np.random.default_rng(2).normal(size=(3, SIZE))
    tuned = tune(Bowl(), mixed(), [0.1, 10.0, 1.0], starts, 20)
    assert tuned.rate == 10.0
    alone = descend(Bowl(), mixed(lr=10.0), starts[1], 20)
    np.testing.assert_allclose(tuned.chosen.losses[-1, 1], alone.losses[-1], rtol=1e-12)
    scheduled = tune(Bowl(), mixed(lr=Cosine(1.0, 20)), [1.0, 10.0], starts, 20)
    assert scheduled.rate == 10.0
    assert "Muon(lr=0.02" in alone.optimizer and "for 2 blocks" in alone.optimizer
    assert alone.optimizer.endswith("lr=10.0)")


@pytest.mark.parametrize("rule", [AdaFactor(), ScheduleFreeAdamW()], ids=repr)
def test_a_rule_that_means_over_a_tensor_sees_one_block_of_one_run(rule):
    starts, stream = np.random.default_rng(3).normal(size=(2, SIZE)), gradients(4, (2, SIZE))
    together = run(PerBlock(BLOCKS, {}, rest=rule), starts, stream)
    for i, start in enumerate(starts):
        for block in BLOCKS:
            expected = run(type(rule)(), block.of(start), block.of(stream[:, i]))
            np.testing.assert_allclose(block.of(together[i]), expected, rtol=1e-12)


def test_after_a_reset_the_same_run_comes_again():
    optimizer, plateau = mixed(), Plateau(0.02, factor=0.5, patience=0)
    first = run(optimizer, np.ones(SIZE), gradients())
    optimizer.reset()
    assert optimizer.t == 0 and all(rule.t == 0 for rule in optimizer.parts.values())
    assert np.array_equal(run(optimizer, np.ones(SIZE), gradients()), first)
    optimizer = PerBlock(BLOCKS, {}, rest=Adam(plateau))
    for loss in (1.0, 1.0):
        plateau.observe(loss)
    assert plateau(1) == 0.01
    optimizer.reset()
    assert plateau(1) == 0.02


def test_a_refused_step_changes_nothing():
    for rate, gradient in ((lambda t: 0.1, np.nan), (lambda t: -1.0 if t == 2 else 0.1, 1.0)):
        optimizer = PerBlock(BLOCKS, {"gain": Adam(rate)}, rest=Adam(1e-3))
        theta = optimizer.step(np.ones(SIZE), np.ones(SIZE))
        with pytest.raises(ValueError):
            optimizer.step(theta, np.full(SIZE, gradient))
        assert optimizer.t == 1 and all(rule.t == 1 for rule in optimizer.parts.values())


GAP = (Block("a", (2, 3), 0), Block("b", (3,), 7))
REFUSED = {
    "a block that no rule takes": (
        lambda: PerBlock(BLOCKS, {is_hidden_matrix: Muon()}),
        "PerBlock: no rule takes the block 'embedding'; rest=Adam(1e-3), say, takes all that are "
        "left.",
    ),
    "a name that is not there": (
        lambda: PerBlock(BLOCKS, {"qurey": Muon()}, Adam()),
        "PerBlock: 'qurey' takes no block. There are 'embedding', 'inner', 'gain', 'turned', "
        "'head'.",
    ),
    "a function that takes nothing": (
        lambda: PerBlock((Block("gain", (4,), 0),), {is_hidden_matrix: Muon()}, Adam()),
        "PerBlock: is_hidden_matrix takes no block. There are 'gain'.",
    ),
    "Muon for a vector": (
        lambda: PerBlock(BLOCKS, {}, Muon()),
        "PerBlock: Muon is for matrices, but the block 'gain' has the shape (4,); give it to "
        "another rule.",
    ),
    "no optimizer": (
        lambda: PerBlock(BLOCKS, {}, Adam),
        f"PerBlock: a rule must be an optimizer such as Adam(1e-3), not {Adam!r}.",
    ),
    "a grid in a rule": (
        lambda: PerBlock(BLOCKS, {}, GradientDescent([0.1, 0.2])),
        "PerBlock: the hyperparameters of a block's rule must be numbers, but "
        "GradientDescent(lr=<array (2,)>) has an array. An array of rates can be given as lr to "
        "PerBlock itself.",
    ),
    "a gap": (
        lambda: PerBlock(GAP, {}, Adam()),
        "PerBlock: the blocks must follow each other without a gap, but 'b' starts at 7 and not "
        "at 6.",
    ),
    "another vector": (
        lambda: mixed().step(np.ones(3), np.ones(3)),
        f"PerBlock: the blocks have {SIZE} parameters in all, but theta has the shape (3,).",
    ),
    "a negative factor": (
        lambda: mixed(lr=-1),
        "PerBlock: lr must be a finite number, 0 or more, but it is -1.",
    ),
    "Muon for a whole problem": (
        lambda: descend(Bowl(), Muon(), steps=1),
        "descend: Muon is for matrices, and a problem's parameters are one vector; say which "
        "blocks of it are matrices: PerBlock(problem.blocks, {is_hidden_matrix: Muon()}, "
        "rest=Adam()).",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_does_not_fit_is_refused_in_one_sentence(why):
    build, message = REFUSED[why]
    with pytest.raises((ValueError, TypeError)) as refused:
        build()
    assert str(refused.value) == message


def test_a_step_is_finite_and_all_blocks_move():
    moved = mixed().step(np.zeros(SIZE), gradients()[0])
    assert all(np.all(block.of(moved) != 0) for block in BLOCKS)
    assert math.isclose(np.abs(BLOCKS[0].of(moved)).max(), 1e-3, rel_tol=1e-6)
