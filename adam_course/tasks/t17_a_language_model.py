"""The tasks of exercise 17: attention and its way back, clipping, the loss by word, four runs."""

import numpy as np

from adam_course.tasks.edited import edited
from adam_course.tasks.task import Exercise, Misconception, Task

LESSON = "17_a_language_model"
GUESS = "The loss of a guess"
ATTENTION = "Attention: a mean with chosen shares"
RARE = "The rare words"
PRACTICE = "What practice adds"


# To begin: who looks at whom


def shares(scores):
    """Return softmax of each row of scores (places, places), up to its own place."""
    seen = np.tri(len(scores), dtype=bool)
    e = np.exp(np.where(seen, scores, -np.inf))
    return e / e.sum(axis=1)[:, None]


def score_cases(rng):
    """Return squares of scores, the first of two places."""
    return [{"scores": np.array([[0.0, 2.0], [1.0, 1.0]])}] + [
        {"scores": np.round(rng.normal(size=(places, places)), 1)} for places in (3, 5)
    ]


MASK = "np.where(seen, scores, -np.inf) →"

CAUSAL_SHARES = Task(
    name="causal-shares",
    function="shares",
    title="No look ahead",
    lesson=LESSON,
    section=ATTENTION,
    points=1,
    right="A score of −∞ becomes a share of exactly 0 before the row is divided by its sum, so the "
    "shares that are left add up to 1.",
    returns=("shares",),
    cases=score_cases,
    reference=shares,
    misconceptions=(
        Misconception(
            "attention that looks ahead",
            edited(shares, f"{MASK} scores"),
            "A place may not see the words that come after it: one of them is what it should "
            "guess.",
        ),
        Misconception(
            "attention that looks ahead only",
            edited(shares, "dtype=bool) → dtype=bool).T"),
            "A row is a place that looks, a column one that is looked at. Which triangle is the "
            "past?",
        ),
        Misconception(
            "a place that does not see itself",
            edited(shares, "np.tri(len(scores), → np.tri(len(scores), k=-1,"),
            "The first place would have nothing to look at. A place sees itself, too.",
        ),
        Misconception(
            "a score of 0 for what is not seen",
            edited(shares, f"{MASK} np.where(seen, scores, 0.0)"),
            "exp(0) is 1, so those places still get a share. Which score becomes 0?",
        ),
        Misconception(
            "a mask that comes after the softmax",
            edited(shares, f"{MASK} scores", "[:, None] → [:, None] * seen"),
            "Add up the shares of the first row. The sum has counted places that are not seen.",
        ),
        Misconception(
            "a softmax down the columns",
            edited(shares, "sum(axis=1)[:, None] → sum(axis=0)"),
            "Each row belongs to the place that looks, and its shares add up to 1.",
        ),
        Misconception(
            "one softmax over all scores",
            edited(shares, "sum(axis=1)[:, None] → sum()"),
            "Every place takes a mean of its own: each row adds up to 1.",
        ),
    ),
)


# Implement: back through a softmax


def softmax_backward(slope, shares):
    """Return the slope for the scores, from that for the shares; row by row."""
    mean = (shares * slope).sum(axis=1)[:, None]
    return shares * (slope - mean)


def softmax_cases(rng):
    """Return slopes and shares of a few rows, also with shares of 0."""

    def drawn(rows, places):
        p = rng.integers(1, 9, size=(rows, places)) * 1.0
        p[0, -1] = 0.0
        p = p / p.sum(axis=1)[:, None]
        return {"slope": np.round(rng.normal(size=(rows, places)), 2), "shares": p}

    first = {"slope": np.array([[1.0, 0.0]]), "shares": np.array([[0.75, 0.25]])}
    return [first, drawn(3, 3), drawn(4, 6)]


SOFTMAX_BACKWARD = Task(
    name="softmax-backward",
    function="softmax_backward",
    title="Back through a softmax",
    lesson=LESSON,
    section=ATTENTION,
    points=2,
    right="A share can grow only at the expense of the others, so what counts is how far its slope "
    "is from the mean slope of the row, weighted by the shares.",
    returns=("slope for the scores",),
    cases=softmax_cases,
    reference=softmax_backward,
    misconceptions=(
        Misconception(
            "a way back on which each score moves its own share only",
            edited(softmax_backward, "(slope - mean) → (1 - shares) * slope"),
            "If one score grows, the other shares of the row fall. What does the loss say to that?",
        ),
        Misconception(
            "a way back without the mean",
            edited(softmax_backward, "(slope - mean) → slope"),
            "Add the same number to all scores of a row: the shares stay as they are. So what "
            "should the slopes of a row add up to?",
        ),
        Misconception(
            "a way back with a plain mean",
            edited(softmax_backward, "(shares * slope).sum(axis=1) → slope.mean(axis=1)"),
            "A place with a large share counts more. Which weights has the mean?",
        ),
        Misconception(
            "a way back with the sum of the row",
            edited(softmax_backward, "(shares * slope).sum → slope.sum"),
            "The mean is weighted by the shares.",
        ),
        Misconception(
            "the distance from the mean alone",
            edited(softmax_backward, "shares * (slope - mean) → slope - mean"),
            "A share that is nearly 0 hardly moves, whatever its score does. Which factor says so?",
        ),
        Misconception(
            "means down the columns",
            edited(softmax_backward, "sum(axis=1)[:, None] → sum(axis=0)"),
            "The shares of a *row* add up to 1, so a row is what goes together.",
        ),
        Misconception(
            "the errors of a cross-entropy",
            edited(softmax_backward, "shares * (slope - mean) → shares - slope"),
            "“p minus target” is for a softmax with a cross-entropy behind it. Here anything may "
            "stand behind it: all you know of it is the slope.",
        ),
        Misconception(
            "a way back with the wrong sign",
            edited(softmax_backward, "(slope - mean) → (mean - slope)"),
            "If a larger share costs more, a larger score of it costs more as well.",
        ),
    ),
)


# Implement: back through attention


def attention_backward(slope, query, key, value):
    """Return the gradients for the queries, keys and values of one window."""
    root = np.sqrt(query.shape[1])
    p = shares(query @ key.T / root)
    of_scores = softmax_backward(slope @ value.T, p) / root
    return of_scores @ key, of_scores.T @ query, p.T @ slope


def window_cases(rng):
    """Return small windows whose values have another size than their queries and keys."""
    return [
        {
            "slope": np.round(rng.normal(size=(places, own)), 1),
            "query": np.round(rng.normal(size=(places, size)), 1),
            "key": np.round(rng.normal(size=(places, size)), 1),
            "value": np.round(rng.normal(size=(places, own)), 1),
        }
        for places, size, own in ((2, 2, 1), (4, 3, 2), (5, 2, 4))
    ]


ATTENTION_BACKWARD = Task(
    name="attention-backward",
    function="attention_backward",
    title="Back through attention",
    lesson=LESSON,
    section=ATTENTION,
    points=3,
    builds_on=("causal-shares", "softmax-backward"),
    right="The slope goes back by both ways out of a product, to the shares and to the values, and "
    "places that are not seen stay out by themselves.",
    returns=("gradient of query", "gradient of key", "gradient of value"),
    cases=window_cases,
    reference=attention_backward,
    right_all_the_same={"line 3: query → key": "queries and keys have one size"},
    misconceptions=(
        Misconception(
            "a way back that gives values what their own place has taken",
            edited(attention_backward, "p.T @ slope → p @ slope"),
            "A value is used by later places. Which of them look at it, and with which share?",
        ),
        Misconception(
            "a way back that gives keys what is meant for queries",
            edited(attention_backward, "of_scores.T @ query → of_scores @ query"),
            "Score i, j belongs to query i and key j. Over which of the two does a key add up?",
        ),
        Misconception(
            "a way back that takes queries and keys for each other",
            edited(
                attention_backward,
                "of_scores @ key, of_scores.T @ query → of_scores.T @ query, of_scores @ key",
            ),
            "The score is query times key. How much it changes with the query says the key.",
        ),
        Misconception(
            "a way back from queries to queries and from keys to keys",
            edited(
                attention_backward,
                "of_scores @ key, of_scores.T @ query → of_scores @ query, of_scores.T @ key",
            ),
            "In a product, each factor's slope has the other factor in it.",
        ),
        Misconception(
            "a way back that forgets the root of the size",
            edited(attention_backward, "p) / root → p)"),
            "The scores were divided by √size. What does that make of their slope?",
        ),
        Misconception(
            "attention that forgets the root of the size",
            edited(attention_backward, "key.T / root → key.T", "p) / root → p)"),
            "The scores are divided by √size before the softmax, and their slopes after it.",
        ),
        Misconception(
            "a way back that leaves out the softmax",
            edited(attention_backward, "softmax_backward(slope @ value.T, p) → (slope @ value.T)"),
            "`slope @ value.T` is the slope for the shares. It has a softmax before it.",
        ),
        Misconception(
            "a way back through attention that looks ahead",
            edited(
                attention_backward,
                shares=edited(shares, f"{MASK} scores"),
            ),
            "The shares of the way forward have to be causal. Then the way back is, by itself.",
        ),
        Misconception(
            "the gradients in another order",
            edited(
                attention_backward,
                "of_scores @ key, of_scores.T @ query, p.T @ slope → "
                "p.T @ slope, of_scores.T @ query, of_scores @ key",
            ),
            "You work backwards; return the gradient of the queries first.",
        ),
    ),
)


# Find the bug: clipping


def clipped(matrix, gains, limit):
    """Return both gradients, shortened together to a norm of at most the limit."""
    norm = np.sqrt((matrix**2).sum() + (gains**2).sum())
    factor = min(1.0, limit / norm)
    return matrix * factor, gains * factor


BY_BLOCK = (
    "norm = np.sqrt((matrix**2).sum() + (gains**2).sum()) → "
    "norm, other = np.linalg.norm(matrix), np.linalg.norm(gains)"
)
ALWAYS = "min(1.0, limit / norm) → limit / norm"
EACH_BLOCK = "gains * factor → gains * min(1.0, limit / other)"
EACH_BLOCK_ALWAYS = "gains * factor → gains * (limit / other)"


def clip_cases(rng):
    """Return gradients below the limit, far above it, and with one small part and one large."""

    def drawn(of_matrix, of_gains, limit):
        matrix, gains = rng.normal(size=(3, 4)), rng.normal(size=4)
        return {
            "matrix": np.round(matrix * of_matrix / np.linalg.norm(matrix), 3),
            "gains": np.round(gains * of_gains / np.linalg.norm(gains), 3),
            "limit": limit,
        }

    easy = {"matrix": np.array([[3.0, 0.0], [0.0, 0.0]]), "gains": np.array([0.0, 4.0])}
    return [
        easy | {"limit": 1.0},
        drawn(0.2, 0.3, 1.0),
        drawn(6.0, 0.4, 1.0),
        drawn(0.9, 0.8, 1.0),
        drawn(*rng.uniform(2, 9, size=2), float(np.round(rng.uniform(0.5, 1.5), 1))),
    ]


CLIPPED = Task(
    name="repaired-clipping",
    function="clipped",
    title="Find two bugs in clipping",
    lesson=LESSON,
    section=PRACTICE,
    points=2,
    right="One norm over all parts gives one factor, so the direction stays, and a gradient that "
    "is short enough is left alone.",
    returns=("matrix", "gains"),
    cases=clip_cases,
    reference=clipped,
    misconceptions=(
        Misconception(
            "the listing with both of its bugs",
            edited(clipped, BY_BLOCK, ALWAYS, EACH_BLOCK_ALWAYS),
            "Clip a gradient that is short enough: what should happen? And does a long one keep "
            "its direction, over both parts?",
        ),
        Misconception(
            "the listing that clips each part by itself",
            edited(clipped, BY_BLOCK, EACH_BLOCK),
            "One bug is left. If only the matrix is long, how do the two parts stand to each other "
            "before and after?",
        ),
        Misconception(
            "the listing that makes short gradients longer",
            edited(clipped, ALWAYS),
            "One bug is left. What should become of a gradient whose norm is below the limit?",
        ),
        Misconception(
            "clipping of each number by itself",
            edited(
                clipped,
                "matrix * factor → np.clip(matrix, -limit, limit)",
                "gains * factor → np.clip(gains, -limit, limit)",
            ),
            "That turns the gradient. Clipping by the norm keeps its direction.",
        ),
        Misconception(
            "the sum of the norms",
            edited(
                clipped,
                "np.sqrt((matrix**2).sum() + (gains**2).sum()) → "
                "np.sqrt((matrix**2).sum()) + np.sqrt((gains**2).sum())",
            ),
            "Lay both parts into one long vector. What is its norm?",
        ),
        Misconception(
            "the norm of the longest part",
            edited(
                clipped,
                "np.sqrt((matrix**2).sum() + (gains**2).sum()) → "
                "np.sqrt(max((matrix**2).sum(), (gains**2).sum()))",
            ),
            "Lay both parts into one long vector. What is its norm?",
        ),
        Misconception(
            "a norm without its root",
            edited(
                clipped,
                "np.sqrt((matrix**2).sum() + (gains**2).sum()) → "
                "(matrix**2).sum() + (gains**2).sum()",
            ),
            "Is the norm of your result the limit?",
        ),
        Misconception(
            "the mean of the squares, not their sum",
            edited(
                clipped,
                "np.sqrt((matrix**2).sum() + (gains**2).sum()) → "
                "np.sqrt(((matrix**2).sum() + (gains**2).sum()) / (matrix.size + gains.size))",
            ),
            "The norm is the root of the *sum* of all squares.",
        ),
        Misconception(
            "clipping that lengthens the short ones and leaves the long ones",
            edited(clipped, "min(1.0 → max(1.0"),
            "Which gradients are a danger, the short ones or the long ones?",
        ),
    ),
)


# Explain from data: where the lead is


def lead_by_group(words, adam, momentum, bounds):
    """Return the mean lead of Adam in each group of words, and the group's part of the whole."""
    lead, groups = momentum - adam, len(bounds)
    group = np.searchsorted(bounds, words, side="right") - 1
    count = np.bincount(group, minlength=groups)
    total = np.bincount(group, weights=lead, minlength=groups)
    return total / count, total / total.sum()


def text_cases(rng):
    """Return a text of words by rank, with losses of two models that are further apart if rare."""

    def text(vocabulary, places, bounds):
        often = 1 / np.arange(1.0, vocabulary + 1)
        words = rng.choice(vocabulary, size=places, p=often / often.sum())
        words = np.append(words, [*bounds, *(np.array(bounds[1:]) - 1), vocabulary - 1])
        adam = np.round(2 + 0.6 * np.log1p(words) + rng.uniform(0, 0.4, size=len(words)), 2)
        lead = 0.05 + 0.15 * np.log1p(words) + rng.uniform(-0.1, 0.2, size=len(words))
        return {
            "words": words,
            "adam": adam,
            "momentum": np.round(adam + lead, 2),
            "bounds": np.array(bounds),
        }

    first = {
        "words": np.array([0, 1, 0, 4, 2, 0]),
        "adam": np.array([2.0, 3.0, 2.2, 5.0, 4.0, 1.8]),
        "momentum": np.array([2.1, 3.4, 2.2, 6.0, 4.6, 1.9]),
        "bounds": np.array([0, 1, 3]),
    }
    return [first, text(60, 90, [0, 1, 10, 30]), text(200, 140, [0, 5, 25, 80, 150])]


GROUPED = "total / count, total / total.sum() →"

LEAD_BY_GROUP = Task(
    name="lead-by-group",
    function="lead_by_group",
    title="Where is the lead?",
    lesson=LESSON,
    section=RARE,
    points=3,
    right="A rare word can have the largest lead wherever it comes, and still little of the whole, "
    "which counts places in the text.",
    returns=("mean lead of each group", "part of each group"),
    cases=text_cases,
    reference=lead_by_group,
    misconceptions=(
        Misconception(
            "the lead of the other method",
            edited(lead_by_group, "momentum - adam → adam - momentum"),
            "Adam is ahead where its loss is *lower*.",
        ),
        Misconception(
            "the share of the text in the place of the part of the lead",
            edited(lead_by_group, "total / total.sum() → count / count.sum()"),
            "That says how often a group comes. How much of the lead does it bring?",
        ),
        Misconception(
            "parts of the mean leads",
            edited(lead_by_group, "total / total.sum() → total / count / (total / count).sum()"),
            "The loss is a mean over the places of the text, and a frequent group has more places.",
        ),
        Misconception(
            "sums in the place of means",
            edited(lead_by_group, f"{GROUPED} total, total / total.sum()"),
            "Divide by how often the group comes in the text.",
        ),
        Misconception(
            "a mean over all places of the text",
            edited(lead_by_group, f"{GROUPED} total / len(words), total / total.sum()"),
            "The mean lead *of a group* is over its own places.",
        ),
        Misconception(
            "a mean in which every word counts once",
            edited(
                lead_by_group,
                "count = np → every = np.bincount(words)\n"
                "    each = np.bincount(words, weights=lead) / np.maximum(every, 1)\n"
                "    there = np.flatnonzero(every)\n"
                "    kind = np.searchsorted(bounds, there, side='right') - 1\n"
                "    count = np",
                f"{GROUPED} np.bincount(kind, each[there], groups) "
                "/ np.bincount(kind, minlength=groups), total / total.sum()",
            ),
            "A word that comes ten times has ten losses: take the mean over places, not over "
            "words.",
        ),
        Misconception(
            "a table whose groups begin one word too late",
            edited(lead_by_group, 'side="right") - 1 → side="left") - (words > 0)'),
            "`bounds` holds the *first* rank of each group. To which group does that word itself "
            "belong?",
        ),
        Misconception(
            "a ratio of losses",
            edited(
                lead_by_group,
                f"{GROUPED} np.bincount(group, momentum, groups) "
                "/ np.bincount(group, adam, groups), total / total.sum()",
            ),
            "The lead is a difference, in nats.",
        ),
        Misconception(
            "the parts first",
            edited(lead_by_group, f"{GROUPED} total / total.sum(), total / count"),
            "Return the mean leads first.",
        ),
    ),
)


# Read a run: four ends


def what_happened(train, validation, words):
    """Return 0 for a sound run, 1 for a dead one, 2 for one by heart, 3 for a look ahead."""
    if validation[-1] > 0.99 * np.log(words):
        return 1
    if train[-1] < 1 and validation[-1] < 1:
        return 3
    if validation[-1] > 1.1 * validation.min():
        return 2
    return 0


DEAD = "if validation[-1] > 0.99 * np.log(words):\n        return 1\n    if train →"
HEART = "validation[-1] > 1.1 * validation.min() →"


def run_cases(rng):
    """Return runs of all four kinds, each with what tempts to take it for another."""
    t = np.linspace(0, 1, 12)

    def run(words, train, validation, wiggle=0.03):
        """Return losses that fall from an even guess to these ends, the second with wiggles."""
        even = np.log(words)
        falling = [end + (even - end) * np.exp(-6 * t) for end in (train, validation)]
        wiggles = wiggle * np.where(np.arange(12) % 2, 1, -1) * t * rng.uniform(0.6, 1)
        return {"train": falling[0], "validation": falling[1] + wiggles, "words": words}

    def sound(words, train, wiggle):
        return run(words, train * np.log(words), 0.62 * np.log(words), wiggle)

    def dead(words):
        lost = run(words, 0.58 * np.log(words), 0.65 * np.log(words))
        at = int(rng.integers(6, 10))
        for name in ("train", "validation"):
            lost[name][at:] = np.log(words)
        return lost

    def by_heart(words, train):
        learned = run(words, train, 0.6 * np.log(words))
        rising = np.maximum(0, t - rng.uniform(0.45, 0.55)) * rng.uniform(0.45, 0.55)
        return learned | {"validation": learned["validation"] + rising * np.log(words)}

    def ahead(words):
        return run(words, 0.02, 0.06)

    words = int(rng.integers(100, 400))
    made = [
        sound(512, train=0.55, wiggle=0),
        dead(512),
        by_heart(512, 1.6),
        ahead(512),
        sound(words, train=0.4, wiggle=0.03),
        sound(words, train=0.61, wiggle=0.03),
        dead(words),
        by_heart(words, 0.3),
        ahead(words),
        dead(40),
    ]
    return [
        one | {name: np.round(one[name], 3) for name in ("train", "validation")} for one in made
    ]


WHAT_HAPPENED = Task(
    name="what-happened",
    function="what_happened",
    title="Four runs, four stories",
    lesson=LESSON,
    section=GUESS,
    points=2,
    right="An even guess costs ln(words), a text that is not a copy cannot cost next to nothing, "
    "and what is learned by heart shows on the text kept back.",
    returns=("what happened",),
    cases=run_cases,
    reference=what_happened,
    misconceptions=(
        Misconception(
            "a verdict from the training loss alone",
            edited(
                what_happened,
                "if validation[-1] > 0.99 → if train[-1] > 0.99",
                f"{HEART} train[-1] > 1.1 * train.min()",
                " and validation[-1] < 1 →",
            ),
            "Which of the two losses shows that a text was learned by heart?",
        ),
        Misconception(
            "a gap that is taken for harm",
            edited(what_happened, f"{HEART} validation[-1] > train[-1] + 0.1"),
            "A gap is usual. Harm is done where the loss on the text kept back *rises*.",
        ),
        Misconception(
            "a wiggle that is taken for a rise",
            edited(what_happened, f"{HEART} validation[-1] > validation.min()"),
            "A few hundredths up and down are chance. By how much should it have risen?",
        ),
        Misconception(
            "a small training loss that is taken for a look ahead",
            edited(what_happened, " and validation[-1] < 1 →"),
            "A text that is known by heart costs little as well. What about the text kept back?",
        ),
        Misconception(
            "a look ahead that is taken for a good run",
            edited(what_happened, "return 3 → return 0"),
            "Nobody can guess nearly every next word of a new text. How can a model know them?",
        ),
        Misconception(
            "a dead run that is taken for one by heart",
            edited(what_happened, f"{DEAD} if train"),
            "After a text was learned by heart the training loss is low. Where is it here?",
        ),
        Misconception(
            "a dead run that is taken for a sound one",
            edited(what_happened, "return 1 → return 0"),
            "What does a guess cost that gives every word the same chance?",
        ),
        Misconception(
            "a verdict from the start of the run",
            edited(what_happened, "if validation[-1] > 0.99 → if validation[0] > 0.99"),
            "Every run begins near an even guess. Where does it end?",
        ),
        Misconception(
            "an even guess among 512 words, however many there are",
            edited(what_happened, "np.log(words) → np.log(512)"),
            "The model has `words` words. What does an even guess among them cost?",
        ),
    ),
    show_target=False,
    right_all_the_same={
        "line 3: validation[-1] > 0.99 * np.log(words) → validation[-1] >= 0.99 * np.log(words)": (
            "no run ends at the bound"
        ),
        "line 7: validation[-1] > 1.1 * validation.min() → validation[-1] >= 1.1 * validation.min()"
        "": "no run ends at the bound",
        "line 3: validation → train": "a dead run is dead on both texts",
        "line 3: 1 → 2": "it is dead at the last but one as well",
        "line 7: 1 → 2": "a rise shows at the last but one as well",
        "line 5: train[-1] < 1 → train[-1] <= 1": "no run ends at the bound",
        "line 5: validation[-1] < 1 → validation[-1] <= 1": "no run ends at the bound",
        "line 5: 1 → 2": "a loss of 2 nats is far below what a text can cost here",
        "line 5: train → validation": "what looks ahead does so on both texts",
    },
)


# A stretch: attention made by hand


def look_back(length):
    """Return queries and keys (length, 2) with which each place looks at the one before it."""
    angle = 2 * np.pi * np.arange(length) / length
    key = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return 9999.0 * np.roll(key, 1, axis=0), key


def looks_back(length, query, key):
    """Return "" if each place gives 99 % to the one before it, else which one does not."""
    scores = query @ key.T / np.sqrt(2)
    scores = np.where(np.tri(length, dtype=bool), scores, -np.inf)
    found = shares(scores - scores.max(axis=1)[:, None])
    before = np.diag(found, k=-1)
    if (before >= 0.99).all():
        return ""
    place = int(before.argmin()) + 1
    most = int(found[place].argmax())
    return (
        f"place {place + 1} of {length} gives {before[place - 1]:.1%} to the place before it; most "
        f"of all, {found[place, most]:.1%}, it gives to place {most + 1}"
    )


LOOK_BACK = Task(
    name="look-back",
    function="look_back",
    title="A head that looks one word back",
    lesson=LESSON,
    section=ATTENTION,
    points=0,
    right="Two numbers are enough to tell all places apart, as directions are on a circle, and "
    "long queries make the choice sharp.",
    returns=("query", "key"),
    cases=lambda rng: [
        {"length": 3},
        {"length": 24},
        {"length": int(rng.integers(20, 33))},
        {"length": int(rng.integers(33, 50))},
    ],
    reference=look_back,
    misconceptions=(
        Misconception(
            "a head that looks at its own place",
            edited(look_back, "np.roll(key, 1, axis=0) → key"),
            "Each query is most like the key of its own place. Of which place should it be like?",
        ),
        Misconception(
            "a head that wants to look at the next place",
            edited(look_back, "np.roll(key, 1, → np.roll(key, -1,"),
            "The next place may not be seen. Turn the other way.",
        ),
        Misconception(
            "a head whose shares are spread",
            edited(look_back, "9999.0 * →"),
            "The right direction, but the scores hardly differ. What makes a softmax sharp?",
        ),
        Misconception(
            "a head whose queries turn away",
            edited(look_back, "9999.0 → -9999.0"),
            "The score is largest where query and key point the same way.",
        ),
        Misconception(
            "keys that grow along one line",
            edited(
                look_back,
                "return 9999.0 → place = np.arange(length)\n"
                "    key = np.stack([place, 0 * place], axis=1)\n    return 9999.0",
            ),
            "On a line, the largest score belongs to the first or the last place. A query can "
            "choose one in between if the keys lie on a curve.",
        ),
    ),
    accepts=looks_back,
    show_target=False,
    right_all_the_same={
        "line 5: 9999.0 → 10000.0": "any large number makes the choice sharp",
        "line 5: 9999.0 → 19998.0": "any large number makes the choice sharp",
    },
)

EXERCISE = Exercise(
    name=LESSON,
    title="A language model",
    minutes=80,
    tasks=(
        CAUSAL_SHARES,
        SOFTMAX_BACKWARD,
        ATTENTION_BACKWARD,
        CLIPPED,
        LEAD_BY_GROUP,
        WHAT_HAPPENED,
        LOOK_BACK,
    ),
    by_person=2,
)
