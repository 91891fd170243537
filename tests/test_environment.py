"""One environment, told four times: pyproject.toml, the lock, conda's file and pre-commit's."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from nbval.plugin import get_sanitize_patterns
from packaging.requirements import Requirement

import make

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]
FRAMEWORKS = PROJECT["project"]["optional-dependencies"]["frameworks"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

CONDA_NAMES = {"matplotlib": "matplotlib-base"}  # conda's matplotlib brings a desktop toolkit


def group(name):
    """Return what a dependency group asks for, with the groups that it includes."""
    for entry in GROUPS[name]:
        if isinstance(entry, dict):
            yield from group(entry["include-group"])
        else:
            yield entry


COURSE = [Requirement(text) for text in [*PROJECT["project"]["dependencies"], *group("test")]]
LOCKED = [
    (Requirement(entry.split("\\")[0].strip()), entry)
    for entry in re.split(r"\n(?=[\w])", re.sub(r"(?m)^\s*#.*\n?", "", LOCK))
]


def test_conda_gets_what_pyproject_asks_for():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *packages, by_pip = conda["dependencies"]
    expected = {"python": PROJECT["project"]["requires-python"], "pip": ""}
    expected |= {CONDA_NAMES.get(r.name, r.name): str(r.specifier) for r in COURSE}
    assert {r.name: str(r.specifier) for r in map(Requirement, packages)} == expected
    assert conda["name"] == PROJECT["project"]["name"]
    assert by_pip == {"pip": ["-e ."]}


@pytest.mark.parametrize("wanted", COURSE, ids=lambda r: r.name)
def test_the_lock_satisfies_pyproject(wanted):
    versions = [next(iter(r.specifier)).version for r, _ in LOCKED if r.name == wanted.name]
    assert versions and all(version in wanted.specifier for version in versions)


def test_every_locked_requirement_is_one_version_with_hashes():
    for requirement, entry in LOCKED:
        assert [s.operator for s in requirement.specifier] == ["=="], requirement
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), requirement


def test_the_lock_names_no_host_and_no_path():
    options = set(re.findall(r"--[\w-]+", LOCK))
    assert "/" not in LOCK
    assert options == {"--hash"}


def test_the_course_needs_no_framework():
    heavy = {Requirement(text).name for text in FRAMEWORKS} | {"jaxlib", "scipy", "scikit-learn"}
    assert not heavy & {requirement.name for requirement, _ in LOCKED}


def test_frameworks_and_checking_tools_are_pinned():
    for text in [*FRAMEWORKS, *GROUPS["verify"]]:
        assert [s.operator for s in Requirement(text).specifier] == ["=="], text


def test_pre_commit_runs_the_ruff_of_make_verify():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    ruff = [text for text in GROUPS["verify"] if text.startswith("ruff")]
    assert all(h["additional_dependencies"] == ruff for h in config["repos"][0]["hooks"])


def test_the_makefile_has_the_commands_of_make_py():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.search(r"COMMANDS = (.*)", makefile)[1].split()) == set(make.COMMANDS)


def test_notebooks_are_compared_without_pixels_but_with_alt_text():
    patterns = get_sanitize_patterns((ROOT / "tests/nbval_sanitize.cfg").read_text())
    html = '<img alt="The loss falls." src="data:image/png;base64,iVBORw0KGgo=\n" width="640">'
    for pattern, replacement in patterns:
        html = re.sub(pattern, replacement, html)
    assert html == '<img alt="The loss falls." src="PNG" width="640">'


def test_no_tracked_file_names_a_package_index():
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("this copy of the course is not a git checkout")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    host = re.compile(rb"\bpypi\.\w|//registry\.|/packages/[0-9a-f]{2}/|//[\w.:-]+/simple/|//deb\.")
    tracked = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    assert [p.name for p in tracked if p.is_file() and host.search(p.read_bytes())] == []
