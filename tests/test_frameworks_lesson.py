"""Lesson 14: what it compares is what runs, and without the frameworks it stays kind."""

import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from adam_course import experiments, frameworks, optimizers
from adam_course.frameworks import ROSETTA, FrameworksMissing
from adam_course.frameworks.pairs import HOMES, PAIRS, Entry, entries
from adam_course.grading import TASKS
from adam_course.paired import compare
from adam_course.tasks.t14_adam_in_the_frameworks import clipped

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "notebooks" / "14_adam_in_the_frameworks.ipynb"
RENDER = ROOT / "tools" / "render.py"
ABSENT = "from adam_course import frameworks\nframeworks.find_spec = lambda name: None"


def cells():
    """Return the lesson's code by the ids of its cells."""
    return {cell.id: cell.source for cell in nbformat.read(LESSON, 4).cells}


def run(*sources, stop=True):
    """Run code cells in a kernel and return them with their outputs."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    client = NotebookClient(notebook, timeout=120, allow_errors=not stop, kernel_name="python3")
    client.execute(cwd=str(LESSON.parent))
    return notebook.cells


# ---- without the frameworks ---------------------------------------------------------------------


def test_a_missing_framework_is_named_with_what_to_do(monkeypatch):
    monkeypatch.setattr(frameworks, "find_spec", lambda name: None if name == "keras" else name)
    with pytest.raises(FrameworksMissing, match=r"run `%pip install keras==\S+` in a cell"):
        frameworks.torch  # noqa: B018


def test_the_first_cell_of_the_lesson_says_it_in_one_sentence_without_a_traceback():
    _, set_up = run(ABSENT, cells()["set-up"], stop=False)
    (output,) = set_up.outputs
    assert output.traceback == [output.evalue]
    assert output.evalue.startswith(
        "This needs PyTorch, Keras, JAX and Optax; to add what is missing"
    )


def test_make_render_leaves_it_as_it_is(tmp_path):
    path = tmp_path / "14_small.ipynb"
    notebook = new_notebook(cells=[new_code_cell(ABSENT + "\nframeworks.torch")])
    path.write_text(nbformat.v4.writes(notebook), encoding="utf-8")
    before = path.read_bytes()
    done = subprocess.run([sys.executable, RENDER, path], capture_output=True, encoding="utf-8")
    assert done.returncode == 0
    assert "left as it is: try .venv-verify/bin/python tools/render.py" in done.stdout
    assert path.read_bytes() == before


def test_its_cells_are_run_by_make_verify_alone_whatever_pytest_is_asked_for():
    solution = ROOT / "exercises" / "solutions" / LESSON.name
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", LESSON, solution]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT)
    assert f"solutions/{LESSON.name}::Cell 5" in done.stdout
    assert f"notebooks/{LESSON.name}::Cell 5" not in done.stdout
    cells = sum(cell.cell_type == "code" for cell in nbformat.read(LESSON, 4).cells)
    assert f"({cells} deselected)" in done.stdout


def test_it_asks_for_the_versions_of_the_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = {one.replace(" ", "") for one in project["optional-dependencies"]["frameworks"]}
    assert {f"{name}=={version}" for name, version in frameworks.NEEDED.items()} <= pinned


def test_other_names_are_no_frameworks():
    with pytest.raises(AttributeError, match="has no attribute 'tensorflow'"):
        frameworks.tensorflow  # noqa: B018


# ---- the Rosetta table --------------------------------------------------------------------------


def test_an_entry_sets_options_that_our_class_has():
    for name, row in ROSETTA.items():
        known = {field.name for field in fields(getattr(optimizers, name))}
        assert all(set(entry.ours) <= known for entry in row.values())


def test_only_amsgrad_needs_an_option_of_theirs():
    needing = {name for name, row in ROSETTA.items() for entry in row.values() if entry.theirs}
    assert needing == {"AMSGrad"}


def test_the_rosetta_table_leaves_out_only_what_has_other_forms():
    left_out = {pair.optimizer for pair in PAIRS} - set(ROSETTA)
    matrices = {"Muon", "SOAP", "Shampoo"}
    assert left_out == {"Momentum", "AdamL2", "AdaFactor", "ScheduleFreeAdamW"} | matrices
    for name, row in ROSETTA.items():
        known = {pair.framework for pair in PAIRS if pair.optimizer == name}
        assert set(row) == known & set(HOMES)


@pytest.mark.parametrize(
    ("name", "framework", "entry"),
    [
        ("RMSProp", "optax", Entry("rmsprop", {"eps_in_sqrt": True})),
        ("AMSGrad", "torch", Entry("Adam", {"bias_correction": True}, {"amsgrad": True})),
        ("Momentum", "optax", Entry("sgd", {"form": "torch"})),
        ("ScheduleFreeAdamW", "optax", Entry("contrib.schedule_free_adamw")),
    ],
)
def test_of_several_pairs_the_plainest_is_the_entry(name, framework, entry):
    assert entries(name)[framework] == entry


def test_what_is_put_together_from_parts_is_no_entry():
    assert set(entries("AdamL2")) == {"torch"}


def test_the_table_can_be_read_where_no_framework_is():
    code = "import sys, adam_course.frameworks as f; assert f.ROSETTA; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert done.returncode == 0
    assert not {"torch", "keras", "jax", "optax"} & set(done.stdout.split())


# ---- the references of its exercise -------------------------------------------------------------


def moved(optimizer, gradients, theta=0.0):
    """Return θ after each step along given gradients of one parameter."""
    theta, path = np.array([theta]), []
    for g in gradients:
        theta = optimizer.step(theta, np.array([g]))
        path.append(theta.item())
    return np.array(path)


@pytest.mark.parametrize("keras", [False, True])
@pytest.mark.parametrize("first", [1, 7])
def test_a_log_of_the_courses_adam_says_whose_it_is_and_with_which_epsilon(keras, first):
    adam = optimizers.Adam(lr=1.0, beta2=0.99, eps=3e-9, eps_hat=keras)
    shares = np.diff(moved(adam, [-2e-9] * 12), prepend=0.0)[first - 1 :]
    set_to = pytest.approx(3e-9, rel=1e-6, abs=0)
    assert TASKS["whose-adam"].reference(-2e-9, shares, 0.99, first) == (keras, set_to)
    if not keras:
        assert TASKS["epsilon-of-a-step"].reference(-2e-9, shares[0]) == set_to


def test_the_groups_settings_are_found_in_a_step_of_the_courses_adamw():
    group, grad = np.array([0, 1, 0, 1, 1]), np.array([7.0, -7.0, -3.0, 0.0, 2.0])
    theta, lr, decay = np.array([1.0, -2.0, 3.0, 4.0, 5.0]), np.array([0.1, 0.02]), [0.0, 0.3]
    adamw = optimizers.AdamW(lr=lr[group], weight_decay=np.array(decay)[group], eps=1e-300)
    after = adamw.step(theta, grad)
    rates, decays = TASKS["group-settings"].reference(theta, grad, after, group)
    np.testing.assert_allclose(rates, lr, rtol=1e-12)
    np.testing.assert_allclose(decays, decay, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("rates", [[0.1, 0.01], [0.0, 0.2, 0.4], [0.3, 0.3, 0.1, 0.2]])
def test_the_two_balls_are_the_courses_two_forms_of_momentum(rates):
    ends = []
    for form in ({"form": "torch"}, {}):
        ball = optimizers.Momentum(lr=lambda t: rates[t - 1], momentum=0.8, **form)
        ends.append(moved(ball, [1.0] + [0.0] * (len(rates) - 1))[-1])
    np.testing.assert_allclose(TASKS["two-ends"].reference(np.array(rates), 0.8), ends, 1e-12)


def test_a_warm_checkpoint_and_a_cold_one_are_told_apart_by_the_courses_adam():
    settings = {"lr": 1.0, "beta2": 0.99, "eps": 0.0}
    before, after = [(-1.0) ** t for t in range(1, 201)], [-1.0, 1.0, 1.0]
    both = before + after
    warm = np.diff(moved(optimizers.Adam(**settings), both))[-3:]
    cold = np.diff(moved(optimizers.Adam(**settings), after), prepend=0.0)
    for moves, kept in ((warm, True), (cold, False)):
        found = TASKS["what-was-kept"].reference(before, after, moves, 0.9, 0.99)
        assert found == (kept, kept, kept)


@pytest.mark.live
def test_clipping_is_that_of_pytorch_and_optax():
    import jax
    import optax
    import torch

    jax.config.update("jax_enable_x64", True)
    rng = np.random.default_rng(3)
    for size, limit in ((10.0, 0.5), (0.01, 3.0), (0.0, 1.0)):
        gradients = size * rng.normal(size=(3, 4)) * [[10.0], [1.0], [0.1]]
        ours = clipped(gradients, limit)
        rows = [torch.zeros(len(row), dtype=torch.float64) for row in ours]
        for row, gradient in zip(rows, gradients, strict=True):
            row.grad = torch.tensor(gradient)
        torch.nn.utils.clip_grad_norm_(rows, limit)
        np.testing.assert_allclose(np.array([row.grad.numpy() for row in rows]), ours, 1e-5)
        clip = optax.clip_by_global_norm(limit)
        theirs, _ = clip.update(list(gradients), clip.init(None))
        np.testing.assert_allclose(np.array(theirs), ours, 1e-5, atol=1e-12)


@pytest.mark.long
@pytest.mark.live
def test_the_network_in_the_fold_trains_on_mnist_once_the_data_are_there():
    code = re.search("```python\n(.*?)```", cells()["cnn"], re.DOTALL)[1]
    pretend = """
rng = np.random.default_rng(0)
data = [(rng.integers(0, 256, (n, 28, 28), "uint8"), rng.integers(0, 10, n)) for n in (200, 50)]
keras.datasets.mnist.load_data = lambda: data"""
    done = run(cells()["set-up"] + pretend, code, "model.input_shape")
    assert done[-1].outputs[-1]["data"]["text/plain"].endswith("28, 28, 1)")


# ---- what the lesson compares -------------------------------------------------------------------


IN_A_KERNEL = """
import numpy as np
from importlib import import_module
from adam_course import descend, frameworks, optimizers, problems
frameworks.keras.config.set_floatx("float64")
frameworks.jax.config.update("jax_enable_x64", True)
"""


@pytest.mark.live
def test_the_paths_of_three_frameworks_are_those_of_our_two_forms():
    run(
        IN_A_KERNEL,
        """
gradients = np.random.default_rng(0).normal(size=(50, 3)) * [1e-6, 1, 1e6]
for framework, form, eps in (("torch", False, 1e-8), ("optax", False, 1e-8), ("keras", True, 1e-7)):
    for given in ((0.1,), (0.1, 0.8, 0.99, 1e-5)):
        beta1, beta2, own = given[1:] or (0.9, 0.999, eps)
        ours, theta = optimizers.Adam(0.1, beta1, beta2, own, eps_hat=form), np.ones(3)
        for g, theirs in zip(gradients, frameworks.path(framework, np.ones(3), gradients, *given)):
            theta = ours.step(theta, g)
            assert np.abs(theta - theirs).max() < 1e-12, framework
""",
        """
theirs = frameworks.run("torch", problems.Rosenbrock(), 0.05, 100)
ours = descend(problems.Rosenbrock(), optimizers.Adam(0.05), steps=100)
for name in ("t", "thetas", "losses", "gradients"):
    np.testing.assert_allclose(getattr(theirs, name), getattr(ours, name), rtol=1e-9)
""",
    )


@pytest.mark.long
@pytest.mark.live
@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_the_source_that_the_lesson_shows_is_the_code_that_runs(framework):
    """Keras' own `update_step` does not run: PyTorch's backend has another class."""
    run(
        IN_A_KERNEL + f"framework = {framework!r}",
        """
module, name = frameworks.ARITHMETIC[framework]
home, _, method = f"{module}.{name}".rpartition(".")
home = getattr(import_module(module), name.split(".")[0]) if "." in name else import_module(module)
original, called = getattr(home, method), []
def watched(*given, **named):
    called.append(True)
    return original(*given, **named)
setattr(home, method, watched)
frameworks.path(framework, [1.0], [[1.0]], 0.1)
assert called
""",
    )


# ---- the network on the digits ------------------------------------------------------------------

CNN = {name: part for name, part in experiments.load("cnn_on_digits").items() if name != "steps"}


def test_a_finer_grid_changes_no_verdict_on_the_network():
    assert {name: part["verdict"] for name, part in CNN.items()} == {
        "Adam": "open",
        "SGD": "behind",
        "momentum": "behind",
    }
    for part in CNN.values():
        assert part["verdict"] == part["verdict on the finer grid"]
        assert not part["at edge"]


def test_what_the_lesson_says_of_the_pairs():
    for grid, momentum in (("", True), (" with a cosine", None)):
        ours, sgd, heavy = (CNN[name][f"test loss{grid}"] for name in ("Adam", "SGD", "momentum"))
        assert len(ours) == 40
        assert compare(ours, sgd).verdict() == "ahead"
        assert compare(ours, sgd).wins >= 37
        assert compare(ours, heavy).ahead is momentum
        assert compare(ours, heavy).ratio > 1 / 1.25
    assert compare(ours, heavy).verdict() == "level"
