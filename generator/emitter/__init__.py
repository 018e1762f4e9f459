"""Plain data to YAML text that PyYAML, YAML 1.2 readers and Kubernetes read back alike."""

from generator.emitter.scalar import EmitError
from generator.emitter.writer import emit, emit_all

__all__ = ["EmitError", "emit", "emit_all"]
