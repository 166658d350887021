/** Template engines for prompts: one implementation for the gateway, for apps and for the preview in the UI. */
export { LIMITS, type Limits } from './budget.ts'
export { type PromptVariable, variablesOfContent } from './content-variables.ts'
export { compileTemplate, isLoaded, loadEngine } from './engines.ts'
export { mustacheOfFstring } from './fstring.ts'
export { literalsOf } from './literals.ts'
export {
  type RenderContentOptions,
  type Rendered,
  type RenderedMessage,
  type RenderTarget,
  renderContent,
  variantFor,
} from './render-content.ts'
export { ENGINES, type EngineName, type RenderOptions, type Template, type TemplateVariable } from './template.ts'
export { TemplateError, type TemplateProblem } from './template-error.ts'
