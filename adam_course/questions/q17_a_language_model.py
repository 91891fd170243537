"""The questions of lesson 17: what a language model computes, and where Adam's lead comes from."""

import numpy as np

from adam_course import experiments
from adam_course.paired import compare
from adam_course.problems import transformer
from adam_course.questions.question import Choice, Number, nearest


def second_word():
    """Return what the second of the lesson's three words takes by attention."""
    keys, values = np.log([[1.0], [2.0], [1.0]]), np.array([[4.0], [8.0], [0.0]])
    return transformer.attention(np.ones((3, 1)), keys, values)[0][1, 0]


def leads(text, plan):
    """Return Adam's median lead (6,) over momentum, by the rank of the word, on a text."""
    race = experiments.load("language_model")["race"]
    theirs, ours = (race[f"{name}, {plan}"][f"{text} by rank"] for name in ("momentum", "Adam"))
    return np.median(theirs - ours, axis=0)


def frequent():
    """Return how Adam's lead on frequent words compares with that on all: 0, 1 or 2."""
    race = experiments.load("language_model")["race"]
    theirs, ours = (race[f"{name}, cosine"]["kept"] for name in ("momentum", "Adam"))
    whole, few = np.median(theirs - ours), leads("kept", "cosine")[1:3]
    return 2 if whole > 0 >= few.max() else 1 if few.max() < 0.75 * whole else 0


def over_adam(name, setting, part="batches"):
    """Return the median ratio of a method's perplexity to Adam's, on the text kept back."""
    runs = experiments.load("language_model")[part]
    ours, theirs = (np.exp(runs[f"{one}, {setting}"]["kept"]) for one in (name, "Adam"))
    return compare(ours, theirs).ratio


def perplexity_of(loss):
    """Return the perplexity of a loss in nats."""
    return float(np.exp(loss))


PREDICT = (
    Number(
        name="a model that knows nothing",
        ask="A model gives each of 512 words the same probability, 1/512. What is its loss? (512 "
        "is 2⁹, and ln 2 is about 0.693.)",
        right=6.24,
        factor=1.02,
        unit="nats",
        because="−ln(1/512) = ln 512 = 9 ln 2 = 6.24. Its perplexity is 512: it chooses among 512 "
        "words, all alike.",
        truth=lambda: np.log(512),
    ),
    Number(
        name="what the second word takes",
        ask="The same three words: exp of the scores is 1, 2, 1, and the values are 4, 8, 0. What "
        "does the second word take?",
        right=6.67,
        factor=1.02,
        because="It does not see the third word. Its shares are 1/3 and 2/3, for they add up to 1: "
        "4/3 + 16/3 = 20/3.",
        truth=second_word,
    ),
    Choice(
        name="who leads on the frequent words",
        ask="Both have a cosine, and they are judged on the text kept back. On all words Adam is a "
        "little ahead of momentum. And on the words of rank 1 to 49 alone, which make more than "
        "half of the text?",
        options=(
            "Adam, by about as much: it learns every word better.",
            "Adam, but by less.",
            "Nobody, or momentum by a little.",
        ),
        right=2,
        because="On these words the two are about equal, and momentum is ahead in more than half "
        "of the pairs. The whole lead is on words of rank 50 and above, and it grows with the "
        "rank.",
        truth=frequent,
    ),
    Choice(
        name="Adam's lead in larger batches",
        ask="From 4 windows a step to 64 there is less and less noise. What does Adam's lead over "
        "momentum do?",
        options=(
            "It shrinks to less than half.",
            "It shrinks, but to more than half.",
            "It does not shrink.",
        ),
        right=2,
        because="With 64 windows its median is even larger than with 4, and much larger on the "
        "text learned from. If noise were the reason for the lead, less noise would make it "
        "smaller.",
        truth=lambda: 2 if over_adam("momentum", 64) >= over_adam("momentum", 4) else 0,
    ),
    Choice(
        name="the signs alone",
        ask="Both have their best constant rates, 16 windows and 500 steps. How does sign descent "
        "with momentum compare with Adam?",
        options=(
            "It ends where momentum does: without v nothing is gained.",
            "It is about as good as Adam.",
            "It is worse than momentum: it does not know how large a gradient is.",
        ),
        right=1,
        because="Its perplexity is about 3 % lower than Adam's, in most of the 20 pairs. So here "
        "the lead over momentum does not need v; steps of one size for every number are enough.",
        truth=lambda: (
            1
            if 1 / 1.05 < over_adam("signed momentum", "constant", "race") <= 1
            and over_adam("momentum", "constant", "race") > 1.05
            else 0
        ),
    ),
)

RECALL = (
    Number(
        name="from a loss to a perplexity",
        ask="A language model's loss is ln 50, about 3.9 nats. What is its perplexity?",
        right=50,
        factor=1.01,
        because="The perplexity is exp of the loss: as unsure as a choice among 50 words, all "
        "alike.",
        truth=lambda: perplexity_of(np.log(50)),
    ),
    Choice(
        name="no word sees a later one",
        ask="In attention no word sees a later one. Why?",
        options=(
            "A later word would take too much memory.",
            "Later words are less important.",
            "It would see the word that it has to guess.",
        ),
        right=2,
        because="In the text that is learned from, the next word stands there. Whoever sees it "
        "need not guess.",
    ),
    Choice(
        name="a layer norm of a long row",
        ask="A row (10, 30) goes through a layer norm with gain 1. What comes out?",
        options=("(−1, 1)", "(1, 3)", "(−10, 10)"),
        right=0,
        because="The mean 20 is taken off, and the rest is divided by the standard deviation, 10. "
        "(1, 3) gives the same.",
        truth=lambda: nearest(
            (1, 3, 10),
            transformer.layer_norm(np.array([[10.0, 30.0]]), np.ones(2))[0][0, 1],
        ),
    ),
    Choice(
        name="if noise were the reason",
        ask="If noise were the reason for Adam's lead over momentum, what would larger batches do "
        "to the lead?",
        options=("make it smaller", "make it larger", "nothing"),
        right=0,
        because="Larger batches have less noise. Kunstner et al. (2023) found the opposite, and so "
        "did our small model.",
    ),
    Choice(
        name="what an embedding is",
        ask="A word's embedding is …",
        options=(
            "its number in the list of words.",
            "how often it comes.",
            "a row of numbers, which is learned.",
        ),
        right=2,
        because="The rows begin at random. They are parameters, as all matrices of the model are.",
    ),
    Number(
        name="sixteen times the batch",
        ask="By the √ rule: 16 times the batch, how many times Adam's rate?",
        right=4,
        factor=1.01,
        unit="times",
        because="√16 = 4. For SGD the usual rule is 16 times.",
        truth=lambda: 16**0.5,
    ),
    Number(
        name="muP for a wider matrix",
        ask="By muP: a matrix inside the model gets four times as many inputs. By what is Adam's "
        "rate for it multiplied?",
        right=0.25,
        factor=1.01,
        because="Each output sums four times as many inputs, and Adam's steps have one length. So "
        "a quarter of the rate moves the sum as before.",
        truth=lambda: float(transformer.Transformer(width=128).rates(32)[-1]),
    ),
)
