"""adam-course.toml: the address of the website, or one sentence that says what is wrong with it."""

import pytest

from adam_course.configuration import anchor, raises_here, site


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
    with pytest.raises(ValueError, match=r"toml: there is no setting 'sites', only site\."):
        configured(b'sites = "https://example.org"')


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
