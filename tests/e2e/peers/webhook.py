"""An HTTPS server that keeps what is posted to it, and answers as told."""
import collections
import http.server
import json
import socket
import ssl
import struct
import threading
import time

Post = collections.namedtuple("Post", "at path headers body answer")


class Answer:
    """One answer; `wreck` is "hang", "reset" or "torn" instead of one."""

    def __init__(self, status=200, body="", headers=(), wreck=None):
        self.status, self.body = status, body
        self.headers, self.wreck = dict(headers), wreck


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.server.hook.heads += 1
        self.answer(Answer(405))

    def do_POST(self):
        hook = self.server.hook
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = hook.take(self.path, dict(self.headers), json.loads(body))
        if answer.wreck == "hang":
            hook.ended.wait(60)
        if answer.wreck in ("hang", "reset"):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                       struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        self.answer(answer)

    def answer(self, answer):
        body = answer.body.encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) +
                                               5 * (answer.wreck == "torn")))
        self.end_headers()
        self.wfile.write(body)
        if answer.wreck == "torn":
            self.close_connection = True


class Webhook:
    """`posts` are all, `taken` those that were answered with 2xx."""

    def __init__(self, files, answers=()):
        self.answers = collections.deque(answers)
        self.always = Answer()
        self.posts, self.taken = [], []
        self.heads = 0
        self.ended = threading.Event()
        self.lock = threading.Lock()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        self.server.daemon_threads = True
        self.server.hook = self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.cert, files.key)
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True,
            do_handshake_on_connect=False)
        self.url = "https://localhost:%d/hook" % self.server.server_port
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def take(self, path, headers, body):
        with self.lock:
            answer = self.answers.popleft() if self.answers else self.always
            post = Post(time.monotonic(), path, headers, body, answer)
            self.posts.append(post)
            if answer.wreck in (None, "torn") and 200 <= answer.status < 300:
                self.taken.append(post)
        return answer

    def bodies(self):
        return [p.body for p in list(self.taken)]

    def close(self):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()
