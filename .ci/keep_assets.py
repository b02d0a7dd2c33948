"""Copy the assets of the deployed site into the new one, so that pages still held in caches find theirs.

Asset names are hashes of their content, so old and new files lie side by side. Taken are those that the
deployed pages ask for themselves: what was kept for pages before them is left behind, and nothing piles up.

    SITE_URL=https://example.org/ .ci/keep_assets.py [site]
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from ivts_site.config import load_config
from ivts_site.errors import IvtsError
from ivts_site.sources import HttpClient, Request

ASSET = re.compile(rb"assets/([\w-]+\.([0-9a-f]{12})\.(?:js|css|svg))")
PAGE = re.compile(rb'href="([^":?#]*)"')
MOST_PAGES = 40


class Deployed:
    """The site as it is served now."""

    def __init__(self, client: HttpClient, address: str) -> None:
        self.client, self.address = client, address

    def get(self, path: str) -> bytes:
        """Ask for a file of the site."""
        url = urljoin(self.address, path)
        hosts = [urlsplit(self.address).hostname or ""]
        return self.client.ask(Request(source="site", url=url, allowed_hosts=hosts)).body

    def assets(self) -> dict[str, str]:
        """Digests by name of the assets that the front page and the pages it links to ask for."""
        front = self.get("")
        linked = sorted({urljoin(self.address, link.decode()) for link in PAGE.findall(front)})
        pages = [url for url in linked if url.startswith(self.address) and url.endswith("/")]
        bodies = [front, *(self.get(url) for url in pages[:MOST_PAGES] if url != self.address)]
        return {name.decode(): digest.decode() for body in bodies for name, digest in ASSET.findall(body)}


def keep(site: Deployed, folder: Path) -> int:
    """Write the assets that `folder` lacks; return how many."""
    missing = {name: digest for name, digest in site.assets().items() if not (folder / name).exists()}
    for name, digest in missing.items():
        body = site.get(f"assets/{name}")
        if hashlib.sha256(body).hexdigest().startswith(digest):
            (folder / name).write_bytes(body)
        else:
            print(f"{name}: not what its name says, left out", file=sys.stderr)
    return len(missing)


def main() -> int:
    """Return 0 also where nothing is deployed yet."""
    address = os.environ.get("SITE_URL", "").rstrip("/") + "/"
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "site") / "assets"
    if address == "/" or not folder.is_dir():
        print("SITE_URL or the new site is missing: no assets kept", file=sys.stderr)
        return 0
    try:
        with HttpClient(load_config(Path("config.yaml"), ()).http) as client:
            print(f"{keep(Deployed(client, address), folder)} assets of the deployed pages kept")
    except IvtsError as error:
        print(f"no assets kept: {error}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
