package reception_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// silence stands between a pool and its database. Once it has begun, what is sent to either side never arrives, and new
// connections are taken without a word: a machine that hangs, or a network that drops packets.
type silence struct {
	url      string
	behind   string
	listener net.Listener
	running  sync.WaitGroup
	silent   chan struct{} // closed when it begins

	mu    sync.Mutex
	conns []net.Conn
	ended bool
}

func newSilence(t *testing.T, database string) *silence {
	t.Helper()
	u, err := url.Parse(database)
	require.NoError(t, err)
	s := &silence{behind: u.Host, silent: make(chan struct{})}
	s.listener, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	u.Host = s.listener.Addr().String()
	s.url = u.String()
	s.running.Go(func() {
		for {
			client, err := s.listener.Accept()
			if err != nil {
				return // the test is over
			}
			s.running.Go(func() { s.join(client) })
		}
	})
	return s
}

func (s *silence) begin() { close(s.silent) }

// end closes everything and waits for it.
func (s *silence) end() {
	s.mu.Lock()
	s.ended = true
	for _, conn := range s.conns {
		_ = conn.Close()
	}
	s.mu.Unlock()
	_ = s.listener.Close()
	s.running.Wait()
}

// keep has a connection closed at the end.
func (s *silence) keep(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns = append(s.conns, conn)
	if s.ended {
		_ = conn.Close()
	}
}

// join passes everything on, both ways, until the silence begins.
func (s *silence) join(client net.Conn) {
	s.keep(client)
	server, err := net.Dial("tcp", s.behind)
	if err != nil {
		_ = client.Close()
		return
	}
	s.keep(server)
	s.running.Go(func() { s.pass(client, server) })
	s.pass(server, client)
}

// pass copies until its source ends, and swallows what comes during the silence.
func (s *silence) pass(from, to net.Conn) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		select {
		case <-s.silent:
			_, _ = io.Copy(io.Discard, from) // the other side is not told that this one has ended
			return
		default:
		}
		if err != nil {
			_ = to.Close()
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}
