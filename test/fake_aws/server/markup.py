"""XML in both directions, and the forms of time."""

import datetime
import time
from urllib.parse import quote_plus
from xml.etree import ElementTree

S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
SAFE = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def escape(text):
    """Characters that XML 1.0 cannot contain get a character reference, too, as at Amazon: a client
    that needs such keys requests encoding-type=url."""
    return "".join(SAFE.get(c) or ("&#x%X;" % ord(c) if c < " " else c) for c in str(text))


def element(name, content):
    """<name>content</name>. Content is text, a list of (name, content),
    or None for no element at all."""
    if content is None:
        return ""
    inner = ("".join(element(*item) for item in content) if isinstance(content, list)
             else escape(content))
    return "<%s>%s</%s>" % (name, inner, name)


def document(name, content, namespace=S3_NAMESPACE):
    inner = ("".join(element(*item) for item in content) if isinstance(content, list)
             else escape(content))
    xmlns = ' xmlns="%s"' % namespace if namespace else ""
    text = '<?xml version="1.0" encoding="UTF-8"?>\n<%s%s>%s</%s>' % (name, xmlns, inner, name)
    return text.encode()


def parse(text, root_name):
    """The root element with bare names; None if the text is not XML, or of another kind."""
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError):
        return None
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    return root if root.tag == root_name else None


def text_of(node, path):
    """The text of the element at `path`, without blanks around it;
    None if there is no such element."""
    found = node.find(path)
    return None if found is None else (found.text or "").strip()


def url_encoded(text):
    """Encoded for encoding-type=url: a blank becomes "+", a slash stays."""
    return quote_plus(text, safe="/-_.*").replace("~", "%7E")


def boolean(value):
    return "true" if value else "false"


def iso_time(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def http_time(seconds):
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(seconds))


def parse_iso_time(text):
    """Seconds since 1970; None if it is not a time."""
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return moment.timestamp()
