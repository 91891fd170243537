"""Freeze the words of the lessons, for the language model to learn: `python tools/text.py FILE`.

The words in the package were frozen once, at version 0.2 with lessons 00 to 16, and stay as they
are when lessons change: experiments and their stored results depend on them. So this writes to the
file that you name, and to `adam_course/problems/lessons.npz` only if you name that one.
"""

import json
import re
import sys
from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
WORDS, VALIDATION = 512, 10  # words in the vocabulary; every tenth text cell is kept back
OTHER, LEFT_OUT, NUMBER, END = "*", "□", "#", "¶"

#: What is no prose, and what stands in its place; in this order.
CHANGES = [
    (r"```.*?```|\$\$.*?\$\$|<!--.*?-->|<svg.*?</svg>", "\n\n"),
    (r"(?m)^\s*\|.*$", ""),  # tables
    (r"!\[[^\]]*\]\([^)]*\)", ""),
    (r"\[([^\]]*)\]\([^)]*\)", r"\1"),  # of a link its words
    (r"`[^`]+`|\$[^$]+\$", f" {LEFT_OUT} "),
    (r"<[^>]*>|&\w+;", " "),
    (r"(?m)^\s*(#+|[-*>]|\d+\.)\s", "\n\n"),  # a heading or an item is a paragraph of its own
    (r"[*_]", ""),
    (r"’", "'"),
]
LETTERS = r"(?:[^\W\d_][\u0302]*)+"  # with the hats of m̂ and v̂
WORD = re.compile(rf"\d[\d.,]*(?:e[+−-]?\d+)?(?<![.,])|{LETTERS}(?:['-]{LETTERS})*|[^\w\s]")


def words_of(markdown):
    """Return a text cell as words: lower case, marks as words, and ¶ after each paragraph."""
    for pattern, instead in CHANGES:
        markdown = re.sub(pattern, instead, markdown, flags=re.DOTALL)
    paragraphs = [WORD.findall(part.lower()) for part in re.split(r"\n\s*\n", markdown)]
    return [
        NUMBER if word[0].isdecimal() else word
        for paragraph in paragraphs
        if len(paragraph) > 3
        for word in [*paragraph, END]
    ]


def text_cells():
    """Return the text cells of all lessons, in order."""
    return [
        "".join(cell["source"])
        for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
    ]


def frozen(cells):
    """Return the vocabulary, from frequent to rare, and the words to learn from and to validate."""
    texts = [words_of(cell) for cell in cells]
    kept_back = list(chain(*texts[VALIDATION - 1 :: VALIDATION]))
    learned = list(chain(*(text for i, text in enumerate(texts, 1) if i % VALIDATION)))
    counts = Counter(learned)
    common = sorted(counts, key=lambda word: (-counts[word], word))[: WORDS - 1]
    counts[OTHER] = len(learned) - sum(counts[word] for word in common)
    vocabulary = sorted([*common, OTHER], key=lambda word: (-counts[word], word))
    number = {word: i for i, word in enumerate(vocabulary)}
    train, validation = (
        np.array([number.get(word, number[OTHER]) for word in part], dtype=np.uint16)
        for part in (learned, kept_back)
    )
    return {"vocabulary": np.array(vocabulary), "train": train, "validation": validation}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the file to write, as build/lessons.npz.")
    parts = frozen(text_cells())
    np.savez_compressed(sys.argv[1], **parts)
    sizes = ", ".join(f"{len(part)} words in {name}" for name, part in parts.items())
    print(f"Wrote {sys.argv[1]}: {sizes}.")
