"""Bring what the grader found in a submission to where Gradescope reads it.

    python -m adam_course.editions.gradescope grades points.json results.json

points.json holds the class's own points by task, {} for the course's.
"""

import json
import sys
from pathlib import Path

SEVERAL = "Hand in one notebook, and nothing beside it: {} were found, so none was graded."


def results(folder, points):
    """Return what Gradescope reads, from the folder of results of one submission.

    Args:
        folder: as `adam-course grade` wrote it.
        points: the class's own points, by task.
    """
    found = sorted(Path(folder, "gradescope").glob("*/results.json"))
    if len(found) != 1:
        return {"score": 0, "output": SEVERAL.format(len(found)), "visibility": "visible"}
    whole = json.loads(found[0].read_text(encoding="utf-8"))
    for test in whole["tests"]:
        if (own := points.get(test["extra_data"]["task"])) is not None:
            passed = test["status"] == "passed"
            test.update(score=own * passed, max_score=own)
    return whole | {"score": round(sum(test["score"] for test in whole["tests"]), 9)}


def main(folder, points, out):
    """Write the results of a submission."""
    own = json.loads(Path(points).read_text(encoding="utf-8"))
    text = json.dumps(results(folder, own), ensure_ascii=False, indent=1)
    Path(out).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
