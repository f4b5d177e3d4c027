package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// liveStream is a client on a bare connection.
type liveStream struct {
	conn     net.Conn
	received map[uuid.UUID]time.Time
}

// openStream asks for a stream and reads nothing. A slow client's buffer is as small as the system allows.
func openStream(ctx context.Context, address, token string, slow bool) (*liveStream, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && slow {
		err = tcp.SetReadBuffer(4096)
	}
	if err == nil {
		_, err = fmt.Fprintf(conn, "GET /api/events HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n", address, token)
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("ask for a stream: %w", err)
	}
	return &liveStream{conn: conn}, nil
}

// read notes when it heard of what, until the connection is closed.
func (s *liveStream) read() error {
	s.received = map[uuid.UUID]time.Time{}
	response, err := http.ReadResponse(bufio.NewReader(s.conn), nil)
	if err != nil {
		return fmt.Errorf("read a stream's header: %w", err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		_, rest, found := bytes.Cut(lines.Bytes(), []byte(`"id":"`))
		if !found || len(rest) < 36 {
			continue
		}
		if id, err := uuid.ParseBytes(rest[:36]); err == nil {
			s.received[id] = time.Now()
		}
	}
	return lines.Err()
}
