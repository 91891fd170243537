"""The optimizers, one file a family, each rule written as its paper writes it."""

from adam_course.optimizers.adafactor import AdaFactor
from adam_course.optimizers.adagrad import AdaDelta, AdaGrad, RMSProp
from adam_course.optimizers.adam import Adam, AdamL2, AdamW
from adam_course.optimizers.adam_family import (
    AdaBelief,
    AdaMax,
    AMSGrad,
    Lion,
    NAdam,
    RAdam,
    Yogi,
)
from adam_course.optimizers.base import Optimizer
from adam_course.optimizers.gradient_descent import GradientDescent, Momentum
from adam_course.optimizers.matrices import (
    SOAP,
    Muon,
    Shampoo,
    exactly_orthogonalized,
    orthogonalized,
)
from adam_course.optimizers.per_block import PerBlock, is_hidden_matrix
from adam_course.optimizers.schedule_free import ScheduleFreeAdamW

__all__ = [
    "SOAP",
    "AMSGrad",
    "AdaBelief",
    "AdaDelta",
    "AdaFactor",
    "AdaGrad",
    "AdaMax",
    "Adam",
    "AdamL2",
    "AdamW",
    "GradientDescent",
    "Lion",
    "Momentum",
    "Muon",
    "NAdam",
    "Optimizer",
    "PerBlock",
    "RAdam",
    "RMSProp",
    "ScheduleFreeAdamW",
    "Shampoo",
    "Yogi",
    "exactly_orthogonalized",
    "is_hidden_matrix",
    "orthogonalized",
]
