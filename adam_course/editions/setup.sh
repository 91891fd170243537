#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image.
set -e
cd "${AUTOGRADER_ROOT:-/autograder}"
if command -v apt-get && ! command -v bwrap; then
    apt-get update && apt-get install --yes python3-pip python3-venv bubblewrap
fi
python3 -m venv course
cd source && ../course/bin/python -m pip install --quiet --requirement requirements.txt
