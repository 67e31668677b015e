"""People: names, where they live, how they are reached. Faker draws, phonenumbers knows which numbers exist."""

import functools

import phonenumbers
from faker import Faker

from . import shapes
from .doc import fact, fact_in

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR", "nl_NL", "pl_PL", "en_IN", "en_CA", "en_AU")
REGIONS = (
    "US",
    "GB",
    "DE",
    "FR",
    "ES",
    "IT",
    "NL",
    "PL",
    "BR",
    "IN",
    "CA",
    "AU",
    "SE",
    "CH",
    "AT",
    "JP",
    "MX",
    "ZA",
    "IE",
    "BE",
)
PHONE_SAID = {
    "de": "Telefonnummer",
    "fr": "numéro de téléphone",
    "es": "número de teléfono",
    "it": "numero di telefono",
    "pt": "número de telefone",
    "nl": "telefoonnummer",
    "pl": "numer telefonu",
}
NAME_SAID = {"de": "Name", "fr": "nom", "es": "nombre", "it": "nome", "pt": "nome", "nl": "naam", "pl": "nazwisko"}
MAIL_SAID = {
    "de": "E-Mail",
    "fr": "e-mail",
    "es": "correo electrónico",
    "it": "e-mail",
    "pt": "e-mail",
    "nl": "e-mailadres",
    "pl": "adres e-mail",
}
DOB_SAID = {
    "de": "Geburtsdatum",
    "fr": "date de naissance",
    "es": "fecha de nacimiento",
    "it": "data di nascita",
    "pt": "data de nascimento",
    "nl": "geboortedatum",
    "pl": "data urodzenia",
}
HOSTS = ("gmail.com", "outlook.com", "web.de", "orange.fr", "proton.me", "acme-corp.io", "mail.uni-trier.de",
         "btinternet.com", "corp.example.co.uk", "firma.com.br", "libero.it", "onet.pl", "ziggo.nl")  # fmt: skip


@functools.cache
def faker(locale):
    return Faker(locale, use_weighting=False)


def seed(value):
    """Every Faker starts over."""
    Faker.seed(value)
    for locale in LOCALES:
        faker(locale)


def ascii_letters(name):
    """A name as it stands in an address."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in plain if letter.isalpha()) or "k"


def email(rng):
    people = faker(rng.choice(LOCALES))
    first, last = ascii_letters(people.first_name()), ascii_letters(people.last_name())
    local = rng.choice(
        (
            f"{first}.{last}",
            f"{first[0]}{last}",
            f"{first}{rng.randint(1, 99)}",
            f"{last}+{rng.choice(('work', 'news'))}",
            f"{first}_{last}",
        )
    )
    key = rng.choice(("email", "user_email", "contact_email", "mail"))
    return fact("EMAIL_ADDRESS", f"{local}@{rng.choice(HOSTS)}", key, "e-mail address", said=MAIL_SAID)


def number(rng, region):
    """A number that exists in the region's plan, made from its example."""
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    example = phonenumbers.example_number_for_type(region, rng.choice(kinds))
    digits = phonenumbers.national_significant_number(example)
    for _ in range(10_000):
        keep = rng.randint(1, 3)
        made = digits[:keep] + shapes.some(rng, shapes.DIGITS, len(digits) - keep)
        if region in ("US", "CA"):
            made = shapes.some(rng, shapes.DIGITS, 10)
        parsed = phonenumbers.parse(f"+{example.country_code}{made}")
        fictional = region in ("US", "CA") and made[3:8] == "55501"
        if phonenumbers.is_valid_number(parsed) and not fictional:
            return parsed
    raise RuntimeError(f"no number in {region}")


def phone_international(rng):
    made = number(rng, rng.choice(REGIONS))
    style = rng.choice((phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.E164))
    key = rng.choice(("phone", "phone_number", "mobile", "telephone"))
    return fact("PHONE_NUMBER", phonenumbers.format_number(made, style), key, "phone number", said=PHONE_SAID)


def phone_nanp(rng):
    made = phonenumbers.national_significant_number(number(rng, rng.choice(("US", "US", "CA"))))
    area, exchange, line = made[:3], made[3:6], made[6:]
    text = rng.choice((f"({area}) {exchange}-{line}", f"{area}-{exchange}-{line}", f"{area}.{exchange}.{line}"))
    return fact("PHONE_NUMBER", text, rng.choice(("phone", "home_phone", "tel")), "phone number", said=PHONE_SAID)


def phone_national(rng):
    """As people write it at home: found where something says that it is a number to call."""
    made = number(rng, rng.choice(("GB", "DE", "FR", "ES", "IT", "NL", "PL", "BR", "IN", "AU")))
    text = phonenumbers.format_number(made, phonenumbers.PhoneNumberFormat.NATIONAL)
    return fact(
        "PHONE_NUMBER",
        text,
        rng.choice(("phone", "mobile_number", "telephone")),
        "phone number",
        alone=False,
        said=PHONE_SAID,
    )


def person(rng):
    people = faker(rng.choice(LOCALES))
    key = rng.choice(("full_name", "customer_name", "patient_name", "contact_name"))
    return fact("PERSON", f"{people.first_name()} {people.last_name()}", key, "name", alone=False, said=NAME_SAID)


def first_name(rng):
    return fact("PERSON", faker(rng.choice(LOCALES)).first_name(), "first_name", "first name", alone=False)


def last_name(rng):
    return fact("PERSON", faker(rng.choice(LOCALES)).last_name(), "last_name", "last name", alone=False)


def titled(rng):
    """After a title, which names it wherever it stands."""
    people = faker(rng.choice(("en_US", "en_GB", "en_AU", "de_DE")))
    title = rng.choice(("Dr. ", "Mr. ", "Mrs. ", "Ms. "))
    name = rng.choice((people.last_name(), f"{people.first_name()} {people.last_name()}"))
    return fact_in("PERSON", (title, (name,)), "contact", "contact", not_in=("url",))


def salutation(rng):
    """The first line of a mail."""
    locale, forms = rng.choice(
        (("en_US", ("Dear {first} {last},", "Dear Mr. {last},", "Dear Mrs. {last},")),
         ("de_DE", ("Sehr geehrte Frau {last},", "Sehr geehrter Herr {last},")),
         ("fr_FR", ("Cher Monsieur {last},", "Chère Madame {last},")),
         ("es_ES", ("Estimado Sr. {last}:", "Estimada Sra. {last}:")))
    )  # fmt: skip
    people = faker(locale)
    before, rest = rng.choice(forms).split(" {", 1)
    name, after = (
        f"{people.first_name()} {people.last_name()}" if rest.startswith("first") else people.last_name(),
        rest[-1],
    )
    return fact_in("PERSON", (before + " ", (name,), after), "salutation", "salutation")


def signature(rng):
    """The last line of a mail."""
    people = faker(rng.choice(("en_US", "en_GB", "de_DE", "fr_FR", "es_ES")))
    closing = rng.choice(("Best regards", "Kind regards", "Regards", "Sincerely"))
    return fact_in(
        "PERSON", (f"{closing},\n", (f"{people.first_name()} {people.last_name()}",)), "signature", "signature"
    )


def address(rng):
    people = faker(rng.choice(("en_US", "en_GB", "de_DE", "fr_FR", "en_CA", "en_AU")))
    text = f"{people.street_address()}, {people.postcode()} {people.city()}".replace("\n", ", ")
    return fact("ADDRESS", text, rng.choice(("address", "street_address", "shipping_address")), "address", alone=False)


def date_of_birth(rng):
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1938, 2007)
    text = rng.choice((f"{year}-{month:02}-{day:02}", f"{month:02}/{day:02}/{year}", f"{day:02}.{month:02}.{year}"))
    key = rng.choice(("date_of_birth", "dob", "birth_date"))
    return fact("DATE_OF_BIRTH", text, key, "date of birth", alone=False, said=DOB_SAID)


def username(rng):
    text = (
        ascii_letters(faker("en_US").first_name())[:1]
        + ascii_letters(faker("en_US").last_name())
        + str(rng.randint(1, 99))
    )
    return fact("USERNAME", text, rng.choice(("username", "user_name", "login")), "username", alone=False)


MAKERS = {
    "EMAIL_ADDRESS": ((email, 1),),
    "PHONE_NUMBER": ((phone_international, 3), (phone_nanp, 3), (phone_national, 2)),
    "PERSON": ((person, 4), (first_name, 1), (last_name, 1), (titled, 2)),
    "ADDRESS": ((address, 1),),
    "DATE_OF_BIRTH": ((date_of_birth, 1),),
    "USERNAME": ((username, 1),),
}
