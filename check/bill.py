"""Holds a bill of materials against the schema of CycloneDX 1.5."""

import pathlib
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

if __name__ == "__main__":
    fault = JsonStrictValidator(SchemaVersion.V1_5).validate_str(pathlib.Path(sys.argv[1]).read_text())
    print(fault or "bill: of CycloneDX 1.5")
    sys.exit(1 if fault else 0)
