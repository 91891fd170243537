"""Your own optimizer: it grows from exercise 01 to 06, is raced, and a log keeps how far it came.

`race` lets one step rule, written by the learner, learn the digits of
`adam_course.experiments.faded_digits`, beside the stored races of the lessons' methods. In a
learner's own folder each race is noted in ``log/log.csv``. ``log/01.py`` holds the step of exercise
01 that was raced last, and every version of it is kept as ``log/01.1.py``, ``log/01.2.py``, …;
`log` shows them.
"""

import csv
import inspect
import io
import textwrap
import time
import traceback
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

import numpy as np

from adam_course.copying import home, put
from adam_course.experiments import load
from adam_course.experiments.faded_digits import (
    EVERY,
    METHODS,
    SIZE,
    STEPS,
    FadedDigits,
    final,
)
from adam_course.figures import show, show_table
from adam_course.figures.identity import identity
from adam_course.figures.numbers import number
from adam_course.figures.picture import Axis, Line, Panel, Picture
from adam_course.problems import MiniBatches
from adam_course.problems.digits import IMAGES

LAST = 18  # the number of the last exercise
PATIENCE, LIMIT = 3, 60  # seconds: between two words about where a slow race is; to its end
TOO_LARGE = 1e12  # a loss of so much has diverged
COLUMNS = ("date", "exercise", "name", "rate", "loss", "accuracy", "file", "losses")


class StepFailed(Exception):
    """A learner's step cannot be raced; the message is one sentence that says why."""


@dataclass(frozen=True)
class Entry:
    """One line of the log: its columns, with numbers as numbers; ``rate`` is text, "" for none."""

    date: str
    exercise: int
    name: str
    rate: str
    loss: float
    accuracy: float
    file: str
    losses: np.ndarray

    @property
    def row(self):
        """The columns as text; numbers have five digits."""
        brief = [f"{x:.5g}" for x in (self.loss, self.accuracy)]
        losses = " ".join(f"{x:.5g}" for x in self.losses)
        head = (self.date, f"{self.exercise:02}", self.name, self.rate)
        return (*head, *brief, self.file, losses)


def race(step, exercise=0, against=()):
    """Race a step rule of your own, show how it went, and note it in your log.

    The race is always the same: digits whose right side is dark, a small network, 300 steps with
    mini-batches of 32. A step that cannot be raced is told why in one sentence.

    Args:
        step: a function of (theta, gradient, memory) that returns the new theta, a new array.
            ``memory`` is a dict, empty before the first step and kept between steps. A further
            argument ``rate`` with a default is noted in the log.
        exercise: number of the exercise that this step is for; 0 for none.
        against: names of methods to race against, each at its tuned rate: "gradient descent",
            "momentum", "AdaGrad", "RMSProp", "Adam".

    Raises:
        ValueError: there is no such exercise or no such method.
    """
    against = (against,) if isinstance(against, str) else tuple(against)
    if unknown := [name for name in against if name not in METHODS]:
        raise ValueError(f"race: there is no {unknown[0]!r}; there are {', '.join(METHODS)}.")
    if exercise not in range(LAST + 1):
        raise ValueError(f"race: exercise must be from 0 to {LAST}, but it is {exercise!r}.")
    try:
        losses, accuracy = run(step)
    except StepFailed as sentence:
        print(sentence)
        return
    entry = Entry(
        *(date.today().isoformat(), int(exercise), named(step), rate_of(step)),
        *(float(final(losses)), accuracy, "", losses),
    )
    folder = log_folder()
    logged = read(folder)[0] if folder else []
    earlier = [old for old in logged if old.row[-1] != entry.row[-1]]
    rivals = {name: load("faded_digits")["faded"][name] for name in against}
    show(*pictured(entry, rivals, earlier), autoplay=True)
    print(noted(folder, entry, source_of(step)))


def run(step):
    """Return the losses (31,) of a step rule in the race, and its accuracy on the other digits.

    Raises:
        StepFailed: the step cannot be raced.
    """
    network, memory = FadedDigits(), {}
    batches, theta = MiniBatches(network, SIZE), network.start
    losses, begin, word = [network.value(theta)], time.perf_counter(), PATIENCE
    for t in range(1, STEPS + 1):
        gradient = batches.gradient(theta)
        theta.flags.writeable = gradient.flags.writeable = False
        with np.errstate(all="ignore"):
            theta = moved(step, theta, gradient, memory, t)
            if t % EVERY == 0:
                losses.append(network.value(theta))
        if not 0 < losses[-1] < TOO_LARGE:
            raise StepFailed(f"After step {t} the loss is {losses[-1]:.3g}: try a smaller rate.")
        seconds = time.perf_counter() - begin
        if seconds > LIMIT and t < STEPS:
            raise StepFailed(
                f"{named(step)} has made {t} of {STEPS} steps in {seconds:.0f} s, and the race "
                "ends here: compute with whole arrays, not number by number."
            )
        if seconds > word:
            print(f"{named(step)}: step {t} of {STEPS} …", flush=True)
            word = seconds + PATIENCE
    return np.array(losses), float(network.accuracy(theta, network.test))


def moved(step, theta, gradient, memory, t):
    """Return the parameters after step t as a new array.

    Raises:
        StepFailed: the step raises an error, or returns anything but finite numbers in the shape
            of ``theta``, or changes what it is given.
    """
    name = named(step)
    try:
        new = step(theta, gradient, memory)
    except NotImplementedError:
        raise StepFailed(f"{name} is not written yet: write it, and race again.") from None
    except Exception as error:
        if "read-only" in str(error):
            what = "changes theta or gradient in place: return a new array, `theta - …`"
            raise StepFailed(f"{name} {what}, and keep copies in memory.") from None
        raise StepFailed(f"{name} stopped in step {t}{told(error)}") from None
    if new is None:
        raise StepFailed(f"{name} returns nothing: end it with `return` and the new theta.")
    try:
        new = np.array(new, dtype=float)
    except (TypeError, ValueError):
        what = f"returns {type(new).__name__}, which is no array of numbers"
        raise StepFailed(f"{name} {what}: return the new theta and nothing else.") from None
    if new.shape != theta.shape:
        raise StepFailed(
            f"{name} returns an array of shape {new.shape}, and theta has shape {theta.shape}: "
            "return the new theta and nothing else."
        )
    if not np.isfinite(new).all():
        raise StepFailed(
            f"After step {t} theta is no longer finite: either the rate of {name} is too large, "
            "or it divides by zero."
        )
    return new


def named(step):
    """Return the name of a step rule."""
    return getattr(step, "__name__", type(step).__name__)


def told(error):
    """Return where in the learner's code an error came from and what it says, for a sentence."""
    lines = [line for line in traceback.extract_tb(error.__traceback__)[1:] if line.line]
    own = [line.line for line in lines if "site-packages" not in line.filename]
    where = f" in the line `{own[-1]}`" if own else ""
    if isinstance(error, KeyError) and "memory[" in where:
        key = repr(error.args[0])
        return f"{where}: memory is empty before the first step, so read `memory.get({key}, 0)`."
    return f"{where}: {type(error).__name__}, {str(error).rstrip('.') or 'without a word'}."


def rate_of(step):
    """Return the default of a step's argument ``rate`` as text; "" if it has none."""
    try:
        default = inspect.signature(step).parameters["rate"].default
    except (KeyError, TypeError, ValueError):
        return ""
    return f"{default:g}" if isinstance(default, int | float) else ""


def source_of(step):
    """Return the code of a step rule; "" where it cannot be found."""
    try:
        return textwrap.dedent(inspect.getsource(step))
    except (OSError, TypeError):
        return ""


# ---- the log ------------------------------------------------------------------------------------


def log_folder():
    """Return the folder of the learner's log; None where nothing of theirs is kept.

    A worked solution that is run leaves no entry.
    """
    folder = home()
    return folder / "log" if folder and Path.cwd().name != "solutions" else None


def read(folder):
    """Return the entries of a log, and how many lines of it cannot be read."""
    try:
        text = (folder / "log.csv").read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return [], 0
    except (OSError, UnicodeDecodeError):
        return [], 1
    rows = [row for line in text.splitlines() for row in csv.reader([line]) if row]
    rows, entries = [row for row in rows if tuple(row) != COLUMNS], []
    for row in rows:
        try:
            day, exercise, name, rate, loss, accuracy, file, losses = row
            numbers = np.array(losses.split(), dtype=float)
            entry = Entry(
                *(day, int(exercise), name, rate, float(loss), float(accuracy), file, numbers)
            )
        except ValueError:
            continue
        if len(numbers) == STEPS // EVERY + 1 and (numbers > 0).all():
            entries.append(entry)
    return entries, len(rows) - len(entries)


def noted(folder, entry, source):
    """Note a race in the log, and return what was done in one sentence.

    Args:
        folder: of the log, or None. entry: the race. source: the code of its step, or "".
    """
    if folder is None:
        return (
            "This race is not in a log: one is kept when you work in a folder of your own. On your "
            "computer, `adam-course copy` or `make lab` makes one."
        )
    try:
        folder.mkdir(exist_ok=True)
        entry = Entry(**vars(entry) | {"file": kept(folder, entry.exercise, source)})
        path = folder / "log.csv"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        text = text or csv_line(COLUMNS)
        line = csv_line(entry.row)
        if line.partition(",")[2] in [old.partition(",")[2] for old in text.splitlines(True)]:
            return f"This race is in your log already: log/{path.name}."
        put(folder, path.name, (text + "\n" * (not text.endswith("\n")) + line).encode())
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not a text in UTF-8"
        return f"This race could not be noted in {folder}: {reason}. Mend that, and race again."
    newest = newest_of(folder, entry.exercise).name
    return f"Noted in log/log.csv{f', and your code in log/{newest}' * bool(source)}."


def newest_of(folder, exercise):
    """Return the path of the file that holds the step of an exercise that was raced last."""
    return folder / f"{exercise:02}.py"


def kept(folder, exercise, source):
    """Keep the code of a step as the newest and under a number; return the numbered file's name."""
    if not source:
        return ""
    newest = newest_of(folder, exercise)
    if newest.exists():  # what a learner has written into it stays, under a number
        numbered(newest, newest.read_bytes().decode())
    path = numbered(newest, source)
    put(folder, newest.name, source.encode())
    return path.name


def numbered(newest, source):
    """Keep the code of a step in a file that holds nothing else, and return the file's path."""
    for place in count(1):
        path = newest.with_suffix(f".{place}.py")
        if path.exists() and path.read_bytes() != source.encode():
            continue
        if not path.exists():
            put(path.parent, path.name, source.encode())
        return path


def csv_line(cells):
    """Return cells as one line of a CSV file."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def log():
    """Show your log: every race as a row of a table, and a picture of how far you have come."""
    folder = log_folder()
    entries, unread = read(folder) if folder else ([], 0)
    if unread:
        what = "that cannot be read, and stay as they are"
        print(f"Lines of {folder / 'log.csv'} {what}: {unread}.")
    if not entries:
        print("Your log is empty: `race` in exercises 01 to 06 writes it, in a folder of your own.")
        return
    rows = [
        {
            "race": place,
            "date": entry.date,
            "exercise": f"{entry.exercise:02}",
            "step": entry.name,
            "rate": entry.rate or "–",
            "final loss": entry.loss,
            "digits read": f"{entry.accuracy:.1%}",
            "code": entry.file or "–",
        }
        for place, entry in enumerate(entries, start=1)
    ]
    show_table(rows, "Your races, the oldest first.", digits=3)
    show(*journey(entries))


# ---- pictures -----------------------------------------------------------------------------------


def pictured(entry, rivals, earlier):
    """Return the picture of a race and its caption.

    Each point of a line is the mean of the last five looks, so that a line ends at the final loss.

    Args:
        entry: the race. rivals: name → its stored race. earlier: entries of the log; the best one
            of each exercise is drawn.
    """
    mine = entry.name if identity(entry.name) is None else f"your {entry.name}"
    best = {old.exercise: old for old in sorted(earlier, key=lambda old: -old.loss)}
    lines = [
        *((f"your {exercise:02}", None, best[exercise].losses) for exercise in sorted(best)),
        (mine, "1", entry.losses),
        *((name, name, rival["losses"]) for name, rival in rivals.items()),
    ]
    steps = np.arange(0.0, STEPS + 1, EVERY)
    layers = tuple(
        Line(steps, smooth(losses), label, look, first=0, every=EVERY)
        for label, look, losses in lines
    )
    words = f"Line chart of the loss on faded digits against the step, 0 to {STEPS}, log y axis."
    for line in layers:
        words += f" {line.label}: {number(line.y[0], 3)} to {number(line.y[-1], 3)}."
    y = log_axis("loss, mean of five looks", [line.y for line in layers], 5)
    panel = Panel(Axis("step t", 0.0, float(STEPS), whole=True), y, layers)
    return Picture((panel,), words, steps=STEPS), caption(entry, mine, rivals, earlier)


def smooth(losses):
    """Return for each look the mean of the last five up to it, of fewer at the beginning."""
    return np.array([final(losses[: end + 1]) for end in range(len(losses))])


def caption(entry, mine, rivals, earlier):
    """Return what came out of a race, as one sentence."""
    test = IMAGES - FadedDigits.images
    words = (
        f"After {STEPS} steps {mine} is at a loss of {number(entry.loss, 3)} and reads "
        f"{round(entry.accuracy * test)} of {test} new digits"
    )
    if rivals:
        others = [f"{name} is at {number(rival['loss'], 3)}" for name, rival in rivals.items()]
        words += (
            f"; {' and '.join(others)}, with {'its' if len(others) == 1 else 'their'} tuned rate"
        )
        words += "s" * (len(others) > 1)
    if earlier:
        best = min(earlier, key=lambda old: old.loss)
        where = f"in exercise {best.exercise:02}" if best.exercise else "in no exercise"
        words += f"; your best so far was {number(best.loss, 3)}, {where}"
    return f"{words}."


def journey(entries):
    """Return the picture of the final losses of all entries, and its caption."""
    mine = np.array([entry.loss for entry in entries])
    rivals = {name: float(rival["loss"]) for name, rival in load("faded_digits")["faded"].items()}
    ends = np.array([0.5, len(entries) + 0.5])
    layers = [Line(ends, np.full(2, loss), name, name) for name, loss in rivals.items()]
    places = np.arange(1.0, len(entries) + 1)
    layers.append(Line(places, mine, "your races", "1", markers=True))
    x = Axis("race", *map(float, ends), whole=True)
    y = log_axis("final loss", [line.y for line in layers], 1)
    words = f"Your first race came to a final loss of {number(mine[0], 3)}."
    if len(entries) > 1:
        best = int(mine.argmin())
        words = (
            f"Your {len(entries)} races went from a final loss of {number(mine[0], 3)} to "
            f"{number(mine[-1], 3)}; the best is race {best + 1} with {number(mine[best], 3)}."
        )
    alt = ", ".join(f"{name} {number(loss, 3)}" for name, loss in rivals.items())
    alt = f"Line chart of the final losses of your races, beside the tuned methods': {alt}. {words}"
    return Picture((Panel(x, y, tuple(layers)),), alt), words


def log_axis(label, losses, high):
    """Return a log axis from 0.02 to ``high``, or as far as these losses go."""
    every = np.concatenate(losses)
    ends = min(0.02, every.min() / 1.1), max(high, every.max() * 1.1)
    return Axis(label, *map(float, ends), log=True)
