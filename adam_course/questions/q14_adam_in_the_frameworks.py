"""The questions of lesson 14: what differs between frameworks, computed without any of them."""

import numpy as np

from adam_course.descend import descend
from adam_course.frameworks import ROSETTA
from adam_course.optimizers import Adam, AdamL2, AdamW
from adam_course.problems import Rosenbrock
from adam_course.questions.question import Choice, Number, Ranking, nearest


def walk(optimizer, gradients, theta=0.0):
    """Return the parameter after each step along given gradients."""
    theta, path = np.array([theta]), []
    for g in gradients:
        theta = optimizer.step(theta, np.array([g]))
        path.append(theta[0])
    return np.array(path)


def agreeing():
    """Return the frameworks whose Adam, with our numbers, is ours to 1e-12 on one stream."""
    recorded, found = descend(Rosenbrock(), Adam(lr=0.05), steps=200), set()
    for framework, entry in ROSETTA["Adam"].items():
        theta, far = recorded.thetas[0], 0.0
        theirs = Adam(lr=0.05, **entry.ours)  # as `make verify` holds it to the framework itself
        for g, expected in zip(recorded.gradients, recorded.thetas[1:], strict=True):
            theta = theirs.step(theta, g)
            far = max(far, np.abs(theta - expected).max())
        if far < 1e-12:
            found.add(framework)
    return found


def decayed(optimizer):
    """Return where a parameter of 1 is after one step without a gradient."""
    return walk(optimizer(0.1, weight_decay=0.1), [0.0], 1.0)[0]


def trained(clear, lr=0.001, epochs=100):
    """Return the loss before and after training two linear layers, as the lesson's loop does."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(100, 10))
    targets = inputs.sum(axis=1)
    # 10 × 5 weights, 5 biases, 5 weights, 1 bias
    theta = np.concatenate([rng.uniform(-1, 1, n) / d**0.5 for n, d in ((55, 10), (6, 5))])
    adam, gradient, history = Adam(lr), np.zeros(61), []
    for _ in range(epochs):
        hidden = inputs @ theta[:50].reshape(10, 5) + theta[50:55]
        errors = hidden @ theta[55:60] + theta[60] - targets
        history.append(np.mean(errors**2))
        back = np.outer(errors, theta[55:60])
        parts = (inputs.T @ back).ravel(), back.sum(axis=0), hidden.T @ errors, [errors.sum()]
        new = 2 / 100 * np.concatenate(parts)
        gradient = new if clear else gradient + new
        theta = adam.step(theta, gradient)
    return history[0], history[-1]


def without_zero_grad():
    """Return the option that fits how far the loss falls, compared with a complete loop."""
    (first, complete), (_, without) = trained(True), trained(False)
    share = (first - without) / (first - complete)
    return 0 if abs(share) < 0.1 else 1 if share < 0 else 2 if share < 0.5 else 3


def after_alternating():
    """Return the lengths of the next step, with the state and without it."""
    warm, signs = Adam(1.0), (-1.0) ** np.arange(201)
    path = walk(warm, signs)
    return abs(path[-1] - path[-2]), abs(walk(Adam(1.0), signs[-1:])[0])


PREDICT = (
    Choice(
        name="one stream, three Adams",
        ask="PyTorch, Keras and Optax get the same 200 gradients and the same start. This time α, "
        "β₁, β₂ and ε are the same, too, and all compute in float64. Whose parameters equal those "
        "of our Adam to 1e-12, after every step?",
        options=(
            "those of all three: only the default of ε differed",
            "nobody's: three programs round in three ways",
            "those of PyTorch and Optax, but not those of Keras",
            "those of Keras only",
        ),
        right=2,
        because="Two of three. Each program rounds in its own way, but after 200 steps this is "
        "still far below 1e-12. In Keras the numbers are the same and the rule is another one. The "
        "text below says where.",
        truth=lambda: {
            frozenset(("torch", "keras", "optax")): 0,
            frozenset(): 1,
            frozenset(("torch", "optax")): 2,
            frozenset(("keras",)): 3,
        }[frozenset(agreeing())],
    ),
    Choice(
        name="a gradient of a millionth",
        ask="A parameter's first gradient is 1e-6. PyTorch adds ε = 1e-8 to √v̂, and its first step "
        "is 0.99 α. Keras adds its default, 1e-7, to √v, with β₂ = 0.999. How long is Keras' first "
        "step?",
        options=(
            "0.99 α: both are far below the gradient",
            "0.91 α: its ε is a tenth of the gradient",
            "0.24 α",
            "0.03 α: the root of 1 − β₂",
        ),
        right=2,
        because="A quarter of α. At the first step √v is √(1 − β₂) = 0.0316 times the gradient, "
        "3.2e-8. So the 1e-7 is not small beside it: it is three times as large.",
        truth=lambda: nearest(
            (0.99, 0.91, 0.24, 0.03), -walk(Adam(1.0, eps=1e-7, eps_hat=True), [1e-6])[0]
        ),
    ),
    Choice(
        name="weight decay in two Adams",
        ask="A parameter is 1 and its gradient is 0. You write α = 0.1 and `weight_decay=0.1`, in "
        "PyTorch's `Adam` and in Keras' `Adam`. Where is the parameter after one step?",
        options=(
            "0.99 in both",
            "0.9 in both",
            "0.9 in PyTorch, 0.99 in Keras",
            "0.99 in PyTorch, 0.9 in Keras",
        ),
        right=2,
        because="PyTorch's Adam adds the decay to the gradient. Adam divides its size away, and "
        "the first step is α = 0.1. In Keras each `weight_decay` is decoupled: the parameter "
        "loses α · λ = 0.01 of itself.",
        truth=lambda: ((0.99, 0.99), (0.9, 0.9), (0.9, 0.99), (0.99, 0.9)).index(
            (round(decayed(AdamL2), 4), round(decayed(AdamW), 4))
        ),
    ),
    Choice(
        name="a loop without zero_grad",
        ask="Someone restores `backward` and `step`, and forgets `zero_grad`. So each gradient is "
        "added to the sum of the earlier ones. The rate is 0.001. What does the loss do in 100 "
        "epochs?",
        options=(
            "It stays where it is.",
            "It rises: the sum grows, so the steps grow.",
            "It falls less than half as far: old gradients are out of date.",
            "It falls at least as far as in the complete loop.",
        ),
        right=3,
        because="At this rate nothing seems wrong. The sum grows, but Adam divides its size away. "
        "What is left is a direction with a very long memory. At a larger rate this memory "
        "overshoots again and again, as the figure shows.",
        truth=without_zero_grad,
    ),
)

RECALL = (
    Choice(
        name="why recorded gradients",
        ask="Do two frameworks compute the same Adam? Why give both the same recorded gradients, "
        "instead of two trainings?",
        options=(
            "Recorded gradients are faster.",
            "In two trainings a rounding error can grow, and look like another rule.",
            "Adam needs the same mini-batches to converge.",
        ),
        right=1,
        because="Each training follows its own gradients. A tiny difference changes the next "
        "gradient, and so on. With the same gradients only the rules are compared.",
    ),
    Number(
        name="ε-hat in the first step",
        ask="Keras adds 1e-7 to √v, with β₂ = 0.99. To which ε of the paper's form does this "
        "correspond in the first step?",
        right=1e-6,
        factor=1.1,
        because="ε = ε̂ / √(1 − β₂ᵗ) = 1e-7 / 0.1. Later the factor goes to 1.",
        # with g = 1e-3 and α = 1 the step is 1e-3 / (1e-3 + ε)
        truth=lambda: -1e-3 / walk(Adam(1.0, beta2=0.99, eps=1e-7, eps_hat=True), [1e-3])[0] - 1e-3,
    ),
    Choice(
        name="what Optax returns",
        ask="`optimizer.update(gradients, state)` in Optax: what comes out?",
        options=(
            "the new parameters",
            "nothing: the parameters are changed in place",
            "the change of the parameters, and the new state",
        ),
        right=2,
        because="Optax keeps neither parameters nor state. You add the change yourself, and hand "
        "the state to the next call.",
    ),
    Ranking(
        name="three calls in order",
        ask="One epoch in PyTorch, after the loss has been computed. Which call comes first, which "
        "second, which third?",
        options=("step", "zero_grad", "backward"),
        right=(1, 2, 0),
        because="`zero_grad` empties the gradients, `backward` adds new ones, `step` uses them.",
    ),
    Choice(
        name="decay in PyTorch's Adam",
        ask="What does `weight_decay` do in PyTorch's `Adam`, if no other option is set?",
        options=(
            "It shrinks each parameter by α · λ of itself.",
            "It adds λ θ to the gradient, and Adam divides its size away.",
            "Nothing: only `AdamW` decays.",
        ),
        right=1,
        because="This is L2. `AdamW` decouples the decay, and so does every optimizer of Keras.",
        truth=lambda: nearest((0.99, 0.9, 1.0), decayed(AdamL2)),
    ),
    Choice(
        name="a model saved without its Adam",
        ask="For 200 steps the gradient was +1, −1, +1 and so on. The program is stopped, and goes "
        "on with the parameters alone: m, v and t start again. How long is the next step?",
        options=("about α", "about a twentieth of α, as before", "about 30 α"),
        right=0,
        because="A new Adam's first step has the length α for any gradient. With its state, m "
        "knows that the gradients contradict each other, and the step is a twentieth of α.",
        truth=lambda: nearest((1, 0.05, 30), after_alternating()[1]),
    ),
    Choice(
        name="a factor that is always there",
        ask="Clipping divides every gradient of a run by 5. What does it do to Adam's path, if ε "
        "is negligible?",
        options=(
            "The steps become a fifth as long.",
            "Nothing.",
            "The steps become five times as long.",
        ),
        right=1,
        because="m and √v shrink by the same factor, so it cancels. Clipping acts where a single "
        "gradient is much larger than the others.",
        truth=lambda: nearest(
            (0.2, 1, 5),
            walk(Adam(), np.arange(1, 20) / 5)[-1] / walk(Adam(), np.arange(1.0, 20))[-1],
        ),
    ),
)
