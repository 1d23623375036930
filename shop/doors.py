"""Every door of the shop: what is served to people, and what to programs. Imported by app.py alone."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

import shop.accounts.views
import shop.accounts.views_delegation
import shop.accounts.views_office
import shop.accounts.views_reorganising
import shop.addenda.views
import shop.approvals.views
import shop.budgets.api
import shop.budgets.views
import shop.budgets.views_ceilings
import shop.catalog.api
import shop.catalog.views
import shop.catalog.views_listing
import shop.catalog.views_own
import shop.catalog.views_product
import shop.catalog.views_share
import shop.catalog.views_sheet
import shop.catalog.views_tkdn
import shop.curation.views
import shop.curation.views_own
import shop.documents.views
import shop.documents.views_bundle
import shop.documents.views_check
import shop.documents.views_numbering
import shop.growth.views
import shop.growth.views_check
import shop.growth.views_letters
import shop.growth.views_recap
import shop.handover.views
import shop.handover.views_complaints
import shop.negotiation.views
import shop.negotiation.views_competition
import shop.opendata.api
import shop.opendata.views
import shop.orders.api
import shop.orders.views
import shop.orders.views_attachments
import shop.orders.views_basket
import shop.orders.views_checkout
import shop.orders.views_correcting
import shop.orders.views_desk
import shop.orders.views_inbox
import shop.orders.views_punctuality
import shop.orders.views_saved
import shop.oversight.views
import shop.oversight.views_notes
import shop.oversight.views_samples
import shop.oversight.views_verify
import shop.p3dn.api
import shop.p3dn.views
import shop.p3dn.views_external
import shop.p3dn.views_method
import shop.payments.views
import shop.payments.views_approval
import shop.payments.views_gateway
import shop.payments.views_hook
import shop.payments.views_qris
import shop.programme.views
import shop.programme.views_events
import shop.programme.views_funnel
import shop.programme.views_help
import shop.programme.views_own
import shop.qris.api
import shop.qris.views
import shop.reference.views
import shop.reports.views
import shop.reports.views_outlook
import shop.risk.views
import shop.sourcing.views
import shop.sourcing.views_compare
import shop.sourcing.views_record
import shop.spread.views
import shop.spread.views_unsold
import shop.targets.views
import shop.tax.api
import shop.tax.views
import shop.treasury.views
import shop.treasury.views_bank
import shop.treasury.views_finance
import shop.treasury.views_remit
import shop.vendors.views
import shop.vendors.views_holds
import shop.vendors.views_wallet
import shop.web.api
import shop.web.views
from shop.web import assets, health

PAGES: Final[tuple[Blueprint, ...]] = (
    assets.bp,
    health.bp,
    shop.web.views.bp,
    shop.accounts.views.bp,
    shop.accounts.views_office.bp,
    shop.accounts.views_reorganising.bp,
    shop.budgets.views.bp,
    shop.catalog.views.bp,
    shop.catalog.views_product.bp,
    shop.catalog.views_own.bp,
    shop.catalog.views_listing.bp,
    shop.catalog.views_tkdn.bp,
    shop.catalog.views_sheet.bp,
    shop.catalog.views_share.bp,
    shop.curation.views.bp,
    shop.curation.views_own.bp,
    shop.orders.views.bp,
    shop.orders.views_desk.bp,
    shop.orders.views_basket.bp,
    shop.orders.views_checkout.bp,
    shop.orders.views_attachments.bp,
    shop.orders.views_inbox.bp,
    shop.orders.views_punctuality.bp,
    shop.p3dn.views.bp,
    shop.vendors.views.bp,
    shop.vendors.views_wallet.bp,
    shop.vendors.views_holds.bp,
    shop.programme.views.bp,
    shop.programme.views_events.bp,
    shop.programme.views_help.bp,
    shop.programme.views_funnel.bp,
    shop.programme.views_own.bp,
    shop.growth.views.bp,
    shop.growth.views_letters.bp,
    shop.growth.views_recap.bp,
    shop.growth.views_check.bp,
    shop.sourcing.views.bp,
    shop.sourcing.views_compare.bp,
    shop.sourcing.views_record.bp,
    shop.approvals.views.bp,
    shop.negotiation.views.bp,
    shop.negotiation.views_competition.bp,
    shop.addenda.views.bp,
    shop.handover.views.bp,
    shop.handover.views_complaints.bp,
    shop.risk.views.bp,
    shop.accounts.views_delegation.bp,
    shop.budgets.views_ceilings.bp,
    shop.orders.views_saved.bp,
    shop.tax.views.bp,
    shop.qris.views.bp,
    shop.payments.views.bp,
    shop.payments.views_approval.bp,
    shop.payments.views_gateway.bp,
    shop.payments.views_qris.bp,
    shop.treasury.views.bp,
    shop.treasury.views_bank.bp,
    shop.treasury.views_remit.bp,
    shop.treasury.views_finance.bp,
    shop.documents.views.bp,
    shop.documents.views_check.bp,
    shop.documents.views_numbering.bp,
    shop.documents.views_bundle.bp,
    shop.reference.views.bp,
    shop.targets.views.bp,
    shop.reports.views.bp,
    shop.reports.views_outlook.bp,
    shop.spread.views.bp,
    shop.spread.views_unsold.bp,
    shop.opendata.views.bp,
    shop.oversight.views.bp,
    shop.oversight.views_verify.bp,
    shop.oversight.views_samples.bp,
    shop.oversight.views_notes.bp,
    shop.p3dn.views_external.bp,
    shop.p3dn.views_method.bp,
    shop.orders.views_correcting.bp,
)
"""Doors for people: session cookie, CSRF token in every form."""
JSON: Final[tuple[Blueprint, ...]] = (
    shop.web.api.bp,
    shop.budgets.api.bp,
    shop.catalog.api.bp,
    shop.orders.api.bp,
    shop.p3dn.api.bp,
    shop.tax.api.bp,
    shop.qris.api.bp,
    shop.payments.views_hook.bp,
    shop.opendata.api.bp,
)
"""Doors for programs: bearer token only, so a cookie means nothing to them and CSRF cannot happen."""
