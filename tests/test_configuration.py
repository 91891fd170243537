"""The course's own addresses, and adam-course.toml: or one sentence on what is wrong with it."""

from email.message import Message
from importlib import metadata

import pytest

from adam_course import __version__, configuration
from adam_course.configuration import addresses, anchor, package, raises_here, settings, site

REPOSITORY = "https://github.com/ada/adam"


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """A pyproject.toml without addresses, in which a test may write some."""
    place = tmp_path / "pyproject.toml"
    place.write_text("[project]\n", encoding="utf-8")
    monkeypatch.setattr(configuration, "PROJECT", place)
    return place


@pytest.fixture
def configured(tmp_path):
    """Return a function that gives the site which a configuration of these bytes names."""

    def read(data):
        (tmp_path / "adam-course.toml").write_bytes(data)
        return site(tmp_path)

    return read


def test_without_a_configuration_or_an_address_there_is_no_site(tmp_path, configured):
    assert site(tmp_path) == ""
    assert configured(b"") == ""


@pytest.mark.parametrize(
    "address", ["https://example.org", "http://example.org:8000/adam", "https://example.org/adam/"]
)
def test_the_site_is_the_address_without_a_slash_at_its_end(address, configured):
    assert configured(f'site = "{address}"'.encode()) == address.rstrip("/")


def test_an_editor_on_windows_may_save_the_configuration(configured):
    assert configured(b'\xef\xbb\xbfsite = "https://example.org"\r\n') == "https://example.org"


@pytest.mark.parametrize(
    "value",
    [
        '""',
        '"example.org"',
        '"ftp://example.org"',
        '"https://"',
        '"https:///adam"',
        '"https://example.org/a b"',
        '"https://example.org/a)"',
        '"https://example.org/#top"',
        '"javascript:alert(1)"',
        "7",
        '["https://example.org"]',
    ],
)
def test_a_site_that_is_no_address_of_the_web_is_refused(value, configured):
    with pytest.raises(ValueError, match=r'toml: site .* write it as "https://example\.org/adam"'):
        configured(f"site = {value}".encode())


def test_a_key_that_is_not_known_is_named(configured):
    with pytest.raises(
        ValueError, match=r"toml: there is no setting 'sites', only site, colab and"
    ):
        configured(b'sites = "https://example.org"')


@pytest.mark.parametrize(
    "value",
    ["adam-course", "adam-course[lab]==0.2.0", "git+https://example.org/a.git@v0.2", "./a-1.whl"],
)
def test_a_package_is_anything_that_pip_takes_in_one_word(value, tmp_path, configured):
    configured(f'package = "{value}"'.encode())
    assert settings(tmp_path)["package"] == value


@pytest.mark.parametrize("value", ["", "a b", "--pre", "a; rm b", "{a}", "$a", "a'b"])
def test_a_package_that_would_be_more_than_one_word_is_refused(value, configured):
    with pytest.raises(
        ValueError, match=r"toml: package .* no package; write it as \"adam-course="
    ):
        configured(f'package = "{value}"'.encode())


def test_a_class_has_the_course_s_addresses_until_it_names_its_own(project, tmp_path):
    text = f'urls = {{Website = "https://example.org/", Repository = "{REPOSITORY}", Binder = ""}}'
    project.write_text(f"[project]\n{text}\n", encoding="utf-8")
    given = {"website": "https://example.org", "repository": REPOSITORY, "colab": "", "binder": ""}
    assert addresses() == given
    assert settings(tmp_path) == {"site": "https://example.org", "colab": "", "package": package()}
    (tmp_path / "adam-course.toml").write_text('site = "https://example.com"', encoding="utf-8")
    assert site(tmp_path) == "https://example.com"


def test_an_installed_course_has_the_addresses_that_were_built_into_it(project, monkeypatch):
    project.unlink()
    known = Message()
    known["Project-URL"] = "Website, https://example.org/adam"
    known["Project-URL"] = f"Repository, {REPOSITORY}"
    monkeypatch.setattr(metadata, "metadata", lambda name: known)
    assert site() == "https://example.org/adam"
    assert addresses()["repository"] == REPOSITORY
    monkeypatch.setattr(metadata, "metadata", lambda name: Message())
    assert set(addresses().values()) == {""}


def test_the_package_is_the_release_s_wheel_where_there_is_a_repository(monkeypatch):
    assert package() == f"adam-course=={__version__}"
    monkeypatch.setattr(configuration, "addresses", lambda: {"repository": REPOSITORY})
    wheel = f"adam_course-{__version__}-py3-none-any.whl"
    assert package() == f"{REPOSITORY}/releases/download/v{__version__}/{wheel}"


@pytest.mark.parametrize("data", [b"site = https://example.org", b"\xff\xfes\x00", b"[site"])
def test_what_is_not_toml_is_said(data, configured):
    with pytest.raises(ValueError, match=r"adam-course\.toml cannot be read as TOML: "):
        configured(data)


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("The five steps", "the-five-steps"),
        ("How-long-is-the-first-step?", "how-long-is-the-first-step"),
        ("Reddi's game", "reddi-s-game"),
        ("Large ε: momentum in disguise", "large-momentum-in-disguise"),
        ("When β₁ = β₂", "when-1-2"),
        ("06 · Adam", "adam"),
    ],
)
def test_an_anchor_is_the_one_that_sphinx_gives_a_heading(heading, expected):
    assert anchor(heading) == expected


def test_only_nbgraders_validate_and_autograde_are_told_by_raising(monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    assert not raises_here()
    for command in ("validate", "autograde"):
        monkeypatch.setenv("NBGRADER_EXECUTION", command)
        assert raises_here()
