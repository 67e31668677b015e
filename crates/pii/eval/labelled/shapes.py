"""Strings of given alphabets, and the checksums that no oracle at hand computes."""

import base64
import hashlib
import string
import struct
import zlib

DIGITS = string.digits
LOWER = string.ascii_lowercase
UPPER = string.ascii_uppercase
HEX = "0123456789abcdef"
B62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
B64U = B62 + "-_"
B58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def some(rng, alphabet, low, high=None):
    """Between `low` and `high` letters of the alphabet."""
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(low, high or low)))


def token(rng, alphabet, low, high=None):
    """As `some`, and mixed like a secret that a machine made: no run of one letter, digits where there may be any."""
    mixed = any(letter in DIGITS for letter in alphabet) and any(letter.isalpha() for letter in alphabet)
    for _ in range(1000):
        made = some(rng, alphabet, low, high)
        is_mixed = any(letter in DIGITS for letter in made) and any(letter.isalpha() for letter in made)
        if len(made) < 12 or not mixed or is_mixed:
            return made
    raise RuntimeError(f"no mixed token of {alphabet!r}")


def luhn_digit(digits):
    """The digit that makes `digits` pass Luhn."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def weighted(digits, weights):
    """The sum of products."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def crc_base62(body):
    """CRC32 in base 62, six letters: the tail of GitHub's and npm's tokens."""
    rest, letters = zlib.crc32(body.encode()), ""
    while rest:
        rest, digit = divmod(rest, 62)
        letters = B62[digit] + letters
    return letters.rjust(6, "0")


def crc_hex_little(body):
    """CRC32, its bytes from the last: the tail of Grafana's tokens."""
    return struct.pack("<I", zlib.crc32(body.encode())).hex()


def base58check(payload):
    """Base 58 with Bitcoin's checksum."""
    data = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, letters = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        letters = B58[digit] + letters
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + letters


def bech32(prefix, values, constant):
    """Bech32 (constant 1) or bech32m (0x2bc830a3) of five-bit values."""
    expanded = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    check = _polymod(expanded + values + [0] * 6) ^ constant
    tail = [(check >> 5 * (5 - at)) & 31 for at in range(6)]
    return prefix + "1" + "".join(BECH32[value] for value in values + tail)


def five_bits(data):
    """Bytes as five-bit values, padded with zeros."""
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    return [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]


def _polymod(values):
    generators = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for at, generator in enumerate(generators):
            if top >> at & 1:
                check ^= generator
    return check


def keccak256(data):
    """Keccak-256 as Ethereum uses it (not SHA3-256: the padding differs)."""
    rate, state = 136, [0] * 25
    padded = data + b"\x01" + b"\0" * (-(len(data) + 2) % rate) + b"\x80"
    if (len(data) + 1) % rate == 0:
        padded = data + b"\x81"
    for start in range(0, len(padded), rate):
        for lane in range(rate // 8):
            at = start + lane * 8
            state[lane] ^= int.from_bytes(padded[at : at + 8], "little")
        state = _keccak_f(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


def _keccak_f(lanes):
    mask = (1 << 64) - 1

    def rol(value, by):
        by %= 64
        return (value << by | value >> (64 - by)) & mask if by else value

    register = 1
    for _ in range(24):
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        for x in range(5):
            mix = columns[(x + 4) % 5] ^ rol(columns[(x + 1) % 5], 1)
            for y in range(0, 25, 5):
                lanes[x + y] ^= mix
        x, y, current = 1, 0, lanes[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, lanes[x + 5 * y] = lanes[x + 5 * y], rol(current, (step + 1) * (step + 2) // 2)
        for y in range(0, 25, 5):
            row = lanes[y : y + 5]
            for x in range(5):
                lanes[x + y] = row[x] ^ (~row[(x + 1) % 5] & mask & row[(x + 2) % 5])
        for bit in range(7):
            register = (register << 1 ^ (register >> 7) * 0x71) % 256
            if register & 2:
                lanes[0] ^= 1 << ((1 << bit) - 1)
    return lanes


def eip55(rng):
    """An Ethereum address with its checksum in the case of its letters."""
    while True:
        address = some(rng, HEX, 40)
        digest = keccak256(address.encode()).hex()
        cased = "".join(letter.upper() if int(digest[at], 16) >= 8 else letter for at, letter in enumerate(address))
        if cased not in (address, address.upper()):
            return "0x" + cased


def b64u(data):
    """URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def random_bytes(rng, count):
    """Bytes from the seeded source."""
    return bytes(rng.randrange(256) for _ in range(count))
