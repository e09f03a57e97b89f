"""Reads what slim validate said, in files named PACKAGE.slim: every warning must be on the list below.

slim ends well in spite of warnings, and knows Splunk's settings of 2017. A warning that is not on the list fails, and so does an entry
of the list that no longer occurs where it says.
"""

import pathlib
import re
import sys

ALL = {"linux-x86_64", "linux-arm64", "windows-x86_64", "linux-windows", "collector"}

# the message without its place, packages, and why it stays.
EXPECTED = [
    ("Undefined setting in inputs.conf, stanza [ct_anomaly]: start_by_shell", ALL, "inputs.conf.spec has it for modular inputs since"),
    ("Undefined setting in inputs.conf, stanza [ct_anomaly]: interval", ALL, "Splunk's own, for every modular input that runs an instance each"),
    ("Undefined setting in app.conf, stanza [ui]: supported_themes", ALL, "app.conf.spec has it since"),
    ("Setting validation is disabled for [replicationDenylist] because there is no matching configuration spec", ALL - {"collector"},
     "distsearch.conf.spec has it since 9.0; the older name stands beside it"),
]

LINE = re.compile(r"slim validate: \[(\w+)\] (?:\S+, line \d+: )?(.*)")


def main(paths):
    faults, met = [], set()
    for path in map(pathlib.Path, paths):
        lines = [LINE.fullmatch(line) for line in path.read_text().splitlines() if line.startswith("slim validate: [")]
        if not any(line and line[2] == "App validation complete" for line in lines):
            faults.append(f"{path.stem}: the validation did not come to its end")
        for line in lines:
            if line[1] == "INFO":
                continue
            known = [(message, path.stem) for message, packages, _ in EXPECTED if line[1] == "WARNING" and line[2] == message and path.stem in packages]
            met.update(known)
            if not known:
                faults.append(f"{path.stem}: {line[0]}")
    for message, packages, _ in EXPECTED:
        faults += [f"{package}: expected and no longer said, take it off the list: {message}" for package in sorted(packages) if (message, package) not in met]
    print("\n".join(faults) or f"slim: {len(paths)} packages, {len(met)} warnings, all expected")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
