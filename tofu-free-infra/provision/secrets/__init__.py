"""A cluster's keys: made with the right types, kept encrypted, never shown.

bundle   `generate`, `to_yaml`, `from_yaml`: what `talosctl gen secrets` makes
store    `BundleStore` is the port, `AgeFile` the file beside the inventory
access   client certificates, talosconfig, kubeconfig, renewal
"""
