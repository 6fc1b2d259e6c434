"""The names that a file has for columns of the schema, guessed by name and by what stands in them."""

import difflib
from collections.abc import Sequence

from lambdas.core.field import Field
from lambdas.core.schema import Schema, header_name

from .file_sample import Sample

# What columns are called, as headers are compared.
_SAME = tuple(
    frozenset(map(header_name, names.split(", ")))
    for names in (
        "email, email address, mail, primary email, contact email, work email, E-Mail-Adresse, Mailadresse,"
        " Courriel, Adresse e-mail, correo, correo electrónico, posta elettronica, E-mailadres",
        "first name, first, given name, forename, Vorname, Prénom, nombre, nome, Voornaam, förnamn",
        "last name, last, family name, surname, Nachname, Familienname, Nom, Nom de famille, apellido,"
        " apellidos, cognome, sobrenome, Achternaam, efternamn",
        "company, company name, organization, organisation, employer, account name, business, Firma,"
        " Unternehmen, Société, Entreprise, empresa, azienda, Bedrijf",
        "phone, phone number, telephone, mobile, Telefon, Telefonnummer, Handy, téléphone, teléfono",
        "city, town, Ort, Stadt, Ville, ciudad, città, Plaats",
        "country, Land, Pays, país, paese",
        "plan, subscription, tier, Tarif, Abo, abonnement",
        "joined on, joined, signup date, sign up date, registered, created, created at, customer since,"
        " member since, Beitrittsdatum, Eintrittsdatum, date d'inscription",
        "id, identifier, number, no, Nr, Nummer, numéro, número",
    )
)
_LIKE = 0.85  # from where on names are alike
# Types and formats whose cells tell what a column is, whatever it is called.
_TELLING = {("string", "email"), ("string", "uuid"), ("string", "uri")}
_BY_CELLS = 0.5


def propose_aliases(schema: Schema, sample: Sample) -> dict[str, str]:
    """Returns, for columns of the schema that a file lacks, the file's that is most likely meant."""
    known = {schema.names[name] for header in sample.columns if (name := header_name(header)) in schema.names}
    others = [header for header in sample.columns if header_name(header) not in schema.names]
    scores = {
        (field.name, header): score
        for field in schema.fields
        if field.name not in known
        for header in others
        if (score := _score(field, header, sample.columns[header], schema.missing_values)) >= _BY_CELLS
    }
    proposed: dict[str, str] = {}
    for column, header in sorted(scores, key=lambda pair: -scores[pair]):
        if column not in proposed and header not in proposed.values():
            proposed[column] = header
    return {column: proposed[column] for column in schema.columns if column in proposed}


def _score(field: Field, header: str, cells: Sequence[str], missing: frozenset[str]) -> float:
    present = [cell for cell in cells if cell and cell not in missing]
    alike = _alike((field.name, *field.aliases), header_name(header))
    if not _all_fit(field, present):
        return 0.0
    if (field.type, field.format) in _TELLING and present:
        return _BY_CELLS + alike / 2
    return alike if alike >= _LIKE else 0.0


def _all_fit(field: Field, cells: Sequence[str]) -> bool:
    try:
        return not cells or bool(field.kind.read(cells))
    except ValueError:
        return False


def _alike(names: Sequence[str], header: str) -> float:
    """Returns how much a header is like one of a column's names: 1 if they mean the same."""
    own = set(map(header_name, names))
    if any(own & same and header in same for same in _SAME):
        return 1.0
    if any(header.endswith(name) for name in own if len(name) > len("email")):
        return _LIKE  # such as `Person - First name`
    return max(difflib.SequenceMatcher(None, name, header).ratio() for name in own)
