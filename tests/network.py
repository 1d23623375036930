"""The guard that keeps the tests off the network: loopback and Unix sockets only."""

from __future__ import annotations

import ipaddress
import sys

_NAMES = {"localhost", "ip6-localhost", ""}


class OutsideConnection(AssertionError):  # noqa: N818 - it names what happened
    """A test tried to reach something that is not this machine."""


def _is_loopback(host: object) -> bool:
    text = host.decode() if isinstance(host, bytes) else str(host or "")
    if text in _NAMES:
        return True
    try:
        return ipaddress.ip_address(text.split("%", 1)[0]).is_loopback
    except ValueError:
        return False


def _watch(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.connect":
        address = args[1]
        if isinstance(address, tuple) and not _is_loopback(address[0]):
            raise OutsideConnection(f"connection to {address!r}")
    elif event == "socket.getaddrinfo" and not _is_loopback(args[0]):
        raise OutsideConnection(f"look-up of {args[0]!r}")


def forbid_outside() -> None:
    """Refuse outside connections from now on, in every library: the interpreter itself reports them (PEP 578)."""
    sys.addaudithook(_watch)
