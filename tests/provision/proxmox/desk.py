"""A desk at which tests ask the simulator's engine, without a network."""

from typing import Any

from tests.simulators.proxmox import sample_site, state
from tests.simulators.proxmox.engine import Answer, Asked, Engine
from tests.simulators.proxmox.login import csrf
from tests.simulators.proxmox.state import Grant, Token, User


class Desk:
    """Asks an engine without a network, as root or as a token whose rights a test sets."""

    def __init__(self) -> None:
        self.engine = Engine(sample_site())
        self.engine.clock.turn(0)
        self.engine.site.tickets["PVE:root@pam:12345678"] = "root@pam"
        self.engine.site.users["u@pve"] = User(tokens={"t": Token("secret", privsep=False)})
        self.root_headers = {
            "cookie": "PVEAuthCookie=PVE:root@pam:12345678",
            "csrfpreventiontoken": csrf("PVE:root@pam:12345678"),
        }
        self.user_headers = {"authorization": "PVEAPIToken=u@pve!t=secret"}

    @property
    def site(self) -> state.Site:
        return self.engine.site

    def ask(self, line: str, headers: dict[str, str] | None = None, /, **values: object) -> Answer:
        """Ask as root unless other headers are given; `_` in names stands for `-`."""
        verb, path = line.split(" ", 1)
        texts = {name.replace("_", "-") if name in DASHED else name: str(value) for name, value in values.items()}
        return self.engine.answer(Asked(verb, path, texts, self.root_headers if headers is None else headers))

    def user(self, line: str, /, **values: object) -> Answer:
        """Ask as the token."""
        return self.ask(line, self.user_headers, **values)

    def done(self, line: str, /, **values: object) -> Any:
        """Ask as root, expect success, let the task end well, and return the answer."""
        answer = self.ask(line, **values)
        assert (answer.status, answer.reason) == (200, "OK"), (line, answer)
        if isinstance(answer.data, str) and answer.data.startswith("UPID:"):
            assert self.end_of(answer.data) == "OK"
        return answer.data

    def end_of(self, upid: str) -> str:
        """Let a task end and return how."""
        self.engine.clock.advance(100)
        self.engine.settle()
        return self.site.tasks[upid].exitstatus

    def grant(self, path: str, *privileges: str, propagate: bool = True) -> None:
        """Give the user privileges on a path."""
        role = f"role{len(self.site.roles)}"
        self.site.roles[role] = list(privileges)
        self.site.acl.append(Grant(path, "u@pve", role, propagate))


DASHED = {
    "checksum_algorithm", "ha_managed", "import_working_storage", "prune_backups", "allow_move", "check_node",
    "with_local_disks", "overrule_shutdown", "tfa_challenge",
}  # fmt: skip
