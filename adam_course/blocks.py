"""A flat vector of parameters in named blocks: which part of it is which matrix."""

from math import prod
from typing import NamedTuple


class Block(NamedTuple):
    """A part of a flat vector of parameters that is a matrix, or another array, by its own right.

    Attributes:
        name: as "block 1, query".
        shape: of the array, as (32, 32).
        start: where it begins in the vector.
    """

    name: str
    shape: tuple[int, ...]
    start: int

    @property
    def size(self):
        """How many parameters it has."""
        return prod(self.shape)

    @property
    def slice(self):
        """Where it lies in the vector."""
        return slice(self.start, self.start + self.size)

    def of(self, theta):
        """Return this block of ``theta`` (..., d) as an array (..., *shape)."""
        return theta[..., self.slice].reshape(*theta.shape[:-1], *self.shape)


def blocks(shapes):
    """Return the Blocks that lie one after the other in a vector, from a dict of name → shape."""
    laid, start = [], 0
    for name, shape in shapes.items():
        laid.append(Block(name, tuple(shape), start))
        start += laid[-1].size
    return tuple(laid)
