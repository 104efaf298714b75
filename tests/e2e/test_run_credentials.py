"""Where credentials come from, how they are kept fresh, and that they are
told to nobody."""
import os
import sys

import pytest

import binary
import world
from agent import get, wait
from peers import credentials

ROLE = "arn:aws:iam::111122223333:role/watcher"
EXTERNAL = "ext=1, of/us"
WEB_TOKEN = "eyJhbGciOiJSUzI1NiJ9.e30.a+b/c=="


@pytest.fixture
def peer(request):
    """peer(kind, ...) → an endpoint of peers.credentials."""
    made = []

    def make(kind, *args, **kwargs):
        made.append(kind(*args, **kwargs))
        return made[-1]
    yield make
    for p in made:
        p.close()
        assert not p.server.violations


@pytest.fixture
def base(authority):
    """An environment without credentials."""
    return {"AWS_CA_BUNDLE": authority.bundle, "AWS_REGION": world.REGION,
            "HOME": "/nonexistent"}


OFF = {"AWS_EC2_METADATA_DISABLED": "true"}


def by_environment(x):
    return x.key.environment(), {}


def by_session_in_environment(x):
    return x.keys.session(3600).environment(), {}


def shared_file(x, name, *profiles):
    return binary.write(x.folder, name, "".join(
        "[%s]\n%s\n" % (n, "".join("%s = %s\n" % kv for kv in keys.items()))
        for n, keys in profiles))


def keys_of(key):
    out = {"aws_access_key_id": key.access,
           "aws_secret_access_key": key.secret}
    if key.token:
        out["aws_session_token"] = key.token
    return out


def by_shared_file(x):
    path = shared_file(x, "credentials", ("other", {"aws_access_key_id": "x"}),
                       ("default", keys_of(x.keys.session(3600))))
    return {"AWS_SHARED_CREDENTIALS_FILE": path}, {}


def by_profile_of_the_source(x):
    path = shared_file(x, "config", ("default", {"region": "us-east-2"}),
                       ("profile watch", keys_of(x.key)))
    return {"AWS_CONFIG_FILE": path}, {"profile": "watch"}


def by_role_of_a_profile(x):
    config = shared_file(x, "config", ("profile watch", {
        "role_arn": ROLE, "source_profile": "base", "external_id": EXTERNAL,
        "role_session_name": "watch@1"}))
    given = shared_file(x, "credentials", ("base", keys_of(x.key)))
    x.sts.roles[ROLE] = EXTERNAL
    return {"AWS_CONFIG_FILE": config, "AWS_PROFILE": "watch",
            "AWS_SHARED_CREDENTIALS_FILE": given}, {}


def by_role_of_the_source(x):
    x.sts.roles[ROLE] = EXTERNAL
    return x.key.environment(), {"role_arn": ROLE, "external_id": EXTERNAL}


def by_web_identity(x):
    x.sts.roles[ROLE] = None
    path = binary.write(x.folder, "token", WEB_TOKEN)
    return {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": path,
            "AWS_ROLE_SESSION_NAME": "pod@1"}, {}


def by_container(x):
    c = x.peer(credentials.Container, x.keys, token="Basic abc==")
    return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": c.url + c.PATH,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic abc=="}, {}


def by_container_with_a_file(x):
    c = x.peer(credentials.Container, x.keys, token="eks token", files=x.files)
    path = binary.write(x.folder, "token", "eks token")
    return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": c.url + c.PATH,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path}, {}


def by_instance(x):
    i = x.peer(credentials.Instance, x.keys)
    return {"AWS_EC2_METADATA_SERVICE_ENDPOINT": i.url,
            "AWS_EC2_METADATA_DISABLED": "false"}, {}


class X:
    pass


@pytest.fixture
def x(tmp_path, keys, key, files, peer):
    """What the ways above build their credentials from."""
    made = X()
    made.folder, made.keys, made.key = str(tmp_path), keys, key
    made.files, made.peer = files, peer
    made.sts = peer(credentials.Sts, keys, {}, WEB_TOKEN, files=files)
    return made


def run(agent, trail, tmp_path, env, keys):
    path = binary.write(tmp_path, "s.tfstate", world.queues(3))
    return agent([world.source(trail, **keys), world.local(path),
                  world.VERIFY], env)


@pytest.mark.parametrize("way", [
    by_environment, by_session_in_environment, by_shared_file,
    by_profile_of_the_source, by_role_of_a_profile, by_role_of_the_source,
    by_web_identity, by_container, by_container_with_a_file, by_instance],
    ids=lambda f: f.__name__)
def test_ways(way, x, agent, trail, tmp_path, base):
    env, section = way(x)
    a = run(agent, trail, tmp_path, {
        **base, **OFF, "AWS_ENDPOINT_URL_STS": x.sts.url, **env}, section)
    a.start()
    a.wait_events([trail.add(world.change(0)).id])
    told = a.err + get(a.port, "/metrics")[2] + str(a.records())
    a.stop()
    with open(os.path.join(a.folder, "checkpoint"), "rb") as f:
        told += f.read().decode("latin-1")
    for k in list(x.keys.known.values()):
        assert k.secret not in told
        assert not k.token or k.token not in told
    assert EXTERNAL not in told and WEB_TOKEN not in told


def test_credential_process(x, agent, trail, tmp_path, base):
    """A program of the profile prints them."""
    program = os.path.join(x.folder, "print")
    answer = credentials.document(x.keys.session(3600), Version=1).replace(
        '"Token"', '"SessionToken"')
    text = binary.write(x.folder, "answer.json", answer)
    with open(os.open(program, os.O_CREAT | os.O_WRONLY, 0o755), "w") as f:
        f.write("#!%s\nprint(open(%r).read())\n" % (sys.executable, text))
    config = shared_file(x, "config", ("default", {
        "credential_process": program + " --for \"an agent\""}))
    a = run(agent, trail, tmp_path, {**base, **OFF,
                                     "AWS_CONFIG_FILE": config}, {}).start()
    a.wait_events([trail.add(world.change(0)).id])
    a.stop()


def test_refresh_before_the_end(x, agent, trail, tmp_path, base):
    """A session of 15 minutes and a bit is renewed when 15 are left, and
    again and again while that fails; the old one serves meanwhile."""
    x.sts.roles[ROLE] = None
    x.sts.lives_s = 15 * 60 + 2
    a = run(agent, trail, tmp_path, {
        **base, **OFF, **x.key.environment(),
        "AWS_ENDPOINT_URL_STS": x.sts.url}, {"role_arn": ROLE}).start()
    assert len(x.sts.given) == 1
    x.sts.down = 3
    asked = len(x.sts.asked)
    wait("attempts to renew it", lambda: len(x.sts.asked) > asked, 30)
    a.wait_events([trail.add(world.change(0)).id])
    wait("a new session", lambda: len(x.sts.given) >= 2, 40)
    wait("its use", lambda: trail.calls[-1].access == x.sts.given[-1].access)
    assert {c.outcome for c in trail.calls} == {"ok"}
    a.stop()


def test_expired_all_the_same(x, agent, trail, tmp_path, base):
    """AWS says that a session has expired: a new one is had at once."""
    i = x.peer(credentials.Instance, x.keys)
    a = run(agent, trail, tmp_path, {
        **base, "AWS_EC2_METADATA_SERVICE_ENDPOINT": i.url}, {}).start()
    for k in i.given:
        k.expires = 0
    a.wait_events([trail.add(world.change(0)).id])
    assert len(i.given) >= 2
    expired = trail.of(outcome="ExpiredTokenException")
    assert expired
    for c in expired:
        trail.calls.remove(c)
    a.stop()


def test_tokens_are_read_again(x, agent, trail, tmp_path, base):
    """The file of a container's token is rotated under the agent."""
    c = x.peer(credentials.Container, x.keys, token="one",
               lives_s=15 * 60 + 2)
    path = binary.write(x.folder, "token", "one\n")
    a = run(agent, trail, tmp_path, {
        **base, **OFF, "AWS_CONTAINER_CREDENTIALS_FULL_URI": c.url + c.PATH,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path}, {}).start()
    given = len(c.given)
    c.token = "two"
    binary.write(x.folder, "token", "two")
    wait("a session by the new token", lambda: len(c.given) > given, 20)
    a.stop()


def test_no_credentials(agent, trail, tmp_path, base):
    """Told, tried again, and no call is made unsigned."""
    a = run(agent, trail, tmp_path, {**base, **OFF}, {}).start(ready=False)
    a.says("(?i)credentials")
    assert a.status("/readyz") == 503
    assert not trail.server.requests
    a.stop()


def test_plain_http_gets_no_credentials(x, agent, trail, tmp_path, base):
    """A container's endpoint elsewhere must be https."""
    a = run(agent, trail, tmp_path, {
        **base, **OFF,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/creds",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "t"}, {}).start(ready=False)
    a.says("(?i)192\\.0\\.2\\.1|credentials")
    assert not trail.server.requests
    a.stop()
