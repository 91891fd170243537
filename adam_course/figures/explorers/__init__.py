"""Explorers: pictures that follow the hand. `explorers.descent()` as a cell's last line shows one.

Each is a pure function from parameters to a `Picture`, which a test can call without a browser
(``descent.picture(lr=0.1)``), and a list of controls. One front end draws them all.
"""

from adam_course.figures.explorers.batch_size import batch_size
from adam_course.figures.explorers.bias_correction import bias_correction
from adam_course.figures.explorers.descent import descent
from adam_course.figures.explorers.family import family
from adam_course.figures.explorers.microscope import microscope
from adam_course.figures.explorers.reddi import reddi
from adam_course.figures.explorers.roots import roots
from adam_course.figures.explorers.rotation import rotation
from adam_course.figures.explorers.schedule import schedule
from adam_course.figures.explorers.sensitivity import sensitivity
from adam_course.figures.explorers.steepest import steepest
from adam_course.figures.explorers.weight_decay import weight_decay

__all__ = [
    "batch_size",
    "bias_correction",
    "descent",
    "family",
    "microscope",
    "reddi",
    "roots",
    "rotation",
    "schedule",
    "sensitivity",
    "steepest",
    "weight_decay",
]
