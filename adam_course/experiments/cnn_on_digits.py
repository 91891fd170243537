"""A small convolutional network on the 8 × 8 digits: Adam, SGD and momentum at their best rates.

The network of a published Keras listing, written in PyTorch: 32 filters of 3 × 3, ReLU, max-pool
2 × 2, softmax over 10 classes; mini-batches of 64, five epochs, in float64. Of the 1,797 digits
300 are for the test, of the rest a tenth for validation. A seed decides the start, the split and
the order, so two methods with the same seed are a matched pair.

Each method has nine rates, in steps of √2, and ten seeds; the lowest median validation loss
chooses. Then it has the two rates that lie half a step beside the best one: the finer grid. Forty
new seeds judge, by the loss on the test. Under a cosine, from a rate down to 0 in the five epochs,
there are six rates, from half a step of √2 below the constant one's best upwards.
"""

import numpy as np

from adam_course import frameworks
from adam_course.paired import compare
from adam_course.problems import load_digits
from adam_course.schedules import Cosine

#: Name → class in torch.optim, its arguments, and the middle of the grid of its rates.
OPTIMIZERS = {
    "Adam": ("Adam", {}, 0.05),
    "SGD": ("SGD", {}, 1.0),
    "momentum": ("SGD", {"momentum": 0.9}, 0.2),
}
STEP = 2**0.5
TUNING, JUDGED = range(10), range(10, 50)
TEST, VALIDATION, BATCH, EPOCHS = 300, 150, 64, 5
STEPS = EPOCHS * -(-(1797 - TEST - VALIDATION) // BATCH)
#: Rounding grows during the training, most of all at rates that are too large.
TOLERANCE = 1e-3


def compute():
    """Return for each method its rates, what they gave, and how it compares with Adam."""
    found = {name: searched(*made) for name, made in OPTIMIZERS.items()}
    for grid in ("", " on the finer grid", " with a cosine"):
        for part in found.values():
            losses, of_adam = part[f"test loss{grid}"], found["Adam"][f"test loss{grid}"]
            verdict = {True: "ahead", False: "behind", None: "open"}
            part[f"verdict{grid}"] = verdict[compare(losses, of_adam).ahead]
    default = judged("Adam", {}, 0.001, False)
    found["Adam"]["test accuracy at default"] = default[:, 2]
    return found | {"steps": STEPS}


def searched(kind, settings, middle):
    """Return a method's rates and validation losses, and the new runs at the best of them."""
    rates = middle * STEP ** np.arange(-4, 5)
    loss = tuned(kind, settings, rates, False)
    best = loss.argmin()
    beside = rates[best] * STEP ** np.array([-0.5, 0.5])
    finer, fine_loss = np.append(beside, rates[best]), tuned(kind, settings, beside, False)
    fine = finer[np.append(fine_loss, loss[best]).argmin()]
    falling = rates[best] * STEP ** np.arange(-1, 5)
    falling_loss = tuned(kind, settings, falling, True)
    chosen = {
        "": (rates[best], False),
        " on the finer grid": (fine, False),
        " with a cosine": (falling[falling_loss.argmin()], True),
    }
    found = {"rates": rates, "validation loss": loss, "validation loss beside": fine_loss}
    found |= {"rates with a cosine": falling, "validation loss with a cosine": falling_loss}
    found["at edge"] = bool(best in (0, 8) or falling_loss.argmin() in (0, 5))
    runs = {one: judged(kind, settings, *one).T for one in set(chosen.values())}
    for grid, one in chosen.items():
        _, loss, accuracy = runs[one]
        found |= {f"rate{grid}": one[0], f"test loss{grid}": loss, f"test accuracy{grid}": accuracy}
    return found


def tuned(kind, settings, rates, cosine):
    """Return the median validation loss of ten runs at each rate."""
    runs = [[train(kind, settings, lr, seed, cosine)[0] for seed in TUNING] for lr in rates]
    return np.median(runs, axis=1)


def judged(kind, settings, rate, cosine):
    """Return (40, 3): validation loss, test loss and test accuracy of the new runs."""
    return np.array([train(kind, settings, rate, seed, cosine) for seed in JUDGED])


def train(kind, settings, lr, seed, cosine=False):
    """Return validation loss, test loss and test accuracy at the end of one run."""
    torch = frameworks.torch
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    images, labels = map(torch.tensor, load_digits())
    images = images.reshape(-1, 1, 8, 8)
    test, validation, training = torch.randperm(len(labels)).split(
        [TEST, VALIDATION, len(labels) - TEST - VALIDATION]
    )
    model = network(torch)
    optimizer = getattr(torch.optim, kind)(model.parameters(), lr=lr, **settings)
    schedule, t = Cosine(lr, STEPS), 0
    cross_entropy = torch.nn.functional.cross_entropy
    for _ in range(EPOCHS):
        for rows in training[torch.randperm(len(training))].split(BATCH):
            t += 1
            if cosine:
                optimizer.param_groups[0]["lr"] = schedule(t)
            optimizer.zero_grad()
            cross_entropy(model(images[rows]), labels[rows]).backward()
            optimizer.step()
    with torch.no_grad():
        scores = model(images[test])
        hits = scores.argmax(dim=1) == labels[test]
        losses = cross_entropy(model(images[validation]), labels[validation])
        return (
            losses.item(),
            cross_entropy(scores, labels[test]).item(),
            hits.double().mean().item(),
        )


def network(torch):
    """Return the network for images of 8 × 8 pixels, in float64."""
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 32, kernel_size=3),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(32 * 3 * 3, 10),
    ).double()
