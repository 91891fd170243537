"""The questions of lesson 04: rare parameters, the first step, valleys, and steps that shrink."""

import numpy as np

from adam_course.descend import descend
from adam_course.optimizers import AdaGrad, GradientDescent, Momentum
from adam_course.problems import Bowl, SparseText
from adam_course.questions.question import Choice, Number, nearest


def way_along_x():
    """Return the share of the way along x that momentum has done in 50 steps."""
    run = descend(Bowl(condition=10_000), Momentum(2.4, 0.9), steps=50)
    return 1 - abs(run.final[0] / run.thetas[0, 0])


def first_step(gradient, lr=1.0):
    """Return the lengths of AdaGrad's first step."""
    return np.abs(AdaGrad(lr).step(np.zeros(len(gradient)), np.array(gradient, dtype=float)))


def ends(conditions, steps=20):
    """Return the places where AdaGrad's runs end in bowls along the axes, one for each κ."""
    bowls = [Bowl(condition=kappa, curvature=kappa) for kappa in conditions]
    return np.array([descend(bowl, AdaGrad(lr=1.0), steps=steps).final for bowl in bowls])


def best_losses(angle, makers=(GradientDescent, lambda lr: Momentum(lr, 0.9), AdaGrad)):
    """Return each method's loss after 100 steps in a turned bowl, at the best of 200 rates."""
    bowl, rates = Bowl(condition=100, angle=angle), np.geomspace(0.01, 10, 200)[:, None]
    runs = [descend(bowl, make(rates), steps=100, every=100) for make in makers]
    return [np.nanmin(run.losses[-1]) for run in runs]


def last_step(gradients, lr=1.0):
    """Return the length of AdaGrad's last step after these gradients of one parameter."""
    optimizer, theta = AdaGrad(lr), np.zeros(1)
    for gradient in gradients:
        before, theta = theta, optimizer.step(theta, np.array([float(gradient)]))
    return abs(theta - before)[0]


def best_exponent(exponents):
    """Return the index of the p with the lowest test loss, if word k has the rate α / share**p.

    Half of the texts held back choose α, the other half are the test set.
    """
    text, rates = SparseText(), np.geomspace(0.01, 10, 13)[:, None]
    sgd = GradientDescent(rates * text.share ** -np.array(exponents)[:, None, None])
    theta = np.zeros((len(exponents), 13, text.dimension))
    for rows in text.train.reshape(-1, 10):
        theta = sgd.step(theta, text.gradient(theta, rows))
    tune, test = np.array_split(text.test, 2)
    best = np.nanargmin(text.value(theta, tune), axis=1)
    return int(np.argmin(text.value(theta[np.arange(len(exponents)), best], test)))


def kept(*gradients):
    """Return AdaGrad's v after these gradients of one parameter."""
    optimizer = AdaGrad()
    for gradient in gradients:
        optimizer.step(np.zeros(1), np.array([gradient]))
    return optimizer.v[0]


PREDICT = (
    Choice(
        name="momentum and a rare word",
        ask="Momentum keeps nine tenths of each move (μ = 0.9), and has the rate 2.4. The "
        "curvature is 1 along y and 1/10,000 along x. After 50 steps the common word's weight, y, "
        "has come from 3 to a swing within 0.5 of its goal, 0. What part of its way to the "
        "minimum has the rare word's weight, x, covered?",
        options=("nearly all of it", "about half", "about a tenth", "about a hundredth"),
        right=2,
        because="The slope along x is tiny. Along y the curvature is 1, so beyond the rate "
        "2 (1 + 0.9) = 3.8 y would fly off, and even just below it x would do only a seventh of "
        "its way (try 3.79). Momentum makes moves that agree up to ten times as long, but it "
        "treats both words alike.",
        truth=lambda: nearest((1, 0.5, 0.1, 0.01), way_along_x()),
    ),
    Choice(
        name="a slope of 4 and a slope of 60",
        ask="At the start of lesson 01's valley the gradient is (−4, 60). AdaGrad has the rate "
        "α = 1 and starts with v = 0. How long is its first step along x and along y?",
        options=(
            "4 along x and 60 along y: the gradient, as in gradient descent",
            "1 along x and 1 along y",
            "longer along x, because its gradient is smaller",
            "longer along y, because it is steeper there",
        ),
        right=1,
        because="After the first gradient v is g², so √v is the size of g, and g / √v is 1 or −1. "
        "Every first step is α long, whatever the gradient, if it is not zero.",
        truth=lambda: 1 if np.allclose(first_step([-4, 60]), 1) else 0,
    ),
    Choice(
        name="three valleys, one rate",
        ask="Three bowls are 1, 100 and 10,000 times as curved along y as along x. AdaGrad has the "
        "rate α = 1 in all of them, and starts at (−4, 3). Where is it after 20 steps?",
        options=(
            "The narrower the bowl, the further it is from the minimum along x.",
            "In the narrowest bowl it flies off along y.",
            "It is at the same place in all three.",
        ),
        right=2,
        because="A factor c in one parameter's gradient multiplies g by c and "
        "√v by c, and the two c cancel. Along the axes, curvature is such a factor. So "
        "AdaGrad walks as if κ were 1.",
        truth=lambda: 2 if np.allclose(np.ptp(ends((1, 100, 10_000)), axis=0), 0) else 0,
    ),
    Choice(
        name="a valley at 45 degrees",
        ask="A bowl with κ = 100 is turned by 45 degrees. Each method gets the best of 200 rates. "
        "Which one has the lowest loss after 100 steps?",
        options=("gradient descent", "momentum with μ = 0.9", "AdaGrad"),
        right=1,
        because="Momentum does not care how a valley lies. AdaGrad does: at 45 degrees both "
        "parameters have equal shares in the steep and in the flat direction, so both get nearly "
        "the same rate. The first gradients are large, and the sum keeps them. A larger α does not "
        "help: it makes a longer first step, a larger gradient after it, and so a larger v. Even "
        "the best AdaGrad ends with the rate 1.36; gradient descent's best is 1.89.",
        truth=lambda: int(np.argmin(best_losses(45))),
    ),
    Choice(
        name="the rare parameter's last step",
        ask="A gets a gradient of 1 in every step, B in every hundredth step and zero in between. "
        "After 10,000 steps with α = 1, A's last step is 0.01 long. How long is B's?",
        options=(
            "0.01: the time is the same for both",
            "0.1: ten times as long",
            "1: a hundred times as long",
            "0.001: a tenth of it",
        ),
        right=1,
        because="Zeros add nothing to v, so only the gradients that came count: 10,000 for A and "
        "100 for B. 1 / √100 is 0.1. B comes a tenth as far as A, with a hundredth of the "
        "gradients. Gradient descent would have brought it a hundredth as far.",
        truth=lambda: nearest((0.01, 0.1, 1, 0.001), last_step(np.arange(1, 10_001) % 100 == 0)),
    ),
    Choice(
        name="rates for rare words",
        ask="First the world in which all 1,000 words tell something. SGD sees each text once. "
        "Which rates have the lowest test loss?",
        options=(
            "smaller ones for rare words (p = −0.5), as the claim says",
            "the same for all words (p = 0)",
            "larger ones for rare words (p = 0.5)",
            "even larger ones for rare words (p = 1)",
        ),
        right=2,
        because="A rare word's weight has few chances to move, and it needs them: rare words tell "
        "as much here as common ones. But p = 1 goes too far: the model learns what a few texts "
        "have by chance. The other world comes with the picture.",
        truth=lambda: best_exponent((-0.5, 0, 0.5, 1)),
    ),
)

RECALL = (
    Choice(
        name="what AdaGrad keeps",
        ask="What does AdaGrad keep in v for each parameter?",
        options=(
            "the sum of all its gradients",
            "the average of its squared gradients",
            "the sum of all its squared gradients",
        ),
        right=2,
        because="v ← v + g²: a sum of squares, from which nothing is ever taken out. RMSProp keeps "
        "an average.",
        truth=lambda: int(np.argmin(np.abs(kept(3.0, 4.0) - np.array((7.0, 12.5, 25.0))))),
    ),
    Number(
        name="AdaGrad's hundredth step",
        ask="All gradients of a parameter are equal, and α = 1. How long is AdaGrad's step 100?",
        right=0.1,
        because="After t equal gradients v is t · g², so step t is α / √t long: 1 / √100.",
        truth=lambda: last_step(np.full(100, 7.0)),
    ),
    Choice(
        name="all gradients times ten",
        ask="You multiply the loss by 10, so all gradients are ten times as large. What happens to "
        "AdaGrad's steps? (v starts at 0, ε is tiny.)",
        options=(
            "They stay as they are.",
            "They are ten times as long.",
            "They shrink to a tenth.",
        ),
        right=0,
        because="Above the fraction bar g is ten times as large, and below it √v is, too.",
        truth=lambda: nearest((1, 10, 0.1), last_step((30, 50)) / last_step((3, 5))),
    ),
    Choice(
        name="a parameter that is rarely asked",
        ask="B gets its gradients a hundred times as rarely as A, all of the same size. Which rate "
        "α / √v does AdaGrad give to B in the end?",
        options=(
            "a hundred times A's rate",
            "ten times A's rate",
            "the same rate",
            "a tenth of A's rate",
        ),
        right=1,
        because="B's sum v is a hundred times smaller, and the root of that is ten.",
        truth=lambda: nearest((100, 10, 1, 0.1), last_step(np.ones(9)) / last_step(np.ones(900))),
    ),
    Choice(
        name="which valley AdaGrad repairs",
        ask="Which narrow valley does AdaGrad walk through as if it were round?",
        options=(
            "one that lies along an axis",
            "one that lies at 45 degrees to the axes",
            "every one",
        ),
        right=0,
        because="Its rates are for parameters, not for directions. In a turned valley both "
        "parameters have a share in the steep direction, and both rates become small.",
        truth=lambda: int(np.argmin([best_losses(angle)[2] for angle in (0, 45)])),
    ),
    Choice(
        name="what regret is",
        ask="What is the regret of a run?",
        options=(
            "the loss at its last place",
            "what it lost, summed over its steps, beyond one who stayed at the best fixed place",
            "the loss of its worst step",
        ),
        right=1,
        because="It compares the whole way with the best single place, known only afterwards. A "
        "method learns if the regret per step goes to zero.",
    ),
    Choice(
        name="one large gradient",
        ask="One gradient of a parameter was a hundred times too large. What does AdaGrad do "
        "afterwards, compared with a run without it?",
        options=(
            "It is back to its steps after about ten steps.",
            "It takes longer steps for a while.",
            "It takes shorter steps for thousands of steps.",
        ),
        right=2,
        because="The square, 10,000, stays in v for ever. It takes as many gradients of 1 until it "
        "is no more than half of the sum.",
        truth=lambda: 2 if last_step([100, *np.ones(1000)]) < last_step(np.ones(1000)) / 2 else 1,
    ),
)
