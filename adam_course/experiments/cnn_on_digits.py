"""A small convolutional network on the 8 × 8 digits: Adam, SGD and momentum at their best rates.

The network of a published Keras listing, written in PyTorch: 32 filters of 3 × 3, ReLU, max-pool
2 × 2, softmax over 10 classes; mini-batches of 64, five epochs, in float64. Of the 1,797 digits
300 are for the test, of the rest a tenth for validation. Every optimizer gets eleven rates, a
factor of 10^¼ apart, and five seeds, each with its own start, split and order; its best rate is
the one with the lowest median validation loss after the last epoch.
"""

import numpy as np

from adam_course import frameworks
from adam_course.problems import load_digits

#: Name → class in torch.optim, its arguments, and the grid of its rates.
OPTIMIZERS = {
    "Adam": ("Adam", {}, 10 ** (np.arange(-12, -1) / 4)),
    "SGD": ("SGD", {}, 10 ** (np.arange(-8, 3) / 4)),
    "momentum": ("SGD", {"momentum": 0.9}, 10 ** (np.arange(-10, 1) / 4)),
}
SEEDS = range(5)
TEST, VALIDATION, BATCH, EPOCHS = 300, 150, 64, 5
#: Rounding grows during the training, most of all at rates that are too large.
TOLERANCE = 1e-3


def compute():
    """Return for each optimizer its rates, and (rates, seeds, epochs) losses and accuracies."""
    found = {}
    for name, (kind, settings, rates) in OPTIMIZERS.items():
        runs = [[train(kind, settings | {"lr": lr}, seed) for seed in SEEDS] for lr in rates]
        loss, accuracy = np.moveaxis(np.array(runs), -1, 0)
        found[name] = {"rates": rates, "validation loss": loss, "test accuracy": accuracy}
    return found


def train(kind, settings, seed):
    """Return (validation loss, test accuracy) after each epoch of one run."""
    torch = frameworks.torch
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    images, labels = map(torch.tensor, load_digits())
    images = images.reshape(-1, 1, 8, 8)
    test, validation, training = torch.randperm(len(labels)).split(
        [TEST, VALIDATION, len(labels) - TEST - VALIDATION]
    )
    model = network(torch)
    optimizer = getattr(torch.optim, kind)(model.parameters(), **settings)
    cross_entropy = torch.nn.functional.cross_entropy
    history = []
    for _ in range(EPOCHS):
        for rows in training[torch.randperm(len(training))].split(BATCH):
            optimizer.zero_grad()
            cross_entropy(model(images[rows]), labels[rows]).backward()
            optimizer.step()
        with torch.no_grad():
            loss = cross_entropy(model(images[validation]), labels[validation])
            hits = model(images[test]).argmax(dim=1) == labels[test]
        history.append((loss.item(), hits.double().mean().item()))
    return history


def network(torch):
    """Return the network for images of 8 × 8 pixels, in float64."""
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 32, kernel_size=3),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(32 * 3 * 3, 10),
    ).double()
