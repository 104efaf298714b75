"""turns.py BUILD_DIR OTHER: this build's program and another one, turn by
turn over the same state and events: ratios of their processor times."""
import os
import resource
import statistics
import subprocess
import sys
import tempfile

import run

TURNS, EVENTS = 5, 100000


def seconds(binary, *args):
    """Processor time of one replay."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    p = subprocess.run([binary, "replay"] + list(args),
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if p.returncode not in (0, 2):
        sys.exit("bench: %s: %s" % (binary, p.stderr.decode()))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime -
            before.ru_utime - before.ru_stime)


def main():
    build, other = sys.argv[1:]
    ours = os.path.join(build, "tfdrift")
    with tempfile.TemporaryDirectory(prefix="tfdrift-bench-") as folder:
        state = os.path.join(folder, "state.tfstate")
        small = os.path.join(folder, "small.tfstate")
        run.scene(build, state, "state", run.RESOURCES)
        run.scene(build, small, "state", 1000)
        jobs = [("loading a state", ["--state", state, "--events",
                                     os.devnull])]
        for what, nobody in (("writes on managed resources", 0),
                             ("events that concern nobody", 100)):
            events = os.path.join(folder, "%d.jsonl" % nobody)
            run.scene(build, events, "events", 1000, EVENTS, nobody)
            jobs.append((what, ["--state", small, "--events", events]))
        print("%-32s %9s %9s %7s" % ("", "before s", "now s", "now/before"))
        for what, args in jobs:
            turns = [(seconds(other, *args), seconds(ours, *args))
                     for _ in range(TURNS)]
            print("%-32s %9.3f %9.3f %7.2f" % (
                what, *(statistics.median(t) for t in zip(*turns)),
                statistics.median(b / max(a, 1e-3) for a, b in turns)))
    sizes = [os.path.getsize(p) for p in (other, ours)]
    print("%-32s %9d %9d %7.2f" % ("size, bytes", *sizes,
                                   sizes[1] / sizes[0]))


if __name__ == "__main__":
    main()
