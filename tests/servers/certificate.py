"""A certificate for the loopback servers, made afresh by the openssl command."""

import shutil
import subprocess
from pathlib import Path

import pytest


def self_signed(folder: Path) -> Path:
    """Return a file with a fresh key and certificate for localhost, or skip where openssl is absent."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not here, so no certificate can be made")
    path = folder / "localhost.pem"
    asked = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    where = ["-keyout", str(path), "-out", str(folder / "certificate.pem")]
    subprocess.run([openssl, *asked.split(), *names, *where], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (folder / "certificate.pem").read_bytes())
    return path
