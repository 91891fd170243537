"""`descend` records every run as if it were alone, and treats divergence as a result."""

from dataclasses import dataclass

import numpy as np
import pytest

from adam_course import descend
from adam_course.descend import LONG_RUN, _count
from adam_course.optimizers import Adam, GradientDescent
from adam_course.schedules import Plateau


@dataclass(frozen=True)
class Parabola:
    """f(θ) = ½ Σ θ², small enough to check by hand."""

    name = "parabola"
    dimension = 2
    start = (1.0, -2.0)

    def value(self, theta):
        return 0.5 * (theta[..., 0] * theta[..., 0] + theta[..., 1] * theta[..., 1])

    def gradient(self, theta):
        return theta.copy()


def test_a_run_is_the_loop_one_would_write_by_hand():
    run = descend(Parabola(), GradientDescent(lr=0.5), steps=3)
    assert run.t.tolist() == [0, 1, 2, 3]
    assert run.thetas.tolist() == [[1, -2], [0.5, -1], [0.25, -0.5], [0.125, -0.25]]
    assert run.losses.tolist() == [2.5, 0.625, 0.15625, 0.0390625]
    assert run.gradients.tolist() == [[1, -2], [0.5, -1], [0.25, -0.5]]
    assert run.updates.tolist() == [[-0.5, 1], [-0.25, 0.5], [-0.125, 0.25]]
    assert run.final.tolist() == [0.125, -0.25]
    assert run.diverged_at == 0 and run.reason == ""


def test_the_optimizer_is_reset_first_and_can_be_looked_into_afterwards():
    optimizer = Adam(lr=0.1)
    first = descend(Parabola(), optimizer, steps=5)
    second = descend(Parabola(), optimizer, steps=5)
    assert np.array_equal(first.thetas, second.thetas)
    assert optimizer.t == 5


def test_no_step_leaves_the_start():
    run = descend(Parabola(), Adam(), steps=0)
    assert run.thetas.tolist() == [[1, -2]]
    assert run.gradients.shape == (0, 2)


def test_the_microscope_records_the_state_after_each_step():
    run = descend(Parabola(), Adam(lr=0.1, beta1=0.5, beta2=0.75), steps=2, states=True)
    g1, g2 = run.gradients[:, 0]
    assert run.states["m"][:, 0] == pytest.approx([0.5 * g1, 0.25 * g1 + 0.5 * g2])
    assert run.states["v"][:, 0] == pytest.approx([g1**2 / 4, g1**2 * 0.1875 + g2**2 / 4])
    assert run.states["m_hat"][0, 0] == pytest.approx(g1)
    assert run.states["v_hat"][0, 0] == pytest.approx(g1**2)
    assert run.states["beta2_t"].tolist() == [0.75, 0.5625]


def test_a_grid_of_hyperparameters_equals_the_single_runs_bit_for_bit():
    lrs, betas = np.array([0.01, 0.1, 0.5]), np.array([0.9, 0.99])
    grid = descend(
        Parabola(), Adam(lr=lrs[:, None, None], beta2=betas[None, :, None]), steps=20, states=True
    )
    assert grid.thetas.shape == (21, 3, 2, 2)
    for i, lr in enumerate(lrs):
        for j, beta2 in enumerate(betas):
            single = descend(Parabola(), Adam(lr=lr, beta2=beta2), steps=20, states=True)
            assert np.array_equal(grid.thetas[:, i, j], single.thetas)
            assert np.array_equal(grid.losses[:, i, j], single.losses)
            assert np.array_equal(grid.states["v"][:, i, j], single.states["v"])


def test_one_run_of_a_batch_can_be_picked():
    lrs, betas = np.array([0.01, 0.1, 12.0]), np.array([0.9, 0.99])
    optimizer = Adam(lr=lrs[:, None, None], beta2=betas[:, None])
    grid = descend(Parabola(), optimizer, steps=20, states=True, limit=100.0)
    picked = grid[1, 1]
    alone = descend(Parabola(), Adam(lr=0.1, beta2=0.99), steps=20, states=True, limit=100.0)
    assert np.array_equal(picked.losses, alone.losses)
    assert np.array_equal(picked.gradients, alone.gradients)
    for name in ("m", "v_hat"):
        assert np.array_equal(picked.states[name], alone.states[name])
    assert picked.states["beta2_t"][1].tolist() == pytest.approx([0.99**2] * 2)
    assert picked.diverged_at == 0 < grid[2, 0].diverged_at
    assert grid[1].losses.shape == (21, 2)
    with pytest.raises(IndexError, match="a single run"):
        picked[0]


def test_many_starts_run_at_once():
    starts = np.array([[1.0, 2.0], [-3.0, 0.5], [0.0, 0.0]])
    batch = descend(Parabola(), GradientDescent(lr=0.3), starts, steps=4)
    for i, start in enumerate(starts):
        assert np.array_equal(
            batch.thetas[:, i], descend(Parabola(), GradientDescent(lr=0.3), start, steps=4).thetas
        )


def test_every_records_some_steps_and_always_the_last():
    all_steps = descend(Parabola(), Adam(lr=0.1), steps=10, states=True)
    some = descend(Parabola(), Adam(lr=0.1), steps=10, every=4, states=True)
    assert some.t.tolist() == [0, 4, 8, 10]
    assert np.array_equal(some.thetas, all_steps.thetas[[0, 4, 8, 10]])
    assert np.array_equal(some.gradients, all_steps.gradients[[3, 7, 9]])
    assert np.array_equal(some.states["m"], all_steps.states["m"][[3, 7, 9]])


def test_a_diverging_run_stops_and_says_where():
    run = descend(Parabola(), GradientDescent(lr=12.0), steps=100, limit=1e6)
    assert run.diverged_at == 3  # the loss is 2.5 · 11^(2t), beyond a million from t = 3 on
    assert len(run.t) == 4
    assert run.reason == "Diverged at step 3: the loss is 4.43e+06."
    assert run.reason in repr(run)


def test_a_run_whose_gradient_overflows_stops_too():
    class Overflowing(Parabola):
        def gradient(self, theta):
            return 1e200 * theta * theta

    run = descend(Overflowing(), GradientDescent(lr=1e-3), steps=9, limit=np.inf)
    assert run.diverged_at == 2
    assert run.reason == "Diverged at step 2: the gradient is no longer finite."
    assert np.isfinite(run.thetas).all()


def test_in_a_batch_the_diverged_runs_turn_to_nan_and_the_others_go_on():
    lr = np.array([0.5, 12.0, 1e200, 0.1])[:, None]
    batch = descend(Parabola(), GradientDescent(lr=lr), steps=50, limit=1e6)
    assert batch.diverged_at.tolist() == [0, 3, 1, 0]
    assert np.isnan(batch.losses[3:, 1]).all() and np.isnan(batch.thetas[1:, 2]).all()
    assert np.isfinite(batch.losses[:3, 1]).all()
    for i in (0, 3):
        alone = descend(Parabola(), GradientDescent(lr=lr[i, 0]), steps=50)
        assert np.array_equal(batch.thetas[:, i], alone.thetas)


def test_divergence_in_a_batch_is_seen_even_between_records():
    lr = np.array([0.5, 1e30])[:, None]
    batch = descend(Parabola(), GradientDescent(lr=lr), steps=50, every=50)
    assert batch.diverged_at[0] == 0 < batch.diverged_at[1]
    assert np.isnan(batch.final[1]).all()


def test_a_schedule_that_needs_the_loss_is_shown_it():
    plateau = Plateau(lr=2.0, factor=0.5, patience=1)  # at lr = 2 the parabola's loss never falls
    descend(Parabola(), GradientDescent(lr=plateau), steps=6, every=6)
    assert plateau(7) < 2.0


def test_the_callers_start_is_left_alone():
    start = np.array([3.0, 4.0])
    run = descend(Parabola(), Adam(lr=1.0), start, steps=2)
    start[0] = 99.0
    assert run.thetas[0].tolist() == [3, 4]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (dict(start=[1.0, 2.0, 3.0]), "has 2 parameters"),
        (dict(start=[np.nan, 0.0]), "must be finite"),
        (dict(start="left"), "must be numbers"),
        (dict(steps=-1), "steps must be a whole number"),
        (dict(steps=2.5), "steps must be a whole number"),
        (dict(every=0), "every must be a whole number, 1 or more"),
        (dict(steps="many"), "steps must be a number, not 'many'"),
        (dict(steps=[1, 2]), "steps must be a number, not"),
        (dict(every=None), "every must be a number, not None"),
    ],
)
def test_bad_input_gets_one_clear_sentence(arguments, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence):
        descend(Parabola(), Adam(), **arguments)


def test_a_whole_number_may_be_a_float():
    run = descend(Parabola(), Adam(), steps=4.0, every=np.float64(2))
    assert run.t.tolist() == [0, 2, 4]


def test_long_work_shows_progress_and_short_work_does_not(capsys):
    descend(Parabola(), Adam(), steps=10)
    assert capsys.readouterr().err == ""
    descend(Parabola(), Adam(), steps=10, progress=True)
    assert "descend" in capsys.readouterr().err


def test_a_run_knows_what_it_was_made_with():
    schedule = Plateau(lr=0.1, patience=3)
    run = descend(Parabola(), Adam(lr=schedule, beta1=0.8), steps=2)
    assert run.method == "Adam"
    assert run.hyperparameters["lr"] is schedule and run.hyperparameters["beta1"] == 0.8


def test_a_run_picked_from_a_batch_has_its_own_hyperparameters():
    rates, betas = np.array([[0.1], [0.2], [0.3]]), np.array([0.5, 0.9])
    grid = descend(Parabola(), Adam(lr=rates, beta1=betas), steps=2)
    assert grid[1].hyperparameters["lr"].tolist() == [0.2, 0.2]
    assert grid[1].hyperparameters["beta1"].tolist() == [0.5, 0.9]
    assert grid[1].hyperparameters["beta2"] == 0.999


def test_long_work_shows_no_progress_that_nobody_asked_for_where_tqdm_is_switched_off(
    capsys, monkeypatch
):
    monkeypatch.setattr("tqdm.auto.tqdm", pytest.fail)
    monkeypatch.setenv("TQDM_DISABLE", "1")
    long = descend(Parabola(), Adam(), np.zeros((25_000, 2)), steps=100)
    assert long.thetas[-1].size * 100 == LONG_RUN


def test_work_is_long_by_its_steps_times_its_numbers(monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    long = _count(10, LONG_RUN // 10, None)
    assert list(long) == list(_count(10, LONG_RUN // 10 - 1, None)) == list(range(1, 11))
    assert not isinstance(long, range)
    assert isinstance(_count(10, LONG_RUN // 10 - 1, None), range)
    assert isinstance(_count(10, LONG_RUN, False), range)


def test_a_loss_that_falls_without_end_diverges_too():
    class Hill(Parabola):
        def value(self, theta):
            return -super().value(theta)

        def gradient(self, theta):
            return -theta

    run = descend(Hill(), GradientDescent(lr=1.0), steps=100, limit=1e6)
    assert run.diverged_at == 10  # the loss is −2.5 · 4^t


def test_a_loss_that_is_no_number_has_diverged():
    class Undefined(Parabola):
        def value(self, theta):
            return np.where(theta[..., 0] < 0.2, np.nan, super().value(theta))

    starts = [[1.0, -2.0], [8.0, -2.0]]
    assert descend(Undefined(), GradientDescent(lr=0.5), starts[0], 5).diverged_at == 3
    batch = descend(Undefined(), GradientDescent(lr=0.5), starts, 5)
    assert batch.diverged_at.tolist() == [3, 0]


def test_a_loss_at_the_limit_has_not_diverged():
    still = GradientDescent(lr=0.0)
    assert descend(Parabola(), still, steps=3, limit=2.5).diverged_at == 0
    assert descend(Parabola(), still, steps=3, limit=2.4).diverged_at == 1


def test_by_default_a_loss_diverges_beyond_a_million_millions():
    run = descend(Parabola(), GradientDescent(lr=12.0))
    assert run.diverged_at == 6  # the loss is 2.5 · 11^(2t)


def test_a_run_of_a_batch_diverges_once_even_where_it_rests():
    starts = np.array([[1.0, 1.0], [100.0, 100.0]])
    batch = descend(Parabola(), GradientDescent(lr=0.5), starts, 5, limit=10.0)
    assert batch.diverged_at.tolist() == [0, 1]


def test_a_run_of_a_batch_that_has_diverged_waits_where_it_started():
    asked = []

    class Watched(Parabola):
        def gradient(self, theta):
            asked.append(theta.copy())
            return theta.copy()

    descend(Watched(), GradientDescent(lr=np.array([[0.5], [12.0]])), steps=6, limit=100.0)
    assert asked[1][1].tolist() == [-11, 22]
    assert asked[-1][1].tolist() == [1, -2]


def test_one_coordinate_that_overflows_ends_its_run_of_a_batch():
    class Overflowing(Parabola):
        def gradient(self, theta):
            gradient = theta.copy()
            gradient[..., 0] = np.where(theta[..., 0] < 0, np.inf, theta[..., 0])
            return gradient

    starts = np.array([[1.0, -2.0], [-1.0, -2.0]])
    batch = descend(Overflowing(), GradientDescent(lr=0.5), starts, 4, states=True)
    assert batch.diverged_at.tolist() == [0, 1]
    alone = descend(Parabola(), GradientDescent(lr=0.5), steps=4)
    assert np.array_equal(batch.thetas[:, 0], alone.thetas)


def test_nothing_is_recorded_of_a_run_in_a_batch_once_it_has_diverged():
    rates = np.array([[0.5], [1e9]])
    run = descend(Parabola(), GradientDescent(rates), steps=4)
    (at,) = run.diverged_at[run.diverged_at > 0]
    for record in (run.thetas[at:], run.losses[at:], run.gradients[at - 1 :]):
        assert np.isnan(record[:, 1]).all() and np.isfinite(record[:, 0]).all()
    assert np.isfinite(run.gradients[: at - 1]).all()
