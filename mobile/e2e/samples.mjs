// The app on samples, served and opened in Debian's Chromium: for pictures, and for what a person does with keys and fingers.
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { build, preview } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
/** What is built and drawn lies here. */
export const target = fileURLToPath(new URL('../../target/', import.meta.url))
/** A phone of today, in CSS pixels. */
export const PHONE = { width: 390, height: 844 }
/** As narrow as WCAG 1.4.10 says. */
export const NARROW = { width: 320, height: 640 }
/** Of every sample: 26 November 2026. */
export const NOW = Date.UTC(2026, 10, 26, 9, 41)
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** A camera that shows a moving figure, and no question whether it may be used. */
export const CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']

/** Builds and serves the samples, and starts a browser. */
export async function start(flags = []) {
  const options = { root, configFile: `${root}vite.config.ts`, logLevel: 'error' }
  const outDir = `${target}screens-app`
  await build({ ...options, build: { outDir, emptyOutDir: true, rollupOptions: { input: `${root}samples.html` } } })
  const server = await preview({ ...options, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } })
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: [...FLAGS, ...flags] })
  const address = `http://127.0.0.1:${server.httpServer.address().port}/samples.html`
  const first = await open(browser, address, {}, [])
  const scenes = await first.evaluate(() => window.scenes)
  await first.context().close()
  return {
    scenes,
    open: (settings, faults) => open(browser, address, settings, faults),
    close: async () => {
      await browser.close()
      await new Promise((closed) => server.httpServer.close(closed))
    },
  }
}

/** A page of its own; what goes wrong in it is added to `faults`. */
async function open(browser, address, settings, faults) {
  const context = await browser.newContext({ viewport: PHONE, deviceScaleFactor: 2, hasTouch: true, reducedMotion: 'reduce', timezoneId: 'UTC', ...settings })
  const page = await context.newPage()
  page.on('pageerror', (error) => faults.push(`error in the page: ${error.message}`))
  page.on('console', (message) => message.type() === 'error' && faults.push(`error in the console: ${message.text()}`))
  await page.clock.setFixedTime(NOW)
  await page.goto(address)
  await page.waitForFunction(() => window.scenes)
  return page
}

/** Shows a scene and waits until it is drawn: the lines of a card come from a hash, which the browser makes aside. */
export async function show(page, name, language = 'en', theme = null) {
  await page.evaluate(([name, language, theme]) => window.show(name, language, theme), [name, language, theme])
  await page.evaluate(() => document.fonts.ready)
  await page.waitForFunction(() => [...document.querySelectorAll('.face > svg, .swatch > svg')].every((lines) => lines.childElementCount > 0))
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
}
