// English: questions that people have, in the order in which they come up.

export const help: ReadonlyArray<{ readonly id: string; readonly ask: string; readonly answer: string }> = [
  { id: 'first_card', ask: 'Where do I get a card?', answer: 'From the office that also gives it out on paper. It shows you a code on its website, in a letter, or at its counter. Press Scan and hold your phone over it. Sometimes a second code comes another way; type it when this app asks for it.' },
  { id: 'who_asks', ask: 'How do I know who is asking?', answer: 'Every bank, shop and office that may ask stands in a public register. This app checks the register’s proof before it shows you anything. If it cannot be proven, nothing can be shared, and the app says so.' },
  { id: 'what_leaves', ask: 'What do they see of me?', answer: 'Exactly the lines under “They will see”, and nothing else of the card. What they do not see is named below. You can switch off the lines that are up to you.' },
  { id: 'follow', ask: 'Can they follow me from place to place?', answer: 'Your phone holds many copies of each card, and every copy is different. Each place gets its own, so two places cannot find out by comparing that both saw you. New ones come by themselves; where they do not, get the card again.' },
  { id: 'too_much', ask: 'What if they ask for too much?', answer: 'The register says what each of them may ask for, and why. If one asks for more, this app does not share, tells you what was too much, and lets you report it.' },
  { id: 'not_me', ask: 'I see something in my history that I did not do.', answer: 'Open it and press “This wasn’t me”. The login is ended and the office that keeps the register is told. Then change your PIN.' },
  { id: 'lost', ask: 'I lost my phone.', answer: 'Nobody can use your cards without your PIN, and wrong PINs make the phone wait longer and longer. Tell the offices that gave you cards; they withdraw them. On a new phone, restore your backup or get the cards again.' },
  { id: 'new_phone', ask: 'I have a new phone.', answer: 'With both phones in hand: Settings, Move to a new phone. Without the old one: restore a backup with its twelve words. Without a backup: set up the app and get your cards again.' },
  { id: 'forgot_pin', ask: 'I forgot my PIN.', answer: 'Nobody has a second key, not even the office that runs this wallet. Erase the wallet and restore your backup, or get your cards again.' },
  { id: 'withdrawn', ask: 'My card was withdrawn or suspended.', answer: 'Only the office that gave it to you can do that. Ask there why, and when it will be good again.' },
  { id: 'offline', ask: 'Does it work without a network?', answer: 'Showing a card at a counter works without one. For a new card, or to log in at a website, the phone needs the network.' },
  { id: 'receipt', ask: 'What is a receipt?', answer: 'The other side’s signed word on what it saw, when and why. A fingerprint of it comes to the public register, so they cannot deny it later. You can save it, show it to a court, and ask to have your data deleted.' },
  { id: 'no_phone', ask: 'I cannot scan a code.', answer: 'On the same phone, press the button “Open your wallet” on the page. Elsewhere, take a picture of the code or copy its link, and use “Choose a picture” or “Paste a link” under Scan.' },
  { id: 'who_knows', ask: 'Does the government see where I use my cards?', answer: 'No. Your phone shows a card to the bank or shop directly. The office that gave it to you is not asked and not told, and the register knows nothing of you.' },
]
