"""Readers of the agent's Unix socket: a plain one, and one that acks."""
import contextlib
import json
import os
import socket
import struct
import threading
import time

GREETING = b"tfdrift 1\n"


class Listener:
    """Listens on path and keeps whole lines as (monotonic time, record).

    greets       says the greeting at once, and then acks each line
    acks         False: greets, and never acks
    drops_after  resets the connection after so many lines, the last unacked
    delay_s      before each ack
    deaf         accepts, and never reads
    """

    def __init__(self, path, greets=False, acks=True, drops_after=0,
                 delay_s=0, deaf=False):
        self.path = str(path)
        self.greets, self.acks = greets, acks
        self.drops_after, self.delay_s, self.deaf = drops_after, delay_s, deaf
        self.lines = []
        self.acked = []
        self.torn = []
        self.connections = 0
        self.open = set()
        self.ended = False
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(self.path)
        self.socket.listen(8)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        """Stops listening and ends what is open; the path stays behind."""
        self.ended = True
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for s in list(self.open):
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)

    def records(self):
        return [r for _, r in list(self.lines)]

    def _accept(self):
        while True:
            try:
                s, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(s,),
                             daemon=True).start()

    def _serve(self, s):
        self.open.add(s)
        try:
            if self.greets:
                s.sendall(GREETING)
            while self.deaf and not self.ended:
                time.sleep(0.05)
            self._read(s)
        except OSError:
            pass  # the agent went away
        finally:
            self.open.discard(s)
            s.close()

    def _read(self, s):
        rest, count = b"", 0
        while True:
            data = s.recv(65536)
            if not data:
                if rest:
                    self.torn.append(rest)
                return
            *whole, rest = (rest + data).split(b"\n")
            for line in whole:
                record = json.loads(line)
                self.lines.append((time.monotonic(), record))
                count += 1
                if self.drops_after and count >= self.drops_after:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                 struct.pack("ii", 1, 0))
                    return
                self._ack(s, record)

    def _ack(self, s, record):
        if not self.greets or not self.acks:
            return
        time.sleep(self.delay_s)
        # Kept first: what was sent may have been read before we say so.
        self.acked.append(record["id"])
        s.sendall(b"ack %s\n" % record["id"].encode())
