"""Entry point of `python -m run_lessons`."""

import sys

from run_lessons.cli import main

sys.exit(main())
