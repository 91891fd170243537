"""Everything the lessons import: optimizers, problems, `descend`, figures and checks."""

import contextlib

# Where NumPy is missing or broken, `adam-course doctor` has to start, to say so. Whoever asks for
# `descend` there gets the error all the same: it is a module of that name that fails to import.
with contextlib.suppress(ImportError):
    from adam_course.descend import Trajectory, descend

__all__ = ["Trajectory", "descend"]
__version__ = "0.1.0"
