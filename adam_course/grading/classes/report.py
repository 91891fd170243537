"""What grading one submission gives: plain words and numbers that can be stored and sent."""

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Result:
    """One task of one submission: a `Verdict` without its cases, which are the grader's alone.

    Attributes:
        task, title, lesson, section: the task's name and title, and what to reread.
        points, possible: points earned and to be had.
        cases, right: how many cases were put, and how many answers were right.
        attempted: False if the learner's function is not there or still the stub.
        message: what was found, as one phrase.
        misconception, hint: the mistake by its name, and what helps; "" if it was not recognised.
    """

    task: str
    title: str
    lesson: str
    section: str
    points: float
    possible: float
    cases: int
    right: int
    attempted: bool
    message: str
    misconception: str = ""
    hint: str = ""

    @property
    def passed(self):
        """Whether every answer was right."""
        return self.attempted and 0 < self.cases == self.right


@dataclass(frozen=True)
class Report:
    """One learner's submission of one exercise.

    Attributes:
        student, exercise: who, and which ("06_adam").
        source: the file it came from, relative to the folder of submissions.
        digest: SHA-256 of that file, so that a run that goes on knows what is graded already.
        results: one Result a task, in the exercise's order.
        remarks: what the reader had to do to make sense of the file, in sentences.
        failed: True if the grader itself failed at it; such a report is not kept.
        answers: what the learner wrote, by task and by part that a person marks, as text.
    """

    student: str
    exercise: str
    source: str
    digest: str
    results: tuple[Result, ...]
    remarks: tuple[str, ...] = ()
    failed: bool = False
    answers: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def points(self):
        """Points earned."""
        return sum(result.points for result in self.results)

    @property
    def possible(self):
        """Points to be had."""
        return sum(result.possible for result in self.results)

    def to_dict(self):
        """Return the report as dicts, lists, words and numbers, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data):
        """Return the report that `to_dict` wrote."""
        results = tuple(Result(**result) for result in data["results"])
        return cls(**data | {"results": results, "remarks": tuple(data["remarks"])})
