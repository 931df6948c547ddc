"""The page of the stand-in: companies, recent documents with buttons, recent requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template_string, request
from werkzeug.wrappers import Response as AnyResponse

from standins.control.control import ControlPanel
from standins.quickbooks.company import preferences
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.entities.table import ENTITIES
from standins.quickbooks.errors import QuickBooksFault
from standins.quickbooks.people import acts
from standins.quickbooks.settings import QuickBooksSettings
from standins.quickbooks.world import QuickBooksWorld

Json = dict[str, Any]

SHOWN = 40
LISTS = {
    "Vendor": "Vendors",
    "Account": "Accounts",
    "Customer": "Customers and projects",
    "Class": "Classes",
    "Department": "Locations",
    "Item": "Products and services",
    "Term": "Terms",
    "TaxCode": "Tax codes",
    "CompanyCurrency": "Currencies",
}
SWITCHES = {
    "Classes on lines": ("AccountingInfoPrefs", "ClassTrackingPerTxnLine"),
    "Classes on transactions": ("AccountingInfoPrefs", "ClassTrackingPerTxn"),
    "Locations": ("AccountingInfoPrefs", "TrackDepartments"),
    "Customers on lines": ("VendorAndPurchasesPrefs", "TrackingByCustomer"),
    "Projects": ("OtherPrefs", "ProjectsEnabled"),
    "Purchase orders": ("OtherPrefs", "VendorAndPurchasesPrefs.PurchseOrderEnabled"),
    "Several currencies": ("CurrencyPrefs", "MultiCurrencyEnabled"),
}
KINDS = ("Bill", "VendorCredit", "PurchaseOrder", "BillPayment", "Purchase")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>QuickBooks stand-in</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body{font:14px/1.5 system-ui,sans-serif;margin:0;background:#f4f6f4;color:#1d2420}
header{background:#2c7a2c;color:#fff;padding:.8rem 1.5rem}header a{color:#fff;margin-right:1rem}
header a.here{font-weight:700;text-decoration:none}main{padding:1rem 1.5rem;max-width:72rem}
h1{font-size:1.1rem;margin:0 0 .3rem}h2{font-size:1rem;margin:1.4rem 0 .4rem}
table{border-collapse:collapse;background:#fff;width:100%}td,th{padding:.3rem .6rem;border-bottom:1px solid #dde3dd;text-align:left}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td:last-child{white-space:nowrap}form{display:inline}
button,input{font:inherit;padding:.1rem .5rem}.note{background:#fff3cd;padding:.5rem .8rem}code{font-size:12px}
</style>
<header><h1>QuickBooks stand-in</h1>
{% for realm, name in companies %}<a {% if realm == here %}class="here"{% endif %} href="/?realm={{ realm }}">{{ name }}</a>{% endfor %}</header>
<main>
{% if message %}<p class="note">{{ message }}</p>{% endif %}
<p>Not QuickBooks: a stand-in that speaks its API, for trying things out. {{ plan }}, {{ currency }}, realm {{ here }}.
{% if closed %}Books closed up to {{ closed }}.{% else %}Books open.{% endif %}</p>
<form method="post" action="/_page/books?realm={{ here }}"><input type="date" name="day" value="{{ closed or '' }}" aria-label="Last closed day" required>
<button>Close books</button></form>
{% if closed %}<form method="post" action="/_page/books?realm={{ here }}"><button>Open books</button></form>{% endif %}
<h2>Documents</h2>
<table><tr><th>Kind<th>Id<th>Number<th>Date<th>Name<th class="n">Total<th class="n">Open<th>
{% for kind, row in documents %}<tr><td>{{ kind }}<td>{{ row.Id }}<td>{{ row.DocNumber or '' }}<td>{{ row.TxnDate }}
<td>{{ (row.VendorRef or row.EntityRef).name }}<td class="n">{{ '{:,.2f}'.format(row.TotalAmt) }} {{ row.CurrencyRef.value }}
<td class="n">{% if row.Balance is defined %}{{ '{:,.2f}'.format(row.Balance) }}{% else %}{{ row.POStatus or '' }}{% endif %}<td>
<form method="post" action="/_page/{{ kind }}/{{ row.Id }}?realm={{ here }}">
{% if kind == 'Bill' and row.Balance %}<button name="do" value="pay">Pay</button>{% endif %}
{% if kind in ('BillPayment', 'Purchase') and row.TotalAmt %}<button name="do" value="void">Void</button>{% endif %}
<button name="do" value="delete">Delete</button></form>
{% else %}<tr><td colspan="8">No documents yet.{% endfor %}</table>
<h2>Lists</h2>
<table><tr><th>List<th class="n">Active<th class="n">Inactive<th>Changed last
{% for entry in lists %}<tr><td>{{ entry.title }}<td class="n">{{ '{:,}'.format(entry.active) }}<td class="n">{{ entry.inactive or '' }}<td>{{ entry.last }}
{% endfor %}</table>
<p>{% for name, on in switches %}{{ name }}: {{ 'on' if on else 'off' }}{% if not loop.last %} &middot; {% endif %}{% endfor %}</p>
<h2>Requests</h2>
<table><tr><th>Time (UTC)<th>Request<th class="n">Status<th>Request id<th>Fault
{% for entry in requests %}<tr><td>{{ entry.time[11:19] }}<td><code>{{ entry.method }} {{ entry.path }}</code>
<td class="n">{{ entry.status or 'broken off' }}<td>{{ entry.requestid or '' }}<td>{{ entry.fault or '' }}
{% else %}<tr><td colspan="5">No requests yet.{% endfor %}</table>
</main></html>"""


def routes(control: ControlPanel[QuickBooksSettings], world: QuickBooksWorld) -> Blueprint:
    """Return the page and what its buttons call."""
    blueprint = Blueprint("page", __name__)

    @blueprint.get("/")
    def page() -> str:
        with control.lock:
            return _render(control, world)

    @blueprint.post("/_page/books")
    def books() -> AnyResponse:
        realm = request.args["realm"]
        with control.lock:
            company = world.companies[realm]
            change = {"AccountingInfoPrefs.BookCloseDate": request.form.get("day") or None}
            company.put(ENTITIES["Preferences"], preferences.changed(company.preferences, change))
            control.touch()
        return redirect(f"/?realm={realm}")

    @blueprint.post("/_page/<kind>/<identity>")
    def act(kind: str, identity: str) -> AnyResponse:
        realm, message = request.args["realm"], ""
        with control.lock:
            try:
                acts.act(world.companies[realm], ENTITIES[kind], identity, {"do": request.form["do"]})
            except QuickBooksFault as fault:
                message = fault.problems[0].detail
            control.touch()
        return redirect(f"/?{urlencode({'realm': realm, 'message': message})}")

    @blueprint.get("/favicon.ico")
    def icon() -> Response:
        return Response(status=204)

    return blueprint


def _render(control: ControlPanel[QuickBooksSettings], world: QuickBooksWorld) -> str:
    here = request.args.get("realm", "")
    if here not in world.companies:
        here = next(iter(world.companies))
    company = world.companies[here]
    return render_template_string(
        PAGE,
        here=here,
        companies=[(realm, company.info["CompanyName"]) for realm, company in world.companies.items()],
        message=request.args.get("message", ""),
        plan=company.info_value("OfferingSku"),
        currency=company.home_currency,
        closed=company.preference("AccountingInfoPrefs", "BookCloseDate"),
        documents=_documents(company),
        lists=[_list(company, entity, title) for entity, title in LISTS.items() if company.tables[entity]],
        switches=[(name, company.preference(*where)) for name, where in SWITCHES.items()],
        requests=control.log.entries()[-SHOWN:][::-1],
    )


def _list(company: CompanyBooks, entity: str, title: str) -> Json:
    rows = list(company.rows(entity))
    active = sum(1 for row in rows if row.get("Active", True))
    newest = max(rows, key=lambda row: company.stamps[entity][row["Id"]])
    last = newest.get("FullyQualifiedName") or newest.get("DisplayName") or newest["Name"]
    return {"title": title, "active": active, "inactive": len(rows) - active, "last": last}


def _documents(company: CompanyBooks) -> list[tuple[str, Json]]:
    documents = [(kind, row) for kind in KINDS for row in company.rows(kind)]
    return sorted(documents, key=lambda pair: int(pair[1]["Id"]), reverse=True)[:SHOWN]
