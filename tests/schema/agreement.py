"""Where our verdict on an object of Kubernetes differs from that of kubernetes-validate."""

from typing import Any

import kubernetes_validate

from generator.schema import Validator
from generator.schema.fault import SCHEMA, SERVER, Fault

# What we ask beyond the published schemas: quantities, base64 and the range of integers.
OURS_ALONE = {"pattern", "minimum", "maximum", SERVER}


def difference(object_: dict[str, Any], validator: Validator) -> str | None:
    """Say how the two differ on one object, None where they agree."""
    faults = [fault for fault in validator.check(object_) if not _is_ours_alone(fault, object_)]
    paths = {path for fault in faults for path in (fault.path, fault.path[:-1])}
    try:
        kubernetes_validate.validate(object_, validator.version, strict=True)
    except kubernetes_validate.ValidationError as error:
        theirs = tuple(error.absolute_path)
        return None if theirs in paths else f"kubernetes-validate: {theirs}: {error.message}; we: {faults}"
    return f"kubernetes-validate finds nothing, we: {faults}" if faults else None


def _is_ours_alone(fault: Fault, object_: dict[str, Any]) -> bool:
    """Return whether a fault is one that kubernetes-validate does not look for.

    A null at the top of an object that its definition refuses is one: the file that
    kubernetes-validate reads for the kind allows it, and the API server does not.
    """
    if fault.rule != SCHEMA or fault.keyword in OURS_ALONE:
        return True
    return fault.keyword == "type" and len(fault.path) == 1 and object_[str(fault.path[0])] is None
