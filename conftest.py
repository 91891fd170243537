"""How notebooks are run as tests, whichever folder or file pytest is asked for."""

import os

import pytest

#: Files that take minutes go first, so that none of them is left for one process at the end.
FIRST = [
    *("test_explorers_browser", "test_tab", "test_site", "test_browser", "test_playground"),
    *("test_live", "test_seeds", "test_nbgrader", "test_slides", "test_sheets", "test_batch"),
    *("test_grading", "test_honest", "test_explorers"),
]


def pytest_addoption(parser):
    """Let a person have pictures that no test looks at."""
    say = "store each lesson, slide and explorer as a picture in build/screenshots"
    parser.addoption("--pictures", action="store_true", help=say)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Put long files first; leave a lesson that needs the frameworks to `make verify`."""
    items.sort(key=lambda item: (*FIRST, item.path.stem).index(item.path.stem))
    notebooks = {item.path for item in items if item.path.suffix == ".ipynb"}
    needing = {path for path in notebooks if "frameworks.torch" in path.read_text("utf-8")}
    for item in items:
        if item.path in needing:
            item.add_marker(pytest.mark.live)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Start a notebook's kernel without progress bars: a slow machine would show them as output."""
    if item.path.suffix == ".ipynb":
        os.environ["TQDM_DISABLE"] = "1"
    else:
        os.environ.pop("TQDM_DISABLE", None)
