"""The pages for readers: their links lead somewhere, and the glossary is in order."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
LINK = re.compile(r"!?\[[^\]\n]*\]\(([^)\s]+)\)")


def prose(page):
    """Return a page's text without its code, in which brackets mean other things."""
    text = page.read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)


def headings(page):
    return re.findall(r"^#+ (.+)$", prose(page), flags=re.MULTILINE)


def anchor(heading):
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def broken_links(page):
    """Return the relative links of a page that lead to no file, or to no heading of a page."""
    broken = []
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, fragment = unquote(target).partition("#")
        file = page.parent / name if name else page
        found = file.exists()
        if found and fragment and file.suffix == ".md":
            found = fragment in map(anchor, headings(file))
        if not found:
            broken.append(target)
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_relative_link_leads_somewhere(page):
    assert not broken_links(page)


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# A ε-hat page\n[a](#a-ε-hat-page) [b](page.md) [c](https://a.org) `[d](code)`\n"
        "```\n[e](code)\n```\n[f](gone.md) ![g](gone.png) [h](#gone) [i](page.md#gone)\n"
    )
    assert broken_links(page) == ["gone.md", "gone.png", "#gone", "page.md#gone"]


GLOSSARY = DOCS / "glossary.md"
TERMS = headings(GLOSSARY)[1:-1]


def test_the_glossary_is_in_alphabetical_order_and_ends_with_the_symbols():
    assert sorted(TERMS, key=str.casefold) == TERMS
    assert headings(GLOSSARY)[-1] == "Symbols"


def test_the_glossary_s_head_lists_every_term_in_order():
    listed = re.findall(r"\[([^\]]+)\]\(#([^)]+)\)", prose(GLOSSARY))
    assert listed == [("at the end", "symbols"), *((term, anchor(term)) for term in TERMS)]


def test_every_term_and_symbol_of_the_glossary_says_where_it_is_explained():
    _, *entries, symbols = prose(GLOSSARY).split("\n## ")
    lost = [entry.split("\n")[0] for entry in entries if not re.search(r"→ \[.+\]\(", entry)]
    named = re.findall(r"→ \[lesson (\d\d)\]\(\.\./notebooks/(\d\d)_", "".join(entries))
    rows = re.findall(r"^\| \$.*", symbols, flags=re.MULTILINE)
    assert not lost
    assert all(said == linked for said, linked in named) and len(named) > 130
    assert (
        all(re.fullmatch(r"(\| [^|]+ ){3}\| (0\d|1[0-6]) \|", row) for row in rows)
        and len(rows) > 35
    )
