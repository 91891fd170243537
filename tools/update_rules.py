"""What the cheat sheet says of each optimizer and schedule: rules that run, and a word on each.

A formula is a line of Python in the lessons' letters. The tests run it beside the optimizer of the
course, so a wrong sign on the sheet fails. A line ``m, v as in Adam`` takes Adam's lines for these.
tools/ladder.py makes the functions of docs/ladder.md from the same formulas.
"""

from dataclasses import dataclass, field

from adam_course import optimizers, schedules

#: The letters of our hyperparameters.
LETTERS = {
    "lr": "α",
    "momentum": "μ",
    "rho": "ρ",
    "beta1": "β1",
    "beta2": "β2",
    "eps": "ε",
    "weight_decay": "λ",
    "initial_accumulator": "v0",
    "momentum_decay": "ψ",
    "beta2_decay": "d",
    "eps1": "ε1",
    "eps2": "ε2",
    "clip": "c",
}
#: The letters of what an optimizer keeps, where it has a longer name.
STATE = {
    "row": "R",
    "column": "C",
    "mu_product": "P",
    "lr_squared_sum": "S",
    "left": "L",
    "right": "R",
    "left_root": "L_root",
    "right_root": "R_root",
    "left_q": "Q_L",
    "right_q": "Q_R",
}
AS_IN_ADAM = " as in Adam"


@dataclass(frozen=True)
class Rule:
    """An optimizer on the sheet.

    Attributes:
        optimizer: our class. lesson: where it is explained.
        formulas: its lines. variants: label → (arguments of our class, other lines).
        use, trap: a sentence each: what it is good for, and what to beware of.
        unquoted: letters whose default is common use and not quoted from the paper.
        state: what it keeps, in words; "" where bytes for each parameter say it.
    """

    optimizer: type
    lesson: str
    formulas: str
    use: str
    trap: str
    unquoted: str = ""
    variants: dict = field(default_factory=dict)
    state: str = ""

    def forms(self):
        """Return label → (arguments of our class, lines)."""
        return {"": ({}, self.formulas)} | self.variants


ADAM = """
m = β1 * m + (1 - β1) * g
v = β2 * v + (1 - β2) * g**2
m_hat = m / (1 - β1**t)
v_hat = v / (1 - β2**t)
θ = θ - α * m_hat / (sqrt(v_hat) + ε)
"""

#: The ladder to Adam …
LADDER = [
    Rule(
        optimizers.GradientDescent,
        "01",
        "θ = θ - α * g",
        "The yardstick, and curvatures that are alike.",
        "The steepest direction sets α: it diverges when α × curvature is above 2.",
    ),
    Rule(
        optimizers.Momentum,
        "03",
        "m = μ * m + α * g\nθ = θ - m",
        "Narrow valleys: steps in proportion to √κ instead of κ.",
        "Where α stands matters once it changes. With (1 − μ) g in m, as in Adam, α has to be "
        "1 / (1 − μ) times as large.",
        unquoted="μ",
        variants={
            "PyTorch, Optax": ({"form": "torch"}, "m = μ * m + g\nθ = θ - α * m"),
            "Nesterov": ({"nesterov": True}, "m = μ * m + α * g\nθ = θ - (μ * m + α * g)"),
        },
    ),
    Rule(
        optimizers.AdaGrad,
        "04",
        "v = v + g**2\nθ = θ - α * g / (sqrt(v) + ε)",
        "Sparse features in a convex loss that stays the same.",
        "The steps only shrink: α / √t under equal gradients. Keras and Optax have ε inside the "
        "root.",
        unquoted="α ε",
    ),
    Rule(
        optimizers.RMSProp,
        "05",
        "v = ρ * v + (1 - ρ) * g**2\nθ = θ - α * g / (sqrt(v) + ε)",
        "A goal that moves.",
        "The first step is α / √(1 − ρ): 3.16 α, with PyTorch’s ρ 10 α. Keras and Optax have ε "
        "inside the root.",
        unquoted="α ε",
    ),
    Rule(
        optimizers.AdaDelta,
        "05",
        "v = ρ * v + (1 - ρ) * g**2\nΔ = sqrt((u + ε) / (v + ε)) * g\n"
        "u = ρ * u + (1 - ρ) * Δ**2\nθ = θ - α * Δ",
        "Seeing a step in θ’s own units.",
        "Not free of a rate: √ε is one. With Keras’ α it hardly moves.",
        unquoted="α",
    ),
    Rule(
        optimizers.Adam,
        "06",
        ADAM.strip(),
        "Rare gradients, or of unlike size. The first thing to try; tune α.",
        "Keras adds ε before the correction, where 1e-7 is worth 3.2e-6 in the first step.",
    ),
    Rule(
        optimizers.AdamL2,
        "10",
        "g = g + λ * θ\nm, v, m_hat, v_hat, θ as in Adam",
        "Coming to rest at the penalised minimum.",
        "The pull is divided by √v̂ too, so loud parameters are hardly held back.",
        unquoted="λ",
    ),
    Rule(
        optimizers.AdamW,
        "10",
        "m, v, m_hat, v_hat as in Adam\nθ = θ - α * m_hat / (sqrt(v_hat) + ε) - α * λ * θ",
        "Adam, with weights that stay small.",
        "Three frameworks, three λ, up to 100 times apart. In the paper λ is not times α.",
        unquoted="λ",
    ),
]

#: … and the family.
FAMILY = [
    Rule(
        optimizers.AMSGrad,
        "11",
        "m, v as in Adam\nv_max = max(v_max, v)\nθ = θ - α * m / (sqrt(v_max) + ε)",
        "Rare large gradients and a short memory.",
        "An early accident keeps its steps short. Frameworks correct the bias, Optax before the "
        "maximum.",
        unquoted="α β1 β2 ε",
    ),
    Rule(
        optimizers.AdaMax,
        "12",
        "m as in Adam\nu = max(β2 * u, abs(g))\nθ = θ - α * m / ((1 - β1**t) * u)",
        "Steps hardly longer than α.",
        "0/0 before a gradient. Frameworks add ε: in the max, in Keras to u.",
    ),
    Rule(
        optimizers.NAdam,
        "12",
        "μ = lambda t: β1 * (1 - 0.5 * 0.96 ** (ψ * t))\nP = P * μ(t)\nm, v, v_hat as in Adam\n"
        "m_hat = μ(t + 1) * m / (1 - P * μ(t + 1)) + (1 - μ(t)) * g / (1 - P)\nθ as in Adam",
        "Smooth valleys, not too narrow.",
        "Three rules: ψ is 0.004 in PyTorch, 1 in Keras; Optax has μ = β₁.",
        unquoted="α β1 β2 ε",
    ),
    Rule(
        optimizers.RAdam,
        "12",
        "m, v, m_hat, v_hat as in Adam\nN = 2 / (1 - β2) - 1\n"
        "ρ = N - 2 * t * β2**t / (1 - β2**t)\n"
        "r = sqrt((ρ - 4) * (ρ - 2) * N / ((N - 4) * (N - 2) * ρ))\n"
        "θ = θ - α * r * m_hat / (sqrt(v_hat) + ε) if ρ > 4 else θ - α * m_hat",
        "Runs without a warm-up.",
        "The first steps are plain momentum: there the gradient’s size counts. PyTorch and Optax "
        "wait for ρ > 5.",
        unquoted="α β1 β2 ε",
    ),
    Rule(
        optimizers.AdaBelief,
        "12",
        "m as in Adam\nv = β2 * v + (1 - β2) * (g - m) ** 2 + ε\nm_hat, v_hat, θ as in Adam",
        "Slopes that are steep and reliable.",
        "Equal gradients make its steps ever longer: 186 α at step 5,000.",
        unquoted="α β1 β2 ε",
    ),
    Rule(
        optimizers.Yogi,
        "12",
        "m as in Adam\nv = v - (1 - β2) * sign(v - g**2) * g**2\nθ = θ - α * m / (sqrt(v) + ε)",
        "A v that forgets slowly.",
        "ε is 1e-3, not 1e-8. Optax corrects the bias, and starts m at v₀ too.",
        unquoted="v0",
    ),
    Rule(
        optimizers.Lion,
        "12",
        "θ = θ - α * (sign(β1 * m + (1 - β1) * g) + λ * θ)\nm = β2 * m + (1 - β2) * g",
        "Half of Adam’s memory.",
        "Noise shortens no step: take a third to a tenth of Adam’s α.",
        unquoted="α λ",
    ),
    Rule(
        optimizers.AdaFactor,
        "12",
        "β = 1 - t**-d\nR = β * R + (1 - β) * row_mean(g**2 + ε1)\n"
        "C = β * C + (1 - β) * column_mean(g**2 + ε1)\nv = R * C / mean(R)\nu = g / sqrt(v)\n"
        "u = u / max(1, rms(u) / c)\nθ = θ - max(ε2, rms(θ)) * min(α, 1 / sqrt(t)) * u",
        "Matrices whose v does not fit.",
        "α is relative to the size of θ. Optax has no 1/√t, and factors only where both sides are "
        "128 or more.",
        state="4/n + 4/k for n × k",
    ),
    Rule(
        optimizers.ScheduleFreeAdamW,
        "12",
        "v, v_hat as in Adam\nz = z - α * (g / (sqrt(v_hat) + ε) + λ * θ)\nS = S + α**2\n"
        "x = x + α**2 * (z - x) / S\nθ = (1 - β1) * z + β1 * x",
        "Runs of unknown length.",
        "Judge the run at x, not at θ.",
        unquoted="α β2 ε λ",
    ),
]

#: … and rules for matrices. What `orthogonal`, `turned` and `back` are stands below their table.
MATRICES = [
    Rule(
        optimizers.Muon,
        "18",
        "m = μ * m + g\ns = sqrt(max(1, rows / columns))\n"
        "θ = θ - α * (s * orthogonal(g + μ * m) + λ * θ)",
        "Hidden matrices.",
        "Embeddings, the head and vectors go to Adam.",
        unquoted="λ",
    ),
    Rule(
        optimizers.Shampoo,
        "18",
        "L = L + g @ g.T\nR = R + g.T @ g\nθ = θ - α * power(L, -1 / 4) @ g @ power(R, -1 / 4)",
        "Slanted valleys.",
        "L and R start at 1e-6 on the diagonal. Their roots are dear.",
        unquoted="α",
        state="4+8(n/k+k/n)",
    ),
    Rule(
        optimizers.SOAP,
        "18",
        "m as in Adam\ng = turned(g)\nv as in Adam\nu = turned(m) / (sqrt(v) + ε)\n"
        "θ = θ - α * sqrt(1 - β2**t) / (1 - β1**t) * back(u)",
        "Adam in Shampoo’s axes.",
        "The first gradient gives axes and no step.",
        unquoted="α β1 β2 ε",
        state="8+8(n/k+k/n)",
    ),
]
RULES = LADDER + FAMILY + MATRICES


def lines(formulas):
    """Return the lines to run: references to Adam's replaced by what they stand for."""
    adam = {line.partition(" = ")[0]: line for line in ADAM.split("\n")}
    found = []
    for line in formulas.strip().split("\n"):
        names, reference, _ = line.partition(AS_IN_ADAM)
        found += [adam[name] for name in names.split(", ")] if reference else [line]
    return found


@dataclass(frozen=True)
class Timetable:
    """A schedule on the sheet: a formula or words, its letters, and its names elsewhere."""

    schedule: type
    rate: str
    letters: dict = field(default_factory=dict)
    torch: str = ""
    optax: str = ""


TIMETABLES = [
    Timetable(
        schedules.StepDecay,
        "α * γ ** floor((t - 1) / n)",
        {"every": "n", "factor": "γ"},
        "StepLR",
        "exponential_decay",
    ),
    Timetable(
        schedules.MultiStep,
        "α, times γ at each milestone passed",
        {"factor": "γ"},
        "MultiStepLR",
        "piecewise_constant_schedule",
    ),
    Timetable(
        schedules.Exponential,
        "α * γ ** (t - 1)",
        {"factor": "γ"},
        "ExponentialLR",
        "exponential_decay",
    ),
    Timetable(
        schedules.Cosine,
        "α * (1 + cos(π * (t - 1) / T)) / 2",
        {"steps": "T"},
        "CosineAnnealingLR",
        "cosine_decay_schedule",
    ),
    Timetable(
        schedules.Cooldown,
        "α * min((T + 1 - t) / (share * T), 1)",
        {"steps": "T", "share": "share"},
        "LinearLR",
        "linear_schedule",
    ),
    Timetable(
        schedules.Warmup,
        "α * min(t / W, 1)",
        {"steps": "W"},
        "LinearLR",
        "linear_schedule",
    ),
    Timetable(
        schedules.OneCycle,
        "half a cosine up to α, at {rise} of the run, and one down",
        {"rise": "rise"},
        "OneCycleLR",
        "cosine_onecycle_schedule",
    ),
    Timetable(schedules.InverseSquareRoot, "α / sqrt(t)", {}, "LambdaLR"),
    Timetable(
        schedules.Plateau,
        "times γ after more than {patience} losses in a row that are no better",
        {"factor": "γ"},
        "ReduceLROnPlateau",
        "contrib.reduce_on_plateau",
    ),
]
