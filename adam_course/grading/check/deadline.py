"""A limit on time for code that runs in this process, wherever Python runs.

Where there are signals (Linux, macOS), an alarm stops it, even while it sleeps. Elsewhere another
thread does (Windows, or a check that is not in the main thread). A browser's Python, 3.12 or newer,
has neither: there each turn of a loop and each call looks at the clock.
"""

import ctypes
import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress

AGAIN = 0.2  # seconds until it is raised once more, if it was caught


class TimeUp(BaseException):
    """The time is over. No `except Exception` of a learner's holds it up."""


def limited(seconds):
    """Return a context manager that raises TimeUp inside when the seconds are over."""
    if sys.platform == "emscripten":
        return by_jumps(seconds)
    main = threading.current_thread() is threading.main_thread()
    return by_alarm(seconds) if main and hasattr(signal, "setitimer") else by_thread(seconds)


@contextmanager
def by_alarm(seconds):
    """Limit the time with the system's alarm clock."""
    running = True

    def ring(number, frame):
        if running:
            raise TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        try:
            yield
        finally:
            running = False
    finally:  # even if it rings right here
        running = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def by_thread(seconds):
    """Limit the time with a thread that raises TimeUp in this one."""
    here, over = threading.get_ident(), threading.Event()

    def watch():
        wait = seconds
        while not over.wait(wait):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(here), ctypes.py_object(TimeUp)
            )
            wait = AGAIN

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        while watcher.is_alive():  # a last TimeUp may be on its way, and arrives in here
            with suppress(TimeUp):
                over.set()
                watcher.join()


@contextmanager
def by_jumps(seconds):
    """Limit the time with a look at the clock in each turn of a loop and each call."""
    deadline, monitoring = time.monotonic() + seconds, sys.monitoring
    events, tool = monitoring.events.JUMP | monitoring.events.PY_START, monitoring.PROFILER_ID

    def look(code, *offsets):
        nonlocal deadline
        if time.monotonic() > deadline:
            deadline = time.monotonic() + AGAIN  # time for those who clean up
            raise TimeUp

    monitoring.use_tool_id(tool, "adam_course")
    for event in (monitoring.events.JUMP, monitoring.events.PY_START):
        monitoring.register_callback(tool, event, look)
    monitoring.set_events(tool, events)
    try:
        yield
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
