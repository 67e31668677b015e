"""Writes vectors.txt: for each type valid and invalid numbers, as python-stdnum judges them.

    pip install python-stdnum==2.2 && python3 generate.py > vectors.txt

A line is: type, 1 for valid or 0 for invalid, the number. Seeded, so a second run writes the same.
"""

import random
import string

from stdnum import iban, luhn
from stdnum.au import abn, acn, tfn
from stdnum.be import nn
from stdnum.br import cnpj, cpf
from stdnum.bg import egn
from stdnum.ch import ssn as ahv
from stdnum.cl import rut
from stdnum.cn import ric
from stdnum.cz import rc
from stdnum.de import idnr
from stdnum.es import cif, dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs, utr
from stdnum.gr import amka
from stdnum.hr import oib
from stdnum.ie import pps
from stdnum.in_ import aadhaar, gstin
from stdnum.it import codicefiscale
from stdnum.mx import curp
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import nip, pesel, regon
from stdnum.pt import nif
from stdnum.ro import cnp
from stdnum.se import personnummer
from stdnum.tr import tckimlik
from stdnum.us import rtn
from stdnum.za import idnr as zaid

DIGITS = [
    ("UK_NHS", nhs, 10), ("UK_UTR", utr, 10), ("ABA_ROUTING", rtn, 9), ("BR_CPF", cpf, 11), ("BR_CNPJ", cnpj, 14),
    ("PL_PESEL", pesel, 11), ("PL_NIP", nip, 10), ("PL_REGON", regon, 9), ("FR_NIR", nir, 15), ("DE_TAX_ID", idnr, 11),
    ("NL_BSN", bsn, 9), ("BE_NRN", nn, 11), ("AU_TFN", tfn, 9), ("AU_ABN", abn, 11), ("AU_ACN", acn, 9),
    ("IN_AADHAAR", aadhaar, 12), ("PT_NIF", nif, 9), ("RO_CNP", cnp, 13), ("TR_TCKN", tckimlik, 11), ("BG_EGN", egn, 10),
    ("GR_AMKA", amka, 11), ("HR_OIB", oib, 11), ("NO_FNR", fodselsnummer, 11), ("CZ_SK_RC", rc, 10),
]
SHAPES = [
    ("ES_DNI", dni, "99999999A"), ("ES_NIE", nie, "Z9999999A"), ("IT_FISCAL_CODE", codicefiscale, "AAAAAA99A99A999A"),
    ("IE_PPS", pps, "9999999A"), ("IN_GSTIN", gstin, "99AAAPA9999A1ZA"),
]


def fill(rng, shape):
    letters = {"9": string.digits, "A": string.ascii_uppercase}
    return "".join(rng.choice(letters.get(letter, letter)) for letter in shape)


def dated(rng, length):
    """Digits that begin like a date, for numbers that hold one; half of the tries."""
    day = f"{rng.randint(1, 28):02}"
    month = f"{rng.randint(1, 12):02}"
    year = f"{rng.randint(40, 99):02}"
    heads = ["", year + month + day, day + month + year, rng.choice("12") + year + month + day]
    head = rng.choice(heads)
    return head + fill(rng, "9" * (length - len(head)))


def main():
    rng = random.Random(4)
    rows = [(name, lambda n=length: dated(rng, n), module) for name, module, length in DIGITS]
    rows += [(name, lambda s=shape: fill(rng, s), module) for name, module, shape in SHAPES]
    for name, make, module in rows:
        wanted = {True: 12, False: 12}
        for _ in range(400_000):
            number = make()
            valid = module.is_valid(number)
            if wanted[valid] and len(set(number)) > 2:
                wanted[valid] -= 1
                print(name, int(valid), number)
            if not any(wanted.values()):
                break


main()
