"""Real ports on loopback for the addresses of a simulated site.

A port is bound for as long as the site lives and listened on only while its service runs, so that the address of a node
that is switched off refuses connections and is never taken by somebody else.
"""

import socket
from dataclasses import dataclass, field

HOST = "127.0.0.1"
Place = tuple[str, int]  # an address of the site and its port there


def _bind(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind((HOST, port))
    return bound


@dataclass(slots=True)
class Ports:
    """Which real port stands for which address."""

    held: dict[Place, socket.socket] = field(default_factory=dict)

    def hold(self, place: Place) -> int:
        """Return the real port of a place, taking one at the first time."""
        if place not in self.held:
            self.held[place] = _bind(0)
        return int(self.held[place].getsockname()[1])

    def listen(self, place: Place) -> socket.socket:
        """Return a socket to serve a place with; closing it leaves the port held."""
        return _bind(self.hold(place))

    def table(self) -> dict[str, str]:
        """Return site address → real address, as a client's address map wants it."""
        return {f"{address}:{port}": f"{HOST}:{self.hold((address, port))}" for address, port in self.held}

    def close(self) -> None:
        """Let all ports go."""
        for bound in self.held.values():
            bound.close()
        self.held.clear()
