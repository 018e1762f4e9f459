"""What Talos would refuse in a machine configuration, said before anything is sent.

Mirrors `talosctl validate` (siderolabs/talos v1.14.0-rc.1, config/types/v1alpha1/v1alpha1_validation.go) as far as it
concerns what we generate or let through. A rule is a function from a configuration to faults; the place is the
caller's, since only the caller knows in which file and line the node stands.
"""

from collections.abc import Sequence

from generator.finding import Finding, Place
from provision.machineconfig import document_rules, machine_rules
from provision.machineconfig.judged import Config, Fault, Rule
from provision.machineconfig.model import Contract, Document

RULES: dict[str, Rule] = {
    "machineconfig/machine-type": machine_rules.machine_type,
    "machineconfig/talos-authority": machine_rules.talos_authority,
    "machineconfig/worker-secrets": machine_rules.worker_secrets,
    "machineconfig/endpoint": machine_rules.endpoint,
    "machineconfig/persist": machine_rules.persist,
    "machineconfig/install": machine_rules.install,
    "machineconfig/host-dns": machine_rules.host_dns,
    "machineconfig/cni": machine_rules.cni,
    "machineconfig/discovery": machine_rules.discovery,
    "machineconfig/labels": machine_rules.labels,
    "machineconfig/taints": machine_rules.taints,
    "machineconfig/kinds": document_rules.kinds,
    "machineconfig/repeated": document_rules.repeated,
    "machineconfig/mixed-forms": document_rules.mixed_forms,
    "machineconfig/kube-proxy": document_rules.kube_proxy,
    "machineconfig/volume-keys": document_rules.volume_keys,
    "machineconfig/etcd-encryption": document_rules.etcd_encryption,
}


def check_documents(
    documents: Sequence[Document], contract: Contract, *, subject: str, place: Place, metal: bool = False
) -> list[Finding]:
    """Judge a configuration by every rule; `subject` is the node, `metal` demands an install disk."""
    mains = [document for document in documents if "kind" not in document]
    if len(mains) != 1:
        fault = Fault(f"{len(mains)} v1alpha1 documents, expected one", "keep one document with `machine:`")
        return [_finding("machineconfig/main-document", fault, subject, place)]
    others = tuple(document for document in documents if "kind" in document)
    config = Config(contract, mains[0], others, metal)
    return [_finding(name, fault, subject, place) for name, rule in RULES.items() for fault in rule(config)]


def _finding(name: str, fault: Fault, subject: str, place: Place) -> Finding:
    return Finding(place, name, f"{subject!r} has {fault.message}", fault.fix, fault.severity)
