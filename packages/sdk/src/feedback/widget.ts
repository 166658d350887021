import { type Feedback, FeedbackError, sendFeedback } from './index.ts'
import { STYLE } from './widget-style.ts'

/** The server that this script came from; known only while it runs for the first time. */
const HOME = document.currentScript instanceof HTMLScriptElement ? new URL(document.currentScript.src).origin : location.origin

const WORDS = {
  group: 'Rate this answer',
  up: 'Good answer',
  down: 'Bad answer',
  rating: 'Rating',
  star: '{n} of 5',
  comment: 'What was good or wrong about it?',
  send: 'Send',
  thanks: 'Thank you.',
  failed: 'That could not be sent. Please try again.',
  later: 'Too much feedback from here. Please try again in a minute.',
}
type Word = keyof typeof WORDS

const THUMB =
  'M7 22V11l4.2-8.4c.3-.5.8-.8 1.3-.7 1.2.2 2 1.3 1.8 2.5L13.6 9H19c1.3 0 2.3 1.2 2 2.5l-1.8 8c-.2 1-1.1 1.7-2.1 1.7L7 22Zm-2 0H3.5A1.5 1.5 0 0 1 2 20.5v-8A1.5 1.5 0 0 1 3.5 11H5v11Z'

function make<K extends keyof HTMLElementTagNameMap>(name: K, attributes: Record<string, string> = {}, ...children: (Node | string)[]) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

function thumb(): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  path.setAttribute('d', THUMB)
  svg.append(path)
  return svg
}

/**
 * `<signalbox-feedback trace-id="…" public-key="pk-sb-…">`: thumbs under an answer, with `rating` and `comment` as attributes also a rating and
 * a text. What it sends is one feedback of one id, so that a change of mind replaces what was said. Nothing of it reaches into the page, and
 * nothing of the page into it but colours and fonts, as CSS variables.
 */
class SignalboxFeedback extends HTMLElement {
  static readonly observedAttributes = ['trace-id', 'session-id', 'rating', 'comment']
  readonly #root = this.attachShadow({ mode: 'open' })
  readonly #status = make('span', { role: 'status', part: 'status' })
  #said: Pick<Feedback, 'thumbs' | 'rating' | 'comment'> = {}
  #id = ''
  #sending = Promise.resolve()

  connectedCallback(): void {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
    this.#root.adoptedStyleSheets = [sheet]
    this.#render()
  }

  /** Another answer begins anew. */
  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after || !this.isConnected) return
    if (name.endsWith('-id')) {
      this.#said = {}
      this.#id = ''
    }
    this.#render()
  }

  #word(name: Word): string {
    return this.getAttribute(`text-${name}`) ?? WORDS[name]
  }

  #render(): void {
    // One id for all that is said here, whatever is answered to the first of it.
    this.#id ||= `widget-${crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`}`
    this.#status.textContent = ''
    const group = make('div', { role: 'group', 'aria-label': this.#word('group'), part: 'group' })
    const thumbs = (['up', 'down'] as const).map((way) => {
      const button = make(
        'button',
        {
          type: 'button',
          class: way,
          part: `thumb ${way}`,
          'aria-label': this.#word(way),
          title: this.#word(way),
          'aria-pressed': 'false',
        },
        thumb(),
      )
      button.addEventListener('click', () => {
        for (const one of thumbs) one.setAttribute('aria-pressed', String(one === button))
        this.#say({ thumbs: way })
        form?.removeAttribute('hidden')
      })
      return button
    })
    group.append(...thumbs)
    if (this.hasAttribute('rating')) group.append(this.#stars())
    const form = this.hasAttribute('comment') ? this.#form() : undefined
    this.#root.replaceChildren(group, ...(form ? [form] : []), this.#status)
  }

  #stars(): HTMLElement {
    const field = make('fieldset', { part: 'rating' }, make('legend', {}, this.#word('rating')))
    for (let stars = 1; stars <= 5; stars++) {
      const input = make('input', {
        type: 'radio',
        name: 'rating',
        value: String(stars),
        'aria-label': this.#word('star').replace('{n}', String(stars)),
      })
      input.addEventListener('change', () => {
        for (const [at, label] of [...field.querySelectorAll('label')].entries()) label.classList.toggle('on', at < stars)
        this.#say({ rating: stars })
      })
      field.append(make('label', {}, input, '★'))
    }
    return field
  }

  #form(): HTMLFormElement {
    const text = make('textarea', {
      rows: '2',
      maxlength: '10000',
      'aria-label': this.#word('comment'),
      placeholder: this.#word('comment'),
      part: 'text',
    })
    const form = make('form', { part: 'form' }, text, make('button', { type: 'submit', class: 'send', part: 'send' }, this.#word('send')))
    if (this.getAttribute('comment') !== 'always') form.setAttribute('hidden', '')
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      const comment = text.value.trim()
      if (comment) this.#say({ comment })
      else text.focus()
    })
    return form
  }

  /** All that was said so far goes together, one request after the other: the last word is the one that stays. */
  #say(more: Pick<Feedback, 'thumbs' | 'rating' | 'comment'>): void {
    this.#said = { ...this.#said, ...more }
    const attribute = (name: string) => this.getAttribute(name) || undefined
    const [traceId, sessionId, spanId, user] = ['trace-id', 'session-id', 'span-id', 'user'].map(attribute)
    const feedback = {
      ...this.#said,
      id: this.#id,
      ...(traceId && { traceId }),
      ...(spanId && { spanId }),
      ...(sessionId && !traceId && { sessionId }),
      ...(user && { user }),
    }
    const to = { url: attribute('url') ?? HOME, publicKey: attribute('public-key') ?? '' }
    this.#sending = this.#sending.then(async () => {
      try {
        await sendFeedback(feedback, to)
        this.#tell('thanks')
        this.dispatchEvent(new CustomEvent('signalbox-feedback', { detail: feedback, bubbles: true, composed: true }))
      } catch (error) {
        this.#tell(error instanceof FeedbackError && error.status === 429 ? 'later' : 'failed')
        console.warn('Signalbox feedback:', error instanceof Error ? error.message : error)
        this.dispatchEvent(new CustomEvent('signalbox-feedback-error', { detail: error, bubbles: true, composed: true }))
      }
    })
  }

  #tell(word: Word): void {
    this.#status.textContent = this.#word(word)
    this.#status.classList.toggle('failed', word !== 'thanks')
  }
}

if (!customElements.get('signalbox-feedback')) customElements.define('signalbox-feedback', SignalboxFeedback)
