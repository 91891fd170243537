"""What an exercise is: its tasks, with their cases, references and misconceptions."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Misconception:
    """A mistake that learners make, recognised by the numbers it gives.

    Args:
        name: what it is, so that "This is …" goes before it: "Adam without bias correction".
        wrong: an implementation with that mistake, mostly `edited` from the reference. None for a
            change of the arguments in place, which the numbers do not show.
        hint: one or two sentences that help without giving the answer.
        section: heading to reread in the task's lesson; "" for the section of the task.
    """

    name: str
    wrong: Callable | None
    hint: str
    section: str = ""


IN_PLACE = Misconception(
    "a function that changes its arguments",
    None,
    "`x -= …` and `x[i] = …` write into the array that you were given. `x = x - …` makes a new one "
    "and leaves that one as it was; after `x = x.copy()` whatever you change is your own. Or does "
    "a function that yours calls write into it? Is its own task ✓?",
)


@dataclass(frozen=True)
class Task:
    """One question of an exercise.

    Args:
        name: its name in `check`, as "adam-step".
        function: name of the function asked for.
        title: what it asks, in a few words.
        lesson: the lesson to reread, as "06_adam".
        section: heading in that lesson.
        points: what it is worth; 0 for a stretch, which is checked and not counted.
        right: what a right answer has got right, in a sentence that a learner reads after "✓".
        returns: names of what the function returns, one or more.
        cases: draws the cases from a random generator: dicts of argument names and values, which
            are arrays, numbers or one of `answers.GIVEN`. The simplest comes first.
        reference: the right function.
        misconceptions: the mistakes that are recognised; the first that fits is named.
        accepts: for questions with many right answers: called with a case's arguments and then
            the outputs, it returns "" for a right answer or a sentence that says what is wrong.
        any_length: whether `accepts` judges arrays of any length; each output has one index then.
        show_target: whether a learner may see the right answer beside a wrong one.
        rtol, atol: an output is right within atol + rtol · |target|.
        seed: of the public cases, those of `check` in a notebook.
        exercise: the exercise it stands in; "" for its lesson's own.
        allows: what an answer may import from the course, as "adam_course.optimizers": what the
            exercise's own set-up cell offers, unless it gives this answer away.
        builds_on: names of earlier tasks of the exercise whose functions an answer may call; it
            is judged with their references in the place of the learner's as well.
        right_all_the_same: slips that leave the answer right, as `verify-task` calls them → why.
    """

    name: str
    function: str
    title: str
    lesson: str
    section: str
    points: int
    returns: tuple[str, ...]
    cases: Callable[[np.random.Generator], list[dict]]
    reference: Callable
    misconceptions: tuple[Misconception, ...] = ()
    accepts: Callable[..., str] | None = None
    any_length: bool = False
    show_target: bool = True
    rtol: float = 1e-8
    atol: float = 1e-14
    seed: int = 0
    exercise: str = ""
    allows: tuple[str, ...] = ()
    builds_on: tuple[str, ...] = ()
    right: str = ""
    right_all_the_same: dict[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self):
        object.__setattr__(self, "exercise", self.exercise or self.lesson)

    def draw(self, seed=None):
        """Return the public cases; if a seed is given, followed by those that it draws.

        So what `check` refuses in a notebook, every seed refuses.
        """
        public = self.cases(np.random.default_rng(self.seed))
        return public if seed is None else public + self.drawn(seed)

    def drawn(self, seed):
        """Return the cases that a seed draws, without the public ones."""
        return self.cases(np.random.default_rng(seed))


@dataclass(frozen=True)
class Exercise:
    """An exercise and all that is known of it, but for the text of its notebook.

    Args:
        name: number and name, as "06_adam": those of its notebook.
        title: as "Adam".
        minutes: how long it takes.
        tasks: the Tasks in their order.
        by_person: points that a person gives, besides those of the tasks.
    """

    name: str
    title: str
    minutes: int
    tasks: tuple[Task, ...]
    by_person: int = 0

    @property
    def number(self):
        """Its number, as text of two digits."""
        return self.name[:2]

    @property
    def points(self):
        """The points of its tasks."""
        return sum(task.points for task in self.tasks)

    @property
    def heading(self):
        """Its number and title, as "Exercise 06 · Adam"."""
        return f"Exercise {self.number} · {self.title}"
