"""The same answers as XML, which QBO gives to those who do not ask for JSON."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

NAMESPACE = "http://schema.intuit.com/finance/v3"


def render(body: dict[str, Any]) -> str:
    """Render an answer as an IntuitResponse: properties are elements, lists repeat theirs."""
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
    if isinstance(value, dict):
        for key, part in value.items():
            _append(element, key, part)
    elif value is not None:
        element.text = str(value).lower() if isinstance(value, bool) else str(value)
