"""What `--help` says of each command. Kept as texts, since `python -OO` takes docstrings away."""

CLI = """\
Describe each service in one short YAML file; get charts, Applications and reference pages.

\b
chartroom new apps/media/kavita      write a service file that passes
chartroom charts                     write everything from values/
chartroom explain kavita --env prod  see where each value comes from

Exit codes: 0 clean, 1 findings or drift, 2 usage, 3 a tool or engine failed, 4 a waiver problem.
"""
CHARTS = """\
Write charts, Applications and reference pages from values/.

Nothing is written while there is an error. Files that nothing asks for any more are deleted if
this command made them and nobody edited them.

\b
chartroom charts            write what differs
chartroom charts --check    in CI: fail on drift
"""
CHECK = """\
Judge everything: drift, schemas, rules, reachability, packing, frozen fields, waivers.

\b
chartroom check
chartroom check --env prod --rule pods
chartroom check --format text --format sarif --output gate.sarif
chartroom check --manifests deploy/ --kubernetes 1.35
kubectl kustomize overlays/prod | chartroom check --manifests -
"""
WAIVERS = """\
List waivers: whose they are, how old, and when they end.

Exit code 4 where one is past or cannot be read.
"""
POLICY = "Work on rules: list them, run their tests and cases, write a new one."
POLICY_LIST = "List every rule with its severity."
POLICY_TEST = """\
Run the tests of rules, and see every case pass or fail as its folder says.

Of rules of your own the tests must reach every line, and none may take the square of the fleet's size.
"""
POLICY_NEW = "Write a rule that works, with its test and a case for each verdict."
POLICY_DOCS = "Write a page for each rule, with what it refuses and accepts."
RENDER = """\
Print manifests as ArgoCD would render them, of a service, a domain, or all.

\b
chartroom render sonarr --env staging
chartroom render media | kubectl diff --server-side -f -
"""
LIST = """\
List services: where they live, whether they run, and which hosts they have.

\b
chartroom list --env prod
chartroom list --env prod --domain media --json
"""
EXPLAIN = """\
Print each final value of a service with the file and line that it came from.

\b
chartroom explain sonarr --env staging
chartroom explain sonarr storage.config --env prod
"""
FIX = """\
Write the values that findings offer: free addresses for `ip: auto`, quotes, canonical numbers.

Comments and layout stay as they are.

\b
chartroom fix && git diff values/
"""
FROZEN = """\
Write down what may never change of each object: selectors, claim classes, pod templates of Jobs.

New objects are added, vanished ones dropped. A changed field needs an entry in
values/moves.yaml; without one nothing is written and the exit code is 1.

\b
chartroom frozen && git diff tests/frozen/
"""
DIFF = """\
Show what a change does to the rendered fleet, and mark what is dangerous.

Compares the committed charts and Applications of BASE, a commit or branch, with those of the
working tree: run `chartroom charts` first. Dangerous is a frozen field, a volume dropped, a
namespace moved, exposure or egress widened, a privilege gained, a backup removed, a budget passed.

\b
chartroom diff                        what is not committed yet
chartroom diff env/prod --env prod    the review of a promotion
"""
NEW = """\
Write a new service file, or with --domain a new domain, that passes.

What is not given is asked for. An existing file is never overwritten.

\b
chartroom new apps/media/kavita --summary "Comic reader" --category streaming \\
    --image ghcr.io/kareadita/kavita:0.8.7 --port 5000 --host kavita
chartroom new --domain apps/games --summary "Game servers" --owner alex --category servers
"""
