"""Simulated secret stores on loopback: Infisical and Vault, as far as `provision` asks them; strict, with faults."""

from .running import RunningStore, serve

__all__ = ["RunningStore", "serve"]
