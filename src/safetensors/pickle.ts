/** Recognises PyTorch's own files. They are pickles, which run code when they are read: refused, with the way out. */
import { open } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';
import { MlipError } from '../core/errors.js';

const EXTENSIONS = new Set(['.bin', '.pt', '.pth', '.pkl', '.ckpt']);
/** Starts of the two kinds: a zip archive (since PyTorch 1.6), and a bare pickle. */
const ZIP = 'PK\x03\x04';
const PICKLE = '\x80';
/** Where the JSON of a safetensors file begins. */
const HEADER_START = 8;

/** What PyTorch and safetensors do in Python; both are there wherever such files come from. */
const CONVERSION =
  'import sys, torch; from safetensors.torch import save_file; ' +
  "s = torch.load(sys.argv[1], map_location='cpu', weights_only=True); " +
  "s = s.get('model', s.get('state_dict', s)); " +
  "save_file({k: v.clone().contiguous() for k, v in s.items() if torch.is_tensor(v)}, sys.argv[2], {'format': 'pt'})";

/** @throws MLIP_E_WEIGHTS_PICKLE with the command that converts the file */
export async function refusePickle(path: string, converted = safetensorsBeside(path)): Promise<void> {
  const start = await firstBytes(path);
  if (start.at(HEADER_START) === '{') return;
  const looksLikeOne = start.startsWith(ZIP) || start.startsWith(PICKLE) || EXTENSIONS.has(extname(path));
  if (!looksLikeOne) return;
  throw new MlipError('MLIP_E_WEIGHTS_PICKLE', 'this is a pickle of PyTorch, which runs code when it is read', {
    where: path,
    remedy: `If you trust it, convert it where PyTorch and safetensors are installed, then give ${converted}:\n${conversionCommand(path, converted)}`,
  });
}

/** A command for a POSIX shell. */
export function conversionCommand(path: string, converted: string): string {
  return `python3 -c "${CONVERSION}" ${quoted(path)} ${quoted(converted)}`;
}

function safetensorsBeside(path: string): string {
  const { dir, name } = parse(path);
  return join(dir, `${name}.safetensors`);
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

async function firstBytes(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_START + 1), 0, HEADER_START + 1, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
