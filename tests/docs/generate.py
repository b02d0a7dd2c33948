"""`make docs`: rewrite everything in the repository that is generated from the program.

With `--no-picture` the README's picture, which takes a browser, is left as it is.
"""

from __future__ import annotations

import subprocess
import sys

from tests.docs.reference import references
from tests.golden.test_api_keys import write_keys

if __name__ == "__main__":
    for path, text in references():
        path.write_text(text, "utf-8")
    subprocess.run([sys.executable, "-m", "ivts_site.pipeline.schema", "static/schema"], check=True)
    write_keys()
    if "--no-picture" not in sys.argv:
        subprocess.run([sys.executable, "-m", "tests.docs.screenshot"], check=True)
