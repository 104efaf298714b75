"""Fixtures of the tests of the image and of the other architecture: what
`make image` gives, and the peers of the end-to-end tests."""
import importlib.util
import os
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
E2E = os.path.join(os.path.dirname(HERE), "e2e")
sys.path[:0] = [HERE, E2E]

import container  # noqa: E402  (needs the path above)
from binary import REPO  # noqa: E402,F401
from world import (authority, environment, files, front,  # noqa: E402,F401
                   key, keys, moto, trail)


def neighbour():
    """The end-to-end tests' file of this name."""
    spec = importlib.util.spec_from_file_location(
        "e2e_conftest", os.path.join(E2E, "conftest.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


shared = neighbour().shared


def make(*words):
    """Runs make in the repository; its output."""
    env = {k: v for k, v in os.environ.items()
           if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    p = subprocess.run(["make", "-C", REPO, *words], env=env,
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, timeout=900)
    said = p.stdout.decode(errors="replace")
    assert p.returncode == 0, said[-3000:]
    return said


@pytest.fixture(scope="session")
def image():
    """The tag of this machine's image, built just now."""
    return container.build(make)


@pytest.fixture(scope="session")
def runs(image):
    """The same, where a container can be run."""
    why = container.why_not(image)
    if why:
        pytest.skip("podman runs nothing here: " + why)
    return image
