"""What people type: examples below each command's help. A test parses every one."""

from collections.abc import Mapping

import click

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "": (
        "provision demo            # a whole site, simulated",
        "provision -e dev plan     # what is to be done, and why",
        "provision -e dev apply    # the same, shown, asked for and done",
        "provision -e prod status  # machines, nodes, etcd",
    ),
    "plan": (
        "provision -e dev plan",
        "provision -e prod plan --out plan.json  # for a person to approve",
        "provision -e prod plan --drift          # exits 1 if there is anything to do",
        "provision -e prod plan --json | jq .steps",
    ),
    "apply": (
        "provision -e dev apply                # shows the plan, and asks",
        "provision -e prod apply plan.json     # that plan and nothing else",
        "provision -e prod apply --break-lock  # a run on another machine has died",
        "provision -e prod apply --recover-from etcd.db",
        "provision -e prod apply --tidy",
    ),
    "replace": (
        "provision -e prod replace talos-4",
        "provision -e prod replace --due  # all that the plan calls `at replace`",
    ),
    "upgrade": (
        "provision -e prod upgrade --plan",
        "provision -e prod upgrade  # goes on where it stopped",
    ),
    "destroy": (
        "provision -e dev destroy --plan",
        "provision -e dev destroy  # asks for the cluster's name",
        "provision -e dev destroy --no-drain --name dev",
    ),
    "status": (
        "provision -e prod status",
        "provision -e prod status --json | jq .problems",
    ),
    "etcd": (
        "provision -e prod etcd members",
        "provision -e prod etcd snapshot etcd.db",
    ),
    "etcd members": ("provision -e prod etcd members",),
    "etcd snapshot": (
        "provision -e prod etcd snapshot etcd.db",
        "provision -e prod etcd snapshot last.db --without-quorum",
    ),
    "kubeconfig": (
        "provision -e dev kubeconfig  # prints where it is",
        "provision -e dev kubeconfig --out ~/.kube/config",
    ),
    "secrets": (
        "provision secrets identity                 # once, for the password manager",
        "provision -e dev secrets make",
        "provision -e prod secrets rotate --if-due  # by schedule",
    ),
    "secrets identity": ("provision secrets identity",),
    "secrets make": ("provision -e dev secrets make",),
    "secrets rotate": (
        "provision -e prod secrets rotate",
        "provision -e prod secrets rotate --if-due  # by schedule",
    ),
    "validate": (
        "provision -e dev validate --offline       # the inventory alone",
        "provision -e dev validate --role          # the least rights, path by path",
        "provision -e dev validate --create-token  # asks for an administrator",
        "provision -e dev validate",
    ),
    "demo": (
        "provision demo",
        "provision demo --env dev --rate 200  # two nodes, in a few seconds",
    ),
}


def give_examples(group: click.Group, path: str = "") -> None:
    """Put its examples below the help of every command of a group, and of the group."""
    _give(group, path)
    for name, command in group.commands.items():
        inner = f"{path} {name}".strip()
        if isinstance(command, click.Group):
            give_examples(command, inner)
        else:
            _give(command, inner)


def _give(command: click.Command, path: str) -> None:
    # \b keeps click from filling the lines like a paragraph.
    command.epilog = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in EXAMPLES[path])
