"""Issuers of certificates, and the tokens with which they prove that a name is ours."""

from collections.abc import Iterator

from generator.catalogue.service import Json
from generator.catalogue.site import Issuer
from generator.chart.scope import Printed, Scope, namespace_of
from generator.chart.secret import external_secret, remote

_OPERATOR = "cert-manager"
# Solver -> our field that names a key of the store, and cert-manager's for the Secret that it becomes.
_SECRET_FIELDS = {
    "cloudflare": ("token", "apiTokenSecretRef"),
    "rfc2136": ("tsigSecret", "tsigSecretSecretRef"),
}


def build_issuers(scope: Scope) -> Iterator[Printed]:
    """A ClusterIssuer per issuer. Its token lies in cert-manager's namespace, where it is looked for."""
    namespace = namespace_of(scope, _OPERATOR)
    for issuer in scope.fleet.site.issuers.values():
        solver, secret = _solver(issuer)
        body = {"server": issuer.server, "email": issuer.email, "solvers": [solver]}
        yield "ClusterIssuer", issuer.name, body
        if secret is not None:
            item, _, key = secret.rpartition("/")
            data = [remote(scope, key, item, key)]
            yield "ExternalSecret", token_secret(issuer), {"namespace": namespace, **external_secret(scope, data)}


def token_secret(issuer: Issuer) -> str:
    return f"issuer-{issuer.name}"


def _solver(issuer: Issuer) -> tuple[Json, str | None]:
    """Our short form as cert-manager writes it, and the key of the store that it needs."""
    (kind, stated), *_ = issuer.solver.items()
    field, theirs = _SECRET_FIELDS[kind]
    secret = str(stated[field])
    reference = {"name": token_secret(issuer), "key": secret.rpartition("/")[2]}
    plain = {key: value for key, value in stated.items() if key != field}
    return {"dns01": {kind: {**plain, theirs: reference}}}, secret
