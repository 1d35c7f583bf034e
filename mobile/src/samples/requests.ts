// Offers, consents and a history as the core would tell of them.
import type { Consent, Failure, HistoryLine, OfferView, Party, Shared, Texts } from '../ipc'
import type { Receipt, Transaction } from '../views'
import { claim, INTERIOR, NOW } from './cards'

const HOUR = 3600
const DAY = 86_400

export const BANK: Party = { member: 'bank', name: { en: 'Bank of Harbour Town', zh: '海港镇银行' } }
const TAX: Party = { member: 'tax', name: { en: 'Tax Office', zh: '税务局' } }
const LOGIN: Party = { member: 'login', name: { en: 'National Login Service', zh: '国家登录服务' } }
const WINE: Party = { member: 'wine', name: { en: 'The Old Lighthouse Wine and Spirits Trading Company of Harbour Town', zh: '海港镇老灯塔酒类贸易公司' } }

const not = (en: string, zh: string): Texts => ({ en, zh })
const REST = [not('Nationalities', '国籍'), not('Address', '住址'), not('Sex', '性别'), not('Person number', '个人编号'), not('Issued by', '签发机关'), not('Issued on', '签发日期')]

export const LOG_IN: Consent = {
  asks: BANK,
  asks_since: NOW - 265 * DAY,
  through: LOGIN,
  address: 'https://login.harbour.example',
  purpose: { en: 'Log you in to your account', zh: '登录您的账户' },
  kept_days: 30,
  cards: [
    {
      id: 'identity',
      title: { en: 'Personal identity', zh: '个人身份' },
      shared: [
        claim('given_name', 'Given names', '名', 'Mei Ling'),
        claim('family_name', 'Family name', '姓', 'Tan'),
        claim('birthdate', 'Date of birth', '出生日期', '1988-03-14'),
        claim('login_identifier', 'Login number', '登录标识', 'q7Wd-19fK-x3Lm'),
      ],
      not_shared: REST,
      reused: false,
    },
  ],
  proof_age_seconds: 240,
}

/** A counter that asks for an age, from a card whose copies are used up, with a proof from this morning. */
export const AT_COUNTER: Consent = {
  asks: WINE,
  asks_since: NOW - 31 * DAY,
  through: null,
  address: 'https://lighthouse-wine.example',
  purpose: { en: 'Check that you are of age', zh: '核实您已成年' },
  kept_days: null,
  cards: [
    {
      id: 'licence',
      title: { en: 'Driving licence', zh: '驾驶证' },
      shared: [claim('age_over_18', 'Over 18', '年满 18 岁', true)],
      not_shared: [not('Family name', '姓'), not('Given names', '名'), ...REST],
      reused: true,
    },
  ],
  proof_age_seconds: 5 * HOUR,
}

const PAYMENT: Transaction = { kind: 'payment', amount: '1250.00', currency: 'SGD', payee: 'Harbour Shipyard Pte Ltd', account: 'SG12 HARB 0012 3456', reference: 'First deposit' }

/** Two cards, something up to the person, and a payment. */
export const WITH_CHOICES: Consent = {
  ...LOG_IN,
  purpose: { en: 'Open a savings account and pay the first deposit', zh: '开立储蓄账户并支付首笔存款' },
  kept_days: 3650,
  transactions: [PAYMENT, { kind: 'text', title: 'Terms of the savings account', text: 'Interest is paid once a year.\nThe account can be closed at any time.' }],
  needs: [
    { required: true, options: [{ queries: ['identity'], cards: [not('Personal identity', '个人身份')] }] },
    { required: false, options: [{ queries: ['insurance'], cards: [not('Health insurance', '健康保险')] }] },
  ],
  choice: { options: [0, 0], cards: [] },
  cards: [
    {
      query: 'identity',
      id: 'identity',
      title: { en: 'Personal identity', zh: '个人身份' },
      shared: [claim('given_name', 'Given names', '名', 'Mei Ling'), claim('family_name', 'Family name', '姓', 'Tan'), { ...claim('address', 'Address', '住址', ['Harbour Street 12', '10455 Harbour Town']), required: false, unasked: true, switch: 1 }],
      optional: [{ ...claim('email', 'E-mail', '电子邮箱', 'meiling.tan@example.org'), required: false, switch: 2 }],
      instead: [{ id: 'restored', title: { en: 'Residence permit', zh: '居留许可' } }],
      not_shared: REST.slice(2),
      reused: false,
    },
    {
      query: 'insurance',
      id: 'insurance',
      title: { en: 'Health insurance', zh: '健康保险' },
      shared: [],
      not_shared: [not('Insurance number', '保险号码'), not('Insured since', '参保日期')],
      reused: false,
    },
  ],
  proof_age_seconds: 2 * HOUR,
}

const ATTACK = '<img src=x onerror="window.attacked=1"> \u202Eevil {{x}} ${x}'

/** Everything that an outsider writes is markup, or turns the line around. */
export const HOSTILE: Consent = {
  ...LOG_IN,
  asks: { member: 'evil', name: { en: ATTACK } },
  through: { member: 'evil', name: { zh: ATTACK } },
  address: `https://evil.example/${ATTACK}`,
  purpose: { '"><script>': ATTACK },
  transactions: [
    { kind: 'text', title: ATTACK, text: ATTACK },
    { kind: 'payment', amount: ATTACK, currency: ATTACK, payee: ATTACK, account: ATTACK, reference: ATTACK },
  ],
  cards: [{ id: ATTACK, title: { en: ATTACK }, shared: [{ path: [ATTACK], name: { en: ATTACK }, value: { [ATTACK]: ATTACK } }], not_shared: [{ en: ATTACK }], reused: true }],
}

export const TOO_MUCH: Failure = {
  code: 'too_much',
  id: 'sample-too-much',
  party: BANK,
  through: LOGIN,
  claims: [not('Person number', '个人编号'), not('Nationalities', '国籍')],
}

const offer = (needs: OfferView['needs']): OfferView => ({
  issuer: INTERIOR,
  issuer_since: NOW - 300 * DAY,
  address: 'https://interior.example',
  cards: [{ en: 'Personal identity', zh: '个人身份' }],
  needs,
})
export const OFFER = offer({ kind: 'code', length: 6, digits: true })
export const OFFER_SIGN_IN = offer({ kind: 'sign_in' })

export const SHARED: Shared = { entry: 4, redirect_uri: 'https://bank.harbour.example/back', receipt: 'checked' }
const FILM = Array.from({ length: 6 }, (_, number) => `SYMBOLON:${number + 1}/6/ABCDEFGH/${'7K3M4QW2XZ5RB6TVPNDHJ'.repeat(20 + number)}`)
export const ANSWER: Shared = { entry: 5, redirect_uri: null, receipt: 'without_network', frames: FILM }
export const FRAMES = FILM

const names = (consent: Consent) => consent.cards.flatMap((card) => card.shared.map((claim) => claim.name))
const line = (id: number, at: number, consent: Consent, asks: Party, more: Partial<Receipt>): Receipt => ({
  id,
  at,
  asks,
  through: consent.through,
  purpose: consent.purpose,
  shared: names(consent),
  outcome: 'shared',
  receipt: 'anchored',
  kept_days: consent.kept_days,
  ...more,
})

export const RECEIPTS: Receipt[] = [
  line(5, NOW - HOUR, LOG_IN, BANK, { receipt: 'checked' }),
  line(4, NOW - 3 * HOUR, AT_COUNTER, WINE, { receipt: 'without_network', outcome: 'unknown', kept_days: null, can_ask: false }),
  line(7, NOW - 4 * HOUR, AT_COUNTER, { member: '', name: { en: 'Whoever read the code', zh: '读取该码的任何人' } }, { receipt: 'without_network', outcome: 'unknown', kept_days: null, can_ask: false }),
  line(3, NOW - DAY - HOUR, { ...LOG_IN, purpose: { en: 'Log you in to your tax file', zh: '登录您的税务档案' } }, TAX, { outcome: 'refused', receipt: 'missing', shared: [not('Login number', '登录标识')] }),
  line(6, NOW - DAY - 2 * HOUR, LOG_IN, BANK, { how: 'session', shared: [], receipt: 'left_out' }),
  line(2, NOW - 9 * DAY, LOG_IN, BANK, {
    deletion: { asked_at: NOW - 8 * DAY, done_at: null },
    kept_until: NOW + 21 * DAY,
    proof: { period: '20261117T000000Z', root: 'q0Vb1mXH5u3Q8dXkqJ2m7yR4nT6wZ9aB1cD3eF5gH7I', anchored_at: NOW - 8 * DAY, height: 48_210 },
  }),
  line(1, NOW - 400 * DAY, { ...LOG_IN, purpose: { en: 'Log you in to your tax file', zh: '登录您的税务档案' } }, TAX, {}),
]
export const HISTORY = RECEIPTS as unknown as HistoryLine[]
