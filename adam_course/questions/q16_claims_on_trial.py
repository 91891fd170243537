"""The questions of lesson 16: opponents, matched pairs, power, and what became of the claims."""

import numpy as np

from adam_course import experiments
from adam_course.descend import descend
from adam_course.experiments import claims
from adam_course.experiments.claims import follow, verdict
from adam_course.optimizers import AdaGrad, Adam, GradientDescent
from adam_course.paired import compare
from adam_course.problems import Bowl
from adam_course.questions.q15_what_adam_costs import share_in_time
from adam_course.questions.question import Choice, nearest

WORDS = ("ahead", "behind", "level", "no power")
QUICK = ["C1", "C2", "C4", "C7", "C9", "C13", "C14", "C15", "C16", "C17", "C19", "C20"]


def end(optimizer):
    """Return the loss of 50 steps down lesson 01's valley."""
    valley = Bowl(condition=20, curvature=20)
    return descend(valley, optimizer, steps=50, progress=False).losses[-1]


def beside_momentum():
    """Return the matched pairs of Adam and momentum on the digits network."""
    race = experiments.load("networks")
    return compare(race["Adam"]["losses"], race["momentum"]["losses"])


def amsgrad_apart():
    """Return by how much the losses of PyTorch's AMSGrad and of Adam are apart at most."""
    family = experiments.load("family")
    ours, theirs = (list(family["methods"]).index(name) for name in ("AMSGrad (PyTorch)", "Adam"))
    losses = family["digits, cosine"]["losses"]
    return np.median(np.abs(losses[ours] / losses[theirs] - 1))


def steps_after(jump):
    """Return AdaGrad's steps to half of the way after a target's jump."""
    path = follow(AdaGrad(1.0), jump)
    return np.argmax(path[jump:].mean(axis=1) > 5) + 1


def verdicts_turned(bar, size):
    """Return how many of the quick trials have another verdict with other conventions."""
    before = claims.BAR, claims.SIZE
    claims.BAR, claims.SIZE = bar, size
    try:
        verdicts = [claims.CLAIMS[name].trial().verdict for name in QUICK]
    finally:
        claims.BAR, claims.SIZE = before
    stored = experiments.load("claims")
    return sum(stored[name]["verdict"] != word for name, word in zip(QUICK, verdicts, strict=True))


PREDICT = (
    Choice(
        name="another rate for the opponent",
        ask="In the race above gradient descent had the rate 0.01. Now it gets 0.09, and nothing "
        "else changes. Where does it end?",
        options=(
            "still above Adam: a rate does not change the order",
            "about level with Adam",
            "far below Adam",
            "nowhere: it diverges",
        ),
        right=2,
        because="With 0.09, just below the limit of lesson 01, gradient descent ends about fifty "
        "times lower than Adam. Both races are honest about what they measured. But each gave one "
        "side a bad rate: Adam's 0.3 was not tuned, either.",
        truth=lambda: 2 if end(GradientDescent(0.09)) < end(Adam(0.3)) / 10 else 0,
    ),
    Choice(
        name="twelve pairs of twenty",
        ask="Adam and momentum, both tuned, 20 pairs: Adam's loss is lower in 12 of them. The "
        "median ratio is 0.89, its interval goes from 0.77 to 1.20, and the power is 0.25. What "
        "may you say?",
        options=(
            "Adam is ahead: it has won most pairs.",
            "Momentum is ahead.",
            "The two are level, for the interval holds 1.",
            "Nothing: such a trial misses a lead of a quarter three times in four.",
        ),
        right=3,
        because="12 of 20 is what a fair coin often gives. “Level” would be a finding, too: for it "
        "the whole interval has to lie between 0.80 and 1.25, and 0.77 lies outside. So this is a "
        "trial without power: a real lead of a quarter could have hidden in it.",
        truth=lambda: WORDS.index(beside_momentum().verdict()),
    ),
    Choice(
        name="AMSGrad beside Adam",
        ask="Run PyTorch's AMSGrad and Adam for 300 steps on the digits, with β₂ = 0.999 and "
        "everything else equal. By how much do their losses differ?",
        options=(
            "by about one per cent",
            "by about a tenth",
            "by about a quarter",
            "by a factor of two or more",
        ),
        right=0,
        because="AMSGrad differs from Adam only where v has fallen below its largest value. A v "
        "with a memory of 1,000 steps hardly falls in 300. So the two are nearly the same method "
        "here, whatever their names are.",
        truth=lambda: nearest((0.007, 0.1, 0.25, 1), amsgrad_apart()),
    ),
    Choice(
        name="AdaGrad after a late jump",
        ask="A target stands still, in noise, and then it jumps. If it jumps at step 100, AdaGrad "
        "needs 17 steps for half of the way. And if it jumps at step 5,000?",
        options=(
            "about 17: the jump has the same size",
            "about 60",
            "about 850: fifty times as many",
            "it never gets there",
        ),
        right=1,
        because="AdaGrad divides by the root of a sum of squares, and the sum is fifty times as "
        "large: √50 is 7. But the large gradients after the jump swell the small sum ninefold and "
        "the large one not even twofold. So the late run needs about 3.4 times as many: 58 steps.",
        truth=lambda: nearest((17, 60, 850, 1e5), steps_after(5000)),
    ),
    Choice(
        name="an update's share of the time",
        ask="A layer of 1024 × 1024 weights learns with a batch of 64, and Adam's update takes "
        "17 % of the time of a step (lesson 15). What share does it take with a batch of 1,024?",
        options=(
            "about 0.2 %, as of the operations",
            "about 1.4 %",
            "about 8 %",
            "17 %: the update is the same",
        ),
        right=1,
        because="The update is the same, and forward and back have sixteen times as much to do. It "
        "still takes more of the time than of the operations, for it waits for memory. So the same "
        "sentence is true in one unit, or with one batch, and false in another.",
        truth=lambda: nearest((0.002, 0.014, 0.08, 0.17), share_in_time(1024)),
    ),
    Choice(
        name="an appeal against two conventions",
        ask="Now “nearly as good” means within a factor of 5 instead of 2, and the ratio of losses "
        "that matters is 1.02 instead of 1.25. Twelve trials are run again. How many of the twelve "
        "verdicts turn?",
        options=("none", "about three", "about six", "ten or more"),
        right=1,
        because="Three turn. C9 is no longer false: under a cosine SGD makes a few per cent fewer "
        "errors on 50 digits. C16 and C19 become false. The other nine rest on differences that no "
        "such convention hides, though single marks may turn.",
        truth=lambda: nearest((0.5, 3, 6, 11), verdicts_turned(bar=5, size=1.02) or 0.5),
    ),
)

RECALL = (
    Choice(
        name="what a matched pair shares",
        ask="Two runs of different methods are a matched pair. What do they share?",
        options=(
            "the rate",
            "the start and the mini-batches",
            "the loss at the end",
        ),
        right=1,
        because="Then luck with the start or the data helps both, and what is left is the methods. "
        "The rate is tuned for each.",
    ),
    Choice(
        name="what power is",
        ask="A trial finds no difference between two methods. Its power for a ratio of 1.25 is "
        "0.2. What have you learned?",
        options=(
            "They are equally good.",
            "They differ by less than 1.25, with a confidence of 80 %.",
            "Next to nothing: it would have missed such a difference four times in five.",
        ),
        right=2,
        because="Power is the probability that the trial sees a difference of that size, if there "
        "is one. Without power, “we found no difference” says nothing.",
    ),
    Choice(
        name="large gradient, small factor",
        ask="“Parameters with large gradients take small steps with Adam.” What is right about it?",
        options=(
            "The factor on the gradient is small; the step is as long as the others.",
            "The step is shorter, in proportion to the gradient.",
            "Nothing: the factor is the same for all.",
        ),
        right=0,
        because="Adam divides by the gradient's usual size. The factor becomes small, and the "
        "product, the way gone, comes out about the same for all.",
    ),
    Choice(
        name="what holds only if says",
        ask="A claim held in two settings and failed in one. Which word is right?",
        options=("It holds, in most cases.", "It is false.", "It holds only if …"),
        right=2,
        because="And the “if” is the finding: it names the settings in which the claim held.",
        truth=lambda: 2 if verdict([True, True, False]) == "holds only if" else 0,
    ),
    Choice(
        name="when Adam escapes first",
        ask="A start beside a saddle, all rates tuned. Where is plain gradient descent stuck and "
        "Adam not?",
        options=(
            "at every saddle: Adam has momentum",
            "where the way out is much flatter than the rest",
            "on the ridge itself, where no gradient leads away",
        ),
        right=1,
        because="The steep direction limits gradient descent's rate, and the flat one then takes "
        "many steps. Adam scales each direction by itself. On the ridge all methods stay.",
    ),
)
