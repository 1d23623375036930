"""The two commands: `dev` makes an environment once, reuses it without the network, and says plainly what is missing."""

from __future__ import annotations

import ast
import fcntl
import importlib.machinery
import importlib.util
import json
import re
import subprocess
import sys
import threading
import tomllib

import pytest

from shop.settings import ROOT


@pytest.fixture
def dev(tmp_path, monkeypatch):
    """The script as a module, moved into an empty folder; starting a program fails the test unless it is replaced."""
    loader = importlib.machinery.SourceFileLoader("dev_script", str(ROOT / "dev"))
    made = importlib.util.module_from_spec(importlib.util.spec_from_loader("dev_script", loader))
    loader.exec_module(made)
    venv = tmp_path / ".venv"
    for name, path in {"ROOT": tmp_path, "VENV": venv, "PYTHON": venv / "bin/python", "STAMP": venv / "installed.json",
                       "HALF": venv / "installing"}.items():  # fmt: skip
        monkeypatch.setattr(made, name, path)
    for name in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).write_text("flask==3.1.3 --hash=sha256:00\n")

    def refuse(*command, **_):
        raise AssertionError(f"started {command}")

    monkeypatch.setattr(made, "quiet", refuse)
    monkeypatch.setattr(made.signal, "signal", lambda *_: None)
    monkeypatch.setattr(made.os, "execve", lambda _path, command, _env: (_ for _ in ()).throw(Became(command)))
    return made


class Became(BaseException):
    """What the script would have turned into."""


def installs(dev, monkeypatch, done):
    """Replace making and installing by notes in `done`."""

    def make_venv():
        done.append("make")
        dev.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        dev.HALF.unlink(missing_ok=True)
        dev.PYTHON.touch()

    monkeypatch.setattr(dev, "make_venv", make_venv)
    monkeypatch.setattr(dev, "is_usable", dev.PYTHON.exists)
    monkeypatch.setattr(dev, "pip_command", lambda: ["pip"])
    monkeypatch.setattr(dev, "install", done.append)


def test_the_second_start_starts_nothing_and_needs_no_network(dev, monkeypatch):
    done = []
    installs(dev, monkeypatch, done)
    dev.ensure(dev.RUN_LOCK)
    assert done == ["make", "requirements.lock"]
    dev.ensure(dev.RUN_LOCK)
    assert done == ["make", "requirements.lock"]


def test_the_test_libraries_contain_those_to_run(dev, monkeypatch):
    done = []
    installs(dev, monkeypatch, done)
    dev.ensure(dev.DEV_LOCK)
    dev.ensure(dev.RUN_LOCK)
    assert done == ["make", "requirements-dev.lock"]


@pytest.mark.parametrize("change", ["lock", "python", "folder", "gone", "garbled"])
def test_what_changed_is_installed_again(dev, monkeypatch, tmp_path, change):
    done = []
    installs(dev, monkeypatch, done)
    dev.ensure(dev.RUN_LOCK)
    if change == "lock":
        (tmp_path / "requirements.lock").write_text("flask==3.1.4 --hash=sha256:01\n")
    elif change == "python":
        monkeypatch.setattr(dev.sys, "version", "3.12.99 (main)")
    elif change == "folder":
        moved = dev.VENV.rename(tmp_path / "elsewhere")
        for name in ("PYTHON", "STAMP", "HALF"):
            monkeypatch.setattr(dev, name, moved / getattr(dev, name).relative_to(dev.VENV))
        monkeypatch.setattr(dev, "VENV", moved)
    elif change == "gone":
        dev.PYTHON.unlink()
    else:
        dev.STAMP.write_text("{")
    assert not dev.is_installed(dev.RUN_LOCK)
    dev.ensure(dev.RUN_LOCK)
    assert done.count("requirements.lock") == 2


def test_an_installation_cut_short_is_begun_anew(dev, monkeypatch):
    done = []
    installs(dev, monkeypatch, done)

    def cut(_lock):
        raise KeyboardInterrupt

    monkeypatch.setattr(dev, "install", cut)
    with pytest.raises(KeyboardInterrupt):
        dev.ensure(dev.RUN_LOCK)
    assert not dev.is_installed(dev.RUN_LOCK)
    monkeypatch.setattr(dev, "install", done.append)
    dev.ensure(dev.RUN_LOCK)
    assert done == ["make", "make", "requirements.lock"]


def test_a_second_dev_waits_for_the_first(dev, monkeypatch, tmp_path, capsys):
    done = []
    installs(dev, monkeypatch, done)
    with (tmp_path / ".venv.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = threading.Thread(target=dev.ensure, args=(dev.RUN_LOCK,))
        second.start()
        second.join(timeout=0.3)
        assert second.is_alive()
        assert done == []
    second.join(timeout=10)
    assert done == ["make", "requirements.lock"]
    assert "Menunggu" in capsys.readouterr().out


@pytest.mark.parametrize("version", ["3.10", "3.14"])
def test_another_python_gets_one_plain_line(dev, monkeypatch, capsys, version):
    monkeypatch.setattr(dev, "LINE", version)
    assert dev.main(["run"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert version in said


def test_old_pythons_can_read_the_script_to_say_so():
    ast.parse((ROOT / "dev").read_text(), feature_version=(3, 6))


def test_the_script_needs_the_standard_library_only():
    tree = ast.parse((ROOT / "dev").read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= sys.stdlib_module_names


def test_without_any_means_it_says_in_one_line_what_to_install(dev, monkeypatch, capsys):
    monkeypatch.setattr(dev, "quiet", lambda *_, **__: (1, "No module named ensurepip"))
    assert dev.main(["test"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert re.search(r"sudo apt install python3\.\d+-venv", said)


@pytest.mark.parametrize(("lacking", "way"), [((), "venv"), (("ensurepip",), "virtualenv"),
                                             (("ensurepip", "virtualenv"), "--without-pip")])  # fmt: skip
def test_the_environment_is_made_by_what_is_there(dev, monkeypatch, lacking, way):
    started = []

    def quiet(*command, **_):
        started.append(" ".join(map(str, command)))
        probe = command[2] if command[1] == "-c" else ""
        return int(any(name in probe for name in lacking)), ""

    monkeypatch.setattr(dev, "quiet", quiet)
    dev.make_venv()
    assert way in started[-1]


def test_an_environment_of_another_python_is_not_used(dev, monkeypatch):
    monkeypatch.setattr(dev, "quiet", lambda *_, **__: (0, f"3.9 {dev.VENV}"))
    assert not dev.is_usable()
    monkeypatch.setattr(dev, "quiet", lambda *_, **__: (0, f"{dev.LINE} {dev.VENV}"))
    assert dev.is_usable()
    monkeypatch.setattr(dev, "quiet", lambda *_, **__: (0, f"{dev.LINE} {dev.VENV}-copied"))
    assert not dev.is_usable()


def test_only_hashed_wheels_are_installed_and_a_failure_says_what_to_do(dev, monkeypatch, capsys):
    started = []

    def quiet(*command, **more):
        started.append((command, more))
        return int("install" in command), "ERROR: no route"

    monkeypatch.setattr(dev, "quiet", quiet)
    with pytest.raises(dev.Plain, match="network"):
        dev.install(dev.RUN_LOCK)
    command, more = started[-1]
    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(command)
    assert more["env"]["PIP_USER"] == "0"
    assert "no route" in capsys.readouterr().out


def test_run_names_the_data_folder_and_the_demo(dev, monkeypatch, tmp_path):
    monkeypatch.setattr(dev, "is_installed", lambda _lock: True)
    seen = {}
    monkeypatch.setattr(dev.os, "execve", lambda _path, command, env: seen.update(command=command, env=env))
    monkeypatch.chdir(tmp_path)
    dev.main(["run", "--port", "8123", "--var", "my data", "--demo", "none"])
    assert seen["command"][1:] == ["-P", "-m", "shop.start", "--port", "8123", "--demo", "none"]
    assert seen["env"]["SHOP_VAR"] == str(tmp_path / "my data")
    assert seen["env"]["SHOP_DEMO"] == "none"
    assert seen["env"]["PYTHONPATH"].split(":")[0] == str(tmp_path)
    monkeypatch.setenv("SHOP_DEMO", "city")
    dev.main(["run"])
    assert seen["env"]["SHOP_DEMO"] == "city"


def test_the_whole_suite_runs_on_every_core_and_a_single_file_does_not(dev, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test_x.py").touch()
    assert dev.pytest_arguments([]) == ["-n", "auto"]
    assert dev.pytest_arguments(["-k", "money"]) == ["-n", "auto", "-k", "money"]
    assert dev.pytest_arguments(["-n", "1"]) == ["-n", "1"]
    assert dev.pytest_arguments(["--pdb"]) == ["--pdb"]
    assert dev.pytest_arguments(["test_x.py::test_y"]) == [f"{tmp_path}/test_x.py::test_y"]


def test_check_runs_everything_and_fails_when_anything_does(dev, monkeypatch, capsys):
    monkeypatch.setattr(dev, "is_installed", lambda _lock: True)
    started = []

    def run(command, **_):
        started.append(command[3])
        return subprocess.CompletedProcess(command, 1 if command[3] == "mypy" else 0)

    monkeypatch.setattr(dev.subprocess, "run", run)
    assert dev.main(["check"]) == 1
    assert started == ["ruff", "ruff", "mypy", "pytest"]
    assert "GAGAL" in capsys.readouterr().out


def test_an_unknown_command_and_a_break_have_their_exit_codes(dev, monkeypatch, capsys):
    assert dev.main(["rnu"]) == 2
    assert dev.main([]) == 0

    def interrupted(_arguments):
        raise KeyboardInterrupt

    monkeypatch.setitem(dev.COMMANDS, "run", interrupted)
    assert dev.main(["run"]) == 130
    assert "python3 dev run" in capsys.readouterr().out


def pins(name):
    """Return {package: set of versions} of a lock file."""
    found = {}
    for package, version in re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", (ROOT / name).read_text(), re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_has_hashes_and_no_address_is_named(name):
    text = (ROOT / name).read_text()
    entries = re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "index" not in text


def test_the_locks_agree_with_each_other_and_with_the_project():
    run, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {package: dev.get(package) for package in run} == run
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    def names(wanted):
        return {re.split(r"[\[<>=;]", one)[0].lower() for one in wanted}

    assert names(project["dependencies"]) <= set(run)
    assert names(project["optional-dependencies"]["dev"]) <= set(dev)


def test_every_direct_pin_is_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    told = (ROOT / "docs/packages.md").read_text().lower()
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    untold = [name for one in wanted if (name := re.split(r"[\[<>=;]", one)[0].lower()) not in told]
    assert untold == []


def test_the_stamp_is_plain_json(dev, monkeypatch):
    installs(dev, monkeypatch, [])
    dev.ensure(dev.RUN_LOCK)
    assert list(json.loads(dev.STAMP.read_text())) == ["requirements.lock"]
