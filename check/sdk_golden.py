"""Golden files for src/modinput, made by Splunk's own SDK for Python (splunk-sdk 2.1.1).

Without arguments it writes them: for each request in src/modinput/testdata what the SDK's parser reads in it, and the scheme and the
events that the SDK writes for the same things that the Go test writes. With --check it writes nothing and fails where a file would
change; with --scheme FILE and --stream FILE it also holds what the program itself wrote against the SDK.
"""

import argparse
import io
import json
import pathlib
import sys
import xml.etree.ElementTree as ET

from splunklib.modularinput import Argument, Event, Scheme
from splunklib.modularinput.input_definition import InputDefinition
from splunklib.modularinput.validation_definition import ValidationDefinition

DATA = pathlib.Path(__file__).parent.parent / "src" / "modinput" / "testdata"


def run(text):
    definition = InputDefinition.parse(io.BytesIO(text))
    stanzas = {name: {"app": fields.pop("__app"), "params": fields} for name, fields in definition.inputs.items()}
    return {"metadata": definition.metadata, "stanzas": stanzas}


def validation(text):
    definition = ValidationDefinition.parse(io.BytesIO(text))
    name = definition.metadata.pop("name")
    return {"metadata": definition.metadata, "stanzas": {name: {"app": None, "params": definition.parameters}}}


def scheme():
    s = Scheme("A title & more")
    s.description = "Says <what> it is."
    s.use_external_validation = True
    s.use_single_instance = False
    s.streaming_mode = Scheme.streaming_mode_xml
    for name, title, description, kind in [
        ("logs", "Where the logs are", "A folder, \"quoted\".", Argument.data_type_string),
        ("learning_days", "Days", "0 < n", Argument.data_type_number),
        ("validate_live", "Try", "1 or 0", Argument.data_type_boolean),
    ]:
        s.add_argument(Argument(name, description=description, title=title, data_type=kind))
    return ET.tostring(s.to_xml(), encoding="unicode")


def events():
    out = io.StringIO()
    for stanza, time, data in [
        ("ct_anomaly://prod", 1795322118, '{"a":1}'),
        ("ct_anomaly://a & b <c>", 1795322118.123, '{"policy":"<&>\'","path":"C:\\\\logs"}'),
        ("ct_anomaly://Müller", 1795322118.05, '{"name":"日本語 \U0001f600","line":"a\\nb"}'),
    ]:
        Event(stanza=stanza, time="%.3f" % time, sourcetype="aws:cloudtrail:anomaly", data=data).write_to(out)
        out.write("\n")
    return out.getvalue()


def golden():
    for request in sorted(DATA.glob("*.request.xml")):
        read = validation if request.name.startswith("validation") else run
        text = json.dumps(read(request.read_bytes()), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        yield request.with_name(request.name.replace(".request.xml", ".sdk.json")), text
    yield DATA / "scheme.sdk.xml", scheme() + "\n"
    yield DATA / "events.sdk.xml", events()


def same(a, b):
    return ET.canonicalize(a, strip_text=True) == ET.canonicalize(b, strip_text=True)


def check_scheme(path):
    """The program's scheme, read into the SDK's own objects and written again, is the same."""
    text = pathlib.Path(path).read_text()
    root = ET.fromstring(text)
    s = Scheme(root.findtext("title"))
    s.description = root.findtext("description")
    s.use_external_validation = root.findtext("use_external_validation") == "true"
    s.use_single_instance = root.findtext("use_single_instance") == "true"
    s.streaming_mode = root.findtext("streaming_mode").upper()
    kinds = {"string": Argument.data_type_string, "number": Argument.data_type_number, "boolean": Argument.data_type_boolean}
    for arg in root.iterfind("endpoint/args/arg"):
        s.add_argument(Argument(arg.get("name"), description=arg.findtext("description"), title=arg.findtext("title"),
                                data_type=kinds[arg.findtext("data_type")]))
    if not s.arguments:
        return "the scheme has no arguments"
    return None if same(text, ET.tostring(s.to_xml(), encoding="unicode")) else "the SDK writes the scheme otherwise"


def check_stream(path):
    """Each event of the program's stream, read into the SDK's Event and written again, is the same."""
    root = ET.parse(path).getroot()
    if root.tag != "stream" or not len(root):
        return "there is no stream, or no event in it"
    for event in root:
        out = io.StringIO()
        Event(stanza=event.get("stanza"), time=event.findtext("time"), sourcetype=event.findtext("sourcetype"),
              data=event.findtext("data"), unbroken=event.get("unbroken") == "1", done=event.find("done") is not None).write_to(out)
        event.tail = None
        if not same(ET.tostring(event, encoding="unicode"), out.getvalue()):
            return "the SDK writes an event otherwise"
        json.loads(event.findtext("data"))
    return None


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--check", action="store_true")
    args.add_argument("--scheme")
    args.add_argument("--stream")
    args = args.parse_args()
    faults = []
    for path, text in golden():
        if not args.check:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            faults.append(f"{path.name}: the SDK gives something else now")
    for check, path in ((check_scheme, args.scheme), (check_stream, args.stream)):
        if path and (fault := check(path)):
            faults.append(f"{path}: {fault}")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"splunk-sdk golden files: {len(list(golden()))} looked at, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
