"""Who may join a farm: holders of its certificate, or on one computer anybody.

Whoever joins a farm can run any code on all of its hosts: that is how Dask works. So there is
nothing but TLS with the farm's certificate on both sides, except on the loopback interface.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hilbench.core import extras
from hilbench.core.errors import FarmError, UsageError

PORT = 8786
DAYS = 3 * 365
_CERTIFICATE, _KEY = "farm.pem", "farm.key"


@dataclass(frozen=True)
class Address:
    """Where a farm's scheduler is: `tls://host:port`, or `tcp://` on this computer alone."""

    protocol: str
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Raises UsageError."""
        try:
            parts = urlsplit(text if "//" in text else f"tls://{text}")
            port = PORT if parts.port is None else parts.port
        except ValueError as error:
            raise UsageError(f"farm '{text}': {error}", remedy=_FORM) from None
        plain = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
        if parts.scheme not in ("tls", "tcp") or not parts.hostname or not plain:
            raise UsageError(f"farm '{text}' is no address", remedy=_FORM)
        found = cls(parts.scheme, parts.hostname, port)
        if found.protocol == "tcp" and not found.is_local:
            raise UsageError(
                f"farm '{text}': tcp:// is for this computer alone, others could join",
                remedy=f"tls://{found.host}:{port} and `hilbench farm certificates`",
            )
        return found

    @property
    def is_local(self) -> bool:
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.protocol}://{host}:{self.port}"


_FORM = "tls://HOST:PORT, or tcp://127.0.0.1:PORT on one computer"


def security(address: Address, folder: Path) -> Any:
    """What Dask is told. Raises FarmError where the farm's certificate is not in `folder`."""
    distributed = extras.distributed()
    if address.protocol == "tcp":
        return distributed.Security()
    certificate, key = folder / _CERTIFICATE, folder / _KEY
    for path in (certificate, key):
        if not os.access(path, os.R_OK):
            raise FarmError(
                f"{address} needs the farm's certificate, and {path} cannot be read",
                remedy="`hilbench farm certificates` makes one for all hosts: copy its folder",
            )
    files = {
        f"tls_{role}_{what}": str(path)
        for role in ("scheduler", "worker", "client")
        for what, path in (("cert", certificate), ("key", key))
    }
    return distributed.Security(
        tls_ca_file=str(certificate),
        require_encryption=True,
        tls_min_version=ssl.TLSVersion.TLSv1_3,
        **files,
    )


def make_certificates(folder: Path) -> datetime.datetime:
    """Write the farm's certificate and its key; returns until when they hold.

    Raises FarmError where there are some already, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    certificate, key = _made()
    for name, data, mode in ((_KEY, key, 0o600), (_CERTIFICATE, certificate.pem, 0o644)):
        try:
            file = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError:
            raise FarmError(
                f"{folder / name} is there already, and hosts may use it",
                remedy="name another folder, or move it away",
            ) from None
        with os.fdopen(file, "wb") as out:
            out.write(data)
    return certificate.until


@dataclass(frozen=True)
class _Certificate:
    pem: bytes
    until: datetime.datetime


def _made() -> tuple[_Certificate, bytes]:
    """A certificate that is its own authority, and its key."""
    x509 = extras.cryptography("x509")
    serialization = extras.cryptography("hazmat.primitives.serialization")
    curves = extras.cryptography("hazmat.primitives.asymmetric.ec")
    hashes = extras.cryptography("hazmat.primitives.hashes")
    key = curves.generate_private_key(curves.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a farm of hilbench")])
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    until = now + datetime.timedelta(days=DAYS)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))  # clocks of hosts differ
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return _Certificate(made.public_bytes(encoding), until), private
