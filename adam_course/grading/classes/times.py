"""When something happened, as people and platforms write it."""

from datetime import UTC, datetime, timedelta

FIRST, AHEAD = 2000, timedelta(days=366)


def moment(text, zone):
    """Return a time as people write it, in a time zone if it names none; None for no text.

    Raises:
        ValueError: it is no time, or none at which it can have been; the message is a phrase.
    """
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no time; write it as 2026-05-04 10:00") from None
    return believed(found if found.tzinfo else found.replace(tzinfo=zone))


def believed(when):
    """Return a time at which something can have been.

    Raises:
        ValueError: it is before 2000, or more than a year ahead; the message is a phrase.
    """
    if when.year < FIRST:
        raise ValueError(f"{when:%d %B} {when.year} cannot be meant: it is before {FIRST}")
    if when > datetime.now(UTC) + AHEAD:
        raise ValueError(f"{when:%d %B} {when.year} cannot be meant: it is more than a year ahead")
    return when
