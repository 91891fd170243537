"""Compare every optimizer with every framework and write what came out to docs/verification.md.

    python tools/verification_table.py

needs the frameworks, and about a minute.
"""

from pathlib import Path

from comparison import DRAWS, largest_difference, versions

from adam_course.frameworks import TITLES
from adam_course.frameworks.pairs import APART, CORNERS, PAIRS, UNMATCHED

ROOT = Path(__file__).resolve().parent.parent
RATES = {"any": "changes", "rising": "rises", "constant": "constant"}


def differences():
    """Return the largest difference of each pair over all its runs."""
    found = {}
    for pair in PAIRS:
        found[pair] = max(largest_difference(pair, number) for number in range(DRAWS))
        print(f"{found[pair]:.0e}  {pair}")
    return found


def page(found):
    """Return the page as Markdown."""
    used = {}
    for framework in TITLES:
        used |= versions(framework)
    names = list(dict.fromkeys(pair.optimizer for pair in PAIRS))
    lines = [
        "# Verified against the frameworks",
        "",
        "The largest difference between two parameters, ours and theirs, after any of 200 steps: "
        f"float64, {DRAWS} draws of the hyperparameters, three recorded gradient streams (dense "
        f"and noisy; mostly exact zeros; sizes from 1e-6 to 1e6 mixed), the same gradients for "
        "both sides, parameters of order one. In every second run the rate changes at each step, "
        "where the two definitions allow it.",
        "",
        "Made by `python tools/verification_table.py` with "
        + ", ".join(f"{package} {version}" for package, version in sorted(used.items()))
        + ". `make verify` compares again; `make test` compares with recorded results.",
        "",
        "## At a glance",
        "",
        "The worst of all forms of an optimizer. A dash: the framework does not have it. "
        "An asterisk: the framework itself rounds to float32; a dagger: to bfloat16 (see below).",
        "",
        *row("Optimizer", *TITLES.values()),
        *row("---", *["---:"] * len(TITLES)),
    ]
    for name in names:
        lines += row(f"**{name}**", *(worst(found, name, framework) for framework in TITLES))
    lines += [
        "",
        "## Which of our forms is which of theirs",
        "",
        "`lr`, `eps` and so on stand for the same numbers on both sides.",
        "",
        *row("Ours", "Theirs", "Rate", "Parameters", "Largest difference"),
        *row("---", "---", "---", "---", "---:"),
    ]
    for name in names:
        for pair in (pair for pair in PAIRS if pair.optimizer == name):
            lines += row(
                f"`{pair.ours}`",
                f"`{pair.theirs}`",
                RATES[pair.rate],
                "vector" if pair.vector else "matrix",
                number(found[pair]),
            )
    singles = {(pair.single, pair.optimizer, pair.framework) for pair in PAIRS if pair.single}
    halves = {(pair.half, pair.optimizer, pair.framework) for pair in PAIRS if pair.half}
    lines += [
        "",
        "Computed in float32 by the framework, whatever the dtype of the parameters: "
        + places(singles)
        + ". These rows are held to 2e-6. In bfloat16, of two or three digits: "
        + places(halves)
        + ". These are held to 1.5e-2, at rates of at most 0.01. All others are held to 1e-12.",
        "",
        "## What cannot be matched, and why",
        "",
        *row("Ours", "Framework", "Why"),
        *row("---", "---", "---"),
    ]
    for item in UNMATCHED:
        lines += row(f"`{item.ours}`", item.framework, item.why)
    lines += [
        "",
        "## At the corners",
        "",
        "Once more with all decays (β1, β2, ρ, μ) at "
        + ", ".join(f"{decay:g}" for decay in CORNERS)
        + ", gradients of 1e-12 to 1e12 in size and exactly zero in half of all places, and a "
        "start at zero, so that a displacement has all its digits. All pairs agree to 1e-8 of the "
        "largest displacement (1e-5 for what is marked above as float32, 0.04 for what is marked "
        "as bfloat16; RAdam is the worst of the others, for its ρ is a small difference of large "
        "numbers if β2 is near 1), and to "
        "2e-4 where both sides compute in float32 with gradients of 1e-3 to 1e3 (Keras to 2e-3: it "
        "rounds 1 − β to float32, which is 0.1 % off at 0.99999). These do not:",
        "",
        *row("Theirs", "Decay", "Why"),
        *row("---", "---:", "---"),
    ]
    for theirs in dict.fromkeys(pair.theirs for pair in PAIRS):
        for known in (known for known in APART if theirs.startswith(known.theirs)):
            lines += row(f"`{theirs}`", f"{known.decay:g}", known.why)
    lines += [
        "",
        "Two more, at numbers that nobody uses. With `eps1` far above 1e-30, `AdaFactor` adds it "
        "to each squared gradient, as its paper and Keras do, and PyTorch holds the estimate at "
        "`eps1`² or more. Where a root is 0, and ε too, we take no step; the frameworks have NaN.",
        "",
        "Optax's `adan`, which is not in this course, is no reference for Adan: it weights the "
        "difference of two gradients by 1 − β2 where its authors' code uses β2.",
    ]
    return "\n".join(lines) + "\n"


def places(rounded):
    """Return in words what is rounded where."""
    listed = (f"{what} in {name} ({TITLES[who]})" for what, name, who in sorted(rounded))
    return "; ".join(listed)


def worst(found, name, framework):
    """Return one cell of the table at a glance."""
    pairs = [pair for pair in PAIRS if (pair.optimizer, pair.framework) == (name, framework)]
    if not pairs:
        return "–"
    exact = [pair for pair in pairs if not pair.single] or pairs
    mark = "†" if exact[0].half else "*" if exact[0].single else ""
    return number(max(found[pair] for pair in exact)) + mark


def number(difference):
    """Return a difference with one significant digit."""
    return f"{difference:.0e}" if difference else "0"


def row(*cells):
    """Return a table row, as a list of one line."""
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"]


if __name__ == "__main__":
    text = page(differences())
    (ROOT / "docs").mkdir(exist_ok=True)
    (ROOT / "docs" / "verification.md").write_text(text, encoding="utf-8", newline="\n")
    print("docs/verification.md is new.")
