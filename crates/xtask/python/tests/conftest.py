"""Makes the packages importable, and knows which tests suit which site."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def pytest_configure(config: pytest.Config) -> None:
    """Makes the mark known."""
    config.addinivalue_line("markers", "own_site: about the small site only")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leaves out what `NETLAB_TEST_SITE` can't be asked."""
    if not os.environ.get("NETLAB_TEST_SITE"):
        return
    others = [item for item in items if item.get_closest_marker("own_site")]
    items[:] = [item for item in items if item not in others]
    config.hook.pytest_deselected(items=others)
