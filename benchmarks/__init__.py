"""Side by side with the peers, in one run: `make bench`."""

import os

# Before NumPy is imported: a product of matrices is timed on one core.
for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ[name] = "1"
