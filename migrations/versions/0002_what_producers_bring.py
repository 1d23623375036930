"""What producers bring: wallet, delivery, listings in versions, curation, the programme, figures of growth."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import shop.db
from shop.db import append_only, not_append_only

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

APPEND_ONLY = ("product_version", "tkdn_worksheet", "curation_review")
"""Tables that the database itself keeps from being rewritten."""


def upgrade() -> None:
    """Go forward."""
    op.create_table('collaborator',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('about', sa.String(length=500), nullable=False),
    sa.Column('site', sa.String(length=200), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('added_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('university', 'community', 'company', 'startup_support')", name=op.f('ck_collaborator_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_collaborator')),
    sa.UniqueConstraint('name', name=op.f('uq_collaborator_name'))
    )
    op.create_table('paper_reminder',
    sa.Column('paper_kind', sa.String(length=12), nullable=False),
    sa.Column('paper_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('days_before', sa.Integer(), nullable=False),
    sa.Column('sent_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('paper_kind', 'paper_id', 'days_before', name=op.f('pk_paper_reminder'))
    )
    op.create_table('funnel_target',
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('facility', sa.String(length=2), nullable=False),
    sa.Column('kecamatan_code', sa.String(length=13), nullable=False),
    sa.Column('producers', sa.Integer(), nullable=False),
    sa.Column('set_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('set_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("facility IN ('P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7')", name=op.f('ck_funnel_target_facility')),
    sa.CheckConstraint('producers >= 0', name=op.f('ck_funnel_target_producers_not_negative')),
    sa.ForeignKeyConstraint(['set_by'], ['user_account.id'], name=op.f('fk_funnel_target_set_by')),
    sa.PrimaryKeyConstraint('year', 'facility', 'kecamatan_code', name=op.f('pk_funnel_target'))
    )
    op.create_table('help_offer',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('detail', sa.String(length=500), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('collaborator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kecamatan_code', sa.String(length=13), nullable=True),
    sa.Column('category_kind', sa.String(length=10), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('until_day', sa.Date(), nullable=False),
    sa.Column('added_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('added_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('closed_at', shop.db.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('facility', 'loan', 'training')", name=op.f('ck_help_offer_kind')),
    sa.CheckConstraint('places > 0', name=op.f('ck_help_offer_places_positive')),
    sa.ForeignKeyConstraint(['added_by'], ['user_account.id'], name=op.f('fk_help_offer_added_by')),
    sa.ForeignKeyConstraint(['collaborator_id'], ['collaborator.id'], name=op.f('fk_help_offer_collaborator_id')),
    sa.ForeignKeyConstraint(['kecamatan_code'], ['region.code'], name=op.f('fk_help_offer_kecamatan_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_help_offer'))
    )
    with op.batch_alter_table('help_offer', schema=None) as batch_op:
        batch_op.create_index('ix_help_offer_kind', ['kind', 'until_day'], unique=False)

    op.create_table('conflict_of_interest',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('relation', sa.String(length=200), nullable=False),
    sa.Column('told_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('told_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['told_by'], ['user_account.id'], name=op.f('fk_conflict_of_interest_told_by')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_conflict_of_interest_user_id')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_conflict_of_interest_vendor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conflict_of_interest')),
    sa.UniqueConstraint('user_id', 'vendor_id', name=op.f('uq_conflict_of_interest_user_id_vendor_id'))
    )
    op.create_table('declared_month',
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('outside_sales', sa.BigInteger(), nullable=False),
    sa.Column('materials', sa.BigInteger(), nullable=False),
    sa.Column('wages', sa.BigInteger(), nullable=False),
    sa.Column('rent', sa.BigInteger(), nullable=False),
    sa.Column('transport', sa.BigInteger(), nullable=False),
    sa.Column('other_costs', sa.BigInteger(), nullable=False),
    sa.Column('declared_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('declared_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('outside_sales >= 0 AND materials >= 0 AND wages >= 0 AND rent >= 0 AND transport >= 0 AND other_costs >= 0', name=op.f('ck_declared_month_not_negative')),
    sa.ForeignKeyConstraint(['declared_by'], ['user_account.id'], name=op.f('fk_declared_month_declared_by')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_declared_month_vendor_id')),
    sa.PrimaryKeyConstraint('vendor_id', 'month', name=op.f('pk_declared_month'))
    )
    op.create_table('declared_size',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('cash', sa.BigInteger(), nullable=False),
    sa.Column('stock', sa.BigInteger(), nullable=False),
    sa.Column('equipment', sa.BigInteger(), nullable=False),
    sa.Column('debts', sa.BigInteger(), nullable=False),
    sa.Column('workers', sa.Integer(), nullable=False),
    sa.Column('declared_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('declared_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('cash >= 0 AND stock >= 0 AND equipment >= 0 AND debts >= 0', name=op.f('ck_declared_size_not_negative')),
    sa.CheckConstraint('workers BETWEEN 0 AND 10000', name=op.f('ck_declared_size_workers')),
    sa.ForeignKeyConstraint(['declared_by'], ['user_account.id'], name=op.f('fk_declared_size_declared_by')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_declared_size_vendor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_declared_size')),
    sa.UniqueConstraint('vendor_id', 'on_day', name=op.f('uq_declared_size_vendor_id_on_day'))
    )
    op.create_table('delivery_area',
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kecamatan_code', sa.String(length=13), nullable=False),
    sa.Column('cost', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('cost >= 0', name=op.f('ck_delivery_area_cost_not_negative')),
    sa.ForeignKeyConstraint(['kecamatan_code'], ['region.code'], name=op.f('fk_delivery_area_kecamatan_code')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_delivery_area_vendor_id')),
    sa.PrimaryKeyConstraint('vendor_id', 'kecamatan_code', name=op.f('pk_delivery_area'))
    )
    op.create_table('guidance',
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('mentor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('since', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['office.id'], name=op.f('fk_guidance_agency_id')),
    sa.ForeignKeyConstraint(['mentor_id'], ['user_account.id'], name=op.f('fk_guidance_mentor_id')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_guidance_vendor_id')),
    sa.PrimaryKeyConstraint('vendor_id', name=op.f('pk_guidance'))
    )
    with op.batch_alter_table('guidance', schema=None) as batch_op:
        batch_op.create_index('ix_guidance_agency', ['agency_id'], unique=False)
        batch_op.create_index('ix_guidance_mentor', ['mentor_id'], unique=False)

    op.create_table('help_need',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('detail', sa.String(length=500), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('asked_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('closed_at', shop.db.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('facility', 'loan', 'training')", name=op.f('ck_help_need_kind')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_help_need_vendor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_help_need'))
    )
    with op.batch_alter_table('help_need', schema=None) as batch_op:
        batch_op.create_index('ix_help_need_open', ['closed_at', 'kind'], unique=False)
        batch_op.create_index('ix_help_need_vendor', ['vendor_id', 'id'], unique=False)

    op.create_table('programme_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('until_day', sa.Date(), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('kecamatan_code', sa.String(length=13), nullable=True),
    sa.Column('agency_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('collaborator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('places', sa.Integer(), nullable=True),
    sa.Column('made_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('made_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('cancelled_at', shop.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('training', 'exhibition', 'matching', 'jbl')", name=op.f('ck_programme_event_kind')),
    sa.CheckConstraint('places IS NULL OR places > 0', name=op.f('ck_programme_event_places_positive')),
    sa.CheckConstraint('until_day >= from_day', name=op.f('ck_programme_event_ends_after_start')),
    sa.ForeignKeyConstraint(['agency_id'], ['office.id'], name=op.f('fk_programme_event_agency_id')),
    sa.ForeignKeyConstraint(['collaborator_id'], ['collaborator.id'], name=op.f('fk_programme_event_collaborator_id')),
    sa.ForeignKeyConstraint(['kecamatan_code'], ['region.code'], name=op.f('fk_programme_event_kecamatan_code')),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_programme_event_made_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_event'))
    )
    with op.batch_alter_table('programme_event', schema=None) as batch_op:
        batch_op.create_index('ix_programme_event_day', ['from_day', 'id'], unique=False)

    op.create_table('sheet_upload',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('file_key', sa.String(length=100), nullable=False),
    sa.Column('stage', sa.String(length=12), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('good', sa.Integer(), nullable=False),
    sa.Column('bad', sa.Integer(), nullable=False),
    sa.Column('created', sa.Integer(), nullable=False),
    sa.Column('updated', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('report', sa.JSON(), nullable=False),
    sa.Column('sent_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sent_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', shop.db.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("stage IN ('reading', 'ready', 'saving', 'saved', 'unreadable')", name=op.f('ck_sheet_upload_stage')),
    sa.ForeignKeyConstraint(['sent_by'], ['user_account.id'], name=op.f('fk_sheet_upload_sent_by')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_sheet_upload_vendor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_upload'))
    )
    with op.batch_alter_table('sheet_upload', schema=None) as batch_op:
        batch_op.create_index('ix_sheet_upload_vendor', ['vendor_id', 'id'], unique=False)

    op.create_table('turnover_letter',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_month', sa.Date(), nullable=False),
    sa.Column('until_month', sa.Date(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('issued_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('issued_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', shop.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['issued_by'], ['user_account.id'], name=op.f('fk_turnover_letter_issued_by')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_turnover_letter_vendor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_turnover_letter')),
    sa.UniqueConstraint('code', name=op.f('uq_turnover_letter_code'))
    )
    with op.batch_alter_table('turnover_letter', schema=None) as batch_op:
        batch_op.create_index('ix_turnover_letter_vendor', ['vendor_id', 'id'], unique=False)

    op.create_table('vendor_closed_day',
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_vendor_closed_day_vendor_id')),
    sa.PrimaryKeyConstraint('vendor_id', 'day', name=op.f('pk_vendor_closed_day'))
    )
    with op.batch_alter_table('vendor_closed_day', schema=None) as batch_op:
        batch_op.create_index('ix_vendor_closed_day_day', ['day'], unique=False)

    op.create_table('vendor_hold',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=30), nullable=False),
    sa.Column('words', sa.String(length=500), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('until_day', sa.Date(), nullable=False),
    sa.Column('made_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('made_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('lifted_at', shop.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('lifted_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint("kind IN ('pause', 'suspension')", name=op.f('ck_vendor_hold_kind')),
    sa.CheckConstraint('until_day >= from_day', name=op.f('ck_vendor_hold_ends_after_start')),
    sa.ForeignKeyConstraint(['lifted_by'], ['user_account.id'], name=op.f('fk_vendor_hold_lifted_by')),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_vendor_hold_made_by')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_vendor_hold_vendor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vendor_hold'))
    )
    with op.batch_alter_table('vendor_hold', schema=None) as batch_op:
        batch_op.create_index('ix_vendor_hold_until', ['lifted_at', 'until_day'], unique=False)
        batch_op.create_index('ix_vendor_hold_vendor', ['vendor_id', 'id'], unique=False)

    op.create_table('vendor_paper',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('number', sa.String(length=80), nullable=False),
    sa.Column('issuer', sa.String(length=160), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('file_key', sa.String(length=100), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('added_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('added_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', shop.db.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('nib', 'halal', 'pirt', 'bpom', 'sni', 'haki', 'tkdn')", name=op.f('ck_vendor_paper_kind')),
    sa.CheckConstraint('valid_until IS NULL OR valid_until >= issued_on', name=op.f('ck_vendor_paper_valid_after_issue')),
    sa.ForeignKeyConstraint(['added_by'], ['user_account.id'], name=op.f('fk_vendor_paper_added_by')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_vendor_paper_vendor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vendor_paper'))
    )
    with op.batch_alter_table('vendor_paper', schema=None) as batch_op:
        batch_op.create_index('ix_vendor_paper_valid_until', ['valid_until'], unique=False)
        batch_op.create_index('ix_vendor_paper_vendor', ['vendor_id', 'kind', 'valid_until'], unique=False)

    op.create_table('curation_case',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kecamatan_code', sa.String(length=13), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('recheck', sa.Boolean(), nullable=False),
    sa.Column('lane', sa.String(length=8), nullable=False),
    sa.Column('submitted_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('submitted_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('waiting_since', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_at', shop.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('kecamatan', 'province', 'accepted', 'refused', 'withdrawn')", name=op.f('ck_curation_case_state')),
    sa.CheckConstraint("lane IN ('food', 'goods', 'service', 'recheck')", name=op.f('ck_curation_case_lane')),
    sa.ForeignKeyConstraint(['kecamatan_code'], ['region.code'], name=op.f('fk_curation_case_kecamatan_code')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_curation_case_product_id')),
    sa.ForeignKeyConstraint(['submitted_by'], ['user_account.id'], name=op.f('fk_curation_case_submitted_by')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_curation_case_vendor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_curation_case')),
    sa.UniqueConstraint('product_id', 'round', name=op.f('uq_curation_case_product_id_round'))
    )
    with op.batch_alter_table('curation_case', schema=None) as batch_op:
        batch_op.create_index('ix_curation_case_queue', ['state', 'kecamatan_code', 'waiting_since', 'id'], unique=False)
        batch_op.create_index('ix_curation_case_queue_lane', ['state', 'kecamatan_code', 'lane', 'waiting_since', 'id'], unique=False)
        batch_op.create_index('ix_curation_case_state', ['state', 'waiting_since', 'id'], unique=False)
        batch_op.create_index('ix_curation_case_state_lane', ['state', 'lane', 'waiting_since', 'id'], unique=False)
        batch_op.create_index('uq_curation_case_open', ['product_id'], unique=True, sqlite_where=sa.text("state IN ('kecamatan', 'province')"), postgresql_where=sa.text("state IN ('kecamatan', 'province')"))
        batch_op.create_index('ix_curation_case_vendor', ['vendor_id', 'id'], unique=False)

    op.create_table('event_office',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('office_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['programme_event.id'], name=op.f('fk_event_office_event_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_event_office_office_id')),
    sa.PrimaryKeyConstraint('event_id', 'office_id', name=op.f('pk_event_office'))
    )
    op.create_table('event_participation',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('signed_up_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('attended', sa.Boolean(), nullable=True),
    sa.Column('declared_sales', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('declared_sales IS NULL OR declared_sales >= 0', name=op.f('ck_event_participation_sales_not_negative')),
    sa.ForeignKeyConstraint(['event_id'], ['programme_event.id'], name=op.f('fk_event_participation_event_id')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_event_participation_vendor_id')),
    sa.PrimaryKeyConstraint('event_id', 'vendor_id', name=op.f('pk_event_participation'))
    )
    with op.batch_alter_table('event_participation', schema=None) as batch_op:
        batch_op.create_index('ix_event_participation_vendor', ['vendor_id', 'event_id'], unique=False)

    op.create_table('facility_record',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('facility', sa.String(length=2), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('until_day', sa.Date(), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('recorded_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('recorded_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("facility IN ('P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7')", name=op.f('ck_facility_record_facility')),
    sa.CheckConstraint('until_day IS NULL OR until_day >= from_day', name=op.f('ck_facility_record_ends_after_start')),
    sa.ForeignKeyConstraint(['event_id'], ['programme_event.id'], name=op.f('fk_facility_record_event_id')),
    sa.ForeignKeyConstraint(['recorded_by'], ['user_account.id'], name=op.f('fk_facility_record_recorded_by')),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_facility_record_vendor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_facility_record')),
    sa.UniqueConstraint('vendor_id', 'facility', 'from_day', name=op.f('uq_facility_record_vendor_id_facility_from_day'))
    )
    with op.batch_alter_table('facility_record', schema=None) as batch_op:
        batch_op.create_index('ix_facility_record_funnel', ['facility', 'from_day', 'vendor_id'], unique=False)
        batch_op.create_index('ix_facility_record_vendor', ['vendor_id', 'facility'], unique=False)

    op.create_table('funnel_count',
    sa.Column('period', sa.String(length=10), nullable=False),
    sa.Column('stage', sa.String(length=10), nullable=False),
    sa.Column('kecamatan_code', sa.String(length=13), nullable=False),
    sa.Column('producers', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('period', 'stage', 'kecamatan_code', name=op.f('pk_funnel_count')),
    sqlite_with_rowid=False
    )
    op.create_table('funnel_member',
    sa.Column('vendor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kecamatan_code', sa.String(length=13), nullable=False),
    sa.Column('reached', sa.Text(), nullable=False),
    sa.Column('stuck_since', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['vendor_id'], ['vendor.id'], name=op.f('fk_funnel_member_vendor_id')),
    sa.PrimaryKeyConstraint('vendor_id', name=op.f('pk_funnel_member'))
    )
    with op.batch_alter_table('funnel_member', schema=None) as batch_op:
        batch_op.create_index('ix_funnel_member_stuck', ['stuck_since', 'vendor_id'], unique=False)

    op.create_table('help_match',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('offer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('need_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('matched_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('matched_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.String(length=10), nullable=False),
    sa.Column('answered_at', shop.db.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("answer IN ('', 'taken', 'declined')", name=op.f('ck_help_match_answer')),
    sa.ForeignKeyConstraint(['matched_by'], ['user_account.id'], name=op.f('fk_help_match_matched_by')),
    sa.ForeignKeyConstraint(['need_id'], ['help_need.id'], name=op.f('fk_help_match_need_id')),
    sa.ForeignKeyConstraint(['offer_id'], ['help_offer.id'], name=op.f('fk_help_match_offer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_help_match')),
    sa.UniqueConstraint('offer_id', 'need_id', name=op.f('uq_help_match_offer_id_need_id'))
    )
    with op.batch_alter_table('help_match', schema=None) as batch_op:
        batch_op.create_index('ix_help_match_need', ['need_id'], unique=False)

    op.create_table('lead_tier',
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('min_quantity', sa.Integer(), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.CheckConstraint('hours BETWEEN 0 AND 8760', name=op.f('ck_lead_tier_hours')),
    sa.CheckConstraint('min_quantity > 1', name=op.f('ck_lead_tier_min_quantity')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_lead_tier_product_id')),
    sa.PrimaryKeyConstraint('product_id', 'min_quantity', name=op.f('pk_lead_tier'))
    )
    op.create_table('product_version',
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('kept_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('kept_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['kept_by'], ['user_account.id'], name=op.f('fk_product_version_kept_by')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_product_version_product_id')),
    sa.PrimaryKeyConstraint('product_id', 'version', name=op.f('pk_product_version'))
    )
    op.create_table('tkdn_worksheet',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('inputs', sa.JSON(), nullable=False),
    sa.Column('tkdn_bp', sa.Integer(), nullable=False),
    sa.Column('bmp_bp', sa.Integer(), nullable=False),
    sa.Column('method', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('made_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_tkdn_worksheet_made_by')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_tkdn_worksheet_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tkdn_worksheet'))
    )
    with op.batch_alter_table('tkdn_worksheet', schema=None) as batch_op:
        batch_op.create_index('ix_tkdn_worksheet_product', ['product_id', 'id'], unique=False)

    op.create_table('curation_review',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('stage', sa.String(length=12), nullable=False),
    sa.Column('curator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('taste', sa.Integer(), nullable=True),
    sa.Column('packaging', sa.Integer(), nullable=True),
    sa.Column('hygiene', sa.Integer(), nullable=True),
    sa.Column('halal', sa.Integer(), nullable=True),
    sa.Column('photo', sa.Integer(), nullable=True),
    sa.Column('decision', sa.String(length=6), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('words', sa.String(length=500), nullable=False),
    sa.Column('at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("decision IN ('accept', 'refuse')", name=op.f('ck_curation_review_decision')),
    sa.CheckConstraint("stage IN ('kecamatan', 'province')", name=op.f('ck_curation_review_stage')),
    sa.CheckConstraint('taste BETWEEN 1 AND 5 AND packaging BETWEEN 1 AND 5 AND hygiene BETWEEN 1 AND 5 AND halal BETWEEN 1 AND 5 AND photo BETWEEN 1 AND 5', name=op.f('ck_curation_review_scores')),
    sa.ForeignKeyConstraint(['case_id'], ['curation_case.id'], name=op.f('fk_curation_review_case_id')),
    sa.ForeignKeyConstraint(['curator_id'], ['user_account.id'], name=op.f('fk_curation_review_curator_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_curation_review')),
    sa.UniqueConstraint('case_id', 'stage', name=op.f('uq_curation_review_case_id_stage'))
    )
    with op.batch_alter_table('curation_review', schema=None) as batch_op:
        batch_op.create_index('ix_curation_review_curator', ['curator_id', 'id'], unique=False)

    op.create_table('order_proposal',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('deliver_at', shop.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('quantities', sa.JSON(), nullable=False),
    sa.Column('words', sa.String(length=500), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('made_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.String(length=10), nullable=False),
    sa.Column('answered_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('answered_at', shop.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('answer_words', sa.String(length=500), nullable=False),
    sa.CheckConstraint("(answer = '') = (answered_at IS NULL)", name=op.f('ck_order_proposal_answered')),
    sa.CheckConstraint("answer IN ('', 'accepted', 'declined', 'withdrawn')", name=op.f('ck_order_proposal_answer')),
    sa.ForeignKeyConstraint(['answered_by'], ['user_account.id'], name=op.f('fk_order_proposal_answered_by')),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_order_proposal_made_by')),
    sa.ForeignKeyConstraint(['order_id'], ['purchase_order.id'], name=op.f('fk_order_proposal_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_proposal')),
    sa.UniqueConstraint('order_id', 'number', name=op.f('uq_order_proposal_order_id_number'))
    )
    op.create_table('order_reminder',
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('step', sa.String(length=20), nullable=False),
    sa.Column('sent_at', shop.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['purchase_order.id'], name=op.f('fk_order_reminder_order_id')),
    sa.PrimaryKeyConstraint('order_id', 'step', name=op.f('pk_order_reminder'))
    )

    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in append_only(table, dialect):
            op.execute(statement)


def downgrade() -> None:
    """Go back."""
    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in not_append_only(table, dialect):
            op.execute(statement)
    op.drop_table('order_reminder')
    op.drop_table('order_proposal')
    with op.batch_alter_table('curation_review', schema=None) as batch_op:
        batch_op.drop_index('ix_curation_review_curator')

    op.drop_table('curation_review')
    with op.batch_alter_table('tkdn_worksheet', schema=None) as batch_op:
        batch_op.drop_index('ix_tkdn_worksheet_product')

    op.drop_table('tkdn_worksheet')
    op.drop_table('product_version')
    op.drop_table('lead_tier')
    with op.batch_alter_table('help_match', schema=None) as batch_op:
        batch_op.drop_index('ix_help_match_need')

    op.drop_table('help_match')
    with op.batch_alter_table('funnel_member', schema=None) as batch_op:
        batch_op.drop_index('ix_funnel_member_stuck')

    op.drop_table('funnel_member')
    op.drop_table('funnel_count')
    with op.batch_alter_table('facility_record', schema=None) as batch_op:
        batch_op.drop_index('ix_facility_record_vendor')
        batch_op.drop_index('ix_facility_record_funnel')

    op.drop_table('facility_record')
    with op.batch_alter_table('event_participation', schema=None) as batch_op:
        batch_op.drop_index('ix_event_participation_vendor')

    op.drop_table('event_participation')
    op.drop_table('event_office')
    with op.batch_alter_table('curation_case', schema=None) as batch_op:
        batch_op.drop_index('ix_curation_case_vendor')
        batch_op.drop_index('uq_curation_case_open')
        batch_op.drop_index('ix_curation_case_state_lane')
        batch_op.drop_index('ix_curation_case_state')
        batch_op.drop_index('ix_curation_case_queue_lane')
        batch_op.drop_index('ix_curation_case_queue')

    op.drop_table('curation_case')
    with op.batch_alter_table('vendor_paper', schema=None) as batch_op:
        batch_op.drop_index('ix_vendor_paper_vendor')
        batch_op.drop_index('ix_vendor_paper_valid_until')

    op.drop_table('vendor_paper')
    with op.batch_alter_table('vendor_hold', schema=None) as batch_op:
        batch_op.drop_index('ix_vendor_hold_vendor')
        batch_op.drop_index('ix_vendor_hold_until')

    op.drop_table('vendor_hold')
    with op.batch_alter_table('vendor_closed_day', schema=None) as batch_op:
        batch_op.drop_index('ix_vendor_closed_day_day')

    op.drop_table('vendor_closed_day')
    with op.batch_alter_table('turnover_letter', schema=None) as batch_op:
        batch_op.drop_index('ix_turnover_letter_vendor')

    op.drop_table('turnover_letter')
    with op.batch_alter_table('sheet_upload', schema=None) as batch_op:
        batch_op.drop_index('ix_sheet_upload_vendor')

    op.drop_table('sheet_upload')
    with op.batch_alter_table('programme_event', schema=None) as batch_op:
        batch_op.drop_index('ix_programme_event_day')

    op.drop_table('programme_event')
    with op.batch_alter_table('help_need', schema=None) as batch_op:
        batch_op.drop_index('ix_help_need_vendor')
        batch_op.drop_index('ix_help_need_open')

    op.drop_table('help_need')
    with op.batch_alter_table('guidance', schema=None) as batch_op:
        batch_op.drop_index('ix_guidance_mentor')
        batch_op.drop_index('ix_guidance_agency')

    op.drop_table('guidance')
    op.drop_table('delivery_area')
    op.drop_table('declared_size')
    op.drop_table('declared_month')
    op.drop_table('conflict_of_interest')
    with op.batch_alter_table('help_offer', schema=None) as batch_op:
        batch_op.drop_index('ix_help_offer_kind')

    op.drop_table('help_offer')
    op.drop_table('funnel_target')
    op.drop_table('paper_reminder')
    op.drop_table('collaborator')
