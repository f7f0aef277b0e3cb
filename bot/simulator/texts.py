"""The words of the page: Finnish, Swedish, English. The product's own words come from the product."""

LANGUAGES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
POSITION = {language: place for place, language in enumerate(LANGUAGES)}

TEXTS: dict[str, tuple[str, str, str]] = {
    "title": ("Aspa-demo", "Aspa-demo", "Aspa demo"),
    "heading": (
        "Kirjoita asiakkaana. Aspa vastaa.",
        "Skriv som kund. Aspa svarar.",
        "Write as a customer. Aspa answers.",
    ),
    "lead": (
        "Kaksi puhelinta, joista viestit kulkevat Aspalle samaa reittiä kuin oikeasta Messengeristä ja WhatsAppista. "
        "Mitään ei lähde tältä koneelta.",
        "Två telefoner vars meddelanden går till Aspa samma väg som från riktiga Messenger och WhatsApp. "
        "Ingenting lämnar den här datorn.",
        "Two phones whose messages reach Aspa the same way as from the real Messenger and WhatsApp. "
        "Nothing leaves this computer.",
    ),
    "step_write": (
        "Napauta jotain puhelimen esimerkkiä tai kirjoita itse.",
        "Tryck på ett av exemplen i telefonen eller skriv själv.",
        "Tap an example on a phone, or write your own message.",
    ),
    "step_bot": (
        "Botti vastaa suomeksi, ruotsiksi tai englanniksi.",
        "Boten svarar på finska, svenska eller engelska.",
        "The bot answers in Finnish, Swedish or English.",
    ),
    "step_person": (
        "Pyydä ihmistä ja vastaa itse työpöydältä.",
        "Be om en människa och svara själv från skrivbordet.",
        "Ask for a person, then answer from the desk yourself.",
    ),
    "desk": ("Avaa työpöytä", "Öppna skrivbordet", "Open the desk"),
    "sign_ins": ("Demon tunnukset", "Demons användare", "Demo sign-ins"),
    "user": ("Tunnus", "Användare", "User"),
    "password": ("Salasana", "Lösenord", "Password"),
    "role": ("Rooli", "Roll", "Role"),
    "agent": ("asiakaspalvelija", "kundtjänst", "agent"),
    "content": ("sisällöt", "innehåll", "content"),
    "admin": ("ylläpito", "administratör", "admin"),
    "language": ("Kieli", "Språk", "Language"),
    "customer": ("Asiakas", "Kund", "Customer"),
    "new_customer": ("Uusi asiakas", "Ny kund", "New customer"),
    "show": ("Näytä", "Visa", "Show"),
    "try": ("Kokeile vaikka näitä:", "Prova till exempel:", "Try one of these:"),
    "example_1": ("mul ei toimi netti", "mitt nät funkar inte", "my internet isn't working"),
    "example_2": ("Missä mun tilaus 12345 viipyy?", "Var är min beställning 12345?", "Where is my order 12345?"),
    "example_3": ("haluun puhua ihmiselle", "jag vill prata med en människa", "I want to talk to a person"),
    "write": ("Kirjoita viesti", "Skriv ett meddelande", "Write a message"),
    "send": ("Lähetä", "Skicka", "Send"),
    "emoji": ("Emojit", "Emojier", "Emoji"),
    "send_image": ("Lähetä kuva", "Skicka en bild", "Send a picture"),
    "send_sticker": ("Lähetä tarra", "Skicka ett klistermärke", "Send a sticker"),
    "send_audio": ("Lähetä ääniviesti", "Skicka ett röstmeddelande", "Send a voice message"),
    "chat": ("Keskustelu", "Konversation", "Conversation"),
    "typing": ("kirjoittaa", "skriver", "is typing"),
    "you": ("Sinä", "Du", "You"),
    "image": ("Kuva", "Bild", "Picture"),
    "sticker": ("Tarra", "Klistermärke", "Sticker"),
    "audio": ("Ääniviesti", "Röstmeddelande", "Voice message"),
    "video": ("Video", "Video", "Video"),
    "file": ("Tiedosto", "Fil", "File"),
    "location": ("Sijainti", "Plats", "Location"),
    "waiting": ("lähdössä", "på väg", "on its way"),
    "sent": ("lähetetty", "skickat", "sent"),
    "delivered": ("perillä", "levererat", "delivered"),
    "read": ("luettu", "läst", "read"),
    "failed": ("ei mennyt perille", "kom inte fram", "not delivered"),
    "wire": ("Mitä kulki verkossa", "Det som gick över nätet", "What went over the wire"),
    "close": ("Sulje", "Stäng", "Close"),
    "wire_webhook": ("Meta kertoi Aspalle", "Meta berättade för Aspa", "Meta told Aspa"),
    "wire_call": ("Aspa pyysi Metalta", "Aspa bad Meta", "Aspa asked Meta"),
    "wire_answer": ("Meta vastasi", "Meta svarade", "Meta answered"),
    "wire_none": (
        "Tästä viestistä ei ole vielä kulkenut mitään.",
        "Inget har ännu gått över nätet om det här meddelandet.",
        "Nothing has gone over the wire for this message yet.",
    ),
    "no_answer": ("ei vastausta", "inget svar", "no answer"),
    "trouble": (
        "Aspa ei vastaa. Viestit jonottavat täällä ja lähtevät uudestaan.",
        "Aspa svarar inte. Meddelandena köar här och skickas på nytt.",
        "Aspa is not answering. Messages wait here and are sent again.",
    ),
    "offline": (
        "Yhteys simulaattoriin katkesi. Yritetään uudelleen.",
        "Anslutningen till simulatorn bröts. Försöker igen.",
        "The connection to the simulator is lost. Trying again.",
    ),
    "not_sent": ("Viesti ei lähtenyt.", "Meddelandet skickades inte.", "The message was not sent."),
    "faults": ("Häiriöt", "Störningar", "Faults"),
    "faults_lead": (
        "Näin näet, mitä Aspa tekee, kun Meta takkuilee.",
        "Så ser du vad Aspa gör när Meta krånglar.",
        "See what Aspa does when Meta misbehaves.",
    ),
    "faults_on": ("päällä", "på", "on"),
    "reset": ("Kaikki taas kunnossa", "Allt i ordning igen", "Everything back to normal"),
    "fault_fail": (
        "Meta hylkää kolmasosan viesteistä",
        "Meta avvisar en tredjedel",
        "Meta refuses a third of messages",
    ),
    "fault_drop": (
        "Yhteys katkeaa, kun viesti on jo mennyt",
        "Förbindelsen bryts efter att meddelandet gått fram",
        "The connection breaks after a message went out",
    ),
    "fault_delay": (
        "Meta vastaa vasta 20 sekunnin päästä",
        "Meta svarar först efter 20 sekunder",
        "Meta answers after 20 s",
    ),
    "fault_duplicate": (
        "Jokainen viesti tulee Aspalle kahdesti",
        "Varje meddelande når Aspa två gånger",
        "Every message reaches Aspa twice",
    ),
    "fault_reorder": (
        "Viestit tulevat sekaisin",
        "Meddelandena kommer huller om buller",
        "Messages arrive out of order",
    ),
    "fault_batch": ("Viestit tulevat nipuissa", "Meddelandena kommer i buntar", "Messages arrive in bundles"),
    "fault_hold": ("Kuittaukset jäävät matkalle", "Kvittenserna fastnar", "Receipts are held back"),
    "fault_later": (
        "Joka toinen WhatsApp-viesti ei tule perille",
        "Vartannat WhatsApp-meddelande kommer inte fram",
        "Every other WhatsApp message is not delivered",
    ),
}


def text(key: str, language: str) -> str:
    """The words for a key; KeyError for a key that nobody wrote."""
    return TEXTS[key][POSITION[language]]
