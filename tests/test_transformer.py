"""The language model: its derivatives, what it may see, the words it learns, and their floors."""

import hashlib
import re
from collections import Counter
from itertools import pairwise
from math import log

import numpy as np
import pytest

from adam_course import descend
from adam_course.optimizers import Adam
from adam_course.problems import MiniBatches, Transformer, load_text
from conftest import ROOT

MODEL = Transformer()
SMALL = Transformer(width=8, depth=2, length=6, words=30, head=4)
ROWS = np.array([3, 100, 7])
BLOCKS = [block.name for block in SMALL.blocks]


def a_point(problem, seed=5):
    """Return parameters that are no start: gains are not 1, scores not near 0."""
    return problem.start + 0.3 * np.random.default_rng(seed).normal(size=problem.dimension)


def within(block, problem, seed=0):
    """Return a direction (d,) in which only one block's parameters change."""
    (block,) = (found for found in problem.blocks if found.name == block)
    direction = np.zeros(problem.dimension)
    direction[block.slice] = np.random.default_rng(seed).normal(size=block.size)
    return direction


# Derivatives


@pytest.mark.parametrize("block", BLOCKS)
def test_the_gradient_is_the_derivative_of_the_value_in_every_block(block):
    theta = a_point(SMALL)
    for seed in range(5):
        direction = within(block, SMALL, seed)
        slope = SMALL.gradient(theta, ROWS) @ direction
        exact = SMALL.value(theta + 1e-30j * direction, ROWS).imag / 1e-30
        assert slope == pytest.approx(exact, rel=1e-11, abs=1e-13)
        h = 1e-6 * direction
        close = (SMALL.value(theta + h, ROWS) - SMALL.value(theta - h, ROWS)) / 2e-6
        assert slope == pytest.approx(close, rel=1e-6, abs=1e-8)


def test_every_parameter_has_its_own_derivative():
    tiny = Transformer(width=2, length=3, words=5, head=2)
    theta = a_point(tiny)
    steps = 1e-30j * np.eye(tiny.dimension)
    exact = tiny.value(theta + steps, ROWS).imag / 1e-30
    np.testing.assert_allclose(tiny.gradient(theta, ROWS), exact, rtol=1e-10, atol=1e-14)


@pytest.mark.live
@pytest.mark.parametrize("problem", [MODEL, SMALL], ids=repr)
def test_value_and_gradient_are_those_of_torchs_autograd(problem):
    from benchmarks.transformer_speed import torch_step

    theta = a_point(problem)
    loss, gradient = torch_step(problem, theta, ROWS)()
    assert problem.value(theta, ROWS) == pytest.approx(loss, rel=1e-13)
    np.testing.assert_allclose(problem.gradient(theta, ROWS), gradient, rtol=0, atol=1e-13)
    assert abs(gradient).max() > 1e-2


@pytest.mark.parametrize("name", ["value", "losses", "gradient"])
def test_single_precision_stays_single_and_is_close_to_double(name):
    theta = a_point(MODEL)
    double, single = (getattr(MODEL, name)(theta.astype(t), ROWS) for t in ("f8", "f4"))
    assert (double.dtype, single.dtype) == (np.float64, np.float32)
    np.testing.assert_allclose(single, double, rtol=2e-5, atol=2e-6)


# What the model may see


def test_a_later_word_changes_no_earlier_prediction():
    theta, words = a_point(SMALL), SMALL.windows(ROWS)[:, :-1]
    before = SMALL.scores(theta, words)
    for place in range(SMALL.length):
        changed = words.copy()
        changed[:, place] = (changed[:, place] + 1) % SMALL.words
        apart = abs(SMALL.scores(theta, changed) - before).max(axis=-1)
        assert (apart[:, :place] == 0).all()
        assert (apart[:, place:] > 0).all()


def test_the_start_of_a_window_has_the_scores_that_it_has_alone():
    theta, words = a_point(SMALL), SMALL.windows(ROWS)[:, :-1]
    for places in range(1, SMALL.length):
        np.testing.assert_allclose(
            SMALL.scores(theta, words[:, :places]),
            SMALL.scores(theta, words)[:, :places],
            atol=1e-13,
        )


def test_places_see_each_other_only_through_attention():
    """Without what attention adds, a word's scores depend on that word and its place alone."""
    theta = a_point(SMALL)
    for name, part in SMALL.named(theta).items():
        if name.endswith("mix"):
            part[:] = 0
    words = SMALL.windows(ROWS)[:, :-1]
    changed = words.copy()
    changed[:, 0] = (changed[:, 0] + 1) % SMALL.words
    np.testing.assert_array_equal(
        SMALL.scores(theta, changed)[:, 1:], SMALL.scores(theta, words)[:, 1:]
    )


# Parameters


def test_the_blocks_cover_the_vector_and_share_its_memory():
    assert MODEL.dimension == 42_080
    ends = [block.start + block.size for block in MODEL.blocks]
    assert [block.start for block in MODEL.blocks] == [0, *ends[:-1]]
    theta = np.zeros(MODEL.dimension)
    for number, part in enumerate(MODEL.named(theta).values()):
        part += number
    assert sorted(set(theta)) == list(range(len(MODEL.blocks)))
    shapes = {block.name: block.shape for block in MODEL.blocks}
    assert shapes["embedding"] == (512, 32)
    assert shapes["block 1, in"] == (32, 64)
    assert shapes["head"] == (32, 512)


def test_a_block_of_a_batch_has_a_matrix_for_each_run():
    thetas = SMALL.starts(6).reshape(2, 3, -1)
    for block in SMALL.blocks:
        assert block.of(thetas).shape == (2, 3, *block.shape)
        np.testing.assert_array_equal(block.of(thetas)[1, 2], block.of(thetas[1, 2]))


@pytest.mark.parametrize("width", [16, 32, 64])
def test_at_the_start_all_words_are_nearly_equally_likely_at_every_width(width):
    model = Transformer(width=width, words=256)
    for start in model.starts(2):
        assert model.value(start, ROWS) == pytest.approx(log(256), abs=0.1)
    assert not np.array_equal(*model.starts(2))
    np.testing.assert_array_equal(model.starts(2)[0], model.start)


def test_a_rate_is_less_where_a_wider_model_has_more_inputs():
    wide = Transformer(width=64)
    rates = {name: set(part.ravel()) for name, part in wide.named(wide.rates(base=32)).items()}
    assert {name for name, rate in rates.items() if rate == {0.5}} == {
        *(f"block 1, {name}" for name in ("query", "key", "value", "mix", "in", "out")),
        "head",
    }
    assert all(rate in ({0.5}, {1.0}) for rate in rates.values())
    assert (MODEL.rates() == 1).all()


# Rows, batches, runs


def test_a_batch_gives_what_its_runs_give_one_by_one():
    thetas = np.asfortranarray(SMALL.starts(4).reshape(2, 2, -1))
    rows = np.arange(12).reshape(2, 2, 3)
    for f in (SMALL.value, SMALL.losses, SMALL.gradient):
        single = [[f(thetas[i, j].copy(), rows[i, j]) for j in range(2)] for i in range(2)]
        np.testing.assert_array_equal(f(thetas, rows), single)


def test_parts_that_fit_in_memory_make_up_the_whole():
    theta, rows = a_point(SMALL), np.arange(700)
    losses = [SMALL.losses(theta, [row])[0] for row in rows]
    np.testing.assert_allclose(SMALL.losses(theta, rows), losses, rtol=1e-12)
    assert SMALL.value(theta, rows) == pytest.approx(np.mean(losses), rel=1e-13)
    gradients = [SMALL.gradient(theta, [row]) for row in rows]
    np.testing.assert_allclose(
        SMALL.gradient(theta, rows), np.mean(gradients, axis=0), rtol=1e-9, atol=1e-13
    )


def test_all_that_is_learned_from_is_the_default():
    theta, rows = a_point(SMALL).astype(np.float32), np.arange(SMALL.points)
    for f in (SMALL.value, SMALL.gradient):
        np.testing.assert_array_equal(f(theta), f(theta, rows))


def test_mini_batches_are_windows_of_the_text_to_learn_from():
    batches = MiniBatches(SMALL, 16, seed=3)
    gradient = batches.gradient(SMALL.start)
    np.testing.assert_array_equal(gradient, SMALL.gradient(SMALL.start, batches.rows))
    assert batches.rows.max() < SMALL.points == SMALL.test[0]


@pytest.mark.parametrize(
    ("rows", "error", "sentence"),
    [
        ([], TypeError, "rows must be row numbers"),
        ([0.5], TypeError, "rows must be row numbers .*, but they are float64"),
        (
            [0, 10**6],
            ValueError,
            r"rows must lie between 0 and \d+, but they run from 0 to 1000000",
        ),
    ],
)
def test_impossible_rows_are_refused_in_one_sentence(rows, error, sentence):
    for f in (SMALL.value, SMALL.losses, SMALL.gradient):
        with pytest.raises(error, match=sentence):
            f(SMALL.start, rows)


# The text


def test_the_text_is_frozen():
    vocabulary, train, validation = load_text()
    text = b"|".join(
        [" ".join(vocabulary).encode(), *(p.astype("<u2").tobytes() for p in (train, validation))]
    )
    assert hashlib.sha256(text).hexdigest() == (
        "df865cffbae63ae16e5b02f5c7993e616c6c83e5df09054c399126dad6bfda69"
    )
    assert (len(vocabulary), len(train), len(validation)) == (512, 68_896, 7_297)
    assert len(set(vocabulary)) == 512
    assert (ROOT / "adam_course/problems/text.npz").stat().st_size < 100_000


def test_the_page_about_the_text_says_how_much_it_is_and_whose():
    page = (ROOT / "adam_course/problems/TEXT.md").read_text(encoding="utf-8")
    for fact in ("68,896", "7,297", "512", "CC BY 4.0", "tools/text.py"):
        assert fact in page


def test_words_go_from_frequent_to_rare_with_a_heavy_tail():
    counts = MODEL.counts
    assert (np.diff(counts) <= 0).all()
    assert counts.sum() == 68_896
    assert MODEL.vocabulary[0] == "*"
    assert counts[:20].sum() > counts.sum() / 2
    assert counts[256:].sum() < counts.sum() / 10 < counts[100:].sum()


def test_fewer_words_make_the_rare_ones_one():
    few, all_words = SMALL._text[0], MODEL._text[0]
    assert (few[all_words >= 30] == 0).all()
    np.testing.assert_array_equal(few[all_words < 30], all_words[all_words < 30])
    np.testing.assert_array_equal(SMALL.vocabulary, MODEL.vocabulary[:30])


def test_windows_follow_one_another_and_what_is_kept_back_is_apart():
    train, validation = (part.tolist() for part in MODEL._text)
    windows = MODEL.windows().tolist()
    assert len(windows) == MODEL.points == 2152
    assert [word for window in windows for word in window[:-1]] == train[: 32 * 2152]
    assert [window[-1] for window in windows[:-1]] == [window[0] for window in windows[1:]]
    kept = MODEL.windows(MODEL.test).tolist()
    assert [word for window in kept for word in window[:-1]] == validation[: 32 * len(kept)]
    assert 0 <= len(validation) - 32 * len(kept) - 1 < 32


def test_the_tool_makes_paragraphs_of_words():
    from text import paragraphs_of

    markdown = (
        "## The **first** step\n\nIts length is $\\alpha$, `lr`: 0.001 or 1e-3. [Adam's](x.md) m̂ "
        "isn't β₁!\n\n```\ncode = 1\n```\n\n| a | table |\n\n$$x^2$$\n\n- so short\n"
        "- this item is long enough"
    )
    assert [" ".join(words) for words in paragraphs_of(markdown)] == [
        "its length is □ , □ : # or # . adam's m̂ isn't β₁ ! ¶",
        "this item is long enough ¶",
    ]


# Floors


def test_the_floors_are_the_losses_of_counted_words_and_pairs():
    (train, validation), last = MODEL._text, 32 * len(MODEL.test)
    train, validation = train.tolist(), validation.tolist()
    counts, pairs = Counter(train), Counter(pairwise(train))
    before = Counter(train[:-1])
    unigram = [(counts[word] + 1) / (len(train) + 512) for word in range(512)]
    following = list(pairwise(validation))[:last]
    single = [-log(unigram[b]) for _, b in following]
    double = [-log((pairs[a, b] + 20 * unigram[b]) / (before[a] + 20)) for a, b in following]
    assert MODEL.unigram() == pytest.approx(np.mean(single), rel=1e-12)
    assert MODEL.bigram() == pytest.approx(np.mean(double), rel=1e-12)
    assert MODEL.bigram() < MODEL.unigram() - 0.5 < log(512) - 1.5


def test_a_large_prior_makes_the_bigram_a_unigram():
    assert MODEL.bigram(1e9) == pytest.approx(MODEL.unigram(), abs=1e-4)


# Learning and samples


def test_adam_learns_what_a_unigram_cannot_know():
    batches, adam = MiniBatches(MODEL, 16), Adam(lr=0.01)
    theta = MODEL.start.astype(np.float32)
    for _ in range(150):
        theta = adam.step(theta, batches.gradient(theta))
    assert theta.dtype == np.float32
    assert MODEL.value(theta, MODEL.test) < MODEL.unigram() - 0.3
    by_word, targets = MODEL.losses(theta, MODEL.test), MODEL.windows(MODEL.test)[:, 1:]
    assert by_word[targets < 10].mean() < by_word[targets > 100].mean() - 1


def test_descend_takes_it():
    run = descend(MiniBatches(SMALL, 8), Adam(lr=0.01), steps=20, every=20)
    assert run.losses[-1] < run.losses[0] - 0.2


def test_a_sample_is_the_same_text_for_the_same_seed():
    theta = a_point(MODEL)
    text = MODEL.sample(theta, 20, rng=1)
    assert text == MODEL.sample(theta, 20, rng=np.random.default_rng(1))
    assert text != MODEL.sample(theta, 20, rng=2)
    assert MODEL.sample(theta, 50, rng=1).startswith(text)


def test_without_temperature_a_sample_is_the_likeliest_word_each_time():
    theta = a_point(SMALL)
    text = SMALL.sample(theta, 9, rng=1, temperature=0)
    assert text == SMALL.sample(theta, 9, rng=2, temperature=0)
    numbers = {word: number for number, word in enumerate(SMALL.vocabulary)}
    start = [numbers["¶"]]
    for word in SMALL._drawn(theta, 9, np.random.default_rng(0), 0.0):
        assert word == SMALL.scores(theta, [start[-SMALL.length :]])[0, -1, 1:].argmax() + 1
        start.append(word)


def test_a_sample_is_written_as_a_text():
    text = MODEL.sample(np.zeros(MODEL.dimension), 2000, rng=0)  # all words are equally likely
    assert {".", ",", "("} <= set(re.sub(r"\w", "", text))
    assert " ." not in text
    assert " ," not in text
    assert "( " not in text
    assert "*" not in text


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (dict(words=0), "Transformer.sample: words must be a whole number, 1 or more, but it is 0"),
        (dict(temperature=-1), "temperature must be a finite number, 0 or more, but it is -1"),
    ],
)
def test_a_sample_that_cannot_be_is_refused_in_one_sentence(ask, sentence):
    with pytest.raises(ValueError, match=sentence):
        MODEL.sample(MODEL.start, **ask)


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: SMALL.sample(SMALL.starts(2)), r"one model at a time, .* \(2, \d+\): give theta"),
        (lambda: SMALL.scores(SMALL.start, [[1] * 7]), r"of 1 to 6 words, .* shape \(1, 7\)"),
        (lambda: SMALL.scores(SMALL.start, [1, 2]), r"a row for each text, .* shape \(2,\)"),
    ],
)
def test_scores_are_of_one_model_and_of_texts_that_fit(ask, sentence):
    with pytest.raises(ValueError, match=sentence):
        ask()
