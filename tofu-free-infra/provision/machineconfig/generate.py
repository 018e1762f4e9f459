"""One node's machine configuration, as documents and as text."""

from provision.machineconfig.emit import emit
from provision.machineconfig.firewall import firewall_documents
from provision.machineconfig.install import unattended_install
from provision.machineconfig.kubernetes import discovery_documents, kubernetes_documents, security_documents
from provision.machineconfig.legacy import v1alpha1_of_1_13, v1alpha1_of_1_14
from provision.machineconfig.model import Cluster, Contract, Document, Node
from provision.machineconfig.network import network_documents
from provision.machineconfig.volume import volume_documents
from provision.secrets.bundle import SecretsBundle


def machine_documents(cluster: Cluster, node: Node, secrets: SecretsBundle) -> list[Document]:
    """List the documents of a node under the cluster's contract, the v1alpha1 document first."""
    shared = [
        *network_documents(cluster, node),
        *volume_documents(cluster, node),
        *firewall_documents(cluster, node),
    ]
    if cluster.contract is Contract.V1_13:
        return [v1alpha1_of_1_13(cluster, node, secrets), *shared]
    return [
        v1alpha1_of_1_14(cluster, node, secrets),
        *discovery_documents(secrets),
        *unattended_install(node, cluster),
        *shared,
        *security_documents(cluster),
        *kubernetes_documents(cluster, node, secrets),
    ]


def machine_config(cluster: Cluster, node: Node, secrets: SecretsBundle) -> str:
    """Write a node's machine configuration. The text holds secrets: it is sent, never printed."""
    return emit(machine_documents(cluster, node, secrets))
