"""The independent script as a stranger runs it, and imported by its path for generated ledgers."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "docs" / "recompute.py"


def run(*paths):
    """Run the script on files, isolated from us and from everything that is installed."""
    return subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, *paths], capture_output=True, text=True, check=False, timeout=60
    )


def imported():
    """Return the script as a module."""
    spec = importlib.util.spec_from_file_location("recompute", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
