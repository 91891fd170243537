"""`python -m adam_course.experiments NAME …`: compute experiments and store what comes out."""

import argparse
from concurrent.futures import ProcessPoolExecutor, as_completed

from tqdm import tqdm

from adam_course.experiments import has_changed, names, recompute, store


def main(arguments=None):
    """Compute experiments; return 1 if one of them does not come out as it is stored."""
    parser = argparse.ArgumentParser(prog="python -m adam_course.experiments", description=__doc__)
    parser.add_argument("name", nargs="*", metavar="NAME", help=f"one of {', '.join(names())}")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--check",
        action="store_true",
        help="compare with what is stored; without names, those whose code has changed",
    )
    which.add_argument("--check-all", action="store_true", help="compare all of them")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.name if name not in names()]
    if unknown:
        parser.error(f"there is no experiment {unknown[0]!r}; there are {', '.join(names())}")
    try:
        if given.check or given.check_all:
            chosen = given.name or [one for one in names() if given.check_all or has_changed(one)]
            return check(chosen)
        for name in tqdm(given.name or names(), unit="experiment"):
            tqdm.write(f"{name}: {store(name)}")
        return 0
    except (ImportError, ValueError) as error:
        parser.exit(2, f"{parser.prog}: {error}\n")


def check(chosen):
    """Compute experiments again, two or more at a time, and return 1 if one of them differs."""
    print(f"{len(chosen)} of {len(names())} experiments to compute again.", flush=True)
    differ = False
    with ProcessPoolExecutor() as pool:
        jobs = {pool.submit(recompute, name): name for name in chosen}
        for job in tqdm(as_completed(jobs), total=len(jobs), unit="experiment", disable=not jobs):
            name, found = jobs[job], job.result()
            differ |= bool(found)
            tqdm.write(f"{name}: {'; '.join(found) or 'comes out as it is stored'}")
            if found:
                tqdm.write(f"  To store the new numbers: python -m adam_course.experiments {name}")
    return int(differ)


if __name__ == "__main__":
    raise SystemExit(main())
