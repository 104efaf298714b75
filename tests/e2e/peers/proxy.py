"""A forward proxy that knows CONNECT and nothing else (RFC 9110, 9.3.6)."""
import base64
import contextlib
import selectors
import socket

from peers import wire


class Proxy:
    """Tunnels to the port it is asked for, on loopback, whatever the host's
    name; `asked` keeps the authorities.

    `user` ("name:password") makes it ask for Basic authentication;
    `refuses` answers each CONNECT with that status.
    """

    def __init__(self, user=None, refuses=None):
        self.user = user
        self.refuses = refuses
        self.asked = []
        self.server = wire.Server(self._handle)
        self.url = self.server.url

    def close(self):
        self.server.close()

    def _handle(self, request):
        if request.method != "CONNECT":
            raise wire.Bad("%s to a proxy" % request.method)
        if request.header("host") != request.target:
            raise wire.Bad("Host is not what is asked for")
        self.asked.append(request.target)
        want = self.user and "Basic " + base64.b64encode(
            self.user.encode()).decode()
        if want and request.header("proxy-authorization") != want:
            return wire.Reply(407, "who?", [
                ("Proxy-Authenticate", "Basic realm=\"x\"")])
        if self.refuses:
            return wire.Reply(self.refuses, "no", kind="text/plain")
        return wire.Reply(200, write=lambda c, r: tunnel(c, request.target))


def tunnel(connection, authority):
    port = int(authority.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 5) as far:
        connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with contextlib.suppress(OSError), selectors.DefaultSelector() as s:
            s.register(connection.sock, selectors.EVENT_READ, far)
            s.register(far, selectors.EVENT_READ, connection.sock)
            while True:
                for ready, _ in s.select():
                    data = ready.fileobj.recv(65536)
                    if not data:
                        return False
                    ready.data.sendall(data)
    return False
