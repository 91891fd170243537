"""How a number is written for a reader: in a table, under a figure, beside an explorer."""

import numpy as np

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(x, digits=4, powers=False):
    """Return a number as text, with a real minus: 0.0316, −2.5, 1e−08.

    Args:
        x: the number.
        digits: significant ones.
        powers: write what is very small or large with a power of ten, 1 × 10⁻⁸, as the explorers'
            front end does.
    """
    text = f"{x:.{digits}g}"
    if powers and (x == 0 or not np.isfinite(x)):
        return "0" if x == 0 else "no number"
    if powers and 1e-3 <= abs(x) < 1e5:
        text = f"{float(text):.10g}"
    elif powers:
        mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
        text = f"{float(mantissa):g} × 10{str(int(exponent)).translate(RAISED)}"
    return text.replace("-", "−")
