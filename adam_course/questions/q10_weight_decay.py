"""The questions of lesson 10: L2 and AdamW, what they leave, where they rest, and the best λ."""

import numpy as np

from adam_course import experiments
from adam_course.descend import descend
from adam_course.optimizers import Adam, AdamL2, AdamW
from adam_course.problems import DigitsSoftmax, Regression
from adam_course.questions.question import Choice, Number, nearest
from adam_course.schedules import Cosine


def risen(lr, steps=300):
    """Return whether the test loss of 100 digits ends more than a tenth above its lowest value."""
    digits, order = DigitsSoftmax(), np.random.default_rng(0).permutation(1797)
    adam, theta, losses = Adam(lr), digits.start, []
    for t in range(steps):
        theta = adam.step(theta, digits.gradient(theta, order[:100]))
        if t % 10 == 0:
            losses.append(digits.value(theta, order[948:]))
    return losses[-1] > 1.1 * min(losses)


def pull_in_first_step(rule, gradient):
    """Return how much further a parameter at 1 moves because of λ = 0.5, at the rate 0.01."""
    ends = [
        rule(0.01, weight_decay=decay).step(np.ones(1), np.array([gradient]))[0]
        for decay in (0.0, 0.5)
    ]
    return ends[0] - ends[1]


def left(rule, size, lr=0.01, decay=0.02, steps=500):
    """Return the share of a parameter that a decay leaves when its gradients are ± size."""
    optimizer, theta = rule(lr, weight_decay=decay), np.ones(400)
    rng = np.random.default_rng(0)
    for _ in range(steps):
        half = size * rng.choice([-1.0, 1.0], size=200)
        theta = optimizer.step(theta, np.concatenate([half, -half]))
    return theta.mean()


def slope_at_rest(rule, decay, steps=2000):
    """Return where the slope of lesson 10's line ends."""
    line = Regression()
    optimizer = rule(Cosine(0.1, steps), weight_decay=decay)
    return descend(line, optimizer, np.zeros(2), steps=steps, every=steps).final[0]


def factor_of_best_decay(start, rule):
    """Return the factor of the best λ for a tenfold rate: the median over the stored draws."""
    maps = experiments.load("weight_decay")[start]
    best = np.log(maps["decays"][rule][maps["losses"][rule].argmin(axis=1)])
    return 10 ** np.median([np.polyfit(np.log(maps["rates"]), draw, 1)[0] for draw in best])


def after(steps, decay, times_lr=True):
    """Return what AdamW leaves of a parameter at 1 without a gradient, at the rate 0.001."""
    optimizer, theta = AdamW(0.001, weight_decay=decay, decay_times_lr=times_lr), np.ones(1)
    for _ in range(steps):
        theta = optimizer.step(theta, np.zeros(1))
    return theta[0]


PREDICT = (
    Choice(
        name="a hundred digits",
        ask="The loss on the 100 images falls and falls. What does the loss on other images do?",
        options=(
            "It falls all the way too, only more slowly.",
            "It falls, and then it rises; with the cosine it does not rise.",
            "It falls, and then it rises, with the cosine as well.",
        ),
        right=2,
        because="The images are soon told apart, and then larger weights make the model surer of "
        "all its answers. A cosine makes the last steps small, but by then most of the harm is "
        "done.",
        truth=lambda: int(risen(0.1)) + int(risen(Cosine(0.1, 300))),
    ),
    Choice(
        name="a penalty in the first step",
        ask="Two parameters stand at 1. One has the gradient 10, the other 0.1. The rate is 0.01 "
        "and λ is 0.5. Adam with an L2 penalty makes its first step. How much further does each of "
        "them move because of the penalty?",
        options=(
            "both by 0.005: α · λ · θ",
            "neither moves any further",
            "only the one with the small gradient moves further",
        ),
        right=1,
        because="The penalty makes the gradients 10.5 and 0.6. But Adam's first step is α times "
        "the sign of the gradient, and the signs are as before. So the pull has vanished.",
        truth=lambda: (
            1 if max(abs(pull_in_first_step(AdamL2, g)) for g in (10.0, 0.1)) < 1e-6 else 0
        ),
    ),
    Choice(
        name="a decay in quiet noise",
        ask="The rate is 0.01 and λ is 0.02. After 500 steps AdamW leaves about 0.9 of each "
        "parameter. What does Adam with L2 leave of the one with the smallest noise, s = 0.1?",
        options=(
            "about 0.99: its pull is weaker",
            "about 0.9, like AdamW",
            "about 0.4",
            "almost nothing",
        ),
        right=2,
        because="√v̂ is about s, and L2's pull is divided by it. With s = 0.1 the pull is ten times "
        "as strong as AdamW's.",
        truth=lambda: nearest((0.99, 0.9, 0.4, 0.01), left(AdamL2, 0.1)),
    ),
    Choice(
        name="where AdamW rests",
        ask="With λ = 1, Adam with L2 brings the slope to rest at w = 1.90, the penalised minimum. "
        "Where does AdamW with the same λ come to rest?",
        options=(
            "at 1.90 too: at rest it does not matter where the decay stands",
            "at 2.01: the decay is outside the gradient, so the minimum is where it was",
            "at 1",
            "at 0: once the gradient has died away, only the decay moves it",
        ),
        right=2,
        because="Adam's step is at most about α, however steep the loss is. The decay's pull is "
        "α · λ · θ. Where θ = 1 / λ, here 1, the pull is α as well, and AdamW gets no further.",
        truth=lambda: nearest((1.9, 2.01, 1.0, 0.01), slope_at_rest(AdamW, 1.0)),
    ),
    Choice(
        name="a tenfold rate and the best decay",
        ask="AdamW as in the frameworks. You have found the best λ, and now you raise the rate "
        "tenfold. The runs still have time to come close to rest. What happens to the best λ?",
        options=(
            "it falls to about a tenth: the product αλ has to stay",
            "it falls a little, by less than half",
            "it grows about tenfold: the pull has to keep up with the steps",
        ),
        right=1,
        because="At rest the rate drops out: the box is 1 / λ wide at every α. If all runs were at "
        "rest, λ could stay. The runs at the smallest rates are not quite there.",
        truth=lambda: nearest((0.1, 0.6, 10.0), factor_of_best_decay("zero", "AdamW")),
    ),
)

RECALL = (
    Choice(
        name="L2 and decoupled decay",
        ask="What is the difference between Adam with an L2 penalty and AdamW?",
        options=(
            "none: they are two names for one rule",
            "in AdamW the decay is not part of the gradient, so it is not divided by √v̂",
            "AdamW's λ is larger",
        ),
        right=1,
        because="An L2 penalty adds λθ to the gradient, and Adam divides it by √v̂. AdamW shrinks "
        "θ itself, by αλθ.",
        truth=lambda: int(
            pull_in_first_step(AdamW, 10.0) > 0.004 > abs(pull_in_first_step(AdamL2, 10.0))
        ),
    ),
    Choice(
        name="who is spared by L2",
        ask="Inside Adam, which parameters does an L2 penalty hold back the least?",
        options=("those with large gradients", "those with small gradients", "all the same"),
        right=0,
        because="Its pull is divided by √v̂, so by the size of their gradients.",
        truth=lambda: int(np.argmax([left(AdamL2, 10.0), left(AdamL2, 0.1)])),
    ),
    Number(
        name="the walls of a box",
        ask="AdamW comes to rest with λ = 2. How large can a parameter be at most?",
        right=0.5,
        factor=1.05,
        because="1 / λ = 0.5: there the pull αλθ is as large as α, the longest step that Adam can "
        "keep up.",
        truth=lambda: slope_at_rest(AdamW, 2.0),
    ),
    Number(
        name="a decay's half-life",
        ask="AdamW as in PyTorch, with λ = 0.1 and the rate 0.001. A parameter without a gradient "
        "stands at 1. What is left after 10,000 steps?",
        right=0.3679,
        factor=1.15,
        because="Each step keeps 1 − αλ = 0.9999. After 1 / (αλ) = 10,000 steps about 37 % are "
        "left: that is its memory.",
        truth=lambda: after(10_000, 0.1),
    ),
    Choice(
        name="lambda in the paper and in the frameworks",
        ask="AdamW's paper subtracts λθ in each step, PyTorch αλθ. The paper's λ is 0.0001 and the "
        "rate 0.001. Which λ gives the same decay in PyTorch?",
        options=("0.0000001", "0.0001", "0.1"),
        right=2,
        because="α · λ has to be 0.0001, so λ = 0.0001 / 0.001 = 0.1.",
        truth=lambda: int(
            np.argmin(
                [abs(after(500, d) - after(500, 1e-4, times_lr=False)) for d in (1e-7, 1e-4, 0.1)]
            )
        ),
    ),
    Choice(
        name="a training loss that falls and falls",
        ask="The training loss falls, and the test loss has begun to rise. What is this called?",
        options=("regularisation", "overfitting", "generalisation"),
        right=1,
        because="The model fits its training examples better and better, and predicts new ones "
        "worse. Regularisation is whatever holds it back from this.",
    ),
)
