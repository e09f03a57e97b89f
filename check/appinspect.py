"""Reads reports of Splunk AppInspect, named PACKAGE.RUN.json: nothing may be wrong, and every warning must be on the list below.

A warning that is not on the list fails, and so does an entry of the list that no longer occurs where it says.
"""

import collections
import json
import pathlib
import sys

ALL = {"linux-x86_64", "linux-arm64", "windows-x86_64", "linux-windows", "collector"}
WINDOWS = {"windows-x86_64", "linux-windows", "collector"}
EVERY_RUN = {"cloud", "all"}

# check, packages, runs, what its message says, and why it stays.
EXPECTED = [
    ("check_for_modular_inputs", ALL, EVERY_RUN, "App contains modular inputs in inputs.conf.spec. No action required.",
     "the app is a modular input"),
    ("check_for_indexer_synced_configs", ALL, {"all"}, "default/inputs.conf will not be synced to indexers",
     "the input is not for indexers"),
    ("check_that_app_contains_any_windows_specific_components", WINDOWS, EVERY_RUN, "windows_x86_64/bin/ct_anomaly.exe exists",
     "the package is for Windows; Splunk Cloud takes linux-x86_64"),
]

# Unknown tags select few checks without a word: fewer than this were not the run we mean.
FEWEST_CHECKS = 240


def findings(report):
    for group in report["reports"][0]["groups"]:
        for check in group["checks"]:
            if check["result"] not in ("success", "not_applicable"):
                for message in check["messages"] or [{"message": ""}]:
                    yield check["result"], check["name"], " ".join(message["message"].split())


def judge(package, run, report, met):
    total = sum(report["summary"].values())
    if len(report["reports"]) != 1 or total < FEWEST_CHECKS:
        yield f"{total} checks ran, where at least {FEWEST_CHECKS} should"
    for result, name, message in findings(report):
        for entry in EXPECTED:
            check, packages, runs, says, _ = entry
            if result == "warning" and check == name and package in packages and run in runs and says in message:
                met.add((check, package, run))
                break
        else:
            yield f"{result}: {name}: {message}"


def main(paths):
    faults, met, counts, seen = [], set(), collections.Counter(), set()
    for path in map(pathlib.Path, paths):
        package, run = path.stem.rsplit(".", 1)
        report = json.loads(path.read_text())
        seen.add((package, run))
        counts.update(report["summary"])
        faults += [f"{package} ({run}): {fault}" for fault in judge(package, run, report, met)]
    for package in sorted(ALL):
        faults += [f"{package} ({run}): no report" for run in sorted(EVERY_RUN) if (package, run) not in seen]
    for check, packages, runs, _, _ in EXPECTED:
        faults += [
            f"{package} ({run}): {check} is expected and no longer occurs: take it off the list"
            for package in sorted(packages) for run in sorted(runs) if (check, package, run) not in met
        ]
    print("\n".join(faults) or f"appinspect: {len(paths)} reports, " + ", ".join(f"{n} {k}" for k, n in sorted(counts.items())) + ", all warnings expected")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
