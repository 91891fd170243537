"""Figures that carry their own description, and `show`, which keeps it as alt text."""

from adam_course.figures import explorers
from adam_course.figures.plots import (
    contour,
    directions,
    heat_map,
    lines,
    losses,
    microscope,
)
from adam_course.figures.questions import predict, recall
from adam_course.figures.show import show
from adam_course.figures.tables import show_table
from adam_course.figures.verdicts import verdicts

__all__ = [
    "contour",
    "directions",
    "explorers",
    "heat_map",
    "lines",
    "losses",
    "microscope",
    "predict",
    "recall",
    "show",
    "show_table",
    "verdicts",
]
