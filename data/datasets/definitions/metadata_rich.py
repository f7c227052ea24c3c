"""metadata-rich: ten files under metadata as rich as users write it."""

from __future__ import annotations

from typing import Any

from data.datasets.model import MEBIBYTE, Definition, FileRecipe, RevisionRecipe
from data.datasets.tables import CATEGORIES, CSV_HEADER, ROW_BYTES, csv_writer

NAME = "metadata-rich"
SEED = 20240106
_FILES = 10
_ROWS = (5 * MEBIBYTE // _FILES - len(CSV_HEADER)) // ROW_BYTES

METADATA: dict[str, Any] = {
    "authors": [
        {"name": "Zoë Müller", "affiliation": "Universität Zürich", "email": "zoe@example.org", "corresponding": True},
        {"name": "山田 太郎", "affiliation": "東京大学", "email": "taro@example.org", "corresponding": False},
        {"name": "Łukasz Żółć", "affiliation": "Politechnika Gdańska", "email": None, "corresponding": False},
    ],
    "licence": {"name": "Creative Commons Attribution 4.0", "identifier": "CC-BY-4.0", "commercial_use": True},
    "schema": {
        "version": 3,
        "fields": [
            {"name": "id", "type": "integer", "constraints": {"required": True, "unique": True, "minimum": 100001}},
            {"name": "name", "type": "string", "constraints": {"required": True, "pattern": "^sample-[0-9]{6}$"}},
            {
                "name": "value",
                "type": "number",
                "constraints": {"minimum": 100.0, "maximum": 999.999},
                "unit": "µmol/L",
            },
            {"name": "category", "type": "string", "constraints": {"enumeration": list(CATEGORIES)}},
            {"name": "timestamp", "type": "datetime", "constraints": {"format": "ISO 8601"}},
        ],
    },
    "provenance": {
        "instrument": {
            "maker": "Beispiel & Söhne",
            "model": "Σ-9000",
            "firmware": "2.14.0",
            "calibrated": "2024-01-02",
        },
        "steps": [
            {"order": 1, "action": "collect", "software": {"name": "sampler", "version": "1.4"}},
            {
                "order": 2,
                "action": "normalise",
                "software": {"name": "scaler", "version": "0.9"},
                "parameters": {"k": 0.5},
            },
        ],
        "sources": ["s3://example-source/runs/2024/01", "doi:10.0000/example"],
    },
    "custom": {
        "título": "Ensayo clínico «piloto»",
        "emoji": "🧬🔬",
        "quotes": 'He said "ja", it\'s \\ fine',
        "nothing": None,
        "empty_list": [],
        "empty_object": {},
        "deep": {"a": {"b": {"c": {"d": {"e": [1, [2, [3, {"f": True}]]]}}}}},
        "large_integer": 9007199254740991,
        "negative": -0.25,
    },
}


def definition() -> Definition:
    """Return the dataset: measurements/batch_01.csv to batch_10.csv, 500 KB each, and nested metadata."""
    keys = [f"measurements/batch_{number:02}.csv" for number in range(1, _FILES + 1)]
    return Definition(
        name=NAME,
        seed=SEED,
        data_version="1",
        description="Ten batches of measurements with nested metadata in several scripts",
        contents=(
            f"`measurements/batch_01.csv` to `batch_10.csv`, each with {_ROWS:,} rows. "
            "The metadata names authors, licence, schema with constraints, provenance and custom fields."
        ),
        tags=("csv", "metadata", "reference"),
        metadata=METADATA,
        revisions=(
            RevisionRecipe("v1", tuple(FileRecipe(key, csv_writer(SEED, f"{NAME}/{key}", _ROWS)) for key in keys)),
        ),
    )
