"""The command `adam-course`: see to a set-up, copy the course, check a notebook, grade a class."""

import argparse
import sys
from contextlib import closing, contextmanager
from pathlib import Path

CLASS = "Keep a class in a folder: roster, deadlines, what comes from Moodle or Canvas, grades."
OWN = "my_course"  # a learner's folder, where no other is named


def main(arguments=None):
    """Run a command and return its exit code: 0 all right, 1 not all right, 2 could not be done."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # not every sign fits into a file on Windows
    given = parser().parse_args(arguments)
    try:
        return given.run(given)
    except KeyboardInterrupt:
        kept = (
            " What is graded is kept: the same command goes on."
            if given.run in (grade, class_grade, class_marks)
            else ""
        )
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
    add_limits(one)
    classes(commands.add_parser("class", help=CLASS, description=CLASS))
    one = command("check", check)
    one.add_argument("notebook", type=Path)
    one.add_argument("--timeout", type=positive(float), default=10.0, help="seconds a question")
    one = command("progress", progress)
    one.add_argument("folder", type=Path, nargs="?", help="default: yours, my_course")
    one.add_argument("--timeout", type=positive(float), default=10.0, help="seconds a question")
    one = command("example", example)
    one.add_argument("exercise", nargs="?", default="06_adam", help='default: "06_adam"')
    one.add_argument("--out", type=Path, required=True, help="folder for the notebooks")
    one = command("quiz", quiz)
    one.add_argument("names", nargs="*", metavar="LESSON", help='as "06_adam" or 06; default: all')
    one.add_argument(
        "--for", dest="platform", required=True, metavar="PLATFORM", help="moodle or canvas"
    )
    one.add_argument("--out", type=Path, required=True, help="folder for the quizzes")
    one = command("release", release)
    one.add_argument("names", nargs="*", metavar="NAME", help='as "06_adam" or 06; default: all')
    one.add_argument(
        "--for",
        dest="platform",
        required=True,
        metavar="PLATFORM",
        help="nbgrader, moodle, canvas, colab, classroom or gradescope",
    )
    one.add_argument(
        "--without", nargs="*", default=(), metavar="NUMBER", help="lessons your class leaves out"
    )
    one.add_argument("--policy", type=Path, metavar="FILE", help="points of your class's own")
    one.add_argument("--out", type=Path, required=True, help="folder for the edition")
    one = command("verify-task", verify_task)
    one.add_argument("name", help='as "adam-step"')
    return whole


def classes(parser):
    """Add the commands of a class to their parser."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name, run):
        words = run.__doc__.partition("\n")[0]
        added = commands.add_parser(name, help=words, description=words)
        added.add_argument("folder", type=Path, metavar="DIR", help="the folder of the class")
        added.set_defaults(run=run)
        return added

    one = command("new", class_new)
    one.add_argument("--roster", type=Path, metavar="CSV", help="who is in it; default: nobody yet")
    one = command("import", class_import)
    one.add_argument("sources", type=Path, nargs="+", metavar="FROM", help="a folder, zip or CSV")
    one.add_argument("--exercise", help="which exercise it is; default: found from the notebooks")
    one = command("grade", class_grade)
    add_limits(one)
    command("mark", class_mark)
    one = command("marks", class_marks)
    one.add_argument("files", type=Path, nargs="+", metavar="FILE", help="as the page saved it")
    add_limits(one)
    one = command("export", class_export)
    one.add_argument("--for", dest="platform", choices=("moodle", "canvas"), required=True)
    one.add_argument("table", type=Path, metavar="CSV", help="as the platform handed it out")
    one.add_argument("--exercise", help="the only one; Moodle's default: found from the CSV's name")
    one.add_argument("--scale", action="store_true", help="convert to the platform's maximum")
    one.add_argument("--out", type=Path, help="the new CSV; default: in DIR/export")


def add_limits(parser):
    """Add to a parser how answers are run."""
    parser.add_argument("--seed", type=count, help="draws the cases; default: one nobody knows")
    parser.add_argument("--workers", type=positive(int), help="default: one a processor")
    parser.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler, as tcp://…")
    parser.add_argument("--timeout", type=positive(float), default=10.0, help="seconds a question")
    parser.add_argument("--memory", type=positive(int), default=1024, help="MB a question")
    parser.add_argument("--no-sandbox", action="store_true", help="run the answers unprotected")


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
    from adam_course.grading.classes import batch, marking, results
    from adam_course.grading.classes.submissions import find

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
    failed = []
    with graded_reports(given, found, seed, done, given.exercise) as reports:
        marks = marking.read(marking.kept_in(given.out))
        noted = noting(reports, failed)
        graded = results.write(noted, given.out, seed, lessons(), marks=marks)
    print(f"{graded} graded with seed {seed}: see {given.out / 'gradebook.csv'}.")
    if marks.all:
        tell_unused(marks, marking.graded(given.out)[1])
    (whose, *others) = {one.student.partition(" (")[0] for one in found}
    if len(found) > 2 and not others:
        print(
            f"adam-course: all {len(found)} are of one learner, {whose}. If {whose} is a folder "
            "around the class, grade that folder.",
            file=sys.stderr,
        )
    return tell_failed(failed, graded)


@contextmanager
def graded_reports(given, found, seed, done, exercise=None):
    """Give the Reports on submissions as they are graded, with a bar that shows how far it is."""
    from tqdm import tqdm

    from adam_course.grading.classes import batch

    reports = batch.grade(
        found,
        exercise=exercise,
        seed=seed,
        workers=given.workers,
        timeout=given.timeout,
        memory=given.memory,
        sandbox=not given.no_sandbox,
        dask=given.dask,
        done=done,
    )
    shown = {"desc": "Grading", "unit": " notebooks", "smoothing": 0.1}
    with closing(reports), tqdm(reports, total=len(found), **shown) as bar:
        yield bar


def lessons():
    """Return where learners read the lessons, None if nobody has said it."""
    from adam_course.configuration import site

    return f"{address}/notebooks/{{lesson}}.html" if (address := site()) else None


def tell_failed(failed, graded):
    """Say at how many submissions the grader itself failed, and return the exit code."""
    if failed:
        print(
            f"adam-course: the grader itself failed at {len(failed)} of {graded}, and their "
            "rows say why; the same command tries them again.",
            file=sys.stderr,
        )
    return 1 if failed else 0


def tell_unused(marks, reports, more=""):
    """Say whose marks do not count, because nothing was handed in."""
    if unused := marks.without(reports):
        who = ", ".join(f"{student} ({exercise})" for student, exercise in unused)
        print(
            f"adam-course: marks without a hand-in: {who}; they are kept, and count as soon as "
            f"there is one{more}.",
            file=sys.stderr,
        )


def noting(reports, failed):
    """Yield reports, and note those at which the grader itself failed."""
    for report in reports:
        if report.failed:
            failed.append(report)
        yield report


def class_new(given):
    """Make the folder of a class: a roster and a policy for you to fill in."""
    from adam_course.grading.classes import folder

    made = folder.new(given.folder, given.roster)
    print(f"New in {given.folder}: {', '.join(made) or 'nothing, for all of it is there'}.")
    return 0


def class_import(given):
    """Take in what Moodle or Canvas handed out; with its table of people, if you have it."""
    from adam_course.grading.classes import folder

    done = folder.receive(given.folder, given.sources, given.exercise)
    people = "1 person" if done.people == 1 else f"{done.people} people"
    again = "1 was" if done.again == 1 else f"{done.again} were"
    print(f"{done.new} new, of {people}; {again} here already.")
    for note in done.notes:
        print(note)
    if done.unmatched:
        print(
            f"adam-course: {len(done.unmatched)} could not be matched, and "
            f"{'is' if len(done.unmatched) == 1 else 'are'} kept in "
            f"{given.folder / folder.UNMATCHED}. Mend the roster, or name the platform's table of "
            "people too, and import again:",
            *done.unmatched,
            sep="\n  ",
            file=sys.stderr,
        )
    return 1 if done.unmatched else 0


def class_grade(given):
    """Grade a class under its policy, and say whose points have changed."""
    from adam_course.grading.classes import batch, folder, marking

    failed = []
    with folder.alone(given.folder):
        here = folder.Class(given.folder)
        if here.received.adopt(here.roster):
            here.received.write()
        found, done = folder.submissions(here), given.folder / folder.GRADES / ".graded"
        seed = batch.seed_of(done, given.seed)
        with graded_reports(given, found, seed, done) as reports:
            reports = list(noting(reports, failed))
        marks = marking.read(given.folder, here.policy)
        scores, counting = folder.counted(here, reports, marks.by_person(reports))
        changed = folder.write(here, scores, counting, seed, lessons(), marks)
    grades = given.folder / folder.GRADES
    print(f"{len(counting)} of {len(scores)} graded with seed {seed}: see {grades}/gradebook.csv.")
    if changed:
        moved = sum(line[4] != line[5] for line in changed)
        told = {"other points than before": moved, "another maximum only": len(changed) - moved}
        told = [f"{count} with {what}" for what, count in told.items() if count]
        print(f"Changed: {', '.join(told)}; see {grades}/changes.csv.")
    more = f" (for points without a hand-in, write an override into {folder.POLICY})"
    tell_unused(marks, reports, more)
    if strangers := here.strangers():
        print(
            f"adam-course: handed in, not in {folder.ROSTER}, and so without grades: "
            f"{', '.join(strangers)}.",
            file=sys.stderr,
        )
    return tell_failed(failed, len(found))


def class_mark(given):
    """Write marking.html, the page on which people mark what no check can judge."""
    from adam_course.grading.classes import marking, results

    grades = marking.results_in(given.folder)
    policy = policy_of(marking.kept_in(grades))
    path, count = marking.prepare(grades, results.templates(None), policy)
    if not count:
        print("There is nothing to mark: nobody has answered a question that a person marks.")
        return 1
    many = "s are" if count > 1 else " is"
    print(f"{count} answer{many} on {path}: open it in a browser.")
    return 0


def class_marks(given):
    """Take in what the marking page has saved, and bring the books up to date."""
    from adam_course.grading.classes import folder, marking, results

    grades = marking.results_in(given.folder)
    home = marking.kept_in(grades)
    policy = policy_of(home)
    for file in given.files:
        marks, done = marking.merge(home, file, policy)
        words = ", ".join(f"{count} {kind}" for kind, count in done.items() if count)
        print(f"{file}: {words or 'no marks in it'}.")
    for one in marks.agreements():
        print(one)
    if (home / folder.POLICY).is_file():
        return class_grade(argparse.Namespace(**vars(given) | {"folder": home}))
    seed, reports = marking.graded(grades)
    results.write(reports, grades, seed, lessons(), marks=marks)
    print(f"The books in {grades} are up to date.")
    tell_unused(marks, reports)
    return 0


def policy_of(home):
    """Return the Policy in a folder, None if there is none."""
    from adam_course.grading.classes.folder import POLICY
    from adam_course.grading.classes.policy import Policy

    return Policy.read(home / POLICY) if (home / POLICY).is_file() else None


def class_export(given):
    """Fill the grades into the table that Moodle or Canvas handed out, and nothing else."""
    from adam_course.grading.classes import folder

    options = {"exercise": given.exercise, "scale": given.scale, "out": given.out}
    out, filled = folder.give_back(given.folder, given.platform, given.table, **options)
    grades = "1 grade" if filled.count == 1 else f"{filled.count} grades"
    print(f"{grades} in {out}: upload this file.")
    for note in filled.notes:
        print(f"adam-course: {note}", file=sys.stderr)
    return 0


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


def example(given):
    """Write the notebooks of a class that does not exist, to try out grading."""
    from adam_course.example_class import example as write

    return placed(given.out, *write(given.out, given.exercise))


def quiz(given):
    """Write a quiz for each lesson, of its recall questions, for Moodle or Canvas."""
    from adam_course import quizzes

    return placed(given.out, *quizzes.quiz(given.platform, given.names, given.out))


def release(given):
    """Write the edition of lessons or exercises that the platform of your class needs."""
    from adam_course import configuration, releasing
    from adam_course.grading.classes.policy import Policy

    settings = configuration.settings()
    points = Policy.read(given.policy).own_points() if given.policy else None
    new, kept = releasing.release(
        given.platform, given.names, given.out, settings, given.without, points
    )
    code = placed(given.out, new, kept)
    if given.platform in ("colab", "moodle", "canvas") and new:
        print(f"Their first cell installs {settings['package']}.")
        if not settings["site"]:
            print(f"They do not link to the website: name it in {configuration.FILE}, as `site`.")
    return code


def placed(folder, new, kept):
    """Say which files came into a folder, and which are kept as they are; return the exit code."""
    words = ", ".join(new) if len(new) < 5 else f"{len(new)} files"
    print(f"New in {folder}: {words or 'nothing'}.")
    if not kept:
        return 0
    print(
        f"Kept as they are, because yours differ from the course's: {', '.join(kept)}. To get the "
        "course's edition, move yours away and say it again.",
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
