"""What a class has agreed on: deadlines, late days, points of its own, and who got what."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Score:
    """What one person has for one exercise under the class's policy.

    Who is on the roster and handed nothing in has a Score too, with `handed_in` None and no tasks.

    Attributes:
        id, student, group: who, as the roster says; "" for no group.
        exercise: as "06_adam".
        attempt: the number of the attempt that counts, from 1 on; 0 if there is none.
        handed_in: when, with its time zone; None if nobody knows or nothing was handed in.
        tasks: points earned, by task, after the policy's own points.
        possible: points to be had, by task; dropped tasks are not in it.
        by_person: what people gave, by part; None for a part that waits for its mark.
        person_possible: points that people can give.
        raw: all points earned, before lateness.
        penalty: points taken off for lateness.
        points: what counts, after penalty and overrides.
        maximum: points to be had in all.
        reasons: why it is so, in sentences.
        rule: names of the policy's rules that applied, as "late days" or an override's own name.
    """

    id: str
    student: str
    group: str
    exercise: str
    attempt: int = 0
    handed_in: datetime | None = None
    tasks: dict[str, float] = field(default_factory=dict)
    possible: dict[str, float] = field(default_factory=dict)
    by_person: dict[str, float | None] = field(default_factory=dict)
    person_possible: float = 0.0
    raw: float = 0.0
    penalty: float = 0.0
    points: float = 0.0
    maximum: float = 0.0
    reasons: tuple[str, ...] = ()
    rule: tuple[str, ...] = ()
