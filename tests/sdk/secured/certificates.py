"""Makes certificates for localhost: certificates.py FOLDER.

Writes `ca.pem` and what it signed (`server`, `next`, `expired`, `client`: each `.pem` and `.key`), and `stranger.pem`,
another authority, with a client of its own (`strange`).
"""

import datetime
import sys
from pathlib import Path

import trustme


def write(folder, name, issued):
    """A certificate with its chain, and its key."""
    chain = b"".join(it.bytes() for it in issued.cert_chain_pems)
    # Whoever watches the files sees a certificate and its key change at nearly the same time.
    for ending, data in ((".pem", chain), (".key", issued.private_key_pem.bytes())):
        (folder / f"{name}{ending}").write_bytes(data)


def main(folder):
    """All of them."""
    folder = Path(folder)
    ours, stranger = trustme.CA(), trustme.CA()
    ours.cert_pem.write_to_path(str(folder / "ca.pem"))
    stranger.cert_pem.write_to_path(str(folder / "stranger.pem"))
    yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
    names = ("localhost", "127.0.0.1")
    write(folder, "server", ours.issue_cert(*names))
    write(folder, "next", ours.issue_cert(*names))
    write(folder, "expired", ours.issue_cert(*names, not_after=yesterday, not_before=yesterday.replace(year=2020)))
    write(folder, "client", ours.issue_cert("agent"))
    write(folder, "strange", stranger.issue_cert("agent"))


if __name__ == "__main__":
    main(sys.argv[1])
