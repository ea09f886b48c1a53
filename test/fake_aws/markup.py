"""XML, by the standard library."""

from xml.etree import ElementTree
from xml.sax.saxutils import escape

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def element(name, content):
    """<name>content</name>; content is text, a list of (name, content), or None for nothing at all."""
    if content is None:
        return ""
    inner = "".join(element(*item) for item in content) if isinstance(content, list) else escape(str(content))
    return "<%s>%s</%s>" % (name, inner, name)


def document(name, content, namespace=NAMESPACE):
    text = element(name, content)
    if namespace:
        text = text.replace("<%s>" % name, '<%s xmlns="%s">' % (name, namespace), 1)
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + text).encode()


def parse(text):
    """The root element, without namespaces; None where it is no XML."""
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return None
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    return root
