"""A file that an author brings in, whatever it is: a table, or a CASE package."""

from datetime import datetime

from accounts.actors import Actor
from pathways.models import FrameworkImport, FrameworkVersion, ImportFormat
from pathways.selectors.case.incoming import is_package
from pathways.services.case.packages import (
    apply_package,
    check_package,
    check_package_again,
    undo_package,
)
from pathways.services.imports import Upload, apply_import, check_again, check_file, undo_import


def check_upload(
    *, version: FrameworkVersion, file: Upload, by: Actor, now: datetime
) -> FrameworkImport:
    check = check_package if is_package(file.content) else check_file
    return check(version=version, file=file, by=by, now=now)


def check_upload_again(*, imported: FrameworkImport, by: Actor, now: datetime) -> FrameworkImport:
    check = check_package_again if imported.format == ImportFormat.CASE else check_again
    return check(imported=imported, by=by, now=now)


def apply_upload(*, imported: FrameworkImport, by: Actor, now: datetime) -> FrameworkImport:
    apply = apply_package if imported.format == ImportFormat.CASE else apply_import
    return apply(imported=imported, by=by, now=now)


def undo_upload(*, imported: FrameworkImport, by: Actor, now: datetime) -> FrameworkImport:
    undo = undo_package if imported.format == ImportFormat.CASE else undo_import
    return undo(imported=imported, by=by, now=now)
