/** Who is signed in: a token, kept in this tab only and never in an address. */
class Session {
  token = sessionStorage.getItem('token');

  /** Why somebody who was signed in is so no more. */
  ended: 'expired' | 'signed-out' | 'not-signed-out' | undefined;

  private readonly listeners = new Set<() => void>();

  begin(token: string) {
    sessionStorage.setItem('token', token);
    this.token = token;
    this.ended = undefined;
    this.tell();
  }

  end(why: NonNullable<Session['ended']>) {
    sessionStorage.removeItem('token');
    this.token = null;
    this.ended = why;
    this.tell();
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private tell() {
    this.listeners.forEach((listener) => listener());
  }
}

export const session = new Session();
