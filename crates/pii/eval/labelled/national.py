"""National identifiers, each held against python-stdnum where it knows them."""

import functools
import importlib

from . import shapes
from .doc import fact

DIGITS = shapes.DIGITS


def oracle(module):
    """The `is_valid` of a module of python-stdnum."""
    return importlib.import_module(f"stdnum.{module}").is_valid


def searched(rng, draw, module, style=lambda text: text):
    """Draws until the oracle agrees."""
    is_valid = oracle(module)
    for _ in range(200_000):
        made = draw(rng)
        if is_valid(made):
            return style(made)
    raise RuntimeError(f"no {module} in 200,000 draws")


def cut(text, sizes, separator):
    """`text` in groups."""
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return separator.join(parts)


def digits(count, first=DIGITS):
    """A draw of `count` digits."""
    return lambda rng: rng.choice(first) + shapes.some(rng, DIGITS, count - 1)


def dated(before, after, shape):
    """A draw with a date in it; `shape` is strftime's."""
    import datetime

    def draw(rng):
        day = datetime.date(1950, 1, 1) + datetime.timedelta(days=rng.randrange(18_000))
        return before(rng) + day.strftime(shape) + after(rng)

    return draw


def nothing(_):
    return ""


def two_check_digits(body, first, second):
    """The two mod-11 digits of CPF and CNPJ."""
    one = -shapes.weighted(body, first) % 11
    one = 0 if one > 9 else one
    two = -shapes.weighted(body + str(one), second) % 11
    return body + str(one) + str(0 if two > 9 else two)


def draw_cpf(rng):
    return two_check_digits(shapes.some(rng, DIGITS, 9), range(10, 1, -1), range(11, 1, -1))


def draw_cnpj(rng):
    first = (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    return two_check_digits(shapes.some(rng, DIGITS, 8) + "0001", first, (6, *first))


def draw_ssn(rng):
    return f"{rng.choice([*range(1, 666), *range(667, 900)]):03}-{rng.randint(1, 99):02}-{rng.randint(1, 9999):04}"


def draw_npi(rng):
    body = rng.choice("12") + shapes.some(rng, DIGITS, 8)
    return body + shapes.luhn_digit("80840" + body)


def draw_dea(rng):
    body = shapes.some(rng, DIGITS, 6)
    check = (shapes.weighted(body, (1, 2) * 3)) % 10
    return rng.choice("ABCDEFGHJKLMPRSTUX") + rng.choice(shapes.UPPER) + body + str(check)


def draw_mbi(rng):
    letters = "ACDEFGHJKMNPQRTUVWXY"
    either = letters + DIGITS
    alphabets = ("123456789", letters, either, DIGITS, letters, either, DIGITS, letters, letters, DIGITS, DIGITS)
    return cut("".join(rng.choice(alphabet) for alphabet in alphabets), (4, 3, 4), "-")


def draw_nino(rng):
    while True:
        pair = rng.choice("ABCEGHJKLMNOPRSTWXYZ") + rng.choice("ABCEGHJKLMNPRSTWXYZ")
        if pair not in ("BG", "GB", "NK", "KN", "NT", "TN", "ZZ"):
            made = pair + shapes.some(rng, DIGITS, 6) + rng.choice("ABCD")
            return made if rng.random() < 0.5 else cut(made, (2, 2, 2, 2, 1), " ")


def draw_uk_driver(rng):
    name = rng.choice(("MORGA", "SMITH", "JONES", "TAYLO", "BROWN"))
    month, day = rng.randint(1, 12) + rng.choice((0, 50)), rng.randint(1, 28)
    initials = shapes.some(rng, shapes.UPPER, 1) + rng.choice("9" + shapes.UPPER)
    born = f"{rng.randint(0, 9)}{month:02}{day:02}{rng.randint(0, 9)}"
    return f"{name}{born}{initials}{rng.choice('123456789')}{shapes.some(rng, shapes.UPPER, 2)}"


def draw_au_medicare(rng):
    body = rng.choice("23456") + shapes.some(rng, DIGITS, 7)
    body += str(shapes.weighted(body, (1, 3, 7, 9, 1, 3, 7, 9)) % 10) + rng.choice("1234")
    return cut(body, (4, 5, 1), " ")


def draw_de_card(rng):
    body = rng.choice("CFGHJKLMNPRTVWXYZ") + shapes.some(rng, "0123456789CFGHJKLMNPRTVWXYZ", 8)
    return body + str(sum(int(letter, 36) * weight for letter, weight in zip(body, (7, 3, 1) * 3, strict=True)) % 10)


def draw_pl_card(rng):
    letters, body = shapes.some(rng, shapes.UPPER, 3), shapes.some(rng, DIGITS, 5)
    values = [int(letter, 36) for letter in letters] + [int(digit) for digit in body]
    check = sum(value * weight for value, weight in zip(values, (7, 3, 1, 7, 3, 1, 7, 3), strict=True)) % 10
    return f"{letters}{check}{body}"


def draw_de_rvnr(rng):
    """Area, birth date, first letter of the name, serial number, check digit: VKVV's weights."""
    body = f"{rng.choice((10, 12, 15, 53, 65))}{rng.randint(1, 28):02}{rng.randint(1, 12):02}{rng.randint(40, 99):02}"
    letter = rng.choice(shapes.UPPER)
    serial = f"{rng.randint(2, 49):02}"
    plain = body + f"{ord(letter) - 64:02}" + serial
    total = 0
    for digit, weight in zip(plain, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True):
        total += sum(map(int, str(int(digit) * weight)))
    return f"{body}{letter}{serial}{total % 10}"


def draw_nuss(rng):
    body = f"{rng.randint(1, 52):02}" + shapes.some(rng, "123456789", 1) + shapes.some(rng, DIGITS, 7)
    return body + f"{int(body) % 97:02}"


def draw_nir(rng):
    body = f"{rng.choice('12')}{rng.randint(40, 99):02}{rng.randint(1, 12):02}{rng.randint(1, 95):02}"
    body += shapes.some(rng, DIGITS, 6)
    if body[5:7] == "20":
        body = body[:5] + "21" + body[7:]
    return body + f"{97 - int(body) % 97:02}"


def draw_pan(rng):
    return (
        shapes.some(rng, shapes.UPPER, 3)
        + rng.choice("ABCFGHJLPT")
        + shapes.some(rng, shapes.UPPER, 1)
        + shapes.some(rng, "123456789", 4)
        + shapes.some(rng, shapes.UPPER, 1)
    )


def draw_gstin(rng):
    from stdnum import luhn

    body = f"{rng.randint(1, 37):02}{draw_pan(rng)}{rng.choice('123456789')}Z"
    return body + luhn.calc_check_digit(body, DIGITS + shapes.UPPER)


def draw_fiscal(rng):
    from stdnum.it import codicefiscale

    consonants = "BCDFGLMNPRSTVZ"
    body = shapes.some(rng, consonants, 6) + f"{rng.randint(40, 99)}{rng.choice('ABCDEHLMPRST')}"
    body += f"{rng.randint(1, 28) + rng.choice((0, 40)):02}" + rng.choice(("H501", "F205", "L219", "D612"))
    return body + codicefiscale.calc_check_digit(body)


def draw_nric(rng):
    kind, body = rng.choice("STFG"), shapes.some(rng, DIGITS, 7)
    total = shapes.weighted(body, (2, 7, 6, 5, 4, 3, 2)) + (4 if kind in "TG" else 0)
    return kind + body + ("JZIHGFEDCBA" if kind in "ST" else "XWUTRQPNMLK")[total % 11]


def draw_ric(rng):
    from stdnum.cn import ric

    body = (
        rng.choice(("110101", "310104", "440305"))
        + f"{rng.randint(1950, 2004)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    )
    body += shapes.some(rng, DIGITS, 3)
    return body + ric.calc_check_digit(body)


def draw_curp(rng):
    from stdnum.mx import curp

    body = (
        rng.choice(("GOML", "HERJ", "PEPA", "ROTM"))
        + f"{rng.randint(50, 99)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    )
    body += rng.choice("HM") + rng.choice(("DF", "JC", "NL")) + shapes.some(rng, "BCDFGLMNPRST", 3) + "0"
    return body + curp.calc_check_digit(body)


def draw_ahv(rng):
    from stdnum import ean

    body = "756" + shapes.some(rng, DIGITS, 9)
    return cut(body + ean.calc_check_digit(body), (3, 4, 4, 2), ".")


# type: (draw, oracle or None, key, words, alone, style)
TABLE = {
    "US_SSN": (draw_ssn, "us.ssn", "ssn", "social security number", True, None),
    "US_ITIN": (lambda rng: f"9{shapes.some(rng, DIGITS, 2)}-{rng.randint(70, 88)}-{shapes.some(rng, DIGITS, 4)}", "us.itin", "itin", "ITIN", True, None),
    "US_EIN": (lambda rng: f"{shapes.some(rng, DIGITS, 2)}-{shapes.some(rng, DIGITS, 7)}", "us.ein", "ein", "employer identification number", False, None),
    "US_NPI": (draw_npi, None, "npi", "NPI", False, None),
    "US_DEA": (draw_dea, None, "dea_number", "DEA number", False, None),
    "US_MBI": (draw_mbi, None, "mbi", "Medicare beneficiary identifier", True, None),
    "US_PASSPORT": (lambda rng: rng.choice(DIGITS + "AC") + shapes.some(rng, DIGITS, 8), None, "passport_number", "US passport number", False, None),
    "US_DRIVER_LICENSE": (lambda rng: rng.choice("ABDFNY") + shapes.some(rng, DIGITS, 7), None, "driver_license", "driver's license number", False, None),
    "UK_NHS": (digits(10, "4679"), "gb.nhs", "nhs_number", "NHS number", False, lambda text: cut(text, (3, 3, 4), " ")),
    "UK_NINO": (draw_nino, None, "nino", "National Insurance number", True, None),
    "UK_UTR": (digits(10, "123456789"), "gb.utr", "utr", "unique taxpayer reference", False, None),
    "UK_DRIVER_LICENSE": (draw_uk_driver, None, "driving_licence", "UK driving licence", True, None),
    "UK_PASSPORT": (digits(9, "12345"), None, "passport_no", "UK passport number", False, None),
    "CA_SIN": (digits(9, "1234567"), "ca.sin", "sin", "social insurance number", True, lambda text: cut(text, (3, 3, 3), "-")),
    "AU_TFN": (digits(9), "au.tfn", "tfn", "tax file number", False, lambda text: cut(text, (3, 3, 3), " ")),
    "AU_ABN": (digits(11, "123456789"), "au.abn", "abn", "ABN", False, lambda text: cut(text, (2, 3, 3, 3), " ")),
    "AU_ACN": (digits(9), "au.acn", "acn", "ACN", False, lambda text: cut(text, (3, 3, 3), " ")),
    "AU_MEDICARE": (draw_au_medicare, None, "medicare_number", "Medicare card number", False, None),
    "IN_AADHAAR": (digits(12, "23456789"), "in_.aadhaar", "aadhaar", "Aadhaar number", True, lambda text: cut(text, (4, 4, 4), " ")),
    "IN_PAN": (draw_pan, "in_.pan", "pan_number", "PAN card", False, None),
    "IN_GSTIN": (draw_gstin, "in_.gstin", "gstin", "GSTIN", True, None),
    "IN_EPIC": (lambda rng: shapes.some(rng, shapes.UPPER, 3) + shapes.some(rng, DIGITS, 7), "in_.epic", "voter_id", "voter id", False, None),
    "IN_IFSC": (lambda rng: rng.choice(("HDFC", "SBIN", "ICIC")) + "0" + shapes.some(rng, DIGITS, 6), None, "ifsc", "IFSC code", False, None),
    "BR_CPF": (draw_cpf, "br.cpf", "cpf", "CPF", True, lambda text: f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}"),
    "BR_CNPJ": (draw_cnpj, "br.cnpj", "cnpj", "CNPJ", True, lambda text: f"{text[:2]}.{text[2:5]}.{text[5:8]}/{text[8:12]}-{text[12:]}"),
    "PL_PESEL": (dated(nothing, lambda rng: shapes.some(rng, DIGITS, 5), "%y%m%d"), "pl.pesel", "pesel", "PESEL", False, None),
    "PL_NIP": (digits(10, "123456789"), "pl.nip", "nip", "NIP", False, lambda text: cut(text, (3, 3, 2, 2), "-")),
    "PL_REGON": (digits(9), "pl.regon", "regon", "REGON", False, None),
    "ES_DNI": (lambda rng: shapes.some(rng, DIGITS, 8) + rng.choice("TRWAGMYFPDXBNJZSQVHLCKE"), "es.dni", "dni", "DNI", True, None),
    "ES_NIE": (lambda rng: rng.choice("XYZ") + shapes.some(rng, DIGITS, 7) + rng.choice("TRWAGMYFPDXBNJZSQVHLCKE"), "es.nie", "nie", "NIE", True, None),
    "ES_NUSS": (draw_nuss, None, "nuss", "número de afiliación a la Seguridad Social", False, None),
    "FR_NIR": (draw_nir, "fr.nir", "nir", "numéro de sécurité sociale", True, lambda text: cut(text, (1, 2, 2, 2, 3, 3, 2), " ")),
    "FR_NIF": (digits(13, "0123"), "fr.nif", "numero_fiscal", "numéro fiscal", False, None),
    "FR_SIREN": (digits(9, "345678"), "fr.siren", "siren", "SIREN", False, lambda text: cut(text, (3, 3, 3), " ")),
    "FR_SIRET": (lambda rng: shapes.some(rng, DIGITS, 9) + "000" + shapes.some(rng, DIGITS, 2), "fr.siret", "siret", "SIRET", False, None),
    "DE_TAX_ID": (digits(11, "123456789"), "de.idnr", "steuer_id", "Steuer-ID", False, None),
    "DE_ID_CARD": (draw_de_card, None, "ausweisnummer", "Personalausweisnummer", False, None),
    "DE_PENSION_ID": (draw_de_rvnr, None, "rentenversicherungsnummer", "Rentenversicherungsnummer", False, None),
    "DE_VAT": (lambda rng: "DE" + digits(9, "123")(rng), "de.vat", "ust_id", "USt-IdNr.", False, None),
    "IT_FISCAL_CODE": (draw_fiscal, "it.codicefiscale", "codice_fiscale", "codice fiscale", True, None),
    "IT_VAT": (digits(11, "0"), "it.iva", "partita_iva", "partita IVA", False, None),
    "NL_BSN": (digits(9, "12"), "nl.bsn", "bsn", "burgerservicenummer", False, None),
    "CH_AHV": (draw_ahv, "ch.ssn", "ahv_nummer", "AHV-Nummer", True, None),
    "MX_CURP": (draw_curp, "mx.curp", "curp", "CURP", True, None),
    "CN_RIC": (draw_ric, "cn.ric", "id_card", "resident identity card", True, None),
    "SG_NRIC": (draw_nric, None, "nric", "NRIC", True, None),
    "US_ATIN": (lambda rng: f"9{shapes.some(rng, DIGITS, 2)}-93-{shapes.some(rng, DIGITS, 4)}", "us.atin", "atin", "ATIN", True, None),
    "ES_CIF": (lambda rng: rng.choice("ABEH") + shapes.some(rng, DIGITS, 8), "es.cif", "cif", "CIF", False, None),
    "IN_UPI": (lambda rng: f"{shapes.some(rng, shapes.LOWER, 6)}{rng.randint(1, 99)}@{rng.choice(('okhdfcbank', 'ybl', 'paytm', 'oksbi'))}", None, "upi_id", "UPI id", False, None),
    "IN_PASSPORT": (lambda rng: rng.choice("JKLMNPRSTZ") + rng.choice("123456789") + shapes.some(rng, DIGITS, 6), None, "indian_passport", "Indian passport number", False, None),
    "PL_ID_CARD": (draw_pl_card, None, "dowod_osobisty", "numer dowodu osobistego", False, None),
    "MEDICAL_RECORD": (lambda rng: shapes.some(rng, "123456789", 1) + shapes.some(rng, DIGITS, 7), None, "medical_record_number", "medical record number", False, None),
}  # fmt: skip
# Beyond the packs that must be there: asked for by name only.
MORE = {
    "PT_NIF": (digits(9, "12"), "pt.nif", "nif", "NIF", False, None),
    "BE_NRN": (dated(nothing, lambda rng: shapes.some(rng, DIGITS, 5), "%y%m%d"), "be.nn", "rijksregisternummer", "rijksregisternummer", False, None),
    "SE_PERSONNUMMER": (dated(nothing, lambda rng: "-" + shapes.some(rng, DIGITS, 4), "%y%m%d"), "se.personnummer", "personnummer", "personnummer", False, None),
    "FI_HETU": (dated(nothing, lambda rng: "-" + shapes.some(rng, DIGITS, 3) + rng.choice("0123456789ABCDEFHJKLMNPRSTUVWXY"), "%d%m%y"), "fi.hetu", "hetu", "henkilötunnus", False, None),
    "NO_FNR": (dated(nothing, lambda rng: shapes.some(rng, DIGITS, 5), "%d%m%y"), "no.fodselsnummer", "fodselsnummer", "fødselsnummer", False, None),
    "DK_CPR": (dated(nothing, lambda rng: "-" + shapes.some(rng, DIGITS, 4), "%d%m%y"), "dk.cpr", "cpr", "CPR-nummer", False, None),
    "IE_PPS": (lambda rng: shapes.some(rng, DIGITS, 7) + rng.choice("ABCDEFGHIJKLMNOPQRSTUVW"), "ie.pps", "pps", "PPS number", False, None),
    "RO_CNP": (dated(lambda rng: rng.choice("12"), lambda rng: f"{rng.randint(1, 46):02}" + shapes.some(rng, DIGITS, 4), "%y%m%d"), "ro.cnp", "cnp", "CNP", False, None),
    "BG_EGN": (dated(nothing, lambda rng: shapes.some(rng, DIGITS, 4), "%y%m%d"), "bg.egn", "egn", "EGN", False, None),
    "TR_TCKN": (digits(11, "123456789"), "tr.tckimlik", "tckn", "T.C. kimlik no", False, None),
    "ZA_ID": (dated(nothing, lambda rng: shapes.some(rng, DIGITS, 4) + "08" + shapes.some(rng, DIGITS, 1), "%y%m%d"), "za.idnr", "id_number", "South African ID number", False, None),
    "KR_RRN": (dated(nothing, lambda rng: "-" + rng.choice("12") + shapes.some(rng, DIGITS, 6), "%y%m%d"), "kr.rrn", "rrn", "resident registration number", False, None),
    "CL_RUT": (lambda rng: f"{rng.randint(5, 24)}.{shapes.some(rng, DIGITS, 3)}.{shapes.some(rng, DIGITS, 3)}-{rng.choice('0123456789K')}", "cl.rut", "rut", "RUT", False, None),
    "EE_LT_CODE": (dated(lambda rng: rng.choice("34"), lambda rng: shapes.some(rng, DIGITS, 4), "%y%m%d"), "ee.ik", "isikukood", "isikukood", False, None),
    "LV_CODE": (dated(nothing, lambda rng: "-1" + shapes.some(rng, DIGITS, 4), "%d%m%y"), "lv.pvn", "personas_kods", "personas kods", False, None),
    "SI_EMSO": (dated(nothing, lambda rng: "50" + shapes.some(rng, DIGITS, 4), "%d%m9%y"), "si.emso", "emso", "EMŠO", False, None),
    "RU_INN": (digits(12, "123456789"), "ru.inn", "inn", "ИНН", False, None),
    "UA_TAX_ID": (digits(10, "23"), "ua.rntrc", "rnokpp", "РНОКПП", False, None),
    "MY_NRIC": (dated(nothing, lambda rng: f"-{rng.randint(1, 14):02}-" + shapes.some(rng, DIGITS, 4), "%y%m%d"), "my.nric", "mykad", "MyKad number", False, None),
    "IL_ID": (digits(9), "il.idnr", "teudat_zehut", "Israeli ID number", False, None),
    "HR_OIB": (digits(11, "123456789"), "hr.oib", "oib", "OIB", False, None),
    "GR_AMKA": (dated(nothing, lambda rng: shapes.some(rng, DIGITS, 5), "%d%m%y"), "gr.amka", "amka", "AMKA", False, None),
    "CZ_SK_RC": (dated(nothing, lambda rng: "/" + shapes.some(rng, DIGITS, 4), "%y%m%d"), "cz.rc", "rodne_cislo", "rodné číslo", False, None),
    "TH_ID": (digits(13, "12345678"), "th.pin", "thai_id", "Thai national ID", False, None),
    "AR_CUIT": (lambda rng: f"{rng.choice(('20', '27'))}-{shapes.some(rng, DIGITS, 8)}-{rng.choice(DIGITS)}", "ar.cuit", "cuit", "CUIT", False, None),
}  # fmt: skip


def make(name, row, rng):
    """One identifier of a row."""
    draw, module, key, words, alone, style = row
    style = style or (lambda text: text)
    text = searched(rng, draw, module, style) if module else style(draw(rng))
    return fact(name, text, key, words, alone)


MAKERS = {name: ((functools.partial(make, name, row), 1),) for name, row in TABLE.items()}
MORE_MAKERS = {name: ((functools.partial(make, name, row), 1),) for name, row in MORE.items()}
