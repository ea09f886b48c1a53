"""Paged lists: `limit` and `marker`, which names the first item of the page."""

from .errors import invalid

DEFAULT = 50
MOST = 1000


def page_of(state, request, items, name_of, default=DEFAULT):
    """(items, the next marker or None)"""
    text = request.query.get("limit", str(default))
    if not text.isdigit() or not 1 <= int(text) <= MOST:
        raise invalid("Invalid limit: " + text)
    limit = min(int(text), state.options.page_size)
    begin, marker = 0, request.query.get("marker")
    if marker is not None:
        places = [place for place, item in enumerate(items) if name_of(item) == marker]
        if not places:
            raise invalid("Invalid marker: " + marker)
        begin = places[0]
    following = items[begin + limit:]
    return items[begin:begin + limit], name_of(following[0]) if following else None
