// Cards as the core would tell of them: a make-believe country's.
import type { CardDetails, CardView, Json, Party, ShownClaim } from '../ipc'

const DAY = 86_400
/** 26 November 2026, 09:41 UTC: the day of every sample. */
export const NOW = Date.UTC(2026, 10, 26, 9, 41) / 1000

export const INTERIOR: Party = { member: 'interior', name: { en: 'Ministry of the Interior', zh: '内政部' } }
export const DIGITAL: Party = { member: 'digital', name: { en: 'Digital Government Office', zh: '数字政府办公室' } }
const TRANSPORT: Party = { member: 'transport', name: { en: 'Land Transport Agency', zh: '陆路交通局' } }
const HEALTH: Party = { member: 'health', name: { en: 'Health Insurance Fund', zh: '健康保险基金' } }
const UNIVERSITY: Party = { member: 'university', name: { en: 'Harbour Town University of Applied Sciences', zh: '海港镇应用科学大学' } }

export function claim(path: string, en: string, zh: string, value: Json): ShownClaim {
  return { path: path.split('.'), name: { en, zh }, value }
}

const IDENTITY_CLAIMS = [
  claim('family_name', 'Family name', '姓', 'Tan'),
  claim('given_name', 'Given names', '名', 'Mei Ling'),
  claim('birthdate', 'Date of birth', '出生日期', '1988-03-14'),
  claim('nationalities', 'Nationalities', '国籍', ['SG']),
  claim('address', 'Address', '住址', { street_address: 'Harbour Street 12', postal_code: '10455', locality: 'Harbour Town' }),
  claim('sex', 'Sex', '性别', 2),
  claim('personal_administrative_number', 'Person number', '个人编号', '880314-2210'),
  claim('issuing_authority', 'Issued by', '签发机关', 'Ministry of the Interior'),
  claim('date_of_issuance', 'Issued on', '签发日期', '2026-01-31'),
  claim('login_identifier', 'Login number', '登录标识', 'q7Wd-19fK-x3Lm'),
]

function card(id: string, titles: [string, string], issuer: Party, more: Partial<CardView>): CardView {
  return {
    id,
    title: { en: titles[0], zh: titles[1] },
    vct: `https://${issuer.member}.example/types/${id}`,
    issuer: issuer.name,
    received_at: NOW - 40 * DAY,
    valid_until: Date.UTC(2029, 0, 31) / 1000,
    copies: 10,
    unused_copies: 7,
    background: '#0b4f4c',
    text: '#ffffff',
    state: 'ready',
    checked_at: NOW - DAY / 4,
    ...more,
  }
}

export const IDENTITY = card('identity', ['Personal identity', '个人身份'], INTERIOR, { renews_itself: true })
export const LICENCE = card('licence', ['Driving licence', '驾驶证'], TRANSPORT, { background: '#7a2f4b', valid_until: NOW + 19 * DAY, state: 'ends_soon' })
export const INSURANCE = card('insurance', ['Health insurance', '健康保险'], HEALTH, { background: '#1f4e8c', state: 'not_checked', unused_copies: 0 })
/** Grey on grey: the app prints it in its own colours. */
export const STUDENT = card('student', ['Student at the Faculty of Marine Engineering', '海洋工程学院学生'], UNIVERSITY, { background: '#999999', text: '#aaaaaa', state: 'suspended', valid_until: null })
export const FISHING = card('fishing', ['Fishing permit', '捕鱼许可'], INTERIOR, { background: '#f2d16b', text: '#2b2410', state: 'revoked' })
export const RESTORED = card('restored', ['Residence permit', '居留许可'], INTERIOR, { background: '#3d3a63', state: 'get_again', valid_until: null, checked_at: null, copies: 0, unused_copies: 0 })

export const CARDS = [LICENCE, INSURANCE, STUDENT, FISHING, RESTORED, IDENTITY]

export function details(id: string): CardDetails | undefined {
  const card = CARDS.find((card) => card.id === id)
  if (card?.copies === 0) return { ...card, claims: [] }
  return card && { ...card, claims: id === 'identity' ? IDENTITY_CLAIMS : IDENTITY_CLAIMS.slice(0, 3) }
}
