"""What an app can rely on, in Python: run by `tests/peers/bindings.test.mjs` against the demo's house.

Reads from the environment: BINDINGS (the folder of the bindings), CHECKPOINT (a file), NODES (addresses), OFFERS (of a card: a link
and a code, one offer a line), REQUESTS (two of a bank's, one a line), CHOICE (a request in which a claim is optional), TOO_MUCH (one
that asks for too much), COUNTER (the codes of a counter's request, one a line). Writes into the folder ANSWERS what a counter reads.
"""

import asyncio
import os
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path.insert(0, os.environ["BINDINGS"])
import wallet_ffi as wallet  # noqa: E402

PIN, OTHER_PIN = "246810", "135791"
OFFERS = iter(os.environ["OFFERS"].splitlines())


def by_path(claims):
    return {tuple(claim.path): claim.value for claim in claims}


def by_name(asked):
    return {one.claim.path[-1]: one for one in asked}


class AppKeys(wallet.HardwareKeys):
    """An app's key store: passes calls on to one in software, and does what a test wants in between."""

    def __init__(self, path):
        self.inner = wallet.SoftwareKeys(str(path))
        self.signed, self.threads, self.at_mix = 0, set(), None

    def make_device_key(self):
        self.inner.make_device_key()

    def mix(self, input):
        if self.at_mix is not None:
            return self.at_mix(input)
        return self.inner.mix(input)

    def count(self, counter):
        return self.inner.count(counter)

    def advance(self, counter, to):
        self.inner.advance(counter, to)

    def make_key(self, purpose):
        return self.inner.make_key(purpose)

    def public_key(self, purpose, handle):
        return self.inner.public_key(purpose, handle)

    def sign(self, purpose, handle, message):
        self.signed += 1
        self.threads.add(threading.get_ident())
        return self.inner.sign(purpose, handle, message)

    def destroy_key(self, purpose, handle):
        self.inner.destroy_key(purpose, handle)

    def destroy_keys(self):
        self.inner.destroy_keys()


class Phone:
    """A folder, a key store, and whom it believes."""

    def __init__(self):
        self.place = Path(tempfile.mkdtemp(prefix="wallet-"))
        self.folder = str(self.place / "wallet")
        self.keys = AppKeys(self.place / "keys")
        checkpoint = Path(os.environ["CHECKPOINT"]).read_text()
        self.register = wallet.Register(checkpoint=checkpoint, nodes=os.environ["NODES"].split())

    async def create(self):
        return await wallet.create_wallet(self.folder, PIN, self.register, self.keys)

    async def open(self, pin=PIN):
        return await wallet.open_wallet(self.folder, pin, self.register, self.keys)

    async def create_with_card(self):
        opened = await self.create()
        link, code = next(OFFERS).split()
        (card,) = await opened.receive(await opened.look_at_offer(link), code)
        return opened, card


class Contract(unittest.IsolatedAsyncioTestCase):
    async def refused(self, awaitable, code):
        with self.assertRaises(wallet.WalletError.Failed) as caught:
            await awaitable
        self.assertEqual(caught.exception.code, code)

    async def test_a_wallet_is_made_once_and_opens_with_its_pin_alone(self):
        phone = Phone()
        self.assertFalse(wallet.wallet_exists(phone.folder))
        made = await phone.create()
        self.assertTrue(wallet.wallet_exists(phone.folder))
        self.assertEqual(await made.cards(), [])
        await self.refused(phone.create(), "wallet_exists")
        await self.refused(phone.open("000000"), "wrong_pin")
        await self.refused(phone.open("12"), "pin_length")
        opened = await phone.open()
        opened.lock()
        with self.assertRaises(wallet.WalletError.Locked):
            await opened.cards()
        self.assertEqual(await made.cards(), [], "another one that is open stays so")

    async def test_wrong_pins_cost_a_wait(self):
        phone = Phone()
        await phone.create()
        waits = 0
        for _ in range(6):
            try:
                await phone.open("000000")
            except wallet.WalletError.Wait as error:
                self.assertGreater(error.seconds, 0)
                waits += 1
            except wallet.WalletError.Failed as error:
                self.assertEqual(error.code, "wrong_pin")
        self.assertGreater(waits, 0)
        with self.assertRaises(wallet.WalletError.Wait):
            await phone.open()

    async def test_another_pin_replaces_the_old_one(self):
        phone = Phone()
        await phone.create()
        await wallet.change_pin(phone.folder, PIN, OTHER_PIN, phone.keys)
        await self.refused(phone.open(PIN), "wrong_pin")
        await phone.open(OTHER_PIN)

    async def test_an_owner_who_does_not_confirm_is_no_failure(self):
        phone = Phone()
        await phone.create()

        def not_confirmed(_):
            raise wallet.HardwareError.NotConfirmed()

        phone.keys.at_mix = not_confirmed
        with self.assertRaises(wallet.WalletError.NotConfirmed):
            await phone.open()

    async def test_an_exception_and_nonsense_of_the_apps_are_errors_and_break_nothing(self):
        phone = Phone()
        await phone.create()

        def boom(_):
            raise RuntimeError("boom")

        for strange in (boom, lambda _: b"", lambda _: b"\0" * 31, lambda _: b"\0" * 33):
            phone.keys.at_mix = strange
            await self.refused(phone.open(), "key_store")
            phone.keys.at_mix = None
            await phone.open()

    async def test_a_register_that_cannot_be_read_makes_no_wallet(self):
        phone = Phone()
        for register in (
            wallet.Register(checkpoint="{}", nodes=phone.register.nodes),
            wallet.Register(checkpoint="not json", nodes=phone.register.nodes),
            wallet.Register(checkpoint=phone.register.checkpoint, nodes=["no address"]),
        ):
            await self.refused(
                wallet.create_wallet(phone.folder, PIN, register, phone.keys), "register_unusable"
            )
        self.assertFalse(wallet.wallet_exists(phone.folder))

    async def test_what_is_no_offer_and_no_request_is_refused(self):
        phone = await Phone().create()
        for text in ("", "hello", "openid4vp://?", "https://example.org/", "x" * 100_000):
            for look in (phone.look_at_offer, phone.look_at_request):
                with self.assertRaises(wallet.WalletError.Failed, msg=text[:30]):
                    await look(text)

    async def test_a_card_is_received_shown_once_and_remembered(self):
        phone = Phone()
        opened = await phone.create()
        link, code = next(OFFERS).split()
        offer = await opened.look_at_offer(link)
        self.assertEqual(offer.view().issuer.member, "interior")
        self.assertTrue(offer.view().needs.is_code())
        with self.assertRaises(wallet.WalletError.Failed):
            await opened.receive(offer, "000000")
        (card,) = await opened.receive(offer, code)
        self.assertEqual(card.state, wallet.CardState.READY)
        self.assertGreater(card.unused_copies, 1)
        claims = by_path((await opened.card(card.id)).claims)
        self.assertEqual(claims[("given_name",)], '"Mara Elin"')

        first, second = os.environ["REQUESTS"].split()
        declined = await opened.look_at_request(first)
        await opened.decline(declined)
        await self.refused(opened.share(declined), "gone")
        request = await opened.look_at_request(second)
        consent = request.consent()
        self.assertEqual(consent.asks.member, "bank")
        self.assertIn("en", consent.purpose)
        self.assertLess(consent.proof_age_seconds, 3600)
        self.assertIn("given_name", by_name(consent.cards[0].shared))
        before = phone.keys.signed
        shared = await opened.share(request)
        self.assertGreater(phone.keys.signed, before, "the app's own keys signed")
        self.assertNotIn(threading.get_ident(), phone.keys.threads, "and never on the thread that awaits")
        self.assertIsNotNone(shared.redirect_uri or shared.entry)
        await self.refused(opened.share(request), "gone")
        (line,) = await opened.history()
        self.assertEqual((line.id, line.asks.member, line.outcome), (shared.entry, "bank", wallet.How.SHARED))
        await opened.keep_up()
        (after,) = await opened.cards()
        self.assertEqual(after.unused_copies, card.unused_copies - 1)

        receipt = await opened.receipt(line.id)
        self.assertEqual((receipt.signed, receipt.can_ask, receipt.line.id), (True, True, line.id))
        await self.refused(opened.receipt(line.id + 1), "no_such_line")
        exported = await opened.export_history()
        self.assertIn("symbolon-history-1", exported)
        self.assertNotIn("Mara", exported)
        wish = await opened.ask_deletion(line.id)
        self.assertEqual((await opened.history())[0].deletion.asked_at, wish.asked_at)
        told = await opened.report(line.id, wallet.Why.FEEDBACK, "The letters are small.")
        self.assertEqual((told.to.member, told.session_ended), ("interior", None))
        self.assertIsNotNone((await opened.history())[0].reported_at)
        await self.refused(opened.report(None, wallet.Why.NOT_ME, "It was not me."), "no_receipt")
        await self.refused(opened.report(None, wallet.Why.FEEDBACK, "x" * 2001), "text_too_long")
        self.assertEqual((await opened.feedback_on_card(card.id, "My name is wrong.")).to.member, "interior")

        words = " ".join(wallet.recovery_words(wallet.Words.ENGLISH))
        backup = await opened.backup(words)
        self.assertNotIn(b"Mara", backup.file)
        new = Phone()
        other = " ".join(wallet.recovery_words(wallet.Words.CHINESE))
        for wrong in (other, "one two three"):
            with self.assertRaises(wallet.WalletError.Failed):
                await wallet.restore_wallet(new.folder, backup.file, wrong, PIN, new.register, new.keys)
        self.assertFalse(wallet.wallet_exists(new.folder))
        restored = await wallet.restore_wallet(new.folder, backup.file, words, PIN, new.register, new.keys)
        self.assertEqual([entry.id for entry in await restored.history()], [line.id])

        await opened.remove_card(card.id)
        self.assertEqual(await opened.cards(), [])
        await wallet.erase_wallet(phone.folder, phone.keys)
        self.assertFalse(wallet.wallet_exists(phone.folder))

    async def test_what_is_optional_is_chosen_and_too_much_is_refused_and_reported(self):
        opened, card = await Phone().create_with_card()
        request = await opened.look_at_request(os.environ["CHOICE"])
        (usual,) = request.consent().cards
        self.assertEqual((set(by_name(usual.shared)), set(by_name(usual.optional))), ({"given_name"}, {"family_name"}))
        self.assertTrue(by_name(usual.shared)["given_name"].required)
        way, options = by_name(usual.optional)["family_name"].turned_by, request.consent().choice.options

        def choice(**other):
            chosen = {"query": usual.query, "card": card.id, "way": way, **other}
            return wallet.Choice(options=options, cards=[wallet.ChosenCard(**chosen)])

        nonsense = [choice(query="another"), choice(card="another"), choice(way=7), choice(way=2**32 - 1)]
        nonsense += [wallet.Choice(options=other, cards=[]) for other in ([], [None], [1], [0, 0])]
        for other in nonsense:
            await self.refused(opened.choose(request, other), "choice_not_offered")
        self.assertEqual(request.consent().cards, [usual], "what was refused changed nothing")
        chosen = await opened.choose(request, choice())
        self.assertEqual(set(by_name(chosen.cards[0].shared)), {"given_name", "family_name"})
        self.assertEqual(request.consent(), chosen)
        await opened.share(request)
        await self.refused(opened.choose(request, choice()), "gone")

        with self.assertRaises(wallet.WalletError.TooMuch) as caught:
            await opened.look_at_request(os.environ["TOO_MUCH"])
        much = caught.exception.much
        self.assertEqual((much.use_name, much.paths), ("fit", ["birthdate"]))
        self.assertEqual((await opened.report_too_much(much, "Why?")).to.member, "interior")
        self.assertEqual(len(await opened.history()), 1, "only the first was answered")

    async def test_a_counter_asks_in_codes_and_is_answered_in_codes(self):
        opened, card = await Phone().create_with_card()
        await opened.keep_up()
        codes, texts = wallet.Codes(), os.environ["COUNTER"].splitlines()
        for text in ("", "hello", texts[0][:-1]):
            with self.assertRaises(wallet.WalletError.Failed, msg=text):
                codes.take(text)
        for text in texts[1:] + texts[1:]:
            progress = codes.take(text)
            self.assertLess(progress.got, progress.of)
        await self.refused(opened.look_at_counter(codes), "codes_missing")
        progress = codes.take(texts[0])
        self.assertEqual((progress.got, progress.of), (len(texts), len(texts)))
        request = await opened.look_at_counter(codes)
        consent = request.consent()
        self.assertEqual((consent.asks.member, consent.address), ("bank", ""))
        self.assertEqual(set(by_name(consent.cards[0].shared)), {"given_name", "age_over_18"})
        shown = await opened.show_at_counter(request)
        (Path(os.environ["ANSWERS"]) / "answer").write_text("\n".join(shown.codes))
        await self.refused(opened.show_at_counter(request), "gone")

        (before,) = await opened.cards()
        says = by_path(await opened.look_at_code(card.id))
        self.assertEqual(says[("age_over_18",)], "true")
        self.assertEqual((await opened.cards())[0].unused_copies, before.unused_copies, "to look uses nothing up")
        code = await opened.show_code(card.id)
        (Path(os.environ["ANSWERS"]) / "code").write_text("\n".join(code.codes))
        self.assertEqual(by_path(code.shared), says)
        self.assertEqual((await opened.cards())[0].unused_copies, before.unused_copies - 1)
        self.assertEqual({line.id for line in await opened.history()}, {shown.entry, code.entry})

    async def test_a_wallet_moves_to_a_new_phone_by_number_alone(self):
        opened, card = await Phone().create_with_card()
        new = Phone()
        coming = await wallet.begin_move_in()
        shown = coming.view()
        await self.refused(opened.move_out(shown.code, "0000 0000 0000"), "check_differs")
        await self.refused(opened.move_out("symbolon-move:1:x:y", shown.number), "move_link_malformed")
        other = await wallet.begin_move_in()
        for_other = await opened.move_out(other.view().code, other.view().number)
        going = await opened.move_out(shown.code, shown.number.replace(" ", ""))
        self.assertEqual((going.view.cards, going.view.left_out), ([card.title], 0))

        settle = (new.folder, PIN, new.register, new.keys)
        await self.refused(coming.settle(*settle), "codes_missing")
        for text in for_other.codes[:-1]:
            coming.take(text)
        with self.assertRaises(wallet.WalletError.Failed, msg="what is for another phone does not open"):
            coming.take(for_other.codes[-1])
        self.assertIsNone(coming.came())
        coming.start_over()
        for text in going.codes:
            coming.take(text)
        self.assertEqual(coming.came(), going.view)
        moved = await coming.settle(*settle)
        self.assertEqual([(card.title, card.state) for card in await moved.cards()], [(card.title, wallet.CardState.GET_AGAIN)])
        await self.refused(coming.settle(*settle), "codes_missing")

    async def test_two_hundred_calls_at_once_are_answered(self):
        opened = await Phone().create()
        answers = await asyncio.gather(*(opened.cards() for _ in range(200)))
        self.assertEqual(answers, [[]] * 200)


if __name__ == "__main__":
    ran = unittest.main(verbosity=2, exit=False).result
    # A thread of the library that wakes Python while it shuts down would abort it.
    sys.stderr.flush()
    os._exit(0 if ran.wasSuccessful() else 1)
