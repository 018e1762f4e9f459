"""Ask a running API server about every mutant again, and write down what it says.

    python -m tests.server.record --context NAME

The cluster needs the namespaces of objects.yaml and the definitions of its custom kinds; nothing is
kept there (`--dry-run=server`).
"""

import argparse
import json
import subprocess
from datetime import UTC, datetime
from typing import Any

from tests.server.mutant import VERDICTS, mutants, origins

_LONGEST = 240


def ask(context: str, made: dict[str, Any]) -> dict[str, Any]:
    """Return whether an object is taken, and the first line of what is said about it."""
    command = ["kubectl", "--context", context, "apply", "--server-side", "--validate=strict", "--force-conflicts"]
    command += ["--dry-run=server", "--field-manager=chartroom-tests", "--filename", "-"]
    done = subprocess.run(command, input=json.dumps(made), capture_output=True, text=True, check=False)
    said = " ".join(done.stderr.split())
    return {"accepted": done.returncode == 0, "said": said[:_LONGEST]}


def main() -> None:
    """Write verdicts.json."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--context", required=True)
    context = parser.parse_args().context
    refused = {name: verdict for name, made in origins().items() if not (verdict := ask(context, made))["accepted"]}
    if refused:
        raise SystemExit(f"whole objects are refused, so the mutants prove nothing: {refused}")
    version = subprocess.run(
        ["kubectl", "--context", context, "version", "--output", "json"], capture_output=True, text=True, check=True
    )
    recorded = {
        "kube-apiserver": json.loads(version.stdout)["serverVersion"]["gitVersion"],
        "recorded": datetime.now(UTC).date().isoformat(),
        "verdicts": {mutant.name: ask(context, mutant.object) for mutant in mutants()},
    }
    VERDICTS.write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
