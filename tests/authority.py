"""An authority of the tests' own, and servers' certificates in files."""

import ssl
from datetime import datetime
from pathlib import Path

import trustme


class Authority:
    """Issues certificates for localhost into `folder`: cert.pem and key.pem."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.certificate = folder / "cert.pem"
        self.key = folder / "key.pem"
        self.issue()

    @property
    def variables(self) -> dict[str, str]:
        return {"PLUGIN_TLS_CERT": str(self.certificate), "PLUGIN_TLS_KEY": str(self.key)}

    def issue(
        self,
        key_type: trustme.KeyType = trustme.KeyType.ECDSA,
        not_after: datetime | None = None,
    ) -> bytes:
        """A new certificate takes the place of the old one; the answer is its DER form."""
        issued = self._ca.issue_cert(
            "localhost", "127.0.0.1", key_type=key_type, not_after=not_after
        )
        chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        self.certificate.write_bytes(chain)
        self.key.write_bytes(issued.private_key_pem.bytes())
        return ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode())

    def publish(self, file: Path) -> None:
        """Write the authority's own certificate, for those who are to trust it."""
        self._ca.cert_pem.write_to_path(str(file))

    def client(self, version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
        """A client that trusts the authority alone; it speaks one version, if one is given."""
        context = ssl.create_default_context()
        self._ca.configure_trust(context)
        if version is not None:
            if version < ssl.TLSVersion.TLSv1_2:
                context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
        return context
