"""An optimizer has one colour, dash and marker, and all of them can be seen."""

from itertools import combinations

import pytest

from adam_course.figures.identity import (
    ALIASES,
    IDENTITIES,
    LOOKS,
    SERIES,
    assigned,
    identity,
)
from adam_course.figures.theme import THEME

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
