"""Reads the documents of an unpacked evidence package with readers that are not the program's and prints their facts.

    package_facts.py FOLDER

* vics.json: checked against a JSON schema of VICS 2.0 as independent readers know it, then read.
* case.jsonld: validated against CASE and UCO by `case_validate` of case-utils, then read as a graph.
* facts.csv: read with Python's csv; no cell may be a formula.
* report.pdf: opened with pikepdf; what PDF/A-2b asks for is looked up, its text is read through its own character map.

Prints one JSON object: for each document its facts, and leaves with 1 and a reason when something is wrong.
"""

import csv
import json
import pathlib
import re
import subprocess
import sys

import jsonschema
import pikepdf
import rdflib

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
TEXT = {"type": "string"}
HASHES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["MD5", "HashName", "HashValue"],
        "properties": {"MD5": TEXT, "HashName": TEXT, "HashValue": TEXT},
        "additionalProperties": False,
    },
}
FILES = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["MD5", "FileName", "FilePath"],
        "properties": {"MD5": TEXT, "FileName": TEXT, "FilePath": TEXT, "Written": TEXT},
        "additionalProperties": False,
    },
}
MEDIA = {
    "type": "object",
    "required": ["MediaID", "Category", "MD5"],
    "properties": {
        "MediaID": {"type": "integer", "minimum": 1},
        "Category": {"type": ["integer", "null"]},
        "MD5": {"type": "string", "pattern": "^[0-9A-F]{32}$"},
        "SHA1": {"type": "string", "pattern": "^[0-9A-F]{40}$"},
        "MediaSize": {"type": "integer", "minimum": 0},
        "Tags": TEXT,
        "DateUpdated": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT[\d:.]+Z$"},
        "AlternativeHashes": HASHES,
        "MimeType": TEXT,
        "RelativeFilePath": {"type": "string", "pattern": r"^media\\[0-9a-f]{64}$"},
        "MediaFiles": FILES,
    },
    "additionalProperties": False,
}
CASE = {
    "type": "object",
    "required": ["CaseID", "CaseNumber", "Media"],
    "properties": {
        "CaseID": {"type": "string", "pattern": f"^{UUID}$"},
        "CaseNumber": TEXT,
        "ContactOrganization": TEXT,
        "ContactName": TEXT,
        "SourceApplicationName": TEXT,
        "SourceApplicationVersion": TEXT,
        "TotalMediaFiles": {"type": "integer"},
        "CaseMetadata": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["CaseID", "PropertyName", "PropertyValue"],
                "properties": {"CaseID": TEXT, "PropertyName": TEXT, "PropertyValue": TEXT},
                "additionalProperties": False,
            },
        },
        "Media": {"type": "array", "items": MEDIA},
    },
    "additionalProperties": False,
}
CONTEXT = r"^http://github\.com/VICSDATAMODEL/ProjectVic/DataModels/2\.0\.xml/[^/]+/\$metadata#Cases$"
VICS = {
    "type": "object",
    "required": ["@odata.context", "value"],
    "properties": {
        "@odata.context": {"type": "string", "pattern": CONTEXT},
        "value": {"type": "array", "minItems": 1, "maxItems": 1, "items": CASE},
    },
    "additionalProperties": False,
}


def fact(item, md5, sha1, sha256, size, kind, class_, age, gender, url, file):
    """One item, alike from every document."""
    return {
        "item": item,
        "md5": md5.lower(),
        "sha1": sha1.lower(),
        "sha256": sha256.lower(),
        "size": int(size),
        "kind": kind,
        "class": class_,
        "age": age,
        "gender": gender,
        "url": url or None,
        "file": file or None,
    }


def vics(path):
    """Facts of vics.json. The order of the root's members counts for readers that stream."""
    pairs = json.loads(path.read_bytes().decode("utf-8"), object_pairs_hook=list)
    assert [name for name, _ in pairs] == ["@odata.context", "value"], "the context comes first"
    root = json.loads(path.read_bytes())
    jsonschema.validate(root, VICS, cls=jsonschema.Draft202012Validator)
    facts = []
    for media in root["value"][0]["Media"]:
        tags = dict(tag.split(":", 1) for tag in media["Tags"].split(","))
        others = {h["HashName"]: h["HashValue"] for h in media["AlternativeHashes"]}
        files = media.get("MediaFiles", [{}])
        facts.append(
            fact(
                tags["item"],
                media["MD5"],
                media["SHA1"],
                others["SHA256"],
                media["MediaSize"],
                media["MimeType"],
                tags["class"],
                tags["age"],
                tags["gender"],
                files[0].get("FilePath"),
                media.get("RelativeFilePath", "").replace("\\", "/"),
            )
        )
    return facts


QUERY = """
SELECT ?file ?item ?kind ?size ?md5 ?sha1 ?sha256 WHERE {
  ?record a investigation:ProvenanceRecord ; investigation:exhibitNumber ?item ; core:object ?file .
  ?file core:hasFacet ?facet .
  ?facet a observable:ContentDataFacet ; observable:mimeType ?kind ; observable:sizeInBytes ?size ;
    observable:hash ?a, ?b, ?c .
  ?a types:hashMethod "MD5" ; types:hashValue ?md5 .
  ?b types:hashMethod "SHA1" ; types:hashValue ?sha1 .
  ?c types:hashMethod "SHA256" ; types:hashValue ?sha256 .
}"""


def case_uco(path):
    """Facts of case.jsonld, after `case_validate` has nothing against it."""
    tool = [str(pathlib.Path(sys.executable).parent / "case_validate"), "--format", "human", str(path)]
    done = subprocess.run(tool, capture_output=True, text=True, check=False)
    fine = done.returncode == 0 and "Severity" not in done.stdout
    assert fine, f"case_validate: {done.stdout[-3000:]} {done.stderr[-1000:]}"
    graph = rdflib.Graph().parse(path, format="json-ld")
    uco = "https://ontology.unifiedcyberontology.org/uco/"
    names = {
        "investigation": rdflib.Namespace("https://ontology.caseontology.org/case/investigation/"),
        **{n: rdflib.Namespace(f"{uco}{n}/") for n in ("core", "observable", "types")},
    }
    core, observable = names["core"], names["observable"]
    facts = []
    for row in graph.query(QUERY, initNs=names):
        tags = dict(str(tag).split(":", 1) for tag in graph.objects(row.file, core.tag))
        url = None
        for link in graph.subjects(core.source, row.file):
            for facet in graph.objects(graph.value(link, core.target), core.hasFacet):
                url = str(graph.value(facet, observable.fullValue))
        paths = [graph.value(facet, observable.filePath) for facet in graph.objects(row.file, core.hasFacet)]
        file = next((str(p) for p in paths if p), None)
        digests = [str(d.toPython().hex() if isinstance(d.toPython(), bytes) else d) for d in (row.md5, row.sha1, row.sha256)]
        said = (tags["class"], tags["age"], tags["gender"])
        facts.append(fact(str(row.item), *digests, row.size.toPython(), str(row.kind), *said, url, file))
    return facts


def table(path):
    """Facts of facts.csv; items without digests count too, for what they do not say."""
    with path.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        for cell in row.values():
            assert not re.match(r"\s*[=+\-@|%\t\r]", cell), f"a formula: {cell!r}"
    plain = lambda text: text[1:] if text.startswith("'") else text
    names = ("md5", "sha1", "sha256", "size_bytes", "media_type", "class", "age_group", "gender", "url", "file")
    return rows, [fact(r["item"], *(plain(r[n]) for n in names)) for r in rows if r["sha256"]]


def report(path):
    """The text of report.pdf, after what PDF/A-2b asks for was found in it."""
    with pikepdf.open(path) as pdf:
        assert pdf.check_pdf_syntax() == [], "qpdf has something against it"
        assert not pdf.is_encrypted and "/Info" not in pdf.trailer and "/ID" in pdf.trailer
        assert not any(key in pdf.Root for key in ("/OpenAction", "/AA", "/Names", "/AcroForm", "/OCProperties"))
        intent = pdf.Root.OutputIntents[0]
        assert intent.S == "/GTS_PDFA1" and intent.DestOutputProfile.N == 1
        profile = intent.DestOutputProfile.read_bytes()
        assert profile[36:40] == b"acsp" and int.from_bytes(profile[:4], "big") == len(profile)
        assert "/Filter" not in pdf.Root.Metadata, "metadata is not packed"
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2B", metadata.pdfa_status
        text = []
        for page in pdf.pages:
            assert "/Annots" not in page and set(page.Resources.keys()) == {"/Font"}
            for font in page.Resources.Font.values():
                glyphs = fonts(font)
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tj":
                    raw = bytes(operands[0])
                    text.append("".join(glyphs[raw[i : i + 2]] for i in range(0, len(raw), 2)))
        return "\n".join(text)


def fonts(font):
    """A font's character map, after it was found embedded, with widths, and without holes."""
    descendant = font.DescendantFonts[0]
    assert font.Encoding == "/Identity-H" and descendant.CIDToGIDMap == "/Identity"
    assert len(descendant.FontDescriptor.FontFile2.read_bytes()) == descendant.FontDescriptor.FontFile2.Length1
    cmap = font.ToUnicode.read_bytes().decode("ascii")
    pairs = re.findall(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>", cmap)
    glyphs = {bytes.fromhex(glyph): bytes.fromhex(letter).decode("utf-16-be") for glyph, letter in pairs if glyph != "0000"}
    widths = {int(descendant.W[i]) for i in range(0, len(descendant.W), 2)}
    assert {int.from_bytes(glyph, "big") for glyph in glyphs} <= widths, "every glyph has a width"
    return glyphs


def main():
    """Reads all four and prints."""
    folder = pathlib.Path(sys.argv[1])
    rows, from_table = table(folder / "facts.csv")
    said = {
        "vics": vics(folder / "vics.json"),
        "case_uco": case_uco(folder / "case.jsonld"),
        "csv": from_table,
        "rows": rows,
        "pdf": report(folder / "report.pdf"),
    }
    for name in ("vics", "case_uco", "csv"):
        said[name].sort(key=lambda one: one["item"])
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
