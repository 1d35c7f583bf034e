// A browser without a screen: cookies by origin, redirects, and the links of a page.

export class Browser {
  cookies = new Map()

  /** Follows redirects; stops before an address that contains `stopAt`. */
  async open(url, { stopAt } = {}) {
    for (let hop = 0; hop < 20; hop += 1) {
      const { origin } = new URL(url)
      const cookies = [...(this.cookies.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await fetch(url, { redirect: 'manual', headers: { accept: 'text/html', ...(cookies && { cookie: cookies }) } })
      this.keep(origin, answer.headers.getSetCookie())
      const next = answer.headers.get('location')
      if (!next || answer.status < 300 || answer.status > 399) return new Page(url, answer.status, await answer.text())
      await answer.arrayBuffer()
      url = new URL(next, url).href
      if (stopAt && new URL(url).pathname.includes(stopAt)) return new Page(url, answer.status, '')
    }
    throw new Error('too many redirects')
  }

  keep(origin, cookies) {
    const jar = this.cookies.get(origin) ?? new Map()
    for (const cookie of cookies) {
      const [name, value] = cookie.split(';')[0].split(/=(.*)/)
      jar.set(name, value)
    }
    this.cookies.set(origin, jar)
  }
}

class Page {
  constructor(url, status, text) {
    Object.assign(this, { url, status, text })
  }

  /** The address of the link with this identifier. */
  link(id) {
    return new RegExp(`<a id="${id}"[^>]*href="([^"]+)"`).exec(this.text)[1].replaceAll('&amp;', '&').replaceAll('&#38;', '&')
  }
}
