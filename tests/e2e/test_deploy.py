"""The files that an operator copies, config/k8s and config/systemd: they ask
for what the program and its image have."""
import os
import re
import shutil
import subprocess

import pytest
import yaml

import binary

CONFIG = os.path.join(binary.REPO, "config")
UNIT = os.path.join(CONFIG, "systemd", "tfdrift.service")
DEFAULT_CHECKPOINT = "/var/lib/tfdrift"


def text(*path):
    with open(os.path.join(*path)) as f:
        return f.read()


@pytest.fixture(scope="module")
def manifest():
    """{kind: object}; there is one of each."""
    found = list(yaml.safe_load_all(text(CONFIG, "k8s", "sidecar.yaml")))
    made = {x["kind"]: x for x in found}
    assert len(made) == len(found)
    return made


@pytest.fixture(scope="module")
def pod(manifest):
    return manifest["Deployment"]["spec"]["template"]["spec"]


def container(pod, name):
    return next(c for c in pod["containers"] if c["name"] == name)


def mounts(container):
    return {m["mountPath"]: m for m in container["volumeMounts"]}


def test_configuration_is_sound(manifest, tfdrift, tmp_path):
    path = binary.write(tmp_path, "tfdrift.ini",
                        manifest["ConfigMap"]["data"]["tfdrift.ini"])
    r = tfdrift(["check", "-c", path])
    assert r.status == 0, r.err


def test_pod_is_whole(manifest, pod):
    """What is named is there, under that name."""
    volumes = {v["name"]: v for v in pod["volumes"]}
    for c in pod["containers"]:
        assert {m["name"] for m in c["volumeMounts"]} <= set(volumes)

    def name(kind):
        return manifest[kind]["metadata"]["name"]
    assert volumes["config"]["configMap"]["name"] == name("ConfigMap")
    assert volumes["checkpoint"]["persistentVolumeClaim"]["claimName"] == \
        name("PersistentVolumeClaim")
    assert pod["serviceAccountName"] == name("ServiceAccount")
    spec = manifest["Deployment"]["spec"]
    assert spec["selector"]["matchLabels"] == \
        spec["template"]["metadata"]["labels"]
    assert spec["replicas"] == 1  # one agent is enough, and owns its volume


def test_folders_are_where_the_agent_looks(manifest, pod):
    ini = manifest["ConfigMap"]["data"]["tfdrift.ini"]
    socket = re.search(r"^socket = (.*)$", ini, re.M).group(1)
    for c in pod["containers"]:
        shared = mounts(c)[os.path.dirname(socket)]
        assert shared["name"] == "socket" and not shared.get("readOnly")
    ours = mounts(container(pod, "tfdrift"))
    assert ours[DEFAULT_CHECKPOINT]["name"] == "checkpoint"
    cmd = re.search(r"^CMD (.*)$", text(binary.REPO, "docker/Containerfile"),
                    re.M).group(1)
    assert "/etc/tfdrift/tfdrift.ini" in cmd and ours["/etc/tfdrift"]
    sample = text(CONFIG, "tfdrift.ini")
    assert "checkpoint = %s/checkpoint" % DEFAULT_CHECKPOINT in sample


def test_pod_is_as_confined_as_the_image_allows(pod):
    user = int(re.search(r"^USER (\d+):", text(
        binary.REPO, "docker/Containerfile"), re.M).group(1))
    own = container(pod, "tfdrift")["securityContext"]
    assert own == {
        "runAsUser": user, "runAsGroup": user, "runAsNonRoot": True,
        "readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]}}
    # Falco gives its socket to that group.
    falco = yaml.safe_load(text(CONFIG, "falco", "falco.yaml"))
    assert falco["plugins"][0]["init_config"]["group"] == str(user) == \
        str(pod["securityContext"]["fsGroup"])


def test_probes_are_commands(manifest, pod, tfdrift):
    """They fail where no agent is, and say so in one line."""
    c = container(pod, "tfdrift")
    for probe in ("livenessProbe", "readinessProbe"):
        command = c[probe]["exec"]["command"]
        assert command[0] == "/tfdrift"
        words = [re.sub(r":\d+", ":1", w) for w in command[1:]]
        r = tfdrift(words + (["127.0.0.1:1"] if words == ["health"] else []))
        assert r.status == 1 and len(r.err.splitlines()) == 1, r
        assert c[probe]["timeoutSeconds"] > 5  # its own limit
    port = c["ports"][0]["containerPort"]
    assert "listen = 0.0.0.0:%d" % port in \
        manifest["ConfigMap"]["data"]["tfdrift.ini"]


def test_compose_file_of_the_readme():
    """What it mounts is in the tree, or made by it; both share the socket's
    folder, and the agent is as confined as in the pod."""
    block = next(b for b in re.findall(
        r"^```yaml\n(.*?)^```$", text(binary.REPO, "README.md"), re.M | re.S)
        if b.startswith("services:"))
    compose = yaml.safe_load(block)
    made = {"./tfdrift.ini", "./build/libtfdrift.so"}
    for service in compose["services"].values():
        for source in (v.split(":")[0] for v in service["volumes"]):
            assert source in compose["volumes"] or source in made or \
                os.path.isfile(os.path.join(binary.REPO, source)), source
        assert "run:/run/tfdrift" in service["volumes"]
    agent = compose["services"]["tfdrift"]
    assert "state:%s" % DEFAULT_CHECKPOINT in agent["volumes"]
    assert agent["read_only"] and agent["cap_drop"] == ["ALL"]
    assert agent["security_opt"] == ["no-new-privileges:true"]


def settings():
    """{key: [values]} of the unit."""
    found = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", text(UNIT), re.M):
        found.setdefault(key, []).append(value)
    return found


def test_unit_runs_what_there_is(tfdrift):
    unit = settings()
    assert unit["ExecStart"] == [
        "/usr/bin/tfdrift run -c /etc/tfdrift/tfdrift.ini"]
    for line in unit["ExecStart"] + unit["ExecReload"][:1]:
        r = tfdrift(line.split()[1:2] + ["-c", "/nonexistent/tfdrift.ini"])
        assert r.status == int(unit["RestartPreventExitStatus"][0]), r
    assert unit["ExecReload"][1].endswith("kill -HUP $MAINPID")
    assert "/var/lib/" + unit["StateDirectory"][0] == DEFAULT_CHECKPOINT
    assert unit["DynamicUser"] == ["yes"] and unit["CapabilityBoundingSet"] \
        == [""]
    assert int(unit["TimeoutStopSec"][0][:-1]) > 5  # what ending may take


def test_unit_is_what_systemd_knows(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze (package systemd)")
    # The program may not be installed; what it is called is tried above.
    path = binary.write(tmp_path, "tfdrift.service", text(UNIT).replace(
        "/usr/bin/tfdrift", "/bin/true"))
    p = subprocess.run(["systemd-analyze", "verify", path], timeout=60,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = [x for x in p.stdout.decode().splitlines()
            if "tfdrift.service" in x]
    assert not said, said
