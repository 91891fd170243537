"""Files that are whole or not there, and a folder in which one program works at a time."""

import errno
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

#: Folder with new files that are all written and not yet all in their places.
COMPLETE = ".complete"


class InUse(OSError):
    """Another program works in the folder, and the message says what to do."""


def write_whole(path, text):
    """Write a file, of text or bytes, that takes an older one's place only when it is whole."""
    part = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


@contextmanager
def locked(folder):
    """Keep other graders out of a folder, which is made if it is not there.

    The system lets go of the lock when the process ends, in whatever way.

    Raises:
        InUse: one is at work there.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("ab") as file:
        try:
            lock(file)
        except (BlockingIOError, PermissionError) as error:
            raise InUse(
                f"Another grader is at work in {folder}: wait until it has ended, or name another "
                "folder with --out."
            ) from error
        yield


def lock(file):
    """Lock an open file, or raise BlockingIOError (on Windows PermissionError)."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def renewed(folder, names):
    """Give a new folder to be filled with what takes the place of older things in a folder.

    Args:
        folder: where the older ones are; made if it is not there. What has another name stays.
        names: of files and folders, in the order in which the older ones go; the new ones come the
            other way round.

    Raises:
        InUse: another grader is at work there.
        OSError: something could not be written; what stood there before is unchanged.
    """
    with locked(folder):
        finish(folder, names)
        for left in folder.glob(".new-*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as place:
            new = Path(place) / "new"
            new.mkdir()
            yield new
            new.rename(folder / COMPLETE)
        switch(folder, names)


def finish(folder, names):
    """Put the new things of a run that was ended in its last moment into their places."""
    if (folder / COMPLETE).exists():
        switch(folder, names)


def switch(folder, names):
    """Let what is in COMPLETE take the place of the older things: all of it, or nothing.

    All older ones go before the first new one comes, so nobody ever sees some of both.
    """
    complete, old = folder / COMPLETE, folder / COMPLETE / "old"
    old.mkdir(exist_ok=True)
    new = [name for name in names if (complete / name).exists()]
    known = [name for name in new if (folder / name).exists()]
    for name in known:
        if (folder / name).is_dir() and not (complete / name).is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), folder / name)
    moves = [(folder / name, old / name) for name in known]
    moves += [(complete / name, folder / name) for name in reversed(new)]
    made = []
    try:
        for move in moves:
            made.append(move)
            move[0].rename(move[1])
    except BaseException:
        for source, target in reversed(made):
            if target.exists() and not source.exists():
                target.rename(source)
        raise
    shutil.rmtree(complete, ignore_errors=True)
