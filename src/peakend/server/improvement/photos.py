"""Photographs as evidence: decoded, redrawn without hidden data, kept under names nobody can guess."""

from __future__ import annotations

import hashlib
import io
import secrets
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from peakend.language import Text
from peakend.server.acting.errors import NotFoundError
from peakend.server.improvement.refusals import invalid

MOST_BYTES = 12_000_000
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2000
FORMATS = ("JPEG", "PNG", "WEBP")
FOLDER = "visits"


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A photograph as it is kept: a JPEG with nothing but its pixels."""

    content: bytes
    width: int
    height: int
    sent_digest: str


def redraw(sent: bytes) -> Redrawn:
    """Decode `sent` and draw it anew, upright, at most 2000 pixels a side: place and device stay behind.

    `InvalidError` for what is no JPEG, PNG or WebP, is too large, or is a small file that would unfold into
    a huge picture: the size is read from the head before any pixel is decoded.
    """
    if not 0 < len(sent) <= MOST_BYTES:
        raise invalid(
            f"A photo has at most {MOST_BYTES // 1_000_000} MB.",
            f"照片不得超过 {MOST_BYTES // 1_000_000} MB。",
            field="photo",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(sent), formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise Image.DecompressionBombError
                image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded no larger than needed
                upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise invalid(
            "This is not a photo that can be read.",
            "无法读取这张照片。",
            Text("Send a JPEG, PNG or WebP picture.", "请上传 JPEG、PNG 或 WebP 格式的图片。"),
            "photo",
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise invalid("This picture has too many pixels.", "图片像素过大。", field="photo") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A new picture from the pixels: Pillow would carry comments and profiles over with the old one.
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    drawn = io.BytesIO()
    clean.save(drawn, "JPEG", quality=85, optimize=True)
    return Redrawn(drawn.getvalue(), clean.width, clean.height, hashlib.sha256(sent).hexdigest())


def keep(photo: Redrawn) -> str:
    """Write the photograph under MEDIA_ROOT; its name there."""
    name = secrets.token_hex(16)
    relative = f"{FOLDER}/{name[:2]}/{name}.jpg"
    path = Path(settings.MEDIA_ROOT) / relative
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("xb") as file:
        path.chmod(0o600)
        file.write(photo.content)
    return relative


def forget(relative: str) -> None:
    """Remove the file; gone already is all right."""
    with suppress(FileNotFoundError):
        path_of(relative).unlink()


def path_of(relative: str) -> Path:
    """The file; `NotFoundError` for a name outside the folder of photographs."""
    root = (Path(settings.MEDIA_ROOT) / FOLDER).resolve()
    path = (Path(settings.MEDIA_ROOT) / relative).resolve()
    if not path.is_relative_to(root):
        raise NotFoundError
    return path


def files() -> Iterator[tuple[str, float]]:
    """Every kept file: its name and when it was written (seconds since 1970)."""
    root = Path(settings.MEDIA_ROOT)
    for path in (root / FOLDER).glob("*/*.jpg"):
        with suppress(FileNotFoundError):
            yield str(path.relative_to(root)), path.stat().st_mtime
