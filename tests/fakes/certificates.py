"""Certificates for servers on loopback, from an authority that only a test trusts."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import trustme

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Authority:
    """Signs what it is asked to; `path` is the file that makes it trusted (SSL_CERT_FILE)."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self.path = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(self.path)

    def server(self, *names: str, until: datetime | None = None) -> ssl.SSLContext:
        """A server's side of TLS, with a certificate for these names."""
        certificate = self._authority.issue_cert(*names, not_after=until)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return context
