"""The questions of lesson 08: four numbers, a noisy step, a turned valley, and longer runs."""

import numpy as np

from adam_course.descend import descend
from adam_course.optimizers import Adam, Momentum
from adam_course.problems import Bowl, DigitsSoftmax, Regression
from adam_course.questions.question import Choice, Number, nearest


def way_gone(steps=200):
    """Return how far Adam with all defaults comes in the lesson's valley."""
    run = descend(Bowl(condition=20, curvature=20), Adam(), steps=steps)
    return float(np.linalg.norm(run.final - run.thetas[0]))


def steps_of(mean, noise, beta1=0.9):
    """Return (steps, parameters) that Adam goes down at the rate 1, once its memories are full."""
    rng, adam, theta, path = np.random.default_rng(0), Adam(1.0, beta1), np.zeros(300), []
    for _ in range(1500):
        theta = adam.step(theta, mean + noise * rng.normal(size=300))
        path.append(theta)
    return -np.diff(path[1000:], axis=0)


def typical_step(beta1=0.9, mean=0, noise=1):
    """Return the root mean square of the steps, in units of α."""
    return float(np.sqrt((steps_of(mean, noise, beta1) ** 2).mean()))


def steps_needed(make, angle):
    """Return the steps to a hundredth of the distance, κ = 1,000, at the best rate."""
    rates = 2.0 ** np.arange(-4, 4.1, 0.5)[:, None, None]
    around = 2 * np.pi * np.arange(0.5, 16) / 16 + np.radians(angle)
    starts = 4 * np.stack([np.cos(around), np.sin(around)], axis=-1)
    run = descend(Bowl(condition=1000, angle=angle), make(rates), starts, 600, progress=False)
    far = ~(np.linalg.norm(run.thetas, axis=-1) < 0.04)
    return np.median(len(far) - np.argmax(far[::-1], axis=0), axis=1).min()


def slower_when_turned(make):
    """Return how many times as many steps a method needs at 45 degrees as along an axis."""
    return steps_needed(make, 45) / steps_needed(make, 0)


def end_at(lr, eps):
    """Return where Adam ends on the noiseless line after 100 steps."""
    return descend(Regression(), Adam(lr, eps=eps), [0, 0], steps=100).final


def best_rate(eps):
    """Return the best of some rates on the noiseless line, for an ε far above all gradients."""
    rates = eps * np.geomspace(1e-4, 1, 41)
    run = descend(Regression(), Adam(rates[:, None], eps=eps), [0, 0], steps=100, every=100)
    return rates[np.nanargmin(run.losses[-1])]


def a_quarter_will_do(steps):
    """Return whether a quarter of the best α comes within twice its loss on the digits."""
    digits, rng, theta = DigitsSoftmax(), np.random.default_rng(0), np.zeros((2, 6, 650))
    adam = Adam(np.array([0.16, 0.04])[:, None, None])
    for _ in range(steps):
        theta = adam.step(theta, digits.gradient(theta, rng.integers(1797, size=(6, 64))))
    best, quarter = np.median(digits.value(theta), axis=1)
    return quarter <= 2 * best


PREDICT = (
    Choice(
        name="Adam as it comes",
        ask="Adam has its defaults, with α = 0.001, and takes 200 steps without noise. The minimum "
        "is 5 away. How far from its start does it end?",
        options=(
            "about 5: it has arrived",
            "about 2.5: half of the way",
            "about 0.3",
            "about 0.002: the steps shrink with the gradient",
        ),
        right=2,
        because="While the gradient keeps its sign, each parameter moves by about α = 0.001 a "
        "step, whatever the gradient's size. 200 such steps are 0.2 in each of the two parameters, "
        "or 0.28 along the diagonal.",
        truth=lambda: nearest((5, 2.5, 0.3, 0.002), way_gone()),
    ),
    Choice(
        name="a tenfold epsilon",
        ask="In the third map ε goes from 1e-10 to 10,000. The gradient is about 34 at the start, "
        "and near the end it is a few units of noise. Far up in the map, ε is above all of this. "
        "If ε becomes ten times as large there, what must α become to stay the best?",
        options=(
            "a tenth of what it was",
            "what it was: ε only keeps the division defined",
            "√10 times what it was",
            "ten times what it was",
        ),
        right=3,
        because="Where ε is far above √v̂, the step is nearly α m̂ / ε. Only the quotient α/ε "
        "counts, so the valley of the map becomes a diagonal. Where ε is far below √v̂, it changes "
        "nothing: many powers of ten give the same Adam.",
        truth=lambda: nearest((0.1, 1, 10**0.5, 10), best_rate(1e5) / best_rate(1e4)),
    ),
    Choice(
        name="noise alone",
        ask="Now the gradients have the mean 0 and the standard deviation 1: noise alone, and β₁ "
        "is 0.9. How long is a typical step, as a root mean square?",
        options=(
            "0: for μ = 0 the formula gives 0",
            "about 0.05 α",
            "about 0.23 α",
            "about α: each gradient is about as large as √v̂",
        ),
        right=2,
        because="The formula is about the way forward: steps to the left and to the right cancel, "
        "so it is 0. The single step is not 0, because m is an average of only about ten "
        "gradients, and their noise does not cancel wholly.",
        truth=lambda: nearest((1e-6, 0.05, 0.23, 1), typical_step()),
    ),
    Choice(
        name="a valley turned by 45 degrees",
        ask="A valley with κ = 1,000 is turned by 45 degrees, and the starts with it. Adam with "
        "its default betas and momentum get their best rates again. How many steps do they need, "
        "compared with the valley along an axis?",
        options=(
            "both as many as before: the valley has the same shape",
            "momentum as many as before, Adam about five times as many",
            "momentum about five times as many, Adam as many as before",
            "both about five times as many",
        ),
        right=1,
        because="Momentum treats all directions alike, so nothing changes for it. Adam scales each "
        "parameter by itself, and now the steep direction is in both parameters.",
        truth=lambda: {(1, 0): 1, (0, 0): 0, (0, 1): 2, (1, 1): 3}[
            nearest((1, 5), slower_when_turned(Adam)),
            nearest((1, 5), slower_when_turned(Momentum)),
        ],
    ),
    Choice(
        name="ten times as many steps",
        ask="In runs of 140 steps α may move by a factor of 16 before the loss at the end is "
        "twice the lowest. How is it in runs of 1,400 steps?",
        options=(
            "by a larger factor: a long run forgives more",
            "by the same factor",
            "by a smaller factor",
        ),
        right=2,
        because="The loss tends to 0 here, and in a long run it comes much closer to 0. So “twice "
        "the best” becomes a harder test: too low a rate is still on its way, and too high a rate "
        "ends in a noise ball above it.",
        truth=lambda: 2 if a_quarter_will_do(140) and not a_quarter_will_do(1400) else 1,
    ),
)

RECALL = (
    Choice(
        name="which number to tune first",
        ask="You can tune only one of Adam's four numbers. Which one?",
        options=("β₂: it has the longest memory", "α: it sets the length of a step", "ε", "β₁"),
        right=1,
        because="α is the only one of them that sets a length, and how far a run has to go differs "
        "from problem to problem.",
    ),
    Choice(
        name="a very large ε",
        ask="ε is far above √v̂. What is Adam then?",
        options=(
            "AdaGrad",
            "the sign of the gradient, times α",
            "momentum in its averaging form, at the rate α/ε",
            "gradient descent at the rate α",
        ),
        right=2,
        because="The denominator is nearly ε for all parameters, so the step is (α/ε) m̂.",
        truth=lambda: 2 if np.allclose(end_at(5e3, 1e5), end_at(5e4, 1e6), atol=1e-2) else 1,
    ),
    Choice(
        name="the loss times 100",
        ask="A parameter's gradients have the mean 1 and the standard deviation 3. The loss is "
        "multiplied by 100. What becomes of Adam's steps?",
        options=("They stay as they were.", "They are 100 times as long.", "They are a tenth."),
        right=0,
        because="Mean and noise both grow by 100. Only their quotient σ/μ counts.",
        truth=lambda: nearest((1, 100, 0.1), typical_step(0.9, 100, 300) / typical_step(0.9, 1, 3)),
    ),
    Number(
        name="a step of noise",
        ask="Gradients are noise alone, with the mean 0, and β₁ = 0.6. How long is Adam's typical "
        "step, √((1 − β₁)/(1 + β₁)) α?",
        right=0.5,
        unit="α",
        factor=1.1,
        because="√(0.4/1.6) is the root of a quarter. The noise's size has cancelled.",
        truth=lambda: typical_step(0.6),
    ),
    Choice(
        name="smaller steps in noise",
        ask="Gradients are noise alone. What makes Adam's steps shorter?",
        options=(
            "a longer memory of v",
            "a smaller α, or a longer memory of m",
            "a smaller loss: all gradients divided by ten",
        ),
        right=1,
        because="The typical step is α √((1 − β₁)/(1 + β₁)). β₂ and the size of the noise are not "
        "in it.",
        truth=lambda: 1 if typical_step(0.99) < 0.5 * typical_step(0.9) else 0,
    ),
    Choice(
        name="who notices a turned valley",
        ask="A narrow valley lies along an axis, then it is turned by 45 degrees. Who needs more "
        "steps now?",
        options=("momentum", "both", "neither", "Adam"),
        right=3,
        because="Adam scales each parameter by itself. Momentum treats all directions alike.",
        truth=lambda: 3 if slower_when_turned(Adam) > 2 > slower_when_turned(Momentum) else 1,
    ),
    Choice(
        name="equal memories",
        ask="β₁ = β₂. How long can a step of Adam be?",
        options=("at most α", "at most 1/(1 − β) times α", "there is no bound"),
        right=0,
        because="m̂ and √v̂ are then the mean and the root mean square of the same gradients with "
        "the same weights, and a mean is never larger in size.",
    ),
)
