"""What a lesson says before it is explained: `python tools/terms.py 03` lists it for lesson 03.

The glossary (docs/glossary.md) names the lesson that introduces each term and each symbol, and the
spellings that count: those after "Also" and in a comment, singular and plural; where a comment says
"only", these alone, and not the phrases after "not". A term is introduced by the first text cell of
its lesson that has it in bold or italics in a sentence; a symbol, by the first sentence with it and
a bold word of its row. A first cell may name what its own lesson introduces. A later lesson's term
may be used from the cell on in which a sentence with the term links to that lesson. What a fold
introduces is known in its own cell only. Code and further reading are not read.

Without a number, the command counts what each lesson says too early.
"""

import json
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = ROOT / "docs" / "glossary.md"
LESSONS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))

LESSON_LINK = r"\]\([^)\s]*?(\d\d)_\w+\.ipynb[^)\s]*\)"
EMPHASIS = r"(?<![*\w])\*{1,2}(?=[^\s*])([^*\n]+?)\*{1,2}(?!\*)"
NEVER = 10**6  # the number of a cell behind all others
FOLD = re.compile(r"<details.*?</details>", re.DOTALL)
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
SIGNS = {
    **{"alpha": "α", "beta": "β", "gamma": "γ", "varepsilon": "ε", "eta": "η", "theta": "θ"},
    **{"kappa": "κ", "lambda": "λ", "mu": "μ", "rho": "ρ", "sigma": "σ", "Delta": "Δ"},
    **{"nabla": "∇", "partial": "∂", "odot": "⊙", "leftarrow": "←", "propto": "∝"},
    **{"overline": "‾", "lVert": "‖", "rVert": "‖", "lfloor": "⌊", "rfloor": "⌋"},
    **{"mathbb{E}": "𝔼", "mathcal{B}": "ℬ", "mathcal B": "ℬ", "mathrm{Var}": "Var"},
}
SIGN = re.compile(r"\\(" + "|".join(map(re.escape, SIGNS)) + r")(?![A-Za-z])")


@dataclass(frozen=True)
class Term:
    """A word of the glossary, ``lesson`` introduces it; ``spellings`` all count as it."""

    name: str
    lesson: int
    spellings: tuple[str, ...]
    others: tuple[str, ...] = ()  # phrases in which the word means something else


@dataclass(frozen=True)
class Symbol:
    """A row of the glossary's table; ``words`` are those of which one explains the symbol."""

    name: str
    lesson: int
    words: tuple[str, ...]

    @property
    def use(self):
        """What finds it; a Latin letter is a symbol in a formula only."""
        letter = re.escape(self.name) + "(?!\u0302)"
        return rf"(?<![A-Za-z]){letter}(?![A-Za-z])" if self.name[0].isascii() else letter


@dataclass(frozen=True)
class Cell:
    """A text cell: its number, its text without code, and the sentences of that."""

    number: int
    text: str

    @property
    def lines(self):
        """The sentences, headings and rows of tables, one each, without displayed formulas."""
        text = re.sub(r"\$\$.+?\$\$", "", self.text, flags=re.DOTALL)
        return re.split(r"(?<=[.?!])[\"”*)]*\s+|\n\s*\n|\n(?=[-*|#\d])", text)

    @property
    def sentences(self):
        """What explains: no fold, heading or row of a table."""
        return _explaining(Cell(self.number, FOLD.sub("", self.text)).lines)

    @property
    def folded(self):
        """What explains within the folds: it counts for this cell only."""
        return _explaining(Cell(self.number, "\n\n".join(FOLD.findall(self.text))).lines)


def _explaining(lines):
    return [line for line in lines if line[:1] not in ("#", "|")]


_ALL = re.DOTALL | re.MULTILINE


def terms(page=GLOSSARY):
    """Return the terms of the glossary that a lesson introduces and that can be told apart."""
    found = []
    for entry in re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        lesson, name = re.search(r"→ \[lesson (\d\d)\]", entry), entry.partition("\n")[0]
        if lesson and "<!-- not checked" not in entry:
            also = _listed(r"Also: (.+?)\. → ", entry) + _listed("<!-- also: (.+) -->", entry)
            spellings = _listed("<!-- only: (.+) -->", entry) or (name, *also)
            others = _listed("<!-- not: (.+) -->", entry)
            found.append(Term(name, int(lesson[1]), spellings, others))
    return found


def symbols(page=GLOSSARY):
    """Return the symbols of the glossary's table that a bold word explains, one each."""
    table = page.read_text(encoding="utf-8").partition("\n## Symbols\n")[2]
    found = []
    for line in re.findall(r"^\| (\$.+) \|$", table, flags=re.MULTILINE):
        signs, *_, meaning, lesson = line.split(" | ")
        words = tuple(re.findall(r"\*\*(.+?)\*\*", meaning))
        names = [re.match("Var|.\u0302?", plain(one))[0] for one in re.findall(r"\$(.+?)\$", signs)]
        found += [Symbol(name, int(lesson), words) for name in dict.fromkeys(names) if words]
    return found


def plain(formula):
    """Return a formula as letters and signs: without other commands, and with hats on letters."""
    formula = SIGN.sub(lambda found: SIGNS[found[1]], formula)
    formula = re.sub(r"\\(?:text|operatorname|mathrm)\{.*?\}", " ", formula)
    formula = re.sub(r"\\(?:wide)?hat\s*\{?\s*(\w)\}?", "\\1\u0302", formula)
    return re.sub(r"\\[A-Za-z]+", " ", formula).strip()


def text_cells(lesson):
    """Return the text cells of a notebook, without code and without its list of books."""
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    texts = {n: "".join(c["source"]) for n, c in enumerate(cells) if c["cell_type"] == "markdown"}
    spare = re.compile(r"```.*?```|`[^`\n]*`|^#+ Further reading.*", _ALL)
    return [Cell(number, spare.sub("", text)) for number, text in texts.items()]


def too_early(lesson, known=None, signs=None):
    """Return what a lesson says before it is explained, one sentence each.

    Args:
        lesson: the path of a notebook whose name starts with its number.
        known, signs: terms and symbols; those of the glossary unless given.
    """
    here, cells = int(lesson.name[:2]), text_cells(lesson)
    found = _early_terms(here, cells, terms() if known is None else known)
    found |= _early_symbols(here, cells, symbols() if signs is None else signs)
    return [f"{lesson.name[:2]}{places}: {words}" for words, places in found.items()]


def _early_terms(here, cells, known):
    find, owner = finder(known)
    used, introduced, linked, found = defaultdict(list), {}, {}, {}
    for cell in cells:
        inside = _emphasised(cell.folded, known, find, owner)
        for term in map(owner, find.finditer(_words(cell.text))):
            if term not in inside:
                used[term].append(cell.number)
        for line in cell.lines:
            for term in filter(None, map(owner, find.finditer(_words(line)))):
                if term.lesson in _lessons_linked(line):
                    linked.setdefault(term, cell.number)
        for term in _emphasised(cell.sentences, known, find, owner):
            introduced.setdefault(term, cell.number)
    for term in sorted(known, key=lambda term: term.name.casefold()):
        places = used[term]
        if term.lesson > here:
            early = [n for n in places if n < linked.get(term, NEVER)]
            why = f"“{term.name}” belongs to lesson {term.lesson:02}"
        elif term.lesson == here and term not in introduced:
            early = [n for n in places if n > 0] or [0]
            why = f"“{term.name}” is this lesson's, and stands nowhere in bold or italics"
        else:
            early = [n for n in places if term.lesson == here and 0 < n < introduced[term]]
            why = f"“{term.name}” comes before the cell that introduces it"
        if early:
            found[why] = list(dict.fromkeys(early))
    return found


def _early_symbols(here, cells, signs):
    found = {}
    for sign in signs:
        words = re.compile("|".join(map(_pattern, sign.words)), re.IGNORECASE)
        used, told = [], NEVER
        for cell in reversed(cells):
            linked = [line for line in cell.lines if sign.lesson in _lessons_linked(line)]
            named = linked if sign.lesson > here else _saying(words, cell.sentences)
            if _holds(sign, "\n".join(named)):
                told = cell.number
            if _holds(sign, cell.text) and not _holds(sign, "\n".join(_saying(words, cell.folded))):
                used.insert(0, cell.number)
        if sign.lesson > here:
            why = f"“{sign.name}” belongs to lesson {sign.lesson:02}"
        elif sign.lesson == here:
            why = f"“{sign.name}” comes before a sentence says that it is {_either(sign.words)}"
            used = [number for number in used if number > 0]
        else:
            continue
        if early := [number for number in used if number < told]:
            found[why] = early
    return found


def _saying(words, sentences):
    return [sentence for sentence in sentences if words.search(_words(sentence))]


def _lessons_linked(line):
    return set(map(int, re.findall(LESSON_LINK, line)))


def _emphasised(sentences, known, find, owner):
    """Return the terms that stand in bold or italics, with nothing beside them but an article."""
    names, found = {term.name.casefold(): term for term in known}, set()
    for words in map(_words, re.findall(EMPHASIS, "\n".join(sentences))):
        words = re.sub(r"^(an?|the) |[.,:;?!]$", "", words.strip(), flags=re.IGNORECASE)
        match = find.fullmatch(words)
        found.add(names.get(words.casefold()) or (match and owner(match)))
    return found


def finder(known):
    """Return a pattern of all spellings, and what tells whose a match is; None for no term."""
    owners = {one.casefold(): None for term in known for one in term.others}
    owners |= {one.casefold(): term for term in known for one in term.spellings}
    names = sorted(owners, key=len, reverse=True)
    groups = "|".join(f"(?P<n{place}>{_pattern(name)})" for place, name in enumerate(names))
    find = re.compile(rf"(?<![\w-])(?:{groups})(?!\w)", re.IGNORECASE)
    return find, lambda match: owners[names[int(match.lastgroup[1:])]]


def _pattern(spelling):
    """Return a pattern for a word or words, singular and plural, with any space or hyphen."""
    words = r"[-\s]+".join(map(re.escape, re.split(r"[-\s]+", spelling)))
    return words[:-1] + "(?:y|ies)" if words.endswith("y") else words + "(?:s|es)?"


def _words(text):
    """Return a text without formulas, the places that links lead to, tags and lessons' names."""
    text = re.sub(r"\[\d\d[^\]]*\]" + LESSON_LINK[2:], " ", text)
    text = re.sub(r"(?<=\])\([^)\s]*\)|<[^>]+>", " ", FORMULA.sub(" ", text))
    return text.replace("’", "'")


def _holds(sign, text):
    formulas = " ".join(plain(shown or inline) for shown, inline in FORMULA.findall(text))
    rest = "" if sign.name[0].isascii() else re.sub(r"\]\([^)\s]*\)", " ", FORMULA.sub(" ", text))
    return bool(re.search(sign.use, f"{formulas} {rest}"))


def _either(words):
    return " or ".join(f"“{word}”" for word in words)


def _listed(pattern, entry):
    found = re.search(pattern, entry)
    return tuple(found[1].split(", ")) if found else ()


def main(numbers):
    """Print what the lessons with these numbers say too early; without numbers, how many each."""
    lessons = {path.name[:2]: path for path in LESSONS}
    if missing := set(numbers) - set(lessons):
        sys.exit(f"There is no lesson {missing.pop()!r}. Write two digits, as in `terms.py 03`.")
    any_found = False
    for number in numbers or lessons:
        found = too_early(lessons[number])
        any_found |= bool(found)
        print(*(found if numbers else []), f"Lesson {number}: {len(found)} too early.", sep="\n")
    return any_found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
