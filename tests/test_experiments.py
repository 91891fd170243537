"""Stored experiments: where they come from, and that they come out again."""

import ast
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from adam_course import experiments, frameworks
from adam_course.experiments.__main__ import main
from adam_course.experiments.heavy_tails import RandomInputs
from conftest import ROOT

NAMES = experiments.names()
each = pytest.mark.parametrize("name", NAMES)


def test_what_is_stored_is_every_experiment_and_what_a_benchmark_measured():
    stored = {path.stem for path in (experiments.HERE / "results").glob("*")}
    assert set(NAMES) <= stored
    for name in stored - set(NAMES):
        source = experiments.load(name).source
        assert source.startswith(f"Measured by `python -m benchmarks.{name}`: ")
        assert find_spec(f"benchmarks.{name}")


@each
def test_an_experiment_says_what_it_asks_and_how_it_was_computed(name):
    results = experiments.load(name)
    assert f"`python -m adam_course.experiments {name}`" in results.source
    assert import_module(f"adam_course.experiments.{name}").__doc__
    assert results


def test_what_is_stored_is_what_was_computed(tmp_path, monkeypatch):
    numbers = {"rate": 0.1234567890123, "losses": np.array([1.0, np.nan]), "names": ["a", "b"]}
    numbers["by"] = {"x": 3, "y": [np.pi, np.nan]}
    made = type("module", (), {"compute": staticmethod(lambda: numbers)})
    (tmp_path / "results").mkdir()
    monkeypatch.setattr(experiments, "HERE", tmp_path)
    monkeypatch.setattr(experiments, "import_module", lambda name: made)
    experiments.store("trial")
    loaded = experiments.load("trial")
    assert loaded["rate"] == 0.123456789
    np.testing.assert_array_equal(loaded["losses"], [1.0, np.nan])
    assert list(loaded["names"]) == ["a", "b"]
    assert loaded["by"]["x"] == 3
    np.testing.assert_array_equal(loaded["by"]["y"], [3.141592654, np.nan])


def test_an_unknown_name_is_refused_in_one_sentence(capsys, monkeypatch):
    with pytest.raises(ValueError, match="There is no stored experiment 'typo': try "):
        experiments.load("typo")
    with pytest.raises(SystemExit):
        main(["typo"])
    assert "there is no experiment 'typo'" in capsys.readouterr().err


def test_frameworks_that_are_missing_are_one_sentence(capsys, monkeypatch):
    monkeypatch.setattr(frameworks, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as stopped:
        main(["cnn_on_digits"])
    assert stopped.value.code == 2
    assert "cnn_on_digits: This needs PyTorch, Keras" in capsys.readouterr().err.splitlines()[-1]


# ---- computed again -----------------------------------------------------------------------------

TRIAL = """import math

TOLERANCE = 1e-3


def compute():
    return {"root": math.sqrt(2), "names": ["a", "b"], "by": {"x": [1.0, math.nan]}, "count": 3}
"""


@pytest.fixture
def trial(tmp_path, monkeypatch):
    """The file of an experiment, the only one there is; its results are stored."""
    folder = tmp_path / "experiments"
    (folder / "results").mkdir(parents=True)
    file = folder / "trial.py"
    file.write_text(TRIAL)
    monkeypatch.setattr(experiments, "HERE", folder)
    monkeypatch.setattr(experiments, "import_module", lambda name: loaded(file))
    experiments.store("trial")
    return file


def loaded(file):
    module = ModuleType(file.stem)
    exec(file.read_text(), vars(module))
    return module


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """What `--check` computes in processes of its own is computed in this one."""
    monkeypatch.setattr("adam_course.experiments.__main__.ProcessPoolExecutor", ThreadPoolExecutor)


def test_what_has_not_changed_is_not_computed_again(trial, capsys):
    assert main(["--check"]) == 0
    assert "0 of 1 experiments to compute again." in capsys.readouterr().out


def test_what_has_other_code_is_computed_again_and_stays_as_it_was_stored(trial, capsys):
    before = (trial.parent / "results" / "trial.json").read_text().splitlines()
    trial.write_text(TRIAL.replace("math.sqrt(2)", "2**0.5 + 1e-4"))
    assert experiments.has_changed("trial")
    assert main(["--check"]) == 0
    assert "trial: comes out as it is stored" in capsys.readouterr().out
    assert not experiments.has_changed("trial")
    after = (trial.parent / "results" / "trial.json").read_text().splitlines()
    changed = [i for i, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    assert changed == [2] and after[2].startswith('"made_from": ')


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("math.sqrt(2)", "1.42", "trial.root is off by up to 4.1e-03 of itself"),
        ('"b"', '"c"', "trial.names reads otherwise"),
        ('"count": 3', '"count": None', "trial.count reads otherwise"),
        ("[1.0, math.nan]", "[1.0, 2.0]", "trial.by.x is off"),
        ("[1.0, math.nan]", "[1.0]", "trial.by.x had shape (2,), and has (1,)"),
        (', "count": 3', "", "trial.count is no more computed"),
        ('"count": 3', '"count": 3, "more": 4', "trial.more is not stored"),
    ],
)
def test_what_comes_out_otherwise_is_named_and_stays_stored(trial, capsys, old, new, sentence):
    path = trial.parent / "results" / "trial.json"
    before = path.read_bytes()
    trial.write_text(TRIAL.replace(old, new))
    assert main(["--check"]) == 1
    assert sentence in capsys.readouterr().out
    assert path.read_bytes() == before and experiments.has_changed("trial")


PART = """

def part():
    return {"count": 3, "root": math.sqrt(2)}
"""


def test_where_an_experiment_has_a_part_that_alone_is_computed_again(trial, capsys):
    never = TRIAL.replace("return {", "raise MemoryError\n    return {") + PART
    trial.write_text(never)
    assert main(["--check"]) == 0
    assert "trial: comes out as it is stored" in capsys.readouterr().out
    assert experiments.load("trial")["names"].tolist() == ["a", "b"]
    for old, new, sentence in [
        ('"count": 3, "root"', '"count": 4, "root"', "trial.count is off"),
        ('"count": 3, "root"', '"other": 3, "root"', "trial.other is not stored"),
    ]:
        trial.write_text(never.replace(old, new))
        assert main(["--check"]) == 1
        assert sentence in capsys.readouterr().out


def test_all_are_computed_again_when_asked_for(trial, capsys):
    assert main(["--check-all"]) == 0
    assert "1 of 1 experiments to compute again." in capsys.readouterr().out


@each
@pytest.mark.parametrize("file", ["experiments/{}.py", "optimizers/base.py", "checked.py"])
def test_a_fingerprint_covers_what_an_experiment_runs(name, file, monkeypatch):
    before, read = experiments.fingerprint(name), Path.read_text
    other = ROOT / "adam_course" / file.format(name)
    monkeypatch.setattr(
        Path, "read_text", lambda path, **given: read(path, **given) + "# changed" * (path == other)
    )
    assert experiments.fingerprint(name) != before


def test_what_a_package_only_passes_on_is_no_part_of_an_experiment():
    files = {file.name for file in experiments.code_of("valley_race")}
    assert {"adam.py", "gradient_descent.py", "surfaces.py", "mini_batches.py"} - files == {
        "mini_batches.py"
    }


@pytest.mark.parametrize(
    "source, modules",
    [
        ("from adam_course import optimizers\noptimizers.Muon()", ["optimizers.matrices"]),
        ("from adam_course.optimizers import Adam as A\nA()", ["optimizers.adam"]),
        ("from adam_course import optimizers\ngetattr(optimizers, 'Muon')", ["optimizers"]),
        ("from adam_course import optimizers as o\no.base.root(1, 1)", ["optimizers"]),
        ("from adam_course import tuning\ntuning.tune()", ["tuning"]),
        ("from adam_course import descend\ndescend()", ["descend"]),
        ("import numpy\nfrom math import sqrt", []),
    ],
)
def test_an_import_leads_to_where_what_is_used_of_it_is_written(source, modules):
    found = list(experiments._imports(ast.parse(source)))
    assert found == [f"adam_course.{module}" for module in modules]


@each
def test_an_experiment_runs_nothing_of_the_graders(name):
    parts = {part for file in experiments.code_of(name) for part in file.parts}
    assert not {"grading", "tasks", "figures"} & parts


def test_the_gradient_on_random_inputs_is_the_derivative_of_the_value():
    problem, rng = RandomInputs(rows=12, inputs=4, labels=3), np.random.default_rng(0)
    theta, direction = rng.normal(size=(2, problem.dimension))
    ahead, behind = problem.value(np.stack([theta + 1e-5 * direction, theta - 1e-5 * direction]))
    assert problem.gradient(theta) @ direction == pytest.approx((ahead - behind) / 2e-5, rel=1e-7)
    assert problem.value(problem.start) == pytest.approx(np.log(3))
