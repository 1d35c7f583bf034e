//! English.

use super::{Pair, Words, counter};

pub(super) const WORDS: Words = Words {
    refusal,
    offer_refusal,
    rule: |_, _| None,
    phrase: |_| None,
    this_is: "This is {}{}.",
    from_picture: ", read from a picture",
    signed_by: "Signed, it says, by {}.",
    by_carried_key: "the key that it carries",
    by_named_key: "a key that is named {}",
    by_certificate: "the certificate of {}, issued by {}",
    checks: "Checks:",
    wrong: "Wrong with it: {}",
    nothing_wrong: "Nothing is wrong with its form. Nothing in it has been believed.",
    holds: "holds      ",
    fails: "fails      ",
    not_checked: "not checked",
    reason: "{}: {}",
    of_document: "document {}, {}",
    the_rule: "The rule: {} ({})",
    do_not_rely: "Do not rely on it.",
    unknown: (
        "This cannot go on. Nothing was shared or received.",
        "Start again; if it happens again, report the code.",
    ),
    try_again: "Try again.",
    try_again_in: "Try again in {} seconds.",
    too_much: (
        "{} asks for more than it may: {}. Nothing was shared.",
        "You can report this to the register.",
    ),
    type_one: "{}  Type \"{}\" or \"{}\": ",
    pin: "PIN: ",
    choose_pin: "Choose a PIN of 6 characters or more: ",
    ready: "Your wallet is ready, in {}.\nIt believes the register \"{}\" and nobody else.",
    no_cards: "You have no cards yet. Receive one with: wallet receive <offer>",
    card: "{}  {} from {}, {}, {} of {} copies unused",
    no_end: "no end",
    until: "until {}",
    who_offers: "Who offers:    {}",
    address: "Address:       {}",
    offered: "Card:          {}",
    receive_question: "Receive this, or don't?",
    receive: "receive",
    dont: "don't",
    code: "The code that came another way: ",
    open_page: "Open this page and sign in there:\n{}",
    close_page: "You can close this page and go back to your wallet.",
    new_card: "You have a new card: {} from {} ({}), {} copies.",
    who_asks: "Who asks:      {}",
    through: "Through:       {}",
    answer_to: "Answer to:     {}",
    why: "Why:           {}",
    kept_for: "Kept for:      {} days",
    will_see: "From your card \"{}\" they will see:",
    unasked: "More than they asked for. The office made this card so that they see it too.",
    only_that: "  that you have it, and nothing of what it says",
    they_would_like: "They would like, and will not see unless you choose so: {}",
    will_not_see: "They will not see: {}",
    instead: "You could show instead: {}",
    not_given: "They would like, and will not get unless you choose so: {}",
    confirm_payment: "You confirm a payment of {} {} to {}.",
    confirm_text: "You sign this text, \"{}\":",
    reused: "Note: all copies of this card were shown before. Who saw this copy can tell that it is you.",
    proof_age: "The register's proof of this is {} minutes old.",
    in_register: "{} ({} in the register)",
    share_question: "Share this, or don't?",
    share: "share",
    shared: "Shared. {}",
    go_on: "Go on at: {}",
    receipt_checked: "You have their receipt; it is in your history.",
    receipt_unchecked: "You have their receipt; its signature will be checked later.",
    receipt_missing: "They gave no receipt. Your history says so.",
    receipt_wrong: "Their receipt does not say what was shared. Your history says so.",
    receipt_anchored: "You have their receipt, and the public register proves that they cannot deny it.",
    receipt_left_out: "Missing: you have their receipt, but they left it out of what the public register proves.",
    receipt_late: "Missing: you have their receipt, but the public register should prove it by now and does not.",
    nothing_shown: "You have shown nothing to anyone.",
    line_through: ", through {}",
    line_why: "  Why: {}",
    line_what: "  What: {}",
    they_have_it: "They have it.",
    they_refused: "They did not take it, but they may have seen it.",
    not_known: "It was sent; whether it arrived is not known.",
    ends_soon: "; ends soon",
    suspended: "; suspended by its office",
    revoked: "; revoked by its office",
    not_checked_since: "; not checked since {}",
    get_again: "; get it again with: wallet get-again {}",
    fresh_copies: "Your card \"{}\" ({}) has {} fresh copies.",
    renewed: "Your card \"{}\" has fresh copies.",
    renewed_later: "Fresh copies of your card \"{}\" come later.",
    renewal_fails: "Your card \"{}\" could not be renewed: {} It is tried again at {}. ({})",
    renewal_over: "Your card \"{}\" renews itself no more: {} Get it again with: wallet get-again {} ({})",
    nothing_due: "Nothing is due.",
    promise_waits: "Promised: {} from {}; it is asked for at {}.",
    promise_came: "You have the card that was promised: {} from {} ({}).",
    promise_over: "The card {} from {} will not come: {} ({})",
    remove_question: "Throw this card away, or don't?",
    remove: "throw away",
    removed: "Your card \"{}\" is gone. Your history keeps what you showed of it.",
    counter: &counter::ENGLISH,
    by_session: "only that it was you again, without asking your wallet",
    deletion_asked: "You asked on {} that this be deleted; they have not said that it is.",
    deletion_done: "They say that they deleted this on {}.",
    reported: "You reported this on {}.",
    kept_until: "They may keep it until {}.",
    proven_by: "Under the root of {}, in the register since {}, proven by block {}.",
    checked_means: "Checked means: signed by who asked, and says what was shared. Proven means: the register has it too.",
    not_proven: "Not proven now: {} {}",
    exported: "Your history is in {}. Anybody can check it with: wallet inspect {}",
    told: "Reported to {}.",
    session_ended: "Whoever was logged in is logged out of this login service.",
    no_session: "Nobody was logged in at this login service any more.",
    phrase_shown: "Write these twelve words down in this order, on paper. They are shown this once.\n\
                   Your backup opens with them and with nothing else; whoever has both can read your history.",
    ask_word: "Word {}: ",
    type_phrase: "The twelve words of your backup: ",
    backup_made: "Your backup is in {}: {} cards that you can get again, {} lines of history.",
    left_out: "{} lines of your history, the oldest, did not fit.",
    restored: "Your wallet is back, in {}: {} cards to get again, {} lines of history.",
    move_in: "On your old device: wallet move-out {}\nIt asks for this check number: {}\nThen give its codes here, one a line.",
    frames: "{} of {} codes",
    arrived: "They bring {} cards to get again, and {} lines of history.",
    ask_check: "The check number that the new device shows: ",
    moved_out: "Give these codes to the new device. When it has everything, erase this wallet with: wallet erase\n\
                Until then both have your history; your cards stay here, and you get them again over there.",
    pin_changed: "Your PIN is changed. The old one opens nothing any more.",
    erase_means: "Erasing takes your cards and your history off this device for good. \
                  What is in a backup, or on another device, stays there; cards have to be got again.",
    erase_question: "Erase this wallet, or don't?",
    erase_sure: "It cannot be undone. Erase it, or don't?",
    erase: "erase",
    erased: "The wallet is erased.",
};

fn refusal(code: &str) -> Option<Pair> {
    Some(match code {
        "no_wallet" => ("There is no wallet here.", "Make one with: wallet init"),
        "wallet_exists" => {
            ("There is a wallet here already.", "Use it, or choose another folder with --home.")
        }
        "pin_length" => ("A PIN has 6 to 64 characters.", "Type one that has."),
        "wrong_pin" => ("The PIN is wrong.", "Try again."),
        "too_many_wrong_pins" => ("There were too many wrong PINs.", "Wait, and try again."),
        "locked_for_good" => (
            "There were twenty wrong PINs in a row: no PIN opens this wallet any more.",
            "Erase it with: wallet erase. Then bring your backup back with: wallet restore <file>",
        ),
        "database_plain" => {
            ("This wallet was built without encryption, and opens nothing.", "Use one that was built whole.")
        }
        "lock_put_back" => (
            "Somebody put an older lock of this wallet in place: the PIN of that time is not good any more.",
            "Put the newer file back; or erase the wallet, and bring your backup back.",
        ),
        "database_put_back" => (
            "Somebody put an older state of this wallet in place. Cards that were used would seem unused.",
            "Put the newer file back; or erase the wallet with: wallet erase, and bring your backup back.",
        ),
        "phrase_length" => ("A backup opens with twelve words.", "Type all twelve, in their order."),
        "phrase_word" => {
            ("Word {} is none that a backup has.", "Look at your paper again, and at its neighbours.")
        }
        "phrase_checksum" => (
            "These twelve words do not belong together.",
            "One of them is another, or two have changed places. Look at your paper again.",
        ),
        "phrase_file" => ("The file with the words cannot be used.", "Name another with --phrase-file."),
        "phrase_not_noted" => (
            "That is not the word that was shown. No backup was made.",
            "Run it again: there will be new words.",
        ),
        "file_exists" => ("There is a file of that name, and it is no backup.", "Choose another name."),
        "file_not_written" => ("The file cannot be written.", "Choose another place."),
        "no_backup_file" => ("The backup cannot be read.", "Check its name and place."),
        "not_a_backup" => ("This file is no backup of a wallet.", "Choose the file that the wallet made."),
        "backup_newer" => ("A newer wallet made this backup.", "Update this wallet, then bring it back."),
        "backup_closed" => (
            "The backup does not open. These are not its words, or the file was changed.",
            "Compare the words with your paper; try another copy of the file.",
        ),
        "backup_damaged" => ("The backup is damaged.", "Try another copy of the file."),
        "backup_too_large" => ("There is more in this wallet than fits.", "Report the code."),
        "other_network" => (
            "This wallet was of another register.",
            "Use the checkpoint of the register that your cards are from.",
        ),
        "move_link_malformed" => {
            ("This is no code of a new device.", "On the new device: wallet move-in; scan what it shows.")
        }
        "move_newer" => ("The new device has a newer wallet than this one.", "Update this wallet first."),
        "check_differs" => (
            "The numbers differ. Nothing was shown.",
            "Read the number on the new device again. If it still differs, somebody gave you another code: begin anew.",
        ),
        "move_closed" => (
            "These codes are not for this device, or not for this attempt.",
            "Begin anew: wallet move-in here, wallet move-out on the old device.",
        ),
        "move_failed" => ("The move cannot begin.", "Close other programs and try again."),
        "not_erased" => ("Nothing was erased.", "Nothing more to do."),
        "not_confirmed" => ("You did not confirm that it is you.", "Try again."),
        "confirming_locked" => {
            ("This device lets nobody confirm for now.", "Lock it, unlock it, and try again.")
        }
        "device_key_gone" => (
            "This device's key is gone for good, with its screen lock. No PIN opens the wallet.",
            "Erase it with `wallet erase`, then restore a backup.",
        ),
        "no_key_hardware" => ("This device has no hardware for keys.", "Use another device."),
        "key_store" => ("This device's keys cannot be used.", "Check that the wallet's folder is whole."),
        "file" | "database" | "database_key" | "database_damaged" | "lock_damaged" => {
            ("The wallet's files cannot be used.", "Check the disk and the wallet's folder.")
        }
        "database_newer" => ("A newer wallet was used here.", "Update this one."),
        "not_recognised" => (
            "This is nothing that a wallet knows.",
            "Give an offer, a request, a card, a status list, a token, a key, certificates, a DID or its document, what an issuer publishes, a proof, a checkpoint, or a picture of a QR code.",
        ),
        "not_a_link" => ("This is no link.", "Give a link or a picture of its QR code."),
        "no_text" => ("Standard input holds no text.", "Give one token."),
        "file_unreadable" => ("The file cannot be read, or is too large.", "Name another file."),
        "token_unreadable" => {
            ("The token file cannot be read, or is too large.", "Name a file with one token.")
        }
        "key_unreadable" => ("The key file cannot be read.", "Name a file with a public JWK."),
        "reader_key_unreadable" => {
            ("The reader's key cannot be read.", "Name a file with a private JWK on P-256.")
        }
        "anchor_unreadable" => {
            ("The file of anchors cannot be read.", "Name a file with certificates in PEM, or one in DER.")
        }
        "transcript_unreadable" => {
            ("The session transcript cannot be read.", "Name a file with the transcript in CBOR.")
        }
        "thumbprint_malformed" => (
            "The thumbprint is not base64url of 32 bytes.",
            "Give the SHA-256 thumbprint of the key (RFC 7638).",
        ),
        "session_missing" => (
            "A device answers one session, and none is named.",
            "Give --aud, --nonce and --response-uri; or --origin and --nonce; or --transcript.",
        ),
        "session_unexpected" => (
            "Only what a device shows answers such a session.",
            "Leave out --response-uri, --origin, --jwk-thumbprint, --transcript and --reader-jwk.",
        ),
        "trust_unusable" => (
            "This kind of card is checked against a key or a register.",
            "Give --issuer-jwk, or --registry and --checkpoint.",
        ),
        "no_such_card" => ("There is no such card.", "See your cards with: wallet list"),
        "no_such_line" => ("There is no such line in your history.", "See the lines with: wallet history"),
        "no_receipt" => (
            "There is no receipt that your wallet could ask with, so nothing was done.",
            "Write to the organisation itself, or report it with: wallet report --why feedback",
        ),
        "look_back_refused" => (
            "They do not answer this question about your receipt.",
            "Try again later; if it happens again, report it with: wallet report",
        ),
        "receipt_period_differs" => (
            "They answered about another day than your receipt's.",
            "Try again later; if it happens again, report it with: wallet report",
        ),
        "receipts_not_anchored" => (
            "The public register does not have what they promised to put there.",
            "Check again in a day; then report it with: wallet report",
        ),
        "receipt_left_out" | "receipt_salt_wrong" | "receipt_path_wrong" | "receipt_path_too_long" => (
            "They left your receipt out of what the public register proves, or hide where it stands.",
            "Keep the receipt (wallet history --export) and report it with: wallet report",
        ),
        "no_registrar" => (
            "The public register names nobody that takes reports over the network.",
            "Write to the agency that gave you your card.",
        ),
        "text_too_long" => ("A report has at most 2,000 characters.", "Write a shorter one."),
        "export_failed" => {
            ("The file could not be written.", "Name a file that is not there yet, in a folder of yours.")
        }
        "copy_taken" => ("This card was being used elsewhere at the same moment.", "Try again."),
        "no_card" => ("You have no card for this.", "Receive the card first, then try again."),
        "no_answer" => ("Nobody answered, so nothing was done.", "Run it again, or add --yes."),
        "unreachable" => ("The other side does not answer.", "Check your connection and try again."),
        "address_refused" | "address_insecure" | "address_loopback" | "address_malformed"
        | "address_decorated" => (
            "The address is not one that a wallet speaks to. Nothing was shared or received.",
            "Do not go on; tell the place that sent you here.",
        ),
        "answer_too_large" | "answer_malformed" => {
            ("The other side answers with something unreadable.", "Try again later; report the code.")
        }
        "link_malformed" | "link_scheme_unknown" | "offer_missing" | "json_malformed" => {
            ("This is no link that a wallet knows.", "Copy the whole link, or scan the code again.")
        }
        "picture_unreadable" => ("The picture cannot be read.", "Save it as a PNG of moderate size."),
        "too_many_codes" => (
            "There is too much in the picture that looks like a code.",
            "Take a picture of the one code alone.",
        ),
        "no_qr_code" => ("There is no QR code in the picture.", "Take a sharper picture of the whole code."),
        "request_not_there" => {
            ("The question is not there any more.", "Go back to the page and start again.")
        }
        "request_expired" => ("This took too long.", "Go back to the page and start again."),
        "choice_not_offered" => {
            ("That cannot be chosen here. Nothing was shared.", "Choose among what is offered.")
        }
        "nothing_chosen" => {
            ("Nothing was chosen, so nothing was shared.", "Choose what to share, or stop here.")
        }
        "transaction_data_unsupported" => (
            "They want something confirmed that cannot be shown here in full, so it was not confirmed.",
            "Confirm it another way.",
        ),
        "nothing_required" => ("They ask for nothing. Nothing was shared.", "Nothing more to do."),
        "answer_refused" => {
            ("The other side did not take the answer.", "Go back to the page and start again.")
        }
        "card_revoked" => (
            "The other side says that your card was revoked by the office that gave it to you. You are not logged in.",
            "Ask that office for a new card.",
        ),
        "card_suspended" => (
            "The other side says that your card is suspended by the office that gave it to you. You are not logged in.",
            "Ask that office when it will be good again.",
        ),
        "unknown_requester"
        | "unknown_signer"
        | "no_registration"
        | "not_registered"
        | "not_operator"
        | "client_id_malformed"
        | "client_id_without_prefix"
        | "client_id_prefix_unsupported"
        | "client_id_prefix_reserved" => (
            "Who is asking cannot be proven. Nothing was shared.",
            "Do not go on; tell the place that sent you here.",
        ),
        "invalid_signature" | "client_id_differs" | "client_key_differs" => (
            "The question is not from who it says. Nothing was shared.",
            "Do not go on; tell the place that sent you here.",
        ),
        "query_id_malformed"
        | "query_id_repeated"
        | "query_id_unknown"
        | "claim_sets_without_claims"
        | "claim_without_id"
        | "claim_path_malformed"
        | "claim_value_malformed"
        | "response_type_unsupported"
        | "scope_present"
        | "redirect_uri_present"
        | "nonce_or_state_malformed"
        | "state_missing"
        | "wallet_nonce_differs"
        | "registration_malformed"
        | "request_too_large"
        | "audience_differs"
        | "request_from_the_future" => (
            "The question breaks the rules that questions have, so it was not answered. Nothing was shared.",
            "Nothing is wrong with your wallet; tell the place that sent you here, and report the code.",
        ),
        "response_mode_unsupported"
        | "request_uri_method_unsupported"
        | "formats_unsupported"
        | "algorithm_unsupported"
        | "encryption_key_missing"
        | "encryption_key_reused"
        | "encryption_unsupported" => (
            "They want the answer in a way that this wallet does not give, or that others could read. Nothing was shared.",
            "Tell the place that sent you here, and report the code.",
        ),
        "foreign_address" => {
            ("The answer would go somewhere else than to who is asking. Nothing was shared.", "Do not go on.")
        }
        "suspended" | "key_compromised" | "key_retired" => {
            ("The register has suspended who is asking. Nothing was shared.", "Try again another day.")
        }
        "proof_too_old" | "proof_ahead" => {
            ("The proof of who is asking is too old.", "Check this computer's clock; try again in a while.")
        }
        "registry_proof_invalid" | "registry_answer_malformed" | "proof_incomplete" => (
            "The proof of who is asking is false. Nothing was shared.",
            "Do not go on; tell the place that sent you here.",
        ),
        "not_accredited" | "unknown_type" | "wrong_issuer" => (
            "Who offers this card may not give it out. Nothing was received.",
            "Do not go on; ask the authority.",
        ),
        "registry_unreachable" => ("The register does not answer.", "Check your connection and try again."),
        "registry_too_old" => (
            "Nothing was heard here from the register for so long that a false one could not be told from it; or this computer's clock is wrong. Nothing was shared or received.",
            "Check the clock, and take the register's newest checkpoint. For a wallet: wallet backup <file>, wallet erase, then wallet restore <file> --checkpoint <checkpoint> --node <address>",
        ),
        "no_wallet_link" => ("This page does not ask for your wallet.", "Check the address."),
        "no_way_back" => ("The page did not say where to go on.", "Go back to the page and start again."),
        "page_refuses" => {
            ("The page does not let you in.", "Go back to where you came from and start again.")
        }
        "too_many_redirects" => ("The page leads round in circles.", "Check the address."),
        "declined" => ("Nothing was shared.", "Nothing more to do."),
        "offer_declined" => ("Nothing was received.", "The offer stays good until it runs out."),
        "code_needed" => ("This card needs a code that came another way.", "Run it again with --code."),
        "code_wrong" => {
            ("The code is not right.", "Compare it and try again; after a few tries it is locked.")
        }
        "code_refused" => (
            "The code is not right, or the offer is over.",
            "Compare the code and try again, or ask for a new offer.",
        ),
        "offer_used" => (
            "This offer was taken up before.",
            "If that was not you, tell the authority at once. Otherwise ask for a new offer.",
        ),
        "offer_expired" => ("This offer has run out.", "Ask for a new offer."),
        "offer_locked" => ("This offer is locked after too many wrong codes.", "Ask for a new offer."),
        "browser_needed" => (
            "This card is received by signing in on a page.",
            "Run it again with --person-number and --code.",
        ),
        "sign_in_failed" => ("Number and code do not fit.", "Compare both with your letter and try again."),
        "page_unreadable" => {
            ("The page to sign in on cannot be filled in from here.", "Run it again without --person-number.")
        }
        "unknown_card" | "unsupported_card" => {
            ("This is a card that this wallet cannot keep.", "Update the wallet, or ask the authority.")
        }
        "source_unknown" => (
            "Where this card came from is not known, so it cannot be had again from here.",
            "Ask the authority for a new offer.",
        ),
        "wallet_not_attested" => (
            "This card is given to wallets only that a known maker vouches for, and this one is not among them.",
            "Ask the authority which wallets it takes.",
        ),
        "not_renewable" => {
            ("This card does not renew itself.", "Get it again with: wallet get-again, and sign in there.")
        }
        "renewal_over" => (
            "The authority renews this card no more without you.",
            "Get it again with: wallet get-again, and sign in there.",
        ),
        "just_shown" => (
            "You showed a card a moment ago. Renewing one now would tell the authority when that was.",
            "Wait a while.",
        ),
        "card_denied" => ("The authority does not give out this card now.", "Ask it why."),
        "card_kept" => ("The card stays.", "Nothing more to do."),
        "too_many_promises" => {
            ("Too many cards are promised for later already.", "Wait until some of them have come.")
        }
        "server_error" | "temporarily_unavailable" => {
            ("The other side has a fault of its own.", "Try again later.")
        }
        "no_frame" => ("This is no code of a wallet or a counter.", "Scan it again."),
        "frame_of_another" => ("The codes are of two messages.", "Scan the codes of one screen alone."),
        "frames_damaged" => ("The codes were not read well.", "Scan them all again."),
        "message_too_large" => ("This is too long for codes.", "Share less at once."),
        _ => return None,
    })
}

fn offer_refusal(code: &str) -> Option<Pair> {
    Some(match code {
        "unknown_signer"
        | "suspended"
        | "key_compromised"
        | "key_retired"
        | "registry_proof_invalid"
        | "registry_answer_malformed"
        | "proof_incomplete" => (
            "Who offers this card cannot be proven. Nothing was received.",
            "Do not go on; ask the authority.",
        ),
        "proof_too_old" | "proof_ahead" => {
            ("The proof of who offers this is too old.", "Check this computer's clock; try again in a while.")
        }
        "other_card"
        | "invalid_signature"
        | "wrong_number_of_copies"
        | "copies_differ"
        | "copies_linkable"
        | "credential_type_missing" => (
            "What came is not the card that was offered. Nothing was kept.",
            "Tell the authority; report the code.",
        ),
        "token_unbound" | "answer_in_the_clear" | "encryption_unsupported" => (
            "The place that offers this card does not keep it safe on the way. Nothing was received.",
            "Tell the authority; report the code.",
        ),
        "access_denied" => {
            ("You said no on the page. Nothing was received.", "The offer stays good until it runs out.")
        }
        "card_revoked" => {
            ("This card was revoked by the office that gave it to you.", "Ask that office for a new card.")
        }
        "card_suspended" => (
            "This card is suspended by the office that gave it to you.",
            "Ask that office when it will be good again.",
        ),
        "document_not_there" => {
            ("The place that offers this card does not answer as it should.", "Try again later.")
        }
        _ => return None,
    })
}
