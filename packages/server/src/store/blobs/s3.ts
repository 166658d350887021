import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { AppError } from '@signalbox/schema'
import type { Blobs } from '../ports.ts'
import { checkKey } from './check-key.ts'

/**
 * Opens a bucket of S3 or of a compatible server. Import this file only when it is asked for.
 * `s3://[key:secret@]bucket/prefix?region=&endpoint=&pathStyle=true`, credentials else as the AWS SDK finds them; or
 * `https://key:secret@host/bucket/prefix?region=`, which is path style.
 */
export async function openS3(url: string): Promise<Blobs> {
  const { bucket, prefix, config } = parseS3Url(url)
  const client = new S3Client(config)
  const at = (key: string) => ({ Bucket: bucket, Key: prefix + checkKey(key) })
  return {
    engine: 's3',
    async put(key, body) {
      await client.send(new PutObjectCommand({ ...at(key), Body: body })).catch(fail)
    },
    async get(key) {
      const found = await client.send(new GetObjectCommand(at(key))).catch(missing)
      return found?.Body?.transformToByteArray().catch(fail)
    },
    async delete(key) {
      await client.send(new DeleteObjectCommand(at(key))).catch(missing)
    },
    async [Symbol.asyncDispose]() {
      client.destroy()
    },
  }
}

export function parseS3Url(text: string): { bucket: string; prefix: string; config: S3ClientConfig } {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isBucketUrl = url?.protocol === 's3:'
  if (!url || !(isBucketUrl || url.protocol === 'https:' || url.protocol === 'http:')) throw refused()
  const path = decodeURIComponent(url.pathname).split('/').filter(Boolean)
  const bucket = isBucketUrl ? url.hostname : path.shift()
  if (!bucket) throw refused()
  const endpoint = isBucketUrl ? url.searchParams.get('endpoint') : `${url.protocol}//${url.host}`
  const pathStyle = url.searchParams.get('pathStyle') ?? String(!isBucketUrl || endpoint !== null)
  return {
    bucket,
    prefix: path.map((part) => `${checkKey(part)}/`).join(''),
    config: {
      ...regionOf(url, endpoint),
      ...(endpoint && { endpoint }),
      ...(url.username && {
        credentials: { accessKeyId: decodeURIComponent(url.username), secretAccessKey: decodeURIComponent(url.password) },
      }),
      forcePathStyle: pathStyle === 'true',
      // Many compatible servers don't know the newer checksum headers.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    },
  }
}

/** Compatible servers take any region; for AWS itself the SDK looks into its own variables. */
function regionOf(url: URL, endpoint: string | null): { region?: string } {
  const region = url.searchParams.get('region') ?? (endpoint ? (process.env.AWS_REGION ?? 'us-east-1') : undefined)
  return region ? { region } : {}
}

const refused = () =>
  new AppError('invalid-request', 'BLOBS_URL is not the address of a bucket.', {
    hint: 'Write it as s3://bucket/prefix?region=eu-central-1, or as https://key:secret@host/bucket for a compatible server.',
  })

const missing = (error: unknown): undefined => {
  if (!(error instanceof S3ServiceException && error.name === 'NoSuchKey')) fail(error)
}

const fail = (error: unknown): never => {
  const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  throw new AppError('unavailable', `The bucket refused or did not answer: ${why}`, {
    hint: 'Check BLOBS_URL, the credentials, and that the bucket exists.',
    cause: error,
  })
}
