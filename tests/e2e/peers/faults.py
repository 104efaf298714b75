"""Ways in which an answer goes wrong on the wire, by name.

Each is called as write(connection, reply) in place of wire.write_whole and
says whether the connection stays open.  SOUND holds those that a client must
take for a good answer, BROKEN those that it must take for a failure.
"""
import time

LINGER_S = 3


def half(reply):
    return reply.body[:len(reply.body) // 2]


def reset_mid_body(connection, reply):
    connection.send(reply.head() + half(reply))
    time.sleep(0.02)  # so that the bytes are read before the reset
    connection.reset()


def reset_before_head(connection, reply):
    connection.reset()


def early_fin(connection, reply):
    connection.send(reply.head() + half(reply))
    connection.cut()


def early_close(connection, reply):
    """The same with TLS's own good bye: only the length tells."""
    connection.send(reply.head() + half(reply))
    connection.close()


def fin_in_head(connection, reply):
    connection.send(reply.head()[:40])
    connection.close()


def length_too_long(connection, reply):
    connection.send(reply.head(length=len(reply.body) + 7) + reply.body)
    connection.close()


def length_too_short(connection, reply):
    """What is left over must not be taken for the next answer."""
    connection.send(reply.head(length=len(reply.body) - 9) + reply.body)
    return True


def length_twice(connection, reply):
    more = [("Content-Length", str(len(reply.body) + 1))]
    connection.send(reply.head(more=more) + reply.body + b" ")


def length_negative(connection, reply):
    connection.send(reply.head(length=-1) + reply.body)


def length_endless(connection, reply):
    """Ten gigabytes, of which some are sent."""
    connection.send(reply.head(length=10 ** 10))
    end = time.monotonic() + LINGER_S
    while time.monotonic() < end:
        connection.send(b" " * 65536)


def chunks_of(body, sizes, more=""):
    at = 0
    while at < len(body):
        piece = body[at:at + sizes[at % len(sizes)]]
        at += len(piece)
        yield ("%x%s\r\n" % (len(piece), more)).encode() + piece + b"\r\n"


def chunked_head(reply):
    return reply.head(length=False, more=[("Transfer-Encoding", "chunked"),
                                          ("Trailer", "X-Sum")])


def chunked(connection, reply):
    """With extensions and trailers (RFC 9112, 7.1)."""
    data = b"".join(chunks_of(reply.body, (1, 3000, 17, 64),
                              ';a=b;c="d \\" e"'))
    end = b"000;last\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n"
    connection.send(chunked_head(reply) + data + end)
    return True


def chunked_cut(connection, reply):
    """Every chunk of the body, but not the last one, which is empty."""
    data = b"".join(chunks_of(reply.body, (1000,)))
    connection.send(chunked_head(reply) + data)
    connection.close()


def chunked_wrong(connection, reply):
    connection.send(chunked_head(reply) + b"zz\r\n" + reply.body)
    connection.close()


def chunked_huge(connection, reply):
    connection.send(chunked_head(reply) + b"f" * 17 + b"\r\n" + reply.body)
    connection.close()


def drip(connection, reply):
    """Byte by byte at both ends, in odd pieces between."""
    data = reply.head() + reply.body
    for i in range(min(400, len(data))):
        connection.send(data[i:i + 1])
    for i in range(400, len(data), 1009):
        connection.send(data[i:i + 1009])
    return True


def http10(connection, reply):
    """Its end is the body's end."""
    connection.send(reply.head(length=False, version="HTTP/1.0") +
                    reply.body)
    connection.close()


def http10_cut(connection, reply):
    """Whole JSON, but TLS does not say that this was all."""
    connection.send(reply.head(length=False, version="HTTP/1.0") +
                    reply.body)
    connection.cut()


def informed(connection, reply):
    connection.send(b"HTTP/1.1 100 Continue\r\n\r\n"
                    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" +
                    reply.head() + reply.body)
    return True


def informed_endless(connection, reply):
    end = time.monotonic() + LINGER_S
    while time.monotonic() < end:
        connection.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def closing(connection, reply):
    connection.send(reply.head(more=[("Connection", "close")]) + reply.body)
    connection.close()


def closing_unsaid(connection, reply):
    """The next request meets a closed connection."""
    connection.send(reply.head() + reply.body)
    connection.close()


def header_huge(connection, reply):
    more = [("X-Long", "x" * (1 << 20))]
    connection.send(reply.head(more=more) + reply.body)


def headers_many(connection, reply):
    more = [("X-%d" % i, "y" * 60) for i in range(20000)]
    connection.send(reply.head(more=more) + reply.body)


def not_http(connection, reply):
    connection.send(b"SSH-2.0-OpenSSH_9.2p1\r\n" + reply.body)


def not_tls(connection, reply):
    connection.send_raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    connection.reset()


def redirect(connection, reply):
    """A call must not be sent to wherever an answer points."""
    reply.status = 307
    more = [("Location", "http://127.0.0.1:9/elsewhere")]
    connection.send(reply.head(more=more) + reply.body)
    return True


def json_cut(connection, reply):
    reply.body = half(reply)
    connection.send(reply.head() + reply.body)
    return True


def json_wrong(connection, reply):
    reply.body = reply.body.replace(b'"Events":[', b'"Events":[,', 1)
    connection.send(reply.head() + reply.body)
    return True


def json_brace(connection, reply):
    reply.body = b"{"
    connection.send(reply.head() + reply.body)
    return True


def json_none(connection, reply):
    """200 without a byte."""
    connection.send(reply.head(length=0))
    return True


def json_empty_object(connection, reply):
    """botocore takes this for "no events"."""
    reply.body = b"{}"
    connection.send(reply.head() + reply.body)
    return True


def html(connection, reply):
    reply.body, reply.kind = b"<html>Sign in to the network</html>", "text/html"
    connection.send(reply.head() + reply.body)
    return True


SOUND = {f.__name__: f for f in (
    chunked, drip, http10, informed, closing, closing_unsaid)}
BROKEN = {f.__name__: f for f in (
    reset_mid_body, reset_before_head, early_fin, early_close, fin_in_head,
    length_too_long, length_too_short, length_twice, length_negative,
    length_endless, chunked_cut, chunked_wrong, chunked_huge, http10_cut,
    informed_endless, header_huge, headers_many, not_http, not_tls, redirect,
    json_cut, json_wrong, json_brace, json_none, json_empty_object, html)}
WIRE = {**SOUND, **BROKEN}


def hang(limit_s):
    """Reads the call and says nothing; closes after the limit."""
    def write(connection, reply):
        connection.wait_closed(limit_s)
    return write
