"""One identity for an optimizer: its colour, dash and marker, in every figure of the course.

A curve's identity follows from its label: "Adam, α = 0.1" is Adam's. What is no optimizer takes
one of the other looks, by its position. No curve is told from another by its colour alone.
"""

import re
from dataclasses import dataclass, replace

SOLID, DASHED, DASHDOT, DOTTED = (), (3.7, 1.6), (6.4, 1.6, 1, 1.6), (1, 1.65)
LONG, LOOSE, TWICE = (9, 2), (3, 3), (7, 1, 1, 1, 1, 1)


@dataclass(frozen=True)
class Look:
    """How a curve is drawn.

    Args:
        colour: on a white page, with a contrast of at least 3 to 1. dark: on a dark page.
        dash: lengths of dashes and gaps in line widths; () for a solid line.
        marker: one of matplotlib's.
    """

    colour: str
    dash: tuple
    marker: str

    @property
    def dark(self):
        return _lighter(self.colour)

    @property
    def line(self):
        """The keywords of matplotlib's ``plot``."""
        dash = (0, self.dash) if self.dash else "-"
        return {"color": self.colour, "linestyle": dash, "marker": self.marker}


#: Blue, vermilion and green are Okabe & Ito's (2008); the others are as dark as they have to be.
IDENTITIES = {
    "Adam": Look("#0072b2", SOLID, "o"),
    "momentum": Look("#d55e00", DASHED, "s"),
    "gradient descent": Look("#009e73", DASHDOT, "^"),
    "RMSProp": Look("#aa4499", DOTTED, "D"),
    "Nesterov": Look("#882255", TWICE, "v"),
    "AdaGrad": Look("#997700", LONG, "P"),
    "AdaDelta": Look("#6f4e37", LOOSE, "X"),
    "AdamW": Look("#332288", LONG, "s"),
    "Adam + L2": Look("#c1272d", DASHED, "^"),
    "AMSGrad": Look("#c1272d", DASHDOT, "D"),
    "NAdam": Look("#7b4fc9", TWICE, "P"),
    "RAdam": Look("#1b7f8c", LOOSE, "s"),
    "AdaMax": Look("#6b7a00", DASHED, "v"),
    "AdaBelief": Look("#c46a9e", LOOSE, "o"),
    "Yogi": Look("#6f4e37", DOTTED, "^"),
    "Lion": Look("#222222", LONG, "D"),
    "Adafactor": Look("#6b7a00", TWICE, "s"),
    "schedule-free": Look("#6b7a00", LONG, "v"),
    "Muon": Look("#7b4fc9", LONG, "D"),
    "Shampoo": Look("#6f4e37", DASHDOT, "v"),
    "SOAP": Look("#1b7f8c", TWICE, "P"),
    "sign descent": Look("#5b6b7b", DOTTED, "X"),
}
#: Other names that a label may begin with.
ALIASES = {
    "SGD": "gradient descent",
    "GradientDescent": "gradient descent",
    "heavy ball": "momentum",
    "polyak": "momentum",
    "L2": "Adam + L2",
    "sign": "sign descent",
}
#: For curves that are no optimizer's: averages, batch sizes, values of a hyperparameter.
SERIES = {
    "1": Look("#222222", SOLID, "o"),
    "2": Look("#1b7f8c", DASHED, "s"),
    "3": Look("#7b4fc9", DASHDOT, "^"),
    "4": Look("#6b7a00", DOTTED, "D"),
    "5": Look("#c46a9e", LONG, "v"),
    "6": Look("#6f4e37", TWICE, "P"),
    "7": Look("#5b6b7b", LOOSE, "X"),
}
#: How the second, third and fourth setting of one optimizer in one figure differ from the first.
SETTINGS = {2: (DASHED, "^"), 3: (DOTTED, "D"), 4: (TWICE, "v")}

_NAMES = {name.lower(): name for name in IDENTITIES} | {a.lower(): n for a, n in ALIASES.items()}
_BY_LENGTH = sorted(_NAMES, key=len, reverse=True)
_FIRST_WORDS = re.compile(rf"({'|'.join(map(re.escape, _BY_LENGTH))})(?![\w-])")


def identity(label):
    """Return the name of the optimizer that a label speaks of, or None."""
    found = _FIRST_WORDS.match(label.lower())
    return _NAMES[found[1]] if found else None


def assigned(labels):
    """Return label → key of its look, for the curves of one figure.

    The first curve of an optimizer has its identity; a further one is another setting of it, with
    the same colour. What is no optimizer takes the keys "1", "2", … in order.
    """
    keys, seen, others = {}, {}, 0
    for label in labels:
        if name := identity(label):
            seen[name] = seen.get(name, 0) + 1
            keys[label] = name if seen[name] == 1 else f"{name} {min(seen[name], 4)}"
        else:
            keys[label] = str(others % len(SERIES) + 1)
            others += 1
    return keys


def _settings():
    for name, look in (SERIES | IDENTITIES).items():
        yield name, look
        for count, (dash, marker) in SETTINGS.items():
            # Who looks like that already is solid instead.
            other = SOLID if look.dash == dash else dash
            yield f"{name} {count}", replace(look, dash=other, marker=marker)


def _lighter(colour):
    """Return a colour for a dark page, as far from the page as the first is from a white one."""
    if colour == "#222222":
        return "#e6e6e6"
    mixed = [round(0.62 * int(colour[i : i + 2], 16) + 0.38 * 255) for i in (1, 3, 5)]
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


#: Key → look, for all that may be drawn.
LOOKS = dict(_settings())
