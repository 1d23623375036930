"""What a newcomer does: clone into an empty folder, type one command, open the address, press Ctrl-C, type it again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass

import pytest

from shop.settings import ROOT

pytestmark = pytest.mark.slow


@dataclass
class Start:
    """One run of `dev run`: what it said until it was ready, how long that took, and how it ended."""

    said: str
    seconds: float
    page: str
    code: int


def start(clone, data, *, stop=signal.SIGINT, **environ):
    """Run the shop until it answers, read its front page, stop it as a person or a machine would."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("SHOP_", "PYTEST_", "PYTHON"))}
    began = time.monotonic()
    # From another folder, and in a group of its own, so that the break reaches it and all its children as Ctrl-C does.
    process = subprocess.Popen(
        [sys.executable, str(clone / "dev"), "run", "--var", str(data)],
        cwd=data.parent, env={**env, **environ}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    said = []
    try:
        while "Siap" not in (line := process.stdout.readline()):
            said.append(line)
            if not line:
                pytest.fail("".join(said))
        seconds = time.monotonic() - began
        with urllib.request.urlopen(line.split()[-1], timeout=20) as answer:
            page = answer.read().decode()
        if stop == signal.SIGINT:
            os.killpg(process.pid, stop)
        else:
            process.send_signal(stop)
        rest, _ = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    with pytest.raises(ProcessLookupError):  # nobody of the group is left
        os.killpg(process.pid, 0)
    return Start("".join(said) + rest, seconds, page, process.returncode)


@pytest.mark.skipif(not (ROOT / ".git").exists() or shutil.which("git") is None, reason="not a git clone")
def test_one_command_on_a_fresh_clone_and_again_without_a_network(tmp_path, capsys):
    clone, data = tmp_path / "a fresh clone", tmp_path / "the data"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)

    installed = start(clone, data)
    assert "Traceback" not in installed.said, installed.said
    assert installed.code == 0, installed.said
    assert "@" in installed.said, "the demo logins are told"
    assert "<html" in installed.page

    shutil.rmtree(data)
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_NO_CACHE_DIR": "1", "https_proxy": "http://127.0.0.1:9/"}
    first = start(clone, data, **nowhere)
    second = start(clone, data, stop=signal.SIGTERM, **nowhere)
    for again in (first, second):
        assert "Traceback" not in again.said, again.said
        assert again.code == 0, again.said
        assert "Memasang" not in again.said
        assert "<html" in again.page
    assert not (clone / "var").exists(), "all data lies in the folder that was named"
    status = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True)
    assert status.stdout == ""
    with capsys.disabled():
        print(
            f"\nfresh clone: {installed.seconds:.1f} s with installing, {first.seconds:.1f} s first start, "
            f"{second.seconds:.1f} s second start"
        )
