"""Where and from what Talos installs itself: on metal only, since a VM starts from an installed disk image."""

import re

from provision.machineconfig.model import Cluster, Contract, Document, Node

# Contract 1.13 has no CEL here: these comparisons are what its own fields can say.
_EQUALS = re.compile(r'^\s*disk\.(?P<field>dev_path|serial|model|wwid|uuid|modalias)\s*==\s*"(?P<value>[^"]+)"\s*$')


def installer_of(node: Node, cluster: Cluster) -> str:
    """Return the image that installs or upgrades a node."""
    return node.installer_image or cluster.installer_image


def install_section(node: Node, cluster: Cluster) -> Document:
    """Return `machine.install` of contract 1.13."""
    section: Document = {"image": installer_of(node, cluster), "wipe": False, "grubUseUKICmdline": True}
    if node.install_disk is None:
        return section
    found = _EQUALS.match(node.install_disk)
    if found is None:
        return section  # a rule reports it: check_input
    if found["field"] == "dev_path":
        return {"disk": found["value"], **section}
    return {"diskSelector": {found["field"]: found["value"]}, **section}


def is_expressible(expression: str, contract: Contract) -> bool:
    """Say whether a contract can select an install disk by this expression."""
    return contract is Contract.V1_14 or _EQUALS.match(expression) is not None


def unattended_install(node: Node, cluster: Cluster) -> list[Document]:
    """Return the install document of contract 1.14, or nothing for a VM."""
    if node.install_disk is None:
        return []
    return [
        {
            "apiVersion": "v1alpha1",
            "kind": "UnattendedInstallConfig",  # the JSON schema says UnattendedInstall, the code does not
            "installer": {"image": installer_of(node, cluster)},
            "provisioning": {"diskSelector": {"match": node.install_disk}, "wipe": False},
        }
    ]
