"""The optimizers compute what PyTorch, Keras, Optax and two packages computed.

The golden files hold what the frameworks really returned, so nothing but NumPy is needed here.
`tools/golden.py` makes them anew; test_live.py asks the frameworks themselves.
"""

import ast
import json
import re
import tomllib
from dataclasses import fields
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from comparison import GOLDEN, RULES, STEPS, recorded, run_ours

from adam_course import optimizers
from adam_course.frameworks import HOMES, TITLES
from adam_course.frameworks.pairs import APART, PAIRS, UNMATCHED, Pair

ROOT = Path(__file__).parent.parent
FILES = {
    framework: json.loads((GOLDEN / f"{framework}.json").read_text(encoding="utf-8"))
    for framework in TITLES
}


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_our_parameters_are_those_that_the_framework_returned(pair):
    runs = [run for run in FILES[pair.framework]["runs"] if run["pair"] == str(pair)]
    assert len(runs) == 2
    for run in runs:
        thetas = run_ours(pair, run["hyperparameters"], run["changing rate"])
        for stream, kept in run["thetas"].items():
            for step, theirs in kept.items():
                ours = thetas[stream][int(step) - 1].ravel()
                assert np.max(abs(ours - theirs)) <= pair.tolerance, (stream, step)


def test_every_golden_run_belongs_to_a_pair():
    recorded_pairs = {run["pair"] for file in FILES.values() for run in file["runs"]}
    assert recorded_pairs == {str(pair) for pair in PAIRS}


def test_where_the_rate_may_change_one_run_of_two_changes_it():
    rate = {str(pair): pair.rate for pair in PAIRS}
    for file in FILES.values():
        for still, moving in zip(file["runs"][::2], file["runs"][1::2], strict=True):
            assert not still["changing rate"]
            assert moving["changing rate"] == (rate[moving["pair"]] != "constant")


def test_the_golden_files_were_made_by_the_frameworks_that_make_verify_installs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["optional-dependencies"]["frameworks"]
    pinned = dict(re.fullmatch(r"(\w+) *== *([\d.]+)", line).groups() for line in wanted)
    for file in FILES.values():
        for package, version in file["versions"].items():
            assert pinned[package] == version


def test_the_golden_files_are_small_enough_to_commit():
    assert sum(path.stat().st_size for path in GOLDEN.iterdir()) < 300_000


def test_the_recorded_streams_are_dense_sparse_and_of_mixed_sizes():
    start, streams, rates = recorded()
    assert {name: stream.shape for name, stream in streams.items()} == {
        "dense": (STEPS, *start.shape),
        "sparse": (STEPS, *start.shape),
        "mixed": (STEPS, *start.shape),
    }
    assert np.all(streams["dense"] != 0)
    assert np.mean(streams["sparse"] == 0) > 0.8 and np.all(streams["sparse"][0] == 0)
    sizes = abs(streams["mixed"])
    assert 1e-6 <= sizes.min() < 1e-5 and 1e5 < sizes.max() <= 1e6
    assert rates.shape == (STEPS,) and rates.min() < 0.2 and rates.max() > 0.9


# What a comparison is worth: it must tell the definitions apart

STANDARD = {
    "lr": 0.1,
    "momentum": 0.8,
    "rho": 0.9,
    "beta1": 0.8,
    "beta2": 0.97,
    "eps": 1e-3,
    "eps2": 2.0,
    "weight_decay": 0.05,
    "momentum_decay": 0.01,
    "initial_accumulator": 0.01,
    "beta2_decay": 0.8,
    "clip": 1.0,
}
FORMS = {
    name: sorted({pair.ours for pair in PAIRS if pair.optimizer == name and "/" not in pair.ours})
    for name in RULES
}


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_every_hyperparameter_makes_a_difference_to_the_golden_runs(pair):
    run = next(run for run in FILES[pair.framework]["runs"] if run["pair"] == str(pair))
    hyperparameters = run["hyperparameters"]
    thetas = run_ours(pair, hyperparameters)
    for name, value in hyperparameters.items():
        others = run_ours(pair, hyperparameters | {name: (0.5 if pair.half else 0.95) * value})
        difference = max(np.max(abs(thetas[stream] - others[stream])) for stream in thetas)
        assert difference > (1e-2 if pair.half else 100 * pair.tolerance), name


@pytest.mark.parametrize("name", [name for name in RULES if len(FORMS[name]) > 1])
def test_the_streams_tell_the_forms_of_an_optimizer_apart(name):
    runs = {form: run_ours(Pair(form, ""), STANDARD, changing=True) for form in FORMS[name]}
    for one, other in combinations(runs.values(), 2):
        assert max(np.max(abs(one[stream] - other[stream])) for stream in one) > 1e-5


def test_the_streams_tell_the_optimizers_apart():
    runs = [run_ours(Pair(forms[0], ""), STANDARD, changing=True) for forms in FORMS.values()]
    for one, other in combinations(runs, 2):
        assert max(np.max(abs(one[stream] - other[stream])) for stream in one) > 1e-3


# The table


@pytest.mark.parametrize("name", RULES)
def test_every_optimizer_is_compared_with_every_framework_or_it_is_said_why_not(name):
    for framework in HOMES:
        compared = [p for p in PAIRS if (p.optimizer, p.framework) == (name, framework)]
        excused = [u for u in UNMATCHED if (u.optimizer, u.framework) == (name, framework)]
        assert compared or excused
    assert any(pair.optimizer == name and not pair.single for pair in PAIRS)


def test_every_flag_of_every_optimizer_takes_part_in_a_comparison():
    unused = {
        "AdaFactor": {"parameter_ndim", "eps1"},
        "Yogi": {"eps_hat"},
        "AdaBelief": {"eps_hat"},
        "AdamL2": {"eps_hat"},
        "NAdam": {"eps_hat"},
        "Shampoo": {"every"},
    }
    for name in RULES:
        calls = [ast.parse(p.ours, mode="eval").body for p in PAIRS if p.optimizer == name]
        names = [field.name for field in fields(getattr(optimizers, name))]
        given = {field for call in calls for field in names[: len(call.args)]}
        given |= {keyword.arg for call in calls for keyword in call.keywords}
        assert set(names) - given == unused.get(name, set())


def table_rows():
    """Return the rows of all tables of the verification page, as lists of cells."""
    text = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_the_verification_table_has_every_optimizer_every_pair_and_every_exception():
    rows = table_rows()
    assert {f"**{name}**" for name in RULES} <= {row[0] for row in rows}
    for pair in PAIRS:
        assert sum(row[:2] == [f"`{pair.ours}`", f"`{pair.theirs}`"] for row in rows) >= 1
    for item in UNMATCHED:
        assert [f"`{item.ours}`", item.framework, item.why] in rows
    for known in APART:
        pairs = [pair for pair in PAIRS if pair.theirs.startswith(known.theirs)]
        assert pairs
        for pair in pairs:
            assert [f"`{pair.theirs}`", f"{known.decay:g}", known.why] in rows


def test_the_verification_table_is_within_the_bounds():
    bounds = {(f"`{pair.ours}`", f"`{pair.theirs}`"): pair.tolerance for pair in PAIRS}
    checked = 0
    for row in table_rows():
        if tuple(row[:2]) in bounds:
            assert float(row[-1]) <= bounds[tuple(row[:2])]
            checked += 1
    assert checked == len(PAIRS)


def test_the_verification_table_names_the_versions_of_the_golden_files():
    text = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
    for file in FILES.values():
        for package, version in file["versions"].items():
            assert f"{package} {version}" in text
