"""`python -m adam_course.experiments NAME …`: compute experiments again and store the results."""

import argparse

from tqdm import tqdm

from adam_course.experiments import names, store


def main():
    """Compute and store the experiments that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m adam_course.experiments", description=__doc__)
    parser.add_argument("name", nargs="*", metavar="NAME", help=f"one of {', '.join(names())}")
    chosen = parser.parse_args().name
    unknown = [name for name in chosen if name not in names()]
    if unknown:
        parser.error(f"there is no experiment {unknown[0]!r}; there are {', '.join(names())}")
    try:
        for name in tqdm(chosen or names(), unit="experiment"):
            tqdm.write(f"{name}: {store(name)}")
    except ImportError as error:
        parser.exit(2, f"{parser.prog}: {name}: {error}\n")


if __name__ == "__main__":
    main()
