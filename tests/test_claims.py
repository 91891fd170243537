"""The court of lesson 16: its law, its twenty trials, and what is stored of them."""

import ast
import inspect
import re
from itertools import product

import numpy as np
import pytest

from adam_course import experiments
from adam_course.experiments import claims
from adam_course.experiments.claims import ARTICLES, CLAIMS, NO_POWER, agreed, ahead, verdict
from adam_course.figures.verdicts import LOOKS

STORED = experiments.load("claims")
#: Each of these takes well below a second; together the others take half a minute.
QUICK = ["C1", "C2", "C4", "C7", "C8", "C9", "C12", "C13", "C14", "C15", "C16", "C17", "C18", "C19"]
QUICK += ["C20"]


# ---- the law ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcomes", "word"),
    [
        ([True, True], "holds"),
        ([True, False], "holds only if"),
        ([True, None], "holds only if"),
        ([True, NO_POWER], "holds only if"),
        ([False, False], "false"),
        ([False, None, NO_POWER], "cannot tell"),
        ([False, NO_POWER], "without power"),
    ],
)
def test_a_verdict_is_picked_by_where_a_claim_held(outcomes, word):
    assert verdict(outcomes) == verdict(reversed(outcomes)) == word


def test_every_verdict_of_the_law_has_a_look_and_none_is_idle():
    found = {verdict(outcomes) for outcomes in product([True, False, None, NO_POWER], repeat=2)}
    assert found == set(LOOKS)


@pytest.mark.parametrize(
    ("ratio", "spread", "size", "outcome"),
    [
        (0.5, 0.1, None, True),
        (2.0, 0.1, None, False),
        (0.97, 0.01, None, True),  # by whatever margin, if no size is asked for
        (0.97, 0.01, 1.25, False),
        (0.5, 0.1, 1.25, True),
        (1.0, 0.05, None, False),
        (1.0, 3.0, None, NO_POWER),
    ],
)
def test_who_is_ahead_is_decided_in_matched_pairs(ratio, spread, size, outcome):
    theirs = np.random.default_rng(1).uniform(1, 2, 20)
    ours = theirs * ratio * np.exp(spread * np.linspace(-1, 1, 20))
    assert ahead(ours, theirs, size) is outcome


def test_what_turns_between_two_grids_is_open():
    assert agreed([True, True]) is True
    assert agreed([NO_POWER, NO_POWER]) == NO_POWER
    assert agreed([True, False]) is agreed([NO_POWER, None]) is agreed([False, None]) is None


def test_the_opposite_of_what_is_open_is_open():
    assert [claims.other_than(one) for one in (True, False, None, NO_POWER)] == [
        False,
        True,
        None,
        NO_POWER,
    ]


# ---- the claims ---------------------------------------------------------------------------------


def test_there_are_twenty_claims_in_the_order_of_their_numbers_and_all_are_stored():
    assert list(CLAIMS) == list(STORED) == [f"C{number}" for number in range(1, 21)]
    assert [claim.name for claim in CLAIMS.values()] == list(CLAIMS)


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_a_claim_says_who_makes_it_and_its_trial_says_the_set_up(claim):
    assert claim.articles == "all" or set(claim.articles.split()) <= set(ARTICLES)
    assert claim.lesson in range(1, 16)
    assert len(inspect.getdoc(claim.trial).split()) >= 8


@pytest.mark.parametrize("name", CLAIMS)
def test_a_stored_claim_has_named_settings_with_outcomes_and_its_evidence_has_a_number(name):
    trial = STORED[name]
    assert len(trial["settings"]) >= 2 and all(trial["settings"])
    assert all(one is None or one in (True, False, NO_POWER) for one in trial["settings"].values())
    assert re.search(r"\d", trial["evidence"])
    assert trial["verdict"] == verdict(trial["settings"].values())


@pytest.mark.parametrize("name", QUICK)
def test_a_trial_that_is_held_again_comes_out_as_it_is_stored(name):
    trial = CLAIMS[name].trial()
    assert trial.settings == STORED[name]["settings"]
    assert trial.evidence == STORED[name]["evidence"]
    assert trial.verdict == STORED[name]["verdict"]


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_no_outcome_is_typed_by_hand(claim):
    """A trial returns no dict in which the outcome of a setting is a constant."""
    tree = ast.parse(inspect.getsource(claim.trial))
    outcomes = [
        value for node in ast.walk(tree) if isinstance(node, ast.Dict) for value in node.values
    ]
    outcomes += [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Subscript)
        and ast.unparse(node.targets[0].value) == "settings"
    ]
    typed = [one.value for one in outcomes if isinstance(one, ast.Constant)]
    assert not [one for one in typed if one is None or isinstance(one, bool) or one == NO_POWER]


# ---- what a trial rests on ----------------------------------------------------------------------


def test_a_race_of_lesson_13_is_judged_on_both_grids(monkeypatch):
    ones, halves = np.ones(20), np.full(20, 0.5)
    keys = claims.PLANS["cosine"]
    race = {"a": dict.fromkeys(keys, halves), "b": dict.fromkeys(keys, ones)}
    monkeypatch.setattr(experiments, "load", lambda name: race)
    assert claims.raced("a", "b", "cosine") is True
    race["a"][keys[1]] = 2 * ones
    assert claims.raced("a", "b", "cosine") is None


def test_a_maximum_of_v_changes_little_while_v_forgets_little(monkeypatch):
    """The trial of C12 has no power by design, and gains one where a quarter is no longer asked."""
    setting = "it is not needed, β₂ = 0.999, 300 steps"
    assert CLAIMS["C12"].trial().settings[setting] == NO_POWER
    monkeypatch.setattr(claims, "SIZE", 1.1)
    assert CLAIMS["C12"].trial().settings[setting] != NO_POWER


@pytest.mark.parametrize(
    ("name", "constant", "value", "turned"), [("C9", "SIZE", 1.02, True), ("C16", "BAR", 5, True)]
)
def test_an_appeal_is_heard(monkeypatch, name, constant, value, turned):
    monkeypatch.setattr(claims, constant, value)
    assert (CLAIMS[name].trial().verdict != STORED[name]["verdict"]) == turned


def test_who_is_stuck_needs_ten_times_the_steps_of_who_gets_out():
    assert claims.stuck(np.inf, 53) and claims.stuck(531, 53)
    assert not claims.stuck(443, 53) and not claims.stuck(np.inf, np.inf)


def test_one_case_is_enough_and_what_is_open_stays_open():
    assert claims.any_of([False, None, True]) is True
    assert claims.any_of([False, NO_POWER, None]) is None
    assert claims.any_of([False, NO_POWER]) == NO_POWER
    assert claims.any_of([False, False]) is False
