"""The page where a person acts: documents with buttons, and what was asked for lately."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, render_template_string, request

from standins.precoro.documents.statuses import possible
from standins.precoro.entities import DOCUMENTS

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from standins.control.control import ControlPanel
    from standins.precoro.company import CompanyRecords
    from standins.precoro.people.acts import People
    from standins.precoro.settings import PrecoroSettings
    from standins.precoro.world import PrecoroWorld

SHOWN_DOCUMENTS, SHOWN_REQUESTS = 40, 25
LISTS = {"suppliers": "Suppliers", "items": "Catalogue", "taxes": "Taxes", "paymentterms": "Payment terms"}
OFFERED = ("submit", "approve", "revise", "cancel", "deny")

TEMPLATE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Precoro stand-in</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
 body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1c2430;background:#fbfbf9}
 h1{font-size:1.4rem} h2{font-size:1.1rem;margin:2rem 0 .5rem} table{border-collapse:collapse;width:100%;background:#fff}
 th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #e4e6e1;vertical-align:middle}
 th{font-weight:600;color:#56606e} .n{text-align:right;font-variant-numeric:tabular-nums}
 .documents{table-layout:fixed} .documents th:nth-child(1){width:12%} .documents th:nth-child(2){width:20%}
 .documents th:nth-child(3){width:10%} .documents th:nth-child(4){width:8%} .documents th:nth-child(6){width:21%}
 .documents th,.documents td:nth-child(4),.documents td:last-child,.n{white-space:nowrap}
 .lists{margin-top:1rem;width:auto} .lists th:first-child{min-width:16rem}
 form{display:inline} button{font:inherit;padding:.1rem .6rem;border:1px solid #9aa7b5;border-radius:4px;background:#fff;cursor:pointer}
 button:hover{background:#eef3f8} code{font-size:.85em;color:#56606e} .log{font-size:.85em} .fault{color:#a33} .quiet{color:#6d7683}
</style>
<h1>Precoro stand-in</h1>
<p class="quiet">Not Precoro: a stand-in that speaks its API, for trying things out.</p>
{% for company in companies %}
<h2>{{ company.name }}</h2>
{% for collection, title in titles %}{% set documents = latest(company, collection) %}
{% if documents %}<table class="documents"><tr><th>{{ title }}</th><th>Supplier</th><th class="n">Sum</th><th>Status</th><th>externalId</th><th></th></tr>
{% for document in documents %}<tr><td>{{ document.customName }}</td><td>{{ document.supplier.name }}</td>
<td class="n">{{ "{:,.2f}".format(document.sum) }} {{ document.currency }}</td><td>{{ document.statusString }}</td>
<td><code>{{ document.externalId or "" }}</code>{% if document.externalIntegrationLog %}<br><span class="log">{{ document.externalIntegrationLog }}</span>{% endif %}</td>
<td>{% for act in acts(document) %}<form method="post" action="/_page/{{ company.id }}/{{ collection }}/{{ document.idn }}/{{ act }}"><button>{{ act }}</button></form> {% endfor %}</td></tr>
{% endfor %}</table>
{% else %}<p class="quiet">No {{ title | lower }} yet.</p>{% endif %}{% endfor %}
<table class="lists"><tr><th>List</th><th class="n">Entries</th><th class="n">Switched off</th><th class="n">With externalId</th></tr>
{% for entry in lists(company) %}<tr><td>{{ entry.title }}</td><td class="n">{{ "{:,}".format(entry.entries) }}</td>
<td class="n">{{ entry.off or "" }}</td><td class="n">{{ entry.linked or "" }}</td></tr>{% endfor %}</table>{% endfor %}
<h2>Latest requests</h2>
<table><tr><th>Time (UTC)</th><th>Request</th><th>Answer</th></tr>
{% for entry in requests %}<tr><td>{{ entry.time[11:19] }}</td><td><code>{{ entry.method }} {{ entry.path }}{% if entry.query %}?{{ entry.query }}{% endif %}</code></td>
<td>{{ entry.status or "broken off" }}{% if entry.fault %} <span class="fault">{{ entry.fault }}</span>{% endif %}</td></tr>{% endfor %}
</table></html>"""


def routes(control: ControlPanel[PrecoroSettings], world: PrecoroWorld, people: People) -> Blueprint:
    """Return the page and its buttons."""
    blueprint = Blueprint("page", __name__)

    @blueprint.get("/")
    def show() -> str:
        with control.lock:
            return render_template_string(
                TEMPLATE,
                companies=list(world.companies.values()),
                titles=(("invoices", "Invoices"), ("purchaseorders", "Purchase orders")),
                latest=_latest,
                lists=_lists,
                acts=lambda document: [act for act in OFFERED if act in possible(document)],
                requests=control.log.entries()[-SHOWN_REQUESTS:][::-1],
            )

    @blueprint.post(f"/_page/<company>/<any({','.join(DOCUMENTS)}):collection>/<key>/<act>")
    def press(company: str, collection: str, key: str, act: str) -> AnyResponse:
        with control.lock:
            whose = people.company(company)
            people.do(whose, collection, people.find(whose, collection, key), {"do": act})
            control.touch()
        return redirect("/", 303)

    @blueprint.get("/favicon.ico")
    def icon() -> Response:
        return Response(status=204 if request.method == "GET" else 405)

    return blueprint


def _lists(company: CompanyRecords) -> list[dict[str, Any]]:
    """Return what the page says of each list and each custom field."""
    lists = [(title, list(company.all(collection))) for collection, title in LISTS.items()]
    for fields in ("itemcustomfields", "documentcustomfields"):
        for field in company.all(fields):
            options = [option for option in company.all("options") if option["field"] == field["id"]]
            lists.append((f"{field['name']} (options)", options))
    return [
        {
            "title": title,
            "entries": len(rows),
            "off": sum(1 for row in rows if row.get("enable") is False),
            "linked": sum(1 for row in rows if row["externalId"]),
        }
        for title, rows in lists
    ]


def _latest(company: CompanyRecords, collection: str) -> list[dict[str, Any]]:
    return list(islice(reversed(list(company.all(collection))), SHOWN_DOCUMENTS))
