"""The questions of lesson 18: the directions of a matrix, and what came after Adam."""

from functools import cache

import numpy as np

from adam_course import experiments
from adam_course.optimizers import Adam, Shampoo, exactly_orthogonalized, orthogonalized
from adam_course.problems import MiniBatches, Transformer
from adam_course.questions.question import Choice, nearest

G = np.array([[3.0, 2.0], [1.0, 2.0]])


def first_step(rule):
    """Return the first step of a rule on the matrix G, at the rate 1."""
    return -rule.step(np.zeros((2, 2)), G)


def signs():
    """Return 2 if one of the singular values of Adam's first step is 0, 1 if they are equal."""
    sizes = np.linalg.svd(first_step(Adam(1.0)))[1]
    return 2 if sizes[1] < 1e-6 else 1 if np.isclose(*sizes) else 0


@cache
def directions():
    """Return how many directions count in the last of 180 steps of Adam on the language model."""
    model = Transformer()
    layer = next(block for block in model.blocks if block.name == "block 1, in")
    batches, theta, adam = MiniBatches(model, 16), model.start, Adam(0.008)
    for _ in range(180):
        before, theta = theta, adam.step(theta, batches.gradient(theta))
    sizes = np.linalg.svd(layer.of(before - theta))[1]
    return np.sum(sizes**2) / sizes[0] ** 2


def whose_first_step():
    """Return 1 if Shampoo's first step is G made orthogonal."""
    return 1 if np.allclose(first_step(Shampoo(1.0)), exactly_orthogonalized(G), atol=1e-3) else 0


def share_of_the_lead():
    """Return how much of Muon's lead over Adam a second rate gives Adam too."""
    race = experiments.load("after_adam")["cosine"]
    adam, two, muon = (race[name]["losses"] for name in ("Adam", "Adam, two rates", "Muon"))
    return float(np.median(adam - two) / np.median(adam - muon))


PREDICT = (
    Choice(
        name="Adam's first step on a matrix",
        ask="The singular values of G are about 4.1 and 1.0. Adam's first step takes the sign of "
        "each number of G. What are the singular values of this step?",
        options=(
            "4 to 1, as before: signs keep the directions",
            "two equal ones: all numbers have one size now",
            "one is 2, and the other 0",
        ),
        right=2,
        because="All numbers of G are positive, so all signs are 1. A matrix of ones has a single "
        "direction, (1, 1). The vector (1, 1)/√2 has length 1 and becomes (√2, √2), of length 2. "
        "In the other direction this step does nothing.",
        truth=signs,
    ),
    Choice(
        name="the directions in Adam's step",
        ask="In the last gradient about 2 of the 32 directions count. Adam has divided each "
        "number by its usual size, for 180 steps. How many directions count in its last step?",
        options=("about 4", "about 12", "nearly all"),
        right=0,
        because="Adam makes the numbers of a matrix alike, one by one. Its directions stay nearly "
        "as uneven as they were. A part of the change is the average m alone.",
        truth=lambda: nearest((4, 12, 30), directions()),
    ),
    Choice(
        name="a singular value of exactly 1",
        ask="A singular value is already 1, where Muon wants it. What is it after one step of "
        "Newton–Schulz, with a = 3.4445, b = −4.775 and c = 2.0315?",
        options=("still 1", "about 0.7", "about 1.3"),
        right=1,
        because="a + b + c is 0.701. With these numbers no 1 stays a 1. They are chosen to bring "
        "small values up quickly.",
        truth=lambda: nearest((1, 0.7, 1.3), orthogonalized(np.eye(1), steps=1)[0, 0]),
    ),
    Choice(
        name="Shampoo's first step",
        ask="L and R begin at almost 0, so after the first gradient L = G Gᵀ and R = Gᵀ G. What is "
        "Shampoo's first step, L^(−1/4) G R^(−1/4)?",
        options=(
            "Adam's: the sign of each number",
            "the one Muon wants: all singular values 1",
            "G over its length: the ratio of the two stays",
        ),
        right=1,
        because="L has the directions u of G with the sizes s², and its power −1/4 has s^(−1/2). "
        "So has that of R. A direction's size becomes s^(−1/2) · s · s^(−1/2) = 1.",
        truth=whose_first_step,
    ),
    Choice(
        name="a second rate for Adam",
        ask="Muon with Adam ends well ahead of Adam. Now Adam too gets a rate of its own for the "
        "hidden matrices, and nothing else. How much of Muon's lead, in nats, does it get?",
        options=("next to nothing", "about a third", "most of it: more than half"),
        right=2,
        because="It gets 0.16 of 0.21 nats. One rate for all blocks is a compromise: the hidden "
        "matrices want a much smaller one than the vectors of the words. Whoever compares Muon "
        "with an Adam of one rate may measure this, too. How much it is in a large model, where "
        "most parameters are hidden matrices, our model cannot say.",
        truth=lambda: nearest((0.05, 0.33, 0.8), share_of_the_lead()),
    ),
)

RECALL = (
    Choice(
        name="half axes",
        ask="What are the singular values of a matrix?",
        options=(
            "the numbers on its diagonal",
            "half axes of the ellipse that it makes of a circle",
            "the lengths of its rows",
        ),
        right=1,
        because="Multiply all vectors of length 1 by the matrix. The longest result has the length "
        "s₁, and the shortest, for two directions, s₂.",
    ),
    Choice(
        name="what Muon evens out",
        ask="What has the same size in every step of Muon?",
        options=(
            "about, each direction of a matrix",
            "each number of a matrix",
            "each matrix's largest number",
        ),
        right=0,
        because="Muon makes the momentum orthogonal: its singular values are brought near 1. "
        "Equal numbers are the sign's, and so the first step of Adam.",
    ),
    Choice(
        name="who takes the rest",
        ask="A transformer is trained with Muon. Who moves the vectors of the words, the head and "
        "the gains?",
        options=("Muon as well", "nobody: they stay", "Adam"),
        right=2,
        because="Muon is made for the matrices inside the blocks. All else keeps Adam, so nobody "
        "trains with Muon alone.",
    ),
    Choice(
        name="where five steps end",
        ask="After Muon's five steps of Newton–Schulz, what are the singular values?",
        options=("exactly 1", "between 0.7 and 1.1 or so", "all equal, but not 1"),
        right=1,
        because="The coefficients bring small values up quickly and never settle at 1. For Muon "
        "that is near enough.",
    ),
    Choice(
        name="Shampoo and AdaGrad",
        ask="AdaGrad divides each number by the root of its gathered squares. By what does Shampoo "
        "divide?",
        options=(
            "each direction by its gathered size",
            "each layer by its length",
            "each number by the largest of its row",
        ),
        right=0,
        because="L = Σ G Gᵀ and R = Σ Gᵀ G hold how the rows and the columns go together; their "
        "powers divide direction by direction.",
    ),
    Choice(
        name="two rates against one",
        ask="Muon for the hidden matrices and Adam for the rest, both rates tuned, is ahead of a "
        "tuned Adam. Which control is missing?",
        options=(
            "Adam with more steps",
            "Muon with one rate",
            "Adam with a second rate for the hidden matrices",
        ),
        right=2,
        because="The pair has one more rate to tune. In our race that second rate alone gave Adam "
        "most of the lead.",
    ),
)
