"""Every lesson runs from top to bottom in a real JupyterLab, in a real browser."""

import json
from pathlib import Path

import pytest

from conftest import CLOSE, ROOT, RUN_ALL

pytestmark = pytest.mark.browser

#: The rest at night: `make test` runs every cell of them, though not in a browser.
ALWAYS = "01_gradient_descent.ipynb", "06_adam.ipynb"
LESSONS = [
    pytest.param(path.name, marks=() if path.name in ALWAYS else pytest.mark.long)
    for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
]


@pytest.fixture(scope="module")
def page(browser):
    """One JupyterLab for all lessons, as a learner has it."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_runs_from_top_to_bottom_in_jupyterlab(
    lesson, lab, page, pytestconfig, screenshots
):
    page.set_viewport_size({"width": 1280, "height": 900})
    lab.open(page, f"notebooks/{lesson}")
    cells = page.evaluate(RUN_ALL)
    # Cells out of sight are not drawn, so the window grows until nothing is out of sight.
    page.set_viewport_size({"width": 1280, "height": 16_000})
    page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0")
    page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0")
    page.wait_for_timeout(2_000)
    if pytestconfig.getoption("pictures"):
        page.screenshot(path=screenshots / f"{Path(lesson).stem}.png")
    outside, complaints = lab.outside(page), page.complaints
    page.evaluate(CLOSE)

    assert [cell["errors"] for cell in cells if cell["errors"]] == []
    assert [cell["count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert complaints == []
    assert outside == []
    stored = json.loads((ROOT / "notebooks" / lesson).read_text(encoding="utf8"))
    assert len(cells) == sum(cell["cell_type"] == "code" for cell in stored["cells"])
