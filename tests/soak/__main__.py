"""Run one job in a process of its own: ``python -m tests.soak JOB ROUNDS SEED``.

Jobs fork, and adopt the orphans of what they kill. A test runner with threads must do neither.
The last line of the output is the job's counts as JSON.
"""

from __future__ import annotations

import json
import random
import sys

from tests.soak.jobs import JOBS

name, rounds, seed = sys.argv[1:]
random.seed(int(seed))
print(json.dumps(JOBS[name].work(int(rounds))))
