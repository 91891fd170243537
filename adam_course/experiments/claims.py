"""Twenty claims of four articles on Adam, each put on trial: conditions that a number can fail.

`CLAIMS` holds them by name, "C1" to "C20". A claim is tried in several settings; in each the
outcome is True, False, None where the runs leave it open, or `NO_POWER` where they could not have
seen a difference of the size in question. `verdict` makes one word of the outcomes.

Lesson 16 tells the story, and the lesson that a claim names has tried it first. A few trials take
ten seconds, so what comes out of all is stored. Several rest on other stored experiments.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from adam_course import experiments, optimizers, problems, schedules
from adam_course.descend import descend
from adam_course.paired import compare
from adam_course.problems import counterexamples
from adam_course.problems.mini_batches import MiniBatches
from adam_course.tuning import tune

#: Who makes them, as far as the articles are known.
ARTICLES = {
    "A": "an article by one of Built In's expert contributors",
    "B": "a tutorial on a technology blog, whose title and year are not in our copy",
    "C": "“Adam optimizer: A Quick Introduction”, a tutorial with an example in Keras",
    "D": "“Adam Optimizer”, by OpenGenus",
}
NO_POWER = "no power"
#: "Nearly as good" and "hardly more" mean within this factor.
BAR = 2
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


def ahead(ours, theirs):
    """Return whether our losses (n,) are ahead of theirs in matched pairs, by whatever margin.

    False, too, if they are level: no more than a quarter apart.
    """
    pairs = compare(ours, theirs)
    return OUTCOMES[pairs.verdict()] if pairs.ahead is None else pairs.ahead


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
    """Twelve methods on the digits network of lesson 13, and its model of rare words.

    Each has the best of its rates and is judged in 20 new runs, matched pair by pair. In the model
    of words gradients are exact, so one run says all.
    """
    race, words = experiments.load("networks"), experiments.load("heavy_tails")
    adam = race["Adam"]["losses"]
    sgd, momentum = (
        compare(adam, race[name]["losses"]) for name in ("gradient descent", "momentum")
    )
    return Trial(
        {
            "the opponent is plain SGD": ahead(adam, race["gradient descent"]["losses"]),
            "it has momentum": ahead(adam, race["momentum"]["losses"]),
            "it has momentum, and words are rare": bool(
                words["Adam"]["excess"] < words["momentum"]["excess"]
            ),
        },
        f"Adam's loss is {sgd.ratio:.2f} times SGD's and {momentum.ratio:.2f} times momentum's",
    )


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

    memories, race = (0.9, 0.99, 0.999), experiments.load("networks")
    prop = best(*(optimizers.RMSProp(rho=memory) for memory in memories))
    adam = best(*(optimizers.Adam(beta2=memory) for memory in memories))
    network = race["Adam"]["losses"], race["RMSProp"]["losses"]
    return Trial(
        {
            "a curved valley has to be followed": ahead(adam, prop),
            "a network reads digits": ahead(*network),
        },
        f"Adam's loss is {compare(*network).ratio:.2f} times RMSProp's on the network, and lower "
        f"in the valley from {compare(adam, prop).wins} of 20 starts",
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


def follow(optimizer, jump, after=200):
    """Return the places (steps, …, 100) of runs after a target in noise, which jumps by 10."""
    noise = np.random.default_rng(0).normal(size=(jump + after, 100))
    x, path = np.zeros(np.broadcast_shapes(optimizer.batch_shape, (100,))), []
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

    The times are those of one machine, stored by a benchmark.
    """
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
        },
        f"share of a step: {work[small]:.1%} of the operations and {time[small]:.0%} of the time "
        f"with a batch of 64, {time[large]:.1%} of the time with 1024",
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
    """Texts of lesson 04 in which all, a few or next to none of the rare words tell.

    SGD has rates in proportion to the root of how often a word occurs, or the same for all. Each
    has the best of 13, on texts held back; twelve seeds, matched.
    """
    worlds = {
        "every word tells": (1000, 4000, None),
        "30 of 1,000 words tell": (1000, 4000, 30),
        "10 of 300 words tell": (300, 1600, 10),
    }
    losses = {world: smaller_and_equal(*numbers) for world, numbers in worlds.items()}
    won = [compare(*pair).wins for pair in losses.values()]
    return Trial(
        {world: ahead(*pair) for world, pair in losses.items()},
        f"smaller rates win in {', '.join(map(str, won))} of 12 seeds",
    )


def smaller_and_equal(words, texts, telling, seeds=12):
    """Return losses (2, seeds) on new texts: with smaller rates for rare words, and equal ones."""
    losses, power = [], np.array([[[0.5]], [[0.0]]])
    for seed in range(seeds):
        text = problems.SparseText(words, texts, telling=telling, seed=seed)
        sgd = optimizers.GradientDescent(np.geomspace(0.01, 10, 13)[:, None] * text.share**power)
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
            "you mean ε in half precision": bool(np.float16(1e-8) > 0),
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
    """
    found, room = experiments.load("hyperparameters"), {}
    for name in NUMBERS:
        ends = [found[steps][name]["room"] for steps in found]
        room[name] = [float(last / first) for first, last in ends]
    return Trial(
        {f"you mean {sign}": min(room[name]) >= 100 for name, sign in NUMBERS.items()},
        "each may move, in 140 and in 1,400 steps, by a factor of: "
        + ", ".join(f"{NUMBERS[name]} {a:,.0f} and {b:,.0f}" for name, (a, b) in room.items()),
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
        {"ε sets no length": further < BAR, "it is good as it comes": cost < BAR},
        f"100 ε goes {further:.1f} times as far; untuned, {cost:.1f} times the loss",
    )


@claimed("C19", "A", "no more tuning", "the days of tuning rates by hand are over", 9)
def no_more_tuning():
    """Adam's default rate beside its best one, and a constant rate beside a cosine, both tuned."""
    race, family = experiments.load("networks")["Adam"], experiments.load("family")
    cost = float(np.median(race["losses at default"]) / np.median(race["losses"]))
    settings, gains = {"the default rate will do": cost < BAR}, []
    adam = list(family["methods"]).index("Adam")
    for task in ("digits", "text"):
        cosine, constant = (
            family[f"{task}, {plan}"]["losses"][adam] for plan in ("cosine", "constant")
        )
        settings[f"a constant rate will do, on {task}"] = (
            compare(cosine, constant).verdict() != "ahead"
        )
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
    """Tuned SGD beside tuned Adam: texts in which most words are rare; a target in noise alone.

    The texts: one pass, 13 rates, twenty runs. The target: it stands 10 away, 19 rates, a hundred
    runs.
    """
    text = problems.SparseText(words=500, texts=2000)
    batches = MiniBatches(text, 10, len(text.train))

    def sparse(make):
        tuned = tune(batches, make(1), np.geomspace(1e-3, 10, 13), np.zeros((20, 500)), 150)
        return tuned.score

    def noisy(make):
        end = follow(make(np.geomspace(1e-3, 1, 19)[:, None]), jump=0, after=300)[-1]
        losses = (end - 10) ** 2 / 2
        return losses[np.median(losses, axis=1).argmin()]

    found = [
        [trial(optimizers.Adam), trial(optimizers.GradientDescent)] for trial in (sparse, noisy)
    ]
    rare, noise = (compare(*pair).ratio for pair in found)
    return Trial(
        {
            "gradients are sparse": ahead(*found[0]),
            "they are noisy, and nothing else": ahead(*found[1]),
        },
        f"Adam's loss is {rare:.2f} times SGD's where words are rare, {noise:.2f} times in noise",
    )


@claimed("C13", "B", "AdamW is L2", "AdamW is Adam with L2, and reduces overfitting", 10)
def adamw_is_l2():
    """One step from 1 with a gradient of 10, α = 0.01, λ = 0.5; and lesson 10's trial on digits."""
    test, one = experiments.load("weight_decay")["trial"]["constant"]["test"], np.ones(1)
    rules = optimizers.AdamL2(0.01, weight_decay=0.5), optimizers.AdamW(0.01, weight_decay=0.5)
    first = [float(rule.step(one, 10 * one)[0]) for rule in rules]
    pairs = compare(test["AdamW"], test["none"])
    return Trial(
        {
            "it means: the same rule": bool(np.isclose(*first)),
            "it means: less overfitting": pairs.ahead,
        },
        f"a step to {first[0]:.3f} or {first[1]:.3f}; less loss on new images in {pairs.wins} of "
        f"{len(pairs.ratios)} draws",
    )


@claimed("C9", "B C", "generalises better", "Adam generalises better; on small data SGD does", 11)
def generalises_better():
    """Errors on new digits after learning 50, 200 or 800: twenty starts and draws, matched pairs.

    Rates are tuned on other digits, constant ones and under a cosine.
    """
    found, settings, ratios = experiments.load("small_data"), {}, []
    for plan, ending in {"a constant rate": "", "a cosine": ", cosine"}.items():
        sgd, adam = (found[f"{name}{ending}"]["test error"] for name in ("SGD", "Adam"))
        settings[f"Adam, on 800 digits, {plan}"] = ahead(adam[-1], sgd[-1])
        settings[f"SGD, on 50 digits, {plan}"] = ahead(sgd[0], adam[0])
        ratios.append([compare(ours, theirs).ratio for ours, theirs in zip(adam, sgd, strict=True)])
    numbers = " and ".join(f"{row[0]:.2f} (50 digits) and {row[-1]:.2f} (800)" for row in ratios)
    return Trial(settings, f"Adam's errors over SGD's: {numbers} under a cosine")


@claimed("C11", "C", "escapes saddles", "Adam escapes minima and saddles where SGD gets stuck", 11)
def escapes_saddles():
    """Lesson 11's saddle, whose way out is κ times as flat as the rest, from y = 0.001 beside it.

    Both have the best of 60 rates. Adam escapes where SGD is stuck if it comes within 0.05 of a
    minimum in 2,000 steps and SGD does not, or needs twice as many. A start on the ridge itself,
    and the valley of the cubic, whose rim is at 0, ask the same.
    """
    rates, settings, steps = np.geomspace(1e-3, 3, 60), {}, {}

    def arrival(optimizer, saddle, beside):
        start = [[-1.5, beside]]
        run = tune(saddle, optimizer, rates, start, 2000, every=1).run
        places = np.hypot(run.thetas[..., 0], np.abs(run.thetas[..., 1]) - 1)
        arrived = places < 0.05
        return int(np.where(arrived.any(axis=0), arrived.argmax(axis=0), 2001).min())

    rules = optimizers.GradientDescent(1), optimizers.Adam(1)
    for condition in (1, 10, 100, 1000):
        steps[condition] = [arrival(r, problems.Saddle(condition), 1e-3) for r in rules]
        settings[f"beside a saddle, κ = {condition}"] = stuck(*steps[condition])
    settings["on the ridge"] = stuck(*(arrival(r, problems.Saddle(), 0.0) for r in rules))
    out = []
    for rule in rules:
        tuned = tune(problems.Cubic(), rule, 10 * rates, [[2.5]], 1000)
        left = (tuned.run.final[:, 0, 0] < 0) | np.isinf(tuned.scores[:, 0])
        out.append(tuned.rates[left].min() if left.any() else np.inf)
    settings["in a valley"] = bool(np.isinf(out[0]) and np.isfinite(out[1]))
    listed = ", ".join(f"{a} and {b} (κ = {kappa})" for kappa, (a, b) in steps.items())
    return Trial(settings, f"steps out of the saddle, SGD and Adam: {listed}")


def stuck(sgd, adam, limit=2000):
    """Return whether SGD is stuck in a number of steps where Adam is not."""
    return adam <= limit and sgd > BAR * adam


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
            "in 80 GB, for 7 billion parameters": giga < 40,
        },
        "bytes a parameter: "
        + ", ".join(f"{name} {size}" for name, size in kept.items())
        + f"; {beside:.1%} of the activations; {giga:.0f} GB",
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
    "C6", "A B D", "bias correction fades", "it matters, then fades; without it runs can blow up", 7
)
def bias_correction_fades():
    """The digits, one pass of 28 mini-batches, β₂ = 0.9999, ten starts of the order of the batches.

    Adam's rate is tuned with the correction. Without it the same rate, five times the rate, and a
    rate of its own. A run blows up if it ends above ln 10, the loss of guessing.
    """

    def undone(t, beta1=0.9, beta2=0.9999):
        return (1 - beta1**t) / np.sqrt(1 - beta2**t)

    digits = problems.DigitsSoftmax()
    batches, starts = MiniBatches(digits, 64, 1797), np.zeros((10, 650))
    rates = 1e-3 * 2.0 ** (np.arange(21) / 2)
    rate = tune(batches, optimizers.Adam(1, beta2=0.9999), rates, starts, 28).rate
    bare = optimizers.Adam(undone, beta2=0.9999)
    tuned = tune(batches, bare, [rate, 5 * rate, *rates], starts, 28)
    same, five = np.median(tuned.scores[:2], axis=1)
    own = np.median(tuned.scores[2:], axis=1).min()
    guess = np.log(10)
    return Trial(
        {
            "it may take 4,000 steps to fade": bool(undone(4000, beta2=0.999) < 1.01),
            "the rate is kept": bool(same > guess),
            "the rate is five times too large": bool(five > guess),
            "the rate is tuned anew": bool(own > guess),
        },
        f"without it the loss ends at {same:.2f} with Adam's best rate, {rate:.2f}, at {five:.0f} "
        f"with five times that, and at {own:.2f} with its own",
    )


@claimed(
    "C12", "A B", "AMSGrad repairs", "AMSGrad repairs Adam if losses are convex; rarely needed", 11
)
def amsgrad_repairs():
    """Lesson 11's games, in which −1 is best and Adam goes to +1; and lesson 12's races.

    "Rarely needed" means: PyTorch's AMSGrad is not ahead of Adam. A race has to be long for Adam's
    memory, so Adam and AMSGrad with a memory of 100 steps are compared.
    """
    fading, ends = schedules.InverseSquareRoot(0.5), {}
    for make in (optimizers.Adam, optimizers.AMSGrad):
        cycle = counterexamples.play(make(fading, beta1=0, beta2=0.1), counterexamples.cycle(2000))
        random = experiments.load("rare_gradients")[make.__name__]["ends"][0]
        ends[make.__name__] = float(cycle[-3:].mean()), float(np.median(random))
    (adam_1, adam_2), (ams_1, ams_2) = ends.values()
    words = {race: verdict_of("AMSGrad (PyTorch), β2 = 0.99", race) for race in races()}
    needed = {race: word != "ahead" and OUTCOMES[word] is False for race, word in words.items()}
    open_ones = {
        race: OUTCOMES[word] for race, word in words.items() if word in ("open", "no power")
    }
    return Trial(
        {
            "it means: turns the games round": max(ams_1, ams_2) < 0 < min(adam_1, adam_2),
            **{
                f"it means: not needed, {race}": held for race, held in (needed | open_ones).items()
            },
        },
        f"Adam at {adam_1:+.2f} and {adam_2:+.2f}, AMSGrad at {ams_1:+.2f} and {ams_2:+.2f}; "
        f"ahead in {sum(word == 'ahead' for word in words.values())} of {len(words)} races",
    )


@claimed("C15", "A", "relatives can win", "NAdam and AMSGrad can beat Adam in some cases", 12)
def relatives_can_win():
    """Lesson 12's four races, with rates tuned for each and 20 matched pairs: one case is enough.

    A case counts if it is ahead on both grids of rates.
    """
    settings, told = {}, []
    for name in ("NAdam", "AMSGrad", "AMSGrad (PyTorch)"):
        words = [verdict_of(name, race) for race in races()]
        settings[f"it is {name}"] = "ahead" in words or OUTCOMES[best_of(words)]
        told.append(f"{name} ahead in {words.count('ahead')} of {len(words)}")
    return Trial(settings, "; ".join(told))


def races():
    """Return the names of lesson 12's four races."""
    return [key for key in experiments.load("family") if key not in ("methods", "rivals")]


def verdict_of(name, race):
    """Return what both grids of a race of lesson 12 say of a method beside its rival."""
    family = experiments.load("family")
    return family[race]["both"][list(family["methods"]).index(name)]


def best_of(words):
    """Return of words that are not "ahead" the one that leaves most open."""
    return next((word for word in ("open", "no power") if word in words), "level")


CLAIMS = dict(sorted(CLAIMS.items(), key=lambda item: int(item[0][1:])))
