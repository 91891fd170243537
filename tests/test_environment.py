"""One environment, told four times: pyproject.toml, the lock, conda's file and pre-commit's."""

import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import tomllib
import venv
from fnmatch import fnmatch
from pathlib import Path

import badges
import pytest
import yaml
from nbval.plugin import get_sanitize_patterns
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import make
from adam_course import experiments
from adam_course.copying import FIRST

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


LAB = PROJECT["project"]["optional-dependencies"]["lab"]
ASKED = [*PROJECT["project"]["dependencies"], *LAB, *group("test")]
COURSE = [Requirement(text) for text in ASKED]
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
    for text in [*FRAMEWORKS, *GROUPS["verify"], *GROUPS["tab"][1:]]:
        assert [s.operator for s in Requirement(text).specifier] == ["=="], text


def test_the_course_alone_brings_no_jupyterlab():
    assert "jupyterlab" not in {Requirement(t).name for t in PROJECT["project"]["dependencies"]}


def test_the_browser_tab_has_the_widgets_of_the_lock():
    (anywidget,) = [text for text in GROUPS["tab"][1:] if text.startswith("anywidget")]
    assert any(str(r) == str(Requirement(anywidget)) for r, _ in LOCKED)


def test_pre_commit_runs_the_ruff_of_make_verify():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    ruff = [text for text in GROUPS["verify"] if text.startswith("ruff")]
    assert all(h["additional_dependencies"] == ruff for h in config["repos"][0]["hooks"])


def test_the_makefile_has_the_commands_of_make_py():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.search(r"COMMANDS = (.*)", makefile)[1].split()) == set(make.COMMANDS)


@pytest.mark.parametrize("disk", ["with links", "without"])
def test_an_environment_begins_with_what_another_has_and_leaves_that_alone(
    disk, tmp_path, monkeypatch
):
    def refuse(*_):
        raise OSError("This disk has no links.")

    if disk == "without":
        monkeypatch.setattr(os, "link", refuse)
    whole, other = tmp_path / "whole", tmp_path / "other"
    venv.create(whole)
    find = "import sysconfig; print(sysconfig.get_path('purelib'), end='')"
    packages = Path(subprocess.check_output([make.python_of(whole), "-c", find], text=True))
    for place in (
        packages / "thing.py",
        whole / "made-from",
        make.python_of(whole).parent / "tool",
    ):
        place.write_text("number = 1")
    (other / "lib").mkdir(parents=True)  # left by a run that was stopped
    make.share(whole, other)
    thing = other / packages.relative_to(whole) / "thing.py"
    assert (packages / "thing.py").samefile(thing) == (disk == "with links")
    names = {path.name for path in other.rglob("*")}
    assert "thing.py" in names and not names & {"made-from", "tool"}
    thing.unlink()  # as pip does
    thing.write_text("number = 2")
    for folder, number in ((whole, "1"), (other, "2")):
        say = "import thing; print(thing.number, end='')"
        said = subprocess.check_output([make.python_of(folder), "-c", say], text=True)
        assert said == number


def test_every_test_is_run_by_one_command_and_ci_runs_that_or_the_night_does():
    settings = PROJECT["tool"]["pytest"]["ini_options"]
    marks = [mark.partition(":")[0] for mark in settings["markers"]]
    (left,) = [option for option in settings["addopts"] if option.startswith("-m=")]
    kinds = make.KINDS | {"test": left.removeprefix("-m=")}
    for given in itertools.product([False, True], repeat=len(marks)):
        names = dict(zip(marks, given, strict=True))
        assert sum(eval(kind, {}, names) for kind in kinds.values()) == 1, names
    each_change = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    each_night = (ROOT / ".github/workflows/nightly.yml").read_text(encoding="utf-8")
    assert re.findall(r"^check (\w+)", each_change, re.MULTILINE) == ["test", "verify"]
    assert re.findall(r"make.py (\w+)", each_night) == ["nightly"]


def test_notebooks_are_compared_without_pixels_but_with_alt_text():
    patterns = get_sanitize_patterns((ROOT / "tests/nbval_sanitize.cfg").read_text())
    image = '<img alt="The loss falls." src="data:image/png;base64,iVBORw0KGgo=\n" width="640">'
    script = '<script type="module" class="adam-front">if (a < b) {\n}</script>'
    html = f'<figure data-picture="H4sI+/=" data-autoplay>{image}{script}</figure>'
    for pattern, replacement in patterns:
        html = re.sub(pattern, replacement, html)
    image = '<img alt="The loss falls." src="PNG" width="640">'
    assert html == f'<figure data-picture="NUMBERS" data-autoplay>{image}</figure>'


def test_the_website_is_served_only_if_it_is_there_and_its_address_is_free(tmp_path, monkeypatch):
    monkeypatch.setattr(make, "BUILD", tmp_path)
    with pytest.raises(SystemExit, match="There is no website yet"):
        make.serve([])
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("Here it is.")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=f"make serve ARGS={port + 1}"):
            make.serve([str(port)])


def test_no_tracked_file_names_a_package_index():
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("this copy of the course is not a git checkout")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    host = re.compile(rb"\bpypi\.\w|//registry\.|/packages/[0-9a-f]{2}/|//[\w.:-]+/simple/|//deb\.")
    tracked = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    assert [p.name for p in tracked if p.is_file() and host.search(p.read_bytes())] == []


# ---- the oldest versions, Binder, dev containers -------------------------------------------------

BINDER, CONTAINER = ROOT / ".binder", ROOT / ".devcontainer" / "devcontainer.json"


def test_the_oldest_versions_can_be_told_from_pyproject():
    assert all([s.operator for s in one.specifier] == [">="] for one in COURSE)
    assert all((ROOT / path).is_file() for path in make.OF_FLOORS)


def test_binder_installs_the_lock_on_a_python_that_the_course_takes():
    asked = [
        line for line in (BINDER / "requirements.txt").read_text().split("\n") if line[:1] != "#"
    ]
    (file,) = re.findall("^-r (.+)$", "\n".join(asked), flags=re.MULTILINE)
    assert (BINDER / file).resolve() == ROOT / "requirements.lock"
    python = (BINDER / "runtime.txt").read_text().strip().removeprefix("python-")
    assert python in SpecifierSet(PROJECT["project"]["requires-python"])


def test_a_dev_container_installs_the_lock_and_then_what_binder_does():
    container = json.loads(CONTAINER.read_text(encoding="utf-8"))
    kind, version = container["image"].split(":")
    assert kind == "python" and version in SpecifierSet(PROJECT["project"]["requires-python"])
    install, then = container["postCreateCommand"].split(" && ")
    assert install.split()[0] == "pip" and install.split()[-1] == "requirements.lock"
    assert "--require-hashes" in install
    assert then == f"bash {(BINDER / 'postBuild').relative_to(ROOT)}"
    assert "ms-toolsai.jupyter" in container["customizations"]["vscode"]["extensions"]
    (first,) = container["customizations"]["codespaces"]["openFiles"]
    assert first == f"my_course/{FIRST}"


@pytest.mark.skipif(os.name == "nt", reason="Binder and dev containers run Linux")
def test_what_binder_does_ends_in_the_folder_that_the_badges_open(tmp_path):
    """With commands that only say what they are asked: the real ones were tried by hand."""
    for name in ("python", "jupyter"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho {name} "$@" >> "$SAID"\n')
        (tmp_path / name).chmod(0o755)
    said = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "SAID": str(tmp_path / "said")}
    assert os.access(BINDER / "postBuild", os.X_OK)
    subprocess.run([BINDER / "postBuild"], cwd=ROOT, env=os.environ | said, check=True)
    pip, copy, news = (tmp_path / "said").read_text().splitlines()
    assert pip.startswith("python -m pip install") and pip.endswith(
        "--no-deps --no-build-isolation --editable ."
    )
    assert copy == "python -m adam_course copy my_course"
    assert news == f"jupyter labextension disable {make.NEWS}"
    addresses = dict.fromkeys(("website", "colab"), "") | {"binder": "https://binder.example.org"}
    assert badges.places(FIRST, "", addresses)["binder"].endswith(f"/my_course/{FIRST}")


# ---- workflows ----------------------------------------------------------------------------------

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FOR_CLASSES = ROOT / "adam_course" / "editions" / "classroom.yml"


def steps_of(path):
    """Return the steps of all jobs of a workflow."""
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize("path", [*WORKFLOWS, FOR_CLASSES], ids=lambda path: path.stem)
def test_a_workflow_runs_actions_that_nobody_can_move_and_keeps_no_credentials(path):
    used = re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
    assert used and all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", one) for one in used)
    checkouts = [one for one in steps_of(path) if "actions/checkout" in one.get("uses", "")]
    assert checkouts and all(one["with"]["persist-credentials"] is False for one in checkouts)


def test_two_workflows_use_one_version_of_an_action():
    texts = [path.read_text(encoding="utf-8") for path in [*WORKFLOWS, FOR_CLASSES]]
    used = {one for text in texts for one in re.findall(r"uses: (.+)", text)}
    assert len({one.partition("@")[0] for one in used}) == len(used)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_keeps_what_pip_has_fetched(path):
    pythons = [one["with"] for one in steps_of(path) if "setup-python" in one.get("uses", "")]
    kept = {"cache": "pip", "cache-dependency-path": "requirements.lock\npyproject.toml\n"}
    assert pythons and all(kept.items() <= one.items() for one in pythons)


def test_the_oldest_and_the_newest_python_are_tried_on_every_system():
    job = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]["test"]
    matrix = job["strategy"]["matrix"]
    assert matrix["python"] == [PROJECT["project"]["requires-python"].strip(">="), "3.14"]
    assert len(matrix["os"]) == 3


def test_the_workflow_of_the_experiments_watches_all_that_they_run():
    workflow = yaml.safe_load((ROOT / ".github/workflows/experiments.yml").read_text("utf-8"))
    on = workflow[True]  # YAML takes `on` for a truth value
    assert on["push"]["paths"] == on["pull_request"]["paths"]
    for name in experiments.names():
        for file in experiments.code_of(name):
            path = file.relative_to(ROOT).as_posix()
            assert any(fnmatch(path, watched) for watched in on["push"]["paths"]), path
