"""The program for arm64, under emulation: it judges as this machine's does,
to the byte, and its own code paths pass their unit tests."""
import glob
import json
import os
import platform
import shutil
import subprocess

import pytest

import binary
import build
import container
from conftest import make
from test_binary import segments
from test_corpus import is_v4
from test_rows import load_rows, row_events

ARCH, TRIPLET = "arm64", "aarch64-linux-gnu"
BUILD = os.path.join(binary.REPO, "build", ARCH)
NATIVE = os.path.join(binary.REPO, "build", "tfdrift")
SIZE_MAX_BYTES = 1300000
# Of the base room, those that need no more than it.
UNITS = ("blocks", "file", "out", "scan", "sweep", "tally", "text")

if platform.machine() == "aarch64":
    pytest.skip("this machine is arm64 itself", allow_module_level=True)


@pytest.fixture(scope="session")
def emulate():
    """emulate(program, *args) → (status, output)."""
    name = shutil.which("qemu-aarch64-static") or shutil.which("qemu-aarch64")
    if not name:
        pytest.skip("no qemu-aarch64 (package qemu-user-static)")
    return lambda *args: run(name, *args)


def run(*args):
    p = subprocess.run(args, stdin=subprocess.DEVNULL, timeout=300,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return p.returncode, p.stdout, p.stderr


@pytest.fixture(scope="session")
def image():
    return container.build(make, "ARCH=" + ARCH)


@pytest.fixture(scope="session")
def program():
    make("all")  # to compare with
    make("all", "ARCH=" + ARCH)
    return os.path.join(BUILD, "tfdrift")


def test_image(image, program, capsys):
    about = container.inspect(image)
    assert about["Architecture"] == ARCH and image.endswith("-" + ARCH)
    held = container.files(image)
    assert len(held) == 2
    with open(program, "rb") as f:
        assert held["/tfdrift"][1] == f.read()
    with capsys.disabled():
        print("[%s: %d bytes, the program %d]" % (
            image, about["Size"], os.path.getsize(program)), end="")
    assert about["Size"] <= SIZE_MAX_BYTES


def test_program(program):
    """Static, nothing both writable and executable, for pages of 64 KiB."""
    found = segments(program)
    types = [t for t, _ in found]
    assert "INTERP" not in types and "DYNAMIC" not in types
    assert not [f for _, f in found if "W" in f and "E" in f]
    assert dict(found)["GNU_STACK"].strip() == "RW"
    said = run("readelf", "-hlW", program)[1].decode()
    assert "AArch64" in said
    loads = [x.split()[-1] for x in said.split("\n") if "  LOAD" in x]
    assert loads and {int(x, 16) for x in loads} == {0x10000}


def same(emulate, program, *args, statuses=(0, 2)):
    """Both give the same output and status; the output."""
    native, other = run(NATIVE, *args), emulate(program, *args)
    assert native[0] in statuses, native[2][-2000:]
    assert other == native
    return native[1]


def test_demo(emulate, program):
    demo = ["--state", os.path.join(binary.REPO, "demo", "states"),
            "--events", os.path.join(binary.REPO, "demo", "events")]
    got = same(emulate, program, "replay", "--verdicts", *demo)
    assert got.count(b"\n") == 13 and b'"verdict":"drift"' in got
    same(emulate, program, "replay", *demo)


def test_labelled_rows(emulate, program, tmp_path):
    """All of them as one story, over all of their states."""
    (tmp_path / "states").mkdir()
    records = []
    for i, param in enumerate(load_rows()):
        states, row = param.values
        for name, resources in states.items():
            binary.write(tmp_path / "states", "%d-%s.tfstate" % (i, name),
                         build.state(resources))
        records += row_events(row)
    events = binary.write(tmp_path, "events.jsonl", "".join(
        json.dumps(r) + "\n" for r in records))
    got = same(emulate, program, "replay", "--verdicts", "--state",
               tmp_path / "states", "--events", events)
    assert got.count(b"\n") == len(records) > 100


def test_public_corpus(emulate, program, shared, tmp_path):
    def corpus(name):
        with open(os.path.join(shared, "corpus", name)) as f:
            return [json.loads(x)["record"] for x in f]
    events = binary.write(tmp_path, "events.jsonl", "".join(
        json.dumps(r) + "\n" for n in ("events.jsonl", "not-cloudtrail.jsonl")
        for r in corpus(n)))
    states = [x for path in sorted(glob.glob(os.path.join(
        shared, "corpus", "states", "*"))) if is_v4(path)
        for x in ("--state", path)]
    assert len(states) > 2 * 50
    got = same(emulate, program, "replay", "--verdicts", *states, "--events",
               events, statuses=(0, 1, 2))
    assert got.count(b"\n") > 2300


def test_public_cases(emulate, program, shared, tmp_path):
    """Each with its own state; the labels are for other tests."""
    with open(os.path.join(shared, "corpus", "cases.jsonl")) as f:
        cases = [json.loads(line) for line in f]
    for i, case in enumerate(cases):
        state = binary.write(tmp_path, "%d.tfstate" % i, case["state"])
        event = binary.write(tmp_path, "%d.json" % i, case["event"]["record"])
        assert same(emulate, program, "replay", "--verdicts", "--state",
                    state, "--events", event)


@pytest.fixture(scope="session")
def unit_tests(tmp_path_factory):
    """{name: program} of the base room's, by the cross compiler for glibc,
    which Debian's cmocka is built for."""
    compiler = TRIPLET + "-gcc"
    tests = ["build/%s/plugin/tests/unit/base/test_%s.o" % (ARCH, n)
             for n in UNITS]
    library = "build/%s/plugin/lib.a" % ARCH
    make("ARCH=" + ARCH, "CC=" + compiler, library, *tests)
    folder, made = tmp_path_factory.mktemp("unit"), {}
    for name, test in zip(UNITS, tests):
        made[name] = str(folder / name)
        status, _, err = run(compiler, "-o", made[name],
                             os.path.join(binary.REPO, test),
                             os.path.join(binary.REPO, library), "-lcmocka")
        if status and b"cannot find -lcmocka" in err:
            pytest.skip("no cmocka for arm64 (package libcmocka-dev:arm64)")
        assert status == 0, err.decode()
    return made


@pytest.mark.parametrize("name", UNITS)
def test_unit(emulate, unit_tests, name):
    status, out, err = emulate(unit_tests[name])
    said = (out + err).decode()
    assert status == 0 and "[  PASSED  ]" in said, said[-3000:]
