"""The few words that facts are told with, in the languages that have them; else in English."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """One language's words."""

    facts: str
    questions: str
    hours: str
    closed: str
    address: str
    phone: str
    email: str
    price: str
    free: str
    date: str
    place: str
    cancelled: str
    postponed: str


ENGLISH = Labels(
    facts="At a glance",
    questions="Questions and answers",
    hours="Opening hours",
    closed="closed",
    address="Address",
    phone="Phone",
    email="Email",
    price="Price",
    free="free",
    date="Date",
    place="Place",
    cancelled="cancelled",
    postponed="postponed",
)
LABELS = {
    "en": ENGLISH,
    "fr": Labels(
        facts="En bref",
        questions="Questions et réponses",
        hours="Horaires d'ouverture",
        closed="fermé",
        address="Adresse",
        phone="Téléphone",
        email="E-mail",
        price="Prix",
        free="gratuit",
        date="Date",
        place="Lieu",
        cancelled="annulé",
        postponed="reporté",
    ),
    "de": Labels(
        facts="Auf einen Blick",
        questions="Fragen und Antworten",
        hours="Öffnungszeiten",
        closed="geschlossen",
        address="Adresse",
        phone="Telefon",
        email="E-Mail",
        price="Preis",
        free="kostenlos",
        date="Datum",
        place="Ort",
        cancelled="abgesagt",
        postponed="verschoben",
    ),
    "es": Labels(
        facts="De un vistazo",
        questions="Preguntas y respuestas",
        hours="Horario de apertura",
        closed="cerrado",
        address="Dirección",
        phone="Teléfono",
        email="Correo electrónico",
        price="Precio",
        free="gratis",
        date="Fecha",
        place="Lugar",
        cancelled="cancelado",
        postponed="aplazado",
    ),
    "it": Labels(
        facts="In breve",
        questions="Domande e risposte",
        hours="Orari di apertura",
        closed="chiuso",
        address="Indirizzo",
        phone="Telefono",
        email="E-mail",
        price="Prezzo",
        free="gratuito",
        date="Data",
        place="Luogo",
        cancelled="annullato",
        postponed="rinviato",
    ),
    "nl": Labels(
        facts="In het kort",
        questions="Vragen en antwoorden",
        hours="Openingstijden",
        closed="gesloten",
        address="Adres",
        phone="Telefoon",
        email="E-mail",
        price="Prijs",
        free="gratis",
        date="Datum",
        place="Plaats",
        cancelled="geannuleerd",
        postponed="uitgesteld",
    ),
}
