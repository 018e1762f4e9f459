"""What the API server asks of Kubernetes' own fields and a shape would say badly.

Source: validation of core/v1, meta/v1 and rbac.authorization.k8s.io/v1 (Kubernetes 1.34 to 1.37).
"""

from collections.abc import Iterator

from generator.catalogue.gaps import HERE
from generator.catalogue.read import Notes
from generator.source import Map, Seq

_HOOK_HANDLERS = ("exec", "httpGet", "sleep")
_TAKES_SOME, _TAKES_NONE, _TAKES_ONE = ("In", "NotIn"), ("Exists", "DoesNotExist"), ("Gt", "Lt")
# The library chart prints these on every object; a selector stands on the first three.
_OWN_LABELS = frozenset(
    f"app.kubernetes.io/{name}" for name in ("name", "instance", "component", "part-of", "managed-by")
)
_OWN_PREFIX = "chartroom/"


def check_hooks(tree: Map, notes: Notes) -> None:
    """Note a lifecycle hook that does nothing, or several things."""
    if "lifecycle" not in tree:
        return
    lifecycle = tree.child("lifecycle")
    for name, hook in lifecycle.items():
        if not isinstance(hook, Map):
            continue
        chosen = [handler for handler in _HOOK_HANDLERS if hook.get(handler) is not None]
        if len(chosen) != 1:
            message = f"the {name} hook has {len(chosen)} handlers, exactly one is expected"
            fix = f"state one of {', '.join(_HOOK_HANDLERS)}"
            notes.error(lifecycle.key_place(name), "catalogue/hook-handler", message, fix, lacks=(HERE, "lifecycle"))


def check_own_marks(tree: Map, notes: Notes) -> None:
    """Note labels and annotations that Chartroom writes itself."""
    for field in ("labels", "annotations"):
        if field not in tree:
            continue
        block = tree.child(field)
        for key in block:
            if str(key).startswith(_OWN_PREFIX) or (field == "labels" and key in _OWN_LABELS):
                message = f"{field[:-1]} {key!r} is written by Chartroom, a second value would contradict it"
                notes.error(block.key_place(key), "catalogue/own-label", message, "use a key with your own prefix")


def check_probe_fields(tree: Map, notes: Notes) -> None:
    """Note what the API server takes for some probes only."""
    probes = tree.child("probes")
    for name, probe in probes.items():
        if not isinstance(probe, Map):
            continue
        if name != "readiness" and probe.get("successThreshold") not in (None, 1):
            message = f"the {name} probe has successThreshold {probe['successThreshold']}, one success is enough for it"
            place = probe.key_place("successThreshold")
            notes.error(place, "catalogue/probe-field", message, "remove `successThreshold`")
        if name == "readiness" and probe.get("terminationGracePeriodSeconds") is not None:
            message = "the readiness probe has 'terminationGracePeriodSeconds', but it ends no container"
            place = probe.key_place("terminationGracePeriodSeconds")
            notes.error(place, "catalogue/probe-field", message, "remove `terminationGracePeriodSeconds`")


def check_divisors(tree: Map, notes: Notes) -> None:
    """Note a divisor that the resource cannot be counted in."""
    for variable in tree.child("env").values() if "env" in tree else ():
        if not isinstance(variable, Map):
            continue
        source = variable.child("valueFrom").child("resourceFieldRef")
        is_cpu, divisor = str(source.get("resource")).endswith(".cpu"), source.get("divisor")
        if divisor is not None and divisor != "1" and is_cpu != (divisor == "1m"):
            resource, fix = str(source["resource"]), "write `1m` or `1`" if is_cpu else "write one such as `1Mi` or `1`"
            message = f"{resource!r} cannot be counted in {str(divisor)!r}"
            notes.error(source.value_place("divisor"), "catalogue/divisor", message, fix)


def check_placement(tree: Map, notes: Notes) -> None:
    """Note expressions and tolerations that the API server refuses."""
    affinity = tree.get("affinity")
    for expression in _maps(affinity, "matchExpressions"):
        _check_expression(expression, notes)
    for field in _maps(affinity, "matchFields"):
        names = field.get("values")
        if isinstance(names, Seq) and len(names) != 1:
            message = f"a node has one name, {len(names)} are stated"
            notes.error(field.value_place("values"), "catalogue/expression", message, "write one, or several terms")
    tolerations = tree.get("tolerations")
    for toleration in tolerations if isinstance(tolerations, Seq) else ():
        if isinstance(toleration, Map):
            _check_toleration(toleration, notes)


def check_rights(tree: Map, notes: Notes) -> None:
    """Note rules of roles that name nothing, or what a namespace has not."""
    if "rbac" not in tree:
        return
    rbac = tree.child("rbac")
    for scope in ("cluster", "namespace"):
        rules = rbac.get(scope)
        for rule in rules if isinstance(rules, Seq) else ():
            if isinstance(rule, Map):
                _check_rule(rule, scope, notes)


def _check_rule(rule: Map, scope: str, notes: Notes) -> None:
    urls = bool(rule.get("nonResourceURLs"))
    if urls and scope == "namespace":
        message = "a rule of a namespace names URLs of the API server, which are of the whole cluster"
        notes.error(rule.key_place("nonResourceURLs"), "catalogue/rule", message, "move the rule to `cluster`")
    elif urls and (rule.get("resources") or rule.get("apiGroups")):
        message = "a rule names resources and URLs, it can have one of them"
        notes.error(rule.key_place("nonResourceURLs"), "catalogue/rule", message, "make two rules of it")
    elif not urls:
        missing = [key for key in ("apiGroups", "resources") if not rule.get(key)]
        if missing:
            message = f"a rule of rights lacks {' and '.join(map(repr, missing))}"
            fix = 'write `apiGroups: [""]` for the core kinds, and `resources: [pods]`'
            notes.error(rule.place, "catalogue/rule", message, fix)


def _maps(node: object, key: str) -> Iterator[Map]:
    """Yield the entries of every list that stands under `key`, at any depth."""
    if isinstance(node, Seq):
        for item in node:
            yield from _maps(item, key)
    elif isinstance(node, Map):
        for name, value in node.items():
            if name == key and isinstance(value, Seq):
                yield from (item for item in value if isinstance(item, Map))
            else:
                yield from _maps(value, key)


def _check_expression(expression: Map, notes: Notes) -> None:
    operator, values = str(expression.get("operator")), expression.get("values")
    count = len(values) if isinstance(values, Seq) else 0
    place = expression.value_place("operator")
    if operator in _TAKES_SOME and not count:
        message = f"operator {operator!r} compares with nothing, it needs values"
        notes.error(place, "catalogue/expression", message, "add `values: [...]`")
    elif operator in _TAKES_NONE and count:
        message = f"operator {operator!r} looks at the key alone, it takes no values"
        notes.error(place, "catalogue/expression", message, "remove `values`, or write `operator: In`")
    elif operator in _TAKES_ONE and not (count == 1 and isinstance(values, Seq) and _is_integer(values[0])):
        message = f"operator {operator!r} compares with one whole number"
        notes.error(place, "catalogue/expression", message, 'write `values: ["4"]`')


def _is_integer(value: object) -> bool:
    text = str(value)
    return text.isascii() and text.removeprefix("-").isdigit()


def _check_toleration(toleration: Map, notes: Notes) -> None:
    operator, key, value = toleration.get("operator"), toleration.get("key"), toleration.get("value")
    if operator == "Exists" and value:
        message = "a toleration with operator 'Exists' looks at the key alone, it takes no value"
        notes.error(toleration.value_place("value"), "catalogue/toleration", message, "remove `value`")
    if not key and operator != "Exists":
        message = "a toleration without a key tolerates every taint, and says so by its operator"
        notes.error(toleration.place, "catalogue/toleration", message, "add `key`, or write `operator: Exists`")
    if toleration.get("tolerationSeconds") is not None and toleration.get("effect") != "NoExecute":
        message = "a toleration has 'tolerationSeconds', which only the effect 'NoExecute' counts"
        place = toleration.key_place("tolerationSeconds")
        notes.error(place, "catalogue/toleration", message, "add `effect: NoExecute`, or remove it")
