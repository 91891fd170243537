"""Questions of the exam with numbers of their own for each seed, solved twice.

A variant puts new numbers into the question's text from docs/instructors/exam.ipynb. It computes
what is right with the course's optimizers (`course`) and with plain arithmetic that knows
nothing of them (`again`); the key is written from these numbers. `slips` are the results of known
mistakes: a choice question takes its wrong options from them.
"""

import math
import re
from dataclasses import dataclass, field

import numpy as np

from adam_course import optimizers, schedules
from adam_course.problems import counterexamples, transformer
from adam_course.problems.base import log_softmax


@dataclass(frozen=True)
class Drawn:
    """A question with the numbers that a seed has drawn.

    Args:
        text: what is asked, as Markdown.
        key: (points, what earns them) for each part that is asked.
        course: what is right, by name, from the course's optimizers.
        again: the same from plain arithmetic.
        within: by how much the two may differ, as a share.
        slips: (a question with one number for an answer, its unit, the right one, {mistake: what
            it gives}), for a choice; () for none.
    """

    text: str
    key: tuple
    course: dict
    again: dict
    within: float = 1e-9
    slips: tuple = field(default=())


def put(text, *pairs):
    """Return a text with new numbers: each pair is what stands there, and its successor.

    Raises:
        ValueError: it stands there not at all, or more than once.
    """
    for old, new in pairs:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} stands {text.count(old)} times in: {text}")
        text = text.replace(old, f"\0{new}\0")
    return text.replace("\0", "")


def parts(text):
    """Return (points, what earns them) from lines that begin with points; the others go on."""
    found = re.split(r"^ *([\d.]+) \| ", text.strip(), flags=re.MULTILINE)[1:]
    pairs = zip(found[::2], found[1::2], strict=True)
    return tuple((float(points), " ".join(words.split())) for points, words in pairs)


def n(value):
    """Return a number as a text with four digits."""
    return f"{value:.4g}".replace("-", "−")


def row(values):
    """Return numbers as a list in a sentence."""
    *first, last = map(n, values)
    return f"{', '.join(first)} and {last}"


def walk(optimizer, gradients, start=0.0):
    """Return the places of one parameter under given gradients, without the start."""
    theta, path = np.full(1, float(start)), []
    for gradient in gradients:
        theta = optimizer.step(theta, np.array([float(gradient)]))
        path.append(float(theta[0]))
    return np.array(path)


def steps(optimizer, gradients):
    """Return the steps of one parameter under given gradients."""
    return np.diff(walk(optimizer, gradients), prepend=0.0)


def average(beta, values):
    """Return the moving average of values from zero, by its weights."""
    last = len(values) - 1
    return (1 - beta) * sum(beta ** (last - i) * value for i, value in enumerate(values))


# ---- lessons 01 to 05 ---------------------------------------------------------------------------


def _q01(draw, text):
    a = draw.choice((0.5, 2, 4, 5))
    shares = (
        draw.choice((0.2, 0.4, 0.5)),
        draw.choice((1.2, 1.4, 1.5)),
        2,
        draw.choice((2.2, 2.4)),
    )
    rates = [share / (2 * a) for share in shares]
    ends = []
    for rate in rates:
        theta, optimizer = np.ones(1), optimizers.GradientDescent(rate)
        for _ in range(3):
            theta = optimizer.step(theta, 2 * a * theta)
        ends.append(float(theta[0]))
    factors = [1 - share for share in shares]
    return Drawn(
        put(text, ("f(x) = 2x^2", f"f(x) = {a}x^2"), ("0.1, 0.3, 0.5 and 0.6", row(rates))),
        parts(f"""
            1 | The curvature is {n(2 * a)}; each step multiplies x by {row(factors)}.
            1 | After three steps x is {row(ends)}.
            1 | The rates {row(rates[:2])} have come closer.
            1 | From {n(1 / a)} on no run comes closer: 2 divided by the curvature.
        """),
        {"ends": ends, "limit": 2 / (2 * a)},
        {"ends": [factor**3 for factor in factors], "limit": rates[2]},
        slips=(
            f"Gradient descent runs on f(x) = {a}x² from x = 1, with the rate {n(rates[0])}. "
            "Where is it after one step?",
            "",
            factors[0],
            {
                "the derivative taken without the factor 2": 1 - a * rates[0],
                "a step up the slope": 1 + shares[0],
                "the step in place of the new point": -shares[0],
            },
        ),
    )


def _q02(draw, text):
    kappa = draw.choice((25, 50, 100, 200))
    best = 2 / (1 + kappa)
    found = []
    for rate in (best, 2 * best):
        start, curvatures = np.ones(2), np.array([1, kappa])
        found += list(optimizers.GradientDescent(rate).step(start, curvatures * start))
    again = [(kappa - 1) / (kappa + 1), -(kappa - 1) / (kappa + 1)]
    again += [(kappa - 3) / (kappa + 1), (1 - 3 * kappa) / (kappa + 1)]
    return Drawn(
        put(text, ("1 and 100", f"1 and {kappa}"), ("2/101", f"2/{kappa + 1}")),
        parts(f"""
            0.5 | The flat direction has the factor {n(found[2])} in place of {n(found[0])}: it is
                indeed about twice as quick.
            0.5 | The steep one has {n(found[3])}: each step lands farther out, on the other side.
            1 | Directions do not know of each other, so one that diverges takes the loss with it.
                The steepest direction caps the rate.
        """),
        {"factors": found},
        {"factors": again},
        slips=(
            f"A bowl has the curvatures 1 and {kappa}. What is gradient descent's best rate?",
            "",
            best,
            {
                "twice as much, which diverges": 2 * best,
                "one over the sum": 1 / (1 + kappa),
                "the best rate of the flat direction": 1.0,
            },
        ),
    )


def coins(size, batch):
    """Return the noise of the mean of some coins of ± a size, summed over all that can come."""
    heads = range(batch + 1)
    means = (math.comb(batch, k) * ((2 * k - batch) * size / batch) ** 2 for k in heads)
    return math.sqrt(sum(means) / 2**batch)


def _q03(draw, text):
    batch = draw.choice((4, 9, 16))
    size = draw.choice((6, 12, 18, 24))
    share = draw.choice((8, 12, 16, 20))
    target = size / share
    big = round((size / target) ** 2)
    return Drawn(
        put(
            text,
            ("standard deviation 6", f"standard deviation {size}"),
            ("mini-batch of 4", f"mini-batch of {batch}"),
            ("noise of 0.5", f"noise of {n(target)}"),
            ("batch of 4 is", f"batch of {batch} is"),
        ),
        parts(f"""
            0.5 | The noise of a mean is σ/√B: {n(size / math.sqrt(batch))}.
            1 | B = ({size} / {n(target)})² = {big}.
            0.5 | {n(big / batch)} times the work.
        """),
        {"noise": size / math.sqrt(batch), "wanted": target},
        {"noise": coins(size, batch), "wanted": coins(size, big)},
        slips=(
            f"The gradient of one example has the standard deviation {size}. How noisy is the "
            f"gradient of a mini-batch of {batch}?",
            "",
            size / math.sqrt(batch),
            {
                "divided by the batch, not by its root": size / batch,
                "no average at all": float(size),
                "multiplied by the root": size * math.sqrt(batch),
            },
        ),
    )


def _q06(draw, text):
    rate, mu = draw.choice((0.1, 0.2, 0.3)), draw.choice((0.5, 0.6, 0.8))
    paths = []
    for form, lr in (("polyak", rate), ("ema", rate / (1 - mu))):
        ball, theta = optimizers.Momentum(lr, momentum=mu, form=form), np.ones(1)
        paths.append([float((theta := ball.step(theta, theta))[0]) for _ in range(3)])
    theta, m, plain, buffers = 1.0, 0.0, [], []
    for _ in range(3):
        m = mu * m + rate * theta
        theta -= m
        plain.append(theta)
        buffers.append(m)
    return Drawn(
        put(text, ("α = 0.1 and μ = 0.5", f"α = {rate} and μ = {mu}")),
        parts(f"""
            1 | Step 1: m = {n(buffers[0])}, θ = {n(plain[0])}.
            1 | Step 2: m = {n(buffers[1])}, θ = {n(plain[1])}.
            1 | Step 3: m = {n(buffers[2])}, θ = {n(plain[2])}.
            1 | The rate α / (1 − μ) = {n(rate / (1 - mu))}.
        """),
        {"path": paths[0], "the averaging form's": paths[1]},
        {"path": plain, "the averaging form's": plain},
        slips=(
            f"A heavy ball, m ← μm + αg and θ ← θ − m, has α = {rate} and μ = {mu}. Which rate "
            "gives the averaging form, m ← μm + (1 − μ)g and θ ← θ − αm, the same path?",
            "",
            rate / (1 - mu),
            {
                "the same rate": rate,
                "multiplied by 1 − μ": rate * (1 - mu),
                "multiplied by 1 + μ": rate * (1 + mu),
            },
        ),
    )


def _q07(draw, text):
    low, high = sorted(draw.sample((0.5, 0.75, 0.8, 0.9, 0.95, 0.98), 2))
    ball = [-steps(optimizers.Momentum(1.0, momentum=mu), [1.0] * 1500)[-1] for mu in (low, high)]
    return Drawn(
        put(
            text,
            ("momentum of 0.9 and for one of 0.95", f"momentum of {low} and for one of {high}"),
        ),
        parts(f"""
            1 | {n(ball[0])} times for {low}, and {n(ball[1])} times for {high}.
            1 | The formula: the weights of all past gradients add up to 1 / (1 − μ).
        """),
        {"lengths": ball},
        {"lengths": [1 / (1 - mu) for mu in (low, high)]},
        slips=(
            f"All gradients are 1, and μ = {high}. To how many times gradient descent's steps do "
            "the heavy ball's steps grow, at the same rate?",
            "times",
            1 / (1 - high),
            {
                "1 + μ, two steps only": 1 + high,
                "μ / (1 − μ), without the newest gradient": high / (1 - high),
                "1 / (1 − μ²)": 1 / (1 - high**2),
            },
        ),
    )


def _q08(draw, text):
    small, root = draw.choice(((100, 10), (100, 5), (400, 5), (25, 10)))
    large = small * root**2

    def slowest(kappa, ball):
        rate, mu = 2 / (kappa + 1), 0.0
        if ball:
            rate = 4 / (math.sqrt(kappa) + 1) ** 2
            mu = ((math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)) ** 2
        matrices = ([[1 + mu - rate * one, -mu], [1, 0]] for one in (1, kappa))
        return max(abs(np.linalg.eigvals(matrix)).max() for matrix in matrices)

    known = [(large - 1) / (large + 1), (small - 1) / (small + 1)]
    roots = [math.sqrt(large), math.sqrt(small)]
    swing = [(one - 1) / (one + 1) for one in roots]
    ratios = [math.log(one[1]) / math.log(one[0]) for one in (known, swing)]
    again = [math.log(slowest(small, ball)) / math.log(slowest(large, ball)) for ball in (0, 1)]
    return Drawn(
        put(text, ("from 100 to 10,000", f"from {small} to {large:,}")),
        parts(f"""
            1 | Gradient descent needs about {ratios[0]:.0f} times as many, momentum about
                {ratios[1]:.0f} times.
            1 | Each direction of gradient descent has a factor of its own, 1 − αλ, and the flattest
                is the slowest.
            1 | With momentum a direction that swings shrinks by √μ a step, whatever its curvature:
                the two numbers let all directions shrink alike.
        """),
        {"ratios": ratios},
        {"ratios": again},
        within=1e-5,
    )


def _q09(draw, text):
    seen = draw.choice(
        ((3, 4, 0, 12), (4, 3, 0, 12), (5, 12, 0, 84), (6, 8, 0, 24), (8, 6, 0, 24), (12, 9, 0, 20))
    )
    rate = draw.choice((0.1, 0.5, 1.0, 2.0))
    lengths = abs(steps(optimizers.AdaGrad(rate, eps=0), seen))
    sums = [sum(g**2 for g in seen[: i + 1]) for i in range(4)]
    plain = [rate * g / math.sqrt(v) for g, v in zip(seen, sums, strict=True)]
    return Drawn(
        put(text, ("3, 4, 0 and 12", row(seen)), ("α = 0.5", f"α = {n(rate)}")),
        parts(f"""
            1 | v adds up squares: {row(sums)}.
            2 | The steps are α|g| / √v: {row(plain)}.
        """),
        {"steps": list(lengths)},
        {"steps": plain},
        slips=(
            f"One parameter sees the gradients {row(seen[:2])}. AdaGrad starts with v = 0 and has "
            f"α = {n(rate)}. How long is its second step?",
            "",
            plain[1],
            {
                "v without its root": rate * seen[1] / sums[1],
                "v of the newest gradient alone": rate,
                "the mean of the squares": rate * seen[1] / math.sqrt(sums[1] / 2),
            },
        ),
    )


def _q10(draw, text):
    while True:
        rho, limit = draw.choice((0.75, 0.84, 0.96, 0.99)), draw.choice((1.1, 1.2, 1.25, 1.4))
        arrives = math.log(1 - 1 / limit**2) / math.log(rho)
        if arrives > 1.5 and 0.15 < arrives % 1 < 0.85:
            break
    size = draw.choice((2, 3, 5, 20))
    lengths = steps(optimizers.RMSProp(1.0, rho=rho, eps=0), [-size] * 2500)
    first = 1 / math.sqrt(1 - rho)
    return Drawn(
        put(text, ("0.96", rho), ("is −2 in", f"is −{size} in"), ("1.4 α", f"{limit} α")),
        parts(f"""
            1 | The first step is 1/√(1 − ρ) = {n(first)} α: the size of the gradient cancels.
            1 | They settle at α.
            2 | 1/√(1 − ρᵗ) ≤ {limit} from t = {n(arrives)} on, so it is step {math.ceil(arrives)}.
        """),
        {"first": lengths[0], "last": lengths[-1], "step": int(np.argmax(lengths <= limit)) + 1},
        {"first": first, "last": 1.0, "step": math.ceil(arrives)},
        slips=(
            f"RMSProp has ρ = {rho} and starts with v = 0. How long is its first step?",
            "α",
            first,
            {
                "v's weight without its root": 1 / (1 - rho),
                "Adam's first step, which is corrected": 1.0,
                "the root of ρ": 1 / math.sqrt(rho),
            },
        ),
    )


def _q11(draw, text):
    rate, rho = draw.choice((0.01, 0.02, 0.001)), draw.choice((0.75, 0.84, 0.9, 0.96, 0.99))
    rmsprop = optimizers.RMSProp(rate, rho=rho, eps=1e-8)
    wrong = rate * 1 / (math.sqrt(0) + 1e-8)
    return Drawn(
        put(text, ("α = 0.01", f"α = {rate}"), ("ρ = 0.9", f"ρ = {rho}")),
        parts(f"""
            1 | The two lines have changed places: the step divides by the v of before.
            0.5 | The first step is {wrong:,.0f} long, for ε alone divides.
            0.5 | It should be {rate} / √(1 − {rho}) = {n(rate / math.sqrt(1 - rho))}.
        """),
        {"right": -steps(rmsprop, [1.0])[0], "wrong": rate / rmsprop.eps},
        {"right": rate / (math.sqrt(1 - rho) + 1e-8), "wrong": wrong},
    )


# ---- lessons 06 to 10 ---------------------------------------------------------------------------


def _q13(draw, text):
    rate, beta2 = draw.choice((0.1, 0.01, 0.2)), draw.choice((0.75, 0.84, 0.9))
    one = draw.choice((-8, -4, 4, 8))
    seen = (one, -one // 2, draw.choice((-3, -2, 2, 3)))
    adam, theta, found, plain = optimizers.Adam(rate, 0.5, beta2, eps=0), np.zeros(1), [], []
    for t, g in enumerate(seen, start=1):
        before, theta = theta, adam.step(theta, np.array([float(g)]))
        found += [adam.m[0], adam.v[0], adam.m_hat[0], adam.v_hat[0], (theta - before)[0]]
        m, v = average(0.5, seen[:t]), average(beta2, [one**2 for one in seen[:t]])
        m_hat, v_hat = m / (1 - 0.5**t), v / (1 - beta2**t)
        plain += [m, v, m_hat, v_hat, -rate * m_hat / math.sqrt(v_hat)]
    lines = [
        "m = {}, v = {}, m̂ = {}, v̂ = {}, step {}.".format(*map(n, plain[i : i + 5]))
        for i in (0, 5, 10)
    ]
    return Drawn(
        put(
            text,
            ("α = 0.1", f"α = {rate}"),
            ("β₂ = 0.75", f"β₂ = {beta2}"),
            ("4, −2 and 2", row(seen)),
        ),
        parts(f"""
            1 | Step 1: {lines[0]}
            1 | Step 2: {lines[1]}
            1 | Step 3: {lines[2]}
            1 | In the second step the gradients cancel in m, and not in v.
        """),
        {"all": found},
        {"all": plain},
        slips=(
            f"Adam has α = {rate}, β₁ = 0.5 and β₂ = {beta2}. Its first gradient is {n(one)}. How "
            "long is its first step?",
            "",
            rate,
            {
                "divided by v̂, not by its root": rate / abs(one),
                "m not corrected": rate * 0.5,
                "not divided by √v̂": rate * abs(one),
            },
        ),
    )


def _q14(draw, text):
    factor, size = draw.choice((100, 1000, 10_000)), draw.choice((1e-10, 2e-10, 1e-9, 2e-9))
    adam = optimizers.Adam(1.0, eps=1e-8)
    first = -adam.step(np.zeros(2), np.array([size, factor * size]))
    plain = [size / (size + 1e-8), factor * size / (factor * size + 1e-8)]
    return Drawn(
        put(text, ("by 1000", f"by {factor:,}"), ("gradient of 1e-9", f"gradient of {size:g}")),
        parts(f"""
            0.5 | Gradient descent's first step becomes {factor:,} times as long.
            0.5 | Adam's path stays: the factor cancels in m̂ / √v̂.
            1 | That fails where gradients are as small as ε. Here the first step is {n(plain[0])}
                of α, and {n(plain[1])} of α after the multiplication.
        """),
        {"shares": list(first)},
        {"shares": plain},
    )


def _q15(draw, text):
    at = draw.choice((5, 8, 10, 12, 20))
    adam = optimizers.Adam(1.0)
    lengths = []
    for _ in range(3000):
        adam.step(np.zeros(1), np.ones(1))
        lengths.append((adam.m[0] / 0.1) / math.sqrt(adam.v[0] / 0.001))
    plain = 10 * (1 - 0.9**at) / math.sqrt(1000 * (1 - 0.999**at))
    return Drawn(
        put(text, ("10th", f"{at}th")),
        parts(f"""
            1 | The correction has β and not βᵗ: it is right at t = 1 only and never fades.
            1 | The {at}th step is {n(plain)} α long.
            1 | In the long run a step is √(1 − β₂) / (1 − β₁) = {n(math.sqrt(0.1))} α.
            1 | A test: a hundred constant gradients have to move θ by 100 α; or a golden vector of
                a few steps.
        """),
        {"step": lengths[at - 1], "last": lengths[-1]},
        {"step": plain, "last": 10 * (1 - 0.9**3000) / math.sqrt(1000 * (1 - 0.999**3000))},
        within=1e-5,
    )


def _q16(draw, text):
    beta1, others = draw.choice(
        ((0.9, (0.9, 0.9999)), (0.8, (0.99, 0.9999)), (0.5, (0.96, 0.99)), (0.95, (0.99, 0.9999)))
    )
    harmless = round(1 - (1 - beta1) ** 2, 6)
    three = sorted((*others, harmless))
    lengths = []
    for beta2 in three:
        adam = optimizers.Adam(1.0, beta1, beta2)
        adam.step(np.zeros(1), np.full(1, 7.0))
        lengths.append(adam.m[0] / math.sqrt(adam.v[0]))
    plain = [(1 - beta1) / math.sqrt(1 - beta2) for beta2 in three]
    return Drawn(
        put(
            text,
            ("β₁ = 0.9", f"β₁ = {beta1}"),
            ("0.9, 0.99 and 0.9999", ", ".join(map(str, three[:2])) + f" and {three[2]}"),
        ),
        parts(f"""
            2 | (1 − β₁)/√(1 − β₂): {row(plain)} α.
            1 | It is harmless for {harmless}: m and √v are too small by the same factor.
        """),
        {"lengths": lengths},
        {"lengths": plain},
        slips=(
            f"Adam without bias correction has β₁ = {beta1} and β₂ = {three[2]}. How long is its "
            "first step?",
            "α",
            plain[2],
            {
                "the length with the correction": 1.0,
                "v without its root": (1 - beta1) / (1 - three[2]),
                "m alone": 1 - beta1,
            },
        ),
    )


def _q18(draw, text):
    beta, g = draw.choice((0.5, 0.8, 0.9, 0.95)), draw.choice((1, 2, 3))
    m = 0.0
    for t in (1, 2):
        m = (beta * m + (1 - beta) * g) / (1 - beta**t)
    adam = optimizers.Adam(1.0, beta1=beta)
    for _ in range(2):
        adam.step(np.zeros(1), np.full(1, float(g)))
    return Drawn(
        put(text, ("β₁ is 0.9", f"β₁ is {beta}"), ("always 1.", f"always {g}.")),
        parts(f"""
            0.5 | m is {n(m)}: {g} divided by 1 − {beta}².
            0.5 | m̂ should be {g}.
            1 | The corrected average has overwritten the average itself, so the next step corrects
                what is corrected already.
        """),
        {"wrong": m, "right": adam.m_hat[0]},
        {"wrong": g / (1 - beta**2), "right": g},
    )


def _q19(draw, text):
    mean, ratio = draw.choice((1, 2, 3)), draw.choice((0.5, 0.75, 2, 3))
    noise = np.random.default_rng(draw.randrange(2**32))
    adam, theta, way = optimizers.Adam(1.0), np.zeros(400), 0
    for t in range(1500):
        before, theta = theta, adam.step(theta, mean * (1 + ratio * noise.choice((-1, 1), 400)))
        way += float(np.mean(before - theta)) * (t >= 500)
    plain = 1 / math.sqrt(1 + ratio**2)
    return Drawn(
        put(text, ("mean 2", f"mean {mean}"), ("deviation 4", f"deviation {n(mean * ratio)}")),
        parts(f"""
            1 | 1/√(1 + σ²/μ²) with σ/μ = {n(ratio)}: {n(plain)} α.
            0.5 | The loss times 10 changes nothing: only the quotient counts.
            0.5 | Without noise the step is α.
        """),
        {"drift": way / 1000},
        {"drift": plain},
        within=0.03,
    )


def _q21(draw, text):
    rate, whole, climb = (
        draw.choice((0.01, 0.1, 0.2, 0.4)),
        draw.choice((50, 100, 200)),
        draw.choice((10, 20, 25)),
    )
    cosine = schedules.Cosine(rate, whole)
    warm = schedules.Warmup(climb, schedules.Cosine(rate, whole - climb))
    first, second = (1, whole // 2 + 1, whole), (1, climb, climb + 1)
    plain = [rate / 2 * (1 + math.cos(math.pi * (t - 1) / whole)) for t in first]
    warmed = [rate / climb, rate, rate]
    return Drawn(
        put(
            text,
            ("rate 0.1 and 100 steps", f"rate {rate} and {whole} steps"),
            ("steps 1, 51 and 100", f"steps {row(first)}"),
            ("W = 20", f"W = {climb}"),
            ("cosine of 80", f"cosine of {whole - climb}"),
            ("steps 1, 20 and 21", f"steps {row(second)}"),
        ),
        parts(f"""
            2 | The cosine: {row(plain)}. The last step is tiny, and not zero.
            2 | With warm-up: {row(warmed)}.
        """),
        {"cosine": [cosine(t) for t in first], "warm-up": [warm(t) for t in second]},
        {"cosine": plain, "warm-up": warmed},
        slips=(
            f"A warm-up climbs in {climb} steps to the rate {rate}. What is its rate in step 1?",
            "",
            rate / climb,
            {
                "it starts at nothing": 0.0,
                "it starts at the top": rate,
                "it climbs in one step less": rate / (climb - 1),
            },
        ),
    )


def _q23(draw, text):
    size, rate, decay = draw.choice((2, 4, 5)), draw.choice((0.01, 0.005)), draw.choice((0.1, 0.2))
    count = draw.choice((500, 1000))
    signs = np.random.default_rng(draw.randrange(2**32)).choice((-1.0, 1.0), (count, 50))
    ends = []
    for rule, noise in (
        (optimizers.AdamL2, size),
        (optimizers.AdamW, size),
        (optimizers.AdamL2, 2 * size),
    ):
        optimizer, theta = rule(rate, weight_decay=decay), np.ones(100)
        for sign in signs:
            theta = optimizer.step(theta, noise * np.concatenate([sign, -sign]))
        ends.append(float(theta.mean()))
    pull = rate * decay
    plain = [(1 - pull / size) ** count, (1 - pull) ** count, (1 - pull / size / 2) ** count]
    return Drawn(
        put(
            text,
            ("+4 or −4", f"+{size} or −{size}"),
            ("α = 0.01", f"α = {rate}"),
            ("λ = 0.1", f"λ = {decay}"),
            ("1,000 steps", f"{count:,} steps"),
        ),
        parts(f"""
            1 | L2's pull is divided by √v̂, about {size}: {n(plain[0])}.
            1 | AdamW's is not: (1 − αλ)^{count} = {n(plain[1])}.
            1 | Only L2 changes with the noise.
            1 | With noise of size {2 * size} it leaves {n(plain[2])}.
        """),
        {"ends": ends},
        {"ends": plain},
        within=0.03,
        slips=(
            f"AdamW in the frameworks' form has α = {rate} and λ = {decay}. A parameter without a "
            f"gradient stands at 1. What is left of it after {count:,} steps?",
            "",
            plain[1],
            {
                "λ without α, once": 1 - decay,
                "one shrinking only": 1 - pull,
                "a fall along a line": max(0.0, 1 - pull * count),
            },
        ),
    )


def _q24(draw, text):
    start, rate, decay = (
        draw.choice((1, 2, 5)),
        draw.choice((0.01, 0.02, 0.05)),
        draw.choice((0.1, 0.2, 0.5)),
    )
    found = {
        rule.__name__: float(
            rule(rate, weight_decay=decay).step(np.full(1, float(start)), np.zeros(1))[0]
        )
        for rule in (optimizers.AdamL2, optimizers.AdamW)
    }
    return Drawn(
        put(
            text,
            ("θ = 1,", f"θ = {start},"),
            ("α = 0.01", f"α = {rate}"),
            ("λ = 0.1", f"λ = {decay}"),
        ),
        parts(f"""
            1 | It is Adam with L2: the decay has become a part of the gradient and is divided by
                √v̂.
            1 | Here θ goes to {n(start - rate)}: the first step is α whatever the size of the
                decay.
            1 | AdamW brings it to {n(start * (1 - rate * decay))}.
            1 | Leave the gradient alone, and take `lr * weight_decay * theta` away in the last
                line.
        """),
        found,
        {"AdamL2": start - rate, "AdamW": start * (1 - rate * decay)},
        within=1e-6,
    )


# ---- lessons 11 to 15 ---------------------------------------------------------------------------


def _q25(draw, text):
    loud, beta2 = draw.choice(((3, 0.1), (4, 0.1), (3, 0.05), (4, 0.05), (3, 0.15)))
    slopes = np.where(np.arange(300) % 3 == 0, float(loud), -1.0)
    cycle = steps(optimizers.Adam(1.0, beta1=0, beta2=beta2, eps=0), slopes)[-3:]
    squares = [loud**2, 1, 1]
    v = [
        (1 - beta2) * sum(beta2**i * squares[(place - i) % 3] for i in range(3)) / (1 - beta2**3)
        for place in range(3)
    ]
    plain = [-loud / math.sqrt(v[0]), 1 / math.sqrt(v[1]), 1 / math.sqrt(v[2])]
    rate = schedules.InverseSquareRoot(0.5)
    long = np.resize(slopes, 300)
    ends = [
        float(np.sign(counterexamples.play(player, long)[-3:].mean()))
        for player in (
            optimizers.Adam(rate, 0, beta2),
            optimizers.AMSGrad(rate, 0, beta2),
            optimizers.Adam(rate),
        )
    ]
    return Drawn(
        put(text, ("slope is 3", f"slope is {loud}"), ("β₂ = 0.1", f"β₂ = {beta2}")),
        parts(f"""
            1 | The slopes add up to {loud - 2}, so −1 is best, and Adam walks to 1.
            1 | The three steps are {row(plain)} α; their sum points up, by {n(sum(plain))} α.
            1 | AMSGrad keeps the largest v, so all three are divided by the same number and add up
                again.
            1 | With the default betas Adam walks to −1.
        """),
        {"cycle": list(cycle), "ends": ends},
        {"cycle": plain, "ends": [math.copysign(1, sum(plain)), -1.0, -1.0]},
        within=1e-6,
    )


def _q26(draw, text):
    rows, columns = draw.choice(((1000, 500), (800, 300), (2000, 100), (600, 400)))
    shape, found = np.ones((rows, columns)), {}
    for rule in (optimizers.AMSGrad, optimizers.Lion, optimizers.AdaFactor):
        optimizer = rule(lr=0.1)
        optimizer.step(shape, shape)
        found[rule.__name__] = sum(np.size(one) for one in optimizer.state.values() if np.ndim(one))
    size = rows * columns
    plain = {"AMSGrad": 3 * size, "Lion": size, "AdaFactor": rows + columns}
    numbers = {name: f"{count:,}" for name, count in plain.items()}
    return Drawn(
        put(text, ("1000 × 500", f"{rows} × {columns}")),
        parts(f"""
            0.5 | AMSGrad divides by the largest v so far, for a proof of convergence.
            0.5 | AMSGrad keeps m, v and the largest v: {numbers["AMSGrad"]}.
            0.5 | Lion steps along the sign of an average of m and the gradient, to need one buffer.
            0.5 | Lion keeps {numbers["Lion"]}.
            0.5 | AdaFactor rebuilds v from the means of its rows and columns, for memory.
            0.5 | AdaFactor keeps {numbers["AdaFactor"]}.
        """),
        found,
        plain,
    )


def _q28(draw, text):
    beta2, size = draw.choice((0.99, 0.999, 0.9999)), draw.choice((1e-6, 2e-6, 5e-7, 1e-5))
    keras = optimizers.Adam(lr=1.0, beta2=beta2, eps=1e-7, eps_hat=True)
    share = -keras.step(np.zeros(1), np.full(1, size))[0]
    worth = 1e-7 / math.sqrt(1 - beta2)
    return Drawn(
        put(text, ("β₂ = 0.999", f"β₂ = {beta2}"), ("gradient is 1e-6", f"gradient is {size:g}")),
        parts(f"""
            0.5 | Keras' ε counts as 1e-7 / √(1 − β₂ᵗ): {worth:.3g} in the first step.
            0.5 | In the long run it counts as 1e-7.
            1 | The share {n(share)} of α is left.
        """),
        {"share": share, "worth": size * (1 / share - 1)},
        {"share": size / (size + worth), "worth": worth},
        within=1e-6,
    )


def _q29(draw, text):
    count, devices = (
        draw.choice(((1, "one"), (2, "two"), (3, "three"), (5, "five"), (7, "seven"))),
        draw.choice((4, 8, 16)),
    )
    billions, word = count
    own = [np.dtype(kind).itemsize for kind in ("f2", "f2", "f4", "f4", "f4")]
    held = billions * (sum(own[:2]) + sum(own[2:]) / devices)
    saved = 1 - (sum(own[:3]) + 2) / sum(own)
    plain = {"GB": 16.0 * billions, "each": billions * (4 + 12 / devices), "less": 6 / 16}
    return Drawn(
        put(
            text,
            ("three billion", f"{word} billion"),
            ("each of 8 devices", f"each of {devices} devices"),
        ),
        parts(f"""
            1 | Weights and gradient 2 + 2 bytes, float32 weights, m and v 4 + 4 + 4.
            1 | 16 bytes, together {n(plain["GB"])} GB.
            1 | With the first stage each device holds {billions} · (4 + 12/{devices}) = {n(held)}
                GB.
            1 | In eight bits m and v take 2 bytes instead of 8: 37.5 % less.
        """),
        {"GB": billions * sum(own), "each": held, "less": saved},
        plain,
        slips=(
            f"A model of {word} billion parameters is trained in float32 with Adam. How many GB do "
            "m and v take?",
            "GB",
            8.0 * billions,
            {
                "one average only": 4.0 * billions,
                "with the weights": 12.0 * billions,
                "with weights and gradients": 16.0 * billions,
            },
        ),
    )


# ---- lessons 17 and 18 --------------------------------------------------------------------------


def _q31(draw, text):
    words = draw.choice((256, 512, 1000, 32_000))
    shares = draw.choice(((50, 25, 25), (60, 20, 20), (40, 40, 20), (70, 20, 10)))
    loss = draw.choice((3.0, 3.2, 3.4, 3.6))
    p = np.array(shares) / 100
    entropy = -sum(share / 100 * math.log(share / 100) for share in shares)
    same = log_softmax(np.zeros(words))
    return Drawn(
        put(
            text,
            ("512 words", f"{words} words"),
            (
                "50 % of the words are one word, 25 % a second and 25 % a third",
                "{} % of the words are one word, {} % a second and {} % a third".format(*shares),
            ),
            ("loss of 3.4", f"loss of {loss}"),
        ),
        parts(f"""
            1 | ln {words} = {n(math.log(words))}.
            1 | The entropy of the shares, the sum of −p ln p: {n(entropy)}.
            1 | exp {loss} = {n(math.exp(loss))}.
        """),
        {"guess": -same[0], "shares": -float(p @ log_softmax(np.log(p))), "words": np.exp(loss)},
        {"guess": math.log(words), "shares": entropy, "words": math.e**loss},
    )


def _q32(draw, text):
    length = draw.choice((4, 5, 6, 8))
    place = draw.choice(range(2, length))
    alike = np.zeros((1, length, 1))
    shares = transformer.attention(alike, alike, alike)[1][0, place - 1]
    again = [1 / place] * place + [0] * (length - place)
    return Drawn(
        put(
            text,
            ("text of 5 words", f"text of {length} words"),
            ("place 3", f"place {place}"),
            ("each of the 5", f"each of the {length}"),
        ),
        parts(f"""
            0.5 | A word looks at itself and at words before it: the shares of later ones are 0.
            0.5 | Without the mask the model would see the word that it is to predict, and could
                write nothing.
            1 | The shares are {row(again)}.
        """),
        {"shares": list(shares)},
        {"shares": again},
    )


def _q33(draw, text):
    a, b, length = draw.choice(((3, 4, 5), (4, 3, 5), (6, 8, 10), (5, 12, 13)))
    small, rate = draw.choice((0.1, 0.2, 0.5)), draw.choice((0.1, 0.2, 0.01))
    gradient = np.array([[a, b], [-small * b, small * a]])
    exact = {"ns_steps": 40, "ns_coefficients": (1.5, -0.5, 0), "momentum": 0}
    one = optimizers.orthogonalized(gradient, 1, (1.5, -0.5, 0), eps=0)
    start = np.zeros((2, 2))
    norm = math.hypot(length, small * length)
    over = [length / norm, small * length / norm]
    after = [1.5 * s - 0.5 * s**3 for s in over]
    muon = [[-rate * a / length, -rate * b / length], [rate * b / length, -rate * a / length]]
    return Drawn(
        put(
            text,
            ("(3, 4)", f"({a}, {b})"),
            ("(−0.8, 0.6)", f"({n(-small * b)}, {n(small * a)})"),
            ("α = 0.1", f"α = {rate}"),
        ),
        parts(f"""
            1 | The lengths of the rows: {length} and {n(small * length)}.
            1 | Divided by the norm they are {row(over)}, after the step {row(after)}.
            1 | Muon brings the rows to ({n(muon[0][0])}, {n(muon[0][1])}) and ({n(muon[1][0])},
                {n(muon[1][1])}): each row of the gradient divided by its length, times −α.
            1 | Adam brings them to ({n(-rate)}, {n(-rate)}) and ({n(rate)}, {n(-rate)}): α against
                the sign of each entry.
        """),
        {
            "values": np.linalg.svd(gradient, compute_uv=False),
            "after": np.linalg.svd(one, compute_uv=False),
            "Muon": optimizers.Muon(rate, **exact).step(start, gradient).ravel(),
            "Adam": optimizers.Adam(rate).step(start, gradient).ravel(),
        },
        {
            "values": [length, small * length],
            "after": after,
            "Muon": [*muon[0], *muon[1]],
            "Adam": [-rate, -rate, rate, -rate],
        },
        within=1e-6,
    )


#: Number of a question → what draws its numbers.
VARIANTS = {
    int(name[2:]): make for name, make in sorted(globals().items()) if re.fullmatch(r"_q\d\d", name)
}
#: Why the others have none.
WHY_NONE = {
    4: "asks for words that do not depend on numbers",
    5: "has two bugs, and a change of numbers would hide neither",
    12: "asks for Adam itself",
    17: "asks for a proof",
    20: "asks for words that do not depend on numbers",
    22: "asks for reasons",
    27: "asks for a judgement of a report",
    30: "asks for the plan of an experiment",
}
