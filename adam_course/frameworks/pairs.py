"""Which optimizer of the course is which of the frameworks'.

`PAIRS` is the only place that says so: lesson 14, the cheat sheet, the live comparison, the
golden files and the verification page all derive from it. Both sides of a pair are written as
Python, with the same names for the same hyperparameters.
"""

import ast
from dataclasses import dataclass, field

#: The frameworks, with the module that has their optimizers.
HOMES = {"torch": "torch.optim", "keras": "keras.optimizers", "optax": "optax"}


@dataclass(frozen=True)
class Entry:
    """An optimizer's name in a framework, and the arguments that make the two sides one rule."""

    name: str
    ours: dict = field(default_factory=dict)
    theirs: dict = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Pair:
    """The same rule twice: ``ours`` and ``theirs``, from the same hyperparameters.

    Attributes:
        ours, theirs: Python expressions.
        rate: how the rate may change during a run for the two to agree: "any" way, only "rising",
            or not at all ("constant").
        ranges: name → (lowest, highest) where a hyperparameter is drawn from a range of its own.
        scale: what the gradients are multiplied by; None: so that the largest is 1, for rules
            whose steps grow with the gradients.
        vector: compare on vectors; otherwise on matrices.
        single: what the framework computes in float32 even if all it is given is float64.
        half: what it computes in bfloat16, which has two or three digits.
    """

    ours: str
    theirs: str
    rate: str = "any"
    ranges: dict = field(default_factory=dict)
    scale: float | None = 1.0
    vector: bool = False
    single: str = ""
    half: str = ""

    @property
    def optimizer(self):
        """The name of our class."""
        return self.ours.partition("(")[0]

    @property
    def framework(self):
        """The name of the package that ``theirs`` comes from."""
        return self.theirs.partition(".")[0]

    @property
    def tolerance(self):
        """The largest difference allowed between two parameters after any step.

        The parameters are of order one, so this is a few thousand roundings, or a few tens of them
        where the framework itself rounds to float32, and few where it rounds to bfloat16.
        """
        if self.half:
            return 1.5e-2
        return 2e-6 if self.single else 1e-12

    def __str__(self):
        return f"{self.ours} = {self.theirs}" + (" on vectors" if self.vector else "")


@dataclass(frozen=True)
class Unmatched:
    """A definition of ours that nothing in a framework can be set to, and why."""

    ours: str
    framework: str
    why: str

    @property
    def optimizer(self):
        """The name of our class."""
        return self.ours.partition("(")[0]


@dataclass(frozen=True)
class Apart:
    """Where a framework goes another way than ours at an extreme decay, and why.

    Attributes:
        theirs: how the expressions of the pairs begin that this is about.
        decay: the value of β1, β2, ρ and μ at which it does.
    """

    theirs: str
    decay: float
    why: str

    def covers(self, pair, decay):
        """Return whether this is about a pair at a decay."""
        return decay == self.decay and pair.theirs.startswith(self.theirs)


LINEAR = {"scale": None}
LINEAR_CONSTANT = {"scale": None, "rate": "constant"}
#: With β1 near 0, g − m is 0 and the paper's step is g / √ε: a hundred million times too long.
BELIEF = {"ranges": {"beta1": (0.5, 0.95), "eps": (1e-16, 1e-8)}}
#: What is rounded is the step, so that the difference grows with the rate.
HALF = {"half": "Newton–Schulz", "ranges": {"lr": (5e-3, 1e-2)}}
#: Only an ε that is not much smaller than a gradient makes a difference.
MUON = {"ranges": {"eps": (1e-3, 1e-2)}}
#: Roots of matrices whose smallest eigenvalue is not lost in the rounding of the largest.
SHAMPOO = {"scale": None, "ranges": {"eps": (1e-2, 1.0), "beta2": (0.99, 0.9995)}}
SCALABLE = (
    "pytorch_optimizer.ScalableShampoo(params, lr, (momentum, beta2), True, matrix_eps=eps, "
    "start_preconditioning_step=1, preconditioning_compute_steps=1, graft_type=0, nesterov=False, "
    "shape_interpretation=False, use_svd=True"
)
TURNING = "pytorch_optimizer.SOAP(params, lr, (beta1, beta2), weight_decay=weight_decay, eps=eps, "
SOAP = {"single": "`torch.linalg.qr`", "ranges": {"lr": (1e-2, 5e-2), "eps": (1e-2, 1.0)}}
DELTA = {"ranges": {"lr": (0.1, 2.0), "eps": (1e-8, 1e-4)}}

PAIRS = [
    # Gradient descent and momentum
    Pair("GradientDescent(lr)", "torch.optim.SGD(params, lr)", **LINEAR),
    Pair("GradientDescent(lr)", "keras.optimizers.SGD(lr)", **LINEAR),
    Pair("GradientDescent(lr)", "optax.sgd(lr)", **LINEAR),
    Pair(
        "Momentum(lr, momentum)",
        "torch.optim.SGD(params, lr, momentum=momentum)",
        **LINEAR_CONSTANT,
    ),
    Pair("Momentum(lr, momentum)", "keras.optimizers.SGD(lr, momentum)", **LINEAR),
    Pair(
        "Momentum(lr, momentum)",
        "optax.chain(optax.scale_by_learning_rate(lr), optax.trace(momentum))",
        **LINEAR,
    ),
    Pair(
        "Momentum(lr, momentum, nesterov=True)",
        "torch.optim.SGD(params, lr, momentum=momentum, nesterov=True)",
        **LINEAR_CONSTANT,
    ),
    Pair(
        "Momentum(lr, momentum, nesterov=True)",
        "keras.optimizers.SGD(lr, momentum, nesterov=True)",
        **LINEAR,
    ),
    Pair(
        "Momentum(lr, momentum, nesterov=True)",
        "optax.chain(optax.scale_by_learning_rate(lr), optax.trace(momentum, nesterov=True))",
        **LINEAR,
    ),
    Pair(
        "Momentum(lr, momentum, form='torch')",
        "torch.optim.SGD(params, lr, momentum=momentum)",
        **LINEAR,
    ),
    Pair("Momentum(lr, momentum, form='torch')", "optax.sgd(lr, momentum)", **LINEAR),
    Pair(
        "Momentum(lr, momentum, nesterov=True, form='torch')",
        "torch.optim.SGD(params, lr, momentum=momentum, nesterov=True)",
        **LINEAR,
    ),
    Pair(
        "Momentum(lr, momentum, nesterov=True, form='torch')",
        "optax.sgd(lr, momentum, nesterov=True)",
        **LINEAR,
    ),
    Pair(
        "Momentum(lr, momentum, form='ema')",
        "optax.chain(optax.ema(momentum, debias=False), optax.scale_by_learning_rate(lr))",
        **LINEAR,
    ),
    Pair(
        "Momentum(lr / (1 - momentum), momentum, form='ema')",
        "torch.optim.SGD(params, lr, momentum=momentum)",
        **LINEAR_CONSTANT,
    ),
    Pair(
        "Momentum(lr / (1 - momentum), momentum, nesterov=True, form='ema')",
        "torch.optim.SGD(params, lr, momentum=momentum, nesterov=True)",
        **LINEAR_CONSTANT,
    ),
    # A rate for each parameter
    Pair(
        "AdaGrad(lr, eps, initial_accumulator)",
        "torch.optim.Adagrad(params, lr, initial_accumulator_value=initial_accumulator, eps=eps)",
        ranges={"eps": (1e-5, 1e-2)},
    ),
    Pair(
        "AdaGrad(lr, eps, initial_accumulator, eps_in_sqrt=True)",
        "keras.optimizers.Adagrad(lr, initial_accumulator, eps)",
    ),
    Pair(
        "AdaGrad(lr, eps, initial_accumulator, eps_in_sqrt=True)",
        "optax.adagrad(lr, initial_accumulator, eps)",
    ),
    Pair("RMSProp(lr, rho, eps)", "torch.optim.RMSprop(params, lr, alpha=rho, eps=eps)"),
    Pair("RMSProp(lr, rho, eps)", "optax.rmsprop(lr, rho, eps, eps_in_sqrt=False)"),
    Pair(
        "RMSProp(lr, rho, eps, eps_in_sqrt=True)",
        "keras.optimizers.RMSprop(lr, rho, epsilon=eps)",
    ),
    Pair("RMSProp(lr, rho, eps, eps_in_sqrt=True)", "optax.rmsprop(lr, rho, eps)"),
    Pair(
        "RMSProp(lr, rho, eps, momentum)",
        "torch.optim.RMSprop(params, lr, alpha=rho, eps=eps, momentum=momentum)",
    ),
    Pair(
        "RMSProp(lr, rho, eps, momentum, eps_in_sqrt=True)",
        "keras.optimizers.RMSprop(lr, rho, momentum, eps)",
        rate="constant",
    ),
    Pair(
        "RMSProp(lr, rho, eps, momentum, eps_in_sqrt=True)",
        "optax.rmsprop(lr, rho, eps, momentum=momentum)",
        rate="constant",
    ),
    Pair(
        "RMSProp(lr, rho, eps, centered=True)",
        "torch.optim.RMSprop(params, lr, alpha=rho, eps=eps, centered=True)",
    ),
    Pair(
        "RMSProp(lr, rho, eps, centered=True)",
        "optax.rmsprop(lr, rho, eps, eps_in_sqrt=False, centered=True)",
    ),
    Pair(
        "RMSProp(lr, rho, eps, centered=True, eps_in_sqrt=True)",
        "keras.optimizers.RMSprop(lr, rho, epsilon=eps, centered=True)",
    ),
    Pair(
        "RMSProp(lr, rho, eps, centered=True, eps_in_sqrt=True)",
        "optax.rmsprop(lr, rho, eps, centered=True)",
    ),
    Pair(
        "RMSProp(lr, rho, eps, momentum, centered=True)",
        "torch.optim.RMSprop(params, lr, alpha=rho, eps=eps, momentum=momentum, centered=True)",
    ),
    Pair(
        "RMSProp(lr, rho, eps, momentum, centered=True, eps_in_sqrt=True)",
        "keras.optimizers.RMSprop(lr, rho, momentum, eps, centered=True)",
        rate="constant",
    ),
    Pair(
        "RMSProp(lr, rho, eps, momentum, centered=True, eps_in_sqrt=True)",
        "optax.rmsprop(lr, rho, eps, momentum=momentum, centered=True)",
        rate="constant",
    ),
    Pair("AdaDelta(lr, rho, eps)", "torch.optim.Adadelta(params, lr, rho, eps)", **DELTA),
    Pair("AdaDelta(lr, rho, eps)", "keras.optimizers.Adadelta(lr, rho, eps)", **DELTA),
    Pair("AdaDelta(lr, rho, eps)", "optax.adadelta(lr, rho, eps)", **DELTA),
    # Adam and its weight decay
    Pair("Adam(lr, beta1, beta2, eps)", "torch.optim.Adam(params, lr, (beta1, beta2), eps)"),
    Pair(
        "Adam(lr, beta1, beta2, eps, eps_hat=True)",
        "keras.optimizers.Adam(lr, beta1, beta2, eps)",
    ),
    Pair("Adam(lr, beta1, beta2, eps)", "optax.adam(lr, beta1, beta2, eps)"),
    Pair(
        "AdamL2(lr, beta1, beta2, eps, weight_decay=weight_decay)",
        "torch.optim.Adam(params, lr, (beta1, beta2), eps, weight_decay)",
    ),
    Pair(
        "AdamL2(lr, beta1, beta2, eps, weight_decay=weight_decay)",
        "optax.chain(optax.add_decayed_weights(weight_decay), optax.adam(lr, beta1, beta2, eps))",
    ),
    Pair(
        "AdamW(lr, beta1, beta2, eps, weight_decay=weight_decay)",
        "torch.optim.AdamW(params, lr, (beta1, beta2), eps, weight_decay)",
    ),
    Pair(
        "AdamW(lr, beta1, beta2, eps, eps_hat=True, weight_decay=weight_decay)",
        "keras.optimizers.AdamW(lr, weight_decay, beta1, beta2, eps)",
    ),
    Pair(
        "AdamW(lr, beta1, beta2, eps, weight_decay=weight_decay)",
        "optax.adamw(lr, beta1, beta2, eps, weight_decay=weight_decay)",
    ),
    Pair(
        "AdamW(lr, beta1, beta2, eps, weight_decay=weight_decay, decay_times_lr=False)",
        "optax.chain(optax.adam(lr, beta1, beta2, eps), optax.add_decayed_weights(-weight_decay))",
    ),
    # The family
    Pair(
        "AdaMax(lr, beta1, beta2, eps, eps_in_max=True)",
        "torch.optim.Adamax(params, lr, (beta1, beta2), eps)",
    ),
    Pair("AdaMax(lr, beta1, beta2, eps)", "keras.optimizers.Adamax(lr, beta1, beta2, eps)"),
    Pair(
        "AdaMax(lr, beta1, beta2, eps, eps_in_max=True)",
        "optax.adamax(lr, beta1, beta2, eps)",
    ),
    Pair(
        "AMSGrad(lr, beta1, beta2, eps)",
        "optax.amsgrad(lr, beta1, beta2, eps, bias_correction_mu=False, bias_correction_nu=False)",
    ),
    Pair(
        "AMSGrad(lr, beta1, beta2, eps, bias_correction=True)",
        "torch.optim.Adam(params, lr, (beta1, beta2), eps, amsgrad=True)",
    ),
    Pair(
        "AMSGrad(lr, beta1, beta2, eps, eps_hat=True, bias_correction=True)",
        "keras.optimizers.Adam(lr, beta1, beta2, eps, amsgrad=True)",
    ),
    Pair(
        "AMSGrad(lr, beta1, beta2, eps, bias_correction=True, max_over='v_hat')",
        "optax.amsgrad(lr, beta1, beta2, eps)",
    ),
    Pair(
        "NAdam(lr, beta1, beta2, eps, momentum_decay=momentum_decay)",
        "torch.optim.NAdam(params, lr, (beta1, beta2), eps, momentum_decay=momentum_decay)",
    ),
    Pair(
        "NAdam(lr, beta1, beta2, eps, momentum_decay=1)",
        "keras.optimizers.Nadam(lr, beta1, beta2, eps)",
    ),
    Pair(
        "NAdam(lr, beta1, beta2, eps, momentum_decay=None)",
        "optax.nadam(lr, beta1, beta2, eps)",
    ),
    Pair(
        "RAdam(lr, beta1, beta2, eps)",
        "optax.radam(lr, beta1, beta2, eps, threshold=4)",
        **LINEAR,
    ),
    Pair(
        "RAdam(lr, beta1, beta2, eps, eps_hat=True, rectify_above=5)",
        "torch.optim.RAdam(params, lr, (beta1, beta2), eps)",
        **LINEAR,
    ),
    Pair(
        "RAdam(lr, beta1, beta2, eps, rectify_above=5)",
        "optax.radam(lr, beta1, beta2, eps)",
        **LINEAR,
    ),
    Pair(
        "AdaBelief(lr, beta1, beta2, eps)",
        "optax.adabelief(lr, beta1, beta2, eps, eps_root=eps)",
        **BELIEF,
    ),
    Pair(
        "AdaBelief(lr, beta1, beta2, eps)",
        "pytorch_optimizer.AdaBelief(params, lr, (beta1, beta2), eps=eps)",
        **BELIEF,
    ),
    Pair(
        "Yogi(lr, beta1, beta2, eps, bias_correction=True)",
        "optax.yogi(lr, beta1, beta2, eps)",
    ),
    Pair(
        "Yogi(lr, beta1, beta2, eps, initial_accumulator=initial_accumulator, "
        "bias_correction=True)",
        "pytorch_optimizer.Yogi(params, lr, (beta1, beta2), initial_accumulator, eps=eps)",
    ),
    Pair(
        "Lion(lr, beta1, beta2, weight_decay)",
        "keras.optimizers.Lion(lr, beta1, beta2, weight_decay)",
    ),
    Pair(
        "Lion(lr, beta1, beta2, weight_decay)",
        "optax.lion(lr, beta1, beta2, weight_decay=weight_decay)",
    ),
    Pair(
        "Lion(lr, beta1, beta2, weight_decay)",
        "pytorch_optimizer.Lion(params, lr, (beta1, beta2), weight_decay)",
    ),
    *[
        # The rate is relative: a large one makes the parameters grow without bound. But what
        # tells min(lr, 1/√t) from lr is an lr above 1/√200.
        Pair(ours, theirs, vector=vector, single=single, ranges={"lr": lr})
        for vector in (False, True)
        for ours, theirs, single, lr in [
            (
                "AdaFactor(lr, beta2_decay, eps2=eps2, clip=clip)",
                "torch.optim.Adafactor(params, lr, -beta2_decay, (1e-30, eps2), clip)",
                "",
                (0.074, 0.08),
            ),
            (
                "AdaFactor(lr, beta2_decay, eps2=eps2, clip=clip)",
                "keras.optimizers.Adafactor(lr, -beta2_decay, 1e-30, eps2, clip)",
                "`keras.ops.mean`",
                (1e-3, 1e-2),
            ),
            (
                "AdaFactor(lr, beta2_decay, clip=clip, relative_step=False)",
                "optax.adafactor(lr, 1, beta2_decay, clipping_threshold=clip)",
                "1 − t^(−d)",
                (1e-3, 1e-2),
            ),
            (
                "AdaFactor(lr, beta2_decay, eps2=eps2, clip=clip, relative_step=False)",
                "optax.chain("
                "optax.scale_by_factored_rms(decay_rate=beta2_decay, min_dim_size_to_factor=1, "
                "decay_rate_fn=lambda t, d: 1 - (t + 1.0) ** -d), "
                "optax.clip_by_block_rms(clip), "
                "optax.scale_by_param_block_rms(eps2), "
                "optax.scale_by_learning_rate(lr))",
                "",
                (1e-3, 1e-2),
            ),
        ]
    ],
    Pair(
        "ScheduleFreeAdamW(lr, beta1, beta2, eps)",
        "keras.optimizers.ScheduleFreeAdamW(lr, beta1, beta2, eps)",
        rate="constant",
        ranges={"beta1": (0.3, 0.95)},
    ),
    Pair(
        "ScheduleFreeAdamW(lr, beta1, beta2, eps, weight_decay)",
        "optax.contrib.schedule_free_adamw("
        "lr, b1=beta1, b2=beta2, eps=eps, weight_decay=weight_decay)",
        rate="constant",
        ranges={"beta1": (0.3, 0.95)},
    ),
    Pair(
        "ScheduleFreeAdamW(lr, beta1, beta2, eps, weight_decay)",
        "pytorch_optimizer.ScheduleFreeAdamW(params, lr, (beta1, beta2), weight_decay, eps=eps)",
        rate="rising",
        ranges={"beta1": (0.3, 0.95), "eps": (1e-3, 1.0)},
        scale=1e6,  # it adds 1e-15 to v̂, which gradients of 1e-6 would feel
    ),
    Pair(
        "ScheduleFreeAdamW(lr, beta1, beta2, eps, weight_decay)",
        "schedulefree.AdamWScheduleFree(params, lr, (beta1, beta2), eps, weight_decay)",
        rate="rising",
        ranges={"beta1": (0.3, 0.95)},
    ),
    # Rules for matrices
    Pair(
        "Muon(lr, momentum, weight_decay=weight_decay)",
        "torch.optim.Muon(params, lr, weight_decay, momentum)",
        **HALF,
    ),
    Pair(
        "Muon(lr, momentum, nesterov=False, weight_decay=weight_decay, scaling='match_rms_adamw')",
        "torch.optim.Muon(params, lr, weight_decay, momentum, nesterov=False, "
        "adjust_lr_fn='match_rms_adamw')",
        **HALF,
    ),
    Pair(
        "Muon(lr, momentum, weight_decay=weight_decay, scaling='match_rms_adamw')",
        "keras.optimizers.Muon(lr, momentum=momentum, weight_decay=weight_decay)",
        single="`keras.ops.norm`",
    ),
    Pair(
        "Muon(lr, momentum, nesterov=False, weight_decay=weight_decay, scaling='none')",
        "keras.optimizers.Muon(lr, momentum=momentum, weight_decay=weight_decay, nesterov=False, "
        "rms_rate=None)",
        single="`keras.ops.norm`",
    ),
    Pair(
        "Muon(lr, momentum, weight_decay=weight_decay, inputs_first=True, bias_correction=True, "
        "eps=eps / (1 - momentum))",
        "optax.contrib.muon(lr, beta=momentum, eps=eps, weight_decay=weight_decay)",
        **MUON,
    ),
    Pair(
        "Muon(lr, momentum, bias_correction=True, ns_steps=3, ns_coefficients=(1.5, -0.5, 0), "
        "eps=eps / (1 - momentum))",
        "optax.contrib.muon(lr, (1.5, -0.5, 0), 3, momentum, eps, "
        "muon_weight_dimension_numbers=optax.contrib.MuonDimensionNumbers(1, 0))",
        **MUON,
    ),
    Pair(
        "Muon(lr, momentum, nesterov=False, scaling='match_rms_adamw', bias_correction=True, "
        "eps=eps / (1 - momentum))",
        "optax.contrib.muon(lr, beta=momentum, eps=eps, nesterov=False, consistent_rms=0.2)",
        **MUON,
    ),
    Pair("Shampoo(lr, eps)", "pytorch_optimizer.Shampoo(params, lr, matrix_eps=eps)", **SHAMPOO),
    Pair("Shampoo(lr, eps, beta2, momentum)", f"{SCALABLE})", **SHAMPOO),
    Pair(
        "Shampoo(lr, eps, beta2, momentum, one_sided=True)",
        f"{SCALABLE}, pre_conditioner_type=1)",
        **SHAMPOO,
    ),
    Pair(  # whose first directions stay
        "SOAP(lr, beta1, beta2, eps, weight_decay, every=1000)",
        f"{TURNING}precondition_frequency=1000)",
        ranges={"eps": (1e-2, 1.0)},
    ),
    Pair(
        "SOAP(lr, beta1, beta2, eps, weight_decay, every=3)",
        f"{TURNING}precondition_frequency=3)",
        **SOAP,
    ),
    Pair(
        "SOAP(lr, beta1, beta2, eps, weight_decay, one_sided=True, every=3)",
        f"{TURNING}precondition_frequency=3, max_precondition_dim=2)",
        **SOAP,
    ),
]

UNMATCHED = [
    Unmatched("Momentum(form='ema')", "torch", "`dampening` gives the average, but starts at g"),
    Unmatched("Momentum(form='ema')", "keras", "has no moving average of gradients"),
    Unmatched("RMSProp(momentum)", "keras", "keeps the rate of each step when the rate changes"),
    Unmatched("RMSProp(momentum)", "optax", "keeps the rate of each step when the rate changes"),
    Unmatched("AdamL2", "keras", "`weight_decay` is decoupled in every optimizer"),
    Unmatched("AdamW(decay_times_lr=False)", "torch", "the decay is always times lr"),
    Unmatched("AdamW(decay_times_lr=False)", "keras", "the decay is always times lr"),
    Unmatched("AMSGrad(bias_correction=False)", "torch", "always corrects"),
    Unmatched("AMSGrad(bias_correction=False)", "keras", "always corrects"),
    Unmatched("RAdam", "keras", "not there"),
    Unmatched("AdaBelief", "torch", "not there"),
    Unmatched("AdaBelief", "keras", "not there"),
    Unmatched("Yogi", "torch", "not there"),
    Unmatched("Yogi", "keras", "not there"),
    Unmatched("Yogi(bias_correction=False)", "optax", "always corrects"),
    Unmatched("Yogi(bias_correction=False)", "pytorch_optimizer", "always corrects"),
    Unmatched("Lion", "torch", "not there"),
    Unmatched("AdaFactor(relative_step=False)", "torch", "the rate is always at most 1/√t"),
    Unmatched("AdaFactor(relative_step=False)", "keras", "the rate is always at most 1/√t"),
    Unmatched("ScheduleFreeAdamW", "torch", "not there"),
    Unmatched("ScheduleFreeAdamW", "keras", "under a schedule: weighs all steps alike"),
    Unmatched("ScheduleFreeAdamW(weight_decay)", "keras", "decays y and leaves z alone"),
    Unmatched(
        "ScheduleFreeAdamW",
        "keras",
        "on Keras' PyTorch backend: works out the old x with the new z",
    ),
    Unmatched(
        "ScheduleFreeAdamW",
        "optax",
        "under a schedule: steps with the rate before the one it weighs with",
    ),
    Unmatched(
        "ScheduleFreeAdamW",
        "pytorch_optimizer, schedulefree",
        "under a falling rate: weighs with the largest rate so far",
    ),
    Unmatched("Muon(scaling='original')", "keras", "0.2 √max(rows, columns), or 1"),
    Unmatched("Muon(scaling='none')", "torch, optax", "always scales"),
    Unmatched("Muon(bias_correction=True)", "torch, keras", "corrects nothing"),
    Unmatched("Muon(bias_correction=False)", "optax", "always corrects, as NAdam does"),
    *[
        Unmatched(name, framework, "not there")
        for name in ("Shampoo", "SOAP")
        for framework in HOMES
    ],
    Unmatched(
        "Shampoo(every)",
        "pytorch_optimizer",
        "works out the first roots in step `every`, and stands still before it; ScalableShampoo "
        "takes steps of gradient descent",
    ),
]

#: The values of all decays at which the pairs are compared once more.
CORNERS = (0.0, 0.5, 0.99999)
ROUNDED = "v − mean² is 0 but for rounding, and their root of less than 0 is NaN; we hold it at 0"
SWALLOWED = "v ← v + (1 − β2)(g² − v) loses a g² that is small beside the v before it"
TURNED = "its QR in float32 turns 1e-7 of the largest gradients into directions of the smallest"
CHANCE = "L and R are the last gradient's; where they are 0, rounding chooses the directions"
APART = [
    Apart("torch.optim.SGD(params, lr, momentum=momentum, nesterov=True)", 0.0, "refuses μ = 0"),
    Apart("torch.optim.RMSprop(params, lr, alpha=rho, eps=eps, centered=True)", 0.0, ROUNDED),
    Apart(
        "torch.optim.RMSprop(params, lr, alpha=rho, eps=eps, momentum=momentum, centered=True)",
        0.0,
        ROUNDED,
    ),
    Apart("keras.optimizers.RMSprop(lr, rho, epsilon=eps, centered=True)", 0.0, ROUNDED),
    Apart("keras.optimizers.RMSprop(lr, rho, momentum, eps, centered=True)", 0.0, ROUNDED),
    Apart("optax.rmsprop(lr, rho, eps, eps_in_sqrt=False, centered=True)", 0.0, ROUNDED),
    Apart("optax.rmsprop(lr, rho, eps, centered=True)", 0.0, ROUNDED),
    Apart("optax.rmsprop(lr, rho, eps, momentum=momentum, centered=True)", 0.0, ROUNDED),
    Apart("keras.optimizers.Adam(lr, beta1, beta2, eps)", 0.0, SWALLOWED),
    Apart("keras.optimizers.AdamW", 0.0, SWALLOWED),
    Apart("keras.optimizers.Nadam", 0.0, SWALLOWED),
    Apart(
        "keras.optimizers.Adamax",
        0.0,
        "m ← m + (1 − β1)(g − m) loses a g that is small beside the m before it",
    ),
    Apart("keras.optimizers.Lion", 0.0, "refuses β1 = 0"),
    Apart("keras.optimizers.ScheduleFreeAdamW", 0.0, "divides by β1"),
    Apart("optax.contrib.schedule_free_adamw", 0.0, "divides by β1"),
    Apart("pytorch_optimizer.ScheduleFreeAdamW", 0.0, "refuses β1 = 0"),
    Apart(SCALABLE, 0.0, "its roots of L = 0 are infinite; ours are 0"),
    Apart(f"{TURNING}precondition_frequency=3", 0.0, CHANCE),
    Apart(f"{TURNING}precondition_frequency=3", 0.5, TURNED),
    Apart(f"{TURNING}precondition_frequency=3)", 0.99999, TURNED),
]


def entries(name):
    """Return framework → `Entry` of one of our optimizers, where it has one that is ready-made.

    Of several pairs it is the one with the fewest flags on their side, and among these the first.
    """
    pairs = [pair for pair in PAIRS if pair.optimizer == name and "chain(" not in pair.theirs]
    found = {}
    for framework in HOMES:
        ready = [entry(pair) for pair in pairs if pair.framework == framework]
        if ready:
            found[framework] = min(ready, key=lambda one: len(one.theirs))
    return found


def entry(pair):
    """Return a pair's name in its framework, and the flags that are set on either side."""
    ours, theirs = (ast.parse(side, mode="eval").body for side in (pair.ours, pair.theirs))
    name = ast.unparse(theirs.func).removeprefix(f"{HOMES[pair.framework]}.")
    return Entry(name, flags(ours), flags(theirs))


def flags(call):
    """Return the keywords of a call whose values are written out."""
    return {k.arg: k.value.value for k in call.keywords if isinstance(k.value, ast.Constant)}
