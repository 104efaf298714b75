"""An HTTP/1.1 server whose answers can be wrecked to the byte.

It reads requests strictly (RFC 9112), notes what it was sent that no client
should send in `violations`, and leaves the writing of an answer to a
function, so that a test may cut, stretch or garble it.
"""
import collections
import contextlib
import email.utils
import http.client
import os
import re
import socket
import ssl
import struct
import threading
import time
import urllib.parse

HEAD_MAX = 64 * 1024
TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")


class Bad(Exception):
    """A request that no client should send."""


class Closed(Exception):
    """The client has gone, between two requests."""


class Request:
    """One request as it came; names of headers in lower case."""

    def __init__(self, line, headers, body, connection):
        self.method, self.target, self.version = line
        self.path, _, self.query = self.target.partition("?")
        self.headers = headers
        self.body = body
        self.connection = connection
        self.at = time.monotonic()

    def header(self, name, default=None):
        values = [v for k, v in self.headers if k == name]
        if len(values) > 1:
            raise Bad("%d headers %s" % (len(values), name))
        return values[0] if values else default

    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode(),
                                           keep_blank_values=True,
                                           strict_parsing=True))


class Reply:
    """What to answer, and by which function it is written."""

    def __init__(self, status=200, body=b"", headers=(), write=None,
                 kind="application/x-amz-json-1.1"):
        self.status = status
        self.body = body.encode() if isinstance(body, str) else body
        self.headers = list(headers)
        self.write = write or write_whole
        self.kind = kind

    def head(self, length=True, version="HTTP/1.1", more=()):
        """The bytes up to the body; length: True, False or a number."""
        lines = ["%s %d %s" % (version, self.status,
                               http.client.responses.get(self.status, "x"))]
        fields = [("Date", email.utils.formatdate(usegmt=True)),
                  ("Content-Type", self.kind)]
        # Headers that a reply names itself stand instead of the usual ones.
        named = {k.lower() for k, _ in self.headers}
        fields = [f for f in fields if f[0].lower() not in named]
        if length is not False:
            n = len(self.body) if length is True else length
            fields.append(("Content-Length", str(n)))
        fields += self.headers + list(more)
        lines += ["%s: %s" % f for f in fields]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def write_whole(connection, reply):
    """The ordinary way; True: the connection stays open."""
    # 204 and 304 have no body and say no length (RFC 9110, 8.6).
    bare = reply.status in (204, 304)
    body = b"" if bare else reply.body
    connection.send(reply.head(length=not bare) + body)
    return not any(k.lower() == "connection" and v.lower() == "close"
                   for k, v in reply.headers)


class Connection:
    """One client's stream, with every way to end it."""

    def __init__(self, sock, number):
        self.sock = sock
        self.number = number
        self.buffer = b""
        self.requests = 0

    def send(self, data):
        self.sock.sendall(data)

    def send_raw(self, data):
        """Bytes past TLS, straight on the socket."""
        with socket.socket(fileno=os.dup(self.sock.fileno())) as raw:
            raw.setblocking(True)
            raw.sendall(data)

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        self.sock.close()

    def cut(self):
        """FIN, without the close_notify that TLS asks for."""
        with contextlib.suppress(OSError):
            socket.socket(fileno=os.dup(self.sock.fileno())).shutdown(
                socket.SHUT_WR)
        self.sock.close()

    def close(self):
        """As a good server ends a stream."""
        with contextlib.suppress(OSError, ValueError):
            if isinstance(self.sock, ssl.SSLSocket):
                self.sock.settimeout(0.5)
                self.sock.unwrap()
        self.sock.close()

    def wait_closed(self, limit_s):
        """Reads on until the client closes; whether it did in time."""
        end = time.monotonic() + limit_s
        with contextlib.suppress(OSError, ValueError):
            while time.monotonic() < end:
                self.sock.settimeout(max(0.01, end - time.monotonic()))
                if not self.sock.recv(4096):
                    return True
        return time.monotonic() < end

    def more(self):
        data = self.sock.recv(65536)
        if not data:
            if self.buffer:
                raise Bad("closed in the middle of a request")
            raise Closed
        self.buffer += data

    def read_request(self):
        while b"\r\n\r\n" not in self.buffer:
            if len(self.buffer) > HEAD_MAX:
                raise Bad("a head of more than %d bytes" % HEAD_MAX)
            self.more()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        line, headers = parse_head(head)
        length = body_length(line[0], headers)
        while len(self.buffer) < length:
            self.more()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        if self.buffer:
            raise Bad("%d bytes before the answer" % len(self.buffer))
        self.requests += 1
        return Request(line, headers, body, self.number)


def parse_head(head):
    lines = head.split(b"\r\n")
    if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", b"".join(lines)):
        raise Bad("a control byte in the head")
    first = lines[0].decode("latin-1").split(" ")
    if len(first) != 3 or first[2] != "HTTP/1.1" or \
            not re.match(r"[!-~]+\Z", first[1]):
        raise Bad("request line %r" % lines[0])
    headers = []
    for text in lines[1:]:
        name, colon, value = text.partition(b":")
        if not colon or not TOKEN.match(name):
            raise Bad("header %r" % text)
        headers.append((name.decode().lower(),
                        value.strip(b" \t").decode("latin-1")))
    count = collections.Counter(k for k, _ in headers)
    if count["host"] != 1:
        raise Bad("%d Host headers" % count["host"])
    return first, headers


def body_length(method, headers):
    values = [v for k, v in headers if k == "content-length"]
    if any(k == "transfer-encoding" for k, _ in headers):
        raise Bad("a request in chunks")
    if not values:
        if method in ("POST", "PUT"):
            raise Bad("%s without Content-Length" % method)
        return 0
    if len(values) != 1 or not re.match(r"\d+\Z", values[0]):
        raise Bad("Content-Length %r" % values)
    return int(values[0])


class Server:
    """Serves handler(request) → Reply on a free loopback port.

    `files` of a certificate make it TLS.  `requests` holds what was asked,
    `connections` counts, `refused` keeps failed handshakes' reasons.
    """

    def __init__(self, handler, files=None, address="127.0.0.1"):
        self.handler = handler
        self.files = files
        self.requests = []
        self.violations = []
        self.refused = []
        self.connections = 0
        self.open = set()
        self.lock = threading.Lock()
        self.context = tls_context(files) if files else None
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.create_server((address, 0), family=family,
                                           backlog=64)
        self.port = self.socket.getsockname()[1]
        host = "[%s]" % address if ":" in address else address
        self.authority = "%s:%d" % (host, self.port)
        self.url = "http%s://%s" % ("s" if files else "", self.authority)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.drop()

    def drop(self):
        """Ends every open connection at once."""
        with self.lock:
            socks = list(self.open)
        for s in socks:
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)

    def _accept(self):
        while True:
            try:
                sock, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, daemon=True,
                             args=(sock, self.connections)).start()

    def _serve(self, sock, number):
        with self.lock:
            self.open.add(sock)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            tcp = sock
            if self.context:
                sock = self._handshake(sock)
            if sock:
                with self.lock:
                    self.open.add(sock)
                    self.open.discard(tcp)
                self._talk(Connection(sock, number))
        finally:
            with self.lock:
                self.open.discard(sock)
                self.open.discard(tcp)

    def _handshake(self, sock):
        try:
            sock.settimeout(20)
            sock = self.context.wrap_socket(sock, server_side=True)
            sock.settimeout(None)
            return sock
        except (OSError, ValueError) as e:
            self.refused.append(str(e))
            sock.close()
            return None

    def _talk(self, connection):
        try:
            while True:
                request = connection.read_request()
                with self.lock:
                    self.requests.append(request)
                reply = self.handler(request)
                if not reply.write(connection, reply):
                    break
        except Bad as e:
            self.violations.append(str(e))
        except (Closed, OSError, ValueError):
            pass  # the client went away, or a fault closed the stream
        if connection.sock.fileno() >= 0:
            connection.close()


def tls_context(files):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(files.cert, files.key)
    return context
