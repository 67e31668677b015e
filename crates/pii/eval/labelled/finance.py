"""Cards, accounts and coins."""

from mnemonic import Mnemonic
from stdnum import bitcoin, iban, luhn
from stdnum.us import rtn

from . import shapes
from .doc import fact

# Prefixes and lengths by issuer; only what stands without context (P: 14, 15, 16 digits).
ISSUERS = (
    ("4", 16),
    ("51", 16),
    ("55", 16),
    ("2221", 16),
    ("2720", 16),
    ("34", 15),
    ("37", 15),
    ("36", 14),
    ("3050", 14),
    ("6011", 16),
    ("65", 16),
    ("3530", 16),
    ("62", 16),
)
# Lengths that need a name beside them.
RARE_ISSUERS = (("4", 13), ("4", 19), ("6304", 12), ("6759", 18), ("62", 19))

CARD_SAID = {
    "de": "Kreditkartennummer",
    "fr": "numéro de carte bancaire",
    "es": "número de tarjeta",
    "it": "numero di carta di credito",
    "pt": "número do cartão de crédito",
    "nl": "creditcardnummer",
    "pl": "numer karty kredytowej",
}


def pan(rng, issuers=ISSUERS):
    """A card's number: issuer, length, Luhn."""
    prefix, length = rng.choice(issuers)
    digits = prefix + shapes.some(rng, shapes.DIGITS, length - len(prefix) - 1)
    digits += shapes.luhn_digit(digits)
    assert luhn.is_valid(digits)
    return digits


def grouped(rng, digits):
    """As printed on the card, with one separator or none."""
    groups = {16: (4, 4, 4, 4), 15: (4, 6, 5), 14: (4, 6, 4)}[len(digits)]
    parts, at = [], 0
    for size in groups:
        parts.append(digits[at : at + size])
        at += size
    return rng.choice(("", " ", "-")).join(parts)


def credit_card(rng):
    return fact("CREDIT_CARD", grouped(rng, pan(rng)), "card_number", "card number", said=CARD_SAID)


def rare_card(rng):
    return fact("CREDIT_CARD", pan(rng, RARE_ISSUERS), "credit_card_number", "credit card number", alone=False)


def card_track(rng):
    year = f"{rng.randint(26, 33)}{rng.randint(1, 12):02}"
    number = pan(rng, (("4", 16), ("51", 16)))
    if rng.random() < 0.5:
        text = f"%B{number}^{rng.choice(('DOE', 'SMITH', 'MEYER'))}/J^{year}101{shapes.some(rng, '0123456789', 10)}?"
    else:
        text = f";{number}={year}101{shapes.some(rng, '0123456789', 10)}?"
    return fact("CARD_TRACK", text, "track_data", "card track", not_in=("url", "csv", "yaml"))


def cvv(rng):
    key, words = rng.choice((("cvv", "CVV"), ("cvc", "CVC"), ("security_code", "card security code")))
    return fact("CVV", shapes.some(rng, shapes.DIGITS, 3), key, words, alone=False)


def card_expiry(rng):
    text = f"{rng.randint(1, 12):02}/{rng.randint(26, 34)}"
    return fact("CARD_EXPIRY", text, "card_expiry", "card expiry", alone=False)


def pin(rng):
    return fact("PIN", shapes.some(rng, shapes.DIGITS, 4), "pin", "PIN", alone=False)


# Country, and the shape of what follows the check digits: n digits, a letters, c either.
IBANS = (
    ("DE", "n18"), ("FR", "n10c11n2"), ("GB", "a4n14"), ("ES", "n20"), ("IT", "a1n10c12"), ("NL", "a4n10"),
    ("PL", "n24"), ("BE", "n12"), ("AT", "n16"), ("CH", "n5c12"), ("PT", "n21"), ("SE", "n20"), ("NO", "n11"),
    ("DK", "n14"), ("FI", "n14"), ("IE", "a4n14"), ("BR", "n23a1c1"), ("TR", "n6c16"), ("SA", "n2c18"),
    ("AE", "n19"), ("LU", "n3c13"), ("CZ", "n20"), ("GR", "n7c16"), ("HU", "n24"), ("RO", "a4c16"),
)  # fmt: skip


def iban_number(rng):
    """Made by the table above, checked by python-stdnum's mod 97 and length."""
    country, shape = rng.choice(IBANS)
    while True:
        bban, count = "", ""
        kind = None
        for letter in shape + "n":
            if letter.isdigit():
                count += letter
                continue
            if kind is not None:
                alphabet = {"n": shapes.DIGITS, "a": shapes.UPPER, "c": shapes.DIGITS + shapes.UPPER}[kind]
                bban += shapes.some(rng, alphabet, int(count))
            kind, count = letter, ""
        digits = "".join(str(int(letter, 36)) for letter in bban + country + "00")
        made = f"{country}{98 - int(digits) % 97:02}{bban}"
        if iban.is_valid(made, check_country=False):
            return made


def iban_fact(rng):
    text = iban_number(rng)
    if rng.random() < 0.5:
        text = " ".join(text[at : at + 4] for at in range(0, len(text), 4))
    return fact("IBAN", text, "iban", "IBAN")


def swift(rng):
    text = (
        shapes.some(rng, shapes.UPPER, 4) + rng.choice(("DE", "FR", "GB", "US", "NL")) + "2L" + rng.choice(("", "XXX"))
    )
    return fact("SWIFT_BIC", text, "bic", "BIC", alone=False)


def aba(rng):
    while True:
        made = f"{rng.choice((1, 2, 3, 11, 12, 21, 26, 31, 32)):02}" + shapes.some(rng, shapes.DIGITS, 6)
        made += str(-shapes.weighted(made, (3, 7, 1) * 3) % 10)
        if rtn.is_valid(made):
            return fact("ABA_ROUTING", made, "routing_number", "routing number", alone=False)


def bank_account(rng):
    return fact(
        "BANK_ACCOUNT", shapes.some(rng, shapes.DIGITS, 8, 12), "account_number", "bank account number", alone=False
    )


def sort_code(rng):
    text = "-".join(shapes.some(rng, shapes.DIGITS, 2) for _ in range(3))
    return fact("UK_SORT_CODE", text, "sort_code", "sort code", alone=False)


def bitcoin_address(rng):
    kind = rng.randrange(4)
    if kind < 2:
        text = shapes.base58check(bytes([0 if kind == 0 else 5]) + shapes.random_bytes(rng, 20))
    elif kind == 2:
        text = shapes.bech32("bc", [0] + shapes.five_bits(shapes.random_bytes(rng, 20)), 1)
    else:
        text = shapes.bech32("bc", [1] + shapes.five_bits(shapes.random_bytes(rng, 32)), 0x2BC830A3)
    assert kind == 3 or bitcoin.is_valid(text)
    return fact("CRYPTO_ADDRESS", text, "btc_address", "bitcoin address")


def other_coin(rng):
    version, key, words = rng.choice(
        ((48, "ltc_address", "Litecoin address"), (30, "doge_address", "Dogecoin address"),
         (65, "tron_address", "TRON address"))
    )  # fmt: skip
    return fact("CRYPTO_ADDRESS", shapes.base58check(bytes([version]) + shapes.random_bytes(rng, 20)), key, words)


def ethereum(rng):
    return fact("CRYPTO_ADDRESS", shapes.eip55(rng), "eth_address", "Ethereum wallet address")


def wif(rng):
    if rng.random() < 0.5:
        text = shapes.base58check(b"\x80" + shapes.random_bytes(rng, 32))
    else:
        text = shapes.base58check(b"\x80" + shapes.random_bytes(rng, 32) + b"\x01")
    return fact("CRYPTO_PRIVATE_KEY", text, "wallet_private_key", "wallet private key")


def xprv(rng):
    payload = (
        bytes.fromhex("0488ade4") + bytes([3]) + shapes.random_bytes(rng, 40) + b"\0" + shapes.random_bytes(rng, 32)
    )
    return fact("CRYPTO_PRIVATE_KEY", shapes.base58check(payload), "extended_key", "extended private key")


def seed_phrase(rng):
    words = Mnemonic("english").to_mnemonic(shapes.random_bytes(rng, rng.choice((16, 24, 32))))
    return fact("CRYPTO_SEED_PHRASE", words, "seed_phrase", "recovery phrase", not_in=("url",))


MAKERS = {
    "CREDIT_CARD": ((credit_card, 5), (rare_card, 1)),
    "CARD_TRACK": ((card_track, 1),),
    "CVV": ((cvv, 1),),
    "CARD_EXPIRY": ((card_expiry, 1),),
    "PIN": ((pin, 1),),
    "IBAN": ((iban_fact, 1),),
    "SWIFT_BIC": ((swift, 1),),
    "ABA_ROUTING": ((aba, 1),),
    "BANK_ACCOUNT": ((bank_account, 1),),
    "UK_SORT_CODE": ((sort_code, 1),),
    "CRYPTO_ADDRESS": ((bitcoin_address, 2), (other_coin, 1), (ethereum, 1)),
    "CRYPTO_PRIVATE_KEY": ((wif, 1), (xprv, 1)),
    "CRYPTO_SEED_PHRASE": ((seed_phrase, 1),),
}
