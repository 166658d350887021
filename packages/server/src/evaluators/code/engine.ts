import variant from '@jitl/quickjs-wasmfile-release-sync'
import { newQuickJSWASMModuleFromVariant, type QuickJSSyncVariant, type QuickJSWASMModule } from 'quickjs-emscripten-core'

/** CommonJS in Node and in the bundle has its default one step further in. */
const interpreter = ('default' in variant ? variant.default : variant) as unknown as QuickJSSyncVariant

/** A new interpreter, which has no network, no files and no process to reach: none was ever put into it. */
export const newEngine = (): Promise<QuickJSWASMModule> => newQuickJSWASMModuleFromVariant(interpreter)
