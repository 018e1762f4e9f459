"""A site to start from: three hosts, the storages of the inventory's example, an administrator."""

from .state import Bridge, Download, Node, PciDevice, PciMapping, Site, Storage, User

TIB = 2**40
GIB = 2**30
ADMIN = "root@pam"
ADMIN_PASSWORD = "simulated-root"
TALOS_URL = "https://factory.talos.dev/image/0/v1.13.9/nocloud-amd64.qcow2"
DEBIAN_URL = "https://cloud.debian.org/images/cloud/trixie/latest/debian-13-genericcloud-amd64.qcow2"


def sample_site(hosts: int = 3) -> Site:
    """Return a site of `hosts` hosts (pve-1, pve-2, …) with ZFS, NFS and backup storage, without VMs."""
    site = Site()
    for number in range(1, hosts + 1):
        bridge = Bridge("vmbr0", vlan_aware=True, cidr=f"10.0.10.{20 + number}/24")
        site.nodes[f"pve-{number}"] = Node(f"pve-{number}", f"10.0.10.{20 + number}", bridges=[bridge])
    last = site.nodes[f"pve-{hosts}"]
    last.cores = 24
    last.pci.append(PciDevice("0000:01:00.0", "0x10de", "0x2684"))
    entry = f"node={last.name},path=0000:01:00.0,id=0x10de:0x2684,iommugroup=1"
    site.mappings["gpu-ollama"] = PciMapping("graphics card", [entry])
    names = list(site.nodes)
    site.storages = {
        "fast": Storage("fast", "zfspool", ["images", "rootdir"], 3 * TIB, names, settings={"pool": "rpool/data"}),
        "images": Storage(
            "images", "nfs", ["import", "iso"], TIB, names, True, {"server": "nas", "export": "/mnt/tank/pve"}
        ),
        "backups": Storage("backups", "pbs", ["backup"], 8 * TIB, names, True, {"server": "pbs", "datastore": "main"}),
    }
    site.users[ADMIN] = User(password=ADMIN_PASSWORD)
    site.downloads = {
        TALOS_URL: Download(4 * GIB, sha512="a" * 128),
        DEBIAN_URL: Download(3 * GIB, sha512="b" * 128),
    }
    return site
