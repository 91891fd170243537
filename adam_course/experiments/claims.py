"""Twenty claims of four articles on Adam, each put on trial: conditions that a number can fail.

`CLAIMS` holds them by name, "C1" to "C20". A claim is tried in several settings; in each the
outcome is True, False, None where the runs leave it open, or `NO_POWER` where they could not have
seen a difference of the size in question. `verdict` makes one word of the outcomes.

Lesson 16 tells the story, and the lesson that a claim names has tried it first. A few trials take
ten seconds, so what comes out of all is stored. Several rest on other stored experiments.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from adam_course import experiments, optimizers, problems, schedules
from adam_course.descend import descend
from adam_course.paired import SIZE, compare, needed
from adam_course.problems import counterexamples
from adam_course.problems.mini_batches import MiniBatches
from adam_course.tuning import refine, tune

#: Who makes them, as far as the articles are known.
ARTICLES = {
    "A": "an article by one of Built In's expert contributors",
    "B": "a tutorial on a technology blog, whose title and year are not in our copy",
    "C": "“Adam optimizer: A Quick Introduction”, a tutorial with an example in Keras",
    "D": "“Adam Optimizer”, by OpenGenus",
}
NO_POWER = "no power"
#: "Nearly as good" and "hardly more" mean within this factor; stuck is who needs this many times
#: the steps.
BAR, STUCK = 2, 10
#: Rates are tuned in steps of √2, and once more in half that step: what turns is open.
GRIDS = 2**0.5, 2**0.25
#: Lesson 17's plans, and the ratio of two perplexities that matters there.
WORDS_PLANS, MATTERS = ("constant", "cosine"), 1.05
#: Adam's hyperparameters, and how the lessons write them.
NUMBERS = {"lr": "α", "beta1": "β₁", "beta2": "β₂", "eps": "ε"}


class Trial(NamedTuple):
    """What came out: settings → outcome, and the evidence in a sentence."""

    settings: dict
    evidence: str

    @property
    def verdict(self):
        """The verdict, as `verdict` has it."""
        return verdict(self.settings.values())


@dataclass(frozen=True)
class Claim:
    """A claim: its name, who makes it, a short topic, its words, the lesson that tried it first.

    Attributes:
        trial: a function without arguments that tries it and returns a `Trial`; its docstring
            says how.
    """

    name: str
    articles: str
    topic: str
    words: str
    lesson: int
    trial: Callable[[], Trial]


CLAIMS = {}


def claimed(name, articles, topic, words, lesson):
    """Return a decorator that makes a function the trial of a claim."""

    def listed(trial):
        CLAIMS[name] = Claim(name, articles, topic, words, lesson, trial)
        return trial

    return listed


def verdict(outcomes):
    """Return the word for the outcomes of a claim in its settings.

    "holds" in all; "holds only if" in some; "false" in none; and where it held in none and some
    are open, "cannot tell", or "without power" if every open one is so for want of power.
    """
    outcomes = list(outcomes)
    if any(outcome is True for outcome in outcomes):
        return "holds" if all(outcome is True for outcome in outcomes) else "holds only if"
    if None in outcomes:
        return "cannot tell"
    return "without power" if NO_POWER in outcomes else "false"


#: What the verdict of matched pairs means for the claim that one side is ahead.
OUTCOMES = {"ahead": True, "behind": False, "level": False, "open": None, "no power": NO_POWER}


def ahead(ours, theirs, size=None):
    """Return whether our losses (n,) are ahead of theirs in matched pairs.

    By whatever margin that is no chance, or by a ratio of `size` if it is given. Where the pairs
    find no margin: False if they are level, at most `SIZE` apart, `NO_POWER` or None if not.
    """
    pairs = compare(ours, theirs)
    if size is None and pairs.ahead is not None:
        return pairs.ahead
    return OUTCOMES[pairs.verdict(size or SIZE)]


def agreed(outcomes):
    """Return the outcome that all have, and None if they differ."""
    first, *others = outcomes
    return first if all(other == first for other in others) else None


def other_than(outcome):
    """Return the outcome of the opposite claim; what is open stays open."""
    return not outcome if isinstance(outcome, bool) else outcome


def compute():
    """Return for each claim its verdict, its settings with their outcomes, and its evidence."""
    trials = {name: claim.trial() for name, claim in CLAIMS.items()}
    return {
        name: {"verdict": trial.verdict, "settings": trial.settings, "evidence": trial.evidence}
        for name, trial in trials.items()
    }


# ---- speed ---------------------------------------------------------------------------------------


@claimed("C1", "A B C", "faster than SGD", "Adam converges faster than SGD", 13)
def faster_than_sgd():
    """Adam and SGD, plain and with momentum: lesson 13's network and rare words, lesson 17's model.

    Each has its best rate and is judged in 20 new runs, at a constant rate and under a cosine. In
    the model of words gradients are exact, so one run says all.
    """
    words, settings = experiments.load("heavy_tails"), {}
    for words_for, name in (("plain SGD", "gradient descent"), ("SGD with momentum", "momentum")):
        for plan in PLANS:
            settings[f"than {words_for}, {plan}"] = raced("Adam", name, plan)
    settings["than SGD with momentum, words are rare"] = bool(
        words["Adam"]["excess"] < words["momentum"]["excess"]
    )
    for words_for, name in (("plain SGD", "SGD"), ("SGD with momentum", "momentum")):
        settings[f"than {words_for}, a language model"] = ahead_in_words("Adam", name)
    sgd, momentum = (ratio_of("Adam", name) for name in ("gradient descent", "momentum"))
    return Trial(
        settings,
        f"at a constant rate Adam's loss is {sgd:.2f} times SGD's and {momentum:.2f} times that of "
        "SGD with momentum",
    )


def learned(plan, *names, grid=2**0.5):
    """Return the losses of methods in the race of lesson 17, on the text that is learned."""
    stored = experiments.load("language_model")
    race = stored["race"] | stored["relatives"] if grid == GRIDS[0] else stored["finer"]
    return [race[f"{name}, {plan}"]["learned"] for name in names]


def ahead_in_words(ours, theirs):
    """Return whether a method is ahead in lesson 17's race, in both plans and on both grids."""
    return agreed(
        ahead(*learned(plan, ours, theirs, grid=grid)) for plan in WORDS_PLANS for grid in GRIDS
    )


#: Where `networks` has the losses of a race, on its grid of √2 and on the finer one.
PLANS = {
    "constant rate": ("losses", "losses on the finer grid"),
    "cosine": ("losses with a cosine", "losses with a cosine, finer grid"),
}


def raced(ours, theirs, plan):
    """Return whether one method of lesson 13's race is ahead of another on both of its grids."""
    race = experiments.load("networks")
    return agreed(ahead(race[ours][key], race[theirs][key]) for key in PLANS[plan])


def ratio_of(ours, theirs, plan="constant rate"):
    """Return the median ratio of the losses of two methods of lesson 13's race."""
    race, (key, _) = experiments.load("networks"), PLANS[plan]
    return compare(race[ours][key], race[theirs][key]).ratio


@claimed(
    "C14", "B", "RMSProp is slower", "RMSProp lacks momentum and is slower than Adam for it", 5
)
def rmsprop_is_slower():
    """Rosenbrock's valley with exact gradients, and the digits network of C1.

    In the valley both have the best of 25 rates and three memories, from twenty starts.
    """
    valley, rates = problems.Rosenbrock(), np.geomspace(1e-3, 1, 25)
    starts = np.random.default_rng(0).uniform(*np.transpose(valley.window), size=(20, 2))

    def best(*several):
        tuned = [tune(valley, optimizer, rates, starts, 300) for optimizer in several]
        return min((each.score for each in tuned), key=np.median)

    memories = (0.9, 0.99, 0.999)
    prop = best(*(optimizers.RMSProp(rho=memory) for memory in memories))
    adam = best(*(optimizers.Adam(beta2=memory) for memory in memories))
    ratios = [ratio_of("Adam", "RMSProp", plan) for plan in PLANS]
    return Trial(
        {"in a curved valley": ahead(adam, prop)}
        | {f"on a network, {plan}": raced("Adam", "RMSProp", plan) for plan in PLANS},
        f"Adam's loss is lower in the valley from {compare(adam, prop).wins} of 20 starts; on the "
        f"network it is {ratios[0]:.2f} times RMSProp's at a constant rate, {ratios[1]:.2f} times "
        "under a cosine",
    )


@claimed("C16", "D", "AdaGrad stalls", "AdaGrad's rate decays to a stall, and RMSProp cures it", 5)
def adagrad_stalls():
    """A hundred runs follow a target in noise, which jumps by 10 at step 100 or at step 5,000.

    Counted are the steps to half of the way; before the jump, the mean squared error.
    """
    steps, error = {}, {}
    for age in (100, 5000):
        for name, rule in (
            ("A", optimizers.AdaGrad(1.0)),
            ("R", optimizers.RMSProp(0.1, rho=0.99)),
        ):
            path = follow(rule, age)
            steps[name, age] = np.argmax(path[age:].mean(axis=1) > 5) + 1
            error[name, age] = np.mean(path[age // 2 : age] ** 2)
    young, old = ([steps[name, age] for name in "AR"] for age in (100, 5000))
    return Trial(
        {
            "the goal moves": bool(old[0] > BAR * young[0] and old[1] < BAR * young[1]),
            "it stands still": bool(error["A", 5000] > error["R", 5000]),
        },
        f"steps after an early jump and a late one: AdaGrad {young[0]}, {old[0]}; RMSProp "
        f"{young[1]}, {old[1]}",
    )


def follow(optimizer, jump, after=200, runs=100):
    """Return the places (steps, …, runs) of runs after a target in noise, which jumps by 10."""
    noise = np.random.default_rng(0).normal(size=(jump + after, runs))
    x, path = np.zeros(np.broadcast_shapes(optimizer.batch_shape, (runs,))), []
    for t in range(jump + after):
        x = optimizer.step(x, x - 10 * (t >= jump) + noise[t])
        path.append(x)
    return np.array(path)


@claimed("C18", "all", "momentum + RMSProp", "Adam is momentum + RMSProp, or AdaGrad + RMSProp", 6)
def a_sum_of_two():
    """The same recorded gradients for all: AdaGrad, and Adam with half of it switched off."""
    run = descend(problems.Regression(), optimizers.Adam(0.1), steps=100, progress=False)

    def steps_of(make, **settings):
        optimizer = make(**settings)
        return np.array([optimizer.step(np.zeros(2), g) for g in run.gradients])

    t = np.arange(1, 101)[:, None]
    fading = schedules.InverseSquareRoot(1)
    average = steps_of(optimizers.Momentum, lr=1, form="ema")
    prop = steps_of(optimizers.RMSProp, lr=1, rho=0.999)
    divisor = steps_of(optimizers.Adam, lr=1, beta1=0)
    numerator = steps_of(optimizers.Adam, lr=1e9, eps=1e9)
    limit = steps_of(optimizers.Adam, lr=fading, beta1=0, beta2=1 - 1e-9)
    first = float(prop[0, 0] / divisor[0, 0])
    return Trial(
        {
            "to momentum and RMSProp you add bias correction": bool(
                np.allclose(divisor, prop * np.sqrt(1 - 0.999**t))
                and np.allclose(numerator, average / (1 - 0.9**t))
            ),
            "to momentum and RMSProp you add nothing": first < BAR,
            "it is AdaGrad with β₁ = 0, β₂ → 1, α/√t": bool(
                np.allclose(limit, steps_of(optimizers.AdaGrad, lr=1))
            ),
        },
        f"RMSProp's first step is {first:.2f} times that of Adam with β₁ = 0",
    )


@claimed("C20", "A B", "cheap update", "Adam's update costs little computation", 15)
def cheap_update():
    """PyTorch's fused Adam on a layer of 1024 × 1024 weights; cheap is under a twentieth of a step.

    And ours on lesson 18's language model. The times are those of one machine, stored by
    benchmarks.
    """
    model = experiments.load("after_adam_times")
    text = model["step"]["Adam"] / (model["step"]["Adam"] + model["gradient"]["16"])
    speed = experiments.load("memory_traffic")
    where, batch = list(speed["sizes"]).index(1024 * 1024), speed["batches"]
    update = speed["nanoseconds"]["torch, fused"][where] * 1024 * 1024 / 1e6  # milliseconds
    time, work = update / (update + speed["layer_milliseconds"]), 14 / (14 + 6 * batch)
    small, large = list(batch).index(64), list(batch).index(1024)
    return Trial(
        {
            "you count operations": bool(work[small] < 0.05),
            "you take the time": bool(time[small] < 0.05),
            "you take the time, and the batch is large": bool(time[large] < 0.05),
            "you take the time, on a language model": bool(text < 0.05),
        },
        f"share of a step: {work[small]:.1%} of the operations and {time[small]:.0%} of the time "
        f"with a batch of 64, {time[large]:.1%} of the time with 1024; {text:.1%} of the time on "
        "a language model",
    )


# ---- rates and hyperparameters -------------------------------------------------------------------


@claimed(
    "C2", "A B C D", "large gradient, small step", "large gradients step less, small ones more", 6
)
def large_gradient_small_step():
    """The first step of two parameters with gradients of 100 and of 0.01, and its factor."""
    g = np.array([100, 0.01])
    way = -optimizers.Adam(lr=1).step(np.zeros(2), g)
    factor = way / g
    return Trial(
        {
            "“step” means the factor on the gradient": bool(factor[0] < factor[1] / BAR),
            "“step” means the way gone": bool(way[0] < way[1] / BAR),
        },
        f"steps {way[0]:.4f}, {way[1]:.4f}; factors {factor[0]:.2f}, {factor[1]:.0f}",
    )


@claimed(
    "C3", "B", "smaller rates if sparse", "parameters with sparse gradients need smaller rates", 4
)
def smaller_rates_if_sparse():
    """Texts of lesson 04 in which all, a few or next to none of the rare words matter.

    SGD has rates in proportion to the root of how often a word occurs, or the same for all. Each
    has the best of 13, a factor of 1.3 apart, on texts held back; twelve seeds, matched.
    """
    worlds = {
        "every word matters": (1000, 4000, None),
        "30 of 1,000 words matter": (1000, 4000, 30),
        "10 of 300 words matter": (300, 1600, 10),
    }
    losses = {world: smaller_and_equal(*numbers) for world, numbers in worlds.items()}
    won = [compare(*pair).wins for pair in losses.values()]
    return Trial(
        {world: ahead(*pair) for world, pair in losses.items()},
        f"smaller rates win in {', '.join(map(str, won))} of 12 seeds, and in the last by "
        f"{1 - compare(*losses['10 of 300 words matter']).ratio:.0%}",
    )


def smaller_and_equal(words, texts, telling, seeds=12):
    """Return losses (2, seeds) on new texts: with smaller rates for rare words, and equal ones."""
    losses, power = [], np.array([[[0.5]], [[0.0]]])
    for seed in range(seeds):
        text = problems.SparseText(words, texts, telling=telling, seed=seed)
        sgd = optimizers.GradientDescent(np.geomspace(0.1, 2, 13)[:, None] * text.share**power)
        theta = np.zeros((2, 13, words))
        for rows in text.train.reshape(-1, 10):
            theta = sgd.step(theta, text.gradient(theta, rows))
        losses.append(np.nanmin(text.value(theta, text.test), axis=1))
    return np.transpose(losses)


@claimed(
    "C7", "A B", "defaults work", "the defaults work nearly everywhere; leave β₂ and ε alone", 8
)
def defaults_work():
    """Lesson 08's sweeps on the digits: what each default costs, as its loss over the best value's.

    20 runs of 140 and of 1,400 steps; a default works if its price is below 2 in both lengths.
    """
    found = experiments.load("hyperparameters")
    price = {name: [found[steps][name]["price"] for steps in found] for name in NUMBERS}
    return Trial(
        {
            **{f"you mean {sign}": max(price[name]) < BAR for name, sign in NUMBERS.items()},
            "you mean ε in float16": bool(np.float16(1e-8) > 0),
        },
        "price of the defaults after 140 and 1,400 steps: "
        + ", ".join(f"{NUMBERS[name]} {a:.1f} and {b:.1f}" for name, (a, b) in price.items())
        + " times the best loss",
    )


@claimed("C8", "A B D", "robust to its numbers", "Adam is robust to its hyperparameters", 8)
def robust_to_its_numbers():
    """The sweeps of C7: the factor by which a number may move before the loss is twice the best.

    The betas are read as memories, 1/(1 − β) steps, up to the run's length; forgiving is a factor
    of 100 in both lengths. β₁ of a short run can hardly move so far: its grid is 140 steps wide.
    The grid of ε ends at 1e-12, so that its factor is a lower bound.
    """
    found, room = experiments.load("hyperparameters"), {}
    for name in NUMBERS:
        ends = [found[steps][name]["room"] for steps in found]
        room[name] = [float(last / first) for first, last in ends]
    return Trial(
        {f"you mean {sign}": min(room[name]) >= 100 for name, sign in NUMBERS.items()},
        "each may move, in 140 and in 1,400 steps, by a factor of: "
        + ", ".join(f"{NUMBERS[name]} {a:,.0f} and {b:,.0f}" for name, (a, b) in room.items())
        + " at least",
    )


@claimed("C17", "A", "AdaDelta: no rate", "AdaDelta needs no learning rate", 5)
def adadelta_needs_no_rate():
    """A steady slope, with ε and with 100 ε; and the digits network, untuned and with a rate."""
    delta, theta = optimizers.AdaDelta(eps=np.array([1e-6, 1e-4])), np.zeros(2)
    for _ in range(100):
        theta = delta.step(theta, np.full(2, -5.0))
    further, found = float(theta[1] / theta[0]), experiments.load("networks")["AdaDelta"]
    cost = float(np.median(found["losses at default"]) / np.median(found["losses"]))
    return Trial(
        {"ε does not set the step": further < BAR, "it is good as it comes": cost < BAR},
        f"100 ε goes {further:.1f} times as far; untuned, {cost:.1f} times the loss",
    )


@claimed("C19", "A", "no more tuning", "the days of tuning rates by hand are over", 9)
def no_more_tuning():
    """Adam's default rate beside its best one, and a constant rate beside a cosine, both tuned.

    A constant rate will do if a cosine is not a quarter better.
    """
    race, family = experiments.load("networks")["Adam"], experiments.load("family")
    cost = float(np.median(race["losses at default"]) / np.median(race["losses"]))
    settings, gains = {"the default rate will do": cost < BAR}, []
    adam = list(family["methods"]).index("Adam")
    for task in ("digits", "text"):
        cosine, constant = (
            family[f"{task}, {plan}"]["losses"][adam] for plan in ("cosine", "constant")
        )
        settings[f"a constant rate will do, on {task}"] = other_than(ahead(cosine, constant, SIZE))
        gains.append(compare(cosine, constant).ratio)
    return Trial(
        settings,
        f"the default costs {cost:.0f} times the loss; a cosine takes it down to {gains[0]:.2f} of "
        f"the constant rate's on the digits, {gains[1]:.2f} on the texts",
    )


# ---- noise, rare gradients, new data -------------------------------------------------------------


@claimed(
    "C10", "B C D", "copes with noise, sparsity", "Adam handles noisy and sparse gradients well", 4
)
def copes_with_noise_and_sparsity():
    """Tuned SGD beside tuned Adam: rare words; lesson 17's language model; a target in noise alone.

    Each has its best rate on both `GRIDS`, and new runs. The texts: one pass, twenty pairs. The
    target stands 10 away: 300 steps, a thousand pairs, for the ratios of two such losses scatter.
    """
    text = problems.SparseText(words=500, texts=2000)
    batches, starts = MiniBatches(text, 10, len(text.train)), np.zeros((20, 500))

    def sparse(optimizer, factor):
        coarse = 4.0 ** np.arange(-5, 3)
        rate = refine(batches, optimizer, coarse, starts, 150, factor=factor).rate
        return tune(replace(batches, seed=1), optimizer, [rate], starts, 150).score

    def noisy(optimizer, factor):
        rates = 0.005 * factor ** np.arange(7 / np.log2(factor))[:, None]
        end = follow(replace(optimizer, lr=rates), jump=0, after=300, runs=2000)[-1]
        losses = (end - 10) ** 2 / 2
        return losses[np.median(losses[:, :1000], axis=1).argmin(), 1000:]

    rules = optimizers.Adam(1), optimizers.GradientDescent(1)
    found = [
        [[trial(rule, factor) for rule in rules] for factor in GRIDS] for trial in (sparse, noisy)
    ]
    rare, noise = (compare(*pairs[0]).ratio for pairs in found)
    return Trial(
        {
            "gradients are sparse": agreed(ahead(*pair) for pair in found[0]),
            "they are a language model's": ahead_in_words("Adam", "SGD"),
            "they are noisy, and nothing else": agreed(ahead(*pair) for pair in found[1]),
        },
        f"Adam's loss is {rare:.2f} times SGD's where words are rare, {noise:.2f} times in noise",
    )


@claimed(
    "C13", "B", "AdamW against overfitting", "AdamW is Adam with L2, and reduces overfitting", 10
)
def adamw_is_l2():
    """One step from 1 with a gradient of 10, α = 0.01, λ = 0.5; and lesson 10's trial on digits.

    A hundred of them are learned, with AdamW or Adam, each tuned on ten draws, on two grids, and
    judged in thirty new draws by the loss on new images.
    """
    rounds, one = experiments.load("weight_decay")["trial"], np.ones(1)
    rules = optimizers.AdamL2(0.01, weight_decay=0.5), optimizers.AdamW(0.01, weight_decay=0.5)
    first = [float(rule.step(one, 10 * one)[0]) for rule in rules]
    tests = [rounds[name]["test"] for name in ("constant", "constant, half the step")]
    pairs = compare(tests[0]["AdamW"], tests[0]["none"])
    return Trial(
        {
            "you mean the rule: Adam with L2": bool(np.isclose(*first)),
            "you mean less overfitting": agreed(ahead(one["AdamW"], one["none"]) for one in tests),
        },
        f"the step leads to {first[0]:.3f} with L2 and to {first[1]:.3f} with AdamW; on new images "
        f"AdamW's loss is lower in {pairs.wins} of {len(pairs.ratios)} draws, usually by "
        f"{1 - pairs.ratio:.0%}",
    )


@claimed("C9", "B C", "generalises better", "Adam generalises better; on small data SGD does", 11)
def generalises_better():
    """Errors on new digits after learning 50 or 800: twenty starts and draws, matched pairs.

    Rates are tuned on other digits, constant ones and under a cosine. "Better" is a quarter fewer
    errors, as in lesson 11, for all pairs are tested on the same 497 digits, and another such set
    would move small gaps.
    """
    found, settings, ratios = experiments.load("small_data"), {}, []
    for plan, ending in {"constant rate": "", "cosine": ", cosine"}.items():
        sgd, adam = (found[f"{name}{ending}"]["test error"] for name in ("SGD", "Adam"))
        settings[f"Adam, on 800 digits, {plan}"] = ahead(adam[-1], sgd[-1], SIZE)
        settings[f"SGD, on 50 digits, {plan}"] = ahead(sgd[0], adam[0], SIZE)
        ratios.append([compare(ours, theirs).ratio for ours, theirs in zip(adam, sgd, strict=True)])
    numbers = " and ".join(f"{row[0]:.2f} (50 digits) and {row[-1]:.2f} (800)" for row in ratios)
    return Trial(settings, f"Adam's errors over SGD's: {numbers} under a cosine")


@claimed("C11", "C", "escapes saddles", "Adam escapes minima and saddles where SGD gets stuck", 11)
def escapes_saddles():
    """Lesson 11's saddle, whose way out is κ times as flat as the rest, from y = 0.001 beside it.

    All have the best of 60 rates. SGD is stuck if it needs ten times Adam's steps, or more than
    2,000, until it stays within 0.05 of a minimum. A start on the ridge itself, and the valley of
    the cubic, whose rim is at 0, ask the same.
    """
    sgd, momentum, adam = (
        rule(1) for rule in (optimizers.GradientDescent, optimizers.Momentum, optimizers.Adam)
    )
    settings, told = {}, []
    for kappa in (1, 10, 100, 1000):
        steps = [steps_out(rule, problems.Saddle(kappa)) for rule in (sgd, adam)]
        settings[f"beside a saddle, κ = {kappa}"] = stuck(*steps)
        told.append(f"{' and '.join(map(in_words, steps))} (κ = {kappa})")
    for kappa in (100, 1000):
        steps = [steps_out(rule, problems.Saddle(kappa)) for rule in (momentum, adam)]
        settings[f"κ = {kappa}, SGD has momentum"] = stuck(*steps)
    settings["on the ridge"] = stuck(*(steps_out(r, problems.Saddle(), 0.0) for r in (sgd, adam)))
    out = [rate_out(rule) for rule in (sgd, adam)]
    settings["in a valley"] = bool(np.isinf(out[0]) and np.isfinite(out[1]))
    return Trial(settings, f"steps out of the saddle, SGD and Adam: {', '.join(told)}")


LIMIT = 2000


def steps_out(optimizer, saddle, beside=1e-3):
    """Return after how many steps the best of 60 rates stays at a minimum; inf for over 2,000.

    The start is at x = −1.5, and so far beside the ridge.
    """
    rates = np.geomspace(0.01, 6, 60)
    run = tune(saddle, optimizer, rates, [[-1.5, beside]], LIMIT, every=1).run
    near = np.hypot(run.thetas[..., 0], np.abs(run.thetas[..., 1]) - 1) < 0.05
    stays = len(near) - near[::-1].argmin(axis=0)
    return np.where(near[-1], stays, np.inf).min()


def stuck(theirs, adams):
    """Return whether somebody is stuck, by the steps out, where Adam is not."""
    return bool(np.isfinite(adams) and theirs > STUCK * adams)


def in_words(steps):
    """Return a number of steps in words."""
    return f"{steps:.0f}" if np.isfinite(steps) else f"more than {LIMIT:,}"


def rate_out(optimizer):
    """Return the smallest of 60 rates that leaves the cubic's valley from 2.5, or inf."""
    rates = np.geomspace(0.01, 30, 60)
    tuned = tune(problems.Cubic(), optimizer, rates, [[2.5]], 1000)
    left = (tuned.run.final[:, 0, 0] < 0) | np.isinf(tuned.scores[:, 0])
    return tuned.rates[left].min() if left.any() else np.inf


# ---- definitions and memory ----------------------------------------------------------------------


@claimed("C4", "A C", "little memory", "Adam needs little memory, less than AdaGrad or RMSProp", 15)
def little_memory():
    """Bytes a parameter in float32, beside other rules, a small network and an 80 GB accelerator.

    The network is an article's, for MNIST: a layer of 32 filters, mini-batches of 64. Little is
    less than half of what it stands beside.
    """
    kept = {}
    for optimizer in (optimizers.AdaGrad(), optimizers.RMSProp(), optimizers.Adam()):
        optimizer.step(np.ones(1000, np.float32), np.ones(1000, np.float32))
        arrays = [state for state in optimizer.state.values() if np.ndim(state)]
        kept[type(optimizer).__name__] = sum(array.nbytes for array in arrays) // 1000
    parameters = 32 * (3 * 3 + 1) + 10 * (13 * 13 * 32 + 1)
    activations = 4 * 64 * (28 * 28 + 26 * 26 * 32 + 13 * 13 * 32 + 10)
    beside, giga = kept["Adam"] * parameters / activations, kept["Adam"] * 7e9 / 1e9
    return Trial(
        {
            "beside AdaGrad and RMSProp": kept["Adam"] < min(kept["AdaGrad"], kept["RMSProp"]),
            "beside a small network's activations": beside < 0.5,
            "beside 80 GB, for 7 billion parameters": giga < 40,
        },
        "bytes a parameter: "
        + ", ".join(f"{name} {size}" for name, size in kept.items())
        + f"; {beside:.1%} of the activations; m and v of 7 billion parameters {giga:.0f} GB, with "
        f"weights and gradients {2 * giga:.0f} GB",
    )


@claimed(
    "C5", "all", "it is the variance", "Adam's second moment is the variance of the gradient", 7
)
def it_is_the_variance():
    """Twenty thousand gradients of standard deviation 1 for a hundred parameters: v̂ at the end."""
    settings, found = {}, []
    for mean in (0, 3):
        gradients = np.random.default_rng(0).normal(mean, 1, size=(20_000, 100))
        adam = optimizers.Adam()
        for g in gradients:
            adam.step(np.zeros(100), g)
        v, variance = np.mean(adam.v_hat), gradients.var()
        settings[f"the gradient's mean is {mean}"] = bool(np.isclose(v, variance, rtol=0.1))
        found.append(f"v̂ = {v:.1f} and a variance of {variance:.1f} with a mean of {mean}")
    return Trial(settings, "; ".join(found))


@claimed(
    "C6",
    "A B D",
    "bias correction fades",
    "bias correction matters, then fades; without it runs can blow up",
    7,
)
def bias_correction_fades():
    """The digits, one pass of 28 mini-batches, β₂ = 0.9999, twenty orders of the mini-batches.

    Adam's rate is tuned with the correction, on both `GRIDS`. Without it runs have the same rate,
    twice the rate, and a rate of their own. They blow up if the median ends above ln 10, the loss
    of guessing.
    """
    digits, guess = problems.DigitsSoftmax(), np.log(10)
    batches, starts = MiniBatches(digits, 64, 1797), np.zeros((20, 650))
    bare, ends = optimizers.Adam(undone, beta2=0.9999), []
    for factor in GRIDS:
        adam = optimizers.Adam(1, beta2=0.9999)
        rate = refine(batches, adam, [0.25], starts, 28, factor=factor).rate
        own = refine(batches, bare, [0.01], starts, 28, factor=factor).score
        losses = [*tune(batches, bare, [rate, 2 * rate], starts, 28).scores, own]
        ends.append(np.median(losses, axis=1))
    same, twice, own = (
        agreed(bool(end > guess) for end in pair) for pair in zip(*ends, strict=True)
    )
    return Trial(
        {
            "it fades, and may take 4,000 steps (β₂ = 0.999)": bool(
                undone(4000, 0.9, 0.999) < 1.01
            ),
            "runs blow up at Adam's best rate": same,
            "runs blow up at twice that rate": twice,
            "runs blow up at a rate of their own": own,
        },
        f"guessing has a loss of {guess:.2f}; without correction a run ends at "
        + " or ".join(f"{end:.1f}" for end, _, _ in ends)
        + f" with Adam's best rate (two grids), at {ends[0][1]:.1f} with twice that, at "
        f"{ends[0][2]:.2f} with its own",
    )


def undone(t, beta1=0.9, beta2=0.9999):
    """Return the factor on the rate that takes Adam's bias correction back in step t."""
    return (1 - beta1**t) / np.sqrt(1 - beta2**t)


@claimed(
    "C12", "A B", "AMSGrad repairs", "AMSGrad repairs Adam if losses are convex; rarely needed", 11
)
def amsgrad_repairs():
    """Lesson 11's games, in which −1 is best and Adam goes to +1; and lesson 12's four races.

    The game with rare slopes is turned if AMSGrad ends below 0 in clearly more than half of 20
    sequences. "Rarely needed" is: PyTorch's AMSGrad is not a quarter better. It can be so only
    where v has time to forget: over 300 steps without any gradient √v falls to √(β₂³⁰⁰) at most.
    Where this is above 1/1.25 the trial has no power, whatever comes out. So the races are run with
    a memory of 100 steps as well.
    """
    fading, ends = schedules.InverseSquareRoot(0.5), {}
    for make in (optimizers.Adam, optimizers.AMSGrad):
        cycle = counterexamples.play(make(fading, beta1=0, beta2=0.1), counterexamples.cycle(2000))
        rare = experiments.load("rare_gradients")[make.__name__]["ends"][0]
        ends[make.__name__] = float(cycle[-3:].mean()), rare
    (adam, adams), (amsgrad, amsgrads) = ends.values()
    n, below = len(amsgrads), int(np.sum(amsgrads < 0))
    clear = max(below, n - below) >= needed(n)
    default = [not_needed("AMSGrad (PyTorch)", race) for race in races()]
    can_see = 1 / SIZE > 0.999 ** (300 / 2)
    settings = {
        "it repairs a fixed cycle": amsgrad < 0 < adam,
        "it repairs rare large slopes": below > n / 2 if clear else None,
        "it is not needed, β₂ = 0.999, 300 steps": agreed(default) if can_see else NO_POWER,
    }
    for race in races():
        outcome = not_needed("AMSGrad (PyTorch), β2 = 0.99", race)
        settings[f"it is not needed, β₂ = 0.99, {race}"] = outcome
    return Trial(
        settings,
        f"in the cycle Adam goes to {adam:+.2f} and AMSGrad to {amsgrad:+.2f}; with rare slopes "
        f"Adam ends below 0 in {np.sum(adams < 0)} and AMSGrad in {below} of {n} sequences",
    )


@claimed("C15", "A", "relatives can win", "NAdam and AMSGrad can beat Adam in some cases", 12)
def relatives_can_win():
    """Lesson 12's four races, for NAdam the two of lesson 13 as well, and lesson 17's model.

    Rates are tuned for each, and one case is enough. It counts if it is a quarter ahead on both
    grids of rates; on the language model, if its perplexity is by the factor that matters there.
    """
    settings, told, texts = {}, [], []
    for name in ("NAdam", "AMSGrad", "AMSGrad (PyTorch)"):
        found = [OUTCOMES[verdict_of(name, race)] for race in races()]
        if name == "NAdam":
            found += [raced(name, "Adam", plan) for plan in PLANS]
        settings[f"it is {name}, on digits or rare words"] = any_of(found)
        told.append(f"{name} is ahead in {found.count(True)} of {len(found)} races")
        settings[f"it is {name}, on a language model"] = any_of(on_words(name, "Adam"))
        pairs = compare(*np.exp(learned("constant", name, "Adam")))
        texts.append(f"{name}'s {pairs.ratio:.2f}")
    words = f"on a language model, perplexities over Adam's at constant rates: {', '.join(texts)}"
    return Trial(settings, "; ".join([*told, words]))


def on_words(ours, theirs):
    """Return for both plans of lesson 17's race if a method's perplexity is ahead on both grids."""
    pairs = [[learned(plan, ours, theirs, grid=grid) for grid in GRIDS] for plan in WORDS_PLANS]
    return [agreed(ahead(*np.exp(losses), MATTERS) for losses in plan) for plan in pairs]


def races():
    """Return the names of lesson 12's four races."""
    return [key for key in experiments.load("family") if key not in ("methods", "rivals")]


def verdict_of(name, race):
    """Return what both grids of a race of lesson 12 say of a method beside its rival."""
    family = experiments.load("family")
    return family[race]["both"][list(family["methods"]).index(name)]


def not_needed(name, race):
    """Return whether a method is not ahead of its rival in a race of lesson 12.

    It is enough that it is behind on both grids, by whatever margin.
    """
    family = experiments.load("family")
    found, where = family[race], list(family["methods"]).index(name)
    if min(found["ratio low"][where], found["finer ratio"][where]) > 1:
        return True
    return other_than(OUTCOMES[verdict_of(name, race)])


def any_of(outcomes):
    """Return whether one of the outcomes is True; if none is, the one that leaves most open."""
    return next((one for one in (True, None, NO_POWER) if one in outcomes), False)


CLAIMS = dict(sorted(CLAIMS.items(), key=lambda item: int(item[0][1:])))
