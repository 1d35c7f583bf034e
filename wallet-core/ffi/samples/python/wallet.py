"""A wallet in a terminal: CHECKPOINT NODE makes one in ./wallet, then looks at each text that is typed.

Needs the bindings: cargo xtask bindings && PYTHONPATH=target/bindings/python python3 wallet.py checkpoint.json http://…
"""

import asyncio
import getpass
import os
import sys
from pathlib import Path

import wallet_ffi as wallet

FOLDER = "wallet"


def say(text):
    """A text in English, or in any language that there is."""
    return text.get("en") or next(iter(text.values()), "")


async def open_or_create(checkpoint, nodes):
    keys = wallet.SoftwareKeys("keys")
    pin = getpass.getpass("PIN: ")
    register = wallet.Register(checkpoint=Path(checkpoint).read_text(), nodes=nodes)
    open_or_make = wallet.open_wallet if wallet.wallet_exists(FOLDER) else wallet.create_wallet
    return await open_or_make(FOLDER, pin, register, keys)


async def receive(opened, text):
    offer = await opened.look_at_offer(text)
    view = offer.view()
    print(f"{say(view.issuer.name)} offers: {', '.join(say(card) for card in view.cards)}")
    code = input("The code from the letter: ") if view.needs.is_code() else None
    for card in await opened.receive(offer, code):
        print(f"Here is your {say(card.title)}.")


async def answer(opened, text):
    request = await opened.look_at_request(text)
    consent = request.consent()
    print(f"{say(consent.asks.name)} asks. Why: {say(consent.purpose)}")
    for card in consent.cards:
        for asked in card.shared:
            print(f"  {say(card.title)}, {say(asked.claim.name)}: {asked.claim.value}")
    for transaction in consent.transactions:
        print(f"  You confirm: {transaction}")
    if input("Share? [y/N] ") == "y":
        shared = await opened.share(request)
        print(shared.redirect_uri or "Shared.")
    else:
        await opened.decline(request)


async def main(checkpoint, *nodes):
    opened = await open_or_create(checkpoint, list(nodes))
    while text := input("Scan or paste: ").strip():
        try:
            await (receive if "credential-offer" in text else answer)(opened, text)
        except wallet.WalletError.TooMuch as error:
            print(f"{say(error.much.asks.name)} asks for more than it may. Nothing was shared.")
        except wallet.WalletError.Failed as error:
            print(f"That did not work: {error.code}")


asyncio.run(main(*sys.argv[1:]))
sys.stdout.flush()
os._exit(0)  # a thread of the library that wakes Python while it shuts down would abort it
