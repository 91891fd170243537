"""What is released is the whole course, under one version, and works where it is installed."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml
from hatchling import build

import adam_course
from adam_course.copying import edition

ROOT = Path(__file__).resolve().parent.parent
VERSION = adam_course.__version__
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))
COURSE = "adam_course/course/"


def step(name):
    """Return the script of a step of the release."""
    (found,) = [step for step in WORKFLOW["jobs"]["release"]["steps"] if step.get("name") == name]
    return found["run"]


def bash(script, folder, **variables):
    """Run a script as the release does and return what came of it."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=os.environ | {"PYTHON": sys.executable} | variables,
        capture_output=True,
        text=True,
    )


def wheel_of(folder, target):
    """Build the wheel of a folder and return it."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        return target / build.build_wheel(str(target))
    finally:
        os.chdir(before)


def names(wheel):
    """Return the paths of what a wheel holds."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout."""
    return wheel_of(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The source distribution of this checkout, unpacked."""
    folder = tmp_path_factory.mktemp("source")
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        archive = build.build_sdist(str(folder))
    finally:
        os.chdir(before)
    with tarfile.open(folder / archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / archive.removesuffix(".tar.gz")


# ---- one version --------------------------------------------------------------------------------


def test_the_version_is_the_same_wherever_it_is_written(wheel):
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert citation["version"] == VERSION
    assert re.findall(r"version (\d[\w.]*)", readme) == [VERSION]
    assert re.findall(r"^## (\S+)", changes, flags=re.MULTILINE)[0] == VERSION
    assert wheel.name == f"adam_course-{VERSION}-py3-none-any.whl"


def test_the_citation_is_of_this_course():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors", "version", "license"} <= set(citation)
    title = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert citation["title"] in title


@pytest.mark.skipif(sys.platform == "win32", reason="the release is made on Linux")
def test_a_tag_that_is_not_the_version_stops_the_release():
    compare = step("Compare the tag with the version")
    assert bash(compare, ROOT, GITHUB_REF_NAME=f"v{VERSION}").returncode == 0
    refused = bash(compare, ROOT, GITHUB_REF_NAME="v0.0.99")
    assert refused.returncode == 1
    assert refused.stderr == f"The tag is v0.0.99, and the version of the course is {VERSION}.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="the release is made on Linux")
def test_the_notes_of_a_release_are_those_below_its_heading(tmp_path):
    (tmp_path / "CHANGELOG.md").write_text(
        "# Log\n\nHow.\n\n## 2.0\n\n- New.\n\n## 1.0\n\n- Old.\n"
    )
    assert bash(step("Take the notes from the changelog"), tmp_path).returncode == 0
    assert (tmp_path / "notes.md").read_text() == "\n- New.\n\n"


# ---- the whole course ---------------------------------------------------------------------------


def test_the_wheel_holds_the_whole_package_and_the_course(wheel):
    files = [path for path in (ROOT / "adam_course").rglob("*") if path.is_file()]
    package = {path.relative_to(ROOT).as_posix() for path in files if path.suffix != ".pyc"}
    course = {COURSE + name for name in edition() if name != "README.md"}
    rubrics = (ROOT / "docs" / "instructors" / "lessons").glob("*.md")
    course |= {f"{COURSE}{path.relative_to(ROOT).as_posix()}" for path in rubrics}
    packed = {name for name in names(wheel) if name.startswith("adam_course/")}
    assert packed == package | course


def test_the_source_distribution_is_the_course(source):
    for name in ("make.py", "requirements.lock", "LICENSE-text", "tests/conftest.py", *edition()):
        assert (source / name).is_file(), name
    assert not (source / "uv.lock").exists()


def test_a_learner_s_own_files_are_not_packed(source, wheel, tmp_path):
    course = tmp_path / "course"
    shutil.copytree(source, course)
    (course / "exercises" / "my_06_adam.ipynb").write_text("mine")
    (course / "notebooks" / ".ipynb_checkpoints").mkdir()
    (course / "notebooks" / ".ipynb_checkpoints" / "06_adam-checkpoint.ipynb").write_text("mine")
    assert names(wheel_of(course, tmp_path)) == names(wheel)


def test_without_the_checkout_the_commands_work(wheel, tmp_path):
    installed, folder = tmp_path / "installed", tmp_path / "course"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)

    def run(*words, place=folder):
        done = subprocess.run(
            [sys.executable, "-m", "adam_course", *words],
            cwd=place,
            env=os.environ | {"PYTHONPATH": str(installed), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert f"{len(edition())} new files" in run("copy", str(folder), place=tmp_path)
    lessons = sum(name.startswith("notebooks/") for name in edition())
    assert re.search(
        rf"In order: {lessons} lessons and \d+ exercises, in the package", run("doctor")
    )
    assert "13 of 13 points" in run("check", "exercises/solutions/06_adam.ipynb")
    shutil.copy(folder / "exercises/solutions/06_adam.ipynb", folder / "exercises/my_06_adam.ipynb")
    (folder / "exercises" / "01_gradient_descent.ipynb").rename(folder / "one.ipynb")
    assert re.search("06_adam .*13 of 13 +all done", run("progress"))
    graded = run("grade", "exercises/my_06_adam.ipynb", "--out", "grades", "--no-sandbox")
    assert graded.startswith("1 graded with seed ")


# ---- in a clean environment ---------------------------------------------------------------------


@pytest.mark.long
def test_the_wheel_works_in_a_clean_environment(source, tmp_path):
    """The release's own steps, and then a lesson from top to bottom."""
    course = tmp_path / "course"
    shutil.copytree(source, course)
    built = bash(step("Build"), course)
    assert built.returncode == 0, built.stderr
    assert {path.suffix for path in (course / "dist").iterdir()} == {".whl", ".gz"}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    script = step("Try the wheel in a clean environment")
    runner = {"RUNNER_TEMP": str(tmp_path / "runner"), "PATH": path}
    tried = bash(script, course, **runner, PIP_COMPILE="0")  # Python compiles what it imports
    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert "The course can be taken here." in tried.stdout
    # What runs notebooks is not the wheel's: a learner has it, or asks for adam-course[lab].
    execute = """clean/bin/python -m pip install -q nbconvert ipykernel
        clean/bin/python -m nbconvert --execute --to markdown --stdout course/notebooks/06*"""
    ran = bash(execute, tmp_path / "runner", PIP_COMPILE="0")
    assert ran.returncode == 0, ran.stderr
