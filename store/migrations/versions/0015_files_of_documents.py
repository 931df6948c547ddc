"""Files of documents, found by their document"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_file = sa.text("kind = 'attachment'")
    op.create_index('files_of_documents', 'records', ['scope'], sqlite_where=is_file, postgresql_where=is_file)


def downgrade() -> None:
    op.drop_index('files_of_documents', table_name='records')
