"""An optimizer has one colour, dash and marker, and all of them can be seen."""

import gzip
import json
import re
from base64 import b64decode
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex

from adam_course import descend, figures
from adam_course.figures import explorers, renderer, style
from adam_course.figures.identity import (
    ALIASES,
    IDENTITIES,
    LOOKS,
    SERIES,
    assigned,
    identity,
)
from adam_course.figures.picture import Line
from adam_course.figures.theme import THEME
from adam_course.optimizers import Adam
from adam_course.problems import Bowl

ROOT = Path(__file__).resolve().parent.parent

MAIN = ("Adam", "momentum", "gradient descent", "RMSProp", "Nesterov", "AdaGrad")


def luminance(colour):
    rgb = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("key", LOOKS)
def test_a_curve_stands_out_from_the_page_and_from_its_outline_on_a_map(key):
    look = LOOKS[key]
    assert contrast(look.colour, THEME["light"]["paper"]) >= 3
    assert contrast(look.dark, THEME["dark"]["paper"]) >= 3


def test_no_two_optimizers_look_alike_and_nothing_else_looks_like_one():
    looks = [*IDENTITIES.values(), *SERIES.values()]
    assert len(set(looks)) == len(looks)
    for one, other in combinations([IDENTITIES[name] for name in MAIN], 2):
        assert one.colour != other.colour
        assert one.dash != other.dash
        assert one.marker != other.marker
    colours = {IDENTITIES[name].colour for name in MAIN}
    assert colours.isdisjoint(look.colour for look in SERIES.values())


def test_the_settings_of_an_optimizer_share_its_colour_and_nothing_else():
    for name, look in IDENTITIES.items():
        settings = [look, *(LOOKS[f"{name} {count}"] for count in (2, 3, 4))]
        assert {each.colour for each in settings} == {look.colour}
        assert len({each.dash for each in settings}) == 4


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Adam", "Adam"),
        ("Adam, α = 0.1", "Adam"),
        ("Adam's step", "Adam"),
        ("AdamW, paper", "AdamW"),
        ("Adam + L2", "Adam + L2"),
        ("L2, λ = 0.0002", "Adam + L2"),
        ("SGD's step", "gradient descent"),
        ("Momentum, κ = 1000", "momentum"),
        ("heavy ball", "momentum"),
        ("sign, fading rate", "sign descent"),
        ("Muon with Adam", "Muon"),
        ("SOAP, one-sided", "SOAP"),
        ("Adamant", None),
        ("signal", None),
        ("β₂ = 0.99", None),
    ],
)
def test_a_label_speaks_of_the_optimizer_that_it_begins_with(label, name):
    assert identity(label) == name


def test_every_alias_leads_to_an_identity():
    assert set(ALIASES.values()) <= set(IDENTITIES)


def test_curves_of_one_figure_differ():
    labels = ["Adam, κ = 10", "Adam, κ = 1000", "momentum", "batches of 10", "batches of 1"]
    keys = assigned(labels)
    assert list(keys.values()) == ["Adam", "Adam 2", "momentum", "1", "2"]
    assert assigned(["momentum"]) == {"momentum": "momentum"}


def test_a_path_is_outlined_in_the_colour_of_the_page_and_wide_enough_to_be_seen():
    run = descend(Bowl(10), Adam(0.1), steps=20)
    figure = renderer.draw(figures.contour(run.problem, {"Adam": run, "SGD": run}))
    drawn = figure.axes[0].get_lines()
    for label in ("Adam", "SGD"):
        (place,) = [i for i, line in enumerate(drawn) if line.get_label() == label]
        below, path = drawn[place - 1], drawn[place]
        assert below.get_gid() == renderer.CASING
        assert np.array_equal(below.get_xydata(), path.get_xydata())
        assert below.get_linewidth() >= path.get_linewidth() + 1.5
        assert to_hex(below.get_color()) == THEME["light"]["paper"]


def test_the_star_of_a_minimum_lies_on_top_of_the_paths_light_with_a_dark_rim_and_a_halo():
    run = descend(Bowl(10), Adam(0.1), steps=20)
    *below, star = renderer.draw(figures.contour(run.problem, run)).axes[0].get_lines()
    assert star.get_label() == "minimum" and star.get_zorder() >= max(x.zorder for x in below)
    inside, rim = (to_hex(c) for c in (star.get_color(), star.get_markeredgecolor()))
    for dark_path in (look.colour for look in LOOKS.values()):
        assert contrast(inside, dark_path) >= 3
    assert contrast(rim, to_hex(style.GROUND(0))) >= 3
    (halo,) = star.get_path_effects()
    assert halo._gc["foreground"] == "white"
    assert halo._gc["linewidth"] >= star.get_markeredgewidth() + 1.5


def lines_of(picture):
    """Yield label and look of every line of a picture that is stored with a lesson."""
    for panel in picture["panels"]:
        for layer in panel["layers"]:
            if layer["kind"] == "Line" and layer["label"]:
                yield layer["label"], layer["look"]


def stored_pictures():
    """Return (where, picture) of every figure and explorer that is stored in a lesson."""
    found = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        data = re.findall(r'data-picture=\\"(.+?)\\"', path.read_text(encoding="utf-8"))
        found += [(path.stem, json.loads(gzip.decompress(b64decode(text)))) for text in data]
    return found


def test_every_optimizer_looks_the_same_in_every_lesson():
    seen = {}
    for where, picture in stored_pictures():
        for label, look in lines_of(picture):
            if name := identity(label):
                seen.setdefault(name, set()).add(where)
                assert look in (name, *(f"{name} {count}" for count in (2, 3, 4))), (where, label)
                if label == name:
                    assert look == name, where
            else:
                assert look is None or look.split()[0] in SERIES, (where, label)
    assert len(seen["Adam"]) >= 8 and len(seen) >= 12


@pytest.mark.parametrize("name", explorers.__all__)
def test_every_optimizer_looks_the_same_in_an_explorer_whatever_is_chosen(name):
    recipe = getattr(explorers, name)
    for control in recipe.controls.values():
        for value in control.sweep():
            for panel in recipe.picture(**{control.name: value}).panels:
                for layer in panel.layers:
                    if isinstance(layer, Line) and identity(layer.label):
                        assert layer.look == identity(layer.label)
