"""run.py BUILD_DIR: measures speed, memory and size; prints one table.

Speeds are ratios to jsmn (strict, with parent links, -O2, one thread) over
the same bytes in the same process, turn by turn.  An aim that is missed by
more than noise, 10 %, makes the exit status 1.  With AGAINST=COMMIT in the
environment the program is compared with that commit's instead (compare.sh).
"""
import collections
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SCENE = os.path.join(HERE, "scene")
RESOURCES, EVENTS, NOBODY_PERCENT = 50000, 200000, 75
NOISE = 0.10

# What a row measures, by how the aim is to be read: at least, at most, or
# (None) only told.
Row = collections.namedtuple("Row", "what value unit sense aim note")


def figures(build, name):
    """{what: figure} of one measuring program's JSON lines."""
    out = subprocess.run([os.path.join(build, "bench", name), SCENE],
                         stdout=subprocess.PIPE, check=True).stdout
    return {f["what"]: f for f in map(json.loads, out.splitlines())}


def scene(build, path, *args):
    """Writes what bench_scene makes into a file; returns its size."""
    with open(path, "wb") as f:
        subprocess.run([os.path.join(build, "bench", "bench_scene"), SCENE] +
                       [str(a) for a in args], stdout=f, check=True)
    return os.path.getsize(path)


def stats(binary, *args):
    """The --stats line of one replay."""
    p = subprocess.run([binary, "replay", "--stats"] + list(args),
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if p.returncode not in (0, 2):
        sys.exit("bench: replay: %s" % p.stderr.decode())
    return json.loads(p.stderr.decode().splitlines()[-1])


def speed(figure, what, aim):
    note = "%.0f MB/s, jsmn %.0f MB/s; rounds %.2f to %.2f" % (
        figure["ours_mb_s"], figure["jsmn_mb_s"], figure["low"],
        figure["high"])
    return Row(what, figure["ratio"], "x jsmn", "least" if aim else None,
               aim, note)


def growth(figure):
    return Row("an event, 1,000 -> 1,000,000 resources", figure["ratio"], "x",
               "most", 1.5, "%.2f -> %.2f us; rounds %.2f to %.2f" % (
                   figure["few_us"], figure["many_us"], figure["low"],
                   figure["high"]))


def whole(build, folder):
    """The program itself, from files to records: memory and speed."""
    binary = os.path.join(build, "tfdrift")
    state = os.path.join(folder, "state.tfstate")
    events = os.path.join(folder, "events.jsonl")
    size = scene(build, state, "state", RESOURCES)
    base = stats(binary, "--events", os.devnull)["peak_rss_kb"]
    rss = stats(binary, "--state", state, "--events",
                os.devnull)["peak_rss_kb"]
    scene(build, events, "events", RESOURCES, EVENTS, NOBODY_PERCENT)
    run = stats(binary, "--state", state, "--events", events)
    yield Row("memory with the state loaded", rss * 1024 / size,
              "x the document", "most", 0.5,
              "%.1f MB for %.1f MB; %.1f MB without" % (
                  rss / 1e3, size / 1e6, base / 1e3))
    yield Row("replay of the mixed stream, all in all",
              run["bytes"] / run["seconds"] / 1e6, "MB/s", None, None,
              "%d events, %d drifts, %.0f events/s, peak %.1f MB" % (
                  run["events"], run["drift"],
                  run["events"] / run["seconds"], run["peak_rss_kb"] / 1e3))


def size(build):
    return Row("size of the program",
               os.path.getsize(os.path.join(build, "tfdrift")) / 1e3, "KB",
               "most", 900, "stripped")


def measure(build):
    judge = figures(build, "bench_judge")
    yield speed(judge["writes"], "deciding writes on managed resources", 0.5)
    yield speed(judge["nobody"], "deciding events that concern nobody", 3)
    yield speed(judge["mixed"], "deciding both, 1 to 3", None)
    yield growth(judge["growth"])
    yield speed(figures(build, "bench_load")["load"],
                "loading a state of 50,000 resources", 0.5)
    with tempfile.TemporaryDirectory(prefix="tfdrift-bench-") as folder:
        yield from whole(build, folder)
    yield size(build)


def verdict(row):
    """"ok", "near" (missed by no more than noise), "MISSED", or ""."""
    if row.sense is None:
        return ""
    good = row.value / row.aim if row.sense == "least" else \
        row.aim / row.value if row.value else 1
    return "ok" if good >= 1 else "near" if good >= 1 - NOISE else "MISSED"


def show(rows):
    """Prints each row as it comes; whether no aim is missed."""
    fine = True
    form = "%-40s %8s %-14s %-6s %-6s %s"
    print(form % ("what", "measured", "", "aim", "", "detail"))
    for r in rows:
        aim = "" if r.sense is None else \
            "%s %g" % (">=" if r.sense == "least" else "<=", r.aim)
        number = "%.2f" % r.value if r.value < 100 else "%.0f" % r.value
        print(form % (r.what, number, r.unit, aim, verdict(r), r.note),
              flush=True)
        fine = fine and verdict(r) != "MISSED"
    return fine


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: run.py BUILD_DIR")
    build = os.path.abspath(sys.argv[1])
    if os.environ.get("AGAINST"):
        return subprocess.call([os.path.join(HERE, "compare.sh"),
                                os.environ["AGAINST"], build])
    return 0 if show(measure(build)) else 1


if __name__ == "__main__":
    sys.exit(main())
