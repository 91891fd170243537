"""`check` in a real JupyterLab: it knows the cell on the screen, and it can be stopped."""

import pytest

from conftest import RUN_ALL

pytestmark = pytest.mark.browser

SETUP = "import numpy as np\nfrom adam_course.grading import check"
RIGHT = "def first_step(grad, lr):\n    return -lr * np.sign(grad)"
CHECK = 'check("first-step", first_step)'
# Give a cell another source, run it, and return what the cell shows.
RUN = """async ([number, source]) => {
    const app = window.jupyterapp, panel = app.shell.currentWidget, notebook = panel.content;
    const cell = notebook.model.sharedModel.cells[number];
    if (source !== null) cell.setSource(source);
    notebook.activeCellIndex = number;
    await app.commands.execute('notebook:run-cell');
    const shown = output => output.data?.['text/plain'] ?? output.text ?? output.traceback;
    return [cell.outputs.map(shown).flat(2).join('')].join('');
}"""


@pytest.fixture
def page(lab, jupyterlab, request):
    """The page with a notebook of the test's own, run to its end."""
    name = f"{request.node.name}.ipynb"
    lab.write(name, SETUP, RIGHT, CHECK, "", CHECK)
    lab.open(jupyterlab, name)
    jupyterlab.evaluate(RUN_ALL)
    return jupyterlab


def test_the_code_on_the_screen_is_the_code_that_is_judged_or_it_is_said(page):
    assert "✓ first-step" in page.evaluate(RUN, [2, None])
    page.evaluate(RUN, [1, RIGHT.replace(")", "]", 1)])
    said = page.evaluate(RUN, [2, None])
    assert "The last cell that you ran to define first_step is not Python" in said
    assert "✓ first-step" in said
    page.evaluate(RUN, [1, RIGHT])
    assert "The last cell" not in page.evaluate(RUN, [2, None])
    page.evaluate(RUN, [3, RIGHT.replace("-lr", "lr")])
    said = page.evaluate(RUN, [2, None])
    assert "More than one cell defines first_step" in said
    assert "✗ first-step" in said


def test_an_endless_loop_ends_with_one_sentence(page):
    page.evaluate(RUN, [0, "from adam_course.grading.sandbox import rules\nrules.SECONDS = 1"])
    page.evaluate(RUN, [1, "def first_step(grad, lr):\n    while True:\n        pass"])
    said = page.evaluate(RUN, [2, None])
    assert "first_step had not finished after 1 s" in said
    assert "Traceback" not in said


def test_a_check_that_is_stopped_shows_nothing_of_the_machinery(page):
    page.evaluate(RUN, [1, "def first_step(grad, lr):\n    while True:\n        pass"])
    stop = "window.jupyterapp.commands.execute('notebook:interrupt-kernel')"
    page.evaluate(f"() => {{ setTimeout(() => {stop}, 1500); }}")
    said = page.evaluate(RUN, [2, None])
    assert "first_step was stopped before it had finished" in said
    assert "Traceback" not in said
