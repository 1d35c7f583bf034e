// Draws every screen from samples, in both languages and themes, into target/screens/. What is wrong with one is found by `screens.test.mjs`.
//
//   node e2e/screens.mjs            all of them
//   node e2e/screens.mjs consent    those whose name begins so
//   node e2e/screens.mjs --guide    those of the citizens' guide, into docs/guides/pictures/
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CAMERA, PHONE, show, start, target } from './samples.mjs'

/** What the guide shows. */
const GUIDE = ['start-about', 'offer-code', 'received', 'consent', 'too-much', 'history']
const pictures = fileURLToPath(new URL('../../docs/guides/pictures/', import.meta.url))

const isGuide = process.argv.includes('--guide')
const wanted = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? ''
const faults = []
const app = await start(CAMERA)
if (isGuide) await guide()
else await Promise.all([all('en'), all('zh'), longer()])
await app.close()
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1

async function all(language) {
  for (const theme of ['light', 'dark']) await each(`${language}-${theme}`, language, theme)
}

/** A language two fifths longer, read from right to left. */
function longer() {
  return each('pseudo', 'en', 'light', (page) => page.evaluate(() => window.pseudo()))
}

async function each(folder, language, theme, change = async () => {}) {
  mkdirSync(`${target}screens/${folder}`, { recursive: true })
  const page = await app.open({ colorScheme: theme }, faults)
  await change(page)
  for (const name of app.scenes.filter((name) => name.startsWith(wanted))) {
    await show(page, name, language, theme)
    await draw(page, `${target}screens/${folder}/${name}`)
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

async function guide() {
  const page = await app.open({ colorScheme: 'light', deviceScaleFactor: 1 }, faults)
  for (const name of GUIDE) {
    for (const language of ['en', 'zh']) {
      await show(page, name, language, 'light')
      await page.screenshot({ path: `${pictures}${name}.${language}.png` })
    }
  }
}
