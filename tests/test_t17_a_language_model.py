"""The references of exercise 17 say what the course's own language model says."""

import numpy as np
import pytest

from adam_course.grading import TASKS
from adam_course.problems import Transformer
from adam_course.problems.transformer import attention
from adam_course.problems.transformer import attention_backward as the_courses_own
from adam_course.tasks import t17_a_language_model as model

SEEDS = range(3)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_shares_are_the_courses_own(seed):
    for case in TASKS["attention-backward"].draw(seed):
        query, key, value = case["query"], case["key"], case["value"]
        _, expected = attention(query, key, value)
        found = model.shares(query @ key.T / np.sqrt(query.shape[1]))
        np.testing.assert_allclose(found, expected, atol=1e-15)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_way_back_is_the_courses_own(seed):
    for case in TASKS["attention-backward"].draw(seed):
        _, shares = attention(case["query"], case["key"], case["value"])
        for found, expected in zip(
            model.attention_backward(**case), the_courses_own(**case, shares=shares), strict=True
        ):
            np.testing.assert_allclose(found, expected, atol=1e-14)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_way_back_through_a_softmax_is_its_slope(seed):
    rng = np.random.default_rng(seed)
    scores, slope = rng.normal(size=(2, 4, 4))
    along = rng.normal(size=(4, 4))
    up, down = ((model.shares(scores + e * along) * slope).sum() for e in (1e-5, -1e-5))
    found = (model.softmax_backward(slope, model.shares(scores)) * along).sum()
    assert found == pytest.approx((up - down) / 2e-5, rel=1e-8)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_clipped_keeps_its_direction_and_no_more_than_the_limit(seed):
    for case in TASKS["repaired-clipping"].draw(seed):
        before = np.append(case["matrix"], case["gains"])
        matrix, gains = model.clipped(**case)
        after = np.append(matrix, gains)
        norms = np.linalg.norm(before), np.linalg.norm(after)
        assert norms[1] == pytest.approx(min(norms[0], case["limit"]))
        np.testing.assert_allclose(after / norms[1], before / norms[0], atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_mean_leads_times_how_often_a_group_comes_are_the_whole_lead(seed):
    for case in TASKS["lead-by-group"].draw(seed):
        means, parts = model.lead_by_group(**case)
        group = np.digitize(case["words"], case["bounds"]) - 1
        whole = (case["momentum"] - case["adam"]).mean()
        assert means[group].mean() == pytest.approx(whole)
        np.testing.assert_allclose(parts, np.bincount(group) * means / whole / len(group))


def test_a_rare_group_can_have_the_largest_lead_and_not_the_largest_part():
    means, parts = model.lead_by_group(**TASKS["lead-by-group"].draw()[1])
    assert means.argmax() == 3 and parts.argmax() != 3


def test_a_model_whose_scores_are_all_zero_is_dead():
    small = Transformer(width=16, length=4, words=40)
    theta = small.start
    small.named(theta)["head"][:] = 0
    losses = np.array([2.0, small.value(theta, small.test[:9])])
    assert model.what_happened(losses, losses, 40) == 1


def test_a_run_is_sound_however_far_apart_its_losses_are_and_dead_however_good_it_was():
    falling = np.linspace(6.2, 3.8, 9)
    assert model.what_happened(falling - 1.5, falling, 512) == 0
    assert model.what_happened(falling, np.append(falling, np.log(512)), 512) == 1
    assert model.what_happened(falling / 20, falling / 20, 512) == 3
    assert model.what_happened(falling / 20, np.append(falling, 4.5), 512) == 2


@pytest.mark.parametrize("length", [2, 7, 100])
def test_the_courses_attention_looks_back_with_the_head_made_by_hand(length):
    query, key = model.look_back(length)
    taken, _ = attention(query, key, np.arange(float(length))[:, None])
    np.testing.assert_allclose(taken[1:, 0], np.arange(length - 1), atol=1e-2 * length)
    assert model.looks_back(length, query, key) == ""
    assert model.looks_back(length, query, -key)
