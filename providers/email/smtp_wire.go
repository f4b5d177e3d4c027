package email

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"sync/atomic"
	"syscall"

	gomail "github.com/wneessen/go-mail"
)

// wire is the connection of one message: whether there was one decides what an error means.
type wire struct{ connected atomic.Bool }

// dialer connects, with TLS from the start where that is wanted, and closes the connection when ctx ends.
func (l *wire) dialer(ctx context.Context, s *smtpSender) gomail.DialContextFunc {
	return func(dialing context.Context, network, address string) (net.Conn, error) {
		var conn net.Conn
		var err error
		if s.implicitTLS {
			d := tls.Dialer{Config: &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}}
			conn, err = d.DialContext(dialing, network, address)
		} else {
			var d net.Dialer
			conn, err = d.DialContext(dialing, network, address)
		}
		if err != nil {
			return nil, err
		}
		l.connected.Store(true)
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		return &boundConn{Conn: conn, stop: stop}, nil
	}
}

// boundConn stops watching its context when it is closed.
type boundConn struct {
	net.Conn
	stop func() bool
}

func (c *boundConn) Close() error {
	c.stop()
	return c.Conn.Close()
}

// errorOf maps what go-mail says. Only the answer to the message's final dot is decisive: whatever fails earlier leaves
// nothing sent, and what fails there without an answer leaves it open.
func (l *wire) errorOf(ctx context.Context, err error) error {
	reason, cause := l.reasonOf(ctx, err)
	var send *gomail.SendError
	var reply *textproto.Error
	switch {
	case errors.As(err, &reply):
		return refusal(reply)
	case errors.As(err, &send) && send.ErrorCode() != 0:
		return refusal(&textproto.Error{Code: send.ErrorCode()})
	case errors.As(err, &send) && (send.Reason == gomail.ErrSMTPDataClose || send.Reason == gomail.ErrWriteContent):
		return &UncertainError{reason: reason, cause: cause}
	default:
		return &UnavailableError{reason: reason, cause: cause}
	}
}

// refusal maps a server's answer: 4xx is for a while, 5xx for good.
func refusal(reply *textproto.Error) error {
	switch {
	case reply.Code == 530 || reply.Code == 534 || reply.Code == 535 || reply.Code == 538:
		return ErrUnauthorized
	case reply.Code >= 400 && reply.Code < 500:
		return &RateLimitedError{}
	default:
		return &RefusedError{Status: reply.Code, Code: "smtp"}
	}
}

// reasonOf puts an error into our own words; go-mail's quote the server and the recipient.
func (l *wire) reasonOf(ctx context.Context, err error) (string, error) {
	var errno syscall.Errno
	var timeout net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return "given up", ctx.Err()
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return "timed out", context.DeadlineExceeded
	case errors.As(err, &errno):
		return errno.Error(), nil
	case l.connected.Load():
		return "broken conversation", nil
	default:
		return "no connection", nil
	}
}
