"""Write tests/docs/golden anew: python -m tests.docs.write_golden, then read the difference."""

import tempfile
from pathlib import Path

from tests.docs.small import GOLDEN, pages_of, write_values

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for path, text in pages_of(write_values(Path(folder))).items():
            name = path.removeprefix("docs/reference/").replace("/", "-")
            if "format" not in name:
                (GOLDEN / name).write_text(text)
