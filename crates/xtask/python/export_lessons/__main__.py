"""Entry point of `python -m export_lessons`."""

import sys

from export_lessons.cli import main

sys.exit(main())
