"""The one flipped bit in a line of a journal, found by the checksum of the line."""

from __future__ import annotations

import re

from annotator.storage.codec import CRC_LENGTH, computed_crc, line_crc, with_crc

_WHOLE_CRC_FIELD = re.compile(rb',"_crc":"[0-9a-f]{8}"\}')


def correct_bit(raw: bytes) -> bytes | None:
    """Return a line (without LF) of which one bit has flipped as it was written, or None.

    A CRC-32 is linear, and no two single bits of a line of less than 2^31 change it alike: the difference of the
    stored checksum and the computed one names the bit. Of a line with other damage, one in 2^32 by the bits of the
    line is taken for such a one; its digests, its tokens and its number must agree as well.
    """
    body, end = raw[:-CRC_LENGTH], raw[-CRC_LENGTH:]
    whole = with_crc(body)
    if len(whole) == len(raw) and sum((a ^ b).bit_count() for a, b in zip(end, whole[-CRC_LENGTH:], strict=True)) == 1:
        return whole  # the bit is in the checksum
    if not _WHOLE_CRC_FIELD.fullmatch(end):
        return None
    wanted = line_crc(raw) ^ computed_crc(raw)
    changes = [_CRC_TABLE[1 << bit] for bit in range(8)]
    for at in range(len(body) - 1, -1, -1):
        if wanted in changes:
            flipped = bytearray(raw)
            flipped[at] ^= 1 << changes.index(wanted)
            return bytes(flipped)
        changes = [(c >> 8) ^ _CRC_TABLE[c & 0xFF] for c in changes]
    return None


def _crc_row(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
    return value


_CRC_TABLE = tuple(map(_crc_row, range(256)))
