"""Adds the authorities of `browser.ca_file` to those that the browser trusts.

Chromium on Linux trusts its own list and the NSS database in its home folder. No argument takes a file, and
ignoring the errors of one key (`--ignore-certificate-errors-spki-list`) would accept that key for every host.
So the browser gets its own home folder with such a database. NSS writes it, which Chromium needs anyway, in a
separate process, because the library has global state and is written in C.

https://chromium.googlesource.com/chromium/src/+/main/docs/linux/cert_management.md
"""

import asyncio
import ctypes
import re
import ssl
import sys
from pathlib import Path

from browser_host.errors import BrowserUnavailable

_LIBRARY = "libnss3.so"
_DATABASE = Path(".pki/nssdb")
_TRUST = b"CP,,"
"""Trusted to sign the certificates of servers, and as a server's own."""
_WITHIN_S = 10.0
_MAX_BYTES = 1_000_000
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


async def trust(ca_file: Path, home: Path) -> None:
    """Write a database of the file's authorities into a browser's home folder.

    Raises:
        BrowserUnavailable: the file has no certificates, or NSS does not accept them.
    """
    read(ca_file)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, str(ca_file), str(home)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_WITHIN_S):
            _, said = await process.communicate()
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise BrowserUnavailable(f"browser.ca_file: NSS took longer than {_WITHIN_S:.0f} s") from error
    if process.returncode != 0:
        last = said.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1]
        raise BrowserUnavailable(f"browser.ca_file: {last[:200]}")


def read(ca_file: Path) -> list[bytes]:
    """The certificates of a PEM file, as DER.

    Raises:
        BrowserUnavailable: the file can't be read, or has none.
    """
    try:
        with ca_file.open("rb") as file:
            text = file.read(_MAX_BYTES).decode("ascii", "replace")
        found = [ssl.PEM_cert_to_DER_cert(block) for block in _CERTIFICATE.findall(text)]
    except (OSError, ValueError) as error:
        raise BrowserUnavailable(f"browser.ca_file: {ca_file}: {error}") from error
    if not found:
        raise BrowserUnavailable(f"browser.ca_file: {ca_file} has no certificate in PEM format")
    return found


class _Item(ctypes.Structure):
    """NSS's `SECItem`."""

    _fields_ = (("type", ctypes.c_int), ("data", ctypes.c_char_p), ("length", ctypes.c_uint))


def _write(certificates: list[bytes], database: Path) -> None:
    """Create the database.

    https://firefox-source-docs.mozilla.org/security/nss/legacy/reference/nss_ssl_functions/index.html
    """
    nss = ctypes.CDLL(_LIBRARY)
    for name in ("PK11_GetInternalKeySlot", "CERT_GetDefaultCertDB", "CERT_NewTempCertificate"):
        getattr(nss, name).restype = ctypes.c_void_p
    _check(nss.NSS_Initialize(b"sql:" + bytes(database), b"", b"", b"secmod.db", 0), "open a database")
    slot = ctypes.c_void_p(nss.PK11_GetInternalKeySlot())
    store = ctypes.c_void_p(nss.CERT_GetDefaultCertDB())
    if nss.PK11_NeedUserInit(slot):
        _check(nss.PK11_InitPin(slot, None, b""), "initialise a database")
    trust_flags = (ctypes.c_uint * 3)()
    _check(nss.CERT_DecodeTrustString(trust_flags, _TRUST), "decode its own trust flags")
    for number, der in enumerate(certificates, start=1):
        item = _Item(0, der, len(der))
        certificate = ctypes.c_void_p(nss.CERT_NewTempCertificate(store, ctypes.byref(item), None, 0, 1))
        if not certificate:
            raise OSError(f"certificate {number} can't be read")
        taken = nss.PK11_ImportCert(slot, certificate, ctypes.c_ulong(0), b"authority %d" % number, 0)
        _check(taken, f"import certificate {number}")
        _check(nss.CERT_ChangeCertTrust(store, certificate, trust_flags), f"trust certificate {number}")


def _check(status: int, what: str) -> None:
    if status != 0:
        raise OSError(f"NSS could not {what}")


def _main(ca_file: str, home: str) -> None:
    database = Path(home) / _DATABASE
    database.mkdir(parents=True, mode=0o700)
    _write(read(Path(ca_file)), database)


if __name__ == "__main__":
    try:
        _main(*sys.argv[1:])
    except (OSError, BrowserUnavailable) as error:
        sys.exit(str(error))
