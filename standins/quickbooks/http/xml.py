"""The same answers as XML, which QBO gives to those who do not ask for JSON."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

NAMESPACE = "http://schema.intuit.com/finance/v3"
ATTRIBUTES = frozenset({"domain", "sparse", "status", "startPosition", "maxResults", "totalCount", "bId"})
"""Properties of JSON that are attributes in XML, wherever they stand."""
OF_FAULTS = {"Fault": ("type",), "Error": ("code", "element")}
REFERENCE = frozenset({"value", "name", "type"})
"""A reference is an element with the id as its text."""


def render(body: dict[str, Any]) -> str:
    """Render an answer as an IntuitResponse: properties are elements or attributes, lists repeat theirs."""
    root = ET.Element("IntuitResponse", {"xmlns": NAMESPACE, "time": str(body.get("time", ""))})
    for name, value in body.items():
        if name != "time":
            _append(root, name, value)
    return '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + ET.tostring(root, encoding="unicode")


def _append(parent: ET.Element, name: str, value: object) -> None:
    if isinstance(value, list):
        for part in value:
            _append(parent, name, part)
        return
    element = ET.SubElement(parent, name)
    if not isinstance(value, dict):
        element.text = None if value is None else _written(value)
    elif value.keys() <= REFERENCE and "value" in value:
        element.text = _written(value["value"])
        element.attrib.update({key: _written(part) for key, part in value.items() if key != "value"})
    else:
        for key, part in value.items():
            if key in ATTRIBUTES or key in OF_FAULTS.get(name, ()):
                element.set(key, _written(part))
            else:
                _append(element, key, part)


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
