"""Judge files by schemas and print how many objects were valid: what kubeconform does, as a process of its own.

python -m bench.gate_schema VERSION FILE...
"""

import gc
import sys
from pathlib import Path


def main() -> None:
    gc.disable()  # as the command does
    from generator.schema import Judge, Validator

    judge = Judge(Validator(sys.argv[1]))
    verdicts = [judge.verdict(Path(path).read_text(encoding="utf-8")) for path in sys.argv[2:]]
    print(sum(len(verdict.manifests) for verdict in verdicts if not verdict.faults))


if __name__ == "__main__":
    main()
