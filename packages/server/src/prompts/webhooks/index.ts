import type { HandlersOf } from '../../lib/handlers.ts'
import { createDeliverer } from './deliver.ts'
import { createSender } from './send.ts'
import { createWebhookStore, type WebhookDeps } from './store.ts'

type Deps = WebhookDeps & { warn(details: object, what: string): void }

/** Tells others of moves of labels. */
export function createPromptWebhooks(deps: Deps) {
  const store = createWebhookStore(deps)
  const deliverer = createDeliverer({ ...deps, store, send: createSender() })
  const handlers: HandlersOf<'promptWebhooks'> = {
    'promptWebhooks.list': async (_, { caller }) => ({ webhooks: await store.list(caller.projectId) }),
    'promptWebhooks.create': (wanted, { caller }) => store.create(caller, wanted),
    'promptWebhooks.change': (wanted, { caller }) => store.change(caller.projectId, wanted),
    'promptWebhooks.remove': async ({ id }, { caller }) => {
      await store.remove(caller.projectId, id)
      return { ok: true }
    },
    'promptWebhooks.test': async ({ id }, { caller }) => {
      const delivery = await store.test(caller.projectId, id)
      void deliverer.kick()
      return delivery
    },
    'promptWebhooks.deliveries': (wanted, { caller }) => store.deliveries(caller.projectId, wanted),
    'promptWebhooks.retry': async ({ id }, { caller }) => {
      const delivery = await store.retry(caller.projectId, id)
      void deliverer.kick()
      return delivery
    },
  }
  return {
    handlers,
    enqueue: store.enqueue,
    kick: deliverer.kick,
    resume: deliverer.resume,
    forget: deliverer.forget,
    stop: deliverer.stop,
  }
}
