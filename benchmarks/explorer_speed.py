"""From a slider's move to the new frame, in a real JupyterLab: our explorer beside its peers.

The peers draw the same runs on the same map: `ipywidgets.interact` makes a new matplotlib figure
for each move, ipympl keeps one figure and moves its lines.
"""

import importlib.util
import statistics
import tempfile
import time
from pathlib import Path

from adam_course.figures import explorers
from adam_course.figures.picture import encode
from tests.conftest import RUN_ALL, chromium, serving

MOVES, DRAGGED, GAP = 60, 30, 33  # GAP: milliseconds between two moves of a drag
SET_UP = """
import ipywidgets, matplotlib.pyplot as plt, numpy as np
from adam_course import descend, optimizers, problems
problem, rates = problems.Rosenbrock(), np.geomspace(1e-4, 2e-3, 100)
x, y = np.linspace(-2, 2, 121), np.linspace(-1, 3, 121)
ground = problem.value(np.stack(np.meshgrid(x, y), axis=-1))

def runs(lr):
    makers = optimizers.Momentum(lr), optimizers.Adam(0.1)
    return [descend(problem, optimizer, steps=200) for optimizer in makers]

def figure(lr):
    drawn, (left, right) = plt.subplots(1, 2, figsize=(8, 4))
    left.contourf(x, y, ground, np.geomspace(1e-3, 3e3, 11))
    lines = [(left.plot(*r.thetas.T)[0], right.semilogy(r.t, r.losses)[0]) for r in runs(lr)]
    return drawn, lines

slider = ipywidgets.SelectionSlider(options=[(f"{rate:.2g}", rate) for rate in rates])
"""
INTERACT = """
%matplotlib inline
@ipywidgets.interact(lr=slider)
def draw(lr):
    figure(lr)
    plt.show()
"""
IPYMPL = """
%matplotlib widget
drawn, lines = figure(rates[0])
plt.show()

def move(change):
    for (path, losses), run in zip(lines, runs(change.new)):
        path.set_data(*run.thetas.T)
        losses.set_ydata(run.losses)
    drawn.canvas.draw_idle()

slider.observe(move, "value")
slider
"""
OURS = "from adam_course.figures import explorers\nexplorers.descent()"

# Moves the slider, and notes each frame in which a canvas or an image of the page has changed.
MEASURE = """async ([moves, dragged, gap]) => {
    let changed = false;
    for (const name of ['clearRect', 'drawImage', 'putImageData']) {
        const real = CanvasRenderingContext2D.prototype[name];
        CanvasRenderingContext2D.prototype[name] = function (...args) {
            if (this.canvas.isConnected) changed = true;
            return real.apply(this, args);
        };
    }
    const notice = records => records.forEach(record => record.addedNodes.forEach(node => {
        const image = node.querySelector?.('img') ?? (node.nodeName === 'IMG' ? node : null);
        image?.decode().then(() => { changed = true; });
    }));
    new MutationObserver(notice).observe(document.body, { childList: true, subtree: true });

    const ours = document.querySelector('.adam-explorer [data-name=lr]');
    const handle = document.querySelector('.noUi-handle');
    const press = key => handle.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    const move = i => {
        if (!ours) return press(i % 60 < 30 ? 'ArrowRight' : 'ArrowLeft');
        ours.value = String(10 + (i % 60 < 30 ? i % 60 : 60 - (i % 60)));
        ours.dispatchEvent(new Event('input', { bubbles: true }));
    };
    // Resolves when a frame has been painted: in the first task after its rendering.
    const frame = () => new Promise(done => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = done;
        port2.postMessage(0);
    }));
    const rest = time => new Promise(done => setTimeout(done, time));
    const painted = async until => {
        while (performance.now() < until) {
            await frame();
            if (changed) return performance.now();
        }
        return NaN;
    };

    const times = [];
    for (let i = 0; i < moves; i++) {
        await rest(150);
        changed = false;
        const start = performance.now();
        move(i);
        times.push(await painted(start + 5000) - start);
    }
    await rest(1000);
    let frames = 0, done = false;
    changed = false;
    const count = (async () => {
        while (!done) {
            await frame();
            if (changed) { changed = false; frames++; }
        }
    })();
    for (let i = 0; i < dragged; i++) { move(moves + i); await rest(gap); }
    await rest(3000);
    done = true;
    await count;
    return { times, frames };
}"""
MANY_MOVES = """async count => {
    const slider = document.querySelector('.adam-explorer [data-name=lr]');
    for (let i = 0; i < count; i++) {
        slider.value = String(i % 100);
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise(done => setTimeout(done, 40));
    }
}"""
# The kernel's memory in MB, by its own account.
MEMORY = """async () => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const code = 'import gc, psutil; gc.collect(); print(psutil.Process().memory_info().rss / 1e6)';
    return new Promise(done => {
        kernel.requestExecute({ code }).onIOPub = message => {
            if (message.content.name === 'stdout') done(Number(message.content.text));
        };
    });
}"""


def main():
    """Print latency, frames of a drag, memory and requests."""
    contestants = {"explorer": OURS, "interact, new figure": SET_UP + INTERACT}
    if importlib.util.find_spec("ipympl"):
        contestants["ipympl, one figure"] = SET_UP + IPYMPL
    print(
        f"\nSlider move to new frame in JupyterLab, {MOVES} moves; {DRAGGED} moves in a fast drag"
    )
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        serving(Path(folder)) as lab,
        chromium() as browser,
    ):
        for name, source in contestants.items():
            lab.write("speed.ipynb", source)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            lab.open(page, "speed.ipynb")
            page.evaluate(RUN_ALL)
            page.wait_for_selector(".adam-explorer [data-name=lr], .noUi-handle")
            page.wait_for_timeout(2000)
            result = page.evaluate(MEASURE, [MOVES, DRAGGED, GAP])
            times = sorted(result["times"])
            p50, p95 = statistics.median(times), times[int(0.95 * len(times))]
            frames = min(result["frames"], DRAGGED)
            print(
                f"  {name:24}p50 {p50:5.0f} ms   p95 {p95:5.0f} ms   {frames:3} frames", flush=True
            )
            if source is OURS:
                endure(lab, page)
            page.evaluate("async () => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
            page.close()
    work()


def endure(lab, page):
    """Print what a thousand moves leave behind in the page and in the kernel."""
    inspector = page.context.new_cdp_session(page)
    inspector.send("Performance.enable")

    def left_behind():
        inspector.send("HeapProfiler.collectGarbage")
        listed = inspector.send("Performance.getMetrics")["metrics"]
        metrics = {metric["name"]: metric["value"] for metric in listed}
        heap = metrics["JSHeapUsedSize"] / 1e6
        return heap, metrics["Nodes"], metrics["JSEventListeners"], page.evaluate(MEMORY)

    page.evaluate(MANY_MOVES, 100)
    before = left_behind()
    page.evaluate(MANY_MOVES, 1000)
    after = left_behind()
    labels = ("MB in the page", "nodes", "listeners", "MB in the kernel")
    grown = ", ".join(
        f"{b - a:+.1f} {label}" for a, b, label in zip(before, after, labels, strict=True)
    )
    print(f"    after 1,000 more moves: {grown}")
    print(f"    requests to other hosts: {len(lab.outside(page))}")


def work():
    """Print what the kernel does for one picture of 500 steps."""
    seconds = []
    for i in range(21):
        start = time.perf_counter()
        encode(
            explorers.descent.picture(racers=("Adam",), steps=500, lr_adaptive=0.1 + i / 1e3), []
        )
        seconds.append(time.perf_counter() - start)
    print(f"  kernel, Adam, 500 steps: {statistics.median(seconds) * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
