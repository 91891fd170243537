"""What an instructor sets for a course, and what the course sees of the place where it runs.

The course has its own addresses; a class names others in `adam-course.toml`, in its folder:

    site = "https://example.org/adam"       where its website is
    colab = "https://colab.research.google.com/github/ada/adam/blob/main"
                                            where Colab opens the notebooks of its edition
    package = "adam-course==0.1.0"          what pip installs in that edition: a name, an address
"""

import os
import re
import tomllib
import unicodedata
from importlib import metadata
from pathlib import Path
from urllib.parse import quote

from adam_course import __version__

FILE = "adam-course.toml"
PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
# An address that can stand in a link as it is: it has no blank, query, fragment or bracket.
ADDRESS = re.compile(r"https?://\w[^\s?#<>()\[\]\"'\\]*")
# What a notebook can hand to pip in one word.
PACKAGE = re.compile(r"[\w./][\w./:@=<>~!,+%#&?\[\]-]*")
# What a setting looks like, and an example of it.
SETTINGS = {
    "site": (ADDRESS, "address", "https://example.org/adam"),
    "colab": (ADDRESS, "address", "https://colab.research.google.com/github/ada/adam/blob/main"),
    "package": (PACKAGE, "package", f"adam-course=={__version__}"),
}


def addresses():
    """Return the course's own addresses by name: website, repository, colab, binder; "" if none.

    A checkout has them in pyproject.toml, and an installed course in what pip knows of it.
    """
    if PROJECT.is_file():
        given = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"].get("urls", {})
    else:
        try:
            listed = metadata.metadata("adam-course").get_all("Project-URL", [])
        except metadata.PackageNotFoundError:
            listed = []
        given = dict(one.split(", ", 1) for one in listed)
    names = ("website", "repository", "colab", "binder")
    return {name: given.get(name.capitalize(), "").rstrip("/") for name in names}


def package():
    """Return what pip installs where nothing else is said: this version of the course.

    It is the wheel of the release on GitHub where the course is there, else a name on the index.
    """
    repository = addresses()["repository"]
    if not repository.startswith("https://github.com/"):
        return f"adam-course=={__version__}"
    wheel = f"adam_course-{__version__}-py3-none-any.whl"
    return f"{repository}/releases/download/v{__version__}/{wheel}"


def settings(folder="."):
    """Return the settings of a class by name: site, colab and package.

    What the folder does not set is the course's own, and "" where the course has none. An address
    has no slash at its end.

    Raises:
        ValueError: the configuration in the folder is not TOML, has a setting that nobody knows,
            or names something else than an address or a package.
    """
    own = {"site": addresses()["website"], "colab": addresses()["colab"], "package": package()}
    path = Path(folder, FILE)
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return own
    except ValueError as error:
        raise ValueError(f"{path} cannot be read as TOML: {error}.") from None
    if unknown := sorted(found.keys() - SETTINGS.keys()):
        raise ValueError(
            f"{path}: there is no setting {unknown[0]!r}, only site, colab and package."
        )
    for name, value in found.items():
        pattern, kind, example = SETTINGS[name]
        if not pattern.fullmatch(str(value)):
            raise ValueError(
                f'{path}: {name} is {str(value)!r}, which is no {kind}; write it as "{example}".'
            )
    return own | {name: str(value).rstrip("/") for name, value in found.items()}


def site(folder="."):
    """Return the address of the website that learners read, or ""; see `settings`."""
    return settings(folder)["site"]


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
