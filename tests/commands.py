"""Commands in processes of their own that need not import again what takes long to import."""

import multiprocessing
import os
import runpy
import sys


def run(folder, words, environment, *, tried, ready=()):
    """Run `python -m` with these words in a folder, and return what it prints.

    Where a process can fork, each command starts as the fork of one that has imported the modules
    ``ready`` and done nothing else; elsewhere as a new Python. ``tried`` is a new path, beside
    which the command's two streams are kept.
    """
    context = multiprocessing.get_context("spawn" if os.name == "nt" else "forkserver")
    if os.name != "nt":
        context.set_forkserver_preload(list(ready))
    streams = [tried.with_suffix(suffix) for suffix in (".out", ".err")]
    process = context.Process(target=_run, args=(folder, words, environment, streams))
    process.start()
    process.join()
    printed, said = (stream.read_text(encoding="utf-8") for stream in streams)
    assert process.exitcode == 0, said
    process.close()
    return printed


def _run(folder, words, environment, streams):
    """Do in this process what `python -m` does."""
    for number, (name, path) in enumerate(zip(("stdout", "stderr"), streams, strict=True), 1):
        stream = path.open("w", encoding="utf-8")
        os.dup2(stream.fileno(), number)  # for the processes that the command starts
        setattr(sys, name, stream)
    os.chdir(folder)
    os.environ.update(environment)
    sys.argv = list(words)
    sys.path.insert(0, str(folder))
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)
