"""Files that commands write for spreadsheets, whole and for the eyes of their owner, or not at all."""

from pathlib import Path


def table_target(target: Path, encoding: str) -> Path:
    """The file, if it can be written; raises InvalidInput `format-unknown`, `encoding-unknown`."""
    from address_service.errors import InvalidInput

    if target.suffix.lower() not in (".xlsx", ".csv"):
        raise InvalidInput("结果文件须为 .xlsx 或 .csv", code="format-unknown")
    if encoding not in ("gbk", "utf-8"):
        raise InvalidInput("文字编码须为 gbk 或 utf-8", code="encoding-unknown")
    return target


def write_private(target: Path, content: bytes) -> None:
    """Put a file in place of what was there, readable by its owner alone."""
    part = target.with_name(f".part-{target.name}")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_bytes(content)
    part.replace(target)
