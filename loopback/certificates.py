"""The certificate of this run's github.com, and a bundle of authorities that trusts it."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from pathlib import Path

HOSTS = ("github.com", "api.github.com", "results-receiver.actions.githubusercontent.com")


@dataclass(frozen=True)
class Certificates:
    """Paths of PEM files: `chain` and `key` for the server, `bundle` for its clients."""

    chain: Path
    key: Path
    bundle: Path

    def environment(self) -> dict[str, str]:
        """The variables by which git, curl, Python, uv and node find their authorities."""
        names = (
            "SSL_CERT_FILE",
            "GIT_SSL_CAINFO",
            "CURL_CA_BUNDLE",
            "REQUESTS_CA_BUNDLE",
            "PIP_CERT",
            "NODE_EXTRA_CA_CERTS",
        )
        return dict.fromkeys(names, str(self.bundle))


def issue(folder: Path) -> Certificates:
    """Make an authority that lives as long as this process and one certificate for all of HOSTS."""
    import trustme

    folder.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA(organization_name="loopback")
    server = authority.issue_cert(*HOSTS)
    made = Certificates(folder / "chain.pem", folder / "key.pem", folder / "bundle.pem")
    made.chain.write_bytes(b"".join(blob.bytes() for blob in server.cert_chain_pems))
    made.key.touch(mode=0o600)
    made.key.write_bytes(server.private_key_pem.bytes())
    made.bundle.write_bytes(authority.cert_pem.bytes() + system_authorities())
    return made


def system_authorities() -> bytes:
    """The authorities this machine trusts already: package installers still need them."""
    known = os.environ.get("SSL_CERT_FILE") or ssl.get_default_verify_paths().cafile
    if known and Path(known).is_file():
        return Path(known).read_bytes()
    import certifi

    return Path(certifi.where()).read_bytes()
