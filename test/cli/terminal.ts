// Runs the compiled command line on a terminal of 60 columns, as people do, by Python's pseudo-terminals.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { packageRoot } from '../../src/core/package-root.js';

const SCRIPT = `
import fcntl, os, pty, signal, struct, sys, termios, threading
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 60, 0, 0))
threading.Timer(float(sys.argv[1]), lambda: os.write(terminal, b'\\x03')).start()
try:
    while data := os.read(terminal, 65536):
        os.write(1, data)
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

/** @param interruptMs after which Ctrl-C is typed */
export async function onTerminal(
  args: readonly string[],
  interruptMs: number,
): Promise<{ status: number | null; text: string }> {
  const command = [process.execPath, join(packageRoot, 'bin', 'mlip.js'), ...args];
  const child = spawn('python3', ['-c', SCRIPT, String(interruptMs / 1000), ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const shown = await text(child.stdout);
  const [status] = await ended;
  return { status, text: shown };
}
