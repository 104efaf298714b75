"""Fixtures of the end-to-end tests: the binary, scratch files, public data.

TFDRIFT names the binary (default build/tfdrift), TFDRIFT_SHARED a folder of
public data that some tests need and skip without (default: shared beside the
repository).
"""
import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
REPO = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(REPO, "tests", "tools")]

import binary  # noqa: E402  (needs the path above)
from world import (agent, authority, environment, files,  # noqa: E402,F401
                   front, key, keys, moto, sysdig, trail)


@pytest.fixture
def tfdrift():
    """run(args, stdin) of the binary under test."""
    return binary.run


@pytest.fixture
def replay(tmp_path):
    """replay(states, events, *flags) → binary.Answer, with the verdicts."""
    return lambda *a, **k: binary.replay(tmp_path, *a, **k)


def shared_folder():
    name = os.environ.get("TFDRIFT_SHARED") or \
        os.path.join(os.path.dirname(REPO), "shared")
    return name if os.path.isdir(os.path.join(name, "corpus")) else None


@pytest.fixture(scope="session")
def shared():
    """The folder of public data; the test is skipped where there is none."""
    name = shared_folder()
    if name is None:
        pytest.skip("no folder of public data (TFDRIFT_SHARED)")
    return name
