"""Devices, addresses on the network, and credentials inside URLs and headers."""

import base64
import ipaddress
import urllib.parse

from stdnum import imei as imei_oracle

from . import shapes
from .doc import fact, fact_in

# Public ranges that are nobody's documentation.
IP4_FIRST = (5, 23, 31, 46, 52, 63, 78, 81, 93, 104, 151, 185, 194, 212)


def ip4(rng):
    text = f"{rng.choice(IP4_FIRST)}.{rng.randint(1, 254)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"
    return fact("IP_ADDRESS", text, rng.choice(("client_ip", "remote_addr", "ip_address")), "IP address")


def ip6(rng):
    groups = [0x2A02, rng.randrange(0x100, 0x10000)] + [
        rng.choice((0, rng.randrange(0x1000, 0x10000))) for _ in range(5)
    ]
    text = str(ipaddress.IPv6Address(":".join(f"{group:x}" for group in [*groups, rng.randrange(1, 0x10000)])))
    return fact("IP_ADDRESS", text, "client_ip", "IPv6 address")


def mac(rng):
    first = f"{rng.randrange(256) & 0xFC:02x}"
    rest = [shapes.some(rng, shapes.HEX, 2) for _ in range(5)]
    style = rng.randrange(3)
    if style == 2:
        whole = first + "".join(rest)
        text = ".".join(whole[at : at + 4] for at in range(0, 12, 4))
    else:
        text = ":-"[style].join([first, *rest])
        text = text.upper() if rng.random() < 0.4 else text
    return fact("MAC_ADDRESS", text, "mac_address", "MAC address")


def imei(rng):
    body = rng.choice(("35", "86", "01")) + shapes.some(rng, shapes.DIGITS, 12)
    text = body + shapes.luhn_digit(body)
    assert imei_oracle.is_valid(text)
    return fact("IMEI", text, "imei", "IMEI", alone=False)


def imsi(rng):
    text = rng.choice(("262", "310", "234", "208")) + shapes.some(rng, shapes.DIGITS, 12)
    return fact("IMSI", text, "imsi", "IMSI", alone=False)


def iccid(rng):
    body = "89" + rng.choice(("4910", "3310", "4400")) + shapes.some(rng, shapes.DIGITS, 12)
    return fact("ICCID", body + shapes.luhn_digit(body), "iccid", "SIM ICCID", alone=False)


def vin(rng):
    alphabet = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    values = dict(
        zip(
            "ABCDEFGHJKLMNPRSTUVWXYZ",
            (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
            strict=True,
        )
    )
    values |= {digit: int(digit) for digit in shapes.DIGITS}
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    letters = list(rng.choice(("1HG", "1FT", "5YJ", "2T1", "3VW", "4T1")) + shapes.some(rng, alphabet, 5) + "0"
                   + rng.choice("JKLMNPRS") + shapes.some(rng, alphabet, 1) + shapes.some(rng, shapes.DIGITS, 6))  # fmt: skip
    check = sum(values[letter] * weight for letter, weight in zip(letters, weights, strict=True)) % 11
    letters[8] = "X" if check == 10 else str(check)
    return fact("VIN", "".join(letters), "vin", "vehicle identification number", alone=False)


def password(rng):
    """As people and machines choose them; no letter that a URL would need escaped."""
    return rng.choice(
        (
            shapes.token(rng, shapes.B62, 12, 24),
            rng.choice(("Sommer", "dragon", "Liverpool", "monkey", "Qwerty"))
            + shapes.some(rng, shapes.DIGITS, 4)
            + rng.choice(("!", "$", "_x")),
            shapes.token(rng, shapes.B62 + "_-.", 16, 20),
        )
    )


def url_credentials(rng):
    scheme, host = rng.choice(
        (("postgres", "db.internal:5432/orders"), ("mysql", "mysql-0.prod.svc:3306/app"),
         ("mongodb+srv", "cluster0.k3x9q.mongodb.net/main"), ("redis", "cache.internal:6379/0"),
         ("amqps", "mq.internal:5671/vhost"), ("https", "git.example.com/team/repo.git"), ("postgresql", "db-2.internal/app"))
    )  # fmt: skip
    user = rng.choice(("app", "svc_orders", "admin", "reporting"))
    secret = urllib.parse.quote(password(rng), safe="!$")
    parts = (f"{scheme}://{user}:", (secret,), f"@{host}")
    return fact_in("URL_CREDENTIALS", parts, "database_url", "connection string")


def url_query_secret(rng):
    key = rng.choice(("access_token", "api_key", "token", "sig", "X-Amz-Signature", "password"))
    value = shapes.token(rng, shapes.HEX, 64) if "Sig" in key else shapes.token(rng, shapes.B62, 43, 48)
    parts = (
        f"https://api.example.com/v1/{rng.choice(('files', 'users', 'export'))}?page=2&{key}=",
        (value,),
        "&lang=en",
    )
    return fact_in("URL_SECRET", parts, "url", "link")


def bearer(rng):
    value = shapes.token(rng, shapes.B62, 32, 64)
    return fact_in("AUTH_HEADER", ("Authorization: Bearer ", (value,)), "headers", "header", not_in=("url", "csv"))


def basic(rng):
    secret = base64.b64encode(f"{rng.choice(('admin', 'svc', 'jane'))}:{password(rng)}".encode()).decode()
    return fact_in("AUTH_HEADER", ("Authorization: Basic ", (secret,)), "headers", "header", not_in=("url", "csv"))


def api_key_header(rng):
    name = rng.choice(("X-Api-Key", "api-key", "X-Auth-Token"))
    value = shapes.token(rng, shapes.B62, 32, 40)
    return fact_in("AUTH_HEADER", (f"{name}: ", (value,)), "headers", "header", not_in=("url", "csv"))


def cookie(rng):
    name = rng.choice(("sessionid", "sid", "PHPSESSID", "connect.sid"))
    value = shapes.token(rng, shapes.B62, 26, 40)
    lead = rng.choice(("Cookie: ", "Set-Cookie: "))
    return fact_in("COOKIE", (f"{lead}{name}=", (value,)), "headers", "header", not_in=("url", "csv"))


def home_path(rng):
    user = rng.choice(("jsmith", "maria.lopez", "k.tanaka", "anna", "tdupont"))
    before, after = rng.choice(
        (("/home/", "/src/app.py"), ("/Users/", "/work/main.rs"), ("C:\\Users\\", "\\code\\a.ts"))
    )
    return fact_in("HOME_PATH", (before, (user,), after), "path", "path")


def geo(rng):
    text = f"{rng.uniform(-60, 70):.5f}, {rng.uniform(-170, 170):.5f}"
    return fact("GEO", text, "location", "coordinates", alone=False)


MAKERS = {
    "IP_ADDRESS": ((ip4, 2), (ip6, 1)),
    "MAC_ADDRESS": ((mac, 1),),
    "IMEI": ((imei, 1),),
    "IMSI": ((imsi, 1),),
    "ICCID": ((iccid, 1),),
    "VIN": ((vin, 1),),
    "URL_CREDENTIALS": ((url_credentials, 1),),
    "URL_SECRET": ((url_query_secret, 1),),
    "AUTH_HEADER": ((bearer, 1), (basic, 1), (api_key_header, 1)),
    "COOKIE": ((cookie, 1),),
}
# Off by default (tier C): right if found, no loss if not.
OPTIONAL = {"HOME_PATH": ((home_path, 1),), "GEO": ((geo, 1),)}
