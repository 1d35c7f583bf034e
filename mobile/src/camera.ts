// The camera's picture, for the core to read: brightness only, small, a few times a second. It never leaves the phone.
import type { Arguments } from './ipc'

/** The longer side of what is read; a code of 60 modules still has 8 pixels for each. */
const LONGEST = 640

/** Opens the camera on the back. Throws what the browser throws: see `whyNot`. */
export async function open(): Promise<MediaStream> {
  if (!globalThis.navigator.mediaDevices) throw new DOMException('no camera', 'NotFoundError')
  return globalThis.navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: 'environment' } })
}

/** Lets it go: the light beside the lens goes out. */
export function close(stream: MediaStream): void {
  stream.getTracks().forEach((track) => track.stop())
}

/** Why there is no picture. */
export function whyNot(thrown: unknown): 'denied' | 'none' {
  return (thrown as DOMException)?.name === 'NotAllowedError' ? 'denied' : 'none'
}

/** The picture of this moment; nothing while there is none. */
export function frame(video: HTMLVideoElement): Arguments<'read_frame'> | null {
  if (video.videoWidth === 0) return null
  const { width, pixels, height } = drawn(video, video.videoWidth, video.videoHeight, LONGEST)
  const luma = Uint8Array.from({ length: width * height }, (_, place) => {
    const [red, green, blue] = [pixels[place * 4]!, pixels[place * 4 + 1]!, pixels[place * 4 + 2]!]
    return (red * 77 + green * 150 + blue * 29) >> 8
  })
  return { width, height, luma_base64: base64(luma) }
}

/** A picture that the person chose, of any kind that the phone can show, as PNG. */
export async function png(file: File): Promise<string> {
  const picture = await createImageBitmap(file)
  const { canvas } = drawn(picture, picture.width, picture.height, LARGEST_PICTURE)
  return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '')
}

/** The longer side of a chosen picture. */
const LARGEST_PICTURE = 2048

function drawn(source: CanvasImageSource, wide: number, high: number, longest: number) {
  const scale = Math.min(1, longest / Math.max(wide, high))
  const [width, height] = [Math.max(1, Math.round(wide * scale)), Math.max(1, Math.round(high * scale))]
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new DOMException('no drawing', 'NotFoundError')
  context.drawImage(source, 0, 0, width, height)
  return { canvas, width, height, pixels: context.getImageData(0, 0, width, height).data }
}

function base64(bytes: Uint8Array): string {
  /** Arguments that a function may have at once, by far. */
  const part = 8192
  const parts = Array.from({ length: Math.ceil(bytes.length / part) }, (_, place) => String.fromCharCode(...bytes.subarray(place * part, (place + 1) * part)))
  return btoa(parts.join(''))
}
