"""The questions of lesson 12: what Adam's relatives change, and whether they beat it."""

import numpy as np

from adam_course import experiments
from adam_course.descend import descend
from adam_course.optimizers import AdaBelief, Adam, AdaMax, AMSGrad, Lion, RAdam, Yogi
from adam_course.problems import Rosenbrock
from adam_course.questions.question import Choice, Number, Ranking, nearest


def walk(optimizer, gradients):
    """Return the length of each step along a stream of gradients, in units of the rate 1."""
    theta, steps = np.zeros(1), []
    for g in gradients:
        before, theta = theta, optimizer.step(theta, np.array([g]))
        steps.append(abs(theta - before)[0])
    return np.array(steps)


def stored(key, method, name):
    """Return what the stored race says about a method."""
    race = experiments.load("family")
    return race[key][name][list(race["methods"]).index(method)]


def ahead(methods, key="digits, constant"):
    """Return how many of some methods are ahead of Adam in a race."""
    return sum(stored(key, method, "both") == "ahead" for method in methods)


def after_large_gradients(step=3000):
    """Return the lengths of the steps of Adam, AdaMax, Yogi and AMSGrad, and their order."""
    stream = np.where(np.arange(step) < 100, 10.0, 1.0)
    yogi = Yogi(1.0, eps=0, initial_accumulator=0, bias_correction=True)
    amsgrad = AMSGrad(1.0, bias_correction=True, max_over="v_hat")
    steps = [walk(one, stream)[-1] for one in (Adam(1.0), AdaMax(1.0), yogi, amsgrad)]
    return tuple(int(place) for place in np.argsort(steps)[::-1])


def average_or_gradients():
    """Return 0 if Adam's own average is as good as schedule-free, else 2 if a cosine beats it."""
    control = stored("digits, constant", "Adam, averaged weights", "median")
    free = stored("digits, constant", "schedule-free", "median")
    return 0 if control < 1.25 * free else 2 if control > 4 * free else 1


PREDICT = (
    Choice(
        name="newcomers against a tuned Adam",
        ask="Now Adam's rate is tuned in the same way as the others': it is 0.036 instead of "
        "0.001. Of how many of the four newcomers is the loss still lower than Adam's, by a "
        "factor of 1.25 or more?",
        options=("of all four", "of three", "of two", "of none"),
        right=2,
        because="Lion and schedule-free keep a lead. AdaBelief and Adam end about equal, and RAdam "
        "falls behind. The rest of the gap was Adam's rate: tuning it made Adam's loss more than "
        "twenty times lower.",
        truth=lambda: 4 - ahead(("RAdam", "AdaBelief", "Lion", "schedule-free")),
    ),
    Ranking(
        name="after a hundred large gradients",
        ask="A hundred gradients of 10, and then only ones, up to step 3,000. Order the four by "
        "the length of their step at the end, the longest first.",
        options=("Adam", "AdaMax", "Yogi", "AMSGrad"),
        right=(1, 0, 2, 3),
        because="AdaMax's largest gradient fades to 1 in about 2,300 steps, and its steps are α "
        "again. Adam's v still holds some of the squares of 10. Yogi takes off only a thousandth "
        "of g², which is now 1, in each step. AMSGrad keeps the largest v.",
        truth=after_large_gradients,
    ),
    Choice(
        name="a gradient that AdaBelief trusts",
        ask="All gradients are 1, without any noise. How long is AdaBelief's step at step 2,000?",
        options=(
            "about α, as Adam's",
            "far longer than α, and it still grows",
            "close to 0: there is nothing left to learn",
        ),
        right=1,
        because="A steady gradient soon equals its average, so what AdaBelief divides by goes "
        "to 0. How long its steps get is decided by ε and by the memory of v.",
        truth=lambda: 1 if walk(AdaBelief(1.0), np.ones(2000))[-1] > 10 else 0,
    ),
    Choice(
        name="RAdam's first steps",
        ask="On Rosenbrock's valley the first gradient is about −216 and −88. At α = 0.02 Adam "
        "comes to a loss below 0.001 in 2,000 steps. What does RAdam do at this rate?",
        options=(
            "about the same: r reaches 1 in time",
            "it is slower, because r shortens its steps",
            "it diverges",
        ),
        right=2,
        because="Its first step is 0.02 times 216: more than 4. In the next steps the gradients "
        "are larger still, and after three steps the run has gone.",
        truth=lambda: 2 if descend(Rosenbrock(), RAdam(0.02), steps=50).reason else 0,
    ),
    Choice(
        name="what an average does",
        ask="Adam keeps a constant rate, tuned for this purpose, and we average all its places. "
        "How does this average compare with schedule-free's x?",
        options=(
            "It is about as good: the average is the whole idea.",
            "Its loss is about twice as high.",
            "Its loss is several times as high.",
        ),
        right=2,
        because="The average of Adam's places is hardly better than Adam's last place, and several "
        "times worse than schedule-free.",
        truth=average_or_gradients,
    ),
)

RECALL = (
    Choice(
        name="an unfair picture",
        ask="A paper shows a new optimizer that beats Adam by far. What do you ask first?",
        options=(
            "whether Adam's rate was tuned as well as the new one's",
            "whether the new one needs more memory",
            "whether the network was large",
        ),
        right=0,
        because="On the digits a tuned rate made Adam's loss more than twenty times lower. That is "
        "more than any relative gained.",
        truth=lambda: 0 if stored("digits, constant", "Adam", "median") < 0.55 / 20 else 1,
    ),
    Number(
        name="the length of Lion's step",
        ask="A parameter's gradient is 0.001. How long is Lion's first step for it, in units of α?",
        right=1,
        factor=1.01,
        unit="α",
        because="Lion steps by the sign of an average, so each step is α long.",
        truth=lambda: walk(Lion(1.0), [0.001])[0],
    ),
    Choice(
        name="Lion's rate",
        ask="You replace Adam by Lion. What do you do with the rate?",
        options=(
            "leave it as it is",
            "make it several times smaller",
            "make it several times larger",
        ),
        right=1,
        because="Adam's steps get shorter in noise, Lion's do not. Its best rates were 6 to 16 "
        "times smaller than Adam's.",
        truth=lambda: (
            1
            if stored("digits, cosine", "Adam", "rate")
            > 3 * stored("digits, cosine", "Lion", "rate")
            else 0
        ),
    ),
    Choice(
        name="a schedule in disguise",
        ask="Adam leaves out its bias correction and leads at a constant rate. With a cosine its "
        "lead is gone. What does the missing correction do?",
        options=(
            "It acts as a schedule: longer steps first, shorter ones later.",
            "It makes v larger, so the run is safer.",
            "Nothing: this is chance.",
        ),
        right=0,
        because="Adam without correction is Adam with another rate in each step. A falling rate "
        "does that work already.",
        truth=lambda: (
            0
            if ahead(["Adam uncorrected"]) and not ahead(["Adam uncorrected"], "digits, cosine")
            else 2
        ),
    ),
    Choice(
        name="a run and its pair",
        ask="Two methods run 20 times each. What makes run 7 of one and run 7 of the other a "
        "matched pair?",
        options=(
            "They have the same rate.",
            "They have the same start and the same mini-batches.",
            "They end with about the same loss.",
        ),
        right=1,
        because="Then luck with the start or the order of the data hits both, and what differs is "
        "the method.",
    ),
    Choice(
        name="no power",
        ask="A trial with a few runs that spread widely finds no difference. It has no power. What "
        "do you conclude?",
        options=(
            "The two methods are equally good.",
            "Nothing: it could not have seen a difference of the size that matters.",
            "The first method is worse.",
        ),
        right=1,
        because="To call two methods level, the interval of the ratio must be close to 1.",
    ),
    Choice(
        name="what AdaFactor saves",
        ask="For a weight matrix of 1,000 × 500 numbers, how many numbers does AdaFactor keep in "
        "place of v?",
        options=("500,000", "1,500", "1"),
        right=1,
        because="One mean for each row and one for each column: 1,000 + 500.",
        truth=lambda: nearest((500_000, 1500, 1), 1000 + 500),
    ),
)
