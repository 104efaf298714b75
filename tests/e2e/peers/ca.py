"""Certificates of a test run: an authority, servers' of every kind.

As AWS has them: the authority's own key signs an intermediate, that one the
servers; a server sends its certificate and the intermediate.
"""
import collections
import datetime
import ipaddress
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Files = collections.namedtuple("Files", "cert key")

DAY = datetime.timedelta(days=1)
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PEM = serialization.Encoding.PEM


def new_key(kind):
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def named(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def alternative(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def text_of_key(key):
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


class Authority:
    """A root with its intermediate; `bundle` is what a client trusts."""

    def __init__(self, folder, name="tfdrift test"):
        self.folder = str(folder)
        os.makedirs(self.folder, exist_ok=True)
        self.root_key = new_key("ec")
        self.root = self._sign(named(name + " root"), self.root_key, None,
                               self.root_key, ca=1)
        self.key = new_key("ec")
        self.middle = self._sign(named(name + " middle"), self.key,
                                 self.root, self.root_key, ca=0)
        self.bundle = self._write("ca.pem", self.root.public_bytes(PEM))

    def issue(self, name, hosts=LOOPBACK, kind="rsa", days=(-1, 30)):
        """Files of a server's certificate, valid from day to day."""
        key = new_key(kind)
        cert = self._sign(named(name), key, self.middle, self.key,
                          hosts=hosts, days=days)
        chain = cert.public_bytes(PEM) + self.middle.public_bytes(PEM)
        return Files(self._write(name + ".pem", chain),
                     self._write(name + ".key", text_of_key(key)))

    def _sign(self, subject, key, issuer, signer, ca=None, hosts=(),
              days=(-1, 30)):
        now = datetime.datetime.utcnow()
        b = x509.CertificateBuilder(
            issuer_name=issuer.subject if issuer else subject,
            subject_name=subject, public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now + days[0] * DAY,
            not_valid_after=now + days[1] * DAY)
        b = b.add_extension(x509.BasicConstraints(ca is not None, ca), True)
        b = b.add_extension(x509.AuthorityKeyIdentifier
                            .from_issuer_public_key(signer.public_key()),
                            False)
        b = b.add_extension(x509.SubjectKeyIdentifier
                            .from_public_key(key.public_key()), False)
        if hosts:
            b = b.add_extension(x509.SubjectAlternativeName(
                [alternative(h) for h in hosts]), False)
            b = b.add_extension(x509.ExtendedKeyUsage(
                [ExtendedKeyUsageOID.SERVER_AUTH]), False)
        return b.sign(signer, hashes.SHA256())

    def _write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC,
                          0o600), "wb") as f:
            f.write(data)
        return path
