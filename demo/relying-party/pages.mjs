// What people see: a bank and a tax office that look like themselves, not like the provider.
const parties = {
  bank: {
    title: 'Bank of Harbour Town',
    claim: 'Your account, without a password.',
    text: 'Log in with the card in your wallet. We learn your name and your date of birth, and nothing else about you.',
    ink: ['#12294d', '#9dbcf5'],
    mark: '<path d="M4 20h40L24 6zM8 24v14m10-14v14m12-14v14m10-14v14M4 42h40"/>',
  },
  tax: {
    title: 'Tax Office',
    claim: 'Your tax file.',
    text: 'Log in with the card in your wallet. We learn that it is you again, and not even your name.',
    ink: ['#5a2d52', '#dcaed3'],
    mark: '<path d="M10 4h20l8 8v32H10zM30 4v8h8M16 22h16M16 29h16M16 36h9"/>',
  },
}
const words = {
  given_name: 'Given name', family_name: 'Family name', birthdate: 'Date of birth', address: 'Address', email: 'E-mail',
  nationalities: 'Nationality', sub: 'Who you are to us',
}

const escape = (text) => String(text).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c])

/** The first page: what this is, and one button. */
export function front(name) {
  const { title, claim, text } = parties[name] ?? { title: name, claim: name, text: '' }
  return frame(name, title, `<h1>${escape(claim)}</h1><p>${escape(text)}</p><p><a class="button" href="/login">Log in with your wallet</a></p>`)
}

/** After the login: what was told, in words, and as it came. */
export function welcome(name, claims, userinfo) {
  const person = nameOf(userinfo)
  const row = ([key, value]) => `<div><dt>${words[key]}</dt><dd>${escape(typeof value === 'string' ? value : JSON.stringify(value))}</dd></div>`
  const told = Object.keys(words).filter((key) => key in userinfo).map((key) => [key, userinfo[key]])
  const how = claims.amr?.includes('sso') ? 'You had logged in elsewhere in this browser: no second scan was needed.' : 'Your card was checked just now.'
  return frame(name, person ? `Welcome, ${person}` : 'You are logged in', `
<h1>${person ? `Welcome, ${escape(person)}` : 'You are logged in'}</h1><p>${how}</p>
<section><h2>What we were told</h2><dl>${told.map(row).join('')}</dl></section>
<details><summary>As it came</summary><pre>${escape(JSON.stringify({ claims, userinfo }, null, 2))}</pre></details>
<p><a href="/">Back</a></p>`)
}

/** Given name first, except where names are written without a space between them. */
function nameOf({ given_name: given, family_name: family }) {
  const parts = [given, family].filter(Boolean)
  return parts.every((part) => /^\p{Script=Han}+$/u.test(part)) ? parts.reverse().join('') : parts.join(' ')
}

/** Why there was no login, and the way back. */
export function refused(name, reason, code) {
  return frame(name, 'You are not logged in', `<h1>You are not logged in</h1><p>${escape(reason)}</p>
<p><a class="button" href="/login">Try again</a></p><p class="small">Code for help: ${escape(code)}</p>`)
}

function frame(name, title, main) {
  const { title: owner, ink, mark } = parties[name] ?? { title: name, ink: ['#333', '#ccc'], mark: '' }
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escape(title)} · ${escape(owner)}</title><style>
:root{color-scheme:light dark;--ink:light-dark(${ink});--on-ink:light-dark(#fff,#111418);--line:light-dark(#dcdfe5,#343a44);--sheet:light-dark(#fff,#1b2027)}
*{box-sizing:border-box}
body{margin:0;font:1.0625rem/1.55 system-ui,"Noto Sans CJK SC",sans-serif;background:light-dark(#f3f4f6,#111418);color:light-dark(#1c2430,#e8ebf0)}
header{background:var(--ink);color:var(--on-ink)}
header div{display:flex;gap:.75rem;align-items:center;max-width:42rem;margin:0 auto;padding:1rem;font:600 1.125rem/1.2 Georgia,"Noto Serif",serif}
header svg{width:1.75rem;height:1.75rem;fill:none;stroke:currentColor;stroke-width:3;stroke-linejoin:round}
main{max-width:42rem;margin:0 auto;padding:min(10vh,5rem) 1rem 4rem}
h1{font:600 clamp(1.75rem,6vw,2.5rem)/1.15 Georgia,"Noto Serif",serif;color:var(--ink);margin:0 0 1rem;text-wrap:balance}
h2{font-size:1rem;margin:0;padding:1rem 1.25rem 0}
a{color:var(--ink)}
a.button{display:inline-block;margin-top:.75rem;padding:.875rem 1.75rem;border-radius:4px;background:var(--ink);color:var(--on-ink);text-decoration:none;font-weight:600}
a:focus-visible,summary:focus-visible{outline:3px solid var(--ink);outline-offset:3px}
section{margin-block:2rem 1rem;background:var(--sheet);border:1px solid var(--line);border-radius:4px}
dl{margin:0;padding:0 1.25rem .5rem}
dl div{display:grid;grid-template-columns:minmax(8rem,1fr) 2fr;gap:.25rem 1rem;padding:.75rem 0}
dl div+div{border-top:1px solid var(--line)}
dt{color:light-dark(#566070,#a5afbd)}dd{margin:0;overflow-wrap:anywhere}
summary{cursor:pointer;padding:.75rem 0}
pre{overflow:auto;padding:1rem;border:1px solid var(--line);background:var(--sheet);font-size:.8125rem}
.small{font-size:.875rem;color:light-dark(#566070,#a5afbd)}
</style></head><body><header><div><svg viewBox="0 0 48 48" aria-hidden="true">${mark}</svg>${escape(owner)}</div></header><main>${main}</main></body></html>`
}
