"""The questions of lesson 11: games that Adam loses, its repair, what it learns, what it stands."""

import numpy as np

from adam_course.descend import descend
from adam_course.optimizers import Adam, AMSGrad, GradientDescent, Momentum
from adam_course.problems import MiniBatches, Regression, Saddle
from adam_course.problems.counterexamples import Wilson, cycle, play
from adam_course.questions.question import Choice, Number, Ranking, nearest
from adam_course.schedules import InverseSquareRoot


def place(beta1, beta2, slopes, lr=0.5, optimizer=Adam):
    """Return where a player of these betas is in the last 100 steps, on average."""
    return play(optimizer(InverseSquareRoot(lr), beta1, beta2), slopes)[-100:].mean(axis=0)


def who_arrives():
    """Return which of the betas, put back to its default alone, leads Adam to −1."""
    v_only, m_only = place(0, 0.999, cycle(3000)) < -0.9, place(0.9, 0.1, cycle(3000)) < -0.9
    return {(True, False): 0, (False, True): 1, (True, True): 2, (False, False): 3}[v_only, m_only]


def steps_after_accident(make, steps=400):
    """Return the steps to a loss of 0.001 above the best, at the best rate, the first g × 100."""
    method, line = make(np.geomspace(0.1, 12, 25)[:, None]), Regression()
    theta, last = np.zeros((25, 2)), np.zeros(25)
    for t in range(1, steps + 1):
        theta = method.step(theta, line.gradient(theta) * (100 if t == 1 else 1))
        last[line.value(theta) - line.minimum > 1e-3] = t
    return last.min() + 1


def as_optax(lr):
    """Return AMSGrad as Optax has it."""
    return AMSGrad(lr, bias_correction=True, max_over="v_hat")


def wilsons_error(size):
    """Return Adam's test error on 50 of Wilson's examples, with so many in a mini-batch."""
    data = Wilson(points=50)
    run = descend(MiniBatches(data, size), Adam(0.01), data.start, steps=600, every=600)
    return float(data.test_error(run.final))


def escape_times(condition, steps=500):
    """Return the fewest steps to a minimum of gradient descent, momentum and Adam."""
    saddle, rates, times = Saddle(condition=condition), np.geomspace(0.01, 6, 40)[:, None], []
    for method in (GradientDescent(rates), Momentum(rates), Adam(rates)):
        places = descend(saddle, method, steps=steps).thetas
        far = ~(np.linalg.norm(np.abs(places) - [0, 1], axis=-1) < 0.05)
        times.append((len(far) - np.argmax(far[::-1], axis=0)).min())
    return times


def grows(product, beta1, steps=400):
    """Return whether x grows under Adam with a v that is frozen, at this α λ / √v̂."""
    x, m = 1.0, 0.0
    for _ in range(steps):
        m = beta1 * m + (1 - beta1) * x
        x -= product * m
    return abs(x) > 1


PREDICT = (
    Choice(
        name="one beta put back",
        ask="The losing Adam has β₁ = 0 and β₂ = 0.1. You put one of the two back to its default, "
        "0.9 or 0.999, and leave the other one short. With which of them does Adam go to −1?",
        options=(
            "only with β₂ = 0.999: v must remember the large slope",
            "only with β₁ = 0.9: m must add the slopes up",
            "with either of them",
            "with neither: it takes both",
        ),
        right=2,
        because="A long v divides all slopes of a cycle by nearly the same number, so their sum "
        "keeps its sign. A long m adds the slopes up before anything is divided. Either is enough "
        "in this game. Only an Adam with two short memories loses it.",
        truth=who_arrives,
    ),
    Choice(
        name="a cycle of a hundred",
        ask="Now a cycle is one slope of 100, then 99 slopes of −1. They add up to 1, so −1 is "
        "still best. Adam has its default betas, 0.9 and 0.999, and the rate 8/√t. Where is it "
        "after 300 cycles?",
        options=(
            "at −1: a memory of 1,000 steps holds ten cycles",
            "near 0: it swings and gets nowhere",
            "beyond 0.5, on the wrong side",
        ),
        right=2,
        because="Right after the large slope v is larger, by a tenth or so, and that is when m is "
        "large. So the steps down are divided by more than the steps up. It takes little, for "
        "+100 and 99 times −1 nearly cancel. A β₂ of 0.99999 goes the right way again.",
        truth=lambda: 2 if place(0.9, 0.999, cycle(12_000, 100, 100), lr=8.0) > 0.5 else 1,
    ),
    Choice(
        name="a first gradient a hundred times too large",
        ask="The very first gradient is a hundred times too large, and AMSGrad in Optax's form "
        "keeps its square as a divisor for ever. Adam forgets it. Each method takes its own best "
        "rate for this run. How many times Adam's steps does AMSGrad need?",
        options=("a tenth of them", "about as many", "about ten times", "about a hundred times"),
        right=1,
        because="A divisor that is a hundred times too large, and stays so, is a rate that is a "
        "hundred times too small. A larger rate makes up for it. Without that larger rate "
        "it needs many times Adam's steps, as the upper rows of the table show.",
        truth=lambda: nearest(
            (0.1, 1, 10, 100), steps_after_accident(as_optax) / steps_after_accident(Adam)
        ),
    ),
    Choice(
        name="Wilson's data in mini-batches",
        ask="With all examples in each step, Adam's test error was 0.4. Now it sees 5 of "
        "50 examples in each step. What is its test error?",
        options=("0.4, as before", "about 0.3", "about 0.1", "0"),
        right=3,
        because="Input 1 gets a gradient in every step, and a private input only when its "
        "example's turn comes. So the weight of input 1 outgrows the others, until it alone "
        "decides. Wilson's counterexample is right. It is one about full batches, or nearly full "
        "ones, about least squares and a start at zero.",
        truth=lambda: int(np.argmin(np.abs(np.array((0.4, 0.3, 0.1, 0)) - wilsons_error(5)))),
    ),
    Ranking(
        name="out of a flat saddle",
        ask="The way out of the saddle is a hundred times flatter than the way in (κ = 100). The "
        "start is 0.001 beside the ridge. Each method has its best rate. Who needs the fewest "
        "steps to a minimum? The quickest first.",
        options=("gradient descent", "momentum", "Adam"),
        right=(2, 1, 0),
        because="Gradient descent's rate is limited by the steep way in, so it creeps along the "
        "flat way out. Momentum adds its moves up. Adam divides each parameter by its own √v̂, so "
        "κ cancels. But it cancels only if the way out lies along a parameter's axis.",
        truth=lambda: tuple(int(i) for i in np.argsort(escape_times(100))),
    ),
)

RECALL = (
    Choice(
        name="Reddi's losing Adam",
        ask="Slopes of 3, −1, −1 come over and over, and −1 is the best place. Which Adam walks to "
        "+1?",
        options=(
            "one with short memories, β₁ = 0 and β₂ = 0.1",
            "one with the defaults, β₁ = 0.9 and β₂ = 0.999",
            "every Adam",
        ),
        right=0,
        because="A short v divides each slope by about its own size, so two small ones outweigh "
        "the large one. The defaults go to −1 in this game, but they lose one with longer cycles.",
        truth=lambda: 0 if place(0, 0.1, cycle(3000)) > 0 > place(0.9, 0.999, cycle(3000)) else 2,
    ),
    Choice(
        name="what AMSGrad keeps",
        ask="AMSGrad keeps a third number for each parameter. Which one?",
        options=(
            "the largest gradient so far",
            "the largest v so far",
            "the sum of all squared gradients",
        ),
        right=1,
        because="v still forgets, as in Adam. Its largest value so far divides the step, so the "
        "divisor never shrinks.",
    ),
    Number(
        name="the edge with 0.9",
        ask="Adam has β₁ = 0.9, and its v does not change. Beyond which α λ / √v̂ does it diverge "
        "on a bowl?",
        right=38,
        because="(2 + 2 · 0.9) / (1 − 0.9) = 3.8 / 0.1. With β₁ = 0 it is 2, as in gradient "
        "descent.",
        truth=lambda: next(r / 10 for r in range(10, 1000) if grows(r / 10, 0.9)),
    ),
    Choice(
        name="what Wilson's data need",
        ask="On Wilson's data Adam learns the private inputs and errs on 0.4 of the new "
        "examples. What does that failure need?",
        options=(
            "a rate that is too large",
            "labels with noise",
            "full batches, or nearly full ones",
        ),
        right=2,
        because="With a tenth of the examples in each step the test error is 0. The rate makes no "
        "difference, and the labels have no noise.",
        truth=lambda: 2 if wilsons_error(50) > 0.3 > 0.1 > wilsons_error(5) else 0,
    ),
    Choice(
        name="which saddles hold gradient descent",
        ask="From which saddle does tuned Adam escape in far fewer steps than tuned gradient "
        "descent?",
        options=(
            "from every saddle",
            "from one whose way out is much flatter than its way in",
            "from one whose way out is as steep as its way in",
        ),
        right=1,
        because="The steep way in limits gradient descent's rate, and with that rate it creeps "
        "along the flat way out. With equal curvatures gradient descent is the quicker one.",
        truth=lambda: (
            1 if np.diff([escape_times(k)[::2] for k in (1, 100)])[:, 0].prod() < 0 else 0
        ),
    ),
    Choice(
        name="what warm-up does to curvature",
        ask="Gradient descent stands a curvature of 2/α. What does a warm-up give a network time "
        "for?",
        options=(
            "to move to places of less curvature before α is large",
            "to make α larger than 2/λ without harm",
            "to fill v with gradients",
        ),
        right=0,
        because="As α climbs, 2/α falls, and the curvature is pushed down with it. (Gradient "
        "descent has no v to fill.)",
    ),
)
