"""The problems: what is minimised, each with its value, gradient, minimum and a window to draw."""

from adam_course.problems.base import Problem, Surface
from adam_course.problems.bigram import Bigram
from adam_course.problems.digits import DigitsMLP, DigitsSoftmax, load_digits
from adam_course.problems.mini_batches import MiniBatches
from adam_course.problems.regression import Regression
from adam_course.problems.sparse import SparseText
from adam_course.problems.surfaces import (
    Beale,
    Bowl,
    Cubic,
    Himmelblau,
    Plateau,
    Rosenbrock,
    Saddle,
)
from adam_course.problems.transformer import Transformer, load_text

__all__ = [
    "Beale",
    "Bigram",
    "Bowl",
    "Cubic",
    "DigitsMLP",
    "DigitsSoftmax",
    "Himmelblau",
    "MiniBatches",
    "Plateau",
    "Problem",
    "Regression",
    "Rosenbrock",
    "Saddle",
    "SparseText",
    "Surface",
    "Transformer",
    "load_digits",
    "load_text",
]
