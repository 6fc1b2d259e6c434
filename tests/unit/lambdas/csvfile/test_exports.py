"""Files as other services export them, under the project's own schema: each is taken, its names matched."""

import json

import pytest

from lambdas.core.schema import header_name, parse_schema
from lambdas.csvfile.transform import import_transform_row

from ....program import ROOT
from ...helpers.csv_files import USERS, parse

STRIPE = ROOT / "examples" / "stripe"
ADA = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace", "company": "Engines"}
EXPORTS = {
    "Google Contacts": (
        "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,"
        "Phonetic Last Name,Name Prefix,Name Suffix,Nickname,File As,Organization Name,"
        "Organization Title,Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,"
        "E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Value"
    ),
    "Google Contacts until 2024": (
        "Name,Given Name,Additional Name,Family Name,Yomi Name,Given Name Yomi,"
        "Additional Name Yomi,Family Name Yomi,Name Prefix,Name Suffix,Initials,Nickname,"
        "Short Name,Maiden Name,Birthday,Gender,Location,Group Membership,E-mail 1 - Type,"
        "E-mail 1 - Value,E-mail 2 - Type,E-mail 2 - Value,Organization 1 - Type,"
        "Organization 1 - Name,Organization 1 - Yomi Name,Organization 1 - Title"
    ),
    "Mailchimp": (
        "Email Address,First Name,Last Name,Address,Phone Number,Birthday,Company,MEMBER_RATING,"
        "OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,"
        "CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS"
    ),
    "HubSpot": (
        "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Email Domain,Work email,"
        "Company Name,Associated Company,Associated Company IDs,Lead Status,Create Date,"
        "Additional email addresses"
    ),
    "Auth0": (
        "id,given_name,family_name,nickname,name,email,email_verified,picture,created_at,"
        "updated_at,last_login,logins_count,company"
    ),
    "Outlook": (
        "First Name,Middle Name,Last Name,Title,Suffix,Initials,Web Page,Birthday,Notes,"
        "E-mail Address,E-mail 2 Address,E-mail 3 Address,Company Main Phone,Business Phone,Company,"
        "Job Title,Department,Office Location,Organizational ID Number,Manager's Name,"
        "Assistant's Name,Account,Categories"
    ),
    "Outlook in German": (
        "Vorname;Weitere Vornamen;Nachname;Firma;Abteilung;E-Mail-Adresse;E-Mail 2: Adresse"
    ),
    "Outlook in French": (
        "Titre;Prénom;Deuxième prénom;Nom;Suffixe;Société;Service;Adresse de messagerie;"
        "Adresse de messagerie 2"
    ),
    "LinkedIn": "First Name,Last Name,URL,Email Address,Company,Position,Connected On",
    "a German Excel": "Kundennummer;E-Mail;Vorname;Nachname;Firma;Straße;PLZ;Ort;Tarif;Beitrittsdatum",
    "another German Excel": "E-Mail-Adresse;Familienname;Vorname;Unternehmen;Telefon",
    "a French Excel": "Courriel;Nom de famille;Pre\u0301nom;Entreprise;Téléphone",
    "another French Excel": "Nom;Prénom;Adresse e-mail;Société;Ville",
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_the_columns_of_an_export_are_matched(name: str) -> None:
    header = EXPORTS[name]
    delimiter = ";" if ";" in header else ","
    columns = header.split(delimiter)
    row = [ADA.get(USERS.names.get(header_name(column), ""), "other") for column in columns]
    outcome = parse(f"{header}\n{delimiter.join(row)}\n".encode())
    assert (outcome.reasons, outcome.values) == ({}, [ADA])


def test_the_names_in_stripe_s_export_are_split_by_its_example() -> None:
    transform_row = import_transform_row(STRIPE / "transform_rows.py")
    schema = parse_schema(json.loads((STRIPE / "customers.json").read_text(encoding="utf-8")))
    outcome = parse((STRIPE / "sample.csv").read_bytes(), schema, transform_row=transform_row)
    names = [(row["first_name"], row["last_name"]) for row in outcome.values]
    assert names == [("Ada", "Lovelace"), ("Grace Brewster", "Hopper"), ("Cher", None)]
    assert {row["name"] for row in outcome.values} == {None}
    assert outcome.values[0]["customer_since"] == "2025-12-31T10:15:00Z"
    assert outcome.reasons == {5: "no name"}
    assert transform_row({"name": "Lovelace, Ada"}) == {
        "name": None,
        "first_name": "Ada",
        "last_name": "Lovelace",
    }
