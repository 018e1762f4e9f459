"""The Talos API: typed calls over grpclib, waits with deadlines, own health checks.

Where to start reading:
    connection   `Talos` opens a `Session` to a `Node`, secure or in maintenance mode
    probe        what stands at an address
    configuration, bootstrap, etcd, snapshot, lifecycle, machine, resource, kubeconfig, credential   the calls
    health       what is wrong with nodes and etcd, and whether a control plane may go down
    wait, waiting   `Waiter` and the waits of a cluster's life
    kubernetes   drains, static pods, kubelets, bootstrap manifests
    error        `TalosError` and its kinds: `Unreachable` means "look before asking again"
"""
