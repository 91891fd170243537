"""The command `adam-course`: see to a set-up, copy the course, check a notebook, grade a class."""

import argparse
import sys
from contextlib import closing
from pathlib import Path

OWN = "my_course"  # a learner's folder, where no other is named


def main(arguments=None):
    """Run a command and return its exit code: 0 all right, 1 not all right, 2 could not be done."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # not every sign fits into a file on Windows
    given = parser().parse_args(arguments)
    try:
        return given.run(given)
    except KeyboardInterrupt:
        kept = " What is graded is kept: the same command goes on." if given.run is grade else ""
        print(f"\nInterrupted.{kept}", file=sys.stderr)
        return 1
    except ImportError as error:
        print(f"adam-course: {error}. `adam-course doctor` says what to do.", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever reads, as `| head`, has read enough
        sys.stdout = None
        return 1
    except (OSError, ValueError, RuntimeError) as error:
        print(f"adam-course: {error}", file=sys.stderr)
        return 2


def parser():
    """Return the parser of the command line."""
    whole = argparse.ArgumentParser(prog="adam-course", description=__doc__)
    commands = whole.add_subparsers(required=True, metavar="COMMAND")

    def command(name, run):
        words = run.__doc__.partition("\n")[0]
        added = commands.add_parser(name, help=words, description=words)
        added.set_defaults(run=run)
        return added

    command("doctor", doctor)
    one = command("copy", copy)
    one.epilog = (
        "Call it again for the newest edition: a file that you have only read or run is replaced "
        "when the course's text is new, and what you have written, added or deleted stays as it is."
    )
    one.add_argument(
        "folder",
        type=Path,
        nargs="?",
        metavar="DIR",
        help="default: the one you are in, or my_course",
    )
    one.add_argument(
        "--solutions",
        action=argparse.BooleanOptionalAction,
        help="bring the solutions, or keep them back; default: as before, at first bring them",
    )
    one.add_argument(
        "--without",
        nargs="*",
        metavar="NUMBER",
        help="leave lessons out, as 12 14; default: as before, at first none",
    )
    one.add_argument("--restore", action="store_true", help="bring back what you deleted")
    one.add_argument("--brief", action="store_true", help="say only what was done")
    one = command("grade", grade)
    one.add_argument("submissions", type=Path, help="a folder, a zip or a notebook")
    one.add_argument("--out", type=Path, required=True, help="folder for the results")
    one.add_argument("--exercise", help="which exercise it is; default: found from the notebooks")
    one.add_argument("--seed", type=count, help="draws the cases; default: one that nobody knows")
    one.add_argument("--workers", type=positive(int), help="default: one a processor")
    one.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler, as tcp://…")
    one.add_argument("--timeout", type=positive(float), default=10.0, help="seconds a question")
    one.add_argument("--memory", type=positive(int), default=1024, help="MB a question")
    one.add_argument("--no-sandbox", action="store_true", help="run the answers unprotected")
    one = command("check", check)
    one.add_argument("notebook", type=Path)
    one.add_argument("--timeout", type=positive(float), default=10.0, help="seconds a question")
    one = command("progress", progress)
    one.add_argument("folder", type=Path, nargs="?", help="default: yours, my_course")
    one.add_argument("--timeout", type=positive(float), default=10.0, help="seconds a question")
    one = command("release", release)
    one.add_argument("names", nargs="*", metavar="NAME", help='as "06_adam"; default: all')
    one.add_argument(
        "--for", dest="platform", required=True, metavar="PLATFORM", help="nbgrader or colab"
    )
    one.add_argument("--out", type=Path, required=True, help="folder for the edition")
    one = command("verify-task", verify_task)
    one.add_argument("name", help='as "adam-step"')
    return whole


def count(text):
    """Return a whole number from 0 on."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")
    return int(text)


def positive(kind):
    """Return a reader of numbers above 0."""

    def read(text):
        try:
            if 0 < (number := kind(text)) < 1e6:
                return number
        except ValueError:
            pass
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")

    return read


def doctor(given):
    """Say what this machine lacks for the course, and what to do about it."""
    from adam_course.doctor import report

    return report()


def copy(given):
    """Make a folder of your own with the lessons and exercises, or renew it."""
    from adam_course import copying
    from adam_course.doctor import shown

    folder = given.folder or copying.home(OWN) or Path(OWN)
    print(copying.copy(folder, given.solutions, given.without, given.restore))
    if not given.brief:
        jupyter = shown(sys.executable, "-m", "jupyterlab", folder)
        print(f"Next: {jupyter}\nand there open {copying.FIRST}.")
    return 0


def grade(given):
    """Grade a class: gradebooks, a page for each learner, a page on the class."""
    from tqdm import tqdm

    from adam_course.configuration import site
    from adam_course.grading.classes import batch, results
    from adam_course.grading.classes.submissions import find

    lessons = f"{address}/notebooks/{{lesson}}.html" if (address := site()) else None
    if given.submissions.is_dir() and given.out.resolve().is_relative_to(
        given.submissions.resolve()
    ):
        raise ValueError(
            f"The results cannot go into {given.out}, among the submissions: name a folder beside "
            f"{given.submissions} with --out."
        )
    found = find(given.submissions)
    done = given.out / ".graded"
    seed = batch.seed_of(done) if given.seed is None else given.seed
    reports = batch.grade(
        found,
        exercise=given.exercise,
        seed=seed,
        workers=given.workers,
        timeout=given.timeout,
        memory=given.memory,
        sandbox=not given.no_sandbox,
        dask=given.dask,
        done=done,
    )
    failed, shown = [], {"desc": "Grading", "unit": " notebooks", "smoothing": 0.1}
    with closing(reports), tqdm(reports, total=len(found), **shown) as bar:
        graded = results.write(noting(bar, failed), given.out, seed, lessons)
    print(f"{graded} graded with seed {seed}: see {given.out / 'gradebook.csv'}.")
    (whose, *others) = {one.student.partition(" (")[0] for one in found}
    if len(found) > 2 and not others:
        print(
            f"adam-course: all {len(found)} are of one learner, {whose}. If {whose} is a folder "
            "around the class, grade that folder.",
            file=sys.stderr,
        )
    if failed:
        print(
            f"adam-course: the grader itself failed at {len(failed)} of {graded}, and their "
            "rows say why; the same command tries them again.",
            file=sys.stderr,
        )
    return 1 if failed else 0


def noting(reports, failed):
    """Yield reports, and note those at which the grader itself failed."""
    for report in reports:
        if report.failed:
            failed.append(report)
        yield report


def check(given):
    """Check your own notebook, as its own cells would, with a limit on time."""
    verdicts, remarks = verdicts_on(given.notebook, given.timeout)
    for verdict in verdicts:
        print(verdict)
    for remark in remarks:
        print(f"Note: {remark}")
    earned, possible = points(verdicts)
    print(f"{earned} of {possible} points.")
    return 0 if verdicts and all(one for one in verdicts if one.task.points) else 1


def progress(given):
    """Show how far you are: lessons and predictions, exercises and points, what comes next."""
    from adam_course import copying
    from adam_course.tasks import EXERCISES

    folder = given.folder or copying.home(OWN) or Path("exercises")
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}: name that of the exercises.")
    if home := copying.home(folder):
        show_lessons(home)
    if (folder / "exercises").is_dir():  # the folder of the whole course
        folder /= "exercises"
    print(f"{'exercise':<24}{'done':>8}{'points':>10}   next")
    total = [0, 0]
    for exercise in EXERCISES:
        names = (f"my_{exercise}.ipynb", f"{exercise}.ipynb")
        notebook = next((p for p in (folder / name for name in names) if p.exists()), None)
        if notebook is None and left_out(exercise, folder):
            continue
        if notebook is None:
            print(f"{exercise:<24}{'–':>8}{'–':>10}   its notebook is not here")
            continue
        verdicts, _ = verdicts_on(notebook, given.timeout, exercise)
        earned, possible = points(verdicts)
        total = [total[0] + earned, total[1] + possible]
        done = f"{sum(map(bool, verdicts))} of {len(verdicts)}"
        following = next((one.task.title for one in verdicts if not one), "all done")
        print(f"{exercise:<24}{done:>8}{f'{earned} of {possible}':>10}   {following}", flush=True)
    print(f"{'':<24}{'':>8}{f'{total[0]} of {total[1]}':>10}")
    return 0


def show_lessons(home):
    """Print a table of the lessons in a learner's folder, and the questions that come back."""
    from adam_course import progress

    print(f"{'lesson':<32}{'cells run':>12}{'predicted':>12}{'right':>8}{'recalled':>12}")
    for lesson in progress.lessons(home):
        cells = [
            f"{f'{lesson.run} of {lesson.cells}':>12}",
            f"{f'{lesson.made} of {lesson.asked}' if lesson.asked else '–':>12}",
            f"{lesson.right if lesson.made else '–':>8}",
            f"{f'{lesson.known} of {lesson.recalled}' if lesson.recalled else '–':>12}",
        ]
        print(f"{lesson.name:<32}{''.join(cells)}")
    back = progress.coming_back(home)
    if back:
        print(
            "\nAnswered wrong the last time, so it comes back first, in the next lesson you open:"
        )
    for question in back:
        lesson = next(n for n, asked in progress.BANKS[1].items() if question in asked)
        print(f"  “{question.ask}” (lesson {lesson:02})")
    print()


def left_out(exercise, folder):
    """Return whether a copy of the course was made without an exercise, as its lessons tell."""
    lessons = folder.resolve().parent / "notebooks"
    return lessons.is_dir() and not (lessons / f"{exercise}.ipynb").is_file()


def release(given):
    """Write the edition of lessons or exercises that the platform of your class needs."""
    from adam_course import configuration, releasing

    settings = configuration.settings()
    new, kept = releasing.release(given.platform, given.names, given.out, settings)
    words = ", ".join(new) if len(new) < 5 else f"{len(new)} notebooks"
    print(f"New in {given.out}: {words or 'nothing'}.")
    if given.platform == "colab" and new:
        print(f"Their first cell installs {settings['package']}.")
        if not settings["site"]:
            print(f"They do not link to the website: name it in {configuration.FILE}, as `site`.")
    if not kept:
        return 0
    print(
        f"Kept as they are, because yours differ from the course's: {', '.join(kept)}. To get the "
        "course's edition, move yours away and release again.",
        file=sys.stderr,
    )
    return 2


def verify_task(given):
    """Try a task of your own: is every wrong answer refused, and every mistake named?"""
    from adam_course.grading.workshop.verify_task import report
    from adam_course.tasks import task_named

    return report(task_named(given.name))


def verdicts_on(path, timeout, exercise=None):
    """Return (verdicts, remarks) on a learner's own notebook, with the public cases."""
    from adam_course.grading.classes.examine import examine, exercise_in
    from adam_course.grading.classes.submissions import exercise_of, find
    from adam_course.grading.sandbox.sandbox import Sandbox

    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder, and check takes a notebook.")
    submission = find(path)[0]
    data = submission.read()
    exercise = exercise or exercise_of(submission.names) or exercise_in(data)
    if not exercise:
        raise ValueError(f"{path} holds no function of an exercise.")
    try:
        with Sandbox(timeout, isolated=False) as sandbox:
            return examine(data, exercise, None, sandbox)
    except (OSError, RuntimeError):
        raise
    except Exception as error:
        raise RuntimeError(
            f"the grader failed at {path} ({type(error).__name__}: {error}): the mistake is the "
            "course's, not yours; please report it"
        ) from error


def points(verdicts):
    """Return (points earned, points to be had)."""
    return sum(one.points for one in verdicts), sum(one.task.points for one in verdicts)


if __name__ == "__main__":
    sys.exit(main())
