"""What a class has agreed on is what everybody gets: each rule of policy.toml, and each mistake."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adam_course.grading.classes import folder, policy
from adam_course.grading.classes.policy import Policy, Score, scores
from adam_course.grading.classes.received import Attempt
from adam_course.grading.classes.report import Report, Result
from adam_course.grading.classes.roster import Person
from adam_course.tasks import EXERCISES, tasks_of

ANN, BEN = Person("a", "Ann", group="A"), Person("b", "Ben", group="B")
DUE = datetime(2027, 3, 5, 23, 59, tzinfo=UTC)
LATER = DUE + timedelta(days=300)
SIX = "06_adam"
DEADLINE = f"[deadlines]\n{SIX} = 2027-03-05T23:59:00\n"
TASKS = [task.name for task in tasks_of(SIX)]


def read(tmp_path, text):
    (tmp_path / "policy.toml").write_text(text, encoding="utf-8")
    return Policy.read(tmp_path / "policy.toml")


def attempt(hours=None, number=1, id="a", exercise=SIX, lateness="", ending="ipynb"):
    """Return an Attempt some hours after the deadline, and at an unknown time for None."""
    when = None if hours is None else DUE + timedelta(hours=hours)
    return Attempt(id, exercise, number, f"{id}/{exercise}-{number}.{ending}", when, lateness)


def report(one, share=1.0):
    """Return the Report on an Attempt that has solved the first tasks."""
    tasks = tasks_of(one.exercise)
    right = round(share * len(tasks))
    results = tuple(
        Result(
            *(task.name, task.title, task.lesson, "", task.points * (n < right), task.points),
            *(4, 4 * (n < right), True, "" if n < right else "not yet"),
        )
        for n, task in enumerate(tasks)
    )
    return Report(one.id, one.exercise, one.file, "x", results)


def graded(rules, *attempts, shares=None, people=(ANN,), now=LATER, marks=None):
    """Return the Scores of attempts under a policy."""
    shares = shares or [1.0] * len(attempts)
    reports = {one.file: report(one, share) for one, share in zip(attempts, shares, strict=True)}
    return scores(reports, people, attempts, rules, marks, now)


def points(*words, **more):
    return [one.points for one in graded(*words, **more)]


# ---- lateness -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(-5, 13), (0, 13), (10 / 60, 13), (11 / 60, 11.7), (24, 11.7), (24.5, 10.4), (1000, 0)],
)
def test_grace_costs_nothing_and_each_day_after_it_its_percents(tmp_path, hours, expected):
    rules = read(tmp_path, DEADLINE + "[late]\ngrace_minutes = 10\npercent_a_day = 10\n")
    (one,) = graded(rules, attempt(hours))
    assert (one.raw, one.points) == (13, expected)
    assert one.penalty == pytest.approx(13 - expected)
    assert one.rule == (("late penalty",) if expected < 13 else ())


def test_late_days_are_used_up_in_the_order_of_the_deadlines_and_then_it_costs(tmp_path):
    text = DEADLINE + "07_bias_correction = 2027-03-01\n[late]\nfree_days = 3\npercent_a_day = 10\n"
    rules = read(tmp_path, text)
    seven = attempt(-96 + 30, exercise="07_bias_correction")  # two days late
    six, seven = graded(rules, attempt(30), seven)
    assert (seven.points, seven.rule) == (seven.maximum, ("late days",))
    assert "Late days used: 2; left for the term: 1." in seven.reasons
    assert (six.points, six.rule) == (11.7, ("late days", "late penalty"))
    assert "Late days used: 1; left for the term: 0." in six.reasons


def test_what_comes_too_late_does_not_count_and_an_earlier_attempt_does(tmp_path):
    rules = read(tmp_path, DEADLINE + "[late]\nlatest_days = 2\n")
    assert points(rules, attempt(48)) == [13]
    (one,) = graded(rules, attempt(49))
    assert (one.points, one.maximum, one.rule) == (0, 13, ("too late",))
    assert one.reasons == ("Handed in 3 days late; after 2 days nothing counts.",)
    assert (one.attempt, one.raw, one.penalty) == (1, 13, 13)  # so there is feedback on it
    (one,) = graded(rules, attempt(-1), attempt(49, 2), shares=[0.5, 1])
    assert (one.attempt, one.rule) == (1, ())


def test_a_day_is_a_day_when_the_clocks_change(tmp_path):
    text = 'time_zone = "Europe/Berlin"\n[deadlines]\n06_adam = 2027-03-27T23:59:00\n'
    rules = read(tmp_path, text + "[late]\ngrace_minutes = 10\npercent_a_day = 10\n")
    berlin = ZoneInfo("Europe/Berlin")
    due, _, _ = rules.due(ANN, SIX)
    assert due == datetime(2027, 3, 27, 22, 59, tzinfo=UTC)
    for day, hour, minute, late in [(28, 0, 9, 0), (28, 0, 10, 1), (28, 23, 59, 1), (29, 0, 0, 2)]:
        when = datetime(2027, 3, day, hour, minute, tzinfo=berlin)
        assert rules.days_late(Attempt("a", SIX, 1, "", when), due) == late
    # at two the clocks go to three: six minutes after 01:59 it is 03:05
    short = read(tmp_path, text.replace("27T23:59", "28T01:59") + "[late]\ngrace_minutes = 10\n")
    when = datetime(2027, 3, 28, 3, 5, tzinfo=berlin)
    assert short.days_late(Attempt("a", SIX, 1, "", when), short.due(ANN, SIX)[0]) == 0


@pytest.mark.parametrize(
    ("said", "late"),
    [
        ("", 0),
        ("LATE", 1),
        ("3 mins 31 secs late", 0),
        ("11 mins late", 1),
        ("1 day 2 hours late", 2),
    ],
)
def test_where_no_time_is_known_the_platforms_word_counts(tmp_path, said, late):
    rules = read(tmp_path, DEADLINE + "[late]\ngrace_minutes = 10\npercent_a_day = 10\n")
    (one,) = graded(rules, attempt(lateness=said))
    assert one.points == pytest.approx(13 - 1.3 * late)
    assert (f"as the platform says ({said})" in " ".join(one.reasons)) == bool(late)


@given(st.lists(st.floats(-100, 500), min_size=2, max_size=2), st.integers(0, 5), st.floats(0, 40))
def test_who_hands_in_later_never_has_more(hours, free, percent):
    rules = Policy(deadlines={SIX: DUE}, free_days=free, percent=percent)
    (early,), (late,) = (points(rules, attempt(one)) for one in sorted(hours))
    assert 0 <= late <= early <= 13


# ---- whose deadline -----------------------------------------------------------------------------


def test_a_group_and_a_person_may_have_more_time(tmp_path):
    text = (
        f"{DEADLINE}[late]\npercent_a_day = 10\n[groups.B]\n6 = 2027-03-07\n"
        '[[extensions]]\nid = "a"\nexercise = "06"\ndays = 1\nreason = "ill"\n'
        '[[extensions]]\nid = "b"\nuntil = 2027-03-06T12:00:00\nreason = "earlier than the group"\n'
    )
    rules = read(tmp_path, text)
    late = [attempt(30, id="a"), attempt(30, id="b")]
    ann, ben = graded(rules, *late, people=(ANN, BEN))
    assert (ann.points, ann.rule) == (11.7, ("extension", "late penalty"))
    assert ann.due == DUE + timedelta(days=1)
    assert ann.reasons[-1] == "Extended to 2027-03-06 23:59: ill."
    assert (ben.points, ben.rule) == (13, ("group deadline",))
    assert ben.reasons == ("The deadline is that of group B.",)


@pytest.mark.parametrize(
    ("groups", "day"),
    [("A", 1), ("A, G1", 9), ("One, A, and G1", 9), ("G1 and A", 9), ("Life, the end", 7), ("", 5)],
)
def test_who_is_in_several_groups_has_the_latest_of_their_deadlines(tmp_path, groups, day):
    text = f'{DEADLINE}[groups."Life, the end"]\n6 = 2027-03-07\n'
    rules = read(tmp_path, text + "[groups.A]\n6 = 2027-03-01\n[groups.G1]\n6 = 2027-03-09\n")
    due, rule, _ = rules.due(Person("x", "X", group=groups), SIX)
    assert (due.day, rule) == (day, "group deadline" if groups else "")


def test_an_extension_covers_what_a_platform_calls_late_without_a_time(tmp_path):
    more = '[late]\npercent_a_day = 10\n[[extensions]]\nid = "a"\ndays = 2\nreason = "ill"\n'
    assert points(read(tmp_path, DEADLINE + more), attempt(lateness="LATE")) == [13]


def test_who_has_handed_in_nothing_has_a_row_and_until_the_deadline_it_is_open(tmp_path):
    rules = read(tmp_path, DEADLINE)
    (one,) = graded(rules, now=DUE - timedelta(hours=1))
    assert (one.attempt, one.points, one.maximum, one.open) == (0, 0, 13, True)
    assert one.reasons == ("Due 2027-03-05 23:59.",)
    (one,) = graded(rules)
    assert (one.open, one.reasons, one.tasks) == (False, ("Nothing was handed in.",), {})


# ---- attempts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "expected"), [("last", (3, 3.7)), ("last in time", (2, 8)), ("best", (1, 13))]
)
def test_one_of_several_attempts_counts_as_the_policy_says(tmp_path, counts, expected):
    text = f'{DEADLINE}[late]\npercent_a_day = 10\n[attempts]\ncounts = "{counts}"\n'
    several = [attempt(-2, 1), attempt(-1, 2), attempt(1, 3)]
    (one,) = graded(read(tmp_path, text), *several, shares=[1, 0.5, 0.34])
    assert (one.attempt, one.points) == expected
    assert f"This is attempt {expected[0]}, the {counts} of 3." in one.reasons


def test_who_has_only_late_attempts_has_the_last_of_them():
    (one,) = graded(Policy(deadlines={SIX: DUE}, counts="last in time"), attempt(1), attempt(2, 2))
    assert (one.attempt, one.points) == (2, 13)


def test_attempts_go_by_their_times_and_a_notebook_before_anything_else():
    old = attempt(-5, 2)
    (one,) = graded(Policy(), attempt(-1, 1), old, attempt(0, 3, ending="pdf"))
    assert one.attempt == 1


# ---- points -------------------------------------------------------------------------------------


def test_tasks_are_dropped_and_have_points_of_ones_own(tmp_path):
    first, second = TASKS[:2]
    text = f'[drop]\ntasks = ["{first}"]\n[points]\n{second} = 10.5\n'
    rules = read(tmp_path, text)
    (one,) = graded(rules, attempt())
    before = {task.name: task.points for task in tasks_of(SIX)}
    assert one.maximum == one.points == 13 - before[first] - before[second] + 10.5
    assert first not in one.tasks
    assert one.tasks[second] == 10.5
    assert set(one.rule) == {"own points", "dropped task"}
    assert one.reasons[-1].startswith("Not counted in this class: ")


def test_an_override_counts_after_all_rules_and_says_why(tmp_path):
    text = (
        f"{DEADLINE}[late]\npercent_a_day = 10\n"
        f'[[overrides]]\nid = "a"\nexercise = "{SIX}"\ntask = "{TASKS[0]}"\npoints = 0\n'
        'rule = "viva"\nreason = "could not explain it"\n'
        f'[[overrides]]\nid = "b"\nexercise = "{SIX}"\npoints = 7\nreason = "on paper"\n'
    )
    ann, ben = graded(read(tmp_path, text), attempt(1), people=(ANN, BEN))
    worth = tasks_of(SIX)[0].points
    assert (ann.points, ann.raw) == (pytest.approx(11.7 - worth), 13 - worth)
    assert ann.rule == ("late penalty", "viva")
    assert ann.reasons[-1].endswith("points, by the rule “viva”: could not explain it.")
    assert (ben.points, ben.attempt, ben.rule) == (7, 0, ("override",))


def test_what_people_mark_is_added_and_waits_where_nobody_has_marked(tmp_path):
    one, two = attempt(), attempt(id="b")
    marks = {one.file: {"why": 1.5}, two.file: {"why": None}}
    ann, ben = graded(Policy(), one, two, people=(ANN, BEN), marks=marks)
    most = 13 + EXERCISES[SIX].by_person
    assert (ann.points, ann.maximum, ann.by_person) == (14.5, most, {"why": 1.5})
    assert (ben.points, ben.maximum, ben.by_person) == (13, most, {"why": None})
    assert ben.reasons == ("Waits for a person's mark: why.",)
    (ann,) = graded(Policy(), one, marks={one.file: {"own-words": None}})
    assert ann.reasons == ("Waits for a person's mark: In your own words.",)


@pytest.mark.parametrize(
    ("text", "six", "seven"),
    [
        ("[points]\nown-words = 5\n", 5, 5),
        ("[points]\n06_adam.own-words = 5\n", 5, 2),
        ('[points]\n"6.own-words" = 0.5\nown-words = 3\n', 0.5, 3),
        ("[points.06_adam]\nown-words = 4\n", 4, 2),
        ('[drop]\ntasks = ["06_adam.own-words"]\n', None, 2),
        ('[drop]\ntasks = ["own-words"]\n', None, None),
    ],
)
def test_what_a_person_marks_has_points_of_ones_own(tmp_path, text, six, seven):
    rules = read(tmp_path, text)
    for exercise, expected in ((SIX, six), ("07_bias_correction", seven)):
        assert [most for _, most in rules.parts(exercise)] == [expected] * (expected is not None)
        assert rules.own_points().get(f"{exercise}.own-words", 2) == (expected or 0)
    one = attempt()
    given = {} if six is None else {"own-words": six / 2}
    (found,) = graded(rules, one, marks={one.file: given})
    most = 13 + (six or 0)
    assert (found.points, found.maximum) == (13 + (six or 0) / 2, most)
    assert ("own points" in found.rule) == bool(six)
    dropped = any(one == "Not counted in this class: In your own words." for one in found.reasons)
    assert dropped == (six is None)


def test_an_override_sets_what_a_person_marks(tmp_path):
    text = f'[[overrides]]\nid = "a"\nexercise = "{SIX}"\ntask = "own-words"\npoints = 1\n'
    rules = read(tmp_path, text + 'reason = "said it aloud"\n')
    one = attempt()
    (found,) = graded(rules, one, marks={one.file: {"own-words": 0.0}})
    assert (found.points, found.maximum, found.by_person) == (14, 15, {"own-words": 1})
    said = "In your own words has 1 point, by the rule “override”: said it aloud."
    assert found.reasons[-1] == said


def test_of_several_attempts_the_mark_of_the_one_that_counts_is_taken():
    first, second = attempt(-2, 1), attempt(-1, 2)
    marks = {first.file: {"own-words": 2.0}, second.file: {"own-words": 1.0}}
    for order in (first, second), (second, first):
        (found,) = graded(Policy(), *order, marks=marks)
        assert (found.attempt, found.points) == (2, 14)


@pytest.mark.parametrize(
    ("late", "latest", "says"),
    [(1, 0, "1 day late; after 0 days"), (30, 1, "2 days late; after 1 day nothing")],
)
def test_a_day_is_one_day(tmp_path, late, latest, says):
    rules = read(tmp_path, f"{DEADLINE}[late]\nlatest_days = {latest}\n")
    (found,) = graded(rules, attempt(late))
    assert says in found.reasons[0]
    rules = read(tmp_path, f"{DEADLINE}[late]\npercent_a_day = {100 / 13}\n")
    assert "1 point less, 7.69 % a day." in graded(rules, attempt(1))[0].reasons


def test_why_a_file_could_not_be_read_is_said_once():
    one, why = attempt(), "the file is not a notebook: it has no cells"
    wrong = report(one, 0)
    lost = tuple(replace(result, message=why) for result in wrong.results)
    wrong = replace(wrong, results=lost, remarks=("The file is not a notebook: it has no cells.",))
    (found,) = scores({one.file: wrong}, [ANN], [one], Policy(), now=LATER)
    assert found.reasons == ("The file is not a notebook: it has no cells.",)


def test_a_score_is_stored_and_read_back(tmp_path):
    (one,) = graded(read(tmp_path, DEADLINE), attempt(1))
    assert Score.from_dict(one.to_dict()) == one
    assert Score.from_dict(Score("a", "Ann", "", SIX).to_dict()) == Score("a", "Ann", "", SIX)


# ---- policy.toml --------------------------------------------------------------------------------


def test_the_sample_sets_nothing_and_each_of_its_settings_can_be_used(tmp_path):
    assert read(tmp_path, folder.sample()) == Policy()
    lines = [
        line.removeprefix("# ") if line.startswith("# ") and ("=" in line or "[" in line) else line
        for line in folder.sample().splitlines()
    ]
    used = [line for line in lines if not line.startswith("#")]
    tomllib.loads("\n".join(used))
    rules = read(tmp_path, "\n".join(used))
    assert list(rules.deadlines) == list(EXERCISES)
    assert (rules.free_days, rules.percent, rules.latest, rules.missing) == (3, 10, 7, 2)
    assert rules.groups["Tutorial B"].keys() == {SIX}
    assert rules.extensions[0].days == 3
    assert rules.overrides[0].rule == "viva"
    assert rules.canvas == {SIX: "Homework 6 (12345)"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a = = 1", r"policy\.toml cannot be read as TOML: .*line 1"),
        ("[late]\n\npercent_a_dya = 1", r"line 3: percent_a_dya: .*did you mean percent_a_day\.$"),
        ("[latte]", r"line 1: latte: there is no such setting; did you mean late"),
        ("late = 3", r"line 1: late: this is a table"),
        ('[late]\nfree_days = "three"', r"line 2: free_days: 'three' is no number from 0 on"),
        ("[late]\nfree_days = 1.5", r"free_days: 1\.5 is no whole number"),
        ("[late]\npercent_a_day = -1", r"percent_a_day: -1 is no number from 0 on"),
        ("[deadlines]\n06_adm = 2027-01-01", r"line 2: 06_adm: .*did you mean 06_adam\.$"),
        ('[deadlines]\n06_adam = "soon"', r"line 2: 06_adam: 'soon' is no time"),
        ("[deadlines]\n06_adam = 3", r"line 2: 06_adam: 3 is no time"),
        ("[deadlines]\n06_adam = 9999-12-31", r"line 2: 06_adam: the year 9999 cannot be meant"),
        ("[deadlines]\n06_adam = 0001-01-01", r"line 2: 06_adam: the year 1 cannot be meant"),
        (
            "[deadlines]\n06_adam = 2027-01-01\n6 = 2027-01-02",
            r"line 3: 6: deadlines has two deadlines for 06_adam; keep one",
        ),
        ('time_zone = "Mars/Base"', r"line 1: time_zone: 'Mars/Base' is not known here"),
        ('[attempts]\ncounts = "first"', r"line 2: counts: 'first' is none of last, last in"),
        ('[drop]\ntasks = ["adam-setp"]', r"adam-setp: there is no such task; did you mean adam-"),
        ("[points]\nadam-stap = 3", r"line 2: adam-stap: there is no such task; did you mean"),
        (
            "[points]\n06_adam.own-wrds = 3",
            r"line 2: own-wrds: there is no such task of 06_adam; d",
        ),
        ('[points]\n06_adam.own-words = "x"', r"line 2: own-words: 'x' is no number from 0 on"),
        ("[points]\n6x.own-words = 3", r"6x: there is no such exercise"),
        ('[drop]\ntasks = ["16.own-words"]', r"own-words: there is no such task of 16"),
        ('[[extensions]]\nid = "a"\nreason = "ill"', r"extension of a needs either `until` or"),
        ('[[extensions]]\nid = "a"\ndays = 1', r"an entry of \[\[extensions\]\] has no reason"),
        ('[extensions]\nid = "a"', r"write \[\[extensions\]\], with two brackets"),
        ('[[overrides]]\nid = "a"\nexercise = "6"\nreason = "x"', r"override for a has no points"),
        (
            '[[overrides]]\nid="a"\nexercise="7"\ntask="adam-step"\npoints=1\nreason="x"',
            r"line 4: task: adam-step is no task of 07_bias_correction",
        ),
        ("[roster]\nid = 3", r"line 2: id: write the heading of a column"),
        ('[moodle]\ngrad = "x"', r"line 2: grad: there is no such setting in \[moodle\]; did you"),
    ],
)
def test_a_wrong_policy_is_one_sentence_with_the_line(tmp_path, text, says):
    with pytest.raises(ValueError, match=says) as error:
        read(tmp_path, text)
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")


def test_a_date_alone_is_the_end_of_that_day_and_an_offset_is_kept(tmp_path):
    text = "[deadlines]\n06_adam = 2027-03-05\n07_bias_correction = 2027-03-05T20:00:00+02:00\n"
    due = read(tmp_path, text).deadlines
    assert due[SIX] == datetime(2027, 3, 5, 23, 59, 59, tzinfo=UTC)
    assert due["07_bias_correction"] == datetime(2027, 3, 5, 18, tzinfo=UTC)


def test_points_are_kept_with_two_decimals():
    assert [policy.rounded(one) for one in (1 / 3, 0.125, 2.675, 13)] == [0.33, 0.13, 2.68, 13]
    assert [policy.number(one) for one in (1.3, 13.0, 0.25)] == ["1.3", "13", "0.25"]
