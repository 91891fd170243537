"""A step of the language model: loss and gradient of 16 × 32 words, beside torch's autograd.

The same model with the same parameters, on one thread and on two. Losses and gradients are compared
before times are. Ours has one thread for its products of matrices, as all these benchmarks do.
"""

import numpy as np
import torch
from torch.nn import functional as F

from adam_course.problems import Transformer
from benchmarks.measure import in_turn, print_table

BATCH, STEPS = np.arange(16), 20


def torch_loss(problem, w, windows):
    """Return the model's loss in torch, from a dict of name → tensor and a tensor of windows."""
    words, targets = windows[:, :-1], windows[:, 1:]
    width = (problem.width,)
    x = w["embedding"][words] + w["positions"]
    for number in range(1, problem.depth + 1):
        of = {name.removeprefix(f"block {number}, "): tensor for name, tensor in w.items()}
        normal = F.layer_norm(x, width, weight=of["norm 1"])
        heads = [
            (normal @ of[name]).unflatten(-1, (-1, problem.head)).transpose(1, 2)
            for name in ("query", "key", "value")
        ]
        taken = F.scaled_dot_product_attention(*heads, is_causal=True)
        x = x + taken.transpose(1, 2).flatten(-2) @ of["mix"]
        normal = F.layer_norm(x, width, weight=of["norm 2"])
        x = x + F.relu(normal @ of["in"]) @ of["out"]
    scores = F.layer_norm(x, width, weight=w["last norm"]) @ w["head"]
    return F.cross_entropy(scores.flatten(0, 1), targets.flatten())


def torch_step(problem, theta, rows):
    """Return a function that gives torch's loss and gradient at theta, as (number, array (d,))."""
    w = {name: torch.tensor(part) for name, part in problem.named(theta).items()}
    windows = torch.tensor(problem.windows(rows))
    for tensor in w.values():
        tensor.requires_grad_()

    def step():
        loss = torch_loss(problem, w, windows)
        gradients = torch.autograd.grad(loss, list(w.values()))
        return loss.item(), torch.cat([part.flatten() for part in gradients]).numpy()

    return step


def main():
    """Check that both have the same loss and gradient, then print a table for each precision."""
    problem, threads = Transformer(), torch.get_num_threads()
    for dtype, apart in ((np.float32, 1e-5), (np.float64, 1e-12)):
        theta = problem.start.astype(dtype)
        theirs = torch_step(problem, theta, BATCH)
        loss, gradient = theirs()
        assert abs(loss - problem.value(theta, BATCH)) < apart, "the losses differ"
        assert abs(gradient - problem.gradient(theta, BATCH)).max() < apart, "the gradients differ"

        def ours(theta=theta):
            for _ in range(STEPS):
                problem.gradient(theta, BATCH)

        def torch_on(count, theirs=theirs):
            def work():
                torch.set_num_threads(count)
                for _ in range(STEPS):
                    theirs()

            return work

        contestants = {"adam_course": ours, "torch, 1 thread": torch_on(1)}
        contestants["torch, 2 threads"] = torch_on(2)
        print_table(
            f"{STEPS} gradients of a transformer with {problem.dimension:,} parameters, "
            f"{np.dtype(dtype)} (time over ours)",
            in_turn(contestants),
            ours="adam_course",
            per=(STEPS, "steps"),
        )
    torch.set_num_threads(threads)


if __name__ == "__main__":
    main()
