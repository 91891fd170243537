"""Follow every link of a folder of web pages, and say which lead nowhere or to another host.

    python tools/check_links.py build/site

A link in the text may lead to another site. What a page needs to be shown may not: pictures,
scripts and style sheets have to be in the folder.
"""

import re
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote


class Page(HTMLParser):
    """The ids of a page, its links, and the addresses of what it loads."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.loaded = {"", "top"}, [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.add(attributes.get("id"))
        self.ids.add(attributes.get("name"))
        if address := attributes.get("href" if tag in ("a", "link") else "src"):
            (self.links if tag == "a" else self.loaded).append(address)

    handle_startendtag = handle_starttag


@cache
def read(path):
    """Return the `Page` in a file."""
    return Page(path.read_text(encoding="utf-8"))


def leads_nowhere(path, address):
    """Return whether an address on a page means no file, or no place on that page."""
    name, _, fragment = address.partition("#")
    target = path.parent / unquote(name.partition("?")[0]) if name else path
    if not target.is_file():
        return True
    return target.suffix == ".html" and unquote(fragment) not in read(target).ids


def broken(folder):
    """Return (page, address) for everything in a folder of pages that leads nowhere."""
    found = []
    others = {*folder.glob("_static/**/*.html"), *folder.glob("lab/**/*.html")}
    for path in sorted(set(folder.rglob("*.html")) - others):
        page = read(path)
        inside = [link for link in page.links if not re.match(r"https?:|mailto:", link)]
        for address in [*inside, *page.loaded]:
            if not address.startswith("data:") and leads_nowhere(path, address):
                found.append((path.relative_to(folder).as_posix(), address))
    return found


if __name__ == "__main__":
    bad = broken(Path(sys.argv[1]))
    for page, address in bad:
        print(f"{page}: {address} leads nowhere.")
    sys.exit(bool(bad))
