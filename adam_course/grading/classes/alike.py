"""Find answers that are identical or nearly so, in what few others of the class have written.

Names of variables, comments, texts and white space do not count, and neither does what the given
cell holds. What many have is left out: a short formula has one right form. What remains is a
reason to look at two answers, and no verdict on anybody.
"""

import builtins
import keyword
import re
from collections import Counter, defaultdict
from itertools import combinations
from typing import NamedTuple

#: Names that stay: they say what is done, not how the learner calls it.
KEPT = frozenset({*keyword.kwlist, *vars(builtins), "np", "numpy", "math", "plt"})
TOKEN = re.compile(
    r'''(?P<text>"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"[^"\n]*"|'[^'\n]*')|(?P<comment>#[^\n]*)'''
    r"|(?P<name>\.?[^\W\d]\w*)|(?P<number>\d[\w.]*)|(?P<sign>\*\*|//|->|[<>=!:]=|[^\w\s])"
)
CODE, WORDS = 5, 3  # tokens or words in one piece
SHORT = 30  # pieces: an answer with fewer is too short to tell anything
FEW = 8  # answers: of fewer, nobody can say what is rare
RARE = 3  # a piece that no more learners have is rare; in a larger class, a twentieth of it
SHARED = 12  # rare pieces that two answers share
ALIKE = 0.75  # share of all their pieces, the given ones left out, that two answers have in common


class Alike(NamedTuple):
    """Answers to look at.

    Attributes:
        members: places of the answers in the list that was given, in its order.
        share: the least share of pieces that linked answers have in common, 1 for the same.
        rare: how many rare pieces they share, at least.
    """

    members: tuple[int, ...]
    share: float
    rare: int


def tokens(source):
    """Return code as tokens: a learner's own names are all alike, comments and texts are gone."""
    found = []
    for match in TOKEN.finditer(source):
        kind, text = match.lastgroup, match[0]
        if kind == "name":
            text = text if text in KEPT or text.startswith(".") else "name"
        if kind not in ("comment", "text"):
            found.append(text)
    return found


def words(text):
    """Return a text's words, in small letters."""
    return re.findall(r"\w+", text.lower())


def pieces(text, given="", code=True):
    """Return the pieces of an answer, without those of what was given: a frozenset of tuples."""
    split, size = (tokens, CODE) if code else (words, WORDS)
    own, theirs = split(text), split(given)
    cut = [{tuple(one[i : i + size]) for i in range(len(one) - size + 1)} for one in (own, theirs)]
    return frozenset(cut[0] - cut[1])


def alike(answers):
    """Return the Alikes among answers to one question, the most alike first.

    Args:
        answers: the `pieces` of each learner's answer.
    """
    long = [i for i, one in enumerate(answers) if len(one) >= SHORT]
    if len(long) < FEW:
        return []
    holders = defaultdict(list)
    for i in long:
        for piece in answers[i]:
            holders[piece].append(i)
    most = max(RARE, len(long) // 20)
    shared = Counter(
        pair for own in holders.values() if 1 < len(own) <= most for pair in combinations(own, 2)
    )
    links = {}
    for (first, second), rare in shared.items():
        both = len(answers[first] & answers[second])
        share = both / (len(answers[first]) + len(answers[second]) - both)
        if rare >= SHARED and share >= ALIKE:
            links[first, second] = (share, rare)
    found = [Alike(members, *map(min, zip(*own, strict=True))) for members, own in groups(links)]
    return sorted(found, key=lambda one: (-one.share, -one.rare, one.members))


def groups(links):
    """Return [(members in order, what their links say), …] of pairs that hang together."""
    home = {}
    for pair in links:
        merged = set(pair).union(*(home.get(one, ()) for one in pair))
        home |= dict.fromkeys(merged, merged)
    together = {id(one): sorted(one) for one in home.values()}.values()
    return [
        (tuple(members), [said for pair, said in links.items() if pair[0] in members])
        for members in together
    ]
