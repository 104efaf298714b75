"""Real Terraform on the S3 backend, with lock table and lock file, while the
agent watches. AWS itself is moto; Terraform's calls and somebody else's come
as CloudTrail would tell them."""
import glob
import os
import shutil
import signal
import subprocess
import time
import uuid

import pytest

import build
import world
from agent import wait
from test_run_s3 import Bucket, gets, section

# Where packagers put a mirror of providers, or what the variable names.
PLUGINS = os.environ.get("TFDRIFT_TF_PLUGINS") or next(
    (f[:-len("/registry.terraform.io/hashicorp/aws")] for root in (
        os.path.expanduser("~/.terraform.d/*"), "/opt/*",
        "/usr/local/share/terraform/*", "/usr/share/terraform/*")
     for f in sorted(glob.glob(
         root + "/registry.terraform.io/hashicorp/aws"))), "")
KEY = "live/app.tfstate"
GROUP = "/app/orders"
LOCK_WAIT_S = 3
TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.11.4 aws-sdk-go-v2/1.36.3"
SDK = "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux"

MAIN = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
  backend "s3" {
    bucket         = "%(bucket)s"
    key            = "%(key)s"
    region         = "us-east-1"
    dynamodb_table = "%(table)s"
    use_lockfile   = true
    use_path_style = true
    endpoints      = { s3 = "%(url)s", dynamodb = "%(url)s" }
    skip_credentials_validation = true
    skip_requesting_account_id  = true
    skip_metadata_api_check     = true
  }
}
provider "aws" {
  region                      = "us-east-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  endpoints { logs = "%(url)s" }
}
variable "days" { type = number }
variable "sleeps" { default = 0 }
resource "aws_cloudwatch_log_group" "orders" {
  name              = "%(group)s"
  retention_in_days = var.days
}
resource "terraform_data" "slow" {
  input      = aws_cloudwatch_log_group.orders.retention_in_days
  triggers_replace = [var.days]
  provisioner "local-exec" { command = "sleep ${var.sleeps}" }
}
"""


class Terraform:
    """One working folder."""

    def __init__(self, folder, bucket, moto):
        self.folder = str(folder)
        self.program = shutil.which("terraform")
        if not self.program or not glob.glob(
                PLUGINS + "/registry.terraform.io/hashicorp/aws/*"):
            pytest.skip("no terraform with the AWS provider "
                        "(TFDRIFT_TF_PLUGINS)")
        self.env = {**{k: v for k, v in os.environ.items()
                       if not k.startswith(("AWS_", "TF_"))},
                    **moto.admin.environment(), "CHECKPOINT_DISABLE": "1",
                    "TF_IN_AUTOMATION": "1"}
        with open(os.path.join(self.folder, "main.tf"), "w") as f:
            f.write(MAIN % {"bucket": bucket.name, "key": KEY,
                            "table": bucket.table, "url": moto.url,
                            "group": GROUP})
        self.run("init", "-plugin-dir=" + PLUGINS)

    def start(self, *args):
        return subprocess.Popen(
            [self.program, *args, "-input=false", "-no-color"],
            cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True)

    def run(self, *args):
        p = self.start(*args)
        out = p.communicate(timeout=120)[0].decode()
        assert p.returncode == 0, out[-3000:]

    def apply(self, days, sleeps=0):
        return ("apply", "-auto-approve", "-var", "days=%d" % days,
                "-var", "sleeps=%d" % sleeps)


def retention(days, agent):
    return build.event({
        "source": "logs", "name": "PutRetentionPolicy",
        "request": {"logGroupName": GROUP, "retentionInDays": days},
        "record": {"userAgent": agent, "awsRegion": "us-east-1"}},
        uuid.uuid4().hex)


def locked(bucket):
    item = bucket.dynamodb.get_item(
        TableName=bucket.table, ConsistentRead=True,
        Key={"LockID": {"S": bucket.name + "/" + KEY}}).get("Item")
    names = [o["Key"] for o in bucket.s3.list_objects_v2(
        Bucket=bucket.name).get("Contents", [])]
    return item is not None and KEY + ".tflock" in names


def test_apply_while_watching(agent, trail, front, moto, environment,
                              tmp_path):
    """One story, because each apply takes ten seconds."""
    bucket = Bucket(moto)
    folder = tmp_path / "tf"
    folder.mkdir()
    terraform = Terraform(folder, bucket, moto)
    terraform.run(*terraform.apply(7))
    a = agent([world.source(trail, regions="us-east-1"),
               section(front, bucket, KEY, lock_table=bucket.table,
                       lockfile="on"),
               ("verify", {"attempts": 3, "delay": "100ms",
                           "lock_wait": "60s"})],
              {**environment, "AWS_ENDPOINT_URL_DYNAMODB": front.url}).start()
    during_an_apply(a, trail, terraform, bucket)
    by_hand = trail.add(retention(7, SDK)).id
    a.wait_events([by_hand])
    assert a.records()[0]["changes"] == {"retention_in_days": [14, 7]}
    assert a.records()[0]["address"] == "aws_cloudwatch_log_group.orders"
    assert "state_locked" not in a.records()[0]
    assert not [g for g in gets(front) if g.status >= 400]
    after_a_kill(a, trail, terraform, bucket, moto, by_hand)
    a.stop()


def during_an_apply(a, trail, terraform, bucket):
    """Terraform's own call, and the same by a client that cannot be told
    from anybody's: neither is drift, while it lasts or afterwards."""
    p = terraform.start(*terraform.apply(14, 3))
    wait("the lock", lambda: locked(bucket), 60)
    ids = [trail.add(retention(14, TERRAFORM)).id,
           trail.add(retention(14, SDK)).id]
    wait("both to be read", lambda: all(
        any(i in c.events for c in list(trail.calls)) for i in ids))
    assert locked(bucket) and not a.records()
    assert p.wait(90) == 0, p.stdout.read().decode()[-2000:]
    time.sleep(2)
    assert not a.records(), "false drift: %s" % a.records()


def after_a_kill(a, trail, terraform, bucket, moto, known):
    """Both locks stay behind, and silence drift no longer than told."""
    p = terraform.start(*terraform.apply(30, 60))
    wait("the lock", lambda: locked(bucket), 60)
    wait("the group to be changed", lambda: moto.client(
        "logs").describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"][0]
        .get("retentionInDays") == 30, 60)
    os.killpg(p.pid, signal.SIGKILL)
    p.wait()
    assert locked(bucket)
    with open(a.config) as f:
        text = f.read().replace("lock_wait = 60s",
                                "lock_wait = %ds" % LOCK_WAIT_S)
    with open(a.config, "w") as f:
        f.write(text)
    a.stop()
    world.restart(a, trail)
    event = trail.add(retention(90, SDK))
    a.wait_events([known, event.id])
    waited = a.lines[-1].at - event.readable_at
    assert LOCK_WAIT_S <= waited < LOCK_WAIT_S + 5, waited
    assert a.records()[-1]["state_locked"] is True
