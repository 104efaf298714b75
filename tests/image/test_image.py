"""The image: what it holds, and that it works as confined as can be: read
only, as nobody, without capabilities."""
import os
import re
import uuid

import pytest

import binary
import container
import world
from agent import get
from peers.listener import Listener

SIZE_MAX_BYTES = 1300000
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
SOCKET = "/run/tfdrift/falco.sock"
STATE = "/etc/tfdrift/terraform.tfstate"
STOP_S = 5  # and what podman itself takes
PODMAN_S = 1.5


# What it holds

def test_size(image, capsys):
    size = container.inspect(image)["Size"]
    with capsys.disabled():
        print("[%s: %d bytes]" % (image, size), end="")
    assert size <= SIZE_MAX_BYTES


def test_two_files_and_nothing_else(image):
    held = container.files(image)
    assert sorted(held) == [BUNDLE, "/tfdrift"]
    for path, mode, source in (
            ("/tfdrift", 0o755, os.path.join(binary.REPO, "build/tfdrift")),
            (BUNDLE, 0o644, BUNDLE)):
        member, data = held[path]
        assert (member.mode & 0o7777, member.uid, member.gid) == (mode, 0, 0)
        with open(source, "rb") as f:
            assert data == f.read()


def test_what_it_says_of_itself(image):
    about = container.inspect(image)
    config, version = about["Config"], image.partition(":")[2]
    assert config["User"] == "65532:65532"
    assert config["Entrypoint"] == ["/tfdrift"]
    assert config["Cmd"] == ["run", "-c", "/etc/tfdrift/tfdrift.ini"]
    labels = {k.rpartition(".")[2]: v for k, v in config["Labels"].items()
              if k.startswith("org.opencontainers.image.")}
    assert labels["version"] == version
    assert labels["title"] == "tfdrift" and labels["description"]
    assert labels["licenses"] == "Apache-2.0"
    assert about["Architecture"] in ("amd64", "arm64")
    health = about.get("Healthcheck") or config["Healthcheck"]
    assert health["Test"] == ["CMD", "/tfdrift", "health"]


# That it works

@pytest.fixture
def volume():
    made = []

    def make():
        made.append(container.Volume())
        return made[-1]
    yield make
    for v in made:
        v.close()


@pytest.fixture
def scene(runs, volume, trail, authority, key, tmp_path):
    """scene(sections, mounts) → (container, admin port); one checkpoint and
    one folder for Falco's socket, `scene.shared`, for all of them."""
    made = []
    os.chmod(authority.bundle, 0o644)
    env = {"AWS_REGION": world.REGION, "AWS_EC2_METADATA_DISABLED": "true",
           **key.environment()}
    kept, shared = volume(), volume()

    def start(sections, mounts=()):
        trail.allowance.clear()
        path, port = container.write_config(tmp_path, [
            world.source(trail), world.VERIFY, ("output \"falco\"", {
                "type": "falco", "socket": SOCKET})] + sections)
        c = container.Container(runs, path, [
            authority.bundle + ":%s:ro" % BUNDLE, kept.name +
            ":/var/lib/tfdrift", shared.name + ":/run/tfdrift", *mounts], env)
        made.append(c)
        return c, port
    start.shared = shared.path
    yield start
    for c in made:
        c.kill()


@pytest.fixture
def listener(scene):
    """On the shared volume, as Falco's plugin is."""
    path = os.path.join(scene.shared, os.path.basename(SOCKET))
    x = Listener(path, greets=True)
    if os.geteuid() == 0:  # as config/falco/falco.yaml says
        os.chown(path, 0, container.USER)
        os.chmod(path, 0o660)
    else:
        os.chmod(path, 0o666)
    yield x
    x.close()


@pytest.fixture
def local(tmp_path):
    """Section and mount of a state of ten queues."""
    path = binary.write(tmp_path, "s.tfstate", world.queues(10))
    os.chmod(path, 0o644)
    return world.local(STATE), "%s:%s:ro" % (path, STATE)


def ready(port):
    try:
        return get(port, "/readyz")[0] == 200
    except OSError:
        return False


def ids(listener):
    return [r["event_id"] for r in listener.records()]


def test_drift_reaches_the_shared_volume(scene, listener, local, trail):
    """Stopped and started anew over the same volumes, nothing is told
    twice."""
    first = trail.add(world.change(1), 3).id
    c, _ = scene([local[0]], [local[1]])
    c.wait("the record", lambda: first in ids(listener))
    assert c.stop() < STOP_S + PODMAN_S
    second = trail.add(world.change(2), 3).id
    c, _ = scene([local[0]], [local[1]])
    c.wait("the next record", lambda: second in ids(listener))
    c.stop()
    assert ids(listener) == [first, second]
    assert [r["address"] for r in listener.records()] == [
        "aws_sqs_queue.eu_west_1[%d]" % i for i in (1, 2)]


def test_state_in_s3(scene, listener, trail, front, moto):
    s3 = moto.client("s3", "us-east-1")
    bucket = "states-" + uuid.uuid4().hex[:12]
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a/terraform.tfstate",
                  Body=binary.json.dumps(world.queues(10)).encode())
    event = trail.add(world.change(4), 3).id
    c, _ = scene([("state \"s3\"", {
        "type": "s3", "bucket": bucket, "key": "a/terraform.tfstate",
        "region": "us-east-1", "endpoint": front.url, "path_style": "on"})])
    c.wait("the record", lambda: event in ids(listener))
    c.stop()
    assert listener.records()[0]["state"] == "s3"
    assert front.of("s3", bucket, 200)


def test_reload(scene, local, listener, trail):
    """SIGHUP, with the configuration written over where it is mounted."""
    c, port = scene([local[0]], [local[1]])
    c.wait("readiness", lambda: ready(port))
    with open(c.config, "a") as f:
        f.write("[severity]\ndefault = critical\n")
    c.signal("HUP")
    c.wait("the reload", lambda: " reloaded " in c.err)
    event = trail.add(world.change(3), 3).id
    c.wait("the record", lambda: event in ids(listener))
    c.stop()
    assert listener.records()[-1]["severity"] == "critical"


def test_health(scene, runs, local, listener):
    """By the program itself, since there is nothing else in the image."""
    c, port = scene([local[0]], [local[1]])

    def ask(what):
        return container.podman(
            "run", "--rm", "--network=host", *container.LIMITS,
            *container.CONFINED, runs, "health", "127.0.0.1:%d%s" % (
                port, what), check=False).returncode
    c.wait("readiness", lambda: ready(port))
    assert ask("") == ask("/readyz") == 0
    c.stop()
    assert ask("") == 1


def test_health_check_of_the_image(runs, tmp_path, volume):
    """It asks where an agent listens that is told nothing else.  A network
    of its own, so that nobody else has the port."""
    (tmp_path / "events.jsonl").write_text("")
    (tmp_path / "s.tfstate").write_text(binary.json.dumps(world.queues(1)))
    (tmp_path / "a.ini").write_text(
        "[source \"f\"]\ntype = file\npath = /data/events.jsonl\n"
        "[state \"l\"]\ntype = local\npath = /data/s.tfstate\n")
    for path in (tmp_path, *tmp_path.iterdir()):
        path.chmod(0o755)
    c = container.Container(
        runs, str(tmp_path / "a.ini"),
        ["%s:/data:ro" % tmp_path, volume().name + ":/var/lib/tfdrift"], {},
        network="none")
    try:
        c.wait("health", lambda: container.podman(
            "healthcheck", "run", c.name, check=False).returncode == 0)
        assert c.stop() < STOP_S + PODMAN_S
    finally:
        c.kill()


def test_it_is_confined(scene, local, listener):
    """As the kernel sees it: nobody, no capability, none to be had, seccomp
    on; the root file system is read-only, and it is PID 1 of its own."""
    c, port = scene([local[0]], [local[1]])
    c.wait("readiness", lambda: ready(port))
    pid = c.pid()
    with open("/proc/%d/status" % pid) as f:
        status = dict(re.findall(r"^(\w+):\s*(.*)$", f.read(), re.M))
    assert status["Uid"].split() == status["Gid"].split() == ["65532"] * 4
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name], 16) == 0, name
    assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2"
    assert status["NSpid"].split()[-1] == "1"
    with open("/proc/%d/mountinfo" % pid) as f:
        root = [x.split() for x in f if x.split()[4] == "/"][-1]
    assert "ro" in root[5].split(",")
    assert "in the sandbox" in c.err
    c.stop()
