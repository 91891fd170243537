"""Exercises as learners really write them: a corpus of honest styles, each of them right.

A Style is the learner's edition of an exercise with some cells replaced or added. Its keys say
where they go: "adam-step" is that cell with an answer in it, "before adam-step" and "after
check-adam-step" are cells of the learner's own, "top" and "end" stand around the whole. Whatever
task it replaces, it solves; every other task it leaves as it was. What may not be used while
grading stands at the end: answers with good numbers that are refused.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent

import nbformat
from nbformat.v4 import new_code_cell

from adam_course.tasks import tasks_of

EXERCISES = Path(__file__).resolve().parent.parent / "exercises"


@dataclass(frozen=True)
class Style:
    """A way to write the answers of an exercise: place → source of a cell, or of several."""

    name: str
    exercise: str
    cells: dict

    @property
    def solved(self):
        """The names of the tasks that it solves: a cell is named like its task or its function."""
        return [
            task.name
            for task in tasks_of(self.exercise)
            if {task.name, task.function} & self.cells.keys()
        ]

    @property
    def marks(self):
        """What its learner should read of each task: task → "right" or "not attempted yet"."""
        return {
            task.name: "right" if task.name in self.solved else "not attempted yet"
            for task in tasks_of(self.exercise)
        }

    @property
    def notebook(self):
        """The learner's notebook."""
        book = nbformat.from_dict(edition(self.exercise))
        cells = self.at("top")
        for cell in book.cells:
            name = name_of(cell)
            if name in self.cells:
                cell.source = clean(self.cells[name])
            cells += [*self.at(f"before {name}"), cell, *self.at(f"after {name}")]
        book.cells = cells + self.at("end")
        return book

    def at(self, place):
        """Return the cells that the learner has added at a place."""
        sources = self.cells.get(place, [])
        sources = [sources] if isinstance(sources, str) else sources
        return [new_code_cell(clean(source)) for source in sources]


@cache
def edition(exercise):
    """Return the learner's edition of an exercise."""
    return nbformat.read(EXERCISES / f"{exercise}.ipynb", as_version=4)


def name_of(cell):
    """Return the name that the exercise gives a cell, "" if it gives none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def clean(source):
    """Return a source without the indentation that it has here."""
    return dedent(source).strip()


def places(exercise):
    """Return where cells of an exercise can be replaced or added."""
    named = {name_of(cell) for cell in edition(exercise).cells} - {""}
    around = {f"{side} {name}" for side in ("before", "after") for name in named}
    return {"top", "end"} | named | around


# ---- what is right ------------------------------------------------------------------------------

HONEST = [
    # ---- 01: gradient descent -------------------------------------------------------------------
    Style(
        "lists and while loops, as in C",
        "01_gradient_descent",
        {
            "one-step": """
            def one_step(theta, slope, lr):
                theta -= lr * slope
                return theta
            """,
            "gradient-descent": """
            def gradient_descent(grad, theta, lr, steps):
                point = [float(x) for x in theta]
                path = [point]
                i = 0
                while i < steps:
                    slope = grad(point)
                    point = [point[j] - lr * slope[j] for j in range(len(point))]
                    path.append(point)
                    i += 1
                return path
            """,
            "largest-stable-rate": """
            def largest_stable_rate(curvatures):
                largest = curvatures[0]
                for c in curvatures:
                    if c > largest:
                        largest = c
                return 2.0 / largest
            """,
            "repaired-descent": """
            def repaired_descent(grad, theta, lr, steps):
                path = [list(theta)]
                for _ in range(steps):
                    g = grad(path[-1])
                    new = []
                    for i in range(len(theta)):
                        new.append(path[-1][i] - lr * g[i])
                    path.append(new)
                return path
            """,
            "good-rate": """
            def good_rate(grad, theta, steps):
                best_rate = None
                best_left = float("inf")
                for k in range(100):
                    rate = 10 ** (-4 + 6 * k / 99)
                    end = gradient_descent(grad, theta, rate, steps)[-1]
                    left = sum(abs(float(g)) for g in grad(end))
                    if left < best_left:
                        best_left = left
                        best_rate = rate
                return best_rate
            """,
            "steps-to-escape": """
            def steps_to_escape(x, lr):
                count = 0
                while x < 0.5 and count < 1000:
                    x -= lr * (3 * x * x - 4 * x)
                    count += 1
                return count
            """,
            "minimum-from": """
            def minimum_from(first, second, third):
                d1 = second - first
                d2 = third - second
                return first - d1 * d1 / (d2 - d1)
            """,
        },
    ),
    Style(
        "a seeded random search, the generator inside",
        "01_gradient_descent",
        {
            "gradient-descent": """
            def gradient_descent(grad, theta, lr, steps):
                path = np.empty((steps + 1, theta.size))
                path[0] = theta
                for n in range(steps):
                    path[n + 1] = path[n] - lr * grad(path[n])
                return path
            """,
            "good-rate": """
            def good_rate(grad, theta, steps):
                rng = np.random.default_rng(42)
                tried = 10 ** rng.uniform(-3, 1, size=250)
                left = [
                    np.linalg.norm(grad(gradient_descent(grad, theta, lr, steps)[-1]))
                    for lr in tried
                ]
                return tried[np.nanargmin(left)]
            """,
        },
    ),
    Style(
        "a random search, the generator outside",
        "01_gradient_descent",
        {
            "before good-rate": "rng = np.random.default_rng(7)",
            "good-rate": """
            def good_rate(grad, theta, steps):
                best, best_left = 1e-3, np.inf
                for lr in 10 ** rng.uniform(-3, 1, size=250):
                    point = theta
                    for _ in range(steps):
                        point = point - lr * grad(point)
                    left = np.linalg.norm(grad(point))
                    if left < best_left:
                        best, best_left = lr, left
                return best
            """,
            "after check-good-rate": "rng = np.random.default_rng(8)  # does another seed do, too?",
        },
    ),
    Style(
        "np.random.seed at the top, np.seterr beside it",
        "01_gradient_descent",
        {
            "before gradient-descent": """
            np.random.seed(1)
            np.seterr(all="ignore")
            np.set_printoptions(precision=4, suppress=True)
            """,
            "gradient-descent": """
            def gradient_descent(grad, theta, lr, steps):
                thetas = [theta]
                for _ in range(steps):
                    thetas += [thetas[-1] - lr * grad(thetas[-1])]
                return np.vstack(thetas)
            """,
            "good-rate": """
            def good_rate(grad, theta, steps):
                candidates = np.exp(np.random.uniform(np.log(1e-3), np.log(10), 250))
                def length(lr):
                    last = gradient_descent(grad, theta, lr, steps)[-1]
                    return np.nan_to_num(np.linalg.norm(grad(last)), nan=np.inf)
                return min(candidates, key=length)
            """,
        },
    ),
    Style(
        "GradientDescent of the set-up cell in the search, with try around it",
        "01_gradient_descent",
        {
            "good-rate": """
            def good_rate(grad, theta, steps):
                results = {}
                for lr in np.geomspace(1e-4, 1e2, 100):
                    optimizer = GradientDescent(lr=lr)
                    point = theta
                    try:
                        for _ in range(steps):
                            point = optimizer.step(point, grad(point))
                        results[lr] = np.linalg.norm(grad(point))
                    except ValueError:  # it says when a gradient is not finite
                        break
                return min(results, key=results.get)
            """,
        },
    ),
    Style(
        "pylab, and a picture drawn inside the function",
        "01_gradient_descent",
        {
            "before gradient-descent": "%matplotlib inline\nfrom pylab import *",
            "gradient-descent": """
            def gradient_descent(grad, theta, lr, steps):
                path = [theta]
                for k in range(steps):
                    path.append(path[k] - lr * grad(path[k]))
                return array(path)
            """,
            "largest-stable-rate": """
            def largest_stable_rate(curvatures):
                return 2 / amax(curvatures)
            """,
            "good-rate": """
            def good_rate(grad, theta, steps):
                rates = logspace(-4, 2, 100)
                lengths = []
                for lr in rates:
                    lengths.append(norm(grad(gradient_descent(grad, theta, lr, steps)[-1])))
                figure(figsize=(4, 3))
                loglog(rates, lengths, "o-", label="left")
                axhline(0.01 * norm(grad(theta)), color="gray")
                xlabel("rate")
                title(f"{steps} steps")
                legend()
                show()
                close()
                return rates[nanargmin(lengths)]
            """,
        },
    ),
    Style(
        "recursion, with sys.setrecursionlimit at the top",
        "01_gradient_descent",
        {
            "top": "import sys\n\nsys.setrecursionlimit(5000)",
            "gradient-descent": """
            def gradient_descent(grad, theta, lr, steps):
                if steps == 0:
                    return np.array([theta])
                rest = gradient_descent(grad, theta - lr * grad(theta), lr, steps - 1)
                return np.concatenate([[theta], rest])
            """,
            "steps-to-escape": """
            def steps_to_escape(x, lr, taken=0):
                if x >= 0.5 or taken == 1000:
                    return taken
                return steps_to_escape(x - lr * x * (3 * x - 4), lr, taken + 1)
            """,
        },
    ),
    Style(
        "names of functions reused for their values",
        "01_gradient_descent",
        {
            "gradient-descent": """
            def gradient_descent(grad, theta, lr, steps):
                path = [theta]
                for _ in range(steps):
                    theta = theta - lr * grad(theta)
                    path.append(theta)
                return np.array(path)
            """,
            "after check-gradient-descent": """
            gradient_descent = gradient_descent(lambda x: x, np.ones(2), 0.1, 20)
            gradient_descent[-1]
            """,
            "largest-stable-rate": """
            def largest_stable_rate(curvatures):
                return 2 / np.max(curvatures)
            """,
            "after check-largest-stable-rate": """
            largest_stable_rate = largest_stable_rate(np.array([1.0, 20.0]))
            print("the limit of the steep bowl:", largest_stable_rate)
            """,
            "steps-to-escape": """
            def steps_to_escape(x, lr):
                for n in range(1001):
                    if x >= 0.5:
                        break
                    x = x - lr * (3 * x**2 - 4 * x)
                return n
            """,
            "end": """
            steps_to_escape = [steps_to_escape(10.0**-k, 0.05) for k in range(1, 6)]
            np.diff(steps_to_escape)
            """,
        },
    ),
    Style(
        "itertools.accumulate and lambdas",
        "01_gradient_descent",
        {
            "one-step": """
            one_step = lambda theta, slope, lr: theta - lr * slope
            """,
            "gradient-descent": """
            from itertools import accumulate, repeat

            gradient_descent = lambda grad, theta, lr, steps: np.array(
                list(accumulate(repeat(lr, steps), lambda x, r: x - r * grad(x), initial=theta))
            )
            """,
            "largest-stable-rate": """
            largest_stable_rate = lambda curvatures: (2 / curvatures).min()
            """,
            "repaired-descent": """
            repaired_descent = gradient_descent
            """,
            "steps-to-escape": """
            from itertools import takewhile

            def steps_to_escape(x, lr):
                places = accumulate(range(999), lambda x, _: x - lr * (3 * x**2 - 4 * x), initial=x)
                return sum(1 for _ in takewhile(lambda place: place < 0.5, places))
            """,
        },
    ),
    # ---- 02: noisy gradients --------------------------------------------------------------------
    Style(
        "linear algebra wherever it fits",
        "02_noisy_gradients",
        {
            "steps-in-epoch": """
            def steps_in_epoch(count, size):
                return len(np.split(np.arange(count), range(size, count, size)))
            """,
            "batch-gradient": """
            def batch_gradient(theta, x, y, rows):
                X = np.column_stack([x, np.ones_like(x)])[rows]
                return 2 * X.T @ (X @ theta - y[rows]) / len(rows)
            """,
            "epoch-loop": """
            def sgd(theta, x, y, lr, size, orders):
                path = [theta]
                for order in orders:
                    for rows in np.split(order, range(size, len(order), size)):
                        path.append(path[-1] - lr * batch_gradient(path[-1], x, y, rows))
                return np.stack(path)
            """,
            "batch-for-noise": """
            def batch_for(noise, size, target):
                return size / np.square(np.divide(target, noise))
            """,
            "noise-ball": """
            def new_excess(excess, lr, size, new_lr, new_size):
                before, after = np.array([lr, new_lr]) / [size, new_size]
                return excess * after / before
            """,
            "repaired-epochs": """
            def repaired_epochs(theta, x, y, lr, size, orders):
                return sgd(theta, x, y, lr, size, orders)[-1]
            """,
            "falling-rates": """
            def falling_rates(curvature, steps):
                return np.reciprocal(curvature * np.linspace(1, steps, steps))
            """,
        },
    ),
    Style(
        "tqdm around the epochs, with a postfix",
        "02_noisy_gradients",
        {
            "before batch-gradient": "from tqdm import tqdm, trange",
            "batch-gradient": """
            def batch_gradient(theta, x, y, rows):
                gw = gb = 0
                for i in tqdm(rows, desc="points", leave=False):
                    error = theta[0] * x[i] + theta[1] - y[i]
                    gw += 2 * error * x[i] / len(rows)
                    gb += 2 * error / len(rows)
                return [gw, gb]
            """,
            "epoch-loop": """
            def sgd(theta, x, y, lr, size, orders):
                path = [theta]
                bar = tqdm(orders, total=len(orders), leave=False)
                for order in bar:
                    for k in trange(0, len(order), size, leave=False):
                        g = np.array(batch_gradient(theta, x, y, order[k : k + size]))
                        theta = theta - lr * g
                        path.append(theta)
                    bar.set_postfix(w=theta[0], b=theta[1])
                bar.close()
                return np.array(path)
            """,
        },
    ),
    Style(
        "tqdm.auto, as a context",
        "02_noisy_gradients",
        {
            "repaired-epochs": """
            from tqdm.auto import tqdm

            def repaired_epochs(theta, x, y, lr, size, orders):
                with tqdm(total=len(orders), unit="epoch") as progress:
                    for order in orders:
                        xs, ys = x[order], y[order]
                        for i in range(0, len(order), size):
                            error = theta[0] * xs[i : i + size] + theta[1] - ys[i : i + size]
                            slope = np.mean(error * xs[i : i + size]), np.mean(error)
                            theta = theta - lr * 2 * np.array(slope)
                        progress.update(1)
                        progress.set_description(f"w = {theta[0]:.2f}")
                return theta
            """,
        },
    ),
    Style(
        "a generator of batches, walrus and match",
        "02_noisy_gradients",
        {
            "before steps-in-epoch": '''
            def batches(order, size):
                """Yield the batches of one epoch."""
                first = 0
                while len(rows := order[first : first + size]):
                    yield rows
                    first += size
            ''',
            "steps-in-epoch": """
            def steps_in_epoch(count, size):
                return sum(1 for _ in batches(range(count), size))
            """,
            "batch-gradient": """
            def batch_gradient(theta, x, y, rows):
                match theta.tolist():
                    case [w, b]:
                        miss = [w * x[i] + b - y[i] for i in rows]
                n = len(miss)
                along_w = sum(2 * e * x[i] for e, i in zip(miss, rows)) / n
                return along_w, sum(2 * e for e in miss) / n
            """,
            "epoch-loop": """
            def sgd(theta, x, y, lr, size, orders):
                def points(point):
                    yield point
                    for order in orders:
                        for rows in batches(order, size):
                            step = np.array(batch_gradient(point, x, y, rows))
                            yield (point := point - lr * step)

                return np.array(list(points(theta)))
            """,
            "noise-ball": """
            def new_excess(excess, lr, size, new_lr, new_size):
                if (ratio := lr / size) > 0:
                    return excess * (new_lr / new_size) / ratio
                return 0.0
            """,
        },
    ),
    Style(
        "prints, asserts and f-strings with = while hunting the bugs",
        "02_noisy_gradients",
        {
            "repaired-epochs": """
            DEBUG = True

            def repaired_epochs(theta, x, y, lr, size, orders):
                assert len(x) == len(y), "x and y do not fit"
                assert size >= 1
                for order in orders:
                    xs = x[order]
                    ys = y[order]  # bug 1
                    for first in range(0, len(xs), size):  # bug 2
                        some = slice(first, first + size)
                        error = theta[0] * xs[some] + theta[1] - ys[some]
                        # bug 3: a sum is no mean
                        grad = np.array([2 * np.mean(error * xs[some]), 2 * np.mean(error)])
                        theta = theta - lr * grad
                        if DEBUG:
                            print(f"{first=} {theta=} {error.mean()=:.3g}")
                assert theta.shape == (2,), f"{theta.shape=}"
                return theta
            """,
            "after check-repaired-epochs": "DEBUG = False",
        },
    ),
    Style(
        "a long experiment below that shares its names with the answer",
        "02_noisy_gradients",
        {
            "before falling-rates": "scale = 1.0",
            "falling-rates": """
            def falling_rates(curvature, steps):
                return [scale / (curvature * t) for t in range(1, steps + 1)]
            """,
            "after check-falling-rates": """
            results = {}
            for scale in (0.25, 0.5, 1.0, 2.0, 4.0):
                x = np.full(500, 25.0)
                for rate in falling_rates(4.0, 400):
                    x = x - rate * (4.0 * x + rng.normal(size=500))
                results[scale] = np.sqrt(np.mean(x**2))
            results
            """,
        },
    ),
    # ---- 03: momentum ---------------------------------------------------------------------------
    Style(
        "a dataclass for the ball, with a method for each rule",
        "03_momentum",
        {
            "before whose-path": '''
            from dataclasses import dataclass, field


            @dataclass
            class Ball:
                """A ball with a place and a momentum."""

                place: np.ndarray
                lr: float
                momentum: float
                m: np.ndarray = None
                path: list = field(default_factory=list)

                def __post_init__(self):
                    self.m = 0 * self.place
                    self.path.append(self.place)

                def push(self, slope):
                    self.m = self.momentum * self.m + self.lr * slope
                    self.place = self.place - self.m
                    self.path.append(self.place)

                @property
                def ahead(self):
                    return self.place - self.momentum * self.m
            ''',
            "whose-path": """
            def rolled(grad, ball, ahead=False):
                for _ in range(3):
                    ball.push(grad(ball.ahead if ahead else ball.place))
                return np.array(ball.path)

            def whose_path(path, grad, lr, momentum):
                start = path[0]
                paths = [
                    rolled(grad, Ball(start, lr, 0)),
                    rolled(grad, Ball(start, lr, momentum)),
                    rolled(grad, Ball(start, lr, momentum), ahead=True),
                    rolled(grad, Ball(start, (1 - momentum) * lr, momentum)),
                ]
                fits = [np.allclose(path, one) for one in paths]
                return fits.index(True) + 1 if any(fits) else 0
            """,
            "repaired-nesterov": """
            def repaired_nesterov(grad, theta, lr, momentum, steps):
                ball = Ball(theta, lr, momentum)
                for _ in range(steps):
                    ball.push(grad(ball.ahead))
                return ball.place
            """,
        },
    ),
    Style(
        "a seeded random search for the pair",
        "03_momentum",
        {
            "good-pair": """
            def good_pair(grad, theta, steps):
                rng, best, answer = np.random.default_rng(0), np.inf, (0.01, 0.5)
                for n in range(400):
                    if n < 200:  # anywhere first, then near the best
                        lr, momentum = 10 ** rng.uniform(-4, 2), rng.uniform(0, 0.95)
                    else:
                        lr = answer[0] * np.exp(0.2 * rng.normal())
                        momentum = np.clip(answer[1] + 0.05 * rng.normal(), 0, 0.99)
                    x, m, left = theta, 0, 0
                    for k in range(steps):
                        m = momentum * m + lr * grad(x)
                        x = x - m
                        if k >= steps - 5:
                            left = max(left, np.linalg.norm(grad(x)))
                    if left < best:
                        best, answer = left, (lr, momentum)
                return answer
            """,
        },
    ),
    Style(
        "a random search for the pair that goes on where it stopped",
        "03_momentum",
        {
            "before good-pair": "import random\n\nrandom.seed(2024)\nnp.random.seed(2024)",
            "good-pair": """
            def left(grad, theta, steps, lr, momentum):
                tail = heavy_ball(grad, theta, lr, momentum, steps)[-5:]
                return np.nan_to_num(max(np.linalg.norm(grad(p)) for p in tail), nan=np.inf)

            def good_pair(grad, theta, steps):
                def length(pair):
                    return left(grad, theta, steps, *pair)

                pairs = [(10 ** random.uniform(-4, 2), 0.95 * np.random.rand()) for _ in range(250)]
                lr, momentum = min(pairs, key=length)
                for width in (0.3, 0.1, 0.03):
                    factors = [random.lognormvariate(0, width) for _ in range(60)]
                    near = [(lr * f, momentum + random.gauss(0, width / 3)) for f in factors]
                    near = [pair for pair in near if 0 <= pair[1] < 0.99]
                    lr, momentum = min([(lr, momentum), *near], key=length)
                return lr, momentum
            """,
        },
    ),
    Style(
        "Momentum of the set-up cell in the search",
        "03_momentum",
        {
            "good-pair": """
            def length_left(grad, point, steps, lr, momentum):
                ball, lengths = Momentum(lr=lr, momentum=momentum), []
                for _ in range(steps):
                    point = ball.step(point, grad(point))
                    lengths.append(np.linalg.norm(grad(point)))
                    if lengths[-1] > 1000 * lengths[0]:
                        return np.inf
                return max(lengths[-5:])

            def good_pair(grad, theta, steps):
                # a coarse grid, then a fine one around its best
                lrs, momenta = np.geomspace(1e-4, 1e2, 24), np.linspace(0, 0.9, 8)
                for _ in range(2):
                    found = []
                    for lr in lrs:
                        for momentum in momenta:
                            left = length_left(grad, theta, steps, lr, momentum)
                            found.append((left, lr, momentum))
                    _, lr, momentum = min(found)
                    lrs = lr * np.geomspace(0.6, 1.6, 9)
                    momenta = np.clip(momentum + np.linspace(-0.1, 0.1, 9), 0, 0.98)
                return lr, momentum
            """,
        },
    ),
    Style(
        "from math import *, and everything in one line",
        "03_momentum",
        {
            "before buffer-after-two": "from math import *",
            "buffer-after-two": """
            def buffer_after_two(first, second, lr, momentum):
                old = momentum * first; return lr * fsum([old, second])
            """,
            "distance-left": """
            def distance_left(before, last): return last**2 / (before - last)
            """,
            "hidden-numbers": """
            def hidden_numbers(path):
                a, b, c, d = map(float, path); bottom = b * b - a * c
                return (c * c - b * d) / bottom, 1 + ((c * c - b * d) - (b * c - a * d)) / bottom
            """,
            "ema-step": """
            def ema_step(theta, grad, m, lr, momentum):
                k = fsum([1, -momentum]); m = momentum * m + k * grad; return theta - lr / k * m, m
            """,
        },
    ),
    Style(
        "a half-done scratch copy below the check",
        "03_momentum",
        {
            "buffer-after-two": """
            def buffer_after_two(first, second, lr, momentum):
                change = -lr * first
                change = momentum * change - lr * second
                return -change
            """,
            "ema-step": """
            def ema_step(theta, grad, m, lr, momentum):
                averaged = m + (1 - momentum) * (grad - m)
                return theta - averaged * lr / (1 - momentum), averaged
            """,
            "end": [
                """
                # what if I leave out the division? (not finished)
                def ema_step(theta, grad, m, lr, momentum):
                    m = momentum * m + (1 - momentum) * grad
                    return theta - lr * m
                """,
                """
                def buffer_after_two(first, second, lr, momentum):
                    pass
                """,
            ],
            "distance-left": """
            def distance_left(before, last):
                way, move = 0.0, last
                while abs(move) > 1e-12 * abs(last):
                    move = move * last / before
                    way += move
                return way
            """,
        },
    ),
    # ---- 04: AdaGrad ----------------------------------------------------------------------------
    Style(
        "nothing but lists and the math module",
        "04_adagrad",
        {
            "rate-after": """
            import math

            def rate_after(gradients, lr):
                return lr / math.hypot(*gradients)
            """,
            "adagrad-step": """
            def adagrad_step(theta, grad, v, lr=0.01, eps=1e-10):
                if not isinstance(theta[0], float):  # a list of rows
                    rows = [adagrad_step(*row, lr, eps) for row in zip(theta, grad, v)]
                    return [row[0] for row in rows], [row[1] for row in rows]
                new_theta, new_v = [], []
                for p, g, s in zip(theta, grad, v):
                    s = s + g * g
                    new_v.append(s)
                    new_theta.append(p - lr * g / (math.sqrt(s) + eps))
                return new_theta, new_v
            """,
            "adagrad-loop": """
            def adagrad(grad, theta, steps, lr=0.01, eps=1e-10, initial=0.0):
                path, v = [list(theta)], [initial] * len(theta)
                for _ in range(steps):
                    point, v = adagrad_step(path[-1], grad(path[-1]), v, lr, eps)
                    path.append(point)
                return path
            """,
            "step-when-heard": """
            def step_when_heard(gradient, every, steps, lr):
                return lr * math.pow(steps / every, -0.5)
            """,
        },
    ),
    Style(
        "in place, but on copies, with out=",
        "04_adagrad",
        {
            "adagrad-step": """
            def adagrad_step(theta, grad, v, lr=0.01, eps=1e-10):
                theta, v = theta.copy(), v.copy()
                square = np.empty_like(grad)
                np.multiply(grad, grad, out=square)
                np.add(v, square, out=v)
                np.sqrt(v, out=square)
                square += eps
                np.divide(grad, square, out=square)
                square *= lr
                theta -= square
                del square
                return theta, v
            """,
            "adagrad-loop": """
            def adagrad(grad, theta, steps, lr=0.01, eps=1e-10, initial=0.0):
                path = np.tile(theta, (steps + 1, 1))
                v = np.full_like(theta, initial)
                for before, after in zip(path, path[1:]):
                    g = grad(before)
                    v += g**2
                    after[:] = before
                    after -= lr * g / (v**0.5 + eps)
                return path
            """,
            "repaired-adagrad": """
            def repaired_adagrad(grad, theta, steps, lr=0.1, eps=1e-6):
                theta = np.array(theta)
                total = np.zeros_like(theta)
                for t in range(1, steps + 1):
                    g = grad(theta)
                    total[...] = total + g**2
                    theta[:] = theta - lr * g / (np.sqrt(total) + eps)
                return theta
            """,
        },
    ),
    Style(
        "counting by simulation where a formula was meant",
        "04_adagrad",
        {
            "step-when-heard": """
            def step_when_heard(gradient, every, steps, lr):
                v = 0.0
                for t in range(1, steps + 1):
                    if t % every == 0:
                        v += gradient**2
                        last = lr * abs(gradient) / v**0.5
                return last
            """,
            "gradients-from": """
            def gradients_from(moves, first, lr):
                found, v = [first], first**2
                for move in moves[1:]:
                    g = (move**2 * v / (lr**2 - move**2)) ** 0.5
                    g = -g if move > 0 else g
                    v += g**2
                    found.append(g)
                return found
            """,
            "rates-for-rare": """
            def rates_for_rare(every, steps):
                rates = np.geomspace(1e-3, 1.5, 300)
                best = []
                for rarely in every:
                    heard = steps // rarely
                    bias = 10 * (1 - rates) ** heard
                    noise = rates / (2 - rates) * (1 - (1 - rates) ** (2 * heard))
                    best.append(rates[np.argmin(bias**2 + noise)])
                return best
            """,
        },
    ),
    Style(
        "GradientDescent of the set-up cell in a simulation",
        "04_adagrad",
        {
            "rates-for-rare": """
            tried = np.geomspace(0.01, 1, 25)[:, None]  # a row of runs for each rate

            def best_rate(heard):
                rng = np.random.default_rng(0)
                optimizer, x = GradientDescent(lr=tried), np.zeros((25, 100))
                for _ in range(heard):
                    x = optimizer.step(x, x - 10 + rng.normal(size=100))
                return tried[np.mean((x - 10) ** 2, axis=1).argmin(), 0]

            def rates_for_rare(every, steps):
                return [best_rate(steps // rarely) for rarely in every]
            """,
        },
    ),
    Style(
        "decorators of one's own",
        "04_adagrad",
        {
            "before adagrad-step": '''
            import copy
            import functools
            import time


            def timed(function):
                """Say how long the calls of a function take."""

                @functools.wraps(function)
                def inner(*args, **kwargs):
                    start = time.perf_counter()
                    try:
                        return function(*args, **kwargs)
                    finally:
                        print(function.__name__, f"{time.perf_counter() - start:.1e} s")

                return inner


            def on_copies(function):
                @functools.wraps(function)
                def inner(**given):
                    return function(**copy.deepcopy(given))

                return inner
            ''',
            "adagrad-step": """
            @timed
            @on_copies
            def adagrad_step(theta, grad, v, lr=0.01, eps=1e-10):
                v += grad**2
                theta -= lr * grad / (np.sqrt(v) + eps)
                return theta, v
            """,
            "step-when-heard": """
            @functools.lru_cache(maxsize=None)
            def step_when_heard(gradient, every, steps, lr):
                return lr * (every / steps) ** 0.5
            """,
            "rates-for-rare": """
            @timed
            def rates_for_rare(every, steps):
                return (steps / every) ** -0.5
            """,
        },
    ),
    # ---- 05: RMSProp ----------------------------------------------------------------------------
    Style(
        "closures with nonlocal",
        "05_rmsprop",
        {
            "rmsprop-step": """
            def rmsprop_step(theta, grad, v, lr=0.01, rho=0.9, eps=1e-8):
                def remember():
                    nonlocal v
                    v = rho * v + (1 - rho) * grad**2

                def move():
                    nonlocal theta
                    theta = theta - lr * grad / (np.sqrt(v) + eps)

                remember()
                move()
                return theta, v
            """,
            "ledger-after": """
            def averager(rho):
                def average(old, new):
                    return rho * old + (1 - rho) * new
                return average

            def ledger_after(v, gradient, rho):
                return averager(rho)(v, gradient * gradient)
            """,
            "length-in-a-burst": """
            def length_in_a_burst(quiet, loud, times, lr, rho):
                v = quiet * quiet

                def hear(g):
                    nonlocal v
                    v = averager(rho)(v, g * g)

                for _ in range(times):
                    hear(loud)
                return lr * loud / v**0.5
            """,
            "repaired-rmsprop": """
            def repaired_rmsprop(grad, theta, steps, lr=0.01, rho=0.9, eps=1e-6):
                v = 0

                def step():
                    nonlocal theta, v
                    theta, v = rmsprop_step(theta, grad(theta), v, lr, rho, eps)

                for _ in range(steps):
                    step()
                return theta
            """,
        },
    ),
    Style(
        "a global counter of the calls, which changes no answer",
        "05_rmsprop",
        {
            "before rmsprop-step": "calls = 0\nhistory = []",
            "rmsprop-step": """
            def rmsprop_step(theta, grad, v, lr=0.01, rho=0.9, eps=1e-8):
                global calls
                calls += 1
                v = rho * v + (1 - rho) * np.square(grad)
                history.append(v)
                return theta - lr * grad / (eps + np.sqrt(v)), v
            """,
            "rate-and-memory": """
            def rate_and_memory(first, second):
                global calls
                calls = calls + 1
                square = np.divide(first, second) ** 2
                return first * np.sqrt(2 - square), square - 1
            """,
            "after check-rate-and-memory": "print(calls, 'calls of', len(history))\ncalls = None",
        },
    ),
    Style(
        "RMSProp of the set-up cell in a search",
        "05_rmsprop",
        {
            "rate-that-settles": """
            def last_quarter(lr, curvature, distance, steps):
                x, optimizer, path = np.array([distance]), RMSProp(lr=lr), []
                for _ in range(steps):
                    x = optimizer.step(x, curvature * x)
                    path.append(abs(x[0]))
                return max(path[-(steps // 4):])

            def rate_that_settles(curvature, distance, steps, tolerance):
                for lr in tolerance * np.array([2.0, 1.5, 1.0, 0.8, 0.5]):
                    if last_quarter(lr, curvature, distance, steps) <= tolerance:
                        return lr
                return tolerance
            """,
        },
    ),
    Style(
        "from numpy import *",
        "05_rmsprop",
        {
            "before ledger-after": "from numpy import *",
            "rmsprop-step": """
            def rmsprop_step(theta, grad, v, lr=0.01, rho=0.9, eps=1e-8):
                v = average([v, grad**2], axis=0, weights=[rho, 1 - rho])
                return theta - lr * grad / (sqrt(v) + eps), v
            """,
            "ledger-after": """
            def ledger_after(v, gradient, rho):
                return average([v, square(gradient)], weights=[rho, 1 - rho])
            """,
            "step-length": """
            def step_length(gradient, t, lr, rho):
                weights = (1 - rho) * rho ** arange(t)
                return lr * abs(gradient) / sqrt(sum(weights) * gradient**2)
            """,
            "rate-that-settles": """
            def rate_that_settles(curvature, distance, steps, tolerance):
                return minimum(tolerance, 1e3)
            """,
        },
    ),
    Style(
        "tests of one's own in the notebook, and a main",
        "05_rmsprop",
        {
            "ledger-after": '''
            def ledger_after(v, gradient, rho):
                """Return the average of squares after one more gradient.

                >>> round(ledger_after(1, 3, 0.9), 6)
                1.8
                """
                return v + (1 - rho) * (gradient**2 - v)


            if __name__ == "__main__":
                import doctest
                doctest.testmod()
                print(ledger_after(1, 3, 0.9))
            ''',
            "step-length": """
            def step_length(gradient, t, lr, rho):
                v = 0
                for _ in range(t):
                    v = rho * v + (1 - rho) * gradient**2
                return lr * abs(gradient) / np.sqrt(v)


            def test_step_length():
                assert np.isclose(step_length(2.0, 1, 0.1, 0.9), 0.1 / np.sqrt(0.1))


            if __name__ == "__main__":
                test_step_length()
            """,
        },
    ),
    # ---- 06: Adam -------------------------------------------------------------------------------
    Style(
        "Adam as a dataclass with its state",
        "06_adam",
        {
            "adam-step": '''
            from dataclasses import dataclass
            from typing import Any


            @dataclass
            class MyAdam:
                """Kingma and Ba's Adam."""

                lr: float
                beta1: float
                beta2: float
                eps: float
                m: Any = 0.0
                v: Any = 0.0
                t: int = 0

                def __call__(self, theta, grad):
                    self.t += 1
                    self.m = self.beta1 * self.m + (1 - self.beta1) * grad
                    self.v = self.beta2 * self.v + (1 - self.beta2) * grad**2
                    return theta - self.lr * self.m_hat / (np.sqrt(self.v_hat) + self.eps)

                @property
                def m_hat(self):
                    return self.m / (1 - self.beta1**self.t)

                @property
                def v_hat(self):
                    return self.v / (1 - self.beta2**self.t)


            def adam_step(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
                one = MyAdam(lr, beta1, beta2, eps, m, v, t - 1)
                return one(theta, grad), one.m, one.v
            ''',
            "adam-loop": """
            def adam(grad, theta, steps, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
                optimizer, path = MyAdam(lr, beta1, beta2, eps), [theta]
                for _ in range(steps):
                    path.append(optimizer(path[-1], grad(path[-1])))
                return np.array(path)
            """,
            "standstill": """
            def standstill(count, beta1):
                optimizer, theta, stream = MyAdam(1.0, beta1, 0.999, 1e-8), 0.0, []
                for _ in range(count - 1):
                    stream.append(5.0)
                    theta = optimizer(theta, 5.0)
                return [*stream, -beta1 * optimizer.m / (1 - beta1)]
            """,
        },
    ),
    Style(
        "Greek names, and comments in the learner's own language",
        "06_adam",
        {
            "adam-step": '''
            def adam_step(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
                """Ein Schritt von Adam: θ, m und v nach Schritt t (Größe α)."""
                θ, g, α, β1, β2, ε = theta, grad, lr, beta1, beta2, eps
                m̄ = β1 * m + (1 - β1) * g  # der Mittelwert
                v̄ = β2 * v + (1 - β2) * g**2  # 平方的平均
                Δ = α * (m̄ / (1 - β1**t)) / (np.sqrt(v̄ / (1 - β2**t)) + ε)  # шаг
                return θ - Δ, m̄, v̄
            ''',
            "first-step": """
            def first_step(grad, lr):
                # nur das Vorzeichen zählt!
                α = lr
                return np.where(grad > 0, -α, np.where(grad < 0, α, 0))
            """,
            "scaled-gradients": """
            def scaled(factor):
                größe = factor
                return größe, größe**2, 1  # der Schritt bleibt, wie er ist
            """,
        },
    ),
    Style(
        "magics and shell lines all over",
        "06_adam",
        {
            "top": """
            %matplotlib inline
            %config InlineBackend.figure_format = "retina"
            %load_ext autoreload
            """,
            "adam-step": """
            %%time
            def adam_step(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
                m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
                return theta - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v
            """,
            "after check-adam-step": [
                "%timeit -n 2 -r 1 adam_step(np.ones(3), np.ones(3), 0, 0, 1)",
                "%time _ = adam_step(np.ones(3), np.ones(3), 0, 0, 1)",
                "!echo done",
                "files = !ls\nlen(files)",
                "np.sign?",
                "%who function",
                "%%capture out\nprint('nobody sees this')",
            ],
            "first-step": """
            %precision 4
            def first_step(grad, lr):
                return -np.copysign(lr, grad) * (grad != 0)
            """,
            "scaled-gradients": """
            def scaled(factor):
                return np.array([factor, factor**2, 1.0])
            %time scaled(3)
            """,
        },
    ),
    Style(
        "Adam of the set-up cell in a search",
        "06_adam",
        {
            "rate-that-arrives": """
            def off(lr, curvature, distance, steps):
                x, optimizer = np.zeros(1), Adam(lr=lr)
                for _ in range(steps):
                    x = optimizer.step(x, curvature * (x - distance))
                return abs(x[0] - distance) / distance

            def rate_that_arrives(curvature, distance, steps):
                rates = distance / steps * np.linspace(1, 10, 19)
                return min(rates, key=lambda lr: off(lr, curvature, distance, steps))
            """,
        },
    ),
    Style(
        "one Adam for all rates at once, from the set-up cell",
        "06_adam",
        {
            "rate-that-arrives": """
            def rate_that_arrives(curvature, distance, steps):
                rates = np.geomspace(1e-6, 1e3, 1000)
                x, optimizer = np.zeros(1000), Adam(lr=rates)
                for _ in range(steps):
                    x = optimizer.step(x, curvature * (x - distance))
                return rates[np.argmin(np.abs(x - distance))]
            """,
        },
    ),
    Style(
        "an unseeded search for gradients, with the listing of the exercise",
        "06_adam",
        {
            "telling-gradients": """
            rng = np.random.default_rng()

            def telling_gradients(count, eps):
                while True:
                    stream = eps**0.5 * rng.uniform(0.01, 1, count).cumprod()
                    ends = [end_of(stream, f, eps) for f in ("", "swapped", "sizes", "inside")]
                    if np.abs(np.subtract(ends[1:], ends[0])).min() > 1.1:
                        return stream
            """,
        },
    ),
    Style(
        "a function of another task as a variable's name",
        "06_adam",
        {
            "adam-step": """
            scaled = 1.0  # a factor for trying things out

            def adam_step(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
                grad = grad * scaled
                m = beta1 * m + (1 - beta1) * grad
                v = beta2 * v + (1 - beta2) * grad**2
                first_step = lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
                return theta - first_step, m, v
            """,
            "after check-adam-step": """
            adam = theta = np.ones(2)
            for t in range(1, 4):
                adam, m, v = adam_step(adam, adam, 0, 0, t, lr=0.1)
            adam
            """,
            "first-step": """
            def first_step(grad, lr):
                return -lr * grad / np.abs(grad, where=grad != 0, out=np.ones_like(grad))
            """,
            "after check-first-step": """
            first_step = first_step(np.array([3.0, -4.0]), 0.1)
            first_step
            """,
            "scaled-gradients": """
            def scaled(factor):
                return factor, factor * factor, factor / (factor * factor) ** 0.5
            """,
            "after check-scaled-gradients": "scaled = scaled(1000.0)",
        },
    ),
    Style(
        "two attempts, with a check below each",
        "06_adam",
        {
            "adam-step": """
            def adam_step(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
                m = beta1 * m + (1 - beta1) * grad
                v = beta2 * v + (1 - beta2) * grad**2
                return theta - lr * m / (np.sqrt(v) + eps), m, v
            """,
            "after check-adam-step": [
                """
                # second try: with the hats
                def adam_step(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
                    m = beta1 * m + (1 - beta1) * grad
                    v = beta2 * v + (1 - beta2) * grad**2
                    m_hat = m / (1 - beta1**t)
                    v_hat = v / (1 - beta2**t)
                    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), m, v
                """,
                'check("adam-step", adam_step)',
                'check("adam-step", adam_step)  # once more, to be sure',
            ],
        },
    ),
    Style(
        "a helper written anew for a later task",
        "06_adam",
        {
            "before adam-step": """
            def corrected(x, beta, t):
                return x / (1 - beta**t)
            """,
            "adam-step": """
            def adam_step(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
                m = beta1 * m + (1 - beta1) * grad
                v = beta2 * v + (1 - beta2) * grad**2
                step = corrected(m, beta1, t) / (np.sqrt(corrected(v, beta2, t)) + eps)
                return theta - lr * step, m, v
            """,
            "adam-loop": """
            def adam(grad, theta, steps, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
                path, m, v = [theta], 0, 0
                for t in range(steps):
                    theta, m, v = adam_step(theta, grad(theta), m, v, t + 1, lr, beta1, beta2, eps)
                    path.append(theta)
                return path
            """,
            "telling-gradients": """
            def corrected(state, t, *, beta):  # the order annoyed me
                return state / (1 - beta**t)

            def ends(stream, eps, sizes=False):
                x = m = v = 0.0
                for t, g in enumerate(stream, start=1):
                    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * (abs(g) if sizes else g * g)
                    v_hat = corrected(v, t, beta=0.999)
                    x -= corrected(m, t, beta=0.9) / ((v_hat if sizes else v_hat**0.5) + eps)
                return x

            def telling_gradients(count, eps):
                stream = eps**0.5 * np.geomspace(1, 0.01, count)
                assert abs(ends(stream, eps) - ends(stream, eps, sizes=True)) > 1
                return list(stream)
            """,
        },
    ),
    Style(
        "type hints, from __future__ and TYPE_CHECKING",
        "06_adam",
        {
            "top": """
            from __future__ import annotations

            from collections.abc import Callable
            from typing import TYPE_CHECKING, TypeAlias

            if TYPE_CHECKING:
                from numpy.typing import NDArray
            """,
            "adam-step": """
            Triple: TypeAlias = "tuple[NDArray, NDArray, NDArray]"

            def adam_step(
                theta: NDArray, grad: NDArray, m: NDArray, v: NDArray, t: int, lr: float = 1e-3,
                beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8,
            ) -> Triple:
                m = beta1 * m + (1 - beta1) * grad
                v = beta2 * v + (1 - beta2) * grad**2
                step: NDArray = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
                return theta - lr * step, m, v
            """,
            "adam-loop": """
            def adam(
                grad: Callable[[NDArray], NDArray], theta: NDArray, steps: int, lr: float = 1e-3,
                beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8,
            ) -> list[NDArray]:
                path: list[NDArray] = [theta]
                m: NDArray | float = 0.0
                v: NDArray | float = 0.0
                for t in range(1, steps + 1):
                    theta, m, v = adam_step(theta, grad(theta), m, v, t, lr, beta1, beta2, eps)
                    path.append(theta)
                return path
            """,
            "first-step": """
            def first_step(grad: NDArray, lr: float) -> NDArray:
                return -lr * np.sign(grad)
            """,
        },
    ),
    Style(
        "np.vectorize over a step for one number",
        "06_adam",
        {
            "adam-step": """
            from math import sqrt

            def one(theta, g, m, v, t, lr, beta1, beta2, eps):
                m = beta1 * m + (1 - beta1) * g
                v = beta2 * v + (1 - beta2) * g * g
                return theta - lr * m / (1 - beta1**t) / (sqrt(v / (1 - beta2**t)) + eps), m, v

            every = np.vectorize(one, otypes=[float] * 3)

            def adam_step(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
                return every(theta, grad, m, v, t, lr, beta1, beta2, eps)
            """,
            "first-step": """
            @np.vectorize
            def first_step(grad, lr):
                if grad == 0:
                    return 0.0
                return -lr if grad > 0 else +lr
            """,
        },
    ),
    Style(
        "float32 inside",
        "06_adam",
        {
            "adam-step": """
            def adam_step(theta, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
                theta, grad, m, v = (x.astype(np.float32) for x in (theta, grad, m, v))
                m = beta1 * m + (1 - beta1) * grad
                v = beta2 * v + (1 - beta2) * grad**2
                return theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v
            """,
            "first-step": """
            def first_step(grad, lr):
                return np.sign(grad).astype("float32") * np.float32(-lr)
            """,
        },
    ),
    Style(
        "helpers below their use, and below the check",
        "06_adam",
        {
            "first-step": """
            def first_step(grad, lr):
                return -lr * sign_of(grad)
            """,
            "before check-first-step": """
            def sign_of(x):
                return np.array([direction(one) for one in x])
            """,
            "check-first-step": """
            direction = lambda one: int(one > 0) - int(one < 0)
            check("first-step", first_step)
            """,
            "standstill": """
            def standstill(count, beta1):
                stream = [3.0] * (count - 1)
                return [*stream, -remembered(stream, beta1) / (1 - beta1)]

            def remembered(stream, beta):
                m = 0
                for g in stream + [0]:
                    m = mixed(beta, m, g)
                return m

            def mixed(beta, old, new):
                return beta * old + (1 - beta) * new
            """,
        },
    ),
    Style(
        "the answer in a cell of its own, and the stub deleted",
        "06_adam",
        {
            "first-step": "",
            "before first-step": [
                "# my notes: v̂ = g², m̂ = g, so m̂/√v̂ = g/|g|",
                """
                def first_step(grad, lr):
                    step = np.array(grad, dtype=float)
                    with np.nditer(step, op_flags=["readwrite"]) as numbers:
                        for x in numbers:
                            x[...] = -lr * np.sign(x)
                    return step
                """,
            ],
        },
    ),
    Style(
        "pictures and display around the answers",
        "06_adam",
        {
            "top": """
            import matplotlib.pyplot as plt
            from IPython.display import Markdown, clear_output, display

            plt.rcParams["figure.figsize"] = (4, 3)
            plt.style.use("ggplot")
            """,
            "adam-loop": """
            def adam(grad, theta, steps, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
                m, v, path = np.zeros_like(theta), np.zeros_like(theta), [theta]
                for t in range(1, steps + 1):
                    g = grad(path[-1])
                    m = beta1 * m + (1 - beta1) * g
                    v = beta2 * v + (1 - beta2) * g**2
                    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
                    path.append(path[-1] - lr * m_hat / (np.sqrt(v_hat) + eps))
                path = np.array(path)
                fig, ax = plt.subplots()
                line, = ax.plot(path[:, 0], label="θ₀")
                line.set_linestyle("--")
                ax.set(xlabel="step", title="Adam")
                ax.legend(loc="best")
                fig.tight_layout()
                plt.close(fig)
                display(path[-1])
                return path
            """,
            "after check-adam-loop": """
            path = adam(lambda x: x, np.ones(2), 50, lr=0.1)
            plt.plot(path)
            plt.grid(True)
            display(Markdown("**It works!**"))
            plt.close("all")
            """,
            "first-step": """
            def first_step(grad, lr):
                display("the gradient:", grad)
                clear_output(wait=True)
                plt.figure()
                plt.bar(range(len(grad)), np.sign(grad))
                plt.close()
                return lr * -np.sign(grad)
            """,
        },
    ),
    Style(
        "cells left behind that do not run",
        "06_adam",
        {
            "first-step": """
            def first_step(grad, lr):
                return lr * (np.heaviside(-grad, 0) - np.heaviside(grad, 0))

            check("first-step", first_step)
            """,
            "after check-first-step": [
                "def second_step(grad, lr:\n    return",
                "first_step(1.0, )2",
                "forgotten_name + 1",
                "for i in range(3)\n    print(i)",
            ],
            "end": "1 / 0",
        },
    ),
    # ---- 07: bias correction --------------------------------------------------------------------
    Style(
        "two versions, chosen by a flag",
        "07_bias_correction",
        {
            "beta2-for": """
            FAST = True
            if FAST:
                def beta2_for(beta1, length):
                    return 1 - ((1 - beta1) / length) ** 2
            else:
                def beta2_for(beta1, length):
                    tried = np.linspace(0, 1, 10_000_000, endpoint=False)
                    return tried[np.argmin(abs((1 - beta1) / np.sqrt(1 - tried) - length))]
            """,
            "after check-beta2-for": "FAST = False",
            "value-behind": """
            try:
                import cupy as xp
            except ImportError:
                import numpy as xp

            def value_behind(average, beta, t):
                ages = xp.arange(t)
                return average / ((1 - beta) * beta**ages).sum()
            """,
        },
    ),
    Style(
        "a triangular matrix of weights",
        "07_bias_correction",
        {
            "corrected-average": """
            def corrected_average(values, beta):
                n = len(values)
                age = np.subtract.outer(np.arange(n), np.arange(n))
                weights = np.tril((1 - beta) * float(beta) ** np.abs(age))
                return (weights / weights.sum(axis=1, keepdims=True)) @ values
            """,
            "corrected-with": """
            def corrected_with(values, betas):
                n = len(values)
                weights = np.zeros((n, n))
                for row in range(n):
                    for column in range(row + 1):
                        later = betas[column + 1 : row + 1]
                        weights[row, column] = (1 - betas[column]) * np.prod(later)
                return weights @ values / weights.sum(axis=1)
            """,
            "longest-step": """
            def longest_step(beta1, beta2, every, steps):
                gradient = (np.arange(steps) % every == 0).astype(float)
                age = np.subtract.outer(np.arange(steps), np.arange(steps))
                m = np.tril((1 - beta1) * float(beta1) ** abs(age)) @ gradient
                v = np.tril((1 - beta2) * float(beta2) ** abs(age)) @ gradient
                lengths = dict(enumerate(m / v**0.5, start=1))
                k = max(lengths, key=lengths.get)
                return [k, lengths[k]]
            """,
        },
    ),
    Style(
        "numpy.typing hints and keyword-only helpers",
        "07_bias_correction",
        {
            "before corrected-average": """
            import numpy.typing as npt

            Floats = npt.NDArray[np.float64]

            def mix(old: Floats | float, new: Floats | float, *, beta: float) -> Floats | float:
                return beta * old + (1 - beta) * new
            """,
            "corrected-average": """
            def corrected_average(values: Floats, beta: float) -> Floats:
                a = np.zeros_like(values[0])
                out: list[Floats] = []
                for t, value in enumerate(values):
                    a = mix(a, value, beta=beta)
                    out.append(a / (1 - beta ** (t + 1)))
                return np.asarray(out)
            """,
            "corrections-made": """
            def corrections_made(lengths: Floats, beta1: float, beta2: float) -> tuple[bool, bool]:
                m = mix(0, 1, beta=beta1)
                v = mix(0, 1, beta=beta2)
                m_2 = mix(m, 1, beta=beta1)
                v_2 = mix(v, 1, beta=beta2)

                def fits(first: float, second: float) -> bool:
                    return np.allclose(lengths[:2], [first, second], rtol=2e-3, atol=1e-4)

                if fits(1, 1):
                    return True, True
                if fits(m, m_2):
                    return False, True
                return fits(1 / v**0.5, 1 / v_2**0.5), False
            """,
            "repaired-steps": """
            def repaired_steps(
                gradients: Floats, lr: float = 0.01, beta1: float = 0.9, beta2: float = 0.999,
                eps: float = 1e-8,
            ) -> Floats:
                m_hat = corrected_average(gradients, beta1)
                v_hat = corrected_average(gradients**2, beta2)
                return -lr * m_hat / (np.sqrt(v_hat) + eps)
            """,
        },
    ),
    Style(
        "functools.reduce and partial",
        "07_bias_correction",
        {
            "corrected-average": """
            from functools import partial, reduce

            def taken_in(beta, so_far, value):
                averages, old = so_far
                new = beta * old + (1 - beta) * value
                return [*averages, new], new

            def corrected_average(values, beta):
                averages, _ = reduce(partial(taken_in, beta), values, ([], 0.0))
                return [a / (1 - beta**t) for t, a in enumerate(averages, 1)]
            """,
            "corrections-made": """
            def expected(of_m, of_v, beta1, beta2, t):
                return (1 if of_m else 1 - beta1**t) / (1 if of_v else 1 - beta2**t) ** 0.5

            def corrections_made(lengths, beta1, beta2):
                kinds = [(0, 0), (0, 1), (1, 0), (1, 1)]
                def off(kind):
                    whole = partial(expected, *kind, beta1, beta2)
                    return sum(abs(whole(t) / x - 1) for t, x in enumerate(lengths, 1))
                return min(kinds, key=off)
            """,
            "longest-step": """
            def longest_step(beta1, beta2, every, steps):
                def longer(a, b):
                    return b if b[1] > a[1] else a

                def walk(m=0.0, v=0.0):
                    for k in range(1, steps + 1):
                        g = (k - 1) % every == 0
                        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g
                        yield k, m / np.sqrt(v)

                return reduce(longer, walk())
            """,
        },
    ),
    Style(
        "a callable object where a function is asked",
        "07_bias_correction",
        {
            "value-behind": '''
            class Behind:
                """The value behind an average that began at a number."""

                def __init__(self, start):
                    self.start = start

                def __call__(self, average, beta, t):
                    left = beta**t
                    return (average - left * self.start) / (1 - left)


            value_behind = Behind(start=0.0)
            ''',
            "repaired-steps": """
            class Steps:
                @staticmethod
                def of(gradients, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
                    m, v, steps = 0.0, 0.0, []
                    for t, g in enumerate(gradients, start=1):
                        m += (1 - beta1) * (g - m)
                        v += (1 - beta2) * (g * g - v)
                        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
                        steps.append(-lr * m_hat / (v_hat**0.5 + eps))
                    return tuple(steps)


            repaired_steps = Steps.of
            """,
        },
    ),
    # ---- 08: hyperparameters --------------------------------------------------------------------
    Style(
        "np.apply_along_axis, np.ma and einsum",
        "08_hyperparameters",
        {
            "magnitude": """
            def magnitude(gradients):
                def one(column):
                    return abs(np.mean(column)) / np.sqrt(np.mean(column**2))
                return np.apply_along_axis(one, 0, gradients)
            """,
            "best-setting": """
            def best_setting(losses, rates, memories):
                masked = np.ma.masked_invalid(losses)
                row, column = np.argwhere(masked == masked.min())[0]
                inner = np.zeros(losses.shape, bool)
                inner[1:-1, 1:-1] = True
                return rates[column], memories[row], ~inner[row, column]
            """,
            "good-range": """
            def good_range(values, losses):
                typical = np.sort(losses, axis=1)[:, losses.shape[1] // 2]  # NaN comes last
                good = np.ma.masked_where(~(typical <= 2 * np.nanmin(typical)), typical)
                for part in np.ma.clump_unmasked(good):
                    if np.nanmin(typical) in typical[part]:
                        return values[part][0], values[part][-1]
            """,
            "own-axes": """
            def own_axes(grad, d):
                rng = np.random.default_rng(5)
                points = rng.normal(size=(50, d))
                slopes = np.array([grad(p) for p in points])
                design = np.column_stack([points, np.ones(50)])
                A = np.linalg.lstsq(design, slopes, rcond=None)[0][:d]
                return np.linalg.svd((A + A.T) / 2)[0]
            """,
            "turned-axes": """
            def adam_in_turned_axes(grad, theta, axes, steps, lr):
                there = lambda x: np.einsum("ij,i->j", axes, x)
                back = lambda x: np.einsum("ij,j->i", axes, x)
                return back(adam(lambda x: there(grad(back(x))), there(theta), steps, lr))
            """,
        },
    ),
    Style(
        "loops, math.isfinite and sorted",
        "08_hyperparameters",
        {
            "magnitude": """
            def magnitude(gradients):
                result = []
                for column in zip(*gradients):
                    mean = sum(column) / len(column)
                    squares = sum(g * g for g in column) / len(column)
                    result.append(abs(mean) / math.sqrt(squares))
                return result
            """,
            "best-setting": """
            def best_setting(losses, rates, memories):
                found = []
                for i, memory in enumerate(memories):
                    for j, rate in enumerate(rates):
                        if math.isfinite(losses[i][j]):
                            edge = 0 in (i, j) or i + 1 == len(memories) or j + 1 == len(rates)
                            found.append((losses[i][j], rate, memory, edge))
                found.sort()
                return found[0][1:]
            """,
            "good-range": """
            def middle(runs):
                runs = sorted(math.inf if math.isnan(x) else x for x in runs)
                return runs[len(runs) // 2]

            def good_range(values, losses):
                typical = [middle(runs) for runs in losses]
                best = typical.index(min(typical))
                first = best
                while first >= 0 and typical[first] <= 2 * typical[best]:
                    first -= 1
                last = best
                while last < len(typical) and typical[last] <= 2 * typical[best]:
                    last += 1
                return values[first + 1], values[last - 1]
            """,
            "steps-to-forget": """
            import math

            def steps_to_forget(beta, share):
                return math.log(share) / math.log(beta)
            """,
            "matching-rate": """
            def matching_rate(rate, beta1, eps):
                settles = sum(beta1**k for k in range(2000))
                return rate * settles * eps
            """,
        },
    ),
    Style(
        "a bisection instead of a logarithm",
        "08_hyperparameters",
        {
            "steps-to-forget": """
            def steps_to_forget(beta, share):
                low, high = 0.0, 1.0
                while beta**high > share:
                    high *= 2
                for _ in range(200):
                    middle = (low + high) / 2
                    if beta**middle > share:
                        low = middle
                    else:
                        high = middle
                return (low + high) / 2
            """,
        },
    ),
    Style(
        "an Adam of one's own in place of the listing, renamed below",
        "08_hyperparameters",
        {
            "turned-axes": """
            class Turned:
                def __init__(self, grad, axes):
                    self.grad, self.axes = grad, axes

                def __call__(self, along):
                    return self.axes.T.dot(self.grad(self.axes.dot(along)))

            def adam_in_turned_axes(grad, theta, axes, steps, lr, adam=adam):
                return axes.dot(adam(Turned(grad, axes), axes.T.dot(theta), steps, lr))
            """,
            "after check-turned-axes": """
            bowl, adam = Bowl(condition=100), {}
            for angle in range(0, 91, 15):
                c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
                axes, start = np.array([[c, -s], [s, c]]), np.array([3.0, 2.0])
                end = adam_in_turned_axes(bowl.gradient, start, axes, 40, 0.2)
                adam[angle] = bowl.value(end)
            adam
            """,
            "matching-rate": """
            def matching_rate(rate, beta1, eps): return eps * rate / (1. - beta1)
            """,
        },
    ),
    # ---- 09: schedules --------------------------------------------------------------------------
    Style(
        "np.piecewise, np.select and np.minimum.accumulate",
        "09_schedules",
        {
            "step-of-fall": """
            def step_of_fall(every, falls):
                return np.flatnonzero(np.arange(every * falls + 1) // every == falls)[0] + 1
            """,
            "warmup-cosine": """
            def warmup_cosine(t, lr, warm, steps):
                t = np.asarray(t, dtype=float)
                rest = (t - warm - 1) / (steps - warm)
                return np.select(
                    [t <= warm, t > warm], [lr * t / warm, lr * np.cos(np.pi * rest / 2) ** 2]
                )
            """,
            "last-rates": """
            def last_rates(lr, epochs):
                a = lr if epochs <= 50 else lr / 10
                halvings = len(range(11, epochs + 1, 10))
                return np.array([a, lr / 2**halvings])
            """,
            "when-to-drop": """
            def when_to_drop(distance, lr, steps):
                drops = np.unique(np.linspace(0, steps, 100_001).astype(int))
                ball, low = lr / (2 - lr), lr / (20 - lr)
                square = ball + (distance**2 - ball) * (1 - lr) ** (2 * drops)
                ends = low + (square - low) * (1 - lr / 10) ** (2 * (steps - drops))
                return drops[ends.argmin()]
            """,
        },
    ),
    Style(
        "a class that waits for the plateau",
        "09_schedules",
        {
            "plateau": """
            class Plateau:
                best = float("inf")
                waited = 0

                def __init__(self, lr, factor, patience, minimum):
                    vars(self).update(lr=lr, factor=factor, patience=patience, minimum=minimum)

                def see(self, loss):
                    if loss < self.best:
                        self.best, self.waited = loss, 0
                    else:
                        self.waited += 1
                    if self.waited > self.patience:
                        self.lr = max(self.lr * self.factor, self.minimum)
                        self.waited = 0
                    return self.lr

            def plateau(losses, lr, factor, patience, minimum):
                watcher = Plateau(lr, factor, patience, minimum)
                return [watcher.see(loss) for loss in losses]
            """,
            "warmup-cosine": """
            import math

            def at(t, lr, warm, steps):
                if t <= warm:
                    return lr * t / warm
                return lr * (1 + math.cos(math.pi * (t - warm - 1) / (steps - warm))) / 2

            def warmup_cosine(t, lr, warm, steps):
                try:
                    return [at(one, lr, warm, steps) for one in t]
                except TypeError:
                    return at(t, lr, warm, steps)
            """,
        },
    ),
    Style(
        "a listing changed below for a longer experiment",
        "09_schedules",
        {
            "when-to-drop": """
            def when_to_drop(distance, lr, steps):
                way, moments = distance * 1.0, 0
                while way**2 > lr / 20:
                    way, moments = way * (1 - lr) ** max(steps // 1000, 1), moments + 1
                return moments * max(steps // 1000, 1)
            """,
            "after check-when-to-drop": """
            def mean_square(distance, lr, steps, drop, share=0.5):
                # the same with a half instead of a tenth; NOT what the task asks
                square = distance**2
                for t in range(1, steps + 1):
                    rate = lr if t <= drop else lr * share
                    square = (1 - rate) ** 2 * square + rate**2
                return square

            [when_to_drop(d, 0.1, 90) for d in (1, 10, 100)]
            """,
            "repaired-training": """
            def repaired_training(grad, theta, lr, epochs, batches, every, factor):
                rates = lr * factor ** (np.arange(epochs * batches) // (batches * every))
                for rate in rates:
                    theta = theta - rate * grad(theta)
                return theta, rates
            """,
        },
    ),
    Style(
        "match, and tables filled in a loop",
        "09_schedules",
        {
            "before last-rates": """
            HALVED = {}
            rate = 1.0
            for epoch in range(1, 2001):
                if epoch > 1 and epoch % 10 == 1:
                    rate = rate / 2
                HALVED[epoch] = rate
            del rate, epoch
            """,
            "last-rates": """
            def last_rates(lr, epochs):
                match epochs:
                    case n if n > 50:
                        plan_a = lr * 0.1
                    case _:
                        plan_a = lr
                return plan_a, lr * HALVED[epochs]
            """,
            "after check-last-rates": "HALVED.clear()",
            "step-of-fall": """
            def step_of_fall(every, falls):
                match falls:
                    case 0:
                        return 1
                    case _:
                        return every + step_of_fall(every, falls - 1)
            """,
            "plateau": """
            def plateau(losses, lr, factor, patience, minimum):
                rates, best, waited = [], None, 0
                for loss in losses:
                    match (best, waited):
                        case (None, _):
                            best = loss
                        case (known, _) if loss < known:
                            best, waited = loss, 0
                        case (_, n) if n == patience:
                            lr, waited = max(lr * factor, minimum), 0
                        case _:
                            waited += 1
                    rates.append(lr)
                return rates
            """,
        },
    ),
    Style(
        "logging, warnings and a little sleep",
        "09_schedules",
        {
            "planned-length": """
            import bisect

            def planned_length(rates):
                at_top = [t for t, rate in enumerate(rates, start=1) if rate == max(rates)]

                def rate_at_the_end(steps):
                    share = (len(rates) - at_top[1]) / (steps - at_top[0])
                    return max(rates) * (1 + np.cos(np.pi * share)) / 2

                lengths, last = range(len(rates), 10_000), rates[-1] * (1 - 1e-12)
                return lengths[bisect.bisect_left(lengths, last, key=rate_at_the_end)]
            """,
            "plateau": """
            import copy
            import logging
            import time
            import warnings

            log = logging.getLogger("plateau")
            logging.basicConfig(level=logging.WARNING)

            def plateau(losses, lr, factor, patience, minimum):
                state = {"lr": lr, "best": np.inf, "waited": 0}
                history = []
                for number, loss in enumerate(losses):
                    state["waited"] = 0 if loss < state["best"] else state["waited"] + 1
                    state["best"] = min(loss, state["best"])
                    if state["waited"] > patience:
                        log.info("loss %d: lower the rate", number)
                        warnings.warn("a plateau")
                        state |= {"lr": max(state["lr"] * factor, minimum), "waited": 0}
                    history.append(copy.deepcopy(state))
                time.sleep(0.001)
                return [state["lr"] for state in history]
            """,
        },
    ),
    # ---- 10: weight decay -----------------------------------------------------------------------
    Style(
        "imports that are not needed, of what may not be there",
        "10_weight_decay",
        {
            "top": [
                "try:\n    import seaborn as sns\nexcept ImportError:\n    sns = None",
                "import pandas as pd  # for later",
            ],
            "noise-size": """
            def noise_size(l2, adamw):
                halvings = np.log2([l2, adamw])
                return np.divide(*halvings[::-1])
            """,
            "repaired-adamw": """
            def repaired_adamw(grad, theta, rates, weight_decay, decayed):
                m = v = np.zeros_like(theta)
                for t in range(1, len(rates) + 1):
                    lr = rates[t - 1]
                    theta, g = theta * (1 - lr * weight_decay * decayed), grad(theta)
                    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
                    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
                    theta = theta - lr * m_hat / (np.sqrt(v_hat) + 1e-8)
                return theta
            """,
        },
    ),
    Style(
        "a search by halves and simulated shares",
        "10_weight_decay",
        {
            "silent-step": """
            def silent_step(theta, lr, weight_decay):
                return np.array([1 - lr * weight_decay, 1 - weight_decay]) * theta
            """,
            "carried-over": """
            def carried_over(decay, steps, new_steps, lr):
                def left(share, n):
                    theta = 1.0
                    for _ in range(n):
                        theta -= share * theta
                    return theta

                low, high = 0.0, 1.0
                for _ in range(60):
                    middle = (low + high) / 2
                    if left(middle, new_steps) > left(decay, steps):
                        low = middle
                    else:
                        high = middle
                return low / lr
            """,
            "resting-places": """
            def resting_places(mean, noise, weight_decay):
                size = np.sqrt(np.mean([(mean + noise) ** 2, (mean - noise) ** 2]))
                return [-mean / weight_decay, -mean / size / weight_decay]
            """,
        },
    ),
    Style(
        "np.interp, np.linalg and import numpy as jnp",
        "10_weight_decay",
        {
            "before adamw-step": "import numpy as jnp\nfrom numpy import linalg as la",
            "adamw-step": """
            def adamw_step(
                theta, grad, m, v, t, lr=1e-3, weight_decay=1e-2, beta1=0.9, beta2=0.999, eps=1e-8
            ):
                theta_decayed = theta * (1 - lr * weight_decay)
                m = jnp.add(beta1 * m, (1 - beta1) * grad)
                v = jnp.add(beta2 * v, (1 - beta2) * jnp.square(grad))
                m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
                return theta_decayed - lr * m_hat / (jnp.sqrt(v_hat) + eps), m, v
            """,
            "costs-of-rules": """
            def costs_of_rules(losses, rates, decays):
                first, *_, last = losses.T
                rows = jnp.arange(len(decays))
                best = decays[first == la.norm(first, -jnp.inf)][0]
                found = []
                for asked in (best, best * rates[0] / rates[-1]):
                    row = jnp.interp(jnp.log10(asked), jnp.log10(decays), rows)
                    found.append(last[int(jnp.rint(row))] - min(last))
                return found
            """,
            "after costs-of-rules": """
            tens = np.array([1, 10, 100])
            print("costs of", costs_of_rules(1 - np.eye(3), tens, tens))
            """,
        },
    ),
    Style(
        "named tuples, and a walk through the gradient's signs",
        "10_weight_decay",
        {
            "adamw-step": """
            from collections import namedtuple

            State = namedtuple("State", "theta m v")

            def adamw_step(
                theta, grad, m, v, t, lr=1e-3, weight_decay=1e-2, beta1=0.9, beta2=0.999, eps=1e-8
            ):
                m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
                new = State(theta, m, v)
                step = new.m / (1 - beta1**t) / (np.sqrt(new.v / (1 - beta2**t)) + eps)
                return new._replace(theta=theta - lr * (step + weight_decay * theta))
            """,
            "repaired-adamw": """
            def repaired_adamw(grad, theta, rates, weight_decay, decayed):
                state = State(theta, np.zeros_like(theta), np.zeros_like(theta))
                for t, lr in enumerate(rates, start=1):
                    theta, m, v = state
                    state = adamw_step(theta, grad(theta), m, v, t, lr, weight_decay * decayed)
                return state.theta
            """,
        },
    ),
    # ---- 11: when Adam fails --------------------------------------------------------------------
    Style(
        "eigenvalues instead of a formula",
        "11_when_adam_fails",
        {
            "stable-rate": """
            def stable_rate(curvature, v_hat, beta1):
                def radius(rate):
                    a = rate / np.sqrt(v_hat)
                    c = (1 - beta1) * curvature
                    step = np.array([[1 - a * c, -a * beta1], [c, beta1]])
                    return max(abs(np.linalg.eigvals(step)))

                low, high = 0.0, 1e6
                for _ in range(100):
                    middle = (low + high) / 2
                    low, high = (middle, high) if radius(middle) < 1 else (low, middle)
                return low
            """,
            "average-regret": """
            def average_regret(places, slopes):
                paid = sum(p * s for p, s in zip(places, slopes))
                cheapest = min(sum(x * s for s in slopes) for x in (-1, 1))
                return (paid - cheapest) / len(slopes)
            """,
        },
    ),
    Style(
        "itertools.count, next and lru_cache",
        "11_when_adam_fails",
        {
            "smallest-c": """
            from functools import lru_cache
            from itertools import count

            net_move = lru_cache(None)(net_move)

            def smallest_C(beta1, beta2):
                return next(C for C in count(2) if net_move(C, beta1, beta2) > 0)
            """,
            "lasting-steps": """
            def lasting_steps(factor, when, beta2):
                v = record = corrected = 0.0
                for t in range(1, when + 2):
                    v = beta2 * v + (1 - beta2) * (factor if t == when else 1) ** 2
                    record, corrected = max(record, v), max(corrected, v / (1 - beta2**t))
                return record**-0.5, corrected**-0.5
            """,
            "amsgrad-step": """
            def amsgrad_step(theta, grad, m, v, v_max, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
                m = np.average([m, grad], axis=0, weights=[beta1, 1 - beta1])
                v = np.average([v, grad**2], axis=0, weights=[beta2, 1 - beta2])
                v_max = np.max([v, v_max], axis=0)
                return [theta - lr * m / (v_max**0.5 + eps), m, v, v_max]
            """,
        },
    ),
    Style(
        "pure Python sums over rows",
        "11_when_adam_fails",
        {
            "two-counts": """
            def two_counts(slopes):
                added_up = heads = 0.0
                for slope in slopes:
                    added_up -= slope
                    heads -= slope / (slope * slope) ** 0.5
                return added_up, heads
            """,
            "predicted-error": """
            def sign(x):
                return int(x > 0) - int(x < 0)

            def predicted_error(X, y, new_X, new_y):
                columns = range(len(X[0]))
                weights = [sign(sum(X[i][j] * y[i] for i in range(len(y)))) for j in columns]
                wrong = 0
                for row, label in zip(new_X, new_y):
                    wrong += sign(sum(w * x for w, x in zip(weights, row))) != label
                return wrong / len(new_y)
            """,
            "average-regret": """
            def average_regret(places, slopes):
                return (slopes @ places + abs(slopes.sum())) / slopes.size
            """,
            "stable-rate": """
            def stable_rate(curvature, v_hat, beta1):
                return 2 * v_hat**0.5 * (1 + beta1) / curvature / (1 - beta1)
            """,
        },
    ),
    # ---- 12: the family -------------------------------------------------------------------------
    Style(
        "np.copysign, outer products and broadcasting",
        "12_the_family",
        {
            "lion-step": """
            def lion_step(theta, grad, m, lr, beta1, beta2, weight_decay):
                mixed = beta1 * m + (1 - beta1) * grad
                direction = np.where(mixed == 0, 0, np.copysign(1, mixed))
                theta = theta * (1 - lr * weight_decay) - lr * direction
                return theta, beta2 * m + (1 - beta2) * grad
            """,
            "badly-rebuilt": """
            def badly_rebuilt(times):
                v = np.ones((2, 2))  # quiet at the top left only: how quiet?
                low, high = 1e-12, 1.0
                while high / low > 1 + 1e-9:
                    v[0, 0] = np.sqrt(low * high)
                    guess = v[0].mean() * v[:, 0].mean() / v.mean()
                    if guess / v[0, 0] > times**2:
                        low = v[0, 0]
                    else:
                        high = v[0, 0]
                return v
            """,
            "first-steps": """
            def first_steps(g, beta1, beta2):
                return 1, (1 - beta1) * (1 - beta2) ** -0.5, beta1**-1, np.abs(g)
            """,
            "belief-step": """
            def belief_step(mean, sigma, beta1):
                return mean / (sigma * beta1 * np.sqrt(2 / (1 + beta1)))
            """,
        },
    ),
    Style(
        "einsum and nested lists",
        "12_the_family",
        {
            "badly-rebuilt": """
            def badly_rebuilt(times):
                loud = 2.0 * (2 * times**2 - 1)
                return [[2, loud], [loud, 2]]
            """,
            "lion-step": """
            def lion_step(theta, grad, m, lr, beta1, beta2, weight_decay):
                new_theta, new_m = [], []
                for p, g, a in zip(theta.tolist(), grad.tolist(), m.tolist()):
                    c = beta1 * a + (1 - beta1) * g
                    s = 1 if c > 0 else -1 if c < 0 else 0
                    new_theta.append(p - lr * (s + weight_decay * p))
                    new_m.append(beta2 * a + (1 - beta2) * g)
                return new_theta, new_m
            """,
            "after check-badly-rebuilt": "lion_step, badly_rebuilt",
        },
    ),
    Style(
        "np.matrix and zero-dimensional arrays",
        "12_the_family",
        {
            "badly-rebuilt": """
            def badly_rebuilt(times):
                other = 2 * times**2 - 1
                return np.asmatrix([[1, other], [other, 1]])
            """,
            "turning-gradient": """
            def turning_gradient(m, beta1):
                return np.array(m - m / (1 - beta1))
            """,
            "steps-misled": """
            def steps_misled(loud, quiet, beta1, beta2):
                gradients = np.append(loud, np.full(5000, -quiet))
                m, directions = np.array([-quiet]), []
                for gradient in gradients:
                    directions.append(np.sign(beta1 * m + (1 - beta1) * gradient))
                    m = beta2 * m + (1 - beta2) * gradient
                return np.count_nonzero(np.array(directions) > 0)
            """,
            "belief-step": """
            def belief_step(mean, sigma, beta1):
                variance = sigma**2 * 2 * beta1**2 / (1 + beta1)  # what is left of (g − m)²
                return np.array(mean / np.sqrt(variance))
            """,
        },
    ),
    Style(
        "a class hierarchy, with super and slots",
        "12_the_family",
        {
            "repaired-amsgrad": """
            class MyAdam:
                __slots__ = ("beta1", "beta2", "eps", "lr", "m", "t", "v")

                def __init__(self, lr, beta1, beta2, eps):
                    self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
                    self.m = self.v = self.t = 0

                def second(self):
                    return self.v

                def step(self, theta, g):
                    self.t += 1
                    self.m = self.beta1 * self.m + (1 - self.beta1) * g
                    self.v = self.beta2 * self.v + (1 - self.beta2) * g**2
                    m_hat = self.m / (1 - self.beta1**self.t)
                    v_hat = self.second() / (1 - self.beta2**self.t)
                    return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


            class MyAMSGrad(MyAdam):
                __slots__ = ("largest",)

                def __init__(self, *args):
                    super().__init__(*args)
                    self.largest = 0

                def second(self):
                    self.largest = np.maximum(self.largest, super().second())
                    return self.largest


            def amsgrad(grad, theta, steps, lr, beta1, beta2, eps):
                optimizer, path = MyAMSGrad(lr, beta1, beta2, eps), [theta]
                for _ in range(steps):
                    path.append(optimizer.step(path[-1], grad(path[-1])))
                return tuple(path)
            """,
            "first-steps": """
            from typing import NamedTuple

            class Sizes(NamedTuple):
                adam: float
                amsgrad: float
                adabelief: float
                radam: float

            def first_steps(g, beta1, beta2):
                return Sizes(1.0, (1 - beta1) / (1 - beta2) ** 0.5, 1 / beta1, max(g, -g))
            """,
        },
    ),
    # ---- 13: real networks ----------------------------------------------------------------------
    Style(
        "a layer at a time, with helper functions below",
        "13_real_networks",
        {
            "deeper-gradient": """
            def gradients(x, y, W1, W2, W3):
                h1, h2, p = forward(x, W1, W2, W3)
                p = p.copy()
                p[np.arange(len(y)), y] -= 1
                found = []
                for signal, W in ((h2, W3), (h1, W2), (x, W1)):
                    found.append(np.einsum("ni,nj->ij", signal, p) / len(y))
                    p = backwards(p, W, signal)
                return found[::-1]

            def backwards(errors, W, signal):
                return (errors @ W.T) * (1 - signal) * (1 + signal)
            """,
            "may-be-right": """
            def may_be_right(at, at_a_tenth):
                return np.log10(at) - np.log10(at_a_tenth) > 1.5
            """,
        },
    ),
    Style(
        "image by image, in loops",
        "13_real_networks",
        {
            "deeper-gradient": """
            def gradients(x, y, W1, W2, W3):
                g1, g2, g3 = np.zeros_like(W1), np.zeros_like(W2), np.zeros_like(W3)
                for image, label in zip(x, y):
                    h1 = np.tanh(image @ W1)
                    h2 = np.tanh(h1 @ W2)
                    scores = h2 @ W3
                    p = np.exp(scores - max(scores))
                    p /= sum(p)
                    p[label] -= 1
                    e2 = (W3 @ p) * (1 - h2**2)
                    e1 = (W2 @ e2) * (1 - h1**2)
                    g1 += np.outer(image, e1)
                    g2 += np.outer(h1, e2)
                    g3 += np.outer(h2, p)
                return g1 / len(x), g2 / len(x), g3 / len(x)
            """,
            "repaired-report": """
            from statistics import median

            def reported(validation, test):
                chosen = max(range(len(validation)), key=lambda i: median(validation[i].tolist()))
                return median(test[chosen].tolist())
            """,
            "half-learned": """
            def half_learned(frequency, steps):
                share, count, text, words = 0.0, 0, None, None
                for one in frequency.tolist():
                    share, count = share + one, count + 1
                    needed = steps / (one / frequency[0])
                    if text is None and share >= 0.5:
                        text = needed
                    if words is None and 2 * count >= len(frequency):
                        words = needed
                return text, words
            """,
        },
    ),
    Style(
        "sorting and ranks",
        "13_real_networks",
        {
            "next-rate": """
            def next_rate(losses, rates):
                middle = [np.sort(np.where(np.isnan(row), np.inf, row)) for row in losses]
                n = losses.shape[1]
                typical = [(row[(n - 1) // 2] + row[n // 2]) / 2 for row in middle]
                place = typical.index(min(typical))
                factor = rates[1] / rates[0]
                if 0 < place < len(rates) - 1:
                    factor = factor**0.5
                typical = [np.inf, *typical, np.inf]
                down = typical[place] < typical[place + 2]
                if place in (0, len(rates) - 1):
                    down = place == 0
                return rates[place] / factor if down else rates[place] * factor
            """,
            "row-rates": """
            def row_rates(gradient, steps):
                rates = []
                for row in gradient:
                    rates.append(1.0 / sorted(row.tolist(), key=abs)[-1])
                return np.abs(rates).tolist()
            """,
            "wins-needed": """
            def wins_needed(pairs, methods):
                chances = np.ones(1)
                for _ in range(pairs):
                    chances = (np.append(chances, 0) + np.append(0, chances)) / 2
                at_least = np.append(chances[::-1].cumsum()[::-1], 0)
                return np.argmax(1 - (1 - at_least) ** methods <= 0.05)
            """,
        },
    ),
    # ---- 14: Adam in the frameworks -------------------------------------------------------------
    Style(
        "an optimizer of one's own in the loop",
        "14_adam_in_the_frameworks",
        {
            "epsilon-of-a-step": """
            def epsilon_of(g, share):
                return (1 - share) * np.abs(g) / share
            """,
            "whose-adam": """
            def whose_adam(g, shares, beta2, first):
                pytorch = [epsilon_of(g, share) for share in shares]
                keras = [e * (1 - beta2 ** (first + i)) ** 0.5 for i, e in enumerate(pytorch)]
                spread = [max(one) / min(one) for one in (pytorch, keras)]
                return (False, pytorch[0]) if spread[0] < spread[1] else (True, keras[0])
            """,
            "repaired-loop": """
            class Loop:
                def __init__(self, model, optimizer, limit):
                    self.model, self.optimizer, self.limit = model, optimizer, limit
                    self.losses = []

                def epoch(self):
                    self.losses.append(self.model.loss())
                    self.optimizer.zero_grad()
                    self.model.backward()
                    self.model.clip(self.limit)
                    self.optimizer.step()

            def train(inputs, targets, weights, epochs, lr, limit):
                model = Line(inputs, targets, weights)
                loop = Loop(model, Adam(model, lr), limit)
                for _ in range(epochs):
                    loop.epoch()
                return loop.losses
            """,
            "after check-repaired-loop": """
            class Adam:
                "a name that I need for something else"
            """,
            "two-ends": """
            def two_ends(rates, momentum):
                friction = momentum ** np.arange(len(rates))
                return -np.dot(rates, friction), -rates[0] * np.sum(friction)
            """,
        },
    ),
    Style(
        "dicts of groups and two parameters of each",
        "14_adam_in_the_frameworks",
        {
            "group-settings": """
            from itertools import combinations

            def group_settings(theta, grad, after, group):
                found = {}
                for i, j in combinations(range(len(theta)), 2):
                    if group[i] != group[j] or int(group[i]) in found:
                        continue
                    lost = theta[i] - after[i], theta[j] - after[j]
                    rows = np.array([[np.sign(grad[k]), theta[k]] for k in (i, j)])
                    if abs(np.linalg.det(rows)) > 1e-9:
                        rate, shrink = np.linalg.solve(rows, lost)
                        found[int(group[i])] = {"lr": rate, "decay": shrink / rate}
                settings = [found[k] for k in sorted(found)]
                return [one["lr"] for one in settings], [one["decay"] for one in settings]
            """,
            "epsilon-of-a-step": """
            epsilon_of = lambda g, share: np.sqrt(g**2) * (1 / share - 1)
            """,
            "two-ends": """
            def two_ends(rates, momentum):
                where, moving = [0.0, 0.0], [1.0, -rates[0]]
                for rate in rates:
                    where = [where[0] - rate * moving[0], where[1] + moving[1]]
                    moving = [momentum * moving[0], momentum * moving[1]]
                return tuple(where)
            """,
        },
    ),
    Style(
        "doubling until it overflows, with warnings as errors",
        "14_adam_in_the_frameworks",
        {
            "loss-scale": """
            import math
            import warnings

            def loss_scale(gradients):
                biggest, scale = float(np.abs(gradients).max()), 2.0**-40
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    try:
                        while math.isfinite(np.float16(2 * scale * biggest)):
                            scale *= 2
                    except RuntimeWarning as warning:
                        print("stopped by:", warning)
                return scale
            """,
            "what-was-kept": """
            from itertools import product

            class Going:
                def __init__(self, beta1, beta2):
                    self.m = self.v = self.t = 0
                    self.beta1, self.beta2 = beta1, beta2

                def step(self, g):
                    self.t += 1
                    self.m += (1 - self.beta1) * (g - self.m)
                    self.v += (1 - self.beta2) * (g * g - self.v)
                    m_hat = self.m / (1 - self.beta1**self.t)
                    return -m_hat / (self.v / (1 - self.beta2**self.t)) ** 0.5

            def what_was_kept(before, after, moves, beta1, beta2):
                for kept in product([False, True], repeat=3):
                    adam = Going(beta1, beta2)
                    for g in before:
                        adam.step(g)
                    for name, stays in zip("mvt", kept):
                        if not stays:
                            setattr(adam, name, 0)
                    if np.allclose([adam.step(g) for g in after], moves):
                        return kept
            """,
        },
    ),
    # ---- 15: what Adam costs --------------------------------------------------------------------
    Style(
        "an Enum, math and a table of stages",
        "15_what_adam_costs",
        {
            "neighbour": """
            import math

            def neighbour(x, bits):
                _, exponent = math.frexp(x)
                return math.ldexp(1, exponent - 1 - bits)
            """,
            "unnoticed": """
            def unnoticed(v, beta2, bits):
                half = neighbour(v, bits) / 2
                changes = [-half, half]
                down, up = [v + change / (1 - beta2) for change in changes]
                return (down if down > 0 else 0), up
            """,
            "stage-and-rest": """
            from enum import IntEnum

            class Zero(IntEnum):
                NOTHING = 0
                STATE = 1
                GRADIENTS = 2
                WEIGHTS = 3

            BYTES = {Zero.STATE: 12, Zero.GRADIENTS: 2, Zero.WEIGHTS: 2}

            def stage_and_rest(billions, devices, gigabytes):
                found = {}
                for stage in Zero:
                    each = [
                        sum(b / (n if stage >= part else 1) for part, b in BYTES.items())
                        for n in devices
                    ]
                    rest = gigabytes - billions * np.array(each)
                    found[stage] = np.ptp(rest), rest.mean()
                stage = min(found, key=found.get)
                return stage, found[stage][1]
            """,
            "batch-needed": """
            def batch_needed(operations, bytes_moved, share):
                roof = min(operations, bytes_moved * 14 / 28)
                update = 14 / roof
                return math.ceil(update * operations / 6 * (1 - share) / share)
            """,
        },
    ),
    Style(
        "the worst of many sizes, blocks by np.split",
        "15_what_adam_costs",
        {
            "repaired-blocks": """
            def repaired_blocks(
                theta, grad, m, v, t, block, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8
            ):
                cuts = range(block, len(theta), block)
                done = []
                for p, g, a, b in zip(*(np.split(x, cuts) for x in (theta, grad, m, v))):
                    a, b = beta1 * a + (1 - beta1) * g, beta2 * b + (1 - beta2) * g**2
                    step = lr * a / (1 - beta1**t) / (np.sqrt(b / (1 - beta2**t)) + eps)
                    done.append((p - step, a, b))
                return tuple(np.concatenate(parts) for parts in zip(*done))
            """,
            "code-for": """
            def worst(code, decades):
                sizes = np.geomspace(10.0**-decades, 1, 20_000)
                place = np.searchsorted((code[1:] + code[:-1]) / 2, sizes)
                return max(abs(np.sqrt(sizes / code[place]) - 1))

            def code_for(decades, off):
                low, high = 2, 4
                while worst(np.geomspace(10.0**-decades, 1, high), decades) > off:
                    low, high = high, 2 * high
                while high - low > 1:
                    n = (low + high) // 2
                    good = worst(np.geomspace(10.0**-decades, 1, n), decades) <= off
                    low, high = (low, n) if good else (n, high)
                return list(np.geomspace(10.0**-decades, 1, high))
            """,
            "careful-step": """
            def careful_step(theta, rest, change):
                new = bf16(theta + rest + change)
                lost = (theta + rest + change) - new
                return new, bf16(lost)
            """,
        },
    ),
    Style(
        "match on the bytes, a memoryview and structured arrays",
        "15_what_adam_costs",
        {
            "neighbour": """
            def neighbour(x, bits):
                power = 1.0
                while power > x:
                    power /= 2
                while 2 * power <= x:
                    power *= 2
                return power / 2**bits
            """,
            "stage-and-rest": """
            def stage_and_rest(billions, devices, gigabytes):
                first, *_, last = devices
                gone = gigabytes[0] - gigabytes[-1]
                match round(gone / billions / (1 / first - 1 / last)):
                    case 0:
                        return 0, gigabytes[0] - 16 * billions
                    case 12:
                        return 1, gigabytes[0] - (4 + 12 / first) * billions
                    case 14:
                        return 2, gigabytes[0] - (2 + 14 / first) * billions
                    case 16:
                        return 3, gigabytes[0] - 16 / first * billions
            """,
            "repaired-blocks": """
            def repaired_blocks(
                theta, grad, m, v, t, block, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8
            ):
                kind = np.dtype([("theta", float), ("m", float), ("v", float)])
                state = np.empty(len(theta), dtype=kind)
                state["theta"], state["m"], state["v"] = theta, m, v
                for first in range(0, len(theta), block):
                    part, g = state[first : first + block], grad[first : first + block]
                    part["m"] += (1 - beta1) * (g - part["m"])
                    part["v"] += (1 - beta2) * (g**2 - part["v"])
                    hat = part["m"] / (1 - beta1**t), part["v"] / (1 - beta2**t)
                    part["theta"] -= lr * hat[0] / (np.sqrt(hat[1]) + eps)
                return np.array(memoryview(state["theta"])), state["m"], state["v"]
            """,
        },
    ),
    # ---- 16: claims on trial --------------------------------------------------------------------
    Style(
        "one walk for all suspects, with partial and lambdas",
        "16_claims_on_trial",
        {
            "before suspect-1": '''
            from functools import partial
            from types import SimpleNamespace


            def walk(rule, mistake, grad, theta, steps, **settings):
                """Take steps by a rule, and return the mistake and where they end."""
                s = SimpleNamespace(m=0.0, v=0.0, v_max=0.0, **settings)
                for s.t in range(1, steps + 1):
                    theta = theta - rule(s, grad, theta)
                return mistake, theta


            def moments(s, g):
                s.m = s.beta1 * s.m + (1 - s.beta1) * g
                s.v = s.beta2 * s.v + (1 - s.beta2) * g**2
                s.v_max = np.maximum(s.v_max, s.v)
                s.m_hat, s.v_hat = s.m / (1 - s.beta1**s.t), s.v / (1 - s.beta2**s.t)
            ''',
            "suspect-1": """
            mended_1 = partial(
                walk, lambda s, grad, theta: s.lr / s.t**0.5 * grad(theta), RATE_COMPOUNDS, lr=0.1
            )
            """,
            "suspect-2": """
            def heavy(s, grad, theta):
                s.m = s.momentum * s.m + s.lr * grad(theta)
                return s.m

            mended_2 = partial(walk, heavy, RATE_TWICE, lr=0.1, momentum=0.9)
            """,
            "suspect-3": """
            def looking_ahead(s, grad, theta):
                s.m = s.momentum * s.m + s.lr * grad(theta - s.momentum * s.m)
                return s.m

            mended_3 = partial(walk, looking_ahead, MEMORY_LOST, lr=0.05, momentum=0.9)
            """,
            "suspect-6": """
            ADAM = dict(lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8)

            def adam(s, grad, theta):
                moments(s, grad(theta))
                return s.lr * s.m_hat / (np.sqrt(s.v_hat) + s.eps)

            mended_6 = partial(walk, adam, EPS_AFTER_THE_DIVISION, **ADAM)
            """,
            "suspect-7": "mended_7 = partial(walk, adam, V_NOT_CORRECTED, **ADAM)",
            "suspect-8": """
            def adamw(s, grad, theta):
                return adam(s, grad, theta) + s.lr * s.weight_decay * theta

            mended_8 = partial(walk, adamw, DECAY_IN_THE_GRADIENT, **ADAM, weight_decay=0.1)
            """,
            "suspect-9": """
            def amsgrad(s, grad, theta):
                moments(s, grad(theta))
                return s.lr * s.m / (np.sqrt(s.v_max) + s.eps)

            mended_9 = partial(walk, amsgrad, MAXIMUM_NOT_USED, **ADAM)
            """,
        },
    ),
    Style(
        "the number of the mistake, and a list instead of a tuple",
        "16_claims_on_trial",
        {
            "suspect-1": """
            def mended_1(grad, theta, steps, lr=0.1):
                for t in range(steps):
                    theta = theta - lr * (t + 1) ** -0.5 * grad(theta)
                return [9 + 0.0, theta.tolist()]
            """,
            "suspect-4": """
            def mended_4(grad, theta, steps, lr=0.1, eps=1e-8):
                gradients = []
                for _ in range(steps):
                    gradients.append(grad(theta))
                    theta = theta - lr * gradients[-1] / (np.linalg.norm(gradients, axis=0) + eps)
                return [ROOT_MISSING, theta]
            """,
            "suspect-5": """
            def mended_5(grad, theta, steps, lr=0.01, rho=0.9, eps=1e-8):
                v = 0
                while steps:
                    g = grad(theta)
                    v = rho * v + (1 - rho) * g * g
                    theta = theta - lr * g / (v**0.5 + eps)
                    steps = steps - 1
                return np.int64(WEIGHTS_SWAPPED), theta
            """,
        },
    ),
    Style(
        "an experiment of part two that redefines names of part one",
        "16_claims_on_trial",
        {
            "suspect-4": """
            def mended_4(grad, theta, steps, lr=0.1, eps=1e-8):
                total = np.zeros(theta.shape)
                for g in (grad(theta) for _ in range(steps)):
                    total = total + g**2
                    theta = theta - lr * g / (np.sqrt(total) + eps)
                return ROOT_MISSING, theta
            """,
            "suspect-10": """
            def mended_10(grad, theta, steps, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
                m = v = 0
                for t in range(1, steps + 1):
                    g = grad(theta)
                    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
                    ahead = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
                    theta = theta - lr * ahead / (np.sqrt(v / (1 - beta2**t)) + eps)
                return T_STANDS_STILL, theta
            """,
            "experiment-runs": """
            ROOT_MISSING, T_STANDS_STILL = "a root", "a t"
            mended_4 = np.zeros(3)

            def experiment():
                rates, sides = np.array([0.01, 0.1, 1.0]), {}
                for name in ("Adam", "RMSProp"):
                    scores = np.abs(np.log10(rates) + 1)[:, None] + np.linspace(0, 0.1, 5)
                    sides[name] = rates, scores, scores[1]
                return sides
            """,
            "end": "def bowl(theta):\n    return theta  # another bowl, for the talk",
        },
    ),
    # ---- 17: a language model -------------------------------------------------------------------
    Style(
        "attention word by word, in loops",
        "17_a_language_model",
        {
            "causal-shares": """
            def shares(scores):
                found = np.zeros(scores.shape)
                for i, row in enumerate(scores):
                    e = np.exp(row[: i + 1] - max(row[: i + 1]))
                    found[i, : i + 1] = e / sum(e)
                return found
            """,
            "softmax-backward": """
            def softmax_backward(slope, shares):
                rows = []
                for s, p in zip(slope, shares):
                    rows.append((np.diag(p) - np.outer(p, p)) @ s)
                return np.array(rows)
            """,
            "attention-backward": """
            def attention_backward(slope, query, key, value):
                n, size = query.shape
                p = shares(np.array([[q @ k for k in key] for q in query]) / size**0.5)
                of_query, of_key = np.zeros_like(query), np.zeros_like(key)
                of_value = np.zeros_like(value)
                for i in range(n):
                    of_value += np.outer(p[i], slope[i])
                    of_scores = softmax_backward((value @ slope[i])[None], p[i][None])[0]
                    for j in range(i + 1):
                        of_query[i] += of_scores[j] * key[j] / size**0.5
                        of_key[j] += of_scores[j] * query[i] / size**0.5
                return of_query, of_key, of_value
            """,
        },
    ),
    Style(
        "the whole at once, with einsum and masks",
        "17_a_language_model",
        {
            "causal-shares": """
            def shares(scores):
                e = np.tril(np.exp(scores))
                return e / e.sum(-1, keepdims=True)
            """,
            "repaired-clipping": """
            def clipped(matrix, gains, limit):
                whole = np.concatenate([matrix.ravel(), gains])
                norm = np.linalg.norm(whole)
                if norm > limit:
                    whole = whole * limit / norm
                return whole[: matrix.size].reshape(matrix.shape), whole[matrix.size :]
            """,
            "lead-by-group": """
            def lead_by_group(words, adam, momentum, bounds):
                inside = (words[:, None] >= bounds) & (words[:, None] < np.append(bounds[1:], 1e9))
                sums = np.einsum("i,ij->j", momentum - adam, inside)
                return sums / inside.sum(axis=0), sums / sums.sum()
            """,
        },
    ),
    Style(
        "other thresholds, and a parabola",
        "17_a_language_model",
        {
            "what-happened": """
            def what_happened(train, validation, words):
                even, best = np.log(words), min(validation)
                if abs(validation[-1] - even) < 0.05:
                    return 1
                if validation[-1] < 0.2 * even and train[-1] < 0.2 * even:
                    return 3
                return 2 if validation[-1] - best > 0.1 * best else 0
            """,
            "look-back": """
            def look_back(length):
                j = np.arange(length)
                query = np.stack([j - 1, np.ones(length)], axis=1) * 20
                return query, np.stack([j, -(j**2) / 2], axis=1)
            """,
        },
    ),
    # ---- 18: after Adam -------------------------------------------------------------------------
    Style(
        "matrices tried out, and roots by the determinant",
        "18_after_adam",
        {
            "step-lengths": """
            def step_lengths(rows, columns, lr):
                some = np.random.default_rng(0).normal(size=(rows, columns))
                adam, muon = lr * np.sign(some), lr * orthogonal_to(some)
                return np.linalg.norm(adam), np.linalg.norm(muon)

            def orthogonal_to(x):
                u, s, vt = np.linalg.svd(x, full_matrices=False)
                return u @ vt
            """,
            "shampoo-step": """
            def shampoo_step(gradients, eps):
                L = np.einsum("tij,tkj->ik", gradients, gradients) + eps * np.eye(2)
                R = np.einsum("tji,tjk->ik", gradients, gradients) + eps * np.eye(2)
                return fourth_root(L) @ gradients[-1] @ fourth_root(R)

            def fourth_root(matrix):
                return np.linalg.inv(root(root(matrix)))

            def root(matrix):
                s = np.sqrt(np.linalg.det(matrix))
                return (matrix + s * np.eye(2)) / np.sqrt(np.trace(matrix) + 2 * s)
            """,
        },
    ),
    Style(
        "equations solved by NumPy, and everything by its own name",
        "18_after_adam",
        {
            "own-coefficients": """
            def coefficients(a):
                return np.linalg.solve([[1, 1], [3, 5]], [1 - a, -a])
            """,
            "repaired-muon": """
            def muon_step(theta, grad, m, lr, momentum):
                new_m = grad + momentum * m
                ahead = (1 + momentum) * grad + momentum**2 * m
                u, s, vt = np.linalg.svd(ahead, full_matrices=False)
                return theta - lr * (u @ vt), new_m
            """,
            "shared-out": """
            def shared_out(width, depth, words, length):
                block = 4 * [(width, width)] + [(width, 2 * width), (2 * width, width)]
                muon = depth * sum(rows * columns for rows, columns in block)
                adam = [words * width, length * width, width * words, width]
                adam = sum(adam) + depth * 2 * width
                return float(muon), float(adam), float(muon + adam + adam)
            """,
        },
    ),
    Style(
        "loops, and a search by angles",
        "18_after_adam",
        {
            "muons-lead": """
            def muons_lead(adam, muon, gradient_ms, adam_ms, muon_ms, target):
                def steps(losses):
                    for step, loss in enumerate(losses):
                        if loss <= target:
                            return step

                a, m = steps(adam), steps(muon)
                saved = (a / m - 1) * gradient_ms
                return a / m, a * (gradient_ms + adam_ms) / (m * (gradient_ms + muon_ms)), (
                    saved + adam_ms * a / m
                )
            """,
            "uphill": """
            def uphill(share):
                angle = np.arccos(-share)
                turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
                for t in np.linspace(0, np.pi, 400):
                    axis = np.array([np.cos(t), np.sin(t)])
                    gradient = turn @ (np.eye(2) + 999 * np.outer(axis, axis))
                    if gradient[0, 0] > 0:
                        return gradient
            """,
        },
    ),
]

# ---- what is refused ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Refused:
    """A Style whose only answer breaks a rule, and the words in which it is refused."""

    style: Style
    words: str

    @property
    def name(self):
        """The name of the style."""
        return self.style.name


def first_step(name, words, source):
    """Return the Refused for a `first_step` of exercise 06."""
    return Refused(Style(name, "06_adam", {"first-step": source}), words)


REFUSED = [
    Refused(
        Style(
            "a module of one's own, from %%writefile",
            "06_adam",
            {
                "before first-step": """
                %%writefile my_helpers.py
                import numpy as np

                def sign_of(x):
                    return np.sign(x)
                """,
                "first-step": """
                from my_helpers import sign_of

                def first_step(grad, lr):
                    return -lr * sign_of(grad)
                """,
            },
        ),
        "sign_of is not there while grading",
    ),
    first_step(
        "torch",
        "torch is not there while grading",
        """
        import torch

        def first_step(grad, lr):
            return -lr * torch.sign(grad)
        """,
    ),
    first_step(
        "scipy, imported inside the function",
        "scipy is not there while grading",
        """
        def first_step(grad, lr):
            import scipy
            return -lr * scipy.sign(grad)
        """,
    ),
    first_step(
        "Adam of the course, where it is the answer",
        "Adam is not there while grading",
        """
        def first_step(grad, lr):
            return Adam(lr=lr, eps=0).step(0 * grad, grad)
        """,
    ),
    first_step(
        "a pool of threads",
        "there are none while grading",
        """
        from concurrent.futures import ThreadPoolExecutor

        def first_step(grad, lr):
            with ThreadPoolExecutor(2) as pool:
                return -lr * np.array(list(pool.map(np.sign, grad)))
        """,
    ),
    first_step(
        "another program",
        "cannot be reached while grading",
        """
        import subprocess
        import sys

        def first_step(grad, lr):
            subprocess.run([sys.executable, "--version"])
            return -lr * np.sign(grad)
        """,
    ),
    first_step(
        "the network",
        "cannot be reached while grading",
        """
        import socket

        def first_step(grad, lr):
            socket.socket().close()
            return -lr * np.sign(grad)
        """,
    ),
    Refused(
        Style(
            "a file",
            "06_adam",
            {
                "before first-step": """
                with open("my_notes.txt", "w") as notes:
                    notes.write("-1")
                """,
                "first-step": """
                def first_step(grad, lr):
                    with open("my_notes.txt") as notes:
                        return float(notes.read()) * lr * np.sign(grad)
                """,
            },
        ),
        "my_notes.txt is not there while grading",
    ),
    first_step(
        "noise that nobody has seeded",
        "gave something else when it was called once more with the same arguments",
        """
        def first_step(grad, lr):
            return -lr * np.sign(grad) + np.random.normal(size=len(grad))
        """,
    ),
    first_step(
        "an answer that remembers its calls",
        "gave something else when it was called once more with the same arguments",
        """
        calls = []

        def first_step(grad, lr):
            calls.append(grad)
            return -lr * np.sign(grad) / len(calls)
        """,
    ),
    first_step(
        "an answer that takes too long",
        "first_step had not finished after",
        """
        import time

        def first_step(grad, lr):
            time.sleep(60)
            return -lr * np.sign(grad)
        """,
    ),
    first_step(
        "a value where a function is asked",
        "first_step is not a function",
        "first_step = -0.1 * np.sign(np.array([0.5, -2.0]))",
    ),
]
