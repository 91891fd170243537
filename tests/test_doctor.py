"""`adam-course doctor` names what is missing, and starts even where nearly everything is."""

import json
import re
import subprocess
import sys
from collections import namedtuple
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from adam_course import copying, doctor
from adam_course.doctor import GOOD, OPTIONAL, WRONG, Finding

ROOT = Path(__file__).resolve().parent.parent
Version = namedtuple("Version", "major minor micro")


def ask(*words, flags=()):
    """Run `adam-course` with these words and return what came of it."""
    command = [sys.executable, *flags, "-m", "adam_course", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")


def only(check):
    """Return the one finding of a check."""
    (finding,) = doctor.examine([check])
    return finding


@pytest.fixture
def lacking(monkeypatch):
    """Return a function that takes packages away, or gives them another version."""
    version = metadata.version

    def lack(**versions):
        def found(name):
            if versions.get(name, "as it is") is None:
                raise metadata.PackageNotFoundError(name)
            return versions.get(name) or version(name)

        monkeypatch.setattr(metadata, "version", found)

    return lack


# ---- the whole command --------------------------------------------------------------------------


def test_where_the_course_is_set_up_all_is_in_order():
    done = ask("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("\nThe course can be taken here.\n")
    assert done.stderr == ""
    lines = done.stdout.splitlines()[2:-2]
    assert all(re.match("(In order|Optional): .|    Do this: .", line) for line in lines)
    assert sum(line.startswith("In order: ") for line in lines) >= 6


def test_without_any_package_the_doctor_starts_and_says_how_to_set_up():
    done = ask("doctor", flags=["-S"])
    assert done.returncode == 1
    assert "Wrong: The course is not installed in " in done.stdout
    assert "Do this: run `make lab` in " in done.stdout
    assert done.stdout.endswith("then ask the doctor again.\n")
    assert done.stderr == ""


def test_without_any_package_other_commands_send_to_the_doctor():
    done = ask("check", "exercises/06_adam.ipynb", flags=["-S"])
    assert done.returncode == 2
    assert done.stderr == (
        "adam-course: No module named 'numpy'. `adam-course doctor` says what to do.\n"
    )


def test_a_lesson_that_lacks_numpy_says_numpy():
    command = [sys.executable, "-S", "-c", "from adam_course import descend"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stderr.endswith("ModuleNotFoundError: No module named 'numpy'\n")


# ---- one thing wrong ----------------------------------------------------------------------------


def test_an_old_python(monkeypatch):
    monkeypatch.setattr(sys, "version_info", Version(3, 10, 4))
    finding = only(doctor.python)
    assert finding.state == WRONG
    assert finding.sentence == "Python 3.10.4 is too old: the course needs 3.11 or newer."


def test_the_python_asked_for_is_pyproject_s():
    text = metadata.metadata("adam-course")["Requires-Python"]
    assert text == ">=" + ".".join(map(str, doctor.OLDEST))


def test_a_missing_package(lacking):
    lacking(tqdm=None, anywidget=None)
    finding = only(doctor.packages)
    assert finding.state == WRONG
    assert re.fullmatch("missing packages: anywidget>=.*, tqdm>=.*", finding.sentence)
    assert re.search("install .?anywidget>=.*tqdm>=", finding.remedy)


def test_an_old_package(lacking):
    lacking(numpy="1.26.4")
    finding = only(doctor.packages)
    assert finding.state == WRONG
    assert re.fullmatch("numpy 1.26.4 is not what the course needs, numpy>=.*", finding.sentence)
    assert "numpy>=" in finding.remedy


def test_a_broken_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    finding = only(doctor.packages)
    assert finding.state == WRONG
    assert re.match("matplotlib [0-9.]+ does not start: ModuleNotFoundError", finding.sentence)


@pytest.mark.parametrize("name", doctor.WIDGETS)
def test_explorers_that_cannot_be_shown(name, monkeypatch):
    from jupyterlab import commands

    lab = commands.get_app_info

    def without(options):
        info = lab(options)
        del info["federated_extensions"][name]
        return info

    monkeypatch.setattr(commands, "get_app_info", without)
    finding = only(doctor.jupyterlab)
    assert finding.state == WRONG
    assert f"its extension {name} is missing" in finding.sentence
    assert finding.remedy.endswith(doctor.WIDGETS[name])


@pytest.mark.parametrize("name", ["anywidget", "anywidget:plugin"])
def test_explorers_that_are_switched_off(name, monkeypatch):
    from jupyterlab import commands

    lab = commands.get_app_info
    monkeypatch.setattr(commands, "get_app_info", lambda o: lab(o) | {"disabled": {name: True}})
    finding = only(doctor.jupyterlab)
    assert finding.state == WRONG
    assert f"its extension {name} is off" in finding.sentence
    assert finding.remedy.endswith(f"labextension enable {name}")


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("no/such/python", "No kernel starts for a notebook: "),
        (sys._base_executable, "Notebooks run in another Python, "),
    ],
    ids=["gone", "another"],
)
def test_a_kernel_of_another_python(program, says, tmp_path, monkeypatch):
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    site = next(path for path in sys.path if path.endswith("site-packages"))
    start = f"import sys; sys.path.insert(0, {site!r}); from ipykernel import kernelapp; "
    words = [program, "-c", start + "kernelapp.launch_new_instance()", "-f", "{connection_file}"]
    kernel = {"argv": words, "display_name": "Python 3", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(kernel))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    finding = only(doctor.kernel)
    assert finding.state == WRONG
    assert finding.sentence.startswith(says)
    assert finding.remedy == f"rename the folder {spec}, which sends notebooks elsewhere."


def test_a_kernel_in_which_the_course_does_not_start(monkeypatch, tmp_path):
    (tmp_path / "numpy.py").write_text("raise ImportError('not the NumPy you wanted')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    finding = only(doctor.kernel)
    assert finding.state == WRONG
    assert "not the NumPy you wanted" in finding.sentence


def test_a_folder_that_cannot_be_written_to(monkeypatch):
    def refuse(dir):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    finding = only(doctor.folder)
    assert finding.state == WRONG
    assert finding.sentence.endswith(": Permission denied.")


def test_a_full_disk(monkeypatch):
    usage = doctor.shutil.disk_usage(".")._replace(free=12_400_000)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage)
    finding = only(doctor.folder)
    assert finding.state == WRONG
    assert finding.sentence.endswith(" is nearly full: 12 MB are free, 200 are needed.")


def test_lessons_that_are_not_there(monkeypatch, tmp_path):
    monkeypatch.setattr(copying, "HERE", tmp_path / "adam_course")
    finding = only(doctor.lessons)
    assert finding.state == WRONG
    assert "install" in finding.remedy


def test_a_check_that_breaks_down_is_a_finding():
    def cabinet():
        """Is the cabinet in order."""
        raise ValueError("two\nlines")
        yield

    finding = only(cabinet)
    assert finding.state == WRONG
    assert finding.sentence == "Is the cabinet in order? It cannot be told: ValueError: two lines"


# ---- what only some need ------------------------------------------------------------------------


def test_missing_frameworks_are_no_fault(lacking):
    lacking(torch=None)
    finding = only(doctor.frameworks)
    assert finding.state == OPTIONAL
    assert "lesson 14" in finding.sentence
    assert "torch==" in finding.remedy


def test_frameworks_that_are_here_are_named(lacking):
    names = {Requirement(text).name for text in doctor.requirements("frameworks")}
    assert {"torch", "keras", "optax"} <= names and not {"numpy", "distributed"} & names
    lacking(**dict.fromkeys(names, "9.9.9"))
    finding = only(doctor.frameworks)
    assert finding.state == GOOD
    assert "torch 9.9.9" in finding.sentence


def test_no_sandbox_is_no_fault(monkeypatch):
    monkeypatch.setenv("PATH", "")
    finding = only(doctor.sandbox)
    assert finding.state == OPTIONAL
    assert "The sandbox needs " in finding.sentence


def test_no_browser_is_no_fault(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert only(doctor.browser).state == OPTIONAL
    monkeypatch.setenv("CHROMIUM", "/opt/mine")
    assert only(doctor.browser).state == GOOD


# ---- words --------------------------------------------------------------------------------------


def test_only_what_is_wrong_counts(monkeypatch, capsys):
    findings = [Finding(GOOD, "a."), Finding(OPTIONAL, "b.", "c")]
    monkeypatch.setattr(doctor, "examine", lambda: findings)
    assert doctor.report() == 0
    assert "\nIn order: a.\nOptional: b.\n    Do this: c\n" in capsys.readouterr().out
    findings.append(Finding(WRONG, "d."))
    assert doctor.report() == 1
    assert capsys.readouterr().out.endswith("then ask the doctor again.\n")


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("posix", "'/my env/python' -m pip install 'numpy>=2.2'"),
        ("nt", '"/my env/python" -m pip install "numpy>=2.2"'),
    ],
)
def test_a_command_can_be_copied_into_the_terminal(system, expected, monkeypatch):
    words = ("/my env/python", "-m", "pip", "install", "numpy>=2.2")
    monkeypatch.setattr(doctor.os, "name", system)
    assert doctor.shown(*words) == expected


def test_an_environment_without_pip_is_one_of_uv_s(monkeypatch):
    assert "-m pip install tqdm" in doctor.install("tqdm")
    monkeypatch.setattr(doctor.util, "find_spec", lambda _: None)
    assert doctor.install("tqdm").startswith("uv pip install --python ")
