"""The tasks of exercise 16: ten suspects, each with one mistake to be named and mended."""

import numpy as np

from adam_course.given import QuadraticGradient
from adam_course.tasks.edited import edited
from adam_course.tasks.shared import bowl_runs
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


# The suspects, and where they walk


def suspect(number, title, mended, *, mistake, listing, namings, repairs, **task):
    """Return the Task of a suspect.

    Args:
        number: its number. title: what it claims to be. mended: the reference.
        mistake: the right name. listing: the mended suspect, edited back.
        namings: wrong name → hint, for a right repair.
        repairs: the misconceptions of wrong repairs under the right name.
        task: what else the Task needs: lesson, section, right, cases.
    """
    as_it_was = Misconception(
        "the listing as it was, under the right name",
        listing,
        "The name is right. Now mend the line that it stands for.",
    )
    misnamed = (
        Misconception(
            f"a right repair under a wrong name, number {wrong} of the line-up",
            edited(mended, f"{name_of(mistake)} → {name_of(wrong)}"),
            hint,
        )
        for wrong, hint in namings.items()
    )
    return Task(
        name=f"suspect-{number}",
        function=f"mended_{number}",
        title=f"Suspect {number}: {title}",
        exercise=NAME,
        points=2,
        returns=("mistake", "theta"),
        reference=mended,
        misconceptions=(as_it_was, *misnamed, *repairs),
        show_target=False,
        **task,
    )


def name_of(mistake):
    """Return how the line-up calls a number, as "ROOT_MISSING"."""
    return next(name for name, value in globals().items() if value is mistake)


def walks(third, last):
    """Return what draws the cases of a suspect: three bowls, and a slope of hardly anything.

    Args:
        third: hyperparameters of the third bowl. last: those of the slope.
    """

    def cases(rng):
        drawn = bowl_runs(
            rng,
            ([1.0, 2.0, 4.0], 2, {}),
            ([1.0, 9.0], 7, {}),
            ([0.5, 2.0, 6.0], 30, third),
            away=1,
        )
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
    listing=edited(
        mended_1,
        "theta = theta - lr / np.sqrt(t) → lr = lr / np.sqrt(t)\n        theta = theta - lr",
    ),
    namings={
        RATE_TWICE: "The rate was there once in each step. But which rate did the next step "
        "start from?",
        T_STANDS_STILL: "t was counted well. What was divided by its root was not the rate that "
        "the function was given.",
    },
    repairs=(
        Misconception(
            "a rate that falls as 1/t",
            edited(mended_1, "np.sqrt(t) → t"),
            "That falls too fast. Wanted is lr / √t.",
        ),
        Misconception(
            "a rate that does not fall",
            edited(mended_1, " / np.sqrt(t) →"),
            "The schedule has to be repaired, not removed: step t has the rate lr / √t.",
        ),
        Misconception(
            "a rate whose t is one too large",
            edited(mended_1, "np.sqrt(t) → np.sqrt(t + 1)"),
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
    listing=edited(mended_2, "theta - m → theta - lr * m"),
    namings={
        RATE_COMPOUNDS: "The rate itself never changed. How often was a gradient multiplied by it?",
        WEIGHTS_SWAPPED: "The weights were those of the heavy ball. Count how often lr occurs.",
    },
    repairs=(
        Misconception(
            "the averaging form",
            edited(mended_2, "+ lr → + (1 - momentum) * lr"),
            "Its steps are 1 − μ times as long. Wanted is the heavy ball, which adds up.",
        ),
        Misconception(
            "a ball without any rate",
            edited(mended_2, "lr * grad → grad"),
            "One of the two rates has to stay.",
        ),
        Misconception(
            "plain gradient descent",
            edited(mended_2, "momentum * m + lr → lr"),
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
    listing=edited(mended_3, "m = momentum → step = momentum", "theta - m\n → theta - step\n"),
    namings={
        STEP_UPHILL: "Every step went downhill. What did the second one know of the first?",
        WEIGHTS_SWAPPED: "The weights are right. But what was m, in every step?",
    },
    repairs=(
        Misconception(
            "the heavy ball, which does not look ahead",
            edited(mended_3, "grad(theta - momentum * m) → grad(theta)"),
            "m is kept now. But the gradient has to be taken where the leap along m ends.",
        ),
        Misconception(
            "a ball that looks behind itself",
            edited(mended_3, "theta - momentum → theta + momentum"),
            "m is subtracted from θ, and so the look ahead has to subtract it too.",
        ),
        Misconception(
            "the form of the libraries, whose θ is the point ahead",
            edited(
                mended_3,
                "grad(theta - momentum * m) → grad(theta)",
                "theta - m\n → theta - momentum * m - lr * grad(theta)\n",
            ),
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
    listing=edited(mended_4, "np.sqrt(v) → v"),
    namings={
        AVERAGE_FOR_A_SUM: "v was a sum, and that is AdaGrad's own. What was done to it before "
        "the division?",
        EPS_INSIDE_THE_ROOT: "There was no root that ε could have been inside of.",
    },
    repairs=(
        Misconception(
            "an AdaGrad with ε inside the root",
            edited(mended_4, "(np.sqrt(v) + eps) → np.sqrt(v + eps)"),
            "The root is back. Keep ε outside, as in lesson 04.",
        ),
        Misconception(
            "an AdaGrad without ε",
            edited(mended_4, "(np.sqrt(v) + eps) → np.sqrt(v)"),
            "The root is back, and ε is gone. What about a gradient that is always zero?",
        ),
        Misconception(
            "an AdaGrad that takes the average of the squares",
            edited(
                mended_4,
                "_ in range(steps) → t in range(1, steps + 1)",
                "np.sqrt(v) → np.sqrt(v / t)",
            ),
            "The sum was right: AdaGrad's steps are meant to shrink.",
        ),
        Misconception(
            "an AdaGrad with the root of the whole quotient",
            edited(mended_4, "g / (np.sqrt(v) + eps) → np.sign(g) * np.sqrt(abs(g) / (v + eps))"),
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
    listing=edited(mended_5, "rho * v + (1 - rho) * g → (1 - rho) * v + rho * g"),
    namings={
        MEMORY_LOST: "It remembered, if only for a step or two. What decides how long?",
        AVERAGE_FOR_A_SUM: "An average is what RMSProp wants. Look at its two weights.",
    },
    repairs=(
        Misconception(
            "an RMSProp without the factor 1 − ρ",
            edited(mended_5, "(1 - rho) * g → g"),
            "The two weights of an average add up to 1.",
        ),
        Misconception(
            "an RMSProp with the weight ρ twice",
            edited(mended_5, "(1 - rho) → rho"),
            "The old v has its weight. The new square gets what is left of 1.",
        ),
        Misconception(
            "AdaGrad's sum",
            edited(mended_5, "rho * v + (1 - rho) * g → v + g"),
            "RMSProp forgets. Keep ρ of the old v.",
        ),
        Misconception(
            "an RMSProp with ε inside the root",
            edited(mended_5, "(np.sqrt(v) + eps) → np.sqrt(v + eps)"),
            "The weights are right now. ε stood outside the root, and may stay there.",
        ),
    ),
)


# 6, 7: Adam

OTHER_BETAS = {"lr": 0.3, "beta1": 0.8, "beta2": 0.9, "eps": 0.01}


def mended_6(grad, theta, steps, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return the mistake of a book's Adam and where Adam ends."""
    m = v = np.zeros(theta.shape)
    for t in range(1, steps + 1):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return EPS_AFTER_THE_DIVISION, theta


def mended_7(grad, theta, steps, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return the mistake of a tutorial's Adam and where Adam ends."""
    m = v = np.zeros(theta.shape)
    for t in range(1, steps + 1):
        g = grad(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return V_NOT_CORRECTED, theta


ADAM_OF_A_BOOK = suspect(
    6,
    "Adam, from a book",
    mended_6,
    lesson="06_adam",
    section="What people get wrong",
    cases=walks(OTHER_BETAS, {}),
    right="ε stands in the divisor, where it keeps 0/0 away and pushes nothing.",
    mistake=EPS_AFTER_THE_DIVISION,
    listing=edited(mended_6, "(np.sqrt(v_hat) + eps) → np.sqrt(v_hat) + eps"),
    namings={
        EPS_INSIDE_THE_ROOT: "ε was not under the root. Python divides before it adds: to what "
        "was ε added, then?",
        STEP_UPHILL: "The step itself went downhill. Something else pushed θ, always the same way.",
    },
    repairs=(
        Misconception(
            "an Adam with ε added to the quotient",
            edited(mended_6, "m_hat / (np.sqrt(v_hat) + eps) → (m_hat / np.sqrt(v_hat) + eps)"),
            "The parentheses have to hold the root and ε, both below the fraction bar.",
        ),
        Misconception(
            "an Adam with ε inside the root",
            edited(mended_6, "(np.sqrt(v_hat) + eps) → np.sqrt(v_hat + eps)"),
            "ε has come one step too far: it is added to the root, not to what is under it.",
        ),
        Misconception(
            "an Adam without ε",
            edited(mended_6, "(np.sqrt(v_hat) + eps) → np.sqrt(v_hat)"),
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
    listing=edited(mended_7, " / (1 - beta2**t) →"),
    namings={
        M_NOT_CORRECTED: "m had its hat. Look at what is under the root.",
        T_STANDS_STILL: "t was counted well, where it was used. Where was it not?",
    },
    repairs=(
        Misconception(
            "an Adam that corrects nothing",
            edited(mended_7, " / (1 - beta1**t) →", " / (1 - beta2**t) →"),
            "Now the two are alike again. But it was v that lacked its correction, not m that "
            "had one too many.",
        ),
        Misconception(
            "an Adam that corrects v with β1",
            edited(mended_7, "beta2**t → beta1**t"),
            "Each average is corrected with its own β.",
        ),
        Misconception(
            "an Adam that takes the root before the correction",
            edited(mended_7, " / (1 - beta2**t) →", "np.sqrt(v_hat) → np.sqrt(v) / (1 - beta2**t)"),
            "Correct v first, and take the root of that.",
        ),
        Misconception(
            "an Adam that multiplies v by its correction",
            edited(mended_7, "/ (1 - beta2**t) → * (1 - beta2**t)"),
            "v is too small at first. Does that make it larger?",
        ),
        Misconception(
            "an Adam that keeps the corrected v",
            edited(mended_7, "v_hat = v → v = v", "np.sqrt(v_hat) → np.sqrt(v)"),
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
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        theta = theta - lr * (m_hat / (np.sqrt(v_hat) + eps) + weight_decay * theta)
    return DECAY_IN_THE_GRADIENT, theta


NO_DECAY = " + weight_decay * theta) → )"

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
    listing=edited(mended_8, NO_DECAY, "grad(theta) → grad(theta) + weight_decay * theta"),
    namings={
        DECAY_PUSHES_OUTWARDS: "It pulled inwards, as a decay should. But by how much, and was "
        "that the same share for all?",
    },
    repairs=(
        Misconception(
            "an AdamW whose decay pushes outwards",
            edited(mended_8, "+ weight_decay → - weight_decay"),
            "It has a place of its own now. With a gradient of zero, does θ shrink?",
        ),
        Misconception(
            "an AdamW whose decay is not times the rate",
            edited(mended_8, " + weight_decay * theta) → ) - weight_decay * theta"),
            "The paper has it so. Wanted is the form of the frameworks: θ shrinks by lr · λ.",
        ),
        Misconception(
            "an Adam without decay",
            edited(mended_8, NO_DECAY),
            "The decay has to move, not to go.",
        ),
        Misconception(
            "an AdamW that decays what the step has left",
            edited(
                mended_8,
                " + weight_decay * theta)\n → )\n        theta = theta * (1 - lr * weight_decay)\n",
            ),
            "Close. The decay is taken of θ as it was before the step.",
        ),
        Misconception(
            "an AdamW that asks for the gradient after the decay",
            edited(
                mended_8,
                NO_DECAY,
                "g = grad → theta = theta * (1 - lr * weight_decay)\n        g = grad",
            ),
            "Close. The gradient is taken at θ as it was before the decay.",
        ),
        Misconception(
            "an AdamW whose v still sees the decay",
            edited(mended_8, "g**2 → (g + weight_decay * theta) ** 2"),
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
    listing=edited(mended_9, "np.sqrt(v_max) → np.sqrt(v)"),
    namings={
        V_NOT_CORRECTED: "AMSGrad's paper corrects nothing, and that was asked for. What did the "
        "step divide by?",
        MEMORY_LOST: "The maximum was kept from step to step. But who looked at it?",
    },
    repairs=(
        Misconception(
            "an AMSGrad whose average feeds on its maximum",
            edited(mended_9, "v_max = np.max → v = v_max = np.max"),
            "The average has to go on from v itself, the maximum is kept beside it.",
        ),
        Misconception(
            "an AMSGrad that takes the maximum of the squared gradients",
            edited(mended_9, "v_max, v) → v_max, g**2)"),
            "The maximum is over the averages v.",
        ),
        Misconception(
            "the AMSGrad of the frameworks, with bias correction",
            edited(
                mended_9,
                "_ in range(steps) → t in range(1, steps + 1)",
                "lr * m → lr * m / (1 - beta1**t)",
                "np.sqrt(v_max) → np.sqrt(v_max / (1 - beta2**t))",
            ),
            "A good rule. Wanted is the paper's, which corrects nothing.",
        ),
        Misconception(
            "an AMSGrad that keeps the smallest v",
            edited(
                mended_9,
                "v_max = np.zeros(theta.shape) → np.zeros(theta.shape)\n    v_max = v + np.inf",
                "np.maximum → np.minimum",
            ),
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
    listing=edited(mended_10, "range(1, steps + 1) → [1] * steps"),
    namings={
        V_NOT_CORRECTED: "v was corrected, and always by the same factor. What should make that "
        "factor fade?",
        M_NOT_CORRECTED: "m was corrected, and always by the same factor. What should make that "
        "factor fade?",
    },
    repairs=(
        Misconception(
            "a NAdam whose t begins at 2",
            edited(mended_10, "range(1, steps + 1) → range(2, steps + 2)"),
            "Count at the end of a step, so that the first one has t = 1.",
        ),
        Misconception(
            "a NAdam whose t begins at 0",
            edited(mended_10, "range(1, steps + 1) → range(steps)"),
            "1 − β⁰ is zero, and the first step divides by it: count from 1.",
        ),
        Misconception(
            "a NAdam that counts for v alone",
            edited(mended_10, "beta1 ** (t + 1) → beta1**2", "beta1**t → beta1"),
            "v's correction fades now. Those of m and g have to fade too.",
        ),
        Misconception(
            "a NAdam that corrects m as if it were today's",
            edited(mended_10, "beta1 ** (t + 1) → beta1**t"),
            "The look ahead is m one decay later, and its power was right: t + 1.",
        ),
        Misconception(
            "plain Adam",
            edited(mended_10, "beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g → m"),
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
