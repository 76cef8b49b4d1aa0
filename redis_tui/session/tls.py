"""What a person may say about TLS, and the context that the standard library makes of it.

Knows files and `ssl`, no connection. The decision a reader would question: a named CA file replaces the system's
authorities, as in redis-cli. Whoever names one means that one.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from redis_tui.errors import FileError, UsageError
from redis_tui.record import dataclass


@dataclass(frozen=True, slots=True)
class Tls:
    """How to speak TLS with a server; the defaults verify by the system's authorities."""

    ca_file: str = ""
    """PEM file of the authorities that are trusted; empty takes the system's."""
    ca_folder: str = ""
    """Likewise a folder of them, hashed as OpenSSL wants it."""
    cert: str = ""
    """PEM file of the certificate that is shown to the server."""
    key: str = ""
    """PEM file of its key; empty where that stands in ``cert``."""
    server_name: str = ""
    """Whom the certificate must be for, and what is asked for by SNI; empty is the host of the address."""
    insecure: bool = False
    """Take any certificate: whoever stands between can read and change all."""

    def context(self) -> ssl.SSLContext:
        """A context for the client's side.

        Raises:
            FileError: a file cannot be read, or holds something else.
            UsageError: a key without a certificate, or one that wants a passphrase.
        """
        if self.key and not self.cert:
            raise UsageError("A key is of no use without its certificate.", hint="Name that too: --cert FILE.")
        for option, name in (("--cacert", self.ca_file), ("--cert", self.cert), ("--key", self.key)):
            _readable(option, name)
        if self.ca_folder and not Path(self.ca_folder).is_dir():
            raise FileError(f"There is no folder {self.ca_folder}.", hint="Check the path given as --cacertdir.")
        try:
            context = ssl.create_default_context(cafile=self.ca_file or None, capath=self.ca_folder or None)
        except ssl.SSLError:
            raise _no_pem(self.ca_file, "certificate", "--cacert") from None
        # Python 3.13 began to ask for extensions that hand-made authorities lack; OpenSSL, and so redis-cli, does not.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if self.insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.cert:
            self._show(context)
        return context

    def _show(self, context: ssl.SSLContext) -> None:
        try:
            context.load_cert_chain(self.cert, self.key or None, password=_no_passphrase)
        except ssl.SSLError as error:
            if "MISMATCH" in str(error).upper():
                raise FileError(
                    f"The key of {self.key or self.cert} does not belong to the certificate of {self.cert}.",
                    hint="Check --cert and --key.",
                ) from None
            files = f"{self.cert} and {self.key}" if self.key else self.cert
            raise _no_pem(files, "certificate with its key", "--cert and --key") from None


def _readable(option: str, name: str) -> None:
    if not name:
        return
    try:
        with Path(name).open("rb"):
            pass
    except OSError as error:
        raise FileError(
            f"Cannot read {name}: {(error.strerror or str(error)).lower()}.", hint=f"Check the path given as {option}."
        ) from None


def _no_pem(where: str, what: str, option: str) -> FileError:
    return FileError(f"No {what} in PEM form was found in {where}.", hint=f"Check the file given as {option}.")


def _no_passphrase() -> str:
    # Without this OpenSSL would ask on the terminal, in the midst of whatever stands there.
    raise UsageError("The key is encrypted.", hint="Name one without a passphrase: openssl pkey -in KEY -out OTHER.")
