"""What people write around a value, in the languages of the packs."""

from .doc import fill

# With the word that names the value.
NAMED = {
    "en": ("My {words} is {value}.", "The {words} on file is {value}, please confirm.", "{words}: {value}",
           "Can you update my {words} to {value}?", "here's the {words} you asked for: {value}"),
    "de": ("Meine {words} ist {value}.", "{words}: {value}", "Bitte tragen Sie {words} {value} ein."),
    "fr": ("Mon {words} est {value}.", "{words} : {value}", "Merci de noter mon {words} : {value}."),
    "es": ("Mi {words} es {value}.", "{words}: {value}", "Le paso mi {words}: {value}."),
    "it": ("Il mio {words} è {value}.", "{words}: {value}", "Ecco {words}: {value}."),
    "pt": ("Meu {words} é {value}.", "{words}: {value}", "Segue o {words}: {value}."),
    "nl": ("Mijn {words} is {value}.", "{words}: {value}", "Hierbij mijn {words}: {value}."),
    "pl": ("Mój {words} to {value}.", "{words}: {value}", "Podaję {words}: {value}."),
}  # fmt: skip
# Without it.
BARE = {
    "en": ("Please check {value} and get back to me.", "It still fails with {value} since yesterday.", "Use {value} for now",
           "I sent you {value} last week, did it arrive?", "({value})"),
    "de": ("Bitte prüfen Sie {value} bis morgen.", "Es geht um {value}, danke."),
    "fr": ("Merci de vérifier {value} avant demain.", "Il s'agit de {value}."),
    "es": ("Por favor revise {value} antes de mañana.", "Se trata de {value}."),
    "it": ("Per favore controlli {value} entro domani.", "Si tratta di {value}."),
    "pt": ("Por favor verifique {value} até amanhã.", "Trata-se de {value}."),
    "nl": ("Controleer {value} alstublieft voor morgen.", "Het gaat om {value}."),
    "pl": ("Proszę sprawdzić {value} do jutra.", "Chodzi o {value}."),
}  # fmt: skip


def said(rng, fact, language):
    """A sentence with the fact in it; named if it must be."""
    if fact.alone and rng.random() < 0.4:
        return fill(rng.choice(BARE[language]), value=fact.doc)
    words = fact.said.get(language, fact.words)
    return fill(rng.choice(NAMED[language]), words=words, value=fact.doc)
