/** What a handler answers in place of JSON: a file of any size, piece by piece, as fast as it is taken. */
export class Streamed {
  readonly pieces: AsyncIterable<Uint8Array>
  readonly about: { contentType: string; fileName: string }

  constructor(pieces: AsyncIterable<Uint8Array>, about: { contentType: string; fileName: string }) {
    this.pieces = pieces
    this.about = about
  }
}
