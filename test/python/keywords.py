"""Reads the keywords that Thaw wrote as digiKam and darktable do: by Exiv2 (`pip install exiv2`), which shares no code with ExifTool.

    python keywords.py BEFORE AFTER "Thaw|bees"

BEFORE and AFTER are folders with the same photos and sidecars, untagged and tagged. Everything else has to be as it was: EXIF with
maker notes, IPTC, other XMP, colour profile, comment. Prints a line a file; the exit code is 1 if anything differs.
"""
import pathlib, sys

import exiv2

OURS = {"Xmp.dc.subject", "Xmp.lr.hierarchicalSubject", "Xmp.digiKam.TagsList"}


def read(file):
    image = exiv2.ImageFactory.open(str(file))
    image.readMetadata()
    xmp = {}
    for datum in image.xmpData():
        value = datum.value()
        is_list = datum.typeName() in ("XmpBag", "XmpSeq")
        xmp[datum.key()] = (datum.typeName(), [str(it) for it in value] if is_list else datum.toString())
    rest = {
        "exif": [(d.key(), d.typeName(), d.toString()) for d in image.exifData() if "Offset" not in d.key()],
        "iptc": [(d.key(), d.toString()) for d in image.iptcData()],
        "xmp": {key: value for key, value in xmp.items() if key not in OURS and key != "Xmp.x.xmptk"},
        "profile": bytes(image.iccProfile().data()),
        "comment": image.comment(),
    }
    return {key: xmp.get(key, ("", [])) for key in OURS}, rest


before, after, keyword = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
levels = keyword.split("|")
wanted = {
    "Xmp.dc.subject": levels[-1],
    "Xmp.lr.hierarchicalSubject": keyword,
    "Xmp.digiKam.TagsList": "/".join(levels),
}
faults = 0
for file in sorted(after.iterdir()):
    found, rest = read(file)
    said = [f"{key} lacks {word}" for key, word in wanted.items() if word not in found[key][1]]
    said += [] if found["Xmp.dc.subject"][0] == "XmpBag" else ["dc:subject is no rdf:Bag"]
    if (before / file.name).exists():
        kept, others = read(before / file.name)
        said += [f"{part} is not as it was" for part in others if others[part] != rest[part]]
        said += [f"{key} lost a keyword" for key in OURS if not set(kept[key][1]) <= set(found[key][1])]
    faults += len(said)
    print(file.name, "; ".join(said) or "as it should be")
sys.exit(1 if faults else 0)
