"""Files that somebody sends: how large they may be, what is in them, and nothing that unpacks without end."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from peakend.language import Text
from peakend.server.acting.errors import InvalidError

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MOST_BYTES = 5_000_000
MOST_UNPACKED = 40_000_000
ZIP = b"PK\x03\x04"


def refused(what: Text, do: Text) -> InvalidError:
    """A file that cannot be taken."""
    return InvalidError(what, do, fields=[{"field": "file", "message": what.en}])


def received(file: UploadedFile | None) -> bytes:
    """The content; `InvalidError` for none, an empty or too large one."""
    if file is None:
        raise refused(Text("No file was sent.", "没有收到文件。"), Text("Choose a file.", "请选择文件。"))
    if (file.size or 0) > MOST_BYTES:
        raise too_large()
    content = file.read(MOST_BYTES + 1)
    return sized(content)


def sized(content: bytes) -> bytes:
    """The content again; `InvalidError` for an empty or too large one."""
    if len(content) > MOST_BYTES:
        raise too_large()
    if not content.strip():
        raise refused(Text("The file is empty.", "文件为空。"), Text("Export it again.", "请重新导出。"))
    return content


def unpacked(content: bytes, suffixes: tuple[str, ...]) -> bytes:
    """What is in a zip archive with one file of these suffixes; anything but an archive comes back as it
    is.
    """
    if not content.startswith(ZIP):
        return content
    with checked_archive(content) as archive:
        named = [one for one in archive.infolist() if one.filename.lower().endswith(suffixes)]
        if len(named) != 1:
            raise refused(
                Text(
                    f"The archive holds {len(named)} questionnaires.",
                    f"压缩包内有 {len(named)} 个问卷文件。",
                ),
                Text(
                    "Send an archive with one, or the file itself.",
                    "请上传仅含一个问卷的压缩包，或直接上传问卷文件。",
                ),
            )
        with archive.open(named[0]) as opened:
            return sized(opened.read(MOST_BYTES + 1))


def checked_archive(content: bytes) -> zipfile.ZipFile:
    """The archive, once its directory promises no more than is bearable; `InvalidError` otherwise."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise unreadable() from error
    parts = archive.infolist()
    if len(parts) > 500 or sum(one.file_size for one in parts) > MOST_UNPACKED:
        archive.close()
        raise too_large()
    if any(one.flag_bits & 1 for one in parts):
        archive.close()
        raise refused(
            Text("The file is protected by a password.", "文件有密码保护。"),
            Text("Save it without one.", "请去除密码后再上传。"),
        )
    return archive


def unreadable() -> InvalidError:
    """A file that is not what it says."""
    return refused(
        Text("The file cannot be read.", "无法读取该文件。"),
        Text("Export it again and send it unchanged.", "请重新导出，并原样上传。"),
    )


def too_large() -> InvalidError:
    """A file beyond what is taken."""
    return refused(
        Text("The file is too large.", "文件过大。"),
        Text(
            f"Files up to {MOST_BYTES // 1_000_000} MB are taken.", f"最大支持 {MOST_BYTES // 1_000_000} MB。"
        ),
    )
