// Addresses of others that a person may press: web pages, and nothing that runs here.

/** The address as it may stand in a link; nothing where it is not a web page's. */
export function webAddress(text: string | null): string | null {
  const url = URL.canParse(text ?? '') ? new URL(text ?? '') : null
  return url && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' ? url.href : null
}

/** The part of an address that says whose it is. */
export function host(address: string): string {
  return new URL(address).host
}
