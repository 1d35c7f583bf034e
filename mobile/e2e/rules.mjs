// What is wrong with the screen that a page shows. axe says what breaks a rule of WCAG 2.2 AA; the rest is measured, since no rule of axe
// sees it: targets that a thumb misses, text that is cut off, controls that a keyboard does not reach.
import axe from 'axe-core'

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** CSS pixels: twice what WCAG 2.5.8 asks for, as LOOK says. */
const SMALLEST_TARGET = 48
const CONTROLS = 'button, a[href], input:not([hidden]), select, textarea, summary'

/** What axe finds. It goes into a page once, and answers there as often as it is asked. */
export async function broken(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  return page.evaluate(async (standards) => {
    const { violations } = await window.axe.run({ runOnly: standards, resultTypes: ['violations'] })
    return violations.map(({ id, nodes }) => `axe ${id}: ${nodes.map(({ target, html }) => `${target.join(' ')} ${html.slice(0, 120)}`).join('; ')}`)
  }, STANDARDS)
}

/** Controls that are smaller than a thumb needs. */
export function small(page) {
  return page.evaluate(
    ([controls, smallest]) =>
      [...document.querySelectorAll(controls)]
        .map((control) => control.closest('label') ?? control)
        .map((control) => [control.outerHTML.slice(0, 80), control.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && (Math.round(box.height) < smallest || Math.round(box.width) < smallest))
        .map(([what, box]) => `small target: ${Math.round(box.width)}x${Math.round(box.height)} ${what}`),
    [CONTROLS, SMALLEST_TARGET],
  )
}

/** Text outside of the page's width, or under the edge of a box that hides what does not fit. */
export function lost(page) {
  return page.evaluate(() => {
    const wide = document.documentElement.scrollWidth > innerWidth ? [`page is ${document.documentElement.scrollWidth} px wide`] : []
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const range = document.createRange()
    const cut = []
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      if (!text.data.trim() || text.parentElement.closest('.visually-hidden')) continue
      range.selectNodeContents(text)
      if ([...range.getClientRects()].some((box) => box.width > 0 && !isWhole(box, text.parentElement))) cut.push(`cut off: ${text.data.trim().slice(0, 60)}`)
    }
    return [...wide, ...new Set(cut)]

    function isWhole(box, around) {
      if (box.left < -1 || box.right > innerWidth + 1) return false
      for (let outer = around; outer; outer = outer.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(outer)
        const edge = outer.getBoundingClientRect()
        if (['hidden', 'clip'].includes(overflowX) && (box.left < edge.left - 1 || box.right > edge.right + 1)) return false
        if (['hidden', 'clip'].includes(overflowY) && (box.top < edge.top - 1 || box.bottom > edge.bottom + 1)) return false
      }
      return true
    }
  })
}

/** Goes through the screen by Tab: each control is reached, in the order of reading, is seen to have the focus, and no bar lies over it. */
export async function unreached(page) {
  const wanted = await page.evaluate((controls) => {
    const within = document.querySelector('dialog[open]') ?? document.body
    within.tabIndex = -1
    within.focus()
    window.wanted = [...within.querySelectorAll(controls)].filter((control) => !control.disabled && control.checkVisibility())
    // Of a group of radio buttons, Tab reaches the one that is chosen, or the first.
    const groups = new Map()
    for (const radio of window.wanted.filter(({ type }) => type === 'radio')) {
      const chosen = groups.get(radio.name)
      if (!chosen || radio.checked) groups.set(radio.name, radio)
    }
    window.wanted = window.wanted.filter((control) => control.type !== 'radio' || groups.get(control.name) === control)
    return window.wanted.length
  }, CONTROLS)
  const wrong = []
  for (let at = 0; at < wanted; at++) {
    await page.keyboard.press('Tab')
    const found = await page.evaluate(stands, at)
    if (found) wrong.push(`keyboard: ${found}`)
  }
  return wrong
}

/** In the page: what is wrong with the focus where the control of this place should have it. */
function stands(at) {
  const [control, focused] = [window.wanted[at], document.activeElement]
  const name = (element) => (element?.getAttribute('aria-label') || element?.textContent?.trim() || element?.id || String(element?.tagName)).slice(0, 40)
  if (focused !== control) return `Tab ${at + 1} leads to "${name(focused)}", not to "${name(control)}"`
  const { outlineStyle, outlineWidth } = getComputedStyle(control)
  if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2) return `"${name(control)}" has the focus, and it is not seen`
  const { left, top, width, height } = control.getBoundingClientRect()
  const middle = document.elementFromPoint(left + width / 2, top + height / 2)
  if (!middle || !(control.contains(middle) || middle.contains(control) || control.closest('label')?.contains(middle))) return `"${name(control)}" has the focus under something else`
  return null
}
