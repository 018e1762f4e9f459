"""A secret store that other machines run: the port, one module per kind of store, and a cluster's keys in one."""
