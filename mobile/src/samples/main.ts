// The app on samples, in a browser: `npm run dev`, then /samples.html#card shows one screen, with nothing behind it the first.
import { mount, tick, unmount } from 'svelte'
import '../../../crates/service-kit/assets/symbolon.css'
import '../app.css'
import App from '../App.svelte'
import { use, type Language, type Theme } from '../ipc'
import { journey } from '../navigate.svelte'
import { wallet } from '../wallet.svelte'
import { en } from '../words/en'
import { lengthen } from './pseudo'
import { SCENES, type Scene } from './scenes'
import { SampleTransport } from './transport'

declare global {
  interface Window {
    /** Shows a scene in a language and a theme; for `e2e/`. */
    show: (name: string, language: Language, theme: Theme | null) => Promise<void>
    scenes: string[]
    /** Makes English longer, and turns the screens to read from right to left. */
    pseudo: () => void
    /** What the core was asked since the scene began. */
    asked: () => SampleTransport['asked']
  }
}

window.scenes = SCENES.map(({ name }) => name)
window.pseudo = () => {
  lengthen(en)
  document.documentElement.dir = 'rtl'
}
const target = document.getElementById('app')
const taken = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
let other: Record<string, unknown> | undefined
let samples = new SampleTransport()
window.asked = () => samples.asked
window.show = async (name, language, theme) => {
  const scene = SCENES.find((scene) => scene.name === name)
  if (!scene) throw new Error(`no scene ${name}`)
  samples = new SampleTransport()
  samples.state = { ...samples.state, ...scene.state, settings: { ...samples.state.settings, language, theme } }
  Object.assign(samples.answers, scene.answers)
  use(samples)
  wallet.notice = ''
  sight(scene.camera)
  // What was seen before goes first: nothing is typed or pressed in it.
  journey.reset([])
  await tick()
  await wallet.refresh()
  await turn(scene.page)
  journey.reset(scene.screens)
  if (scene.types) await type(scene.types)
  for (const button of scene.presses ?? []) await press(button)
}

/** Shows another page in the app's place, or the app again. */
async function turn(page: Scene['page']): Promise<void> {
  if (other) await unmount(other)
  other = page ? mount(page, { target: document.body }) : undefined
  target?.style.setProperty('display', page ? 'none' : '')
}

/** The camera is as the browser has it, or the person does not allow it, or there is none. */
function sight(camera: Scene['camera']): void {
  const refused = camera === 'denied' ? 'NotAllowedError' : 'NotFoundError'
  navigator.mediaDevices.getUserMedia = camera ? () => Promise.reject(new DOMException('', refused)) : taken
}

/** Types into the first field once it is there. */
async function type(text: string): Promise<void> {
  for (;;) {
    await new Promise(requestAnimationFrame)
    const field = document.querySelector<HTMLInputElement>('main input')
    if (!field) continue
    field.value = text
    field.dispatchEvent(new Event('input', { bubbles: true }))
    return
  }
}

/** Presses a button once it is there. */
async function press(button: string): Promise<void> {
  for (;;) {
    await new Promise(requestAnimationFrame)
    const found = document.querySelector<HTMLElement>(button)
    if (found) return found.click()
  }
}

use(samples)
if (target) mount(App, { target })
const wanted = location.hash.slice(1)
if (window.scenes.includes(wanted)) setTimeout(() => void window.show(wanted, 'en', null))
