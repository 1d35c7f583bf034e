// Every screen holds, in both languages and both themes: the rules of WCAG 2.2 AA, targets of 48 px, nothing lost at 320 px or with text twice
// as large, in a language two fifths longer and read from right to left; and each control is reached by keyboard. On samples; pictures of
// them are drawn by `screens.mjs`.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CAMERA, NARROW, PHONE, show, start } from './samples.mjs'
import { broken, lost, small, unreached } from './rules.mjs'

/** Pages that are looked at side by side: as many as the smallest machine of ours has cores. */
const AT_ONCE = 2

const app = await start(CAMERA)
after(() => app.close())

describe('screens', { concurrency: AT_ONCE }, () => {
  for (const language of ['en', 'zh']) {
    for (const theme of ['light', 'dark']) {
      each(`${language}, ${theme}`, { colorScheme: theme }, async (page, name) => {
        await show(page, name, language, theme)
        return [...(await broken(page)), ...(await small(page)), ...(await narrow(page))]
      })
    }
  }
  each('longer words, from right to left', { colorScheme: 'light', pseudo: true }, async (page, name) => {
    await show(page, name, 'en', 'light')
    return [...(await small(page)), ...(await lost(page)), ...(await narrow(page))]
  })
  each('by keyboard', { colorScheme: 'light' }, async (page, name) => {
    await show(page, name, 'en', 'light')
    return unreached(page)
  })
})

/** A test for each screen, all on one page. */
function each(title, { pseudo = false, ...settings }, look) {
  describe(title, { concurrency: 1 }, () => {
    const faults = []
    let page
    before(async () => {
      page = await app.open(settings, faults)
      if (pseudo) await page.evaluate(() => window.pseudo())
    })
    after(() => page.context().close())
    for (const name of app.scenes) {
      test(`${name} (${title})`, async () => assert.deepEqual([...(await look(page, name)), ...faults.splice(0)], []))
    }
  })
}

/** WCAG 1.4.10 and 1.4.4: at 320 px, and with text of 200 %, one column without loss. */
async function narrow(page) {
  await page.setViewportSize(NARROW)
  const at320 = await lost(page)
  await page.setViewportSize(PHONE)
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
  const large = await lost(page)
  await page.evaluate(() => (document.documentElement.style.fontSize = ''))
  return [...at320.map((what) => `at 320 px: ${what}`), ...large.map((what) => `at 200 %: ${what}`)]
}
