"""Freeze the words of the course, for the language model to learn: `python tools/text.py FILE`.

The words in the package were frozen once, at version 0.2 with lessons 00 to 16, and stay as they
are when the course changes: stored results depend on them. So this writes to the file that you
name, and to `adam_course/problems/text.npz` only if you name that one.
"""

import ast
import json
import re
import sys
from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
WORDS, VALIDATION = 512, 10  # words in the vocabulary; every tenth passage is kept back
OTHER, LEFT_OUT, NUMBER, END = "*", "□", "#", "¶"

#: What is no prose, and what stands in its place; in this order.
CHANGES = [
    (r"```.*?```|\$\$.*?\$\$|<!--.*?-->|<svg.*?</svg>", "\n\n"),
    (r"(?m)^\s*\|[^\n]*$", ""),  # tables
    (r"!\[[^\]]*\]\([^)]*\)", ""),
    (r"\[([^\]]*)\]\([^)]*\)", r"\1"),  # of a link its words
    (r"`[^`]+`|\$[^$]+\$", f" {LEFT_OUT} "),
    (r"<[^>]*>|&\w+;", " "),
    (r"(?m)^\s*(#+|[-*>]|\d+\.)\s", "\n\n"),  # a heading or an item is a paragraph of its own
    (r"[*_]", ""),
    (r"’", "'"),
]
PROSE = r"^(?!Return |The questions ).* .*[.?]$"  # and no docstring
LETTERS = r"(?:[^\W\d_][\u0302]*)+"  # with the hats of m̂ and v̂
WORD = re.compile(rf"\d[\d.,]*(?:e[+−-]?\d+)?(?<![.,])|{LETTERS}(?:['-]{LETTERS})*|[^\w\s]")


def paragraphs_of(markdown):
    """Return a text as paragraphs of words: lower case, marks as words, and ¶ at the end."""
    for pattern, instead in CHANGES:
        markdown = re.sub(pattern, instead, markdown, flags=re.DOTALL)
    found = (WORD.findall(part.lower()) for part in re.split(r"\n\s*\n", markdown))
    return [
        (*(NUMBER if word[0].isdecimal() else word for word in words), END)
        for words in found
        if len(words) > 3
    ]


def passages():
    """Return the texts of the course: cells of lessons and exercises, questions, pages."""
    for path in sorted(
        [*ROOT.glob("notebooks/[0-9]*.ipynb"), *ROOT.glob("exercises/[0-9]*.ipynb")]
    ):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                yield "".join(cell["source"])
    for path in sorted(ROOT.glob("adam_course/questions/q*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and re.search(PROSE, str(node.value)):
                yield node.value
    for page in ("glossary", "where_you_meet_adam"):
        yield from (ROOT / f"docs/{page}.md").read_text(encoding="utf-8").split("\n\n")


def frozen(passages):
    """Return the vocabulary, from frequent to rare, and the words to learn from and to validate."""
    texts, seen = [], set()
    for passage in passages:
        new = [words for words in paragraphs_of(passage) if words not in seen]
        seen.update(new)
        texts.append(list(chain(*new)))
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
        sys.exit("Name the file to write, as build/text.npz.")
    parts = frozen(passages())
    np.savez_compressed(sys.argv[1], **parts)
    sizes = ", ".join(f"{len(part)} words in {name}" for name, part in parts.items())
    print(f"Wrote {sys.argv[1]}: {sizes}.")
