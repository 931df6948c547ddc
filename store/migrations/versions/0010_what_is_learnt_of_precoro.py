"""Tables of their own for legal entities, sets of taxes and currencies at par, which stood among the entries"""

import json

import sqlalchemy as sa
from alembic import op

import store.base

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

ENTRIES = sa.table(
    'entries',
    *(sa.column(name) for name in ('side', 'company_id', 'kind', 'key', 'name', 'data', 'active', 'gone_at')),
    sa.column('seen_at', store.base.UtcTime()),
)
LEGAL_ENTITIES, TAX_SETS, PARITIES = (
    sa.table(name, sa.column('precoro_id'), *map(sa.column, columns), sa.column('seen_at', store.base.UtcTime()))
    for name, columns in (
        ('legal_entities', ('key', 'name')),
        ('tax_sets', ('key', 'name')),
        ('currency_parities', ('currency', 'parity')),
    )
)


def upgrade() -> None:
    for name in ('legal_entities', 'tax_sets'):
        op.create_table(
            name,
            sa.Column('precoro_id', sa.Integer(), nullable=False),
            sa.Column('key', sa.String(length=40), nullable=False),
            sa.Column('name', sa.String(length=600), nullable=False),
            sa.Column('seen_at', store.base.UtcTime(), nullable=False),
            sa.ForeignKeyConstraint(['precoro_id'], ['precoro_companies.id']),
            sa.PrimaryKeyConstraint('precoro_id', 'key'),
        )
    op.create_table(
        'currency_parities',
        sa.Column('precoro_id', sa.Integer(), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('parity', sa.String(length=8), nullable=False),
        sa.Column('seen_at', store.base.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(['precoro_id'], ['precoro_companies.id']),
        sa.PrimaryKeyConstraint('precoro_id', 'currency', 'parity'),
    )
    connection = op.get_bind()
    for table, kind in ((LEGAL_ENTITIES, 'legal_entity'), (TAX_SETS, 'tax_set')):
        rows = [
            {'precoro_id': row.company_id, 'key': row.key, 'name': row.name, 'seen_at': row.seen_at}
            for row in _entries(connection, kind)
            if row.gone_at is None
        ]
        if rows:
            connection.execute(sa.insert(table), rows)
    parities = [
        {'precoro_id': row.company_id, 'currency': row.key, 'parity': parity, 'seen_at': row.seen_at}
        for row in _entries(connection, 'home_currency')
        for parity in json.loads(row.data)['seen']
    ]
    if parities:
        connection.execute(sa.insert(PARITIES), parities)
    learnt = ('legal_entity', 'tax_set', 'home_currency')
    connection.execute(sa.delete(ENTRIES).where(ENTRIES.c.side == 'precoro', ENTRIES.c.kind.in_(learnt)))


def downgrade() -> None:
    connection = op.get_bind()
    for table, kind in ((LEGAL_ENTITIES, 'legal_entity'), (TAX_SETS, 'tax_set')):
        for row in connection.execute(sa.select(table)).all():
            _keep_entry(connection, kind, row.precoro_id, row.key, row.name, '{}', row.seen_at)
    seen = {}
    for row in connection.execute(sa.select(PARITIES).order_by(PARITIES.c.parity)).all():
        seen.setdefault((row.precoro_id, row.currency), []).append(row)
    for (precoro_id, currency), rows in seen.items():
        data = json.dumps({'seen': [row.parity for row in rows]})
        _keep_entry(connection, 'home_currency', precoro_id, currency, currency, data, rows[0].seen_at)
    for name in ('currency_parities', 'tax_sets', 'legal_entities'):
        op.drop_table(name)


def _entries(connection, kind):
    return connection.execute(sa.select(ENTRIES).where(ENTRIES.c.side == 'precoro', ENTRIES.c.kind == kind)).all()


def _keep_entry(connection, kind, company_id, key, name, data, seen_at) -> None:
    row = {
        'side': 'precoro', 'company_id': company_id, 'kind': kind, 'key': key, 'name': name, 'data': data,
        'active': True, 'seen_at': seen_at,
    }
    connection.execute(sa.insert(ENTRIES).values(row))
