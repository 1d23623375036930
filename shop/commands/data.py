"""Commands about data: reference tables, the catalogue and its index, verification."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from shop import background
from shop.accounts.offices import load_offices
from shop.base.actor import SYSTEM
from shop.base.clock import utc_now
from shop.budgets import facts as package_facts
from shop.budgets.ceilings import load_ceilings
from shop.catalog import importing, indexing
from shop.catalog.categories import load_categories
from shop.commands.plainly import plainly
from shop.db import session, unit_of_work
from shop.orders import facts as order_facts
from shop.orders import states
from shop.outbox.posting import drain
from shop.p3dn import verify as p3dn_verify
from shop.p3dn.external import load_published
from shop.p3dn.posting import Statement
from shop.reference import files
from shop.reference.loading import load_all
from shop.web import proofs

reference = AppGroup("reference", help="Data rujukan: wilayah, kantor, rekening, KBLI, hari libur.")
catalog = AppGroup("catalog", help="Katalog: impor dan indeks pencarian.")
p3dn = AppGroup("p3dn", help="Buku besar P3DN.")


@reference.command("load")
@plainly
def reference_load() -> None:
    """Load regions, offices, accounts, KBLI, holidays, rules and categories; running it again changes nothing."""
    now = utc_now()
    with unit_of_work():
        counts = list(load_all(session, now).tables)
        counts += [load_offices(files.offices()), load_categories(), load_ceilings(now), load_published(now)]
    for count in counts:
        click.echo(f"{count.table}: {count.added} baru, {count.changed} berubah, {count.unchanged} tetap")


@catalog.command("reindex")
@plainly
def reindex() -> None:
    """Build the search index anew beside the old one and swap it in."""
    click.echo(f"{indexing.rebuild(current_app.extensions['search'], utc_now())} produk di indeks")


@catalog.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--vendor", default="", help="Slug atau NIB produsen untuk baris tanpa produsen.")
@click.option(
    "--kecamatan",
    "kecamatan_code",
    default="31.71.01",
    show_default=True,
    help="Kecamatan bagi produk dari kota di luar Jakarta.",
)
@click.option(
    "--skip-bad",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Impor yang benar saja; tulis baris yang salah ke berkas ini.",
)
@plainly
def import_products(file: Path, vendor: str, kecamatan_code: str, skip_bad: Path | None) -> None:
    """Import products from a CSV: all or nothing, and the same file again changes nothing."""
    now = utc_now()
    with click.progressbar(length=1, label="Membaca", file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        with unit_of_work():
            report = importing.import_products(
                SYSTEM,
                file.read_bytes(),
                now,
                skip_bad=skip_bad is not None,
                vendor=vendor,
                kecamatan_code=kecamatan_code,
                progress=progress,
            )
    for sentence, values in report.notices:
        click.echo(sentence % values, err=True)
    for fault in report.faults:
        click.echo(f"baris {fault.row}, kolom {fault.column}: {fault.message % dict(fault.params)}", err=True)
    if skip_bad and report.faults:
        importing.write_bad_rows(skip_bad, report)
    if report.created or report.updated:
        click.echo("Mengindeks…", err=True)
        while drain(background.handlers(current_app), utc_now()):
            pass
    click.echo(
        f"{report.created} baru, {report.updated} berubah, {report.unchanged} tetap, {len(report.bad_rows)} baris salah"
    )
    if report.faults and not skip_bad:
        click.echo("Tidak ada yang diimpor. Perbaiki baris di atas, atau pakai --skip-bad BERKAS.", err=True)
        sys.exit(1)


@p3dn.command("verify")
@plainly
def verify() -> None:
    """Recompute everything from packages and orders, compare with ledger and totals, check the trail's chain."""
    report = p3dn_verify.verify(_statements())
    click.echo(
        f"{report.sources} sumber, {report.entries} entri, {report.sums} jumlah diperiksa: {report.found} selisih"
    )
    for difference in report.differences:
        words, numbers, _address = proofs.told(difference.kind, difference.where, difference.gaps)
        click.echo(f"  {difference.kind} {words} {numbers}")
    broken = report.chain.first_broken
    click.echo(f"{report.chain.entries} catatan jejak: " + ("utuh" if broken is None else f"rusak di {broken}"))
    if not report.ok:
        sys.exit(1)


def _statements() -> Iterator[Statement]:
    yield from package_facts.statements()
    yield from order_facts.statements(states.standing)
