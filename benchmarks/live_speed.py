"""An explorer on a plain page: what it loads at the first touch, how long that takes, and a slider.

The browser has been nowhere before, and the server knows nothing but files.
"""

import statistics
import tempfile
import time
from pathlib import Path

from adam_course.figures import explorers
from adam_course.figures.explorers.still import still
from benchmarks.explorer_speed import GAP, MEASURE, MOVES
from tests.conftest import chromium, files_served, live_site

PAGE = (
    '<!doctype html><meta charset="utf-8"><body style="max-width: 760px">%s'
    '<script src="_static/figures.js" defer></script>'
)
STARTS = 3
SHOWN = ("descent", "microscope")


def main():
    """Print seconds and bytes to the first answer, and the latency of a slider."""
    print(f"\nAn explorer on a page of the site, {STARTS} first touches; a slider, {MOVES} moves")
    with tempfile.TemporaryDirectory() as made, chromium() as browser:
        folder = live_site(Path(made))
        for name in SHOWN:
            recipe = getattr(explorers, name)
            shown = still(recipe, recipe.checked({}), recipe.controls, recipe.presets, live=False)
            (folder / f"{name}.html").write_text(PAGE % shown.page, encoding="utf-8")
        with files_served(folder) as address:
            for name in SHOWN:
                measure(browser, f"{address}/{name}.html", name)


def measure(browser, address, name):
    """Print what one explorer takes."""
    seconds = []
    for _ in range(STARTS):
        context = browser.new_context(viewport={"width": 1366, "height": 900})
        page, sizes = context.new_page(), []
        page.goto(address)
        slider = page.locator(".adam-explorer [data-name=lr]")
        slider.wait_for()
        context.on("response", lambda r, s=sizes: s.append(int(r.headers["content-length"])))
        start = time.perf_counter()
        slider.press("ArrowRight")
        page.locator(".status", has_text="Starting").wait_for()
        page.locator(".status:empty").wait_for(state="attached", timeout=120_000)
        seconds.append(time.perf_counter() - start)
        times = sorted(page.evaluate(MEASURE, [MOVES, 0, GAP])["times"])
        context.close()
    p50, p95 = statistics.median(times), times[int(0.95 * len(times))]
    print(
        f"  {name:12}live after {statistics.median(seconds):4.1f} s, {sum(sizes) / 1e6:.1f} MB"
        f"   slider p50 {p50:3.0f} ms   p95 {p95:3.0f} ms",
        flush=True,
    )


if __name__ == "__main__":
    main()
