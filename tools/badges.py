"""The links that open a notebook where it runs: on the site's pages, and as badges in README.md.

    make render      or, alone:   .venv/bin/python tools/badges.py

pyproject.toml has the addresses; what it does not give has no link.
"""

import html
import re
from pathlib import Path

from tab import TO_BE_READ

from adam_course.configuration import addresses
from adam_course.copying import FIRST

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
TAB = "lab/lab/index.html"
WORDS = {"tab": "Run in the browser", "colab": "Open in Colab", "binder": "Open in Binder"}
BLOCK = re.compile("(<!-- badges: .*? -->\n)(.*?)(<!-- /badges -->)", re.DOTALL)


def places(notebook, tab, given):
    """Return where a notebook runs: the address of each place by its name in `WORDS`.

    Args:
        notebook: its path in the course.
        tab: the address of the browser tab; "" where it has none.
        given: addresses by name, as `configuration.addresses` returns them.
    """
    if notebook == TO_BE_READ:  # no place has its frameworks as the course pins them
        return {}
    every = {
        "tab": (tab, f"?path={notebook}"),
        "colab": (given["colab"], f"/{notebook}"),
        # .binder/postBuild puts the learner's copy there
        "binder": (given["binder"], f"?urlpath=lab/tree/my_course/{notebook}"),
    }
    return {name: address + rest for name, (address, rest) in every.items() if address}


def start(page, tab, given):
    """Return the links that start a page's notebook, as HTML; "" where it has none to start.

    Args:
        page: its path on the site, without the suffix.
        tab, given: as `places` takes them.
    """
    home = page == "docs/index"
    notebook = FIRST if home else f"{page}.ipynb"
    if not re.fullmatch(r"(notebooks|exercises)/\d\w+\.ipynb", notebook):
        return ""
    words = WORDS | {"tab": f"{'Start' if home else 'Run it here'}, nothing to install"}
    links = [
        f'<a class="{name}" href="{html.escape(address)}">{words[name]}</a>'
        for name, address in places(notebook, tab, given).items()
    ]
    return f'<p class="start">{" ".join(links)}</p>' if links else ""


def badged(readme, given):
    """Return the README with the badges that the addresses allow."""
    tab = given["website"] and f"{given['website']}/{TAB}"
    badges = [
        f"[![{WORDS[name]}](docs/_static/badges/{name}.svg)]({address})\n"
        for name, address in places(FIRST, tab, given).items()
    ]
    return BLOCK.sub(lambda found: found[1] + "".join(badges) + found[3], readme)


if __name__ == "__main__":
    README.write_text(badged(README.read_text("utf-8"), addresses()), "utf-8", newline="\n")
