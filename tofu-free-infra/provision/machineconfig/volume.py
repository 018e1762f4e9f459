"""Documents for system volumes, their encryption, and the volumes that pods use."""

from provision.machineconfig.model import Cluster, Contract, Document, EncryptionKey, Node, Volume

SYSTEM_VOLUMES = ("STATE", "EPHEMERAL")


def volume_documents(cluster: Cluster, node: Node) -> list[Document]:
    """List the node's volume documents, system volumes first."""
    documents = [document for name in SYSTEM_VOLUMES if (document := _system(cluster, name))]
    if cluster.contract is Contract.V1_14:
        documents.append({"apiVersion": "v1alpha1", "kind": "FilesystemTrimConfig", "interval": "168h0m0s"})
    return documents + [_user(volume) for volume in node.volumes]


def _system(cluster: Cluster, name: str) -> Document | None:
    document: Document = {"apiVersion": "v1alpha1", "kind": "VolumeConfig", "name": name}
    key = cluster.encryption.get(name)
    if key is not None:
        document["encryption"] = _encryption(key, lock_to_state=name != "STATE")
    if name == "EPHEMERAL" and cluster.contract is Contract.V1_14:
        document["mount"] = {"secure": True}
    return document if len(document) > 3 else None


def _user(volume: Volume) -> Document:
    document: Document = {
        "apiVersion": "v1alpha1",
        "kind": "UserVolumeConfig",
        "name": volume.name,
        "provisioning": {
            "diskSelector": {"match": f'disk.serial == "{volume.name}"'},
            "minSize": volume.min_size,
            "grow": True,
        },
        "filesystem": {"type": "xfs"},
    }
    if volume.encryption is not None:
        document["encryption"] = _encryption(volume.encryption, lock_to_state=True)
    return document


def _encryption(key: EncryptionKey, *, lock_to_state: bool) -> Document:
    slot: Document = {"slot": 0, key.value: {}}
    if lock_to_state:
        slot["lockToState"] = True  # a disk alone, carried away, then stays shut
    return {"provider": "luks2", "keys": [slot]}
