export declare const partNames: string[]
export declare function outputOf(part: string): string
export declare function isBuilt(part: string): boolean
export declare function writeStamp(folder: string, fingerprint: string): void
export declare function fingerprintOf(part: string): string
