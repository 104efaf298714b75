"""The signatures that the unit tests compare with are botocore's."""
import os
import re
import subprocess
import sys

REPO = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
ROWS = os.path.join(REPO, "tests", "unit", "aws", "sigv4_botocore.h")
WRITER = os.path.join(REPO, "tests", "tools", "sigv4_rows.py")


def squeezed(text):
    return re.sub(r"\s+", "", text)


def test_rows_are_what_botocore_signs():
    written = subprocess.run([sys.executable, "-B", WRITER], check=True,
                             stdout=subprocess.PIPE).stdout.decode()
    with open(ROWS) as f:
        kept = f.read()
    assert squeezed(written) == squeezed(kept)
