"""What an instructor sets for a course, and what the course sees of the place where it runs.

The address of its website is given once, in `adam-course.toml` in the folder of the class:

    site = "https://example.org/adam"
"""

import os
import re
import tomllib
import unicodedata
from pathlib import Path
from urllib.parse import quote

FILE = "adam-course.toml"
# An address that can stand in a link as it is: it has no blank, query, fragment or bracket.
ADDRESS = re.compile(r"https?://\w[^\s?#<>()\[\]\"'\\]*")


def site(folder="."):
    """Return the address of the course's website, without a slash at its end; "" if none is given.

    Raises:
        ValueError: the configuration in the folder is not TOML, has a setting that nobody knows,
            or names something else than an address.
    """
    path = Path(folder, FILE)
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return ""
    except ValueError as error:
        raise ValueError(f"{path} cannot be read as TOML: {error}.") from None
    if unknown := sorted(settings.keys() - {"site"}):
        raise ValueError(f"{path}: there is no setting {unknown[0]!r}, only site.")
    if "site" not in settings:
        return ""
    if not ADDRESS.fullmatch(address := str(settings["site"])):
        raise ValueError(
            f"{path}: site is {address!r}, which is no address; write it as "
            '"https://example.org/adam".'
        )
    return address.rstrip("/")


def reread(lesson, section, lessons):
    """Return the address of a section of a lesson.

    Args:
        lesson: as "06_adam". section: its heading.
        lessons: where the lessons are, with {lesson} for the name of one: notebooks, as
            "../notebooks/{lesson}.ipynb", or pages, as "https://example.org/{lesson}.html".
    """
    address = lessons.replace("{lesson}", quote(lesson))
    if ".ipynb" in address:  # Jupyter's anchors, and Sphinx's
        return f"{address}#{quote(section.replace(' ', '-'), safe='?:,')}"
    return f"{address}#{anchor(section)}"


def anchor(heading):
    """Return the anchor of a heading on the website, which Sphinx makes of its words.

    Jupyter's anchor, as "The-five-steps", may stand for the heading.
    """
    plain = unicodedata.normalize("NFKD", heading.lower()).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", plain)).lstrip("-0123456789")


def raises_here():
    """Return whether nbgrader validates or grades here, which sees only a check that raises."""
    return "NBGRADER_EXECUTION" in os.environ
