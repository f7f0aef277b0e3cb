"""Whole conversations: signed webhooks in, Graph calls out, on the real model, database and HTTP."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import select

from bot.model import HandoffState, Owner
from bot.store.handoffs import open_list
from bot.store.schema import Conversation, Handoff, LookupRow, Subscription, Transcript
from tests.scenarios.product import Product
from tests.scenarios.wire import everything


async def owner(product: Product) -> Owner:
    async with product.database.connect() as connection:
        return Owner((await connection.execute(select(Conversation.owner))).scalar_one())


@pytest.mark.parametrize("channel", ["messenger", "whatsapp"])
async def test_an_outage_by_an_inflected_city_and_then_how_long(product: Product, channel: str) -> None:
    phone = await product.phone(channel)
    await phone.write("onks tampereella netti poikki")
    await phone.expects("Tampere", "laajakaista", "Arvioimme")
    await phone.write("kauanko siin viel menee")
    await phone.expects("Arvioimme")
    async with product.database.connect() as connection:
        sources = (await connection.execute(select(LookupRow.source))).scalars().all()
    assert "outages" in sources


async def test_a_customer_agrees_to_be_told(product: Product) -> None:
    phone = await product.phone()
    await phone.write("onko laajakaistassa vikaa 33100")
    await phone.expects("Tampere", "Arvioimme", "Laitanko")
    await phone.write("joo laita vaan")
    await phone.expects("viesti")
    async with product.database.connect() as connection:
        assert (await connection.execute(select(Subscription.key))).scalars().all() == ["V-1001"]


async def test_an_order_number_given_later_wrong_and_corrected(product: Product) -> None:
    phone = await product.phone("whatsapp")
    await phone.write("moi missä mun paketti viipyy")
    await phone.expects("tilausnumero")
    await phone.write("99999")
    await phone.expects("99999")
    await phone.write("eiku 12345")
    await phone.expects("12345", "matkalla")


async def test_an_angry_customer_is_offered_a_person_and_gets_one(monday: Product) -> None:
    phone = await monday.phone()
    await phone.write("ootte ihan surkee firma, mikään ei ikinä toimi ja palvelu on paskaa")
    await phone.expects("Siirränkö")
    await phone.write("joo kiitos")
    await phone.expects("jono")
    assert await owner(monday) is Owner.WAITING


async def test_a_person_at_once_in_the_middle_of_a_form(monday: Product) -> None:
    phone = await monday.phone("whatsapp")
    await phone.write("missä tilaus on")
    await phone.expects("tilausnumero")
    await phone.write("haluun puhua ihmiselle")
    await phone.expects("jono")
    async with monday.database.connect() as connection:
        (row,) = await open_list(connection)
    assert (row["state"], row["reason"]) == (HandoffState.WAITING, "requested")
    assert {line["text"] for line in row["packet"]["transcript"]} >= {"missä tilaus on", "haluun puhua ihmiselle"}
    await phone.write("hei onko siellä ketään")
    await phone.write("kiire olis")
    async with monday.database.connect() as connection:
        assert (await connection.execute(select(Handoff.state))).scalars().all() == [HandoffState.WAITING]


async def test_swedish_in_the_middle_of_finnish(product: Product) -> None:
    phone = await product.phone()
    await phone.write("mihin asti asiakaspalvelu on auki")
    await phone.expects("la 10–16")
    await phone.write("kan vi prata svenska i stället, tack")
    await phone.expects("svenska")
    await phone.write("när har ni öppet på lördagar")
    await phone.expects("lör 10–16")


@pytest.mark.parametrize("channel", ["messenger", "whatsapp"])
@pytest.mark.parametrize("kind", ["image", "sticker", "audio"])
async def test_a_picture_or_voice_alone(product: Product, channel: str, kind: str) -> None:
    phone = await product.phone(channel)
    await phone.send(attachment=kind)
    (reply,) = await phone.hears()
    assert "teksti" in reply["text"] or "kirjoit" in reply["text"]
    assert await owner(product) is Owner.BOT


async def test_the_postal_code_of_an_unknown_place(product: Product) -> None:
    phone = await product.phone()
    await phone.write("onko alueella 99999 vikaa netissä")
    said = await phone.expects("99999")
    assert "ei ole häiriö" not in said.lower() and "ei ole vikoja" not in said.lower()


async def test_three_quick_bubbles_make_sense_together(product: Product) -> None:
    phone = await product.phone("whatsapp")
    await product.faults(batch={"size": 3, "seconds": 2})
    for bubble in ("moi", "mul ei toimi netti", "33100"):
        await phone.write(bubble)
    await phone.expects("Tampere", "Arvioimme")
    async with product.database.connect() as connection:
        said = (await connection.execute(select(Transcript.text).where(Transcript.author == "customer"))).scalars()
        assert list(said) == ["moi", "mul ei toimi netti", "33100"]


async def test_personal_codes_are_refused_kindly_and_kept_nowhere(
    product: Product, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    phone = await product.phone()
    await phone.write("hetu on 131052-308T, mihin asti ootte auki")
    await phone.expects("revontuli.example/viesti", "la 10–16")
    await phone.write("kortti 4111 1111 1111 1111 ja tili FI21 1234 5600 0007 85, haluun ihmisen")
    await phone.expects("revontuli.example/viesti", "Hän näkee keskustelumme")
    kept = await everything(product.database)
    assert "[henkilötunnus]" in kept and "[korttinumero]" in kept and "[IBAN]" in kept
    written = ("131052-", "-308T", "1111 1111", "11111111", "FI21 1234", "0007 85")
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert not [part for part in written if part in kept or part in logged]


async def test_a_name_typed_as_a_command_is_only_text(product: Product) -> None:
    phone = await product.phone()
    await phone.write("/restart")
    await phone.hears()
    await phone.write("/request_human")
    await phone.hears()
