"""A rule of its own for each block of a flat vector of parameters."""

from dataclasses import dataclass, field, fields, replace

import numpy as np

from adam_course.checked import shown
from adam_course.optimizers.base import MatrixOptimizer, Optimizer, Rate

#: Words in the names of matrices that are no hidden layer's.
OUTER = ("embedding", "position", "head")


def is_hidden_matrix(block):
    """Return whether a Block is a matrix inside a network: no embedding, no position, no head."""
    return len(block.shape) == 2 and not any(word in block.name for word in OUTER)


@dataclass(repr=False, eq=False)
class PerBlock(Optimizer):
    """Each block of a flat vector its own rule, as in "Muon for matrices, Adam for the rest".

    ``PerBlock(model.blocks, {is_hidden_matrix: Muon(0.02)}, rest=Adam(1e-3))`` is an optimizer
    like any other. A rule sees a block (…, size) of the vector as an array (…, *shape).

    Args:
        blocks: the `adam_course.blocks.Block` s that make up the vector.
        rules: which blocks → their rule; "which" is a function that returns True or False for a
            Block, or some words of its name. The first that takes a block has it.
        rest: the rule of all other blocks; None: there are none.
        lr: what the rates of all rules are multiplied by: a number, an array or a schedule.
            `adam_course.tuning.tune` tunes this one, and so all rates at their given ratio.

    Attributes:
        parts: name of a block → its own copy of its rule, with its state.

    Raises:
        ValueError: a block that no rule takes, a rule that takes no block, a rule for matrices
            that takes a vector, a rule with arrays as hyperparameters, or blocks that leave a gap.
        TypeError: a rule that is no optimizer.
    """

    blocks: tuple
    rules: dict
    rest: Optimizer | None = None
    lr: Rate = field(default=1.0, kw_only=True)

    def __post_init__(self):
        self.size = self._laid()
        taken = {block.name: self._taker(block) for block in self.blocks}
        for which, rule in self.rules.items():
            if rule not in taken.values():
                raise ValueError(f"PerBlock: {_named(which)} takes no block.{self._listed()}")
        self.parts = {block.name: _own(taken[block.name], block) for block in self.blocks}
        super().__post_init__()

    def reset(self):
        super().reset()
        for rule in self.parts.values():
            rule.reset()

    def step(self, theta, grad):
        # All rates are asked for and checked before anything changes.
        self._rates = [rule.rate(self.t + 1) for rule in self.parts.values()]
        return super().step(theta, grad)

    def update(self, theta, g, lr):
        if np.ndim(lr):
            shape = np.broadcast_shapes(theta.shape, np.shape(lr))
            theta, g, lr = (np.broadcast_to(array, shape) for array in (theta, g, lr))
        new = np.empty(theta.shape, theta.dtype)
        for block, rate in zip(self.blocks, self._rates, strict=True):
            rule = self.parts[block.name]
            rule.t += 1
            rate = rate * (block.of(lr) if np.ndim(lr) else lr)
            moved = rule.update(block.of(theta), block.of(g), rate)
            new[..., block.slice] = moved.reshape(*theta.shape[:-1], block.size)
        return new

    def __repr__(self):
        told = {}
        for block in self.blocks:
            told.setdefault(repr(self.parts[block.name]), []).append(block.name)
        parts = [
            f"{rule} for {len(names)} block{'s' * (len(names) != 1)}"
            for rule, names in told.items()
        ]
        factor = [] if np.array_equal(self.lr, 1.0) else [f"lr={shown(self.lr)}"]
        return f"PerBlock({', '.join(parts + factor)})"

    def _laid(self):
        """Return how many parameters the blocks have, which must follow each other from 0 on."""
        end = 0
        for block in sorted(self.blocks, key=lambda block: block.start):
            if block.start != end:
                raise ValueError(
                    f"PerBlock: the blocks must follow each other without a gap, but "
                    f"{block.name!r} starts at {block.start} and not at {end}."
                )
            end += block.size
        return end

    def _taker(self, block):
        """Return the rule of a block, or refuse it in one sentence."""
        chosen = (rule for which, rule in self.rules.items() if _takes(which, block))
        rule = next(chosen, self.rest)
        if rule is None:
            raise ValueError(
                f"PerBlock: no rule takes the block {block.name!r}; rest=Adam(1e-3), say, takes "
                "all that are left."
            )
        if not isinstance(rule, Optimizer):
            raise TypeError(
                f"PerBlock: a rule must be an optimizer such as Adam(1e-3), not {rule!r}."
            )
        if isinstance(rule, MatrixOptimizer) and len(block.shape) < 2:
            raise ValueError(
                f"PerBlock: {type(rule).__name__} is for matrices, but the block {block.name!r} "
                f"has the shape {block.shape}; give it to another rule."
            )
        if rule.batch_shape:
            raise ValueError(
                f"PerBlock: the hyperparameters of a block's rule must be numbers, but {rule!r} "
                "has an array. An array of rates can be given as lr to PerBlock itself."
            )
        return rule

    def _listed(self):
        return f" There are {', '.join(repr(block.name) for block in self.blocks)}."

    def _refuse_shape(self, theta, grad):
        super()._refuse_shape(theta, grad)
        if theta.shape[-1:] != (self.size,):
            raise ValueError(
                f"PerBlock: the blocks have {self.size} parameters in all, but theta has the "
                f"shape {theta.shape}."
            )


def _takes(which, block):
    """Return whether a function, or some words of a name, say yes to a block."""
    if isinstance(which, str):
        which, name = (f" {text} ".replace(",", "") for text in (which, block.name))
        return which in name
    return bool(which(block))


def _named(which):
    """Return what stands before a rule, in words."""
    return repr(which) if isinstance(which, str) else getattr(which, "__name__", repr(which))


def _own(rule, block):
    """Return a block's own copy of a rule, with no steps taken."""
    known = {one.name for one in fields(rule)}
    ndim = {"parameter_ndim": len(block.shape)} if "parameter_ndim" in known else {}
    return replace(rule, **ndim)
