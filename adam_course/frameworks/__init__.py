"""PyTorch, Keras, JAX and Optax, where they are installed, and which of theirs is which of ours.

``from adam_course.frameworks import torch`` imports one of them; Keras comes on PyTorch's backend.
What is said about them here is checked by `make verify`, and shown in lesson 14.
"""

import inspect
import os
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from operator import attrgetter

from adam_course.frameworks.adam import path as path
from adam_course.frameworks.adam import run as run
from adam_course.frameworks.pairs import HOMES, entries

#: What lesson 14 needs, in the versions of the extra `frameworks` in pyproject.toml.
NEEDED = {"torch": "2.13.0", "keras": "3.15.1", "jax": "0.10.2", "optax": "0.2.8"}
#: What `make verify` compares the course with, and what these packages are called.
TITLES = {
    "torch": "PyTorch",
    "keras": "Keras",
    "optax": "Optax",
    "pytorch_optimizer": "pytorch_optimizer",
    "schedulefree": "schedulefree",
}
#: Where each framework does Adam's arithmetic: module, then name. On PyTorch's backend Keras does
#: not call `update_step` of keras.src.optimizers.adam, which other backends run.
ARITHMETIC = {
    "torch": ("torch.optim.adam", "_single_tensor_adam"),
    "keras": ("keras.src.backend.torch.optimizers.torch_adam", "Adam._parallel_update_step"),
    "optax": ("optax._src.transform", "scale_by_adam"),
}
#: Their names for our hyperparameters.
NAMES = {
    **dict.fromkeys(("lr", "learning_rate"), ("lr",)),
    "betas": ("beta1", "beta2"),
    **dict.fromkeys(("b1", "beta_1"), ("beta1",)),
    **dict.fromkeys(("b2", "beta_2"), ("beta2",)),
    **dict.fromkeys(("alpha", "decay", "rho"), ("rho",)),
    **dict.fromkeys(("eps", "epsilon"), ("eps",)),
    "initial_accumulator_value": ("initial_accumulator",),
    "weight_decay": ("weight_decay",),
    "momentum_decay": ("momentum_decay",),
}
#: What an optimizer has beyond them, on the cheat sheet; theirs → ours.
MORE_NAMES = {
    "Momentum": {"momentum": ("momentum",)},
    "Muon": dict.fromkeys(("momentum", "beta"), ("momentum",)),
    "AdaFactor": {
        **dict.fromkeys(("beta2_decay", "beta_2_decay", "decay_rate"), ("beta2_decay",)),
        **dict.fromkeys(("d", "clip_threshold", "clipping_threshold"), ("clip",)),
        "eps": ("eps1", "eps2"),
        "epsilon_1": ("eps1",),
        "epsilon_2": ("eps2",),
    },
}

#: Our name → framework → its name there. It leaves out what has other forms in the frameworks, or
#: is another rule at their defaults.
ROSETTA = {
    name: entries(name)
    for name in (
        *("GradientDescent", "AdaGrad", "RMSProp", "AdaDelta", "Adam", "AdamW", "AMSGrad"),
        *("AdaMax", "NAdam", "RAdam", "AdaBelief", "Yogi", "Lion"),
    )
}


class FrameworksMissing(ImportError):
    """A framework is not installed; a notebook shows the sentence, and no traceback."""

    def _render_traceback_(self):
        return [str(self)]


def __getattr__(name):
    """Import a framework when it is asked for, or say kindly that it is not there."""
    if name not in NEEDED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    missing = [one for one in NEEDED if find_spec(one) is None]
    if missing:
        raise FrameworksMissing(
            "This needs PyTorch, Keras, JAX and Optax; to add what is missing here (2 GB or more), "
            f"run `%pip install {' '.join(f'{one}=={NEEDED[one]}' for one in missing)}` in a cell "
            "of this notebook, and restart its kernel. No other lesson needs them."
        )
    os.environ["KERAS_BACKEND"] = "torch"
    return import_module(name)


def maker(framework, entry):
    """Return what makes a framework's optimizer, with the arguments of the `Entry` in it."""
    return partial(attrgetter(entry.name)(import_module(HOMES[framework])), **entry.theirs)


def defaults(make, names=NAMES):
    """Return the defaults in a signature of theirs under our names; what is None is left out."""
    found = {}
    for name, parameter in inspect.signature(make).parameters.items():
        value = parameter.default
        if name in names and value is not parameter.empty:
            values = value if isinstance(value, tuple) else (value,)
            found |= dict(zip(names[name], values, strict=False))
    return {name: value for name, value in found.items() if value is not None}


def source(framework):
    """Return the source code of a framework's Adam, as it is installed here."""
    module, name = ARITHMETIC[framework]
    found = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return inspect.getsource(found)
