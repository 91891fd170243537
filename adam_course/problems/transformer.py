"""A small transformer that learns to predict the next word, with its gradient written by hand."""

import os.path
import re
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np

from adam_course.blocks import blocks
from adam_course.checked import COUNT, NOT_NEGATIVE, POSITIVE, checked, count_from
from adam_course.problems.base import Problem, checked_rows, log_softmax

WORDS = 512
#: Words whose scores are in memory at the same time.
AT_ONCE = 2048


def load_text():
    """Return the words of this course, as they were when they were frozen.

    See TEXT.md beside this file. Word 0 is "*", which stands for every rare word.

    Returns:
        vocabulary: (512,), the words as strings, from frequent to rare.
        train: (68896,), numbers of the words to learn from, in the order of the text.
        validation: (7297,), those of the passages that are kept back, every tenth one.
    """
    with np.load(os.path.join(os.path.dirname(__file__), "text.npz")) as data:
        return data["vocabulary"], data["train"].astype(int), data["validation"].astype(int)


# Each part of the model is a function, with its backward pass below it. The backward pass takes
# the loss's gradient with respect to what the part returned, and gives that with respect to what
# the part was given.


def layer_norm(x, gain):
    """Return rows with mean 0 and variance 1, times a gain; and what the way back needs."""
    x = x - x.mean(axis=-1, keepdims=True)
    size = np.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-5)
    return x / size * gain, (x / size, size)


def layer_norm_backward(slope, gain, kept):
    """Return the gradients for x and for the gain."""
    normal, size = kept
    inner = slope * gain
    along = normal * (inner * normal).mean(axis=-1, keepdims=True)
    inner = (inner - inner.mean(axis=-1, keepdims=True) - along) / size
    return inner, (slope * normal).sum(axis=(0, 1))


def attention(query, key, value):
    """Return for each place a mean of the values up to there, and the shares in that mean.

    All are (…, length, size). A place's share is large where its query is like the other's key.
    """
    length, size = query.shape[-2:]
    scores = query @ key.swapaxes(-2, -1) / sqrt(size)
    causal = np.tri(length, dtype=bool)  # no place sees a later one
    shares = np.exp(log_softmax(np.where(causal, scores, -np.inf)))
    return shares @ value, shares


def attention_backward(slope, query, key, value, shares):
    """Return the gradients for the queries, keys and values."""
    of_shares = slope @ value.swapaxes(-2, -1)
    mean = (shares * of_shares).sum(axis=-1, keepdims=True)
    of_scores = shares * (of_shares - mean) / sqrt(query.shape[-1])
    of_query, of_key = of_scores @ key, of_scores.swapaxes(-2, -1) @ query
    return of_query, of_key, shares.swapaxes(-2, -1) @ slope


def split(x, size):
    """Return x (n, length, width) as heads (n, heads, length, size)."""
    return x.reshape(*x.shape[:2], -1, size).swapaxes(1, 2)


def join(heads):
    """Return heads (n, heads, length, size) side by side again: (n, length, width)."""
    n, _, length, _ = heads.shape
    return heads.swapaxes(1, 2).reshape(n, length, -1)


def matrix_gradient(x, slope):
    """Return the gradient for the matrix w in x @ w: a sum over all places of all windows."""
    return x.reshape(-1, x.shape[-1]).T @ slope.reshape(-1, slope.shape[-1])


def attend(x, w, at, size):
    """Add to x what each place takes from those before it: attention in heads of a size."""
    normal, kept = layer_norm(x, w[at + "norm 1"])
    heads = [split(normal @ w[at + name], size) for name in ("query", "key", "value")]
    taken, shares = attention(*heads)
    taken = join(taken)
    return x + taken @ w[at + "mix"], (normal, kept, heads, shares, taken)


def attend_backward(slope, w, at, kept, g):
    """Return the gradient for x, and write those for the matrices into g."""
    normal, norm, heads, shares, taken = kept
    size, back = heads[0].shape[-1], 0
    g[at + "mix"][:] = matrix_gradient(taken, slope)
    slopes = attention_backward(split(slope @ w[at + "mix"].T, size), *heads, shares)
    for name, of_head in zip(("query", "key", "value"), map(join, slopes), strict=True):
        g[at + name][:] = matrix_gradient(normal, of_head)
        back = back + of_head @ w[at + name].T
    back, g[at + "norm 1"][:] = layer_norm_backward(back, w[at + "norm 1"], norm)
    return slope + back


def mlp(x, w, at):
    """Add to x what a layer of ReLU makes of each place alone."""
    normal, kept = layer_norm(x, w[at + "norm 2"])
    hidden = np.maximum(normal @ w[at + "in"], 0)
    return x + hidden @ w[at + "out"], (normal, kept, hidden)


def mlp_backward(slope, w, at, kept, g):
    """Return the gradient for x, and write those for the matrices into g."""
    normal, norm, hidden = kept
    g[at + "out"][:] = matrix_gradient(hidden, slope)
    back = slope @ w[at + "out"].T * (hidden > 0)
    g[at + "in"][:] = matrix_gradient(normal, back)
    back, g[at + "norm 2"][:] = layer_norm_backward(back @ w[at + "in"].T, w[at + "norm 2"], norm)
    return slope + back


def in_parts(windows):
    """Return windows in parts that fit in memory."""
    size = max(1, AT_ONCE // windows.shape[1])
    return [windows[i : i + size] for i in range(0, len(windows), size)]


@dataclass(frozen=True)
class Transformer(Problem):
    """Predict each next word of this course, with a small causal transformer.

    A word and its place have a vector each; their sum goes through blocks of attention and of a
    layer of ReLU, each with a layer norm before it (pre-norm), and a last matrix, the head, turns
    it into a score for each word. The loss is the cross-entropy in nats a word.

    The text is cut into windows of ``length`` words, each with the word after them. A row, as in a
    mini-batch, is the number of a window; the last windows, ``test``, are passages kept back. The
    parameters are one flat vector, in which ``blocks`` names the matrices. All is computed in the
    precision of ``theta``, float64 or float32. Runs of a batch are computed one after the other.

    Args:
        width: numbers in a vector, a multiple of ``head``.
        depth: how many blocks.
        length: words in a window, which is as far as attention can see.
        words: how many words are told apart, the most frequent ones; 512 at most.
        head: numbers in one head of attention. The same for all widths, as in practice.
    """

    width: int = 32
    depth: int = 1
    length: int = 32
    words: int = WORDS
    head: int = 16

    name = "language model"
    formula = r"-\frac{1}{N} \sum_i \log p_\theta(w_i\,|\,w_1, \ldots, w_{i-1})"

    def __post_init__(self):
        self._hold_to(COUNT, "width", "depth", "length", "head")
        self._hold_to(count_from(2), "words")
        if self.words > WORDS:
            raise ValueError(f"Transformer: words must be {WORDS} or less, but it is {self.words}.")
        if self.width % self.head:
            raise ValueError(
                f"Transformer: width must be a multiple of head, but {self.width} is not one of "
                f"{self.head}."
            )

    @cached_property
    def blocks(self):
        """The named parts of the parameters, as a tuple of Blocks."""
        d = self.width
        shapes = {"embedding": (self.words, d), "positions": (self.length, d)}
        for number in range(1, self.depth + 1):
            at = f"block {number}, "
            shapes |= {at + "norm 1": (d,)}
            shapes |= {at + name: (d, d) for name in ("query", "key", "value", "mix")}
            shapes |= {at + "norm 2": (d,), at + "in": (d, 2 * d), at + "out": (2 * d, d)}
        return blocks(shapes | {"last norm": (d,), "head": (d, self.words)})

    @property
    def dimension(self):
        return self.blocks[-1].start + self.blocks[-1].size

    def named(self, theta):
        """Return the parameters (d,) as a dict of name → array, which share their memory."""
        return {block.name: block.of(theta) for block in self.blocks}

    @property
    def start(self):
        return self.starts(1)[0]

    def starts(self, runs):
        """Return starting points (runs, d), another one for each run.

        Normal numbers. Their standard deviation is 1/√inputs in a matrix, as in practice, but
        1/width in the head: so the scores begin near 0 and the loss near ln(words), at every width.
        In the vectors of words it is 0.3, of places 0.1, and gains are 1. The numbers come from
        NumPy's legacy generator with the run's number as its seed.
        """
        return np.stack([self._start(seed) for seed in range(runs)])

    def _start(self, seed):
        numbers, theta = np.random.RandomState(seed), np.ones(self.dimension)
        scales = {"embedding": 0.3, "positions": 0.1, "head": 1 / self.width}
        for block in self.blocks:
            if len(block.shape) == 2:
                scale = scales.get(block.name, 1 / sqrt(block.shape[0]))
                theta[block.slice] = scale * numbers.normal(size=block.size)
        return theta

    def rates(self, base=32):
        """Return factors (d,) for a rate of Adam that was tuned at a width, the base (muP).

        With ``Adam(lr * problem.rates(base))`` the best rate carries over to other widths: each
        matrix whose inputs grow in number with the width gets base / width (Yang et al. 2022).
        """
        base = checked("Transformer.rates", "base", base, POSITIVE, arrays=False)
        factors = np.ones(self.dimension)
        for block in self.blocks:
            if len(block.shape) == 2 and block.name not in ("embedding", "positions"):
                factors[block.slice] = base / self.width
        return factors

    # ---- value and gradient ----------------------------------------------------------------------

    def value(self, theta, rows=None):
        """Return the mean cross-entropy at ``theta`` (..., d), in nats a word.

        Args:
            theta: parameters, an array (..., d).
            rows: numbers of windows, whole numbers (n,), or (..., n) for others in each run; None
                for all that are learned from.

        Returns:
            The values, of shape (...).

        Raises:
            TypeError, ValueError: ``rows`` does not hold row numbers, or none of them.
        """
        return self.losses(theta, rows).mean(axis=(-2, -1))

    def losses(self, theta, rows=None):
        """Return the cross-entropy of each word, (..., n, length), for ``value``'s arguments.

        They belong to the words ``windows(rows)[..., 1:]``.
        """
        return self._each_run(self._losses, theta, rows, lambda w: (w.shape[-2], self.length))

    def gradient(self, theta, rows=None):
        """Return the gradient of `value` at ``theta`` (..., d), over all windows or ``rows``."""
        return self._each_run(self._gradient, theta, rows, lambda w: (self.dimension,))

    def scores(self, theta, words):
        """Return the scores (n, places, words) of what follows each of some words.

        Args:
            theta: parameters of one model, an array (d,).
            words: their numbers, (n, places), with up to ``length`` places.

        Raises:
            ValueError: there are more places, or parameters of more than one model.
        """
        theta, words = self.as_parameters(theta), np.asarray(words)
        if theta.ndim > 1:
            raise ValueError(
                "Transformer: scores and samples are for one model at a time, but theta has the "
                f"shape {theta.shape}: give theta[0], or another row."
            )
        if words.ndim != 2 or not 1 <= words.shape[1] <= self.length:
            raise ValueError(
                f"Transformer: words must have a row for each text, of 1 to {self.length} words, "
                f"but they have the shape {words.shape}."
            )
        return self._forward(self.named(theta), words)[0]

    def _losses(self, theta, windows):
        parts = []
        for part in in_parts(windows):
            log_p = log_softmax(self.scores(theta, part[:, :-1]))
            parts.append(-np.take_along_axis(log_p, part[:, 1:, None], axis=-1)[..., 0])
        return np.concatenate(parts)

    def _gradient(self, theta, windows):
        gradient = np.zeros_like(theta)
        for part in in_parts(windows):
            gradient += self._gradient_of(theta, part) * (len(part) / len(windows))
        return gradient

    def _gradient_of(self, theta, windows):
        """Return the gradient over some windows (n, length + 1), by going back through the model.

        With respect to the scores it is probabilities, − 1 at the word that came, in the mean.
        """
        words, targets = windows[:, :-1], windows[:, 1:]
        gradient = np.zeros_like(theta)
        w, g = self.named(theta), self.named(gradient)
        scores, kept, normal, norm = self._forward(w, words)
        slope = np.exp(log_softmax(scores))
        slope.reshape(-1, self.words)[np.arange(targets.size), targets.ravel()] -= 1
        slope /= targets.size
        g["head"][:] = matrix_gradient(normal, slope)
        slope, g["last norm"][:] = layer_norm_backward(slope @ w["head"].T, w["last norm"], norm)
        for at, attended, layered in reversed(kept):
            slope = mlp_backward(slope, w, at, layered, g)
            slope = attend_backward(slope, w, at, attended, g)
        np.add.at(g["embedding"], words, slope)
        g["positions"][:] = slope.sum(axis=0)
        return gradient

    def _forward(self, w, words):
        """Return the scores, and what the way back needs."""
        x, kept = w["embedding"][words] + w["positions"][: words.shape[1]], []
        for number in range(1, self.depth + 1):
            at = f"block {number}, "
            x, attended = attend(x, w, at, self.head)
            x, layered = mlp(x, w, at)
            kept.append((at, attended, layered))
        normal, norm = layer_norm(x, w["last norm"])
        return normal @ w["head"], kept, normal, norm

    def _each_run(self, f, theta, rows, shape):
        """Return f(theta, windows) of a shape, for a batch of parameters run by run."""
        theta, windows = self.as_parameters(theta), self.windows(rows)
        runs = theta.shape[:-1]
        windows = np.broadcast_to(windows, (*runs, *windows.shape[-2:]))
        found = np.empty((*runs, *shape(windows)), dtype=theta.dtype)
        for run in np.ndindex(runs):
            found[run] = f(np.ascontiguousarray(theta[run]), windows[run])
        return found

    # ---- the text --------------------------------------------------------------------------------

    @property
    def points(self):
        """How many windows there are to learn from."""
        return (len(self._text[0]) - 1) // self.length

    @property
    def test(self):
        """Numbers of the windows that are kept back."""
        return np.arange(self.points, len(self._windows))

    @property
    def vocabulary(self):
        """The words, an array (words,) of strings from frequent to rare; the first is "*"."""
        return load_text()[0][: self.words]

    def windows(self, rows=None):
        """Return the words of windows as numbers, (..., n, length + 1); None for what is learned.

        A window's last word is the next one's first.
        """
        if rows is None:
            return self._windows[: self.points]
        return self._windows[checked_rows(rows, len(self._windows))]

    @cached_property
    def _text(self):
        _, *parts = load_text()
        return [np.where(part < self.words, part, 0) for part in parts]  # a rare word is a "*"

    @cached_property
    def _windows(self):
        within, cut = np.arange(self.length + 1), []
        for part in self._text:
            starts = np.arange(0, len(part) - self.length, self.length)
            cut.append(part[starts[:, None] + within])
        return np.concatenate(cut)

    @property
    def counts(self):
        """How often each word comes in the text to learn from, an array (words,)."""
        return np.bincount(self._text[0], minlength=self.words)

    def unigram(self):
        """Return the loss on ``test`` of a model that knows how frequent each word is, in nats.

        The frequencies are those of the text to learn from, with 1 added to each count.
        """
        counts = self.counts + 1
        return -np.log(counts / counts.sum())[self.windows(self.test)[:, 1:]].mean()

    def bigram(self, prior=20.0):
        """Return the loss on ``test`` of a model that knows what followed each word, in nats.

        What followed a word in the text to learn from is counted, and as many words as ``prior``
        are added to the counts, at the unigram's frequencies.
        """
        prior = checked("Transformer.bigram", "prior", prior, POSITIVE, arrays=False)
        unigram = (self.counts + 1) / (self.counts + 1).sum()
        pairs = np.zeros((self.words, self.words))
        np.add.at(pairs, (self._text[0][:-1], self._text[0][1:]), 1)
        followed = pairs + prior * unigram
        windows = self.windows(self.test)
        p = followed[windows[:, :-1], windows[:, 1:]] / followed.sum(axis=1)[windows[:, :-1]]
        return -np.log(p).mean()

    def sample(self, theta, words=40, rng=0, temperature=1.0):
        """Return a text that the model makes up, word by word, from the start of a paragraph.

        "*", which stands for all rare words, is never drawn.

        Args:
            theta: parameters, an array (d,).
            words: how many to draw.
            rng: a NumPy Generator, or a seed for one.
            temperature: divides the scores: 1 draws as the model expects, less draws what is
                likelier, and 0 takes the likeliest word.
        """
        words = checked("Transformer.sample", "words", words, COUNT, arrays=False)
        heat = checked("Transformer.sample", "temperature", temperature, NOT_NEGATIVE, arrays=False)
        text = self.vocabulary[self._drawn(theta, words, np.random.default_rng(rng), heat)]
        return re.sub(r" ([.,;:?!)])|(\() ", r"\1\2", " ".join(text))

    def _drawn(self, theta, count, rng, heat):
        """Return the numbers of so many words, drawn one after the other."""
        text = [np.argmax(self.vocabulary == "¶")]
        for _ in range(count):
            scores = self.scores(theta, [text[-self.length :]])[0, -1].astype(float)
            scores[0] = -np.inf
            chance = scores == scores.max() if heat == 0 else np.exp(log_softmax(scores / heat))
            text.append(rng.choice(self.words, p=chance / chance.sum()))
        return text[1:]
