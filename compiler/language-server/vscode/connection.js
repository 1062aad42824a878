// JSON-RPC over the standard streams of a process: https://microsoft.github.io/language-server-protocol
'use strict';

const HEAD = /^Content-Length: *(\d+)/im;
const END_OF_HEAD = '\r\n\r\n';

class Connection {
  /**
   * @param process a child process whose streams are the protocol's
   * @param notified gets the method and the parameters of what the server says unasked
   */
  constructor(process, notified) {
    this.process = process;
    this.notified = notified;
    this.received = Buffer.alloc(0);
    this.waiting = new Map();
    this.requests = 0;
    this.closed = false;
    process.stdout.on('data', (chunk) => this.read(chunk));
    process.stdin.on('error', () => this.close());
    process.on('error', () => this.close());
    process.on('exit', () => this.close());
  }

  read(chunk) {
    this.received = Buffer.concat([this.received, chunk]);
    for (;;) {
      const headEnd = this.received.indexOf(END_OF_HEAD);
      if (headEnd < 0) return;
      const length = HEAD.exec(this.received.toString('ascii', 0, headEnd));
      if (!length) { // not the protocol: another program stands where the server should
        this.process.kill();
        return this.close();
      }
      const bodyStart = headEnd + END_OF_HEAD.length;
      const bodyEnd = bodyStart + Number(length[1]);
      if (this.received.length < bodyEnd) return;
      const message = JSON.parse(this.received.toString('utf8', bodyStart, bodyEnd));
      this.received = this.received.subarray(bodyEnd);
      this.handle(message);
    }
  }

  handle(message) {
    if (message.method !== undefined) {
      if (message.id !== undefined) {
        this.write({ id: message.id, error: { code: -32601, message: 'not supported: ' + message.method } });
      } else {
        this.notified(message.method, message.params);
      }
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (waiting && message.error) waiting.reject(new Error(message.error.message));
    else if (waiting) waiting.resolve(message.result);
  }

  write(message) {
    if (this.closed) return;
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }), 'utf8');
    this.process.stdin.write('Content-Length: ' + body.length + END_OF_HEAD);
    this.process.stdin.write(body);
  }

  notify(method, params) {
    this.write({ method, params });
  }

  /**
   * A promise of the server's answer.
   *
   * @param token tells when the answer is no longer wanted; may be absent
   */
  request(method, params, token) {
    if (this.closed) return Promise.reject(new Error('the language server is not running'));
    const id = ++this.requests;
    token?.onCancellationRequested(() => this.notify('$/cancelRequest', { id }));
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.write({ id, method, params });
    });
  }

  close() {
    this.closed = true;
    for (const waiting of this.waiting.values()) waiting.reject(new Error('the language server has ended'));
    this.waiting.clear();
  }
}

module.exports = { Connection };
