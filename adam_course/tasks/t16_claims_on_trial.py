"""The tasks of exercise 16: ten suspects, each with one mistake to be named and mended."""

from types import SimpleNamespace

import numpy as np

from adam_course.given import QuadraticGradient
from adam_course.tasks.shared import bowl
from adam_course.tasks.task import Exercise, Misconception, Task

NAME = "16_claims_on_trial"

#: The line-up: what can be wrong, and the number by which an answer names it.
LINE_UP = (
    AVERAGE_FOR_A_SUM,
    DECAY_IN_THE_GRADIENT,
    DECAY_PUSHES_OUTWARDS,
    EPS_AFTER_THE_DIVISION,
    EPS_INSIDE_THE_ROOT,
    M_NOT_CORRECTED,
    MAXIMUM_NOT_USED,
    MEMORY_LOST,
    RATE_COMPOUNDS,
    RATE_TWICE,
    ROOT_MISSING,
    STEP_UPHILL,
    SUM_OVER_PARAMETERS,
    T_STANDS_STILL,
    V_NOT_CORRECTED,
    WEIGHTS_SWAPPED,
) = range(1, 17)


# How wrong answers are made


def walking(mistake, rule, defaults):
    """Return an answer: the name of a mistake, and where a rule leads.

    A rule is a dict of formulas of a namespace, computed in their order in each step. The namespace
    holds ``theta``, ``grad``, ``g``, ``t``, the hyperparameters, and what the formulas gave so far;
    ``m``, ``v`` and ``v_max`` begin at zero.
    """

    def walk(grad, theta, steps, **given):
        zeros = np.zeros(theta.shape)
        s = SimpleNamespace(theta=theta, grad=grad, m=zeros, v=zeros, v_max=zeros)
        vars(s).update(defaults | given)
        for s.t in range(1, steps + 1):
            s.g = grad(s.theta)
            for name, formula in rule.items():
                setattr(s, name, formula(s))
        return mistake, s.theta

    return walk


def suspect(number, title, mended, *, mistake, rule, defaults, bug, namings, repairs, **task):
    """Return the Task of a suspect.

    Args:
        number: its number. title: what it claims to be. mended: the reference.
        mistake: the right name. rule, defaults: the right formulas and the hyperparameters.
        bug: the formulas of the listing that differ.
        namings: wrong name → hint, for a right repair.
        repairs: (name, formulas that differ, hint) of wrong repairs under the right name.
        task: what else the Task needs: lesson, section, right, cases.
    """
    as_it_was = Misconception(
        "the listing as it was, under the right name",
        walking(mistake, rule | bug, defaults),
        "The name is right. Now mend the line that it stands for.",
    )
    return Task(
        name=f"suspect-{number}",
        function=f"mended_{number}",
        title=f"Suspect {number}: {title}",
        exercise=NAME,
        points=1,
        returns=("mistake", "theta"),
        reference=mended,
        misconceptions=(
            as_it_was,
            *(
                Misconception(
                    f"a right repair under a wrong name, number {wrong} of the line-up",
                    walking(wrong, rule, defaults),
                    hint,
                )
                for wrong, hint in namings.items()
            ),
            *(
                Misconception(name, walking(mistake, rule | formulas, defaults), hint)
                for name, formulas, hint in repairs
            ),
        ),
        show_target=False,
        **task,
    )


def walks(third, last):
    """Return what draws the cases of a suspect: three bowls, and a slope of hardly anything.

    Args:
        third: hyperparameters of the third bowl. last: those of the slope.
    """

    def cases(rng):
        drawn = [
            {
                "grad": bowl(rng, np.array(curvatures)),
                "theta": np.round(rng.normal(size=len(curvatures)), 2) + 1,
                "steps": steps,
                **hyperparameters,
            }
            for curvatures, steps, hyperparameters in (
                ([1.0, 2.0, 4.0], 2, {}),
                ([1.0, 9.0], 7, {}),
                ([0.5, 2.0, 6.0], 30, third),
            )
        ]
        # A gradient as small as ε shows where ε stands; none at all shows whether it is there.
        slope = QuadraticGradient(np.zeros((2, 2)), np.array([rng.uniform(-5, -2) * 1e-8, 0.0]))
        return [*drawn, {"grad": slope, "theta": np.zeros(2), "steps": 3, **last}]

    return cases


# 1: gradient descent with a falling rate


def mended_1(grad, theta, steps, lr=0.1):
    """Return the mistake and where gradient descent at the rate lr / √t ends."""
    for t in range(1, steps + 1):
        theta = theta - lr / np.sqrt(t) * grad(theta)
    return RATE_COMPOUNDS, theta


DESCENT = suspect(
    1,
    "gradient descent with a falling rate",
    mended_1,
    lesson="02_noisy_gradients",
    section="Letting the rate fall",
    cases=walks({"lr": 0.3}, {"lr": 1.0}),
    right="Every step computes its rate from the first one, lr / √t, so that nothing compounds.",
    mistake=RATE_COMPOUNDS,
    defaults={"lr": 0.1},
    rule={"rate": lambda s: s.lr / np.sqrt(s.t), "theta": lambda s: s.theta - s.rate * s.g},
    bug={"rate": lambda s: (s.lr if s.t == 1 else s.rate) / np.sqrt(s.t)},
    namings={
        RATE_TWICE: "The rate was there once in each step. But which rate did the next step "
        "start from?",
        T_STANDS_STILL: "t was counted well. What was divided by its root was not the rate that "
        "the function was given.",
    },
    repairs=(
        (
            "a rate that falls as 1/t",
            {"rate": lambda s: s.lr / s.t},
            "That falls too fast. Wanted is lr / √t.",
        ),
        (
            "a rate that does not fall",
            {"rate": lambda s: s.lr},
            "The schedule has to be repaired, not removed: step t has the rate lr / √t.",
        ),
        (
            "a rate whose t is one too large",
            {"rate": lambda s: s.lr / np.sqrt(s.t + 1)},
            "The first step has the full rate, lr / √1.",
        ),
    ),
)


# 2: the heavy ball


def mended_2(grad, theta, steps, lr=0.1, momentum=0.9):
    """Return the mistake and where the heavy ball ends."""
    m = np.zeros(theta.shape)
    for _ in range(steps):
        m = momentum * m + lr * grad(theta)
        theta = theta - m
    return RATE_TWICE, theta


HEAVY_BALL = suspect(
    2,
    "the heavy ball",
    mended_2,
    lesson="03_momentum",
    section="Three spellings of one rule",
    cases=walks({"lr": 0.05, "momentum": 0.8}, {"lr": 1.0}),
    right="Each gradient meets the rate once, so that a tenth of the rate goes a tenth of the way.",
    mistake=RATE_TWICE,
    defaults={"lr": 0.1, "momentum": 0.9},
    rule={"m": lambda s: s.momentum * s.m + s.lr * s.g, "theta": lambda s: s.theta - s.m},
    bug={"theta": lambda s: s.theta - s.lr * s.m},
    namings={
        RATE_COMPOUNDS: "The rate itself never changed. How often was a gradient multiplied by it?",
        WEIGHTS_SWAPPED: "The weights were those of the heavy ball. Count how often lr occurs.",
    },
    repairs=(
        (
            "the averaging form",
            {"m": lambda s: s.momentum * s.m + (1 - s.momentum) * s.lr * s.g},
            "Its steps are 1 − μ times as long. Wanted is the heavy ball, which adds up.",
        ),
        (
            "a ball without any rate",
            {"m": lambda s: s.momentum * s.m + s.g},
            "One of the two rates has to stay.",
        ),
        (
            "plain gradient descent",
            {"m": lambda s: s.lr * s.g},
            "The momentum was right, and is gone now.",
        ),
    ),
)


# 3: Nesterov's momentum


def mended_3(grad, theta, steps, lr=0.05, momentum=0.9):
    """Return the mistake and where Nesterov's momentum ends."""
    m = np.zeros(theta.shape)
    for _ in range(steps):
        m = momentum * m + lr * grad(theta - momentum * m)
        theta = theta - m
    return MEMORY_LOST, theta


NESTEROV = suspect(
    3,
    "Nesterov's momentum",
    mended_3,
    lesson="03_momentum",
    section="Nesterov: look first, then leap",
    cases=walks({"lr": 0.1, "momentum": 0.6}, {"lr": 1.0}),
    right="m is kept from step to step, and the gradient is taken where the leap along m would "
    "end.",
    mistake=MEMORY_LOST,
    defaults={"lr": 0.05, "momentum": 0.9},
    rule={
        "m": lambda s: s.momentum * s.m + s.lr * s.grad(s.theta - s.momentum * s.m),
        "theta": lambda s: s.theta - s.m,
    },
    bug={"m": lambda s: s.m, "theta": lambda s: s.theta - s.lr * s.g},
    namings={
        STEP_UPHILL: "Every step went downhill. What did the second one know of the first?",
        WEIGHTS_SWAPPED: "The weights are right. But what was m, in every step?",
    },
    repairs=(
        (
            "the heavy ball, which does not look ahead",
            {"m": lambda s: s.momentum * s.m + s.lr * s.g},
            "m is kept now. But the gradient has to be taken where the leap along m ends.",
        ),
        (
            "a ball that looks behind itself",
            {"m": lambda s: s.momentum * s.m + s.lr * s.grad(s.theta + s.momentum * s.m)},
            "m is subtracted from θ, and so the look ahead has to subtract it too.",
        ),
        (
            "the form of the libraries, whose θ is the point ahead",
            {
                "m": lambda s: s.momentum * s.m + s.lr * s.g,
                "theta": lambda s: s.theta - s.momentum * s.m - s.lr * s.g,
            },
            "That is Nesterov seen from another point. Here θ is where the ball is.",
        ),
    ),
)


# 4: AdaGrad


def mended_4(grad, theta, steps, lr=0.1, eps=1e-8):
    """Return the mistake and where AdaGrad ends."""
    v = np.zeros(theta.shape)
    for _ in range(steps):
        g = grad(theta)
        v = v + g**2
        theta = theta - lr * g / (np.sqrt(v) + eps)
    return ROOT_MISSING, theta


ADAGRAD = suspect(
    4,
    "AdaGrad",
    mended_4,
    lesson="04_adagrad",
    section="A rate for each parameter",
    cases=walks({"lr": 0.5, "eps": 0.1}, {}),
    right="The root of v has the unit of the gradient, so that the size of a gradient drops out "
    "of the step.",
    mistake=ROOT_MISSING,
    defaults={"lr": 0.1, "eps": 1e-8},
    rule={
        "v": lambda s: s.v + s.g**2,
        "theta": lambda s: s.theta - s.lr * s.g / (np.sqrt(s.v) + s.eps),
    },
    bug={"theta": lambda s: s.theta - s.lr * s.g / (s.v + s.eps)},
    namings={
        AVERAGE_FOR_A_SUM: "v was a sum, and that is AdaGrad's own. What was done to it before "
        "the division?",
        EPS_INSIDE_THE_ROOT: "There was no root that ε could have been inside of.",
    },
    repairs=(
        (
            "an AdaGrad with ε inside the root",
            {"theta": lambda s: s.theta - s.lr * s.g / np.sqrt(s.v + s.eps)},
            "The root is back. Keep ε outside, as in lesson 04.",
        ),
        (
            "an AdaGrad without ε",
            {"theta": lambda s: s.theta - s.lr * s.g / np.sqrt(s.v)},
            "The root is back, and ε is gone. What about a gradient that is always zero?",
        ),
        (
            "an AdaGrad that takes the average of the squares",
            {"theta": lambda s: s.theta - s.lr * s.g / (np.sqrt(s.v / s.t) + s.eps)},
            "The sum was right: AdaGrad's steps are meant to shrink.",
        ),
        (
            "an AdaGrad with the root of the whole quotient",
            {"theta": lambda s: s.theta - s.lr * np.sign(s.g) * np.sqrt(abs(s.g) / (s.v + s.eps))},
            "Only v stands under the root.",
        ),
    ),
)


# 5: RMSProp


def mended_5(grad, theta, steps, lr=0.01, rho=0.9, eps=1e-8):
    """Return the mistake and where RMSProp ends."""
    v = np.zeros(theta.shape)
    for _ in range(steps):
        g = grad(theta)
        v = rho * v + (1 - rho) * g**2
        theta = theta - lr * g / (np.sqrt(v) + eps)
    return WEIGHTS_SWAPPED, theta


RMSPROP = suspect(
    5,
    "RMSProp",
    mended_5,
    lesson="05_rmsprop",
    section="How long is its memory?",
    cases=walks({"lr": 0.05, "rho": 0.7, "eps": 0.1}, {}),
    right="v keeps ρ of what it was and lets in 1 − ρ of the new square, so that a loud gradient "
    "is remembered for a while.",
    mistake=WEIGHTS_SWAPPED,
    defaults={"lr": 0.01, "rho": 0.9, "eps": 1e-8},
    rule={
        "v": lambda s: s.rho * s.v + (1 - s.rho) * s.g**2,
        "theta": lambda s: s.theta - s.lr * s.g / (np.sqrt(s.v) + s.eps),
    },
    bug={"v": lambda s: (1 - s.rho) * s.v + s.rho * s.g**2},
    namings={
        MEMORY_LOST: "It remembered, if only for a step or two. What decides how long?",
        AVERAGE_FOR_A_SUM: "An average is what RMSProp wants. Look at its two weights.",
    },
    repairs=(
        (
            "an RMSProp without the factor 1 − ρ",
            {"v": lambda s: s.rho * s.v + s.g**2},
            "The two weights of an average add up to 1.",
        ),
        (
            "an RMSProp with the weight ρ twice",
            {"v": lambda s: s.rho * s.v + s.rho * s.g**2},
            "The old v has its weight. The new square gets what is left of 1.",
        ),
        (
            "AdaGrad's sum",
            {"v": lambda s: s.v + s.g**2},
            "RMSProp forgets. Keep ρ of the old v.",
        ),
        (
            "an RMSProp with ε inside the root",
            {"theta": lambda s: s.theta - s.lr * s.g / np.sqrt(s.v + s.eps)},
            "The weights are right now. ε stood outside the root, and may stay there.",
        ),
    ),
)


# 6, 7: Adam

ADAM_DEFAULTS = {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
ADAM = {
    "m": lambda s: s.beta1 * s.m + (1 - s.beta1) * s.g,
    "v": lambda s: s.beta2 * s.v + (1 - s.beta2) * s.g**2,
    "m_hat": lambda s: s.m / (1 - s.beta1**s.t),
    "v_hat": lambda s: s.v / (1 - s.beta2**s.t),
    "theta": lambda s: s.theta - s.lr * s.m_hat / (np.sqrt(s.v_hat) + s.eps),
}
OTHER_BETAS = {"lr": 0.3, "beta1": 0.8, "beta2": 0.9, "eps": 0.01}


def mended_6(grad, theta, steps, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return the mistake of a book's Adam and where Adam ends."""
    m = v = np.zeros(theta.shape)
    for t in range(1, steps + 1):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return EPS_AFTER_THE_DIVISION, theta


def mended_7(grad, theta, steps, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return the mistake of a tutorial's Adam and where Adam ends."""
    m = v = np.zeros(theta.shape)
    for t in range(1, steps + 1):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return V_NOT_CORRECTED, theta


INSIDE = {"theta": lambda s: s.theta - s.lr * s.m_hat / np.sqrt(s.v_hat + s.eps)}

ADAM_OF_A_BOOK = suspect(
    6,
    "Adam, from a book",
    mended_6,
    lesson="06_adam",
    section="What people get wrong",
    cases=walks(OTHER_BETAS, {}),
    right="ε stands in the divisor, where it keeps 0/0 away and pushes nothing.",
    mistake=EPS_AFTER_THE_DIVISION,
    defaults=ADAM_DEFAULTS,
    rule=ADAM,
    bug={"theta": lambda s: s.theta - s.lr * s.m_hat / np.sqrt(s.v_hat) + s.eps},
    namings={
        EPS_INSIDE_THE_ROOT: "ε was not under the root. Python divides before it adds: to what "
        "was ε added, then?",
        STEP_UPHILL: "The step itself went downhill. Something else pushed θ, always the same way.",
    },
    repairs=(
        (
            "an Adam with ε added to the quotient",
            {"theta": lambda s: s.theta - s.lr * (s.m_hat / np.sqrt(s.v_hat) + s.eps)},
            "The parentheses have to hold the root and ε, both below the fraction bar.",
        ),
        (
            "an Adam with ε inside the root",
            INSIDE,
            "ε has come one step too far: it is added to the root, not to what is under it.",
        ),
        (
            "an Adam without ε",
            {"theta": lambda s: s.theta - s.lr * s.m_hat / np.sqrt(s.v_hat)},
            "ε has to keep 0/0 away: put it below the fraction bar.",
        ),
    ),
)

ADAM_OF_A_TUTORIAL = suspect(
    7,
    "Adam, from a tutorial",
    mended_7,
    lesson="07_bias_correction",
    section="What you would lose without it",
    cases=walks(OTHER_BETAS, {}),
    right="v has its correction as well as m, so that the very first step is as long as the rate.",
    mistake=V_NOT_CORRECTED,
    defaults=ADAM_DEFAULTS,
    rule=ADAM,
    bug={"v_hat": lambda s: s.v},
    namings={
        M_NOT_CORRECTED: "m had its hat. Look at what is under the root.",
        T_STANDS_STILL: "t was counted well, where it was used. Where was it not?",
    },
    repairs=(
        (
            "an Adam that corrects nothing",
            {"m_hat": lambda s: s.m, "v_hat": lambda s: s.v},
            "Now the two are alike again. But it was v that lacked its correction, not m that "
            "had one too many.",
        ),
        (
            "an Adam that corrects v with β1",
            {"v_hat": lambda s: s.v / (1 - s.beta1**s.t)},
            "Each average is corrected with its own β.",
        ),
        (
            "an Adam that takes the root before the correction",
            {
                "theta": lambda s: (
                    s.theta - s.lr * s.m_hat / (np.sqrt(s.v) / (1 - s.beta2**s.t) + s.eps)
                )
            },
            "Correct v first, and take the root of that.",
        ),
        (
            "an Adam that multiplies v by its correction",
            {"v_hat": lambda s: s.v * (1 - s.beta2**s.t)},
            "v is too small at first. Does that make it larger?",
        ),
        (
            "an Adam that keeps the corrected v",
            {"v": lambda s: ADAM["v"](s) / (1 - s.beta2**s.t), "v_hat": lambda s: s.v},
            "v̂ is for this one step. The average has to go on from v itself.",
        ),
    ),
)


# 8: AdamW


def mended_8(grad, theta, steps, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.1):
    """Return the mistake and where AdamW ends, its decay times lr."""
    m = v = np.zeros(theta.shape)
    for t in range(1, steps + 1):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        theta = theta - lr * (m_hat / (np.sqrt(v_hat) + eps) + weight_decay * theta)
    return DECAY_IN_THE_GRADIENT, theta


def decayed(pull):
    """Return a formula: Adam's step, and a pull on the parameters."""
    return {"theta": lambda s: ADAM["theta"](s) + pull(s)}


def late_gradient(s):
    """Return the gradient where the decay has led."""
    return s.grad(s.theta * (1 - s.lr * s.weight_decay))


ADAMW = suspect(
    8,
    "AdamW",
    mended_8,
    lesson="10_weight_decay",
    section="Two places for the decay",
    cases=walks({**OTHER_BETAS, "lr": 0.1, "weight_decay": 0.5}, {}),
    right="The decay has a term of its own, so that every parameter loses the same share, lr · λ, "
    "whatever its gradients are.",
    mistake=DECAY_IN_THE_GRADIENT,
    defaults=ADAM_DEFAULTS | {"weight_decay": 0.1},
    rule=ADAM | decayed(lambda s: -s.lr * s.weight_decay * s.theta),
    bug={
        "m": lambda s: s.beta1 * s.m + (1 - s.beta1) * (s.g + s.weight_decay * s.theta),
        "v": lambda s: s.beta2 * s.v + (1 - s.beta2) * (s.g + s.weight_decay * s.theta) ** 2,
        "theta": ADAM["theta"],
    },
    namings={
        DECAY_PUSHES_OUTWARDS: "It pulled inwards, as a decay should. But by how much, and was "
        "that the same share for all?",
    },
    repairs=(
        (
            "an AdamW whose decay pushes outwards",
            decayed(lambda s: s.lr * s.weight_decay * s.theta),
            "It has a place of its own now. With a gradient of zero, does θ shrink?",
        ),
        (
            "an AdamW whose decay is not times the rate",
            decayed(lambda s: -s.weight_decay * s.theta),
            "The paper has it so. Wanted is the form of the frameworks: θ shrinks by lr · λ.",
        ),
        (
            "an Adam without decay",
            decayed(lambda s: 0),
            "The decay has to move, not to go.",
        ),
        (
            "an AdamW that decays what the step has left",
            {"theta": lambda s: ADAM["theta"](s) * (1 - s.lr * s.weight_decay)},
            "Close. The decay is taken of θ as it was before the step.",
        ),
        (
            "an AdamW that asks for the gradient after the decay",
            {
                "m": lambda s: s.beta1 * s.m + (1 - s.beta1) * late_gradient(s),
                "v": lambda s: s.beta2 * s.v + (1 - s.beta2) * late_gradient(s) ** 2,
            },
            "Close. The gradient is taken at θ as it was before the decay.",
        ),
        (
            "an AdamW whose v still sees the decay",
            {"v": lambda s: s.beta2 * s.v + (1 - s.beta2) * (s.g + s.weight_decay * s.theta) ** 2},
            "m and the step are right. v has to see the gradient alone, too.",
        ),
    ),
)


# 9: AMSGrad


def mended_9(grad, theta, steps, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return the mistake and where AMSGrad ends, in its paper's form, without bias correction."""
    m = v = v_max = np.zeros(theta.shape)
    for _ in range(steps):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        v_max = np.maximum(v_max, v)
        theta = theta - lr * m / (np.sqrt(v_max) + eps)
    return MAXIMUM_NOT_USED, theta


AMSGRAD_RULE = {
    "m": ADAM["m"],
    "v": ADAM["v"],
    "v_max": lambda s: np.maximum(s.v_max, s.v),
    "theta": lambda s: s.theta - s.lr * s.m / (np.sqrt(s.v_max) + s.eps),
}


def swings(rng):
    """Return the cases of AMSGrad, the last with gradients that fall, and then rise higher.

    They tell v and its maximum apart.
    """
    swing = {
        "grad": QuadraticGradient(np.eye(1), np.zeros(1)),
        "theta": rng.uniform(0.08, 0.12, size=1),
        "steps": 30,
        "lr": 1.0,
        "beta2": 0.5,
    }
    return [*walks(OTHER_BETAS, {})(rng), swing]


AMSGRAD = suspect(
    9,
    "AMSGrad",
    mended_9,
    lesson="11_when_adam_fails",
    section="AMSGrad",
    cases=swings,
    right="The largest v so far divides the step, so that a loud gradient is never forgotten.",
    mistake=MAXIMUM_NOT_USED,
    defaults=ADAM_DEFAULTS,
    rule=AMSGRAD_RULE,
    bug={"theta": lambda s: s.theta - s.lr * s.m / (np.sqrt(s.v) + s.eps)},
    namings={
        V_NOT_CORRECTED: "AMSGrad's paper corrects nothing, and that was asked for. What did the "
        "step divide by?",
        MEMORY_LOST: "The maximum was kept from step to step. But who looked at it?",
    },
    repairs=(
        (
            "an AMSGrad whose average feeds on its maximum",
            {"v": lambda s: np.maximum(s.v, ADAM["v"](s)), "v_max": lambda s: s.v},
            "The average has to go on from v itself, the maximum is kept beside it.",
        ),
        (
            "an AMSGrad that takes the maximum of the squared gradients",
            {"v_max": lambda s: np.maximum(s.v_max, s.g**2)},
            "The maximum is over the averages v.",
        ),
        (
            "the AMSGrad of the frameworks, with bias correction",
            {
                "theta": lambda s: (
                    s.theta
                    - s.lr
                    * (s.m / (1 - s.beta1**s.t))
                    / (np.sqrt(s.v_max / (1 - s.beta2**s.t)) + s.eps)
                )
            },
            "A good rule. Wanted is the paper's, which corrects nothing.",
        ),
        (
            "an AMSGrad that keeps the smallest v",
            {"v_max": lambda s: s.v if s.t == 1 else np.minimum(s.v_max, s.v)},
            "The largest v makes the shortest steps, and those were wanted.",
        ),
    ),
)


# 10: NAdam


def mended_10(grad, theta, steps, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return the mistake and where NAdam ends, with a constant β1."""
    m = v = np.zeros(theta.shape)
    for t in range(1, steps + 1):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        ahead = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
        theta = theta - lr * ahead / (np.sqrt(v / (1 - beta2**t)) + eps)
    return T_STANDS_STILL, theta


NADAM_RULE = {
    "m": ADAM["m"],
    "v": ADAM["v"],
    "T": lambda s: s.t,
    "past": lambda s: s.beta1 * s.m / (1 - s.beta1 ** (s.T + 1)),
    "now": lambda s: (1 - s.beta1) * s.g / (1 - s.beta1**s.T),
    "v_hat": lambda s: s.v / (1 - s.beta2**s.T),
    "theta": lambda s: s.theta - s.lr * (s.past + s.now) / (np.sqrt(s.v_hat) + s.eps),
}

NADAM = suspect(
    10,
    "NAdam",
    mended_10,
    lesson="12_the_family",
    section="NAdam",
    cases=walks(OTHER_BETAS, {}),
    right="t counts the steps, so that both corrections fade and the steps on a ramp stay as long "
    "as the rate.",
    mistake=T_STANDS_STILL,
    defaults=ADAM_DEFAULTS,
    rule=NADAM_RULE,
    bug={"T": lambda s: 1},
    namings={
        V_NOT_CORRECTED: "v was corrected, and always by the same factor. What should make that "
        "factor fade?",
        M_NOT_CORRECTED: "m was corrected, and always by the same factor. What should make that "
        "factor fade?",
    },
    repairs=(
        (
            "a NAdam whose t begins at 2",
            {"T": lambda s: s.t + 1},
            "Count at the end of a step, so that the first one has t = 1.",
        ),
        (
            "a NAdam whose t begins at 0",
            {"T": lambda s: s.t - 1},
            "1 − β⁰ is zero, and the first step divides by it: count from 1.",
        ),
        (
            "a NAdam that counts for v alone",
            {
                "past": lambda s: s.beta1 * s.m / (1 - s.beta1**2),
                "now": lambda s: (1 - s.beta1) * s.g / (1 - s.beta1),
            },
            "v's correction fades now. Those of m and g have to fade too.",
        ),
        (
            "a NAdam that corrects m as if it were today's",
            {"past": lambda s: s.beta1 * s.m / (1 - s.beta1**s.t)},
            "The look ahead is m one decay later, and its power was right: t + 1.",
        ),
        (
            "plain Adam",
            {
                "past": lambda s: s.beta1 * s.m / (1 - s.beta1**s.T),
                "now": lambda s: (1 - s.beta1) * s.m / (1 - s.beta1**s.T),
            },
            "t counts. But the look ahead is gone: step along `ahead`.",
        ),
    ),
)

EXERCISE = Exercise(
    name=NAME,
    title="Claims on trial",
    minutes=180,
    tasks=(
        DESCENT,
        HEAVY_BALL,
        NESTEROV,
        ADAGRAD,
        RMSPROP,
        ADAM_OF_A_BOOK,
        ADAM_OF_A_TUTORIAL,
        ADAMW,
        AMSGRAD,
        NADAM,
    ),
    by_person=18,
)
