"""Write the sample town: `python -m gis_data.tongshi.generate` from the root of the repository."""

import argparse
from pathlib import Path

from gis_data.tongshi.generator import layers, oracle, residents, tables, town

HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="folder that receives data/ and oracle/")
    out = parser.parse_args().out
    built = town.build()
    data = out / "data"
    data.mkdir(parents=True, exist_ok=True)
    tables.write(built, data)
    residents.write(data, town.stage("residents"))
    layers.write(built, data, town.stage("people"))
    oracle.write(built, out / "oracle")
    for path in sorted(data.iterdir()):
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
