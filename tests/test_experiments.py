"""Stored experiments: where they come from, and that they come out again."""

from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest

from adam_course import experiments, frameworks
from adam_course.experiments.__main__ import main
from adam_course.experiments.heavy_tails import RandomInputs

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


@pytest.mark.long
@each
def test_an_experiment_comes_out_again(name):
    tolerance = getattr(import_module(f"adam_course.experiments.{name}"), "TOLERANCE", 1e-6)
    stored, again = experiments.load(name), experiments.compute(name)
    assert_same(stored, again, tolerance, name)


def assert_same(stored, again, tolerance, path):
    if isinstance(stored, dict):
        assert stored.keys() == again.keys(), path
        for key in stored:
            assert_same(stored[key], again[key], tolerance, f"{path}.{key}")
    elif isinstance(stored, str) or (isinstance(stored, np.ndarray) and stored.dtype.kind == "U"):
        assert np.array_equal(stored, again), path
    else:
        expected = np.array(again, dtype=float)
        np.testing.assert_allclose(stored, expected, rtol=tolerance, atol=1e-12, err_msg=path)


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
    monkeypatch.setattr("sys.argv", ["experiments", "typo"])
    with pytest.raises(SystemExit):
        main()
    assert "there is no experiment 'typo'" in capsys.readouterr().err


def test_frameworks_that_are_missing_are_one_sentence(capsys, monkeypatch):
    monkeypatch.setattr(frameworks, "find_spec", lambda name: None)
    monkeypatch.setattr("sys.argv", ["experiments", "cnn_on_digits"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert "cnn_on_digits: This needs PyTorch, Keras" in capsys.readouterr().err.splitlines()[-1]


def test_the_gradient_on_random_inputs_is_the_derivative_of_the_value():
    problem, rng = RandomInputs(rows=12, inputs=4, labels=3), np.random.default_rng(0)
    theta, direction = rng.normal(size=(2, problem.dimension))
    ahead, behind = problem.value(np.stack([theta + 1e-5 * direction, theta - 1e-5 * direction]))
    assert problem.gradient(theta) @ direction == pytest.approx((ahead - behind) / 2e-5, rel=1e-7)
    assert problem.value(problem.start) == pytest.approx(np.log(3))
