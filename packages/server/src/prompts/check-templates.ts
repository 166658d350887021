import { AppError, type PromptContent, textsOf } from '@signalbox/schema'
import { compileTemplate, loadEngine, TemplateError } from '@signalbox/sdk/templates'

/** Throws where one of its texts cannot be read by its engine: better now than on the first call. */
export async function checkTemplates(content: PromptContent): Promise<void> {
  await loadEngine(content.engine)
  for (const text of textsOf(content)) {
    try {
      compileTemplate(content.engine, text)
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      throw new AppError('invalid-request', `This is no ${content.engine} template: ${error.message}`, {
        hint: 'Correct the text, or choose the engine that it is written for.',
        data: { line: error.line ?? null, variable: error.variable ?? null },
      })
    }
  }
}
