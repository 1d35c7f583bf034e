// Draws every screen from samples, in both languages and themes, into target/screens/, and checks each: axe (WCAG 2.2 AA), targets of 48 px,
// and that nothing is lost at 320 px or with text twice as large.
//
//   node e2e/screens.mjs            all of them
//   node e2e/screens.mjs consent    those whose name begins so
//   node e2e/screens.mjs --draw …   pictures alone, without the checks
import { AxeBuilder } from '@axe-core/playwright'
import { mkdirSync } from 'node:fs'
import { PHONE, show, start, target } from './samples.mjs'

const SMALLEST_TARGET = 48
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

const draws = process.argv.includes('--draw')
const wanted = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? ''
const app = await start()
const found = []

for (const language of ['en', 'zh']) {
  for (const theme of ['light', 'dark']) await each(language, theme)
}
if (!draws) await pseudo()
await app.close()

for (const problem of found) console.error(problem)
console.log(found.length === 0 ? 'every screen holds' : `${found.length} problems`)
process.exitCode = found.length === 0 ? 0 : 1

async function each(language, theme) {
  const folder = `${target}screens/${language}-${theme}`
  mkdirSync(folder, { recursive: true })
  const page = await app.open({ colorScheme: theme }, found)
  const scenes = (await page.evaluate(() => window.scenes)).filter((name) => name.startsWith(wanted))
  for (const name of scenes) {
    const where = `${name} (${language}, ${theme})`
    await show(page, name, language, theme)
    await draw(page, `${folder}/${name}`)
    if (draws) continue
    await accessible(page, where)
    await large(page, where)
    if (theme === 'light') await narrow(page, where)
  }
  await page.context().close()
}

/** A language two fifths longer, read from right to left. */
async function pseudo() {
  const folder = `${target}screens/pseudo`
  mkdirSync(folder, { recursive: true })
  const page = await app.open({ colorScheme: 'light' }, found)
  const scenes = (await page.evaluate(() => window.scenes)).filter((name) => name.startsWith(wanted))
  await page.evaluate(() => window.pseudo())
  for (const name of scenes) {
    await show(page, name, 'en', 'light')
    await draw(page, `${folder}/${name}`)
    await lost(page, `${name} in a longer language`)
    await narrow(page, `${name} in a longer language`)
  }
  await page.context().close()
}

/** What a person sees first, and the whole where it is longer. */
async function draw(page, path) {
  await page.screenshot({ path: `${path}.png` })
  const height = await page.evaluate(() => document.documentElement.scrollHeight)
  if (height <= PHONE.height + 1) return
  await page.setViewportSize({ width: PHONE.width, height })
  await page.screenshot({ path: `${path}-whole.png` })
  await page.setViewportSize(PHONE)
}

async function accessible(page, where) {
  const { violations } = await new AxeBuilder({ page }).withTags(STANDARDS).analyze()
  for (const { id, nodes } of violations) found.push(`${where}: axe ${id}: ${nodes.map((node) => node.target.join(' ')).join('; ')}`)
}

async function large(page, where) {
  const small = await page.$$eval(
    'button, a[href], input:not([hidden]), select, textarea, summary',
    (controls, smallest) =>
      controls
        .map((control) => control.closest('label') ?? control)
        .map((control) => [control.outerHTML.slice(0, 80), control.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && (Math.round(box.height) < smallest || Math.round(box.width) < smallest))
        .map(([what, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${what}`),
    SMALLEST_TARGET,
  )
  for (const control of small) found.push(`${where}: small target ${control}`)
}

/** WCAG 1.4.10 and 1.4.4: at 320 px, and with text of 200 %, one column without loss. */
async function narrow(page, where) {
  await page.setViewportSize({ width: 320, height: 640 })
  await lost(page, `${where} at 320 px`)
  await page.setViewportSize(PHONE)
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
  await lost(page, `${where} at 200 %`)
  await page.evaluate(() => (document.documentElement.style.fontSize = ''))
}

async function lost(page, where) {
  const outside = await page.evaluate(() => {
    const wide = document.documentElement.scrollWidth > innerWidth ? [`page is ${document.documentElement.scrollWidth} px wide`] : []
    const texts = [...document.querySelectorAll('#app *')].filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    const cut = texts.filter((element) => {
      const box = element.getBoundingClientRect()
      const isHidden = box.width <= 1 || element.closest('.visually-hidden')
      return !isHidden && (box.right > innerWidth + 1 || box.left < -1 || element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX === 'hidden')
    })
    return [...wide, ...cut.map((element) => `cut off: ${element.textContent.slice(0, 60)}`)]
  })
  for (const what of outside) found.push(`${where}: ${what}`)
}
