package server

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// cut stands between a pool and its database. Once armed, it lets the next commit through and breaks the connection before
// the answer comes back.
type cut struct {
	url   string
	armed atomic.Bool
}

func newCut(t *testing.T, database string) *cut {
	t.Helper()
	u, err := url.Parse(database)
	require.NoError(t, err)
	behind := u.Host
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	u.Host = listener.Addr().String()
	c := &cut{url: u.String()}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // the test is over
			}
			go c.join(conn, behind)
		}
	}()
	return c
}

// join passes everything on until one side ends, or the commit comes.
func (c *cut) join(client net.Conn, behind string) {
	server, err := net.Dial("tcp", behind)
	if err != nil {
		_ = client.Close()
		return
	}
	var broken atomic.Bool
	go func() {
		defer func() { _ = client.Close(); _ = server.Close() }()
		buffer := make([]byte, 64<<10)
		for {
			n, err := server.Read(buffer)
			if err != nil || broken.Load() {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			_ = server.(*net.TCPConn).CloseWrite()
			return
		}
		if bytes.Contains(buffer[:n], []byte("commit\x00")) && c.armed.CompareAndSwap(true, false) {
			broken.Store(true)
		}
		if _, err := io.Copy(server, bytes.NewReader(buffer[:n])); err != nil {
			return
		}
	}
}
