"""What all tables share: the county that leads every key, time with its zone, geometry and its twin for the map."""

from geoalchemy2 import Geometry
from sqlalchemy import CHAR, Column, Computed, DateTime, MetaData, Table
from sqlalchemy.schema import SchemaItem

metadata = MetaData(schema="registry")

AWARE = DateTime(timezone=True)


def county_table(name: str, *columns: SchemaItem) -> Table:
    """A table whose key is led by its county."""
    return Table(name, metadata, Column("county_code", CHAR(6), primary_key=True), *columns)


def geometry(kind: str, srid: int) -> Geometry:
    """Indexes of geometry stand in the migrations."""
    return Geometry(kind, srid=srid, spatial_index=False)


def map_twin(column: str) -> Computed:
    """Map coordinates (EPSG:3857) computed by the database from the stored ones."""
    return Computed(f"ST_Transform({column}, 3857)", persisted=True)
