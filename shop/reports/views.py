"""Door: reports of the spending figures, from the city down to one line, and a year beside the year before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from shop.base.clock import local_day, utc_now
from shop.base.errors import Invalid
from shop.base.money import ratio_bp
from shop.p3dn import labels, office_tree
from shop.p3dn.faces import TIMES
from shop.p3dn.office_tree import OfficeTree
from shop.p3dn.rules import MEASURES, Measures
from shop.p3dn.totals import Report
from shop.reports import sheets
from shop.reports.asking import GROUPS, SORTS, Ask, read, years
from shop.reports.comparing import Comparison, compare
from shop.reports.entry import story
from shop.reports.grouping import Table, table
from shop.reports.sheets import STAMP, stamp
from shop.sheets.writing import Cell
from shop.web import spending
from shop.web.downloads import download
from shop.web.errors import spoken
from shop.web.guard import public

bp = Blueprint("reports", __name__)

_HEADS: Final = ("kunci", "nama", *MEASURES, "pdn_bp", "umk_bp", "tkdn_bp", *STAMP)
_COMPARED: Final = (
    "kunci", "nama", "dibayar", "dibayar_hari_sama_tahun_lalu", "selisih_rupiah", "pdn", "pdn_hari_sama_tahun_lalu", "pdn_bp",
    "pdn_bp_tahun_lalu", "selisih_poin_bp", "dibayar_setahun_lalu", "pdn_setahun_lalu", *STAMP,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Page:
    """A question with what its links need: the tree, and the codes of offices, which are public where ids are ours."""

    ask: Ask
    tree: OfficeTree
    offices: dict[int, labels.OfficeRef]

    def deeper(self, key: str) -> str:
        """Return where the name of a row leads: one level down, keeping every filter; at the last level its lines."""
        ask = self.ask
        then = "produsen" if ask.account else "rekening"
        if ask.word == "kantor":
            office = self.offices.get(int(key))
            if office is None:
                return self.lines(key)
            own = office == ask.office
            down = self.tree.children(office.id) and not own
            return "/laporan" + ask.words(office=office, alone=own, word="kantor" if down else then, sort="")
        if ask.word == "rekening":
            return "/laporan" + ask.words(account=key, word="produsen", sort="")
        if ask.group_by in TIMES:
            return "/laporan" + ask.words(stretch=key, word=then, sort="")
        return self.lines(key)

    def lines(self, key: str | None = None, measure: str | None = None) -> str:
        """Return the lines behind a figure of the whole, or of a row."""
        if key is None or self.ask.word != "kantor":
            return self.ask.behind(key, measure)
        office = self.offices.get(int(key)) or labels.OfficeRef(int(key), key, "")
        return replace(self.ask, office=office, alone=office == self.ask.office).behind(measure=measure)

    def crumbs(self) -> list[tuple[str, str]]:
        """Return the offices above the one looked at, the city first, each with its address."""
        path: list[labels.OfficeRef | None] = []
        if self.ask.office:
            parents = {child: parent for parent, below in self.tree.by_parent.items() for child in below}
            above: int | None = self.ask.office.id
            while above is not None:
                path.insert(0, self.offices[above])
                above = parents[above]
        return [
            (
                spending.office_name(ref) if ref else "",
                "/laporan" + self.ask.words(office=ref, alone=False, word="kantor"),
            )
            for ref in (None, *path)
        ]

    def chosen(self) -> list[dict[str, str]]:
        """Return the filters that hold, in words, each with the page without it."""
        ask, found = self.ask, []
        if ask.office:
            found.append({"kind": "alone" if ask.alone else "office", "label": spending.office_name(self.offices.get(ask.office.id, ask.office)),
                          "href": "/laporan" + ask.words(office=None, alone=False)})  # fmt: skip
        if ask.account:
            name = labels.account_names([ask.account]).get(ask.account, "")
            found.append(
                {"kind": "", "label": f"{ask.account} {name}".strip(), "href": "/laporan" + ask.words(account=None)}
            )
        if ask.stretch:
            name = spending.label(_kind(ask.stretch), [ask.stretch])[ask.stretch]
            found.append({"kind": "", "label": name, "href": "/laporan" + ask.words(stretch="")})
        return found


@bp.get("/laporan")
@public
def index() -> ResponseReturnValue:
    """Show one breakdown of a year's spending, each row a link one level deeper and each figure a link to its lines."""
    return _shown("reports/index.html", table)


@bp.get("/laporan/banding")
@public
def comparison() -> ResponseReturnValue:
    """Show the same breakdown beside the year before."""
    return _shown("reports/compare.html", compare)


@bp.get("/laporan.<any(csv, xlsx):kind>")
@public
def index_file(kind: str) -> ResponseReturnValue:
    """Hand out a breakdown with all its rows."""
    now = utc_now()
    page = _page(now)
    found = table(page.ask, page.tree, now=now, label=spending.label)
    return download(
        *sheets.as_file(f"laporan-{page.ask.word}-{page.ask.year}", kind, _HEADS, _rows(page, found, now), now)
    )


@bp.get("/laporan/banding.<any(csv, xlsx):kind>")
@public
def comparison_file(kind: str) -> ResponseReturnValue:
    """Hand out a comparison of two years with all its rows."""
    now = utc_now()
    page = _page(now)
    found = compare(page.ask, page.tree, now=now, label=spending.label)
    return download(
        *sheets.as_file(f"banding-{page.ask.word}-{page.ask.year}", kind, _COMPARED, _pairs(page, found, now), now)
    )


@bp.get("/p3dn/baris/<int:entry_id>")
@public
def line(entry_id: int) -> ResponseReturnValue:
    """Show one ledger line: what was photographed that day, every entry about it, and how each figure follows."""
    return render_template("reports/line.html", story=story(entry_id), as_of=utc_now())


def _page(now: datetime) -> _Page:
    ask = read(request.args.items(multi=True), local_day(now).year)
    return _Page(ask, office_tree.read(), labels.offices())


def _shown(template: str, answer: Callable[..., Table | Comparison]) -> ResponseReturnValue:
    """Draw a page; what cannot be read is told beside the form, with everything typed still in it."""
    now = utc_now()
    base: dict[str, Any] = {"groups": list(GROUPS), "sorts": SORTS, "years": years(local_day(now).year), "as_of": now}
    try:
        page = _page(now)
    except Invalid as wrong:
        errors, status = spoken(wrong)
        offices = [(ref.code, ref.name) for ref in labels.offices().values()]
        return render_template(template, **base, page=None, typed=request.args, errors=errors, offices=offices), status
    ask = page.ask
    typed = {"tahun": ask.year, "menurut": ask.word, "kantor": ask.office.code if ask.office else "",
             "rekening": ask.account or "", "urut": ask.sort, "masa": ask.stretch, "sendiri": ask.alone}  # fmt: skip
    return render_template(
        template, **base, page=page, ask=ask, typed=typed, errors=(), found=answer(ask, page.tree, now=now, label=spending.label),
        offices=[(ref.code, ref.name) for ref in page.offices.values()],
    )  # fmt: skip


def _kind(stretch: str) -> Any:
    return {"Q": "quarter", "S": "semester"}.get(stretch[5], "month")


def _key(page: _Page, key: str) -> str:
    """Return the public key of a row: ids of offices are ours alone."""
    known = page.offices.get(int(key)) if page.ask.word == "kantor" and key else None
    return known.code if known else key


def _rows(page: _Page, found: Table, now: datetime) -> list[list[Cell]]:
    report: Report = found.report
    said = stamp(report.system, report.bases, page.ask.days, now)
    told = [(_key(page, row.key), row.label, row.measures) for row in found.whole]
    return [[key, name, *_numbers(m), *said] for key, name, m in [*told, ("", "TOTAL", report.total)]]


def _numbers(m: Measures) -> Iterable[Cell]:
    shares = (ratio_bp(part, m.paid_total) for part in (m.pdn_value, m.umk_value, m.tkdn_weighted))
    return (*m.as_tuple(), *shares)


def _pairs(page: _Page, found: Comparison, now: datetime) -> list[list[Cell]]:
    said = stamp(found.now.report.system, found.now.report.bases, found.days, now)
    return [
        [_key(page, p.key), p.label or "TOTAL", p.now.paid_total, p.then.paid_total, p.change, p.now.pdn_value,
         p.then.pdn_value, p.pdn_now, p.pdn_then, p.points, p.whole.paid_total, p.whole.pdn_value, *said]
        for p in (*found.pairs, found.total)
    ]  # fmt: skip
