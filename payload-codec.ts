import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type DataConverter, METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

/** Smaller payloads travel as they are: the Web UI shows them without help. */
const COMPRESS_FROM_BYTES = 32 * 1024;
/** A payload that says it is larger than this once unpacked is refused: nothing of ours is. */
const LARGEST_BYTES = 64 * 1024 * 1024;
const ENCODING = 'binary/gzip';

const pack = promisify(gzip);
const unpack = promisify(gunzip);
const { Payload: PayloadMessage } = temporal.api.common.v1;

/**
 * Large payloads travel compressed: a plan of 30 regions repeats itself, and a workflow history is no place for it at
 * full length (limit: 128 KB per payload). The same wherever payloads are read: worker, CLI, chat, tests.
 */
class CompressingCodec implements PayloadCodec {
  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(payloads.map(compress));
  }

  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(payloads.map(decompress));
  }
}

export const dataConverter: DataConverter = { payloadCodecs: [new CompressingCodec()] };

async function compress(payload: Payload): Promise<Payload> {
  if ((payload.data?.byteLength ?? 0) < COMPRESS_FROM_BYTES) return payload;
  const data = await pack(PayloadMessage.encode(payload).finish());
  return { metadata: { [METADATA_ENCODING_KEY]: Buffer.from(ENCODING) }, data };
}

async function decompress(payload: Payload): Promise<Payload> {
  const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
  if (!encoding || Buffer.from(encoding).toString() !== ENCODING) return payload;
  const { metadata, data } = PayloadMessage.decode(
    await unpack(payload.data ?? Buffer.alloc(0), { maxOutputLength: LARGEST_BYTES }),
  );
  return { metadata, data };
}
