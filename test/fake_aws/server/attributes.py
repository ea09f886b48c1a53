"""GetObjectAttributes. An object that was not put with checksums has no list
of parts, as at Amazon."""

from .digests import element_name
from .errors import invalid_argument
from .markup import boolean, http_time
from .objects import find
from .settings import version_headers
from .wire import xml_answer

KNOWN = ("ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize")


def number_header(request, name, default):
    text = request.headers.get(name)
    if text is None:
        return default
    if not text.isdigit():
        raise invalid_argument("Invalid value of " + name, name, text)
    return int(text)


def checksum_elements(checksums):
    return [(element_name(name), value) for name, value in checksums.items()]


def parts_element(state, request, version):
    if not version.parts:
        return None
    count = ("PartsCount", len(version.parts))
    if version.checksum_type != "COMPOSITE":
        return [count]
    marker = number_header(request, "x-amz-part-number-marker", 0)
    limit = min(number_header(request, "x-amz-max-parts", 1000), state.options.page_size)
    rest = [part for part in version.parts if part[0] > marker]
    page = rest[:limit]
    listed = [("Part", [("PartNumber", number), ("Size", size), *checksum_elements(checksums)])
              for number, size, checksums in page]
    return [count, ("PartNumberMarker", marker),
            ("NextPartNumberMarker", page[-1][0] if page else 0), ("MaxParts", limit),
            ("IsTruncated", boolean(len(page) < len(rest))), *listed]


def get_object_attributes(state, request):
    version = find(state, request)
    wanted = [word.strip() for word in request.header("x-amz-object-attributes").split(",")
              if word.strip()]
    if not wanted or any(word not in KNOWN for word in wanted):
        raise invalid_argument("Invalid attribute name specified.", "x-amz-object-attributes",
                               request.header("x-amz-object-attributes"))
    content = []
    if "ETag" in wanted:
        content.append(("ETag", version.etag.strip('"')))
    if "Checksum" in wanted and version.checksums:
        whole = {name: value.partition("-")[0] for name, value in version.checksums.items()}
        content.append(("Checksum",
                        checksum_elements(whole) + [("ChecksumType", version.checksum_type)]))
    if "ObjectParts" in wanted:
        content.append(("ObjectParts", parts_element(state, request, version)))
    if "StorageClass" in wanted:
        content.append(("StorageClass", version.settings.storage_class))
    if "ObjectSize" in wanted:
        content.append(("ObjectSize", version.size))
    headers = {"Last-Modified": http_time(version.modified),
               **version_headers(request.bucket, version)}
    return xml_answer(200, "GetObjectAttributesResponse", content, headers)
