"""Two houses surveyed with one number: one keeps it; and open applications are once per what they are about."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "0008_contested_numbers.sql"

# Where duplicates came in meanwhile nothing is thrown away: they stay, and the newer rules with them.
_DOWN = """
SET LOCAL search_path = registry, public;
DROP INDEX existing_address_place, survey_decision_place;
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM existing_address GROUP BY county_code, place_id, main, sub HAVING count(*) > 1) THEN
        ALTER TABLE existing_address DROP CONSTRAINT existing_address_number_once,
            ADD CONSTRAINT existing_address_number_once UNIQUE (county_code, place_id, main, sub)
            DEFERRABLE INITIALLY IMMEDIATE;
    END IF;
    IF NOT EXISTS (SELECT FROM application WHERE stage IN ('received', 'accepted') AND building_id IS NOT NULL
                   GROUP BY county_code, kind, building_id, room_label HAVING count(*) > 1) THEN
        DROP INDEX application_open_house;
        CREATE UNIQUE INDEX application_open_house ON application (county_code, kind, building_id, room_label)
            WHERE stage IN ('received', 'accepted') AND building_id IS NOT NULL;
    END IF;
END $$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.driver_connection.execute(_DOWN)
