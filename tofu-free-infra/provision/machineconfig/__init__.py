"""Talos machine configuration for the contracts 1.13 and 1.14: typed input in, YAML documents and findings out.

model      `Cluster`, `Node`: all that a configuration is made from
inputs     `check_cluster`, `check_node`: findings before anything is made
generate   `machine_documents`, `machine_config`
rules      `check_documents`: what Talos would refuse
schematic  ids and image names of the Image Factory;  support   who may be upgraded to what
"""
