"""Landscapes in one or two parameters, each with the question it was made to ask."""

from dataclasses import dataclass
from functools import cached_property
from math import cos, radians, sin

import numpy as np

from adam_course.checked import FINITE, POSITIVE
from adam_course.problems.base import Surface


@dataclass(frozen=True)
class Bowl(Surface):
    """A quadratic bowl ½ θᵀ H θ: how do curvature and direction decide what an optimizer does?

    Gradient descent converges on it for rates below 2 / curvature and for no other.

    Args:
        condition: κ ≥ 1, the largest curvature divided by the smallest.
        angle: direction of the flat axis, in degrees, counter-clockwise from the x axis. At 0 the
            bowl is flat along x and steep along y.
        curvature: the largest curvature, > 0: the larger eigenvalue of H.
    """

    condition: float = 10.0
    angle: float = 0.0
    curvature: float = 1.0

    name = "bowl"
    formula = r"\frac{1}{2}\,\theta^{\top} H\,\theta"
    minimum = 0.0
    window = ((-5.0, 5.0), (-5.0, 5.0))

    def __post_init__(self):
        self._hold_to(POSITIVE, "condition", "curvature")
        if self.condition < 1:
            raise ValueError(
                f"Bowl: condition must be at least 1 (largest curvature over smallest), "
                f"but it is {self.condition}."
            )
        self._hold_to(FINITE, "angle")

    @property
    def start(self):
        return np.array([-4.0, 3.0])

    @property
    def minimizers(self):
        return np.array([[0.0, 0.0]])

    @property
    def matrix(self):
        """H, the same Hessian everywhere: an array (2, 2)."""
        h_xx, h_xy, h_yy = self._entries
        return np.array([[h_xx, h_xy], [h_xy, h_yy]])

    @cached_property
    def _entries(self):
        flat, steep = self.curvature / self.condition, self.curvature
        c, s = cos(radians(self.angle)), sin(radians(self.angle))
        return flat * c * c + steep * s * s, (flat - steep) * c * s, flat * s * s + steep * c * c

    def height(self, x, y):
        h_xx, h_xy, h_yy = self._entries
        return 0.5 * h_xx * x * x + h_xy * x * y + 0.5 * h_yy * y * y

    def slopes(self, x, y):
        h_xx, h_xy, h_yy = self._entries
        return h_xx * x + h_xy * y, h_xy * x + h_yy * y

    def curvatures(self, x, y):
        h_xx, h_xy, h_yy = self._entries
        return (h_xx, h_xy), (h_xy, h_yy)


@dataclass(frozen=True)
class Cubic(Surface):
    """The curve x³ − 2x² + 2: what does a start next to a hilltop cost?

    A local maximum at x = 0, a local minimum at x = 4/3 with the value 22/27, and no bottom: f
    falls without end to the left of 0. ``minimum`` and ``minimizers`` are the local ones; a run
    that starts to the left of 0, or jumps there, diverges.
    """

    name = "cubic"
    formula = "x^3 - 2x^2 + 2"
    dimension = 1
    minimum = 22 / 27
    window = ((-1.0, 2.5),)

    @property
    def start(self):
        return np.array([0.001])

    @property
    def minimizers(self):
        return np.array([[4 / 3]])

    def height(self, x):
        return x * x * x - 2 * x * x + 2

    def slopes(self, x):
        return (3 * x * x - 4 * x,)

    def curvatures(self, x):
        return ((6 * x - 4,),)


@dataclass(frozen=True)
class Rosenbrock(Surface):
    """A curved valley, (a − x)² + b (y − x²)²: who can follow a bend?

    Rosenbrock 1960, who also started at (−1.2, 1).

    Args:
        a: the minimum is at (a, a²).
        b: steepness of the valley's walls, > 0.
    """

    a: float = 1.0
    b: float = 100.0

    name = "Rosenbrock"
    minimum = 0.0

    def __post_init__(self):
        self._hold_to(POSITIVE, "b")
        self._hold_to(FINITE, "a")

    @property
    def formula(self):
        return rf"({self.a:g} - x)^2 + {self.b:g}\,(y - x^2)^2"

    @property
    def start(self):
        return np.array([-1.2, 1.0])

    @property
    def minimizers(self):
        return np.array([[self.a, self.a * self.a]])

    @property
    def window(self):
        size = max(1.0, abs(self.a))
        return (-2 * size, 2 * size), (-size * size, 3 * size * size)

    def height(self, x, y):
        off = y - x * x
        return (self.a - x) * (self.a - x) + self.b * off * off

    def slopes(self, x, y):
        off = y - x * x
        return -2 * (self.a - x) - 4 * self.b * x * off, 2 * self.b * off

    def curvatures(self, x, y):
        f_xx = 2 - 4 * self.b * (y - 3 * x * x)
        f_xy = -4 * self.b * x
        return (f_xx, f_xy), (f_xy, 2 * self.b)


@dataclass(frozen=True)
class Beale(Surface):
    """Flat in the middle, with walls at the corners: does one rate serve both? After Beale 1958."""

    name = "Beale"
    formula = r"(1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2"
    minimum = 0.0
    window = ((-4.5, 4.5), (-4.5, 4.5))

    @property
    def start(self):
        return np.array([1.0, 1.5])

    @property
    def minimizers(self):
        return np.array([[3.0, 0.5]])

    def _parts(self, x, y):
        """Return the three residuals and what multiplies x in each."""
        p1, p2, p3 = y - 1, y * y - 1, y * y * y - 1
        return (1.5 + x * p1, 2.25 + x * p2, 2.625 + x * p3), (p1, p2, p3)

    def height(self, x, y):
        (r1, r2, r3), _ = self._parts(x, y)
        return r1 * r1 + r2 * r2 + r3 * r3

    def slopes(self, x, y):
        (r1, r2, r3), (p1, p2, p3) = self._parts(x, y)
        f_x = 2 * (r1 * p1 + r2 * p2 + r3 * p3)
        f_y = 2 * x * (r1 + 2 * y * r2 + 3 * y * y * r3)
        return f_x, f_y

    def curvatures(self, x, y):
        (r1, r2, r3), (p1, p2, p3) = self._parts(x, y)
        f_xx = 2 * (p1 * p1 + p2 * p2 + p3 * p3)
        f_xy = 2 * (r1 + x * p1 + 2 * y * (r2 + x * p2) + 3 * y * y * (r3 + x * p3))
        f_yy = 2 * x * (x + 2 * (r2 + 2 * x * y * y) + 3 * y * (2 * r3 + 3 * x * y * y * y))
        return (f_xx, f_xy), (f_xy, f_yy)


@dataclass(frozen=True)
class Himmelblau(Surface):
    """Four equally good minima: which one does a path choose? After Himmelblau 1972."""

    name = "Himmelblau"
    formula = "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"
    minimum = 0.0
    window = ((-5.0, 5.0), (-5.0, 5.0))

    @property
    def start(self):
        return np.array([-0.5, -1.0])

    @property
    def minimizers(self):
        return np.array(
            [
                [3.0, 2.0],
                [-2.805118086952745, 3.131312518250573],
                [-3.779310253377747, -3.2831859912861696],
                [3.5844283403304917, -1.8481265269644036],
            ]
        )

    def height(self, x, y):
        u, v = x * x + y - 11, x + y * y - 7
        return u * u + v * v

    def slopes(self, x, y):
        u, v = x * x + y - 11, x + y * y - 7
        return 4 * x * u + 2 * v, 2 * u + 4 * y * v

    def curvatures(self, x, y):
        u, v = x * x + y - 11, x + y * y - 7
        f_xy = 4 * (x + y)
        return (4 * u + 8 * x * x + 2, f_xy), (f_xy, 2 + 4 * v + 8 * y * y)


@dataclass(frozen=True)
class Saddle(Surface):
    """A saddle between two minima, ½x² + (−½y² + ¼y⁴) / κ: how long does a path hang on the ridge?

    The saddle point is the origin. On the line y = 0 the slope leads into it, and no gradient
    leads out; next to that line, it grows slowly. The minima are at (0, ±1), with the value −¼ / κ.

    Args:
        condition: κ ≥ 1, how much flatter the way out, along y, is than the way in, along x.
        angle: by how many degrees all this is turned counter-clockwise.
    """

    condition: float = 1.0
    angle: float = 0.0

    name = "saddle"
    window = ((-2.0, 2.0), (-2.0, 2.0))

    def __post_init__(self):
        self._hold_to(POSITIVE, "condition")
        if self.condition < 1:
            raise ValueError(
                f"Saddle: condition must be at least 1 (curvature along x over that along y), "
                f"but it is {self.condition}."
            )
        self._hold_to(FINITE, "angle")

    @property
    def formula(self):
        kappa = "" if self.condition == 1 else rf"\frac{{1}}{{{self.condition:g}}}"
        way_out = r"\frac{1}{2} y^2 - \frac{1}{4} y^4"
        return rf"\frac{{1}}{{2}} x^2 - {kappa}\left({way_out}\right)"

    @property
    def minimum(self):
        return -0.25 / self.condition

    @property
    def start(self):
        return self._turned(np.array([-1.5, 0.001]))

    @property
    def minimizers(self):
        return self._turned(np.array([[0.0, -1.0], [0.0, 1.0]]))

    @cached_property
    def _turn(self):
        return cos(radians(self.angle)), sin(radians(self.angle))

    def _turned(self, points):
        c, s = self._turn
        return points @ np.array([[c, s], [-s, c]])

    def height(self, x, y):
        c, s = self._turn
        x, y = c * x + s * y, c * y - s * x
        return 0.5 * x * x + (-0.5 * y * y + 0.25 * y * y * y * y) / self.condition

    def slopes(self, x, y):
        c, s = self._turn
        x, y = c * x + s * y, c * y - s * x
        along, out = x, (y * y * y - y) / self.condition
        return c * along - s * out, s * along + c * out

    def curvatures(self, x, y):
        c, s = self._turn
        y = c * y - s * x
        out = (3 * y * y - 1) / self.condition
        f_xy = c * s * (1 - out)
        return (c * c + s * s * out, f_xy), (f_xy, s * s + c * c * out)


@dataclass(frozen=True)
class Plateau(Surface):
    """A flat plain around one valley, r² / (w² + r²): who moves where there is hardly a slope?

    Far from the valley the gradient falls off as 2 w² / r³, while at its bottom the curvature is
    2 / w²: a rate that is safe there is far too small out on the plain.

    Args:
        width: w, the radius at which the valley has risen half-way to the plain's height of 1.
    """

    width: float = 0.5

    name = "plateau"
    minimum = 0.0
    window = ((-5.0, 5.0), (-5.0, 5.0))

    def __post_init__(self):
        self._hold_to(POSITIVE, "width")

    @property
    def formula(self):
        return rf"\frac{{x^2 + y^2}}{{{self.width:g}^2 + x^2 + y^2}}"

    @property
    def start(self):
        return np.array([-4.0, 2.0])

    @property
    def minimizers(self):
        return np.array([[0.0, 0.0]])

    def height(self, x, y):
        r2 = x * x + y * y
        return r2 / (self.width * self.width + r2)

    def slopes(self, x, y):
        s = self.width / (self.width * self.width + x * x + y * y)
        return 2 * s * s * x, 2 * s * s * y

    def curvatures(self, x, y):
        below = self.width * self.width + x * x + y * y
        s = self.width / below
        f_xx, f_xy, f_yy = 2 - 8 * x * x / below, -8 * x * y / below, 2 - 8 * y * y / below
        return (s * s * f_xx, s * s * f_xy), (s * s * f_xy, s * s * f_yy)
