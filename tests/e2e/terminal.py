"""Runs a command on a terminal of 100 columns without colours."""
import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading

import binary

COLUMNS = 100


def run(command, timeout_s=60, columns=COLUMNS, cwd=binary.REPO):
    """Result of a shell command whose output and errors are a terminal;
    TFDRIFT's folder is the first of its PATH."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ,
                struct.pack("HHHH", 40, columns, 0, 0))
    env = {**os.environ, "NO_COLOR": "1", "TERM": "xterm",
           "COLUMNS": str(columns),
           "PATH": os.path.dirname(binary.PATH) + ":" + os.environ["PATH"]}
    p = subprocess.Popen(["sh", "-c", command], stdin=subprocess.DEVNULL,
                         stdout=slave, stderr=slave, env=env, cwd=cwd)
    os.close(slave)
    timer = threading.Timer(timeout_s, p.kill)
    timer.start()
    out = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the last one closed it
            break
        if not piece:
            break
        out += piece
    status = p.wait()
    timer.cancel()
    os.close(master)
    return binary.Result(status, out.decode("utf-8").replace("\r\n", "\n"), "")
