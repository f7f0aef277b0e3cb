"""What the simulator must know to play Meta: the same names and secrets that the product has."""

from dataclasses import dataclass, field

RETRY_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)


@dataclass(frozen=True)
class SimulatorSettings:
    """One page, one business number. Secrets are kept out of repr."""

    gateway_url: str  # where webhooks go, without the path: http://127.0.0.1:8080
    app_secret: str = field(repr=False)  # signs the webhooks, proves appsecret_proof
    page_id: str
    page_token: str = field(repr=False)
    phone_number_id: str
    whatsapp_token: str = field(repr=False)
    desk_url: str = ""  # linked from the start page; nothing is shown when empty
    sign_ins: tuple[tuple[str, str, str], ...] = field(
        default=(), repr=False
    )  # (name, password, role), shown on the page
    version: str = "v26.0"  # the newest Graph version it answers to
    public_url: str = "http://127.0.0.1:8082"  # how the product reaches the media of the simulator
    page_name: str = "Revontuli"
    app_id: int = 1517776481860111  # stands in our echoes
    waba_id: str = "102290129340398"
    display_phone_number: str = "358105550100"
    human_agent: bool = True  # whether App Review granted the HUMAN_AGENT tag
    webhook_timeout: float = 5.0  # seconds; Messenger gives 5
    retry_seconds: tuple[float, ...] = RETRY_SECONDS  # Meta: a few at once, then ever more seldom; we end earlier
    seed: int = 1  # of the faults' dice
