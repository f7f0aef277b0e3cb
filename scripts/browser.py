"""Finds a Chromium for the browser test, or brings one; prints its path ("" means Playwright's own).

Tried in turn: a browser that is installed, Playwright's own download, and Debian's package where we may install it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 300


def installed() -> str | None:
    """Return the path of an installed Chromium or Chrome."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def playwrights_own() -> bool:
    """Tell whether Playwright has its Chromium, downloading it when it can."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"], capture_output=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def from_debian() -> str | None:
    """Install Debian's package, as root only, and return its path."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    return installed()


def main() -> None:
    """Remember the found browser in .tools/chromium for the tests."""
    kept = Path(".tools/chromium")
    if kept.exists() and (not kept.read_text() or Path(kept.read_text()).exists()):
        return
    path = installed()
    if path is None and not playwrights_own():
        path = from_debian()
        if path is None:
            raise SystemExit("browser: no Chromium here, and none could be fetched; install chromium and run again")
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(path or "")
    print(f"browser: {path or 'Playwright Chromium'}", file=sys.stderr)


if __name__ == "__main__":
    main()
