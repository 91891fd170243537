"""Draw the race of lesson 00: docs/race.gif, which plays in the README, and docs/race.png."""

import io
from dataclasses import replace
from pathlib import Path

from PIL import Image

from adam_course import descend
from adam_course.figures import contour
from adam_course.figures.identity import LOOKS
from adam_course.figures.picture import Line
from adam_course.figures.renderer import draw, png
from adam_course.optimizers import Adam, GradientDescent, Momentum
from adam_course.problems import Beale

DOCS = Path(__file__).resolve().parent.parent / "docs"
STEP, PAUSE = 60, 3000  # milliseconds
COLOURS = 127  # beside the paper's white
HEAD = {"markersize": 9, "markeredgecolor": "white", "zorder": 4}


def race():
    """Return the race as a `Picture`, each method at its best rate, and a caption on its end."""
    valley = Beale()
    runs = {
        "Adam": descend(valley, Adam(lr=0.5), steps=100),
        "momentum": descend(valley, Momentum(lr=0.003), steps=100),
        "gradient descent": descend(valley, GradientDescent(lr=0.03), steps=100),
    }
    ends = ", ".join(f"{label} {run.losses[-1]:.5f}" for label, run in runs.items())
    return contour(valley, runs, window=((-0.5, 4), (-2, 2))), f"Loss after 100 steps: {ends}."


def animated(picture):
    """Return a picture's run as the bytes of a GIF, which begins and ends with its last step.

    Where motion is off, the first frame is all that is seen.
    """
    last = frame(picture, picture.steps)
    palette = last.quantize(COLOURS)
    palette.putpalette([*palette.getpalette()[: 3 * COLOURS], 255, 255, 255])
    steps = (frame(picture, step) for step in range(picture.steps))
    first, *others = (indexed(image, palette) for image in (last, *steps))
    times = [PAUSE] + [STEP] * len(others)
    buffer = io.BytesIO()
    first.save(buffer, "GIF", save_all=True, append_images=others, duration=times, loop=0)
    return buffer.getvalue()


def indexed(image, palette):
    """Return an image in the nearest colours of a palette, whose last one is for the paper."""
    found = image.quantize(palette=palette, dither=Image.Dither.NONE)
    found.paste(COLOURS, mask=image.convert("L").point(lambda level: 255 * (level == 255)))
    return found


def frame(picture, step):
    """Return the race at a step as an image: where everybody is, and which step it is."""
    (panel,) = picture.panels
    titled = replace(panel, title=f"step {step} of {picture.steps}")
    figure = draw(replace(picture, panels=(titled,)), step)
    for line in panel.layers:
        if isinstance(line, Line):
            at = {"color": LOOKS[line.look].colour, "marker": LOOKS[line.look].marker}
            figure.axes[0].plot(line.x[step], line.y[step], **at, **HEAD)
    return Image.open(io.BytesIO(png(figure))).convert("RGB")


if __name__ == "__main__":
    picture, _ = race()
    (DOCS / "race.png").write_bytes(png(picture))
    (DOCS / "race.gif").write_bytes(animated(picture))
