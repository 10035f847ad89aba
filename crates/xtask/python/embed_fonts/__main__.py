"""Entry point of `python -m embed_fonts`."""

import sys

from embed_fonts.cli import main

sys.exit(main())
