// What to say for a failure: its code leads to a group, and the group has words in each language.
//
// A code is stable and belongs to whoever raises it; several codes that a person can do the same about share their words. Codes of formats (a
// broken signature chain, a malformed list) are many: those that are not named here are known by how they begin.
import type { Failure } from './ipc'
import type { During } from './navigate.svelte'
import type { Words } from './words/words'

/** Three sentences and the code to quote. */
export interface Said {
  what: string
  why: string
  next: string
  code: string
}
type Group = keyof Words['problems']

const CODES: Record<Group, readonly string[]> = {
  unknown: [],
  unreachable: ['unreachable', 'http', 'bridge_gone'],
  other_side: ['answer_too_large', 'answer_malformed', 'document_not_there', 'server_error', 'temporarily_unavailable', 'page_unreadable', 'page_refuses', 'no_way_back', 'too_many_redirects'],
  no_code: ['link_malformed', 'link_scheme_unknown', 'link_too_large', 'offer_missing', 'json_malformed', 'no_wallet_link', 'unknown_text', 'not_for_a_wallet'],
  strange_address: ['address_refused', 'address_insecure', 'address_loopback', 'address_malformed', 'address_decorated'],
  gone: ['request_not_there', 'request_expired', 'no_such_id', 'gone', 'expired', 'person_declined'],
  unproven: ['unknown_requester', 'unknown_signer', 'no_registration', 'not_registered', 'not_operator', 'proof_incomplete'],
  false_name: ['invalid_signature', 'client_id_differs', 'client_key_differs'],
  elsewhere: ['foreign_address'],
  suspended_party: ['suspended', 'key_compromised', 'key_retired'],
  old_proof: ['proof_too_old', 'proof_ahead', 'registry_answer_old'],
  false_proof: ['registry_proof_invalid', 'registry_answer_malformed'],
  register_silent: ['registry_unreachable', 'no_nodes', 'registry_refused', 'registry_waits'],
  out_of_touch: ['registry_too_old'],
  too_much: ['too_much'],
  no_card: ['no_card'],
  nothing_asked: ['nothing_required'],
  unreadable: ['request_malformed', 'transaction_data_unsupported', 'invalid_transaction_data', 'query_malformed', 'bundle_malformed', 'message_malformed', 'message_of_another_kind'],
  not_taken: ['answer_refused'],
  said_withdrawn: ['card_revoked'],
  said_suspended: ['card_suspended'],
  in_use: ['copy_taken'],
  choice: ['choice_not_offered', 'nothing_chosen'],
  may_not_offer: ['not_accredited', 'unknown_type', 'wrong_issuer'],
  code_missing: ['code_needed'],
  code_wrong: ['code_wrong'],
  code_or_over: ['code_refused'],
  offer_used: ['offer_used'],
  offer_over: ['offer_expired'],
  offer_locked: ['offer_locked'],
  sign_in: ['sign_in_failed', 'browser_needed', 'sign_in_over'],
  said_no: ['access_denied'],
  other_card: ['other_card', 'wrong_number_of_copies', 'copies_differ', 'copies_linkable', 'credential_type_missing', 'status_revoked', 'status_suspended', 'status_not_valid', 'not_yet_valid'],
  unsafe_way: [
    ...['token_unbound', 'answer_in_the_clear', 'encryption_unsupported', 'encryption_key_missing', 'encryption_key_reused'],
    ...['response_mode_unsupported', 'request_uri_method_unsupported', 'formats_unsupported', 'algorithm_unsupported'],
  ],
  wallet_refused: ['wallet_not_attested'],
  card_denied: ['card_denied'],
  unknown_kind: ['unknown_card', 'unsupported_card', 'profile_unsupported'],
  not_ready: ['not_ready'],
  card_gone: ['no_such_card', 'no_such_line'],
  status: ['status_list_not_there', 'status_list_not_fetched', 'status_list_not_anchored', 'status_list_older'],
  pin_wrong: ['wrong_pin'],
  pin_wait: ['too_many_wrong_pins'],
  pin_form: ['pin_length', 'pin_malformed'],
  locked: ['locked'],
  exists: ['wallet_exists'],
  no_wallet: ['no_wallet'],
  device: ['key_store', 'signing_failed'],
  device_gone: ['device_key_gone'],
  device_lacks: ['no_key_hardware'],
  not_confirmed: ['not_confirmed'],
  confirming_locked: ['confirming_locked'],
  files: ['file', 'database', 'database_key', 'database_plain', 'database_damaged', 'lock_damaged'],
  file_not_saved: ['file_not_saved'],
  rolled_back: ['lock_put_back', 'database_put_back'],
  locked_for_good: ['locked_for_good'],
  newer: ['database_newer'],
  backup_words: ['backup_closed', 'phrase_length', 'phrase_word', 'phrase_checksum'],
  backup_file: ['not_a_backup', 'backup_damaged'],
  too_full: ['backup_too_large', 'message_too_large', 'answer_does_not_fit', 'too_many_promises'],
  backup_newer: ['backup_newer', 'move_newer'],
  other_network: ['other_network'],
  frames: ['frames_damaged', 'frame_of_another', 'no_frame'],
  move: ['move_link_malformed', 'move_closed', 'move_failed'],
  check_differs: ['check_differs'],
  picture: ['picture_unreadable', 'no_qr_code', 'no_code'],
  many_codes: ['too_many_codes'],
  not_this_way: ['code_not_made', 'code_ahead', 'format_not_checked'],
  just_shown: ['just_shown'],
  not_renewable: ['not_renewable', 'source_unknown', 'renewal_over'],
  not_good: ['shown_card_not_valid', 'shown_card_revoked', 'shown_card_suspended'],
  no_receipt: ['no_receipt', 'look_back_refused'],
  receipt_wrong: ['receipt_left_out', 'receipt_period_differs', 'receipts_not_anchored'],
  message: ['no_registrar', 'text_too_long', 'message_not_taken'],
  not_in_practice: ['not_in_practice'],
  practice_only: ['practice_only'],
  app: ['broken', 'unknown_command', 'arguments_malformed'],
}

/** How the codes of formats begin, and what can be said of them all. */
const BEGINNINGS: ReadonlyArray<readonly [string, Group]> = [
  ['status_', 'status'],
  ['registry_', 'false_proof'],
  ['request_', 'unreadable'],
  ['client_id_', 'unreadable'],
  ['vp_', 'unreadable'],
  ['backup_', 'backup_file'],
  ['phrase_', 'backup_words'],
  ['frame', 'frames'],
  ['move_', 'move'],
  ['picture_', 'picture'],
  ['pin_', 'pin_form'],
  ['receipt', 'receipt_wrong'],
  ['renewal_', 'not_renewable'],
]

const GROUPS = new Map(Object.entries(CODES).flatMap(([group, codes]) => codes.map((code) => [code, group as Group] as const)))

/**
 * The group of a code, by itself or by its beginning. The wallet's own codes are all here, so any other is one of a format's: of what
 * somebody sent, where that was being looked at; else "unknown".
 */
export function groupOf(code: string, during: During = 'other'): Group {
  const rest = during === 'other' ? 'unknown' : 'unreadable'
  return GROUPS.get(code) ?? BEGINNINGS.find(([beginning]) => code.startsWith(beginning))?.[1] ?? rest
}

/** What to say, in the language of `words`. */
export function say(failure: Failure, during: During, words: Words): Said {
  const group = groupOf(failure.code, during)
  const forOffer = during === 'offer' ? (words.offerProblems as Record<string, readonly [string, string, string]>)[group] : undefined
  const [what, why, next] = forOffer ?? words.problems[group]
  return { what, why, next, code: failure.code }
}
